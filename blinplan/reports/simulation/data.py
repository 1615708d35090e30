"""Results as tables of data: every patient's endpoints, and every patient's curves.

A column says its unit in its name and beside it, so that the table explains itself in CSV and in Parquet.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blinplan.data_table import Column, ColumnKind, DataTable
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import SHOWN
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.words import given_baselines, number_drawn
from blinplan.simulation.trajectories import Portion, RequestedCurves
from blinplan.simulation.trial import Simulation

Values = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.object_]
_ROWS = 100_000


def simulation_manifest(of: Simulation | RequestedCurves, input_fingerprint: str) -> dict[str, Any]:
    """State what virtual patients were simulated with, so that they can be again."""
    return manifest(
        regimen=of.regimen.name,
        input=input_fingerprint,
        population=of.preset,
        seed=of.seed,
        patients=None if of.alone else of.population.size,
        **({} if of.alone else {**number_drawn(of.population), **given_baselines(of.population)}),
        typical_bsa_m2=of.typical_area,
        attenuation=of.options.attenuation,
        premedication=of.options.premedication,
        engine=of.engine,
        follow_up_days=of.follow_up_days,
    )


def _about(of: Simulation | RequestedCurves, input_fingerprint: str) -> dict[str, Any]:
    return {"unverified": of.regimen.unverified, **simulation_manifest(of, input_fingerprint)}


_PATIENT = Column("patient", "", "number of the virtual patient, from 1", ColumnKind.WHOLE)
_ID = Column("id", "", "what the patient is called in the table of patients", ColumnKind.TEXT)
_COVARIATES = (
    (Column("age_years", "year", "age"), "age_years"),
    (Column("female", "", "1 for a woman or girl, 0 for a man or boy", ColumnKind.WHOLE), "female"),
    (Column("weight_kg", "kg", "body weight"), "weight_kg"),
    (Column("height_cm", "cm", "height"), "height_cm"),
    (Column("bsa_m2", "m²", "body surface area"), "bsa_m2"),
    (Column("clearance_l_per_day", "L/day", "clearance of the drug"), "clearance"),
)
# How the units of endpoints are written in names.
_SUFFIXES = {
    "pg/mL": "_pg_per_ml",
    "ng·day/mL": "_ng_day_per_ml",
    "mcg": "_mcg",
    "cells/µL": "_per_ul",
    "% of baseline": "_percent_of_baseline",
    "% of step": "_percent_of_step",
    "h": "_h",
}


def column_name(key: str, unit: str) -> str:
    """Name the column of an endpoint: its key, and its unit unless the key says it."""
    return key + _SUFFIXES.get(unit, "")


def endpoint_table(simulation: Simulation, input_fingerprint: str) -> DataTable:
    """Every patient's endpoints, one patient a row; missing where an endpoint does not occur in a patient."""
    people = simulation.population
    covariates: list[_Column] = [(column, np.asarray(getattr(people, of))) for column, of in _COVARIATES]
    columns = covariates + [column for _, column in sorted(_endpoint_columns(simulation), key=lambda one: one[0])]
    who, numbers = _who(people)
    values = [v.astype(np.int64) if column.kind is ColumnKind.WHOLE else v for column, v in columns]
    return DataTable(
        "endpoints",
        (*who, *(column for column, _ in columns)),
        _slices([*numbers, *values]),
        _about(simulation, input_fingerprint),
    )


_Column = tuple[Column, NDArray[Any]]


def _endpoint_columns(simulation: Simulation) -> Iterator[tuple[int, _Column]]:
    """The columns of endpoints, each with its place among them."""
    for quantity in simulation.quantities:
        name = column_name(quantity.key, quantity.unit)
        yield quantity.place, (Column(name, quantity.unit, f"{quantity.group}: {quantity.label}"), quantity.values)
    for event in simulation.events:
        happens = np.where(event.at_risk, event.happens.astype(np.float64), np.nan)
        yield event.place, (Column(event.key, "", f"{event.group}: {event.label}", ColumnKind.TRUTH), happens)


def _who(people: Population) -> tuple[tuple[Column, ...], list[Values]]:
    """The columns that say which patient it is, and what stands in them, one patient a row."""
    if not people.ids:
        return (_PATIENT,), [_numbers(people)]
    return (_PATIENT, _ID), [_numbers(people), np.array(people.ids, dtype=np.object_)]


def _numbers(people: Population) -> NDArray[np.int64]:
    """The numbers of the patients: within their seed, of which some are missing where they are not admitted."""
    return np.arange(1, people.size + 1) if people.seed is None else people.numbers.astype(np.int64) + 1


def _slices(columns: list[Values]) -> Iterator[tuple[Values, ...]]:
    for first in range(0, columns[0].shape[0], _ROWS):
        yield tuple(column[first : first + _ROWS] for column in columns)


_CURVES = (
    Column("minute", "min", "whole minutes from the start of the course", ColumnKind.WHOLE),
    Column("day", "day", "the same in days"),
    Column("cycle", "", "number of the cycle that this time begins or lies in", ColumnKind.WHOLE),
    Column("step", "", "number of the dose step within its cycle, 0 in a treatment-free interval", ColumnKind.WHOLE),
    Column("infusion_mcg_per_day", "mcg/day", "infusion rate from this time on"),
    *(Column(shown.column, shown.unit, shown.meaning) for shown in SHOWN),
)


def curve_table(curves: RequestedCurves, computed: Iterable[Portion], input_fingerprint: str) -> DataTable:
    """Every patient's curves, one time of one patient a row, by patient and then by time.

    Cytokines that the model holds at their baseline have no column.
    """
    return DataTable(
        "curves",
        (*_who(curves.population)[0], *_CURVES),
        (_rows(curves, portion) for portion in computed),
        {**_about(curves, input_fingerprint), "every_minutes": curves.every},
    )


def _rows(curves: RequestedCurves, portion: Portion) -> tuple[Values, ...]:
    trajectories, row = portion.trajectories, curves.row_of_times
    patients, times = portion.rates.shape[1], curves.minutes.shape[0]
    cycle, step = (np.array(of)[row] for of in (curves.dosing.cycles, curves.dosing.steps))

    def by_patient(values: FloatArray) -> FloatArray:
        return np.ascontiguousarray(values.T).reshape(-1)

    which = slice(portion.first, portion.first + patients)
    return (
        *(np.repeat(column[which], times) for column in _who(curves.population)[1]),
        np.tile(curves.minutes, patients),
        np.tile(curves.minutes / MINUTES_PER_DAY, patients),
        np.tile(cycle, patients),
        np.tile(step, patients),
        by_patient(portion.rates[row]),
        *(by_patient(shown.values(trajectories.states, trajectories.population)) for shown in SHOWN),
    )
