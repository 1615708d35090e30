"""The formats in which a run of checks can be written: one place that knows them all."""

import json
from collections.abc import Callable

from blinplan.reports.check_json import check_json
from blinplan.reports.findings import concise_report, findings_report
from blinplan.reports.github import github
from blinplan.reports.gitlab import gitlab
from blinplan.reports.json_lines import json_lines
from blinplan.reports.junit import junit
from blinplan.reports.markdown import markdown
from blinplan.reports.sarif import sarif
from blinplan.reports.screen import CheckFormat, Screen
from blinplan.rules.result import Result


def written(result: Result, output_format: CheckFormat, screen: Screen) -> str:
    """Write a run in a format; ``screen`` says how wide and in which colours people see it."""
    return _WRITERS[output_format](result, screen)


def _full(result: Result, screen: Screen) -> str:
    return screen.render(*findings_report(result.judgements, screen)) if result.judgements else ""


def _json(document: object) -> str:
    # In ASCII, so that it reads the same everywhere.
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


_WRITERS: dict[CheckFormat, Callable[[Result, Screen], str]] = {
    CheckFormat.FULL: _full,
    CheckFormat.CONCISE: lambda result, screen: concise_report(result.judgements),
    CheckFormat.JSON: lambda result, screen: _json(check_json(result)),
    CheckFormat.JSONL: lambda result, screen: json_lines(result),
    CheckFormat.SARIF: lambda result, screen: _json(sarif(result)),
    CheckFormat.JUNIT: lambda result, screen: junit(result),
    CheckFormat.GITHUB: lambda result, screen: github(result),
    CheckFormat.GITLAB: lambda result, screen: _json(gitlab(result)),
    CheckFormat.MARKDOWN: lambda result, screen: markdown(result),
}
