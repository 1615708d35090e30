"""The engine compiled beside the first tests: each worker would do it, and each process that a test starts.

Who runs all tests without machine code waits for NumPy four times as long as for the compiler. So tests that simulate
nothing go first, and others wait until there is machine code.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from blinplan.physiology.engine.choose import WORTH_COMPILING, engine_called
from blinplan.physiology.engine.machine_code import is_kept
from tests.collection.shares import files_in
from tests.program import ROOT, python

if sys.platform != "win32":
    import fcntl

MANY = 150
"""Test files among which enough simulate that a compiler is worth it."""
SIMULATES_NOTHING = frozenset({"course", "drawing", "files", "label", "library", "regimen", "structure"})
"""Folders of tests: half a minute of two processors, and compiling takes a quarter of one."""
_COMPILING = pytest.StashKey[Path]()
"""A file that is locked while it compiles, however that ends."""


def compile_beside_tests(config: pytest.Config) -> None:
    """Compile where it is worth it, in a process of its own, which nobody waits for who is interrupted."""
    told = getattr(config, "workerinput", {}).get("compiling")
    if told is not None:
        config.stash[_COMPILING] = Path(told)
    elif is_worth_compiling(config):
        folder = tempfile.TemporaryDirectory(prefix="blinplan-compiling-")
        config.add_cleanup(folder.cleanup)
        mark = Path(folder.name) / "lock"
        config.stash[_COMPILING] = mark
        config.pluginmanager.register(_Tell(mark))
        config.add_cleanup(partial(_end, _compile(mark)))


def is_worth_compiling(config: pytest.Config) -> bool:
    """Whether there is no machine code yet, and so many tests are run."""
    asked = config.option
    runs_few = hasattr(config, "workerinput") or asked.collectonly or asked.keyword
    if sys.platform == "win32" or runs_few or len(list(files_in(config.args))) < MANY:
        return False
    return engine_called(None).name == "compiled" and not is_kept()


def _compile(mark: Path) -> "subprocess.Popen[bytes]":
    """Simulate as many patients as are worth a compiler; the mark is locked before it begins, and until it ends.

    Looking for garbage would take a sixth of it: all that a compiler makes is in use until it ends.
    """
    script = f"import gc; gc.disable(); import blinplan; blinplan.simulate('nhl-15', patients={WORTH_COMPILING})"
    nowhere = subprocess.DEVNULL
    with mark.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.Popen(python(script), stdout=nowhere, stderr=nowhere, pass_fds=[lock.fileno()])  # noqa: S603


def _end(compiling: "subprocess.Popen[bytes]") -> None:
    compiling.kill()
    compiling.wait()


class _Tell:
    """What tells workers that it compiles."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["compiling"] = str(self.mark)


def with_others_last(config: pytest.Config, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests, those first that need no machine code, while it compiles."""
    return sorted(items, key=_may_simulate) if _COMPILING in config.stash else list(items)


def wait_for_machine_code(item: pytest.Item) -> None:
    """Let a test that may simulate wait until there is machine code."""
    mark = item.config.stash.get(_COMPILING, None)
    if mark is not None and _may_simulate(item):
        with mark.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
        del item.config.stash[_COMPILING]


def _may_simulate(item: pytest.Item) -> bool:
    return item.path.relative_to(ROOT / "tests").parts[0] not in SIMULATES_NOTHING
