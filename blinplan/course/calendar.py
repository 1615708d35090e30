"""A course on the calendar: minutes that passed as local dates and times, and what is due when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from blinplan.course.bags import Bag, Infusion
from blinplan.course.events import Course, Event
from blinplan.course.interruption import Question
from blinplan.course.premedication import PremedicationPlan
from blinplan.course.replan import INTERRUPTED, LedgerEntry
from blinplan.quantities import MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns minutes of a course into local times. A minute is one that passed, whatever the clock on the wall did.

    ``start`` is when the first infusion begins, aware and in the patient's time zone.
    """

    start: datetime

    @property
    def zone(self) -> tzinfo | None:
        """The time zone."""
        return self.start.tzinfo

    def at(self, minute: int) -> datetime:
        """The local time of a minute of the course."""
        return (self.start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(self.zone)

    def minute(self, moment: datetime) -> int:
        """The minute of the course of an aware time."""
        return int((moment.astimezone(UTC) - self.start.astimezone(UTC)).total_seconds()) // 60

    def midnight(self, day: date) -> int:
        """The minute of the course at which a local day begins: that of its first moment."""
        first = datetime.combine(day, datetime.min.time(), tzinfo=self.zone)
        return self.minute(first)


class Due(StrEnum):
    """What an entry of the calendar is."""

    PREMEDICATION = "premedication"
    START = "start"
    STEP = "step"
    BAG = "bag"
    INTERRUPTION = "interruption"
    RESTART = "restart"
    STOP = "stop"
    HOSPITAL = "hospital"
    NEXT_CYCLE = "next cycle"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is due: at a minute of the course, or over a stretch of it."""

    due: Due
    start: int
    stop: int
    cycle: int
    event: Event | None = None
    bag: Bag | None = None


_ORDER = list(Due)


def entries(
    course: Course,
    premedication: PremedicationPlan | None = None,
    bags: Sequence[Bag] = (),
    ledger: Sequence[LedgerEntry] = (),
) -> tuple[Entry, ...]:
    """Everything that is due in a course, in the order of time.

    Parameters
    ----------
    course
        The course, with its interruptions where there are any.
    premedication
        Its premedication.
    bags
        Its bags.
    ledger
        Its interruptions, of which those are premedicated that the label says.
    """
    found = [
        *_of_infusion(course),
        *_of_premedication(course, premedication),
        *_of_restarts(course, premedication, ledger),
        *_of_hospital(course),
        *(Entry(Due.BAG, bag.start, bag.stop, _cycle_at(course, bag.start), bag=bag) for bag in bags),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.start, _ORDER.index(entry.due), entry.stop)))


def infusions(course: Course) -> tuple[Infusion, ...]:
    """The stretches of one dose rate of a course."""
    return tuple(
        Infusion(event.period.start, event.period.stop, event.rate)
        for event in course.events
        if event.period.dose is not None
    )


def micrograms(course: Course, start: int, stop: int) -> Fraction:
    """What is infused from one minute of a course to another, in mcg, exact."""
    total = Fraction(0)
    for event in course.events:
        minutes = min(event.period.stop, stop) - max(event.period.start, start)
        if minutes > 0:
            total += event.rate * minutes / MINUTES_PER_DAY
    return total


def _of_infusion(course: Course) -> Iterator[Entry]:
    for cycle, group in groupby(course.events, key=lambda event: event.period.cycle):
        events = list(group)
        due = Due.START
        for event in events:
            period = event.period
            if period.cycle_name == INTERRUPTED:
                yield Entry(Due.INTERRUPTION, period.start, period.stop, cycle, event)
                due = Due.RESTART
            elif period.dose is not None:
                yield Entry(due, period.start, period.stop, cycle, event)
                due = Due.STEP
        last = events[-1].period
        if last.cycle_name == INTERRUPTED:
            continue  # broken off, and a new cycle follows at once
        stop = last.stop if last.dose is not None else last.start
        yield Entry(Due.STOP, stop, stop, cycle)
        if last.dose is None and events[-1] is not course.events[-1]:
            yield Entry(Due.NEXT_CYCLE, last.stop, last.stop, cycle + 1)


def _of_premedication(course: Course, plan: PremedicationPlan | None) -> Iterator[Entry]:
    for minute in plan.minutes if plan else ():
        before = minute + (plan.premedication.minutes_before if plan else 0)
        yield Entry(Due.PREMEDICATION, minute, minute, _cycle_at(course, before))


def _of_restarts(course: Course, plan: PremedicationPlan | None, ledger: Sequence[LedgerEntry]) -> Iterator[Entry]:
    planned = {minute + plan.premedication.minutes_before for minute in plan.minutes} if plan else set()
    for entry in ledger:
        due = any(decision.question is Question.PREMEDICATION and decision.yes for decision in entry.decisions)
        if plan and due and entry.restarted is not None and entry.restarted not in planned:
            minute = entry.restarted - plan.premedication.minutes_before
            yield Entry(Due.PREMEDICATION, minute, minute, _cycle_at(course, entry.restarted))


def _of_hospital(course: Course) -> Iterator[Entry]:
    starts = {event.period.cycle: event.period.start for event in reversed(course.events)}
    for cycle, days in enumerate(course.regimen.hospital_days, start=1):
        if days and cycle in starts:
            yield Entry(Due.HOSPITAL, starts[cycle], starts[cycle] + days * MINUTES_PER_DAY, cycle)


def _cycle_at(course: Course, minute: int) -> int:
    return next(event.period.cycle for event in course.events if event.period.start <= minute < event.period.stop)
