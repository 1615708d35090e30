"""The engine on NumPy: the patients of a chunk side by side, and one array operation after the other.

The operations are those of the lines of `step`, as the tape has them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.advance import advance, begin, states_at
from blinplan.physiology.engine.collocation import Blend, weights
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import Advance, Engine, Wanted
from blinplan.physiology.engine.own.plan import NO_WEIGHTS, Look, OwnPlan, SetPlans, Steps, own_nodes_of, own_steps_of
from blinplan.physiology.engine.searches import History, gather_by_numpy
from blinplan.physiology.engine.step.moment import (
    SHARED_WEIGHTS,
    GridStep,
    Individual,
    Inflow,
    Instant,
    Node,
    Past,
    Signals,
    shared_loss_rates,
)
from blinplan.physiology.engine.step.plan import StepPlan, nodes_of, step_of
from blinplan.physiology.engine.step.rates import Watched, watch
from blinplan.physiology.engine.tape.memory import RowMemory
from blinplan.physiology.engine.tape.symbol import RUN, STATE, STEP
from blinplan.physiology.engine.tape.tape import (
    Call,
    RowsInMemory,
    Tape,
    compute,
    leaves,
    lines_for_numbers,
    tape_of,
)
from blinplan.physiology.model.mechanism import HillBits
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States

_STATES, _SIGNALS, _WATCHED = len(States._fields), len(Signals._fields), len(Watched._fields)
_MOMENT = _STATES + _SIGNALS
# The rows of a step: each state and signal at its middle and at its end; what came before; the share left of the
# excess; what is watched, in the same way as states; and what is carried on.
_PAST = 2 * _MOMENT
_SEEN = _PAST + len(Past._fields) + 1
_NODE = (*range(1, _PAST, 2), *range(_PAST, _SEEN))
_CARRIED = _SEEN + 2 * _WATCHED


def advancing_by_numpy(course: Steps, p: Individual, c: Constants) -> Advance:
    """What advances all patients together through some intervals of a course, one array operation for all.

    A few are advanced one by one, in plain numbers. Who take steps of their own need not go by parameter sets.
    """
    assert not isinstance(course, SetPlans)  # noqa: S101
    size = p.elimination.shape[0]
    if size > _FEW:
        return _gathering(course, p, _rows(course, p, _with_powers(c)).advance)
    each = (np.array([at]) for at in range(size))
    alone = [_rows(_plan(course, one), _of_some(p, one), _with_powers(_of_some(c, one))) for one in each]
    return _gathering(course, p, _OneByOne(alone).advance)


def _rows(course: StepPlan | OwnPlan, p: Individual, c: Constants) -> _Rows[StepPlan] | _Rows[OwnPlan]:
    return _SharedRows(course, p, c) if isinstance(course, StepPlan) else _OwnRows(course, p, c)


def _plan(course: StepPlan | OwnPlan, patients: IntArray) -> StepPlan | OwnPlan:
    """The steps of some of the patients."""
    return course if isinstance(course, StepPlan) else replace(course, whose=course.whose[patients])


def _gathering(course: StepPlan | OwnPlan, p: Individual, advance_through: Advance) -> Advance:
    """What advances patients, and looks after each interval for what endpoints need."""

    def gather_on_the_way(first: int, last: int, state: FloatArray, plateaus: FloatArray, wanted: Wanted) -> None:
        if not wanted.rows.shape[0]:
            advance_through(first, last, state, plateaus, wanted)
            return
        memory = wanted.watched
        if not memory.shape[1]:
            nodes = 2 * int(course.steps[..., first:last].max()) + 1
            memory = np.zeros((nodes, _WATCHED, state.shape[1])).transpose(1, 0, 2)
        for k in range(first, last):
            days, before = _nodes(course, k), state.copy()
            watched = memory[:, : days.shape[0]]
            advance_through(k, k + 1, state, plateaus, wanted._replace(watched=watched))
            infusion = Inflow(plateaus[k], before[0] - plateaus[k])
            history = History(days, watched, infusion, p.elimination, before, state)
            gather_by_numpy(wanted.searches, k, history, wanted.rows)

    return gather_on_the_way


def _nodes(course: StepPlan | OwnPlan, k: int) -> FloatArray:
    return nodes_of(course, k) if isinstance(course, StepPlan) else own_nodes_of(course, k)


_FEW = 6
"""As many patients as take longer side by side than one by one."""

_Values = TypeVar("_Values", Individual, Constants, Inflow)


def _of_some(values: _Values, patients: IntArray) -> _Values:
    """What some patients have of the values of many; those that all share stay."""
    return type(values)._make(value[patients] if isinstance(value, np.ndarray) else value for value in values)


def _with_powers(c: Constants) -> Constants:
    """The parameters with Hill coefficients as the lines decide by them: a number, or digits where they differ."""
    each = {name: getattr(c, name) for name in ("lysis_hill", "activation_hill")}
    found: dict[str, Any] = {name: _power(value) for name, value in each.items() if isinstance(value, np.ndarray)}
    return c._replace(**found)


def _power(coefficients: NDArray[np.int64]) -> int | HillBits:
    return HillBits.of(coefficients) if coefficients.shape[0] > 1 else int(coefficients[0])


NUMPY = Engine("numpy", advancing_by_numpy, chunk=2048)


class _OneByOne:
    """A few patients."""

    def __init__(self, patients: Sequence[_Rows[StepPlan] | _Rows[OwnPlan]]) -> None:
        self.patients = patients

    def advance(self, first: int, last: int, state: FloatArray, plateaus: FloatArray, wanted: Wanted) -> None:
        """Advance through some intervals; as `Advance` says."""
        for at, patient in enumerate(self.patients):
            one = slice(at, at + 1)
            patient.advance(first, last, state[:, one], plateaus[:, one], wanted.of(one))


def _kind(value: Any) -> Any:
    """What a tape is the same for: a number that lines decide by, or whether a parameter is one a patient."""
    if isinstance(value, tuple):
        return type(value)(*map(_kind, value))
    return value if isinstance(value, int) else float(np.ndim(value))


_Course = TypeVar("_Course", StepPlan, OwnPlan)


class _Rows(ABC, Generic[_Course]):
    """The patients of a chunk, each a column; nodes and middles of steps are rows."""

    def __init__(self, course: _Course, p: Individual, c: Constants) -> None:
        self.course: _Course = course
        self.p, self.c = p, c
        self._steps: dict[tuple[bool, ...], _AnySteps] = {}

    def advance(self, first: int, last: int, state: FloatArray, plateaus: FloatArray, wanted: Wanted) -> None:
        """Advance through some intervals; as `Advance` says."""
        for k in range(first, last):
            self._interval(k, state, plateaus[k], wanted)

    @abstractmethod
    def _interval(self, k: int, state: FloatArray, plateau: FloatArray, wanted: Wanted) -> None: ...

    def _begin(
        self, state: FloatArray, plateau: FloatArray, kind: int, left: Any, table: GridStep, seen: FloatArray
    ) -> tuple[_AnySteps, Inflow]:
        """What takes the steps of a table, at the start of an interval, of which is kept what is watched."""
        p, c, desensitises = self.p, self.c, self.course.desensitises
        first_step = np.asarray(table.length)[0]
        now, infusion = begin(States(*state), plateau, p, c, first_step, left, desensitises)
        is_watched = seen.shape[0] > 0
        if is_watched:
            seen[0] = watch(Instant(now.states, now.signals), p, c)
        steps = self._steps_for(is_watched, *(np.ndim(of) > 1 for of in (table.length, table.premedicated[0])))
        steps.begin(now, infusion, kind, table)
        return steps, infusion

    def _steps_for(self, is_watched: bool, is_own: bool, is_own_share: bool) -> _AnySteps:
        name = is_watched, is_own, is_own_share
        if name not in self._steps:
            kinds = tuple(map(_kind, self.c))
            tape = _tape(kinds, self.course.desensitises, *name)
            side_by_side = self.p.elimination.shape[0] > 1
            self._steps[name] = (_Steps if side_by_side else _PlainSteps)(tape, self.p, self.c)
        return self._steps[name]


class _SharedRows(_Rows[StepPlan]):
    """Patients who all take the same steps."""

    def _interval(self, k: int, state: FloatArray, plateau: FloatArray, wanted: Wanted) -> None:
        course, seen = self.course, wanted.watched.transpose(1, 0, 2)
        kind, at, left = course.kind[k], course.first_wanted[k], course.premedicated[course.first_node[k]]
        table = step_of(course, k, np.arange(course.steps[k]))
        steps, infusion = self._begin(state, plateau, kind, left, table, seen)
        for i in range(course.steps[k]):
            steps.take(i)
            if seen.shape[0]:
                steps.write_seen(seen[2 * i + 1 : 2 * i + 3])
            while at < course.first_wanted[k + 1] and course.step[at] == i:
                states = self._states_wanted(at, steps, infusion)
                if course.slot[at] >= 0:
                    wanted.states[:, course.slot[at]] = states
                at += 1
        state[:] = states

    def _states_wanted(self, at: int, steps: _AnySteps, infusion: Inflow) -> FloatArray | States:
        if self.course.node[at] == 1:
            return steps.middle[:_STATES]
        if self.course.node[at] == 2:
            return steps.end[:_STATES]
        before, between, after = (_instant(rows) for rows in (steps.start, steps.middle, steps.end))
        blend, elapsed = Blend(*self.course.blend[at]), self.course.elapsed[at]
        return states_at(before, between, after, infusion, self.p, self.c, blend, elapsed)


class _OwnRows(_Rows[OwnPlan]):
    """Patients who take steps of their own sizes."""

    def _interval(self, k: int, state: FloatArray, plateau: FloatArray, wanted: Wanted) -> None:
        course, seen, looks = self.course, wanted.watched.transpose(1, 0, 2), self.course.looks(k)
        left = course.premedicated_at(k, slice(0, 1))
        left = left if isinstance(left, float) else left[0]
        steps, infusion = self._begin(state, plateau, course.kind[k], left, own_steps_of(course, k), seen)
        for i in range(course.number(k)):
            steps.take(i)
            if seen.shape[0]:
                steps.write_seen(seen[2 * i + 1 : 2 * i + 3])
            for look in looks.get(i, ()):
                states, slot = self._states_wanted(k, look, steps, infusion), course.slots[k][look.at]
                into = state if slot < 0 else wanted.states[:, slot]
                into[:, look.patients] = states

    def _states_wanted(self, k: int, look: Look, steps: _AnySteps, infusion: Inflow) -> FloatArray | States:
        if look.node == 1:
            return steps.middle[:_STATES, look.patients]
        if look.node == 2:
            return steps.end[:_STATES, look.patients]
        blend, elapsed = self.course.blend(k, look), self.course.elapsed[k][look.at]
        before, between, after = (_instant(rows[:, look.patients]) for rows in (steps.start, steps.middle, steps.end))
        infused, p = _of_some(infusion, look.patients), _of_some(self.p, look.patients)
        return states_at(before, between, after, infused, p, _of_some(self.c, look.patients), blend, elapsed)


def _instant(rows: FloatArray) -> Instant:
    return Instant(States(*rows[:_STATES]), Signals(*rows[_STATES:_MOMENT]))


class _Steps:
    """Takes steps by the tape, from one block of rows to the other and back."""

    def __init__(self, tape: Tape, p: Individual, c: Constants) -> None:
        size = p.elimination.shape[0]
        self.tape = tape
        self._known = self.tape.values(p=p, c=c)
        compute(self.tape.run, self._known)
        self._room = RowMemory(size)
        self._known |= {one.number: self._in_room(self._known[one.number]) for one in tape.from_run if one.is_row}
        self._places = np.array(tape.places)
        self._node = self._places[list(_NODE)]
        self._carried = self._places[len(tape.returned) :]
        self._seen = self._places[_SEEN : len(tape.returned)].reshape(-1, 2).T.copy()
        self._numbers = np.empty(len(self.tape.from_numbers))
        self._rows = self._room.rows(len(self.tape.from_rows))
        self._table = np.empty((0, len(self.tape.from_numbers)))
        self._kept: dict[int, list[FloatArray]] = {}
        self._now: list[FloatArray] = []
        self._infusion = self._room.rows(len(Inflow._fields))
        self._blocks = self._room.rows(2 * tape.homes.results).reshape(2, -1, size)
        memory = self._room.rows(tape.homes.number)
        self._turns = [self._calls(memory, now, then) for now, then in (self._blocks, self._blocks[::-1])]
        self._turn = 0

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
        return np.asarray(self._blocks[1 - self._turn, self._places[1:_PAST:2]])

    @property
    def middle(self) -> FloatArray:
        """What was at the middle of the last step."""
        return np.asarray(self._blocks[self._turn, self._places[:_PAST:2]])

    @property
    def end(self) -> FloatArray:
        """What was where the last step ended."""
        return np.asarray(self._blocks[self._turn, self._places[1:_PAST:2]])

    def write_seen(self, into: FloatArray) -> None:
        """Write what endpoints are found on (2, 8, N), at the middle and at the end of the last step."""
        np.take(self._blocks[self._turn], self._seen, axis=0, out=into, mode="clip")

    def begin(self, now: Node, infusion: Inflow, kind: int, steps: GridStep) -> None:
        """Begin an interval; its steps are the first of a kind."""
        self._blocks[self._turn, self._node] = list(leaves(now))
        if self.tape.carried:
            self._blocks[self._turn, self._carried] = _carried_to(self.tape, self._known, now)
        self._infusion[:] = infusion
        given = self.tape.values(step=steps)
        known = self._known | given
        compute(self.tape.numbers, known)
        self._table = _columns([known[one.number] for one in self.tape.from_numbers], steps)
        own = {number: value for number, value in given.items() if np.ndim(value) > 1}
        # What premedication leaves of each hangs on the interval, and not on its kind alone.
        self._now = [] if np.ndim(steps.premedicated[0]) > 1 else self._kept.setdefault(kind, [])
        for first in range(len(self._now), len(self._table), _STEPS_AT_ONCE):
            some = slice(first, first + _STEPS_AT_ONCE)
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


_STEPS_AT_ONCE = 32
"""Steps whose rows are computed together: more would not fit into the second cache."""


def _columns(values: Sequence[FloatArray | float], steps: GridStep) -> FloatArray:
    """(steps, values) the values of each step; one that is the same in all stands in each."""
    table = np.empty((np.asarray(steps.length).shape[0], len(values)))
    for at, value in enumerate(values):
        table[:, at] = np.ravel(value)
    return table


class _PlainSteps:
    """Takes the steps of one patient by the tape, in plain numbers; as `_Steps`."""

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
        return np.array(self._before[1:_PAST:2])[:, None]

    @property
    def middle(self) -> FloatArray:
        """What was at the middle of the last step."""
        return np.array(self._now[:_PAST:2])[:, None]

    @property
    def end(self) -> FloatArray:
        """What was where the last step ended."""
        return np.array(self._now[1:_PAST:2])[:, None]

    def write_seen(self, into: FloatArray) -> None:
        """Write what endpoints are found on (2, 8, 1), at the middle and at the end of the last step."""
        into[:, :, 0] = np.array(self._now[_SEEN:_CARRIED]).reshape(_WATCHED, 2).T

    def begin(self, now: Node, infusion: Inflow, _: int, steps: GridStep) -> None:
        """Begin an interval."""
        node = [float(row[0]) for row in leaves(now)]
        self._now = (*(value for each in node[:_MOMENT] for value in (each, each)), *node[_MOMENT:])
        self._carried = tuple(float(row[0]) for row in _carried_to(self.tape, self._known, now))
        self._infusion = tuple(float(row[0]) for row in infusion)
        known = self._known | self.tape.values(step=steps)
        compute((*self.tape.numbers, *self.tape.rows), known)
        read = (*self.tape.from_numbers, *self.tape.from_rows)
        self._table = _columns([known[one.number] for one in read], steps).tolist()

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


def _carried_to(tape: Tape, known: Mapping[int, Any], now: Node) -> list[FloatArray]:
    """What a step would have carried on to here."""
    known = {**known, **tape.values(now=now)}
    compute(tape.begun, known)
    return [known[one.number] for one in tape.carried]


_AnySteps = _Steps | _PlainSteps

_node_of: Callable[[tuple[float, ...]], tuple[float, ...]] = itemgetter(*_NODE)


@lru_cache(maxsize=16)
def _lines_for(tape: Tape) -> Callable[[Sequence[float]], tuple[float, ...]]:
    return lines_for_numbers(tape)


@lru_cache(maxsize=16)
def _tape(kinds: tuple[Any, ...], desensitises: bool, is_watched: bool, is_own: bool, is_own_share: bool) -> Tape:
    """The tape of a step, for parameters of such kinds, and for lengths and shares that all have or each his own."""
    row: Any = np.zeros(1)
    length, share = (row if own else 0.0 for own in (is_own, is_own_share))
    step = GridStep(length=length, before=length, premedicated=(share, share), desensitises=desensitises, **NO_WEIGHTS)
    return tape_of(
        _watched_step if is_watched else _step,
        _NODE,
        p=(Individual(*[row] * len(Individual._fields)), RUN),
        c=(Constants._make(_example(kind) for kind in kinds), RUN),
        step=(step, STEP),
        now=(Node(States(*[row] * _STATES), Signals(*[row] * _SIGNALS), Past(*[row] * len(Past._fields)), row), STATE),
        infusion=(Inflow(row, row), STATE),
    )


def _example(kind: Any) -> Any:
    """A value of a kind."""
    if isinstance(kind, tuple):
        return type(kind)(*map(_example, kind))
    return np.zeros(1) if kind == 1.0 and isinstance(kind, float) else kind


def _step(now: Node, infusion: Inflow, p: Individual, c: Constants, step: GridStep) -> tuple[Any, ...]:
    """The rows of a step, without what is watched."""
    middle, end = advance(now, infusion, p, c, _of_own_rates(step, c))
    return _beside(middle, Instant(end.states, end.signals)), end.past, end.decay


def _watched_step(now: Node, infusion: Inflow, p: Individual, c: Constants, step: GridStep) -> tuple[Any, ...]:
    """The rows of a step."""
    middle, end = advance(now, infusion, p, c, _of_own_rates(step, c))
    moment = Instant(end.states, end.signals)
    return _beside(middle, moment), end.past, end.decay, _beside(watch(middle, p, c), watch(moment, p, c))


def _beside(middle: tuple[Any, ...], end: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(zip(leaves(middle), leaves(end), strict=True))


def _of_own_rates(step: GridStep, c: Constants) -> GridStep:
    """A step with weights that are each patient's own, where loss rates differ between patients, or steps do."""
    length: Any = step.length
    rates: Any = zip(SHARED_WEIGHTS, shared_loss_rates(c), strict=True)
    own: dict[str, Any] = {name: weights(rate, length) for name, rate in rates if rate.is_row or length.is_row}
    return step._replace(**own)
