"""Whatever an answer follows from has a part in its fingerprint."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import blinplan
from blinplan import fingerprint as of_files
from blinplan.evidence import kept as known
from blinplan.fingerprint import EVIDENCE, MODEL, OUTCOME, fingerprint, model_hash
from blinplan.physiology.engine import machine_code
from blinplan.rules.simulated import store
from tests.collection.grid import at_night

PACKAGE = Path(blinplan.__file__).parent


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package's files in a place where they can be touched."""
    shutil.copytree(PACKAGE, tmp_path / "blinplan", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(of_files, "_PACKAGE", tmp_path / "blinplan")
    return tmp_path / "blinplan"


def _read(folder: Path, rooms: tuple[str, ...]) -> Iterator[Path]:
    for room in rooms:
        for path in [folder / room, *sorted((folder / room).rglob("*"))]:
            if path.suffix in {".py", ".toml"}:
                yield path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rooms", "every"), [(OUTCOME, 24), at_night(MODEL, 1), at_night(OUTCOME, 1), at_night(EVIDENCE, 1)]
)
def test_a_touched_byte_in_any_file_below_changes_it(copied: Path, rooms: tuple[str, ...], every: int) -> None:
    """In every run of each twenty-fourth file, and of one of each folder."""
    found = {fingerprint(*rooms)}
    assert fingerprint(*rooms) in found
    files = list(_read(copied, rooms))
    assert {"parameters.toml", "mechanism.py", "endpoints.py", "advance.py"} <= {path.name for path in files}
    touched = {*files[::every], *{path.parent: path for path in files}.values()}
    for path in touched:
        path.write_bytes(path.read_bytes() + b"#")
        found.add(fingerprint(*rooms))
    assert len(found) == len(touched) + 1


def test_a_moved_file_changes_it(copied: Path) -> None:
    before = model_hash.__wrapped__()
    (copied / "physiology" / "deeper" / "still").mkdir(parents=True)
    (copied / "physiology" / "model" / "mechanism.py").rename(copied / "physiology/deeper/still/mechanism.py")
    assert model_hash.__wrapped__() != before


def test_what_is_not_of_the_model_does_not_change_it(copied: Path) -> None:
    before = model_hash.__wrapped__()
    for path in (copied / "reports").rglob("*.py"):
        path.write_text("", encoding="utf-8")
    assert model_hash.__wrapped__() == before


def test_a_run_reads_the_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each plan of a folder states its hash."""
    before = model_hash()
    monkeypatch.setattr(of_files, "_PACKAGE", PACKAGE / "nowhere")
    assert model_hash() == before


def test_the_key_of_the_cache_and_the_machine_code_follow_from_it(copied: Path) -> None:
    """One definition: what is kept is made again when any file below its rooms is another."""
    kept, folder = store._program.__wrapped__(), machine_code._sources.__wrapped__()
    measured = known._program.__wrapped__()
    model = copied / "physiology" / "model" / "parameters.toml"
    model.write_bytes(model.read_bytes() + b"#")
    assert store._program.__wrapped__() != kept
    assert machine_code._sources.__wrapped__() != folder
    assert machine_code.cache_folder().name == machine_code._sources()
    assert known._program.__wrapped__() != measured


def test_every_room_below_the_rules_decides_outcomes() -> None:
    """A room that is added has a part in the key of the cache, or is one of those that only show or judge."""
    elsewhere = {"cli", "reports", "evidence", "design", "api", "regimens", "files", "cluster"}
    elsewhere |= {
        "data_table",
        "drawing",
        "executors",
        "exit_status",
        "frozen",
        "outside_text",
        "refusal",
        "repository",
        "terminal",
        "termination",
        "version",
    }
    rooms = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir() if path.suffix in {"", ".py"}}
    ours = {name.removesuffix(".py") for name in OUTCOME}
    assert rooms - ours - elsewhere <= {"__init__", "__main__", "__pycache__", "fingerprint", "py"}
