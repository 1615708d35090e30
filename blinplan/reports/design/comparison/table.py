"""The tables of a comparison on a terminal: what is given, and what happens."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from blinplan.design.comparison.compare import ComparedEndpoint, PairedComparison
from blinplan.design.comparison.contrast import Contrast, Measure
from blinplan.drawing.draw import indent
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, decimal_text
from blinplan.reports.design.comparison.texts import (
    by_group,
    label_text,
    only_one_text,
    over_head,
    over_sets_text,
    shown_shares,
    value_text,
)
from blinplan.reports.design.comparison.view import ComparisonView
from blinplan.reports.design.numbers import contrast_text
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def tables(of: ComparisonView, screen: Screen) -> "Iterator[RenderableType]":
    """Draw what is given, and what happens."""
    yield _given_table(of, screen)
    for endpoints in (shown_shares(of.comparison), of.comparison.numbers):
        if endpoints:
            yield from ("", _table(of.comparison, endpoints, screen))


def given_heads(of: ComparisonView) -> tuple[str, ...]:
    """What stands above what each regimen gives; bags and vials only where a site was asked."""
    area = f"Given at {decimal_text(of.differences[0].square_metres, 3)} m²"
    bags = ("Bags", "Vials") if any(given.bags is not None for given in of.given) else ()
    return area, "mcg", "Infusion", "Course", "Cycles", "In hospital", *bags


def given_rows(of: ComparisonView) -> Iterator[tuple[str, ...]]:
    """What each regimen gives, as it is shown, under these heads."""
    shown = len(given_heads(of))
    for arm, given in zip(of.comparison.arms, of.given, strict=True):
        days = "not said" if given.hospital_days is None else f"{given.hospital_days} d"
        row = (
            visible(arm.name),
            decimal_text(given.total.micrograms, 3),
            _days(given.total.infusion),
            _days(given.total.minutes),
            f"{given.cycles}",
            days,
            *(("not known" if one is None else f"{one:,}") for one in (given.bags, given.vials)),
        )
        yield row[:shown]


def _days(minutes: int) -> str:
    return f"{decimal_text(Fraction(minutes, MINUTES_PER_DAY), 2)} d"


def _given_table(of: ComparisonView, screen: Screen) -> Table:
    area, *heads = given_heads(of)
    table = screen.table()
    table.add_column(area, overflow="fold")
    for head in heads:
        table.add_column(head, justify="right")
    for row in given_rows(of):
        table.add_row(*row)
    return table


_SIDE_BY_SIDE = 2
"""So many regimens are two columns of one row; of more, each has a row of its own under its endpoint."""


_LEAST_LABEL, _NARROW_VALUE, _WIDE_VALUE = 16, 9, 24
"""Columns: what a name of an endpoint has at least, and a regimen's name at most, where there is room and where not."""
_ROOMY, _OVER_WIDTH = 100, 24
"""From where on there is room, and for sets too."""


def _table(compared: PairedComparison, endpoints: Sequence[ComparedEndpoint], screen: Screen) -> Table:
    """Draw endpoints under the names of what they are of."""
    narrow = screen.width < _ROOMY + (_OVER_WIDTH if compared.over_sets else 0)
    heads, values = _heads(compared, endpoints[0].measure is Measure.SHARE)
    heads = heads[:-1] if narrow else heads
    rows = [row[: len(heads)] for row in _all_rows(compared, endpoints, counted=not narrow)]
    most = _NARROW_VALUE if narrow else _WIDE_VALUE
    widths = [_width(head, column, rows, most if column <= values else None) for column, head in enumerate(heads)]
    table = screen.table()
    gap = table.padding[1] + table.padding[3] + 1
    fits = sum(widths[1:]) + gap * (len(heads) - 1) + _LEAST_LABEL <= screen.width
    table.add_column(heads[0], overflow="fold")
    for column, head in enumerate(heads[1:], 1):
        is_value = column <= values
        table.add_column(
            head,
            justify="right",
            overflow="fold",
            no_wrap=fits and not is_value,
            min_width=widths[column] if fits else None,
            max_width=most if is_value else None,
        )
    for row in rows:
        table.add_row(*row)
    return table


def _heads(compared: PairedComparison, shares: bool) -> tuple[list[str], int]:
    """What stands above the columns, and how many of them are values of regimens."""
    side_by_side = len(compared.arms) == _SIDE_BY_SIDE
    values = [visible(arm.name) for arm in compared.arms] if side_by_side else ["Share" if shares else "Value"]
    over = [over_head(compared.over_sets)] if compared.over_sets else []
    paired = ["Difference (95 %)", "only one"] if shares else ["Paired (95 %)"]
    return ["Patients in whom" if shares else "Endpoint", *values, *paired, *over, "of"], len(values)


def _all_rows(
    compared: PairedComparison, endpoints: Sequence[ComparedEndpoint], *, counted: bool
) -> "Iterator[tuple[RenderableType, ...]]":
    """The rows of all endpoints, under what they are of; where there is no column for it, labels say of how many."""
    side_by_side = len(compared.arms) == _SIDE_BY_SIDE
    for group, members in groupby(by_group(endpoints), lambda endpoint: endpoint.group):
        yield (Text(group, "title"),)
        for endpoint in members:
            label = label_text(endpoint) + ("" if counted else _of_how_many(compared, endpoint.contrasts))
            if side_by_side:
                yield from _rows(compared, endpoint, label)
            else:
                yield from _stacked_rows(compared, endpoint, label, counted=counted)


def _width(head: str, column: int, rows: "Sequence[tuple[RenderableType, ...]]", most: int | None) -> int:
    """How wide a column is; a head of a value that is longer than most is broken."""
    texts = [str(row[column]) for row in rows if len(row) > column]
    of_head = cell_len(head) if most is None else min(most, cell_len(head))
    return max([of_head, *map(cell_len, texts)])


def _of_how_many(compared: PairedComparison, contrasts: Sequence[Contrast | None]) -> str:
    """Of how many patients it is, where that is not all of them; in every regimen as many."""
    counts = _counts(contrasts)
    return f", of {counts.pop():,}" if len(counts) == 1 and counts != {compared.cohort.size} else ""


def _counts(contrasts: Sequence[Contrast | None]) -> set[int]:
    return {contrast.count for contrast in contrasts if contrast is not None}


def _rows(compared: PairedComparison, endpoint: ComparedEndpoint, label: str) -> "Iterator[tuple[RenderableType, ...]]":
    """One row, with both values."""
    contrast = endpoint.contrasts[1]
    values = endpoint.values[:2] if contrast is None else (contrast.reference, contrast.other)
    texts = [value_text(value, endpoint.measure, contrast) for value in values]
    yield (indent(label), *texts, *_cells(compared, endpoint, 1))


def _stacked_rows(
    compared: PairedComparison, endpoint: ComparedEndpoint, label: str, *, counted: bool
) -> "Iterator[tuple[RenderableType, ...]]":
    """A row for what it is, and one for each regimen; with of how many patients it is, where nothing else says it."""
    yield (indent(label),)
    is_of_each = not counted and len(_counts(endpoint.contrasts)) > 1
    for place, (arm, value, contrast) in enumerate(
        zip(compared.arms, endpoint.values, endpoint.contrasts, strict=True)
    ):
        shown = value_text(value if contrast is None else contrast.other, endpoint.measure, contrast)
        cells = _cells(compared, endpoint, place) if place else ()
        count = _of_how_many(compared, [contrast]) if is_of_each else ""
        yield (indent(indent(f"{visible(arm.name)}{count}")), shown, *cells)


def _cells(compared: PairedComparison, endpoint: ComparedEndpoint, place: int) -> "tuple[RenderableType, ...]":
    contrast = endpoint.contrasts[place]
    only = (only_one_text(contrast),) if endpoint.measure is Measure.SHARE else ()
    count = "" if contrast is None else f"{contrast.count:,}"
    sets = () if compared.over_sets is None else (over_sets_text(compared, endpoint, place),)
    return (contrast_text(contrast, endpoint.measure), *only, *sets, Text(count, "quiet"))
