"""What was done with the bags on a day that does not have 24 hours, and why."""

from collections.abc import Iterator, Sequence
from datetime import timedelta, timezone
from itertools import groupby

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.errors import NoSequenceError
from blinplan.course.bags.sequence import bag_sequence, usable_bags
from blinplan.course.dated import Dated
from blinplan.course.infusions import Infusion, infusions
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.course.wall_clock import DayLength, WallClock
from blinplan.outside_text import visible
from blinplan.quantities import duration_text, hours_text
from blinplan.regimen.site.site import LongDay, Site
from blinplan.reports.shared.words import moment_text


def long_day_remarks(dated: Dated, shown: Sequence[tuple[int, Bag]]) -> Iterator[Remark]:
    """Say of each day of 25 hours which bag lasts it, and where days have 24 hours, to which hour they move."""
    if dated.site is None:
        return
    if dated.ledger.days is DayLength.INFUSION_OF_24_HOURS:
        yield from _moved_hours(dated, dated.site)
        return
    for number, bag in shown if dated.ledger.days is DayLength.BY_THE_CLOCK else ():
        surplus = WallClock(dated.clock.started_at(bag.start)).surplus(bag.start, bag.stop)
        if surplus > 0:
            yield from _over_the_hour(dated, dated.site.at(bag.start), number, bag, surplus)


def _over_the_hour(dated: Dated, site: Site, number: int, bag: Bag, surplus: int) -> Iterator[Remark]:
    """Say of a bag over the hour that comes twice why it is longer, or why one is changed more."""
    at = dated.clock.at
    besides = [minute for minute in (bag.start, bag.stop) if _is_besides(dated, site, minute)]
    usual = next((size for size in site.bags if size.minutes >= bag.minutes - surplus), bag.size)
    lasts = f"bag {number} lasts {hours_text(bag.minutes)}"
    if besides:
        times = " and at ".join(moment_text(at(minute)) for minute in besides)
        why = (
            f"{visible(site.name)} splits the day"
            if site.long_day is LongDay.SPLIT
            else "no bag that can be had lasts to the next hour of change"
        )
        text = f"The clock is put back, and {why}: one is changed besides at {times}, and {lasts}."
    elif usual.minutes < bag.minutes:
        left = hours_text(bag.size.minutes - bag.minutes)
        text = (
            f"The clock is put back: {lasts} from {moment_text(at(bag.start))} to {moment_text(at(bag.stop))}, and is"
            f" one for {duration_text(bag.size.minutes)}, of which {left} are thrown away. One for"
            f" {duration_text(usual.minutes)} would be empty before, and the rate is never changed."
        )
    else:
        yield from _other_bags(dated, site, bag, surplus)
        return
    yield Remark(text, RemarkKind.TOLD, bags=(number,), start=bag.start, stop=bag.stop)


def _other_bags(dated: Dated, site: Site, bag: Bag, surplus: int) -> Iterator[Remark]:
    """Say that an infusion has other bags than it would have if the clock were not put back, where it has."""
    infusion = next(one for one in infusions(dated.course) if one.start <= bag.start < one.stop)
    hung = [one for one in dated.bags if infusion.start <= one.start < infusion.stop]
    begins = dated.clock.at(infusion.start)
    without = Infusion(0, infusion.stop - infusion.start - surplus, infusion.rate)
    weight = dated.course.patient_at(infusion.start).weight
    fixed = begins.astimezone(timezone(begins.utcoffset() or timedelta()))
    try:
        usual = bag_sequence([without], site, fixed, lambda _: usable_bags(site, weight))
    except NoSequenceError:
        return
    if [one.size.minutes for one in usual] == [one.size.minutes for one in hung]:
        return
    at = dated.clock.at
    text = (
        f"The clock is put back from {moment_text(at(infusion.start))} to {moment_text(at(infusion.stop))}, which are"
        f" {duration_text(infusion.stop - infusion.start)}: the bags are {_sizes(hung)}, and would else be"
        f" {_sizes(usual)}. None runs longer than its volume lasts, and the rate is never changed."
    )
    yield Remark(text, RemarkKind.TOLD, start=infusion.start, stop=infusion.stop)


def _sizes(bags: Sequence[Bag]) -> str:
    return ", ".join(
        f"{len(same)} for {duration_text(size)}"
        for size, group in groupby(bags, key=lambda one: one.size.minutes)
        for same in [list(group)]
    )


def _is_besides(dated: Dated, site: Site, minute: int) -> bool:
    """Whether a bag is changed at a minute though neither the hour of the site nor a change of dose is then."""
    if any(minute in {infusion.start, infusion.stop} for infusion in infusions(dated.course)):
        return False
    at = dated.clock.at(minute)
    if site.change_minute is not None:
        return at.hour * 60 + at.minute != site.change_minute
    begun = next(one for one in infusions(dated.course) if one.start < minute < one.stop)
    return (minute - begun.start) % 60 == 0 and at.time() != dated.clock.at(begun.start).time()


def _moved_hours(dated: Dated, site: Site) -> Iterator[Remark]:
    """Say where infusions are changed at another hour by the clock than that at which they began."""
    clock, at = WallClock(dated.clock.start, moves=dated.ledger.moves), dated.clock.at
    for _, group in groupby(infusions(dated.course), key=lambda infusion: infusion.unbroken_since):
        unbroken: list[Infusion] = list(group)
        start, stop = unbroken[0].start, unbroken[-1].stop
        surplus = clock.surplus(start, stop)
        if not surplus:
            continue
        forth, when = ("back", "earlier") if surplus > 0 else ("forward", "later")
        changed = "The patient travels" if dated.travels(start, stop) else f"The clock is put {forth}"
        text = (
            f"{changed} in the infusion from {moment_text(at(start))}, and {visible(site.name)} keeps"
            f" days of 24 hours: from then on bags and doses are changed {hours_text(abs(surplus))} {when} by the"
            f" clock, to its end at {moment_text(at(stop))}."
        )
        yield Remark(text, RemarkKind.TOLD, start=start, stop=stop)
