"""What nobody has seen in its source decides nothing but a gross error, and what a file does not say is not judged."""

from fractions import Fraction

import pytest

from blinplan.exit_status import FailOn
from blinplan.regimen import library
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS, ChangedLimit, Settings
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from blinplan.rules.run_result import Result
from tests.regimen_text import TODAY, codes, judgement_of, verdict_of

STRICT = DEFAULTS._replace(strict=True)
TEXT = library.load("consolidation-below-45-kg").document.text


def at(dose: str, settings: Settings = DEFAULTS) -> Judgement:
    """Judge the consolidation phase below 45 kg, whose labelled doses nobody has seen, with another dose."""
    return judgement_of(TEXT.replace("15 mcg/m2/day", f"{dose} mcg/m2/day"), settings=settings)


def status(judgement: Judgement) -> int:
    return Result((judgement,), (), (), FailOn.ERROR, TODAY, None).status


@pytest.mark.parametrize(
    ("dose", "kind"), [("15", "unverified"), ("30", "unverified"), ("45", "unverified"), ("45.1", None), ("90", None)]
)
def test_only_a_dose_of_more_than_three_times_an_unverified_one_is_an_error(dose: str, kind: str | None) -> None:
    verdict = verdict_of(at(dose), "D203")
    if kind is None:
        (finding,) = verdict.findings
        assert finding.severity is Severity.ERROR
        assert "15 mcg/m²/day, is unverified; this is far beyond it" in finding.message
        assert status(at(dose)) == 1
    else:
        assert verdict.not_evaluated is not None
        assert verdict.not_evaluated.kind == kind
        assert "nobody has seen in the source" in verdict.not_evaluated.reason
        assert status(at(dose)) == 0


@pytest.mark.parametrize(("dose", "code"), [("91", "D204"), ("1500", "N106")])
def test_limits_that_need_no_label_still_decide(dose: str, code: str) -> None:
    assert code in codes(at(dose))


@pytest.mark.parametrize(
    ("dose", "severity"),
    [("16", Severity.WARNING), ("22.5", Severity.WARNING), ("22.6", Severity.ERROR), ("46", Severity.ERROR)],
)
def test_to_have_seen_a_value_makes_no_dose_more_acceptable(dose: str, severity: Severity) -> None:
    text = library.load("mrd-below-45-kg").document.text.replace("15 mcg/m2/day", f"{dose} mcg/m2/day")
    (finding, *_) = verdict_of(judgement_of(text), "D203").findings
    assert finding.severity is severity
    assert "unverified" not in finding.message


@pytest.mark.parametrize(("dose", "status_of"), [("13.5", 0), ("13.6", 1), ("84", 1), ("90", 1)])
def test_a_first_dose_of_more_than_one_and_a_half_times_is_an_error_of_a_labelled_regimen(
    dose: str, status_of: int
) -> None:
    text = library.load("rr-adult").document.text.replace('"9 mcg/day"', f'"{dose} mcg/day"')
    assert status(judgement_of(text)) == status_of


def test_a_project_that_asks_for_strictness_is_told_by_the_status() -> None:
    assert (status(at("15")), status(at("15", STRICT))) == (0, 2)
    verdict = verdict_of(at("15", STRICT), "D203")
    assert verdict.undecided
    assert status(judgement_of(library.load("rr-adult").document.text, settings=STRICT)) == 0


def test_the_summary_says_how_many_answers_rest_on_what_nobody_has_seen() -> None:
    summary = Result((at("15"),), (), (), FailOn.ERROR, TODAY, None).summary
    unseen = [v for v in at("15").verdicts if v.not_evaluated is not None and v.not_evaluated.kind == "unverified"]
    assert f"{len(unseen)} rest on values that nobody has seen" in summary


def test_a_value_that_a_project_sets_is_the_project_s_and_decides() -> None:
    change = ChangedLimit("labelled_maximum_by_area", Fraction(14), "blinplan.toml:2", "Ward 7")
    (finding, *_) = verdict_of(at("15", DEFAULTS._replace(changes=(change,))), "D203").findings
    assert finding.severity is Severity.WARNING
    assert "14 mcg/m²/day (changed from 15)" in finding.message


def test_no_binding_rule_finds_something_by_an_unverified_number_alone() -> None:
    gross = {code for code, rule in CATALOGUE.items() if rule.gross_only}
    assert gross == {"N106"}


@pytest.mark.parametrize(("cap", "found"), [("9.4", False), ("9.3", True), ("28", False), ("85", True), ("280", True)])
def test_a_cap_of_more_than_three_times_an_unverified_one_is_an_error_too(cap: str, found: bool) -> None:
    judgement = judgement_of(TEXT.replace('max = "28 mcg/day"', f'max = "{cap} mcg/day"'))
    assert [finding.severity for finding in verdict_of(judgement, "D205").findings] == found * [Severity.ERROR]


@pytest.mark.slow
@pytest.mark.parametrize(("cap", "severity"), [("28", None), ("42", None), ("43", Severity.ERROR)])
def test_a_cap_that_nobody_reaches_is_one_whoever_has_seen_the_label(cap: str, severity: Severity | None) -> None:
    judgement = judgement_of(TEXT.replace('max = "28 mcg/day"', f'max = "{cap} mcg/day"'))
    found = verdict_of(judgement, "D205").findings
    assert [finding.severity for finding in found] == ([] if severity is None else [severity])
    assert all("nobody reaches" in finding.message and "largest_area" in finding.limits for finding in found)


@pytest.mark.parametrize(
    ("name", "unit", "dose", "severity"),
    [
        ("mrd-adult", "mcg/day", "28", None),
        ("mrd-adult", "mcg/day", "29", Severity.WARNING),
        ("mrd-adult", "mcg/day", "42", Severity.WARNING),
        ("mrd-adult", "mcg/day", "43", Severity.ERROR),
        ("mrd-adult", "mcg/day", "84", Severity.ERROR),
        ("mrd-below-45-kg", "mcg/m2/day", "15", None),
        ("mrd-below-45-kg", "mcg/m2/day", "22.5", Severity.WARNING),
        ("mrd-below-45-kg", "mcg/m2/day", "22.6", Severity.ERROR),
    ],
)
def test_a_label_without_a_schedule_for_the_patients_still_has_a_highest_dose(
    name: str, unit: str, dose: str, severity: Severity | None
) -> None:
    text = _under_another_label(name).replace("28 mcg/day" if unit == "mcg/day" else "15 mcg/m2/day", f"{dose} {unit}")
    found = verdict_of(judgement_of(text), "D203").findings
    assert {finding.severity for finding in found} == (set() if severity is None else {severity})
    assert all("unverified" not in finding.message for finding in found)


@pytest.mark.parametrize("dose", ["2.8", "9"])
def test_a_dose_without_documented_depletion_is_an_error_also_where_the_label_has_no_schedule(dose: str) -> None:
    text = _under_another_label("mrd-adult").replace("28 mcg/day", f"{dose} mcg/day")
    (finding, *_) = verdict_of(judgement_of(text), "D202").findings
    assert finding.severity is Severity.ERROR


def _under_another_label(name: str) -> str:
    """A regimen of the default label as if it followed one that has no schedule for its indication."""
    text = library.load(name).document.text
    assert 'label = "us-2025"' in text
    return text.replace('label = "us-2025"', 'label = "hk-2026"')
