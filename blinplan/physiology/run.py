"""Run a regimen: on a virtual population and its typical patient, or on the typical patient of a given size."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from blinplan.course.events import Period, periods
from blinplan.course.patient import Patient
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.orders import dosing, preset_for
from blinplan.physiology.people import People
from blinplan.physiology.population import Population, draw, from_covariates, typical
from blinplan.physiology.solve import Options, Result, simulate
from blinplan.physiology.summary import Event, Quantity, events, quantities
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen


@dataclass(frozen=True, slots=True)
class Simulation:
    """A regimen as virtual patients went through it.

    Attributes
    ----------
    regimen
        What was ordered.
    preset
        The name of the population.
    seed
        What its patients were drawn from; None for the typical patient alone.
    population
        The patients; the typical one alone where no population was asked for.
    quantities, events
        Their endpoints, in the same order as the typical patient's.
    typical_quantities, typical_events
        The typical patient's endpoints.
    days
        How long the simulation is.
    """

    regimen: Regimen
    preset: str
    seed: int | None
    population: Population
    quantities: tuple[Quantity, ...]
    events: tuple[Event, ...]
    typical_quantities: tuple[Quantity, ...]
    typical_events: tuple[Event, ...]
    days: float


def run(
    regimen: Regimen,
    *,
    preset: str | None = None,
    patients: int | People | None = 1000,
    seed: int = 1,
    patient: Patient | None = None,
    follow_up_days: int = 0,
    options: Options | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Simulate a regimen.

    Parameters
    ----------
    regimen
        What is ordered.
    preset
        The virtual population; the one that stands for the regimen's patients when not given.
    patients
        How many virtual patients, or the user's own, of whom patient i carries the random effects of patient i of the
        seed; None for the typical patient alone.
    seed
        What the virtual patients are drawn from.
    patient
        The size of the typical patient; the population's own when not given.
    follow_up_days
        Days without infusion that are added at the end.
    options
        Open questions of the mechanism.
    threads
        Threads to use; all processors when not given. The result does not depend on it.
    progress
        Called with the number of patients done and in all.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    """
    chosen = preset or preset_for(regimen)
    table = followed_up(periods(regimen), follow_up_days)
    reference = _typical(chosen, patient)
    average = _run(regimen, table, reference, options, 1, None)
    found = (quantities(average, table), events(average))
    if patients is None:
        population, all_found = reference, found
    else:
        population = _given(chosen, patients, seed) if isinstance(patients, People) else draw(chosen, patients, seed)
        endpoints = _run(regimen, table, population, options, threads or os.cpu_count() or 1, progress)
        all_found = (quantities(endpoints, table), events(endpoints))
    drawn = None if patients is None else seed
    return Simulation(regimen, chosen, drawn, population, *all_found, *found, table[-1].stop / MINUTES_PER_DAY)


def followed_up(table: tuple[Period, ...], days: int) -> tuple[Period, ...]:
    """Add days without infusion at the end of a table of periods."""
    if not days:
        return table
    last = table[-1]
    end = last.stop + days * MINUTES_PER_DAY
    return (*table, replace(last, start=last.stop, stop=end, dose=None, cap=None, step=0))


def _typical(preset: str, patient: Patient | None) -> Population:
    if patient is None or patient.area is None:
        return typical(preset)
    area = float(patient.area.square_metres)
    if patient.weight is None or patient.height is None:
        return typical(preset, area)
    return from_covariates(
        preset,
        weight_kg=np.array([float(patient.weight)]),
        height_cm=np.array([float(patient.height)]),
        bsa_m2=np.array([area]),
    )


def _given(preset: str, people: People, seed: int) -> Population:
    return from_covariates(
        preset,
        weight_kg=people.weight_kg,
        height_cm=people.height_cm,
        age_years=people.age_years,
        female=people.female,
        bsa_m2=people.bsa_m2,
        seed=seed,
    )


def _run(
    regimen: Regimen,
    table: Sequence[Period],
    population: Population,
    options: Options | None,
    threads: int,
    progress: Callable[[int, int], None] | None,
) -> Endpoints:
    result: Result = simulate(
        dosing(regimen, table, population), population, options=options, threads=threads, progress=progress
    )
    assert result.endpoints is not None  # noqa: S101 - they were asked for
    return result.endpoints
