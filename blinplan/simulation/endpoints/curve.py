"""Endpoints read off a curve: what an endpoint means, apart from how the engine gathers it.

Whoever has curves of a signal on many days, from this engine or from the exported model in another simulator, measures
the same endpoints on them by the same definitions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.population import FloatArray

_TINY = 1e-300


class CurveWindow(NamedTuple):
    """Days from one to another."""

    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A signal of patients over a course.

    Attributes
    ----------
    days : (T), rising. values : (T, N) of the signal. baseline : (N) before treatment.
    cycles : number, start, end of infusion and end of each cycle.
    first_infusion : the day on which it begins.
    """

    days: FloatArray
    values: FloatArray
    baseline: FloatArray
    cycles: dict[int, tuple[float, float, float]]
    first_infusion: float

    @classmethod
    def of(cls, days: FloatArray, values: FloatArray, course: Endpoints) -> "Curve":
        """A curve from before treatment on, over a course of which the endpoints say the windows."""
        spans = zip(course.cycle_start_days, course.infusion_end_days, course.cycle_end_days, strict=True)
        first = min(course.dose_step_days, default=float(days[0]))
        return cls(days, values, values[0], dict(zip(course.cycles, spans, strict=True)), first)

    @property
    def whole(self) -> CurveWindow:
        """The whole course."""
        return CurveWindow(float(self.days[0]), float(self.days[-1]))

    def cycle(self, number: int) -> CurveWindow:
        """A cycle, its free interval included."""
        start, _, stop = self.cycles[number]
        return CurveWindow(start, stop)

    def infusion(self, number: int) -> CurveWindow:
        """The infusion of a cycle."""
        start, stop, _ = self.cycles[number]
        return CurveWindow(start, stop)

    def free(self, number: int) -> CurveWindow:
        """From the end of the infusion of a cycle to its end."""
        _, start, stop = self.cycles[number]
        return CurveWindow(start, stop)

    def within(self, window: CurveWindow) -> tuple[FloatArray, FloatArray]:
        """The days of a window, and the values on them."""
        inside = (self.days >= window.start) & (self.days <= window.stop)
        return self.days[inside], self.values[inside]

    def at(self, day: float) -> FloatArray:
        """The values on a day, which is one of those that the curve has; NaN after its end."""
        index = int(np.searchsorted(self.days, day - 1e-9))
        return np.asarray(self.values[index]) if index < self.days.size else np.full(self.values.shape[1], np.nan)


OnCurve = Callable[[Curve, int], FloatArray | BoolArray]
"""What an endpoint is in each patient (N), from the curve of its signal and the number in its key, if it has one."""


def lowest(curve: Curve, window: CurveWindow) -> FloatArray:
    """The least value in a window."""
    return np.asarray(curve.within(window)[1].min(axis=0))


def lowest_day(curve: Curve, window: CurveWindow) -> FloatArray:
    """The day of the least value in a window."""
    days, values = curve.within(window)
    return np.asarray(days[values.argmin(axis=0)])


def highest(curve: Curve, window: CurveWindow) -> FloatArray:
    """The greatest value in a window."""
    return np.asarray(curve.within(window)[1].max(axis=0))


def highest_day(curve: Curve, window: CurveWindow) -> FloatArray:
    """The day of the greatest value in a window."""
    days, values = curve.within(window)
    return np.asarray(days[values.argmax(axis=0)])


def first_day(
    curve: Curve, window: CurveWindow, level: FloatArray | float, *, above: bool, after: FloatArray | float = -np.inf
) -> FloatArray:
    """The first day in a window, and not before another, on which a level is reached; NaN where it is on none.

    Between two days the logarithm of the signal is taken for a straight line.
    """
    days, values = curve.within(window)
    there: BoolArray = (values >= level if above else values <= level) & (days[:, None] >= np.asarray(after))
    index = np.argmax(there, axis=0)
    patients = np.arange(values.shape[1])
    earlier = np.maximum(index - 1, 0)
    logs = np.log(np.maximum(values, _TINY))
    before, reached = logs[earlier, patients], logs[index, patients]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (np.log(level) - before) / (reached - before)
    between = np.where(np.abs(part) <= 1.0, part, 0.0)  # who is there on both days is there from `after` on
    found = days[earlier] + between * (days[index] - days[earlier])
    return np.where(there.any(axis=0), np.maximum(found, after), np.nan)


def days_at_most(curve: Curve, window: CurveWindow, level: float) -> FloatArray:
    """The days of a window with no more than a level, the logarithm taken for a straight line between two days."""
    days, values = curve.within(window)
    logs = np.log(np.maximum(values, _TINY)) - np.log(level)
    low, high = np.minimum(logs[:-1], logs[1:]), np.maximum(logs[:-1], logs[1:])
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(high <= 0.0, 1.0, np.where(low > 0.0, 0.0, -low / (high - low)))
    return np.asarray((part * np.diff(days)[:, None]).sum(axis=0))


def integral(curve: Curve, window: CurveWindow) -> FloatArray:
    """The integral over a window, by trapezia."""
    days, values = curve.within(window)
    return np.asarray((0.5 * (values[1:] + values[:-1]) * np.diff(days)[:, None]).sum(axis=0))
