"""Options that several commands share."""

from typing import Annotated, Any

import typer

from blinplan.api.ranges import CYCLES, FOLLOW_UP, PATIENTS, SEED, THREADS
from blinplan.api.vocabulary import Attenuation, LabelName, VirtualPopulation
from blinplan.cli.app import completion
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Terminal, terminal

RegimenName = Annotated[
    str,
    typer.Argument(
        metavar="REGIMEN",
        help="A regimen file, the name of a shipped regimen, or - for standard input.",
        autocompletion=completion.one_regimen,
    ),
]
ColourOption = Annotated[
    Colour,
    # The program reads it before anything else, so that errors hear it too: commands get the terminal instead.
    typer.Option("--color", help="When to colour the output.", rich_help_panel="Output", expose_value=False),
]
LabelOption = Annotated[
    LabelName | None,
    typer.Option(
        "--label",
        help="The label that the regimen follows where it names none; its project's when not given.",
        rich_help_panel="Settings",
    ),
]

_SETTINGS = "Settings"
ConfigOption = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="Use this configuration for all files.", rich_help_panel=_SETTINGS),
]
IsolatedOption = Annotated[
    bool, typer.Option("--isolated", help="Use no configuration file.", rich_help_panel=_SETTINGS)
]


_VIRTUAL = "Virtual patients"
Patients = Annotated[
    int,
    typer.Option(
        "--patients", min=PATIENTS.least, max=PATIENTS.most, help="How many virtual patients.", rich_help_panel=_VIRTUAL
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=THREADS.least,
        max=THREADS.most,
        help="Threads to use; all processors when not given. Results do not depend on it.",
        rich_help_panel=_VIRTUAL,
    ),
]


def scheduler_option(panel: str) -> Any:
    """The option `--scheduler`, where the help shows it on that panel."""
    return typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Let the workers of a Dask cluster compute: the address of its scheduler, as tcp://head:8786, or its"
        " scheduler file. Results do not depend on it.",
        rich_help_panel=panel,
    )


Scheduler = Annotated[str | None, scheduler_option(_VIRTUAL)]
Seed = Annotated[
    int,
    typer.Option("--seed", min=SEED.least, max=SEED.most, help="What they are drawn from.", rich_help_panel=_VIRTUAL),
]
People = Annotated[
    str | None,
    typer.Option(
        "--people",
        metavar="FILE",
        help="A CSV table of your own patients: weight_kg, height_cm, and optionally id, age_years, female or sex,"
        " bsa_m2, b_cells_per_ul, t_cells_per_ul, blasts_fraction, il6_pg_per_ml; and what each"
        " gets otherwise: regimen (a file, as seen from the table's folder, or a shipped name), hold_from_day with"
        " hold_days, off_drug_day.",
        rich_help_panel=_VIRTUAL,
    ),
]
Population = Annotated[
    VirtualPopulation | None,
    typer.Option(
        "--population",
        help="Which population they come from; by indication and weight limit when not given.",
        rich_help_panel=_VIRTUAL,
    ),
]
Cycles = Annotated[
    int | None,
    typer.Option(
        "--cycles", metavar="N", min=CYCLES.least, max=CYCLES.most, help="Compare the first cycles of each only."
    ),
]
FollowUp = Annotated[
    int,
    typer.Option(
        "--follow-up",
        metavar="DAYS",
        min=FOLLOW_UP.least,
        max=FOLLOW_UP.most,
        help="Days without infusion to add at the end.",
    ),
]
AttenuationOption = Annotated[
    Attenuation,
    typer.Option("--attenuation", help="Why cytokine release wanes: both published explanations are held."),
]
PremedicationEffect = Annotated[
    bool,
    typer.Option(
        "--premedication",
        help="Let the regimen's premedication lower cytokine release, by an assumed and unverified effect.",
    ),
]


def is_typed(context: typer.Context, option: str) -> bool:
    """Whether an option was given, and not left as it is."""
    given = context.get_parameter_source(option)
    return given is not None and given.name == "COMMANDLINE"


def refuse_two_kinds(context: typer.Context, people: str | None, *, typical: bool = False) -> None:
    """Refuse two words on who the patients are: each row of a table is one, and nobody draws the typical patient."""
    drawn = [f"--{option}" for option in ("patients", "seed") if is_typed(context, option)]
    if people is not None and (typical or "--patients" in drawn):
        other = "--typical" if typical else "--patients"
        raise Refusal(f"{other} and --people contradict each other", "leave one of the two out")
    if typical and drawn:
        raise Refusal(f"{drawn[0]} and --typical contradict each other", "leave one of the two out")


def refuse_width_of_no_figure(context: typer.Context) -> None:
    """Refuse to be told how wide figures are where none is drawn."""
    if is_typed(context, "figure_width") and not context.params.get("figure"):
        raise Refusal("--figure-width is how wide figures are, and none is drawn", "add --figure FILE.svg")


def terminal_of(context: typer.Context) -> Terminal:
    """The terminal that the program was started at."""
    return context.find_object(Terminal) or terminal()


def tell_which_is_meant(terminal: Terminal, *names: str | None, record: str | None = None) -> None:
    """Say which regimen a name stands for, where a file has it and a shipped one too."""
    from blinplan.api.regimens.meant import which_is_meant

    for name in names:
        told = None if name is None else which_is_meant(name, record)
        if told is not None:
            terminal.tell(told)


_OPTIONS = {
    "area": "--bsa",
    "differences": "--diff",
    "first": "--from",
    "last": "--to",
    "output_format": "--format",
    "short_output": "-o",
    "short_output_format": "-f",
    "infused": "--infused-ml",
    "micrograms": "--mcg",
    "total": "--total-ml",
}


def option_name(argument: str) -> str:
    """What the command line calls an argument of a function."""
    return _OPTIONS.get(argument, f"--{argument.replace('_', '-')}")
