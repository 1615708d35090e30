"""The one table behind CSV, JSON lines and Parquet: every kind of value, and none, comes back as it was."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from blinplan.data_table import (
    Column,
    ColumnKind,
    DataTable,
    csv_text,
    json_lines_parts,
    table_of_rows,
    write_parquet,
)

COLUMNS = (
    Column("cycle", "", "number of the cycle", ColumnKind.WHOLE),
    Column("mcg", "mcg", "what is infused"),
    Column("capped", "", "whether the cap decided", ColumnKind.TRUTH),
    Column("what", "", "in words", ColumnKind.TEXT),
    Column("start", "", "when", ColumnKind.TIME),
)
# The hour that comes twice: the same clock time, an hour apart.
FIRST = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
SECOND = FIRST.replace(fold=1)
ROWS: list[dict[str, Any]] = [
    {"cycle": 1, "mcg": 0.1 + 0.2, "capped": True, "what": 'a "comma", and\na line', "start": FIRST},
    {"cycle": 2, "mcg": float("nan"), "capped": False, "what": "µg → mcg", "start": SECOND},
    {},
]


def rows() -> DataTable:
    return table_of_rows("plan", COLUMNS, ROWS, {"seed": 1})


def test_csv_has_every_kind_of_value_and_nothing_where_one_is_missing() -> None:
    first, second, missing = csv.DictReader(io.StringIO(csv_text(rows())))
    assert (first["cycle"], first["capped"], second["capped"]) == ("1", "true", "false")
    assert float(first["mcg"]) == 0.1 + 0.2
    assert first["what"] == ROWS[0]["what"]
    assert (first["start"], second["start"]) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
    assert second["mcg"] == ""
    assert set(missing.values()) == {""}


def test_json_lines_have_the_same_values_with_their_types() -> None:
    first, second, missing = (json.loads(line) for line in "".join(json_lines_parts(rows())).splitlines())
    assert first == {**ROWS[0], "start": "2026-10-25T02:30:00+02:00"}
    assert (second["mcg"], second["capped"]) == (None, False)
    assert missing == dict.fromkeys((column.name for column in COLUMNS), None)


def test_parquet_has_the_same_values_moments_in_utc_and_what_they_are(tmp_path: Path) -> None:
    write_parquet(rows(), tmp_path / "x.parquet")
    found = pq.read_table(tmp_path / "x.parquet")
    first, second, missing = found.to_pylist()
    assert first == {**ROWS[0], "start": datetime(2026, 10, 25, 0, 30, tzinfo=UTC)}
    assert (second["start"] - first["start"]).total_seconds() == 3600
    assert second["mcg"] is None
    assert set(missing.values()) == {None}
    assert found.schema.field("mcg").metadata == {b"unit": b"mcg", b"description": b"what is infused"}
    assert json.loads(found.schema.metadata[b"blinplan"]) == {"table": "plan", "seed": 1}


def test_arrays_and_lists_are_written_alike(tmp_path: Path) -> None:
    """Portions of arrays, as simulations make them, give the text and the values of plain lists."""
    columns = COLUMNS[:3]
    lists: list[list[Any]] = [[[1, 2], [0.5, float("nan")], [1.0, float("nan")]], [[3], [1e-7], [0.0]]]
    arrays: list[list[Any]] = [[np.array(values) for values in portion] for portion in lists]
    texts, parts, files = [], [], []
    for number, portions in enumerate((lists, arrays)):
        texts.append(csv_text(DataTable("x", columns, portions)))
        parts.append("".join(json_lines_parts(DataTable("x", columns, portions))))
        write_parquet(DataTable("x", columns, portions), tmp_path / f"{number}.parquet")
        files.append(pq.read_table(tmp_path / f"{number}.parquet").to_pylist())
    assert texts[0] == texts[1] == "cycle,mcg,capped\n1,0.5,true\n2,,\n3,1e-07,false\n"
    assert parts[0] == parts[1]
    assert files[0] == files[1] == [json.loads(line) for line in parts[0].splitlines()]


@pytest.mark.parametrize("rows_at_once", [1, 2, 10_000])
def test_a_table_is_the_same_however_much_is_written_at_once(
    rows_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = csv_text(rows())
    monkeypatch.setattr("blinplan.data_table._ROWS", rows_at_once)
    assert csv_text(rows()) == whole


def test_values_are_columns_by_name() -> None:
    assert rows().values()["cycle"] == [1, 2, None]
    arrays = DataTable("x", COLUMNS[:1], [[np.array([1, 2])], [np.array([3])]]).values()["cycle"]
    assert isinstance(arrays, np.ndarray)
    assert arrays.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("kind", "given", "handed"),
    [
        (ColumnKind.TRUTH, np.array([1.0, 0.0]), [True, False]),
        (ColumnKind.TRUTH, np.array([1.0, np.nan, 0.0]), [True, None, False]),
        (ColumnKind.TRUTH, np.array([True, False]), [True, False]),
        (ColumnKind.TEXT, np.array([None, "> 1000"], dtype=object), [None, "> 1000"]),
        (ColumnKind.TEXT, np.array(["a", "b"]), ["a", "b"]),
        (ColumnKind.WHOLE, np.array([1, 2]), [1, 2]),
        (ColumnKind.NUMBER, np.array([1.0, np.inf]), [1.0, np.inf]),
        (ColumnKind.TRUTH, [True, None], [True, None]),
    ],
)
def test_columns_are_of_the_kinds_that_parquet_has(
    kind: ColumnKind, given: Any, handed: list[Any], tmp_path: Path
) -> None:
    """Truths were numbers in frames, which none takes for a filter, and texts objects, which polars writes nowhere."""

    def made() -> DataTable:
        return DataTable("x", (Column("it", "", "what it is", kind),), [[given]])

    write_parquet(made(), tmp_path / "x.parquet")
    columns = pl.DataFrame(made().values())
    assert columns["it"].to_list() == handed
    assert columns["it"].dtype == pl.read_parquet(tmp_path / "x.parquet")["it"].dtype
    assert pa.table(made().values())["it"].to_pylist() == handed


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    empty = table_of_rows("plan", COLUMNS, [])
    assert csv_text(empty) == "cycle,mcg,capped,what,start\n"
    assert "".join(json_lines_parts(empty)) == ""
    write_parquet(empty, tmp_path / "x.parquet")
    assert pq.read_table(tmp_path / "x.parquet").num_rows == 0
