"""TOML text with positions: where each key and each value of a document is written.

The TOML parser decides what a document says and whether it is TOML at all, but it forgets where things stood. A
scanner walks the same text once more and notes the span of every key and value. It may trust the syntax, because the
parser has accepted it, so it only has to find where things begin and end.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import Any, Literal, NamedTuple, Self

import tomli

from blinplan.files.inputs import other_encoding

KeyPath = tuple[str | int, ...]
"""The way to a value: table keys and array indexes from the root, as in ``("cycle", 0, "steps", 1, "dose")``."""


def pointer(path: KeyPath) -> str:
    """Write a key path as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


LIMIT_BYTES = 64 * 1024
"""The largest file that is read, in bytes. A regimen takes a few thousand."""

LIMIT_DEPTH = 32
"""The longest key path. Paths of any length would let a small file take much memory."""

LIMIT_EXPONENT = 308
"""The largest power of ten that a number with a point may reach, up or down: that of a floating-point number."""

LIMIT_DIGITS = 400
"""The longest number. Python reads hexadecimal ones of any length, but then fails to print them."""


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


_ROOT = KeyPlace(None, Span(0, 0))


class _Lines(NamedTuple):
    """A text seen as lines, which end with a newline, with or without a carriage return before it."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        *lines, _ = map(len, text.split("\n"))
        return cls(text, (0, *accumulate(map((1).__add__, lines))))  # the newline of each is one character more

    def position(self, offset: int) -> Position:
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        if not 1 <= number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].removesuffix("\n").removesuffix("\r")


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

    def __str__(self) -> str:
        return f"{self.name}:{self.position.line}:{self.position.column}: {self.message}"


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
    _lines: list[_Lines] = field(default_factory=list, init=False, repr=False, compare=False)

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
    def _as_lines(self) -> _Lines:
        if not self._lines:
            self._lines.append(_Lines.of(self.text))
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
        message = f"file is larger than {limit // 1024} KiB"
        raise DocumentError("unreadable", message, name, Position(1, 1))
    if encoding := other_encoding(data):
        raise DocumentError("unreadable", f"file is {encoding}, TOML has to be UTF-8", name, Position(1, 1))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"file is not UTF-8: byte {error.start + 1} (0x{data[error.start]:02x}) is not part of a character"
        raise _unreadable(message, name, data[: error.start].decode("utf-8")) from error
    if "\0" in text:
        raise _unreadable("file is not text: it contains a zero byte", name, text[: text.index("\0")])
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
    values = _values(text, name)
    # Of most files nobody asks where something stands; beyond a limit it is scanned at once, which refuses it.
    scanned = _Scanner(text, name).places() if _may_be_beyond_limits(text, values) else None
    return Document(name, text, values, Places(text, name, scanned))


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


def _unreadable(message: str, name: str, before: str) -> DocumentError:
    """Return the error for a file that can be read up to the end of `before`."""
    return DocumentError("unreadable", message, name, _Lines.of(before).position(len(before)))


def _syntax_error(message: str, name: str, text: str, at: int | Position) -> DocumentError:
    lines = _Lines.of(text)
    position = lines.position(at) if isinstance(at, int) else at
    return DocumentError("syntax", message, name, position, lines.line(position.line))


def _values(text: str, name: str) -> dict[str, Any]:
    """Return what the text says, as the TOML parser reads it."""
    if text.startswith("\ufeff"):
        message = "file starts with a byte order mark, which TOML forbids: save it as UTF-8 without BOM"
        raise _syntax_error(message, name, text, 0)
    try:
        return tomli.loads(text, parse_float=_decimal)
    except tomli.TOMLDecodeError as error:
        raise _syntax_error(error.msg, name, text, Position(error.lineno, error.colno)) from error
    except RecursionError as error:
        raise _syntax_error("nested too deeply", name, text, _breaking_point(text) - 1) from error
    except (ValueError, ArithmeticError) as error:
        before = text[: _breaking_point(text)].rstrip("0123456789eE_.+-")
        raise _syntax_error("number is out of range", name, text, len(before)) from error


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


# Possessive quantifiers (++, *+) never step back, so that time stays linear in the length of the text.
_GAP = re.compile(r"(?:[ \t\r\n,]++|#[^\n]*+)*+")
_SEGMENT = re.compile(r"""[ \t]*+([A-Za-z0-9_-]++|"(?:[^"\\]++|\\.)*+"|'[^']*+')[ \t]*+(\.?)""")
_EQUALS = re.compile(r"=[ \t]*+")
_STRING = re.compile(
    r'''
      """ (?: [^"\\]++ | \\. | ""?(?!") )*+ "{3,5}+    # up to two quotes may stand before the closing three
    | \''' (?: [^']++ | ''?(?!') )*+ '{3,5}+
    | " (?: [^"\\]++ | \\. )*+ "
    | ' [^']*+ '
    ''',
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(  # a bare key and a value in one piece: what most lines are
    r"""
    ([A-Za-z0-9_-]++) [ \t]*+ = [ \t]*+
    ( "(?!"") (?: [^"\\\n]++ | \\. )*+ " | (?: \d{4}-\d\d-\d\d[ ] (?=\d\d:) )?+ [^ \t\r\n,\#\]}\["'{]++ )
    (?: [ \t\r\n,]++ | \#[^\n]*+ )*+
    """,
    re.VERBOSE,
)
_PLAIN_HEADER = re.compile(r"(\[\[?)([A-Za-z0-9_-]++)\]\]?(?:[ \t\r\n]++|#[^\n]*+)*+")  # of one bare key
_HEADER = re.compile(  # behind a line end, a table's; without a key, what may be a value of an array
    r"\n[ \t]*+(\[\[?)(?:(?!(?:true|false|inf|nan)\])([A-Za-z_][A-Za-z0-9_-]*+)\]\]?[ \t\r]*+(?=[#\n]|\Z))?"
)
_ATOM = re.compile(r"(?:\d{4}-\d\d-\d\d (?=\d\d:))?+[^ \t\r\n,#\]}]++")  # a date and a time may have a space between

_Segment = tuple[str, Span]  # one part of a dotted key
_new = tuple.__new__


class _Scanner:
    """Finds the places in a text that the TOML parser has accepted."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self.known: dict[KeyPath, KeyPlace] = {}
        self._lengths: dict[KeyPath, int] = {}  # of the arrays of tables so far

    def tables(self) -> dict[KeyPath, Span]:
        """Note the tables by their headers alone; return where the pairs of each stand.

        There are none where a line may begin like a header and be none, or where a header has more than one bare key.
        """
        behind = dict[KeyPath, Span]()
        if '"""' in self._text or "'''" in self._text:
            return behind
        table: KeyPath = ()
        start = 0
        for header in _HEADER.finditer(f"\n{self._text}"):
            if header[2] is None:
                return {}
            brackets, (first, last) = len(header[1]), header.span(2)
            begin, end = first - brackets - 1, last + brackets - 1
            behind[table] = _new(Span, (start, begin))
            table = self._table((header[2],), _new(Span, (first - 1, last - 1)), _new(Span, (begin, end)), brackets)
            start = end
        behind[table] = Span(start, len(self._text))
        return behind

    def within(self, table: KeyPath, span: Span) -> dict[KeyPath, KeyPlace]:
        """Scan the pairs of a table; return all places so far."""
        at = self._gap(span.start)
        while at < span.end:
            at = self._pair(at, table)
        return self.known

    def places(self) -> dict[KeyPath, KeyPlace]:
        """Scan the whole text."""
        table: KeyPath = ()
        text, at, end = self._text, self._gap(0), len(self._text)
        while at < end:
            if text[at] == "[":
                table, at = self._header(at)
            else:
                at = self._pair(at, table)
        return self.known

    def _header(self, start: int) -> tuple[KeyPath, int]:
        """Note a table header; return the path of its table and the offset behind it and the gap after it."""
        plain = _PLAIN_HEADER.match(self._text, start)
        if plain is not None:
            brackets, key = len(plain[1]), _new(Span, plain.span(2))
            header = _new(Span, (start, key.end + brackets))
            return self._table((plain[2],), key, header, brackets), plain.end()
        brackets = 2 if self._text.startswith("[[", start) else 1
        segments, at = self._key(start + brackets)
        end = at + brackets
        *parents, (name, key) = segments
        path = (*self._descend((), parents), name)
        self._check_depth(path, key.start)
        return self._table(path, key, Span(start, end), brackets), self._gap(end)

    def _table(self, path: KeyPath, key: Span, header: Span, brackets: int) -> KeyPath:
        """Note a table, or one of an array of tables; return its path."""
        known = self.known.get(path)
        if known is None or known.value is None:
            self.known[path] = _new(KeyPlace, (key, header))
        if brackets == 2:
            index = self._lengths.get(path, 0)
            self._lengths[path] = index + 1
            path = (*path, index)
            self.known[path] = _new(KeyPlace, (None, header))
        return path

    def _pair(self, start: int, table: KeyPath) -> int:
        """Note a key and its value; return the offset behind it and the gap after it."""
        plain = _PLAIN.match(self._text, start)
        if plain is not None and len(table) < LIMIT_DEPTH:
            (_, end), key, value = plain.regs
            if value[1] - value[0] <= LIMIT_DIGITS:
                # A third of the time of reading goes here, and this way of making them takes half of that.
                self.known[(*table, plain[1])] = _new(KeyPlace, (_new(Span, key), _new(Span, value)))
                return end
        segments, at = self._key(start)
        at = self._match(_EQUALS, at).end()
        *parents, (name, key) = segments
        path = (*self._descend(table, parents), name) if parents else (*table, name)
        self._check_depth(path, key.start)
        end = self._value(at, path)
        self.known[path] = KeyPlace(key, Span(at, end))
        return self._gap(end)

    def _descend(self, table: KeyPath, segments: Iterable[_Segment]) -> KeyPath:
        """Note the tables that a dotted key passes through; return the path of the last."""
        for name, key in segments:
            table = (*table, name)
            if table not in self.known:
                self.known[table] = KeyPlace(key, None)
            if table in self._lengths:
                table = (*table, self._lengths[table] - 1)
        return table

    def _value(self, start: int, path: KeyPath) -> int:
        """Note what is inside a value; return the offset behind it."""
        match self._text[start]:
            case "{":
                return self._inline_table(start, path)
            case "[":
                return self._array(start, path)
            case '"' | "'":
                return self._match(_STRING, start).end()
            case _:
                end = self._match(_ATOM, start).end()
                if end - start > LIMIT_DIGITS:
                    raise self._error("number is out of range", start)
                return end

    def _array(self, start: int, path: KeyPath) -> int:
        at = self._gap(start + 1)
        index = 0
        while self._text[at] != "]":
            element = (*path, index)
            self._check_depth(element, at)
            end = self._value(at, element)
            self.known[element] = KeyPlace(None, Span(at, end))
            at = self._gap(end)
            index += 1
        return at + 1

    def _inline_table(self, start: int, path: KeyPath) -> int:
        at = self._gap(start + 1)
        while self._text[at] != "}":
            at = self._pair(at, path)
        return at + 1

    def _key(self, start: int) -> tuple[list[_Segment], int]:
        """Return the segments of a dotted key and the offset behind it and the blanks after it."""
        segments: list[_Segment] = []
        at = start
        while True:
            match = self._match(_SEGMENT, at)
            segments.append((_key_name(match[1]), Span(*match.span(1))))
            at = match.end()
            if not match[2]:
                return segments, at

    def _gap(self, start: int) -> int:
        """Return the offset behind blanks, line ends, comments and commas."""
        return self._match(_GAP, start).end()

    def _match(self, pattern: re.Pattern[str], start: int) -> re.Match[str]:
        match = pattern.match(self._text, start)
        if match is None:  # parser and scanner disagree: rather no position than a wrong one
            raise self._error("cannot be read", start)
        return match

    def _check_depth(self, path: KeyPath, start: int) -> None:
        if len(path) > LIMIT_DEPTH:
            raise self._error("nested too deeply", start)

    def _error(self, message: str, start: int) -> DocumentError:
        return _syntax_error(message, self._name, self._text, start)


def _key_name(written: str) -> str:
    """Return the key that is written so."""
    if "\\" in written:
        return str(tomli.loads(f"key = {written}")["key"])
    return written[1:-1] if written[0] in "\"'" else written


class _Nearby:
    """The places in a text, of which a table is scanned when somebody asks for a place in it."""

    def __init__(self, text: str, name: str) -> None:
        self._scanner = _Scanner(text, name)
        self._unscanned = self._scanner.tables()
        self._heads = frozenset(self._unscanned)

    def around(self, path: KeyPath) -> Mapping[KeyPath, KeyPlace] | None:
        """The places of at least the table that a path leads into; None where all of the text has to be scanned."""
        heads, table = self._heads, path[:2]
        if table not in heads:
            table = path[:1] if path[:1] in heads else ()
        if not heads:
            return None
        unscanned = self._unscanned.pop(table, None)
        return self._scanner.known if unscanned is None else self._scanner.within(table, unscanned)


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
            self._values = _values(self._text, self._name)
        return self._values

    def __getitem__(self, key: str) -> Any:
        return self._all[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class Places(Mapping[KeyPath, KeyPlace]):
    """The places in a text, which is scanned when somebody asks; to another process the text is handed over."""

    __slots__ = ("_name", "_nearby", "_places", "_text")

    def __init__(self, text: str, name: str, places: Mapping[KeyPath, KeyPlace] | None = None) -> None:
        self._text = text
        self._name = name
        self._places = places
        self._nearby: _Nearby | None = None

    @property
    def _all(self) -> Mapping[KeyPath, KeyPlace]:
        if self._places is None:
            self._places = _Scanner(self._text, self._name).places()
        return self._places

    def _around(self, path: KeyPath) -> Mapping[KeyPath, KeyPlace]:
        """At least the places around a path: most findings are about one, and scanning takes longer than the rule."""
        if self._places is not None:
            return self._places
        if self._nearby is None:
            self._nearby = _Nearby(self._text, self._name)
        return self._nearby.around(path) or self._all

    def __getitem__(self, path: KeyPath) -> KeyPlace:
        return self._around(path)[path]

    def get(self, path: KeyPath, default: Any = None) -> Any:  # which is asked for most, and of Mapping is slow
        """Where something is written."""
        return self._around(path).get(path, default)

    def __iter__(self) -> Iterator[KeyPath]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, path: object) -> bool:
        return path in self._all

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self._text, self._name)
