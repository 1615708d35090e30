"""What is wanted of a schedule: endpoints that are to be low, and what has to hold of others."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.physiology.engine.locate import BoolArray
from blinplan.quantities import digits_text
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.endpoints.own import OwnEndpoint
from blinplan.simulation.outcome import Occurrence, Quantity, there_by
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial
from blinplan.simulation.trials.trial import Outcome

Measurement = Quantity | Occurrence
"""An endpoint in each of the patients."""


class WantedEndpoint(NamedTuple):
    """An endpoint of a simulation by its key; of a time perhaps the patients who have got there by a day."""

    key: str
    by_day: float | None = None

    @property
    def name(self) -> str:
        """What it is called in requirements."""
        return self.key if self.by_day is None else f"{self.key.removesuffix('_day')}_by_{digits_text(self.by_day)}"

    @property
    def first_cycles(self) -> int | None:
        """How many cycles of a course of 28 days or more decide it; None where the whole course may."""
        numbered = _OF_CYCLE.fullmatch(self.key)
        if numbered:
            return int(numbered[1])
        return 1 if self.key in _OF_FIRST_CYCLE or _OF_FIRST_CYTOKINE.fullmatch(self.key) else None

    def of(self, outcome: Outcome | CohortOutcome) -> Measurement | None:
        """The endpoint of all patients of an outcome; None where their course has it not."""
        for found in (outcome.quantities, outcome.events):
            heads = getattr(found, "heads", found)
            for place, head in enumerate(heads):
                if head.key == self.key:
                    return self._by_day(found[place])
        return None

    def _by_day(self, found: Measurement) -> Measurement:
        if self.by_day is None or isinstance(found, Occurrence):
            return found
        return replace(there_by(found, self.by_day), key=self.name)


_OF_CYCLE = re.compile(
    r"(?:b_depleted|b_days_depleted|t_expanded|il6_elevated|marrow_response|mrd_response)_cycle_(\d+)"
)
_OF_FIRST_CYCLE = frozenset(
    {"b_depleted_day", "t_nadir", "t_nadir_day", "t_peak_cycle_1", "blasts_log10_change_day_28"}
)
_OF_FIRST_CYTOKINE = re.compile(r"[a-z0-9]+_(?:peak|peak_day|settled)")
"""Keys of what the first cycles of a course decide alone; a test holds them to that."""


class Sample(NamedTuple):
    """What is wanted of a schedule, in some patients, and the course that they were given.

    ``own`` are the endpoints of it that somebody asks for in their own words.
    """

    patients: int
    periods: tuple[Period, ...]
    measurements: tuple[Measurement | None, ...]
    own: tuple[OwnEndpoint, ...] = ()

    def with_others(self, other: "Sample") -> "Sample":
        """The same of these patients and of others who come after them."""
        pairs = zip(self.measurements, other.measurements, strict=True)
        together = tuple(_both(*pair) for pair in pairs)
        return self._replace(patients=self.patients + other.patients, measurements=together)

    def first(self, count: int) -> "Sample":
        """The same of the first of these patients."""
        return self._replace(patients=count, measurements=tuple(_first(found, count) for found in self.measurements))


def _first(found: Measurement | None, count: int) -> Measurement | None:
    if isinstance(found, Occurrence):
        return replace(found, happens=found.happens[:count], at_risk=found.at_risk[:count])
    if found is None:
        return None
    at_risk = None if found.at_risk is None else found.at_risk[:count]
    return replace(found, values=found.values[:count], at_risk=at_risk)


def _both(first: Measurement | None, second: Measurement | None) -> Measurement | None:
    if isinstance(first, Quantity) and isinstance(second, Quantity):
        at_risk = _risk_of_both(first.at_risk, second.at_risk)
        return replace(first, values=np.concatenate([first.values, second.values]), at_risk=at_risk)
    if isinstance(first, Occurrence) and isinstance(second, Occurrence):
        happens = np.concatenate([first.happens, second.happens])
        return replace(first, happens=happens, at_risk=np.concatenate([first.at_risk, second.at_risk]))
    return None


def _risk_of_both(first: BoolArray | None, second: BoolArray | None) -> BoolArray | None:
    return None if first is None or second is None else np.concatenate([first, second])


def _with_values(
    of: Quantity, values: "np.ndarray[tuple[int], np.dtype[np.float64]]", at_risk: BoolArray | None
) -> Quantity:
    return Quantity(of.key, of.group, of.label, of.unit, values, of.is_time, at_risk, of.window)


class Relation(StrEnum):
    """How a value is to stand to a bound."""

    AT_LEAST = ">="
    AT_MOST = "<="
    ABOVE = ">"
    BELOW = "<"

    @property
    def is_strict(self) -> bool:
        """Whether the bound itself does not do."""
        return self in {Relation.ABOVE, Relation.BELOW}

    @property
    def sign(self) -> float:
        """1 where more is better, and -1 where less is."""
        return 1.0 if self in {Relation.AT_LEAST, Relation.ABOVE} else -1.0


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that has to hold of a schedule.

    Attributes
    ----------
    endpoint
        Of what: its place among all that is wanted.
    relation
        How it is to stand to the bound.
    bound
        A share from 0 to 1, or a number in the unit of the endpoint; None for that of the regimen searched from.
    text
        The requirement as it is written.
    beside
        By how much more than in the regimen searched from, in parts of all patients; of a ratio its logarithm.
    """

    endpoint: int
    relation: Relation
    bound: float | None
    text: str
    beside: float = 0.0


@dataclass(frozen=True, slots=True)
class LoweredEndpoint:
    """An endpoint that is to be low, by its place among all that is wanted."""

    endpoint: int


@dataclass(frozen=True, slots=True)
class Wish:
    """All that is wanted.

    Attributes
    ----------
    endpoints, objectives, requirements
        Endpoints, of which some are to be low, and of some something has to hold.
    shown
        The places of those that are shown only.
    own
        What of them somebody asks for in their own words.
    """

    endpoints: tuple[WantedEndpoint, ...]
    objectives: tuple[LoweredEndpoint, ...]
    requirements: tuple[Requirement, ...]
    shown: tuple[int, ...] = ()
    own: tuple[OwnEndpoint, ...] = ()

    @property
    def asked_endpoints(self) -> AskedEndpoints:
        """What patients are watched for, beside all that they always are."""
        return AskedEndpoints((), self.own)

    @property
    def first_cycles(self) -> int | None:
        """How many cycles of a course decide all of it; None where the whole course may."""
        each = [endpoint.first_cycles for endpoint in self.endpoints if not self._is_own(endpoint)]
        each += [own.cycle for own in self.own]
        return None if None in each else max(number for number in each if number is not None)

    def _is_own(self, endpoint: WantedEndpoint) -> bool:
        return any(endpoint.key in own.keys for own in self.own)

    def sample(self, outcome: Outcome | CohortOutcome) -> Sample:
        """What is wanted of an outcome."""
        trial = outcome.trial
        patients = trial.cohort.size if isinstance(trial, CohortTrial) else trial.population.size
        return Sample(patients, trial.periods, tuple(endpoint.of(outcome) for endpoint in self.endpoints), self.own)
