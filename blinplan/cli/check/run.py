"""What ``blinplan check`` does, step by step: settle what is asked, read, fix, judge, show."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from blinplan.api.check import CheckFormat, CheckResult, Configurations, FilesToCheck, read_files, rule_choice
from blinplan.api.regimens.load import read_site
from blinplan.cli.check.options import CheckOptions, asked_date, asked_patient, asked_reports
from blinplan.exit_status import ExitStatus, stop
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.terminal import Terminal

if TYPE_CHECKING:
    from blinplan.api.check import RunSettings
    from blinplan.api.patient import Patient


def run(asked: CheckOptions) -> None:
    """Check what is asked, show it, and end with the status that follows."""
    from blinplan.cli.check import output

    _refuse_contradictions(asked)
    today, patient, reports = asked_date(asked.today), asked_patient(asked.patient), asked_reports(asked.reports)
    choice = rule_choice(asked.select, asked.extend_select, asked.ignore, asked.severity, dashes="--")
    configurations = Configurations(asked.config, isolated=asked.isolated)
    files = read_files(
        asked.paths or [], choice, configurations, stdin_filename=asked.stdin_filename, allow_empty=asked.allow_empty
    )
    settled = files.settle(
        asked.fail_on, asked.simulated, asked.patients, asked.seed, asked.baseline, asked.site, dashes="--"
    )
    if asked.show_settings:
        output.show_settings(files, settled, asked)
    if asked.diff:
        _show_diff(files, today, asked.terminal)
    if asked.fix:
        files = _fix(files, today, asked)
    found = _judge(files, settled, today, patient, asked)
    output.write_reports(found, reports)
    output.show(found, asked)
    stop(found.status)


def _refuse_contradictions(asked: CheckOptions) -> None:
    if asked.fix and asked.diff:
        raise Refusal("--fix and --diff contradict each other", "--diff shows what --fix would change")
    if asked.statistics and asked.output_format not in (CheckFormat.FULL, CheckFormat.CONCISE, CheckFormat.JSON):
        raise Refusal(f"--statistics has no format {asked.output_format}", "give full, concise or json")


def _show_diff(files: FilesToCheck, today: date, terminal: Terminal) -> NoReturn:
    """Show what --fix would change, and end with 1 where that is something."""
    text, fixes = files.differences(today)
    terminal.write(text)
    for refusal in (*fixes.refusals, *(missing.refusal for missing in files.missing)):
        terminal.complain(refusal)
    changed = ExitStatus.FINDINGS if fixes.changed else ExitStatus.SUCCESS
    status = ExitStatus.INCOMPLETE if files.missing else changed
    terminal.say(f"exit {int(status)}: would fix: {fixes}")
    stop(status)


def _fix(files: FilesToCheck, today: date, asked: CheckOptions) -> FilesToCheck:
    fixed, fixes = files.fixed(today)
    for refusal in fixes.refusals:
        asked.terminal.complain(refusal)
    if not asked.quiet:
        asked.terminal.say(f"fixed: {fixes}", "pass" if fixes.changed else "")
    return fixed


def _judge(
    files: FilesToCheck, settled: "RunSettings", today: date, patient: "Patient | None", asked: CheckOptions
) -> CheckResult:
    site = None if settled.site is None else read_site(settled.site)
    if settled.simulate:
        from blinplan.cli.app.progress import regimens_bar

        with regimens_bar(asked.terminal) as progress:
            found = files.judged(today, settled, patient, site, cache=not asked.no_cache, progress=progress)
    else:
        found = files.judged(today, settled, patient, site)
    if asked.write_baseline is None:
        return found if settled.baseline is None else found.without_those_in(settled.baseline)
    path = Path(asked.write_baseline)
    found, count = found.listed_in(path)
    if not asked.quiet:
        asked.terminal.say(f"{path}: {count} {plural('finding', count)} listed")
    return found
