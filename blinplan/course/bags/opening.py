"""When a site changes bags and starts cycles: its days and its hour, in minutes of a course."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from blinplan.course.bags.errors import NeverOpenError
from blinplan.quantities import MINUTES_PER_HOUR
from blinplan.regimen.site.site import WEEKDAYS, Site

_LONGEST_CLOSED = 366
"""Days after which a site counts as one that does not open again."""


def is_open(site: Site, day: date) -> bool:
    """Whether bags are changed on a day."""
    return why_closed(site, day) is None


def why_closed(site: Site, day: date) -> str | None:
    """Why no bag is changed on a day, in words; None where one is."""
    for closed in site.closures:
        if closed.holds(day):
            return f"a day that is closed ({closed.why})"
    if day in site.holidays:
        name = dict(site.holiday_names).get(day)
        return f"a holiday ({name})" if name else "a holiday"
    return f"a {WEEKDAYS[day.weekday()].capitalize()}" if day.weekday() in site.closed else None


def always_open(site: Site) -> Site:
    """The site as if it changed bags on every day."""
    return replace(site, closed=frozenset(), holidays=frozenset(), closures=())


def in_ordinary_weeks(site: Site) -> Site:
    """The site without what is not so every week: holidays, closures, and days on which bags cannot be had."""
    lasting = tuple(shortage for shortage in site.shortages if shortage.holds(None))
    return replace(site, holidays=frozenset(), closures=(), shortages=lasting)


def hour_of_change(site: Site) -> str:
    """The time of day at which bags are changed, as 10:00; empty where any will do."""
    if site.change_minute is None:
        return ""
    hours, minutes = divmod(site.change_minute, MINUTES_PER_HOUR)
    return f"{hours:02}:{minutes:02}"


def moment_of_change(site: Site, day: date, start: datetime) -> datetime | None:
    """When bags are changed on a day, in the zone of the start of a course; None where any time of day will do.

    On a day on which the clock is put forward over the hour, it is as much later by the clock: a day after the last.
    """
    if site.change_minute is None:
        return None
    hours, minutes = divmod(site.change_minute, MINUTES_PER_HOUR)
    local = datetime.combine(day, time(hours, minutes), tzinfo=start.tzinfo)
    return local.astimezone(UTC).astimezone(start.tzinfo)


def next_opening(site: Site, start: datetime, minute: int) -> tuple[int, str]:
    """The first minute of a course, from one on, at which the site starts a cycle, and why not at once.

    Raises
    ------
    NeverOpenError
        When it does not open for a year.
    """
    earliest = (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(start.tzinfo)
    first = earliest.date()
    for day in (first + timedelta(days=number) for number in range(_LONGEST_CLOSED)):
        if not is_open(site, day):
            continue
        at = moment_of_change(site, day, start)
        if at is None:
            at = datetime.combine(day, earliest.timetz())
        opens = round((at.astimezone(UTC) - start.astimezone(UTC)).total_seconds()) // 60
        if opens >= minute:
            return opens, f"{site.name} starts cycles {_when(site)}"
    raise NeverOpenError(f"{site.name} has no open day within a year from {first}")


def _when(site: Site) -> str:
    closed = [WEEKDAYS[day].capitalize() for day in sorted(site.closed)]
    days = f"on days that are no {' or '.join(closed)} and no holiday" if closed else "on days that are no holiday"
    return f"{days}, at {hour_of_change(site)}" if site.change_minute is not None else days
