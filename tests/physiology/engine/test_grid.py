"""The grid of times, and the polynomials between its nodes."""

import numpy as np
import pytest

from blinplan.physiology.engine.grid import (
    ADHERING,
    FINER_FREE,
    FINER_INFUSING,
    FREE,
    INFUSING,
    Growth,
    Spots,
    ends_of_steps,
    grids,
    hermite,
    places,
    refinement,
)
from blinplan.physiology.model.parameters import load_parameters


@pytest.mark.parametrize("growth", [INFUSING, FREE, ADHERING, FINER_INFUSING, FINER_FREE])
@pytest.mark.parametrize("coarseness", [0.25, 0.86, 1.0, 4.0])
def test_steps_are_short_at_first_and_hardly_ever_longer_than_they_should(growth: Growth, coarseness: float) -> None:
    ends = np.array(ends_of_steps(growth, coarseness, 60))
    starts = np.concatenate([[0.0], ends[:-1]])
    steps = ends - starts
    wanted = coarseness * np.interp(ends, growth.days, growth.steps)
    assert (steps > 0.0).all()
    assert steps[0] <= 1.2 * wanted[0]
    assert (steps[ends < 12.0] <= 1.3 * wanted[ends < 12.0]).all()
    assert (steps <= 1.5 * coarseness * max(growth.steps)).all()


@pytest.mark.parametrize("growth", [INFUSING, FREE, ADHERING, FINER_INFUSING, FINER_FREE])
@pytest.mark.parametrize("coarseness", [0.42, 1.0])
def test_every_whole_day_is_the_end_of_a_step(growth: Growth, coarseness: float) -> None:
    assert set(map(float, range(1, 61))) <= set(ends_of_steps(growth, coarseness, 60))


def test_the_steps_do_not_depend_on_how_long_they_are_asked_for() -> None:
    short, long = ends_of_steps(INFUSING, 1.0, 3), ends_of_steps(INFUSING, 1.0, 400)
    assert long[: len(short)] == short


def test_faster_cytolytic_proteins_are_followed_by_shorter_steps() -> None:
    assert refinement(1.0) == refinement(3.2) == 1.0
    assert refinement(12.0) < refinement(4.0) < 1.0


def test_rates_between_two_rungs_have_the_steps_of_the_upper_and_those_of_shipped_populations_are_rungs() -> None:
    """So that of many parameter sets some take the same steps; none takes many more for it, and none fewer."""
    rates = np.geomspace(3.2, 200.0, 2000)[1:]
    factors, usual = np.array([refinement(rate) for rate in rates.tolist()]), (3.2 / rates) ** 0.65
    assert (factors <= usual * (1.0 + 1e-9)).all()
    assert (factors > usual / 1.08).all()
    assert (np.diff(factors) <= 0.0).all()
    assert len(set(factors[rates < 12.0].tolist())) == 13
    for preset in load_parameters().presets.values():
        rate = preset.value("cytolytic_rate")
        assert refinement(rate) == (3.2 / rate) ** 0.65


def test_nodes_are_the_start_the_middles_and_the_ends() -> None:
    grid = grids([1.0], 3)[0][0]
    assert grid.nodes[0] == 0.0
    assert grid.nodes[2::2].tolist() == grid.ends.tolist()
    assert np.diff(grid.nodes)[::2] == pytest.approx(np.diff(grid.nodes)[1::2], rel=1e-9)


def test_times_are_found_on_the_grid() -> None:
    grid = grids([1.0], 3)[0][0]
    times = np.array([grid.ends[0], 1.0, grid.nodes[7], 1.01, 3.0])
    other = np.zeros(grid.ends.shape)
    lengths, ends = (np.array([[other, of]]) for of in grid)
    found = Spots(*(of[0] for of in places(lengths, ends, np.ones(5, dtype=np.intp), times)))
    assert grid.ends[found.step[[0, 1, 4]]].tolist() == [grid.ends[0], 1.0, 3.0]
    assert found.node.tolist() == [2, 2, 1, 0, 2]
    assert grid.ends[found.step[3] - 1] < 1.01 < grid.ends[found.step[3]]


POLYNOMIAL = np.polynomial.Polynomial([1.0, -2.0, 0.5, 3.0, -1.0, 0.2])


def test_a_polynomial_of_fifth_degree_is_met_inside_a_step() -> None:
    # A step from day 2 to day 5, half of it 1.5 days.
    nodes, u = np.array([2.0, 3.5, 5.0]), np.linspace(-1.0, 1.0, 21)
    known = np.concatenate([POLYNOMIAL(nodes), POLYNOMIAL.deriv()(nodes)])
    np.testing.assert_allclose(hermite(u, np.full(u.shape, 1.5)) @ known, POLYNOMIAL(3.5 + 1.5 * u), rtol=1e-11)


def test_at_a_node_its_own_value_is_taken_to_the_last_bit() -> None:
    weights = hermite(np.array([-1.0, 0.0, 1.0]), np.full(3, 0.7))
    np.testing.assert_array_equal(np.abs(weights), np.eye(6)[:3])
