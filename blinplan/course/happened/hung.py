"""Bags as they hung: what they gave where it is not what was ordered, counted exactly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from blinplan.course.events import Course, Event, Period, as_ordered, course_of, rate_of_dose
from blinplan.label.label import Label
from blinplan.label.read import label_of
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen.record.record import BagOnRecord, CourseRecord, minutes_between
from blinplan.regimen.toml.document import KeyPath


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
        labelled, pump = label.bag(self.bag.minutes), self.bag.millilitres_per_hour
        if pump is None or labelled is None:
            return self.bag.dose
        return DoseRate(self.bag.dose.amount * pump / labelled.millilitres_per_hour, self.bag.dose.basis)


@dataclass(frozen=True, slots=True)
class WrongDose:
    """A stretch in which another dose was given than was ordered: how much more, in mcg, exact; less is below 0."""

    event: Event
    ordered: Event

    @property
    def micrograms(self) -> Fraction:
        """By how much more was given."""
        return self.event.micrograms - self.ordered.micrograms


def hung_bags(record: CourseRecord) -> tuple[HungBag, ...]:
    """The bags of a record, in minutes of its course."""
    return tuple(
        HungBag(
            minutes_between(record.start, bag.hung),
            None if bag.taken_down is None else minutes_between(record.start, bag.taken_down),
            bag,
        )
        for bag in record.bags
    )


def as_given(course: Course, bags: Sequence[HungBag]) -> Course:
    """A course with what the bags on record gave in it, where that is not what was ordered."""
    if not bags:
        return course
    laid_out = [piece for event in course.events for piece in _pieces(event, course, bags)]
    return replace(course_of(course.regimen, course.patient, laid_out, course.changes), others=course.others)


def wrong_doses(course: Course) -> Iterator[WrongDose]:
    """The stretches of a course in which another dose was given than was ordered."""
    for event in course.events:
        if event.period.instead_of is not None:
            ordered = course_of(course.regimen, course.patient, [event.period.instead_of], course.changes)
            yield WrongDose(event, ordered.events[0])


def wrong_now(course: Course, bags: Sequence[HungBag]) -> Event | None:
    """What is ordered while the bag hangs that gives another dose; None where none does."""
    if not bags or bags[-1].stop is not None:
        return None
    hangs = bags[-1]
    for event in as_ordered(course).events:
        if event.period.dose is not None and event.period.start <= hangs.start < event.period.stop:
            given = hangs.dose_given(label_of(course.regimen_at(hangs.start)))
            return event if _differs(given, event, course) else None
    return None


def _pieces(event: Event, course: Course, bags: Iterable[HungBag]) -> Iterator[Period]:
    """An event, in pieces where a bag with another dose hung."""
    period, now = event.period, event.period.start
    for bag in bags if period.dose is not None else ():
        start, stop = max(bag.start, now), min(bag.stop if bag.stop is not None else now, period.stop)
        given = bag.dose_given(label_of(course.regimen_at(period.start)))
        if start >= stop or not _differs(given, event, course):
            continue
        if start > now:
            yield replace(period, start=now, stop=start)
        piece = replace(period, start=start, stop=stop)
        yield replace(piece, dose=given, cap=None if given.basis is Basis.FLAT else period.cap, instead_of=piece)
        now = stop
    if now < period.stop:
        yield replace(period, start=now)


def _differs(given: DoseRate, event: Event, course: Course) -> bool:
    """Whether a bag gives another dose than is ordered; one that is written to so many digits is not."""
    if given == event.period.dose:
        return False
    whom = course.patient_at(event.period.start)
    rate = rate_of_dose(given, event.period.cap, whom)
    return abs(rate - event.rate) > _last_digit(given.amount) / 2


def _last_digit(amount: Fraction) -> Fraction:
    """What the last written digit of a decimal number is worth; 0 of whole numbers and of fractions."""
    digits = next((digits for digits in range(1, 7) if (amount * 10**digits).denominator == 1), None)
    return Fraction(0) if digits is None or amount.denominator == 1 else Fraction(1, 10**digits)
