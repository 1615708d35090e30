"""Which bags have to be changed when the site changes none, and why then."""

from collections.abc import Iterator
from itertools import pairwise

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.opening import why_closed
from blinplan.course.calendar import Due, Entry, infusions, when_closed
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark
from blinplan.outside_text import visible
from blinplan.reports.shared.words import moment_text


def changes_on_closed_days(dated: Dated) -> Iterator[Remark]:
    """Tell of every bag that has to be changed when the site changes none; of those that a dose needs others tell."""
    doses = {infusion.start for infusion in infusions(dated.course)}
    for bag, following in pairwise(dated.bags):
        if following.start != bag.stop or following.start in doses or not following.is_to_prepare:
            continue
        text = _of_planned(dated, bag, following) if bag.is_to_prepare else _of_hanging(dated, bag, following)
        if text is not None:
            yield Remark(text, cycle=_cycle_of(dated, following), start=following.start, stop=following.start)


def _of_planned(dated: Dated, bag: Bag, following: Bag) -> str | None:
    """Say of a planned bag that it is to be changed on a closed day, and what would spare that."""
    assert dated.site is not None  # noqa: S101 - there are bags where there is a site
    at, site = dated.clock.at(following.start), dated.site.at(following.start)
    closed = why_closed(site, at.date())
    if closed is None:
        return None
    return (
        f"Bag {dated.bag_numbers[bag.start]} has to be changed on {moment_text(at)}: it is {visible(closed)}, on which"
        f" {visible(site.name)} changes no bags. Open that day, or hang a longer bag before."
    )


def _of_hanging(dated: Dated, bag: Bag, following: Bag) -> str | None:
    """Say of a bag that hung why the next one is needed when the site hangs none."""
    assert dated.site is not None  # noqa: S101 - there are bags where there is a site
    change = Entry(Due.STEP, bag.stop, bag.stop, 0)
    closed = when_closed(change, dated.clock, dated.site)
    if closed is None:
        return None
    number, at = dated.bag_numbers[following.start], moment_text(dated.clock.at(bag.stop))
    return f"Bag {number} is needed when {_reason(dated, bag)} {at}: it is {visible(closed)}."


def _reason(dated: Dated, bag: Bag) -> str:
    """Why a bag that hung is changed when it is."""
    if any(hung.stop == bag.stop for hung in dated.ledger.bags):
        return "the bag before was taken down, on"
    number = dated.bag_numbers[bag.start]
    stretches = [one for one in dated.bags if dated.bag_numbers[one.start] == number and one.stop <= bag.stop]
    if sum(one.minutes for one in stretches) >= bag.size.minutes:
        return "the bag before is empty on"
    if bag.good_until == bag.stop:
        return "the in-use time of the bag before ends on"
    return "the bag before has to be taken down on"


def _cycle_of(dated: Dated, bag: Bag) -> int | None:
    return next((entry.cycle for entry in dated.entries if entry.bag is bag), None)
