"""A number that was computed is written with four digits."""

import math

import pytest

from blinplan.reports.shared.number import number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (168.91891, "168.9"),
        (525.5255, "525.5"),
        (71.077, "71.08"),
        (6.0043, "6.004"),
        (0.48151, "0.4815"),
        (0.0224218, "0.02242"),
        (3787.0, "3,787"),
        (12345.6, "12,346"),
        (9999.5, "10,000"),
        (-1.23456, "-1.235"),
        (0.0, "0"),
        (0.001, "0.001000"),
        (0.00099, "< 0.001"),
        (math.nan, "-"),
        (math.inf, "not reached"),
    ],
)
def test_numbers_have_four_digits_and_nothing_is_said_below_the_smallest(value: float, text: str) -> None:
    assert number(value) == text
