"""Curves as a figure to publish: the panels of the terminal, drawn by matplotlib, the same bytes every time."""

import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from blinplan.fingerprint import model_name
from blinplan.outside_text import visible
from blinplan.reports.shared.words import (
    ordered_text,
    otherwise_drawn,
    patients_drawn,
    people_drawn,
    plausible_text,
    still_in_course,
    unverified_mark,
)
from blinplan.reports.simulation.axes import Axis, Stretch, axis_of, day_ticks, dose_unit, stretches
from blinplan.simulation.percentiles import Band, Bands, Signal
from blinplan.simulation.trials.simulation import Simulation
from blinplan.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette: told apart with every kind of colour vision, and in print by shade and dashes.
_LINE, _MODELS, _REFERENCE, _FREE, _DOSE, _INK = "#0072B2", "#006B4F", "#D55E00", "#ececec", "#6b6b6b", "#222222"
_BEGIN = "#bbbbbb"
_MANY = 200
"""Stretches of a course above which what is of a kind is drawn as one: each by itself takes a millisecond."""
_MILLIMETRES = 25.4
BEHIND: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5}
"""What stands behind a name that a line may go through; an edge around its letters would make them no text."""

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # it comes with matplotlib
    "font.size": 7.0,
    "axes.linewidth": 0.5,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.0,
    "text.parse_math": False,  # names are text
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and edited
    "svg.hashsalt": "blinplan",
    "pdf.fonttype": 42,
}


class FigureFormat(StrEnum):
    """What a figure is written as."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


# No date and no version of other software: the same result is the same bytes.
_METADATA: dict[FigureFormat, dict[str, str | None]] = {
    FigureFormat.SVG: {"Date": None, "Creator": "blinplan"},
    FigureFormat.PNG: {"Software": "blinplan"},
    FigureFormat.PDF: {"CreationDate": None, "Creator": "blinplan", "Producer": "blinplan"},
}
_DOTS_PER_INCH = 300


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What all panels of a figure share: its width in mm, the days it shows, what is given on them, and its letters."""

    width: float
    first: float
    last: float
    stretches: tuple[Stretch, ...]
    smallest: float

    def letters(self, points: float) -> float:
        """The size of letters that would be so many points where nobody asked for larger ones."""
        return max(points, self.smallest)


def figure(
    simulation: Simulation, bands: Bands, output_format: FigureFormat, width: float = 183.0, smallest: float = 0.0
) -> bytes:
    """Draw the bands of a simulation, a panel for each signal under one axis of time, with the doses above.

    Parameters
    ----------
    width
        Of the figure, in mm: journals have columns of about 89 and pages of about 183.
    smallest
        Than which no letter is smaller, in points.
    """
    first, last = float(bands.days[0]), float(bands.days[-1])
    sheet = _Sheet(width, first, last, stretches(simulation.periods, first, last), smallest)
    return file_of(lambda: _drawing(simulation, bands, sheet), output_format, sheet.letters(_STYLE["font.size"]))


def file_of(draw: Callable[[], Figure], output_format: FigureFormat, letters: float = _STYLE["font.size"]) -> bytes:
    """Draw in the style of all figures, with letters of a size, to a file that is the same bytes every time."""
    with mpl.rc_context():
        mpl.rcdefaults()  # what a user has set elsewhere must not change the figure
        mpl.rcParams.update(_STYLE)
        mpl.rcParams["font.size"] = letters
        content = io.BytesIO()
        draw().savefig(content, format=output_format.value, dpi=_DOTS_PER_INCH, metadata=_METADATA[output_format])
    return content.getvalue()


_TOP, _STRIP, _GAP, _PANEL, _AXIS, _TEXT_LINE = 4.0, 5.0, 3.0, 21.0, 9.0, 2.9
"""Heights in mm: the names of cycles, the doses, between panels, a panel, the axis of time, a line of the caption."""
_LEFT, _RIGHT = 17.0, 4.0
_CAPTION = 5.5
"""The size of the letters of the caption, in points."""


def _drawing(simulation: Simulation, bands: Bands, sheet: _Sheet) -> Figure:
    larger = sheet.letters(_CAPTION) / _CAPTION
    caption = textwrap.wrap(
        _caption(simulation, bands), int((sheet.width - 4) / (1.05 * larger)), break_on_hyphens=False
    )
    count = len(bands.bands)
    height = _TOP + _STRIP + count * (_GAP + _PANEL) + _AXIS + _TEXT_LINE * larger * len(caption) + 1.0
    drawing = Figure(figsize=(sheet.width / _MILLIMETRES, height / _MILLIMETRES))

    def place(top: float, tall: float) -> "Axes":
        across = (sheet.width - _LEFT - _RIGHT) / sheet.width
        return drawing.add_axes((_LEFT / sheet.width, 1 - (top + tall) / height, across, tall / height))

    _strip(place(_TOP, _STRIP), sheet, dose_unit(simulation.periods))
    for number, band in enumerate(bands.bands):
        axes = place(_TOP + _STRIP + _GAP + number * (_PANEL + _GAP), _PANEL)
        _panel(axes, band, bands, sheet)
        if number < count - 1:
            axes.tick_params(labelbottom=False)
        else:
            axes.set_xlabel("Days since the first infusion began", labelpad=2)
        axes.yaxis.set_label_coords((6.5 - _LEFT) / (sheet.width - _LEFT - _RIGHT), 0.5)
    size = sheet.letters(_CAPTION)
    drawing.text(2 / sheet.width, 1.0 / height, "\n".join(caption), fontsize=size, linespacing=1.25, va="bottom")
    return drawing


def _strip(axes: "Axes", sheet: _Sheet, unit: str) -> None:
    """Draw the ordered dose as bars, and number the cycles above them."""
    axes.set_xlim(sheet.first, sheet.last)
    axes.set_axis_off()
    highest = max((stretch.amount or 0.0 for stretch in sheet.stretches), default=0.0) or 1.0
    axes.set_ylim(0.0, highest)
    per_day = (sheet.width - _LEFT - _RIGHT) / (sheet.last - sheet.first)
    free_from = sheet.first
    if is_crowded := len(sheet.stretches) > _MANY:
        axes.add_collection(PolyCollection(list(map(_bar, sheet.stretches)), facecolors=_DOSE, linewidths=0))
    for stretch in sheet.stretches:
        if stretch.amount is not None:
            days = stretch.stop - stretch.start
            if not is_crowded:
                axes.bar(stretch.start, stretch.amount, days, align="edge", color=_DOSE, linewidth=0)
            _name_dose(axes, stretch, stretch.amount / highest, days * per_day, sheet.letters(6.5))
        if (stretch.opens or stretch is sheet.stretches[0]) and stretch.start >= free_from:
            at = stretch.start, highest
            axes.annotate(f"{stretch.cycle}", at, (0, 2), textcoords="offset points", weight="bold")
            free_from = stretch.start + (1.7 * len(str(stretch.cycle)) + 1) / per_day
    for text, high, above, weight in (("Cycle", 1.0, 2, "bold"), (unit, 0.25, 0, "normal")):
        axes.annotate(text, (0, high), (-3, above), "axes fraction", "offset points", ha="right", weight=weight)


def _bar(stretch: Stretch) -> list[tuple[float, float]]:
    """The corners of the bar of a dose; of no infusion it has no height."""
    high = stretch.amount or 0.0
    return [(stretch.start, 0.0), (stretch.start, high), (stretch.stop, high), (stretch.stop, 0.0)]


def _name_dose(axes: "Axes", stretch: Stretch, high: float, long: float, size: float) -> None:
    """Write a dose into its bar, or above a low one, where it is long enough (mm)."""
    text = f"{stretch.amount:g}"
    if long < 1.5 * len(text) + 0.3:
        return
    inside = high > 0.6
    axes.annotate(
        text,
        (0.5 * (stretch.start + stretch.stop), 0.5 * (stretch.amount or 0.0) if inside else stretch.amount or 0.0),
        (0, 0 if inside else 1),
        textcoords="offset points",
        ha="center",
        va="center_baseline" if inside else "bottom",
        color="white" if inside else _INK,
        fontsize=size,
        weight="bold",
    )


def _panel(axes: "Axes", band: Band, bands: Bands, sheet: _Sheet) -> None:
    axis = axis_of(band)
    begins = [of.start for of in sheet.stretches if of.amount is not None and of.begins and of.start > sheet.first]
    for stretch in sheet.stretches:
        if stretch.amount is None:
            axes.axvspan(stretch.start, stretch.stop, color=_FREE, linewidth=0, zorder=0)
    if len(sheet.stretches) > _MANY:
        across = axes.get_xaxis_transform()
        axes.vlines(begins, 0, 1, transform=across, colors=_BEGIN, linewidth=0.5, zorder=0.5)
    else:
        for start in begins:
            axes.axvline(start, color=_BEGIN, linewidth=0.5, zorder=0.5)
    low, middle, high = band.values
    if bands.patients > 1:
        axes.fill_between(bands.days, low, high, color=_LINE, alpha=0.22, linewidth=0)
    if band.models is not None:
        for edge in band.models:
            axes.plot(bands.days, edge, color=_MODELS, linewidth=0.7, dashes=(3, 1.5))
    axes.plot(bands.days, middle, color=_LINE, solid_joinstyle="round")
    scale_panel(axes, axis, band.signal, (sheet.first, sheet.last), sheet.width)
    mark_reference(axes, axis, band.signal, _REFERENCE, sheet.letters(6.0))


def scale_panel(axes: "Axes", axis: Axis, signal: Signal, days: tuple[float, float], width: float) -> None:
    """Scale a panel for a signal over some days, in a figure so many mm wide."""
    axes.set_xlim(*days)
    if axis.logarithmic:
        axes.set_yscale("log")
    axes.set_ylim(axis.low, axis.high)
    axes.yaxis.set_major_locator(FixedLocator(axis.ticks))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.xaxis.set_major_locator(FixedLocator(day_ticks(*days, int(width / 12))))
    axes.set_ylabel(f"{signal.label.replace('Drug concentration', 'Drug')}\n({signal.unit})")


def mark_reference(axes: "Axes", axis: Axis, signal: Signal, colour: str, letters: float) -> None:
    """Mark the value for which an axis has a line, and say what it is."""
    if axis.reference is None:
        return
    axes.axhline(axis.reference, color=colour, linewidth=0.8, dashes=(4, 2), zorder=1.5)
    axes.annotate(
        f"{axis.reference:g} {signal.unit}" if axis.logarithmic else axis.reference_text,
        (1, axis.reference),
        (-1, 1.5),
        ("axes fraction", "data"),
        "offset points",
        ha="right",
        color=colour,
        fontsize=letters,
        bbox=BEHIND,
    )


def _caption(simulation: Simulation, bands: Bands) -> str:
    """What is drawn, of whom, and what computed it."""
    doses = dict.fromkeys(ordered_text(period) for period in simulation.periods if period.dose is not None)
    given = f"Ordered: {'; '.join(doses)}." if doses else ""
    others = otherwise_drawn(simulation.off_drug.early, simulation.own_courses, simulation.cohort.size)
    return " ".join((f"{reading_of(simulation, bands)}{others}", given, source_of(simulation)))


def reading_of(simulation: Simulation, bands: Bands) -> str:
    """Say in words what the lines and shades of a figure are."""
    of = f"{bands.patients:,}" if bands.patients == bands.population else f"{bands.patients:,} of {bands.population:,}"
    whom = patients_drawn(of, of_table=simulation.cohort.table is not None)
    what = (
        "Line: the typical patient."
        if simulation.alone
        else f"Line: median; band: 5th to 95th percentile of {whom}.{still_in_course(bands)}"
    )
    models = (
        " Green dashes: between what the median lies over "
        f"{plausible_text(bands.models, 'model')} and the shipped one, a range"
        " and no confidence."
        if bands.models
        else ""
    )
    return f"{what}{models} Light grey: no infusion."


def source_of(simulation: Simulation) -> str:
    """Say what was simulated, on whom, and by what."""
    size = (
        f"typical patient of {simulation.preset}, {simulation.typical_area:.3f} m²"
        if simulation.alone
        else people_drawn(simulation.cohort)
    )
    mark = unverified_mark(simulation.regimen)
    unverified = f"; {mark}" if mark else ""
    name = visible(simulation.regimen.name)
    return f"Simulated: {name}{unverified}; {size}; blinplan {__version__}, model {model_name()}."
