"""``blinplan check``: the linter."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from blinplan.cli.options import ColourOption
from blinplan.cli.output import complain, output_screen, report, say, stop, write, write_json
from blinplan.cli.status import ExitStatus, UsageError
from blinplan.regimen.read import Reading
from blinplan.regimen.sources import NotFound, find
from blinplan.reports.screen import Colour
from blinplan.rules.check import Judgement, Outcome, judge
from blinplan.rules.rule import Finding, Severity
from blinplan.rules.virtual import Simulated


class CheckFormat(StrEnum):
    """How to show findings."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"


class FailOn(StrEnum):
    """The least severity that makes the exit status 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATHS]",
            help="Regimen files, folders, names of shipped regimens or families, or - for standard input."
            " The current folder when none is given.",
        ),
    ] = None,
    output_format: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="How to show findings.", rich_help_panel="Output")
    ] = CheckFormat.FULL,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The least severity that makes the exit status 1.")
    ] = FailOn.ERROR,
    simulated: Annotated[
        bool, typer.Option("--simulate/--no-simulate", help="Run the rules that need virtual patients.")
    ] = True,
    patients: Annotated[
        int,
        typer.Option(
            min=1, max=100_000, help="Virtual patients to start with; 16 times as many at most where undecided."
        ),
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="What the virtual patients are drawn from.")] = 1,
    today: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The date that decides whether a waiver has expired.")
    ] = None,
    stdin_filename: Annotated[
        str, typer.Option(metavar="NAME", help="The name to show for standard input.", rich_help_panel="Output")
    ] = "<stdin>",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say why rules were not evaluated.", rich_help_panel="Output")
    ] = False,
    quiet: Annotated[
        int,
        typer.Option(
            "--quiet", "-q", count=True, help="No summary; twice: only the exit status.", rich_help_panel="Output"
        ),
    ] = 0,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Check regimens: read every file, judge it by every rule, show what was found.

    Example: [bold]blinplan check regimens/ --fail-on warning[/bold]

    Exit status: 0 everything was checked and nothing counts; 1 something counts; 2 not all could be checked;
    3 a fault in blinplan.
    """
    day = _date(today)
    readings, missing = _read(paths or ["."], stdin_filename)
    simulate = Simulated(patients, seed) if simulated else None
    if simulate and any(reading.regimen for reading in readings):
        from blinplan.cli.progress import announce_compilation

        announce_compilation(colour)
    judgements = [judge(reading, day, simulate) for reading in readings]
    status, reason = _status(judgements, missing, fail_on, simulated=simulated)
    if quiet < 2:
        _show(judgements, missing, status, output_format, colour, day, simulate)
        for error in missing:
            complain(UsageError(error.message, error.help))
    if not quiet:
        _summarise(judgements, verbose, colour)
        say(f"exit {int(status)}: {reason}", colour, "pass" if status is ExitStatus.SUCCESS else "error")
    stop(status)


def _date(text: str | None) -> date:
    if text is None:
        return date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--today is {text[:40]!r}", "give a date as 2027-06-30") from None


def _read(paths: Sequence[str], stdin_name: str) -> tuple[list[Reading], list[NotFound]]:
    """Read everything the command line names, each file once; a name that leads nowhere hides nothing else."""
    readings: dict[str, Reading] = {}
    missing: list[NotFound] = []
    for named in paths:
        sources = find(named, stdin_name)
        if isinstance(sources, NotFound):
            missing.append(sources)
            continue
        for source in sources:
            if source.name in readings:
                continue
            reading = source.read()
            if isinstance(reading, NotFound):
                missing.append(reading)
            else:
                readings[source.name] = reading
    return list(readings.values()), missing


def _status(
    judgements: Sequence[Judgement], missing: Sequence[NotFound], fail_on: FailOn, *, simulated: bool
) -> tuple[ExitStatus, str]:
    undecided = sum(not judgement.complete for judgement in judgements)
    if missing or undecided:
        parts = [
            *([f"{len(missing)} of the names given could not be read"] if missing else []),
            *([f"{undecided} regimen{'s' * (undecided != 1)} with an undecided rule"] if undecided else []),
        ]
        return ExitStatus.INCOMPLETE, "not everything could be checked: " + ", ".join(parts)
    least = {"error": Severity.ERROR.rank, "warning": Severity.WARNING.rank, "never": 3}[fail_on.value]
    counted = [f for judgement in judgements for f in judgement.findings if f.severity.rank >= least]
    if counted:
        return ExitStatus.FINDINGS, f"{_tally(counted)} (--fail-on {fail_on})"
    left_out = "" if simulated else ", the simulated rules left out as asked"
    return ExitStatus.SUCCESS, f"everything was checked{left_out}, and nothing counts (--fail-on {fail_on})"


def _tally(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(
        f"{counts[severity]} {severity}{'s' * (counts[severity] != 1)}"
        for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)
        if counts[severity]
    )


def _show(
    judgements: Sequence[Judgement],
    missing: Sequence[NotFound],
    status: ExitStatus,
    output_format: CheckFormat,
    colour: Colour,
    day: date,
    simulated: Simulated | None,
) -> None:
    from blinplan.reports import check_json, findings

    if output_format is CheckFormat.JSON:
        write_json(check_json.check_json(judgements, missing, int(status), day, simulated))
    elif output_format is CheckFormat.CONCISE:
        write(findings.concise_report(judgements))
    elif judgements:
        report(*findings.findings_report(judgements, output_screen(colour)), colour=colour)


def _summarise(judgements: Sequence[Judgement], verbose: bool, colour: Colour) -> None:
    from blinplan.reports.findings import not_evaluated_lines

    found = [finding for judgement in judgements for finding in judgement.findings]
    outcomes = Counter(verdict.outcome for judgement in judgements for verdict in judgement.verdicts)
    say(
        f"{len(judgements)} regimen{'s' * (len(judgements) != 1)}: {_tally(found) or 'no findings'};"
        f" {outcomes[Outcome.PASS]} rules passed, {outcomes[Outcome.WAIVED]} waived,"
        f" {outcomes[Outcome.NOT_EVALUATED]} not evaluated",
        colour,
    )
    for line in not_evaluated_lines(judgements, everything=verbose):
        say(f"  {line}", colour, "not evaluated")
