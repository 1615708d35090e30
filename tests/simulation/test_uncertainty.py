"""Uncertainty of the parameters, apart from variability between patients."""

import numpy as np
import pytest

from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.population import FloatArray
from blinplan.regimen import library
from blinplan.simulation.outcome import Occurrence, Quantity, over_patients
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.uncertainty import parameter_sets, set_outcome, uncertain_parameters


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


@pytest.mark.parametrize("patients", [1, 2, 7, 60])
def test_medians_and_shares_taken_at_once_are_those_of_each_endpoint(patients: int) -> None:
    """Of numbers and of times, missing here and there and everywhere, with few at risk and with nobody."""
    chance = np.random.default_rng(patients)

    def some(share: float) -> BoolArray:
        return np.asarray(chance.random(patients) < share)

    def values(missing: float) -> FloatArray:
        return np.where(some(missing), np.nan, chance.normal(size=patients))

    missing = (0.0, 0.3, 1.0)
    numbers = [Quantity(f"number {at}", "", "", "", values(share)) for at, share in enumerate(missing)]
    times = [
        Quantity(f"time {at} {risk}", "", "", "day", values(share), True, None if risk is None else some(risk))
        for at, share in enumerate(missing)
        for risk in (None, 0.0, 0.5)
    ]
    events = [Occurrence(f"event {risk}", "", "", some(0.4), some(risk)) for risk in (0.0, 0.5, 1.0)]
    found = set_outcome([*numbers, *times], events)
    for quantity in (*numbers, *times):
        assert repr(found.medians[quantity.key]) == repr(over_patients(quantity).median), quantity.key
    for event in events:
        assert repr(found.shares[event.key]) == repr(event.proportion.value), event.key
    assert set_outcome([], []) == ({}, {})
