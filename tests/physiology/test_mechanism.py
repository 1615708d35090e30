"""The steps of the article, each by itself."""

from dataclasses import replace

import numpy as np
import pytest

from blinplan.physiology import Options, draw, simulate, typical
from blinplan.physiology.model import mechanism
from blinplan.physiology.model.population import Constants
from tests.physiology.courses import course, label, with_values

PERSON = typical("adult-rr")
C: Constants = PERSON.constants
LEVELS = np.linspace(0.0, 3.0, 13)


def test_synapse_needs_drug_t_cells_and_targets_and_rises_with_each() -> None:
    drug = mechanism.occupancy(500.0 * LEVELS / PERSON.activation_ec50, C.activation_hill)
    effectors = mechanism.effector_availability(900.0 * LEVELS, C)
    targets = mechanism.target_burden(120.0 * LEVELS, 0.4 * LEVELS, C)
    for signal in (drug, effectors, targets):
        assert signal[0] == 0.0
        assert (np.diff(signal) > 0.0).all()
    one = np.ones(1)
    assert mechanism.synapse(0.0 * one, one, one) == 0.0
    assert mechanism.synapse(one, 0.0 * one, one) == 0.0
    assert mechanism.synapse(one, one, 0.0 * one) == 0.0


def test_occupancy_is_half_at_its_ec50_and_steep_by_its_hill_exponent() -> None:
    ec50 = np.array([300.0])
    assert mechanism.occupancy(ec50 / ec50, 3) == 0.5
    low = mechanism.occupancy(ec50 / 100.0 / ec50, 3)
    assert low == pytest.approx(1e-6, rel=1e-5)


def test_reference_counts_make_availability_and_burden_one() -> None:
    assert mechanism.effector_availability(np.array([C.effector_reference]), C) == pytest.approx(1.0)
    burden = mechanism.target_burden(np.array([C.b_reference]), np.array([C.blast_reference]), C)
    assert burden == pytest.approx(1.0)


def test_a_plateau_adds_no_surplus_and_a_rise_does() -> None:
    level = np.linspace(0.05, 0.9, 5)
    assert (mechanism.surplus(level, level, C.sensing_threshold) == 0.0).all()
    assert (mechanism.surplus(level, 1.2 * level, C.sensing_threshold) == 0.0).all()
    assert (mechanism.surplus(level, 0.5 * level, C.sensing_threshold) > 0.0).all()


def test_blood_t_cells_fall_on_start_and_on_escalation_and_not_on_a_plateau() -> None:
    days = np.array([0.0, 1.0, 7.0, 8.5, 27.0, 28.0])
    result = simulate(label(1), PERSON, output_days=days, endpoints=False)
    assert result.trajectories is not None
    blood = result.trajectories.t_blood[:, 0] / PERSON.t_cells[0]
    assert blood[1] < 0.6
    assert blood[3] < 0.8 * blood[2]
    assert blood[5] > 0.95
    assert abs(blood[5] - blood[4]) < 0.02


def test_redistribution_moves_t_cells_and_loses_none() -> None:
    quiet = with_values(PERSON, proliferation_rate=np.zeros(1))
    found = simulate(label(1), quiet, output_days=np.linspace(0.0, 42.0, 85), endpoints=False).trajectories
    assert found is not None
    total = found.t_blood + found.states.t_adherent
    assert total == pytest.approx(np.full_like(total, quiet.t_cells[0]), rel=1e-12)
    assert found.states.t_adherent.max() > 0.3 * quiet.t_cells[0]


def test_proliferation_raises_total_t_cells() -> None:
    found = simulate(label(1), PERSON).endpoints
    assert found is not None
    assert found.t_total_day_14[0] > 1.01


def test_cytolytic_proteins_precede_lysis_and_nothing_is_lysed_without_them() -> None:
    days = np.linspace(0.0, 3.0, 145)
    found = simulate(course((28, 28.0)), PERSON, output_days=days, endpoints=False).trajectories
    assert found is not None
    signal = np.argmax(found.states.cytolytic[:, 0] > 0.05)
    fall = np.argmax(found.states.b_blood[:, 0] < 0.95 * PERSON.b_cells[0])
    assert 0 < signal < fall
    idle = with_values(PERSON, kill_rate=np.zeros(1))
    spared = simulate(course((28, 28.0)), idle, output_days=days, endpoints=False).trajectories
    assert spared is not None
    assert spared.states.b_blood == pytest.approx(np.full_like(spared.states.b_blood, idle.b_cells[0]), rel=1e-9)
    assert (np.diff(spared.blasts[:, 0]) > 0.0).all()


def test_blood_b_cells_come_back_only_through_the_marrow() -> None:
    days = np.array([28.0, 42.0, 120.0, 300.0])
    found = simulate(course((28, 28.0), (272, 0.0)), PERSON, output_days=days, endpoints=False).trajectories
    assert found is not None
    assert found.states.b_blood[1, 0] < 10.0
    assert found.marrow[0, 1, 0] > found.marrow[1, 1, 0] > found.marrow[2, 1, 0]
    assert found.states.b_blood[2, 0] > found.states.b_blood[1, 0]
    assert found.states.b_blood[3, 0] > 0.9 * PERSON.b_cells[0]


def test_blasts_are_lysed_with_drug_and_grow_without() -> None:
    treated, spared = (simulate(course((28, rate), (14, 0.0)), PERSON).endpoints for rate in (28.0, 0.0))
    assert treated is not None
    assert spared is not None
    assert treated.blasts_log10_change_day_28[0] < -1.0
    assert spared.blasts_log10_change_day_28[0] > 0.0


def test_three_of_eight_cytokines_rise() -> None:
    found = simulate(label(1), PERSON).endpoints
    assert found is not None
    fold = found.cytokine_fold[:, 0, 0]
    assert (fold[[2, 4, 7]] > 3.0).all()
    assert (fold[[0, 1, 3, 5, 6]] == 1.0).all()


@pytest.mark.parametrize("attenuation", ["desensitisation", "target-loss"])
def test_either_explanation_attenuates_the_second_cycle(attenuation: str) -> None:
    found = simulate(label(2), PERSON, options=Options(attenuation=attenuation)).endpoints  # type: ignore[arg-type]
    assert found is not None
    assert found.cytokine_peak[2, 1, 0] < 0.5 * found.cytokine_peak[2, 0, 0]


def test_target_loss_alone_settles_cytokines_later() -> None:
    both, alone = (
        simulate(course((28, 28.0)), PERSON, options=Options(attenuation=a)).endpoints
        for a in ("desensitisation", "target-loss")
    )
    assert both is not None
    assert alone is not None
    assert not alone.cytokine_settled[2, 0, 0] < 2.0 * both.cytokine_settled[2, 0, 0]


def test_premedication_is_off_unless_asked_for_and_lowers_cytokines_only() -> None:
    given = replace(label(1), premedication_minutes=(-60, 7 * 1440 - 60))
    plain, ignored, used = (
        simulate(dosing, PERSON, options=options).endpoints
        for dosing, options in (
            (label(1), Options()),
            (given, Options()),
            (given, Options(premedication=True)),
        )
    )
    assert plain is not None
    assert ignored is not None
    assert used is not None
    assert np.array_equal(plain.cytokine_peak, ignored.cytokine_peak)
    assert used.cytokine_fold[2, 0, 0] - 1.0 < 0.8 * (plain.cytokine_fold[2, 0, 0] - 1.0)
    assert used.b_depleted_day == pytest.approx(plain.b_depleted_day, rel=1e-6)
    assert used.steady_state.shape == plain.steady_state.shape


def test_more_drug_lyses_more_in_every_patient() -> None:
    people = draw("adult-rr", 50, seed=4)
    nadir = []
    for rate in (1.0, 3.0, 9.0, 28.0):
        found = simulate(course((28, rate)), people).endpoints
        assert found is not None
        nadir.append(found.b_nadir)
    assert (np.diff(nadir, axis=0) < 0.0).all()
