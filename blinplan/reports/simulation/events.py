"""Event records of virtual patients for NONMEM, mrgsolve and rxode2: what each is infused, and when samples are taken.

Times are in hours, amounts in mcg, volumes in L. The first columns are those that a control stream of `model --nonmem`
reads, in its order; programs that read columns by their names find the others behind them. Every cell but a name is a
number or empty, so that R reads numbers. Under plausible models the same patients follow under each; to a program each
of them is another patient, so ID is one of its own, and two columns say who it is and under which model.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.data_table import Column, ColumnKind, DataTable
from blinplan.outside_text import visible
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.quantities import HOURS_PER_DAY, MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.reports.simulation.data import MODEL, models_of, said_of_body, simulation_manifest
from blinplan.simulation.crowd.cohort import Cohort
from blinplan.simulation.measured.errors import ASSAYS, Errors
from blinplan.simulation.trajectories import Portion, RequestedCurves
from blinplan.simulation.trials.own_courses import GivenToEach

_READ = (
    Column("ID", "", "number of the patient", ColumnKind.WHOLE),
    Column("TIME", "h", "time from the start of the course"),
    Column("AMT", "mcg", "amount of an infusion; 0 where a sample is taken"),
    Column("RATE", "mcg/h", "rate of an infusion; 0 where a sample is taken"),
    Column(
        "EVID",
        "",
        "1 a dose, 0 an observation, 2 neither: off the drug",
        ColumnKind.WHOLE,
    ),
    Column("CMT", "", "number of the compartment", ColumnKind.WHOLE),
    Column("MDV", "", "1 where nothing is observed", ColumnKind.WHOLE),
    Column("DV", "", "natural logarithm of the measured concentration in pg/mL; empty for none"),
    Column("BSA", "m²", "body surface area"),
    Column("CYCLE", "", "number of the cycle", ColumnKind.WHOLE),
    Column("STEP", "", "number of the dose step within its cycle", ColumnKind.WHOLE),
)
_OF_PATIENT = {
    "weight_kg": Column("WT", "kg", "body weight"),
    "height_cm": Column("HT", "cm", "height"),
    "age_years": Column("AGE", "year", "age"),
    "female": Column("FEMALE", "", "1 for a woman or girl, 0 for a man or boy", ColumnKind.WHOLE),
    "clearance": Column("CLI", "L/h", "clearance of this patient"),
}
_CENSORED = Column("CENS", "", "1 below the assay's lower limit, -1 above its upper one, 0 else", ColumnKind.WHOLE)
_LIMIT = Column("LOQ", "", "natural logarithm of the limit in pg/mL that CENS is of; empty for none")
_SAME = Column("PATIENT", "", "ID of the same patient under the shipped parameters", ColumnKind.WHOLE)
_MODEL = Column("MODEL", "", MODEL.meaning, ColumnKind.WHOLE)
_NAME = Column("NAME", "", "what the patient is called in the table of patients", ColumnKind.TEXT)
_DRUG = next(assay for assay in ASSAYS if assay.signal == "drug")
_OBSERVATION, _DOSE, _OTHER = 0, 1, 2
_AT_ONCE = 1_000
"""Patients of whom records are made at once."""


class _Records(NamedTuple):
    """The records that some patients may have: at which minutes, and which are doses, with the period that begins."""

    minutes: NDArray[np.int64]
    doses: NDArray[np.bool_]
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, curves: RequestedCurves, given: GivenToEach) -> "_Records":
        """A dose before a sample of the same time; in whom a period has one, his own course says."""
        infused = [(of.start, 0, row) for row, of in enumerate(given.periods)]
        sampled = [(minute, 1, 0) for minute in curves.minutes.tolist()]
        minutes, kinds, rows = np.array(sorted([*infused, *sampled])).T
        return cls(minutes, kinds == 0, rows)


def event_table(
    curves: RequestedCurves,
    input_fingerprint: str,
    *,
    computed: Iterable[Iterable[Portion]] | None = None,
    errors: Errors | None = None,
    record: str | None = None,
) -> DataTable:
    """Make event records of all patients, patient by patient.

    With errors, the curves have to be ``computed``: what a ward would measure stands where it is observed. They are
    those under the shipped parameters, and then under each plausible model, where there are any.
    """
    each = (
        map(_blank_samples, curves.each)
        if computed is None or errors is None
        else (_measured_samples(under, some, errors) for under, some in zip(curves.each, computed, strict=True))
    )
    names = () if _as_numbers(curves.cohort) is not None or not curves.cohort.ids else (_NAME,)
    rows = (_portions(under, people, errors is not None) for under, people in zip(curves.each, each, strict=True))
    models = len(curves.models)
    whose = (_SAME, _MODEL) if models else ()
    return DataTable(
        "event records",
        (
            *_READ,
            *(_OF_PATIENT[name] for name in said_of_body(curves.cohort, _OF_PATIENT)),
            *(() if errors is None else (_CENSORED, _LIMIT)),
            *names,
            *whose,
        ),
        _under_models(rows, _stride(curves.cohort)) if models else chain.from_iterable(rows),
        {**simulation_manifest(curves, input_fingerprint, record), "every_minutes": curves.every, **models_of(models)},
    )


def _under_models(each: Iterable[Iterable[tuple[Any, ...]]], stride: int) -> Iterator[tuple[Any, ...]]:
    for model, rows in enumerate(each):
        for ids, *others in rows:
            yield (ids + model * stride, *others, ids, np.full(ids.shape[0], model))


def _stride(cohort: Cohort) -> int:
    """What is between the IDs of a patient under one model and the next: a power of ten, so that both can be read."""
    ids, last = _as_numbers(cohort), cohort.parts(_AT_ONCE)[-1]
    numbers = _numbers(cohort, last.population(), cohort.size - last.size) if ids is None else ids
    return int(10 ** len(str(numbers.max())))


class _Infused(NamedTuple):
    """What some patients are infused in each period (K, n), each in their own course.

    ``minutes`` is for how long it goes on as it is, and ``goes_on`` whether it does so from the period before: where a
    period begins for others alone, nothing begins. ``sampled`` (T, n) is in which of them each sample is taken.
    """

    given: GivenToEach
    minutes: NDArray[np.int64]
    goes_on: NDArray[np.bool_]
    sampled: NDArray[np.int64]

    @classmethod
    def of(cls, given: GivenToEach, sampled: NDArray[np.int64]) -> "_Infused":
        """For how long each is given what they are, and where samples are taken at some minutes (T)."""
        each = (given.rates, given.cycles, given.steps)
        goes_on = np.zeros(given.cycles.shape, dtype=np.bool_)
        goes_on[1:] = np.logical_and.reduce([of[1:] == of[:-1] for of in each])
        long = np.array([of.minutes for of in given.periods])
        minutes = np.repeat(long[:, np.newaxis], given.cycles.shape[1], axis=1)
        for row in range(len(minutes) - 1, 0, -1):
            minutes[row - 1] += np.where(goes_on[row], minutes[row], 0)
        return cls(given, minutes, goes_on, given.rows_at(sampled))

    def numbers(self, records: _Records, of_periods: NDArray[np.int64]) -> NDArray[np.int64]:
        """(R, n) what the period has in which each record is."""
        found = of_periods[records.rows]
        found[~records.doses] = np.take_along_axis(of_periods, self.sampled, axis=0)
        return found

    def has(self, curves: RequestedCurves, records: _Records, people: Population) -> NDArray[np.bool_]:
        """Which of the records (R, n) are each one's: a dose where one begins, and a sample up to the course's end."""
        doses, own = records.doses[:, np.newaxis], curves.trial.own
        ends = np.inf if own is None else own.ends_of(people.numbers)
        begun = ~self.goes_on & (self.given.steps > 0)
        return np.where(doses, begun[records.rows], records.minutes[:, np.newaxis] <= ends)


class _Sampled(NamedTuple):
    """Some patients, and what is measured of them at the times of samples: logarithms, and beyond which limit."""

    people: Population
    measured: FloatArray
    censored: NDArray[np.int64]


def _blank_samples(curves: RequestedCurves) -> Iterator[_Sampled]:
    for part in curves.cohort.parts(min(_AT_ONCE, curves.trial.in_one_table)):
        people = part.population()
        shape = curves.minutes.shape[0], people.size
        yield _Sampled(people, np.full(shape, np.nan), np.zeros(shape, dtype=np.int64))


def _measured_samples(curves: RequestedCurves, computed: Iterable[Portion], errors: Errors) -> Iterator[_Sampled]:
    for portion in computed:
        people, values = portion.trajectories.population, portion.trajectories.states.concentration
        found = errors.at_minutes(_DRUG, values, people.numbers, curves.minutes)
        below = np.array([str(beyond).startswith("<") for beyond in found.beyond.ravel()]).reshape(values.shape)
        censored = np.where(np.isnan(found.values), np.where(below, 1, -1), 0)
        yield _Sampled(people, np.log(found.values), censored.astype(np.int64))


def _portions(curves: RequestedCurves, sampled: Iterable[_Sampled], measured: bool) -> Iterator[tuple[Any, ...]]:
    done, ids, cohort = 0, _as_numbers(curves.cohort), curves.cohort
    said = said_of_body(cohort, _OF_PATIENT)
    for some in sampled:
        people, whose = some.people, slice(done, done + some.people.size)
        numbers = _numbers(cohort, people, done) if ids is None else ids[whose]
        infused = _Infused.of(curves.trial.given_to(people), curves.minutes)
        records = _Records.of(curves, infused.given)
        columns = (
            *_read(records, some, infused, numbers),
            *(np.repeat(_of_patient(people, name), records.rows.shape[0]) for name in said),
            *(_beyond_limits(records, some.censored) if measured else ()),
            *((np.repeat(_names(cohort.ids[whose]), records.rows.shape[0]),) if cohort.ids and ids is None else ()),
        )
        has = _by_patient(infused.has(curves, records, people))
        yield tuple(values[has] for values in columns)
        done += people.size


def _read(records: _Records, some: _Sampled, infused: _Infused, numbers: NDArray[np.int64]) -> Iterator[NDArray[Any]]:
    """The columns that a control stream reads."""
    size, doses, given = some.people.size, records.doses[:, np.newaxis], infused.given
    rates = given.rates
    value = _at_samples(records, some.measured, np.nan)
    nothing = doses | (_at_samples(records, some.censored, 0) != 0)
    yield np.repeat(numbers, records.rows.shape[0])
    yield np.tile(records.minutes / MINUTES_PER_HOUR, size)
    yield _by_patient(np.where(doses, (rates * (infused.minutes / MINUTES_PER_DAY))[records.rows], 0.0))
    yield _by_patient(np.where(doses, rates[records.rows] / HOURS_PER_DAY, 0.0))
    without = np.where(doses & (rates[records.rows] <= 0.0), _OTHER, np.where(doses, _DOSE, _OBSERVATION))
    yield _by_patient(without)
    yield np.ones(records.rows.shape[0] * size, dtype=np.int64)
    yield _by_patient(nothing.astype(np.int64))
    yield _by_patient(value)
    yield np.repeat(some.people.bsa_m2, records.rows.shape[0])
    yield _by_patient(infused.numbers(records, given.cycles))
    yield _by_patient(infused.numbers(records, given.steps))


def _beyond_limits(records: _Records, censored: NDArray[np.int64]) -> Iterator[NDArray[Any]]:
    """Which limit of the assay a sample is beyond, and where that lies: methods for censored data want both."""
    low, high = (np.log(parameter.value) for parameter in _DRUG.parameters[1:])
    beyond = _at_samples(records, censored, 0)
    yield _by_patient(beyond)
    yield _by_patient(np.select([beyond > 0, beyond < 0], [low, high], np.nan))


def _names(ids: Sequence[str]) -> NDArray[np.str_]:
    """What patients are called; to NONMEM a line is a record, and a name has none of two."""
    return np.array([visible(name) for name in ids])


def _of_patient(people: Population, name: str) -> NDArray[Any]:
    values: FloatArray = getattr(people, name)
    if name == "clearance":
        return values / HOURS_PER_DAY
    return values.astype(np.int64) if _OF_PATIENT[name].kind is ColumnKind.WHOLE else values


def _at_samples(records: _Records, values: NDArray[Any], other: float) -> NDArray[Any]:
    """Values (records, patients) where samples are taken, and another where doses begin."""
    found = np.full((records.rows.shape[0], values.shape[1]), other, dtype=values.dtype)
    found[~records.doses] = values
    return found


def _by_patient(values: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(values.T).reshape(-1)


_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def _as_numbers(cohort: Cohort) -> NDArray[np.int64] | None:
    """The names of patients as numbers, where all of them are; None where one is not, or they have none."""
    if not cohort.ids or not all(_NUMBER.fullmatch(name) for name in cohort.ids):
        return None
    return np.array(cohort.ids, dtype=np.int64)


def _numbers(cohort: Cohort, people: Population, before: int) -> NDArray[np.int64]:
    """By number in the seed, or else counted."""
    counted = np.arange(before, before + people.size) if cohort.seed is None else people.numbers.astype(np.int64)
    return counted + 1
