"""One table for all data that is written: whole numbers, numbers, truths, texts and times, in columns.

Its rows come in portions, so that a table that is larger than memory can be written. It becomes CSV, JSON lines or
Parquet; values may be NumPy arrays or plain lists, and neither NumPy nor pyarrow is needed to import this. Notebooks
show the first rows of columns.
"""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from blinplan.outside_text import json_text, visible, visible_lines

_ROWS = 1_000
"""Rows that are turned into text at once."""

MOST_SHOWN = 50
"""How many rows a notebook shows of a long table."""


class ColumnKind(StrEnum):
    """What a column holds.

    Whole numbers, numbers, truths (False and 0 are false, True and 1 are true), texts, and times with an offset. None
    and NaN are missing in every kind.
    """

    WHOLE = "whole"
    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its unit ("" where it has none), what it is, and what it holds."""

    name: str
    unit: str
    meaning: str
    kind: ColumnKind = ColumnKind.NUMBER


Portion = Sequence[Any]
"""Some rows of a table: for each column its values, as a list or as an array."""


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table in portions of rows; the portions can be gone through once.

    ``manifest`` says what the table was made from and with. ``row_group`` is how many rows Parquet writes together;
    where it is not given, the rows of a portion.
    """

    name: str
    columns: tuple[Column, ...]
    portions: Iterable[Portion]
    manifest: Mapping[str, Any] = field(default_factory=dict)
    row_group: int | None = None

    def values(self) -> dict[str, Any]:
        """All values by the names of their columns: arrays where the portions have arrays, lists otherwise.

        A number that is missing is NaN in an array, and anything else that is missing is None in a list.
        """
        portions = list(self.portions)
        return {
            column.name: _of_kind(_join([portion[number] for portion in portions]), column.kind)
            for number, column in enumerate(self.columns)
        }


def table_of_rows(
    name: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], manifest: Mapping[str, Any] | None = None
) -> DataTable:
    """Make a table of rows; a value that a row has not is missing."""
    given = list(rows)
    portion = [[row.get(column.name) for row in given] for column in columns]
    return DataTable(name, tuple(columns), [portion], manifest or {})


def _join(parts: list[Any]) -> Any:
    if parts and hasattr(parts[0], "dtype"):
        import numpy as np

        return np.concatenate(parts)
    return [value for part in parts for value in part]


def _of_kind(values: Any, kind: ColumnKind) -> Any:
    """Values as frames of other libraries take them: truths are no numbers, and texts no objects."""
    if not hasattr(values, "dtype") or (kind is not ColumnKind.TRUTH and values.dtype.kind != "O"):
        return values
    listed = [None if is_missing(value) else value for value in values.tolist()]
    if kind is not ColumnKind.TRUTH:
        return listed
    return values.astype(bool) if None not in listed else [None if one is None else bool(one) for one in listed]


def csv_parts(table: DataTable, *, decimal_comma: bool = False) -> Iterator[str]:
    """Write a table as CSV, in pieces: the names of the columns, then rows.

    With ``decimal_comma`` it is as spreadsheets want it where numbers have one: cells are parted by semicolons, numbers
    keep all their digits, a mark at the beginning says that the text is UTF-8, and a time is local, with its offset in
    a column of its own behind it: a spreadsheet takes a time with an offset as text.

    A missing value is empty, a truth is true or false, a time is ISO 8601 with its offset, and a text is harmless to
    whoever looks at it. A number has as many digits
    as tell it from its neighbours, so that reading it gives the same number.
    """
    delimiter = ";" if decimal_comma else ","
    table = _with_offsets(table) if decimal_comma else table
    yield ("\ufeff" if decimal_comma else "") + _csv_lines([[column.name for column in table.columns]], delimiter)
    for rows in _rows(table, _CSV_WITH_COMMA if decimal_comma else _CSV):
        yield _csv_lines(rows, delimiter)


def csv_text(table: DataTable, *, decimal_comma: bool = False) -> str:
    """Write a table as CSV."""
    return "".join(csv_parts(table, decimal_comma=decimal_comma))


def json_lines_parts(table: DataTable) -> Iterator[str]:
    """Write a table as JSON lines, in pieces: an object a row, null where a value is missing."""
    names = [column.name for column in table.columns]
    for rows in _rows(table, _JSON):
        yield "".join(json_text(dict(zip(names, row, strict=True)), None) for row in rows)


def _csv_lines(rows: Iterable[Sequence[Any]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


_Cell = Callable[[Any], Any]
_Format = Mapping[ColumnKind, tuple[_Cell, Any]]
"""How the values of each kind are written, and what stands where one is missing."""


def _rows(table: DataTable, output: _Format) -> Iterator[list[tuple[Any, ...]]]:
    """The rows as a format writes them, some at once."""
    for portion in table.portions:
        for first in range(0, len(portion[0]), _ROWS):
            columns = [
                _cells(values[first : first + _ROWS], *output[column.kind])
                for column, values in zip(table.columns, portion, strict=True)
            ]
            yield list(zip(*columns, strict=True))


def _cells(values: Any, cell: _Cell, missing: Any) -> list[Any]:
    """Values as a format writes them; an array in which nothing is missing is not looked through."""
    is_array = hasattr(values, "dtype")
    listed = list(values.tolist() if is_array else values)
    if is_array and cell is _as_it_is and not (values != values).any():  # noqa: PLR0124 - NaN
        return listed
    return [missing if is_missing(value) else cell(value) for value in listed]


def is_missing(value: Any) -> bool:
    """Whether there is no value: None, or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _as_it_is(value: Any) -> Any:
    return value


def _truth(value: Any) -> str:
    return "true" if value else "false"


def _with_comma(value: Any) -> str:
    """A number with all its digits, and a decimal comma."""
    return (str(value) if isinstance(value, Decimal) else repr(float(value))).replace(".", ",")


def _time(value: datetime) -> str:
    return value.isoformat()


def _local_time(value: datetime) -> str:
    """A time without its offset, to the minute where it has no seconds."""
    return value.replace(tzinfo=None).isoformat(" ", "seconds" if value.second else "minutes")


def _with_offsets(table: DataTable) -> DataTable:
    """A table with the offset of each time in a column behind it."""
    columns = (each for column in table.columns for each in _with_offset(column))
    portions = (
        [each for column, values in zip(table.columns, portion, strict=True) for each in _and_offsets(column, values)]
        for portion in table.portions
    )
    return replace(table, columns=tuple(columns), portions=portions)


def _with_offset(column: Column) -> Iterator[Column]:
    yield column
    if column.kind is ColumnKind.TIME:
        yield Column(f"{column.name}_utc_offset", "", f"offset of {column.name} from UTC", ColumnKind.TEXT)


def _and_offsets(column: Column, values: Any) -> Iterator[Any]:
    yield values
    if column.kind is ColumnKind.TIME:
        yield [None if is_missing(value) else f"UTC{value.isoformat(timespec='minutes')[16:]}" for value in values]


_CSV: _Format = {
    **dict.fromkeys(ColumnKind, (_as_it_is, "")),
    ColumnKind.TRUTH: (_truth, ""),
    ColumnKind.TEXT: (visible_lines, ""),
    ColumnKind.TIME: (_time, ""),
}
_CSV_WITH_COMMA: _Format = {**_CSV, ColumnKind.NUMBER: (_with_comma, ""), ColumnKind.TIME: (_local_time, "")}
_JSON: _Format = {
    **dict.fromkeys(ColumnKind, (_as_it_is, None)),
    ColumnKind.TRUTH: (bool, None),
    ColumnKind.TIME: (_time, None),
}


def write_parquet(table: DataTable, path: Path) -> None:
    """Write a table as Parquet, row group by row group. Needs pyarrow.

    Each field's metadata has its unit and what it is; the schema's has, under `blinplan`, the name of the table and the
    manifest, as JSON. Times are moments in UTC.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    types = {
        ColumnKind.WHOLE: pa.int64(),
        ColumnKind.NUMBER: pa.float64(),
        ColumnKind.TRUTH: pa.bool_(),
        ColumnKind.TEXT: pa.string(),
        ColumnKind.TIME: pa.timestamp("s", tz="UTC"),
    }
    fields = [
        pa.field(column.name, types[column.kind], metadata={"unit": column.unit, "description": column.meaning})
        for column in table.columns
    ]
    about = json.dumps({"table": table.name, **table.manifest})
    schema = pa.schema(fields, metadata={"blinplan": about})
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
        for portion in _row_groups(table):
            arrays = [_arrow(values, field_.type) for values, field_ in zip(portion, fields, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=max(1, len(arrays[0])))


def _row_groups(table: DataTable) -> Iterator[Portion]:
    """The rows, as many at once as belong together, however they come."""
    if table.row_group is None:
        yield from table.portions
        return
    waiting: list[Portion] = []
    count, most = 0, table.row_group
    for portion in table.portions:
        waiting.append(portion)
        count += len(portion[0])
        while count >= most:
            columns = _columns_of(waiting)
            yield [values[:most] for values in columns]
            waiting, count = [[values[most:] for values in columns]], count - most
    if count:
        yield _columns_of(waiting)


def _columns_of(portions: list[Portion]) -> Portion:
    return [_join(list(values)) for values in zip(*portions, strict=True)]


def _arrow(values: Any, kind: Any) -> Any:
    """Values as an Arrow array; those that are missing are null."""
    import pyarrow as pa

    if not hasattr(values, "dtype"):
        truths = pa.types.is_boolean(kind)
        listed = [None if is_missing(value) else bool(value) if truths else value for value in values]
        return pa.array(listed, kind)
    import numpy as np

    gaps = np.isnan(values) if values.dtype.kind == "f" else None
    return pa.array(values.astype(np.bool_) if pa.types.is_boolean(kind) else values, kind, mask=gaps)


def table_html(columns: Mapping[str, Iterable[Any]], caption: str) -> str:
    """A table of columns as a notebook shows it, every text escaped: its first rows where there are many."""
    rows = list(islice(zip(*columns.values(), strict=True), MOST_SHOWN + 1))
    more = "<p>The first rows; <code>.columns()</code> has all.</p>" if len(rows) > MOST_SHOWN else ""
    head = "".join(f"<th>{_html(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{_html(value)}</td>' for value in row)}</tr>" for row in rows[:MOST_SHOWN])
    return f"<table><caption>{_html(caption)}</caption><tr>{head}</tr>{body}</table>{more}"


def _html(value: object) -> str:
    from html import escape

    return escape(visible(f"{value:.4g}" if isinstance(value, float) else str(value)))
