"""Intervals of paired shares and means: as published, the same from both sides, and as sure as they say."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import stdtrit

from blinplan.design.comparison.intervals import exact_mean, mean_of, share_difference
from blinplan.physiology.model.population import FloatArray


def score(first: int, second: int, total: int, difference: float) -> float:
    """How many standard errors the patients are from a difference, by the likelihood itself: the witness."""

    def unlikelihood(share: float) -> float:
        cells = ((first, share + difference), (second, share), (total - first - second, 1 - 2 * share - difference))
        return -sum(count * math.log(max(cell, 1e-300)) for count, cell in cells if count)

    ends = max(0.0, -difference), (1 - difference) / 2
    likeliest = minimize_scalar(unlikelihood, bounds=ends, method="bounded", options={"xatol": 1e-14}).x
    error = math.sqrt(total * (2 * likeliest + difference * (1 - difference)))
    return float((first - second - total * difference) / error)


@pytest.mark.parametrize("counts", [(12, 2, 84), (138, 7, 1000), (5, 5, 20), (1, 9, 15), (60, 30, 100)])
def test_the_ends_of_an_interval_are_just_not_refused(counts: tuple[int, int, int]) -> None:
    """Tango's limits are where the score of the discordant patients is 1.96 standard errors to either side."""
    found = share_difference(*counts)
    assert score(*counts, found.low) == pytest.approx(1.959964, abs=1e-4)
    assert score(*counts, found.high) == pytest.approx(-1.959964, abs=1e-4)


@pytest.mark.parametrize("total", [1, 30, 1000])
def test_where_nobody_differs_the_limits_are_known(total: int) -> None:
    z2 = 1.959963984540054**2
    found = share_difference(0, 0, total)
    assert (found.low, found.value, found.high) == pytest.approx((-z2 / (total + z2), 0.0, z2 / (total + z2)))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 200))
def test_shares_differ_the_same_from_both_sides(first: int, second: int, others: int) -> None:
    total = first + second + others
    here, there = share_difference(first, second, total), share_difference(second, first, total)
    if not total:
        assert math.isnan(here.value)
        return
    assert (here.value, here.low, here.high) == (-there.value, -there.high, -there.low)
    assert -1.0 <= here.low <= here.value <= here.high <= 1.0
    assert here.low < here.high


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=60))
def test_means_differ_the_same_from_both_sides(values: list[float]) -> None:
    here, there = mean_of(np.array(values)), mean_of(-np.array(values))
    assert (here.value, here.low, here.high) == (-there.value, -there.high, -there.low)


def test_of_what_is_symmetric_the_interval_is_students() -> None:
    values = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) + 7.0
    error = float(np.std(values, ddof=1)) / math.sqrt(5) * float(stdtrit(4, 0.975))
    found = mean_of(values)
    assert (found.low, found.high) == pytest.approx((7.0 - error, 7.0 + error))


@pytest.mark.parametrize("order", ["as they are", "turned", "sorted"])
def test_a_mean_is_the_same_in_whichever_order_it_is_added(order: str) -> None:
    """NumPy adds ten thousand values in an order that has changed between its versions; this sum is rounded once."""
    values = np.sin(np.arange(20_000.0)) * 10.0 ** (np.arange(20_000) % 12)
    ordered = {"as they are": values, "turned": values[::-1], "sorted": np.sort(values)}[order]
    assert exact_mean(ordered) == float(sum(map(Fraction, values.tolist()), Fraction(0))) / 20_000


@pytest.mark.parametrize("size", [1e-200, 1e-3, 1e200])
def test_the_interval_is_in_the_unit_of_the_values(size: float) -> None:
    values = np.array([0.0, 0.0, 1.0, 3.0])
    one, other = mean_of(values), mean_of(values * size)
    assert (other.low / size, other.high / size) == pytest.approx((one.low, one.high))


def test_where_all_patients_differ_alike_the_interval_is_that_difference() -> None:
    found = mean_of(np.full(9, 3.0))
    assert (found.value, found.low, found.high) == (3.0, 3.0, 3.0)


@pytest.mark.slow
def test_ninety_five_in_a_hundred_intervals_have_the_truth() -> None:
    """Of differences as patients have them: none in most, many days in a few; and skewed ones in all."""
    generator = np.random.default_rng(20261129)
    size = (2000, 200)
    draws: dict[str, tuple[FloatArray, float]] = {
        "few gain many days": (np.where(generator.random(size) < 0.15, generator.exponential(10.0, size), 0.0), 1.5),
        "skewed": (generator.lognormal(0.0, 1.0, size), math.exp(0.5)),
        "to both sides": (generator.laplace(0.0, 1.0, size), 0.0),
    }
    for name, (samples, truth) in draws.items():
        hits = sum(found.low <= truth <= found.high for found in map(mean_of, samples))
        assert 0.93 <= hits / 2000 <= 0.985, (name, hits)
    for shares in ((0.14, 0.0), (0.05, 0.03), (0.3, 0.1)):
        counts = generator.multinomial(200, [*shares, 1 - sum(shares)], size=2000)
        pairs = [(one, other) for one, other, _ in counts.tolist()]
        known = {pair: share_difference(*pair, 200) for pair in set(pairs)}  # many trials come to the same counts
        intervals = [known[pair] for pair in pairs]
        hits = sum(one.low <= shares[0] - shares[1] <= one.high for one in intervals)
        assert 0.93 <= hits / 2000 <= 0.985, (shares, hits)
