"""When a bag may be changed inside an infusion: at the hour of the site, and on the day of 25 hours at others too.

On that day the next hour of change may come too late for the bags that there are. Then one is changed more, at an hour
that leaves each at least four hours.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from math import gcd

from blinplan.course.bags.opening import always_open, is_open, moment_of_change
from blinplan.course.infusions import Infusion
from blinplan.course.wall_clock import WallClock
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.regimen.site.site import LongDay, Site

SHORTEST = 4 * MINUTES_PER_HOUR
"""No shorter bag comes of a change of the clock."""
_DAYTIME = range(8, 19)
"""Hours at which a bag may be changed besides, rather than at others."""


def times_of_change(
    infusion: Infusion, site: Site, start: datetime | None, *, closed_too: bool = False
) -> dict[int, int]:
    """When a bag may be changed inside an infusion, in minutes of the course, rising, and how unusual each time is.

    That is 0 at the hour of the site, and else 1 by day and 2 at night. ``closed_too`` asks for the times on days on
    which the site changes no bags as well, as if it did.
    """
    if closed_too:
        site = always_open(site)
    usual = sorted({minute for minute in _usual(infusion, site, start) if infusion.start < minute < infusion.stop})
    if start is None or site.long_day is LongDay.MOVE_CLOCK:
        return dict.fromkeys(usual, 0)
    besides = dict(_besides([infusion.start, *usual, infusion.stop], site, start))
    return dict(sorted({**besides, **dict.fromkeys(usual, 0)}.items()))


def _usual(infusion: Infusion, site: Site, start: datetime | None) -> Iterator[int]:
    if start is None:
        yield from range(0, infusion.stop, MINUTES_PER_DAY)
    elif site.change_minute is None:
        yield from (minute for minute in _at_any_hour(infusion, site, start) if is_open(site, day_of(minute, start)))
    else:
        yield from _at_the_hour(infusion, site, start)


def _at_the_hour(infusion: Infusion, site: Site, start: datetime) -> Iterator[int]:
    """At the hour of the site on its open days; where it lets the hour move, at that of the start of the infusion."""
    if site.long_day is LongDay.MOVE_CLOCK:
        began = infusion.start if infusion.unbroken_since is None else infusion.unbroken_since
        zone: tzinfo | None = timezone(local_time(began, start).utcoffset() or timedelta())
    else:
        zone = start.tzinfo
    started, first = start.astimezone(zone), day_of(infusion.start, start) - timedelta(days=1)
    for number in range((infusion.stop - infusion.start) // MINUTES_PER_DAY + 4):
        at = moment_of_change(site, first + timedelta(days=number), started)
        if at is not None and is_open(site, at.astimezone(start.tzinfo).date()):
            yield minute_of(at, start)


def _at_any_hour(infusion: Infusion, site: Site, start: datetime) -> Iterator[int]:
    """Where bags of whole sizes are empty, and at the hours of the day at which the infusion began."""
    every = gcd(MINUTES_PER_DAY, *(size.minutes for size in site.bags))
    clock = WallClock(start)
    begun = clock.at(infusion.start)
    for minutes in range(every, infusion.stop - infusion.start + MINUTES_PER_DAY, every):
        yield infusion.start + minutes
        if site.long_day is not LongDay.MOVE_CLOCK:
            yield clock.after(begun, minutes).minute


def _besides(times: Sequence[int], site: Site, start: datetime) -> Iterator[tuple[int, int]]:
    """Whole hours between two times over which the clock is put back, far enough from both."""
    clock = WallClock(start)
    if not any(clock.changed_days(times[0], times[-1])):
        return
    for (before, shown), (after, shown_after) in pairwise((minute, clock.at(minute).shown) for minute in times):
        if after - before <= shown_after - shown:
            continue
        half = MINUTES_PER_HOUR // 2  # by so much the clock is put back on Lord Howe
        to_the_hour = -local_time(before, start).minute % half
        for minute in range(before + SHORTEST + to_the_hour, after - SHORTEST + 1, half):
            at = local_time(minute, start)
            if at.minute == 0 and is_open(site, at.date()) and not _comes_twice(at):
                yield minute, 1 if at.hour in _DAYTIME else 2


def _comes_twice(at: datetime) -> bool:
    return at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()


def local_time(minute: int, start: datetime) -> datetime:
    """The local time of a minute of a course."""
    return (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(start.tzinfo)


def on_closed_day(minute: int, site: Site, start: datetime | None) -> bool:
    """Whether the site changes no bags on the day of a minute of the course."""
    return start is not None and not is_open(site, day_of(minute, start))


def day_of(minute: int, start: datetime) -> date:
    """The local day of a minute of the course."""
    return local_time(minute, start).date()


def minute_of(at: datetime, start: datetime) -> int:
    """The minute of a course of an aware time."""
    return int((at.astimezone(UTC) - start.astimezone(UTC)).total_seconds()) // 60
