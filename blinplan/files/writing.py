"""The one writer: every file that the program writes for somebody goes through here.

A file is written beside its place and moved there when it is whole, so that a failure leaves what was there untouched.
What is no regular file, such as a pipe or a device, is written through and stays what it is. A link is followed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EBUSY, EDQUOT, EFBIG, EIO, ENOSPC, EXDEV
from itertools import count
from pathlib import Path
from shutil import copyfileobj
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import BinaryIO

from blinplan.files.of_a_run import claim, descriptor_of, refuse_read
from blinplan.outside_text import visible
from blinplan.refusal import Refusal
from blinplan.termination import signals_held

_numbers = count()


def replace_file(target: Path, content: str | bytes, *, onto_input: bool = False) -> None:
    """Write a file; a text keeps the line ends that it has, and a failure leaves what was there untouched.

    Parameters
    ----------
    target
        Where it goes.
    content
        All of it.
    onto_input
        Whether replacing a file that the run has read is what was asked for.

    Raises
    ------
    Refusal
        When it cannot be written, or the run has read it.
    """
    with replacing(target, onto_input=onto_input) as beside:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def replacing(target: Path, *, onto_input: bool = False) -> Iterator[Path]:
    """Give a path to write to beside a file's place, and move it there; a failure leaves what was there untouched.

    Raises
    ------
    Refusal
        When it cannot be written, or the run has read it and that is not what was asked for.
    """
    if not onto_input:
        refuse_read(target)
    try:
        is_stream = _is_stream(target)
        place = target if is_stream else _place(target)
    except (OSError, RuntimeError) as error:
        raise _cannot(target, error) from error
    beside: Path | None = None
    try:
        with signals_held():  # whoever ends the run takes it away, and so must know of it
            beside = _beside(_temporary_folder() if is_stream else place.parent)
        yield beside
        _hand_over(beside, place, is_stream=is_stream)
    except OSError as error:
        raise _cannot(target, error) from error
    finally:
        if beside is not None:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def replace_with_parts(target: Path, parts: Iterator[str]) -> None:
    """Write a file from the parts of a text as they come, as `replace_file` writes a whole one."""
    with replacing(target) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        file.writelines(parts)


def append(target: Path, text: str) -> None:
    """Add a text at the end of a file that somebody else keeps, such as the summary of a CI job.

    Raises
    ------
    Refusal
        When it cannot be written.
    """
    refuse_read(target)
    try:
        with target.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _cannot(target, error) from error


@contextmanager
def kept_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that a run keeps for itself, to read what is there and to add to it: it is nobody else's meanwhile.

    Raises
    ------
    Refusal
        When it is no file, is read or written otherwise, or another run adds to it.
    OSError
        When it cannot be written.
    """
    claim(path)
    if path.exists() and not path.is_file():
        raise Refusal(f"{visible(str(path))} is there, and is no file", "move it, or write to another file")
    with path.open("ab+") as file:
        _hold(file, path)
        file.seek(0)
        yield file


def _hold(file: BinaryIO, path: Path) -> None:
    """Keep other runs from a file until it is closed.

    Raises
    ------
    Refusal
        When one has it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has none, and lets nobody read what is locked its way
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Refusal(f"another run adds to {visible(str(path))}", "wait for it, or write to another file") from error
    except OSError:  # a file system without locks
        return


def refuse_unwritable(path: Path, *, onto_input: bool = False) -> None:
    """Refuse a place where no file can be written, before any work is done for it; nor one that was read.

    Parameters
    ----------
    path
        Where a file will go.
    onto_input
        Whether replacing a file that the run reads is what was asked for.

    Raises
    ------
    Refusal
        When it is a folder, or is in none or one that is closed, or has no name, or the run has read it.
    """
    if str(path) == "-":
        raise Refusal("- is no name of a file", "leave the option out for standard output, or name a file")
    try:
        is_stream = _is_stream(path)
        place = path if is_stream else _place(path)
        is_there = bool(path.name) and not place.is_dir() and place.parent.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise _cannot(path, error) from error
    if not is_there:
        raise Refusal(f"{path} cannot be written", "name a file in a folder that exists")
    if not is_stream and not os.access(place.parent, os.W_OK):
        raise Refusal(f"{path}: the folder cannot be written to", "write to another folder")
    if not onto_input:
        refuse_read(path)


def refuse_overwriting(path: Path, given: str | Path) -> None:
    """Refuse to write where a file is that was given to be read.

    Raises
    ------
    Refusal
        When they are one file, by whatever names.
    """
    if path.exists() and Path(given).exists() and path.samefile(given):
        raise Refusal(f"{path} is what is read", "write to another file")


def _place(target: Path) -> Path:
    """Where a file is, behind the links that lead there; what they lead to need not be there."""
    if not target.is_symlink():
        return target
    with suppress(FileNotFoundError):
        target.stat()  # tells links that lead in a circle
    return Path(os.path.realpath(target))


def _is_stream(target: Path) -> bool:
    """Whether what is there takes bytes and is not replaced: a device, a pipe, or what this process has open."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return False
    return descriptor_of(target) is not None or not (S_ISREG(mode) or S_ISDIR(mode))


def _open_stream(target: Path) -> BinaryIO:
    """What takes bytes, to write to it; what this process has open goes on where it is, and keeps what it has."""
    descriptor = descriptor_of(target)
    return target.open("wb") if descriptor is None else os.fdopen(os.dup(descriptor), "wb")


def _temporary_folder() -> Path:
    from tempfile import gettempdir

    return Path(gettempdir())


def _beside(folder: Path) -> Path:
    """A new and empty file in a folder. Its name is short, since the other may be as long as a name can be."""
    while True:
        beside = folder / f".blinplan-{os.getpid()}-{next(_numbers)}"
        with suppress(FileExistsError):
            beside.touch(0o666, exist_ok=False)
            return beside


def _hand_over(beside: Path, place: Path, *, is_stream: bool) -> None:
    if not is_stream:
        _move(beside, place)
        return
    with beside.open("rb") as whole, _open_stream(place) as stream:
        copyfileobj(whole, stream)


def _move(beside: Path, place: Path) -> None:
    """Put a whole file in its place, with the owner and the mode of the one that is there."""
    try:
        old = place.stat()
    except FileNotFoundError:
        beside.replace(place)
        return
    try:
        _be_as(old, beside)
    except OSError:  # somebody else's file that we may write, or a file system that has no such modes
        _write_into(place, beside)
        return
    try:
        beside.replace(place)
    except OSError as error:
        if error.errno not in _OF_A_MOUNT:
            raise
        _write_into(place, beside)


_OF_A_MOUNT = {EBUSY, EXDEV}
"""What a file says that is mounted by itself, as containers have it: no other can be put in its place."""


def _be_as(old: os.stat_result, beside: Path) -> None:
    new = beside.stat()
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        os.chown(beside, old.st_uid, old.st_gid)
        new = beside.stat()  # by giving it away, some modes are lost
    if S_IMODE(new.st_mode) != S_IMODE(old.st_mode):
        beside.chmod(S_IMODE(old.st_mode))


def _write_into(place: Path, beside: Path) -> None:
    """Write into a file, which stays what it is, once there is room for all; whoever ends the run waits."""
    with beside.open("rb") as whole, place.open("r+b") as file, signals_held():
        _make_room(file.fileno(), os.fstat(whole.fileno()).st_size)
        copyfileobj(whole, file)
        file.truncate()


def _make_room(descriptor: int, size: int) -> None:
    """See to it that so much can be written, where the system can tell; what is there stays.

    Raises
    ------
    OSError
        When there is no room.
    """
    if not hasattr(os, "posix_fallocate") or not size:
        return
    before = os.fstat(descriptor).st_size
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError as error:
        os.ftruncate(descriptor, before)
        if error.errno in {ENOSPC, EDQUOT, EFBIG, EIO}:
            raise


def _cannot(target: Path, error: Exception) -> Refusal:
    reason = (getattr(error, "strerror", None) or "cannot be written").lower()
    return Refusal(f"{target}: {reason}", "check the path")
