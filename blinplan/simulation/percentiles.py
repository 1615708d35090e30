"""What can be measured in virtual patients over time: percentiles of the population on chosen days.

A trajectory of every patient is large, so the patients are simulated a few at a time and only the signals that are
wanted are kept, in a file where they are many; percentiles are then exact, over all these patients. Where even that
would be too much, every second, third ... patient is taken, and the bands say of how many patients they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.executors.executor import Executor, executor_or_threads
from blinplan.physiology.engine.choose import takes_turns
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import SHOWN
from blinplan.physiology.solve import simulate
from blinplan.physiology.trajectories import Trajectories
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.simulation.crowd.cohort import Cohort
from blinplan.simulation.crowd.columns import Columns
from blinplan.simulation.trajectories import Portion, RequestedCurves
from blinplan.simulation.trials.cohort_trial import CohortTrial
from blinplan.simulation.trials.own_courses import OwnCourses
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.trials.trial import Trial

LEVELS = (5.0, 50.0, 95.0)
"""The percentiles of a band, as in the table of endpoints."""

MOST_VALUES = 2_000_000_000
"""How many numbers are kept, in a file: some 16 gigabytes, enough for a million patients at the terminal."""
_AT_ONCE = 256 * 1024
"""How many numbers percentiles are taken of at once: of few patients, whose columns are many, that is quicker."""

_BLOCK = 1024
"""Patients simulated at a time."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Something measured in a patient: its name on the command line, what it is called, and its unit."""

    key: str
    label: str
    unit: str


SIGNALS = {
    shown.key: Signal(shown.key, shown.label, shown.unit if shown.baseline is None else "% of baseline")
    for shown in SHOWN
    if shown.drawn
}
"""Every signal by its key."""

_SHOWN = {shown.key: shown for shown in SHOWN}


@dataclass(frozen=True, slots=True)
class Band:
    """One signal over time: ``values`` (levels, days), the percentiles of the population on each day.

    ``models`` (2, days) is between what the median lies over plausible models; None where they were not asked for.
    """

    signal: Signal
    values: FloatArray
    models: FloatArray | None = None

    @property
    def median(self) -> FloatArray:
        """(days) the median of the population."""
        return np.asarray(self.values[LEVELS.index(50.0)])


@dataclass(frozen=True, slots=True)
class Bands:
    """Signals of the same patients on the same ``days`` (from the start of the course, rising).

    ``patients`` is how many the percentiles are of, out of ``population``; ``levels`` are the percentiles. ``within``
    (days) is how many of them are not yet through with a course of their own, whose percentiles these are; None where
    all go through the same. ``models`` is how many plausible models there are beside the shipped one.
    """

    days: FloatArray
    levels: tuple[float, ...]
    bands: tuple[Band, ...]
    patients: int
    population: int
    models: int = 0
    within: IntArray | None = None

    def only(self, signals: Iterable[str]) -> Bands:
        """Keep the signals of these keys."""
        kept = frozenset(signals)
        return replace(self, bands=tuple(band for band in self.bands if band.signal.key in kept))

    def over_models(self, others: Sequence[Bands]) -> Bands:
        """The same with what the medians of the same patients come to under other models."""
        spans = zip(self.bands, *(other.bands for other in others), strict=True)
        return replace(self, bands=tuple(_span_of(*of) for of in spans), models=len(others))


def _span_of(band: Band, *others: Band) -> Band:
    medians = np.array([band.median, *(other.median for other in others)])
    return replace(band, models=np.array([medians.min(axis=0), medians.max(axis=0)]))


# Hours after a change of the infusion at which signals are looked at, close together where cytokines and T cells move.
_AFTER = (1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20, 24, 30, 36, 42, 48, 60, 72, 96, 120, 168)
_MANY = 64
"""Changes of courses of their own above which curves are not looked at after each of them."""
_EVENLY = 160
"""Equal parts of a window at whose ends signals are looked at besides."""


def sampling_days(periods: Sequence[Period], first: float, last: float) -> FloatArray:
    """Choose the days between `first` and `last` on which curves are to be known.

    Every change of the infusion is one of them, so that no step is drawn late, and the days after it lie closer
    together; the rest of the window is divided evenly.
    """
    edges = sorted({0, *(period.start for period in periods), periods[-1].stop})
    after = {edge / MINUTES_PER_DAY + hours / 24.0 for edge in edges for hours in (0, *_AFTER)}
    evenly = np.linspace(first, last, _EVENLY + 1)
    return np.array(sorted({day for day in after if first <= day <= last} | set(evenly.tolist())))


def sampling_days_of(trial: Trial | CohortTrial, first: float, last: float) -> FloatArray:
    """The same for patients of whom some may have courses of their own: after the changes of those that are few."""
    own = trial.own if isinstance(trial, CohortTrial) else None
    changes = trial.periods if own is None else own.covering(trial.periods)
    return sampling_days(changes if len(changes) <= _MANY else trial.periods, first, last)


def bands(
    dosing: Dosing,
    population: Population,
    days: FloatArray,
    signals: Iterable[str] = tuple(SIGNALS),
    *,
    options: Options | None = None,
    executor: Executor | None = None,
    most_values: int = MOST_VALUES,
    progress: Callable[[int], None] | None = None,
) -> Bands:
    """Simulate a population and take percentiles of its signals on each of the days.

    Parameters
    ----------
    dosing, population, options
        As for `simulate`.
    executor
        What runs the patients; threads, as many as there are processors, when not given.
    days
        (T) from the start of the course, rising.
    signals
        Keys of `SIGNALS`.
    most_values
        How many numbers may be kept, in a file where they are many. Where all patients would be more, every k-th one is
        taken, beginning with the first; virtual patients are drawn independently, so these are a sample of the same
        population.
    progress
        Called with the number of patients done.

    Raises
    ------
    NoRoomError
        When the folder for temporary files is full.
    """
    blocks = (
        (_of_some(dosing, slice(start, start + _BLOCK)), population.select(slice(start, start + _BLOCK)))
        for start in range(0, population.size, _BLOCK)
    )
    asked = _RequestedBands(days, tuple(SIGNALS[key] for key in signals), population.size, most_values)
    return _percentiles(blocks, asked, options, executor, progress)


def bands_of(
    simulation: Simulation,
    days: FloatArray,
    signals: Iterable[str] = tuple(SIGNALS),
    *,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Bands:
    """Take the bands of the patients of a simulation, or the curves of its typical patient where it has no others.

    Where it has plausible models, the bands say between what the medians lie under them.
    """
    trial, cohort = simulation.outcome.trial, simulation.cohort
    if isinstance(trial, CohortTrial):
        return bands_under_models((trial, *simulation.models), days, signals, executor=executor, progress=progress)
    return bands_of_trial(trial, cohort, days, signals, executor=executor, progress=progress)


def bands_under_models(
    trials: Sequence[CohortTrial],
    days: FloatArray,
    signals: Iterable[str] = tuple(SIGNALS),
    *,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Bands:
    """Take the bands of patients under the shipped parameters, the first, and between what medians lie under all."""
    shipped, *models = trials
    found = bands_of_trial(shipped, shipped.cohort, days, signals, executor=executor, progress=progress)
    others = [bands_of_trial(model, model.cohort, days, signals, executor=executor) for model in models]
    return found.over_models(others) if others else found


def bands_of_trial(
    trial: Trial | CohortTrial,
    cohort: Cohort,
    days: FloatArray,
    signals: Iterable[str] = tuple(SIGNALS),
    *,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Bands:
    """Take the bands of patients who are sent through a regimen."""
    own = trial.own if isinstance(trial, CohortTrial) else None
    asked = _RequestedBands(days, tuple(SIGNALS[key] for key in signals), cohort.size, MOST_VALUES, own)
    size = min(_BLOCK, trial.in_one_table) if isinstance(trial, CohortTrial) else _BLOCK
    people = (part.population() for part in cohort.parts(size))
    blocks = ((trial.dosing_of(some) if isinstance(trial, CohortTrial) else trial.dosing, some) for some in people)
    return _percentiles(blocks, asked, trial.options, executor, progress)


class _RequestedBands(NamedTuple):
    """What is to be known: which signals on which days, of how many patients, and how many numbers may be kept.

    ``own`` are courses of their own that patients have, where any do: of who is through nothing is known any more.
    """

    days: FloatArray
    signals: tuple[Signal, ...]
    patients: int
    most_values: int
    own: OwnCourses | None = None

    @property
    def stride(self) -> int:
        """Every which patient is taken."""
        return max(1, -(-self.patients * len(self.signals) * len(self.days) // self.most_values))

    def rows_of(self, trajectories: Trajectories) -> list[FloatArray]:
        """Each signal on each day (patients), NaN in who is through with a course of their own."""
        rows = [row for signal in self.signals for row in _signal_values(signal, trajectories)]
        if self.own is None:
            return rows
        ends = self.own.ends_of(trajectories.population.numbers) / MINUTES_PER_DAY
        days = np.tile(self.days, len(self.signals))
        return [np.where(day <= ends, row, np.nan) for day, row in zip(days, rows, strict=True)]

    @property
    def within(self) -> IntArray | None:
        """How many of those who are taken are not yet through on each day."""
        return None if self.own is None else self.own.patients_within(self.days, self.stride)


def _percentiles(
    blocks: Iterable[tuple[Dosing, Population]],
    asked: _RequestedBands,
    options: Options | None,
    executor: Executor | None,
    progress: Callable[[int], None] | None,
) -> Bands:
    """The percentiles of each signal on each day, exactly: of a whole column of all patients, as NumPy takes them."""
    columns = _columns_for(asked)
    done = 0
    with executor_or_threads(executor, in_turns=takes_turns(None)) as running:
        for dosing, people in blocks:
            chosen = slice(-done % asked.stride, None, asked.stride)
            done += people.size
            if some := len(range(people.size)[chosen]):
                columns.append(_values(dosing, people, chosen, asked, options, running))
            if progress is not None and some:
                progress(done)
    return _bands(columns, asked)


def bands_of_curves(curves: RequestedCurves, computed: Iterable[Portion], signals: Iterable[str]) -> Bands:
    """Percentiles of curves at their own times, exactly: of all patients.

    Raises
    ------
    NoRoomError
        When the folder for temporary files is full.
    """
    wanted = tuple(SIGNALS[key] for key in signals)
    days = curves.minutes / MINUTES_PER_DAY
    asked = _RequestedBands(days, wanted, curves.cohort.size, MOST_VALUES, curves.trial.own)
    columns, done = _columns_for(asked), 0
    for portion in computed:
        chosen = slice(-done % asked.stride, None, asked.stride)
        done += portion.trajectories.population.size
        columns.append([row[chosen] for row in asked.rows_of(portion.trajectories)])
    return _bands(columns, asked)


def _columns_for(asked: _RequestedBands) -> Columns:
    return Columns([np.dtype(np.float64)] * (len(asked.signals) * asked.days.shape[0]))


def _bands(columns: Columns, asked: _RequestedBands) -> Bands:
    at_once = max(1, _AT_ONCE // max(1, columns.rows))
    numbers = [range(first, min(first + at_once, len(columns))) for first in range(0, len(columns), at_once)]
    take = np.percentile if asked.own is None else np.nanpercentile
    levels = [take(np.stack([columns.column(one) for one in some]), LEVELS, axis=1).T for some in numbers]
    by_signal = np.concatenate(levels).reshape(len(asked.signals), asked.days.shape[0], len(LEVELS)).transpose(0, 2, 1)
    return Bands(
        days=asked.days,
        levels=LEVELS,
        bands=tuple(Band(signal, np.ascontiguousarray(by_signal[row])) for row, signal in enumerate(asked.signals)),
        patients=columns.rows,
        population=asked.patients,
        within=asked.within,
    )


def _values(
    dosing: Dosing,
    people: Population,
    chosen: slice,
    asked: _RequestedBands,
    options: Options | None,
    executor: Executor,
) -> list[FloatArray]:
    """Each signal on each day, of the patients who are taken."""
    trajectories = simulate(
        _of_some(_until(dosing, float(asked.days[-1])), chosen),
        people.select(chosen),
        options=options,
        output_days=asked.days,
        endpoints=False,
        executor=executor,
    ).trajectories
    assert trajectories is not None  # noqa: S101 - they were asked for
    return asked.rows_of(trajectories)


def _of_some(dosing: Dosing, which: slice) -> Dosing:
    """What some of the patients get; the same where all get the same."""
    return dosing if dosing.rates.shape[1] == 1 else replace(dosing, rates=dosing.rates[:, which])


def _until(dosing: Dosing, day: float) -> Dosing:
    """Leave out the intervals that begin on a day or later, so that nothing is simulated that nobody looks at."""
    last = max(1, sum(edge / MINUTES_PER_DAY < day for edge in dosing.edges_minutes[:-1]))
    return replace(
        dosing,
        edges_minutes=dosing.edges_minutes[: last + 1],
        rates=dosing.rates[:last],
        cycles=dosing.cycles[:last],
        steps=dosing.steps[:last],
        course_rates=dosing.of_the_course[:last],
    )


def _signal_values(signal: Signal, trajectories: Trajectories) -> FloatArray:
    """One signal (days, patients) of trajectories, in its unit."""
    shown, people = _SHOWN[signal.key], trajectories.population
    values = shown.values(trajectories.states, people)
    return values if shown.baseline is None else np.asarray(100.0 * values / shown.baseline(people))
