"""``blinplan plan``: what one patient gets, and when."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.patient import AreaFormula
from blinplan.api.planning.vocabulary import LabelSheet
from blinplan.api.ranges import PATIENTS, REVISION, SEED
from blinplan.api.vocabulary import PlanFormat, Preference, View
from blinplan.cli.app.options import (
    ColourOption,
    ConfigOption,
    IsolatedOption,
    LabelOption,
    RegimenName,
    is_typed,
    refuse_two_kinds,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.app.plan_options import DATES
from blinplan.cli.app.uncertainty import read_uncertainty, sets_option
from blinplan.cli.app.which_plan import AS_NOBODY_SAID, WhichPlan, with_plan_options
from blinplan.refusal import Refusal
from blinplan.terminal import PLAIN, Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.planning.paper import Paper
    from blinplan.api.simulating.patients import PatientSource

_SHOWN = "What is shown"
_PAPER = "Paper"


@with_plan_options
def plan(
    context: typer.Context,
    regimen: RegimenName,
    which: WhichPlan = AS_NOBODY_SAID,
    plan_id: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What tells this patient's plan from others, for --format ics and fhir: importing again then updates.",
            rich_help_panel=DATES,
        ),
    ] = None,
    revision: Annotated[
        int,
        typer.Option(
            min=REVISION.least,
            max=REVISION.most,
            help="For --format ics: raise it when anything but a later happening changed since the last import; see"
            " --replaces.",
            rich_help_panel=DATES,
        ),
    ] = 0,
    replaces: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="For --format ics: the calendar that was imported last; what only it has is cancelled.",
            rich_help_panel=DATES,
        ),
    ] = None,
    view: Annotated[
        View,
        typer.Option(
            help="All at a glance, what is due, by day, by month, the bags, what a start on each of fourteen days comes"
            " to, what the article expects, what was delivered of what was planned; with --format html labels of bags,"
            " or a sheet for an infusion at home.",
            rich_help_panel=_SHOWN,
        ),
    ] = View.OVERVIEW,
    prefer: Annotated[
        Preference | None,
        typer.Option(
            help="Which bags are chosen of those that can be; as the site says when not given.",
            show_default=False,
            rich_help_panel=DATES,
        ),
    ] = None,
    cycle: Annotated[int | None, typer.Option(min=1, help="Show this cycle only.", rich_help_panel=_SHOWN)] = None,
    from_day: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Show nothing before this day.", rich_help_panel=_SHOWN)
    ] = None,
    to_day: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Show nothing after this day.", rich_help_panel=_SHOWN)
    ] = None,
    patients: Annotated[
        int,
        typer.Option(
            min=PATIENTS.least,
            max=PATIENTS.most,
            help="For --view delivered: how many virtual patients go through the course.",
            rich_help_panel=_SHOWN,
        ),
    ] = 1000,
    seed: Annotated[
        int,
        typer.Option(min=SEED.least, max=SEED.most, help="What they are drawn from.", rich_help_panel=_SHOWN),
    ] = 1,
    people: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="For --view delivered: a table of your own patients, as for `blinplan simulate`; who goes off the drug"
            " on some day does so in both courses.",
            rich_help_panel=_SHOWN,
        ),
    ] = None,
    uncertainty: Annotated[
        str | None,
        typer.Option(
            metavar="plausible",
            help="For --view delivered: run again with parameter sets that keep every claim of the article.",
            rich_help_panel=_SHOWN,
        ),
    ] = None,
    sets: Annotated[int | None, sets_option(_SHOWN)] = None,
    label: LabelOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    output_format: Annotated[
        PlanFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="How to show the plan; as the ending of --output says, or as a table, when not given.",
            show_default=False,
            rich_help_panel="Output",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it to this file.", rich_help_panel="Output"),
    ] = None,
    patient_name: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="For --format html: the patient's name.", rich_help_panel=_PAPER),
    ] = None,
    patient_number: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="For --format html: the patient's number.", rich_help_panel=_PAPER),
    ] = None,
    prescriber: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="For --format html: who prescribes.", rich_help_panel=_PAPER),
    ] = None,
    ward: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="For --format html: the ward or pharmacy; the site profile's name when not given.",
            rich_help_panel=_PAPER,
        ),
    ] = None,
    planned_on: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="For --format html: the day of the plan. What is not given is a line to write on.",
            rich_help_panel=_PAPER,
        ),
    ] = None,
    sheet: Annotated[
        LabelSheet,
        typer.Option(
            help="For --view labels: 21 or 8 to a sheet of A4 (63.5 x 38.1 mm, 99.1 x 67.7 mm), 10 to one of Letter"
            " (4 x 2 in), or one by one (4 x 2 in).",
            rich_help_panel=_PAPER,
        ),
    ] = LabelSheet.A4_21,
    decimal_comma: Annotated[
        bool,
        typer.Option(
            "--decimal-comma",
            help="For --format csv, as many spreadsheets want it: semicolons between cells, decimal commas, local times"
            " with the offset in a column of its own, and what is of the whole plan in the first row only.",
            rich_help_panel="Output",
        ),
    ] = False,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Plan a regimen for one patient: each step with its dose after body surface area, cap and weight limit.

    Example: [bold]blinplan plan rr-adult --weight 38 --height 150[/bold]

    With dates and bags: [bold]blinplan plan rr-adult --weight 70 --start 2026-11-02T10:00 --time-zone Europe/Berlin
    --site ward.toml --view bags[/bold]
    """
    terminal = terminal_of(context)
    tell_which_is_meant(terminal, regimen, record=which.record)
    refuse_two_kinds(context, people)
    if people is not None and view is not View.DELIVERED:
        raise Refusal("--people is for --view delivered", "add it, or leave --people out")
    models = read_uncertainty(uncertainty, sets, published=False).number
    if models and view is not View.DELIVERED:
        raise Refusal("--uncertainty plausible is for --view delivered", "add it, or leave --uncertainty out")
    from pathlib import Path

    from blinplan.api.planning.plan import plan as planned
    from blinplan.api.planning.planned import format_by_ending
    from blinplan.files.writing import replace_file

    found = planned(
        regimen,
        which.patient,
        prefer=prefer,
        **which.course,
        cycle=cycle,
        first=from_day,
        last=to_day,
        label=label,
        config=config,
        isolated=isolated,
    )
    target = None if output is None else Path(output)
    ending = None if target is None else format_by_ending(target)
    form = output_format or ending or PlanFormat.TABLE
    if target is not None and (output_format or ending) is None and target.suffix:
        terminal.say(f"no format ends in {target.suffix}: a table is written; --format names another", "warning")
    _refuse_without_effect(context, form, view)
    found.refuse_contradictions(form, view=view, revision=revision, replaces=replaces, decimal_comma=decimal_comma)
    if target is not None:
        found.refuse_target(target, *(file for file in (replaces, people) if file is not None))
    if form not in {PlanFormat.TABLE, PlanFormat.JSON}:
        for line in found.warnings:
            terminal.say(line, "warning")
    paper = _paper(form, patient_name, patient_number, prescriber, ward, planned_on, sheet)
    if view is View.LABELS and paper is not None:
        from blinplan.api.planning.exports import shortened_on_labels

        for line in shortened_on_labels(found.dated, paper, plan_id):
            terminal.say(line, "warning")
    whom, size = (patients, patients) if people is None else _own_patients(people, which.bsa_formula)
    with _progress(2 * size * (1 + models), terminal) if view is View.DELIVERED else nullcontext() as progress:
        text = found.text(
            form,
            view=view,
            screen=terminal.out if target is None else PLAIN,
            plan_id=plan_id,
            revision=revision,
            replaces=replaces,
            patients=whom,
            seed=seed,
            models=models,
            progress=progress,
            decimal_comma=decimal_comma,
            paper=paper,
        )
    if target is None:
        terminal.write(text, form)
    else:
        replace_file(target, text)


def _refuse_without_effect(context: typer.Context, form: PlanFormat, view: View) -> None:
    """Refuse what is for another view or format: who gives it expects to find it in what comes out."""
    for option in ("patients", "seed"):
        if is_typed(context, option) and view is not View.DELIVERED:
            raise Refusal(f"--{option} is for --view delivered", f"add it, or leave --{option} out")
    if is_typed(context, "sheet") and view is not View.LABELS:
        raise Refusal("--sheet is for --view labels", "add it, or leave --sheet out")
    for option in ("patient_name", "patient_number", "prescriber", "ward", "planned_on"):
        if is_typed(context, option) and form is not PlanFormat.HTML:
            name = f"--{option.replace('_', '-')}"
            raise Refusal(f"{name} is for --format html", f"add it, or leave {name} out")


def _paper(
    form: PlanFormat,
    patient_name: str | None,
    patient_number: str | None,
    prescriber: str | None,
    ward: str | None,
    planned_on: str | None,
    sheet: LabelSheet,
) -> "Paper | None":
    """What a page says, and on which sheets labels are; None where nothing is printed."""
    if form is not PlanFormat.HTML and planned_on is None:
        return None
    # Imported here, because most plans are not printed.
    from blinplan.api.planning.paper import Paper, read_planned_on

    return Paper(patient_name, patient_number, prescriber, ward, read_planned_on(planned_on), sheet)


def _own_patients(people: str, formula: AreaFormula) -> "tuple[PatientSource, int]":
    """The patients of a table, and how many they are."""
    # Imported here, because most plans simulate nothing.
    from blinplan.api.simulating.patients import own_patients

    found = own_patients(people, formula)
    return found, found.size


def _progress(patients: int, terminal: Terminal) -> AbstractContextManager[Callable[[int], None] | None]:
    """Show how far a simulation is."""
    # Imported here, because most plans simulate nothing.
    from blinplan.cli.app.progress import progress_bar

    return progress_bar(patients, terminal)
