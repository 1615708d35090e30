"""Patients."""

from decimal import Decimal
from fractions import Fraction

from blinplan.course import patient as patients
from blinplan.course.patient import AreaFormula, Patient, PatientError

__all__ = ["AreaFormula", "Patient", "PatientError", "patient"]

Number = int | float | str | Decimal | Fraction


def patient(weight: Number | None = None, height: Number | None = None, area: Number | None = None) -> Patient:
    """Make a patient from weight in kg, height in cm and body surface area in m², each optional.

    Numbers are taken as they are written: 70.1 is exactly 701/10. The area is the given one, or else that of Mosteller
    where weight and height allow it.

    >>> from blinplan import patient
    >>> str(patient(weight=38, height=150).area)
    '1.258 m² (Mosteller)'

    Raises
    ------
    blinplan.course.patient.PatientError
        When a figure is outside what a human being can have.
    """
    return patients.patient(_exact(weight), _exact(height), _exact(area))


def _exact(number: Number | None) -> Fraction | None:
    return number if number is None or isinstance(number, Fraction) else Fraction(str(number))
