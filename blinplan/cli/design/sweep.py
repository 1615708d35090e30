"""``blinplan sweep``: one regimen at every point of a grid, on the same virtual patients."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.designing.vocabulary import SweepFormat
from blinplan.api.ranges import CYCLES
from blinplan.api.simulating.drawing import PAGE_WIDTH
from blinplan.cli.app.groups import with_groups
from blinplan.cli.app.options import (
    ColourOption,
    RegimenName,
    refuse_two_kinds,
    refuse_width_of_no_figure,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.design.long_run import end_in_order, told_where_to_go_on
from blinplan.cli.simulate.options import FigureFiles, FigureWidth
from blinplan.cli.simulate.trial_options import BodyOptions, CourseOptions, EndpointOptions, RunOptions, WhomOptions
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.designing.sweep import PlannedSweep
    from blinplan.api.designing.swept import SweepResult

_KEEPING = "-o FILE"


@with_groups
def sweep(
    context: typer.Context,
    regimen: RegimenName,
    *,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="PATH=VALUES",
            help="What is varied: values with commas, a range 5:60:5, or factors x0.5,x1,x2 of what is there."
            " Repeatable: each value with each of the others.",
        ),
    ],
    cycles: Annotated[
        int | None, typer.Option(metavar="N", min=CYCLES.least, max=CYCLES.most, help="Simulate the first cycles only.")
    ] = None,
    whom: WhomOptions,
    runs: RunOptions,
    body: BodyOptions,
    way: CourseOptions,
    asked: EndpointOptions,
    figure: FigureFiles = None,
    figure_width: FigureWidth = PAGE_WIDTH,
    output_format: Annotated[
        SweepFormat, typer.Option("--format", "-f", help="How to show the sweep.", rich_help_panel="Output")
    ] = SweepFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write a row a cell and endpoint to FILE.csv, FILE.parquet or FILE.jsonl as well. FILE.cells keeps"
            " cells as they are done: the same command goes on after them, and once all are there shows them.",
            rich_help_panel="Output",
        ),
    ] = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Send the same virtual patients through a regimen at every point of a grid: doses, lengths, parameters.

    Example: [bold]blinplan sweep nhl-5 --vary dose=0.5,1.5,5,15,30,60 --by-day 2,7,28 --figure sweep.svg[/bold]

    Two axes: [bold]blinplan sweep rr-adult --vary cycle.1.step.1.dose=4.5,9,14 --vary cycle.1.step.1.days=4,7,10[/bold]

    The model: [bold]blinplan sweep rr-adult --vary parameters.lysis_ec50=x0.7,x1,x1.4 -o sweep.parquet[/bold]

    Paths are those of the regimen's file, counted from 1: cycle.1.step.2.dose, .max, .days and .hours.
    Of a cycle they are cycle.1.treatment_free_days and .repeat.
    A key alone, as dose, is of all steps.
    parameters.NAME is of the model, as blinplan model names it.
    weight, height, bsa and age are of all patients.

    A sweep that is ended by Ctrl-C is shown as far as cells are done.
    """
    terminal = terminal_of(context)
    refuse_width_of_no_figure(context)
    tell_which_is_meant(terminal, regimen)
    from blinplan.api.designing.sweep import planned_sweep, refuse_sweep_file
    from blinplan.api.designing.swept import refuse_what_cannot_be_drawn
    from blinplan.api.simulating.drawing import figure_files
    from blinplan.api.simulating.patients import people_of
    from blinplan.cli.app.progress import preparations_told

    refuse_two_kinds(context, whom.people)
    people = people_of(whom.people or whom.patients, body.bsa_formula)
    others = runs.parameter_sets()
    wanted, days = asked.texts()
    if output is not None:
        refuse_sweep_file(output, (regimen, str(whom.people)))
    drawn = figure_files(figure or ())
    if drawn:
        refuse_what_cannot_be_drawn(len(vary))
    with preparations_told(terminal):
        planned = planned_sweep(
            regimen,
            vary,
            people,
            first=whom.first,
            seed=whom.seed,
            population=whom.population,
            patient=body.figures(),
            cycles=cycles,
            **way._asdict(),
            endpoints=wanted,
            by_day=days,
            parameter_sets=others.number,
            sets=others.of.value,
            output=output,
        )
    was_done = planned.is_done
    found = planned.run() if was_done else _run(planned, runs, terminal)
    if found.is_stopped:
        terminal.write(found.text(output_format, screen=terminal.out), output_format)
        end_in_order(planned, found.swept.ended_by, terminal, keeping=_KEEPING, undrawn=bool(drawn))
    for path in drawn:
        found.figure(path, width=figure_width)
    if output is not None:
        terminal.say(_told_of_file(planned, output, was_done=was_done), "quiet")
    terminal.write(found.text(output_format, screen=terminal.out), output_format)


def _run(planned: "PlannedSweep", runs: RunOptions, terminal: Terminal) -> "SweepResult":
    from blinplan.cli.app.progress import cells_bar

    with (
        told_where_to_go_on(planned, terminal, keeping=_KEEPING),
        runs.executor() as executor,
        cells_bar(planned.patients, planned.patients_of_a_cell, terminal) as progress,
    ):
        return planned.run(executor, progress)


def _told_of_file(planned: "PlannedSweep", output: Path, *, was_done: bool) -> str:
    each = planned.patients_of_a_cell
    told = f"{visible(str(output))}: {planned.cells:,} {plural('cell', planned.cells)}"
    told += f" of {each:,} {plural('patient', each)}"
    if not was_done:
        return told
    return f"{told}, all done before with the same inputs (remove {visible(str(planned.journal))} to simulate again)"
