"""From a timetable to the steps that its patients take, and where the wanted times lie in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

import numpy as np

from blinplan.physiology.engine.collocation import weights
from blinplan.physiology.engine.grid import (
    FREE,
    INFUSING,
    Grid,
    Growth,
    IntArray,
    Spots,
    grids,
    places,
    refinement,
    refinements,
)
from blinplan.physiology.engine.integrate import Interval, Timetable
from blinplan.physiology.engine.own.plan import OwnPlan, SetPlans
from blinplan.physiology.engine.step.moment import shared_loss_rates
from blinplan.physiology.engine.step.plan import StepPlan
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray


def plan_of(timetable: Timetable, constants: Constants, days: tuple[float, ...]) -> StepPlan | OwnPlan:
    """The steps that patients take: the same, or of their own sizes where their parameters ask for it."""
    sizes = step_sizes(constants, acts=_acts(timetable))
    firsts, whose = _kinds_among(sizes)
    if len(firsts) == 1:
        return course_of(timetable, constants.of_the_first, days)
    return _own_plan(timetable, whose, [constants.select(firsts[at : at + 1]) for at in range(len(firsts))], days)


def plans_of_sets(
    timetable: Timetable, constants: Constants, days: tuple[float, ...], *, side_by_side: bool
) -> StepPlan | SetPlans:
    """The steps of patients by their parameter sets, where these differ; those who go side by side have one of them.

    These take the same steps, by the same exponents, and have other weights, which are not here.
    """
    differing = list(constants.differing.values())
    if not differing:
        return course_of(timetable, constants, days)
    alike = [np.zeros(differing[0].shape), *exponents(constants), *step_sizes(constants, acts=_acts(timetable))]
    firsts, whose = _kinds_among(alike if side_by_side else differing)
    sets = [constants.select(firsts[at : at + 1]) for at in range(len(firsts))]
    some = (sets[at : at + _SETS_AT_ONCE] for at in range(0, len(sets), _SETS_AT_ONCE))
    return SetPlans(whose, tuple(plan for each in some for plan in _plans_together(timetable, each, days)))


_SETS_AT_ONCE = 32
"""Parameter sets of which the weights are computed together: more would take memory, and no less time."""


def _kinds_among(values: Sequence[FloatArray]) -> tuple[IntArray, IntArray]:
    """Patients of whom each has other values (each N) than all others of these, and which of them each is alike (N)."""
    if not values:
        return np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.intp)
    _, firsts, whose = np.unique(np.stack(values), axis=1, return_index=True, return_inverse=True)
    return firsts, whose.ravel()


def step_sizes(constants: Constants, *, acts: bool) -> list[FloatArray]:
    """What steps hang on of parameters that differ between patients, each (N); of premedication where it acts."""
    differing = constants.differing
    found = [np.asarray(differing[name], dtype=np.float64) for name in _PREMEDICATION if acts and name in differing]
    if "cytolytic_rate" in differing:
        found.append(np.asarray(refinements(differing["cytolytic_rate"])))
    return found


def _acts(timetable: Timetable) -> bool:
    """Whether premedication acts."""
    return bool(timetable.premedication_days)


def exponents(constants: Constants) -> list[FloatArray]:
    """The exponents that differ between patients, each (N): machine code takes those of one side by side."""
    differing = constants.differing
    return [np.asarray(differing[name], dtype=np.float64) for name in _EXPONENTS if name in differing]


_EXPONENTS = ("lysis_hill", "activation_hill")

_PREMEDICATION = ("premedication_reduction", "premedication_half_life")
"""Parameters that no step knows but by the share of cytokine release that premedication leaves."""


@lru_cache(maxsize=16)
def course_of(timetable: Timetable, constants: Constants, days: tuple[float, ...]) -> StepPlan:
    """What all patients share: the steps of a course, and where the wanted days lie (rising; the slots of the output).

    A day that is an end of an interval and the start of the next belongs to the first of the two.
    """
    size = timetable.coarseness * refinement(constants.cytolytic_rate)
    table = _table_of_one(size, *_longest_and_growths(timetable), shared_loss_rates(constants))
    return next(_step_plans(timetable, [constants], days, table))


def _plans_together(timetable: Timetable, sets: Sequence[Constants], days: tuple[float, ...]) -> Iterator[StepPlan]:
    """The same under each of several parameter sets."""
    rates = np.array([shared_loss_rates(c) for c in sets])
    return _step_plans(timetable, sets, days, _table(_sizes(timetable, sets), *_longest_and_growths(timetable), rates))


class _Table(NamedTuple):
    """The steps after events, of D sizes: (D, kinds, S) their lengths and ends, (D, kinds, S, rates, 8) weights.

    Nobody writes into them; that they could be written keeps machine code to one kind of array.
    """

    lengths: FloatArray
    ends: FloatArray
    weights: FloatArray

    def grid(self, at: int, kind: int) -> Grid:
        """Those of one size, after an event of some kind."""
        return Grid(self.lengths[at, kind], self.ends[at, kind])


def _sizes(timetable: Timetable, sets: Sequence[Constants]) -> list[float]:
    """The factors on all steps under each of some parameter sets."""
    return [timetable.coarseness * refinement(c.cytolytic_rate) for c in sets]


def _longest_and_growths(timetable: Timetable) -> tuple[int, tuple[Growth, ...]]:
    """Within how many whole times four weeks the longest interval ends, and how steps grow in all.

    Courses of which the longest are not of one length have one table so.
    """
    longest = _FOUR_WEEKS * ceil(max(interval.stop - interval.start for interval in timetable.intervals) / _FOUR_WEEKS)
    return longest, tuple(dict.fromkeys((INFUSING, FREE, *(interval.growth for interval in timetable.intervals))))


_FOUR_WEEKS = 28


@lru_cache(maxsize=64)
def _table_of_one(size: float, longest: int, growths: tuple[Growth, ...], rates: tuple[float, ...]) -> _Table:
    """The table of one size: where patients have courses of their own, many have the same."""
    return _table([size], longest, growths, np.array([rates]))


def _table(sizes: Sequence[float], longest: int, growths: tuple[Growth, ...], rates: FloatArray) -> _Table:
    """The steps after events, with weights for the loss rates (D, rates) that all patients of a set share."""
    each = grids(sizes, longest, growths)
    lengths, ends = (np.array([[getattr(grid, of) for grid in one] for one in each]) for of in Grid._fields)
    found = weights(rates[:, None, None, :], lengths[..., None])
    return _Table(lengths, ends, np.stack([one for pair in found for one in np.broadcast_arrays(*pair)], axis=-1))


class _WantedTimes(NamedTuple):
    """All wanted times (W) of the K intervals, one interval behind the other; the last of each is its end.

    Attributes
    ----------
    interval, elapsed : the interval of each, and days since its start. slot : its column of the output; -1 for none.
    first : (K + 1) the first of each interval.
    """

    interval: IntArray
    elapsed: FloatArray
    slot: IntArray
    first: IntArray


def _wanted_times(timetable: Timetable, wanted: tuple[float, ...]) -> _WantedTimes:
    """Part the wanted days (rising) between the intervals."""
    days, number = np.array(wanted), len(timetable.intervals)
    starts = np.array([interval.start for interval in timetable.intervals])
    stops = np.array([interval.stop for interval in timetable.intervals])
    first = int(np.searchsorted(days, starts[0]))
    until = np.searchsorted(days, stops, side="right")
    slots = np.arange(first, int(until[-1]))
    interval = np.concatenate([np.searchsorted(stops, days[slots]), np.arange(number)])
    order = np.argsort(interval, kind="stable")
    elapsed = np.concatenate([days[slots] - starts[interval[: slots.size]], stops - starts])
    slot = np.concatenate([slots, np.full(number, -1)])
    begins = np.concatenate([[0], until - first + np.arange(1, number + 1)])
    return _WantedTimes(interval[order], elapsed[order], slot[order], begins)


def _step_plans(
    timetable: Timetable, sets: Sequence[Constants], days: tuple[float, ...], table: _Table
) -> Iterator[StepPlan]:
    """The steps under each of several parameter sets, which are those of a table."""
    kinds, wanted = _kinds_of(timetable), _wanted_times(timetable, days)
    spots = places(table.lengths, table.ends, kinds[wanted.interval], wanted.elapsed)
    steps = np.ascontiguousarray(spots.step[:, wanted.first[1:] - 1]) + 1  # machine code is of one layout
    for at, c in enumerate(sets):
        first_node = _starts(2 * steps[at] + 1)
        yield StepPlan(
            lengths=table.lengths[at],
            ends=table.ends[at],
            weights=table.weights[at],
            kind=kinds,
            steps=steps[at],
            premedicated=_left_at_nodes(timetable, c, table, at, steps[at], int(first_node[-1])),
            first_node=first_node[:-1],
            first_wanted=wanted.first,
            elapsed=wanted.elapsed,
            slot=wanted.slot,
            desensitises=timetable.desensitises,
            **{name: getattr(spots, name)[at] for name in Spots._fields},
        )


def _kinds_of(timetable: Timetable) -> IntArray:
    """How steps grow in each interval, by its number among all growths."""
    _, growths = _longest_and_growths(timetable)
    return np.array([growths.index(interval.growth) for interval in timetable.intervals])


def _left_at_nodes(
    timetable: Timetable, c: Constants, table: _Table, at: int, steps: IntArray, nodes: int
) -> FloatArray:
    """The share of cytokine release that premedication leaves at the nodes of all intervals."""
    if not timetable.premedication_days:
        return np.ones(nodes)
    each = zip(timetable.intervals, _kinds_of(timetable).tolist(), steps.tolist(), strict=True)
    return np.concatenate(
        [
            _share_left(interval, timetable, c, table.grid(at, kind).nodes[: 2 * number + 1])
            for interval, kind, number in each
        ]
    )


def _share_left(interval: Interval, course: Timetable, c: Constants, nodes: FloatArray) -> FloatArray:
    """The same at nodes of an interval."""
    given = tuple(dose for dose in course.premedication_days if dose <= interval.start)
    if not given:
        return np.ones(nodes.shape)
    return np.array([m.premedication_factor(float(day), given, c) for day in interval.start + nodes])


def _starts(sizes: IntArray) -> IntArray:
    """Where each of some parts begins that stand behind each other, and where the last ends."""
    return np.concatenate([[0], np.cumsum(sizes)])


def _own_plan(timetable: Timetable, whose: IntArray, sets: Sequence[Constants], days: tuple[float, ...]) -> OwnPlan:
    """The steps of patients of several sizes, each of which goes by the parameters of one of them."""
    rates = np.array([shared_loss_rates(c) for c in sets])
    table = _table(_sizes(timetable, sets), *_longest_and_growths(timetable), rates)
    kinds, wanted = _kinds_of(timetable), _wanted_times(timetable, days)
    spots = places(table.lengths, table.ends, kinds[wanted.interval], wanted.elapsed)
    steps, cuts = spots.step[:, wanted.first[1:] - 1] + 1, wanted.first[1:-1]
    left = tuple(
        _shares_left(interval, timetable, sets, [table.grid(at, kind) for at in range(len(sets))], number)
        for interval, kind, number in zip(timetable.intervals, kinds.tolist(), steps.max(axis=0).tolist(), strict=True)
    )
    by_interval = map(Spots._make, zip(*(np.split(of, cuts, axis=1) for of in spots), strict=True))
    elapsed, slots = tuple(np.split(wanted.elapsed, cuts)), tuple(np.split(wanted.slot, cuts))
    return OwnPlan(
        whose, table.lengths, table.ends, kinds, steps, left, tuple(by_interval), elapsed, slots, timetable.desensitises
    )


def _shares_left(
    interval: Interval, course: Timetable, sets: Sequence[Constants], each: Sequence[Grid], number: int
) -> FloatArray | float:
    """The share that premedication leaves at the nodes of so many steps of each size; 1.0 where none was given."""
    if not any(dose <= interval.start for dose in course.premedication_days):
        return 1.0
    nodes = [grid.nodes[: 2 * number + 1] for grid in each]
    return np.array([_share_left(interval, course, c, of) for c, of in zip(sets, nodes, strict=True)])
