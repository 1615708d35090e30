"""The endpoint table of a simulation."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from blinplan.course.events import Period
from blinplan.outside_text import visible
from blinplan.proportion import Proportion
from blinplan.quantities import MINUTES_PER_DAY, Basis, plural
from blinplan.reports.check.check_json import proportion_json
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.words import (
    NO_SHARE_BY_DAY,
    amount_text,
    blocks_and_intervals,
    given_lines,
    off_drug_lines,
    optional_cycles,
    own_course_lines,
    patients_drawn,
    people_text,
    unverified_lines,
)
from blinplan.reports.simulation.data import simulation_manifest
from blinplan.simulation.crowd.kept import heads_of
from blinplan.simulation.endpoints.definition import GROUPS
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import (
    Distribution,
    Occurrence,
    Quantity,
    arrival,
    by_day_label,
    over_patients,
    share_by,
    typical_value,
)
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.uncertainty import Uncertainty
from blinplan.terminal import Screen, indent

SIMULATION = DocumentKind("simulation")
_Endpoint = TypeVar("_Endpoint", Quantity, Occurrence)


SMALLEST = 0.001
"""What is smaller is shown only as such: no assay tells it from zero."""
HOW_TO_READ = "Typical: no random effects. 5-95 %: 5th to 95th percentile. n: patients in whom it occurs."
HOW_TO_READ_TIMES = (
    "Half, nine in ten: when so many of all patients are there, those counted who never are (within the time that is"
    " looked at)."
)
NOT_REACHED = "not reached"
NOT_ELEVATED = "IL-2, IL-4, IL-8, IL-12 and TNF-alpha: measured and not elevated, so held at baseline."


def simulation_report(simulation: Simulation, screen: Screen, remarks: Iterable[str] = ()) -> list[RenderableType]:
    """Draw the endpoints: the typical patient, and median and 5th to 95th percentile of the population.

    ``remarks`` are on a course as it came to be.
    """
    regimen = simulation.regimen
    parts: list[RenderableType] = [
        Text.assemble((visible(regimen.name), "title"), "  ", visible(regimen.title)),
        Text(simulated_patients(simulation)),
        *(Text(visible(line), "warning") for line in remarks),
        *(Text(line) for line in given_lines(simulation.cohort.given_parameters)),
        *(Text(line) for line in off_drug_lines(simulation.off_drug, simulation.cohort.size)),
        *(Text(line) for line in own_course_lines(simulation.own_courses, simulation.cohort.size)),
    ]
    parts += [Text(line) for line in blocks_and_intervals(simulation.periods)]
    parts += [Text(line) for line in (*optional_cycles(simulation.periods), *_whole_course(simulation.periods))]
    parts += [Text(line, "unverified") for line in unverified_lines(regimen)]
    if simulation.options.premedication:
        parts.append(Text(premedication_effect(simulation), "unverified"))
    for table in _tables(simulation, screen):
        parts += ["", table]
    parts += [
        "",
        Text(HOW_TO_READ, "quiet"),
        *([Text(HOW_TO_READ_TIMES, "quiet")] if not simulation.alone and any(times_of(simulation)) else ()),
        *(Text(line, "quiet") for line in no_share_lines(simulation)),
        *([Text(how_to_read_shares(of_table=simulation.cohort.of_table), "quiet")] if _has_shares(simulation) else ()),
        *_uncertainty(simulation),
        Text(NOT_ELEVATED, "quiet"),
    ]
    return parts


def _tables(simulation: Simulation, screen: Screen) -> Iterator[Table]:
    """Draw the tables of values, of times and of shares, those that have rows."""
    if any(not quantity.is_time for quantity in heads_of(simulation.quantities)):
        yield _distributions(simulation, screen)
    if any(times_of(simulation)):
        yield _times(simulation, screen)
    if _has_shares_by_day(simulation):
        yield _shares_by_day(simulation, screen)
    if simulation.events and not simulation.alone:
        yield _shares(simulation, screen)


def _has_shares_by_day(simulation: Simulation) -> bool:
    return bool(simulation.by_day) and any(times_of(simulation)) and not simulation.alone


def _has_shares(simulation: Simulation) -> bool:
    return _has_shares_by_day(simulation) or (bool(simulation.events) and not simulation.alone)


def no_share_lines(simulation: Simulation) -> Iterator[str]:
    """Say that no share by a day is shown, where shares are asked for and nothing that is shown is a time."""
    if simulation.by_day and not any(times_of(simulation)):
        yield NO_SHARE_BY_DAY


def times_of(simulation: Simulation) -> Iterator[Quantity]:
    """The endpoints that are times, by what they are of."""
    return (quantity for quantity in by_group(simulation.quantities) if quantity.is_time)


def by_group(endpoints: Sequence[_Endpoint]) -> Iterator[_Endpoint]:
    """Endpoints by what they are of, in the order of the article; of many patients, one at a time is read."""
    heads = heads_of(endpoints)
    return (endpoints[k] for k in sorted(range(len(heads)), key=lambda k: GROUPS.index(heads[k].group)))


def _whole_course(periods: Sequence[Period]) -> Iterator[str]:
    """Say what dose and AUC of the whole course count, where not everybody is given all of it."""
    if not any(period.optional for period in periods):
        return
    flat = all(period.dose is None or period.dose.basis is Basis.FLAT for period in periods)
    everybody = [period for period in periods if not period.optional]
    (given, days), (most, longest) = (_dose_and_days(each) for each in (everybody, periods))
    said = f"{given} mcg over {days} days; up to {most} over {longest}" if flat else f"{days} days; up to {longest}"
    yield f"Whole course: {said} with the optional cycles, which dose and AUC below count."


def _dose_and_days(periods: Sequence[Period]) -> tuple[str, str]:
    infused = [(period.dose, Fraction(period.minutes, MINUTES_PER_DAY)) for period in periods]
    mcg = sum((dose.amount * days for dose, days in infused if dose is not None), Fraction(0))
    return amount_text(mcg), amount_text(sum((days for dose, days in infused if dose is not None), Fraction(0)))


def how_to_read_shares(*, of_table: bool) -> str:
    """Say what the intervals of shares cover."""
    whose = patients_drawn("these", of_table=of_table)
    return f"95 % interval of a share: of {whose} (Wilson), and not whether the model is true."


def simulated_patients(simulation: Simulation) -> str:
    """Say who was simulated, and how long."""
    days = f"{simulation.days:g} {plural('day', simulation.days)}"
    if simulation.alone:
        return f"Typical patient of {simulation.preset}, body surface area {simulation.typical_area:.3f} m², {days}"
    return f"{people_text(simulation.cohort)}, {days}"


def premedication_effect(simulation: Simulation) -> str:
    """Say what premedication is assumed to do."""
    c = simulation.typical.trial.population.constants
    return (
        f"Premedication lowers cytokine release: unverified. Each dose is assumed to take away"
        f" {100 * c.premedication_reduction:g} %, and half of that effect to be gone after"
        f" {c.premedication_half_life:g} days, whatever the drug and the dose."
    )


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One endpoint as it is shown; what is over the population is empty where there is none."""

    group: str
    label: str
    typical: str
    median: str
    between: str
    count: str
    over_sets: str


def endpoint_rows(simulation: Simulation) -> Iterator[EndpointRow]:
    """Write every value: of the typical patient, and median and 5th to 95th percentile of the population."""
    sets, alone, typical = simulation.uncertainty, simulation.alone, _typical_by_key(simulation)
    for quantity in by_group(simulation.quantities):
        if quantity.is_time:
            continue
        over = over_patients(quantity)
        yield EndpointRow(
            quantity.group,
            f"{quantity.label} ({quantity.unit})",
            number(typical[quantity.key]),
            "" if alone else number(over.median),
            "" if alone else _between(over),
            "" if alone else f"{over.count:,}",
            "" if sets is None else _between(sets.medians[quantity.key]),
        )


def _typical_by_key(simulation: Simulation) -> dict[str, float]:
    return {quantity.key: typical_value(quantity) for quantity in simulation.typical_quantities}


@dataclass(frozen=True, slots=True)
class TimeRow:
    """How long something takes, as it is shown: of all patients at risk; empty where there is no population."""

    group: str
    label: str
    typical: str
    half: str
    nine_in_ten: str
    never: str
    total: str
    over_sets: str


def time_rows(simulation: Simulation) -> Iterator[TimeRow]:
    """Write every time: of the typical patient, and by when half and nine in ten of all patients are there."""
    sets, alone, typical = simulation.uncertainty, simulation.alone, _typical_by_key(simulation)
    for quantity in times_of(simulation):
        over = arrival(quantity)
        yield TimeRow(
            quantity.group,
            f"{quantity.label} ({quantity.unit})",
            number(typical[quantity.key]),
            "" if alone else number(over.half),
            "" if alone else number(over.nine_in_ten),
            "" if alone else f"{over.never:,}",
            "" if alone else f"{over.total:,}",
            "" if sets is None else _between(sets.medians[quantity.key]),
        )


def _distributions(simulation: Simulation, screen: Screen) -> Table:
    heads = () if simulation.alone else ("Median", "5-95 %", "n")
    rows = (
        (row.group, row.label, (row.typical, row.median, row.between, Text(row.count, "quiet")), row.over_sets)
        for row in endpoint_rows(simulation)
    )
    return _table(("Endpoint", "Typical", *heads), _over(simulation), rows, screen)


TIME_HEADS = ("Half", "Nine in ten", "Never", "of")


def _times(simulation: Simulation, screen: Screen) -> Table:
    heads = () if simulation.alone else TIME_HEADS
    rows = (
        (
            row.group,
            row.label,
            (row.typical, row.half, row.nine_in_ten, row.never, Text(row.total, "quiet")),
            row.over_sets,
        )
        for row in time_rows(simulation)
    )
    return _table(("Time", "Typical", *heads), _over(simulation), rows, screen)


def _shares_by_day(simulation: Simulation, screen: Screen) -> Table:
    rows: Iterator[_Row] = (
        (row.group, row.label, (row.share, row.interval, Text(row.total, "quiet")), "")
        for row in by_day_rows(simulation)
    )
    return _table(("There by", "Share", "95 % interval", "of"), "", rows, screen)


@dataclass(frozen=True, slots=True)
class ByDayRow:
    """The share of all patients at risk who have got somewhere by a day; ``group`` says where."""

    group: str
    label: str
    share: str
    interval: str
    total: str


def by_day_rows(simulation: Simulation) -> Iterator[ByDayRow]:
    """Write the shares of all patients at risk by each day."""
    for quantity in times_of(simulation):
        for day in simulation.by_day:
            share = share_by(quantity, day)
            label = by_day_label(quantity, day)
            yield ByDayRow(
                f"{quantity.group}: {quantity.label}", label, *_share_and_interval(share), f"{share.total:,}"
            )


def _share_and_interval(share: Proportion) -> tuple[str, str]:
    low, high = share.interval
    if not share.total:
        return "-", "-"
    return f"{100 * share.value:.1f} %", f"{100 * low:.1f} to {100 * high:.1f}"


def _shares(simulation: Simulation, screen: Screen) -> Table:
    rows = (
        (row.group, row.label, (row.typical, row.share, row.interval, Text(row.total, "quiet")), row.over_sets)
        for row in share_rows(simulation)
    )
    heads = ("Patients in whom", "Typical", "Share", "95 % interval", "of")
    return _table(heads, _over(simulation), rows, screen)


def over_sets_head(simulation: Simulation, what: str) -> str:
    """What stands above what a median or share comes to over parameter sets; empty where there are none."""
    return f"{what} {_over(simulation)}" if simulation.uncertainty else ""


def _over(simulation: Simulation) -> str:
    """Over what parameter sets results move; empty where there are none."""
    if simulation.uncertainty is None:
        return ""
    return "over models" if simulation.uncertainty.of is SetsOf.PLAUSIBLE else "over sets"


_ONE_LINE = 80
"""From how many columns on every value stands in one line."""
_ROOMY = 100
"""From how many columns on a range over parameter sets has a column of its own."""
_Row = tuple[str, str, tuple[RenderableType, ...], str]
"""The group of a row, its label, its cells, and what it comes to over parameter sets."""


def _table(heads: Sequence[str], over_sets: str, rows: Iterable[_Row], screen: Screen) -> Table:
    """Draw rows under the names of their groups; of their cells, those that have a head.

    How far the second cell moves over parameter sets stands behind the others, or, where there is no room, below it.
    """
    table, roomy = screen.table(), screen.width >= _ROOMY
    names = list(heads) if roomy or not over_sets else [*heads[:2], f"{heads[2]}\n[{over_sets}]", *heads[3:]]
    table.add_column(names[0], overflow="fold")
    for name in (*names[1:], *([f"{heads[2]} {over_sets}"] if roomy and over_sets else [])):
        table.add_column(name, justify="right", no_wrap=screen.width >= _ONE_LINE)
    for group, members in groupby(rows, lambda row: row[0]):
        table.add_row(Text(group, "title"))
        for _, label, cells, over in members:
            shown = cells[: len(heads) - 1]
            if over_sets:
                shown = (*shown, over) if roomy else (shown[0], f"{shown[1]}\n[{over}]", *shown[2:])
            table.add_row(indent(label), *shown)
    return table


def _between(over: Distribution) -> str:
    if not over.count:
        return "-"
    return NOT_REACHED if math.isinf(over.low) else f"{number(over.low)} to {number(over.high)}"


def _shares_between(over: Distribution) -> str:
    return "-" if not over.count else f"{100 * over.low:.1f} to {100 * over.high:.1f} %"


def _uncertainty(simulation: Simulation) -> list[Text]:
    over = simulation.uncertainty
    if over is None:
        return []
    if over.of is SetsOf.PLAUSIBLE:
        return [Text(over_models_text(over), "quiet")]
    names = ", ".join(over.parameters)
    return [
        Text(
            f"Over sets: 5th to 95th percentile over {over.sets} parameter sets, with {names} drawn within their"
            " published standard errors. No uncertainty is published for the other parameters, and none is counted.",
            "quiet",
        )
    ]


def over_models_text(over: Uncertainty) -> str:
    """Say what lies between the ends of a range over plausible models, and what it is not."""
    return (
        "Two spreads: 5-95 % is between patients; over models is from the least to the greatest of the shipped model"
        f" and {over.sets} plausible ones on the same patients, each of which keeps every claim of the article and"
        " every published number that the shipped one meets. It is a range: no confidence, and no probability."
    )


def number(value: float) -> str:
    """Write a number to four significant digits; ``-`` where there is none, and no size below `SMALLEST`."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return NOT_REACHED
    if value == 0:
        return "0"
    if abs(value) < SMALLEST:
        return f"< {SMALLEST}"
    size = math.floor(math.log10(abs(value)))
    return f"{value:,.{max(0, 3 - size)}f}" if size < 3 else f"{value:,.0f}"


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share of patients as it is shown: in whom something happens, of how many, with its 95 % interval."""

    key: str
    group: str
    label: str
    typical: str
    share: str
    interval: str
    total: str
    over_sets: str


def share_rows(simulation: Simulation) -> Iterator[ShareRow]:
    """Write every share."""
    sets, average = simulation.uncertainty, {event.key: event for event in simulation.typical_events}
    for event in by_group(simulation.events):
        share, typical = event.proportion, average[event.key]
        yield ShareRow(
            event.key,
            event.group,
            event.label,
            "-" if not typical.at_risk[0] else "yes" if typical.happens[0] else "no",
            *_share_and_interval(share),
            f"{share.total:,}",
            "" if sets is None else _shares_between(sets.shares[event.key]),
        )


def simulation_json(
    simulation: Simulation, input_fingerprint: str, record: str | None = None, remarks: Sequence[str] = ()
) -> dict[str, Any]:
    """Write the endpoints as a JSON document; null where an endpoint does not occur.

    ``record`` is the fingerprint of the record of a course as it came to be, and ``remarks`` are on it.
    """
    over = simulation.uncertainty
    return {
        **SIMULATION.head(
            {
                **simulation_manifest(simulation, input_fingerprint, record),
                "parameter_sets": over.sets if over else 0,
                "uncertain_parameters": list(over.parameters) if over else [],
                **({} if over is None else {"sets_of": over.of.value}),
                "by_day": list(simulation.by_day),
                "own_endpoints": [own.text for own in simulation.request.own],
            }
        ),
        "unverified": simulation.regimen.unverified,
        **({} if record is None else {"remarks": list(remarks)}),
        "days": simulation.days,
        "endpoints": [_quantity_json(quantity, simulation) for quantity in simulation.quantities],
        "shares": [_share_json(event, simulation) for event in simulation.events],
    }


def _quantity_json(quantity: Quantity, simulation: Simulation) -> dict[str, Any]:
    sets = simulation.uncertainty
    return {
        "key": quantity.key,
        "label": f"{quantity.group}: {quantity.label}",
        "unit": quantity.unit,
        "window": quantity.window,
        "measured": quantity.measured,
        "typical": _or_null(_typical_by_key(simulation)[quantity.key]),
        **({} if simulation.alone else _over_population(quantity, simulation.by_day)),
        **_over_sets(sets, sets.medians[quantity.key] if sets else None, "median"),
    }


def _over_population(quantity: Quantity, by_day: Sequence[float]) -> dict[str, Any]:
    over = over_patients(quantity)
    found = {
        "median": _or_null(over.median),
        "p5": _or_null(over.low),
        "p95": _or_null(over.high),
        "count": over.count,
    }
    if not quantity.is_time:
        return found
    times = arrival(quantity)
    shares = [{"day": day, **proportion_json(share_by(quantity, day))} for day in by_day]
    return {**found, "p90": _or_null(times.nine_in_ten), "never": times.never, "total": times.total, "by_day": shares}


def _share_json(event: Occurrence, simulation: Simulation) -> dict[str, Any]:
    sets = simulation.uncertainty
    typical = next(found for found in simulation.typical_events if found.key == event.key)
    return {
        "key": event.key,
        "label": f"{event.group} {event.label}",
        "window": event.window,
        "measured": event.measured,
        "typical": bool(typical.happens[0]) if typical.at_risk[0] else None,
        **({} if simulation.alone else proportion_json(event.proportion)),
        **_over_sets(sets, sets.shares[event.key] if sets else None, "share"),
    }


def _over_sets(sets: Uncertainty | None, over: Distribution | None, what: str) -> dict[str, float | None]:
    """Write how a median or share moves over parameter sets; nothing where that was not asked for."""
    if sets is None or over is None:
        return {}
    if sets.of is SetsOf.PLAUSIBLE:
        return {f"{what}_over_models_least": _or_null(over.low), f"{what}_over_models_greatest": _or_null(over.high)}
    return {f"{what}_over_sets_p5": _or_null(over.low), f"{what}_over_sets_p95": _or_null(over.high)}


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None
