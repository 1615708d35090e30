"""The model of one patient, and the course with its events, as SBML Level 3 Version 2.

Written out independently of the solver, so that any simulator can check it. Needs python-libsbml.
"""

from __future__ import annotations

import math
from typing import Any

from blinplan.physiology.equations import RATES, identifier, signals
from blinplan.physiology.population import CYTOKINES, ELEVATED, Population
from blinplan.physiology.solve import MINUTES_PER_DAY, Dosing, Options


def constants_of(population: Population, patient: int) -> dict[str, float]:
    """Values of one patient's parameters, by their names in the model."""
    p, c = population, population.constants
    individual = (
        "clearance lysis_ec50 activation_ec50 kill_rate marrow_sensitivity regeneration_rate blast_sensitivity b_cells "
        "t_cells blasts adhesion_rate adhesion_adaptation proliferation_rate"
    )
    values = {name: float(getattr(p, name)[patient]) for name in individual.split()}
    values |= {name: float(getattr(c, name)) for name in c._fields if not name.startswith("premedication")}
    for j, name in enumerate(ELEVATED):
        values[f"release_{identifier(name)}"] = float(p.cytokine_release[j, patient])
        values[f"baseline_{identifier(name)}"] = float(p.cytokine_baseline[CYTOKINES.index(name), patient])
    return values


def initial_states(population: Population, patient: int) -> dict[str, float]:
    """Values of one patient's states before treatment, by their names in the model."""
    start = {name: 0.0 for name, _, _ in RATES}
    start |= {"t_total": float(population.t_cells[patient]), "b_blood": float(population.b_cells[patient])}
    start |= {f"marrow_{stage}": 1.0 for stage in (1, 2, 3)}
    start["log_blasts"] = math.log(float(population.blasts[patient]))
    return start


class SbmlError(ValueError):
    """A model that libSBML does not accept."""


def _formula(libsbml: Any, text: str) -> Any:
    tree = libsbml.parseL3Formula(text)
    if tree is None:
        raise SbmlError(f"{text}: {libsbml.getLastParseL3Error()}")
    return tree


def _parameter(model: Any, name: str, value: float | None, *, constant: bool, meaning: str = "") -> None:
    parameter = model.createParameter()
    parameter.setId(name)
    parameter.setConstant(constant)
    parameter.setUnits("dimensionless")
    if value is not None:
        parameter.setValue(value)
    if meaning:
        parameter.setName(meaning)


def _events(libsbml: Any, model: Any, dosing: Dosing, column: int) -> None:
    """Change the infusion rate at each edge of the course."""
    for k, minute in enumerate(dosing.edges_minutes[:-1]):
        if k == 0:
            continue
        event = model.createEvent()
        event.setId(f"change_{k}")
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        trigger.setMath(_formula(libsbml, f"time >= {minute / MINUTES_PER_DAY!r}"))
        change = event.createEventAssignment()
        change.setVariable("rate")
        # A parameter and not a number, so that another patient of the same course needs no new model.
        _parameter(model, f"rate_{k}", float(dosing.rates[k, column]), constant=True, meaning="infusion, mcg/day")
        change.setMath(_formula(libsbml, f"rate_{k}"))


def to_sbml(dosing: Dosing, population: Population, patient: int = 0, *, options: Options | None = None) -> str:
    """Write one patient's model and course as SBML; time is in days from the start of the course.

    Raises
    ------
    SbmlError
        When libSBML's own consistency check finds an error.
    """
    import libsbml  # type: ignore[import-untyped]

    chosen = options or Options()
    if chosen.premedication:
        raise SbmlError("premedication is not exported")
    column = patient if dosing.rates.shape[1] > 1 else 0
    document = libsbml.SBMLDocument(3, 2)
    model = document.createModel()
    model.setId("blinatumomab")
    model.setName("Blinatumomab (Mechanism of Action), one patient")
    for name, value in constants_of(population, patient).items():
        _parameter(model, name, value, constant=True)
    _parameter(model, "rate", float(dosing.rates[0, column]), constant=False, meaning="infusion, mcg/day")
    for name, meaning, _ in RATES:
        _parameter(model, name, initial_states(population, patient)[name], constant=False, meaning=meaning)
    for name, _ in signals(chosen):
        _parameter(model, name, None, constant=False)
    for name, text in signals(chosen):
        rule = model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(_formula(libsbml, text))
    for name, _, text in RATES:
        rate = model.createRateRule()
        rate.setVariable(name)
        rate.setMath(_formula(libsbml, text))
    _events(libsbml, model, dosing, column)
    _check(libsbml, document)
    return str(libsbml.writeSBMLToString(document))


def _check(libsbml: Any, document: Any) -> None:
    # Every quantity keeps the unit of the parameter file; libSBML cannot follow pg and cells, so units are not checked.
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    serious = [e.getMessage().strip() for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if serious:
        raise SbmlError("; ".join(serious))
