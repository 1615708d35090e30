"""Where a walk may go, as the slopes of all measures at the shipped parameters say: a guess, and the model decides.

Each measure is taken on a scale on which it is nearly straight: a share by its odds and a level by its logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from blinplan.evidence.evaluate import Measurement
from blinplan.evidence.plausible.ranges import Range, declared_walk, ranges
from blinplan.evidence.plausible.screen import FIRST_SEED, Sieve, band_of_sets, quick_screen
from blinplan.physiology.model.population import FloatArray
from blinplan.simulation.models.plausible import Values

_STEP = 0.2
"""Of a position to each side: a quarter more or less of a value, over which a share of few patients moves enough."""
_LEAST, _MOST = 1e-3, 1e3
"""Between what shares and levels are looked at; a share as far below 1."""


class Room(NamedTuple):
    """How far each measure may move on its scale, down and up."""

    low: FloatArray
    high: FloatArray


@cache
def slopes() -> FloatArray:
    """Slope (measures, parameters) of each measure of the quick screen with the position of each parameter."""
    law = declared_walk()
    sieve = quick_screen(law.screened, law.patients, FIRST_SEED)
    return np.stack([_slope(sieve, line) for line in ranges()], axis=1)


def _slope(sieve: Sieve, line: Range) -> FloatArray:
    place = line.position(line.base)
    down, up = (scales(measurements(sieve, {line.of: line.exact(place + step)})) for step in (-_STEP, _STEP))
    return (up - down) / (2.0 * _STEP)


def measurements(sieve: Sieve, values: Values) -> list[Measurement]:
    """Every number of a parameter set that is asked of it."""
    return list(sieve.measurements(values, sieve.kept))


def scales(found: Sequence[Measurement]) -> FloatArray:
    """Each number on its scale."""
    return np.array([_scale(one, one.value) for one in found])


def room(found: Sequence[Measurement]) -> Room:
    """How far each number may move."""
    here, ends = scales(found), [_ends(one) for one in found]
    low, high = (
        np.array([_scale(one, end[side]) for one, end in zip(found, ends, strict=True)]) - here for side in (0, 1)
    )
    return Room(np.minimum(low, 0.0), np.maximum(high, 0.0))


def _ends(found: Measurement) -> tuple[float, float]:
    """Between what a number holds; that of a share beside a published count by as much more as its interval reaches."""
    band = band_of_sets(found.expectation)
    if found.interval is None or not found.expectation.counted:
        return band.low, band.high
    high = band.high + (found.value - found.interval[0])
    return band.low - (found.interval[1] - found.value), high if band.high < 1.0 else math.inf


def _scale(found: Measurement, value: float) -> float:
    if math.isinf(value):
        return value if value < 0.0 else math.copysign(_MOST, value)
    if found.interval is not None:
        share = min(max(value, _LEAST), 1.0 - _LEAST)
        return math.log(share / (1.0 - share))
    if band_of_sets(found.expectation).low == 0.0:
        return value
    return math.log(max(value, _LEAST))
