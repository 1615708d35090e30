"""``blinplan regimens``: the regimens that come with the program."""

from typing import Annotated

import typer

from blinplan.api.vocabulary import Indication, LabelName, Patients, Status, TableFormat
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.terminal import Colour

_WHICH = "Which regimens"


def regimens(
    context: typer.Context,
    indication: Annotated[
        Indication | None, typer.Option(help="Only those for this indication.", rich_help_panel=_WHICH)
    ] = None,
    population: Annotated[
        Patients | None,
        typer.Option(
            help="Only those for adults, for children or for infants, by their age, or those that a virtual population"
            " stands for.",
            rich_help_panel=_WHICH,
        ),
    ] = None,
    status: Annotated[
        Status | None,
        typer.Option(
            help="Only those whose least certain source was so far checked: seen, for one, where all was seen.",
            rich_help_panel=_WHICH,
        ),
    ] = None,
    label: Annotated[
        LabelName | None, typer.Option(help="Only those that follow this label.", rich_help_panel=_WHICH)
    ] = None,
    output_format: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to show the list.", rich_help_panel="Output")
    ] = TableFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """List the regimens that come with blinplan, usable by name in every command.

    Example: [bold]blinplan regimens --population child --status seen[/bold]
    """
    from blinplan.api.library import regimens as list_regimens

    terminal = terminal_of(context)
    found = list_regimens(indication=indication, population=population, status=status, label=label)
    terminal.write(found.text(output_format, terminal.out))
