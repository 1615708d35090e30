"""How often each rule found something."""

from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.reports.shared.document import DocumentKind
from blinplan.rules.counts import counts
from blinplan.rules.run_result import Result
from blinplan.terminal import Screen
from blinplan.version import __version__

if TYPE_CHECKING:
    from rich.console import RenderableType

STATISTICS = DocumentKind("statistics")


def statistics_report(result: Result, screen: Screen) -> "list[RenderableType]":
    """Draw the counts."""
    table = screen.table()
    table.add_column("Rule", no_wrap=True)
    table.add_column("Name", overflow="fold")
    for name in ("Findings", "Files", "Accepted", "Can be fixed"):
        table.add_column(name, justify="right")
    for count in counts(result):
        numbers = (count.findings, count.files, count.acceptances, count.fixable)
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
                "accepted": count.acceptances,
                "fixable": count.fixable,
            }
            for count in counts(result)
        ],
    }
