"""C: cytokines, premedication and days in hospital, on both sides of each limit."""

import pytest

from blinplan.proportion import Proportion
from blinplan.rules.simulated.outcome import Median
from tests.regimen_text import (
    codes,
    cycle,
    judged,
    judged_lines,
    regimen_text,
    verdict_of,
)
from tests.rules.families.heads_and_outcomes import MRD, RELAPSED, STEPPED, simulated, with_outcome


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ('"cycle-start", "escalation", "restart"', []),
        ('"first-start", "escalation", "first-cycle-restart"', []),
        ('"cycle-start", "escalation"', ["C603"]),
        ('"cycle-start", "restart"', ["C603"]),
        ('"escalation", "restart"', ["C603"]),
    ],
)
def test_premedication_is_declared_for_start_step_and_restart(before: str, found: list[str]) -> None:
    table = f'[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = [{before}]\n\n'
    assert codes(judged_lines(RELAPSED + table + STEPPED)) == found


def test_without_any_premedication_all_that_is_missing_is_named() -> None:
    text = regimen_text(RELAPSED + STEPPED)
    start = text.index("[premedication]")
    judgement = judged(text[:start] + text[text.index("[monitoring]") :])
    (finding,) = verdict_of(judgement, "C603").findings
    assert "the start of infusion and a dose step and a restart" in finding.message


@pytest.mark.parametrize(
    ("head", "lines", "days", "found"),
    [
        (RELAPSED, STEPPED, "[9]", []),
        (RELAPSED, STEPPED, "[8]", ["C604"]),
        (MRD, cycle(repeat=2), "[3, 2]", []),
        (MRD, cycle(repeat=2), "[2, 2]", ["C604"]),
        (MRD, cycle(repeat=2), "[3, 1]", ["C604"]),
        (MRD, cycle(repeat=2), "[3]", ["C604"]),
        ("", STEPPED, "[9]", []),
        ("", STEPPED, "[8]", ["C604"]),
    ],
)
def test_hospital_days_cover_starts_and_steps(head: str, lines: str, days: str, found: list[str]) -> None:
    assert codes(judged_lines(f"{head}[monitoring]\nhospital_days = {days}\n\n{lines}")) == found


def test_missing_days_in_hospital_are_shown_at_their_cycle() -> None:
    for lines, tables in ((f"{cycle()}\n{cycle()}", [0, 1]), (cycle(repeat=2), [0, 0])):
        text = regimen_text(MRD + lines).replace("[monitoring]\nhospital_days = [28, 28]\n", "")
        found = verdict_of(judged(text), "C604").findings
        assert [finding.path for finding in found] == [("cycle", table, "name") for table in tables]


@pytest.mark.parametrize(
    ("peak", "answer"),
    [((44, 43, 44.9), "finding"), ((30, 29, 31), "pass"), ((15, 14, 15), "pass"), ((42, 40, 43.4), "undecided")],
)
def test_a_first_peak_is_held_against_the_label_s(peak: tuple[float, float, float], answer: str) -> None:
    own, label = Median(*peak, 1000), Median(28.0, 27.5, 28.5, 1000)
    assert simulated("C601", cycle(), with_outcome(first_peak=own, labelled_peak=("rr-adult", label))) == answer
    assert simulated("C601", cycle(), with_outcome(first_peak=own, labelled_peak=None)) == "not applicable"


@pytest.mark.parametrize(
    ("later", "answer"),
    [
        (((10, 100),), "pass"),
        (((55, 100),), "undecided"),
        (((90, 100),), "finding"),
        (((0, 0),), "pass"),
        ((), "not applicable"),
    ],
)
def test_later_cycles_raise_cytokines_in_fewer(later: tuple[tuple[int, int], ...], answer: str) -> None:
    changed = tuple(Proportion(count, total) for count, total in later)
    assert simulated("C602", cycle(repeat=2), with_outcome(later_elevation=changed)) == answer
