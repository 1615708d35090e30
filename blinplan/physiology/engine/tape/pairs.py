"""Which operations of a tape are alike, two by two, of those that stand at different places of the lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from blinplan.physiology.engine.tape.blocks import Blocks, Lanes, Operand
from blinplan.physiology.engine.tape.symbol import Symbol

_DEPTH = 4
"""How far back two operations are alike that are worth a try."""


def pairs_among(operations: Sequence[Symbol], known: Blocks) -> list[Lanes]:
    """Pair what is alike among operations that are in no block yet."""
    search = _PairSearch(operations, known)
    search.pair_alike()
    return list(dict.fromkeys(search.pairs.values()))


class _PairSearch:
    """The pairs found so far."""

    def __init__(self, operations: Sequence[Symbol], known: Blocks) -> None:
        self.operations = {one.number: one for one in operations}
        self.known = known
        self.pairs: dict[int, Lanes] = {}
        self._turned: set[int] = set()

    def _own(self, operands: Iterable[Operand]) -> list[Symbol]:
        """Those operands that are results of operations here."""
        return [one for one in operands if isinstance(one, Symbol) and one.number in self.operations]

    def pair(self, one: Symbol, other: Symbol) -> None:
        """Pair two operations that are alike, and what they read."""
        is_free = one is not other and not self.pairs.keys() & {one.number, other.number}
        if not (is_free and one.function is other.function and self.known.are_apart(one, other)):
            return
        self.pairs[one.number] = self.pairs[other.number] = (one, other)
        straight, turned = (
            sum(self._fitness(*both) for both in zip(one.operands, operands, strict=True))
            for operands in (other.operands, other.operands[::-1])
        )
        if one.function in {np.add, np.multiply} and turned > straight:
            self._turned.add(other.number)
        for both in zip(one.operands, self._operands(other), strict=True):
            if len(self._own(both)) == 2:
                self.pair(*self._own(both))

    def _operands(self, one: Symbol) -> tuple[Operand, ...]:
        """Its operands in the order in which they fit those of its neighbour."""
        return one.operands[::-1] if one.number in self._turned else one.operands

    def _fitness(self, one: Operand, other: Operand) -> int:
        """How well two operands fit beside each other: 3 where they surely lie so."""
        if self.known.ways(one, other) or (isinstance(one, Symbol) and self.pairs.get(one.number) == (one, other)):
            return 3
        own = self._own((one, other))
        if len(own) < 2 or self.pairs.keys() & {each.number for each in own}:
            return 0
        return 2 if own[0].function is own[1].function and self.known.are_apart(*own) else 1

    def pair_alike(self) -> None:
        """Pair what is alike of what has no neighbour yet, the last first."""
        kinds = defaultdict(list)
        names = self._names()
        for number, each in self.operations.items():
            kinds[names[number]].append(each)
        for alike in sorted(kinds.values(), key=lambda found: -found[0].number):
            for at, one in enumerate(alike):
                for other in alike[at + 1 :]:
                    if not self.pairs.keys() & {one.number, other.number} and self.known.are_apart(one, other):
                        self.pair(one, other)

    def _names(self) -> dict[int, object]:
        """A name for each operation by what it and those before it do: the same where they are alike."""
        names: dict[int, object] = {number: each.function for number, each in self.operations.items()}
        for _ in range(_DEPTH):
            names = {
                number: hash((each.function, *(self._name(one, names) for one in each.operands)))
                for number, each in self.operations.items()
            }
        return names

    def _name(self, operand: Operand, names: Mapping[int, object]) -> object:
        if not isinstance(operand, Symbol) or operand.number not in self.operations:
            return None if not isinstance(operand, Symbol) else (operand.varies, operand.is_row)
        return names[operand.number]
