"""Endpoints as named quantities of patients, and what they come to over a population."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from blinplan.course.events import Period
from blinplan.physiology.endpoints import DEPLETED, ELEVATION, EXPANDED, RETURNED, SETTLED, Endpoints
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED, column_name
from blinplan.physiology.model.population import FloatArray
from blinplan.proportion import Proportion
from blinplan.quantities import MINUTES_PER_DAY

_DEPLETED = f"≤ {DEPLETED:g} /µL"
_RECOVERED = f"Above {DEPLETED:g} /µL after the last dose"
_EXPANDED = f"> {100 * EXPANDED:g} % of baseline in cycle 1"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One endpoint of every patient: ``values`` (N) in ``unit``, NaN where it does not occur in a patient."""

    key: str
    group: str
    label: str
    unit: str
    values: FloatArray


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happens to a patient or not: ``happens`` (N), out of the patients ``at_risk`` (N)."""

    key: str
    group: str
    label: str
    happens: BoolArray
    at_risk: BoolArray

    @property
    def proportion(self) -> Proportion:
        """How many of the patients at risk it happens to."""
        return Proportion(int((self.happens & self.at_risk).sum()), int(self.at_risk.sum()))


@dataclass(frozen=True, slots=True)
class Distribution:
    """A quantity over a population: median, 5th and 95th percentile of the ``count`` patients in whom it occurs."""

    median: float
    low: float
    high: float
    count: int


def distribution(values: FloatArray) -> Distribution:
    """Median and 5th to 95th percentile of the values that are not NaN; NaN when there are none."""
    present = values[~np.isnan(values)]
    if present.size == 0:
        return Distribution(np.nan, np.nan, np.nan, 0)
    low, median, high = (float(value) for value in np.percentile(present, [5, 50, 95]))
    return Distribution(median, low, high, int(present.size))


def quantities(endpoints: Endpoints, periods: Sequence[Period]) -> tuple[Quantity, ...]:
    """All quantities of a simulation, in the order of the article: drug, B cells, T cells, cytokines, blasts."""
    return (
        *_drug(endpoints, periods),
        *_b_cells(endpoints),
        *_t_cells(endpoints),
        *_cytokines(endpoints),
        Quantity(
            "blasts_log10_change_day_28", "Blasts", "Change by day 28", "log10", endpoints.blasts_log10_change_day_28
        ),
    )


def occurrences(endpoints: Endpoints) -> tuple[Occurrence, ...]:
    """All yes-or-no endpoints of a simulation."""
    everyone = np.ones(endpoints.cmax.shape[0], dtype=np.bool_)
    happened = [
        Occurrence("b_depleted_cycle_1", "B cells", f"{_DEPLETED} in cycle 1", endpoints.b_depleted[0], everyone),
        *(
            Occurrence(
                f"b_recovered_before_cycle_{endpoints.cycles[cycle + 1]}",
                "B cells",
                f"> {DEPLETED:g} /µL again before cycle {endpoints.cycles[cycle + 1]}",
                endpoints.b_recovered[cycle],
                endpoints.b_low_at_infusion_end[cycle],
            )
            for cycle in range(len(endpoints.cycles) - 1)
        ),
        Occurrence(
            "t_returned",
            "T cells",
            f"back at ≥ {100 * RETURNED:g} % of baseline",
            ~np.isnan(endpoints.t_return_day),
            everyone,
        ),
        Occurrence(
            "t_expanded_cycle_1",
            "T cells",
            _EXPANDED,
            endpoints.t_expanded[0],
            everyone,
        ),
    ]
    for cycle, number in enumerate(endpoints.cycles[:2]):
        label = f"IL-6 ≥ {ELEVATION:g} × baseline in cycle {number}"
        key = f"il6_elevated_cycle_{number}"
        happened.append(Occurrence(key, "Cytokines", label, endpoints.elevated("IL-6")[cycle], everyone))
    return tuple(happened)


def _drug(endpoints: Endpoints, periods: Sequence[Period]) -> Iterator[Quantity]:
    starts = {period.start / MINUTES_PER_DAY: period for period in periods}
    seen = set()
    for row, day in enumerate(endpoints.dose_step_days):
        dose, cap = starts[day].dose, starts[day].cap
        if dose is not None and (dose, cap) not in seen:
            seen.add((dose, cap))
            amounts = f"{dose.amount}" if cap is None else f"{dose.amount}_max_{cap.amount}"
            label = f"Steady state, {dose}" if cap is None else f"Steady state, {dose}, max {cap}"
            key = f"steady_state_{amounts.replace('/', '_over_')}"
            yield Quantity(key, "Drug", label, "pg/mL", endpoints.steady_state[row])
    yield Quantity("dose", "Drug", "Dose, whole course", "mcg", endpoints.infused)
    yield Quantity("auc", "Drug", "AUC, whole course", "ng·day/mL", endpoints.auc)


def _b_cells(endpoints: Endpoints) -> Iterator[Quantity]:
    group = "B cells"
    yield Quantity("b_depleted_day", group, f"Time to {_DEPLETED}, cycle 1", "day", endpoints.b_depleted_day[0])
    yield Quantity("b_nadir", group, "Nadir", "cells/µL", endpoints.b_nadir)
    yield Quantity("b_nadir_day", group, "Nadir, when", "day", endpoints.b_nadir_day)
    highest = np.max(endpoints.b_highest_free, axis=0)
    yield Quantity("b_highest_free", group, "Highest in free intervals", "cells/µL", highest)
    yield Quantity("b_recovery_day", group, _RECOVERED, "day", endpoints.b_recovery_day)


def _t_cells(endpoints: Endpoints) -> Iterator[Quantity]:
    group = "T cells"
    yield Quantity("t_nadir", group, "Nadir, first week", "% of baseline", 100.0 * endpoints.t_minimum)
    yield Quantity("t_nadir_day", group, "Nadir, when", "day", endpoints.t_minimum_day)
    yield Quantity("t_return_day", group, f"Back at ≥ {100 * RETURNED:g} % of baseline", "day", endpoints.t_return_day)
    yield Quantity("t_peak_cycle_1", group, "Peak, cycle 1", "% of baseline", 100.0 * endpoints.t_peak[0])
    change = 100.0 * endpoints.t_after_escalation / endpoints.t_at_escalation
    for row, day in enumerate(endpoints.escalation_days):
        key, label = f"t_after_escalation_day_{day:g}", f"2 days after the step of day {day + 1:g}"
        yield Quantity(key, group, label, "% of step", change[row])


def _cytokines(endpoints: Endpoints) -> Iterator[Quantity]:
    group = "Cytokines"
    for name in ELEVATED:
        row, key = CYTOKINES.index(name), column_name(name)
        yield Quantity(f"{key}_peak", group, f"{name} peak, cycle 1", "pg/mL", endpoints.cytokine_peak[row, 0])
        yield Quantity(f"{key}_peak_day", group, f"{name} peak, when", "day", endpoints.cytokine_peak_day[row, 0])
        settled = 24.0 * endpoints.cytokine_settled[row, 0]
        yield Quantity(f"{key}_settled", group, f"{name} peak to {100 - 100 * SETTLED:g} % gone", "h", settled)
        if len(endpoints.cycles) > 1:
            label = f"{name} peak, cycle {endpoints.cycles[1]}"
            yield Quantity(f"{key}_peak_second", group, label, "pg/mL", endpoints.cytokine_peak[row, 1])
