"""Columns of numbers that are written a few rows at a time and read whole, one after the other.

They lie in memory while they are few, and then in a temporary file without a name, which the system removes whatever
ends the program. A statistic of a column is taken of the whole column: it is exact, and the same as over an array that
was never parted.
"""

import tempfile
import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.refusal import Refusal

Values = NDArray[Any]

IN_MEMORY = 2**20
"""Bytes that are kept in memory; more go to a file in the folder for temporary files."""


class NoRoomError(Refusal):
    """The folder for temporary files has no room for the columns."""

    def __init__(self) -> None:
        super().__init__(
            f"{_temporary_folder()} has no room for what is kept of the patients",
            "let TMPDIR be a folder with more room, ask for fewer patients or signals, or part the run: blinplan merge",
        )


def _temporary_folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:  # none can be written to
        return "the folder for temporary files"


_FEW = 1024
"""Rows that are read in one piece."""


class _Block(NamedTuple):
    """Some rows of all columns: where they are in the file, and how many."""

    place: int
    rows: int


class Columns:
    """Columns, each of one type; all have as many rows. It pickles, with all that it holds."""

    def __init__(self, types: Sequence[np.dtype[Any]]) -> None:
        self._types = tuple(types)
        self._before = (0, *np.cumsum([of.itemsize for of in self._types]).tolist())
        self._blocks: list[_Block] = []
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is closed with its owner
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self._types)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(block.rows for block in self._blocks)

    def append(self, columns: Sequence[Values]) -> None:
        """Add some rows, of every column.

        Raises
        ------
        NoRoomError
            When the folder for temporary files is full.
        """
        rows = columns[0].shape[0]
        each = (np.asarray(values, dtype=of).tobytes() for values, of in zip(columns, self._types, strict=True))
        try:
            self._blocks.append(_Block(self._file.seek(0, 2), rows))
            self._file.write(b"".join(each))
            self._file.flush()  # what has no room is told here, and not where it is read
        except OSError as error:
            raise NoRoomError from error

    def column(self, number: int) -> Values:
        """One column, whole."""
        return self.part(number, 0, self.rows)

    def all(self) -> list[Values]:
        """All columns, whole: of few rows, this takes less time than one after the other."""
        if len(self._blocks) != 1 or self.rows > _FEW:
            return [self.column(number) for number in range(len(self))]
        self._file.seek(self._blocks[0].place)
        text, rows = self._file.read(self.rows * self._before[-1]), self.rows
        return [
            np.frombuffer(text, of, rows, rows * before)
            for of, before in zip(self._types, self._before[:-1], strict=True)
        ]

    def part(self, number: int, first: int, stop: int) -> Values:
        """The rows of one column from one number to before another."""
        found = np.empty(max(0, min(stop, self.rows) - first), dtype=self._types[number])
        done, begin = 0, 0
        for block in self._blocks:
            low, high = max(first, begin), min(stop, begin + block.rows)
            if low < high:
                self._read(block, number, low - begin, found[done : done + high - low])
                done += high - low
            begin += block.rows
        return found

    def _read(self, block: _Block, number: int, row: int, into: Values) -> None:
        self._file.seek(block.place + block.rows * self._before[number] + row * self._types[number].itemsize)
        self._file.readinto(into.data.cast("B"))

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self._types, [self.column(number) for number in range(len(self._types))])


def _remade(types: Sequence[np.dtype[Any]], columns: Sequence[Values]) -> Columns:
    made = Columns(types)
    made.append(columns)
    return made
