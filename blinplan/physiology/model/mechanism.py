"""What blinatumomab does, one function for each step of the article "Blinatumomab (Mechanism of Action)".

Time is in days, drug in pg/mL, cells in cells/µL, cytokines in pg/mL, rates per day. Every function holds for one
patient (numbers) and for many (arrays). A state y follows dy/dt = production - loss * y; the functions give signals,
productions and losses, and `advance` puts them together. The states are
in `states`, with the same equations written out as text.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.model.population import Constants, FloatArray

PG_PER_ML_PER_MCG_PER_L = 1000.0
MARROW_STAGES = 3
CELLS_OF_A_FULL_MARROW = 1e12
"""Order of the leukaemic cells of a patient in whom leukaemia is found (about 1 kg of them; unverified)."""
LOG_ONE_CELL = -27.631021115928547
"""ln of one cell over a full marrow: blasts are held there, and not lysed further, however strong the lysis."""


# --- "continuous intravenous infusion" ---------------------------------------------------------------------------


def steady_state(rate: FloatArray, clearance: FloatArray) -> FloatArray:
    """Concentration in pg/mL at which a constant infusion (mcg/day) and clearance (L/day) balance."""
    return PG_PER_ML_PER_MCG_PER_L * rate / clearance


# --- "formation of a synapse between the T-cell and the tumor cell" ----------------------------------------------


class HillBits(NamedTuple):
    """Hill coefficients that differ between patients, by their binary digits: each (N,) 1.0 where it is set, or 0.0."""

    ones: FloatArray
    twos: FloatArray
    fours: FloatArray
    eights: FloatArray

    @classmethod
    def of(cls, coefficients: NDArray[np.int64]) -> HillBits:
        """Take the digits of coefficients below 16."""
        return cls(*((coefficients & bit > 0).astype(np.float64) for bit in (1, 2, 4, 8)))


def occupancy(ratio: FloatArray, hill: int | HillBits) -> FloatArray:
    """Share of possible synapses that the drug bridges, 0 to 1 (Hill), at a concentration over that of half of them."""
    power = to_the_power(ratio, hill)
    share: FloatArray = power / (1.0 + power)
    return share


def to_the_power(ratio: FloatArray, hill: int | HillBits) -> FloatArray:
    """A ratio to the power of a coefficient, the same for all or of each; `compiled` has the first for numba."""
    return to_one_power(ratio, hill) if isinstance(hill, int) else _to_powers(ratio, hill)


def to_one_power(ratio: FloatArray, hill: int) -> FloatArray:
    """A ratio to the power of a whole number below 16."""
    power: Any = ratio if hill & 1 else 1.0
    # By squares and without a loop, which a compiler could not spread over patients.
    square = ratio * ratio
    if hill & 2:
        power = power * square
    if hill & 4:
        power = power * (square * square)
    if hill & 8:
        power = power * (square * square) * (square * square)
    found: FloatArray = power
    return found


def _to_powers(ratio: FloatArray, hill: HillBits) -> FloatArray:
    """The same products where a digit is set; times 1, which changes nothing, where it is not."""
    square = ratio * ratio
    fourth = square * square
    power = _where_set(hill.ones, ratio) * _where_set(hill.twos, square) * _where_set(hill.fours, fourth)
    eighth = _where_set(hill.eights, fourth)
    return power * eighth * eighth


def _where_set(digit: FloatArray, factor: FloatArray) -> FloatArray:
    return factor * digit + (1.0 - digit)


def effector_availability(t_total: FloatArray, constants: Constants) -> FloatArray:
    """T cells available to form synapses: 0 without T cells, 1 at the reference count, saturable."""
    return (
        (1.0 + constants.effector_half) * t_total / (constants.effector_half * constants.effector_reference + t_total)
    )


def target_burden(b_blood: FloatArray, blasts: FloatArray, constants: Constants) -> FloatArray:
    """CD19+ cells available to form synapses: 0 without them, 1 at the reference, saturable."""
    share = constants.blood_burden_share
    density = (share / constants.b_reference) * b_blood + ((1.0 - share) / constants.blast_reference) * blasts
    return 2.0 * density / (1.0 + density)


def synapse(bridged: FloatArray, effectors: FloatArray, targets: FloatArray) -> FloatArray:
    """Synapse signal: 0 without drug, T cells or CD19+ cells, and rising with each."""
    return bridged * effectors * targets


# --- "upregulation of cell adhesion molecules", "redistribution after start of infusion or dose escalation" -------


def surplus(activation: FloatArray, memory: FloatArray, threshold: float) -> FloatArray:
    """Activation above the level adapted to: what a start or an escalation adds and a plateau does not.

    Smooth where activation crosses the memory, so that the solver meets no kink.
    """
    above = np.maximum(activation - memory, 0.0)
    square = above * above
    share: FloatArray = square / (square + threshold * threshold)
    return above * share


def adaptation_rate(activation: FloatArray, rate: FloatArray | float, recovery: float) -> FloatArray:
    """Rate at which a memory follows activation: fast while activated, slow without drug."""
    return recovery + rate * activation


# --- "production of cytolytic proteins", "redirected lysis of CD19+ cells" ----------------------------------------


def lysis_rate(cytolytic: FloatArray, kill_rate: FloatArray) -> FloatArray:
    """Rate of lysis of CD19+ blood cells; 0 without cytolytic proteins."""
    return kill_rate * cytolytic


def marrow_loss(lysis: FloatArray, regeneration_rate: FloatArray, marrow_sensitivity: FloatArray) -> FloatArray:
    """Loss of a marrow stage by maturation and by lysis; production is the stage before it."""
    return regeneration_rate + marrow_sensitivity * lysis


def blast_log_growth(
    blasts: FloatArray, lysis: FloatArray, blast_sensitivity: FloatArray, constants: Constants
) -> FloatArray:
    """Rate of change of the logarithm of malignant CD19+ cells, where there is a cell: logistic growth less lysis."""
    return constants.blast_growth * (1.0 - blasts) - blast_sensitivity * lysis


# --- "proliferation of T cells" -----------------------------------------------------------------------------------


def expansion(proliferation: FloatArray, growth: FloatArray) -> FloatArray:
    """T cells gained, cells/µL/day: the signal times `growth`, the proliferation rate times the baseline count.

    The gain is bounded, as a clone's burst is; homeostasis acts on blood and adherent cells together.
    """
    return proliferation * growth


# --- "release of inflammatory cytokines" --------------------------------------------------------------------------


def release_signal(activation: FloatArray, memory: FloatArray, constants: Constants, desensitises: bool) -> FloatArray:
    """Part of activation that still releases cytokines.

    With desensitisation it is the surplus over the memory; without it, activation itself, and only the loss of target
    cells attenuates release.
    """
    if not desensitises:
        return activation
    return surplus(activation, memory, constants.sensing_threshold)


def premedication_factor(day: float, doses: tuple[float, ...], constants: Constants) -> float:
    """Share of cytokine release left by dexamethasone given at `doses` (days, before); unverified."""
    left = 1.0
    for dose in doses:
        left *= 1.0 - constants.premedication_reduction * 0.5 ** ((day - dose) / constants.premedication_half_life)
    return left
