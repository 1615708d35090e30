"""What the article says of doses and depletion, in numbers: read from the claims that the model is held to."""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from blinplan.evidence.evaluate import Claim, load_claims

_DEPLETED = "depleted"
"""The measure of claims that are about depletion in a cycle."""
_NUMBERS = r"([0-9.]+)(?: and ([0-9.]+))?"
_SAID = re.compile(rf"(?P<more>more than )?{_NUMBERS} (?P<unit>mcg/m²/day|mcg/day)")


class ArticleDoses(NamedTuple):
    """Doses of which the article says something.

    Attributes
    ----------
    claim
        The claim that says it.
    doses, unit
        Which doses.
    is_threshold
        Whether the majority is depleted above it; or else depletion is incomplete at them.
    """

    claim: str
    doses: tuple[Fraction, ...]
    unit: str
    is_threshold: bool


@cache
def article_doses() -> tuple[ArticleDoses, ...]:
    """All doses of which the article says whether they deplete."""
    return tuple(found for claim in load_claims() for found in _doses(claim))


def _doses(claim: Claim) -> Iterator[ArticleDoses]:
    said = _SAID.search(claim.sentence)
    if said is None or claim.kind != "claim" or all(one.measure != _DEPLETED for one in claim.expectations):
        return
    doses = tuple(Fraction(number) for number in said.group(2, 3) if number is not None)
    yield ArticleDoses(claim.id, doses, said["unit"], said["more"] is not None)
