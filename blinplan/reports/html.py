"""A dated plan to print: a page a cycle, in black and white, on A4 or Letter paper, with the course drawn as a line."""

from collections.abc import Iterator, Sequence
from html import escape

from blinplan.course.calendar import Due, Entry
from blinplan.course.eligibility import Choice
from blinplan.course.events import Event
from blinplan.course.replan import INTERRUPTED
from blinplan.quantities import decimal_text
from blinplan.reports.dated_plan import Dated, bags_not_evaluated, lasts, moment, what
from blinplan.reports.page import page, table
from blinplan.reports.plan import NOT_A_DEVICE, known_of, rounded
from blinplan.reports.screen import visible
from blinplan.reports.timeline import Bar, timeline

_STYLE = """
@page { margin: 12mm; }
body { font: 10pt/1.3 sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 186mm; }
section { break-after: page; }
section:last-child { break-after: auto; }
h1 { font-size: 14pt; margin: 0 0 2mm; }
h2 { font-size: 11pt; margin: 4mm 0 1mm; }
p { margin: 0 0 1mm; }
table.dense { font-size: 8.5pt; }
table.tight { font-size: 7.5pt; }
table.tight td { padding: 0.15mm 2mm 0.15mm 0; }
footer { margin-top: 3mm; font-size: 8.5pt; }
svg { width: 100%; height: auto; display: block; margin: 2mm 0; }
"""


def html(dated: Dated, choice: Choice) -> str:
    """Write a plan as one HTML page without anything from elsewhere."""
    title = f"{visible(dated.course.regimen.name)}: {visible(dated.course.regimen.title)}"
    cycles = sorted({entry.cycle for entry in dated.shown()})
    pages = "\n".join(_page(dated, choice, title, cycle) for cycle in cycles)
    return page(title, _STYLE, pages)


def _page(dated: Dated, choice: Choice, title: str, cycle: int) -> str:
    entries = [entry for entry in dated.shown() if entry.cycle == cycle]
    patient = ", ".join(known_of(dated.course.patient)) or "nothing given"
    return "\n".join(
        [
            f"<section><h1>{escape(title)}, cycle {cycle}</h1>",
            f"<p>Patient: {escape(patient)}. {escape(choice.reason)}.</p>",
            _timeline(dated, cycle),
            "<h2>What is due</h2>",
            _table(("When", "What"), ("w", ""), [_due_row(dated, e) for e in entries if e.due is not Due.BAG]),
            *_bags(dated, entries),
            f"<footer>Times are local in {escape(str(dated.clock.zone))}. {escape(NOT_A_DEVICE)}</footer></section>",
        ]
    )


def _due_row(dated: Dated, entry: Entry) -> tuple[str, str]:
    return moment(dated.clock.at(entry.start)), what(dated, entry)


def _bags(dated: Dated, entries: list[Entry]) -> Iterator[str]:
    bags = [entry.bag for entry in entries if entry.bag is not None]
    if not bags:
        return
    numbers = {bag: number for number, bag in enumerate(dated.bags, start=1)}
    rows = [
        (
            str(numbers[bag]),
            moment(dated.clock.at(bag.start)),
            moment(dated.clock.at(bag.stop)),
            lasts(bag),
            "-" if bag.label is None else decimal_text(bag.label.millilitres_per_hour),
            "-" if bag.millilitres is None else rounded(bag.millilitres),
            rounded(bag.micrograms),
        )
        for bag in bags
    ]
    heads = ("Bag", "Hung", "Taken down", "Lasts", "mL/h", "mL", "mcg")
    yield "<h2>Bags</h2>"
    yield _table(heads, ("n", "w", "w", "n", "n", "n", "n"), rows)
    for line in bags_not_evaluated(dated, bags):
        yield f"<p>{escape(line)}</p>"


def _table(heads: tuple[str, ...], kinds: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Write a table in smaller print the longer it is, so that a cycle stays on its page."""
    return table(heads, kinds, rows, classes="tight" if len(rows) > 20 else "dense" if len(rows) > 10 else "")


def _timeline(dated: Dated, cycle: int) -> str:
    """Draw the whole course as bars as high as the dose, the cycle of the page in black."""
    events = dated.course.events
    highest = max(event.rate for event in events)
    bars = [bar for event in events for bar in _bars(event, cycle, float(highest))]
    starts = [entry.start for entry in dated.entries if entry.due is Due.START]
    marks = [(at, f"{dated.clock.at(at):%d %b}") for at in starts]
    return timeline(bars, events[-1].period.stop, marks, "The course over time")


def _bars(event: Event, cycle: int, highest: float) -> Iterator[Bar]:
    period = event.period
    if period.dose is not None:
        own = period.cycle == cycle
        yield Bar(period.start, period.stop, float(event.rate) / highest, rounded(event.rate) if own else "", own)
    elif period.cycle_name == INTERRUPTED:
        yield Bar(period.start, period.stop, None, "", dark=True)
