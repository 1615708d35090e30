"""A dated plan at a glance: the course drawn as a line, its steps with their dates, and what goes with them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from blinplan.course.calendar import Due
from blinplan.course.dated import Dated
from blinplan.course.events import INTERRUPTED, Course, Event
from blinplan.outside_text import visible
from blinplan.quantities import duration_text
from blinplan.reports.plan.dated_plan import given_rate_text, zone_line
from blinplan.reports.plan.plan import hospital_days, no_interval_text, whole_course, why_free
from blinplan.reports.plan.premedication import premedication_lines
from blinplan.reports.plan.things_due import cycle_text, dated_due_lines
from blinplan.reports.shared.words import amount_text, moment_text
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

_LEVELS = "▁▂▃▄▅▆▇█"
_LONGEST_LINE = 120


def overview_report(dated: Dated, screen: Screen) -> "list[RenderableType]":
    """Draw the overview."""
    return [
        *timeline(dated, screen),
        "",
        _table(dated, screen),
        "",
        whole_course(dated.course),
        *premedication_lines(dated.premedication, dated.clock.day),
        *dated_due_lines(dated),
        *hospital_days(dated.course, dated.site),
        *(_ledger(dated) if dated.recorded else ()),
        zone_line(dated),
    ]


def _ledger(dated: Dated) -> "list[RenderableType]":
    # Imported here, because most plans have no ledger to tell of.
    from blinplan.reports.plan.ledger import ledger_report

    return ledger_report(dated)


def timeline(dated: Dated, screen: Screen) -> Iterator[Text]:
    """Draw the course as a line as high as the dose, with the numbers and days of its cycles below."""
    width = min(screen.width, _LONGEST_LINE)
    events = dated.course.events
    end = events[-1].period.stop
    columns = [_event_at(events, column * end // width, (column + 1) * end // width) for column in range(width)]
    highest = max(event.rate for event in events)
    yield Text.assemble(*(_mark(event, float(event.rate / highest), screen) for event in columns))
    starts = [entry for entry in dated.entries if entry.due is Due.START]
    for texts in (
        [f"cycle {cycle_text(dated.course, entry.cycle)}" for entry in starts],
        [f"{dated.clock.at(entry.start):%d %b}" for entry in starts],
    ):
        yield Text(_line([(entry.start * width // end, text) for entry, text in zip(starts, texts, strict=True)]))
    yield Text(_key(dated.course, screen), "quiet")


def _event_at(events: Sequence[Event], start: int, stop: int) -> Event:
    """The event that fills most of a stretch."""
    return max(events, key=lambda event: min(event.period.stop, stop) - max(event.period.start, start))


def _mark(event: Event, share: float, screen: Screen) -> tuple[str, str]:
    if event.period.dose is None:
        return ("x", "warning") if event.period.cycle_name == INTERRUPTED else ("·" if screen.unicode else ".", "quiet")
    if screen.unicode:
        return _LEVELS[max(round(share * len(_LEVELS)) - 1, 0)], "where"
    return "#" if share == 1 else "=", "where"


def _line(texts: Sequence[tuple[int, str]]) -> str:
    """Put texts at their columns, as far as there is room."""
    line = ""
    for column, text in texts:
        if column >= len(line) + bool(line):
            line = f"{line:<{column}}{text}"
    return line


def _key(course: Course, screen: Screen) -> str:
    broken = any(event.period.cycle_name == INTERRUPTED for event in course.events)
    drawn = "height: dose" if screen.unicode else "#: highest dose; =: lower"
    return f"{drawn}; {'·' if screen.unicode else '.'} free of drug{'; x stopped' if broken else ''}"


def _table(dated: Dated, screen: Screen) -> "RenderableType":
    table = screen.table()
    table.add_column("From", no_wrap=True)
    table.add_column("Lasts", no_wrap=True)
    table.add_column("Cycle", justify="right")
    table.add_column("Dose", overflow="fold")
    table.add_column("mcg", justify="right", no_wrap=True)
    for event in dated.course.events:
        period = event.period
        if not dated.shows_stretch(period.cycle, period.start, period.stop):
            continue
        table.add_row(
            moment_text(dated.clock.at(period.start)),
            duration_text(period.minutes),
            cycle_text(dated.course, period.cycle),
            _dose_text(dated.course, event),
            amount_text(event.micrograms) if period.dose else "0",
            style="" if period.dose else "quiet",
        )
    return table


def _dose_text(course: Course, event: Event) -> Text:
    period = event.period
    if period.dose is not None:
        if period.instead_of is not None:
            return Text(f"wrong bag: {given_rate_text(event)}", "warning")
        optional = " (optional)" if period.optional else ""
        name = f"{visible(period.cycle_name)}{optional}: " if period.step == 1 else ""
        return Text(f"{name}{given_rate_text(event)}{no_interval_text(course, period)}")
    if period.cycle_name == INTERRUPTED:
        return Text(period.lack or "stopped", "warning")
    why = why_free(period)
    return Text("free of drug" if why is None else f"free of drug: {why}")
