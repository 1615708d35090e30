"""Whether the answer that few virtual patients give is the one that all of them would have given.

``python -m tests.benchmarks stopping`` asks over all shipped regimens and 300 generated ones; a test asks it of some.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blinplan.proportion import NORMAL_975
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated.outcome import SimulatedOutcome
from blinplan.rules.simulated.virtual import MOST, PatientSimulator
from tests.regimen_text import cycle, judgement_of, regimen_text

SIMULATED = tuple(code for code, rule in CATALOGUE.items() if rule.simulated)

Answer = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class AllPatients(PatientSimulator):
    """Simulates all patients that there are at most, at once."""

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        """Say what all of them do."""
        yield self.outcome_of(regimen, self.patients * MOST, NORMAL_975)


def stopping(patients: int = 1000, generated: int = 300) -> bool:
    """Print where the answers differ, and how many patients were simulated; return whether they are the same."""
    differing = asked = simulated = 0
    texts = [*shipped_texts(), *generated_texts(generated)]
    for number, text in enumerate(texts):
        few, everybody = (judgement_of(text, of(patients, 1)) for of in (PatientSimulator, AllPatients))
        simulated += few.outcome.patients if few.outcome else 0
        for code in SIMULATED:
            asked += 1
            one, other = answer_of(few, code), answer_of(everybody, code)
            if one != other:
                differing += 1
                print(f"regimen {number}, {code}: {one} of {few.outcome and few.outcome.patients}, {other} of all")  # noqa: T201
    most = len(texts) * patients * MOST
    print(f"{len(texts)} regimens, {asked} questions, {differing} answers differ; {simulated:,} of {most:,} patients")  # noqa: T201
    return not differing


def answer_of(judgement: Judgement, code: str) -> Answer:
    """What a rule says of a file: whether, how badly, and where."""
    (verdict,) = [verdict for verdict in judgement.verdicts if verdict.rule.code == code]
    places = tuple((str(finding.severity), str(finding.path)) for finding in verdict.findings)
    kind = verdict.not_evaluated.kind if verdict.not_evaluated else ""
    return f"{verdict.ruling} {kind}".strip(), places


def shipped_texts() -> list[str]:
    """All shipped regimens."""
    return [Path(path).read_text(encoding="utf-8") for path in library.paths().values()]


def generated_texts(count: int) -> list[str]:
    """Regimens of all kinds: doses, steps, cycles and intervals that are ordered, and such as nobody would order."""
    chance = random.Random(1)  # noqa: S311 - the same in every run
    return [_text(chance) for _ in range(count)]


def _text(chance: random.Random) -> str:
    by_area = chance.random() < 0.4
    unit = "mcg/m2/day" if by_area else "mcg/day"
    target = round((0.5 if by_area else 1.0) * 10 ** chance.uniform(0.0, 1.8), 2)
    steps = _steps(chance, target, unit)
    free = chance.choice((5, 10, 14, 14, 14, 21, 28, 42, 56, 90))
    body = cycle(*steps, free=free) + cycle(f"{target:g} {unit} for 28 days", free=free, repeat=chance.randint(1, 3))
    indication = chance.choice(("relapsed-refractory", "mrd-positive", "consolidation", "investigational"))
    who = chance.choice(_CHILDREN if by_area else _ADULTS)
    return regimen_text(f'indication = "{indication}"\n{body}', top=f"[eligibility]\n{who}\n")


_ADULTS = ("min_weight_kg = 45", "min_weight_kg = 50", "min_weight_kg = 80", "min_weight_kg = 45\nmin_age_years = 60")
_CHILDREN = (
    "below_weight_kg = 45",
    "min_weight_kg = 20\nbelow_weight_kg = 40",
    "below_weight_kg = 45\nbelow_age_years = 1",
)


def _steps(chance: random.Random, target: float, unit: str) -> list[str]:
    if chance.random() < 0.4:
        return [f"{target:g} {unit} for 28 days"]
    low, days = round(target / chance.choice((1.5, 2, 3, 5)), 2), chance.randint(2, 20)
    return [f"{low:g} {unit} for {days} days", f"{target:g} {unit} for {28 - days} days"]
