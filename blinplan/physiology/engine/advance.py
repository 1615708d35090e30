"""Advance through one interval of constant infusion: how the steps of the mechanism follow from each other.

Every function holds for one patient (numbers) and for many (arrays); the compiled engine runs these very lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blinplan.physiology.engine.collocation import (
    Blend,
    Pair,
    Trend,
    Weights,
    blend,
    foretell,
    polynomial,
    relax,
    relax_polynomial,
    relax_varying,
    track,
    tracking,
    trend_at_event,
    varying,
)
from blinplan.physiology.engine.exponential import exponential
from blinplan.physiology.engine.grid import Grid, IntArray
from blinplan.physiology.engine.written_out import written_out
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States

# Of the drug that an event left, less than this share is far below every scale; it also bars underflow.
_LEAST_DECAY = 1e-30
_GREATEST_EXPONENT = 69.0


class Individual(NamedTuple):
    """What tells one patient from another; units as in `Population`, and what follows from them; `per_` is one over.

    `b_influx`, `t_influx` and `t_growth` are cells/µL/day: the marrow's output of B cells, the return of T cells to
    baseline, and their gain at a proliferation signal of 1.
    """

    elimination: FloatArray
    per_lysis_ec50: FloatArray
    per_activation_ec50: FloatArray
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


class Inflow(NamedTuple):
    """What an interval infuses: its steady state, and how far above it (pg/mL) the interval began."""

    plateau: FloatArray
    excess: FloatArray


class Instant(NamedTuple):
    """States at one time, and their signals."""

    states: States
    signals: Signals


class Node(NamedTuple):
    """Where a step begins: states, their signals, what came before, and the share left of the interval's excess."""

    states: States
    signals: Signals
    past: Past
    decay: FloatArray


class GridStep(NamedTuple):
    """What all patients share in one step: lengths in days, and weights for the loss rates that they share.

    `before` is the length of the last step; `premedicated` the share of cytokine release that premedication leaves at
    the middle and at the end.
    """

    length: float
    before: float
    cytolytic: Weights
    proliferation: Weights
    homeostasis: Weights
    release: Weights
    premedicated: tuple[float, float]
    desensitises: bool


SHARED_WEIGHTS = ("cytolytic", "proliferation", "homeostasis", "release")
"""The fields of `GridStep` that are weights, in the order of their rates."""


def shared_loss_rates(c: Constants) -> tuple[float, ...]:
    """Loss rates (1/day) that all patients share, in the order of `SHARED_WEIGHTS`."""
    return c.cytolytic_rate, c.proliferation_loss, c.homeostasis, c.cytokine_loss


def begin(
    states: States,
    plateau: FloatArray,
    p: Individual,
    c: Constants,
    first_step: float,
    premedicated: float,
    desensitises: bool,
) -> tuple[Node, Inflow]:
    """Begin an interval whose infusion has its steady state at `plateau` (pg/mL)."""
    states = _with_a_cell(states)
    memories = states.adhesion_memory, states.release_memory
    effectors = m.effector_availability(states.t_total, c)
    bridged = _bridges(states.concentration, p, c)
    signals = _signals(
        bridged, memories, effectors, states.b_blood, states.log_blasts, p, c, premedicated, desensitises
    )
    growing = signals.blasts * _log_growth(states, signals, p, c)
    proliferation = trend_at_event(states.proliferation, _stimulation(states, signals, c), first_step)
    blasts = trend_at_event(signals.blasts, growing, first_step)
    past = Past(proliferation.start, proliferation.middle, blasts.start, blasts.middle)
    excess = states.concentration - plateau
    return Node(states, signals, past, 1.0 + 0.0 * excess), Inflow(plateau, excess)


def advance(now: Node, infusion: Inflow, p: Individual, c: Constants, step: GridStep) -> tuple[Instant, Node]:
    """One step: what is at its middle, and the node at its end.

    First what the drug alone decides, then cells, then what hangs on both. The proliferation signal, which is slow, and
    the blasts are needed before they are known: they are foretold from the step before.
    """
    h, before, left, desensitises = step.length, now.states, step.premedicated, step.desensitises
    concentration, decay = _infuse(now, infusion, p, h)
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
    return Instant(_states(pairs, 0), middle), Node(_states(pairs, 1), end, past, decay)


# The states at the middle (k = 0) or at the end (1) of a step, from the pairs of all of them in their order.
_states = written_out(States, "pairs, k", "pairs[{i}][k]", __name__)


def _one_cell_or_more(log_blasts: FloatArray) -> FloatArray:
    """Blasts where a step begins: one that ended below one cell is read as if lysis had stopped at it.

    Inside a step, and up to its end, they are not held, so that nothing in it has a kink; who reads them holds them.
    """
    return np.maximum(log_blasts, m.LOG_ONE_CELL)


_with_a_cell = written_out(
    States, "states", "states[{i}]", __name__, _one_cell_or_more, log_blasts="_one_cell_or_more(states.log_blasts)"
)


def _infuse(now: Node, infusion: Inflow, p: Individual, h: float) -> tuple[Pair, FloatArray]:
    """Concentration in closed form, and the share left of the drug that the interval began with."""
    half = exponential(p.elimination * (-0.5 * h))
    decay = half * now.decay
    middle = infusion.plateau + infusion.excess * decay
    decay = np.maximum(decay * half, _LEAST_DECAY)
    return (middle, infusion.plateau + infusion.excess * decay), decay


def concentration_at(infusion: Inflow, elimination: FloatArray, elapsed: float) -> FloatArray:
    """Concentration in closed form, so many days from the start of the interval."""
    exponent = np.minimum(elimination * elapsed, _GREATEST_EXPONENT)
    return infusion.plateau + infusion.excess * exponential(-exponent)


def rates(now: Instant, infusion: Inflow, p: Individual, c: Constants) -> States:
    """Rate of change (1/day) of every state."""
    s, signals = now
    lysis = m.lysis_rate(s.cytolytic, p.kill_rate)
    loss = m.marrow_loss(lysis, p.regeneration_rate, p.marrow_sensitivity)
    sensing, desensitising = (
        m.adaptation_rate(signals.activation, p.adhesion_adaptation, c.adhesion_recovery),
        m.adaptation_rate(signals.activation, c.desensitisation, c.resensitisation),
    )
    return States(
        concentration=p.elimination * (infusion.plateau - s.concentration),
        cytolytic=c.cytolytic_rate * (signals.lytic * signals.effectors - s.cytolytic),
        adhesion_memory=sensing * (signals.activation - s.adhesion_memory),
        release_memory=desensitising * (signals.activation - s.release_memory),
        proliferation=_stimulation(s, signals, c),
        t_total=_t_total_rate(s, p, c),
        t_adherent=_adherence(s, signals, c),
        marrow_1=p.regeneration_rate - loss * s.marrow_1,
        marrow_2=p.regeneration_rate * s.marrow_1 - loss * s.marrow_2,
        marrow_3=p.regeneration_rate * s.marrow_2 - loss * s.marrow_3,
        b_blood=_b_blood_rate(s, lysis, p, c),
        log_blasts=_log_growth(s, signals, p, c),
        release=_release_rate(s, signals, c),
    )


def _t_total_rate(s: States, p: Individual, c: Constants) -> FloatArray:
    return p.t_influx + m.expansion(s.proliferation, p.t_growth) - c.homeostasis * s.t_total


def _adherence(s: States, signals: Signals, c: Constants) -> FloatArray:
    return signals.adhesion * (s.t_total - s.t_adherent) - c.return_rate * s.t_adherent


def _b_blood_rate(s: States, lysis: FloatArray, p: Individual, c: Constants) -> FloatArray:
    return p.b_influx * s.marrow_3 - (c.b_turnover + lysis) * s.b_blood


def _release_rate(s: States, signals: Signals, c: Constants) -> FloatArray:
    return signals.released - c.cytokine_loss * s.release


def _stimulation(s: States, signals: Signals, c: Constants) -> FloatArray:
    return _drive(signals, c) - c.proliferation_loss * s.proliferation


def _log_growth(s: States, signals: Signals, p: Individual, c: Constants) -> FloatArray:
    lysis = m.lysis_rate(s.cytolytic, p.kill_rate)
    return m.blast_log_growth(signals.blasts, lysis, p.blast_sensitivity, c)


class StepPlan(NamedTuple):
    """What all patients share in a course of K intervals: one table of steps for all of them, and what is wanted.

    Attributes
    ----------
    lengths, ends : (2, S) of the steps after an event that leaves an infusion (0) or none (1), days.
    weights : (2, S, 4, 8) those for the loss rates that the patients share, in the order of `GridStep`.
    kind : (K) which of the two. steps : (K) how many of them until one reaches or passes the end of the interval.
    premedicated : (P) share of cytokine release that premedication leaves at each node; those of an interval begin at
        `first_node` (K).
    first_wanted : (K + 1) the first of the wanted times of each interval; its last is its end.
    step, node, elapsed, blend : (W) where each lies, as of `Spots`; (W) days since the start of the interval.
    slot : (W) its column of the output; -1 for none.
    desensitises : whether cytokine release desensitises.
    """

    lengths: FloatArray
    ends: FloatArray
    weights: FloatArray
    kind: IntArray
    steps: IntArray
    premedicated: FloatArray
    first_node: IntArray
    first_wanted: IntArray
    step: IntArray
    node: IntArray
    elapsed: FloatArray
    blend: FloatArray
    slot: IntArray
    desensitises: bool


def nodes_of(course: StepPlan, k: int) -> FloatArray:
    """Nodes of an interval, days since its start."""
    kind, number = course.kind[k], course.steps[k]
    return Grid(course.lengths[kind, :number], course.ends[kind, :number]).nodes


def step_of(course: StepPlan, k: int, i: int | IntArray) -> GridStep:
    """Take a step of an interval, or several at once."""
    kind, node = course.kind[k], course.first_node[k] + 2 * i
    return GridStep(
        course.lengths[kind, i],
        course.lengths[kind, np.maximum(i - 1, 0)],
        _weights(course.weights, kind, i, 0),
        _weights(course.weights, kind, i, 1),
        _weights(course.weights, kind, i, 2),
        _weights(course.weights, kind, i, 3),
        (course.premedicated[node + 1], course.premedicated[node + 2]),
        course.desensitises,
    )


def _weights(w: FloatArray, kind: int, i: int | IntArray, k: int) -> Weights:
    return Weights(
        (w[kind, i, k, 0], w[kind, i, k, 1]),
        (w[kind, i, k, 2], w[kind, i, k, 3]),
        (w[kind, i, k, 4], w[kind, i, k, 5]),
        (w[kind, i, k, 6], w[kind, i, k, 7]),
    )


def states_at(
    start: Instant,
    middle: Instant,
    end: Instant,
    infusion: Inflow,
    p: Individual,
    c: Constants,
    w: Blend,
    elapsed: float,
) -> States:
    """The states inside a step, from what is at its start, middle and end."""
    states = start.states, middle.states, end.states
    slopes = rates(start, infusion, p, c), rates(middle, infusion, p, c), rates(end, infusion, p, c)
    return _blended(concentration_at(infusion, p.elimination, elapsed), w, states, slopes)


_blended = written_out(
    States,
    "concentration, w, states, slopes",
    "blend(w, states[0][{i}], states[1][{i}], states[2][{i}], slopes[0][{i}], slopes[1][{i}], slopes[2][{i}])",
    __name__,
    blend,
    concentration="concentration",
)


class Watched(NamedTuple):
    """What endpoints are found on: a value and its rate of change, in turn."""

    b_blood: FloatArray
    b_blood_rate: FloatArray
    t_blood: FloatArray
    t_blood_rate: FloatArray
    release: FloatArray
    release_rate: FloatArray
    log_blasts: FloatArray
    log_blasts_rate: FloatArray


def watch(now: Instant, p: Individual, c: Constants) -> Watched:
    """What endpoints need of one moment."""
    s, signals = now
    lysis = m.lysis_rate(s.cytolytic, p.kill_rate)
    return Watched(
        s.b_blood,
        _b_blood_rate(s, lysis, p, c),
        s.t_total - s.t_adherent,
        _t_total_rate(s, p, c) - _adherence(s, signals, c),
        s.release,
        _release_rate(s, signals, c),
        s.log_blasts,
        m.blast_log_growth(signals.blasts, lysis, p.blast_sensitivity, c),
    )


def _bridges(concentration: FloatArray, p: Individual, c: Constants) -> Pair:
    """Synapses that the drug bridges for lysis and for activation."""
    lytic = m.occupancy(concentration * p.per_lysis_ec50, c.lysis_hill)
    return lytic, m.occupancy(concentration * p.per_activation_ec50, c.activation_hill)


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
    blasts = exponential(log_blasts)
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
    h, log_blasts, blasts = step.length, _one_cell_or_more(now.states.log_blasts), now.signals.blasts
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
    before = m.marrow_loss(lysis_before, r, sensitivity)
    loss = tracking(before, (m.marrow_loss(lysis[0], r, sensitivity), m.marrow_loss(lysis[1], r, sensitivity)), h)
    first = track(loss, s.marrow_1, r, (r, r))
    second = track(loss, s.marrow_2, r * s.marrow_1, (r * first[0], r * first[1]))
    third = track(loss, s.marrow_3, r * s.marrow_2, (r * second[0], r * second[1]))
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
    loss = tracking(adhesion + c.return_rate, leaving, h)
    return track(loss, s.t_adherent, adhesion * s.t_total, adhering)
