"""Courses that differ between the patients of one simulation: another regimen, or one that stood still for some days.

Each patient goes through a course of their own, and what is told of them is told of its windows: its end of infusion,
its cycles, its intervals without infusion. What a course does not have is missing in its patients.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from blinplan.course.events import INTERRUPTED, Period
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.model.dosing import Dosing
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.kept import Heads, arrays_of, of_nobody
from blinplan.simulation.dosing import part_at
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.outcome import Occurrence, Quantity

Places = slice | IntArray
"""Where patients stand among others."""

Endpoint = TypeVar("Endpoint", Quantity, Occurrence)


class OwnCourse(NamedTuple):
    """What some patients get, and when; and the endpoints that are asked of them."""

    regimen: Regimen
    periods: tuple[Period, ...]
    asked: AskedEndpoints


class GivenToEach(NamedTuple):
    """What each of some patients gets in K periods, of which one begins wherever the infusion of any of them changes.

    Attributes
    ----------
    dosing
        Rates (K, n): who is through sooner gets nothing for the rest of it.
    cycles, steps
        (K, n) the cycle and the dose step in which each is.
    ends
        (n) the minute at which the course of each ends.
    """

    periods: tuple[Period, ...]
    dosing: Dosing
    cycles: IntArray
    steps: IntArray
    ends: FloatArray

    @property
    def rates(self) -> FloatArray:
        """(K, n) mcg/day."""
        return np.broadcast_to(self.dosing.rates, self.cycles.shape)

    def rows_at(self, minutes: IntArray) -> IntArray:
        """(T, n) which period holds from each time on; at the end of the course of each of them, the last of it."""
        times, cuts = minutes[:, np.newaxis], [period.stop for period in self.periods[:-1]]
        return np.where(times < self.ends, np.searchsorted(cuts, times, side="right"), np.searchsorted(cuts, times))

    @classmethod
    def in_one_course(cls, table: Sequence[Period], dosing: Dosing, size: int) -> "GivenToEach":
        """What so many patients get who go through one course."""
        each = np.array([(period.cycle, period.step) for period in table], dtype=np.int64)
        cycles, steps = (np.repeat(column[:, None], size, axis=1) for column in each.T)
        return cls(tuple(table), dosing, cycles, steps, np.full(size, float(table[-1].stop)))

    @classmethod
    def in_own_courses(
        cls, table: Sequence[Period], each: Iterable[tuple[Sequence[Period], FloatArray, Places]], size: int
    ) -> "GivenToEach":
        """What so many patients get of whom some go through each of several courses, at such rates."""
        rates, ends = np.zeros((len(table), size)), np.zeros(size)
        cycles, steps = np.zeros((2, len(table), size), dtype=np.int64)
        starts = [period.start for period in table]
        for own, given, whose in each:
            rows = np.searchsorted([period.stop for period in own], starts, side="right")
            found = np.array([*((of.cycle, of.step) for of in own), (own[-1].cycle, 0)], dtype=np.int64)[rows]
            rates[:, whose] = np.concatenate([given, np.zeros_like(given[:1])])[rows]
            cycles[:, whose], steps[:, whose] = found[:, :1], found[:, 1:]
            ends[whose] = own[-1].stop
        edges, numbers = (0, *(period.stop for period in table)), tuple(period.cycle for period in table)
        dosing = Dosing(edges, rates, numbers, tuple(period.step for period in table))
        return cls(tuple(table), dosing, cycles, steps, ends)


@dataclass(frozen=True, slots=True)
class OwnCourses:
    """Which patient goes through which course. It pickles.

    Attributes
    ----------
    courses
        Each once; the first is that of who has none of their own.
    which
        (N) the place of each patient's, by their numbers.
    heads
        All endpoints that any of the courses has, which are told.
    """

    courses: tuple[OwnCourse, ...]
    which: IntArray
    heads: Heads

    @property
    def number(self) -> int:
        """How many patients have a course of their own."""
        return int((self.which > 0).sum())

    @property
    def ends(self) -> FloatArray:
        """(N) the minute at which the course of each ends."""
        return np.array([course.periods[-1].stop for course in self.courses], dtype=np.float64)[self.which]

    def ends_of(self, numbers: FloatArray) -> FloatArray:
        """(n) the same of some patients."""
        return self.ends[numbers.astype(np.intp)]

    def groups(self, numbers: FloatArray) -> Iterator[tuple[OwnCourse, IntArray]]:
        """The courses of some patients, and where who goes through each stands among them."""
        which = self.which[numbers.astype(np.intp)]
        order = np.argsort(which, kind="stable")
        places, firsts = np.unique(which[order], return_index=True)
        for place, whose in zip(places.tolist(), np.split(order, firsts[1:]), strict=True):
            yield self.courses[place], whose

    def patients_within(self, days: FloatArray, every: int = 1) -> IntArray:
        """(T) how many are not yet through with their course on each day, of every so manyeth of the patients."""
        ends = np.sort(self.ends[::every] / MINUTES_PER_DAY)
        return np.asarray(ends.size - np.searchsorted(ends, days, side="left"))

    def covering(self, table: Sequence[Period], numbers: FloatArray | None = None) -> tuple[Period, ...]:
        """Periods up to where the last of the patients is through, parted wherever one of any course begins.

        With ``numbers``, of the courses of some of the patients alone.
        """
        end, last = int(self.ends.max()), table[-1]
        rest = [replace(last, start=last.stop, stop=end, dose=None, cap=None, step=0)] if last.stop < end else []
        courses = self.courses if numbers is None else [course for course, _ in self.groups(numbers)]
        cuts = [end, *(period.stop for course in courses for period in course.periods)]
        return tuple(period for period in part_at((*table, *rest), cuts) if period.stop <= end)


def with_hold(table: Sequence[Period], start: int, minutes: int) -> tuple[Period, ...]:
    """The course that stands still from a minute on, for so many: what is left of it follows after that.

    Where a cycle ends then, it goes on for as long, and the next one begins later.
    """
    parted = part_at(table, [start])
    at = next(period for period in parted if period.stop >= start)
    still = replace(
        at,
        start=start,
        stop=start + minutes,
        dose=None,
        cap=None,
        step=0,
        cycle_name=INTERRUPTED,
        interval_reason=None,
    )
    later = (
        replace(period, start=period.start + minutes, stop=period.stop + minutes)
        for period in parted
        if period.start >= start
    )
    return (*(period for period in parted if period.stop <= start), still, *later)


def all_heads(each: Iterable[Sequence[Endpoint]]) -> tuple[Endpoint, ...]:
    """The endpoints that any of some outcomes has, each once, in the order in which they are told.

    A time that not everybody can have says who can: who has no such time never gets there, and is not counted.
    """
    several = list(each)
    found: dict[str, Endpoint] = {}
    for one in several:
        for endpoint in one:
            known = found.setdefault(endpoint.key, endpoint)
            if known.at_risk is None and endpoint.at_risk is not None:
                found[endpoint.key] = replace(known, at_risk=endpoint.at_risk)
    for key, endpoint in found.items():
        missing = any(key not in {of.key for of in one} for one in several)
        if missing and isinstance(endpoint, Quantity) and endpoint.is_time and endpoint.at_risk is None:
            found[key] = replace(endpoint, at_risk=np.ones(endpoint.values.shape, dtype=np.bool_))
    return tuple(sorted(map(of_nobody, found.values()), key=lambda endpoint: endpoint.place))


class InPlaces(NamedTuple, Generic[Endpoint]):
    """Endpoints of one course: which of the patients that they are of, and where these stand among all."""

    endpoints: Sequence[Endpoint]
    which: slice
    places: Places


def in_columns(heads: Sequence[Endpoint], parts: Iterable[InPlaces[Endpoint]], size: int) -> tuple[Endpoint, ...]:
    """The endpoints of so many patients, from those of each course."""
    columns: dict[str, dict[str, Any]] = {head.key: _columns_for(head, size) for head in heads}
    for part in parts:
        for endpoint in part.endpoints:
            for name, values in columns.get(endpoint.key, {}).items():
                found = getattr(endpoint, name)
                values[part.places] = True if found is None else found[part.which]
    return tuple(replace(head, **columns[head.key]) for head in heads)


def _columns_for(head: Endpoint, size: int) -> dict[str, Any]:
    """What an endpoint has of so many patients, of whom nothing is known."""
    return {
        name: np.full(size, np.nan if values.dtype == np.float64 else False, dtype=values.dtype)
        for name, values in arrays_of(head).items()
    }
