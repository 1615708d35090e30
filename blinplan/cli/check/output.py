"""How a check is shown: the report on standard output, reports in files, the summary on standard error."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from blinplan.api.checking.check import CheckFormat, CheckResult, FilesToCheck
from blinplan.cli.check.options import CheckOptions, ReportFile
from blinplan.drawing.draw import indent
from blinplan.exit_status import ExitStatus, stop
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from blinplan.api.checking.check import Settled


def write_reports(found: CheckResult, reports: Sequence[ReportFile]) -> None:
    """Write the report files that were asked for, each whole or not at all."""
    for wanted in reports:
        found.write(wanted.path, wanted.output_format)


def show(found: CheckResult, options: CheckOptions) -> None:
    """Show a run: what was asked for, what could not be done, how much it is, and why the status is what it is."""
    terminal = options.terminal
    if not terminal.is_silent:
        _report(found, options)
        for missing in found.missing:
            terminal.complain(missing.refusal)
    for fault in found.faults:
        if os.environ.get("BLINPLAN_DEBUG"):
            raise fault.error
        terminal.complain(
            Refusal(
                f"{fault.reading.document.name}: a fault in blinplan itself: {fault.error!r:.200}",
                "please report it with the file and the output under BLINPLAN_DEBUG=1",
            )
        )
    if not terminal.is_quiet:
        _summarise(found, options)
        style = "pass" if found.status == ExitStatus.SUCCESS else "error"
        terminal.say(f"exit {int(found.status)}: {found.reason}", style)


def _report(found: CheckResult, options: CheckOptions) -> None:
    terminal = options.terminal
    if options.statistics:
        if options.output_format is CheckFormat.JSON:
            terminal.write_json(found.statistics_json())
        else:
            terminal.report(*found.statistics_report(terminal.out))
        return
    form = options.output_format
    terminal.write(found.text(form, terminal.out, everything=options.verbose), form)
    if (summary := options.summary) is not None:
        found.append_summary(summary)


def _summarise(found: CheckResult, options: CheckOptions) -> None:
    terminal = options.terminal
    terminal.say(found.summary)
    for line in (*found.unanswered_rules(everything=options.verbose), *found.changed_limits):
        terminal.remark(indent(line, "not evaluated"))
    details = (*found.left_out_files(), *found.configurations()) if options.verbose else ()
    for line in (*found.remarks(), *details):
        terminal.remark(indent(line))
    if found.fixable_findings:
        terminal.remark(indent(f"--fix puts {len(found.fixable_findings)} of the findings right"))


def show_settings(files: FilesToCheck, settled: "Settled", options: CheckOptions) -> NoReturn:
    """Show what a run would go by and where each of it was set, and end."""
    terminal = options.terminal
    if options.output_format is CheckFormat.JSON:
        terminal.write_json(files.settings_json(settled))
    else:
        terminal.report(*files.settings_report(settled, terminal.out))
    for missing in files.missing:
        terminal.complain(missing.refusal)
    stop(ExitStatus.INCOMPLETE if files.missing else ExitStatus.SUCCESS)
