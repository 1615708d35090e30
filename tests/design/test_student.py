"""The 97.5th percentile of Student's t: in closed form, as published, and as the distribution has it."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from scipy.special import stdtr

from blinplan.design.comparison.student import student_975
from blinplan.proportion import NORMAL_975


def test_with_one_degree_it_is_cauchys() -> None:
    """The tangent of 85.5 degrees, 12.70620473617470464602... in more digits than a float has."""
    assert student_975(1) == 12.706204736174705
    assert student_975(1) == pytest.approx(math.tan(0.475 * math.pi), rel=2e-15)


def test_with_two_degrees_it_is_a_root() -> None:
    """t = (2p - 1) √(2 / (1 - (2p - 1)²)) with 2p - 1 = 19/20: rounded once."""
    with localcontext(prec=40):
        assert student_975(2) == float(Decimal("0.95") * (2 / (1 - Decimal("0.95") ** 2)).sqrt())


def test_with_four_degrees_it_is_a_cosine() -> None:
    """t² = 4 (cos(arccos(√a) / 3) / √a - 1) with a = 4 p (1 - p) (Shaw, J Comput Finance 2006;9:37)."""
    root = math.sqrt(4.0 * 0.975 * 0.025)
    squared = 4.0 * (math.cos(math.acos(root) / 3.0) / root - 1.0)
    assert student_975(4) == pytest.approx(math.sqrt(squared), rel=1e-15)


@pytest.mark.parametrize(
    ("degrees", "published"),
    [
        *((1, "12.706"), (2, "4.303"), (3, "3.182"), (4, "2.776"), (5, "2.571"), (6, "2.447"), (7, "2.365")),
        *((8, "2.306"), (9, "2.262"), (10, "2.228"), (15, "2.131"), (20, "2.086"), (23, "2.069"), (25, "2.060")),
        *((30, "2.042"), (40, "2.021"), (60, "2.000"), (80, "1.990"), (100, "1.984"), (1000, "1.962")),
    ],
)
def test_it_is_as_published(degrees: int, published: str) -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2."""
    assert f"{student_975(degrees):.3f}" == published


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 7, 8, 29, 30, 199, 1000, 99_999])
def test_the_distribution_reaches_ninety_seven_and_a_half_in_a_hundred_there(degrees: int) -> None:
    """By SciPy's distribution, which computes it in another way."""
    assert float(stdtr(degrees, student_975(degrees))) == pytest.approx(0.975, abs=1e-14)
    assert float(stdtr(degrees, -student_975(degrees))) == pytest.approx(0.025, abs=1e-14)


@pytest.mark.parametrize("degrees", [2, 4, 6, 12, 40])
def test_of_an_even_number_of_degrees_no_neighbour_is_nearer(degrees: int) -> None:
    """The last digit, by fractions: with s = t / √(n + t²) the share within is s Σ c (1 - s²)^k, a finite sum."""

    def too_far(t: float | Fraction) -> bool:
        squared = Fraction(t) ** 2
        sine, cosine = squared / (degrees + squared), degrees / (degrees + squared)
        term, total = Fraction(1), Fraction(1)
        for k in range(1, degrees // 2):
            term *= cosine * (2 * k - 1) / (2 * k)
            total += term
        return sine * total**2 > Fraction(19, 20) ** 2

    found = student_975(degrees)
    half = math.ulp(found) / 2
    assert not too_far(found - 2 * half)
    assert too_far(found + 2 * half)
    between = (Fraction(found) - Fraction(half), Fraction(found) + Fraction(half))
    assert [too_far(end) for end in between] == [False, True]


def test_it_falls_to_that_of_the_normal_distribution() -> None:
    """By the first term of its expansion in 1/n, (z³ + z) / 4 (Abramowitz and Stegun 26.7.5)."""
    found = [student_975(degrees) for degrees in (*range(1, 60), 1_000, 30_000)]
    assert found == sorted(found, reverse=True)
    assert all(percentile > NORMAL_975 for percentile in found)
    term = (NORMAL_975**3 + NORMAL_975) / 4
    assert 30_000 * (found[-1] - NORMAL_975) == pytest.approx(term, rel=1e-4)
