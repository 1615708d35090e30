"""Steps of one patient, in plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter

import numpy as np

from blinplan.physiology.engine.by_numpy.step_tape import MOMENT, NODE, PAST, SEEN, STATES
from blinplan.physiology.engine.by_numpy.steps import carried_to, columns
from blinplan.physiology.engine.step.moment import GridStep, Individual, Inflow, Node
from blinplan.physiology.engine.tape.tape import Tape, compute, leaves, lines_for_numbers
from blinplan.physiology.model.population import Constants, FloatArray


class PlainSteps:
    """Takes the steps of one patient by the tape, in plain numbers; as `StepsInRows`."""

    def __init__(self, tape: Tape, p: Individual, c: Constants) -> None:
        self.tape = tape
        self._known = tape.values(p=p, c=c)
        compute(tape.run, self._known)
        self._run = [float(np.ravel(self._known[one.number])[0]) for one in tape.from_run]
        self._lines = _lines_for(tape)
        self._table: list[list[float]] = []
        self._infusion: tuple[float, ...] = ()
        self._carried: tuple[float, ...] = ()
        self._before: tuple[float, ...] = ()
        self._now: tuple[float, ...] = ()

    @property
    def start(self) -> FloatArray:
        """What was where the last step began."""
        return np.array(self._before[1:PAST:2])[:, None]

    @property
    def middle(self) -> FloatArray:
        """What was at the middle of the last step."""
        return np.array(self._now[:PAST:2])[:, None]

    @property
    def end(self) -> FloatArray:
        """What was where the last step ended."""
        return np.array(self._now[1:PAST:2])[:, None]

    def states(self, k: int) -> FloatArray:
        """The states at the middle (k = 0) or at the end (1) of the last step."""
        return np.array(self._now[k : 2 * STATES : 2])[:, None]

    def write_seen(self, into: FloatArray) -> None:
        """Write what endpoints are found on (rows, 2, 1), at the middle and at the end of the last step."""
        into[:, :, 0] = np.array(self._now[SEEN : len(self.tape.returned)]).reshape(-1, 2)

    def begin(self, now: Node, infusion: Inflow, _: int, steps: GridStep) -> None:
        """Begin an interval."""
        node = [float(row[0]) for row in leaves(now)]
        self._now = (*(value for each in node[:MOMENT] for value in (each, each)), *node[MOMENT:])
        self._carried = tuple(float(row[0]) for row in carried_to(self.tape, self._known, now))
        self._infusion = tuple(float(row[0]) for row in infusion)
        known = self._known | self.tape.values(step=steps)
        compute((*self.tape.numbers, *self.tape.rows), known)
        read = (*self.tape.from_numbers, *self.tape.from_rows)
        self._table = columns([known[one.number] for one in read], steps).tolist()

    def take(self, i: int) -> None:
        """Take a step of the interval."""
        numbers = self._table[i]
        self._before = self._now
        known = (*self._run, *numbers, *_node_of(self._now), *self._infusion, *self._carried)
        try:
            self._now = self._lines(known)
        except (ArithmeticError, ValueError):  # by 0, or of what is no number: NumPy goes on with it
            self._now = self._by_numpy(known)
        self._carried = self._now[len(self.tape.returned) :]

    def _by_numpy(self, known: tuple[float, ...]) -> tuple[float, ...]:
        """Take a step on arrays of one."""
        values = dict(zip((one.number for one in self.tape.read), map(np.array, known), strict=True))
        compute(self.tape.states, values)
        return tuple(float(values[one.number]) for one in (*self.tape.returned, *self.tape.carried.values()))


_node_of: Callable[[tuple[float, ...]], tuple[float, ...]] = itemgetter(*NODE)


@lru_cache(maxsize=16)
def _lines_for(tape: Tape) -> Callable[[Sequence[float]], tuple[float, ...]]:
    return lines_for_numbers(tape)
