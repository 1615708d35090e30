"""The one reader: every file that somebody gives is read through here.

What stands at a path is looked at before it is opened, so that a device or a pipe without an end holds nobody up, and
no more is read than what it may hold.
"""

import os
from pathlib import Path
from stat import S_ISBLK, S_ISCHR, S_ISDIR, S_ISFIFO, S_ISSOCK

from blinplan.files.of_a_run import descriptor_of, note_read

LIMIT_BYTES = 64 * 1024 * 1024
"""The most that a file may hold of which a reader says nothing else: a plan has some kilobytes, a table of a million
people some tens of megabytes."""

_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",  # before UTF-16, with whose mark it begins
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "UTF-32",
    (True, True, True, False): "UTF-32",
    (False, True, False, True): "UTF-16",
    (True, False, True, False): "UTF-16",
}
"""Which of the first four bytes of a text without a mark are zero, where it begins in ASCII, as ours do."""


class InputError(OSError):
    """A file that is not read, and why: what follows its name in a sentence."""

    def __init__(self, reason: str, path: Path | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


def reason_of(error: OSError) -> str:
    """Why a file cannot be read, to follow its name and a colon."""
    if isinstance(error, FileNotFoundError) and (target := link_to_nothing(error.filename)) is not None:
        return f"a link to {target}, which is not there"
    return error.reason if isinstance(error, InputError) else (error.strerror or "cannot be read").lower()


def link_to_nothing(named: object) -> str | None:
    """Where a link leads that leads to no file; None of what is no such link."""
    if not isinstance(named, str | Path):
        return None
    try:
        link = Path(named)
        return str(link.readlink()) if link.is_symlink() and not link.exists() else None
    except (OSError, ValueError):  # what no file can be called
        return None


def first_bytes(path: Path, limit: int) -> bytes:
    """Read a file that somebody gives: one byte more than the limit, where there are more.

    Raises
    ------
    OSError
        When it cannot be read, or is none.
    Refusal
        When the same run writes to it.
    """
    note_input(path)
    with path.open("rb") as file:
        return file.read(limit + 1)


def input_bytes(path: Path, limit: int = LIMIT_BYTES) -> bytes:
    """Read the whole of a file that somebody gives.

    Raises
    ------
    OSError
        When it cannot be read, is none or is too large.
    Refusal
        When the same run writes to it.
    """
    data = first_bytes(path, limit)
    if len(data) > limit:
        raise InputError(f"larger than {size_in_words(limit)}", path)
    return data


def input_text(path: Path, limit: int = LIMIT_BYTES) -> str:
    """Read a text that somebody gives; a byte order mark before UTF-8 is none of it.

    Raises
    ------
    OSError
        When it cannot be read, is none, is too large or is not UTF-8; the reason names what it is.
    Refusal
        When the same run writes to it.
    """
    data = input_bytes(path, limit)
    try:
        return text_of(data)
    except InputError as error:
        raise InputError(error.reason, path) from error


def text_of(data: bytes) -> str:
    """Decode the bytes of a file that somebody gives; a byte order mark before UTF-8 is none of it.

    Raises
    ------
    InputError
        When they are not UTF-8; the reason names what they are.
    """
    if encoding := other_encoding(data):
        raise InputError(f"{encoding} text, and UTF-8 is read: save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The mark is not counted among the bytes that the error counts.
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        raise InputError(f"not UTF-8 text: byte {at + 1:,} (0x{data[at]:02x}) is not part of a character") from error


def other_encoding(data: bytes) -> str | None:
    """The encoding of a text that is not UTF-8, where a mark at its beginning tells it, or where its zeros stand."""
    told = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    return told or _ZEROS.get(tuple(byte == 0 for byte in data[:4]))


def note_input(path: Path) -> None:
    """Look at what stands at a path that is about to be read, and remember it for the run.

    Raises
    ------
    OSError
        When it is no file, or is not there.
    Refusal
        When the same run writes to it.
    """
    _refuse_no_file(path)
    note_read(path)


def _refuse_no_file(path: Path) -> None:
    """Refuse what would never end or answer: a device, a socket, a pipe that nobody has handed over.

    Raises
    ------
    OSError
        When it is one, or is not there.
    """
    try:
        mode = path.stat().st_mode
    except ValueError as error:  # a zero in it, or half of a character: no system is asked for such a name
        raise InputError("a name that no file can have", path) from error
    if S_ISDIR(mode):
        os.scandir(path).close()  # one that cannot be looked into says so
        raise InputError("a folder, and one file is read", path)
    if descriptor_of(path) is not None:
        return
    if S_ISFIFO(mode):
        raise InputError("a pipe with a name, and a file is read: put it into standard input, or into a file", path)
    if S_ISSOCK(mode):
        raise InputError("a socket, and a file is read", path)
    if (S_ISCHR(mode) or S_ISBLK(mode)) and str(path) != os.devnull:
        raise InputError("a device, and a file is read", path)


def size_in_words(limit: int) -> str:
    """A size in bytes, as people write it: 64 KiB, 1 MiB."""
    return f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit // 1024} KiB"
