"""``blinplan schema``: the JSON Schema of the regimen file."""

from blinplan.cli.output import write_json


def schema() -> None:
    """Print the JSON Schema of the regimen file, for editors and other programs.

    Example: [bold]blinplan schema > regimen.schema.json[/bold], and [bold]#:schema ./regimen.schema.json[/bold] as the
    first line of a regimen, so that an editor completes and checks it.
    """
    from blinplan.regimen.schema import json_schema

    write_json(json_schema())
