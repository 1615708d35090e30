"""A walk through plausible parameter sets: along random lines, each shortened until it meets a set that is kept.

Every walk begins at the parameters that are shipped and has random numbers of its own, so that its sets are the same
whatever else runs, and it can be taken up after each of them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from blinplan.evidence.plausible.ranges import Range, WalkLaw, declared_walk, ranges
from blinplan.evidence.plausible.screen import quick_screen, screen
from blinplan.simulation.models.plausible import Values


class Made(NamedTuple):
    """A set of a walk, and what it took.

    Attributes
    ----------
    walk, number
        Which walk, and which of its sets, each from 0.
    values
        In the order of `ranges`.
    drawn
        How many random numbers the walk has used up to here.
    tried, screened, passed
        How many sets were tried since the one before, how many of them were kept on few patients, and of those that
        were asked on all how many were kept there, which is this one.
    asked
        How many sets were asked on all patients.
    seconds
        Processor time.
    """

    walk: int
    number: int
    values: tuple[float, ...]
    drawn: int
    tried: int
    screened: int
    asked: int
    seconds: float


def next_set(walk: int, before: Made | None) -> Made:
    """Walk on to the next set, from the one before or from the start.

    Where all patients deny the end of a walk, half of the way is looked at, and half of that; then it is walked anew.
    """
    began, law, lines = time.process_time(), declared_walk(), ranges()
    numbers = _Numbers(law.seed, walk, 0 if before is None else before.drawn)
    mover = _Mover(law, lines, numbers)
    start = tuple(line.base for line in lines) if before is None else before.values
    asked, found = 0, None
    while found is None:
        way = _way(mover, start, law.first if before is None else law.between)
        for there in way:
            asked += 1
            if screen(law.patients, 1).keeps(values_of(there)):
                found = there
                break
    number = 0 if before is None else before.number + 1
    spent = time.process_time() - began
    return Made(walk, number, found, numbers.used, mover.tried, mover.kept, asked, round(spent, 2))


def _way(mover: _Mover, start: tuple[float, ...], moves: int) -> list[tuple[float, ...]]:
    """Some moves on from a start: the place after all of them, after half, a quarter and so on, those that differ."""
    places = [start]
    for _ in range(moves):
        places.append(mover.move(places[-1]))
    counts = [moves >> halvings for halvings in range(moves.bit_length())]
    return [there for there in dict.fromkeys(places[count] for count in counts) if there != start]


def values_of(values: Sequence[float]) -> Values:
    """The values by their parameters."""
    return {line.of: value for line, value in zip(ranges(), values, strict=True)}


class _Numbers:
    """Uniform numbers in (0, 1) that belong to one walk; those that were used are passed over."""

    def __init__(self, seed: int, walk: int, used: int) -> None:
        self._generator = np.random.Philox(key=np.array([seed, walk], dtype=np.uint64))
        self.used = 0
        for _ in range(used):
            self.next()

    def next(self) -> float:
        self.used += 1
        return (float(self._generator.random_raw() >> 11) + 0.5) * 2.0**-53


class _Mover:
    """Makes moves, and counts."""

    def __init__(self, law: WalkLaw, lines: tuple[Range, ...], numbers: _Numbers) -> None:
        self.law, self.lines, self.numbers = law, lines, numbers
        self.tried = self.kept = 0

    def move(self, values: tuple[float, ...]) -> tuple[float, ...]:
        """Go along a random line to a set that is kept on few patients; stay where none is met."""
        start = [line.position(value) for line, value in zip(self.lines, values, strict=True)]
        direction = [self._component(line) for line in self.lines]
        back, on = self._ends(start, direction)
        for _ in range(self.law.tries):
            far = back + (on - back) * self.numbers.next()
            places = zip(self.lines, start, direction, strict=True)
            there = tuple(line.value(place + far * along) for line, place, along in places)
            self.tried += 1
            if quick_screen(self.law.screened, self.law.patients, 1).keeps(values_of(there)):
                self.kept += 1
                return there
            back, on = (far, on) if far < 0.0 else (back, far)
        return values

    def _component(self, line: Range) -> float:
        moves, normal = self.numbers.next() < self.law.part, float(ndtri(self.numbers.next()))
        return normal * line.half if moves else 0.0

    def _ends(self, start: Sequence[float], direction: Sequence[float]) -> tuple[float, float]:
        """Between what the line is searched: a stretch of length 1 that holds the start, inside of all ranges."""
        behind = self.numbers.next()
        back, on = -behind, 1.0 - behind
        for line, place, along in zip(self.lines, start, direction, strict=True):
            if along:
                ends = sorted((line.position(end) - place) / along for end in (line.low, line.high))
                back, on = max(back, ends[0]), min(on, ends[1])
        return (back, on) if math.isfinite(back) and back < on else (0.0, 0.0)
