"""How claims are measured, against what is known without simulating."""

from dataclasses import replace

import numpy as np
import pytest

from blinplan.evidence import assayed, measures
from blinplan.evidence.study import Arm, Study
from blinplan.physiology import load_parameters
from blinplan.physiology.model import mechanism
from blinplan.proportion import Proportion

LABEL = Arm("adult-rr", ("label",))


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(dict(load_parameters().presets), patients=100, seed=1)


def test_the_label_s_cycle_is_28_days_of_infusion_and_14_without(study: Study) -> None:
    assert measures.infusion_days(study, LABEL) == pytest.approx(28.0)
    assert measures.free_days(study, LABEL) == pytest.approx(14.0)


def test_the_typical_patient_has_the_published_kinetics(study: Study) -> None:
    # Clements et al. 2020: 2.22 L/h and 5.98 L at 1.876 m².
    steady = measures.typical_steady_state(study, Arm("adult-rr", ("label",), dose=28.0))
    assert steady.value == pytest.approx(28e6 / 24 / 2220, rel=1e-3)
    assert measures.half_life(study, LABEL).value == pytest.approx(np.log(2) * 5.98 / 2.22, rel=1e-3)
    assert steady.patients == 1


def test_the_mean_of_a_log_normal_steady_state_is_above_its_typical_value(study: Study) -> None:
    # The mean of exp(eta), eta normal with variance 0.2266, is exp(0.2266 / 2); area adds little.
    mean = measures.mean_steady_state(study, Arm("adult-rr", ("label",), dose=28.0))
    assert mean / (28e6 / 24 / 2220) == pytest.approx(np.exp(0.2266 / 2), rel=0.1)


def test_patients_who_get_no_drug_stay_as_they_are(study: Study) -> None:
    none = Arm("adult-rr", ("none",))
    assert measures.drug_free_drift(study, none).value < 1e-6
    assert measures.dose_recovered(study, LABEL).value < 1e-9


def test_drug_moves_what_would_rest_without_it(study: Study) -> None:
    assert measures.drug_free_drift(study, LABEL).value > 0.5


def test_who_is_depleted_and_who_is_not_are_everybody(study: Study) -> None:
    low = Arm("adult-rr", ("bsa-1.5",))
    yes, no = measures.depleted(study, low), measures.not_depleted(study, low)
    assert isinstance(yes, Proportion)
    assert isinstance(no, Proportion)
    assert yes.count + no.count == yes.total == no.total == 100
    assert 0 < yes.count < 100


def test_who_was_not_depleted_cannot_recover(study: Study) -> None:
    low = Arm("adult-rr", ("bsa-0.5-twice",))
    found = measures.recovered(study, low)
    assert isinstance(found, Proportion)
    ends = study.endpoints(low).b_at_infusion_end[0]
    assert found.total == int((ends <= 10.0).sum()) < 100


def test_a_scenario_is_run_once_for_all_that_is_asked_of_it(study: Study) -> None:
    assert study.endpoints(LABEL) is study.endpoints(Arm("adult-rr", ("label",), cycle=2, cytokine="IL-10"))
    assert study.population("adult-rr") is study.population("adult-rr")


def test_more_drug_depletes_more(study: Study) -> None:
    rising = Arm("adult-rr", ("bsa-0.5", "bsa-5", "bsa-15"))
    falling = Arm("adult-rr", ("bsa-15", "bsa-5"))
    gain, loss = measures.least_gain(study, rising), measures.least_gain(study, falling)
    assert isinstance(gain, float)
    assert isinstance(loss, float)
    assert gain >= 0.0 >= loss


def test_a_response_is_what_is_left_of_the_blasts_at_the_end_of_infusion(study: Study) -> None:
    people, found = study.population("adult-rr"), study.endpoints(LABEL)
    left = people.blasts * 10.0**found.blasts_log10_change
    one, two = (measures.marrow_response(study, Arm("adult-rr", ("label",), cycle=cycle)) for cycle in (1, 2))
    assert one.count == int((left[0] <= 0.05).sum())
    assert two.count == int((left.min(axis=0) <= 0.05).sum())
    assert one.count <= two.count
    deep = measures.mrd_response(study, Arm("adult-rr", ("label",), cycle=2))
    of_responders = measures.mrd_response_of_responders(study, Arm("adult-rr", ("label",), cycle=2))
    assert (deep.count, two.count) == (of_responders.count, of_responders.total)
    nobody = measures.mrd_response(study, Arm("adult-rr", ("label",), blasts_from=2.0))
    assert nobody.total == 0


def test_what_the_figure_lacks_is_left_out_of_its_medians(study: Study) -> None:
    arm = Arm("adult-rr", ("bsa-60", "bsa-5"), days=(0.2, 0.3))
    levels = study.trajectories(arm, arm.days).cytokine("IL-6")
    high = measures.cytokine_read(study, arm)
    assert high.value == float(np.median(levels[levels > 10.0]))
    assert high.patients == 100
    low = measures.cytokine_read(study, arm, 1)
    assert measures.cytokine_read_ratio(study, arm).value == high.value / low.value
    assert low.value > 10.0


def test_who_is_depleted_within_hours_is_depleted_in_the_cycle(study: Study) -> None:
    arm = Arm("adult-rr", ("bsa-5",))
    counts = [measures.depleted_by(study, Arm("adult-rr", ("bsa-5",), hours=hours)).count for hours in (24, 48, 672)]
    assert counts == sorted(counts)
    assert counts[-1] == measures.depleted(study, arm).count


def test_b_cells_stay_without_cytolytic_signal_and_fall_with_it(study: Study) -> None:
    assert measures.spared_without_cytolytic(study, LABEL).value < 1e-6
    assert measures.depleted(study, LABEL).value > 0.5


def test_odds_of_low_burden_are_over_those_of_a_marrow_half_replaced(study: Study) -> None:
    arm = replace(LABEL, cycle=2, blasts_from=0.05, blasts_below=0.5)
    blasts = study.population("adult-rr").blasts
    responds = np.asarray(study.endpoints(LABEL).marrow_response.any(axis=0))
    low, high = responds[blasts < 0.5], responds[blasts >= 0.5]
    found = measures.marrow_response_odds(study, arm)
    assert found.value == pytest.approx((low.sum() / (~low).sum()) / (high.sum() / (~high).sum()))
    assert found.patients == 100


def test_the_same_patients_respond_more_often_with_fewer_blasts(study: Study) -> None:
    assert 0.0 < measures.marrow_response_gain(study, replace(LABEL, cycle=2)).value < 0.5


def test_residual_disease_clears_more_often_than_relapse(study: Study) -> None:
    arm = Arm("adult-mrd", ("bsa-15", "label"), blasts_from=0.001)
    of_residual, of_relapse = measures.mrd_response(study, arm), measures.mrd_response(study, LABEL)
    assert measures.mrd_response_gain(study, arm).value == of_residual.value - of_relapse.value > 0.2


def test_samples_lie_within_the_limits_of_the_assay_and_spread_more_than_what_they_measure(study: Study) -> None:
    at_9, at_28 = (Arm("adult-rr", ("label",), dose=dose) for dose in (9.0, 28.0))
    means = [assayed.measured_mean(study, arm) for arm in (at_9, at_28)]
    assert 50.0 < means[0].value < means[1].value < 1000.0
    assert all(0 < mean.patients < 100 for mean in means)
    true = mechanism.steady_state(np.full(100, 9.0), study.population("adult-rr").clearance)
    assert assayed.measured_spread(study, at_9).value > true.std()
    # The mean of a ratio is above the ratio of the means.
    clearance = assayed.measured_clearance(study, at_28)
    assert clearance.value > 28.0 / 24.0 * 1000.0 / means[1].value
    assert clearance.patients == means[1].patients


def test_an_activation_marker_is_what_it_was_without_drug_and_of_all_with_much(study: Study) -> None:
    shares = [
        measures.activation_marker(study, Arm("adult-mrd", (name,), hours=24.0)).value
        for name in ("none", "bsa-5", "bsa-15", "bsa-1000000")
    ]
    assert shares == sorted(shares)
    assert shares[0] == 0.22
    assert shares[-1] == pytest.approx(1.0, abs=1e-3)
    rises = measures.activation_rises(study, Arm("adult-mrd", ("none",), hours=24.0))
    assert rises.count == 0


def test_nine_tenths_of_lysis_are_at_nine_tenths_of_the_synapses(study: Study) -> None:
    half, most = measures.lysis_ec50(study, LABEL).value, measures.lysis_ec90(study, LABEL).value
    hill = study.population("adult-rr").constants.lysis_hill
    assert mechanism.occupancy(np.array([most / half]), hill) == pytest.approx(0.9)
    assert mechanism.occupancy(np.array([1.0]), hill) == pytest.approx(0.5)


def test_a_first_step_is_compared_patient_by_patient(study: Study) -> None:
    assert measures.cytokine_step_ratio(study, Arm("adult-rr", ("label", "label"))) == 1.0
    stepped = measures.cytokine_step_ratio(study, Arm("adult-rr", ("label", "flat-28")))
    assert stepped * measures.cytokine_step_ratio(study, Arm("adult-rr", ("flat-28", "label"))) == pytest.approx(
        1.0, rel=0.1
    )


def test_who_has_risen_cytokines_in_one_cycle_less_the_other_is_the_difference(study: Study) -> None:
    first, second = (measures.cytokine_raised(study, replace(LABEL, cycle=cycle)) for cycle in (1, 2))
    assert first.value - second.value == pytest.approx(measures.cytokine_raised_less(study, LABEL))


def test_cells_that_grow_peak_later_than_cells_that_do_not(study: Study) -> None:
    arm = Arm("adult-mrd", ("bsa-15",))
    idle = {name: preset.with_values({"proliferation_rate": 0.0}) for name, preset in study.presets.items()}
    assert measures.t_peak_day(study, arm).value >= 7.0
    assert measures.t_peak_day(Study(idle, 20, 1), arm).value == 0.0


def test_quartiles_hold_half_of_the_patients(study: Study) -> None:
    low, high = (of(study, LABEL) for of in (measures.b_lower_quartile, measures.b_upper_quartile))
    assert np.mean((study.population("adult-rr").b_cells > low) & (study.population("adult-rr").b_cells < high)) == 0.5


def test_expansion_is_compared_between_those_who_respond_and_the_others(study: Study) -> None:
    found = study.endpoints(LABEL)
    ratio = measures.t_peak_of_responders(study, LABEL)
    peaks = [np.median(found.t_peak[0][found.marrow_response[0] == yes]) for yes in (True, False)]
    assert ratio == pytest.approx(peaks[0] / peaks[1])
    assert 0.5 < ratio < 2.0


def test_patients_whose_level_cannot_be_read_do_not_stand_behind_its_median(study: Study) -> None:
    early, late = (Arm("adult-rr", ("bsa-60",), days=(day,)) for day in (0.3, 2.0))
    assert measures.cytokine_read(study, late).patients < measures.cytokine_read(study, early).patients <= 100
