"""Many files without simulation: how many processes read and judge them does not matter, and few files start none."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from blinplan.executors import executor
from tests.collection.grid import at_night, in_turn
from tests.program import PLAIN, python
from tests.regimen_text import cycle, regimen_text

# In a process of its own, because a process with threads, as that of the tests may be, is not copied.
_JUDGED = """
import json, os, hashlib
from datetime import date
from blinplan.executors import executor
from blinplan.regimen import library
from blinplan.regimen.find import FileSource
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.families.across_files.neighbours import AmongOthers
from blinplan.rules.judging import side_by_side
from blinplan.rules.judging.side_by_side import Run, RunFile
from blinplan.rules.task import ProgramFault, Task
from pathlib import Path

begun, fork = [], os.fork
os.fork = lambda: begun.append(1) or fork()
sources = [
    *(FileSource(path, name, shipped=True) for name, path in list(library.paths().items())[::6]),
    *(FileSource(path, path.name) for path in sorted(Path(".").glob("*.toml"))),
]

def file_of(source):
    among = AmongOthers(source.content(), DEFAULTS.label, None)
    return RunFile(among, lambda others: Task(among.reading, DEFAULTS, date(2026, 11, 29), neighbours=others))

said = {}
for workers, least in {tried}:
    executor.workers = lambda workers=workers: workers
    side_by_side._WORTH_A_PROCESS = least
    begun.clear()
    beside = RunFile(AmongOthers(FileSource(Path("beside.txt"), "beside.toml").content(), DEFAULTS.label, None, False))
    found = Run([*map(file_of, sources), beside]).judge()
    assert [one.reading for one in found] == [source.read() for source in sources]
    assert not any(isinstance(one, ProgramFault) for one in found)
    assert all(verdict.rule is CATALOGUE[verdict.rule.code] for one in found for verdict in one.verdicts)
    verdicts = [[(verdict.rule.code, *verdict[1:]) for verdict in one.verdicts] for one in found]
    text = repr([verdicts, [(one.label, dict(one.limits)) for one in found]])
    codes = {verdict.rule.code for one in found for verdict in one.verdicts if verdict.findings}
    assert {"X001", "X002", "X003", "X004"} <= codes, codes
    said[f"{workers} {least}"] = hashlib.sha256(text.encode()).hexdigest(), len(begun), len(found)
print(json.dumps(said))
"""
_TOGETHER = (
    'below_weight_kg = 45\notherwise = "named-1"',
    'below_weight_kg = 45\notherwise = "nowhere"',
    'min_weight_kg = 50\notherwise = "named-0"',
    "min_weight_kg = 50",
)
"""Names given twice, beside names of files that are others, `otherwise` that leads nowhere, and a gap of 5 kg."""
_BROKEN = """
from blinplan.rules.judging.side_by_side import Run
whole, here = Run.{method}, os.getpid()
Run.{method} = lambda *given: whole(*given) if os.getpid() == here else {fault}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "odd.toml").write_text(regimen_text(cycle("1 mcg/m2/day for 28 days")), encoding="utf-8")
    (tmp_path / "beside.txt").write_text(regimen_text(cycle(), called="beside"), encoding="utf-8")
    (tmp_path / "faulty.toml").write_text("= 1", encoding="utf-8")
    for number, rest in enumerate(_TOGETHER):
        text = regimen_text(cycle(), called=f"named-{number // 2}", top=f"[eligibility]\n{rest}\n")
        (tmp_path / f"together-{number}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def said(tried: Sequence[tuple[int, int]], folder: Path, broken: str = "") -> dict[str, tuple[str, int, int]]:
    ended = subprocess.run(  # noqa: S603 - our own program
        python(broken + _JUDGED.replace("{tried}", repr(tried))),
        capture_output=True,
        cwd=folder,
        env=PLAIN,
        check=True,
        text=True,
    )
    return {name: tuple(values) for name, values in json.loads(ended.stdout).items()}


@pytest.mark.slow
def test_the_judgements_are_the_same_for_any_number_of_processes(folder: Path) -> None:
    found = said(((1, 1), (2, 1), (3, 1), (7, 1), (2, 1000)), folder)
    assert len({(text, number) for text, _, number in found.values()}) == 1
    assert {name: begun for name, (_, begun, _) in found.items()} == {
        "1 1": 0,
        "2 1": 1,
        "3 1": 2,
        "7 1": 6,
        "2 1000": 0,  # few files
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "method"),
    [
        *(at_night("1 / 0", method) for method in ("_found_in", "_judgements_of")),
        *in_turn(["os._exit(9)", "{1: lambda: 1}"], ["_found_in", "_judgements_of"]),
    ],
    ids=str,
)
def test_what_a_copy_cannot_hand_over_is_judged_here(folder: Path, fault: str, method: str) -> None:
    broken = said(((1, 1), (2, 1)), folder, f"import os{_BROKEN.format(fault=fault, method=method)}")
    assert broken["2 1"][1:] == (1, broken["1 1"][2])
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
