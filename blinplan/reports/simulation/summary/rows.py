"""The values of a simulation as texts, a row an endpoint: for the terminal, for pages and for notebooks."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from blinplan.proportion import Proportion
from blinplan.reports.shared.number import NOT_REACHED, number
from blinplan.simulation.crowd.kept import heads_of
from blinplan.simulation.endpoints.definition import GROUPS
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

NOT_YET = "not yet"
"""What stands for a share by a day that lies before what is looked at."""

_Endpoint = TypeVar("_Endpoint", Quantity, Occurrence)


def times_of(simulation: Simulation) -> Iterator[Quantity]:
    """The endpoints that are times, by what they are of."""
    return (quantity for quantity in by_group(simulation.quantities) if quantity.is_time)


def by_group(endpoints: Sequence[_Endpoint]) -> Iterator[_Endpoint]:
    """Endpoints by what they are of, in the order of the article; of many patients, one at a time is read."""
    heads = heads_of(endpoints)
    return (endpoints[k] for k in sorted(range(len(heads)), key=lambda k: GROUPS.index(heads[k].group)))


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
    sets, alone, typical = simulation.uncertainty, simulation.alone, typical_by_key(simulation)
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


def typical_by_key(simulation: Simulation) -> dict[str, float]:
    """The typical patient's values, by the keys of their endpoints."""
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


TIME_HEADS = ("Half", "Nine in ten", "Never", "of")


def time_rows(simulation: Simulation) -> Iterator[TimeRow]:
    """Write every time: of the typical patient, and by when half and nine in ten of all patients are there."""
    sets, alone, typical = simulation.uncertainty, simulation.alone, typical_by_key(simulation)
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
            total = f"{share.total:,}"
            shown = (NOT_YET, "-", "-") if day < quantity.from_day else (*_share_and_interval(share), total)
            yield ByDayRow(f"{quantity.group}: {quantity.label}", by_day_label(quantity, day), *shown)


def _share_and_interval(share: Proportion) -> tuple[str, str]:
    low, high = share.interval
    if not share.total:
        return "-", "-"
    return f"{100 * share.value:.1f} %", f"{100 * low:.1f} to {100 * high:.1f}"


def _between(over: Distribution) -> str:
    if not over.count:
        return "-"
    return NOT_REACHED if math.isinf(over.low) else f"{number(over.low)} to {number(over.high)}"


def _shares_between(over: Distribution) -> str:
    return "-" if not over.count else f"{100 * over.low:.1f} to {100 * over.high:.1f} %"


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
