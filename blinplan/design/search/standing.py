"""How a schedule stands to what is wanted: its values, their intervals, and whether a requirement is met for certain.

Shares have Wilson's interval; numbers are medians, as `simulate` shows them, between two order statistics; against the
regimen that the search starts from both are paired, as `compare` pairs them.
"""

import math
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from blinplan.design.comparison.contrast import (
    Agreement,
    Contrast,
    Measure,
    measure_of,
    number_contrast,
    share_contrast,
)
from blinplan.design.comparison.endpoints import window_of_time
from blinplan.design.comparison.intervals import Estimate
from blinplan.design.search.wanted import LoweredEndpoint, Requirement, Sample
from blinplan.physiology.model.population import FloatArray
from blinplan.proportion import NORMAL_975
from blinplan.simulation.outcome import Occurrence, Quantity, over_patients

NUMBERS = "medians between the order statistics that a sign test does not refuse"
CAUTIOUS = 3.29
"""Standard errors by which something is given up while searching: one in a thousand, as there are many schedules."""


class RequirementVerdict(StrEnum):
    """Whether something holds: its interval clears the bound, straddles it, or lies beyond it."""

    MET = "met"
    AT_LIMIT = "at limit"
    NOT_MET = "not met"


class Margin(NamedTuple):
    """By how much something holds, and from where to where that may be; below 0 it does not.

    ``scale`` is what a lack of it is held against, so that those of several units can be added up. What can come to
    none of the patients does not hold, and ``is_of_nobody``.
    """

    value: float
    low: float
    high: float
    is_strict: bool
    scale: float = 1.0
    is_of_nobody: bool = False

    @property
    def holds(self) -> bool:
        """Whether it holds of these patients."""
        return self._keeps(self.value)

    def _keeps(self, value: float) -> bool:
        return value > 0.0 or (value == 0.0 and not self.is_strict)

    @property
    def verdict(self) -> RequirementVerdict:
        """Whether it holds of all whom the model could draw."""
        if self._keeps(self.low):
            return RequirementVerdict.MET
        return RequirementVerdict.AT_LIMIT if self._keeps(self.high) else RequirementVerdict.NOT_MET


NOWHERE = Estimate(math.nan, math.nan, math.nan)


def estimate_of(sample: Sample, endpoint: int, errors: float = NORMAL_975) -> Estimate:
    """What an endpoint comes to over patients: a share, or a median; NaN where the course has it not."""
    found = sample.measurements[endpoint]
    if found is None:
        return NOWHERE
    if isinstance(found, Occurrence):
        return Estimate(found.proportion.value, *found.proportion.within(errors))
    return Estimate(over_patients(found).median, *_median_within(_in_order(found), errors))


def count_of(sample: Sample, endpoint: int) -> int:
    """Of how many patients an endpoint is: to whom it can come, or in whom a number occurs."""
    found = sample.measurements[endpoint]
    if found is None:
        return 0
    return found.proportion.total if isinstance(found, Occurrence) else _in_order(found).size


def _in_order(quantity: Quantity) -> FloatArray:
    """The values of those at risk in their order; of a time, who never gets there is last."""
    values = quantity.values if quantity.at_risk is None else quantity.values[quantity.at_risk]
    if quantity.is_time:
        return np.sort(np.where(np.isnan(values), math.inf, values))
    return np.sort(values[~np.isnan(values)])


def _median_within(ordered: FloatArray, errors: float) -> tuple[float, float]:
    """Between which of so many values the median of all is: so many of them are below it as a fair coin allows."""
    count, half = ordered.size, 0.5 * errors * math.sqrt(ordered.size)
    low, high = math.floor(count / 2 - half), math.ceil(1 + count / 2 + half)
    return (
        float(ordered[low - 1]) if low >= 1 else -math.inf,
        float(ordered[high - 1]) if high <= count else math.inf,
    )


def contrast_with(sample: Sample, start: Sample, endpoint: int) -> Contrast | None:
    """An endpoint against that of the same patients under another schedule."""
    own, other = sample.measurements[endpoint], start.measurements[endpoint]
    if isinstance(own, Occurrence) and isinstance(other, Occurrence):
        return share_contrast(other, own)
    if not isinstance(own, Quantity) or not isinstance(other, Quantity):
        return None
    measure = measure_of([other, own])
    within = window_of_time(own, (start.periods, sample.periods), sample.own) if measure is Measure.TIME else None
    return number_contrast(other, own, measure, within)


def measure_in(sample: Sample, endpoint: int) -> Measure:
    """How an endpoint is compared with that of another schedule."""
    found = sample.measurements[endpoint]
    return measure_of([found]) if isinstance(found, Quantity) else Measure.SHARE


def _difference(sample: Sample, start: Sample, endpoint: int, errors: float) -> Estimate:
    """By how much an endpoint is above that of another schedule, of a ratio its logarithm.

    It is 0, and for certain, where they are one, or a number is the same in all patients; that nobody's share differs
    among these patients does not say so of others.
    """
    if sample is start:
        return Estimate(0.0, 0.0, 0.0)
    found = contrast_with(sample, start, endpoint)
    if found is None or math.isnan(found.estimate.value):
        return NOWHERE
    own, other = sample.measurements[endpoint], start.measurements[endpoint]
    numbers = isinstance(own, Quantity) and isinstance(other, Quantity)
    if numbers and found.agreement is not Agreement.DIFFERENT:
        return Estimate(0.0, 0.0, 0.0)
    ratio = numbers and measure_in(sample, endpoint) is measure_in(start, endpoint) is Measure.RATIO
    value, low, high = (
        (math.log(one) if ratio else one) for one in (found.estimate.value, found.estimate.low, found.estimate.high)
    )
    wider = errors / NORMAL_975
    return Estimate(value, value - wider * (value - low), value + wider * (high - value))


def margin_of(requirement: Requirement, sample: Sample, start: Sample, errors: float = NORMAL_975) -> Margin:
    """By how much a requirement holds of a schedule; ``start`` is what the regimen that is searched from has."""
    if requirement.bound is None:
        found, bound = _difference(sample, start, requirement.endpoint, errors), requirement.beside
    else:
        found, bound = estimate_of(sample, requirement.endpoint, errors), requirement.bound
    if math.isnan(found.value):
        return Margin(-math.inf, -math.inf, -math.inf, requirement.relation.is_strict, is_of_nobody=True)
    sign = requirement.relation.sign
    ends = sorted((sign * (found.low - bound), sign * (found.high - bound)))
    return Margin(sign * (found.value - bound), ends[0], ends[1], requirement.relation.is_strict, abs(bound) or 1.0)


def score(objective: LoweredEndpoint, sample: Sample) -> float:
    """What is to be low; infinite where the course has it not."""
    value = estimate_of(sample, objective.endpoint).value
    return math.inf if math.isnan(value) else value


def is_surely_higher(objective: LoweredEndpoint, sample: Sample, other: Sample) -> bool:
    """Whether what is to be low is higher than under another schedule, beyond chance in who was drawn."""
    if score(objective, sample) <= score(objective, other):
        return False
    return _difference(sample, other, objective.endpoint, CAUTIOUS).low > 0.0
