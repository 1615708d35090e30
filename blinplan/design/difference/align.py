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

    The way with the least sum is taken (Needleman and Wunsch, J Mol Biol 1970;48:443); of several, the one that pairs
    early, so that what is left over is at the end, and of these one that does not depend on which row comes first.

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
    row = column = rows_told = columns_told = 0
    while row < len(first) or column < len(second):
        way = ways[row][column]
        if way == _TOGETHER:
            found += [*_left_over(rows_told, row, columns_told, column), Side(row, column)]
            rows_told, columns_told = row + 1, column + 1
        row += way != _SECOND_ALONE
        column += way != _FIRST_ALONE
    return (*found, *_left_over(rows_told, row, columns_told, column))


def _left_over(row: int, rows: int, column: int, columns: int) -> list[Side]:
    """What has no counterpart before the next pair: first what is gone, then what is new."""
    gone, new = range(row, rows), range(column, columns)
    return [*(Side(place, None) for place in gone), *(Side(None, place) for place in new)]


def _best_ways(
    first: Sequence[T], second: Sequence[T], costs: Callable[[T], Sequence[int]], alone: int
) -> list[bytearray]:
    """Which way to go on from each place in both rows: the one at the end of which the sum is least."""
    columns, turned = len(second), _comes_first(first, second)
    below = [alone * (columns - column) for column in range(columns + 1)]
    ways = [bytearray([_SECOND_ALONE]) * (columns + 1)]
    for one in reversed(first):
        cost, here, way = costs(one), below.copy(), bytearray([_FIRST_ALONE]) * (columns + 1)
        least = here[columns] = below[columns] + alone
        for column in range(columns - 1, -1, -1):
            without_second, least = least + alone, below[column] + alone
            if without_second < least or (turned and without_second == least):
                least, way[column] = without_second, _SECOND_ALONE
            together = below[column + 1] + cost[column]
            if together <= least:
                least, way[column] = together, _TOGETHER
            here[column] = least
        ways.append(way)
        below = here
    return ways[::-1]


def _comes_first(one: Sequence[T], other: Sequence[T]) -> bool:
    """Whether a row comes before another by what is in it: some order that both have, whichever is asked of."""
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return repr(mine) < repr(theirs)
    return len(one) < len(other)
