"""Take the patients of one chunk from interval to interval, by NumPy or compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Literal, NamedTuple

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
    grids_beside,
    places,
    places_on,
    refinement,
)
from blinplan.physiology.engine.own.plan import OwnPlan, own_nodes_of
from blinplan.physiology.engine.searches import NOTHING, History, Searches
from blinplan.physiology.engine.step.moment import Individual, Inflow, shared_loss_rates
from blinplan.physiology.engine.step.plan import StepPlan, nodes_of
from blinplan.physiology.engine.step.rates import Watched
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray, Population
from blinplan.physiology.model.states import initial_state

EngineName = Literal["compiled", "numpy"]


class Wanted(NamedTuple):
    """Where an engine writes.

    Attributes
    ----------
    states : (states, times, patients) states at the wanted times that have a slot.
    watched : (8, nodes, patients) what endpoints are found on, as `Watched` has it, at each node of an interval; empty
        where nobody asks.
    searches, rows : what to look for in each interval, and (rows, patients) where what is found is gathered.
    """

    states: FloatArray
    watched: FloatArray
    searches: Searches
    rows: FloatArray


Advance = Callable[[int, int, FloatArray, FloatArray, Wanted], None]
"""Advances the patients of a chunk through some intervals: number of the first, and of the one after the last; states
(states, N), read and written; the plateaus (K, N) of each interval, pg/mL; and where else it writes."""

Advancing = Callable[[StepPlan | OwnPlan, Individual, Constants], Advance]
"""What advances some patients through a course."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What does the arithmetic: its name, and what advances patients.

    `chunk` is the number of patients that suits it: NumPy wants many at once; of compiled code, which takes them block
    by block, enough that a chunk is worth its call, and few enough that it is soon told how far a run is.
    """

    name: EngineName
    advancing: Advancing
    chunk: int


class CyclePart(NamedTuple):
    """What of an interval belongs to one cycle, in days from the course start."""

    cycle: int
    start: float
    stop: float


class DoseStep(NamedTuple):
    """When a dose step begins (days), and its row of the rates."""

    start: float
    row: int


class Rise(NamedTuple):
    """When the infusion of a course rises (days), and whether that of the patients does, who may be at a cap."""

    day: float
    own: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of constant infusion: days from the course start, row of the rates, how steps grow, and its cycles."""

    start: float
    stop: float
    row: int
    infusing: bool
    growth: Growth
    stretches: tuple[CyclePart, ...]


@dataclass(frozen=True, slots=True)
class Timetable:
    """What patients of one course have in common: its intervals, and how the mechanism is to be read."""

    intervals: tuple[Interval, ...]
    dose_steps: tuple[DoseStep, ...]
    escalations: tuple[Rise, ...]
    desensitises: bool
    premedication_days: tuple[float, ...]
    coarseness: float

    @property
    def start(self) -> float:
        """First day of the course."""
        return self.intervals[0].start

    @property
    def stop(self) -> float:
        """Last day of the course."""
        return self.intervals[-1].stop


def individual_of(patients: Population) -> Individual:
    """Take from the patients what tells them apart while they advance, each (N,)."""
    c = patients.constants
    return Individual(
        elimination=patients.clearance / patients.volume,
        per_lysis_ec50=1.0 / patients.lysis_ec50,
        per_activation_ec50=1.0 / patients.activation_ec50,
        kill_rate=patients.kill_rate,
        marrow_sensitivity=patients.marrow_sensitivity,
        regeneration_rate=patients.regeneration_rate,
        blast_sensitivity=patients.blast_sensitivity,
        adhesion_rate=patients.adhesion_rate,
        adhesion_adaptation=patients.adhesion_adaptation,
        b_influx=c.b_turnover * patients.b_cells,
        t_influx=c.homeostasis * patients.t_cells,
        t_growth=patients.proliferation_rate * patients.t_cells,
    )


def plan_of(timetable: Timetable, constants: Constants, days: tuple[float, ...]) -> StepPlan | OwnPlan:
    """The steps that patients take: the same, or of their own sizes where their parameters ask for it."""
    deciding = step_sizes(constants, acts=bool(timetable.premedication_days))
    if not deciding:
        return course_of(timetable, constants.of_the_first, days)
    _, firsts, whose = np.unique(np.stack(deciding), axis=1, return_index=True, return_inverse=True)
    if len(firsts) == 1:
        return course_of(timetable, constants.of_the_first, days)
    sizes = [constants.select(firsts[at : at + 1]) for at in range(len(firsts))]
    return _own_plan(timetable, whose.ravel(), sizes, days)


def step_sizes(constants: Constants, *, acts: bool) -> list[FloatArray]:
    """What steps hang on of parameters that differ between patients, each (N); of premedication where it acts."""
    differing = constants.differing
    found = [np.asarray(differing[name], dtype=np.float64) for name in _PREMEDICATION if acts and name in differing]
    if "cytolytic_rate" in differing:
        rates, whose = np.unique(differing["cytolytic_rate"], return_inverse=True)
        found.append(np.array(list(map(refinement, rates.tolist())))[whose.ravel()])
    return found


_PREMEDICATION = ("premedication_reduction", "premedication_half_life")


@lru_cache(maxsize=16)
def course_of(timetable: Timetable, constants: Constants, days: tuple[float, ...]) -> StepPlan:
    """What all patients share: the steps of a course, and where the wanted days lie (rising; the slots of the output).

    A day that is an end of an interval and the start of the next belongs to the first of the two.
    """
    growths, kinds = _growths(timetable)
    each = grids(_coarseness(timetable, constants), _longest(timetable), growths)
    wanted = np.array(days)
    parts = [
        _part(interval, timetable, constants, each[kind], wanted, first=not at)
        for at, (interval, kind) in enumerate(zip(timetable.intervals, kinds, strict=True))
    ]
    together = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _Part._fields}
    return StepPlan(
        lengths=np.stack([grid.lengths for grid in each]),
        ends=np.stack([grid.ends for grid in each]),
        weights=_table(shared_loss_rates(constants), np.stack([grid.lengths for grid in each])),
        kind=kinds,
        steps=np.array([part.premedicated.shape[0] // 2 for part in parts]),
        first_node=_starts([part.premedicated for part in parts])[:-1],
        first_wanted=_starts([part.step for part in parts]),
        desensitises=timetable.desensitises,
        **together,
    )


def _coarseness(timetable: Timetable, constants: Constants) -> float:
    return timetable.coarseness * refinement(constants.cytolytic_rate)


def _longest(timetable: Timetable) -> int:
    """Whole days of the longest interval."""
    return ceil(max(interval.stop - interval.start for interval in timetable.intervals))


def _growths(timetable: Timetable) -> tuple[tuple[Growth, ...], IntArray]:
    """The ways in which steps grow, and which of them they do in each interval."""
    growths = tuple(dict.fromkeys((INFUSING, FREE, *(interval.growth for interval in timetable.intervals))))
    return growths, np.array([growths.index(interval.growth) for interval in timetable.intervals])


class _Part(NamedTuple):
    """What one interval adds to a course."""

    premedicated: FloatArray
    step: IntArray
    node: IntArray
    elapsed: FloatArray
    blend: FloatArray
    slot: IntArray


def _part(interval: Interval, course: Timetable, c: Constants, grid: Grid, days: FloatArray, *, first: bool) -> _Part:
    slot, elapsed = _wanted_in(interval, days, first=first)
    found = places(grid, elapsed)
    premedicated = _share_left(interval, course, c, grid.nodes[: 2 * found.step[-1] + 3])
    return _Part(premedicated, found.step, found.node, elapsed, found.blend, slot)


def _wanted_in(interval: Interval, days: FloatArray, *, first: bool) -> tuple[IntArray, FloatArray]:
    """Which of the wanted days lie in an interval, and days since its start; the last is its end, which is no slot."""
    begun = days >= interval.start if first else days > interval.start
    slot = np.flatnonzero(begun & (days <= interval.stop))
    return np.append(slot, -1), np.append(days[slot] - interval.start, interval.stop - interval.start)


def _share_left(interval: Interval, course: Timetable, c: Constants, nodes: FloatArray) -> FloatArray:
    """The share of cytokine release that premedication leaves at nodes of an interval."""
    given = tuple(dose for dose in course.premedication_days if dose <= interval.start)
    if not given:
        return np.ones(nodes.shape)
    return np.array([m.premedication_factor(float(day), given, c) for day in interval.start + nodes])


def _starts(parts: Sequence[FloatArray | IntArray]) -> IntArray:
    return np.cumsum([0, *(part.shape[0] for part in parts)])


def _table(rates: tuple[float, ...], steps: FloatArray) -> FloatArray:
    """Weights (kinds, steps, rates, 8) for loss rates that all patients share."""
    found = weights(np.array(rates), steps[..., None])
    return np.stack([part for pair in found for part in np.broadcast_arrays(*pair)], axis=-1)


def _own_plan(timetable: Timetable, whose: IntArray, sizes: Sequence[Constants], days: tuple[float, ...]) -> OwnPlan:
    """The steps of patients of several sizes, each of which goes by the parameters of one of them."""
    growths, kinds = _growths(timetable)
    each = grids_beside([_coarseness(timetable, c) for c in sizes], _longest(timetable), growths)
    wanted = [_wanted_in(interval, np.array(days), first=not at) for at, interval in enumerate(timetable.intervals)]
    spots = [places_on([of[kind] for of in each], elapsed) for kind, (_, elapsed) in zip(kinds, wanted, strict=True)]
    return OwnPlan(
        whose,
        lengths=np.array([[grid.lengths for grid in of] for of in each]),
        ends=np.array([[grid.ends for grid in of] for of in each]),
        kind=kinds,
        steps=np.stack([found.step[:, -1] + 1 for found in spots], axis=1),
        premedicated=tuple(
            _shares_left(interval, timetable, sizes, [of[kind] for of in each], found)
            for interval, kind, found in zip(timetable.intervals, kinds, spots, strict=True)
        ),
        spots=tuple(spots),
        elapsed=tuple(elapsed for _, elapsed in wanted),
        slots=tuple(slot for slot, _ in wanted),
        desensitises=timetable.desensitises,
    )


def _shares_left(
    interval: Interval, course: Timetable, sizes: Sequence[Constants], each: Sequence[Grid], spots: Spots
) -> FloatArray | float:
    """The same in steps of each size, up to where the slowest are through; 1.0 where none was given before."""
    if not any(dose <= interval.start for dose in course.premedication_days):
        return 1.0
    nodes = 2 * int(spots.step[:, -1].max()) + 3
    return np.array([_share_left(interval, course, c, grid.nodes[:nodes]) for c, grid in zip(sizes, each, strict=True)])


class Integrator:
    """Advances the patients of one chunk from interval to interval; what is found goes into rows."""

    def __init__(
        self,
        patients: Population,
        engine: Engine,
        course: StepPlan | OwnPlan,
        rates: FloatArray,
        searches: Searches = NOTHING,
        rows: FloatArray | None = None,
    ) -> None:
        self.course, self.individual = course, individual_of(patients)
        self._advance_through = engine.advancing(course, self.individual, patients.constants)
        self.state = initial_state(patients)
        self.plateaus = m.steady_state(rates, patients.clearance)
        self.searches, self.rows = searches, np.empty((0, patients.size)) if rows is None else rows
        self._memory = np.empty((len(Watched._fields), 0, patients.size))

    def advance(self, states: FloatArray, first: int = 0, last: int | None = None) -> None:
        """Advance through the whole course, or some intervals, and write the wanted states (states, times, N)."""
        self._advance(first, self.plateaus.shape[0] if last is None else last, states, self._memory[:, :0])

    def watch(self, k: int, states: FloatArray) -> History:
        """Advance through one interval, and say what endpoints of one's own are found on."""
        before = self.state.copy()
        infusion = Inflow(self.plateaus[k], before[0] - self.plateaus[k])
        nodes = nodes_of(self.course, k) if isinstance(self.course, StepPlan) else own_nodes_of(self.course, k)
        if self._memory.shape[1] < nodes.shape[0]:
            self._memory = np.empty((len(Watched._fields), nodes.shape[0], before.shape[1]))
        watched = self._memory[:, : nodes.shape[0]]
        self._advance(k, k + 1, states, watched)
        return History(nodes, watched, infusion, self.individual.elimination, before, self.state)

    def _advance(self, first: int, last: int, states: FloatArray, watched: FloatArray) -> None:
        wanted = Wanted(states, watched, self.searches, self.rows)
        self._advance_through(first, last, self.state, self.plateaus, wanted)
