"""``blinplan search``: schedules that keep what must hold, and lower what is to be low."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.simulating.drawing import PAGE_WIDTH
from blinplan.api.vocabulary import PLAUSIBLE_SETS, Attenuation, SearchFormat, SearchMethod
from blinplan.cli.app.options import (
    AttenuationOption,
    ColourOption,
    FollowUp,
    Population,
    PremedicationEffect,
    RegimenName,
    Scheduler,
    Seed,
    Threads,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.executor import executor_of
from blinplan.exit_status import ExitStatus
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.designing.found import SearchResult

_SPACE, _WANTED, _VIRTUAL, _OUTPUT = "Schedules that are tried", "What is wanted", "Virtual patients", "Output"


def search(
    context: typer.Context,
    regimen: RegimenName,
    doses: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help='Doses that a step can have, in the unit of the regimen: 4.5,9,28; with caps: "5 max 9, 15 max 28".',
            rich_help_panel=_SPACE,
        ),
    ],
    minimise: Annotated[
        list[str],
        typer.Option(
            metavar="KEY",
            help="The endpoint that is to be low, by its key: il6_peak; of numbers the median. Given twice, a front is"
            " found. blinplan-endpoints(7) has all keys.",
            rich_help_panel=_WANTED,
        ),
    ],
    cycle: Annotated[
        str | None,
        typer.Option(
            metavar="CYCLES",
            help="Which cycles get it: 1, or 2-5; all when not given.",
            rich_help_panel=_SPACE,
        ),
    ] = None,
    steps: Annotated[
        str, typer.Option(metavar="NUMBERS", help="How many steps: 2, or 1-3.", rich_help_panel=_SPACE)
    ] = "1-3",
    lengths: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS",
            help="Days of each step but the last, which takes the rest of the cycle's infusion: 4-10, or 4,7.",
            rich_help_panel=_SPACE,
        ),
    ] = None,
    free_days: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS",
            help="Days without infusion after these cycles: 7,14; the regimen's own when not given.",
            rich_help_panel=_SPACE,
        ),
    ] = None,
    descending: Annotated[
        bool,
        typer.Option(
            "--descending",
            help="Let a dose be lower than the one before it; without it each is higher.",
            rich_help_panel=_SPACE,
        ),
    ] = False,
    method: Annotated[
        SearchMethod | None,
        typer.Option(
            help="Try each schedule, or those that an optimiser asks for; when not given, each of up to 5,000.",
            rich_help_panel=_SPACE,
        ),
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help='What has to hold: "b_depleted_by_14 >= 90%", "il6_peak <= 20", or "b_depleted_by_14 >= label": no'
            " less than under REGIMEN, patient by patient. Repeatable.",
            rich_help_panel=_WANTED,
        ),
    ] = None,
    search_patients: Annotated[
        int,
        typer.Option(min=1, max=100_000, help="How many patients schedules are tried on.", rich_help_panel=_VIRTUAL),
    ] = 500,
    patients: Annotated[
        int,
        typer.Option(
            min=1, max=1_000_000, help="On how many other patients the best are shown.", rich_help_panel=_VIRTUAL
        ),
    ] = 10_000,
    sets: Annotated[
        int,
        typer.Option(
            metavar="K",
            min=0,
            max=1000,
            help="Under how many plausible parameter sets the best are shown too.",
            rich_help_panel=_VIRTUAL,
        ),
    ] = PLAUSIBLE_SETS,
    seed: Seed = 1,
    population: Population = None,
    threads: Threads = None,
    scheduler: Scheduler = None,
    follow_up: FollowUp = 0,
    attenuation: AttenuationOption = Attenuation.DESENSITISATION,
    premedication: PremedicationEffect = False,
    show: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=50,
            help="How many schedules are shown: 5, and 9 of a front, when not given.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Write each as a regimen file to this folder; nothing that is there is overwritten.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    figure: Annotated[
        list[str] | None,
        typer.Option(
            "--figure",
            metavar="FILE",
            help="Draw the front as a figure: a .svg, .png or .pdf file; repeatable.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    figure_width: Annotated[
        float,
        typer.Option(
            metavar="MM",
            min=60,
            max=400,
            help="How wide figures are: 89 for a journal's column.",
            rich_help_panel=_OUTPUT,
        ),
    ] = PAGE_WIDTH,
    output_format: Annotated[
        SearchFormat, typer.Option("--format", "-f", help="How to show what was found.", rich_help_panel=_OUTPUT)
    ] = SearchFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Search schedules of a regimen for those that keep what must hold, and lower what is to be low.

    Example: [bold]blinplan search rr-adult --cycle 1 --steps 1-3 --lengths 4-10
    --doses 4.5,9,14,18,28 --minimise il6_peak
    --require "b_depleted_by_14 >= 90%" -o found[/bold]

    All schedules are tried on the same virtual patients, but for those in which
    check finds an error. The best are shown on other patients and under other
    parameter sets, with REGIMEN beside them. What has to hold is met where its
    95 % interval on these others clears the bound, and at limit where the
    interval straddles it. What is found is investigational.
    """
    terminal = terminal_of(context)
    tell_which_is_meant(terminal, regimen)
    from blinplan.api.designing.found import refuse_folder, refuse_no_front
    from blinplan.api.designing.search import prepare_search
    from blinplan.api.simulating.drawing import figure_files
    from blinplan.cli.app.progress import search_bar

    drawn = figure_files(figure or ())
    prepared = prepare_search(
        regimen,
        doses=doses,
        minimise=minimise,
        require=require or (),
        cycle=cycle,
        steps=steps,
        lengths=lengths,
        free_days=free_days,
        descending=descending,
        method=method,
        search_patients=search_patients,
        patients=patients,
        sets=sets,
        show=show,
        seed=seed,
        population=population,
        follow_up=follow_up,
        attenuation=attenuation,
        premedication=premedication,
    )
    if output is not None:
        refuse_folder(output, prepared.start.source.citation)
    if drawn:
        refuse_no_front(len(prepared.wish.endpoints))
    terminal.tell(prepared.text)
    with executor_of(threads, scheduler) as executor, search_bar(terminal) as progress:
        found = _run_or_end(lambda: prepared.run(executor, progress), terminal)
    for path in drawn:
        found.figure(path, width=figure_width)
    written = () if output is None else found.write(output)
    terminal.write(found.text(output_format, screen=terminal.out), output_format)
    if output is not None:
        told = f"{len(written)} {plural('regimen', len(written))}, to be read with `blinplan check`"
        terminal.tell(f"{visible(str(output))}: {told}", "quiet")
    if found.is_stopped:
        terminal.say("stopped: what was shown by then is kept", "warning")
        raise typer.Exit(ExitStatus.INTERRUPTED)


def _run_or_end(run: "Callable[[], SearchResult]", terminal: Terminal) -> "SearchResult":
    """Search; who stops it before anything is shown is told that nothing is kept."""
    try:
        return run()
    except KeyboardInterrupt:
        terminal.say("stopped before a schedule was shown: nothing is kept", "warning")
        raise typer.Exit(ExitStatus.INTERRUPTED) from None
