"""``blinplan simulate``: virtual patients through a regimen."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blinplan.api.load import choose_for, read_regimen, refuse_what_cannot_be_given
from blinplan.cli.app.options import (
    Area,
    Attenuation,
    AttenuationOption,
    ColourOption,
    FollowUp,
    Formula,
    Height,
    Population,
    PremedicationEffect,
    RegimenName,
    Seed,
    Weight,
    options_of,
    terminal_of,
    typical_size,
)
from blinplan.cli.simulate.drawing import (
    PAGE_WIDTH,
    CurvesOption,
    Drawing,
    FigureFiles,
    FigureWidth,
    FromDay,
    SignalNames,
    ToDay,
    asked_drawing,
    drawn,
    write_figures,
)
from blinplan.cli.simulate.results import DataFile, Every, asked_results, write_curves, write_endpoints
from blinplan.course.events import periods
from blinplan.course.patient import AreaFormula
from blinplan.executor import threads as threads_of
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.simulation.own_patients import People
    from blinplan.simulation.percentiles import Bands
    from blinplan.simulation.trial import Simulation


class SimulateFormat(StrEnum):
    """How to show the endpoints."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def simulate(
    context: typer.Context,
    regimen: RegimenName,
    patients: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="How many virtual patients.", rich_help_panel="Virtual patients")
    ] = 1000,
    seed: Seed = 1,
    population: Population = None,
    people: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A CSV table of your own patients: weight_kg, height_cm, and optionally age_years, female, bsa_m2.",
            rich_help_panel="Virtual patients",
        ),
    ] = None,
    typical: Annotated[
        bool, typer.Option("--typical", help="The typical patient alone.", rich_help_panel="Virtual patients")
    ] = False,
    uncertainty: Annotated[
        int,
        typer.Option(
            metavar="SETS",
            min=0,
            max=1000,
            help="Run again with so many parameter sets, drawn within their published uncertainty.",
            rich_help_panel="Virtual patients",
        ),
    ] = 0,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="Threads to use; all processors when not given. Results do not depend on it.",
            rich_help_panel="Virtual patients",
        ),
    ] = None,
    weight: Weight = None,
    height: Height = None,
    bsa: Area = None,
    bsa_formula: Formula = AreaFormula.MOSTELLER,
    follow_up: FollowUp = 0,
    attenuation: AttenuationOption = Attenuation.DESENSITISATION,
    premedication: PremedicationEffect = False,
    curves: CurvesOption = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    signals: SignalNames = None,
    figure: FigureFiles = None,
    figure_width: FigureWidth = PAGE_WIDTH,
    output_format: Annotated[
        SimulateFormat,
        typer.Option("--format", "-f", help="How to show the endpoints.", rich_help_panel="Output"),
    ] = SimulateFormat.TABLE,
    output: DataFile = None,
    every: Every = None,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Simulate a regimen on virtual patients and show what the drug does to them.

    Example: [bold]blinplan simulate rr-adult --patients 1000 --seed 1[/bold]

    The first days, in which cytokines rise and fall: [bold]blinplan simulate rr-adult --curves --to-day 3[/bold]

    For pandas, polars and R: [bold]blinplan simulate rr-adult --every 6h -o curves.parquet[/bold]

    A body size (--weight and --height, or --bsa) is that of the typical patient.
    """
    terminal = terminal_of(context)
    patient = typical_size(weight, height, bsa, bsa_formula)
    asked, reading = read_regimen(regimen)
    choice = choose_for(asked, reading, patient)
    if choice.switched:
        terminal.say(choice.reason, "warning")
    refuse_what_cannot_be_given(reading)
    ordered = choice.regimen
    if premedication and ordered.premedication is None:
        raise Refusal(f"{ordered.name} declares no premedication", "leave --premedication out")
    own_people = None if people is None else _read_people(people, typical=typical)
    data = asked_results(
        output,
        every,
        output_format,
        parameter_sets=uncertainty,
        inputs=(reading.document.name, str(people)),
    )
    drawing = asked_drawing(
        curves,
        from_day,
        to_day,
        signals,
        figure,
        figure_width,
        periods(ordered)[-1].stop / MINUTES_PER_DAY + follow_up,
        table=output_format is SimulateFormat.TABLE and data is None,
    )
    if data is not None and data.every is not None and drawing.figures:
        raise Refusal("--every writes data and draws no figure", "leave --figure out, or give it without --every")
    from blinplan.cli.app.progress import announce_compilation, progress_bar
    from blinplan.reports.shared.manifest import input_hash
    from blinplan.simulation.dosing import NotEligibleError
    from blinplan.simulation.trajectories import TooManyTimesError
    from blinplan.simulation.trajectories import curves as curves_of
    from blinplan.simulation.trial import run

    announce_compilation(terminal)
    fingerprint = input_hash(reading.document)
    how: dict[str, Any] = {
        "preset": population.value if population else None,
        "patients": None if typical else own_people or patients,
        "seed": seed,
        "patient": patient,
        "follow_up_days": follow_up,
        "options": options_of(attenuation, premedication=premedication),
    }
    try:
        with (
            threads_of(threads) as executor,
            progress_bar(0 if typical else patients * (1 + uncertainty), terminal) as progress,
        ):
            if data is not None and data.every is not None:
                write_curves(
                    data, curves_of(ordered, every=data.every, **how), fingerprint, executor, progress, terminal
                )
                return
            simulation = run(ordered, **how, parameter_sets=uncertainty, executor=executor, progress=progress)
    except NotEligibleError as error:
        advice = "leave them out, " if own_people is not None else "choose another --population, "
        raise Refusal(str(error), f"{advice}or take a regimen for these patients") from error
    except TooManyTimesError as error:
        raise Refusal(str(error), "give a longer --every") from error
    with threads_of(threads) as executor:
        bands = drawn(simulation, drawing, executor)
    if bands is not None and drawing.figures:
        write_figures(simulation, bands, drawing)
    if data is not None:
        write_endpoints(data, simulation, fingerprint, terminal)
    elif output_format is SimulateFormat.JSON:
        from blinplan.reports.simulation.summary import simulation_json

        terminal.write_json(simulation_json(simulation, fingerprint))
    else:
        _report(simulation, bands, drawing, terminal)


def _report(simulation: "Simulation", bands: "Bands | None", drawing: Drawing, terminal: Terminal) -> None:
    """Show the endpoints, and under them the curves."""
    from blinplan.reports.simulation.summary import simulation_report

    screen = terminal.out
    parts = simulation_report(simulation, screen)
    if bands is not None and drawing.curves:
        from blinplan.reports.simulation.curves import curves_report

        parts += ["", *curves_report(simulation, bands.only(drawing.signals), screen)]
    terminal.report(*parts)


def _read_people(path: Path, *, typical: bool) -> "People":
    if typical:
        raise Refusal("--typical and --people contradict each other", "leave one of the two out")
    from blinplan.simulation.own_patients import PeopleError, read_people

    try:
        return read_people(path.read_text(encoding="utf-8-sig"), str(path))
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or 'cannot be read').lower()}", "check the path") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"{path}: not UTF-8 text", "save the table as CSV in UTF-8") from error
    except PeopleError as error:
        raise Refusal(str(error), "correct the table; weights in kg, heights in cm, areas in m²") from error
