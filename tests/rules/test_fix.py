"""Fixes change how a file is written, and nothing that it orders."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.regimen.reading import Reading, read
from blinplan.regimen.toml.positions import Edit, Span
from blinplan.rules import fix as fixing
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.rules.fix import UnsafeFixError, apply, fix
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Finding, Severity
from blinplan.rules.task import Task
from blinplan.rules.verdict import Ruling, Verdict
from tests.regimen_text import BESIDES, TODAY, Script, cycle, outcome, regimen_text, script, waiver

SOUND = regimen_text(BESIDES + cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days"))


def reading(text: str) -> Reading:
    return read(text.encode(), "probe.toml")


def fixed(text: str, settings: Settings = Settings()) -> str:  # noqa: B008 - it is immutable
    return fix(Task(reading(text), settings, TODAY)).reading.document.text


SLIPS = [
    ("9 mcg/day", "9 µg/day", "N101"),
    ("9 mcg/day", "9 ug/day", "N101"),
    ("9 mcg/day", "9.0 mcg/day", "N102"),
    ("9.5 mcg/day", "9.50 mcg/day", "N102"),
    ("0.5 mcg/day", ".5 mcg/day", "N103"),
    ("9 mcg/day", "9 mcg/d", "N105"),
    ("9 mcg/day", "9mcg/day", "N107"),
    ("0.5 mcg/day", ".50µg/d", "N101"),
]
SPELLINGS = [
    ("treatment_free_days", "treatment_free_day"),
    ("treatment_free_days", "Treatment_Free_Days"),
    ("hospital_days", "hospital_day"),
    ("title =", "titel ="),
    ('indication = "', 'indicaton = "'),
    ('"investigational"', '"investigatonal"'),
    ('"seen"', '"seeen"'),
    ("days = 7", "dayss = 7"),
    ("[premedication]", "[premedicaton]"),
    ("[dosing]", "[doseing]"),
]


@pytest.mark.parametrize(("right", "wrong", "code"), SLIPS)
def test_notation_is_put_right(right: str, wrong: str, code: str) -> None:
    before = SOUND.replace("9 mcg/day", wrong)
    assert fixed(before) == SOUND.replace("9 mcg/day", right)
    found = fix(Task(reading(before), Settings(), TODAY)).repairs
    assert code in {finding.code for finding in found}
    assert all(CATALOGUE[finding.code].fixable for finding in found)


@pytest.mark.parametrize(("right", "wrong"), SPELLINGS)
def test_spelling_is_put_right(right: str, wrong: str) -> None:
    before = SOUND.replace(right, wrong, 1)
    assert before != SOUND
    assert fixed(before) == SOUND


def test_what_a_misspelt_key_hid_is_put_right_too() -> None:
    before = SOUND.replace("9 mcg/day", "9.0 µg/d").replace("title =", "titel =").replace("days = 21", "dayss = 21")
    after = fix(Task(reading(before), Settings(), TODAY))
    assert after.reading.document.text == SOUND
    assert {finding.code for finding in after.repairs} == {"F002", "N101", "N102", "N105"}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("9 mcg/day", "9"),  # no unit
        ("9 mcg/day", "9 mg/day"),
        ("9 mcg/day", "9000 mcg/day"),
        ("days = 7", "weeks = 1"),  # like no key
        ("days = 7", "daours = 7"),  # like two
        ("days = 7", "days = 6"),
        ('"flat"', '"fixed"'),
        ("min_weight_kg", "max_weight_kg"),  # the opposite
        ("min_weight_kg = 45", "above_weight_kg = 45"),
        ("treatment_free_days = 14", "treatment_free_weeks = 2"),  # another unit
        ("treatment_free_days = 14", "treatment_free_hours = 336"),
        ("treatment_free_days = 14", "treatment_free_day = 14\ntreatment_free_dayss = 7"),  # which of the two
        ("[[cycle]]", "[[cycles]]"),  # written in several places, as a rule
        ("[[sources]]", "[[source]]"),
        ("title =", "subject ="),
        ('"9 mcg/day"', '"9 \\u00b5g/day"'),  # the slip stands elsewhere than it seems
    ],
)
def test_what_is_in_doubt_is_left(right: str, wrong: str) -> None:
    before = SOUND.replace(right, wrong)
    assert before != SOUND
    assert fixed(before) == before


def test_only_rules_that_are_asked_are_fixed() -> None:
    before = SOUND.replace("9 mcg/day", "9.0 µg/day")
    assert fixed(before, Settings(select=(Pattern("N101"),))) == SOUND.replace("9 mcg/day", "9.0 mcg/day")
    assert fixed(before, Settings(ignore=(Pattern("N101"),))) == SOUND.replace("9 mcg/day", "9 µg/day")
    misspelt = SOUND.replace("title =", "titel =")
    assert fixed(misspelt, Settings(select=(Pattern("N1"),))) == misspelt


def test_a_finding_that_is_waived_is_not_fixed() -> None:
    before = SOUND.replace("9 mcg/day", "9 µg/day") + waiver("N101", at="cycle 'Cycle' step 1 dose", value="9 µg/day")
    assert fixed(before) == before


SPANS = [(0, 2), (1, 3), (2, 3), (2, 4), (3, 3), (3, 5)]
"""Places in a comment of six letters, in their order: some overlap, some touch, and one is between two letters."""


@pytest.mark.parametrize("number", range(1, 1 << len(SPANS)))
def test_of_fixes_that_overlap_the_first_is_made_and_the_rest_wait_for_the_next_reading(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"#abcdef\n{SOUND}"
    spans = [Span(start + 1, stop + 1) for at, (start, stop) in enumerate(SPANS) if number >> at & 1]
    findings = tuple(
        Finding("N101", Severity.ERROR, (), span, "so", "why", "do", fix=Edit(span, "XYZUVW"[at]))
        for at, span in enumerate(spans)
    )
    rounds = iter([Verdict(CATALOGUE["N101"], Ruling.FINDING, findings), Verdict(CATALOGUE["N101"], Ruling.PASS)])
    monkeypatch.setattr(
        Task, "judge", lambda task, _: Judgement(task.reading, (next(rounds),), None, task.settings.limits)
    )
    taken, expected, made = set[int](), dict[int, str](), list[Finding]()
    for finding, span in zip(findings, spans, strict=True):
        letters = set(range(span.start, span.end))
        if taken.isdisjoint(letters) and all(span.start > letter for letter in taken):
            taken |= letters
            expected[span.start] = expected.get(span.start, "") + "XYZUVW"[spans.index(span)]
            made.append(finding)
    written = "".join(expected.get(at, "") + ("" if at in taken else letter) for at, letter in enumerate(text))
    done = fix(Task(reading(text), Settings(), TODAY))
    assert done.reading.document.text == written
    assert done.repairs == tuple(made)


def test_a_waiver_with_dates_and_doses_is_taken_out_whole() -> None:
    """What a waiver says is nothing that the file orders."""
    idle = waiver("S301", expires="2030-01-01", at="cycle 'Cycle' steps", value="20 d")
    assert fixed(SOUND + idle).rstrip("\n") == SOUND.rstrip("\n")


@pytest.mark.parametrize("value", ["nan", "+nan", "-nan", "inf", "-inf", "-0.0"])
def test_what_is_no_number_is_the_same_after_a_fix(value: str) -> None:
    """It does not equal itself: a file that had it was never put right, and called a fault."""
    slip = f"strange = {value}\n{SOUND}".replace("9 mcg/day", "9 µg/day", 1)
    mended = fix(Task(read(slip.encode(), "slip.toml"), Settings(), TODAY)).reading.document.text
    assert f"strange = {value}\n" in mended


def test_a_fix_that_would_change_what_is_ordered_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    before = SOUND.replace("9 mcg/day", "9 µg/day")
    monkeypatch.setattr(fixing, "apply", lambda text, edits: text.replace("9 µg/day", "90 mcg/day"))
    with pytest.raises(UnsafeFixError):
        fix(Task(reading(before), Settings(), TODAY))


def test_the_catalogue_fixes_what_it_says() -> None:
    fixable = {rule.code for rule in CATALOGUE.values() if rule.fixable}
    assert fixable == {"F002", "W902", "W906", *(code for _, _, code in SLIPS)}
    for rule in CATALOGUE.values():
        text = rule.bad if rule.of == "record" else regimen_text(rule.bad)
        found = [f for f in judge(reading(text), TODAY, None).findings if f.code == rule.code]
        assert bool(found) or not rule.fixable
        assert {finding.fix is not None for finding in found} <= {rule.fixable}


def without_comments(text: str) -> list[str]:
    return re.findall(r"[ \t]+|#[^\n]*|\n|\r", text)


def doses(values: Any) -> list[Any]:
    if isinstance(values, dict):
        return [dose for value in values.values() for dose in doses(value)]
    if isinstance(values, list):
        return [dose for value in values for dose in doses(value)]
    return [values] if isinstance(values, int | Decimal) else []


@pytest.mark.slow
@given(
    slips=st.lists(st.sampled_from([wrong for _, wrong, _ in SLIPS[:4]] + ["9 mcg/day"]), min_size=3, max_size=3),
    spelling=st.lists(st.sampled_from(SPELLINGS), max_size=3, unique=True),
    newline=st.sampled_from(["\n", "\r\n"]),
    ending=st.sampled_from(["", "\n", "\n\n# the end", "  # µg/d .5 28.0"]),
)
def test_fixing_twice_is_fixing_once_and_keeps_the_layout(
    slips: list[str], spelling: list[tuple[str, str]], newline: str, ending: str
) -> None:
    text = (
        regimen_text("".join(f"{cycle(f'{dose} for 28 days')}   # {dose}, as ordered\n\n" for dose in slips)) + ending
    )
    for right, wrong in spelling:
        text = text.replace(right, wrong)
    text = text.replace("\n", newline)
    once = fixed(text)
    assert fixed(once) == once
    assert without_comments(once.replace(" = ", "=")) == without_comments(text.replace(" = ", "="))
    again = reading(once)
    assert not any(finding.fix for finding in judge(again, TODAY, None).findings)
    assert doses(again.document.values) == doses(reading(text).document.values)


def test_edits_keep_every_other_character() -> None:
    assert apply("abcdef", [Edit(Span(4, 5), "X"), Edit(Span(1, 3), ""), Edit(Span(6, 6), "!")]) == "adXf!"
    assert apply("abc", []) == "abc"


def test_virtual_patients_say_where_a_waiver_of_a_rule_that_needs_them_holds() -> None:
    asked = []

    def simulator() -> Script:
        asked.append(True)
        return script(outcome(100, 1000, (0, 100)))

    text = regimen_text(cycle(repeat=2))
    for written, times in ((waiver("S304"), 0), (waiver("B401"), 1)):
        task = Task(reading(text + written), Settings(), TODAY)
        after = fix(task, simulator).reading.document.text
        assert len(asked) == times
        assert ('rule = "B401"\nat = ' in after) is (times == 1)
    without = fix(Task(reading(text + waiver("B401")), Settings(), TODAY))
    assert without.repairs == ()
    fix(Task(reading("= 1"), Settings(), TODAY), simulator)
    assert len(asked) == 1
