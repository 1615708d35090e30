"""``blinplan diff``: how two regimens differ, in the words of a ward."""

from typing import Annotated

import typer

from blinplan.api.designing.vocabulary import DiffFormat
from blinplan.api.patient import AreaFormula
from blinplan.cli.app import completion
from blinplan.cli.app.groups import with_groups
from blinplan.cli.app.options import (
    ColourOption,
    ConfigOption,
    Cycles,
    IsolatedOption,
    Patients,
    Seed,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.app.patient_options import Area, Formula, Height, Weight, figures
from blinplan.cli.simulate.endpoint_options import ByDay, EndpointKeys, OwnEndpoints, read_endpoint_options
from blinplan.cli.simulate.trial_options import RunOptions
from blinplan.exit_status import stop
from blinplan.outside_text import visible
from blinplan.refusal import Refusal
from blinplan.terminal import Colour


@with_groups
def diff(
    context: typer.Context,
    first: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="A regimen file, a folder, the name of a shipped regimen, a file or folder of a git revision"
            " (REV:PATH), or a revision alone.",
            autocompletion=completion.regimens,
        ),
    ],
    second: Annotated[
        str | None,
        typer.Argument(
            metavar="[B]",
            help="What it is laid beside; what is there now, when not given.",
            autocompletion=completion.regimens,
        ),
    ] = None,
    *,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Show below what each change does to the same virtual patients, and findings that came and went.",
        ),
    ] = False,
    cycles: Cycles = None,
    patients: Patients = 1000,
    seed: Seed = 1,
    runs: RunOptions,
    endpoints: EndpointKeys = None,
    endpoint: OwnEndpoints = None,
    by_day: ByDay = None,
    weight: Weight = None,
    height: Height = None,
    bsa: Area = None,
    bsa_formula: Formula = AreaFormula.MOSTELLER,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    output_format: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="How to show the differences.", rich_help_panel="Output")
    ] = DiffFormat.TEXT,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Say how two regimens differ: doses, steps, intervals, premedication, who gets it.

    Example: [bold]blinplan diff rr-adult mine.toml[/bold]

    A file as it was and as it is: [bold]blinplan diff HEAD~1:regimens/ward.toml regimens/ward.toml[/bold]

    All files below this folder since a revision, renamed ones too: [bold]blinplan diff HEAD~1[/bold]

    Since the branch forked: [bold]blinplan diff origin/main...[/bold]

    For a pull request: [bold]blinplan diff origin/main... --compare -f markdown[/bold]

    --compare shows what each change does to the same virtual patients, and the findings that came and went.
    Without it nothing is simulated.
    --uncertainty plausible says beside it how far that moves with the model.
    Nothing is written where files differ in spelling, units, the order of keys or comments.
    What only the file says, such as titles, sources and waivers, stands apart.
    A body size is for the micrograms of the whole course.

    Exit status: 0 patients get the same; 1 they do not.
    """
    terminal = terminal_of(context)
    tell_which_is_meant(terminal, first, second)
    from blinplan.api.designing.diff import diff as difference

    patient = figures(weight, height, bsa, bsa_formula, None)
    found = difference(first, second, patient=patient, config=config, isolated=isolated)
    wanted, days = read_endpoint_options(endpoints, endpoint, by_day, typical=False, curves=None)
    others = runs.parameter_sets()
    if not compare and (wanted or days or cycles is not None):
        raise Refusal("--cycles, --endpoints, --endpoint and --by-day say what is compared", "add --compare")
    if not compare and others.number:
        raise Refusal("--uncertainty says how far what is compared moves", "add --compare")
    if compare:
        from blinplan.cli.app.progress import progress_bar

        files = sum(file.difference is not None and not file.difference.is_none for file in found.files)
        total = 2 * patients * files * (1 + others.number)
        with runs.executor() as executor, progress_bar(total, terminal) as progress:
            found = found.compare(
                patients,
                seed=seed,
                cycles=cycles,
                endpoints=wanted,
                by_day=days,
                parameter_sets=others.number,
                sets=others.of.value,
                executor=executor,
                progress=progress,
            )
    terminal.write(found.text(output_format, screen=terminal.out), output_format)
    for name in found.left_aside:
        terminal.tell(f"{visible(name)} is otherwise, is no regimen, and is not compared", "quiet")
    stop(found.status)
