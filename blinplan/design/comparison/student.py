"""The 97.5th percentile of Student's t, the same to the last digit wherever it is computed.

SciPy's moved in its last digits between versions, and with it the bytes of a comparison.
"""

from decimal import Decimal, localcontext
from functools import lru_cache

from blinplan.proportion import NORMAL_975

_DIGITS = 40
"""Twice and more those of a floating-point number: sums of a hundred thousand terms lose five."""
_PI = Decimal("3.1415926535897932384626433832795028841972")
_MIDDLE = Decimal("0.95")
"""The share of the distribution between the percentile and its opposite."""


@lru_cache(maxsize=256)
def student_975(degrees: int) -> float:
    """What a t of so many degrees of freedom, at least 1, is below with a probability of 97.5 %.

    Newton's method from the percentile of the normal distribution, which is lower: the distribution bends downwards
    there, so that no step goes too far.
    """
    with localcontext(prec=_DIGITS):
        height = _greatest_density(degrees)
        t, further = Decimal(0), Decimal(NORMAL_975)
        while float(t) != float(further):
            t = further
            share, density = _between(t, degrees, height)
            further = t + (_MIDDLE - share) / (2 * density)
        return float(further)


def _greatest_density(degrees: int) -> Decimal:
    """The density at 0: 1 / √n over the beta function of 1/2 and n/2, for n degrees, in steps of two."""
    beta = _PI if degrees % 2 else Decimal(2)
    for fewer in range(2 - degrees % 2, degrees, 2):
        beta *= Decimal(fewer) / (fewer + 1)
    return 1 / (Decimal(degrees).sqrt() * beta)


def _between(t: Decimal, degrees: int, height: Decimal) -> tuple[Decimal, Decimal]:
    """The probability between -t and t, and the density at t.

    By the series of the incomplete beta function whose terms are all positive (DLMF 8.17.8).
    """
    squared = t * t / degrees
    of = squared / (1 + squared)
    density = height * ((1 + squared) ** -(degrees + 1)).sqrt()
    term = total = Decimal(1)
    above, below = degrees + 1, 3
    while term > total.scaleb(-_DIGITS):
        term *= of * above / below
        total += term
        above, below = above + 2, below + 2
    return 2 * t * density * total, density
