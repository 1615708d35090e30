"""Locate crossings and extremes on the curves of one interval, each by what is known of one step alone.

Within a step a state is the polynomial of fifth degree through its values and its rates of change at the start, the
middle and the end (`grid.hermite`). What comes after a step changes nothing that was found in it, also where the
interval ends inside it. All functions work on every patient at once; the number of rounds is fixed, so that no
patient's result depends on the others'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.model.population import FloatArray

BoolArray = NDArray[np.bool_]
# False position with the Illinois rule, of order 1.44, then stands still to 1e-9 of the bracket.
_ITERATIONS = 8


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

    def over(self, scale: FloatArray) -> SmoothCurve:
        """The same over a scale (N)."""
        return SmoothCurve(self.nodes, self.values / scale, self.slopes / scale)

    def mirror_image(self) -> SmoothCurve:
        """The same upside down."""
        return SmoothCurve(self.nodes, -self.values, -self.slopes)

    def at(self, time: float) -> FloatArray:
        """The values (N) at a time."""
        node = int(np.searchsorted(self.nodes, time))
        if self.nodes[node] == time:
            return np.asarray(self.values[node])
        half = np.full(self.values.shape[1], node - 1)
        return self._quintic(half, np.arange(half.shape[0])).value(np.full(half.shape, time))

    def beats(self, best: FloatArray, low: float, high: float) -> IntArray:
        """Patients of whom some node between two times, or one of these, lies above the best so far (N)."""
        first, last = np.searchsorted(self.nodes, low), np.searchsorted(self.nodes, high, side="right")
        most = self.values[first:last].max(axis=0, initial=-np.inf)
        for time, nearest in ((low, first), (high, last - 1)):
            if self.nodes[nearest] != time:
                most = np.maximum(most, self.at(time))
        return np.flatnonzero(most > best)

    def _quintic(self, half: IntArray, patients: IntArray) -> _Quintic:
        """The polynomials of patients in half steps, each of which begins at the node of its number."""
        start = 2 * (half // 2)
        nodes = [start + k for k in range(3)]
        days = [self.nodes[node] for node in nodes]
        values = [self.values[node, patients] for node in nodes]
        slopes = [self.slopes[node, patients] for node in nodes]
        return _Quintic.through(days[1], 0.5 * (days[2] - days[0]), values, slopes)

    def points(self, parts: int) -> tuple[FloatArray, FloatArray]:
        """Times (M) and values (M, N) at the nodes, and at the ends of equal parts between them."""
        starts, middles, ends = (self.nodes[at::2] for at in (0, 1, 2))
        half = 0.5 * (ends - starts[:-1])
        times, values = np.empty(parts * (self.nodes.shape[0] - 1) + 1), []
        quintic = _Quintic.through(
            middles[:, None],
            half[:, None],
            [self.values[at:until:2] for at, until in ((0, -1), (1, None), (2, None))],
            [self.slopes[at:until:2] for at, until in ((0, -1), (1, None), (2, None))],
        )
        for part in range(2 * parts):
            at = middles + half * (part / parts - 1.0) if part % parts else self.nodes[part // parts : -1 : 2]
            times[part : -1 : 2 * parts] = at
            values.append(quintic.value(at[:, None]) if part % parts else self.values[part // parts : -1 : 2])
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
        return _root(lambda day: quintic.value(day) - level, low, high, ends[0] - level, ends[1] - level)

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
        day = _root(quintic.slope, low, high, self.slopes[half, patients], self.slopes[half + 1, patients])
        return day, quintic.value(day)

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
        value = self._quintic(half, patients).value(times)
        value = np.where(times == self.nodes[half], self.values[half, patients], value)
        return np.asarray(np.where(times == self.nodes[half + 1], self.values[half + 1, patients], value))

    def _crossing(self, half: IntArray, patients: IntArray, level: FloatArray, since: FloatArray) -> FloatArray:
        """When patients pass a level in half steps, not before a time at which they have not."""
        quintic = self._quintic(half, patients)
        low, high = self.nodes[half], self.nodes[half + 1]
        f_low, f_high = self.values[half, patients] - level, self.values[half + 1, patients] - level
        inside = since > low
        low, f_low = np.where(inside, since, low), np.where(inside, quintic.value(since) - level, f_low)
        return _root(lambda day: quintic.value(day) - level, low, high, f_low, f_high)


@dataclass(frozen=True, slots=True)
class _Quintic:
    """Polynomials of fifth degree in u, the time from the middle of a step over half its length."""

    middle: FloatArray
    half: FloatArray
    coefficients: tuple[FloatArray, ...]

    @classmethod
    def through(
        cls, middle: FloatArray, half: FloatArray, values: list[FloatArray], slopes: list[FloatArray]
    ) -> _Quintic:
        """Through values and slopes at the start, middle and end."""
        start, centre, end = (half * slope for slope in slopes)
        even, odd = 0.5 * (values[0] + values[2]) - values[1], 0.5 * (values[2] - values[0]) - centre
        fourth = 0.25 * (end - start) - even
        fifth = 0.5 * (0.5 * (start + end) - centre - 3.0 * odd)
        return cls(middle, half, (values[1], centre, even - fourth, odd - fifth, fourth, fifth))

    def value(self, day: FloatArray) -> FloatArray:
        """The value at a time."""
        u = (day - self.middle) / self.half
        total = self.coefficients[5]
        for coefficient in self.coefficients[4::-1]:
            total = total * u + coefficient
        return total

    def slope(self, day: FloatArray) -> FloatArray:
        """The slope at a time, per half step."""
        u = (day - self.middle) / self.half
        total = 5.0 * self.coefficients[5]
        for power in (4, 3, 2, 1):
            total = total * u + power * self.coefficients[power]
        return total


def _root(
    function: Callable[[FloatArray], FloatArray],
    low: FloatArray,
    high: FloatArray,
    f_low: FloatArray,
    f_high: FloatArray,
) -> FloatArray:
    """Where a function is 0 between two times at which it has two signs.

    By false position, x = b - f(b) (b - a) / (f(b) - f(a)), with the Illinois rule (Dowell and Jarratt, BIT 11, 1971,
    p. 168), which keeps one end of the bracket from standing still. Newton's method may leave the bracket.
    """
    left_before = np.full(low.shape, np.nan)
    x = high
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(_ITERATIONS):
            slope = f_high - f_low
            x = np.where(slope != 0.0, high - f_high * (high - low) / slope, high)
            f = function(x)
            left = np.sign(f) == np.sign(f_low)
            # The Illinois rule: an end that stays a second time is halved, so that both ends close in.
            again = left == left_before
            f_low = np.where(left, f, np.where(again, 0.5 * f_low, f_low))
            f_high = np.where(left, np.where(again, 0.5 * f_high, f_high), f)
            low, high = np.where(left, x, low), np.where(left, high, x)
            left_before = left
    return x
