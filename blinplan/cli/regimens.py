"""``blinplan regimens``: the regimens that come with the program."""

from typing import Annotated

import typer

from blinplan.api.vocabulary import TableFormat
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.terminal import Colour


def regimens(
    context: typer.Context,
    output_format: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to show the list.", rich_help_panel="Output")
    ] = TableFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """List the regimens that come with blinplan, usable by name in every command.

    Example: [bold]blinplan regimens[/bold]
    """
    from blinplan.api.library import regimens as list_regimens

    terminal = terminal_of(context)
    terminal.write(list_regimens().text(output_format, terminal.out))
