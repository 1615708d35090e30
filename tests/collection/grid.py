"""Grids of near-equal cases: in every run each pair of values comes up, and the whole grid at night."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any, Protocol, TypeVar

import pytest
from _pytest.mark import ParameterSet

Case = tuple[int, ...]
"""A place on each axis."""


class _Named(Protocol):
    @property
    def nodeid(self) -> str: ...


Test = TypeVar("Test", bound=_Named)


def at_night(*values: Any) -> Any:
    """A case that `pytest --nightly` tries."""
    return pytest.param(*values, marks=pytest.mark.nightly)


def each_third(values: Sequence[Any]) -> list[Any]:
    """The first of each three values, or of each three cases that have marks already; at night all of them."""
    return _each(3, values)


def each_sixth(values: Sequence[Any]) -> list[Any]:
    """The first of each six values, as `each_third`, where a case takes long."""
    return _each(6, values)


def _each(number: int, values: Sequence[Any]) -> list[Any]:
    return [_also_at_night(value) if place % number else value for place, value in enumerate(values)]


def _also_at_night(value: Any) -> Any:
    if not isinstance(value, ParameterSet):
        return at_night(value)
    return pytest.param(*value.values, marks=(*value.marks, pytest.mark.nightly), id=value.id)


def in_turn(many: Sequence[Any], few: Sequence[Any]) -> list[Any]:
    """Each of many values with one of a few, in turn; at night with all of them."""
    pairs = product(enumerate(many), enumerate(few))
    return [
        (one, other) if place == number % len(few) else at_night(one, other) for (number, one), (place, other) in pairs
    ]


def pairs_of(*axes: Sequence[Any]) -> list[Any]:
    """All combinations of some values, of which those are tried in every run in which each two values meet."""
    cases = list(product(*(range(len(axis)) for axis in axes)))
    chosen = set(_covering(cases))
    values = {case: [axis[place] for axis, place in zip(axes, case, strict=True)] for case in cases}
    return [tuple(values[case]) if case in chosen else at_night(*values[case]) for case in cases]


def some_of_each(tests: Sequence[Test], most: int) -> list[Test]:
    """Of each test no more than so many of its cases, the first and others as far apart as they can be."""
    cases: dict[str, list[Test]] = {}
    for test in tests:
        cases.setdefault(test.nodeid.partition("[")[0], []).append(test)
    return [case for every in cases.values() for case in _far_apart(every, most)]


def _far_apart(cases: Sequence[Test], most: int) -> Iterator[Test]:
    few = min(most, len(cases))
    return (cases[number * len(cases) // few] for number in range(few))


def _covering(cases: Sequence[Case]) -> Iterator[Case]:
    """Some of the cases, each of which has the most pairs that none before it has."""
    missing = set().union(*map(_pairs, cases))
    while missing:
        case = max(cases, key=lambda case: len(_pairs(case) & missing))
        missing -= _pairs(case)
        yield case


def _pairs(case: Case) -> set[tuple[tuple[int, int], ...]]:
    return set(combinations(enumerate(case), 2))
