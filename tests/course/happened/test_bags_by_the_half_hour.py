"""What bags on record gave, told by walking through a course by the half hour with each bag in hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.course.bags_of_course import bags_of
from blinplan.course.calendar import Clock
from blinplan.course.events import NOT_DECIDED, NOT_RESTARTED, Course, as_ordered, expand
from blinplan.course.happened.hung import EMPTY, NO_BAG, PAST_ITS_HOURS, hung_bags, wrong_bag_that_hangs, wrong_doses
from blinplan.course.happened.replan import replan
from blinplan.quantities import read_dose
from blinplan.regimen.record.record import BagOnRecord
from blinplan.regimen.site.site import Site
from tests.course.records import HOUR, START, record, stop
from tests.course.regimens import ADULT, cycle, regimen, site

HALF = 30
CYCLE, FREE = 96, 24
STEPS = cycle('dose = "9 mcg/day", hours = 30; dose = "28 mcg/day", hours = 66', free=1)
PLAN = expand(regimen(STEPS + STEPS.replace('"Cycle"', '"Second"')), ADULT)


@dataclass(frozen=True)
class Hung:
    """A bag: when it hung, in half hours, what it is made for in mcg/day and hours, and how its pump ran."""

    start: int
    stop: int | None
    dose: int
    hours: int
    pump: int | None
    volume: int | None
    number: int | None

    @property
    def on_record(self) -> BagOnRecord:
        at = START + timedelta(minutes=self.start * HALF)
        down = None if self.stop is None else START + timedelta(minutes=self.stop * HALF)
        pump, volume = (None if figure is None else Fraction(figure) for figure in (self.pump, self.volume))
        made = read_dose(f"{self.dose} mcg/day").rate
        return BagOnRecord(at, down, made, self.hours * HOUR, pump, self.number, ("bag", 0), None, volume)

    @property
    def usual(self) -> int | None:
        """What the label's pump gives, in mL/h; of 36 hours it has no bag."""
        return {24: 10, 48: 5}.get(self.hours)

    @property
    def rate(self) -> Fraction:
        """What it gives in mcg/day."""
        return Fraction(self.dose * self.pump, self.usual) if self.pump and self.usual else Fraction(self.dose)

    @property
    def lasts(self) -> int:
        """For how many half hours there is something in it."""
        pump = self.pump or self.usual
        if self.volume is not None and pump is not None:
            return 2 * self.volume // pump
        return 2 * self.hours * (self.usual or 1) // ((self.pump or self.usual or 1) if self.usual else 1)


Slot = tuple[Fraction, Fraction, str | None]
"""Half an hour: what is ordered in mcg/day, what was given, and why nothing was where something was ordered."""


def by_the_half_hour(course: Course, bags: Sequence[Hung], same: Sequence[tuple[int, int]]) -> Iterator[Slot]:
    """Each half hour of a course and beyond, as the bags had it; ``same`` are the stops after which the bag went on.

    A bag that hung on at another dose than is ordered then hung up to the stop, and was hung again after it.
    """
    edges = [(event.period.start // HALF, event.period.stop // HALF, event) for event in course.events]
    hung_as, bags = list(range(len(bags))), list(bags)
    for stopped, restarted in same:
        due = next((event.rate for start, stop, event in edges if start <= restarted < stop), Fraction(0))
        if bags[-1].stop is None and bags[-1].start < stopped and due not in {0, bags[-1].rate}:
            bags[-1:] = [replace(bags[-1], stop=stopped), replace(bags[-1], start=restarted)]
            hung_as.append(hung_as[-1])
    used: dict[int, int] = {}
    until = 0  # how far one that still hangs is counted: to the next edge
    in_all = max([edges[-1][1], *(bag.stop or bag.start + bag.lasts for bag in bags)])
    for slot in range(in_all):
        start, stop, event = next((e for e in edges if e[0] <= slot < e[1]), (edges[-1][1], in_all, None))
        ordered = Fraction(0) if event is None else event.rate
        stands = event is not None and event.period.cycle_name == "interrupted"
        place = next((n for n, b in enumerate(bags) if b.start <= slot and (b.stop is None or slot < b.stop)), None)
        if place is None:
            before = [bag for bag in bags if bag.stop is not None and bag.stop <= slot]
            after = [bag for bag in bags if bag.start > slot]
            follows = bool(before and after) and before[-1].number is not None
            gap = follows and after[0].number in {before[-1].number, (before[-1].number or 0) + 1}
            yield (ordered, Fraction(0), NO_BAG) if gap and ordered else (ordered, ordered, None)
            continue
        bag = bags[place]
        if slot == bag.start:
            until = stop
        if (bag.stop is None and slot >= until) or (stands and bag.start < start):
            yield ordered, ordered, None
            continue
        which = hung_as[place] if bag.number is None else 1000 + bag.number
        left = bag.lasts - used.get(which, 0)
        used[which] = used.get(which, 0) + 1
        if left > 0:
            yield ordered, bag.rate, None
        elif bag.stop is None:
            yield ordered, ordered, None
        else:
            yield ordered, Fraction(0), (PAST_ITS_HOURS if bag.volume is None else EMPTY) if ordered else None


MADE = st.tuples(
    st.sampled_from([9, 14, 28]),
    st.sampled_from([24, 36, 48]),
    st.sampled_from([None, 5, 10, 20]),
    st.sampled_from([None, None, 60, 240]),
)
HANGS = st.tuples(st.integers(0, 30), st.integers(1, 110), MADE, st.sampled_from([None, 0, 1, 1, 1, 2]))


def hung(begins: int, told: list[tuple[int, int, Any, int | None]], *, hangs: bool) -> list[Hung]:
    """Bags one after the other, some with a gap between; a number goes on from the one before, or says nothing."""
    now, number, found = begins, 3, list[Hung]()
    for gap, halves, made, step in told:
        now += gap if gap > 15 else 0
        number += step or 0
        same = [(one.dose, one.hours, one.pump, one.volume) for one in found if step == 0 and one.number == number]
        how: tuple[int, int, int | None, int | None] = same[0] if same else made
        found.append(Hung(now, now + halves, *how, None if step is None else number))
        now += halves
    if hangs and found:
        found[-1] = replace(found[-1], stop=None)
    return found


Stops = Sequence[tuple[int, int, bool]]
"""Stops: so many half hours after the one before, for so many, and whether the same bag went on."""


def gives_what_hung(bags: list[Hung], stopped: Stops) -> None:
    """A course gives what its bags gave, half hour by half hour, and tells what was not ordered."""
    now, stops, same = 0, [], list[tuple[int, int]]()
    for after, lasts, taken in stopped:
        stops.append(stop((now + after) * HALF, lasts * HALF, same_bag=taken))
        same += [(now + after, now + after + lasts)] if taken else []
        now += after + lasts
    happened = record(*stops, regimen="example")
    ordered = replan(PLAN, happened).course
    with_bags = replace(happened, bags=tuple(bag.on_record for bag in bags))
    found = replan(PLAN, with_bags).course
    expected = list(by_the_half_hour(ordered, bags, same))
    last = max([slot for slot, (_, rate, _) in enumerate(expected) if rate], default=-1) + 1
    assert found.events[-1].period.stop == max(ordered.events[-1].period.stop, last * HALF)
    assert all(event.period.minutes > 0 for event in found.events)
    wrong_ones = list[tuple[int, int]]()
    for slot, (due, rate, lack) in enumerate(expected[: found.events[-1].period.stop // HALF]):
        (event,) = (one for one in found.events if one.period.start <= slot * HALF < one.period.stop)
        assert (event.rate, event.period.lack if event.period.instead_of else None) == (rate, lack), slot
        assert (event.period.instead_of is not None) is (rate != due), slot
        assert not rate or event.period.cycle_name == {1: "Cycle", 2: "Second"}[event.period.cycle]
        wrong_ones += [(slot, event.period.start)] if rate != due and lack is None and slot >= bags[-1].start else []
    off = sum(rate - due for due, rate, _ in expected) / 48
    assert sum(wrong.micrograms for wrong in wrong_doses(found)) == off
    assert as_ordered(found).micrograms == ordered.micrograms
    hanging = wrong_bag_that_hangs(found, hung_bags(with_bags))
    assert (hanging is not None) is (bags[-1].stop is None and bool(wrong_ones))
    assert hanging is None or hanging.event.period.start == wrong_ones[-1][1]


@pytest.mark.slow
@settings(max_examples=60)
@given(
    begins=st.sampled_from([0, 0, 10, 150, 300, 500]),
    told=st.lists(HANGS, min_size=1, max_size=6),
    hangs=st.booleans(),
    stopped=st.lists(st.tuples(st.integers(1, 94), st.integers(1, 60), st.booleans()), max_size=2),
)
def test_what_was_given_is_what_the_bags_gave(
    begins: int, told: list[tuple[int, int, Any, int | None]], hangs: bool, stopped: Stops
) -> None:
    gives_what_hung(hung(begins, told, hangs=hangs), stopped)


def one(
    start: int, stop: int | None, dose: int = 9, number: int | None = None, hours: int = 48, volume: int | None = None
) -> Hung:
    return Hung(start, stop, dose, hours, None, volume, number)


ENDS = 480
"""The half hour in which the course ends. Until 60 it gives 9 mcg/day and until 192 28; from 240 on so again."""


@pytest.mark.parametrize(
    ("bags", "stopped"),
    [
        ([one(0, 20, 28)], [(40, 5, True)]),  # taken down before the stop after which it is said to have gone on
        ([one(50, None, 28)], [(40, 5, True)]),  # hung after it
        ([one(40, None, 28)], [(40, 5, True)]),  # hung in the minute of it
        ([one(45, None, 28)], [(40, 5, True)]),
        ([one(50, None, 28)], [(40, 5, True), (8, 3, True)]),  # hung between two
        ([one(30, None, 28)], [(40, 5, True)]),  # at another dose than is ordered, before the stop and after it
        ([one(0, 20), one(20, 30), one(30, None, 28)], [(40, 5, True)]),  # and others before it
        ([one(30, None, 28)], [(40, 5, True), (5, 5, True)]),  # the same bag went on twice
        ([one(0, None, hours=24)], [(60, 1, True)]),  # past its hours at the stop, and the wrong one after it
        ([Hung(0, None, 9, 24, 20, None, None)], [(25, 1, True)]),  # empty at the stop, as its pump ran twice as fast
        ([one(30, 60)], [(40, 10, False)]),  # through a pause, in which it gave nothing
        ([one(30, None, 28)], [(40, 5, False)]),  # of which the record does not say that it went on
        ([one(0, 60, 28)], []),  # over a whole step
        ([one(0, 240, 28, hours=168)], []),
        ([one(0, None)], [(40, 5, True), (0, 5, True)]),  # stopped again in the minute of the restart
        ([one(0, None)], [(40, 8 * 48, True)]),  # for so long that nobody knows how it goes on
        ([one(0, 20, 28), one(20, None)], []),  # the right bag hangs after a wrong one
        ([one(0, 20, 28), one(20, 60)], []),
        ([one(0, 20, number=1), one(30, None, number=2)], []),  # and after half a day without any
        ([one(0, 20, number=1), one(20, 30, number=4)], []),
        ([one(0, None, 28)], []),
        ([one(0, 20), one(20, None, 28)], []),
        ([one(0, 59, hours=24), one(59, 90, 9)], []),  # past its hours, and then right and wrong without a change
        ([one(100, None, 14)], []),
        ([one(250, 260, 28)], []),  # in the second cycle
        ([one(250, None, 28)], []),
        ([one(180, 200, 28)], []),  # beyond the end of a cycle
        ([one(200, 210, 28)], []),  # in the interval after it
        ([one(ENDS - 60, ENDS - 40, 28)], []),  # beyond the end of the last
        ([one(ENDS + 20, ENDS + 40, 28)], []),  # after the course
        ([one(ENDS + 20, None, 28)], []),
        ([one(ENDS + 20, ENDS + 90, 28, volume=60)], []),  # in which it was empty
        ([one(ENDS - 10, ENDS + 200, 28)], []),  # over its end, and past its hours
        ([one(ENDS + 2, ENDS + 9, 28), one(ENDS + 20, ENDS + 40, 9)], []),
        ([one(50, 70)], [(40, 8 * 48, False)]),  # while the infusion stood
        ([one(50, 500)], [(40, 8 * 48, False)]),
    ],
)
def test_what_was_given_is_what_the_bags_gave_wherever_they_hung(bags: list[Hung], stopped: Stops) -> None:
    gives_what_hung(bags, stopped)


@pytest.mark.parametrize(("taken_down", "until"), [(470, 470), (None, 450 + 96), (600, 450 + 96)])
def test_a_bag_after_a_restart_on_which_nobody_decided_is_given_and_is_no_wrong_one(
    taken_down: int | None, until: int
) -> None:
    """Stopped for eight days after 40 half hours, restarted, and a bag for two days was hung 26 half hours later."""
    hung_then = one(450, taken_down, 28)
    long = record(stop(40 * HALF, 8 * 48 * HALF), regimen="example")
    found = replan(PLAN, replace(long, bags=(hung_then.on_record,))).course
    assert [(event.period.stop // HALF, int(event.rate), event.period.lack) for event in found.events] == [
        (40, 9, None),
        (424, 0, NOT_RESTARTED),
        (450, 0, NOT_DECIDED),
        (until, 28, None),
    ]
    assert not list(wrong_doses(found))
    assert found.micrograms == Fraction(40 * 9 + (until - 450) * 28, 48)


@pytest.mark.parametrize(("taken_down", "until"), [(470, 470), (500, 424 + 96 - 40), (480, 480)])
def test_a_bag_that_hung_before_a_stop_gives_what_is_left_in_it_after_a_restart_on_which_nobody_decided(
    taken_down: int, until: int
) -> None:
    """Hung for two days at the start, stopped for eight days after 40 half hours: 56 are left in it."""
    long = record(stop(40 * HALF, 8 * 48 * HALF), regimen="example")
    found = replan(PLAN, replace(long, bags=(one(0, taken_down).on_record,))).course
    assert [(event.period.stop // HALF, int(event.rate), event.period.lack) for event in found.events] == [
        (40, 9, None),
        (424, 0, NOT_RESTARTED),
        (until, 9, None),
    ]
    assert found.micrograms == Fraction(9 * (40 + until - 424), 48)


WARDS = (site(24, 48, at=None), site(12, 24, 96, at=None, disconnected_bag=True))


@settings(max_examples=40)
@given(
    begins=st.sampled_from([0, 0, 10, 150, 300]),
    told=st.lists(HANGS, max_size=4),
    hangs=st.booleans(),
    stopped=st.lists(st.tuples(st.integers(1, 94), st.integers(1, 60), st.booleans()), max_size=2),
    ward=st.sampled_from(WARDS),
)
def test_around_bags_on_record_others_hang_where_something_is_infused(
    begins: int,
    told: list[tuple[int, int, Any, int | None]],
    hangs: bool,
    stopped: list[tuple[int, int, bool]],
    ward: Site,
) -> None:
    bags, stops, now = hung(begins, told, hangs=hangs), [], 0
    for after, lasts, taken in stopped:
        stops.append(stop((now + after) * HALF, lasts * HALF, same_bag=taken))
        now += after + lasts
    happened = replace(record(*stops, regimen="example"), bags=tuple(bag.on_record for bag in bags))
    replanned = replan(PLAN, happened)
    found = bags_of(replanned, ward, Clock(START))
    assert all(one.stop <= other.start for one, other in pairwise(found))
    assert sum(one.minutes for one in found) == replanned.course.infusion_minutes
    for one in found:
        events = replanned.course.events
        assert {e.rate for e in events if e.period.start < one.stop and e.period.stop > one.start} == {one.rate}
        slot = one.start // HALF
        hung_then = next((b for b in bags if b.start <= slot and (b.stop is None or slot < b.stop)), None)
        assert one.on_record or hung_then is None or hung_then.stop is None
        assert not one.on_record or hung_then is not None
        assert not (one.on_record and one.uncertain)
        before_last = bool(bags) and (slot < bags[-1].start or (bags[-1].stop is not None and slot < now))
        assert one.uncertain is (before_last and not one.on_record)
        assert one.on_record or one.minutes <= one.size.minutes
