"""What is asked of the tests themselves."""

import ast
import locale
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import blinplan
from blinplan.fingerprint import model_name
from tests import public_files
from tests.collection.compiled import (
    compile_beside_tests,
    is_worth_compiling,
    wait_for_machine_code,
    with_others_last,
)
from tests.collection.grid import some_of_each
from tests.collection.no_simulation import simulates, without_simulation
from tests.collection.reported import worth_telling
from tests.collection.shares import is_of_another, share
from tests.program import ROOT, process

TESTS = ROOT / "tests"
FILES = sorted(path for path in TESTS.rglob("*.py") if path.name.startswith(("test_", "conftest")))


def imported(path: Path) -> Iterator[str]:
    """The modules, and the names in them, that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


TEST_FILE = re.compile(r"\btests(\.\w+)*\.(test_|conftest)")
"""How one is named that is imported: most files name none, and need not be parsed."""


def is_of_tests(name: str) -> bool:
    return any(part.startswith("test_") or part == "conftest" for part in name.split(".")[:-1])


@pytest.mark.slow
def test_no_test_file_is_imported() -> None:
    assert len(FILES) > 50
    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in TESTS.rglob("*.py")
        if TEST_FILE.search(path.read_text(encoding="utf-8"))
        if (names := [name for name in imported(path) if name.startswith("tests.") and is_of_tests(name)])
    }
    assert found == {}, "what tests share goes into a file that is no test, such as tests/regimen_text.py"


def test_the_manual_is_made_without_tests() -> None:
    files = list((ROOT / "man").rglob("*.py"))
    assert len(files) > 5
    assert [path.name for path in files if any(name.split(".")[0] == "tests" for name in imported(path))] == []


def test_tests_are_skipped_for_what_is_missing_outside_only() -> None:
    """By tests/public_files.py, where it is a failure in the gate."""
    skip = re.compile(r"\b(pytest|mark)\.(skip|skipif|importorskip|exit)\b|\bSkipTest\b")
    assert [path.name for path in FILES if skip.search(path.read_text(encoding="utf-8"))] == []


def test_no_package_of_others_changes_the_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "of_others.py").write_text("import locale; locale.setlocale(locale.LC_ALL, 'C')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(public_files, "_marked", True)
    before = locale.setlocale(locale.LC_ALL), locale.getencoding()
    public_files.package("of_others")
    assert (locale.setlocale(locale.LC_ALL), locale.getencoding()) == before


AT_ANY_MOMENT = {"tests/hostile/faults.py"}
"""Where signals come at moments that chance draws: whichever moment it is, what is asked holds."""
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"}
GIVES_UP = {"tests/cluster/dask_programs.py"}
"""Where a clock says after minutes that what is waited for never comes."""


def waits_by_the_clock(path: Path) -> Iterator[str]:
    """Where a file rests on how long something takes: sleeps once and goes on, gives up soon, or reads the clock."""
    text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
    if "time." not in text and "timeout" not in text:
        return
    tree = ast.parse(text)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.While | ast.For)]
    in_loops = {id(inside) for loop in loops for inside in ast.walk(loop)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called, first = ast.unparse(node.func), ast.unparse(node.args[0]) if node.args else ""
        if called == "time.sleep" and id(node) not in in_loops and first != "NEVER" and name not in AT_ANY_MOMENT:
            yield f"{name}:{node.lineno}"
        if called.startswith("time.") and called[5:] in CLOCKS and name not in AT_ANY_MOMENT | GIVES_UP:
            yield f"{name}:{node.lineno}"
        soon = (word.value for word in node.keywords if word.arg == "timeout")
        if any(isinstance(value, ast.Constant) and value.value is not None for value in soon):
            yield f"{name}:{node.lineno}"


@pytest.mark.slow
def test_no_test_waits_by_the_clock() -> None:
    """What comes is waited for by looking again, and what never comes by NEVER: a busy machine is no fault."""
    others = [path for path in TESTS.rglob("*.py") if "benchmarks" not in path.parts]
    assert [place for path in others for place in waits_by_the_clock(path)] == []


MAY_SIMULATE = simulates()
"""While this file is collected."""


def test_nothing_simulates_at_import() -> None:
    """But a simulation does, which shows that one would be seen."""
    assert not MAY_SIMULATE
    assert simulates()
    with without_simulation(), pytest.raises(SystemError, match="while tests are collected"):
        blinplan.simulate(blinplan.load("nhl-15"), patients=None)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_workers_begin_with_each_test_file_once(count: int) -> None:
    begun = [share({"workerid": f"gw{number}", "workercount": count}, FILES) for number in range(count)]
    assert [path for files in begun for path in files] == FILES
    assert min(map(len, begun)) > 0
    files = [path for path in FILES if path.name != "conftest.py"]
    collected = [path for number in range(count) for path in files if not is_of_another(path, f"{number + 1}/{count}")]
    assert sorted(collected) == files


def asked(*folders: str, is_worker: bool = False, collectonly: bool = False, keyword: str = "") -> Any:
    """What pytest is called with."""
    worker: dict[str, Any] = {"workerinput": {}} if is_worker else {}
    return SimpleNamespace(option=SimpleNamespace(collectonly=collectonly, keyword=keyword), args=folders, **worker)


def test_what_runs_many_tests_compiles_before_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert is_worth_compiling(asked("tests"))
    assert is_worth_compiling(asked(str(TESTS)))
    for few in (
        asked("tests", is_worker=True),
        asked("tests", collectonly=True),
        asked("tests", keyword="engine"),
        asked("tests/regimen"),
        asked("tests/structure/test_tests.py"),
    ):
        assert not is_worth_compiling(few)
    monkeypatch.setattr("tests.collection.compiled.is_kept", lambda: True)
    assert not is_worth_compiling(asked("tests"))
    assert {"collectonly", "keyword"} < vars(request.config.option).keys()


def item(folder: str, config: Any) -> Any:
    return SimpleNamespace(path=TESTS / folder / "test_some.py", config=config)


def test_while_it_compiles_what_simulates_nothing_goes_first_and_others_wait_until_it_has_ended(tmp_path: Path) -> None:
    import fcntl

    mark, ended = tmp_path / "lock", threading.Event()
    config: Any = SimpleNamespace(stash=pytest.Stash(), workerinput={"compiling": str(mark)})
    compile_beside_tests(config)
    tests = [item(folder, config) for folder in ("cli", "regimen", "rules/families", "course")]
    assert [one.path.parent.name for one in with_others_last(config, tests)] == ["regimen", "course", "cli", "families"]

    def wait() -> None:
        wait_for_machine_code(tests[0])
        ended.set()

    with mark.open("w") as compiling:
        fcntl.flock(compiling, fcntl.LOCK_EX)
        wait_for_machine_code(tests[1])
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not ended.wait(0.05)
    waiting.join()
    assert ended.is_set()
    assert with_others_last(config, tests) == tests


def test_of_many_cases_some_are_tried_the_first_and_others_far_from_it() -> None:
    names = ["a.py::one", *(f"a.py::many[{number}]" for number in range(7)), "b.py::many[0]"]
    some = some_of_each([SimpleNamespace(nodeid=name) for name in names], 3)
    assert [test.nodeid for test in some] == [
        "a.py::one",
        "a.py::many[0]",
        "a.py::many[2]",
        "a.py::many[4]",
        "b.py::many[0]",
    ]


def report(when: str, *, passed: bool = True, sections: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(when=when, passed=passed, sections=sections)


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        ([report("setup"), report("call"), report("teardown")], ["call"]),
        ([report("setup"), report("call", passed=False), report("teardown")], ["call"]),
        ([report("setup", passed=False), report("teardown")], ["setup"]),
        ([report("setup"), report("call"), report("teardown", passed=False)], ["call", "teardown"]),
        ([report("setup"), report("call"), report("teardown", sections=("stdout",))], ["call", "teardown"]),
    ],
)
def test_a_worker_tells_of_a_test_what_somebody_reads(reports: list[Any], told: list[str]) -> None:
    assert [report.when for report in worth_telling(reports)] == told


def test_the_tests_are_of_this_checkout() -> None:
    assert Path(blinplan.__file__).parents[1] == ROOT


def test_a_process_runs_this_checkout_whatever_is_installed(tmp_path: Path) -> None:
    """A decoy before the installed packages and in the working folder is passed by."""
    decoy = tmp_path / "blinplan" / "cli" / "app"
    decoy.mkdir(parents=True)
    for folder in (tmp_path / "blinplan", tmp_path / "blinplan" / "cli", decoy):
        (folder / "__init__.py").write_text("", encoding="utf-8")
    (decoy / "program.py").write_text("def run(): print('decoy')", encoding="utf-8")
    found = process("--version", folder=tmp_path, PYTHONPATH=str(tmp_path))
    assert found.out == f"blinplan {blinplan.__version__} (model {model_name()})\n", found.err
