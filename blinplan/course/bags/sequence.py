"""The bags of a course: the sequence with the fewest changes that a site's profile and the label allow.

A bag runs at one dose rate; a change of dose is a change of bag. A bag may be taken down before it is empty, at a time
at which bags are changed, and what is left in it is thrown away.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.opening import is_open, minutes_of_change
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, duration_text
from blinplan.regimen.site import Site, SiteBag


@dataclass(frozen=True, slots=True)
class Infusion:
    """A stretch of one dose rate (mcg/day), in minutes from the start of the course."""

    start: int
    stop: int
    rate: Fraction


class NoSequenceError(ValueError):
    """No sequence of bags obeys the profile; ``minute`` is as far as one gets."""

    def __init__(self, message: str, minute: int) -> None:
        super().__init__(message)
        self.minute = minute


Sizes = Callable[[int], Sequence[SiteBag]]
"""The bags that may be hung at a minute of a course, the shortest first."""


def bag_sequence(
    infusions: Sequence[Infusion],
    site: Site,
    start: datetime | None,
    sizes: Sizes | None = None,
    *,
    thrifty: bool = False,
) -> tuple[Bag, ...]:
    """Find the bags of a course: of the sequences that obey the profile, one with the fewest bags.

    Of those with as few, the one is taken that is changed most often at the site's hour, then the one that throws least
    away, and then the one whose first bags are longest.

    Parameters
    ----------
    infusions
        The stretches of one dose rate, rising. Each begins with a new bag.
    site
        When bags are changed, and which there are.
    start
        When the course begins, with its time zone. Without it the course begins at the hour of change on a day that is
        followed by open days only.
    sizes
        Bags that may be used, by the minute at which they are hung, where not all of the site's.
    thrifty
        Whether to throw away as little as can be, before there are as few bags as can be.

    Raises
    ------
    NoSequenceError
        When there is none.
    """
    available = _Available(sizes or (lambda _: site.bags), site, start)
    return tuple(
        bag
        for step, infusion in enumerate(infusions)
        for bag in _bags(infusion, step, available, times_of_change(infusion, site, start), thrifty=thrifty)
    )


@dataclass(frozen=True, slots=True)
class _Available:
    """Which bags there are: the shortest first, and on each day those that can be had."""

    sizes: Sizes
    site: Site
    start: datetime | None

    def at(self, minute: int) -> tuple[SiteBag, ...]:
        """The bags that can be hung at a minute of the course."""
        day = None if self.start is None else _day_of(minute, self.start)
        missing = {size for shortage in self.site.shortages if shortage.holds(day) for size in shortage.sizes}
        return tuple(size for size in self.sizes(minute) if size.minutes not in missing)


class _Way(NamedTuple):
    """The bags from a time on: how many, how many off the hour, minutes thrown away, lengths, and the first of them."""

    bags: int
    off_hour: int
    wasted: int
    lengths: tuple[int, ...]
    first: Bag | None

    @property
    def cost(self) -> tuple[int, int, int, tuple[int, ...]]:
        """What is to be as little as can be, in this order."""
        return self.bags, self.off_hour, self.wasted, self.lengths

    @property
    def thrifty_cost(self) -> tuple[int, int, int, tuple[int, ...]]:
        """The same, if throwing away is worse than changing."""
        return self.wasted, self.bags, self.off_hour, self.lengths


def _bags(
    infusion: Infusion, step: int, available: _Available, changes: Mapping[int, bool], *, thrifty: bool
) -> list[Bag]:
    """The best way through the times of change, found from the end."""
    times = [infusion.start, *changes, infusion.stop]
    best = {infusion.stop: _Way(0, 0, 0, (), None)}
    for start in reversed(times[:-1]):
        sizes = available.at(start)
        ways = [
            _after(bag, best[stop], off_hour=changes.get(stop, False))
            for stop in times
            if stop > start and stop in best and (bag := _smallest(infusion, step, sizes, start, stop)) is not None
        ]
        if ways:
            best[start] = min(ways, key=lambda way: way.thrifty_cost if thrifty else way.cost)
    if infusion.start not in best:
        raise _no_sequence(infusion, available, times)
    found, now = [], infusion.start
    while (bag := best[now].first) is not None:
        found.append(bag)
        now = bag.stop
    return found


def _after(bag: Bag, rest: _Way, *, off_hour: bool) -> _Way:
    """Put a bag before the others."""
    wasted = rest.wasted + bag.size.minutes - bag.minutes
    return _Way(rest.bags + 1, rest.off_hour + off_hour, wasted, (-bag.minutes, *rest.lengths), bag)


def _smallest(infusion: Infusion, step: int, sizes: Sequence[SiteBag], start: int, stop: int) -> Bag | None:
    """The smallest bag that lasts from one time to another."""
    size = next((size for size in sizes if size.minutes >= stop - start), None)
    return None if size is None else Bag(start, stop, size, infusion.rate, step)


def _no_sequence(infusion: Infusion, available: _Available, times: Sequence[int]) -> NoSequenceError:
    """Say how far one gets, going as far as the bags of each time reach."""
    reachable = [infusion.start]
    for time in times[1:]:
        if any(time - before <= _longest(available.at(before)) for before in reachable):
            reachable.append(time)
    reached = reachable[-1]
    sizes = available.at(reached)
    gap = min(following for following in times if following > reached) - reached
    bags = f"the longest bag lasts {duration_text(_longest(sizes))}" if sizes else "no bag can be used"
    return NoSequenceError(f"the next time to change a bag is {duration_text(gap)} later, and {bags}", reached)


def _longest(sizes: Sequence[SiteBag]) -> int:
    return max((size.minutes for size in sizes), default=0)


def times_of_change(infusion: Infusion, site: Site, start: datetime | None) -> dict[int, bool]:
    """When a bag may be changed inside an infusion, in minutes of the course, rising, and which are off the hour."""
    if start is None:
        return dict.fromkeys(range(_next_day(infusion.start), infusion.stop, MINUTES_PER_DAY), False)
    if site.change_minute is None:
        every = gcd(MINUTES_PER_DAY, *(size.minutes for size in site.bags))
        minutes = range(infusion.start + every, infusion.stop, every)
        return {minute: False for minute in minutes if is_open(site, _day_of(minute, start))}
    first = _day_of(infusion.start, start) - timedelta(days=1)
    days = (infusion.stop - infusion.start) // MINUTES_PER_DAY + 4
    found = [
        (minute, early)
        for day in (first + timedelta(days=number) for number in range(days))
        if is_open(site, day)
        for minute, early in minutes_of_change(site, day, start).items()
        if infusion.start < minute < infusion.stop
    ]
    return dict(sorted(found))


def _day_of(minute: int, start: datetime) -> date:
    """The local day of a minute of the course."""
    return (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(start.tzinfo).date()


def _next_day(minute: int) -> int:
    return (minute // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY


def in_use_left(bag: Bag, site: Site) -> int | None:
    """Minutes of in-use time left when a bag is taken down; None where nobody says how long it may be used.

    Of a bag on record nobody says here when it was prepared.
    """
    limit = bag.size.in_use
    return None if limit is None or not bag.is_to_prepare else limit - site.at(bag.start).warm_before - bag.minutes


def without_preservative(site: Site) -> tuple[SiteBag, ...]:
    """The bags of a site that are known to hold no preservative."""
    return tuple(size for size in site.bags if size.preservative is False)


def usable_bags(site: Site, weight: Fraction | None) -> tuple[SiteBag, ...]:
    """The bags of a site that a patient of a weight in kg may get, and that are not out of their in-use time.

    A weight that is not known excludes none.
    """
    least = site.preservative_from
    young = weight is not None and least is not None and weight < least
    return tuple(size for size in (without_preservative(site) if young else site.bags) if keeps(size, site))


def keeps(size: SiteBag, site: Site) -> bool:
    """Whether a bag is good from its preparation to its end, as far as anybody says how long it keeps."""
    cold = not site.kept_cold or size.cold is None or site.prepared_before <= size.cold
    return cold and (size.in_use is None or site.warm_before + size.minutes <= size.in_use)


def underfilled_bags(site: Site) -> tuple[SiteBag, ...]:
    """The bags of a site that are filled with less than the pump infuses."""
    return tuple(
        size
        for size in site.bags
        if size.fill is not None
        and size.millilitres_per_hour is not None
        and size.fill < size.millilitres_per_hour * size.minutes / MINUTES_PER_HOUR
    )
