"""The patients of a simulation and what they get, before any of them but the typical one is sent through."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from blinplan.course.events import Period, periods
from blinplan.course.patient import Patient
from blinplan.course.premedication import goes_by_age
from blinplan.executors.executor import InTurn
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.population import Population
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.cohort import GivenCohort
from blinplan.simulation.crowd.kept import arrays_of
from blinplan.simulation.dosing import admit, followed_up, require_one_age_group
from blinplan.simulation.endpoints.asked import EVERYTHING, AskedEndpoints
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.people.people import PeopleError
from blinplan.simulation.trials.cohort_trial import PORTION, CohortTrial
from blinplan.simulation.trials.own_orders import with_heads, with_own_courses
from blinplan.simulation.trials.patients import Patients, cohort_of, off_drug_of, preset_of, typical_patient
from blinplan.simulation.trials.simulation import PlannedSimulation
from blinplan.simulation.trials.trial import Outcome
from blinplan.simulation.uncertainty import sets_of


def planned_simulation(  # noqa: PLR0913 - all but one by name, and each of its own
    regimen: Regimen,
    *,
    preset: str | None = None,
    patients: Patients = 1000,
    seed: int = 1,
    before: int = 0,
    patient: Patient | None = None,
    course: Sequence[Period] | None = None,
    follow_up_days: int = 0,
    options: Options | None = None,
    asked: AskedEndpoints = EVERYTHING,
    typical: Population | None = None,
    engine: EngineName | None = None,
    parameter_sets: int = 0,
    sets: SetsOf = SetsOf.PUBLISHED,
) -> PlannedSimulation:
    """Find the patients of a simulation, and send the typical one through the regimen.

    Parameters
    ----------
    regimen, preset, patients, seed, before, patient, course, follow_up_days, options, asked, parameter_sets, sets
        As of `run`.
    typical
        The typical patient, where it is known.
    engine
        What computes it; the compiled engine where it is installed, when not given.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    ValueError
        When a population is given with the name of another, or with parameter sets, or people who are given are to be
        passed over; as of `sets_of`.
    """
    refuse_sets_of_one_population(patients, parameter_sets)
    chosen = preset_of(regimen, preset, patients)
    table = followed_up(tuple(course or periods(regimen)), follow_up_days)
    people = cohort_of(regimen, chosen, patients, seed, before)
    ordered = CohortTrial(regimen, table, people, options or Options(), engine, asked, off_drug_of(patients))
    trial = with_own_courses(ordered, patients, follow_up_days, is_recorded=course is not None)
    require_alike(trial)
    average = (
        _outcome_of_typical(trial.of_typical, chosen, patient)
        if typical is None
        else trial.typical_trial(typical).run(InTurn())
    )
    headed, average = with_heads(trial, average)
    models = tuple(
        replace(headed, cohort=cohort_of(regimen, parameters, patients, seed, before))
        for parameters in sets_of(sets, chosen, parameter_sets, seed)
    )
    return PlannedSimulation(headed, average, chosen, follow_up_days, models)


@lru_cache(maxsize=16)
def _outcome_of_typical(trial: CohortTrial, preset: str, patient: Patient | None) -> Outcome:
    """What came of the typical patient: who sends patients through one by one has the same typical one beside each."""
    outcome = trial.typical_trial(typical_patient(trial.regimen, preset, patient)).run(InTurn())
    every: tuple[Quantity | Occurrence, ...] = (*outcome.quantities, *outcome.events)
    for endpoint in every:
        for values in arrays_of(endpoint).values():
            values.flags.writeable = False
    return outcome


def refuse_sets_of_one_population(patients: Patients, parameter_sets: int) -> None:
    """Refuse a population as it is with parameter sets, under each of which patients are others.

    Raises
    ------
    PeopleError
        When both are given.
    """
    if parameter_sets and isinstance(patients, Population):
        raise PeopleError("parameter sets draw the patients again", "give their number, and not a population")


def refuse_unsaid_ages(regimen: Regimen) -> None:
    """Refuse the effect of premedication on patients of unknown age, where adults and children get another one.

    Raises
    ------
    PeopleError
        When they do.
    """
    if goes_by_age(regimen.premedication):
        raise PeopleError(
            f"premedication of {regimen.name} goes by age, and the table does not say how old the patients are",
            "give age_years, or leave the effect of premedication out",
        )


def require_alike(trial: CohortTrial) -> None:
    """Refuse patients whom a regimen does not admit, or does not treat alike, before any of them is simulated.

    Raises
    ------
    NotEligibleError
        When there are such.
    PeopleError
        When how they are treated goes by age, and a table of patients does not say it.
    """
    table = trial.cohort.table
    if trial.options.premedication and table is not None and "age_years" in table.unsaid:
        refuse_unsaid_ages(trial.regimen)
    if isinstance(trial.cohort, GivenCohort):
        for regimen, people in trial.by_regimen(trial.population):
            admit(regimen, people)
            if trial.options.premedication:
                require_one_age_group(regimen, people.age_years)
    elif trial.options.premedication:
        ages = [part.population().age_years for part in trial.cohort.parts(PORTION)]
        require_one_age_group(trial.regimen, np.concatenate(ages))
