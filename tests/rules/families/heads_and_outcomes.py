"""Heads of regimens, and outcomes of a simulation, that the tests of several families are about."""

import math
from dataclasses import dataclass, fields, replace

from blinplan.proportion import Proportion
from blinplan.rules.simulated.outcome import SimulatedOutcome
from tests.regimen_text import (
    cycle,
    judgement_of,
    outcome,
    regimen_text,
    script,
    verdict_of,
)

RELAPSED = 'indication = "relapsed-refractory"\n\n'


MRD = 'indication = "mrd-positive"\n\n'


CONSOLIDATION = 'indication = "consolidation"\n\n'


STEPPED = cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")


def with_outcome(**changed: object) -> SimulatedOutcome:
    return replace(outcome(990, 1000, (0, 990)), **changed)  # type: ignore[arg-type]


def simulated(code: str, lines: str, found: SimulatedOutcome) -> str:
    verdict = verdict_of(judgement_of(regimen_text(lines), script(found)), code)
    return verdict.not_evaluated.kind if verdict.not_evaluated else verdict.ruling.value


@dataclass(frozen=True, slots=True)
class Surely(SimulatedOutcome):
    """An outcome whose shares lie between what is said here of them, so that a limit can be at an end itself."""

    ends: tuple[tuple[Proportion, tuple[float, float]], ...] = ()

    def bounds(self, share: Proportion) -> tuple[float, float]:
        """Between what it is said to lie; of others, what they are."""
        return dict(self.ends).get(share, (share.value, share.value))


def surely(found: SimulatedOutcome, *ends: tuple[Proportion, tuple[float, float]]) -> SimulatedOutcome:
    """An outcome each of whose shares is as sure as is said of it, and what it is where nothing is said."""
    return Surely(**{field.name: getattr(found, field.name) for field in fields(SimulatedOutcome)}, ends=ends)


def wilson(count: int, total: int) -> tuple[float, float]:
    """The interval of Wilson from another hand, by the formula of a textbook: SciPy takes long to import."""
    square = 1.959964**2
    half = math.sqrt(square * (count * (total - count) / total + square / 4))
    low, high = ((count + square / 2 + side * half) / (total + square) for side in (-1, 1))
    return low, high


def share(count: int, total: int) -> str:
    """A share of virtual patients as findings write it, with its interval by Wilson from another hand."""
    low, high = wilson(count, total)
    ends = f"{100 * low:.1f}-{100 * high:.1f}"
    return f"{100 * count / total:.1f} % ({ends} %) of {total:,} virtual patients"
