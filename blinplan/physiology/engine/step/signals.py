"""What the states at one time say to each other."""

from __future__ import annotations

from blinplan.physiology.engine.collocation import Pair
from blinplan.physiology.engine.exponential import exponential
from blinplan.physiology.engine.step.moment import Individual, Signals
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.population import Constants, FloatArray


def bridges(concentration: FloatArray, p: Individual, c: Constants) -> Pair:
    """Synapses that the drug bridges for lysis and for activation."""
    lytic = m.occupancy(concentration * p.per_lysis_ec50, c.lysis_hill)
    return lytic, m.occupancy(concentration * p.per_activation_ec50, c.activation_hill)


def signals_of(
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
    """All signals, from the synapses that are bridged, what is adapted to, and the cells."""
    lytic, activation = bridged
    adhesion = p.adhesion_rate * m.surplus(activation, memories[0], c.sensing_threshold)
    blasts = exponential(log_blasts)
    targets = m.target_burden(b_blood, blasts, c)
    released = m.synapse(m.release_signal(activation, memories[1], c, desensitises), effectors, targets)
    return Signals(lytic, activation, adhesion, effectors, blasts, targets, premedicated * released)


def proliferation_drive(signals: Signals, c: Constants) -> FloatArray:
    """What the synapses add to the proliferation signal, 1/day."""
    return c.proliferation_loss * m.synapse(signals.activation, signals.effectors, signals.targets)
