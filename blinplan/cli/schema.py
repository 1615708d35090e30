"""``blinplan schema``: the JSON Schemas of files that are read and of documents that are printed."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.schema import schema_names
from blinplan.api.vocabulary import SchemaFormat
from blinplan.cli.app.options import terminal_of

# The names are found by the files of the schemas, so a type checker does not know them.
if TYPE_CHECKING:
    SchemaName = str
else:
    SchemaName = StrEnum("SchemaName", {name: name for name in schema_names()})
REGIMEN = SchemaName("regimen")


def schema(
    context: typer.Context,
    of: Annotated[
        SchemaName,
        typer.Argument(
            help="A file that is read (regimen, record, site), the report of `check -f json`, or what another command"
            " prints or writes as JSON."
        ),
    ] = REGIMEN,
    output_format: Annotated[
        SchemaFormat, typer.Option("--format", "-f", help="How to show the schema.", rich_help_panel="Output")
    ] = SchemaFormat.JSON,
) -> None:
    """Print the JSON Schema of a file that blinplan reads, or of a JSON document that it prints.

    Example: [bold]blinplan schema > regimen.schema.json[/bold], and [bold]#:schema ./regimen.schema.json[/bold] as the
    first line of a regimen, so that an editor completes and checks it.
    """
    from blinplan.api.schema import schema as make_schema

    terminal_of(context).write_json(make_schema(of))
