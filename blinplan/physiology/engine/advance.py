"""Advance through one interval of constant infusion: how the steps of the mechanism follow from each other.

Every function holds for one patient (numbers) and for many (arrays); the compiled engine runs these very lines.
"""

from __future__ import annotations

import numpy as np

from blinplan.physiology.engine.collocation import Blend, blend, trend_at_event
from blinplan.physiology.engine.exponential import exponential
from blinplan.physiology.engine.step.moment import GridStep, Individual, Inflow, Instant, Node, Past
from blinplan.physiology.engine.step.rates import log_growth, rates, stimulation
from blinplan.physiology.engine.step.signals import bridges, signals_of
from blinplan.physiology.engine.step.stages import (
    Contact,
    Response,
    arm,
    exchange,
    follow_drug,
    lyse_blood,
    lyse_marrow,
    one_cell_or_more,
    respond,
    signals_in,
    states_in,
)
from blinplan.physiology.engine.written_out import written_out
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States

_GREATEST_EXPONENT = 69.0


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
    bridged = bridges(states.concentration, p, c)
    signals = signals_of(
        bridged, memories, effectors, states.b_blood, states.log_blasts, p, c, premedicated, desensitises
    )
    growing = signals.blasts * log_growth(states, signals, p, c)
    proliferation = trend_at_event(states.proliferation, stimulation(states, signals, c), first_step)
    blasts = trend_at_event(signals.blasts, growing, first_step)
    past = Past(proliferation.start, proliferation.middle, blasts.start, blasts.middle)
    excess = states.concentration - plateau
    return Node(states, signals, past, 1.0 + 0.0 * excess), Inflow(plateau, excess)


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
    middle = Instant(states_in(drug, attack, marrow, blood, contact, response, 0), signals_in(drug, attack, contact, 0))
    end = Instant(states_in(drug, attack, marrow, blood, contact, response, 1), signals_in(drug, attack, contact, 1))
    return middle, Node(end.states, end.signals, past_of(now, response, contact), drug.decay[1])


def past_of(now: Node, response: Response, contact: Contact) -> Past:
    """What the next step foretells from: the start and the middle of this one."""
    return Past(now.states.proliferation, response.proliferation[0], now.signals.blasts, contact.blasts[0])


_with_a_cell = written_out(
    States, "states", "states[{i}]", __name__, one_cell_or_more, log_blasts="one_cell_or_more(states.log_blasts)"
)


def concentration_at(infusion: Inflow, elimination: FloatArray, elapsed: float) -> FloatArray:
    """Concentration in closed form, so many days from the start of the interval."""
    exponent = np.minimum(elimination * elapsed, _GREATEST_EXPONENT)
    return infusion.plateau + infusion.excess * exponential(-exponent)


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
