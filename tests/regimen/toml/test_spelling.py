"""What is suggested for words that nobody knows: the word that was meant, and never one that says something else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from blinplan.regimen.record.tables import RECORD_FILE
from blinplan.regimen.schema import REGIMEN_FILE
from blinplan.regimen.site.tables import SITE_FILE
from blinplan.regimen.toml.spelling import advice_for_key, nearest_word
from blinplan.regimen.toml.table import Table
from tests.regimen.layouts import changed, renamed, with_inline_tables
from tests.regimen.readings import only, problems

pytestmark = pytest.mark.slow  # a thousand words made from every key: the whole gate reads them

OPPOSITES = [
    {"min", "max", "below", "above"},
    {"minimum", "max", "under", "over"},
    {"years", "months", "weeks", "days", "hours", "minutes"},
    {"kg", "lb", "g", "mg"},
    {"every", "for"},
    {"latest", "earliest"},
    {"before", "after"},
    {"first", "last"},
    {"same", "new"},
    {"positive", "negative"},
    {"rr", "mrd"},
]
"""Parts of words that say different things, as a physician uses them."""


def tables() -> Iterator[Table[Any]]:
    for file in (REGIMEN_FILE, RECORD_FILE, SITE_FILE):
        yield file
        yield from file.inner().values()


def known_words() -> Iterator[tuple[str, list[str]]]:
    """Every key with the others of its table, and every word that a key may hold with the others."""
    for table in tables():
        for key in table.keys.values():
            yield key.name, list(table.keys)
            held: Any = key.kind.json
            for words in (held.get("enum", []), held.get("items", {}).get("enum", [])):
                yield from ((word, words) for word in words)


def exchanged() -> Iterator[tuple[str, list[str]]]:
    """Every known word with one of its parts turned into what says something else."""
    for word, allowed in known_words():
        for part in re.split("[-_]", word):
            for group in OPPOSITES:
                for other in sorted(group - {part}) if part in group else ():
                    other_word = re.sub(rf"(?<![a-z]){part}(?![a-z])", other, word)
                    if other_word not in allowed:
                        yield other_word, allowed


EXCHANGED = list(exchanged())


def meaning(word: str) -> list[set[str]]:
    same = {"minimum": "min", "under": "below", "over": "above"}
    parts = {same.get(part, part) for part in re.split("[-_]", word)}
    return [parts & group for group in OPPOSITES]


def test_there_are_words_to_exchange() -> None:
    written = {word for word, _ in EXCHANGED}
    assert {"max_age_years", "min_age_months", "every_days", "below_weight_lb", "mrd-negative"} <= written


def test_a_word_is_never_suggested_for_one_that_says_something_else() -> None:
    near = {written: nearest_word(written, allowed) for written, allowed in EXCHANGED}
    assert {written: word for written, word in near.items() if word and meaning(word) != meaning(written)} == {}


@pytest.mark.parametrize("prefix", ["un", "non", "non-", "not-", "anti-"])
def test_no_word_is_suggested_for_its_denial(prefix: str) -> None:
    near = {word: nearest_word(prefix + word, words) for word, words in known_words() if prefix + word not in words}
    assert {word: suggested for word, suggested in near.items() if suggested == word} == {}


MAKES_A_NO = "goes-no"
"""Letters of goes-on in another order, which deny it: no slip to be seen through."""
LONG = [known for known in known_words() if len(known[0]) > 4 and not re.search("[0-9]", known[0])]


def test_a_letter_too_many_or_in_the_wrong_place_is_seen_through() -> None:
    for word, allowed in LONG:
        assert slips_not_seen_through(word, allowed) == []


def slips_not_seen_through(word: str, allowed: list[str]) -> list[str]:
    slips = (word.upper(), word[:3] + word[2:], word[:-2] + word[-1] + word[-2], word.replace("_", ""))
    return [slip for slip in slips if slip != MAKES_A_NO and nearest_word(slip, allowed) != word]


def of_eligibility(written: str) -> str:
    """The help for a key of the limits, where no other limit is given."""
    limits = changed(("eligibility",), {"population": '"child"', written: "1"})
    return only(with_inline_tables(limits)).help


@pytest.mark.parametrize(
    "written", ["max_age_years", "maximum_age_years", "highest_age_years", "maxAgeYears", "max_age"]
)
def test_a_highest_age_is_the_limit_that_is_itself_excluded(written: str) -> None:
    assert of_eligibility(written) == (
        "write `below_age_years`; what it gives is itself excluded, so give a value above the highest"
    )
    # Where that limit stands already, there is nothing else to write, and no other limit is meant.
    assert "write" not in only(with_inline_tables(renamed(("eligibility", "min_age_years"), written))).help


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("max_weight_kg", "write `below_weight_kg`; what it gives is itself excluded"),
        ("over_age_years", "write `min_age_years`; what it gives is itself included"),
        ("min_age_months", "give it in years, as `min_age_years`; a month is one twelfth of a year"),
        (
            "max_age_months",
            "give it in years, as `below_age_years`; a month is one twelfth of a year; what it gives is",
        ),
        ("min_weight_lb", "give it in kg, as `min_weight_kg`; a pound is 0.4536 kg"),
        ("minimum_age_years", "write `min_age_years`"),
        ("mim_age_years", "write `min_age_years`"),
        ("age_years", "remove the key"),  # which of the two limits is meant is not to be guessed
        ("weight_kg", "remove the key"),
    ],
)
def test_a_limit_is_told_in_the_words_of_the_format(written: str, expected: str) -> None:
    assert of_eligibility(written).startswith(expected)


CELLS = ("drug", "B cells", "T cells", "blasts")


@pytest.mark.parametrize("written", ["cellls", "cells", "X cells", "CELLS"])
def test_of_two_words_that_are_as_like_neither_is_suggested(written: str) -> None:
    assert nearest_word(written, CELLS) is None


@pytest.mark.parametrize("word", ["B cells", "T cells"])
def test_a_capital_is_no_difference_by_which_another_word_is_suggested(word: str) -> None:
    for slip in (f"{word} =", f"{word[:-1]}ls", f"{word[0]} cels", f"{word} never"):
        for written in (slip, slip.lower(), slip.upper()):
            assert nearest_word(written, CELLS) == word


@pytest.mark.parametrize("written", ["resumed", "resumed_at", "resume"])
def test_when_an_infusion_went_on_is_not_when_the_event_was_over(written: str) -> None:
    assert nearest_word(written, ["stopped", "cause", "resolved"]) is None
    interruption = RECORD_FILE.keys["interruption"].kind.table
    assert interruption is not None
    assert nearest_word("resumed", interruption.keys) == "restarted"


@pytest.mark.parametrize("written", ["every_days", "every", "every_weeks", "weekly"])
def test_a_rhythm_is_told_as_the_list_of_its_days(written: str) -> None:
    text = with_inline_tables(renamed(("due", 0, "for_days"), written))
    assert only(text).help == "list each of the days in `days`, such as [1, 8, 15]; no key repeats them"
    assert only(text).fix is None


@pytest.mark.parametrize("written", ["verified", "unseen", "not-seen"])
def test_a_status_is_never_turned_into_another(written: str) -> None:
    (problem,) = problems(with_inline_tables(changed(("sources", 0, "status"), f'"{written}"')))
    assert "write" not in problem.help
    assert problem.fix is None


def test_a_key_that_is_like_nothing_has_no_advice() -> None:
    assert advice_for_key("colour", list(REGIMEN_FILE.keys)) is None
