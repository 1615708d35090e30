"""Days by the clock on the wall: what is planned for an hour is at that hour, however long the day was."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.dated import date_course
from blinplan.course.events import expand
from blinplan.course.happened.ledger_document import ledger_data, ledger_of
from blinplan.course.happened.replan import on_calendar, replan, replay
from blinplan.course.patient import patient
from blinplan.course.wall_clock import NO_DATES, DayLength, Moment, WallClock
from blinplan.regimen import library
from blinplan.regimen.record.record import Cause
from tests.course.dated_records import interruption, record
from tests.course.records import DAY, HOUR, course

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "UTC", "America/Santiago"]


def local(start: datetime, minute: int) -> datetime:
    return (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(start.tzinfo)


def hours_shown(start: datetime, days: int) -> list[str]:
    """Return at which hour each of some days begins, counted from one start."""
    clock, now, found = WallClock(start), Moment(0, 0), []
    for _ in range(days):
        now = clock.after(now, DAY)
        found.append(f"{local(start, now.minute):%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 10, 24, 10), 25),  # noqa: DTZ001
        ("Europe/Berlin", datetime(2027, 3, 27, 10), 23),  # noqa: DTZ001
        ("Australia/Lord_Howe", datetime(2027, 4, 3, 10), 24.5),  # noqa: DTZ001
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 10), 23.5),  # noqa: DTZ001
        ("Asia/Tokyo", datetime(2026, 10, 24, 10), 24),  # noqa: DTZ001
    ],
)
def test_a_day_over_a_change_of_the_clock_has_an_hour_or_half_an_hour_more_or_less(
    zone: str, first: datetime, hours: float
) -> None:
    start = first.replace(tzinfo=ZoneInfo(zone))
    end = WallClock(start).after(Moment(0, 0), DAY)
    assert end == Moment(round(hours * HOUR), DAY)
    assert local(start, end.minute).hour == 10
    assert WallClock(start).surplus(0, end.minute) == round(hours * HOUR) - DAY


def test_a_time_that_the_clock_leaves_out_is_later_on_that_day_only() -> None:
    start = datetime(2027, 3, 26, 2, 30, tzinfo=BERLIN)
    assert hours_shown(start, 4) == ["27 02:30", "28 03:30", "29 02:30", "30 02:30"]


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    start = datetime(2026, 10, 23, 2, 30, tzinfo=BERLIN)
    assert hours_shown(start, 4) == ["24 02:30", "25 02:30", "26 02:30", "27 02:30"]
    clock = WallClock(start)
    assert clock.after(Moment(0, 0), 2 * DAY).minute == 2 * DAY  # the second is an hour later
    second = start.replace(day=25, fold=1)
    assert WallClock(second).after(Moment(0, 0), 10) == Moment(10, 10)
    assert WallClock(second).after(Moment(0, 0), DAY) == Moment(DAY, DAY)


def test_without_dates_a_day_has_24_hours() -> None:
    assert NO_DATES.after(NO_DATES.at(5), DAY) == Moment(DAY + 5, DAY + 5)
    assert NO_DATES.surplus(0, 100 * DAY) == 0
    assert on_calendar(course(), NO_DATES) == course()


starts = st.builds(
    lambda moment, zone: moment.replace(second=0, microsecond=0, tzinfo=UTC).astimezone(ZoneInfo(zone)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)


@given(start=starts, days=st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_every_stretch_of_days_ends_at_the_time_of_day_at_which_the_course_began(
    start: datetime, days: list[int]
) -> None:
    clock, now = WallClock(start), Moment(0, 0)
    for lasts in days:
        before, now = now, clock.after(now, lasts * DAY)
        at = local(start, now.minute)
        assert at.date() == (start + timedelta(minutes=now.shown)).date()
        missing = at.replace(tzinfo=None) != start.replace(tzinfo=None) + timedelta(minutes=now.shown)
        assert not missing or local(start, now.minute - HOUR).utcoffset() != at.utcoffset()
        assert now.minute > before.minute
        assert clock.infusion_between(before, now) == lasts * DAY


@given(start=starts, minute=st.integers(0, 400 * DAY), minutes=st.integers(0, 40 * DAY))
def test_time_never_runs_back(start: datetime, minute: int, minutes: int) -> None:
    clock = WallClock(start)
    now = clock.at(minute)
    end = clock.after(now, minutes)
    assert end.minute >= now.minute
    assert abs((end.minute - now.minute) - minutes) <= HOUR
    assert clock.after(now, 0) == now


@given(start=starts, stopped=st.integers(1, 27 * DAY), lasts=st.integers(1, 5 * DAY))
def test_with_what_was_stopped_the_days_of_a_cycle_are_those_that_were_ordered(
    start: datetime, stopped: int, lasts: int
) -> None:
    """What is left of a cycle goes on by the clock: nothing of it is lost at a change, and nothing is given twice."""
    planned = course()
    one = interruption(start, stopped, lasts, Cause.TECHNICAL, None, 1)
    found = date_course(planned, start, None, record(planned, start, one, _2=200 * DAY)).course
    assert next(event.period.start for event in found.events if event.period.cycle == 2) == 200 * DAY
    clock = WallClock(start)
    infused = [event.period for event in found.events if event.period.dose is not None]
    for cycle in {period.cycle for period in infused}:
        own = [period for period in infused if period.cycle == cycle]
        shown = sum(clock.infusion_between(clock.at(period.start), clock.at(period.stop)) for period in own)
        assert abs(shown - 28 * DAY) <= HOUR  # an hour only where it begins or ends in an hour that is missing
        assert abs(sum(period.minutes for period in own) - 28 * DAY) <= HOUR


def test_a_step_for_ten_is_at_ten_on_both_sides_and_its_dose_is_exact() -> None:
    start = datetime(2026, 10, 20, 10, tzinfo=BERLIN)
    found = date_course(course(), start, None, None)
    first, second, *_ = found.course.events
    assert f"{local(start, second.period.start):%Y-%m-%d %H:%M}" == "2026-10-27 10:00"
    assert first.period.minutes == 7 * DAY + HOUR
    assert first.micrograms == 9 * 7 + Fraction(9, 24)
    assert found.replanned.planned == found.course
    assert found.replanned.undated == course()
    assert all(one.period.stop == other.period.start for one, other in pairwise(found.course.events))
    hospital = next(entry for entry in found.entries if entry.due == "hospital")
    assert f"{local(start, hospital.stop):%Y-%m-%d %H:%M}" == "2026-10-29 10:00"


def test_a_ledger_of_days_of_24_hours_is_made_again_as_it_was() -> None:
    start = datetime(2027, 2, 22, 10, tzinfo=BERLIN)
    data = ledger_data(replan(course(), None).ledger)
    del data["days"]
    found = replay(course(), ledger_of(data), WallClock(start))
    assert found.course == course()
    assert found.ledger.days is DayLength.OF_24_HOURS
    assert ledger_of(ledger_data(found.ledger)) == found.ledger
    assert replay(course(), replan(course(), None).ledger, WallClock(start)).course != course()


def test_a_ward_in_a_half_hour_zone_keeps_its_hour() -> None:
    regimen = library.regimen("rr-adult")
    planned = expand(regimen, patient(Fraction(70)))
    start = datetime(2026, 9, 28, 10, tzinfo=ZoneInfo("Australia/Lord_Howe"))
    found = date_course(planned, start, None, None).course
    assert found.events[0].period.minutes == 7 * DAY - 30
    assert {local(start, event.period.start).time() for event in found.events} == {start.time()}


@pytest.mark.parametrize(("away", "changed"), [(3, [0, 3]), (6, [0, 6]), (7, [0, 7]), (10, [0, 10])])
def test_whoever_goes_to_new_york_and_back_has_a_day_of_30_hours_and_one_of_18(away: int, changed: list[int]) -> None:
    """In January New York is six hours behind Berlin; the patient leaves half a day after a change, and so returns."""
    start = datetime(2026, 1, 5, 10, tzinfo=BERLIN)
    moves = ((DAY // 2, ZoneInfo("America/New_York")), (away * DAY + DAY // 2, BERLIN))
    found = list(WallClock(start, moves=moves).changed_days(0, 28 * DAY))
    assert [more for _, _, more in found] == [6 * HOUR, -6 * HOUR]
    assert [begin // DAY for begin, _, _ in found] == changed
    assert list(WallClock(start).changed_days(0, 28 * DAY)) == []


HALF = HOUR // 2
JOURNEYS = st.lists(st.tuples(st.integers(1, 200), st.sampled_from(ZONES)), max_size=3, unique_by=lambda one: one[0])


@given(
    begins=st.sampled_from([datetime(2026, 10, 24), datetime(2027, 3, 27), datetime(2026, 11, 1)]),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
    half=st.integers(0, 47),
    journeys=JOURNEYS,
    now=st.integers(0, 150),
    later=st.integers(0, 150),
)
def test_wherever_the_patient_goes_a_time_is_when_the_clock_there_shows_it(
    begins: datetime, zone: str, half: int, journeys: list[tuple[int, str]], now: int, later: int
) -> None:
    """Looked for half hour by half hour; one that is left out is as much later as it was to come before."""
    start = (begins + half * timedelta(minutes=HALF)).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    moves = tuple((at * HALF, ZoneInfo(there)) for at, there in sorted(journeys))
    clock = WallClock(start, moves=moves)

    def shown(slot: int) -> datetime:
        there = [start.tzinfo, *(zone for since, zone in moves if since <= slot * HALF)][-1]
        return (start.astimezone(UTC) + timedelta(minutes=slot * HALF)).astimezone(there).replace(tzinfo=None)

    moment = clock.at(now * HALF)
    assert moment.shown == (shown(now) - shown(0)).total_seconds() // 60
    meant = shown(now) + later * timedelta(minutes=HALF)
    when = [slot for slot in range(-100, 500) if shown(slot) == meant]
    found = clock.after(moment, later * HALF)
    assert found.shown == moment.shown + later * HALF
    if when:
        assert found.minute == next((slot for slot in when if slot >= now), now) * HALF
    else:
        last = max(slot for slot in range(-100, 500) if shown(slot) < meant and shown(slot + 1) > meant)
        assert found.minute == max(last * HALF + (meant - shown(last)) // timedelta(minutes=1), now * HALF)
    assert (
        clock.surplus(now * HALF, (now + later) * HALF)
        == later * HALF - (shown(now + later) - shown(now)).total_seconds() // 60
    )


@given(start=starts, begins=st.integers(0, 20 * DAY), lasts=st.integers(1, 30 * DAY))
def test_changed_days_are_found_day_by_day(start: datetime, begins: int, lasts: int) -> None:
    clock, stop = WallClock(start), begins + lasts
    now, expected = clock.at(begins), list[tuple[int, int, int]]()
    while now.minute < stop:
        end = clock.after(now, DAY)
        end = end if end.minute < stop else clock.at(stop)
        more = end.minute - now.minute - (end.shown - now.shown)
        expected += [(now.minute, end.minute, more)] if more else []
        now = end
    assert list(clock.changed_days(begins, stop)) == expected


def test_where_every_day_has_24_hours_no_clock_on_the_wall_counts() -> None:
    clock = WallClock(datetime(2026, 10, 24, 10, tzinfo=BERLIN), DayLength.OF_24_HOURS)
    assert clock.at(2 * DAY) == Moment(2 * DAY, 2 * DAY)
    assert clock.surplus(0, 2 * DAY) == 0
    assert list(clock.changed_days(0, 7 * DAY)) == []


YORK, TOKYO = "America/New_York", "Asia/Tokyo"


@pytest.mark.parametrize(
    ("begins", "journeys", "now", "later", "found"),
    [  # in half hours
        ((2027, 1, 4, 10), [], 0, 0, 0),
        ((2027, 1, 4, 10), [(40, TOKYO)], 0, 56, 40),  # what the clock shows on arrival, eight hours on
        ((2027, 1, 4, 10), [(40, TOKYO)], 0, 48, 48),  # left out: as much later as it was to come
        ((2027, 1, 4, 10), [(40, TOKYO)], 0, 39, 39),
        ((2027, 1, 4, 10), [(10, YORK), (60, TOKYO)], 0, 58, 70),  # left out by the second journey
        ((2027, 1, 4, 10), [(40, YORK)], 0, 39, 39),
        ((2027, 1, 4, 10), [(40, YORK)], 0, 40, 52),  # the time of the departure is shown on arrival only
        ((2027, 1, 4, 10), [(40, YORK)], 40, 11, 51),
        ((2026, 10, 24, 10), [(32, TOKYO)], 0, 33, 33),  # left out, and would have come twice
        ((2027, 1, 4, 10), [(5, YORK), (12, TOKYO)], 6, 10, 6),  # noon was before the journey, and is left out now
        ((2026, 10, 23, 2, 30), [], 96, 0, 96),  # which comes twice
    ],
)
def test_a_time_on_a_journey_is_found(
    begins: tuple[int, ...], journeys: list[tuple[int, str]], now: int, later: int, found: int
) -> None:
    moves = tuple((at * HALF, ZoneInfo(there)) for at, there in journeys)
    clock = WallClock(datetime(*begins, tzinfo=BERLIN), moves=moves)  # type: ignore[arg-type, misc]
    assert clock.after(clock.at(now * HALF), later * HALF).minute == found * HALF


def test_a_day_that_ends_at_a_time_that_the_clock_leaves_out_has_its_24_hours() -> None:
    clock = WallClock(datetime(2027, 3, 27, 2, 30, tzinfo=BERLIN))
    assert list(clock.changed_days(0, DAY)) == []
