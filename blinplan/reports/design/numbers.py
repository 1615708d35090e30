"""Estimates as they are written: as many digits as their intervals are wide."""

import math
from collections.abc import Callable

from blinplan.design.comparison.contrast import Agreement, Contrast, Measure
from blinplan.design.comparison.intervals import Estimate

_MOST = 6
NO_VALUE = "-"


def contrast_text(contrast: Contrast | None, measure: Measure) -> str:
    """Write a difference or a ratio with its interval; that it is none where patients have the same."""
    if contrast is None or math.isnan(contrast.estimate.value):
        return NO_VALUE
    if contrast.agreement is not Agreement.DIFFERENT:
        return "same (equal)" if contrast.agreement is Agreement.EQUAL else "same"
    if measure is Measure.SHARE:
        return _interval(_times(contrast.estimate, 100.0), with_sign, _share_decimals(contrast.count))
    if measure is Measure.RATIO:
        return f"× {_interval(contrast.estimate, _plain, max(2, _decimals(contrast.estimate, 1)))}"
    return _interval(contrast.estimate, with_sign, _decimals(contrast.estimate))


def estimate_text(estimate: Estimate) -> str:
    """Write an estimate with its interval, and without one that has no width."""
    if estimate.low == estimate.high or math.isnan(estimate.value):
        return NO_VALUE if math.isnan(estimate.value) else _plain(estimate.value, _decimals(estimate))
    return _interval(estimate, _plain, _decimals(estimate))


def three_digits(value: float) -> str:
    """A number to three significant digits, zeros at its end too, so that both ends of a range have as many."""
    if not value or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(float(f'{value:.3g}')))))}f}"


def _interval(estimate: Estimate, write: Callable[[float, int], str], decimals: int) -> str:
    value, low, high = (write(one, decimals) for one in (estimate.value, estimate.low, estimate.high))
    if math.isnan(estimate.low):
        return value
    if math.isclose(estimate.low, estimate.high, rel_tol=1e-9):
        return f"{value} in each"
    return f"{value} ({low.removeprefix('+')} to {high.removeprefix('+')})"


def _times(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(estimate.value * factor, estimate.low * factor, estimate.high * factor)


def _share_decimals(count: int) -> int:
    """Of a percentage: more where many patients tell more."""
    return 1 if count < 20_000 else 2


def _decimals(estimate: Estimate, digits: int = 2) -> int:
    """So many digits of half the width of the interval; four of the value where it has no width."""
    width = 0.5 * (estimate.high - estimate.low)
    if math.isfinite(width) and width > 1e-9 * abs(estimate.value):
        return min(_MOST, max(0, digits - 1 - math.floor(math.log10(width))))
    if not estimate.value:
        return 0
    return min(_MOST, max(0, 3 - math.floor(math.log10(abs(estimate.value)))))


def with_sign(value: float, decimals: int) -> str:
    """A number with its sign; none where all of its digits are 0."""
    written = f"{value:+,.{decimals}f}"
    return f"{0:.{decimals}f}" if not written.strip("+-0.,") else written


def _plain(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}"


def share_text(share: float, count: int = 0) -> str:
    """A share in per cent."""
    return NO_VALUE if math.isnan(share) else f"{100 * share:.{_share_decimals(count)}f} %"
