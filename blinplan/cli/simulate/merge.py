"""``blinplan merge``: stretches of a seed's patients, joined to one run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.simulating.data_file import refuse_data_file
from blinplan.api.vocabulary import SimulateFormat
from blinplan.cli.app.options import ColourOption, terminal_of
from blinplan.cli.simulate.output import patients_text, write_curves, write_data, write_records
from blinplan.outside_text import visible
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.simulating.curves import CurvesResult
    from blinplan.api.simulating.joined_tables import JoinedTable
    from blinplan.api.simulating.simulated import SimulationResult


def merge(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Files that blinplan simulate --first N -o FILE wrote, in any order: .npz, or .csv and .parquet.",
        ),
    ],
    output_format: Annotated[
        SimulateFormat,
        typer.Option("--format", "-f", help="How to show the endpoints or curves.", rich_help_panel="Output"),
    ] = SimulateFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write every patient's endpoints, or their curves, to FILE.csv, FILE.parquet or FILE.npz instead.",
            rich_help_panel="Output",
        ),
    ] = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Join stretches of a run of many virtual patients, made anywhere, to the bytes of one run.

    Example: [bold]blinplan merge part-1.npz part-2.npz[/bold]

    A part is made by [bold]blinplan simulate rr-adult --first 501 --patients 500 -o part-2.npz[/bold]

    Curves, made with --every 6h: [bold]blinplan merge part-1.npz part-2.npz -o curves.parquet[/bold]

    Tables of endpoints or curves: [bold]blinplan merge part-1.parquet part-2.parquet -o all.parquet[/bold]

    Without -o, endpoints of .npz parts are shown in a table, and of curves the percentiles over all patients are drawn;
    of .csv and .parquet parts -f csv prints the rows.
    Beside CSV, --first writes PART.csv.json, which says what it was made with.
    The parts are of one regimen, seed, version and choice of options, and no patient is missing between them or in two.
    """
    terminal = terminal_of(context)
    from blinplan.api.simulating.curves import CurvesResult
    from blinplan.api.simulating.joined_tables import JoinedTable
    from blinplan.api.simulating.merge import joined_run

    if output is not None:
        refuse_data_file(output, tuple(files), output_format)
    found = joined_run(*files)
    if output_format is SimulateFormat.NONMEM and not isinstance(found, CurvesResult):
        raise Refusal("event records are made of parts of curves in .npz", "make the parts with --every 1d -o PART.npz")
    if isinstance(found, JoinedTable):
        _show_table(found, output, output_format, terminal)
    elif isinstance(found, CurvesResult):
        _show_curves(found, output, output_format, terminal)
    else:
        _show_endpoints(found, output, output_format, terminal)


def _show_table(found: "JoinedTable", output: Path | None, output_format: SimulateFormat, terminal: Terminal) -> None:
    if output is None and output_format is not SimulateFormat.CSV:
        raise Refusal("parts in CSV and Parquet are joined to data", "give -f csv, or -o FILE.csv or FILE.parquet")
    write_data(found, output, terminal)
    if output is not None:
        terminal.say(f"{visible(str(output))}: {patients_text(found.size)}", "quiet")


def _show_endpoints(
    found: "SimulationResult", output: Path | None, output_format: SimulateFormat, terminal: Terminal
) -> None:
    if output is None and output_format is not SimulateFormat.CSV:
        terminal.write(found.text(output_format, screen=terminal.out), output_format)
        return
    write_data(found, output, terminal)
    if output is not None:
        terminal.say(f"{visible(str(output))}: the endpoints of {patients_text(found.size)}", "quiet")


def _show_curves(found: "CurvesResult", output: Path | None, output_format: SimulateFormat, terminal: Terminal) -> None:
    if output_format is SimulateFormat.JSON:
        raise Refusal("curves are drawn, or data", "give -f csv, or -o FILE.csv, FILE.parquet or FILE.npz")
    if output is None and output_format is SimulateFormat.TABLE:
        terminal.write(found.drawing(screen=terminal.out))
    elif output_format is SimulateFormat.NONMEM:
        write_records(found.records(), output, terminal)
    else:
        write_curves(found, output, terminal)
