"""Lay two rows of things side by side, each in its order, at the least cost."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Side(NamedTuple):
    """A place in the first row and one in the second; None where the other row has nothing there."""

    first: int | None
    second: int | None


def align(
    first: Sequence[T], second: Sequence[T], cost: Callable[[T, T], Fraction], alone: Fraction
) -> tuple[Side, ...]:
    """Pair what belongs together, and leave alone what has no counterpart.

    The way with the least sum is taken (Needleman and Wunsch, J Mol Biol 1970;48:443), whichever row comes first; of
    several, the one that pairs early, so that what is left over is at the end.

    Parameters
    ----------
    cost
        How far two things are apart, 0 where they are the same.
    alone
        What it costs that one has no counterpart.
    """
    least = _least_costs(first, second, cost, alone)
    found: list[Side] = []
    row, column = 0, 0
    while row < len(first) or column < len(second):
        here = least[row][column]
        if (
            row < len(first)
            and column < len(second)
            and here == cost(first[row], second[column]) + least[row + 1][column + 1]
        ):
            found.append(Side(row, column))
            row, column = row + 1, column + 1
        elif row < len(first) and here == alone + least[row + 1][column]:
            found.append(Side(row, None))
            row += 1
        else:
            found.append(Side(None, column))
            column += 1
    return tuple(found)


def _least_costs(
    first: Sequence[T], second: Sequence[T], cost: Callable[[T, T], Fraction], alone: Fraction
) -> list[list[Fraction]]:
    """The least cost of all that comes from a place in each row on."""
    rows, columns = len(first), len(second)
    least = [[Fraction(0)] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows, -1, -1):
        for column in range(columns, -1, -1):
            ways = []
            if row < rows and column < columns:
                ways.append(cost(first[row], second[column]) + least[row + 1][column + 1])
            if row < rows:
                ways.append(alone + least[row + 1][column])
            if column < columns:
                ways.append(alone + least[row][column + 1])
            least[row][column] = min(ways, default=Fraction(0))
    return least
