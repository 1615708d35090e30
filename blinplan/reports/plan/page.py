"""A dated plan to print: a page a cycle, in black and white, on A4 or Letter paper, with the course drawn as a line."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import NamedTuple

from blinplan.course.calendar import Due
from blinplan.course.dated import Dated
from blinplan.course.eligibility import Choice
from blinplan.course.events import Event
from blinplan.course.ledger import LedgerEntry
from blinplan.course.replan import INTERRUPTED
from blinplan.reports.plan.bag_list import HEADS, BagLine, bag_line, bag_sources, bags_not_evaluated, shortages, sums
from blinplan.reports.plan.dated_plan import moment, off_hours, what
from blinplan.reports.plan.ledger import cited, decided, interrupted
from blinplan.reports.plan.plan import NOT_A_DEVICE, known_of, rounded
from blinplan.reports.plan.timeline import Bar, timeline
from blinplan.reports.shared.page import items, page, paragraph, shown, table
from blinplan.version import __version__

_STYLE = """
@page { margin: 12mm; }
body { font: 10pt/1.3 sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 186mm; }
section { break-after: page; }
section:last-child { break-after: auto; }
h1 { font-size: 1.4em; margin: 0 0 0.5em; }
h2 { font-size: 1.1em; margin: 0.9em 0 0.3em; }
p { margin: 0 0 0.25em; }
ul { margin: 0 0 0.25em; padding-left: 1.4em; }
table { margin-bottom: 0.4em; }
th, td { padding: 0.16em 0.5em 0.16em 0; }
table.dense { font-size: 0.85em; }
table.tight { font-size: 0.75em; }
table.tight td { padding: 0.05em 0.5em 0.05em 0; }
.small { font-size: 0.85em; }
.told { font-weight: bold; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1em; }
.pair h2 { margin-top: 0.4em; }
svg { width: 100%; height: auto; display: block; margin: 0.5em 0; }
"""


class _Part(NamedTuple):
    """A part of a page, and how high it is on paper, in mm."""

    html: str
    height: float


def html(dated: Dated, choice: Choice, told: Sequence[str] = (), plan_id: str | None = None) -> str:
    """Write a plan as one HTML page without anything from elsewhere.

    ``told`` and the name of the plan stand on every page.
    """
    title = f"{dated.course.regimen.name}: {dated.course.regimen.title}"
    title += "" if plan_id is None else f", plan {plan_id}"
    cycles = sorted({entry.cycle for entry in dated.shown()})
    return page(title, _STYLE, "\n".join(_page(dated, choice, title, cycle, told) for cycle in cycles))


_PAGE = 252.0
"""What a page of Letter paper holds in mm, which is less high than A4."""
_SMALLEST = 0.55
"""The least part of 10 pt that is tried; whatever does not fit then takes a second page."""
_LINE, _SMALL_LINE, _LETTERS = 4.6, 3.9, 105
"""How high a line of letters of 10 pt is in mm, one of small letters, and how many letters are in a line of 186 mm."""


def _page(dated: Dated, choice: Choice, title: str, cycle: int, told: Sequence[str]) -> str:
    """A page of a cycle, in letters as small as they must be for it to be one page of paper."""
    scale = 1.0
    parts = list(_parts(dated, choice, title, cycle, told, scale))
    while sum(part.height for part in parts) > _PAGE and scale > _SMALLEST:
        scale -= 0.02
        parts = list(_parts(dated, choice, title, cycle, told, scale))
    return f'<section style="font-size: {10 * scale:.1f}pt">' + "\n".join(part.html for part in parts) + "</section>"


def _parts(dated: Dated, choice: Choice, title: str, cycle: int, told: Sequence[str], scale: float) -> Iterator[_Part]:
    patient = ", ".join(known_of(dated.course.patient)) or "nothing given"
    last = max(event.period.cycle for event in dated.course.events)
    yield _heading(1, f"{title}, cycle {cycle} of {last}", scale)
    yield _text(f"Patient: {patient}. {choice.reason}.", scale)
    for line in told:
        yield _text(line, scale, "told")
    yield _Part(_timeline(dated, cycle), 19.2 + 3.6 * scale)
    yield from _due_and_happened(dated, cycle, scale)
    for line in off_hours(replace(dated, cycle=cycle)):
        yield _text(line, scale)
    yield from _bags(dated, cycle, scale)
    yield _text(f"Times are local in {dated.clock.zone}. blinplan {__version__}. {NOT_A_DEVICE}", scale, "small")


def _heading(level: int, text: str, scale: float) -> _Part:
    return _Part(f"<h{level}>{shown(text)}</h{level}>", 9.8 * scale * _lines(text, scale, 70))


def _text(text: str, scale: float, kind: str = "", letters: int = _LETTERS) -> _Part:
    return _Part(paragraph(text, kind), (_lines(text, scale, letters) * _LINE + 0.9) * scale)


def _lines(text: str, scale: float, letters: int) -> int:
    """In how many lines a text is set, where one of 10 pt has so many letters."""
    return 1 + int(len(text) // (letters / scale))


def _due_and_happened(dated: Dated, cycle: int, scale: float) -> Iterator[_Part]:
    """What is due in a cycle, and beside it what happened, where anything did."""
    due = [entry for entry in dated.shown() if entry.cycle == cycle and entry.due is not Due.BAG]
    rows = [(moment(dated.clock.at(entry.start)), what(dated, entry)) for entry in due]
    happened = [entry for entry in dated.ledger.interruptions if entry.interruption.cycle == cycle]
    left = [
        _heading(2, "What is due", scale),
        _table(("When", "What"), ("w", ""), rows, scale, narrow=bool(happened)),
    ]
    if not happened:
        yield from left
        return
    right = [_heading(2, "What happened, and what the label asks", scale), *_ledger(dated, happened, scale)]
    pair = "".join(f"<div>{''.join(part.html for part in side)}</div>" for side in (left, right))
    yield _Part(f'<div class="pair">{pair}</div>', max(sum(part.height for part in side) for side in (left, right)))


_HALF = 62
"""Letters in a line of half the width, at 0.85 of the size."""


def _ledger(dated: Dated, happened: Sequence[LedgerEntry], scale: float) -> Iterator[_Part]:
    """What happened in a cycle, and what the label asks of it."""
    for entry in happened:
        yield _text(interrupted(dated, entry), scale, "small", _HALF)
        lines = [*(decided(dated, entry, decision) for decision in entry.decisions), f"so {entry.resumed}"]
        height = _SMALL_LINE * sum(_lines(line, scale, _HALF - 4) for line in lines) + 1
        yield _Part(f'<div class="small">{items(lines)}</div>', height * scale)
    sources = dict.fromkeys(cited(decision) for entry in happened for decision in entry.decisions)
    yield _text(f"Sources: {'; '.join(sources)}.", scale, "small", _HALF)


def _bags(dated: Dated, cycle: int, scale: float) -> Iterator[_Part]:
    if dated.site is None:
        return
    of_cycle = {entry.bag for entry in dated.entries if entry.bag is not None and entry.cycle == cycle}
    bags = [(number, bag) for number, bag in dated.shown_bags() if bag in of_cycle]
    lines = [bag_line(dated, number, bag) for number, bag in bags]
    # A column in which nothing is known says less than the sentence below the table.
    kept = [field for field in fields(BagLine) if any(getattr(line, field.name) != "-" for line in lines)]
    heads = tuple(getattr(HEADS, field.name) for field in kept)
    kinds = tuple("w" if field.name in {"hung", "down"} else "n" for field in kept)
    yield _heading(2, "Bags", scale)
    yield _table(heads, kinds, [tuple(getattr(line, field.name) for field in kept) for line in lines], scale)
    yield _text(sums(dated), scale)
    for line in (*bags_not_evaluated(dated, [bag for _, bag in bags]), *shortages(dated)):
        yield _text(line, scale)
    yield _text(bag_sources(dated), scale, "small")


# Letters of a table's rows, by how many there are, and how high a row is, without the line below it.
_FEW_COLUMNS = 8
"""Columns that there is room for in letters that are not small."""
_ROWS = ((10, "", 5.8), (20, "dense", 4.9), (None, "tight", 3.8))


def _table(
    heads: tuple[str, ...],
    kinds: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    scale: float,
    *,
    narrow: bool = False,
) -> _Part:
    """A table, in smaller letters the more rows it has; a narrow one has half the width."""
    crowded = narrow or len(heads) > _FEW_COLUMNS
    classes, height = next(
        (classes, height) for most, classes, height in _ROWS if most is None or (len(rows) <= most and not crowded)
    )
    wraps = sum(_lines(row[-1], scale, 44 if narrow else 78) for row in rows)
    return _Part(table(heads, kinds, rows, classes=classes), height * scale * (wraps + 1) + 0.2 * len(rows) + 2 * scale)


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
