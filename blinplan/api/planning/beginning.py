"""When a course begins, as somebody says it."""

from datetime import datetime
from typing import TYPE_CHECKING

from blinplan.refusal import ArgumentRefusal, Refusal

if TYPE_CHECKING:
    from blinplan.regimen.site.site import Site


def beginning_at(start: datetime | str, time_zone: str | None, site: "Site") -> datetime:
    """When the first infusion begins, aware, where a site prepares the bags.

    Raises
    ------
    Refusal
        When it is no such time, or of another zone than the site.
    """
    zone = time_zone or site.time_zone
    if zone is None and isinstance(start, datetime):
        zone = zone_of(start)
    refuse_another_zone(zone, site)
    return start_in(start if isinstance(start, str) else start.isoformat(), zone)


def zone_of(start: datetime) -> str | None:
    """The name of the time zone that a time brings with it; None where it has an offset only, or none."""
    # Imported here, because a plan without dates does not wait for it.
    from zoneinfo import ZoneInfo

    return start.tzinfo.key if isinstance(start.tzinfo, ZoneInfo) else None


def refuse_another_zone(zone: str | None, site: "Site | None") -> None:
    """Refuse a plan in another time zone than that of its site."""
    if site is not None and site.time_zone is not None and zone != site.time_zone:
        raise Refusal(
            f"the time zone of the plan is {str(zone)[:60]}, and that of the site {site.time_zone}",
            "bags are changed by the clock of the site: correct one of the two",
        )


def start_in(text: str, zone: str | None) -> datetime:
    """When the first infusion begins, aware, in the zone."""
    from zoneinfo import ZoneInfo

    from blinplan.regimen.record.moments import YEARS, in_utc

    advice = "give a date and time as 2026-11-02T10:00, and {time_zone} Europe/Berlin"
    short = repr(text[:40])
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentRefusal("{start} is {text}", advice, text=short) from None
    if len(text) <= len("2026-11-02"):  # a date alone would be midnight
        raise ArgumentRefusal("{start} is {text}, without a time of day", advice, text=repr(text))
    if written.year not in YEARS:
        raise ArgumentRefusal("{start} is {text}", f"give a year from {YEARS[0]} to {YEARS[-1]}", text=short)
    if written.second or written.microsecond:
        raise ArgumentRefusal("{start} is {text}", "give whole minutes", text=short)
    if zone is None:
        if written.tzinfo is None:
            raise ArgumentRefusal("the time zone of {start} is not known", advice)
        return written
    try:
        there = ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        raise Refusal(f"there is no time zone {zone[:60]!r}", "give a name such as Europe/Berlin") from None
    try:
        return in_utc(written, zone).astimezone(there)
    except ValueError as error:
        message = "{start} {why}"
        raise ArgumentRefusal(message, "give a time that exists, or one with its offset", why=error) from error
