"""A run of checks as JSON, one record a line: the manifest, every finding, what was not evaluated, and the status."""

from collections.abc import Iterator
from typing import Any

from blinplan.outside_text import json_text
from blinplan.reports.check.check_json import finding_json, run_manifest
from blinplan.reports.shared.document import DocumentKind
from blinplan.rules.located import run_findings, shown_path
from blinplan.rules.run_result import Result

CHECK_LINES = DocumentKind("check-lines")


def json_lines(result: Result) -> str:
    """Write the records; each says in ``record`` what it is."""
    return "".join(json_text(record, None) for record in _records(result))


def _records(result: Result) -> Iterator[dict[str, Any]]:
    yield {"record": "manifest", "format": CHECK_LINES.format, "version": CHECK_LINES.version, **run_manifest(result)}
    for report in run_findings(result):
        yield {
            "record": "finding",
            "file": shown_path(report.judgement),
            "rule": report.finding.code,
            "standing": report.standing,
            "counts": report.standing == "counted" and result.counts(report.judgement, report.finding),
            "fingerprint": report.fingerprint,
            **finding_json(report.document, report.finding, report.judgement.limits),
        }
    for judgement in result.judgements:
        for verdict in judgement.verdicts:
            if verdict.not_evaluated is not None:
                unanswered = verdict.not_evaluated
                yield {
                    "record": "not evaluated",
                    "file": shown_path(judgement),
                    "rule": verdict.rule.code,
                    "kind": unanswered.kind,
                    "reason": unanswered.reason,
                }
    for error in result.missing:
        yield {"record": "not found", "name": error.name, "message": error.message}
    for one in result.left_out:
        yield {"record": "left out", "file": one.name, "by": one.left_out}
    for fault in result.faults:
        yield {"record": "fault", "file": fault.reading.document.name, "message": repr(fault.error)}
    yield {"record": "status", "status": result.status, "reason": result.reason}
