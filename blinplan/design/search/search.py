"""Search schedules of a regimen: try them on some virtual patients, and show the best on others."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from blinplan.design.search.candidate import Start
from blinplan.design.search.confirm import Confirmation, ShownSchedule
from blinplan.design.search.evolve import evolve
from blinplan.design.search.patients import SearchSetting
from blinplan.design.search.pool import Pool, RankedSchedule, front_of, spread
from blinplan.design.search.space import Schedule, Space
from blinplan.design.search.standing import RequirementVerdict
from blinplan.design.search.wanted import Measurement
from blinplan.executors.executor import InTurn
from blinplan.refusal import Refusal
from blinplan.rules.rule import Finding

ENUMERABLE = 5_000
"""So many schedules are all tried where nobody says how to search."""
_MOST_TRIES = 4
"""So many times what is to be shown is looked at, to find one that is met for certain."""


class Method(StrEnum):
    """How schedules are chosen that are tried: each, or those that an optimiser asks for."""

    ENUMERATE = "enumerate"
    EVOLVE = "evolve"


def method_for(space: Space, asked: Method | None) -> Method:
    """How a space is searched."""
    return asked or (Method.ENUMERATE if space.size <= ENUMERABLE else Method.EVOLVE)


class NothingHoldsError(ValueError):
    """No schedule holds what is required, but perhaps that of the regimen which is searched from.

    ``nearest`` is the one that lacks least, where the rules allow any; it was looked at on ``nearest_on`` patients.
    ``heads`` are what endpoints are called.
    """

    def __init__(
        self,
        tried: int,
        refused: int,
        nearest: RankedSchedule | None,
        heads: tuple[Measurement | None, ...],
        *,
        nearest_on: int,
        but_base: bool,
    ) -> None:
        super().__init__(f"none of the {tried} schedules that were tried holds")
        self.tried, self.refused, self.nearest, self.heads = tried, refused, nearest, heads
        self.nearest_on, self.but_base = nearest_on, but_base


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search found.

    Attributes
    ----------
    space, start, setting
        What was searched, from what, and on whom.
    method
        How schedules were chosen.
    models, model_patients
        Under how many other models schedules are shown, and on how many of the patients.
    tried, refused
        How many schedules were tried, and how many of them the rules refuse.
    heads
        What is wanted, as the simulation calls it.
    rows
        The schedules that are shown, and the regimen that was searched from: what is to be low first.
    refuted
        The schedules that hold on the patients of the search, and not on the others: nobody is offered them.
    cloud
        What each endpoint comes to of schedules that were tried on all patients of the search.
    passed_over
        The schedules that only a rule about virtual patients refuses, and its findings.
    ended_by
        What ended it before all were shown: somebody, or that there are no workers any more; None where all are.
    """

    space: Space
    start: Start
    setting: SearchSetting
    method: Method
    models: int
    model_patients: int
    tried: int
    refused: int
    heads: tuple[Measurement | None, ...]
    rows: tuple[ShownSchedule, ...]
    refuted: tuple[ShownSchedule, ...]
    cloud: tuple[tuple[float, ...], ...]
    passed_over: tuple[tuple[Schedule, tuple[Finding, ...]], ...]
    ended_by: KeyboardInterrupt | Refusal | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether it was ended before all were shown."""
        return self.ended_by is not None

    @property
    def patients(self) -> int:
        """How many patients schedules are shown on."""
        return self.setting.who.shown

    @property
    def search_patients(self) -> int:
        """How many patients they were searched on."""
        return self.setting.who.tried

    @property
    def offers(self) -> tuple[ShownSchedule, ...]:
        """The rows that were found."""
        return tuple(row for row in self.rows if row.schedule is not None)

    @property
    def front(self) -> tuple[ShownSchedule, ...]:
        """The rows of which no other one that is not refuted is lower in all that is to be low."""
        rows = [row for row in self.rows if row.verdict is not RequirementVerdict.NOT_MET]
        return tuple(row for row in rows if not any(self._is_below(other, row) for other in rows))

    def order_of(self, row: ShownSchedule) -> tuple[float, ...]:
        """What is to be low, as rows are ordered by it; what is not known comes last."""
        values = (row.endpoints[objective.endpoint].estimate.value for objective in self.setting.wish.objectives)
        return tuple(math.inf if math.isnan(value) else value for value in values)

    def _is_below(self, row: ShownSchedule, other: ShownSchedule) -> bool:
        pairs = list(zip(self.order_of(row), self.order_of(other), strict=True))
        return all(own <= its for own, its in pairs) and any(own < its for own, its in pairs)


@dataclass(slots=True)
class Search:
    """A search that goes on: first on few patients, then on many."""

    pool: Pool
    confirmation: Confirmation
    method: Method
    show: int
    _passed_over: dict[Schedule, tuple[Finding, ...]] = field(default_factory=dict)
    _refuted: list[ShownSchedule] = field(default_factory=list)

    def run(self) -> Searched:
        """Try schedules, and show the best; whoever stops it while they are shown gets those that are.

        So it is where there are no workers any more.

        Raises
        ------
        NothingHoldsError
            When there is none.
        KeyboardInterrupt, Refusal
            As what stopped it before one was shown.
        """
        pool, heads = self.pool, self.pool.of_start.measurements
        if self.method is Method.ENUMERATE:
            pool.add(pool.space)
        else:
            evolve(pool, pool.setting.who.seed)
        if not self._holding():
            holds = any(standing.holds for standing in pool.standings())
            nearest = pool.nearest()
            on = 0 if nearest is None else pool.looked_at(nearest.schedule)
            raise NothingHoldsError(pool.size, len(pool.refused), nearest, heads, nearest_on=on, but_base=holds)
        rows, ended_by = list[ShownSchedule](), None
        try:
            self._show(rows)
        except (KeyboardInterrupt, Refusal) as end:
            if len(rows) < 2:  # nothing beside the regimen that is searched from
                raise
            ended_by = end
        return replace(self._result(rows), ended_by=ended_by)

    def _result(self, rows: Sequence[ShownSchedule]) -> Searched:
        pool, confirmation = self.pool, self.confirmation
        found = Searched(
            pool.space,
            pool.start,
            replace(pool.setting, executor=InTurn()),  # what is found outlives who searched, and pickles
            self.method,
            confirmation.models,
            confirmation.model_patients,
            pool.size,
            len(pool.refused),
            confirmation.heads(),
            tuple(rows),
            tuple(self._refuted),
            pool.values(),
            tuple(self._passed_over.items()),
        )
        return replace(found, rows=tuple(sorted(found.rows, key=found.order_of)))

    def _show(self, rows: list[ShownSchedule]) -> None:
        """Show the regimen that is searched from, then what was found, one after the other."""
        base, confirmation = self.pool.start.base, self.confirmation
        self.pool.tally.expect(confirmation.cost * (1 + self.show))
        rows.append(confirmation.show(None, base, self.pool.judge.check(base)))
        several = len(self.pool.setting.wish.objectives) > 1
        for number in range(self.show * _MOST_TRIES):
            standing = self._next_of_front(rows) if several else self._next_best(rows)
            if standing is None:
                return
            if number >= self.show:
                self.pool.tally.expect(confirmation.cost)
            regimen = self.pool.regimen(standing.schedule)
            row = confirmation.show(standing.schedule, regimen, self.pool.judge.findings(standing.schedule))
            if row.verdict is RequirementVerdict.NOT_MET:
                self._refuted.append(row)
            else:
                rows.append(row)

    def _next_best(self, rows: Sequence[ShownSchedule]) -> RankedSchedule | None:
        """The best that is not shown yet; None where as many are shown as asked for, and one is met for certain."""
        enough = len(rows) > self.show and any(row.verdict is RequirementVerdict.MET for row in rows[1:])
        return None if enough else next(iter(self._fresh(self._holding(), rows)), None)

    def _next_of_front(self, rows: Sequence[ShownSchedule]) -> RankedSchedule | None:
        """The next of the front, or of so many of it as are to be shown; None where all of it are shown."""
        while True:
            front = spread(front_of(self._holding()), self.show)
            if not [standing for standing in front if self._is_refused(standing)]:
                break
        return None if len(rows) > self.show else next(iter(self._fresh(front, rows)), None)

    def _fresh(self, standings: Sequence[RankedSchedule], rows: Sequence[ShownSchedule]) -> Iterator[RankedSchedule]:
        """Those that are not shown yet, and that no rule about virtual patients refuses."""
        shown = {row.schedule for row in rows}
        return (one for one in standings if one.schedule not in shown and not self._is_refused(one))

    def _holding(self) -> list[RankedSchedule]:
        """What holds all that is required, in its order, apart from what is given already."""
        refuted = {row.schedule for row in self._refuted}
        return [
            standing
            for standing in self.pool.standings()
            if standing.holds
            and standing.schedule not in self._passed_over
            and standing.schedule not in refuted
            and not self.pool.start.gives(self.pool.space, standing.schedule)
        ]

    def _is_refused(self, standing: RankedSchedule) -> bool:
        if self.pool.judge.refuses(standing.schedule):
            self._passed_over[standing.schedule] = tuple(self.pool.judge.findings(standing.schedule))
            return True
        return False
