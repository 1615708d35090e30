"""The steps of a course, which all patients share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blinplan.physiology.engine.collocation import Weights
from blinplan.physiology.engine.grid import Grid, IntArray
from blinplan.physiology.engine.step.moment import GridStep
from blinplan.physiology.model.population import FloatArray


class StepPlan(NamedTuple):
    """What all patients share in a course of K intervals: one table of steps for all of them, and what is wanted.

    Attributes
    ----------
    lengths, ends : (2, S) of the steps after an event that leaves an infusion (0) or none (1), days.
    weights : (2, S, 4, 8) those for the loss rates that the patients share, in the order of `GridStep`.
    kind : (K) which of the two. steps : (K) how many of them until one reaches or passes the end of the interval.
    premedicated : (P) share of cytokine release that premedication leaves at each node; those of an interval begin at
        `first_node` (K).
    first_wanted : (K + 1) the first of the wanted times of each interval; its last is its end.
    step, node, elapsed, blend : (W) where each lies, as of `Spots`; (W) days since the start of the interval.
    slot : (W) its column of the output; -1 for none.
    desensitises : whether cytokine release desensitises.
    """

    lengths: FloatArray
    ends: FloatArray
    weights: FloatArray
    kind: IntArray
    steps: IntArray
    premedicated: FloatArray
    first_node: IntArray
    first_wanted: IntArray
    step: IntArray
    node: IntArray
    elapsed: FloatArray
    blend: FloatArray
    slot: IntArray
    desensitises: bool


def nodes_of(course: StepPlan, k: int) -> FloatArray:
    """Nodes of an interval, days since its start."""
    kind, number = course.kind[k], course.steps[k]
    return Grid(course.lengths[kind, :number], course.ends[kind, :number]).nodes


def step_of(course: StepPlan, k: int, i: int | IntArray) -> GridStep:
    """Take a step of an interval, or several at once."""
    kind, node = course.kind[k], course.first_node[k] + 2 * i
    return GridStep(
        course.lengths[kind, i],
        course.lengths[kind, np.maximum(i - 1, 0)],
        _weights(course.weights, kind, i, 0),
        _weights(course.weights, kind, i, 1),
        _weights(course.weights, kind, i, 2),
        _weights(course.weights, kind, i, 3),
        (course.premedicated[node + 1], course.premedicated[node + 2]),
        course.desensitises,
    )


def _weights(w: FloatArray, kind: int, i: int | IntArray, k: int) -> Weights:
    return Weights(
        (w[kind, i, k, 0], w[kind, i, k, 1]),
        (w[kind, i, k, 2], w[kind, i, k, 3]),
        (w[kind, i, k, 4], w[kind, i, k, 5]),
        (w[kind, i, k, 6], w[kind, i, k, 7]),
    )
