"""An exponential function of our own: the same bytes compiled, by NumPy, and on every machine.

Libraries of mathematics differ in the last digits; additions, multiplications and divisions do not (IEEE 754). So exp x
is made of these alone, in one order, without a branch: x = k ln 2 + r, and exp r is its Padé approximant of order 5 + 5
(Baker and Graves-Morris, Padé Approximants, section 1.2), exact to 1e-15 for |r| <= ln 2 / 2.
"""

from __future__ import annotations

from math import ldexp

import numpy as np

from blinplan.physiology.model.population import FloatArray

_PER_LN_2 = 1.4426950408889634
_LN_2 = 0.6931471805599453
MANTISSA_BITS = 52
_BIAS = 1023.0
# Added to a number below 2^51, it leaves the nearest whole number in the last bits, and there the bias of an exponent.
_TO_WHOLE = 1.5 * 2.0**52 + _BIAS
_LEAST = -700.0


def exponential(x: FloatArray) -> FloatArray:
    """Take exp x for x up to 700, to 2e-15 of it and to 2e-16 of x; what is less than -700 counts as -700."""
    x = np.maximum(x, _LEAST)
    shifted = x * _PER_LN_2
    shifted += _TO_WHOLE
    whole = shifted - _TO_WHOLE
    whole *= _LN_2
    r = x - whole
    square = r * r
    even = 30.0 * square
    even += 3360.0
    even *= square
    even += 30240.0
    odd = square + 420.0
    odd *= square
    odd += 15120.0
    odd *= r
    numerator = even + odd
    even -= odd
    numerator /= even
    numerator *= power_of_two(shifted)
    return numerator


def power_of_two(shifted: FloatArray) -> FloatArray:
    """Two to the whole number that the last bits of a shifted one hold; `compiled` has the same for numba."""
    return np.left_shift(shifted.view(np.int64), MANTISSA_BITS).view(np.float64)


def power_of_two_of_number(shifted: float) -> float:
    """The same of a plain number."""
    return ldexp(1.0, int(shifted - _TO_WHOLE))
