"""Curves of a sweep over one axis: what is drawn of numbers, and of times that some never get to."""

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.figure import Figure

import blinplan
from blinplan.design.sweep.cell import EndpointName
from blinplan.design.sweep.sweep import Sweep
from blinplan.reports.design.sweep.curves import draw_curves
from blinplan.reports.design.sweep.figure import _caption
from blinplan.reports.design.sweep.lines import half_lines
from blinplan.reports.design.sweep.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEVER = "Open triangle: half never get there"


def swept(doses: list[float], *endpoints: str, by_day: tuple[float, ...] = ()) -> Sweep:
    return blinplan.sweep("nhl-5", {"dose": doses}, 60, cycles=1, endpoints=endpoints, by_day=by_day).swept


def panels_of(found: Sweep) -> "list[Axes]":
    figure = Figure()
    draw_curves(found, Sheet(183.0, lambda *_: figure.add_subplot()))
    return figure.axes


@pytest.mark.parametrize(
    "doses", [[0.5, 1.5, 5, 15], [0.5, 1.5], [5, 15], [15, 60], [0.5, 60], [1.5, 5]], ids=lambda doses: f"{doses}"
)
@pytest.mark.parametrize("key", ["b_depleted_day", "b_recovery_day", "il6_peak"])
def test_every_number_is_drawn_and_what_never_comes_is_told(doses: list[float], key: str) -> None:
    """A dose under which half are never depleted was left out, and a spread that ends in never, without a word."""
    found = swept(doses, key)
    (panel,) = panels_of(found)
    cells = [cell.get(EndpointName(key)) for cell in found.cells]
    known = [(dose, one) for dose, one in zip(doses, cells, strict=True) if one is not None and one.low == one.low]
    curve, *_, never = panel.get_lines()
    places, values = (np.asarray(of, dtype=np.float64) for of in curve.get_data())
    drawn = {x: y for x, y in zip(places.tolist(), values.tolist(), strict=True) if not math.isnan(y)}
    assert drawn == {dose: one.value for dose, one in known if math.isfinite(one.value)}
    assert np.asarray(never.get_xdata()).tolist() == [dose for dose, one in known if math.isinf(one.value)]
    top = panel.get_ylim()[1]
    paths = panel.collections[-1].get_paths() if panel.collections else []
    spreads = [np.asarray(path.vertices)[:, 1].tolist() for path in paths]
    assert spreads == [
        [one.low, one.high if math.isfinite(one.high) else top] for _, one in known if math.isfinite(one.low)
    ]
    assert all(high <= top for _, high in spreads)
    assert (NEVER in _caption(found)) == any(math.isinf(one.high) for _, one in known)


def test_a_share_of_nobody_is_in_no_legend() -> None:
    """By a day before a time begins, no share is told: its name stood in the legend of a line that was not there."""
    shares, _, _ = panels_of(swept([5, 15], "b_depleted_day", "b_recovery_day", by_day=(2.0, 40.0)))
    legend = shares.get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    assert names == [
        "B cells: ≤ 10 /µL, cycle 1, by day 2",
        "B cells: ≤ 10 /µL, cycle 1, by day 40",
        "B cells: Above 10 /µL after the last dose, by day 40",
    ]


def test_half_of_all_are_patients_and_no_cells() -> None:
    """It said `half of all B cells: ≤ 10 /µL in cycle 1`, of half of the patients."""
    keys = ("b_depleted_cycle_1", "il6_elevated_cycle_1", "t_returned", "b_depleted_day")
    said = list(half_lines(swept([1.5, 15], *keys, by_day=(2.0,))))
    heads = {line.partition(": ")[0] for line in said}
    assert heads == {
        "half of all depleted by day 2",
        "half of all patients, B cells",
        "half of all patients, Cytokines",
        "half of those at risk, T cells",
    }
