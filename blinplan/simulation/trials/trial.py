"""A regimen and the patients who get it, and what came of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from blinplan.course.events import Period
from blinplan.executors.executor import Executor, executor_or_threads
from blinplan.physiology.checkpoints import Checkpoints
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.choose import takes_turns
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.solve import simulate
from blinplan.physiology.watch import Seen, Watch
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.dosing import dosing as dosing_of
from blinplan.simulation.dosing import require_one_age_group
from blinplan.simulation.endpoints.asked import EVERYTHING, AskedEndpoints
from blinplan.simulation.endpoints.definition import Measurements, occurrences, quantities
from blinplan.simulation.endpoints.table import ENDPOINTS
from blinplan.simulation.off_drug import OffDrugCount, end_of_infusion, off_drug_count
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.paired import Paired, PatientOutcome, paired_outcomes


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
    looked_at
        The days from which on times are looked at, where these are some of the patients: those of all; None elsewhere.
    """

    regimen: Regimen
    periods: tuple[Period, ...]
    population: Population
    options: Options = field(default_factory=Options)
    engine: EngineName | None = None
    asked: AskedEndpoints = EVERYTHING
    off_drug: FloatArray | None = None
    looked_at: Mapping[str, float] | None = None

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
        premedicated = self.options.premedication
        if premedicated:
            require_one_age_group(self.regimen, self.population.age_years)
        return dosing_of(self.regimen, self.periods, self.population, self.off_drug, premedicated=premedicated)

    @property
    def infusion_ends(self) -> float:
        """The minute at which the last infusion of the course ends."""
        return end_of_infusion(self.periods)

    @property
    def off_drug_count(self) -> OffDrugCount:
        """How many of the patients have a day to go off the drug."""
        return off_drug_count(self.off_drug, self.infusion_ends)

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
        alone = takes_turns(self.engine, self.population.size) and checkpoints is None
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
        looked_at = self.asked.looked_at(self.periods, self.off_drug) if self.looked_at is None else self.looked_at
        gathered = Measurements(endpoints, self.periods, looked_at, self.asked.with_units)
        own = [
            (one, (what, one.at_risk(endpoints), place))
            for place, (one, what) in enumerate(zip(self.asked.own, seen, strict=True), start=len(ENDPOINTS))
        ]
        measured = (quantity for one, found in own for quantity in one.quantities(*found, looked_at[one.day_key]))
        return self.asked.select(
            (*quantities(ENDPOINTS, gathered), *measured),
            (*occurrences(ENDPOINTS, gathered), *(one.occurrence(*found) for one, found in own)),
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

    def paired(self, other: PatientOutcome) -> Paired:
        """Compare patient by patient with the outcome of another trial on the same virtual patients.

        Raises
        ------
        NotPairedError
            When they are not the same patients.
        """
        return paired_outcomes(self, other)
