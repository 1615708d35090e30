"""``blinplan regimens``: the regimens that come with the program."""

from enum import StrEnum
from typing import Annotated

import typer

from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.terminal import Colour


class RegimensFormat(StrEnum):
    """How to show the list."""

    TABLE = "table"
    JSON = "json"


def regimens(
    context: typer.Context,
    output_format: Annotated[
        RegimensFormat, typer.Option("--format", "-f", help="How to show the list.", rich_help_panel="Output")
    ] = RegimensFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """List the regimens that come with blinplan, usable by name in every command.

    Example: [bold]blinplan regimens[/bold]
    """
    terminal = terminal_of(context)
    from blinplan.regimen import library
    from blinplan.reports.library.regimens import regimens_json, regimens_report

    shipped = library.shipped()
    if output_format is RegimensFormat.JSON:
        terminal.write_json(regimens_json(shipped, library.groups()))
    else:
        terminal.report(*regimens_report(shipped, library.groups(), terminal.out))
