"""``blinplan schema``: the JSON Schema of the regimen file."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from blinplan.cli.app.options import terminal_of


class SchemaOf(StrEnum):
    """What a schema is of."""

    REGIMEN = "regimen"
    RECORD = "record"
    SITE = "site"
    REPORT = "report"


class SchemaFormat(StrEnum):
    """How to show the schema. There is one way; the option is here because every command has it."""

    JSON = "json"


def schema(
    context: typer.Context,
    of: Annotated[
        SchemaOf, typer.Argument(help="A regimen, a course record, a site profile, or the report of `check -f json`.")
    ] = SchemaOf.REGIMEN,
    output_format: Annotated[
        SchemaFormat, typer.Option("--format", "-f", help="How to show the schema.", rich_help_panel="Output")
    ] = SchemaFormat.JSON,
) -> None:
    """Print the JSON Schema of a file that blinplan reads, or of the report of a check.

    Example: [bold]blinplan schema > regimen.schema.json[/bold], and [bold]#:schema ./regimen.schema.json[/bold] as the
    first line of a regimen, so that an editor completes and checks it.
    """
    terminal = terminal_of(context)
    terminal.write_json(_schema(of))


def _schema(of: SchemaOf) -> dict[str, Any]:
    from blinplan.regimen.toml.table import file_schema

    match of:
        case SchemaOf.REPORT:
            from blinplan.reports.check.check_json import check_schema

            return check_schema()
        case SchemaOf.RECORD:
            from blinplan.regimen.record import RECORD_FILE

            return file_schema(RECORD_FILE, "blinplan course record, version 1")
        case SchemaOf.SITE:
            from blinplan.regimen.site import SITE_FILE

            return file_schema(SITE_FILE, "blinplan site profile, version 1")
    from blinplan.regimen.schema import json_schema

    return json_schema()
