"""What an endpoint is: its key, what it means, its unit, when it is looked at, and how it is measured."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.simulation.endpoints.curve import OnCurve
from blinplan.simulation.outcome import Occurrence, Quantity

GROUPS = ("Drug", "B cells", "T cells", "Cytokines", "Blasts")
"""What endpoints are of, in the order of the article."""


COLUMN_WORDS = {
    "pg/mL": "pg_per_ml",
    "ng·day/mL": "ng_day_per_ml",
    "mcg": "mcg",
    "cells/µL": "per_ul",
    "% of baseline": "percent_of_baseline",
    "% of step": "percent_of_step",
    "h": "h",
}
"""How a unit is written in the name of a column; where it is not here, the key says it."""


class EndpointKind(StrEnum):
    """What an endpoint is of a patient: a number, how long something takes, or whether it happens."""

    VALUE = "value"
    TIME = "time"
    EVENT = "event"


class Measurements(NamedTuple):
    """What an endpoint is read off: all that the engine gathered of each patient, and what was given when."""

    endpoints: Endpoints
    periods: Sequence[Period]
    looked_at: Mapping[str, float]
    """The days from which on times are looked at, by their keys; the others from the start."""
    with_units: bool = False
    """As of `AskedEndpoints`."""

    @property
    def everyone(self) -> BoolArray:
        """(N) everybody."""
        return np.ones(self.endpoints.cmax.shape[0], dtype=np.bool_)

    def lasts(self, days: float) -> bool:
        """Whether the course goes on for so many days from the start of its first infusion."""
        first = min(self.endpoints.dose_step_days, default=0.0)
        return self.periods[-1].stop >= (first + days) * MINUTES_PER_DAY


class Reading(NamedTuple):
    """What an endpoint is in each patient (N), once for each of the ``names`` that its key and label leave open.

    NaN where it does not occur; ``at_risk`` (N) is to whom it can come, everybody where it is None.
    """

    values: FloatArray | BoolArray
    names: Mapping[str, object] = {}
    at_risk: BoolArray | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One endpoint, defined once: tables, JSON, columns of data, the schema and the manual follow from here.

    Attributes
    ----------
    key : its name in JSON and, with its unit, of its column; braces stand for what a regimen decides.
    group : one of `GROUPS`. label : what it is called in tables, in few words. unit : "" where it happens or not.
    kind : what it is of a patient.
    window : when it is looked at. measured : how it is measured.
    readings : what it is in each patient, once for each value of what is in braces.
    signal : the key of what is shown of patients that it is measured of.
    on_curve : the same, read off a curve of the signal; None where it does not follow from one.
    """

    key: str
    group: str
    label: str
    unit: str
    kind: EndpointKind
    window: str
    measured: str
    readings: Callable[[Measurements], Iterable[Reading]]
    signal: str = ""
    on_curve: OnCurve | None = None

    @property
    def pattern(self) -> str:
        """The keys that it has in some regimen, as a regular expression."""
        return f"^{re.sub(r'{[a-z]+}', '[a-z0-9_.]+', self.key)}$"

    def quantities(self, gathered: Measurements, place: int) -> Iterator[Quantity]:
        """The endpoint of every patient, where it is a number or a time."""
        for values, names, at_risk in self.readings(gathered):
            key = self.key.format(**names)
            yield Quantity(
                key=key,
                group=self.group,
                label=self.label.format(**names),
                unit=self.unit,
                values=np.asarray(values, dtype=np.float64),
                is_time=self.kind is EndpointKind.TIME,
                at_risk=at_risk,
                window=self.window.format(**names),
                measured=self.measured.format(**names),
                place=place,
                from_day=gathered.looked_at.get(key, 0.0),
            )

    def occurrences(self, gathered: Measurements, place: int) -> Iterator[Occurrence]:
        """The endpoint of every patient, where it happens or not."""
        for values, names, at_risk in self.readings(gathered):
            yield Occurrence(
                key=self.key.format(**names),
                group=self.group,
                label=self.label.format(**names),
                happens=np.asarray(values, dtype=np.bool_),
                at_risk=gathered.everyone if at_risk is None else at_risk,
                window=self.window.format(**names),
                measured=self.measured.format(**names),
                place=place,
            )


def quantities(definitions: Sequence[Definition], gathered: Measurements) -> tuple[Quantity, ...]:
    """All numbers and times, in the order in which they are defined."""
    return tuple(
        quantity
        for place, definition in enumerate(definitions)
        if definition.kind is not EndpointKind.EVENT
        for quantity in definition.quantities(gathered, place)
    )


def occurrences(definitions: Sequence[Definition], gathered: Measurements) -> tuple[Occurrence, ...]:
    """All that happens or not, in the order in which it is defined."""
    return tuple(
        occurrence
        for place, definition in enumerate(definitions)
        if definition.kind is EndpointKind.EVENT
        for occurrence in definition.occurrences(gathered, place)
    )
