"""Whether a patient is an adult on the days of a course: what the label gives by age depends on it."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from blinplan.course.patient import LIGHTEST_ADULT
from blinplan.label.read import label_of
from blinplan.limits import Limit, Limits
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.age import Age
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import AgeGroup

if TYPE_CHECKING:
    from blinplan.regimen.site.site import Site

EITHER = frozenset(AgeGroup)


def adult_from(regimen: Regimen, site: "Site | None" = None, numbers: Limits | None = None) -> Limit | None:
    """The age from which a person is an adult: the site's own, or else that of the label that a regimen follows.

    None where that label does not state it, as far as it was seen. ``numbers`` are the label's where a project has
    others.
    """
    if site is None or site.adult_from_years is None:
        return (label_of(regimen).numbers if numbers is None else numbers).get("adult_from")
    return Limit(
        name="adult_from",
        value=Fraction(site.adult_from_years),
        unit="years",
        says="From this age on a patient is an adult at this site.",
        source=f"the site profile of {site.name}",
        claim=None,
        status="seen",
    )


class Adulthood(NamedTuple):
    """Which age group a patient belongs to when.

    Attributes
    ----------
    limit
        The age from which a person is an adult; None where nobody says.
    age
        The patient's, as far as it was told.
    start
        When the first infusion begins: aware, in the patient's time zone; None where that is not known.
    weight
        The patient's weight in kg, which tells a small child where the age is not known.
    """

    limit: Limit | None
    age: Age | None = None
    start: datetime | None = None
    weight: Fraction | None = None

    @property
    def is_light(self) -> bool:
        """Whether only the weight tells that the patient is a child: no adult weighs so little."""
        return self.age is None and self.weight is not None and self.weight < LIGHTEST_ADULT

    def groups_at(self, minute: int) -> frozenset[AgeGroup]:
        """The age groups that the patient may belong to on the day of a minute of the course: one, or either."""
        if self.is_light:
            return frozenset({AgeGroup.CHILDREN})
        if self.age is None or self.limit is None:
            return EITHER
        if self.start is None:
            adult = self.age.is_at_least(self.limit.value, days_later=minute // MINUTES_PER_DAY)
        else:
            adult = self.age.is_at_least(self.limit.value, self._day(self.start, minute))
        if adult is None:
            return EITHER
        return frozenset({AgeGroup.ADULTS if adult else AgeGroup.CHILDREN})

    @staticmethod
    def _day(start: datetime, minute: int) -> date:
        return (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(start.tzinfo).date()
