"""Results as data: every patient's endpoints or curves, to a file or to standard output."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, duration_text
from blinplan.refusal import Refusal
from blinplan.terminal import Terminal
from blinplan.writing import refuse_overwriting, refuse_unwritable, replace_with_parts, replacing

if TYPE_CHECKING:
    from blinplan.data_table import DataTable
    from blinplan.executor import Executor
    from blinplan.simulation.trajectories import RequestedCurves
    from blinplan.simulation.trial import Simulation

DataFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write every patient's endpoints, or with --every their curves, to FILE.csv or FILE.parquet instead.",
        rich_help_panel="Output",
    ),
]
Every = Annotated[
    str | None,
    typer.Option(
        "--every",
        metavar="TIME",
        help="Every patient's curves at these times, for -o or -f csv: 6h, 30min or 1d from the start of the course.",
        rich_help_panel="Output",
    ),
]
_UNITS = {"min": 1, "h": MINUTES_PER_HOUR, "d": MINUTES_PER_DAY}
_EVERY = re.compile(r"([1-9][0-9]{0,6}) ?(min|h|d)")


@dataclass(frozen=True, slots=True)
class Asked:
    """Data that is asked for: where it goes (None: standard output), and for curves the minutes between times."""

    target: Path | None
    every: int | None


def asked_results(
    output: Path | None, every: str | None, form: str, *, parameter_sets: int, inputs: tuple[str, ...]
) -> Asked | None:
    """Read what the options ask for; None where it is not data. `inputs` are files that must not be overwritten.

    Raises
    ------
    Refusal
        When the options contradict each other, before anything is simulated.
    """
    if output is None and every is None and form != "csv":
        return None
    if output is None and form != "csv":
        raise Refusal("--every gives curves as data", "add -o curves.csv, -o curves.parquet or -f csv")
    if (output or every) and parameter_sets:
        raise Refusal("a table of data holds one set of parameters", "leave --uncertainty out, or -o and --every")
    if output is not None:
        _check_target(output, form, inputs)
    return Asked(output, None if every is None else _minutes(every))


def _check_target(output: Path, form: str, inputs: tuple[str, ...]) -> None:
    if output.suffix not in {".csv", ".parquet"}:
        raise Refusal(f"{output} does not end in .csv or .parquet", "the ending says how the data is written")
    if form == "json" or (form == "csv" and output.suffix != ".csv"):
        raise Refusal(f"-f {form} and -o {output} contradict each other", "leave -f out: the ending decides")
    if output.suffix == ".parquet" and find_spec("pyarrow") is None:
        raise Refusal("Parquet needs pyarrow", "install it with: pip install 'blinplan[parquet]', or write .csv")
    refuse_unwritable(output)
    for name in inputs:
        refuse_overwriting(output, name)


def _minutes(text: str) -> int:
    match = _EVERY.fullmatch(text)
    if match is None:
        raise Refusal(
            f"--every is {text[:40]!r}",
            "give whole minutes, hours or days above 0, such as 30min, 6h or 1d: times are exact minutes",
        )
    return int(match[1]) * _UNITS[match[2]]


def write_endpoints(asked: Asked, simulation: "Simulation", fingerprint: str, terminal: Terminal) -> None:
    """Write every patient's endpoints."""
    from blinplan.reports.simulation.data import endpoint_table

    _write(terminal, asked.target, endpoint_table(simulation, fingerprint))
    _say_what_is_unverified(simulation, terminal)
    if asked.target is not None:
        terminal.say(f"{visible(str(asked.target))}: the endpoints of {_patients(simulation.population.size)}", "quiet")


def write_curves(
    asked: Asked,
    curves: "RequestedCurves",
    fingerprint: str,
    executor: "Executor",
    progress: Callable[[int], None] | None,
    terminal: Terminal,
) -> None:
    """Compute every patient's curves and write them as they come."""
    from blinplan.reports.simulation.data import curve_table
    from blinplan.simulation.trajectories import portions

    computed = portions(curves, executor=executor, progress=progress)
    _write(terminal, asked.target, curve_table(curves, computed, fingerprint))
    _say_what_is_unverified(curves, terminal)
    if asked.target is not None:
        times = curves.minutes.shape[0]
        terminal.say(
            f"{visible(str(asked.target))}: {_patients(curves.population.size)} at {times:,} times each", "quiet"
        )
    missed = len(curves.changes_between_times)
    if missed:
        has_all = duration_text(curves.greatest_every)
        terminal.say(
            f"{missed} change{'s' * (missed != 1)} of the infusion, or the end of the course, fall{'s' * (missed == 1)}"
            f" between these times; times that divide {has_all} have them all",
            "warning",
        )


def _say_what_is_unverified(of: "Simulation | RequestedCurves", terminal: Terminal) -> None:
    if of.regimen.unverified:
        terminal.say("Doses of this regimen are unverified: nobody has seen them in the source.", "unverified")
    if of.options.premedication:
        terminal.say(
            "That premedication lowers cytokine release, and by how much, is assumed: unverified.", "unverified"
        )


def _patients(count: int) -> str:
    return f"{count:,} patient{'s' * (count != 1)}"


def _write(terminal: Terminal, target: Path | None, table: "DataTable") -> None:
    from blinplan.data_table import csv_parts, write_parquet

    if target is None:
        for text in csv_parts(table):
            terminal.write(text)
        return
    if target.suffix == ".parquet":
        with replacing(target) as beside:
            write_parquet(table, beside)
    else:
        replace_with_parts(target, csv_parts(table))
