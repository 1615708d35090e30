"""The model as SBML, run by an independent simulator."""

import math
from typing import Any

import libsbml  # type: ignore[import-untyped]
import numpy as np
import pytest

from blinplan.physiology import Options, load_parameters, simulate
from blinplan.physiology.model import sbml
from blinplan.physiology.model.sbml import to_sbml
from blinplan.physiology.model.states import TABLE
from tests.physiology.courses import extremes, label
from tests.public_files import package
from tests.witness import SCALES, errors, series_of


def complaints(text: str) -> list[str]:
    """All that libSBML finds with every one of its checks switched on, strict units and good practice among them."""
    document = libsbml.readSBMLFromString(text)
    for name in vars(libsbml):
        if name.startswith("LIBSBML_CAT_") and not name.endswith("_COMPAT"):
            document.setConsistencyChecks(getattr(libsbml, name), True)
    document.checkInternalConsistency()
    document.checkConsistency()
    return [document.getError(i).getMessage() for i in range(document.getNumErrors())]


@pytest.mark.parametrize("attenuation", ["desensitisation", "target-loss"])
def test_libsbml_finds_nothing_in_the_export_by_any_of_its_checks(attenuation: str) -> None:
    options = Options(attenuation=attenuation)  # type: ignore[arg-type]
    text = to_sbml(label(2), extremes("adult-rr"), 9, options=options)
    assert complaints(text) == []
    assert (
        libsbml.readSBMLFromString(text).getModel().getNumEvents() == 4 + 2
    )  # changes of the infusion; the last cell and its regrowth


@pytest.mark.parametrize("wrong", ["L", "L_per_day_squared", "pg_per_mL"])
def test_libsbml_finds_a_clearance_in_another_unit(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sbml._UNITS, "L_per_day_squared", (("litre", 1, 1.0), ("second", -2, 86400.0)))
    monkeypatch.setitem(sbml._UNIT_OF, "clearance", wrong)
    with pytest.raises(sbml.SbmlError, match="clearance"):
        to_sbml(label(2), extremes("adult-rr"))


def test_the_units_of_the_infusion_come_to_those_of_the_concentration() -> None:
    """libSBML compares what units are of, and not how large they are."""
    size = {name: math.prod(by**exponent for _, exponent, by in factors) for name, factors in sbml._UNITS.items()}
    infused = size["pg_per_mL_in_mcg_per_L"] * size["mcg_per_day"] / size["L"]
    assert infused == pytest.approx(size["pg_per_mL"] / size["day"], rel=1e-12)
    assert size["L_per_day"] * size["day"] == pytest.approx(size["L"])
    assert size["pg_per_mL_per_day"] * size["day"] == pytest.approx(size["pg_per_mL"])
    assert size["per_day"] * size["day"] == pytest.approx(1.0)
    assert size["cells_per_uL"] == pytest.approx(1e6)


def test_every_value_has_the_unit_of_the_parameter_file() -> None:
    document = libsbml.readSBMLFromString(to_sbml(label(2), extremes("adult-rr"), 9))
    units = {"pg/mL": "pg_per_mL", "cells/µL": "cells_per_uL", "1/day": "per_day", "L": "L", "1": "dimensionless"}
    checked = 0
    for name, parameter in load_parameters().parameters.items():
        # Clearance is exported per day, and release in pg/mL/day and not in baselines/day.
        exported = document.getModel().getParameter(name.replace("il6", "il_6").replace("il10", "il_10"))
        if exported is not None and not name.startswith(("clearance", "release_i")):
            assert exported.getUnits() == units[parameter.unit], name
            checked += 1
    assert checked > 25


def assigned(model: Any) -> dict[str, list[str]]:
    """What each event of a model assigns to."""
    events = (model.getEvent(i) for i in range(model.getNumEvents()))
    return {
        event.getId(): [event.getEventAssignment(j).getVariable() for j in range(event.getNumEventAssignments())]
        for event in events
    }


def test_less_than_a_molecule_or_a_cell_is_none_where_an_infusion_begins_anew() -> None:
    model = libsbml.readSBMLFromString(to_sbml(label(2), extremes("adult-rr"), 9)).getModel()
    fading = [state.name for state in TABLE if state.least is not None]
    assert {"concentration", "cytolytic", "proliferation", "t_adherent", "release"} <= set(fading)
    assert assigned(model) == {  # a step, a stop, a start, a stop
        "change_1": ["rate"],
        "change_2": ["rate"],
        "change_3": ["rate", *fading],
        "change_4": ["rate"],
        "last_cell": ["below_one_cell", "log_blasts"],
        "regrowth": ["below_one_cell", "log_blasts"],
    }
    least = {name: model.getParameter(f"least_{name}").getValue() for name in fading}
    molecules_per_litre = least["concentration"] * 1e-9 / 54_000 * 6.022e23  # 1 pg/mL is 1e-9 g/L
    assert molecules_per_litre * model.getParameter("volume").getValue() == pytest.approx(1.0, rel=1e-3)
    assert least["t_adherent"] * 5e6 == pytest.approx(1.0)  # µL of blood


@pytest.mark.outside
@pytest.mark.parametrize(
    ("preset", "patient", "attenuation"), [("adult-rr", 9, "desensitisation"), ("child", 10, "target-loss")]
)
def test_an_independent_simulator_draws_the_same_curves(preset: str, patient: int, attenuation: str) -> None:
    roadrunner = package("roadrunner")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    people, days = extremes(preset), np.arange(0.0, 85.0)
    options = Options(attenuation=attenuation)  # type: ignore[arg-type]
    found = simulate(label(2), people, options=options, output_days=days, endpoints=False).trajectories
    assert found is not None
    runner = roadrunner.RoadRunner(to_sbml(label(2), people, patient, options=options))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-6, 1e-8
    runner.timeCourseSelections = list(SCALES)
    theirs = dict(zip(SCALES, np.array(runner.simulate(0, 84, 85)).T, strict=True))
    person = people.select(slice(patient, patient + 1))
    mine = series_of((values[:, patient] for values in found.states), person)
    greatest = {name: float(error.max()) for name, error in errors(mine, theirs).items()}
    assert max(greatest.values()) < 1e-3, greatest
    assert max(np.abs(mine[name] - theirs[name]).max() for name in ("marrow_1", "marrow_2", "marrow_3")) < 1e-4
