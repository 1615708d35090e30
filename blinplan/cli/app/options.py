"""Options that several commands share, and how their texts become values."""

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
from blinplan.api.vocabulary import Attenuation, LabelName, VirtualPopulation
from blinplan.cli.app import completion
from blinplan.quantities import decimal_text
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Terminal, terminal

RegimenName = Annotated[
    str,
    typer.Argument(
        metavar="REGIMEN",
        help="A regimen file, the name of a shipped regimen, or - for standard input.",
        autocompletion=completion.one_regimen,
    ),
]
ColourOption = Annotated[
    Colour,
    # The program reads it before anything else, so that errors hear it too: commands get the terminal instead.
    typer.Option("--color", help="When to colour the output.", rich_help_panel="Output", expose_value=False),
]
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


LabelOption = Annotated[
    LabelName | None,
    typer.Option(
        "--label",
        help="The label that the regimen follows where it names none; its project's when not given.",
        rich_help_panel="Settings",
    ),
]

_SETTINGS = "Settings"
ConfigOption = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="Use this configuration for all files.", rich_help_panel=_SETTINGS),
]
IsolatedOption = Annotated[
    bool, typer.Option("--isolated", help="Use no configuration file.", rich_help_panel=_SETTINGS)
]


_VIRTUAL = "Virtual patients"
Seed = Annotated[
    int,
    typer.Option("--seed", min=0, max=2**63 - 1, help="What they are drawn from.", rich_help_panel=_VIRTUAL),
]
Population = Annotated[
    VirtualPopulation | None,
    typer.Option(
        "--population",
        help="Which population they come from; by indication and weight limit when not given.",
        rich_help_panel=_VIRTUAL,
    ),
]
FollowUp = Annotated[
    int, typer.Option("--follow-up", metavar="DAYS", min=0, max=3660, help="Days without infusion to add at the end.")
]
AttenuationOption = Annotated[
    Attenuation,
    typer.Option("--attenuation", help="Why cytokine release wanes: both published explanations are held."),
]
PremedicationEffect = Annotated[
    bool,
    typer.Option(
        "--premedication",
        help="Let the regimen's premedication lower cytokine release, by an assumed and unverified effect.",
    ),
]


def terminal_of(context: typer.Context) -> Terminal:
    """The terminal that the program was started at."""
    return context.find_object(Terminal) or terminal()


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


_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


def plain_number(option: str, text: str | None) -> Fraction | None:
    """Read the text of an option that is a number; None where it is not given."""
    if text is None:
        return None
    # Digits only: an exponent of a few characters would be a number of a billion digits.
    if not _PLAIN_NUMBER.fullmatch(text):
        raise Refusal(f"{option} is {text[:40]!r}", _plainly(option, text))
    return Fraction(text)


_WITH_UNIT = re.compile(r"([0-9]{1,4}(?:[.,][0-9]{1,4})?) ?([a-zA-Z²0-9]{1,8})")
_UNITS = {
    "weight": {"kg": Fraction(1), "lb": KG_PER_POUND, "lbs": KG_PER_POUND},
    "height": {"cm": Fraction(1), "m": Fraction(100), "in": CM_PER_INCH},
}


def _plainly(option: str, text: str) -> str:
    """Say how a number is given; with what it comes to, where it has a unit or a comma."""
    usual = f"give {option} as a plain number, such as 70 or 70.5"
    if re.fullmatch(r"[0-9]+,[0-9]{1,2}", text):
        return f"write a point, as in {text.replace(',', '.')}"
    match = _WITH_UNIT.fullmatch(text.strip())
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


_OPTIONS = {
    "area": "--bsa",
    "differences": "--diff",
    "first": "--from",
    "last": "--to",
    "output_format": "--format",
    "short_output_format": "-f",
}


def option_name(argument: str) -> str:
    """What the command line calls an argument of a function."""
    return _OPTIONS.get(argument, f"--{argument.replace('_', '-')}")
