"""What is kept of a long run is gone on from, or is told to be of no run: whatever its lines say."""

import errno
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from blinplan.design import journal
from blinplan.design.journal import OtherRunError, lines_kept, open_journal
from blinplan.design.search.kept import KeptSamples
from blinplan.design.sensitivity.kept import KeptRuns
from blinplan.design.sensitivity.runs import SomeRuns
from blinplan.design.sweep.cell import Cell
from blinplan.design.sweep.kept import KeptCells
from blinplan.termination import ending_in_order

INPUTS = {"seed": 1}


def _line(text: str) -> str:
    return f"{sha256(text.encode()).hexdigest()[:16]} {text}\n"


HEAD = _line(json.dumps({"inputs": INPUTS}, separators=(",", ":")))


def _opened(path: Path, text: str, kept: Callable[..., Any]) -> Any:
    path.write_text(text, encoding="utf-8")
    with open_journal(path, INPUTS, kept) as found:
        return found


@pytest.mark.parametrize("first", ["[]", "1", "null", "{}", '{"inputs": 5}', '"x"'])
def test_a_first_line_that_says_nothing_of_a_run_is_of_none(tmp_path: Path, first: str) -> None:
    with pytest.raises(OtherRunError) as told:
        _opened(tmp_path / "x", _line(first), KeptCells)
    assert told.value.differences is None


@pytest.mark.parametrize("kept", [KeptCells, KeptSamples, KeptRuns])
@pytest.mark.parametrize("line", ["5", "[]", "{}", '"x"', '{"cell": 1, "endpoints": [[]], "x": 2}', "[[1]]", "null"])
def test_lines_that_no_run_has_written_are_told(tmp_path: Path, kept: Callable[..., Any], line: str) -> None:
    with pytest.raises(OtherRunError) as told:
        _opened(tmp_path / "x", HEAD + _line(line), kept)
    assert told.value.differences is None
    assert (tmp_path / "x").read_text(encoding="utf-8") == HEAD + _line(line), "what is not understood stays"


@pytest.mark.parametrize("line", ["{", "[" * 100_000, "x"])
def test_a_line_that_is_no_document_is_written_again(tmp_path: Path, line: str) -> None:
    """As one in which the process was killed: nothing after it counts."""
    assert _opened(tmp_path / "x", HEAD + _line(line) + _line("7"), KeptCells).cells == {}
    assert (tmp_path / "x").read_text(encoding="utf-8") == HEAD
    assert lines_kept(tmp_path / "x") == []


def test_of_what_is_no_journal_no_more_is_read_than_its_beginning(tmp_path: Path) -> None:
    """A file of a terabyte is in no memory."""
    with (tmp_path / "x").open("wb") as file:
        file.truncate(2**40)
    assert lines_kept(tmp_path / "x") == []
    with pytest.raises(OtherRunError), open_journal(tmp_path / "x", INPUTS, KeptCells):
        pass


def test_of_what_cannot_be_read_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    (tmp_path / "x").write_text(HEAD + _line("7"), encoding="utf-8")
    assert lines_kept(tmp_path / "x") == [7]
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert lines_kept(tmp_path / "x") == []


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EIO])
def test_a_file_system_that_waits_for_no_disk_keeps_lines_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Each run with -o ended over the first line there; a disk that fails is told."""

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with open_journal(tmp_path / "x", INPUTS, lambda journal: journal) as kept:
        with nullcontext() if number != errno.EIO else pytest.raises(OSError, match=os.strerror(number)):
            kept.add("a line")
        assert lines_kept(tmp_path / "x") == ["a line"]


@contextmanager
def signalled_at(moment: int) -> Iterator[None]:
    """Be ended before some line that is run of what keeps a run."""
    lines, before, folder = count(), sys.gettrace(), str(Path(journal.__file__).parent)

    def follow(frame: FrameType, event: str, _: object) -> Any:
        if event == "line" and next(lines) == moment:
            signal.raise_signal(signal.SIGTERM)
        return follow

    def enter(frame: FrameType, *_: object) -> Any:
        return follow if frame.f_code.co_filename.startswith(folder) else None

    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize(
    ("kept", "shown", "some"),
    [
        (KeptCells, lambda found: found.cells, [Cell(number, ()) for number in range(2)]),
        (KeptRuns, lambda found: found.some, [SomeRuns(2, {"k": [number, 0.1]}) for number in range(2)]),
    ],
)
def test_what_is_shown_of_a_run_that_is_ended_at_any_moment_is_what_is_kept(
    tmp_path: Path, kept: Callable[..., Any], shown: Callable[[Any], Any], some: list[Any]
) -> None:
    """A sweep that was ended while a disk took a cell spoke of two cells and kept three."""
    seen = []
    for moment in count():
        path = tmp_path / f"{moment}"
        ended = suppress(KeyboardInterrupt)
        with open_journal(path, INPUTS, kept) as found, ending_in_order() as ending, ended, signalled_at(moment):
            for one in some:
                found.add(one)
        with open_journal(path, INPUTS, kept) as again:
            assert shown(again) == shown(found)
        seen.append(len(shown(found)))
        if ending.by is None:
            break
    assert seen == sorted(seen)
    assert set(seen) == {0, 1, 2}


def test_beside_the_root_of_all_folders_a_journal_has_a_name() -> None:
    assert journal.beside(Path("/"), "runs") == Path("/.runs")
