"""What ``blinplan check`` does, step by step: settle what is asked, read, fix, judge, show."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.cli.app.options import read_site
from blinplan.cli.check.options import (
    Choice,
    Configurations,
    RunSettings,
    asked_date,
    asked_patient,
    asked_reports,
    choice,
    run_settings,
)
from blinplan.exit_status import ExitStatus, stop
from blinplan.refusal import Refusal
from blinplan.regimen import library
from blinplan.regimen.find import FileSource, NotFound, find
from blinplan.regimen.reading import Reading
from blinplan.reports.check.formats import CheckFormat
from blinplan.rules.configuration.settings import FailOn, Settings
from blinplan.rules.judge import Judgement
from blinplan.rules.judge_many import Judged, ProgramFault, Task, judge_many
from blinplan.rules.run_result import Result
from blinplan.terminal import Terminal
from blinplan.writing import replace_file

if TYPE_CHECKING:
    from blinplan.rules.simulated.virtual import Simulated


class Asked(NamedTuple):
    """The command line of a check, as it was typed; what was not given is None."""

    paths: Sequence[str] | None
    select: Sequence[str] | None
    extend_select: Sequence[str] | None
    ignore: Sequence[str] | None
    severity: Sequence[str] | None
    patient: str | None
    site: str | None
    today: str | None
    fail_on: FailOn | None
    baseline: str | None
    write_baseline: str | None
    simulated: bool | None
    patients: int | None
    seed: int | None
    no_cache: bool
    fix: bool
    diff: bool
    output_format: CheckFormat
    reports: Sequence[str] | None
    statistics: bool
    stdin_filename: str
    verbose: bool
    quiet: int
    terminal: Terminal
    config: str | None
    isolated: bool
    show_settings: bool
    allow_empty: bool


class File(NamedTuple):
    """A regimen file as read, and by which settings it is judged."""

    source: FileSource
    reading: Reading
    settings: Settings


def run(asked: Asked) -> None:
    """Check what is asked, show it, and end with the status that follows."""
    from blinplan.cli.check import output as check_output

    _refuse_contradictions(asked)
    today, patient, reports = asked_date(asked.today), asked_patient(asked.patient), asked_reports(asked.reports)
    chosen = choice(asked.select, asked.extend_select, asked.ignore, asked.severity)
    configurations = Configurations(asked.config, isolated=asked.isolated)
    files, missing = _read(asked, configurations, chosen)
    here = configurations.of_run([file.source for file in files])
    settled = run_settings(here, asked.fail_on, asked.simulated, asked.patients, asked.seed, asked.baseline, asked.site)
    if asked.show_settings:
        check_output.show_settings(here, settled, files, missing, asked)
    if asked.diff:
        from blinplan.cli.check import fixing

        fixing.show_diff(files, missing, today, asked.terminal)
    if asked.fix:
        from blinplan.cli.check import fixing

        files = fixing.fix_files(files, today, asked.terminal, quiet=asked.quiet > 0)
    simulated = _simulated(settled, asked) if settled.simulate else None
    site = None if settled.site is None else read_site(settled.site)
    tasks = [Task(file.reading, file.settings, today, patient, site) for file in files]
    judged = _judge(tasks, simulated, asked.terminal)
    result = _result(judged, missing, settled, today, simulated, asked)
    check_output.write_reports(result, reports)
    check_output.show(result, asked)
    stop(ExitStatus(result.status))


def _simulated(settled: RunSettings, asked: Asked) -> "Simulated":
    from blinplan.rules.simulated.virtual import Simulated

    return Simulated(settled.patients, settled.seed, kept=not asked.no_cache)


def _refuse_contradictions(asked: Asked) -> None:
    if asked.fix and asked.diff:
        raise Refusal("--fix and --diff contradict each other", "--diff shows what --fix would change")
    if asked.statistics and asked.output_format not in (CheckFormat.FULL, CheckFormat.CONCISE, CheckFormat.JSON):
        raise Refusal(f"--statistics has no format {asked.output_format}", "give full, concise or json")


def _read(asked: Asked, configurations: Configurations, chosen: Choice) -> tuple[tuple[File, ...], list[NotFound]]:
    """Read everything the command line names, each file once; a name that leads nowhere hides nothing else."""
    files: dict[str, File] = {}
    missing: list[NotFound] = []
    for named in asked.paths or ["."]:
        sources = find(named, asked.stdin_filename)
        if isinstance(sources, NotFound):
            missing += [] if sources.empty and asked.allow_empty else [sources]
            continue
        for source in sources:
            if source.name in files:
                continue
            reading = source.read()
            if isinstance(reading, NotFound):
                missing.append(reading)
            else:
                files[source.name] = File(source, reading, chosen.over(configurations.settings_of(source)))
    return tuple(sorted(files.values(), key=_place)), missing


def _place(file: File) -> tuple[bool, int, str]:
    """Where a file comes in the output: the user's own by their paths, then shipped ones as the program lists them."""
    shipped = file.source.shipped
    return shipped, list(library.paths()).index(file.source.name) if shipped else 0, file.source.name


def _judge(tasks: Sequence[Task], simulated: "Simulated | None", terminal: Terminal) -> tuple[Judged, ...]:
    if simulated is None:
        return judge_many(tasks, None)
    from blinplan.cli.app.progress import regimens_bar

    with regimens_bar(terminal) as progress:
        return judge_many(tasks, simulated, progress)


def _result(
    judged: Sequence[Judged],
    missing: Sequence[NotFound],
    settled: RunSettings,
    today: date,
    simulated: "Simulated | None",
    asked: Asked,
) -> Result:
    judgements = tuple(one for one in judged if isinstance(one, Judgement))
    faults = tuple(one for one in judged if isinstance(one, ProgramFault))
    result = Result(judgements, tuple(missing), faults, settled.fail_on, today, simulated)
    if asked.write_baseline is not None:
        return _with_new_baseline(result, Path(asked.write_baseline), asked)
    return result if settled.baseline is None else _with_baseline(result, settled.baseline)


def _with_baseline(result: Result, path: Path) -> Result:
    from blinplan.rules.baseline import read_baseline

    try:
        baseline = read_baseline(path)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise Refusal(f"the baseline {path}: {reason}", "write one with --write-baseline, or check the path") from error
    except ValueError as error:
        raise Refusal(f"the baseline {path}: {error}", "write it anew with --write-baseline") from error
    accepted = tuple(baseline.accept(judgement) for judgement in result.judgements)
    return replace(result, judgements=accepted, stale=baseline.stale(accepted))


def _with_new_baseline(result: Result, path: Path, asked: Asked) -> Result:
    from blinplan.rules.baseline import baseline_of, baseline_text

    baseline = baseline_of(result.judgements, path.parent)
    replace_file(path, baseline_text(baseline))
    count = len(baseline.entries)
    if not asked.quiet:
        asked.terminal.say(f"{path}: {count} finding{'s' * (count != 1)} listed")
    return replace(result, judgements=tuple(baseline.accept(judgement) for judgement in result.judgements))
