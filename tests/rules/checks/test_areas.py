"""Body surface areas that patients of a weight and age may have: Mosteller's formula at the bounds of the body mass."""

from fractions import Fraction
from math import sqrt

import pytest

from blinplan.regimen.regimen import Eligibility
from blinplan.rules.checks.areas import areas_of


def mosteller(weight: float, height: float) -> float:
    return sqrt(weight * height / 3600)


def height_at(weight: float, index: float) -> float:
    return 100 * sqrt(weight / index)


@pytest.mark.parametrize(
    ("minimum_weight", "minimum_age", "smallest"),
    [
        (None, None, 0.2),  # nobody's is taken to be less
        (45, None, mosteller(45, height_at(45, 45))),  # the heaviest for a height has 45 kg/m²
        (60, None, mosteller(60, height_at(60, 45))),
        (10, None, mosteller(10, height_at(10, 45))),
        (None, 18, mosteller(20, height_at(20, 45))),  # no adult is lighter than 20 kg
        (None, 5, mosteller(8, 54)),  # nor from 5 years on lighter than 8 kg or shorter than 54 cm
        (None, 4.9, mosteller(5, 45)),
        (None, 1, mosteller(4, 45)),
        (30, 18, mosteller(30, height_at(30, 45))),
        (10, 18, mosteller(20, height_at(20, 45))),
        (None, 0.5, 0.2),
        (1, None, 0.2),
    ],
)
def test_the_smallest_area_is_that_of_the_lightest_at_the_least_height(
    minimum_weight: float | None, minimum_age: float | None, smallest: float
) -> None:
    found = areas_of(Eligibility(minimum_weight=exact(minimum_weight), minimum_age=exact(minimum_age)))
    assert float(found.smallest) == pytest.approx(smallest, rel=1e-9)
    assert found.largest == 3


@pytest.mark.parametrize(
    ("below_weight", "below_age", "largest"),
    [
        (None, None, 3),  # nobody's is taken to be more
        (45, None, mosteller(45, height_at(45, 9))),  # the lightest for a height has 9 kg/m²
        (20, None, mosteller(20, height_at(20, 9))),
        (60, None, mosteller(60, 250)),  # at 258 cm, and nobody measures more than 250
        (250, None, 3),
        (None, 10, mosteller(150, 180)),  # no child below 10 years weighs more than 150 kg or measures more than 180 cm
        (None, 5, mosteller(70, 140)),
        (None, 5.1, mosteller(150, 180)),
        (None, 1, mosteller(25, 95)),
        (None, 12, 3),
        (45, 5, mosteller(45, 140)),
        (45, 12, mosteller(45, height_at(45, 9))),
    ],
)
def test_the_largest_area_is_that_of_the_heaviest_at_the_greatest_height(
    below_weight: float | None, below_age: float | None, largest: float
) -> None:
    found = areas_of(Eligibility(below_weight=exact(below_weight), below_age=exact(below_age)))
    assert float(found.largest) == pytest.approx(largest, rel=1e-9)
    assert found.smallest == Fraction(1, 5)


def exact(number: float | None) -> Fraction | None:
    return None if number is None else Fraction(str(number))
