"""``blinplan sensitivity``: on which parameters of the model endpoints depend, or what goes with them in patients."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from blinplan.api.designing.vocabulary import SensitivityFormat, SensitivityMethod
from blinplan.api.ranges import PATIENTS, SAMPLE_COUNT
from blinplan.api.simulating.drawing import PAGE_WIDTH
from blinplan.cli.app.groups import with_groups
from blinplan.cli.app.options import (
    ColourOption,
    People,
    Population,
    RegimenName,
    Scheduler,
    Seed,
    Threads,
    refuse_two_kinds,
    refuse_width_of_no_figure,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.design.long_run import end_in_order, told_where_to_go_on
from blinplan.cli.simulate.options import FigureFiles, FigureWidth
from blinplan.cli.simulate.trial_options import BodyOptions, CourseOptions, EndpointOptions, First
from blinplan.executors.executor import executor_of
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.terminal import Colour

_METHOD, _KEEPING = "Method", "-o FILE"
_RANGE = re.compile(r"[x×]?([0-9]{1,3}(?:\.[0-9]{1,6})?)")


@with_groups
def sensitivity(
    context: typer.Context,
    regimen: RegimenName,
    *,
    method: Annotated[
        SensitivityMethod,
        typer.Option(
            "--method",
            "-m",
            help="morris: the size of each parameter's effect, in few runs; sobol: shares of the variance; correlation:"
            " between patients, of what they differ in.",
            rich_help_panel=_METHOD,
        ),
    ] = SensitivityMethod.MORRIS,
    within: Annotated[
        str,
        typer.Option(
            "--range",
            metavar="xFACTOR",
            help="How far each parameter is varied: x1.3 is from ÷ 1.3 to × 1.3.",
            rich_help_panel=_METHOD,
        ),
    ] = "x1.3",
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--parameters",
            metavar="NAMES",
            help="Vary these only, with commas; blinplan model names them. All where none is named.",
            rich_help_panel=_METHOD,
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples",
            metavar="N",
            min=SAMPLE_COUNT.least,
            max=SAMPLE_COUNT.most,
            help="Trajectories of morris (20), or base samples of sobol (128; a power of 2).",
            rich_help_panel=_METHOD,
        ),
    ] = None,
    patients: Annotated[
        int | None,
        typer.Option(
            "--patients",
            min=PATIENTS.least,
            max=PATIENTS.most,
            help="Patients of every run, of whom the median or the share is taken; the typical patient alone where it"
            " is not given. Of correlation 1000.",
            rich_help_panel="Virtual patients",
        ),
    ] = None,
    people: People = None,
    first: First = 1,
    seed: Seed = 1,
    population: Population = None,
    threads: Threads = None,
    scheduler: Scheduler = None,
    body: BodyOptions,
    way: CourseOptions,
    asked: EndpointOptions,
    figure: FigureFiles = None,
    figure_width: FigureWidth = PAGE_WIDTH,
    output_format: Annotated[
        SensitivityFormat, typer.Option("--format", "-f", help="How to show it.", rich_help_panel="Output")
    ] = SensitivityFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write a row an endpoint and parameter to FILE.csv, FILE.parquet or FILE.jsonl as well. Runs that are"
            " done are kept in FILE.runs until all are, and the same command goes on after them.",
            rich_help_panel="Output",
        ),
    ] = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Find on which parameters of the model endpoints depend, each with its status: what to measure next.

    Example: [bold]blinplan sensitivity rr-adult --endpoints b_depleted_day,il6_peak --figure morris.svg[/bold]

    Shares of variance: [bold]blinplan sensitivity rr-adult -m sobol --parameters clearance,lysis_ec50,kill_rate[/bold]

    Between patients: [bold]blinplan sensitivity rr-adult -m correlation --patients 1000[/bold]

    All parameters are varied over the same range, which is ours: it has no probability, and no --uncertainty beside it.
    Of times that are not reached, the end of their window counts.
    Runs that are ended by Ctrl-C are shown as far as whole samples were made.
    Morris and Sobol need the extra named sensitivity, which brings SALib.
    """
    terminal = terminal_of(context)
    refuse_width_of_no_figure(context)
    tell_which_is_meant(terminal, regimen)
    from blinplan.api.designing.sensitivity import planned_sensitivity
    from blinplan.api.simulating.data_file import refuse_table_file
    from blinplan.api.simulating.drawing import figure_files
    from blinplan.api.simulating.patients import people_of
    from blinplan.cli.app.progress import preparations_told, progress_bar, runs_bar

    refuse_two_kinds(context, people)

    wanted, days = asked.texts()
    if output is not None:
        refuse_table_file(output, (".csv", ".parquet", ".jsonl"), (regimen, str(people)))
    drawn = figure_files(figure or ())
    with preparations_told(terminal):
        planned = planned_sensitivity(
            regimen,
            wanted,
            method,
            parameters=_names(parameters),
            within=_factor(within),
            samples=samples,
            patients=patients if people is None else people_of(people, body.bsa_formula),
            first=first,
            seed=seed,
            population=population,
            patient=body.figures(),
            **way._asdict(),
            by_day=days,
            output=output,
        )
    is_one = not planned.is_of_many_runs
    size, of_a_run = planned.patients, planned.patients_of_a_run
    bar = progress_bar(size, terminal) if is_one else runs_bar(size, of_a_run, terminal)
    with (
        told_where_to_go_on(planned, terminal, keeping=None if is_one else _KEEPING),
        executor_of(threads, scheduler) as executor,
        bar as progress,
    ):
        found = planned.run(executor, progress)
    if found.is_stopped:
        terminal.write(found.text(output_format, screen=terminal.out), output_format)
        end_in_order(planned, found.found.ended_by, terminal, keeping=_KEEPING, undrawn=bool(drawn))
    for path in drawn:
        found.figure(path, width=figure_width)
    if output is not None:
        terminal.say(f"{visible(str(output))}: {found.runs:,} {plural('run', found.runs)}", "quiet")
    terminal.write(found.text(output_format, screen=terminal.out), output_format)


def _names(texts: Sequence[str] | None) -> tuple[str, ...]:
    """The names with commas between them."""
    names = tuple(name.strip().removeprefix("parameters.") for text in texts or () for name in text.split(","))
    if not all(names):
        raise Refusal("--parameters has an empty name", "give names with commas between them")
    return names


def _factor(text: str) -> float:
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise Refusal(f"--range is {text[:40]!r}, which is no factor", "write it as x1.3: from ÷ 1.3 to × 1.3")
    return float(found[1])
