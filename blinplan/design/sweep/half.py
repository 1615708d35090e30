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
_TOGETHER = 1 << 20
"""So many patients are drawn again at once."""
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
    value = float(_crossings(doses, np.array([[one.endpoint.value] for one in found]))[0])
    if math.isnan(value):
        return None
    low, high = _interval(doses, found, patients, seed)
    return HalfDose(value, low, high, float(doses[0]), float(doses[-1]))


def _crossings(doses: FloatArray, shares: FloatArray) -> FloatArray:
    """Where shares first come to half, of a row a dose and a column a drawing.

    It is 0 below the first dose, infinite above the last, and NaN of an unknown share.
    """
    is_there = shares >= 0.5
    first = is_there.argmax(axis=0)
    found = np.where(is_there.any(axis=0), 0.0, math.inf)
    found[shares[0] == 0.5] = doses[0]
    between = np.flatnonzero(first)
    at = first[between]
    before, after = shares[at - 1, between], shares[at, between]
    steps = zip(doses[at - 1].tolist(), doses[at].tolist(), ((0.5 - before) / (after - before)).tolist(), strict=True)
    # A power of a whole array may differ in its last bit from one processor to another.
    found[between] = [low * (high / low) ** part for low, high, part in steps]
    found[np.isnan(shares).any(axis=0)] = math.nan
    return found


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
    together = max(1, _TOGETHER // patients)
    crossings = np.empty(DRAWINGS)
    for start in range(0, DRAWINGS, together):
        drawings = np.arange(min(together, DRAWINGS - start))
        drawn = kind_of[generator.random_raw((drawings.size, patients)) % np.uint64(patients)]
        places = (drawn + drawings[:, np.newaxis] * kinds.shape[1]).reshape(-1)
        counts = np.bincount(places, minlength=drawings.size * kinds.shape[1]).reshape(drawings.size, -1).T
        with np.errstate(invalid="ignore"):
            crossings[start + drawings] = _crossings(doses, (happens @ counts) / (at_risk @ counts))
    known = np.sort(crossings[~np.isnan(crossings)])
    if not known.size:
        return math.nan, math.nan
    return float(known[int(0.025 * known.size)]), float(known[math.ceil(0.975 * known.size) - 1])
