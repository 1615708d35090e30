"""Take the patients of one chunk from interval to interval, by NumPy or compiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from blinplan.physiology.engine.grid import Growth, IntArray
from blinplan.physiology.engine.own.plan import InStep, Steps, in_step
from blinplan.physiology.engine.searches import NOTHING, History, Searches
from blinplan.physiology.engine.step.moment import Individual, Inflow
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
