"""What there is room for on a label: a name that needs two lines gets them, and one that needs more is told of.

Widths are those of Helvetica bold, which Arial and Liberation Sans share, in thousandths of the size of the letters.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, islice, takewhile
from typing import NamedTuple
from unicodedata import east_asian_width

from blinplan.reports.plan.paper.sheets import SheetSize

_TALL = 60
"""The height in mm from which there is room for further lines."""

_POINTS_PER_MM = 72 / 25.4
_WIDTHS = {
    278: " ,./Iijl",
    333: "!()-:;[]`ft",
    389: "*r",
    500: "z",
    556: "0123456789$#_Jaceksvxy",
    611: "?FLTZbdghnopqu",
    667: "EPSVXY",
    722: "&ABCDHKNRU",
    778: "GOQw",
    889: "%mM",
    1000: "@W…",
}
_WIDTH = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_OF_ANOTHER, _OF_A_WIDE_ONE = 780, 1000
_PIECE = re.compile(r"[^\s-]*[\s-]|[^\s-]+")
_MARGIN = 1.05
"""No two printers set a line alike."""


class LabelRoom(NamedTuple):
    """What a label says of its patient, in lines, and of its plan, whether that is long, and what was shortened."""

    name: tuple[str, ...] | None
    number: tuple[str, ...] | None
    plan_id: str | None
    shortened: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Whether name and number take more than a line each."""
        return len(self.name or ("",)) + len(self.number or ("",)) > 2

    def text_of(self, what: str) -> str:
        """What a label has of something that was shortened."""
        lines = {"name": self.name, "number": self.number}.get(what)
        return _whole_text(lines) if lines else self.plan_id or ""


def label_room(
    name: str | None, number: str | None, plan_id: str | None, before_id: str, pump: str, size: SheetSize
) -> LabelRoom:
    """Give the name all lines but one, and the number what is left; ``pump`` and ``before_id`` stand before a plan."""
    letters, of_pump, of_id = (8.0, 9.0, 8.0) if size.is_small else (8.8, 11.0, 9.0)
    across = (size.label_width - (4 if size.is_small else 6)) * _POINTS_PER_MM
    most = 3 if size.is_small else 4 if size.label_height < _TALL else 7
    lines_of_name = _in_lines(name, across / letters, most - 1)
    lines_of_number = _in_lines(number, across / letters, most - len(lines_of_name or ("",)))
    left = across - _ems(pump) * of_pump - (1 + _ems(before_id)) * of_id
    shown_id = _whole_text(_in_lines(plan_id, left / of_id, 1))
    told = {"name": (name, _whole_text(lines_of_name)), "number": (number, _whole_text(lines_of_number))}
    told["plan's name"] = (plan_id, shown_id)
    shortened = tuple(what for what, (given, shown) in told.items() if shown != _whole_text(_words(given)))
    return LabelRoom(lines_of_name, lines_of_number, None if plan_id is None else shown_id, shortened)


@lru_cache(maxsize=256)
def _in_lines(text: str | None, ems: float, most: int) -> tuple[str, ...] | None:
    """The lines of a text, which is shortened where it takes more than so many."""
    if text is None:
        return None
    lines = _first_lines(text, ems, most + 1)
    if len(lines) <= most:
        return lines
    # What begins beyond these lines has no room, however short the end is made.
    begun = "".join(lines)
    shorter = (_first_lines(f"{begun[:count].rstrip()}…", ems, most + 1) for count in range(len(begun), -1, -1))
    return next((lines for lines in shorter if len(lines) <= most), ("…",))


def _first_lines(text: str, ems: float, most: int) -> tuple[str, ...]:
    return tuple(islice(text_lines(text, ems), most))


def text_lines(text: str, ems: float) -> Iterator[str]:
    """The lines in which a text is set: broken at spaces, after hyphens, and within what is longer than a line."""
    line = ""
    for piece in _words(text):
        if _has_room(f"{line}{piece}".rstrip(), ems):
            line += piece
            continue
        if line:
            yield line
        line = piece
        while line and not _has_room(line.rstrip(), ems):
            fitting = _fitting(line, ems)
            yield line[:fitting]
            line = line[fitting:]
    if line:
        yield line


def _has_room(text: str, ems: float) -> bool:
    """Whether a text is no wider than a line; of one that is, no more is looked at than has room."""
    return all(width * _MARGIN / 1000 <= ems for width in accumulate(map(_width, text)))


def _fitting(line: str, ems: float) -> int:
    """How many letters of a line have room; one has it always."""
    widths = accumulate(map(_width, line))
    return max(1, sum(1 for _ in takewhile(lambda width: width * _MARGIN / 1000 <= ems, widths)))


def _words(text: str | None) -> tuple[str, ...]:
    """The pieces of a text that are parted only where there is no room, each with the space or hyphen behind it."""
    return tuple(_PIECE.findall(" ".join((text or "").split())))


def _whole_text(lines: Iterable[str] | None) -> str:
    return "".join(lines or ())


def _ems(text: str) -> float:
    """How wide a text is, in sizes of its letters."""
    return sum(map(_width, text)) * _MARGIN / 1000


def _width(letter: str) -> int:
    wide = east_asian_width(letter) in {"W", "F"}
    return _WIDTH.get(letter, _OF_A_WIDE_ONE if wide else _OF_ANOTHER)
