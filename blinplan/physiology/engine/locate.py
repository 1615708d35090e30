"""Locate crossings and extremes on the curves of one interval, each by what is known of one step alone.

Within a step a state is the polynomial of fifth degree through its values and its rates of change at the start, the
middle and the end (`grid.hermite`). What comes after a step changes nothing that was found in it, also where the
interval ends inside it. All functions work on every patient at once; the number of rounds is fixed, so that no
patient's result depends on the others'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.model.population import FloatArray

BoolArray = NDArray[np.bool_]
# False position with the Illinois rule, of order 1.44, then stands still to 1e-9 of the bracket.
ROUNDS = 8


class Quintic(NamedTuple):
    """A polynomial of fifth degree in u, the time from the middle of a step over half its length."""

    middle: FloatArray
    half: FloatArray
    c0: FloatArray
    c1: FloatArray
    c2: FloatArray
    c3: FloatArray
    c4: FloatArray
    c5: FloatArray


Three = tuple[FloatArray, FloatArray, FloatArray]


def through(middle: FloatArray, half: FloatArray, values: Three, slopes: Three) -> Quintic:
    """Through values and slopes at the start, middle and end of a step."""
    start, centre, end = half * slopes[0], half * slopes[1], half * slopes[2]
    even, odd = 0.5 * (values[0] + values[2]) - values[1], 0.5 * (values[2] - values[0]) - centre
    fourth = 0.25 * (end - start) - even
    fifth = 0.5 * (0.5 * (start + end) - centre - 3.0 * odd)
    return Quintic(middle, half, values[1], centre, even - fourth, odd - fifth, fourth, fifth)


def value_at(q: Quintic, day: FloatArray) -> FloatArray:
    """The value at a time."""
    u = (day - q.middle) / q.half
    return ((((q.c5 * u + q.c4) * u + q.c3) * u + q.c2) * u + q.c1) * u + q.c0


def derivative(q: Quintic) -> Quintic:
    """The slope as a polynomial, per half step."""
    return Quintic(q.middle, q.half, q.c1, 2.0 * q.c2, 3.0 * q.c3, 4.0 * q.c4, 5.0 * q.c5, 0.0 * q.c5)


class Bracket(NamedTuple):
    """Two times at which a function has two signs; `kept` is 1 where the round before kept the later one, else 0."""

    low: FloatArray
    high: FloatArray
    f_low: FloatArray
    f_high: FloatArray
    kept: FloatArray


def guess(b: Bracket) -> FloatArray:
    """Where the function is 0 if it is straight: by false position, x = b - f(b) (b - a) / (f(b) - f(a))."""
    slope = b.f_high - b.f_low
    return either(slope != 0.0, b.high - b.f_high * (b.high - b.low) / slope, b.high)


def narrow(b: Bracket, x: FloatArray, f: FloatArray) -> Bracket:
    """The part of a bracket on one side of a guess, at which the function is `f`.

    The Illinois rule (Dowell and Jarratt, BIT 11, 1971, p. 168): an end that stays a second time is halved, so that
    both ends close in. Newton's method may leave the bracket.
    """
    left = ((f > 0.0) == (b.f_low > 0.0)) & ((f < 0.0) == (b.f_low < 0.0))
    kept = either(left, 1.0, 0.0)
    again = kept == b.kept
    return Bracket(
        either(left, x, b.low),
        either(left, b.high, x),
        either(left, f, either(again, 0.5 * b.f_low, b.f_low)),
        either(left, either(again, 0.5 * b.f_high, b.f_high), f),
        kept,
    )


def either(condition: BoolArray, this: FloatArray | float, other: FloatArray | float) -> FloatArray:
    """One of two values; `compiled` has the same for numba, without an array to make."""
    return np.where(condition, this, other)


def first_true(mask: BoolArray) -> tuple[IntArray, BoolArray]:
    """Index of the first true node of each patient, and whether there is one."""
    index = np.argmax(mask, axis=0)
    return index, np.asarray(mask[index, np.arange(mask.shape[1])])


@dataclass(frozen=True, slots=True)
class SmoothCurve:
    """One quantity of N patients in one interval.

    Attributes
    ----------
    nodes : (2 S + 1) days since the start of the interval: the start, then the middle and the end of every step.
    values, slopes : (nodes, N), the slopes per day.
    """

    nodes: FloatArray
    values: FloatArray
    slopes: FloatArray

    def of(self, patients: IntArray) -> SmoothCurve:
        """The same of some patients."""
        if patients.shape[0] == self.values.shape[1]:
            return self
        return SmoothCurve(self.nodes, self.values[:, patients], self.slopes[:, patients])

    def mirror_image(self) -> SmoothCurve:
        """The same upside down."""
        return SmoothCurve(self.nodes, -self.values, -self.slopes)

    def at(self, time: float) -> FloatArray:
        """The values (N) at a time."""
        node = int(np.searchsorted(self.nodes, time))
        if self.nodes[node] == time:
            return np.asarray(self.values[node])
        half = np.full(self.values.shape[1], node - 1)
        return value_at(self._quintic(half, np.arange(half.shape[0])), np.full(half.shape, time))

    def beats(self, best: FloatArray, low: float, high: float) -> IntArray:
        """Patients of whom some node between two times, or one of these, lies above the best so far (N)."""
        first, last = np.searchsorted(self.nodes, low), np.searchsorted(self.nodes, high, side="right")
        most = self.values[first:last].max(axis=0, initial=-np.inf)
        for time, nearest in ((low, first), (high, last - 1)):
            if self.nodes[nearest] != time:
                most = np.maximum(most, self.at(time))
        return np.flatnonzero(most > best)

    def _quintic(self, half: IntArray, patients: IntArray) -> Quintic:
        """The polynomials of patients in half steps, each of which begins at the node of its number."""
        start = 2 * (half // 2)
        half_step = 0.5 * (self.nodes[start + 2] - self.nodes[start])
        values, slopes = (
            (of[start, patients], of[start + 1, patients], of[start + 2, patients]) for of in (self.values, self.slopes)
        )
        return through(self.nodes[start + 1], half_step, values, slopes)

    def points(self, parts: int) -> tuple[FloatArray, FloatArray]:
        """Times (M) and values (M, N) at the nodes, and at the ends of equal parts between them."""
        starts, middles, ends = (self.nodes[at::2] for at in (0, 1, 2))
        half = 0.5 * (ends - starts[:-1])
        times, values = np.empty(parts * (self.nodes.shape[0] - 1) + 1), []
        three_values, three_slopes = ((of[0:-1:2], of[1::2], of[2::2]) for of in (self.values, self.slopes))
        quintic = through(middles[:, None], half[:, None], three_values, three_slopes)
        for part in range(2 * parts):
            at = middles + half * (part / parts - 1.0) if part % parts else self.nodes[part // parts : -1 : 2]
            times[part : -1 : 2 * parts] = at
            values.append(value_at(quintic, at[:, None]) if part % parts else self.values[part // parts : -1 : 2])
        times[-1] = self.nodes[-1]
        return times, np.concatenate([np.stack(values, axis=1).reshape(-1, self.values.shape[1]), self.values[-1:]])

    def crossing(
        self,
        low: FloatArray,
        high: FloatArray,
        patients: IntArray,
        level: FloatArray,
        ends: tuple[FloatArray, FloatArray],
    ) -> FloatArray:
        """When patients pass a level between two times of one half step, at which they have the values `ends`."""
        half = np.searchsorted(self.nodes, low, side="right") - 1
        quintic = self._quintic(half, patients)
        return _root(lambda day: value_at(quintic, day) - level, _bracket(low, high, ends[0] - level, ends[1] - level))

    def greatest(self, low: float, high: float) -> tuple[FloatArray, FloatArray]:
        """Greatest value (N) between two times, and when: at a node, at one of the times, or where the slope is 0."""
        first, last = np.searchsorted(self.nodes, low), np.searchsorted(self.nodes, high, side="right") - 1
        patients = np.arange(self.values.shape[1])
        node, peak = np.full(patients.shape, first), np.full(patients.shape, -np.inf)
        if first <= last:
            node = np.argmax(self.values[first : last + 1], axis=0) + first
            peak = self.values[node, patients].copy()
        day = self.nodes[node]
        for time, nearest in ((low, first), (high, last)):
            if self.nodes[nearest] != time:
                value = self.at(time)
                better = value > peak
                peak, day = np.where(better, value, peak), np.where(better, time, day)
                node = np.where(better, nearest, node)
        for half in (node - 1, node):
            inside = (half >= 0) & (half < self.nodes.shape[0] - 1)
            start = np.where(inside, half, 0)
            rises = inside & (self.slopes[start, patients] > 0.0) & (self.slopes[start + 1, patients] < 0.0)
            which = np.flatnonzero(rises)
            if not which.size:
                continue
            summit, value = self._summit(start[which], which)
            better = (value > peak[which]) & (summit > low) & (summit < high)
            peak[which[better]], day[which[better]] = value[better], summit[better]
        return peak, day

    def _summit(self, half: IntArray, patients: IntArray) -> tuple[FloatArray, FloatArray]:
        """When the slope is 0 in half steps, and the value then."""
        quintic = self._quintic(half, patients)
        low, high = self.nodes[half], self.nodes[half + 1]
        ends = _bracket(low, high, self.slopes[half, patients], self.slopes[half + 1, patients])
        slope = derivative(quintic)
        day = _root(lambda day: value_at(slope, day), ends)
        return day, value_at(quintic, day)

    def first_at_most(
        self, level: FloatArray | float, since: FloatArray | float, high: float, among: IntArray | None = None
    ) -> FloatArray:
        """When each patient, or each of some, first is at a level or below it, from a time on; NaN if not by `high`."""
        every = np.arange(self.values.shape[1])
        patients = every if among is None else among
        levels, begin = np.broadcast_to(level, every.shape), np.broadcast_to(since, every.shape)
        until = int(np.searchsorted(self.nodes, high)) + 1
        low = self.values[:until] <= level
        if np.ndim(since) or since:
            low &= self.nodes[:until, None] > begin
        else:
            low[0] = False
        node, found = first_true(low)
        levels, begin, node = levels[patients], begin[patients], node[patients]
        day = np.full(patients.shape, np.nan)
        at_once = self._values_at(begin, patients) <= levels
        which = np.flatnonzero(found[patients] & ~at_once)
        if which.size:
            crossed = self._crossing(node[which] - 1, patients[which], levels[which], begin[which])
            day[which] = np.where(crossed <= high, crossed, np.nan)
        return np.where(at_once & (begin <= high), begin, day)

    def first_at_least(
        self, level: FloatArray | float, since: FloatArray | float, high: float, among: IntArray | None = None
    ) -> FloatArray:
        """When each patient, or each of some, first is at a level or above it."""
        return self.mirror_image().first_at_most(-level, since, high, among)

    def days_at_most(self, level: float, low: float, high: float) -> FloatArray:
        """For how many days each patient (N) is at a level or below it between two times.

        The times of leaving less those of entering. Sums go patient by patient, so that nobody's depends on others'.
        """
        first, until = (
            int(np.searchsorted(self.nodes, low, side="right")) - 1,
            int(np.searchsorted(self.nodes, high)) + 1,
        )
        below = self.values[first:until] <= level
        days = np.where(below[-1], high, 0.0) - np.where(below[0], low, 0.0)
        changes, patients = np.nonzero(below[:-1] != below[1:])
        if changes.size:
            half = changes + first
            crossed = self._crossing(half, patients, np.full(half.shape, level), self.nodes[half])
            crossed = np.clip(crossed, low, high)
            np.add.at(days, patients, np.where(below[changes, patients], crossed, -crossed))
        return days

    def _values_at(self, times: FloatArray, patients: IntArray) -> FloatArray:
        """The value of each patient at a time of his own."""
        if not times.any():
            return np.asarray(self.values[0, patients])
        half = np.clip(np.searchsorted(self.nodes, times) - 1, 0, self.nodes.shape[0] - 2)
        value = value_at(self._quintic(half, patients), times)
        value = np.where(times == self.nodes[half], self.values[half, patients], value)
        return np.asarray(np.where(times == self.nodes[half + 1], self.values[half + 1, patients], value))

    def _crossing(self, half: IntArray, patients: IntArray, level: FloatArray, since: FloatArray) -> FloatArray:
        """When patients pass a level in half steps, not before a time at which they have not."""
        quintic = self._quintic(half, patients)
        low, high = self.nodes[half], self.nodes[half + 1]
        f_low, f_high = self.values[half, patients] - level, self.values[half + 1, patients] - level
        inside = since > low
        low, f_low = np.where(inside, since, low), np.where(inside, value_at(quintic, since) - level, f_low)
        return _root(lambda day: value_at(quintic, day) - level, _bracket(low, high, f_low, f_high))


def _bracket(low: FloatArray, high: FloatArray, f_low: FloatArray, f_high: FloatArray) -> Bracket:
    return Bracket(low, high, f_low, f_high, np.full(low.shape, np.nan))


def _root(function: Callable[[FloatArray], FloatArray], b: Bracket) -> FloatArray:
    """Where a function is 0 between two times at which it has two signs."""
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(ROUNDS):
            x = guess(b)
            b = narrow(b, x, function(x))
    return x
