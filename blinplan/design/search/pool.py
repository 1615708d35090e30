"""The schedules that were tried, and what they do to the patients of the search: none is tried twice.

All are tried on the same patients, a few first. What cannot be met any more, or is surely beaten by one that is surely
met, is given up: its paired interval on those few says so, wider than 95 % since many are looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from blinplan.design.search.candidate import Start
from blinplan.design.search.judging import Judge
from blinplan.design.search.patients import SearchSetting
from blinplan.design.search.space import Schedule, Space
from blinplan.design.search.standing import CAUTIOUS, Margin, estimate_of, is_surely_higher, margin_of, score
from blinplan.design.search.wanted import Sample
from blinplan.physiology.model.population import Population
from blinplan.regimen.regimen import Regimen

_STAGES = (8, 3, 1)
"""One in so many of the patients are those of the first stage, of the next, and of the last."""
_MOST_RIVALS = 12
"""So many schedules that surely hold are enough to give others up by."""
_MOST_TOLD = 3
"""So many of a front are told of a search that was ended."""


class Tally:
    """How many patients are done, of how many there may be; it tells somebody."""

    def __init__(self, told: Callable[[int, int], None] | None = None) -> None:
        self._told, self._done, self._total = told, 0, 0

    def expect(self, more: int) -> None:
        """Expect so many patients more than before, or fewer."""
        self._total += more

    def add(self, patients: int) -> None:
        """Count patients who are done."""
        self._done += patients
        if self._told is not None:
            self._told(self._done, max(self._done, self._total))


class RankedSchedule(NamedTuple):
    """How a schedule stands on the patients of the search: what is to be low, and by how much each requirement holds.

    ``place`` orders those that are alike in both.
    """

    schedule: Schedule
    scores: tuple[float, ...]
    margins: tuple[Margin, ...]
    place: tuple[object, ...]

    @property
    def holds(self) -> bool:
        """Whether all that is required holds of these patients."""
        return all(margin.holds for margin in self.margins)

    @property
    def lack(self) -> float:
        """By how much requirements do not hold, in parts of their bounds, added up."""
        return sum(max(0.0, -margin.value / margin.scale) for margin in self.margins)

    @property
    def order(self) -> tuple[object, ...]:
        """Low scores first; of the same, those of which more holds; then the simplest."""
        return (self.scores, tuple(-margin.value for margin in self.margins), self.place)

    def dominates(self, other: "RankedSchedule") -> bool:
        """Whether nothing is higher than of another one, and something lower, or all alike and more holds."""
        pairs = list(zip(self.scores, other.scores, strict=True))
        if any(own > its for own, its in pairs):
            return False
        return any(own < its for own, its in pairs) or self.order < other.order


class BestSoFar(NamedTuple):
    """What stands best of a search that was ended before it showed anything; nothing of it is confirmed.

    Attributes
    ----------
    standings
        The schedules, all looked at on the same patients: a few of the front where two endpoints are to be low, or the
        one that lacks least where none holds what is required.
    values
        What each endpoint comes to of each of them.
    patients, tried
        On how many of the patients of the search, and how many schedules were.
    """

    standings: tuple[RankedSchedule, ...]
    values: tuple[tuple[float, ...], ...]
    patients: int
    tried: int

    @property
    def holds(self) -> bool:
        """Whether they hold what is required."""
        return all(standing.holds for standing in self.standings)


@dataclass(slots=True)
class Pool:
    """All schedules that were tried.

    Attributes
    ----------
    space, start, setting
        What may be tried, from what, and on whom.
    people
        The patients of the search.
    judge
        Says which the rules allow.
    tally
        Counts patients.
    refused
        Schedules that the rules do not allow.
    """

    space: Space
    start: Start
    setting: SearchSetting
    people: Population
    judge: Judge
    tally: Tally
    refused: dict[Schedule, None] = field(default_factory=dict)
    _samples: dict[Schedule, Sample] = field(default_factory=dict)
    _begun: dict[Schedule, Sample] = field(default_factory=dict)
    _dropped: dict[Schedule, int] = field(default_factory=dict)
    _ranked: dict[Schedule, RankedSchedule] = field(default_factory=dict)
    _of_start: list[Sample] = field(default_factory=list)
    _best: list[Schedule] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many schedules were tried, those that the rules refuse included."""
        return len(self._samples) + len(self._dropped) + len(self.refused)

    @property
    def is_everything(self) -> bool:
        """Whether there is nothing that was not tried."""
        return self.size == self.space.size

    @property
    def of_start(self) -> Sample:
        """What the regimen that is searched from does to the patients of the search."""
        if not self._of_start:
            self._of_start += self.setting.samples([self.start.base], self.people, lambda _: None)
        return self._of_start[0]

    def regimen(self, schedule: Schedule) -> Regimen:
        """A schedule as a regimen."""
        return self.start.candidate(self.space, schedule)

    def standing(self, schedule: Schedule) -> RankedSchedule | None:
        """How a schedule that was tried stands, on the patients on whom it was; None where the rules refuse it."""
        return self._ranked.get(schedule)

    def standings(self) -> list[RankedSchedule]:
        """All that were tried on all patients, in their order."""
        return sorted((self._ranked[schedule] for schedule in self._samples), key=lambda standing: standing.order)

    def values(self) -> tuple[tuple[float, ...], ...]:
        """What each endpoint comes to of each that was tried on all patients."""
        return tuple(map(self._values, self._samples.values()))

    def _values(self, sample: Sample) -> tuple[float, ...]:
        return tuple(estimate_of(sample, place).value for place, _ in enumerate(self.setting.wish.endpoints))

    def nearest(self) -> RankedSchedule | None:
        """What lacks least, of all that were tried; None where the rules refuse all."""
        return min(self._ranked.values(), key=lambda standing: (standing.lack, standing.order), default=None)

    def looked_at(self, schedule: Schedule) -> int:
        """On how many of the patients a schedule was tried: on a few, where it was given up."""
        return self._dropped.get(schedule, self.people.size)

    def best_so_far(self) -> BestSoFar | None:
        """What stands best of all that were begun and not given up, on patients that all have; None where none was."""
        begun = self._samples | self._begun
        known = {schedule: of for schedule, of in begun.items() if not self.start.gives(self.space, schedule)}
        if not known or not self._of_start:
            return None
        patients = min(sample.patients for sample in known.values())
        samples = {schedule: sample.first(patients) for schedule, sample in known.items()}
        standings = [self._standing(schedule, sample) for schedule, sample in samples.items()]
        holding = spread(front_of(one for one in standings if one.holds), _MOST_TOLD)
        best = holding or [min(standings, key=lambda standing: (standing.lack, standing.order))]
        values = tuple(self._values(samples[standing.schedule]) for standing in best)
        return BestSoFar(tuple(best), values, patients, len(begun) + len(self._dropped) + len(self.refused))

    def _standing(self, schedule: Schedule, sample: Sample) -> RankedSchedule:
        wish, start = self.setting.wish, self.of_start.first(sample.patients)
        return RankedSchedule(
            schedule,
            tuple(score(objective, sample) for objective in wish.objectives),
            tuple(margin_of(requirement, sample, start, CAUTIOUS) for requirement in wish.requirements),
            _place(schedule),
        )

    def add(self, schedules: Iterable[Schedule]) -> None:
        """Try schedules that were not tried yet."""
        known = self._samples.keys() | self._dropped.keys() | self.refused.keys()
        new = [schedule for schedule in dict.fromkeys(schedules) if schedule not in known]
        self.tally.expect(len(new) * self.people.size)
        running = self._allowed_of(new)
        samples = self._begun
        for first, stop in self._stages():
            people = self.people.select(slice(first, stop))
            found = self.setting.samples(list(running.values()), people, self.tally.add)
            for schedule, sample in zip(running, found, strict=True):
                samples[schedule] = samples[schedule].with_others(sample) if first else sample
            for schedule in self._hopeless(samples, stop) if stop < self.people.size else ():
                dropped = samples.pop(schedule)
                self._dropped[schedule] = dropped.patients
                self._ranked[schedule] = self._standing(schedule, dropped)
                del running[schedule]
                self.tally.expect(stop - self.people.size)
        self._samples |= samples
        self._ranked |= {schedule: self._standing(schedule, sample) for schedule, sample in samples.items()}
        sure = [self._ranked[schedule] for schedule in (*self._best, *samples)]
        self._best = [standing.schedule for standing in self._rivals(sure)]
        self._begun = {}

    def _allowed_of(self, schedules: Sequence[Schedule]) -> dict[Schedule, Regimen]:
        regimens = [self.regimen(schedule) for schedule in schedules]
        verdicts = self.judge.allows(regimens)
        refused = [schedule for schedule, allowed in zip(schedules, verdicts, strict=True) if not allowed]
        self.refused |= dict.fromkeys(refused)
        self.tally.expect(-len(refused) * self.people.size)
        return {
            schedule: regimen
            for schedule, regimen, allowed in zip(schedules, regimens, verdicts, strict=True)
            if allowed
        }

    def _stages(self) -> Iterator[tuple[int, int]]:
        first = 0
        for part in _STAGES:
            stop = self.people.size // part
            if stop > first:
                yield first, stop
                first = stop

    def _hopeless(self, samples: dict[Schedule, Sample], count: int) -> list[Schedule]:
        """Which schedules cannot be met any more, or are surely beaten by one that is surely met and not refused."""
        each = [self._standing(schedule, sample) for schedule, sample in samples.items()]
        before = {schedule: self._samples[schedule].first(count) for schedule in self._best}
        standings = [*each, *(self._standing(schedule, sample) for schedule, sample in before.items())]
        known = before | samples
        hopeless = [one.schedule for one in each if any(margin.high < 0.0 for margin in one.margins)]
        while True:
            rivals = self._rivals(standings)
            beaten = {one.schedule: self._winner(one, rivals, known) for one in each}
            winners = {winner for winner in beaten.values() if winner is not None}
            if not any(self.judge.refuses(winner) for winner in winners):
                lost = (schedule for schedule, winner in beaten.items() if winner is not None)
                return list(dict.fromkeys((*hopeless, *lost)))

    def _rivals(self, standings: Iterable[RankedSchedule]) -> list[RankedSchedule]:
        sure = [one for one in standings if all(margin.low >= 0.0 for margin in one.margins)]
        return spread(front_of(one for one in sure if not self.judge.has_refused(one.schedule)), _MOST_RIVALS)

    def _winner(
        self, standing: RankedSchedule, rivals: Sequence[RankedSchedule], samples: dict[Schedule, Sample]
    ) -> Schedule | None:
        """A rival that surely beats a schedule."""
        own = samples[standing.schedule]
        return next(
            (
                rival.schedule
                for rival in rivals
                if rival.dominates(standing)
                and all(is_surely_higher(one, own, samples[rival.schedule]) for one in self.setting.wish.objectives)
            ),
            None,
        )


def _place(schedule: Schedule) -> tuple[object, ...]:
    amounts = tuple(dose.rate.amount for dose in schedule.doses)
    return len(amounts), amounts, schedule.days, schedule.free_days or 0


def front_of(standings: Iterable[RankedSchedule]) -> list[RankedSchedule]:
    """Those that no other one dominates, in their order; of one objective, the best."""
    kept: list[RankedSchedule] = []
    for one in sorted(standings, key=lambda standing: standing.order):
        if not any(other.dominates(one) for other in kept):
            kept.append(one)
    return kept


def spread(front: Sequence[RankedSchedule], most: int) -> list[RankedSchedule]:
    """No more than so many of a front, from one end of it to the other."""
    if len(front) <= most:
        return list(front)
    return [front[round(k * (len(front) - 1) / (most - 1))] for k in range(most)] if most > 1 else [front[0]]
