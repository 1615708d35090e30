"""One endpoint of the same patients under a reference and under another regimen."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from blinplan.design.comparison.intervals import Estimate, exact_mean, mean_of, share_difference
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.simulation.outcome import Occurrence, Quantity

ACCURACY = 1e-4
"""The solver's error, as a share of a value: what both regimens have may be off by it. A test holds it to the bound."""

_FLOORS = {"cells/µL": 1.0, "pg/mL": 3.0, "log10": 1.0, "% of baseline": 1.0, "% of step": 1.0}
"""What is added to a value before the share is taken of it: the scale below which the solver's error is absolute."""

_RATIOS = frozenset({"pg/mL", "ng·day/mL"})
"""Units of what is compared as a ratio: concentrations, which differ between patients by factors."""


class Agreement(StrEnum):
    """How alike something is under two regimens, in all patients: to the last bit, within the solver's accuracy."""

    EQUAL = "equal"
    SAME = "same"
    DIFFERENT = "different"


class Measure(StrEnum):
    """What an endpoint comes to over patients, and so how two of them are compared.

    Shares and means by their difference, geometric means by their ratio; of a time, which not everybody reaches, the
    mean of what of a window goes by before, over all patients.
    """

    SHARE = "share"
    MEAN = "mean"
    RATIO = "ratio"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Contrast:
    """An endpoint under another regimen against the reference, of the patients who are looked at under both.

    Attributes
    ----------
    reference, other
        What it comes to under each.
    estimate
        The other less the reference, or over it, with its interval.
    count
        Of how many patients.
    agreement
        Whether it is the same in all of them.
    other_only, reference_only
        Of a share: the patients to whom it happens under one of the two only.
    """

    reference: float
    other: float
    estimate: Estimate
    count: int
    agreement: Agreement
    other_only: int = 0
    reference_only: int = 0


def share_contrast(reference: Occurrence, other: Occurrence) -> Contrast:
    """To how many something happens, of those to whom it can happen under both."""
    at_risk = reference.at_risk & other.at_risk
    before, after = reference.happens & at_risk, other.happens & at_risk
    total = int(at_risk.sum())
    other_only, reference_only = int((after & ~before).sum()), int((before & ~after).sum())
    nan = float("nan")
    return Contrast(
        before.sum() / total if total else nan,
        after.sum() / total if total else nan,
        share_difference(other_only, reference_only, total),
        total,
        Agreement.DIFFERENT if other_only or reference_only else Agreement.EQUAL,
        other_only,
        reference_only,
    )


def number_contrast(reference: Quantity, other: Quantity, measure: Measure, most: float | None = None) -> Contrast:
    """What a number comes to, of the patients in whom it occurs under both; of a time, all to whom it can come.

    Parameters
    ----------
    most
        Of a time: the window in its unit, which goes by wholly in who never gets there.
    """
    at_risk = _at_risk(reference, other)
    first, second = (quantity.values[at_risk] for quantity in (reference, other))
    agreement = agreement_of(first, second, reference)
    if measure is Measure.TIME and most is not None:
        first, second = (np.where(np.isnan(values), most, np.minimum(values, most)) for values in (first, second))
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = first[both], second[both]
    if measure is not Measure.RATIO:
        return Contrast(_mean(first), _mean(second), mean_of(second - first), int(both.sum()), agreement)
    first, second = np.log(first), np.log(second)
    of = mean_of(second - first)
    ratio = Estimate(*(float(np.exp(value)) for value in (of.value, of.low, of.high)))
    return Contrast(float(np.exp(_mean(first))), float(np.exp(_mean(second))), ratio, int(both.sum()), agreement)


def measure_of(quantities: Iterator[Quantity] | list[Quantity]) -> Measure:
    """How an endpoint is compared, by what it is and what it is under all regimens."""
    found = list(quantities)
    if found[0].is_time:
        return Measure.TIME
    positive = all(bool((of.values[~np.isnan(of.values)] > 0.0).all()) for of in found)
    return Measure.RATIO if found[0].unit in _RATIOS and positive else Measure.MEAN


def _mean(values: FloatArray) -> float:
    return exact_mean(values) if values.size else float("nan")


def _at_risk(reference: Quantity, other: Quantity) -> BoolArray:
    """(N) to whom it can come under both."""
    found = np.ones(reference.values.shape, dtype=np.bool_)
    for quantity in (reference, other):
        if quantity.at_risk is not None:
            found &= quantity.at_risk
    return found


def agreement_of(first: FloatArray, second: FloatArray, of: Quantity) -> Agreement:
    """How alike the values of a number are, each with its fellow."""
    if np.array_equal(first, second, equal_nan=True):
        return Agreement.EQUAL
    if not np.array_equal(np.isnan(first), np.isnan(second)):
        return Agreement.DIFFERENT
    size = np.fmax(np.abs(first), np.abs(second))
    bound = ACCURACY * (size + _FLOORS.get(of.unit, 0.0))
    if of.unit in ("day", "h"):
        bound = np.full(first.shape, of.per_day / MINUTES_PER_DAY)
    known = ~np.isnan(first)
    within = bool((np.abs(second - first)[known] <= bound[known]).all())
    return Agreement.SAME if within else Agreement.DIFFERENT
