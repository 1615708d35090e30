"""What a simulation says to the rules: shares and medians of virtual patients."""

from dataclasses import dataclass

from blinplan.proportion import Proportion


@dataclass(frozen=True, slots=True)
class Median:
    """A median of virtual patients with its 95 % interval, from the ranks of the ordered values."""

    value: float
    low: float
    high: float
    total: int


@dataclass(frozen=True, slots=True)
class Escalation:
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


@dataclass(frozen=True, slots=True)
class SimulatedOutcome:
    """What one simulated population did under one regimen.

    Attributes
    ----------
    population
        The preset's name.
    seed
        The seed its patients were drawn from.
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
    later_elevation
        By later cycle: patients with IL-6 at five times baseline or more in that cycle and not in the first, out of
        those in whom the two differ.
    """

    population: str
    seed: int
    depletion: Proportion
    recoveries: tuple[Proportion, ...]
    escalation: Escalation | None
    first_peak: Median
    labelled_peak: tuple[str, Median] | None
    later_elevation: tuple[Proportion, ...]
