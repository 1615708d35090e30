"""The stages of a step, each from those before it: the drug, T cells and blasts, marrow, blood, and what follows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from blinplan.physiology.engine.collocation import (
    Pair,
    Trend,
    foretell,
    polynomial,
    relax,
    relax_polynomial,
    relax_varying,
    track,
    tracking,
    varying,
)
from blinplan.physiology.engine.exponential import exponential
from blinplan.physiology.engine.step.moment import GridStep, Individual, Inflow, Node, Signals
from blinplan.physiology.engine.step.signals import bridges, proliferation_drive, signals_of
from blinplan.physiology.engine.written_out import written_out
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States

# Of the drug that an event left, less than this share is far below every scale; it also bars underflow.
_LEAST_DECAY = 1e-30


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
states_in = written_out(States, f"{', '.join(_STAGES)}, k", "", __name__, **_FOUND_IN)


signals_in = written_out(Signals, "drug, attack, contact, k", "", __name__, **_FOUND_IN)


def follow_drug(now: Node, infusion: Inflow, p: Individual, c: Constants, step: GridStep) -> Presence:
    """Infuse, and bridge synapses."""
    concentration, decay = _infuse(now, infusion, p, step.length)
    middle, end = bridges(concentration[0], p, c), bridges(concentration[1], p, c)
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
    return signals_of(
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
    middle, end = signals_in(drug, attack, contact, 0), signals_in(drug, attack, contact, 1)
    return Response(
        _stimulate(now, middle, end, c, step),
        _redistribute(now, middle, end, attack.t_total, c, step.length),
        relax(step.release, now.states.release, now.signals.released, (middle.released, end.released)),
    )


def _lysis_before(now: Node, p: Individual) -> FloatArray:
    return m.lysis_rate(now.states.cytolytic, p.kill_rate)


def _lysis(cytolytic: Pair, p: Individual) -> Pair:
    return m.lysis_rate(cytolytic[0], p.kill_rate), m.lysis_rate(cytolytic[1], p.kill_rate)


def one_cell_or_more(log_blasts: FloatArray) -> FloatArray:
    """Blasts where a step begins: one that ended below one cell is read as if lysis had stopped at it.

    Inside a step, and up to its end, they are not held, so that nothing in it has a kink; who reads them holds them.
    """
    return np.maximum(log_blasts, m.LOG_ONE_CELL)


def _infuse(now: Node, infusion: Inflow, p: Individual, h: float) -> tuple[Pair, Pair]:
    """Concentration in closed form, and the share left of the drug that the interval began with."""
    half = exponential(p.elimination * (-0.5 * h))
    middle = half * now.decay
    end = np.maximum(middle * half, _LEAST_DECAY)
    return (infusion.plateau + infusion.excess * middle, infusion.plateau + infusion.excess * end), (middle, end)


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
    h, log_blasts, blasts = step.length, one_cell_or_more(now.states.log_blasts), now.signals.blasts
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
    drive = proliferation_drive(middle, c), proliferation_drive(end, c)
    return relax(step.proliferation, now.states.proliferation, proliferation_drive(now.signals, c), drive)


def _redistribute(now: Node, middle: Signals, end: Signals, t_total: Pair, c: Constants, h: float) -> Pair:
    """T cells adhere and return."""
    adhesion, s = now.signals.adhesion, now.states
    leaving = middle.adhesion + c.return_rate, end.adhesion + c.return_rate
    adhering = middle.adhesion * t_total[0], end.adhesion * t_total[1]
    loss = tracking(adhesion + c.return_rate, leaving, h)
    return track(loss, s.t_adherent, adhesion * s.t_total, adhering)
