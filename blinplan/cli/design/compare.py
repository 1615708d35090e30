"""``blinplan compare``: the same virtual patients under several regimens."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.designing.vocabulary import CompareFormat
from blinplan.api.simulating.drawing import PAGE_WIDTH
from blinplan.cli.app import completion
from blinplan.cli.app.groups import with_groups
from blinplan.cli.app.options import (
    ColourOption,
    Cycles,
    refuse_two_kinds,
    refuse_width_of_no_figure,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.app.plan_options import RecordFile, SiteFile, Start, TimeZone
from blinplan.cli.app.uncertainty import refuse_published_in_data
from blinplan.cli.simulate.options import FigureFiles, FigureWidth, FromDay, MeasuredOption, SignalNames, ToDay
from blinplan.cli.simulate.trial_options import BodyOptions, CourseOptions, EndpointOptions, RunOptions, WhomOptions
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.designing.compared import ComparisonResult


@with_groups
def compare(
    context: typer.Context,
    regimens: Annotated[
        list[str],
        typer.Argument(
            metavar="REGIMENS",
            help="Two or more: files, names of shipped regimens, or files of a git revision (REV:PATH). The first is"
            " the reference.",
            autocompletion=completion.one_regimen,
        ),
    ],
    *,
    against: Annotated[
        str | None, typer.Option(metavar="NAME", help="The reference, where that is not the first.")
    ] = None,
    cycles: Cycles = None,
    whom: WhomOptions,
    runs: RunOptions,
    body: BodyOptions,
    record: RecordFile = None,
    site: SiteFile = None,
    start: Start = None,
    time_zone: TimeZone = None,
    way: CourseOptions,
    findings: Annotated[
        bool, typer.Option("--findings/--no-findings", help="Show what check finds in some of them only.")
    ] = True,
    asked: EndpointOptions,
    figure: FigureFiles = None,
    figure_width: FigureWidth = PAGE_WIDTH,
    from_day: FromDay = None,
    to_day: ToDay = None,
    signals: SignalNames = None,
    output_format: Annotated[
        CompareFormat, typer.Option("--format", "-f", help="How to show the comparison.", rich_help_panel="Output")
    ] = CompareFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write a row a patient and regimen to FILE.csv, FILE.parquet or FILE.jsonl instead.",
            rich_help_panel="Output",
        ),
    ] = None,
    measured: MeasuredOption = False,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Send the same virtual patients through several regimens, and compare what becomes of each of them.

    Example: [bold]blinplan compare mt103-206-15 mt103-206-5-15 rr-adult --cycles 2 --by-day 2,7,28[/bold]

    A file as it was and as it is: [bold]blinplan compare HEAD:regimens/ward.toml regimens/ward.toml[/bold]

    With a figure: [bold]blinplan compare rr-adult mine.toml --to-day 14 --figure curves.svg[/bold]

    Shares are compared by their difference, with the patients in whom it is so under one of the two only.
    Numbers are compared by each patient's own difference, or ratio.
    Patients whom one of the regimens does not admit are passed over.
    With --record, the regimen that the record names is compared as it came to be, and as it is planned after that.
    """
    terminal = terminal_of(context)
    refuse_width_of_no_figure(context)
    tell_which_is_meant(terminal, *regimens, record=record)
    from blinplan.api.designing.compare import compare as comparison
    from blinplan.api.designing.compared import refuse_comparison_file, refuse_more_than_can_be_drawn
    from blinplan.api.simulating.drawing import figure_files, signals_of
    from blinplan.api.simulating.patients import people_of, size_of_all
    from blinplan.cli.app.progress import progress_bar, regimens_bar

    refuse_two_kinds(context, whom.people)
    people = people_of(whom.people or whom.patients, body.bsa_formula)
    others = runs.parameter_sets()
    wanted, days = asked.texts()
    if output is not None:
        refuse_comparison_file(output, (*regimens, str(whom.people), str(record)), output_format)
    is_data = output is not None or output_format is CompareFormat.CSV
    refuse_published_in_data(others, has_data=is_data)
    if measured and not is_data:
        raise Refusal("--measured is of each patient", "add -o FILE or -f csv")
    drawn, chosen = figure_files(figure or ()), signals_of(signals)
    if not drawn and any(option is not None for option in (from_day, to_day, signals)):
        raise Refusal("--from-day, --to-day and --signals say what a figure shows", "add --figure FILE.svg")
    if drawn:
        refuse_more_than_can_be_drawn(len(regimens))
    total = size_of_all(people) * len(regimens) * (1 + others.number)
    with runs.executor() as executor, progress_bar(total, terminal) as progress:
        found = comparison(
            *regimens,
            against=against,
            patients=people,
            first=whom.first,
            seed=whom.seed,
            population=whom.population,
            patient=body.figures(),
            record=record,
            cycles=cycles,
            **way._asdict(),
            measured=measured,
            endpoints=wanted,
            by_day=days,
            parameter_sets=others.number,
            sets=others.of.value,
            ranges=not is_data,
            site=site,
            start=start,
            time_zone=time_zone,
            findings=False,
            executor=executor,
            progress=progress,
        )
        bands = found.bands(from_day, to_day, chosen or None, executor=executor) if drawn else None
        for path in drawn:
            found.figure(path, bands, width=figure_width)
        if is_data:
            _write_data(found, output, terminal)
    if is_data:
        _say_what_was_written(found, output, terminal)
        return
    if findings:
        with regimens_bar(terminal) as move:
            found = found.with_findings(move)
    terminal.write(found.text(output_format, screen=terminal.out), output_format)


def _write_data(found: "ComparisonResult", output: Path | None, terminal: Terminal) -> None:
    """Write every patient's endpoints as they come, to a file or to standard output."""
    if output is not None:
        found.write(output)
        return
    for text in found.csv_texts():
        terminal.write(text, CompareFormat.CSV)


def _say_what_was_written(found: "ComparisonResult", output: Path | None, terminal: Terminal) -> None:
    """Say beside data what of it nobody has verified, and whose it is in a file."""
    for line in found.unverified_parts:
        terminal.say(line, "unverified")
    if output is not None:
        size, count = found.comparison.cohort.size, len(found.names)
        told = f"the endpoints of {size:,} {plural('patient', size)} under {count} regimens"
        terminal.say(f"{visible(str(output))}: {told}", "quiet")
