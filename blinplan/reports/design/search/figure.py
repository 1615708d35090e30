"""A front as a figure: what was found and what it was searched from, with intervals, and all that was tried behind."""

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from blinplan.design.search.confirm import ShownSchedule
from blinplan.design.search.search import Searched
from blinplan.design.search.standing import RequirementVerdict
from blinplan.design.search.wanted import Measurement
from blinplan.fingerprint import model_name
from blinplan.outside_text import visible
from blinplan.reports.design.search.words import cycles_text, head_text, schedule_text, schedule_unit, stopped_lines
from blinplan.reports.shared.words import rest_drawn
from blinplan.reports.simulation.figures import BEHIND, FigureFormat, file_of
from blinplan.simulation.outcome import Occurrence
from blinplan.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MILLIMETRES = 25.4
_COLOURS = {
    RequirementVerdict.MET: "#0072B2",
    RequirementVerdict.AT_LIMIT: "#E69F00",
    RequirementVerdict.NOT_MET: "#888888",
}
_MARKS = {RequirementVerdict.MET: "o", RequirementVerdict.AT_LIMIT: "D", RequirementVerdict.NOT_MET: "x"}
"""Colours of Okabe and Ito, and marks that are told apart in print without any."""
_BASE = "#D55E00"
_BESIDE = ((3, 3), (-8, -8), (3, -8), (-8, 3))
"""Where numbers stand beside their marks, in points: those of neighbours in turn, so that none hides another."""
_TOP, _PANEL, _AXIS, _LINE = 6.0, 78.0, 11.0, 2.9
"""Heights in mm: above, the panel, its axis, a line of text."""
_LEFT, _RIGHT, _CAPTION, _LETTERS = 17.0, 4.0, 5.5, 6.0


def search_figure(found: Searched, output_format: FigureFormat, width: float = 183.0) -> bytes:
    """Draw two endpoints of what was found against each other."""
    return file_of(lambda: _drawing(found, width), output_format)


def _places(found: Searched) -> tuple[int, int]:
    """What is drawn across and upwards: what is to be low, and what is required where that is one endpoint."""
    lowered = [objective.endpoint for objective in found.setting.wish.objectives]
    others = [place for place in range(len(found.setting.wish.endpoints)) if place not in lowered]
    across, upwards = (*lowered, *others)[:2]
    return across, upwards


def _drawing(found: Searched, width: float) -> Figure:
    across, upwards = _places(found)
    names = _numbered_lines(found, int((width - 4) / 1.15))
    caption = [*names, *textwrap.wrap(_caption(found), int((width - 4) / 1.05), break_on_hyphens=False)]
    height = _TOP + _PANEL + _AXIS + _LINE * len(caption) + 1.0
    drawing = Figure(figsize=(width / _MILLIMETRES, height / _MILLIMETRES))
    axes = drawing.add_axes(
        (_LEFT / width, 1 - (_TOP + _PANEL) / height, (width - _LEFT - _RIGHT) / width, _PANEL / height)
    )
    for place, scale in ((across, axes.xaxis), (upwards, axes.yaxis)):
        _scale(axes, scale, found, place, is_across=place == across)
    tried = [point for point in found.cloud if not any(map(math.isnan, point))]
    axes.scatter(
        [_at(point[across], found.heads[across]) for point in tried],
        [_at(point[upwards], found.heads[upwards]) for point in tried],
        s=3,
        color="#BBBBBB",
        linewidths=0,
        label=f"tried on {found.search_patients:,} patients",
        zorder=1,
    )
    _bounds(axes, found, across, upwards)
    for number, row in enumerate(found.rows):
        _point(axes, found, row, number, (across, upwards))
    axes.legend(
        frameon=False,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=5,
        fontsize=_LETTERS,
        handletextpad=0.4,
        borderaxespad=0.2,
    )
    drawing.text(2 / width, 1.0 / height, "\n".join(caption), fontsize=_CAPTION, linespacing=1.25, va="bottom")
    return drawing


def _scale(axes: "Axes", scale: Any, found: Searched, place: int, *, is_across: bool) -> None:
    """Name an axis, and make it logarithmic where values differ by more than five times."""
    head = found.heads[place]
    percent = " (%)" if isinstance(head, Occurrence) else ""
    name = f"{head_text(head, found.setting.wish.endpoints[place].name)}{percent}"
    (axes.set_xlabel if is_across else axes.set_ylabel)(name)
    values = [row.endpoints[place].estimate.value for row in found.rows]
    if not isinstance(head, Occurrence) and min(values) > 0 and max(values) > 5 * min(values):
        (axes.set_xscale if is_across else axes.set_yscale)("log")
        for formatter in (scale.set_major_formatter, scale.set_minor_formatter):
            formatter(FuncFormatter(_tick))


def _tick(value: float, _: object) -> str:
    """A number at a logarithmic axis: of 1, 2 and 5."""
    text = f"{value:.10g}"
    return text if text.strip("0.")[:1] in {"1", "2", "5"} and len(text.strip("0.")) == 1 else ""


def _at(value: float, head: Measurement | None) -> float:
    return 100.0 * value if isinstance(head, Occurrence) else value


def _bounds(axes: "Axes", found: Searched, across: int, upwards: int) -> None:
    """Draw what is required of the two as lines."""
    for requirement in found.setting.wish.requirements:
        if requirement.bound is None or requirement.endpoint not in {across, upwards}:
            continue
        line = axes.axvline if requirement.endpoint == across else axes.axhline
        bound = _at(requirement.bound, found.heads[requirement.endpoint])
        line(bound, color="#555555", linewidth=0.8, dashes=(4, 2), zorder=1.5)


def _point(axes: "Axes", found: Searched, row: ShownSchedule, number: int, places: Sequence[int]) -> None:
    """Draw a schedule with its intervals, and its number beside it."""
    is_base = row.schedule is None
    colour = _BASE if is_base else _COLOURS[row.verdict]
    values, errors = [], []
    for place in places:
        estimate, head = row.endpoints[place].estimate, found.heads[place]
        value, low, high = (_at(one, head) for one in (estimate.value, estimate.low, estimate.high))
        values.append(value)
        errors.append([[value - low], [high - value]])
    said = row.verdict.value if found.setting.wish.requirements else "found"
    what = visible(found.start.base.name) if is_base else said
    known = axes.get_legend_handles_labels()[1]
    axes.errorbar(
        values[0],
        values[1],
        xerr=errors[0],
        yerr=errors[1],
        fmt="s" if is_base else _MARKS[row.verdict],
        color=colour,
        markersize=3.5,
        elinewidth=0.7,
        label=None if what in known else what,
        zorder=3,
    )
    axes.annotate(
        f"{number + 1}",
        (values[0], values[1]),
        _BESIDE[number % len(_BESIDE)],
        textcoords="offset points",
        fontsize=_LETTERS,
        color=colour,
        bbox=BEHIND,
        zorder=4,
    )


def _numbered_lines(found: Searched, room: int) -> list[str]:
    """Say which schedule each number is, each in one line."""
    lines = [""]
    for number, row in enumerate(found.rows, start=1):
        text = f"{number}: {schedule_text(row, found.space)}"
        if lines[-1] and len(lines[-1]) + len(text) + 2 > room:
            lines.append("")
        lines[-1] += f"; {text}" if lines[-1] else text
    return lines


def _not_drawn(found: Searched) -> str:
    """Name the schedules that have no place, as half never get to what is to be early, or nobody has it."""
    places = _places(found)
    without = [
        f"{number}"
        for number, row in enumerate(found.rows, start=1)
        if not all(math.isfinite(row.endpoints[place].estimate.value) for place in places)
    ]
    number = sum(not all(map(math.isfinite, (point[place] for place in places))) for point in found.cloud)
    tried = [f"{number:,} of those tried"] if number else []
    told = ", and ".join((*([", ".join(without)] if without else []), *tried))
    return f" Not drawn, as half never get there or nobody can: {told}." if told else ""


def _caption(found: Searched) -> str:
    """What is drawn, of whom, and what computed it."""
    required, who = ", ".join(one.text for one in found.setting.wish.requirements), found.setting.who
    dashed = f" Dashes: what is required, {required}." if required else ""
    number, rest = f"{found.patients:,}", rest_drawn(who.preset, who.seed)
    whose = f"{number} virtual patients of {who.preset}, seed {who.seed}"
    if who.table is not None:
        whose = f"the {who.table.size:,} patients of the table, {number} in all as often as that takes, {rest}"
    stopped = "".join(f" {line}" for line in stopped_lines(found))
    return (
        f"Schedules ({schedule_unit(found.start.base)}) for {cycles_text(found.space)} of"
        f" {visible(found.start.base.name)}: medians and shares of {whose}, with their 95 %"
        f" intervals.{dashed}{_not_drawn(found)}{stopped} Investigational and unverified: no source gives them."
        f" blinplan {__version__}, model {model_name()}."
    )
