"""On which day a course would best begin: what each asks of the ward, and of vials."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from blinplan.course.dated import Dated, date_course
from blinplan.course.events import expand
from blinplan.course.patient import patient
from blinplan.course.start_days import StartDay, best_start, start_days
from blinplan.regimen.site.site import Site
from tests.course.regimens import cycle, regimen, site

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 2, 10, tzinfo=BERLIN)


def week(ward: Site | None, days: int = 7, begins: datetime = MONDAY) -> Dated:
    """A course of one week at 28 mcg/day, on a day on which it can be given, with a ward."""
    course = expand(regimen(cycle(f'dose = "28 mcg/day", days = {days}')), patient(Fraction(70)))
    return replace(date_course(course, begins, None, None), site=ward)


def filled(*hours: int, **more: object) -> Site:
    """A ward that says how much it fills, so that vials can be counted."""
    ward = site(*hours, **more)  # type: ignore[arg-type]
    return replace(ward, bags=tuple(replace(bag, fill=Fraction(276)) for bag in ward.bags))


def test_fourteen_days_are_compared_at_the_same_hour() -> None:
    days = list(start_days(week(site(24, 48, closed=frozenset({6})))))
    assert [day.start.date().day for day in days] == list(range(2, 16))
    assert {day.start.hour for day in days} == {10}
    assert [day.changes for day in days] == [4] * 14  # three of 48 hours and one of 24
    assert [day.on_closed_days for day in days] == [0, 0, 0, 0, 0, 0, 1] * 2  # which begins on a Sunday
    assert {day.unbridged for day in days} == {0}
    assert list(start_days(week(None))) == []


def test_the_hour_stays_over_a_change_of_the_clock() -> None:
    days = list(start_days(week(site(24), begins=datetime(2026, 10, 20, 10, tzinfo=BERLIN))))
    assert [(day.start.date().day, day.start.hour) for day in days] == [(20 + number, 10) for number in range(12)] + [
        (1, 10),
        (2, 10),
    ]


def test_where_no_bag_lasts_over_a_weekend_the_days_on_which_it_can_be_are_few() -> None:
    days = list(start_days(week(site(24, 48, closed=frozenset({5, 6})))))
    possible = [f"{day.start:%a}" for day in days if day.changes is not None]
    assert possible == ["Sat", "Sun"] * 2  # until Saturday: four bags, two of them from Monday on
    assert days[0] == StartDay(
        MONDAY,
        None,
        None,
        None,
        "from Fri 2026-11-06 10:00, the next time to change a bag is 3 d later, and the longest bag lasts 2 d",
    )


def test_a_ward_that_never_opens_says_so() -> None:
    """Sixty weeks of holidays after the first cycle: no day is left on which the second could begin."""
    shut = frozenset(date(2026, 11, 20) + timedelta(days=number) for number in range(420))
    course = expand(regimen(cycle('dose = "28 mcg/day", days = 7', repeat=2)), patient(Fraction(70)))
    ward = site(24, 168, holidays=shut, starts_when_open=True)
    first, *_ = start_days(replace(date_course(course, MONDAY, None, None), site=ward))
    assert first == StartDay(MONDAY, None, None, None, "Ward 7 has no open day within a year from 2026-11-23")


@pytest.mark.parametrize(("hours", "vials"), [((24,), 7), ((48,), 8)])
def test_vials_are_counted_for_each_start(hours: tuple[int, ...], vials: int) -> None:
    """32.2 mcg a bag of 24 hours, one vial of 35; 64.4 a bag of 48 hours, two vials, and so for the last, half used."""
    day = next(start_days(week(filled(*hours))))
    assert day.vials == vials
    assert next(start_days(week(site(*hours)))).vials is None


def day(number: int, changes: int | None, closed: int | None, vials: int | None) -> StartDay:
    return StartDay(MONDAY.replace(day=number), changes, closed, vials)


def test_the_best_start_asks_for_the_fewest_closed_days_then_vials_then_changes() -> None:
    impossible, closed, vials, changes = day(1, None, None, None), day(2, 1, 1, 1), day(3, 2, 0, 9), day(4, 9, 0, 8)
    assert best_start([impossible, closed, vials, changes]) is changes
    assert best_start([closed, vials]) is vials
    same, fewer = day(5, 4, 0, 8), day(6, 3, 0, 8)
    assert best_start([same, fewer]) is fewer
    assert best_start([same, replace(same, start=MONDAY.replace(day=7))]) is same
    assert best_start([day(8, 5, 0, None), day(9, 5, 0, 1)]) == day(8, 5, 0, None)
    assert best_start([impossible]) is None
