"""The endpoints of a simulation as a JSON document."""

import math
from collections.abc import Sequence
from typing import Any

from blinplan.reports.check.check_json import proportion_json
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.simulation.data import simulation_manifest
from blinplan.reports.simulation.summary.rows import typical_by_key
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import Distribution, Occurrence, Quantity, arrival, over_patients, share_by
from blinplan.simulation.trials.simulation import Simulation

SIMULATION = DocumentKind("simulation")


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
        "typical": _or_null(typical_by_key(simulation)[quantity.key]),
        **({} if simulation.alone else _over_population(quantity, simulation.by_day)),
        **({} if sets is None else _over_sets(sets.of, sets.medians[quantity.key], "median")),
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
        **({} if sets is None else _over_sets(sets.of, sets.shares[event.key], "share")),
    }


def _over_sets(of: SetsOf, over: Distribution, what: str) -> dict[str, float | None]:
    """Write how a median or share moves over parameter sets."""
    if of is SetsOf.PLAUSIBLE:
        return {f"{what}_over_models_least": _or_null(over.low), f"{what}_over_models_greatest": _or_null(over.high)}
    return {f"{what}_over_sets_p5": _or_null(over.low), f"{what}_over_sets_p95": _or_null(over.high)}


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None
