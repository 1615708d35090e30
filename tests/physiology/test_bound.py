"""The promised bound in more patients than SciPy has time for, among them the one who was known to miss it."""

import numpy as np
import pytest

from blinplan.physiology import draw
from blinplan.regimen import library
from tests.benchmarks.bound import GREATEST_ERROR, drawn, in_a_table, worst_of


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
    [
        *(("nhl-1.5", 31337, 2588), ("hk-rr-below-45-kg", 42, 17161), ("rr-adult", 2024, 10124)),
        *(("mrd-below-45-kg", 2024, 9680), ("hk-rr-below-45-kg", 5, 19394), ("nhl-90", 7, 7998)),
        ("rr-adult-continued", 6, 14845),
    ],
)
def test_patients_of_other_seeds_than_steps_were_chosen_by_are_within_the_bound(
    name: str, seed: int, patient: int
) -> None:
    """Of 140,000 patients each: up to 1.4e-4 by steps that were chosen by the worst of 60,000."""
    worst = worst_of(name, drawn(name, 1, seed, patient), patient)
    assert 1e-7 < worst.error <= 0.75 * GREATEST_ERROR, worst


@pytest.mark.parametrize(
    ("name", "seed", "patient"),
    [
        *(("rr-adult", 2, 18805), ("mrd-adult", 1, 11844), ("mrd-adult", 2, 19841), ("rr-below-45-kg", 1, 5116)),
        *(("rr-below-45-kg", 2, 14311), ("nhl-90", 1, 10461)),
    ],
)
def test_patients_of_a_table_are_within_the_bound_whatever_their_cells_are(name: str, seed: int, patient: int) -> None:
    """Lysis comes late of few T cells, and a hundred times as many adhere at once: up to 8.6e-4 by usual steps."""
    first = patient // 1000 * 1000
    worst = worst_of(name, in_a_table(name, 1000, seed, first).select(np.array([patient - first])), patient)
    assert 1e-6 < worst.error <= 0.75 * GREATEST_ERROR, worst


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(0, 5000, 500))
@pytest.mark.parametrize("name", ["rr-adult", "mrd-adult", "rr-below-45-kg", "nhl-90"])
def test_all_patients_of_a_table_are_within_the_bound(name: str, first: int) -> None:
    worst = worst_of(name, in_a_table(name, 500, 4, first), first)
    assert 1e-6 < worst.error <= GREATEST_ERROR, worst


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
