"""Curves at the terminal: what can be measured over time, all panels under one time axis."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from rich.text import Text

from blinplan.course.events import Period
from blinplan.physiology.model.cytokines import ELEVATED
from blinplan.reports.shared.words import otherwise_drawn, plausible_text, still_in_course
from blinplan.reports.simulation.axes import Axis, Stretch, axis_of, day_ticks, dose_unit, stretches
from blinplan.reports.simulation.canvas import FILL, FRAME, LINE, MODELS, REFERENCE, Canvas
from blinplan.simulation.percentiles import Band, Bands
from blinplan.simulation.trajectories import RequestedCurves
from blinplan.simulation.trials.simulation import Simulation
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

_GUTTER = 11
_ROWS = 7
"""About how many rows a panel has: every tick of its axis is in the middle of a row, so the ticks decide."""
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Curves:
    """Bands of a course, drawn as wide as the screen lets them.

    ``periods`` are what was given; the days of the bands say from when to when it is drawn.
    """

    bands: Bands
    periods: tuple[Period, ...]
    unicode: bool

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Draw the dose, a panel for each signal, and the axis of time."""
        width = options.max_width - _GUTTER - 1
        first, last = float(self.bands.days[0]), float(self.bands.days[-1])
        window = _Window(first, last, width, stretches(self.periods, first, last), self.unicode)
        yield from _strip(window, dose_unit(self.periods))
        days = self.bands.days.tolist()
        for band in self.bands.bands:
            yield from _panel(window, band, days)
        yield from _time_axis(window)


@dataclass(frozen=True, slots=True)
class _Window:
    """The days that are drawn, and on how many columns."""

    first: float
    last: float
    width: int
    stretches: tuple[Stretch, ...]
    unicode: bool

    def column(self, day: float) -> int:
        """The column in which a day lies."""
        return min(self.width - 1, int((day - self.first) / (self.last - self.first) * self.width))

    def sign(self, sign: str, stand_in: str) -> str:
        """A sign, or what stands for it in ASCII."""
        return sign if self.unicode else stand_in


def _line(window: _Window, label: str, label_style: str, edge: str, rest: Text) -> Text:
    """One line of the drawing: a label at the left, the edge of the field, and the field."""
    line = Text(no_wrap=True, overflow="crop", end="\n")
    line.append(f"{label:>{_GUTTER - 1}} ", label_style)
    line.append(edge, "quiet")
    line.append_text(rest)
    return line


def _strip(window: _Window, unit: str) -> Iterator[Text]:
    """Draw the cycles and the ordered dose over time: numbers where they begin, bars as high as the dose."""
    infused = [stretch for stretch in window.stretches if stretch.amount is not None]
    highest = max((stretch.amount or 0.0 for stretch in infused), default=0.0)
    opening = [stretch for stretch in window.stretches if stretch.opens or stretch is window.stretches[0]]
    cycles = [(stretch.start, str(stretch.cycle)) for stretch in opening]
    free = [stretch.start for stretch in window.stretches if stretch.amount is None and _width(window, stretch) > 5]
    bars = list(_labels(window, [(day, "free") for day in free]).ljust(window.width))
    for stretch in infused:
        sign = _BARS[max(0, round(8 * (stretch.amount or 0.0) / highest) - 1)] if highest else " "
        for column in range(window.column(stretch.start), _end(window, stretch)):
            bars[column] = sign if window.unicode else "#"
    yield _line(window, "cycle", "title", " ", Text(_labels(window, cycles), "title"))
    yield _line(window, unit, "quiet", " ", Text(_doses(window, infused)))
    yield _line(window, "dose", "title", " ", Text("".join(bars)))


def _doses(window: _Window, infused: Sequence[Stretch]) -> str:
    """Write each dose where it begins; where a cycle has no room for that, its doses one behind the other."""
    texts = []
    for _, steps in groupby(infused, key=lambda stretch: stretch.cycle):
        doses = [(stretch.start, f"{stretch.amount:g}") for stretch in steps]
        fits = all(window.column(later) > window.column(day) + len(text) for (day, text), (later, _) in pairwise(doses))
        texts += doses if fits else [(doses[0][0], window.sign("→", ">").join(text for _, text in doses))]
    return _labels(window, texts)


def _end(window: _Window, stretch: Stretch) -> int:
    """The column after the last of a stretch."""
    return window.width if stretch.stop >= window.last else max(window.column(stretch.stop), 1)


def _width(window: _Window, stretch: Stretch) -> int:
    return _end(window, stretch) - window.column(stretch.start)


def _labels(window: _Window, at: Sequence[tuple[float, str]]) -> str:
    """Write texts that begin at their days; one that would touch the text before it is left out."""
    line = ""
    for day, text in at:
        column = window.column(day)
        if (column > len(line) or not line) and column + len(text) <= window.width:
            line = line.ljust(column) + text
    return line


def _panel(window: _Window, band: Band, days: Sequence[float]) -> Iterator[Text]:
    """Draw one signal: its name, and its field with the values of the axis at the left."""
    axis = axis_of(band)
    field = _Field(axis, Canvas(window.width, _rows(axis), unicode=window.unicode))
    _frame(window, field)
    low, middle, high = (list(_curve(window, field, days, values.tolist())) for values in band.values)
    if low != middle or middle != high:
        _fill(field.canvas, [bottom for bottom, _ in low], [top for _, top in high])
    for edge in () if band.models is None else band.models.tolist():
        _dash(field.canvas, list(_curve(window, field, days, edge)))
    _trace(field.canvas, middle)
    name = Text.assemble(
        (band.signal.label, "title"), f", {band.signal.unit}", (", logarithmic" * axis.logarithmic, "quiet")
    )
    yield _line(window, "", "", " ", name)
    labels = {field.row(value): value for value in axis.ticks}
    for row, text in enumerate(field.canvas.rows()):
        value = labels.get(row)
        style = "reference" if value is not None and value == axis.reference else "quiet"
        edge = window.sign("┤" if value is not None else "│", "+" if value is not None else "|")
        yield _line(window, "" if value is None else _number(value, axis, window), style, edge, text)


def _rows(axis: Axis) -> int:
    intervals = len(axis.ticks) - 1
    return intervals * max(1, round((_ROWS - 1) / intervals)) + 1


@dataclass(frozen=True, slots=True)
class _Field:
    """The canvas of a panel with its axis, whose ends are in the middle of the first and the last row."""

    axis: Axis
    canvas: Canvas

    def _height(self, value: float) -> float:
        """How many rows below the middle of the first row a value lies."""
        return (1.0 - self.axis.place(value)) * (self.canvas.height - 1)

    def row(self, value: float) -> int:
        """The row in which a value lies."""
        return round(self._height(value))

    def dot(self, value: float) -> int:
        """The row of dots in which a value lies; that of a tick is the middle one of its row."""
        each = self.canvas.down // self.canvas.height
        return round(self._height(value) * each) + each // 2


def _curve(window: _Window, field: _Field, days: Sequence[float], values: Sequence[float]) -> Iterator[tuple[int, int]]:
    """The lowest and the highest row of dots of a curve in each column of dots."""
    for left, right in _columns(window, field.canvas.across):
        least, greatest = _extent(days, values, left, right)
        yield field.dot(least), field.dot(greatest)


def _columns(window: _Window, count: int) -> Iterator[tuple[float, float]]:
    """From when to when each column of dots reaches."""
    length = window.last - window.first
    for number in range(count):
        yield window.first + length * number / count, window.first + length * (number + 1) / count


def _extent(days: Sequence[float], values: Sequence[float], left: float, right: float) -> tuple[float, float]:
    """The least and the greatest value between two days, so that no peak falls between two columns."""
    inside = values[bisect_left(days, left) : bisect_left(days, right)]
    seen = [_between(days, values, left), *inside, _between(days, values, right)]
    return min(seen), max(seen)


def _between(days: Sequence[float], values: Sequence[float], day: float) -> float:
    after = min(max(bisect_left(days, day), 1), len(days) - 1)
    share = min(1.0, (day - days[after - 1]) / (days[after] - days[after - 1]))
    return values[after - 1] + share * (values[after] - values[after - 1])


def _fill(canvas: Canvas, bottoms: Sequence[int], tops: Sequence[int]) -> None:
    """Fill between two rows of dots in each column: dots in diagonals where they are fine, and both edges."""
    for x, (bottom, top) in enumerate(zip(bottoms, tops, strict=True)):
        for y in range(top, bottom + 1):
            if not canvas.unicode or (x % 2 == 0 and (y in {top, bottom} or y % 4 == x % 4)):
                canvas.dot(x, y, FILL)


def _dash(canvas: Canvas, curve: Sequence[tuple[int, int]]) -> None:
    """Draw a curve as dashes, which are told from the dots of a band and from a line."""
    for x, (bottom, top) in enumerate(curve):
        if x % 4 < 2:
            canvas.dot(x, (bottom + top) // 2, MODELS)


def _trace(canvas: Canvas, curve: Sequence[tuple[int, int]]) -> None:
    """Draw a curve; where a column only goes on from the one before, it begins a dot later, so the line stays thin."""
    before: tuple[int, int] | None = None
    for x, (bottom, top) in enumerate(curve):
        first, last = top, bottom
        if before is not None and first < last:
            if first == before[1]:
                first += 1
            elif last == before[0]:
                last -= 1
        for y in range(first, last + 1):
            canvas.dot(x, y, LINE)
        before = (top, bottom)


def _frame(window: _Window, field: _Field) -> None:
    """Mark where cycles and steps begin and infusions stop, and the value that the axis has a line for."""
    canvas, reference = field.canvas, field.axis.reference
    for stretch in window.stretches:
        if stretch.begins and stretch.start > window.first:
            sign = window.sign("│", "|") if stretch.opens else window.sign("┊", ".")
            for row in range(canvas.height):
                canvas.sign(window.column(stretch.start), row, sign, FRAME)
    if reference is not None:
        for column in range(canvas.width):
            canvas.sign(column, field.row(reference), window.sign("╌", "="), REFERENCE)


def _number(value: float, axis: Axis, window: _Window) -> str:
    text = f"{value:,.10g}"
    return f"{window.sign('≤', '<=')} {text}" if axis.cut and value == axis.low else text


def _time_axis(window: _Window) -> Iterator[Text]:
    ticks = day_ticks(window.first, window.last, max(2, window.width // 7))
    rule = [window.sign("─", "-")] * window.width
    for day in ticks:
        rule[window.column(day)] = window.sign("┴", "+")
    yield _line(window, "", "", window.sign("└", "+"), Text("".join(rule), "quiet"))
    texts = [(day, f"{day:g}") for day in ticks]
    line = ""
    for day, text in texts:
        column = min(window.column(day), window.width - len(text))
        if column > len(line) or not line:
            line = line.ljust(column) + text
    yield _line(window, "day", "title", " ", Text(line))


def curves_report(simulation: Simulation | RequestedCurves, bands: Bands, screen: Screen) -> list["RenderableType"]:
    """Draw the curves of a simulation, or of those who were asked for, and say in words what they are."""
    of = f"{bands.patients:,}" if bands.patients == bands.population else f"{bands.patients:,} of {bands.population:,}"
    what = (
        "Line: the typical patient."
        if simulation.alone
        else f"Line: median; dots: 5th to 95th percentile of {of} patients.{still_in_course(bands)}"
    )
    if bands.models:
        what += (
            f" {'Dashes' if screen.unicode else 'o'}: between what the median lies over "
            f"{plausible_text(bands.models, 'model')}"
            " and the shipped one."
        )
    if isinstance(simulation, RequestedCurves):  # nothing else is told above it
        what += otherwise_drawn(simulation.off_drug.early, simulation.own_courses, simulation.cohort.size)
    text = f"Days since the first infusion began. {what} {' '.join(_marks(simulation, bands, screen))}"
    return [
        Curves(bands, simulation.periods, screen.unicode),
        Text(text.rstrip(), "quiet"),
        *([Text(_CLOSER, "quiet")] if isinstance(simulation, Simulation) and _cytokines_are_narrow(bands) else []),
    ]


def _marks(simulation: Simulation | RequestedCurves, bands: Bands, screen: Screen) -> Iterator[str]:
    """Say what the upright lines are, where there are any."""
    first, last = float(bands.days[0]), float(bands.days[-1])
    later = [part for part in stretches(simulation.periods, first, last) if part.begins and part.start > first]
    if any(part.opens for part in later):
        yield f"{'│' if screen.unicode else '|'} a cycle begins."
    if any(not part.opens for part in later):
        yield f"{'┊' if screen.unicode else '.'} a step begins or the infusion stops."


_CLOSER = "Cytokines rise and fall within days of a start or step: --to-day 3 draws the first three days."


def _cytokines_are_narrow(bands: Bands) -> bool:
    drawn = {band.signal.label for band in bands.bands}
    return bands.days[-1] - bands.days[0] > 21 and not drawn.isdisjoint(ELEVATED)
