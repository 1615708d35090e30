"""The same bytes, whatever varies: each output with all of it at once, and at night with one after the other."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from blinplan.executors import executor
from tests.equal_bytes.columns import COLUMNS, OFFLINE, PLAINLY, TOGETHER, Column, outputs_with
from tests.equal_bytes.outputs import LONG, ROWS, read_all, write_all
from tests.equal_bytes.ran import differing
from tests.equal_bytes.table import BY_WORKFLOW, PAGE, cells, table
from tests.program import ROOT


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, bytes]:
    """By one thread without copies, in this process: whatever it has run, imported and kept before varies too."""
    folder = tmp_path / "plain"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(executor, "_can_be_copied", lambda: False)
    monkeypatch.setattr(executor, "workers", lambda: 1)
    monkeypatch.chdir(folder)
    write_all(folder, long=False, threads=1)
    return read_all(folder)


@pytest.mark.slow
def test_all_that_varies_at_once_changes_no_byte(plain: Mapping[str, bytes], tmp_path: Path) -> None:
    together = outputs_with(TOGETHER, tmp_path / "together")
    assert set(plain) == set(ROWS) - set(LONG)
    assert [row for row in plain if len(plain[row]) <= 400] == []
    assert [row for row in plain if together[row] != plain[row]] == []


@pytest.mark.slow
def test_who_asks_something_of_a_network_is_stopped() -> None:
    """As all outputs are written so, nothing is: neither a version is looked for nor told what somebody does."""
    asking = f"{OFFLINE}\nimport socket\nsocket.create_connection(('127.0.0.1', 9))"
    ended = subprocess.run([sys.executable, "-c", asking], capture_output=True, check=False)  # noqa: S603 - ours
    assert b"nothing is asked of a network" in ended.stderr


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: str(column.name))
def test_nothing_that_varies_changes_a_byte(tmp_path: Path, column: Column) -> None:
    plain = outputs_with(PLAINLY, tmp_path / "plain", long=True)
    varied = outputs_with(column, tmp_path / "varied", long=True)
    assert set(plain) == set(ROWS)
    assert [row for row in ROWS if varied[row] != plain[row]] == []


def test_no_cell_of_the_table_is_empty() -> None:
    """An output that came later was not run elsewhere: `python -m tests.equal_bytes beside NAME PYTHON` does."""
    empty = [(column, row) for column, found in cells().items() for row in ROWS if not found.get(row)]
    assert empty == []


def test_the_table_shows_what_is_so() -> None:
    assert PAGE.read_text(encoding="utf-8") == table(), "python -m tests.equal_bytes table"


@pytest.mark.parametrize("wanted", ["Python 3.12", "Python 3.13", "Python 3.14", "oldest"])
def test_what_can_be_installed_was_run(wanted: str) -> None:
    assert wanted in cells()


def test_the_oldest_are_the_lower_bounds_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    lowest = {re.sub(r"^([\w.-]+)>=([\d.]+).*", r"\1==\2", one) for one in needed}
    said = (ROOT / ".ci" / "oldest").read_text(encoding="utf-8").splitlines()
    assert {line for line in said if not line.startswith("#")} == lowest


def test_the_workflow_compares_what_only_it_runs() -> None:
    said = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert all(where.partition(",")[0] in said for where in BY_WORKFLOW.values())
    assert "-m tests.equal_bytes write" in said
    assert "python -m tests.equal_bytes compare" in said


def test_differences_are_told_by_their_size() -> None:
    ours = {"a": b"x 1.0 and 2", "b": b"same", "c": b"x 1.0"}
    theirs = {"a": b"x 1.0000000001 and 2", "b": b"same", "c": b"y 1.0"}
    assert differing(ours, theirs) == {"a": "1.0e-10", "c": "in more than numbers"}
