"""``blinplan search``: schedules that keep what must hold, and lower what is to be low."""

from pathlib import Path
from typing import Annotated

import typer

from blinplan.api.designing.vocabulary import SearchFormat, SearchMethod
from blinplan.api.ranges import FEW_PATIENTS, FIGURE_WIDTH, PATIENTS, SETS_OR_NONE, SHOWN_SCHEDULES
from blinplan.api.simulating.drawing import PAGE_WIDTH
from blinplan.api.vocabulary import PLAUSIBLE_SETS
from blinplan.cli.app.groups import with_groups
from blinplan.cli.app.options import (
    ColourOption,
    People,
    Population,
    RegimenName,
    Scheduler,
    Seed,
    Threads,
    refuse_width_of_no_figure,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.design.long_run import end_in_order, told_where_to_go_on
from blinplan.cli.simulate.endpoint_options import read_endpoint_options
from blinplan.cli.simulate.trial_options import BodyOptions, CourseOptions, First
from blinplan.executors.executor import executor_of
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.terminal import Colour

_KEEPING = "-o FOLDER"
_SPACE, _WANTED, _VIRTUAL, _OUTPUT = "Schedules that are tried", "What is wanted", "Virtual patients", "Output"


@with_groups
def search(
    context: typer.Context,
    regimen: RegimenName,
    *,
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
            help="The endpoint that is to be low, by its key, or in your own words as --endpoint has them: il6_peak; of"
            " numbers the median. Given twice, a front is found. blinplan-endpoints(7) has all keys.",
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
            help='What has to hold: "b_depleted_by_14 >= 90%", "IL-6 above 100 pg/mL in cycle 1 <= 5%"; or beside'
            ' REGIMEN, patient by patient: "b_depleted_by_14 >= label - 2%", "il6_peak <= label x0.8". Repeatable.',
            rich_help_panel=_WANTED,
        ),
    ] = None,
    search_patients: Annotated[
        int,
        typer.Option(
            min=FEW_PATIENTS.least,
            max=FEW_PATIENTS.most,
            help="How many patients schedules are tried on.",
            rich_help_panel=_VIRTUAL,
        ),
    ] = 500,
    patients: Annotated[
        int,
        typer.Option(
            min=PATIENTS.least,
            max=PATIENTS.most,
            help="On how many other patients the best are shown.",
            rich_help_panel=_VIRTUAL,
        ),
    ] = 10_000,
    sets: Annotated[
        int,
        typer.Option(
            metavar="K",
            min=SETS_OR_NONE.least,
            max=SETS_OR_NONE.most,
            help="Under how many plausible parameter sets the best are shown too, as simulate --uncertainty plausible"
            " has them; 0 for none.",
            rich_help_panel=_VIRTUAL,
        ),
    ] = PLAUSIBLE_SETS,
    people: People = None,
    first: First = 1,
    seed: Seed = 1,
    population: Population = None,
    threads: Threads = None,
    scheduler: Scheduler = None,
    body: BodyOptions,
    way: CourseOptions,
    endpoints: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEYS",
            help="Endpoints that are shown as well, by their keys, with commas; they decide nothing.",
            rich_help_panel=_WANTED,
        ),
    ] = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help='The same in your own words, such as "IL-6 above 100 pg/mL in cycle 1"; repeatable.',
            rich_help_panel=_WANTED,
        ),
    ] = None,
    by_day: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DAYS",
            help="Shares of patients who are depleted by these days, and of times that are shown, with commas: 2,7.",
            rich_help_panel=_WANTED,
        ),
    ] = None,
    show: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=SHOWN_SCHEDULES.least,
            max=SHOWN_SCHEDULES.most,
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
            help="Write each as a regimen file to this folder; nothing that is there is overwritten. What was tried is"
            " kept in FOLDER.tried until all is found, and the same command goes on after it.",
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
            min=FIGURE_WIDTH.least,
            max=FIGURE_WIDTH.most,
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

    Example: [bold]blinplan search rr-adult --cycle 1 --doses 4.5,9,14,18,28 --lengths 4-10 --minimise il6_peak[/bold]

    With what must hold: [bold]blinplan search rr-adult --doses 9,28 --lengths 4,7 --minimise il6_peak
    --require "b_depleted_by_14 >= 90%" -o found[/bold]

    All schedules are tried on the same virtual patients, but for those in which check finds an error.
    The best are shown on other patients and under other parameter sets, with REGIMEN beside them.
    What has to hold is met where its 95 % interval on these others clears the bound.
    It is at limit where the interval straddles it.
    What is found is investigational.
    Ended by Ctrl-C, it shows the schedules that it has confirmed, or names what stood best, as not confirmed.

    With --people, schedules are tried and shown on the patients of the table.
    They come as often as --search-patients and --patients take, each time with other draws of what it does not say.
    --weight chooses the regimen.
    Curves, records and measured data are of one regimen each: give simulate a file that was found.
    """
    terminal = terminal_of(context)
    refuse_width_of_no_figure(context)
    tell_which_is_meant(terminal, regimen)
    from blinplan.api.designing.searching.found import refuse_no_front
    from blinplan.api.designing.searching.search import prepare_search
    from blinplan.api.regimens.order import order
    from blinplan.api.simulating.drawing import figure_files
    from blinplan.api.simulating.simulate import size_of
    from blinplan.cli.app.progress import search_bar

    drawn = figure_files(figure or ())
    wanted, days = read_endpoint_options(endpoints, endpoint, by_day, typical=False, curves=None)
    patient = body.figures()
    ordered = order(regimen, size_of(patient))
    if ordered.choice.switched:
        terminal.say(ordered.choice.reason, "warning")
    prepared = prepare_search(
        ordered,
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
        people=people,
        first=first,
        sets=sets,
        show=show,
        seed=seed,
        population=population,
        patient=patient,
        **way._asdict(),
        endpoints=wanted,
        by_day=days,
        output=output,
    )
    if drawn:
        refuse_no_front(len(prepared.wish.endpoints))
    terminal.tell(prepared.text)
    with (
        told_where_to_go_on(prepared, terminal, keeping=_KEEPING),
        executor_of(threads, scheduler) as executor,
        search_bar(terminal) as progress,
    ):
        found = prepared.run(executor, progress)
    for path in drawn:
        found.figure(path, width=figure_width)
    terminal.write(found.text(output_format, screen=terminal.out), output_format)
    if output is not None:
        count = len(found.regimens)
        told = f"{count} {plural('regimen', count)}, to be read with `blinplan check`"
        terminal.tell(f"{visible(str(output))}: {told}", "quiet")
    end_in_order(prepared, found.searched.ended_by, terminal, keeping=_KEEPING)
