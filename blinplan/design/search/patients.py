"""The patients of a search, and what schedules do to them: all schedules are tried on the same ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from blinplan.course.events import Period, periods
from blinplan.design.comparison.courses import end_of, first_cycles
from blinplan.design.search.wanted import Sample, Wish
from blinplan.executor import Executor
from blinplan.physiology.endpoints import INFUSION
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import Population
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.admission import admitted_cohort
from blinplan.simulation.crowd.cohort import GivenCohort
from blinplan.simulation.dosing import followed_up
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortTrial


@dataclass(frozen=True, slots=True)
class SearchSetting:
    """On whom schedules are tried, and what is read off.

    Attributes
    ----------
    preset
        The name of the population.
    seed
        What patients are drawn from.
    options
        How open questions of the mechanism are answered.
    follow_up_days
        The days without infusion that are added at the end of each course.
    wish
        What is read off.
    executor
        What runs them.
    """

    preset: str
    seed: int
    options: Options
    follow_up_days: int
    wish: Wish
    executor: Executor

    def course(self, regimen: Regimen) -> tuple[Regimen, tuple[Period, ...]]:
        """As much of a regimen as decides what is read off, and what it gives when."""
        count = self.wish.first_cycles
        if count is None or self.follow_up_days:
            return regimen, followed_up(periods(regimen), self.follow_up_days)
        while True:
            part = first_cycles(regimen, count)
            course = periods(part)
            if end_of(course) >= INFUSION or part is regimen:
                return part, course
            count += 1

    def people(self, regimen: Regimen, count: int, before: int, of: str | Preset | None = None) -> Population:
        """So many patients of the seed whom a regimen admits, after some of them.

        Raises
        ------
        NotEligibleError
            When hardly anybody is admitted.
        """
        return admitted_cohort(regimen, of or self.preset, count, self.seed, before).population()

    def samples(
        self, regimens: Sequence[Regimen], people: Population, progress: Callable[[int], None]
    ) -> Iterator[Sample]:
        """What each of some regimens does to the same patients; progress is told of patients as they are done."""
        cohort = GivenCohort(people)
        trials = (CohortTrial(*self.course(regimen), cohort, self.options) for regimen in regimens)
        for outcome in outcomes_of(trials, self.executor):
            yield self.wish.sample(outcome)
            progress(people.size)

    def sample_of_many(self, regimen: Regimen, count: int, before: int, progress: Callable[[int], None]) -> Sample:
        """What a regimen does to many patients, drawn some at a time."""
        part, course = self.course(regimen)
        cohort = admitted_cohort(regimen, self.preset, count, self.seed, before)
        done = 0

        def tell(number: int) -> None:
            nonlocal done
            progress(number - done)
            done = number

        return self.wish.sample(CohortTrial(part, course, cohort, self.options).run(self.executor, tell))
