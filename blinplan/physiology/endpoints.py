"""Endpoints, gathered while the patients advance, so that nothing of the size patients x time is kept."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np

from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import CyclePart, DoseStep, History, Interval, Timetable
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED
from blinplan.physiology.model.mechanism import LOG_ONE_CELL, steady_state
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import ROW, States, t_blood
from blinplan.thresholds.threshold import threshold

DEPLETED = threshold("b_cells_depleted")
"""B cells/µL at or below which the article speaks of depletion."""
RETURNED = threshold("t_cells_returned")
"""Share of baseline at which a T-cell count counts as returned."""
SETTLED = threshold("cytokine_settled")
"""Share of a cytokine's rise that is left when it counts as back to baseline."""
EXPANDED = threshold("t_cells_expanded")
"""Share of baseline above which T cells count as expanded."""
ELEVATION = threshold("cytokine_elevated")
"""Times baseline from which a patient's cytokine counts as elevated."""
AFTER_ESCALATION = threshold("t_cells_fall_within")
"""Days after an escalation at which T cells are counted again."""
REMISSION = threshold("marrow_response")
"""Blasts, as a share of the marrow, at or below which it counts as in remission."""
RESIDUAL = threshold("measurable_residual_disease")
"""Blasts, as a share of the marrow, from which residual disease is measured."""
INFUSION = threshold("infusion_of_a_cycle")
"""Days of infusion in a cycle, by the end of which blasts are looked at."""
FIRST_WEEK = 7.0
PROBED = (1.0, 14.0)
"""Days after the first infusion on which all T cells are counted."""
_LN10 = float(np.log(10.0))
_ABOVE = float(np.nextafter(DEPLETED, np.inf))


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What came of each patient. N patients, C cycles, S dose steps, E escalations; days count from the course start.

    Times between nodes of the grid are found on the polynomial of their step alone.

    Attributes
    ----------
    cycles : (C) numbers. cycle_start_days, infusion_end_days, cycle_end_days : (C).
    dose_step_days, escalation_days : (S), (E) when each begins; of the course, whoever gets it.
    own_infusion_end_days : (C, N) each patient's own, NaN for those who are not infused in the cycle;
        `infusion_end_days` are the last of them.
    steady_state : (S, N) pg/mL at each dose step; NaN for those who do not get it. cmax : (N) pg/mL.
    auc, auc_by_cycle : (N), (C, N) ng·day/mL over the course. infused, infused_by_cycle : (N), (C, N) mcg.
    b_depleted_day : (C, N) first day at or below 10 cells/µL while the cycle is infused; NaN when never.
    b_depleted_days : (C, N) days at or below 10 cells/µL in the cycle, its free interval included.
    b_at_infusion_end : (C, N) cells/µL. b_highest_free, b_highest_free_day : (C, N) highest count from the end of
        infusion to the end of the cycle, cells/µL.
    b_nadir, b_nadir_day : (N). b_recovery_day : (N) first day above 10 cells/µL after the last infusion; NaN when none
        within the course or not depleted.
    t_minimum, t_minimum_day : (N) least T cells in blood in the first week, over baseline. t_return_day : (N) first
        day after it at 90 % of baseline or more; NaN when none. t_peak : (C, N) greatest, over baseline.
    t_at_escalation, t_after_escalation : (E, N) cells/µL at each escalation and 2 days later (NaN when not reached, or
        when the patient's own dose does not rise).
    t_total_day_1, t_total_day_14 : (N) blood and adherent T cells 1 and 14 days after the start, over baseline.
    cytokine_peak : (8, C, N) pg/mL in the order of `CYTOKINES`. cytokine_fold : the same over baseline.
    cytokine_peak_day : (8, C, N); NaN for cytokines that do not rise. cytokine_settled : (8, C, N) days from the peak
        until 90 % of the rise is gone; NaN when it does not come within the cycle.
    blasts_before : (N) as a fraction of the marrow's capacity.
    blasts_log10_change : (C, N) from baseline to the end of the cycle's infusion, at least to one cell.
    blasts_log10_change_day_28 : (N).
    """

    cycles: tuple[int, ...]
    cycle_start_days: tuple[float, ...]
    infusion_end_days: tuple[float, ...]
    cycle_end_days: tuple[float, ...]
    dose_step_days: tuple[float, ...]
    escalation_days: tuple[float, ...]
    own_infusion_end_days: FloatArray
    steady_state: FloatArray
    cmax: FloatArray
    auc: FloatArray
    auc_by_cycle: FloatArray
    infused: FloatArray
    infused_by_cycle: FloatArray
    b_depleted_day: FloatArray
    b_depleted_days: FloatArray
    b_at_infusion_end: FloatArray
    b_highest_free: FloatArray
    b_highest_free_day: FloatArray
    b_nadir: FloatArray
    b_nadir_day: FloatArray
    b_recovery_day: FloatArray
    t_minimum: FloatArray
    t_minimum_day: FloatArray
    t_return_day: FloatArray
    t_peak: FloatArray
    t_at_escalation: FloatArray
    t_after_escalation: FloatArray
    t_total_day_1: FloatArray
    t_total_day_14: FloatArray
    cytokine_peak: FloatArray
    cytokine_fold: FloatArray
    cytokine_peak_day: FloatArray
    cytokine_settled: FloatArray
    blasts_before: FloatArray
    blasts_log10_change: FloatArray
    blasts_log10_change_day_28: FloatArray

    @property
    def b_depleted(self) -> BoolArray:
        """(C, N) whether B cells fell to 10 cells/µL or less while the cycle was infused."""
        return ~np.isnan(self.b_depleted_day)

    @property
    def b_low_at_infusion_end(self) -> BoolArray:
        """(C, N) at 10 cells/µL or less when the infusion of the cycle ends."""
        return np.asarray(self.b_at_infusion_end <= DEPLETED)

    @property
    def infused_in_cycle(self) -> BoolArray:
        """(C, N) whether a patient is infused in a cycle: one who is off the drug has no infusion to end."""
        return ~np.isnan(self.own_infusion_end_days)

    @property
    def b_low_at_last_infusion_end(self) -> BoolArray:
        """(N) at 10 cells/µL or less when the patient's own last infusion ends."""
        infused = self.infused_in_cycle
        last = infused.shape[0] - 1 - np.argmax(infused[::-1], axis=0)
        return np.asarray(self.b_low_at_infusion_end[last, np.arange(last.shape[0])])

    @property
    def t_expanded(self) -> BoolArray:
        """(C, N) T cells above 125 % of baseline at some time in the cycle."""
        return np.asarray(self.t_peak > EXPANDED)

    @property
    def b_recovered(self) -> BoolArray:
        """(C, N) depleted at the end of infusion and above 10 cells/µL again before the end of the cycle."""
        return self.b_low_at_infusion_end & (self.b_highest_free > DEPLETED)

    @property
    def blasts_at_infusion_end(self) -> FloatArray:
        """(C, N) as a fraction of the marrow's capacity."""
        return np.asarray(self.blasts_before * 10.0**self.blasts_log10_change)

    @property
    def marrow_response(self) -> BoolArray:
        """(C, N) at 5 % blasts or fewer when the infusion of the cycle ends."""
        return np.asarray(self.blasts_at_infusion_end <= REMISSION)

    @property
    def mrd_response(self) -> BoolArray:
        """(C, N) below one blast in 10,000 cells when the infusion of the cycle ends."""
        return np.asarray(self.blasts_at_infusion_end < RESIDUAL)

    def elevated(self, cytokine: str) -> BoolArray:
        """(C, N) a cytokine at five times baseline or more at some time in the cycle."""
        return np.asarray(self.cytokine_fold[CYTOKINES.index(cytokine)] >= ELEVATION)

    def peak(self, cytokine: str) -> FloatArray:
        """(C, N) the highest level of a cytokine in the cycle, pg/mL."""
        return np.asarray(self.cytokine_peak[CYTOKINES.index(cytokine)])


def of_some(endpoints: Endpoints, patients: slice) -> Endpoints:
    """Endpoints of some patients."""
    chosen: dict[str, Any] = {
        entry.name: np.ascontiguousarray(getattr(endpoints, entry.name)[..., patients])
        for entry in fields(Endpoints)
        if isinstance(getattr(endpoints, entry.name), np.ndarray)
    }
    last = np.fmax.reduce(chosen["own_infusion_end_days"], axis=1)
    ends = np.fmax(last, np.array(endpoints.cycle_start_days)).tolist()
    return replace(endpoints, infusion_end_days=tuple(ends), **chosen)


def join(parts: list[Endpoints], places: IntArray) -> Endpoints:
    """Endpoints of several chunks as those of one population; `places` (N) are those of the patients as they come."""
    head, last = parts[0], tuple(map(max, zip(*(part.infusion_end_days for part in parts), strict=True)))
    if len(parts) == 1:
        return head
    order = np.argsort(places, kind="stable")
    joined: dict[str, Any] = {}
    for entry in fields(Endpoints):
        value = getattr(head, entry.name)
        if isinstance(value, np.ndarray):
            joined[entry.name] = in_order_of(order, [getattr(part, entry.name) for part in parts])
    return replace(head, infusion_end_days=last, **joined)


def in_order_of(order: IntArray, parts: list[FloatArray]) -> FloatArray:
    """Values of several chunks (..., n), as those of all patients (..., N) in their order."""
    values = np.concatenate(parts, axis=-1)
    return values if (order[1:] > order[:-1]).all() else np.ascontiguousarray(values[..., order])


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
        cycles = tuple(sorted({stretch.cycle for stretch, _ in stretches}))
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
        return tuple(sorted(day for day in days if self.starts[0] < day <= self.ends[-1]))

    def number_begun(self, day: float) -> int:
        """How many escalations of the course come up to a day; those that are not the patients' own have no day."""
        return max((number for number, begun in enumerate(self.escalations, start=1) if begun <= day), default=0)


class Gathered(NamedTuple):
    """What was gathered in the first intervals of a course: by cycle, as a whole, and at times."""

    by_cycle: tuple[FloatArray, ...]
    whole: tuple[FloatArray, ...]
    probes: tuple[FloatArray, ...]
    escalations: FloatArray


_BY_CYCLE = (
    "auc",
    "infused",
    "depleted",
    "depleted_days",
    "b_end",
    "b_free",
    "b_free_day",
    "t_peak",
    "rise",
    "rise_day",
    "settled",
    "blasts",
)
_WHOLE = ("cmax", "nadir", "nadir_day", "recovery", "t_min", "t_min_day", "t_return", "blasts_28")


class Gathering:
    """Gathers the endpoints of one chunk, interval by interval."""

    def __init__(self, course: Timetable, rates: FloatArray, patients: Population) -> None:
        self.windows = w = Windows.of(course)
        self.rates, self.patients = rates, patients
        n, c = patients.size, len(w.cycles)
        self.cmax = np.zeros(n)
        self.auc = np.zeros((c, n))
        self.infused = np.zeros((c, n))
        self.depleted = np.full((c, n), np.nan)
        self.depleted_days = np.zeros((c, n))
        self.b_end = np.full((c, n), np.nan)
        self.b_free = np.full((c, n), -np.inf)
        self.b_free_day = np.full((c, n), np.nan)
        self.nadir = np.full(n, np.inf)
        self.nadir_day = np.full(n, np.nan)
        self.recovery = np.full(n, np.nan)
        self.t_min = np.full(n, np.inf)
        self.t_min_day = np.full(n, np.nan)
        self.t_return = np.full(n, np.nan)
        self.t_peak = np.zeros((c, n))
        self.probes = {day: np.full(n, np.nan) for day in self._probe_days()}
        self.t_escalation = np.full((2, len(w.escalations), n), np.nan)
        self.rise = np.full((c, n), -np.inf)
        self.rise_day = np.full((c, n), np.nan)
        self.settled = np.full((c, n), np.nan)
        self.blasts = np.full((c, n), np.nan)
        self.blasts_28 = np.full(n, np.nan)

    def _probe_days(self) -> tuple[float, float]:
        return self.windows.first_infusion + PROBED[0], self.windows.first_infusion + PROBED[1]

    def gathering_so_far(self, interval: Interval) -> Gathered:
        """What was gathered up to the end of an interval, for a course that begins in the same way."""
        cycles = self._cycle(interval.stretches[-1]) + 1
        return Gathered(
            tuple(getattr(self, name)[:cycles].copy() for name in _BY_CYCLE),
            tuple(getattr(self, name).copy() for name in _WHOLE),
            tuple(probe.copy() for probe in self.probes.values()),
            self.t_escalation[:, : self.windows.number_begun(interval.stop)].copy(),
        )

    def go_on_from(self, before: Gathered) -> None:
        """Take over what was gathered in the intervals that this course begins with."""
        for name, rows in zip(_BY_CYCLE, before.by_cycle, strict=True):
            getattr(self, name)[: rows.shape[0]] = rows
        for name, values in zip(_WHOLE, before.whole, strict=True):
            getattr(self, name)[:] = values
        for probe, values in zip(self.probes.values(), before.probes, strict=True):
            probe[:] = values
        self.t_escalation[:, : before.escalations.shape[1]] = before.escalations

    def add(self, interval: Interval, history: History) -> None:
        """Take in one interval."""
        self._drug(interval, history)
        self._b_cells(interval, history)
        self._t_cells(interval, history)
        self._cytokines(interval, history)
        self._blasts(interval, history)

    def look(self, day: float, states: States) -> None:
        """Take in the states (N) at one of the `looks`."""
        w = self.windows
        if day in self.probes:
            self.probes[day][:] = states.t_total / self.patients.t_cells
        for i, step in enumerate(w.escalations):
            for j, when in enumerate((step, step + AFTER_ESCALATION)):
                if day == when:
                    self.t_escalation[j, i] = t_blood(states)
        if day == w.first_infusion + INFUSION:
            self.blasts_28[:] = self._change(states.log_blasts)

    def _change(self, log_blasts: FloatArray) -> FloatArray:
        return (np.maximum(log_blasts, LOG_ONE_CELL) - np.log(self.patients.blasts)) / _LN10

    def _cycle(self, stretch: CyclePart) -> int:
        return self.windows.cycles.index(stretch.cycle)

    def _drug(self, interval: Interval, history: History) -> None:
        start = history.before[ROW["concentration"]]
        self.cmax = np.maximum(self.cmax, np.maximum(start, history.after[ROW["concentration"]]))
        for stretch in interval.stretches:
            length, cycle = stretch.stop - stretch.start, self._cycle(stretch)
            stop = history.concentration(stretch.stop - interval.start)
            plateau = history.infusion.plateau
            self.auc[cycle] += (plateau * length + (start - stop) / history.elimination) / 1000.0
            self.infused[cycle] += self.rates[interval.row] * length
            start = stop

    def _b_cells(self, interval: Interval, history: History) -> None:
        w, b = self.windows, history.b_blood
        upside_down, end = b.mirror_image(), interval.stop - interval.start
        better = upside_down.beats(-self.nadir, 0.0, end)
        least, day = upside_down.of(better).greatest(0.0, end)
        self.nadir[better], self.nadir_day[better] = -least, interval.start + day
        for stretch in interval.stretches:
            cycle, low, high = self._cycle(stretch), stretch.start - interval.start, stretch.stop - interval.start
            self.depleted_days[cycle] += b.days_at_most(DEPLETED, low, high)
            if stretch.stop <= w.infusion_ends[cycle]:
                waiting = np.flatnonzero(np.isnan(self.depleted[cycle]))
                self.depleted[cycle, waiting] = interval.start + b.first_at_most(DEPLETED, low, high, waiting)
                self.b_end[cycle] = b.at(high)
                continue
            if np.isnan(self.b_end[cycle, 0]):
                self.b_end[cycle] = b.at(low)
            better = b.beats(self.b_free[cycle], low, high)
            self.b_free[cycle, better], day = b.of(better).greatest(low, high)
            self.b_free_day[cycle, better] = interval.start + day
            waiting = np.flatnonzero(np.isnan(self.recovery) & (self.b_end[cycle] <= DEPLETED))
            if stretch.start >= w.last_infusion_end and waiting.size:
                self.recovery[waiting] = interval.start + b.first_at_least(_ABOVE, low, high, waiting)

    def _t_cells(self, interval: Interval, history: History) -> None:
        w, share = self.windows, history.t_blood.over(self.patients.t_cells)
        for stretch in interval.stretches:
            cycle, low, high = self._cycle(stretch), stretch.start - interval.start, stretch.stop - interval.start
            better = share.beats(self.t_peak[cycle], low, high)
            self.t_peak[cycle, better] = share.of(better).greatest(low, high)[0]
        if interval.stop <= w.first_infusion:
            return
        since, end = np.zeros(self.patients.size), interval.stop - interval.start
        week = min(end, w.first_infusion + FIRST_WEEK - interval.start)
        if week >= 0.0:
            upside_down = share.mirror_image()
            better = upside_down.beats(-self.t_min, 0.0, week)
            least, since[better] = upside_down.of(better).greatest(0.0, week)
            self.t_min[better], self.t_min_day[better] = -least, interval.start + since[better]
            self.t_return[better] = np.nan
        waiting = np.flatnonzero(np.isnan(self.t_return))
        if waiting.size:
            day = share.first_at_least(RETURNED, since, end, waiting)
            self.t_return[waiting] = interval.start + day

    def _cytokines(self, interval: Interval, history: History) -> None:
        """Peak and settling of the release that all elevated cytokines share; each patient scales it for each."""
        for stretch in interval.stretches:
            cycle, low, high = self._cycle(stretch), stretch.start - interval.start, stretch.stop - interval.start
            rise, since = history.release, np.full(self.patients.size, low)
            better = rise.beats(self.rise[cycle], low, high)
            self.rise[cycle, better], since[better] = rise.of(better).greatest(low, high)
            self.rise_day[cycle, better] = interval.start + since[better]
            self.settled[cycle, better] = np.nan
            waiting = np.flatnonzero(np.isnan(self.settled[cycle]) & (self.rise[cycle] > 0.0))
            if waiting.size:
                level = SETTLED * self.rise[cycle]
                day = interval.start + rise.first_at_most(level, since, high, waiting)
                self.settled[cycle, waiting] = day - self.rise_day[cycle, waiting]

    def _blasts(self, interval: Interval, history: History) -> None:
        for stretch in interval.stretches:
            cycle = self._cycle(stretch)
            if stretch.stop <= self.windows.infusion_ends[cycle]:
                self.blasts[cycle] = self._change(history.log_blasts.at(stretch.stop - interval.start))

    def finish(self) -> Endpoints:
        """Return the endpoints."""
        w, p = self.windows, self.patients
        c, n = len(w.cycles), p.size
        peak = np.repeat(p.cytokine_baseline[:, None, :], c, axis=1)
        peak_day = np.full((len(CYTOKINES), c, n), np.nan)
        settled = np.full((len(CYTOKINES), c, n), np.nan)
        rose = self.rise > 0.0
        for j, name in enumerate(ELEVATED):
            i = CYTOKINES.index(name)
            peak[i] += p.cytokine_release[j] * np.maximum(self.rise, 0.0)
            peak_day[i] = np.where(rose, self.rise_day, np.nan)
            settled[i] = self.settled
        infused = np.repeat(np.array(w.infusion_ends)[:, None] > np.array(w.starts)[:, None], n, axis=1)
        day_1, day_14 = (self.probes[day] for day in self._probe_days())
        rates = [self.rates[step.row] for step in w.dose_steps]
        steady = [steady_state(np.where(rate > 0.0, rate, np.nan), p.clearance) for rate in rates]
        return Endpoints(
            cycles=w.cycles,
            cycle_start_days=w.starts,
            infusion_end_days=w.infusion_ends,
            cycle_end_days=w.ends,
            dose_step_days=tuple(step.start for step in w.dose_steps),
            escalation_days=w.escalation_days,
            own_infusion_end_days=np.where(infused, np.array(w.infusion_ends)[:, None], np.nan),
            steady_state=np.array(steady).reshape(len(steady), n),
            cmax=self.cmax,
            auc=self.auc.sum(axis=0),
            auc_by_cycle=self.auc,
            infused=self.infused.sum(axis=0),
            infused_by_cycle=self.infused,
            b_depleted_day=self.depleted,
            b_depleted_days=self.depleted_days,
            b_at_infusion_end=np.where(infused, self.b_end, np.nan),
            b_highest_free=np.where(np.isfinite(self.b_free), self.b_free, self.b_end),
            b_highest_free_day=self.b_free_day,
            b_nadir=self.nadir,
            b_nadir_day=self.nadir_day,
            b_recovery_day=self.recovery,
            t_minimum=self.t_min,
            t_minimum_day=self.t_min_day,
            t_return_day=self.t_return,
            t_peak=self.t_peak,
            t_at_escalation=self.t_escalation[0],
            t_after_escalation=self.t_escalation[1],
            t_total_day_1=day_1,
            t_total_day_14=day_14,
            cytokine_peak=peak,
            cytokine_fold=peak / p.cytokine_baseline[:, None, :],
            cytokine_peak_day=peak_day,
            cytokine_settled=settled,
            blasts_before=p.blasts,
            blasts_log10_change=self.blasts,
            blasts_log10_change_day_28=self.blasts_28,
        )
