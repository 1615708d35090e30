"""The words of a route are found by their letters, however these are written, and told where they stand."""

import pytest

from blinplan.words.routes import other_route

_ACCENT = "é "  # a text with it is read letter by letter


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\v", "\f", "\r", "\x1c", "\x1d", "\x1e", "\x1f"])
@pytest.mark.parametrize("words", ["Under{}the SKIN", "SC", "once{}daily", "120 mcg Sub-Cut{}injection", "{}"])
def test_a_text_without_accents_is_read_as_one_with_them(words: str, blank: str) -> None:
    text = words.format(blank)
    plain, accented = other_route(text), other_route(_ACCENT + text)
    assert plain == (None if accented is None else accented._replace(start=accented[1] - 2, end=accented[2] - 2))


def test_words_are_told_as_they_are_written() -> None:
    found = other_route("give it Under\tthe SKIN")
    assert found == ("Under\tthe SKIN", 8, 22)
