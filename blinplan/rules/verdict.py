"""One rule's answer for one file: pass, finding, waived, in the baseline or not evaluated, and nothing else."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from blinplan.regimen.regimen import Waiver
from blinplan.rules.rule import Finding, NotEvaluated, Rule


class Ruling(StrEnum):
    """What a rule can say of a file."""

    PASS = "pass"  # noqa: S105 - not a password
    FINDING = "finding"
    WAIVED = "waived"
    IN_BASELINE = "in baseline"
    NOT_EVALUATED = "not evaluated"


class WaivedFinding(NamedTuple):
    """A finding that a waiver of the file accepts."""

    finding: Finding
    waiver: Waiver


class Verdict(NamedTuple):
    """One rule's answer for one file: findings where it found something that counts, a reason where it did not answer.

    ``waived_findings`` are accepted by a waiver and ``baseline_findings`` are in the baseline; neither count.
    """

    rule: Rule
    ruling: Ruling
    findings: tuple[Finding, ...] = ()
    waived_findings: tuple[WaivedFinding, ...] = ()
    not_evaluated: NotEvaluated | None = None
    baseline_findings: tuple[Finding, ...] = ()

    @property
    def undecided(self) -> bool:
        """Whether the rule was asked and could not answer."""
        return self.not_evaluated is not None and self.not_evaluated.kind == "undecided"


@lru_cache(maxsize=256)
def pass_of(rule: Rule) -> Verdict:
    """That a rule found nothing: what most rules say of most files, and so one for all of them."""
    return Verdict(rule, Ruling.PASS)


@lru_cache(maxsize=1024)
def no_answer_of(rule: Rule, reason: NotEvaluated) -> Verdict:
    """Why a rule gave no answer: one for all files where it is the same."""
    return Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=reason)


CountedVerdicts = Sequence[tuple[Verdict, int]]
"""Verdicts in the order in which they first come, each with its number."""


def with_numbers(verdicts: Sequence[Verdict]) -> CountedVerdicts:
    """Verdicts in the order in which they first come, each with its number; one that files share is looked at once."""
    by_identity = dict(zip(map(id, verdicts), verdicts, strict=True))
    return [(by_identity[key], number) for key, number in Counter(map(id, verdicts)).items()]
