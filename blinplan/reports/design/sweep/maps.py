"""Maps of two axes: a square a cell, shaded by what an endpoint comes to, which is written in it."""

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import NullLocator

from blinplan.design.sweep.cell import CellEndpoint, CellMeasure, EndpointName
from blinplan.design.sweep.sweep import Sweep
from blinplan.physiology.model.population import FloatArray
from blinplan.reports.design.numbers import NO_VALUE
from blinplan.reports.design.sweep.curves import positions
from blinplan.reports.design.sweep.grids import head_text, signed_number
from blinplan.reports.design.sweep.lines import article_marks, is_of_depletion
from blinplan.reports.design.sweep.sheet import ARTICLE, RIGHT, TOP, Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARGIN, _FOOT, _GAP, _ABOVE = 18.0, 11.0, 3.0, 5.0
"""In mm: left of a map, below it, between two, and above it for its name."""
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


def maps_height(swept: Sweep, width: float) -> float:
    """How high the maps are, in mm."""
    rows = math.ceil(len(swept.shown_names) / _columns(width))
    return TOP + rows * (_ABOVE + _map_height(swept) + _FOOT + _GAP)


def draw_maps(swept: Sweep, sheet: Sheet) -> None:
    """Draw a map for each endpoint that is shown, in rows."""
    columns, tall = _columns(sheet.width), _map_height(swept)
    across = sheet.width / columns
    for number, name in enumerate((*swept.shares(), *swept.numbers())):
        row, column = divmod(number, columns)
        top = TOP + row * (_ABOVE + tall + _FOOT + _GAP) + _ABOVE
        _draw_map(swept, name, sheet.place(column * across + _MARGIN, top, across - _MARGIN - RIGHT, tall))


def _draw_map(swept: Sweep, name: EndpointName, panel: "Axes") -> None:
    down, across = swept.axes
    values = np.array([_value(cell.get(name)) for cell in swept.cells]).reshape(len(down.values), len(across.values))
    rows, columns = (np.argsort(positions(axis), kind="stable") for axis in (down, across))
    values = values[np.ix_(rows, columns)]
    is_share = swept.heads[name].measure is CellMeasure.SHARE
    low, high = (0.0, 1.0) if is_share else _ends(values)
    panel.imshow(values, aspect="auto", origin="lower", cmap=_MAP, vmin=low, vmax=high)
    for (row, column), value in np.ndenumerate(values):
        shade = 0.0 if high == low or math.isnan(value) else (value - low) / (high - low)
        text = _text(float(value), swept.heads[name].measure)
        colour = "black" if math.isnan(value) or shade > 0.55 else "white"
        panel.text(column, row, text, ha="center", va="center", color=colour, fontsize=6)
    panel.set_facecolor(_UNKNOWN)
    panel.set_title(f"{head_text(swept.heads[name])}{', %' if is_share else ', median'}", fontsize=7, loc="left", pad=3)
    _name_sides(swept, panel, rows.tolist(), columns.tolist())
    if is_of_depletion(name):
        _mark_article(swept, panel, rows.tolist(), columns.tolist())


def _text(value: float, measure: CellMeasure) -> str:
    if math.isnan(value):
        return "never" if measure is CellMeasure.TIME else NO_VALUE
    return f"{100 * value:.1f}" if measure is CellMeasure.SHARE else signed_number(value)


def _value(one: CellEndpoint | None) -> float:
    return math.nan if one is None or not math.isfinite(one.value) else one.value


def _ends(values: FloatArray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _name_sides(swept: Sweep, panel: "Axes", rows: list[int], columns: list[int]) -> None:
    down, across = swept.axes
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


def _mark_article(swept: Sweep, panel: "Axes", rows: list[int], columns: list[int]) -> None:
    """Draw a line between the doses above which the article has the majority depleted and the others."""
    axis = swept.dose_axis
    for said in article_marks(swept):
        if axis is None or not said.is_threshold:
            continue
        order = rows if axis is swept.axes[0] else columns
        below = sum(positions(axis)[at] <= float(said.doses[0]) for at in order)
        if 0 < below < len(order):
            draw = panel.axhline if axis is swept.axes[0] else panel.axvline
            draw(below - 0.5, color=ARTICLE, linewidth=1.4, dashes=(4, 2))
