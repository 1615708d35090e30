"""On which of the next days a course would best begin: what each start asks of the ward and takes of vials."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from blinplan.course.bags.contents import usage
from blinplan.course.bags.errors import NeverOpenError, NoSequenceError
from blinplan.course.bags.opening import why_closed
from blinplan.course.bags.times import local_time
from blinplan.course.calendar import Clock
from blinplan.course.dated import Dated, date_course
from blinplan.course.infusions import infusions
from blinplan.course.wall_clock import Moment, WallClock
from blinplan.quantities import MINUTES_PER_DAY

DAYS = 14
"""How many days are compared."""


@dataclass(frozen=True, slots=True)
class StartDay:
    """A start, and what it would come to.

    Attributes
    ----------
    start
        When the first infusion would begin.
    changes, on_closed_days
        How many bags would be hung, and how many of them on days on which the site changes none; None where no bags
        can be hung so, for the reason ``why_not``.
    vials
        How many the bags would take; None where that is not known.
    unbridged
        How many of those on closed days no dose asks for: no bag lasts over them.
    """

    start: datetime
    changes: int | None
    on_closed_days: int | None
    vials: int | None
    why_not: str | None = None
    unbridged: int = 0


def start_days(dated: Dated) -> Iterator[StartDay]:
    """The start of a plan and those on the days after it, at the same time of day."""
    site, clock = dated.site, WallClock(dated.clock.start)
    for number in range(DAYS) if site is not None else ():
        begins = local_time(clock.after(Moment(0, 0), number * MINUTES_PER_DAY).minute, dated.clock.start)
        try:
            yield _start_day(date_course(dated.replanned.undated, begins, site, None))
        except NoSequenceError as error:
            yield StartDay(
                begins, None, None, None, f"from {Clock(begins).at(error.minute):%a %Y-%m-%d %H:%M}, {error}"
            )
        except NeverOpenError as error:
            yield StartDay(begins, None, None, None, str(error))


def _start_day(plan: Dated) -> StartDay:
    assert plan.site is not None  # noqa: S101 - only plans of a site are compared
    closed = [bag for bag in plan.bags if why_closed(plan.site.at(bag.start), plan.clock.at(bag.start).date())]
    used = usage(plan.bags, plan.site)
    doses = {infusion.start for infusion in infusions(plan.course)}
    unbridged = sum(bag.start not in doses for bag in closed)
    vials = None if used is None else used.vials
    return StartDay(plan.clock.start, len(plan.bags), len(closed), vials, unbridged=unbridged)


def best_start(days: list[StartDay]) -> StartDay | None:
    """The start with the fewest changes on closed days, of those the fewest vials, then changes, then the first."""
    possible = [day for day in days if day.changes is not None]
    return min(possible, key=lambda day: (day.on_closed_days, day.vials or 0, day.changes), default=None)
