"""The tables of a comparison on a terminal: what is given, and what happens."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from blinplan.design.comparison.compare import ComparedEndpoint, PairedComparison
from blinplan.design.comparison.contrast import Measure
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
from blinplan.terminal import Screen, indent


def tables(of: ComparisonView, screen: Screen) -> Iterator[RenderableType]:
    """Draw what is given, and what happens."""
    yield _given_table(of, screen)
    for endpoints in (shown_shares(of.comparison), of.comparison.numbers):
        if endpoints:
            yield from ("", _table(of.comparison, endpoints, screen))


GIVEN_HEADS = ("Given", "mcg", "Infusion", "Course", "Cycles", "In hospital", "Bags", "Vials")


def given_rows(of: ComparisonView) -> Iterator[tuple[str, ...]]:
    """What each regimen gives, as it is shown; bags and vials only where a site was asked."""
    for arm, given in zip(of.comparison.arms, of.given, strict=True):
        days = "not said" if given.hospital_days is None else f"{given.hospital_days} d"
        yield (
            visible(arm.name),
            decimal_text(given.total.micrograms, 3),
            _days(given.total.infusion),
            _days(given.total.minutes),
            f"{given.cycles}",
            days,
            *(("not known" if one is None else f"{one:,}") for one in (given.bags, given.vials)),
        )


def _days(minutes: int) -> str:
    return f"{decimal_text(Fraction(minutes, MINUTES_PER_DAY), 2)} d"


def _with_bags(of: ComparisonView) -> bool:
    return any(given.bags is not None for given in of.given)


def _given_table(of: ComparisonView, screen: Screen) -> Table:
    shown = len(GIVEN_HEADS) if _with_bags(of) else len(GIVEN_HEADS) - 2
    area = f"Given at {decimal_text(of.differences[0].square_metres, 3)} m²"
    table = screen.table()
    table.add_column(area, overflow="fold")
    for head in GIVEN_HEADS[1:shown]:
        table.add_column(head, justify="right")
    for row in given_rows(of):
        table.add_row(*row[:shown])
    return table


_SIDE_BY_SIDE = 2
"""So many regimens are two columns of one row; of more, each has a row of its own under its endpoint."""


_LEAST_LABEL, _NARROW_VALUE, _ROOMY, _OVER_WIDTH = 24, 9, 100, 24
"""Columns: what a name of an endpoint has at least, a value at most, from where on there is room, and for sets too."""


def _table(compared: PairedComparison, endpoints: Sequence[ComparedEndpoint], screen: Screen) -> Table:
    """Draw endpoints under the names of what they are of."""
    shares = endpoints[0].measure is Measure.SHARE
    names = [visible(arm.name) for arm in compared.arms]
    over = compared.over_sets
    side_by_side, narrow = len(names) == _SIDE_BY_SIDE, screen.width < _ROOMY + (_OVER_WIDTH if over else 0)
    one_line = screen.wide if over is None else not narrow
    table = screen.table()
    least = _LEAST_LABEL if one_line else None
    table.add_column("Patients in whom" if shares else "Endpoint", min_width=least, overflow="fold")
    for name in names if side_by_side else ["Share" if shares else "Value"]:
        table.add_column(name, justify="right", overflow="fold", max_width=_NARROW_VALUE if narrow else None)
    table.add_column(
        "Difference (95 %)" if shares else "Paired (95 %)", justify="right", no_wrap=one_line, overflow="fold"
    )
    for name in [*(["only one"] if shares else []), *([over_head(over)] if over else [])]:
        table.add_column(name, justify="right", no_wrap=one_line, overflow="fold")
    if not narrow:
        table.add_column("of", justify="right")
    rows = _rows if side_by_side else _stacked_rows
    for group, members in groupby(by_group(endpoints), lambda endpoint: endpoint.group):
        table.add_row(Text(group, "title"))
        for endpoint in members:
            for row in rows(compared, endpoint):
                table.add_row(*row[: len(table.columns)])
    return table


def _rows(compared: PairedComparison, endpoint: ComparedEndpoint) -> Iterator[tuple[RenderableType, ...]]:
    """One row, with both values."""
    contrast = endpoint.contrasts[1]
    values = endpoint.values[:2] if contrast is None else (contrast.reference, contrast.other)
    texts = [value_text(value, endpoint.measure, contrast) for value in values]
    some = contrast is not None and contrast.count != compared.cohort.size
    of = f", of {contrast.count:,}" if contrast is not None and some else ""
    yield (indent(f"{label_text(endpoint)}{of}"), *texts, *_cells(compared, endpoint, 1))


def _stacked_rows(compared: PairedComparison, endpoint: ComparedEndpoint) -> Iterator[tuple[RenderableType, ...]]:
    """A row for what it is, and one for each regimen."""
    yield (indent(label_text(endpoint)),)
    for place, (arm, value, contrast) in enumerate(
        zip(compared.arms, endpoint.values, endpoint.contrasts, strict=True)
    ):
        shown = value_text(value if contrast is None else contrast.other, endpoint.measure, contrast)
        cells = _cells(compared, endpoint, place) if place else ()
        yield (indent(indent(visible(arm.name))), shown, *cells)


def _cells(compared: PairedComparison, endpoint: ComparedEndpoint, place: int) -> tuple[RenderableType, ...]:
    contrast = endpoint.contrasts[place]
    only = (only_one_text(contrast),) if endpoint.measure is Measure.SHARE else ()
    count = "" if contrast is None else f"{contrast.count:,}"
    sets = () if compared.over_sets is None else (over_sets_text(compared, endpoint, place),)
    return (contrast_text(contrast, endpoint.measure), *only, *sets, Text(count, "quiet"))
