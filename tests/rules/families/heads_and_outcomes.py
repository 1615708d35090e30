"""Heads of regimens, and outcomes of a simulation, that the tests of several families are about."""

from dataclasses import replace

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
