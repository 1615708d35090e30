"""A regimen and many patients who get it, drawn and sent through some at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.executor import Executor, InTurn, executor_or_threads, in_order, places
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.choose import engine_called, takes_turns
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.cohort import NOBODY, PIECE, Cohort, CohortPart
from blinplan.simulation.crowd.kept import DonePortion, KeptOutcome, body_of
from blinplan.simulation.dosing import part_at
from blinplan.simulation.endpoints.asked import EVERYTHING, AskedEndpoints
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.paired import Paired, PatientOutcome, paired_outcomes
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

    @property
    def of_nobody(self) -> "CohortTrial":
        """The same without the patients: others need not be told of all of them with each portion."""
        return replace(self, cohort=NOBODY)

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
        pieces = -(-self.cohort.size // (places(executor) * PIECE))
        size = min(most, max(1, pieces) * PIECE)
        return (_Task(self.of_nobody, part) for part in self.cohort.parts(size))


PORTION = 1024
"""Patients who are drawn and sent through together at least, where there are as many for every processor."""


class _Task(NamedTuple):
    """A regimen, and some patients to be sent through it; it pickles."""

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

    def paired(self, other: PatientOutcome) -> Paired:
        """Compare patient by patient, as `Outcome.paired`."""
        return paired_outcomes(self, other)
