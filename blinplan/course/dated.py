"""A course with its dates: what happened to it, what is due when, and its bags."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

from blinplan.course.adulthood import Adulthood, adult_from
from blinplan.course.bags.errors import NeverOpenError, NoSequenceError
from blinplan.course.calendar import ChangedDay, Clock, Due, Entry, entries, things_due, with_restarts
from blinplan.course.events import Course, as_ordered
from blinplan.course.happened.ledger import Ledger, record_of
from blinplan.course.happened.replan import Replanned, as_it_stood, replan, replay
from blinplan.course.premedication import PremedicationPlan, premedication_plan
from blinplan.course.wall_clock import DayLength, WallClock
from blinplan.quantities import MINUTES_PER_DAY

if TYPE_CHECKING:
    from blinplan.course.bags.bag import Bag
    from blinplan.regimen.record.record import CourseRecord
    from blinplan.regimen.site.site import Site

# What bags, sites and records need is imported where there are any: most plans have none.


@dataclass(frozen=True)  # without slots, which keep nothing that is worked out once
class Dated:
    """A course on the calendar, with what is due in it.

    ``recorded`` says whether a record or a ledger tells what happened; ``cycle``, ``first`` and ``last`` bound what is
    shown.
    """

    course: Course
    clock: Clock
    entries: tuple[Entry, ...]
    premedication: PremedicationPlan | None
    bags: "tuple[Bag, ...]"
    replanned: Replanned
    recorded: bool
    site: "Site | None" = None
    cycle: int | None = None
    first: date | None = None
    last: date | None = None

    @property
    def ledger(self) -> Ledger:
        """What was decided on the way."""
        return self.replanned.ledger

    @property
    def days(self) -> WallClock:
        """How long its days are."""
        return self.ledger.clock(self.clock.start)

    def hours_moved(self) -> dict[int, int]:
        """By how many minutes the hour of change has moved where each infusion begins, whose days have 24 hours."""
        if self.ledger.days is not DayLength.INFUSION_OF_24_HOURS:
            return {}
        from blinplan.course.infusions import infusions

        clock = WallClock(self.clock.start, moves=self.ledger.moves)
        begun = ((one.start, one.unbroken_since) for one in infusions(self.course))
        return {start: -clock.surplus(since, start) for start, since in begun if since is not None}

    def travels(self, start: int, stop: int) -> bool:
        """Whether the patient goes to another time zone between two minutes of the course."""
        return any(
            start <= since < stop and str(self.clock.zone_at(since - 1)) != str(self.clock.zone_at(since))
            for since, _ in self.ledger.moves
        )

    def is_of_journey(self, day: ChangedDay) -> bool:
        """Whether a journey makes a day longer or shorter: one on it, or one on the day before that left its hour out.

        Of the latter the clock of the place where the day begins does not tell the difference.
        """
        if self.travels(day.start, day.stop):
            return True
        by_clock = WallClock(self.clock.started_at(day.start)).surplus(day.start, day.stop)
        return day.more != by_clock and self.travels(day.start - MINUTES_PER_DAY, day.start)

    def shows(self, entry: Entry) -> bool:
        """Whether an entry is of the cycle and the days that are asked for."""
        return self.shows_stretch(entry.cycle, entry.start, entry.stop)

    def shows_stretch(self, cycle: int | None, start: int | None, stop: int | None) -> bool:
        """Whether a stretch of a cycle is asked for; one of no cycle is of all, and one that is at no time of any."""
        if self.cycle is not None and cycle not in {None, self.cycle}:
            return False
        if start is None or stop is None or (self.first is None and self.last is None):
            return True
        first, last = self.clock.at(start).date(), self.clock.at(max(stop - 1, start)).date()
        return (self.first is None or last >= self.first) and (self.last is None or first <= self.last)

    def shown_entries(self) -> list[Entry]:
        """The entries of the cycle and the days that are asked for."""
        return [entry for entry in self.entries if self.shows(entry)]

    def shown_bags(self) -> "list[tuple[int, Bag]]":
        """The bags that are shown, each with its number in the course."""
        numbers = self.bag_numbers
        hung = [entry for entry in self.entries if entry.due is Due.BAG]
        return [(numbers[entry.bag.start], entry.bag) for entry in hung if entry.bag is not None and self.shows(entry)]

    def hangs(self, bag: "Bag") -> bool:
        """Whether a bag hangs by the record, which does not say that it was taken down."""
        last = self.ledger.bags[-1] if self.ledger.bags else None
        running = [one for one in self.bags if one.on_record and last is not None and last.start <= one.start]
        if last is None or last.stop is not None:
            return False
        from blinplan.course.happened.hung import wrong_bag_that_hangs

        goes_on = not self.replanned.ended or wrong_bag_that_hangs(self.course, self.ledger.bags) is not None
        return goes_on and running[-1:] == [bag]

    @cached_property
    def bag_numbers(self) -> dict[int, int]:
        """The numbers of the bags in the course, by the minutes at which they are hung; hung again, a bag keeps its.

        A number on record is that of its bag, and later bags go on from there: no other bag has it.
        """
        on_record = {hung.start: hung.bag.number for hung in self.ledger.bags if hung.bag.number is not None}
        numbers: dict[int, int] = {}
        number, taken = 0, set(on_record.values())
        for bag in self.bags:
            if bag.start in on_record:
                number = on_record[bag.start]
            elif not bag.again:
                number = next(one for one in count(number + 1) if one not in taken)
            taken.add(number)
            numbers[bag.start] = number
        return numbers


def date_course(
    planned: Course,
    begins: datetime,
    site: "Site | None",
    happened: "CourseRecord | Ledger | None",
    moves: tuple[tuple[int, tzinfo], ...] = (),
) -> Dated:
    """Put a course on the calendar, as a record or a ledger says that it came to be.

    Parameters
    ----------
    planned
        The course as it was planned, without dates.
    begins
        When the first infusion begins: aware, in the patient's time zone.
    site
        The profile of the site that prepares the bags; without one there are none.
    happened
        What happened, or what was decided of it; None where nothing did.
    moves
        The minutes from which the patient is in another time zone, where no site says it.

    Raises
    ------
    RecordError
        When the record or the ledger does not fit the course.
    NoSequenceError
        When no sequence of bags obeys the site profile.
    NeverOpenError
        When the site has no day on which a cycle could start.
    """
    if site is not None:
        from blinplan.course.bags.ward import with_days, with_label
        from blinplan.regimen.site.site import moves_of

        site = with_label(site, planned, happened)
        moves = moves_of(site.later)
    if isinstance(happened, Ledger):
        found = replay(planned, happened, WallClock(begins))
    else:
        found = _replan(planned, begins, site, happened, moves)
    if site is not None:
        site = with_days(site, found.ledger.days)
    return _on_calendar(found, Clock(begins, moves), site, recorded=happened is not None)


def _replan(
    planned: Course,
    begins: datetime,
    site: "Site | None",
    record: "CourseRecord | None",
    moves: tuple[tuple[int, tzinfo], ...],
) -> Replanned:
    """The course as a record says that it came to be, at a site or at none."""
    adulthood = _adulthood(planned, begins, site)
    if site is None:
        return replan(planned, record, adulthood=adulthood, clock=WallClock(begins, moves=moves))
    from blinplan.course.bags.ward import day_length, opens_at

    clock = WallClock(begins, day_length(site), moves)
    return replan(planned, record, opens_at(site, begins), adulthood, clock, by_step=site.figures_by_step)


def _adulthood(course: Course, begins: datetime, site: "Site | None") -> Adulthood:
    age = course.patient.age
    return Adulthood(
        adult_from(course.regimen, site),
        None if age is None else age.told_on(begins.date()),
        begins,
        course.patient.weight,
    )


def as_planned(now: Dated) -> Iterator[Dated]:
    """The plans of a course as they were after each thing that happened, the present one excepted.

    A plan that could not be made then, for want of bags, is none.
    """
    if not now.recorded:
        return
    for earlier in as_it_stood(record_of(now.ledger, now.course.regimen.name, now.clock.start)):
        try:
            yield replace(
                date_course(now.replanned.undated, now.clock.start, now.site, earlier, now.clock.moves),
                cycle=now.cycle,
                first=now.first,
                last=now.last,
            )
        except (NoSequenceError, NeverOpenError):
            continue


def _on_calendar(found: Replanned, clock: Clock, site: "Site | None", *, recorded: bool) -> Dated:
    course = found.course
    bags = () if site is None else _bags(found, clock, site)
    planned = premedication_plan(course, _adulthood(course, clock.start, site))
    premedication = with_restarts(planned, course, found.ledger.interruptions)
    things = things_due(as_ordered(course), clock, ended=found.ended)
    due = entries(course, premedication, bags, found.ledger, things, found.ledger.clock(clock.start), site)
    return Dated(course, clock, due, premedication, bags, found, recorded, site)


def _bags(found: Replanned, clock: Clock, site: "Site") -> "tuple[Bag, ...]":
    from blinplan.course.bags_of_course import bags_of

    try:
        return bags_of(found, site, clock)
    except NoSequenceError as error:
        weight = found.course.patient_at(error.minute).weight
        raise NoSequenceError(str(error), error.minute, weight) from error
