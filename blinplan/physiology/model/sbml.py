"""The model of one patient, and the course with its events, as SBML Level 3 Version 2.

Written out independently of the solver, so that any simulator can check it. Needs python-libsbml.
"""

from __future__ import annotations

import math
from typing import Any

from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.equations import RATES, identifier, signals
from blinplan.physiology.model.population import CYTOKINES, ELEVATED, Population
from blinplan.quantities import MINUTES_PER_DAY


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


# A unit is a product of SBML's base units: (kind, exponent, what one of it is multiplied by before).
_DAY, _LITRE = ("second", 1, 86400.0), ("litre", 1, 1.0)
_PER_DAY, _PER_LITRE = ("second", -1, 86400.0), ("litre", -1, 1.0)
_PG_PER_ML = (("gram", 1, 1e-9), _PER_LITRE)
_UNITS: dict[str, tuple[tuple[str, int, float], ...]] = {
    "day": (_DAY,),
    "per_day": (_PER_DAY,),
    "pg_per_mL": _PG_PER_ML,
    "pg_per_mL_per_day": (*_PG_PER_ML, _PER_DAY),
    "mcg_per_day": (("gram", 1, 1e-6), _PER_DAY),
    "L": (_LITRE,),
    "L_per_day": (_LITRE, _PER_DAY),
    "cells_per_uL": (("item", 1, 1e6), _PER_LITRE),
    "pg_per_mL_in_mcg_per_L": (("dimensionless", 1, 1e-3),),
}
"""Every unit of the model, by its id."""

_UNIT_OF = {
    **dict.fromkeys(("concentration", "lysis_ec50", "activation_ec50"), "pg_per_mL"),
    **dict.fromkeys(
        ("il_6", "il_10", "ifn_gamma", "baseline_il_6", "baseline_il_10", "baseline_ifn_gamma"), "pg_per_mL"
    ),
    **dict.fromkeys(("release_il_6", "release_il_10", "release_ifn_gamma"), "pg_per_mL_per_day"),
    **dict.fromkeys(("t_total", "t_adherent", "t_blood", "t_cells", "effector_reference"), "cells_per_uL"),
    **dict.fromkeys(("b_blood", "b_cells", "b_reference"), "cells_per_uL"),
    **dict.fromkeys(
        ("kill_rate", "lysis", "cytolytic_rate", "b_turnover", "regeneration_rate", "blast_growth"), "per_day"
    ),
    **dict.fromkeys(
        ("adhesion", "adhesion_rate", "adhesion_adaptation", "adhesion_recovery", "return_rate"), "per_day"
    ),
    **dict.fromkeys(("desensitisation", "resensitisation", "proliferation_rate", "proliferation_loss"), "per_day"),
    **dict.fromkeys(("homeostasis", "cytokine_loss"), "per_day"),
    "clearance": "L_per_day",
    "volume": "L",
    "rate": "mcg_per_day",
    "release": "day",
}
"""Units of what has one; all else of the model is a plain number."""


def _formula(libsbml: Any, text: str) -> Any:
    tree = libsbml.parseL3Formula(text)
    if tree is None:
        raise SbmlError(f"{text}: {libsbml.getLastParseL3Error()}")
    _declare_numbers(tree)
    return tree


def _declare_numbers(tree: Any) -> None:
    """Give each number of a formula its unit: plain, but for the 1000 between mcg/L and pg/mL and for times."""
    if tree.isRelational():
        tree.getChild(1).setUnits("day")
        return
    if tree.isNumber():
        tree.setUnits("pg_per_mL_in_mcg_per_L" if tree.getValue() == 1000.0 else "dimensionless")
    for i in range(tree.getNumChildren()):
        _declare_numbers(tree.getChild(i))


def _declare_units(libsbml: Any, model: Any) -> None:
    for name, factors in _UNITS.items():
        definition = model.createUnitDefinition()
        definition.setId(name)
        for kind, exponent, multiplier in factors:
            unit = definition.createUnit()
            unit.setKind(libsbml.UnitKind_forName(kind))
            unit.setExponent(exponent)
            unit.setScale(0)
            unit.setMultiplier(multiplier)
    model.setTimeUnits("day")


def _parameter(
    model: Any, name: str, value: float | None, *, constant: bool, meaning: str = "", unit: str = ""
) -> None:
    parameter = model.createParameter()
    parameter.setId(name)
    parameter.setConstant(constant)
    parameter.setUnits(unit or _UNIT_OF.get(name, "dimensionless"))
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
        rate = float(dosing.rates[k, column])
        _parameter(model, f"rate_{k}", rate, constant=True, meaning="infusion, mcg/day", unit="mcg_per_day")
        change.setMath(_formula(libsbml, f"rate_{k}"))


def to_sbml(dosing: Dosing, population: Population, patient: int = 0, *, options: Options | None = None) -> str:
    """Write one patient's model and course as SBML; time is in days from the start of the course.

    Raises
    ------
    SbmlError
        When libSBML's own consistency checks find anything.
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
    _declare_units(libsbml, model)
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
    """Hold a document to all that libSBML checks, units too: it has to be free of warnings."""
    document.checkConsistency()
    found = [document.getError(i).getMessage().strip() for i in range(document.getNumErrors())]
    if found:
        raise SbmlError("; ".join(found))
