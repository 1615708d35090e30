"""Which operations of a tape NumPy does two at once.

What a step has at its middle it has at its end, and much else in it is alike. Two operations of one function are one
call where what they read lies side by side in memory, as what they write does; NumPy then begins once. Each result has
the bytes that it has alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from blinplan.physiology.engine.tape.symbol import RUN, Symbol

Operand = Symbol | float

_DEPTH = 4
"""How far back two operations are alike that are worth a try."""


@dataclass(frozen=True, slots=True, eq=False)
class CallOnRows:
    """One call: its function, and of one operation or two the results and both operands, side by side."""

    function: np.ufunc
    results: tuple[Symbol, ...]
    operands: tuple[tuple[Operand, ...], tuple[Operand, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class CallPlan:
    """The calls of a step in their order, and which results lie side by side: for each of two by its number, both."""

    calls: tuple[CallOnRows, ...]
    neighbours: Mapping[int, tuple[Symbol, ...]]

    def block(self, one: Symbol) -> tuple[Symbol, ...]:
        """A value and its neighbour, in their order; alone where it has none."""
        return self.neighbours.get(one.number, (one,))


def plan_of(operations: Sequence[Symbol], outputs: Sequence[Symbol]) -> CallPlan:
    """Find the pairs among operations; `outputs` are those results that lie side by side in any case, two by two."""
    search, fixed = _PairSearch(operations), set(outputs)
    if len(outputs) % 2:
        search.neighbours[outputs[-1].number] = (outputs[-1],)
    for one, other in zip(outputs[::2], outputs[1::2], strict=False):
        search.pair(one, other, is_fixed=True)
    search.pair_alike()
    calls = tuple(search.calls())
    beside = {lanes for call in calls for lanes in (call.results, *call.operands) if len(lanes) > 1}
    wanted = {number: block for number, block in search.neighbours.items() if block in beside or block[0] in fixed}
    return CallPlan(calls, wanted)


class _PairSearch:
    """The pairs found so far."""

    def __init__(self, operations: Sequence[Symbol]) -> None:
        self.operations = {one.number: one for one in operations}
        self.neighbours: dict[int, tuple[Symbol, ...]] = {}
        self._turned: set[int] = set()
        self._before: dict[int, int] = {}
        for each in operations:
            bits = [self._before[one.number] | 1 << one.number for one in self._own(each.operands)]
            self._before[each.number] = bits[0] | bits[-1] if bits else 0

    def _own(self, operands: Iterable[Operand]) -> list[Symbol]:
        """Those operands that are results of operations here."""
        return [one for one in operands if isinstance(one, Symbol) and one.number in self.operations]

    def _are_apart(self, one: Symbol, other: Symbol) -> bool:
        """Whether neither hangs on the other."""
        return not (self._before[one.number] >> other.number | self._before[other.number] >> one.number) & 1

    def pair(self, one: Symbol, other: Symbol, *, is_fixed: bool = False) -> None:
        """Pair two operations that are alike, and what they read; `is_fixed` where they lie side by side anyway."""
        fits = one is not other and not self.neighbours.keys() & {one.number, other.number}
        alike = fits and one.function is other.function and self._are_apart(one, other)
        if not (alike or (fits and is_fixed)):
            return
        self.neighbours[one.number] = self.neighbours[other.number] = (one, other)
        if not alike:
            return
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
        """How well two operands fit beside each other: 3 and more where they surely lie so."""
        if self._lie_together(one, other):
            return 3
        own = self._own((one, other))
        if len(own) < 2 or self.neighbours.keys() & {each.number for each in own}:
            return 0
        return 2 if own[0].function is own[1].function and self._are_apart(*own) else 1

    def _lie_together(self, one: Operand, other: Operand) -> bool:
        """Whether NumPy can read two operands as one: a number for both, what a run copies beside, or neighbours."""
        if _is_of_run(one) and _is_of_run(other):
            return True
        if not (isinstance(one, Symbol) and isinstance(other, Symbol)):
            return False
        if one is other:
            return not one.is_row
        return self.neighbours.get(one.number) == (one, other)

    def pair_alike(self) -> None:
        """Pair what is alike of what has no neighbour yet, the last first."""
        kinds = defaultdict(list)
        names = self._names()
        for number, each in self.operations.items():
            kinds[names[number]].append(each)
        for alike in sorted(kinds.values(), key=lambda found: -found[0].number):
            for at, one in enumerate(alike):
                for other in alike[at + 1 :]:
                    if not self.neighbours.keys() & {one.number, other.number} and self._are_apart(one, other):
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

    def calls(self) -> list[CallOnRows]:
        """All operations, each after those that it hangs on; two at once where they are neighbours that fit."""
        heads = self._heads()
        while True:
            members = defaultdict(list)
            for number, head in sorted(heads.items(), key=lambda item: item[0] != item[1]):  # the first of a call first
                members[head].append(self.operations[number])
            order = _Order(heads, members)
            if order.torn is None:
                return [self._together(members[head]) for head in order.done]
            heads |= {one.number: one.number for one in members[order.torn]}

    def _heads(self) -> dict[int, int]:
        """For each operation by its number, that of the first of its call."""
        heads = {number: number for number in self.operations}
        for one, other in (block for block in self.neighbours.values() if len(block) > 1):
            fit = zip(self._operands(one), self._operands(other), strict=True)
            alike = one.function is other.function and self._are_apart(one, other)
            if alike and all(self._lie_together(*both) for both in fit):
                heads[other.number] = one.number
        return heads

    def _together(self, members: Sequence[Symbol]) -> CallOnRows:
        first, second = zip(*(self._operands(one) for one in members), strict=True)
        function = members[0].function
        assert function is not None  # noqa: S101 - what is given is no operation
        return CallOnRows(function, tuple(members), (first, second))


def _is_of_run(operand: Operand) -> bool:
    """Whether it holds for a whole run."""
    return not isinstance(operand, Symbol) or operand.varies in {0, RUN}


class _Order:
    """Calls by their heads, each after those that it hangs on and soon after them, so that few rows are in use at once.

    `torn` is one that waits for itself, as two that are one call can; None where there is none.
    """

    def __init__(self, heads: Mapping[int, int], members: Mapping[int, Sequence[Symbol]]) -> None:
        self._heads, self._members = heads, members
        self.done: dict[int, None] = {}
        self._path: list[int] = []
        roots = sorted(members, key=lambda head: max(one.number for one in members[head]))
        self.torn = next((torn for torn in map(self._visit, roots) if torn is not None), None)

    def _visit(self, head: int) -> int | None:
        if head in self.done:
            return None
        if head in self._path:
            return next(each for each in self._path[self._path.index(head) :] if len(self._members[each]) > 1)
        self._path.append(head)
        for read in self._read_by(head):
            if (torn := self._visit(read)) is not None:
                return torn
        self._path.pop()
        self.done[head] = None
        return None

    def _read_by(self, head: int) -> list[int]:
        operands = (one for each in self._members[head] for one in each.operands if isinstance(one, Symbol))
        return sorted({self._heads[one.number] for one in operands if one.number in self._heads})
