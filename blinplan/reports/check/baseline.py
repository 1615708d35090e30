"""A baseline as the JSON file it is read from."""

from blinplan.outside_text import json_in_letters
from blinplan.reports.shared.document import DocumentKind
from blinplan.rules.acceptance.baseline import Baseline, BaselineEntry

BASELINE = DocumentKind("baseline", 2)


def baseline_text(baseline: Baseline) -> str:
    """Write a baseline; in the letters of the regimens, since people review what changes in it."""
    document = {**BASELINE.head(), "findings": [_entry(entry) for entry in baseline.entries]}
    return json_in_letters(document, indent=2) + "\n"


def _entry(entry: BaselineEntry) -> dict[str, str]:
    return {
        "path": entry.path,
        "rule": entry.rule,
        "at": entry.at,
        "value": entry.value,
        "message": entry.message,
        "severity": entry.severity,
    }
