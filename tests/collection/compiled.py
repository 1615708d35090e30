"""The engine compiled before the tests begin: each worker would do it, and each process that a test starts.

``pytest -p tests.collection.compiled``, as the gate does, where nobody has compiled yet.
"""

import pytest

import blinplan
from blinplan.physiology.engine.choose import WORTH_COMPILING


def pytest_configure(config: pytest.Config) -> None:
    """Simulate as many patients as are worth a compiler, but in the workers."""
    if not hasattr(config, "workerinput"):
        blinplan.simulate("nhl-15", patients=WORTH_COMPILING)
