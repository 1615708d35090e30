"""The bags of a course: of the sequences that a site's profile and the label allow, the one that a ward would choose.

A bag runs at one dose rate; a change of dose is a change of bag. A bag may be taken down before it is empty, at a time
at which bags are changed, and what is left in it is thrown away.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from operator import add
from typing import NamedTuple

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import contents
from blinplan.course.bags.errors import NoSequenceError
from blinplan.course.bags.opening import in_ordinary_weeks
from blinplan.course.bags.times import SHORTEST, day_of, on_closed_day, times_of_change
from blinplan.course.infusions import Infusion
from blinplan.course.wall_clock import WallClock
from blinplan.quantities import MINUTES_PER_HOUR, duration_text
from blinplan.regimen.preference import Preference
from blinplan.regimen.site.site import LongDay, Site, SiteBag

FEW_HOURS = 12 * MINUTES_PER_HOUR
"""A bag that lasts no longer is not hung at the end of an infusion where another sequence is as good."""

MOST_BAGS = 6_000
"""As many as are planned for one course: more than two a day for the longest."""


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
    """Find the bags of a course: of the sequences that obey the profile, one with the fewest bags, or the fewest vials.

    Where holidays, closures or bags that cannot be had leave none, bags are changed on as few closed days as can be, at
    the hour of change: whoever is on the pump needs a bag then. A site that never lasts over its ordinary week is none
    that a plan could be made with.

    Before that comes that no bag lasts less than four hours. Of those with as few, the one is taken that ends with no
    bag of a few hours, then the one that is changed most often at the site's hour, then the one that throws least away,
    and then the one whose first bags are longest. It is found exactly: of all ways from a time on the best is kept.

    Parameters
    ----------
    infusions
        The stretches of one dose rate, rising. Each begins with a new bag.
    site
        When bags are changed, which there are, and which are preferred.
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
    found: list[Bag] = []
    for step, infusion in enumerate(infusions):
        found += _bags_of(infusion, step, available, _thrifty_cost if thrifty else _COSTS[site.prefer])
        refuse_more_than_are_planned(found)
    return tuple(found)


def refuse_more_than_are_planned(bags: Sequence[Bag]) -> None:
    """Raise where bags, in the order of time, are more than are planned for one course."""
    if len(bags) > MOST_BAGS:
        raise NoSequenceError(
            f"more are needed than the {MOST_BAGS:,} bags that a plan can have", bags[MOST_BAGS].start
        )


def _bags_of(infusion: Infusion, step: int, available: "_Available", cost: "_Cost") -> list[Bag]:
    try:
        return _bags_between(infusion, step, available, cost, closed_too=False)
    except NoSequenceError:
        usual = replace(available, site=in_ordinary_weeks(available.site))
        if available.start is None or usual.site == available.site:
            raise
        _bags_between(infusion, step, usual, cost, closed_too=False)
        return _bags_between(infusion, step, available, cost, closed_too=True)


def _bags_between(
    infusion: Infusion, step: int, available: "_Available", cost: "_Cost", *, closed_too: bool
) -> list[Bag]:
    site = available.site
    changes = times_of_change(infusion, site, available.start, closed_too=closed_too)
    if site.long_day is LongDay.SPLIT and any(changes.values()):
        try:
            return _best_bags(_Search(infusion, step, replace(available, splits=True), changes, cost, closed_too))
        except NoSequenceError:
            pass  # on a day without any hour to change a bag besides, one that lasts longer is all that is left
    return _best_bags(_Search(infusion, step, available, changes, cost, closed_too))


@dataclass(frozen=True, slots=True)
class _Available:
    """Which bags there are: the shortest first, and on each day those that can be had.

    ``splits`` says that no bag is hung for an hour that the clock shows twice which would not be without it.
    """

    sizes: Sizes
    site: Site
    start: datetime | None
    splits: bool = False

    def at(self, minute: int) -> tuple[SiteBag, ...]:
        """The bags that can be hung at a minute of the course."""
        if not self.site.shortages:
            return tuple(self.sizes(minute))
        day = None if self.start is None else day_of(minute, self.start)
        missing = {size for shortage in self.site.shortages if shortage.holds(day) for size in shortage.sizes}
        return tuple(size for size in self.sizes(minute) if size.minutes not in missing)

    def between(self, start: "_Time", stop: "_Time", sizes: Sequence[SiteBag]) -> list[SiteBag]:
        """Of some bags, of which one lasts so long, those that last from one time to another, the shortest first."""
        least = stop.minute - start.minute
        if self.splits and (surplus := least - (stop.shown - start.shown)) > 0:
            sizes = (next(size for size in sizes if size.minutes >= least - surplus),)
        return [size for size in sizes if size.minutes >= least]


class _Time(NamedTuple):
    """A time at which a bag may be hung or taken down: what the clock shows, and how unusual it is.

    ``closed`` says whether a bag that is hung then is hung on a day on which the site changes none.
    """

    minute: int
    shown: int
    unusual: int
    last: bool
    closed: bool


class _Hung(NamedTuple):
    """A bag as it is weighed: its minutes, its size, its vials, and when it is taken down.

    ``vials`` is None where nobody says what is filled or what a vial holds, and where nobody asks.
    """

    minutes: int
    size: SiteBag
    vials: int | None
    stop: _Time


_Cost = Callable[[_Hung], tuple[int, ...]]


def _fewest_changes(hung: _Hung) -> tuple[int, ...]:
    """What is to be as little as can be, in this order, where a change is what costs most."""
    minutes, size, _, stop = hung
    ends_soon = stop.last and minutes < FEW_HOURS
    return minutes < SHORTEST, 1, ends_soon, stop.unusual, size.minutes - minutes


def _fewest_vials(hung: _Hung) -> tuple[int, ...]:
    """The same where a vial costs more; a bag of which nobody knows what it takes is hung where nothing else can be."""
    return (hung.vials is None, hung.minutes < SHORTEST, hung.vials or 0, *_fewest_changes(hung)[1:])


def _thrifty_cost(hung: _Hung) -> tuple[int, ...]:
    """The same where throwing away is worse than changing."""
    return hung.size.minutes - hung.minutes, 1, hung.stop.unusual


_COSTS: Mapping[Preference, _Cost] = {
    Preference.FEWEST_CHANGES: _fewest_changes,
    Preference.FEWEST_VIALS: _fewest_vials,
}


class _Way(NamedTuple):
    """The bags from a time on: what they cost, minus how long the first lasts, and which it is.

    So the least way is the best: of those that cost as much each has a first bag of another length.
    """

    cost: tuple[int, ...]
    before: int
    first: _Hung | None


class _Search(NamedTuple):
    """What the bags of an infusion are chosen from, and by what; ``changes`` are the times, and how unusual each is."""

    infusion: Infusion
    step: int
    available: _Available
    changes: Mapping[int, int]
    cost: _Cost
    closed_too: bool


def _best_bags(search: _Search) -> list[Bag]:
    """The best way through the times of change, found from the end."""
    infusion, times = search.infusion, _times(search)
    best = {infusion.stop: _Way((), 0, None)}
    vials = _vials_of_sizes(search)
    for place in reversed(range(len(times) - 1)):
        ways = [
            _put_before(hung, best[hung.stop.minute], search.cost)
            for hung in _each_bag(search, times, place, best, vials)
        ]
        if ways:
            best[times[place].minute] = min(ways)
    if infusion.start not in best:
        usual = [time.minute for time in times if not time.unusual]
        raise _no_sequence(infusion, search.available, usual)
    found, now = [], infusion.start
    while (hung := best[now].first) is not None:
        found.append(Bag(now, hung.stop.minute, hung.size, infusion.rate, search.step))
        now = hung.stop.minute
    return found


def _times(search: _Search) -> list[_Time]:
    """When bags may be hung and taken down, from the start of an infusion to its end."""
    infusion, site, start = search.infusion, search.available.site, search.available.start
    clock = WallClock(start if search.available.splits else None)  # asked only where a long day is split
    return [
        _Time(
            minute,
            clock.at(minute).shown,
            search.changes.get(minute, 0),
            minute == infusion.stop,
            search.closed_too and infusion.start < minute < infusion.stop and on_closed_day(minute, site, start),
        )
        for minute in (infusion.start, *search.changes, infusion.stop)
    ]


def _vials_of_sizes(search: _Search) -> dict[int, int | None]:
    """How many vials a bag of each size takes, by its minutes, where vials count: as many whenever it is hung.

    None where that is not known.
    """
    if search.cost is not _fewest_vials:
        return {}
    infusion, site = search.infusion, search.available.site
    bags = (Bag(infusion.start, infusion.stop, size, infusion.rate, search.step) for size in site.bags)
    held = ((bag.size.minutes, contents(bag, site)) for bag in bags)
    return {minutes: None if holds is None else holds.vials for minutes, holds in held}


def _each_bag(
    search: _Search, times: Sequence[_Time], place: int, best: Mapping[int, _Way], vials: Mapping[int, int | None]
) -> Iterator[_Hung]:
    """The bag to hang at the time of a place until each time from which there is a way on: of those that last so long.

    All else being equal until then, the smallest is the best, or the one that takes the fewest vials.
    """
    available, start = search.available, times[place]
    sizes = available.at(start.minute)
    for later in range(place + 1, len(times) if sizes else 0):
        stop = times[later]
        minutes = stop.minute - start.minute
        if minutes > sizes[-1].minutes:
            return
        if stop.minute not in best:
            continue
        lasting = available.between(start, stop, sizes)
        hung = [_Hung(minutes, size, vials.get(size.minutes), stop) for size in (lasting if vials else lasting[:1])]
        if hung:
            yield min(hung, key=search.cost) if vials else hung[0]


def _put_before(hung: _Hung, rest: _Way, cost: _Cost) -> _Way:
    """Put a bag before the others."""
    costs = (hung.stop.closed, *cost(hung))
    added = costs if not rest.cost else tuple(map(add, costs, rest.cost))
    return _Way(added, -hung.minutes, hung)


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
    spoilage = _spoilage_text(available.site, _longest(sizes))
    return NoSequenceError(
        f"the next time to change a bag is {duration_text(gap)} later, and {bags}{spoilage}", reached
    )


def _spoilage_text(site: Site, longest: int) -> str:
    """Name the longer bags of a site that would be out of their time, since they are prepared before they hang."""
    found = [duration_text(size.minutes) for size in site.bags if size.minutes > longest and not keeps(size, site)]
    if not found:
        return ""
    return (
        f"; prepared {duration_text(site.prepared_before)} before, those for {' and '.join(found)} do not keep so long"
    )


def _longest(sizes: Sequence[SiteBag]) -> int:
    return max((size.minutes for size in sizes), default=0)


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
