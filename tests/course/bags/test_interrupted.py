"""The bags of a course that was interrupted many times."""

import sys
from types import FrameType

from blinplan.course.bags_of_course import bags_of
from blinplan.course.calendar import Clock
from blinplan.course.events import expand
from blinplan.course.happened.replan import replan
from tests.course.records import DAY, HOUR, START, record, stop
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
