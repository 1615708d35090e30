"""``blinplan report``: everything about one regimen on one page."""

from typing import Annotated

import typer

from blinplan.api.patient import AreaFormula
from blinplan.api.ranges import PATIENTS_OF_BANDS
from blinplan.api.vocabulary import Attenuation
from blinplan.cli.app.options import (
    AttenuationOption,
    ColourOption,
    FollowUp,
    LabelOption,
    People,
    Population,
    PremedicationEffect,
    RegimenName,
    Seed,
    refuse_two_kinds,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.app.patient_options import AgeOption, Area, Formula, Height, Weight, figures
from blinplan.cli.app.uncertainty import PlausibleOption, SetsOption, read_uncertainty
from blinplan.cli.simulate.endpoint_options import ByDay, EndpointKeys, OwnEndpoints, read_endpoint_options
from blinplan.exit_status import ExitStatus, stop
from blinplan.files.writing import refuse_overwriting, refuse_unwritable
from blinplan.refusal import Refusal
from blinplan.terminal import Colour

_VIRTUAL = "Virtual patients"


def report(
    context: typer.Context,
    regimen: RegimenName,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where the page goes; standard output when not given.",
            rich_help_panel="Output",
        ),
    ] = None,
    weight: Weight = None,
    height: Height = None,
    bsa: Area = None,
    bsa_formula: Formula = AreaFormula.MOSTELLER,
    age: AgeOption = None,
    patients: Annotated[
        int,
        typer.Option(
            min=PATIENTS_OF_BANDS.least,
            max=PATIENTS_OF_BANDS.most,
            help="How many virtual patients.",
            rich_help_panel=_VIRTUAL,
        ),
    ] = 1000,
    seed: Seed = 1,
    population: Population = None,
    people: People = None,
    follow_up: FollowUp = 0,
    attenuation: AttenuationOption = Attenuation.DESENSITISATION,
    premedication: PremedicationEffect = False,
    endpoints: EndpointKeys = None,
    endpoint: OwnEndpoints = None,
    by_day: ByDay = None,
    uncertainty: PlausibleOption = None,
    sets: SetsOption = None,
    label: LabelOption = None,
    today: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The date that decides whether a waiver has expired."),
    ] = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Write a page on a regimen: timeline, curves, endpoints, verdicts, evidence, and what it all rests on.

    Example: [bold]blinplan report rr-adult --weight 70 --height 175 -o report.html[/bold]

    With your own patients and questions: [bold]blinplan report rr-adult --people mine.csv --by-day 2,7,28 --endpoint
    "IL-6 above 100 pg/mL in cycle 1" -o report.html[/bold]

    The page is one HTML file that needs no network and no scripts, and prints well.

    The exit status is that of [bold]blinplan check[/bold] on the regimen.
    """
    terminal = terminal_of(context)
    tell_which_is_meant(terminal, regimen)
    from pathlib import Path

    from blinplan.api.report import order_for_report, refuse_other_kind
    from blinplan.api.report import report as report_on
    from blinplan.api.simulating.patients import people_of, size_of_all
    from blinplan.api.simulating.simulate import size_of
    from blinplan.cli.app.progress import progress_bar
    from blinplan.cli.check.options import read_day

    target = None if output is None else Path(output)
    if target is None and terminal.is_seen:
        raise Refusal("a report is a page of HTML, and no use on a terminal", "add -o report.html")
    if target is not None:
        refuse_other_kind(target)
        refuse_unwritable(target)
    refuse_two_kinds(context, people)
    wanted = read_endpoint_options(endpoints, endpoint, by_day, typical=False, curves=None)
    patient = figures(weight, height, bsa, bsa_formula, age)
    size, day = size_of(patient), read_day(today)
    models = read_uncertainty(uncertainty, sets, published=False).number
    ordered = order_for_report(regimen, size, label)
    if target is not None:
        refuse_overwriting(target, ordered.name)
        if people is not None:
            refuse_overwriting(target, people)
    size_of_runs = size_of_all(people_of(people or patients, bsa_formula)) * (1 + models)
    with progress_bar(size_of_runs, terminal) as progress:
        page = report_on(
            ordered,
            patient,
            patients=people or patients,
            seed=seed,
            population=population,
            follow_up=follow_up,
            attenuation=attenuation,
            premedication=premedication,
            endpoints=wanted.texts,
            by_day=wanted.days,
            label=label,
            today=day,
            output=output or "report.html",
            models=models,
            progress=progress,
        )
    if target is None:
        terminal.write(page.html, "html")
    else:
        page.write(target)
    terminal.say(f"exit {page.status}: {page.reason}", "error" if page.status else "pass")
    stop(ExitStatus(page.status))
