"""What two courses infuse, laid side by side: cycles, steps, caps, intervals.

A cycle is laid beside that of its number where both courses have as many; else beside the one that it is likest to.
Steps that go on with the same dose are one: how a file parts them changes nothing for a patient.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from math import lcm
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
    sides = align(ones, others, *_distances(ones, others))
    return tuple(CyclePair(_at(ones, side.first), _at(others, side.second)) for side in sides)


def _at(cycles: tuple[LaidCycle, ...], place: int | None) -> LaidCycle | None:
    return None if place is None else cycles[place]


_Costs = Callable[[LaidCycle], Sequence[int]]


def _distances(ones: Sequence[LaidCycle], others: Sequence[LaidCycle]) -> tuple[_Costs, int]:
    """How far cycles are apart from each of the others, and what one without a counterpart costs, in whole numbers.

    Most cycles are repetitions, so that each two are compared once.
    """
    kinds, other_kinds = ({one.content: one for one in cycles} for cycles in (ones, others))
    apart = {
        content: {other: _distance(one, cycle) for other, cycle in other_kinds.items()}
        for content, one in kinds.items()
    }
    parts = lcm(*(distance.denominator for row in apart.values() for distance in row.values()))
    costs = {content: [int(row[other.content] * parts) for other in others] for content, row in apart.items()}
    return (lambda one: costs[one.content]), parts


def _distance(first: LaidCycle, second: LaidCycle) -> Fraction:
    """How far two cycles are apart: 0 where they are the same, and less than 2, as two without a counterpart are."""
    if first.content == second.content:
        return Fraction(0)
    longest = max(first.infusion, second.infusion)
    return Fraction(1, 4) + Fraction(longest - _minutes_alike(first.doses, second.doses), longest)


def _minutes_alike(ones: Sequence[Held], others: Sequence[Held]) -> int:
    """How long the same dose flows at the same time."""
    found = row = column = 0
    while row < len(ones) and column < len(others):
        one, other = ones[row], others[column]
        if one[:2] == other[:2]:
            found += max(0, min(one.stop, other.stop) - max(one.start, other.start))
        row, column = row + (one.stop <= other.stop), column + (other.stop <= one.stop)
    return found


def changes_of_cycles(first: Regimen, second: Regimen) -> Iterator[RegimenChange]:
    """Every difference of what is infused; the same one in several cycles is told once."""
    found: dict[_Within, list[CyclePair]] = {}
    known: dict[tuple[object, ...], tuple[_Within, ...]] = {}
    for pair in cycle_pairs(first, second):
        contents = tuple(one and one.content for one in pair)
        if contents not in known:
            known[contents] = tuple(_within(pair))
        for change in known[contents]:
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
    for side in align(first.doses, second.doses, _step_distances(second.doses), _STEP_ALONE):
        yield from _of_step(side, first.doses, second.doses)
    if first.treatment_free != second.treatment_free:
        before, after = (
            f"free of drug for {duration_text(one.treatment_free)}" if one.treatment_free else "no interval"
            for one in (first, second)
        )
        yield _Within(Subject.INTERVAL, first.infusion, "", before, after)


_DOSE, _LENGTH, _START, _CAP, _STEP_ALONE = 10, 6, 2, 1, 12
"""How far it takes two steps apart that they differ in one of these, and what a step without a counterpart costs."""


def _step_distances(others: Sequence[Held]) -> Callable[[Held], Sequence[int]]:
    """How far a step is from each of the others: least by another time of the same dose, then by another dose then."""
    by_content: dict[tuple[object, ...], list[int]] = {}
    beginning_at = {other.start: number for number, other in enumerate(others)}

    def distances(one: Held) -> Sequence[int]:
        content = (one.dose, one.cap, one.minutes)
        if content not in by_content:
            by_content[content] = [
                _START + _DOSE * (dose != one.dose) + _LENGTH * (minutes != one.minutes) + _CAP * (cap != one.cap)
                for dose, cap, minutes in others_content
            ]
        found = by_content[content]
        at = beginning_at.get(one.start)
        return found if at is None else [*found[:at], found[at] - _START, *found[at + 1 :]]

    others_content = [(other.dose, other.cap, other.minutes) for other in others]
    return distances


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
