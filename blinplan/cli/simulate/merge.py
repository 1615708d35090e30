"""``blinplan merge``: stretches of a seed's patients, joined to one run."""

from pathlib import Path
from typing import Annotated

import typer

from blinplan.api.simulating.data_file import refuse_data_file
from blinplan.api.vocabulary import SimulateFormat
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.terminal import Colour


def merge(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Files that blinplan simulate --first N -o FILE.npz wrote, in any order."
        ),
    ],
    output_format: Annotated[
        SimulateFormat, typer.Option("--format", "-f", help="How to show the endpoints.", rich_help_panel="Output")
    ] = SimulateFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write every patient's endpoints to FILE.csv, FILE.parquet or FILE.npz instead.",
            rich_help_panel="Output",
        ),
    ] = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Join stretches of a run of many virtual patients, made anywhere, to the bytes of one run.

    Example: [bold]blinplan simulate rr-adult --first 501 --patients 500 -o part-2.npz[/bold], and when all parts are
    there [bold]blinplan merge part-1.npz part-2.npz[/bold]

    The parts are of one regimen, seed, version and choice of options, and no patient is missing between them or in two.
    """
    terminal = terminal_of(context)
    from blinplan.api.simulating.merge import merge as joined

    if output is not None:
        refuse_data_file(output, tuple(files), output_format)
    found = joined(*files)
    if output is None:
        if output_format is SimulateFormat.CSV:
            for text in found.csv_texts():
                terminal.write(text)
            for line in found.unverified_parts:
                terminal.say(line, "unverified")
        else:
            terminal.write(found.text(output_format, screen=terminal.out))
        return
    found.write(output)
    for line in found.unverified_parts:
        terminal.say(line, "unverified")
    count = found.size
    terminal.say(f"{visible(str(output))}: the endpoints of {count:,} {plural('patient', count)}", "quiet")
