"""Options that several commands share, and how their texts become values."""

import re
from datetime import date
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.cli.app import completion
from blinplan.course.patient import CM_PER_INCH, KG_PER_POUND, AreaFormula, Patient, PatientError, patient
from blinplan.quantities import decimal_text, duration_text
from blinplan.refusal import Refusal
from blinplan.regimen.find import FileSource, NotFound, find_one, named_beside
from blinplan.regimen.reading import FaultyFile, Reading
from blinplan.regimen.regimen import Regimen
from blinplan.terminal import Colour, Terminal, terminal

if TYPE_CHECKING:
    from blinplan.course.eligibility import Choice
    from blinplan.physiology import Options
    from blinplan.regimen.record import CourseRecord
    from blinplan.regimen.site import Site


class VirtualPopulation(StrEnum):
    """The virtual populations."""

    ADULT_RR = "adult-rr"
    ADULT_MRD = "adult-mrd"
    CHILD = "child"


class Attenuation(StrEnum):
    """Why cytokine release wanes."""

    DESENSITISATION = "desensitisation"
    TARGET_LOSS = "target-loss"


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
Formula = Annotated[
    AreaFormula,
    typer.Option("--bsa-formula", help="How body surface area is computed.", rich_help_panel="Patient"),
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


def options_of(attenuation: Attenuation, *, premedication: bool = False) -> "Options":
    """How the open questions of the mechanism are to be answered."""
    from blinplan.physiology import Options

    return Options(
        attenuation="desensitisation" if attenuation is Attenuation.DESENSITISATION else "target-loss",
        premedication=premedication,
    )


def terminal_of(context: typer.Context) -> Terminal:
    """The terminal that the program was started at."""
    return context.find_object(Terminal) or terminal()


SIZES = ("--weight", "--height", "--bsa")
"""The options that give the size of a patient."""


def given_patient(
    weight: str | None,
    height: str | None,
    area: str | None,
    formula: AreaFormula,
    options: tuple[str, str, str] = SIZES,
) -> Patient:
    """Make a patient from the texts of options, which errors call by their names."""
    figures = (plain_number(option, text) for option, text in zip(options, (weight, height, area), strict=True))
    weight_kg, height_cm, square_metres = figures
    try:
        return patient(weight_kg, height_cm, square_metres, formula)
    except PatientError as error:
        raise Refusal(str(error), "check the figure and its unit: weight in kg, height in cm, area in m²") from error


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


def read_regimen(name: str) -> tuple[Regimen, Reading]:
    """Read the one regimen that the command line names.

    Raises
    ------
    Refusal
        When there is no such regimen, or the file has errors: `FaultyFile`, which has them all.
    """
    found = find_one(name)
    reading = found if isinstance(found, NotFound) else found.read()
    if isinstance(reading, NotFound):
        raise Refusal(reading.message, reading.help)
    if reading.record is not None:
        raise Refusal(
            f"{reading.document.name} is a course record, not a regimen",
            f"plan it with: blinplan plan {reading.record.regimen} --record {reading.document.name}",
        )
    if reading.site is not None:
        raise Refusal(
            f"{reading.document.name} is a site profile, not a regimen",
            f"name a regimen, and give the profile to it with --site {reading.document.name}",
        )
    if reading.regimen is None:
        count = len(reading.problems)
        raise FaultyFile(
            f"{reading.document.name} is not a regimen: {count} error{'s' * (count != 1)}",
            "correct what is shown above; `blinplan check` shows it too",
            reading,
        )
    return reading.regimen, reading


def show_problems(reading: Reading, terminal: Terminal) -> None:
    """Show on standard error what is wrong with a file."""
    from blinplan.reports.check.findings import each_finding
    from blinplan.rules.judge import judge

    judgement = judge(reading, date.min, None)
    terminal.remark(*each_finding(judgement, terminal.errors))


def choose_for(regimen: Regimen, reading: Reading, patient: Patient) -> "Choice":
    """Take the regimen for a patient's weight: the one asked for, or the one it names for other weights."""
    from blinplan.course.eligibility import choose

    try:
        return choose(regimen, patient, lambda name: _beside(reading, name))
    except PatientError as error:
        raise Refusal(str(error), "give the patient's own figures, or name a regimen for such a patient") from error


def _beside(reading: Reading, name: str) -> Reading:
    """Read the regimen of that name from the folder of the file itself, or else the shipped one."""
    found = named_beside(reading.document.name, name)
    if found is None:
        raise KeyError(name)
    return found


def typical_size(weight: str | None, height: str | None, bsa: str | None, formula: AreaFormula) -> Patient:
    """The size of the typical patient, of which half is not enough."""
    patient = given_patient(weight, height, bsa, formula)
    if patient.area is None and (weight or height):
        raise Refusal("one of --weight and --height is missing", "give both, or --bsa")
    return patient


def errors_in(reading: Reading) -> tuple[str, ...]:
    """The errors that rules find in a regimen without simulating it, a line each."""
    from blinplan.rules.judge import judge
    from blinplan.rules.rule import Severity

    found = judge(reading, date.min, None).findings
    return tuple(f"{one.code}: {one.message}." for one in found if one.severity is Severity.ERROR)


def refuse_what_cannot_be_given(reading: Reading) -> None:
    """Refuse a regimen in which a binding rule finds something: a unit slip, an intermittent infusion."""
    from blinplan.rules.catalogue import CATALOGUE
    from blinplan.rules.judge import judge

    found = [f for f in judge(reading, date.min, None).findings if CATALOGUE[f.code].binding]
    if found:
        first = found[0]
        raise Refusal(f"{reading.document.name}: {first.code}: {first.message}", first.help)


def read_file_of(path: Path) -> Reading:
    """Read a file that an option names; raises `Refusal` when there is none."""
    reading = FileSource(path, path.as_posix()).read()
    if isinstance(reading, NotFound):
        raise Refusal(reading.message, reading.help)
    return reading


def _something_else(path: Path, kind: str, called: str, reading: Reading) -> Refusal:
    """What to say of a file that is not of the kind that is asked for."""
    shown = "correct what is shown above" if reading.problems else "the file is something else"
    message = f"{path} is not a {called}"
    advice = f"{shown}; such a file begins with `{kind} = 1`, and `blinplan schema {kind}` prints what it holds"
    return FaultyFile(message, advice, reading) if reading.problems else Refusal(message, advice)


def read_record(path: Path) -> "tuple[CourseRecord, Reading]":
    """Read a course record; raises `Refusal` when there is none at the path."""
    reading = read_file_of(path)
    if reading.record is None:
        raise _something_else(path, "record", "course record", reading)
    return reading.record, reading


def read_site(path: Path) -> "Site":
    """Read the profile of a site; raises `Refusal` when there is none at the path, or it cannot be right."""
    reading = read_file_of(path)
    site = reading.site
    if site is None:
        raise _something_else(path, "site", "site profile", reading)
    from blinplan.course.bags import underfilled

    for size in underfilled(site):
        raise Refusal(
            f"{path}: a bag for {duration_text(size.minutes)} is filled with less than the label's pump rate infuses",
            "correct `fill_ml`, which has the priming volume in it",
        )
    return site
