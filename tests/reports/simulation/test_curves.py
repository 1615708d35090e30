"""Curves at the terminal: what is drawn lies where the axis says, at every width, in every encoding."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from rich.cells import cell_len

from blinplan.course.events import periods
from blinplan.regimen import library
from blinplan.reports.simulation.axes import axis_of, day_ticks, stretches
from blinplan.reports.simulation.canvas import FILL, LINE, Canvas
from blinplan.reports.simulation.curves import Curves, curves_report
from blinplan.simulation.percentiles import LEVELS, SIGNALS, Band, Bands, bands_of, sampling_days
from blinplan.simulation.trials.simulation import Simulation
from blinplan.terminal import Screen
from tests.collection.grid import in_turn

REGIMEN = library.regimen("rr-adult")
PERIODS = periods(REGIMEN)


def bands_with(key: str, days: list[float], *curves: Callable[[float], float]) -> Bands:
    values = np.array([[curve(day) for day in days] for curve in curves])
    return Bands(np.array(days), LEVELS, (Band(SIGNALS[key], values),), 10, 10)


def drawing(bands: Bands, width: int = 112, unicode: bool = True) -> list[str]:
    screen = Screen(width, False, unicode)
    return screen.render(Curves(bands, PERIODS, unicode)).split("\n")


def braille(character: str) -> bool:
    return "\u2800" < character <= "\u28ff"


def field(lines: list[str], label: str, width: int = 112) -> str:
    """The cells to the right of the row that is labelled so."""
    (line,) = [line for line in lines if line.startswith(f"{label:>10} ┤")]
    return line[12:].ljust(width - 12)


def test_a_dot_is_where_braille_has_it() -> None:
    canvas = Canvas(1, 1, unicode=True)
    assert (canvas.across, canvas.down) == (2, 4)
    for x, y in ((0, 0), (1, 3)):
        canvas.dot(x, y, LINE)
    assert canvas.rows()[0].plain == "⢁"  # dots 1 and 8


def test_a_line_goes_before_what_it_crosses_and_is_told_apart_without_colour() -> None:
    for unicode in (True, False):
        canvas = Canvas(2, 1, unicode=unicode)
        for x in range(canvas.across):
            canvas.dot(x, 1, FILL)
        canvas.dot(0, 0, LINE)
        canvas.dot(0, 2, FILL)
        first, second = list(canvas.rows()[0].plain)
        assert first == ("⠁" if unicode else "'")
        assert second == ("⠒" if unicode else ":")


def test_a_level_curve_lies_in_the_row_that_is_labelled_with_its_value() -> None:
    days = np.linspace(0.0, 210.0, 50).tolist()
    for value, label in ((100.0, "100"), (1.0, "1"), (0.1, "0.1")):
        lines = drawing(bands_with("b-cells", days, *[lambda _, value=value: value] * 3))
        assert all(braille(cell) for cell in field(lines, label))
        assert sum(any(map(braille, line)) for line in lines) == 1


def test_the_line_at_ten_b_cells_stands_where_ten_is() -> None:
    days = np.linspace(0.0, 210.0, 211).tolist()
    # 1,000 at day 0, 0.1 at day 210, falling evenly on a logarithmic scale: 10 is crossed half-way.
    lines = drawing(bands_with("b-cells", days, *[lambda day: 10 ** (3 - 4 * day / 210)] * 3))
    row = field(lines, "10")
    crossed = [column for column, cell in enumerate(row) if braille(cell)]
    assert min(crossed) < 50 < max(crossed)
    assert max(crossed) - min(crossed) < 30
    assert {row[column] for column in range(100) if column not in crossed} == {"╌"}


def test_a_peak_between_two_columns_is_still_drawn() -> None:
    days = sorted({*np.linspace(0.0, 210.0, 161).tolist(), 0.55, 0.56, 0.57})
    lines = drawing(bands_with("il-6", days, *[lambda day: 100.0 if day == 0.56 else 3.0] * 3))
    assert braille(field(lines, "100")[0])


def test_what_cannot_be_measured_is_drawn_at_the_edge_and_the_edge_says_so() -> None:
    days = np.linspace(0.0, 210.0, 50).tolist()
    lines = drawing(bands_with("b-cells", days, *[lambda day: 100.0 if day < 30 else 1e-7] * 3))
    assert braille(field(lines, "≤ 0.01")[90])
    axis = axis_of(bands_with("b-cells", days, *[lambda _: 500.0] * 3).bands[0])
    assert (axis.cut, axis.low, axis.reference) == (False, 1.0, 10.0)


def test_axes_hold_all_of_a_band_and_end_at_ticks(simulation: Simulation) -> None:
    found = bands_of(simulation, sampling_days(simulation.periods, 0.0, 210.0))
    for band in found.bands:
        axis = axis_of(band)
        assert axis.ticks[0] == pytest.approx(axis.low)
        assert axis.ticks[-1] == pytest.approx(axis.high)
        assert band.values.max() <= axis.high * (1 + 1e-12)
        assert axis.cut or band.values.min() >= axis.low * (1 - 1e-12)
        places = [axis.place(value) for value in axis.ticks]
        assert np.diff(places) == pytest.approx(np.full(len(places) - 1, 1 / (len(places) - 1)))
    assert axis_of(found.bands[2]).reference == 100.0


def test_a_signal_that_begins_at_nothing_has_a_linear_axis() -> None:
    axis = axis_of(bands_with("il-6", [0.0, 5.0, 10.0], *[lambda day: 0.1 * day] * 3).bands[0])
    assert (axis.logarithmic, axis.low, axis.high) == (False, 0.0, 1.0)


def test_drug_that_is_not_given_is_a_line_at_nothing() -> None:
    lines = drawing(bands_with("drug", [0.0, 5.0, 10.0], *[lambda _: 0.0] * 3))
    assert all(braille(cell) for cell in field(lines, "0"))


def test_cycles_and_steps_are_named_where_they_begin(simulation: Simulation) -> None:
    lines = drawing(bands_of(simulation, sampling_days(simulation.periods, 0.0, 210.0), ["drug"]))
    cycles, doses, bars = lines[0].rstrip(), lines[1], lines[2]
    assert cycles.split() == ["cycle", "1", "2", "3", "4", "5"]
    assert doses.split() == ["mcg/day", "9", "28", "28", "28", "28", "28"]
    assert [cycles.index(str(cycle)) - 12 for cycle in range(1, 6)] == [0, 20, 40, 60, 80]
    assert doses.index("28") - 12 == 3  # day 7 of 210 on 100 columns
    assert bars[12:15] == "▃▃▃"
    assert bars[15:25] == "█" * 10
    assert bars[25:29] == "free"
    assert [line[32] for line in lines[4:6]] == ["│", "│"]
    assert [line[15] for line in lines[4:6]] == ["┊", "┊"]  # a step, and no cycle
    assert [line[12] for line in lines[4:6]] == [" ", " "]  # what begins with the drawing needs no line


def test_a_step_without_room_of_its_own_is_named_with_the_one_before(simulation: Simulation) -> None:
    found = bands_of(simulation, sampling_days(simulation.periods, 0.0, 210.0), ["drug"])
    assert drawing(found, 60)[1].split()[1] == "9→28"
    assert drawing(found, 60, unicode=False)[1].split()[1] == "9>28"


def test_a_window_shows_the_cycle_that_it_begins_in(simulation: Simulation) -> None:
    lines = drawing(bands_of(simulation, sampling_days(simulation.periods, 50.0, 75.0), ["drug"]))
    assert lines[0].split() == ["cycle", "2"]
    assert lines[1].split() == ["mcg/day", "28"]
    found = stretches(simulation.periods, 50.0, 75.0)
    assert [(one.start, one.stop, one.amount) for one in found] == [(50.0, 70.0, 28.0), (70.0, 75.0, None)]


@pytest.mark.parametrize("most", [2, 4, 8, 12])
@pytest.mark.parametrize(("first", "last"), [(0.0, 3.0), (0.0, 210.0), (5.5, 20.0), (0.0, 4000.0), (1.0, 1.05)])
def test_days_are_round_and_not_more_than_fit(first: float, last: float, most: int) -> None:
    ticks = day_ticks(first, last, most)
    assert 1 <= len(ticks) <= most + 1
    assert first <= min(ticks) <= max(ticks) <= last
    assert len({round(gap, 9) for gap in np.diff(ticks)}) <= 1


@pytest.mark.slow
@pytest.mark.parametrize(("width", "unicode"), in_turn([60, 80, 120, 200], [True, False]))
def test_it_fits_and_all_rows_are_under_one_axis(simulation: Simulation, width: int, unicode: bool) -> None:
    screen = Screen(width, False, unicode)
    found = bands_of(simulation, sampling_days(simulation.periods, 0.0, 210.0))
    text = screen.render(*curves_report(simulation, found, screen))
    lines = text.split("\n")
    assert max(cell_len(line) for line in lines) <= width
    assert text.isascii() is not unicode
    assert "\\u" not in text
    edges = {line[11] for line in lines if len(line) > 11 and line[:11].strip(" 0123456789,.<=≤") == ""}
    assert edges <= ({"│", "┤", "└", " "} if unicode else {"|", "+", " "}) | set("DBTI")
    for name in ("Drug concentration", "B cells", "T cells", "IL-6", "IL-10", "IFN-gamma"):
        assert name in text
    assert "of 60 patients" in text.replace("\n", " ")


def test_colour_adds_nothing_that_is_not_there_without(simulation: Simulation) -> None:
    found = bands_of(simulation, sampling_days(simulation.periods, 0.0, 14.0), ["il-6", "t-cells"])
    plain, coloured = (
        screen.render(*curves_report(simulation, found, screen))
        for screen in (Screen(100, False, True), Screen(100, True, True))
    )
    assert "\x1b[" in coloured
    without = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in without.split("\n")] == plain.split("\n")


@pytest.mark.slow
def test_it_says_of_how_many_patients_and_how_to_see_cytokines(simulation: Simulation, typical: Simulation) -> None:
    screen = Screen(200, False, True)
    found = bands_of(simulation, sampling_days(simulation.periods, 0.0, 210.0), ["il-6"])
    thinned = Bands(found.days, found.levels, found.bands, 20, 60)
    text = screen.render(*curves_report(simulation, thinned, screen))
    assert "5th to 95th percentile of 20 of 60 patients" in text
    assert "--to-day 3" in text
    for last, told in ((14.0, False), (22.0, True)):  # in some weeks their days are seen
        shown = bands_of(simulation, sampling_days(simulation.periods, 0.0, last), ["il-6"])
        assert ("--to-day 3" in screen.render(*curves_report(simulation, shown, screen))) is told
    alone = bands_of(typical, sampling_days(typical.periods, 0.0, 3.0))
    text = screen.render(*curves_report(typical, alone, screen))
    assert "Line: the typical patient." in text
    assert "--to-day" not in text
    assert "a cycle begins" not in text
