"""Measures that the calibration fits, smooth in the parameters: a count of patients steps, and a fit stalls at steps.

Each patient counts by how far on one side of a limit it lies, half at the limit and nearly 1 or 0 some widths away; a
median is where as much lies below as above, counted so. What is measured so is within the sampling error of a study of
what `measures` counts, which alone says whether a claim holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.special import expit

from blinplan.evidence.study import Arm, Study
from blinplan.physiology.endpoints import AFTER_ESCALATION, DEPLETED, EXPANDED, RETURNED
from blinplan.physiology.model.cytokines import CYTOKINES
from blinplan.physiology.model.population import FloatArray
from blinplan.thresholds.threshold import threshold

Smooth = Callable[[Study, Arm], float]

_LOG_WIDTH = 0.1
"""Width of a limit on a ratio: a tenth."""
_T_WIDTH = 0.02
"""The same of T cells, of which patients are near each other."""
_WIDTH = 0.1
"""Width of a limit in days, and of one of log10."""
_NEVER = 1e3
"""Days, or hours, that stand for what does not come: later than all that does."""


def _share(margin: FloatArray, weights: FloatArray | None = None) -> float:
    """The share of patients whose margin, in widths, is above 0."""
    return float(np.average(expit(margin), weights=weights))


def _beyond(values: FloatArray, limit: FloatArray | float, width: float = _LOG_WIDTH) -> FloatArray:
    """How many widths values lie above a limit, as a ratio."""
    return np.asarray(np.log(np.maximum(values, 1e-12) / limit) / width)


def _middle(values: FloatArray, width: float = _WIDTH, weights: FloatArray | None = None) -> float:
    """The median."""
    from scipy.optimize import brentq  # the manual, which says what the measures aim at, does not wait for it

    known = np.where(np.isnan(values), _NEVER, values)

    def above(middle: float) -> float:
        return float(np.average(np.tanh((known - middle) / width), weights=weights))

    return float(brentq(above, known.min() - width, known.max() + width, xtol=1e-12))


def _middle_ratio(values: FloatArray, weights: FloatArray | None = None, width: float = _LOG_WIDTH) -> float:
    """The median of what is above 0."""
    return float(np.exp(_middle(np.log(values), width, weights)))


def depleted(study: Study, arm: Arm) -> float:
    """By the least count of the course, which comes while it is infused where there is a single cycle."""
    return _share(-_beyond(study.endpoints(arm).b_nadir, DEPLETED))


def recovered(study: Study, arm: Arm) -> float:
    """By the highest count of the free interval, of those who are low when it begins."""
    found, k = study.endpoints(arm), arm.cycle - 1
    low = expit(-_beyond(found.b_at_infusion_end[k], DEPLETED))
    return _share(_beyond(found.b_highest_free[k], DEPLETED), low)


def blasts_fall(study: Study, arm: Arm) -> float:
    """By the median."""
    return -_middle(study.endpoints(arm).blasts_log10_change_day_28)


def depletion_day(study: Study, arm: Arm) -> float:
    """By the median; never counts as late."""
    found = study.endpoints(arm)
    return _middle(found.b_depleted_day[arm.cycle - 1] - found.cycle_start_days[arm.cycle - 1])


def b_cells_low(study: Study, arm: Arm) -> float:
    """By the count at the time."""
    return _share(-_beyond(study.trajectories(arm, [arm.hours / 24.0]).states.b_blood[0], threshold("b_cells_few")))


def t_minimum_day(study: Study, arm: Arm) -> float:
    """By the median."""
    return _middle(study.endpoints(arm).t_minimum_day)


def t_returned(study: Study, arm: Arm) -> float:
    """By the counts at both ends of the window: not back yet, and then back."""
    days = [threshold("t_cells_return_from"), threshold("t_cells_return_until")]
    early, late = study.trajectories(arm, days).t_blood / study.population(arm.population).t_cells
    return float(np.mean(expit(-_beyond(early, RETURNED, _T_WIDTH)) * expit(_beyond(late, RETURNED, _T_WIDTH))))


def t_fell_after_escalation(study: Study, arm: Arm) -> float:
    """By the count after the step over that at it."""
    found = study.endpoints(arm)
    return _share(
        -_beyond(found.t_after_escalation[0] / found.t_at_escalation[0], threshold("t_cells_fallen"), _T_WIDTH)
    )


def t_expanded(study: Study, arm: Arm) -> float:
    """By the greatest count."""
    return _share(_beyond(study.endpoints(arm).t_peak[0], EXPANDED, _T_WIDTH))


def t_total_grown(study: Study, arm: Arm) -> float:
    """By the median."""
    return _middle_ratio(study.endpoints(arm).t_total_day_14, width=_T_WIDTH)


def t_left(study: Study, arm: Arm) -> float:
    """By the median."""
    found = study.trajectories(arm, [arm.hours / 24.0]).t_blood[0]
    return _middle_ratio(found / study.population(arm.population).t_cells)


def t_peak(study: Study, arm: Arm) -> float:
    """By the median."""
    return _middle_ratio(study.endpoints(arm).t_peak[0])


def cytokine_fold(study: Study, arm: Arm) -> float:
    """By the median."""
    return _middle_ratio(study.endpoints(arm).cytokine_fold[CYTOKINES.index(arm.cytokine), arm.cycle - 1])


def cytokine_early(study: Study, arm: Arm) -> float:
    """By the highest level of the first 2 days over the highest of 2 days after the step on day 8."""
    within, step = threshold("cytokines_highest_within"), 7.0
    first, later = np.arange(0.15, within + 0.01, 0.05), step + np.arange(0.15, AFTER_ESCALATION, 0.05)
    release = study.trajectories(arm, [*first, *later]).states.release
    return _share(_beyond(release[: first.size].max(axis=0), release[first.size :].max(axis=0)))


def cytokine_settled(study: Study, arm: Arm) -> float:
    """By the median; never counts as late."""
    return 24.0 * _middle(study.endpoints(arm).cytokine_settled[CYTOKINES.index(arm.cytokine), 0])


def cytokine_peak_ratio(study: Study, arm: Arm) -> float:
    """By the median."""
    peak = study.endpoints(arm).peak(arm.cytokine)
    return _middle_ratio(peak[1] / peak[0])


def cytokine_read(study: Study, arm: Arm, which: int = 0) -> float:
    """By the median of those that can be read from the figure, each counted as far as it can be."""
    of = replace(arm, scenarios=arm.scenarios[which : which + 1])
    levels = study.trajectories(of, arm.days).cytokine(arm.cytokine).ravel()
    return _middle_ratio(levels, expit(_beyond(levels, threshold("il6_read_from_figure"))))


def cytokine_read_ratio(study: Study, arm: Arm) -> float:
    """By both medians."""
    return cytokine_read(study, arm) / cytokine_read(study, arm, 1)


SMOOTH: dict[str, Smooth] = {
    function.__name__: function
    for function in (
        depleted,
        recovered,
        blasts_fall,
        depletion_day,
        b_cells_low,
        t_minimum_day,
        t_returned,
        t_fell_after_escalation,
        t_expanded,
        t_total_grown,
        t_left,
        t_peak,
        cytokine_fold,
        cytokine_early,
        cytokine_settled,
        cytokine_peak_ratio,
        cytokine_read,
        cytokine_read_ratio,
    )
}
"""The smooth form of each measure that the calibration aims at, by the name of the measure."""
