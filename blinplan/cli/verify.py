"""``blinplan verify``: a second check of a bag and a pump against the plan."""

from typing import Annotated

import typer

from blinplan.api.vocabulary import TableFormat
from blinplan.cli.app.options import (
    ColourOption,
    ConfigOption,
    IsolatedOption,
    LabelOption,
    RegimenName,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.app.which_plan import AS_NOBODY_SAID, WhichPlan, with_plan_options
from blinplan.exit_status import ExitStatus, stop
from blinplan.terminal import Colour

_SEEN = "What stands on the bag and the pump"


@with_plan_options
def verify(
    context: typer.Context,
    regimen: RegimenName,
    at: Annotated[
        str,
        typer.Option(
            metavar="DATE-TIME", help="The hour at which the bag runs, as 2026-11-03T12:00.", rich_help_panel=_SEEN
        ),
    ],
    micrograms: Annotated[
        str, typer.Option("--mcg", metavar="MCG", help="Drug in the bag, priming included.", rich_help_panel=_SEEN)
    ],
    total: Annotated[
        str,
        typer.Option("--total-ml", metavar="ML", help="Volume in the bag, priming included.", rich_help_panel=_SEEN),
    ],
    rate: Annotated[
        str | None, typer.Option(metavar="ML/H", help="What the pump gives in an hour.", rich_help_panel=_SEEN)
    ] = None,
    infused: Annotated[
        str | None,
        typer.Option("--infused-ml", metavar="ML", help="Volume that the pump is to infuse.", rich_help_panel=_SEEN),
    ] = None,
    hours: Annotated[
        str | None, typer.Option(metavar="H", help="Hours that the pump is to run.", rich_help_panel=_SEEN)
    ] = None,
    which: WhichPlan = AS_NOBODY_SAID,
    label: LabelOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    output_format: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to show it.", rich_help_panel="Output")
    ] = TableFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Go from a bag and its pump back to mcg/day, and compare that with the plan at that hour.

    Example: [bold]blinplan verify rr-adult --ledger plan.json --at 2026-11-03T12:00 --mcg 10.35 --total-ml 276
    --rate 10[/bold]

    Give the figures as they stand there: 28.50 says more than 28.5. Nothing of the way back is taken from the plan.

    Exit status: 0 all agree; 1 something differs.
    """
    terminal = terminal_of(context)
    tell_which_is_meant(terminal, regimen, record=which.record)
    from blinplan.api.planning.verify import verify as verification

    found = verification(
        regimen,
        which.patient,
        at=at,
        micrograms=micrograms,
        total=total,
        rate=rate,
        infused=infused,
        hours=hours,
        **which.course,
        label=label,
        config=config,
        isolated=isolated,
    )
    terminal.write(found.text(output_format, screen=terminal.out), output_format)
    terminal.say(f"exit {int(found.agrees is False)}: {found.summary}", "pass" if found.agrees else "error")
    stop(ExitStatus.SUCCESS if found.agrees else ExitStatus.FINDINGS)
