"""The values of an axis as people write them: a list, a range, factors of what is there."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from blinplan.design.variation.axis import TIMES, AxisError, AxisValue
from blinplan.quantities import decimal_text

MOST = 1_000
"""Values of one axis at most."""
FORM = "give values in a list (0.5,1.5,5), as a range with a step (5:60:5), or as factors of what is there (x0.5,x1,x2)"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
_PLAIN = re.compile(rf"([{TIMES}×*]?) ?({_NUMBER})(?: ?([^0-9 ].*))?")
_RANGE = re.compile(rf"([{TIMES}×*]?)({_NUMBER}):[{TIMES}×*]?({_NUMBER}):({_NUMBER})")


def read_values(path: str, text: str, units: Mapping[str, Fraction]) -> tuple[AxisValue, ...]:
    """Read the values behind the equals sign of an axis.

    Parameters
    ----------
    path
        The axis, to be named.
    text
        The values.
    units
        The units in which its numbers may be written, and what each has of the axis's own; "" for none.

    Raises
    ------
    AxisError
        When there are none, one is given twice, or a range is none.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise AxisError(
            f"{path} has no value{'' if not text.strip() else f' between two commas of {text[:60]!r}'}", FORM
        )
    found = tuple(value for part in parts for value in _values(path, part, units))
    if len(found) > MOST:
        raise AxisError(f"{path} has {len(found):,} values", f"give {MOST:,} or fewer")
    _refuse_twice(path, found)
    return found


def _values(path: str, part: str, units: Mapping[str, Fraction]) -> Iterator[AxisValue]:
    found = _RANGE.fullmatch(part)
    if found is None:
        yield value_of(part, units)
        return
    first, last, step = (Fraction(number) for number in found.groups()[1:])
    if not step or last < first:
        raise AxisError(f"{path}={part}: a range goes up, from the first to the last", "write it as 5:60:5")
    if (last - first) / step >= MOST:
        raise AxisError(f"{path}={part} has more than {MOST:,} values", "give a greater step")
    for count in range(int((last - first) / step) + 1):
        yield value_of(f"{found[1]}{decimal_text(first + count * step, 30).replace(',', '')}", units)


def value_of(text: str, units: Mapping[str, Fraction]) -> AxisValue:
    """Read one value; one that is no number is left to the schema, which says what is wrong with it."""
    found = _PLAIN.fullmatch(text)
    if found is None or (found[3] is not None and (found[1] or found[3] not in units)):
        return AxisValue(text, None)
    number = Fraction(found[2])
    if found[1]:
        return AxisValue(f"{TIMES}{found[2]}", number, is_factor=True)
    return AxisValue(text, number * units[found[3] or ""])


def _refuse_twice(path: str, found: tuple[AxisValue, ...]) -> None:
    known = sorted((one.is_factor, one.number, one.text) for one in found if one.number is not None)
    for one, next_one in pairwise(known):
        if one[:2] == next_one[:2]:
            raise AxisError(f"{path} has {next_one[2]} twice", "give each value once")
