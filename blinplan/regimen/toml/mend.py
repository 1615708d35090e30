"""What can be read of a text that is not TOML: all but the value with the slip, or the tables before the slip."""

import re
from typing import NamedTuple

from blinplan.regimen.toml.document import Document, parse
from blinplan.regimen.toml.parser import DocumentError
from blinplan.regimen.toml.positions import KeyPath

_NO_VALUE = "nan"
"""What is put in place of a value that cannot be read; nothing in a file of ours may be that."""

_VALUE = re.compile(r"([ \t]*[\w.-]+[ \t]*=[ \t]*)(?P<value>\S.*?)([ \t\r]*)")
_ELEMENT = re.compile(r"([ \t]*)(?P<value>\{.*?)(,?[ \t\r]*)")
_TABLE = re.compile(r"^\[{1,2}[ \t]*\w+[ \t]*\]", re.MULTILINE)
_INNER_TABLE = re.compile(r"^[ \t]*\[{1,2}[^\]\n.]+\.", re.MULTILINE)


class Mended(NamedTuple):
    """A document with what could be read: all but the value at a place, or, where that is None, its first tables."""

    document: Document
    lost: KeyPath | None


def mend(text: str, name: str, line: int) -> Mended | None:
    """Read what can be read of a text with a slip in a line; None where nothing of it is certain."""
    return _without_repeated(text, name) or _without_value(text, name, line) or _before(text, name, line)


def _without_repeated(text: str, name: str) -> Mended | None:
    """All but a key that stands twice: which of the two is meant is not known, so neither is read."""
    try:
        parse(text, name)
    except DocumentError as error:
        again = error.repeated
    else:
        return None
    if again is None:
        return None
    (start, end), (begin, stop), nothing = again.first, again.second, f"={_NO_VALUE}"
    if end - start < len(nothing):
        return None
    rest = text[:start] + nothing.ljust(end - start) + text[end:begin] + " " * (stop - begin) + text[stop:]
    document = _document_of(rest, text, name)
    return None if document is None else Mended(document, again.path)


def _without_value(text: str, name: str, line: int) -> Mended | None:
    """All but the value in a line: one that begins and ends there, or the rest would not be read as it is."""
    lines = text.split("\n")
    match = _VALUE.fullmatch(lines[line - 1]) or _ELEMENT.fullmatch(lines[line - 1])
    if match is None or len(match["value"]) < len(_NO_VALUE):
        return None
    start, end = match.span("value")
    lines[line - 1] = lines[line - 1][:start] + _NO_VALUE.ljust(end - start) + lines[line - 1][end:]
    document = _document_of("\n".join(lines), text, name)
    at = sum(len(one) + 1 for one in lines[: line - 1]) + start
    lost = (
        []
        if document is None
        else [path for path, place in document.places.items() if place.value and place.value.start == at]
    )
    return None if document is None or not lost else Mended(document, lost[0])


def _before(text: str, name: str, line: int) -> Mended | None:
    """The tables before the one with the slip, unless parts of them may stand behind it."""
    slip = sum(len(one) + 1 for one in text.split("\n")[:line])
    headers = [header.start() for header in _TABLE.finditer(text, 0, slip)]
    if not headers or _INNER_TABLE.search(text, headers[-1]):
        return None
    document = _document_of(text[: headers[-1]], text, name)
    return None if document is None else Mended(document, None)


def _document_of(part: str, text: str, name: str) -> Document | None:
    try:
        read = parse(part, name)
    except DocumentError:
        return None
    return Document(name, text, read.values, read.places)
