"""The bags of a course: the sequence with the fewest changes that a site's profile and the label allow.

A bag runs at one dose rate; a change of dose is a change of bag. A bag may be taken down before it is empty, at a time
at which bags are changed, and what is left in it is thrown away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import tomli

from blinplan.course.label import label
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, duration_text

if TYPE_CHECKING:
    from blinplan.regimen.site import Site, SiteBag


@dataclass(frozen=True, slots=True)
class LabelledBag:
    """A size of bag that the label has: minutes, pump rate in mL/h, whether it holds preservative, in-use minutes."""

    minutes: int
    millilitres_per_hour: Fraction
    preservative: bool
    in_use: int | None


@dataclass(frozen=True, slots=True)
class Bag:
    """One bag of a course.

    Attributes
    ----------
    start, stop
        When it runs, in minutes from the start of the course.
    size
        What it was prepared for; it runs no longer.
    rate
        The dose rate in mcg/day, exact.
    step
        Which of the dose steps it belongs to, from 0.
    """

    start: int
    stop: int
    size: "SiteBag"
    rate: Fraction
    step: int

    @property
    def minutes(self) -> int:
        """How long it runs."""
        return self.stop - self.start

    @property
    def micrograms(self) -> Fraction:
        """What the patient gets of it, in mcg, exact."""
        return self.rate * self.minutes / MINUTES_PER_DAY

    @property
    def label(self) -> LabelledBag | None:
        """The labelled bag of that size; None where the label has none."""
        return labelled_bags().get(self.size.minutes)

    @property
    def millilitres(self) -> Fraction | None:
        """What is infused, in mL, exact; None where the label has no pump rate for that size."""
        return None if self.label is None else self.label.millilitres_per_hour * self.minutes / MINUTES_PER_HOUR

    @property
    def filled_micrograms(self) -> Fraction | None:
        """What is in the bag, in mcg, priming included; None where nobody says how much is filled."""
        if self.label is None or self.size.fill is None:
            return None
        per_minute = self.rate / MINUTES_PER_DAY
        millilitres_per_minute = self.label.millilitres_per_hour / MINUTES_PER_HOUR
        return per_minute / millilitres_per_minute * self.size.fill


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


def bag_sequence(
    infusions: Sequence[Infusion],
    site: "Site",
    start: datetime | None,
    sizes: Sequence["SiteBag"] | None = None,
    *,
    thrifty: bool = False,
) -> tuple[Bag, ...]:
    """Find the bags of a course: of the sequences that obey the profile, one with the fewest bags.

    Of those with as few, the one that throws least away is taken, and then the one whose first bags are longest.

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
        Bags that may be used, where not all of the site's.
    thrifty
        Whether to throw away as little as can be, before there are as few bags as can be.

    Raises
    ------
    NoSequenceError
        When there is none.
    """
    available = tuple(sizes if sizes is not None else site.bags)
    return tuple(
        bag
        for step, infusion in enumerate(infusions)
        for bag in _bags(infusion, step, available, _changes(infusion, site, start), thrifty=thrifty)
    )


def _bags(
    infusion: Infusion, step: int, sizes: Sequence["SiteBag"], changes: Sequence[int], *, thrifty: bool
) -> list[Bag]:
    """The best way through the times of change, found from the end."""
    times = [infusion.start, *changes, infusion.stop]
    best: dict[int, tuple[int, int, tuple[int, ...], Bag | None]] = {infusion.stop: (0, 0, (), None)}
    for start in reversed(times[:-1]):
        ways = [
            (best[stop][0] + 1, best[stop][1] + bag.size.minutes - bag.minutes, (-bag.minutes, *best[stop][2]), bag)
            for stop in times
            if stop > start and stop in best and (bag := _smallest(infusion, step, sizes, start, stop)) is not None
        ]
        if ways:
            best[start] = min(ways, key=lambda way: (way[1], way[0], way[2]) if thrifty else way[:3])
    if infusion.start not in best:
        raise _no_sequence(infusion, sizes, times)
    found, now = [], infusion.start
    while (bag := best[now][3]) is not None:
        found.append(bag)
        now = bag.stop
    return found


def _smallest(infusion: Infusion, step: int, sizes: Sequence["SiteBag"], start: int, stop: int) -> Bag | None:
    """The smallest bag that lasts from one time to another."""
    size = next((size for size in sizes if size.minutes >= stop - start), None)
    return None if size is None else Bag(start, stop, size, infusion.rate, step)


def _no_sequence(infusion: Infusion, sizes: Sequence["SiteBag"], times: Sequence[int]) -> NoSequenceError:
    longest = max((size.minutes for size in sizes), default=0)
    reached = infusion.start
    for time_, following in pairwise(times):
        reached = time_
        if following - time_ > longest:
            break
    gap = min(following for following in times if following > reached) - reached
    bags = f"the longest bag lasts {duration_text(longest)}" if sizes else "no bag can be used"
    return NoSequenceError(f"the next time to change a bag is {duration_text(gap)} later, and {bags}", reached)


def _changes(infusion: Infusion, site: "Site", start: datetime | None) -> list[int]:
    """When a bag may be changed inside an infusion, in minutes from the start of the course, rising."""
    if start is None:
        return list(range(_next_day(infusion.start), infusion.stop, MINUTES_PER_DAY))
    if site.change_minute is None:
        return [
            minute
            for minute in range(infusion.start + MINUTES_PER_DAY, infusion.stop, MINUTES_PER_DAY)
            if _is_open(site, (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(start.tzinfo).date())
        ]
    zone = start.tzinfo
    first = (start + timedelta(minutes=infusion.start)).astimezone(zone).date() - timedelta(days=1)
    days = (infusion.stop - infusion.start) // MINUTES_PER_DAY + 3
    found: set[int] = set()
    for day in (first + timedelta(days=number) for number in range(days + 1)):
        if _is_open(site, day):
            found.update(_minutes_of_change(day, site.change_minute, start))
    return sorted(minute for minute in found if infusion.start < minute < infusion.stop)


def _is_open(site: "Site", day: date) -> bool:
    """Whether bags are changed on a day."""
    return day.weekday() not in site.closed and day not in site.holidays


def _next_day(minute: int) -> int:
    return (minute // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY


def _minutes_of_change(day: date, at: int, start: datetime) -> list[int]:
    """When bags are changed on a day, in minutes from the start of the course.

    On a day on which the clock was put back, a bag of 24 hours is empty an hour early by the clock: it may be changed
    then. A time over which the clock is put forward does not exist on that day.
    """
    local = datetime.combine(day, time(at // 60, at % 60), tzinfo=start.tzinfo)
    there = local.astimezone(UTC)
    if there.astimezone(start.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        return []
    before = (local - timedelta(days=1)).astimezone(UTC) + timedelta(days=1)
    times = [there] if before >= there else [before, there]
    return [round((moment - start.astimezone(UTC)).total_seconds()) // 60 for moment in times]


@cache
def _data() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("bags.toml").read_text(encoding="utf-8")
    return tomli.loads(text, parse_float=Decimal)


@cache
def labelled_bags() -> dict[int, LabelledBag]:
    """The bags of the label, by the minutes that they last."""
    return {
        bag["hours"] * MINUTES_PER_HOUR: LabelledBag(
            bag["hours"] * MINUTES_PER_HOUR,
            Fraction(bag["rate_ml_per_hour"]),
            bag["preservative"],
            bag["in_use_hours"] * MINUTES_PER_HOUR if "in_use_hours" in bag else None,
        )
        for bag in _data()["bag"]
    }


def vial() -> Fraction:
    """How many micrograms a vial holds."""
    return Fraction(_data()["vial"]["micrograms"])


def bag_source() -> str:
    """Who says so, with the status where nobody has seen it."""
    source, status = _data()["source"], _data()["status"]
    return source if status == "seen" else f"{source} ({status})"


def without_preservative(site: "Site") -> "tuple[SiteBag, ...]":
    """The bags of a site that the label prepares without preservative."""
    return tuple(
        size for size in site.bags if (bag := labelled_bags().get(size.minutes)) is not None and not bag.preservative
    )


def usable_bags(site: "Site", weight: Fraction | None) -> "tuple[SiteBag, ...]":
    """The bags of a site that a patient of a weight in kg may get, and that are not out of their in-use time.

    A weight that is not known excludes none.
    """
    young = weight is not None and weight < label()["preservative_from_weight"].value
    return tuple(
        size
        for size in (without_preservative(site) if young else site.bags)
        if (limit := in_use_limit(size)) is None or site.prepared_before + size.minutes <= limit
    )


def underfilled(site: "Site") -> "tuple[SiteBag, ...]":
    """The bags of a site that are filled with less than the label's pump rate infuses."""
    return tuple(
        size
        for size in site.bags
        if size.fill is not None
        and (bag := labelled_bags().get(size.minutes)) is not None
        and size.fill < bag.millilitres_per_hour * size.minutes / MINUTES_PER_HOUR
    )


def in_use_limit(size: "SiteBag") -> int | None:
    """For how many minutes a bag may be used at room temperature: as the site says, else the label; None if neither."""
    if size.in_use is not None:
        return size.in_use
    label = labelled_bags().get(size.minutes)
    return None if label is None else label.in_use
