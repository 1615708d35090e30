"""Several trials at once: parameters and courses that differ, and the bytes of each trial alone."""

from dataclasses import fields, replace

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.executors.executor import InTurn
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.draw import draw, typical
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.endpoints.wording import read_endpoint
from blinplan.simulation.trials.together import run_together
from blinplan.simulation.trials.trial import Outcome, Trial
from tests.collection.grid import at_night
from tests.simulation.courses import course_of_days

BASE = load_parameters().presets["adult-rr"]
REGIMEN = course_of_days()
PERIODS = periods(REGIMEN)[:3]


def with_values(**values: float) -> Preset:
    return BASE.with_values(values)


SETS = (
    BASE,
    with_values(volume=3.9, b_turnover=0.2, blast_growth=0.05, return_rate=1.3),
    with_values(homeostasis=0.2, proliferation_loss=0.4, cytokine_loss=3.0),
    with_values(cytolytic_rate=5.0),
    with_values(cytolytic_rate=2.0),
    with_values(lysis_hill=3, sensing_threshold=0.1),
    with_values(lysis_hill=8, activation_hill=2),
    with_values(effector_half=0.5, blood_burden_share=0.3, desensitisation=2.5, adhesion_recovery=0.01),
)


def assert_same_bytes(together: Outcome, alone: Outcome) -> None:
    for entry in fields(alone.endpoints):
        one, other = getattr(together.endpoints, entry.name), getattr(alone.endpoints, entry.name)
        if isinstance(other, np.ndarray):
            assert one.tobytes() == other.tobytes(), entry.name
        else:
            assert one == other, entry.name
    assert [of.key for of in together.quantities] == [of.key for of in alone.quantities]
    assert [of.key for of in together.events] == [of.key for of in alone.events]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numpy", "compiled", at_night("side by side")], indirect=True)
def test_patients_of_parameters_of_their_own_have_the_bytes_of_a_run_in_which_all_share_them(
    engine: EngineName,
) -> None:
    trials = [
        Trial(REGIMEN, PERIODS, draw(preset, 3 + number, seed=4), engine=engine) for number, preset in enumerate(SETS)
    ]
    told: list[int] = []
    outcomes = run_together(trials, InTurn(), told.append)
    assert told[-1] == sum(trial.population.size for trial in trials)
    for trial, outcome in zip(trials, outcomes, strict=True):
        assert outcome.trial is trial
        assert_same_bytes(outcome, trial.run(InTurn()))
    assert len({outcome.endpoints.auc.tobytes() for outcome in outcomes}) > 1


def test_a_few_patients_of_a_set_each_have_the_same_bytes_too() -> None:
    """As of a sensitivity run: the typical patient of each set."""
    trials = [Trial(REGIMEN, PERIODS, typical(preset), engine="numpy") for preset in SETS[:3]]
    for trial, outcome in zip(trials, run_together(trials, InTurn()), strict=True):
        assert_same_bytes(outcome, trial.run(InTurn()))


def test_sets_of_many_patients_go_by_machine_code_and_few_beside_them_do_not_matter() -> None:
    """Each set by itself, of a chunk that is gathered together: the same bytes again."""
    trials = [Trial(REGIMEN, PERIODS[:1], draw(preset, 70, seed=4)) for preset in SETS[:2]]
    for trial, outcome in zip(trials, run_together(trials, InTurn()), strict=True):
        assert_same_bytes(outcome, trial.run(InTurn()))


def test_trials_of_other_courses_and_options_come_back_in_their_order() -> None:
    short = replace(PERIODS[0], stop=PERIODS[0].stop), replace(PERIODS[-1], start=PERIODS[0].stop)
    people = draw("adult-rr", 4, seed=9)
    own = AskedEndpoints(own=(read_endpoint("IL-6 above 20 pg/mL in cycle 1"),))
    trials = [
        Trial(REGIMEN, PERIODS, people, asked=own),
        Trial(REGIMEN, short, people, asked=own),
        Trial(REGIMEN, PERIODS, draw(SETS[1], 5, seed=9), asked=own),
        Trial(REGIMEN, PERIODS, people, Options(premedication=True), asked=own),
        Trial(REGIMEN, PERIODS, draw(with_values(premedication_half_life=2.0), 5, seed=9), Options(premedication=True)),
    ]
    outcomes = run_together(trials)
    for trial, outcome in zip(trials, outcomes, strict=True):
        alone = trial.run(InTurn())
        assert_same_bytes(outcome, alone)
        for one, other in zip(outcome.quantities, alone.quantities, strict=True):
            assert one.values.tobytes() == other.values.tobytes(), one.key
    # Off the drug from day 3 on, his infusion ends there, and so do his counts.
    assert outcomes[1].endpoints.own_infusion_end_days.tolist() == [[3.0] * 4]
    assert outcomes[0].endpoints.own_infusion_end_days.tolist() == [[8.0] * 4]
    assert (outcomes[1].endpoints.infused == 9.0 * 3.0).all()


def test_no_trials_have_no_outcomes() -> None:
    assert run_together([]) == ()
