"""Options that say who a patient is, and how their texts become values."""

import re
from fractions import Fraction
from typing import Annotated

import typer

from blinplan.api.patient import (
    CHECK_THE_FIGURES,
    CM_PER_INCH,
    KG_PER_POUND,
    Age,
    AgeError,
    AreaFormula,
    Figures,
    Patient,
    PatientError,
    patient,
    read_age,
)
from blinplan.quantities import decimal_text
from blinplan.refusal import Refusal

Weight = Annotated[
    str | None, typer.Option("--weight", metavar="KG", help="Body weight in kg.", rich_help_panel="Patient")
]
Height = Annotated[str | None, typer.Option("--height", metavar="CM", help="Height in cm.", rich_help_panel="Patient")]
Area = Annotated[
    str | None,
    typer.Option(
        "--bsa",
        metavar="M2",
        help="Body surface area in square metres, instead of a computed one.",
        rich_help_panel="Patient",
    ),
]
AgeOption = Annotated[
    str | None,
    typer.Option(
        "--age",
        metavar="AGE",
        help='Age: completed years (17), "8 months", "20 days", or the date of birth (2009-05-17).',
        rich_help_panel="Patient",
    ),
]
Formula = Annotated[
    AreaFormula,
    typer.Option("--bsa-formula", help="How body surface area is computed.", rich_help_panel="Patient"),
]

SIZES = ("--weight", "--height", "--bsa")
"""The options that give the size of a patient."""


def patient_of(
    weight: str | None,
    height: str | None,
    area: str | None,
    formula: AreaFormula,
    age: str | None = None,
    options: tuple[str, str, str, str] = (*SIZES, "--age"),
) -> Patient:
    """Make a patient from the texts of options, which errors call by their names."""
    figures = (plain_number(option, text) for option, text in zip(options, (weight, height, area), strict=False))
    weight_kg, height_cm, square_metres = figures
    told = age_option(options[-1], age)
    try:
        return patient(weight_kg, height_cm, square_metres, formula, told)
    except PatientError as error:
        raise Refusal(str(error), CHECK_THE_FIGURES) from error


def age_option(option: str, text: str | None) -> Age | None:
    """Read the text of an option that is an age; None where it is not given."""
    try:
        return None if text is None else read_age(text)
    except AgeError as error:
        raise Refusal(f"{option}: {error.fault}", error.advice) from error


_PLAIN_NUMBER = r"-?[0-9]{1,9}(\.[0-9]{1,9})?"


def plain_number(option: str, text: str | None) -> Fraction | None:
    """Read the text of an option that is a number; None where it is not given."""
    if text is None:
        return None
    # Digits only: an exponent of a few characters would be a number of a billion digits.
    if not re.fullmatch(_PLAIN_NUMBER, text):
        raise Refusal(f"{option} is {text[:40]!r}", _plainly(option, text))
    return Fraction(text)


_WITH_UNIT = r"([0-9]{1,4}(?:[.,][0-9]{1,4})?) ?([a-zA-Z²0-9]{1,8})"
_UNITS = {
    "weight": {"kg": Fraction(1), "lb": KG_PER_POUND, "lbs": KG_PER_POUND},
    "height": {"cm": Fraction(1), "m": Fraction(100), "in": CM_PER_INCH},
}


def _plainly(option: str, text: str) -> str:
    """Say how a number is given; with what it comes to, where it has a unit or a comma."""
    usual = f"give {option} as a plain number, such as 70 or 70.5"
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):  # which it is, and too long
        return f"{usual}, with at most 9 digits before the point and 9 behind it"
    if re.fullmatch(r"[0-9]+,[0-9]{1,2}", text):
        return f"write a point, as in {text.replace(',', '.')}"
    match = re.fullmatch(_WITH_UNIT, text.strip())
    size = option.rsplit(maxsplit=1)[-1].removeprefix("--")
    factor = None if match is None else _UNITS.get(size, {}).get(match[2].lower())
    if match is None or factor is None:
        return usual
    value = decimal_text(Fraction(match[1].replace(",", ".")) * factor, 3).replace("≈ ", "")
    sign = " " if option.startswith(f"--{size}") else "="
    return f"give {option} without a unit, in {'kg' if size == 'weight' else 'cm'}: {option}{sign}{value}"


def figures(weight: str | None, height: str | None, area: str | None, formula: AreaFormula, age: str | None) -> Figures:
    """Read what options say of a patient."""
    for option, text in zip(SIZES, (weight, height, area), strict=True):
        plain_number(option, text)
    return Figures(weight, height, area, formula, age_option("--age", age))
