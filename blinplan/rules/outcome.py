"""What a simulation says to the rules: counts of virtual patients, and intervals around their proportions."""

import math
from dataclasses import dataclass

NORMAL_975 = 1.959963984540054  # 97.5th percentile of the standard normal distribution


@dataclass(frozen=True, slots=True)
class Proportion:
    """``count`` of ``total`` virtual patients."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share of patients, 0 to 1."""
        return self.count / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the share (Wilson, J Am Stat Assoc 1927;22:209)."""
        centre = self.count + NORMAL_975**2 / 2
        spread = NORMAL_975 * math.sqrt(self.count * (self.total - self.count) / self.total + NORMAL_975**2 / 4)
        low, high = (centre - spread) / (self.total + NORMAL_975**2), (centre + spread) / (self.total + NORMAL_975**2)
        return max(low, 0.0), min(high, 1.0)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.value:.1f} % ({100 * low:.1f}-{100 * high:.1f} %) of {self.total:,} virtual patients"


@dataclass(frozen=True, slots=True)
class SimulatedOutcome:
    """What one simulated population did under one regimen.

    Attributes
    ----------
    population
        The preset's name.
    seed
        The seed its patients were drawn from.
    depleted
        Patients with B cells at or below the depletion count at some time in the infusion of cycle 1.
    recovered
        By cycle that is followed by another: patients whose B cells were above that count at some time before the next
        cycle, out of those at or below it when the infusion ended.
    """

    population: str
    seed: int
    depleted: Proportion
    recovered: tuple[Proportion, ...]
