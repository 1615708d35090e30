"""``blinplan due``: what is due today and tomorrow over several patients."""

from typing import Annotated

import typer

from blinplan.api.ranges import DUE_DAYS
from blinplan.api.vocabulary import TableFormat
from blinplan.cli.app.options import ColourOption, ConfigOption, IsolatedOption, LabelOption, terminal_of
from blinplan.cli.app.plan_options import SiteFile
from blinplan.exit_status import ExitStatus, stop
from blinplan.terminal import Colour


def due(
    context: typer.Context,
    plans: Annotated[
        str,
        typer.Option(
            metavar="FOLDER",
            help="Where the plans (JSON of `blinplan plan -f json`) and course records lie, one of each patient.",
        ),
    ],
    today: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="The first day; the machine's date in the time zone of each plan when not given."
        ),
    ] = None,
    days: Annotated[
        int, typer.Option(min=DUE_DAYS.least, max=DUE_DAYS.most, help="How many days, the first included.")
    ] = 2,
    site: SiteFile = None,
    label: LabelOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    output_format: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to show it.", rich_help_panel="Output")
    ] = TableFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Show what is due today and tomorrow over several patients, by day and hour.

    Example: [bold]blinplan due --plans ward-7 --today 2026-11-03[/bold]

    Each patient is named by the file. A course record is planned from now on, with the bags of --site. Of a
    plan that was cut (--cycle, --from, --to) what is beyond is not known, and told so. Decisions that
    wait, plans that have ended and plans with errors are told apart. Nothing is kept.

    Exit status: 0 every plan was read; 1 one of them has errors; 2 one could not be read, and the others are shown.
    """
    terminal = terminal_of(context)
    from blinplan.api.planning.agenda import agenda

    found = agenda(plans, today=today, days=days, site=site, label=label, config=config, isolated=isolated)
    for told in found.meant:
        terminal.tell(told)
    terminal.write(found.text(output_format, screen=terminal.out), output_format)
    status = ExitStatus.FINDINGS if found.has_errors else ExitStatus.SUCCESS
    status = ExitStatus.INCOMPLETE if found.unread else status
    terminal.say(f"exit {int(status)}: {found.summary}", "error" if status else "pass")
    stop(status)
