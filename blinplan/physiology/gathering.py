"""Endpoints gathered while the patients advance, so that nothing of the size patients x time is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from blinplan.physiology.endpoints import (
    AFTER_ESCALATION,
    DEPLETED,
    FIRST_WEEK,
    INFUSION,
    PROBED,
    RETURNED,
    SETTLED,
    Endpoints,
)
from blinplan.physiology.engine.integrate import CyclePart, DoseStep, Interval, Timetable
from blinplan.physiology.engine.searches import (
    BLASTS,
    Crossing,
    Exposure,
    Extreme,
    Level,
    Search,
    Searches,
    Stay,
    searches_of,
)
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED
from blinplan.physiology.model.mechanism import LOG_ONE_CELL, steady_state
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import States, t_blood

_LN10 = float(np.log(10.0))
_ABOVE = float(np.nextafter(DEPLETED, np.inf))


@dataclass(frozen=True, slots=True)
class Windows:
    """The times that a course gives to its endpoints.

    `escalations` are those of `escalation_days` on which the patients' own infusion rises; NaN for the others.
    """

    cycles: tuple[int, ...]
    starts: tuple[float, ...]
    infusion_ends: tuple[float, ...]
    ends: tuple[float, ...]
    first_infusion: float
    last_infusion_end: float
    dose_steps: tuple[DoseStep, ...]
    escalations: tuple[float, ...]
    escalation_days: tuple[float, ...]

    @classmethod
    def of(cls, course: Timetable) -> Windows:
        """Read the windows off the intervals."""
        stretches = [(stretch, i.infusing) for i in course.intervals for stretch in i.stretches]
        cycles = tuple(dict.fromkeys(stretch.cycle for stretch, _ in stretches))
        infusing = [i for i in course.intervals if i.infusing]
        starts, stops, ends = [], [], []
        for cycle in cycles:
            within = [(stretch, infused) for stretch, infused in stretches if stretch.cycle == cycle]
            starts.append(within[0][0].start)
            stops.append(max((stretch.stop for stretch, infused in within if infused), default=within[0][0].start))
            ends.append(within[-1][0].stop)
        return cls(
            cycles=cycles,
            starts=tuple(starts),
            infusion_ends=tuple(stops),
            ends=tuple(ends),
            first_infusion=infusing[0].start if infusing else course.start,
            last_infusion_end=infusing[-1].stop if infusing else course.stop,
            dose_steps=course.dose_steps,
            escalations=tuple(each.day if each.own else np.nan for each in course.escalations),
            escalation_days=tuple(each.day for each in course.escalations),
        )

    @property
    def looks(self) -> tuple[float, ...]:
        """Days on which states are looked at, in their order."""
        after = (self.first_infusion + day for day in (*PROBED, INFUSION))
        days = {*after, *self.escalations, *(day + AFTER_ESCALATION for day in self.escalations)}
        return tuple(sorted(day for day in days if day <= self.ends[-1]))

    def number_begun(self, day: float) -> int:
        """How many escalations of the course come up to a day; those that are not the patients' own have no day."""
        return max((number for number, begun in enumerate(self.escalations, start=1) if begun <= day), default=0)


class Gathered(NamedTuple):
    """What was gathered in the first intervals of a course: in rows, at times, and at escalations."""

    rows: FloatArray
    looked: FloatArray
    escalations: FloatArray


_WHOLE = {
    "one": 1.0,
    "zero": 0.0,
    "t_cells": np.nan,
    "spare": np.nan,
    "t_since": np.nan,
    "cmax": 0.0,
    "deepest": -np.inf,
    "nadir_day": np.nan,
    "recovery": np.nan,
    "t_deepest": -np.inf,
    "t_min_day": np.nan,
    "t_return": np.nan,
    "auc": 0.0,
}
_BY_CYCLE = {
    "depleted": np.nan,
    "depleted_days": 0.0,
    "b_end": np.nan,
    "b_free": -np.inf,
    "t_peak": -np.inf,
    "rise": -np.inf,
    "rise_day": np.nan,
    "since": np.nan,
    "settled": np.nan,
    "log_blasts": np.nan,
}
"""Rows that are gathered of a course and of each cycle, and what they begin with; `spare` is for what nobody asks.

Times since an interval began are written in each interval before they are read.
"""
_ROWS, _ROWS_OF_CYCLE = ({name: row for row, name in enumerate(of)} for of in (_WHOLE, _BY_CYCLE))
_B_CELLS, _T_CELLS, _RELEASE, _BLASTS = *range(3), BLASTS


def _row(name: str, cycle: int = 0) -> int:
    """The number of a row; cycles come one after the other, behind what is of the whole course."""
    return _ROWS[name] if name in _ROWS else _number_of_rows(cycle) + _ROWS_OF_CYCLE[name]


def _number_of_rows(cycles: int) -> int:
    """How many rows there are of a course and its first cycles."""
    return len(_WHOLE) + cycles * len(_BY_CYCLE)


class _InCycle(NamedTuple):
    """What of an interval belongs to a cycle: its number, and from when to when, in days since the interval began.

    `opens` says whether it is the first of its cycle.
    """

    cycle: int
    low: float
    high: float
    infused: bool
    last: bool
    opens: bool

    @property
    def rows(self) -> dict[str, int]:
        """The rows of its cycle, by their names."""
        return _rows_of(self.cycle)


@lru_cache(maxsize=64)
def _rows_of(cycle: int) -> dict[str, int]:
    return {name: _row(name, cycle) for name in _BY_CYCLE}


class _Looking:
    """What to look for in each interval."""

    def __init__(self, course: Timetable, windows: Windows) -> None:
        self.course, self.windows = course, windows
        self.first_of_cycle = {part.cycle: part for i in reversed(course.intervals) for part in reversed(i.stretches)}
        self.stretches = [
            [self._stretch(part, interval) for part in interval.stretches] for interval in course.intervals
        ]

    def _stretch(self, part: CyclePart, interval: Interval) -> _InCycle:
        cycle = self.windows.cycles.index(part.cycle)
        return _InCycle(
            cycle,
            part.start - interval.start,
            part.stop - interval.start,
            part.stop <= self.windows.infusion_ends[cycle],
            part.start >= self.windows.last_infusion_end,
            part is self.first_of_cycle[part.cycle],
        )

    def searches(self) -> Searches:
        """What to look for, in a table."""
        intervals = self.course.intervals
        looking = [
            [*self._values(k), *self._extremes(k), *self._crossings(k), *self._stays(k)] for k in range(len(intervals))
        ]
        return searches_of([interval.start for interval in intervals], _row("cmax"), looking)

    def _length(self, k: int) -> float:
        return self.course.intervals[k].stop - self.course.intervals[k].start

    def _values(self, k: int) -> Iterator[Search]:
        """B cells and blasts at the end of infusion; without one, B cells where the free interval begins."""
        for s in self.stretches[k]:
            if s.infused:
                yield Level(_BLASTS, s.high, s.rows["log_blasts"])
            if s.infused or s.opens:
                yield Level(_B_CELLS, s.high if s.infused else s.low, s.rows["b_end"])

    def _extremes(self, k: int) -> Iterator[Search]:
        spare, week = _row("spare"), self._week(k)
        yield Extreme(_B_CELLS, -1.0, 0.0, self._length(k), _row("deepest"), _row("nadir_day"), spare, spare)
        for s in self.stretches[k]:
            of = s.rows
            yield Extreme(_T_CELLS, 1.0, s.low, s.high, of["t_peak"], spare, spare, spare)
            yield Extreme(_RELEASE, 1.0, s.low, s.high, of["rise"], of["rise_day"], of["since"], of["settled"])
            if not s.infused:
                yield Extreme(_B_CELLS, 1.0, s.low, s.high, of["b_free"], spare, spare, spare)
        if week is not None:
            rows = (_row(name) for name in ("t_deepest", "t_min_day", "t_since", "t_return"))
            yield Extreme(_T_CELLS, -1.0, 0.0, week, *rows)

    def _is_after_start(self, k: int) -> bool:
        return self.course.intervals[k].stop > self.windows.first_infusion

    def _week(self, k: int) -> float | None:
        """Until when an interval lies in the first week, if it does."""
        week = min(self._length(k), self.windows.first_infusion + FIRST_WEEK - self.course.intervals[k].start)
        return week if self._is_after_start(k) and week >= 0.0 else None

    def _crossings(self, k: int) -> Iterator[Search]:
        one, zero, every = _row("one"), _row("zero"), (_row("one"), -np.inf, np.inf)
        for s in self.stretches[k]:
            of, rise = s.rows, s.rows["rise"]
            into, less = of["settled"], of["rise_day"]
            yield Crossing(_RELEASE, 1.0, SETTLED, rise, 0.0, of["since"], s.high, rise, 0.0, np.inf, into, less)
            if s.infused:
                yield Crossing(_B_CELLS, 1.0, DEPLETED, one, s.low, zero, s.high, *every, of["depleted"], zero)
        # Once in an interval: where a cycle begins in it changes nothing.
        if after := [s for s in self.stretches[k] if s.last]:
            low, high, depleted = after[0].low, after[-1].high, (after[0].rows["b_end"], -np.inf, DEPLETED)
            yield Crossing(_B_CELLS, -1.0, -_ABOVE, one, low, zero, high, *depleted, _row("recovery"), zero)
        if self._is_after_start(k):
            since, level = zero if self._week(k) is None else _row("t_since"), (-RETURNED, _row("t_cells"))
            yield Crossing(_T_CELLS, -1.0, *level, 0.0, since, self._length(k), *every, _row("t_return"), zero)

    def _stays(self, k: int) -> Iterator[Search]:
        """The exposure of the course is added up by infusions: a cycle that begins in one of them changes nothing."""
        yield Exposure(self._length(k), _row("auc"))
        for s in self.stretches[k]:
            yield Stay(_B_CELLS, DEPLETED, s.low, s.high, s.rows["depleted_days"])


@lru_cache(maxsize=16)
def _windows_and_searches(course: Timetable) -> tuple[Windows, Searches]:
    windows = Windows.of(course)
    return windows, _Looking(course, windows).searches()


class Gathering:
    """Gathers the endpoints of one chunk: what engines look for in `rows`, and what is looked at on certain days."""

    def __init__(self, course: Timetable, rates: FloatArray, patients: Population) -> None:
        self.course, self.rates, self.patients = course, rates, patients
        self.windows, self.searches = _windows_and_searches(course)
        begun = [*_WHOLE.values(), *(len(self.windows.cycles) * [*_BY_CYCLE.values()])]
        self.rows = np.repeat(np.array(begun)[:, None], patients.size, axis=1)
        self.rows[_row("t_cells")] = patients.t_cells
        self.looked = np.full((len(PROBED) + 1, patients.size), np.nan)
        self.escalations = np.full((2, len(self.windows.escalations), patients.size), np.nan)

    def gathered_so_far(self, interval: Interval) -> Gathered:
        """What was gathered up to the end of an interval, for a course that begins in the same way."""
        cycles = self.windows.cycles.index(interval.stretches[-1].cycle) + 1
        return Gathered(
            self.rows[: _number_of_rows(cycles)].copy(),
            self.looked.copy(),
            self.escalations[:, : self.windows.number_begun(interval.stop)].copy(),
        )

    def go_on_from(self, before: Gathered) -> None:
        """Take over what was gathered in the intervals that this course begins with."""
        self.rows[: before.rows.shape[0]] = before.rows
        self.looked[:] = before.looked
        self.escalations[:, : before.escalations.shape[1]] = before.escalations

    def look(self, day: float, states: States) -> None:
        """Take in the states (N) at one of the `looks`."""
        first, steps = self.windows.first_infusion, self.windows.escalations
        for at, probed in enumerate(PROBED):
            if day == first + probed:
                self.looked[at] = states.t_total / self.patients.t_cells
        if day == first + INFUSION:
            self.looked[-1] = states.log_blasts
        for at, step in enumerate(steps):
            for after, when in enumerate((step, step + AFTER_ESCALATION)):
                if day == when:
                    self.escalations[after, at] = t_blood(states)

    def _change(self, log_blasts: FloatArray) -> FloatArray:
        return (np.maximum(log_blasts, LOG_ONE_CELL) - np.log(self.patients.blasts)) / _LN10

    def _dose(self) -> FloatArray:
        """How much is infused (N); added up by infusions and not by cycles, as the exposure is."""
        infused = np.zeros(self.patients.size)
        for interval in self.course.intervals:
            infused += self.rates[interval.row] * (interval.stop - interval.start)
        return infused

    def _whole(self, name: str) -> FloatArray:
        return np.asarray(self.rows[_row(name)])

    def _of_cycles(self, name: str) -> FloatArray:
        """A row of each cycle (C, N)."""
        return np.ascontiguousarray(self.rows[_row(name) :: len(_BY_CYCLE)])

    def finish(self) -> Endpoints:
        """Return the endpoints."""
        w, p = self.windows, self.patients
        c, n = len(w.cycles), p.size
        peak = np.repeat(p.cytokine_baseline[:, None, :], c, axis=1)
        peak_day = np.full((len(CYTOKINES), c, n), np.nan)
        settled = np.full((len(CYTOKINES), c, n), np.nan)
        rise, when = map(self._of_cycles, ("rise", "rise_day"))
        b_end, b_free = map(self._of_cycles, ("b_end", "b_free"))
        for j, name in enumerate(ELEVATED):
            i = CYTOKINES.index(name)
            peak[i] += p.cytokine_release[j] * np.maximum(rise, 0.0)
            peak_day[i] = np.where(rise > 0.0, when, np.nan)
            settled[i] = self._of_cycles("settled")
        is_infused = np.repeat(np.array(w.infusion_ends)[:, None] > np.array(w.starts)[:, None], n, axis=1)
        day_1, day_14, blasts_28 = self.looked
        at_escalation, after_escalation = self.escalations
        rates = [self.rates[step.row] for step in w.dose_steps]
        steady = [steady_state(np.where(rate > 0.0, rate, np.nan), p.clearance) for rate in rates]
        return Endpoints(
            cycles=w.cycles,
            cycle_start_days=w.starts,
            infusion_end_days=w.infusion_ends,
            cycle_end_days=w.ends,
            dose_step_days=tuple(step.start for step in w.dose_steps),
            escalation_days=w.escalation_days,
            own_infusion_end_days=np.where(is_infused, np.array(w.infusion_ends)[:, None], np.nan),
            steady_state=np.array(steady).reshape(len(steady), n),
            cmax=self._whole("cmax"),
            auc=self._whole("auc"),
            infused=self._dose(),
            b_depleted_day=self._of_cycles("depleted"),
            b_depleted_days=self._of_cycles("depleted_days"),
            b_at_infusion_end=np.where(is_infused, b_end, np.nan),
            b_highest_free=np.where(np.isfinite(b_free), b_free, np.nan),
            b_nadir=-self._whole("deepest"),
            b_nadir_day=self._whole("nadir_day"),
            b_recovery_day=self._whole("recovery"),
            t_minimum=-self._whole("t_deepest") / p.t_cells,
            t_minimum_day=self._whole("t_min_day"),
            t_return_day=self._whole("t_return"),
            t_peak=self._of_cycles("t_peak") / p.t_cells,
            t_at_escalation=at_escalation,
            t_after_escalation=after_escalation,
            t_total_day_1=day_1,
            t_total_day_14=day_14,
            cytokine_peak=peak,
            cytokine_fold=peak / p.cytokine_baseline[:, None, :],
            cytokine_peak_day=peak_day,
            cytokine_settled=settled,
            blasts_before=p.blasts,
            blasts_log10_change=self._change(self._of_cycles("log_blasts")),
            blasts_log10_change_day_28=self._change(blasts_28),
        )
