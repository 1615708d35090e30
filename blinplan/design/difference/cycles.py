"""What two courses infuse, laid side by side: cycles, steps, caps, intervals.

A cycle is laid beside that of its number where both courses have as many; else beside the one that it is likest to.
Steps that go on with the same dose are one: how a file parts them changes nothing for a patient.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from blinplan.design.difference.align import Side, align
from blinplan.design.difference.change import (
    NONE,
    RegimenChange,
    Subject,
    capital,
    cycles_in_words,
    days_between,
    dose_change,
)
from blinplan.quantities import DoseRate, duration_text, time_in_course
from blinplan.regimen.regimen import Cycle, Regimen


class Held(NamedTuple):
    """A dose, its cap, and from which minute of its cycle to which it is held."""

    dose: DoseRate
    cap: DoseRate | None
    start: int
    stop: int

    @property
    def minutes(self) -> int:
        """How long."""
        return self.stop - self.start

    def __str__(self) -> str:
        return str(self.dose) if self.cap is None else f"{self.dose}, max {self.cap}"


class LaidCycle(NamedTuple):
    """A cycle as a patient gets it."""

    number: int
    doses: tuple[Held, ...]
    treatment_free: int
    optional: bool

    @property
    def infusion(self) -> int:
        """Minutes of infusion."""
        return self.doses[-1].stop

    @property
    def content(self) -> tuple[object, ...]:
        """All of it but its number."""
        return self.doses, self.treatment_free, self.optional

    def __str__(self) -> str:
        given = ", ".join(f"{held} for {duration_text(held.minutes)}" for held in self.doses)
        free = f", then free of drug for {duration_text(self.treatment_free)}" if self.treatment_free else ""
        return f"{given}{free}{', optional' if self.optional else ''}"


class CyclePair(NamedTuple):
    """Two cycles that are laid side by side, or one that has no counterpart."""

    first: LaidCycle | None
    second: LaidCycle | None


def laid_cycles(regimen: Regimen) -> tuple[LaidCycle, ...]:
    """The cycles of a regimen, one after the other, as a patient gets them."""
    return tuple(_lay_out(cycle, number) for number, cycle in enumerate(regimen.one_by_one, start=1))


def _lay_out(cycle: Cycle, number: int) -> LaidCycle:
    doses, now = [], 0
    for (dose, cap), steps in groupby(cycle.steps, key=lambda step: (step.dose, step.cap)):
        start, now = now, now + sum(step.minutes for step in steps)
        doses.append(Held(dose, cap, start, now))
    return LaidCycle(number, tuple(doses), cycle.treatment_free, cycle.optional)


def cycle_pairs(first: Regimen, second: Regimen) -> tuple[CyclePair, ...]:
    """The cycles of two regimens side by side."""
    ones, others = laid_cycles(first), laid_cycles(second)
    if len(ones) == len(others):
        return tuple(CyclePair(*pair) for pair in zip(ones, others, strict=True))
    sides = align(ones, others, _distance, _ALONE)
    return tuple(CyclePair(_at(ones, side.first), _at(others, side.second)) for side in sides)


def _at(cycles: tuple[LaidCycle, ...], place: int | None) -> LaidCycle | None:
    return None if place is None else cycles[place]


_ALONE = Fraction(1)


def _distance(first: LaidCycle, second: LaidCycle) -> Fraction:
    """How far two cycles are apart: 0 where they are the same, and less than two that have no counterpart."""
    if first.content == second.content:
        return Fraction(0)
    longest = max(first.infusion, second.infusion)
    alike = sum(_overlap(one, other) for one in first.doses for other in second.doses if one[:2] == other[:2])
    return Fraction(1, 4) + Fraction(longest - alike, longest)


def _overlap(one: Held, other: Held) -> int:
    return max(0, min(one.stop, other.stop) - max(one.start, other.start))


def changes_of_cycles(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    """Every difference of what is infused; the same one in several cycles is told once."""
    found: dict[_Within, list[CyclePair]] = {}
    for pair in cycle_pairs(first, second):
        for change in _within(pair):
            found.setdefault(change, []).append(pair)
    for within, pairs in sorted(found.items(), key=lambda entry: _order(entry[0], entry[1][0])):
        yield within.change(pairs)


class _Within(NamedTuple):
    """A difference within a cycle, whichever cycle that is."""

    subject: Subject
    minute: int
    place: str
    before: str | None
    after: str | None
    unit: str = ""
    note: str = ""

    def change(self, pairs: list[CyclePair]) -> RegimenChange:
        """The same as a difference of the cycles that it is in."""
        numbers = tuple(one.number for one in (pair.first or pair.second for pair in pairs) if one is not None)
        where = f"after {cycles_in_words(numbers)}" if self.subject is Subject.INTERVAL else cycles_in_words(numbers)
        others = tuple(pair.second.number for pair in pairs if pair.second is not None)
        moved = pairs[0].first is not None and others not in ((), numbers)
        counted = f" (in the second {cycles_in_words(others)})" if moved else ""
        place = capital(f"{where}{counted}{self.place}")
        return RegimenChange(self.subject, place, self.before, self.after, self.unit, self.note, numbers)


def _order(within: _Within, pair: CyclePair) -> tuple[int, bool, int]:
    one = pair.first or pair.second
    assert one is not None  # noqa: S101 - a pair has at least one of the two
    return one.number, within.subject is Subject.INTERVAL, within.minute


def _within(pair: CyclePair) -> Iterator[_Within]:
    first, second = pair
    if first is None or second is None:
        before, after = (None if one is None else str(one) for one in (first, second))
        yield _Within(Subject.CYCLE, 0, "", before, after)
        return
    if first.optional != second.optional:
        before, after = ("optional" if one.optional else "for everybody" for one in (first, second))
        yield _Within(Subject.OPTIONAL, -1, "", before, after)
    for side in align(first.doses, second.doses, _step_distance, _STEP_ALONE):
        yield from _of_step(side, first.doses, second.doses)
    if first.treatment_free != second.treatment_free:
        before, after = (
            f"free of drug for {duration_text(one.treatment_free)}" if one.treatment_free else "no interval"
            for one in (first, second)
        )
        yield _Within(Subject.INTERVAL, first.infusion, "", before, after)


_STEP_ALONE = Fraction(3, 5)


def _step_distance(one: Held, other: Held) -> Fraction:
    """How far two steps are apart: least by another time of the same dose, then by another dose at the same time."""
    dose = Fraction(0 if one.dose == other.dose else 1, 2)
    length = Fraction(0 if one.minutes == other.minutes else 3, 10)
    start = Fraction(0 if one.start == other.start else 1, 10)
    return dose + length + start + Fraction(0 if one.cap == other.cap else 1, 20)


def _of_step(side: Side, ones: tuple[Held, ...], others: tuple[Held, ...]) -> Iterator[_Within]:
    one = None if side.first is None else ones[side.first]
    other = None if side.second is None else others[side.second]
    if one is None or other is None:
        alone = one or other
        assert alone is not None  # noqa: S101 - a side has at least one of the two
        days = days_between(alone.start, alone.stop)
        before, after = (None if held is None else str(held) for held in (one, other))
        yield _Within(Subject.STEP, alone.start, f", {days}", before, after)
        return
    moved = (one.start, one.stop) != (other.start, other.stop)
    if one.dose != other.dose:
        yield _of_dose(one, other, moved=moved)
        return
    if moved:
        before, after = days_between(one.start, one.stop), days_between(other.start, other.stop)
        yield _Within(Subject.STEP, one.start, f", {one.dose}", before, after)
    if one.cap != other.cap:
        before, after = (NONE if held.cap is None else str(held.cap) for held in (one, other))
        place = f", {time_in_course(one.start)}, cap of {one.dose}"
        yield _Within(Subject.CAP, one.start, place, before, after)


def _of_dose(one: Held, other: Held, *, moved: bool) -> _Within:
    """Another dose, with its cap where that is another too, and with its days where they are."""
    if moved:
        before, after = (f"{held} on {days_between(held.start, held.stop)}" for held in (one, other))
        return _Within(Subject.DOSE, one.start, "", before, after)
    place, length = f", {time_in_course(one.start)}", f"for {duration_text(one.minutes)}"
    before, after, unit = (str(one), str(other), "") if one.cap != other.cap else dose_change(one.dose, other.dose)
    return _Within(Subject.DOSE, one.start, place, before, after, unit, length)
