"""What becomes of a course after the interruptions of a record: what was given, and what is left to give."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from typing import Protocol
from zoneinfo import ZoneInfo

from blinplan.course.events import Course, Period, course_of, given_rate, periods
from blinplan.course.interruption import Decision, Question, decisions
from blinplan.course.label import label
from blinplan.course.ledger import LaterStart, Ledger, LedgerEntry, Resumption
from blinplan.course.opening import put_forward
from blinplan.course.patient import PatientError
from blinplan.quantities import Basis, DoseRate, duration_text
from blinplan.regimen.document import KeyPath
from blinplan.regimen.record import CourseRecord, Interruption, minutes_between
from blinplan.regimen.regimen import Regimen

INTERRUPTED = "interrupted"
"""The name of the cycle in a period in which the infusion is stopped."""


class RecordError(ValueError):
    """A record that does not fit the course; ``path`` is the place in the record."""

    def __init__(self, message: str, path: KeyPath) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Replanned:
    """A course as it came to be, and the ledger of what was decided. ``planned`` is the one that was planned.

    ``ended`` says that nothing more is planned: the infusion was not restarted, or is not to be.
    """

    planned: Course
    course: Course
    ledger: Ledger
    ended: bool


Opens = Callable[[int, int], tuple[int, str]]
"""Says when a cycle can begin that could from a minute of the course on, after a cycle of so many minutes, and why."""


def at_once(minute: int, length: int) -> tuple[int, str]:
    """Let every cycle begin as soon as it can."""
    return minute, ""


def replan(planned: Course, record: CourseRecord | None, opens: Opens = at_once) -> Replanned:
    """Go through a course with what a record says.

    In the same cycle the infusion goes on until as much time was infused as was planned for the cycle. A new cycle is
    the next one of the regimen; whether the broken one counts, the label does not say. After a restart at a lower dose
    the full dose of the cycle comes back after the label's 7 days.

    Parameters
    ----------
    planned
        The course.
    record
        What happened to it; None where nothing did.
    opens
        When the later cycles can begin of which the record does not say when they did.

    Raises
    ------
    RecordError
        When the record names another regimen, an interruption falls where nothing was infused, or a cycle began before
        the treatment-free interval before it had ended.
    PatientError
        When a restart at a dose by area can only be compared with the full dose by an area that is not known.
    """
    if record is not None and record.regimen != planned.regimen.name:
        raise RecordError(f"the record is of {record.regimen}, and the plan of {planned.regimen.name}", ("regimen",))
    return _walked(planned, _FromRecord(planned.regimen, record, opens))


def replay(planned: Course, ledger: Ledger) -> Replanned:
    """Make a course again from its ledger alone, whatever the label's numbers are today.

    Raises
    ------
    RecordError
        When the ledger is not of this course.
    """
    return _walked(planned, _FromLedger(ledger))


def as_it_stood(record: CourseRecord) -> Iterator[CourseRecord]:
    """A record as it was before anything happened, and after each thing that did, the last excepted."""
    times = {one.stopped for one in record.interruptions}
    times |= {one.restarted for one in record.interruptions if one.restarted is not None}
    times |= {one.started for one in record.cycle_starts}
    for moment in (record.start, *sorted(times)[:-1]):
        yield replace(
            record,
            interruptions=tuple(_until(one, moment) for one in record.interruptions if one.stopped <= moment),
            cycle_starts=tuple(one for one in record.cycle_starts if one.started <= moment),
        )


def _until(one: Interruption, moment: datetime) -> Interruption:
    """What was known of an interruption at a time."""
    if one.restarted is not None and one.restarted <= moment:
        return one
    resolved = one.resolved if one.resolved is not None and one.resolved <= moment else None
    return replace(one, restarted=None, restart_dose=None, premedicated=None, new_cycle=None, resolved=resolved)


def decided(regimen: Regimen, record: CourseRecord, square_metres: Fraction | None) -> Ledger:
    """The ledger of what a record says, for a patient of whom no more is known than the area, or not even that.

    Raises what `replan` does.
    """
    walk = _Walk(periods(regimen), _FromRecord(regimen, record, at_once), square_metres)
    walk.to_its_end()
    return walk.ledger


def _walked(planned: Course, decided: "_Decided") -> Replanned:
    area = planned.patient.area.square_metres if planned.patient.area else None
    walk = _Walk([event.period for event in planned.events], decided, area)
    course = course_of(planned.regimen, planned.patient, walk.to_its_end())
    return Replanned(planned, course, walk.ledger, walk.ended)


class _Decided(Protocol):
    """What is decided on the way: asked of a record, or read from a ledger."""

    def next_stop(self) -> tuple[int, int, KeyPath] | None:
        """The next interruption: its minute, its cycle, and where it is written; None when there is none."""

    def entry(self, dose: DoseRate) -> LedgerEntry:
        """Take the next interruption, which stops that dose."""

    def start(self, cycle: int, earliest: int, length: int) -> LaterStart | None:
        """When a cycle begins that could begin at a minute, after a cycle of so many minutes; None if then."""

    def end(self, *, ended: bool) -> None:
        """Complain of what is left over at the end of the course."""


class _FromRecord:
    """Asks the label, and takes what was done where the record says so."""

    def __init__(self, regimen: Regimen, record: CourseRecord | None, opens: Opens) -> None:
        self._regimen = regimen
        self._opens = opens
        self._start = record.start if record else None
        self._zone = record.time_zone if record else None
        self._waiting = list(record.interruptions) if record else []
        self._begun = {one.cycle: one for one in record.cycle_starts} if record else {}

    def next_stop(self) -> tuple[int, int, KeyPath] | None:
        if not self._waiting:
            return None
        one = self._waiting[0]
        return self._minute(one.stopped), one.cycle, one.path

    def entry(self, dose: DoseRate) -> LedgerEntry:
        one = self._waiting.pop(0)
        asked = decisions(one, self._regimen, dose)
        resumption, words = _resumption(one, asked)
        restarted = None if one.restarted is None else self._minute(one.restarted)
        return LedgerEntry(one, self._minute(one.stopped), restarted, asked, resumption, words)

    def start(self, cycle: int, earliest: int, length: int) -> LaterStart | None:
        begun = self._begun.pop(cycle, None)
        if begun is None:
            start, why = self._opens(earliest, length)
            return None if start == earliest else LaterStart(cycle, earliest, start, why, recorded=False)
        start = self._minute(begun.started)
        if start < earliest - self._lost(earliest, length):
            raise RecordError(
                f"cycle {cycle} began {duration_text(earliest - start)} before it could: before the treatment-free"
                " interval of the cycle before it had ended",
                (*begun.path, "started"),
            )
        why = "it is on record" if start >= earliest else "it is on record, and the clock was put forward"
        return None if start == earliest else LaterStart(cycle, earliest, start, why, recorded=True)

    def _lost(self, earliest: int, length: int) -> int:
        """By how much a cycle of whole days by the clock is shorter, because the clock was put forward in it."""
        if self._start is None or self._zone is None:
            return 0
        return put_forward(self._start.astimezone(ZoneInfo(self._zone)), earliest - length, earliest)

    def end(self, *, ended: bool) -> None:
        if ended:
            return  # whatever was done after that, there is no plan for it
        for one in self._waiting:
            raise RecordError("nothing was infused when this interruption began", (*one.path, "stopped"))
        for begun in self._begun.values():
            raise RecordError(f"the course has no start of a cycle {begun.cycle}", (*begun.path, "cycle"))

    def _minute(self, moment: datetime) -> int:
        assert self._start is not None  # noqa: S101 - there is a record where there is a moment
        return minutes_between(self._start, moment)


class _FromLedger:
    """Reads what was decided."""

    def __init__(self, ledger: Ledger) -> None:
        self._waiting = list(ledger.interruptions)
        self._starts = {one.cycle: one for one in ledger.starts}

    def next_stop(self) -> tuple[int, int, KeyPath] | None:
        if not self._waiting:
            return None
        entry = self._waiting[0]
        return entry.stopped, entry.interruption.cycle, entry.interruption.path

    def entry(self, dose: DoseRate) -> LedgerEntry:
        return self._waiting.pop(0)

    def start(self, cycle: int, earliest: int, length: int) -> LaterStart | None:
        found = self._starts.pop(cycle, None)
        if found is not None and found.earliest != earliest:
            raise RecordError(f"the ledger's start of cycle {cycle} does not fit the course", ("starts",))
        return found

    def end(self, *, ended: bool) -> None:
        if not ended and (self._waiting or self._starts):
            raise RecordError("the ledger has entries that do not fit the course", ("interruptions",))


@dataclass(frozen=True, slots=True)
class _Left:
    """A stretch of infusion that is still to be given."""

    period: Period
    minutes: int


class _Walk:
    """Walks once through the cycles, and takes the interruptions as they come."""

    def __init__(self, planned: Sequence[Period], decided: _Decided, area: Fraction | None) -> None:
        self._planned = planned
        self._decided = decided
        self._area = area
        self._low: Resumption | None = None  # a restart at a lower dose that opens the next cycle
        self._now = 0
        self._entries: list[LedgerEntry] = []
        self._starts: list[LaterStart] = []
        self.ended = False

    @property
    def ledger(self) -> Ledger:
        """What was decided on the way."""
        return Ledger(tuple(self._entries), tuple(self._starts))

    def to_its_end(self) -> tuple[Period, ...]:
        """The periods of the course as it came to be, without a gap."""
        found = tuple(self._periods())
        self._decided.end(ended=self.ended)
        return found

    def _periods(self) -> Iterator[Period]:
        cycles = [list(group) for _, group in groupby(self._planned, key=lambda period: period.cycle)]
        for number, cycle in enumerate(cycles):
            left = [_Left(period, period.minutes) for period in cycle if period.dose is not None]
            if self._low is not None:
                left, self._low = self._restarted_low(left, self._low), None
            begun = self._now
            broken = yield from self._infuse(left)
            last = number + 1 == len(cycles)
            if self.ended or (broken and last):
                return
            if not broken:
                yield from self._until_next(cycle[-1], begun, None if last else cycle[-1].cycle + 1)

    def _until_next(self, period: Period, begun: int, following: int | None) -> Iterator[Period]:
        """What lies between a cycle's infusion and the next one: its free interval, and a later start."""
        free = period.minutes if period.dose is None else 0
        earliest = self._now + free
        later = None if following is None else self._decided.start(following, earliest, earliest - begun)
        if later is not None:
            self._starts.append(later)
            free += later.start - earliest
        if free:
            yield self._laid(replace(period, dose=None, cap=None, step=0), free)

    def _infuse(self, left: list[_Left]) -> Generator[Period, None, bool]:
        """Give what is left of a cycle; return whether it was broken off for a new one."""
        while left:
            stretch, *rest = left
            stop = self._next_stop(stretch.period.cycle, self._now + stretch.minutes)
            if stop is None:
                yield self._laid(stretch.period, stretch.minutes)
                left = rest
                continue
            given = stop - self._now
            if given:
                yield self._laid(stretch.period, given)
            remaining = [_Left(stretch.period, stretch.minutes - given), *rest]
            left = [one for one in remaining if one.minutes]
            assert stretch.period.dose is not None  # noqa: S101 - a stretch of infusion has one
            entry = self._decided.entry(stretch.period.dose)
            self._entries.append(entry)
            if entry.resumption is None or entry.restarted is None:
                self.ended = True
                return False
            if entry.restarted > self._now:
                still = replace(stretch.period, dose=None, cap=None, step=0, cycle_name=INTERRUPTED)
                yield self._laid(still, entry.restarted - self._now)
            if entry.resumption.new_cycle:
                self._low = entry.resumption
                return True
            left = self._restarted_low(left, entry.resumption)
        return False

    def _next_stop(self, cycle: int, end: int) -> int | None:
        """When the next interruption begins, if it does before a minute of the course."""
        waiting = self._decided.next_stop()
        if waiting is None:
            return None
        stop, of, path = waiting
        if stop > end or stop < self._now or (stop == end and of != cycle):
            return None
        if of != cycle:
            raise RecordError(f"this interruption lies in cycle {cycle}, and the record says {of}", (*path, "cycle"))
        return stop

    def _laid(self, period: Period, minutes: int) -> Period:
        start, self._now = self._now, self._now + minutes
        return replace(period, start=start, stop=self._now)

    def _restarted_low(self, left: list[_Left], resumption: Resumption) -> list[_Left]:
        """Put a lower dose before the full one; no more time is infused than was left."""
        dose, after = resumption.dose, resumption.minutes
        full = max((one.period for one in left), key=_ordered_amount, default=None)
        if dose is None or full is None:
            return left
        low = replace(full, dose=dose, cap=_cap(dose, full))
        if not self._is_lower(low, full):
            return left
        total = sum(one.minutes for one in left)
        return [_Left(low, min(after, total)), *([_Left(full, total - after)] if total > after else [])]

    def _is_lower(self, low: Period, full: Period) -> bool:
        if low.dose is None or full.dose is None or low.dose.basis is full.dose.basis:
            return _ordered_amount(low) < _ordered_amount(full)
        if self._area is None:
            raise PatientError(
                f"whether {low.dose} is less than {full.dose} depends on the body surface area, which is not known"
            )
        return given_rate(low, self._area) < given_rate(full, self._area)


def _ordered_amount(period: Period) -> Fraction:
    return Fraction(0) if period.dose is None else period.dose.amount


def _cap(dose: DoseRate, full: Period) -> DoseRate | None:
    """The cap of a restart dose: the label's 9 mcg/day for its own dose by area, else that of the full dose."""
    if dose.basis is Basis.FLAT or full.cap is None:
        return None
    if dose.amount == label()["restart_by_area"].value:
        return DoseRate(label()["restart_flat"].value, Basis.FLAT)
    return full.cap


def _resumption(one: Interruption, asked: Sequence[Decision]) -> tuple[Resumption | None, str]:
    """How the infusion goes on, and in words: as it was done, else as the label asks."""
    if any(decision.stop for decision in asked):
        return None, "nothing more is planned: the label stops the drug for good"
    if one.restarted is None:
        return None, "nothing more is planned until the infusion is restarted"
    cycle = next((decision for decision in asked if decision.question is Question.CYCLE), None)
    new_cycle = one.new_cycle if one.new_cycle is not None else cycle is not None and cycle.yes is True
    if new_cycle:
        where = "a new cycle begins, the next of the regimen (whether the broken one counts, the label does not say)"
    elif one.new_cycle is None and cycle is None:
        where = "the same cycle goes on (of such an interruption the label does not say)"
    else:
        where = "the same cycle goes on"
    low = one.restart_dose or next((decision.dose for decision in asked if decision.dose is not None), None)
    if low is None:
        return Resumption(new_cycle), where
    days = label()["escalation_after_restart"]
    return Resumption(new_cycle, low, days.minutes), f"{where}, at {low} for {days}, then in full"
