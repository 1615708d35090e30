"""``blinplan model``: the parameters of the model."""

from pathlib import Path
from typing import Annotated

import typer

from blinplan.api.vocabulary import Attenuation, TableFormat, VirtualPopulation
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, tell_which_is_meant, terminal_of
from blinplan.files.writing import refuse_unwritable, replace_file
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Terminal

_STANDARD_OUTPUT = "-"


def model(
    context: typer.Context,
    population: Annotated[
        VirtualPopulation | None,
        typer.Option(
            help="The virtual population whose parameters are shown; adult-rr when not given, and for --sbml that of"
            " the regimen's patients."
        ),
    ] = None,
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
            metavar="NAME",
            help="The data set that the control stream reads: the output of `blinplan plan -f nonmem` for one patient,"
            " or of `blinplan simulate -f nonmem` for many.",
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
        TableFormat, typer.Option("--format", "-f", help="How to show the model.", rich_help_panel="Output")
    ] = TableFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Print the parameters of the model: value, variability, source, and how far each was checked.

    Example: [bold]blinplan model --population child[/bold], [bold]blinplan model --sbml model.xml[/bold],
    [bold]blinplan model --nonmem run.ctl[/bold]
    """
    terminal = terminal_of(context)
    from blinplan.api.modelling.model import model as model_of

    _refuse_two_views(output_format, equations=equations, sbml=sbml, nonmem=nonmem)
    for target in (sbml, nonmem):
        if target is not None and str(target) != _STANDARD_OUTPUT:
            refuse_unwritable(target)
    shown = model_of(population, attenuation=attenuation)
    texts: list[tuple[Path, str]] = []
    if sbml is not None:
        tell_which_is_meant(terminal, regimen)
        texts.append((sbml, shown.sbml(regimen)))
    if nonmem is not None:
        texts.append((nonmem, shown.nonmem(records)))
    for target, text in texts:  # once all is read
        _write(terminal, target, text)
    if texts:
        return
    terminal.write(
        shown.equations(screen=terminal.out) if equations else shown.text(output_format, screen=terminal.out)
    )


def _refuse_two_views(output_format: TableFormat, *, equations: bool, sbml: Path | None, nonmem: Path | None) -> None:
    """Refuse what would be left undone: a form of parameters that are not shown, and equations beside a file."""
    given = {"--equations": equations, "--sbml": sbml is not None, "--nonmem": nonmem is not None}
    asked = [name for name, is_asked in given.items() if is_asked]
    if asked and output_format is TableFormat.JSON:
        raise Refusal(f"{asked[0]} and --format json contradict each other", "--format is of the parameters")
    if equations and len(asked) > 1:
        raise Refusal(f"{asked[0]} and {asked[1]} contradict each other", "leave one of the two out")


def _write(terminal: Terminal, target: Path, text: str) -> None:
    if str(target) == _STANDARD_OUTPUT:
        terminal.write(text, "xml")
    else:
        replace_file(target, text)
