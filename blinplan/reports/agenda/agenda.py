"""What is due for one patient on some days, as the JSON document of the plan has it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from blinplan.course.calendar import Due
from blinplan.course.happened.interruption import Topic
from blinplan.course.remarks import RemarkKind
from blinplan.quantities import MINUTES_PER_DAY, duration_text, plural
from blinplan.reports.shared.words import amount_text, moment_text

_STRETCHES = frozenset({Due.HOSPITAL, Due.SUPERVISION, Due.PRE_PHASE, Due.INTRATHECAL, Due.OTHER, Due.INTERRUPTION})
"""What is due for as long as it lasts, and not when it begins alone."""
_ON_DAYS = frozenset({Due.PRE_PHASE, Due.INTRATHECAL, Due.OTHER})
"""What is due on whole days, on each of them anew."""
_TOLD_OF_COURSE = frozenset({RemarkKind.ERROR.value, RemarkKind.WARNING.value, RemarkKind.UNVERIFIED.value})
_TO_DECIDE = frozenset({Topic.WAIT.value, Topic.DOSE.value, Topic.PREMEDICATION.value, Topic.CYCLE.value})
"""What of the label's answers somebody who decides on a restart has to know."""


class HungBagFigures(NamedTuple):
    """What has to be known at a change of bag: None where nobody said it."""

    number: int
    mcg_per_day: Fraction
    millilitres_per_hour: Fraction | None
    filled: Fraction | None
    vials: int | None
    minutes: int
    hang_by: datetime | None

    @property
    def words(self) -> str:
        """The same in words."""
        rate = "" if self.millilitres_per_hour is None else f" at {amount_text(self.millilitres_per_hour)} mL/h"
        vials = "" if self.vials is None else f" from {self.vials} {plural('vial', self.vials)}"
        filled = "its volume is not known" if self.filled is None else f"{amount_text(self.filled)} mL in the bag"
        dose, lasts = amount_text(self.mcg_per_day), duration_text(self.minutes)
        by = "the latest time is not known" if self.hang_by is None else f"hang by {moment_text(self.hang_by)}"
        return f"hang bag {self.number}: {dose} mcg/day{rate} for {lasts}; {filled}{vials}; {by}"


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something that is due for a patient, whose plan is in ``file``: local times; ``day`` is where it is shown.

    ``time_zone`` is that of the place where the patient is then; ``whole_days`` says that it has no hour, and
    ``going_on`` that it began on an earlier day.
    """

    file: str
    due: str
    start: datetime
    stop: datetime
    cycle: int
    what: str
    time_zone: str
    day: date
    whole_days: bool
    going_on: bool
    bag: HungBagFigures | None = None


@dataclass(frozen=True, slots=True)
class PatientDays:
    """What a patient's plan has on some days, from the first on.

    Attributes
    ----------
    file, regimen, time_zone
        The name of the file, what the patient gets, and where.
    today
        The first of the days.
    items
        What is due on them, in the order of time.
    waiting
        What waits for a decision of somebody, and what the label says of it.
    ended
        Why nothing more is due; None where something is, or where a decision is waited for.
    errors
        What is wrong with the regimen or the record.
    remarks
        What has to be known of these days, and of the course.
    part
        Which part of the plan the file has; None where it is the whole.
    """

    file: str
    regimen: str
    time_zone: str
    today: date
    items: tuple[DueItem, ...]
    waiting: tuple[str, ...]
    ended: str | None
    errors: tuple[str, ...]
    remarks: tuple[str, ...]
    part: str | None = None


def patient_days(file: str, document: Mapping[str, Any], today: date | None, days: int) -> PatientDays:
    """Read what is due on some days from the document of a dated plan; today is that of the plan's zone if not given.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it is no such document.
    """
    dated = document["dated"]
    zones = _Zones(
        str(dated["time_zone"]),
        _moment(dated["start"]),
        # A plan of an earlier version has no places.
        tuple((_moment(place["since"]), str(place["time_zone"])) for place in dated.get("places", ())),
    )
    first = today or zones.today()
    last = first + timedelta(days=days - 1)
    everything = sorted(_items(file, dated, zones, first), key=lambda item: (item.start, item.due != Due.PREMEDICATION))
    items = tuple(one for item in everything if _is_on(item, first, last) for one in _each_day(item, last))
    waiting = tuple(_waiting(dated["ledger"], last))
    errors, part = tuple(_errors(document)), _part_of(dated)
    return PatientDays(
        file,
        str(document["manifest"]["regimen"]),
        zones.first,
        first,
        items,
        waiting,
        None if waiting else _why_ended(dated, everything, first, whole=part is None),
        errors,
        tuple(remark for remark in _remarks(document, items, first, last) if remark not in errors),
        part,
    )


def _part_of(dated: Mapping[str, Any]) -> str | None:
    """Which part of a plan a document has, in words; None where it is the whole, or from before it was said."""
    part = dated.get("part")
    if part is None:
        return None
    days = (("from", part["first_day"]), ("to", part["last_day"]))
    cycle = None if part["cycle"] is None else f"cycle {int(part['cycle'])}"
    told = [cycle, *(f"{word} {date.fromisoformat(day):%a %Y-%m-%d}" for word, day in days if day is not None)]
    return f"the file has a part of the plan ({', '.join(filter(None, told))}): what is due beyond it is not known"


class _Zones(NamedTuple):
    """The time zone in which a course begins, and those of places that take over, each with its first moment."""

    first: str
    start: datetime
    later: tuple[tuple[datetime, str], ...]

    def at(self, moment: datetime) -> str:
        """The zone of the place where the patient is then."""
        return next((zone for since, zone in reversed(self.later) if since <= moment), self.first)

    def today(self) -> date:
        """The machine's date where the patient is now; a zone may be an offset without a name."""
        now = datetime.now(UTC)
        zone = self.at(now)
        named = None if zone.startswith("UTC") and zone != "UTC" else ZoneInfo(zone)
        return now.astimezone(named or self.start.tzinfo).date()


def _items(file: str, dated: Mapping[str, Any], zones: _Zones, first: date) -> Iterator[DueItem]:
    for entry in dated["entries"]:
        due, start, stop = Due(entry["due"]), _moment(entry["start"]), _moment(entry["stop"])
        yield _item(file, due, start, stop, int(entry["cycle"]), str(entry["what"]), zones.at(start), first)
    begun = [(_moment(e["start"]), int(e["cycle"])) for e in dated["entries"] if e["due"] in _BEGINNINGS]
    for bag in dated["bags"]:
        start, stop = _moment(bag["start"]), _moment(bag["stop"])
        figures = _figures(bag, start, stop)
        cycle = max((number for since, number in begun if since <= start), default=1)
        yield _item(file, Due.BAG, start, stop, cycle, figures.words, zones.at(start), first, figures)


_BEGINNINGS = frozenset({Due.START, Due.STEP, Due.RESTART})


def _item(
    file: str,
    due: Due,
    start: datetime,
    stop: datetime,
    cycle: int,
    what: str,
    time_zone: str,
    first: date,
    bag: HungBagFigures | None = None,
) -> DueItem:
    going_on = due in _STRETCHES and start.date() < first
    whole_days = due in _STRETCHES and stop > start and {start.time(), stop.time()} == {time()}
    return DueItem(
        file, due.value, start, stop, cycle, what, time_zone, max(start.date(), first), whole_days, going_on, bag
    )


def _is_on(item: DueItem, first: date, last: date) -> bool:
    if item.start.date() > last:
        return False
    return item.start.date() >= first or (
        item.going_on and item.stop > datetime.combine(first, time(), tzinfo=item.stop.tzinfo)
    )


def _each_day(item: DueItem, last: date) -> Iterator[DueItem]:
    """What is due, and again on each further day of what is due on several."""
    yield item
    if Due(item.due) in _ON_DAYS and item.whole_days:
        until = min(item.stop.date() - timedelta(days=1), last)
        for later in range(1, (until - item.day).days + 1):
            yield replace(item, day=item.day + timedelta(days=later), going_on=True)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time of a plan has its offset")
    return found


def _figures(bag: Mapping[str, Any], start: datetime, stop: datetime) -> HungBagFigures:
    minutes = int((stop - start).total_seconds()) // 60
    micrograms = _exact(bag["mcg"])
    if micrograms is None or minutes <= 0:
        raise ValueError("a bag holds something for some time")
    vials = bag["vials"]
    return HungBagFigures(
        int(bag["number"]),
        micrograms * MINUTES_PER_DAY / minutes,
        _exact(bag["ml_per_hour"]),
        _exact(bag["ml_filled"]),
        None if vials is None else int(vials),
        minutes,
        None if bag.get("hang_by") is None else _moment(bag["hang_by"]),  # a plan of an earlier version may not say
    )


def _exact(amount: Mapping[str, Any] | None) -> Fraction | None:
    return None if amount is None else Fraction(amount["exact"])


def _waiting(ledger: Mapping[str, Any], last: date) -> Iterator[str]:
    """What the course waits for: an interruption after which nothing is planned, though it is not the end."""
    if ledger.get("end") is not None:
        return
    for stop in ledger["interruptions"]:
        if stop["resumption"] is not None or any(decision["stop"] for decision in stop["decisions"]):
            continue
        if _moment(stop["stopped"]).date() > last:
            continue
        grade = "" if stop["grade"] is None else f", grade {stop['grade']}"
        cause = str(stop["cause"]).replace("-", " ")
        yield f"stopped {moment_text(_moment(stop['stopped']))} ({cause}{grade}): {stop['resumed']}"
        for decision in stop["decisions"]:
            if decision["question"] in _TO_DECIDE or not decision["evaluated"]:
                yield f"{decision['question']}: {decision['answer']}"


def _why_ended(dated: Mapping[str, Any], items: list[DueItem], first: date, *, whole: bool) -> str | None:
    """Why nothing more is due; None where something is."""
    end = dated["ledger"].get("end")
    if end is not None:
        why = f" ({end['why']})" if end["why"] else ""
        at = _moment(end["at"])
        ends = "ended" if at.date() <= first else "ends"
        return f"the course {ends} {moment_text(at)}: {str(end['reason']).replace('-', ' ')}{why}"
    for stop in dated["ledger"]["interruptions"]:
        if stop["resumption"] is None:
            return f"stopped {moment_text(_moment(stop['stopped']))}: {stop['resumed']}"
    last = max((max(item.start, item.stop) for item in items), default=None)
    if whole and last is not None and last.date() < first:
        return f"the plan has nothing after {moment_text(last)}"
    return None


def _errors(document: Mapping[str, Any]) -> Iterator[str]:
    for remark in document.get("remarks", ()):  # a plan of an earlier version has none
        if remark["kind"] == RemarkKind.ERROR:
            yield str(remark["text"])
    if "remarks" not in document:
        for finding in document["dated"]["findings"]:
            yield f"{finding['code']}: {finding['message']}."


def _remarks(document: Mapping[str, Any], items: tuple[DueItem, ...], first: date, last: date) -> Iterator[str]:
    """What has to be known of the days that are shown, and of the course as a whole."""
    if not document["dated"]["bags"]:
        yield "No bags are shown: it was planned without the profile of a site."
    cycles = {item.cycle for item in items}
    for remark in document.get("remarks", ()):
        if remark["start"] is not None and remark["stop"] is not None:
            start, stop = _moment(remark["start"]).date(), _moment(remark["stop"]).date()
            # What is good to know of a whole course is told at its beginning, and not again each day.
            concerned = start <= last and stop >= first and (remark["kind"] != RemarkKind.TOLD or start >= first)
        elif remark["cycle"] is not None:
            concerned = remark["cycle"] in cycles
        else:
            concerned = remark["kind"] in _TOLD_OF_COURSE
        if concerned:
            yield str(remark["text"])
