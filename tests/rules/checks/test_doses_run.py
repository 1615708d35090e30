"""The highest doses that anybody ran, by disease, patients and how doses are counted, on both sides of each.

Leukaemia: 28 mcg/day, in children 15 mcg/m²/day, in adults 30, of which no more than 15 at first. Lymphoma: 112 mcg/day
with a first step of 9, or 90 mcg/m²/day. Autoimmune disease: 9 mcg/day or 5 mcg/m²/day.
"""

import pytest

from blinplan.rules.checks.doses_run import population_in_words, population_of
from tests.read_text import regimen_in
from tests.regimen_text import cycle, judgement_of_lines, regimen_text, verdict_of

HEADS = {
    "children": 'indication = "investigational"\n\n',
    "adults": 'indication = "investigational"\n\n[eligibility]\nmin_age_years = 18\n\n',
    "lymphoma": 'indication = "investigational"\ndisease = "lymphoma"\n\n',
    "autoimmune": 'indication = "investigational"\ndisease = "autoimmune"\n\n',
}
WORDS = {
    "children": "children with leukaemia",
    "adults": "adults with leukaemia",
    "lymphoma": "lymphoma",
    "autoimmune": "autoimmune disease",
}


def above(who: str, *doses: str) -> list[tuple[str, str]]:
    """The limits and the words with which doses are told to be above all that were run."""
    steps = [f"{dose} for 14 days" for dose in doses]
    found = verdict_of(judgement_of_lines(HEADS[who] + cycle(*steps)), "L012").findings
    return [(name, finding.message) for finding in found for name in finding.limits if name.startswith("highest")]


@pytest.mark.parametrize(
    ("who", "unit", "first", "highest"),
    [
        ("children", "mcg/day", 28, 28),
        ("children", "mcg/m2/day", 15, 15),
        ("adults", "mcg/day", 28, 28),
        ("adults", "mcg/m2/day", 15, 30),
        ("lymphoma", "mcg/day", 9, 112),
        ("autoimmune", "mcg/day", 9, 9),
        ("autoimmune", "mcg/m2/day", 5, 5),
    ],
)
def test_a_dose_above_the_highest_that_was_run_is_told_with_its_limit(
    who: str, unit: str, first: int, highest: int
) -> None:
    basis, shown = ("by_area", unit.replace("m2", "m²")) if "m2" in unit else ("flat", unit)
    population = who if who in {"lymphoma", "autoimmune"} else f"leukaemia_{who}"
    assert above(who, f"{first} {unit}", f"{highest} {unit}") == []
    of_all = f"highest_dose_in_{population}_{basis}"
    ((name, message),) = above(who, f"{first} {unit}", f"{highest}.1 {unit}")
    assert name == of_all
    assert message == f"the dose is {highest}.1 {shown}; nothing above {highest} {shown} was run in {WORDS[who]}"
    if first < highest:
        ((name, message),) = above(who, f"{first}.1 {unit}", f"{highest} {unit}")
        assert name == f"highest_first_step_in_{population}_{basis}"
        told = f"the regimen begins at {first}.1 {shown}; no first step above {first} {shown} was run in {WORDS[who]}"
        assert message == told


def test_above_all_that_was_studied_another_rule_says_it() -> None:
    """90 mcg/m²/day in lymphoma is the highest of all (D204)."""
    assert above("lymphoma", "90 mcg/m2/day") == above("lymphoma", "90.1 mcg/m2/day") == []


@pytest.mark.parametrize(
    ("eligibility", "who"),
    [
        ("min_age_years = 18", "adults"),
        ("min_age_years = 17", "children"),
        ("below_age_years = 18", "children"),
        ("min_weight_kg = 45", "children"),
        ('population = "adult-rr"', "adults"),
        ('population = "child"\nmin_age_years = 18', "children"),
    ],
)
def test_in_whom_a_regimen_is_tried(eligibility: str, who: str) -> None:
    """Where a file names no adults, the lower doses that were run in children are what it is held to."""
    head = f'indication = "investigational"\n\n[eligibility]\n{eligibility}\n\n'
    found = regimen_in(regimen_text(head + cycle()))
    assert (population_of(found), population_in_words(found)) == (f"leukaemia_{who}", WORDS[who])
