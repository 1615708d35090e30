"""Send the same virtual patients through several regimens, and compare what came of each of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period, periods
from blinplan.design.comparison.contrast import (
    Contrast,
    Measure,
    measure_of,
    number_contrast,
    share_contrast,
)
from blinplan.design.comparison.courses import cycles_of, first_cycles
from blinplan.design.comparison.endpoints import (
    CommonWindow,
    ReadableEndpoints,
    asked_of_all,
    endpoints_of,
    of_differing_windows,
    window_of_time,
    windows,
)
from blinplan.design.comparison.refused import refusals
from blinplan.executors.executor import Executor, InTurn, executor_or_threads
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.admission import commonly_admitted_cohort
from blinplan.simulation.crowd.cohort import Cohort
from blinplan.simulation.dosing import NotEligibleError, followed_up
from blinplan.simulation.endpoints.asked import EVERYTHING, AskedEndpoints, UnknownEndpointError
from blinplan.simulation.endpoints.own import WindowError
from blinplan.simulation.models.plausible import plausible_presets
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import Occurrence, Quantity, there_by
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial
from blinplan.simulation.trials.patients import Patients, cohort_of, off_drug_of, preset_of, typical_patient
from blinplan.simulation.trials.planned import refuse_sets_of_one_population, require_alike
from blinplan.simulation.trials.progress import count_on
from blinplan.simulation.trials.trial import Outcome
from blinplan.simulation.uncertainty import sets_of, uncertain_parameters


class NamedRegimen(NamedTuple):
    """A regimen, and what to call it among the others."""

    name: str
    regimen: Regimen
    course: tuple[Period, ...] | None = None
    """What is given when, where that is not as the regimen orders it: a course as it came to be."""

    def first(self, cycles: int | None) -> "NamedRegimen":
        """The same with no more than so many cycles."""
        course = None if self.course is None else cycles_of(self.course, cycles)
        return NamedRegimen(self.name, first_cycles(self.regimen, cycles), course)

    def periods(self) -> tuple[Period, ...]:
        """What is given when."""
        return periods(self.regimen) if self.course is None else self.course


@dataclass(frozen=True, slots=True)
class ComparedArm:
    """A regimen as the patients went through it."""

    name: str
    outcome: CohortOutcome
    ordered: tuple[Period, ...]
    """The course without the days that were added at its end."""
    models: tuple[CohortTrial, ...] = ()
    """The same patients under each plausible parameter set, to be sent through again."""

    @property
    def regimen(self) -> Regimen:
        """What was ordered, as far as it is compared."""
        return self.outcome.trial.regimen

    @property
    def periods(self) -> tuple[Period, ...]:
        """What was given when."""
        return self.outcome.trial.periods


@dataclass(frozen=True, slots=True)
class ComparedEndpoint:
    """An endpoint under all regimens.

    Attributes
    ----------
    key, group, label, unit
        As of the endpoint; a share has no unit.
    measure
        What it comes to over the patients.
    values
        That, under each regimen; NaN where a regimen does not have it.
    contrasts
        Each regimen against the reference; None of the reference itself, and where one of the two does not have it.
    within
        Of a time: the window in its unit; what was not reached in it counts as all of it.
    by_day
        Of a share of those who have got somewhere: by which day.
    """

    key: str
    group: str
    label: str
    unit: str
    measure: Measure
    values: tuple[float, ...]
    contrasts: tuple[Contrast | None, ...]
    within: float | None = None
    by_day: float | None = None


@dataclass(frozen=True, slots=True)
class OverSets:
    """How the estimates move over parameter sets, by key, day and place of the regimen.

    Attributes
    ----------
    of
        Where the sets come from.
    sets
        How many there are, beside the shipped parameters.
    parameters
        The parameters in which published sets differ.
    ranges
        From where to where: of published sets from the 5th to the 95th percentile, of plausible ones from the least to
        the greatest, the shipped parameters among them. Empty where nobody asked for them.
    """

    of: SetsOf
    sets: int
    parameters: tuple[str, ...]
    ranges: dict[tuple[str, float | None, int], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Several regimens on the same virtual patients; the first is the reference.

    Attributes
    ----------
    arms
        The regimens as the patients went through them.
    preset
        The name of the population.
    asked
        The endpoints that were asked for.
    endpoints
        All that is compared, in the order in which it is shown.
    refusals
        How many of the people who were drawn each regimen refuses; None where patients were given.
    follow_up_days
        The days without infusion that were added at the end of each course.
    cycles
        How many cycles of each regimen were compared at most; None for all.
    left_out
        The keys of days that are counted out of others, or of more, under another regimen.
    over_sets
        How the estimates move with the parameters; None where that was not asked for.
    """

    arms: tuple[ComparedArm, ...]
    preset: str
    asked: AskedEndpoints
    endpoints: tuple[ComparedEndpoint, ...]
    refusals: tuple[int, ...] | None
    follow_up_days: int
    cycles: int | None
    left_out: tuple[str, ...] = ()
    over_sets: OverSets | None = None

    @property
    def reference(self) -> ComparedArm:
        """What the others are held against."""
        return self.arms[0]

    @property
    def cohort(self) -> Cohort:
        """The patients."""
        return self.reference.outcome.trial.cohort

    def under_models(
        self, executor: Executor | None = None, progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[CohortOutcome, ...]]:
        """Send the patients through again under each plausible set: what came of them under each regimen.

        Progress counts those under the shipped parameters as done, and goes on from there.
        """
        trials = chain.from_iterable(zip(*(arm.models for arm in self.arms), strict=True))
        outcomes = outcomes_of(trials, executor, count_on(progress, self.cohort.size * len(self.arms)))
        while under := tuple(islice(outcomes, len(self.arms))):
            yield under

    @property
    def options(self) -> Options:
        """How open questions of the mechanism were answered."""
        return self.reference.outcome.trial.options

    @property
    def shares(self) -> tuple[ComparedEndpoint, ...]:
        """The endpoints that are shares of patients."""
        return tuple(one for one in self.endpoints if one.measure is Measure.SHARE)

    @property
    def numbers(self) -> tuple[ComparedEndpoint, ...]:
        """The endpoints that are numbers or times."""
        return tuple(one for one in self.endpoints if one.measure is not Measure.SHARE)


def compare(  # noqa: PLR0913 - all but one by name, and each of its own
    regimens: Sequence[NamedRegimen],
    *,
    preset: str | None = None,
    patients: Patients = 1000,
    seed: int = 1,
    before: int = 0,
    cycles: int | None = None,
    follow_up_days: int = 0,
    options: Options | None = None,
    asked: AskedEndpoints = EVERYTHING,
    parameter_sets: int = 0,
    sets: SetsOf = SetsOf.PUBLISHED,
    ranges: bool = True,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> PairedComparison:
    """Compare regimens, each with the first.

    Parameters
    ----------
    regimens
        What is compared, by the names under which it is shown.
    preset
        The virtual population; the one that stands for the patients of the first when not given.
    patients
        How many virtual patients whom all regimens admit; or the user's own, or a population as it is.
    seed
        What they are drawn from.
    before
        How many of those whom all regimens admit come before them; they are passed over.
    cycles
        How many cycles of each regimen are compared at most.
    follow_up_days, options, asked, parameter_sets, sets, executor
        As for `blinplan.simulation.trials.run.run`.
    ranges
        Whether it is looked at how the estimates move over parameter sets. Who wants the patients under each plausible
        set alone has no need of it, and sends them through with `under_models`.
    progress
        Called with the number of patients done, those of all regimens and parameter sets counted together.

    Raises
    ------
    NotEligibleError
        When hardly anybody is admitted by all regimens, or one of them does not admit patients who are given.
    WindowError, UnknownEndpointError
        When one of the courses has not the time, or none of them has the endpoint, that is asked for.
    PeopleError
        When a population as it is is given with parameter sets, under each of which patients are others.
    """
    refuse_sets_of_one_population(patients, parameter_sets)
    cut = [one.first(cycles) for one in regimens]
    chosen = preset_of(cut[0].regimen, preset, patients)
    plan = _Plan(tuple(cut), chosen, patients, seed, before, follow_up_days, options or Options(), asked)
    plan.refuse_what_cannot_be()
    with executor_or_threads(executor) as running:
        (arms,) = plan.run([chosen], running, progress)
        endpoints = plan.endpoints(arms)
        found = PairedComparison(
            arms,
            chosen,
            asked,
            endpoints,
            refusals(arms[0].outcome.trial.cohort, [arm.regimen for arm in arms], chosen),
            follow_up_days,
            cycles,
            tuple(plan.left_out(arms)),
        )
        if not parameter_sets:
            return found
        moved = plan.ranges(sets, parameter_sets, found, running, progress) if ranges else {}
        drawn = uncertain_parameters(load_parameters().presets[chosen]) if sets is SetsOf.PUBLISHED else ()
        found = replace(found, over_sets=OverSets(sets, parameter_sets, drawn, moved))
    return found if sets is SetsOf.PUBLISHED else replace(found, arms=plan.with_models(arms, parameter_sets))


class _Plan(NamedTuple):
    """What is compared, on whom, and what is asked of it."""

    regimens: tuple[NamedRegimen, ...]
    preset: str
    patients: Patients
    seed: int
    before: int
    follow_up_days: int
    options: Options
    asked: AskedEndpoints

    @property
    def courses(self) -> list[tuple[Period, ...]]:
        """What each gives when."""
        return [followed_up(one.periods(), self.follow_up_days) for one in self.regimens]

    @property
    def windows(self) -> tuple[CommonWindow, ...]:
        """The days that all courses have."""
        return windows(self.courses)

    def trials(self, preset: str | Preset) -> list[CohortTrial]:
        """Each regimen with the patients."""
        cohort, off_drug = self._cohort(preset), off_drug_of(self.patients)
        asked = asked_of_all(self.asked, self.courses)
        return [
            CohortTrial(one.regimen, course, cohort, self.options, None, asked, off_drug)
            for one, course in zip(self.regimens, self.courses, strict=True)
        ]

    def _cohort(self, preset: str | Preset) -> Cohort:
        orders = [one.regimen for one in self.regimens]
        if isinstance(self.patients, int):
            return commonly_admitted_cohort(orders, preset, self.patients, self.seed, self.before)
        return cohort_of(orders[0], preset, self.patients, self.seed)

    def refuse_what_cannot_be(self) -> None:
        """Refuse times, keys and patients that cannot be, before all are simulated."""
        for one, course in zip(self.regimens, self.courses, strict=True):
            try:
                self.asked.require_days(course)
            except WindowError as error:
                raise WindowError(f"{one.name}: {error}") from error
        known = dict[str, None]()
        for one, trial in zip(self.regimens, self.trials(self.preset), strict=True):
            try:
                preset_of(one.regimen, self.preset, self.patients)
                require_alike(trial)
            except NotEligibleError as error:
                raise NotEligibleError(f"{one.name}: {error}") from error
            person = typical_patient(one.regimen, self.preset, None)
            found = self._readable(trial.typical_trial(person).run(InTurn()))
            known |= dict.fromkeys((*found.quantities, *found.events))
        for key in self.asked.keys:
            if key not in known:
                raise UnknownEndpointError(key, tuple(known))

    def run(
        self, presets: Iterable[str | Preset], executor: Executor, progress: Callable[[int], None] | None
    ) -> Iterator[tuple[ComparedArm, ...]]:
        """Send the patients through each, under one parameter set after the other."""
        trials = (trial for preset in presets for trial in self.trials(preset))
        outcomes = outcomes_of(trials, executor, progress)
        while arms := tuple(
            ComparedArm(one.name, ran, one.periods()) for one, ran in zip(self.regimens, outcomes, strict=False)
        ):
            yield arms

    def with_models(self, arms: Sequence[ComparedArm], sets: int) -> tuple[ComparedArm, ...]:
        """The same with what runs them under each plausible set."""
        by_arm = zip(*map(self.trials, plausible_presets(self.preset, sets)), strict=True)
        return tuple(replace(arm, models=models) for arm, models in zip(arms, by_arm, strict=True))

    def _readable(self, outcome: Outcome | CohortOutcome) -> ReadableEndpoints:
        return endpoints_of(outcome, self.asked, self.windows)

    def left_out(self, arms: Sequence[ComparedArm]) -> Iterator[str]:
        """What is asked for and not compared because it is of other days under another regimen."""
        keys = dict.fromkeys(key for arm in arms for key in self._readable(arm.outcome).quantities)
        asked = tuple(filter(self._is_asked, keys))
        return of_differing_windows([arm.periods for arm in arms], asked, self.asked.own)

    def endpoints(self, arms: Sequence[ComparedArm]) -> tuple[ComparedEndpoint, ...]:
        """Everything that is compared."""
        each, left_out = [self._readable(arm.outcome) for arm in arms], set(self.left_out(arms))
        numbers = dict.fromkeys(key for one in each for key in one.quantities if key not in left_out)
        events = dict.fromkeys(key for one in each for key in one.events)
        found: list[ComparedEndpoint] = []
        for key in filter(self._is_asked, numbers):
            found += self._of_number([one.quantities.get(key) for one in each])
        found += [self._of_event([one.events.get(key) for one in each]) for key in filter(self._is_asked, events)]
        return tuple(one for one in found if one.contrasts[1:] != (None,) * (len(arms) - 1))

    def _is_asked(self, key: str) -> bool:
        own = {name for one in self.asked.own for name in one.keys}
        return not self.asked.keys or key in self.asked.keys or key in own

    def _of_number(self, readers: Sequence[Callable[[], Quantity] | None]) -> Iterator[ComparedEndpoint]:
        """A number under all regimens; of a time, the shares who are there by the days asked for as well.

        By a day on which it is looked at under none of them, nobody is compared.
        """
        found = [None if read is None else read() for read in readers]
        there = [quantity for quantity in found if quantity is not None]
        head, measure = there[0], measure_of(there)
        within = window_of_time(head, self.courses, self.asked.own) if measure is Measure.TIME else None
        reference = found[0]
        contrasts = [
            None if reference is None or other is None else number_contrast(reference, other, measure, within)
            for other in found[1:]
        ]
        own = [float("nan") if one is None else number_contrast(one, one, measure, within).other for one in found]
        yield ComparedEndpoint(
            head.key, head.group, head.label, head.unit, measure, tuple(own), (None, *contrasts), within
        )
        if measure is Measure.TIME:
            looked_at = min(quantity.from_day for quantity in there)
            for day in (day for day in self.asked.by_day if day >= looked_at):
                arrivals = [None if one is None else there_by(one, day) for one in found]
                yield self._of_events(arrivals, day)

    def _of_event(self, readers: Sequence[Callable[[], Occurrence] | None]) -> ComparedEndpoint:
        return self._of_events([None if read is None else read() for read in readers], None)

    @staticmethod
    def _of_events(found: Sequence[Occurrence | None], day: float | None) -> ComparedEndpoint:
        head, reference = next(one for one in found if one is not None), found[0]
        contrasts = [
            None if reference is None or other is None else share_contrast(reference, other) for other in found[1:]
        ]
        own = tuple(float("nan") if one is None else one.proportion.value for one in found)
        return ComparedEndpoint(
            head.key, head.group, head.label, "", Measure.SHARE, own, (None, *contrasts), by_day=day
        )

    def ranges(
        self,
        of: SetsOf,
        sets: int,
        base: PairedComparison,
        executor: Executor,
        progress: Callable[[int], None] | None,
    ) -> dict[tuple[str, float | None, int], tuple[float, float]]:
        """The same with so many parameter sets: how far the estimates move."""
        size = base.cohort.size * len(self.regimens)
        found: dict[tuple[str, float | None, int], list[float]] = {}
        if of is SetsOf.PLAUSIBLE:
            _gather(base.endpoints, found)
        for arms in self.run(sets_of(of, self.preset, sets, self.seed), executor, count_on(progress, size)):
            _gather(self.endpoints(arms), found)
        ends = [0, 100] if of is SetsOf.PLAUSIBLE else [5, 95]
        low_and_high = {key: np.nanpercentile(values, ends) for key, values in found.items()}
        return {key: (float(low), float(high)) for key, (low, high) in low_and_high.items()}


def _gather(endpoints: Sequence[ComparedEndpoint], found: dict[tuple[str, float | None, int], list[float]]) -> None:
    """Add the estimates of one parameter set."""
    for endpoint in endpoints:
        for place, contrast in enumerate(endpoint.contrasts):
            if contrast is not None:
                found.setdefault((endpoint.key, endpoint.by_day, place), []).append(contrast.estimate.value)
