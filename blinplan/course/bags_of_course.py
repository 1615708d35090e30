"""The bags of a course as it came to be: those that hung by the record, and around them those that a site prepares."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.errors import NoSequenceError
from blinplan.course.bags.keeping import use_by
from blinplan.course.bags.preparation import bag_by_label
from blinplan.course.bags.sequence import Sizes, bag_sequence, refuse_more_than_are_planned, usable_bags
from blinplan.course.bags.times import on_closed_day, times_of_change
from blinplan.course.calendar import Clock
from blinplan.course.events import Course, Period, as_ordered, rate_of_dose
from blinplan.course.happened.hung import HungBag, minutes_left, unknown_stretches, went_on
from blinplan.course.happened.ledger import LedgerEntry
from blinplan.course.happened.replan import Replanned
from blinplan.course.infusions import Infusion, infusions
from blinplan.label.read import label_of
from blinplan.quantities import HOURS_PER_DAY
from blinplan.regimen.record.record import BagOnRecord
from blinplan.regimen.site.site import Site, SiteBag


def bags_of(found: Replanned, site: Site, clock: Clock) -> tuple[Bag, ...]:
    """The bags of a course, in the order of time. Those that are on record are the same whatever site prepares others.

    Raises
    ------
    NoSequenceError
        When no sequence of bags obeys the profile of the site.
    """
    bags = sorted(_Hanging(found, site, clock).bags(), key=lambda bag: bag.start)
    refuse_more_than_are_planned(bags)
    unknown, steps = list(not_on_record(found)), infusions(found.course)
    return tuple(
        replace(
            bag,
            step=bisect_right(steps, bag.start, key=_start) - 1,
            uncertain=any(start <= bag.start < stop for start, stop in unknown),
        )
        for bag in bags
    )


def not_on_record(found: Replanned) -> Iterator[tuple[int, int]]:
    """From where to where something was infused of which nobody says which bag it was, as others are on record."""
    happened = [entry.stopped for entry in found.ledger.interruptions]
    happened += [] if found.ledger.end is None else [found.ledger.end.minute]
    return unknown_stretches(found.course, found.ledger.bags, max(happened, default=0))


def _start(stretch: Infusion) -> int:
    return stretch.start


class _Hanging:
    """Goes through a course, and puts bags where none is on record."""

    def __init__(self, found: Replanned, site: Site, clock: Clock) -> None:
        self._found, self._site, self._clock = found, site, clock
        self._ledger = found.ledger
        self._stops = {entry.stopped: entry for entry in found.ledger.interruptions}
        self._bags = went_on(as_ordered(found.course), found.ledger.bags, found.ledger.same_bag)
        self._sizes = _sizes(found.course, site)
        self._steps = _parts(infusions(as_ordered(found.course)), self._cuts)
        given = [event.period for event in found.course.events]
        # Where nothing was given, no bag that never was is put into the past.
        self._wrong = [period for period in given if period.instead_of is not None]
        # What is ordered has a step: after a restart on which nothing is decided there is none.
        off_plan = (period for period in given if period.instead_of is not None or not period.step)
        self._off_plan = {period.start: period.stop for period in off_plan}

    def bags(self) -> Iterator[Bag]:
        """All bags, those that hung first."""
        hung = list(self._bags_on_record())
        since = 0
        for minute in self._cuts:
            planned = [replace(bag, stop=min(bag.stop, minute)) for bag in self._between(since, minute, hung)]
            yield from planned
            last = next((bag for bag in planned if bag.stop == minute), None)
            if last is not None:
                hung += _beside(self._hung_again(last), [*hung, *self._wrong])
            since = minute
        yield from hung
        rest = [infusion for infusion in self._steps if infusion.start >= since]
        yield from self._sequence(_around(rest, [*hung, *self._wrong]))

    @property
    def _cuts(self) -> list[int]:
        """When an infusion may have been cut short: it stopped, the course ended, or the next cycle began too early."""
        known = self._ledger
        stops = {entry.stopped for entry in known.interruptions}
        ends = set() if known.end is None else {known.end.minute}
        return sorted(stops | ends | {start.start for start in known.starts})

    def _between(self, since: int, minute: int, hung: Sequence[Bag]) -> Iterator[Bag]:
        """What hung before an infusion was cut short was chosen without knowing of it, and stays so."""
        planned = self._found.planned_stops
        first, last = (bisect_left(self._steps, edge, key=_start) for edge in (since, minute))
        until = [
            replace(step, stop=planned.get(minute, minute)) if step.stop == minute else step
            for step in self._steps[first:last]
        ]
        for bag in self._in_use(_around(until, [*hung, *self._wrong]), minute):
            if bag.start < minute:
                yield bag

    def _in_use(self, planned: Sequence[Infusion], stopped: int) -> tuple[Bag, ...]:
        """The bags of infusions that were planned, of which the last was stopped."""
        try:
            return self._sequence(planned)
        except NoSequenceError:
            # What lies behind the stop never came: that no bags were to be had for it is no fault of those before.
            given = [replace(one, stop=min(one.stop, stopped)) for one in planned]
            return self._sequence(given)

    def _sequence(self, planned: Sequence[Infusion]) -> tuple[Bag, ...]:
        """The bags of infusions, by the place where each is; a place begins with a bag of its own."""
        places = [(0, self._site), *((place.minute, place.site) for place in self._site.later)]
        found: list[Bag] = []
        ends = [*(since for since, _ in places[1:]), None]
        for (since, site), until in zip(places, ends, strict=True):
            here = list(_within(planned, since, until))
            found += bag_sequence(here, site, self._clock.started_at(since), self._sizes)
        return tuple(found)

    def _bags_on_record(self) -> Iterator[Bag]:
        """The bags that hung, each in as many stretches as something was infused in."""
        seen = set[int | BagOnRecord]()
        for bag, left in zip(self._bags, self._remainders, strict=True):
            stretches = list(self._stretches(bag, left))
            which = bag.bag if bag.bag.number is None else bag.bag.number
            again = which in seen
            seen.add(which)
            yield from (replace(one, again=again or number > 0) for number, one in enumerate(stretches))

    @property
    def _remainders(self) -> tuple[int, ...]:
        """How long each bag on record lasts from when it is hung."""
        return minutes_left(as_ordered(self._found.course), self._bags)

    def _stretches(self, hung: HungBag, left: int) -> Iterator[Bag]:
        """A bag that hung, where something was infused; what is still to come of it is planned."""
        size, until = self._size(hung), self._good_until(hung)
        given = infusions(self._found.course)
        stop = hung.stop if hung.stop is not None else self._hangs_until(hung.start, left)
        joined: list[Bag] = []
        for infusion in given:
            start, end = max(hung.start, infusion.start), min(stop, infusion.stop)
            if start >= end:
                continue
            if joined and (joined[-1].stop, joined[-1].rate) == (start, infusion.rate):
                joined[-1] = replace(joined[-1], stop=end)
            else:
                held = self._contents(hung)
                joined.append(Bag(start, end, size, infusion.rate, 0, on_record=True, good_until=until, held=held))
        if hung.stop is not None or not joined or hung.start in self._off_plan:
            yield from joined
            return
        first = joined[-1]
        if first.stop in self._stops:
            yield first
            yield from self._hung_again(first)
        else:
            yield self._until_change(first, min(first.minutes, first.size.minutes))

    def _hangs_until(self, minute: int, left: int) -> int:
        """How long a bag can hang that hangs: to the next dose or stop, and no longer than it lasts."""
        edge = next((one.stop for one in self._steps if one.start <= minute < one.stop), minute)
        return self._off_plan.get(minute, min(edge, minute + left))

    def _until_change(self, bag: Bag, minutes: int) -> Bag:
        """A bag that runs so many minutes at most, taken down when the bags after it are best.

        One that hangs though its time was over before is taken down as soon as bags are changed.
        """
        last = bag.start + minutes
        expired = bag.good_until is not None and bag.good_until <= bag.start
        last = last if bag.good_until is None or expired else min(last, bag.good_until)
        running = next(one for one in self._steps if one.start <= bag.start < one.stop)
        within = replace(running, start=bag.start)
        site, began = self._site.at(bag.start), self._clock.started_at(bag.start)
        times = [at for at in times_of_change(within, site, began, closed_too=True) if bag.start < at <= last]
        times += [running.stop] if running.stop <= last else []
        ways = [(at, way) for at in times if (way := self._from(at, running)) is not None]
        ways = ways[:1] if expired else ways
        best = min(ways, key=lambda each: (self._on_closed_days(each[1]), len(each[1]), -each[0]), default=None)
        return replace(bag, stop=last if best is None else best[0])

    def _on_closed_days(self, bags: Iterable[Bag]) -> int:
        """How many bags are to be hung on days on which their site changes none."""
        return sum(
            on_closed_day(bag.start, self._site.at(bag.start), self._clock.started_at(bag.start)) for bag in bags
        )

    def _hung_again(self, bag: Bag) -> Iterator[Bag]:
        """What becomes of a bag that hung when the infusion stopped, where the record says that it went on."""
        used, until = 0, use_by(bag, self._site).down_by
        while (entry := self._stops.get(bag.stop)) is not None and why_not_again(
            entry, self._site.at(entry.stopped), until
        ) is None:
            used += bag.minutes
            running = next((one for one in self._steps if one.start == entry.restarted), None)
            if running is None or running.rate != bag.rate or used >= bag.size.minutes:
                return
            bag = self._until_change(
                replace(bag, start=running.start, stop=running.stop, again=True, good_until=until),
                bag.size.minutes - used,
            )
            yield bag

    def _good_until(self, hung: HungBag) -> int | None:
        """Until when a bag on record may be used; None where nobody says since when, or how long it keeps.

        Of one that hangs, the site says what the label does not, and that its time runs from hanging where it was cold.
        """
        limit, prepared = self._size(hung).in_use, hung.bag.prepared
        since = None if prepared is None else self._clock.minute(prepared)
        if hung.stop is None:
            site = self._site.at(hung.start)
            own = next((size.in_use for size in site.bags if size.minutes == hung.bag.minutes), None)
            limit = min((one for one in (limit, own) if one is not None), default=None)
            since = self._first_hung(hung) if site.kept_cold else since
        return None if limit is None or since is None else since + limit

    def _first_hung(self, hung: HungBag) -> int:
        """When a bag was hung for the first time."""
        number = hung.bag.number
        return next(bag.start for bag in self._bags if bag is hung or (number is not None and bag.bag.number == number))

    def _size(self, bag: HungBag) -> SiteBag:
        """What a bag was made for, as far as the record and the label say it; the site has no say in what hung."""
        label = label_of(self._found.course.regimen_at(bag.start))
        made = bag_by_label(SiteBag(bag.bag.minutes, None, None), label.bag(bag.bag.minutes))
        rate = bag.bag.millilitres_per_hour
        return made if rate is None else replace(made, millilitres_per_hour=rate)

    def _contents(self, hung: HungBag) -> Fraction | None:
        """How many mcg a bag on record held, where the record says how much was in it, and the label its pump rate."""
        course, volume = self._found.course, hung.bag.millilitres
        labelled = label_of(course.regimen_at(hung.start)).bag(hung.bag.minutes)
        if volume is None or labelled is None:
            return None
        dose = rate_of_dose(hung.bag.dose, None, course.patient_at(hung.start))
        return dose * volume / (labelled.millilitres_per_hour * HOURS_PER_DAY)

    def _from(self, at: int, running: Infusion) -> tuple[Bag, ...] | None:
        """The bags of what is left of an infusion; None where there are none."""
        try:
            return self._sequence([replace(running, start=at)])
        except NoSequenceError:
            return None


def why_not_again(entry: LedgerEntry, site: Site, good_until: int | None) -> str | None:
    """Why a bag that hung when the infusion stopped is not hung again, in words; empty where nobody asks for it."""
    if entry.restarted is None or entry.resumption is None or not entry.interruption.same_bag:
        return ""
    if site.disconnected_bag is None:
        return "whether a bag that was disconnected may go on is not said (`disconnected_bag` of the site profile)"
    if not site.disconnected_bag:
        return f"{site.name} hangs no bag again that was disconnected"
    if entry.resumption.new_cycle:
        return "a new cycle begins with a new bag"
    if good_until is not None and good_until <= entry.restarted:
        return "its in-use time was over"
    return None


def _beside(bags: Iterable[Bag], hung: Sequence[Bag | Period]) -> list[Bag]:
    """The bags where none on record hung, and where it is not known that none did: each ends where that begins."""
    found = []
    for bag in bags:
        stop = min((one.start for one in hung if one.stop > bag.start), default=bag.stop)
        if stop > bag.start:
            found.append(replace(bag, stop=min(stop, bag.stop)))
    return found


def _parts(steps: Iterable[Infusion], cuts: Sequence[int]) -> tuple[Infusion, ...]:
    """The infusions, each in two where it was stopped and restarted in one minute: nothing between tells of that."""
    found: list[Infusion] = []
    for step in steps:
        inside = cuts[bisect_right(cuts, step.start) : bisect_left(cuts, step.stop)]
        found += (replace(step, start=start, stop=stop) for start, stop in pairwise([step.start, *inside, step.stop]))
    return tuple(found)


def _within(planned: Iterable[Infusion], since: int, until: int | None) -> Iterator[Infusion]:
    """What of infusions lies from a minute to another."""
    for one in planned:
        start, stop = max(one.start, since), one.stop if until is None else min(one.stop, until)
        if start < stop:
            yield replace(one, start=start, stop=stop)


def _around(planned: Iterable[Infusion], hung: Sequence[Bag | Period]) -> list[Infusion]:
    """What is left of infusions where no bag on record hung, and where it is not known that none did."""
    found: list[Infusion] = []
    for infusion in planned:
        inside = [bag for bag in hung if bag.start < infusion.stop and bag.stop > infusion.start]
        edges = [(infusion.start, infusion.start), *sorted((bag.start, bag.stop) for bag in inside)]
        for (_, start), (stop, _) in pairwise([*edges, (infusion.stop, infusion.stop)]):
            if start < stop:
                found.append(replace(infusion, start=start, stop=stop))
    return found


def _sizes(course: Course, site: Site) -> Sizes:
    """The bags that the patient may get at a minute, by the site that prepares them and the weight that counts then."""
    edges = sorted({0, *(change.minute for change in course.changes), *(place.minute for place in site.later)})
    usable = [usable_bags(site.at(edge), course.patient_at(edge).weight) for edge in edges]
    return lambda minute: usable[bisect_right(edges, minute) - 1]
