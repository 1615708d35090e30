"""How long a bag keeps: when it is prepared, hung at the latest and taken down at the latest."""

from typing import NamedTuple

from blinplan.course.bags.bag import Bag
from blinplan.regimen.site.site import Site


class UseBy(NamedTuple):
    """The times of a bag, in minutes from the start of the course; None where nobody says how long it keeps.

    ``cold_until`` is None too where a bag does not wait at 2 to 8 °C, and ``prepared`` of a bag that hung before.
    """

    prepared: int | None
    cold_until: int | None
    hang_by: int | None
    down_by: int | None


def use_by(bag: Bag, site: Site) -> UseBy:
    """The times of a bag: at room temperature its time runs from preparation, and from hanging where it was cold.

    A bag that was cold is hung when it is taken out, because none is cooled twice.
    """
    if not bag.is_to_prepare:
        return UseBy(None, None, None, bag.good_until)
    site = site.at(bag.start)
    prepared = bag.start - site.prepared_before
    limit, cold = bag.size.in_use, bag.size.cold
    if site.kept_cold:
        last = None if cold is None else prepared + cold
        return UseBy(prepared, last, last, None if limit is None else bag.start + limit)
    if limit is None:
        return UseBy(prepared, None, None, None)
    return UseBy(prepared, None, prepared + limit - bag.minutes, prepared + limit)
