"""The patients of a search, and what schedules do to them: all schedules are tried on the same ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from blinplan.course.events import Period, periods
from blinplan.design.comparison.courses import end_of, first_cycles
from blinplan.design.search.kept import KeptSamples
from blinplan.design.search.wanted import Sample, Wish
from blinplan.executors.executor import Executor, InTurn
from blinplan.frozen import FrozenMapping
from blinplan.physiology.endpoints import INFUSION
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.admission import admitted_cohort
from blinplan.simulation.crowd.cohort import Cohort, GivenCohort
from blinplan.simulation.dosing import followed_up
from blinplan.simulation.off_drug import OffDrugCount, end_of_infusion, off_drug_count
from blinplan.simulation.people.people import People
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial
from blinplan.simulation.trials.patients import off_drug_of, virtual_patients


@dataclass(frozen=True, slots=True)
class SearchPatients:
    """On whom schedules are tried, and on whom after these they are shown.

    Attributes
    ----------
    preset
        The name of the population.
    seed, before
        What they are drawn from, and how many patients of the seed come before all of them.
    tried, shown
        How many they are. Of a table it is as often as that takes, everybody each time with other draws.
    table
        Patients of one's own; None where they are drawn whole.
    """

    preset: str
    seed: int
    before: int
    tried: int
    shown: int
    table: People | None = None

    @classmethod
    def of(
        cls, preset: str, seed: int, before: int, tried: int, shown: int, table: People | None = None
    ) -> "SearchPatients":
        """So many, or of a table no fewer: everybody as often as everybody else."""
        if table is not None:
            tried, shown = (-(-number // table.size) * table.size for number in (tried, shown))
        return cls(preset, seed, before, tried, shown, table)

    def cohort(self, regimen: Regimen, first: int, count: int, of: str | Preset | None = None) -> Cohort:
        """So many whom a regimen admits, after some of them; ``of`` is the population with other parameters.

        Raises
        ------
        NotEligibleError
            When hardly anybody is admitted.
        """
        preset = of or self.preset
        if self.table is None:
            return admitted_cohort(regimen, preset, count, self.seed, self.before + first)
        people = virtual_patients(regimen, preset, _in_turn(self.table, first + count), self.seed)
        return GivenCohort(people.select(slice(first, first + count)))

    @property
    def off_drug(self) -> FloatArray | None:
        """When each of all of them goes off the drug, where the table says it."""
        return None if self.table is None else off_drug_of(_in_turn(self.table, self.tried + self.shown))


def _in_turn(table: People, count: int) -> People:
    """So many people: those of a table one after the other, and again from the first."""
    places = np.arange(count) % table.size
    return replace(
        table,
        weight_kg=table.weight_kg[places],
        height_cm=table.height_cm[places],
        age_years=_at(table.age_years, places),
        female=_at(table.female, places),
        bsa_m2=_at(table.bsa_m2, places),
        ids=tuple(table.ids[place] for place in places) if table.ids else (),
        baselines=FrozenMapping({key: values[places] for key, values in table.baselines.items()}),
        off_drug_minutes=_at(table.off_drug_minutes, places),
    )


def _at(values: FloatArray | None, places: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> FloatArray | None:
    return None if values is None else values[places]


@dataclass(frozen=True, slots=True)
class SearchSetting:
    """How schedules are tried, and what is read off.

    Attributes
    ----------
    who
        On whom.
    options
        How open questions of the mechanism are answered.
    follow_up_days
        The days without infusion that are added at the end of each course.
    wish
        What is read off.
    executor
        What runs them.
    kept
        What is done already: it is taken from there, and what is done is added.
    """

    who: SearchPatients
    options: Options
    follow_up_days: int
    wish: Wish
    executor: Executor = field(default_factory=InTurn)
    kept: KeptSamples = field(default_factory=KeptSamples)

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

    def off_drug_count(self, regimen: Regimen) -> OffDrugCount:
        """How many people of the table have a day to go off the drug, by the course of a regimen."""
        table = self.who.table
        return off_drug_count(off_drug_of(table), end_of_infusion(self.course(regimen)[1]))

    def trial(self, regimen: Regimen, cohort: Cohort) -> CohortTrial:
        """Some patients and what they get."""
        return CohortTrial(
            *self.course(regimen), cohort, self.options, None, self.wish.asked_endpoints, self.who.off_drug
        )

    def tried_people(self, regimen: Regimen) -> Population:
        """Those on whom schedules are tried."""
        return self.who.cohort(regimen, 0, self.who.tried).population()

    def samples(
        self, regimens: Sequence[Regimen], people: Population, progress: Callable[[int], None]
    ) -> Iterator[Sample]:
        """What each of some regimens does to the same patients; progress is told of patients as they are done."""
        cohort, where = GivenCohort(people), f"{people.size} from {people.numbers[0]:.0f} on"
        for sample in self._samples([(f"{regimen.name}, {where}", regimen, cohort) for regimen in regimens]):
            yield sample
            progress(people.size)

    def samples_of_models(self, regimen: Regimen, models: Sequence[Population]) -> list[Sample]:
        """What a regimen does to some people, as each of other models has them."""
        numbered = enumerate(map(GivenCohort, models), start=1)
        return list(
            self._samples([(f"{regimen.name}, model {number}", regimen, people) for number, people in numbered])
        )

    def _samples(self, asked: Sequence[tuple[str, Regimen, Cohort]]) -> Iterator[Sample]:
        """What regimens do to patients, each by the name under which it is kept."""
        outcomes = outcomes_of(
            (self.trial(regimen, cohort) for key, regimen, cohort in asked if key not in self.kept), self.executor
        )
        for key, regimen, _ in asked:
            yield self._sample_before(key, regimen) or self._new_sample(key, next(outcomes))

    def sample_of_shown(self, regimen: Regimen, progress: Callable[[int], None]) -> Sample:
        """What a regimen does to those on whom schedules are shown, some at a time."""
        key, done = f"{regimen.name}, shown", 0
        if (kept := self._sample_before(key, regimen)) is not None:
            return kept

        def tell(number: int) -> None:
            nonlocal done
            progress(number - done)
            done = number

        trial = self.trial(regimen, self.who.cohort(regimen, self.who.tried, self.who.shown))
        return self._new_sample(key, trial.run(self.executor, tell))

    def _sample_before(self, key: str, regimen: Regimen) -> Sample | None:
        return self.kept.sample(key, self.course(regimen)[1]) if key in self.kept else None

    def _new_sample(self, key: str, outcome: CohortOutcome) -> Sample:
        sample = self.wish.sample(outcome)
        self.kept.add(key, sample)
        return sample
