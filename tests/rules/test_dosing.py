"""D: the article's dose thresholds, from both sides."""

import pytest

from blinplan.regimen import library
from blinplan.rules.judge import Ruling, judge
from blinplan.rules.rule import Severity
from tests.regimen_text import TODAY, codes, cycle, judged_lines, marked, verdict_of


def found_for(*steps: str) -> list[str]:
    return codes(judged_lines(cycle(*steps)))


@pytest.mark.parametrize(
    ("dose", "found"),
    [
        ("0.01 mcg/m2/day", ["D201"]),
        ("0.5 mcg/m2/day", ["D201"]),
        ("1.499999 mcg/m2/day", ["D201"]),
        ("1.5 mcg/m2/day", ["D201"]),
        ("1.500001 mcg/m2/day", ["D202"]),
        ("4.999999 mcg/m2/day", ["D202"]),
        ("5 mcg/m2/day", ["D202"]),
        ("5.000001 mcg/m2/day", []),
        ("15 mcg/m2/day", []),
        ("0.5 mcg/day", ["D202"]),
        ("1.5 mcg/day", ["D202"]),
        ("5 mcg/day", ["D202"]),
        ("8.999999 mcg/day", ["D202"]),
        ("9 mcg/day", ["D202"]),
        ("9.000001 mcg/day", []),
        ("28 mcg/day", []),
    ],
)
def test_one_fault_of_dose_is_one_finding(dose: str, found: list[str]) -> None:
    assert found_for(f"{dose} for 28 days") == found


@pytest.mark.parametrize(("dose", "unit"), [("5 mcg/m2/day", "5 mcg/m²/day"), ("9 mcg/day", "9 mcg/day")])
def test_on_the_threshold_both_readings_are_given(dose: str, unit: str) -> None:
    (finding,) = judged_lines(cycle(f"{dose} for 28 days")).findings
    assert finding.code == "D202"
    assert finding.severity is Severity.WARNING
    assert "exactly on the threshold" in finding.message
    assert f"> {unit}" in finding.why
    assert f"≥ {unit}" in finding.why


@pytest.mark.parametrize("dose", ["4.9 mcg/m2/day", "8.9 mcg/day", "5.1 mcg/m2/day", "9.1 mcg/day"])
def test_off_the_threshold_nothing_is_said_to_lie_on_it(dose: str) -> None:
    for finding in judged_lines(cycle(f"{dose} for 28 days")).findings:
        assert "threshold" not in finding.message
        assert "≥" not in finding.why


@pytest.mark.parametrize(
    ("dose", "limit"), [("5 mcg/m2/day", "depletion_by_area"), ("3 mcg/m2/day", "depletion_by_area")]
)
def test_a_dose_by_area_cites_the_limit_by_area(dose: str, limit: str) -> None:
    (finding,) = judged_lines(cycle(f"{dose} for 28 days")).findings
    assert finding.limits == (limit,)
    (flat,) = judged_lines(cycle("9 mcg/day for 28 days")).findings
    assert flat.limits == ("depletion_flat",)


def test_the_limit_in_area_says_nothing_of_flat_doses() -> None:
    verdict = verdict_of(judged_lines(cycle("1 mcg/day for 28 days")), "D201")
    assert verdict.ruling is Ruling.NOT_EVALUATED
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "not applicable"
    assert "flat" in verdict.not_evaluated.reason


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        (("9 mcg/day for 7 days", "28 mcg/day for 21 days"), []),
        (("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days"), []),
        (("1 mcg/m2/day for 7 days", "1.5 mcg/m2/day for 21 days"), ["D201"]),
        (("1.5 mcg/m2/day for 7 days", "5 mcg/m2/day for 21 days"), ["D202"]),
    ],
)
def test_the_highest_step_of_the_first_cycle_is_the_target(steps: tuple[str, ...], found: list[str]) -> None:
    assert found_for(*steps) == found


def test_the_finding_points_at_the_target_dose_and_not_at_the_first_step() -> None:
    judgement = judged_lines(cycle("0.5 mcg/m2/day for 7 days", "1.25 mcg/m2/day for 21 days"))
    assert marked(judgement, "D201") == ['"1.25 mcg/m2/day"']
    assert "1.25 mcg/m²/day" in judgement.findings[0].message


def test_a_dose_against_the_basis_is_one_finding_and_stops_the_rest() -> None:
    judgement = judged_lines('[dosing]\nbasis = "flat"\n\n' + cycle("0.5 mcg/m2/day for 28 days"))
    assert codes(judgement) == ["D210"]
    assert marked(judgement, "D210") == ['"0.5 mcg/m2/day"']


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("nhl-0.5", ["D201"]),
        ("nhl-1.5", ["D201"]),
        ("nhl-3", ["D202"]),
        ("nhl-5", ["D202"]),
        ("nhl-10", []),
        ("nhl-15", []),
        ("nhl-5-15-60", []),
        ("nhl-90", []),
    ],
)
def test_the_dose_finding_levels_are_judged_as_the_article_says(name: str, found: list[str]) -> None:
    judgement = judge(library.load(name), TODAY, None)
    assert [code for code in codes(judgement) if code in {"D201", "D202"}] == found
