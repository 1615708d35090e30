"""Between which body surface areas the patients of a regimen lie, with room beyond."""

from fractions import Fraction
from math import sqrt
from typing import NamedTuple

from blinplan.course.patient import (
    AREAS_M2,
    HEAVIEST,
    HEIGHTS_CM,
    LIGHTEST,
    MASS_INDICES,
    SHORTEST,
    TALLEST,
    AreaFormula,
    body_surface_area,
)
from blinplan.regimen.regimen import Eligibility


class Areas(NamedTuple):
    """The smallest and the largest body surface area in m² that a patient of a regimen may have."""

    smallest: Fraction
    largest: Fraction


def areas_of(who: Eligibility) -> Areas:
    """The body surface areas of the patients of these weights and ages."""
    return Areas(_smallest(who), _largest(who))


def _smallest(who: Eligibility) -> Fraction:
    lightest = _of_age_or_more(LIGHTEST, who.minimum_age)
    weight = max((weight for weight in (who.minimum_weight, lightest) if weight is not None), default=None)
    if weight is None:
        return AREAS_M2[0]
    shortest = _of_age_or_more(SHORTEST, who.minimum_age) or HEIGHTS_CM[0]
    height = max(shortest, _height(weight, MASS_INDICES[1][-1][1]))
    return max(AREAS_M2[0], body_surface_area(weight, height, AreaFormula.MOSTELLER))


def _largest(who: Eligibility) -> Fraction:
    heaviest = _below_age(HEAVIEST, who.below_age)
    weight = min((weight for weight in (who.below_weight, heaviest) if weight is not None), default=None)
    if weight is None:
        return AREAS_M2[1]
    tallest = _below_age(TALLEST, who.below_age) or HEIGHTS_CM[1]
    height = min(tallest, _height(weight, MASS_INDICES[0]))
    return min(AREAS_M2[1], body_surface_area(weight, height, AreaFormula.MOSTELLER))


def _height(weight: Fraction, index: Fraction) -> Fraction:
    """The height in cm at which a weight in kg makes a body mass index."""
    return Fraction(100 * sqrt(weight / index))


def _below_age(bounds: tuple[tuple[Fraction, int], ...], below: Fraction | None) -> Fraction | None:
    found = (Fraction(size) for years, size in bounds if below is not None and below <= years)
    return next(found, None)


def _of_age_or_more(bounds: tuple[tuple[Fraction, int], ...], minimum: Fraction | None) -> Fraction | None:
    found = (Fraction(size) for years, size in bounds if minimum is not None and minimum >= years)
    return next(found, None)
