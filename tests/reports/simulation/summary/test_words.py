"""What is said of a simulation, in words that a reader can hold against the figures."""

from fractions import Fraction

import pytest

from blinplan.course.events import periods
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.reports.simulation.summary.words import (
    how_to_read_shares,
    over_sets_head,
    premedication_effect,
    simulated_patients,
    uncertainty_lines,
    whole_course,
)
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.trials.simulation import Simulation
from tests.read_text import regimen_in
from tests.regimen_text import cycle, regimen_text
from tests.reports.simulation.summary.made import made, moved


def said_of(*cycles: str) -> list[str]:
    return list(whole_course(periods(regimen_in(regimen_text("".join(cycles))))))


def test_what_the_whole_course_counts_is_said_where_not_everybody_is_given_all_of_it() -> None:
    """Two weeks of 9 and 28 mcg/day are 63 and 196 mcg; an optional week of 28 makes it three weeks and 455 mcg."""
    given, more = cycle("9 mcg/day for 7 days", "28 mcg/day for 7 days"), cycle("28 mcg/day for 7 days")
    assert said_of(given, f"{more}optional = true\n") == [
        "Whole course: 259 mcg over 14 days; up to 455 over 21 with the optional cycles, which dose and AUC below"
        " count."
    ]
    assert said_of(given, more) == []


def test_of_doses_by_area_the_days_are_said() -> None:
    given = cycle("5 mcg/m2/day for 7 days")
    assert said_of(given, f"{given}optional = true\n") == [
        "Whole course: 7 days; up to 14 with the optional cycles, which dose and AUC below count."
    ]


@pytest.mark.parametrize(("of_table", "whose"), [(False, "virtual patients"), (True, "patients of the table")])
def test_an_interval_is_of_the_patients_and_not_of_the_model(of_table: bool, whose: str) -> None:
    expected = f"95 % interval of a share: of these {whose} (Wilson), and not whether the model is true."
    assert how_to_read_shares(of_table=of_table) == expected


def test_what_premedication_is_assumed_to_do_has_the_model_s_figures(simulation: Simulation) -> None:
    constants = simulation.typical.trial.population.constants
    found = premedication_effect(simulation)
    assert f"take away {100 * constants.premedication_reduction:g} %," in found
    assert f"gone after {constants.premedication_half_life:g} days" in found
    assert 0 < constants.premedication_reduction < 1


def test_days_are_told_with_the_patients(simulation: Simulation) -> None:
    course = Fraction(simulation.periods[-1].stop, MINUTES_PER_DAY)
    assert simulated_patients(simulation) == f"60 virtual patients of adult-rr, seed 3, {course} days"


@pytest.mark.parametrize(
    ("of", "over"), [(None, ""), (SetsOf.PUBLISHED, "Share over sets"), (SetsOf.PLAUSIBLE, "Share over models")]
)
def test_a_head_says_over_what_a_figure_moves(simulation: Simulation, of: SetsOf | None, over: str) -> None:
    assert over_sets_head(made(simulation, over=of), "Share") == over


def test_what_a_range_over_sets_covers_is_said_by_where_the_sets_are_from() -> None:
    assert list(uncertainty_lines(None)) == []
    (published,) = uncertainty_lines(moved(SetsOf.PUBLISHED))
    few = " (of fewer than 20 narrower than of many)"
    assert f"over 9 parameter sets{few}, with k_a, k_b drawn within their published standard errors" in published
    (plausible,) = uncertainty_lines(moved(SetsOf.PLAUSIBLE))
    assert "from the least to the greatest of the shipped model and 9 plausible ones" in plausible
    assert plausible.endswith("no confidence, and no probability.")
