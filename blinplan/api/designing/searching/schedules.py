"""Which schedules a search may try, as people write it: cycles, steps, doses, days."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from blinplan.quantities import QuantityError, read_dose
from blinplan.refusal import ArgumentRefusal
from blinplan.regimen.regimen import Regimen

if TYPE_CHECKING:
    from blinplan.design.search.space import PossibleDose, Space

ALL = "all"
"""What stands for every cycle."""

Numbers = str | int | Iterable[int]
"""Whole numbers: one, several, or a text such as ``4-10`` or ``4,7,10``."""
Doses = str | Iterable[str | float]
"""Doses: numbers in the regimen's own unit, or texts with a unit, and perhaps a cap."""

_RANGE = re.compile(r"([0-9]{1,4})(?:\s*-\s*([0-9]{1,4}))?")
_BARE = re.compile(r"[0-9.]+")
_CAP = re.compile(r"(.+?),?\s+max\s+(.+)")


def space_asked(
    regimen: Regimen,
    cycle: Numbers | None,
    steps: Numbers,
    doses: Doses,
    lengths: Numbers | None,
    free_days: Numbers | None,
    *,
    descending: bool,
) -> "Space":
    """The space that is asked for.

    Raises
    ------
    Refusal
        When there is no schedule in it, or something of it cannot be read.
    """
    from blinplan.design.search.space import SpaceError, space_of

    every = cycle is None or cycle == ALL
    try:
        return space_of(
            regimen,
            cycles=() if every or cycle is None else whole_numbers("cycle", cycle, 1, 100),
            steps=whole_numbers("steps", steps, 1, 12),
            doses=possible_doses(doses, regimen),
            lengths=() if lengths is None else whole_numbers("lengths", lengths, 1, 366),
            free_days=() if free_days is None else whole_numbers("free_days", free_days, 0, 366),
            descending=descending,
        )
    except SpaceError as error:
        raise ArgumentRefusal(
            "{why}", "give other {cycle}, {steps}, {doses} or {lengths}: there is no schedule", why=error
        ) from error


def whole_numbers(argument: str, given: Numbers, least: int, most: int) -> tuple[int, ...]:
    """Whole numbers of an argument, each once, the least first."""
    if isinstance(given, str):
        found = [number for part in given.split(",") for number in _range(argument, given, part.strip())]
    else:
        found = [given] if isinstance(given, int) else list(given)
    for number in found:
        if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
            raise _refusal(argument, str(number), f"a whole number from {least} to {most}")
    if not found:
        raise _refusal(argument, "nothing", f"a whole number from {least} to {most}")
    return tuple(sorted(set(found)))


def _range(argument: str, given: str, part: str) -> Sequence[int]:
    match = _RANGE.fullmatch(part)
    if match is None:
        raise _refusal(argument, given, "whole numbers, as 4-10 or 4,7,10")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise _refusal(argument, given, "a range from the lower number to the higher")
    return range(first, last + 1)


def _refusal(argument: str, given: str, wanted: str) -> ArgumentRefusal:
    return ArgumentRefusal(f"{{{argument}}} is {{given}}", f"give {wanted}", given=repr(given[:60]))


def possible_doses(given: Doses, regimen: Regimen) -> "tuple[PossibleDose, ...]":
    """The doses of an argument, in the unit of a regimen; where one stands in it, with the cap that it has there.

    Raises
    ------
    Refusal
        When one is no dose, has another unit, or stands there twice.
    """
    texts = given.split(",") if isinstance(given, str) else [str(one) for one in given]
    found = [_dose(text.strip(), regimen) for text in texts if text.strip() or len(texts) == 1]
    amounts = [dose.rate.amount for dose in found]
    for text, amount in zip(texts, amounts, strict=False):
        if amounts.count(amount) > 1:
            raise ArgumentRefusal("{doses} has {text} twice", "name each dose once", text=text.strip()[:40])
    return tuple(found)


def _dose(text: str, regimen: Regimen) -> "PossibleDose":
    from blinplan.design.search.space import PossibleDose

    unit = regimen.steps[0].dose.unit
    capped = _CAP.fullmatch(text)
    written, cap = (capped[1], capped[2]) if capped else (text, None)
    try:
        rate = read_dose(f"{written} {unit}" if _BARE.fullmatch(written) else written).rate
        most = None if cap is None else read_dose(f"{cap} mcg/day" if _BARE.fullmatch(cap) else cap).rate
    except QuantityError as error:
        raise ArgumentRefusal(
            "{doses} has {text}, which is no dose", f"write numbers in {unit}, as 9,28", text=repr(text[:60])
        ) from error
    if rate.basis is not regimen.basis:
        told = f"doses of {regimen.name} are in {unit}"
        raise ArgumentRefusal("{doses} has {rate}, and {told}", f"give numbers in {unit}", rate=rate, told=told)
    if rate.amount <= 0:
        raise ArgumentRefusal("{doses} has {text}, which is no dose", "give doses above 0", text=repr(text[:60]))
    own = next((step.cap for step in regimen.steps if step.dose == rate), None)
    return PossibleDose(rate, own if most is None else most)
