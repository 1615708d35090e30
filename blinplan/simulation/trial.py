"""Run a regimen: on a virtual population and its typical patient, or on the typical patient of a given size."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from blinplan.course.events import Period, periods
from blinplan.course.patient import Patient
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import Population, draw, from_covariates, typical
from blinplan.physiology.solve import Solution, simulate
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.dosing import dosing, preset_for
from blinplan.simulation.outcome import Occurrence, Quantity, events, quantities
from blinplan.simulation.own_patients import People
from blinplan.simulation.uncertainty import Uncertainty, over_sets
from blinplan.simulation.uncertainty import parameter_sets as drawn_sets


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
    periods
        What was given when, the days that were added at the end included.
    typical_area, follow_up_days, options
        The body surface area of the typical patient in m², the days added at the end, and how open questions of the
        mechanism were answered.
    engine
        What computed it: "compiled" or "numpy".
    uncertainty
        How the results move with the uncertainty of the parameters; None where it was not asked for.
    """

    regimen: Regimen
    preset: str
    seed: int | None
    population: Population
    quantities: tuple[Quantity, ...]
    events: tuple[Occurrence, ...]
    typical_quantities: tuple[Quantity, ...]
    typical_events: tuple[Occurrence, ...]
    periods: tuple[Period, ...]
    typical_area: float
    follow_up_days: int
    options: Options
    engine: EngineName
    uncertainty: Uncertainty | None = None

    @property
    def days(self) -> float:
        """How long the simulation is."""
        return self.periods[-1].stop / MINUTES_PER_DAY


def run(  # noqa: PLR0913 - all but one by name, and each of its own
    regimen: Regimen,
    *,
    preset: str | None = None,
    patients: int | People | None = 1000,
    seed: int = 1,
    patient: Patient | None = None,
    course: Sequence[Period] | None = None,
    follow_up_days: int = 0,
    options: Options | None = None,
    parameter_sets: int = 0,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
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
    course
        The periods that are given, where they are not those of the regimen: a course with its interruptions.
    follow_up_days
        Days without infusion that are added at the end.
    options
        Open questions of the mechanism.
    parameter_sets
        How often to run the population again with typical values drawn within their published uncertainty.
    threads
        Threads to use; all processors when not given. The result does not depend on it.
    progress
        Called with the number of patients done, those of all parameter sets counted together.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    """
    chosen = preset or preset_for(regimen)
    table = followed_up(tuple(course or periods(regimen)), follow_up_days)
    reference = typical_patient(chosen, patient)
    average = _run(regimen, table, reference, options, 1, None)
    found = _outcome(average, table)
    alone = Simulation(
        regimen,
        chosen,
        None,
        reference,
        *found,
        *found,
        periods=table,
        typical_area=float(reference.bsa_m2[0]),
        follow_up_days=follow_up_days,
        options=average.options,
        engine=average.engine,
    )
    if patients is None:
        return alone
    ran = []
    people = virtual_patients(chosen, patients, seed)
    presets: list[str | Preset] = [chosen, *drawn_sets(chosen, parameter_sets, seed)]
    for number, parameters in enumerate(presets):
        again = people if number == 0 else virtual_patients(parameters, patients, seed)
        moved = _moved(progress, number * people.size)
        ran.append(_outcome(_run(regimen, table, again, options, threads or os.cpu_count() or 1, moved), table))
    uncertain = over_sets(chosen, ran[1:]) if parameter_sets else None
    mine, happened = ran[0]
    return replace(alone, seed=seed, population=people, quantities=mine, events=happened, uncertainty=uncertain)


def _moved(progress: Callable[[int], None] | None, start: int) -> Callable[[int, int], None] | None:
    """Count on from where the runs before ended."""
    return None if progress is None else lambda done, _: progress(start + done)


def followed_up(table: tuple[Period, ...], days: int) -> tuple[Period, ...]:
    """Add days without infusion at the end of a table of periods."""
    if not days:
        return table
    last = table[-1]
    end = last.stop + days * MINUTES_PER_DAY
    return (*table, replace(last, start=last.stop, stop=end, dose=None, cap=None, step=0))


def typical_patient(preset: str, patient: Patient | None) -> Population:
    """The typical patient of a population, of a given size or of its own."""
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


def virtual_patients(preset: str | Preset, patients: int | People, seed: int) -> Population:
    """Virtual patients: so many of a population, or the user's own with the random effects of the seed."""
    if isinstance(patients, int):
        return draw(preset, patients, seed)
    return from_covariates(
        preset,
        weight_kg=patients.weight_kg,
        height_cm=patients.height_cm,
        age_years=patients.age_years,
        female=patients.female,
        bsa_m2=patients.bsa_m2,
        seed=seed,
    )


def _run(
    regimen: Regimen,
    table: Sequence[Period],
    population: Population,
    options: Options | None,
    threads: int,
    progress: Callable[[int, int], None] | None,
) -> Solution:
    return simulate(dosing(regimen, table, population), population, options=options, threads=threads, progress=progress)


def _outcome(result: Solution, table: tuple[Period, ...]) -> tuple[tuple[Quantity, ...], tuple[Occurrence, ...]]:
    assert result.endpoints is not None  # noqa: S101 - they were asked for
    return quantities(result.endpoints, table), events(result.endpoints)
