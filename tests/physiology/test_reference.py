"""The witness: SciPy at a relative error of 1e-10, restarted at every event."""

from dataclasses import replace

import numpy as np
import pytest

from blinplan.physiology import Dosing, Options, Population, simulate
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.model.states import States, initial_state
from tests.collection.grid import at_night
from tests.physiology.courses import CLEARED, cleared, course, extremes, label
from tests.witness import SCALES, errors, series_of, solve_reference

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
    greatest = dict.fromkeys(SCALES, 0.0)
    for i in patients:
        person = people.select(slice(i, i + 1))
        theirs = series_of(solve_reference(dosing, people, i, days, options=options), person)
        mine = series_of((values[:, i] for values in found.states), person)
        for name, error in errors(mine, theirs).items():
            greatest[name] = max(greatest[name], float(error.max()))
    return greatest


def test_every_state_is_held_to_the_witness() -> None:
    """A state that is added has a scale, and is compared with no further word; two are as people see them."""
    shown = {"t_total": "t_blood", "release": "il_6"}
    assert set(SCALES) == {shown.get(name, name) for name in States._fields}
    people = extremes("adult-rr")
    assert set(series_of(initial_state(people), people)) == set(SCALES)


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["adult-rr", at_night("adult-mrd"), at_night("child")])
@pytest.mark.parametrize("patients", [[0, 3, 5, 6, 12], at_night([1, 2, 4, 7, 9])], ids=str)
def test_the_engine_agrees_with_scipy_also_in_extreme_patients(preset: str, patients: list[int]) -> None:
    """In every run those among whom each two extremes meet."""
    found = worst(label(2), extremes(preset), patients)
    assert max(found.values()) <= GREATEST_ERROR, found


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "patients"), [("adult-rr", [1, 2, 11]), ("adult-mrd", [4, 6])])
def test_the_engine_agrees_with_scipy_through_an_interruption(preset: str, patients: list[int]) -> None:
    dosing = course((7, 9.0), (3, 28.0), (0.2, 0.0), (5, 28.0), (4, 0.0), (7, 9.0), (10, 28.0), (14, 0.0))
    found = worst(dosing, extremes(preset), patients)
    assert max(found.values()) <= GREATEST_ERROR, found


def test_the_engine_agrees_with_scipy_on_target_loss_alone() -> None:
    found = worst(label(2), extremes("adult-rr"), [3, 10], Options(attenuation="target-loss"))
    assert max(found.values()) <= GREATEST_ERROR, found


def test_the_engine_agrees_with_scipy_where_premedication_falls_into_an_infusion() -> None:
    dosing = replace(label(2), premedication_minutes=(-60, 7 * 1440 - 60, 10 * 1440, 42 * 1440 - 60))
    # Where release lasts, as under target loss alone, what a dose inside an interval does is large.
    found = worst(dosing, extremes("adult-rr"), [2, 10], Options(premedication=True, attenuation="target-loss"))
    assert max(found.values()) <= GREATEST_ERROR, found


@pytest.mark.slow
def test_the_engine_agrees_with_scipy_where_fewer_than_one_blast_is_left() -> None:
    found = worst(CLEARED, cleared(), [0, 3, 7, 11])
    assert max(found.values()) <= GREATEST_ERROR, found
