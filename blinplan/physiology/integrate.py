"""Advance all patients through one interval of constant infusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blinplan.physiology import mechanism as m
from blinplan.physiology.collocation import (
    Polynomial,
    Trend,
    Varying,
    lagrange,
    refinement,
    shared_weights,
    steps_of,
    track,
)
from blinplan.physiology.population import FloatArray, Population

STATES = (
    "concentration",
    "cytolytic",
    "adhesion_memory",
    "release_memory",
    "proliferation",
    "t_total",
    "t_adherent",
    "marrow_1",
    "marrow_2",
    "marrow_3",
    "b_blood",
    "log_blasts",
    "release",
)
ROW = {name: i for i, name in enumerate(STATES)}
_MARROW = slice(ROW["marrow_1"], ROW["marrow_1"] + m.MARROW_STAGES)

# Beyond this many time constants the drug that an event left is far below every scale; it also bars underflow.
_GREATEST_EXPONENT = 69.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of constant infusion: days from the course start, row of the rates, cycle and dose step.

    `infusing` says that some patient is infused, `escalates` that the infusion before it ran on, lower, without a gap.
    """

    start: float
    stop: float
    row: int
    cycle: int
    step: int
    infusing: bool
    escalates: bool


@dataclass(frozen=True, slots=True)
class Course:
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
    values : (nodes, states, N) in the order of `STATES`.
    plateau : (N) steady-state concentration of the interval, pg/mL.
    elimination : (N) elimination rate, 1/day.
    """

    days: FloatArray
    values: FloatArray
    plateau: FloatArray
    elimination: FloatArray

    def at(self, day: float) -> FloatArray:
        """All states (states, N) at one time: the polynomial through the six nearest nodes."""
        first, weights = lagrange(self.days, day)
        total = weights[0] * self.values[first]
        for offset in range(1, len(weights)):
            total += weights[offset] * self.values[first + offset]
        return np.asarray(total)

    def row_at(self, row: int, day: float) -> FloatArray:
        """One state (N) at one time."""
        first, weights = lagrange(self.days, day)
        total = weights[0] * self.values[first, row]
        for offset in range(1, len(weights)):
            total += weights[offset] * self.values[first + offset, row]
        return np.asarray(total)

    def concentration(self, day: float) -> FloatArray:
        """Concentration in pg/mL at one time, in closed form."""
        exponent = np.minimum(self.elimination * (day - self.days[0]), _GREATEST_EXPONENT)
        return np.asarray(self.plateau + (self.values[0, 0] - self.plateau) * np.exp(-exponent))


def initial_state(patients: Population) -> FloatArray:
    """States (states, N) before the first infusion: the drug-free steady state."""
    state = np.zeros((len(STATES), patients.size))
    state[ROW["t_total"]] = patients.t_cells
    state[_MARROW] = 1.0
    state[ROW["b_blood"]] = patients.b_cells
    state[ROW["log_blasts"]] = np.log(patients.blasts)
    return state


class Integrator:
    """Advances the patients of one chunk from interval to interval."""

    def __init__(self, patients: Population, course: Course) -> None:
        self.patients, self.constants, self.course = patients, patients.constants, course
        self.state = initial_state(patients)
        self.coarseness = course.coarseness * refinement(patients.constants.cytolytic_rate)
        self.elimination = patients.clearance / patients.volume
        self.memory: FloatArray | None = None
        c, n = patients.constants, patients.size
        self.memory_rate = np.stack([patients.adhesion_adaptation, np.full(n, c.desensitisation)])
        self.memory_recovery = np.array([[c.adhesion_recovery], [c.resensitisation]])
        self.stem = np.stack([patients.regeneration_rate] * 2)
        self.influx = c.b_turnover * patients.b_cells
        self.home = c.homeostasis * patients.t_cells
        self.growth = patients.proliferation_rate * patients.t_cells
        self.signal_trend = Trend.steady(np.zeros(n))
        self.blast_trend = Trend.steady(patients.blasts)

    def advance(self, interval: Interval, rate: FloatArray) -> History:
        """Advance through one interval; returns the states on its nodes."""
        steps = steps_of(interval.stop - interval.start, self.coarseness, infusing=interval.infusing)
        nodes = interval.start + np.concatenate([[0.0], np.cumsum(np.repeat(0.5 * np.array(steps), 2))])
        nodes[-1] = interval.stop
        values = self._room(nodes.shape[0])
        values[0] = self.state
        history = History(nodes, values, m.steady_state(rate, self.patients.clearance), self.elimination)
        self._begin(history)
        for i, step in enumerate(steps):
            self._step(history, 2 * i, step)
        self.state = values[-1].copy()
        return history

    def _room(self, nodes: int) -> FloatArray:
        """States on the nodes of an interval, in memory that is used again for the next."""
        if self.memory is None or self.memory.shape[0] < nodes:
            self.memory = np.empty((nodes, len(STATES), self.patients.size))
        return self.memory[:nodes]

    def _occupancies(self, concentration: FloatArray) -> tuple[FloatArray, FloatArray]:
        p, c = self.patients, self.constants
        lytic = m.occupancy(concentration, p.lysis_ec50, c.lysis_hill)
        return lytic, m.occupancy(concentration, p.activation_ec50, c.activation_hill)

    def _begin(self, history: History) -> None:
        """Signals at the first node of an interval."""
        v, c = history.values[0], self.constants
        self.decay = np.ones(self.patients.size)
        self.lytic, self.activation = self._occupancies(v[0])
        self.adhesion = self.patients.adhesion_rate * m.surplus(self.activation, v[2], c.sensing_threshold)
        self.effectors = m.effector_availability(v[5], c)
        self.blasts = np.exp(v[11])
        self.targets = m.target_burden(v[10], self.blasts, c)
        self.release = self._release(history.days[:1], v[3:4], self.activation[None], self.effectors, self.targets)[0]

    def _release(
        self, days: FloatArray, memory: FloatArray, activation: FloatArray, effectors: FloatArray, targets: FloatArray
    ) -> FloatArray:
        c, course = self.constants, self.course
        signal = m.release_signal(activation, memory, c, desensitises=course.desensitises)
        released = m.synapse(signal, effectors, targets)
        if course.premedication_days:
            factors = [m.premedication_factor(float(day), course.premedication_days, c) for day in days]
            released = released * np.array(factors)[:, None]
        return released

    def _step(self, history: History, node: int, h: float) -> None:
        """One step: what the drug alone decides, then cells, then what hangs on both."""
        now, new = history.values[node], history.values[node + 1 : node + 3]
        days = history.days[node + 1 : node + 3]
        p, c = self.patients, self.constants
        self._infuse(history, new, float(days[1]))
        lytic, activation = self._occupancies(new[:, 0])
        self._memories(now, new, activation, h)
        adhesion = p.adhesion_rate * m.surplus(activation, new[:, 2], c.sensing_threshold)

        total = self._proliferate(now, new, h)
        effectors = m.effector_availability(total, c)
        lysis_before, lysis = self._lyse(now, new, lytic, effectors, h)
        blasts = self._malignant(now, new, lysis_before, lysis, h)
        self._benign(now, new, lysis_before, lysis, h)
        targets = m.target_burden(new[:, 10], blasts, c)
        drive_before = c.proliferation_loss * m.synapse(self.activation, self.effectors, self.targets)
        drive = c.proliferation_loss * m.synapse(activation, effectors, targets)
        shared_weights(c.proliferation_loss, h).relax(now[4], drive_before, drive, out=new[:, 4])

        track(
            now[6],
            (self.adhesion + c.return_rate, adhesion + c.return_rate),
            (self.adhesion * now[5], adhesion * total),
            h,
            out=new[:, 6],
        )
        release = self._release(days, new[:, 3], activation, effectors, targets)
        shared_weights(c.cytokine_loss, h).relax(now[12], self.release, release, out=new[:, 12])

        self.signal_trend = Trend(now[4], new[0, 4], new[1, 4], h)
        self.blast_trend = Trend(self.blasts, blasts[0], blasts[1], h)
        self.lytic, self.activation, self.adhesion = lytic[1], activation[1], adhesion[1]
        self.effectors, self.targets, self.blasts, self.release = effectors[1], targets[1], blasts[1], release[1]

    def _infuse(self, history: History, new: FloatArray, end: float) -> None:
        """Concentration at the middle and end of a step, in closed form."""
        exponent = self.elimination * (history.days[0] - end)
        decay = np.exp(np.maximum(exponent, -_GREATEST_EXPONENT, out=exponent), out=exponent)
        excess = history.values[0, 0] - history.plateau
        middle = np.sqrt(self.decay * decay)
        middle *= excess
        np.add(middle, history.plateau, out=new[0, 0])
        np.add(excess * decay, history.plateau, out=new[1, 0])
        self.decay = decay

    def _memories(self, now: FloatArray, new: FloatArray, activation: FloatArray, h: float) -> None:
        before = m.adaptation_rate(self.activation, self.memory_rate, self.memory_recovery)
        rates = m.adaptation_rate(activation[:, None], self.memory_rate, self.memory_recovery)
        slope = before * (self.activation - now[2:4])
        Polynomial.of(rates, h).relax(now[2:4], slope, rates * activation[:, None], out=new[:, 2:4])

    def _proliferate(self, now: FloatArray, new: FloatArray, h: float) -> FloatArray:
        """T cells, with the slow proliferation signal foretold; it is itself settled when the targets are known."""
        signal = self.signal_trend.foretell(h)
        gain_before, gain = self.home + m.expansion(now[4], self.growth), self.home + m.expansion(signal, self.growth)
        shared_weights(self.constants.homeostasis, h).relax(now[5], gain_before, gain, out=new[:, 5])
        return new[:, 5]

    def _lyse(
        self, now: FloatArray, new: FloatArray, lytic: FloatArray, effectors: FloatArray, h: float
    ) -> tuple[FloatArray, FloatArray]:
        p, c = self.patients, self.constants
        before, after = c.cytolytic_rate * self.lytic * self.effectors, c.cytolytic_rate * lytic * effectors
        shared_weights(c.cytolytic_rate, h).relax(now[1], before, after, out=new[:, 1])
        return m.lysis_rate(now[1], p.kill_rate), m.lysis_rate(new[:, 1], p.kill_rate)

    def _malignant(
        self, now: FloatArray, new: FloatArray, before: FloatArray, lysis: FloatArray, h: float
    ) -> FloatArray:
        p, c = self.patients, self.constants
        f0 = m.blast_log_growth(self.blasts, before, p.blast_sensitivity, c)
        f = m.blast_log_growth(self.blast_trend.foretell(h), lysis, p.blast_sensitivity, c)
        new[0, 11] = now[11] + (h / 24.0) * (5.0 * f0 + 8.0 * f[0] - f[1])
        new[1, 11] = now[11] + (h / 6.0) * (f0 + 4.0 * f[0] + f[1])
        return np.asarray(np.exp(new[:, 11]))

    def _benign(self, now: FloatArray, new: FloatArray, before: FloatArray, lysis: FloatArray, h: float) -> None:
        p, turnover = self.patients, self.constants.b_turnover
        r = p.regeneration_rate
        loss_before = m.marrow_loss(before, r, p.marrow_sensitivity)
        stage = Polynomial.of(m.marrow_loss(lysis, r, p.marrow_sensitivity), h)
        source_before, source = r, self.stem
        for row in range(_MARROW.start, _MARROW.stop):
            stage.relax(now[row], source_before - loss_before * now[row], source, out=new[:, row])
            source_before, source = r * now[row], r * new[:, row]
        last = _MARROW.stop - 1
        blood = Varying.of(turnover + before, turnover + lysis, h)
        blood.relax(now[10], self.influx * now[last], self.influx * new[:, last], out=new[:, 10])
