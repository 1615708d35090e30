"""Shares of patients carry the interval of Wilson, as SciPy computes it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.proportion import NORMAL_975, Proportion


@pytest.mark.parametrize(
    ("count", "total"),
    [
        (0, 1),
        (1, 1),
        (0, 10),
        (10, 10),
        (1, 3),
        (5, 10),
        (81, 263),
        (500, 1000),
        (999, 1000),
        (1, 10**6),
        (10**6, 10**6),
    ],
)
def test_the_interval_is_that_of_scipy(count: int, total: int) -> None:
    from scipy.stats import binomtest  # which takes longer to import than anything here

    expected = binomtest(count, total).proportion_ci(confidence_level=0.95, method="wilson")
    assert Proportion(count, total).interval == pytest.approx((expected.low, expected.high), rel=1e-12, abs=1e-15)
    assert Proportion(count, total).value == count / total


def test_a_published_interval() -> None:
    # 81 of 263, a worked example of Newcombe, Stat Med 1998;17:857, table I: 0.2553 to 0.3662 by Wilson's score.
    low, high = Proportion(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_the_normal_quantile() -> None:
    assert math.erf(NORMAL_975 / math.sqrt(2)) == pytest.approx(0.95, rel=1e-15)


totals = st.integers(1, 5000)


@settings(max_examples=200, deadline=None)
@given(totals.flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share_and_mirrors(pair: tuple[int, int]) -> None:
    count, total = pair
    share = Proportion(count, total)
    low, high = share.interval
    assert 0 <= low <= share.value <= high <= 1 or math.isclose(high, 1) or math.isclose(low + 1, 1)
    assert 0 <= low < high <= 1
    mirrored_low, mirrored_high = Proportion(total - count, total).interval
    assert (1 - mirrored_high, 1 - mirrored_low) == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize("errors", [NORMAL_975, 3.29])
def test_of_nobody_and_of_everybody_the_end_is_exact(errors: float) -> None:
    """Of some totals rounding left 0.9999999999999998 of everybody, and a search gave up what all have."""
    for total in range(1, 500):
        assert Proportion(0, total).within(errors)[0] == 0.0
        assert Proportion(total, total).within(errors)[1] == 1.0


def test_more_patients_make_it_narrower() -> None:
    widths = [high - low for low, high in (Proportion(n // 2, n).interval for n in (10, 100, 1000, 10_000))]
    assert widths == sorted(widths, reverse=True)


def test_no_patient_is_no_share() -> None:
    nobody = Proportion(0, 0)
    assert math.isnan(nobody.value)
    assert nobody.interval == (0.0, 1.0)


def test_it_is_written_in_percent_with_its_patients() -> None:
    text = str(Proportion(812, 1000))
    assert text.startswith("81.2 %")
    assert "78.7-83.5 %" in text
    assert "1,000" in text
