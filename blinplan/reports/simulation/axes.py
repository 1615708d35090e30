"""How a signal is scaled and marked on its axis: the same at the terminal and in figures."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from blinplan.course.events import Period
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.rules.limits import shipped_limits
from blinplan.simulation.percentiles import Band

_LEAST = {"b-cells": 0.01}
"""Where a logarithmic axis ends though the values go on: below, no assay tells a count from zero."""

_LINEAR = frozenset({"drug", "t-cells"})


@dataclass(frozen=True, slots=True)
class Axis:
    """The scale of a signal from ``low`` to ``high``, with ``ticks`` in between.

    ``reference`` is a value that is marked by a line, and ``reference_text`` what it is. ``cut`` says that values may
    lie below ``low``; they are drawn at the edge.
    """

    logarithmic: bool
    low: float
    high: float
    ticks: tuple[float, ...]
    reference: float | None
    reference_text: str
    cut: bool

    def place(self, value: float) -> float:
        """Where a value lies on the axis: 0 at its low end, 1 at its high end; what lies beyond is put at the end."""
        if value <= self.low:
            return 0.0
        if self.logarithmic:
            return min(1.0, math.log(value / self.low) / math.log(self.high / self.low))
        return min(1.0, (value - self.low) / (self.high - self.low))


def axis_of(band: Band) -> Axis:
    """Scale a signal so that all of its band is seen, as far as it can be measured."""
    key = band.signal.key
    seen = band.values if band.models is None else np.concatenate([band.values, band.models])
    greatest, least = float(seen.max()), float(seen.min())
    if key in _LINEAR or (least <= 0.0 and key not in _LEAST):  # a logarithm has no place for what begins at 0
        reference = 100.0 if key == "t-cells" else None
        high, ticks = _linear(max(greatest, reference or 0.0))
        return Axis(False, 0.0, high, ticks, reference, "baseline" if reference else "", cut=False)
    count = float(shipped_limits()["depleted_count"].value) if key == "b-cells" else None
    low = _decade(max(least if count is None else min(least, 0.1 * count), _LEAST.get(key, 0.0)), math.floor)
    high = _decade(max(greatest, 10.0 * (count or low)), math.ceil)
    decades = range(round(math.log10(low)), round(math.log10(high)) + 1)
    return Axis(
        True,
        low,
        high,
        tuple(10.0**decade for decade in decades),
        count,
        "" if count is None else f"depleted: {count:g} or fewer",
        cut=least < low * (1 - 1e-9),
    )


def _decade(value: float, towards: Callable[[float], int]) -> float:
    exponent = math.log10(value)
    nearest = round(exponent)
    return 10.0 ** (nearest if math.isclose(exponent, nearest, abs_tol=1e-9) else towards(exponent))


def _linear(greatest: float) -> tuple[float, tuple[float, ...]]:
    """The least tidy number that is not below the greatest value, and two to five ticks from 0 to it."""
    if greatest <= 0.0:
        return 1.0, (0.0, 1.0)
    size = 10.0 ** math.floor(math.log10(greatest))
    steps = (part * size for part in (0.2, 0.25, 0.5, 1.0, 2.0, 5.0))
    step = next(step for step in steps if math.ceil(greatest / step - 1e-9) <= 4)
    count = max(1, math.ceil(greatest / step - 1e-9))
    return count * step, tuple(step * number for number in range(count + 1))


_DAYS = (0.25, 0.5, 1, 2, 7, 14, 42, 84, 168, 336, 672, 1344)
"""Distances of ticks in days: parts of a day, days, weeks, and cycles of six weeks."""


def day_ticks(first: float, last: float, most: int) -> tuple[float, ...]:
    """At most so many round days between the first and the last, those included."""
    step = next((step for step in _DAYS if (last - first) / step <= most), last - first)
    start = math.ceil(first / step - 1e-9)
    return tuple(step * number for number in range(start, math.floor(last / step + 1e-9) + 1))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a course within a window, in days; ``amount`` is the ordered dose, None where nothing is infused.

    ``begins`` says that its period begins in the window, and ``opens`` that it opens a cycle.
    """

    start: float
    stop: float
    amount: float | None
    cycle: int
    begins: bool
    opens: bool


def stretches(periods: Sequence[Period], first: float, last: float) -> tuple[Stretch, ...]:
    """The parts of a course that lie within a window of days."""
    parts, cycle = [], 0
    for period in periods:
        start, stop = period.start / MINUTES_PER_DAY, period.stop / MINUTES_PER_DAY
        opens, cycle = period.cycle != cycle, period.cycle
        if stop <= first or start >= last:
            continue
        parts.append(
            Stretch(
                max(start, first),
                min(stop, last),
                None if period.dose is None else float(period.dose.amount),
                period.cycle,
                begins=start >= first,
                opens=opens,
            )
        )
    return tuple(parts)


def dose_unit(periods: Sequence[Period]) -> str:
    """The unit of the ordered doses; a regimen has one."""
    return next((period.dose.unit.replace("m2", "m²") for period in periods if period.dose is not None), "mcg/day")
