"""A character that is not what it looks like, or that nobody sees, is named where it does harm; a dose is put right."""

import pytest

from blinplan.quantities import read_dose
from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.fix import apply
from blinplan.words.characters import plain, words_for_strange, words_for_strange_words
from tests.regimen.readings import problems
from tests.regimen_text import cycle, regimen_text

SPACES = "\u00a0\u2002\u2003\u2009\u200a\u202f\u3000"
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202c"
ALIKE = {
    "\u0441": "c",
    "\u043e": "o",
    "\uff4d": "m",
    "\uff19": "9",
    "\u0669": "9",
    "\U0001d7d7": "9",
    "\uff0f": "/",
    "\u2215": "/",
}
CASES = {
    **{space: ("9 mcg/day", "9" + space + "mcg/day", "stands where a space belongs") for space in SPACES},
    **{unseen: ("9 mcg/day", "9" + unseen + " mcg/day", "stands there, which nobody sees") for unseen in UNSEEN},
    **{sign: ("", "", f'stands where "{alike}" belongs') for sign, alike in ALIKE.items()},
}


WITH_ALIKE = {"c": "9 m{}g/day", "o": "9 mcg/day{}", "9": "{} mcg/day", "/": "9 mcg{}day", "m": "9 {}cg/day"}


def written(sign: str) -> str:
    """A dose with a strange character in it, where its like belongs."""
    return CASES[sign][1] or WITH_ALIKE[ALIKE[sign]].format(sign)


@pytest.mark.parametrize("sign", CASES)
def test_a_strange_character_in_a_dose_is_named(sign: str) -> None:
    text = regimen_text(cycle(f"{written(sign)} for 7 days", "28 mcg/day for 21 days"))
    (found,) = problems(text)
    assert found.code == "N104"
    assert f"U+{ord(sign):04X} (" in found.message
    assert CASES[sign][2] in found.message


@pytest.mark.parametrize("sign", [sign for sign in CASES if ALIKE.get(sign) != "o"])
def test_a_dose_that_looks_right_is_put_right(sign: str) -> None:
    text = regimen_text(cycle(f"{written(sign)} for 7 days", "28 mcg/day for 21 days"))
    (found,) = problems(text)
    assert found.fix is not None
    mended = read(apply(text, [found.fix]).encode(), "x.toml")
    assert isinstance(mended, RegimenFile)
    assert mended.regimen.steps[0].dose == read_dose("9 mcg/day").rate


@pytest.mark.parametrize("dose", ["9 mcg/d\u0430y each", "9\u00a0mg", "9\u00a0bags", "\u200b", "9\u00a0mcg\u00a0"])
def test_what_does_not_look_like_a_dose_is_not_guessed(dose: str) -> None:
    (found,) = problems(regimen_text(cycle("28 mcg/day for 28 days").replace('"28 mcg/day"', f'"{dose}"')))
    assert found.fix is None
    assert "U+" in found.message


@pytest.mark.parametrize("dose", ["9 µg/day", "9 μg/day", "5 mcg/m²/day", "9 mcg/day"])
def test_signs_that_are_meant_are_not_strange(dose: str) -> None:
    assert words_for_strange(dose) is None
    assert plain(dose) == dose


def test_a_space_that_is_none_is_named_where_the_syntax_breaks() -> None:
    for line in ('name\u00a0= "x"', '\u00a0name = "x"', 'n\u0430me = "x"'):
        assert any("U+" in problem.message for problem in problems(f"format = 1\n{line}\n")), line


def test_text_of_any_language_is_no_problem() -> None:
    text = regimen_text(
        cycle(), title="\u041b\u0435\u0447 \u2013 9\u00a0\u043c\u043a\u0433, \u6cbb, \u00abr\u00e9gime\u00bb"
    )
    assert problems_or_none(text) == ()


def problems_or_none(text: str) -> tuple[object, ...]:
    reading = read(text.encode(), "x.toml")
    return () if isinstance(reading, RegimenFile) else problems(text)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("weight_kg is '7\u043e'", 'U+043E (CYRILLIC SMALL LETTER O) stands where "o" belongs'),
        ("there is no rule D2\uff105", 'U+FF10 (FULLWIDTH DIGIT ZERO) stands where "0" belongs'),
        ("2026\u201110-19 is no date", 'U+2011 (NON-BREAKING HYPHEN) stands where "-" belongs'),
        (r"--weight is '70\u200b'", "U+200B (ZERO WIDTH SPACE) stands there, which nobody sees"),
        ("\u0438\u0301\u200b: no such file", "U+200B (ZERO WIDTH SPACE) stands there, which nobody sees"),
        ("\u043e\u0442\u0434\u0435\u043b: no such file", None),
        ("M\u00fcller\u20197.toml: no such file", None),
        ("\u201cWard 7\u201d has 5 m\u00b2 and 9 \u00b5g", None),
        (r"C:\users\x is no file", None),
    ],
)
def test_a_sentence_names_what_it_quotes_and_is_not_what_it_looks_like(sentence: str, told: str | None) -> None:
    """A word of another alphabet means what it says."""
    assert words_for_strange_words(sentence) == told
