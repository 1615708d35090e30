"""The regimens under which claims are measured."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from blinplan.label.label import LabelledCycle
from blinplan.label.read import DEFAULT, label_named
from blinplan.physiology.model.dosing import Dosing
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY, Basis
from blinplan.regimen.vocabulary import Indication


def scenario(name: str, bsa_m2: FloatArray) -> Dosing:
    """Dosing of a named scenario for patients of given body surface areas.

    `bsa-X` is X mcg/m²/day and `flat-X` X mcg/day for the days of infusion of the label's first cycle, then its days
    off; `-twice` adds a second such cycle. `label` is the first two cycles of the label's schedule for relapsed or
    refractory disease in flat doses, `child` the same by body surface, with the label's caps; `none` is 84 days without
    drug.
    """
    if name == "none":
        return Dosing((0, 84 * MINUTES_PER_DAY), np.zeros((1, 1)), (1,), (1,))
    if name in _LABELLED:
        return _cycles([list(_days(cycle, _LABELLED[name], bsa_m2)) for cycle in _first_two_cycles(_LABELLED[name])])
    basis, _, rest = name.partition("-")
    dose, _, repeat = rest.partition("-")
    if basis not in {"bsa", "flat"} or repeat not in {"", "twice"}:
        raise ValueError(f"unknown scenario {name!r}")
    rate = float(dose) * (bsa_m2 if basis == "bsa" else np.ones(1))
    first = _first_two_cycles(Basis.FLAT)[0]
    infusion = sum(step.days for step in first.steps)
    end = infusion + int(first.treatment_free.value)
    return _cycles([[(infusion, rate), (end, 0.0 * rate)]] * (2 if repeat else 1))


_LABELLED = {"label": Basis.FLAT, "child": Basis.BSA}
"""Scenarios of the label, and how their doses are counted."""


def _first_two_cycles(basis: Basis) -> list[LabelledCycle]:
    schedule = label_named(DEFAULT).schedule(Indication.RELAPSED_REFRACTORY, basis)
    assert schedule is not None  # noqa: S101 - the default label has it
    return list(islice(schedule.course(), 2))


def _days(cycle: LabelledCycle, basis: Basis, bsa_m2: FloatArray) -> Iterator[tuple[int, FloatArray]]:
    """The days from the start of a cycle up to which each dose rate holds, and the rate in mcg/day."""
    day = 0
    for step in cycle.steps:
        day += step.days
        dose = float(step.dose.rate(basis).amount)
        yield day, np.full(1, dose) if basis is Basis.FLAT else np.minimum(dose * bsa_m2, float(step.dose.cap.value))
    yield day + int(cycle.treatment_free.value), np.zeros(1 if basis is Basis.FLAT else bsa_m2.size)


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
