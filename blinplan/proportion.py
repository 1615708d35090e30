"""A share of patients, with the interval that says how sure it is."""

import math
from dataclasses import dataclass, replace
from typing import Self

NORMAL_975 = 1.959963984540054  # 97.5th percentile of the standard normal distribution


@dataclass(frozen=True, slots=True)
class Proportion:
    """``count`` of ``total`` patients; without a single patient there is no share, and it is NaN."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share of patients, 0 to 1."""
        return self.count / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the share."""
        return self.within(NORMAL_975)

    def within(self, errors: float) -> tuple[float, float]:
        """The interval of the share, so many standard errors to each side (Wilson, J Am Stat Assoc 1927;22:209)."""
        if not self.total:
            return 0.0, 1.0
        centre = self.count + errors**2 / 2
        spread = errors * math.sqrt(self.count * (self.total - self.count) / self.total + errors**2 / 4)
        low, high = ((centre + side * spread) / (self.total + errors**2) for side in (-1, 1))
        # Of nobody and of everybody the end is exact, and rounding would take it away: nothing could be in all.
        return max(low, 0.0) if self.count else 0.0, min(high, 1.0) if self.count < self.total else 1.0

    @property
    def others(self) -> Self:
        """All the other patients, of the same total."""
        return replace(self, count=self.total - self.count)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.value:.1f} % ({100 * low:.1f}-{100 * high:.1f} %) of {self.total:,} virtual patients"
