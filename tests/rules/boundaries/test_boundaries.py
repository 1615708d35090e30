"""A limit decides where it stands: what lies at it is told otherwise with the limit a step to one side."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

from blinplan.rules.limits import shipped_limits
from tests.rules.boundaries.boundaries import Boundary, answers_around, examples, listed, step, told_around
from tests.rules.boundaries.course_probes import BY_GRADE, OF_COURSES
from tests.rules.boundaries.probes import OF_MEASURES, OF_RULES, Measured, Probe

T = TypeVar("T")
EXAMPLES = {str(example): example for example in examples()}


def holding(each: Mapping[str, T]) -> list[ParameterSet]:
    """Each with its limit, of which it holds both sides: what is told at it, and what is told beyond it."""
    return list(_with_its_limit(each))


def _with_its_limit(each: Mapping[str, T]) -> Iterator[ParameterSet]:
    for name, one in each.items():
        yield pytest.param(name, one, id=name, marks=pytest.mark.holds(f"limit {name}: at", f"limit {name}: beyond"))


@pytest.mark.parametrize(("name", "boundary"), holding(listed()))
def test_what_lies_at_a_limit_turns_within_a_step_of_it(name: str, boundary: Boundary) -> None:
    """`python -m tests.rules.boundaries` looks for an example at a limit that is new."""
    assert len(set(boundary.told)) > 1
    assert told_around(EXAMPLES[boundary.example], name) == boundary.told


@pytest.mark.parametrize(("name", "probe"), holding(OF_RULES | OF_COURSES))
def test_what_is_asked_at_a_limit_is_answered_otherwise_within_a_step_of_it(name: str, probe: Probe) -> None:
    assert len(set(probe.told)) > 1
    assert answers_around(name, probe.step or step(shipped_limits()[name]), probe.ask) == probe.told


@pytest.mark.parametrize(("name", "measured"), holding(OF_MEASURES | BY_GRADE))
def test_a_case_a_step_beside_a_limit_is_measured_otherwise(name: str, measured: Measured) -> None:
    limit = shipped_limits()[name].value
    assert len(set(measured.told)) > 1
    assert tuple(measured.ask(limit + sign * measured.step) for sign in (-1, 0, 1)) == measured.told


def test_every_limit_is_tried_from_both_sides() -> None:
    """Of a limit at which no example lies, a probe asks."""
    tried = {*listed(), *OF_RULES, *OF_COURSES, *OF_MEASURES, *BY_GRADE}
    missing, gone = sorted(set(shipped_limits()) - tried), sorted(tried - set(shipped_limits()))
    assert not missing, f"run python -m tests.rules.boundaries; where no example lies at it, write a probe: {missing}"
    assert not gone, f"there is no such limit any more: {gone}"
