"""A course drawn as a line of time, for pages: bars as high as the dose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDTH, _BASE, _HIGHEST, _LETTERS = 720, 56, 42, 12
"""Of the drawing, in its own units: 720 of them are 182 mm on paper, where letters of 12 are of 8.6 pt."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a course in minutes: its share of the highest dose, None for a broken line where it stopped.

    ``text`` stands above it; ``dark`` sets it off from the others.
    """

    start: int
    stop: int
    height: float | None
    text: str
    dark: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A bar as it is drawn."""

    left: str
    top: str
    width: str
    height: str
    fill: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A broken line as it is drawn, where the infusion stood still."""

    left: str
    right: str
    top: str


@dataclass(frozen=True, slots=True)
class DrawnText:
    """A text as it is drawn."""

    left: str
    top: str
    text: str


@dataclass(frozen=True, slots=True)
class LineOfTime:
    """A line of time, ready to be put into a page; numbers are written, so that they have no needless digits."""

    label: str
    boxes: tuple[Box, ...]
    gaps: tuple[Gap, ...]
    texts: tuple[DrawnText, ...]
    width: int = _WIDTH
    height: int = _BASE + 2 * _LETTERS
    base: int = _BASE
    letters: int = _LETTERS


def timeline(bars: Sequence[Bar], end: int, marks: Sequence[tuple[int, str]], label: str) -> LineOfTime:
    """Draw bars on a line from 0 to `end` minutes, with marks below it; `label` is what is read aloud."""
    return LineOfTime(
        label,
        tuple(_box(bar, bar.height, end) for bar in bars if bar.height is not None),
        tuple(_gap(bar, end) for bar in bars if bar.height is None),
        (*_texts(bars, end), *(DrawnText(_x(at, end), f"{_BASE + _LETTERS + 4}", text) for at, text in marks)),
    )


def _x(minute: int, end: int) -> str:
    return f"{_WIDTH * minute / end:.1f}"


def _box(bar: Bar, share: float, end: int) -> Box:
    high = _HIGHEST * share
    fill = "#000" if bar.dark else "#bbb"
    return Box(_x(bar.start, end), f"{_BASE - high:.1f}", _x(bar.stop - bar.start, end), f"{high:.1f}", fill)


def _gap(bar: Bar, end: int) -> Gap:
    return Gap(_x(bar.start, end), _x(bar.stop, end), f"{_BASE - 6}")


def _texts(bars: Sequence[Bar], end: int) -> Iterator[DrawnText]:
    """The texts above the bars."""
    for bar in bars:
        if bar.text and bar.height is not None:
            yield DrawnText(f"{_WIDTH * bar.start / end + 1:.1f}", f"{_BASE - _HIGHEST * bar.height - 3:.1f}", bar.text)
