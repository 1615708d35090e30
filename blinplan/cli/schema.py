"""``blinplan schema``: the JSON Schema of the regimen file."""

from enum import StrEnum
from typing import Annotated

import typer

from blinplan.cli.output import write_json


class SchemaOf(StrEnum):
    """What a schema is of."""

    REGIMEN = "regimen"
    REPORT = "report"


class SchemaFormat(StrEnum):
    """How to show the schema. There is one way; the option is here because every command has it."""

    JSON = "json"


def schema(
    of: Annotated[
        SchemaOf, typer.Argument(help="Of the regimen file, or of the report that `check -f json` prints.")
    ] = SchemaOf.REGIMEN,
    output_format: Annotated[
        SchemaFormat, typer.Option("--format", "-f", help="How to show the schema.", rich_help_panel="Output")
    ] = SchemaFormat.JSON,
) -> None:
    """Print the JSON Schema of the regimen file, or of the report of a check.

    Example: [bold]blinplan schema > regimen.schema.json[/bold], and [bold]#:schema ./regimen.schema.json[/bold] as the
    first line of a regimen, so that an editor completes and checks it.
    """
    if of is SchemaOf.REPORT:
        from blinplan.reports.check_json import check_schema

        write_json(check_schema())
    else:
        from blinplan.regimen.schema import json_schema

        write_json(json_schema())
