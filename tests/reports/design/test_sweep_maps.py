"""Maps of two axes: half of all are drawn where they are, and the article's words stand at its doses."""

from functools import cache

import numpy as np
import pytest
from matplotlib.figure import Figure

import blinplan
from blinplan.design.sweep.cell import EndpointName
from blinplan.design.sweep.sweep import Sweep
from blinplan.reports.design.sweep.article import article_marks
from blinplan.reports.design.sweep.map_layout import layout_of
from blinplan.reports.design.sweep.map_lines import draw_article, draw_half, has_half_line, line_place

DAY_2 = EndpointName("b_depleted_day", 2.0)


@cache
def map_of(*axes: str, regimen: str = "nhl-5") -> Sweep:
    return blinplan.sweep(regimen, axes, 60, cycles=1, by_day=[2], endpoints=["b_depleted_day"]).swept


def doses_and_sensitivities() -> Sweep:
    return map_of("dose=30,1.5,5,10", "parameters.lysis_ec50=x0.7,x1,x1.4")


@pytest.mark.slow
def test_half_of_all_are_drawn_at_the_doses_at_which_they_are() -> None:
    swept = doses_and_sensitivities()
    panel = Figure().add_subplot()
    draw_half(swept, DAY_2, panel)
    (line,) = panel.collections[0].get_paths()
    doses = np.log([1.5, 5, 10, 30])
    halves = [np.log(half.dose.value) for half in swept.halves if half.name == DAY_2]
    across, up = np.asarray(line.vertices).T
    order = np.argsort(across)
    drawn = np.interp([0, 1, 2], across[order], up[order])
    assert np.interp(drawn, [0, 1, 2, 3], doses) == pytest.approx(halves, abs=1e-9)
    assert halves == sorted(halves)  # less sensitive B cells ask for more


def test_no_line_is_drawn_where_half_are_in_no_cell_or_in_all() -> None:
    assert has_half_line(doses_and_sensitivities(), DAY_2)
    assert not has_half_line(doses_and_sensitivities(), EndpointName("b_depleted_day"))
    assert not has_half_line(map_of("dose=30,60", "weight=60,90"), DAY_2)
    assert not has_half_line(map_of("dose=1.5,60", "weight=70"), DAY_2)


def test_lines_of_the_article_part_the_doses_of_which_it_says_something() -> None:
    marks = {mark.said.claim: mark for mark in article_marks(doses_and_sensitivities())}
    assert {claim: line_place(mark) for claim, mark in marks.items()} == {"DEP-1": 1.5, "DEP-3": 0.5}
    assert all(mark.is_of_whole_dose for mark in marks.values())
    assert all(line_place(mark) is None for mark in article_marks(map_of("dose=30,60", "weight=60,90")))


def test_two_steps_have_a_line_each_and_are_not_taken_for_the_whole_dose() -> None:
    steps = map_of("cycle.1.step.1.dose=3,5,15", "cycle.1.step.2.dose=5,15", regimen="mt103-206-5-15")
    found = [(mark.axis.path, line_place(mark)) for mark in article_marks(steps) if mark.said.is_threshold]
    assert found == [("cycle.1.step.1.dose", 1.5), ("cycle.1.step.2.dose", 0.5)]
    assert not any(mark.is_of_whole_dose for mark in article_marks(steps))
    panel = Figure().add_subplot()
    draw_article(steps, panel)
    texts = {text.get_text() for text in panel.texts}
    assert texts == {"majority\n(DEP-1)", "majority (DEP-1) →"}


def test_numbers_are_written_where_they_have_room_and_names_stand_apart() -> None:
    few = layout_of(doses_and_sensitivities(), 183.0)
    assert few.columns == 2
    assert few.letters(["100.0", "never"]) == 6.0
    assert few.every(["× 0.7", "× 1"], is_level=True) == few.every(["1.5", "5"], is_level=False) == 1
    many = few._replace(columns=1, cell=(4.0, 2.0))
    assert many.letters(["100.0"]) is None
    assert (many.every(["100", "102"], is_level=True), many.every(["1.5"], is_level=False)) == (2, 2)
    wide = map_of("dose=30,60", f"weight={','.join(map(str, range(50, 74, 2)))}")
    assert layout_of(wide, 183.0).columns == 1
    assert layout_of(wide, 89.0).letters(["100.0"]) == 5.0
