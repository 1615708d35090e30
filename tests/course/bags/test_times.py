"""When bags may be changed, told by looking at the clock on the wall every quarter of an hour."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.times import minute_of, on_closed_day, times_of_change
from blinplan.course.infusions import Infusion
from blinplan.regimen.site.site import LongDay, Site
from tests.course.regimens import DAY, HOUR, site

QUARTER = 15
NEAR_A_CHANGE = st.one_of(
    st.datetimes(datetime(2026, 10, 22), datetime(2026, 10, 26)),  # noqa: DTZ001
    st.datetimes(datetime(2027, 3, 26), datetime(2027, 4, 5)),  # noqa: DTZ001
)
ZONES = st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "UTC"])


def local(start: datetime, minute: int) -> datetime:
    return (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(start.tzinfo)


def of_the_hour(start: datetime, first: int, last: int, at: int, closed: frozenset[int]) -> Iterator[int]:
    """The minutes at which a clock shows an hour for the first time on a day; of a day that lacks it, a day later."""
    seen: set[date] = set()
    before: int | None = None
    for minute in range(first - 2 * DAY, last, QUARTER):
        shown = local(start, minute)
        if before is not None and minute == before + DAY and (shown.hour * HOUR + shown.minute) != at:
            yesterday, today = local(start, before).date(), shown.date()
            if shown.hour * HOUR + shown.minute > at and today not in seen and yesterday != today:
                seen.add(today)  # the clock has left it out
                before = minute
                if first < minute < last and shown.weekday() not in closed:
                    yield minute
        elif shown.hour * HOUR + shown.minute == at and shown.date() not in seen:
            seen.add(shown.date())
            before = minute
            if first < minute < last and shown.weekday() not in closed:
                yield minute


def besides(start: datetime, edges: list[int], closed: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Full hours at least four hours from a change before and one after, between which the clock is put back."""
    for before, after in pairwise(edges):
        shown = [local(start, minute).replace(tzinfo=None) for minute in (before, after)]
        if shown[1] - shown[0] >= timedelta(minutes=after - before):
            continue
        for minute in range(before + 4 * HOUR, after - 4 * HOUR + 1, QUARTER):
            now = local(start, minute)
            twice = [local(start, minute + more).replace(tzinfo=None) for more in (-60, -30, 30, 60)]
            if now.minute == 0 and now.weekday() not in closed and now.replace(tzinfo=None) not in twice:
                yield minute, 1 if 8 <= now.hour <= 18 else 2


@given(
    begins=NEAR_A_CHANGE,
    zone=ZONES,
    at=st.integers(0, 95),
    since=st.integers(0, 2 * 96),
    lasts=st.integers(1, 6 * 96),
    closed=st.frozensets(st.integers(0, 6), max_size=3),
)
def test_bags_are_changed_at_the_hour_that_the_clock_shows_and_on_a_long_day_besides(
    begins: datetime, zone: str, at: int, since: int, lasts: int, closed: frozenset[int]
) -> None:
    quarter = begins.replace(minute=begins.minute // 15 * 15, second=0, microsecond=0, tzinfo=UTC)
    start = quarter.astimezone(ZoneInfo(zone))
    first, last, hour = since * QUARTER, (since + lasts) * QUARTER, at * QUARTER
    ward = site(24, at=hour, closed=closed)
    usual = list(of_the_hour(start, first, last, hour, closed))
    expected = dict(besides(start, [first, *usual, last], closed)) | dict.fromkeys(usual, 0)
    found = times_of_change(Infusion(first, last, Fraction(28)), ward, start)
    assert found == expected
    assert list(found) == sorted(found)
    every_day = list(of_the_hour(start, first, last, hour, frozenset()))
    always = times_of_change(Infusion(first, last, Fraction(28)), ward, start, closed_too=True)
    assert [minute for minute, unusual in always.items() if not unusual] == every_day


@given(
    begins=NEAR_A_CHANGE,
    zone=ZONES,
    at=st.integers(0, 95),
    since=st.integers(0, 2 * 96),
    unbroken=st.none() | st.integers(0, 96),
    lasts=st.integers(1, 6 * 96),
    closed=st.frozensets(st.integers(0, 6), max_size=3),
)
def test_where_the_hour_moves_it_is_that_of_the_clock_at_which_the_infusion_began(
    begins: datetime, zone: str, at: int, since: int, unbroken: int | None, lasts: int, closed: frozenset[int]
) -> None:
    quarter = begins.replace(minute=begins.minute // 15 * 15, second=0, microsecond=0, tzinfo=UTC)
    start = quarter.astimezone(ZoneInfo(zone))
    first, last, hour = since * QUARTER, (since + lasts) * QUARTER, at * QUARTER
    began = first if unbroken is None else min(unbroken * QUARTER, first)
    ahead = local(start, began).utcoffset() or timedelta()
    expected = {}
    for minute in range(first + QUARTER, last, QUARTER):
        standing = start.astimezone(UTC) + timedelta(minutes=minute) + ahead
        if standing.hour * HOUR + standing.minute == hour and local(start, minute).weekday() not in closed:
            expected[minute] = 0
    ward = site(24, at=hour, closed=closed, long_day=LongDay.MOVE_CLOCK)
    infusion = Infusion(first, last, Fraction(28), None if unbroken is None else began)
    assert times_of_change(infusion, ward, start) == expected


@pytest.mark.parametrize(("hours", "every"), [((24,), 24), ((12,), 12), ((24, 36), 12), ((48, 96), 24), ((5,), 1)])
def test_without_an_hour_bags_are_changed_where_whole_ones_are_empty(hours: tuple[int, ...], every: int) -> None:
    """In minutes that passed, and at the hours that the clock showed at the start: after 25 October an hour later."""
    start = datetime(2026, 10, 24, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    ward = site(*hours, at=None)
    found = times_of_change(Infusion(0, 3 * DAY, Fraction(28)), ward, start)
    passed = set(range(every * HOUR, 3 * DAY, every * HOUR))
    by_the_clock = {minute + 60 for minute in {0, *passed} if minute >= 17 * HOUR and minute + 60 < 3 * DAY}
    assert {minute for minute, unusual in found.items() if not unusual} == passed | by_the_clock
    moving = site(*hours, at=None, long_day=LongDay.MOVE_CLOCK)
    assert list(times_of_change(Infusion(0, 3 * DAY, Fraction(28)), moving, start)) == sorted(passed)


def test_without_dates_days_end_when_24_hours_have_passed() -> None:
    for first, last, minutes in (
        (0, 3 * DAY, [DAY, 2 * DAY]),
        (0, 3 * DAY + 1, [DAY, 2 * DAY, 3 * DAY]),
        (DAY, 2 * DAY, []),
        (DAY - 1, DAY + 1, [DAY]),
    ):
        assert list(times_of_change(Infusion(first, last, Fraction(28)), site(24), None)) == minutes


def test_the_minute_of_a_time_and_the_day_of_a_minute_are_those_of_the_place() -> None:
    start = datetime(2026, 10, 23, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))  # a Friday
    weekend: Site = site(24, closed=frozenset({5, 6}))
    assert [on_closed_day(minute, weekend, start) for minute in (0, 29, 30, 30 + DAY)] == [False, False, True, True]
    assert [on_closed_day(30 + minute, weekend, start) for minute in (2 * DAY + 59, 2 * DAY + 60)] == [True, False]
    assert not on_closed_day(30, weekend, None)
    assert minute_of(datetime(2026, 10, 26, tzinfo=ZoneInfo("Europe/Berlin")), start) == 30 + 2 * DAY + 60


def test_on_both_sides_of_a_short_day_the_hour_of_change_is_found() -> None:
    """Begun at 23:30 on the day before the clock is put forward, for a minute less than a day: until 0:29."""
    start = datetime(2027, 3, 27, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    found = times_of_change(Infusion(0, DAY - 1, Fraction(28)), site(24, at=15), start)
    assert found == {45: 0, 45 + 23 * HOUR: 0}


@pytest.mark.parametrize(("ends", "hours"), [((13, 59), []), ((14, 0), [10]), ((14, 59), [10]), ((15, 0), [10, 11])])
def test_on_a_long_day_no_bag_is_changed_less_than_four_hours_before_the_end(
    ends: tuple[int, int], hours: list[int]
) -> None:
    """On 25 October the clock is put back; the infusion begins at 6:00 on the day before."""
    start = datetime(2026, 10, 24, 6, tzinfo=ZoneInfo("Europe/Berlin"))
    until = datetime(2026, 10, 25, *ends, tzinfo=start.tzinfo)
    found = times_of_change(Infusion(0, minute_of(until, start), Fraction(28)), site(24, at=16 * HOUR), start)
    late = [local(start, minute).hour for minute in found if local(start, minute) >= until - timedelta(hours=5)]
    assert [hour for hour in late if hour >= 10] == hours


def test_no_bag_is_changed_at_an_hour_that_comes_twice() -> None:
    start = datetime(2026, 10, 24, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    found = times_of_change(Infusion(0, DAY, Fraction(28)), site(24, at=16 * HOUR), start)
    assert [local(start, minute).hour for minute in found] == [20, 21, 22, 23, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11]
