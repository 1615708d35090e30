"""The curves of virtual patients on a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from blinplan.reports.simulation.figures import FigureFormat, figure, reading_of
from blinplan.reports.simulation.summary.words import simulated_patients
from blinplan.simulation.percentiles import Bands
from blinplan.simulation.trials.simulation import Simulation


@dataclass(frozen=True, slots=True)
class InlineDrawing:
    """A drawing of our own as part of a page: its box, and the markup in it."""

    box: str
    inner: Markup


@dataclass(frozen=True, slots=True)
class PageFigure:
    """A figure of a page, drawn for each shape of page, of which one is shown."""

    title: str
    first: str
    last: str
    signals: str
    drawings: tuple[tuple[str, InlineDrawing], ...]


@dataclass(frozen=True, slots=True)
class CurvesSection:
    """What virtual patients go through, and how to read it."""

    reading: str
    figures: tuple[PageFigure, ...]


def curves_section(simulation: Simulation, whole: Bands, early: Bands) -> CurvesSection:
    """Draw the whole course, and its first days where they are not all of it."""
    reading = f"{simulated_patients(simulation)}. {reading_of(simulation, whole)}"
    shown = [("whole", "The whole course", whole)]
    if early is not whole:
        shown.append(("early", "The first days", early))
    return CurvesSection(reading, tuple(_figure(simulation, bands, name, title) for name, title, bands in shown))


_SHAPES = {"page": (182.0, 8.2), "phone": (89.0, 0.0)}
"""How wide a figure is drawn, in mm, for a window or A4 paper and for a telephone, and its smallest letters in pt."""


def _figure(simulation: Simulation, bands: Bands, name: str, title: str) -> PageFigure:
    return PageFigure(
        title,
        f"{bands.days[0]:g}",
        f"{bands.days[-1]:g}",
        ", ".join(band.signal.label for band in bands.bands),
        tuple(_drawings(simulation, bands, name)),
    )


def _drawings(simulation: Simulation, bands: Bands, name: str) -> Iterator[tuple[str, InlineDrawing]]:
    for shape, (width, smallest) in _SHAPES.items():
        drawn = figure(simulation, bands, FigureFormat.SVG, width, smallest).decode("utf-8")
        yield shape, _inline(drawn, f"{name}-{shape}")


def _inline(svg: str, name: str) -> InlineDrawing:
    """Make a drawing part of a page: names of its own, and no more digits than can be seen."""
    inner = svg[svg.index(">", svg.index("<svg")) + 1 :]
    box = re.search(r'viewBox="([^"]+)"', svg)
    assert box is not None  # noqa: S101 - matplotlib writes one
    inner = re.sub(r"<metadata>.*?</metadata>", "", inner, flags=re.DOTALL)
    inner = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", inner)
    inner = re.sub(r"(\d+\.\d\d)\d+", r"\1", inner)
    return InlineDrawing(box[1], Markup(inner))  # noqa: S704 - matplotlib escapes the texts in it
