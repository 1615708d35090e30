"""Columns that are written row by row are what an array of them would be, and leave nothing behind."""

import errno
import os
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pytest

from blinplan.simulation.crowd import columns as of_columns
from blinplan.simulation.crowd.columns import Columns, NoRoomError

TYPES = [np.dtype(np.float64), np.dtype(np.bool_), np.dtype(np.float64)]


@pytest.fixture(params=["in memory", "in a file"])
def whole(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Columns, list[np.ndarray]]:
    monkeypatch.setattr(of_columns, "IN_MEMORY", 2**20 if request.param == "in memory" else 64)
    chance = np.random.default_rng(3)
    arrays = [chance.normal(size=1000), chance.random(1000) < 0.3, np.where(chance.random(1000) < 0.5, np.nan, 1.5)]
    made, first = Columns(TYPES), 0
    for rows in (1, 0, 255, 500, 244):
        made.append([array[first : first + rows] for array in arrays])
        first += rows
    return made, arrays


def test_a_column_is_the_array_that_was_parted(whole: tuple[Columns, list[np.ndarray]]) -> None:
    made, arrays = whole
    assert made.rows == 1000
    for number, (array, read_with_the_others) in enumerate(zip(arrays, made.all(), strict=True)):
        assert read_with_the_others.tobytes() == array.tobytes()
        found = made.column(number)
        assert found.dtype == array.dtype
        assert found.tobytes() == array.tobytes()
        for first, stop in ((0, 1), (0, 256), (1, 900), (255, 757), (999, 1000), (990, 2000), (5, 5)):
            assert made.part(number, first, stop).tobytes() == array[first:stop].tobytes()


def test_percentiles_of_a_column_are_those_of_the_array(whole: tuple[Columns, list[np.ndarray]]) -> None:
    made, arrays = whole
    levels = (5.0, 50.0, 95.0)
    assert np.percentile(made.column(0), levels).tobytes() == np.percentile(arrays[0], levels).tobytes()


@pytest.mark.parametrize("rows", [0, 1, 1024, 1025])
def test_columns_of_few_rows_are_read_in_one_piece_and_are_the_same(rows: int) -> None:
    chance, made = np.random.default_rng(rows), Columns(TYPES)
    arrays = [chance.normal(size=rows), chance.random(rows) < 0.3, chance.normal(size=rows)]
    made.append(arrays)
    for array, of, found in zip(arrays, TYPES, made.all(), strict=True):
        assert found.dtype == of
        assert found.tobytes() == array.tobytes()


def test_columns_pickle(whole: tuple[Columns, list[np.ndarray]]) -> None:
    made, arrays = whole
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    assert [again.column(number).tobytes() for number in range(3)] == [array.tobytes() for array in arrays]


def test_a_file_has_no_name_and_goes_with_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_columns, "IN_MEMORY", 64)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    made = Columns([np.dtype(np.float64)])
    made.append([np.zeros(1000)])
    assert len(os.listdir("/proc/self/fd")) == before + 1  # noqa: PTH208 - it is on the disk
    assert list(tmp_path.iterdir()) == []
    del made
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Columns([np.dtype(np.float64)])

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(made._file, "write", full)
    with pytest.raises(NoRoomError, match="has no room"):
        made.append([np.zeros(3)])


def test_what_has_no_room_is_told_where_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not where it is read, where nobody knows any more which folder is full."""
    made = Columns([np.dtype(np.float64)])

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(made._file, "flush", full)
    with pytest.raises(NoRoomError, match="has no room"):
        made.append([np.zeros(3)])


def test_without_a_folder_for_temporary_files_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(of_columns, "IN_MEMORY", 8)
    monkeypatch.setattr(tempfile, "gettempdir", none)
    with pytest.raises(NoRoomError, match="the folder for temporary files has no room"):
        Columns([np.dtype(np.float64)]).append([np.zeros(3)])
