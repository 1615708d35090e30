"""``blinplan plan``: what one patient gets, and when."""

from enum import StrEnum
from typing import Annotated

import typer

from blinplan.cli.options import (
    Area,
    ColourOption,
    Formula,
    Height,
    RegimenName,
    Weight,
    choose_for,
    given_patient,
    read_regimen,
)
from blinplan.cli.output import output_screen, report, write, write_json
from blinplan.cli.status import UsageError
from blinplan.course.patient import AreaFormula
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
    from blinplan.course.events import expand
    from blinplan.course.patient import PatientError
    from blinplan.course.premedication import premedication_plan
    from blinplan.reports.manifest import input_hash
    from blinplan.reports.plan import plan_csv, plan_json, plan_report

    patient = given_patient(weight, height, bsa, bsa_formula)
    ordered, reading = read_regimen(regimen)
    choice = choose_for(ordered, reading, patient)
    try:
        course = expand(choice.regimen, patient)
    except PatientError as error:
        raise UsageError(str(error), "give the patient's own figures") from error
    premedication = premedication_plan(course)
    if output_format is PlanFormat.JSON:
        write_json(plan_json(course, choice, premedication, input_hash(reading.document)))
    elif output_format is PlanFormat.CSV:
        write(plan_csv(course))
    else:
        report(*plan_report(course, choice, premedication, output_screen(colour)), colour=colour)
