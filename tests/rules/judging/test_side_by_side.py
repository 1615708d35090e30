"""Many files without simulation: how many processes read and judge them does not matter, and few files start none."""

import json
import subprocess
from pathlib import Path

import pytest

from blinplan import executor
from tests.program import PLAIN, python
from tests.regimen_text import cycle, regimen_text

# In a process of its own, because a process with threads, as that of the tests may be, is not copied.
_JUDGED = """
import json, os, hashlib
from datetime import date
from blinplan import executor
from blinplan.regimen import library
from blinplan.regimen import read_many
from blinplan.regimen.find import FileSource, NotFound
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.families.across_files.neighbours import AmongOthers, neighbours_of
from blinplan.rules.judging import side_by_side
from blinplan.rules.task import Task
from pathlib import Path

begun, fork = [], os.fork
os.fork = lambda: begun.append(1) or fork()
files = [
    *(FileSource(path, name, shipped=True) for name, path in library.paths().items()),
    *(FileSource(path, path.name) for path in sorted(Path(".").glob("*.toml"))),
    FileSource(Path("nowhere.toml"), "nowhere.toml"),
]
readings = [file.read() for file in files]
said = {}
for workers, least in ((1, 1), (2, 1), (3, 1), (7, 1), (2, 1000)):
    executor.workers = lambda workers=workers: workers
    side_by_side._WORTH_A_PROCESS = read_many._WORTH_A_PROCESS = least
    begun.clear()
    read = read_many.read_side_by_side(files)
    assert read == readings
    judged = [one for one in read if not isinstance(one, NotFound)]
    together = neighbours_of(AmongOthers(one, DEFAULTS.label, None) for one in judged)
    tasks = [Task(one, DEFAULTS, date(2026, 11, 29), neighbours=together) for one in judged]
    found = side_by_side.judge_side_by_side(tasks)
    assert [one.reading for one in found] == judged
    assert all(verdict.rule is CATALOGUE[verdict.rule.code] for one in found for verdict in one.verdicts)
    verdicts = [[(verdict.rule.code, *verdict[1:]) for verdict in one.verdicts] for one in found]
    text = repr([verdicts, [(one.label, dict(one.limits)) for one in found]])
    said[f"{workers} {least}"] = hashlib.sha256(text.encode()).hexdigest(), len(begun), len(found)
print(json.dumps(said))
"""
_BROKEN = """
from blinplan.regimen.find import FileSource
from blinplan.rules.judging import side_by_side
side_by_side._found_of = lambda task: {fault}
whole, here = FileSource.read, os.getpid()
FileSource.read = lambda file: whole(file) if os.getpid() == here else {fault}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "odd.toml").write_text(regimen_text(cycle("1 mcg/m2/day for 28 days")), encoding="utf-8")
    (tmp_path / "faulty.toml").write_text("= 1", encoding="utf-8")
    return tmp_path


def said(script: str, folder: Path) -> dict[str, tuple[str, int, int]]:
    ended = subprocess.run(  # noqa: S603 - our own program
        python(script), capture_output=True, cwd=folder, env=PLAIN, check=True, text=True
    )
    return {name: tuple(values) for name, values in json.loads(ended.stdout).items()}


def test_the_judgements_are_the_same_for_any_number_of_processes(folder: Path) -> None:
    found = said(_JUDGED, folder)
    assert len({(text, number) for text, _, number in found.values()}) == 1
    assert {name: begun for name, (_, begun, _) in found.items()} == {
        "1 1": 0,
        "2 1": 2,  # one to read, and one to judge
        "3 1": 4,
        "7 1": 12,
        "2 1000": 0,  # few files
    }


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["1 / 0", "os._exit(9)", "None", "(lambda: 1)"], ids=str)
def test_what_a_copy_cannot_hand_over_is_judged_here(folder: Path, fault: str) -> None:
    broken = said(f"import os{_BROKEN.format(fault=fault)}{_JUDGED}", folder)
    assert broken["2 1"][1:] == (2, broken["1 1"][2])
    assert len({text for text, _, _ in broken.values()}) == 1


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "_can_be_copied", lambda: True)
    monkeypatch.setattr(executor, "workers", lambda: 2)


@pytest.mark.usefixtures("alone")
def test_no_share_is_smaller_than_what_a_copy_is_worth() -> None:
    assert executor.shares(range(5), 3) == [range(5)]
    assert [list(share) for share in executor.shares(range(6), 3)] == [[0, 2, 4], [1, 3, 5]]
    assert executor.shares([], 3) == [[]]
