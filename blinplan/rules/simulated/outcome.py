"""What a simulation says to the rules: shares and medians of virtual patients."""

from dataclasses import dataclass
from typing import NamedTuple

from blinplan.proportion import NORMAL_975, Proportion


class Median(NamedTuple):
    """A median of virtual patients with its 95 % interval, from the ranks of the ordered values.

    ``least`` and ``greatest`` are between what it lies as surely as these patients have to know it, where that is more.
    """

    value: float
    low: float
    high: float
    total: int
    least: float | None = None
    greatest: float | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what the median lies, as surely as these patients have to know it."""
        return self.low if self.least is None else self.least, self.high if self.greatest is None else self.greatest


class Escalation(NamedTuple):
    """T cells at the first escalation of the course.

    Attributes
    ----------
    day
        When it comes, in days from the start.
    returns
        Patients whose T cells were back at 90 % of baseline before it.
    median_return
        The median day on which they are, over all patients; None where the majority does not get there.
    """

    day: float
    returns: Proportion
    median_return: float | None


class FirstCycle(NamedTuple):
    """What is compared of the first cycle of two regimens: the median peak of IL-6, and T cells at the escalation."""

    peak: Median
    escalation: Escalation | None

    @property
    def returns(self) -> Proportion | None:
        """Patients whose T cells were back before the escalation; None where there is none."""
        return None if self.escalation is None else self.escalation.returns


@dataclass(frozen=True, slots=True)
class SimulatedOutcome:
    """What one simulated population did under one regimen.

    Attributes
    ----------
    population
        The preset's name.
    seed
        The seed its patients were drawn from.
    drawn
        How many people were drawn to find those whom the regimen admits; as many as patients where it admits all.
    depletion
        Patients with B cells at or below the depletion count at some time in the infusion of cycle 1.
    recoveries
        By cycle that is followed by another: patients whose B cells were above that count at some time before the next
        cycle, out of those at or below it when the infusion ended.
    escalation
        T cells at the first escalation; None where the dose never rises.
    first_peak
        Median peak of IL-6 in cycle 1, pg/mL.
    labelled_peak
        The same under the regimen of the label for the same patients, and that regimen's name; None where there is none
        whose doses have been seen.
    compared_returns
        Patients whose T cells were back before the escalation of the regimen that this is compared with, and its name:
        the label's, the one it departs from, or else the label's for relapsed or refractory disease; no share where it
        has no escalation; None where there is no such regimen.
    errors
        How many standard errors a share has to be from a limit to decide.
    later_elevation
        By later cycle: patients with IL-6 at five times baseline or more in that cycle and not in the first, out of
        those in whom the two differ.
    models
        What the same patients did under each plausible parameter set, taken at its word; none where not asked for.
    """

    population: str
    seed: int
    drawn: int
    depletion: Proportion
    recoveries: tuple[Proportion, ...]
    escalation: Escalation | None
    first_peak: Median
    labelled_peak: tuple[str, Median] | None
    later_elevation: tuple[Proportion, ...]
    compared_returns: tuple[str, Proportion | None] | None = None
    errors: float = NORMAL_975
    models: "tuple[SimulatedOutcome, ...]" = ()

    def bounds(self, share: Proportion) -> tuple[float, float]:
        """Between what a share lies, as surely as these patients have to know it."""
        return share.within(self.errors)

    @property
    def is_early(self) -> bool:
        """Whether there can be more patients."""
        return self.errors > NORMAL_975

    @property
    def patients(self) -> int:
        """How many patients there are."""
        return self.depletion.total

    @property
    def people(self) -> str:
        """The population, and how many of those drawn are admitted where not all are."""
        if self.drawn == self.patients:
            return self.population
        return f"{self.population}, {self.patients:,} of {self.drawn:,} drawn admitted"
