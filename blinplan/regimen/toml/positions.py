"""Where something is written: the way to a value, stretches of text, lines and columns."""

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple, Self

KeyPath = tuple[str | int, ...]
"""The way to a value: table keys and array indexes from the root, as in ``("cycle", 0, "steps", 1, "dose")``."""

LIMIT_DEPTH = 32
"""The longest key path. Paths of any length would let a small file take much memory."""


def pointer(path: KeyPath) -> str:
    """Write a key path as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


class Span(NamedTuple):
    """A stretch of text in character offsets, the end exclusive."""

    start: int
    end: int


class Edit(NamedTuple):
    """What to write in place of a stretch of text."""

    span: Span
    text: str


class Position(NamedTuple):
    """A line and a column as people count them: from 1, one column per character."""

    line: int
    column: int


class KeyPlace(NamedTuple):
    """Where an entry of a document is written.

    Attributes
    ----------
    key
        The last key of the path; None for the elements of an array, which have no key.
    value
        The value, brackets and quotes included. For a table with a header it is the header; for a table that is only
        passed through, as ``a`` in ``[a.b]`` or in ``a.b = 1``, it is None.
    """

    key: Span | None
    value: Span | None


class TextLines(NamedTuple):
    """A text seen as lines, which end with a newline, with or without a carriage return before it."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """The lines of a text."""
        *lines, _ = map(len, text.split("\n"))
        return cls(text, (0, *accumulate(map((1).__add__, lines))))  # the newline of each is one character more

    def position(self, offset: int) -> Position:
        """Return the line and column of a character offset; of one outside, those of the nearest end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return a line without its line end; empty if there is no such line."""
        if not 1 <= number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].removesuffix("\n").removesuffix("\r")
