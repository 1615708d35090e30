"""The dose at which something happens in half of all patients, read off the doses of a sweep.

Between two doses the share is taken to be straight over the logarithm of the dose. Its interval is that of patients
drawn again: each drawing takes the same patients at every dose, as the sweep did, so that what one dose has by chance
another has too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from blinplan.design.sweep.cell import CellEndpoint, CellMeasure
from blinplan.physiology.model.population import FloatArray

DRAWINGS = 1_000
"""How often patients are drawn again for an interval."""
_STREAM = 3
"""Of the generator: patients, parameter sets and errors of measurement have others."""
HOW = (
    "between two doses on a straight line over the logarithm of the dose; 95 % interval of"
    f" {DRAWINGS:,} drawings of the same patients at every dose"
)


class DoseShare(NamedTuple):
    """A dose, and the share of patients there."""

    dose: float
    endpoint: CellEndpoint


@dataclass(frozen=True, slots=True)
class HalfDose:
    """The dose at which half of all are there, and from where to where it may be.

    Each is 0 where half are there at the least dose that was tried already, and infinite where they are not at the
    greatest.
    """

    value: float
    low: float
    high: float
    least: float
    greatest: float


def half_dose(shares: Sequence[DoseShare], patients: int, seed: int) -> HalfDose | None:
    """The dose at which half of all are there; None where a dose does not have the share, or only one was tried."""
    found = sorted(shares, key=lambda one: one.dose)
    if len(found) < 2 or any(one.endpoint.measure is not CellMeasure.SHARE for one in found):
        return None
    doses = np.array([one.dose for one in found])
    value = _crossing(doses, np.array([one.endpoint.value for one in found]))
    if math.isnan(value):
        return None
    low, high = _interval(doses, found, patients, seed)
    return HalfDose(value, low, high, float(doses[0]), float(doses[-1]))


def _crossing(doses: FloatArray, shares: FloatArray) -> float:
    """Where the share first comes to half: 0 below the first dose, infinite above the last; NaN of an unknown share."""
    if np.isnan(shares).any():
        return math.nan
    there = np.flatnonzero(shares >= 0.5)
    if not there.size:
        return math.inf
    at = int(there[0])
    if not at:
        return float(doses[0]) if shares[0] == 0.5 else 0.0
    part = (0.5 - shares[at - 1]) / (shares[at] - shares[at - 1])
    return float(doses[at - 1] * (doses[at] / doses[at - 1]) ** part)


def _interval(doses: FloatArray, found: Sequence[DoseShare], patients: int, seed: int) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile over patients who are drawn again."""
    members = [one.endpoint.members for one in found]
    if None in members:
        return math.nan, math.nan
    rows = [of.arrays(patients) for of in members if of is not None]
    each = np.array([bits for row in rows for bits in row])
    kinds, kind_of = np.unique(each, axis=1, return_inverse=True)
    kind_of = kind_of.reshape(-1)  # NumPy 2.0 gives it a second axis
    happens, at_risk = kinds[0::2].astype(np.float64), kinds[1::2].astype(np.float64)
    generator = np.random.Philox(key=np.array([seed, _STREAM], dtype=np.uint64))
    crossings = np.empty(DRAWINGS)
    for drawing in range(DRAWINGS):
        drawn = kind_of[generator.random_raw(patients) % np.uint64(patients)]
        counts = np.bincount(drawn, minlength=kinds.shape[1])
        with np.errstate(invalid="ignore"):
            crossings[drawing] = _crossing(doses, (happens @ counts) / (at_risk @ counts))
    known = np.sort(crossings[~np.isnan(crossings)])
    if not known.size:
        return math.nan, math.nan
    return float(known[int(0.025 * known.size)]), float(known[math.ceil(0.975 * known.size) - 1])
