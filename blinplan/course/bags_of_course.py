"""The bags of a course as it came to be: those that hung by the record, and around them those that a site prepares."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.preparation import bag_by_label
from blinplan.course.bags.sequence import Infusion, NoSequenceError, Sizes, bag_sequence, times_of_change, usable_bags
from blinplan.course.calendar import Clock, infusions
from blinplan.course.events import Course
from blinplan.course.happened.hung import HungBag, as_ordered
from blinplan.course.happened.replan import Replanned, replay
from blinplan.course.wall_clock import WallClock
from blinplan.label.read import label_of
from blinplan.regimen.site import Site, SiteBag


def bags_of(found: Replanned, site: Site, clock: Clock) -> tuple[Bag, ...]:
    """The bags of a course, in the order of time. Those that are on record are the same whatever site prepares others.

    Raises
    ------
    NoSequenceError
        When no sequence of bags obeys the profile of the site.
    """
    return tuple(
        _numbered(sorted(_Hanging(found, site, clock).bags(), key=lambda bag: bag.start), infusions(found.course))
    )


def _numbered(bags: Iterable[Bag], steps: Sequence[Infusion]) -> Iterator[Bag]:
    """The bags with the dose steps that they belong to."""
    for bag in bags:
        yield replace(bag, step=next(n for n, step in enumerate(steps) if step.start <= bag.start < step.stop))


class _Hanging:
    """Goes through a course, and puts bags where none is on record."""

    def __init__(self, found: Replanned, site: Site, clock: Clock) -> None:
        self._found, self._site, self._clock = found, site, clock
        self._ledger = found.ledger
        self._sizes = _sizes(found.course, site)

    def bags(self) -> Iterator[Bag]:
        """All bags, those that hung first."""
        hung = list(self._hung())
        yield from hung
        since = 0
        for number, entry in enumerate(self._ledger.interruptions):
            for bag in self._before_stop(number, since, entry.stopped, hung):
                yield replace(bag, stop=min(bag.stop, entry.stopped))
            since = entry.stopped
        rest = [infusion for infusion in infusions(as_ordered(self._found.course)) if infusion.start >= since]
        yield from self._sequence(_around(rest, hung))

    def _before_stop(self, number: int, since: int, stopped: int, hung: Sequence[Bag]) -> Iterator[Bag]:
        """What hung before an interruption was chosen without knowing of it, and stays so."""
        known = self._ledger
        then = replace(
            known,
            interruptions=known.interruptions[:number],
            starts=tuple(start for start in known.starts if start.start <= stopped),
            figures=tuple(figures for figures in known.figures if figures.minute <= stopped),
            end=None,
            bags=(),
        )
        course = replay(self._found.undated, then, WallClock(self._clock.start)).course
        until = [infusion for infusion in infusions(course) if infusion.start < stopped]
        for bag in self._in_use(_around(until, hung), stopped):
            if since <= bag.start < stopped:
                yield bag

    def _in_use(self, planned: Sequence[Infusion], stopped: int) -> tuple[Bag, ...]:
        """The bags of infusions that were planned, of which the last was stopped."""
        try:
            return self._sequence(planned)
        except NoSequenceError:
            # What lies behind the stop never came: that no bags were to be had for it is no fault of those before.
            given = [replace(one, stop=min(one.stop, stopped)) for one in planned if one.start < stopped]
            return self._sequence(given)

    def _sequence(self, planned: Sequence[Infusion]) -> tuple[Bag, ...]:
        return bag_sequence(planned, self._site, self._clock.start, self._sizes)

    def _hung(self) -> Iterator[Bag]:
        """The bags that hung, each in as many stretches as something was infused in."""
        course, seen = self._found.course, set[int]()
        for bag in self._ledger.bags:
            again = bag.bag.number is not None and bag.bag.number in seen
            seen |= set() if bag.bag.number is None else {bag.bag.number}
            size = self._size(bag)
            stop = self._hangs_until(bag, size)
            stretches: list[Bag] = []
            for infusion in infusions(course):
                start, end = max(bag.start, infusion.start), min(stop, infusion.stop)
                last = stretches[-1] if stretches else None
                if start < end and last is not None and (last.stop, last.rate) == (start, infusion.rate):
                    stretches[-1] = replace(last, stop=end)
                elif start < end:
                    stretches.append(
                        Bag(start, end, size, infusion.rate, 0, on_record=True, again=again or last is not None)
                    )
            yield from stretches

    def _size(self, bag: HungBag) -> SiteBag:
        """What a bag was made for, as far as the record and the label say it; the site has no say in what hung."""
        label = label_of(self._found.course.regimen_at(bag.start))
        made = bag_by_label(SiteBag(bag.bag.minutes, bag.bag.fill, None), label.bag(bag.bag.minutes))
        rate = bag.bag.millilitres_per_hour
        return made if rate is None else replace(made, millilitres_per_hour=rate)

    def _hangs_until(self, bag: HungBag, size: SiteBag) -> int:
        """When a bag is taken down: on record, else the time at which the bags after it are best."""
        if bag.stop is not None:
            return bag.stop
        steps = infusions(as_ordered(self._found.course))
        running = next((one for one in steps if one.start <= bag.start < one.stop), None)
        if running is None:
            return bag.start
        last = min(running.stop, bag.start + size.minutes)
        within = replace(running, start=bag.start)
        times = [at for at in times_of_change(within, self._site, self._clock.start) if at <= last]
        times += [running.stop] if running.stop <= last else []
        ways = [(at, way) for at in times if (way := self._from(at, running)) is not None]
        return min(ways, key=lambda each: (len(each[1]), -each[0]))[0] if ways else last

    def _from(self, at: int, running: Infusion) -> tuple[Bag, ...] | None:
        """The bags of what is left of an infusion; None where there are none."""
        try:
            return self._sequence([replace(running, start=at)]) if at < running.stop else ()
        except NoSequenceError:
            return None


def _around(planned: Iterable[Infusion], hung: Sequence[Bag]) -> list[Infusion]:
    """What is left of infusions where no bag on record hung."""
    found: list[Infusion] = []
    for infusion in planned:
        inside = [bag for bag in hung if bag.start < infusion.stop and bag.stop > infusion.start]
        edges = [(infusion.start, infusion.start), *((bag.start, bag.stop) for bag in inside)]
        for (_, start), (stop, _) in pairwise([*edges, (infusion.stop, infusion.stop)]):
            if start < stop:
                found.append(replace(infusion, start=start, stop=stop))
    return found


def _sizes(course: Course, site: Site) -> Sizes:
    """The bags that the patient may get at a minute, by the weight that counts then."""
    return lambda minute: usable_bags(site, course.patient_at(minute).weight)
