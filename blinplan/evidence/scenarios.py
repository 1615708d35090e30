"""The regimens under which claims are measured."""

from __future__ import annotations

import numpy as np

from blinplan.physiology.model.dosing import Dosing
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY

# Days from the start of a cycle, mcg/day: the label's first cycle, a later cycle, and children's by body surface.
_LABEL = ((7, 9.0), (28, 28.0), (42, 0.0))
_LATER = ((28, 28.0), (42, 0.0))
_CHILD = ((7, 5.0, 9.0), (28, 15.0, 28.0), (42, 0.0, 0.0))
_CHILD_LATER = ((28, 15.0, 28.0), (42, 0.0, 0.0))


def scenario(name: str, bsa_m2: FloatArray) -> Dosing:
    """Dosing of a named scenario for patients of given body surface areas.

    `bsa-X` is X mcg/m²/day and `flat-X` X mcg/day for 28 days, then 14 days off; `-twice` adds a second such cycle.
    `label` is 9 mcg/day for 7 and 28 mcg/day for 21 days, 14 days off, 28 mcg/day for 28 days, 14 days off;
    `child` the same by body surface, 5 and 15 mcg/m²/day with caps of 9 and 28 mcg/day; `none` is 84 days without drug.
    """
    if name == "none":
        return Dosing((0, 84 * MINUTES_PER_DAY), np.zeros((1, 1)), (1,), (1,))
    if name == "label":
        return _cycles([[(day, np.full(1, rate)) for day, rate in cycle] for cycle in (_LABEL, _LATER)])
    if name == "child":
        return _cycles(
            [[(day, np.minimum(dose * bsa_m2, cap)) for day, dose, cap in cycle] for cycle in (_CHILD, _CHILD_LATER)]
        )
    basis, _, rest = name.partition("-")
    dose, _, repeat = rest.partition("-")
    if basis not in {"bsa", "flat"} or repeat not in {"", "twice"}:
        raise ValueError(f"unknown scenario {name!r}")
    rate = float(dose) * (bsa_m2 if basis == "bsa" else np.ones(1))
    return _cycles([[(28, rate), (42, 0.0 * rate)]] * (2 if repeat else 1))


def _cycles(cycles: list[list[tuple[int, FloatArray]]]) -> Dosing:
    edges, rates, numbers, steps, start = [0], [], [], [], 0
    for number, cycle in enumerate(cycles, start=1):
        for step, (day, rate) in enumerate(cycle, start=1):
            edges.append((start + day) * MINUTES_PER_DAY)
            rates.append(rate)
            numbers.append(number)
            steps.append(step)
        start += cycle[-1][0]
    return Dosing(tuple(edges), np.array(rates), tuple(numbers), tuple(steps))
