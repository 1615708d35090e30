"""Reports as people read them: without styles line by line, and else by Rich, which takes five times as long."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from io import StringIO
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from blinplan.outside_text import visible_lines

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

MakeConsole = Callable[[], "Console"]
"""Makes the console that draws, or gives the one that was made: most texts without styles need none."""

_WithoutStyles = Callable[[MakeConsole, int], Iterable[str] | None]
"""What a part of a report has that can say what it is without styles, and line by line; None where only Rich knows."""


def draw(parts: "Iterable[RenderableType]", width: int, *, colour: bool) -> str:
    """Draw the parts, one below the other, on so many columns."""
    drawn = StringIO()

    @cache
    def console() -> "Console":
        from blinplan.drawing.console import console_on

        return console_on(drawn, width, colour=colour)

    for part in parts:
        lines = None if colour else _unstyled_lines(part, console, width)
        if lines is not None:
            drawn.writelines(f"{line if line.isprintable() else visible_lines(line)}\n" for line in lines)
        else:
            console().print(part)
    return "".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines())


def indent(part: "RenderableType", style: str = "") -> Padding:
    """Indent a text in a style, the lines it wraps to included, or a part of a report as it is drawn."""
    return Padding(Text(part, style) if isinstance(part, str) else part, (0, 0, 0, 2))


@lru_cache(maxsize=1024)
def folded_lines(text: str, room: int, *, in_words: bool = True) -> Sequence[str]:
    """A text of single cells as Rich folds it, in a third of the time: at blanks, and in a word that is too long.

    Without `in_words`, such a word is left as it is.
    """
    if len(text) <= room:
        return (text,)
    found, start, taken = list[str](), 0, 0
    for word in re.finditer(_WORD, text):
        begin, length = word.start(), len(word[0].rstrip())
        if taken + length > room:
            if length > room and in_words:
                found += [text[start:begin]] if begin else []
                *whole, rest = (word[0][at : at + room] for at in range(0, len(word[0]), room))
                found += whole
                start, taken = begin + sum(map(len, whole)), len(rest)
                continue
            found += [text[start:begin]] if begin else []
            start, taken = begin, 0
        taken += len(word[0])
    return tuple(line.rstrip() if len(line) > room else line for line in (*found, text[start:]))


def is_of_single_cells(text: str) -> bool:
    """Whether a text is one that `folded_lines` folds: of letters and signs that each take one cell, and of blanks."""
    return (text.isascii() and text.isprintable()) or re.fullmatch(_SINGLE_CELLS, text) is not None


_SINGLE_CELLS = r"[ -~\u00a1-\u00ac\u00ae-\u024f\u2013\u2014\u2026\u2192\u2248\u2264\u2265\u2581-\u2588]*+"
_WORD = r"\s*\S+\s*"


def plain_text(part: "RenderableType") -> tuple[int, str, bool | None] | None:
    """How far a text is indented, the text without styles, and whether its lines are left as they are.

    None of any other part of a report.
    """
    left = 0
    if isinstance(part, Padding) and (part.top, part.right, part.bottom) == (0, 0, 0):
        left, part = part.left, part.renderable
    if isinstance(part, str):
        return left, part, None
    if not isinstance(part, Text) or (part.justify, part.overflow, part.end) != (None, None, "\n"):
        return None
    return left, part.plain, part.no_wrap


def _unstyled_lines(part: "RenderableType", console: MakeConsole, width: int) -> Iterable[str] | None:
    """What a part is without styles, line by line; None where only Rich knows. A plan may have 60,000 paragraphs."""
    # A check by a protocol would take as long as to draw a line.
    without_styles: _WithoutStyles | None = getattr(part, "without_styles", None)
    if without_styles is not None:
        return without_styles(console, width)
    plain = plain_text(part)
    if plain is None:
        return None
    left, text, no_wrap = plain
    if no_wrap:
        lines = text.split("\n")
        return lines if not left and all(len(line) <= width and is_of_single_cells(line) for line in lines) else None
    if not is_of_single_cells(text):
        return None
    return (" " * left + line for line in folded_lines(text, width - left))
