"""A walk through plausible parameter sets: at random through what slopes allow, shortened until the model does too.

Every walk begins at the parameters that are shipped, and each of its sets has random numbers of its own, so that the
sets are the same whatever else runs, and a walk can be taken up after each of them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blinplan.evidence.plausible.ranges import Range, WalkLaw, declared_walk, ranges
from blinplan.evidence.plausible.screen import FIRST_SEED, quick_screen, screen
from blinplan.evidence.plausible.slopes import Room, measurements, room, slopes
from blinplan.physiology.model.normal import normal_quantile
from blinplan.physiology.model.population import FloatArray
from blinplan.simulation.models.plausible import Values


class Made(NamedTuple):
    """A set of a walk, and what it took.

    Attributes
    ----------
    walk, number
        Which walk, and which of its sets, each from 0.
    values
        In the order of `ranges`.
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
    tried: int
    screened: int
    asked: int
    seconds: float


def next_set(walk: int, before: Made | None) -> Made:
    """Walk on to the next set, from the one before or from the start.

    Where all patients deny the end of a walk, half of the way is looked at, and half of that; then it is walked anew.
    """
    began, law, lines = time.process_time(), declared_walk(), ranges()
    number = 0 if before is None else before.number + 1
    numbers = _Numbers(law.seed, walk, number)
    mover = _Mover(law, lines, numbers)
    start = tuple(line.base for line in lines) if before is None else before.values
    asked, found = 0, None
    while found is None:
        way = _way(mover, start, law.first if before is None else law.between)
        for there in way:
            asked += 1
            if screen(law.patients, FIRST_SEED).keeps(values_of(there)):
                found = there
                break
    spent = time.process_time() - began
    return Made(walk, number, found, mover.tried, mover.kept, asked, round(spent, 2))


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
    """Uniform numbers in (0, 1) that belong to one set of one walk."""

    def __init__(self, seed: int, walk: int, number: int) -> None:
        self._generator = np.random.Philox(key=np.array([seed, (walk << 32) + number], dtype=np.uint64))

    def next(self, count: int) -> FloatArray:
        raw = np.asarray(self._generator.random_raw(count), dtype=np.uint64)
        return ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


class _Mover:
    """Makes moves, and counts."""

    def __init__(self, law: WalkLaw, lines: tuple[Range, ...], numbers: _Numbers) -> None:
        self.law, self.lines, self.numbers = law, lines, numbers
        self.sieve = quick_screen(law.screened, law.patients, FIRST_SEED)
        self.tried = self.kept = 0

    def move(self, values: tuple[float, ...]) -> tuple[float, ...]:
        """Go on to a set that is kept on few patients; stay where none is met."""
        here = np.array([line.position(value) for line, value in zip(self.lines, values, strict=True)])
        way = self._way(here, room(measurements(self.sieve, values_of(values))))
        for _ in range(self.law.tries):
            there = tuple(line.value(place) for line, place in zip(self.lines, here + way, strict=True))
            self.tried += 1
            if self.sieve.keeps(values_of(there)):
                self.kept += 1
                return there
            way = self.law.shorter * way
        return values

    def _way(self, here: FloatArray, free: Room) -> FloatArray:
        """Where some steps at random end, each along one parameter or along all, as far as the slopes allow."""
        count = here.size
        rises = np.vstack([slopes(), np.eye(count)])
        low = np.concatenate([free.low, [line.position(line.low) for line in self.lines] - here])
        high = np.concatenate([free.high, [line.position(line.high) for line in self.lines] - here])
        half = np.array([line.half for line in self.lines])
        way, risen = np.zeros(count), np.zeros(low.size)
        for step in range(self.law.steps):
            which, far, *normal = self.numbers.next(2 + count)
            direction = normal_quantile(np.array(normal)) * half if step % 2 else np.eye(count)[int(which * count)]
            rise = rises @ direction
            back, on = _ends(rise, low - risen, high - risen)
            by = back + (on - back) * far
            way, risen = way + by * direction, risen + by * rise
        return way


def _ends(rise: FloatArray, low: FloatArray, high: FloatArray) -> tuple[float, float]:
    """How far back and on a direction leads to the first limit."""
    moves = np.abs(rise) > 1e-9
    ends = np.stack([low[moves], high[moves]]) / rise[moves]
    return min(float(ends.min(axis=0).max()), 0.0), max(float(ends.max(axis=0).min()), 0.0)
