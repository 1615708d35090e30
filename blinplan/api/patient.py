"""Patients."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from blinplan.course import patient as patients
from blinplan.course.patient import CM_PER_INCH, KG_PER_POUND, AreaFormula, Patient, PatientError
from blinplan.refusal import Refusal

__all__ = [
    "CM_PER_INCH",
    "KG_PER_POUND",
    "AreaFormula",
    "Figures",
    "Number",
    "Patient",
    "PatientError",
    "exact_number",
    "figures_of",
    "patient",
]

Number = int | float | str | Decimal | Fraction
"""A number that is taken as it is written: 70.1 is exactly 701/10."""


def patient(
    weight: Number | None = None,
    height: Number | None = None,
    area: Number | None = None,
    formula: AreaFormula = AreaFormula.MOSTELLER,
) -> Patient:
    """Make a patient from weight in kg, height in cm and body surface area in m², each optional.

    Numbers are taken as they are written: 70.1 is exactly 701/10. The area is the given one, or else that of the
    formula where weight and height allow it.

    >>> from blinplan import patient
    >>> str(patient(weight=38, height=150).area)
    '1.258 m² (Mosteller)'

    Raises
    ------
    blinplan.course.patient.PatientError
        When a figure is outside what a human being can have.
    """
    weight_kg, height_cm, square_metres = (
        None if number is None else exact_number(number) for number in (weight, height, area)
    )
    return patients.patient(weight_kg, height_cm, square_metres, formula)


@dataclass(frozen=True, slots=True)
class Figures:
    """What somebody says of a patient, where a record may say the rest: kg, cm, m² and the formula for the area."""

    weight: Number | None = None
    height: Number | None = None
    area: Number | None = None
    formula: AreaFormula = AreaFormula.MOSTELLER

    def patient(self) -> Patient:
        """Make a patient of these figures alone.

        Raises
        ------
        Refusal
            When they cannot be a patient's.
        """
        try:
            return patient(self.weight, self.height, self.area, self.formula)
        except PatientError as error:
            raise Refusal(
                str(error), "check the figure and its unit: weight in kg, height in cm, area in m²"
            ) from error


def figures_of(given: Patient | Figures | None) -> Figures:
    """What a patient, or nothing, says of the figures; an area that was computed is none that was given."""
    if given is None:
        return Figures()
    if isinstance(given, Figures):
        return given
    area = given.area
    if area is None or area.origin == "given":
        return Figures(given.weight, given.height, None if area is None else area.square_metres)
    return Figures(given.weight, given.height, None, patients.formula_called(area.origin))


def exact_number(number: Number) -> Fraction:
    """A number exactly as it is written."""
    return number if isinstance(number, Fraction) else Fraction(str(number))
