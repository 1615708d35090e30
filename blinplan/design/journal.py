"""What of a long run is done, beside the file it is for: a line each, so that a run that was ended goes on.

The first line says what the run follows from. A line counts when it is whole: a checksum stands before it, so that one
in which the process was killed is taken for none, and is written again. What else a changed input would mix into one
file is refused.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from errno import EINVAL, ENOSYS, ENOTSUP
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO, NamedTuple, TypeVar

from blinplan.files.json_document import NoJsonError, json_of
from blinplan.files.writing import kept_file

T = TypeVar("T")

_CHECK = 16
"""Digits of the checksum of a line."""
_LONGEST_NAME = 255
"""Bytes that the name of a file may have."""
_TORN_HEAD = re.compile(rb"[0-9a-f]{0,16}( [^\n]*)?")
"""What is there where the process was killed before the first line was whole."""
_BETWEEN_SYNCS = 1.0
"""Seconds of work that a machine which fails may cost; a process that is killed costs none that is kept."""


class InputDifference(NamedTuple):
    """Something that a run was begun with, and what it is now."""

    what: str
    begun: Any
    now: Any


class OtherRunError(ValueError):
    """A journal of another run; ``differences`` says in what. None where it is no journal at all."""

    def __init__(self, path: Path, differences: tuple[InputDifference, ...] | None) -> None:
        super().__init__(str(path))
        self.path = path
        self.differences = differences


def beside(output: Path, ending: str) -> Path:
    """Where the journal of what is written to a file or folder is kept: beside it, by its name where there is room."""
    named = output if output.name else Path(os.path.abspath(output))  # noqa: PTH100 - links stay as they are
    name = f"{named.name}.{ending}"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = f"{hashlib.sha256(os.fsencode(named.name)).hexdigest()[:_CHECK]}.{ending}"
    return named.parent / name


class Journal:
    """The lines that are there, and where the next are added; without a file it has none, and keeps nothing."""

    def __init__(self, file: BinaryIO | None = None, lines: Sequence[Any] = ()) -> None:
        self._file = file
        self._synced = 0.0
        self.lines = lines

    def add(self, data: Any) -> None:
        """Keep something; it is there when this returns, also where the process is killed then."""
        if self._file is None:
            return
        _append(self._file, data)
        if monotonic() - self._synced >= _BETWEEN_SYNCS:
            _sync(self._file)
            self._synced = monotonic()


NOWHERE = Journal()
"""Of a run that keeps nothing beside a file."""


@contextmanager
def open_journal(path: Path, inputs: Mapping[str, Any], kept: Callable[[Journal], T]) -> Iterator[T]:
    """Open what is done of a run with some inputs, or begin with nothing; ``kept`` says what its lines are.

    Raises
    ------
    OtherRunError
        When the file is of another run.
    Refusal
        When it is no file, or another run adds to it now.
    """
    with kept_file(path) as file:
        if (content := _content(file)) is None:
            raise OtherRunError(path, None)
        lines, whole = _whole_lines(content)
        plain = json.loads(json.dumps(inputs))
        if lines:
            _refuse_others(path, lines[0], plain)
        elif not _TORN_HEAD.fullmatch(content):
            raise OtherRunError(path, None)
        file.truncate(whole)
        if not lines:
            _append(file, {"inputs": plain})
        yield _read(path, partial(kept, Journal(file, lines[1:])))


def _read(path: Path, kept: Callable[[], T]) -> T:
    try:
        return kept()
    except (LookupError, TypeError, ValueError) as error:  # lines that are whole, and that no run of ours has written
        raise OtherRunError(path, None) from error


def lines_kept(path: Path) -> list[Any]:
    """What is kept, whoever keeps it; nothing where it is no journal, or cannot be read."""
    if not path.is_file():
        return []
    with suppress(OSError), path.open("rb") as file:
        return _whole_lines(_content(file) or b"")[0][1:]
    return []


def _content(file: BinaryIO) -> bytes | None:
    """All of a file, where it begins as a journal does; of any other no more is read."""
    head = file.read(_CHECK + 1)
    return head + file.read() if _TORN_HEAD.fullmatch(head) else None


def _append(file: BinaryIO, data: Any) -> None:
    text = json.dumps(data, separators=(",", ":")).encode()
    file.write(_checksum(text) + b" " + text + b"\n")
    file.flush()


def _sync(file: BinaryIO) -> None:
    """Let a file outlast a machine that fails, where its file system can do that."""
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


_CANNOT = {EINVAL, ENOSYS, ENOTSUP}


def _checksum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECK].encode()


def _whole_lines(content: bytes) -> tuple[list[Any], int]:
    """What the whole lines say, and how many bytes they are."""
    found: list[Any] = []
    at = 0
    while (end := content.find(b"\n", at)) >= 0:
        check, _, text = content[at:end].partition(b" ")
        if check != _checksum(text):
            break
        try:
            found.append(json_of(text))
        except NoJsonError:
            break
        at = end + 1
    return found, at


def _refuse_others(path: Path, first: Any, now: Mapping[str, Any]) -> None:
    begun = first.get("inputs") if isinstance(first, dict) else None
    if begun == now:
        return
    if not isinstance(begun, dict):
        raise OtherRunError(path, None)
    keys = dict.fromkeys((*begun, *now))
    differences = (InputDifference(key, begun.get(key), now.get(key)) for key in keys)
    raise OtherRunError(path, tuple(one for one in differences if one.begun != one.now))
