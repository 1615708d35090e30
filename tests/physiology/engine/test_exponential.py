"""The exponential function of our own."""

import math
from fractions import Fraction

import numpy as np
import pytest

from blinplan.physiology.engine.exponential import exponential


def test_it_is_exp_to_a_few_units_in_the_last_place() -> None:
    x = np.concatenate([np.linspace(-700.0, 700.0, 200_001), np.linspace(-1.0, 1.0, 20_001)])
    assert (np.abs(exponential(x) / np.exp(x) - 1.0) <= 2e-15 + 2e-16 * np.abs(x)).all()


def test_exp_of_0_is_1_and_sums_become_products() -> None:
    assert exponential(np.zeros(1))[0] == 1.0
    a, b = np.random.default_rng(1).uniform(-30.0, 30.0, (2, 1000))
    np.testing.assert_allclose(exponential(a + b), exponential(a) * exponential(b), rtol=3e-14)


def test_what_is_next_to_nothing_stays_so() -> None:
    assert (exponential(np.array([-701.0, -1e5, -1e300])) < 1e-300).all()


@pytest.mark.parametrize("x", [-20.5, -0.3, 0.7, 3.0])
def test_it_is_the_sum_of_its_series(x: float) -> None:
    series = sum(Fraction(x) ** k / math.factorial(k) for k in range(120))
    assert exponential(np.array([x]))[0] == pytest.approx(float(series), rel=8e-15)
