"""The engine compiled before the tests begin: each worker would do it, and each process that a test starts.

Who runs all tests without machine code waits for NumPy four times as long as for the compiler. With workers it compiles
while they collect.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

import blinplan
from blinplan.physiology.engine.choose import WORTH_COMPILING, engine_called
from blinplan.physiology.engine.machine_code import is_kept
from tests.collection.shares import files_in

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
    """Simulate as many patients as are worth a compiler; workers collect meanwhile, and wait before they begin."""
    thread = ThreadPoolExecutor(1)
    compiled = thread.submit(blinplan.simulate, "nhl-15", patients=WORTH_COMPILING)
    if config.pluginmanager.has_plugin("dsession"):
        config.pluginmanager.register(_Gate(compiled))
    else:
        compiled.result()


class _Gate:
    """What lets no worker begin before there is machine code."""

    def __init__(self, compiled: Future[blinplan.SimulationResult]) -> None:
        self.compiled = compiled

    @pytest.hookimpl
    def pytest_xdist_node_collection_finished(self) -> None:
        self.compiled.result()
