"""A dated plan to print: a page a cycle, in black and white, on A4 or Letter paper, with the course drawn as a line."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from html import escape
from typing import NamedTuple

from blinplan.course.calendar import Due
from blinplan.course.dated import Dated
from blinplan.course.eligibility import Choice
from blinplan.course.events import Event
from blinplan.course.ledger import LedgerEntry
from blinplan.course.replan import INTERRUPTED
from blinplan.reports.bag_list import HEADS, BagLine, bag_line, bag_sources, bags_not_evaluated, shortages, sums
from blinplan.reports.dated_plan import moment, off_hours, what
from blinplan.reports.ledger import cited, decided, interrupted
from blinplan.reports.plan import NOT_A_DEVICE, known_of, rounded
from blinplan.reports.screen import visible

_STYLE = """
@page { margin: 12mm; }
* { box-sizing: border-box; }
body { font: 10pt/1.3 sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 186mm; }
section { break-after: page; }
section:last-child { break-after: auto; }
h1 { font-size: 1.4em; margin: 0 0 0.5em; }
h2 { font-size: 1.1em; margin: 0.9em 0 0.3em; }
p { margin: 0 0 0.25em; }
ul { margin: 0 0 0.25em; padding-left: 1.4em; }
table { border-collapse: collapse; width: 100%; margin-bottom: 0.4em; }
th, td { text-align: left; vertical-align: top; padding: 0.16em 0.5em 0.16em 0; border-bottom: 0.2mm solid #999; }
th { border-bottom: 0.4mm solid #000; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.w { white-space: nowrap; }
tr { break-inside: avoid; }
table.dense { font-size: 0.85em; }
table.tight { font-size: 0.75em; }
table.tight td { padding: 0.05em 0.5em 0.05em 0; }
.small { font-size: 0.85em; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1em; }
.pair h2 { margin-top: 0.4em; }
svg { width: 100%; height: auto; display: block; margin: 0.5em 0; }
"""


class _Part(NamedTuple):
    """A part of a page, and how high it is on paper, in mm."""

    html: str
    height: float


def html(dated: Dated, choice: Choice) -> str:
    """Write a plan as one HTML page without anything from elsewhere."""
    title = f"{visible(dated.course.regimen.name)}: {visible(dated.course.regimen.title)}"
    cycles = sorted({entry.cycle for entry in dated.shown()})
    pages = "\n".join(_page(dated, choice, title, cycle) for cycle in cycles)
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>\n'
        f"<body>\n{pages}\n</body></html>\n"
    )


_PAGE = 252.0
"""What a page of Letter paper holds in mm, which is less high than A4."""
_SMALLEST = 0.55
"""The least part of 10 pt that is tried; whatever does not fit then takes a second page."""
_LINE, _SMALL_LINE, _LETTERS = 4.6, 3.9, 105
"""How high a line of letters of 10 pt is in mm, one of small letters, and how many letters are in a line of 186 mm."""


def _page(dated: Dated, choice: Choice, title: str, cycle: int) -> str:
    """A page of a cycle, in letters as small as they must be for it to be one page of paper."""
    scale = 1.0
    parts = list(_parts(dated, choice, title, cycle, scale))
    while sum(part.height for part in parts) > _PAGE and scale > _SMALLEST:
        scale -= 0.02
        parts = list(_parts(dated, choice, title, cycle, scale))
    return f'<section style="font-size: {10 * scale:.1f}pt">' + "\n".join(part.html for part in parts) + "</section>"


def _parts(dated: Dated, choice: Choice, title: str, cycle: int, scale: float) -> Iterator[_Part]:
    patient = ", ".join(known_of(dated.course.patient)) or "nothing given"
    yield _heading(1, f"{title}, cycle {cycle}", scale)
    yield _text(f"Patient: {patient}. {choice.reason}.", scale)
    yield _timeline(dated, cycle, scale)
    yield from _due_and_happened(dated, cycle, scale)
    for line in off_hours(replace(dated, cycle=cycle)):
        yield _text(line, scale)
    yield from _bags(dated, cycle, scale)
    yield _text(f"Times are local in {dated.clock.zone}. {NOT_A_DEVICE}", scale, "small")


def _heading(level: int, text: str, scale: float) -> _Part:
    lines = 1 + int(len(text) // (70 / scale))
    return _Part(f"<h{level}>{escape(text)}</h{level}>", 9.8 * scale * lines)


def _text(text: str, scale: float, kind: str = "", letters: int = _LETTERS) -> _Part:
    shown = f' class="{kind}"' if kind else ""
    return _Part(f"<p{shown}>{escape(text)}</p>", (_lines(text, scale, letters) * _LINE + 0.9) * scale)


def _lines(text: str, scale: float, letters: int) -> int:
    """In how many lines a text is set."""
    return 1 + int(len(text) // (letters / scale))


def _due_and_happened(dated: Dated, cycle: int, scale: float) -> Iterator[_Part]:
    """What is due in a cycle, and beside it what happened, where anything did."""
    due = [entry for entry in dated.shown() if entry.cycle == cycle and entry.due is not Due.BAG]
    rows = [(moment(dated.clock.at(entry.start)), what(dated, entry)) for entry in due]
    happened = [entry for entry in dated.ledger.interruptions if entry.interruption.cycle == cycle]
    left = [_heading(2, "What is due", scale), _table(("When", "What"), ("w", ""), rows, scale, narrow=bool(happened))]
    if not happened:
        yield from left
        return
    right = [_heading(2, "What happened, and what the label asks", scale), *_ledger(dated, happened, scale)]
    sides = ("".join(part.html for part in side) for side in (left, right))
    pair = "".join(f"<div>{side}</div>" for side in sides)
    yield _Part(f'<div class="pair">{pair}</div>', max(sum(part.height for part in side) for side in (left, right)))


_HALF = 62
"""Letters in a line of half the width, at 0.85 of the size."""


def _ledger(dated: Dated, happened: Sequence[LedgerEntry], scale: float) -> Iterator[_Part]:
    """What happened in a cycle, and what the label asks of it."""
    for entry in happened:
        yield _text(interrupted(dated, entry), scale, "small", _HALF)
        lines = [*(decided(dated, entry, decision) for decision in entry.decisions), f"so {entry.resumed}"]
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        height = _SMALL_LINE * sum(_lines(line, scale, _HALF - 4) for line in lines) + 1
        yield _Part(f'<ul class="small">{items}</ul>', height * scale)
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

    def cells(tag: str, texts: tuple[str, ...]) -> str:
        return "".join(f'<{tag} class="{kind}">{escape(text)}</{tag}>' for kind, text in zip(kinds, texts, strict=True))

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    kind, height = next(
        (kind, height) for most, kind, height in _ROWS if most is None or (len(rows) <= most and not narrow)
    )
    wraps = sum(_lines(row[-1], scale, 44 if narrow else 78) for row in rows)
    shown = f' class="{kind}"' if kind else ""
    html = f"<table{shown}><thead><tr>{cells('th', heads)}</tr></thead><tbody>\n{body}\n</tbody></table>"
    return _Part(html, height * scale * (wraps + 1) + 0.2 * len(rows) + 2 * scale)


_WIDTH, _HEIGHT, _BASE = 720, 74, 52


def _timeline(dated: Dated, cycle: int, scale: float) -> _Part:
    """Draw the whole course as bars as high as the dose, the cycle of the page in black."""
    events = dated.course.events
    end = events[-1].period.stop
    highest = max(event.rate for event in events)
    bars = "".join(_bar(event, cycle, end, float(highest)) for event in events)
    starts = [entry.start for entry in dated.entries if entry.due is Due.START]
    place = f'y="{_BASE + 16}" font-size="9"'
    marks = "".join(f'<text x="{_x(at, end):.1f}" {place}>{dated.clock.at(at):%d %b}</text>' for at in starts)
    drawn = (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="The course over time">'
        f'<line x1="0" y1="{_BASE}" x2="{_WIDTH}" y2="{_BASE}" stroke="#000"/>{bars}{marks}</svg>'
    )
    return _Part(drawn, 19.2 + 3.6 * scale)


def _x(minute: int, end: int) -> float:
    return _WIDTH * minute / end


def _bar(event: Event, cycle: int, end: int, highest: float) -> str:
    period = event.period
    left, width = _x(period.start, end), _x(period.stop, end) - _x(period.start, end)
    if period.dose is None:
        if period.cycle_name != INTERRUPTED:
            return ""
        line = f'x1="{left:.1f}" y1="{_BASE - 6}" x2="{left + width:.1f}" y2="{_BASE - 6}"'
        return f'<line {line} stroke="#000" stroke-dasharray="2 2"/>'
    height = 40 * float(event.rate) / highest
    top, own = _BASE - height, period.cycle == cycle
    rate = f'<text x="{left + 1:.1f}" y="{top - 3:.1f}" font-size="9">{escape(rounded(event.rate))}</text>'
    box = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {box} fill="{"#000" if own else "#bbb"}"/>{rate if own else ""}'
