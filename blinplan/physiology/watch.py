"""Watch what is shown of patients: when it is first beyond a level in a window of days, and for how long.

What is asked for is gathered while the patients advance, from one interval after the other. Between nodes a signal is
on the polynomial of its step (`engine.locate`); the drug is in closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import Interval
from blinplan.physiology.engine.locate import BoolArray, SmoothCurve
from blinplan.physiology.engine.searches import History
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED, signal_name
from blinplan.physiology.model.mechanism import CELLS_OF_A_FULL_MARROW
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import SHOWN, ShownState, States, initial_state

_PARTS = 4
"""Parts of the distance of two nodes, at whose ends a signal is looked at: a peak that is above for less is missed."""
_ROUNDING = 1e-12
"""What is as near to a level is at it: a count that stays at its baseline is rounded on every step."""
_AT_BASELINE = 1e-9
"""The same of the level at which everybody begins: what the solver adds there is no rise."""
_ONE_CELL = (1.0 - 1e-9) / CELLS_OF_A_FULL_MARROW
"""Of blasts, the least level that is told from fewer than one cell."""
_DRUG = "drug"


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched: a signal, by its key, above or below a level, from one day of the course to another.

    Attributes
    ----------
    level : in the unit of the signal, or as times its value before treatment where it is ``of_baseline``.
    above : whether it is beyond the level above it; below it otherwise.
    touching : whether at the level is beyond it as well.
    start, stop : days of the course, of all patients or of each (N).
    """

    signal: str
    level: float
    of_baseline: bool
    above: bool
    touching: bool
    start: float | FloatArray
    stop: float | FloatArray

    def select(self, place: slice | IntArray) -> Watch:
        """The same of some of the patients."""
        start, stop = (days if isinstance(days, float) else days[place] for days in (self.start, self.stop))
        return replace(self, start=start, stop=stop)


class Seen(NamedTuple):
    """What was seen of each patient (N): the day of being first beyond the level, NaN if never, and days beyond it."""

    first_day: FloatArray
    days: FloatArray


class WatchingInStep:
    """Watches some signals of a chunk, of those together who take the same steps."""

    def __init__(self, watches: Sequence[Watch], patients: Population, in_step: Sequence[slice | IntArray]) -> None:
        self._watching = [
            [Watching(watch.select(place), some) for watch in watches]
            for place, some in ((place, patients.select(place)) for place in in_step)
        ]
        everybody = np.arange(patients.size)
        self._places = np.concatenate([everybody[place] for place in in_step])

    def add(self, interval: Interval, histories: Sequence[History]) -> None:
        """Take in one interval: what those of the same steps went through."""
        for watching, history in zip(self._watching, histories, strict=True):
            for one in watching:
                one.add(interval, history)

    def finish(self) -> tuple[Seen, ...]:
        """Return what was seen of all."""
        return join_seen([tuple(one.finish() for one in watching) for watching in self._watching], self._places)


def join_seen(parts: list[tuple[Seen, ...]], places: IntArray) -> tuple[Seen, ...]:
    """What was seen of several chunks as of one population; `places` (N) are those of the patients as they come."""
    order = np.argsort(places, kind="stable")
    return tuple(
        Seen(*(np.concatenate([getattr(one, of) for one in each])[order] for of in Seen._fields))
        for each in zip(*parts, strict=True)
    )


class Watching:
    """Watches one signal of one chunk, interval by interval."""

    def __init__(self, watch: Watch, patients: Population) -> None:
        self.watch, self.patients = watch, patients
        self.shown: ShownState = next(shown for shown in SHOWN if shown.key == watch.signal)
        level = watch.level * self._baseline() if watch.of_baseline else np.full(patients.size, watch.level)
        near = _AT_BASELINE if watch.of_baseline and watch.level == 1.0 else _ROUNDING
        self.level = level * (1.0 + (near if watch.above != watch.touching else -near))
        self.start, self.stop = (
            np.broadcast_to(np.asarray(day), (patients.size,)) for day in (watch.start, watch.stop)
        )
        self.first = np.full(patients.size, np.inf)
        self.days = np.zeros(patients.size)

    def _baseline(self) -> FloatArray:
        before = initial_state(self.patients)[:, None, :]
        return np.asarray(self.shown.values(States(*before), self.patients)[0])

    def add(self, interval: Interval, history: History) -> None:
        """Take in one interval."""
        if interval.stop < self.start.min() or interval.start > self.stop.max():
            return
        if self.watch.signal == _DRUG:
            # It nears its plateau from one side: between the ends of an interval it is nowhere beyond both.
            times = history.nodes[[0, -1]]
            values = np.array([history.concentration(float(time)) for time in times])
            self._take(interval, times, values, self.level, lambda _, patients: self._reaching(history, patients))
            return
        curve, level = self._curve(history)
        times, values = curve.points(_PARTS)

        def crossing(index: IntArray, patients: IntArray) -> FloatArray:
            ends = values[index - 1, patients], values[index, patients]
            return curve.crossing(times[index - 1], times[index], patients, level[patients], ends)

        self._take(interval, times, values, level, crossing)

    def _curve(self, history: History) -> tuple[SmoothCurve, FloatArray]:
        """What the engine has of the signal, and the level on its scale."""
        match self.watch.signal:
            case "b-cells":
                return history.b_blood, self.level
            case "t-cells":
                return history.t_blood, self.level
            case "blasts":
                # Blasts are held at one cell: below a lower level they never are.
                return history.log_blasts, np.where(
                    self.level < _ONE_CELL, -np.inf, np.log(np.maximum(self.level, _ONE_CELL))
                )
        name = next(name for name in ELEVATED if signal_name(name) == self.watch.signal)
        baseline = self.patients.cytokine_baseline[CYTOKINES.index(name)]
        risen = (self.level - baseline) / self.patients.cytokine_release[ELEVATED.index(name)]
        # A level only rises above baseline, and a polynomial may be a little below nothing.
        return history.release, np.where(risen < 0.0, -np.inf, risen)

    def _reaching(self, history: History, patients: IntArray) -> FloatArray:
        """When the concentration is at the level: it nears its plateau exponentially."""
        left = (self.level[patients] - history.infusion.plateau[patients]) / history.infusion.excess[patients]
        return np.asarray(-np.log(left) / history.elimination[patients])

    def _is_beyond(self, curve: FloatArray, level: FloatArray) -> BoolArray:
        compare = {
            (True, True): np.greater_equal,
            (True, False): np.greater,
            (False, True): np.less_equal,
            (False, False): np.less,
        }[self.watch.above, self.watch.touching]
        return np.asarray(compare(curve, level))

    def _take(
        self,
        interval: Interval,
        times: FloatArray,
        values: FloatArray,
        level: FloatArray,
        crossing: Callable[[IntArray, IntArray], FloatArray],
    ) -> None:
        """Take in the stretches in which patients are beyond the level, as far as they lie in their windows."""
        beyond = self._is_beyond(values, level)
        if not beyond.any():
            return
        patients, enter, leave = _stretches(times, beyond, crossing)
        stop = np.minimum(interval.stop, self.stop[patients])
        low = np.maximum(interval.start + enter, self.start[patients])
        high = np.minimum(interval.start + leave, stop)
        counts = (high >= low) if self.watch.touching else (high > low)
        np.add.at(self.days, patients[counts], (high - low)[counts])
        np.minimum.at(self.first, patients[counts], low[counts])

    def finish(self) -> Seen:
        """Return what was seen."""
        return Seen(np.where(np.isfinite(self.first), self.first, np.nan), self.days)


def _stretches(
    days: FloatArray, beyond: BoolArray, crossing: Callable[[IntArray, IntArray], FloatArray]
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Each stretch beyond the level: whose it is, and from when to when; those of a patient in the order of time."""
    changes, patients = np.nonzero(beyond[:-1] != beyond[1:])
    at = crossing(changes + 1, patients) if changes.size else np.empty(0)
    leaving = beyond[changes, patients]
    first, last = np.flatnonzero(beyond[0]), np.flatnonzero(beyond[-1])
    entered = np.concatenate([first, patients[~leaving]])
    left = np.concatenate([patients[leaving], last])
    enter = np.concatenate([np.full(first.size, days[0]), at[~leaving]])
    leave = np.concatenate([at[leaving], np.full(last.size, days[-1])])
    order, other = np.argsort(entered, kind="stable"), np.argsort(left, kind="stable")
    return entered[order], enter[order], leave[other]
