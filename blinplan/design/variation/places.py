"""The places of a regimen that a path names: steps and cycles, what stands there, and what they are called."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from blinplan.design.variation.axis import RegimenKey, RegimenPlace
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, decimal_text
from blinplan.regimen.draft import cycle_name
from blinplan.regimen.regimen import Cycle, Regimen, Step

OF_STEPS: tuple[RegimenKey, ...] = ("dose", "max", "days", "hours")
OF_CYCLES: tuple[RegimenKey, ...] = ("treatment_free_days", "repeat")
KEYS = (*OF_STEPS, *OF_CYCLES)

WORDS: dict[RegimenKey, str] = {
    "dose": "dose",
    "max": "cap",
    "days": "length",
    "hours": "length",
    "treatment_free_days": "treatment-free",
    "repeat": "times given",
}
"""What each key is called in tables."""

_MINUTES = {"days": MINUTES_PER_DAY, "hours": MINUTES_PER_HOUR, "treatment_free_days": MINUTES_PER_DAY}


class Spot(NamedTuple):
    """One place, all of it named, and what stands there; None where nothing does."""

    place: RegimenPlace
    value: Fraction | None


def spots(regimen: Regimen, place: RegimenPlace) -> tuple[Spot, ...]:
    """The places that a path names, each with what stands there."""
    return tuple(_spots(regimen, place))


def _spots(regimen: Regimen, place: RegimenPlace) -> Iterator[Spot]:
    for number, cycle in enumerate(regimen.cycles):
        if place.cycle not in (None, number):
            continue
        if place.key in OF_CYCLES:
            yield Spot(RegimenPlace(place.key, number), _of_cycle(place.key, cycle))
            continue
        for at, step in enumerate(cycle.steps):
            if place.step in (None, at):
                yield Spot(RegimenPlace(place.key, number, at), _of_step(place.key, step))


def _of_cycle(key: RegimenKey, cycle: Cycle) -> Fraction:
    return Fraction(cycle.repeat) if key == "repeat" else Fraction(cycle.treatment_free, _MINUTES[key])


def _of_step(key: RegimenKey, step: Step) -> Fraction | None:
    if key == "dose":
        return step.dose.amount
    if key == "max":
        return None if step.cap is None else step.cap.amount
    return Fraction(step.minutes, _MINUTES[key])


def numbers_of(regimen: Regimen, index: int) -> str:
    """What people call the cycles that one [[cycle]] of the file stands for: Cycle 1, Cycles 3 to 5."""
    before = sum(cycle.repeat for cycle in regimen.cycles[:index])
    return cycle_name(before + 1, before + regimen.cycles[index].repeat)


def label_of(regimen: Regimen, place: RegimenPlace) -> str:
    """What a place is called in tables."""
    of = [] if place.cycle is None else [numbers_of(regimen, place.cycle)]
    of += [] if place.step is None else [f"step {place.step + 1}"]
    words = " ".join([*of, WORDS[place.key]])
    return words[0].upper() + words[1:]


def unit_of(regimen: Regimen, key: RegimenKey) -> str:
    """The unit of what stands at a key, as tables show it."""
    if key == "dose":
        return regimen.steps[0].dose.unit.replace("m2", "m²")
    return {"max": "mcg/day", "hours": "h", "repeat": ""}.get(key, "days")


def list_values(found: Sequence[Spot], unit: str) -> str:
    """What stands at several places, each value with the paths that have it."""
    by_value: dict[Fraction | None, list[str]] = {}
    for spot in found:
        by_value.setdefault(spot.value, []).append(spot.place.path)
    told = (f"{_amount(value, unit)} ({', '.join(paths)})" for value, paths in by_value.items())
    return "; ".join(told)


def _amount(value: Fraction | None, unit: str) -> str:
    return "none" if value is None else f"{decimal_text(value)} {unit}".rstrip()


def paths_of(regimen: Regimen) -> Iterator[str]:
    """The paths of all single places that have a value."""
    for key in KEYS:
        if key != "hours":
            yield from (spot.place.path for spot in spots(regimen, RegimenPlace(key)) if spot.value is not None)
