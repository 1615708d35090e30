"""Endpoints: what came of each patient, and the numbers by which it is judged."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.cytokines import CYTOKINES
from blinplan.physiology.model.population import FloatArray
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
    auc : (N) ng·day/mL over the course. infused : (N) mcg.
    b_depleted_day : (C, N) first day at or below 10 cells/µL while the cycle is infused; NaN when never.
    b_depleted_days : (C, N) days at or below 10 cells/µL in the cycle, its free interval included.
    b_at_infusion_end : (C, N) cells/µL. b_highest_free : (C, N) highest count from the end of infusion to the end of
        the cycle, cells/µL; NaN where that is the same time.
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
    infused: FloatArray
    b_depleted_day: FloatArray
    b_depleted_days: FloatArray
    b_at_infusion_end: FloatArray
    b_highest_free: FloatArray
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
    def b_low_before_free(self) -> BoolArray:
        """(C, N) the same, of those whose cycle goes on after its infusion: nobody else can recover in it."""
        return self.b_low_at_infusion_end & ~np.isnan(self.b_highest_free)

    @property
    def b_low_after_last_infusion(self) -> BoolArray:
        """(N) at 10 cells/µL or less when the patient's own last infusion ends, and the course goes on after it."""
        infused = self.infused_in_cycle
        last, everybody = infused.shape[0] - 1 - np.argmax(infused[::-1], axis=0), np.arange(infused.shape[1])
        goes_on = self.own_infusion_end_days[last, everybody] < self.cycle_end_days[-1]
        return np.asarray(self.b_low_at_infusion_end[last, everybody] & goes_on)

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
    order = np.argsort(places, kind="stable")
    if len(parts) == 1 and (order[1:] > order[:-1]).all():
        return head
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
