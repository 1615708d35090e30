"""Endpoints read off the curves of the exported model in a simulator of others are those that our engine gathers."""

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.physiology.model.sbml import to_sbml
from blinplan.physiology.model.states import SHOWN, TABLE, States
from blinplan.regimen import library
from blinplan.simulation.admission import admitted_typical
from blinplan.simulation.endpoints.definition import EndpointKind
from blinplan.simulation.trials.trial import Trial
from tests.collection.grid import at_night
from tests.public_files import package
from tests.simulation.endpoints.curves import both_ways

pytestmark = pytest.mark.outside
PER_DAY = 480


@pytest.mark.parametrize("name", ["nhl-5", at_night("short-course"), "mrd-adult"])
def test_endpoints_are_the_same_by_their_definitions(name: str) -> None:
    regimen = library.regimen(name)
    patient = admitted_typical(regimen, regimen.virtual_population)
    trial = Trial(regimen, periods(regimen), patient)
    days = trial.dosing.edges_minutes[-1] // 1440
    roadrunner = package("roadrunner")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    runner = roadrunner.RoadRunner(to_sbml(trial.dosing, patient))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-10, 1e-14
    runner.integrator.maximum_num_steps = 2_000_000
    runner.timeCourseSelections = ["time", *(state.name for state in TABLE)]
    time, *states = np.array(runner.simulate(0, days, days * PER_DAY + 1), dtype=np.float64).T[:, :, None]
    signals = {shown.key: shown.values(States(*states), patient) for shown in SHOWN}
    count = 0
    for of in both_ways(trial.run(), time[:, 0], signals):
        count += 1
        assert np.isnan(of.gathered[0]) == np.isnan(of.read[0]), of.key
        if of.kind is EndpointKind.EVENT:
            assert of.gathered[0] == of.read[0], of.key
        else:
            slack = {"day": 0.01, "h": 0.2}.get(of.unit, 1e-5)
            assert of.read[0] == pytest.approx(of.gathered[0], rel=1e-3, abs=slack, nan_ok=True), of.key
    assert count > 20
