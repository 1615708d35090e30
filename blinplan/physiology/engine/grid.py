"""The grid of times on which the states are computed: a fixed sequence of steps from each change of the infusion.

A step depends on the time since the change, on whether it began or ended the infusion, and on nothing that comes later:
two courses that agree up to some day have the same nodes until then, and the same states to the last bit. An interval
that ends inside a step takes the whole step and reads its end off within it. Whole days since the change are nodes, so
that output at whole days is read off without interpolation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from math import ceil, expm1, floor, log, log2
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.model.population import FloatArray

IntArray = NDArray[np.intp]


class Growth(NamedTuple):
    """How long steps are after an event: at these days so many days, linear in between, and then as the last."""

    days: tuple[float, ...]
    steps: tuple[float, ...]


# Chosen by measurement so that the greatest error of 20,000 patients stays below 1e-4: after a start or a change of the
# infusion, and after its end, which is smoother at first.
INFUSING = Growth((0.0, 1.0, 4.0, 7.0, 12.0), (0.002, 0.084, 0.15, 0.33, 0.8))
FREE = Growth((0.0, 1.5, 5.0, 8.0, 12.0), (0.004, 0.085, 0.24, 0.5, 0.65))
# After a start in patients in whom the drug passes the concentration of half lysis within five minutes: lysis is there
# within the first steps. And after the end of an infusion in patients who eliminate the drug so slowly that lysis ends
# days later, when steps are usually long.
STEEP = Growth((0.0, 0.02, 1.0, 4.0, 7.0, 12.0), (0.0003, 0.0036, 0.084, 0.15, 0.33, 0.8))
SLOW = Growth((0.0, 1.5, 5.0, 12.0), (0.004, 0.085, 0.14, 0.3))
# After a start in the same patients, in whom the drug rises as slowly as it falls: it still rises when steps are long.
SLOW_RISE = Growth((0.0, 1.0, 4.0, 7.0, 12.0), (0.002, 0.065, 0.12, 0.33, 0.8))
STEEP_RISE, SLOW_ELIMINATION = 300.0, 1.3
"""Times the concentration of half lysis that the drug rises in a day; the elimination rate, 1/day."""
# Where cytolytic proteins act faster than this (1/day), what follows them is steeper and the steps are smaller.
_USUAL_CYTOLYTIC_RATE, _REFINEMENT = 3.2, 0.65


def refinement(cytolytic_rate: float) -> float:
    """Factor on all steps for a population, 1 or less."""
    return float(min(1.0, (_USUAL_CYTOLYTIC_RATE / cytolytic_rate) ** _REFINEMENT))


@lru_cache(maxsize=512)
def ends_of_steps(growth: Growth, coarseness: float, days: int) -> tuple[float, ...]:
    """Ends of the steps from an event on, until so many whole days are over; days since the event.

    A clock that ticks once a step, one tick in the time of a step, is divided evenly in each whole day, or in as many
    days as one step takes.
    """
    clock, ends, day = _Clock(growth, coarseness), [0.0], 0
    while day < days:
        later = day + clock.whole_days(day)
        begun, ended = clock.ticks(day), clock.ticks(later)
        number = max(1, ceil(ended - begun - _LONGER))
        ends += [clock.day(begun + (ended - begun) * k / number) for k in range(1, number)]
        ends.append(float(later))
        day = later
    return tuple(ends[1:])


_LONGER = 0.3
"""The share of a step by which those of a day may together be too long."""


class _Clock:
    """A clock that ticks once a step."""

    def __init__(self, growth: Growth, coarseness: float) -> None:
        self.days, self.steps = growth.days, [coarseness * step for step in growth.steps]
        self.slopes = [(b - a) / (later - day) for (day, later), (a, b) in self._pieces()]
        lasting = [log(b / a) / slope for slope, (_, (a, b)) in zip(self.slopes, self._pieces(), strict=True)]
        self.ticked = [0.0, *accumulate(lasting)]

    def _pieces(self) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
        return zip(pairwise(self.days), pairwise(self.steps), strict=True)

    def whole_days(self, day: float) -> int:
        """The whole days that are divided at once from a day on: a power of 2, so that they are middles at least."""
        return 1 << max(0, floor(log2(self._step(day))))

    def _step(self, day: float) -> float:
        if day >= self.days[-1]:
            return self.steps[-1]
        k = bisect_right(self.days, day) - 1
        return self.steps[k] + self.slopes[k] * (day - self.days[k])

    def ticks(self, day: float) -> float:
        """Steps up to a day."""
        if day >= self.days[-1]:
            return self.ticked[-1] + (day - self.days[-1]) / self.steps[-1]
        k = bisect_right(self.days, day) - 1
        return self.ticked[k] + log(self._step(day) / self.steps[k]) / self.slopes[k]

    def day(self, ticks: float) -> float:
        """The day after so many steps."""
        if ticks >= self.ticked[-1]:
            return self.days[-1] + (ticks - self.ticked[-1]) * self.steps[-1]
        k = bisect_right(self.ticked, ticks) - 1
        return self.days[k] + self.steps[k] * expm1(self.slopes[k] * (ticks - self.ticked[k])) / self.slopes[k]


class Grid(NamedTuple):
    """The steps after an event: (S) lengths and ends, in days since it."""

    lengths: FloatArray
    ends: FloatArray

    @property
    def nodes(self) -> FloatArray:
        """(2 S + 1) the start, then the middle and the end of every step."""
        middles = self.ends - 0.5 * self.lengths
        return np.concatenate([[0.0], np.stack([middles, self.ends], axis=1).ravel()])


def grids(
    coarseness: Sequence[float], days: int, growths: tuple[Growth, ...] = (INFUSING, FREE)
) -> tuple[tuple[Grid, ...], ...]:
    """The steps after events, of each coarseness and of each kind: usually that leave an infusion, and that leave none.

    All have as many.
    """
    each = [[ends_of_steps(growth, one, days) for growth in growths] for one in coarseness]
    number = max(len(ends) for of in each for ends in of)
    return tuple(tuple(_grid(ends, number) for ends in of) for of in each)


def _grid(ends: tuple[float, ...], number: int) -> Grid:
    """The steps that have these ends, and further ones, which nobody takes, up to a number of them."""
    filled = np.array([*ends, *(ends[-1] + k + 1.0 for k in range(number - len(ends)))])
    return Grid(np.diff(filled, prepend=0.0), filled)


class Spots(NamedTuple):
    """Where times lie on grids.

    Attributes
    ----------
    step : (grids, T) number of the step in which each lies.
    node : (grids, T) 1 at its middle, 2 at its end, 0 between nodes.
    blend : (grids, T, 6) weights of the polynomials there; without a meaning where all are nodes.
    """

    step: IntArray
    node: IntArray
    blend: FloatArray


def places(grids: Sequence[Grid], elapsed: FloatArray) -> Spots:
    """Find times (T), days since the event, on each of some grids; with weights of the polynomials there.

    The weights are of the values at the start, the middle and the end of the step, and of the slopes there.
    """
    step = np.stack([np.searchsorted(grid.ends, elapsed) for grid in grids])
    lengths, ends = (
        np.take_along_axis(np.stack([getattr(grid, of) for grid in grids]), step, axis=1) for of in Grid._fields
    )
    half = 0.5 * lengths
    middle = ends - half
    node = np.where(elapsed == middle, 1, np.where(elapsed == ends, 2, 0))
    blend = np.zeros((*node.shape, 6)) if node.all() else hermite((elapsed - middle) / half, half)
    return Spots(step, node, blend)


def hermite(u: FloatArray, half: FloatArray) -> FloatArray:
    """Weights (..., 6) of the polynomial of fifth degree through three values and slopes, at -1 <= u <= 1.

    The nodes lie at u = -1, 0 and 1; `half` is the time from one to the next.
    """
    square, rest = u * u, 1.0 - u * u
    before, after = square * (u - 1.0) ** 2, square * (u + 1.0) ** 2
    return np.stack(
        [
            0.25 * before * (4.0 + 3.0 * u),
            rest * rest,
            0.25 * after * (4.0 - 3.0 * u),
            0.25 * half * before * (u + 1.0),
            half * u * rest * rest,
            0.25 * half * after * (u - 1.0),
        ],
        axis=-1,
    )
