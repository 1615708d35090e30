"""The tables of a sweep as texts, for whatever draws them: a row a point of the grid, or one axis against the other."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from blinplan.design.sweep.cell import Cell, CellEndpoint, CellMeasure, EndpointName
from blinplan.design.sweep.sweep import Sweep
from blinplan.reports.design.numbers import NO_VALUE
from blinplan.reports.shared.number import number
from blinplan.simulation.endpoints.definition import GROUPS

_TWO_WAY = 2
"""So many axes are laid against each other."""
NOT_DONE = "not done"
"""What stands in a cell of a sweep that was ended before."""
_MANY = 20_000
"""Patients from which on shares have two decimals."""


class TextGrid(NamedTuple):
    """A table of texts: what stands above it, the heads, how many columns say which point it is, and the rows."""

    title: str
    heads: tuple[str, ...]
    stub: int
    rows: tuple[tuple[str, ...], ...]


def grids(swept: Sweep) -> Iterator[TextGrid]:
    """All tables of what is shown: shares first, then numbers."""
    for names in (swept.shares(), swept.numbers()):
        if names and len(swept.axes) == _TWO_WAY:
            yield from (_two_way(swept, name) for name in names)
        elif names:
            yield by_rows(swept, names)


def by_rows(swept: Sweep, names: Sequence[EndpointName]) -> TextGrid:
    """A row a point of the grid."""
    heads = (*(axis.head for axis in swept.axes), *(head_text(swept.heads[name]) for name in names))
    rows = tuple(
        (*(axis.value_text(value) for axis, value in variant.point), *(_text(swept, cell, name) for name in names))
        for variant, cell in swept.rows
    )
    return TextGrid("", heads, len(swept.axes), rows)


def _two_way(swept: Sweep, name: EndpointName) -> TextGrid:
    down, across = swept.axes
    done = {variant.number: _text(swept, cell, name) for variant, cell in swept.rows}
    texts = [done.get(number, NOT_DONE) for number in range(swept.plan.number_of_cells)]
    width = len(across.values)
    lines = (texts[at : at + width] for at in range(0, len(texts), width))
    rows = tuple((down.value_text(value), *line) for value, line in zip(down.values, lines, strict=True))
    heads = (down.head, *map(across.value_text, across.values))
    return TextGrid(f"{head_text(swept.heads[name])}, across: {across.head}", heads, 1, rows)


def _text(swept: Sweep, cell: Cell, name: EndpointName) -> str:
    """What an endpoint comes to, and of how many patients, where that is not all of them."""
    endpoint = cell.get(name)
    text = endpoint_text(endpoint)
    if endpoint is None or text == NO_VALUE:
        return text
    count = endpoint.patients if endpoint.measure is CellMeasure.VALUE else endpoint.of
    return text if count == swept.plan.cohort.size else f"{text}, of {count:,}"


def head_text(endpoint: CellEndpoint) -> str:
    """What an endpoint is, with its unit."""
    label = f"{endpoint.group}: {endpoint.label}"
    return f"{label} ({endpoint.unit})" if endpoint.unit else label


def endpoint_text(endpoint: CellEndpoint | None) -> str:
    """What an endpoint comes to: a share with its interval, or a median with its spread; and over models."""
    if endpoint is None or math.isnan(endpoint.value):
        return NO_VALUE
    if endpoint.measure is CellMeasure.SHARE:
        decimals = 1 if endpoint.of < _MANY else 2
        share, low, high = (f"{100 * one:.{decimals}f}" for one in (endpoint.value, endpoint.low, endpoint.high))
        return f"{share} % ({low}-{high}){_over_models(endpoint, decimals)}"
    value, low, high = signed_number(endpoint.value), _end(endpoint.low), _end(endpoint.high)
    spread = value if math.isinf(endpoint.low) else f"{value} ({low} to {high})"
    return f"{spread}{_over_models(endpoint, 0)}"


def _end(value: float) -> str:
    """An end of a spread, shorter where it is never reached."""
    return "never" if math.isinf(value) else signed_number(value)


def _over_models(endpoint: CellEndpoint, decimals: int) -> str:
    if endpoint.models is None:
        return ""
    if endpoint.measure is CellMeasure.SHARE:
        low, high = (f"{100 * one:.{decimals}f}" for one in endpoint.models)
        return f" [{low}-{high}]"
    low, high = map(_end, endpoint.models)
    return f" [{low} to {high}]"


def signed_number(value: float) -> str:
    """A number to four digits, also below 0."""
    return number(value) if value >= 0 or math.isnan(value) else f"-{number(-value)}"


def by_group(names: Sequence[EndpointName], swept: Sweep) -> list[EndpointName]:
    """Endpoints by what they are of, in the order of the article."""
    return sorted(names, key=lambda name: GROUPS.index(swept.heads[name].group))
