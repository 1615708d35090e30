"""How a number that was computed is written."""

import math

SMALLEST = 0.001
"""What is smaller is shown only as such: no assay tells it from zero."""
NOT_REACHED = "not reached"


def number(value: float) -> str:
    """Write a number to four significant digits; ``-`` where there is none, and no size below `SMALLEST`."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return NOT_REACHED
    if value == 0:
        return "0"
    if abs(value) < SMALLEST:
        return f"< {SMALLEST}"
    size = math.floor(math.log10(abs(value)))
    return f"{value:,.{max(0, 3 - size)}f}"
