"""How often each rule found something in a run."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.located import LocatedFinding, run_findings
from blinplan.rules.rule import Rule
from blinplan.rules.run_result import Result


@dataclass(frozen=True, slots=True)
class Count:
    """What one rule found: how often, in how many files, and how much of it is accepted or can be fixed."""

    rule: Rule
    findings: int
    files: int
    acceptances: int
    fixable: int


def counts(result: Result) -> tuple[Count, ...]:
    """Count by rule, the most frequent first."""
    by_rule: dict[str, list[LocatedFinding]] = {}
    for finding in run_findings(result):
        by_rule.setdefault(finding.finding.code, []).append(finding)
    return tuple(sorted(_counts(by_rule), key=lambda count: (-count.findings, count.rule.code)))


def _counts(by_rule: dict[str, list[LocatedFinding]]) -> Iterator[Count]:
    for code, locations in by_rule.items():
        standings = Counter(location.standing for location in locations)
        yield Count(
            CATALOGUE[code],
            findings=standings["counted"],
            files=len({location.path for location in locations if location.standing == "counted"}),
            acceptances=standings["waived"] + standings["in baseline"],
            fixable=sum(location.finding.fix is not None for location in locations if location.standing == "counted"),
        )
