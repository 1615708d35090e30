"""Run the cells of a sweep: each on the same patients, under the shipped parameters and, where asked, under others."""

import math
from collections.abc import Callable, Collection, Iterator, Sequence

from blinplan.design.comparison.endpoints import ReadableEndpoints, endpoints_of
from blinplan.design.sweep.cell import Cell, CellEndpoint, number_endpoint, share_endpoint
from blinplan.design.sweep.plan import SweepPlan
from blinplan.executors.executor import Executor
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import there_by
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome


def run_cells(
    plan: SweepPlan,
    done: Collection[int] = (),
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Cell]:
    """Send the patients through every cell that is not done, in the order of the grid; each comes when it is there.

    Progress counts patients, those of all parameter sets together.
    """
    waiting = [variant for variant in plan.variants if variant.number not in done]
    trials = (plan.trial(variant, preset) for variant in waiting for preset in plan.presets)
    outcomes = outcomes_of(trials, executor, progress)
    for variant in waiting:
        shipped, *others = [_endpoints(plan, next(outcomes), others=at > 0) for at, _ in enumerate(plan.presets)]
        yield Cell(variant.number, tuple(_over_models(plan.sets, one, others) for one in shipped))
    next(outcomes, None)  # there is none: but what is done is told after the last


def _endpoints(plan: SweepPlan, outcome: CohortOutcome, *, others: bool) -> tuple[CellEndpoint, ...]:
    """What is kept of an outcome; of other parameter sets nobody asks in whom something happens."""
    found = tuple(_all_endpoints(plan, endpoints_of(outcome, plan.asked, plan.windows)))
    if others or not any(axis.is_dose for axis in plan.axes):
        return tuple(one._replace(members=None) for one in found)
    return found


def _all_endpoints(plan: SweepPlan, readers: ReadableEndpoints) -> Iterator[CellEndpoint]:
    for read in readers.quantities.values():
        quantity = read()
        yield number_endpoint(quantity)
        if quantity.is_time:
            for day in plan.asked.by_day:
                yield share_endpoint(there_by(quantity, day), day)
    for read_event in readers.events.values():
        yield share_endpoint(read_event())


def _over_models(sets: SetsOf, shipped: CellEndpoint, others: Sequence[Sequence[CellEndpoint]]) -> CellEndpoint:
    """An endpoint with how far it moves over the other parameter sets."""
    values = [one.value for cell in others for one in cell if one.name == shipped.name and not math.isnan(one.value)]
    if not values:
        return shipped
    if sets is SetsOf.PLAUSIBLE:
        values += [] if math.isnan(shipped.value) else [shipped.value]
        return shipped._replace(models=(min(values), max(values)))
    return shipped._replace(models=(_nearest_rank(values, 5), _nearest_rank(values, 95)))


def _nearest_rank(values: Sequence[float], percent: int) -> float:
    """A percentile that is one of the values, so that what never comes may be among them."""
    return sorted(values)[-(-percent * len(values) // 100) - 1]
