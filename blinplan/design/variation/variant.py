"""What is made from a value of each axis: another regimen, other parameters, other bodies."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from blinplan.design.variation.axis import AxisValue, ParameterPlace, Point, RegimenPlace, VariedAxis
from blinplan.design.variation.places import Spot, spots
from blinplan.design.variation.reading import parameter_value
from blinplan.physiology.model.parameters import Preset
from blinplan.quantities import QuantityError, decimal_text
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.schema import CycleTable, RegimenTable, StepTable
from blinplan.regimen.tables import table_of
from blinplan.regimen.write import NotARegimenError, write_regimen

_PLACES = 30
_LENGTHS = ("days", "hours")


def vary(regimen: Regimen, point: Point) -> Regimen:
    """The regimen with the values of a point: exact, and held to all that a file is held to.

    What its sources say is left as it is: they vouch for what was varied no longer.

    Raises
    ------
    AxisError
        When no file could say it, with the words of `blinplan check`, and the axis.
    """
    chosen = [(axis, value) for axis, value in point if isinstance(axis.place, RegimenPlace)]
    if not chosen:
        return regimen
    table = reduce(lambda table, one: _with_value(table, regimen, *one), chosen, table_of(regimen))
    try:
        return write_regimen(table).regimen
    except (NotARegimenError, QuantityError) as error:
        axis, value = _axis_of(chosen, error)
        advice = error.problem.help if isinstance(error, NotARegimenError) else "give a value with fewer decimals"
        why = error.problem.why if isinstance(error, NotARegimenError) else str(error)
        words = str(error) if str(error) == why else f"{error}; {why}"
        raise axis.refusal(value, words, advice) from error


def _axis_of(chosen: list[tuple[VariedAxis, AxisValue]], error: Exception) -> tuple[VariedAxis, AxisValue]:
    """The axis that a problem is of: that of its key, or the last."""
    key = error.problem.path[-1:] if isinstance(error, NotARegimenError) else ()
    return next(((axis, one) for axis, one in chosen if (axis.place.key,) == key), chosen[-1])


def _with_value(table: RegimenTable, regimen: Regimen, axis: VariedAxis, value: AxisValue) -> RegimenTable:
    assert isinstance(axis.place, RegimenPlace)  # noqa: S101 - chosen by the caller
    for spot in spots(regimen, axis.place):
        table = _with_one(table, spot, _file_value(regimen, spot, value))
    return table


def _with_one(table: RegimenTable, spot: Spot, value: Any) -> RegimenTable:
    at, key = spot.place.cycle or 0, spot.place.key
    return table._replace(cycle=_at(table.cycle, at, lambda cycle: _of_cycle(cycle, spot, key, value)))


def _of_cycle(cycle: CycleTable, spot: Spot, key: str, value: Any) -> CycleTable:
    if spot.place.step is None:
        return cycle._replace(**{key: value})
    return cycle._replace(steps=_at(cycle.steps, spot.place.step, lambda step: _of_step(step, key, value)))


def _of_step(step: StepTable, key: str, value: Any) -> StepTable:
    other = dict.fromkeys(_LENGTHS, None) if key in _LENGTHS else {}
    return step._replace(**{**other, key: value})


def _at(several: tuple[Any, ...], index: int, change: Callable[[Any], Any]) -> tuple[Any, ...]:
    return tuple(change(one) if at == index else one for at, one in enumerate(several))


def _file_value(regimen: Regimen, spot: Spot, value: AxisValue) -> Any:
    """A value as the file has it."""
    if value.number is None:
        return value.text
    number = value.number * spot.value if value.is_factor and spot.value is not None else value.number
    if spot.place.key == "dose":
        return f"{_exact(number)} {regimen.steps[0].dose.unit}"
    if spot.place.key == "max":
        return f"{_exact(number)} mcg/day"
    return int(number) if number.denominator == 1 else Decimal(_exact(number))


def _exact(number: Fraction) -> str:
    text = decimal_text(number, _PLACES)
    if text.startswith("≈"):
        raise QuantityError(f"{number} cannot be written in decimals")
    return text.replace(",", "")


def preset_at(preset: Preset, point: Point) -> Preset:
    """The population with the parameters of a point; itself where none is varied."""
    values = {
        axis.place.key: parameter_value(axis, value, preset.parameters[axis.place.key])
        for axis, value in point
        if isinstance(axis.place, ParameterPlace)
    }
    return preset.with_values(values) if values else preset
