"""What endpoints look for on the curves of each interval, as plain tables of numbers, and NumPy to look for it.

What is found goes into rows of numbers, one for each patient. Both engines follow the same tables: NumPy takes all
patients at once, the compiled engine a block of them as soon as it is through an interval (`gather`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from blinplan.physiology.engine.advance import concentration_at
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.locate import Find, SmoothCurve, at_once
from blinplan.physiology.engine.own.curves import OwnCurve
from blinplan.physiology.engine.step.moment import Inflow
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.model.states import ROW


class Extreme(NamedTuple):
    """Look for the greatest of sign times a curve, and when.

    Attributes
    ----------
    low, high : days since the start of the interval between which to look.
    best, day : rows of the greatest so far, and of the day of the course on which it was.
    since : row of the time in this interval at which it was, or else of `low`.
    undone : row of what a greater one makes unknown again.
    """

    curve: float
    sign: float
    low: float
    high: float
    best: float
    day: float
    since: float
    undone: float


class Crossing(NamedTuple):
    """Look for the first time at which sign times a curve is at a level or below it, in patients who have none yet.

    Attributes
    ----------
    share, of : the level is this share of that row.
    low, since : from `low` days after the start of the interval on, and so many more as that row says.
    high : until when.
    given, above, at_most : in patients of whom that row is above the one and at most the other.
    into, less : row of the day of the course, less that row.
    """

    curve: float
    sign: float
    share: float
    of: float
    low: float
    since: float
    high: float
    given: float
    above: float
    at_most: float
    into: float
    less: float


class Stay(NamedTuple):
    """Add to a row the days for which a curve is at a level or below it, between two times of the interval."""

    curve: float
    level: float
    low: float
    high: float
    into: float


class Level(NamedTuple):
    """Read a curve off at a time of the interval."""

    curve: float
    time: float
    into: float


class Exposure(NamedTuple):
    """Add to a row the area under the concentration over an interval of so many days."""

    days: float
    into: float


Search = Extreme | Crossing | Stay | Level | Exposure
KINDS = (Exposure, Level, Extreme, Crossing, Stay)
"""The kinds of searches, in the order in which they are done: later ones go by what earlier ones found."""
EXPOSURES, VALUES, EXTREMES, CROSSINGS, STAYS = range(len(KINDS))


class Searches(NamedTuple):
    """What to look for in the K intervals of a course: one table of numbers.

    Attributes
    ----------
    starts : (K) days of the course. greatest : row of the greatest concentration.
    first : (K, kinds + 1) the first entry of each kind, and the end of the last.
    entries : (searches, 12) their numbers, in the order of their fields.
    """

    starts: FloatArray
    greatest: int
    first: IntArray
    entries: FloatArray


def searches_of(starts: Sequence[float], greatest: int, intervals: Sequence[Sequence[Search]]) -> Searches:
    """The table of what is looked for in each interval."""
    sizes, numbers = [0], list[tuple[float, ...]]()
    for looking in intervals:
        by_kind: dict[type, list[tuple[float, ...]]] = {kind: [] for kind in KINDS}
        for search in looking:
            by_kind[type(search)].append((*search, *_FILLING[len(search) :]))
        for some in by_kind.values():
            numbers += some
            sizes.append(len(numbers))
    ends = np.array(sizes, dtype=np.intp)
    first = ends[np.arange(len(starts))[:, None] * len(KINDS) + np.arange(len(KINDS) + 1)]
    entries = np.array(numbers, dtype=np.float64).reshape(-1, len(_FILLING))
    return Searches(np.array(starts, dtype=np.float64), greatest, first, entries)


_FILLING = (0.0,) * max(len(kind._fields) for kind in KINDS)
"""What fills the rows of searches that have fewer numbers than others."""


NOTHING = searches_of((), 0, ())
"""Nothing to look for."""


@dataclass(frozen=True, slots=True)
class History:
    """What endpoints are found on, in one interval, until the next interval is computed.

    Attributes
    ----------
    nodes : (2 S + 1) days since the start of the interval: the start, then the middle and the end of every step, of
        which the last may end beyond the interval; (2 S + 1, N) where patients take steps of their own.
    watched : (8, nodes, N), as `Watched` has it; (6, nodes, N) where blasts are asked for at the end alone.
    infusion, elimination : what is infused, and the elimination rate (N), 1/day.
    before, after : (states, N) at the start and at the end of the interval.
    """

    nodes: FloatArray
    watched: FloatArray
    infusion: Inflow
    elimination: FloatArray
    before: FloatArray
    after: FloatArray

    @property
    def b_blood(self) -> SmoothCurve:
        """B cells in blood."""
        return self._curve(0)

    @property
    def t_blood(self) -> SmoothCurve:
        """T cells in blood."""
        return self._curve(1)

    @property
    def release(self) -> SmoothCurve:
        """Release of the cytokines that rise."""
        return self._curve(2)

    @property
    def log_blasts(self) -> SmoothCurve:
        """Logarithm of the blasts."""
        return self._curve(3)

    def _curve(self, number: int) -> SmoothCurve:
        kind = SmoothCurve if self.nodes.ndim == 1 else OwnCurve
        return kind(self.nodes, self.watched[2 * number], self.watched[2 * number + 1])

    def curve(self, number: float, sign: float) -> SmoothCurve:
        """One of the curves, by its number among those that are watched, or its mirror image."""
        curve = self._curve(int(number))
        return curve if sign > 0.0 else curve.mirror_image()

    def value(self, number: float, time: float) -> FloatArray:
        """The values of a curve (N) at a time; blasts that are not watched are only asked for at the end."""
        if number == BLASTS and self.watched.shape[0] == 2 * BLASTS:
            return np.asarray(self.after[ROW["log_blasts"]])
        return self.curve(number, 1.0).at(time)

    def concentration(self, elapsed: float) -> FloatArray:
        """Concentration (pg/mL) so many days from the start of the interval, in closed form."""
        return concentration_at(self.infusion, self.elimination, elapsed)


BLASTS = 3
"""The number of the curve of the blasts; that of the last, so that nothing else is left out with it."""


def asks_before(s: Searches, k: int, curve: int, end: float) -> bool:
    """Whether anything looks at a curve of an interval but at its end."""
    looks = any(entry.time < end for entry in _of_kind(Level, VALUES, s, k) if entry.curve == curve)
    found = (s.entries[s.first[k, EXTREMES] : s.first[k, STAYS + 1], 0] == curve).any()
    return looks or bool(found)


def gather_by_numpy(s: Searches, k: int, history: History, rows: FloatArray) -> None:
    """Look for all that is asked of an interval, in all patients at once."""
    rows[s.greatest] = np.maximum(rows[s.greatest], np.maximum(history.before[0], history.after[0]))
    for entry in _of_kind(Exposure, EXPOSURES, s, k):
        _expose(entry, history, rows)
    for value in _of_kind(Level, VALUES, s, k):
        rows[int(value.into)] = history.value(value.curve, value.time)
    start = float(s.starts[k])
    at_once([_find_extreme(entry, start, history, rows) for entry in _of_kind(Extreme, EXTREMES, s, k)])
    at_once(
        [
            *(_find_crossing(entry, start, history, rows) for entry in _of_kind(Crossing, CROSSINGS, s, k)),
            *(_find_stay(entry, history, rows) for entry in _of_kind(Stay, STAYS, s, k)),
        ]
    )


_Kind = TypeVar("_Kind", Exposure, Level, Extreme, Crossing, Stay)


def _of_kind(kind: type[_Kind], number: int, s: Searches, k: int) -> list[_Kind]:
    """What of a kind is looked for in an interval."""
    entries = s.entries[s.first[k, number] : s.first[k, number + 1]].tolist()
    return [kind(*entry[: len(kind._fields)]) for entry in entries]


def _expose(s: Exposure, history: History, rows: FloatArray) -> None:
    before, after, plateau = history.before[0], history.concentration(s.days), history.infusion.plateau
    rows[int(s.into)] += (plateau * s.days + (before - after) / history.elimination) / 1000.0


def _find_extreme(s: Extreme, start: float, history: History, rows: FloatArray) -> Find[None]:
    curve, best, since = history.curve(s.curve, s.sign), int(s.best), int(s.since)
    better, peak, day = yield from curve.find_greater(rows[best], s.low, s.high)
    rows[since] = s.low
    rows[best, better], rows[since, better] = peak, day
    rows[int(s.day), better] = start + day
    rows[int(s.undone), better] = np.nan


def _find_crossing(s: Crossing, start: float, history: History, rows: FloatArray) -> Find[None]:
    given, into = rows[int(s.given)], int(s.into)
    waiting = np.flatnonzero(np.isnan(rows[into]) & (given > s.above) & (given <= s.at_most))
    if waiting.size:
        level, since = (s.share * rows[int(s.of)])[waiting], (s.low + rows[int(s.since)])[waiting]
        found = yield from history.curve(s.curve, s.sign).find_first_at_most(level, since, s.high, waiting)
        rows[into, waiting] = (start + found) - rows[int(s.less), waiting]


def _find_stay(s: Stay, history: History, rows: FloatArray) -> Find[None]:
    days = yield from history.curve(s.curve, 1.0).find_days_at_most(s.level, s.low, s.high)
    rows[int(s.into)] += days
