"""Sensitivities on a terminal and in Markdown: a table an endpoint."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from blinplan.design.comparison.contrast import Agreement
from blinplan.design.sensitivity.sensitivity import EndpointSensitivity, Sensitivity, SensitivityRow
from blinplan.outside_text import markdown_text, visible
from blinplan.reports.design.numbers import NO_VALUE
from blinplan.reports.design.sensitivity.lines import (
    ROW_NUMBERS,
    endpoint_lines,
    endpoint_title,
    reading_lines,
    scale_text,
    stopped_lines,
    title_of,
    unverified_lines_of,
    value_text,
    who_lines,
    without_effect_lines,
)
from blinplan.reports.design.words import markdown_lines, markdown_table
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN = 15
"""Rows of a table; data has all."""
_NAME, _VALUE, _STATUS = 0, 5, 6
"""Columns."""


def sensitivity_report(found: Sensitivity, screen: Screen) -> "list[RenderableType]":
    """Draw sensitivities: what and who, the tables, and what they cover and do not."""
    parts: list[RenderableType] = [Text.assemble((visible(found.plan.regimen.name), "title"), "  ", title_of(found))]
    parts += [Text(line) for line in who_lines(found)]
    parts += [Text(line, "unverified") for line in unverified_lines_of(found)]
    parts += [Text(line, "warning") for line in stopped_lines(found)]
    for of in found.endpoints:
        parts += _endpoint(found, of, screen)
    return [*parts, "", *(Text(line, "quiet") for line in reading_lines(found))]


def _endpoint(found: Sensitivity, of: EndpointSensitivity, screen: Screen) -> "Iterator[RenderableType]":
    yield ""
    yield Text(endpoint_title(of), "title")
    yield from (Text(line, "warning") for line in endpoint_lines(found, of))
    telling = _telling(of)
    if telling:
        yield _table(found, of, telling[:SHOWN], screen)
    yield from (Text(line, "quiet") for line in _below(of))


def _telling(of: EndpointSensitivity) -> list[SensitivityRow]:
    return [row for row in of.rows if row.agreement is Agreement.DIFFERENT]


def _below(of: EndpointSensitivity) -> Iterator[str]:
    """Say which parameters the table has not."""
    telling = _telling(of)
    more = len(telling) - SHOWN
    if more > 0:
        yield f"and {more} more, each below {telling[SHOWN - 1].first:.2g}: -f csv has all"
    yield from without_effect_lines(of)


def sensitivity_markdown(found: Sensitivity) -> str:
    """Write sensitivities as Markdown."""
    lines = [f"# {markdown_text(found.plan.regimen.name)}: {markdown_text(title_of(found))}", ""]
    lines += markdown_lines((*who_lines(found), *unverified_lines_of(found), *stopped_lines(found)))
    for of in found.endpoints:
        lines += ["", f"## {markdown_text(endpoint_title(of))}", "", *markdown_lines(endpoint_lines(found, of))]
        rows = [cells(found, row) for row in _telling(of)[:SHOWN]]
        if rows:
            lines += ["", *markdown_table(heads(found, of), rows, (_NAME, _STATUS)), ""]
        lines += markdown_lines(_below(of))
    lines += ["", *markdown_lines(reading_lines(found))]
    return "\n".join(lines) + "\n"


def heads(found: Sensitivity, of: EndpointSensitivity) -> tuple[str, ...]:
    """What stands above the columns."""
    first, *others = (one.head for one in ROW_NUMBERS[found.plan.method])
    scale = scale_text(of)
    is_of_effects = found.plan.method.value == "morris" and scale
    return ("parameter", f"{first} ({scale})" if is_of_effects else first, *others, "value", "status")


def cells(found: Sensitivity, row: SensitivityRow) -> tuple[str, ...]:
    """A row as texts."""
    numbers = zip(row[1:5], ROW_NUMBERS[found.plan.method], strict=True)
    texts = (NO_VALUE if math.isnan(value) else f"{value:,.{of.decimals}f}" for value, of in numbers)
    parameter = row.parameter
    return (parameter.key, *map(_unsigned_zero, texts), value_text(parameter.value, parameter.unit), parameter.status)


def _unsigned_zero(text: str) -> str:
    return text.removeprefix("-") if not text.strip("-0.") else text


def _table(found: Sensitivity, of: EndpointSensitivity, rows: list[SensitivityRow], screen: Screen) -> Table:
    """Draw the rows; where there is no room a value stands above its unit, and a name is broken at the last."""
    table = screen.table()
    told = [heads(found, of), *(cells(found, row) for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*told, strict=True)]
    narrow = max(cell_len(word) for row in told for word in row[_VALUE].split())
    fits = sum(widths) - widths[_VALUE] + narrow + 3 * len(widths[1:]) <= screen.width
    for number, head in enumerate(told[0]):
        is_word, may_break = number in (_NAME, _STATUS), number == _VALUE or (number in (_NAME, _STATUS) and not fits)
        table.add_column(head, justify="left" if is_word else "right", overflow="fold", no_wrap=not may_break)
    for row in told[1:]:
        table.add_row(*row)
    return table
