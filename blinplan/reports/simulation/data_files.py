"""Tables of data as CSV and as Parquet, written portion by portion."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from blinplan.reports.simulation.data import Column, Kind, Table, Values

_ROWS = 10_000


def csv_texts(table: Table) -> Iterator[str]:
    """Write a table as CSV, in pieces: the header, then rows; a missing value is empty, a truth is true or false.

    A number is written with as many digits as tell it from its neighbours, so that reading it gives the same number.
    """
    yield _lines([[column.name for column in table.columns]])
    for portion in table.portions:
        for first in range(0, portion[0].shape[0], _ROWS):
            cells = [
                _cells(column, values[first : first + _ROWS])
                for column, values in zip(table.columns, portion, strict=True)
            ]
            yield _lines(list(zip(*cells, strict=True)))


def _lines(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cells(column: Column, values: Values) -> list[Any]:
    listed: list[Any] = values.tolist()
    if column.kind is Kind.TRUTH:
        return ["" if value != value else "true" if value else "false" for value in listed]  # noqa: PLR0124 - NaN
    if column.kind is Kind.NUMBER and np.isnan(values).any():
        return ["" if value != value else value for value in listed]  # noqa: PLR0124 - NaN
    return listed


def write_parquet(table: Table, path: Path) -> None:
    """Write a table as Parquet, a portion a row group. Needs pyarrow.

    Each field's metadata has its unit and what it is; the schema's has, under `blinplan`, the name of the table and the
    manifest, as JSON.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    types = {Kind.WHOLE: pa.int64(), Kind.NUMBER: pa.float64(), Kind.TRUTH: pa.bool_()}
    fields = [
        pa.field(column.name, types[column.kind], metadata={"unit": column.unit, "description": column.meaning})
        for column in table.columns
    ]
    about = json.dumps({"table": table.name, **table.manifest})
    schema = pa.schema(fields, metadata={"blinplan": about})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for portion in table.portions:
            arrays = [
                pa.array(
                    values.astype(np.bool_) if field.type == pa.bool_() else values, field.type, mask=_gaps(values)
                )
                for field, values in zip(fields, portion, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=max(1, len(arrays[0])))


def _gaps(values: Values) -> Any:
    """Where values are missing; None where none can be."""
    return None if values.dtype == np.int64 else np.isnan(values)
