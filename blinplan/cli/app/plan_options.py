"""Options that say which plan it is: when it begins, where, and what happened so far."""

from typing import Annotated

import typer

from blinplan.cli.app import completion

DATES = "Dates and bags"

Start = Annotated[
    str | None,
    typer.Option(
        "--start",
        metavar="DATE-TIME",
        help="When the first infusion begins, as 2026-11-02T10:00.",
        rich_help_panel=DATES,
    ),
]
TimeZone = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        metavar="ZONE",
        help="The patient's time zone, as Europe/Berlin.",
        autocompletion=completion.time_zones,
        rich_help_panel=DATES,
    ),
]
Measured = Annotated[
    str | None,
    typer.Option(
        "--measured",
        metavar="DATE",
        help="The day on which weight, height or area were taken anew, beside --record, which has those of before.",
        rich_help_panel="Patient",
    ),
]
SiteFile = Annotated[
    str | None,
    typer.Option(
        "--site", metavar="FILE", help="The profile of the site that prepares the bags.", rich_help_panel=DATES
    ),
]
RecordFile = Annotated[
    str | None,
    typer.Option(
        "--record",
        metavar="FILE",
        help="What happened to the course so far; it gives the start.",
        rich_help_panel=DATES,
    ),
]
LedgerFile = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        metavar="FILE",
        help="An earlier plan (-f json) to make again from its ledger; it gives patient and start.",
        rich_help_panel=DATES,
    ),
]
