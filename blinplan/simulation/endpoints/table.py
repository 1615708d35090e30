"""Every endpoint, defined once, in the order of the columns of data: what is new comes last."""

from collections.abc import Callable, Iterator

import numpy as np

from blinplan.physiology.endpoints import (
    AFTER_ESCALATION,
    DEPLETED,
    ELEVATION,
    EXPANDED,
    FIRST_WEEK,
    INFUSION,
    REMISSION,
    RESIDUAL,
    RETURNED,
    SETTLED,
    Endpoints,
)
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED, column_name, signal_name
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.simulation.endpoints import curve as on
from blinplan.simulation.endpoints.curve import Curve, CurveWindow
from blinplan.simulation.endpoints.definition import Definition, EndpointKind, Measurements, Reading

_DEPLETED = f"{DEPLETED:g} /µL"
_RETURNED = f"{100 * RETURNED:g} %"
_SETTLED = f"{100 - 100 * SETTLED:g} %"
_INFUSED = "the infusion of cycle 1"
_COURSE = "whole course"
_FIRST = "cycle 1"
_ENDS = "the end of the infusion of each of the first two cycles"
_READ = (
    "Capacity is what the marrow has room for, and a smear counts the cells that are there: in a marrow emptied by"
    " treatment the same blasts are a greater share of it. Blood counts and outcome are not modelled"
)
_FROM_START = "days from the start of the course"


def _one(read: Callable[[Endpoints], FloatArray]) -> Callable[[Measurements], Iterator[Reading]]:
    """Read an endpoint that every course has once."""

    def readings(gathered: Measurements) -> Iterator[Reading]:
        yield Reading(read(gathered.endpoints))

    return readings


def _in_first_week(read: Callable[[Endpoints], FloatArray]) -> Callable[[Measurements], Iterator[Reading]]:
    """Read an endpoint of the first week; missing where a course does not have all of it."""

    def readings(gathered: Measurements) -> Iterator[Reading]:
        values = read(gathered.endpoints)
        yield Reading(values if gathered.lasts(FIRST_WEEK) else np.full_like(values, np.nan))

    return readings


def _steady_states(gathered: Measurements) -> Iterator[Reading]:
    endpoints = gathered.endpoints
    starts = {period.start / MINUTES_PER_DAY: period for period in gathered.periods}
    seen = set()
    for row, day in enumerate(endpoints.dose_step_days):
        dose, cap = starts[day].dose, starts[day].cap
        if dose is not None and (dose, cap) not in seen:
            seen.add((dose, cap))
            amounts = f"{dose.amount}" if cap is None else f"{dose.amount}_max_{cap.amount}"
            unit = f"_{dose.unit.replace('/', '_per_')}" if gathered.with_units else ""
            named = f"{dose}" if cap is None else f"{dose}, max {cap}"
            names = {"dose": named, "amounts": f"{amounts.replace('/', '_over_')}{unit}"}
            yield Reading(endpoints.steady_state[row], names)


def _after_escalations(gathered: Measurements) -> Iterator[Reading]:
    endpoints = gathered.endpoints
    change = 100.0 * endpoints.t_after_escalation / endpoints.t_at_escalation
    for row, day in enumerate(endpoints.escalation_days):
        yield Reading(change[row], {"day": f"{day:g}", "ordinal": f"{day + 1:g}"})


def _recoveries(gathered: Measurements) -> Iterator[Reading]:
    endpoints = gathered.endpoints
    for cycle, number in enumerate(endpoints.cycles[1:]):
        yield Reading(endpoints.b_recovered[cycle], {"cycle": number}, endpoints.b_low_before_free[cycle])


RECOVERY = "b_recovery_day"
"""The key of a time that is looked at from the end of the last infusion on."""


def _last_recovery(gathered: Measurements) -> Iterator[Reading]:
    endpoints = gathered.endpoints
    yield Reading(endpoints.b_recovery_day, at_risk=endpoints.b_low_after_last_infusion)


def _days_depleted(gathered: Measurements) -> Iterator[Reading]:
    endpoints = gathered.endpoints
    for cycle, number in enumerate(endpoints.cycles):
        days = np.where(endpoints.infused_in_cycle[cycle], endpoints.b_depleted_days[cycle], np.nan)
        yield Reading(days, {"cycle": number})


def _elevations(gathered: Measurements) -> Iterator[Reading]:
    endpoints = gathered.endpoints
    for cycle, number in enumerate(endpoints.cycles[:2]):
        yield Reading(endpoints.elevated("IL-6")[cycle], {"cycle": number}, endpoints.infused_in_cycle[cycle])


def _remissions(gathered: Measurements) -> Iterator[Reading]:
    endpoints = gathered.endpoints
    for cycle, number in enumerate(endpoints.cycles[:2]):
        at_risk = endpoints.infused_in_cycle[cycle] & (endpoints.blasts_before > REMISSION)
        yield Reading(endpoints.marrow_response[cycle], {"cycle": number}, at_risk)


def _clearances_of_residue(gathered: Measurements) -> Iterator[Reading]:
    endpoints = gathered.endpoints
    for cycle, number in enumerate(endpoints.cycles[:2]):
        at_risk = endpoints.infused_in_cycle[cycle] & (endpoints.blasts_before >= RESIDUAL)
        yield Reading(endpoints.mrd_response[cycle], {"cycle": number}, at_risk)


def _cytokine(name: str) -> Iterator[Definition]:
    """What is measured of one cytokine that rises."""
    row, key, signal = CYTOKINES.index(name), column_name(name), signal_name(name)

    def settling(gathered: Measurements) -> Iterator[Reading]:
        endpoints = gathered.endpoints
        rose = ~np.isnan(endpoints.cytokine_peak_day[row, 0])
        yield Reading(24.0 * endpoints.cytokine_settled[row, 0], at_risk=rose)

    def second_peaks(gathered: Measurements) -> Iterator[Reading]:
        endpoints = gathered.endpoints
        if len(endpoints.cycles) > 1:
            peak = np.where(endpoints.infused_in_cycle[1], endpoints.cytokine_peak[row, 1], np.nan)
            yield Reading(peak, {"cycle": endpoints.cycles[1]})

    yield Definition(
        f"{key}_peak",
        "Cytokines",
        f"{name} peak, cycle 1",
        "pg/mL",
        EndpointKind.VALUE,
        _FIRST,
        f"highest level of {name}, free interval included",
        _one(lambda found: found.cytokine_peak[row, 0]),
        signal,
        lambda curve, _: on.highest(curve, curve.cycle(1)),
    )
    yield Definition(
        f"{key}_peak_day",
        "Cytokines",
        f"{name} peak, when",
        "day",
        EndpointKind.VALUE,
        _FIRST,
        f"when that is; {_FROM_START}",
        _one(lambda found: found.cytokine_peak_day[row, 0]),
        signal,
        lambda curve, _: on.highest_day(curve, curve.cycle(1)),
    )
    yield Definition(
        f"{key}_settled",
        "Cytokines",
        f"{name} peak to {_SETTLED} gone",
        "h",
        EndpointKind.TIME,
        _FIRST,
        f"from the peak until {_SETTLED} of the rise above baseline is gone; of patients in whom it rises",
        settling,
        signal,
        lambda curve, _: 24.0 * _settling(curve),
    )
    yield Definition(
        f"{key}_peak_second",
        "Cytokines",
        f"{name} peak, cycle {{cycle}}",
        "pg/mL",
        EndpointKind.VALUE,
        "the second cycle of the course",
        f"highest level of {name}, free interval included; missing in who is not infused in it",
        second_peaks,
        signal,
        lambda curve, _: on.highest(curve, curve.cycle(list(curve.cycles)[1])),
    )


def _first_week(curve: Curve) -> CurveWindow:
    return CurveWindow(curve.first_infusion, curve.first_infusion + FIRST_WEEK)


def _of_first_week(curve: Curve, values: FloatArray) -> FloatArray:
    """What was looked at in the first week; missing where the curve does not have all of it."""
    return values if _first_week(curve).stop <= curve.whole.stop else np.full_like(values, np.nan)


def _return_day(curve: Curve) -> FloatArray:
    week = _first_week(curve)
    day = on.first_day(curve, curve.whole, RETURNED * curve.baseline, above=True, after=on.lowest_day(curve, week))
    return np.where(on.lowest(curve, week) < RETURNED * curve.baseline, day, np.nan)


def _fell(found: Endpoints) -> BoolArray:
    """Whose T cells fell below what counts as a return: whose never did have nothing to come back from."""
    return np.asarray(found.t_minimum < RETURNED)


def _days_of_return(gathered: Measurements) -> Iterator[Reading]:
    fell = _fell(gathered.endpoints)
    yield Reading(np.where(fell, gathered.endpoints.t_return_day, np.nan), at_risk=fell)


def _returns(gathered: Measurements) -> Iterator[Reading]:
    fell = _fell(gathered.endpoints)
    yield Reading(fell & ~np.isnan(gathered.endpoints.t_return_day), at_risk=fell)


def _highest_free(curve: Curve) -> FloatArray:
    free = [window for window in map(curve.free, curve.cycles) if window.start < window.stop]
    none = np.full_like(curve.baseline, np.nan)
    return np.asarray(np.fmax.reduce([none, *(on.highest(curve, window) for window in free)], axis=0))


def _recovery_day(curve: Curve) -> FloatArray:
    free = CurveWindow(curve.free(max(curve.cycles)).start, curve.whole.stop)
    day = on.first_day(curve, free, DEPLETED, above=True)
    return np.where(curve.at(free.start) <= DEPLETED, day, np.nan)


def _before(curve: Curve, cycle: int) -> CurveWindow:
    return curve.free(max(number for number in curve.cycles if number < cycle))


def _settling(curve: Curve) -> FloatArray:
    """Days from the peak of the first cycle until the rise is gone."""
    first = curve.cycle(1)
    peak, day = on.highest(curve, first), on.highest_day(curve, first)
    level = curve.baseline + SETTLED * (peak - curve.baseline)
    return on.first_day(curve, first, level, above=False, after=day) - day


B_DEPLETED_DAY = Definition(
    "b_depleted_day",
    "B cells",
    f"Time to ≤ {_DEPLETED}, cycle 1",
    "day",
    EndpointKind.TIME,
    _INFUSED,
    f"first time with {DEPLETED:g} B cells/µL or fewer; {_FROM_START}",
    _one(lambda found: found.b_depleted_day[0]),
    "b-cells",
    lambda curve, _: on.first_day(curve, curve.infusion(1), DEPLETED, above=False),
)
B_NADIR = Definition(
    "b_nadir",
    "B cells",
    "Nadir",
    "cells/µL",
    EndpointKind.VALUE,
    _COURSE,
    "fewest B cells in blood",
    _one(lambda found: found.b_nadir),
    "b-cells",
    lambda curve, _: on.lowest(curve, curve.whole),
)
B_HIGHEST_FREE = Definition(
    "b_highest_free",
    "B cells",
    "Highest in free intervals",
    "cells/µL",
    EndpointKind.VALUE,
    "from the end of each cycle's infusion to the end of the cycle",
    "most B cells in blood over all these intervals, and over cycles without infusion; missing where there is none",
    _one(lambda found: np.fmax.reduce(found.b_highest_free, axis=0)),
    "b-cells",
    lambda curve, _: _highest_free(curve),
)
T_RETURN_DAY = Definition(
    "t_return_day",
    "T cells",
    f"Back at ≥ {_RETURNED} of baseline",
    "day",
    EndpointKind.TIME,
    "from the nadir of the first week to the end of the course",
    f"first time after the nadir with {_RETURNED} of baseline or more, in who fell below it; {_FROM_START}",
    _days_of_return,
    "t-cells",
    lambda curve, _: _return_day(curve),
)
AUC = Definition(
    "auc",
    "Drug",
    "AUC, whole course",
    "ng·day/mL",
    EndpointKind.VALUE,
    _COURSE,
    "integral of the concentration over time, exact",
    _one(lambda found: found.auc),
    "drug",
    lambda curve, _: on.integral(curve, curve.whole) / 1000.0,
)
DEPLETED_CYCLE_1 = Definition(
    "b_depleted_cycle_1",
    "B cells",
    f"≤ {_DEPLETED} in cycle 1",
    "",
    EndpointKind.EVENT,
    _INFUSED,
    f"{DEPLETED:g} B cells/µL or fewer at some time",
    lambda gathered: [Reading(gathered.endpoints.b_depleted[0])],
    "b-cells",
    lambda curve, _: on.lowest(curve, curve.infusion(1)) <= DEPLETED,
)
IL6_PEAK_KEY = f"{column_name('IL-6')}_peak"

ENDPOINTS = (
    Definition(
        "steady_state_{amounts}",
        "Drug",
        "Steady state, {dose}",
        "pg/mL",
        EndpointKind.VALUE,
        "each dose of the course",
        "1,000 × rate in mcg/day over clearance in L/day; the concentration that a long infusion approaches",
        _steady_states,
    ),
    Definition(
        "dose",
        "Drug",
        "Dose, whole course",
        "mcg",
        EndpointKind.VALUE,
        _COURSE,
        "what is infused",
        _one(lambda found: found.infused),
    ),
    AUC,
    B_DEPLETED_DAY,
    B_NADIR,
    Definition(
        "b_nadir_day",
        "B cells",
        "Nadir, when",
        "day",
        EndpointKind.VALUE,
        _COURSE,
        f"when that is; {_FROM_START}",
        _one(lambda found: found.b_nadir_day),
        "b-cells",
        lambda curve, _: on.lowest_day(curve, curve.whole),
    ),
    B_HIGHEST_FREE,
    Definition(
        RECOVERY,
        "B cells",
        f"Above {_DEPLETED} after the last dose",
        "day",
        EndpointKind.TIME,
        "from the end of the last infusion to the end of the course",
        f"first time with more than {DEPLETED:g} B cells/µL; {_FROM_START}; of patients with {DEPLETED:g} or fewer when"
        " the last infusion ends, whose course goes on after it",
        _last_recovery,
        "b-cells",
        lambda curve, _: _recovery_day(curve),
    ),
    Definition(
        "t_nadir",
        "T cells",
        "Nadir, first week",
        "% of baseline",
        EndpointKind.VALUE,
        f"{FIRST_WEEK:g} days from the start of the first infusion",
        "fewest T cells in blood; missing where the course does not have all of that week",
        _in_first_week(lambda found: 100.0 * found.t_minimum),
        "t-cells",
        lambda curve, _: _of_first_week(curve, 100.0 * on.lowest(curve, _first_week(curve)) / curve.baseline),
    ),
    Definition(
        "t_nadir_day",
        "T cells",
        "Nadir, when",
        "day",
        EndpointKind.VALUE,
        f"{FIRST_WEEK:g} days from the start of the first infusion",
        f"when that is; {_FROM_START}",
        _in_first_week(lambda found: found.t_minimum_day),
        "t-cells",
        lambda curve, _: _of_first_week(curve, on.lowest_day(curve, _first_week(curve))),
    ),
    T_RETURN_DAY,
    Definition(
        "t_peak_cycle_1",
        "T cells",
        "Peak, cycle 1",
        "% of baseline",
        EndpointKind.VALUE,
        _FIRST,
        "most T cells in blood, free interval included",
        _one(lambda found: 100.0 * found.t_peak[0]),
        "t-cells",
        lambda curve, _: 100.0 * on.highest(curve, curve.cycle(1)) / curve.baseline,
    ),
    Definition(
        "t_after_escalation_day_{day}",
        "T cells",
        f"{AFTER_ESCALATION:g} days after the step of day {{ordinal}}",
        "% of step",
        EndpointKind.VALUE,
        f"{AFTER_ESCALATION:g} days after each step up",
        "T cells in blood, over those at the step",
        _after_escalations,
        "t-cells",
        lambda curve, day: 100.0 * curve.at(day + AFTER_ESCALATION) / curve.at(day),
    ),
    *(definition for name in ELEVATED for definition in _cytokine(name)),
    Definition(
        "blasts_log10_change_day_28",
        "Blasts",
        "Change by day 28",
        "log10",
        EndpointKind.VALUE,
        f"{INFUSION:g} days after the start of the first infusion",
        "logarithm to base 10 of blasts over those before treatment; with fewer than one cell, of one; missing where"
        " the course ends sooner",
        _one(lambda found: found.blasts_log10_change_day_28),
        "blasts",
        lambda curve, _: np.log10(curve.at(curve.first_infusion + INFUSION) / curve.baseline),
    ),
    DEPLETED_CYCLE_1,
    Definition(
        "b_recovered_before_cycle_{cycle}",
        "B cells",
        f"> {_DEPLETED} again before cycle {{cycle}}",
        "",
        EndpointKind.EVENT,
        "from the end of a cycle's infusion to the next cycle",
        f"more than {DEPLETED:g} B cells/µL at some time; of patients with {DEPLETED:g} or fewer when"
        " the infusion ends and a free interval follows",
        _recoveries,
        "b-cells",
        lambda curve, cycle: on.highest(curve, _before(curve, cycle)) > DEPLETED,
    ),
    Definition(
        "t_returned",
        "T cells",
        f"Back at ≥ {_RETURNED} of baseline",
        "",
        EndpointKind.EVENT,
        T_RETURN_DAY.window,
        f"{_RETURNED} of baseline or more at some time after the nadir",
        _returns,
        "t-cells",
        lambda curve, _: ~np.isnan(_return_day(curve)),
    ),
    Definition(
        "t_expanded_cycle_1",
        "T cells",
        f"> {100 * EXPANDED:g} % of baseline in cycle 1",
        "",
        EndpointKind.EVENT,
        _FIRST,
        f"more than {100 * EXPANDED:g} % of baseline at some time",
        lambda gathered: [Reading(gathered.endpoints.t_expanded[0])],
        "t-cells",
        lambda curve, _: on.highest(curve, curve.cycle(1)) > EXPANDED * curve.baseline,
    ),
    Definition(
        f"{column_name('IL-6')}_elevated_cycle_{{cycle}}",
        "Cytokines",
        f"IL-6 ≥ {ELEVATION:g} × baseline in cycle {{cycle}}",
        "",
        EndpointKind.EVENT,
        "each of the first two cycles",
        f"{ELEVATION:g} × baseline or more at some time; of patients who are infused in it",
        _elevations,
        "il-6",
        lambda curve, cycle: on.highest(curve, curve.cycle(cycle)) >= ELEVATION * curve.baseline,
    ),
    Definition(
        "b_days_depleted_cycle_{cycle}",
        "B cells",
        f"Days ≤ {_DEPLETED}, cycle {{cycle}}",
        "day",
        EndpointKind.VALUE,
        "each cycle, its free interval included",
        f"days with {DEPLETED:g} B cells/µL or fewer, added up; missing in who is not infused in it",
        _days_depleted,
        "b-cells",
        lambda curve, cycle: on.days_at_most(curve, curve.cycle(cycle), DEPLETED),
    ),
    Definition(
        "marrow_response_cycle_{cycle}",
        "Blasts",
        f"≤ {100 * REMISSION:g} % of the marrow, end of cycle {{cycle}}",
        "",
        EndpointKind.EVENT,
        _ENDS,
        f"blasts at {100 * REMISSION:g} % or less of the marrow's capacity; of patients with more before treatment."
        f" {_READ}",
        _remissions,
        "blasts",
        lambda curve, cycle: curve.at(curve.infusion(cycle).stop) <= REMISSION,
    ),
    Definition(
        "mrd_response_cycle_{cycle}",
        "Blasts",
        f"MRD < {RESIDUAL:.0e}, end of cycle {{cycle}}".replace("e-0", "e-"),
        "",
        EndpointKind.EVENT,
        _ENDS,
        f"fewer than one blast in {1 / RESIDUAL:,.0f} of the marrow's capacity; of patients with as many or more before"
        f" treatment. {_READ}",
        _clearances_of_residue,
        "blasts",
        lambda curve, cycle: curve.at(curve.infusion(cycle).stop) < RESIDUAL,
    ),
)
"""Every endpoint, in the order of the columns of data."""
