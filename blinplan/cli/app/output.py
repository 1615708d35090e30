"""Where output goes: reports to standard output, everything else to standard error."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copymode
from typing import Any, NoReturn

from rich.console import RenderableType

from blinplan.cli.app.status import ExitStatus, UsageError
from blinplan.reports.shared.screen import Colour, Screen, in_ascii, screen, visible


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
        raise UsageError(f"standard output: {reason}", "the report is not complete; write it elsewhere") from error


def replace_file(target: Path, content: str | bytes) -> None:
    """Write a file; a text keeps the line ends that it has, and a failure leaves what was there untouched."""
    with replacing(target) as beside:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path to write to beside a file's place, and move it there; a failure leaves what was there untouched."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield beside
        if target.exists():
            copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        raise UsageError(f"{target}: {(error.strerror or 'cannot be written').lower()}", "check the path") from error
    finally:
        beside.unlink(missing_ok=True)


def refuse_unwritable(path: Path) -> None:
    """Refuse a place where no file can be written, before any work is done for it."""
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written", "name a file in a folder that exists")


def refuse_overwriting(path: Path, given: str) -> None:
    """Refuse to write where a file is that was given to be read."""
    if path.exists() and Path(given).exists() and path.samefile(given):
        raise UsageError(f"{path} is what is read", "write to another file")


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


def complain(error: UsageError) -> None:
    """Write what the user can put right to standard error."""
    colour = Colour.AUTO
    say(f"error: {visible(error.message)}", colour, "error")
    say(f"  help: {visible(error.advice)}", colour)


def stop(status: ExitStatus) -> NoReturn:
    """End the program with a status."""
    raise SystemExit(int(status))
