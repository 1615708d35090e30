"""A run of checks as Markdown, for the summary of a CI job or a comment on a change."""

from blinplan.outside_text import markdown_text
from blinplan.reports.check.findings import not_evaluated_lines
from blinplan.rules.located import LocatedFinding, run_findings
from blinplan.rules.run_result import Result


def markdown(result: Result) -> str:
    """Write the outcome, the findings as a table, and what was not evaluated."""
    lines = [
        "# Regimens checked by blinplan",
        "",
        f"{markdown_text(result.summary)}.",
        "",
        f"Exit {result.status}: {markdown_text(result.reason)}.",
    ]
    reports = run_findings(result)
    for standing, title in (("counted", "Findings"), ("waived", "Waived"), ("in baseline", "In the baseline")):
        rows = [report for report in reports if report.standing == standing]
        if rows:
            lines += ["", f"## {title}", "", *_table(rows)]
    trouble = [
        *(error.message for error in result.missing),
        *(f"{fault.reading.document.name}: a fault in blinplan itself" for fault in result.faults),
        *not_evaluated_lines(result.judgements, everything=False),
    ]
    if trouble:
        lines += ["", "## Not evaluated", "", *(f"- {markdown_text(text)}" for text in trouble)]
    return "\n".join(lines) + "\n"


def _table(rows: list[LocatedFinding]) -> list[str]:
    return [
        "| Where | Rule | Severity | Found | What to do |",
        "|---|---|---|---|---|",
        *map(_row, rows),
    ]


def _row(report: LocatedFinding) -> str:
    finding, place = report.finding, f"{report.path}:{report.start[0]}:{report.start[1]}"
    to_do = report.waiver.reason if report.waiver else finding.help
    cells = markdown_text(place), finding.code, finding.severity, markdown_text(finding.message), markdown_text(to_do)
    return f"| {' | '.join(cells)} |"
