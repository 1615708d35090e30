"""A bag in a sentence, for lists of what is due and for calendars."""

from collections.abc import Iterator

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import Contents, contents
from blinplan.course.bags.keeping import use_by
from blinplan.course.dated import Dated
from blinplan.quantities import decimal_text, duration_text, plural
from blinplan.reports.shared.words import amount_text, moment_beside


def duration_of_bag(bag: Bag) -> str:
    """Write how long a bag runs, and of what it was prepared for where that is longer."""
    used, size = duration_text(bag.minutes), duration_text(bag.size.minutes)
    return used if used == size else f"{used} of {size}"


def bag_text(dated: Dated, bag: Bag) -> str:
    """Say which bag it is, how it runs, and what is in it, as far as that is known."""
    per_hour = bag.size.millilitres_per_hour
    rate = "" if per_hour is None else f" at {decimal_text(per_hour)} mL/h"
    runs = f"{amount_text(bag.rate)} mcg/day{rate} for {duration_of_bag(bag)}"
    return "; ".join(
        [f"bag {dated.bag_numbers[bag.start]}{' again' * bag.again}: {runs}", *_filling(_contents(dated, bag))]
    )


def preparation_text(dated: Dated, bag: Bag) -> str:
    """Say what the pharmacy does for a bag, and when it is hung."""
    holds, prepared = _contents(dated, bag), None if dated.site is None else use_by(bag, dated.site).prepared
    at = dated.clock.at(bag.start)
    hung = moment_beside(at, at if prepared is None else dated.clock.at(prepared))
    drawn = [] if holds is None or holds.drug is None else [f"draw up {amount_text(holds.drug)} mL"]
    doing = ", ".join([*drawn, *_filling(holds)]) or "what is filled into it is not evaluated"
    return f"prepare bag {dated.bag_numbers[bag.start]} for {hung}, {amount_text(bag.rate)} mcg/day: {doing}"


def contents_text(dated: Dated, bag: Bag) -> str | None:
    """Say how much is in a bag; None where that is not known."""
    holds = _contents(dated, bag)
    if holds is None:
        return None
    return f"{amount_text(holds.millilitres)} mL with {amount_text(holds.micrograms)} mcg"


def as_ordered(dated: Dated, bag: Bag) -> bool:
    """Whether a bag gives what was ordered, as far as that is known: syringes may measure another amount."""
    holds = _contents(dated, bag)
    return holds is None or holds.share == 1


def drawn_text(dated: Dated, bag: Bag) -> str | None:
    """Say what is drawn up for a bag; None where that is not known."""
    holds = _contents(dated, bag)
    return None if holds is None or holds.drug is None else f"{amount_text(holds.drug)} mL drawn up"


def _contents(dated: Dated, bag: Bag) -> Contents | None:
    return None if dated.site is None else contents(bag, dated.site)


def _filling(holds: Contents | None) -> Iterator[str]:
    """What is in a bag, and from how many vials."""
    if holds is not None:
        from_vials = "" if holds.vials is None else f" from {holds.vials} {plural('vial', holds.vials)}"
        yield f"{amount_text(holds.millilitres)} mL in the bag{from_vials}"
