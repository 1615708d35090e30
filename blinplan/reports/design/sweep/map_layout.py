"""How large the maps of a sweep and their cells are, and what has room in them."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from blinplan.design.sweep.sweep import Sweep
from blinplan.reports.design.sweep.article import article_marks
from blinplan.reports.design.sweep.map_lines import line_place
from blinplan.reports.design.sweep.sheet import RIGHT, TOP

MARGIN, _FOOT, _GAP, _ABOVE = 18.0, 11.0, 3.0, 5.0
"""In mm: left of a map, below it, between two, and above it for its name."""
LINE_NAME, _BESIDE = 2.8, 13.0
"""In mm: above it for the names of lines that go up, and beside it for those across."""
_CELL, _LEAST, _HIGHEST, _LOW_CELL, _TALLEST = 9.0, 24.0, 80.0, 3.2, 220.0
"""A cell's height in mm where there are few, the least and greatest of a map, and both where there are many cells."""
_SIDE_BY_SIDE, _NARROW_CELL = 90.0, 7.5
"""Maps of this width stand beside each other, unless cells are narrower than a number."""
_LETTERS = (6.0, 5.0)
"""Of numbers in cells, in points: as journals ask at the least."""
_WIDE, _HIGH = 0.63 * 25.4 / 72, 1.25 * 25.4 / 72
"""A digit's width and a line's height, in mm for each point."""
_LETTERS_OF_SIDE = 7.0


class MapLayout(NamedTuple):
    """Where maps are, in mm.

    Attributes
    ----------
    columns
        How many stand beside each other.
    across, tall
        What a map takes from its left neighbour on, and how high it is.
    above, right
        What is left above it and beside it.
    cell
        The width and the height of a cell.
    """

    columns: int
    across: float
    tall: float
    above: float
    right: float
    cell: tuple[float, float]

    def height(self, maps: int) -> float:
        """How high so many maps are together."""
        return TOP + math.ceil(maps / self.columns) * self._step

    def top(self, number: int) -> float:
        """Where a map begins."""
        return TOP + number // self.columns * self._step + self.above

    def left_edge(self, number: int) -> float:
        """Where it begins from the left."""
        return number % self.columns * self.across + MARGIN

    @property
    def _step(self) -> float:
        return self.above + self.tall + _FOOT + _GAP

    def letters(self, texts: Sequence[str]) -> float | None:
        """How large numbers in cells are, in points; None where they have no room."""
        wide, high = self.cell
        longest = max(map(len, texts), default=0)
        return next((size for size in _LETTERS if _WIDE * size * longest < wide and _HIGH * size < high), None)

    def every(self, texts: Sequence[str], *, is_level: bool) -> int:
        """Of so many names at a side one is written, so that they stand apart."""
        if not is_level:
            return math.ceil(_HIGH * _LETTERS_OF_SIDE / self.cell[1])
        return math.ceil(_WIDE * _LETTERS_OF_SIDE * (max(map(len, texts)) + 1) / self.cell[0])


def layout_of(swept: Sweep, width: float) -> MapLayout:
    """Lay out the maps on a page of a width: fewer beside each other where cells would be too narrow for a number."""
    rows, cells = (len(axis.values) for axis in swept.axes)
    right = _BESIDE if has_lines(swept, 0) else RIGHT
    tall = max(_LEAST, min(_CELL * rows, max(_HIGHEST, min(_TALLEST, _LOW_CELL * rows))))
    most = max(1, int(width / _SIDE_BY_SIDE))
    wide = {columns: (width / columns - MARGIN - right) / cells for columns in range(most, 0, -1)}
    columns = next((columns for columns, cell in wide.items() if cell >= _NARROW_CELL), 1)
    above = _ABOVE + (LINE_NAME if has_lines(swept, 1) else 0.0)
    return MapLayout(columns, width / columns, tall, above, right, (wide[columns], tall / rows))


def has_lines(swept: Sweep, number: int) -> bool:
    """Whether the article says something of doses of an axis that lies between its cells."""
    return any(mark.axis is swept.axes[number] and line_place(mark) is not None for mark in article_marks(swept))
