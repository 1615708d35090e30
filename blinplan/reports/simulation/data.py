"""Results as tables of data: every patient's endpoints, and every patient's curves.

A column says its unit in its name and beside it, so that the table explains itself in CSV and in Parquet.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.data_table import Column, ColumnKind, DataTable
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.model.states import SHOWN
from blinplan.quantities import MINUTES_PER_DAY, digits_text
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.words import given_by_table, number_drawn
from blinplan.simulation.crowd.cohort import Cohort
from blinplan.simulation.crowd.kept import BODY, DonePortion, KeptOutcome
from blinplan.simulation.endpoints.definition import COLUMN_WORDS
from blinplan.simulation.measured.errors import ASSAYS, Assay, Errors
from blinplan.simulation.outcome import Occurrence, Quantity, there_by
from blinplan.simulation.trajectories import Portion, RequestedCurves
from blinplan.simulation.trials.simulation import PlannedSimulation, Simulation

Values = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.object_]
Simulated = Simulation | PlannedSimulation | RequestedCurves
AT_ONCE = 1_000
"""Patients of whom the endpoints are read at once."""
ROW_GROUP = 100_000


def simulation_manifest(of: Simulated, input_fingerprint: str, record: str | None = None) -> dict[str, Any]:
    """State what virtual patients were simulated with, so that they can be again; with the record of their course."""
    return manifest(
        regimen=of.regimen.name,
        input=input_fingerprint,
        **({} if record is None else {"record": record}),
        population=of.preset,
        seed=of.seed,
        patients=None if of.alone else of.cohort.size,
        **({"first": of.cohort.before + 1} if of.cohort.before else {}),
        **(
            {}
            if of.alone
            else {**number_drawn(of.cohort), **given_by_table(of.cohort.table, of.cohort.given_parameters, of.off_drug)}
        ),
        **({} if not of.own_courses else {"own_courses": of.own_courses}),
        typical_bsa_m2=of.typical_area,
        attenuation=of.options.attenuation,
        premedication=of.options.premedication,
        engine=of.engine,
        follow_up_days=of.follow_up_days,
    )


def _about(of: Simulated, input_fingerprint: str, record: str | None) -> dict[str, Any]:
    return {"unverified": of.regimen.unverified, **simulation_manifest(of, input_fingerprint, record)}


_PATIENT = Column("patient", "", "number of the virtual patient, from 1", ColumnKind.WHOLE)
_ID = Column("id", "", "what the patient is called in the table of patients", ColumnKind.TEXT)
_BODY = {
    "age_years": Column("age_years", "year", "age"),
    "female": Column("female", "", "1 for a woman or girl, 0 for a man or boy", ColumnKind.WHOLE),
    "weight_kg": Column("weight_kg", "kg", "body weight"),
    "height_cm": Column("height_cm", "cm", "height"),
    "bsa_m2": Column("bsa_m2", "m²", "body surface area"),
    "clearance": Column("clearance_l_per_day", "L/day", "clearance of the drug"),
}


def column_name(key: str, unit: str) -> str:
    """Name the column of an endpoint: its key, and its unit unless the key says it."""
    return f"{key}_{COLUMN_WORDS[unit]}" if unit in COLUMN_WORDS else key


def endpoint_table(
    simulated: Simulation | PlannedSimulation,
    computed: Iterable[DonePortion],
    input_fingerprint: str,
    errors: Errors | None = None,
    record: str | None = None,
    others: Iterable[KeptOutcome] = (),
) -> DataTable:
    """Every patient's endpoints, one patient a row; missing where an endpoint does not occur in a patient.

    With errors, those that are levels of something stand at the end once more, as a sample would be measured. Where
    there are plausible models, the same patients follow under each of them, as ``others`` says, and the last column
    says under which.
    """
    by_day = simulated.request.by_day
    typical = endpoint_columns(simulated.typical.quantities, simulated.typical.events, by_day)
    measured = measured_endpoint_columns(simulated.typical.quantities, errors)
    columns = (*patient_columns(simulated.cohort), *(column for column, _ in typical), *measured)
    models = len(simulated.models)
    each = chain((computed,), (kept.portions(AT_ONCE) for kept in others))
    rows = (rows_of_endpoints(portions, simulated.cohort, by_day, errors) for portions in each)
    about = {**_about(simulated, input_fingerprint, record), **models_of(models), **errors_of(errors)}
    shown = with_model(models, columns, rows)
    return DataTable("endpoints", shown.columns, shown.rows, about, row_group=ROW_GROUP)


MODEL = Column("model", "", "0: the shipped parameters; from 1: the number of a plausible set", ColumnKind.WHOLE)
Rows = Iterator[tuple[Values, ...]]


class ShownRows(NamedTuple):
    """Columns, and rows that have them."""

    columns: tuple[Column, ...]
    rows: Rows


def with_model(models: int, columns: tuple[Column, ...], each: Iterable[Iterable[tuple[Values, ...]]]) -> ShownRows:
    """Rows under the shipped parameters, then under each of so many plausible sets; where there are, a column says so.

    ``each`` has the rows of the same patients under one after the other.
    """
    if not models:
        return ShownRows(columns, chain.from_iterable(each))
    numbered = ((*row, np.full(row[0].shape[0], number)) for number, rows in enumerate(each) for row in rows)
    return ShownRows((*columns, MODEL), numbered)


def models_of(models: int) -> dict[str, Any]:
    """How many plausible models there are beside the shipped one, for a manifest, where there are any."""
    return {"plausible_models": models} if models else {}


def errors_of(errors: Errors | None) -> dict[str, Any]:
    """What errors of measuring were drawn from, for a manifest, where there are any."""
    return {} if errors is None else {"measured_seed": errors.seed}


def endpoint_columns(
    quantities: Sequence[Quantity], events: Sequence[Occurrence], by_day: Sequence[float]
) -> list[tuple[Column, FloatArray]]:
    """The columns of endpoints with what they hold, in the order of their places; what is by a day is last."""
    found = [(of.place, _quantity_column(of), of.values) for of in quantities]
    found += [(of.place, _event_column(of), np.where(of.at_risk, of.happens * 1.0, np.nan)) for of in events]
    in_order = [(column, values) for _, column, values in sorted(found, key=lambda one: one[0])]
    return in_order + [_by_day_column(of, day) for of in quantities if of.is_time for day in by_day]


def _by_day_column(of: Quantity, day: float) -> tuple[Column, FloatArray]:
    """Whether each patient has got somewhere by a day; missing where that cannot come to a patient, or not by then."""
    found = there_by(of, day)
    name = f"{of.key.removesuffix('_day')}_by_day_{digits_text(day)}"
    column = Column(name, "", f"{of.group}: {of.label}, by day {digits_text(day)}", ColumnKind.TRUTH)
    return column, np.where(found.at_risk, found.happens * 1.0, np.nan)


def _quantity_column(of: Quantity) -> Column:
    return Column(column_name(of.key, of.unit), of.unit, f"{of.group}: {of.label}")


def _event_column(of: Occurrence) -> Column:
    return Column(of.key, "", f"{of.group}: {of.label}", ColumnKind.TRUTH)


_ASSAYS = {assay.signal: assay for assay in ASSAYS}


def _levels(quantities: Iterable[Quantity]) -> Iterator[tuple[Assay, Quantity]]:
    """Endpoints that are levels of something that is measured."""
    for of in quantities:
        signal = {("Drug", "pg/mL"): "drug", ("B cells", "cells/µL"): "b-cells"}.get((of.group, of.unit))
        if of.key.startswith("il6_") and of.unit == "pg/mL":
            signal = "il-6"
        if signal is not None:
            yield _ASSAYS[signal], of


def measured_signals(quantities: Iterable[Quantity]) -> frozenset[str]:
    """What of it is measured, by the names of signals."""
    return frozenset(assay.signal for assay, _ in _levels(quantities))


def measured_endpoint_columns(quantities: Iterable[Quantity], errors: Errors | None) -> list[Column]:
    """The columns of endpoints as a sample would be measured; none where no errors are asked for."""
    return [
        column
        for _, of in (() if errors is None else _levels(quantities))
        for column in _measured_columns(of.key, f"_{COLUMN_WORDS[of.unit]}", of.unit, f"{of.group}: {of.label}")
    ]


def _measured_columns(stem: str, suffix: str, unit: str, label: str) -> tuple[Column, Column]:
    return (
        Column(f"{stem}_measured{suffix}", unit, f"{label}, as measured; missing beyond the limits of the assay"),
        Column(f"{stem}_measured_beyond", unit, "the limit that it is beyond: < 50, > 1000", ColumnKind.TEXT),
    )


def _samples(portion: DonePortion, errors: Errors | None) -> Iterator[Values]:
    """The same endpoints, as samples that are taken then would be measured."""
    if errors is not None:
        for assay, of in _levels(portion.quantities):
            yield from errors.of_endpoint(assay, of.key, of.values, portion.numbers)


def patient_columns(cohort: Cohort) -> tuple[Column, ...]:
    """The columns that say which patient it is, and of what body; none for what nobody says."""
    return (*_who(cohort), *(_BODY[name] for name in said_of_body(cohort, BODY)))


def said_of_body(cohort: Cohort, names: Iterable[str]) -> list[str]:
    """Of fields of a `Population`, those that are said of patients, or drawn."""
    return [name for name in names if name not in cohort.unsaid]


def _who(cohort: Cohort) -> tuple[Column, ...]:
    """The columns that say which patient it is."""
    return (_PATIENT, _ID) if cohort.ids else (_PATIENT,)


def _numbers(cohort: Cohort, first: int, numbers: FloatArray) -> tuple[Values, ...]:
    """Which patients they are, of whom ``first`` come before: by number in the seed, or else counted; and by name."""
    counted = np.arange(first, first + numbers.shape[0]) if cohort.seed is None else numbers.astype(np.int64)
    names = np.array(cohort.ids[first : first + numbers.shape[0]], dtype=np.object_)
    return (counted + 1, names) if cohort.ids else (counted + 1,)


def rows_of_endpoints(
    computed: Iterable[DonePortion], cohort: Cohort, by_day: Sequence[float], errors: Errors | None
) -> Iterator[tuple[Values, ...]]:
    """The rows of patients, with whether they have got somewhere by each of some days."""
    done, said = 0, said_of_body(cohort, BODY)
    for portion in computed:
        body = dict(zip(BODY, portion.body, strict=True))
        yield (
            *_numbers(cohort, done, portion.numbers),
            *(_of_kind(body[name], _BODY[name].kind) for name in said),
            *(values for _, values in endpoint_columns(portion.quantities, portion.events, by_day)),
            *_samples(portion, errors),
        )
        done += portion.numbers.shape[0]


def _of_kind(values: FloatArray, kind: ColumnKind) -> Values:
    return values.astype(np.int64) if kind is ColumnKind.WHOLE else values


_CURVES = (
    Column("minute", "min", "whole minutes from the start of the course", ColumnKind.WHOLE),
    Column("day", "day", "the same in days"),
    Column("cycle", "", "number of the cycle that this time begins or lies in", ColumnKind.WHOLE),
    Column("step", "", "number of the dose step within its cycle, 0 in a treatment-free interval", ColumnKind.WHOLE),
    Column("infusion_mcg_per_day", "mcg/day", "infusion rate from this time on"),
    *(Column(shown.column, shown.unit, shown.meaning) for shown in SHOWN),
)


_SHOWN = {shown.key: shown for shown in SHOWN}


def _measured_curves() -> Iterator[Column]:
    for assay in ASSAYS:
        shown = _SHOWN[assay.signal]
        suffix = f"_{COLUMN_WORDS[shown.unit]}"
        yield from _measured_columns(shown.column.removesuffix(suffix), suffix, shown.unit, shown.meaning)


def curve_table(
    curves: RequestedCurves,
    computed: Iterable[Iterable[Portion]],
    input_fingerprint: str,
    errors: Errors | None = None,
    record: str | None = None,
) -> DataTable:
    """Every patient's curves, one time of one patient a row, by patient and then by time, to the end of each course.

    Cytokines that the model holds at their baseline have no column. With errors, what a ward would measure then stands
    beside what is. ``computed`` has the curves under the shipped parameters, and then under each plausible model, where
    there are any: the last column says under which.
    """
    models, measured = len(curves.models), () if errors is None else _measured_curves()
    each = zip(curves.each, computed, strict=True)
    rows = ((_rows(under, portion, errors) for portion in portions) for under, portions in each)
    shown = with_model(models, (*_who(curves.cohort), *_CURVES, *measured), rows)
    about = {**_about(curves, input_fingerprint, record), "every_minutes": curves.every}
    return DataTable("curves", shown.columns, shown.rows, {**about, **models_of(models), **errors_of(errors)})


def _rows(curves: RequestedCurves, portion: Portion, errors: Errors | None) -> tuple[Values, ...]:
    trajectories, given = portion.trajectories, portion.given
    patients, times, row = trajectories.population.size, curves.minutes.shape[0], given.rows_at(curves.minutes)

    def by_patient(values: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(values.T).reshape(-1)

    def samples(given: Errors) -> Iterator[NDArray[Any]]:
        people = trajectories.population
        for assay in ASSAYS:
            values = _SHOWN[assay.signal].values(trajectories.states, people)
            yield from map(by_patient, given.at_minutes(assay, values, people.numbers, curves.minutes))

    who = _numbers(curves.cohort, portion.first, trajectories.population.numbers)
    rows = (
        *(np.repeat(column, times) for column in who),
        np.tile(curves.minutes, patients),
        np.tile(curves.minutes / MINUTES_PER_DAY, patients),
        *(by_patient(np.take_along_axis(of, row, axis=0)) for of in (given.cycles, given.steps, given.rates)),
        *(by_patient(shown.values(trajectories.states, trajectories.population)) for shown in SHOWN),
        *(() if errors is None else samples(errors)),
    )
    own = curves.trial.own
    if own is None:
        return rows
    within = by_patient(curves.minutes[:, np.newaxis] <= own.ends_of(trajectories.population.numbers))
    return tuple(values[within] for values in rows)
