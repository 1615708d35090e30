"""The definitions read off curves say the same as what the engine gathers while patients advance."""

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.physiology import draw, simulate
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.model.states import SHOWN
from blinplan.regimen import library
from blinplan.simulation.endpoints.curve import Curve, days_at_most, first_day
from blinplan.simulation.endpoints.definition import EndpointKind
from blinplan.simulation.endpoints.table import ENDPOINTS
from blinplan.simulation.trials.trial import Trial
from tests.simulation.endpoints.curves import Measured, both_ways, fine_days

NOT_ON_A_CURVE = {"steady_state_{amounts}", "dose"}
"""What follows from the doses alone."""
REGIMENS = (("nhl-5", None), ("short-course", None), ("mrd-adult", None), ("rr-adult", 2))
"""By their names, and how much there is of each: the last ends with its first infusion."""


@pytest.fixture(scope="module")
def measured() -> list[Measured]:
    found: list[Measured] = []
    for name, parts in REGIMENS:
        regimen = library.regimen(name)
        people = draw(regimen.virtual_population, 16, seed=5)
        trial = Trial(regimen, periods(regimen)[:parts], people)
        outcome = trial.run()
        changes = tuple(minute / 1440 for minute in trial.dosing.edges_minutes[:-1])
        days = fine_days(trial.dosing.edges_minutes[-1] / 1440, changes)
        trajectories = simulate(trial.dosing, people, output_days=days, endpoints=False).trajectories
        assert trajectories is not None
        found += both_ways(outcome, days, {of.key: of.values(trajectories.states, people) for of in SHOWN})
    return found


def test_every_endpoint_has_a_signal_that_it_follows_from() -> None:
    signals = {shown.key for shown in SHOWN}
    for one in ENDPOINTS:
        assert (one.on_curve is None) == (one.key in NOT_ON_A_CURVE)
        assert one.on_curve is None or one.signal in signals


@pytest.mark.slow
def test_each_definition_is_what_is_gathered(measured: list[Measured]) -> None:
    """To the distance of two times of the curve, near which a smallest or greatest value is flat."""
    seen = set()
    for of in measured:
        seen.add(of.key)
        assert np.array_equal(np.isnan(of.gathered), np.isnan(of.read)), of.key
        if of.kind is EndpointKind.EVENT:
            assert np.array_equal(of.gathered, of.read), of.key
        elif of.unit == "day":
            slack = 0.2 if of.key == "b_nadir_day" else 0.03  # B cells are flat about their nadir
            assert of.read == pytest.approx(of.gathered, abs=slack, nan_ok=True), of.key
        elif of.unit == "h":
            assert of.read == pytest.approx(of.gathered, abs=0.5, nan_ok=True), of.key
        else:
            assert of.read == pytest.approx(of.gathered, rel=2e-3, abs=1e-4, nan_ok=True), of.key
    assert len(seen) > 30
    assert {"b_recovered_before_cycle_2", "b_days_depleted_cycle_2"} <= seen
    assert any(key.startswith("t_after_escalation") for key in seen)


def test_between_two_days_the_logarithm_is_a_straight_line() -> None:
    """From 80 to 5 in four days, and back: it halves and doubles every day."""
    values = np.array([[80.0], [5.0], [80.0]])
    curve = Curve(np.array([0.0, 4.0, 8.0]), values, values[0], {1: (0.0, 4.0, 8.0)}, 0.0)
    assert days_at_most(curve, curve.whole, 10.0) == pytest.approx([2.0])
    assert first_day(curve, curve.whole, 10.0, above=False) == pytest.approx([3.0])
    assert first_day(curve, curve.whole, 10.0, above=True, after=4.0) == pytest.approx([5.0])
    assert first_day(curve, curve.whole, 10.0, above=False, after=3.5) == pytest.approx([3.5])
    assert first_day(curve, curve.whole, 5.0, above=False, after=4.0) == pytest.approx([4.0])
    assert first_day(curve, curve.whole, 80.0, above=True, after=1.0) == pytest.approx([8.0])
    assert first_day(curve, curve.whole, 10.0, above=True) == pytest.approx([0.0])
    assert np.isnan(first_day(curve, curve.whole, 81.0, above=True)).all()


def test_who_is_there_on_two_days_is_there_on_each_day_between_them() -> None:
    values = np.array([[5.0], [8.0]])
    curve = Curve(np.array([0.0, 1.0]), values, values[0], {1: (0.0, 1.0, 1.0)}, 0.0)
    assert first_day(curve, curve.whole, 10.0, above=False, after=0.5) == pytest.approx([0.5])


DEFINED = {one.key: one.on_curve for one in ENDPOINTS}


def read(key: str, values: list[list[float]], days: list[float], number: int = 0) -> FloatArray | BoolArray:
    """An endpoint of cycles of two weeks, the second of them free, read off a curve of each patient."""
    curve = np.array(values).T
    on_curve = DEFINED[key]
    assert on_curve is not None
    cycles = {number: (14.0 * (number - 1), 14.0 * number - 7.0, 14.0 * number) for number in (1, 2, 3)}
    return on_curve(Curve(np.array(days), curve, curve[0], cycles, 0.0), number)


def test_who_falls_to_nine_tenths_and_no_further_has_not_fallen() -> None:
    days = [0.0, 3.0, 7.0]
    assert np.array_equal(
        read("t_return_day", [[100.0, 90.0, 90.0], [100.0, 80.0, 90.0]], days), [np.nan, 7.0], equal_nan=True
    )
    assert read("t_nadir", [[100.0, 90.0, 90.0]], days) == pytest.approx([90.0])
    assert np.isnan(read("t_nadir", [[100.0, 90.0, 90.0]], [0.0, 3.0, 6.9])).all()


def test_before_a_cycle_is_the_free_interval_of_the_one_before_it() -> None:
    days = [0.0, 7.0, 10.0, 14.0, 21.0, 24.0, 28.0, 42.0]
    counts = [[50.0, 1.0, 20.0, 1.0, 1.0, 10.0, 1.0, 1.0]]
    again = [read("b_recovered_before_cycle_{cycle}", counts, days, cycle).tolist() for cycle in (2, 3)]
    assert again == [[True], [False]]
