"""One simulation that the tests of its reports share."""

import pytest

from blinplan.regimen import library
from blinplan.simulation.trial import Simulation, run


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    regimen = library.load("rr-adult").regimen
    assert regimen is not None
    return run(regimen, patients=60, seed=3)


@pytest.fixture(scope="session")
def typical() -> Simulation:
    regimen = library.load("mrd-below-45-kg").regimen
    assert regimen is not None
    return run(regimen, patients=None)
