"""A bag: when it runs, at which dose rate, and what is infused of it."""

from dataclasses import dataclass
from fractions import Fraction

from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.regimen.site.site import SiteBag


@dataclass(frozen=True, slots=True)
class Bag:
    """One bag of a course.

    Attributes
    ----------
    start, stop
        When it runs, in minutes from the start of the course.
    size
        What it was prepared for; it runs no longer.
    rate
        The dose rate in mcg/day, exact.
    step
        Which of the dose steps it belongs to, from 0.
    on_record
        Whether it hung by the record, and is no plan.
    again
        Whether it is the bag before it, hung again.
    good_until
        Of a bag that hung before: until when it may be used; None where nobody says.
    held
        Of a bag on record: how many mcg it held when it was first hung, exact; None where the record does not say.
    uncertain
        Whether nobody says that it hung: others are on record before or after it, and it is there to be counted.
    """

    start: int
    stop: int
    size: SiteBag
    rate: Fraction
    step: int
    on_record: bool = False
    again: bool = False
    good_until: int | None = None
    held: Fraction | None = None
    uncertain: bool = False

    @property
    def is_to_prepare(self) -> bool:
        """Whether somebody is to prepare it: it is neither past nor hung again."""
        return not self.on_record and not self.again and not self.uncertain

    @property
    def is_of_the_past(self) -> bool:
        """Whether it is there because of what happened, and nobody is to hang it any more."""
        return self.on_record or self.uncertain

    @property
    def minutes(self) -> int:
        """How long it runs."""
        return self.stop - self.start

    @property
    def micrograms(self) -> Fraction:
        """What the patient gets of it, in mcg, exact."""
        return self.rate * self.minutes / MINUTES_PER_DAY

    @property
    def millilitres(self) -> Fraction | None:
        """What is infused, in mL, exact; None where nobody says at which rate the pump runs."""
        rate = self.size.millilitres_per_hour
        return None if rate is None else rate * self.minutes / MINUTES_PER_HOUR

    @property
    def micrograms_per_millilitre(self) -> Fraction | None:
        """The concentration in the bag, exact; None where nobody says at which rate the pump runs."""
        return micrograms_per_millilitre(self.size, self.rate)


def micrograms_per_millilitre(size: SiteBag, rate: Fraction) -> Fraction | None:
    """The concentration in a bag for a dose rate in mcg/day, exact; None where nobody says how fast the pump runs."""
    pump = size.millilitres_per_hour
    return None if pump is None else rate * MINUTES_PER_HOUR / (MINUTES_PER_DAY * pump)
