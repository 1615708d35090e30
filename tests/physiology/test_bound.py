"""The promised bound in more patients than SciPy has time for, among them the one who was known to miss it."""

import numpy as np
import pytest

from blinplan.physiology import draw
from blinplan.regimen import library
from tests.benchmarks.bound import GREATEST_ERROR, worst_of


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rr-adult", "mrd-adult"])
def test_a_quarter_of_the_steps_finds_no_more_than_the_bound(name: str) -> None:
    people = draw(library.regimen(name).virtual_population, 60, 777, first=3620)
    assert people.numbers[21] == 3641
    worst = worst_of(name, people, 3620)
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
    worst = worst_of(name, people, patient)
    assert 1e-7 < worst.error <= 0.5 * GREATEST_ERROR, worst


@pytest.mark.parametrize(
    ("name", "seed", "patient"),
    [("nhl-90", 777, 4932), ("nhl-90", 2, 7342), ("lupus-5-days", 777, 15817), ("rr-below-45-kg", 777, 1551)],
)
def test_cytokines_and_t_cells_are_within_the_bound_in_the_first_minutes_and_hours_too(
    name: str, seed: int, patient: int
) -> None:
    """Of whom more is released, or sooner, than of nearly all others; up to 3.8e-3 with longer first steps."""
    people = draw(library.regimen(name).virtual_population, 1, seed, first=patient)
    worst = worst_of(name, people, patient)
    assert 1e-6 < worst.error <= GREATEST_ERROR, worst
