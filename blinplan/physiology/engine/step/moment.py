"""What tells patients apart, what is known of them at one time, and what all of them share in one step."""

from __future__ import annotations

from typing import NamedTuple

from blinplan.physiology.engine.collocation import Weights
from blinplan.physiology.model.population import Constants, FloatArray
from blinplan.physiology.model.states import States


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


SHARED_LOSS_RATES = {
    "cytolytic": "cytolytic_rate",
    "proliferation": "proliferation_loss",
    "homeostasis": "homeostasis",
    "release": "cytokine_loss",
}
"""The fields of `GridStep` that are weights, and for which loss rate (1/day) that all patients share."""


def shared_loss_rates(c: Constants) -> tuple[float, ...]:
    """Loss rates (1/day) that all patients share, in the order of `SHARED_LOSS_RATES`."""
    return tuple(getattr(c, name) for name in SHARED_LOSS_RATES.values())
