"""A dated plan to print: each cycle on paper of its own, in black and white, with the course drawn as a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from blinplan.course.bags.bag import Bag
from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.eligibility import Choice
from blinplan.course.events import INTERRUPTED, Event
from blinplan.course.happened.ledger import LedgerEntry
from blinplan.course.remarks import Remark, shown_remarks
from blinplan.label.label import FollowedLabel
from blinplan.label.read import label_of
from blinplan.reports.plan.bags.bag_list import (
    HEADS,
    BagLine,
    bag_line,
    bag_sources,
    sum_text,
)
from blinplan.reports.plan.bags.preparation import preparation_line
from blinplan.reports.plan.dated_plan import entry_text, hangs, when_text
from blinplan.reports.plan.dated_remarks import remarks_of_days
from blinplan.reports.plan.followed import label_line
from blinplan.reports.plan.ledger import decision_text, interruption_text, source_of_decision
from blinplan.reports.plan.paper.heading import Heading
from blinplan.reports.plan.paper.plain_words import plain_words
from blinplan.reports.plan.remarks import stands_above
from blinplan.reports.plan.things_due import cycle_marks
from blinplan.reports.shared.page import PageColumn, PageTable, page_table, render
from blinplan.reports.shared.timeline import Bar, LineOfTime, timeline
from blinplan.reports.shared.words import CAUTIONS, amount_text, known_figures
from blinplan.version import __version__


@dataclass(frozen=True, slots=True)
class PrintedStop:
    """An interruption in words, and what the label asks of it, a line each."""

    text: str
    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedBag:
    """A bag with what is to be known when it is hung, for those who prepare, check, hang and take it down to sign."""

    number: int
    dose: str
    pump: str
    hung: str
    down: str
    hang_by: str
    down_by: str


@dataclass(frozen=True, slots=True)
class PrintedBags:
    """The bags of a cycle, and what has to be known of them."""

    table: PageTable
    lines: tuple[str, ...]
    sources: str
    signed: tuple[SignedBag, ...]


@dataclass(frozen=True, slots=True)
class PrintedCycle:
    """What stands on the paper of a cycle."""

    number: int
    marks: str
    course: LineOfTime
    due: PageTable
    given: tuple[str, ...]
    stops: tuple[PrintedStop, ...]
    sources: tuple[str, ...]
    below: tuple[str, ...]
    bags: PrintedBags | None


def ward_page(
    dated: Dated,
    choice: Choice,
    label: FollowedLabel,
    remarks: Sequence[Remark],
    other_bags: Sequence[Remark],
    head: Heading,
    plan_id: str | None,
) -> str:
    """Write a plan as one HTML page without anything from elsewhere.

    ``remarks`` stand on the paper of every cycle, and the names of the plan and of the cycle on every sheet of it: of
    the whole course above what is to be done, and below it what nobody could say.
    ``other_bags`` is what `other_bags_remarks` says, asked once for all cycles.
    """
    regimen = dated.course.regimen
    below = [remark for remark in remarks if not stands_above(remark)]
    cycles = sorted({entry.cycle for entry in dated.shown_entries()}) or [_cycle_of_days(dated)]
    return render(
        "plan.html",
        title=f"{regimen.name}: {regimen.title}" + ("" if plan_id is None else f", plan {plan_id}"),
        heading=head,
        last=max(event.period.cycle for event in dated.course.events),
        patient=", ".join(known_figures(dated.course.patient)) or "nothing given",
        reason=choice.reason,
        label=label_line(dated.course, label),
        remarks=[plain_words(remark.text) for remark in remarks if stands_above(remark)],
        cycles=[_cycle(dated, cycle, below, other_bags) for cycle in cycles],
        zone=dated.clock.zone,
        version=__version__,
        cautions=CAUTIONS,
    )


def _cycle_of_days(dated: Dated) -> int:
    """The cycle on whose page it is said that nothing is due on the days that are asked for."""
    periods = [event.period for event in dated.course.events]
    last_day = dated.last or dated.first
    begun = [period.cycle for period in periods if last_day and dated.clock.at(period.start).date() <= last_day]
    return dated.cycle or (begun or [periods[0].cycle])[-1]


def _cycle(dated: Dated, cycle: int, below: Sequence[Remark], other_bags: Sequence[Remark]) -> PrintedCycle:
    stops = [entry for entry in dated.ledger.interruptions if entry.interruption.cycle == cycle]
    numbers = label_of(dated.course.regimen).numbers
    return PrintedCycle(
        cycle,
        cycle_marks(dated.course, cycle),
        _course(dated, cycle),
        _due(dated, cycle),
        tuple(_past_doses(dated, cycle)),
        tuple(_stop(dated, entry) for entry in stops),
        tuple(dict.fromkeys(source_of_decision(decision, numbers) for entry in stops for decision in entry.decisions)),
        tuple(plain_words(remark.text) for remark in _below(replace(dated, cycle=cycle), below, other_bags)),
        _bags(dated, cycle),
    )


def _below(of_cycle: Dated, remarks: Sequence[Remark], other_bags: Sequence[Remark]) -> tuple[Remark, ...]:
    """What has to be known of a cycle and nobody could say, or that is of its days and bags."""
    return shown_remarks([*remarks, *remarks_of_days(of_cycle, other_bags)], of_cycle)


def _due(dated: Dated, cycle: int) -> PageTable:
    """What is due in a cycle, its bags and what is past and was not planned aside."""
    listed = (entry for entry in dated.shown_entries() if entry.cycle == cycle and entry.bag is None)
    entries = (entry for entry in listed if not _is_past(dated, entry))
    rows = ((when_text(dated, entry), entry_text(dated, entry)) for entry in entries)
    return page_table("What is due", (PageColumn("When", "w"), PageColumn("What")), rows)


def _past_doses(dated: Dated, cycle: int) -> Iterator[str]:
    """What wrong bags gave in a cycle, and where none hung."""
    for entry in dated.shown_entries():
        if entry.cycle == cycle and _is_past(dated, entry):
            yield f"{when_text(dated, entry)}: {entry_text(dated, entry)}"


def _is_past(dated: Dated, entry: Entry) -> bool:
    """Whether it is that another dose was given than was ordered, which is a fact and not due."""
    event = entry.event
    return event is not None and event.period.instead_of is not None and not hangs(dated, event)


def _stop(dated: Dated, entry: LedgerEntry) -> PrintedStop:
    decisions = (decision_text(dated, entry, decision) for decision in entry.decisions)
    return PrintedStop(interruption_text(dated, entry), (*decisions, f"so {entry.resumed}"))


def _bags(dated: Dated, cycle: int) -> PrintedBags | None:
    if dated.site is None:
        return None
    of_cycle = {entry.bag for entry in dated.entries if entry.due is Due.BAG and entry.cycle == cycle}
    bags = [(number, bag) for number, bag in dated.shown_bags() if bag in of_cycle]
    signed = tuple(signed_bag(dated, number, bag) for number, bag in bags if not bag.is_of_the_past)
    return PrintedBags(_bag_table(dated, bags), (sum_text(dated),), bag_sources(dated), signed)


def signed_bag(dated: Dated, number: int, bag: Bag) -> SignedBag:
    """Write a bag of a plan that has a site, with its times; what nobody has said is a line to write on."""
    line, keeps = bag_line(dated, number, bag), preparation_line(dated, number, bag)
    pump = "" if line.rate == "-" else f"{line.rate} mL/h"
    return SignedBag(
        number, f"{amount_text(bag.rate)} mcg/day", pump, line.hung, line.down, keeps.hang_by, keeps.down_by
    )


def _bag_table(dated: Dated, bags: Sequence[tuple[int, Bag]]) -> PageTable:
    lines = [bag_line(dated, number, bag) for number, bag in bags]
    # A column in which nothing is known says less than the sentence below the table.
    names = [field.name for field in fields(BagLine) if any(getattr(line, field.name) != "-" for line in lines)]
    columns = (PageColumn(getattr(HEADS, name), _BAG_CLASSES.get(name, "n")) for name in names)
    return page_table("Bags", columns, ([getattr(line, name) for name in names] for line in lines))


_BAG_CLASSES = {"hung": "w", "down": "w", "lasts": "n w", "left": "n w"}


def _course(dated: Dated, cycle: int) -> LineOfTime:
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
        yield Bar(period.start, period.stop, float(event.rate) / highest, amount_text(event.rate) if own else "", own)
    elif period.cycle_name == INTERRUPTED:
        yield Bar(period.start, period.stop, None, "", dark=True)
