"""What is due besides blinatumomab in a course: on which days of its cycles, and in which dose at the patient's age."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from blinplan.course.events import INTERRUPTED, Course, periods
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.age import Age
from blinplan.regimen.regimen import DoseByAge, ThingDue


class DueDay(NamedTuple):
    """A day on which a thing is due, counted from the start of a cycle, which is at the minute ``begins``.

    ``taken_over`` is the minute at which another cycle takes the place of one that was broken off.
    """

    thing: ThingDue
    cycle: int
    begins: int
    day: int
    taken_over: int | None = None

    @property
    def days_later(self) -> int:
        """How many days after that of the start it is; there is no day 0."""
        return self.day - 1 if self.day > 0 else self.day


def due_days(course: Course, *, ended: bool = False) -> Iterator[DueDay]:
    """The days on which things are due in a course, as it is planned or as it came to be.

    What a cycle that was broken off still had to come is due no more: the cycle that takes its place has its own.

    Parameters
    ----------
    ended
        Whether nothing more is planned after the last infusion.
    """
    begins = {event.period.cycle: event.period.start for event in reversed(course.events)}
    last = {event.period.cycle: event.period for event in course.events}
    for cycle, number in planned_numbers(course).items():
        final = last[cycle]
        stopped = final.cycle_name == INTERRUPTED
        broken, end = stopped or (ended and final is course.events[-1].period), final.start if stopped else final.stop
        taken_over = begins.get(cycle + 1) if stopped else None
        for thing in course.regimen_at(begins[cycle]).due:
            for day in thing.days if not thing.cycles or number in thing.cycles else ():
                due = DueDay(thing, cycle, begins[cycle], day, taken_over)
                if not broken or begins[cycle] + due.days_later * MINUTES_PER_DAY <= end:
                    yield due


def planned_numbers(course: Course) -> dict[int, int]:
    """By the number of each cycle of a course, that of the planned cycle that it is: its own, or the one it repeats."""
    firsts = {event.period.cycle: event.period for event in reversed(course.events)}
    planned = {id(regimen): periods(regimen) for regimen in course.regimens}
    found = {}
    for cycle, first in sorted(firsts.items()):
        here = planned[id(course.regimen_at(first.start))]
        alike = [period.cycle for period in here if period.path == first.path]
        found[cycle] = cycle if cycle in alike or not alike else alike[0]
    return found


def possible_doses(thing: ThingDue, age: Age | None, on: date | None = None, days_later: int = 0) -> list[DoseByAge]:
    """The doses by age that a patient may get, as far as the age is known, on a day or so many after it was told."""

    def is_at_least(years: Fraction) -> bool | None:
        if age is None:
            return None
        return age.is_at_least(years, days_later=days_later) if on is None else age.is_at_least(years, on)

    return [
        dose
        for dose in thing.doses
        if (dose.minimum_age is None or is_at_least(dose.minimum_age) is not False)
        and (dose.below_age is None or is_at_least(dose.below_age) is not True)
    ]


def hospital_stays(course: Course) -> dict[int, tuple[int, int]]:
    """When each cycle begins, and its days in hospital: as ordered, or those of the cycle that it repeats."""
    begins = {event.period.cycle: event.period.start for event in reversed(course.events)}
    found = {}
    for cycle, number in planned_numbers(course).items():
        ordered = course.regimen_at(begins[cycle]).hospital_days
        found[cycle] = begins[cycle], ordered[number - 1] if number <= len(ordered) else 0
    return found
