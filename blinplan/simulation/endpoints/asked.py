"""Which endpoints are asked for: by their keys, in somebody's own words, and by which days."""

from collections.abc import Sequence
from typing import NamedTuple

from blinplan.course.events import Period
from blinplan.quantities import MINUTES_PER_DAY, digits_text
from blinplan.simulation.endpoints.own import OwnEndpoint, WindowError
from blinplan.simulation.endpoints.table import ENDPOINTS
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
    """

    keys: tuple[str, ...] = ()
    own: tuple[OwnEndpoint, ...] = ()
    by_day: tuple[float, ...] = ()

    def require_days(self, periods: Sequence[Period]) -> None:
        """Refuse days and windows that a course does not have.

        Raises
        ------
        WindowError
            When it does not have one of them.
        """
        end = periods[-1].stop / MINUTES_PER_DAY
        for day in self.by_day:
            if day == 0.0:
                raise WindowError(f"day 0 is the start of the course, which runs to day {end:g}; name a later day")
            if not 0.0 < day <= end:
                raise WindowError(f"day {digits_text(day)} is not of the course, which runs from day 0 to day {end:g}")
        for own in self.own:
            own.watch(periods)

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
            if key not in known:
                raise UnknownEndpointError(key, known)
        return tuple(filter(self._is_asked, quantities)), tuple(filter(self._is_asked, events))

    def _is_asked(self, endpoint: Quantity | Occurrence) -> bool:
        return not self.keys or endpoint.key in self.keys or endpoint.place >= len(ENDPOINTS)


EVERYTHING = AskedEndpoints()
"""All endpoints that are defined, and no others."""
