"""F: what cannot be read as a regimen, and what is written unusually and can."""

import pytest

from blinplan.regimen.reading import read
from blinplan.regimen.toml.document import LIMIT_BYTES
from blinplan.rules.families.file_format.rules import RULES
from blinplan.rules.judge import judge
from blinplan.rules.rule import Severity
from blinplan.rules.verdict import Ruling
from tests.regimen_text import TODAY, codes, cycle, judgement_of, regimen_text, verdict_of, waiver
from tests.rules.families.examples import Example, tried

SOUND = regimen_text(cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days"))


def changed(before: str, after: str) -> str:
    assert before in SOUND
    return SOUND.replace(before, after, 1)


def of_size(size: int) -> bytes:
    data = SOUND.encode()
    return data + b"#" + b"x" * (size - len(data) - 1)


EXAMPLES = (
    Example("F001", "finding", "a comma is missing in a step", changed(", days = 7", " days = 7")),
    Example("F001", "finding", "a key stands twice", changed('name = "probe"', 'name = "probe"\nname = "probe"')),
    Example("F001", "pass", "comments, and a comma after the last step", changed("},\n]", "},  # the last\n]")),
    Example("F001", "pass", "a name in single quotes", changed('"probe"', "'probe'")),
    Example("F001", "pass", "lines end as on Windows", SOUND.replace("\n", "\r\n")),
    Example("F002", "finding", "a key is misspelt", changed("treatment_free_days", "treatment_free_day")),
    Example("F002", "finding", "a key is capitalised", changed("title =", "Title =")),
    Example("F002", "finding", "a table that there is not", SOUND + "\n[comments]\nby = 1\n"),
    Example("F002", "pass", "a key in quotes", changed("title =", '"title" =')),
    Example("F002", "pass", "a comment that looks like a key", SOUND + "\n# comments = 1\n"),
    Example("F003", "finding", "the free interval is left out", changed("treatment_free_days = 14", "")),
    Example("F003", "finding", "a step has no length", changed(", days = 7", "")),
    Example("F003", "finding", "the file is empty", ""),
    Example("F003", "pass", "what has a default is left out", changed("repeat = 1\n", "")),
    Example(
        "F003",
        "pass",
        "a free interval of no days is said",
        changed("free_days = 14", "free_days = 0"),
    ),
    Example("F004", "finding", "a number of days as text", changed("days = 7", 'days = "7"')),
    Example("F004", "finding", "a day and a half", changed("days = 7", "days = 1.5")),
    Example("F004", "finding", "a day more than a year", changed("days = 7", "days = 367")),
    Example("F004", "pass", "a leap year, the longest step", changed("days = 7", "days = 366")),
    Example("F004", "finding", "no day at all", changed("days = 7", "days = 0")),
    Example("F004", "pass", "a day, the shortest", changed("days = 7", "days = 1")),
    Example("F004", "finding", "an indication that there is not", changed('"investigational"', '"relapsed"')),
    Example("F005", "finding", "a later version", changed("format = 1", "format = 2")),
    Example("F005", "pass", "the version that there is", SOUND),
    Example("F005", "blocked", "a version as text, which is no version at all", changed("format = 1", 'format = "1"')),
    Example("F006", "finding", "a microgram symbol in Latin-1", changed("A regimen", "µ").encode("latin-1")),
    Example("F006", "pass", "a microgram symbol in UTF-8", changed("A regimen", "µ").encode()),
    Example("F006", "finding", "a null byte", SOUND.encode() + b"\0"),
    Example("F006", "finding", "a byte over the size that is read", of_size(LIMIT_BYTES + 1)),
    Example("F006", "pass", "the largest size that is read", of_size(LIMIT_BYTES)),
    Example("F007", "finding", "a step in days and in hours that agree", changed("days = 7", "days = 7, hours = 168")),
    Example("F007", "pass", "the same step in hours", changed("days = 7", "hours = 168")),
    Example("F007", "finding", "weights from 45 kg and below 45 kg", changed("= 45\n", "= 45\nbelow_weight_kg = 45\n")),
    Example("F007", "pass", "weights from 45 kg and below 45.1", changed("= 45\n", "= 45\nbelow_weight_kg = 45.1\n")),
    Example("F008", "finding", "a dose under the skin", changed("28 mcg/day", "250 mcg SC")),
    Example("F008", "finding", "a route under the skin", changed('"flat"', '"flat"\nroute = "subcutaneous"')),
    Example("F008", "pass", "the one route", changed('"flat"', '"flat"\nroute = "intravenous"')),
    Example("F008", "pass", "a title about a study", changed("A regimen", "Intravenous arm of the subcutaneous study")),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_can_be_read_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.answer == "finding"], ids=str)
def test_a_file_of_which_a_line_was_not_understood_passes_no_rule(example: Example) -> None:
    """What one line was meant to say may decide any of them."""
    data = example.file if isinstance(example.file, bytes) else example.file.encode()
    verdicts = judge(read(data, "probe.toml"), TODAY, None).verdicts
    rulings = {verdict.ruling for verdict in verdicts if verdict.rule.code != "L010"}  # the text waives that one
    assert rulings == {Ruling.FINDING, Ruling.NOT_EVALUATED}


def test_what_cannot_be_read_is_an_error_that_no_waiver_takes_away() -> None:
    assert {rule.severity for rule in RULES} == {Severity.ERROR}
    assert all(rule.binding for rule in RULES)
    judgement = judgement_of(changed("days = 7", 'days = "7"') + waiver("F004"))
    assert codes(judgement) == ["F004", "W905"]
    assert verdict_of(judgement, "S301").ruling is Ruling.NOT_EVALUATED
