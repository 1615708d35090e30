"""What a regimen is held to, a label's schedule or another regimen, and its steps laid beside that.

Cycles are laid side by side by their number. Steps are by theirs where a cycle has as many as the other one; else each
is held against what the other one gives while it lasts.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from blinplan.quantities import DoseRate
from blinplan.regimen.regimen import Cycle, Regimen, Step
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Phase


class ReferenceStep(NamedTuple):
    """A dose that a regimen is held to, its cap, and its minutes.

    ``limit`` and ``cap_limit`` name the numbers that these are, where they are numbers of a label.
    """

    dose: DoseRate
    cap: DoseRate | None
    minutes: int
    limit: str | None = None
    cap_limit: str | None = None


class ReferenceCycle(NamedTuple):
    """A cycle that a regimen is held to; ``limit`` names the number that its treatment-free minutes are."""

    phase: Phase | None
    steps: tuple[ReferenceStep, ...]
    treatment_free: int
    limit: str | None = None

    @property
    def infusion(self) -> int:
        """Minutes of infusion."""
        return sum(step.minutes for step in self.steps)


class Reference(NamedTuple):
    """What a regimen is held to: what to call it, and its cycles as they are given, one after another."""

    name: str
    cycles: tuple[ReferenceCycle, ...]

    def cycle(self, number: int) -> ReferenceCycle:
        """The cycle beside that of a number; the last one beside all that come after it."""
        return self.cycles[min(number, len(self.cycles)) - 1]

    def cycle_before_interval(self, number: int) -> ReferenceCycle | None:
        """The cycle whose interval is beside that after a cycle of a number; None where no other cycle follows it."""
        return self.cycles[number - 1] if number < len(self.cycles) else None


_ALIKE = Fraction(1)


class StepPair(NamedTuple):
    """A step beside what the reference gives in its place, or at some time while it lasts.

    ``numbers`` are those of the cycles of the course where that is so. ``minutes`` is how long its dose is held, and
    ``place`` which of the reference's steps stands beside it. ``alike`` says that both cycles have as many steps.
    ``ratio`` is how many times the reference's dose the step's is; every rule about doses asks for it.
    """

    numbers: tuple[int, ...]
    cycle: Cycle
    step: Step
    minutes: int
    beside: ReferenceCycle
    place: int
    alike: bool
    ratio: Fraction

    @property
    def reference(self) -> ReferenceStep:
        """The step that it is held to."""
        return self.beside.steps[self.place]

    @property
    def distance(self) -> Fraction:
        """How far the two doses are apart, as a ratio of 1 or more."""
        ratio = self.ratio
        return ratio if ratio.numerator >= ratio.denominator else 1 / ratio

    @property
    def followed(self) -> bool:
        """Whether both cycles have another step after this one."""
        return self.alike and not self.is_last

    @property
    def is_last(self) -> bool:
        """Whether it stands beside the last step of the reference's cycle."""
        return self.place == len(self.beside.steps) - 1


class Comparison(NamedTuple):
    """A regimen beside what it is held to: that, and all its steps beside those of it."""

    reference: Reference
    pairs: tuple[StepPair, ...]


def regimen_reference(regimen: Regimen) -> Reference:
    """What another regimen gives, for one that departs from it."""
    return Reference(regimen.name, tuple(_cycle_of(cycle) for cycle in regimen.one_by_one))


def _cycle_of(cycle: Cycle) -> ReferenceCycle:
    steps = tuple(ReferenceStep(step.dose, step.cap, minutes) for step, minutes in _doses_of(cycle))
    return ReferenceCycle(cycle.phase, steps, cycle.treatment_free)


def numbered_cycles(regimen: Regimen, reference: Reference) -> Iterator[tuple[tuple[int, ...], Cycle, ReferenceCycle]]:
    """The cycles of a course beside those of the reference: those of one table beside the same are taken together."""
    course = ((n, cycle, reference.cycle(n)) for n, cycle in enumerate(regimen.one_by_one, start=1))
    for (_, _), group in groupby(course, key=lambda entry: (entry[1].path, entry[2])):
        laid = list(group)
        yield tuple(number for number, _, _ in laid), laid[0][1], laid[0][2]


def step_pairs(regimen: Regimen, reference: Reference) -> tuple[StepPair, ...]:
    """Every step beside the reference's. One of a cycle that is repeated is there once, where it is furthest off."""
    found: dict[KeyPath, StepPair] = {}
    for numbers, cycle, beside in numbered_cycles(regimen, reference):
        for pair in _pairs_of(numbers, cycle, beside):
            known = found.get(pair.step.path)
            if known is None or pair.distance > known.distance:
                found[pair.step.path] = pair
            elif pair.distance == known.distance:
                found[pair.step.path] = known._replace(numbers=known.numbers + numbers)
    return tuple(found.values())


def _pairs_of(numbers: tuple[int, ...], cycle: Cycle, beside: ReferenceCycle) -> Iterator[StepPair]:
    held = _doses_of(cycle)
    alike = len(held) == len(beside.steps)
    if not alike:  # then each step is held against its own time
        held = [(step, step.minutes) for step in cycle.steps]
    began = 0
    for place, (step, minutes) in enumerate(held):
        places = [place] if alike else _places_between(beside, began, began + minutes)
        ratios = ((at, _ratio(step.dose, beside.steps[at].dose)) for at in places)
        pairs = [StepPair(numbers, cycle, step, minutes, beside, at, alike, ratio) for at, ratio in ratios]
        yield max(pairs, key=lambda pair: pair.distance) if len(pairs) > 1 else pairs[0]
        began += minutes


def _ratio(own: DoseRate, other: DoseRate) -> Fraction:
    return _ALIKE if own.amount == other.amount else own.amount / other.amount


def _doses_of(cycle: Cycle) -> list[tuple[Step, int]]:
    """The doses of a cycle, each with the minutes it is held: steps that go on with the same dose are one."""
    if len(cycle.steps) == 1:  # as of most cycles
        return [(cycle.steps[0], cycle.steps[0].minutes)]
    held = []
    for _, group in groupby(cycle.steps, key=lambda step: (step.dose, step.cap)):
        steps = list(group)
        held.append((steps[0], sum(step.minutes for step in steps)))
    return held


def _places_between(beside: ReferenceCycle, start: int, end: int) -> list[int]:
    """Which steps of the reference are given between two times; its last dose stands for all that comes after it."""
    places, began = [], 0
    for place, step in enumerate(beside.steps):
        if began < end and began + step.minutes > start:
            places.append(place)
        began += step.minutes
    return places or [len(beside.steps) - 1]
