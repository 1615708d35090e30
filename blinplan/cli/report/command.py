"""``blinplan report``: everything about one regimen on one page."""

from typing import Annotated

import typer

from blinplan.cli.app.options import (
    Area,
    Attenuation,
    AttenuationOption,
    ColourOption,
    FollowUp,
    Formula,
    Height,
    Population,
    PremedicationEffect,
    RegimenName,
    Seed,
    Weight,
    terminal_of,
)
from blinplan.course.patient import AreaFormula
from blinplan.terminal import Colour

_VIRTUAL = "Virtual patients"


def report(
    context: typer.Context,
    regimen: RegimenName,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where the page goes; standard output when not given.",
            rich_help_panel="Output",
        ),
    ] = None,
    weight: Weight = None,
    height: Height = None,
    bsa: Area = None,
    bsa_formula: Formula = AreaFormula.MOSTELLER,
    patients: Annotated[
        int, typer.Option(min=50, max=100_000, help="How many virtual patients.", rich_help_panel=_VIRTUAL)
    ] = 1000,
    seed: Seed = 1,
    population: Population = None,
    follow_up: FollowUp = 0,
    attenuation: AttenuationOption = Attenuation.DESENSITISATION,
    premedication: PremedicationEffect = False,
    today: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The date that decides whether a waiver has expired."),
    ] = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Write a page on a regimen: timeline, curves, endpoints, verdicts, evidence, and what it all rests on.

    Example: [bold]blinplan report rr-adult --weight 70 --height 175 -o report.html[/bold]

    The page is one HTML file that needs no network and no scripts, and prints well.

    The exit status is that of [bold]blinplan check[/bold] on the regimen.
    """
    given = locals()
    del given["context"], given["colour"]
    from blinplan.cli.report.run import Asked, run

    run(Asked(**given, terminal=terminal_of(context)))
