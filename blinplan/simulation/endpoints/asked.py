"""Which endpoints are asked for: by their keys, in somebody's own words, and by which days."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY, digits_text
from blinplan.simulation.endpoints.own import OwnEndpoint, WindowError
from blinplan.simulation.endpoints.table import ENDPOINTS, RECOVERY
from blinplan.simulation.outcome import Occurrence, Quantity


class UnknownEndpointError(ValueError):
    """A key of no endpoint of a simulation, and those that it has."""

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no endpoint {key}")
        self.key, self.known = key, known


class AskedEndpoints(NamedTuple):
    """The endpoints that are asked for.

    Attributes
    ----------
    keys
        Those that are kept, by their keys; all where none is named.
    own
        Those that somebody asks for in their own words, which are added.
    by_day
        Days by which the shares of patients are asked for who have got somewhere.
    of_several
        Whether it is of one of several courses: what this one does not have, another may.
    with_units
        Whether keys of doses say their unit: in one of the courses a number is of mcg/day, in another of mcg/m²/day.
    """

    keys: tuple[str, ...] = ()
    own: tuple[OwnEndpoint, ...] = ()
    by_day: tuple[float, ...] = ()
    of_several: bool = False
    with_units: bool = False

    def of_one(self, periods: Sequence[Period]) -> "AskedEndpoints":
        """What of it is asked of one of several courses: one's own where it has their windows."""
        return self._replace(own=tuple(own for own in self.own if own.is_of(periods)), of_several=True)

    def require_days(self, periods: Sequence[Period]) -> None:
        """Refuse days and windows that a course does not have.

        Raises
        ------
        WindowError
            When it does not have one of them.
        """
        self.require_by_day(periods)
        for own in self.own:
            own.watch(periods)

    def require_by_day(self, periods: Sequence[Period]) -> None:
        """Refuse days that a course does not have.

        Raises
        ------
        WindowError
            When it does not have one of them.
        """
        end = periods[-1].stop / MINUTES_PER_DAY
        for day in self.by_day:
            if not 0.0 <= day <= end:
                raise WindowError(f"day {digits_text(day)} is not of the course, which runs from day 0 to day {end:g}")
            if day == 0.0:
                raise WindowError(f"day 0 is the start of the course, which runs to day {end:g}; name a later day")

    def looked_at(self, periods: Sequence[Period], off_drug: FloatArray | None = None) -> dict[str, float]:
        """From which day of a course on its times are looked at, by their keys; the others are from its start.

        That is the first day on which one is looked at in anybody who goes through the course, of whom each is off the
        drug from some minute on: before it, nobody can be there.
        """
        own = {own.day_key: own.first_day(periods) for own in self.own}
        return {RECOVERY: _first_end(periods, off_drug), **own}

    def select(
        self, quantities: Sequence[Quantity], events: Sequence[Occurrence]
    ) -> tuple[tuple[Quantity, ...], tuple[Occurrence, ...]]:
        """Take those of all endpoints that are asked for.

        Raises
        ------
        UnknownEndpointError
            When there is no endpoint of a key.
        """
        known = (*(quantity.key for quantity in quantities), *(event.key for event in events))
        for key in self.keys:
            if key not in known and not self.of_several:
                raise UnknownEndpointError(key, known)
        return tuple(filter(self._is_asked, quantities)), tuple(filter(self._is_asked, events))

    def _is_asked(self, endpoint: Quantity | Occurrence) -> bool:
        return not self.keys or endpoint.key in self.keys or endpoint.place >= len(ENDPOINTS)


def _first_end(periods: Sequence[Period], off_drug: FloatArray | None) -> float:
    """The day on which somebody's last infusion ends first; who is off the drug before the first of all has none."""
    infused = [period for period in periods if period.dose is not None]
    if not infused:
        return 0.0
    treated = np.array([np.inf]) if off_drug is None else off_drug[off_drug > infused[0].start]
    first = float(np.min(treated, initial=np.inf))
    return min(max(period.stop for period in infused if period.start < first), first) / MINUTES_PER_DAY


EVERYTHING = AskedEndpoints()
"""All endpoints that are defined, and no others."""
