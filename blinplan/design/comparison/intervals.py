"""95 % intervals of what the same patients have under two regimens: of a difference of shares, and of a mean.

They say how far it is known of these virtual patients what holds for all whom the model could draw.
"""

import math
from dataclasses import dataclass

import numpy as np

from blinplan.design.comparison.student import student_975
from blinplan.physiology.model.population import FloatArray
from blinplan.proportion import NORMAL_975

SHARES = "Tango's score interval for paired shares (Stat Med 1998;17:891)"
MEANS = "Hall's interval of a mean, Student's t corrected for skewness (J R Stat Soc B 1992;54:221)"

_TURNS = 200
"""Halvings after which an interval is as narrow as floating-point numbers are."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, from ``low`` to ``high`` with 95 % confidence; both are NaN where there is no interval."""

    value: float
    low: float
    high: float

    @property
    def turned(self) -> bool:
        """Whether 0 lies outside of the interval: the direction is known."""
        return self.low > 0.0 or self.high < 0.0


def share_difference(first_only: int, second_only: int, total: int) -> Estimate:
    """The share of patients under the first less that under the second, of ``total`` who are under both.

    Its interval is Tango's: the differences that a score test of the discordant patients does not refuse. It is never
    beyond -1 and 1, and has a width where nobody differs.
    """
    if not total:
        return Estimate(math.nan, math.nan, math.nan)
    low = _lower_limit(first_only, second_only, total)
    high = -_lower_limit(second_only, first_only, total)
    return Estimate((first_only - second_only) / total, low, high)


def _lower_limit(first_only: int, second_only: int, total: int) -> float:
    """The least difference that is not refused, found by halving: the score falls as the difference rises."""
    low, high = -1.0, (first_only - second_only) / total
    if _score(first_only, second_only, total, low) <= NORMAL_975:
        return low
    for _ in range(_TURNS):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if _score(first_only, second_only, total, middle) > NORMAL_975:
            low = middle
        else:
            high = middle
    return low


def _score(first_only: int, second_only: int, total: int, difference: float) -> float:
    """How many standard errors the patients are from a difference, at the likeliest share of the second kind."""
    linear = (2 * total - first_only + second_only) * difference - first_only - second_only
    constant = -second_only * difference * (1.0 - difference)
    root = math.sqrt(max(0.0, linear * linear - 8.0 * total * constant))
    share = (root - linear) / (4.0 * total)
    variance = total * (2.0 * share + difference * (1.0 - difference))
    distance = first_only - second_only - total * difference
    if variance <= 0.0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)


def exact_mean(values: FloatArray) -> float:
    """The mean of values, at least one, by a sum that is rounded once: the order in which NumPy adds has changed."""
    return math.fsum(values.tolist()) / values.size


def mean_of(values: FloatArray) -> Estimate:
    """The mean of values, one of each patient, none of them NaN.

    Its interval is Student's, with Hall's transformation, which takes the skewness out of the pivot: the days that a
    few patients gain are many, and the interval is longer to that side.
    """
    count = values.shape[0]
    if count == 0:
        return Estimate(math.nan, math.nan, math.nan)
    mean = exact_mean(values)
    if count == 1:
        return Estimate(mean, math.nan, math.nan)
    deviations = values - mean
    size = float(np.max(np.abs(deviations)))
    if size == 0.0:
        return Estimate(mean, mean, mean)
    parts = deviations / size  # so that no power of a small difference is 0
    squares = parts * parts
    variance = exact_mean(squares)
    skewness = exact_mean(squares * parts) / (variance * math.sqrt(variance))
    error = size * math.sqrt(variance / (count - 1))
    most = student_975(count - 1)
    low, high = (mean - error * _back_from(side * most, skewness, count) for side in (1.0, -1.0))
    return Estimate(mean, low, high)


def _back_from(pivot: float, skewness: float, count: int) -> float:
    """What has a pivot after the transformation of Hall, with a = 1/3 and b = 1/6: its exact inverse."""
    bend = skewness / 3.0
    if abs(bend) < 1e-9:
        return pivot
    root = math.sqrt(count)
    inner = 1.0 + 3.0 * bend * (pivot / root - skewness / (6.0 * count))
    return root / bend * (math.copysign(abs(inner) ** (1.0 / 3.0), inner) - 1.0)
