"""Where output goes: reports to standard output, everything else to standard error."""

import json
import os
import sys
from typing import Any, NoReturn

from rich.console import RenderableType

from blinplan.cli.app.status import ExitStatus
from blinplan.outside_text import in_ascii, visible
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Screen, screen


def report(*parts: RenderableType, colour: Colour) -> None:
    """Write a report as a person reads it to standard output."""
    write(output_screen(colour).render(*parts))


def output_screen(colour: Colour) -> Screen:
    """What standard output can show."""
    return screen(sys.stdout, colour)


def write(text: str) -> None:
    """Write a finished text to standard output; a reader who has gone is silent, with the status shells expect."""
    encoding = (sys.stdout.encoding or "ascii").lower()
    data = (text if encoding.startswith("utf") else in_ascii(text)).encode(encoding, "backslashreplace")
    try:
        sys.stdout.flush()
        # An unbuffered stream may take only a part, and says so in nothing but the number of bytes.
        rest = memoryview(data)
        while rest:
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Python flushes again when it ends; that must not fail a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(ExitStatus.BROKEN_PIPE) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        reason = (error.strerror or "failed").lower()
        raise Refusal(f"standard output: {reason}", "the report is not complete; write it elsewhere") from error


def write_json(document: dict[str, Any]) -> None:
    """Write a JSON document to standard output, in ASCII, so that it reads the same everywhere."""
    write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def say(text: str, colour: Colour, style: str = "") -> None:
    """Write a line about the run to standard error."""
    from rich.text import Text

    remark(Text(text, style=style), colour=colour)


def remark(*parts: RenderableType, colour: Colour) -> None:
    """Write something about the run, drawn, to standard error."""
    try:
        sys.stderr.write(screen(sys.stderr, colour).render(*parts))
        sys.stderr.flush()
    except BrokenPipeError:
        raise SystemExit(ExitStatus.BROKEN_PIPE) from None


def complain(error: Refusal) -> None:
    """Write what the user can put right to standard error."""
    colour = Colour.AUTO
    say(f"error: {visible(error.message)}", colour, "error")
    say(f"  help: {visible(error.advice)}", colour)


def stop(status: ExitStatus) -> NoReturn:
    """End the program with a status."""
    raise SystemExit(int(status))
