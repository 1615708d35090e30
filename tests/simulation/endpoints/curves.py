"""Endpoints of a simulation beside the same ones read off curves."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from blinplan.physiology.model.population import FloatArray
from blinplan.simulation.endpoints.curve import Curve
from blinplan.simulation.endpoints.definition import EndpointKind
from blinplan.simulation.endpoints.table import ENDPOINTS
from blinplan.simulation.trials.trial import Outcome


class Measured(NamedTuple):
    """One endpoint: as it was gathered, and read off a curve (N each); NaN where it does not occur."""

    key: str
    unit: str
    kind: EndpointKind
    gathered: FloatArray
    read: FloatArray


def both_ways(outcome: Outcome, days: FloatArray, signals: Mapping[str, FloatArray]) -> Iterator[Measured]:
    """Each endpoint that follows from a curve, both ways; ``signals`` are curves (days, N) by their keys."""
    curves = {key: Curve.of(days, values, outcome.endpoints) for key, values in signals.items()}
    found = [(of.place, of.key, of.unit, of.values) for of in outcome.quantities]
    found += [(of.place, of.key, "", np.asarray(of.happens, dtype=np.float64)) for of in outcome.events]
    for place, key, unit, values in found:
        one = ENDPOINTS[place]
        if one.on_curve is not None:
            number = re.search(r"([0-9.]+)$", key) if "{" in one.key else None
            read = one.on_curve(curves[one.signal], 0 if number is None else int(number[1]))
            yield Measured(key, unit, one.kind, values, np.asarray(read, dtype=np.float64))


def fine_days(stop: float, changes: tuple[float, ...], per_day: int = 48) -> FloatArray:
    """Days up to the end of a course, closer together in the days after each change."""
    near = [change + np.linspace(0.0, 3.0, 3 * 480 + 1) for change in changes]
    days = np.unique(np.round(np.concatenate([np.linspace(0.0, stop, round(stop) * per_day + 1), *near]), 9))
    return days[days <= stop]
