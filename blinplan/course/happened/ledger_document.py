"""A ledger as it is written into a plan in JSON, and read again from it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from blinplan.course.happened.figures import NewFigures
from blinplan.course.happened.hung import HungBag
from blinplan.course.happened.interruption import Decision, Topic
from blinplan.course.happened.ledger import CourseEnd, Ledger, LedgerEntry, Resumption, StartOfCycle
from blinplan.course.patient import BodySurfaceArea, Patient
from blinplan.course.wall_clock import DayLength
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate
from blinplan.regimen.record.record import (
    BagOnRecord,
    Cause,
    Closure,
    Ending,
    EndOfCourse,
    Interruption,
    PlaceOnRecord,
)

VERSION = 1

_LONGEST = 100 * 366 * MINUTES_PER_DAY
"""The longest time, either way: a century, beyond which there are no dates."""
MOST_ENTRIES = 2_000
"""Of any kind: more than a record of the largest size has room for."""
_EXACT = re.compile(r"[0-9]{1,60}(?:/[0-9]{1,60})?")
_LARGEST = 1_000_000
"""Above every weight, height, area, dose, rate and filling that a file may have."""

Kind = TypeVar("Kind")


class LedgerError(ValueError):
    """A document that is not a ledger that this program has written."""


def ledger_data(ledger: Ledger) -> dict[str, Any]:
    """Write a ledger as plain data, from which `ledger_of` makes the same ledger."""
    return {
        "version": VERSION,
        "days": ledger.days.value,
        "interruptions": [_entry_data(entry) for entry in ledger.interruptions],
        "starts": [
            {
                "cycle": start.cycle,
                "earliest_minute": start.earliest,
                "start_minute": start.start,
                "why": start.why,
                "recorded": start.recorded,
                "early_minutes": start.early,
            }
            for start in ledger.starts
        ],
        "figures": [_figures_data(figures) for figures in ledger.figures],
        "figures_not_counted": [day.isoformat() for day in ledger.not_counted],
        "end": None if ledger.end is None else _end_data(ledger.end),
        "closures": [
            {"first_day": closed.first.isoformat(), "last_day": closed.last.isoformat(), "why": closed.why}
            for closed in ledger.closures
        ],
        "bags": [_bag_data(bag) for bag in ledger.bags],
        "places": [{"since_utc": place.since.isoformat(), "site": place.site} for place in ledger.places],
        "moves": [{"since_minute": since, "time_zone": str(zone)} for since, zone in ledger.moves],
    }


def ledger_of(data: Mapping[str, Any]) -> Ledger:
    """Make a ledger of what `ledger_data` wrote.

    Raises
    ------
    LedgerError
        When the data are of another version, or something is missing in them or is not of its kind.
    """
    if not isinstance(data, Mapping) or data.get("version") != VERSION:
        raise LedgerError(f"it has no ledger of version {VERSION}, the only one there is")
    try:
        ledger = Ledger(
            tuple(_entry_of(entry, number) for number, entry in enumerate(data["interruptions"])),
            tuple(_start_of(start) for start in data["starts"]),
            # A plan of an earlier version has no figures.
            tuple(_figures_of(figures) for figures in data.get("figures", ())),
            tuple(date.fromisoformat(day) for day in data.get("figures_not_counted", ())),
            DayLength(data.get("days", DayLength.OF_24_HOURS)),
            None if data.get("end") is None else _end_of(data["end"]),
            tuple(
                Closure(_day_of(closed["first_day"]), _day_of(closed["last_day"]), _is(str, closed["why"]))
                for closed in data.get("closures", ())
            ),
            tuple(_bag_of(bag, number) for number, bag in enumerate(data.get("bags", ()))),
            tuple(
                PlaceOnRecord(_moment(place["since_utc"]), _is(str, place["site"]), ("place", number))
                for number, place in enumerate(data.get("places", ()))
            ),
            tuple(
                (_minutes(move["since_minute"]), ZoneInfo(_is(str, move["time_zone"])))
                for move in data.get("moves", ())
            ),
        )
        _require_order(ledger)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise LedgerError("something is missing in its ledger, or is not of its kind") from error
    return ledger


def _require_order(ledger: Ledger) -> None:
    """Refuse what a record would not say: each thing once, one after the other, and not without an end.

    Raises
    ------
    ValueError
        When something stands twice, or before what it follows, or more than a record has room for.
    """
    each: tuple[Sequence[float], ...] = (
        [start.cycle for start in ledger.starts],
        [figures.minute for figures in ledger.figures],
        [bag.start for bag in ledger.bags],
        [place.since.timestamp() for place in ledger.places],
        [since for since, _ in ledger.moves],
    )
    if any(later <= earlier for rising in each for earlier, later in pairwise(rising)):
        raise ValueError("something stands twice, or before what it follows")
    if max(map(len, (*each, ledger.interruptions, ledger.closures))) > MOST_ENTRIES:
        raise ValueError("no record has so many entries")


def _is(kind: type[Kind], value: object) -> Kind:
    """The value, if it is of a kind; True and False are no numbers."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value


def _or_none(kind: type[Kind], value: object) -> Kind | None:
    return None if value is None else _is(kind, value)


def _minutes(value: object) -> int:
    if abs(_is(int, value)) > _LONGEST:
        raise ValueError("a time is beyond any course")
    return _is(int, value)


def _minutes_or_none(value: object) -> int | None:
    return None if value is None else _minutes(value)


def _start_of(data: Mapping[str, Any]) -> StartOfCycle:
    return StartOfCycle(
        _is(int, data["cycle"]),
        _minutes(data["earliest_minute"]),
        _minutes(data["start_minute"]),
        _is(str, data["why"]),
        _is(bool, data["recorded"]),
        _minutes(data.get("early_minutes", 0)),
    )


def _end_data(closing: CourseEnd) -> dict[str, Any]:
    end = closing.end
    return {"minute": closing.minute, "at_utc": end.at.isoformat(), "reason": end.reason.value, "why": end.why}


def _end_of(data: Mapping[str, Any]) -> CourseEnd:
    at = _moment(data["at_utc"])
    return CourseEnd(_minutes(data["minute"]), EndOfCourse(at, Ending(data["reason"]), _or_none(str, data["why"])))


def _bag_data(hung: HungBag) -> dict[str, Any]:
    bag = hung.bag
    return {
        "hung_minute": hung.start,
        "taken_down_minute": hung.stop,
        "hung_utc": bag.hung.isoformat(),
        "taken_down_utc": _moment_data(bag.taken_down),
        "dose": _dose_data(bag.dose),
        "minutes": bag.minutes,
        "ml_per_hour": _exact_text(bag.millilitres_per_hour),
        "number": bag.number,
        "prepared_utc": _moment_data(bag.prepared),
        "fill_ml": _exact_text(bag.millilitres),
    }


def _bag_of(data: Mapping[str, Any], number: int) -> HungBag:
    dose = _dose_of(data["dose"])
    if dose is None:
        raise ValueError("a bag has no dose")
    bag = BagOnRecord(
        hung=_moment(data["hung_utc"]),
        taken_down=_moment_of(data["taken_down_utc"]),
        dose=dose,
        minutes=_minutes(data["minutes"]),
        millilitres_per_hour=_exact_of(data["ml_per_hour"]),
        number=_or_none(int, data["number"]),
        path=("bag", number),
        prepared=_moment_of(data["prepared_utc"]),
        millilitres=_exact_of(data.get("fill_ml")),
    )
    return HungBag(_minutes(data["hung_minute"]), _minutes_or_none(data["taken_down_minute"]), bag)


def _day_of(text: object) -> date:
    return date.fromisoformat(_is(str, text))


def _figures_data(figures: NewFigures) -> dict[str, Any]:
    whom = figures.patient
    return {
        "minute": figures.minute,
        "day": figures.day.isoformat(),
        "weight_kg": _exact_text(whom.weight),
        "height_cm": _exact_text(whom.height),
        "bsa_m2": None if whom.area is None else _exact_text(whom.area.square_metres),
        "bsa_origin": None if whom.area is None else whom.area.origin,
        "regimen": figures.regimen,
        "why": figures.why,
    }


def _figures_of(data: Mapping[str, Any]) -> NewFigures:
    area, origin = _exact_of(data["bsa_m2"]), _or_none(str, data["bsa_origin"])
    return NewFigures(
        _minutes(data["minute"]),
        _day_of(data["day"]),
        Patient(
            _exact_of(data["weight_kg"]),
            _exact_of(data["height_cm"]),
            None if area is None or origin is None else BodySurfaceArea(area, origin),
        ),
        _or_none(str, data["regimen"]),
        _is(str, data["why"]),
    )


def _exact_text(figure: Fraction | None) -> str | None:
    return None if figure is None else str(figure)


def _exact_of(text: object) -> Fraction | None:
    return None if text is None else _exact(text)


def _exact(text: object) -> Fraction:
    """A figure as `_exact_text` writes one: above nothing, and of no more digits than anybody gives."""
    if not _EXACT.fullmatch(_is(str, text)):
        raise ValueError("a figure is no number")
    found = Fraction(_is(str, text))
    if not 0 < found <= _LARGEST:
        raise ValueError("a figure is nobody's")
    return found


def _entry_data(entry: LedgerEntry) -> dict[str, Any]:
    interruption, resumption = entry.interruption, entry.resumption
    return {
        "stopped_minute": entry.stopped,
        "restarted_minute": entry.restarted,
        "stopped_utc": interruption.stopped.isoformat(),
        "restarted_utc": _moment_data(interruption.restarted),
        "resolved_utc": _moment_data(interruption.resolved),
        "cause": interruption.cause.value,
        "grade": interruption.grade,
        "seizures": interruption.seizures,
        "cycle": interruption.cycle,
        "restart_dose": _dose_data(interruption.restart_dose),
        "premedicated": interruption.premedicated,
        "restarted_in_new_cycle": interruption.new_cycle,
        "full_dose_after_minutes": interruption.full_dose_after,
        "same_bag": interruption.same_bag,
        "decisions": [_decision_data(decision) for decision in entry.decisions],
        "resumption": None
        if resumption is None
        else {
            "new_cycle": resumption.new_cycle,
            "again": resumption.again,
            "dose": _dose_data(resumption.dose),
            "minutes": resumption.minutes,
        },
        "resumed": entry.resumed,
    }


def _entry_of(data: Mapping[str, Any], number: int) -> LedgerEntry:
    interruption = Interruption(
        stopped=_moment(data["stopped_utc"]),
        restarted=_moment_of(data["restarted_utc"]),
        cause=Cause(data["cause"]),
        cycle=_is(int, data["cycle"]),
        grade=_or_none(int, data["grade"]),
        seizures=_or_none(int, data["seizures"]),
        resolved=_moment_of(data["resolved_utc"]),
        restart_dose=_dose_of(data["restart_dose"]),
        premedicated=_or_none(bool, data["premedicated"]),
        new_cycle=_or_none(bool, data["restarted_in_new_cycle"]),
        path=("interruption", number),
        full_dose_after=_minutes_or_none(data.get("full_dose_after_minutes")),
        same_bag=_or_none(bool, data.get("same_bag")),
    )
    stopped, restarted = _minutes(data["stopped_minute"]), _minutes_or_none(data["restarted_minute"])
    lasted = None if restarted is None else restarted - stopped
    if lasted != interruption.minutes:
        raise ValueError("the minutes of an interruption are not those of its times")
    return LedgerEntry(
        interruption,
        stopped,
        restarted,
        tuple(_decision_of(decision) for decision in _is(list, data["decisions"])),
        _resumption_of(data["resumption"]),
        _is(str, data["resumed"]),
    )


def _resumption_of(data: Mapping[str, Any] | None) -> Resumption | None:
    if data is None:
        return None
    return Resumption(
        _is(bool, data["new_cycle"]),
        _is(bool, data["again"]),
        _dose_of(data["dose"]),
        _minutes_or_none(data["minutes"]),
    )


def _decision_data(decision: Decision) -> dict[str, Any]:
    return {
        "question": decision.question.value,
        "answer": decision.answer,
        "limits": list(decision.limits),
        "stop": decision.stop,
        "evaluated": decision.evaluated,
        "unstated": decision.unstated,
        "missing": decision.missing,
        "wait_minutes": decision.wait,
        "dose": _dose_data(decision.dose),
        "after_minutes": decision.after,
        "yes": decision.yes,
    }


def _decision_of(data: Mapping[str, Any]) -> Decision:
    return Decision(
        Topic(data["question"]),
        _is(str, data["answer"]),
        tuple(_is(str, name) for name in _is(list, data["limits"])),
        stop=_is(bool, data["stop"]),
        evaluated=_is(bool, data["evaluated"]),
        unstated=_is(bool, data.get("unstated", False)),
        missing=_or_none(str, data["missing"]),
        wait=_minutes_or_none(data["wait_minutes"]),
        dose=_dose_of(data["dose"]),
        after=_minutes_or_none(data["after_minutes"]),
        yes=_or_none(bool, data["yes"]),
    )


def _moment_data(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment_of(text: object) -> datetime | None:
    return None if text is None else _moment(text)


def _moment(text: object) -> datetime:
    found = datetime.fromisoformat(_is(str, text))
    if found.tzinfo is None:
        raise ValueError("a moment has no offset")
    return found


def _dose_data(dose: DoseRate | None) -> dict[str, str] | None:
    return None if dose is None else {"amount": str(dose.amount), "basis": dose.basis.value}


def _dose_of(data: Mapping[str, str] | None) -> DoseRate | None:
    return None if data is None else DoseRate(_exact(data["amount"]), Basis(data["basis"]))
