"""Endpoints as named quantities of patients, and what they come to over a population."""

from dataclasses import dataclass
from math import inf, isinf

import numpy as np

from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.population import FloatArray
from blinplan.proportion import Proportion
from blinplan.quantities import digits_text


@dataclass(frozen=True, slots=True)
class Quantity:
    """One endpoint of every patient: ``values`` (N) in ``unit``, NaN where it does not occur in a patient.

    Attributes
    ----------
    is_time
        Whether it is how long something takes, so that who never gets there has to be counted.
    at_risk
        (N) to whom it can come; everybody where it is None.
    window, measured
        When it is looked at and how it is measured, in words.
    place
        Where its column comes among those of a table of data.
    from_day
        The day of the course from which on it is looked at, where it is a time: before it nobody can be there.
    """

    key: str
    group: str
    label: str
    unit: str
    values: FloatArray
    is_time: bool = False
    at_risk: BoolArray | None = None
    window: str = ""
    measured: str = ""
    place: int = 0
    from_day: float = 0.0

    @property
    def per_day(self) -> float:
        """How many of its unit a day has, where it is a time."""
        return 24.0 if self.unit == "h" else 1.0


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happens to a patient or not: ``happens`` (N), out of the patients ``at_risk`` (N)."""

    key: str
    group: str
    label: str
    happens: BoolArray
    at_risk: BoolArray
    window: str = ""
    measured: str = ""
    place: int = 0

    @property
    def proportion(self) -> Proportion:
        """How many of the patients at risk it happens to."""
        return Proportion(int((self.happens & self.at_risk).sum()), int(self.at_risk.sum()))


@dataclass(frozen=True, slots=True)
class Distribution:
    """A quantity over a population: median, 5th and 95th percentile of the ``count`` patients in whom it occurs."""

    median: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """By when patients get somewhere: all at risk count, and who never does comes after every time, at infinity.

    ``half`` is the time by which half of them are there, ``nine_in_ten`` that by which nine in ten are, ``low`` and
    ``high`` those of 5 and 95 per cent; infinite where fewer ever are. NaN where nobody is at risk.
    """

    half: float
    nine_in_ten: float
    low: float
    high: float
    reached: int
    total: int

    @property
    def never(self) -> int:
        """How many of those at risk never get there, within the time that is looked at."""
        return self.total - self.reached


def arrival(quantity: Quantity) -> Arrival:
    """By when patients get somewhere, over all of those at risk."""
    times = _times(quantity.values, quantity.at_risk)
    half, nine_in_ten, low, high = (_time_of(times, percent) for percent in (50, 90, 5, 95))
    return Arrival(half, nine_in_ten, low, high, int(np.isfinite(times).sum()), times.size)


def _times(values: FloatArray, at_risk: BoolArray | None) -> FloatArray:
    """The times of those at risk in their order; who never gets there is last."""
    known = values if at_risk is None else values[at_risk]
    return np.sort(np.where(np.isnan(known), inf, known))


def _time_of(times: FloatArray, percent: int) -> float:
    """The least time by which so many per cent of all are there: of so many patients, in whole numbers."""
    return float(times[-(-percent * times.size // 100) - 1]) if times.size else float("nan")


def distribution(values: FloatArray) -> Distribution:
    """Median and 5th to 95th percentile of the values that are not NaN; NaN when there are none."""
    present = values[~np.isnan(values)]
    if present.size == 0:
        return Distribution(np.nan, np.nan, np.nan, 0)
    low, median, high = (float(value) for value in np.percentile(present, [5, 50, 95]))
    return Distribution(median, low, high, int(present.size))


def over_patients(quantity: Quantity) -> Distribution:
    """Median and 5th to 95th percentile of an endpoint; of a time, over all patients at risk, who never get there too.

    What fewer ever reach is infinite then, and ``count`` is of those who get there.
    """
    if not quantity.is_time:
        return distribution(quantity.values)
    over = arrival(quantity)
    return Distribution(over.half, over.low, over.high, over.reached)


def middles(values: FloatArray) -> FloatArray:
    """(K) the median of what is known in each row (K, N), as `distribution` has it."""
    ordered, number = np.sort(values, axis=1), values.shape[1] - np.isnan(values).sum(axis=1)
    rows = np.arange(values.shape[0])
    low, high = ordered[rows, np.maximum(number - 1, 0) // 2], ordered[rows, number // 2]
    return np.asarray(high - (high - low) * 0.5)


def halves(times: FloatArray, at_risk: BoolArray) -> FloatArray:
    """(K) by when half of those at risk are there, in each row (K, N), as `arrival` has it."""
    last = np.where(np.isnan(times), inf, times)
    ordered, number = np.sort(np.where(at_risk, last, np.nan), axis=1), at_risk.sum(axis=1)
    return np.asarray(ordered[np.arange(times.shape[0]), np.maximum(number - 1, 0) // 2])


def typical_value(quantity: Quantity) -> float:
    """The value of the typical patient, who is alone; infinite where that is a time that never comes."""
    if not quantity.is_time:
        return float(quantity.values[0])
    return arrival(quantity).half


def share_by(quantity: Quantity, day: float) -> Proportion:
    """How many of those at risk are there by a day, counted from where the time begins; of nobody before `from_day`."""
    if day < quantity.from_day:
        return Proportion(0, 0)
    times = _times(quantity.values, quantity.at_risk)
    return Proportion(int(np.searchsorted(times, day * quantity.per_day, side="right")), times.size)


def there_by(quantity: Quantity, day: float) -> Occurrence:
    """Whether each patient is there by a day, counted from where the time begins; nobody can be before `from_day`."""
    there = np.asarray(quantity.values <= day * quantity.per_day)
    at_risk = np.full(there.shape, day >= quantity.from_day)
    if quantity.at_risk is not None:
        at_risk &= quantity.at_risk
    return Occurrence(quantity.key, quantity.group, there_by_label(quantity, day), there, at_risk, quantity.window)


def there_by_label(quantity: Quantity, day: float) -> str:
    """What it is called that patients are there by a day: of the course, or after a peak."""
    of = quantity.label.removeprefix("Time to ")
    return f"{of}, {_by_day_words(quantity, day)}"


def by_day_label(quantity: Quantity, day: float) -> str:
    """A day by which patients are somewhere, as a row below what they get to."""
    return _by_day_words(quantity, day).removeprefix("by ")


def _by_day_words(quantity: Quantity, day: float) -> str:
    return f"by day {digits_text(day)}" if quantity.per_day == 1.0 else f"within {digits_text(day)} d"


def key_by_day(key: str, day: float | None) -> str:
    """The name of a share of those who are somewhere by a day: the day stands behind it."""
    return key if day is None else f"{key}@{digits_text(day)}"


def over_sets_of(medians: FloatArray) -> Distribution:
    """Percentiles of the medians of parameter sets; of those that are times, the infinite ones come last."""
    known = medians[~np.isnan(medians)]
    if not any(map(isinf, known)):
        return distribution(known)
    median, low, high = (_time_of(np.sort(known), percent) for percent in (50, 5, 95))
    return Distribution(median, low, high, int(known.size))
