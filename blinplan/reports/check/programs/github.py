"""Findings as workflow commands of GitHub Actions, which become annotations of the changed files."""

from blinplan.outside_text import visible, visible_lines
from blinplan.rules.located import LocatedFinding, run_findings
from blinplan.rules.run_result import Result

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def github(result: Result) -> str:
    """Write one command a finding, the worst first: GitHub shows no more than ten of each kind."""
    counted = [report for report in run_findings(result) if report.standing == "counted"]
    worst_first = sorted(counted, key=lambda report: -report.finding.severity.rank)
    problems = [
        *(error.message for error in result.missing),
        *(f"{fault.reading.document.name}: a fault in blinplan itself" for fault in result.faults),
        *(f"{judgement.reading.document.name}: not all could be checked" for judgement in result.undecided_judgements),
    ]
    lines = [f"::error title=not checked::{_data(visible(text))}" for text in problems]
    return "".join(f"{line}\n" for line in (*lines, *map(_command, worst_first)))


def _command(report: LocatedFinding) -> str:
    finding = report.finding
    title = f"{finding.code} {report.rule.name}"
    if not report.is_file:  # an annotation of the job, with the place in words
        place = f"{visible(report.path)}:{report.start[0]}:{report.start[1]}"
        message = f"{place}: {visible(finding.message)}\n{visible_lines(report.body)}"
        return f"::{_COMMANDS[finding.severity.value]} title={_property(title)}::{_data(message)}"
    properties = {
        "file": visible(report.path),
        "line": report.start[0],
        "endLine": report.end[0],
        "col": report.start[1],
        # GitHub shows no columns where an annotation spans lines; then it is not told of the last.
        **({"endColumn": report.end[1]} if report.end[0] == report.start[0] else {}),
        "title": title,
    }
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    message = f"{visible(finding.message)}\n{visible_lines(report.body)}"
    return f"::{_COMMANDS[finding.severity.value]} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
