"""Findings as a GitLab Code Quality report, which merge requests show."""

from typing import Any

from blinplan.refusal import ArgumentRefusal
from blinplan.rules.located import LocatedFinding, run_findings
from blinplan.rules.rule import Severity
from blinplan.rules.run_result import Result

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def gitlab(result: Result) -> list[dict[str, Any]]:
    """Write the findings that are neither waived nor in the baseline; the format knows no others."""
    return [
        {
            "description": f"{report.finding.code}: {report.finding.message}",
            "check_name": report.finding.code,
            "fingerprint": report.fingerprint,
            "severity": _SEVERITIES[report.finding.severity],
            "location": {
                "path": _path(report),
                "positions": {
                    "begin": {"line": report.start[0], "column": report.start[1]},
                    "end": {"line": report.end[0], "column": report.end[1]},
                },
            },
            "content": {"body": report.body},
        }
        for report in run_findings(result)
        if report.standing == "counted"
    ]


def _path(report: LocatedFinding) -> str:
    """The path of a file, without which GitLab takes no report."""
    if not report.is_file:
        raise ArgumentRefusal(
            "a report for GitLab names files, and {name} is none",
            "name the file, or say with {stdin_filename} which one standard input is",
            name=report.path,
        )
    return report.path
