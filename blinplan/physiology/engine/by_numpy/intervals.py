"""Patients of a chunk through the intervals of a course."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from typing import Any, Generic, TypeVar

import numpy as np

from blinplan.physiology.engine.advance import begin, states_at
from blinplan.physiology.engine.by_numpy.plain_steps import PlainSteps
from blinplan.physiology.engine.by_numpy.step_tape import MOMENT, STATES, tape_of_step
from blinplan.physiology.engine.by_numpy.steps import StepsInRows
from blinplan.physiology.engine.collocation import Blend
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import Wanted
from blinplan.physiology.engine.own.plan import Look, OwnPlan, own_steps_of
from blinplan.physiology.engine.step.moment import GridStep, Individual, Inflow, Instant, Signals
from blinplan.physiology.engine.step.plan import StepPlan, step_of
from blinplan.physiology.engine.step.rates import watch
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States

AnySteps = StepsInRows | PlainSteps

_Values = TypeVar("_Values", Individual, Constants, Inflow)


def of_some(values: _Values, patients: IntArray) -> _Values:
    """What some patients have of the values of many; those that all share stay."""
    return type(values)._make(value[patients] if isinstance(value, np.ndarray) else value for value in values)


def _kind(value: Any) -> Any:
    """What a tape is the same for: a number that lines decide by, or whether a parameter is one a patient."""
    if isinstance(value, tuple):
        return type(value)(*map(_kind, value))
    return value if isinstance(value, int) else float(np.ndim(value))


_Course = TypeVar("_Course", StepPlan, OwnPlan)


class Rows(ABC, Generic[_Course]):
    """The patients of a chunk, each a column; nodes and middles of steps are rows."""

    def __init__(self, course: _Course, p: Individual, c: Constants) -> None:
        self.course: _Course = course
        self.p, self.c = p, c
        self._steps: dict[tuple[int, bool, bool], AnySteps] = {}

    def advance(self, first: int, last: int, state: FloatArray, plateaus: FloatArray, wanted: Wanted) -> None:
        """Advance through some intervals; as `Advance` says."""
        for k in range(first, last):
            self._interval(k, state, plateaus[k], wanted)

    @abstractmethod
    def _interval(self, k: int, state: FloatArray, plateau: FloatArray, wanted: Wanted) -> None: ...

    def _begin(
        self, state: FloatArray, plateau: FloatArray, kind: int, left: Any, table: GridStep, seen: FloatArray
    ) -> tuple[AnySteps, Inflow]:
        """What takes the steps of a table, at the start of an interval, of which is kept what is watched."""
        p, c, desensitises = self.p, self.c, self.course.desensitises
        first_step = np.asarray(table.length)[0]
        now, infusion = begin(States(*state), plateau, p, c, first_step, left, desensitises)
        watched = seen.shape[0] if seen.shape[1] else 0
        if watched:
            seen[:, 0] = watch(Instant(now.states, now.signals), p, c)[:watched]
        steps = self._steps_for(watched, *(np.ndim(of) > 1 for of in (table.length, table.premedicated[0])))
        steps.begin(now, infusion, kind, table)
        return steps, infusion

    def _steps_for(self, watched: int, is_own: bool, is_own_share: bool) -> AnySteps:
        name = watched, is_own, is_own_share
        if name not in self._steps:
            kinds = tuple(map(_kind, self.c))
            tape = tape_of_step(kinds, self.course.desensitises, *name)
            side_by_side = self.p.elimination.shape[0] > 1
            self._steps[name] = (StepsInRows if side_by_side else PlainSteps)(tape, self.p, self.c)
        return self._steps[name]


class SharedRows(Rows[StepPlan]):
    """Patients who all take the same steps."""

    def _interval(self, k: int, state: FloatArray, plateau: FloatArray, wanted: Wanted) -> None:
        course, seen = self.course, wanted.watched
        kind, left = course.kind[k], course.premedicated[course.first_node[k]]
        number, is_watched, looks = int(course.steps[k]), seen.shape[1] > 0, self._looks(k)
        steps, infusion = self._begin(state, plateau, kind, left, step_of(course, k, np.arange(number)), seen)
        for i in range(number):
            steps.take(i)
            if is_watched:
                steps.write_seen(seen[:, 2 * i + 1 : 2 * i + 3])
            for at in looks.get(i, ()):
                slot = course.slot[at]
                into = state if slot < 0 else wanted.states[:, slot]
                into[:] = self._states_wanted(at, steps, infusion)

    def _looks(self, k: int) -> dict[int, list[int]]:
        """What is read off in each step of an interval, by its number among all that is."""
        found: dict[int, list[int]] = defaultdict(list)
        first, stop = self.course.first_wanted[k : k + 2].tolist()
        for at, step in enumerate(self.course.step[first:stop].tolist(), start=first):
            found[step].append(at)
        return found

    def _states_wanted(self, at: int, steps: AnySteps, infusion: Inflow) -> FloatArray | States:
        if self.course.node[at] == 1:
            return steps.states(0)
        if self.course.node[at] == 2:
            return steps.states(1)
        before, between, after = (_instant(rows) for rows in (steps.start, steps.middle, steps.end))
        blend, elapsed = Blend(*self.course.blend[at]), self.course.elapsed[at]
        return states_at(before, between, after, infusion, self.p, self.c, blend, elapsed)


class OwnRows(Rows[OwnPlan]):
    """Patients who take steps of their own sizes."""

    def _interval(self, k: int, state: FloatArray, plateau: FloatArray, wanted: Wanted) -> None:
        course, seen, looks = self.course, wanted.watched, self.course.looks(k)
        is_watched = seen.shape[1] > 0
        left = course.premedicated_at(k, slice(0, 1))
        left = left if isinstance(left, float) else left[0]
        steps, infusion = self._begin(state, plateau, course.kind[k], left, own_steps_of(course, k), seen)
        for i in range(course.number(k)):
            steps.take(i)
            if is_watched:
                steps.write_seen(seen[:, 2 * i + 1 : 2 * i + 3])
            for look in looks.get(i, ()):
                states, slot = self._states_wanted(k, look, steps, infusion), course.slots[k][look.at]
                into = state if slot < 0 else wanted.states[:, slot]
                into[:, look.patients] = states

    def _states_wanted(self, k: int, look: Look, steps: AnySteps, infusion: Inflow) -> FloatArray | States:
        if look.node == 1:
            return steps.states(0)[:, look.patients]
        if look.node == 2:
            return steps.states(1)[:, look.patients]
        blend, elapsed = self.course.blend(k, look), self.course.elapsed[k][look.at]
        before, between, after = (_instant(rows[:, look.patients]) for rows in (steps.start, steps.middle, steps.end))
        infused, p = of_some(infusion, look.patients), of_some(self.p, look.patients)
        return states_at(before, between, after, infused, p, of_some(self.c, look.patients), blend, elapsed)


def _instant(rows: FloatArray) -> Instant:
    return Instant(States(*rows[:STATES]), Signals(*rows[STATES:MOMENT]))
