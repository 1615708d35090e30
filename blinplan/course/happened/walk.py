"""The walk through a course: cycle by cycle, with what interrupted it and the patient's new figures as they come."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from blinplan.course.events import INTERRUPTED, Course, PatientChange, Period, given_rate, periods
from blinplan.course.happened.decided import Decided, RecordError, Stop
from blinplan.course.happened.figures import Juncture, NewFigures
from blinplan.course.happened.ledger import Ledger, LedgerEntry, Resumption, StartOfCycle
from blinplan.course.patient import PatientError
from blinplan.course.wall_clock import Moment, WallClock
from blinplan.label.read import label_of
from blinplan.limits import Limits
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen.regimen import Regimen


class _Left(NamedTuple):
    """A stretch of infusion that is still to be given: so many minutes as it was planned, by the clock."""

    period: Period
    minutes: int


class Walk:
    """Walks once through the cycles, and takes the interruptions and the patient's new figures as they come."""

    def __init__(self, planned: Course, laid_out: Sequence[Period], decided: Decided, clock: WallClock) -> None:
        self._regimen, self._patient, self._others = planned.regimen, planned.patient, planned.others
        self._planned = _cycles(laid_out)
        self._decided = decided
        self._clock = clock
        self._now = Moment(0, 0)
        self._ungiven = 0
        self._entries: list[LedgerEntry] = []
        self._starts: list[StartOfCycle] = []
        self._figures: list[NewFigures] = []
        self.changes: list[PatientChange] = []
        self.stopped: list[DoseRate] = []
        self.planned_stops: dict[int, int] = {}
        self.ended = False

    @property
    def ledger(self) -> Ledger:
        """What was decided on the way."""
        return Ledger(
            tuple(self._entries),
            tuple(self._starts),
            tuple(self._figures),
            self._decided.not_counted,
            self._clock.days,
            end=self._decided.closing(),
            closures=self._decided.closures(),
            bags=self._decided.bags(),
            places=self._decided.places(),
            moves=self._clock.moves,
        )

    def to_its_end(self) -> tuple[Period, ...]:
        """The periods of the course as it came to be, without a gap."""
        found = tuple(self._until_its_end())
        self._decided.end(ended=self.ended)
        return found

    def _until_its_end(self) -> Iterator[Period]:
        """The periods up to the end that is on record; what was decided of later ones is left out."""
        closing = self._decided.closing()
        for period in self._periods():
            if closing is None or period.stop < closing.minute:
                yield period
                continue
            yield replace(period, stop=closing.minute)
            self.planned_stops[closing.minute] = self.planned_stops.get(period.stop, closing.minute)
            self.ended = True
            self._starts = [start for start in self._starts if start.start < closing.minute]
            return

    def _periods(self) -> Iterator[Period]:
        number, broken = 0, None
        while number < len(self._planned):
            self._take_figures(f"cycle {number + 1}", is_cycle=True)
            if number >= len(self._planned):
                return
            broken = yield from self._cycle(number, broken)
            if self.ended:
                return
            number += 1

    def _cycle(self, number: int, broken: "_Broken | None") -> Generator[Period, None, "_Broken | None"]:
        """Go through a cycle, which a restart began where one was broken off; return how it was itself, if it was."""
        cycle, begun = self._planned[number], self._now.minute
        like, last = number, number + 1 == len(self._planned)
        left = _whole(_steps(cycle))
        if broken is not None:
            self._decided.note_start(cycle[0].cycle, self._now.minute)
            if broken.resumption.again:
                like = broken.like
            steps = [replace(step, cycle=cycle[0].cycle) for step in _steps(self._planned[like])]
            left = self._restart(_whole(steps), broken.resumption, steps)
        place = _Place(cycle[0].cycle, like, begun, last=last)
        resumption = yield from self._infuse(left, place)
        if resumption is not None:
            return _Broken(resumption, like)
        if not self.ended:
            yield from self._until_next(cycle[-1], begun, place)
        return None

    def _take_figures(self, named: str, *, is_cycle: bool, fits: Callable[[Regimen], bool] = lambda _: True) -> bool:
        """Let new figures count from here on, with the regimen that they lead to; say whether that is another one."""
        found = self._decided.figures(
            Juncture(self._now.minute, named, is_cycle, self._patient, self._regimen, self._others, fits)
        )
        if found is None:
            return False
        self._figures.append(found)
        if found.regimen is None:
            self.ended = True
            return False
        regimen = next((one for one in (self._regimen, *self._others) if one.name == found.regimen), None)
        if regimen is None:
            raise RecordError(f"there is no regimen {found.regimen}, which the new figures led to", ("figures",))
        switched = regimen is not self._regimen
        self._patient, self._regimen = found.patient, regimen
        self.changes.append(PatientChange(self._now.minute, found.patient, regimen))
        if switched:
            self._planned = _cycles(periods(regimen))
        return switched

    def _until_next(self, period: Period, begun: int, place: "_Place") -> Iterator[Period]:
        """What lies between a cycle's infusion and the next one: its free interval, and an earlier or later start."""
        free = period.minutes if period.dose is None else 0
        # A journey does not shorten the interval, and shifts no time at which a cycle began early.
        begins = self._clock.staying(self._now.minute).after(self._now, self._ungiven + free)
        surplus = max(0, self._clock.staying(begun).surplus(begun, begins.minute))
        least, self._ungiven = begins.minute - surplus, 0
        later = None if place.last else self._decided.start(place.cycle + 1, begins.minute, least)
        if later is not None:
            self._starts.append(later)
            begins = self._clock.at(later.start)
        elif self._clock != self._clock.staying(self._now.minute):
            begins = self._clock.at(begins.minute)
        if begins.minute > self._now.minute:
            yield self._lay(replace(period, dose=None, cap=None, step=0), begins)

    def _infuse(self, left: list[_Left], place: "_Place") -> Generator[Period, None, Resumption | None]:
        """Give what is left of a cycle; return how it was broken off for a new one, if it was."""
        steps, full, running = self._steps_of(place), False, None
        while left:
            if running not in {None, left[0].period.step}:
                left, steps = self._at_step(left, steps, place)
            if self.ended:
                return None
            running = left[0].period.step
            stretch, *rest = left
            end = self._clock.after(self._now, stretch.minutes, infused=True)
            cut = self._cut_at(place, end.minute)
            until = end if cut is None else self._clock.at(cut)
            stop = self._next_stop(stretch.period.cycle, until.minute, ends=not rest or cut is not None)
            until = until if stop is None else self._clock.at(stop)
            if until.minute > self._now.minute:
                self.planned_stops[until.minute] = end.minute
                yield self._lay(stretch.period, until)
                full = full or _ordered_amount(stretch.period) >= steps.highest
            if stop is None and cut is not None:
                self._ungiven = self._clock.infusion_between(until, end) + sum(part.minutes for part in rest)
                return None
            if stop is None:
                left = rest
                continue
            left = (
                [_Left(stretch.period, self._clock.infusion_between(until, end)), *rest] if stop < end.minute else rest
            )
            at = Stop(
                self._regimen,
                self._patient.weight,
                _dose(stretch.period),
                sum(step.minutes for step in steps.periods),
                full,
                place.last,
                self._against_full,
            )
            entry = self._decided.entry(at)
            self._entries.append(entry)
            self.stopped.append(at.dose)
            if entry.resumption is None or entry.restarted is None:
                self.ended = True
                return None
            if entry.restarted > self._now.minute:
                still = replace(
                    stretch.period, dose=None, cap=None, step=0, cycle_name=INTERRUPTED, interval_reason=None
                )
                yield self._lay(still, self._clock.at(entry.restarted))
            if entry.resumption.new_cycle:
                return entry.resumption
            left = self._restart(left, entry.resumption, steps.periods)
        return None

    def _cut_at(self, place: "_Place", end: int) -> int | None:
        """The minute before another at which the next cycle began, though infusion of this one was left."""
        following = self._decided.began(place.cycle + 1)
        if following is None or following[0] >= end:
            return None
        if following[0] < place.begun:
            why = f"cycle {place.cycle + 1} began before cycle {place.cycle} could, of which no start is on record"
            raise RecordError(f"{why}: say when it began, or correct which cycle it was", following[1])
        if following[0] < self._now.minute:
            why = f"cycle {place.cycle + 1} began while the infusion of cycle {place.cycle} was stopped"
            raise RecordError(f"{why}: say how it was restarted", following[1])
        return following[0]

    def _steps_of(self, place: "_Place") -> "_Steps":
        """The steps of a cycle, in the regimen that is given now."""
        made = [replace(step, cycle=place.cycle) for step in _steps(self._planned[place.like])]
        return _Steps(made, max(map(_ordered_amount, made)))

    def _at_step(self, left: list["_Left"], before: "_Steps", place: "_Place") -> tuple[list["_Left"], "_Steps"]:
        """Let new figures count from the next step on, where the site wants that: what is left then, and the steps."""

        def fits(regimen: Regimen) -> bool:
            cycles = _cycles(periods(regimen))
            return place.like < len(cycles) and [step.minutes for step in _steps(cycles[place.like])] == [
                step.minutes for step in before.periods
            ]

        step = left[0].period.step
        if not self._take_figures(f"step {step} of cycle {place.cycle}", is_cycle=False, fits=fits):
            return left, before
        steps = self._steps_of(place)
        now = dict(zip((each.step for each in before.periods), steps.periods, strict=True))
        return [part._replace(period=now.get(part.period.step, part.period)) for part in left], steps

    def _next_stop(self, cycle: int, end: int, *, ends: bool) -> int | None:
        """When the next interruption begins, if it does before a minute, at which the infusion of the cycle may end."""
        waiting = self._decided.next_stop()
        if waiting is None:
            return None
        stop, of, path = waiting
        if stop > end or stop < self._now.minute or (stop == end and of != cycle):
            return None
        if stop == end and ends:
            raise RecordError(
                f"the infusion of cycle {cycle} had ended when this interruption began", (*path, "stopped")
            )
        if of != cycle:
            raise RecordError(f"this interruption lies in cycle {cycle}, and the record says {of}", (*path, "cycle"))
        return stop

    def _lay(self, period: Period, until: Moment) -> Period:
        start, self._now = self._now, until
        return replace(period, start=start.minute, stop=until.minute)

    def _restart(self, left: list[_Left], resumption: Resumption, steps: list[Period]) -> list[_Left]:
        """Put the dose of a restart before or in place of what was left; no more time is infused than was left."""
        dose, after = resumption.dose, resumption.minutes
        if dose is None:
            return left
        running, target = left[0].period, max((part.period for part in left), key=_ordered_amount)
        low = replace(running, dose=dose, cap=_cap(dose, target, label_of(self._regimen).numbers))
        if after is None or not self._is_lower(low, target):
            return [_Left(low, left[0].minutes), *left[1:]]
        # The doses between the restart's and the full one are given again, each as long as the cycle has it: a regimen
        # of more than two doses climbs as it climbed before.
        between = [step for step in steps if self._is_lower(low, step) and self._is_lower(step, running)]
        above = [part for part in left if self._is_lower(low, part.period)]
        return _cut([_Left(low, after), *_whole(between), *above], sum(part.minutes for part in left))

    def _against_full(self, dose: DoseRate) -> int:
        """Compare a dose with the highest that was planned."""
        full = max((step for cycle in self._planned for step in _steps(cycle)), key=_ordered_amount)
        asked = replace(full, dose=dose, cap=_cap(dose, full, label_of(self._regimen).numbers))
        return self._is_lower(full, asked) - self._is_lower(asked, full)

    def _is_lower(self, low: Period, full: Period) -> bool:
        dose, full_dose = _dose(low), _dose(full)
        if dose.basis is full_dose.basis:
            return dose.amount < full_dose.amount
        if self._patient.area is None:
            raise PatientError(
                f"whether {dose} is less than {full_dose} depends on the body surface area, which is not known"
            )
        area = self._patient.area.square_metres
        return given_rate(low, area) < given_rate(full, area)


class _Broken(NamedTuple):
    """How a cycle was broken off for a new one, and the place in the regimen of the one whose steps it had."""

    resumption: Resumption
    like: int


class _Place(NamedTuple):
    """Which cycle it is, the place in the regimen of the one whose steps it has, its begin, and whether it is last."""

    cycle: int
    like: int
    begun: int
    last: bool


class _Steps(NamedTuple):
    """The steps of a cycle, made once for all that happens in it, and the highest dose that is ordered in them."""

    periods: list[Period]
    highest: Fraction


def _cycles(laid_out: Iterable[Period]) -> list[list[Period]]:
    return [list(group) for _, group in groupby(laid_out, key=lambda period: period.cycle)]


def _steps(cycle: Iterable[Period]) -> list[Period]:
    return [period for period in cycle if period.dose is not None]


def _whole(steps: Iterable[Period]) -> list[_Left]:
    return [_Left(step, step.minutes) for step in steps]


def _cut(stretches: Iterable[_Left], minutes: int) -> list[_Left]:
    """The first minutes of stretches; the last of them lasts longer where they are not long enough."""
    found: list[_Left] = []
    for stretch in stretches:
        given = min(stretch.minutes, minutes)
        if given:
            found.append(_Left(stretch.period, given))
        minutes -= given
    if minutes:
        found[-1] = _Left(found[-1].period, found[-1].minutes + minutes)
    return found


def _dose(step: Period) -> DoseRate:
    assert step.dose is not None  # noqa: S101 - a step has one
    return step.dose


def _ordered_amount(step: Period) -> Fraction:
    return _dose(step).amount


def _cap(dose: DoseRate, full: Period, numbers: Limits) -> DoseRate | None:
    """The cap of a restart dose: the label's 9 mcg/day for its own dose by area, else that of the full dose."""
    if dose.basis is Basis.FLAT or full.cap is None:
        return None
    by_area = numbers.get("restart_by_area")
    if by_area is not None and dose.amount == by_area.value:
        return DoseRate(numbers["restart_flat"].value, Basis.FLAT)
    return full.cap
