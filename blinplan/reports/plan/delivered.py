"""What was delivered of what was planned, and as virtual patients go through both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from blinplan.course.events import Course
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY, decimal_text
from blinplan.reports.check.check_json import proportion_json
from blinplan.reports.plan.plan import exact, rounded
from blinplan.reports.simulation.summary import number
from blinplan.simulation.outcome import Distribution, Occurrence, Quantity, distribution
from blinplan.simulation.trial import Simulation
from blinplan.terminal import Screen, indented


@dataclass(frozen=True, slots=True)
class Delivery:
    """A stretch of a course, a cycle or the whole of it: minutes of infusion and in all, and micrograms."""

    infused: int
    minutes: int
    micrograms: Fraction

    def intensity(self, least: int = 0) -> Fraction:
        """Micrograms in a week, over the whole of the time, and no less than so many minutes."""
        minutes = max(self.minutes, least)
        return Fraction(0) if not minutes else self.micrograms * 7 * MINUTES_PER_DAY / minutes


NOTHING = Delivery(0, 0, Fraction(0))


def deliveries(course: Course) -> dict[int, Delivery]:
    """What each cycle of a course delivers, by its number; 0 is the whole course."""
    cycles = sorted({event.period.cycle for event in course.events})
    return {cycle: _delivery(course, cycle) for cycle in (*cycles, 0)}


def _delivery(course: Course, cycle: int) -> Delivery:
    events = [event for event in course.events if cycle in {0, event.period.cycle}]
    return Delivery(
        sum(event.period.minutes for event in events if event.period.dose is not None),
        sum(event.period.minutes for event in events),
        sum((event.micrograms for event in events), Fraction(0)),
    )


def delivered_report(
    delivered: Course,
    planned: Course,
    simulated: tuple[Simulation, Simulation],
    screen: Screen,
    *,
    overdosed: bool = False,
) -> list[RenderableType]:
    """Draw what was delivered beside what was planned, and both as virtual patients go through them.

    ``simulated`` are the same virtual patients in the course as it came to be, and as it was planned. ``overdosed``
    says that the record has an overdose.
    """
    return [
        _doses(delivered, planned, screen),
        Text(
            "Delivered: what was infused, and the rest as it is planned now. Intensity: mcg a week over the whole time,"
            " free intervals and interruptions included and no less than was planned, in % of the planned one.",
            "quiet",
        ),
        *(Text(line, "not evaluated") for line in _not_known(overdosed=overdosed)),
        "",
        _simulated(*simulated, screen),
        Text(_who(simulated[0]), "quiet"),
    ]


def _not_known(*, overdosed: bool) -> Iterator[str]:
    if overdosed:
        yield "What an overdose gave in excess is not evaluated: it is not on record. The figures are without it."


def _doses(delivered: Course, planned: Course, screen: Screen) -> RenderableType:
    table = screen.table()
    table.add_column("Cycle")
    for name in ("Infusion days", "mcg", "mcg a week", "Intensity"):
        table.add_column(name, justify="right")
    mine, other = deliveries(delivered), deliveries(planned)
    for cycle in sorted({*mine, *other}, key=lambda cycle: cycle or 1000):
        table.add_row("all" if cycle == 0 else str(cycle), *_row(mine.get(cycle, NOTHING), other.get(cycle, NOTHING)))
    return table


def _row(mine: Delivery, other: Delivery) -> tuple[str, ...]:
    intensity, planned = mine.intensity(other.minutes), other.intensity()
    share = "-" if not planned else f"{decimal_text(100 * intensity / planned, 1)} %"
    days = [rounded(Fraction(one.infused, MINUTES_PER_DAY)) for one in (mine, other)]
    return (
        f"{days[0]} of {days[1]}",
        f"{rounded(mine.micrograms)} of {rounded(other.micrograms)}",
        f"{rounded(intensity)} of {rounded(planned)}",
        share.replace("≈ ", "≈"),
    )


_QUANTITIES = {"auc", "b_depleted_day", "b_nadir", "b_highest_free", "il6_peak"}
_SHARES = {"b_depleted_cycle_1"}


def _paired(mine: Simulation, other: Simulation) -> Iterator[tuple[Quantity, Quantity]]:
    others = {quantity.key: quantity for quantity in other.quantities}
    for quantity in mine.quantities:
        if quantity.key in _QUANTITIES and quantity.key in others:
            yield quantity, others[quantity.key]


def _shares(mine: Simulation, other: Simulation) -> Iterator[tuple[Occurrence, Occurrence]]:
    others = {event.key: event for event in other.events}
    for event in mine.events:
        if event.key in _SHARES and event.key in others:
            yield event, others[event.key]


def _simulated(mine: Simulation, other: Simulation, screen: Screen) -> RenderableType:
    table = screen.table(title="Simulated exposure and depletion")
    table.add_column("Median, 5-95 %", overflow="fold")
    for name in ("Delivered", "Planned", "Ratio, paired"):
        table.add_column(name, justify="right")
    for quantity, planned in _paired(mine, other):
        ratio = distribution(_ratios(quantity, planned))
        table.add_row(
            indented(f"{quantity.group}: {quantity.label} ({quantity.unit})"),
            *(_words(distribution(values)) for values in (quantity.values, planned.values)),
            _words(ratio),
        )
    for event, planned_event in _shares(mine, other):
        shares = [f"{100 * one.proportion.value:.1f} %" for one in (event, planned_event)]
        table.add_row(indented(f"{event.group}: {event.label}"), *shares, "")
    return table


def _words(over: Distribution) -> str:
    return f"{number(over.median)}\n{number(over.low)} to {number(over.high)}" if over.count else "-"


def _ratios(mine: Quantity, planned: Quantity) -> FloatArray:
    """Each virtual patient's own ratio; NaN where one of the two does not occur."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = mine.values / planned.values
    return np.asarray(np.where(np.isfinite(ratio), ratio, np.nan), dtype=np.float64)


def _who(simulation: Simulation) -> str:
    return (
        f"{simulation.population.size:,} virtual patients of {simulation.preset}, seed {simulation.seed}, the same in"
        " both courses. They are not this patient: the drug's clearance alone differs several-fold between people."
    )


def delivered_json(
    delivered: Course, planned: Course, simulated: tuple[Simulation, Simulation], *, overdosed: bool = False
) -> Mapping[str, Any]:
    """Write the same as JSON."""
    mine, other = deliveries(delivered), deliveries(planned)
    return {
        "not_evaluated": list(_not_known(overdosed=overdosed)),
        "cycles": [
            {
                "cycle": cycle or None,
                "delivered": _delivery_json(mine.get(cycle, NOTHING), other.get(cycle, NOTHING).minutes),
                "planned": _delivery_json(other.get(cycle, NOTHING)),
            }
            for cycle in sorted({*mine, *other}, key=lambda cycle: cycle or 1000)
        ],
        "simulated": {
            "population": simulated[0].preset,
            "patients": simulated[0].population.size,
            "seed": simulated[0].seed,
            "endpoints": [
                {
                    "key": quantity.key,
                    "unit": quantity.unit,
                    "delivered": _over_json(quantity.values),
                    "planned": _over_json(other_quantity.values),
                    "ratio": _over_json(_ratios(quantity, other_quantity)),
                }
                for quantity, other_quantity in _paired(*simulated)
            ],
            "shares": [
                {
                    "key": event.key,
                    "delivered": proportion_json(event.proportion),
                    "planned": proportion_json(planned_event.proportion),
                }
                for event, planned_event in _shares(*simulated)
            ],
        },
    }


def _delivery_json(delivery: Delivery, least: int = 0) -> dict[str, Any]:
    return {
        "infusion_days": exact(Fraction(delivery.infused, MINUTES_PER_DAY)),
        "mcg": exact(delivery.micrograms),
        "mcg_per_week": exact(delivery.intensity(least)),
    }


def _over_json(values: FloatArray) -> dict[str, float | int | None]:
    over = distribution(values)
    if not over.count:
        return {"median": None, "p5": None, "p95": None, "count": 0}
    return {"median": over.median, "p5": over.low, "p95": over.high, "count": over.count}
