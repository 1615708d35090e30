"""What Rich draws with, apart from what is drawn: a text without styles needs none of it."""

from collections.abc import Iterator
from typing import TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.theme import Theme

from blinplan.outside_text import visible_lines

THEME = Theme(
    {
        "error": "bold red",
        "warning": "bold yellow",
        "note": "bold cyan",
        "pass": "green",
        "waived": "magenta",
        "not evaluated": "yellow",
        "unverified": "yellow",
        "where": "blue",
        "quiet": "dim",
        "title": "bold",
        "caret": "bold red",
        "curve": "bold",
        "band": "bright_blue",
        "models": "green",
        "reference": "red",
    }
)


class HarmlessConsole(Console):
    """Draws, and lets no text through that a terminal would obey, whatever part of a report it stands in."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Draw one part, as pieces of text in one style each."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(visible_lines(segment.text), segment.style)


def console_on(file: TextIO, width: int, *, colour: bool) -> HarmlessConsole:
    """Make what draws onto a file of so many columns, with nothing that Rich would choose by itself."""
    return HarmlessConsole(
        file=file,
        width=width,
        color_system="standard" if colour else None,
        force_terminal=colour,
        no_color=not colour,
        theme=THEME,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
