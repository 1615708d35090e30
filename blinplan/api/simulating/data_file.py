"""Results as data, in files and as columns: every patient's endpoints, or every patient's curves."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.data_table import DataTable, csv_parts, json_lines_parts, write_parquet
from blinplan.files.of_a_run import claim
from blinplan.files.writing import refuse_overwriting, refuse_unwritable, replace_file, replace_with_parts, replacing
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.refusal import ArgumentRefusal, Refusal

if TYPE_CHECKING:
    from blinplan.simulation.crowd.cohort import Cohort

JSON_LINES = ".jsonl"
STRETCH = ".npz"
"""How files end that hold a stretch of patients, to be joined with others."""


def refuse_data_file(path: Path, inputs: tuple[str, ...] = (), output_format: str | None = None) -> None:
    """Refuse a file for data that cannot be written, or is one of the inputs, before anything is simulated."""
    refuse_table_file(path, (".csv", ".parquet", STRETCH), inputs, output_format)


def refuse_table_file(
    path: Path, endings: tuple[str, ...], inputs: tuple[str, ...] = (), output_format: str | None = None
) -> None:
    """The same for a file that may end in some ways."""
    if path.suffix not in endings:
        allowed = f"{', '.join(endings[:-1])} or {endings[-1]}"
        raise Refusal(f"{path} does not end in {allowed}", "the ending says how the data is written")
    if output_format == "json" or (output_format in {"csv", "nonmem"} and path.suffix != ".csv"):
        message = "{short_output_format} {form} and {short_output} {path} contradict each other"
        advice = "leave {short_output_format} out: the ending decides"
        raise ArgumentRefusal(message, advice, form=str(output_format), path=path)
    if path.suffix == ".parquet" and find_spec("pyarrow") is None:
        raise Refusal("Parquet needs pyarrow", "install it with: pip install 'blinplan[parquet]', or write .csv")
    refuse_unwritable(path)
    for name in inputs:
        refuse_overwriting(path, name)


def refuse_record_file(path: Path) -> None:
    """The same for event records, which are made of curves that were joined."""
    if path.suffix == STRETCH:
        raise Refusal(
            f"{path} is for what can be joined, and not for event records",
            "write .csv or .parquet, or join curves: blinplan merge -f nonmem",
        )
    refuse_data_file(path)


def write_table(table: DataTable, target: Path) -> None:
    """Write a table, as it comes, to a file whose ending says how: .csv, .parquet or .jsonl."""
    if target.suffix == ".parquet":
        with replacing(target) as beside:
            write_parquet(table, beside)
    else:
        replace_with_parts(target, json_lines_parts(table) if target.suffix == JSON_LINES else csv_parts(table))


def write_table_of_part(table: Callable[[], DataTable], target: Path, part_of: "Cohort | None") -> None:
    """Write a table; beside CSV of a part of drawn patients, to be joined with others, what it was made with.

    Raises
    ------
    Refusal
        When it cannot be written, or is a part of patients whom nobody can draw again.
    """
    if part_of is not None:
        require_drawn(part_of, target)
        claim_description(target)
    write_table(table(), target)
    if part_of is not None:
        describe_part(table(), target)


def require_drawn(cohort: "Cohort", target: Path) -> None:
    """Refuse to write a part of a run of patients whom nobody can draw again.

    Raises
    ------
    Refusal
        When they are such.
    """
    from blinplan.simulation.crowd.cohort import DrawnCohort

    if not isinstance(cohort, DrawnCohort):
        raise Refusal(
            f"{target}: only patients who are drawn from a seed can be joined", "write .csv or .parquet, and no part"
        )


def claim_description(target: Path) -> None:
    """Say that what CSV was made with will be written beside it, before anything is simulated.

    Raises
    ------
    Refusal
        When it cannot be written there, or is one of the inputs.
    """
    if target.suffix == ".csv":
        from blinplan.reports.simulation.parts import beside

        refuse_unwritable(beside(target))
        claim(beside(target))


def describe_part(table: DataTable, target: Path) -> None:
    """Write beside CSV that is to be joined with others what it was made with; of Parquet it stands in the file."""
    if target.suffix == ".csv":
        from blinplan.reports.simulation.parts import beside, description_of

        replace_file(beside(target), description_of(table, target))


_UNITS = {"min": 1, "h": MINUTES_PER_HOUR, "d": MINUTES_PER_DAY}
_MOST_MINUTES = 9_999_999 * MINUTES_PER_DAY
_EVERY = re.compile(r"([1-9][0-9]{0,6}) ?(min|h|d)")


def minutes_of(every: int | str | timedelta) -> int:
    """Whole minutes between two times.

    Raises
    ------
    Refusal
        When they are not whole, or not above 0.
    """
    match = _EVERY.fullmatch(every) if isinstance(every, str) else None
    minutes = every / timedelta(minutes=1) if isinstance(every, timedelta) else every
    if match is not None:
        return int(match[1]) * _UNITS[match[2]]
    if isinstance(minutes, str) or not 1 <= minutes <= _MOST_MINUTES or minutes % 1:
        raise ArgumentRefusal(
            "{every} is {value}",
            "give whole minutes, hours or days above 0, such as 30min, 6h or 1d: times are exact minutes",
            value=repr(every[:40]) if isinstance(every, str) else every,
        )
    return int(minutes)
