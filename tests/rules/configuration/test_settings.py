"""Which rules are asked and how they weigh follows from what was set, pattern by pattern."""

from dataclasses import replace
from fractions import Fraction

import pytest

from blinplan.exit_status import FailOn
from blinplan.regimen import library
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.patterns import in_order, pattern_fault, severity_fault
from blinplan.rules.configuration.settings import (
    DEFAULTS,
    ChangedLimit,
    FailOnSetting,
    Pattern,
    Policies,
    Settings,
    Severities,
)
from blinplan.rules.limits import limits_by
from blinplan.rules.rule import Severity


@pytest.mark.parametrize(
    ("level", "counted"),
    [(FailOn.ERROR, {"error"}), (FailOn.WARNING, {"error", "warning"}), (FailOn.NEVER, set())],
)
def test_what_is_at_least_as_bad_counts(level: FailOn, counted: set[str]) -> None:
    setting = FailOnSetting(level, "here")
    assert {severity.value for severity in Severity if setting.counts(severity)} == counted


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ALL", set(CATALOGUE)),
        ("D205", {"D205"}),
        ("D20", {code for code in CATALOGUE if code.startswith("D20")}),
        ("unit-slip", {"N106"}),
        ("", set()),
        ("205", set()),
        ("unit", set()),
        ("d205", set()),
    ],
)
def test_a_pattern_means_a_code_its_beginning_or_a_whole_name(text: str, codes: set[str]) -> None:
    assert {code for code, rule in CATALOGUE.items() if Pattern(text).matches(rule)} == codes


@pytest.mark.parametrize(
    ("code", "for_files", "weakens"),
    [
        ("S301", False, True),
        ("N106", False, False),
        ("N106", True, False),
        ("F001", False, False),
        ("F001", True, True),
    ],
)
def test_what_cannot_be_read_or_given_is_left_out_only_where_no_regimen_is_meant(
    code: str, for_files: bool, weakens: bool
) -> None:
    pattern = Pattern(code, for_files=for_files)
    assert pattern.weakens(CATALOGUE[code]) is weakens
    settings = Settings(ignore=(pattern,), severities=(Severities(pattern, Severity.NOTE),))
    assert (settings.reason_left_out(CATALOGUE[code]) is not None) is weakens
    assert (settings.severity_of(CATALOGUE[code]) is Severity.NOTE) is weakens
    assert (pattern_fault(pattern, leaves_out=True) is None) is weakens
    assert (severity_fault(settings.severities[0]) is None) is weakens


def test_policies_that_are_not_said_have_numbers_of_their_own() -> None:
    assert (Policies().fewest_characters, Policies().most_days) == (20, 365)
    said = Policies(12, 90)
    assert (said.fewest_characters, said.most_days) == (12, 90)
    assert Policies(reason_length=5).over(said) == Policies(5, 90)
    assert Policies(expiry_days=7).over(said) == Policies(12, 7)
    assert said.over(Policies(1, 1)) == said
    assert Policies().over(Policies()) == Policies(None, None)


WITHOUT_ASKING = [rule.code for rule in CATALOGUE.values() if rule.check is None and not rule.about_waivers]


def test_what_reading_a_file_decides_is_not_left_out_unless_it_is_no_regimen() -> None:
    assert {"F001", "F007"} <= set(WITHOUT_ASKING)
    everything = Settings(select=(Pattern("S301"),), ignore=(Pattern("ALL"),))
    for code in WITHOUT_ASKING:
        assert everything.reason_left_out(CATALOGUE[code]) is None, code
    about = [rule for rule in CATALOGUE.values() if rule.about_waivers]
    assert len(about) > 5
    assert all(everything.reason_left_out(rule) is not None for rule in about)


@pytest.mark.parametrize(
    ("settings", "code", "kind", "reason"),
    [
        (DEFAULTS, "S301", None, ""),
        (DEFAULTS, "T502", "off", "off unless it is selected (--extend-select)"),
        (Settings(extend_select=(Pattern("T5"),)), "T502", None, ""),
        (Settings(select=(Pattern("T502"),)), "T502", None, ""),
        (Settings(select=(Pattern("D"), Pattern("S"))), "S301", None, ""),
        (Settings(select=(Pattern("D"),)), "S301", "not requested", "not among the rules selected"),
        (Settings(select=(Pattern("D"),), extend_select=(Pattern("S301"),)), "S301", None, ""),
        (
            Settings(select=(Pattern("S"),), ignore=(Pattern("D"), Pattern("S3", "by x.toml:3"))),
            "S301",
            "not requested",
            "left out by x.toml:3 (ignore S3)",
        ),
        (Settings(extend_select=(Pattern("S301"),), ignore=(Pattern("S301"),)), "S301", "not requested", "left out as"),
        (Settings(ignore=(Pattern("D"),)), "S301", None, ""),
    ],
)
def test_a_rule_is_asked_or_told_why_it_is_not(settings: Settings, code: str, kind: str | None, reason: str) -> None:
    found = settings.reason_left_out(CATALOGUE[code])
    assert (None if found is None else found.kind) == kind
    assert found is None or found.reason.startswith(reason)
    assert settings.reason_not_selected(CATALOGUE[code]) == found


def test_the_closer_word_on_a_severity_wins_and_of_two_alike_the_later() -> None:
    texts = ("above-labelled-maximum", "D203", "D20", "D2", "D", "ALL")
    chosen = [Severities(Pattern(text), Severity.NOTE) for text in texts]
    assert [one.pattern.text for one in in_order(chosen)] == ["ALL", "D", "D2", "D20", *texts[:2]]
    two = in_order([Severities(Pattern("D203"), severity) for severity in (Severity.NOTE, Severity.ERROR)])
    assert Settings(severities=two).severity_of(CATALOGUE["D203"]) is Severity.ERROR


def test_a_severity_for_other_rules_changes_nothing() -> None:
    settings = Settings(severities=(Severities(Pattern("D2"), Severity.ERROR),))
    assert settings.severity_of(CATALOGUE["S301"]) is CATALOGUE["S301"].severity
    raised = Settings(severities=(Severities(Pattern("ALL"), Severity.ERROR),))
    assert {raised.severity_of(rule) for rule in CATALOGUE.values()} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("pattern", "leaves_out", "said", "advice"),
    [
        ("Q1", False, "there is no rule 'Q1'", "`blinplan rules` lists the codes"),
        ("N106", True, "N106 cannot be left out: ", "put right what it finds"),
        (
            "F00",
            True,
            "the rules F00 cannot be left out: each says that a thing cannot be read, or cannot be given",
            "",
        ),
        ("unit-slip", True, "the rules unit-slip cannot be left out: ", "put right what it finds"),
    ],
)
def test_what_is_wrong_with_a_pattern_is_said_with_its_rules(
    pattern: str, leaves_out: bool, said: str, advice: str
) -> None:
    found = pattern_fault(Pattern(pattern), leaves_out=leaves_out)
    assert found is not None
    assert found[0].startswith(said)
    assert found[1].startswith(advice)
    assert CATALOGUE["N106"].sentence in found[0] or pattern in {"Q1", "F00"}


@pytest.mark.parametrize("pattern", ["ALL", "N", "S301", "D2"])
def test_a_pattern_that_means_something_else_too_may_be_left_out(pattern: str) -> None:
    assert pattern_fault(Pattern(pattern), leaves_out=True) is None


@pytest.mark.parametrize(
    ("code", "severity", "wrong"),
    [("N106", "note", True), ("N106", "error", False), ("S301", "note", False), ("N", "note", False)],
)
def test_only_what_is_binding_cannot_be_lowered(code: str, severity: str, wrong: bool) -> None:
    found = severity_fault(Severities(Pattern(code), Severity(severity)))
    assert (found is not None) is wrong
    assert found is None or found[0].startswith(f"{code} cannot be lowered: {CATALOGUE[code].sentence}")


def change(name: str, value: int) -> ChangedLimit:
    return ChangedLimit(name, Fraction(value), "x.toml:1", "Ward 7")


def test_changes_hold_for_the_label_of_the_regimen_and_what_it_has_not_or_forbids_is_left() -> None:
    regimen = library.regimen("rr-adult")
    settings = Settings(
        label="hk-2026",
        changes=(change("step_length", 5), change("no_interval", 3), change("labelled_maximum_flat", 30)),
    )
    ours, shipped = settings.limits_for(regimen), limits_by("us-2025")
    assert [ours["step_length"].value, shipped["step_length"].value] == [5, 7]
    assert "no_interval" not in ours
    assert ours["labelled_maximum_flat"].value == 28
    assert ours["stop_grade"].value == 4  # of the regimen's own label
    assert "stop_grade" not in settings.limits_for(replace(regimen, label=None))
    assert DEFAULTS.limits_for(regimen)["step_length"].value == 7
    assert settings.limits["step_length"].change is not None


def test_files_with_the_same_changes_share_their_limits_and_others_do_not() -> None:
    one, same = (Settings(changes=(change("step_length", 5),)) for _ in range(2))
    other = Settings(changes=(change("step_length", 6),))
    assert one.limits is same.limits
    assert [one.limits["step_length"].value, other.limits["step_length"].value] == [5, 6]
    assert Settings(label="hk-2026", changes=one.changes).limits is not one.limits
    assert DEFAULTS.limits is limits_by("us-2025")
