"""N101 to N108: where a slip stands in the file, to the character, and what the file says when it is put right."""

import pytest

from blinplan.rules.families.notation.toml_version import _place
from tests.regimen_text import cycle, judgement_of, regimen_text, verdict_of
from tests.rules.families.examples import said, verdict_on

SOUND = regimen_text(cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days"))
BY_AREA = regimen_text(cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days"))


@pytest.mark.parametrize(
    ("text", "right", "dose", "code", "marked"),
    [
        (SOUND, "28 mcg/day", "28 µg/day", "N101", "µg"),
        (SOUND, "28 mcg/day", "28.0 mcg/day", "N102", ".0"),
        (SOUND, "9 mcg/day", "9.00 mcg/day", "N102", ".00"),
        (SOUND, "28 mcg/day", "28mcg/day", "N107", "m"),
        (SOUND, "9 mcg/day", "9 mcg/d", "N105", "d"),
        (SOUND.replace("9 mcg", "0.9 mcg"), "0.9 mcg/day", ".9 mcg/day", "N103", "."),
        (BY_AREA, "15 mcg/m2/day", "15 ug/m2/day", "N101", "ug"),
        (BY_AREA, "28 mcg/day", "28.0 mcg/day", "N102", ".0"),
        (BY_AREA, "5 mcg/m2/day", "5mcg/m2/day", "N107", "m"),
    ],
)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_slip_is_marked_and_put_right_where_it_stands(
    text: str, right: str, dose: str, code: str, marked: str, quote: str
) -> None:
    before = f"{quote}{right}{quote}"
    sound = text.replace(f'"{right}"', before)
    written = sound.replace(before, f"{quote}{dose}{quote}")
    assert sound.count(before) == 1
    (finding,) = verdict_on(code, written).findings
    start = written.index(f"{quote}{dose}{quote}") + 1 + dose.index(marked)
    assert (finding.span.start, finding.span.end) == (start, start + len(marked))
    assert finding.fix is not None
    span = finding.fix.span
    assert written[: span.start] + finding.fix.text + written[span.end :] == sound


@pytest.mark.parametrize("dose", ['"28 \\u00b5g/day"', "'''28 µg/day'''", '"""28 µg/day"""'])
def test_what_is_not_written_as_it_reads_is_not_put_right(dose: str) -> None:
    written = SOUND.replace('"28 mcg/day"', dose)
    (finding,) = verdict_on("N101", written).findings
    assert finding.fix is None
    assert written[finding.span.start : finding.span.end] == dose


@pytest.mark.parametrize(
    ("dose", "times"),
    [("2799", ""), ("2800", "100"), ("2810", "100"), ("2815", "101"), ("28000", "1,000"), ("28,010", "1,000")],
)
def test_how_many_times_the_labelled_dose_a_slip_of_a_unit_is(dose: str, times: str) -> None:
    number = f"{int(dose.replace(',', '')):,}"
    message = f"the dose is {number} mcg/day, {times} times the labelled maximum of 28 mcg/day"
    found = f"error at cycle.0.steps.0.dose | {message} | check the unit: 1 mg is 1,000 mcg"
    assert said("N106", cycle(f"{dose} mcg/day for 28 days")) == ([found] if times else [])


@pytest.mark.parametrize(
    ("before", "after", "stops"),
    [
        ("days = 7 }", "days = 7, }", " }"),
        ("days = 21 }", "days = 21, }", " }"),
        ("days = 21 }", "days = 21\n}", "\n}"),
        ('{ dose = "28', '{\n dose = "28', '\n dose = "28'),
        ('"A regimen for a test"', '"A\\x20regimen"', "\\x20"),
        ('"A regimen for a test"', '"A \\e[1mregimen"', "\\e["),
    ],
)
def test_a_reader_of_toml_1_0_stops_at_what_it_does_not_know(before: str, after: str, stops: str) -> None:
    """The mark is one character, where or just behind where the later spelling begins."""
    text = SOUND.replace(before, after)
    assert text != SOUND
    (finding,) = verdict_of(judgement_of(text), "N108").findings
    start = text.index(after) + after.index(stops)
    assert start <= finding.span.start <= start + 2
    assert finding.span.end == finding.span.start + 1
    assert finding.message == "a reader of TOML 1.0 stops here"
    assert finding.path == ()


TEXT = "one\ntwo three\n\nfour"


@pytest.mark.parametrize("at", range(len(TEXT)))
def test_a_line_and_a_column_are_a_place_in_the_text(at: int) -> None:
    line, column = TEXT.count("\n", 0, at) + 1, at - TEXT.rfind("\n", 0, at)
    assert _place(f"Expected something (at line {line}, column {column})", TEXT) == at


def test_a_place_is_inside_of_the_text() -> None:
    assert _place("Expected something (at end of document)", TEXT) == len(TEXT) - 1
    assert _place("Expected something (at end of document)", "") == 0
    assert _place("Expected something (at line 4, column 50)", TEXT) == len(TEXT)
