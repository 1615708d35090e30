"""The model of one patient, and the course with its events, as SBML Level 3 Version 2.

Written out independently of the solver, so that any simulator can check it. Needs python-libsbml.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED, identifier
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.equations import signals
from blinplan.physiology.model.mechanism import LOG_ONE_CELL
from blinplan.physiology.model.parameters import load_parameters
from blinplan.physiology.model.population import INDIVIDUAL, Population
from blinplan.physiology.model.states import ROW, TABLE, initial_state
from blinplan.quantities import MINUTES_PER_DAY


def constants_of(population: Population, patient: int) -> dict[str, float]:
    """Values of one patient's parameters, by their names in the model."""
    p, c = population, population.constants
    values = {name: float(getattr(p, name)[patient]) for name in INDIVIDUAL}
    values |= {name: float(getattr(c, name)) for name in c._fields if not name.startswith("premedication")}
    for j, name in enumerate(ELEVATED):
        values[f"release_{identifier(name)}"] = float(p.cytokine_release[j, patient])
        values[f"baseline_{identifier(name)}"] = float(p.cytokine_baseline[CYTOKINES.index(name), patient])
    return values


def initial_states(population: Population, patient: int) -> dict[str, float]:
    """Values of one patient's states before treatment, by their names in the model."""
    start = initial_state(population.select(slice(patient, patient + 1)))[:, 0]
    return {state.name: float(value) for state, value in zip(TABLE, start, strict=True)}


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

_UNIT_NAMES = {
    "1": "dimensionless",
    "1/day": "per_day",
    "L": "L",
    "cells/µL": "cells_per_uL",
    "day": "day",
    "pg/mL": "pg_per_mL",
}
"""The ids of units as the parameter file and the table of states write them."""

# What is neither a parameter as the file has it nor a state; all else that has no unit is a plain number.
_UNIT_OF = {
    "clearance": "L_per_day",
    "rate": "mcg_per_day",
    "t_blood": "cells_per_uL",
    "adhesion": "per_day",
    "lysis": "per_day",
    "blast_change": "per_day",
    **{identifier(name): "pg_per_mL" for name in ELEVATED},
    **{f"baseline_{identifier(name)}": "pg_per_mL" for name in ELEVATED},
    **{f"release_{identifier(name)}": "pg_per_mL_per_day" for name in ELEVATED},
}


def _unit_of(name: str) -> str:
    if name in _UNIT_OF:
        return _UNIT_OF[name]
    parameter = load_parameters().parameters.get(name)
    return "dimensionless" if parameter is None else _UNIT_NAMES[parameter.unit]


def _formula(libsbml: Any, text: str) -> Any:
    tree = libsbml.parseL3Formula(text)
    if tree is None:
        raise SbmlError(f"{text}: {libsbml.getLastParseL3Error()}")
    _declare_numbers(tree)
    return tree


def _declare_numbers(tree: Any) -> None:
    """Give each number of a formula its unit: plain, but for the 1000 between mcg/L and pg/mL and for times."""
    if tree.isRelational() and tree.getChild(0).getName() == "time":
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
    parameter.setUnits(unit or _unit_of(name))
    if value is not None:
        parameter.setValue(value)
    if meaning:
        parameter.setName(meaning)


def _events(libsbml: Any, model: Any, dosing: Dosing, column: int, fading: Iterable[str]) -> None:
    """Change the infusion rate at each edge of the course; where one begins anew, what is next to none is none.

    Simulators scale the error that they allow by the value at a restart: of a value that has faded to 1e-52 they allow
    none that they could keep to, and give up.
    """
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
        # A parameter and not a number, so that another patient of the same course needs no new model.
        rate = float(dosing.rates[k, column])
        _parameter(model, f"rate_{k}", rate, constant=True, meaning="infusion, mcg/day", unit="mcg_per_day")
        _assign(libsbml, event, "rate", f"rate_{k}")
        if rate and not dosing.rates[k - 1, column]:
            for name in fading:
                _assign(libsbml, event, name, f"{name} * piecewise(1, {name} >= least_{name}, 0)")


def _hold_at_one_cell(libsbml: Any, model: Any) -> None:
    """Hold the blasts at one cell from when they fall below it until they grow.

    By events and not by a formula of two cases: simulators that look for the moment at which it switches stall at it.
    """
    words = "1 while the blasts are held at one cell, fewer than which cannot be there"
    _parameter(model, "below_one_cell", 0.0, constant=False, meaning=words)
    _parameter(model, "log_one_cell", LOG_ONE_CELL, constant=True, meaning="ln of one cell over a full marrow")
    for name, when, held in (
        ("last_cell", "log_blasts < log_one_cell", "1"),
        ("regrowth", "below_one_cell > 0.5 && blast_change > 0 * blast_growth", "0"),
    ):
        event = model.createEvent()
        event.setId(name)
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        trigger.setMath(_formula(libsbml, when))
        _assign(libsbml, event, "below_one_cell", held)
        _assign(libsbml, event, "log_blasts", "log_one_cell")


def _assign(libsbml: Any, event: Any, name: str, formula: str) -> None:
    change = event.createEventAssignment()
    change.setVariable(name)
    change.setMath(_formula(libsbml, formula))


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
    start = initial_states(population, patient)
    for state in TABLE:
        unit = _UNIT_NAMES[state.unit]
        _parameter(model, state.name, start[state.name], constant=False, meaning=state.meaning, unit=unit)
    fading = {state.name: state.least for state in TABLE if state.least is not None}
    for name, least in fading.items():
        unit = _UNIT_NAMES[TABLE[ROW[name]].unit]
        _parameter(model, f"least_{name}", least.value(population), constant=True, meaning=least.meaning, unit=unit)
    for name, _ in signals(chosen):
        _parameter(model, name, None, constant=False)
    for name, text in signals(chosen):
        rule = model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(_formula(libsbml, text))
    for state in TABLE:
        rate = model.createRateRule()
        rate.setVariable(state.name)
        rate.setMath(_formula(libsbml, state.rate))
    _events(libsbml, model, dosing, column, fading)
    _hold_at_one_cell(libsbml, model)
    _check(libsbml, document)
    return str(libsbml.writeSBMLToString(document))


def _check(libsbml: Any, document: Any) -> None:
    """Hold a document to all that libSBML checks, units too: it has to be free of warnings."""
    document.checkConsistency()
    complaints = [document.getError(i).getMessage().strip() for i in range(document.getNumErrors())]
    if complaints:
        raise SbmlError("; ".join(complaints))
