"""Advance through one interval of constant infusion: how the steps of the mechanism follow from each other.

Every function holds for one patient (numbers) and for many (arrays); the compiled engine runs these very lines.
"""

from __future__ import annotations

from typing import Any, NamedTuple

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


class Presence(NamedTuple):
    """First stage of a step: the drug and all that follows it alone, each at the middle and at the end.

    `decay` is the share left of the interval's excess.
    """

    concentration: Pair
    adhesion_memory: Pair
    release_memory: Pair
    lytic: Pair
    activation: Pair
    decay: Pair


class Attack(NamedTuple):
    """Second stage: T cells, their cytolytic proteins, and blasts."""

    t_total: Pair
    effectors: Pair
    cytolytic: Pair
    log_blasts: Pair


class Marrow(NamedTuple):
    """Third stage: precursors of B cells."""

    marrow_1: Pair
    marrow_2: Pair
    marrow_3: Pair


class Blood(NamedTuple):
    """Fourth stage: B cells."""

    b_blood: Pair


class Contact(NamedTuple):
    """Fifth stage: the signals that hang on drug and cells."""

    adhesion: Pair
    blasts: Pair
    targets: Pair
    released: Pair


class Response(NamedTuple):
    """Last stage: what follows these signals."""

    proliferation: Pair
    t_adherent: Pair
    release: Pair


_STAGES: dict[str, Any] = {
    "drug": Presence,
    "attack": Attack,
    "marrow": Marrow,
    "blood": Blood,
    "contact": Contact,
    "response": Response,
}
_FOUND_IN = {name: f"{stage}.{name}[k]" for stage, kind in _STAGES.items() for name in kind._fields}
# The states and the signals at the middle (k = 0) or at the end (1) of a step, from its stages.
_states_in = written_out(States, f"{', '.join(_STAGES)}, k", "", __name__, **_FOUND_IN)
_signals_in = written_out(Signals, "drug, attack, contact, k", "", __name__, **_FOUND_IN)


def advance(now: Node, infusion: Inflow, p: Individual, c: Constants, step: GridStep) -> tuple[Instant, Node]:
    """One step: what is at its middle, and the node at its end.

    First what the drug alone decides, then cells, then what hangs on both. The proliferation signal, which is slow, and
    the blasts are needed before they are known: they are foretold from the step before.
    """
    drug = follow_drug(now, infusion, p, c, step)
    attack = arm(now, drug, p, c, step)
    marrow = lyse_marrow(now, attack, p, step)
    blood = lyse_blood(now, attack, marrow, p, c, step)
    contact = exchange(drug, attack, blood, p, c, step)
    response = respond(now, drug, attack, contact, c, step)
    middle = Instant(
        _states_in(drug, attack, marrow, blood, contact, response, 0), _signals_in(drug, attack, contact, 0)
    )
    end = Instant(_states_in(drug, attack, marrow, blood, contact, response, 1), _signals_in(drug, attack, contact, 1))
    return middle, Node(end.states, end.signals, past_of(now, response, contact), drug.decay[1])


def past_of(now: Node, response: Response, contact: Contact) -> Past:
    """What the next step foretells from: the start and the middle of this one."""
    return Past(now.states.proliferation, response.proliferation[0], now.signals.blasts, contact.blasts[0])


def follow_drug(now: Node, infusion: Inflow, p: Individual, c: Constants, step: GridStep) -> Presence:
    """Infuse, and bridge synapses."""
    concentration, decay = _infuse(now, infusion, p, step.length)
    middle, end = _bridges(concentration[0], p, c), _bridges(concentration[1], p, c)
    activation = middle[1], end[1]
    adhesion, release = _adapt(now, activation, p, c, step.length)
    return Presence(concentration, adhesion, release, (middle[0], end[0]), activation, decay)


def arm(now: Node, drug: Presence, p: Individual, c: Constants, step: GridStep) -> Attack:
    """Proliferate, make cytolytic proteins, and lyse blasts."""
    t_total = _proliferate(now, p, step)
    effectors = m.effector_availability(t_total[0], c), m.effector_availability(t_total[1], c)
    cytolytic = _make_cytolytic(now, drug.lytic, effectors, c, step)
    log_blasts = _lyse_malignant(now, _lysis_before(now, p), _lysis(cytolytic, p), p, c, step)
    return Attack(t_total, effectors, cytolytic, log_blasts)


def lyse_marrow(now: Node, attack: Attack, p: Individual, step: GridStep) -> Marrow:
    """Lyse precursors, which are made again."""
    r, sensitivity, before = p.regeneration_rate, p.marrow_sensitivity, now.states
    lysis = _lysis(attack.cytolytic, p)
    lost = m.marrow_loss(_lysis_before(now, p), r, sensitivity)
    inside = m.marrow_loss(lysis[0], r, sensitivity), m.marrow_loss(lysis[1], r, sensitivity)
    loss = tracking(lost, inside, step.length)
    first = track(loss, before.marrow_1, r, (r, r))
    second = track(loss, before.marrow_2, r * before.marrow_1, (r * first[0], r * first[1]))
    third = track(loss, before.marrow_3, r * before.marrow_2, (r * second[0], r * second[1]))
    return Marrow(first, second, third)


def lyse_blood(now: Node, attack: Attack, marrow: Marrow, p: Individual, c: Constants, step: GridStep) -> Blood:
    """Lyse B cells, which the marrow makes again."""
    before, lysis, made = now.states, _lysis(attack.cytolytic, p), marrow.marrow_3
    inside = c.b_turnover + lysis[0], c.b_turnover + lysis[1]
    loss = varying(c.b_turnover + _lysis_before(now, p), inside, step.length)
    influx = p.b_influx * made[0], p.b_influx * made[1]
    return Blood(relax_varying(loss, before.b_blood, p.b_influx * before.marrow_3, influx))


def exchange(drug: Presence, attack: Attack, blood: Blood, p: Individual, c: Constants, step: GridStep) -> Contact:
    """Signals at the middle and at the end."""
    middle = _signals_inside(drug, attack, blood, p, c, step, 0)
    end = _signals_inside(drug, attack, blood, p, c, step, 1)
    return Contact(
        (middle.adhesion, end.adhesion),
        (middle.blasts, end.blasts),
        (middle.targets, end.targets),
        (middle.released, end.released),
    )


def _signals_inside(
    drug: Presence, attack: Attack, blood: Blood, p: Individual, c: Constants, step: GridStep, k: int
) -> Signals:
    memories = drug.adhesion_memory[k], drug.release_memory[k]
    return _signals(
        (drug.lytic[k], drug.activation[k]),
        memories,
        attack.effectors[k],
        blood.b_blood[k],
        attack.log_blasts[k],
        p,
        c,
        step.premedicated[k],
        step.desensitises,
    )


def respond(now: Node, drug: Presence, attack: Attack, contact: Contact, c: Constants, step: GridStep) -> Response:
    """Follow the signals."""
    middle, end = _signals_in(drug, attack, contact, 0), _signals_in(drug, attack, contact, 1)
    return Response(
        _stimulate(now, middle, end, c, step),
        _redistribute(now, middle, end, attack.t_total, c, step.length),
        relax(step.release, now.states.release, now.signals.released, (middle.released, end.released)),
    )


def _lysis_before(now: Node, p: Individual) -> FloatArray:
    return m.lysis_rate(now.states.cytolytic, p.kill_rate)


def _lysis(cytolytic: Pair, p: Individual) -> Pair:
    return m.lysis_rate(cytolytic[0], p.kill_rate), m.lysis_rate(cytolytic[1], p.kill_rate)


def _one_cell_or_more(log_blasts: FloatArray) -> FloatArray:
    """Blasts where a step begins: one that ended below one cell is read as if lysis had stopped at it.

    Inside a step, and up to its end, they are not held, so that nothing in it has a kink; who reads them holds them.
    """
    return np.maximum(log_blasts, m.LOG_ONE_CELL)


_with_a_cell = written_out(
    States, "states", "states[{i}]", __name__, _one_cell_or_more, log_blasts="_one_cell_or_more(states.log_blasts)"
)


def _infuse(now: Node, infusion: Inflow, p: Individual, h: float) -> tuple[Pair, Pair]:
    """Concentration in closed form, and the share left of the drug that the interval began with."""
    half = exponential(p.elimination * (-0.5 * h))
    middle = half * now.decay
    end = np.maximum(middle * half, _LEAST_DECAY)
    return (infusion.plateau + infusion.excess * middle, infusion.plateau + infusion.excess * end), (middle, end)


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


def _make_cytolytic(now: Node, lytic: Pair, effectors: Pair, c: Constants, step: GridStep) -> Pair:
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
