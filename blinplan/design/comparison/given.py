"""What is given under a regimen, apart from what it does: amounts, days, bags."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from blinplan.course.events import Period
from blinplan.design.difference.totals import Total, total_of, total_of_course
from blinplan.regimen.regimen import Regimen


@dataclass(frozen=True, slots=True)
class Given:
    """What one patient is given over the whole course, optional cycles included.

    Attributes
    ----------
    total
        Micrograms, times of infusion and of the course; exact.
    cycles
        How many there are.
    hospital_days
        Days in hospital that the file asks for, of all cycles of which it says them; None where it says nothing.
    bags, vials
        How many a site takes; None where no site is asked, or it cannot be told.
    """

    total: Total
    cycles: int
    hospital_days: int | None
    bags: int | None = None
    vials: int | None = None


def given_by(regimen: Regimen, square_metres: Fraction, bags: int | None = None, vials: int | None = None) -> Given:
    """What is given of a regimen at a body surface area."""
    days = sum(regimen.hospital_days) if regimen.hospital_days else None
    return Given(total_of(regimen, square_metres), regimen.most_cycles, days, bags, vials)


def given_in(course: Sequence[Period], square_metres: Fraction) -> Given:
    """What is given in a course as it came to be, of which no file says the days in hospital."""
    cycles = {period.cycle for period in course if period.dose is not None}
    return Given(total_of_course(course, square_metres), len(cycles), None)
