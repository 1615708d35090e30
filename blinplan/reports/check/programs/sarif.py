"""Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020), which code hosts and editors read."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from blinplan.regimen.toml.positions import Edit
from blinplan.reports.check.check_json import run_manifest
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.limits import shipped_limits
from blinplan.rules.located import LocatedFinding, report_root, run_findings
from blinplan.rules.rule import Rule
from blinplan.rules.run_result import Result
from blinplan.version import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
"""What the folder is called that paths start from."""


def sarif(result: Result) -> dict[str, Any]:
    """Write all findings as a SARIF log of one run; what was accepted is there as suppressed."""
    reports = run_findings(result)
    codes = sorted({report.finding.code for report in reports})
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "blinplan",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_rule(CATALOGUE[code]) for code in codes],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": result.status < 2,
                        "exitCode": result.status,
                        "exitCodeDescription": result.reason,
                        "toolExecutionNotifications": _notifications(result),
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": [_result(report, codes) for report in reports],
                # After the results: a reader who looks for the first address wants that of a file.
                "originalUriBaseIds": {
                    _ROOT: {
                        "uri": f"{report_root(result.judgements).as_uri().rstrip('/')}/",
                        "description": {"text": "The root of the repository."},
                    }
                },
                "properties": {"manifest": run_manifest(result)},
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    limits = shipped_limits()
    sources = [*(f"{limits[name]}: {limits[name].citation}" for name in rule.limits), *rule.sources]
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.sentence},
        "fullDescription": {"text": f"{rule.sentence} {rule.why}"},
        "help": {
            "text": "\n".join([rule.why, "", *sources, "", "Found:", rule.bad, "", "Not found:", rule.good]),
            "markdown": "\n".join(
                [
                    rule.why,
                    "",
                    *(f"- {source}" for source in sources),
                    "",
                    "Found:",
                    "",
                    f"```toml\n{rule.bad}\n```",
                    "",
                    "Not found:",
                    "",
                    f"```toml\n{rule.good}\n```",
                ]
            ),
        },
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(report: LocatedFinding, codes: list[str]) -> dict[str, Any]:
    return {
        "ruleId": report.finding.code,
        "ruleIndex": codes.index(report.finding.code),
        "level": report.finding.severity.value,
        "message": {"text": f"{_place(report)}{report.finding.message}.\n{report.body}"},
        **({"locations": [_location(report)]} if report.is_file else {}),
        "partialFingerprints": {"blinplan/v1": report.fingerprint},
        **({"suppressions": [_suppression(report)]} if report.standing != "counted" else {}),
        **({"fixes": [_fix(report, report.finding.fix)]} if report.finding.fix and report.is_file else {}),
    }


def _location(report: LocatedFinding) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(report),
            "region": {
                "startLine": report.start[0],
                "startColumn": report.start[1],
                "endLine": report.end[0],
                "endColumn": report.end[1],
                "snippet": {"text": report.document.text[report.finding.span.start : report.finding.span.end]},
            },
        }
    }


def _place(report: LocatedFinding) -> str:
    """Where it stands, in words, where no address can say it."""
    return "" if report.is_file else f"{report.path}:{report.start[0]}:{report.start[1]}: "


def _artifact(report: LocatedFinding) -> dict[str, Any]:
    """Where the file is: from the root of the repository, or anywhere."""
    if Path(report.path).is_absolute():
        return {"uri": Path(report.path).as_uri()}
    return {"uri": quote_from_bytes(os.fsencode(report.path)), "uriBaseId": _ROOT}


def _suppression(report: LocatedFinding) -> dict[str, Any]:
    if report.waiver is None:
        return {"kind": "external", "justification": "in the baseline"}
    return {"kind": "inSource", "justification": report.waiver.reason}


def _fix(report: LocatedFinding, edit: Edit) -> dict[str, Any]:
    start, end = report.document.position(edit.span.start), report.document.position(edit.span.end)
    return {
        "description": {"text": report.finding.help},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(report),
                "replacements": [
                    {
                        "deletedRegion": {
                            "startLine": start.line,
                            "startColumn": start.column,
                            "endLine": end.line,
                            "endColumn": end.column,
                        },
                        "insertedContent": {"text": edit.text},
                    }
                ],
            }
        ],
    }


def _notifications(result: Result) -> list[dict[str, Any]]:
    """What could not be checked: names that lead nowhere, faults, and rules that were asked and did not answer."""
    texts = [
        *(error.message for error in result.missing),
        *(
            f"{fault.reading.document.name}: a fault in blinplan: {type(fault.error).__name__}"
            for fault in result.faults
        ),
        *(
            f"{judgement.reading.document.name}: {verdict.rule.code} not evaluated: {verdict.not_evaluated.reason}"
            for judgement in result.undecided_judgements
            for verdict in judgement.verdicts
            if verdict.undecided and verdict.not_evaluated
        ),
    ]
    return [{"level": "error", "message": {"text": f"{text}."}} for text in texts]
