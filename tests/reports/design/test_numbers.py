"""Numbers of ranges: both ends have as many digits, so that one does not look rounder than the other."""

import pytest

from blinplan.reports.design.numbers import three_digits


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.2, "2.20"),
        (0.439, "0.439"),
        (0.9999, "1.00"),
        (99.96, "100"),
        (1234.4, "1,234"),
        (-0.05, "-0.0500"),
        (0, "0"),
    ],
)
def test_three_digits_are_written_of_every_size(value: float, text: str) -> None:
    assert three_digits(value) == text
