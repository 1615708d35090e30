"""``blinplan model``: the parameters of the model."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from blinplan.api.load import read_regimen
from blinplan.cli.app import completion
from blinplan.cli.app.options import Attenuation, ColourOption, VirtualPopulation, options_of, terminal_of
from blinplan.refusal import Refusal
from blinplan.regimen.find import STANDARD_INPUT
from blinplan.terminal import Colour, Terminal
from blinplan.writing import replace_file


class ModelFormat(StrEnum):
    """How to show the model."""

    TABLE = "table"
    JSON = "json"


def model(
    context: typer.Context,
    population: Annotated[
        VirtualPopulation, typer.Option(help="The virtual population whose parameters are shown.")
    ] = VirtualPopulation.ADULT_RR,
    equations: Annotated[bool, typer.Option("--equations", help="Print the equations instead.")] = False,
    sbml: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the typical patient's model as SBML, with the events of --regimen; - for standard output.",
        ),
    ] = None,
    nonmem: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the model of plasma concentrations as a NONMEM control stream; - for standard output.",
        ),
    ] = None,
    records: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="The data set that the control stream reads: the output of `blinplan plan -f nonmem`."
        ),
    ] = "records.csv",
    regimen: Annotated[
        str,
        typer.Option(
            help="The regimen whose infusions are the events of the SBML model.", autocompletion=completion.one_regimen
        ),
    ] = "rr-adult",
    attenuation: Annotated[
        Attenuation, typer.Option(help="Why cytokine release wanes: both published explanations are held.")
    ] = Attenuation.DESENSITISATION,
    output_format: Annotated[
        ModelFormat, typer.Option("--format", "-f", help="How to show the model.", rich_help_panel="Output")
    ] = ModelFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Print the parameters of the model: value, variability, source, and how far each was checked.

    Example: [bold]blinplan model --population child[/bold], [bold]blinplan model --sbml model.xml[/bold],
    [bold]blinplan model --nonmem run.ctl[/bold]
    """
    terminal = terminal_of(context)
    if sbml is not None:
        _write(terminal, sbml, _sbml(regimen, population, attenuation))
    if nonmem is not None:
        _write(terminal, nonmem, _control_stream(population, records))
    if sbml is not None or nonmem is not None:
        return
    from blinplan.physiology.model.parameters import load_parameters
    from blinplan.reports.model.model import equations_report, model_json, model_report

    parameters = load_parameters()
    if equations:
        terminal.report(*equations_report(options_of(attenuation)))
    elif output_format is ModelFormat.JSON:
        terminal.write_json(model_json(parameters))
    else:
        shown = model_report(parameters, parameters.presets[population.value], terminal.out)
        terminal.report(*shown)


def _write(terminal: Terminal, target: Path, text: str) -> None:
    if str(target) == STANDARD_INPUT:
        terminal.write(text)
    else:
        replace_file(target, text)


def _control_stream(population: VirtualPopulation, records: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_./-]{1,150}", records):
        raise Refusal(
            f"--records is {records[:40]!r}", "NONMEM reads names of letters, digits, _ . / and -, without spaces"
        )
    from blinplan.physiology.model.parameters import load_parameters
    from blinplan.reports.model.nonmem import control_stream

    return control_stream(load_parameters().presets[population.value], records)


def _sbml(name: str, population: VirtualPopulation, attenuation: Attenuation) -> str:
    ordered, _ = read_regimen(name)
    from blinplan.course.events import periods
    from blinplan.physiology import typical
    from blinplan.physiology.model.sbml import to_sbml
    from blinplan.simulation.dosing import NotEligibleError, dosing

    people = typical(population.value)
    try:
        return to_sbml(dosing(ordered, periods(ordered), people), people, options=options_of(attenuation))
    except NotEligibleError as error:
        raise Refusal(str(error), "choose another --population or --regimen") from error
    except ImportError as error:
        raise Refusal("SBML needs python-libsbml", "install it with: pip install 'blinplan[sbml]'") from error
