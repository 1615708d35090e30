"""A regimen as virtual patients went through it, or are to go, and the typical patient beside them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from blinplan.course.events import Period
from blinplan.executors.executor import Executor
from blinplan.physiology.engine.choose import engine_called
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.population import Population
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.cohort import Cohort, GivenCohort
from blinplan.simulation.crowd.kept import DonePortion, KeptOutcome
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.off_drug import OffDrugCount
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial, portion_of
from blinplan.simulation.trials.trial import Outcome
from blinplan.simulation.uncertainty import Uncertainty


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
    model_reader
        Reads what came of them under each of these, by its number from 1, where it was computed before; None where not.
    unsaid_of_typical
        What nobody said of the typical patient, who was simulated alone, as `Cohort.unsaid`.
    """

    outcome: Outcome | CohortOutcome
    typical: Outcome
    preset: str
    follow_up_days: int
    uncertainty: Uncertainty | None = None
    models: tuple[CohortTrial, ...] = ()
    model_reader: Callable[[int], KeptOutcome] | None = None
    unsaid_of_typical: tuple[str, ...] = ()

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
        if isinstance(trial, CohortTrial):
            return trial.cohort
        return GivenCohort(trial.population, unsaid_of_typical=self.unsaid_of_typical)

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

    def under_models(self) -> Iterator[KeptOutcome]:
        """What came of the patients under each plausible set: read, or sent through again."""
        if self.model_reader is None:
            yield from (ran.kept for ran in outcomes_of(self.models))
        else:
            yield from map(self.model_reader, range(1, len(self.models) + 1))

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
    def regimens(self) -> tuple[Regimen, ...]:
        """The regimens that patients get, each once."""
        trial = self.outcome.trial
        return trial.regimens if isinstance(trial, CohortTrial) else (trial.regimen,)

    @property
    def off_drug(self) -> OffDrugCount:
        """How many of the patients have a day to go off the drug."""
        return self.outcome.trial.off_drug_count

    @property
    def own_courses(self) -> int:
        """How many of the patients have a course of their own."""
        trial = self.outcome.trial
        return trial.number_of_own if isinstance(trial, CohortTrial) else 0

    @property
    def days(self) -> float:
        """How long the simulation is."""
        return self.periods[-1].stop / MINUTES_PER_DAY

    @property
    def last_day(self) -> float:
        """The day on which the last of the patients is through, who may have a course of their own."""
        own = self.outcome.trial.own if isinstance(self.outcome.trial, CohortTrial) else None
        return self.days if own is None else float(own.ends.max()) / MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class PlannedSimulation:
    """A regimen and the patients who are to get it, and what came of the typical patient.

    Attributes
    ----------
    trial
        What is to be run.
    typical, preset, follow_up_days
        As of a `Simulation`.
    models
        The same patients under each parameter set that is asked for besides.
    """

    trial: CohortTrial
    typical: Outcome
    preset: str
    follow_up_days: int
    models: tuple[CohortTrial, ...] = ()

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
    def off_drug(self) -> OffDrugCount:
        """How many of the patients have a day to go off the drug."""
        return self.trial.off_drug_count

    @property
    def own_courses(self) -> int:
        """How many of the patients have a course of their own."""
        return self.trial.number_of_own

    def under_models(
        self, executor: Executor | None = None, progress: Callable[[int], None] | None = None
    ) -> Iterator[KeptOutcome]:
        """Send the patients through under each parameter set; `progress` counts from the first of these on."""
        yield from (ran.kept for ran in outcomes_of(self.models, executor, progress))

    def simulation(self, outcome: CohortOutcome) -> Simulation:
        """What became of it."""
        return Simulation(outcome, self.typical, self.preset, self.follow_up_days)
