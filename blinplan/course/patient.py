"""A patient as far as dosing is concerned: weight, height, body surface area and age."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from blinplan.quantities import MOSTELLER, decimal_text
from blinplan.regimen.age import OLDEST, Age, AgeUnit


class AreaFormula(StrEnum):
    """A formula for body surface area in m² from weight in kg and height in cm."""

    MOSTELLER = "mosteller"
    DUBOIS = "dubois"
    HAYCOCK = "haycock"
    GEHAN_GEORGE = "gehan-george"


_NAMES = {
    AreaFormula.MOSTELLER: "Mosteller",
    AreaFormula.DUBOIS: "DuBois",
    AreaFormula.HAYCOCK: "Haycock",
    AreaFormula.GEHAN_GEORGE: "Gehan-George",
}

# Of the formulas but Mosteller's, which is a square root: coefficient, exponent of weight, exponent of height.
_POWERS = {
    AreaFormula.DUBOIS: (0.007184, 0.425, 0.725),
    AreaFormula.HAYCOCK: (0.024265, 0.5378, 0.3964),
    AreaFormula.GEHAN_GEORGE: (0.0235, 0.51456, 0.42246),
}

SOURCES_OF_FORMULAS = {
    AreaFormula.MOSTELLER: "Mosteller, N Engl J Med 1987;317:1098",
    AreaFormula.DUBOIS: "DuBois and DuBois, Arch Intern Med 1916;17:863",
    AreaFormula.HAYCOCK: "Haycock et al., J Pediatr 1978;93:62",
    AreaFormula.GEHAN_GEORGE: "Gehan and George, Cancer Chemother Rep 1970;54:225",
}
"""Where each formula is from. The coefficients are unverified: from general knowledge."""


def formula_text(formula: AreaFormula) -> str:
    """Write a formula with its numbers."""
    if formula is AreaFormula.MOSTELLER:
        return f"square root of (weight × height / {MOSTELLER})"
    factor, weight, height = _POWERS[formula]
    return f"{factor} × weight^{weight} × height^{height}"


WEIGHTS_KG = (Fraction(1), Fraction(300))
HEIGHTS_CM = (Fraction(30), Fraction(250))
AREAS_M2 = (Fraction("0.2"), Fraction(3))
AREAS_BESIDE_A_WEIGHT = (Fraction("0.09"), Fraction("4.6"))
"""What the least weight and height make by Mosteller, and the greatest: which of them fits, the weight says."""


AREAS_DIFFER = Fraction(1, 10)
"""By how much a given area may differ from a computed one, as a share of it."""


MASS_INDICES = (Fraction(9), ((Fraction(100), Fraction(25)), (Fraction(150), Fraction(32)), (None, Fraction(45))))
"""Body mass indices in kg/m² that are taken as they are: the least, and the highest below a height. A convention."""

HIGHEST_MASS_INDEX = 70
"""Body mass index in kg/m² above which two figures cannot both be right, whatever else is given. A convention."""

KG_PER_POUND, CM_PER_INCH = Fraction("0.45359237"), Fraction("2.54")


def formula_called(name: str) -> AreaFormula:
    """The formula of a name as people write it: Mosteller.

    Raises
    ------
    KeyError
        When there is none.
    """
    return {written: formula for formula, written in _NAMES.items()}[name]


class PatientError(ValueError):
    """Patient data that cannot be right, or that are missing where a dose needs them."""


@dataclass(frozen=True, slots=True)
class BodySurfaceArea:
    """A body surface area in m² and where it comes from: a formula, or the user."""

    square_metres: Fraction
    origin: str

    def __str__(self) -> str:
        return f"{float(self.square_metres):.3f} m² ({self.origin})"


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """One patient. What is not known is None, and what needs it says so."""

    weight: Fraction | None = None
    height: Fraction | None = None
    area: BodySurfaceArea | None = None
    age: Age | None = None

    def on(self, day: date) -> "Patient":
        """The same patient as known on a day, of which an age that was told without one is taken to be.

        Raises
        ------
        PatientError
            When the patient is not born on that day, or too old, or has a size that nobody of that age has.
        """
        if self.age is None:
            return self
        age = self.age.told_on(day)
        if age.born_after(day):
            raise PatientError(f"the patient is {age.words}, after {day.isoformat()}")
        if age.is_at_least(OLDEST + 1, day):
            raise PatientError(f"the patient is {age}; an age here is up to {OLDEST} years")
        found = replace(self, age=age)
        _fits_the_age(found)
        return found

    def __repr__(self) -> str:
        sizes = ((self.weight, "kg"), (self.height, "cm"))
        known = [f"{decimal_text(size)} {unit}" for size, unit in sizes if size is not None]
        known += [str(each) for each in (self.area, self.age) if each is not None]
        return f"<Patient: {', '.join(known) or 'nothing known'}>"


def patient(
    weight: Fraction | None = None,
    height: Fraction | None = None,
    area: Fraction | None = None,
    formula: AreaFormula = AreaFormula.MOSTELLER,
    age: Age | None = None,
) -> Patient:
    """Make a patient from weight in kg, height in cm, body surface area in m² and age, each optional.

    The area is the given one, or else computed where weight and height allow it.

    Raises
    ------
    PatientError
        When a figure is outside what a human being can have, when the figures contradict each other, or when weight and
        height look as if one were in pounds or inches and no area says that they are right.
    """
    sized = _of_size(weight, height, area, formula)
    found = replace(sized, age=age)
    _fits_the_age(found)
    return found


def _of_size(weight: Fraction | None, height: Fraction | None, area: Fraction | None, formula: AreaFormula) -> Patient:
    _plausible("weight", weight, WEIGHTS_KG, "kg")
    _plausible("height", height, HEIGHTS_CM, "cm")
    # Beside a weight, that judges it: a newborn has less than others, and a very heavy adult more.
    _plausible("body surface area", area, AREAS_M2 if weight is None else AREAS_BESIDE_A_WEIGHT, "m²")
    computed = None if weight is None or height is None else body_surface_area(weight, height, formula)
    if area is not None and weight is not None and computed is None:
        _fits_the_weight(area, weight)
    if area is not None and computed is not None and abs(area - computed) > AREAS_DIFFER * computed:
        raise PatientError(
            f"body surface area is {decimal_text(area, 3)} m², and weight and height give"
            f" {decimal_text(computed, 3)} m² by {_NAMES[formula]}; they differ by more than 10 %"
        )
    if weight is not None and height is not None and computed is not None:
        _no_slip(weight, height, computed, is_confirmed=area is not None)
    if area is None:
        return Patient(weight, height, None if computed is None else BodySurfaceArea(computed, _NAMES[formula]))
    return Patient(weight, height, BodySurfaceArea(area, "given"))


def body_surface_area(weight: Fraction, height: Fraction, formula: AreaFormula) -> Fraction:
    """Body surface area in m² from weight in kg and height in cm: the formula's double-precision value, exactly."""
    if formula is AreaFormula.MOSTELLER:
        return Fraction(math.sqrt(weight * height / MOSTELLER))
    coefficient, weight_exponent, height_exponent = _POWERS[formula]
    return Fraction(coefficient * float(weight) ** weight_exponent * float(height) ** height_exponent)


def _fits_the_weight(area: Fraction, weight: Fraction) -> None:
    """Refuse an area that nobody of that weight has, by the height that the two imply (Mosteller)."""
    height = MOSTELLER * area**2 / weight
    low, high = HEIGHTS_CM
    if not (low <= height <= high and MASS_INDICES[0] <= _mass_index(weight, height) <= HIGHEST_MASS_INDEX):
        raise PatientError(
            f"a body surface area of {decimal_text(area, 3)} m² at {decimal_text(weight, 3)} kg makes a height of"
            f" {float(height):.0f} cm by Mosteller: one of the two figures cannot be right"
        )


def _no_slip(weight: Fraction, height: Fraction, computed: Fraction, *, is_confirmed: bool) -> None:
    """Refuse a weight and a height that together look like a slip of a unit, and that no area confirms.

    Nor does an area where nobody is so heavy: Mosteller's is the same when weight and height stand in each other's
    place, and whoever made it of wrong figures has it fit them.
    """
    possible = _mass_index(weight, height) <= HIGHEST_MASS_INDEX
    if _usual(weight, height) or (is_confirmed and possible):
        return
    pounds, inches = weight * KG_PER_POUND, height * CM_PER_INCH
    kg, cm = (decimal_text(value, 1).replace("≈ ", "") for value in (pounds, inches))
    in_pounds, in_inches = f"{decimal_text(weight, 3)} lb", f"{decimal_text(height, 3)} in"
    readings = {
        f"{in_pounds} would be about {kg} kg": (pounds, height),
        f"{in_inches} would be about {cm} cm": (weight, inches),
        f"{in_pounds} and {in_inches} would be about {kg} kg and {cm} cm": (pounds, inches),
        "weight and height may stand in each other's place": (height, weight),
    }
    meant = "; or ".join(words for words, sizes in readings.items() if _usual(*sizes))
    way_out = (
        f"if the figures are right, confirm them with the body surface area that they make, {float(computed):.2f} m²"
        if possible
        else "one of the two figures cannot be right, whatever the body surface area"
    )
    raise PatientError(
        f"{decimal_text(weight, 3)} kg at {decimal_text(height, 3)} cm is a body mass index of"
        f" {_mass_index(weight, height):.1f} kg/m²{f'; {meant}' if meant else ''}; {way_out}"
    )


def _mass_index(weight: Fraction, height: Fraction) -> float:
    return float(weight / (height / 100) ** 2)


def _usual(weight: Fraction, height: Fraction) -> bool:
    """Whether a body mass index is one that many people of that height have."""
    least, highest = MASS_INDICES
    most = next(index for below, index in highest if below is None or height < below)
    return HEIGHTS_CM[0] <= height <= HEIGHTS_CM[1] and least <= _mass_index(weight, height) <= most


_MONTH = Fraction(1, 12)
HEAVIEST = ((_MONTH, 10), (Fraction(1), 25), (Fraction(2), 35), (Fraction(5), 70), (Fraction(10), 150))
LIGHTEST_ADULT = 20
LIGHTEST = ((Fraction(18), LIGHTEST_ADULT), (Fraction(10), 12), (Fraction(5), 8), (Fraction(2), 5), (Fraction(1), 4))
TALLEST = ((_MONTH, 65), (Fraction(1), 95), (Fraction(2), 110), (Fraction(5), 140), (Fraction(10), 180))
SHORTEST = ((Fraction(5), 54), (Fraction(1), 45))
"""Weights in kg and heights in cm beyond which a person below an age in years, or from one on, cannot be right.

A convention, with room beyond the extremes that were described; an adult may be as small as the smallest on record.
"""


def _fits_the_age(found: Patient) -> None:
    """Refuse a weight or a height that nobody of that age has, where the age on a day is known."""
    age = found.age
    if age is None or (wrong := next(_misfits(found, age), None)) is None:
        return
    others = (replace(age, unit=unit) for unit in AgeUnit if age.born is None and unit is not age.unit)
    meant = [other.words for other in others if next(_misfits(found, other), None) is None]
    hint = f"; {' or '.join(meant)} would fit" if meant else ""
    raise PatientError(f"{wrong}{hint}. One of the figures cannot be right (limits are a convention)")


@lru_cache(maxsize=4096)
def _is_at_least(age: Age, years: Fraction) -> bool | None:
    """Whether so many years are completed: kept, since a table of patients asks for the same ages again and again."""
    return age.is_at_least(years)


def _misfits(found: Patient, age: Age) -> Iterator[str]:
    for size in _sizes(found):
        told = f"{size.text} at {age.words if age.born is None else age}"
        below = next((bound for bound in size.most if _is_at_least(age, bound[0]) is False), None)
        if below is not None and size.value > below[1]:
            yield f"{told}: {size.too_much(below)}"
        above = next((bound for bound in size.least if _is_at_least(age, bound[0])), None)
        if above is not None and size.value < above[1]:
            yield f"{told}: {size.too_little(above)}"


def sizes_of_others(found: Patient, minimum_age: Fraction | None, below_age: Fraction | None) -> Iterator[str]:
    """Which weight or height nobody has who is at least of one age in years and below another."""
    for size in _sizes(found):
        below = next((bound for bound in size.most if below_age is not None and below_age <= bound[0]), None)
        if below is not None and size.value > below[1]:
            yield f"the patient {size.has} {size.text}, and {size.too_much(below)}"
        above = next((bound for bound in size.least if minimum_age is not None and minimum_age >= bound[0]), None)
        if above is not None and size.value < above[1]:
            yield f"the patient {size.has} {size.text}, and {size.too_little(above)}"


class _Size(NamedTuple):
    """A weight or a height, and beyond which nobody of an age has it: age in years and limit."""

    value: Fraction
    least: tuple[tuple[Fraction, int], ...]
    most: tuple[tuple[Fraction, int], ...]
    has: str
    unit: str

    @property
    def text(self) -> str:
        return f"{decimal_text(self.value, 3)} {self.unit}"

    def too_much(self, bound: tuple[Fraction, int]) -> str:
        return f"nobody below {age_text(bound[0])} {self.has} more than {bound[1]} {self.unit}"

    def too_little(self, bound: tuple[Fraction, int]) -> str:
        return f"nobody of {age_text(bound[0])} or more {self.has} less than {bound[1]} {self.unit}"


def _sizes(found: Patient) -> Iterator[_Size]:
    if found.weight is not None:
        yield _Size(found.weight, LIGHTEST, HEAVIEST, "weighs", "kg")
    if found.height is not None:
        yield _Size(found.height, SHORTEST, TALLEST, "measures", "cm")


def age_text(years: Fraction) -> str:
    """Write an age: 1 month, 5 years."""
    months = years.denominator != 1
    number = int(years * 12) if months else int(years)
    return f"{number} {'month' if months else 'year'}{'s' * (number != 1)}"


def _plausible(what: str, value: Fraction | None, bounds: tuple[Fraction, Fraction], unit: str) -> None:
    low, high = bounds
    if value is not None and not low <= value <= high:
        raise PatientError(
            f"{what} is {decimal_text(value, 3)} {unit}; a patient here has {decimal_text(low)} to"
            f" {decimal_text(high)} {unit}"
        )
