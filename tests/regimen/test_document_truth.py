"""Whether places are true: the parser reads the text of every span, alone, as what stands at its path.

The documents are those of the public toml-test suite, those that a random writer makes up, and broken ones of both.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.regimen.toml.document import Document, parse, read_bytes
from blinplan.regimen.toml.parser import DocumentError
from blinplan.regimen.toml.places import Places
from blinplan.regimen.toml.positions import KeyPath, KeyPlace, Span
from tests.public_files import public

"""The environment variable that names the folder `tests` of toml-test, which has the folders `valid` and `invalid`."""


# --- Truth -----------------------------------------------------------------------------------------------------------


def entries(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Yield everything inside a value with its path."""
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*path, key), item
        yield from entries(item, (*path, key))


def loads(text: str) -> dict[str, Any]:
    return tomli.loads(text, parse_float=Decimal)


def has_header(document: Document, path: KeyPath) -> bool:
    """Tell whether the place of a path is a header, which holds its own key, rather than a value, which follows it."""
    place = document.places[path[:-1] if isinstance(path[-1], int) else path]
    return bool(place.key and place.value and place.value.start < place.key.start)


def chain(names: Sequence[str | int]) -> object:
    """Return the nested tables of a header that is parsed alone."""
    return {names[0]: chain(names[1:])} if names else {}


def assert_true(document: Document) -> None:
    found = dict(entries(document.values))
    assert set(document.places) == set(found)
    assert_same_one_by_one(document)
    for path, place in document.places.items():
        if place.key:
            assert list(loads(document.text[place.key.start : place.key.end] + " = 1")) == [path[-1]]
        else:
            assert isinstance(path[-1], int)
        if place.value is None:
            assert isinstance(found[path], dict)
            continue
        written = document.text[place.value.start : place.value.end]
        if has_header(document, path):
            brackets = 2 if written.startswith("[[") else 1
            names = [name for name in path if isinstance(name, str)]
            assert loads(written[brackets - 1 : len(written) - brackets + 1]) == chain(names)
        else:
            assert repr(loads(f"x = {written}")["x"]) == repr(found[path])  # the only equality that holds of nan


def assert_same_one_by_one(document: Document) -> None:
    """A place that is asked for alone, before others, is where all places together say that it is."""
    nearby = Places(document.text, document.name)
    for path, place in reversed(list(document.places.items())):
        assert nearby.get((*path, "no such key")) is None
        assert nearby.get(path) == place


# --- The public suite ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def suite() -> Path:
    """Return the folder of the public suite."""
    return public("BLINPLAN_TOML_TEST")


@pytest.mark.outside
def test_places_are_true_in_the_public_suite(suite: Path) -> None:
    files = sorted(suite.glob("valid/**/*.toml"))
    assert len(files) > 200
    for file in files:
        assert_true(read_bytes(file.read_bytes(), str(file)))


@pytest.mark.outside
def test_the_invalid_files_of_the_public_suite_are_refused_as_the_parser_does(suite: Path) -> None:
    files = sorted(suite.glob("invalid/**/*.toml"))
    assert len(files) > 400
    refused = sum(is_refused(partial(read_bytes, file.read_bytes(), str(file))) for file in files)
    assert refused > 0.95 * len(files)


def is_refused(read: Callable[[], Document]) -> bool:
    """Read a document; whatever is not refused has to have true places."""
    try:
        assert_true(read())
    except DocumentError:
        return True
    return False


# --- Documents made up -----------------------------------------------------------------------------------------------

NAMES = ["dose", "a", "b-_1", "127", "", "a b", "x.y", "ключ", "💊 # ]", 'say "]"', "it's", "back\\slash", "tab\t="]
STRINGS = ["", "9 mcg/day", "ключ 💊", "# no comment", 'a "quote"', "it's", "C:\\x", "[x] = {y}, ]", "\t", "''", '""']
ATOMS = [
    *("0", "-17", "+1_000", "0xdead_BEEF", "0o17", "0b1_0", "9" * 80),
    *("1.5", "-0.0", "6.02e23", "1e-3", "3.0E+2", "inf", "-nan", "+inf", "true", "false"),
    *("2027-06-30", "2027-06-30 10:00:00", "2027-06-30T10:00:00.123Z", "2027-06-30 10:00:00-07:00", "10:00"),
]


class Writer:
    """Writes a random document and notes where it puts things."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.newline = dice.choice(["\n", "\r\n"])
        self.text = ""
        self.places: dict[KeyPath, KeyPlace] = {}

    def write(self, text: str) -> Span:
        start = len(self.text)
        self.text += text
        return Span(start, len(self.text))

    def chance(self, likelihood: float) -> bool:
        return self.dice.random() < likelihood

    def blank(self) -> None:
        self.write(self.dice.choice(["", "", " ", "\t", "  "]))

    def line_end(self) -> None:
        self.blank()
        self.write(self.dice.choice(["", "", "# note", "#", "# [x] = '{é💊\\"]) + self.newline)
        while self.chance(0.2):
            self.write(self.dice.choice(["", "  ", "# alone"]) + self.newline)

    def gap(self) -> None:
        """Write what may stand between the parts of arrays and inline tables."""
        self.blank()
        if self.chance(0.2):
            self.line_end()
            self.blank()

    def names(self, most: int) -> list[str]:
        return self.dice.sample(NAMES, self.dice.randint(0, most))

    def document(self) -> None:
        if self.chance(0.3):
            self.line_end()
        self.table((), self.names(5), depth=0)
        if self.chance(0.3):  # the last line may have no end
            self.text = self.text.rstrip("\r\n")

    def table(self, path: KeyPath, names: list[str], depth: int) -> None:
        """Write the pairs of a table, whose header is written, and then its subtables."""
        cut = self.dice.randint(0, len(names))
        for keys in self.key_paths(path, names[:cut]):
            self.blank()
            self.pair(keys, len(path), 0)
            self.line_end()
        for name in names[cut:]:
            if depth < 3:
                self.dice.choice([self.single_table, self.array_of_tables])((*path, name), depth + 1)

    def single_table(self, path: KeyPath, depth: int) -> None:
        names = self.names(4)
        cut = self.dice.randint(0, len(names)) if depth < 3 and self.chance(0.5) else 0
        if cut:  # subtables first: they mention the table before its own header comes, if it comes at all
            for name in names[:cut]:
                self.single_table((*path, name), depth + 1)
            if self.chance(0.5):
                return
        self.header(path, path, "[", "]")
        self.table(path, names[cut:], depth)

    def array_of_tables(self, path: KeyPath, depth: int) -> None:
        for index in range(self.dice.randint(1, 3)):
            self.header(path, (*path, index), "[[", "]]")
            self.table((*path, index), self.names(3), depth)

    def header(self, keys: KeyPath, path: KeyPath, opening: str, closing: str) -> None:
        self.blank()
        start = self.write(opening).start
        self.blank()
        key = self.key(keys, 0)
        self.blank()
        place = KeyPlace(key, Span(start, self.write(closing).end))
        if keys not in self.places or self.places[keys].value is None:
            self.places[keys] = place
        if path != keys:
            self.places[path] = KeyPlace(None, place.value)
        self.line_end()

    def key_paths(self, path: KeyPath, names: list[str]) -> Iterator[KeyPath]:
        """Yield where the pairs of a table lead: some keys are dotted."""
        for name in names:
            inner = self.names(2) if self.chance(0.3) else []
            yield from [(*path, name, below) for below in inner] or [(*path, name)]

    def pair(self, path: KeyPath, base: int, depth: int) -> None:
        key = self.key(path, base)
        self.blank()
        self.write("=")
        self.blank()
        self.places[path] = KeyPlace(key, self.value(path, depth))

    def key(self, path: KeyPath, base: int) -> Span:
        """Write the keys of a path from `base` on, with dots, and note those passed through; return the last's span."""
        span = Span(0, 0)
        for length in range(base + 1, len(path) + 1):
            name = path[length - 1]
            if isinstance(name, int):
                continue
            if length > base + 1:
                self.blank()
                self.write(".")
                self.blank()
            span = self.write(self.spelling(name))
            if length < len(path):
                self.places.setdefault(path[:length], KeyPlace(span, None))
        return span

    def spelling(self, name: str) -> str:
        ways = [self.basic(name)]
        if re.fullmatch(r"[A-Za-z0-9_-]+", name):
            ways += [name] * 3
        if "'" not in name:
            ways.append(f"'{name}'")
        return self.dice.choice(ways)

    def basic(self, text: str, delimiter: str = '"') -> str:
        return delimiter + "".join(self.escaped(character) for character in text) + delimiter

    def escaped(self, character: str) -> str:
        if character in '"\\':
            return "\\" + character
        if self.chance(0.1):
            return f"\\U{ord(character):08x}"
        return character

    def value(self, path: KeyPath, depth: int) -> Span:
        if depth < 4 and self.chance(0.35):
            return self.dice.choice([self.array, self.inline_table])(path, depth + 1)
        return self.write(self.dice.choice(ATOMS) if self.chance(0.5) else self.string())

    def string(self) -> str:
        text = self.dice.choice(STRINGS)
        more = self.dice.choice(STRINGS).replace("''", "").replace('""', "")
        lines = f"{text}{self.newline}{more}"
        folded = self.basic(text, "")
        return self.dice.choice(
            [
                self.basic(text),
                self.basic(text),
                f"'{text}'" if "'" not in text else '""',
                f"'''{self.newline}{lines}'''" if not lines.endswith("'") else "''",
                "'''x'''" + self.dice.choice(["", "'", "''"]),
                f'"""{folded} \\ {self.newline}  {self.newline} x""y"""',
                '"""x"""' + self.dice.choice(["", '"', '""']),
            ]
        )

    def array(self, path: KeyPath, depth: int) -> Span:
        def element(index: int) -> None:
            self.places[*path, index] = KeyPlace(None, self.value((*path, index), depth))

        return self.enclosed("[", "]", [partial(element, index) for index in range(self.dice.randint(0, 4))])

    def inline_table(self, path: KeyPath, depth: int) -> Span:
        pairs = [partial(self.pair, keys, len(path), depth) for keys in self.key_paths(path, self.names(3))]
        return self.enclosed("{", "}", pairs)

    def enclosed(self, opening: str, closing: str, parts: Sequence[Callable[[], None]]) -> Span:
        start = self.write(opening).start
        self.gap()
        for left, part in zip(reversed(range(len(parts))), parts, strict=True):
            part()
            self.gap()
            if left or self.chance(0.3):
                self.write(",")
                self.gap()
        return Span(start, self.write(closing).end)


def random_document(dice: random.Random) -> Writer:
    writer = Writer(dice)
    writer.document()
    return writer


MANY = settings(max_examples=300, deadline=None)
DICE = st.integers(0, 2**32).map(random.Random)


@pytest.mark.slow
@MANY
@given(DICE)
def test_places_are_where_the_writer_put_them(dice: random.Random) -> None:
    writer = random_document(dice)
    document = read_bytes(writer.text.encode(), "made up")
    assert document.places == writer.places
    assert_true(document)


# --- Broken documents ------------------------------------------------------------------------------------------------

SHARDS = [
    *(
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "#",
        "'",
        '"',
        "'''",
        '"""',
        "\\",
        "\n",
        "\r",
        " ",
        "\t",
        "a",
        "1",
    ),
    *("\0", "\x7f", "\ufeff", "\u2028", "é", "a = 1\n", "[a]\n", "[[a]]\n", "a.a = 1\n", "2027-06-30 ", "0000-01-01"),
    *("9" * 5000, "1e99999999999999999999", "[" * 500, "{a=" * 500, "a." * 40, "a." * 1100, "\\ud800", "\\x4"),
]


def broken(dice: random.Random, text: str) -> str:
    for _ in range(dice.randint(1, 4)):
        start = dice.randint(0, len(text))
        end = start + dice.choice([0, 0, 1, 2, 30])
        text = text[:start] + dice.choice(["", dice.choice(SHARDS), text[start:end] * 2]) + text[end:]
    return text


@pytest.mark.slow
@MANY
@given(DICE)
def test_broken_documents_are_refused_or_true(dice: random.Random) -> None:
    is_refused(partial(parse, broken(dice, random_document(dice).text), "broken"))


@pytest.mark.slow
@MANY
@given(DICE, st.binary(max_size=4))
def test_broken_bytes_are_refused_or_true(dice: random.Random, shard: bytes) -> None:
    data = random_document(dice).text.encode()
    cut = dice.randint(0, len(data))
    is_refused(partial(read_bytes, data[:cut] + shard + data[cut:], "broken"))


@MANY
@given(st.text(alphabet="ab.='\"[]{}#,\\\n\r 1-:"))
def test_any_text_is_refused_or_true(text: str) -> None:
    is_refused(partial(parse, text, "any"))
