"""Which bags have to be changed when the site changes none, and why then, in words."""

from collections.abc import Iterator

from blinplan.course.bags.bag import Bag
from blinplan.course.closed_days import ClosedChange, bags_on_closed_days, doses_on_closed_days
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark
from blinplan.outside_text import visible
from blinplan.reports.shared.words import moment_text


def closed_days(dated: Dated) -> Iterator[Remark]:
    """Tell of every start, step and restart that wants a new bag when the site changes none, and of other changes."""
    for change in doses_on_closed_days(dated):
        if change.entry is not None and dated.shows(change.entry):
            start = moment_text(dated.clock.at(change.minute))
            text = f"The {change.entry.due} of {start} needs a new bag: it is {visible(change.why)}."
            yield Remark(text, cycle=change.cycle, start=change.minute, stop=change.minute)
    for remark in changes_on_closed_days(dated):
        if dated.shows_stretch(remark.cycle, remark.start, remark.stop):
            yield remark


def changes_on_closed_days(dated: Dated) -> Iterator[Remark]:
    """Tell of every bag that has to be changed when the site changes none; of those that a dose needs others tell."""
    for change in bags_on_closed_days(dated):
        assert change.before is not None  # noqa: S101 - a bag ends
        tell = _of_planned if change.before.is_to_prepare else _of_hanging
        yield Remark(tell(dated, change, change.before), cycle=change.cycle, start=change.minute, stop=change.minute)


def _of_planned(dated: Dated, change: ClosedChange, bag: Bag) -> str:
    """Say of a planned bag that it is to be changed on a closed day, and what would spare that."""
    return (
        f"Bag {dated.bag_numbers[bag.start]} has to be changed on {moment_text(dated.clock.at(change.minute))}: it is"
        f" {visible(change.why)}. Open that day, or hang a longer bag before."
    )


def _of_hanging(dated: Dated, change: ClosedChange, bag: Bag) -> str:
    """Say of a bag that hung why the next one is needed when the site hangs none."""
    number, at = dated.bag_numbers[change.minute], moment_text(dated.clock.at(change.minute))
    return f"Bag {number} is needed when {_reason(dated, bag)} {at}: it is {visible(change.why)}."


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
