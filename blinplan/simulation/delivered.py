"""What was delivered of what was planned, and the same virtual patients in both courses."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from blinplan.course.dated import Dated
from blinplan.course.events import Course
from blinplan.course.happened.hung import wrong_doses
from blinplan.executors.executor import Executor
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import Population
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.record.record import Cause
from blinplan.simulation.crowd.cohort import Cohort
from blinplan.simulation.models.plausible import plausible_presets
from blinplan.simulation.off_drug import OffDrugCount, off_drug_count
from blinplan.simulation.paired import Paired
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial
from blinplan.simulation.trials.patients import Patients, cohort_of, off_drug_of, preset_of
from blinplan.simulation.trials.planned import require_alike

_DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class Delivery:
    """A stretch of a course, a cycle or the whole of it: minutes of infusion and in all, and micrograms."""

    infused: int
    minutes: int
    micrograms: Fraction

    def intensity(self, least: int = 0) -> Fraction:
        """Micrograms in a week, over the whole of the time, and no less than so many minutes."""
        minutes = max(self.minutes, least)
        return Fraction(0) if not minutes else self.micrograms * _DAYS_PER_WEEK * MINUTES_PER_DAY / minutes


@dataclass(frozen=True, slots=True)
class DeliveredCycle:
    """One cycle as it was delivered and as it was planned; ``cycle`` is None for the whole course."""

    cycle: int | None
    delivered: Delivery
    planned: Delivery

    @property
    def intensity(self) -> Fraction:
        """Micrograms in a week that were delivered, over no less than the time that was planned."""
        return self.delivered.intensity(self.planned.minutes)

    @property
    def relative_intensity(self) -> Fraction | None:
        """The intensity over the planned one; None where nothing was planned."""
        planned = self.planned.intensity()
        return self.intensity / planned if planned else None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered beside what was planned.

    Attributes
    ----------
    cycles
        Each cycle of the two courses, and the whole course last.
    outcome, planned
        Of the same virtual patients in the course as it came to be, and as it was planned.
    overdosed
        Whether an overdose is on record, and no bag that gave it: what it gave in excess is in no figure.
    misgiven
        How many mcg wrong bags gave too much or, below 0, too little, each; they are in the figures.
    models
        The pairs under each plausible parameter set; none where they were not asked for.
    """

    cycles: tuple[DeliveredCycle, ...]
    outcome: CohortOutcome
    planned: CohortOutcome
    overdosed: bool
    misgiven: tuple[Fraction, ...] = ()
    models: tuple[Paired, ...] = ()

    @property
    def off_drug(self) -> OffDrugCount:
        """How many of the patients have a day to go off the drug, by both courses."""
        trial = self.outcome.trial
        return off_drug_count(trial.off_drug, trial.infusion_ends, self.planned.trial.infusion_ends)

    @property
    def pairs(self) -> Paired:
        """What each virtual patient has as delivered, first, and as planned, second."""
        return self.outcome.paired(self.planned)


def compare_delivery(
    dated: Dated,
    *,
    patients: Patients = 1000,
    seed: int = 1,
    models: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Delivered:
    """Send the same virtual patients through a course as it came to be and as it was planned.

    Parameters
    ----------
    dated
        The plan.
    patients, seed, executor
        As of `trial.run`; who goes off the drug on some day of the course does so in both.
    models
        Under how many plausible parameter sets both courses are gone through again.
    progress
        Called with the number of patients done, those of both courses and of all sets counted together.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    ValueError
        When a population is given with parameter sets, which draw the patients again.
    """
    if models and isinstance(patients, Population):
        raise ValueError("parameter sets draw the patients again: give their number, and not a population")
    planned, off = dated.replanned.planned, tuple(wrong.micrograms for wrong in wrong_doses(dated.course))
    preset = preset_of(planned.regimen, None, patients)
    under: list[str | Preset] = [preset, *plausible_presets(preset, models)]
    cohorts = [cohort_of(planned.regimen, population, patients, seed) for population in under]
    trials = [_trial(course, cohort, patients) for cohort in cohorts for course in (dated.course, planned)]
    for trial in trials[:2]:
        require_alike(trial)
    outcomes = outcomes_of(trials, executor, progress)
    came, was_planned = next(outcomes), next(outcomes)
    return Delivered(
        cycles=delivered_cycles(dated.course, planned),
        outcome=came,
        planned=was_planned,
        overdosed=misses_an_overdose(dated),
        misgiven=off,
        models=tuple(first.paired(second) for first, second in zip(outcomes, outcomes, strict=True)),
    )


def misses_an_overdose(dated: Dated) -> bool:
    """Whether an overdose is on record, and no bag that gave it."""
    given = any(wrong.micrograms > 0 for wrong in wrong_doses(dated.course))
    return not given and any(entry.interruption.cause is Cause.OVERDOSE for entry in dated.ledger.interruptions)


def delivered_cycles(course: Course, planned: Course) -> tuple[DeliveredCycle, ...]:
    """What each cycle of a course delivers beside what was planned; the whole course is last."""
    cycles = sorted({event.period.cycle for each in (course, planned) for event in each.events})
    return tuple(DeliveredCycle(cycle, delivery(course, cycle), delivery(planned, cycle)) for cycle in (*cycles, None))


def delivery(course: Course, cycle: int | None = None) -> Delivery:
    """What a cycle of a course delivers, or the whole course: nothing where the course has no such cycle."""
    events = [event for event in course.events if cycle in {None, event.period.cycle}]
    return Delivery(
        sum(event.period.minutes for event in events if event.period.dose is not None),
        sum(event.period.minutes for event in events),
        sum((event.micrograms for event in events), Fraction(0)),
    )


def _trial(course: Course, cohort: Cohort, patients: Patients) -> CohortTrial:
    """A course, and in it each patient up to the day on which a table says that they go off the drug."""
    table = tuple(event.period for event in course.events)
    return CohortTrial(course.regimen, table, cohort, off_drug=off_drug_of(patients))
