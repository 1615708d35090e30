"""What a run of the command line reads and writes: never one file, but where replacing it is the command's purpose.

The one reader and the one writer both ask here, so that an option that comes later cannot forget it. From Python,
where no run is on, who writes onto a file that was read means it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from blinplan.refusal import Refusal

_Identity = tuple[int, int] | tuple[int, int, str] | str
"""Device and number of a file; of one that is not there yet those of its folder, and its name."""
_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


class _Claim(NamedTuple):
    """A file that will be written: what it is called, whether it may be read too, and whether it is open already.

    What is open takes any number of outputs, one after the other.
    """

    name: str
    may_be_read: bool = False
    is_open: bool = False


class _Run(NamedTuple):
    """The files of a run, by what they are and not by how they are spelled."""

    read: set[_Identity]
    claimed: dict[_Identity, _Claim]


_on: list[_Run] = []


@contextmanager
def files_of_a_run() -> Iterator[None]:
    """Remember what is read and written until the end; where standard output goes is written from the beginning."""
    run = _Run(set(), {})
    for descriptor, name in ((1, "what standard output goes to"), (2, "what standard error goes to")):
        if (identity := _identity_of_open(descriptor)) is not None:
            run.claimed.setdefault(identity, _Claim(name, is_open=True))
    _on.append(run)
    try:
        yield
    finally:
        _on.pop()


def is_a_run_on() -> bool:
    """Whether the command line runs, and not a program in Python that has files and settings of its own."""
    return bool(_on)


def note_read(path: Path) -> None:
    """Remember that a file is read.

    Raises
    ------
    Refusal
        When it is to be written, too.
    """
    if _on:
        _note(_identity(path))


def refuse_claimed(path: Path) -> None:
    """Refuse to read what this run will write, but where replacing it is what was asked for.

    Raises
    ------
    Refusal
        When it will.
    """
    if _on and _on[-1].claimed:
        _refuse_claimed(_identity(path))


def note_standard_input() -> None:
    """Remember the file that standard input comes from, where it is one.

    Raises
    ------
    Refusal
        When it is to be written, too.
    """
    if _on:
        _note(_identity_of_open(0))


def _note(identity: _Identity | None) -> None:
    if identity is not None:
        _refuse_claimed(identity)
        _on[-1].read.add(identity)


def _refuse_claimed(identity: _Identity | None) -> None:
    claim = None if identity is None else _on[-1].claimed.get(identity)
    if claim is not None and not claim.may_be_read:
        raise _both(claim.name)


def claim(path: Path, *, onto_input: bool = False, adds: bool = False) -> None:
    """Say that a file will be written, before any work is done for it.

    Parameters
    ----------
    path
        Where it will go.
    onto_input
        Whether replacing a file that is read is what was asked for.
    adds
        Whether it goes to the end of what is there.

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
    given = _Claim(str(path), onto_input, adds or descriptor_of(path) is not None)
    before = _on[-1].claimed.setdefault(identity, given)
    if before is not given and not (before.is_open and given.is_open):
        raise Refusal(f"two outputs would be written to {path}", "give each a file of its own")


def refuse_read(path: Path) -> None:
    """Refuse to write where a file is that this run has read, by whatever name.

    Raises
    ------
    Refusal
        When it was.
    """
    if _on and _identity(path) in _on[-1].read:
        raise _both(str(path))


def descriptor_of(path: Path) -> int | None:
    """What this process has open and a path names, as the shell's <(command) and >(command) do; None for any other."""
    named = str(path)
    if not named.startswith(("/dev/", "/proc/")):
        return None
    if named in _STREAMS:
        return _STREAMS[named]
    folder, own = os.path.realpath(path.parent), f"/proc/{os.getpid()}"
    is_own = folder in {f"{own}/fd", "/dev/fd"} or (folder.startswith(f"{own}/task/") and folder.endswith("/fd"))
    return int(path.name) if is_own and path.name.isascii() and path.name.isdigit() else None


def _both(name: str) -> Refusal:
    return Refusal(f"{name} is what is read", "write to another file")


def _identity(path: Path) -> _Identity | None:
    """What tells a file from all others; None for what takes any number of outputs, such as a device."""
    if (descriptor := descriptor_of(path)) is not None:
        return _identity_of_open(descriptor)
    try:
        return _identity_in(path.stat())
    except OSError:
        return _identity_of_place(os.path.realpath(path))
    except ValueError:  # no path at all
        return None


def _identity_of_open(descriptor: int) -> _Identity | None:
    with suppress(OSError, OverflowError):  # not open, or no number of what could be
        return _identity_in(os.fstat(descriptor))
    return None


def _identity_in(found: os.stat_result) -> _Identity | None:
    return (found.st_dev, found.st_ino) if S_ISREG(found.st_mode) else None


def _identity_of_place(place: str) -> _Identity:
    """What tells a place for a file from all others, by whatever names its folder has."""
    folder, name = os.path.split(os.path.normcase(place))
    try:
        found = Path(folder).stat()
    except OSError:
        return place
    return (found.st_dev, found.st_ino, name)
