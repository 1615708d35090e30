"""Locate crossings and extremes between the nodes of the time grid.

All functions take nodes (nodes,) in days and values (nodes, N), and work on every patient at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.model.population import FloatArray

BoolArray = NDArray[np.bool_]
# False position with the Illinois rule, of order 1.44, then stands still to 1e-9 of the bracket; to 1e-6 where two more
# roots of the cubic are close by.
_ITERATIONS = 8


def first_true(mask: BoolArray) -> tuple[IntArray, BoolArray]:
    """Index of the first true node of each patient, and whether there is one."""
    index = np.argmax(mask, axis=0)
    return index, np.asarray(mask[index, np.arange(mask.shape[1])])


def crossing(nodes: FloatArray, values: FloatArray, index: IntArray, level: FloatArray | float) -> FloatArray:
    """Day at which each patient's values reach a level between the nodes `index` - 1 and `index`.

    Solves the cubic through the four nearest nodes by false position, x = b - f(b) (b - a) / (f(b) - f(a)), with the
    Illinois rule (Dowell and Jarratt, BIT 11, 1971, p. 168). Where `index` is 0, the first node.

    The trap: a cubic has up to three roots, and Newton's method may leave for one that is not between the two nodes.
    False position stays inside the bracket, and the Illinois rule keeps one end of it from standing still, which would
    make it slow. The number of rounds is fixed, so that no patient's result depends on the others'.
    """
    count = nodes.shape[0]
    right = np.maximum(index, 1)
    patients = np.arange(values.shape[1])
    first = np.clip(right - 2, 0, max(count - 4, 0))
    at = [np.minimum(first + k, count - 1) for k in range(min(4, count))]
    t = [nodes[a] for a in at]
    y = [values[a, patients] - level for a in at]
    # Newton's divided differences, in place of a solve for each patient.
    coefficient = list(y)
    for order in range(1, len(t)):
        for k in range(len(t) - 1, order - 1, -1):
            coefficient[k] = (coefficient[k] - coefficient[k - 1]) / (t[k] - t[k - order])

    def cubic(x: FloatArray) -> FloatArray:
        total = coefficient[-1]
        for k in range(len(t) - 2, -1, -1):
            total = total * (x - t[k]) + coefficient[k]
        return np.asarray(total)

    low, high = nodes[right - 1].copy(), nodes[right].copy()
    f_low, f_high = values[right - 1, patients] - level, values[right, patients] - level
    x, left_before = high, np.zeros(right.shape)
    left_before[:] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(_ITERATIONS):
            slope = f_high - f_low
            x = np.where(slope != 0.0, high - f_high * (high - low) / slope, high)
            f = cubic(x)
            left = np.sign(f) == np.sign(f_low)
            # The Illinois rule: an end that stays a second time is halved, so that both ends close in.
            again = left == left_before
            f_low = np.where(left, f, np.where(again, 0.5 * f_low, f_low))
            f_high = np.where(left, np.where(again, 0.5 * f_high, f_high), f)
            low, high = np.where(left, x, low), np.where(left, high, x)
            left_before = left
    return np.where(index == 0, nodes[0], x)


def days_within(
    nodes: FloatArray, within: BoolArray, crossing_of: Callable[[IntArray, IntArray], FloatArray]
) -> FloatArray:
    """Days that each patient is within something, of which `within` (nodes, N) says it at the nodes.

    A change lies where it is crossed, which `crossing_of` says of the nodes after changes and of their patients: the
    times of leaving less those of entering. Sums go patient by patient, so that nobody's depends on the others'.
    """
    days = np.where(within[-1], nodes[-1] - nodes[0], 0.0)
    if within.all() or not within.any():  # the most common, and quickly seen
        return days
    changes, patients = np.nonzero(within[:-1] != within[1:])
    if changes.size:
        since_start = crossing_of(changes + 1, patients) - nodes[0]
        np.add.at(days, patients, np.where(within[changes, patients], since_start, -since_start))
    return days


def beating(values: FloatArray, best: FloatArray) -> IntArray:
    """Patients of whom some value lies above the best so far; a plain reduction, far cheaper than a search."""
    return np.flatnonzero(values.max(axis=0) > best)


def greatest(nodes: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Greatest value of each patient, its day, and the nearest node: the vertex of the parabola through three nodes.

    About the middle node the parabola is y + slope t + curvature t², with its vertex at t = -slope / (2 curvature). The
    trap: a greatest value at an end of the interval stays where it is, for a parabola would look beyond the change of
    the infusion; so does one of which the three nodes lie in a line.
    """
    index = np.argmax(values, axis=0)
    patients = np.arange(values.shape[1])
    peak, day = values[index, patients], nodes[index]
    count = nodes.shape[0]
    if count < 3:
        return peak, day, index
    inner = (index > 0) & (index < count - 1)
    i = np.clip(index, 1, count - 2)
    left, right = nodes[i] - nodes[i - 1], nodes[i + 1] - nodes[i]
    y0, y1, y2 = values[i - 1, patients], values[i, patients], values[i + 1, patients]
    slope_left, slope_right = (y1 - y0) / left, (y2 - y1) / right
    curvature = (slope_right - slope_left) / (left + right)
    slope = (slope_left * right + slope_right * left) / (left + right)
    inner &= curvature < 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        shift = np.clip(-0.5 * slope / curvature, -left, right)
        vertex = y1 + shift * (slope + curvature * shift)
    return np.where(inner, vertex, peak), np.where(inner, nodes[i] + shift, day), index
