"""Days of 25, 23 and 16 hours: how long they are, and what is infused in them."""

from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from blinplan.course.calendar import ChangedDay, Clock, changed_days
from blinplan.course.dated import Dated, date_course
from blinplan.course.events import expand
from blinplan.course.patient import patient
from blinplan.course.wall_clock import NO_DATES, DayLength, Moment, WallClock
from tests.course.regimens import ADULT, DAY, HOUR, course_of, cycle, regimen

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
AUTUMN = datetime(2026, 10, 20, 10, tzinfo=BERLIN)
"""Five days before the clock is put back, at 3:00 on 25 October."""
SPRING = datetime(2027, 3, 22, 10, tzinfo=BERLIN)
"""Six days before it is put forward, at 2:00 on 28 March."""


def changed(start: datetime, steps: str | None = None) -> list[ChangedDay]:
    course = course_of("rr-adult") if steps is None else expand(regimen(cycle(steps)), patient(Fraction(70)))
    dated = date_course(course, start, None, None)
    return list(changed_days(dated.course, WallClock(start)))


def test_a_day_of_25_hours_has_a_twenty_fourth_more() -> None:
    assert changed(AUTUMN) == [ChangedDay(4 * DAY, 5 * DAY + HOUR, HOUR, 1, Fraction("9.375"), Fraction("0.375"))]


def test_a_day_of_23_hours_has_a_twenty_fourth_less() -> None:
    assert changed(SPRING) == [ChangedDay(5 * DAY, 6 * DAY - HOUR, -HOUR, 1, Fraction("8.625"), Fraction("-0.375"))]


def test_where_the_dose_rises_on_such_a_day_the_hour_is_that_of_the_dose_that_ran() -> None:
    """Twelve hours at 9 mcg/day and, with the hour that comes twice, thirteen at 28."""
    steps = 'dose = "9 mcg/day", hours = 108; dose = "28 mcg/day", days = 21'
    infused, more = Fraction(9, 2) + Fraction(28 * 13, 24), Fraction(28, 24)
    assert changed(AUTUMN, steps) == [ChangedDay(4 * DAY, 5 * DAY + HOUR, HOUR, 1, infused, more)]


def test_an_interval_without_drug_has_no_such_days() -> None:
    whole = 'dose = "28 mcg/day", days = 28'
    assert changed(datetime(2026, 9, 22, 10, tzinfo=BERLIN), whole) == []  # infused until 20 October
    assert len(changed(datetime(2026, 9, 28, 10, tzinfo=BERLIN), whole)) == 1
    assert changed(AUTUMN, 'dose = "28 mcg/day", days = 4') == []
    assert changed(AUTUMN, 'dose = "28 mcg/day", days = 5') != []


def test_a_clock_that_stays_tells_the_days_that_it_changes() -> None:
    clock = WallClock(AUTUMN)
    assert list(clock.changed_days(0, 28 * DAY)) == [(4 * DAY, 5 * DAY + HOUR, HOUR)]
    assert list(clock.changed_days(0, 4 * DAY)) == []
    assert list(clock.changed_days(5 * DAY + HOUR, 100 * DAY)) == []
    # Counted from 22:00, and until the middle of such a day.
    assert list(clock.changed_days(4 * DAY + 12 * HOUR, 28 * DAY)) == [(4 * DAY + 12 * HOUR, 5 * DAY + 13 * HOUR, HOUR)]
    assert list(clock.changed_days(0, 4 * DAY + 20 * HOUR)) == [(4 * DAY, 4 * DAY + 20 * HOUR, HOUR)]
    assert list(clock.changed_days(0, 4 * DAY + 10 * HOUR)) == []
    assert list(WallClock(SPRING).changed_days(0, 28 * DAY)) == [(5 * DAY, 6 * DAY - HOUR, -HOUR)]
    assert list(NO_DATES.changed_days(0, 100 * DAY)) == []
    for days in (DayLength.INFUSION_OF_24_HOURS, DayLength.OF_24_HOURS):
        assert list(WallClock(AUTUMN, days).changed_days(0, 28 * DAY)) == []


def test_on_a_journey_days_are_those_of_the_place() -> None:
    """On the eleventh day, at 9:00 in Berlin, the patient is in Tokyo, at 17:00: 10:00 comes 8 hours earlier."""
    clock = WallClock(AUTUMN, moves=((10 * DAY, TOKYO),))
    assert clock.at(10 * DAY - 1) == Moment(10 * DAY - 1, 10 * DAY - HOUR - 1)
    assert clock.at(10 * DAY) == Moment(10 * DAY, 10 * DAY + 7 * HOUR)
    assert clock.after(Moment(0, 0), 11 * DAY) == Moment(11 * DAY - 7 * HOUR, 11 * DAY)
    # 10:00 of the day itself was past in Tokyo, and still to come in Berlin: an hour after the patient left.
    assert clock.after(Moment(0, 0), 10 * DAY) == Moment(10 * DAY + HOUR, 10 * DAY)
    assert clock.surplus(0, 11 * DAY - 7 * HOUR) == -7 * HOUR
    assert list(clock.changed_days(0, 28 * DAY)) == [
        (4 * DAY, 5 * DAY + HOUR, HOUR),
        (10 * DAY + HOUR, 11 * DAY - 7 * HOUR, -8 * HOUR),
    ]
    assert clock.staying(10 * DAY - 1) == WallClock(AUTUMN)
    assert clock.staying(10 * DAY) == clock


def test_of_two_journeys_the_last_one_counts() -> None:
    there_and_back = WallClock(AUTUMN, moves=((10 * DAY, TOKYO), (20 * DAY, BERLIN)))
    assert there_and_back.at(15 * DAY).shown == 15 * DAY + 7 * HOUR
    assert there_and_back.at(20 * DAY).shown == 20 * DAY - HOUR  # summer time has ended
    assert there_and_back.after(Moment(0, 0), 21 * DAY) == Moment(21 * DAY + HOUR, 21 * DAY)
    assert there_and_back.staying(15 * DAY).moves == ((10 * DAY, TOKYO),)


def test_what_is_left_of_an_infusion_is_counted_as_its_days_are() -> None:
    clock = WallClock(AUTUMN)
    night = clock.at(4 * DAY), clock.at(5 * DAY + HOUR)
    assert clock.infusion_between(*night) == DAY
    assert WallClock(AUTUMN, DayLength.INFUSION_OF_24_HOURS).infusion_between(*night) == DAY + HOUR
    again = Moment(4 * DAY + 16 * HOUR, 100), Moment(4 * DAY + 16 * HOUR + 30, 100)  # in the hour that comes twice
    assert clock.infusion_between(*again) == 30
    assert clock.infusion_between(Moment(4 * DAY, 100), Moment(4 * DAY + 61, 101)) == 1


def travelled(start: datetime, *moves: tuple[int, ZoneInfo]) -> Dated:
    return date_course(course_of("rr-adult", ADULT), start, None, None, moves)


def test_a_journey_is_told_from_a_change_of_the_clock() -> None:
    dated = travelled(AUTUMN, (10 * DAY, TOKYO))
    assert dated.clock == Clock(AUTUMN, ((10 * DAY, TOKYO),))
    assert [dated.travels(*stretch) for stretch in ((0, 10 * DAY), (10 * DAY, 11 * DAY), (0, 28 * DAY))] == [
        False,
        True,
        True,
    ]
    days = {day.start: dated.is_of_journey(day) for day in changed_days(dated.course, dated.days)}
    assert days == {4 * DAY: False, 10 * DAY + HOUR: True}
    back = travelled(AUTUMN, (10 * DAY, TOKYO), (20 * DAY, BERLIN))
    assert [back.travels(day * DAY, (day + 1) * DAY) for day in (9, 10, 11, 20)] == [False, True, False, True]
    stays = travelled(AUTUMN, (10 * DAY, BERLIN))  # another ward of the same zone
    assert not stays.travels(0, 28 * DAY)
    assert not any(stays.is_of_journey(day) for day in changed_days(stays.course, stays.days))
