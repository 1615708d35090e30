"""Run a regimen: on a virtual population and its typical patient, or on the typical patient of a given size."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period, periods
from blinplan.course.patient import Patient
from blinplan.executor import Executor, InTurn, executor_or_threads, in_order, workers
from blinplan.physiology.checkpoints import Checkpoints
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.choose import engine_called, takes_turns
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import FloatArray, Population, from_covariates, is_as_drawn, typical
from blinplan.physiology.solve import simulate
from blinplan.physiology.watch import Seen, Watch
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.admission import admitted_cohort, admitted_typical
from blinplan.simulation.crowd.cohort import PIECE, Cohort, CohortPart, GivenCohort
from blinplan.simulation.crowd.kept import DonePortion, KeptOutcome, body_of
from blinplan.simulation.dosing import dosing as dosing_of
from blinplan.simulation.dosing import part_at, require_ages, require_one_age_group
from blinplan.simulation.endpoints.asked import EVERYTHING, AskedEndpoints
from blinplan.simulation.endpoints.definition import occurrences, quantities
from blinplan.simulation.endpoints.table import ENDPOINTS
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.paired import Paired, paired_quantities, paired_shares, require_same_patients
from blinplan.simulation.people.people import People
from blinplan.simulation.uncertainty import Uncertainty, over_models, over_sets, set_outcome, sets_of

Patients = int | People | Population
"""How many virtual patients to draw, the user's own, or a population as it is."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A regimen and the patients who get it: all that an outcome follows from. It pickles.

    Attributes
    ----------
    regimen
        What was ordered.
    periods
        What is given when.
    population
        The patients, as they are.
    options
        How open questions of the mechanism are answered.
    engine
        What computes it; the compiled engine where it is installed, when not given.
    asked
        The endpoints that are asked for.
    off_drug
        (N) minutes from which each patient gets nothing more, at which a period begins; None where all get all of it.
    """

    regimen: Regimen
    periods: tuple[Period, ...]
    population: Population
    options: Options = field(default_factory=Options)
    engine: EngineName | None = None
    asked: AskedEndpoints = EVERYTHING
    off_drug: FloatArray | None = None

    @property
    def seed(self) -> int | None:
        """What the patients were drawn from; None for patients without random effects."""
        return self.population.seed

    @property
    def dosing(self) -> Dosing:
        """What each of the patients gets.

        Raises
        ------
        NotEligibleError
            When the regimen does not admit the weight of one of them.
        """
        if self.options.premedication:
            require_one_age_group(self.regimen, self.population.age_years)
        return dosing_of(self.regimen, self.periods, self.population, self.off_drug)

    @property
    def number_off_drug(self) -> int:
        """How many of the patients go off the drug before the course ends."""
        return 0 if self.off_drug is None else int((self.off_drug < self.periods[-1].stop).sum())

    def run(
        self,
        executor: Executor | None = None,
        progress: Callable[[int], None] | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> "Outcome":
        """Send the patients through the regimen.

        Parameters
        ----------
        executor
            What runs them; threads, as many as there are processors, when not given. The outcome is the same to the
            last bit.
        progress
            Called with the number of patients done.
        checkpoints
            Where trials that begin alike on the same patients are advanced together; the outcome is the same.

        Raises
        ------
        NotEligibleError
            When the regimen does not admit the weight of one of them.
        WindowError, UnknownEndpointError
            When the course does not have the window of one of the endpoints, or there is none of a key.
        """
        alone = takes_turns(self.engine) and checkpoints is None
        with executor_or_threads(executor, in_turns=alone) as running:
            found = simulate(
                self.dosing,
                self.population,
                options=self.options,
                engine=self.engine,
                executor=running,
                progress=None if progress is None else lambda done, _: progress(done),
                checkpoints=checkpoints,
                watches=self.watches,
            )
        assert found.endpoints is not None  # noqa: S101 - they were asked for
        return self.outcome(found.engine, found.endpoints, found.seen)

    @property
    def watches(self) -> tuple[Watch, ...]:
        """What is watched of the patients for endpoints of one's own."""
        return tuple(own.watch(self.periods) for own in self.asked.own)

    def outcome(self, engine: EngineName, endpoints: Endpoints, seen: tuple[Seen, ...]) -> "Outcome":
        """What came of it, where the patients were sent through by `run` or with those of other trials."""
        return Outcome(self, engine, endpoints, *self._measure(endpoints, seen))

    def _measure(
        self, endpoints: Endpoints, seen: tuple[Seen, ...]
    ) -> tuple[tuple[Quantity, ...], tuple[Occurrence, ...]]:
        """Take the endpoints that are asked for, under their names."""
        own = tuple(enumerate(zip(self.asked.own, seen, strict=True), start=len(ENDPOINTS)))
        measured = quantities(ENDPOINTS, endpoints, self.periods)
        happened = occurrences(ENDPOINTS, endpoints, self.periods)
        return self.asked.select(
            (*measured, *(quantity for place, (one, what) in own for quantity in one.quantities(what, place))),
            (*happened, *(one.occurrence(what, place) for place, (one, what) in own)),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial. It pickles.

    Attributes
    ----------
    trial
        What was run.
    engine
        What computed it: "compiled" or "numpy".
    endpoints
        All that was measured in each patient.
    quantities, events
        The same under names, with units: numbers, and what happens to a patient or not.
    """

    trial: Trial
    engine: EngineName
    endpoints: Endpoints
    quantities: tuple[Quantity, ...]
    events: tuple[Occurrence, ...]

    def paired(self, other: "Outcome | CohortOutcome") -> Paired:
        """Compare patient by patient with the outcome of another trial on the same virtual patients.

        Raises
        ------
        NotPairedError
            When they are not the same patients.
        """
        return paired_outcomes(self, other)


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
    """

    regimen: Regimen
    periods: tuple[Period, ...]
    cohort: Cohort
    options: Options = field(default_factory=Options)
    engine: EngineName | None = None
    asked: AskedEndpoints = EVERYTHING
    off_drug: FloatArray | None = None

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
        return self.trial_of(self.population).dosing

    @property
    def number_off_drug(self) -> int:
        """How many of the patients go off the drug before the course ends."""
        return 0 if self.off_drug is None else int((self.off_drug < self.periods[-1].stop).sum())

    @property
    def own_periods(self) -> tuple[Period, ...]:
        """The periods, of which one begins wherever a patient goes off the drug."""
        return self.periods if self.off_drug is None else part_at(self.periods, self.off_drug.tolist())

    def trial_of(self, people: Population) -> Trial:
        """The same of some of the patients."""
        off_drug = None if self.off_drug is None else self.off_drug[people.numbers.astype(np.intp)]
        return Trial(self.regimen, self.own_periods, people, self.options, self.engine, self.asked, off_drug)

    def typical_trial(self, person: Population) -> Trial:
        """The same of the typical patient, who gets all of it."""
        return replace(self, off_drug=None).trial_of(person)

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
        with executor_or_threads(executor, in_turns=takes_turns(self.engine)) as running:
            for portion in in_order(running, _portion, self._tasks()):
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

    def _tasks(self) -> "Iterator[_Task]":
        most = max(_PORTION, engine_called(self.engine).chunk)
        pieces = -(-self.cohort.size // (workers() * PIECE))
        size = min(most, max(1, pieces) * PIECE)
        return (_Task(self, part) for part in self.cohort.parts(size))


_PORTION = 1024
"""Patients who are drawn and sent through together at least, where there are as many for every processor."""


class _Task(NamedTuple):
    """Some patients to be sent through a regimen; it pickles."""

    trial: CohortTrial
    part: CohortPart


def _portion(task: _Task) -> DonePortion:
    """Send some patients through a regimen; at the top of a file, so that any executor can run it."""
    return portion_of(task.trial.trial_of(task.part.population()).run(InTurn()))


def portion_of(outcome: Outcome) -> DonePortion:
    """What is kept of an outcome."""
    people = outcome.trial.population
    return DonePortion(outcome.engine, people.numbers, body_of(people), outcome.quantities, outcome.events)


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
        """All that is measured in each patient; it is not kept, and they are sent through anew."""
        return self.trial.trial_of(self.trial.population).run().endpoints

    @property
    def quantities(self) -> Sequence[Quantity]:
        """The endpoints that are numbers, each read when it is asked for."""
        return self.kept.quantities

    @property
    def events(self) -> Sequence[Occurrence]:
        """The endpoints that happen or not, each read when it is asked for."""
        return self.kept.events

    def paired(self, other: "Outcome | CohortOutcome") -> Paired:
        """Compare patient by patient, as `Outcome.paired`."""
        return paired_outcomes(self, other)


def paired_outcomes(first: Outcome | CohortOutcome, second: Outcome | CohortOutcome) -> Paired:
    """Compare two outcomes patient by patient.

    Raises
    ------
    NotPairedError
        When they are not of the same patients.
    """
    require_same_patients(first.trial.population, second.trial.population)
    return Paired(paired_quantities(first.quantities, second.quantities), paired_shares(first.events, second.events))


@dataclass(frozen=True, slots=True)
class Simulation:
    """A regimen as virtual patients went through it, and the typical patient beside them.

    Attributes
    ----------
    outcome
        Of the patients; of the typical one alone where no population was asked for.
    typical
        Of the typical patient.
    preset
        The name of the population.
    follow_up_days
        The days without infusion that were added at the end.
    uncertainty
        How the results move with the uncertainty of the parameters; None where it was not asked for.
    models
        The same patients under each plausible parameter set, to be sent through again; none where they were not asked
        for.
    """

    outcome: Outcome | CohortOutcome
    typical: Outcome
    preset: str
    follow_up_days: int
    uncertainty: Uncertainty | None = None
    models: tuple[CohortTrial, ...] = ()

    @property
    def request(self) -> AskedEndpoints:
        """The endpoints that were asked for."""
        return self.outcome.trial.asked

    @property
    def by_day(self) -> tuple[float, ...]:
        """Days by which the shares of patients are asked for who have got somewhere."""
        return self.request.by_day

    @property
    def regimen(self) -> Regimen:
        """What was ordered."""
        return self.outcome.trial.regimen

    @property
    def alone(self) -> bool:
        """Whether the typical patient was simulated alone."""
        return self.outcome is self.typical

    @property
    def seed(self) -> int | None:
        """What the patients were drawn from; None for the typical patient alone, and for patients given as they are."""
        return self.outcome.trial.seed

    @property
    def cohort(self) -> Cohort:
        """The patients, whom nobody need hold; the typical one alone where no population was asked for."""
        trial = self.outcome.trial
        return trial.cohort if isinstance(trial, CohortTrial) else GivenCohort(trial.population)

    @property
    def population(self) -> Population:
        """All patients, drawn anew; the typical one alone where no population was asked for."""
        return self.outcome.trial.population

    def portions(self, size: int) -> Iterator[DonePortion]:
        """What came of the patients, so many at a time."""
        if isinstance(self.outcome, CohortOutcome):
            yield from self.outcome.kept.portions(size)
        else:
            yield portion_of(self.outcome)

    @property
    def quantities(self) -> Sequence[Quantity]:
        """The patients' endpoints that are numbers, in the same order as the typical patient's."""
        return self.outcome.quantities

    @property
    def events(self) -> Sequence[Occurrence]:
        """The patients' endpoints that happen or not, in the same order as the typical patient's."""
        return self.outcome.events

    @property
    def typical_quantities(self) -> tuple[Quantity, ...]:
        """The typical patient's endpoints that are numbers."""
        return self.typical.quantities

    @property
    def typical_events(self) -> tuple[Occurrence, ...]:
        """The typical patient's endpoints that happen or not."""
        return self.typical.events

    @property
    def periods(self) -> tuple[Period, ...]:
        """What was given when, the days that were added at the end included."""
        return self.outcome.trial.periods

    @property
    def typical_area(self) -> float:
        """The body surface area of the typical patient, m²."""
        return float(self.typical.trial.population.bsa_m2[0])

    @property
    def options(self) -> Options:
        """How open questions of the mechanism were answered."""
        return self.outcome.trial.options

    @property
    def engine(self) -> EngineName:
        """What computed it: "compiled" or "numpy"."""
        return self.outcome.engine

    @property
    def off_drug(self) -> int:
        """How many of the patients go off the drug before the course ends."""
        return self.outcome.trial.number_off_drug

    @property
    def days(self) -> float:
        """How long the simulation is."""
        return self.periods[-1].stop / MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class PlannedSimulation:
    """A regimen and the patients who are to get it, and what came of the typical patient.

    Attributes
    ----------
    trial
        What is to be run.
    typical, preset, follow_up_days
        As of a `Simulation`.
    """

    trial: CohortTrial
    typical: Outcome
    preset: str
    follow_up_days: int

    @property
    def request(self) -> AskedEndpoints:
        """The endpoints that are asked for."""
        return self.trial.asked

    @property
    def regimen(self) -> Regimen:
        """What was ordered."""
        return self.trial.regimen

    @property
    def alone(self) -> bool:
        """There are others than the typical patient."""
        return False

    @property
    def seed(self) -> int | None:
        """What the patients are drawn from; None for patients given as they are."""
        return self.trial.seed

    @property
    def cohort(self) -> Cohort:
        """The patients, whom nobody need hold."""
        return self.trial.cohort

    @property
    def typical_area(self) -> float:
        """The body surface area of the typical patient, m²."""
        return float(self.typical.trial.population.bsa_m2[0])

    @property
    def options(self) -> Options:
        """How open questions of the mechanism are answered."""
        return self.trial.options

    @property
    def engine(self) -> EngineName:
        """What computes it: "compiled" or "numpy"."""
        return engine_called(self.trial.engine).name

    @property
    def off_drug(self) -> int:
        """How many of the patients go off the drug before the course ends."""
        return self.trial.number_off_drug

    def simulation(self, outcome: CohortOutcome) -> Simulation:
        """What became of it."""
        return Simulation(outcome, self.typical, self.preset, self.follow_up_days)


def run(  # noqa: PLR0913 - all but one by name, and each of its own
    regimen: Regimen,
    *,
    preset: str | None = None,
    patients: Patients | None = 1000,
    seed: int = 1,
    before: int = 0,
    patient: Patient | None = None,
    course: Sequence[Period] | None = None,
    follow_up_days: int = 0,
    options: Options | None = None,
    asked: AskedEndpoints = EVERYTHING,
    parameter_sets: int = 0,
    sets: SetsOf = SetsOf.PUBLISHED,
    executor: Executor | None = None,
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
        How many virtual patients; or the user's own, of whom patient i carries the random effects of patient i of the
        seed; or a population that was drawn, and is taken as it is; None for the typical patient alone.
    seed
        What the virtual patients are drawn from; a population that is given keeps its own.
    before
        How many virtual patients of the seed come before them; they are passed over.
    patient
        The size of the typical patient; the population's own when not given.
    course
        The periods that are given, where they are not those of the regimen: a course with its interruptions.
    follow_up_days
        Days without infusion that are added at the end.
    options
        Open questions of the mechanism.
    asked
        The endpoints that are asked for.
    parameter_sets
        How often to run the population again with other typical values.
    sets
        Where these come from: drawn within their published uncertainty, or the plausible sets.
    executor
        What runs the patients; threads, as many as there are processors, when not given. The result does not depend
        on it.
    progress
        Called with the number of patients done, those of all parameter sets counted together.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    ValueError
        When a population is given with parameter sets, which draw the patients again, or with the name of another; when
        the course does not have a window or day that is asked for, or the simulation no endpoint of a key; when
        plausible sets were made for other parameters, or there are not so many.
    """
    if parameter_sets and isinstance(patients, Population):
        raise ValueError("parameter sets draw the patients again: give their number, and not a population")
    if patients is None:
        chosen, table = (
            preset_of(regimen, preset, patients),
            followed_up(tuple(course or periods(regimen)), follow_up_days),
        )
        asked.require_days(table)
        person = typical_patient(regimen, chosen, patient)
        average = Trial(regimen, table, person, options or Options(), asked=asked).run(InTurn())
        return Simulation(average, average, chosen, follow_up_days)
    planned = planned_simulation(
        regimen,
        preset=preset,
        patients=patients,
        seed=seed,
        before=before,
        patient=patient,
        course=course,
        follow_up_days=follow_up_days,
        options=options,
        asked=asked,
    )
    models = tuple(
        replace(planned.trial, cohort=cohort_of(regimen, parameters, patients, seed, before))
        for parameters in sets_of(sets, planned.preset, parameter_sets, seed)
    )
    with executor_or_threads(executor, in_turns=takes_turns(None)) as running:
        found = planned.simulation(planned.trial.run(running, progress))
        if not models:
            return found
        outcomes = run_models(models, running, count_on(progress, planned.cohort.size))
        others = [set_outcome(ran.quantities, ran.events) for ran in outcomes]
    if sets is SetsOf.PUBLISHED:
        return replace(found, uncertainty=over_sets(planned.preset, others))
    return replace(found, uncertainty=over_models(set_outcome(found.quantities, found.events), others), models=models)


def run_models(
    models: Sequence[CohortTrial], executor: Executor, progress: Callable[[int], None] | None = None
) -> "Iterator[CohortOutcome]":
    """Send the same patients through a regimen under each of many parameter sets, one set after the other."""
    for number, model in enumerate(models):
        yield model.run(executor, count_on(progress, number * model.cohort.size))


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
) -> PlannedSimulation:
    """Find the patients of a simulation, and send the typical one through the regimen.

    Parameters
    ----------
    regimen, preset, patients, seed, before, patient, course, follow_up_days, options, asked
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
        When a population is given with the name of another, or people who are given are to be passed over.
    """
    chosen = preset_of(regimen, preset, patients)
    table = followed_up(tuple(course or periods(regimen)), follow_up_days)
    asked.require_days(table)
    people = cohort_of(regimen, chosen, patients, seed, before)
    trial = CohortTrial(regimen, table, people, options or Options(), engine, asked, off_drug_of(patients))
    require_alike(trial)
    average = trial.typical_trial(typical or typical_patient(regimen, chosen, patient)).run(InTurn())
    return PlannedSimulation(trial, average, chosen, follow_up_days)


def count_on(progress: Callable[[int], None] | None, start: int) -> Callable[[int], None] | None:
    """Count on from where the runs before ended."""
    return None if progress is None else lambda done: progress(start + done)


def preset_of(regimen: Regimen, preset: str | None, patients: Patients | None) -> str:
    """Name the virtual population: the one asked for, that of the patients given, or the one for the regimen.

    Raises
    ------
    ValueError
        When the patients that are given are of another population than the one asked for.
    NotEligibleError
        When the regimen does not admit the age of one of the user's own patients.
    """
    if isinstance(patients, People) and patients.age_years is not None:
        require_ages(regimen, patients.age_years, patients.ids)
    if not isinstance(patients, Population):
        return preset or regimen.virtual_population
    if preset not in (None, patients.preset):
        raise ValueError(f"the patients are of the population {patients.preset}, not {preset}")
    return patients.preset


def off_drug_of(patients: Patients | None) -> FloatArray | None:
    """When each patient goes off the drug, where a table of patients says it."""
    return patients.off_drug_minutes if isinstance(patients, People) else None


def followed_up(table: tuple[Period, ...], days: int) -> tuple[Period, ...]:
    """Add days without infusion at the end of a table of periods."""
    if not days:
        return table
    last = table[-1]
    end = last.stop + days * MINUTES_PER_DAY
    return (*table, replace(last, start=last.stop, stop=end, dose=None, cap=None, step=0))


def typical_patient(regimen: Regimen, preset: str, patient: Patient | None) -> Population:
    """The typical patient of a population, of a given size and age or of its own, as far as the regimen admits it."""
    found = _of_size(regimen, preset, patient)
    years = None if patient is None or patient.age is None else patient.age.in_years
    return found if years is None else replace(found, age_years=np.array([years]))


def _of_size(regimen: Regimen, preset: str, patient: Patient | None) -> Population:
    if patient is None or patient.area is None:
        return admitted_typical(regimen, preset)
    area = float(patient.area.square_metres)
    if patient.weight is None or patient.height is None:
        return typical(preset, area)
    return from_covariates(
        preset,
        weight_kg=np.array([float(patient.weight)]),
        height_cm=np.array([float(patient.height)]),
        bsa_m2=np.array([area]),
    )


def require_alike(trial: CohortTrial) -> None:
    """Refuse patients whom a regimen does not admit, or does not treat alike, before any of them is simulated.

    Raises
    ------
    NotEligibleError
        When there are such.
    """
    if isinstance(trial.cohort, GivenCohort):
        _ = trial.dosing
    elif trial.options.premedication:
        ages = [part.population().age_years for part in trial.cohort.parts(_PORTION)]
        require_one_age_group(trial.regimen, np.concatenate(ages))


def cohort_of(
    regimen: Regimen, preset: str | Preset, patients: Patients, seed: int, before: int = 0, piece: int = PIECE
) -> Cohort:
    """The virtual patients, as `virtual_patients`; those who are drawn are held by nobody, and drawn in whole pieces.

    Raises
    ------
    ValueError
        When patients who are given are to be passed over.
    """
    if isinstance(patients, int):
        return admitted_cohort(regimen, preset, patients, seed, before, piece)
    if before:
        raise ValueError("patients are passed over in a seed, and these are given")
    return GivenCohort(virtual_patients(regimen, preset, patients, seed))


def virtual_patients(regimen: Regimen, preset: str | Preset, patients: Patients, seed: int) -> Population:
    """Virtual patients: so many of a population whom the regimen admits, the user's own, or those given.

    The user's own carry the random effects of the seed.
    """
    if isinstance(patients, Population):
        # A seed would say that anybody can draw them again, by it and their number.
        return patients if is_as_drawn(patients) and not patients.first else replace(patients, seed=None)
    if isinstance(patients, int):
        return admitted_cohort(regimen, preset, patients, seed).population()
    return from_covariates(
        preset,
        weight_kg=patients.weight_kg,
        height_cm=patients.height_cm,
        age_years=patients.age_years,
        female=patients.female,
        bsa_m2=patients.bsa_m2,
        seed=seed,
        ids=patients.ids,
        baselines=patients.baselines,
    )
