"""How many examples Hypothesis makes for a test whose examples take long."""

from hypothesis import settings


def fewer_examples(part: int) -> settings:
    """A half, a quarter and so on of the examples that other tests have, in every run and at night."""
    return settings(max_examples=settings().max_examples // part)
