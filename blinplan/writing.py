"""The one writer: every file that the program writes for somebody goes through here.

A file is written beside its place and moved there when it is whole, so that a failure leaves what was there untouched.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copymode

from blinplan.refusal import Refusal


def replace_file(target: Path, content: str | bytes) -> None:
    """Write a file; a text keeps the line ends that it has, and a failure leaves what was there untouched.

    Raises
    ------
    Refusal
        When it cannot be written.
    """
    with replacing(target) as beside:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path to write to beside a file's place, and move it there; a failure leaves what was there untouched.

    Raises
    ------
    Refusal
        When it cannot be written.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield beside
        if target.exists():
            copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        raise Refusal(f"{target}: {(error.strerror or 'cannot be written').lower()}", "check the path") from error
    finally:
        beside.unlink(missing_ok=True)


def replace_with_parts(target: Path, parts: Iterator[str]) -> None:
    """Write a file from the parts of a text as they come, as `replace_file` writes a whole one."""
    with replacing(target) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        file.writelines(parts)


def append(target: Path, text: str) -> None:
    """Add a text at the end of a file that somebody else keeps, such as the summary of a CI job."""
    with target.open("a", encoding="utf-8") as file:
        file.write(text)


def refuse_unwritable(path: Path) -> None:
    """Refuse a place where no file can be written, before any work is done for it.

    Raises
    ------
    Refusal
        When it is a folder, or is in none, or has no name.
    """
    if not path.name or path.is_dir() or not path.parent.is_dir():
        raise Refusal(f"{path} cannot be written", "name a file in a folder that exists")


def refuse_overwriting(path: Path, given: str) -> None:
    """Refuse to write where a file is that was given to be read.

    Raises
    ------
    Refusal
        When they are one file, by whatever names.
    """
    if path.exists() and Path(given).exists() and path.samefile(given):
        raise Refusal(f"{path} is what is read", "write to another file")
