"""A regimen and many patients who get it, drawn and sent through some at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.executors.executor import Executor, InTurn, executor_or_threads, in_order, places
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.choose import engine_called, expect, takes_turns
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.cohort import NOBODY, Cohort, CohortPart
from blinplan.simulation.crowd.kept import DonePortion, KeptOutcome, body_of
from blinplan.simulation.dosing import part_at
from blinplan.simulation.endpoints.asked import EVERYTHING, AskedEndpoints
from blinplan.simulation.off_drug import OffDrugCount, end_of_infusion, off_drug_count
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.paired import Paired, PatientOutcome, paired_outcomes
from blinplan.simulation.trials.own_courses import GivenToEach, InPlaces, OwnCourse, OwnCourses, Places, in_columns
from blinplan.simulation.trials.together import joined_trials, run_together
from blinplan.simulation.trials.trial import Outcome, Trial


@dataclass(frozen=True, slots=True)
class CohortTrial:
    """A regimen and many patients who get it, drawn some at a time when they are sent through it. It pickles.

    Attributes
    ----------
    regimen, periods, options, engine, asked
        As of a `Trial`.
    cohort
        The patients.
    off_drug
        As of a `Trial`, of patients who are given, by their numbers.
    own
        Courses of their own that some of the patients have, who are given; None where all go through the same.
    first_days
        From which day on times are looked at, by their keys, where that was found before: it is of all the patients.
    """

    regimen: Regimen
    periods: tuple[Period, ...]
    cohort: Cohort
    options: Options = field(default_factory=Options)
    engine: EngineName | None = None
    asked: AskedEndpoints = EVERYTHING
    off_drug: FloatArray | None = None
    own: OwnCourses | None = None
    first_days: Mapping[str, float] | None = None

    @property
    def seed(self) -> int | None:
        """What the patients were drawn from; None for patients without random effects."""
        return self.cohort.seed

    @property
    def population(self) -> Population:
        """All patients, drawn anew."""
        return self.cohort.population()

    @property
    def dosing(self) -> Dosing:
        """What each of the patients gets, as of a `Trial`."""
        return self.dosing_of(self.population)

    def dosing_of(self, people: Population) -> Dosing:
        """What each of some patients gets, for their curves."""
        return self.given_to(people).dosing

    def given_to(self, people: Population) -> GivenToEach:
        """What each of some patients gets, and in which cycle and step they are."""
        if self.own is None:
            trial = self.trial_of(people)
            return GivenToEach.in_one_course(trial.periods, trial.dosing, people.size)
        table = self._with_ends(self.own.covering(self.periods, people.numbers), people)
        each = ((trial.periods, trial.dosing.rates, whose) for trial, whose in self.trials_of(people))
        return GivenToEach.in_own_courses(table, each, people.size)

    @property
    def infusion_ends(self) -> float | FloatArray:
        """The minute at which the last infusion ends, of all or of each patient (N)."""
        if self.own is None:
            return end_of_infusion(self.periods)
        return np.array([end_of_infusion(course.periods) for course in self.own.courses])[self.own.which]

    @property
    def off_drug_count(self) -> OffDrugCount:
        """How many of the patients have a day to go off the drug."""
        return off_drug_count(self.off_drug, self.infusion_ends)

    @property
    def number_of_own(self) -> int:
        """How many of the patients have a course of their own."""
        return 0 if self.own is None else self.own.number

    @property
    def courses_apart(self) -> int:
        """How many courses there are at most of which each is gone through by itself."""
        off_drug = 1 if self.off_drug is None else np.unique(self.off_drug).size
        return off_drug if self.own is None else max(off_drug, len(self.own.courses))

    @property
    def in_one_table(self) -> int:
        """How many patients are to be told of in one table, which parts where the infusion of any of them changes."""
        return self.cohort.size if self.courses_apart <= _FEW_COURSES else _IN_ONE_TABLE

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """The regimens that patients get, each once; the first is that of who has none of their own."""
        courses = () if self.own is None else self.own.courses
        return tuple({id(regimen): regimen for regimen in (self.regimen, *(of.regimen for of in courses))}.values())

    @property
    def own_periods(self) -> tuple[Period, ...]:
        """The periods up to the end of the longest course; one begins wherever the infusion of anybody changes."""
        table = self.periods if self.own is None else self.own.covering(self.periods)
        return table if self.off_drug is None else part_at(table, self.off_drug.tolist())

    def _with_ends(self, table: tuple[Period, ...], people: Population) -> tuple[Period, ...]:
        """Periods, parted where some patients go off the drug."""
        if self.off_drug is None:
            return table
        return part_at(table, self.off_drug[people.numbers.astype(np.intp)].tolist())

    def looked_at(self) -> Mapping[str, float]:
        """From which day on times are looked at, by their keys, in the first of all the patients."""
        if self.first_days is not None:
            return self.first_days
        if self.own is None:
            return self.asked.looked_at(self.periods, self.off_drug)
        found = dict[str, float]()
        for course, whose in self.own.groups(np.arange(float(self.own.which.size))):
            off_drug = None if self.off_drug is None else self.off_drug[whose]
            for key, day in course.asked.looked_at(course.periods, off_drug).items():
                found[key] = min(day, found.get(key, day))
        return found

    def trial_of(self, people: Population) -> Trial:
        """The same of some of the patients, who go through the same course."""
        trial = self._trial_in(OwnCourse(self.regimen, self.periods, self.asked), people)
        return trial if self.off_drug is None else replace(trial, looked_at=self.looked_at())

    def _trial_in(self, course: OwnCourse, people: Population) -> Trial:
        off_drug = None if self.off_drug is None else self.off_drug[people.numbers.astype(np.intp)]
        table = self._with_ends(course.periods, people)
        return Trial(course.regimen, table, people, self.options, self.engine, course.asked, off_drug)

    def trials_of(self, people: Population) -> list[tuple[Trial, Places]]:
        """The same of some of the patients by the course that they go through, and where they stand among these."""
        if self.own is None:
            return [(self.trial_of(people), slice(None))]
        groups = self.own.groups(people.numbers)
        return [(self._trial_in(course, people.select(whose)), whose) for course, whose in groups]

    def by_regimen(self, people: Population) -> Iterator[tuple[Regimen, Population]]:
        """Some of the patients by the regimen that they get, whenever it stands still."""
        if self.own is None:
            yield self.regimen, people
            return
        regimens = self.regimens
        places = {id(regimen): place for place, regimen in enumerate(regimens)}
        which = np.array([places[id(course.regimen)] for course in self.own.courses])[self.own.which]
        whose = which[people.numbers.astype(np.intp)]
        for place in np.unique(whose).tolist():
            yield regimens[place], people.select(np.flatnonzero(whose == place))

    @property
    def of_nobody(self) -> "CohortTrial":
        """The same without the patients: others need not be told of all of them with each portion."""
        return replace(self, cohort=NOBODY)

    @property
    def of_typical(self) -> "CohortTrial":
        """The same of nobody but the typical patient, who gets all of it."""
        asked = self.asked if self.own is None else self.own.courses[0].asked
        return replace(self.of_nobody, off_drug=None, own=None, asked=asked, first_days=None)

    def typical_trial(self, person: Population) -> Trial:
        """The same of the typical patient."""
        return self.of_typical.trial_of(person)

    def portions(
        self, executor: Executor | None = None, progress: Callable[[int], None] | None = None
    ) -> Iterator[DonePortion]:
        """Send the patients through the regimen, portion by portion, in their order; as many at once as the executor.

        Raises
        ------
        NotEligibleError
            When the regimen does not admit the weight of one of them.
        """
        done = 0
        size, courses = self.cohort.size, self.courses_apart
        expect(size, courses)
        with executor_or_threads(executor, in_turns=takes_turns(self.engine, size, courses)) as running:
            for portion in in_order(running, _portion, self._tasks(running)):
                yield portion
                done += portion.numbers.shape[0]
                if progress is not None:
                    progress(done)

    def run(self, executor: Executor | None = None, progress: Callable[[int], None] | None = None) -> "CohortOutcome":
        """Send all patients through the regimen and keep what came of them.

        Raises
        ------
        NotEligibleError
            When the regimen does not admit the weight of one of them.
        NoRoomError
            When the folder for temporary files is full.
        """
        kept = KeptOutcome()
        for portion in self.portions(executor, progress):
            kept.add(portion)
        return CohortOutcome(self, kept)

    def _tasks(self, executor: Executor) -> "Iterator[_Task]":
        most = max(PORTION, engine_called(self.engine).chunk)
        if self.courses_apart > _FEW_COURSES:
            most = _PORTION_APART
        trial = self.of_nobody if self.own is not None else replace(self.of_nobody, first_days=self.looked_at())
        return (_Task(trial, part) for part in self.cohort.parts(most, places(executor)))


_FEW_COURSES, _IN_ONE_TABLE = 128, 64
"""Courses that one table holds of all patients; where there are more, it is of so many patients."""

_PORTION_APART = 256
"""Patients who are sent through together where most have a course of their own, each of which parts their table."""

PORTION = 1024
"""Patients who are drawn and sent through together at least, where there are as many for every processor."""


class _Task(NamedTuple):
    """A regimen, and some patients to be sent through it; it pickles."""

    trial: CohortTrial
    part: CohortPart


def _portion(task: _Task) -> DonePortion:
    """Send some patients through a regimen; at the top of a file, so that any executor can run it."""
    people = task.part.population()
    if task.trial.own is None:
        return portion_of(task.trial.trial_of(people).run(InTurn()))
    return portions_of([(task.trial, people)])[0]


def portions_of(some: Sequence[tuple[CohortTrial, Population]]) -> list[DonePortion]:
    """Send some patients of each of some trials through, together."""
    parted = [trial.trials_of(people) for trial, people in some]
    done = iter(_done_together([trial for parts in parted for trial, _ in parts]))
    found = [[(next(done), whose) for _, whose in parts] for parts in parted]
    return [_in_one_portion(*of, parts) for of, parts in zip(some, found, strict=True)]


class _Done(NamedTuple):
    """The outcome of joined trials, what is kept of it where it is of whole portions, and which patients one has."""

    outcome: Outcome
    whole: DonePortion | None
    which: slice


def _done_together(trials: Sequence[Trial]) -> list[_Done]:
    """What came of trials that are sent through together, in their order."""
    found: dict[int, _Done] = {}
    joined = joined_trials(trials)
    for one, outcome in zip(joined, run_together([one.trial for one in joined], InTurn()), strict=True):
        whole = None if one.trial.asked.of_several else portion_of(outcome)
        found |= {number: _Done(outcome, whole, place) for number, place in one.members}
    return [found[number] for number in range(len(trials))]


def _in_one_portion(trial: CohortTrial, people: Population, parts: Sequence[tuple[_Done, Places]]) -> DonePortion:
    """What is kept of the patients, from those of each course together, in the order of the patients."""
    first, _ = parts[0]
    if trial.own is None:
        assert first.whole is not None  # noqa: S101 - one course is a whole portion
        return first.whole.some(first.which)
    quantities = (InPlaces(done.outcome.quantities, done.which, whose) for done, whose in parts)
    events = (InPlaces(done.outcome.events, done.which, whose) for done, whose in parts)
    return DonePortion.of(
        first.outcome.engine,
        people.numbers,
        body_of(people),
        in_columns(trial.own.heads.quantities, quantities, people.size),
        in_columns(trial.own.heads.events, events, people.size),
    )


def portion_of(outcome: Outcome) -> DonePortion:
    """What is kept of an outcome."""
    people = outcome.trial.population
    return DonePortion.of(outcome.engine, people.numbers, body_of(people), outcome.quantities, outcome.events)


@dataclass(frozen=True, slots=True)
class CohortOutcome:
    """What came of many patients. It pickles.

    Attributes
    ----------
    trial
        What was run.
    kept
        All that is kept of them.
    """

    trial: CohortTrial
    kept: KeptOutcome

    @property
    def engine(self) -> EngineName:
        """What computed it: "compiled" or "numpy"."""
        return self.kept.engine

    @property
    def endpoints(self) -> Endpoints:
        """All that is measured in each patient; it is not kept, and they are sent through anew.

        Raises
        ------
        ValueError
            When patients have courses of their own, of which each has other windows.
        """
        if self.trial.own is not None:
            raise ValueError("windows are each patient's own: take quantities and events")
        return self.trial.trial_of(self.trial.population).run().endpoints

    @property
    def quantities(self) -> Sequence[Quantity]:
        """The endpoints that are numbers, each read when it is asked for."""
        return self.kept.quantities

    @property
    def events(self) -> Sequence[Occurrence]:
        """The endpoints that happen or not, each read when it is asked for."""
        return self.kept.events

    def paired(self, other: PatientOutcome) -> Paired:
        """Compare patient by patient, as `Outcome.paired`."""
        return paired_outcomes(self, other)
