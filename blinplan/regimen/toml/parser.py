"""What a TOML text says, or what is wrong with one that cannot be read: the TOML parser decides, a library."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import tomli

from blinplan.regimen.toml.positions import KeyPath, Position, Span, TextLines

LIMIT_EXPONENT = 308
"""The largest power of ten that a number with a point may reach, up or down: that of a floating-point number."""

LIMIT_DIGITS = 400
"""The longest number. Python reads hexadecimal ones of any length, but then fails to print them."""


SET_ALREADY = "Cannot overwrite a value"
"""What the parser says behind a key that it knows already, and at a header of what is no table."""


class Repeated(NamedTuple):
    """A key that stands twice in one table: its path, what stands behind the first, and the second with its value."""

    path: KeyPath
    first: Span
    second: Span


class DocumentError(Exception):
    """A document that cannot be read.

    Attributes
    ----------
    kind
        ``"unreadable"`` if the bytes are not a text this program reads, ``"syntax"`` if the text is not TOML.
    message
        What is wrong, without name and position.
    name
        The document's name as shown to the user.
    position
        Where it is wrong.
    line_text
        The line it is on, for showing; empty where there is no such text.
    repeated
        What stands there a second time; None where something else is wrong.
    """

    def __init__(
        self, kind: Literal["syntax", "unreadable"], message: str, name: str, position: Position, line_text: str = ""
    ) -> None:
        super().__init__(kind, message, name, position, line_text)
        self.kind: Literal["syntax", "unreadable"] = kind
        self.message = message
        self.name = name
        self.position = position
        self.line_text = line_text
        self.repeated: Repeated | None = None

    def __str__(self) -> str:
        return f"{self.name}:{self.position.line}:{self.position.column}: {self.message}"


def unreadable(message: str, name: str, before: str) -> DocumentError:
    """Return the error for a file that can be read up to the end of `before`."""
    return DocumentError("unreadable", message, name, TextLines.of(before).position(len(before)))


def syntax_error(message: str, name: str, text: str, at: int | Position) -> DocumentError:
    """Return the error for a text that is not TOML at an offset or a position, with its line."""
    lines = TextLines.of(text)
    position = lines.position(at) if isinstance(at, int) else at
    return DocumentError("syntax", message, name, position, lines.line(position.line))


def read_values(text: str, name: str) -> dict[str, Any]:
    """Return what the text says, as the TOML parser reads it."""
    if text.startswith("\ufeff"):
        message = "file starts with a byte order mark, which TOML forbids: save it as UTF-8 without BOM"
        raise syntax_error(message, name, text, 0)
    try:
        return tomli.loads(text, parse_float=_decimal)
    except tomli.TOMLDecodeError as error:
        message = _TABLE_AGAIN.sub(_as_header, error.msg)
        raise syntax_error(message, name, text, Position(error.lineno, error.colno)) from error
    except RecursionError as error:
        raise syntax_error("nested too deeply", name, text, _breaking_point(text) - 1) from error
    except (ValueError, ArithmeticError) as error:
        before = text[: _breaking_point(text)].rstrip("0123456789eE_.+-")
        raise syntax_error("number is out of range", name, text, len(before)) from error


_TABLE_AGAIN = re.compile(r"Cannot (?:declare|mutate immutable namespace) \((.*?),?\)(?: twice)?")


def _as_header(said: re.Match[str]) -> str:
    """What the parser says of a table, as it is written in the file."""
    keys = ".".join(part.strip("'") for part in said[1].split(", "))
    return f"[{keys}] stands here again" if said[0].endswith("twice") else f"[{keys}] has all its keys already"


def _decimal(written: str) -> Decimal:
    """Read a number, unless its size would stall whoever makes an integer or a fraction of it."""
    number = Decimal(written)
    if number.is_finite() and abs(number.adjusted()) > LIMIT_EXPONENT:
        raise ValueError(written)
    return number


def _breaking_point(text: str) -> int:
    """Return the length of the shortest beginning of the text that the parser breaks on, rather than refuses.

    It breaks on numbers and nesting beyond what Python can hold, without saying where.
    """

    def breaks(length: int) -> bool:
        try:
            tomli.loads(text[:length], parse_float=_decimal)
        except tomli.TOMLDecodeError:
            return False
        except (RecursionError, ValueError, ArithmeticError):
            return True
        return False

    return bisect_left(range(len(text)), True, key=breaks)


class Values(Mapping[str, Any]):
    """What a text says, as the TOML parser reads it when somebody asks."""

    __slots__ = ("_name", "_text", "_values")

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._values: Mapping[str, Any] | None = None

    @property
    def _all(self) -> Mapping[str, Any]:
        if self._values is None:
            self._values = read_values(self._text, self._name)
        return self._values

    def __getitem__(self, key: str) -> Any:
        return self._all[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)
