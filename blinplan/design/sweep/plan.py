"""What is swept: a regimen, axes, and the patients, who are the same in every cell."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from blinplan.course.events import Period, periods
from blinplan.design.comparison.courses import first_cycle_ends, first_cycles
from blinplan.design.comparison.endpoints import CommonWindow, endpoints_of, windows
from blinplan.design.sweep.people import VariedCohort
from blinplan.design.variation.axis import AxisError, BodyPlace, ParameterPlace, Point, VariedAxis, points
from blinplan.design.variation.bodies import has_other_bodies
from blinplan.design.variation.variant import preset_at, vary
from blinplan.executors.executor import InTurn
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.physiology.model.population import Population
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.crowd.cohort import Cohort, DrawnCohort
from blinplan.simulation.dosing import NotEligibleError, followed_up, require_ages
from blinplan.simulation.endpoints.asked import AskedEndpoints, UnknownEndpointError
from blinplan.simulation.endpoints.own import WindowError
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.off_drug import OffDrugCount, end_of_infusion, off_drug_count
from blinplan.simulation.people.people import PeopleError
from blinplan.simulation.trials.cohort_trial import CohortTrial
from blinplan.simulation.trials.patients import Patients, cohort_of, off_drug_of, typical_patient
from blinplan.simulation.trials.planned import require_alike
from blinplan.simulation.uncertainty import sets_of

DAYS_DEPLETED = "b_days_depleted_of_"
"""What the keys of days depleted in days that all courses have begin with."""
MOST_CELLS = 100_000
"""Cells of one sweep at most."""
_LOOKED_AT = 200
"""Cells that are looked at for an endpoint, which others have where these have."""


class Variant(NamedTuple):
    """A point of the grid: its number, the values there, the regimen, and what that gives when."""

    number: int
    point: Point
    regimen: Regimen
    course: tuple[Period, ...]


@dataclass(frozen=True)
class SweepPlan:
    """All that a sweep follows from.

    Attributes
    ----------
    regimen, axes
        What is varied, and how.
    preset
        The name of the population.
    patients, seed, before
        The patients, as of a simulation.
    follow_up_days, options, asked
        As of a simulation.
    cycles
        How many cycles are simulated at most; None for all.
    parameter_sets, sets
        How many other parameter sets each cell is run with besides, and where they come from.
    """

    regimen: Regimen
    axes: tuple[VariedAxis, ...]
    preset: str
    patients: Patients
    seed: int
    before: int
    follow_up_days: int
    options: Options
    asked: AskedEndpoints
    cycles: int | None = None
    parameter_sets: int = 0
    sets: SetsOf = SetsOf.PUBLISHED

    @property
    def number_of_cells(self) -> int:
        """How many cells there are."""
        count = 1
        for axis in self.axes:
            count *= len(axis.values)
        return count

    @property
    def patients_of_a_cell(self) -> int:
        """How many patients are sent through each cell, those of all parameter sets together."""
        return self.cohort.size * (1 + self.parameter_sets)

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """All points of the grid, each with its regimen.

        Raises
        ------
        AxisError
            When no file could say one of them.
        """
        return tuple(self._variants())

    def _variants(self) -> Iterator[Variant]:
        known: dict[Point, Regimen] = {}
        for number, point in enumerate(points(self.axes)):
            own = tuple(one for one in point if not isinstance(one[0].place, ParameterPlace | BodyPlace))
            if own not in known:
                known[own] = first_cycles(vary(self.regimen, own), self.cycles)
            yield Variant(number, point, known[own], followed_up(periods(known[own]), self.follow_up_days))

    @cached_property
    def cohort(self) -> Cohort:
        """The patients, as their population has them.

        Raises
        ------
        NotEligibleError
            When the regimen admits hardly anybody.
        """
        return cohort_of(self.regimen, self.preset, self.patients, self.seed, self.before)

    @cached_property
    def windows(self) -> tuple[CommonWindow, ...]:
        """Days that all courses have, where those of cycles are others in some of them, or somebody asks for them.

        None where cycles are the same days everywhere: looking for when patients are depleted in days of one's own
        takes twice as long as the simulation.
        """
        courses = list(dict.fromkeys(variant.course for variant in self.variants))
        asked = any(key.startswith(DAYS_DEPLETED) for key in self.asked.keys)
        return windows(courses) if asked or len(set(map(first_cycle_ends, courses))) > 1 else ()

    @cached_property
    def presets(self) -> tuple[Preset, ...]:
        """The population with the shipped parameters, then with those of each other set."""
        shipped = load_parameters().presets[self.preset]
        return (shipped, *sets_of(self.sets, self.preset, self.parameter_sets, self.seed))

    def refuse_what_cannot_be(self) -> None:
        """Refuse what cannot be simulated, before anybody is.

        Raises
        ------
        AxisError, WindowError, NotEligibleError
            When a cell cannot be.
        """
        if self.number_of_cells > MOST_CELLS:
            raise AxisError(f"{self.number_of_cells:,} cells are too many", f"sweep {MOST_CELLS:,} or fewer")
        if isinstance(self.patients, Population) and (self.parameter_sets or self._varies(ParameterPlace)):
            raise AxisError("other parameters draw the patients again", "give their number, and not a population")
        self._refuse_courses()
        for variant in self.variants if self._varies(BodyPlace) else self.variants[:1]:
            self._refuse_patients(variant)

        self._refuse_unknown_endpoints()

    def _refuse_unknown_endpoints(self) -> None:
        """Refuse keys that none of the first cells has, as the typical patient shows who goes through them."""
        known = dict[str, None]()
        person = typical_patient(self.regimen, self.preset, None)
        for variant in self.variants[:_LOOKED_AT] if self.asked.keys else ():
            outcome = self.trial(variant, self.presets[0]).typical_trial(person).run(InTurn())
            found = endpoints_of(outcome, self.asked, self.windows)
            known |= dict.fromkeys((*found.quantities, *found.events))
            if set(self.asked.keys) <= known.keys():
                return
        for key in self.asked.keys:
            if key not in known:
                raise UnknownEndpointError(key, tuple(known))

    def _varies(self, kind: type) -> bool:
        return any(isinstance(axis.place, kind) for axis in self.axes)

    def _refuse_courses(self) -> None:
        for course in dict.fromkeys(variant.course for variant in self.variants):
            try:
                self.asked.require_days(course)
            except WindowError as error:
                where = next(variant for variant in self.variants if variant.course == course)
                raise WindowError(
                    f"{place_text(where.point)}: {error}" if self.number_of_cells > 1 else str(error)
                ) from error

    def _refuse_patients(self, variant: Variant) -> None:
        trial = self.trial(variant, self.presets[0])
        try:
            require_alike(trial)
            if has_other_bodies(variant.point):
                self._refuse_bodies(trial)
        except NotEligibleError as error:
            if not has_other_bodies(variant.point):
                raise
            raise NotEligibleError(f"{place_text(variant.point)}: {error}") from error

    def _refuse_bodies(self, trial: CohortTrial) -> None:
        """Refuse bodies and ages whom the regimen is not for, and multiples of ages that nobody knows."""
        if any(axis.place == BodyPlace("age") for axis in self.axes):
            if trial.cohort.table is not None and "age_years" in trial.cohort.table.unsaid:
                raise PeopleError("age is varied by factors, and the table does not say it", "give age_years, or ages")
            require_ages(trial.regimen, trial.population.age_years, trial.cohort.ids)
        _ = trial.dosing

    def trial(self, variant: Variant, preset: Preset) -> CohortTrial:
        """The patients at a point of the grid, with the parameters of a set."""
        return CohortTrial(
            variant.regimen,
            variant.course,
            self._people(variant.point, preset),
            self.options,
            None,
            self._asked_of_all,
            off_drug_of(self.patients),
        )

    @property
    def off_drug_count(self) -> OffDrugCount:
        """How many of the patients have a day to go off the drug, by the courses of all cells."""
        ends = dict.fromkeys(end_of_infusion(variant.course) for variant in self.variants)
        return off_drug_count(off_drug_of(self.patients), *ends)

    @cached_property
    def _asked_of_all(self) -> AskedEndpoints:
        own = (*self.asked.own, *(window.own for window in self.windows))
        return AskedEndpoints((), tuple(dict.fromkeys(own)), self.asked.by_day)

    def _people(self, point: Point, preset: Preset) -> Cohort:
        own = preset_at(preset, point)
        cohort = self.cohort if own is self.presets[0] else self._cohort_with(own)
        return VariedCohort(cohort, own, point) if has_other_bodies(point) else cohort

    def _cohort_with(self, preset: Preset) -> Cohort:
        """The same people with other parameters."""
        if isinstance(self.cohort, DrawnCohort):  # who is admitted does not depend on parameters
            return replace(self.cohort, of=preset)
        return cohort_of(self.regimen, preset, self.patients, self.seed, self.before)


def place_text(point: Point) -> str:
    """Name a point of the grid."""
    return ", ".join(f"{axis.path}={value.text}" for axis, value in point)
