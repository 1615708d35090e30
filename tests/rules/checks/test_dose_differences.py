"""Each dose that is not the label's is told by one rule, and by none of these where its size alone tells it."""

from fractions import Fraction
from itertools import product

import pytest

from blinplan.label.read import label_named, label_names
from blinplan.quantities import Basis
from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.checks.dose_differences import dose_differences
from blinplan.rules.configuration.settings import DEFAULTS, ChangedLimit, Settings
from blinplan.rules.judging.cases import case_of
from blinplan.rules.rule import NotEvaluated
from tests.regimen_text import cycle, judgement_of_lines, regimen_text, verdict_of


@pytest.mark.parametrize(
    ("dose", "told_by"),
    [
        ("28 mcg/day", []),  # the label's
        ("28000 mcg/day", []),  # a unit is wrong: N106
        ("200 mcg/day", []),  # above all that were studied: D204
        ("56 mcg/day", ["D203"]),
        ("27 mcg/day", ["L001"]),
        ("3 mcg/day", []),  # too low to deplete B cells: D201
        ("0.5 mcg/day", []),
    ],
)
def test_a_dose_of_mrd_beside_the_28_mcg_of_its_label(dose: str, told_by: list[str]) -> None:
    reading = read(regimen_text(f'indication = "mrd-positive"\n\n{cycle(f"{dose} for 28 days")}').encode(), "x.toml")
    assert isinstance(reading, RegimenFile)
    differences = dose_differences(case_of(reading, DEFAULTS, None, None))
    assert not isinstance(differences, NotEvaluated)
    assert [difference.code for difference in differences] == told_by


@pytest.mark.parametrize(("times", "told_by"), [(100, ["D203"]), (2, [])])
def test_where_a_project_takes_twice_the_most_for_a_wrong_unit_no_rule_takes_it_for_a_dose(
    times: int, told_by: list[str]
) -> None:
    reading = read(regimen_text(f'indication = "mrd-positive"\n\n{cycle("56 mcg/day for 28 days")}').encode(), "x.toml")
    settings = Settings(changes=(ChangedLimit("unit_slip", Fraction(times), "here", "tight"),))
    assert isinstance(reading, RegimenFile)
    differences = dose_differences(case_of(reading, settings, None, None))
    assert not isinstance(differences, NotEvaluated)
    assert [difference.code for difference in differences] == told_by


RELAPSED = 'indication = "relapsed-refractory"\n\n'
LATER = cycle("27 mcg/day for 28 days").replace('"Cycle"', '"Later"')


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (["9 mcg/day for 7 days", "28 mcg/day for 21 days"], []),
        (["10 mcg/day for 7 days", "28 mcg/day for 21 days"], [("D207", "10 mcg/day", "warning")]),
        (
            ["9 mcg/day for 3 days", "20 mcg/day for 4 days", "28 mcg/day for 21 days"],
            [("D207", "20 mcg/day", "error")],
        ),
        (["28 mcg/day for 7 days", "9 mcg/day for 21 days"], [("D207", "28 mcg/day", "error")]),  # one mistake
        (["28 mcg/day for 28 days"], [("D207", "28 mcg/day", "error")]),
        (
            ["8 mcg/day for 7 days", "26 mcg/day for 21 days"],
            [("L001", "8 mcg/day", "warning"), ("L001", "26 mcg/day", "warning")],
        ),
    ],
)
def test_whatever_the_first_cycle_gives_the_next_is_told_of_too(
    steps: list[str], told: list[tuple[str, str, str]]
) -> None:
    reading = read(regimen_text(f"{RELAPSED}{cycle(*steps)}\n{LATER}").encode(), "x.toml")
    assert isinstance(reading, RegimenFile)
    differences = dose_differences(case_of(reading, DEFAULTS, None, None))
    assert not isinstance(differences, NotEvaluated)
    found = [(one.code, one.cycles, str(one.pair.step.dose), one.severity.value) for one in differences]
    first = [(code, "cycle 1", dose, severity) for code, dose, severity in told]
    assert found == [*first, ("L001", "cycle 2", "27 mcg/day", "warning")]


def test_of_a_dose_in_several_cycles_the_verb_has_their_number() -> None:
    for repeat, told in ((1, "cycle 2 gives 27 mcg/day"), (3, "cycles 2 to 4 give 27 mcg/day")):
        later = LATER.replace("repeat = 1", f"repeat = {repeat}")
        first = cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")
        (finding,) = verdict_of(judgement_of_lines(f"{RELAPSED}{first}\n{later}"), "L001").findings
        assert finding.message == f"{told}; the label gives 28 mcg/day there"


def test_every_label_gives_its_highest_dose_but_for_the_first_step_of_a_first_cycle_of_several() -> None:
    """So that a dose above the label's and no higher than the highest stands beside such a step, and D207 tells it."""
    for label in map(label_named, label_names()):
        for schedule, basis in product(label.schedules, Basis):
            highest = max(dose.rate(basis).amount for dose in label.doses)
            steps = [
                (step.dose.rate(basis).amount, number == at == 0 and len(cycle.steps) > 1)
                for number, cycle in enumerate(schedule.cycles)
                for at, step in enumerate(cycle.steps)
            ]
            assert all(amount == highest or is_low for amount, is_low in steps)
