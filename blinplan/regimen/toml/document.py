"""A TOML document: its text, what it says, and where each of its keys and values is written."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from blinplan.files.inputs import other_encoding, size_in_words
from blinplan.regimen.toml.parser import (
    LIMIT_DIGITS,
    SET_ALREADY,
    DocumentError,
    Values,
    read_values,
    syntax_error,
    unreadable,
)
from blinplan.regimen.toml.places import Places
from blinplan.regimen.toml.positions import LIMIT_DEPTH, KeyPath, KeyPlace, Position, Span, TextLines

LIMIT_BYTES = 64 * 1024
"""The largest file that is read, in bytes. A regimen takes a few thousand."""


_ROOT = KeyPlace(None, Span(0, 0))


@dataclass(frozen=True, slots=True)
class Document:
    r"""A TOML document: its text, its values, and where each of them is written.

    Attributes
    ----------
    name
        The name shown to the user: a path, or ``<stdin>``.
    text
        The text with its line ends as in the file, ``\n`` or ``\r\n``.
    values
        What the document says, to be read only. Numbers with a point or an exponent are of type Decimal.
    places
        Where each entry is written.
    """

    name: str
    text: str
    values: Mapping[str, Any]
    places: Mapping[KeyPath, KeyPlace]
    _lines: list[TextLines] = field(default_factory=list, init=False, repr=False, compare=False)

    def place(self, path: KeyPath) -> KeyPlace:
        """Return where `path` is written, or else the nearest table or array around it that is."""
        places = self.places
        for length in range(len(path), 0, -1):
            place = places.get(path[:length])
            if place is not None:
                return place
        return _ROOT

    def key_span(self, path: KeyPath) -> Span:
        """Return the span of the key at `path`, or of the value if it has no key."""
        place = self.place(path)
        return place.key or place.value or Span(0, 0)

    def value_span(self, path: KeyPath) -> Span:
        """Return the span of the value at `path`, or of the key if its value is not written in one piece."""
        place = self.place(path)
        return place.value or place.key or Span(0, 0)

    def position(self, offset: int) -> Position:
        """Return the line and column of a character offset."""
        return self._as_lines.position(offset)

    def line_of(self, path: KeyPath) -> int:
        """Return the line on which the value at `path` begins."""
        return bisect_right(self._as_lines.starts, self.value_span(path).start)

    def line_text(self, line: int) -> str:
        """Return a line without its line end; empty if there is no such line."""
        return self._as_lines.line(line)

    @property
    def _as_lines(self) -> TextLines:
        if not self._lines:
            self._lines.append(TextLines.of(self.text))
        return self._lines[0]


def read_bytes(data: bytes, name: str, limit: int = LIMIT_BYTES) -> Document:
    """Read a TOML document from the bytes of a file.

    Parameters
    ----------
    data
        The content of the file.
    name
        The name to show to the user.
    limit
        The most bytes that are read.

    Raises
    ------
    DocumentError
        If the bytes are too many, not UTF-8 or not TOML.
    """
    if len(data) > limit:
        message = f"file is larger than {size_in_words(limit)}"
        raise DocumentError("unreadable", message, name, Position(1, 1))
    if encoding := other_encoding(data):
        raise DocumentError("unreadable", f"file is {encoding}, TOML has to be UTF-8", name, Position(1, 1))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"file is not UTF-8: byte {error.start + 1} (0x{data[error.start]:02x}) is not part of a character"
        raise unreadable(message, name, data[: error.start].decode("utf-8")) from error
    if "\0" in text:
        raise unreadable("file is not text: it contains a zero byte", name, text[: text.index("\0")])
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Read a TOML document.

    Parameters
    ----------
    text
        The text of the document.
    name
        The name to show to the user.

    Raises
    ------
    DocumentError
        If the text is not TOML, or nested too deeply.
    """
    try:
        values = read_values(text, name)
    except DocumentError as error:
        raise _as_repetition(text, error) from error
    # Of most files nobody asks where something stands; beyond a limit it is scanned at once, which refuses it.
    places = Places(text, name)
    if _may_be_beyond_limits(text, values):
        places.find_all()
    return Document(name, text, values, places)


def _as_repetition(text: str, error: DocumentError) -> DocumentError:
    """The error of a key that stands twice, at that key and with the line of the first; any other as it is."""
    if error.message != SET_ALREADY:
        return error
    # Imported here, because most files can be read.
    from blinplan.regimen.toml.scanner import repeated_key

    lines = TextLines.of(text)
    line, column = error.position
    is_header = error.line_text.lstrip().startswith("[")
    again = None if is_header else repeated_key(text[: lines.starts[line - 1] + column - 1], error.name)
    if again is None:
        written = error.line_text.partition("=")[0].partition("#")[0].strip()
        named = "a key in braces" if "{" in error.line_text[: column - 1] else f"`{written}`"
        return syntax_error(f"{named} cannot be set: a value stands there already", error.name, text, error.position)
    first = lines.position(again.first.start).line
    message = f"`{again.path[-1]}` stands here again, and in line {first} already"
    found = syntax_error(message, error.name, text, again.second.start)
    found.repeated = again
    return found


def _may_be_beyond_limits(text: str, values: Mapping[str, Any]) -> bool:
    """Whether a number may be too long or a value too deep: at most as many keys or indexes lead to none."""
    return max(map(len, text.split("\n"))) > LIMIT_DIGITS or _is_deep(values)


def _is_deep(values: Mapping[str, Any]) -> bool:
    tables: list[Any] = [values]
    for _ in range(LIMIT_DEPTH):
        inside = [part for one in tables for part in (one if type(one) is list else one.values())]
        tables = [part for part in inside if type(part) is dict or type(part) is list]
        if not tables:
            return False
    return True


def unread(text: str, name: str) -> Document:
    """A document that was read elsewhere without error, and is read here when somebody asks what it says."""
    return Document(name, text, Values(text, name), Places(text, name))
