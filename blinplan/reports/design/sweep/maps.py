"""Maps of two axes: a square a cell, shaded by what an endpoint comes to, which is written in it."""

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.ticker import NullLocator

from blinplan.design.sweep.cell import CellMeasure, EndpointName
from blinplan.design.sweep.sweep import Sweep
from blinplan.physiology.model.population import FloatArray
from blinplan.reports.design.numbers import NO_VALUE
from blinplan.reports.design.sweep.article import is_of_depletion
from blinplan.reports.design.sweep.curves import positions
from blinplan.reports.design.sweep.grids import head_text, signed_number
from blinplan.reports.design.sweep.map_layout import LINE_NAME, MARGIN, MapLayout, has_lines, layout_of
from blinplan.reports.design.sweep.map_lines import draw_article, draw_half, has_half_line, order_of, values_of
from blinplan.reports.design.sweep.sheet import Sheet
from blinplan.reports.simulation.figures import BEHIND

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 72 / 25.4
_MAP, _UNKNOWN = "cividis", "#eeeeee"
"""Even in lightness, and the same to every kind of colour vision; and where there is no number."""


def maps_height(swept: Sweep, width: float) -> float:
    """How high the maps are, in mm."""
    return layout_of(swept, width).height(len(swept.shown_names))


def draw_maps(swept: Sweep, sheet: Sheet) -> None:
    """Draw a map for each endpoint that is shown, in rows."""
    layout = layout_of(swept, sheet.width)
    size = layout.across - MARGIN - layout.right, layout.tall
    for number, name in enumerate((*swept.shares(), *swept.numbers())):
        _draw_map(swept, name, sheet.place(layout.left_edge(number), layout.top(number), *size), layout)


def _draw_map(swept: Sweep, name: EndpointName, panel: "Axes", layout: MapLayout) -> None:
    head, values = swept.heads[name], values_of(swept, name)
    is_share, has_half = head.measure is CellMeasure.SHARE, has_half_line(swept, name)
    low, high = (0.0, 1.0) if is_share else _ends(values)
    panel.imshow(values, aspect="auto", origin="lower", cmap=_MAP, vmin=low, vmax=high)
    panel.set_facecolor(_UNKNOWN)
    _name_sides(swept, panel, layout)
    if has_half:
        draw_half(swept, name, panel)
    texts = {place: _text(float(value), head.measure) for place, value in np.ndenumerate(values)}
    letters = layout.letters(list(texts.values()))
    if letters is not None:
        _write_all(panel, texts, letters, (values - low) / ((high - low) or 1.0))
    pad = 3.0 + (LINE_NAME * _POINTS if is_of_depletion(name) and has_lines(swept, 1) else 0.0)
    scale = _scale_text(values, low, high, head.measure) if letters is None else ""
    what = f"{', %' if is_share else ', median'}{scale}{'; line: half' if has_half else ''}"
    panel.set_title(f"{head_text(head)}{what}", fontsize=7, loc="left", pad=pad)
    if is_of_depletion(name):
        draw_article(swept, panel)


def _scale_text(values: FloatArray, low: float, high: float, measure: CellMeasure) -> str:
    """What the shades are, where there is no room for numbers."""
    unknown = f", grey {_text(math.nan, measure)}" if np.isnan(values).any() else ""
    return f"; dark {_text(low, measure)}, light {_text(high, measure)}{unknown}"


def _write_all(panel: "Axes", texts: dict[tuple[int, ...], str], letters: float, shades: FloatArray) -> None:
    """Write the numbers into their cells; a line that goes through one stops before it."""
    for (row, column), text in texts.items():
        shade = float(shades[row, column])
        colour = "black" if math.isnan(shade) or shade > 0.45 else "white"
        ground = _UNKNOWN if math.isnan(shade) else colormaps[_MAP](shade)
        behind = {**BEHIND, "facecolor": ground, "alpha": 1.0}
        panel.text(column, row, text, color=colour, fontsize=letters, ha="center", va="center", bbox=behind)


def _text(value: float, measure: CellMeasure) -> str:
    if math.isnan(value):
        return "never" if measure is CellMeasure.TIME else NO_VALUE
    return f"{100 * value:.1f}" if measure is CellMeasure.SHARE else signed_number(value)


def _ends(values: FloatArray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _name_sides(swept: Sweep, panel: "Axes", layout: MapLayout) -> None:
    down, across = swept.axes
    rows, columns = (order_of(positions(axis)) for axis in swept.axes)
    for order, axis, draw in ((rows, down, panel.set_yticks), (columns, across, panel.set_xticks)):
        texts = [axis.value_text(axis.values[at]) for at in order]
        every = layout.every(texts, is_level=axis is across)
        draw(range(0, len(order), every), texts[::every])
    panel.set_ylabel("\n".join(textwrap.wrap(down.head, 18, break_long_words=False)), labelpad=2)
    panel.set_xlabel(across.head, labelpad=2)
    for side in ("top", "right", "left", "bottom"):
        panel.spines[side].set_visible(False)
    panel.tick_params(length=0)
    for lines, count in ((panel.axhline, len(rows)), (panel.axvline, len(columns))):
        for at in range(1, count):
            lines(at - 0.5, color="white", linewidth=min(0.8, 0.15 * min(layout.cell)))
    panel.xaxis.set_minor_locator(NullLocator())
