"""The terminal: width, colour and character set are decided here once, and everything shown goes through it.

Rich's own choices depend on more than a script can control, so it is told what to do rather than asked.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from blinplan.exit_status import ExitStatus
from blinplan.outside_text import in_ascii, json_text, visible
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

PUBLIC = ("Screen",)

NARROWEST, WIDEST, PIPED_WIDTH = 60, 200, 100
_CTRL_C_TWICE = len("^C^C")
"""Columns that what moves leaves free: a terminal writes there what is typed, and what is taken away is one line."""

_LONGEST_SENTENCE = 10_000
"""Characters: a name of a file with all its folders has 4,096 at most."""

FOR_PEOPLE = frozenset({"concise", "full", "table", "text"})
"""The forms of a report that people read; all others are for programs, which expect UTF-8."""

_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
_OURS = re.compile(rf"({_COLOUR_CODE.pattern}|\r?\n|\t)")
"""What may stand in a finished text besides what is printed: colours, ends of lines, and tabs."""


def _harmless(text: str, *, colour: bool) -> str:
    """Make a finished text harmless; its lines stay, and its colours where there are any."""
    if not colour:
        text = _COLOUR_CODE.sub(lambda code: visible(code[0]), text)
    return "".join(part if _OURS.fullmatch(part) else visible(part) for part in _OURS.split(text))


class Colour(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Screen(NamedTuple):
    """What can be shown: ``width`` in columns, whether in colour, and whether in more than ASCII."""

    width: int
    colour: bool
    unicode: bool

    def render(self, *parts: "RenderableType") -> str:
        """Draw the parts, one below the other."""
        from blinplan.drawing.draw import draw

        if self.unicode:
            return draw(parts, self.width, colour=self.colour)
        # Stand-ins are longer than the signs they stand for, so the layout gets less room until all lines fit.
        for room in range(self.width, NARROWEST // 2, -1):
            text = in_ascii(draw(parts, room, colour=self.colour))
            if max(map(len, _COLOUR_CODE.sub("", text).splitlines()), default=0) <= self.width:
                break
        return text

    def as_shown(self, text: str) -> str:
        """Make a text from outside harmless, and as it will stand on the screen, so that its width can be counted."""
        return visible(text) if self.unicode else in_ascii(visible(text))

    def table(self, *, title: str | None = None) -> "Table":
        """Make an empty table in the style all tables share."""
        from blinplan.drawing.table import ReportTable

        return ReportTable(title=title, roomy=self.wide, unicode=self.unicode)

    @property
    def wide(self) -> bool:
        """Whether there is room to spare."""
        return self.width >= 80


PLAIN = Screen(PIPED_WIDTH, colour=False, unicode=True)
"""How a text is drawn where nobody's terminal is known: in files, and from Python."""


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


class Terminal(NamedTuple):
    """Where the program's output goes, and what can be shown there: made once, and handed to whoever shows something.

    The report goes to standard output, everything else to standard error.

    Attributes
    ----------
    out, errors
        What standard output and standard error can show.
    is_seen, is_watched
        Whether standard output, and whether standard error, is a terminal with a person before it.
    is_answered
        Whether standard input is one, so that somebody can be asked who sees the questions.
    is_quiet, is_silent
        Whether nothing is to be told of how a run went; and whether not even what it found is to be shown.
    """

    out: Screen
    errors: Screen
    is_seen: bool
    is_watched: bool
    is_answered: bool
    is_quiet: bool = False
    is_silent: bool = False

    def hush(self, times: int) -> "Terminal":
        """The terminal as somebody wants it who asked for quiet so many times."""
        return self._replace(is_quiet=times > 0, is_silent=times > 1)

    def report(self, *parts: "RenderableType") -> None:
        """Write a report as a person reads it to standard output."""
        self.write(self.out.render(*parts))

    def write(self, text: str, form: str = "text") -> None:
        """Write a finished text to standard output; a reader who has gone is silent, with the status shells expect.

        What a program reads is left as it is, in UTF-8 whatever Python takes the encoding of a pipe for, and harmless
        on a terminal that somebody looks at.
        """
        if self.is_seen:
            text = _harmless(text, colour=self.out.colour)
        data = _bytes_of(text, is_for_people=self.is_seen or form in FOR_PEOPLE)
        try:
            sys.stdout.flush()
            # An unbuffered stream may take only a part, and says so in nothing but the number of bytes.
            rest = memoryview(data)
            while rest:
                rest = rest[sys.stdout.buffer.write(rest) :]
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Python flushes again when it ends; that must not fail a second time.
            _send_nowhere(sys.stdout)
            raise SystemExit(ExitStatus.BROKEN_PIPE) from None
        except OSError as error:
            _send_nowhere(sys.stdout)
            reason = (error.strerror or "failed").lower()
            raise Refusal(f"standard output: {reason}", "the report is not complete; write it elsewhere") from error

    def write_json(self, document: dict[str, Any]) -> None:
        """Write a JSON document to standard output, in ASCII, so that it reads the same everywhere."""
        self.write(json_text(document))

    def say(self, text: str, style: str = "") -> None:
        """Write a line about the run to standard error."""
        from rich.text import Text

        self.remark(Text(text, style=style))

    def tell(self, text: str, style: str = "") -> None:
        """Write a line about how the run went to standard error, where somebody wants to know."""
        if not self.is_quiet:
            self.say(text, style)

    def remark(self, *parts: "RenderableType") -> None:
        """Write something about the run, drawn, to standard error."""
        self.write_remark(self.errors.render(*parts))

    def write_remark(self, text: str) -> None:
        """Write a finished text about the run to standard error; one that is full is as one that is closed."""
        try:
            sys.stderr.write(_harmless(text, colour=self.errors.colour))
            sys.stderr.flush()
        except BrokenPipeError:
            raise SystemExit(ExitStatus.BROKEN_PIPE) from None
        except OSError:
            _send_nowhere(sys.stderr)

    def ask(self, prompt: str) -> str:
        """Read a line that a person types; the prompt never goes where a file may go.

        Raises
        ------
        EOFError
            When the answers have ended.
        """
        try:
            return self._line(prompt)
        except (EOFError, KeyboardInterrupt):
            self.write_remark("\n")
            raise

    def _line(self, prompt: str) -> str:
        if self.is_seen and self.out.unicode:
            with suppress(ImportError):
                import readline  # noqa: F401 - makes the line editable
            return input(_harmless(prompt, colour=False))
        self.write_remark(prompt.encode("ascii", "backslashreplace").decode())
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line

    def moving(self) -> "Console":
        """What moves on standard error while something runs, such as a bar, is drawn by this."""
        from blinplan.drawing.console import HarmlessConsole

        width = max(self.errors.width - _CTRL_C_TWICE, 1)
        return HarmlessConsole(file=sys.stderr, no_color=not self.errors.colour, width=width, force_terminal=True)

    def complain(self, refusal: Refusal) -> None:
        """Write what the user can put right to standard error.

        All of it at once: who reads its first lines and goes does not change how the program ends.
        """
        self.remark(*_complaints(refusal))


def _send_nowhere(stream: TextIO) -> None:
    """Let a stream that failed go nowhere, so that it does not fail a second time."""
    with suppress(OSError):  # no number of its own, or no more files to be opened
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _bytes_of(text: str, *, is_for_people: bool) -> bytes:
    """A text for standard output, for people in no more than its encoding has."""
    encoding = (sys.stdout.encoding or "ascii").lower()
    if encoding.startswith("utf"):
        return text.encode(encoding, "backslashreplace")
    return in_ascii(text).encode(encoding) if is_for_people else text.encode("utf-8", "backslashreplace")


def _complaints(refusal: Refusal) -> "Iterator[Text]":
    for other in refusal.others:
        yield from _complaints(other)
    from rich.text import Text

    from blinplan.words.characters import words_for_strange_words

    message = _not_too_long(refusal.message)
    yield Text(f"error: {visible(message)}", style="error")
    if (strange := words_for_strange_words(message)) and strange not in message:
        yield Text(f"  note: {strange}")
    yield Text(f"  help: {visible(_not_too_long(refusal.advice))}")


def _not_too_long(text: str) -> str:
    """The beginning of what is longer than any sentence of ours: what it quotes is not what somebody wrote by hand."""
    return text if len(text) <= _LONGEST_SENTENCE else f"{text[:_LONGEST_SENTENCE]}..."


def terminal(colour: Colour = Colour.AUTO) -> Terminal:
    """The terminal of this process."""
    out, errors = (screen(stream, colour) for stream in (sys.stdout, sys.stderr))
    is_seen, is_watched = sys.stdout.isatty(), sys.stderr.isatty()
    return Terminal(out, errors, is_seen, is_watched, is_watched and sys.stdin.isatty())


def open_streams() -> bool:
    """See to it that closed streams fail as files do, and that a help text asks no more of an encoding than it has.

    A stream that is left for another time when it cannot be read or written at once, as some programs hand it over, is
    waited for.

    False when there is no standard output.
    """
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - reading it fails, as it should
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the program ends
    if sys.stdout is None:
        sys.stdout = sys.stderr
        return False
    for descriptor in range(3):
        with suppress(OSError):  # closed, or none that could wait
            os.set_blocking(descriptor, True)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return True


def colour_option(arguments: Sequence[str]) -> Colour:
    """When a command line asks for colour; what it says wrong of that is told when its options are read."""
    asked = Colour.AUTO
    for argument, following in pairwise([*arguments, ""]):
        if argument == "--":
            break
        name, _, value = argument.partition("=")
        text = value or following
        if name == "--color" and text in set(Colour):
            asked = Colour(text)
    return asked
