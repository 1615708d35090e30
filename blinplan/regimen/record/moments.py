"""Moments of a course, in UTC and in whole minutes: any plan with dates asks for them, also one without a record."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

YEARS = range(1900, 2201)
"""Years in which a course can be; further ones are slips, and near the ends of the calendar no time can be counted."""


def minutes_between(start: datetime, stop: datetime) -> int:
    """Whole minutes from one aware time to another."""
    return int((stop - start).total_seconds()) // 60


def in_utc(written: datetime, zone: str | None) -> datetime:
    """An aware time in UTC; a time without an offset is local in the zone.

    Raises
    ------
    ValueError
        When it has neither offset nor zone, or when the clock skips that local time or shows it twice; the message
        says which.
    """
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    if zone is None:
        raise ValueError("has no offset, and no time_zone is given")
    local = written.replace(tzinfo=ZoneInfo(zone))
    there = local.astimezone(UTC)
    if there.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != written:
        raise ValueError(f"does not exist in {zone}: the clock is put forward over it")
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        first, second = (f"{local.replace(fold=fold):%z}" for fold in (0, 1))
        raise ValueError(f"comes twice in {zone}, at {first} and at {second}: the clock is put back over it")
    return there
