"""A result that is a table: in pieces, in a file, and as columns."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blinplan.api.kinds import with_kinds
from blinplan.api.simulating.data_file import refuse_table_file, write_table
from blinplan.data_table import DataTable, csv_parts


class TableResult(ABC):
    """What hands over its table in every form, once it has one."""

    __slots__ = ()

    @abstractmethod
    def table(self) -> DataTable:
        """All of it, as a table."""

    def csv_texts(self) -> Iterator[str]:
        """Write the same as CSV, in pieces."""
        return csv_parts(self.table())

    def columns(self) -> dict[str, Any]:
        """The same as columns, for ``pandas.DataFrame``, ``polars.DataFrame`` or ``pyarrow.table``.

        What is computed as it is gone through is computed for it, and held in memory.
        """
        return self.table().values()


class FileResult(TableResult):
    """One that a file of data holds whole."""

    __slots__ = ()

    @with_kinds
    def write(self, path: str | Path) -> None:
        """Write the same to a file whose ending says how: .csv, .parquet or .jsonl.

        Raises
        ------
        Refusal
            When it cannot be written.
        """
        target = Path(path)
        refuse_table_file(target, (".csv", ".parquet", ".jsonl"))
        write_table(self.table(), target)
