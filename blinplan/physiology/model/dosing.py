"""What is asked of the model: what is infused when, and how open questions of the mechanism are answered."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from blinplan.frozen import remade
from blinplan.physiology.model.population import FloatArray


@dataclass(frozen=True, slots=True)
class Dosing:
    """What is infused, and when.

    Attributes
    ----------
    edges_minutes : (K + 1) whole minutes from the start of the course, strictly rising; interval k runs from
        entry k to entry k + 1.
    rates : (K, N) mcg/day, 0 in treatment-free intervals. (K, 1) is accepted for any number of patients.
    cycles : (K) cycle number of each interval, 1 or more, never falling.
    steps : (K) number of the dose step of each interval.
    premedication_minutes : times of dexamethasone, used only when `Options.premedication` asks for it.
    course_rates : (K, M) rates of bodies that stand for everybody who can get the course, from which it follows what is
        a dose step or an escalation of it, whoever gets it; the rates themselves when not given.
    """

    edges_minutes: tuple[int, ...]
    rates: FloatArray
    cycles: tuple[int, ...]
    steps: tuple[int, ...]
    premedication_minutes: tuple[int, ...] = ()
    course_rates: FloatArray | None = None

    def __post_init__(self) -> None:
        intervals = len(self.edges_minutes) - 1
        if intervals < 1 or self.rates.ndim != 2 or self.rates.shape[0] != intervals:
            raise ValueError("rates must have one row for each interval between edges")
        if len(self.cycles) != intervals or len(self.steps) != intervals:
            raise ValueError("cycles and steps must have one entry for each interval")
        if any(b <= a for a, b in pairwise(self.edges_minutes)):
            raise ValueError("edges must rise")
        if self.cycles[0] < 1 or any(b < a for a, b in pairwise(self.cycles)):
            raise ValueError("cycle numbers start at 1 or more and never fall")
        if self.course_rates is not None and self.course_rates.shape[0] != intervals:
            raise ValueError("rates of the course must have one row for each interval between edges")
        object.__setattr__(self, "rates", _frozen_rates(self.rates))
        if self.course_rates is not None:
            object.__setattr__(self, "course_rates", _frozen_rates(self.course_rates))

    @property
    def of_the_course(self) -> FloatArray:
        """The rates (K, M) from which it follows what is a dose step or an escalation."""
        return self.rates if self.course_rates is None else self.course_rates

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return remade(self)


def _frozen_rates(values: FloatArray) -> FloatArray:
    rates = np.array(values, dtype=np.float64)
    if not np.isfinite(rates).all() or (rates < 0.0).any():
        raise ValueError("rates must be finite and not negative")
    rates.flags.writeable = False
    return rates


WhyReleaseWanes = Literal["desensitisation", "target-loss"]
"""Why cytokine release wanes: desensitisation and target loss, or the latter alone."""


@dataclass(frozen=True, slots=True)
class Options:
    """Which of the open questions of the mechanism to answer how.

    Attributes
    ----------
    attenuation : why cytokine release wanes.
    premedication : whether dexamethasone lowers cytokine release; its size is an unverified assumption.
    coarseness : the solver's steps, times this; 1 keeps the error below 1e-4.
    """

    attenuation: WhyReleaseWanes = "desensitisation"
    premedication: bool = False
    coarseness: float = 1.0
