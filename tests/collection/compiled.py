"""The engine compiled before the tests begin: each worker would do it, and each process that a test starts.

``pytest -p tests.collection.compiled``, as the gate does, where nobody has compiled yet. With workers it is done while
they collect.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

import blinplan
from blinplan.physiology.engine.choose import WORTH_COMPILING


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Simulate as many patients as are worth a compiler, but not in the workers."""
    config = session.config
    if hasattr(config, "workerinput"):
        return
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
