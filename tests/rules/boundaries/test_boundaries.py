"""A limit decides where it stands: what lies at it is told otherwise with the limit a step to one side."""

import pytest

from tests.rules.boundaries.boundaries import Boundary, examples, listed, told_around

EXAMPLES = {str(example): example for example in examples()}
AT = [pytest.param(name, one, id=name, marks=pytest.mark.holds(f"limit {name}")) for name, one in listed().items()]


@pytest.mark.parametrize(("name", "boundary"), AT)
def test_what_lies_at_a_limit_turns_within_a_step_of_it(name: str, boundary: Boundary) -> None:
    """`python -m tests.rules.boundaries` looks for an example at a limit that is new."""
    assert len(set(boundary.told)) > 1
    assert told_around(EXAMPLES[boundary.example], name) == boundary.told
