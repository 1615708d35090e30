"""What becomes of a course after the interruptions of a record: what was given, and what is left to give."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from blinplan.course.events import Course, Event, Period, given_rate
from blinplan.course.interruption import Decision, Question, decisions
from blinplan.course.label import label
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen.document import KeyPath
from blinplan.regimen.record import CourseRecord, Interruption, minutes_between

INTERRUPTED = "interrupted"
"""The name of the cycle in a period in which the infusion is stopped."""


class RecordError(ValueError):
    """A record that does not fit the course; ``path`` is the place in the record."""

    def __init__(self, message: str, path: KeyPath) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One interruption: when it was, in minutes of the course, what the label asks of it, and how the plan goes on.

    ``restarted`` is None while it lasts, ``resumed`` says in words what follows.
    """

    interruption: Interruption
    stopped: int
    restarted: int | None
    decisions: tuple[Decision, ...]
    resumed: str


@dataclass(frozen=True, slots=True)
class Replanned:
    """A course with its interruptions, and the ledger of what was decided. ``planned`` is the one without them.

    ``ended`` says that nothing more is planned: the infusion was not restarted, or is not to be.
    """

    planned: Course
    course: Course
    ledger: tuple[LedgerEntry, ...]
    ended: bool


@dataclass(frozen=True, slots=True)
class _Left:
    """A stretch of infusion that is still to be given."""

    event: Event
    minutes: int


def replan(planned: Course, record: CourseRecord) -> Replanned:
    """Go through a course with the interruptions of a record.

    In the same cycle the infusion goes on until as much time was infused as was planned for the cycle. A new cycle is
    the next one of the regimen; whether the broken one counts, the label does not say. After a restart at a lower dose
    the full dose of the cycle comes back after the label's 7 days.

    Raises
    ------
    RecordError
        When the record names another regimen, or an interruption falls where nothing was infused.
    """
    if record.regimen != planned.regimen.name:
        raise RecordError(f"the record is of {record.regimen}, and the plan of {planned.regimen.name}", ("regimen",))
    walk = _Walk(planned, record)
    events = tuple(walk.events())
    if walk.waiting:
        one = walk.waiting[0]
        raise RecordError("nothing was infused when this interruption began", (*one.path, "stopped"))
    return Replanned(planned, replace(planned, events=events), tuple(walk.ledger), walk.ended)


class _Walk:
    """Walks once through the cycles, and takes the interruptions as they come."""

    def __init__(self, planned: Course, record: CourseRecord) -> None:
        self._planned = planned
        self._start = record.start
        self.waiting = list(record.interruptions)
        self.ledger: list[LedgerEntry] = []
        self.ended = False
        self._now = 0
        self._low: tuple[DoseRate, int] | None = None  # a restart at a lower dose that opens the next cycle

    def events(self) -> Iterator[Event]:
        cycles = [list(group) for _, group in groupby(self._planned.events, key=lambda event: event.period.cycle)]
        for number, cycle in enumerate(cycles):
            left = [_Left(event, event.period.minutes) for event in cycle if event.period.dose is not None]
            if self._low is not None:
                left, self._low = _restarted_low(left, *self._low, self._planned), None
            broken = yield from self._infuse(left)
            if self.ended:
                return
            free = cycle[-1]
            if free.period.dose is None and not broken:
                yield self._event(free, free.period.minutes)
            elif broken and number + 1 == len(cycles):
                return

    def _infuse(self, left: list[_Left]) -> Generator[Event, None, bool]:
        """Give what is left of a cycle; return whether it was broken off for a new one."""
        while left:
            stretch, *rest = left
            stop = self._next_stop(stretch.event.period.cycle, self._now + stretch.minutes)
            if stop is None:
                yield self._event(stretch.event, stretch.minutes)
                left = rest
                continue
            given = stop - self._now
            if given:
                yield self._event(stretch.event, given)
            remaining = [_Left(stretch.event, stretch.minutes - given), *rest]
            left = [one for one in remaining if one.minutes]
            one = self.waiting.pop(0)
            asked = decisions(one, self._planned.regimen)
            if any(decision.stop for decision in asked):
                self.ended = True
                self.waiting.clear()  # whatever was done after that, there is no plan for it
                self._enter(one, asked, "nothing more is planned: the label stops the drug for good")
                return False
            if one.restarted is None:
                self.ended = True
                self._enter(one, asked, "nothing more is planned until the infusion is restarted")
                return False
            gap = minutes_between(one.stopped, one.restarted)
            self._enter(one, asked, _resumed(one, asked))
            yield self._gap(stretch.event, gap)
            low = _low_dose(one, asked)
            if _in_new_cycle(one, asked):
                self._low = low
                return True
            if low is not None:
                left = _restarted_low(left, *low, self._planned)
        return False

    def _next_stop(self, cycle: int, end: int) -> int | None:
        """When the next interruption begins, if it does before a minute of the course."""
        if not self.waiting:
            return None
        one = self.waiting[0]
        stop = minutes_between(self._start, one.stopped)
        if stop > end or stop < self._now:
            return None
        if stop == end and one.cycle != cycle:
            return None
        if one.cycle != cycle:
            raise RecordError(
                f"this interruption lies in cycle {cycle}, and the record says {one.cycle}", (*one.path, "cycle")
            )
        return stop

    def _enter(self, one: Interruption, asked: tuple[Decision, ...], resumed: str) -> None:
        stopped = minutes_between(self._start, one.stopped)
        restarted = None if one.restarted is None else minutes_between(self._start, one.restarted)
        self.ledger.append(LedgerEntry(one, stopped, restarted, asked, resumed))

    def _event(self, event: Event, minutes: int) -> Event:
        period = replace(event.period, start=self._now, stop=self._now + minutes)
        self._now += minutes
        return replace(event, period=period)

    def _gap(self, event: Event, minutes: int) -> Event:
        still = replace(event.period, dose=None, cap=None, step=0, cycle_name=INTERRUPTED)
        return self._event(Event(still, Fraction(0), capped=False), minutes)


def _in_new_cycle(one: Interruption, asked: Sequence[Decision]) -> bool:
    """Whether the restart begins a new cycle: as it was done, else as the label asks."""
    if one.new_cycle is not None:
        return one.new_cycle
    return any(decision.question is Question.CYCLE and decision.yes for decision in asked)


def _low_dose(one: Interruption, asked: Sequence[Decision]) -> tuple[DoseRate, int] | None:
    """The lower dose of a restart and how long it is held: as it was done, else as the label asks."""
    after = label()["escalation_after_restart"].minutes
    for decision in asked:
        if decision.question is Question.DOSE and decision.dose is not None:
            return one.restart_dose or decision.dose, after
    return None if one.restart_dose is None else (one.restart_dose, after)


def _restarted_low(left: list[_Left], dose: DoseRate, after: int, course: Course) -> list[_Left]:
    """Put a lower dose before the full one; no more time is infused than was left."""
    full = max((one.event for one in left), key=lambda event: event.rate, default=None)
    if full is None:
        return left
    period = replace(full.period, dose=dose, cap=_cap(dose, full.period))
    area = course.patient.area.square_metres if course.patient.area else Fraction(0)
    rate = given_rate(period, area)
    if rate >= full.rate:
        return left
    total = sum(one.minutes for one in left)
    low = Event(period, rate, capped=period.cap is not None and rate == period.cap.amount)
    return [_Left(low, min(after, total)), *([_Left(full, total - after)] if total > after else [])]


def _cap(dose: DoseRate, full: Period) -> DoseRate | None:
    """The label's cap of the restart dose by area, 9 mcg/day; none for a flat dose."""
    if dose.basis is Basis.FLAT or full.cap is None:
        return None
    return DoseRate(label()["restart_flat"].value, Basis.FLAT)


def _resumed(one: Interruption, asked: Sequence[Decision]) -> str:
    if _in_new_cycle(one, asked):
        where = "a new cycle begins, the next of the regimen (whether the broken one counts, the label does not say)"
    elif one.new_cycle is None and not any(decision.question is Question.CYCLE for decision in asked):
        where = "the same cycle goes on (of such an interruption the label does not say)"
    else:
        where = "the same cycle goes on"
    low = _low_dose(one, asked)
    return where if low is None else f"{where}, at {low[0]} for {label()['escalation_after_restart']}, then in full"
