"""Where the keys and values of a TOML text stand.

The TOML parser decides what a document says and whether it is TOML at all, but it forgets where things stood. A
scanner walks the same text once more and notes the span of every key and value. It may trust the syntax, because the
parser has accepted it, so it only has to find where things begin and end.
"""

import re
from collections.abc import Iterable, Mapping

import tomli

from blinplan.regimen.toml.parser import LIMIT_DIGITS, DocumentError, Repeated, syntax_error
from blinplan.regimen.toml.positions import LIMIT_DEPTH, KeyPath, KeyPlace, Span

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


class _Noting(dict[KeyPath, KeyPlace]):
    """Places, of which it notes the last that is set anew, and where it stood before."""

    again: tuple[KeyPath, KeyPlace, KeyPlace] | None = None

    def __setitem__(self, path: KeyPath, place: KeyPlace) -> None:
        before = self.get(path)
        if before is not None and before.value is not None:
            self.again = (path, before, place)
        super().__setitem__(path, place)


def repeated_key(text: str, name: str) -> Repeated | None:
    """Find the key that stands twice in a text that is TOML but for it, and ends with it; None where none does."""
    scanner, places = Scanner(text, name), _Noting()
    scanner.known = places
    try:
        scanner.places()
    except (IndexError, DocumentError):  # the text ends within a value: the key is one of an inline table
        return None
    if places.again is None:
        return None
    path, first, second = places.again
    if first.key is None or first.value is None or second.key is None or second.value is None:
        return None
    return Repeated(path, Span(first.key.end, first.value.end), Span(second.key.start, second.value.end))


class Scanner:
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
        return syntax_error(message, self._name, self._text, start)


def _key_name(written: str) -> str:
    """Return the key that is written so."""
    if "\\" in written:
        return str(tomli.loads(f"key = {written}")["key"])
    return written[1:-1] if written[0] in "\"'" else written


class Nearby:
    """The places in a text, of which a table is scanned when somebody asks for a place in it."""

    def __init__(self, text: str, name: str) -> None:
        self._scanner = Scanner(text, name)
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
