"""One simulation that the tests of its reports share."""

import pytest

from blinplan.regimen import library
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.simulation import Simulation


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    regimen = library.regimen("rr-adult")
    return run(regimen, patients=60, seed=3)


@pytest.fixture(scope="session")
def typical() -> Simulation:
    regimen = library.regimen("mrd-below-45-kg")
    return run(regimen, patients=None)
