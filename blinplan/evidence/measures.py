"""How each claim is measured: one function for each measure, over the endpoints of virtual patients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from blinplan.evidence.assayed import measured_clearance, measured_mean, measured_spread
from blinplan.evidence.scenarios import scenario
from blinplan.evidence.study import Arm, Few, Measure, Study, median, share
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model import mechanism
from blinplan.physiology.model.cytokines import CYTOKINES
from blinplan.physiology.model.draw import typical
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import TABLE, State, States
from blinplan.physiology.solve import simulate
from blinplan.proportion import Proportion
from blinplan.thresholds.threshold import threshold

# --- infusion -----------------------------------------------------------------------------------------------------


def infusion_days(study: Study, arm: Arm) -> float:
    """Least number of days of infusion without a gap in a cycle."""
    e = study.endpoints(arm)
    return min(stop - start for start, stop in zip(e.cycle_start_days, e.infusion_end_days, strict=True))


def free_days(study: Study, arm: Arm) -> float:
    """Least number of treatment-free days after a cycle's infusion."""
    e = study.endpoints(arm)
    return min(stop - start for start, stop in zip(e.infusion_end_days, e.cycle_end_days, strict=True))


# --- B cells ------------------------------------------------------------------------------------------------------


def depleted(study: Study, arm: Arm) -> Proportion:
    """Share with 10 B cells/µL or less at some time in a cycle's infusion."""
    return share(study.endpoints(arm).b_depleted[arm.cycle - 1])


def depletion_day(study: Study, arm: Arm) -> float:
    """Median day of the first count of 10 B cells/µL or less in a cycle; never counts as endless."""
    e = study.endpoints(arm)
    days = e.b_depleted_day[arm.cycle - 1] - e.cycle_start_days[arm.cycle - 1]
    return float(np.median(np.where(np.isnan(days), np.inf, days)))


def not_depleted(study: Study, arm: Arm) -> Proportion:
    """Share without."""
    return share(~study.endpoints(arm).b_depleted[arm.cycle - 1])


def least_gain(study: Study, arm: Arm) -> float:
    """Least gain in the share depleted from one scenario to the next."""
    shares = [float(study.endpoints(arm, k).b_depleted[0].mean()) for k in range(len(arm.scenarios))]
    return float(np.min(np.diff(shares)))


def recovered(study: Study, arm: Arm) -> Proportion:
    """Of those depleted at the end of a cycle's infusion, the share above 10/µL before the next."""
    e, k = study.endpoints(arm), arm.cycle - 1
    return share(e.b_recovered[k], e.b_low_at_infusion_end[k])


def depleted_by(study: Study, arm: Arm) -> Proportion:
    """Share with 10 B cells/µL or less within some hours of the start."""
    day = study.endpoints(arm).b_depleted_day[0]
    return share(day <= arm.hours / 24.0)


def b_cells_low(study: Study, arm: Arm) -> Proportion:
    """Share at 1 B cell/µL or less some hours after the start."""
    return share(study.trajectories(arm, [arm.hours / 24.0]).states.b_blood[0] <= threshold("b_cells_few"))


def b_baseline(study: Study, arm: Arm) -> float:
    """Median B cells/µL before treatment."""
    return median(study.population(arm.population).b_cells)


def b_lower_quartile(study: Study, arm: Arm) -> float:
    """Lower quartile of B cells/µL before treatment."""
    return float(np.percentile(study.population(arm.population).b_cells, 25))


def b_upper_quartile(study: Study, arm: Arm) -> float:
    """Upper quartile of them."""
    return float(np.percentile(study.population(arm.population).b_cells, 75))


# --- T cells ------------------------------------------------------------------------------------------------------


def t_minimum_day(study: Study, arm: Arm) -> float:
    """Median day of the least T-cell count of the first week."""
    return median(study.endpoints(arm).t_minimum_day)


def t_minimum_early(study: Study, arm: Arm) -> Proportion:
    """Share in whom it comes within 2 days."""
    return share(study.endpoints(arm).t_minimum_day <= threshold("t_cells_fall_within"))


def t_returned(study: Study, arm: Arm) -> Proportion:
    """Share whose T cells are first back at 90 % of baseline within days 7 to 14."""
    day = study.endpoints(arm).t_return_day
    return share((day >= threshold("t_cells_return_from")) & (day <= threshold("t_cells_return_until")))


def t_fell_after_escalation(study: Study, arm: Arm) -> Proportion:
    """Share whose count 2 days after the first escalation is below 80 % of that at it."""
    e = study.endpoints(arm)
    return share(e.t_after_escalation[0] < threshold("t_cells_fallen") * e.t_at_escalation[0])


def t_expanded(study: Study, arm: Arm) -> Proportion:
    """Share whose greatest count in cycle 1 is above 1.25 of baseline."""
    return share(study.endpoints(arm).t_expanded[0])


def t_peak(study: Study, arm: Arm) -> float:
    """Median of the greatest count in cycle 1, over baseline."""
    return median(study.endpoints(arm).t_peak[0])


def t_peak_of_responders(study: Study, arm: Arm) -> float:
    """The same of those with 5 % blasts or fewer at the end of infusion of cycle 1, over that of the others."""
    found = study.endpoints(arm)
    peak, responders = found.t_peak[0], found.marrow_response[0]
    return median(peak[responders]) / median(peak[~responders])


def t_peak_day(study: Study, arm: Arm) -> Few:
    """Median day of the greatest count in blood of the 28 days of an infusion, looked at once a day."""
    t = study.trajectories(arm, list(range(29))).t_blood
    return Few(median(np.argmax(t, axis=0).astype(np.float64)), t.shape[1])


def activation_marker(study: Study, arm: Arm) -> Few:
    """Median share with an activation marker some hours after the start.

    It is the declared share before, and of the rest as large a share as the drug bridges for activation.
    """
    found = _activation(study, arm)
    before = threshold("activation_marker_before")
    return Few(before + (1.0 - before) * median(found), found.size)


def activation_rises(study: Study, arm: Arm) -> Proportion:
    """Share in whom more T cells are activated some hours after the start than before."""
    return share(_activation(study, arm) > 0.0)


def _activation(study: Study, arm: Arm) -> FloatArray:
    drug = study.trajectories(arm, [arm.hours / 24.0]).states.concentration[0]
    people = study.population(arm.population).select(slice(0, drug.size))
    return mechanism.occupancy(drug / people.activation_ec50, people.constants.activation_hill)


def t_left(study: Study, arm: Arm) -> Few:
    """Median share of the baseline count in blood some hours after the start."""
    t = study.trajectories(arm, [arm.hours / 24.0]).t_blood[0]
    return Few(median(t / study.population(arm.population).t_cells[: t.shape[0]]), t.shape[0])


def t_total_kept(study: Study, arm: Arm) -> float:
    """Median of blood and adherent T cells at 24 h, over baseline."""
    return median(study.endpoints(arm).t_total_day_1)


def t_total_grown(study: Study, arm: Arm) -> float:
    """Median of blood and adherent T cells at day 14, over baseline (the drug-free run stays at baseline)."""
    return median(study.endpoints(arm).t_total_day_14)


# --- cytokines ----------------------------------------------------------------------------------------------------


def cytokine_fold(study: Study, arm: Arm) -> float:
    """Median peak of a cytokine in a cycle, over baseline."""
    return median(study.endpoints(arm).cytokine_fold[CYTOKINES.index(arm.cytokine), arm.cycle - 1])


def cytokine_early(study: Study, arm: Arm) -> Proportion:
    """Share whose peak of cycle 1 comes within 2 days."""
    day = study.endpoints(arm).cytokine_peak_day[CYTOKINES.index(arm.cytokine), 0]
    return share(day <= threshold("cytokines_highest_within"))


def cytokine_settled(study: Study, arm: Arm) -> float:
    """Median hours from the peak of cycle 1 until 90 % of the rise is gone; never counts as endless."""
    hours = 24.0 * study.endpoints(arm).cytokine_settled[CYTOKINES.index(arm.cytokine), 0]
    return float(np.median(np.where(np.isnan(hours), np.inf, hours)))


def cytokine_raised(study: Study, arm: Arm) -> Proportion:
    """Share with five times baseline or more in a cycle."""
    return share(study.endpoints(arm).elevated(arm.cytokine)[arm.cycle - 1])


def cytokine_step_ratio(study: Study, arm: Arm) -> float:
    """Median over patients of the highest level of cycle 1 on the first scenario over that on the second."""
    stepped, flat = (study.endpoints(arm, which).peak(arm.cytokine)[0] for which in (0, 1))
    return median(stepped / flat)


def cytokine_raised_less(study: Study, arm: Arm) -> float:
    """Share with five times baseline or more in cycle 1, less that in cycle 2."""
    raised = study.endpoints(arm).elevated(arm.cytokine).mean(axis=1)
    return float(raised[0] - raised[1])


def cytokine_peak_ratio(study: Study, arm: Arm) -> float:
    """Median peak of cycle 2 over that of cycle 1."""
    peak = study.endpoints(arm).peak(arm.cytokine)
    return median(peak[1] / peak[0])


def cytokine_read(study: Study, arm: Arm, which: int = 0) -> Few:
    """Median level of a cytokine at some days, of those that can be read from the published figure.

    A patient counts at each of the days, as the points of the figure do.
    """
    of = replace(arm, scenarios=arm.scenarios[which : which + 1])
    levels = study.trajectories(of, arm.days, most=study.patients).cytokine(arm.cytokine)
    readable = levels > threshold("il6_read_from_figure")
    return Few(median(levels[readable]), int(np.count_nonzero(readable.any(axis=0))))


def cytokine_read_ratio(study: Study, arm: Arm) -> Few:
    """The same at the first scenario over that at the second."""
    first, second = (cytokine_read(study, arm, which) for which in (0, 1))
    return Few(first.value / second.value, first.patients + second.patients)


# --- marrow -------------------------------------------------------------------------------------------------------


def _up_to(responses: BoolArray, arm: Arm) -> BoolArray:
    """(N) whether patients responded at an end of infusion, up to a cycle."""
    return np.asarray(responses[: arm.cycle].any(axis=0))


def _among(study: Study, arm: Arm) -> BoolArray:
    """The patients whose blasts before treatment are those that are asked about."""
    blasts = study.population(arm.population).blasts
    return np.asarray((blasts >= arm.blasts_from) & (blasts < arm.blasts_below))


def marrow_response(study: Study, arm: Arm) -> Proportion:
    """Share with 5 % blasts or fewer at the end of infusion of a cycle, up to one."""
    return share(_up_to(study.endpoints(arm).marrow_response, arm), _among(study, arm))


def mrd_response(study: Study, arm: Arm) -> Proportion:
    """Share with fewer than one blast in 10,000 cells at the end of infusion of a cycle, up to one."""
    return share(_up_to(study.endpoints(arm).mrd_response, arm), _among(study, arm))


def mrd_response_of_responders(study: Study, arm: Arm) -> Proportion:
    """The same among those with 5 % blasts or fewer."""
    found = study.endpoints(arm)
    return share(_up_to(found.mrd_response, arm), _up_to(found.marrow_response, arm) & _among(study, arm))


def _odds_ratio(first: Proportion, second: Proportion) -> Few:
    """Odds of one share over those of another; without end where nobody of the one is left, or nobody of the other."""
    odds, others = (found.value / (1.0 - found.value) if found.value < 1.0 else np.inf for found in (first, second))
    return Few(odds / others if others else np.inf, first.total + second.total)


def _high_burden(arm: Arm) -> Arm:
    """The patients with half of the marrow replaced, or more."""
    return replace(arm, blasts_from=0.5, blasts_below=np.inf)


def marrow_response_odds(study: Study, arm: Arm) -> Few:
    """Odds of a marrow response, over those of patients with half of the marrow replaced or more."""
    return _odds_ratio(marrow_response(study, arm), marrow_response(study, _high_burden(arm)))


def mrd_response_odds(study: Study, arm: Arm) -> Few:
    """The same of an MRD response."""
    return _odds_ratio(mrd_response(study, arm), mrd_response(study, _high_burden(arm)))


def marrow_response_gain(study: Study, arm: Arm) -> Few:
    """Share with a marrow response with a quarter of the marrow replaced, less that with three quarters.

    They are the same patients, so that nothing but the burden differs.
    """
    people = study.population(arm.population).select(slice(0, 500))
    low, high = (_responders(replace(people, blasts=np.full(people.size, share)), arm) for share in (0.25, 0.75))
    return Few(low.value - high.value, people.size)


def _responders(people: Population, arm: Arm) -> Proportion:
    found = simulate(scenario(arm.scenarios[0], people.bsa_m2), people).endpoints
    assert found is not None  # noqa: S101 - endpoints were asked for
    return share(_up_to(found.marrow_response, arm))


def mrd_response_gain(study: Study, arm: Arm) -> Few:
    """Share with an MRD response, less that of adults with relapsed or refractory disease on the second scenario."""
    refractory = replace(arm, population="adult-rr", scenarios=arm.scenarios[1:], blasts_from=0.0)
    first, second = mrd_response(study, arm), mrd_response(study, refractory)
    return Few(first.value - second.value, first.total + second.total)


# --- mechanism ----------------------------------------------------------------------------------------------------


def synapse_rises(study: Study, arm: Arm) -> Proportion:
    """Share in whom the synapse signal is 0 without drug, T cells or targets, and rises with each."""
    people = study.population(arm.population)
    c = people.constants
    levels = np.linspace(0.0, 2.0, 9)[:, None]

    def signal(drug: FloatArray, t_cells: FloatArray, b_cells: FloatArray, blasts: FloatArray) -> FloatArray:
        bridged = mechanism.occupancy(drug / people.activation_ec50, c.activation_hill)
        effectors = mechanism.effector_availability(t_cells, c)
        return mechanism.synapse(bridged, effectors, mechanism.target_burden(b_cells, blasts, c))

    drug, t, b, blasts = np.full(people.size, 500.0), people.t_cells, people.b_cells, people.blasts
    holds = np.ones(people.size, dtype=np.bool_)
    for sweep in (
        signal(levels * drug, t, b, blasts),
        signal(drug, levels * t, b, blasts),
        signal(drug, t, levels * b, levels * blasts),
    ):
        holds &= (sweep[0] == 0.0) & (np.diff(sweep, axis=0) > 0.0).all(axis=0)
    return share(holds)


def cytolytic_leads(study: Study, arm: Arm) -> Proportion:
    """Share in whom cytolytic proteins reach 1 % of their first-week peak before B cells have fallen by 1 %.

    The share is small, and the first 2 days are looked at by the minute, because it is the order of the two that is
    asked for: where the kill is very fast, a larger fall is over before much of the signal has risen.
    """
    days = np.concatenate([np.linspace(0.0, 2.0, 2881), np.linspace(2.0, 7.0, 361)[1:]])
    found = study.trajectories(arm, list(days), most=300)
    base = study.population(arm.population).b_cells[: found.states.b_blood.shape[1]]
    signal = np.argmax(found.states.cytolytic >= 0.01 * found.states.cytolytic.max(axis=0), axis=0)
    fallen = found.states.b_blood <= 0.99 * base
    fall = np.where(fallen.any(axis=0), np.argmax(fallen, axis=0), days.shape[0])
    return share(signal < fall)


def spared_without_cytolytic(study: Study, arm: Arm) -> Few:
    """Greatest relative change of B cells under full dosing where no synapse makes cytolytic proteins."""
    people = study.population(arm.population).select(slice(0, 100))
    idle = replace(people, lysis_ec50=np.full(people.size, _OUT_OF_REACH))
    result = simulate(scenario(arm.scenarios[0], idle.bsa_m2), idle, output_days=np.arange(43.0), endpoints=False)
    assert result.trajectories is not None  # noqa: S101 - output days were given
    return Few(float(np.max(np.abs(result.trajectories.states.b_blood / idle.b_cells - 1.0))), people.size)


_OUT_OF_REACH = 1e30
"""A concentration in pg/mL that no dose comes near."""


def lysis_ec50(study: Study, arm: Arm) -> Few:
    """Concentration in pg/mL at which half of the lytic synapses of the typical patient are formed."""
    return Few(float(typical(study.presets[arm.population]).lysis_ec50[0]), 1)


def lysis_ec90(study: Study, arm: Arm) -> Few:
    """The same of nine in ten."""
    person = typical(study.presets[arm.population])
    return Few(float(person.lysis_ec50[0] * 9.0 ** (1.0 / person.constants.lysis_hill)), 1)


def blasts_fall(study: Study, arm: Arm) -> float:
    """Median log10 fall of blasts by day 28."""
    return -median(study.endpoints(arm).blasts_log10_change_day_28)


def drug_free_drift(study: Study, arm: Arm) -> Few:
    """Greatest relative change of any state without drug, blasts excepted; signals that rest at 0 count as they are."""
    people = study.population(arm.population)
    most = min(people.size, 200)
    found = study.trajectories(arm, list(np.arange(0.0, 84.5, 0.5)), most=most)
    people = people.select(slice(0, most))
    return Few(float(max(_drift(values, state.start(people)).max() for state, values in resting(found.states))), most)


def resting(states: States) -> Iterator[tuple[State, FloatArray]]:
    """The states that stay where they start without drug, with their values."""
    return ((state, values) for state, values in zip(TABLE, states, strict=True) if state.rests)


def _drift(values: FloatArray, start: FloatArray | float) -> FloatArray:
    """Change over the start; where the start is 0, the value itself."""
    return np.abs(values) if isinstance(start, float) and start == 0.0 else np.abs(values / start - 1.0)


# --- published pharmacokinetics -----------------------------------------------------------------------------------


def typical_steady_state(study: Study, arm: Arm) -> Few:
    """Steady state in pg/mL of the typical patient of 1.876 m² at a dose in mcg/day."""
    person = typical(study.presets[arm.population])
    return Few(float(mechanism.steady_state(np.array([arm.dose]), person.clearance)[0]), 1)


def mean_steady_state(study: Study, arm: Arm) -> float:
    """Mean over patients of the steady state in pg/mL at a dose in mcg/day, without any error of measurement."""
    people = study.population(arm.population)
    return float(mechanism.steady_state(np.full(people.size, arm.dose), people.clearance).mean())


def mean_steady_state_by_area(study: Study, arm: Arm) -> float:
    """The same at a dose in mcg/m²/day."""
    people = study.population(arm.population)
    return float(mechanism.steady_state(arm.dose * people.bsa_m2, people.clearance).mean())


def half_life(study: Study, arm: Arm) -> Few:
    """Half-life in hours of the typical patient."""
    person = typical(study.presets[arm.population])
    return Few(float(24.0 * np.log(2.0) * person.volume / person.clearance[0]), 1)


def clearance_variance(study: Study, arm: Arm) -> float:
    """Variance of ln clearance between patients, after body surface area."""
    people, preset = study.population(arm.population), study.presets[arm.population]
    size = (people.bsa_m2 / preset.value("reference_bsa")) ** preset.value("clearance_exponent")
    return float(np.var(np.log(people.clearance / size), ddof=1))


def dose_recovered(study: Study, arm: Arm) -> Few:
    """Greatest relative difference between area under the curve times clearance and the dose."""
    people = study.population(arm.population).select(slice(0, 100))
    found = simulate(scenario(arm.scenarios[0], people.bsa_m2), people).endpoints
    assert found is not None  # noqa: S101 - endpoints were asked for
    return Few(float(np.max(np.abs(found.auc * people.clearance / found.infused - 1.0))), people.size)


MEASURES: dict[str, Measure] = {
    function.__name__: function
    for function in (
        infusion_days,
        free_days,
        depleted,
        not_depleted,
        depletion_day,
        least_gain,
        recovered,
        b_cells_low,
        b_baseline,
        b_lower_quartile,
        b_upper_quartile,
        t_minimum_day,
        t_minimum_early,
        t_returned,
        t_fell_after_escalation,
        t_expanded,
        t_peak,
        t_peak_of_responders,
        t_peak_day,
        t_left,
        activation_marker,
        activation_rises,
        t_total_kept,
        t_total_grown,
        cytokine_fold,
        cytokine_early,
        cytokine_settled,
        cytokine_raised,
        cytokine_raised_less,
        cytokine_step_ratio,
        cytokine_peak_ratio,
        cytokine_read,
        cytokine_read_ratio,
        marrow_response,
        mrd_response,
        mrd_response_of_responders,
        marrow_response_odds,
        mrd_response_odds,
        marrow_response_gain,
        mrd_response_gain,
        depleted_by,
        mean_steady_state,
        mean_steady_state_by_area,
        measured_mean,
        measured_spread,
        measured_clearance,
        lysis_ec50,
        lysis_ec90,
        synapse_rises,
        cytolytic_leads,
        spared_without_cytolytic,
        blasts_fall,
        drug_free_drift,
        typical_steady_state,
        half_life,
        clearance_variance,
        dose_recovered,
    )
}
