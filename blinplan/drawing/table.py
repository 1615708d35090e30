"""Tables as all reports share them. Without styles they are drawn here, as Rich draws them in ten times as long.

Rich measures and draws each cell as if anything could stand in it. Here texts stand in cells; where one holds anything
else, or signs that take two cells of a terminal, the whole table is left to Rich.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.table import Column, Table

from blinplan.drawing.draw import MakeConsole, folded_lines, is_of_single_cells, plain_text

if TYPE_CHECKING:
    from rich.console import RenderableType


class ReportTable(Table):
    """An empty table in the style all tables share: ``roomy`` where there is room to spare."""

    def __init__(self, *, title: str | None, roomy: bool, unicode: bool) -> None:
        super().__init__(
            title=title,
            title_justify="left",
            title_style="title",
            box=box.SIMPLE_HEAD if unicode else box.ASCII2,
            header_style="title",
            padding=(0, 1) if roomy else (0, 1, 0, 0),
            collapse_padding=not roomy,
            pad_edge=False,
            show_edge=False,
        )

    def without_styles(self, console: MakeConsole, width: int) -> list[str] | None:
        """Line by line what Rich draws of it where nothing is coloured; None where only Rich knows."""
        columns = [column for number in range(len(self.columns)) if (column := self._plain_column(number)) is not None]
        if not columns or len(columns) < len(self.columns) or not self._is_plain:
            return None
        between = len(columns) - 1
        widths = _widths(columns, width - between)
        if sum(widths) + between > width or not all(map(_Column.has_room, columns, widths)):
            return None
        return [*self._title_lines(sum(widths) + between), *self._lines(columns, widths)]

    @property
    def _is_plain(self) -> bool:
        title = self.title or ""
        return isinstance(title, str) and is_of_single_cells(title) and not any(row.end_section for row in self.rows)

    def _plain_column(self, number: int) -> "_Column | None":
        """A column and its head, if nothing but texts stand in it."""
        column = self.columns[number]
        cells = [cell for part in (column.header, *column.cells) if (cell := _cell_of(part)) is not None]
        if len(cells) <= len(self.rows) or not _is_plain(column):
            return None
        left, right = bool(number) and not self.collapse_padding, number < len(self.columns) - 1
        longest = max(cell.left + len(line) for cell in cells for line in cell.lines)
        return _Column(column, cells, " " * left, " " * right, longest)

    def _title_lines(self, width: int) -> Sequence[str]:
        return folded_lines(self.title, width) if isinstance(self.title, str) and self.title else ()

    def _lines(self, columns: "Sequence[_Column]", widths: Sequence[int]) -> Iterator[str]:
        bar, line, crossing = (" ", "─", "─") if self.box is box.SIMPLE_HEAD else ("|", "-", "+")
        for number in range(len(self.rows) + 1):
            cells = [column.draw(number, width) for column, width in zip(columns, widths, strict=True)]
            height = max(map(len, cells))
            for cell, width in zip(cells, widths, strict=True):
                blank = [" " * width] * (height - len(cell))
                cell[:] = [*cell, *blank] if number else [*blank, *cell]
            yield from map(bar.join, zip(*cells, strict=True))
            if not number:
                yield crossing.join(line * width for width in widths)


class _Cell(NamedTuple):
    """A text in a cell: how far it is indented, and its lines as they are written."""

    left: int
    lines: list[str]


def _cell_of(part: "RenderableType") -> _Cell | None:
    """What stands in a cell; None where only Rich knows how that is drawn."""
    plain = plain_text(part)
    if plain is None:
        return None
    left, text, no_wrap = plain
    lines = text.split("\n")
    return _Cell(left, lines) if no_wrap is None and all(map(is_of_single_cells, lines)) else None


class _Column(NamedTuple):
    """A column: how it is to be drawn, its cells with the head first, what stands beside each, and the longest line."""

    asked: Column
    cells: Sequence[_Cell]
    before: str
    behind: str
    longest: int

    @property
    def beside(self) -> int:
        """How much of its width is left free."""
        return len(self.before) + len(self.behind)

    @property
    def may_shrink(self) -> bool:
        """Whether it is made narrower where there is too little room."""
        return self.asked.width is None and not self.asked.no_wrap

    def width_in(self, room: int) -> int:
        """How wide it is where it has so much room."""
        if room < 1:
            return 0
        if self.asked.width is not None:
            return min(self.asked.width + self.beside, room)
        least = 0 if self.asked.min_width is None else self.asked.min_width + self.beside
        return max(min(self.longest + self.beside, room), least)

    def has_room(self, width: int) -> bool:
        """Whether each of its texts has room for a sign."""
        return all(width - self.beside - cell.left > 0 for cell in self.cells)

    def draw(self, number: int, width: int) -> list[str]:
        """The lines of one of its cells, each as wide as the column."""
        cell, room = self.cells[number], width - self.beside
        before, room = self.before + " " * cell.left, room - cell.left
        return [f"{before}{self._at_its_side(line, room)}{self.behind}" for line in self._fold(cell, room)]

    def _fold(self, cell: _Cell, room: int) -> Iterator[str]:
        for line in cell.lines:
            if self.asked.no_wrap:
                yield line
            else:
                yield from folded_lines(line, room, in_words=self.asked.overflow == "fold")

    def _at_its_side(self, line: str, room: int) -> str:
        """A line at the left or at the right of its room, and what is too long cut off."""
        line = line.rstrip() if self.asked.justify == "right" else line
        if len(line) > room:
            line = line[:room] if self.asked.overflow == "fold" else f"{line[: room - 1]}…"
        return line.rjust(room) if self.asked.justify == "right" else line.ljust(room)


def _is_plain(column: Column) -> bool:
    """Whether it is drawn as those of our reports are."""
    return (
        column.justify in ("left", "right")
        and column.overflow in ("fold", "ellipsis")
        and (column.vertical, column.max_width) == ("top", None)
    )


def _widths(columns: Sequence[_Column], room: int) -> list[int]:
    """How wide the columns are: as what they hold, and where that is too much, the widest are made narrower first."""
    widths = [column.width_in(room) or 1 for column in columns]
    if sum(widths) <= room:
        return widths
    widths = _narrow_widest(widths, [column.may_shrink for column in columns], room)
    if sum(widths) > room:
        widths = _take_away(sum(widths) - room, [True] * len(widths), widths, widths)
    return [column.width_in(width) for column, width in zip(columns, widths, strict=True)]


def _narrow_widest(widths: list[int], may_shrink: Sequence[bool], room: int) -> list[int]:
    """Make the widest of those that may shrink as narrow as the next, and so on until all have room."""
    while (excess := sum(widths) - room) > 0 and any(may_shrink):
        free = [width for width, shrinks in zip(widths, may_shrink, strict=True) if shrinks]
        widest = max(free)
        next_widest = max((width for width in free if width != widest), default=0)
        if widest == next_widest:
            break
        are_widest = [shrinks and width == widest for width, shrinks in zip(widths, may_shrink, strict=True)]
        widths = _take_away(excess, are_widest, [min(excess, widest - next_widest)] * len(widths), widths)
    return widths


def _take_away(excess: int, which: Sequence[bool], most: Sequence[int], widths: Sequence[int]) -> list[int]:
    """Take an excess from some widths in equal parts, in whole numbers, and from none more than its most."""
    left, parts = excess, sum(takes and limit > 0 for takes, limit in zip(which, most, strict=True))
    found = []
    for takes, limit, width in zip(which, most, widths, strict=True):
        taken = min(limit, round(left / parts)) if takes and limit > 0 else 0
        left, parts = left - taken, parts - (takes and limit > 0)
        found.append(width - taken)
    return found
