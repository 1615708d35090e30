"""One step of a state with production and loss: exact where it says so, and of order 4 everywhere else."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from blinplan.physiology.engine.collocation import (
    Pair,
    Trend,
    foretell,
    polynomial,
    relax,
    relax_polynomial,
    relax_varying,
    track,
    tracking,
    trend_at_event,
    varying,
    weights,
)
from blinplan.physiology.model.population import FloatArray

STOP, START = 2.0, np.array([0.7])


def loss(t: float) -> FloatArray:
    """A loss rate that varies."""
    return np.array([1.5 + np.sin(2.0 * t)])


def production(t: float) -> FloatArray:
    """A production that varies."""
    return np.array([1.0 + 0.5 * np.cos(3.0 * t)])


def inside(f: Callable[[float], FloatArray], t: float, h: float) -> Pair:
    """Values at the middle and at the end of a step."""
    return f(t + 0.5 * h), f(t + h)


def by_varying(y: FloatArray, t: float, h: float) -> Pair:
    return relax_varying(varying(loss(t), inside(loss, t, h), h), y, production(t), inside(production, t, h))


def by_polynomial(y: FloatArray, t: float, h: float) -> Pair:
    slope = production(t) - loss(t) * y
    return relax_polynomial(polynomial(inside(loss, t, h), h), y, slope, inside(production, t, h))


def by_track(y: FloatArray, t: float, h: float) -> Pair:
    return track(tracking(loss(t), inside(loss, t, h), h), y, production(t), inside(production, t, h))


def by_constant(y: FloatArray, t: float, h: float) -> Pair:
    return relax(weights(np.array([1.5]), h), y, production(t), inside(production, t, h))


def error(step: Callable[[FloatArray, float, float], Pair], losing: Callable[[float], FloatArray], steps: int) -> float:
    """What many steps are off by at the end, against SciPy."""
    exact = solve_ivp(lambda t, y: production(t) - losing(t) * y, (0.0, STOP), START, rtol=1e-12, atol=1e-13).y[0, -1]
    y, h = START, STOP / steps
    for k in range(steps):
        _, y = step(y, k * h, h)
    return abs(float(y[0]) - float(exact))


@pytest.mark.parametrize(
    ("step", "losing"),
    [
        pytest.param(by_constant, lambda _: np.array([1.5]), id="relax"),
        pytest.param(by_varying, loss, id="relax_varying"),
        pytest.param(by_polynomial, loss, id="relax_polynomial"),
        pytest.param(by_track, loss, id="track"),
    ],
)
def test_half_the_step_is_a_sixteenth_of_the_error(
    step: Callable[[FloatArray, float, float], Pair], losing: Callable[[float], FloatArray]
) -> None:
    coarse, fine = error(step, losing, 16), error(step, losing, 32)
    assert fine < 1e-5
    assert np.log2(coarse / fine) > 3.7


@pytest.mark.parametrize("rate", [0.1, 1.0, 30.0, 1000.0])
def test_a_production_that_is_a_parabola_is_followed_exactly_whatever_the_loss(rate: float) -> None:
    # y = 1 + t - t²/2 solves y' = p - r y for p = r y + 1 - t.
    def solution(t: float) -> FloatArray:
        return np.array([1.0 + t - 0.5 * t * t])

    def made(t: float) -> FloatArray:
        return rate * solution(t) + 1.0 - t

    middle, end = relax(weights(np.array([rate]), 0.8), solution(0.0), made(0.0), (made(0.4), made(0.8)))
    assert middle == pytest.approx(solution(0.4), rel=1e-11)
    assert end == pytest.approx(solution(0.8), rel=1e-11)


@pytest.mark.parametrize("exponent", [1e-5, 1e-4, 1e-3])
def test_weights_of_a_short_step_lose_digits_that_cancel_in_their_sum_and_first_moment(exponent: float) -> None:
    w = weights(np.array([exponent]), 1.0)
    exact = np.array([1 / 6, 2 / 3, 1 / 6])  # Simpson's, which the weights come to without loss
    found = np.array([w.start[1][0], w.middle[1][0], w.end[1][0]])
    assert found.sum() == pytest.approx(exact.sum(), abs=exponent)
    assert found @ [0.0, 0.5, 1.0] == pytest.approx(0.5, abs=exponent)


def test_a_fast_state_ends_at_production_over_loss() -> None:
    fast, made = (np.array([4e3]), np.array([9e3])), (np.array([2e3]), np.array([3e3]))
    _, end = track(tracking(np.array([1e3]), fast, 1.0), np.array([5.0]), np.array([1e3]), made)
    assert end[0] == pytest.approx(3e3 / 9e3, rel=0.01)


def test_the_polynomial_step_does_not_damp_a_fast_loss() -> None:
    """Why it is for slow losses only."""
    rate, y = np.array([1e5]), np.array([1.0])
    _, end = relax_polynomial(polynomial((rate, rate), 1.0), y, -rate * y, (0.0 * rate, 0.0 * rate))
    assert abs(end[0]) == pytest.approx(1.0, abs=0.01)
    _, damped = relax(weights(rate, 1.0), y, 0.0 * rate, (0.0 * rate, 0.0 * rate))
    assert abs(damped[0]) < 1e-300


def test_a_parabola_is_foretold_exactly() -> None:
    def parabola(t: float) -> FloatArray:
        return np.array([2.0 - t + 3.0 * t * t])

    trend = Trend(parabola(-0.4), parabola(-0.2), parabola(0.0))
    middle, end = foretell(trend, 0.4, 0.6)
    assert middle == pytest.approx(parabola(0.3), rel=1e-12)
    assert end == pytest.approx(parabola(0.6), rel=1e-12)


def test_from_an_event_on_a_signal_goes_on_in_the_line_of_its_slope() -> None:
    middle, end = foretell(trend_at_event(np.array([2.0]), np.array([-3.0]), 0.1), 0.1, 0.1)
    assert middle == pytest.approx(1.85, rel=1e-12)
    assert end == pytest.approx(1.7, rel=1e-12)
