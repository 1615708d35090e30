"""Take the patients of one chunk from interval to interval, by NumPy or compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    places,
    refinement,
    refinements,
)
from blinplan.physiology.engine.own.plan import InStep, OwnPlan, SetPlans, Steps, in_step
from blinplan.physiology.engine.searches import NOTHING, History, Searches
from blinplan.physiology.engine.step.moment import Individual, Inflow, shared_loss_rates
from blinplan.physiology.engine.step.plan import StepPlan
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

    def of(self, place: slice) -> Wanted:
        """The same of some of the patients."""
        places = {name: getattr(self, name)[..., place] for name in ("states", "watched", "rows")}
        return self._replace(**places)


Advance = Callable[[int, int, FloatArray, FloatArray, Wanted], None]
"""Advances the patients of a chunk through some intervals: number of the first, and of the one after the last; states
(states, N), read and written; the plateaus (K, N) of each interval, pg/mL; and where else it writes."""

Advancing = Callable[[Steps, Individual, Constants], Advance]
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
    return SetPlans(whose, tuple(plan for each in some for plan in _step_plans(timetable, each, days)))


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
    return next(_step_plans(timetable, [constants], days))


def _step_plans(timetable: Timetable, sets: Sequence[Constants], days: tuple[float, ...]) -> Iterator[StepPlan]:
    """The same under each of several parameter sets."""
    on = _on_grids(timetable, sets, days)
    rates = np.array([shared_loss_rates(c) for c in sets])
    table = _table(rates[:, None, None, :], on.lengths)
    slots, elapsed = np.concatenate(on.slots), np.concatenate(on.elapsed)
    of_all = {name: np.concatenate([getattr(spots, name) for spots in on.spots], axis=1) for name in Spots._fields}
    for at, c in enumerate(sets):
        left = [
            _share_left(interval, timetable, c, on.grid(at, kind).nodes[: 2 * number + 1])
            for interval, kind, number in zip(timetable.intervals, on.kinds, on.steps[at], strict=True)
        ]
        yield StepPlan(
            lengths=on.lengths[at],
            ends=on.ends[at],
            weights=table[at],
            kind=on.kinds,
            steps=on.steps[at],
            premedicated=np.concatenate(left),
            first_node=_starts(left)[:-1],
            first_wanted=_starts(on.slots),
            elapsed=elapsed,
            slot=slots,
            desensitises=timetable.desensitises,
            **{name: of[at] for name, of in of_all.items()},
        )


class _OnGrids(NamedTuple):
    """Where the intervals of a course, and the times that are wanted, lie on D grids; as of `OwnPlan`."""

    lengths: FloatArray
    ends: FloatArray
    kinds: IntArray
    steps: IntArray
    spots: tuple[Spots, ...]
    elapsed: tuple[FloatArray, ...]
    slots: tuple[IntArray, ...]

    def grid(self, at: int, kind: int) -> Grid:
        """One of the grids, after an event of some kind."""
        return Grid(self.lengths[at, kind], self.ends[at, kind])


def _on_grids(timetable: Timetable, sizes: Sequence[Constants], days: tuple[float, ...]) -> _OnGrids:
    longest = ceil(max(interval.stop - interval.start for interval in timetable.intervals))
    growths = tuple(dict.fromkeys((INFUSING, FREE, *(interval.growth for interval in timetable.intervals))))
    kinds = np.array([growths.index(interval.growth) for interval in timetable.intervals])
    each = grids([timetable.coarseness * refinement(c.cytolytic_rate) for c in sizes], longest, growths)
    wanted = [_wanted_in(interval, np.array(days), first=not at) for at, interval in enumerate(timetable.intervals)]
    spots = [places([of[kind] for of in each], elapsed) for kind, (_, elapsed) in zip(kinds, wanted, strict=True)]
    return _OnGrids(
        lengths=np.array([[grid.lengths for grid in of] for of in each]),
        ends=np.array([[grid.ends for grid in of] for of in each]),
        kinds=kinds,
        steps=np.stack([found.step[:, -1] + 1 for found in spots], axis=1),
        spots=tuple(spots),
        elapsed=tuple(elapsed for _, elapsed in wanted),
        slots=tuple(slot for slot, _ in wanted),
    )


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


def _table(rates: FloatArray, steps: FloatArray) -> FloatArray:
    """Weights (sets, kinds, steps, rates, 8) for loss rates that all patients of a set share."""
    found = weights(rates, steps[..., None])
    return np.stack([part for pair in found for part in np.broadcast_arrays(*pair)], axis=-1)


def _own_plan(timetable: Timetable, whose: IntArray, sizes: Sequence[Constants], days: tuple[float, ...]) -> OwnPlan:
    """The steps of patients of several sizes, each of which goes by the parameters of one of them."""
    on = _on_grids(timetable, sizes, days)
    left = tuple(
        _shares_left(interval, timetable, sizes, [on.grid(at, kind) for at in range(len(sizes))], int(number))
        for interval, kind, number in zip(timetable.intervals, on.kinds, on.steps.max(axis=0), strict=True)
    )
    return OwnPlan(
        whose, on.lengths, on.ends, on.kinds, on.steps, left, on.spots, on.elapsed, on.slots, timetable.desensitises
    )


def _shares_left(
    interval: Interval, course: Timetable, sizes: Sequence[Constants], each: Sequence[Grid], number: int
) -> FloatArray | float:
    """The same at the nodes of so many steps of each size; 1.0 where none was given before."""
    if not any(dose <= interval.start for dose in course.premedication_days):
        return 1.0
    nodes = [grid.nodes[: 2 * number + 1] for grid in each]
    return np.array([_share_left(interval, course, c, of) for c, of in zip(sizes, nodes, strict=True)])


class Integrator:
    """Advances the patients of one chunk from interval to interval; what is found goes into rows."""

    def __init__(
        self,
        patients: Population,
        engine: Engine,
        course: Steps,
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

    @property
    def in_step(self) -> list[slice | IntArray]:
        """Where those stand who take the same steps."""
        return [some.patients for some in in_step(self.course, 0)]

    def watch(self, k: int, states: FloatArray) -> list[History]:
        """Advance through one interval, and say what endpoints of one's own are found on, of those `in_step`."""
        before, each = self.state.copy(), in_step(self.course, k)
        nodes = max(some.nodes.shape[0] for some in each)
        if self._memory.shape[1] < nodes:
            self._memory = np.empty((len(Watched._fields), nodes, before.shape[1]))
        watched = self._memory[:, :nodes]
        self._advance(k, k + 1, states, watched)
        return [self._history(k, some, watched, before) for some in each]

    def _history(self, k: int, some: InStep, watched: FloatArray, before: FloatArray) -> History:
        """What some of the patients went through in an interval."""
        place, plateaus = some.patients, self.plateaus[k, some.patients]
        return History(
            some.nodes,
            watched[:, : some.nodes.shape[0], place],
            Inflow(plateaus, before[0, place] - plateaus),
            self.individual.elimination[place],
            before[:, place],
            self.state[:, place],
        )

    def _advance(self, first: int, last: int, states: FloatArray, watched: FloatArray) -> None:
        wanted = Wanted(states, watched, self.searches, self.rows)
        self._advance_through(first, last, self.state, self.plateaus, wanted)
