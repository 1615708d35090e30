"""The dated plan: a course on the calendar, and what is due when."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from blinplan.course.calendar import Due, Entry, changed_days
from blinplan.course.dated import Dated
from blinplan.course.events import Event
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.label.read import label_of
from blinplan.outside_text import visible
from blinplan.quantities import Basis, duration_text, hours_text
from blinplan.reports.plan.premedication import due_text
from blinplan.reports.plan.things_due import cycle_text, entry_of_thing_text, reason_of_no_interval
from blinplan.reports.shared.words import (
    amount_text,
    block_marks,
    moment_beside,
    moment_text,
    moments_text,
    ordered_text,
)
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


def agenda_report(dated: Dated, screen: Screen) -> "list[RenderableType]":
    """Draw what is due, one line each."""
    table = screen.table()
    table.add_column("When", no_wrap=True)
    table.add_column("Day", justify="right", no_wrap=True)
    table.add_column("Cycle", justify="right")
    table.add_column("What", overflow="fold")
    for entry in listed_entries(dated):
        table.add_row(
            when_text(dated, entry),
            str(day_of_course(dated, entry)),
            cycle_text(dated.course, entry.cycle),
            Text(entry_text(dated, entry), _STYLES.get(entry.due, "")),
        )
    supervised = any(entry.due is Due.SUPERVISION for entry in dated.shown_entries())
    limit = label_of(dated.course.regimen).numbers.get("supervision_again") if supervised else None
    source = [] if limit is None else [Text(f"Supervision: {limit.citation}.", "quiet")]
    return [table, *source, zone_line(dated)]


def listed_entries(dated: Dated) -> Iterator[Entry]:
    """What a list of what is due shows; a bag that is prepared when it is hung has one line."""
    for entry in dated.shown_entries():
        if entry.due is not Due.PREPARATION or (entry.bag is not None and entry.start != entry.bag.start):
            yield entry


_STYLES = {
    Due.START: "title",
    Due.STEP: "title",
    Due.RESTART: "title",
    Due.INTERRUPTION: "warning",
    Due.NEXT_CYCLE: "quiet",
}


def clock_changes(dated: Dated) -> Iterator[Remark]:
    """Tell of each day of infusion that has more or less than 24 hours what is infused in it, and what that changes."""
    for day in changed_days(dated.course, dated.days):
        forth, more = ("back", "more") if day.more > 0 else ("forward", "less")
        travels = dated.is_of_journey(day)
        changed, what = ("The patient travels", "journey") if travels else (f"The clock is put {forth}", "change")
        since, until = moments_text(dated.clock.at(day.start), dated.clock.at(day.stop))
        text = (
            f"{changed} in cycle {day.cycle}: from {since} to {until} are"
            f" {hours_text(day.stop - day.start)}, in which {amount_text(day.micrograms)} mcg are infused,"
            f" {amount_text(abs(day.micrograms_more))} mcg {more} than without the {what}."
        )
        yield Remark(text, RemarkKind.TOLD, cycle=day.cycle, start=day.start, stop=day.stop)


def total_of_clock_changes(dated: Dated) -> Iterator[Remark]:
    """Tell how much more or less a course with days of other lengths has, where it has any."""
    changed = list(changed_days(dated.course, dated.days))
    if not changed:
        return
    total = sum((day.micrograms_more for day in changed), Fraction(0))
    amount = f"{amount_text(abs(total))} mcg {'more' if total > 0 else 'less'} than" if total else "as much as"
    travelled = {dated.is_of_journey(day) for day in changed}
    reasons = {True: "the patient travels", False: "the clock is changed"}
    why = " and ".join(reason for travels, reason in reasons.items() if travels in travelled)
    yield Remark(f"Because {why}, the course has {amount} in days of 24 hours.", RemarkKind.TOLD)


def day_of_course(dated: Dated, entry: Entry) -> int:
    """The day of the course from its first infusion; of premedication, that of the infusion it belongs to.

    There is no day 0: the day before the first is day -1.
    """
    day = dated.clock.day(entry.start if entry.premedication is None else entry.premedication.infusion)
    return day - 1 if day < 1 else day


def when_text(dated: Dated, entry: Entry) -> str:
    """Write when an entry is due: its moment, or its day where it is due on whole days."""
    start = dated.clock.at(entry.start)
    return moment_text(start) if entry.thing is None else f"{start:%a %Y-%m-%d}"


def zone_line(dated: Dated) -> Text:
    """Say in which zone the times are, and what a day is."""
    return Text(f"{zones_text(dated)} Day 1 is the day of the first infusion.", "quiet")


def zones_text(dated: Dated) -> str:
    """Say in which zones times are, and from when on."""
    places = [(minute, "") for minute, _ in dated.clock.moves]
    if dated.site is not None:
        places = [(place.minute, f" ({visible(place.site.name)})") for place in dated.site.later]
    later = [
        f", and from {moment_text(dated.clock.at(minute))} in {dated.clock.zone_at(minute)}{name}"
        for minute, name in places
    ]
    elsewhere = any(str(zone) != str(dated.clock.zone) for _, zone in dated.clock.moves)
    by_first = f" {_counted_by(dated)}" if elsewhere else ""
    return f"Times are local in {dated.clock.zone}{''.join(later)}.{by_first}"


def _counted_by(dated: Dated) -> str:
    """Say by which clock a plan over several time zones is counted."""
    if not dated.ledger.moves:
        return f"Doses change and intervals are counted by the clock of {dated.clock.zone}."
    return "Doses change at the same hour by the clock of each place."


def entry_text(dated: Dated, entry: Entry) -> str:
    """Say what an entry is."""
    if entry.due in _INFUSION and entry.event is not None:
        return _infusion(dated, entry.due, entry.event)
    if entry.thing is not None:
        return entry_of_thing_text(dated, entry)
    if entry.bag is not None:
        from blinplan.reports.plan.bags.words import bag_text, preparation_text

        preparing = entry.due is Due.PREPARATION
        return preparation_text(dated, entry.bag) if preparing else f"hang {bag_text(dated, entry.bag)}"
    return {
        Due.PREMEDICATION: _premedication(dated, entry),
        Due.INTERRUPTION: _stop_text(entry),
        Due.STOP: _end_text(dated, entry),
        Due.HOSPITAL: f"in hospital until {moment_beside(dated.clock.at(entry.stop), dated.clock.at(entry.start))}",
        Due.SUPERVISION: "supervised by a health professional, or in hospital",
        Due.NEXT_CYCLE: _next_cycle(dated, entry.cycle),
    }[entry.due]


def _stop_text(entry: Entry) -> str:
    """Say for how long nothing was infused, and why where that is a bag that lacked."""
    lack = None if entry.event is None else entry.event.period.lack
    return f"{lack or 'infusion stopped'} for {duration_text(entry.stop - entry.start)}"


def _premedication(dated: Dated, entry: Entry) -> str:
    """Say which premedication is due, and where the record says that it was not given."""
    due = entry.premedication
    if due is None:
        return ""
    answers = [stop.interruption.premedicated for stop in dated.ledger.interruptions if stop.restarted == due.infusion]
    not_given = " (not given, the record says)" if False in answers else ""
    return f"{due_text(due, moment_beside(dated.clock.at(due.stop), dated.clock.at(due.start)))}{not_given}"


def _end_text(dated: Dated, entry: Entry) -> str:
    """Say what ends an infusion: its plan, or what happened."""
    last = dated.ledger.interruptions[-1] if dated.ledger.interruptions else None
    closing = dated.ledger.end
    if closing is not None and closing.minute <= entry.start:
        return f"infusion stopped; {visible(closing.words)}; nothing more is planned"
    if dated.replanned.ended and last is not None and last.stopped <= entry.start:
        return f"infusion stopped; {visible(last.resumed)}"
    flush = label_of(dated.course.regimen).statement("flush")
    end = "end of infusion; never flush the line" if flush else "end of infusion"
    return f"{end}{_after_the_end(dated, entry.cycle)}"


def _after_the_end(dated: Dated, cycle: int) -> str:
    """Say why no interval follows a cycle, or one that no cycle follows, where the regimen says it."""
    reason, last = reason_of_no_interval(dated.course, cycle), dated.course.events[-1].period
    if reason is not None:
        return f"; no interval follows, for this reason: {visible(reason)}"
    if last.cycle != cycle or last.interval_reason is None:
        return ""
    return f"; an interval follows, for this reason: {visible(last.interval_reason)}"


_INFUSION = frozenset({Due.START, Due.STEP, Due.RESTART})


def _infusion(dated: Dated, due: Due, event: Event) -> str:
    marks = block_marks(event.period.block, optional=event.period.optional)
    if event.period.instead_of is not None:
        until, lasts = moment_text(dated.clock.at(event.period.stop)), duration_text(event.period.minutes)
        if hangs(dated, event):
            return f"A WRONG BAG HANGS: {given_rate_text(event)}; counted until {until}, for {lasts}"
        return f"wrong bag: {given_rate_text(event)} was given until {until}, for {lasts}"  # a fact, and nothing to do
    kind = f"start of {visible(event.period.cycle_name)}{marks}" if due is Due.START else due.value
    return f"{kind}: {given_rate_text(event)} for {duration_text(event.period.minutes)}"


def hangs(dated: Dated, event: Event) -> bool:
    """Whether an event is what the wrong bag gives that hangs."""
    from blinplan.course.happened.hung import wrong_bag_that_hangs

    wrong = wrong_bag_that_hangs(dated.course, dated.ledger.bags)
    return wrong is not None and wrong.event == event


def given_rate_text(event: Event) -> str:
    """Write the dose rate that is given, the order it comes from where that is by area, and whether the cap decided."""
    dose = event.period.dose
    given = f"{amount_text(event.rate)} mcg/day{' (cap)' if event.capped else ''}"
    return given if dose is None or dose.basis is Basis.FLAT else f"{ordered_text(event.period)} = {given}"


def _next_cycle(dated: Dated, cycle: int) -> str:
    """Say when a cycle may begin, why not before where the regimen says so, and when it does."""
    before = [event.period for event in dated.course.events if event.period.cycle == cycle - 1]
    free = [period for period in before if period.dose is None]
    reason = next((period.interval_reason for period in free if period.interval_reason is not None), None)
    change = next((period.block_change for period in free if period.block_change is not None), None)
    why = "" if change is None else f"; {visible(change)}"
    why = why if reason is None else f", after an interval for this reason: {visible(reason)}"
    return f"earliest start of cycle {cycle_text(dated.course, cycle)}{why}{_later(dated, cycle)}"


def _later(dated: Dated, cycle: int) -> str:
    """Say that a cycle begins later than it could, and why."""
    later = next((start for start in dated.ledger.starts if start.cycle == cycle), None)
    return "" if later is None else f"; it starts {moment_text(dated.clock.at(later.start))}: {visible(later.why)}"
