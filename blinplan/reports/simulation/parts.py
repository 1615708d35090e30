"""Tables of stretches of a seed's patients, in CSV or Parquet: read again to be joined to the table of one run.

Parquet says in itself what it was made with. Of CSV a file beside it says so, which is written where a stretch is.
"""

import csv
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from blinplan.data_table import Column, ColumnKind, DataTable, Portion
from blinplan.files.inputs import input_text, note_input, other_encoding, reason_of
from blinplan.files.json_document import json_object_of
from blinplan.outside_text import json_in_letters
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.simulation.data import MODEL, ROW_GROUP
from blinplan.reports.simulation.stretch import StretchFileError
from blinplan.reports.simulation.stretch_kinds import require_part
from blinplan.simulation.trajectories import patients_at_once

TABLE = DocumentKind("table")
ENDINGS = (".csv", ".parquet")
_ROWS = 50_000
_PATIENT = "patient"
Rows = Sequence[NDArray[Any]]
_NO_STRETCH = "is not a table of a stretch of patients, or a damaged one"
_LONGEST_LINE = 1024 * 1024
"""Bytes; a row of all endpoints has some thousands."""


class TablePart(NamedTuple):
    """A file of a table: what is in it, its columns, what it was made with, and the digest of its bytes, if any."""

    path: Path
    table: str
    columns: tuple[Column, ...]
    manifest: Mapping[str, Any]
    digest: str | None = None


def beside(target: Path) -> Path:
    """The file beside CSV that says what it was made with."""
    return target.with_name(f"{target.name}.json")


def description_of(table: DataTable, target: Path) -> str:
    """What stands beside CSV that was written; of a pipe nobody can say what went through it."""
    columns = [{"name": of.name, "kind": of.kind.value, "unit": of.unit, "meaning": of.meaning} for of in table.columns]
    told = {**TABLE.head(table.manifest), "table": table.name, "columns": columns}
    if target.is_file():
        told[_DIGEST] = _digest_of(target)
    return json_in_letters(told, indent=1) + "\n"


_DIGEST = "sha256"


def _digest_of(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, _DIGEST).hexdigest()


def read_part(path: Path) -> TablePart:
    """Read what a file is of.

    Raises
    ------
    OSError
        When it is not there.
    StretchFileError
        When nothing says what it was made with.
    """
    note_input(path)
    about, columns = _parquet_head(path) if path.suffix == ".parquet" else _csv_head(path)
    table, digest = about.pop("table", None), about.pop(_DIGEST, None)
    try:
        require_part(about)
    except ValueError as error:
        raise StretchFileError(_NO_STRETCH) from error
    if not isinstance(table, str) or not columns or columns[0].name != _PATIENT:
        raise StretchFileError(_NO_STRETCH)
    if (about.get("plausible_models", 0) > 0) is not (columns[-1].name == MODEL.name):
        raise StretchFileError(_NO_STRETCH)
    return TablePart(path, table, columns, about, digest)


def _csv_head(path: Path) -> tuple[dict[str, Any], tuple[Column, ...]]:
    with path.open("rb") as file:
        if encoding := other_encoding(file.read(4)):
            raise StretchFileError(f"is {encoding} text, and UTF-8 is read: make it anew")
    try:
        written = json_object_of(input_text(beside(path)))
        told = written["format"], written["version"]
        about = {**written["manifest"], "table": written["table"], _DIGEST: written.get(_DIGEST)}
        columns = [Column(of["name"], of["unit"], of["meaning"], ColumnKind(of["kind"])) for of in written["columns"]]
    except FileNotFoundError as error:
        raise StretchFileError(
            f"has no {beside(path).name} beside it, which says what it was made with: --first N writes it, and not for"
            " event records"
        ) from error
    except OSError as error:
        why = reason_of(error)
        raise StretchFileError(f"has a {beside(path).name} beside it that cannot be read: {why}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StretchFileError(
            f"has a {beside(path).name} beside it that does not say what it was made with"
        ) from error
    if told != (TABLE.format, TABLE.version):
        of_which = f"{told[0]}, version {told[1]}, and not {TABLE.format}, version {TABLE.version}"
        raise StretchFileError(f"has a {beside(path).name} beside it that is {of_which}")
    return about, tuple(columns)


def _parquet_head(path: Path) -> tuple[dict[str, Any], tuple[Column, ...]]:
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    try:
        schema = pq.read_schema(path)
        about = json_object_of(schema.metadata[b"blinplan"])
        columns = [_column_of(field) for field in schema]
    except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise StretchFileError(_NO_STRETCH) from error
    return about, tuple(columns)


_KINDS = {"int64": "whole", "double": "number", "bool": "truth", "string": "text"}


def _column_of(field: Any) -> Column:
    unit, meaning = (field.metadata[name].decode() for name in (b"unit", b"description"))
    return Column(field.name, unit, meaning, ColumnKind(_KINDS[str(field.type)]))


def joined_table(parts: Sequence[TablePart], manifest: Mapping[str, Any]) -> DataTable:
    """The table of all patients of parts that follow each other; it reads them when its rows are asked for."""
    head = parts[0]
    times = _rows_of_the_first(head)
    group = ROW_GROUP if head.table == "endpoints" else times * patients_at_once(times)
    return DataTable(head.table, head.columns, _under_models(parts, times), manifest, row_group=group)


def _under_models(parts: Sequence[TablePart], times: int) -> Iterator[Portion]:
    """All patients under the shipped parameters, then all under each plausible model; parts have some of each."""
    models = _models_of(parts[0])
    if models:
        readers = [_ByModel(part) for part in parts]
        for model in range(models + 1):
            yield from _joined_rows(parts, [reader.rows_under(model) for reader in readers], times)
        for reader in readers:
            reader.require_end()
    else:
        yield from _joined_rows(parts, [_rows_of(part) for part in parts], times)
    for part in parts:
        _require_what_was_written(part)


def _require_what_was_written(part: TablePart) -> None:
    """Refuse CSV that was written anew, or changed, after what stands beside it: it may be of another regimen."""
    if part.digest is not None and part.digest != _digest_of(part.path):
        raise StretchFileError(f"{part.path} is not the table that {beside(part.path).name} tells of")


class _ByModel:
    """Reads a part model by model, in the order in which it has them; between two, it holds its place and no file."""

    def __init__(self, part: TablePart) -> None:
        self._part, self._place = part, 0

    def rows_under(self, model: int) -> Iterator[Rows]:
        """The next rows, as far as they are under a model."""
        with closing(_blocks_of(self._part, self._place)) as blocks:
            for block in blocks:
                others = np.flatnonzero(block.rows[-1] != model)
                count = int(others[0]) if others.size else block.size
                self._place = block.places[count]
                if count:
                    yield [values[:count] for values in block.rows]
                if count < block.size:
                    return

    def require_end(self) -> None:
        """Refuse rows of which nobody knows the model.

        Raises
        ------
        StretchFileError
            When there are such.
        """
        with closing(_blocks_of(self._part, self._place)) as blocks:
            if next(blocks, None) is not None:
                raise StretchFileError(f"{self._part.path} is damaged: its models are not in their order")


def _rows_of_the_first(part: TablePart) -> int:
    """How many rows the first patient has, under one model."""
    count, first = 0, None
    for rows in _rows_of(part):
        whose = np.stack([rows[0], rows[-1] if _models_of(part) else np.zeros_like(rows[0])])
        first = whose[:, :1] if first is None else first
        of_first = (whose == first).all(axis=0)
        count += int(of_first.sum())
        if not of_first.all():
            break
    if not count:
        raise StretchFileError(f"{part.path} is damaged: it has no rows")
    return count


def _models_of(part: TablePart) -> int:
    """How many plausible models it has beside the shipped one."""
    return int(part.manifest.get("plausible_models", 0))


def _joined_rows(parts: Sequence[TablePart], each: Sequence[Iterator[Rows]], times: int) -> Iterator[Portion]:
    """The rows of all parts: of each patient so many, and nobody twice or before another of a lower number.

    Raises
    ------
    StretchFileError
        When a part has other patients than it says.
    """
    last = 0
    for part, blocks in zip(parts, each, strict=True):
        seen, count = 0, 0
        for rows in blocks:
            numbers = np.concatenate([[last], rows[0]])
            if (np.diff(numbers) < 0).any() or (seen == 0 and rows[0][0] == last):
                raise StretchFileError(f"{part.path} is damaged: its patients are not in their order")
            seen += int((np.diff(numbers) > 0).sum())
            last, count = int(numbers[-1]), count + rows[0].size
            yield rows
        if (seen, count) != (part.manifest["patients"], part.manifest["patients"] * times):
            raise StretchFileError(f"{part.path} is damaged: it has {count:,} rows of {seen:,} patients")


class _RowBlock(NamedTuple):
    """Some rows of a part, and the place in its file where each of them begins, and where they end."""

    rows: Rows
    places: Sequence[int]

    @property
    def size(self) -> int:
        """How many rows it has."""
        return len(self.places) - 1


def _rows_of(part: TablePart) -> Iterator[Rows]:
    return (block.rows for block in _blocks_of(part))


def _blocks_of(part: TablePart, place: int = 0) -> Generator[_RowBlock, None, None]:
    """The rows from a place on: of Parquet the number of a row, and of CSV that of a byte."""
    return _parquet_blocks(part, place) if part.path.suffix == ".parquet" else _csv_blocks(part, place)


def _parquet_blocks(part: TablePart, place: int) -> Generator[_RowBlock, None, None]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(part.path, page_checksum_verification=True) as file:
            sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
            ends = np.cumsum(sizes)
            group = int(np.searchsorted(ends, place, side="right"))
            if group == len(sizes):  # of no groups PyArrow 18 reads something
                return
            start = int(ends[group - 1]) if group else 0
            for batch in file.iter_batches(_ROWS, row_groups=range(group, len(sizes))):
                kept, start = batch.slice(max(0, place - start)), start + batch.num_rows
                rows = [_array_of(column, of.kind) for column, of in zip(kept.columns, part.columns, strict=True)]
                if kept.num_rows:
                    yield _RowBlock(rows, range(start - kept.num_rows, start + 1))
    except (pa.ArrowException, OSError) as error:  # the latter also of what it cannot make out
        raise StretchFileError(f"{part.path} is damaged") from error


def _array_of(column: Any, kind: ColumnKind) -> NDArray[Any]:
    import pyarrow as pa

    if kind is ColumnKind.TRUTH:
        column = column.cast(pa.int8()).cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False))


class _CountedLines:
    """The lines of a file from a place on, which knows how far it has read."""

    def __init__(self, file: IO[bytes], place: int) -> None:
        self._file, self.place = file, file.seek(place)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._file.readline(_LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > _LONGEST_LINE:
            raise ValueError("a line of it has no end")
        self.place += len(line)
        return line.decode("utf-8")


def _csv_blocks(part: TablePart, place: int) -> Generator[_RowBlock, None, None]:
    with part.path.open("rb") as file:
        counted = _CountedLines(file, place)
        lines = csv.reader(counted)
        try:
            if place == 0 and next(lines, []) != [of.name for of in part.columns]:
                raise StretchFileError(f"{part.path} is damaged: it has other columns than stand beside it")
            while True:
                places, read = [counted.place], []
                for row in islice(lines, _ROWS):
                    read.append(row)
                    places.append(counted.place)
                if not read:
                    return
                columns = zip(*read, strict=True)
                yield _RowBlock(
                    [_CELLS[of.kind](cells) for cells, of in zip(columns, part.columns, strict=True)], places
                )
        except OSError as error:
            raise StretchFileError(f"{part.path} is damaged: {reason_of(error)}") from error
        except (csv.Error, ValueError, KeyError, OverflowError) as error:
            if isinstance(error, StretchFileError):
                raise
            raise StretchFileError(f"{part.path} is damaged: {error}") from error


_TRUTHS = {"true": 1.0, "false": 0.0, "": np.nan}
_CELLS: dict[ColumnKind, Callable[[Sequence[str]], NDArray[Any]]] = {
    ColumnKind.WHOLE: lambda cells: np.array(list(map(int, cells)), dtype=np.int64),
    ColumnKind.NUMBER: lambda cells: np.array([float(cell) if cell else np.nan for cell in cells]),
    ColumnKind.TRUTH: lambda cells: np.array([_TRUTHS[cell] for cell in cells]),
    ColumnKind.TEXT: lambda cells: np.array([cell or None for cell in cells], dtype=np.object_),
}
