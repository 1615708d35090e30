"""Read an axis as people write it: ``cycle.1.step.1.dose=4.5,9,14``, ``dose=x0.5,x1,x2``, ``parameters.kill_rate=x2``.

The paths are those of the regimen's file, counted from 1. Where cycle or step is left out, all are meant: by one value
only where all have the same now, and by factors always.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from typing import NamedTuple

from blinplan.course.patient import AREAS_M2, HEIGHTS_CM, WEIGHTS_KG
from blinplan.design.variation.axis import (
    PARAMETERS,
    TIMES,
    AxisError,
    AxisValue,
    BodyKey,
    BodyPlace,
    ParameterPlace,
    RegimenPlace,
    VariedAxis,
)
from blinplan.design.variation.places import (
    KEYS,
    OF_CYCLES,
    WORDS,
    label_of,
    list_values,
    numbers_of,
    paths_of,
    spots,
    unit_of,
)
from blinplan.design.variation.values import FORM, read_values
from blinplan.physiology.model.parameters import Parameter, Preset
from blinplan.quantities import decimal_text
from blinplan.regimen.age import OLDEST
from blinplan.regimen.regimen import Regimen


class _Body(NamedTuple):
    """What of bodies can be varied: what it is called, its unit, and what a human being can have."""

    label: str
    unit: str
    low: Fraction
    high: Fraction


BODIES: Mapping[BodyKey, _Body] = {
    "weight": _Body("Weight", "kg", *WEIGHTS_KG),
    "height": _Body("Height", "cm", *HEIGHTS_CM),
    "bsa": _Body("Body surface area", "m²", *AREAS_M2),
    "age": _Body("Age", "years", Fraction(0), Fraction(OLDEST)),
}

_PLACE = re.compile(r"(?:cycle\.([^.]+)\.)?(?:steps?\.([^.]+)\.)?([^.]+)")
_SPELT: Mapping[str, tuple[str, ...]] = {
    "mcg/day": ("mcg/day",),
    "mcg/m²/day": ("mcg/m2/day", "mcg/m²/day"),
    "days": ("d", "day", "days"),
    "h": ("h", "hour", "hours"),
    "m²": ("m2", "m²"),
    "years": ("years", "year", "y"),
}
"""How units are written behind a number."""


def read_axis(text: str, regimen: Regimen, preset: Preset) -> VariedAxis:
    """Read one axis.

    Parameters
    ----------
    text
        A path, an equals sign, and values: a list, a range ``5:60:5``, or factors ``x0.5``.
    regimen
        What it is an axis of.
    preset
        The population whose parameters can be varied.

    Raises
    ------
    AxisError
        When there is no such path, or no value.
    """
    path, equals, written = (part.strip() for part in text.partition("="))
    if not path or not equals:
        raise AxisError(f"{text[:60]!r} says no values", f"write a path and its values, such as dose=5,15,30: {FORM}")
    if path.startswith(f"{PARAMETERS}."):
        return _parameter_axis(path, written, preset)
    if path in BODIES:
        return _body_axis(path, written)
    return _regimen_axis(path, written, regimen, preset)


def read_axes(texts: Sequence[str], regimen: Regimen, preset: Preset) -> tuple[VariedAxis, ...]:
    """Read several axes, each of something else.

    Raises
    ------
    AxisError
        When there is none, one of them cannot be, or two are of one thing.
    """
    axes = tuple(read_axis(text, regimen, preset) for text in texts)
    if not axes:
        raise AxisError("nothing is varied", f"name a path and its values, such as dose=5,15,30: {FORM}")
    taken: dict[object, str] = {}
    for axis in axes:
        for place in _things(axis, regimen):
            if place in taken:
                both = f"{taken[place]} and {axis.path} are of one thing"
                raise AxisError(both, "vary it by one of them, with all of its values: dose=5,15")
            taken[place] = axis.path
    return axes


def _things(axis: VariedAxis, regimen: Regimen) -> Iterator[object]:
    """What an axis is of, so that two of one thing are found: days and hours are both the length of a step."""
    if not isinstance(axis.place, RegimenPlace):
        yield axis.path
        return
    for spot in spots(regimen, axis.place):
        yield WORDS[spot.place.key], spot.place.cycle, spot.place.step


def _units(unit: str) -> dict[str, Fraction]:
    return dict.fromkeys(("", unit, *_SPELT.get(unit, ())), Fraction(1))


def _regimen_axis(path: str, written: str, regimen: Regimen, preset: Preset) -> VariedAxis:
    place = _regimen_place(path, regimen, preset)
    unit = unit_of(regimen, place.key)
    values, found = read_values(place.path, written, _units(unit)), spots(regimen, place)
    now = {spot.value for spot in found}
    if len(now) > 1 and not all(value.is_factor for value in values):
        first, factors = found[0].place.path, f"{place.path}={TIMES}0.5,{TIMES}1,{TIMES}2"
        raise AxisError(
            f"{place.path} is not the same everywhere in {regimen.name}: {list_values(found, unit)}",
            f"name one of them, as {first}={written}, or vary all by factors: {factors}",
        )
    if None in now and any(value.is_factor for value in values):
        raise AxisError(f"{place.path}: {regimen.name} has none there to be multiplied", "give the value itself")
    base = now.pop() if len(now) == 1 else None
    return VariedAxis(place, label_of(regimen, place), unit, values, base)


def _regimen_place(path: str, regimen: Regimen, preset: Preset) -> RegimenPlace:
    found = _PLACE.fullmatch(path)
    key = next((one for one in KEYS if found is not None and found[3] == one), None)
    if found is None or key is None:
        raise _unknown_path(path, regimen, preset)
    if found[2] is not None and key in OF_CYCLES:
        raise AxisError(f"{path}: {key} is a cycle's, and no step's", f"write cycle.{found[1] or 1}.{key}")
    cycle = None if found[1] is None else _cycle(path, found[1], regimen)
    place = RegimenPlace(key, cycle)
    if found[2] is not None:
        place = RegimenPlace(key, cycle, _step(path, found[2], place, regimen))
    return place


def _index(path: str, what: str, text: str, most: int, known: str) -> int:
    """The index that is written as a number from 1."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > most:
        raise AxisError(f"{path}: there is no {what}.{text[:20]} in the file", known)
    return int(text) - 1


def _cycle(path: str, text: str, regimen: Regimen) -> int:
    named = (f"cycle.{at + 1} ({numbers_of(regimen, at)})" for at in range(len(regimen.cycles)))
    known = f"the [[cycle]] of {regimen.name} are counted as in its file: {', '.join(named)}"
    return _index(path, "cycle", text, len(regimen.cycles), known)


def _step(path: str, text: str, place: RegimenPlace, regimen: Regimen) -> int:
    found = spots(regimen, place)
    most = max(spot.place.step for spot in found if spot.place.step is not None) + 1
    known = f"the steps there are {', '.join(spot.place.path for spot in found)}"
    return _index(path, "step", text, most, known)


def _unknown_path(path: str, regimen: Regimen, preset: Preset) -> AxisError:
    """Say of a path that there is not which one was meant, and which there are."""
    parameters = [f"{PARAMETERS}.{key}" for key in varied_parameters(preset)]
    near = _nearest(path, [*paths_of(regimen), *KEYS, *BODIES, *parameters])
    meant = f"did you mean {near}? " if near else ""
    cycles = [f"cycle.{number}" for number, _ in enumerate(regimen.cycles, start=1)]
    steps = [spot.place.path.removesuffix(".dose") for spot in spots(regimen, RegimenPlace("dose"))]
    return AxisError(
        f"{path[:60]!r} is nothing of {regimen.name} that can be varied",
        f"{meant}{', '.join(steps)} have .dose, .max and .days or .hours; {', '.join(cycles)} .treatment_free_days and"
        f" .repeat; {', '.join(KEYS)} alone are of all; {', '.join(BODIES)} are of the patients; and {PARAMETERS}.NAME,"
        f" as {parameters[0]}, is of the model (`blinplan model` names them)",
    )


def _nearest(path: str, known: list[str]) -> str | None:
    own = [one for one in known if one == f"{PARAMETERS}.{path}"]
    near = own or get_close_matches(path.lower().replace("cycles", "cycle").replace("steps", "step"), known, 1, 0.6)
    return near[0] if near else None


def varied_parameters(preset: Preset) -> tuple[str, ...]:
    """The parameters on which patients of a simulation depend."""
    return tuple(key for key, parameter in preset.parameters.items() if parameter.simulated)


def _parameter_axis(path: str, written: str, preset: Preset) -> VariedAxis:
    key, known = path.removeprefix(f"{PARAMETERS}."), varied_parameters(preset)
    if key not in known:
        near = next(iter(get_close_matches(key.lower(), known, 1, 0.6)), None)
        raise AxisError(
            f"the model has no parameter {key[:60]!r} on which virtual patients depend",
            f"{f'did you mean {PARAMETERS}.{near}? ' if near else ''}the parameters are {', '.join(known)}",
        )
    parameter = preset.parameters[key]
    unit = "" if parameter.unit == "1" else parameter.unit
    values = read_values(path, written, _units(unit))
    axis = VariedAxis(ParameterPlace(key), key, unit, values, Fraction(str(parameter.value)))
    for value in values:
        parameter_value(axis, value, parameter)
    return axis


def parameter_value(axis: VariedAxis, value: AxisValue, parameter: Parameter) -> float:
    """The typical value that a parameter takes.

    Raises
    ------
    AxisError
        When that is no number, or outside of what the model takes.
    """
    number = axis.amount(value)
    unit = f" {axis.unit}" if axis.unit else ""
    if number is None:
        raise axis.refusal(value, "that is no number", f"give numbers in{unit or ' no unit'}, or factors: {FORM}")
    if not parameter.low <= number <= parameter.high:
        limits = f"{parameter.low:g} to {parameter.high:g}{unit}"
        raise axis.refusal(value, f"{decimal_text(number)}{unit} is outside of what the model takes", f"give {limits}")
    if isinstance(parameter.value, int) and number.denominator != 1:
        raise axis.refusal(value, f"{decimal_text(number)} is not whole", f"{parameter.name}: give whole numbers")
    return parameter.value * float(value.number or 0) if value.is_factor else float(number)


def _body_axis(path: str, written: str) -> VariedAxis:
    key = next(one for one in BODIES if one == path)
    label, unit, low, high = BODIES[key]
    axis = VariedAxis(BodyPlace(key), label, unit, read_values(path, written, _units(unit)))
    for value in axis.values:
        if value.number is None:
            raise axis.refusal(value, "that is no number", f"give numbers in {unit}, or factors: {FORM}")
        if not value.number or not (value.is_factor or low <= value.number <= high):
            limits = f"{decimal_text(low)} to {decimal_text(high)} {unit}"
            raise axis.refusal(value, "no patient has that", f"give {limits}, or factors above 0")
    return axis
