"""Lay two rows of things side by side, each in its order, at the least cost."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")
_TOGETHER, _FIRST_ALONE, _SECOND_ALONE = range(3)


class Side(NamedTuple):
    """A place in the first row and one in the second; None where the other row has nothing there."""

    first: int | None
    second: int | None


def align(first: Sequence[T], second: Sequence[T], costs: Callable[[T], Sequence[int]], alone: int) -> tuple[Side, ...]:
    """Pair what belongs together, and leave alone what has no counterpart.

    The way with the least sum is taken (Needleman and Wunsch, J Mol Biol 1970;48:443), whichever row comes first; of
    several, the one that pairs early, so that what is left over is at the end.

    Parameters
    ----------
    costs
        How far something of the first row is apart from each of the second, 0 where they are the same. A file can have
        thousands of steps, and each is laid beside each: whole numbers, and lists that are made once, keep that short.
    alone
        What it costs that one has no counterpart.
    """
    ways = _best_ways(first, second, costs, alone)
    found: list[Side] = []
    row, column = 0, 0
    while row < len(first) or column < len(second):
        way = ways[row][column]
        found.append(Side(None if way == _SECOND_ALONE else row, None if way == _FIRST_ALONE else column))
        row += way != _SECOND_ALONE
        column += way != _FIRST_ALONE
    return tuple(found)


def _best_ways(
    first: Sequence[T], second: Sequence[T], costs: Callable[[T], Sequence[int]], alone: int
) -> list[bytearray]:
    """Which way to go on from each place in both rows: the one at the end of which the sum is least."""
    columns = len(second)
    below = [alone * (columns - column) for column in range(columns + 1)]
    ways = [bytearray([_SECOND_ALONE]) * (columns + 1)]
    for one in reversed(first):
        cost, here, way = costs(one), below.copy(), bytearray([_FIRST_ALONE]) * (columns + 1)
        least = here[columns] = below[columns] + alone
        for column in range(columns - 1, -1, -1):
            without_second, least = least + alone, below[column] + alone
            if without_second < least:
                least, way[column] = without_second, _SECOND_ALONE
            together = below[column + 1] + cost[column]
            if together <= least:
                least, way[column] = together, _TOGETHER
            here[column] = least
        ways.append(way)
        below = here
    return ways[::-1]
