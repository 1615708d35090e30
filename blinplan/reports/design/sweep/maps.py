"""Maps of two axes: a square a cell, shaded by what an endpoint comes to, which is written in it."""

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.patheffects import withStroke
from matplotlib.ticker import NullLocator

from blinplan.design.sweep.cell import CellMeasure, EndpointName
from blinplan.design.sweep.sweep import Sweep
from blinplan.physiology.model.population import FloatArray
from blinplan.reports.design.numbers import NO_VALUE
from blinplan.reports.design.sweep.article import article_marks, is_of_depletion
from blinplan.reports.design.sweep.curves import positions
from blinplan.reports.design.sweep.grids import head_text, signed_number
from blinplan.reports.design.sweep.map_lines import (
    draw_article,
    draw_half,
    has_half_line,
    line_place,
    order_of,
    values_of,
)
from blinplan.reports.design.sweep.sheet import RIGHT, TOP, Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARGIN, _FOOT, _GAP, _ABOVE = 18.0, 11.0, 3.0, 5.0
"""In mm: left of a map, below it, between two, and above it for its name."""
_LINE_NAME, _BESIDE, _POINTS = 2.8, 13.0, 72 / 25.4
"""In mm: above it for the names of lines that go up, and beside it for those across; and points in one."""
_CELL, _HIGHEST = 9.0, 80.0
"""A cell's height in mm where there are few, and that of a map."""
_SIDE_BY_SIDE = 90.0
"""Maps of this width stand beside each other."""
_MAP, _UNKNOWN = "cividis", "#eeeeee"
"""Even in lightness, and the same to every kind of colour vision; and where there is no number."""


def _columns(width: float) -> int:
    return max(1, int(width / _SIDE_BY_SIDE))


def _map_height(swept: Sweep) -> float:
    return min(_HIGHEST, max(24.0, _CELL * len(swept.axes[0].values)))


def _above(swept: Sweep) -> float:
    """What is left above a map: for its name, and for the names of lines that go up."""
    return _ABOVE + (_LINE_NAME if _has_lines(swept, 1) else 0.0)


def _right(swept: Sweep) -> float:
    """What is left beside a map, with the names of lines that go across."""
    return _BESIDE if _has_lines(swept, 0) else RIGHT


def _has_lines(swept: Sweep, number: int) -> bool:
    return any(mark.axis is swept.axes[number] and line_place(mark) is not None for mark in article_marks(swept))


def maps_height(swept: Sweep, width: float) -> float:
    """How high the maps are, in mm."""
    rows = math.ceil(len(swept.shown_names) / _columns(width))
    return TOP + rows * (_above(swept) + _map_height(swept) + _FOOT + _GAP)


def draw_maps(swept: Sweep, sheet: Sheet) -> None:
    """Draw a map for each endpoint that is shown, in rows."""
    columns, tall, above = _columns(sheet.width), _map_height(swept), _above(swept)
    across = sheet.width / columns
    for number, name in enumerate((*swept.shares(), *swept.numbers())):
        row, column = divmod(number, columns)
        top = TOP + row * (above + tall + _FOOT + _GAP) + above
        size = across - _MARGIN - _right(swept), tall
        _draw_map(swept, name, sheet.place(column * across + _MARGIN, top, *size))


def _draw_map(swept: Sweep, name: EndpointName, panel: "Axes") -> None:
    head, values = swept.heads[name], values_of(swept, name)
    is_share = head.measure is CellMeasure.SHARE
    low, high = (0.0, 1.0) if is_share else _ends(values)
    panel.imshow(values, aspect="auto", origin="lower", cmap=_MAP, vmin=low, vmax=high)
    panel.set_facecolor(_UNKNOWN)
    _name_sides(swept, panel)
    has_half = has_half_line(swept, name)
    if has_half:
        draw_half(swept, name, panel)
    for (row, column), value in np.ndenumerate(values):
        shade = math.nan if math.isnan(value) else 0.0 if high == low else (value - low) / (high - low)
        _write(panel, (column, row), _text(float(value), head.measure), shade)
    pad = 3.0 + (_LINE_NAME * _POINTS if is_of_depletion(name) and _has_lines(swept, 1) else 0.0)
    what = f", %{'; line: half' if has_half else ''}" if is_share else ", median"
    panel.set_title(f"{head_text(head)}{what}", fontsize=7, loc="left", pad=pad)
    if is_of_depletion(name):
        draw_article(swept, panel)


def _write(panel: "Axes", place: tuple[int, int], text: str, shade: float) -> None:
    """Write a number into its cell; a line that goes through it stops before it."""
    colour = "black" if math.isnan(shade) or shade > 0.45 else "white"
    ground = _UNKNOWN if math.isnan(shade) else colormaps[_MAP](shade)
    around = [withStroke(linewidth=2.5, foreground=ground)]
    panel.text(*place, text, ha="center", va="center", color=colour, fontsize=6, path_effects=around)


def _text(value: float, measure: CellMeasure) -> str:
    if math.isnan(value):
        return "never" if measure is CellMeasure.TIME else NO_VALUE
    return f"{100 * value:.1f}" if measure is CellMeasure.SHARE else signed_number(value)


def _ends(values: FloatArray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _name_sides(swept: Sweep, panel: "Axes") -> None:
    down, across = swept.axes
    rows, columns = (order_of(positions(axis)) for axis in swept.axes)
    panel.set_yticks(range(len(rows)), [down.value_text(down.values[at]) for at in rows])
    panel.set_xticks(range(len(columns)), [across.value_text(across.values[at]) for at in columns])
    panel.set_ylabel("\n".join(textwrap.wrap(down.head, 18, break_long_words=False)), labelpad=2)
    panel.set_xlabel(across.head, labelpad=2)
    for side in ("top", "right", "left", "bottom"):
        panel.spines[side].set_visible(False)
    panel.tick_params(length=0)
    for lines, count in ((panel.axhline, len(rows)), (panel.axvline, len(columns))):
        for at in range(1, count):
            lines(at - 0.5, color="white", linewidth=0.8)
    panel.xaxis.set_minor_locator(NullLocator())
