"""The dated plan: what is due when, day by day, and bag by bag."""

from calendar import Calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from blinplan.course.bags import Bag, bag_source, in_use_limit, vial
from blinplan.course.calendar import Clock, Due, Entry, micrograms
from blinplan.course.events import Course, Event
from blinplan.course.label import label
from blinplan.course.premedication import PremedicationPlan
from blinplan.course.replan import LedgerEntry, Replanned
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, duration_text
from blinplan.reports.plan import exact, given_dose, rounded
from blinplan.reports.screen import Screen, indented, visible


@dataclass(frozen=True, slots=True)
class Dated:
    """A course on the calendar, with what is due in it; ``first`` and ``last`` bound the days that are shown."""

    course: Course
    clock: Clock
    entries: tuple[Entry, ...]
    premedication: PremedicationPlan | None
    bags: tuple[Bag, ...]
    cycle: int | None = None
    first: date | None = None
    last: date | None = None
    replanned: Replanned | None = None

    def shown(self) -> list[Entry]:
        """The entries of the cycle and the days that are asked for."""
        return [
            entry
            for entry in self.entries
            if (self.cycle is None or entry.cycle == self.cycle)
            and self._within(self.clock.at(entry.start).date(), self.clock.at(max(entry.stop - 1, entry.start)).date())
        ]

    def _within(self, start: date, stop: date) -> bool:
        return (self.first is None or stop >= self.first) and (self.last is None or start <= self.last)


def moment(when: datetime) -> str:
    """Write a local time: Mon 2026-11-02 10:00."""
    return f"{when:%a %Y-%m-%d %H:%M}"


def agenda_report(dated: Dated, screen: Screen) -> list[RenderableType]:
    """Draw what is due, one line each."""
    table = screen.table()
    table.add_column("When", no_wrap=True)
    table.add_column("Day", justify="right", no_wrap=True)
    table.add_column("Cycle", justify="right")
    table.add_column("What", overflow="fold")
    for entry in dated.shown():
        if entry.due is Due.BAG:
            continue  # they have a view of their own
        table.add_row(
            moment(dated.clock.at(entry.start)),
            _day_of_course(dated, entry),
            str(entry.cycle),
            Text(what(dated, entry), _STYLES.get(entry.due, "")),
        )
    return [table, *_ledger(dated), _zone(dated)]


def _ledger(dated: Dated) -> list[RenderableType]:
    """Tell of every interruption, what the label asks and who says so, and how much was given of what was planned."""
    found = dated.replanned
    if found is None:
        return []
    parts: list[RenderableType] = ["", Text("Interruptions", "title")]
    for entry in found.ledger:
        parts.append(Text(interrupted(dated, entry)))
        for decision in entry.decisions:
            limit = label()[decision.limits[0]]
            parts.append(indented(f"{decision.question}: {decision.answer}"))
            parts.append(Padding(Text(limit.citation, "quiet"), (0, 0, 0, 4)))
        parts.append(indented(f"so {entry.resumed}"))
    before, after = found.planned, found.course
    days = [rounded(Fraction(_infused(course), MINUTES_PER_DAY)) for course in (after, before)]
    parts.append(
        Text(
            f"With the interruptions {rounded(after.micrograms)} of {rounded(before.micrograms)} mcg in {days[0]} of"
            f" {days[1]} infusion days."
        )
    )
    return parts


def interrupted(dated: Dated, entry: LedgerEntry) -> str:
    """Say when an infusion was stopped and restarted, and why."""
    stopped = moment(dated.clock.at(entry.stopped))
    until = "not restarted" if entry.restarted is None else f"until {moment(dated.clock.at(entry.restarted))}"
    return f"{stopped} {until}: {cause_text(entry)}, cycle {entry.interruption.cycle}"


def cause_text(entry: LedgerEntry) -> str:
    """Say why an infusion was stopped: cytokine release syndrome, grade 3."""
    one = entry.interruption
    return one.cause.value.replace("-", " ") + (f", grade {one.grade}" if one.grade is not None else "")


def _infused(course: Course) -> int:
    return sum(event.period.minutes for event in course.events if event.period.dose is not None)


_STYLES = {
    Due.START: "title",
    Due.STEP: "title",
    Due.RESTART: "title",
    Due.INTERRUPTION: "warning",
    Due.NEXT_CYCLE: "quiet",
}


def _day_of_course(dated: Dated, entry: Entry) -> str:
    """The day of the course from its first infusion; of premedication, that of the infusion it belongs to."""
    before = dated.premedication.premedication.minutes_before if dated.premedication else 0
    minute = entry.start + (before if entry.due is Due.PREMEDICATION else 0)
    return str(minute // MINUTES_PER_DAY + 1)


def _zone(dated: Dated) -> Text:
    return Text(f"Times are local in {dated.clock.zone}. Day 1 begins with the first infusion.", "quiet")


def what(dated: Dated, entry: Entry) -> str:
    """Say what an entry is."""
    if entry.due in _INFUSION and entry.event is not None:
        return _infusion(entry.due, entry.event)
    return {
        Due.PREMEDICATION: f"premedication: {given_dose(dated.premedication)}" if dated.premedication else "",
        Due.INTERRUPTION: f"infusion stopped for {duration_text(entry.stop - entry.start)}",
        Due.STOP: "end of infusion; never flush the line",
        Due.HOSPITAL: f"in hospital until {moment(dated.clock.at(entry.stop))}",
        Due.NEXT_CYCLE: f"earliest start of cycle {entry.cycle}",
    }[entry.due]


_INFUSION = frozenset({Due.START, Due.STEP, Due.RESTART})


def _infusion(due: Due, event: Event) -> str:
    kind = f"start of {visible(event.period.cycle_name)}" if due is Due.START else due.value
    rate = f"{rounded(event.rate)} mcg/day{' (cap)' if event.capped else ''}"
    return f"{kind}: {rate} for {duration_text(event.period.minutes)}"


def bags_report(dated: Dated, screen: Screen) -> list[RenderableType]:
    """Draw the bags: when, at which pump rate, and how much."""
    shown = [(number, bag) for number, bag in enumerate(dated.bags, start=1) if bag in _shown_bags(dated)]
    given = sum((bag.micrograms for bag in dated.bags), Fraction(0))
    parts: list[RenderableType] = [
        *([_bag_table(dated, shown, screen)] if screen.width >= 120 else _bag_lines(dated, shown)),
        Text(f"All bags give {rounded(given)} mcg; ordered are {rounded(dated.course.micrograms)} mcg."),
    ]
    parts += [Text(line, "not evaluated") for line in bags_not_evaluated(dated, [bag for _, bag in shown])]
    return [*parts, Text(f"Pump rates and vials of {decimal_text(vial())} mcg: {bag_source()}.", "quiet"), _zone(dated)]


def bags_not_evaluated(dated: Dated, shown: Sequence[Bag]) -> Iterator[str]:
    """Say which questions about the bags nobody has answered, so that none of them looks settled."""

    def sizes(bags: Iterable[Bag]) -> str:
        return ", ".join(duration_text(size) for size in sorted({bag.size.minutes for bag in bags}))

    if unfilled := sizes(bag for bag in shown if bag.filled_micrograms is None):
        yield f"What is filled into bags for {unfilled} is not evaluated: no `fill_ml` is given."
    if unlimited := sizes(bag for bag in shown if in_use_limit(bag.size) is None):
        yield f"How long bags for {unlimited} may be used is not evaluated: no `in_use_hours` is given."
    preserved = sizes(bag for bag in shown if bag.label is not None and bag.label.preservative)
    if preserved and dated.course.patient.weight is None and not dated.course.regimen.eligibility.minimum_weight:
        limit = label()["preservative_from_weight"]
        yield f"Bags for {preserved} hold a preservative, not for patients below {limit}: the weight is not given."


def _bag_table(dated: Dated, shown: Sequence[tuple[int, Bag]], screen: Screen) -> RenderableType:
    table = screen.table()
    for name in ("Bag", "Hung", "Taken down"):
        table.add_column(name, no_wrap=True)
    for name in ("Lasts", "mL/h", "mL", "mcg", "Filled mL", "Filled mcg", "Vials"):
        table.add_column(name, justify="right", overflow="fold")
    for number, bag in shown:
        table.add_row(*_bag_row(dated, number, bag))
    return table


def _bag_lines(dated: Dated, shown: Sequence[tuple[int, Bag]]) -> list[RenderableType]:
    """Tell the same in two lines a bag, where there is no room for a table."""
    lines: list[RenderableType] = []
    for number, bag in shown:
        _, hung, down, lasts, rate, volume, amount, fill, filled, opened = _bag_row(dated, number, bag)
        lines.append(Text(f"{number}  {hung} to {down}", "title"))
        lines.append(indented(f"{lasts} at {rate} mL/h: {volume} mL, {amount} mcg"))
        if bag.filled_micrograms is not None:
            lines.append(indented(f"filled with {fill} mL, {filled} mcg; vials: {opened}", "quiet"))
    return lines


def _bag_row(dated: Dated, number: int, bag: Bag) -> list[str]:
    filled = bag.filled_micrograms
    return [
        str(number),
        moment(dated.clock.at(bag.start)),
        moment(dated.clock.at(bag.stop)),
        lasts(bag),
        "-" if bag.label is None else decimal_text(bag.label.millilitres_per_hour),
        "-" if bag.millilitres is None else rounded(bag.millilitres),
        rounded(bag.micrograms),
        "-" if bag.size.fill is None else rounded(bag.size.fill),
        "-" if filled is None else rounded(filled),
        "-" if filled is None else str(vials(filled)),
    ]


def vials(filled: Fraction) -> int:
    """How many vials have to be opened for a bag."""
    return -(-filled // vial())


def lasts(bag: Bag) -> str:
    """Write how long a bag runs, and of what it was prepared for where that is longer."""
    used, size = duration_text(bag.minutes), duration_text(bag.size.minutes)
    return used if used == size else f"{used} of {size}"


def days_report(dated: Dated, screen: Screen) -> list[RenderableType]:
    """Draw the course day by day, from midnight to midnight."""
    table = screen.table()
    table.add_column("Date", no_wrap=True)
    table.add_column("mcg", justify="right", no_wrap=True)
    table.add_column("What", overflow="fold")
    for day in _days(dated):
        start, stop = dated.clock.midnight(day), dated.clock.midnight(day + timedelta(days=1))
        due = [entry for entry in dated.shown() if start <= entry.start < stop]
        amount = micrograms(dated.course, start, stop)
        if not due and not amount:
            continue
        what = "; ".join(f"{dated.clock.at(entry.start):%H:%M} {_short(dated, entry)}" for entry in due)
        table.add_row(f"{day:%a %Y-%m-%d}", rounded(amount), what)
    return [table, _zone(dated)]


_MARKS = {
    Due.PREMEDICATION: "P",
    Due.START: "S",
    Due.STEP: "U",
    Due.RESTART: "R",
    Due.BAG: "B",
    Due.INTERRUPTION: "X",
    Due.STOP: "E",
}
_LEGEND = "P premedication, S start, U step up, R restart, B new bag, X stopped, E end; mcg from midnight to midnight."


def month_report(dated: Dated, screen: Screen) -> list[RenderableType]:
    """Draw the months as a calendar: each day with what is infused on it, and marks for what is due."""
    days = list(_days(dated))
    parts: list[RenderableType] = []
    for year, month in sorted({(day.year, day.month) for day in days}):
        table = screen.table(title=f"{date(year, month, 1):%B %Y}")
        for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
            table.add_column(name, min_width=6, no_wrap=True)
        for week in Calendar().monthdatescalendar(year, month):
            if any(day in days and day.month == month for day in week):
                table.add_row(*(_day_cell(dated, day) if day.month == month and day in days else "" for day in week))
        parts += [table, ""]
    return [*parts, Text(_LEGEND, "quiet"), _zone(dated)]


def _day_cell(dated: Dated, day: date) -> Text:
    start, stop = dated.clock.midnight(day), dated.clock.midnight(day + timedelta(days=1))
    amount = micrograms(dated.course, start, stop)
    due = [entry for entry in dated.shown() if start <= entry.start < stop]
    marks = "".join(dict.fromkeys(_MARKS[entry.due] for entry in due if entry.due in _MARKS))
    return Text.assemble((f"{day.day}", "title"), (f" {marks}", "where"), "\n", rounded(amount) if amount else "")


def _short(dated: Dated, entry: Entry) -> str:
    if entry.bag is not None:
        return f"bag for {duration_text(entry.bag.size.minutes)}"
    return what(dated, entry)


def _days(dated: Dated) -> Iterable[date]:
    shown = dated.shown()
    if not shown:
        return
    first = dated.first or min(dated.clock.at(entry.start).date() for entry in shown)
    last = dated.last or max(dated.clock.at(entry.stop).date() for entry in shown)
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def dated_json(dated: Dated) -> dict[str, Any]:
    """Write the entries and bags with their times, local with offset."""
    return {
        "time_zone": str(dated.clock.zone),
        "start": dated.clock.start.isoformat(),
        "entries": [
            {
                "due": entry.due.value,
                "start": dated.clock.at(entry.start).isoformat(),
                "stop": dated.clock.at(entry.stop).isoformat(),
                "cycle": entry.cycle,
                "what": what(dated, entry),
            }
            for entry in dated.shown()
            if entry.due is not Due.BAG
        ],
        "bags": [_bag_json(dated, bag) for bag in _shown_bags(dated)],
        "ledger": [_ledger_json(dated, entry) for entry in dated.replanned.ledger] if dated.replanned else [],
        "ended": dated.replanned.ended if dated.replanned else False,
    }


def _ledger_json(dated: Dated, entry: LedgerEntry) -> dict[str, Any]:
    restarted = entry.restarted
    return {
        "stopped": dated.clock.at(entry.stopped).isoformat(),
        "restarted": None if restarted is None else dated.clock.at(restarted).isoformat(),
        "cause": entry.interruption.cause.value,
        "grade": entry.interruption.grade,
        "decisions": [
            {
                "question": decision.question.value,
                "answer": decision.answer,
                "sources": [label()[name].citation for name in decision.limits],
            }
            for decision in entry.decisions
        ],
        "resumed": entry.resumed,
    }


def _shown_bags(dated: Dated) -> Sequence[Bag]:
    return [entry.bag for entry in dated.shown() if entry.bag is not None]


def _bag_json(dated: Dated, bag: Bag) -> dict[str, Any]:
    filled = bag.filled_micrograms
    return {
        "start": dated.clock.at(bag.start).isoformat(),
        "stop": dated.clock.at(bag.stop).isoformat(),
        "size_minutes": bag.size.minutes,
        "ml_per_hour": exact(bag.label.millilitres_per_hour) if bag.label else None,
        "ml_infused": exact(bag.millilitres) if bag.millilitres is not None else None,
        "mcg": exact(bag.micrograms),
        "mcg_filled": exact(filled) if filled is not None else None,
        "vials": vials(filled) if filled is not None else None,
    }
