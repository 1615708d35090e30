"""``blinplan values``: every value that decides something, and what it rests on."""

from typing import Annotated

import typer

from blinplan.api.vocabulary import ValuesFormat
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, ConfigOption, IsolatedOption, terminal_of
from blinplan.terminal import Colour

_CHOICE = "Which values"


def values(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORDS]",
            help="Words that are all in the name, the value, the sentence, the source, or what is decided; such as a"
            " rule's code.",
            autocompletion=completion.value_names,
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The label whose values are listed, or all; that of the configuration when not given.",
            autocompletion=completion.labels,
            rich_help_panel=_CHOICE,
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            help="How far they were checked: seen, transcribed, derived, convention, calibrated, assumed or unverified;"
            " repeatable.",
            autocompletion=completion.value_statuses,
            rich_help_panel=_CHOICE,
        ),
    ] = None,
    site: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The profile of a site: what it says in place of the label is shown."),
    ] = None,
    output_format: Annotated[
        ValuesFormat, typer.Option("--format", "-f", help="How to show the values.", rich_help_panel="Output")
    ] = ValuesFormat.FULL,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """List every value that decides something: what it is, who says so, how far that was checked, what it decides.

    Example: [bold]blinplan values premedication adults[/bold], [bold]blinplan values --status unverified[/bold]

    What a project or a site has put in place of a value is shown beside it.
    """
    terminal = terminal_of(context)
    from blinplan.api.values import values as list_values

    found = list_values(*(words or ()), label=label, status=status, site=site, config=config, isolated=isolated)
    terminal.write(found.text(output_format, terminal.out), output_format)
