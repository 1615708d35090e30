"""A run writes once it has read all, and nothing that is refused has changed a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import blinplan
from blinplan.files import inputs, of_a_run, writing
from blinplan.refusal import Refusal
from tests.collection.grid import at_night, each_sixth
from tests.hostile.faults import prepare
from tests.hostile.inputs import options_of
from tests.hostile.writers import IN_PLACE, WRITERS
from tests.program import Run

QUICK = {
    *(name for name, words in WRITERS.items() if words[0] in {"new", "model", "check"}),
    *("a plan as a document", "a plan of a record", "a calendar", "labels of bags"),
}
ALL = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in WRITERS]
FEW_PANELS = {"figures": ("--signals", "drug")}
NONE = "nowhere/none"
"""What is no file, number, day, name, rule, revision or unit: a value that an option refuses, where it refuses any."""


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("writer", each_sixth([*ALL]))
def test_all_is_read_before_the_first_file_is_written(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    done: list[str] = []

    def noting(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any) -> Any:
            done.append(what)
            return function(*given)

        return noted

    monkeypatch.setattr(inputs, "note_read", noting("read", of_a_run.note_read))
    monkeypatch.setattr(writing, "_move", noting("write", writing._move))
    prepare(writer, tmp_path)
    assert inside(*WRITERS[writer], *FEW_PANELS.get(writer, ())).status < 2
    assert "write" in done
    assert "read" not in done[done.index("write") :]


REFUSING = {"a plan", "a stretch", "a sensitivity", "what was put right"}
"""Of four commands one each, whose options are those of all that they write."""


@pytest.mark.slow
@pytest.mark.parametrize("writer", [name if name in REFUSING else at_night(name) for name in WRITERS])
def test_a_value_that_is_refused_changes_no_file(inside: Run, tmp_path: Path, writer: str) -> None:
    """Each option of each command that writes, with a value that is none."""
    refused = []
    for option in (one for one in options_of(WRITERS[writer][0]) if one.startswith("--")):
        for path in contents(tmp_path):
            path.unlink()
        prepare(writer, tmp_path)
        before = contents(tmp_path)
        if inside(*WRITERS[writer], f"{option}={NONE}").status == 2:
            refused.append(option)
            assert contents(tmp_path) == before, option
    assert refused


REFUSED: dict[str, dict[str, Any]] = {
    "a baseline": {"baseline": NONE},
    "a revision": {"since": "HEAD"},
    "a site": {"site": NONE},
    "a configuration": {"config": NONE},
    "an executor": {"simulate": True, "executor": NONE, "cache": False},
    "patients": {"simulate": True, "patients": -1},
    "parameter sets": {"simulate": True, "models": 10**6},
    "a level": {"fail_on": NONE},
    "a start": {"start": NONE, "site": "ward.toml"},
    "a pattern": {"exclude": ["["]},
    "a baseline to write": {"write_baseline": NONE},
}


@pytest.mark.parametrize("refused", REFUSED)
@pytest.mark.parametrize("changing", [{"fix": True}, {"add_waiver": "N105", "reason": "The ward has agreed to it"}])
def test_python_changes_no_file_where_it_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changing: dict[str, Any], refused: str
) -> None:
    prepare(next(iter(IN_PLACE)), tmp_path)
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)
    with pytest.raises((Refusal, TypeError, ValueError, AttributeError)):
        blinplan.check("r.toml", **{"simulate": False, **changing, **REFUSED[refused]})
    assert contents(tmp_path) == before


def test_files_are_put_right_only_where_the_schedulers_workers_are_found(inside: Run, tmp_path: Path) -> None:
    prepare(next(iter(IN_PLACE)), tmp_path)
    before = contents(tmp_path)
    assert inside("check", "r.toml", "--patients", "20", "--fix", f"--scheduler={NONE}").status == 2
    assert contents(tmp_path) == before


def test_a_folder_that_nobody_may_write_to_is_refused_before_anything_is_put_right(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(next(iter(IN_PLACE)), tmp_path)
    (tmp_path / "closed").mkdir()
    before = contents(tmp_path)
    # For root, who runs tests in containers, there is no such folder but on a disk that is read-only.
    monkeypatch.setattr("os.access", lambda path, _mode: Path(path).name != "closed")
    ran = inside("check", "r.toml", "--no-simulate", "--fix", "--report", "json=closed/out.json")
    assert (ran.status, contents(tmp_path)) == (2, before)
    assert ran.err.splitlines()[0] == "error: closed/out.json: the folder cannot be written to"
