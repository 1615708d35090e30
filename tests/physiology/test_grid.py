"""The grid of times, and the polynomials between its nodes."""

import numpy as np
import pytest

from blinplan.physiology.engine.grid import (
    FIRST_FREE_STEP,
    FIRST_STEP,
    FREE_SLOPE,
    GREATEST_STEP,
    SLOPE,
    lagrange,
    nodes_of,
    refinement,
    steps_of,
)


@pytest.mark.parametrize("infusing", [True, False])
@pytest.mark.parametrize("duration", [1 / 1440, 0.5, 7.0, 28.0, 365.0])
def test_steps_fill_an_interval_short_at_first_and_never_longer_than_the_greatest(
    duration: float, infusing: bool
) -> None:
    steps = np.array(steps_of(duration, 1.0, infusing=infusing))
    first, slope = (FIRST_STEP, SLOPE) if infusing else (FIRST_FREE_STEP, FREE_SLOPE)
    assert steps.sum() == pytest.approx(duration, rel=1e-12)
    assert steps[0] <= first
    assert steps.max() <= GREATEST_STEP
    assert (steps[1:] / steps[:-1] <= 1.0 + slope + 1e-12).all()


def test_no_last_step_is_a_crumb_of_the_one_before() -> None:
    for duration in np.linspace(0.01, 30.0, 400):
        steps = steps_of(float(duration), 1.0, infusing=True)
        assert len(steps) == 1 or steps[-1] >= steps[-2] * (1.0 - 1e-12)


def test_faster_cytolytic_proteins_are_followed_by_shorter_steps() -> None:
    assert refinement(1.0) == refinement(3.2) == 1.0
    assert refinement(12.0) < refinement(4.0) < 1.0


def test_nodes_are_the_start_the_middles_and_the_ends_and_the_last_is_the_stop() -> None:
    nodes = nodes_of(10.0, 11.0, np.array([0.2, 0.3, 0.5]))
    assert nodes == pytest.approx([10.0, 10.1, 10.2, 10.35, 10.5, 10.75, 11.0])
    assert nodes[-1] == 11.0


NODES = np.array([0.0, 0.1, 0.25, 0.5, 0.8, 1.0, 1.6, 2.0])


def test_a_polynomial_of_fifth_degree_is_met_between_the_nodes() -> None:
    days = np.linspace(0.0, 2.0, 37)
    first, weights = lagrange(NODES, days)
    values = np.polynomial.Polynomial([1.0, -2.0, 0.5, 3.0, -1.0, 0.2])
    found = (values(NODES)[first[:, None] + np.arange(6)] * weights).sum(axis=1)
    np.testing.assert_allclose(found, values(days), rtol=1e-11)


def test_at_a_node_its_own_value_is_taken_to_the_last_bit() -> None:
    first, weights = lagrange(NODES, NODES)
    at = np.arange(NODES.size)[:, None] == first[:, None] + np.arange(6)
    np.testing.assert_array_equal(weights, at.astype(float))


def test_few_nodes_give_a_polynomial_of_as_many_points() -> None:
    _, weights = lagrange(NODES[:3], np.array([0.05, 0.2]))
    assert weights.shape == (2, 3)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
