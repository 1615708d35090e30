"""What a diff does grows with the files, and not with their square; rows are laid side by side at the least cost."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.design.difference.align import align
from blinplan.design.difference.cycles import Held, _step_distances
from blinplan.design.difference.difference import difference
from blinplan.quantities import read_dose
from blinplan.regimen.regimen import Regimen
from tests.benchmarks.calls import counted
from tests.read_text import regimen_in
from tests.regimen_text import cycle, regimen_text


def steps(count: int, shift: int) -> str:
    """A cycle of steps of a day, of which every third has another dose in the other file."""
    return cycle(*(f"{5 + (n * 7 + shift * (n % 3 == 0)) % 23} mcg/day for 1 days" for n in range(count)))


def cycles(count: int, shift: int) -> str:
    """Cycles that are repeated, of which the other file has one less."""
    return cycle(*(f"{dose + shift} mcg/day for 1 days" for dose in range(5, 20)), free=0, repeat=count // 20 - shift)


def due(count: int, shift: int) -> str:
    """Things due, all others in the other file."""
    written = (f'[[due]]\nkind = "other"\nwhat = "{n} {shift}"\ndays = [1]\n' for n in range(count // 2))
    return cycle("9 mcg/day for 28 days") + "".join(written)


def calls(first: Regimen, second: Regimen) -> int:
    """How many functions are called to tell two regimens apart."""
    return counted(lambda: difference(first, second))[0]


@pytest.mark.parametrize("written", [steps, cycles, due])
def test_of_files_twice_as_long_twice_as_much_is_called(written: Any) -> None:
    few, many = (calls(*(regimen_in(regimen_text(written(count, shift))) for shift in (0, 1))) for count in (200, 400))
    assert many < 2.4 * few


def least(first: str, second: str, alone: int) -> int:
    """The least sum that rows can be laid side by side for, tried in every way."""

    @cache
    def of(row: int, column: int) -> int:
        ways = []
        if row < len(first) and column < len(second):
            ways.append(abs(ord(first[row]) - ord(second[column])) + of(row + 1, column + 1))
        if row < len(first):
            ways.append(alone + of(row + 1, column))
        if column < len(second):
            ways.append(alone + of(row, column + 1))
        return min(ways, default=0)

    return of(0, 0)


LETTERS = st.text("abcdefg", max_size=8)


@given(LETTERS, LETTERS, st.integers(1, 5))
def test_rows_are_laid_side_by_side_at_the_least_cost(first: str, second: str, alone: int) -> None:
    def costs(one: str) -> list[int]:
        return [abs(ord(one) - ord(other)) for other in second]

    sides = align(first, second, costs, alone)
    assert [side.first for side in sides if side.first is not None] == list(range(len(first)))
    assert [side.second for side in sides if side.second is not None] == list(range(len(second)))
    spent = sum(
        alone if side.first is None or side.second is None else costs(first[side.first])[side.second] for side in sides
    )
    assert spent == least(first, second, alone)


def test_of_two_ways_at_one_cost_the_one_that_pairs_early_is_taken() -> None:
    assert align("a", "aaa", lambda _: [0, 0, 0], 1) == ((0, 0), (None, 1), (None, 2))
    assert align("aaa", "a", lambda _: [0], 1) == ((0, 0), (1, None), (2, None))
    assert align("a", "b", lambda _: [2], 1) == ((0, 0),)
    assert align("a", "b", lambda _: [3], 1) == ((0, None), (None, 0))


HELD = st.builds(
    lambda dose, cap, start, days: Held(
        read_dose(dose).rate, None if cap is None else read_dose(cap).rate, start * 1440, (start + days) * 1440
    ),
    st.sampled_from(["9 mcg/day", "28 mcg/day"]),
    st.sampled_from([None, "9 mcg/day"]),
    st.integers(0, 3),
    st.integers(1, 3),
)


@given(HELD, st.lists(HELD, max_size=4, unique_by=lambda held: held.start))
def test_steps_are_the_farther_apart_the_more_of_them_differs(one: Held, others: list[Held]) -> None:
    """By another dose most, then by another length, another start and another cap; each from each as if alone."""
    weights = (10, 1, 2)
    expected = [
        sum(weight for weight, mine, its in zip(weights, one, other, strict=False) if mine != its)
        + 6 * (one.minutes != other.minutes)
        for other in others
    ]
    assert list(_step_distances(others)(one)) == expected
