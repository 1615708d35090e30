"""The endpoint table of a simulation."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from blinplan.course.events import Period
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, Basis
from blinplan.reports.check.check_json import proportion_json
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.words import (
    amount_text,
    blocks_and_intervals,
    drawn_from,
    optional_cycles,
    unverified_lines,
)
from blinplan.reports.simulation.data import simulation_manifest
from blinplan.simulation.outcome import Distribution, Quantity, distribution
from blinplan.simulation.trial import Simulation
from blinplan.terminal import Screen, indent

SIMULATION = DocumentKind("simulation")


SMALLEST = 0.001
"""What is smaller is shown only as such: no assay tells it from zero."""
HOW_TO_READ = "Typical: no random effects. 5-95 %: 5th to 95th percentile. n: patients in whom it occurs."
NOT_ELEVATED = "IL-2, IL-4, IL-8, IL-12 and TNF-alpha: measured and not elevated, so held at baseline."


def simulation_report(simulation: Simulation, screen: Screen) -> list[RenderableType]:
    """Draw the endpoints: the typical patient, and median and 5th to 95th percentile of the population."""
    regimen = simulation.regimen
    parts: list[RenderableType] = [
        Text.assemble((visible(regimen.name), "title"), "  ", visible(regimen.title)),
        Text(simulated_patients(simulation)),
    ]
    parts += [Text(line) for line in blocks_and_intervals(simulation.periods)]
    parts += [Text(line) for line in (*optional_cycles(simulation.periods), *_whole_course(simulation.periods))]
    parts += [Text(line, "unverified") for line in unverified_lines(regimen)]
    if simulation.options.premedication:
        parts.append(Text(premedication_effect(simulation), "unverified"))
    parts += ["", _distributions(simulation, screen)]
    if not simulation.alone:
        parts += ["", _shares(simulation, screen)]
    parts += [
        "",
        Text(HOW_TO_READ, "quiet"),
        *_uncertainty(simulation),
        Text(NOT_ELEVATED, "quiet"),
    ]
    return parts


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


def simulated_patients(simulation: Simulation) -> str:
    """Say who was simulated, and how long."""
    days = f"{simulation.days:g} days"
    if simulation.alone:
        return f"Typical patient of {simulation.preset}, body surface area {simulation.typical_area:.3f} m², {days}"
    people = simulation.population
    return f"{people.size:,} virtual patients of {simulation.preset}, {drawn_from(people)}, {days}"


def premedication_effect(simulation: Simulation) -> str:
    """Say what premedication is assumed to do."""
    c = simulation.population.constants
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
    """Write every endpoint: of the typical patient, and median and 5th to 95th percentile of the population."""
    sets = simulation.uncertainty
    for quantity, typical in zip(simulation.quantities, simulation.typical_quantities, strict=True):
        over = distribution(quantity.values)
        alone = simulation.alone
        yield EndpointRow(
            quantity.group,
            f"{quantity.label} ({quantity.unit})",
            number(float(typical.values[0])),
            "" if alone else number(over.median),
            "" if alone else _between(over),
            "" if alone else f"{over.count:,}",
            "" if sets is None else _between(sets.medians[quantity.key]),
        )


def _distributions(simulation: Simulation, screen: Screen) -> Table:
    heads = () if simulation.alone else ("Median", "5-95 %", "n")
    rows = (
        (row.group, row.label, (row.typical, row.median, row.between, Text(row.count, "quiet")), row.over_sets)
        for row in endpoint_rows(simulation)
    )
    return _table(("Endpoint", "Typical", *heads), _over_sets_head(simulation, "Median"), rows, screen)


def _shares(simulation: Simulation, screen: Screen) -> Table:
    rows = (
        (row.group, row.label, (row.typical, row.share, row.interval, Text(row.total, "quiet")), row.over_sets)
        for row in share_rows(simulation)
    )
    heads = ("Patients in whom", "Typical", "Share", "95 % interval", "of")
    return _table(heads, _over_sets_head(simulation, "Share"), rows, screen)


def _over_sets_head(simulation: Simulation, what: str) -> str:
    return "" if simulation.uncertainty is None else f"{what} over sets"


_Row = tuple[str, str, tuple[RenderableType, ...], str]
"""The group of a row, its label, its cells, and what it comes to over parameter sets."""


def _table(heads: Sequence[str], over_sets: str, rows: Iterable[_Row], screen: Screen) -> Table:
    """Draw rows under the names of their groups; of their cells, those that have a head."""
    table = screen.table()
    table.add_column(heads[0])
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=True)
    if over_sets:
        table.add_column(over_sets, justify="right", no_wrap=screen.wide)
    for group, members in groupby(rows, lambda row: row[0]):
        table.add_row(Text(group, "title"))
        for _, label, cells, last in members:
            table.add_row(indent(label), *cells[: len(heads) - 1], *([last] if over_sets else []))
    return table


def _between(over: Distribution) -> str:
    return "-" if not over.count else f"{number(over.low)} to {number(over.high)}"


def _shares_between(over: Distribution) -> str:
    return "-" if not over.count else f"{100 * over.low:.1f} to {100 * over.high:.1f} %"


def _uncertainty(simulation: Simulation) -> list[Text]:
    over = simulation.uncertainty
    if over is None:
        return []
    names = ", ".join(over.parameters)
    return [
        Text(
            f"Over sets: 5th to 95th percentile over {over.sets} parameter sets, with {names} drawn within their"
            " published standard errors. No uncertainty is published for the other parameters, and none is counted.",
            "quiet",
        )
    ]


def number(value: float) -> str:
    """Write a number to four significant digits; ``-`` where there is none, and no size below `SMALLEST`."""
    if math.isnan(value):
        return "-"
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
    sets = simulation.uncertainty
    for event, typical in zip(simulation.events, simulation.typical_events, strict=True):
        share = event.proportion
        low, high = share.interval
        yield ShareRow(
            event.key,
            event.group,
            event.label,
            "-" if not typical.at_risk[0] else "yes" if typical.happens[0] else "no",
            f"{100 * share.value:.1f} %" if share.total else "-",
            f"{100 * low:.1f} to {100 * high:.1f}" if share.total else "-",
            f"{share.total:,}",
            "" if sets is None else _shares_between(sets.shares[event.key]),
        )


def simulation_json(simulation: Simulation, input_fingerprint: str) -> dict[str, Any]:
    """Write the endpoints as a JSON document; null where an endpoint does not occur."""
    over = simulation.uncertainty
    return {
        **SIMULATION.head(
            {
                **simulation_manifest(simulation, input_fingerprint),
                "parameter_sets": over.sets if over else 0,
                "uncertain_parameters": list(over.parameters) if over else [],
            }
        ),
        "unverified": simulation.regimen.unverified,
        "days": simulation.days,
        "endpoints": [
            {
                **_quantity_json(quantity, typical, not simulation.alone),
                **_over_sets(over.medians[quantity.key] if over else None, "median"),
            }
            for quantity, typical in zip(simulation.quantities, simulation.typical_quantities, strict=True)
        ],
        "shares": [
            {
                "key": event.key,
                "label": f"{event.group} {event.label}",
                "typical": bool(typical.happens[0]) if typical.at_risk[0] else None,
                **(proportion_json(event.proportion) if not simulation.alone else {}),
                **_over_sets(over.shares[event.key] if over else None, "share"),
            }
            for event, typical in zip(simulation.events, simulation.typical_events, strict=True)
        ],
    }


def _quantity_json(quantity: Quantity, typical: Quantity, population: bool) -> dict[str, Any]:
    document = {
        "key": quantity.key,
        "label": f"{quantity.group}: {quantity.label}",
        "unit": quantity.unit,
        "typical": _or_null(float(typical.values[0])),
    }
    if not population:
        return document
    over = distribution(quantity.values)
    return {
        **document,
        "median": _or_null(over.median),
        "p5": _or_null(over.low),
        "p95": _or_null(over.high),
        "count": over.count,
    }


def _over_sets(over: Distribution | None, what: str) -> dict[str, float | None]:
    """Write how a median or share moves over parameter sets; nothing where that was not asked for."""
    if over is None:
        return {}
    return {f"{what}_over_sets_p5": _or_null(over.low), f"{what}_over_sets_p95": _or_null(over.high)}


def _or_null(value: float) -> float | None:
    return None if math.isnan(value) else value
