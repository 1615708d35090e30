"""Bags as they hung: what they gave where it is not what was ordered, counted exactly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from blinplan.course.events import (
    ENDED,
    INTERRUPTED,
    NOT_DECIDED,
    NOT_RESTARTED,
    Course,
    Event,
    Period,
    course_of,
    rate_of_dose,
)
from blinplan.course.patient import Patient
from blinplan.label.label import Label
from blinplan.label.read import label_of
from blinplan.quantities import MINUTES_PER_HOUR, DoseRate
from blinplan.regimen.record.moments import minutes_between
from blinplan.regimen.record.record import BagOnRecord, CourseRecord
from blinplan.regimen.toml.positions import KeyPath

NO_BAG = "no bag hung"
EMPTY = "the bag was empty"
PAST_ITS_HOURS = "the bag was past its hours"
"""Why nothing was given where something was ordered."""

AFTER_THE_PLAN = frozenset({NOT_RESTARTED, ENDED, NOT_DECIDED})
"""Why nothing is planned where bags hung all the same."""


@dataclass(frozen=True, slots=True)
class HungBag:
    """A bag as it hung, in minutes of the course; ``stop`` is None while it hangs. ``bag`` is what the record says."""

    start: int
    stop: int | None
    bag: BagOnRecord

    @property
    def path(self) -> KeyPath:
        """Where it is written."""
        return self.bag.path

    def dose_given(self, label: Label) -> DoseRate:
        """The dose rate that it gave: what it was made for, at the pump's rate in place of the label's."""
        return DoseRate(self.bag.dose.amount * self._speed(label), self.bag.dose.basis)

    def cap_given(self, label: Label, periods: Iterable[Period]) -> DoseRate | None:
        """The most that it gave: the cap of the step that it was made for, at the pump's rate as the dose is.

        None where its dose is that of no step, or of one without a cap.
        """
        cap = next((period.cap for period in periods if period.dose == self.bag.dose), None)
        return None if cap is None else DoseRate(cap.amount * self._speed(label), cap.basis)

    def _speed(self, label: Label) -> Fraction:
        """The pump's rate as a share of the label's; 1 where either is not known."""
        labelled, pump = label.bag(self.bag.minutes), self.bag.millilitres_per_hour
        return Fraction(1) if pump is None or labelled is None else pump / labelled.millilitres_per_hour

    def minutes_full(self, label: Label) -> Fraction:
        """For how many minutes it gives something when it is full, as the pump ran.

        That is what its volume lasts, where that is on record, and else no more than what it was made for.
        """
        labelled, pump, volume = label.bag(self.bag.minutes), self.bag.millilitres_per_hour, self.bag.millilitres
        usual = None if labelled is None else labelled.millilitres_per_hour
        if volume is not None and (rate := pump or usual) is not None:
            return volume * MINUTES_PER_HOUR / rate
        return Fraction(self.bag.minutes) * (1 if pump is None or usual is None else usual / pump)

    def is_followed_by(self, other: "HungBag") -> bool:
        """Whether no bag hung between this one and another, by their numbers."""
        number, next_number = self.bag.number, other.bag.number
        return number is not None and next_number in {number, number + 1}


@dataclass(frozen=True, slots=True)
class WrongDose:
    """A stretch in which another dose was given than was ordered: how much more, in mcg, exact; less is below 0."""

    event: Event
    ordered: Event

    @property
    def micrograms(self) -> Fraction:
        """By how much more was given."""
        return self.event.micrograms - self.ordered.micrograms

    @property
    def lack(self) -> str | None:
        """Why nothing was given; None where something was."""
        return self.event.period.lack

    @property
    def why_none_ordered(self) -> str | None:
        """Why nothing was ordered, in words; None where something was."""
        ordered = self.ordered.period
        if ordered.dose is not None:
            return None
        stopped = ordered.cycle_name == INTERRUPTED
        return ordered.lack or (NOT_RESTARTED if stopped else "the infusion of the cycle had ended")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What a bag gave from one minute to another; ``dose`` is None where nothing was given, for a reason."""

    start: int
    stop: int
    dose: DoseRate | None
    cap: DoseRate | None = None
    lack: str | None = None


def hung_bags(record: CourseRecord) -> tuple[HungBag, ...]:
    """The bags of a record, in minutes of its course; when one was prepared is said once, and holds where it hangs."""
    told = (bag for bag in reversed(record.bags) if bag.number is not None and bag.prepared)
    prepared: dict[int | None, datetime | None] = {bag.number: bag.prepared for bag in told}
    return tuple(
        HungBag(
            minutes_between(record.start, bag.hung),
            None if bag.taken_down is None else minutes_between(record.start, bag.taken_down),
            replace(bag, prepared=bag.prepared or prepared.get(bag.number)),
        )
        for bag in record.bags
    )


def went_on(course: Course, bags: Sequence[HungBag], stops: Iterable[tuple[int, int]]) -> tuple[HungBag, ...]:
    """The bags as they hung, the one that hangs parted where it went on after a stop at another dose than is ordered.

    ``stops`` are those after which the same bag went on: when, and until when.
    """
    found = tuple(bags)
    for stopped, restarted in stops:
        last = found[-1] if found else None
        if last is None or last.stop is not None or last.start >= stopped:
            continue
        running = next((e for e in course.events if e.period.start <= restarted < e.period.stop), None)
        if (
            running is not None
            and running.period.dose is not None
            and _differs(_stretch_of(course, last), running, course)
        ):
            found = (*found[:-1], replace(last, stop=stopped), replace(last, start=restarted))
    return found


def as_given(course: Course, bags: Sequence[HungBag]) -> Course:
    """A course with what the bags on record gave in it, where that is not what was ordered."""
    if not bags:
        return course
    stretches = list(_stretches(course, bags))
    laid_out = [piece for event in course.events for piece in _pieces(event, course, stretches)]
    while laid_out[-1].lack in AFTER_THE_PLAN:
        laid_out.pop()
    return replace(course_of(course.regimen, course.patient, laid_out, course.changes), others=course.others)


def to_the_last_bag(course: Course, bags: Sequence[HungBag], after: Sequence[tuple[int, str]]) -> Course:
    """A course with what lies between its end and that of the last bag on record, in which nothing was ordered.

    ``after`` says from when on, and why, in the order of time.
    """
    if not bags:
        return course
    last, bag = course.events[-1].period, bags[-1]
    until = bag.stop or bag.start + int(bag.minutes_full(label_of(course.regimen_at(bag.start))))
    edges = [*(edge for edge in after if edge[0] < until), (until, "")]
    nothing = replace(last, dose=None, cap=None, step=0, cycle_name=INTERRUPTED, interval_reason=None)
    more = [replace(nothing, start=start, stop=stop, lack=lack) for (start, lack), (stop, _) in pairwise(edges)]
    if not more:
        return course
    laid_out = [*(event.period for event in course.events), *more]
    return replace(course_of(course.regimen, course.patient, laid_out, course.changes), others=course.others)


def wrong_doses(course: Course) -> Iterator[WrongDose]:
    """The stretches of a course in which another dose was given than was ordered."""
    for event in course.events:
        if event.period.instead_of is not None:
            ordered = course_of(course.regimen, course.patient, [event.period.instead_of], course.changes)
            yield WrongDose(event, ordered.events[0])


def wrong_bag_that_hangs(course: Course, bags: Sequence[HungBag]) -> WrongDose | None:
    """What the bag that hangs gives to the end of its hours, where that is another dose than is ordered."""
    if not bags or bags[-1].stop is not None:
        return None
    since = bags[-1].start
    wrong = [one for one in wrong_doses(course) if one.lack is None and one.event.period.start >= since]
    return wrong[-1] if wrong else None


def unknown_stretches(course: Course, bags: Sequence[HungBag], known_until: int) -> Iterator[tuple[int, int]]:
    """From where to where something was infused of which nobody says which bag it was, as others are on record.

    ``known_until`` is when the last thing happened that is on record.
    """
    if not bags:
        return
    edges = [(0, bags[0].start), (bags[-1].stop or known_until, known_until)]
    edges += [(bag.stop or other.start, other.start) for bag, other in pairwise(bags) if not bag.is_followed_by(other)]
    for start, stop in sorted(edges):
        infused = [
            (max(event.period.start, start), min(event.period.stop, stop))
            for event in course.events
            if event.period.dose is not None and event.period.start < stop and event.period.stop > start
        ]
        if infused and start < stop:
            yield infused[0][0], infused[-1][1]


def minutes_left(course: Course, bags: Sequence[HungBag]) -> tuple[int, ...]:
    """How many whole minutes each bag lasts from when it is hung: hung again, what is left of it."""
    used: dict[int | BagOnRecord, Fraction] = {}
    found = []
    for bag in bags:
        full = bag.minutes_full(label_of(course.regimen_at(bag.start)))
        which = bag.bag if bag.bag.number is None else bag.bag.number
        share = used.get(which, Fraction(0))
        found.append(max(0, int(full * (1 - share))))
        used[which] = share + sum(stop - start for start, stop in _stretches_of_infusion(course, bag)) / full
    return tuple(found)


def _stretches_of_infusion(course: Course, bag: HungBag) -> Iterator[tuple[int, int]]:
    """Where something was infused while a bag hung: it also was after the end of a cycle or of the course.

    While the infusion was stopped, that is so of a bag that was hung then. Of a bag that hangs, that is to where the
    dose changes or stops.
    """
    for event in course.events:
        start, stop = max(event.period.start, bag.start), event.period.stop
        hung_here = event.period.start <= bag.start
        stopped = event.period.cycle_name == INTERRUPTED and event.period.lack not in {ENDED, NOT_DECIDED}
        if start >= stop or (stopped and not hung_here):
            continue
        if bag.stop is None:
            if hung_here:
                yield start, stop
        elif start < bag.stop:
            yield start, min(stop, bag.stop)


def _stretches(course: Course, bags: Sequence[HungBag]) -> Iterator[_Stretch]:
    """What the bags gave, and where none did: a bag gives no more than is in it, and between two nothing is given."""
    for bag, left in zip(bags, minutes_left(course, bags), strict=True):
        given = _stretch_of(course, bag)
        for start, stop in _stretches_of_infusion(course, bag):
            empty = min(stop, start + left)
            left -= empty - start  # noqa: PLW2901 - what is left grows less
            yield replace(given, start=start, stop=empty)
            if bag.stop is not None:
                lack = PAST_ITS_HOURS if bag.bag.millilitres is None else EMPTY
                yield _Stretch(empty, stop, None, lack=lack)
        following = next((other for other in bags if other.start > bag.start), None)
        if bag.stop is not None and following is not None and bag.is_followed_by(following):
            yield _Stretch(bag.stop, following.start, None, lack=NO_BAG)


def _stretch_of(course: Course, bag: HungBag) -> _Stretch:
    """What a bag gives as long as there is something in it."""
    label = label_of(course.regimen_at(bag.start))
    cap = bag.cap_given(label, (event.period for event in course.events))
    return _Stretch(bag.start, bag.start, bag.dose_given(label), cap)


def _pieces(event: Event, course: Course, stretches: Iterable[_Stretch]) -> Iterator[Period]:
    """An event, in pieces where another dose was given, or none."""
    period, now = event.period, event.period.start
    for stretch in stretches:
        start, stop = max(stretch.start, now), min(stretch.stop, period.stop)
        if start >= stop or not _differs(stretch, event, course):
            continue
        if start > now:
            yield replace(period, start=now, stop=start)
        yield _piece(replace(period, start=start, stop=stop), stretch, course)
        now = stop
    if now < period.stop:
        yield replace(period, start=now)


def _piece(ordered: Period, stretch: _Stretch, course: Course) -> Period:
    given = replace(ordered, dose=stretch.dose, cap=stretch.cap, instead_of=ordered)
    if stretch.dose is None:
        return replace(given, cycle_name=INTERRUPTED, interval_reason=None, lack=stretch.lack)
    named = next(event.period for event in course.events if event.period.cycle == ordered.cycle)
    given = replace(given, cycle_name=named.cycle_name, lack=None)
    return replace(given, instead_of=None) if ordered.lack == NOT_DECIDED else given


def _differs(given: _Stretch, event: Event, course: Course) -> bool:
    """Whether a bag gives another dose than is ordered; one that is written to so many digits is not."""
    if given.dose is None or given.dose == event.period.dose:
        return given.dose != event.period.dose
    return not comes_to(given.dose, event.rate, given.cap, course.patient_at(event.period.start))


def comes_to(given: DoseRate, rate: Fraction, cap: DoseRate | None, whom: Patient) -> bool:
    """Whether a dose comes to a rate in mcg/day, as far as it is written to so many digits.

    Raises
    ------
    PatientError
        When the body surface area is needed and unknown.
    """
    return abs(rate_of_dose(given, cap, whom) - rate) <= _last_digit(given.amount) / 2


def bag_at(bags: Sequence[HungBag], minute: int) -> HungBag | None:
    """The bag on record that hung at a minute of the course; None where none did."""
    return next((bag for bag in bags if bag.start <= minute and (bag.stop is None or minute < bag.stop)), None)


def _last_digit(amount: Fraction) -> Fraction:
    """What the last written digit of a decimal number is worth; 0 of whole numbers and of fractions."""
    digits = next((digits for digits in range(1, 7) if (amount * 10**digits).denominator == 1), None)
    return Fraction(0) if digits is None or amount.denominator == 1 else Fraction(1, 10**digits)
