"""The bags of a course that was interrupted many times, and of one that goes on elsewhere."""

import sys
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from types import FrameType

import pytest

from blinplan.course.bags import sequence
from blinplan.course.bags.errors import NoSequenceError
from blinplan.course.bags_of_course import bags_of
from blinplan.course.calendar import Clock
from blinplan.course.events import expand
from blinplan.course.happened.replan import replan
from blinplan.quantities import read_dose
from blinplan.regimen.record.record import BagOnRecord
from blinplan.regimen.site.site import LaterPlace
from tests.course.records import CRS, DAY, HOUR, START, record, stop
from tests.course.regimens import ADULT, cycle, regimen, site


def calls_for(stops: int) -> int:
    """Count what is called to find hourly bags around stops of half an hour, one every six hours."""
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 7'), name="example"), ADULT)
    happened = record(*(stop(30 + 6 * HOUR * n, 30, same_bag=n % 2 == 0) for n in range(stops)), regimen="example")
    found, count = replan(planned, happened), 0

    def counts(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counts)
    try:
        bags = bags_of(found, site(1, at=None, disconnected_bag=True), Clock(START))
    finally:
        sys.setprofile(None)
    assert sum(bag.micrograms for bag in bags) == found.course.micrograms == 7 * 28
    assert len(bags) >= 7 * DAY // HOUR
    return count


def test_each_stop_costs_what_the_one_before_it_cost() -> None:
    few, more, most = (calls_for(stops) for stops in (0, 10, 20))
    assert most - more < 1.2 * (more - few)


def test_a_place_hangs_its_own_bags_from_the_minute_on_at_which_it_takes_over() -> None:
    """Bags of four days here, of two days there from hour 250 on, and of one in the last place."""
    last, there = site(24, at=None), site(48, at=None)
    here = site(96, at=None, later=(LaterPlace(250 * HOUR, there), LaterPlace(500 * HOUR, last)))
    planned = expand(regimen(cycle('dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21')), ADULT)
    bags = bags_of(replan(planned, None), here, Clock(START))
    assert sum(bag.micrograms for bag in bags) == 7 * 9 + 21 * 28
    assert all(one.stop == other.start for one, other in pairwise(bags))
    assert {0, 7 * DAY, 250 * HOUR, 500 * HOUR} <= {bag.start for bag in bags}
    sizes = {(bag.start >= 250 * HOUR) + (bag.start >= 500 * HOUR): bag.size.minutes // HOUR for bag in bags}
    assert sizes == {0: 96, 1: 48, 2: 24}
    assert {bag.size.minutes for bag in bags if bag.start < 250 * HOUR} == {96 * HOUR}


def test_a_plan_has_no_more_bags_than_are_planned_for_one_course(monkeypatch: pytest.MonkeyPatch) -> None:
    """28 bags up to a stop and 28 after it: more than 50, of which neither part is."""
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 56')), ADULT)
    found = replan(planned, record(stop(28 * DAY, 60), regimen="example"))
    assert len(bags_of(found, site(24, at=None), Clock(START))) == 56
    monkeypatch.setattr(sequence, "MOST_BAGS", 57)
    assert len(bags_of(found, site(24, at=None), Clock(START))) == 56
    monkeypatch.setattr(sequence, "MOST_BAGS", 55)
    with pytest.raises(NoSequenceError, match="more are needed than the 55 bags"):
        bags_of(found, site(24, at=None), Clock(START))


def test_what_hung_before_the_last_thing_that_is_known_is_in_doubt_and_what_comes_is_not() -> None:
    """One bag is on record, of the first day; stops on days 5 and 10, each for a day."""
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 20')), ADULT)
    one = BagOnRecord(START, START + timedelta(days=1), read_dose("28 mcg/day").rate, DAY, None, 1, ("bag", 0))
    stops = [stop(day * DAY, DAY) for day in (5, 10)]
    found = replan(planned, replace(record(*stops, regimen="example"), bags=(one,)))
    bags = bags_of(found, site(24, at=None), Clock(START))
    assert [bag.start // DAY for bag in bags if bag.uncertain] == [1, 2, 3, 4, 6, 7, 8, 9]
    assert [bag.start // DAY for bag in bags if bag.is_to_prepare] == list(range(11, 22))
    lasting = replan(planned, replace(record(stop(5 * DAY, None), regimen="example"), bags=(one,)))
    assert [bag.start // DAY for bag in bags_of(lasting, site(24, at=None), Clock(START)) if bag.uncertain] == [
        1,
        2,
        3,
        4,
    ]


def test_a_planned_bag_goes_on_after_a_stop_though_others_hung_before_it() -> None:
    """The first is on record, for a day; the second, of two days, is disconnected for an hour on day 2."""
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 14')), ADULT)
    one = BagOnRecord(START, START + timedelta(days=1), read_dose("28 mcg/day").rate, DAY, None, 1, ("bag", 0))
    happened = record(stop(DAY + 12 * HOUR, HOUR, same_bag=True), regimen="example")
    found = replan(planned, replace(happened, bags=(one,)))
    ward = site(24, 48, at=None, disconnected_bag=True)
    first, before, again, *_ = bags_of(found, ward, Clock(START))
    assert (first.on_record, first.stop, before.start, before.stop) == (True, DAY, DAY, DAY + 12 * HOUR)
    assert (again.again, again.start, again.size) == (True, DAY + 13 * HOUR, before.size)
    assert before.minutes + again.minutes <= before.size.minutes


@pytest.mark.parametrize("stops", [(12,), (5, 20), (5, 20, 23)])
def test_a_bag_that_goes_on_lasts_in_all_as_long_as_it_was_made_for(stops: tuple[int, ...]) -> None:
    """Bags of a day, good for two, and disconnected for an hour after so many hours of infusion."""
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 8')), ADULT)
    times = [hours * HOUR + number * HOUR for number, hours in enumerate(stops)]
    found = replan(planned, record(*(stop(at, HOUR, same_bag=True) for at in times), regimen="example"))
    bags = bags_of(found, site(24, at=None, disconnected_bag=True), Clock(START))
    first = [bag for bag in bags if bag.start < times[-1] + HOUR + 1]
    assert [bag.again for bag in first] == [False] + [True] * len(stops)
    assert sum(bag.minutes for bag in first) == DAY
    assert [bag.minutes for bag in bags[len(first) :]] == [DAY] * 7


def test_bags_that_were_not_to_be_had_after_a_stop_are_no_fault_of_those_before_it() -> None:
    """Bags of a day on a ward that is closed at the weekend: from Monday on there are some until Saturday."""
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 14')), ADULT)
    ward = site(24, closed=frozenset({5, 6}))
    with pytest.raises(NoSequenceError):
        bags_of(replan(planned, None), ward, Clock(START))
    stopped = replan(planned, record(stop(2 * DAY + HOUR, None), regimen="example"))
    bags = bags_of(stopped, ward, Clock(START))
    assert [(bag.start, bag.stop) for bag in bags] == [(0, DAY), (DAY, 2 * DAY), (2 * DAY, 2 * DAY + HOUR)]


def test_a_bag_of_another_dose_than_that_of_the_restart_is_not_hung_again() -> None:
    """After grade 3 the label restarts at 9 mcg/day, which a bag that was made for 28 would not give."""
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 14')), ADULT)
    ward = site(24, at=None, disconnected_bag=True)
    severe = stop(DAY + 6 * HOUR, HOUR, CRS, grade=3, same_bag=True)
    for happened, goes_on in ((severe, False), (stop(DAY + 6 * HOUR, HOUR, same_bag=True), True)):
        found = replan(planned, record(happened, regimen="example"))
        bags = bags_of(found, ward, Clock(START))
        assert any(bag.again for bag in bags) is goes_on
        assert sum(bag.micrograms for bag in bags) == found.course.micrograms
        after = next(bag for bag in bags if bag.start == DAY + 7 * HOUR)
        assert after.rate == (28 if goes_on else 9)
