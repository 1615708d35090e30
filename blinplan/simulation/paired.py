"""Two regimens on the same virtual patients: what each patient has under the one and under the other.

Differences between two arms of different patients drown in the variability between people; of the same patients they
do not. Shares are therefore told by how many differ to either side, and numbers by each patient's own difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.proportion import Proportion
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.simulation.outcome import Occurrence, Quantity


class NotPairedError(ValueError):
    """Two outcomes that are not of the same virtual patients."""


class _PatientTrial(Protocol):
    @property
    def population(self) -> Population:
        """The patients."""
        ...


class PatientOutcome(Protocol):
    """What came of a trial, however many patients it had."""

    @property
    def trial(self) -> _PatientTrial:
        """What was run."""
        ...

    @property
    def quantities(self) -> Sequence[Quantity]:
        """The endpoints that are numbers."""
        ...

    @property
    def events(self) -> Sequence[Occurrence]:
        """The endpoints that happen or not."""
        ...


@dataclass(frozen=True, slots=True)
class PairedQuantity:
    """One endpoint of the same patients under two regimens: ``first``, ``second`` (N); NaN where it does not occur.

    Attributes
    ----------
    is_time
        Whether it is how long something takes. Who never gets there is then later than everybody who does.
    at_risk
        (N) to whom it can come under both; everybody where it is None.
    """

    key: str
    group: str
    label: str
    unit: str
    first: FloatArray
    second: FloatArray
    is_time: bool = False
    at_risk: BoolArray | None = None

    @property
    def each(self) -> tuple[Quantity, Quantity]:
        """The endpoint under the first and under the second, of those at risk under both."""
        first, second = (
            Quantity(self.key, self.group, self.label, self.unit, values, self.is_time, self.at_risk)
            for values in (self.first, self.second)
        )
        return first, second

    @property
    def sooner(self) -> int:
        """Patients who get there sooner under the first, by a minute or more, or under the first alone."""
        return self._before(self.first, self.second)

    @property
    def later(self) -> int:
        """Patients who get there later under the first, by a minute or more, or under the second alone."""
        return self._before(self.second, self.first)

    @property
    def total(self) -> int:
        """Patients at risk under both."""
        return self.first.size if self.at_risk is None else int(self.at_risk.sum())

    def _before(self, ones: FloatArray, others: FloatArray) -> int:
        least = self.each[0].per_day / MINUTES_PER_DAY
        before = (ones <= others - least) | (np.isnan(others) & ~np.isnan(ones))
        return int((before if self.at_risk is None else before & self.at_risk).sum())

    @property
    def difference(self) -> FloatArray:
        """Each patient's first value less the second; NaN where one of the two does not occur."""
        return self.first - self.second

    @property
    def ratio(self) -> FloatArray:
        """Each patient's first value over the second; NaN where one of the two does not occur, or the second is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.first / self.second
        return np.asarray(np.where(np.isfinite(ratio), ratio, np.nan), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class PairedShare:
    """To how many of the same patients something happens under two regimens, of those at risk under both."""

    key: str
    group: str
    label: str
    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def total(self) -> int:
        """Patients at risk under both."""
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def first(self) -> Proportion:
        """The share under the first, of those at risk under both."""
        return Proportion(self.both + self.first_only, self.total)

    @property
    def second(self) -> Proportion:
        """The share under the second, of those at risk under both."""
        return Proportion(self.both + self.second_only, self.total)

    @property
    def discordant(self) -> int:
        """Patients in whom the two differ."""
        return self.first_only + self.second_only

    @property
    def difference(self) -> float:
        """The share under the first less that under the second; NaN where nobody is at risk."""
        return (self.first_only - self.second_only) / self.total if self.total else float("nan")


@dataclass(frozen=True, slots=True)
class Paired:
    """All endpoints that two regimens have in common, on the same patients, in the order of the first."""

    quantities: tuple[PairedQuantity, ...]
    shares: tuple[PairedShare, ...]


def require_same_patients(first: Population, second: Population) -> None:
    """Refuse populations that are not the same people: drawn alike, and of the same bodies.

    What the patients respond with may differ, so that a changed parameter can be looked at in the same people. Patients
    who were changed have no seed any more; their bodies then say who they are.

    Raises
    ------
    NotPairedError
        When they are not the same people.
    """
    bodies = ("age_years", "female", "weight_kg", "height_cm", "bsa_m2")
    drawn_alike = (first.first, first.size, first.ids) == (second.first, second.size, second.ids)
    drawn_alike &= None in (first.seed, second.seed) or first.seed == second.seed
    if not drawn_alike or not all(np.array_equal(getattr(first, of), getattr(second, of)) for of in bodies):
        raise NotPairedError("only outcomes of the same virtual patients can be paired: give both the same population")


def paired_quantities(first: Iterable[Quantity], second: Iterable[Quantity]) -> tuple[PairedQuantity, ...]:
    """Pair the quantities that both have, in the order of the first."""
    others = {quantity.key: quantity for quantity in second}
    return tuple(_pair(of, others[of.key]) for of in first if of.key in others)


def _pair(first: Quantity, second: Quantity) -> PairedQuantity:
    risks = [of.at_risk for of in (first, second) if of.at_risk is not None]
    at_risk = np.logical_and.reduce(risks) if risks else None
    return PairedQuantity(
        first.key, first.group, first.label, first.unit, first.values, second.values, first.is_time, at_risk
    )


def paired_shares(first: Iterable[Occurrence], second: Iterable[Occurrence]) -> tuple[PairedShare, ...]:
    """Pair the yes-or-no endpoints that both have, in the order of the first."""
    others = {occurrence.key: occurrence for occurrence in second}
    return tuple(_share(of, others[of.key]) for of in first if of.key in others)


def _share(first: Occurrence, second: Occurrence) -> PairedShare:
    at_risk = first.at_risk & second.at_risk
    here, there = first.happens, second.happens
    both, first_only, second_only, neither = (
        int((at_risk & found).sum()) for found in (here & there, here & ~there, ~here & there, ~here & ~there)
    )
    return PairedShare(first.key, first.group, first.label, both, first_only, second_only, neither)


def paired_outcomes(first: PatientOutcome, second: PatientOutcome) -> Paired:
    """Compare two outcomes patient by patient.

    Raises
    ------
    NotPairedError
        When they are not of the same patients.
    """
    require_same_patients(first.trial.population, second.trial.population)
    return Paired(paired_quantities(first.quantities, second.quantities), paired_shares(first.events, second.events))
