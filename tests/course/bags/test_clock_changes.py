"""Bags over a change of the clock: none is empty too soon, none is hung for an hour, and what was done is told."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.errors import NoSequenceError
from blinplan.course.bags.sequence import bag_sequence
from blinplan.course.dated import Dated, date_course
from blinplan.course.happened.replan import on_calendar
from blinplan.course.infusions import Infusion, infusions
from blinplan.course.wall_clock import DayLength, WallClock
from blinplan.regimen.preference import Preference
from blinplan.regimen.record.record import Cause
from blinplan.regimen.site.site import LongDay, Shortage, Site
from blinplan.reports.plan.bags.long_day import long_day_remarks
from tests.collection.grid import at_night
from tests.course.dated_records import interruption, record
from tests.course.records import DAY, HOUR, course
from tests.course.regimens import site

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = datetime(2026, 10, 24, 10, tzinfo=BERLIN)
"""The day before the clock is put back."""
WEEKEND = frozenset({5, 6})
CHANGES = {
    "Europe/Berlin": (date(2026, 10, 25), date(2027, 3, 28)),
    "America/New_York": (date(2026, 11, 1), date(2027, 3, 14)),
    "Australia/Lord_Howe": (date(2027, 4, 4), date(2026, 10, 4)),  # by half an hour
    "Antarctica/Troll": (date(2026, 10, 25), date(2027, 3, 28)),  # by two hours
}
PROFILES = {
    "24 h only": site(24),
    "24 h at any hour": site(24, at=None),
    "24 and 48 h": site(24, 48),
    "48, 72, 168 h": site(48, 72, 168),
    "168 h only": site(168),
    "closed at the week-end": site(24, 48, 72, closed=WEEKEND),
    "closed at the week-end, with 96 h": site(24, 72, 96, closed=WEEKEND, starts_when_open=True),
    "open three days a week": site(48, 72, 168, closed=frozenset({1, 3, 5, 6}), starts_when_open=True),
    "at night": site(24, 48, at=2 * HOUR + 30),
}


def local(start: datetime, minute: int) -> datetime:
    return (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(start.tzinfo)


def by_the_clock(start: datetime, *steps: tuple[int, int]) -> list[Infusion]:
    """Stretches of days at a rate, one after the other."""
    clock, found = WallClock(start), []
    now = clock.at(0)
    for days, rate in steps:
        end = clock.after(now, days * DAY)
        found.append(Infusion(now.minute, end.minute, Fraction(rate), 0))
        now = end
    return found


def hours_of(bags: tuple[Bag, ...]) -> list[float]:
    return [bag.minutes / HOUR for bag in bags]


def are_sound(bags: tuple[Bag, ...], ordered: list[Infusion]) -> None:
    assert all(
        one.stop == other.start or other.start in {each.start for each in ordered} for one, other in pairwise(bags)
    )
    assert all(0 < bag.minutes <= bag.size.minutes for bag in bags)
    given = sum((bag.micrograms for bag in bags), Fraction(0))
    assert given == sum((each.rate * (each.stop - each.start) / DAY for each in ordered), Fraction(0))


def days_around(zone: str, every: int) -> Iterator[date]:
    """Each so many-th day, which comes upon every day of the week."""
    for change in CHANGES[zone]:
        yield from (change + timedelta(days=number) for number in range(-42, 43, every))


def wards_abroad() -> Iterator[Any]:
    """Each ward in Berlin and in one other zone, with each way over the long day in one of them; at night in all.

    And from each sixth day on; at night from all.
    """
    for number, (name, (place, zone)) in enumerate(product(PROFILES, enumerate(CHANGES))):
        is_tried = place in {0, 1 + number // len(CHANGES) % (len(CHANGES) - 1)}
        for turn, way in enumerate((LongDay.LONGER_BAG, LongDay.SPLIT)):
            in_turn = (place > 0) is ((turn + number // len(CHANGES)) % 2 > 0)
            if is_tried and in_turn:
                yield name, zone, way, 6
            yield at_night(name, zone, way, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "zone", "way", "every"), list(wards_abroad()))
def test_no_start_near_a_change_of_the_clock_makes_a_bag_under_four_hours(
    name: str, zone: str, way: LongDay, every: int
) -> None:
    ward, planned, made = replace(PROFILES[name], long_day=way), course(), 0
    hour, minute = divmod(ward.change_minute or 10 * HOUR, HOUR)
    for day in days_around(zone, every):
        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
        start = at.astimezone(UTC).astimezone(ZoneInfo(zone))
        ordered = over_a_change(start, infusions(on_calendar(planned, WallClock(start))))
        if not ordered:
            continue
        try:
            bags = bag_sequence(ordered, ward, start)
        except NoSequenceError:
            continue
        are_sound(bags, ordered)
        assert min(bag.minutes for bag in bags) >= 4 * HOUR, start
        made += 1
    assert made * every > 30


def over_a_change(start: datetime, ordered: Iterable[Infusion]) -> list[Infusion]:
    """The infusions in which the clock is changed."""
    return [each for each in ordered if WallClock(start).surplus(each.start, each.stop)]


def moved(site: Site) -> Site:
    return replace(site, long_day=LongDay.MOVE_CLOCK)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "every"), [case for name in PROFILES for case in ((name, 6), at_night(name, 1))])
def test_where_days_have_24_hours_no_start_makes_a_bag_under_four_hours_either(name: str, every: int) -> None:
    ward, planned, made = moved(PROFILES[name]), course(), 0
    for day in days_around("Europe/Berlin", every):
        start = datetime(day.year, day.month, day.day, *divmod(ward.change_minute or 600, HOUR), tzinfo=BERLIN)
        start = start.astimezone(UTC).astimezone(BERLIN)
        days = WallClock(start, DayLength.INFUSION_OF_24_HOURS)
        ordered = over_a_change(start, infusions(on_calendar(planned, days)))
        assert all((each.stop - each.start) % DAY == 0 for each in ordered)
        if not ordered:
            continue
        try:
            bags = bag_sequence(ordered, ward, start)
        except NoSequenceError:
            continue
        are_sound(bags, ordered)
        assert min(bag.minutes for bag in bags) >= 4 * HOUR, start
        made += 1
    assert made * every > 50


def remarks(plan: Dated) -> str:
    return " ".join(remark.text for remark in long_day_remarks(plan, plan.shown_bags()))


def test_a_longer_bag_lasts_the_day_of_25_hours_where_there_is_one() -> None:
    bags = bag_sequence(by_the_clock(SATURDAY, (3, 28)), site(24, 48), SATURDAY)
    assert hours_of(bags) == [25, 48]
    assert [bag.size.minutes // HOUR for bag in bags] == [48, 48]
    told = remarks(date_course(course(), SATURDAY, site(24, 72), None))
    assert "bag 1 lasts 25 h" not in told  # the bag for three days is hung for three days
    alone = date_course(course(), SATURDAY, site(24, 36), None)
    assert "bag 1 lasts 25 h from Sat 2026-10-24 10:00 to Sun 2026-10-25 10:00, and is one for 1 d 12 h" in remarks(
        alone
    )
    assert "of which 11 h are thrown away" in remarks(alone)


def test_where_there_is_none_one_is_changed_besides_by_day() -> None:
    bags = bag_sequence(by_the_clock(SATURDAY, (3, 28)), site(24), SATURDAY)
    assert hours_of(bags) == [8, 17, 24, 24]
    plan = date_course(course(), SATURDAY, site(24), None)
    assert "one is changed besides at Sat 2026-10-24 18:00, and bag 2 lasts 17 h" in remarks(plan)
    assert "no bag that can be had lasts to the next hour of change" in remarks(plan)


def test_a_site_that_splits_the_day_does_so_though_it_has_a_longer_bag() -> None:
    ward = replace(site(24, 48, 72), long_day=LongDay.SPLIT)
    sunday = bag_sequence(by_the_clock(SATURDAY, (1, 28)), ward, SATURDAY)
    assert hours_of(sunday) == [8, 17]
    assert hours_of(bag_sequence(by_the_clock(SATURDAY, (1, 28)), site(24, 48, 72), SATURDAY)) == [25]
    assert "Ward 7 splits the day" in remarks(
        date_course(course(), SATURDAY, replace(site(24, 36), long_day=LongDay.SPLIT), None)
    )


def test_where_no_hour_is_left_to_split_at_a_longer_bag_lasts_the_day() -> None:
    """From Friday on the ward is closed until Monday, and the course began on that Saturday."""
    ward = replace(site(48, 72, closed=frozenset({5, 6, 0}), at=600), long_day=LongDay.SPLIT)
    bags = bag_sequence(by_the_clock(SATURDAY, (2, 28)), ward, SATURDAY)
    assert hours_of(bags) == [49]


def test_a_site_that_moves_the_clock_keeps_24_hours_until_the_infusion_ends() -> None:
    plan = date_course(course(), SATURDAY - timedelta(days=5), moved(site(24)), None)
    first = [bag for bag in plan.bags if bag.start < 28 * DAY]
    assert {bag.minutes for bag in plan.bags} == {DAY}
    assert [plan.clock.at(bag.start).hour for bag in first] == [10] * 6 + [9] * 22
    assert plan.course.micrograms == course().micrograms
    later = [entry for entry in plan.entries if entry.due == "start"]
    assert {plan.clock.at(entry.start).hour for entry in later} == {10}  # the free interval ends at the hour again
    told = remarks(plan)
    assert "Ward 7 keeps days of 24 hours" in told
    assert "changed 1 h earlier by the clock, to its end at Mon 2026-11-16 09:00" in told
    assert plan.ledger.days is DayLength.INFUSION_OF_24_HOURS
    spring = date_course(course(), datetime(2027, 3, 20, 10, tzinfo=BERLIN), moved(site(24)), None)
    assert {bag.minutes for bag in spring.bags} == {DAY}
    assert "1 h later by the clock" in remarks(spring)
    step = next(entry for entry in spring.entries if entry.due == "step")
    assert spring.clock.at(step.start).hour == 10  # on the day before the change


def test_a_plan_whose_days_moved_is_made_again_from_its_ledger() -> None:
    start = SATURDAY - timedelta(days=5)
    stopped = record(course(), start, interruption(start, 9 * DAY, 3 * HOUR, Cause.TECHNICAL, None, 1))
    plan = date_course(course(), start, moved(site(24, 48)), stopped)
    again = date_course(course(), start, moved(site(24, 48)), plan.ledger)
    assert (again.course, again.bags) == (plan.course, plan.bags)
    assert plan.course.micrograms == course().micrograms


def test_a_bag_for_the_week_end_that_is_empty_too_soon_is_no_bag_for_it() -> None:
    monday = datetime(2026, 10, 19, 10, tzinfo=BERLIN)
    bags = bag_sequence(by_the_clock(monday, (7, 9), (21, 28)), site(24, 48, 72, closed=WEEKEND), monday)
    assert all(local(monday, bag.start).weekday() < 5 for bag in bags)
    besides = [local(monday, bag.start) for bag in bags if local(monday, bag.start).hour != 10]
    assert [f"{at:%a %H:%M}" for at in besides] == ["Fri 18:00"]
    assert min(bag.minutes for bag in bags) >= 4 * HOUR


def test_over_an_hour_that_the_clock_leaves_out_bags_are_changed_a_day_after_the_last() -> None:
    night = site(24, at=2 * HOUR + 30)
    start = datetime(2027, 3, 26, 2, 30, tzinfo=BERLIN)
    bags = bag_sequence(by_the_clock(start, (5, 28)), night, start)
    assert [f"{local(start, bag.stop):%d %H:%M}" for bag in bags] == [
        "27 02:30",
        "28 03:30",
        "29 02:30",
        "30 02:30",
        "31 02:30",
    ]
    assert hours_of(bags) == [24, 24, 23, 24, 24]


def test_a_week_with_an_hour_more_has_two_bags_where_one_is_for_a_week() -> None:
    """The ward of a filed case: a bag hung from 9:00 to 10:00 on 26 October."""
    monday = datetime(2026, 10, 19, 10, tzinfo=BERLIN)
    ward = site(48, 72, 168, closed=frozenset({1, 3, 5, 6}), starts_when_open=True)
    plan = date_course(course(), monday, ward, None)
    assert [bag.minutes // HOUR for bag in plan.bags if bag.start < 7 * DAY] == [48, 121]
    assert "the bags are 1 for 2 d, 1 for 7 d, and would else be 1 for 7 d" in remarks(plan)


def test_no_split_falls_on_an_hour_that_comes_twice() -> None:
    """Only the night is open: 2:00 to 3:00 would not say when."""
    start = datetime(2026, 10, 24, 22, tzinfo=BERLIN)
    bags = bag_sequence(by_the_clock(start, (1, 28)), site(24, at=22 * HOUR), start)
    (besides,) = [local(start, bag.start) for bag in bags[1:]]
    assert besides.replace(fold=0).utcoffset() == besides.replace(fold=1).utcoffset()
    assert min(bag.minutes for bag in bags) >= 4 * HOUR


wards = st.builds(
    lambda sizes, hour, closed, long_day, prefer, missing: replace(
        site(*sizes, at=None if hour is None else hour * HOUR, closed=closed),
        long_day=long_day,
        prefer=prefer,
        shortages=() if missing is None else (Shortage(frozenset({max(sizes) * HOUR}), "short", missing, missing),),
    ),
    st.lists(st.sampled_from([24, 36, 48, 72, 96, 168]), min_size=1, max_size=4, unique=True),
    st.none() | st.integers(0, 23),
    st.frozensets(st.integers(0, 6), max_size=3),
    st.sampled_from(list(LongDay)),
    st.sampled_from(list(Preference)),
    st.none() | st.dates(date(2026, 10, 1), date(2026, 11, 10)),
)


@pytest.mark.slow
@given(
    ward=wards,
    begins=st.datetimes(datetime(2026, 9, 20), datetime(2026, 11, 10)),  # noqa: DTZ001
    zone=st.sampled_from([*CHANGES, "Asia/Kolkata", "UTC"]),
    stop=st.none() | st.tuples(st.integers(1, 27 * DAY), st.integers(1, 3 * DAY)),
)
def test_whatever_the_ward_and_the_clock_do_no_bag_is_too_small_and_the_dose_is_the_ordered_one(
    ward: Site, begins: datetime, zone: str, stop: tuple[int, int] | None
) -> None:
    start = begins.replace(second=0, microsecond=0, tzinfo=UTC).astimezone(ZoneInfo(zone))
    happened = () if stop is None else (interruption(start, *stop, Cause.TECHNICAL, None, 1),)
    try:
        plan = date_course(course(), start, ward, record(course(), start, *happened, _2=300 * DAY))
    except NoSequenceError:
        return
    ordered = [event.period for event in plan.course.events if event.period.dose is not None]
    assert sum((bag.micrograms for bag in plan.bags), Fraction(0)) == plan.course.micrograms
    assert all(0 < bag.minutes <= bag.size.minutes for bag in plan.bags)
    assert {bag.start for bag in plan.bags} >= {period.start for period in ordered}
    assert {bag.stop for bag in plan.bags} >= {period.stop for period in ordered}
    assert all(one.stop <= other.start for one, other in pairwise(plan.bags))
    if ward.long_day is LongDay.MOVE_CLOCK and stop is None:
        assert plan.course.micrograms == course().micrograms
