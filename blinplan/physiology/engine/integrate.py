"""Take the patients of one chunk from interval to interval, by NumPy or compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Literal, NamedTuple

import numpy as np

from blinplan.physiology.engine.collocation import weights
from blinplan.physiology.engine.grid import FREE, INFUSING, Grid, Growth, IntArray, grids, places, refinement
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

Advancing = Callable[[StepPlan, Individual, Constants], Advance]
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


@lru_cache(maxsize=16)
def course_of(timetable: Timetable, constants: Constants, days: tuple[float, ...]) -> StepPlan:
    """What all patients share: the steps of a course, and where the wanted days lie (rising; the slots of the output).

    A day that is an end of an interval and the start of the next belongs to the first of the two.
    """
    coarseness = timetable.coarseness * refinement(constants.cytolytic_rate)
    longest = ceil(max(interval.stop - interval.start for interval in timetable.intervals))
    growths = tuple(dict.fromkeys((INFUSING, FREE, *(interval.growth for interval in timetable.intervals))))
    each = grids(coarseness, longest, growths)
    kinds = np.array([growths.index(interval.growth) for interval in timetable.intervals])
    wanted = np.array(days)
    parts = [
        _part(interval, timetable, constants, each[kind], wanted, first=not at)
        for at, (interval, kind) in enumerate(zip(timetable.intervals, kinds, strict=True))
    ]
    together = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _Part._fields}
    return StepPlan(
        lengths=np.stack([grid.lengths for grid in each]),
        ends=np.stack([grid.ends for grid in each]),
        weights=np.stack([_table(shared_loss_rates(constants), grid.lengths) for grid in each]),
        kind=kinds,
        steps=np.array([part.premedicated.shape[0] // 2 for part in parts]),
        first_node=_starts([part.premedicated for part in parts])[:-1],
        first_wanted=_starts([part.step for part in parts]),
        desensitises=timetable.desensitises,
        **together,
    )


class _Part(NamedTuple):
    """What one interval adds to a course."""

    premedicated: FloatArray
    step: IntArray
    node: IntArray
    elapsed: FloatArray
    blend: FloatArray
    slot: IntArray


def _part(interval: Interval, course: Timetable, c: Constants, grid: Grid, days: FloatArray, *, first: bool) -> _Part:
    duration = interval.stop - interval.start
    begun = days >= interval.start if first else days > interval.start
    slot = np.flatnonzero(begun & (days <= interval.stop))
    elapsed = np.append(days[slot] - interval.start, duration)
    found = places(grid, elapsed)
    nodes = interval.start + grid.nodes[: 2 * found.step[-1] + 3]
    given = tuple(dose for dose in course.premedication_days if dose <= interval.start)
    premedicated = np.array([m.premedication_factor(float(day), given, c) for day in nodes])
    return _Part(premedicated, found.step, found.node, elapsed, found.blend, np.append(slot, -1))


def _starts(parts: Sequence[FloatArray | IntArray]) -> IntArray:
    return np.cumsum([0, *(part.shape[0] for part in parts)])


def _table(rates: tuple[float, ...], steps: FloatArray) -> FloatArray:
    """Weights (steps, rates, 8) for loss rates that all patients share."""
    found = [weights(np.full(steps.shape, rate), steps) for rate in rates]
    return np.stack([np.stack([part for pair in w for part in pair], axis=1) for w in found], axis=1)


class Integrator:
    """Advances the patients of one chunk from interval to interval; what is found goes into rows."""

    def __init__(
        self,
        patients: Population,
        engine: Engine,
        course: StepPlan,
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
        nodes = nodes_of(self.course, k)
        if self._memory.shape[1] < nodes.shape[0]:
            self._memory = np.empty((len(Watched._fields), nodes.shape[0], before.shape[1]))
        watched = self._memory[:, : nodes.shape[0]]
        self._advance(k, k + 1, states, watched)
        return History(nodes, watched, infusion, self.individual.elimination, before, self.state)

    def _advance(self, first: int, last: int, states: FloatArray, watched: FloatArray) -> None:
        wanted = Wanted(states, watched, self.searches, self.rows)
        self._advance_through(first, last, self.state, self.plateaus, wanted)
