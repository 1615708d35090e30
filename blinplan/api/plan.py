"""What one patient gets, and when."""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from blinplan.course.calendar import Clock, Due, entries
from blinplan.course.events import Course, expand
from blinplan.course.premedication import premedication_plan

__all__ = ["Course", "Planned", "expand", "plan"]


class Planned(NamedTuple):
    """Something that is due: from when to when, in which cycle, and the dose rate in mcg/day, exact, of an infusion."""

    due: Due
    start: datetime
    stop: datetime
    cycle: int
    mcg_per_day: Fraction | None


def plan(course: Course, start: datetime) -> tuple[Planned, ...]:
    """Put a course on the calendar: premedication, infusions, hospital days and the next cycles, in their order.

    Minutes of the course are minutes that pass, so times stay right when the clock is changed.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> from blinplan import expand, load, patient, plan
    >>> course = expand(load("rr-adult"), patient(weight=70))
    >>> step = plan(course, datetime(2026, 10, 20, 10, tzinfo=ZoneInfo("Europe/Berlin")))[4]
    >>> f"{step.due}: {step.mcg_per_day} mcg/day from {step.start:%Y-%m-%d %H:%M %Z}"
    'step: 28 mcg/day from 2026-10-27 09:00 CET'

    Parameters
    ----------
    course
        What one patient gets, from `expand`.
    start
        When the first infusion begins, with its time zone.

    Raises
    ------
    ValueError
        When the start has no time zone.
    """
    if start.tzinfo is None:
        raise ValueError('the start has no time zone: give datetime(..., tzinfo=ZoneInfo("Europe/Berlin"))')
    clock = Clock(start)
    return tuple(
        Planned(
            entry.due,
            clock.at(entry.start),
            clock.at(entry.stop),
            entry.cycle,
            entry.event.rate if entry.event is not None and entry.event.period.dose is not None else None,
        )
        for entry in entries(course, premedication_plan(course))
    )
