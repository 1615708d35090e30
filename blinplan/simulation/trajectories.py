"""Curves of virtual patients at regular times, in portions of patients, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from blinplan.course.events import Period, periods
from blinplan.course.patient import Patient
from blinplan.executors.executor import Executor, executor_or_threads, places
from blinplan.physiology.engine.choose import engine_called, expect, takes_turns
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import States
from blinplan.physiology.solve import simulate
from blinplan.physiology.trajectories import Trajectories
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.cohort import Cohort, GivenCohort
from blinplan.simulation.dosing import followed_up
from blinplan.simulation.models.plausible import plausible_presets
from blinplan.simulation.off_drug import OffDrugCount
from blinplan.simulation.trials.cohort_trial import CohortTrial
from blinplan.simulation.trials.own_courses import GivenToEach
from blinplan.simulation.trials.own_orders import with_own_courses
from blinplan.simulation.trials.patients import (
    Patients,
    cohort_of,
    off_drug_of,
    preset_of,
    typical_patient,
    unsaid_of_typical,
)
from blinplan.simulation.trials.planned import refuse_sets_of_one_population, require_alike

MOST_TIMES = 1_000_000
"""Times of one patient that are kept at once."""
_POINTS = 200_000  # of all patients of a portion


class TooManyTimesError(ValueError):
    """More times of one patient than are kept at once."""


@dataclass(frozen=True, slots=True)
class RequestedCurves:
    """Curves that are asked for: of whom, under what, and when; `portions` computes them.

    Attributes
    ----------
    trial
        What is run on the patients.
    preset, typical, follow_up_days
        As of a `Simulation`; of the typical patient who it is.
    alone
        Whether they are of the typical patient alone.
    every
        Whole minutes between two times.
    minutes : (times) from the start of the course: every multiple of `every` up to its end.
    models
        The same patients under each plausible parameter set; none where they were not asked for.
    """

    trial: CohortTrial
    preset: str
    alone: bool
    typical: Population
    follow_up_days: int
    every: int
    minutes: IntArray
    models: tuple[CohortTrial, ...] = ()

    @property
    def each(self) -> Iterator[RequestedCurves]:
        """The curves under the shipped parameters, and under each plausible set."""
        yield from (replace(self, trial=trial, models=()) for trial in (self.trial, *self.models))

    @property
    def regimen(self) -> Regimen:
        """What was ordered."""
        return self.trial.regimen

    @property
    def periods(self) -> tuple[Period, ...]:
        """What is given when, the days that are added at the end included."""
        return self.trial.periods

    @property
    def typical_area(self) -> float:
        """The body surface area of the typical patient, m²."""
        return float(self.typical.bsa_m2[0])

    @property
    def seed(self) -> int | None:
        """What the patients are drawn from; None for patients without random effects."""
        return self.trial.seed

    @property
    def cohort(self) -> Cohort:
        """The patients, whom nobody need hold."""
        return self.trial.cohort

    @property
    def population(self) -> Population:
        """All patients, drawn anew."""
        return self.trial.population

    @property
    def dosing(self) -> Dosing:
        """What each of the patients gets, made anew."""
        return self.trial.dosing

    @property
    def options(self) -> Options:
        """How open questions of the mechanism are answered."""
        return self.trial.options

    @property
    def engine(self) -> EngineName:
        """What computes it: "compiled" or "numpy"."""
        return engine_called(self.trial.engine).name

    @property
    def edges_minutes(self) -> tuple[int, ...]:
        """Whole minutes at which the periods of the course begin, and at which the last ends."""
        return (0, *(period.stop for period in self.trial.own_periods))

    @property
    def off_drug(self) -> OffDrugCount:
        """How many of the patients have a day to go off the drug."""
        return self.trial.off_drug_count

    @property
    def own_courses(self) -> int:
        """How many of the patients have a course of their own."""
        return self.trial.number_of_own

    @property
    def changes_between_times(self) -> tuple[int, ...]:
        """Minutes at which the infusion changes, or the course ends, between two times."""
        return tuple(minute for minute in self.edges_minutes if minute % self.every)

    @property
    def greatest_every(self) -> int:
        """The most minutes between two times that leave no change of the infusion between them."""
        return gcd(*self.edges_minutes)


@dataclass(frozen=True, slots=True)
class Portion:
    """The curves of some patients: those from number `first` on, counted from 0; and what is `given` to them."""

    first: int
    given: GivenToEach
    trajectories: Trajectories


def curves(  # noqa: PLR0913 - all but one by name, and each of its own
    regimen: Regimen,
    *,
    every: int,
    preset: str | None = None,
    patients: Patients | None = 1000,
    seed: int = 1,
    before: int = 0,
    patient: Patient | None = None,
    course: Sequence[Period] | None = None,
    follow_up_days: int = 0,
    options: Options | None = None,
    models: int = 0,
) -> RequestedCurves:
    """Ask for the curves of a regimen. Patients, course, seed and options mean what they mean in `trial.run`.

    ``models`` is under how many plausible parameter sets they are asked for besides.

    Raises
    ------
    ValueError
        As of `plausible_presets`, and when a population is given as it is with parameter sets.
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    TooManyTimesError
        When there are more than a million times of one patient.
    """
    if every < 1:
        raise ValueError("times are at least a minute apart")
    whom = 1 if patients is None else patients
    refuse_sets_of_one_population(whom, models)
    chosen = preset_of(regimen, preset, patients)
    table = followed_up(tuple(course or periods(regimen)), follow_up_days)
    times = _times(table, every)
    reference = typical_patient(regimen, chosen, patient)
    size = patients_at_once(times)
    people = (
        GivenCohort(reference, unsaid_of_typical=unsaid_of_typical(patient))
        if patients is None
        else cohort_of(regimen, chosen, patients, seed, before, piece=size)
    )
    trial = CohortTrial(regimen, table, people, options or Options(), off_drug=off_drug_of(patients))
    if patients is not None:
        trial = with_own_courses(trial, patients, follow_up_days, is_recorded=course is not None)
        times = _times(trial.own_periods, every)
    require_alike(trial)
    presets = () if patients is None else plausible_presets(chosen, models)
    return RequestedCurves(
        trial=trial,
        preset=chosen,
        alone=patients is None,
        typical=reference,
        follow_up_days=follow_up_days,
        every=every,
        minutes=np.arange(times) * every,
        models=tuple(replace(trial, cohort=cohort_of(regimen, one, whom, seed, before, piece=size)) for one in presets),
    )


def _times(table: Sequence[Period], every: int) -> int:
    """At how many times each patient is looked at."""
    times = table[-1].stop // every + 1
    if times > MOST_TIMES:
        raise TooManyTimesError(f"{times:,} times of each patient are more than {MOST_TIMES:,}")
    return times


def patients_at_once(times: int) -> int:
    """How many patients are computed together of whom each is looked at at so many times."""
    return max(1, _POINTS // times)


def portions(
    request: RequestedCurves, *, executor: Executor | None = None, progress: Callable[[int], None] | None = None
) -> Iterator[Portion]:
    """Compute the curves, patient by patient in their order, as many patients at once as fit into a portion.

    The result is the same to the last bit whatever runs them: threads, as many as there are processors, when no
    executor is given. `progress` is called with the patients done.
    """
    size = patients_at_once(request.minutes.shape[0])
    chunk = max(1, min(engine_called(request.engine).chunk, -(-size // places(executor))))
    done, engine, many, courses = 0, request.trial.engine, request.cohort.size, request.trial.courses_apart
    expect(many, courses)
    with executor_or_threads(executor, in_turns=takes_turns(engine, many, courses)) as running:
        for people, given, days in _trials(request):
            trajectories = simulate(
                given.dosing,
                people,
                options=request.options,
                output_days=days,
                endpoints=False,
                executor=running,
                chunk=chunk,
                engine=engine,
            ).trajectories
            assert trajectories is not None  # noqa: S101 - they were asked for
            yield Portion(done, given, trajectories)
            done += people.size
            if progress is not None:
                progress(done)


def stored_portions(request: RequestedCurves, states_of: Callable[[Population], FloatArray]) -> Iterator[Portion]:
    """The same curves, of states (states, times, n) that were computed before and are read one after the other."""
    done = 0
    for people, given, days in _trials(request):
        states = States(*states_of(people))
        yield Portion(done, given, Trajectories(days, states, people))
        done += people.size


def _trials(request: RequestedCurves) -> Iterator[tuple[Population, GivenToEach, FloatArray]]:
    """Some patients at a time, what they get, and the days on which they are looked at."""
    size, trial = patients_at_once(request.minutes.shape[0]), request.trial
    for people in _some_at_a_time(request.cohort, min(size, trial.in_one_table)):
        yield people, trial.given_to(people), request.minutes / MINUTES_PER_DAY


def _some_at_a_time(cohort: Cohort, size: int) -> Iterator[Population]:
    for part in cohort.parts(size):
        people = part.population()
        yield from (people.select(slice(first, first + size)) for first in range(0, people.size, size))
