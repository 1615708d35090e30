"""``blinplan rules`` and ``blinplan rule``: what is checked, and why."""

from typing import Annotated

import typer

from blinplan.api.vocabulary import TableFormat
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.terminal import Colour

FormatOption = Annotated[
    TableFormat, typer.Option("--format", "-f", help="How to show rules.", rich_help_panel="Output")
]


def rules(
    context: typer.Context, output_format: FormatOption = TableFormat.TABLE, colour: ColourOption = Colour.AUTO
) -> None:
    """List all rules that a regimen is checked by.

    Example: [bold]blinplan rules[/bold]
    """
    from blinplan.api.library import rules as list_rules

    terminal = terminal_of(context)
    terminal.write(list_rules().text(output_format, terminal.out))


def rule(
    context: typer.Context,
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE",
            help="The code of the rule, such as D202, or its name.",
            autocompletion=completion.one_rule,
        ),
    ],
    output_format: FormatOption = TableFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Show one rule: what it finds, why, the limits with their sources, and examples.

    Example: [bold]blinplan rule D202[/bold]
    """
    from blinplan.api.library import rule as find_rule

    terminal = terminal_of(context)
    terminal.write(find_rule(code).text(output_format, terminal.out))
