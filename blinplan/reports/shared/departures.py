"""What an investigational regimen is tried in, which regimen it departs from, and where it says so."""

from collections.abc import Iterator
from typing import Any

from blinplan.outside_text import visible
from blinplan.regimen.regimen import Departure, Regimen
from blinplan.regimen.vocabulary import Indication


def departures_json(regimen: Regimen) -> dict[str, Any]:
    """Write the disease, the base, and where the regimen is on purpose not as that, for other programs."""
    return {
        "disease": regimen.disease.value,
        "departs_from": regimen.departs_from,
        "departures": [
            {"at": place, "reason": departure.reason, "source": departure.source}
            for place, departure in stated_departures(regimen)
        ],
    }


def departure_lines(regimen: Regimen) -> Iterator[str]:
    """Say what an investigational regimen departs from, and why, a line for each reason; nothing of a labelled one."""
    if regimen.indication is not Indication.INVESTIGATIONAL:
        return
    yield f"Departs from: {visible(regimen.departs_from or 'nothing that the file names')}; tried in {regimen.disease}"
    places: dict[tuple[str, str], list[str]] = {}
    for place, departure in stated_departures(regimen):
        places.setdefault((departure.reason, departure.source), []).append(place)
    for (reason, source), where in places.items():
        yield visible(f"Departure: {', '.join(where)}: {reason} ({source})")


def stated_departures(regimen: Regimen) -> Iterator[tuple[str, Departure]]:
    """The departures that a regimen states, each with its place: a cycle by its name, others by their number."""
    for number, given in enumerate(regimen.premedication, start=1):
        if given.departure is not None:
            place = f"premedication {number}" if len(regimen.premedication) > 1 else "premedication"
            yield place, given.departure
    for cycle in regimen.cycles:
        for number, step in enumerate(cycle.steps, start=1):
            if step.departure is not None:
                yield f'cycle "{cycle.name}" step {number}', step.departure
        if cycle.departure is not None:
            yield f'cycle "{cycle.name}"', cycle.departure
