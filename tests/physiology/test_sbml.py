"""The model as SBML, run by an independent simulator."""

import libsbml  # type: ignore[import-untyped]
import numpy as np
import pytest
import roadrunner  # type: ignore[import-untyped]

from blinplan.physiology import Options, simulate
from tests.physiology.courses import extremes, label
from tests.physiology.test_reference import SCALES


def test_the_export_passes_libsbml_and_names_every_event() -> None:
    from blinplan.physiology.sbml import to_sbml

    text = to_sbml(label(2), extremes("adult-rr"), 9)
    document = libsbml.readSBMLFromString(text)
    assert document.getNumErrors() == 0
    assert document.getModel().getNumEvents() == 4
    assert document.checkConsistency() == 0 or not any(
        document.getError(i).getSeverity() >= libsbml.LIBSBML_SEV_ERROR for i in range(document.getNumErrors())
    )


@pytest.mark.parametrize(
    ("preset", "patient", "attenuation"), [("adult-rr", 9, "desensitisation"), ("child", 10, "target-loss")]
)
def test_an_independent_simulator_draws_the_same_curves(preset: str, patient: int, attenuation: str) -> None:
    from blinplan.physiology.sbml import to_sbml

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    people, days = extremes(preset), np.arange(0.0, 85.0)
    options = Options(attenuation=attenuation)  # type: ignore[arg-type]
    found = simulate(label(2), people, options=options, output_days=days, endpoints=False).trajectories
    assert found is not None
    runner = roadrunner.RoadRunner(to_sbml(label(2), people, patient, options=options))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-6, 1e-8
    names = [
        "concentration",
        "cytolytic",
        "adhesion_memory",
        "proliferation",
        "t_blood",
        "t_adherent",
        "b_blood",
        "il_6",
    ]
    runner.timeCourseSelections = ["time", *names, "marrow_1", "marrow_2", "marrow_3"]
    theirs = np.array(runner.simulate(0, 84, 85))
    mine = {name: getattr(found, name)[:, patient] for name in names if name != "il_6"}
    mine["il_6"] = found.cytokines[2, :, patient]
    for column, name in enumerate(names, start=1):
        scale = SCALES["il6" if name == "il_6" else name]
        error = np.abs(mine[name] - theirs[:, column]) / (np.abs(theirs[:, column]) + scale)
        assert error.max() < 1e-3, name
    assert np.abs(found.marrow[:, :, patient] - theirs[:, -3:].T).max() < 1e-4
