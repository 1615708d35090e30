"""Uncertainty of the parameters, apart from variability between patients."""

import numpy as np
import pytest

from blinplan.regimen import library
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.uncertainty import parameter_sets, uncertain_parameters


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    regimen = library.regimen("nhl-15")
    return run(regimen, patients=40, seed=3, parameter_sets=12)


def test_typical_values_scatter_as_published() -> None:
    drawn = list(parameter_sets("adult-rr", 4000, 1))
    # Clements et al. 2020: relative standard errors of 2.95 % (clearance), 12.7 % (exponent), 8.86 % (volume).
    for key, published in (("clearance", 0.0295), ("clearance_exponent", 0.127), ("volume", 0.0886)):
        spread = np.std([np.log(preset.value(key)) for preset in drawn])
        assert spread == pytest.approx(published, rel=0.02)
    assert set(uncertain_parameters(drawn[0])) == {"clearance", "clearance_exponent", "volume"}


def test_a_set_is_the_same_however_many_are_drawn() -> None:
    few, many = list(parameter_sets("child", 3, 7)), list(parameter_sets("child", 30, 7))
    assert [preset.value("clearance") for preset in few] == [preset.value("clearance") for preset in many[:3]]
    assert few[0].value("clearance") != few[1].value("clearance")


def test_sets_do_not_touch_the_population_itself(simulation: Simulation) -> None:
    alone = run(simulation.regimen, patients=40, seed=3)
    assert alone.uncertainty is None
    for mine, theirs in zip(simulation.quantities, alone.quantities, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values)


def test_uncertainty_moves_exposure_by_the_standard_error_and_the_dose_not_at_all(simulation: Simulation) -> None:
    over = simulation.uncertainty
    assert over is not None
    assert over.sets == 12
    dose, exposure = over.medians["dose"], over.medians["auc"]
    assert dose.low == dose.high
    # 5th to 95th percentile of a log-normal of 2.95 % spans about 3.3 standard errors; between patients it is 160 %.
    assert 0.02 < np.log(exposure.high / exposure.low) < 0.25
