"""What a run of the command line reads and writes: never one file, but where replacing it is the command's purpose.

The one reader and the one writer both ask here, so that an option that comes later cannot forget it. From Python,
where no run is on, who writes onto a file that was read means it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from blinplan.refusal import Refusal

_Identity = tuple[int, int] | str


@dataclass(slots=True)
class _Run:
    """The files of a run, by what they are and not by how they are spelled."""

    read: set[_Identity] = field(default_factory=set)
    claimed: dict[_Identity | None, Path | None] = field(default_factory=dict)
    """What will be written, each with its name; None for one that may be a file that is read."""


_on: list[_Run] = []


@contextmanager
def files_of_a_run() -> Iterator[None]:
    """Remember what is read and written until the end."""
    _on.append(_Run())
    try:
        yield
    finally:
        _on.pop()


def note_read(path: Path) -> None:
    """Remember that a file is read.

    Raises
    ------
    Refusal
        When it is to be written, too.
    """
    if _on and (identity := _identity(path)) is not None:
        refuse_claimed(path)
        _on[-1].read.add(identity)


def refuse_claimed(path: Path) -> None:
    """Refuse to read what this run will write, but where replacing it is what was asked for.

    Raises
    ------
    Refusal
        When it will.
    """
    if _on and _on[-1].claimed and (output := _on[-1].claimed.get(_identity(path))) is not None:
        raise _both(output)


def note_standard_input() -> None:
    """Remember the file that standard input comes from, where it is one."""
    if _on:
        try:
            found = os.fstat(0)
        except OSError:
            return
        _on[-1].read.add((found.st_dev, found.st_ino))


def claim(path: Path, *, onto_input: bool) -> None:
    """Say that a file will be written, before any work is done for it.

    Parameters
    ----------
    path
        Where it will go.
    onto_input
        Whether replacing a file that is read is what was asked for.

    Raises
    ------
    Refusal
        When it is read, too, or another output of the run has claimed it.
    """
    if not _on:
        return
    if not onto_input:
        refuse_read(path)
    identity = _identity(path)
    if identity is None:
        return
    if identity in _on[-1].claimed:
        raise Refusal(f"two outputs would be written to {path}", "give each a file of its own")
    _on[-1].claimed[identity] = None if onto_input else path


def refuse_read(path: Path) -> None:
    """Refuse to write where a file is that this run has read, by whatever name.

    Raises
    ------
    Refusal
        When it was.
    """
    if _on and _identity(path) in _on[-1].read:
        raise _both(path)


def is_open_here(path: Path) -> bool:
    """Whether a path names what this process has open, as the shell's <(command) and >(command) do."""
    named = str(path)
    if not named.startswith(("/dev/", "/proc/")):
        return False
    own = os.path.realpath(path.parent) in {f"/proc/{os.getpid()}/fd", "/dev/fd"}
    return own or named in {"/dev/stdin", "/dev/stdout", "/dev/stderr"}


def _both(path: Path) -> Refusal:
    return Refusal(f"{path} is what is read", "write to another file")


def _identity(path: Path) -> _Identity | None:
    """What tells a file from all others; None for what takes any number of outputs, such as a device."""
    if is_open_here(path):
        return None
    try:
        found = path.stat()
    except OSError:  # not there yet
        return os.path.realpath(path)
    except ValueError:  # no path at all
        return None
    return (found.st_dev, found.st_ino) if S_ISREG(found.st_mode) else None
