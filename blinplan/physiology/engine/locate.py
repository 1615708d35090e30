"""Locate crossings and extremes on the curves of one interval, each by what is known of one step alone.

Within a step a state is the polynomial of fifth degree through its values and its rates of change at the start, the
middle and the end (`grid.hermite`). What comes after a step changes nothing that was found in it, also where the
interval ends inside it. All functions work on every patient at once; the number of rounds is fixed, so that no
patient's result depends on the others'.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.model.population import FloatArray

BoolArray = NDArray[np.bool_]
# False position with the Illinois rule, of order 1.44, then stands still to 1e-9 of the bracket.
ROUNDS = 8


class Quintic(NamedTuple):
    """A polynomial of fifth degree in u, the time from the middle of a step over half its length."""

    middle: FloatArray
    half: FloatArray
    c0: FloatArray
    c1: FloatArray
    c2: FloatArray
    c3: FloatArray
    c4: FloatArray
    c5: FloatArray


Three = tuple[FloatArray, FloatArray, FloatArray]


def through(middle: FloatArray, half: FloatArray, values: Three, slopes: Three) -> Quintic:
    """Through values and slopes at the start, middle and end of a step."""
    start, centre, end = half * slopes[0], half * slopes[1], half * slopes[2]
    even, odd = 0.5 * (values[0] + values[2]) - values[1], 0.5 * (values[2] - values[0]) - centre
    fourth = 0.25 * (end - start) - even
    fifth = 0.5 * (0.5 * (start + end) - centre - 3.0 * odd)
    return Quintic(middle, half, values[1], centre, even - fourth, odd - fifth, fourth, fifth)


def value_at(q: Quintic, day: FloatArray) -> FloatArray:
    """The value at a time."""
    u = (day - q.middle) / q.half
    return ((((q.c5 * u + q.c4) * u + q.c3) * u + q.c2) * u + q.c1) * u + q.c0


def derivative(q: Quintic) -> Quintic:
    """The slope as a polynomial, per half step."""
    return Quintic(q.middle, q.half, q.c1, 2.0 * q.c2, 3.0 * q.c3, 4.0 * q.c4, 5.0 * q.c5, 0.0 * q.c5)


class Bracket(NamedTuple):
    """Two times at which a function has two signs; `kept` is 1 where the round before kept the later one, else 0."""

    low: FloatArray
    high: FloatArray
    f_low: FloatArray
    f_high: FloatArray
    kept: FloatArray


def guess(b: Bracket) -> FloatArray:
    """Where the function is 0 if it is straight: by false position, x = b - f(b) (b - a) / (f(b) - f(a))."""
    slope = b.f_high - b.f_low
    return either(slope != 0.0, b.high - b.f_high * (b.high - b.low) / slope, b.high)


def narrow(b: Bracket, x: FloatArray, f: FloatArray) -> Bracket:
    """The part of a bracket on one side of a guess, at which the function is `f`.

    The Illinois rule (Dowell and Jarratt, BIT 11, 1971, p. 168): an end that stays a second time is halved, so that
    both ends close in. Newton's method may leave the bracket.
    """
    left = ((f > 0.0) == (b.f_low > 0.0)) & ((f < 0.0) == (b.f_low < 0.0))
    kept = either(left, 1.0, 0.0)
    again = kept == b.kept
    return Bracket(
        either(left, x, b.low),
        either(left, b.high, x),
        either(left, f, either(again, 0.5 * b.f_low, b.f_low)),
        either(left, either(again, 0.5 * b.f_high, b.f_high), f),
        kept,
    )


def either(condition: BoolArray, this: FloatArray | float, other: FloatArray | float) -> FloatArray:
    """One of two values; `compiled` has the same for numba, without an array to make."""
    return np.where(condition, this, other)


def first_true(mask: BoolArray) -> tuple[IntArray, BoolArray]:
    """Index of the first true node of each patient, and whether there is one."""
    index = np.argmax(mask, axis=0)
    return index, np.asarray(mask[index, np.arange(mask.shape[1])])


class RootsAsked(NamedTuple):
    """Where polynomials are asked to be at a level, and in which brackets."""

    polynomial: Quintic
    level: FloatArray
    bracket: Bracket


T = TypeVar("T")
Find = Generator[RootsAsked, FloatArray, T]
"""Looks for something, and asks for roots on its way."""


def at_once(searches: Sequence[Find[T]]) -> list[T]:
    """Let searches go on beside each other until each has ended; NumPy begins with few roots as slowly as with many."""
    found: dict[int, T] = {}
    answers: Mapping[int, FloatArray | None] = dict.fromkeys(range(len(searches)))
    while answers:
        asked: dict[int, RootsAsked] = {}
        for number, answer in answers.items():
            try:
                asked[number] = searches[number].send(answer)  # type: ignore[arg-type]  # None begins it
            except StopIteration as end:
                found[number] = end.value
        answers = _answers(asked)
    return [found[number] for number in range(len(searches))]


def _answers(asked: Mapping[int, RootsAsked]) -> Mapping[int, FloatArray]:
    """The roots that each asks for."""
    if not asked:
        return {}
    sizes = [one.level.shape[0] for one in asked.values()]
    polynomial = Quintic(*map(np.concatenate, zip(*(one.polynomial for one in asked.values()), strict=True)))
    bracket = Bracket(*map(np.concatenate, zip(*(one.bracket for one in asked.values()), strict=True)))
    roots = _root(polynomial, np.concatenate([one.level for one in asked.values()]), bracket)
    return dict(zip(asked, np.split(roots, np.cumsum(sizes)[:-1]), strict=True))


_AreThere = Callable[[FloatArray, FloatArray, Any], BoolArray]
"""What is asked of nodes: their days, their values of some patients (nodes, n), and which these are."""
_NODES_AT_ONCE = 48


@dataclass(frozen=True, slots=True)
class SmoothCurve:
    """One quantity of N patients in one interval.

    Attributes
    ----------
    nodes : (2 S + 1) days since the start of the interval: the start, then the middle and the end of every step.
    values, slopes : (nodes, N), the slopes per day.
    sign : -1 for the curve upside down.
    """

    nodes: FloatArray
    values: FloatArray
    slopes: FloatArray
    sign: float = 1.0

    def mirror_image(self) -> SmoothCurve:
        """The same upside down."""
        return replace(self, sign=-self.sign)

    def _day(self, node: IntArray, _: IntArray) -> FloatArray:
        """When patients are at a node."""
        return np.asarray(self.nodes[node])

    def at(self, time: float) -> FloatArray:
        """The values (N) at a time."""
        node = int(np.searchsorted(self.nodes, time))
        if self.nodes[node] == time:
            return np.asarray(self.sign * self.values[node])
        half = np.full(self.values.shape[1], node - 1)
        return value_at(self._quintic(half, np.arange(half.shape[0])), np.full(half.shape, time))

    def _tops(self, low: float, high: float) -> FloatArray:
        """The greatest values (stretches, N) at nodes between two times, so many nodes at a time."""
        first = int(np.searchsorted(self.nodes, low))
        stop = int(np.searchsorted(self.nodes, high, side="right"))
        found = np.empty((-(-max(stop - first, 0) // _NODES_AT_ONCE), self.values.shape[1]))
        for top, begin in zip(found, range(first, stop, _NODES_AT_ONCE), strict=True):
            values = self.values[begin : min(begin + _NODES_AT_ONCE, stop)]
            top[:] = values.max(axis=0) if self.sign > 0.0 else np.negative(values.min(axis=0))
        return found

    def _beat(self, most: FloatArray, best: FloatArray, low: float, high: float) -> IntArray:
        """Patients of whom the greatest value at nodes, or that at one of two times, lies above the best so far (N)."""
        for time in (low, high):
            if self.nodes[np.searchsorted(self.nodes, time)] != time:
                most = np.maximum(most, self.at(time))
        return np.flatnonzero(most > best)

    def _of(self, values: FloatArray, patients: IntArray) -> FloatArray:
        """The values of some patients; no copy where they are all."""
        return values if patients.shape[0] == values.shape[1] else values[:, patients]

    def _values_in(self, of: FloatArray, node: IntArray, patients: IntArray) -> FloatArray:
        """Values or slopes of patients, each at a node of his own."""
        return np.asarray(of.reshape(-1).take(node * of.shape[1] + patients))

    def _first_node(self, is_there: _AreThere, first: int, stop: int, patients: IntArray) -> tuple[IntArray, BoolArray]:
        """The first node between two of which something is true of each of some patients, and whether there is one.

        Who has one is looked at no further.
        """
        node, left = np.full(patients.shape, -1), np.arange(patients.shape[0])
        for begin in range(first, stop, _NODES_AT_ONCE):
            nodes = slice(begin, min(begin + _NODES_AT_ONCE, stop))
            some = slice(None) if left.shape == patients.shape else left
            index, found = first_true(is_there(self.nodes[nodes], self._of(self.values[nodes], patients[some]), some))
            node[left[found]] = begin + index[found]
            left = left[~found]
            if not left.size:
                break
        return node, node >= 0

    def _quintic(self, half: IntArray, patients: IntArray) -> Quintic:
        """The polynomials of patients in half steps, each of which begins at the node of its number."""
        start = 2 * (half // 2)
        half_step = 0.5 * (self._day(start + 2, patients) - self._day(start, patients))
        values, slopes = (
            (
                self.sign * self._values_in(of, start, patients),
                self.sign * self._values_in(of, start + 1, patients),
                self.sign * self._values_in(of, start + 2, patients),
            )
            for of in (self.values, self.slopes)
        )
        return through(self._day(start + 1, patients), half_step, values, slopes)

    def points(self, parts: int) -> tuple[FloatArray, FloatArray]:
        """Times (M) and values (M, N) at the nodes, and at the ends of equal parts between them."""
        starts, middles, ends = (self.nodes[at::2] for at in (0, 1, 2))
        half = 0.5 * (ends - starts[:-1])
        times, values = np.empty(parts * (self.nodes.shape[0] - 1) + 1), []
        three_values, three_slopes = ((of[0:-1:2], of[1::2], of[2::2]) for of in (self.values, self.slopes))
        quintic = through(middles[:, None], half[:, None], three_values, three_slopes)
        for part in range(2 * parts):
            at = middles + half * (part / parts - 1.0) if part % parts else self.nodes[part // parts : -1 : 2]
            times[part : -1 : 2 * parts] = at
            values.append(value_at(quintic, at[:, None]) if part % parts else self.values[part // parts : -1 : 2])
        times[-1] = self.nodes[-1]
        return times, np.concatenate([np.stack(values, axis=1).reshape(-1, self.values.shape[1]), self.values[-1:]])

    def crossing(
        self,
        low: FloatArray,
        high: FloatArray,
        patients: IntArray,
        level: FloatArray,
        ends: tuple[FloatArray, FloatArray],
    ) -> FloatArray:
        """When patients pass a level between two times of one half step, at which they have the values `ends`."""
        half = np.searchsorted(self.nodes, low, side="right") - 1
        quintic = self._quintic(half, patients)
        return _root(quintic, level, _bracket(low, high, ends[0] - level, ends[1] - level))

    def greatest(self, low: float, high: float) -> tuple[FloatArray, FloatArray]:
        """Greatest value (N) between two times, and when: at a node, at one of the times, or where the slope is 0."""
        _, peak, day = at_once([self.find_greater(np.full(self.values.shape[1], -np.inf), low, high)])[0]
        return peak, day

    def find_greater(self, best: FloatArray, low: float, high: float) -> Find[tuple[IntArray, FloatArray, FloatArray]]:
        """Find the same of patients who have a value above the best so far (N); and who they are.

        Only who has one at a node, or at one of the times, is found.
        """
        tops = self._tops(low, high)
        patients = self._beat(tops.max(axis=0, initial=-np.inf), best, low, high)
        if not patients.size:
            return patients, np.empty(0), np.empty(0)
        node, peak, day = self._greatest_known(self._of(tops, patients), low, high, patients)
        half = np.concatenate([node - 1, node])
        inside = (half >= 0) & (half < self.nodes.shape[0] - 1)
        start, whose = np.where(inside, half, 0), np.tile(patients, 2)
        before, after = (self.sign * self._values_in(self.slopes, at, whose) for at in (start, start + 1))
        which = np.flatnonzero(inside & (before > 0.0) & (after < 0.0))
        if not which.size:
            return patients, peak, day
        quintic = self._quintic(start[which], whose[which])
        since, until = (self._day(node, whose[which]) for node in (start[which], start[which] + 1))
        ends = _bracket(since, until, before[which], after[which])
        summit = yield RootsAsked(derivative(quintic), np.zeros(which.shape), ends)
        value = value_at(quintic, summit)
        earlier = which < patients.shape[0]
        for half_step in (earlier, ~earlier):
            at, days, values = which[half_step] % patients.shape[0], summit[half_step], value[half_step]
            better = (values > peak[at]) & (days > low) & (days < high)
            peak[at[better]], day[at[better]] = values[better], days[better]
        return patients, peak, day

    def _greatest_known(
        self, tops: FloatArray, low: float, high: float, patients: IntArray
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """The node that has the greatest value, or that is nearest to an end which has, this value, and when."""
        first, last = int(np.searchsorted(self.nodes, low)), int(np.searchsorted(self.nodes, high, side="right")) - 1
        node, peak = np.full(patients.shape, first), tops.max(axis=0, initial=-np.inf)
        stretch = np.argmax(tops == peak, axis=0) if len(tops) else np.full(patients.shape, -1)
        for at in range(len(tops)):
            some = np.flatnonzero(stretch == at)
            begin = first + at * _NODES_AT_ONCE
            values = self._of(self.values[begin : min(begin + _NODES_AT_ONCE, last + 1)], patients[some])
            node[some] = begin + np.argmax(values == self.sign * peak[some], axis=0)
        day = self.nodes[node]
        for time, nearest in ((low, first), (high, last)):
            if self.nodes[nearest] != time:
                value = self.at(time)[patients]
                better = value > peak
                peak, day = np.where(better, value, peak), np.where(better, time, day)
                node = np.where(better, nearest, node)
        return node, peak, day

    def first_at_most(self, level: FloatArray | float, since: FloatArray | float, high: float) -> FloatArray:
        """When each patient first is at a level or below it, from a time on; NaN if not by `high`."""
        patients = np.arange(self.values.shape[1])
        levels, begin = np.broadcast_to(level, patients.shape), np.broadcast_to(since, patients.shape)
        return at_once([self.find_first_at_most(levels, begin, high, patients)])[0]

    def find_first_at_most(
        self, levels: FloatArray, begin: FloatArray, high: float, patients: IntArray
    ) -> Find[FloatArray]:
        """Find the same of some patients, each with a level and a time of his own."""
        until = int(np.searchsorted(self.nodes, high)) + 1
        begun = int(np.searchsorted(self.nodes[:until], begin.min(), side="right"))
        signed = self.sign * levels
        by_their_own, compare = begin.min() < begin.max(), np.less_equal if self.sign > 0.0 else np.greater_equal

        def is_there(days: FloatArray, values: FloatArray, some: IntArray) -> BoolArray:
            low: BoolArray = compare(values, signed[some])
            return low & (days[:, None] > begin[some]) if by_their_own else low

        node, found = self._first_node(is_there, begun, until, patients)
        return (yield from self._days_before(node, found, levels, begin, high, patients))

    def _days_before(
        self, node: IntArray, found: BoolArray, levels: FloatArray, begin: FloatArray, high: float, patients: IntArray
    ) -> Find[FloatArray]:
        """When each of some patients came to a level before a node at which he is there, where one was found."""
        day = np.full(patients.shape, np.nan)
        already = self._values_at(begin, patients) <= levels
        which = np.flatnonzero(found & ~already)
        if which.size:
            crossed = yield self._crossing(node[which] - 1, patients[which], levels[which], begin[which])
            day[which] = np.where(crossed <= high, crossed, np.nan)
        return np.where(already & (begin <= high), begin, day)

    def first_at_least(self, level: FloatArray | float, since: FloatArray | float, high: float) -> FloatArray:
        """When each patient first is at a level or above it."""
        return self.mirror_image().first_at_most(-level, since, high)

    def days_at_most(self, level: float, low: float, high: float) -> FloatArray:
        """For how many days each patient (N) is at a level or below it between two times."""
        return at_once([self.find_days_at_most(level, low, high)])[0]

    def find_days_at_most(self, level: float, low: float, high: float) -> Find[FloatArray]:
        """Find the same, of a curve that is not upside down.

        The times of leaving less those of entering. Sums go patient by patient, so that nobody's depends on others'.
        """
        first, until = (
            int(np.searchsorted(self.nodes, low, side="right")) - 1,
            int(np.searchsorted(self.nodes, high)) + 1,
        )
        below = self.values[first:until] <= level
        days = np.where(below[-1], high, 0.0) - np.where(below[0], low, 0.0)
        # NumPy looks through one row of truths ten times as fast as through many.
        changes, patients = np.divmod(np.flatnonzero(below[:-1] != below[1:]), below.shape[1])
        if changes.size:
            half = changes + first
            crossed = yield self._crossing(half, patients, np.full(half.shape, level), self.nodes[half])
            crossed = np.clip(crossed, low, high)
            np.add.at(days, patients, np.where(below[changes, patients], crossed, -crossed))
        return days

    def _values_at(self, times: FloatArray, patients: IntArray) -> FloatArray:
        """The value of each patient at a time of his own."""
        if not times.any():
            return np.asarray(self.sign * self.values[0, patients])
        half = self._half_step_of(times, patients)
        value = value_at(self._quintic(half, patients), times)
        value = np.where(times == self._day(half, patients), self.sign * self.values[half, patients], value)
        return np.where(times == self._day(half + 1, patients), self.sign * self.values[half + 1, patients], value)

    def _half_step_of(self, times: FloatArray, _: IntArray) -> IntArray:
        """The half step of each of some patients at a time of his own."""
        return np.clip(np.searchsorted(self.nodes, times) - 1, 0, self.nodes.shape[0] - 2)

    def _crossing(self, half: IntArray, patients: IntArray, level: FloatArray, since: FloatArray) -> RootsAsked:
        """Ask when patients pass a level in half steps, not before a time at which they have not."""
        quintic = self._quintic(half, patients)
        low, high = self._day(half, patients), self._day(half + 1, patients)
        f_low, f_high = (self.sign * self.values[node, patients] - level for node in (half, half + 1))
        inside = since > low
        low, f_low = np.where(inside, since, low), np.where(inside, value_at(quintic, since) - level, f_low)
        return RootsAsked(quintic, level, _bracket(low, high, f_low, f_high))


def _bracket(low: FloatArray, high: FloatArray, f_low: FloatArray, f_high: FloatArray) -> Bracket:
    return Bracket(low, high, f_low, f_high, np.full(low.shape, np.nan))


def _root(polynomial: Quintic, level: FloatArray, b: Bracket) -> FloatArray:
    """Where polynomials are at a level, each between two times at which it is on two sides of it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(ROUNDS):
            x = guess(b)
            b = narrow(b, x, value_at(polynomial, x) - level)
    return x
