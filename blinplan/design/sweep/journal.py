"""The cells that are done, beside the file they are for: a line each, so that a sweep that was ended goes on.

The first line says what is swept. A line counts when it is whole: a checksum stands before it, so that one in which
the process was killed is taken for none, and is written again. What else a changed input would mix into one file is
refused.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from blinplan.design.sweep.cell import Cell, cell_data, cell_of

_CHECK = 16
"""Digits of the checksum of a line."""
_TORN_HEAD = re.compile(rb"[0-9a-f]{0,16}( [^\n]*)?")
"""What is there where the process was killed before the first line was whole."""


class InputDifference(NamedTuple):
    """Something that a sweep was begun with, and what it is now."""

    what: str
    begun: Any
    now: Any


class OtherSweepError(ValueError):
    """Cells that are of another sweep; ``differences`` says in what. None where they are no cells at all."""

    def __init__(self, path: Path, differences: tuple[InputDifference, ...] | None) -> None:
        super().__init__(str(path))
        self.path = path
        self.differences = differences


def journal_of(output: Path) -> Path:
    """Where the cells of a file are kept until all are done."""
    return output.with_name(f"{output.name}.cells")


class Journal:
    """The cells that are done, and where the next are added."""

    def __init__(self, file: BinaryIO, cells: dict[int, Cell]) -> None:
        self._file = file
        self.cells = cells

    def add(self, cell: Cell) -> None:
        """Keep a cell; it is there when this returns, also where the process is killed then."""
        _append(self._file, cell_data(cell))
        self.cells[cell.number] = cell


@contextmanager
def open_journal(path: Path, inputs: Mapping[str, Any]) -> Iterator[Journal]:
    """Open the cells that are done of a sweep with some inputs, or begin with none.

    Raises
    ------
    OtherSweepError
        When the file is of another sweep.
    """
    with path.open("ab+") as file:
        file.seek(0)
        content = file.read()
        lines, whole = _whole_lines(content)
        plain = json.loads(json.dumps(inputs))
        if lines:
            _refuse_others(path, lines[0], plain)
        elif content and not _TORN_HEAD.fullmatch(content):
            raise OtherSweepError(path, None)
        file.truncate(whole)
        if not lines:
            _append(file, {"inputs": plain})
        yield Journal(file, {cell.number: cell for cell in map(cell_of, lines[1:])})


def number_kept(path: Path) -> int:
    """How many cells are kept, whoever keeps them."""
    return max(0, len(_whole_lines(path.read_bytes())[0]) - 1) if path.exists() else 0


def _append(file: BinaryIO, data: Any) -> None:
    text = json.dumps(data, separators=(",", ":")).encode()
    file.write(_checksum(text) + b" " + text + b"\n")
    file.flush()
    os.fsync(file.fileno())


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
        found.append(json.loads(text))
        at = end + 1
    return found, at


def _refuse_others(path: Path, first: Any, now: Mapping[str, Any]) -> None:
    begun = first.get("inputs")
    if begun == now:
        return
    keys = dict.fromkeys((*begun, *now))
    differences = (InputDifference(key, begun.get(key), now.get(key)) for key in keys)
    raise OtherSweepError(path, tuple(one for one in differences if one.begun != one.now))
