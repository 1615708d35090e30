"""Look for what endpoints need in a block of patients that is through an interval: what `searches` does, to the bytes.

Written for numba, which compiles it with the engine. NumPy's operations on arrays are loops here over the patients of a
block, side by side and without a branch; what is rare goes patient by patient. Roots are asked for in a queue, and then
found side by side as well.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from blinplan.physiology.engine.advance import concentration_at
from blinplan.physiology.engine.locate import (
    ROUNDS,
    Bracket,
    Quintic,
    derivative,
    guess,
    narrow,
    through,
    value_at,
)
from blinplan.physiology.engine.searches import (
    CROSSINGS,
    EXPOSURES,
    EXTREMES,
    STAYS,
    VALUES,
    Crossing,
    Exposure,
    Extreme,
    Level,
    Searches,
    Stay,
)
from blinplan.physiology.engine.step.moment import Inflow
from blinplan.physiology.engine.written_out import written_out
from blinplan.physiology.model.population import FloatArray

WIDTH = 32
"""Patients side by side: a multiple of what a processor computes at once, few enough to stay in its first cache."""
_NOWHERE = 1e9
_NAN: Any = np.nan
_Number = Any
"""A number, where the lines of other modules have arrays."""
# The rows of a queue: whose root it is, a mark, the level, the polynomial, the bracket, and the root.
_LANE, _MARK, _LEVEL, _POLYNOMIAL, _BRACKET, _X, _ROWS, _BLOCKS = 0, 1, 2, 3, 11, 16, 17, 4
QUEUE, LANES, _ROOM = (_BLOCKS, _ROWS * WIDTH), (4, WIDTH), _BLOCKS * WIDTH


class Found(NamedTuple):
    """What a block of patients went through in one interval, and what is found in it.

    Attributes
    ----------
    days : (nodes) days since the start of the interval.
    seen : (nodes, 8, WIDTH) what is watched at each node.
    rows : (rows, WIDTH) what is gathered.
    queue : (4, 17 x WIDTH) roots that are asked for, WIDTH of them side by side in rows of a fixed length.
    lanes : (4, WIDTH) what a search knows of each patient.
    patients, eights : how many they are, and how many eights of them go side by side: one who goes alone takes as long
        as eight, and not as a block. What goes patient by patient is done for the patients alone.
    """

    days: FloatArray
    seen: FloatArray
    rows: FloatArray
    queue: FloatArray
    lanes: FloatArray
    patients: int
    eights: int


_exposure = written_out(Exposure, "v, e", "v[e, {i}]", __name__)
_value = written_out(Level, "v, e", "v[e, {i}]", __name__)
_extreme = written_out(Extreme, "v, e", "v[e, {i}]", __name__)
_crossing = written_out(Crossing, "v, e", "v[e, {i}]", __name__)
_stay = written_out(Stay, "v, e", "v[e, {i}]", __name__)
_polynomial = written_out(Quintic, "v, j", f"v[({_POLYNOMIAL} + {{i}}) * {WIDTH} + j]", __name__)
_bracket = written_out(Bracket, "v, j", f"v[({_BRACKET} + {{i}}) * {WIDTH} + j]", __name__)


def expose(
    s: Searches,
    k: int,
    concentration: FloatArray,
    elimination: FloatArray,
    plateau: FloatArray,
    excess: FloatArray,
    rows: FloatArray,
    eights: int,
) -> None:
    """Add the area under the concentration, which an interval begins with."""
    raise_to(concentration, rows[s.greatest], eights)
    for e in range(s.first[k, EXPOSURES], s.first[k, EXPOSURES + 1]):
        entry = _exposure(s.entries, e)
        area = rows[int(entry.into)]
        for lane in range(8 * eights):
            infusion = Inflow(plateau[lane], excess[lane])
            after = concentration_at(infusion, elimination[lane], entry.days)
            lost = (concentration[lane] - after) / elimination[lane]
            area[lane] += (plateau[lane] * entry.days + lost) / 1000.0


def raise_to(concentration: FloatArray, greatest: FloatArray, eights: int) -> None:
    """Take in a concentration where it is the greatest so far."""
    for lane in range(8 * eights):
        greatest[lane] = max(greatest[lane], concentration[lane])


def gather(s: Searches, k: int, nodes: int, f: Found) -> None:
    """Look for what is asked of an interval, of so many nodes."""
    first, start = s.first[k], s.starts[k]
    for e in range(first[VALUES], first[VALUES + 1]):
        entry = _value(s.entries, e)
        _look(f, nodes, int(entry.curve), 1.0, entry.time, f.rows[int(entry.into)])
    for e in range(first[EXTREMES], first[EXTREMES + 1]):
        _find_extreme(_extreme(s.entries, e), start, nodes, f)
    for e in range(first[CROSSINGS], first[CROSSINGS + 1]):
        _find_crossing(_crossing(s.entries, e), start, nodes, f)
    for e in range(first[STAYS], first[STAYS + 1]):
        _find_stay(_stay(s.entries, e), nodes, f)


def _first_from(days: FloatArray, nodes: int, time: float) -> int:
    """The first node at a time or after it."""
    low, high = 0, nodes
    while low < high:
        middle = (low + high) // 2
        if days[middle] < time:
            low = middle + 1
        else:
            high = middle
    return low


def _last_until(days: FloatArray, nodes: int, time: float) -> int:
    """The last node at a time or before it."""
    at = _first_from(days, nodes, time)
    return at if at < nodes and days[at] == time else at - 1


def _quintic(f: Found, half: int, curve: int, sign: float, lane: int) -> Quintic:
    """The polynomial of a patient in a half step, which begins at the node of its number."""
    at, v, r = 2 * (half // 2), 2 * curve, 2 * curve + 1
    seen, days = f.seen, f.days
    values = sign * seen[at, v, lane], sign * seen[at + 1, v, lane], sign * seen[at + 2, v, lane]
    slopes = sign * seen[at, r, lane], sign * seen[at + 1, r, lane], sign * seen[at + 2, r, lane]
    return through(days[at + 1], 0.5 * (days[at + 2] - days[at]), values, slopes)


def _value_of(f: Found, node: int, curve: int, sign: float, lane: int, time: _Number) -> _Number:
    """The value of a patient at a time, `node` being the first from it on."""
    if f.days[node] == time:
        return sign * f.seen[node, 2 * curve, lane]
    return value_at(_quintic(f, node - 1, curve, sign, lane), time)


def _look(f: Found, nodes: int, curve: int, sign: float, time: float, into: FloatArray) -> None:
    """Read a curve off at a time."""
    node = _first_from(f.days, nodes, time)
    for lane in range(8 * f.eights):
        into[lane] = _value_of(f, node, curve, sign, lane, time)


def _find_extreme(s: Extreme, start: float, nodes: int, f: Found) -> None:
    curve, best, since = int(s.curve), f.rows[int(s.best)], f.rows[int(s.since)]
    peak, node, day = f.lanes[0], f.lanes[1], f.lanes[2]
    first, last = _first_from(f.days, nodes, s.low), _last_until(f.days, nodes, s.high)
    _scan(f.seen, 2 * curve, s.sign, first, last, peak, node, f.eights)
    for lane in range(8 * f.eights):
        day[lane] = f.days[int(node[lane])]
        since[lane] = s.low
    _take_in_an_end(s, s.low, first, nodes, f)
    _take_in_an_end(s, s.high, last, nodes, f)
    count = 0
    for lane in range(f.patients):
        if peak[lane] > best[lane]:
            count = _ask_for_summits(f, int(node[lane]), nodes, curve, s.sign, lane, count)
    _solve(f.queue, count)
    for at in range(count):
        lane, half, summit = _answer(f.queue, at)
        value = value_at(_quintic(f, int(half), curve, s.sign, lane), summit)
        if value > peak[lane] and s.low < summit < s.high:
            peak[lane], day[lane] = value, summit
    for lane in range(8 * f.eights):
        if peak[lane] > best[lane]:
            best[lane], since[lane] = peak[lane], day[lane]
            f.rows[int(s.day), lane] = start + day[lane]
            f.rows[int(s.undone), lane] = np.nan


def _take_in_an_end(s: Extreme, time: float, nearest: int, nodes: int, f: Found) -> None:
    """Take the value at an end of the window for the greatest where it is, if that end is no node."""
    if f.days[nearest] == time:
        return
    peak, node, day, value = f.lanes[0], f.lanes[1], f.lanes[2], f.lanes[3]
    _look(f, nodes, int(s.curve), s.sign, time, value)
    for lane in range(8 * f.eights):
        if value[lane] > peak[lane]:
            peak[lane], day[lane], node[lane] = value[lane], time, nearest


def _ask_for_summits(f: Found, node: int, nodes: int, curve: int, sign: float, lane: int, count: int) -> int:
    """Ask where the slope is 0 in the half steps beside a node, if it goes from rising to falling."""
    for half in range(max(node - 1, 0), min(node + 1, nodes - 1)):
        rises, falls = sign * f.seen[half, 2 * curve + 1, lane], sign * f.seen[half + 1, 2 * curve + 1, lane]
        if rises > 0.0 and falls < 0.0:
            q = derivative(_quintic(f, half, curve, sign, lane))
            b = Bracket(f.days[half], f.days[half + 1], rises, falls, _NAN)
            count = _ask(f.queue, count, lane, float(half), 0.0, q, b)
    return count


def _scan(
    seen: FloatArray, row: int, sign: float, first: int, last: int, peak: FloatArray, node: FloatArray, eights: int
) -> None:
    """The greatest value from one node to another, and the first node that has it.

    Four nodes at once: a shorter loop over patients is unrolled before the compiler can spread it over a vector.
    """
    for lane in range(8 * eights):
        peak[lane] = -np.inf
        node[lane] = first
    for a in range(first, last + 1, 4):
        b, c, d = min(a + 1, last), min(a + 2, last), min(a + 3, last)
        for lane in range(8 * eights):
            at_a, at_b = sign * seen[a, row, lane], sign * seen[b, row, lane]
            at_c, at_d = sign * seen[c, row, lane], sign * seen[d, row, lane]
            early, at_early = (at_b, float(b)) if at_b > at_a else (at_a, float(a))
            late, at_late = (at_d, float(d)) if at_d > at_c else (at_c, float(c))
            most, at_most = (late, at_late) if late > early else (early, at_early)
            better = most > peak[lane]
            peak[lane] = most if better else peak[lane]
            node[lane] = at_most if better else node[lane]


def _ask(queue: FloatArray, at: int, lane: int, mark: float, level: float, q: Quintic, b: Bracket) -> int:
    """Ask for a root; returns how many are asked for."""
    block, j = queue[at // WIDTH], at % WIDTH
    block[_LANE * WIDTH + j], block[_MARK * WIDTH + j], block[_LEVEL * WIDTH + j] = lane, mark, level
    for row in range(8):
        block[(_POLYNOMIAL + row) * WIDTH + j] = q[row]
    for row in range(5):
        block[(_BRACKET + row) * WIDTH + j] = b[row]
    return at + 1


def _solve(queue: FloatArray, count: int) -> None:
    """Find the roots that are asked for."""
    for first in range(0, count, WIDTH):
        block = queue[first // WIDTH]
        for _ in range(ROUNDS):
            for j in range(WIDTH):
                b = _bracket(block, j)
                x = guess(b)
                now = narrow(b, x, value_at(_polynomial(block, j), x) - block[_LEVEL * WIDTH + j])
                for row in range(5):
                    block[(_BRACKET + row) * WIDTH + j] = now[row]
                block[_X * WIDTH + j] = x


def _answer(queue: FloatArray, at: int) -> tuple[int, float, _Number]:
    """Whose root it is, the mark, and the root."""
    block, j = queue[at // WIDTH], at % WIDTH
    return int(block[_LANE * WIDTH + j]), block[_MARK * WIDTH + j], block[_X * WIDTH + j]


def _find_crossing(s: Crossing, start: float, nodes: int, f: Found) -> None:
    curve, into, less = int(s.curve), f.rows[int(s.into)], f.rows[int(s.less)]
    level, begin, node = f.lanes[0], f.lanes[1], f.lanes[2]
    if _wait(s, start, nodes, f) == 0:
        return
    until = min(_first_from(f.days, nodes, s.high) + 1, nodes)
    _search(f.seen, 2 * curve, f.days, s.sign, until, level, begin, node, f.eights)
    count = 0
    for lane in range(f.patients):
        if 0.0 <= node[lane] < _NOWHERE:
            half = int(node[lane]) - 1
            count = _ask_for_level(f, half, curve, s.sign, lane, level[lane], begin[lane], 0.0, count)
    _solve(f.queue, count)
    for at in range(count):
        lane, _, crossed = _answer(f.queue, at)
        if crossed <= s.high:
            into[lane] = start + crossed - less[lane]


def _wait(s: Crossing, start: float, nodes: int, f: Found) -> int:
    """From when on patients wait for a level, and for which; returns how many are not there when they begin."""
    curve, into, less = int(s.curve), f.rows[int(s.into)], f.rows[int(s.less)]
    level, begin, node = f.lanes[0], f.lanes[1], f.lanes[2]
    waiting = 0
    for lane in range(8 * f.eights):
        level[lane] = s.share * f.rows[int(s.of), lane]
        begin[lane] = s.low + f.rows[int(s.since), lane]
        node[lane] = -1.0
    for lane in range(f.patients):
        given = f.rows[int(s.given), lane]
        if np.isnan(into[lane]) and given > s.above and given <= s.at_most:
            first = _first_from(f.days, nodes, begin[lane])
            if _value_of(f, first, curve, s.sign, lane, begin[lane]) > level[lane]:
                node[lane] = _NOWHERE
                waiting += 1
            elif begin[lane] <= s.high:
                into[lane] = start + begin[lane] - less[lane]
    return waiting


def _search(
    seen: FloatArray,
    row: int,
    days: FloatArray,
    sign: float,
    until: int,
    level: FloatArray,
    begin: FloatArray,
    node: FloatArray,
    eights: int,
) -> None:
    """The first node of each patient at his level or below it, after the time at which he begins."""
    last = until - 1
    for a in range(0, until, 4):
        b, c, d = min(a + 1, last), min(a + 2, last), min(a + 3, last)
        day_a, day_b, day_c, day_d = days[a], days[b], days[c], days[d]
        for lane in range(8 * eights):
            here = float(d) if (sign * seen[d, row, lane] <= level[lane]) & (day_d > begin[lane]) else _NOWHERE
            here = float(c) if (sign * seen[c, row, lane] <= level[lane]) & (day_c > begin[lane]) else here
            here = float(b) if (sign * seen[b, row, lane] <= level[lane]) & (day_b > begin[lane]) else here
            here = float(a) if (sign * seen[a, row, lane] <= level[lane]) & (day_a > begin[lane]) else here
            node[lane] = here if here < node[lane] else node[lane]
        if a % WIDTH == 0:
            most = -1.0
            for lane in range(8 * eights):
                most = max(most, node[lane])
            if most < _NOWHERE:
                return


def _ask_for_level(
    f: Found, half: int, curve: int, sign: float, lane: int, level: float, since: _Number, mark: float, count: int
) -> int:
    """Ask where a curve passes a level in a half step, not before a time at which it has not."""
    q = _quintic(f, half, curve, sign, lane)
    low, f_low = f.days[half], sign * f.seen[half, 2 * curve, lane] - level
    if since > low:
        low, f_low = since, value_at(q, since) - level
    f_high = sign * f.seen[half + 1, 2 * curve, lane] - level
    return _ask(f.queue, count, lane, mark, level, q, Bracket(low, f.days[half + 1], f_low, f_high, _NAN))


def _find_stay(s: Stay, nodes: int, f: Found) -> None:
    curve, row, level = int(s.curve), 2 * int(s.curve), s.level
    changes, place, days = f.lanes[0], f.lanes[1], f.lanes[2]
    first, last = _last_until(f.days, nodes, s.low), min(_first_from(f.days, nodes, s.high), nodes - 1)
    _count_changes(f.seen, row, level, first, last, changes, place, f.eights)
    count = 0
    for lane in range(f.patients):
        days[lane] = s.high if f.seen[last, row, lane] <= level else 0.0
        days[lane] -= s.low if f.seen[first, row, lane] <= level else 0.0
        one, many = int(place[lane]), changes[lane] > 1.0
        low, high = (first, last) if many else (one - 1, one if changes[lane] > 0.0 else one - 1)
        for half in range(low, high):
            is_below = f.seen[half, row, lane] <= level
            if is_below != (f.seen[half + 1, row, lane] <= level):
                if count == _ROOM:
                    count = _add_changes(f, count, s.low, s.high, days)
                mark = 1.0 if is_below else -1.0
                count = _ask_for_level(f, half, curve, 1.0, lane, level, f.days[half], mark, count)
    _add_changes(f, count, s.low, s.high, days)
    for lane in range(f.patients):
        f.rows[int(s.into), lane] += days[lane]


def _count_changes(
    seen: FloatArray,
    row: int,
    level: float,
    first: int,
    last: int,
    changes: FloatArray,
    place: FloatArray,
    eights: int,
) -> None:
    """How often patients pass a level, and the sum of the nodes behind: of one who passes it once, that node."""
    for lane in range(8 * eights):
        changes[lane] = 0.0
        place[lane] = 0.0
    for a in range(first, last, 3):
        b, c, d = a + 1, min(a + 2, last), min(a + 3, last)
        for lane in range(8 * eights):
            at_a, at_b = seen[a, row, lane] <= level, seen[b, row, lane] <= level
            at_c, at_d = seen[c, row, lane] <= level, seen[d, row, lane] <= level
            one, two, three = at_a != at_b, at_b != at_c, at_c != at_d
            changes[lane] += (1.0 if one else 0.0) + (1.0 if two else 0.0) + (1.0 if three else 0.0)
            place[lane] += (float(b) if one else 0.0) + (float(c) if two else 0.0) + (float(d) if three else 0.0)


def _add_changes(f: Found, count: int, low: float, high: float, days: FloatArray) -> int:
    """Add the times of leaving, take those of entering away; and empty the queue."""
    _solve(f.queue, count)
    for at in range(count):
        lane, mark, crossed = _answer(f.queue, at)
        days[lane] += mark * min(max(crossed, low), high)
    return 0
