"""A whole plan: whatever the site, the start, the weight and what happens, nothing is lost and nothing given twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.errors import NeverOpenError, NoSequenceError
from blinplan.course.bags.opening import next_opening
from blinplan.course.calendar import Due, changed_days, when_closed
from blinplan.course.closed_days import closed_changes, shortages_in
from blinplan.course.dated import Dated, as_planned, date_course
from blinplan.course.eligibility import choose
from blinplan.course.events import Course, expand
from blinplan.course.patient import patient
from blinplan.course.wall_clock import DayLength
from blinplan.regimen import library
from blinplan.regimen.age import completed_age
from blinplan.regimen.record.record import BodyMeasurement, Cause, Closure, Ending, EndOfCourse, Interruption
from blinplan.regimen.site.site import LaterPlace, LongDay, Shortage, Site
from blinplan.reports.plan.bags.changes import changes_on_closed_days
from tests.collection.examples import fewer_examples
from tests.course.dated_records import interruption, record
from tests.course.regimens import site

DAY, HOUR = 24 * 60, 60
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 10, 19, 10, tzinfo=BERLIN)
CRS = Cause.CYTOKINE_RELEASE


AREAS = {Fraction(4): Fraction("0.25"), Fraction(12): Fraction("0.55"), Fraction("44.9"): Fraction("1.4")}


def course(weight: Fraction = Fraction(70)) -> Course:
    adult = library.regimen("rr-adult")
    one = patient(weight, None, None if weight >= 45 else AREAS[weight])
    return expand(choose(adult, one, library.load).regimen, one)


WARD = site(24, 48, 72, 96, closed=frozenset({5, 6}), starts_when_open=True)


def starts(plan: Dated) -> list[datetime]:
    return [plan.clock.at(entry.start) for entry in plan.entries if entry.due is Due.START]


def test_a_cycle_waits_for_the_ward() -> None:
    plan = date_course(course(), MONDAY, WARD, None)
    # Summer time ends on 25 October: the free interval ends at 10:00 all the same, when the ward changes bags.
    assert starts(plan)[:2] == [MONDAY, datetime(2026, 11, 30, 10, tzinfo=BERLIN)]
    assert plan.ledger.starts == ()
    assert not [entry for entry in plan.entries if entry.due is Due.START and when_closed(entry, plan.clock, WARD)]
    late = replace(WARD, change_minute=11 * HOUR)
    assert starts(date_course(course(), MONDAY.replace(hour=11), late, None))[1].hour == 11
    waits = date_course(course(), MONDAY, late, None)
    assert starts(waits)[1] == datetime(2026, 11, 30, 11, tzinfo=BERLIN)
    assert waits.ledger.starts[0].start - waits.ledger.starts[0].earliest == HOUR


def test_what_moved_to_a_weekend_waits_until_monday() -> None:
    planned = course()
    three_days = interruption(MONDAY, 10 * DAY, 5 * DAY, Cause.TECHNICAL, None, 1)
    plan = date_course(planned, MONDAY, WARD, None)
    later = date_course(planned, MONDAY, plan.site, record(planned, MONDAY, three_days))
    assert [moment.weekday() for moment in starts(later)] == [0] * 5
    assert starts(later)[1].date() == date(2026, 12, 7)  # Saturday the 5th is the earliest
    # Cycle 4 is infused over the night of 28 March then, which has an hour less.
    assert later.course.micrograms == plan.course.micrograms - Fraction(28, 24)


@pytest.mark.parametrize(
    ("minute", "opens"),
    [
        (0, (2026, 10, 19, 10)),
        (1, (2026, 10, 20, 10)),
        (4 * DAY + 1, (2026, 10, 26, 10)),
        (5 * DAY, (2026, 10, 26, 10)),
        (38 * DAY, (2026, 11, 26, 10)),
    ],
)
def test_a_ward_opens_at_its_hour_of_its_next_day(minute: int, opens: tuple[int, int, int, int]) -> None:
    found, _ = next_opening(WARD, MONDAY, minute)
    assert MONDAY.astimezone(UTC) + timedelta(minutes=found) == datetime(*opens, tzinfo=BERLIN)
    assert found >= minute


@pytest.mark.parametrize(
    ("minute", "said"),
    [(30, None), (29, "10:29, and Ward 7 changes bags at 10:30"), (0, "10:00, and Ward 7 changes bags at 10:30")],
)
def test_a_ward_may_change_bags_at_half_past(minute: int, said: str | None) -> None:
    ward = site(24, at=10 * HOUR + 30)
    plan = date_course(course(), MONDAY.replace(minute=minute), ward, None)
    first = next(entry for entry in plan.entries if entry.due is Due.START)
    assert when_closed(first, plan.clock, ward) == said


def test_a_ledger_keeps_how_its_days_were_counted_whatever_the_ward_does_now() -> None:
    by_the_clock = date_course(course(), MONDAY, site(24), None)
    moving = site(24, long_day=LongDay.MOVE_CLOCK)
    assert date_course(course(), MONDAY, moving, None).ledger.days is DayLength.INFUSION_OF_24_HOURS
    again = date_course(course(), MONDAY, moving, by_the_clock.ledger)
    assert again.site is not None
    assert (again.ledger.days, again.site.long_day) == (DayLength.BY_THE_CLOCK, LongDay.LONGER_BAG)
    assert again.course == by_the_clock.course
    back = date_course(course(), MONDAY, site(24), date_course(course(), MONDAY, moving, None).ledger)
    assert back.site is not None
    assert back.site.long_day is LongDay.MOVE_CLOCK


def test_where_days_of_infusion_have_24_hours_the_hour_moves_with_the_clock() -> None:
    """From the night of 25 October on it is an hour earlier; the next cycle begins at 10:00 again."""
    moving = site(24, 48, long_day=LongDay.MOVE_CLOCK)
    moved = date_course(course(), MONDAY, moving, None).hours_moved()
    assert [moved[minute] for minute in sorted(moved)[:3]] == [0, -HOUR, 0]
    assert sorted(moved)[1] == 7 * DAY
    assert date_course(course(), MONDAY, site(24, 48), None).hours_moved() == {}
    plan = date_course(course(), MONDAY, moving, None)
    assert not list(closed_changes(plan))  # the step at nine is at the hour of change
    off = when_closed(next(entry for entry in plan.entries if entry.due is Due.STEP), plan.clock, moving)
    assert off == "09:00, and Ward 7 changes bags at 10:00"


def test_what_is_at_one_moment_is_shown_on_its_day() -> None:
    plan = date_course(course(), datetime(2026, 11, 2, tzinfo=BERLIN), None, None)
    for first, last, shown in (
        (date(2026, 11, 3), date(2026, 11, 3), True),  # at midnight, with which this day begins
        (date(2026, 11, 2), date(2026, 11, 2), False),
        (date(2026, 11, 4), None, False),
        (None, date(2026, 11, 3), True),
        (None, None, True),
    ):
        asked = replace(plan, first=first, last=last)
        assert asked.shows_stretch(1, DAY, DAY) is shown
        assert asked.shows_stretch(None, None, None)
    stretch = replace(plan, first=date(2026, 11, 4), last=date(2026, 11, 4))
    assert [stretch.shows_stretch(1, 0, stop) for stop in (2 * DAY, 2 * DAY + 1)] == [False, True]
    day = date(2026, 11, 4)  # one and the same day, from and to
    assert not replace(plan, first=day, last=day).shows_stretch(1, 9 * DAY, 10 * DAY)
    of_cycle = replace(plan, cycle=2)
    assert [of_cycle.shows_stretch(cycle, 0, DAY) for cycle in (1, 2, None)] == [False, True, True]


def test_a_bag_that_is_needed_on_a_closed_day_is_told_with_its_cycle() -> None:
    """With bags of a day, on the one holiday in cycle 2, which is infused from 30 November on."""
    ward = site(24, holidays=frozenset({date(2026, 12, 8)}))
    plan = date_course(course(), MONDAY, ward, None)
    (change,) = closed_changes(plan)
    assert (change.cycle, change.why) == (2, "a holiday, on which Ward 7 changes no bags")
    assert plan.clock.at(change.minute) == datetime(2026, 12, 8, 10, tzinfo=BERLIN)
    assert (change.entry, change.before) == (None, next(bag for bag in plan.bags if bag.stop == change.minute))


def test_a_step_on_a_closed_day_is_told_with_what_asks_for_it() -> None:
    """The dose rises on 26 October."""
    plan = date_course(course(), MONDAY, site(24, 48, holidays=frozenset({date(2026, 10, 26)})), None)
    (change,) = closed_changes(plan)
    assert (change.cycle, change.before) == (1, None)
    assert change.entry is not None
    assert (change.entry.due, plan.clock.at(change.minute)) == (Due.STEP, datetime(2026, 10, 26, 10, tzinfo=BERLIN))


def test_a_shortage_counts_where_something_is_infused_on_its_days() -> None:
    """Cycle 1 is infused from 19 October to 16 November, when its last bag ends at 10:00."""
    for first, last, counts in (
        (date(2026, 11, 16), date(2026, 11, 20), True),
        (date(2026, 11, 17), date(2026, 11, 20), False),
        (date(2026, 10, 1), date(2026, 10, 18), False),
        (date(2026, 10, 1), date(2026, 10, 19), True),
    ):
        short = Shortage(frozenset({24 * HOUR}), "no bags", first, last)
        ward = replace(site(24, 48), shortages=(short,))
        assert shortages_in(date_course(course(), MONDAY, ward, None)) == ((short,) if counts else ())
    assert shortages_in(date_course(course(), MONDAY, None, None)) == ()


@pytest.mark.parametrize(
    ("ward", "why"),
    [
        (WARD, "Ward 7 starts cycles on days that are no Saturday or Sunday and no holiday, at 10:00"),
        (
            site(24, closed=frozenset({6, 2})),
            "Ward 7 starts cycles on days that are no Wednesday or Sunday and no holiday, at 10:00",
        ),
        (site(24, closed=frozenset({6}), at=None), "Ward 7 starts cycles on days that are no Sunday and no holiday"),
        (site(24, at=8 * HOUR + 5), "Ward 7 starts cycles on days that are no holiday, at 08:05"),
    ],
)
def test_why_a_cycle_waits_is_told(ward: Site, why: str) -> None:
    assert next_opening(ward, MONDAY, 1)[1] == why


@pytest.mark.parametrize(
    ("there", "start", "why"),
    [
        ({"at": 9 * HOUR}, datetime(2026, 11, 30, 9), "Ward 7 begins cycles at 09:00 by the clock of America/New_York"),  # noqa: DTZ001
        ({"at": None}, datetime(2026, 11, 30, 10), "Ward 7 begins cycles at 10:00 by the clock of America/New_York"),  # noqa: DTZ001
        (
            {"at": 9 * HOUR, "closed": frozenset({0}), "starts_when_open": True},
            datetime(2026, 12, 1, 9),  # noqa: DTZ001
            "Ward 7 starts cycles on days that are no Monday and no holiday, at 09:00",
        ),
        ({"at": 4 * HOUR}, datetime(2026, 11, 30, 4), None),  # noqa: DTZ001 - the very minute at which the interval ends
    ],
)
def test_after_a_journey_a_cycle_begins_at_an_hour_of_the_place(
    there: dict[str, Any], start: datetime, why: str | None
) -> None:
    """The interval ends at 10:00 in Berlin, which is 4:00 in New York."""
    elsewhere = site(24, 48, 72, time_zone="America/New_York", **there)
    ward = replace(WARD, starts_when_open=False, time_zone="Europe/Berlin", later=(LaterPlace(30 * DAY, elsewhere),))
    plan = date_course(course(), MONDAY, ward, None)
    assert starts(plan)[1] == start.replace(tzinfo=ZoneInfo("America/New_York"))
    told = {begun.cycle: begun for begun in plan.ledger.starts}
    assert (told[2].why if 2 in told else None) == why
    assert why is None or told[2].earliest == 42 * DAY + HOUR


def test_a_free_interval_ends_at_the_same_hour_though_the_clock_was_put_forward() -> None:
    begins = datetime(2027, 2, 8, 10, tzinfo=BERLIN)  # cycle 1 is infused until 8 March, free until 22 March
    spring = datetime(2027, 2, 22, 10, tzinfo=BERLIN)  # free from 22 March to 5 April; summer time begins on 28 March
    planned = course()
    assert starts(date_course(planned, begins, WARD, None))[1] == datetime(2027, 3, 22, 10, tzinfo=BERLIN)
    for ward in (WARD, None):
        plan = date_course(planned, spring, ward, None)
        assert starts(plan)[1] == datetime(2027, 4, 5, 10, tzinfo=BERLIN)
        assert plan.ledger.starts == ()
        assert plan.course.micrograms == planned.micrograms  # the free interval is an hour shorter, and no infusion
    done = date_course(planned, spring, None, record(planned, spring, _2=42 * DAY - HOUR))
    assert starts(done) == starts(plan)
    assert done.ledger.starts[0].early == 0
    for at, minute in ((spring, 42 * DAY - 61), (begins, 42 * DAY - 1)):
        early = date_course(planned, at, None, record(planned, at, _2=minute)).ledger.starts[0]
        assert (early.early, early.start) == (1, minute)


def test_where_the_clock_was_put_back_a_cycle_may_begin_when_its_days_of_24_hours_have_passed() -> None:
    """Cycle 1 lasts an hour more by the clock: who began cycle 2 at 9:00 left nothing out."""
    planned = course()
    done = date_course(planned, MONDAY, None, record(planned, MONDAY, _2=42 * DAY))
    assert starts(done)[1] == datetime(2026, 11, 30, 9, tzinfo=BERLIN)
    assert done.ledger.starts[0].earliest == 42 * DAY + HOUR
    assert done.ledger.starts[0].early == 0
    assert date_course(planned, MONDAY, None, record(planned, MONDAY, _2=42 * DAY - 1)).ledger.starts[0].early == 61
    ward = replace(WARD, change_minute=9 * HOUR)  # 9:00 is not yet the time
    assert starts(date_course(planned, MONDAY, ward, None))[1] == datetime(2026, 12, 1, 9, tzinfo=BERLIN)


def test_a_ward_with_no_hour_of_change_opens_at_the_hour_at_which_the_interval_ended() -> None:
    found, _ = next_opening(site(24, at=None, closed=frozenset({5, 6})), MONDAY, 5 * DAY)  # a Saturday
    assert MONDAY.astimezone(UTC) + timedelta(minutes=found) == datetime(2026, 10, 26, 10, tzinfo=BERLIN)


def test_a_ward_that_is_closed_for_the_summer_opens_after_it() -> None:
    shut = frozenset(date(2026, 10, 19) + timedelta(days=number) for number in range(42))
    found, _ = next_opening(site(24, holidays=shut), MONDAY, 0)
    assert MONDAY.astimezone(UTC) + timedelta(minutes=found) == datetime(2026, 11, 30, 10, tzinfo=BERLIN)


def test_a_ward_that_never_opens_is_said_to() -> None:
    shut = site(
        24, closed=frozenset(range(6)), holidays=frozenset(date(2026, 10, 18) + timedelta(7 * n) for n in range(60))
    )
    with pytest.raises(NeverOpenError, match="no open day within a year"):
        next_opening(shut, MONDAY, 0)


def test_later_starts_and_restarts_are_supervised() -> None:
    planned = course()
    plan = date_course(
        planned, MONDAY, None, record(planned, MONDAY, interruption(MONDAY, 10 * DAY, 4 * HOUR, CRS, 2, 1))
    )
    supervised = [(entry.cycle, entry.start) for entry in plan.entries if entry.due is Due.SUPERVISION]
    assert supervised[0] == (1, 10 * DAY + 4 * HOUR)
    assert [cycle for cycle, _ in supervised[1:]] == [3, 4, 5]  # in cycles 1 and 2 the patient is in hospital
    short = date_course(planned, MONDAY, None, record(planned, MONDAY, interruption(MONDAY, 10 * DAY, 239, CRS, 2, 1)))
    assert [entry.cycle for entry in short.entries if entry.due is Due.SUPERVISION] == [3, 4, 5]
    long = interruption(MONDAY, 94 * DAY, 8 * DAY, CRS, 2, 3)  # cycle 4 begins with the restart
    broken = date_course(planned, MONDAY, None, record(planned, MONDAY, long))
    assert [entry.cycle for entry in broken.entries if entry.due is Due.SUPERVISION] == [3, 4, 5]


def test_the_plans_before_are_those_of_the_record_as_it_stood() -> None:
    planned = course()
    full = record(planned, MONDAY, interruption(MONDAY, 10 * DAY, DAY, CRS, 2, 1), _2=45 * DAY)
    before = list(as_planned(date_course(planned, MONDAY, None, full)))
    assert [len(plan.ledger.interruptions) for plan in before] == [0, 1, 1]
    assert [plan.replanned.ended for plan in before] == [False, True, False]
    assert before[0].course == date_course(planned, MONDAY, None, None).course


profiles = st.builds(
    lambda sizes, hour, closed, holidays, waits, before: site(
        *sizes,
        at=None if hour is None else hour * HOUR,
        closed=closed,
        holidays=holidays,
        starts_when_open=waits,
        prepared_before=before * HOUR,
    ),
    st.lists(st.sampled_from([24, 48, 72, 96, 168]), min_size=1, max_size=4, unique=True),
    st.none() | st.integers(0, 23),
    st.frozensets(st.integers(0, 6), max_size=3),
    st.frozensets(st.dates(date(2026, 3, 1), date(2027, 6, 1)), max_size=12),
    st.booleans(),
    st.integers(0, 12),
)
happenings = st.lists(
    st.tuples(
        st.integers(1, 60 * DAY),
        st.integers(1, 12 * DAY),
        st.sampled_from(list(Cause)),
        st.sampled_from([None, 1, 2, 3]),
    ),
    max_size=3,
)


@pytest.mark.slow
@fewer_examples(2)
@given(
    profile=profiles,
    weight=st.sampled_from([Fraction(4), Fraction(12), Fraction("44.9"), Fraction(45), Fraction(90)]),
    day=st.dates(date(2026, 3, 1), date(2026, 11, 30)),
    at=st.integers(0, DAY - 1),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    happened=happenings,
)
def test_whatever_happens_every_bag_is_one_after_the_other_and_all_give_what_is_ordered(
    profile: Site,
    weight: Fraction,
    day: date,
    at: int,
    zone: str,
    happened: list[tuple[int, int, Cause, int | None]],
) -> None:
    begins = datetime.combine(day, time(at // 60, at % 60), tzinfo=UTC).astimezone(ZoneInfo(zone))
    planned = course(weight)
    try:
        plan = date_course(planned, begins, profile, None)
        now: int = 0
        made: list[Interruption] = []
        for after, lasts, cause, grade in happened:
            running = [e for e in plan.course.events if e.period.dose and e.period.start < now + after <= e.period.stop]
            if not running or plan.replanned.ended:
                break
            now += after
            made.append(interruption(begins, now, lasts, cause, grade, running[0].period.cycle))
            now += lasts
            plan = date_course(planned, begins, profile, record(planned, begins, *made))
    except NoSequenceError:
        return
    events = plan.course.events
    assert events[0].period.start == 0
    assert all(one.period.stop == other.period.start for one, other in pairwise(events))
    infused = [event for event in events if event.period.dose is not None]
    for event in infused:
        own = [bag for bag in plan.bags if event.period.start <= bag.start < event.period.stop]
        assert (own[0].start, own[-1].stop) == (event.period.start, event.period.stop)
        assert all(one.stop == other.start for one, other in pairwise(own))
        assert all(bag.rate == event.rate for bag in own)
        assert sum(bag.micrograms for bag in own) == event.micrograms
    assert sum(bag.minutes for bag in plan.bags) == plan.course.infusion_minutes
    told = {remark.start for remark in changes_on_closed_days(plan)}
    for bag in plan.bags:
        hung = plan.clock.at(bag.start)
        if bag.start not in {event.period.start for event in infused}:
            closed = hung.weekday() in profile.closed or hung.date() in profile.holidays
            assert not closed or (profile.holidays and bag.start in told)
        if weight < Fraction("5.4"):
            assert bag.size.preservative is False
    begun = {entry.cycle: entry.start for entry in plan.entries if entry.due is Due.START}
    free = [event for event in events if event.period.dose is None and event.period.cycle_name != "interrupted"]
    assert all(event.period.minutes >= 14 * DAY - HOUR for event in free if event.period.stop in begun.values())
    assert date_course(planned, begins, profile, plan.ledger).course == plan.course


def test_a_closed_week_that_was_never_reached_is_no_reason_for_want_of_bags() -> None:
    """Stopped on the 23rd and restarted after the holidays: that no bag lasts over them has hurt nobody."""
    start = datetime(2026, 12, 1, 10, tzinfo=BERLIN)
    ward = site(24, 48, holidays=frozenset(date(2026, 12, day) for day in range(24, 28)))
    planned = course()
    stopped = interruption(start, 22 * DAY + 4 * HOUR, 4 * DAY + 20 * HOUR, Cause.TECHNICAL, None, 1)
    plan = date_course(planned, start, ward, record(planned, start, stopped))
    assert sum(bag.micrograms for bag in plan.bags) == plan.course.micrograms
    assert not list(changes_on_closed_days(plan))
    told = [change.text for change in changes_on_closed_days(date_course(planned, start, ward, None))]
    for text, day in zip(told, ("Thu 2026-12-24", "Sat 2026-12-26"), strict=True):
        assert f"has to be changed on {day} 10:00: it is a holiday, on which Ward 7 changes no bags" in text


def test_a_bag_that_was_hung_stays_the_one_that_was_hung() -> None:
    """The pharmacist made a bag for 7 days; that it was stopped after one, nobody knew."""
    planned = course()
    week = site(24, 168, at=10 * HOUR)
    stopped = interruption(MONDAY, DAY + HOUR, 3 * HOUR, Cause.TECHNICAL, None, 1)
    plan = date_course(planned, MONDAY, week, record(planned, MONDAY, stopped))
    first = plan.bags[0]
    assert (first.size.minutes // DAY, first.minutes) == (7, DAY + HOUR)
    assert first.micrograms == Fraction(9) * (DAY + HOUR) / DAY
    assert plan.bags[1].start == DAY + 4 * HOUR
    assert sum(bag.micrograms for bag in plan.bags) == plan.course.micrograms
    assert all(one.stop <= other.start for one, other in pairwise(plan.bags))
    before = date_course(planned, MONDAY, week, None).bags
    assert before[0].size == first.size


def test_the_bags_before_a_stop_are_those_of_the_cycle_when_it_began() -> None:
    planned = course()
    stopped = interruption(MONDAY, 50 * DAY, 3 * HOUR, Cause.TECHNICAL, None, 2)  # cycle 2 began three days late
    plan = date_course(planned, MONDAY, site(24, 96, at=None), record(planned, MONDAY, stopped, _2=45 * DAY))
    assert min(bag.start for bag in plan.bags if bag.start >= 28 * DAY) == 45 * DAY
    assert sum(bag.micrograms for bag in plan.bags) == plan.course.micrograms
    assert all(one.stop <= other.start for one, other in pairwise(plan.bags))


def test_a_bag_that_ends_at_midnight_is_not_one_of_the_next_day() -> None:
    night = datetime(2026, 11, 2, tzinfo=BERLIN)
    plan = replace(date_course(course(), night, site(24, at=0), None), first=date(2026, 11, 4), last=date(2026, 11, 4))
    assert [number for number, _ in plan.shown_bags()] == [3]


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        (datetime(2026, 11, 2, 10, tzinfo=BERLIN), None),
        (datetime(2026, 11, 2, 10, 15, tzinfo=BERLIN), "10:15, and Ward 7 changes bags at 10:00"),
        (datetime(2026, 11, 1, 10, tzinfo=BERLIN), "a Sunday, on which Ward 7 changes no bags"),
    ],
)
def test_a_bag_that_is_wanted_when_the_ward_hangs_none_is_told(begins: datetime, said: str | None) -> None:
    plan = date_course(course(), begins, site(24, 48, 72, 96, closed=frozenset({5, 6})), None)
    first = next(entry for entry in plan.entries if entry.due is Due.START)
    assert when_closed(first, plan.clock, WARD) == said


def test_a_restart_wants_a_bag_too() -> None:
    planned = course()
    evening = interruption(MONDAY, 8 * DAY, 11 * HOUR, CRS, 2, 1)  # stopped at 9:00, the clock was put back
    plan = date_course(planned, MONDAY, site(24, 48, 72, 96), record(planned, MONDAY, evening))
    restart = next(entry for entry in plan.entries if entry.due is Due.RESTART)
    assert when_closed(restart, plan.clock, WARD) == "20:00, and Ward 7 changes bags at 10:00"


def test_where_a_site_says_where_the_patient_is_nothing_else_does() -> None:
    tokyo, york = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
    moves = ((5 * DAY, tokyo),)
    assert date_course(course(), MONDAY, None, None, moves).clock.moves == moves
    ward = replace(site(24, 48, 72), later=(LaterPlace(5 * DAY, site(24, 48, 72, time_zone=str(york))),))
    assert date_course(course(), MONDAY, ward, None, moves).clock.moves == ((5 * DAY, york),)
    assert date_course(course(), MONDAY, site(24), None, moves).clock.moves == ()


TOKYO, YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")


def test_a_patient_travels_where_the_zone_is_another_one_from_a_minute_on() -> None:
    """To Tokyo after five days, to Japan's clock by another name never, and back after ten."""
    moves = ((5 * DAY, TOKYO), (7 * DAY, TOKYO), (10 * DAY, BERLIN))
    plan = date_course(course(), MONDAY, None, None, moves)
    asked = [(0, 5 * DAY), (0, 5 * DAY + 1), (5 * DAY, 6 * DAY), (5 * DAY + 1, 10 * DAY), (7 * DAY, 8 * DAY)]
    assert [plan.travels(*stretch) for stretch in asked] == [False, True, True, False, False]
    assert [plan.travels(*stretch) for stretch in [(10 * DAY, 11 * DAY), (10 * DAY + 1, 99 * DAY)]] == [True, False]
    at_home = date_course(course(), MONDAY, None, None, ((5 * DAY, BERLIN),))
    assert not at_home.travels(0, 99 * DAY)


@pytest.mark.parametrize(
    ("begins", "moves", "journeys"),
    [
        (MONDAY, (), [(60, False)]),  # summer time ends on 25 October
        (MONDAY, ((10 * DAY, BERLIN),), [(60, False)]),
        (MONDAY, ((2 * DAY + 60, YORK),), [(6 * 60, True)]),  # where it ends a week later, on the 31st at night
        (MONDAY, ((6 * DAY + 2 * 60, YORK),), [(60, False), (5 * 60, True)]),  # the day after the one of 25 hours
        (datetime(2026, 11, 2, 10, tzinfo=BERLIN), ((3 * DAY + 5, TOKYO),), [(-8 * 60, True)]),
        (
            datetime(2026, 11, 2, 10, tzinfo=BERLIN),
            ((3 * DAY + 5, TOKYO), (9 * DAY + 5, BERLIN)),
            [(-8 * 60, True), (8 * 60, True)],
        ),
    ],
)
def test_a_day_is_of_a_journey_where_the_clock_on_the_wall_does_not_explain_it(
    begins: datetime, moves: tuple[tuple[int, ZoneInfo], ...], journeys: list[tuple[int, bool]]
) -> None:
    plan = date_course(course(), begins, None, None, moves)
    first = [day for day in changed_days(plan.course, plan.days) if day.start < 12 * DAY]
    assert [(day.more, plan.is_of_journey(day)) for day in first] == journeys


def test_the_plans_before_show_what_this_one_shows() -> None:
    planned = course()
    happened = record(planned, MONDAY, interruption(MONDAY, 10 * DAY, DAY, CRS, 2, 1), _2=45 * DAY)
    now = replace(
        date_course(planned, MONDAY, None, happened), cycle=2, first=date(2026, 11, 1), last=date(2026, 12, 1)
    )
    before = list(as_planned(now))
    assert [(plan.cycle, plan.first, plan.last) for plan in before] == [(2, now.first, now.last)] * 3
    assert list(as_planned(date_course(planned, MONDAY, None, None))) == []


def test_before_a_journey_cycles_begin_as_if_there_were_none() -> None:
    """At 11:00, when they can, and not at the ward's 10:00; after the journey at the hour of the place."""
    there = site(24, 48, 72, at=9 * HOUR, time_zone="America/New_York")
    ward = replace(site(24, 48, 72), time_zone="Europe/Berlin", later=(LaterPlace(70 * DAY, there),))
    begun = starts(date_course(course(), MONDAY.replace(hour=11), ward, None))
    assert [f"{moment:%H:%M %Z}" for moment in begun[:3]] == ["11:00 CEST", "11:00 CET", "09:00 EST"]


@pytest.mark.parametrize(("first", "counts"), [(date(2026, 11, 16), True), (date(2026, 11, 17), False)])
def test_the_last_minute_of_an_infusion_is_one_of_its_days(first: date, counts: bool) -> None:
    short = Shortage(frozenset({24 * HOUR}), "no bags", first, date(2026, 11, 20))
    plan = date_course(course(), MONDAY.replace(hour=0, minute=1), replace(site(24, at=1), shortages=(short,)), None)
    assert plan.clock.at(28 * DAY + 60) == datetime(2026, 11, 16, 0, 1, tzinfo=BERLIN)
    assert bool(shortages_in(plan)) is counts


def test_the_age_of_the_patient_is_that_of_the_first_day_wherever_it_decides() -> None:
    """Of a grown-up nothing is asked; of 17 completed years told on the first day, who is 18 within half a year."""
    for years, asks in ((40, False), (17, True), (10, False)):
        planned = expand(library.regimen("rr-adult"), patient(Fraction(70), Fraction(170), age=completed_age(years)))
        plan = date_course(planned, MONDAY, None, None)
        assert plan.premedication is not None
        assert plan.premedication.adulthood.age == completed_age(years).told_on(MONDAY.date())
        assert plan.premedication.adulthood.start == MONDAY
        assert any(due.only for due in plan.premedication.due) is asks


def test_what_is_shown_is_of_the_cycle_and_the_days_that_are_asked_for() -> None:
    plan = date_course(course(), MONDAY, site(24, 48, prepared_before=6 * HOUR), None)
    assert [number for number, _ in plan.shown_bags()] == list(range(1, len(plan.bags) + 1))
    assert [bag for _, bag in plan.shown_bags()] == list(plan.bags)
    assert plan.shown_entries() == list(plan.entries)
    second = replace(plan, cycle=2)
    assert {bag.start // (42 * DAY) for _, bag in second.shown_bags()} == {1}
    assert {entry.cycle for entry in second.shown_entries()} == {2}
    day = date(2026, 10, 22)
    hung = [bag for bag in plan.bags if plan.clock.at(bag.start).date() <= day <= plan.clock.at(bag.stop - 1).date()]
    one_day = replace(plan, first=day, last=day)
    assert one_day.shown_bags() == [(plan.bags.index(bag) + 1, bag) for bag in hung]
    assert 0 < len(hung) < 3
    for stretch in ((None, None), (DAY, None), (None, DAY)):
        assert one_day.shows_stretch(1, *stretch)  # at no time: of any


def test_two_journeys_a_minute_apart_are_two() -> None:
    there = ((5 * DAY, YORK), (5 * DAY + 1, BERLIN))
    plan = date_course(course(), MONDAY, None, None, there)
    assert [plan.travels(5 * DAY + more, 5 * DAY + more + 1) for more in (-1, 0, 1, 2)] == [False, True, True, False]


def test_a_clock_that_is_put_back_on_the_day_after_a_journey_is_no_journey() -> None:
    """In New York on 1 November; the patient flew there on the day before."""
    plan = date_course(course(), MONDAY, None, None, ((11 * DAY + 5 * HOUR, YORK),))
    first = [day for day in changed_days(plan.course, plan.days) if day.start < 14 * DAY]
    assert [(day.more, plan.is_of_journey(day)) for day in first] == [(60, False), (5 * 60, True), (60, False)]


def test_at_another_place_in_the_same_zone_a_cycle_begins_when_it_can() -> None:
    """A journey is what makes the hour of the place count, and without an hour there that of the first start."""
    there = site(24, 48, at=9 * HOUR, time_zone="Europe/Berlin")
    ward = replace(WARD, starts_when_open=False, time_zone="Europe/Berlin", later=(LaterPlace(30 * DAY, there),))
    assert starts(date_course(course(), MONDAY, ward, None))[1] == datetime(2026, 11, 30, 10, tzinfo=BERLIN)
    at_any = site(24, at=None, time_zone="America/New_York")
    away = replace(ward, later=(LaterPlace(30 * DAY, at_any),))
    half_past = starts(date_course(course(), MONDAY.replace(minute=30), away, None))[1]
    assert half_past == datetime(2026, 11, 30, 10, 30, tzinfo=YORK)


def test_a_plan_that_could_not_be_made_then_is_left_out_of_the_plans_before() -> None:
    """With bags of a day no weekend is bridged; the course was stopped on its first day and ended on its third."""
    planned = course()
    ends = EndOfCourse(MONDAY.astimezone(UTC) + timedelta(days=3), Ending.OTHER, None)
    happened = replace(record(planned, MONDAY, interruption(MONDAY, DAY, HOUR, Cause.TECHNICAL, None, 1)), end=ends)
    now = date_course(planned, MONDAY, site(24, closed=frozenset({5, 6})), happened)
    assert [plan.course.events[-1].period.stop for plan in as_planned(now)] == [DAY]


@pytest.mark.parametrize("by_step", [False, True])
def test_new_figures_count_from_the_next_step_on_where_the_ward_says_so_and_else_from_the_next_cycle(
    by_step: bool,
) -> None:
    """A child of 40 kg weighs 36 kg on day 6; the step is on day 8."""
    child = expand(library.regimen("rr-below-45-kg"), patient(Fraction(40), Fraction(150)))
    measured = BodyMeasurement(date(2026, 10, 24), Fraction(36), None, None, ("measured", 0))
    told = replace(record(child, MONDAY), measurements=(measured,))
    for ward in (site(24, 48, figures_by_step=by_step), None):
        plan = date_course(child, MONDAY, ward, told)
        assert plan.ledger.figures[0].minute == (7 * DAY + HOUR if by_step and ward is not None else 42 * DAY + HOUR)


def test_where_the_hour_moves_with_the_clock_what_was_planned_is_moved_alike() -> None:
    moving = date_course(course(), MONDAY, site(24, long_day=LongDay.MOVE_CLOCK), None)
    assert moving.replanned.planned.events == moving.course.events
    assert moving.course.events[0].period.stop == 7 * DAY


def test_days_that_a_record_closes_are_those_of_the_ward() -> None:
    planned = course()
    shut = Closure(date(2026, 10, 22), date(2026, 10, 23), "moving house")
    plan = date_course(planned, MONDAY, site(24, 48, 96), replace(record(planned, MONDAY), closures=(shut,)))
    assert plan.site is not None
    assert plan.site.closures == (shut,)
    assert not [bag for bag in plan.bags if shut.holds(plan.clock.at(bag.start).date())]


def test_from_the_minute_of_a_journey_on_a_cycle_begins_at_the_hour_of_the_place() -> None:
    """The interval ends at ten in Berlin on 30 November, which is 42 days and an hour after the start."""
    there = site(24, 48, 72, at=9 * HOUR, time_zone="America/New_York")
    for late, hour in ((0, 9), (1, 10)):
        moved = LaterPlace(42 * DAY + HOUR + late, there)
        ward = replace(WARD, starts_when_open=False, time_zone="Europe/Berlin", later=(moved,))
        assert starts(date_course(course(), MONDAY, ward, None))[1].hour == hour


@pytest.mark.parametrize(("start", "counts"), [(time(0, 0), False), (time(0, 1), True), (time(23, 59), True)])
def test_the_day_on_which_an_infusion_ends_at_midnight_is_none_of_its_days(start: time, counts: bool) -> None:
    begins = datetime.combine(date(2026, 11, 2), start, BERLIN)  # after the clock was put back
    short = Shortage(frozenset({24 * HOUR}), "no bags", date(2026, 11, 30), date(2026, 12, 1))
    at = start.hour * HOUR + start.minute
    plan = date_course(course(), begins, replace(site(24, 48, at=at), shortages=(short,)), None)
    assert bool(shortages_in(plan)) is counts
