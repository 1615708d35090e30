"""Take the patients of one chunk from interval to interval, by NumPy or compiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from blinplan.physiology.engine.advance import (
    GREATEST_EXPONENT,
    Individual,
    Past,
    Schedule,
    advance,
    begin,
    shared_loss_rates,
    step_of,
)
from blinplan.physiology.engine.collocation import weights
from blinplan.physiology.engine.grid import IntArray, lagrange, nodes_of, refinement, steps_of
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray, Population
from blinplan.physiology.model.states import States, initial_state

EngineName = Literal["compiled", "numpy"]


@dataclass(frozen=True, slots=True)
class Engine:
    """What does the arithmetic: one name, and a function for each of its parts.

    `advance` and `sample` are as `advance_by_numpy` and `sample_by_numpy`; `chunk` is the number of patients that suits
    it: NumPy wants many at once, compiled code few, that stay near the processor.
    """

    name: EngineName
    advance: Callable[[FloatArray, FloatArray, FloatArray, Individual, Constants, Schedule], None]
    sample: Callable[[FloatArray, IntArray, FloatArray, FloatArray, IntArray, int], None]
    chunk: int


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of constant infusion: days from the course start, row of the rates, cycle and dose step.

    `infusing` says that some patient is infused, `escalates` that the infusion before it ran on, lower, without a gap,
    `continues` that only premedication parts it from the interval before.
    """

    start: float
    stop: float
    row: int
    cycle: int
    step: int
    infusing: bool
    escalates: bool
    continues: bool


@dataclass(frozen=True, slots=True)
class Timetable:
    """What the whole course has in common: its intervals, and how the mechanism is to be read."""

    intervals: tuple[Interval, ...]
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


@dataclass(frozen=True, slots=True)
class History:
    """The states on the nodes of one interval, until the next interval is computed.

    Attributes
    ----------
    days : (nodes) start, middle and end of every step.
    values : (nodes, states, N) in the order of `States`.
    plateau : (N) steady-state concentration of the interval, pg/mL.
    elimination : (N) elimination rate, 1/day.
    """

    days: FloatArray
    values: FloatArray
    plateau: FloatArray
    elimination: FloatArray

    def row_at(self, row: int, day: float) -> FloatArray:
        """One state (N) at one time."""
        first, weights = lagrange(self.days, np.array([day]))
        near = self.values[first[0] : first[0] + weights.shape[1], row]
        return np.asarray((weights[0][:, None] * near).sum(axis=0))

    def concentration(self, day: float) -> FloatArray:
        """Concentration in pg/mL at one time, in closed form."""
        exponent = np.minimum(self.elimination * (day - self.days[0]), GREATEST_EXPONENT)
        return np.asarray(self.plateau + (self.values[0, 0] - self.plateau) * np.exp(-exponent))


def individual_of(patients: Population) -> Individual:
    """Take from the patients what tells them apart while they advance, each (N,)."""
    c = patients.constants
    return Individual(
        elimination=patients.clearance / patients.volume,
        lysis_ec50=patients.lysis_ec50,
        activation_ec50=patients.activation_ec50,
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


def advance_by_numpy(
    values: FloatArray, plateau: FloatArray, past: FloatArray, p: Individual, c: Constants, schedule: Schedule
) -> None:
    """Advance all patients together through an interval, one array operation for all.

    Parameters
    ----------
    values : (nodes, states, N); the first node is read, the others are written.
    plateau : (N) steady-state concentration, pg/mL.
    past : (4, N) as `Past` names them; read and written.
    """
    begun = States(*values[0]), Past(*past), plateau, p, c
    now = begin(*begun, schedule.premedicated[0], schedule.desensitises)
    for i in range(schedule.steps.shape[0]):
        middle, now = advance(now, p, c, step_of(schedule, i))
        values[2 * i + 1] = middle
        values[2 * i + 2] = now.states
    past[:] = now.past


def sample_by_numpy(
    values: FloatArray, first: IntArray, weights: FloatArray, out: FloatArray, at: IntArray, patient: int
) -> None:
    """Write the states between the nodes, as `lagrange` weighs them.

    Parameters
    ----------
    values : (nodes, states, N).
    first, weights : (D), (D, points) of each day.
    out : (states, days, patients); written at the days `at` (D) and from `patient` on.
    """
    for day, node, w in zip(at, first, weights, strict=True):
        total = w[0] * values[node]
        for offset in range(1, w.shape[0]):
            total += w[offset] * values[node + offset]
        out[:, day, patient : patient + values.shape[2]] = total


NUMPY = Engine("numpy", advance_by_numpy, sample_by_numpy, chunk=8192)


@lru_cache(maxsize=16)
def schedules(course: Timetable, constants: Constants) -> tuple[Schedule, ...]:
    """What all patients share in each interval of a course."""
    coarseness = course.coarseness * refinement(constants.cytolytic_rate)
    found: list[Schedule] = []
    for interval in course.intervals:
        step_before = float(found[-1].steps[-1]) if found else 1.0
        found.append(_schedule(interval, course, constants, coarseness, step_before))
    return tuple(found)


def _schedule(interval: Interval, course: Timetable, c: Constants, coarseness: float, step_before: float) -> Schedule:
    steps = np.array(steps_of(interval.stop - interval.start, coarseness, infusing=interval.infusing))
    days = nodes_of(interval.start, interval.stop, steps)
    given = tuple(dose for dose in course.premedication_days if dose <= interval.start)
    return Schedule(
        days=days,
        steps=steps,
        step_before=step_before,
        weights=_table(shared_loss_rates(c), steps),
        premedicated=np.array([m.premedication_factor(float(day), given, c) for day in days]),
        desensitises=course.desensitises,
    )


def _table(rates: tuple[float, ...], steps: FloatArray) -> FloatArray:
    """Weights (steps, rates, 8) for loss rates that all patients share."""
    found = [weights(np.full(steps.shape, rate), steps) for rate in rates]
    return np.stack([np.stack([part for pair in w for part in pair], axis=1) for w in found], axis=1)


class Integrator:
    """Advances the patients of one chunk from interval to interval."""

    def __init__(self, patients: Population, engine: Engine) -> None:
        self.patients, self.engine = patients, engine
        self.individual = individual_of(patients)
        self.state = initial_state(patients)
        self.past = np.zeros((len(Past._fields), patients.size))
        self.past[2:] = patients.blasts
        self.memory = np.empty((0, len(States._fields), patients.size))

    def advance(self, schedule: Schedule, rate: FloatArray) -> History:
        """Advance through one interval at an infusion rate (N) in mcg/day; returns the states on its nodes."""
        values = self._room(schedule.days.shape[0])
        values[0] = self.state
        plateau = m.steady_state(rate, self.patients.clearance)
        self.engine.advance(values, plateau, self.past, self.individual, self.patients.constants, schedule)
        self.state = values[-1].copy()
        return History(schedule.days, values, plateau, self.individual.elimination)

    def _room(self, nodes: int) -> FloatArray:
        """States on the nodes of an interval, in memory that is used again for the next."""
        if self.memory.shape[0] < nodes:
            self.memory = np.empty((nodes, len(States._fields), self.patients.size))
        return self.memory[:nodes]
