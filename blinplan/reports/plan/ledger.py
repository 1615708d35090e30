"""What happened to a course and what was decided of it, each decision with its source."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from blinplan.course.dated import Dated
from blinplan.course.happened.interruption import Decision, Topic
from blinplan.course.happened.ledger import LedgerEntry
from blinplan.course.happened.ledger_document import ledger_data
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.drawing.draw import indent
from blinplan.label.read import label_of
from blinplan.limits import Limits
from blinplan.outside_text import visible
from blinplan.quantities import duration_text, plural
from blinplan.reports.plan.bags.hung import cause_text, wrong_doses_json
from blinplan.reports.shared.words import moment_text, moments_text

if TYPE_CHECKING:
    from rich.console import RenderableType


def ledger_report(dated: Dated) -> "list[RenderableType]":
    """Tell of every interruption, what the label asks, who says so, how the plan goes on, and which bags are known.

    What the remarks say is not said again.
    """
    ledger = dated.ledger
    if not (ledger.interruptions or ledger.bags):
        return []
    parts: list[RenderableType] = ["", Text("Ledger", "title")]
    for entry in dated.ledger.interruptions:
        parts.append(Text(interruption_text(dated, entry)))
        for decision in entry.decisions:
            parts.append(indent(decision_text(dated, entry, decision)))
            parts.append(
                Padding(
                    Text(source_of_decision(decision, label_of(dated.course.regimen).numbers), "quiet"), (0, 0, 0, 4)
                )
            )
        parts.append(indent(f"so {visible(entry.resumed)}"))
    return [*parts, *map(Text, _bags_on_record(dated))]


def _bags_on_record(dated: Dated) -> Iterator[str]:
    """Say how many bags are on record."""
    bags = dated.ledger.bags
    if bags:
        still = bags[-1].stop is None and dated.ledger.end is None
        hangs = f"; the last hangs since {moment_text(dated.clock.at(bags[-1].start))}" if still else ""
        yield f"{len(bags)} {plural('bag', len(bags))} on record{hangs}."


def starts_and_closures(dated: Dated) -> Iterator[Remark]:
    """Say when later cycles begin and why then, and on which days it is known that nothing is begun or changed."""
    yield from _starts_of_cycles(dated)
    for closed in dated.ledger.closures:
        start, stop = (dated.clock.midnight(day) for day in (closed.first, closed.last + timedelta(days=1)))
        yield Remark(
            f"Closed from {closed.first:%a %Y-%m-%d} to {closed.last:%a %Y-%m-%d}: {visible(closed.why)}.",
            RemarkKind.TOLD,
            cycle=_only_cycle(dated, start, stop),
            start=start,
            stop=stop,
        )


def _only_cycle(dated: Dated, start: int, stop: int) -> int | None:
    """The cycle that a stretch lies in; None where it is in several, or in none."""
    periods = (event.period for event in dated.course.events)
    cycles = {period.cycle for period in periods if period.start < stop and start < period.stop}
    return cycles.pop() if len(cycles) == 1 else None


def interruption_text(dated: Dated, entry: LedgerEntry) -> str:
    """Say when an infusion stopped and started again, and why."""
    at = dated.clock.at(entry.stopped)
    if entry.restarted is None:
        stopped, until = moment_text(at), "not restarted"
    else:
        stopped, again = moments_text(at, dated.clock.at(entry.restarted))
        until = f"until {again} ({duration_text(entry.restarted - entry.stopped)})"
    same = "; the same bag went on" if entry.interruption.same_bag else ""
    return f"{stopped} {until}: {cause_text(entry)}, cycle {entry.interruption.cycle}{same}"


def decision_text(dated: Dated, entry: LedgerEntry, decision: Decision) -> str:
    """Write a question with its answer, and the time that the answer comes to."""
    at: int | None = None
    if decision.question is Topic.ESCALATION and decision.after is not None and entry.restarted is not None:
        clock = dated.days
        at = clock.after(clock.at(entry.restarted), decision.after, infused=True).minute
    if decision.question is Topic.WAIT and decision.wait:
        at = entry.stopped + decision.wait
    not_before = "not before " * (decision.question is Topic.WAIT)
    when = "" if at is None else f" ({not_before}{moment_text(dated.clock.at(at))})"
    return f"{decision.question}: {visible(decision.answer)}{when}"


def source_of_decision(decision: Decision, numbers: Limits) -> str:
    """Name the source of a decision, from the numbers of the label that was asked."""
    return "; ".join(dict.fromkeys(_citations(decision, numbers)))


def _citations(decision: Decision, numbers: Limits) -> list[str]:
    return [numbers[name].citation for name in decision.limits if name in numbers]


def _starts_of_cycles(dated: Dated) -> Iterator[Remark]:
    """Say when the cycles begin of which that is on record, or that begin later than they could, and why."""
    for cycle in dated.ledger.starts:
        at_once = cycle.start == cycle.earliest
        start, earliest = moments_text(dated.clock.at(cycle.start), dated.clock.at(cycle.earliest))
        could = "" if at_once else f"; the earliest was {earliest}"
        left_out = at_once and not cycle.recorded  # a plan that cannot be kept
        yield Remark(
            f"Cycle {cycle.cycle} starts {start}{could}: {visible(cycle.why)}.",
            RemarkKind.WARNING if left_out or cycle.early else RemarkKind.TOLD,
            cycle=cycle.cycle,
            start=cycle.start,
            stop=cycle.start,
        )


def ledger_json(dated: Dated) -> dict[str, Any]:
    """Write the ledger so that a plan can be made from it again, with local times and sources beside its minutes."""
    data, numbers = ledger_data(dated.ledger), label_of(dated.course.regimen).numbers
    if dated.ledger.end is not None:
        data["end"]["at"] = dated.clock.at(dated.ledger.end.minute).isoformat()
    data["wrong_bags"] = wrong_doses_json(dated)
    for hung, bag in zip(data["bags"], dated.ledger.bags, strict=True):
        hung["hung"] = dated.clock.at(bag.start).isoformat()
        hung["taken_down"] = None if bag.stop is None else dated.clock.at(bag.stop).isoformat()
    for written, entry in zip(data["interruptions"], dated.ledger.interruptions, strict=True):
        written["stopped"] = dated.clock.at(entry.stopped).isoformat()
        written["restarted"] = None if entry.restarted is None else dated.clock.at(entry.restarted).isoformat()
        for answer, decision in zip(written["decisions"], entry.decisions, strict=True):
            answer["sources"] = _citations(decision, numbers)
    return data
