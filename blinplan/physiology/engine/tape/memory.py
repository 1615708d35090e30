"""Where in memory the values of a step stand: few rows, which are used again as soon as nobody reads them any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from blinplan.physiology.engine.tape.blocks import Lanes
from blinplan.physiology.engine.tape.lanes import CallOnRows, CallPlan
from blinplan.physiology.engine.tape.symbol import Symbol
from blinplan.physiology.model.population import FloatArray


class Homes(NamedTuple):
    """A row for each value, by its number, and how many rows there are; those of results, which stay, come before 0."""

    rows: Mapping[int, int]
    number: int
    results: int


def homes_of(plan: CallPlan, outputs: Sequence[Symbol], carried: Iterable[Symbol] = ()) -> Homes:
    """Find rows for all values of a plan; what is carried on stays, and what lies beside it."""
    beside = [one for one in carried if one not in outputs]
    results = (*outputs, *dict.fromkeys(each for one in beside for each in plan.block(one)))
    rows = _Memory(plan, results)
    for at, call in enumerate(plan.calls):
        rows.place(at, call)
    return Homes(rows.homes, rows.number, len(results))


class _Memory:
    """The rows of memory, and which of them are free."""

    def __init__(self, plan: CallPlan, outputs: Sequence[Symbol]) -> None:
        self.plan = plan
        self.homes = {one.number: at - len(outputs) for at, one in enumerate(outputs)}
        self.number = 0
        self._free: set[int] = set()
        self._last = {one.number: at for at, call in enumerate(plan.calls) for one in (*call.results, *_read_by(call))}

    def place(self, at: int, call: CallOnRows) -> None:
        """Give the results of a call their rows, and free those that it reads last."""
        ended = {
            one.number for one in _read_by(call) if self._last[one.number] == at and self.homes.get(one.number, -1) >= 0
        }
        for block in dict.fromkeys(map(self.plan.block, call.results)):
            if block[0].number not in self.homes:
                # Into the very rows that it reads, or into none of them: a call must not write what it has yet to read.
                same = self._same_rows(block, call, ended)
                home = self._next(len(block)) if same is None else same
                self.homes |= {one.number: home + lane for lane, one in enumerate(block)}
        self._free |= {self.homes[number] for number in ended} - {self.homes[one.number] for one in call.results}

    def _same_rows(self, block: Lanes, call: CallOnRows, ended: set[int]) -> int | None:
        """Where an operand lies that nobody reads any more and that is as long as a result."""
        for lanes in call.operands if block == call.results else ():
            numbers = [one.number for one in lanes if isinstance(one, Symbol)]
            rows = [self.homes[number] for number in numbers if number in ended]
            if rows == list(range(rows[0], rows[0] + len(block))) if len(rows) == len(block) else False:
                return rows[0]
        return None

    def _next(self, size: int) -> int:
        """The first of so many free rows side by side; of new ones, as far as there are none."""
        home = next(first for first in range(self.number + 1) if self._is_free(first, size))
        self.number = max(self.number, home + size)
        self._free -= set(range(home, home + size))
        return home

    def _is_free(self, first: int, size: int) -> bool:
        return all(row in self._free or row >= self.number for row in range(first, first + size))


def _read_by(call: CallOnRows) -> Iterator[Symbol]:
    return (one for lanes in call.operands for one in lanes if isinstance(one, Symbol))


class RowMemory:
    """Room for rows of so many numbers; where 8 divides them, each begins with a line of the processor's cache.

    NumPy takes up to half as long again on others. It takes 4 MB or more from the system in large pages, where there
    are such (`NUMPY_MADVISE_HUGEPAGE`): a processor knows the places of only so many pages.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._left: FloatArray = np.empty(0)

    def rows(self, number: int) -> FloatArray:
        """So many rows (number, size), with anything in them."""
        count = -(-number * self.size // _LINE) * _LINE
        if count > self._left.shape[0]:
            taken = np.empty(max(count, _AT_ONCE) + _PAGE)
            self._left = taken[-(taken.ctypes.data // taken.itemsize) % _PAGE :]
        found, self._left = self._left[: number * self.size], self._left[count:]
        return found.reshape(number, self.size)


_LINE, _PAGE, _AT_ONCE = 8, 1 << 18, 1 << 19
"""Numbers in a line of the cache, in a large page, and that NumPy takes in large pages."""
