"""A dated plan as an iCalendar file (RFC 5545), for the calendars of ward and patient.

The same thing has the same UID in every plan of a patient, and its sequence number rises with each interruption: a
calendar that imports the plan again moves what has moved. What a new plan no longer has is cancelled.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from blinplan import __version__
from blinplan.course.bags import Bag
from blinplan.course.calendar import Due, Entry
from blinplan.quantities import decimal_text
from blinplan.reports.dated_plan import Dated, what
from blinplan.reports.plan import NOT_A_DEVICE, rounded
from blinplan.reports.plan_identity import last_known, named

_ALARM = timedelta(minutes=30)
_WITH_ALARM = frozenset({Due.BAG, Due.PREMEDICATION})


def ics(dated: Dated, before: Dated | None, plan_id: str) -> str:
    """Write a plan as a calendar.

    Parameters
    ----------
    dated
        The plan.
    before
        The plan as it was without interruptions, where there are any: what only it has is cancelled.
    plan_id
        What tells this patient's plan from all others.
    """
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//blinplan//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{dated.course.regimen.name} {plan_id}")
    calendar.add("x-wr-caldesc", NOT_A_DEVICE)
    now = dict(named(dated, plan_id))
    for uid, entry in now.items():
        calendar.add_component(_event(dated, entry, uid))
    for uid, entry in named(before, plan_id) if before else ():
        if uid not in now:
            calendar.add_component(_cancelled(dated, before or dated, entry, uid))
    return str(calendar.to_ical(), "utf-8")


def _event(dated: Dated, entry: Entry, uid: str) -> Any:
    import icalendar

    event = icalendar.Event()
    event.add("uid", uid)
    event.add("dtstamp", _stamp(dated))
    event.add("sequence", _sequence(dated))
    event.add("summary", f"{_summary(dated, entry)} (cycle {entry.cycle})")
    event.add("status", "CONFIRMED")
    start, stop = dated.clock.at(entry.start), dated.clock.at(entry.stop)
    if entry.due is Due.HOSPITAL:
        event.add("dtstart", start.date())
        event.add("dtend", stop.date() + timedelta(days=1))
    else:
        event.add("dtstart", start.astimezone(UTC))
        if entry.due is Due.BAG:  # all others are moments, which have no end
            event.add("dtend", stop.astimezone(UTC))
    event.add("transp", "TRANSPARENT")
    if entry.due in _WITH_ALARM:
        event.add_component(_alarm(_summary(dated, entry)))
    return event


def _cancelled(dated: Dated, before: Dated, entry: Entry, uid: str) -> Any:
    event = _event(before, entry, uid)
    for name in ("status", "sequence", "dtstamp"):
        del event[name]
    event.add("status", "CANCELLED")
    event.add("sequence", _sequence(dated))
    event.add("dtstamp", _stamp(dated))
    event.subcomponents.clear()
    return event


def _alarm(summary: str) -> Any:
    import icalendar

    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -_ALARM)
    return alarm


def _summary(dated: Dated, entry: Entry) -> str:
    if entry.bag is not None:
        return _bag(entry.bag)
    return what(dated, entry)


def _bag(bag: Bag) -> str:
    rate = f" at {decimal_text(bag.label.millilitres_per_hour)} mL/h" if bag.label else ""
    return f"hang bag{rate}, {rounded(bag.rate)} mcg/day"


def _sequence(dated: Dated) -> int:
    return len(dated.replanned.ledger) if dated.replanned else 0


def _stamp(dated: Dated) -> datetime:
    """When the plan was made, as far as it knows: at the last thing that happened. The same plan is the same file."""
    return dated.clock.at(last_known(dated)).astimezone(UTC)
