"""Steps of many patients, side by side in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.by_numpy.step_tape import NODE, PAST, SEEN, STATES
from blinplan.physiology.engine.step.moment import GridStep, Individual, Inflow, Node
from blinplan.physiology.engine.tape.memory import RowMemory
from blinplan.physiology.engine.tape.tape import Call, RowsInMemory, Tape, compute, leaves
from blinplan.physiology.model.population import Constants, FloatArray


class StepsInRows:
    """Takes steps by the tape, from one block of rows to the other and back."""

    def __init__(self, tape: Tape, p: Individual, c: Constants) -> None:
        size = p.elimination.shape[0]
        self.tape = tape
        self._known = self.tape.values(p=p, c=c)
        compute(self.tape.run, self._known)
        self._room = RowMemory(size)
        self._known |= {one.number: self._in_room(self._known[one.number]) for one in tape.from_run if one.is_row}
        self._places = np.array(tape.places)
        self._node = self._places[list(NODE)]
        self._carried = self._places[len(tape.returned) :]
        self._numbers = np.empty(len(self.tape.from_numbers))
        self._rows = self._room.rows(len(self.tape.from_rows))
        self._table = np.empty((0, len(self.tape.from_numbers)))
        self._kept: dict[int, list[FloatArray]] = {}
        self._now: list[FloatArray] = []
        self._infusion = self._room.rows(len(Inflow._fields))
        self._blocks = self._room.rows(2 * tape.homes.results).reshape(2, -1, size)
        self._seen = [self._seen_in(block) for block in self._blocks]
        memory = self._room.rows(tape.homes.number)
        self._turns = [self._calls(memory, now, then) for now, then in (self._blocks, self._blocks[::-1])]
        self._turn = 0

    def _seen_in(self, block: FloatArray) -> FloatArray:
        """Where in a block stands what endpoints are found on (rows, 2, N), at the middle and at the end of a step."""
        places = self._places[SEEN : len(self.tape.returned)]
        lie_together = np.array_equal(places, np.arange(places.shape[0]))
        assert lie_together  # noqa: S101 - each is a value of its own
        return block[: places.shape[0]].reshape(-1, 2, block.shape[1])

    def _in_room(self, values: FloatArray) -> FloatArray:
        row = self._room.rows(1)
        row[:] = values
        return row.reshape(-1)

    def _calls(self, memory: FloatArray, now: FloatArray, then: FloatArray) -> list[Call]:
        """The operations of a step from one block to the other, each with where it reads and writes."""
        tape = self.tape
        given: dict[int, NDArray[Any]] = {
            **{one.number: np.asarray(self._known[one.number]) for one in tape.from_run},
            **{one.number: self._numbers[at, ...] for at, one in enumerate(tape.from_numbers)},
            **{one.number: self._rows[at] for at, one in enumerate(tape.from_rows)},
            **tape.values(now=tuple(now[row] for row in self._node), infusion=tuple(self._infusion)),
            **{one.number: now[row] for one, row in zip(tape.carried, self._carried, strict=True)},
        }
        places = RowsInMemory(tape, given, self._room, memory, then)
        return [places.call_of(call) for call in tape.plan.calls]

    @property
    def start(self) -> FloatArray:
        """What was where the last step began, in rows."""
        return np.asarray(self._blocks[1 - self._turn, self._places[1:PAST:2]])

    @property
    def middle(self) -> FloatArray:
        """What was at the middle of the last step."""
        return np.asarray(self._blocks[self._turn, self._places[:PAST:2]])

    @property
    def end(self) -> FloatArray:
        """What was where the last step ended."""
        return np.asarray(self._blocks[self._turn, self._places[1:PAST:2]])

    def states(self, k: int) -> FloatArray:
        """The states at the middle (k = 0) or at the end (1) of the last step."""
        return np.asarray(self._blocks[self._turn, self._places[k : 2 * STATES : 2]])

    def write_seen(self, into: FloatArray) -> None:
        """Write what endpoints are found on (rows, 2, N), at the middle and at the end of the last step."""
        into[:] = self._seen[self._turn]

    def begin(self, now: Node, infusion: Inflow, kind: int, steps: GridStep) -> None:
        """Begin an interval; its steps are the first of a kind."""
        self._blocks[self._turn, self._node] = list(leaves(now))
        if self.tape.carried:
            self._blocks[self._turn, self._carried] = carried_to(self.tape, self._known, now)
        self._infusion[:] = infusion
        given = self.tape.values(step=steps)
        known = self._known | given
        compute(self.tape.numbers, known)
        self._table = columns([known[one.number] for one in self.tape.from_numbers], steps)
        own = {number: value for number, value in given.items() if np.ndim(value) > 1}
        # What premedication leaves of each hangs on the interval, and not on its kind alone.
        self._now = [] if np.ndim(steps.premedicated[0]) > 1 else self._kept.setdefault(kind, [])
        at_once = max(1, _NUMBERS_AT_ONCE // self._infusion.shape[1])
        for first in range(len(self._now), len(self._table), at_once):
            some = slice(first, first + at_once)
            self._now += self._rows_of(self._table[some], {number: value[some] for number, value in own.items()})

    def _rows_of(self, table: FloatArray, own: dict[int, FloatArray]) -> list[FloatArray]:
        """For each of some steps, (rows, N) what hangs on its length and on the patient alone."""
        known = self._known | own | {one.number: table[:, at, None] for at, one in enumerate(self.tape.from_numbers)}
        compute(self.tape.rows, known)
        found = np.empty((len(table), *self._rows.shape))
        for at, one in enumerate(self.tape.from_rows):
            found[:, at] = known[one.number]
        return list(found)

    def take(self, i: int) -> None:
        """Take a step of the interval."""
        self._numbers[:] = self._table[i]
        self._rows[:] = self._now[i]
        for function, one, other, result in self._turns[self._turn]:
            function(one, other, result)
        self._turn = 1 - self._turn


_NUMBERS_AT_ONCE = 6000
"""Of rows of several steps that are computed together: for more, the system is asked for memory each time."""


def columns(values: Sequence[FloatArray | float], steps: GridStep) -> FloatArray:
    """(steps, values) the values of each step; one that is the same in all stands in each."""
    table = np.empty((np.asarray(steps.length).shape[0], len(values)))
    for at, value in enumerate(values):
        table[:, at] = np.ravel(value)
    return table


def carried_to(tape: Tape, known: Mapping[int, Any], now: Node) -> list[FloatArray]:
    """What a step would have carried on to here."""
    known = {**known, **tape.values(now=now)}
    compute(tape.begun, known)
    return [known[one.number] for one in tape.carried]
