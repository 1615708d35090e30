"""A sweep as a figure to publish: curves over one axis, maps of two, with what the article says of doses drawn in."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from blinplan.design.sweep.sweep import Sweep
from blinplan.fingerprint import model_name
from blinplan.outside_text import visible
from blinplan.reports.design.sweep.article import article_lines, article_marks
from blinplan.reports.design.sweep.curves import curves_height, draw_curves, never_reached
from blinplan.reports.design.sweep.lines import half_lines
from blinplan.reports.design.sweep.map_lines import has_half_line, line_place
from blinplan.reports.design.sweep.maps import draw_maps, maps_height
from blinplan.reports.design.sweep.sheet import Sheet
from blinplan.reports.shared.words import over_sets_text, patients_drawn, people_drawn, plausible_text, unverified_mark
from blinplan.reports.simulation.figures import FigureFormat, file_of
from blinplan.simulation.models.source import SetsOf
from blinplan.version import __version__

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINE, _LETTERS = 2.9, 5.5
"""A line of the caption in mm, and its letters in points."""


def sweep_figure(swept: Sweep, output_format: FigureFormat, width: float = 183.0) -> bytes:
    """Draw a sweep of one axis or of two; ``width`` in mm."""
    return file_of(lambda: _drawing(swept, width), output_format)


def _drawing(swept: Sweep, width: float) -> Figure:
    caption = textwrap.wrap(_caption(swept), int((width - 4) / 1.05), break_on_hyphens=False)
    tall, draw = (curves_height, draw_curves) if len(swept.axes) == 1 else (maps_height, draw_maps)
    height = tall(swept, width) + _LINE * len(caption) + 2.0
    drawing = Figure(figsize=(width / 25.4, height / 25.4))

    def place(left: float, top: float, across: float, down: float) -> "Axes":
        return drawing.add_axes((left / width, 1 - (top + down) / height, across / width, down / height))

    draw(swept, Sheet(width, place))
    drawing.text(2 / width, 1.0 / height, "\n".join(caption), fontsize=_LETTERS, linespacing=1.25, va="bottom")
    return drawing


def _caption(swept: Sweep) -> str:
    """What is drawn, of whom, and what computed it."""
    return " ".join((*_reading(swept), _source(swept)))


def _reading(swept: Sweep) -> Iterator[str]:
    one, sets = len(swept.axes) == 1, swept.plan.parameter_sets
    whose = patients_drawn("these", of_table=swept.plan.cohort.table is not None)
    if one:
        yield f"Shares with 95 % intervals (Wilson) of {whose}; numbers: median, 5th to 95th percentile."
        if never_reached(swept):
            yield "Open triangle: half never get there; a spread to the top: the 95th percentile never does."
        yield from (f"{_sentence(line)}." for line in half_lines(swept))
    else:
        yield f"Shares and medians of {whose}."
        if any(has_half_line(swept, name) for name in swept.shares()):
            yield "Black line: half of all, straight between the cells that lie beside each other."
        if any(map(line_place, article_marks(swept))):
            yield "Brown: what the article says of the doses on that side of the line."
    if sets and one:
        yield (
            "Thin dashes: from the least to the greatest of the shipped model and "
            f"{plausible_text(sets, 'one')}, a range."
            if swept.plan.sets is SetsOf.PLAUSIBLE
            else f"Thin dashes: {over_sets_text(sets)}, as published."
        )
    yield from article_lines(swept)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _source(swept: Sweep) -> str:
    plan = swept.plan
    mark = unverified_mark(plan.regimen)
    name = f"{visible(plan.regimen.name)}{f', {mark}' if mark else ''}"
    whom, by = f"{people_drawn(plan.cohort)}, the same at every point", f"blinplan {__version__}, model {model_name()}"
    return f"Simulated: {name}; {whom}; {by}."
