"""The terminal: width, colour and character set are decided here once, and everything shown goes through it.

Rich's own choices depend on more than a script can control, so it is told what to do rather than asked.
"""

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import TextIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from blinplan.outside_text import in_ascii, visible

NARROWEST, WIDEST, PIPED_WIDTH = 60, 200, 100

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
        "reference": "red",
    }
)


_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


class Colour(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Screen:
    """What can be shown: ``width`` in columns, whether in colour, and whether in more than ASCII."""

    width: int
    colour: bool
    unicode: bool

    def render(self, *parts: RenderableType) -> str:
        """Draw the parts, one below the other."""
        if self.unicode:
            return self._drawn(parts, self.width)
        # Stand-ins are longer than the signs they stand for, so the layout gets less room until all lines fit.
        for room in range(self.width, NARROWEST // 2, -1):
            text = in_ascii(self._drawn(parts, room))
            if max(map(len, _COLOUR_CODE.sub("", text).splitlines()), default=0) <= self.width:
                break
        return text

    def _drawn(self, parts: Iterable[RenderableType], width: int) -> str:
        drawn = StringIO()
        console = Console(
            file=drawn,
            width=width,
            color_system="standard" if self.colour else None,
            force_terminal=self.colour,
            no_color=not self.colour,
            theme=THEME,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )
        for part in parts:
            console.print(part)
        return "".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines())

    def shown(self, text: str) -> str:
        """Make a text from outside harmless, and as it will stand on the screen, so that its width can be counted."""
        return visible(text) if self.unicode else in_ascii(visible(text))

    def table(self, *, title: str | None = None) -> Table:
        """Make an empty table in the style all tables share."""
        return Table(
            title=title,
            title_justify="left",
            title_style="title",
            box=box.SIMPLE_HEAD if self.unicode else box.ASCII2,
            header_style="title",
            padding=(0, 1) if self.wide else (0, 1, 0, 0),
            collapse_padding=not self.wide,
            pad_edge=False,
            show_edge=False,
        )

    @property
    def wide(self) -> bool:
        """Whether there is room to spare."""
        return self.width >= 80


def screen(stream: TextIO, colour: Colour, environment: Mapping[str, str] = os.environ) -> Screen:
    """Decide how to show on a stream.

    ``--color`` wins over ``FORCE_COLOR``, that over ``NO_COLOR`` and ``TERM=dumb``, these over whether the stream is a
    terminal. ``COLUMNS`` wins over the terminal's own width.
    """
    terminal = stream.isatty()
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return Screen(_width(terminal, environment), _coloured(colour, terminal, environment), encoding.startswith("utf"))


def _coloured(colour: Colour, terminal: bool, environment: Mapping[str, str]) -> bool:
    if colour is not Colour.AUTO:
        return colour is Colour.ALWAYS
    if environment.get("FORCE_COLOR"):
        return True
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return terminal


def _width(terminal: bool, environment: Mapping[str, str]) -> int:
    asked = environment.get("COLUMNS", "")
    if asked.isascii() and asked.isdigit() and int(asked) > 0:
        width = int(asked)
    elif terminal:
        width = shutil.get_terminal_size().columns
    else:
        width = PIPED_WIDTH
    return min(max(width, NARROWEST), WIDEST)


def indented(text: str, style: str = "") -> Padding:
    """Indent a text, the lines it wraps to included."""
    return Padding(Text(text, style), (0, 0, 0, 2))
