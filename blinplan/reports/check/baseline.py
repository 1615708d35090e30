"""A baseline as the JSON file it is read from."""

import json

from blinplan.reports.shared.document import DocumentKind
from blinplan.rules.acceptance.baseline import Baseline

BASELINE = DocumentKind("baseline")


def baseline_text(baseline: Baseline) -> str:
    """Write a baseline; in the letters of the regimens, since people review what changes in it."""
    document = {**BASELINE.head(), "findings": [entry._asdict() for entry in baseline.entries]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
