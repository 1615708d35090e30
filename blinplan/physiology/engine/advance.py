"""Advance through one interval of constant infusion: how the steps of the mechanism follow from each other.

Every function holds for one patient (numbers) and for many (arrays); the compiled engine runs these very lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blinplan.physiology.engine.collocation import (
    Pair,
    Trend,
    Weights,
    foretell,
    polynomial,
    relax,
    relax_polynomial,
    relax_varying,
    track,
    varying,
)
from blinplan.physiology.engine.written_out import written_out
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States

# Beyond this many time constants the drug that an event left is far below every scale; it also bars underflow.
GREATEST_EXPONENT = 69.0


class Individual(NamedTuple):
    """What tells one patient from another; units as in `Population`, and what follows from them.

    `b_influx`, `t_influx` and `t_growth` are cells/µL/day: the marrow's output of B cells, the return of T cells to
    baseline, and their gain at a proliferation signal of 1.
    """

    elimination: FloatArray
    lysis_ec50: FloatArray
    activation_ec50: FloatArray
    kill_rate: FloatArray
    marrow_sensitivity: FloatArray
    regeneration_rate: FloatArray
    blast_sensitivity: FloatArray
    adhesion_rate: FloatArray
    adhesion_adaptation: FloatArray
    b_influx: FloatArray
    t_influx: FloatArray
    t_growth: FloatArray


class Signals(NamedTuple):
    """What the states at one time say to each other."""

    lytic: FloatArray
    activation: FloatArray
    adhesion: FloatArray
    effectors: FloatArray
    blasts: FloatArray
    targets: FloatArray
    released: FloatArray


class Past(NamedTuple):
    """Signals at the start and middle of the step before, to foretell the next by."""

    proliferation_start: FloatArray
    proliferation_middle: FloatArray
    blasts_start: FloatArray
    blasts_middle: FloatArray


class Node(NamedTuple):
    """Where a step begins: states, their signals, what came before, and how far the drug of the interval's start fell.

    `excess` is the concentration at the start of the interval above its `plateau`, pg/mL; `decay` the share left.
    """

    states: States
    signals: Signals
    past: Past
    plateau: FloatArray
    excess: FloatArray
    decay: FloatArray


class Schedule(NamedTuple):
    """What all patients share in one interval.

    Attributes
    ----------
    days : (2 S + 1) nodes: the start, then the middle and the end of every step. steps : (S) lengths in days.
    step_before : length of the last step of the interval before.
    weights : (S, 4, 8) those for the loss rates that the patients share, in the order of `GridStep`.
    premedicated : (2 S + 1) share of cytokine release that premedication leaves at each node.
    desensitises : whether cytokine release desensitises.
    """

    days: FloatArray
    steps: FloatArray
    step_before: float
    weights: FloatArray
    premedicated: FloatArray
    desensitises: bool


class GridStep(NamedTuple):
    """What all patients share in one step: lengths and times in days, and weights for the loss rates that they share.

    `elapsed` is the time from the start of the interval to the end of the step, `before` the length of the last step.
    """

    length: float
    before: float
    elapsed: float
    cytolytic: Weights
    proliferation: Weights
    homeostasis: Weights
    release: Weights
    premedicated: tuple[float, float]
    desensitises: bool


def shared_loss_rates(c: Constants) -> tuple[float, ...]:
    """Loss rates (1/day) that all patients share, in the order of their weights in `GridStep`."""
    return c.cytolytic_rate, c.proliferation_loss, c.homeostasis, c.cytokine_loss


def step_of(schedule: Schedule, i: int) -> GridStep:
    """Take one step from a schedule."""
    return GridStep(
        schedule.steps[i],
        schedule.steps[i - 1] if i else schedule.step_before,
        schedule.days[2 * i + 2] - schedule.days[0],
        _weights(schedule.weights, i, 0),
        _weights(schedule.weights, i, 1),
        _weights(schedule.weights, i, 2),
        _weights(schedule.weights, i, 3),
        (schedule.premedicated[2 * i + 1], schedule.premedicated[2 * i + 2]),
        schedule.desensitises,
    )


def _weights(w: FloatArray, i: int, k: int) -> Weights:
    return Weights(
        (w[i, k, 0], w[i, k, 1]), (w[i, k, 2], w[i, k, 3]), (w[i, k, 4], w[i, k, 5]), (w[i, k, 6], w[i, k, 7])
    )


def begin(
    states: States,
    past: Past,
    plateau: FloatArray,
    p: Individual,
    c: Constants,
    premedicated: float,
    desensitises: bool,
) -> Node:
    """Begin an interval whose infusion has its steady state at `plateau` (pg/mL)."""
    bridged = _bridges(states.concentration, p, c)
    memories = states.adhesion_memory, states.release_memory
    effectors = m.effector_availability(states.t_total, c)
    signals = _signals(
        bridged, memories, effectors, states.b_blood, states.log_blasts, p, c, premedicated, desensitises
    )
    excess = states.concentration - plateau
    return Node(states, signals, past, plateau, excess, 1.0 + 0.0 * excess)


def advance(now: Node, p: Individual, c: Constants, step: GridStep) -> tuple[States, Node]:
    """One step: the states at its middle, and the node at its end.

    First what the drug alone decides, then cells, then what hangs on both. The proliferation signal, which is slow, and
    the blasts are needed before they are known: they are foretold from the step before.
    """
    h, before, left, desensitises = step.length, now.states, step.premedicated, step.desensitises
    concentration, decay = _infuse(now, p, step)
    bridged = _bridges(concentration[0], p, c), _bridges(concentration[1], p, c)
    adhesion, release = _adapt(now, (bridged[0][1], bridged[1][1]), p, c, h)

    t_total = _proliferate(now, p, step)
    effectors = m.effector_availability(t_total[0], c), m.effector_availability(t_total[1], c)
    cytolytic = _arm(now, (bridged[0][0], bridged[1][0]), effectors, c, step)
    lysis_before = m.lysis_rate(before.cytolytic, p.kill_rate)
    lysis = m.lysis_rate(cytolytic[0], p.kill_rate), m.lysis_rate(cytolytic[1], p.kill_rate)
    blasts = _lyse_malignant(now, lysis_before, lysis, p, c, step)
    marrow_1, marrow_2, marrow_3 = _lyse_marrow(before, lysis_before, lysis, p, h)
    b_blood = _lyse_blood(before, lysis_before, lysis, marrow_3, p, c, h)

    middle = _signals(
        bridged[0], (adhesion[0], release[0]), effectors[0], b_blood[0], blasts[0], p, c, left[0], desensitises
    )
    end = _signals(
        bridged[1], (adhesion[1], release[1]), effectors[1], b_blood[1], blasts[1], p, c, left[1], desensitises
    )
    proliferation = _stimulate(now, middle, end, c, step)
    t_adherent = _redistribute(now, middle, end, t_total, c, h)
    released = relax(step.release, before.release, now.signals.released, (middle.released, end.released))
    past = Past(before.proliferation, proliferation[0], now.signals.blasts, middle.blasts)
    pairs = (
        concentration,
        cytolytic,
        adhesion,
        release,
        proliferation,
        t_total,
        t_adherent,
        marrow_1,
        marrow_2,
        marrow_3,
        b_blood,
        blasts,
        released,
    )
    return _states(pairs, 0), Node(_states(pairs, 1), end, past, now.plateau, now.excess, decay)


# The states at the middle (k = 0) or at the end (1) of a step, from the pairs of all of them in their order.
_states = written_out(States, "pairs, k", "pairs[{i}][k]", __name__)


def _infuse(now: Node, p: Individual, step: GridStep) -> tuple[Pair, FloatArray]:
    """Concentration in closed form, and the share left of the drug that the interval began with."""
    decay = np.exp(np.maximum(-p.elimination * step.elapsed, -GREATEST_EXPONENT))
    middle = now.plateau + now.excess * np.sqrt(now.decay * decay)
    return (middle, now.plateau + now.excess * decay), decay


def _bridges(concentration: FloatArray, p: Individual, c: Constants) -> Pair:
    """Synapses that the drug bridges for lysis and for activation."""
    lytic = m.occupancy(concentration, p.lysis_ec50, c.lysis_hill)
    return lytic, m.occupancy(concentration, p.activation_ec50, c.activation_hill)


def _signals(
    bridged: Pair,
    memories: Pair,
    effectors: FloatArray,
    b_blood: FloatArray,
    log_blasts: FloatArray,
    p: Individual,
    c: Constants,
    premedicated: float,
    desensitises: bool,
) -> Signals:
    lytic, activation = bridged
    adhesion = p.adhesion_rate * m.surplus(activation, memories[0], c.sensing_threshold)
    blasts = np.exp(log_blasts)
    targets = m.target_burden(b_blood, blasts, c)
    released = m.synapse(m.release_signal(activation, memories[1], c, desensitises), effectors, targets)
    return Signals(lytic, activation, adhesion, effectors, blasts, targets, premedicated * released)


def _adapt(now: Node, activation: Pair, p: Individual, c: Constants, h: float) -> tuple[Pair, Pair]:
    """What adhesion and what cytokine release have adapted to."""
    s, before = now.states, now.signals.activation
    return (
        _remember(s.adhesion_memory, before, activation, p.adhesion_adaptation, c.adhesion_recovery, h),
        _remember(s.release_memory, before, activation, c.desensitisation, c.resensitisation, h),
    )


def _remember(
    memory: FloatArray, before: FloatArray, activation: Pair, rate: FloatArray | float, recovery: float, h: float
) -> Pair:
    slope = m.adaptation_rate(before, rate, recovery) * (before - memory)
    rates = m.adaptation_rate(activation[0], rate, recovery), m.adaptation_rate(activation[1], rate, recovery)
    followed = rates[0] * activation[0], rates[1] * activation[1]
    return relax_polynomial(polynomial(rates, h), memory, slope, followed)


def _proliferate(now: Node, p: Individual, step: GridStep) -> Pair:
    signal = now.states.proliferation
    trend = Trend(now.past.proliferation_start, now.past.proliferation_middle, signal)
    ahead = foretell(trend, step.before, step.length)
    gain = p.t_influx + m.expansion(ahead[0], p.t_growth), p.t_influx + m.expansion(ahead[1], p.t_growth)
    return relax(step.homeostasis, now.states.t_total, p.t_influx + m.expansion(signal, p.t_growth), gain)


def _arm(now: Node, lytic: Pair, effectors: Pair, c: Constants, step: GridStep) -> Pair:
    """Cytolytic proteins follow the lytic synapses."""
    made = c.cytolytic_rate * lytic[0] * effectors[0], c.cytolytic_rate * lytic[1] * effectors[1]
    made_before = c.cytolytic_rate * now.signals.lytic * now.signals.effectors
    return relax(step.cytolytic, now.states.cytolytic, made_before, made)


def _lyse_malignant(
    now: Node, lysis_before: FloatArray, lysis: Pair, p: Individual, c: Constants, step: GridStep
) -> Pair:
    h, log_blasts, blasts = step.length, now.states.log_blasts, now.signals.blasts
    ahead = foretell(Trend(now.past.blasts_start, now.past.blasts_middle, blasts), step.before, h)
    before = m.blast_log_growth(blasts, lysis_before, p.blast_sensitivity, c)
    middle = m.blast_log_growth(ahead[0], lysis[0], p.blast_sensitivity, c)
    end = m.blast_log_growth(ahead[1], lysis[1], p.blast_sensitivity, c)
    return (
        log_blasts + (h / 24.0) * (5.0 * before + 8.0 * middle - end),
        log_blasts + (h / 6.0) * (before + 4.0 * middle + end),
    )


def _lyse_marrow(s: States, lysis_before: FloatArray, lysis: Pair, p: Individual, h: float) -> tuple[Pair, Pair, Pair]:
    r, sensitivity = p.regeneration_rate, p.marrow_sensitivity
    loss_before = m.marrow_loss(lysis_before, r, sensitivity)
    loss = polynomial((m.marrow_loss(lysis[0], r, sensitivity), m.marrow_loss(lysis[1], r, sensitivity)), h)
    first = relax_polynomial(loss, s.marrow_1, r - loss_before * s.marrow_1, (r, r))
    slope = r * s.marrow_1 - loss_before * s.marrow_2
    second = relax_polynomial(loss, s.marrow_2, slope, (r * first[0], r * first[1]))
    slope = r * s.marrow_2 - loss_before * s.marrow_3
    third = relax_polynomial(loss, s.marrow_3, slope, (r * second[0], r * second[1]))
    return first, second, third


def _lyse_blood(
    s: States, lysis_before: FloatArray, lysis: Pair, marrow: Pair, p: Individual, c: Constants, h: float
) -> Pair:
    loss = varying(c.b_turnover + lysis_before, (c.b_turnover + lysis[0], c.b_turnover + lysis[1]), h)
    return relax_varying(loss, s.b_blood, p.b_influx * s.marrow_3, (p.b_influx * marrow[0], p.b_influx * marrow[1]))


def _stimulate(now: Node, middle: Signals, end: Signals, c: Constants, step: GridStep) -> Pair:
    """The proliferation signal follows the synapses."""
    drive = _drive(middle, c), _drive(end, c)
    return relax(step.proliferation, now.states.proliferation, _drive(now.signals, c), drive)


def _drive(signals: Signals, c: Constants) -> FloatArray:
    return c.proliferation_loss * m.synapse(signals.activation, signals.effectors, signals.targets)


def _redistribute(now: Node, middle: Signals, end: Signals, t_total: Pair, c: Constants, h: float) -> Pair:
    """T cells adhere and return."""
    adhesion, s = now.signals.adhesion, now.states
    leaving = middle.adhesion + c.return_rate, end.adhesion + c.return_rate
    adhering = middle.adhesion * t_total[0], end.adhesion * t_total[1]
    return track(s.t_adherent, adhesion + c.return_rate, leaving, adhesion * s.t_total, adhering, h)
