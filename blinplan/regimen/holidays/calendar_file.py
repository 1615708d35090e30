"""A calendar of holidays (RFC 5545), as calendar programs export it. Needs the package icalendar."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

_LAST_YEAR = 2200
_LONGEST_DAYS = 366
_MOST_DAYS = 100_000
"""Some hundred events that come again until the last year."""
_ONCE = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "STATUS")
_IN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_ONE_DAY = timedelta(days=1)


def days_in_calendar(text: str) -> tuple[dict[date, str], date | None]:
    """The days of all events with their names, and the last of them; None where one comes again without end.

    Raises
    ------
    ValueError
        When it is no calendar, has no event, or has one that is not understood.
    """
    events = _events(text)
    moved = {(str(event.get("uid")), _day(event, "recurrence-id")) for event in events if "recurrence-id" in event}
    days: dict[date, list[str]] = {}
    endless, count = False, 0
    for event in events:
        if str(event.get("status", "")).upper() == "CANCELLED":
            continue
        length = _length(event)
        starts = {
            day for day in _starts(event) if "recurrence-id" in event or (str(event.get("uid")), day) not in moved
        }
        count += len(starts) * length
        if count > _MOST_DAYS:
            raise ValueError(f"has more than {_MOST_DAYS:,} days until {_LAST_YEAR}, which is no list of holidays")
        endless = endless or _is_endless(event)
        for day in (start + number * _ONE_DAY for start in starts for number in range(length)):
            days.setdefault(day, []).append(_summary(event))
    if not days:
        raise ValueError("has no day on which something is")
    names = {day: ", ".join(sorted({*given} - {""})) for day, given in days.items()}
    return names, None if endless else max(names)


def _events(text: str) -> list[Any]:
    """The events of all calendars of a text, none of them with anything that could not be read."""
    import icalendar

    try:
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise ValueError("is not a calendar") from error
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not events:
        raise ValueError("has no event")
    for event in events:
        for once in _ONCE:
            if len(_several(event.get(once))) > 1:
                raise ValueError(f"has an event with more than one {once}: {_name(event)}")
        for name, problem in event.errors:
            raise ValueError(f"has an event whose {name} cannot be read ({problem}): {_name(event)}")
        if "dtstart" not in event:
            raise ValueError(f"has an event without a day: {_name(event)}")
    return events


def _name(event: Any) -> str:
    return repr((_summary(event) or "without a name")[:60])


def _summary(event: Any) -> str:
    """What an event is called; in the first language where it is in several."""
    names = _several(event.get("summary"))
    return str(names[0]) if names else ""


def _starts(event: Any) -> Iterator[date]:
    """The first days of an event: its own, those by its rule and those added to it, without those left out."""
    first = _day(event, "dtstart")
    days = {first}
    for rule in _several(event.get("rrule")):
        days.update(_days_by_rule(event, rule, first))
    days.update(_days_under(event, "rdate"))
    if late := [day for day in days if day.year > _LAST_YEAR]:
        raise ValueError(f"has an event in {min(late).year}, after {_LAST_YEAR}: {_name(event)}")
    return iter(days - set(_days_under(event, "exdate")))


def _days_by_rule(event: Any, rule: Any, first: date) -> Iterator[date]:
    from dateutil.rrule import rrulestr

    if _word(rule, "FREQ") != "YEARLY":
        raise ValueError(
            f"has an event that comes again {_word(rule, 'FREQ').lower() or 'by an unknown rule'}, and not every year:"
            f" {_name(event)}"
        )
    if any(_number(rule, key) < 1 for key in ("INTERVAL", "COUNT")) or any(key in rule for key in _IN_A_DAY):
        raise ValueError(f"has an event whose rule cannot be read ({rule.to_ical().decode()[:60]}): {_name(event)}")
    own = {key: rule[key] for key in rule if key.upper() != "UNTIL"}
    last = _until(rule) or date(_LAST_YEAR, 12, 31)
    written = type(rule)(own).to_ical().decode()
    try:
        found = rrulestr(f"RRULE:{written}", dtstart=datetime.combine(first, time()))
        return iter([day.date() for day in found.between(*_whole(first, last), inc=True)])
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise ValueError(f"has an event whose rule cannot be read ({written[:60]}): {_name(event)}") from error


def _whole(first: date, last: date) -> tuple[datetime, datetime]:
    return datetime.combine(first, time()), datetime.combine(last, time())


def _is_endless(event: Any) -> bool:
    return any(not _word(rule, "COUNT") and _until(rule) is None for rule in _several(event.get("rrule")))


def _word(rule: Any, key: str) -> str:
    values = _several(rule.get(key))
    return str(values[0]).upper() if values else ""


def _number(rule: Any, key: str) -> int:
    values = _several(rule.get(key, 1))
    return values[0] if values and isinstance(values[0], int) else 0


def _until(rule: Any) -> date | None:
    values = _several(rule.get("UNTIL"))
    return None if not values else _date_of(values[0])


def _days_under(event: Any, name: str) -> Iterator[date]:
    for several in _several(event.get(name)):
        for one in several.dts:
            yield _whole_day(event, one.dt)


def _several(value: Any) -> Sequence[Any]:
    return () if value is None else value if isinstance(value, list) else (value,)


def _day(event: Any, name: str) -> date:
    return _whole_day(event, event[name].dt)


def _whole_day(event: Any, when: Any) -> date:
    """A day; also of a moment at midnight, as some programs write whole days."""
    match when:
        case datetime() if when.time() != time():
            raise ValueError(f"has an event that is no whole day ({when:%Y-%m-%d %H:%M}): {_name(event)}")
        case date():
            return _date_of(when)
        case _:
            raise ValueError(f"has an event with a day that is none ({str(when)[:40]}): {_name(event)}")


def _date_of(when: Any) -> date:
    return when.date() if isinstance(when, datetime) else when


def _length(event: Any) -> int:
    """How many days an event lasts; one where it does not say, or ends on the day on which it begins."""
    first = _day(event, "dtstart")
    if "dtend" in event:
        days = (_day(event, "dtend") - first).days
    elif "duration" in event:
        days, rest = divmod(event["duration"].dt, _ONE_DAY)
        if rest:
            raise ValueError(f"has an event that does not last whole days: {_name(event)}")
    else:
        days = 1
    if days < 0:
        raise ValueError(f"has an event that ends before it begins: {_name(event)}")
    if days > _LONGEST_DAYS:
        raise ValueError(f"has an event of {days:,} days, and no holiday lasts longer than a year: {_name(event)}")
    return max(days, 1)
