"""Patients with other bodies, made some at a time as they are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

from blinplan.design.variation.axis import BodyPlace, Point
from blinplan.design.variation.bodies import with_bodies
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import Population
from blinplan.simulation.crowd.cohort import Cohort, CohortPart
from blinplan.simulation.people.people import GivenTable


@dataclass(frozen=True, slots=True)
class VariedPart:
    """Some of the patients of a cohort, with the bodies of a point."""

    part: CohortPart
    preset_values: Preset
    point: Point

    @property
    def size(self) -> int:
        """How many they are."""
        return self.part.size

    def population(self) -> Population:
        """Who they are."""
        return with_bodies(self.part.population(), self.preset_values, self.point)


@dataclass(frozen=True, slots=True)
class VariedCohort:
    """The patients of a cohort, with the bodies of a point; nobody can draw them by a seed alone."""

    people: Cohort
    preset_values: Preset
    point: Point

    @property
    def preset(self) -> str:
        """The name of the population."""
        return self.people.preset

    @property
    def seed(self) -> int | None:
        """None: a seed would say that anybody can draw them again."""
        return None

    @property
    def size(self) -> int:
        """How many they are."""
        return self.people.size

    @property
    def before(self) -> int:
        """How many patients of the seed come before them."""
        return self.people.before

    @property
    def draws(self) -> int:
        """How many people were drawn to get them, those who were passed over included."""
        return self.people.draws

    @property
    def ids(self) -> tuple[str, ...]:
        """What each of them is called."""
        return self.people.ids

    @property
    def given_parameters(self) -> tuple[str, ...]:
        """Parameters whose values were given of some of them, and not drawn."""
        return self.people.given_parameters

    @property
    def table(self) -> GivenTable | None:
        """The table that they are of; None where they are of none."""
        table = self.people.table
        if table is None or not any(
            axis.place == BodyPlace("age") and not value.is_factor for axis, value in self.point
        ):
            return table
        return table._replace(unsaid=tuple(name for name in table.unsaid if name != "age_years"))

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What nobody said of them, but for an age of the point."""
        return self.people.unsaid if self.table is None else self.table.unsaid

    def parts(self, size: int, several: int = 1) -> Sequence[VariedPart]:
        """Part them, in their order, into so many at a time or a few less."""
        return [VariedPart(part, self.preset_values, self.point) for part in self.people.parts(size, several)]

    def population(self) -> Population:
        """All of them at once."""
        return with_bodies(self.people.population(), self.preset_values, self.point)
