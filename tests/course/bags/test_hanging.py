"""Bags around those on record: one that hangs is changed in time, and what is cut short stays as it was hung."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.bag import Bag
from blinplan.course.bags_of_course import bags_of
from blinplan.course.calendar import Clock
from blinplan.course.events import expand
from blinplan.course.happened.replan import replan
from blinplan.course.infusions import infusions
from blinplan.quantities import read_dose
from blinplan.regimen.record.record import BagOnRecord, CourseRecord, Ending, EndOfCourse
from blinplan.regimen.site.site import LaterPlace, Site
from tests.course.records import CRS, DAY, HOUR, START, record, stop
from tests.course.regimens import ADULT, cycle, regimen, site

STEPS = cycle('dose = "9 mcg/day", hours = 60; dose = "28 mcg/day", hours = 132', free=1, repeat=2)
PLAN = expand(regimen(STEPS), ADULT)
"""Two cycles of eight days and one free: 9 mcg/day for 60 hours, and then 28."""
WARD = site(24, 48, at=None, disconnected_bag=True)
LASTING = replace(WARD, bags=tuple(replace(size, in_use=200 * HOUR) for size in WARD.bags))
"""The same ward with bags that keep for long."""


def hung(at: int, lasts: int | None, dose: str = "9 mcg/day", hours: int = 48, **more: Any) -> BagOnRecord:
    """A bag on record, in hours of the course."""
    begun = START + timedelta(hours=at)
    down = None if lasts is None else begun + timedelta(hours=lasts)
    rate, number, prepared = more.get("rate"), more.get("number"), more.get("prepared")
    before = None if prepared is None else begun - timedelta(hours=prepared)
    return BagOnRecord(
        begun, down, read_dose(dose).rate, hours * HOUR, rate, number, ("bag", 0), before, more.get("volume")
    )


def told(
    *stops: dict[str, Any], bags: tuple[BagOnRecord, ...] = (), ends: int | None = None, **more: Any
) -> CourseRecord:
    """A record, with the bags that hung and the hour at which the course ended."""
    end = None if ends is None else EndOfCourse(START + timedelta(hours=ends), Ending.TRANSPLANT, None)
    return replace(record(*stops, regimen="example", **more), bags=bags, end=end)


def bags_after(happened: CourseRecord, ward: Site = WARD) -> list[Bag]:
    """The bags of the course, which give what is infused in it, one at a time."""
    found = replan(PLAN, happened)
    bags = bags_of(found, ward, Clock(START))
    steps = infusions(found.course)
    assert all(one.minutes > 0 for one in bags)
    assert sum(one.micrograms for one in bags) == found.course.micrograms
    assert [one.step for one in bags] == [
        next(place for place, step in enumerate(steps) if step.start <= one.start < step.stop) for one in bags
    ]
    return list(bags)


@pytest.mark.parametrize("how", ["stop", "end", "early", "late"])
@given(at=st.integers(1, 191))
def test_what_cuts_an_infusion_short_changes_no_bag_that_hung_before_it(how: str, at: int) -> None:
    """Nobody knew of it when they were hung."""
    happened = {
        "stop": told(stop(at * HOUR, None)),
        "end": told(ends=at),
        "early": told(starts={2: at * HOUR}),
        "late": told(starts={2: (at + 216) * HOUR}),
    }[how]
    until = 192 * HOUR if how == "late" else at * HOUR
    planned = [replace(one, stop=min(one.stop, until)) for one in bags_after(told()) if one.start < until]
    assert [one for one in bags_after(happened) if one.start < until] == planned


@pytest.mark.parametrize("same_bag", [False, True])
@pytest.mark.parametrize("before", [(), (hung(0, 6, "28 mcg/day"),)])
@given(at=st.integers(7, 191).filter(lambda hour: hour != 60))
def test_after_a_stop_that_was_over_in_its_minute_bags_hang_to_the_end(
    before: tuple[BagOnRecord, ...], same_bag: bool, at: int
) -> None:
    """Also where a wrong bag had hung long before it; the same bag goes on unless it was just empty."""
    usual = {one.start for one in bags_after(told(bags=before))}
    found = bags_after(told(stop(at * HOUR, 0, same_bag=same_bag), bags=before))
    assert [one.again for one in found if one.start == at * HOUR] == [same_bag and at * HOUR not in usual]


@pytest.mark.parametrize(
    ("hangs", "stops"),
    [
        (hung(0, None, hours=24), 24),  # when it is empty
        (hung(12, None), 60),  # at the end of the step, and not a minute before it
        (hung(30, None), 60),
        (hung(0, None), 48),
        (hung(60, None, "28 mcg/day"), 108),
        (hung(60, None, "56 mcg/day", hours=24, rate=Fraction(5)), 84),  # no longer than it was made for
        (hung(60, None, "28 mcg/day", hours=36), 84),  # when bags of the ward can be changed, before it is empty
    ],
)
def test_a_bag_that_hangs_hangs_so_long_that_the_fewest_follow_it(hangs: BagOnRecord, stops: int) -> None:
    first = next(one for one in bags_after(told(bags=(hangs,))) if one.on_record)
    assert first.stop == stops * HOUR


def test_of_a_bag_that_hung_its_pump_is_told_as_it_ran_and_else_as_the_label_has_it() -> None:
    bags = (hung(0, 24, rate=Fraction(7)), hung(24, 24), hung(48, 12, hours=36))
    found = [one.size.millilitres_per_hour for one in bags_after(told(bags=bags)) if one.on_record]
    assert found == [7, 5, None]


def test_a_bag_that_hung_over_a_change_of_dose_hung_once_and_what_gave_the_same_is_one() -> None:
    """A bag of 14 mcg/day gives 14 in both steps; a bag that hung in the pause gives something before and after it."""
    both = [one for one in bags_after(told(bags=(hung(50, 20, "14 mcg/day"),))) if one.on_record]
    assert [(one.start // HOUR, one.stop // HOUR, one.again) for one in both] == [(50, 70, False)]
    paused = bags_after(told(stop(20 * HOUR, HOUR), bags=(hung(10, 20),)))
    assert [(one.start // HOUR, one.stop // HOUR, one.again) for one in paused if one.on_record] == [
        (10, 20, False),
        (21, 30, True),
    ]
    others = bags_after(told(bags=(hung(0, 10), hung(10, 10), hung(20, 10))))  # without numbers each is another one
    assert [one.again for one in others if one.on_record] == [False] * 3
    edge = bags_after(told(bags=(hung(192, 24), hung(216, 24))))  # from the end of the cycle to the next
    assert [(one.start // HOUR, one.stop // HOUR, int(one.rate)) for one in edge if one.on_record] == [
        (192, 216, 9),
        (216, 240, 9),
    ]


@pytest.mark.parametrize(
    ("prepared", "good_until", "stops"),
    [(None, None, 108), (12, 96, 84), (24, 84, 84), (25, 83, 83), (47, 61, 61), (48, 60, 84), (60, 48, 84)],
)
def test_a_bag_whose_time_is_over_hangs_to_the_next_change_and_no_bag_beyond_its_time(
    prepared: int | None, good_until: int | None, stops: int
) -> None:
    """Hung at hour 60 for two days, prepared so many hours before, and good for two days by the label."""
    bags = (hung(60, None, "28 mcg/day", prepared=prepared),)
    first = next(one for one in bags_after(told(bags=bags)) if one.on_record)
    known = (None if first.good_until is None else first.good_until // HOUR, first.stop // HOUR)
    assert known == (good_until, stops)


@pytest.mark.parametrize(("own", "good_for"), [(None, 48), (24, 24), (200, 48)])
def test_the_stricter_of_ward_and_label_says_how_long_a_bag_is_good(own: int | None, good_for: int) -> None:
    """Prepared 12 hours before it was hung at hour 60."""
    sizes = tuple(replace(one, in_use=None if own is None else own * HOUR) for one in WARD.bags)
    bags = (hung(60, None, "28 mcg/day", prepared=12),)
    first = next(one for one in bags_after(told(bags=bags), replace(WARD, bags=sizes)) if one.on_record)
    assert first.good_until == (48 + good_for) * HOUR
    unknown = (hung(60, None, "28 mcg/day", hours=168, prepared=12),)  # a week: how long it keeps, nobody says
    first = next(one for one in bags_after(told(bags=unknown)) if one.on_record)
    assert first.good_until is None


@pytest.mark.parametrize(
    ("one", "ends", "again"),
    [
        (stop(30 * HOUR, HOUR, same_bag=True), None, [31]),
        (stop(30 * HOUR, HOUR, same_bag=False), None, []),
        (stop(30 * HOUR, HOUR), None, []),  # of the bag nobody says anything
        (stop(48 * HOUR, HOUR, same_bag=True), None, []),  # it was empty in that minute
        (stop(47 * HOUR, HOUR, same_bag=True), None, [48]),
        (stop(60 * HOUR, HOUR, same_bag=True), None, []),  # the dose rises
        (stop(30 * HOUR, HOUR, same_bag=True), 31, []),  # the course ended in the minute of the restart
        (stop(30 * HOUR, 8 * DAY, same_bag=True), None, []),  # nobody decided how it goes on
        (stop(30 * HOUR, 8 * DAY, CRS, grade=2, same_bag=True), None, []),  # a new cycle
    ],
)
def test_a_bag_goes_on_where_the_record_says_so_and_something_is_left_in_it(
    one: dict[str, Any], ends: int | None, again: list[int]
) -> None:
    found = bags_after(told(one, ends=ends), LASTING)
    assert [each.start // HOUR for each in found if each.again] == again
    first = [each for each in found if each.start < 31 * HOUR or each.again]
    assert not again or sum(each.minutes for each in first) == 48 * HOUR
    in_time = [each for each in bags_after(told(one, ends=ends)) if each.again]  # where it is good for two days
    assert [(each.start // HOUR, each.stop // HOUR) for each in in_time] == [(at, 48) for at in again if at < 48]


def test_of_a_bag_on_record_that_was_empty_at_the_stop_nothing_goes_on() -> None:
    for at, again in ((48, []), (47, [48])):
        happened = told(stop(at * HOUR, HOUR, same_bag=True), bags=(hung(0, None),))
        assert [one.start // HOUR for one in bags_after(happened, LASTING) if one.again] == again


def test_where_an_empty_bag_hung_after_the_restart_no_other_one_went_on() -> None:
    """It was hung in the pause with 10 mL in it, which the pump gives in two hours, and hung for six."""
    empty = hung(36, 6, volume=Fraction(10))
    found = bags_after(told(stop(30 * HOUR, 10 * HOUR, same_bag=True), bags=(empty,)), LASTING)
    assert [(one.start // HOUR, one.stop // HOUR, one.again) for one in found][1:3] == [
        (36, 38, False),
        (42, 70, False),
    ]


def test_after_a_bag_that_hung_in_the_pause_the_one_before_it_goes_on() -> None:
    """It was hung by mistake, and taken down in the minute of the restart."""
    found = bags_after(told(stop(30 * HOUR, HOUR, same_bag=True), bags=(hung(30, 1),)), LASTING)
    assert [(one.start // HOUR, one.stop // HOUR, one.again) for one in found][:4] == [
        (0, 30, False),
        (30, 31, False),
        (31, 49, True),
        (49, 61, False),
    ]


def test_a_bag_that_hangs_after_a_restart_on_which_nobody_decided_hangs_until_it_is_empty() -> None:
    found = bags_after(told(stop(30 * HOUR, 8 * DAY), bags=(hung(230, None, "28 mcg/day"),)))
    assert [(one.start // HOUR, one.stop // HOUR, one.on_record) for one in found][-1] == (230, 278, True)


def test_a_bag_that_hangs_may_be_changed_on_a_closed_day_at_the_hour_of_the_ward() -> None:
    """Hung for a day on a Saturday at noon, on a ward that is closed until Monday: on Sunday at ten, at the hour."""
    ward = site(24, 48, 72, closed=frozenset({5, 6}), disconnected_bag=True)
    found = bags_after(told(bags=(hung(5 * 24 + 2, None, "28 mcg/day", hours=24),)), ward)  # the course began at ten
    assert [one.stop // HOUR for one in found if one.on_record] == [6 * 24]


def test_bags_that_no_ward_has_after_a_stop_are_no_fault_of_others_that_hung_after_it() -> None:
    """With bags of a day the weekend is too long; the course was stopped before it, and one bag hung all the same."""
    ward = site(24, closed=frozenset({5, 6}), disconnected_bag=True)
    planned = [(0, 24), (24, 48), (48, 60), (60, 80)]
    for at in (80, 81, 90):
        found = bags_after(told(stop(80 * HOUR, None), bags=(hung(at, 5, "28 mcg/day"),)), ward)
        assert [(one.start // HOUR, one.stop // HOUR) for one in found] == [*planned, (at, at + 5)]


def test_another_place_changes_bags_at_its_hour_by_its_clock() -> None:
    """Ten in New York is fifteen in UTC."""
    york = ZoneInfo("America/New_York")
    there = site(24, at=10 * HOUR, time_zone="America/New_York")
    ward = site(24, 48, at=10 * HOUR, later=(LaterPlace(101 * HOUR, there),))
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 8')), ADULT)
    clock = Clock(START, ((101 * HOUR, york),))
    bags = bags_of(replan(planned, None), ward, clock)
    hours = [f"{clock.at(one.start):%d. %H:%M %Z}" for one in bags if one.start > 50 * HOUR]
    assert hours == ["05. 10:00 UTC", "06. 10:00 EST", "07. 10:00 EST", "08. 10:00 EDT", "09. 10:00 EDT"]
