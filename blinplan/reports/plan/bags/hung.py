"""What of that which happened has to be known beside a plan: wrong bags, bags that were hung again, the end."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from blinplan.course.bags.sequence import in_use_left
from blinplan.course.bags_of_course import why_not_again
from blinplan.course.calendar import Due, Entry, when_closed
from blinplan.course.dated import Dated
from blinplan.course.happened.hung import WrongDose, wrong_doses, wrong_now
from blinplan.course.happened.ledger import LedgerEntry
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.label.read import label_of
from blinplan.outside_text import visible
from blinplan.quantities import duration_text
from blinplan.reports.shared.words import amount_text, exact_amount, moment_text


def end_remarks(dated: Dated) -> Iterator[Remark]:
    """Say that the course has ended, and why."""
    if dated.ledger.end is not None:
        at = moment_text(dated.clock.at(dated.ledger.end.minute))
        yield Remark(f"{at}: {visible(dated.ledger.end.words)}. Nothing more is planned.")


def happened_remarks(dated: Dated) -> Iterator[Remark]:
    """Say what wrong bags gave, and what becomes of bags that were disconnected."""
    for wrong in wrong_doses(dated.course):
        period = wrong.event.period
        yield Remark(wrong_dose_text(dated, wrong), cycle=period.cycle, start=period.start, stop=period.stop)
    yield from _wrong_now(dated)
    if dated.site is None and dated.ledger.places:
        text = "No bags are planned: which site prepares them before the first [[place]] is not said (--site)."
        yield Remark(text, RemarkKind.NOT_EVALUATED)
    yield from _unknown_rates(dated)
    yield from _empty_on_closed_days(dated)
    for entry in dated.ledger.interruptions:
        yield from _bag_after(dated, entry)


def wrong_dose_text(dated: Dated, wrong: WrongDose) -> str:
    """Say which dose was given in place of which, how long, and what that comes to."""
    period, more = wrong.event.period, wrong.micrograms
    start, stop = (moment_text(dated.clock.at(minute)) for minute in (period.start, period.stop))
    off = f"{amount_text(abs(more))} mcg {'too much' if more > 0 else 'too little'}"
    return (
        f"From {start} to {stop} ({duration_text(period.minutes)}) a bag gave {amount_text(wrong.event.rate)} mcg/day"
        f" in place of {amount_text(wrong.ordered.rate)}: {off}. It is in the sums."
    )


def _wrong_now(dated: Dated) -> Iterator[Remark]:
    """Say that the bag that hangs is a wrong one."""
    ordered = wrong_now(dated.course, dated.ledger.bags)
    if ordered is None:
        return
    hangs = dated.ledger.bags[-1]
    yield Remark(
        f"The bag that hangs since {moment_text(dated.clock.at(hangs.start))} was made for {hangs.bag.dose}, and"
        f" {amount_text(ordered.rate)} mcg/day are ordered: have the treating physician look at it now. What it gave is"
        " counted when `taken_down` is on record.",
        RemarkKind.ERROR,
    )


def _unknown_rates(dated: Dated) -> Iterator[Remark]:
    """Say of which bags a pump rate is on record, and no label's to hold it to."""
    for hung in dated.ledger.bags:
        label = label_of(dated.course.regimen_at(hung.start))
        if hung.bag.millilitres_per_hour is not None and label.bag(hung.bag.minutes) is None:
            text = (
                f"What the bag of {moment_text(dated.clock.at(hung.start))} gave at its pump rate is not evaluated: the"
                f" label, as far as it was seen, has no rate for bags for {duration_text(hung.bag.minutes)}. It is"
                " counted as what it was made for."
            )
            yield Remark(text, RemarkKind.NOT_EVALUATED, start=hung.start, stop=hung.start)


def _empty_on_closed_days(dated: Dated) -> Iterator[Remark]:
    """Say which bag that hangs has to be changed when the site changes none."""
    if dated.site is None:
        return
    for bag, following in pairwise(dated.bags):
        change = Entry(Due.STEP, bag.stop, bag.stop, 0)
        if bag.is_to_prepare or not following.is_to_prepare or following.start != bag.stop:
            continue
        if (closed := when_closed(change, dated.clock, dated.site)) is not None:
            number, at = dated.bag_numbers[following.start], moment_text(dated.clock.at(bag.stop))
            text = f"Bag {number} is needed when the bag before is empty on {at}: it is {visible(closed)}."
            yield Remark(text, start=bag.stop, stop=bag.stop)


def _bag_after(dated: Dated, entry: LedgerEntry) -> Iterator[Remark]:
    """Say whether the bag that hung when an infusion stopped goes on, and until when that is known to be good."""
    before = next((bag for bag in dated.bags if bag.stop == entry.stopped), None)
    if dated.site is None or before is None or entry.restarted is None or not entry.interruption.same_bag:
        return
    again = next((bag for bag in dated.bags if bag.start == entry.restarted and bag.again), None)
    number, at = dated.bag_numbers[before.start], moment_text(dated.clock.at(entry.restarted))
    stretch = {"cycle": entry.interruption.cycle, "start": entry.restarted, "stop": entry.restarted}
    if again is None:
        left = in_use_left(before, dated.site)
        until = None if left is None else before.stop + left
        why = why_not_again(entry, dated.site.at(entry.stopped), until) or "it was empty, or the dose is another one"
        yield Remark(
            f"Bag {number} was hung again at {at} by the record; a new bag is planned from then on: {visible(why)}.",
            **stretch,  # type: ignore[arg-type]
        )
    elif again.good_until is None:
        yield Remark(
            f"Bag {number} goes on from {at}; until when it may be used is not evaluated, as nobody says how long it"
            " keeps or when it was prepared. Use by: ____________",
            RemarkKind.NOT_EVALUATED,
            **stretch,  # type: ignore[arg-type]
        )
    else:
        until_text = moment_text(dated.clock.at(again.good_until))
        yield Remark(f"Bag {number} goes on from {at}, and is good until {until_text}.", RemarkKind.TOLD, **stretch)  # type: ignore[arg-type]


def wrong_doses_json(dated: Dated) -> list[dict[str, Any]]:
    """Write the stretches in which another dose was given than was ordered."""
    return [
        {
            "start": dated.clock.at(wrong.event.period.start).isoformat(),
            "stop": dated.clock.at(wrong.event.period.stop).isoformat(),
            "minutes": wrong.event.period.minutes,
            "cycle": wrong.event.period.cycle,
            "given_mcg_per_day": exact_amount(wrong.event.rate),
            "ordered_mcg_per_day": exact_amount(wrong.ordered.rate),
            "mcg_too_much": exact_amount(wrong.micrograms),
        }
        for wrong in wrong_doses(dated.course)
    ]
