"""Curves of several regimens in one figure: each in a colour and with dashes of its own, with its doses above."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from blinplan.design.comparison.compare import ComparedArm, PairedComparison
from blinplan.fingerprint import model_name
from blinplan.outside_text import visible
from blinplan.reports.design.comparison.lines import off_drug_of_arms
from blinplan.reports.shared.words import (
    drawn_from,
    otherwise_drawn,
    patients_drawn,
    plausible_text,
    rest_drawn,
    unverified_mark,
)
from blinplan.reports.simulation.axes import Stretch, axis_of, dose_unit, stretches
from blinplan.reports.simulation.figures import FigureFormat, file_of, mark_reference, scale_panel
from blinplan.simulation.percentiles import Band, Bands
from blinplan.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MILLIMETRES = 25.4
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
"""Okabe and Ito's palette: told apart with every kind of colour vision."""
_DASHES: tuple[tuple[float, ...], ...] = ((), (4, 1.5), (1.2, 1.2), (6, 1.5, 1.2, 1.5), (8, 2), (2, 2))
"""And in print without any."""
_REFERENCE = "#555555"
_TOP, _STRIP, _NAME, _GAP, _PANEL, _AXIS, _LINE = 1.5, 4.0, 3.6, 3.0, 24.0, 9.0, 2.9
"""Heights in mm: above, doses, the name above them, between panels, a panel, the axis of time, a caption's line."""
_LEFT, _RIGHT, _CAPTION = 17.0, 4.0, 5.5
MOST = len(_COLOURS)
"""So many regimens can be told apart in one figure."""


def comparison_figure(
    compared: PairedComparison, bands: Sequence[Bands], output_format: FigureFormat, width: float = 183.0
) -> bytes:
    """Draw the bands of all regimens over each other, a panel for each signal; of the same days."""
    return file_of(lambda: _drawing(compared, bands, width), output_format)


def _drawing(compared: PairedComparison, bands: Sequence[Bands], width: float) -> Figure:
    caption = textwrap.wrap(_caption(compared, bands[0]), int((width - 4) / 1.05), break_on_hyphens=False)
    strips = len(compared.arms) * (_STRIP + _NAME)
    count = len(bands[0].bands)
    height = _TOP + strips + count * (_GAP + _PANEL) + _AXIS + _LINE * len(caption) + 1.0
    drawing = Figure(figsize=(width / _MILLIMETRES, height / _MILLIMETRES))

    def place(top: float, tall: float) -> "Axes":
        across = (width - _LEFT - _RIGHT) / width
        return drawing.add_axes((_LEFT / width, 1 - (top + tall) / height, across, tall / height))

    days = float(bands[0].days[0]), float(bands[0].days[-1])
    highest = _highest_by_unit(compared.arms, days)
    for number, arm in enumerate(compared.arms):
        _strip(place(_TOP + _NAME + number * (_STRIP + _NAME), _STRIP), arm, number, days, highest, width)
    for number in range(count):
        axes = place(_TOP + strips + _GAP + number * (_PANEL + _GAP), _PANEL)
        _panel(axes, [each.bands[number] for each in bands], bands[0], width)
        if number < count - 1:
            axes.tick_params(labelbottom=False)
        else:
            axes.set_xlabel("Days since the first infusion began", labelpad=2)
        axes.yaxis.set_label_coords((6.5 - _LEFT) / (width - _LEFT - _RIGHT), 0.5)
    drawing.text(2 / width, 1.0 / height, "\n".join(caption), fontsize=_CAPTION, linespacing=1.25, va="bottom")
    return drawing


def _highest_by_unit(arms: Sequence[ComparedArm], days: tuple[float, float]) -> dict[str, float]:
    """The highest dose of each unit that is drawn, so that bars of one unit are to one scale."""
    found: dict[str, float] = {}
    for arm in arms:
        unit = dose_unit(arm.periods)
        amounts = [stretch.amount or 0.0 for stretch in stretches(arm.periods, *days)]
        found[unit] = max([found.get(unit, 0.0), *amounts])
    return found


def _strip(
    axes: "Axes", arm: ComparedArm, number: int, days: tuple[float, float], highest: dict[str, float], width: float
) -> None:
    """Draw the ordered dose of a regimen as bars, and write its name and doses into the strip."""
    axes.set_xlim(*days)
    axes.set_axis_off()
    unit, colour = dose_unit(arm.periods), _COLOURS[number]
    top = highest[unit] or 1.0
    axes.set_ylim(0.0, top)
    per_day = (width - _LEFT - _RIGHT) / (days[1] - days[0])
    for stretch in stretches(arm.periods, *days):
        if stretch.amount is not None:
            bar = (stretch.start, stretch.amount, stretch.stop - stretch.start)
            axes.bar(*bar, align="edge", color=colour, edgecolor=colour, linewidth=0.6)  # a low dose is seen, too
            _name_dose(axes, stretch, top, per_day, colour)
    axes.annotate(unit, (0, 0.5), (-3, 0), "axes fraction", "offset points", ha="right", va="center", fontsize=5.5)
    long, up = 7.0 / (width - _LEFT - _RIGHT), 1.0 + 0.4 * _NAME / _STRIP
    dashes = _DASHES[number] or (None, None)
    axes.plot([0, long], [up, up], color=colour, dashes=dashes, transform=axes.transAxes, clip_on=False)
    axes.annotate(_name_of(arm), (1.25 * long, up), xycoords="axes fraction", va="center", color=colour, weight="bold")


def _name_dose(axes: "Axes", stretch: Stretch, top: float, per_day: float, colour: str) -> None:
    """Write a dose into its bar, or above a low one, where it is long enough."""
    text, amount = f"{stretch.amount:g}", stretch.amount or 0.0
    if (stretch.stop - stretch.start) * per_day < 1.5 * len(text) + 0.3:
        return
    inside = amount > 0.6 * top
    axes.annotate(
        text,
        (0.5 * (stretch.start + stretch.stop), 0.5 * amount if inside else amount),
        (0, 0 if inside else 1),
        textcoords="offset points",
        ha="center",
        va="center_baseline" if inside else "bottom",
        color="white" if inside else colour,
        fontsize=6.0,
        weight="bold",
    )


def _panel(axes: "Axes", bands: Sequence[Band], of: Bands, width: float) -> None:
    models = [band.models for band in bands if band.models is not None]
    values = np.concatenate([band.values for band in bands], axis=1)
    axis = axis_of(Band(bands[0].signal, values, np.concatenate(models, axis=1) if models else None))
    for number, band in enumerate(bands):
        low, middle, high = band.values
        colour = _COLOURS[number]
        if of.patients > 1:
            axes.fill_between(of.days, low, high, color=colour, alpha=0.16, linewidth=0)
        for edge in () if band.models is None else band.models:
            axes.plot(of.days, edge, color=colour, linewidth=0.4)
        axes.plot(of.days, middle, color=colour, dashes=_DASHES[number] or (None, None), solid_joinstyle="round")
    scale_panel(axes, axis, bands[0].signal, (float(of.days[0]), float(of.days[-1])), width)
    axes.xaxis.set_minor_locator(NullLocator())
    mark_reference(axes, axis, bands[0].signal, _REFERENCE, 6.0)


def _name_of(arm: ComparedArm) -> str:
    mark = unverified_mark(arm.regimen)
    return f"{visible(arm.name)}{f' ({mark})' if mark else ''}"


def _caption(compared: PairedComparison, bands: Bands) -> str:
    """What is drawn, of whom, and what computed it."""
    of = f"{bands.patients:,}" if bands.patients == bands.population else f"{bands.patients:,} of {bands.population:,}"
    models = (
        " Thin lines: between what each median lies over "
        f"{plausible_text(bands.models, 'model')} and the shipped one, a range"
        " and no confidence."
        if bands.models
        else ""
    )
    people = compared.cohort
    whom = patients_drawn(of, of_table=people.table is not None)
    drawn = (
        f"Lines: one {'patient of the table' if people.table is not None else 'virtual patient'}"
        if bands.patients == 1
        else f"Lines: medians; bands: 5th to 95th percentile of the same {whom}"
    )
    rest = rest_drawn(people.preset, people.seed)
    whose = f", {rest}" if people.table is not None else f" of {compared.preset}, {drawn_from(people)}"
    others = otherwise_drawn(off_drug_of_arms(compared).early, 0, people.size)
    return f"{drawn}{whose}.{others}{models} Bars: ordered doses. blinplan {__version__}, model {model_name()}."
