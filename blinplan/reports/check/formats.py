"""The formats in which a run of checks can be written: one place that knows them all.

Each is imported when it is asked for; a check in one format does not wait for the others.
"""

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from blinplan.outside_text import json_text, visible_cells, visible_lines
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from blinplan.rules.run_result import Result


class CheckFormat(StrEnum):
    """How to show findings."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"


_FOR_PROGRAMS = {
    CheckFormat.JSON: "check_json",
    CheckFormat.JSONL: "json_lines",
    CheckFormat.SARIF: "programs.sarif",
    CheckFormat.JUNIT: "programs.junit",
    CheckFormat.GITHUB: "programs.github",
    CheckFormat.GITLAB: "programs.gitlab",
    CheckFormat.MARKDOWN: "programs.markdown",
}


def check_text(result: "Result", output_format: CheckFormat, screen: Screen, *, everything: bool = False) -> str:
    """Write a run in a format; ``screen`` says how wide and in which colours people see it.

    Of many files the full format lists those that something is said of, and all where ``everything`` is asked for.
    """
    if output_format in _FOR_PROGRAMS:
        place = _FOR_PROGRAMS[output_format]
        made: Any = getattr(import_module(f"blinplan.reports.check.{place}"), place.rpartition(".")[2])(result)
        return visible_cells(made) if isinstance(made, str) else json_text(made)
    from blinplan.reports.check.findings import concise_report, findings_report

    if output_format is CheckFormat.CONCISE:
        return visible_lines(concise_report(result.judgements))
    if not result.judgements:
        return ""
    return screen.render(*findings_report(result.judgements, screen, everything=everything))
