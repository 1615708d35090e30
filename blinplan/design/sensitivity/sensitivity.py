"""Sensitivities that were found: each endpoint with a row a parameter, the one that it depends on most first."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.design.comparison.contrast import Agreement, agreement_of
from blinplan.design.sensitivity.kept import KeptRuns
from blinplan.design.sensitivity.method import SensitivityMethod
from blinplan.design.sensitivity.plan import SensitivityPlan
from blinplan.design.sensitivity.ranks import RankCorrelation, rank_correlation, traits, values_of
from blinplan.design.sensitivity.readers import readers_of
from blinplan.design.sensitivity.runs import (
    RunsOfEndpoint,
    SomeRuns,
    endpoints_of_runs,
    in_window,
    is_wanted,
    run_places,
)
from blinplan.design.sensitivity.samples import measures, pairs, places, whole_samples
from blinplan.executors.executor import Executor
from blinplan.physiology.model.parameters import Parameter
from blinplan.physiology.model.population import FloatArray
from blinplan.refusal import Refusal
from blinplan.simulation.outcome import Occurrence, Quantity, there_by_label
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome
from blinplan.simulation.trials.progress import count_on

FEWEST = 2
"""Trajectories, or base samples, of which something can be said."""


class Scale(StrEnum):
    """On which scale an effect is: of the logarithm, of the endpoint's unit, in points of a share, of ranks."""

    LOGARITHM = "ln"
    UNIT = "unit"
    POINTS = "points"
    RANKS = "ranks"


class SensitivityRow(NamedTuple):
    """What an endpoint owes to a parameter.

    Attributes
    ----------
    parameter
        The parameter, or what else patients differ in.
    first, second, third, fourth
        Of Morris μ*, its 95 % half width, μ and σ; of Sobol the total index, its 95 % half width, the first order
        and its half width; of ranks Spearman's coefficient, the ends of its 95 % interval, and how many patients.
    agreement
        Whether the endpoint is the same in all runs that differ in this parameter alone.
    """

    parameter: Parameter
    first: float
    second: float
    third: float
    fourth: float
    agreement: Agreement = Agreement.DIFFERENT


@dataclass(frozen=True, slots=True)
class EndpointSensitivity:
    """An endpoint with its rows, of which the one with the greatest effect is the first.

    Attributes
    ----------
    key, group, label, unit
        What it is.
    scale
        On which scale effects are.
    by_day
        Of a share of those who are somewhere by a day: that day.
    low, high
        From where to where it goes over all runs, or over the patients.
    window, unreached
        Of a time: up to when it is looked at, in its unit, and in how many runs, or patients, it is not reached by
        then.
    rows
        The parameters; none where it does not occur in some of the runs, whose number is ``missing``.
    """

    key: str
    group: str
    label: str
    unit: str
    scale: Scale
    low: float
    high: float
    window: float | None
    unreached: int
    missing: int
    rows: tuple[SensitivityRow, ...]
    by_day: float | None = None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A plan, and what was found of each endpoint.

    Attributes
    ----------
    plan, endpoints
        As it was carried out.
    asked_samples
        How many trajectories or base samples were asked for: more than the plan has where the runs were ended.
    ended_by
        What ended them: somebody, or that there are no workers any more; None where all were made.
    """

    plan: SensitivityPlan
    endpoints: tuple[EndpointSensitivity, ...]
    asked_samples: int
    ended_by: KeyboardInterrupt | Refusal | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether the runs were ended before all were made."""
        return self.ended_by is not None


def sensitivity_of(
    plan: SensitivityPlan,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
    kept: KeptRuns | None = None,
) -> Sensitivity:
    """Find on what endpoints depend; of runs that somebody ends, or that have no workers any more, what is done says.

    Raises
    ------
    KeyboardInterrupt, Refusal
        As what ended them, where too few were made to say anything.
    """
    if plan.method is SensitivityMethod.CORRELATION:
        return Sensitivity(plan, tuple(_between_patients(plan, executor, progress)), plan.samples)
    at = places(plan.method, [one.key for one in plan.ranges], plan.samples, plan.seed)
    asked, done = plan.samples, KeptRuns() if kept is None else kept
    ended_by: KeyboardInterrupt | Refusal | None = None
    try:
        _make_runs(plan, at, done, executor, progress)
    except (KeyboardInterrupt, Refusal) as end:
        plan, ended_by = replace(plan, samples=whole_samples(plan.method, len(plan.ranges), done.number)), end
        if plan.samples < FEWEST:
            raise
    return Sensitivity(plan, tuple(_over_parameters(plan, at[: plan.runs], done.some)), asked, ended_by)


def _make_runs(
    plan: SensitivityPlan,
    at: FloatArray,
    done: KeptRuns,
    executor: Executor | None,
    progress: Callable[[int], None] | None,
) -> None:
    """Make the runs that are not done, in their order."""
    moved = count_on(progress, done.number * plan.patients_of_a_run)
    if moved is not None:
        moved(0)
    for some in run_places(plan, at[done.number :], executor, moved):
        done.add(some)


# --- over parameters --------------------------------------------------------------------------------------------------


def _over_parameters(plan: SensitivityPlan, at: FloatArray, some: Sequence[SomeRuns]) -> Iterator[EndpointSensitivity]:
    for of in endpoints_of_runs(plan, some):
        yield _endpoint(plan, at, of._replace(values=of.values[: at.shape[0]]))


def _endpoint(plan: SensitivityPlan, at: FloatArray, of: RunsOfEndpoint) -> EndpointSensitivity:
    values = in_window(of)
    missing = int(np.isnan(values).sum())
    scale = _scale(of, values)
    return EndpointSensitivity(
        of.key,
        of.of.group,
        _label(of),
        of.of.unit if isinstance(of.of, Quantity) and of.by_day is None else "",
        scale,
        *_ends(values),
        of.window,
        0 if of.window is None else int((of.values > of.window).sum()),
        missing,
        () if missing else _rows(plan, at, of, _on_scale(values, scale)),
        of.by_day,
    )


def _label(of: RunsOfEndpoint) -> str:
    if of.by_day is None or isinstance(of.of, Occurrence):
        return of.of.label
    return there_by_label(of.of, of.by_day)


def _ends(values: FloatArray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (math.nan, math.nan)


def _scale(of: RunsOfEndpoint, values: FloatArray) -> Scale:
    if isinstance(of.of, Occurrence) or of.by_day is not None:
        return Scale.POINTS
    return Scale.LOGARITHM if of.of.unit != "log10" and bool((values > 0.0).all()) else Scale.UNIT


def _on_scale(values: FloatArray, scale: Scale) -> FloatArray:
    if scale is Scale.LOGARITHM:
        return np.log(values)
    return 100.0 * values if scale is Scale.POINTS else values


def _rows(plan: SensitivityPlan, at: FloatArray, of: RunsOfEndpoint, found: FloatArray) -> tuple[SensitivityRow, ...]:
    names = [one.key for one in plan.ranges]
    numbers = measures(plan.method, names, at, found, plan.seed)
    alike = [_agreement(of, two) for two in pairs(plan.method, at)]
    rows = [
        SensitivityRow(one.parameter, float(row[0]), float(row[1]), float(row[2]), float(row[3]), agreement)
        for one, row, agreement in zip(plan.ranges, numbers, alike, strict=True)
    ]
    return _greatest_first(rows)


def _agreement(of: RunsOfEndpoint, two: NDArray[np.intp]) -> Agreement:
    """How alike an endpoint is in runs that differ in one parameter alone."""
    values = in_window(of)
    first, second = values[two[0]], values[two[1]]
    if isinstance(of.of, Occurrence) or of.by_day is not None:
        return Agreement.EQUAL if np.array_equal(first, second) else Agreement.DIFFERENT
    return agreement_of(first, second, of.of)


def _greatest_first(rows: Sequence[SensitivityRow]) -> tuple[SensitivityRow, ...]:
    """The greatest effect first, what has none in the order of the model last."""

    def order(row: SensitivityRow) -> tuple[int, float]:
        return list(Agreement)[::-1].index(row.agreement), -abs(row.first) if math.isfinite(row.first) else math.inf

    return tuple(sorted(rows, key=order))


# --- between patients -------------------------------------------------------------------------------------------------


def _between_patients(
    plan: SensitivityPlan, executor: Executor | None, progress: Callable[[int], None] | None
) -> Iterator[EndpointSensitivity]:
    (outcome,) = outcomes_of([plan.trial(plan.cohort)], executor, progress)
    found = traits(plan.cohort.population(), plan.own_preset)
    for endpoint in _endpoints_asked_for(plan, outcome):
        values = values_of(endpoint)
        ranked = [(trait.parameter, rank_correlation(trait.values, values)) for trait in found]
        said = [(parameter, of) for parameter, of in ranked if not math.isnan(of.rho)]
        yield EndpointSensitivity(
            endpoint.key,
            endpoint.group,
            endpoint.label,
            endpoint.unit if isinstance(endpoint, Quantity) else "",
            Scale.RANKS,
            *_ends(values),
            None,
            int(np.isinf(values).sum()),
            int(np.isnan(values).sum()),
            _greatest_first([SensitivityRow(parameter, *of, _told_apart(of)) for parameter, of in said]),
        )


def _endpoints_asked_for(plan: SensitivityPlan, outcome: CohortOutcome) -> Iterator[Quantity | Occurrence]:
    read = readers_of(outcome, plan.asked)
    yield from (take() for key, take in read.quantities.items() if is_wanted(plan, key))
    yield from (take() for key, take in read.events.items() if is_wanted(plan, key))


def _told_apart(of: RankCorrelation) -> Agreement:
    """Whether the interval says that there is something."""
    return Agreement.DIFFERENT if of.low > 0.0 or of.high < 0.0 else Agreement.SAME
