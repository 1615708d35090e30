"""Tables of stretches in CSV or Parquet, joined to the table of one run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.kinds import with_kinds
from blinplan.api.simulating.data_file import STRETCH, refuse_data_file, write_table
from blinplan.api.table_result import TableResult
from blinplan.data_table import DataTable, csv_parts, table_html
from blinplan.quantities import plural
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from blinplan.reports.simulation.parts import TablePart

PUBLIC = ("JoinedTable",)


@dataclass(frozen=True, slots=True, repr=False)
class JoinedTable(TableResult):
    """Every patient's endpoints or curves, of stretches that follow each other; read each time they are asked for."""

    parts: "Sequence[TablePart]"

    @property
    def size(self) -> int:
        """How many patients it has."""
        return sum(int(part.manifest["patients"]) for part in self.parts)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be known of the course: the parts were told it."""
        return ()

    @property
    def unverified_parts(self) -> tuple[str, ...]:
        """What of the results nobody has verified: the parts were told it."""
        return ()

    def table(self) -> DataTable:
        """All rows, as one run writes them."""
        from blinplan.reports.simulation.parts import joined_table

        return joined_table(self.parts, _manifest_of(self.parts))

    def csv_texts(self) -> Iterator[str]:
        """Write it as CSV, in pieces."""
        with _refusing_damage():
            yield from csv_parts(self.table())

    def columns(self) -> dict[str, Any]:
        """All rows as columns, for ``pandas.DataFrame``, ``polars.DataFrame`` or ``pyarrow.table``.

        Raises
        ------
        Refusal
            When a part is damaged.
        """
        with _refusing_damage():
            return self.table().values()

    @with_kinds
    def write(self, path: str | Path) -> None:
        """Write it to a file that ends in .csv or .parquet.

        Raises
        ------
        Refusal
            When it cannot be written, or a part is damaged.
        """
        target = Path(path)
        refuse_data_file(target)
        if target.suffix == STRETCH:
            raise Refusal(f"{target} is joined of .npz only", "write .csv or .parquet")
        with _refusing_damage():
            write_table(self.table(), target)

    def __repr__(self) -> str:
        count = len(self.parts)
        return f"<JoinedTable: {self.size:,} {plural('patient', self.size)} of {count} {plural('table', count)}>"

    def _repr_html_(self) -> str:
        return table_html(self.columns(), repr(self)[1:-1])


@contextmanager
def _refusing_damage() -> Iterator[None]:
    from blinplan.reports.simulation.stretch import StretchFileError

    try:
        yield
    except StretchFileError as error:
        raise Refusal(str(error), "make it anew") from error


def _manifest_of(parts: "Sequence[TablePart]") -> dict[str, Any]:
    """What one run of all the patients says of itself."""
    head = parts[0].manifest
    patients = sum(int(part.manifest["patients"]) for part in parts)
    drawn = sum(int(part.manifest.get("drawn", part.manifest["patients"])) for part in parts)
    whose: dict[str, Any] = {"patients": patients}
    if "first" in head:
        whose["first"] = head["first"]
    if drawn != patients:
        whose["drawn"] = drawn
    found: dict[str, Any] = {}
    for name, value in head.items():
        found |= whose if name == "patients" else {} if name in {"first", "drawn"} else {name: value}
    return found
