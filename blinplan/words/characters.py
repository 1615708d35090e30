"""Characters that are not what they look like, or are not seen at all: pasted from a page or another alphabet."""

import re
import unicodedata
from collections.abc import Iterator

_ALIKE = dict(
    zip("аАВсСеЕНіІјЈкКмМоОрРѕЅТуУхХΑΒΕΖΗΙΚΜΝοΟΡΤΥΧν", "aABcCeEHiIjJkKmMoOpPsSTyYxXABEZHIKMNoOPTYXv", strict=True)
) | {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63", "-"),
    **dict.fromkeys("\u2044\u2215\u29f8", "/"),
    **dict.fromkeys("\u2018\u2019\u201b\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201f\u2033\u00ab\u00bb", '"'),
    "\u201a": ",",
    "\u066b": ".",
}
"""What a letter or a sign of another alphabet looks like."""
_OF_SENTENCES = frozenset("\u2018\u2019\u201b\u2032\u201c\u201d\u201f\u2033\u00ab\u00bb\u201a")
"""Quotation marks and apostrophes, which are right in a sentence."""
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))")
_MEANT = frozenset("µμ²")
"""Signs that people write into a dose, and mean."""


def plain(text: str) -> str:
    """Write a text with what its characters look like, and without those that nobody sees."""
    return text if text.isascii() else "".join(_plain(character) for character in text)


def words_for_strange(text: str) -> str | None:
    """What of a text is not what it looks like, in words; None where all is."""
    if text.isascii():
        return None
    return "; ".join(dict.fromkeys(_strange(text))) or None


def words_for_strange_words(sentence: str) -> str | None:
    """What of a sentence that quotes somebody is not what it looks like, in words; None where all is.

    A word of another alphabet means what it says, so what is told is of words that look like ASCII all through; and of
    characters that nobody sees, which a sentence may have as escapes.
    """
    shown = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), sentence)
    return None if shown.isascii() else "; ".join(dict.fromkeys(_strange_words(shown))) or None


def _strange_words(sentence: str) -> Iterator[str]:
    for word in re.split("[ \n\t]+", sentence):
        written = "".join(character for character in word if character not in _OF_SENTENCES)
        unseen = "".join(character for character in written if not _plain(character))
        yield from _strange(written if plain(written).isascii() else unseen)


def _strange(text: str) -> Iterator[str]:
    for character in text:
        alike = _plain(character)
        if alike == character:
            continue
        named = f"U+{ord(character):04X} ({unicodedata.name(character, 'no character')})"
        what = "a space" if alike == " " else f"{alike!r}".replace("'", '"') if alike != '"' else "a quotation mark"
        yield f"{named} stands where {what} belongs" if alike else f"{named} stands there, which nobody sees"


def _plain(character: str) -> str:
    if character.isascii() or character in _MEANT:
        return character
    if (alike := _ALIKE.get(character)) is not None:
        return alike
    match unicodedata.category(character):
        case "Zs":
            return " "
        case "Cf":
            return ""
        case "Nd":
            return str(unicodedata.digit(character))
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character
