"""``blinplan plan``: what one patient gets, and when."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from blinplan.cli.options import (
    Area,
    ColourOption,
    Formula,
    Height,
    RegimenName,
    Weight,
    given_patient,
    read_regimen,
)
from blinplan.cli.output import output_screen, report, write, write_json
from blinplan.cli.status import UsageError
from blinplan.course.patient import AreaFormula
from blinplan.regimen.read import Reading
from blinplan.reports.screen import Colour


class PlanFormat(StrEnum):
    """How to show the plan."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def plan(
    regimen: RegimenName,
    weight: Weight = None,
    height: Height = None,
    bsa: Area = None,
    bsa_formula: Formula = AreaFormula.MOSTELLER,
    output_format: Annotated[
        PlanFormat, typer.Option("--format", "-f", help="How to show the plan.", rich_help_panel="Output")
    ] = PlanFormat.TABLE,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Plan a regimen for one patient: each step with its dose after body surface area, cap and weight limit.

    Example: [bold]blinplan plan rr-adult --weight 38 --height 150[/bold]
    """
    from blinplan.course.eligibility import choose
    from blinplan.course.events import expand
    from blinplan.course.patient import PatientError
    from blinplan.course.premedication import premedication_plan
    from blinplan.reports.manifest import input_hash
    from blinplan.reports.plan import plan_csv, plan_json, plan_report

    patient = given_patient(weight, height, bsa, bsa_formula)
    ordered, reading = read_regimen(regimen)
    try:
        choice = choose(ordered, patient, lambda name: _beside(reading, name))
        course = expand(choice.regimen, patient)
    except PatientError as error:
        raise UsageError(str(error), "give the patient's own figures, or name a regimen for such a patient") from error
    premedication = premedication_plan(course)
    if output_format is PlanFormat.JSON:
        write_json(plan_json(course, choice, premedication, input_hash(reading.document)))
    elif output_format is PlanFormat.CSV:
        write(plan_csv(course))
    else:
        report(*plan_report(course, choice, premedication, output_screen(colour)), colour=colour)


def _beside(reading: Reading, name: str) -> Reading:
    """Read the regimen of that name from the folder of the file itself, or else the shipped one."""
    from blinplan.regimen import library
    from blinplan.regimen.read import read

    path = Path(reading.document.name).parent / f"{name}.toml"
    if Path(reading.document.name).is_file() and path.is_file():
        return read(path.read_bytes(), str(path))
    return library.load(name)
