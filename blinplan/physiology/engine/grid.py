"""The grid of times on which the states are computed, and the polynomials between them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.model.population import FloatArray

IntArray = NDArray[np.intp]

# Chosen by measurement so that the greatest error stays below 1e-4 (days): the first step after a start and after a
# stop of infusion (a stop is smoother), the growth of the steps with the time since each, the greatest step.
FIRST_STEP, FIRST_FREE_STEP, SLOPE, FREE_SLOPE, GREATEST_STEP = 0.003, 0.004, 0.08, 0.055, 1.0
# Where cytolytic proteins act faster than this (1/day), what follows them is steeper and the steps are smaller.
_USUAL_CYTOLYTIC_RATE, _REFINEMENT = 3.2, 0.65


def refinement(cytolytic_rate: float) -> float:
    """Factor on all steps for a population, 1 or less."""
    return float(min(1.0, (_USUAL_CYTOLYTIC_RATE / cytolytic_rate) ** _REFINEMENT))


@lru_cache(maxsize=256)
def steps_of(duration: float, coarseness: float, *, infusing: bool) -> tuple[float, ...]:
    """Steps in days that fill an interval: short after the event at its start, then growing.

    At a time t after the event a step is first + slope t, so that the steps grow by the factor 1 + slope up to the
    greatest. All are then shortened by one factor, so that the last ends with the interval. The trap: cutting off the
    last alone could leave a very short step, many lengths beyond which `foretell` would reach in the next interval.
    """
    first, slope = (FIRST_STEP, SLOPE) if infusing else (FIRST_FREE_STEP, FREE_SLOPE)
    steps, covered = [], 0.0
    while covered < duration:
        step = coarseness * min(first + slope * covered, GREATEST_STEP)
        steps.append(step)
        covered += step
    return tuple(s * duration / covered for s in steps)


def nodes_of(start: float, stop: float, steps: FloatArray) -> FloatArray:
    """Days of the nodes of an interval: the start, then the middle and the end of every step."""
    nodes = start + np.concatenate([[0.0], np.cumsum(np.repeat(0.5 * steps, 2))])
    nodes[-1] = stop
    return nodes


def lagrange(nodes: FloatArray, days: FloatArray, points: int = 6) -> tuple[IntArray, FloatArray]:
    """First node (D,) and weights (D, points) of the polynomials through the nodes nearest to each day.

    The weight of node a is the product of (day - x_b) / (x_a - x_b) over the other nodes b. Of fewer points where there
    are fewer nodes. At a node its weight is exactly 1 and the others are 0.

    The trap: the nodes must be of one interval. At a change of the infusion the states have a kink, and a polynomial
    through both sides of it swings.
    """
    count = min(points, nodes.shape[0])
    first = np.clip(np.searchsorted(nodes, days) - (count + 1) // 2, 0, nodes.shape[0] - count)
    near = nodes[first[:, None] + np.arange(count)]
    weights = np.ones_like(near)
    for a in range(count):
        for b in range(count):
            if a != b:
                weights[:, a] *= (days - near[:, b]) / (near[:, a] - near[:, b])
    return first, weights
