"""Findings as a GitLab Code Quality report, which merge requests show."""

from typing import Any

from blinplan.rules.located import run_findings
from blinplan.rules.rule import Severity
from blinplan.rules.run_result import Result

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def gitlab(result: Result) -> list[dict[str, Any]]:
    """Write the findings that are neither waived nor in the baseline; the format knows no others."""
    return [
        {
            "description": f"{one.finding.code}: {one.finding.message}",
            "check_name": one.finding.code,
            "fingerprint": one.fingerprint,
            "severity": _SEVERITIES[one.finding.severity],
            "location": {
                "path": one.path,
                "positions": {
                    "begin": {"line": one.start[0], "column": one.start[1]},
                    "end": {"line": one.end[0], "column": one.end[1]},
                },
            },
            "content": {"body": one.body},
        }
        for one in run_findings(result)
        if one.standing == "counted"
    ]
