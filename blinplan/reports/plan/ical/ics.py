"""A dated plan as an iCalendar file (RFC 5545), for the calendars of ward and patient.

The same thing has the same UID in every plan of a patient, and its sequence number rises with everything that happens:
a calendar that imports the plan again moves what has moved. What an earlier plan had and the new one has not is
cancelled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark
from blinplan.outside_text import visible
from blinplan.reports.plan.ical.event_texts import EventTexts
from blinplan.reports.plan.ical.lines import escape, fold, utc_text
from blinplan.reports.plan.identity import dropped_entries, happenings, is_named, last_known, name_entries
from blinplan.reports.shared.words import DRUG, NOT_A_DEVICE
from blinplan.version import __version__

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
    sequence = max(1000 * revision + happenings(dated), 0 if replaced is None else replaced.sequence + 1)
    now, told = dict(name_entries(dated, plan_id)), EventTexts(plan_id, label, tuple(remarks))
    stamp = dated.clock.at(last_known(dated)).astimezone(UTC)
    were_shown = {uid for earlier in before for uid, entry in name_entries(earlier, plan_id) if earlier.shows(entry)}
    shown = {uid: entry for uid, entry in now.items() if dated.shows(entry) or uid in were_shown}
    withdrawn = dropped_entries(now, before, plan_id)
    ours = [
        *(_event(dated, entry, told, _Version(uid, sequence, stamp)) for uid, entry in shown.items()),
        *(
            _event(earlier, entry, replace(told, remarks=()), _Version(uid, sequence, stamp, cancelled=True))
            for uid, (earlier, entry) in withdrawn.items()
        ),
    ]
    others = [
        _cancellation(event, sequence, stamp)
        for uid, event in (replaced.events if replaced else {}).items()
        if uid not in now and uid not in withdrawn
    ]
    name = f"{DRUG}, {dated.course.regimen.name} {plan_id}"
    text = "".join((_head(name, label, remarks), *map(fold, ours), *others, fold(["END:VCALENDAR"])))
    return "\r\n".join(visible(line) for line in text.split("\r\n"))


def _head(name: str, label: str, remarks: Sequence[Remark]) -> str:
    """What stands before all events. The library has ceased to escape what a calendar is called and described as."""
    described = " ".join((NOT_A_DEVICE, label, *(remark.text for remark in remarks)))
    return fold(
        (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:-//blinplan//{__version__}//EN",
            f"X-WR-CALDESC:{escape(described)}",
            f"X-WR-CALNAME:{escape(name)}",
        )
    )


class _Version(NamedTuple):
    """Which event it is, how often it was changed, and when: at the last thing that happened, as far as that is known.

    The same plan is the same file.
    """

    uid: str
    sequence: int
    stamp: datetime
    cancelled: bool = False


def _event(dated: Dated, entry: Entry, told: EventTexts, version: _Version) -> list[str]:
    """The lines of an event, in the order in which the library writes those of another."""
    summary = escape(told.summary(dated, entry))
    return [
        "BEGIN:VEVENT",
        f"SUMMARY:{summary}",
        *_times(dated, entry),
        f"DTSTAMP:{utc_text(version.stamp)}",
        f"UID:{escape(version.uid)}",
        f"SEQUENCE:{version.sequence}",
        f"CATEGORIES:{'pharmacy' if entry.due is Due.PREPARATION else 'ward'}",
        f"DESCRIPTION:{escape(told.description(dated, entry))}",
        f"STATUS:{'CANCELLED' if version.cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        *(_alarm(summary) if entry.due in _WITH_ALARM and not version.cancelled else ()),
        "END:VEVENT",
    ]


def _times(dated: Dated, entry: Entry) -> Iterator[str]:
    """When an event is: on whole days, for a while, or at a moment."""
    start, stop = dated.clock.at(entry.start), dated.clock.at(entry.stop)
    if entry.due is Due.HOSPITAL or entry.thing is not None:
        yield f"DTSTART;VALUE=DATE:{start:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{stop + timedelta(days=entry.due is Due.HOSPITAL):%Y%m%d}"
        return
    yield f"DTSTART:{utc_text(start)}"
    if entry.due is Due.BAG or (entry.due is Due.PREMEDICATION and stop > start):  # all others are moments
        yield f"DTEND:{utc_text(stop)}"


def _alarm(summary: str) -> tuple[str, ...]:
    """What reminds of an event half an hour before it."""
    return ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{summary}", "TRIGGER:-PT30M", "END:VALARM")


def _cancellation(event: Any, sequence: int, stamp: datetime) -> str:
    """An event of another calendar, taken back, as the library writes it."""
    for name in ("status", "sequence", "dtstamp"):
        event.pop(name, None)
    event.add("status", "CANCELLED")
    event.add("sequence", sequence)
    event.add("dtstamp", stamp)
    event.subcomponents.clear()
    return str(event.to_ical(), "utf-8")
