"""Which bags are chosen: the fewest changes or the fewest vials, counted over the sequence; and what saves some."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import contents, usage
from blinplan.course.bags.errors import NoSequenceError
from blinplan.course.bags.sequence import bag_sequence
from blinplan.course.dated import Dated, date_course
from blinplan.course.infusions import Infusion
from blinplan.course.start_days import DAYS, best_start, start_days
from blinplan.regimen.preference import Preference
from blinplan.regimen.record.record import Cause
from blinplan.regimen.site.site import LongDay, Site
from blinplan.reports.plan.bags.savings import saving_remarks
from tests.collection.examples import fewer_examples
from tests.course.dated_records import interruption, record
from tests.course.records import DAY, HOUR, course
from tests.course.regimens import site

MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Europe/Berlin"))
UNCHANGED = datetime(2026, 11, 2, 10, tzinfo=UTC)
FILLS = {24: 276, 48: 276, 72: 140, 96: 203, 168: 110}


def filled(ward: Site, **fills: int) -> Site:
    """The site with what it fills into each bag, in mL."""
    by_hours = {**FILLS, **{int(name[1:]): fill for name, fill in fills.items()}}
    bags = (replace(size, fill=Fraction(by_hours[size.minutes // HOUR])) for size in ward.bags)
    return replace(ward, bags=tuple(bags))


def thrifty(ward: Site) -> Site:
    return replace(ward, prefer=Preference.FEWEST_VIALS)


def vials(bags: tuple[Bag, ...], ward: Site) -> int:
    used = usage(bags, ward)
    assert used is not None
    return used.vials


def all_ways(ward: Site, days: int, rate: int, start: int = 0) -> Iterator[list[Bag]]:
    """Every way to give some days from a day on."""
    if start == days:
        yield []
        return
    for end in range(start + 1, days + 1):
        for size in ward.bags:
            if size.minutes >= (end - start) * DAY:
                bag = Bag(start * DAY, end * DAY, size, Fraction(rate), 0)
                yield from ([bag, *rest] for rest in all_ways(ward, days, rate, end))


@pytest.mark.slow
@given(
    sizes=st.lists(st.sampled_from(list(FILLS)), min_size=1, max_size=3, unique=True),
    days=st.integers(1, 6),
    rate=st.integers(1, 60),
    fills=st.lists(st.integers(110, 500), min_size=5, max_size=5),
)
@fewer_examples(2)
def test_no_way_takes_fewer_vials_and_of_those_none_has_fewer_bags(
    sizes: list[int], days: int, rate: int, fills: list[int]
) -> None:
    ward = filled(site(*sizes), **{f"h{hours}": fill for hours, fill in zip(FILLS, fills, strict=True)})
    ordered = [Infusion(0, days * DAY, Fraction(rate))]
    found = bag_sequence(ordered, thrifty(ward), UNCHANGED)
    ways = [tuple(way) for way in all_ways(ward, days, rate)]
    least = min((vials(way, ward), len(way)) for way in ways)
    assert (vials(found, ward), len(found)) == least
    fewest = bag_sequence(ordered, ward, UNCHANGED)
    assert len(fewest) == min(map(len, ways)) <= len(found)
    assert sum(bag.micrograms for bag in found) == sum(bag.micrograms for bag in fewest) == rate * days


def test_daily_bags_take_fewer_vials_than_one_that_is_filled_for_a_line_of_its_own() -> None:
    ward = filled(site(24, 168))
    ordered = [Infusion(0, 7 * DAY, Fraction(28))]
    assert [bag.minutes // HOUR for bag in bag_sequence(ordered, ward, UNCHANGED)] == [168]
    assert vials(bag_sequence(ordered, ward, UNCHANGED), ward) == 7  # 213.9 mcg
    full = filled(site(24, 168), h168=130)
    assert vials(bag_sequence(ordered, full, UNCHANGED), full) == 8  # 252.8 mcg
    assert vials(bag_sequence(ordered, thrifty(full), UNCHANGED), full) == 7


def test_a_bag_of_which_nobody_knows_what_it_holds_is_no_saving() -> None:
    ward = filled(site(24, 168))
    unknown = replace(ward, bags=(ward.bags[0], replace(ward.bags[1], fill=None)))
    found = bag_sequence([Infusion(0, 7 * DAY, Fraction(28))], thrifty(unknown), UNCHANGED)
    assert len(found) == 7
    assert all(contents(bag, unknown) is not None for bag in found)


def test_a_cycle_ends_with_no_bag_of_a_few_hours_where_another_sequence_is_as_good() -> None:
    """After a restart at 14:00 the cycle ends at 14:00."""
    ordered = [Infusion(0, 28 * DAY + 4 * HOUR, Fraction(28))]
    found = bag_sequence(ordered, site(24, 48, 96), UNCHANGED)
    assert found[-1].minutes >= 12 * HOUR
    alone = bag_sequence(ordered, site(24), UNCHANGED)
    assert alone[-1].minutes == 4 * HOUR  # the profile has no bag that lasts longer


@given(
    hours=st.integers(5, 15 * 24),
    sizes=st.lists(st.sampled_from([24, 48, 72, 96, 168]), min_size=2, max_size=4, unique=True),
    prefer=st.sampled_from(list(Preference)),
    at=st.none() | st.integers(0, 23),
)
def test_no_bag_is_hung_for_less_than_four_hours_where_a_longer_one_could_last(
    hours: int, sizes: list[int], prefer: Preference, at: int | None
) -> None:
    ward = replace(filled(site(*sizes, at=None if at is None else at * HOUR)), prefer=prefer)
    try:
        found = bag_sequence([Infusion(0, hours * HOUR, Fraction(28))], ward, UNCHANGED)
    except NoSequenceError:
        return
    for one, other in pairwise(found):
        longest = max(sizes) * HOUR
        if other.minutes < 4 * HOUR:
            assert one.minutes + other.minutes > longest
    assert sum(bag.minutes for bag in found) == hours * HOUR


def told(plan: Dated) -> str:
    return " ".join(remark.text for remark in saving_remarks(plan, plan.shown_bags()))


def test_what_other_bags_would_save_is_told_and_true() -> None:
    ward = filled(site(24, 168), h168=130)
    plan = date_course(course(), MONDAY, ward, None)
    other = date_course(course(), MONDAY, thrifty(ward), None)
    before, after = vials(plan.bags, ward), vials(other.bags, ward)
    more = len(other.bags) - len(plan.bags)
    assert after < before
    assert f"the bags of the course take {after} vials instead of {before}, and {more} bags more are hung" in told(plan)
    assert "fewest-vials" not in told(other)


def test_what_another_volume_would_save_is_told_and_true() -> None:
    """112 mL hold 217.8 mcg, 7 vials, at 28 mcg/day and 0.6 mL/h; 108 mL hold 210 mcg, 6 vials."""
    ward = filled(site(168), h168=112)
    plan = date_course(course(), MONDAY, ward, None)
    assert (
        "A bag for 7 d with 28 mcg/day that is filled with no more than 108 mL, and not 112, takes 6 of 7 vials"
        in told(plan)
    )
    less = filled(site(168), h168=108)
    assert vials(date_course(course(), MONDAY, less, None).bags[1:2], less) == 6
    assert "filled with no more" not in told(date_course(course(), MONDAY, less, None))


def test_the_best_of_the_next_starts_hangs_the_fewest_bags_on_closed_days() -> None:
    ward = filled(site(24, 48, 72, 96, closed=frozenset({5, 6})))
    days = list(start_days(date_course(course(), MONDAY, ward, None)))
    assert len(days) == DAYS
    assert [day.start.hour for day in days] == [10] * DAYS
    assert days[0].start == MONDAY
    weekends = [day for day in days if day.start.weekday() >= 5]
    assert all(day.on_closed_days for day in weekends)  # each cycle and the step begin on that day
    best = best_start(days)
    assert best is not None
    assert best.on_closed_days == 0
    assert (best.on_closed_days, best.vials) == min((day.on_closed_days, day.vials) for day in days)
    plan = date_course(course(), best.start, ward, None)
    assert (len(plan.bags), vials(plan.bags, plan.site)) == (best.changes, best.vials)  # type: ignore[arg-type]


def test_a_start_from_which_no_bags_last_is_told_with_the_reason() -> None:
    """Closed from Friday to Sunday, and with bags for two days: only from some days on can a week be given."""
    plan = date_course(course(), MONDAY, site(168), None)
    plan = replace(plan, site=site(24, 48, closed=frozenset({4, 5, 6})))
    days = list(start_days(plan))
    assert all(day.changes is None for day in days)
    assert "the longest bag lasts 2 d" in (days[0].why_not or "")
    assert best_start(days) is None


def test_starts_before_easter_are_compared_by_the_changes_that_no_bag_lasts_over() -> None:
    """Good Friday to Easter Monday 2027: on 26 March to 29 March nothing is changed but what has to be."""
    ward = site(24, 72, 96, closed=frozenset({5, 6}), holidays=frozenset({date(2027, 3, 26), date(2027, 3, 29)}))
    begins = datetime(2027, 3, 18, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    days = {day.start.day: day for day in start_days(date_course(course(), begins, ward, None))}
    assert all(day.why_not is None for day in days.values())
    assert [days[day].unbridged for day in (18, 23, 30, 31)] == [1, 1, 0, 0]
    assert (days[22].unbridged, days[22].on_closed_days) == (0, 1)  # the step is on Easter Monday
    assert days[26].unbridged == 0  # a start on Good Friday lasts to Tuesday
    assert days[26].on_closed_days == 1
    best = best_start(list(days.values()))
    assert best is not None
    assert (best.start.day, best.on_closed_days) == (30, 0)


@pytest.mark.parametrize("starts", [{}, {"_2": 50 * DAY}])
def test_a_course_that_was_stopped_has_the_fewest_vials_too(starts: dict[str, int]) -> None:
    ward = thrifty(filled(site(24, 48, 96)))
    happened = record(course(), MONDAY, interruption(MONDAY, 3 * DAY + 77, 500, Cause.TECHNICAL, None, 1), **starts)
    plan = date_course(course(), MONDAY, ward, happened)
    assert sum(bag.micrograms for bag in plan.bags) == plan.course.micrograms


def test_a_ward_that_splits_the_long_day_hangs_the_larger_bag_where_that_takes_fewer_vials() -> None:
    """At 17 mcg/day 500 mL for a day are filled with 35.4 mcg, two vials, and 240 mL for two days with 34, one."""
    ward = thrifty(filled(site(24, 48, long_day=LongDay.SPLIT), h24=500, h48=240))
    before_winter = datetime(2026, 10, 24, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    found = bag_sequence([Infusion(0, 49 * HOUR, Fraction(17))], ward, before_winter)
    assert [(bag.minutes // HOUR, bag.size.minutes // HOUR) for bag in found] == [(8, 48), (41, 48)]
    assert vials(found, ward) == 2


def test_of_as_few_vials_fewer_bags_are_taken_though_more_is_thrown_away() -> None:
    """At 20 mcg/day two bags of a day take a vial each, and one of three days, hung for two, takes two."""
    ward = filled(site(24, 72))
    ordered = [Infusion(0, 2 * DAY, Fraction(20))]
    found = bag_sequence(ordered, thrifty(ward), UNCHANGED)
    assert [bag.minutes // HOUR for bag in found] == [48]
    assert vials(found, ward) == 2 * vials(bag_sequence([Infusion(0, DAY, Fraction(20))], ward, UNCHANGED), ward) == 2
