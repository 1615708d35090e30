"""A course with its dates: what happened to it, what is due when, and its bags."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from functools import cached_property
from itertools import count

from blinplan.course.adulthood import Adulthood, adult_from
from blinplan.course.bags.bag import Bag
from blinplan.course.bags.opening import NeverOpenError, always_open, hour_of_change, next_opening
from blinplan.course.bags.preparation import prepared_by
from blinplan.course.bags.sequence import NoSequenceError
from blinplan.course.bags_of_course import bags_of
from blinplan.course.calendar import (
    ChangedDay,
    Clock,
    Due,
    Entry,
    entries,
    infusions,
    things_due,
    with_restarts,
)
from blinplan.course.events import Course, as_ordered
from blinplan.course.happened.hung import wrong_bag_that_hangs
from blinplan.course.happened.ledger import Ledger, record_of
from blinplan.course.happened.replan import Replanned, as_it_stood, replan, replay
from blinplan.course.happened.starts import Opens, at_once
from blinplan.course.premedication import PremedicationPlan, premedication_plan
from blinplan.course.wall_clock import DayLength, WallClock
from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.regimen.record.record import CourseRecord
from blinplan.regimen.site.site import LongDay, Site, moves_of


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
    bags: tuple[Bag, ...]
    replanned: Replanned
    recorded: bool
    site: Site | None = None
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
        if start is None or stop is None:
            return True
        first, last = self.clock.at(start).date(), self.clock.at(max(stop - 1, start)).date()
        return (self.first is None or last >= self.first) and (self.last is None or first <= self.last)

    def shown_entries(self) -> list[Entry]:
        """The entries of the cycle and the days that are asked for."""
        return [entry for entry in self.entries if self.shows(entry)]

    def shown_bags(self) -> list[tuple[int, Bag]]:
        """The bags that are shown, each with its number in the course."""
        numbers = self.bag_numbers
        hung = [entry for entry in self.entries if entry.due is Due.BAG]
        return [(numbers[entry.bag.start], entry.bag) for entry in hung if entry.bag is not None and self.shows(entry)]

    def hangs(self, bag: Bag) -> bool:
        """Whether a bag hangs by the record, which does not say that it was taken down."""
        last = self.ledger.bags[-1] if self.ledger.bags else None
        running = [one for one in self.bags if one.on_record and last is not None and last.start <= one.start]
        if last is None or last.stop is not None:
            return False
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
    site: Site | None,
    happened: CourseRecord | Ledger | None,
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
    site = None if site is None else _with_label(site, planned, happened)
    clock = Clock(begins, moves if site is None else moves_of(site.later))
    if isinstance(happened, Ledger):
        found = replay(planned, happened, WallClock(begins))
    else:
        by_step = site is not None and site.figures_by_step
        adulthood = _adulthood(planned, begins, site)
        of_24_hours = site is not None and site.long_day is LongDay.MOVE_CLOCK
        days = DayLength.INFUSION_OF_24_HOURS if of_24_hours else DayLength.BY_THE_CLOCK
        days_here = WallClock(begins, days, clock.moves)
        found = replan(planned, happened, _opens(site, begins), adulthood, days_here, by_step=by_step)
    site = None if site is None else _with_days(site, found.ledger.days)
    return _on_calendar(found, clock, site, recorded=happened is not None)


def _with_days(site: Site, days: DayLength) -> Site:
    """A site, and those that take over from it, as the days of a course are counted, whatever they would count now."""
    later = tuple(replace(place, site=_with_days(place.site, days)) for place in site.later)
    moves = site.long_day is LongDay.MOVE_CLOCK
    long_day = LongDay.LONGER_BAG if moves else site.long_day
    by_the_clock = days is DayLength.BY_THE_CLOCK
    return replace(site, long_day=long_day if by_the_clock else LongDay.MOVE_CLOCK, later=later)


def _with_label(site: Site, planned: Course, happened: CourseRecord | Ledger | None) -> Site:
    """A site, and those that take over from it, with the label's word where they say nothing, and what is closed."""
    closures = () if happened is None else happened.closures
    later = (replace(place, site=_with_label(place.site, planned, happened)) for place in site.later)
    made = prepared_by(replace(site, later=tuple(later)), label_of(planned.regimen))
    return replace(made, closures=closures)


def _adulthood(course: Course, begins: datetime, site: Site | None) -> Adulthood:
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


def _opens(site: Site | None, begins: datetime) -> Opens:
    if site is None:
        return at_once
    moves = Clock(begins, moves_of(site.later))

    def opens(minute: int) -> tuple[int, str]:
        here, began = site.at(minute), moves.started_at(minute)
        if any(since <= minute and str(zone) != str(moves.zone) for since, zone in moves.moves):
            return _opens_elsewhere(here, moves, minute)
        return next_opening(here, began, minute) if here.starts_when_open else at_once(minute)

    return opens


def _opens_elsewhere(here: Site, moves: Clock, minute: int) -> tuple[int, str]:
    """When a cycle can begin after a journey: at the hour of the place, or that of the first start."""
    begins = moves.start
    hour = here.change_minute if here.change_minute is not None else begins.hour * MINUTES_PER_HOUR + begins.minute
    there = replace(here, change_minute=hour)
    if here.starts_when_open:
        return next_opening(there, moves.started_at(minute), minute)
    opens, _ = next_opening(always_open(there), moves.started_at(minute), minute)
    return opens, f"{here.name} begins cycles at {hour_of_change(there)} by the clock of {moves.zone_at(minute)}"


def _on_calendar(found: Replanned, clock: Clock, site: Site | None, *, recorded: bool) -> Dated:
    course = found.course
    try:
        bags = () if site is None else bags_of(found, site, clock)
    except NoSequenceError as error:
        raise NoSequenceError(str(error), error.minute, course.patient_at(error.minute).weight) from error
    planned = premedication_plan(course, _adulthood(course, clock.start, site))
    premedication = with_restarts(planned, course, found.ledger.interruptions)
    things = things_due(as_ordered(course), clock, ended=found.ended)
    due = entries(course, premedication, bags, found.ledger, things, found.ledger.clock(clock.start), site)
    return Dated(course, clock, due, premedication, bags, found, recorded, site)
