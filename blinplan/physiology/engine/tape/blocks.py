"""What lies side by side in memory, and what may: which operations hang on which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from blinplan.physiology.engine.tape.symbol import RUN, Symbol

Operand = Symbol | float
Lanes = tuple[Symbol, ...]
Way = Literal["one number", "copied", "in rows"]
"""How NumPy reads several operands as one: a number for all, what a run copies beside each other, or rows."""


class Blocks:
    """Blocks of operations whose results lie side by side, and what each operation hangs on."""

    def __init__(self, operations: Sequence[Symbol], blocks: Sequence[Lanes]) -> None:
        self._before: dict[int, int] = {}
        for each in operations:
            self._before[each.number] = 0
            for one in each.operands:
                if isinstance(one, Symbol) and one.number in self._before:
                    self._before[each.number] |= self._before[one.number] | 1 << one.number
        self._lie(blocks)

    def _lie(self, blocks: Sequence[Lanes]) -> None:
        self.blocks = blocks
        self._places = {one.number: (at, lane) for at, block in enumerate(blocks) for lane, one in enumerate(block)}

    def beside(self, blocks: Sequence[Lanes]) -> Blocks:
        """The same operations in other blocks."""
        other = Blocks((), ())
        other._before = self._before
        other._lie(blocks)
        return other

    def is_made(self, one: Operand) -> bool:
        """Whether it is a result of one of the operations."""
        return isinstance(one, Symbol) and one.number in self._before

    def place(self, one: Operand) -> tuple[int, int] | None:
        """The number of the block that a value is in, and its lane."""
        return self._places.get(one.number) if isinstance(one, Symbol) else None

    def are_apart(self, one: Symbol, other: Symbol) -> bool:
        """Whether neither hangs on the other."""
        return not (self._before[one.number] >> other.number | self._before[other.number] >> one.number) & 1

    def ways(self, one: Operand, other: Operand) -> set[Way]:
        """How NumPy can read two operands as one, the second behind the first."""
        found = set[Way]()
        if one is other and isinstance(one, Symbol) and not one.is_row:
            found.add("one number")
        if not isinstance(one, Symbol) and not isinstance(other, Symbol) and one == other:
            found.add("one number")
        if _is_of_run(one) and _is_of_run(other):
            found.add("copied")
        here, there = self.place(one), self.place(other)
        if here is not None and there == (here[0], here[1] + 1):
            found.add("in rows")
        return found

    def follows(self, run: Sequence[Symbol], one: Symbol) -> bool:
        """Whether an operation is one call with those of a run before it."""
        if run[0].function is not one.function or not all(self.are_apart(one, other) for other in run):
            return False
        return self._as_one([*run, one]) is not None

    def operands_of(self, run: Sequence[Symbol]) -> tuple[tuple[Operand, ...], tuple[Operand, ...]]:
        """Both operands of a run that is one call, side by side."""
        found = self._as_one(run)
        assert found is not None  # noqa: S101 - a run is made of what follows
        return found

    def _as_one(self, run: Sequence[Symbol]) -> tuple[tuple[Operand, ...], tuple[Operand, ...]] | None:
        """Both operands of operations as NumPy reads them in one call, some turned about; None where it cannot."""
        operands = [run[0].operands]
        ways: list[set[Way]] = [{"one number", "copied", "in rows"}] * 2
        for one in run[1:]:
            turns = (one.operands, one.operands[::-1])[: 1 + (one.function in {np.add, np.multiply})]
            for turned in turns:
                left = [
                    way & self.ways(*both)
                    for way, both in zip(ways, zip(operands[-1], turned, strict=True), strict=True)
                ]
                if all(left):
                    ways = left
                    operands.append(turned)
                    break
            else:
                return None
        first, second = zip(*operands, strict=True)
        return first, second


def _is_of_run(operand: Operand) -> bool:
    """Whether it holds for a whole run."""
    return not isinstance(operand, Symbol) or operand.varies in {0, RUN}
