"""Sensitivities as a figure to publish: μ* against σ with names, bars of indices, or correlations with intervals."""

import math
import textwrap
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from blinplan.design.comparison.contrast import Agreement
from blinplan.design.sensitivity.method import SensitivityMethod
from blinplan.design.sensitivity.sensitivity import EndpointSensitivity, Sensitivity, SensitivityRow
from blinplan.fingerprint import model_name
from blinplan.outside_text import visible
from blinplan.reports.design.sensitivity.lines import meaning_lines, scale_text, stopped_lines, title_of, who_lines
from blinplan.reports.shared.words import patients_drawn, unverified_mark
from blinplan.reports.simulation.figures import FigureFormat, file_of
from blinplan.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS = 12
"""Bars of a panel."""
_NAMED = 8
"""Points of a panel that are named; the others lie near nothing."""
_LEFT, _LEFT_OF_CLOUD, _RIGHT, _HEAD, _FOOT = 34.0, 17.0, 6.0, 8.0, 11.0
_WIDE, _LEGEND = 130.0, 4.0
"""In mm: from this width on the legend stands beside a name, and else in a line above it."""
_BAR, _CLOUD, _LINE, _LETTER = 4.2, 62.0, 2.9, 1.3
"""In mm."""
_LEADER = {"arrowstyle": "-", "color": "#888888", "linewidth": 0.4, "shrinkA": 0.0, "shrinkB": 2.0}
STATUS_COLOURS = {"published": "#0072B2", "derived": "#56B4E9", "calibrated": "#E69F00", "assumed": "#D55E00"}
_DRAWN = {
    SensitivityMethod.MORRIS: (
        "μ*: mean size of the change of the endpoint over the whole range of the parameter; σ: how much it hangs on"
        " where the parameters are, as much as its size on the grey line."
    ),
    SensitivityMethod.SOBOL: (
        "Dark: share of the endpoint's variance that the parameter makes alone; pale: with its part in what it makes"
        " together with others; line: 95 % interval of that, of these samples drawn again."
    ),
    SensitivityMethod.CORRELATION: (
        "Rank correlation (Spearman) between what patients differ in and the endpoint; line: 95 % interval (Bonett and"
        " Wright) of {whose}."
    ),
}
"""What is drawn."""
_MARKS = {"published": "o", "derived": "D", "calibrated": "s", "assumed": "^"}


def sensitivity_figure(found: Sensitivity, output_format: FigureFormat, width: float = 183.0) -> bytes:
    """Draw a panel an endpoint, one below the other; ``width`` in mm."""
    return file_of(lambda: _drawing(found, width), output_format)


def _drawing(found: Sensitivity, width: float) -> Figure:
    shown = [of for of in found.endpoints if _telling(of)]
    caption = textwrap.wrap(_caption(found), int((width - 4) / 1.05), break_on_hyphens=False)
    heights = [_height(found, of) for of in shown]
    head = _HEAD if width >= _WIDE else _HEAD + _LEGEND
    left = _LEFT_OF_CLOUD if found.plan.method is SensitivityMethod.MORRIS else _LEFT
    height = sum(heights) + (head + _FOOT) * len(shown) + _LINE * len(caption) + 4.0
    drawing = Figure(figsize=(width / 25.4, height / 25.4))
    top = head
    for of, tall in zip(shown, heights, strict=True):
        across = width - left - _RIGHT
        panel = drawing.add_axes((left / width, 1 - (top + tall) / height, across / width, tall / height))
        _draw(found, of, panel, (head - _HEAD) / tall)
        top += tall + head + _FOOT
    drawing.text(2 / width, 1.0 / height, "\n".join(caption), fontsize=5.5, linespacing=1.25, va="bottom")
    return drawing


def _telling(of: EndpointSensitivity) -> list[SensitivityRow]:
    return [row for row in of.rows if row.agreement is Agreement.DIFFERENT and math.isfinite(row.first)]


def _height(found: Sensitivity, of: EndpointSensitivity) -> float:
    return _CLOUD if found.plan.method is SensitivityMethod.MORRIS else _BAR * min(_ROWS, len(_telling(of))) + 4.0


def _draw(found: Sensitivity, of: EndpointSensitivity, panel: "Axes", lift: float) -> None:
    """Draw an endpoint; its legend is lifted by so many heights of the panel."""
    rows = _telling(of)
    panel.set_title(f"{of.group}: {of.label}", fontsize=8, loc="left", pad=3)
    if found.plan.method is SensitivityMethod.MORRIS:
        _cloud(of, rows, panel)
    else:
        _bars(found.plan.method, rows[:_ROWS], panel)
    _legend(rows, panel, lift)


def _cloud(of: EndpointSensitivity, rows: list[SensitivityRow], panel: "Axes") -> None:
    """Draw μ* against σ; names of the greatest stand beside their points, out of each other's way."""
    unit = scale_text(of)
    for row in rows:
        status = row.parameter.status
        panel.plot([row.first], [row.fourth], _MARKS[status], color=STATUS_COLOURS[status], markersize=4, clip_on=False)
    most, spread = max(row.first for row in rows), max((1e-9, *(row.fourth for row in rows)))
    panel.set_xlim(0.0, 1.12 * most)
    panel.set_ylim(-0.03 * spread, 1.15 * spread)
    panel.plot(
        [0.0, min(1.12 * most, 1.15 * spread)], [0.0, min(1.12 * most, 1.15 * spread)], color="#bbbbbb", zorder=0.5
    )
    _name_points(rows[:_NAMED], most, spread, panel)
    panel.set_xlabel(f"μ* ({unit}): mean size over the range", labelpad=2)
    panel.set_ylabel(f"σ ({unit}): not linear, or hangs on others")


def _name_points(rows: list[SensitivityRow], most: float, spread: float, panel: "Axes") -> None:
    """Name points, each a line higher where another name stands already, and then with a line to its point."""
    across = panel.get_position().width * panel.figure.get_figwidth() * 25.4  # type: ignore[union-attr]
    taken: list[tuple[float, float, float]] = []
    for row in rows:
        at, up = row.first / (1.12 * most), row.fourth / spread
        wide = (_LETTER * len(row.parameter.key) + 2.0) / across
        right = at + wide > 1.0
        start, end = (at - wide, at) if right else (at, at + wide)
        level = up
        while any(abs(level - other) < 0.05 and start < stop and begin < end for begin, stop, other in taken):
            level += 0.052
        taken.append((start, end, level))
        lift = (level - up) * _CLOUD / 1.18 * 72 / 25.4
        panel.annotate(
            row.parameter.key,
            (row.first, row.fourth),
            (-4.0 if right else 4.0, lift - 2.0),
            "data",
            "offset points",
            fontsize=6,
            ha="right" if right else "left",
            annotation_clip=False,
            arrowprops={**_LEADER, "relpos": (1.0 if right else 0.0, 0.3)} if level > up else None,
        )


def _bars(method: SensitivityMethod, rows: list[SensitivityRow], panel: "Axes") -> None:
    """Draw a bar a parameter: the total index with the first order in it, or the correlation, with intervals."""
    for number, row in enumerate(rows):
        colour = STATUS_COLOURS[row.parameter.status]
        if method is SensitivityMethod.SOBOL:
            panel.barh(number, max(0.0, row.first), 0.72, color=colour, alpha=0.35)
            panel.barh(number, max(0.0, row.third), 0.36, color=colour)
            low, high = row.first - row.second, row.first + row.second
        else:
            panel.barh(number, row.first, 0.6, color=colour)
            low, high = row.second, row.third
        panel.plot([low, high], [number, number], color="#222222", linewidth=0.7)
        mark = _MARKS[row.parameter.status]  # who cannot tell the colours apart sees the status, too
        panel.plot(
            [0.0], [number], mark, color=colour, markersize=4.5, markeredgecolor="white", clip_on=False, zorder=4
        )
    panel.set_yticks(range(len(rows)), [row.parameter.key for row in rows])
    panel.set_ylim(len(rows) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.axvline(0.0, color="#222222", linewidth=0.5)
    label = (
        "share of the variance: pale in all, with its 95 % interval; dark alone"
        if method is SensitivityMethod.SOBOL
        else "Spearman's rank correlation"
    )
    panel.set_xlabel(label, labelpad=2)


def _legend(rows: list[SensitivityRow], panel: "Axes", lift: float) -> None:
    from matplotlib.lines import Line2D

    there = [status for status in STATUS_COLOURS if any(row.parameter.status == status for row in rows)]
    marks = [Line2D([], [], linestyle="", marker=_MARKS[one], color=STATUS_COLOURS[one], markersize=4) for one in there]
    panel.legend(
        marks,
        there,
        frameon=False,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0 + lift),
        ncols=4,
        fontsize=6,
        borderaxespad=0.2,
    )


def _caption(found: Sensitivity) -> str:
    """What is drawn, of whom, and what computed it."""
    plan = found.plan
    mark = unverified_mark(plan.regimen)
    name = f"{visible(plan.regimen.name)}{f', {mark}' if mark else ''}"
    who = ". ".join(line.rstrip(".") for line in (*who_lines(found), *stopped_lines(found)))
    drawn = _DRAWN[plan.method].format(whose=patients_drawn("these", of_table=plan.cohort.table is not None))
    return (
        f"{name}. {title_of(found)}. {who}. {' '.join((drawn, *meaning_lines(found)))}"
        f" blinplan {__version__}, model {model_name()}."
    )
