"""The lines of a calendar (RFC 5545), as the library that reads it writes them, which takes ten times as long.

A course can have thousands of bags, and each is an event of twenty lines.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

_LONGEST = 74
"""The octets of a line, without its end."""


def escape(text: str) -> str:
    """Write a text as a value."""
    for written, meant in (("\\N", "\n"), ("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n")):
        text = text.replace(written, meant)
    return text.replace("\n", "\\n").replace("\r", "\\n")


def utc_text(moment: datetime) -> str:
    """Write an aware time as one of UTC."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def fold(lines: Iterable[str]) -> str:
    """Write lines with their ends; what does not fit into a line goes on in the next, behind a space."""
    return "".join(f"{line if len(line.encode()) <= _LONGEST else _fold_one(line)}\r\n" for line in lines)


def _fold_one(line: str) -> str:
    pieces, start = [], 0
    while start < len(line):
        piece = line[start : start + _LONGEST]
        while (over := len(piece.encode()) - _LONGEST) > 0:
            piece = piece[: -((over + 3) // 4)]  # no character has more than four octets
        if start + len(piece) < len(line) and piece[-1] in "\\^":
            piece = piece[:-1]  # what is escaped stays with its sign
        pieces.append(piece)
        start += len(piece)
    return "\r\n ".join(pieces)
