"""Run the model at every place: the typical patient with all parameters at once, or the same population in each run."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from blinplan.design.comparison.endpoints import ReadableEndpoints, window_of_time
from blinplan.design.sensitivity.plan import USUAL, SensitivityPlan
from blinplan.design.sensitivity.readers import readers_of
from blinplan.executors.executor import Executor
from blinplan.physiology.engine.choose import expect_sets
from blinplan.physiology.model.population import FloatArray
from blinplan.simulation.crowd.cohort import GivenCohort
from blinplan.simulation.outcome import Occurrence, Quantity, key_by_day, over_patients, share_by
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial

_AT_ONCE = 1024
"""Runs of the typical patient who are sent through as one cohort."""


class RunsOfEndpoint(NamedTuple):
    """An endpoint in every run.

    Attributes
    ----------
    of
        What it is: of nobody, or of those of the last runs.
    by_day
        Of a share of those who are somewhere by a day: that day.
    values
        (R) what it comes to: of a time that is not reached, infinite; NaN where it does not occur.
    window
        Of a time: up to when it is looked at, in its unit.
    """

    of: Quantity | Occurrence
    by_day: float | None
    values: FloatArray
    window: float | None

    @property
    def key(self) -> str:
        """Its name; of a share by a day, the day stands behind it."""
        return key_by_day(self.of.key, self.by_day)


class SomeRuns(NamedTuple):
    """Some runs that follow each other: how many, and by the name of each endpoint what it comes to in each of them."""

    number: int
    values: dict[str, list[float]]


def run_places(
    plan: SensitivityPlan,
    at: FloatArray,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[SomeRuns]:
    """Send the same patients through at each of the places (R, D), in their order: all of it is one batch of trials."""
    trials = _crowds(plan, at) if plan.patients is None else _populations(plan, at)
    for outcome in outcomes_of(trials, executor, progress):
        number = 1 if plan.patients is not None else outcome.trial.cohort.size
        yield SomeRuns(number, {name: values.tolist() for name, values in _values_in(plan, outcome)})


def endpoints_of_runs(plan: SensitivityPlan, some: Sequence[SomeRuns]) -> tuple[RunsOfEndpoint, ...]:
    """Each endpoint that was asked for in all of some runs."""
    return tuple(
        of._replace(values=np.array([value for runs in some for value in runs.values[of.key]]))
        for of in _endpoints(plan, plan.of_typical)
    )


def _values_at(plan: SensitivityPlan, at: FloatArray) -> dict[str, FloatArray]:
    """What each parameter that is varied comes to at each place (R)."""
    return {one.key: one.at(at[:, number]) for number, one in enumerate(plan.ranges)}


def _populations(plan: SensitivityPlan, at: FloatArray) -> Iterator[CohortTrial]:
    values = _values_at(plan, at)
    for place in range(at.shape[0]):
        preset = plan.own_preset.with_values({key: float(column[place]) for key, column in values.items()})
        yield plan.trial(plan.cohort_with(preset))


def _crowds(plan: SensitivityPlan, at: FloatArray) -> Iterator[CohortTrial]:
    """The typical patient of many runs as one crowd, of which each has parameters of its own."""
    expect_sets(at.shape[0])
    for first in range(0, at.shape[0], _AT_ONCE):
        some = at[first : first + _AT_ONCE]
        yield plan.trial(GivenCohort(plan.people_with(_values_at(plan, some), some.shape[0])))


def _endpoints(plan: SensitivityPlan, read: ReadableEndpoints) -> Iterator[RunsOfEndpoint]:
    """What every run is asked for, without values."""
    nothing = np.empty(0)
    for quantity in (take() for key, take in read.quantities.items() if is_wanted(plan, key)):
        window = window_of_time(quantity, [plan.course], plan.asked.own) if quantity.is_time else None
        yield RunsOfEndpoint(quantity, None, nothing, window)
        for day in plan.asked.by_day if quantity.is_time and plan.patients is not None else ():
            yield RunsOfEndpoint(quantity, day, nothing, None)
    if plan.patients is not None:
        for event in (take() for key, take in read.events.items() if is_wanted(plan, key)):
            yield RunsOfEndpoint(event, None, nothing, None)


def _values_in(plan: SensitivityPlan, outcome: CohortOutcome) -> Iterator[tuple[str, FloatArray]]:
    """What each endpoint comes to in the run of an outcome, or in its many runs of one patient."""
    for of in _endpoints(plan, readers_of(outcome, plan.asked)):
        if isinstance(of.of, Occurrence):
            yield of.key, np.array([of.of.proportion.value])
        else:
            yield of.key, _values(plan, of.of) if of.by_day is None else np.array([share_by(of.of, of.by_day).value])


def is_wanted(plan: SensitivityPlan, key: str) -> bool:
    """Whether an endpoint was asked for; where none was, whether it is one of the usual."""
    own = [key for one in plan.asked.own for key in one.keys]
    return key in own or key in (plan.asked.keys or (() if own else USUAL))


def _values(plan: SensitivityPlan, quantity: Quantity) -> FloatArray:
    """What it comes to over the patients of the run, or in each of many runs of one patient."""
    if plan.patients is not None:
        return np.array([over_patients(quantity).median])
    if not quantity.is_time:
        return quantity.values
    reached = np.where(np.isnan(quantity.values), np.inf, quantity.values)
    return reached if quantity.at_risk is None else np.where(quantity.at_risk, reached, np.nan)


def in_window(of: RunsOfEndpoint) -> FloatArray:
    """The values; of a time no more than the window."""
    return of.values if of.window is None else np.minimum(of.values, of.window)


def not_reached(some: Sequence[RunsOfEndpoint]) -> dict[str, int]:
    """In how many runs a time is not reached within its window, by key, where there are such."""
    counts = {of.key: int((of.values > of.window).sum()) for of in some if of.window is not None}
    return {key: count for key, count in counts.items() if count}
