"""The witness: SciPy at a relative error of 1e-10, restarted at every event."""

from dataclasses import replace

import numpy as np
import pytest

from blinplan.physiology import Dosing, Options, Population, simulate
from blinplan.physiology.model.population import FloatArray
from tests.collection.grid import at_night
from tests.physiology.courses import CLEARED, cleared, course, extremes, label
from tests.witness import SCALES, solve_reference

GREATEST_ERROR = 1e-4


def near_events(dosing: Dosing) -> FloatArray:
    edges = np.array(dosing.edges_minutes) / 1440.0
    close = np.concatenate([edge + np.array([0.02, 0.1, 0.3, 0.6, 1.0, 1.7, 3.0, 5.0]) for edge in edges[:-1]])
    days = np.unique(np.concatenate([np.arange(0.0, edges[-1] + 0.5), close, edges]))
    return np.asarray(days[days <= edges[-1]])


def worst(dosing: Dosing, people: Population, patients: list[int], options: Options | None = None) -> dict[str, float]:
    days = near_events(dosing)
    found = simulate(dosing, people, options=options, output_days=days, endpoints=False).trajectories
    assert found is not None
    errors = dict.fromkeys(SCALES, 0.0)
    for i in patients:
        y = solve_reference(dosing, people, i, days, options=options)
        pairs = {
            "concentration": (found.states.concentration[:, i], y[0]),
            "cytolytic": (found.states.cytolytic[:, i], y[1]),
            "adhesion_memory": (found.states.adhesion_memory[:, i], y[2]),
            "release_memory": (found.states.release_memory[:, i], y[3]),
            "proliferation": (found.states.proliferation[:, i], y[4]),
            "t_blood": (found.t_blood[:, i], y[5] - y[6]),
            "t_adherent": (found.states.t_adherent[:, i], y[6]),
            "marrow": (found.marrow[:, :, i], y[7:10]),
            "b_blood": (found.states.b_blood[:, i], y[10]),
            "log_blasts": (np.log(found.blasts[:, i]), y[11]),
            "il6": (
                found.cytokines[2, :, i],
                people.cytokine_baseline[2, i] + people.cytokine_release[0, i] * y[12],
            ),
        }
        for name, (mine, theirs) in pairs.items():
            error = np.abs(mine - theirs) / (np.abs(theirs) + SCALES[name])
            errors[name] = max(errors[name], float(error.max()))
    return errors


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["adult-rr", at_night("adult-mrd"), "child"])
def test_the_engine_agrees_with_scipy_also_in_extreme_patients(preset: str) -> None:
    people = extremes(preset)
    errors = worst(label(2), people, [0, 1, 2, 3, 4, 5, 6, 7, 9, 12])
    assert max(errors.values()) <= GREATEST_ERROR, errors


@pytest.mark.parametrize(("preset", "patients"), [("adult-rr", [1, 2, 11]), ("adult-mrd", [4, 6])])
def test_the_engine_agrees_with_scipy_through_an_interruption(preset: str, patients: list[int]) -> None:
    dosing = course((7, 9.0), (3, 28.0), (0.2, 0.0), (5, 28.0), (4, 0.0), (7, 9.0), (10, 28.0), (14, 0.0))
    errors = worst(dosing, extremes(preset), patients)
    assert max(errors.values()) <= GREATEST_ERROR, errors


def test_the_engine_agrees_with_scipy_on_target_loss_alone() -> None:
    errors = worst(label(2), extremes("adult-rr"), [3, 10], Options(attenuation="target-loss"))
    assert max(errors.values()) <= GREATEST_ERROR, errors


def test_the_engine_agrees_with_scipy_where_premedication_falls_into_an_infusion() -> None:
    dosing = replace(label(2), premedication_minutes=(-60, 7 * 1440 - 60, 10 * 1440, 42 * 1440 - 60))
    # Where release lasts, as under target loss alone, what a dose inside an interval does is large.
    errors = worst(dosing, extremes("adult-rr"), [2, 10], Options(premedication=True, attenuation="target-loss"))
    assert max(errors.values()) <= GREATEST_ERROR, errors


@pytest.mark.slow
def test_the_engine_agrees_with_scipy_where_fewer_than_one_blast_is_left() -> None:
    errors = worst(CLEARED, cleared(), [0, 3, 7, 11])
    assert max(errors.values()) <= GREATEST_ERROR, errors
