"""What is wanted of a schedule: endpoints that are to be low, and what has to hold of others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.design.comparison.courses import end_of
from blinplan.physiology.engine.locate import BoolArray
from blinplan.simulation.endpoints.asked import UnknownEndpointError
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial
from blinplan.simulation.trials.trial import Outcome

OF_LABEL = "label"
"""The bound of a requirement that is the value of the regimen that the search starts from."""

Measurement = Quantity | Occurrence
"""An endpoint in each of the patients."""


class WantedError(ValueError):
    """A requirement that says nothing; the message says why, and what to write."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


class WantedEndpoint(NamedTuple):
    """An endpoint of a simulation by its key; of a time perhaps the patients who have got there by a day."""

    key: str
    by_day: float | None = None

    @property
    def name(self) -> str:
        """What it is called in requirements."""
        return self.key if self.by_day is None else f"{self.key.removesuffix('_day')}_by_{self.by_day:g}"

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
        there = np.asarray(found.values <= self.by_day * found.per_day)
        at_risk = np.ones(there.shape, dtype=np.bool_) if found.at_risk is None else found.at_risk
        label = f"{found.label.removeprefix('Time to ')}, by day {self.by_day:g}"
        return Occurrence(self.name, found.group, label, there, at_risk, found.window)


_OF_CYCLE = re.compile(
    r"(?:b_depleted|b_days_depleted|t_expanded|il6_elevated|marrow_response|mrd_response)_cycle_(\d+)"
)
_OF_FIRST_CYCLE = frozenset(
    {"b_depleted_day", "t_nadir", "t_nadir_day", "t_peak_cycle_1", "blasts_log10_change_day_28"}
)
_OF_FIRST_CYTOKINE = re.compile(r"[a-z0-9]+_(?:peak|peak_day|settled)")
"""Keys of what the first cycles of a course decide alone; a test holds them to that."""


class Sample(NamedTuple):
    """What is wanted of a schedule, in some patients, and the course that they were given."""

    patients: int
    periods: tuple[Period, ...]
    measurements: tuple[Measurement | None, ...]

    def with_others(self, other: "Sample") -> "Sample":
        """The same of these patients and of others who come after them."""
        pairs = zip(self.measurements, other.measurements, strict=True)
        return Sample(self.patients + other.patients, self.periods, tuple(_both(*pair) for pair in pairs))

    def first(self, count: int) -> "Sample":
        """The same of the first of these patients."""
        return Sample(count, self.periods, tuple(_first(found, count) for found in self.measurements))


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
    """

    endpoint: int
    relation: Relation
    bound: float | None
    text: str


@dataclass(frozen=True, slots=True)
class LoweredEndpoint:
    """An endpoint that is to be low, by its place among all that is wanted."""

    endpoint: int


@dataclass(frozen=True, slots=True)
class Wish:
    """All that is wanted: endpoints, of which some are to be low and of some something has to hold."""

    endpoints: tuple[WantedEndpoint, ...]
    objectives: tuple[LoweredEndpoint, ...]
    requirements: tuple[Requirement, ...]

    @property
    def first_cycles(self) -> int | None:
        """How many cycles of a course decide all of it; None where the whole course may."""
        each = [endpoint.first_cycles for endpoint in self.endpoints]
        return None if None in each else max(number for number in each if number is not None)

    def sample(self, outcome: Outcome | CohortOutcome) -> Sample:
        """What is wanted of an outcome."""
        trial = outcome.trial
        patients = trial.cohort.size if isinstance(trial, CohortTrial) else trial.population.size
        return Sample(patients, trial.periods, tuple(endpoint.of(outcome) for endpoint in self.endpoints))


def read_wish(minimise: Sequence[str], require: Sequence[str], known: Outcome) -> Wish:
    """Read what is wanted; the endpoints are those of an outcome.

    Raises
    ------
    WantedError
        When a requirement says nothing, or two things are to be low that are one.
    UnknownEndpointError
        When there is no endpoint of a key.
    """
    reader = _Reader(known)
    objectives = tuple(LoweredEndpoint(reader.place(key.strip())) for key in minimise)
    if len(set(objectives)) < len(objectives):
        raise WantedError("one endpoint is to be lowered twice", "name two, or one once")
    requirements = tuple(reader.requirement(text) for text in require)
    return Wish(tuple(reader.places), objectives, requirements)


_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9_.@-]+)\s*(>=|<=|≥|≤|>|<)\s*(\S.*?)\s*")
_FORM = 'write it as "b_depleted_by_14 >= 90%", "il6_peak <= 20" or "b_depleted_by_14 >= label"'
_BY_DAY = re.compile(r"([a-z0-9_]+?)(?:_by_|@)([0-9]{1,4}(?:\.[0-9]{1,3})?)")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")


class _Reader:
    """Reads texts, and gives every endpoint that they name a place."""

    def __init__(self, known: Outcome) -> None:
        self._known: dict[str, Measurement] = {one.key: one for one in known.quantities}
        self._known |= {one.key: one for one in known.events}
        self._end = end_of(known.trial.periods)
        self.places: dict[WantedEndpoint, int] = {}

    def place(self, key: str) -> int:
        """The place of the endpoint of a key."""
        return self.places.setdefault(self._endpoint(key), len(self.places))

    def _endpoint(self, text: str) -> WantedEndpoint:
        if text in self._known:
            return WantedEndpoint(text)
        by_day = _BY_DAY.fullmatch(text)
        for key in (f"{by_day[1]}_day", by_day[1]) if by_day else ():
            if by_day and self._is_day(key):
                if not 0.0 < float(by_day[2]) <= self._end:
                    message = f"{text} asks for day {by_day[2]}, and the course runs to day {self._end:g}"
                    raise WantedError(message, "ask for a day of the course")
                return WantedEndpoint(key, float(by_day[2]))
        meant = [key for key in self._known if _is_short_for(text, key)]
        if len(meant) == 1:
            return WantedEndpoint(meant[0])
        by_days = (f"{key.removesuffix('_day')}_by_14" for key in self._known if self._is_day(key))
        raise UnknownEndpointError(text, (*self._known, *by_days))

    def _is_day(self, key: str) -> bool:
        found = self._known.get(key)
        return isinstance(found, Quantity) and found.is_time and found.unit == "day"

    def requirement(self, text: str) -> Requirement:
        """The requirement of a text."""
        match = _REQUIREMENT.fullmatch(text)
        if match is None:
            raise WantedError(f"{text[:80]!r} is no requirement", _FORM)
        place = self.place(match[1])
        endpoint = list(self.places)[place]
        share = endpoint.by_day is not None or isinstance(self._known[endpoint.key], Occurrence)
        relation = Relation(match[2].replace("≥", ">=").replace("≤", "<="))
        bound = None if match[3] == OF_LABEL else self._limit_of(text, endpoint, match[3], share=share)
        return Requirement(place, relation, bound, f"{endpoint.name} {relation} {match[3].replace(' ', '')}")

    def _limit_of(self, text: str, endpoint: WantedEndpoint, written: str, *, share: bool) -> float:
        number, percent = written.removesuffix("%").strip(), written.endswith("%")
        if not _NUMBER.fullmatch(number):
            raise WantedError(f"{text[:80]!r} compares with {written[:40]!r}, which is no number", _FORM)
        value = float(number)
        if share:
            value = value / 100.0 if percent else value
            if not 0.0 <= value <= 1.0:
                raise WantedError(f"{text[:80]!r}: {endpoint.name} is a share of patients", "write it as 90% or 0.9")
            return value
        unit = getattr(self._known[endpoint.key], "unit", "")
        if percent and not unit.startswith("%"):
            raise WantedError(f"{text[:80]!r}: {endpoint.name} is in {unit}", "leave the % out")
        return value


def _is_short_for(text: str, key: str) -> bool:
    """Whether the words of a text are words of a key, in their order: blasts_day_28 of blasts_log10_change_day_28."""
    words = iter(key.split("_"))
    return "_" in text and all(word in words for word in text.split("_"))
