"""What of that which happened has to be known beside a plan: wrong bags, lacking ones, bags hung again, the end."""

from collections.abc import Iterator
from typing import Any

from blinplan.course.bags.sequence import in_use_left
from blinplan.course.bags_of_course import not_on_record, why_not_again
from blinplan.course.dated import Dated
from blinplan.course.happened.hung import (
    NO_BAG,
    PAST_ITS_HOURS,
    HungBag,
    WrongDose,
    wrong_bag_that_hangs,
    wrong_doses,
)
from blinplan.course.happened.ledger import LedgerEntry
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.label.read import label_of
from blinplan.outside_text import visible
from blinplan.quantities import duration_text
from blinplan.reports.shared.words import amount_text, exact_amount, moment_text, moments_text


def end_remarks(dated: Dated) -> Iterator[Remark]:
    """Say that the course has ended, and why."""
    if dated.ledger.end is not None:
        at = moment_text(dated.clock.at(dated.ledger.end.minute))
        yield Remark(f"{at}: {visible(dated.ledger.end.words)}. Nothing more is planned.")


def running_remarks(dated: Dated) -> Iterator[Remark]:
    """Say what is so now, and has to be known wherever one looks: a wrong bag hangs, or the infusion is stopped."""
    wrong = wrong_bag_that_hangs(dated.course, dated.ledger.bags)
    if wrong is not None:
        since, until = moments_text(*map(dated.clock.at, (wrong.event.period.start, wrong.event.period.stop)))
        given = amount_text(wrong.event.rate)
        yield Remark(
            f"A WRONG BAG HANGS since {since}: {given} mcg/day {_in_place_of(wrong)}. Take it down now, and write when"
            f" (`taken_down`). Here it is counted to the end of its hours, {until}: {_off(wrong)}.",
            RemarkKind.ERROR,
        )
    last = dated.ledger.interruptions[-1] if dated.ledger.interruptions else None
    stopped = last is not None and last.restarted is None and dated.ledger.end is None
    if last is not None and (stopped or (last.restarted is not None and last.resumption is None)):
        at, cause = moment_text(dated.clock.at(last.stopped)), cause_text(last)
        yield Remark(
            f"{at}: the infusion was stopped ({cause}), cycle {last.interruption.cycle}; {visible(last.resumed)}."
            f"{_not_counted(dated, last)}"
        )


def _not_counted(dated: Dated, last: LedgerEntry) -> str:
    """Say that what was given after a restart that nobody can plan on is not counted."""
    if last.restarted is None:
        return ""
    closing, dose = dated.ledger.end, last.interruption.restart_dose
    until = "" if closing is None else f" to {moment_text(dated.clock.at(closing.minute))}"
    by_record = "" if dose is None else f" ({dose} by the record)"
    given = (event.period for event in dated.course.events if event.period.dose is not None)
    counted = any(period.stop > last.restarted for period in given)
    is_in = "is in the sums as far as bags are on record, and else in none" if counted else "is in no sum"
    return f" What was given since {moment_text(dated.clock.at(last.restarted))}{until}{by_record} {is_in}."


def cause_text(entry: LedgerEntry) -> str:
    """Say why an infusion was stopped: cytokine release syndrome, grade 3."""
    interruption = entry.interruption
    grade = "" if interruption.grade is None else f", grade {interruption.grade}"
    return interruption.cause.value.replace("-", " ") + grade


def happened_remarks(dated: Dated) -> Iterator[Remark]:
    """Say what wrong bags gave, and what becomes of bags that were disconnected."""
    yield from _unknown_bags(dated)
    for wrong in wrong_doses(dated.course):
        period = wrong.event.period
        yield Remark(wrong_dose_text(dated, wrong), cycle=period.cycle, start=period.start, stop=period.stop)
    if dated.site is None and dated.ledger.places:
        text = "No bags are planned: which site prepares them before the first [[place]] is not said (--site)."
        yield Remark(text, RemarkKind.NOT_EVALUATED)
    yield from _unknown_rates(dated)
    for entry in dated.ledger.interruptions:
        yield from _bag_after(dated, entry)


def shown_wrong_doses(dated: Dated) -> int:
    """How many stretches of another dose a plan tells of itself, in what is shown of it."""
    wrong = (one.event.period for one in wrong_doses(dated.course))
    return sum(dated.shows_stretch(period.cycle, period.start, period.stop) for period in wrong)


def wrong_dose_text(dated: Dated, wrong: WrongDose) -> str:
    """Say which dose was given in place of which, how long, and what that comes to."""
    period = wrong.event.period
    start, stop = moments_text(dated.clock.at(period.start), dated.clock.at(period.stop))
    when, ordered = f"From {start} to {stop} ({duration_text(period.minutes)})", amount_text(wrong.ordered.rate)
    if wrong.lack is not None:
        return f"{when} {wrong.lack}: of {ordered} mcg/day {_off(wrong)}. {_what_to_add(dated, wrong)}"
    hangs = wrong == wrong_bag_that_hangs(dated.course, dated.ledger.bags)
    gives = "the bag that hangs gives" if hangs else "a bag gave"
    given = f"{amount_text(wrong.event.rate)} mcg/day {_in_place_of(wrong)}"
    return f"{when} {gives} {given}: {_off(wrong)}. It is in the sums. {_what_to_do(dated, wrong)}"


def _what_to_do(dated: Dated, wrong: WrongDose) -> str:
    """Say who has to look at a dose that was another one, and what the label asks after too much."""
    hold = label_of(dated.course.regimen_at(wrong.event.period.start)).numbers.get("overdose_hold")
    held = wrong.micrograms > 0 and hold is not None
    after = f": after an overdose the label restarts at the right dose after {hold}" if held else ""
    slip = "" if wrong.why_none_ordered is None else " If its time is a slip, correct it."
    return f"Have the treating physician look at it{after}.{slip}"


def _off(wrong: WrongDose) -> str:
    """Say by how much a dose is off."""
    more, amount = wrong.micrograms, amount_text(abs(wrong.micrograms))
    if wrong.lack == PAST_ITS_HOURS:
        return f"{amount} mcg are not counted as given"
    if wrong.lack is not None:
        return f"{amount} mcg were not given"
    return f"{amount} mcg {'too much' if more > 0 else 'too little'}"


def _in_place_of(wrong: WrongDose) -> str:
    """Say what was ordered."""
    why = wrong.why_none_ordered
    return f"in place of {amount_text(wrong.ordered.rate)}" if why is None else f"where none is ordered, as {why}"


def _what_to_add(dated: Dated, wrong: WrongDose) -> str:
    """Say what would have to be on record where nothing was given."""
    if wrong.lack == NO_BAG:
        return "They are in no sum. Add an [[interruption]] with its cause, or the bag that hung."
    bag = next(bag for bag in reversed(dated.ledger.bags) if bag.start <= wrong.event.period.start)
    if bag.bag.millilitres is not None:
        return f"It held {amount_text(bag.bag.millilitres)} mL, and gave no more than that."
    return (
        "How much was in it is not on record (`fill_ml`), so that no more is counted than what it was made for"
        f"{_by_the_site(dated, bag)}."
    )


def _by_the_site(dated: Dated, bag: HungBag) -> str:
    """Say how much the site fills into bags of a size, which may be what was in one of them."""
    site = None if dated.site is None else dated.site.at(bag.start)
    fills = [] if site is None else [size.fill for size in site.bags if size.minutes == bag.bag.minutes and size.fill]
    return f"; {visible(site.name)} fills such bags to {amount_text(fills[0])} mL" if site is not None and fills else ""


def _unknown_bags(dated: Dated) -> Iterator[Remark]:
    """Say between which bags on record nobody says what hung."""
    vials = "" if dated.site is None else ", and its vials are in no sum"
    for start, stop in not_on_record(dated.replanned):
        since, until = moments_text(dated.clock.at(start), dated.clock.at(stop))
        text = f"Which bags hung from {since} to {until} is not on record: it is counted as it was ordered{vials}."
        yield Remark(text, RemarkKind.NOT_EVALUATED, start=start, stop=stop)


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


def _bag_after(dated: Dated, entry: LedgerEntry) -> Iterator[Remark]:
    """Say whether the bag that hung when an infusion stopped goes on, and until when that is known to be good."""
    before = next((bag for bag in dated.bags if bag.stop == entry.stopped), None)
    if dated.site is None or before is None or entry.restarted is None or not entry.interruption.same_bag:
        return
    again = next((bag for bag in dated.bags if bag.start == entry.restarted and bag.again), None)
    number, at = dated.bag_numbers[before.start], moment_text(dated.clock.at(entry.restarted))
    stretch = {"cycle": entry.interruption.cycle, "start": entry.restarted, "stop": entry.restarted}
    site = dated.site.at(entry.stopped)
    kind = RemarkKind.WARNING if site.disconnected_bag is None else RemarkKind.ERROR
    take_down = "" if site.disconnected_bag is None else " If it hangs, take it down."
    if again is None:
        left = in_use_left(before, dated.site)
        until = before.good_until if left is None else before.stop + left
        why = why_not_again(entry, site, until) or "it was empty, or the dose is another one"
        text = (
            f"Bag {number} was hung again at {at} by the record; a new bag is planned from then on: {visible(why)}."
            f"{take_down}"
        )
        yield Remark(text, kind, **stretch)  # type: ignore[arg-type]
    elif again.on_record and (why_not := why_not_again(entry, site, again.good_until)):
        text = f"Bag {number} was hung again at {at} by the record, and {visible(why_not)}.{take_down}"
        yield Remark(text, kind, **stretch)  # type: ignore[arg-type]
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
            "lack": wrong.lack,
        }
        for wrong in wrong_doses(dated.course)
    ]
