"""What Hypothesis makes examples of texts from, and how many for a test whose examples take long."""

from hypothesis import settings
from hypothesis import strategies as st

ANY_SIGN = st.characters(exclude_categories=["Cs"])
"""What UTF-8 has. By the name of the codec Hypothesis asks for each of a million signs, in the first run of a clone."""


def fewer_examples(part: int) -> settings:
    """A half, a quarter and so on of the examples that other tests have, in every run and at night."""
    return settings(max_examples=settings().max_examples // part)
