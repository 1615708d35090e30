"""What whoever asks says about rules is read in every way of writing it, and goes before what a configuration says."""

import pytest

from blinplan.refusal import Refusal
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.choice import rule_choice, split
from blinplan.rules.configuration.settings import DEFAULTS, Pattern, Settings, Severities
from blinplan.rules.rule import Severity

OF_A_FILE = Settings(
    select=(Pattern("S"),),
    extend_select=(Pattern("T502"),),
    ignore=(Pattern("D205"),),
    severities=(Severities(Pattern("D202"), Severity.ERROR),),
    label="hk-2026",
)


def texts(patterns: tuple[Pattern, ...] | None) -> list[str]:
    return [pattern.text for pattern in patterns or ()]


def test_a_selection_takes_the_place_of_all_that_chooses_and_weights_are_added() -> None:
    found = rule_choice(["D"], ["C6"], ["D203"], ["D202=note"]).over(OF_A_FILE)
    assert (texts(found.select), texts(found.extend_select), texts(found.ignore)) == (["D"], ["C6"], ["D203"])
    assert [one.severity for one in found.severities] == [Severity.ERROR, Severity.NOTE]
    assert found.severity_of(CATALOGUE["D202"]) is Severity.NOTE
    assert found.label == "hk-2026"


def test_without_a_selection_both_are_heard_the_asked_one_last() -> None:
    found = rule_choice(None, ["C6"], ["D203"], ["D202=note"]).over(OF_A_FILE)
    assert (texts(found.select), texts(found.extend_select)) == (["S"], ["T502", "C6"])
    assert texts(found.ignore) == ["D205", "D203"]
    assert [one.severity for one in found.severities] == [Severity.ERROR, Severity.NOTE]


def test_where_nothing_is_asked_the_settings_are_the_same() -> None:
    assert rule_choice(None, None, None, None).over(OF_A_FILE) is OF_A_FILE
    assert rule_choice(None, [], [], []).over(DEFAULTS) is DEFAULTS


@pytest.mark.parametrize(
    ("written", "parts"),
    [(["D2,S3"], ["D2", "S3"]), ([" D2 , S3 ", "T5"], ["D2", "S3", "T5"]), (["D2,,", ","], ["D2"]), ([], [])],
)
def test_texts_are_taken_apart_at_commas(written: list[str], parts: list[str]) -> None:
    assert split(written) == parts
    if parts:
        assert texts(rule_choice(written, None, None, None).select) == parts


@pytest.mark.parametrize("dashes", ["", "--"])
def test_each_argument_is_called_as_the_user_wrote_it(dashes: str) -> None:
    found = rule_choice(["D"], ["C6"], ["D203"], ["D202=note"], dashes=dashes)
    assert found.select is not None
    assert found.select[0].origin == f"by {dashes}select"
    assert found.extend_select[0].origin == ("by --extend-select" if dashes else "by extend_select")
    assert found.ignore[0].origin == f"by {dashes}ignore"
    assert found.severities[0].pattern.origin == f"by {dashes}severity"


@pytest.mark.parametrize(
    ("written", "code", "severity"),
    [("d205=NOTE", "D205", "note"), ("ALL=error", "ALL", "error"), ("unit-slip =error", "unit-slip", "error")],
)
def test_a_severity_is_a_code_and_a_word_in_any_case(written: str, code: str, severity: str) -> None:
    (found,) = rule_choice(None, None, None, [written]).severities
    assert (found.pattern.text, found.severity) == (code, severity)


def test_severities_of_many_rules_go_before_those_of_one() -> None:
    found = rule_choice(None, None, None, ["D202=note,ALL=error", "D=warning"]).severities
    assert [one.pattern.text for one in found] == ["ALL", "D", "D202"]


@pytest.mark.parametrize(
    ("arguments", "said", "advice"),
    [
        ((["Q9"], None, None, None), "--select: there is no rule 'Q9'", "`blinplan rules` lists the codes"),
        (([","], None, None, None), "--select names no rule", "give codes, beginnings of codes, names or ALL"),
        ((None, [" "], None, None), "--extend-select names no rule", "give codes"),
        ((None, None, ["N106"], None), "--ignore: N106 cannot be left out", "put right what it finds"),
        ((None, None, None, ["D205"]), "--severity is 'D205'", "give a code and error, warning or note, as D205=note"),
        ((None, None, None, ["D205=bad"]), "--severity is 'D205=bad'", "give a code"),
        ((None, None, None, ["x" * 50 + "=y"]), f"--severity is '{'x' * 40}'", "give a code"),
        ((None, None, None, ["N106=note"]), "--severity: N106 cannot be lowered", "put right what it finds"),
        ((None, None, None, ["Q9=note"]), "--severity: there is no rule 'Q9'", "`blinplan rules` lists the codes"),
    ],
)
def test_what_names_no_rule_or_takes_away_what_binds_is_refused(
    arguments: tuple[list[str] | None, ...], said: str, advice: str
) -> None:
    with pytest.raises(Refusal) as refused:
        rule_choice(*arguments, dashes="--")
    assert refused.value.message.startswith(said)
    assert str(refused.value.advice).startswith(advice)


def test_what_is_selected_may_be_binding() -> None:
    assert texts(rule_choice(["N106"], ["N106"], None, ["N106=error"]).select) == ["N106"]


@pytest.mark.parametrize("written", ["a", "D2055", "D20x", "al", "ALLES"])
def test_only_what_is_written_as_a_code_is_taken_in_capitals(written: str) -> None:
    try:
        found = texts(rule_choice([written], None, None, None).select)
    except Refusal as refused:
        found = [refused.message.rpartition("rule ")[2].strip("'")]
    assert found == [written.upper() if len(written) == 1 else written]
