"""Lines across maps of two axes: where half of all are there, and what the article says of doses on one side."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patheffects import withStroke

from blinplan.design.sweep.cell import CellMeasure, EndpointName
from blinplan.design.sweep.sweep import Sweep
from blinplan.physiology.model.population import FloatArray
from blinplan.reports.design.sweep.article import ArticleMark, article_marks
from blinplan.reports.design.sweep.curves import positions
from blinplan.reports.design.sweep.sheet import ARTICLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HALF = 0.5
_EDGE = [withStroke(linewidth=2.6, foreground="white")]
"""Around a line, so that it is seen on light and on dark cells."""
_LETTERS = 5.5
_UNTIL = 1e-9


def values_of(swept: Sweep, name: EndpointName) -> FloatArray:
    """What an endpoint comes to in each cell, as it is drawn: both axes upwards; NaN where there is no number."""
    down, across = swept.axes
    known = [cell.get(name) for cell in swept.cells]
    values = [math.nan if one is None or not math.isfinite(one.value) else one.value for one in known]
    rows, columns = map(order_of, map(positions, (down, across)))
    return np.array(values).reshape(len(rows), len(columns))[np.ix_(rows, columns)]


def order_of(found: Sequence[float]) -> list[int]:
    """The places of numbers, from the least of them to the greatest."""
    return sorted(range(len(found)), key=lambda at: found[at])


def has_half_line(swept: Sweep, name: EndpointName) -> bool:
    """Whether half of all are there somewhere between two cells of a map."""
    if swept.heads[name].measure is not CellMeasure.SHARE:
        return False
    values = values_of(swept, name)
    return min(values.shape) > 1 and bool((values < _HALF).any() and (values > _HALF).any())


def draw_half(swept: Sweep, name: EndpointName, panel: "Axes") -> None:
    """Draw where half of all are there, straight between neighbours, and on to the edges of the map."""
    values = np.pad(values_of(swept, name), 1, mode="edge")
    down, across = ([-0.5, *range(size - 2), size - 2.5] for size in values.shape)
    line = panel.contour(across, down, values, levels=[_HALF], colors="black", linewidths=1.1)
    line.set(path_effects=_EDGE)


def line_place(mark: ArticleMark) -> float | None:
    """Between which cells of its axis a line stands, counted in cells; None where all doses are on one side of it."""
    doses = positions(mark.axis)
    last = float(max(mark.said.doses)) * (1 + _UNTIL)
    below = sum(dose <= last for dose in doses)
    return below - 0.5 if 0 < below < len(doses) else None


def draw_article(swept: Sweep, panel: "Axes") -> None:
    """Draw a line between the doses of which the article says something and the others."""
    for mark in article_marks(swept):
        at = line_place(mark)
        if at is None:
            continue
        is_level = mark.axis is swept.axes[0]
        draw = panel.axhline if is_level else panel.axvline
        dashes = (4, 2) if mark.said.is_threshold else (1, 1.2)
        draw(at, color=ARTICLE, linewidth=1.3, dashes=dashes, path_effects=_EDGE)
        _name_line(mark, at, panel, is_level=is_level)


def _name_line(mark: ArticleMark, at: float, panel: "Axes", *, is_level: bool) -> None:
    """Write what is said outside of the map, on that side of the line."""
    words, above = mark.words, mark.said.is_threshold
    if is_level:
        panel.annotate(
            f"{words}\n({mark.said.claim})",
            (1.0, at),
            (2.0, 1.5 if above else -1.5),
            ("axes fraction", "data"),
            "offset points",
            va="bottom" if above else "top",
            color=ARTICLE,
            fontsize=_LETTERS,
            linespacing=1.0,
        )
        return
    panel.annotate(
        f"{words} ({mark.said.claim}) →" if above else f"← {words} ({mark.said.claim})",
        (at, 1.0),
        (1.5 if above else -1.5, 2.0),
        ("data", "axes fraction"),
        "offset points",
        ha="left" if above else "right",
        va="bottom",
        color=ARTICLE,
        fontsize=_LETTERS,
    )
