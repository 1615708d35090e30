"""A dated plan as an iCalendar file (RFC 5545), for the calendars of ward and patient.

The same thing has the same UID in every plan of a patient, and its sequence number rises with everything that happens:
a calendar that imports the plan again moves what has moved. What an earlier plan had and the new one has not is
cancelled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark
from blinplan.outside_text import visible
from blinplan.reports.plan.ical.event_texts import EventTexts
from blinplan.reports.plan.identity import dropped_entries, happenings, is_named, last_known, name_entries
from blinplan.reports.shared.words import DRUG, NOT_A_DEVICE
from blinplan.version import __version__

_ALARM = timedelta(minutes=30)
_WITH_ALARM = frozenset({Due.PREPARATION, Due.BAG, Due.PREMEDICATION})


@dataclass(frozen=True, slots=True)
class Imported:
    """A calendar that was imported: its events by UID, and the highest sequence number of them."""

    events: Mapping[str, Any]
    sequence: int


class NoCalendarError(ValueError):
    """A text that is no calendar, or one without an event of the plan."""


def read_calendar(text: str, plan_id: str) -> Imported:
    """Read what a calendar that was written before has of a plan.

    Raises
    ------
    NoCalendarError
        When it is no calendar, or has nothing of the plan.
    """
    import icalendar

    try:
        events = icalendar.Calendar.from_ical(text).walk("VEVENT")
        by_uid = {str(event["uid"]): event for event in events if is_named(str(event["uid"]), plan_id)}
        sequence = max((int(event.get("sequence", 0)) for event in by_uid.values()), default=0)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError) as error:
        raise NoCalendarError("is not a calendar") from error
    if not by_uid:
        raise NoCalendarError(f"has no event of the plan {plan_id}")
    return Imported(by_uid, sequence)


def ics(
    dated: Dated,
    before: Sequence[Dated],
    plan_id: str,
    label: str,
    remarks: Sequence[Remark],
    revision: int = 0,
    replaced: Imported | None = None,
) -> str:
    """Write a plan as a calendar.

    Parameters
    ----------
    dated
        The plan.
    before
        The plans as they were before and between the things that happened: what only they have is cancelled.
    plan_id
        What tells this patient's plan from all others.
    label
        The label that is followed, in a sentence.
    remarks
        What has to be known of the plan besides: all of it of the calendar, and of an event what concerns it.
    revision
        How often the plan was changed otherwise.
    replaced
        The calendar that was imported last, where it is known: whatever changed, what only it has is cancelled.
    """
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//blinplan//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{DRUG}, {dated.course.regimen.name} {plan_id}")
    calendar.add("x-wr-caldesc", " ".join((NOT_A_DEVICE, label, *(remark.text for remark in remarks))))
    sequence = max(1000 * revision + happenings(dated), 0 if replaced is None else replaced.sequence + 1)
    now, told = dict(name_entries(dated, plan_id)), EventTexts(plan_id, label, tuple(remarks))
    were_shown = {uid for earlier in before for uid, entry in name_entries(earlier, plan_id) if earlier.shows(entry)}
    for uid, entry in now.items():
        if dated.shows(entry) or uid in were_shown:
            calendar.add_component(_event(dated, entry, uid, sequence, told))
    withdrawn = dropped_entries(now, before, plan_id)
    for uid, (earlier, entry) in withdrawn.items():
        event = _event(earlier, entry, uid, sequence, replace(told, remarks=()))
        calendar.add_component(_cancellation(dated, event, sequence))
    for uid, event in (replaced.events if replaced else {}).items():
        if uid not in now and uid not in withdrawn:
            calendar.add_component(_cancellation(dated, event, sequence))
    return "\r\n".join(visible(line) for line in str(calendar.to_ical(), "utf-8").split("\r\n"))


def _event(dated: Dated, entry: Entry, uid: str, sequence: int, told: EventTexts) -> Any:
    import icalendar

    event = icalendar.Event()
    event.add("uid", uid)
    event.add("dtstamp", _stamp(dated))
    event.add("sequence", sequence)
    event.add("summary", told.summary(dated, entry))
    event.add("description", told.description(dated, entry))
    event.add("categories", ["pharmacy" if entry.due is Due.PREPARATION else "ward"])
    event.add("status", "CONFIRMED")
    start, stop = dated.clock.at(entry.start), dated.clock.at(entry.stop)
    if entry.due is Due.HOSPITAL:
        event.add("dtstart", start.date())
        event.add("dtend", stop.date() + timedelta(days=1))
    elif entry.thing is not None:
        event.add("dtstart", start.date())
        event.add("dtend", stop.date())
    else:
        event.add("dtstart", start.astimezone(UTC))
        if entry.due is Due.BAG or (entry.due is Due.PREMEDICATION and stop > start):  # all others are moments
            event.add("dtend", stop.astimezone(UTC))
    event.add("transp", "TRANSPARENT")
    if entry.due in _WITH_ALARM:
        event.add_component(_alarm(told.summary(dated, entry)))
    return event


def _cancellation(dated: Dated, event: Any, sequence: int) -> Any:
    """The same event, taken back."""
    for name in ("status", "sequence", "dtstamp"):
        event.pop(name, None)
    event.add("status", "CANCELLED")
    event.add("sequence", sequence)
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


def _stamp(dated: Dated) -> datetime:
    """When the plan was made, as far as it knows: at the last thing that happened. The same plan is the same file."""
    return dated.clock.at(last_known(dated)).astimezone(UTC)
