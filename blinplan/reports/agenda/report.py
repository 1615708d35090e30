"""What is due over several patients, drawn by day and hour, and as a JSON document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.reports.agenda.agenda import DueItem, HungBagFigures, PatientDays
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.words import NOT_A_DEVICE, exact_amount
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

AGENDA = DocumentKind("agenda")


@dataclass(frozen=True, slots=True)
class UnreadPlan:
    """A file that could not be read as a plan: why, and what to do."""

    file: str
    why: str
    help: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is due over several patients on so many days, and the files that are no plans: unread, or something else."""

    folder: str
    days: int
    patients: tuple[PatientDays, ...]
    unread: tuple[UnreadPlan, ...]
    others: tuple[tuple[str, str], ...]

    @property
    def items(self) -> tuple[DueItem, ...]:
        """What is due, day by day: what goes on or has no hour first, then in the order of time."""
        found = [item for patient in self.patients for item in patient.items]
        return tuple(sorted(found, key=lambda item: (item.day, not (item.going_on or item.whole_days), item.start)))

    @property
    def summary(self) -> str:
        """How much is due, in one sentence."""
        number, plans = len(self.items), len(self.patients)
        unread = f"; {len(self.unread)} could not be read" if self.unread else ""
        cut = sum(patient.part is not None for patient in self.patients)
        parts = f"; of {cut} only a part is known" if cut else ""
        things = f"{number} {plural('thing', number)} {'is' if number == 1 else 'are'} due"
        return f"{things} in {plans} {plural('plan', plans)}{unread}{parts}"


def agenda_report(agenda: Agenda, screen: Screen) -> "Iterator[RenderableType]":
    """Draw what could not be read and what waits, then what is due by day and hour, and below it what to know of it."""
    yield Text(f"{visible(agenda.folder)}: {agenda.summary}", "title")
    yield from _of_unread(agenda)
    yield from _of_patients("Errors", "error", [(patient.file, patient.errors) for patient in agenda.patients])
    waiting = [(patient.file, patient.waiting) for patient in agenda.patients]
    yield from _of_patients("Waits for a decision", "warning", waiting)
    parts = [(patient.file, () if patient.part is None else (patient.part,)) for patient in agenda.patients]
    yield from _of_patients("Only a part is known", "warning", parts)
    zones = _zones(agenda)
    by_day = {day: list(items) for day, items in groupby(agenda.items, key=lambda item: item.day)}
    for day in _days(agenda):
        table = _table(by_day[day], screen, several=len(zones) > 1) if day in by_day else _nothing(agenda)
        yield from ("", Text(_day_text(day, agenda), "title"), table)
    ended = [(patient.file, () if patient.ended is None else (patient.ended,)) for patient in agenda.patients]
    yield from _of_patients("Ended", "", ended)
    yield from _remarks(agenda)
    yield ""
    if agenda.others:
        yield Text(f"Not plans: {', '.join(f'{visible(name)} ({what})' for name, what in agenda.others)}.", "quiet")
    if zones:
        whose = "" if len(zones) == 1 else ", each patient's own"
        yield Text(f"Times are local in {visible(', '.join(zones))}{whose}.", "quiet")
    yield Text(NOT_A_DEVICE, "quiet")


def _zones(agenda: Agenda) -> list[str]:
    """The time zones in which something is shown; those of the plans where nothing is."""
    return sorted({item.time_zone for item in agenda.items} or {patient.time_zone for patient in agenda.patients})


def _days(agenda: Agenda) -> list[date]:
    """The days that are shown: of each plan so many from its today."""
    todays = {patient.today for patient in agenda.patients}
    return sorted({date.fromordinal(day.toordinal() + later) for day in todays for later in range(agenda.days)})


def _day_text(day: date, agenda: Agenda) -> str:
    todays = {patient.today for patient in agenda.patients}
    later = (day - next(iter(todays))).days if len(todays) == 1 else None
    return f"{day:%a %Y-%m-%d}{ {0: ', today', 1: ', tomorrow'}.get(-1 if later is None else later, '') }"


def _nothing(agenda: Agenda) -> Text:
    known = "" if all(patient.part is None for patient in agenda.patients) else " in what is known of the plans"
    return Text(f"Nothing is due{known}.", "quiet")


def _table(items: Sequence[DueItem], screen: Screen, *, several: bool) -> "RenderableType":
    """Draw what is due on a day; where there are ``several`` time zones, each patient's own is named."""
    table = screen.table()
    table.add_column("When", no_wrap=True)
    table.add_column("Patient", overflow="fold")
    table.add_column("Cycle", justify="right")
    table.add_column("What", overflow="fold")
    for item in items:
        whom = f"{item.file} ({item.time_zone})" if several else item.file
        table.add_row(_hour(item), screen.as_shown(whom), str(item.cycle), visible(item.what))
    return table


def _hour(item: DueItem) -> str:
    if item.going_on:
        return "going on"
    if item.whole_days:
        return "all day"
    twice = item.start.replace(fold=0).utcoffset() != item.start.replace(fold=1).utcoffset()
    return f"{item.start:%H:%M}{item.start: %z}" if twice else f"{item.start:%H:%M}"


def _of_unread(agenda: Agenda) -> "Iterator[RenderableType]":
    if agenda.unread:
        yield from ("", Text("Could not be read", "title"))
        for unread in agenda.unread:
            yield Text(f"{visible(unread.file)}: {visible(unread.why)}", "error")
            yield indent(visible(unread.help))


def _of_patients(title: str, style: str, told: Sequence[tuple[str, Sequence[str]]]) -> "Iterator[RenderableType]":
    """Tell lines of patients, below the name of each; nothing where nobody has any."""
    if any(lines for _, lines in told):
        yield from ("", Text(title, "title"))
    for file, lines in told:
        if lines:
            yield Text(visible(file))
            yield from (indent(visible(line), style) for line in lines)


def _remarks(agenda: Agenda) -> "Iterator[RenderableType]":
    """Tell what has to be known, each once, below the names of those whom it concerns."""
    whose: dict[str, list[str]] = {}
    for patient in agenda.patients:
        for remark in dict.fromkeys(patient.remarks):
            whose.setdefault(remark, []).append(patient.file)
    together: dict[str, list[str]] = {}
    for remark, files in whose.items():
        together.setdefault(", ".join(files), []).append(remark)
    yield from _of_patients("To know", "quiet", list(together.items()))


# --- as data ----------------------------------------------------------------------------------------------------------


def agenda_json(agenda: Agenda) -> dict[str, Any]:
    """Write it as a JSON document, figures exact and as numbers."""
    return {
        **AGENDA.head(),
        "days": agenda.days,
        "summary": agenda.summary,
        "patients": [
            {
                "file": patient.file,
                "regimen": patient.regimen,
                "time_zone": patient.time_zone,
                "today": patient.today.isoformat(),
                "waiting": list(patient.waiting),
                "ended": patient.ended,
                "errors": list(patient.errors),
                "remarks": list(patient.remarks),
                "part": patient.part,
            }
            for patient in agenda.patients
        ],
        "due": [_item_json(item) for item in agenda.items],
        "unread": [{"file": unread.file, "why": unread.why, "help": unread.help} for unread in agenda.unread],
        "not_plans": [{"file": name, "what": what} for name, what in agenda.others],
        "notice": NOT_A_DEVICE,
    }


def _item_json(item: DueItem) -> dict[str, Any]:
    return {
        "file": item.file,
        "time_zone": item.time_zone,
        "day": item.day.isoformat(),
        "due": item.due,
        "start": item.start.isoformat(),
        "stop": item.stop.isoformat(),
        "whole_days": item.whole_days,
        "going_on": item.going_on,
        "cycle": item.cycle,
        "what": item.what,
        "bag": None if item.bag is None else _bag_json(item.bag),
    }


def _bag_json(bag: HungBagFigures) -> dict[str, Any]:
    return {
        "number": bag.number,
        "minutes": bag.minutes,
        "mcg_per_day": exact_amount(bag.mcg_per_day),
        "ml_per_hour": _or_none(bag.millilitres_per_hour),
        "ml_filled": _or_none(bag.filled),
        "vials": bag.vials,
        "hang_by": None if bag.hang_by is None else bag.hang_by.isoformat(),
    }


def _or_none(value: Fraction | None) -> dict[str, Any] | None:
    return None if value is None else exact_amount(value)
