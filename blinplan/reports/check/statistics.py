"""How often each rule found something."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from blinplan.reports.shared.document import STATISTICS
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.located import Reported, reported
from blinplan.rules.rule import Rule
from blinplan.rules.run_result import Result
from blinplan.terminal import Screen
from blinplan.version import __version__


@dataclass(frozen=True, slots=True)
class Count:
    """What one rule found: how often, in how many files, and how much of it is accepted or can be fixed."""

    rule: Rule
    findings: int
    files: int
    accepted: int
    fixable: int


def counts(result: Result) -> tuple[Count, ...]:
    """Count by rule, the most frequent first."""
    by_rule: dict[str, list[Reported]] = {}
    for one in reported(result):
        by_rule.setdefault(one.finding.code, []).append(one)
    return tuple(sorted(_counted(by_rule), key=lambda count: (-count.findings, count.rule.code)))


def _counted(by_rule: dict[str, list[Reported]]) -> Iterator[Count]:
    for code, found in by_rule.items():
        standings = Counter(one.standing for one in found)
        yield Count(
            CATALOGUE[code],
            findings=standings["counted"],
            files=len({one.path for one in found if one.standing == "counted"}),
            accepted=standings["waived"] + standings["in baseline"],
            fixable=sum(one.finding.fix is not None for one in found if one.standing == "counted"),
        )


def statistics_report(result: Result, screen: Screen) -> list[RenderableType]:
    """Draw the counts."""
    table = screen.table()
    table.add_column("Rule", no_wrap=True)
    table.add_column("Name", overflow="fold")
    for name in ("Findings", "Files", "Accepted", "Can be fixed"):
        table.add_column(name, justify="right")
    for count in counts(result):
        numbers = (count.findings, count.files, count.accepted, count.fixable)
        table.add_row(
            Text(count.rule.code, count.rule.severity.value),
            count.rule.name,
            *(Text(str(number), "" if number else "quiet") for number in numbers),
        )
    return [table] if table.rows else [Text("no rule found anything")]


def statistics_json(result: Result) -> dict[str, Any]:
    """List the counts as a JSON document."""
    return {
        **STATISTICS.head(),
        "blinplan": __version__,
        "files": len(result.judgements),
        "rules": [
            {
                "rule": count.rule.code,
                "name": count.rule.name,
                "severity": count.rule.severity.value,
                "findings": count.findings,
                "files": count.files,
                "accepted": count.accepted,
                "fixable": count.fixable,
            }
            for count in counts(result)
        ],
    }
