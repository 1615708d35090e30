"""Find crossings and extremes on curves of patients whose nodes lie at times of their own: the bytes of `locate`.

Nodes beyond the end of a patient's interval change nothing that is found up to it.
"""

from __future__ import annotations

import numpy as np

from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.locate import BoolArray, Find, SmoothCurve, first_true, value_at
from blinplan.physiology.model.population import FloatArray


class OwnCurve(SmoothCurve):
    """One quantity of N patients in one interval, with nodes (nodes, N)."""

    __slots__ = ()

    def _day(self, node: IntArray, patients: IntArray) -> FloatArray:
        return np.asarray(self.nodes[node, patients])

    def _first_from(self, times: FloatArray | float) -> IntArray:
        """The first node (N) of each patient at a time or after it."""
        return np.asarray(np.count_nonzero(self.nodes < times, axis=0))

    def _last_until(self, times: FloatArray | float) -> IntArray:
        """The last node (N) of each patient at a time or before it."""
        return np.asarray(np.count_nonzero(self.nodes <= times, axis=0)) - 1

    def _numbers(self) -> IntArray:
        """(nodes, 1) the number of each node."""
        return np.arange(self.nodes.shape[0])[:, None]

    def _values_between(self, between: BoolArray, patients: IntArray | slice = slice(None)) -> FloatArray:
        """The values of some patients at nodes that count; at others less than any."""
        return np.where(between, self.sign * self.values[:, patients], -np.inf)

    def at(self, time: float) -> FloatArray:
        """The values (N) at a time."""
        everybody = np.arange(self.values.shape[1])
        node = self._first_from(time)
        inside = value_at(self._quintic(np.maximum(node - 1, 0), everybody), np.full(node.shape, time))
        is_node = self._day(node, everybody) == time
        return np.where(is_node, self.sign * self.values[node, everybody], inside)

    def _tops(self, low: float, high: float) -> FloatArray:
        return np.asarray(self._values_between((self.nodes >= low) & (self.nodes <= high)).max(axis=0, keepdims=True))

    def _beat(self, most: FloatArray, best: FloatArray, low: float, high: float) -> IntArray:
        for time in (low, high):
            most = np.maximum(most, self.at(time))
        return np.flatnonzero(most > best)

    def _greatest_known(
        self, tops: FloatArray, low: float, high: float, patients: IntArray
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        nodes, whose = self.nodes[:, patients], np.arange(patients.shape[0])
        between = (nodes >= low) & (nodes <= high)
        first, last = self._first_from(low)[patients], self._last_until(high)[patients]
        values = self._values_between(between, patients)
        node = np.where(between.any(axis=0), np.argmax(values, axis=0), first)
        peak, day = values[node, whose], nodes[node, whose]
        peak = np.where(between.any(axis=0), peak, -np.inf)
        for time, nearest in ((low, first), (high, last)):
            value = self.at(time)[patients]
            better = (value > peak) & (nodes[nearest, whose] != time)
            peak, day = np.where(better, value, peak), np.where(better, time, day)
            node = np.where(better, nearest, node)
        return node, peak, day

    def find_first_at_most(
        self, levels: FloatArray, begin: FloatArray, high: float, patients: IntArray
    ) -> Find[FloatArray]:
        """When each of some patients first is at a level or below it, from a time on; NaN if not by `high`."""
        values, last = self._of(self.values, patients), self._first_from(high)[patients]
        low = values <= levels if self.sign > 0.0 else values >= -levels
        low &= (self._numbers() <= last) & (self.nodes[:, patients] > begin)
        node, found = first_true(low)
        return (yield from self._days_before(node, found, levels, begin, high, patients))

    def find_days_at_most(self, level: float, low: float, high: float) -> Find[FloatArray]:
        """For how many days each patient (N) is at a level or below it between two times."""
        everybody, numbers = np.arange(self.values.shape[1]), self._numbers()
        first, last = self._last_until(low), self._first_from(high)
        below = self.values <= level
        days = np.where(below[last, everybody], high, 0.0) - np.where(below[first, everybody], low, 0.0)
        passed = (below[:-1] != below[1:]) & (numbers[:-1] >= first) & (numbers[1:] <= last)
        half, patients = np.nonzero(passed)
        if half.size:
            crossed = yield self._crossing(half, patients, np.full(half.shape, level), self._day(half, patients))
            crossed = np.clip(crossed, low, high)
            np.add.at(days, patients, np.where(below[half, patients], crossed, -crossed))
        return days

    def _half_step_of(self, times: FloatArray, patients: IntArray) -> IntArray:
        before = np.count_nonzero(self.nodes[:, patients] < times, axis=0)
        return np.asarray(np.clip(before - 1, 0, self.nodes.shape[0] - 2))
