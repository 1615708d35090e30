"""What ``blinplan check`` does, step by step: settle what is asked, read, fix, judge, show."""

from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from blinplan.api.checking.check import (
    CheckFormat,
    CheckResult,
    Configurations,
    FilesToCheck,
    read_files,
    refuse_contradictions,
    refuse_name_of_no_input,
    refuse_numbers_of_nobody,
    refuse_words_of_no_waiver,
    refuse_wrong_preview,
    rule_choice,
    split,
)
from blinplan.cli.app.options import tell_which_is_meant
from blinplan.cli.app.uncertainty import read_uncertainty
from blinplan.cli.check.options import CheckOptions, claim_summary, read_day, read_figures, read_reports, read_waiver
from blinplan.exit_status import ExitStatus, stop
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from blinplan.api.checking.check import Fixes, Settled
    from blinplan.api.patient import Patient
    from blinplan.executors.executor import Executor


def run(options: CheckOptions) -> None:
    """Check what is asked, show it, and end with the status that follows."""
    from blinplan.cli.check import output

    _refuse_contradictions(options)
    tell_which_is_meant(options.terminal, *(options.paths or ()))
    today, patient, reports = read_day(options.today), read_figures(options.patient), read_reports(options.reports)
    claim_summary(options)
    wanted = read_waiver(options, today)
    choice = rule_choice(options.select, options.extend_select, options.ignore, options.severity, dashes="--")
    configurations = Configurations(
        options.config,
        isolated=options.isolated,
        exclude=[part for text in options.exclude or () for part in split([text]) or [""]],
        respect_gitignore=options.respect_gitignore,
        force_exclude=options.force_exclude,
    )
    files = read_files(
        options.paths or [],
        choice,
        configurations,
        stdin_filename=options.stdin_filename or "<stdin>",
        allow_empty=options.allow_empty,
    ).beginning(options.start, options.time_zone)
    settled = files.settle(
        {
            "--fail-on": options.fail_on,
            "--simulate": options.simulated,
            "--patients": options.patients,
            "--seed": options.seed,
            "--baseline": options.baseline,
            "--site": options.site,
        }
    )._replace(models=read_uncertainty(options.uncertainty, options.sets, published=False).number)
    refuse_numbers_of_nobody(settled, patients=options.patients, seed=options.seed)
    _refuse_models_of_nobody(settled)
    _refuse_scheduler_of_nothing(options, settled)
    if options.show_settings:
        output.show_settings(files, settled, options)
    for target in (*(report.path for report in reports), options.summary):
        if target is not None:
            files.refuse_losing(target, settled)
    if options.write_baseline is not None:
        files.refuse_losing(Path(options.write_baseline), settled, baseline=True)
    cache = not options.no_cache
    fixes = None
    if wanted is not None:
        fixes = files.waivers(wanted, today, settled, patient, cache=cache)
    elif options.diff or options.fix:
        fixes = files.fixes(today, settled, patient, cache=cache)
    if fixes is not None:
        files = _put_right(files, fixes, options)
    found = _judge(files, settled, today, patient, options)
    # From here on files are written: all that could be refused has been.
    if fixes is not None:
        _write(files, fixes, options)
    if options.write_baseline is not None:
        found = _write_baseline(found, Path(options.write_baseline), options)
    output.write_reports(found, reports)
    output.show(found, options)
    stop(found.status)


def _refuse_models_of_nobody(settled: "Settled") -> None:
    if settled.models and not settled.simulate:
        raise Refusal("--uncertainty plausible is for rules that need virtual patients", "leave --no-simulate out")


def _refuse_scheduler_of_nothing(options: CheckOptions, settled: "Settled") -> None:
    if options.scheduler is not None and not settled.simulate:
        raise Refusal("--scheduler is for rules that need virtual patients", "leave --no-simulate out")


def _refuse_contradictions(options: CheckOptions) -> None:
    refuse_name_of_no_input(options.stdin_filename, options.paths or ())
    refuse_words_of_no_waiver(options.add_waiver, options.reason, options.expires)
    refuse_wrong_preview(fix=options.fix, diff=options.diff)
    if options.statistics and options.output_format not in (CheckFormat.FULL, CheckFormat.CONCISE, CheckFormat.JSON):
        raise Refusal(f"--statistics has no format {options.output_format}", "give full, concise or json")
    refuse_contradictions(options.since, options.write_baseline)


def _put_right(files: FilesToCheck, fixes: "Fixes", options: CheckOptions) -> FilesToCheck:
    if options.diff:
        _show_diff(files, fixes, options)
    return files.put_right(fixes)


def _write(files: FilesToCheck, fixes: "Fixes", options: CheckOptions) -> None:
    """Write what was put right, and say what that is."""
    files.write(fixes)
    for refusal in fixes.refusals:
        options.terminal.complain(refusal)
    what = "fixed" if options.add_waiver is None else "waived"
    options.terminal.tell(f"{what}: {fixes}", "pass" if fixes.changed_files else "")
    if options.add_waiver is not None:
        for place in fixes.places():
            options.terminal.tell(f"  {place}")


def _show_diff(files: FilesToCheck, fixes: "Fixes", options: CheckOptions) -> NoReturn:
    """Show what would be changed, and end with 1 where that is something."""
    terminal = options.terminal
    terminal.write(files.differences(fixes), "diff")
    for refusal in (*fixes.refusals, *(missing.refusal for missing in files.missing)):
        terminal.complain(refusal)
    changed = ExitStatus.FINDINGS if fixes.changed_files else ExitStatus.SUCCESS
    status = ExitStatus.INCOMPLETE if files.missing or fixes.refusals else changed
    terminal.say(f"exit {int(status)}: would {'fix' if options.add_waiver is None else 'waive'}: {fixes}")
    stop(status)


def _executor(options: CheckOptions) -> "AbstractContextManager[Executor | None]":
    """Who simulates: the workers of a scheduler; without one, whoever judges chooses."""
    if options.scheduler is None:
        return nullcontext()
    from blinplan.executors.executor import executor_of

    return executor_of(None, options.scheduler)


def _bar(terminal: Terminal) -> "AbstractContextManager[Callable[[int, int], None]]":
    """Shows how many regimens are simulated; where nobody would see it, nothing waits for it either."""
    if not terminal.is_watched:
        return nullcontext(lambda done, total: None)
    from blinplan.cli.app.progress import regimens_bar

    return regimens_bar(terminal)


def _judge(
    files: FilesToCheck, settled: "Settled", today: date, patient: "Patient | None", options: CheckOptions
) -> CheckResult:
    def judge(some: FilesToCheck) -> CheckResult:
        if not settled.simulate:
            return some.judge(today, settled, patient, own_process=True)
        with _executor(options) as executor, _bar(options.terminal) as progress:
            cache = not options.no_cache
            return some.judge(today, settled, patient, cache=cache, progress=progress, executor=executor)

    found = judge(files) if options.since is None else files.judge_since(options.since, settled, judge)
    return found if options.write_baseline is not None else settled.without_baselines(found)


def _write_baseline(found: CheckResult, path: Path, options: CheckOptions) -> CheckResult:
    """List all findings in a file, and say how many they are."""
    found, count = found.write_baseline(path)
    options.terminal.tell(f"{path}: {count} {plural('finding', count)} listed")
    return found
