"""Advance all patients through one interval of constant infusion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from blinplan.physiology import mechanism as m
from blinplan.physiology.population import ELEVATED, FloatArray, Population

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
    "released_il6",
    "released_il10",
    "released_ifn_gamma",
)
ROW = {name: i for i, name in enumerate(STATES)}
_FIRST_MARROW, _FIRST_RELEASED = ROW["marrow_1"], ROW["released_il6"]

# The grid, chosen by measurement: the first step after an event, growth of the steps, the greatest step (days).
FIRST_STEP, GROWTH, GREATEST_STEP = 0.02, 1.25, 2.0
# Beyond this many time constants the drug that an event left is far below every scale; it also bars underflow.
_GREATEST_EXPONENT = 69.0
_SWEEPS = 2


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
    values : (states, nodes, N) in the order of `STATES`.
    plateau : (N) steady-state concentration of the interval, pg/mL.
    elimination : (N) elimination rate, 1/day.
    """

    days: FloatArray
    values: FloatArray
    plateau: FloatArray
    elimination: FloatArray

    def at(self, day: float) -> FloatArray:
        """All states (states, N) at one time: the polynomial through the five nearest nodes."""
        first, weights = lagrange(self.days, day)
        total = weights[0] * self.values[:, first]
        for offset in range(1, len(weights)):
            total += weights[offset] * self.values[:, first + offset]
        return np.asarray(total)

    def row_at(self, row: int, day: float) -> FloatArray:
        """One state (N) at one time."""
        first, weights = lagrange(self.days, day)
        total = weights[0] * self.values[row, first]
        for offset in range(1, len(weights)):
            total += weights[offset] * self.values[row, first + offset]
        return np.asarray(total)

    def concentration(self, day: float) -> FloatArray:
        """Concentration in pg/mL at one time, in closed form."""
        exponent = np.minimum(self.elimination * (day - self.days[0]), _GREATEST_EXPONENT)
        return np.asarray(self.plateau + (self.values[0, 0] - self.plateau) * np.exp(-exponent))


def lagrange(nodes: FloatArray, day: float, points: int = 5) -> tuple[int, FloatArray]:
    """First node and weights of the polynomial through the nodes nearest to a day."""
    count = min(points, nodes.shape[0])
    index = int(np.searchsorted(nodes, day))
    if index < nodes.shape[0] and nodes[index] == day:
        return index, np.ones(1)
    first = min(max(index - (count + 1) // 2, 0), nodes.shape[0] - count)
    near = nodes[first : first + count]
    weights = np.array([np.prod([(day - b) / (a - b) for b in near if b != a]) for a in near])
    return first, weights


@lru_cache(maxsize=256)
def steps_of(duration: float, coarseness: float) -> tuple[float, ...]:
    """Steps in days that fill an interval: short after the event at its start, then growing."""
    step, steps, covered = FIRST_STEP * coarseness, [], 0.0
    while covered < duration:
        steps.append(step)
        covered += step
        step = min(step * GROWTH, GREATEST_STEP * coarseness)
    return tuple(s * duration / covered for s in steps)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of one exponential collocation step with loss rate r: decay over the half and the whole step, and the
    integrals of exp(-r (end - t)) times the Lagrange polynomials at start, middle and end."""

    half_decay: FloatArray
    decay: FloatArray
    half: tuple[FloatArray, FloatArray, FloatArray]
    whole: tuple[FloatArray, FloatArray, FloatArray]


def _moments(x: FloatArray, decay: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Integrals over u in 0 to 1 of exp(-x (1 - u)) u^n for n = 0, 1, 2."""
    inverse = 1.0 / x
    zeroth = (1.0 - decay) * inverse
    first = (1.0 - zeroth) * inverse
    second = (1.0 - 2.0 * first) * inverse
    return zeroth, first, second


def weights(rate: FloatArray, step: float) -> Weights:
    """Weights for a loss rate (above 0) held over one step."""
    x = rate * step
    half_decay = np.exp(-0.5 * x)
    decay = half_decay * half_decay
    a, b, c = _moments(0.5 * x, half_decay)
    p, q, r = _moments(x, decay)
    h = 0.5 * step
    return Weights(
        half_decay,
        decay,
        (h * (0.5 * c - 1.5 * b + a), h * (2.0 * b - c), h * 0.5 * (c - b)),
        (step * (2.0 * r - 3.0 * q + p), step * 4.0 * (q - r), step * (2.0 * r - q)),
    )


@lru_cache(maxsize=4096)
def shared_weights(rate: float, step: float) -> Weights:
    """Weights for a loss rate that all patients share."""
    return weights(np.float64(rate), step)  # type: ignore[arg-type]


Three = tuple[FloatArray, FloatArray, FloatArray]


def relax(w: Weights, y: FloatArray, production: Three) -> tuple[FloatArray, FloatArray]:
    """State at the middle and end of a step, its loss rate being constant."""
    a, b, c = production
    middle = w.half_decay * y + w.half[0] * a + w.half[1] * b + w.half[2] * c
    end = w.decay * y + w.whole[0] * a + w.whole[1] * b + w.whole[2] * c
    return middle, end


def relax_varying(
    w: Weights, y: FloatArray, production: Three, excess: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """The same for a loss rate that exceeds the one in the weights by `excess` at the start and in the middle."""
    a = production[0] - excess[0] * y
    b, c = production[1], production[2]
    middle = (w.half_decay * y + w.half[0] * a + w.half[1] * b + w.half[2] * c) / (1.0 + w.half[1] * excess[1])
    b = b - excess[1] * middle
    end = w.decay * y + w.whole[0] * a + w.whole[1] * b + w.whole[2] * c
    return middle, end


def initial_state(patients: Population) -> FloatArray:
    """States (states, N) before the first infusion: the drug-free steady state."""
    state = np.zeros((len(STATES), patients.size))
    state[ROW["t_total"]] = patients.t_cells
    state[_FIRST_MARROW : _FIRST_MARROW + m.MARROW_STAGES] = 1.0
    state[ROW["b_blood"]] = patients.b_cells
    state[ROW["log_blasts"]] = np.log(patients.blasts)
    return state


def advance(
    state: FloatArray, interval: Interval, rate: FloatArray, patients: Population, course: Course
) -> tuple[FloatArray, History]:
    """Advance through one interval; returns the state at its end and the states on its nodes."""
    steps = steps_of(interval.stop - interval.start, course.coarseness)
    nodes = interval.start + np.concatenate([[0.0], np.cumsum(np.repeat(0.5 * np.array(steps), 2))])
    nodes[-1] = interval.stop
    values = np.empty((len(STATES), nodes.shape[0], patients.size))
    values[:, 0] = state
    plateau = m.steady_state(rate, patients.clearance)
    elimination = patients.clearance / patients.volume
    history = History(nodes, values, plateau, elimination)
    stepper = _Stepper(patients, course, history)
    for i, step in enumerate(steps):
        stepper.step(2 * i, step)
    return values[:, -1].copy(), history


class _Stepper:
    """Carries the signals at the last node from one step to the next."""

    def __init__(self, patients: Population, course: Course, history: History) -> None:
        self.patients = patients
        self.constants = patients.constants
        self.course = course
        self.history = history
        self.values = history.values
        self.lytic, self.activation = self._occupancy(0)
        self._finish_node(0)

    def _occupancy(self, node: int) -> tuple[FloatArray, FloatArray]:
        p, c = self.patients, self.constants
        concentration = self.values[0, node]
        return (
            m.occupancy(concentration, p.lysis_ec50, c.lysis_hill),
            m.occupancy(concentration, p.activation_ec50, c.activation_hill),
        )

    def _finish_node(self, node: int) -> None:
        v, p, c = self.values[:, node], self.patients, self.constants
        self.adhesion = p.adhesion_rate * m.surplus(self.activation, v[2], c.sensing_threshold)
        self.effectors = m.effector_availability(v[5], c)
        self.targets = m.target_burden(v[10], np.exp(v[11]), c)
        self.released = self._release(node, self.activation, v[3], self.effectors, self.targets)

    def _release(self, node: int, act: FloatArray, memory: FloatArray, eff: FloatArray, tar: FloatArray) -> FloatArray:
        signal = m.release_signal(act, memory, self.constants, desensitises=self.course.desensitises)
        factor = m.premedication_factor(float(self.history.days[node]), self.course.premedication_days, self.constants)
        return factor * m.synapse(signal, eff, tar)

    def step(self, node: int, h: float) -> None:
        v, p, c, hist = self.values, self.patients, self.constants, self.history
        for k in (node + 1, node + 2):
            v[0, k] = hist.concentration(float(hist.days[k]))
        lytic_m, act_m = self._occupancy(node + 1)
        lytic_1, act_1 = self._occupancy(node + 2)
        lytic_0, act_0 = self.lytic, self.activation
        for row, rate, recovery in (
            (2, p.adhesion_adaptation, c.adhesion_recovery),
            (3, c.desensitisation, c.resensitisation),
        ):
            l0, lm, l1 = (m.adaptation_rate(a, rate, recovery) for a in (act_0, act_m, act_1))
            v[row, node + 1], v[row, node + 2] = relax_varying(
                weights(l1, h), v[row, node], (l0 * act_0, lm * act_m, l1 * act_1), (l0 - l1, lm - l1)
            )
        adhesion_m = p.adhesion_rate * m.surplus(act_m, v[2, node + 1], c.sensing_threshold)
        adhesion_1 = p.adhesion_rate * m.surplus(act_1, v[2, node + 2], c.sensing_threshold)

        t0, b0, log0 = v[5, node], v[10, node], v[11, node]
        blasts_0 = np.exp(log0)
        kill_0 = m.lysis_rate(v[1, node], p.kill_rate)
        eff_0, tar_0 = self.effectors, self.targets
        eff_m = eff_1 = eff_0
        tar_m = tar_1 = tar_0
        t_m = t_1 = t0
        blasts_m = blasts_1 = blasts_0
        home = c.homeostasis * p.t_cells
        w_e = shared_weights(c.proliferation_loss, h)
        w_t = shared_weights(c.homeostasis, h)
        w_g = shared_weights(c.cytolytic_rate, h)
        for sweep in range(_SWEEPS):
            e_m, e_1 = relax(
                w_e,
                v[4, node],
                tuple(
                    c.proliferation_loss * m.synapse(a, e, t)
                    for a, e, t in ((act_0, eff_0, tar_0), (act_m, eff_m, tar_m), (act_1, eff_1, tar_1))
                ),
            )
            t_m, t_1 = relax(
                w_t,
                t0,
                (
                    home + m.expansion(v[4, node], t0, p.proliferation_rate),
                    home + m.expansion(e_m, t_m, p.proliferation_rate),
                    home + m.expansion(e_1, t_1, p.proliferation_rate),
                ),
            )
            eff_m, eff_1 = m.effector_availability(t_m, c), m.effector_availability(t_1, c)
            g_m, g_1 = relax(
                w_g,
                v[1, node],
                (
                    c.cytolytic_rate * lytic_0 * eff_0,
                    c.cytolytic_rate * lytic_m * eff_m,
                    c.cytolytic_rate * lytic_1 * eff_1,
                ),
            )
            kill_m, kill_1 = m.lysis_rate(g_m, p.kill_rate), m.lysis_rate(g_1, p.kill_rate)
            r, s = p.regeneration_rate, p.marrow_sensitivity
            l0, lm, l1 = (m.marrow_loss(k, r, s) for k in (kill_0, kill_m, kill_1))
            w = weights(l1, h)
            excess = (l0 - l1, lm - l1)
            production = (r, r, r)
            for row in (7, 8, 9):
                v[row, node + 1], v[row, node + 2] = relax_varying(w, v[row, node], production, excess)
                production = (r * v[row, node], r * v[row, node + 1], r * v[row, node + 2])
            turnover = c.b_turnover
            l0, lm, l1 = turnover + kill_0, turnover + kill_m, turnover + kill_1
            influx = turnover * p.b_cells
            b_m, b_1 = relax_varying(
                weights(l1, h),
                b0,
                (influx * v[9, node], influx * v[9, node + 1], influx * v[9, node + 2]),
                (l0 - l1, lm - l1),
            )
            f0 = m.blast_log_growth(blasts_0, kill_0, p.blast_sensitivity, c)
            fm = m.blast_log_growth(blasts_m, kill_m, p.blast_sensitivity, c)
            f1 = m.blast_log_growth(blasts_1, kill_1, p.blast_sensitivity, c)
            log_m = log0 + (h / 24.0) * (5.0 * f0 + 8.0 * fm - f1)
            log_1 = log0 + (h / 6.0) * (f0 + 4.0 * fm + f1)
            blasts_m, blasts_1 = np.exp(log_m), np.exp(log_1)
            tar_m, tar_1 = m.target_burden(b_m, blasts_m, c), m.target_burden(b_1, blasts_1, c)
        v[1, node + 1], v[1, node + 2] = g_m, g_1
        v[4, node + 1], v[4, node + 2] = e_m, e_1
        v[5, node + 1], v[5, node + 2] = t_m, t_1
        v[10, node + 1], v[10, node + 2] = b_m, b_1
        v[11, node + 1], v[11, node + 2] = log_m, log_1

        l0, lm, l1 = (a + c.return_rate for a in (self.adhesion, adhesion_m, adhesion_1))
        v[6, node + 1], v[6, node + 2] = relax_varying(
            weights(l1, h), v[6, node], (self.adhesion * t0, adhesion_m * t_m, adhesion_1 * t_1), (l0 - l1, lm - l1)
        )

        rel_m = self._release(node + 1, act_m, v[3, node + 1], eff_m, tar_m)
        rel_1 = self._release(node + 2, act_1, v[3, node + 2], eff_1, tar_1)
        for j in range(len(ELEVATED)):
            w = shared_weights(c.cytokine_loss[j], h)
            row = _FIRST_RELEASED + j
            mid, end = relax(
                w,
                v[row, node],
                (p.cytokine_release[j] * self.released, p.cytokine_release[j] * rel_m, p.cytokine_release[j] * rel_1),
            )
            v[row, node + 1], v[row, node + 2] = mid, end
        self.lytic, self.activation, self.adhesion = lytic_1, act_1, adhesion_1
        self.effectors, self.targets, self.released = eff_1, tar_1, rel_1
