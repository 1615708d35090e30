"""A dated plan to print: a page a cycle, in black and white, on A4 or Letter paper, with the course drawn as a line."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from html import escape

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.eligibility import Choice
from blinplan.course.events import Event
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
h1 { font-size: 14pt; margin: 0 0 2mm; }
h2 { font-size: 11pt; margin: 4mm 0 1mm; }
p { margin: 0 0 1mm; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.6mm 2mm 0.6mm 0; border-bottom: 0.2mm solid #999; }
th { border-bottom: 0.4mm solid #000; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.w { white-space: nowrap; }
tr { break-inside: avoid; }
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
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>\n'
        f"<body>\n{pages}\n</body></html>\n"
    )


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
            *(f"<p>{escape(line)}</p>" for line in off_hours(replace(dated, cycle=cycle))),
            *_ledger(dated, cycle),
            *_bags(dated, cycle),
            f"<footer>Times are local in {escape(str(dated.clock.zone))}. {escape(NOT_A_DEVICE)}</footer></section>",
        ]
    )


def _due_row(dated: Dated, entry: Entry) -> tuple[str, str]:
    return moment(dated.clock.at(entry.start)), what(dated, entry)


def _bags(dated: Dated, cycle: int) -> Iterator[str]:
    if dated.site is None:
        return
    of_cycle = {entry.bag for entry in dated.entries if entry.bag is not None and entry.cycle == cycle}
    bags = [(number, bag) for number, bag in dated.shown_bags() if bag in of_cycle]
    lines = [bag_line(dated, number, bag) for number, bag in bags]
    # A column in which nothing is known says less than the sentence below the table.
    kept = [field for field in fields(BagLine) if any(getattr(line, field.name) != "-" for line in lines)]
    heads = tuple(getattr(HEADS, field.name) for field in kept)
    kinds = tuple("w" if field.name in {"hung", "down"} else "n" for field in kept)
    yield "<h2>Bags</h2>"
    yield _table(heads, kinds, [tuple(getattr(line, field.name) for field in kept) for line in lines])
    yield f"<p>{escape(sums(dated))}</p>"
    for line in (*bags_not_evaluated(dated, [bag for _, bag in bags]), *shortages(dated)):
        yield f"<p>{escape(line)}</p>"
    yield f"<p>{escape(bag_sources(dated))}</p>"


def _ledger(dated: Dated, cycle: int) -> Iterator[str]:
    """What happened in a cycle, and what the label asks of it."""
    happened = [entry for entry in dated.ledger.interruptions if entry.interruption.cycle == cycle]
    if not happened:
        return
    yield "<h2>Interruptions</h2>"
    for entry in happened:
        yield f"<p><b>{escape(interrupted(dated, entry))}</b></p>"
        for decision in entry.decisions:
            yield f"<p>{escape(decided(dated, entry, decision))} <small>{escape(cited(decision))}</small></p>"
        yield f"<p>So {escape(entry.resumed)}.</p>"


def _table(heads: tuple[str, ...], kinds: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    def cells(tag: str, texts: tuple[str, ...]) -> str:
        return "".join(f'<{tag} class="{kind}">{escape(text)}</{tag}>' for kind, text in zip(kinds, texts, strict=True))

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    kind = ' class="tight"' if len(rows) > 20 else ' class="dense"' if len(rows) > 10 else ""
    return f"<table{kind}><thead><tr>{cells('th', heads)}</tr></thead><tbody>\n{body}\n</tbody></table>"


_WIDTH, _HEIGHT, _BASE = 720, 74, 52


def _timeline(dated: Dated, cycle: int) -> str:
    """Draw the whole course as bars as high as the dose, the cycle of the page in black."""
    events = dated.course.events
    end = events[-1].period.stop
    highest = max(event.rate for event in events)
    bars = "".join(_bar(event, cycle, end, float(highest)) for event in events)
    starts = [entry.start for entry in dated.entries if entry.due is Due.START]
    place = f'y="{_BASE + 16}" font-size="9"'
    marks = "".join(f'<text x="{_x(at, end):.1f}" {place}>{dated.clock.at(at):%d %b}</text>' for at in starts)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="The course over time">'
        f'<line x1="0" y1="{_BASE}" x2="{_WIDTH}" y2="{_BASE}" stroke="#000"/>{bars}{marks}</svg>'
    )


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
