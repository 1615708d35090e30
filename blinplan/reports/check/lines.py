"""Lines of text with a margin, drawn as they are: of thousands of findings a table would be measured for each."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.measure import Measurement
from rich.segment import Segment
from rich.text import Text

from blinplan.drawing.draw import MakeConsole, folded_lines, is_of_single_cells

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

Piece = tuple[str, str]
"""A text and its style; the empty one for none."""


class Line(NamedTuple):
    """A line: what stands before it once, and its text, which is folded into the room beside, or ``cropped``."""

    pieces: Sequence[Piece]
    margin: Sequence[Piece] = ()
    cropped: bool = False


NO_TEXT = Line(())
"""A line that is left empty."""


class Lines(NamedTuple):
    """Lines, one below the other."""

    lines: Sequence[Line]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        for line in self.lines:
            yield from _segments_of(line, console, options.max_width)

    def without_styles(self, console: MakeConsole, width: int) -> Iterator[str]:
        """Line by line what is drawn where nothing is coloured, in a fifth of the time that drawing takes."""
        for line in self.lines:
            before, text = _text_of(line.margin), _text_of(line.pieces)
            margin = _width(line.margin)
            if line.cropped or not is_of_single_cells(text):
                found = fold(line.pieces, console, width - margin, cropped=line.cropped)
                first, *others = map(_text_of, found)
            else:
                first, *others = folded_lines(text, width - margin)
            yield before + first
            yield from (" " * margin + other for other in others)

    def __rich_measure__(self, _console: "Console", options: "ConsoleOptions") -> Measurement:
        return Measurement(1, options.max_width)


def _segments_of(line: Line, console: "Console", width: int) -> Iterator[Segment]:
    margin = _width(line.margin)
    for number, pieces in enumerate(fold(line.pieces, lambda: console, width - margin, cropped=line.cropped)):
        if number == 0:
            yield from (_segment(piece, console) for piece in line.margin)
        elif margin:
            yield Segment(" " * margin)
        yield from (_segment(piece, console) for piece in pieces)
        yield Segment.line()


def fold(
    pieces: Sequence[Piece], console: MakeConsole, room: int, *, cropped: bool = False
) -> Sequence[Sequence[Piece]]:
    """A line in as many as it takes."""
    if _width(pieces) <= room:
        return (pieces,)
    return _cut(tuple(pieces), console(), room, cropped=cropped)


@lru_cache(maxsize=1024)
def _cut(pieces: tuple[Piece, ...], console: "Console", room: int, *, cropped: bool) -> tuple[tuple[Piece, ...], ...]:
    """What is too long, folded or cropped. Many findings have the same reason, the same help and the same source."""
    text = Text.assemble(*pieces)
    lines = text.wrap(console, room, overflow="crop" if cropped else "fold", no_wrap=cropped)
    return tuple(tuple(_pieces_of(line)) for line in lines)


def _pieces_of(line: Text) -> Iterator[Piece]:
    """The styles of a line do not overlap: each is of one piece."""
    at = 0
    for span in sorted(line.spans):
        yield line.plain[at : span.start], ""
        yield line.plain[span.start : span.end], str(span.style)
        at = span.end
    yield line.plain[at:], ""


def _segment(piece: Piece, console: "Console") -> Segment:
    text, style = piece
    return Segment(text, console.get_style(style)) if style else Segment(text)


def _text_of(pieces: Sequence[Piece]) -> str:
    return "".join([text for text, _ in pieces])


def _width(pieces: Sequence[Piece]) -> int:
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in pieces)
