"""The promised bound in more patients than SciPy has time for, among them the one who was known to miss it."""

import numpy as np
import pytest

from blinplan.physiology import draw
from blinplan.regimen import library
from tests.benchmarks.bound import GREATEST_ERROR, moments_after_changes, noons, worst_of


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rr-adult", "mrd-adult"])
def test_a_quarter_of_the_steps_finds_no_more_than_the_bound(name: str) -> None:
    people = draw(library.regimen(name).virtual_population, 300, 777, first=3500)
    assert people.numbers[141] == 3641
    worst = worst_of(name, people, noons(name), 3500)
    assert 1e-6 < worst.error <= GREATEST_ERROR, worst
    assert np.isfinite(worst.error)


@pytest.mark.parametrize(
    ("name", "seed", "patient"), [("rr-below-45-kg", 777, 862), ("nhl-90", 777, 316), ("nhl-90", 1, 343)]
)
def test_patients_who_eliminate_slowly_or_are_lysed_at_once_are_within_the_bound(
    name: str, seed: int, patient: int
) -> None:
    """Three of 160,000 who missed it: 4.0e-4, 2.4e-4 and 3.7e-4."""
    people = draw(library.regimen(name).virtual_population, 1, seed, first=patient)
    worst = worst_of(name, people, noons(name), patient)
    assert 1e-7 < worst.error <= 0.5 * GREATEST_ERROR, worst


def test_soon_after_a_change_most_patients_are_within_the_bound_too_and_at_a_high_dose_they_are_not() -> None:
    """Where it is not promised: in the manual stands what is true there."""
    found = {
        name: worst_of(name, draw(library.regimen(name).virtual_population, 40, 1), moments_after_changes(name))
        for name in ("rr-adult", "nhl-90")
    }
    assert found["rr-adult"].error < GREATEST_ERROR < found["nhl-90"].error
    assert found["nhl-90"].when == "day 0 + 5 min"
