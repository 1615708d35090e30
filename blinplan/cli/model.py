"""``blinplan model``: the parameters of the model."""

from enum import StrEnum
from typing import Annotated

import typer

from blinplan.cli.options import ColourOption, VirtualPopulation
from blinplan.cli.output import output_screen, report, write_json
from blinplan.reports.screen import Colour


class ModelFormat(StrEnum):
    """How to show the model."""

    TABLE = "table"
    JSON = "json"


def model(
    population: Annotated[
        VirtualPopulation, typer.Option(help="The virtual population whose parameters are shown.")
    ] = VirtualPopulation.ADULT_RR,
    output_format: Annotated[
        ModelFormat, typer.Option("--format", "-f", help="How to show the model.", rich_help_panel="Output")
    ] = ModelFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Print the parameters of the model: value, variability, source, and how far each was checked.

    Example: [bold]blinplan model --population child[/bold]
    """
    from blinplan.physiology.parameters import load_parameters
    from blinplan.reports.model import model_json, model_report

    parameters = load_parameters()
    if output_format is ModelFormat.JSON:
        write_json(model_json(parameters))
    else:
        shown = model_report(parameters, parameters.presets[population.value], output_screen(colour))
        report(*shown, colour=colour)
