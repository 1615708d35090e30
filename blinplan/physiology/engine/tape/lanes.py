"""Which operations of a tape NumPy does in one call.

What a step has at its middle it has at its end, one loss rate is followed as another, and an exponential is as any
other. Operations of one function are one call where what they read lies side by side in memory, as what they write
does; NumPy then begins once. Each result has the bytes that it has alone.

Operations that stand at one place of the lines, which were called several times, are lanes of one block first; what is
left is paired (`pairs`). Calls are then the longest runs of lanes that fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from blinplan.physiology.engine.tape.blocks import Blocks, Lanes, Operand
from blinplan.physiology.engine.tape.pairs import pairs_among
from blinplan.physiology.engine.tape.symbol import Symbol


@dataclass(frozen=True, slots=True, eq=False)
class CallOnRows:
    """One call: its function, and of one operation or several the results and both operands, side by side."""

    function: np.ufunc
    results: Lanes
    operands: tuple[tuple[Operand, ...], tuple[Operand, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class CallPlan:
    """The calls of a step in their order, and which results lie side by side: of each by its number, its block."""

    calls: tuple[CallOnRows, ...]
    blocks: Mapping[int, Lanes]

    def block(self, one: Symbol) -> Lanes:
        """A value and what lies beside it, in their order; alone where nothing does."""
        return self.blocks.get(one.number, (one,))


def plan_of(operations: Sequence[Symbol], outputs: Lanes) -> CallPlan:
    """Find what is done at once among operations; `outputs` are those results that lie side by side in any case."""
    known = Blocks(operations, [outputs])
    blocks = _blocks_in_use(known.beside([outputs, *_alike(operations, outputs, known)]))
    placed = {one.number for block in (outputs, *blocks) for one in block}
    rest = [one for one in operations if one.number not in placed]
    pairs = pairs_among(rest, known.beside([outputs, *blocks]))
    every = known.beside([outputs, *blocks, *pairs])
    calls = list(_calls(_in_order(operations, every), every))
    return CallPlan(tuple(calls), {one.number: block for block in every.blocks[1:] for one in block})


def _alike(operations: Iterable[Symbol], outputs: Lanes, known: Blocks) -> list[Lanes]:
    """Operations that stand at one place of the lines, as far as none hangs on another, in blocks."""
    standing: dict[object, list[Symbol]] = defaultdict(list)
    for one in operations:
        if one not in outputs:
            standing[one.function, one.origin[:1]].append(one)
    found = [block for some in standing.values() for block in _apart(some, known) if len(block) > 1]
    found.sort(key=lambda block: max(one.number for one in block))
    blocks: list[Lanes] = []
    places = {one: (0, lane) for lane, one in enumerate(outputs)}
    for block in found:
        lanes = sorted(block, key=lambda one: (one.origin[:0:-1], one.number))
        blocks.append(_as_read(lanes, places))
        places |= {one: (len(blocks), lane) for lane, one in enumerate(blocks[-1])}
    return blocks


def _apart(some: list[Symbol], known: Blocks) -> Iterator[list[Symbol]]:
    """Part operations, so that in no part one hangs on another."""
    while some:
        part: list[Symbol] = []
        for one in some:
            if all(known.are_apart(one, other) for other in part):
                part.append(one)
        yield part
        some = [one for one in some if one not in part]


def _as_read(lanes: list[Symbol], known: Mapping[Symbol, tuple[int, int]]) -> Lanes:
    """Lanes in the order in which what they read lies, if all of it lies in blocks, in the fewest where both do."""
    orders = []
    for operand in (0, 1):
        read = [one.operands[operand] for one in lanes]
        places = [known[one] for one in read if isinstance(one, Symbol) and one in known]
        if len(set(places)) == len(lanes):
            order = sorted(zip(places, range(len(lanes)), strict=True))
            orders.append((len({block for block, _ in places}), [lanes[lane] for _, lane in order]))
    return tuple(min(orders, key=lambda found: found[0])[1] if orders else lanes)


def _blocks_in_use(known: Blocks) -> list[Lanes]:
    """The blocks but the first, without the lanes of which no call on several is made, and which none reads."""
    blocks: list[Lanes] = list(known.blocks)
    while True:
        runs = [run for run in _runs(known.beside(blocks)) if len(run) > 1]
        of_runs = {
            one.number for run in runs for each in run for one in (each, *each.operands) if isinstance(one, Symbol)
        }
        kept = [tuple(one for one in block if one.number in of_runs) for block in blocks[1:]]
        kept = [block for block in kept if len(block) > 1]
        if kept == blocks[1:]:
            return kept
        blocks = [blocks[0], *kept]


def _runs(known: Blocks) -> Iterator[list[Symbol]]:
    """Parts of blocks that one call computes."""
    for block in known.blocks:
        run = [block[0]]
        for one in block[1:]:
            if known.follows(run, one):
                run.append(one)
            else:
                yield run
                run = [one]
        yield run


def _in_order(operations: Sequence[Symbol], known: Blocks) -> Iterator[list[Symbol]]:
    """All operations in runs, each after those that it hangs on; a run that cannot be is parted."""
    runs = list(_runs(known))
    placed = {one.number for run in runs for one in run}
    runs += [[one] for one in operations if one.number not in placed]
    while True:
        order = _Order(runs)
        if order.torn is None:
            return (order.runs[head] for head in order.done)
        runs = [part for run in runs for part in (_halves(run) if run[0].number == order.torn else [run])]


def _halves(run: list[Symbol]) -> tuple[list[Symbol], list[Symbol]]:
    half = len(run) // 2
    return run[:half], run[half:]


def _calls(runs: Iterable[list[Symbol]], known: Blocks) -> Iterator[CallOnRows]:
    for run in runs:
        function = run[0].function
        assert function is not None  # noqa: S101 - what is given is no operation
        yield CallOnRows(function, tuple(run), known.operands_of(run))


class _Order:
    """Runs by their heads, each after those that it hangs on and soon after them, so that few rows are in use at once.

    `torn` is one that waits for itself, as several that are one call can; None where there is none.
    """

    def __init__(self, runs: Iterable[list[Symbol]]) -> None:
        self.runs = {run[0].number: run for run in runs}
        self._heads = {one.number: head for head, run in self.runs.items() for one in run}
        self.done: dict[int, None] = {}
        self._path: list[int] = []
        roots = sorted(self.runs, key=lambda head: max(one.number for one in self.runs[head]))
        self.torn = next((torn for torn in map(self._visit, roots) if torn is not None), None)

    def _visit(self, head: int) -> int | None:
        if head in self.done:
            return None
        if head in self._path:
            return next(each for each in self._path[self._path.index(head) :] if len(self.runs[each]) > 1)
        self._path.append(head)
        for read in self._read_by(head):
            if (torn := self._visit(read)) is not None:
                return torn
        self._path.pop()
        self.done[head] = None
        return None

    def _read_by(self, head: int) -> list[int]:
        operands = (one for each in self.runs[head] for one in each.operands if isinstance(one, Symbol))
        return sorted({self._heads[one.number] for one in operands if one.number in self._heads})
