"""Curves over one axis: shares together in one panel, and a panel for each number."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from blinplan.design.sweep.cell import CellEndpoint, EndpointName
from blinplan.design.sweep.half import HalfDose
from blinplan.design.sweep.sweep import Sweep
from blinplan.design.variation.axis import VariedAxis
from blinplan.reports.design.sweep.article import article_marks
from blinplan.reports.design.sweep.grids import head_text
from blinplan.reports.design.sweep.sheet import ARTICLE, COLOURS, INK, LEFT, MARKS, RIGHT, TOP, Sheet
from blinplan.reports.simulation.figures import BEHIND

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHARES, _NUMBER, _GAP, _FOOT = 58.0, 28.0, 7.0, 10.0
"""Heights in mm: the panel of shares, that of a number, between panels, and below the last."""
_LOGARITHMIC = 8.0
"""From how many times the least value on the greatest stands on a logarithmic axis."""


_LEGEND, _MARK, _LETTER = 4.0, 14.0, 1.3
"""A line of the legend, what stands before and behind a name in it, and how wide a letter is, in mm."""
_DASHES: tuple[tuple[float, ...] | None, ...] = (None, (4.0, 1.5), (1.2, 1.2))
"""Of the lines that have a colour of the palette first, for the second time and for the third."""


def curves_height(swept: Sweep, width: float) -> float:
    """How high the panels are, in mm."""
    numbers = len(swept.numbers()) * (_NUMBER + _GAP)
    shares = _SHARES + _GAP if swept.shares() else 0.0
    return _top(swept, width) + shares + numbers + _FOOT - _GAP


def _top(swept: Sweep, width: float) -> float:
    """What is left above the first panel, with its legend."""
    return TOP + _LEGEND * (-(-len(swept.shares()) // _columns(swept, width)))


def _columns(swept: Sweep, width: float) -> int:
    """How many names stand beside each other in the legend."""
    longest = max((len(head_text(swept.heads[name])) for name in swept.shares()), default=0)
    return max(1, int((width - LEFT - RIGHT) / (_MARK + _LETTER * longest)))


def draw_curves(swept: Sweep, sheet: Sheet) -> None:
    """Draw all panels, one below the other, under one axis."""
    across, top = sheet.width - LEFT - RIGHT, _top(swept, sheet.width)
    panels = []
    if swept.shares():
        panels.append(sheet.place(LEFT, top, across, _SHARES))
        _draw_shares(swept, panels[-1], sheet.width)
        top += _SHARES + _GAP
    for number, name in enumerate(swept.numbers()):
        panels.append(sheet.place(LEFT, top, across, _NUMBER))
        _draw_number(swept, name, panels[-1], COLOURS[number % len(COLOURS)])
        top += _NUMBER + _GAP
    for panel in panels:
        _scale(swept.axes[0], panel, labelled=panel is panels[-1])
        panel.yaxis.set_label_coords((6.0 - LEFT) / across, 0.5)


def positions(axis: VariedAxis) -> list[float]:
    """Where the values of an axis stand, in their order."""
    return [float(axis.amount(value) or 0) for value in axis.values]


def is_logarithmic(axis: VariedAxis) -> bool:
    """Whether an axis spans so much that equal ratios stand equally far apart."""
    found = positions(axis)
    return min(found) > 0 and max(found) >= _LOGARITHMIC * min(found)


def _scale(axis: VariedAxis, panel: "Axes", *, labelled: bool) -> None:
    found = sorted(positions(axis))
    if is_logarithmic(axis):
        panel.set_xscale("log")
        room = (found[-1] / found[0]) ** 0.04
        panel.set_xlim(found[0] / room, found[-1] * room)
    else:
        room = 0.04 * (found[-1] - found[0]) or 0.5
        panel.set_xlim(found[0] - room, found[-1] + room)
    panel.xaxis.set_major_locator(FixedLocator(_ticks(axis, found)))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    if labelled:
        panel.set_xlabel(axis_label(axis), labelpad=2)
    else:
        panel.tick_params(labelbottom=False)


def axis_label(axis: VariedAxis) -> str:
    """What an axis is, in the unit in which its values are drawn."""
    if axis.base is None and all(value.is_factor for value in axis.values):
        return f"{axis.label} (times what the regimen has)"
    return f"{axis.label} ({axis.unit})" if axis.unit else axis.label


def _ticks(axis: VariedAxis, found: Sequence[float]) -> list[float]:
    """The values themselves, but for those that would stand in each other's way."""
    logarithmic = is_logarithmic(axis)
    span = math.log(found[-1] / found[0]) if logarithmic else found[-1] - found[0]
    kept: list[float] = []
    for value in found:
        apart = math.inf if not kept else math.log(value / kept[-1]) if logarithmic else value - kept[-1]
        if apart >= 0.035 * span:
            kept.append(value)
    return kept


# --- shares -----------------------------------------------------------------------------------------------------------


def _draw_shares(swept: Sweep, panel: "Axes", width: float) -> None:
    names = swept.shares()
    for number, name in enumerate(names):
        _draw_share(swept, name, panel, number)
    panel.set_ylim(-2.0, 102.0)
    panel.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
    panel.set_ylabel("Patients (%)")
    panel.axhline(50, color="#bbbbbb", linewidth=0.5, zorder=0.5)
    _mark_article(swept, panel)
    where = (0.0, 1.01)
    panel.legend(
        frameon=False,
        loc="lower left",
        bbox_to_anchor=where,
        ncols=_columns(swept, width),
        fontsize=6.5,
        handlelength=2.2,
        borderaxespad=0.0,
    )


def _line(swept: Sweep, name: EndpointName) -> tuple[list[float], list[CellEndpoint]]:
    """The points at which an endpoint is known, in the order of the axis."""
    pairs = zip(positions(swept.axes[0]), (cell.get(name) for cell in swept.cells), strict=True)
    known = sorted(((at, one) for at, one in pairs if one is not None), key=lambda pair: pair[0])
    return [at for at, _ in known], [one for _, one in known]


def _draw_share(swept: Sweep, name: EndpointName, panel: "Axes", number: int) -> None:
    at, found = _line(swept, name)
    if all(math.isnan(one.value) for one in found):  # by a day before the time begins
        return
    colour, mark = COLOURS[number % len(COLOURS)], MARKS[number % len(MARKS)]
    values = [100 * one.value for one in found]
    below = [max(0.0, 100 * (one.value - one.low)) for one in found]
    above = [max(0.0, 100 * (one.high - one.value)) for one in found]
    panel.errorbar(
        at,
        values,
        [below, above],
        color=colour,
        marker=mark,
        dashes=_DASHES[number // len(COLOURS) % len(_DASHES)] or (None, None),
        markersize=3,
        capsize=1.5,
        elinewidth=0.7,
        label=head_text(swept.heads[name]),
        clip_on=False,
    )
    _draw_models(at, found, panel, colour, 100.0)
    for half in swept.halves:
        if half.name == name:
            _draw_half(half.dose, panel, colour)


def _draw_half(dose: HalfDose, panel: "Axes", colour: str) -> None:
    """Draw a line down from where half are there, and the interval of the dose."""
    if not 0 < dose.value < math.inf:
        return
    panel.plot([dose.value] * 2, [-2.0, 50.0], color=colour, linewidth=0.6, dashes=(1.2, 1.2), zorder=0.8)
    if dose.low > 0 and dose.high < math.inf:
        panel.plot([dose.low, dose.high], [50.0] * 2, color=colour, linewidth=2.2, solid_capstyle="butt")


def _draw_models(at: Sequence[float], found: Sequence[CellEndpoint], panel: "Axes", colour: str, times: float) -> None:
    """The least and the greatest over other models."""
    for end in (0, 1):
        edge = [math.nan if one.models is None else times * one.models[end] for one in found]
        if not all(map(math.isnan, edge)):
            panel.plot(at, edge, color=colour, linewidth=0.7, dashes=(3, 1.5))


def _mark_article(swept: Sweep, panel: "Axes") -> None:
    """Draw in above which dose the article has the majority depleted, and at which depletion was incomplete."""
    low, high = min(positions(swept.axes[0])), max(positions(swept.axes[0]))
    for mark in article_marks(swept):
        said = mark.said
        words = "majority above" if said.is_threshold else "incomplete"
        for dose in (float(dose) for dose in said.doses if low <= dose <= high):
            dashes = (4, 2) if said.is_threshold else (1, 2)
            panel.axvline(dose, color=ARTICLE, linewidth=0.8, dashes=dashes, zorder=0.7)
            _name_mark(panel, dose, f"{words} ({said.claim})", below=said.is_threshold)


def _name_mark(panel: "Axes", dose: float, words: str, *, below: bool) -> None:
    """Name a line, upwards along it, where curves that rise with the dose are far: a threshold below them."""
    panel.annotate(
        words,
        (dose, 0.0 if below else 1.0),
        (1.5, 2.0 if below else -1.0),
        ("data", "axes fraction"),
        "offset points",
        rotation=90,
        ha="left",
        va="bottom" if below else "top",
        color=ARTICLE,
        fontsize=5.5,
        bbox=BEHIND,
    )


# --- numbers ----------------------------------------------------------------------------------------------------------


def never_reached(swept: Sweep) -> bool:
    """Whether at some point of the axis half of all, or the 95th percentile, never get to what is drawn."""
    found = [one for name in swept.numbers() for one in _line(swept, name)[1]]
    return any(math.isinf(one.value) or math.isinf(one.high) for one in found)


def _draw_number(swept: Sweep, name: EndpointName, panel: "Axes", colour: str) -> None:
    at, found = _line(swept, name)
    values = [one.value if math.isfinite(one.value) else math.nan for one in found]
    panel.plot(at, values, color=colour, marker="o", markersize=3, clip_on=False)
    _draw_models(at, found, panel, colour, 1.0)
    drawn = [one.value for one in found] + [end for one in found for end in (one.low, one.high)]
    finite = [value for value in drawn if math.isfinite(value)]
    if finite and min(finite) > 0 and max(finite) > 20 * min(finite):
        panel.set_yscale("log")
        panel.yaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    if finite:
        panel.update_datalim([(x, value) for x in at[:1] for value in (min(finite), max(finite))])
        panel.autoscale_view(scalex=False)
    else:
        panel.yaxis.set_major_locator(NullLocator())
    _draw_spread(at, found, panel, colour)
    never = [x for x, one in zip(at, found, strict=True) if math.isinf(one.value)]
    # What never comes is above all that does.
    high = panel.get_xaxis_transform()
    panel.plot(never, [0.93] * len(never), "^", color=colour, fillstyle="none", markersize=4, transform=high)
    head = swept.heads[name]
    panel.set_title(f"{head.group}: {head.label}", fontsize=7, loc="left", pad=2)
    panel.set_ylabel(head.unit, color=INK)


def _draw_spread(at: Sequence[float], found: Sequence[CellEndpoint], panel: "Axes", colour: str) -> None:
    """The 5th to 95th percentile, to the top of the panel where that never comes."""
    least, greatest = panel.get_ylim()
    known = [(x, one.low, min(one.high, greatest)) for x, one in zip(at, found, strict=True) if math.isfinite(one.low)]
    if known:
        where, lower, upper = (list(part) for part in zip(*known, strict=True))
        panel.fill_between(where, lower, upper, color=colour, alpha=0.18, linewidth=0)
        panel.vlines(where, lower, upper, color=colour, alpha=0.4, linewidth=0.7)
    panel.set_ylim(least, greatest)
