"""A course on the calendar: minutes that passed as local dates and times, and what is due when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from blinplan.course.events import ENDED, INTERRUPTED, NOT_RESTARTED, Course, Event
from blinplan.course.premedication import DuePremedication, PremedicationPlan
from blinplan.course.things_due import due_days, hospital_stays
from blinplan.course.wall_clock import NO_DATES, WallClock
from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen, ThingDue
from blinplan.regimen.vocabulary import Indication

if TYPE_CHECKING:
    from blinplan.course.bags.bag import Bag
    from blinplan.course.happened.interruption import Topic
    from blinplan.course.happened.ledger import Ledger, LedgerEntry
    from blinplan.regimen.site.site import Site


@dataclass(frozen=True)  # without slots, which keep nothing that is worked out once
class Clock:
    """Turns minutes of a course into local times. A minute is one that passed, whatever the clock on the wall did.

    ``start`` is when the first infusion begins, aware and in the patient's time zone; ``moves`` are the minutes from
    which the patient is in another zone.
    """

    start: datetime
    moves: tuple[tuple[int, tzinfo], ...] = ()

    @property
    def zone(self) -> tzinfo | None:
        """The time zone in which the course begins."""
        return self.start.tzinfo

    def zone_at(self, minute: int) -> tzinfo | None:
        """The time zone in which the patient is at a minute of the course."""
        if not self.moves:  # as of most patients, for whom every minute of a plan is asked for
            return self.zone
        return next((zone for since, zone in reversed(self.moves) if since <= minute), self.zone)

    @cached_property
    def _start(self) -> datetime:
        """When the first infusion begins, in UTC."""
        return self.start.astimezone(UTC)

    def at(self, minute: int) -> datetime:
        """The local time of a minute of the course."""
        return (self._start + timedelta(minutes=minute)).astimezone(self.zone_at(minute))

    def started_at(self, minute: int) -> datetime:
        """When the course began, by the clock of the place where the patient is at a minute."""
        return self.start.astimezone(self.zone_at(minute))

    def minute(self, moment: datetime) -> int:
        """The minute of the course of an aware time."""
        return int((moment.astimezone(UTC) - self._start).total_seconds()) // 60

    def day(self, minute: int) -> int:
        """The day of the course by the calendar: day 1 is that of the first infusion."""
        return (self.at(minute).date() - self.start.date()).days + 1

    def midnight(self, day: date) -> int:
        """The minute of the course at which a local day begins: that of its first moment."""
        first = self.minute(datetime.combine(day, datetime.min.time(), tzinfo=self.zone))
        return self.minute(datetime.combine(day, datetime.min.time(), tzinfo=self.zone_at(first)))


class Due(StrEnum):
    """What an entry of the calendar is."""

    PRE_PHASE = "pre-phase"
    INTRATHECAL = "intrathecal"
    OTHER = "other"
    PREPARATION = "preparation"
    PREMEDICATION = "premedication"
    START = "start"
    STEP = "step"
    BAG = "bag"
    INTERRUPTION = "interruption"
    RESTART = "restart"
    STOP = "stop"
    HOSPITAL = "hospital"
    SUPERVISION = "supervision"
    NEXT_CYCLE = "next cycle"


class Entry(NamedTuple):
    """Something that is due: at a minute of the course, or over a stretch of it; a ``thing`` on whole days."""

    due: Due
    start: int
    stop: int
    cycle: int
    event: Event | None = None
    bag: "Bag | None" = None
    premedication: DuePremedication | None = None
    thing: ThingDue | None = None


_ORDER = list(Due)


def entries(
    course: Course,
    premedication: PremedicationPlan | None = None,
    bags: "Sequence[Bag]" = (),
    ledger: "Ledger | None" = None,
    things: Iterable[Entry] = (),
    clock: WallClock = NO_DATES,
    site: "Site | None" = None,
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
        What was decided on the way: restarts are premedicated and supervised where the label says so, and a cycle that
        begins later than it could has both its times.
    things
        What is due besides.
    clock
        How long its days are.
    site
        The site that prepares the bags.
    """
    interruptions = ledger.interruptions if ledger else ()
    found = [
        *_of_infusion(course, ledger),
        *_of_premedication(course, premedication),
        *_of_restarts(course, premedication, interruptions),
        *things,
        *_of_hospital(course, clock),
        *_of_supervision(course, interruptions),
        *(Entry(Due.BAG, bag.start, bag.stop, _cycle_at(course, bag.start), bag=bag) for bag in bags),
        *_of_preparation(course, bags, site),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.start, _ORDER.index(entry.due), entry.stop)))


def things_due(course: Course, clock: Clock, *, ended: bool) -> Iterator[Entry]:
    """What is due besides in a course, on the days of the calendar that are counted from those of the starts."""
    for due in due_days(course, ended=ended):
        first = clock.at(due.begins).date() + timedelta(days=due.days_later)
        last = first + timedelta(days=due.thing.for_days)
        if due.taken_over is not None:  # from then on it is due with the cycle that takes the place of this one
            last = max(first + timedelta(days=1), min(last, clock.at(due.taken_over).date()))
        start, stop = clock.midnight(first), clock.midnight(last)
        yield Entry(Due(due.thing.kind.value), start, stop, due.cycle, thing=due.thing)


class ChangedDay(NamedTuple):
    """A day of infusion that has more or less than 24 hours, or what is infused of it: minutes, and mcg, exact."""

    start: int
    stop: int
    more: int
    cycle: int
    micrograms: Fraction
    micrograms_more: Fraction


def changed_days(course: Course, clock: WallClock) -> Iterator[ChangedDay]:
    """The days of infusion of which the clock or a journey changes the length, counted from where infusions begin."""
    for infused, group in groupby(course.events, key=lambda event: event.period.dose is not None):
        events = list(group)
        begins, ends = events[0].period.start, events[-1].period.stop
        for start, stop, more in clock.changed_days(begins, ends) if infused else ():
            inside = [event for event in events if event.period.start < stop and event.period.stop > start]
            extra = sum((_surplus(event, start, stop, clock) for event in inside), Fraction(0))
            if len({event.rate for event in inside}) == 1:
                extra = inside[0].rate * more / MINUTES_PER_DAY
            cycle = inside[0].period.cycle
            yield ChangedDay(start, stop, more, cycle, micrograms(course, start, stop), extra)


def _surplus(event: Event, start: int, stop: int, clock: WallClock) -> Fraction:
    """What an event gives in the minutes that one stretch has more than the clock shows."""
    since, until = max(event.period.start, start), min(event.period.stop, stop)
    return event.rate * clock.surplus(since, until) / MINUTES_PER_DAY


def micrograms(course: Course, start: int, stop: int) -> Fraction:
    """What is infused from one minute of a course to another, in mcg, exact."""
    total = Fraction(0)
    for event in course.events:
        minutes = min(event.period.stop, stop) - max(event.period.start, start)
        if minutes > 0:
            total += event.rate * minutes / MINUTES_PER_DAY
    return total


def with_restarts(
    plan: PremedicationPlan | None, course: Course, ledger: "Sequence[LedgerEntry]"
) -> PremedicationPlan | None:
    """The same premedication with what is due before restarts that are on record."""
    if plan is None:
        return None
    again = [entry.premedication for entry in _of_restarts(course, plan, ledger)]
    due = (*plan.due, *(one for one in again if one is not None))
    return plan._replace(due=tuple(sorted(due, key=lambda one: one.start)))


def _of_preparation(course: Course, bags: "Iterable[Bag]", site: "Site | None") -> Iterator[Entry]:
    if site is None:
        return
    # Imported here, as all that bags need: most plans have no site.
    from blinplan.course.bags.keeping import use_by

    for bag in bags:
        at = use_by(bag, site).prepared
        if at is not None:
            yield Entry(Due.PREPARATION, at, at, _cycle_at(course, bag.start), bag=bag)


def _of_infusion(course: Course, ledger: "Ledger | None") -> Iterator[Entry]:
    later = {start.cycle: start.earliest for start in ledger.starts} if ledger else {}
    for cycle, group in groupby(course.events, key=lambda event: event.period.cycle):
        events = list(group)
        due = Due.START
        for event in events:
            period = event.period
            if period.cycle_name == INTERRUPTED:
                due = Due.RESTART
                if period.lack not in {NOT_RESTARTED, ENDED}:
                    yield Entry(Due.INTERRUPTION, period.start, period.stop, cycle, event)
            elif period.dose is not None:
                yield Entry(due, period.start, period.stop, cycle, event)
                due = Due.STEP
        last = events[-1].period.instead_of or events[-1].period
        if last.cycle_name == INTERRUPTED and last.lack is None:
            continue  # broken off, and a new cycle follows at once
        stop = _end_of_infusion(events)
        yield Entry(Due.STOP, stop, stop, cycle)
        if last.dose is None and events[-1] is not course.events[-1]:
            earliest = min(later.get(cycle + 1, last.stop), last.stop)  # it may have begun before it could
            yield Entry(Due.NEXT_CYCLE, earliest, earliest, cycle + 1)


def _end_of_infusion(events: Sequence[Event]) -> int:
    """When the infusion of a cycle ends: that which was ordered, with a bag that ran on after it."""
    ordered = [one.period for one in events if one.period.step]
    stop = ordered[-1].stop
    for event in events:
        if event.period.start == stop and event.period.dose is not None:
            stop = event.period.stop
    return stop


def _of_premedication(course: Course, plan: PremedicationPlan | None) -> Iterator[Entry]:
    for due in plan.due if plan else ():
        yield _premedication(course, due)


def _of_restarts(course: Course, plan: PremedicationPlan | None, ledger: "Sequence[LedgerEntry]") -> Iterator[Entry]:
    if plan is None or not ledger:
        return
    from blinplan.course.happened.interruption import Topic

    for restarted in _restarts(course, ledger, Topic.PREMEDICATION):
        for due in plan.before_restart(restarted, _cycle_at(course, restarted)):
            if due not in plan.due:
                yield _premedication(course, due)


def _premedication(course: Course, due: DuePremedication) -> Entry:
    cycle = _cycle_at(course, due.infusion)
    return Entry(Due.PREMEDICATION, due.start, due.stop, cycle, premedication=due)


def _restarts(course: Course, ledger: "Sequence[LedgerEntry]", question: "Topic") -> Iterator[int]:
    """The restarts of which the label answers a question with yes, or may, where something was infused again."""
    started = _starts(course)
    for entry in ledger:
        asked = any(
            decision.question is question and (decision.yes or not decision.evaluated) for decision in entry.decisions
        )
        if asked and entry.restarted in started:
            yield entry.restarted


def _of_supervision(course: Course, ledger: "Sequence[LedgerEntry]") -> Iterator[Entry]:
    """The starts and restarts that the label wants supervised, or in hospital, where no hospital days are ordered."""
    hospital = hospital_stays(course)
    starts = {cycle: start for cycle, (start, _) in hospital.items()}
    for cycle, (start, days) in hospital.items():
        if not days and _label_supervises(course.regimen_at(start)):
            yield Entry(Due.SUPERVISION, start, start, cycle)
    if not ledger:
        return
    from blinplan.course.happened.interruption import Topic

    for restarted in _restarts(course, ledger, Topic.SUPERVISION):
        if restarted not in starts.values():
            yield Entry(Due.SUPERVISION, restarted, restarted, _cycle_at(course, restarted))


def _label_supervises(regimen: Regimen) -> bool:
    """Whether the label that a regimen follows wants its starts supervised."""
    stated = "supervision_again" in label_of(regimen).numbers
    return stated and regimen.indication is not Indication.INVESTIGATIONAL


def _of_hospital(course: Course, clock: WallClock) -> Iterator[Entry]:
    for cycle, (start, days) in hospital_stays(course).items():
        if days:
            there = clock.staying(start)
            end = there.after(there.at(start), days * MINUTES_PER_DAY)
            yield Entry(Due.HOSPITAL, start, end.minute, cycle)


def _cycle_at(course: Course, minute: int) -> int:
    return next(event.period.cycle for event in course.events if event.period.start <= minute < event.period.stop)


def _starts(course: Course) -> frozenset[int]:
    """The minutes at which an infusion starts, restarts or changes its dose."""
    return frozenset(event.period.start for event in course.events if event.period.dose is not None)


def when_closed(entry: Entry, clock: Clock, site: "Site", moved: int = 0) -> str | None:
    """Why a new bag at an entry meets a closed site: its day, or its hour; None where bags are changed then.

    The hour may have ``moved`` by some minutes.
    """
    if entry.due not in {Due.START, Due.STEP, Due.RESTART}:
        return None
    if entry.event is not None and entry.event.period.instead_of is not None:
        return None  # a wrong bag hung then, which nobody is to change
    from blinplan.course.bags.opening import hour_of_change, why_closed

    at, site = clock.at(entry.start), site.at(entry.start)
    closed = why_closed(site, at.date())
    if closed is not None:
        return f"{closed}, on which {site.name} changes no bags"
    usual = at - timedelta(minutes=moved)
    if site.change_minute not in {None, usual.hour * 60 + usual.minute}:
        return f"{at:%H:%M}, and {site.name} changes bags at {hour_of_change(site)}"
    return None
