"""The engine on NumPy: the same patients whether many are side by side or one is alone."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from blinplan.physiology import Solution, draw, simulate
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.model.population import FloatArray
from tests.physiology.courses import course, two_cycles_of_days

DAYS = np.linspace(0.0, 14.0, 43)


@cache
def of_patients(number: int) -> Solution:
    return simulate(two_cycles_of_days(), draw("adult-rr", number, seed=3), output_days=DAYS, engine="numpy")


@pytest.mark.slow
@pytest.mark.parametrize("patients", [1, 2, 6, 7])
def test_a_patient_has_the_same_bytes_alone_and_in_a_crowd(patients: int) -> None:
    few, many = of_patients(patients), of_patients(20)
    assert few.trajectories is not None
    assert many.trajectories is not None
    for name, values in few.trajectories.states._asdict().items():
        crowd = np.ascontiguousarray(getattr(many.trajectories.states, name)[:, :patients])
        assert values.tobytes() == crowd.tobytes(), name
    for name in Endpoints.__slots__:
        values, crowd = getattr(few.endpoints, name), getattr(many.endpoints, name)
        if isinstance(values, np.ndarray):
            assert np.array_equal(values, crowd[..., :patients], equal_nan=True), name


@pytest.mark.slow
def test_a_loss_of_nothing_by_which_the_lines_divide_stops_nobody() -> None:
    of_days = course((1.0, 9.0), (2.0, 28.0), (1.0, 0.0))

    def marrow(number: int) -> FloatArray:
        people = draw("adult-rr", number, seed=3)
        still = np.where(np.arange(number) == 0, 0.0, 1.0)
        people = replace(people, kill_rate=still * people.kill_rate, regeneration_rate=still * people.regeneration_rate)
        found = simulate(of_days, people, output_days=DAYS[1:13], endpoints=False, engine="numpy").trajectories
        assert found is not None
        return found.states.marrow_3

    with np.errstate(divide="ignore", invalid="ignore"):
        alone, crowd = marrow(1), marrow(8)
    assert np.array_equal(alone[:, 0], crowd[:, 0], equal_nan=True)
    assert np.isfinite(crowd[:, 1:]).all()


@pytest.mark.parametrize(
    ("days", "rates"), [((7.0, 5.0), (28.0, 0.0)), ((3.0, 4.0), (28.0, 28.0)), ((2.3, 3.1), (28.0, 9.0))]
)
def test_blasts_at_the_end_of_infusion_are_those_of_the_curve(
    days: tuple[float, float], rates: tuple[float, float]
) -> None:
    """Whether that is where an interval ends, within one that goes on into the next cycle, or between nodes."""
    dosing = course(*zip(days, rates, strict=True), cycles=(1, 2))
    ends = np.cumsum([length for length, rate in zip(days, rates, strict=True) if rate])
    found = simulate(dosing, draw("adult-rr", 8, seed=3), output_days=ends, engine="numpy")
    assert found.trajectories is not None
    assert found.endpoints is not None
    then = np.log10(np.exp(found.trajectories.states.log_blasts) / found.endpoints.blasts_before)
    assert found.endpoints.blasts_log10_change[: len(ends)] == pytest.approx(then, rel=1e-9)
    assert np.isnan(found.endpoints.blasts_log10_change[len(ends) :]).all()
