"""Patients."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from blinplan.course import patient as patients
from blinplan.course.patient import CM_PER_INCH, KG_PER_POUND, AreaFormula, Patient, PatientError
from blinplan.quantities import of_python
from blinplan.refusal import Refusal
from blinplan.regimen.age import ALLOWED, Age, AgeError, born_on, completed_age, read_age

__all__ = [
    "CHECK_THE_FIGURES",
    "CM_PER_INCH",
    "KG_PER_POUND",
    "Age",
    "AgeError",
    "AgeGiven",
    "AreaFormula",
    "Figures",
    "Number",
    "Patient",
    "PatientError",
    "age_of",
    "exact_number",
    "figures_of",
    "formula_called",
    "on_the_day",
    "patient",
    "patient_of",
    "read_age",
]
PUBLIC = ("Figures", "Patient", "patient")

Number = int | float | str | Decimal | Fraction
"""A number that is taken as it is written: 70.1 is exactly 701/10."""

AgeGiven = Age | int | str | date
"""An age: completed years as a number, or a text such as "8 months", or a date of birth."""


def patient(
    weight: Number | None = None,
    height: Number | None = None,
    area: Number | None = None,
    formula: AreaFormula = AreaFormula.MOSTELLER,
    age: AgeGiven | None = None,
) -> Patient:
    """Make a patient from weight in kg, height in cm, body surface area in m² and age, each optional.

    Numbers are taken as they are written: 70.1 is exactly 701/10. The area is the given one, or else that of the
    formula where weight and height allow it. An age is completed years, a text such as "8 months", or the date of
    birth; one that is told is that on the first day of a plan.

    >>> from blinplan import patient
    >>> str(patient(weight=38, height=150).area)
    '1.258 m² (Mosteller)'
    >>> str(patient(weight=9, age="8 months").age)
    '8 months'

    Raises
    ------
    blinplan.course.patient.PatientError
        When a figure is outside what a human being can have.
    """
    weight_kg, height_cm, square_metres = (
        None if number is None else _exact_figure(name, number)
        for name, number in (("weight", weight), ("height", height), ("area", area))
    )
    by = formula_called(formula)
    return patients.patient(weight_kg, height_cm, square_metres, by, None if age is None else age_of(age))


def formula_called(formula: AreaFormula | str) -> AreaFormula:
    """The formula that is given, or named.

    Raises
    ------
    blinplan.course.patient.PatientError
        When there is none of that name.
    """
    try:
        return AreaFormula(formula)
    except ValueError:
        raise PatientError(f"formula is {repr(formula)[:40]}; the formulas are {', '.join(AreaFormula)}") from None


def _exact_figure(name: str, number: Number) -> Fraction:
    """The number of a figure, exactly as it is written."""
    try:
        if not isinstance(number, bool | bytes):
            return exact_number(number)
    except (ValueError, ArithmeticError):
        pass
    raise PatientError(f"{name} is {repr(number)[:40]}, which is no number; give it as 70 or 70.5")


def age_of(given: AgeGiven) -> Age:
    """Make an age of what somebody gives.

    Raises
    ------
    blinplan.course.patient.PatientError
        When it is none.
    """
    try:
        if isinstance(given, Age):
            return given
        if isinstance(given, date):
            return born_on(given.date() if isinstance(given, datetime) else given)
        if isinstance(given, str):
            return read_age(given)
        years = of_python(given)
        if isinstance(years, int) and not isinstance(years, bool):
            return completed_age(years)
    except AgeError as error:
        raise PatientError(str(error)) from error
    raise PatientError(f"{repr(given)[:40]} is not an age: {ALLOWED}")


CHECK_THE_FIGURES = "check the figure and its unit: weight in kg, height in cm, area in m²"


@dataclass(frozen=True, slots=True)
class Figures:
    """What somebody says of a patient, where a record may say the rest: kg, cm, m², the formula for the area, age."""

    weight: Number | None = None
    height: Number | None = None
    area: Number | None = None
    formula: AreaFormula = AreaFormula.MOSTELLER
    age: AgeGiven | None = None

    @property
    def sizes(self) -> tuple[Number | None, Number | None, Number | None]:
        """Weight, height and area."""
        return self.weight, self.height, self.area

    def patient(self) -> Patient:
        """Make a patient of these figures alone.

        Raises
        ------
        Refusal
            When they cannot be a patient's.
        """
        try:
            return patient(self.weight, self.height, self.area, self.formula, self.age)
        except PatientError as error:
            raise Refusal(str(error), CHECK_THE_FIGURES) from error

    def known_age(self) -> Age | None:
        """The age that is given.

        Raises
        ------
        Refusal
            When it is none.
        """
        try:
            return None if self.age is None else age_of(self.age)
        except PatientError as error:
            raise Refusal(str(error), CHECK_THE_FIGURES) from error


def on_the_day(whom: Patient, day: date) -> Patient:
    """The patient as known on the first day of a plan, or on the day of a check.

    Raises
    ------
    Refusal
        When nobody like that can be there on that day.
    """
    try:
        return whom.on(day)
    except PatientError as error:
        raise Refusal(str(error), "check the date of birth, or the age, and the weight and height") from error


def figures_of(given: Patient | Figures | None) -> Figures:
    """What a patient, or nothing, says of the figures; an area that was computed is none that was given."""
    if given is None:
        return Figures()
    if isinstance(given, Figures):
        try:
            return replace(given, formula=formula_called(given.formula))
        except PatientError as error:
            raise Refusal(str(error), CHECK_THE_FIGURES) from error
    require_patient(given)
    area = given.area
    if area is None or area.origin == "given":
        square_metres = None if area is None else area.square_metres
        return Figures(given.weight, given.height, square_metres, age=given.age)
    return Figures(given.weight, given.height, None, patients.formula_called(area.origin), given.age)


def patient_of(given: Patient | Figures) -> Patient:
    """A patient, or one of the figures that are given.

    Raises
    ------
    Refusal
        When it is neither, or the figures cannot be a patient's.
    """
    if isinstance(given, Figures):
        return figures_of(given).patient()
    require_patient(given)
    return given


def require_patient(given: object) -> None:
    """Refuse what is no patient.

    Raises
    ------
    Refusal
        When it is something else.
    """
    if not isinstance(given, Patient):
        raise Refusal(f"{repr(given)[:60]} is no patient", "make one: patient(weight=70, height=175, age=40)")


def exact_number(number: Number) -> Fraction:
    """A number exactly as it is written."""
    return number if isinstance(number, Fraction) else Fraction(str(number))
