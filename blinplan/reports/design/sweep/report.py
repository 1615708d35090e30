"""A sweep on a terminal and in Markdown."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from blinplan.design.sweep.sweep import Sweep
from blinplan.outside_text import markdown_text, visible
from blinplan.reports.design.sweep.grids import TextGrid, grids
from blinplan.reports.design.sweep.lines import (
    reading_lines,
    remark_lines,
    result_lines,
    stopped_lines,
    title_of,
    unverified_lines_of,
    who_lines,
)
from blinplan.reports.design.words import markdown_lines, markdown_table
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

_GAP = 3
"""Columns between two columns of a table."""
_LEAST, _OF_STUB = 12, 15
"""What a head has at least before it is broken into lines, and that of what says which point it is."""


def sweep_report(swept: Sweep, screen: Screen, remarks: Sequence[str] = ()) -> "list[RenderableType]":
    """Draw a sweep: what and who, the tables, where half are, and what the intervals cover."""
    name = visible(swept.plan.regimen.name)
    parts: list[RenderableType] = [Text.assemble((name, "title"), "  ", title_of(swept))]
    parts += [Text(line) for line in who_lines(swept)]
    parts += [Text(visible(line), "warning") for line in (*remarks, *remark_lines(swept))]
    parts += [Text(line, "unverified") for line in unverified_lines_of(swept)]
    parts += [Text(line, "warning") for line in stopped_lines(swept)]
    for grid in grids(swept):
        parts += _draw(grid, screen)
    results = [Text(line) for line in result_lines(swept)]
    parts += ["", *results, *([""] if results else [])]
    return parts + [Text(line, "quiet") for line in reading_lines(swept)]


def _draw(grid: TextGrid, screen: Screen) -> "Iterator[RenderableType]":
    """A grid as one table, or as several below each other where the screen is too narrow for all columns."""
    yield ""
    if grid.title:
        yield Text(grid.title, "title")
    for number, columns in enumerate(_tables(grid, screen)):
        if number:
            yield ""
        yield _table(grid, columns, screen)


def _tables(grid: TextGrid, screen: Screen) -> Iterator[list[int]]:
    """The columns of each table, those that say which point it is in all of them."""
    widths = [_width(grid, column) for column in range(len(grid.heads))]
    room = screen.width - sum(width + _GAP for width in widths[: grid.stub])
    columns: list[int] = []
    left = room
    for column in range(grid.stub, len(grid.heads)):
        if columns and widths[column] > left:
            yield columns
            columns, left = [], room
        columns.append(column)
        left -= widths[column] + _GAP
    yield columns


def _width(grid: TextGrid, column: int) -> int:
    words = grid.heads[column].split()
    room = _OF_STUB if column < grid.stub else _LEAST
    least = max([room if len(grid.heads[column]) > room else 0, *map(len, words)])
    return max([least, *(len(row[column]) for row in grid.rows)])


def _table(grid: TextGrid, columns: list[int], screen: Screen) -> Table:
    table = screen.table()
    chosen = [*range(grid.stub), *columns]
    for column in chosen:
        table.add_column(
            grid.heads[column],
            justify="right",
            overflow="fold",
            min_width=min(_width(grid, column), screen.width // 2),
            max_width=max(_width(grid, column), _LEAST),
        )
    for row in grid.rows:
        table.add_row(*(row[column] for column in chosen))
    return table


def sweep_markdown(swept: Sweep, remarks: Sequence[str] = ()) -> str:
    """Write a sweep as Markdown."""
    lines = [f"# {markdown_text(swept.plan.regimen.name)}: {markdown_text(title_of(swept))}", ""]
    above = (*who_lines(swept), *remarks, *remark_lines(swept), *unverified_lines_of(swept), *stopped_lines(swept))
    lines += markdown_lines(above)
    for grid in grids(swept):
        title = [f"## {markdown_text(grid.title)}", ""] if grid.title else []
        lines += ["", *title, *markdown_table(grid.heads, grid.rows, ())]
    lines += ["", *(f"- {markdown_text(line)}" for line in result_lines(swept))]
    lines += ["", *markdown_lines(reading_lines(swept))]
    return "\n".join(lines) + "\n"
