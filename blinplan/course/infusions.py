"""The stretches of one dose rate of a course: what bags are hung for."""

from dataclasses import dataclass
from fractions import Fraction

from blinplan.course.events import Course


@dataclass(frozen=True, slots=True)
class Infusion:
    """A stretch of one dose rate (mcg/day), in minutes from the start of the course.

    ``unbroken_since`` is when the infusion began that it belongs to: before it the dose was another one. It is its own
    start where not given.
    """

    start: int
    stop: int
    rate: Fraction
    unbroken_since: int | None = None


def infusions(course: Course) -> tuple[Infusion, ...]:
    """The stretches of one dose rate of a course."""
    found: list[Infusion] = []
    for event in course.events:
        period = event.period
        if period.dose is None:
            continue
        goes_on = bool(found) and found[-1].stop == period.start
        since = found[-1].unbroken_since if goes_on else period.start
        found.append(Infusion(period.start, period.stop, event.rate, since))
    return tuple(found)
