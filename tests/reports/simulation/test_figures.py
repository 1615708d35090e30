"""Figures to publish: the same bytes every time, and what they say can be read back."""

import io
import re
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise

import numpy as np
import pytest
from lxml import etree
from PIL import Image
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

from blinplan.fingerprint import model_hash, model_name
from blinplan.reports.simulation import figures
from blinplan.reports.simulation.axes import Stretch
from blinplan.reports.simulation.figures import FigureFormat, figure, source_of
from blinplan.simulation.percentiles import SIGNALS, Bands, bands_of, sampling_days
from blinplan.simulation.trials.cohort_trial import CohortOutcome
from blinplan.simulation.trials.simulation import Simulation
from tests.benchmarks.calls import counted
from tests.collection.grid import each_third

SVG = {"svg": "http://www.w3.org/2000/svg"}


@pytest.fixture(scope="module")
def bands(simulation: Simulation) -> Bands:
    return bands_of(simulation, sampling_days(simulation.periods, 0.0, 210.0))


@pytest.fixture(scope="module")
def drawn(simulation: Simulation, bands: Bands) -> Callable[..., bytes]:
    """The figure in a format and of a width, drawn once."""
    return cache(partial(figure, simulation, bands))


def texts_of(svg: bytes) -> list[str]:
    found = etree.fromstring(svg).iterfind(".//svg:text", SVG)
    return [" ".join(str(part) for part in element.itertext()).strip() for element in found]


@pytest.mark.slow
@pytest.mark.parametrize("kind", each_third([*FigureFormat]))
def test_the_same_bytes_every_time_whatever_a_user_has_set(
    simulation: Simulation, bands: Bands, drawn: Callable[..., bytes], kind: FigureFormat
) -> None:
    import matplotlib as mpl

    once = drawn(kind, 183.0)
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "savefig.dpi": 20, "svg.hashsalt": None}):
        assert figure(simulation, bands, kind, 183.0) == once
        assert mpl.rcParams["font.size"] == 30  # and what a user has set stays set


@pytest.mark.slow
def test_no_date_is_in_it(drawn: Callable[..., bytes]) -> None:
    assert b"date" not in drawn(FigureFormat.SVG, 183.0).lower()
    with PdfDocument(drawn(FigureFormat.PDF, 183.0)) as pdf:
        found = pdf.get_metadata_dict(skip_empty=True)
    assert found
    assert not any("Date" in key for key in found)


@pytest.mark.slow
@pytest.mark.parametrize("width", [89.0, 183.0])
def test_it_is_as_wide_as_asked_and_its_text_is_text(drawn: Callable[..., bytes], width: float) -> None:
    svg = drawn(FigureFormat.SVG, width)
    root = etree.fromstring(svg)
    points = float(str(root.get("width")).removesuffix("pt"))
    assert points * 25.4 / 72 == pytest.approx(width, rel=1e-3)
    texts = texts_of(svg)
    for signal in SIGNALS.values():
        assert f"({signal.unit})" in texts
    assert {"Days since the first infusion began", "Cycle", "mcg/day", "10 cells/µL", "baseline", "0.01"} <= set(texts)
    said = " ".join(texts)
    assert "median; band: 5th to 95th percentile of 60 virtual patients" in said
    assert f"Simulated: rr-adult; 60 patients of adult-rr, seed 3; blinplan 0.1.0, model {model_name()}." in said
    sizes = [float(size) for size in re.findall(rb'<text style="[^"]*?([0-9.]+)px', svg)]
    assert sizes
    assert min(sizes) >= 5.0  # points: journals ask for 5 to 7


@pytest.mark.slow
def test_all_text_lies_on_the_sheet(drawn: Callable[..., bytes]) -> None:
    for width in (89.0, 183.0):
        with PdfDocument(drawn(FigureFormat.PDF, width)) as pdf:
            (page,) = pdf
            text = page.get_textpage().get_text_range()
            assert page.get_width() * 25.4 / 72 == pytest.approx(width, rel=1e-3)
        assert "IFN-gamma" in text
        assert model_hash() in text


def test_the_median_of_the_drug_is_drawn_to_scale(simulation: Simulation, bands: Bands) -> None:
    """Read the curve back from the path: day 20 of 210, at the median steady state on an axis from 0 to 1,500."""
    root = etree.fromstring(figure(simulation, bands.only(["drug"]), FigureFormat.SVG))
    panel = root.find(".//svg:g[@id='axes_2']", SVG)
    assert panel is not None
    paths = [path for path in panel.iterfind("./svg:g/svg:path", SVG) if "#0072b2" in (path.get("style") or "").lower()]
    (line,) = [path for path in paths if "stroke: #0072b2" in (path.get("style") or "").lower()]
    points = np.array([[float(a), float(b)] for a, b in re.findall(r"[ML] ([0-9.]+) ([0-9.]+)", str(line.get("d")))])
    days = (points[:, 0] - points[0, 0]) / (points[-1, 0] - points[0, 0]) * 210.0
    drug = next(band for band in bands.bands if band.signal.key == "drug").values[1]
    bottom, scale = points[0, 1], 21.0 / 25.4 * 72 / 1500.0
    on_plateau = (days > 10.0) & (days < 27.0)
    drawn = (bottom - points[on_plateau, 1]) / scale
    (steady,) = {round(float(value), 6) for value in drug[(bands.days > 10.0) & (bands.days < 27.0)]}
    assert drawn == pytest.approx(np.full(drawn.shape, steady), rel=0.01)


def test_a_typical_patient_has_a_line_and_no_band(typical: Simulation) -> None:
    found = bands_of(typical, sampling_days(typical.periods, 0.0, 42.0))
    svg = figure(typical, found, FigureFormat.SVG)
    assert b"opacity: 0.22" not in svg
    said = " ".join(texts_of(svg))
    assert "Line: the typical patient." in said
    assert "Ordered: 15 mcg/m²/day, max 28 mcg/day." in said
    assert "typical patient of child, 0.800 m²" in source_of(typical)


@pytest.mark.slow
def test_cycles_without_room_are_not_written_over_each_other(simulation: Simulation) -> None:
    from dataclasses import replace

    weekly = tuple(
        replace(simulation.periods[0], start=1440 * 2 * k, stop=1440 * (2 * k + 2), cycle=k + 1) for k in range(100)
    )
    assert isinstance(simulation.outcome, CohortOutcome)
    trial = replace(simulation.outcome.trial, periods=weekly)
    many = replace(simulation, outcome=replace(simulation.outcome, trial=trial))
    found = bands_of(many, sampling_days(weekly, 0.0, 200.0), ["drug"])
    svg = figure(many, found, FigureFormat.SVG, 89.0)
    numbers = [text for text in texts_of(svg) if text.isdigit()]
    assert len(numbers) < 60


@pytest.mark.slow
def test_many_steps_are_drawn_as_one_and_look_as_each_by_itself(
    simulation: Simulation, bands: Bands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A course of a thousand steps took ten seconds to draw."""
    panel = bands.only(["drug"])
    each = figure(simulation, panel, FigureFormat.PNG, 89.0)
    monkeypatch.setattr(figures, "_MANY", 0)
    as_one = figure(simulation, panel, FigureFormat.PNG, 89.0)
    shades = [np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=float) for png in (each, as_one)]
    assert shades[0].shape == shades[1].shape
    assert np.abs(shades[0] - shades[1]).mean() < 0.1


def test_hundreds_of_steps_are_drawn_in_a_few_strokes(simulation: Simulation, bands: Bands) -> None:
    """Each took a line in every panel and a bar, some milliseconds of each."""
    panel = bands.only(["drug"])
    sheets = [figures._Sheet(183.0, 0.0, 210.0, stretches_of(steps), 0.0) for steps in (250, 350)]
    few, many = (counted(partial(figures._drawing, simulation, panel, sheet))[0] for sheet in sheets)
    assert (many - few) / 100 < 500


def stretches_of(steps: int) -> tuple[Stretch, ...]:
    """So many steps in 210 days."""
    edges = np.linspace(0.0, 210.0, steps + 1).tolist()
    return tuple(
        Stretch(*pair, 9.0 + 19.0 * (at % 2), 1, begins=True, opens=at == 0) for at, pair in enumerate(pairwise(edges))
    )
