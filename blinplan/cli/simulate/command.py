"""``blinplan simulate``: virtual patients through a regimen."""

from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.simulating.drawing import PAGE_WIDTH
from blinplan.api.vocabulary import SimulateFormat
from blinplan.cli.app.groups import with_groups
from blinplan.cli.app.options import (
    ColourOption,
    RegimenName,
    is_typed,
    refuse_two_kinds,
    refuse_width_of_no_figure,
    tell_which_is_meant,
    terminal_of,
)
from blinplan.cli.app.plan_options import RecordFile, SiteFile, TimeZone
from blinplan.cli.app.uncertainty import refuse_sets_of_nobody
from blinplan.cli.simulate.options import (
    CurvesOption,
    DataFile,
    Every,
    FigureFiles,
    FigureWidth,
    FromDay,
    MeasuredOption,
    SignalNames,
    ToDay,
    is_written_as_computed,
    read_data_options,
    refuse_nobody_measured,
    refuse_recorded_stretch,
    settle_drawing,
)
from blinplan.cli.simulate.output import patients_text, write_curves, write_data, write_records
from blinplan.cli.simulate.trial_options import BodyOptions, CourseOptions, EndpointOptions, RunOptions, WhomOptions
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.simulating.curves import CurvesResult
    from blinplan.api.simulating.simulated import EndpointsResult, SimulationResult
    from blinplan.cli.simulate.options import Data


@with_groups
def simulate(
    context: typer.Context,
    regimen: RegimenName,
    *,
    whom: WhomOptions,
    typical: Annotated[
        bool, typer.Option("--typical", help="The typical patient alone.", rich_help_panel="Virtual patients")
    ] = False,
    runs: RunOptions,
    body: BodyOptions,
    record: RecordFile = None,
    time_zone: TimeZone = None,
    site: SiteFile = None,
    way: CourseOptions,
    asked: EndpointOptions,
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
    measured: MeasuredOption = False,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Simulate a regimen on virtual patients and show what the drug does to them.

    Example: [bold]blinplan simulate rr-adult --patients 1000 --seed 1[/bold]

    The first days, in which cytokines rise and fall: [bold]blinplan simulate rr-adult --curves --to-day 3[/bold]

    Shares by days, and an endpoint of your own:
    [bold]blinplan simulate rr-adult --by-day 2,7,28 --endpoint "IL-6 above 100 pg/mL in cycle 1"[/bold]

    For NONMEM, mrgsolve and rxode2: [bold]blinplan simulate rr-adult --patients 100 -f nonmem -o records.csv[/bold]

    For pandas, polars and R: [bold]blinplan simulate rr-adult --every 6h -o curves.parquet[/bold]

    A body size (--weight and --height, or --bsa) is that of the typical patient; with --record it is the record's.
    """
    terminal = terminal_of(context)
    refuse_width_of_no_figure(context)
    tell_which_is_meant(terminal, regimen, record=record)
    from blinplan.api.regimens.order import order
    from blinplan.api.simulating.curves import curves as curves_of
    from blinplan.api.simulating.patients import last_day_of, people_of, size_of_all
    from blinplan.api.simulating.recorded import recorded_course
    from blinplan.api.simulating.simulate import How, endpoints_of, order_for, size_of
    from blinplan.api.simulating.simulate import simulate as simulated
    from blinplan.cli.app.progress import progress_bar

    patient = body.figures()
    recorded = None if record is None else recorded_course(regimen, record, patient, time_zone=time_zone, site=site)
    if recorded is None and (time_zone is not None or site is not None):
        raise Refusal("--time-zone and --site are for --record", "add it, or leave them out")
    size = size_of(patient) if recorded is None else recorded.patient
    ordered = order(regimen, size) if recorded is None else recorded.order
    if ordered.choice.switched:
        terminal.say(ordered.choice.reason, "warning")
    ordered = order_for(ordered, size, premedication=way.premedication)
    refuse_two_kinds(context, whom.people, typical=typical)
    people = None if typical else people_of(whom.people or whom.patients, body.bsa_formula)
    inputs = (ordered.name, str(whom.people), str(record))
    others = runs.parameter_sets()
    refuse_sets_of_nobody(others, typical=typical)
    data = read_data_options(
        output, every, output_format, sets=others, inputs=inputs, is_part=is_typed(context, "first")
    )
    wanted, days = asked.texts(
        typical=typical,
        curves=data.option if data is not None and data.of_curves else None,
    )
    refuse_nobody_measured(data, measured=measured, typical=typical)
    refuse_recorded_stretch(data, record)
    _refuse_first_of_no_seed(whom.first, whom.people, typical=typical)
    drawing = settle_drawing(
        curves,
        from_day,
        to_day,
        signals,
        figure,
        figure_width,
        last_day_of(people, (ordered if recorded is None else recorded).days) + way.follow_up,
        table=output_format is SimulateFormat.TABLE and data is None,
        seen=terminal.is_seen,
    )
    if data is not None and data.of_curves and drawing.figures:
        raise Refusal(f"{data.option} writes data and draws no figure", "leave it out, or --figure")
    with (
        runs.executor() as executor,
        progress_bar(size_of_all(people) * (1 + others.number), terminal) as progress,
    ):
        how = How(
            patients=people,
            first=whom.first,
            seed=whom.seed,
            population=whom.population,
            patient=size,
            record=recorded,
            follow_up=way.follow_up,
            attenuation=way.attenuation,
            premedication=way.premedication,
            measured=measured,
            executor=executor,
            progress=progress,
        )
        if data is not None and data.of_curves:
            found_curves = curves_of(ordered, data.every or MINUTES_PER_DAY, **how, models=others.number)
            _write_curves(data, found_curves, terminal)
            return
        if data is not None and is_written_as_computed(drawing, people):
            computed = endpoints_of(ordered, **how, endpoints=wanted, by_day=days, models=others.number)
            _write_endpoints(data, computed, terminal)
            return
        found = simulated(
            ordered,
            **how,
            endpoints=wanted,
            by_day=days,
            parameter_sets=others.number,
            sets=others.of.value,
        )
        needed = drawing.all_signals
        bands = found.bands(*drawing.window, needed, executor=executor) if needed else None
    if bands is not None:
        for path in drawing.figures:
            found.figure(path, bands.only(drawing.figure_signals), width=drawing.figure_width)
    if data is not None:
        _write_endpoints(data, found, terminal)
        return
    below = bands.only(drawing.signals) if bands is not None and drawing.curves else None
    terminal.write(found.text(output_format, bands=below, screen=terminal.out))


def _refuse_first_of_no_seed(first: int, people: str | None, *, typical: bool) -> None:
    if first > 1 and (people is not None or typical):
        other = "--typical" if typical else "--people"
        raise Refusal(f"--first and {other} contradict each other", "leave one of the two out")


def _write_endpoints(data: "Data", found: "SimulationResult | EndpointsResult", terminal: Terminal) -> None:
    """Write every patient's endpoints; of a part of a run, beside CSV what it was made with."""
    from blinplan.api.simulating.data_file import describe_part

    write_data(found, data.target, terminal)
    if data.target is not None:
        if data.is_part:
            describe_part(found.table(), data.target)
        terminal.say(f"{visible(str(data.target))}: the endpoints of {patients_text(found.size)}", "quiet")


def _write_curves(data: "Data", found: "CurvesResult", terminal: Terminal) -> None:
    """Compute every patient's curves and write them as they come, or event records of the same patients."""
    from blinplan.api.simulating.data_file import describe_part

    if data.records:
        write_records(found.records(), data.target, terminal)
        return
    write_curves(found, data.target, terminal)
    if data.is_part and data.target is not None:
        describe_part(found.table(), data.target)
