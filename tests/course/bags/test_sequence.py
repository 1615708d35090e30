"""Bags: no gap, no overlap, exactly what was ordered, changed only when the site does, and as few as can be."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import contents
from blinplan.course.bags.errors import NoSequenceError
from blinplan.course.bags.preparation import at_site, faults_of_site, prepared_by
from blinplan.course.bags.sequence import (
    MOST_BAGS,
    bag_sequence,
    in_use_left,
    keeps,
    underfilled_bags,
    usable_bags,
    without_preservative,
)
from blinplan.course.bags.times import day_of, local_time, minute_of, times_of_change
from blinplan.course.events import expand
from blinplan.course.infusions import Infusion
from blinplan.course.patient import patient
from blinplan.course.wall_clock import Moment, WallClock
from blinplan.label.read import DEFAULT, label_named
from blinplan.regimen import library
from blinplan.regimen.preference import Preference
from blinplan.regimen.site.site import LongDay, Shortage, Site, SiteBag, Vial
from tests.collection.grid import pairs_of
from tests.course.regimens import site

DAY, HOUR = 24 * 60, 60
BERLIN = ZoneInfo("Europe/Berlin")


def course(*steps: tuple[int, int]) -> list[Infusion]:
    """Stretches of hours at a rate, one after the other."""
    found, now = [], 0
    for hours, rate in steps:
        found.append(Infusion(now, now + hours * HOUR, Fraction(rate)))
        now += hours * HOUR
    return found


def hours_of(bags: tuple[Bag, ...]) -> list[int]:
    return [bag.minutes // HOUR for bag in bags]


def test_the_label_s_bags_infuse_the_label_s_volumes() -> None:
    bags = {bag.minutes // HOUR: bag for bag in label_named(DEFAULT).bags}
    volumes = {hours: bag.millilitres_per_hour * hours for hours, bag in bags.items() if hours <= 48}
    assert volumes == {24: 240, 48: 240}  # the label infuses 240 mL from both
    rates = {hours: bag.millilitres_per_hour for hours, bag in bags.items()}
    assert rates == {24: 10, 48: 5, 72: Fraction("1.8"), 96: Fraction("1.8"), 168: Fraction("0.6")}
    assert [hours for hours, bag in bags.items() if bag.preservative] == [72, 96, 168]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((168,), [168] * 4),
        ((96,), [96] * 7),
        ((48,), [48] * 14),
        ((24,), [24] * 28),
        ((24, 48, 72, 96, 168), [168] * 4),
        ((48, 96), [96] * 7),
    ],
)
def test_a_cycle_takes_as_few_bags_as_can_be(sizes: tuple[int, ...], expected: list[int]) -> None:
    assert hours_of(bag_sequence(course((28 * 24, 28)), site(*sizes), None)) == expected


def test_a_change_of_dose_is_a_change_of_bag() -> None:
    bags = bag_sequence(course((7 * 24, 9), (21 * 24, 28)), site(48, 96), None)
    assert [(bag.step, bag.minutes // HOUR, int(bag.rate)) for bag in bags[:3]] == [(0, 96, 9), (0, 72, 9), (1, 96, 28)]
    assert bags[1].size.minutes == 96 * HOUR  # taken down a day early: the dose changes
    assert sum(bag.micrograms for bag in bags) == 7 * 9 + 21 * 28


@pytest.mark.slow
def test_every_shipped_course_gets_its_dose_on_every_day() -> None:
    for name, doses in (("rr-adult", {9, 28}), ("mrd-adult", {28})):
        regimen = library.regimen(name)
        expanded = expand(regimen, patient(Fraction(70)))
        events = [
            event for event in expanded.events if event.period.dose and event.period.cycle < 3
        ]  # later ones repeat
        infusions = [Infusion(e.period.start, e.period.stop, e.rate) for e in events]
        for sizes in product(*[(0, size) for size in (24, 48, 72, 96, 168)]):
            if not any(sizes):
                continue
            bags = bag_sequence(infusions, site(*[size for size in sizes if size]), None)
            assert sum(bag.minutes for bag in bags) == 28 * DAY * len({e.period.cycle for e in events})
            for day in range(infusions[-1].stop // DAY):
                given_then = sum(
                    bag.rate * max(min(bag.stop, (day + 1) * DAY) - max(bag.start, day * DAY), 0) / DAY for bag in bags
                )
                assert given_then in {0, *doses}


def test_weekends_are_bridged_and_holidays_too() -> None:
    closed = frozenset({5, 6})
    monday = datetime(2026, 11, 2, 10, tzinfo=BERLIN)
    bags = bag_sequence(course((14 * 24, 28)), site(24, 48, 72, closed=closed), monday)
    changes = [(monday + timedelta(minutes=bag.start)).astimezone(BERLIN) for bag in bags[1:]]
    assert all(change.weekday() not in closed and (change.hour, change.minute) == (10, 0) for change in changes)
    assert hours_of(bags) == [72, 24, 72, 72, 24, 72]
    feast = site(24, 48, 72, 96, closed=closed, holidays=frozenset({date(2026, 11, 9)}))
    bridged = bag_sequence(course((14 * 24, 28)), feast, monday)
    assert date(2026, 11, 9) not in {(monday + timedelta(minutes=bag.start)).date() for bag in bridged[1:]}


def test_the_longer_bags_that_do_not_keep_are_named_and_no_shorter_ones() -> None:
    """Prepared 30 hours before, bags of 24 and 48 hours are past their 48 at room temperature; one of 36 has more."""
    ward = site(24, 36, 48, 96, prepared_before=30 * HOUR, closed=frozenset({5, 6}))
    long = {24: 48, 36: 70, 48: 48, 96: 100}
    ward = replace(ward, bags=tuple(replace(bag, in_use=long[bag.minutes // HOUR] * HOUR) for bag in ward.bags))
    with pytest.raises(NoSequenceError) as refused:
        bag_sequence(
            course((14 * 24, 28)), ward, datetime(2026, 11, 2, 10, tzinfo=BERLIN), lambda _: usable_bags(ward, None)
        )
    assert str(refused.value).endswith(
        "and the longest bag lasts 1 d 12 h; prepared 1 d 6 h before, those for 2 d and 4 d do not keep so long"
    )


def test_where_no_bag_reaches_the_next_open_day_there_is_no_sequence() -> None:
    monday = datetime(2026, 11, 2, 10, tzinfo=BERLIN)
    with pytest.raises(NoSequenceError, match="3 d later, and the longest bag lasts 2 d") as refused:
        bag_sequence(course((14 * 24, 28)), site(24, 48, closed=frozenset({5, 6})), monday)
    assert refused.value.minute == 4 * DAY
    with pytest.raises(NoSequenceError, match="no bag can be used"):
        bag_sequence(course((24, 28)), site(24), None, lambda _: ())


def test_a_course_that_starts_off_the_hour_comes_to_it_with_its_first_bag() -> None:
    afternoon = datetime(2026, 11, 2, 15, 30, tzinfo=BERLIN)
    bags = bag_sequence(course((7 * 24, 9)), site(24, 48), afternoon)
    changes = [(afternoon + timedelta(minutes=bag.start)).astimezone(BERLIN) for bag in bags[1:]]
    assert all((change.hour, change.minute) == (10, 0) for change in changes)
    assert bags[-1].stop == 7 * DAY
    assert max(bag.minutes for bag in bags) <= 48 * HOUR


def test_of_as_few_bags_those_are_hung_that_are_changed_at_the_hour() -> None:
    """At 9:00 no drug would be thrown away; at 10:00, the hour of the ward, a day of a bag is."""
    saturday = datetime(2026, 10, 24, 10, tzinfo=BERLIN)
    bags = bag_sequence(course((72, 28)), site(24, 48), saturday)
    assert hours_of(bags) == [25, 47]


def test_a_bag_may_be_taken_down_on_any_open_day_where_there_is_no_hour_of_change() -> None:
    monday = datetime(2026, 11, 2, 10, tzinfo=BERLIN)
    ward = site(72, at=None, closed=frozenset({5, 6}))
    changes = [
        (monday + timedelta(minutes=bag.start)).weekday() for bag in bag_sequence(course((168, 28)), ward, monday)
    ]
    assert changes[-1] == 4  # hung on Friday, it lasts until Monday
    assert len(changes) == 3


def lasts_over_closed_days(infusion: Infusion, ward: Site, start: datetime) -> bool:
    """Whether some sequence of bags needs no change on a closed day."""
    reached = [infusion.start]
    for time_of_change in (*times_of_change(infusion, ward, start), infusion.stop):
        for before in reached:
            missing = {s for one in ward.shortages if one.holds(day_of(before, start)) for s in one.sizes}
            if any(size.minutes >= time_of_change - before for size in ward.bags if size.minutes not in missing):
                reached.append(time_of_change)
                break
    return infusion.stop in reached


sizes_of_bags = st.lists(st.sampled_from([24, 36, 48, 72, 96, 168]), min_size=1, max_size=4, unique=True)


@given(
    sizes=sizes_of_bags,
    steps=st.lists(st.tuples(st.integers(1, 15 * 24), st.integers(1, 90)), min_size=1, max_size=4),
    closed=st.frozensets(st.integers(0, 6), max_size=4),
    holidays=st.frozensets(st.dates(date(2026, 3, 20), date(2026, 11, 10)), max_size=10),
    hour=st.one_of(st.none(), st.integers(0, 23)),
    start=st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 1)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    missing=st.none() | st.dates(date(2026, 3, 20), date(2026, 11, 10)),
)
def test_any_sequence_has_no_gap_no_overlap_and_the_ordered_dose(
    sizes: list[int],
    steps: list[tuple[int, int]],
    closed: frozenset[int],
    holidays: frozenset[date],
    hour: int | None,
    start: datetime,
    zone: str,
    missing: date | None,
) -> None:
    start = start.replace(second=0, microsecond=0, tzinfo=ZoneInfo(zone))
    assume(start.astimezone(UTC).astimezone(ZoneInfo(zone)) == start)
    longest = frozenset({max(sizes) * HOUR})
    shortages = () if missing is None else (Shortage(longest, "short", missing, missing + timedelta(days=9)),)
    at = None if hour is None else hour * HOUR
    ward = site(*sizes, at=at, closed=closed, holidays=holidays, shortages=shortages)
    infusions = course(*steps)
    try:
        bags = bag_sequence(infusions, ward, start)
    except NoSequenceError:
        return
    assert bags[0].start == 0
    assert bags[-1].stop == infusions[-1].stop
    assert all(one.stop == other.start for one, other in pairwise(bags))
    assert all(0 < bag.minutes <= bag.size.minutes for bag in bags)
    assert not any(
        shortage.holds((start.astimezone(UTC) + timedelta(minutes=bag.start)).astimezone(ZoneInfo(zone)).date())
        for bag in bags
        for shortage in ward.shortages
        if bag.size.minutes in shortage.sizes
    )
    for number, infusion in enumerate(infusions):
        own = [bag for bag in bags if bag.step == number]
        assert own[0].start == infusion.start
        assert own[-1].stop == infusion.stop
        assert sum(bag.micrograms for bag in own) == infusion.rate * (infusion.stop - infusion.start) / DAY
        hung = [(start.astimezone(UTC) + timedelta(minutes=bag.start)).astimezone(ZoneInfo(zone)) for bag in own[1:]]
        if any(moment.weekday() in closed or moment.date() in holidays for moment in hung):
            assert holidays or shortages
            assert not lasts_over_closed_days(infusion, ward, start)


@given(sizes=sizes_of_bags, days=st.integers(1, 9), open_days=st.lists(st.booleans(), min_size=9, max_size=9))
def test_no_other_sequence_has_fewer_changes_on_closed_days_or_of_as_few_fewer_bags(
    sizes: list[int], days: int, open_days: list[bool]
) -> None:
    monday = datetime(2026, 11, 2, 10, tzinfo=UTC)
    shut = frozenset((monday + timedelta(days=day)).date() for day in range(9) if not open_days[day])
    least = {days: (0, 0)}
    for day in reversed(range(days)):
        ends = (end for end in range(day + 1, days + 1) if end in least and (end - day) * 24 <= max(sizes))
        least[day] = min((least[end][0] + (end < days and not open_days[end]), least[end][1] + 1) for end in ends)
    bags = bag_sequence(course((days * 24, 28)), site(*sizes, holidays=shut), monday)
    on_closed = sum((monday + timedelta(minutes=bag.start)).date() in shut for bag in bags[1:])
    assert (on_closed, len(bags)) == least[0]


@given(sizes=sizes_of_bags, days=st.integers(1, 9), open_days=st.lists(st.booleans(), min_size=9, max_size=9))
def test_who_is_thrifty_throws_the_fewest_hours_away_and_of_as_few_hangs_the_fewest_bags(
    sizes: list[int], days: int, open_days: list[bool]
) -> None:
    monday = datetime(2026, 11, 2, 10, tzinfo=UTC)
    shut = frozenset((monday + timedelta(days=day)).date() for day in range(9) if not open_days[day])
    least = {days: (0, 0, 0)}
    for day in reversed(range(days)):
        ways = []
        for end in range(day + 1, days + 1):
            lasts = [size for size in sizes if size >= (end - day) * 24]
            if end in least and lasts:
                closed, thrown, count = least[end]
                shuts = end < days and not open_days[end]
                ways.append((closed + shuts, thrown + min(lasts) - (end - day) * 24, count + 1))
        least[day] = min(ways)
    bags = bag_sequence(course((days * 24, 28)), site(*sizes, holidays=shut), monday, thrifty=True)
    on_closed = sum((monday + timedelta(minutes=bag.start)).date() in shut for bag in bags[1:])
    thrown = sum(bag.size.minutes - bag.minutes for bag in bags) // HOUR
    assert (on_closed, thrown, len(bags)) == least[0]


def easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + rest - 7 * ((a + 11 * h + 22 * rest) // 451) + 114, 31)
    return date(year, month, day + 1)


def test_easter_is_on_the_days_of_the_calendar() -> None:
    assert [easter(year) for year in (2026, 2027, 2028, 2029, 2030)] == [
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2028, 4, 16),
        date(2029, 4, 1),
        date(2030, 4, 21),
    ]


YEARS = range(2026, 2031)
SIZES = [(24, 48, 72), (24, 72, 96), (24, 48, 72, 96), (24, 96, 120), (24, 168)]
MORE = ["", "split", "move-clock", "fewest-vials"]
WEEKENDS = [frozenset({5, 6}), frozenset({6})]


@pytest.mark.slow
@pytest.mark.parametrize(("year", "hours", "more", "weekend"), pairs_of(YEARS, SIZES, MORE, WEEKENDS))
def test_over_easter_a_bag_is_changed_on_a_closed_day_at_the_hour_only_where_none_lasts(
    year: int, hours: tuple[int, ...], weekend: frozenset[int], more: str
) -> None:
    """Good Friday to Easter Monday are closed: a bag hung on Thursday would have to last five days."""
    sunday = easter(year)
    feast = frozenset(sunday + timedelta(days=day) for day in (-2, 1))
    keys: dict[str, Any] = {"long_day": LongDay(more)} if more in {"split", "move-clock"} else {}
    keys |= {"prefer": Preference.FEWEST_VIALS} if more == "fewest-vials" else {}
    ward = site(*hours, closed=weekend, holidays=feast, **keys)
    for before in range(1, 28, 2):  # on each day of the week
        begins = datetime.combine(sunday - timedelta(days=before), time(10), tzinfo=BERLIN)
        lasts = WallClock(begins).after(Moment(0, 0), 28 * DAY).minute
        bags = bag_sequence([Infusion(0, lasts, Fraction(28))], ward, begins)
        hung = [local_time(bag.start, begins) for bag in bags]
        assert (bags[0].start, bags[-1].stop) == (0, lasts)
        assert all(one.stop == other.start and one.minutes <= one.size.minutes for one, other in pairwise(bags))
        assert sum(bag.micrograms for bag in bags) == Fraction(28) * lasts / DAY
        closed = [at for at in hung[1:] if at.date() in feast or at.weekday() in weekend]
        open_before = sunday - timedelta(days=3 if weekend == {5, 6} else 1)  # Thursday, or Saturday
        before_feast = datetime.combine(open_before, time(10), tzinfo=BERLIN)
        after_feast = datetime.combine(sunday + timedelta(days=2), time(10), tzinfo=BERLIN)
        first = max(minute_of(before_feast, begins), 0)
        gap = min(minute_of(after_feast, begins), lasts) - first
        assert len(closed) == -(-gap // (max(hours) * HOUR)) - 1, begins
        if more != "move-clock":
            assert all(at.time() == time(10) for at in closed)


def test_a_week_that_never_works_is_not_mended_by_its_holidays() -> None:
    """A ward that closes at weekends and has no bag for them has no plan, and is told so with or without holidays."""
    monday = datetime(2027, 3, 15, 10, tzinfo=BERLIN)
    with pytest.raises(NoSequenceError, match="3 d later, and the longest bag lasts 2 d"):
        bag_sequence(
            course((14 * 24, 28)),
            site(24, 48, closed=frozenset({5, 6}), holidays=frozenset({date(2027, 3, 26)})),
            monday,
        )


def test_without_a_time_of_change_bags_run_out_where_they_run_out() -> None:
    start = datetime(2026, 3, 16, 10, tzinfo=BERLIN)
    bags = bag_sequence(course((28 * 24, 28)), site(24, 168, at=None), start)
    assert hours_of(bags) == [168] * 4  # across the change of the clock


def test_small_children_get_no_preservative_and_nobody_a_bag_out_of_its_time() -> None:
    ward = site(24, 48, 168)
    assert [size.minutes // HOUR for size in usable_bags(ward, Fraction("5.39"))] == [24, 48]
    assert [size.minutes // HOUR for size in usable_bags(ward, Fraction("5.4"))] == [24, 48, 168]
    assert [size.minutes // HOUR for size in usable_bags(ward, None)] == [24, 48, 168]
    early = site(24, 48, 168, prepared_before=12 * HOUR)
    assert [size.minutes // HOUR for size in usable_bags(early, None)] == [24, 168]


def test_a_bag_is_filled_with_no_less_than_is_infused() -> None:
    for fill, wrong in ((239, True), (240, False)):
        ward = filled_with(fill)
        assert bool(underfilled_bags(ward)) is wrong
        assert [fault.message for fault in faults_of_site(ward, label_named(DEFAULT))] == wrong * [
            "a bag for 1 d is filled with less than the pump infuses at its rate"
        ]


def filled_with(millilitres: int) -> Site:
    """Return a site whose bags for a day are filled so."""
    own = Site("Ward 7", None, (SiteBag(DAY, Fraction(millilitres), None),), 600, frozenset(), frozenset(), 0)
    return prepared_by(own, label_named(DEFAULT))


def test_what_is_filled_and_infused_is_exact() -> None:
    filled = filled_with(275)
    (bag,) = bag_sequence(course((24, 28)), filled, None)
    assert bag.millilitres == 240
    holds = contents(bag, filled)
    assert holds is not None
    assert holds.micrograms == Fraction(28 * 275, 240)  # the patient gets 28 of it
    (other,) = bag_sequence(course((24, 28)), site(24), None)
    assert contents(other, site(24)) is None
    (odd,) = bag_sequence(course((36, 28)), site(36), None)
    assert odd.millilitres is None


def test_in_use_time_is_the_site_s_or_the_label_s_or_unknown() -> None:
    sizes = (SiteBag(DAY, None, 30 * HOUR), SiteBag(2 * DAY, None, None), SiteBag(7 * DAY, None, None))
    ward = Site("Ward 7", None, sizes, 600, frozenset(), frozenset(), 0)
    assert [size.in_use for size in prepared_by(ward, label_named(DEFAULT)).bags] == [30 * HOUR, 2 * DAY, None]
    assert [size.in_use for size in prepared_by(ward, label_named("hk-2026")).bags] == [30 * HOUR, None, None]


def test_bags_without_preservative_are_those_of_up_to_two_days() -> None:
    assert [size.minutes // HOUR for size in without_preservative(site(24, 36, 48, 72, 168))] == [24, 48]


def test_what_is_drawn_up_holds_what_is_filled() -> None:
    filled = filled_with(275)
    (bag,) = bag_sequence(course((24, 28)), filled, None)
    vial = filled.vial
    assert vial is not None
    assert (vial.micrograms, vial.per_millilitre) == (Fraction(35), Fraction("12.5"))  # 35 mcg in 2.8 of 3 mL
    holds = contents(bag, filled)
    assert holds is not None
    assert holds.drug == holds.micrograms / Fraction("12.5")
    for micrograms, count in ((35, 1), (16, 3), (Fraction(385, 12), 1)):  # 32.08 mcg; the last is just what is filled
        other = contents(bag, replace(filled, vial=Vial(Fraction(micrograms), Fraction("12.5"))))
        assert other is not None
        assert other.vials == count


def test_in_use_time_left_is_what_preparation_and_infusion_leave() -> None:
    ward = site(24, 48, prepared_before=10 * HOUR)
    (bag,) = bag_sequence(course((24, 28)), ward, None)
    assert in_use_left(bag, ward) == (48 - 10 - 24) * HOUR
    (short,) = bag_sequence(course((24, 28)), site(48), None)  # taken down after a day
    assert in_use_left(short, site(48)) == 24 * HOUR
    (long,) = bag_sequence(course((168, 28)), site(168), None)
    assert in_use_left(long, site(168)) is None


def test_bags_that_do_not_keep_from_their_preparation_on_are_named_where_they_would_be_needed() -> None:
    monday = datetime(2026, 11, 2, 10, tzinfo=BERLIN)
    closed = site(24, 96, closed=frozenset({5, 6}))
    in_use = tuple(replace(size, in_use=4 * DAY) for size in closed.bags)
    early, at_once = (replace(closed, bags=in_use, prepared_before=before) for before in (2 * HOUR, 0))
    with pytest.raises(NoSequenceError, match="lasts 1 d; prepared 2 h before, those for 4 d do not keep so long"):
        bag_sequence(course((504, 28)), early, monday, lambda _: usable_bags(early, None))
    assert bag_sequence(course((504, 28)), at_once, monday, lambda _: usable_bags(at_once, None))


def test_bags_that_cannot_be_had_are_not_hung() -> None:
    monday = datetime(2026, 11, 2, 10, tzinfo=BERLIN)
    for_ever = (Shortage(frozenset({168 * HOUR}), "no saline", None, None),)
    assert hours_of(bag_sequence(course((336, 28)), site(96, 168, shortages=for_ever), None)) == [96, 96, 96, 48]
    second = (Shortage(frozenset({168 * HOUR}), "no saline", date(2026, 11, 9), date(2026, 11, 15)),)
    bags = bag_sequence(course((504, 28)), site(24, 96, 168, shortages=second), monday)
    hung = {(monday + timedelta(minutes=bag.start)).date() for bag in bags if bag.size.minutes == 168 * HOUR}
    assert not hung & {date(2026, 11, day) for day in range(9, 16)}
    assert sum(bag.minutes for bag in bags) == 504 * HOUR
    with pytest.raises(NoSequenceError, match="3 d later, and the longest bag lasts 1 d"):
        bag_sequence(course((504, 28)), site(24, 168, closed=frozenset({5, 6}), shortages=for_ever), monday)
    with pytest.raises(NoSequenceError, match="no bag can be used") as refused:
        bag_sequence(course((504, 28)), site(168, shortages=second), monday)
    assert refused.value.minute == 13 * DAY  # the bag of the 8th lasts until then


def test_a_site_wants_more_days_in_hospital_and_never_gets_fewer_than_the_regimen_has() -> None:
    regimen = library.regimen("rr-adult")
    for wanted, expected in (((), (9, 2)), ((10,), (10, 2)), ((3, 3, 1), (9, 3, 1)), ((9, 2), (9, 2))):
        assert at_site(regimen, replace(site(24), hospital_days=wanted)).hospital_days == expected
    assert at_site(regimen, None) is regimen


def test_as_many_bags_are_planned_as_a_plan_can_have_and_no_more() -> None:
    hourly = replace(site(24, at=None), bags=(SiteBag(HOUR, None, None),))
    start = datetime(2026, 1, 5, 10, tzinfo=UTC)
    most = course((4000, 28), (MOST_BAGS - 4000, 9))
    assert len(bag_sequence(most, hourly, start)) == MOST_BAGS == 6_000
    with pytest.raises(NoSequenceError, match="more are needed than the 6,000 bags that a plan can have") as caught:
        bag_sequence(course((4000, 28), (MOST_BAGS - 3999, 9)), hourly, start)
    assert caught.value.minute == MOST_BAGS * HOUR


@pytest.mark.parametrize(("hours", "expected"), [(60, [48, 12]), (59, [24, 35]), (52, [24, 28]), (76, [48, 28])])
def test_a_cycle_ends_with_a_bag_of_twelve_hours_and_not_of_eleven(hours: int, expected: list[int]) -> None:
    bags = bag_sequence([Infusion(0, hours * HOUR, Fraction(28))], site(24, 48, at=None), None)
    assert [bag.minutes // HOUR for bag in bags] == expected


@pytest.mark.parametrize("prefer", list(Preference))
def test_a_bag_of_four_hours_is_hung_and_none_of_a_minute_less_where_it_can_be_helped(prefer: Preference) -> None:
    """Begun at 6:00 or 6:01 on a ward that changes bags at 10:00, for 52 hours: at ten, or on the next day at ten."""
    for late, expected in ((0, [4 * HOUR, 48 * HOUR]), (1, [28 * HOUR - 1, 24 * HOUR])):
        start = datetime(2026, 3, 2, 6, late, tzinfo=UTC)
        bags = bag_sequence([Infusion(0, 52 * HOUR - late, Fraction(28))], site(4, 24, 48, prefer=prefer), start)
        assert [bag.minutes for bag in bags] == expected


def test_a_bag_that_hung_or_hangs_again_has_no_in_use_time_left_that_anybody_knows() -> None:
    ward = site(24)
    planned = Bag(0, DAY, ward.bags[0], Fraction(28), 0)
    assert in_use_left(planned, ward) == DAY
    assert in_use_left(replace(planned, on_record=True), ward) is None
    assert in_use_left(replace(planned, again=True), ward) is None


@pytest.mark.parametrize(("minutes", "kept"), [(8 * DAY, True), (8 * DAY + 1, False)])
def test_a_bag_waits_in_the_cold_as_long_as_it_keeps_there_and_no_longer(minutes: int, kept: bool) -> None:
    """Eight days by the label; of one that waits at room temperature nobody asks how long it keeps in the cold."""
    ward = site(24, kept_cold=True, prepared_before=minutes)
    assert keeps(ward.bags[0], ward) is kept
    assert keeps(replace(ward.bags[0], in_use=None), replace(ward, kept_cold=False))


def test_only_longer_bags_that_do_not_keep_are_told_where_none_lasts() -> None:
    """Prepared a day before, one for two days does not keep; one for a week may, and is not for this patient."""
    ward = site(24, 48, 168, closed=frozenset({5, 6}), prepared_before=DAY, preservative_from=Fraction(10))
    start = datetime(2026, 3, 2, 10, tzinfo=UTC)
    with pytest.raises(NoSequenceError) as refused:
        bag_sequence([Infusion(0, 14 * DAY, Fraction(28))], ward, start, lambda _: usable_bags(ward, Fraction(5)))
    assert str(refused.value).endswith("; prepared 1 d before, those for 2 d do not keep so long")


@pytest.mark.parametrize(
    ("sizes", "day", "expected"),
    [
        ((24, 48), 24, [8, 17]),
        ((24, 48), 24, [8, 41]),
        ((24, 48), 24, [8, 41, 24]),
        ((24, 48), 24, [8, 41, 48]),
        ((24, 48), 23, [32, 17]),
        ((24, 48, 72), 24, [8, 65]),
        ((24, 48, 72), 24, [8, 65, 24]),
        ((24, 30, 48), 24, [8, 41]),
    ],
)
def test_a_ward_that_splits_the_long_day_takes_no_larger_bag_for_it(
    sizes: tuple[int, ...], day: int, expected: list[int]
) -> None:
    """Begun at ten, before the clock is put back on 25 October: each bag is the one that it would be by the clock.

    At 18:00 one is changed besides, since at ten one of 25 hours would have to be larger; and no more than needed.
    """
    start = datetime(2026, 10, day, 10, tzinfo=BERLIN)
    ward, ordered = site(*sizes, long_day=LongDay.SPLIT), [Infusion(0, sum(expected) * HOUR, Fraction(28))]
    bags = bag_sequence(ordered, ward, start)
    assert [bag.minutes // HOUR for bag in bags] == expected
    for bag in bags:
        minutes = bag.minutes - WallClock(start).surplus(bag.start, bag.stop)
        assert bag.size.minutes == next(size.minutes for size in ward.bags if size.minutes >= minutes) >= bag.minutes


@pytest.mark.parametrize("long_day", [LongDay.SPLIT, LongDay.LONGER_BAG])
def test_in_other_weeks_a_ward_that_splits_long_days_hangs_what_others_hang(long_day: LongDay) -> None:
    start = datetime(2026, 11, 2, 10, tzinfo=BERLIN)
    bags = bag_sequence([Infusion(0, 7 * DAY, Fraction(28))], site(24, 48, 72, long_day=long_day), start)
    assert [bag.minutes // HOUR for bag in bags] == [72, 72, 24]


def test_how_far_one_gets_is_told_by_the_hours_at_which_the_ward_changes_bags() -> None:
    """Bags of twelve hours last to no ten o'clock; that on a long day one could be changed besides is no way out."""
    start = datetime(2026, 10, 24, 10, tzinfo=BERLIN)
    with pytest.raises(NoSequenceError, match="the next time to change a bag is 1 d 1 h later") as refused:
        bag_sequence([Infusion(0, 3 * DAY, Fraction(28))], site(12), start)
    assert refused.value.minute == 0
