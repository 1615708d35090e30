"""The cells of a table as people save it: parted by commas, semicolons or tabs, with what spreadsheets leave in it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from blinplan.simulation.people.columns import ALL
from blinplan.simulation.people.people import PeopleError
from blinplan.words.characters import plain


class Row(NamedTuple):
    """A row of a table: where it stands, and its cells by the names of their columns."""

    line: int
    cells: dict[str, str]


class CellTable(NamedTuple):
    """A table as text: the names of its columns as a program would write them, its rows, and what parts its cells."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str


def read_cells(text: str, name: str) -> CellTable:
    """Read a table: its first row has the names of the columns; rows without any text are none.

    Raises
    ------
    PeopleError
        When it is not CSV, or a row has not as many cells as the first.
    """
    # A spreadsheet may say in a line of its own what parts the cells; the lines behind it keep their numbers.
    bare = _SEPARATOR.sub("\n", text.removeprefix("\ufeff"))
    delimiter = _delimiter(bare.lstrip("\n").partition("\n")[0])
    lines = csv.reader(io.StringIO(bare, newline=""), strict=True, delimiter=delimiter)
    try:
        written = [(lines.line_num, [cell.strip() for cell in line]) for line in lines]
    except csv.Error as error:
        raise PeopleError(f"{name}:{lines.line_num}: not CSV: {error}", "save the table as CSV anew") from error
    head, *rows = [line for line in written if any(line[1])] or [(1, [])]
    columns = _columns(head[1], (cells for _, cells in rows))
    return CellTable(columns, tuple(_row(line, cells, columns, delimiter, name) for line, cells in rows), delimiter)


_SEPARATOR = re.compile(r"\A\"?sep=.\"?\r?\n", re.IGNORECASE)


def _delimiter(first_line: str) -> str:
    return next((mark for mark in (";", "\t") if mark in first_line), ",")


def _columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The names of the columns; those at the end that have neither a name nor a cell with text are none."""
    names = [_plain(name) for name in head]
    used = max((last for cells in rows for last, cell in enumerate(cells, 1) if cell), default=0)
    while names and not names[-1] and len(names) > used:
        names.pop()
    return tuple(names)


def _plain(name: str) -> str:
    """A name as a program would write it: `Weight [kg]` as weight_kg, and `IL-6 (pg/mL)` as il6_pg_per_ml.

    One with letters that are not what they look like, or that nobody sees, stays as it is, and is no name of a column.
    """
    if any(sign != letter and (sign == "" or sign.isalnum()) for letter, sign in ((one, plain(one)) for one in name)):
        return name
    letters = name.lower().translate(_LETTERS)
    ways = [re.sub(r"[^a-z0-9]+", "_", way).strip("_") for way in (letters, " per ".join(letters.rsplit("/", 1)))]
    return next((_COLUMNS[way.replace("_", "")] for way in ways if way.replace("_", "") in _COLUMNS), ways[0])


_LETTERS = {ord("µ"): "u", ord("\N{GREEK SMALL LETTER MU}"): "u", ord("²"): "2"}
_COLUMNS = {column.replace("_", ""): column for column in ALL}
"""Columns by their letters and digits; the last stroke is a `per`, or stands before the unit: `Weight / kg`."""


def _row(line: int, cells: list[str], columns: Sequence[str], delimiter: str, name: str) -> Row:
    while len(cells) > len(columns) and not cells[-1]:
        cells.pop()
    if len(cells) != len(columns):
        comma = " (a decimal comma parts a cell in two here)" if delimiter == "," and len(cells) > len(columns) else ""
        raise PeopleError(
            f"{name}:{line}: {len(cells)} cells, and the header has {len(columns)} columns{comma}",
            "write decimal points, or part the cells by semicolons" if comma else "give each column of a row a cell",
        )
    return Row(line, dict(zip(columns, cells, strict=True)))


_NUMBER = re.compile(r"[+-]?([0-9]{1,15}\.?[0-9]{0,18}|\.[0-9]{1,18})([eE][+-]?[0-9]{1,2})?")
"""As programs write one; Python reads more as a number, such as 7_0."""
_COMMA = re.compile(r"[+-]?[0-9]{1,15},[0-9]{1,18}")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def readings(text: str, delimiter: str) -> Iterator[Fraction]:
    """What numbers a cell may be: none, one, or two where a mark may part thousands or decimals."""
    written = text.replace(",", ".") if _COMMA.fullmatch(text) else text
    if _NUMBER.fullmatch(written):
        yield Fraction(written)
        if _THOUSANDS.fullmatch(text) and (delimiter != "," or "," in text):
            yield Fraction(re.sub("[.,]", "", text))
