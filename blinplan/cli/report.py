"""``blinplan report``: everything about one regimen on one page."""

from typing import Annotated

import typer

from blinplan.cli.options import (
    Area,
    Attenuation,
    ColourOption,
    Formula,
    Height,
    RegimenName,
    VirtualPopulation,
    Weight,
)
from blinplan.course.patient import AreaFormula
from blinplan.reports.screen import Colour

_VIRTUAL = "Virtual patients"


def report(
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
    seed: Annotated[
        int, typer.Option(min=0, max=2**63 - 1, help="What they are drawn from.", rich_help_panel=_VIRTUAL)
    ] = 1,
    population: Annotated[
        VirtualPopulation | None,
        typer.Option(
            help="Which population they come from; by indication and weight limit when not given.",
            rich_help_panel=_VIRTUAL,
        ),
    ] = None,
    follow_up: Annotated[
        int, typer.Option(metavar="DAYS", min=0, max=3660, help="Days without infusion to add at the end.")
    ] = 0,
    attenuation: Annotated[
        Attenuation, typer.Option(help="Why cytokine release wanes: both published explanations are held.")
    ] = Attenuation.DESENSITISATION,
    premedication: Annotated[
        bool,
        typer.Option(
            "--premedication",
            help="Let the regimen's premedication lower cytokine release, by an assumed and unverified effect.",
        ),
    ] = False,
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
    from blinplan.cli.reporting import Asked, run

    run(Asked(**given))
