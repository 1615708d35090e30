"""How a check is shown: the report on standard output, reports in files, the summary on standard error."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from blinplan.cli.check.options import ReportFile, RunSettings
from blinplan.exit_status import ExitStatus, stop
from blinplan.refusal import Refusal
from blinplan.regimen.find import NotFound
from blinplan.reports.check.formats import CheckFormat
from blinplan.rules.configuration.configuration import Configuration
from blinplan.rules.run_result import Result
from blinplan.terminal import PIPED_WIDTH, Screen, indented
from blinplan.writing import append, replace_file

if TYPE_CHECKING:
    from blinplan.cli.check.run import Asked, File


_FILE_SCREEN = Screen(PIPED_WIDTH, colour=False, unicode=True)


def write_reports(result: Result, reports: Sequence[ReportFile]) -> None:
    """Write the report files that were asked for, each whole or not at all."""
    if not reports:
        return
    from blinplan.reports.check.formats import written

    for wanted in reports:
        replace_file(wanted.path, written(result, wanted.output_format, _FILE_SCREEN))


def show(result: Result, asked: "Asked") -> None:
    """Show a run: what was asked for, what could not be done, how much it is, and why the status is what it is."""
    if asked.quiet < 2:
        _report(result, asked)
        for error in result.missing:
            asked.terminal.complain(Refusal(error.message, error.help))
    for fault in result.faults:
        if os.environ.get("BLINPLAN_DEBUG"):
            raise fault.error
        asked.terminal.complain(
            Refusal(
                f"{fault.reading.document.name}: a fault in blinplan itself: {fault.error!r:.200}",
                "please report it with the file and the output under BLINPLAN_DEBUG=1",
            )
        )
    if not asked.quiet:
        _summarise(result, asked)
        style = "pass" if result.status == ExitStatus.SUCCESS else "error"
        asked.terminal.say(f"exit {result.status}: {result.reason}", style)


def _report(result: Result, asked: "Asked") -> None:
    if asked.statistics:
        from blinplan.reports.check.statistics import statistics_json, statistics_report

        if asked.output_format is CheckFormat.JSON:
            asked.terminal.write_json(statistics_json(result))
        else:
            asked.terminal.report(*statistics_report(result, asked.terminal.out))
        return
    from blinplan.reports.check.formats import written

    asked.terminal.write(written(result, asked.output_format, asked.terminal.out))
    if asked.output_format is CheckFormat.GITHUB and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        append(Path(summary), written(result, CheckFormat.MARKDOWN, _FILE_SCREEN))


def _summarise(result: Result, asked: "Asked") -> None:
    from blinplan.reports.check.findings import not_evaluated_lines

    asked.terminal.say(result.summary)
    for line in not_evaluated_lines(result.judgements, everything=asked.verbose):
        asked.terminal.remark(indented(line, "not evaluated"))
    changed = {str(limit.change): limit for j in result.judgements for limit in j.limits.values() if limit.change}
    for limit in changed.values():
        asked.terminal.remark(indented(f"limit {limit.name}: {limit.citation}", "not evaluated"))
    if result.stale:
        codes = ", ".join(sorted({entry.rule for entry in result.stale}))
        stale = f"in the baseline, and found no more: {len(result.stale)} ({codes}); write it anew"
        asked.terminal.remark(indented(stale))
    fixable = sum(finding.fix is not None for finding in result.findings)
    if fixable:
        asked.terminal.remark(indented(f"--fix puts {fixable} of the findings right"))


def show_settings(
    here: Configuration, settled: RunSettings, files: Sequence["File"], missing: Sequence[NotFound], asked: "Asked"
) -> NoReturn:
    """Show what a run would go by and where each of it was set, and end."""
    from blinplan.reports.check.settings import settings_json, settings_report

    named = {file.source.name: file.settings for file in files}
    if asked.output_format is CheckFormat.JSON:
        asked.terminal.write_json(settings_json(here, settled.origins, named))
    else:
        asked.terminal.report(*settings_report(here, settled.origins, named, asked.terminal.out))
    for error in missing:
        asked.terminal.complain(Refusal(error.message, error.help))
    sys.stdout.flush()
    stop(ExitStatus.INCOMPLETE if missing else ExitStatus.SUCCESS)
