"""The engine on NumPy: the patients of a chunk side by side, and one array operation after the other.

The operations are those of the lines of `step`, as the tape has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.by_numpy.intervals import OwnRows, Rows, SharedRows, of_some
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import Advance, Engine, Wanted
from blinplan.physiology.engine.own.plan import OwnPlan, SetPlans, Steps, own_nodes_of
from blinplan.physiology.engine.searches import BLASTS, History, asks_before, gather_by_numpy
from blinplan.physiology.engine.step.moment import Individual, Inflow
from blinplan.physiology.engine.step.plan import StepPlan, nodes_of
from blinplan.physiology.engine.step.rates import Watched
from blinplan.physiology.engine.tape.memory import RowMemory
from blinplan.physiology.model.mechanism import HillBits
from blinplan.physiology.model.population import Constants, FloatArray


def advancing_by_numpy(course: Steps, p: Individual, c: Constants) -> Advance:
    """What advances all patients together through some intervals of a course, one array operation for all.

    A few are advanced one by one, in plain numbers. Who take steps of their own need not go by parameter sets.
    """
    assert not isinstance(course, SetPlans)  # noqa: S101
    size = p.elimination.shape[0]
    if size > _FEW:
        return _gathering(course, p, _rows(course, p, _with_powers(c)).advance)
    each = (np.array([at]) for at in range(size))
    alone = [_rows(_plan(course, one), of_some(p, one), _with_powers(of_some(c, one))) for one in each]
    return _gathering(course, p, _OneByOne(alone).advance)


def _rows(course: StepPlan | OwnPlan, p: Individual, c: Constants) -> Rows[StepPlan] | Rows[OwnPlan]:
    return SharedRows(course, p, c) if isinstance(course, StepPlan) else OwnRows(course, p, c)


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
            curves = len(Watched._fields)
            memory = RowMemory(state.shape[1]).rows(curves * nodes).reshape(curves, nodes, -1)
            if isinstance(course, OwnPlan):  # of whom one who takes fewer steps writes fewer nodes
                memory[:] = 0.0
        for k in range(first, last):
            days, before = _nodes(course, k), state.copy()
            watched = memory[: _rows_watched(course, k, wanted), : days.shape[0]]
            advance_through(k, k + 1, state, plateaus, wanted._replace(watched=watched))
            infusion = Inflow(plateaus[k], before[0] - plateaus[k])
            history = History(days, watched, infusion, p.elimination, before, state)
            gather_by_numpy(wanted.searches, k, history, wanted.rows)

    return gather_on_the_way


def _rows_watched(course: StepPlan | OwnPlan, k: int, wanted: Wanted) -> int:
    """How much of `Watched` is kept of an interval: all, or what comes before the blasts.

    Nobody asks for those where endpoints look at them at its end alone, and that is a node.
    """
    if wanted.watched.shape[1] or isinstance(course, OwnPlan):
        return len(Watched._fields)
    last = course.first_wanted[k + 1] - 1
    at_end = bool(course.node[last]) and not asks_before(wanted.searches, k, BLASTS, float(course.elapsed[last]))
    return 2 * BLASTS if at_end else len(Watched._fields)


def _nodes(course: StepPlan | OwnPlan, k: int) -> FloatArray:
    return nodes_of(course, k) if isinstance(course, StepPlan) else own_nodes_of(course, k)


_FEW = 6
"""As many patients as take longer side by side than one by one."""


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

    def __init__(self, patients: Sequence[Rows[StepPlan] | Rows[OwnPlan]]) -> None:
        self.patients = patients

    def advance(self, first: int, last: int, state: FloatArray, plateaus: FloatArray, wanted: Wanted) -> None:
        """Advance through some intervals; as `Advance` says."""
        for at, patient in enumerate(self.patients):
            one = slice(at, at + 1)
            patient.advance(first, last, state[:, one], plateaus[:, one], wanted.of(one))
