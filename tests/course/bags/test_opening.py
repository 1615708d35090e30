"""When a ward changes bags: on which days it does not and why, and when it opens next."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from blinplan.course.bags.errors import NeverOpenError
from blinplan.course.bags.opening import (
    always_open,
    hour_of_change,
    in_ordinary_weeks,
    is_open,
    moment_of_change,
    next_opening,
    why_closed,
)
from blinplan.regimen.record.record import Closure
from blinplan.regimen.site.site import Shortage
from tests.course.regimens import DAY, HOUR, site

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 2)
FEAST, NAMED = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
SERVICE = Closure(MONDAY + timedelta(days=3), MONDAY + timedelta(days=4), "isolator service")
WARD = site(
    24,
    closed=frozenset({5, 6}),
    holidays=frozenset({FEAST, NAMED}),
    holiday_names=((NAMED, "St Hubert"),),
    closures=(SERVICE,),
)


def test_why_no_bag_is_changed_on_a_day() -> None:
    service = "a day that is closed (isolator service)"
    assert [why_closed(WARD, MONDAY + timedelta(days=number)) for number in range(8)] == [
        None,
        "a holiday",
        "a holiday (St Hubert)",
        service,
        service,
        "a Saturday",
        "a Sunday",
        None,
    ]
    assert [is_open(WARD, MONDAY + timedelta(days=number)) for number in (0, 1, 5, 7)] == [True, False, False, True]
    assert all(is_open(always_open(WARD), MONDAY + timedelta(days=number)) for number in range(8))


def test_an_ordinary_week_has_its_weekend_and_no_feast_and_what_is_always_short() -> None:
    day = frozenset({24 * HOUR})
    shortages = tuple(
        Shortage(day, "short", first, last) for first, last in ((None, None), (MONDAY, None), (None, MONDAY))
    )
    usual = in_ordinary_weeks(replace(WARD, shortages=shortages))
    assert [is_open(usual, MONDAY + timedelta(days=number)) for number in range(7)] == [True] * 5 + [False] * 2
    assert usual.shortages == shortages[:1]


@pytest.mark.parametrize(("at", "told"), [(None, ""), (0, "00:00"), (10 * HOUR, "10:00"), (23 * HOUR + 5, "23:05")])
def test_the_hour_of_change_is_told_as_a_clock_shows_it(at: int | None, told: str) -> None:
    assert hour_of_change(site(24, at=at)) == told
    start = datetime(2026, 11, 2, 7, tzinfo=BERLIN)
    moment = moment_of_change(site(24, at=at), MONDAY, start)
    assert ("" if moment is None else f"{moment:%H:%M}") == told


def test_an_hour_that_the_clock_leaves_out_comes_as_much_later() -> None:
    """On 28 March 2027 it goes from 2:00 to 3:00; on 31 October from 3:00 back to 2:00, and the first is meant."""
    start, half_past_two = datetime(2027, 3, 22, 10, tzinfo=BERLIN), site(24, at=2 * HOUR + 30)
    spring, autumn = (moment_of_change(half_past_two, day, start) for day in (date(2027, 3, 28), date(2027, 10, 31)))
    assert spring is not None
    assert autumn is not None
    assert [spring.isoformat(), autumn.isoformat()] == ["2027-03-28T03:30:00+02:00", "2027-10-31T02:30:00+02:00"]


@pytest.mark.parametrize("at", [None, 10 * HOUR])
def test_a_ward_opens_within_a_year_of_days_or_not_at_all(at: int | None) -> None:
    """From the day on which it would begin, 366 are looked at."""
    start = datetime(2026, 11, 2, 10, tzinfo=BERLIN)
    shut = frozenset(MONDAY + timedelta(days=number) for number in range(365))
    opens, _ = next_opening(site(24, at=at, holidays=shut), start, 0)
    assert opens == 365 * DAY
    with pytest.raises(NeverOpenError, match="within a year from 2026-11-02"):
        next_opening(site(24, at=at, holidays=shut | {MONDAY + timedelta(days=365)}), start, 0)
