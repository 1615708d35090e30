"""Where a course needs a new bag when its site changes none, and when bags of it cannot be had."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.opening import why_closed
from blinplan.course.calendar import Due, Entry, when_closed
from blinplan.course.dated import Dated
from blinplan.course.infusions import infusions
from blinplan.regimen.site.site import Shortage


class ClosedChange(NamedTuple):
    """A new bag that is needed when the site changes none: why it does not, in words, and what asks for the bag.

    That is an ``entry`` of the calendar, such as a step, or else the end of the bag ``before`` it.
    """

    minute: int
    cycle: int | None
    why: str
    entry: Entry | None = None
    before: Bag | None = None


def closed_changes(dated: Dated) -> Iterator[ClosedChange]:
    """All of them: what the doses ask for, and then what the ends of bags do."""
    yield from doses_on_closed_days(dated)
    yield from bags_on_closed_days(dated)


def doses_on_closed_days(dated: Dated) -> Iterator[ClosedChange]:
    """Every start, step and restart that wants a new bag when the site changes none."""
    if dated.site is None:
        return
    hung, hours_moved = {bag.start for bag in dated.bags if not bag.is_to_prepare}, dated.hours_moved()
    for entry in dated.entries:
        if entry.start in hung:
            continue  # no new bag is needed
        why = when_closed(entry, dated.clock, dated.site, hours_moved.get(entry.start, 0))
        if why is not None:
            yield ClosedChange(entry.start, entry.cycle, why, entry=entry)


def bags_on_closed_days(dated: Dated) -> Iterator[ClosedChange]:
    """Every bag that has to be changed when the site changes none, and that no dose asks for."""
    doses = {infusion.start for infusion in infusions(dated.course)}
    for bag, following in pairwise(dated.bags):
        if following.start in doses or not following.is_to_prepare:
            continue
        why = _why_closed(dated, bag, following)
        if why is not None:
            yield ClosedChange(following.start, _cycle_of(dated, following), why, before=bag)


def _why_closed(dated: Dated, bag: Bag, following: Bag) -> str | None:
    """Why no bag is changed when one ends: one that hangs may end at any hour."""
    assert dated.site is not None  # noqa: S101 - there are bags where there is a site
    if not bag.is_to_prepare:
        return when_closed(Entry(Due.STEP, bag.stop, bag.stop, 0), dated.clock, dated.site)
    site = dated.site.at(following.start)
    closed = why_closed(site, dated.clock.at(following.start).date())
    return None if closed is None else f"{closed}, on which {site.name} changes no bags"


def _cycle_of(dated: Dated, bag: Bag) -> int | None:
    return next((entry.cycle for entry in dated.entries if entry.bag is bag), None)


def shortages_in(dated: Dated) -> tuple[Shortage, ...]:
    """The shortages of its site that hold on a day of an infusion of the course."""
    if dated.site is None:
        return ()
    days = {day for one in infusions(dated.course) for day in _days(dated, one.start, one.stop)}
    return tuple(one for one in dated.site.shortages if any(map(one.holds, days)))


def _days(dated: Dated, start: int, stop: int) -> Iterator[date]:
    first, last = dated.clock.at(start).date(), dated.clock.at(stop - 1).date()
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
