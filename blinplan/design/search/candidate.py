"""A schedule as a regimen: the one that the search started from, otherwise in some cycles, and honest about that."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from blinplan.design.search.space import Schedule, Space
from blinplan.quantities import MINUTES_PER_DAY, decimal_text
from blinplan.regimen.regimen import Cycle, Departure, Regimen, Source, Step
from blinplan.regimen.schema import LONGEST_SENTENCE
from blinplan.regimen.vocabulary import Indication, Status

WATCHED_DAYS = 2
"""Days in hospital after each step: those in which cytokines rise most (claim CYT-2), as the labels have it."""
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Start:
    """What a search starts from, and what it says of its results.

    Attributes
    ----------
    base
        The regimen that it starts from.
    reference
        The shipped regimen that results are laid beside; None where the base is none and departs from none.
    citation
        The command line by which anybody finds the same.
    reason
        Why a step is otherwise: what is low, and what holds.
    program
        What found it.
    """

    base: Regimen
    reference: Regimen | None
    citation: str
    reason: str
    program: str

    def candidate(self, space: Space, schedule: Schedule) -> Regimen:
        """A regimen with a schedule: investigational, and unverified, since nobody was ever given it."""
        base, cycles = self.base, tuple(self._cycles(space, schedule))
        found = replace(
            base,
            name=name_of(base, space, schedule),
            title=_cut(f"{base.title}; {_places(space)} as a search found it: {schedule.text(space.infusion)}"),
            indication=Indication.INVESTIGATIONAL,
            family=None,
            sources=(self.source,),
            eligibility=base.eligibility._replace(otherwise=None, population=base.virtual_population),
            hospital_days=tuple(_hospital_days(base, cycles)),
            cycles=tuple(_together(cycles)),
            waivers=(),
            departs_from=None if self.reference is None else self.reference.name,
        )
        return replace(found, sources=(*found.sources, *self._sources_kept(found)))

    @property
    def source(self) -> Source:
        """The command line; where it is too long for a source, as much of it as there is room for, and its sum."""
        text = self.citation
        if len(text) > LONGEST_SENTENCE:
            mark = hashlib.sha256(text.encode()).hexdigest()[:8]
            text = f"{text[: LONGEST_SENTENCE - 12]}… {mark}"
        note = f"Started from {self.base.name}; found by {self.program}. Nobody was ever given it."
        return Source(text, Status.UNVERIFIED, note)

    def gives(self, space: Space, schedule: Schedule) -> bool:
        """Whether a schedule is what the base gives."""
        made = self.candidate(space, schedule).one_by_one
        return all(map(_gives_the_same, made, self.base.one_by_one))

    def _sources_kept(self, found: Regimen) -> Iterator[Source]:
        """The sources of the base that departures of cycles which stay as they were still name."""
        named = {departure.source for departure in found.departures} - {self._departure.source}
        for source in self.base.sources if named else ():
            yield source._replace(status=Status.TRANSCRIBED) if source.status is Status.SEEN else source

    def _cycles(self, space: Space, schedule: Schedule) -> Iterator[Cycle]:
        for number, cycle in enumerate(self.base.one_by_one, start=1):
            if number not in space.cycles:
                yield cycle
                continue
            infusion = space.infusion_days[space.cycles.index(number)]
            yield self._cycle_with(cycle, self._beside(number), schedule, schedule.days_of(infusion))

    def _beside(self, number: int) -> Cycle | None:
        """The cycle of that number of the regimen that results are laid beside."""
        cycles = () if self.reference is None else self.reference.one_by_one
        return cycles[number - 1] if number <= len(cycles) else None

    def _cycle_with(self, own: Cycle, beside: Cycle | None, schedule: Schedule, days: tuple[int, ...]) -> Cycle:
        steps = tuple(
            Step(dose.rate, dose.cap, held * MINUTES_PER_DAY) for dose, held in zip(schedule.doses, days, strict=True)
        )
        free = own.treatment_free if schedule.free_days is None else schedule.free_days * MINUTES_PER_DAY
        found = replace(
            own,
            steps=steps,
            treatment_free=free,
            interval_reason=own.interval_reason if free == own.treatment_free else None,
        )
        return found if self.reference is None else self._with_departures(found, own, beside)

    def _with_departures(self, found: Cycle, own: Cycle, beside: Cycle | None) -> Cycle:
        """The cycle with a word on each step, and on its interval, that is not that of the regimen departed from.

        How long the last step is follows from those before it, and needs none.
        """
        theirs, last = () if beside is None else beside.steps, len(found.steps) - 1
        steps = tuple(
            replace(step, departure=None if _is_among(step, theirs[at : at + 1], last=at == last) else self._departure)
            for at, step in enumerate(found.steps)
        )
        alike = beside is not None and _interval(found) == _interval(beside)
        kept = own.departure if _interval(found) == _interval(own) else None
        return replace(found, steps=steps, departure=None if alike else kept or self._departure)

    @property
    def _departure(self) -> Departure:
        short = self.citation.partition(" --")[0]
        others = any(source.citation.startswith(short) for source in self.base.sources)
        return Departure(_cut(self.reason), self.source.citation if others else short)


def _gives_the_same(first: Cycle, second: Cycle) -> bool:
    return first.treatment_free == second.treatment_free and _doses_of(first) == _doses_of(second)


def _doses_of(cycle: Cycle) -> list[tuple[object, ...]]:
    return [_what(step) for step in cycle.steps]


def _what(step: Step) -> tuple[object, ...]:
    return step.dose, step.cap, step.minutes


def _dose_and_cap(step: Step) -> tuple[object, ...]:
    return step.dose, step.cap


def _is_among(step: Step, steps: tuple[Step, ...], *, last: bool) -> bool:
    same = _dose_and_cap if last else _what
    return same(step) in map(same, steps)


def _interval(cycle: Cycle) -> tuple[int, int]:
    return cycle.infusion, cycle.treatment_free


def _together(cycles: tuple[Cycle, ...]) -> Iterator[Cycle]:
    """Cycles that are alike and come one after another, as one that is repeated."""
    for cycle, alike in groupby(replace(cycle, repeat=1) for cycle in cycles):
        yield replace(cycle, repeat=len(list(alike)))


def _hospital_days(base: Regimen, cycles: tuple[Cycle, ...]) -> Iterator[int]:
    """Days in hospital of each cycle of which the base says them: no fewer, and enough after each step."""
    for own, cycle in zip(base.hospital_days, cycles, strict=False):
        starts = list(accumulate((step.minutes // MINUTES_PER_DAY for step in cycle.steps[:-1]), initial=0))
        yield max(own, starts[-1] + WATCHED_DAYS)


def name_of(base: Regimen, space: Space, schedule: Schedule) -> str:
    """What a result is called: after the base, the cycles and the schedule; with a sum where that is too long."""
    steps = zip(schedule.doses, schedule.days_of(space.infusion), strict=True)
    written = "-".join(f"{decimal_text(dose.rate.amount).replace(',', '')}x{days}" for dose, days in steps)
    free = "" if schedule.free_days is None else f"-free{schedule.free_days}"
    some = "" if len(space.cycles) == base.most_cycles else f"-c{'.'.join(map(str, space.cycles))}"
    name = f"{base.name}{some}-{written}{free}"
    if len(name) <= _LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - 9].rstrip('.-')}-{mark}"


def _places(space: Space) -> str:
    numbers = ", ".join(map(str, space.cycles))
    return f"cycle {numbers}" if len(space.cycles) == 1 else f"cycles {numbers}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SENTENCE else f"{text[: LONGEST_SENTENCE - 1]}…"
