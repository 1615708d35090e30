"""A course drawn as a line of time, for pages: bars as high as the dose."""

from collections.abc import Sequence
from dataclasses import dataclass

from blinplan.reports.shared.page import Html, shown

_WIDTH, _HEIGHT, _BASE, _HIGHEST = 720, 74, 52, 40


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


def timeline(bars: Sequence[Bar], end: int, marks: Sequence[tuple[int, str]], label: str) -> Html:
    """Draw bars on a line from 0 to `end` minutes, with marks below it; `label` is what is read aloud."""
    drawn = "".join(_bar(bar, end) for bar in bars) + "".join(_above(bar, end) for bar in bars)
    place = f'y="{_BASE + 16}" font-size="9"'
    below = "".join(f'<text x="{_x(at, end):.1f}" {place}>{shown(text)}</text>' for at, text in marks)
    return Html(
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{shown(label)}">'
        f'<line x1="0" y1="{_BASE}" x2="{_WIDTH}" y2="{_BASE}" stroke="#000"/>{drawn}{below}</svg>'
    )


def _x(minute: int, end: int) -> float:
    return _WIDTH * minute / end


def _bar(bar: Bar, end: int) -> str:
    left, width = _x(bar.start, end), _x(bar.stop, end) - _x(bar.start, end)
    if bar.height is None:
        line = f'x1="{left:.1f}" y1="{_BASE - 6}" x2="{left + width:.1f}" y2="{_BASE - 6}"'
        return f'<line {line} stroke="#000" stroke-dasharray="2 2"/>'
    high = _HIGHEST * bar.height
    top = _BASE - high
    box = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{high:.1f}"'
    return f'<rect {box} fill="{"#000" if bar.dark else "#bbb"}"/>'


def _above(bar: Bar, end: int) -> str:
    """The text above a bar; no higher bar beside it is drawn over it."""
    if not bar.text or bar.height is None:
        return ""
    top = _BASE - _HIGHEST * bar.height
    return f'<text x="{_x(bar.start, end) + 1:.1f}" y="{top - 3:.1f}" font-size="9">{shown(bar.text)}</text>'
