"""The grid of times on which the states are computed: a fixed sequence of steps from each change of the infusion.

A step depends on the time since the change, on whether it began or ended the infusion, and on nothing that comes later:
two courses that agree up to some day have the same nodes until then, and the same states to the last bit. An interval
that ends inside a step takes the whole step and reads its end off within it. Whole days since the change are nodes, so
that output at whole days is read off without interpolation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
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


# Chosen by measurement so that the greatest error is below 1e-4, with room: in 140,000 patients it is 7e-5. It holds
# for those of other seeds too (`tests.benchmarks.bound`). After a start or a change of the infusion, and after its end.
# What happens at some time after an event lasts about as long as that time, so that steps grow with it; errors of
# T cells add up where an infusion, or the time without one, is long.
INFUSING = Growth(
    (0.0, 0.004, 0.02, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 7.0, 12.0, 21.0, 28.0, 29.0),
    (0.0002, 0.00068, 0.0028, 0.0076, 0.0192, 0.047, 0.08, 0.115, 0.2, 0.45, 0.82, 0.9, 0.9, 0.8),
)
FREE = Growth((0.0, 0.1, 0.5, 1.5, 3.0, 5.0, 8.0, 13.0, 14.0), (0.0031, 0.018, 0.05, 0.11, 0.18, 0.55, 0.8, 0.9, 0.65))
# Where T cells adhere fast, as they do where few B cells are left, they settle within hours of a restart.
ADHERING = Growth(INFUSING.days, (*INFUSING.steps[:2], 0.0018, 0.006, *INFUSING.steps[4:]))
# The same in few patients, in whom more happens at once, or later, when steps are usually long; chosen so that it holds
# for the patients of a table too, whose cells are as few and as many as such a table may say.
FINER_INFUSING = Growth(
    (0.0, 0.004, 0.02, 0.1, 0.25, 1.0, 4.0, 7.0, 14.0, 28.0),
    (0.0001, 0.00036, 0.0008, 0.0024, 0.007, 0.042, 0.09, 0.17, 0.25, 0.4),
)
FINER_FREE = Growth((0.0, 0.1, 0.5, 1.5, 5.0, 12.0), (0.0016, 0.0041, 0.0132, 0.046, 0.12, 0.3))
# Where cytolytic proteins act faster than this (1/day), what follows them is steeper and the steps are smaller.
_USUAL_CYTOLYTIC_RATE, _REFINEMENT = 3.2, 0.65
# Ten rungs lead from one rate of the populations that are shipped to the other, and on as evenly.
_LOW_RUNG, _HIGH_RUNG, _RUNGS, _ROUNDING = 4.0, 12.0, 10, 1e-9


class Reach(NamedTuple):
    """How far the usual steps reach: a patient beyond any of it takes finer ones.

    What acts within a step may be as much more of it as the steps of a population are smaller (`refinement`).

    Attributes
    ----------
    adhesion : the rate of adhesion, 1/day; beyond it steps are ADHERING, beyond any other limit finer still.
    fast_adhesion : the same, beyond which T cells adhere within a step at any time.
    rise : times the concentration of half lysis that the drug rises in a day, at first.
    marrow_lysis : the rate of lysis in marrow, 1/day.
    blood_lysis : the greatest lysis in blood, cells/µL/day: the more cells, the more digits of it are seen in the last.
    proliferation : the rate at which T cells multiply, 1/day.
    release : the release of a cytokine in a day, times its baseline and what is `SEEN` of one.
    t_cells : between which counts, cells/µL: of few, lysis comes late, when steps are long; many adhere at once.
    concentration : times that of half lysis, at which an infusion ended.
    elimination : the rate of elimination, 1/day; here the one who is below is beyond.
    """

    adhesion: float
    fast_adhesion: float
    rise: float
    marrow_lysis: float
    blood_lysis: float
    proliferation: float
    release: float
    t_cells: tuple[float, float]
    concentration: float
    elimination: float


REACH = Reach(
    adhesion=40.0,
    fast_adhesion=230.0,
    rise=110.0,
    marrow_lysis=10.0,
    blood_lysis=11_000.0,
    proliferation=1.2,
    release=13_000.0,
    t_cells=(100.0, 5000.0),
    concentration=15.0,
    elimination=1.5,
)


WHERE_TARGETS_ARE_LOST = 0.55
"""Factor on all steps where cytokines are released as long as there are targets, which may be lost late."""
SEEN = 3.0
"""pg/mL of a cytokine that count as much as its level, where that is near none: the baseline of IL-6."""


def refinement(cytolytic_rate: float) -> float:
    """Factor on all steps for a population, 1 or less; that of the next rate which is a rung of a ladder.

    So that of many parameter sets some take the same steps, and go side by side. None is as much as 8 % smaller for it.
    """
    if cytolytic_rate <= _USUAL_CYTOLYTIC_RATE:
        return 1.0
    rung = ceil(_RUNGS * log(cytolytic_rate / _LOW_RUNG) / log(_HIGH_RUNG / _LOW_RUNG) - _ROUNDING)
    rate = _LOW_RUNG * (_HIGH_RUNG / _LOW_RUNG) ** (rung / _RUNGS)
    return float(min(1.0, (_USUAL_CYTOLYTIC_RATE / rate) ** _REFINEMENT))


def refinements(cytolytic_rates: FloatArray | float) -> FloatArray | float:
    """The same of each patient, where rates differ between them; of one rate to the bits that it has alone."""
    if not isinstance(cytolytic_rates, np.ndarray):
        return refinement(cytolytic_rates)
    rates, whose = np.unique(cytolytic_rates, return_inverse=True)
    return np.array(list(map(refinement, rates.tolist())))[whose.ravel()]


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


class _Piece(NamedTuple):
    """A time in which steps grow evenly, or stay as they are."""

    day: float
    step: float
    slope: float

    def step_after(self, days: float) -> float:
        return self.step + self.slope * days

    def ticks(self, days: float) -> float:
        """Steps in so many days from its start."""
        return log(self.step_after(days) / self.step) / self.slope if self.slope else days / self.step

    def days(self, ticks: float) -> float:
        """How long so many steps take."""
        return self.step * expm1(self.slope * ticks) / self.slope if self.slope else ticks * self.step


class _Clock:
    """A clock that ticks once a step."""

    def __init__(self, growth: Growth, coarseness: float) -> None:
        steps = [coarseness * step for step in growth.steps]
        each = zip(pairwise(growth.days), pairwise(steps), strict=True)
        growing = [_Piece(day, a, (b - a) / (later - day)) for (day, later), (a, b) in each]
        self.pieces = [*growing, _Piece(growth.days[-1], steps[-1], 0.0)]
        lasting = (piece.ticks(after.day - piece.day) for piece, after in pairwise(self.pieces))
        self.ticked = [0.0, *accumulate(lasting)]
        self._starts = growth.days

    def whole_days(self, day: float) -> int:
        """The whole days that are divided at once from a day on: a power of 2, so that they are middles at least."""
        piece = self.pieces[bisect_right(self._starts, day) - 1]
        return 1 << max(0, floor(log2(piece.step_after(day - piece.day))))

    def ticks(self, day: float) -> float:
        """Steps up to a day."""
        k = bisect_right(self._starts, day) - 1
        return self.ticked[k] + self.pieces[k].ticks(day - self.pieces[k].day)

    def day(self, ticks: float) -> float:
        """The day after so many steps."""
        k = bisect_right(self.ticked, ticks) - 1
        return self.pieces[k].day + self.pieces[k].days(ticks - self.ticked[k])


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


def places(lengths: FloatArray, ends: FloatArray, kinds: IntArray, elapsed: FloatArray) -> Spots:
    """Find times (T), days since an event of some kind each, in steps (grids, kinds, S); with weights there.

    The weights are of the values at the start, the middle and the end of the step, and of the slopes there.
    """
    step = np.empty((ends.shape[0], elapsed.shape[0]), dtype=np.intp)
    for kind in range(ends.shape[1]):
        of_kind = np.flatnonzero(kinds == kind)
        if of_kind.size:
            for at in range(ends.shape[0]):
                step[at, of_kind] = np.searchsorted(ends[at, kind], elapsed[of_kind])
    each = np.arange(ends.shape[0])[:, None]
    end, half = ends[each, kinds, step], 0.5 * lengths[each, kinds, step]
    middle = end - half
    node = np.where(elapsed == middle, 1, np.where(elapsed == end, 2, 0))
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
