"""The engine compiled before the tests begin: each worker would do it, and each process that a test starts.

Who runs all tests without machine code waits for NumPy four times as long as for the compiler. With workers it compiles
while they collect.
"""

import subprocess
from functools import partial

import pytest

from blinplan.physiology.engine.choose import WORTH_COMPILING, engine_called
from blinplan.physiology.engine.machine_code import is_kept
from tests.collection.shares import files_in
from tests.program import python

MANY = 150
"""Test files among which enough simulate that a compiler is worth it."""


def is_worth_compiling(config: pytest.Config) -> bool:
    """Whether there is no machine code yet, and this process runs so many tests, or has workers run them."""
    asked = config.option
    runs_few = hasattr(config, "workerinput") or asked.collectonly or asked.keyword
    if runs_few or len(list(files_in(config.args))) < MANY:
        return False
    return engine_called(None).name == "compiled" and not is_kept()


def compile_before_tests(config: pytest.Config) -> None:
    """Simulate as many patients as are worth a compiler; workers collect meanwhile, and wait before they begin.

    In a process of its own, which nobody waits for who is interrupted.
    """
    script = f"import blinplan; blinplan.simulate('nhl-15', patients={WORTH_COMPILING})"
    compiling = subprocess.Popen(python(script), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    config.add_cleanup(partial(_end, compiling))
    if config.pluginmanager.has_plugin("dsession"):
        config.pluginmanager.register(_Gate(compiling))
    else:
        compiling.wait()


def _end(compiling: "subprocess.Popen[bytes]") -> None:
    compiling.kill()
    compiling.wait()


class _Gate:
    """What lets no worker begin before there is machine code."""

    def __init__(self, compiling: "subprocess.Popen[bytes]") -> None:
        self.compiling = compiling

    @pytest.hookimpl
    def pytest_xdist_node_collection_finished(self) -> None:
        self.compiling.wait()
