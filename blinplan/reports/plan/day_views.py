"""A plan by the day: as a list, and as a calendar of months."""

from calendar import Calendar
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rich.text import Text

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import contents
from blinplan.course.calendar import Due, Entry, micrograms
from blinplan.course.dated import Dated
from blinplan.quantities import plural
from blinplan.reports.plan.dated_plan import entry_text, listed_entries, zone_line
from blinplan.reports.shared.words import amount_text
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def days_report(dated: Dated, screen: Screen) -> "list[RenderableType]":
    """Draw the course day by day, from midnight to midnight."""
    table = screen.table()
    table.add_column("Date", no_wrap=True)
    table.add_column("mcg", justify="right", no_wrap=True)
    table.add_column("What", overflow="fold")
    listed = list(listed_entries(dated))
    for day in _days(dated):
        amount, due = _of_day(dated, listed, day)
        if due or amount != "0":
            said = "\n".join(_short(dated, entry, day) for entry in due)
            table.add_row(f"{day:%a %Y-%m-%d}", amount, said)
    return [table, zone_line(dated)]


def _of_day(dated: Dated, listed: Sequence[Entry], day: date) -> tuple[str, list[Entry]]:
    """What is infused from midnight to midnight, in mcg, and what is due: of several days, on each."""
    start, stop = dated.clock.midnight(day), dated.clock.midnight(day + timedelta(days=1))
    due = [entry for entry in listed if start <= entry.start < stop or _goes_on(entry, start)]
    return amount_text(micrograms(dated.course, start, stop)), due


def _goes_on(entry: Entry, midnight: int) -> bool:
    return entry.thing is not None and entry.start < midnight < entry.stop


_MARKS = {
    Due.PREMEDICATION: "P",
    Due.START: "S",
    Due.STEP: "U",
    Due.RESTART: "R",
    Due.BAG: "B",
    Due.INTERRUPTION: "X",
    Due.STOP: "E",
}
_MARKS_OF_THINGS = {Due.PRE_PHASE: "F", Due.INTRATHECAL: "I", Due.OTHER: "A"}
_LEGEND_OF_THINGS = "F pre-phase, I intrathecal, A also due. "
_LEGEND = "P premedication, S start, U step up, R restart, B new bag, X stopped, E end; mcg from midnight to midnight."


def month_report(dated: Dated, screen: Screen) -> "list[RenderableType]":
    """Draw the months as a calendar: each day with what is infused on it, and marks for what is due."""
    days, listed = list(_days(dated)), list(listed_entries(dated))
    parts: list[RenderableType] = []
    for year, month in sorted({(day.year, day.month) for day in days}):
        table = screen.table(title=f"{date(year, month, 1):%B %Y}")
        for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
            table.add_column(name, min_width=6, no_wrap=True)
        for week in Calendar().monthdatescalendar(year, month):
            if any(day in days and day.month == month for day in week):
                cells = (_day_cell(dated, listed, day) if day.month == month and day in days else "" for day in week)
                table.add_row(*cells)
        parts += [table, ""]
    things = _LEGEND_OF_THINGS if any(entry.thing is not None for entry in listed) else ""
    return [
        *parts,
        Text(f"{things}{_LEGEND}", "quiet"),
        zone_line(dated),
    ]


def _day_cell(dated: Dated, listed: Sequence[Entry], day: date) -> Text:
    amount, due = _of_day(dated, listed, day)
    marks = "".join(dict.fromkeys(_MARKS[entry.due] for entry in due if entry.due in _MARKS))
    midnight = dated.clock.midnight(day)
    things = [entry for entry in listed if entry.thing and entry.start <= midnight < entry.stop]
    marks = "".join(dict.fromkeys(_MARKS_OF_THINGS[entry.due] for entry in things)) + marks
    hung = [line for entry in due if entry.due is Due.BAG and entry.bag for line in _bag_lines(dated, entry.bag)]
    lines = [amount if amount != "0" else "", *hung]
    return Text.assemble((f"{day.day}", "title"), (f" {marks}", "where"), "\n", "\n".join(lines))


def _bag_lines(dated: Dated, bag: Bag) -> Iterator[str]:
    """The number of a bag, the volume in it and the vials that are opened for it, as far as they are known."""
    holds = None if dated.site is None else contents(bag, dated.site)
    yield f"bag {dated.bag_numbers[bag.start]}"
    if holds is not None:
        yield f"{amount_text(holds.millilitres)} mL"
    if holds is not None and holds.vials is not None:
        yield f"{holds.vials} {plural('vial', holds.vials)}"


def _short(dated: Dated, entry: Entry, day: date) -> str:
    if entry.thing is not None:
        later = (day - dated.clock.at(entry.start).date()).days
        return entry_text(dated, entry) + (f": day {later + 1}" if later else "")
    return f"{dated.clock.at(entry.start):%H:%M} {entry_text(dated, entry)}"


def _days(dated: Dated) -> Iterable[date]:
    shown = dated.shown_entries()
    if not shown:
        return
    first = dated.first or min(dated.clock.at(entry.start).date() for entry in shown)
    last = dated.last or max(dated.clock.at(entry.stop - bool(entry.thing)).date() for entry in shown)
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
