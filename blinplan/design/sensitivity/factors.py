"""The parameters that are varied, each from its value over a factor to its value times that factor."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from blinplan.design.variation.axis import AxisError
from blinplan.design.variation.reading import varied_parameters
from blinplan.physiology.model.parameters import Parameter, Preset
from blinplan.physiology.model.population import FloatArray

MOST = 10.0
"""The widest range: a factor of so much to either side."""


@dataclass(frozen=True, slots=True)
class VariedParameter:
    """A parameter with the range over which it is varied, in its unit; even on the scale of the logarithm."""

    parameter: Parameter
    low: float
    high: float

    @property
    def key(self) -> str:
        """Its name."""
        return self.parameter.key

    def at(self, part: FloatArray) -> FloatArray:
        """The value so far up its range, which is 0 at the low end and 1 at the high one."""
        return np.asarray(self.low * np.exp(part * math.log(self.high / self.low)))

    def is_cut(self, within: float) -> bool:
        """Whether the model does not take all of the range."""
        value = float(self.parameter.value)
        return self.low > value / within or self.high < value * within


def ranges_of(preset: Preset, names: Sequence[str], within: float) -> tuple[VariedParameter, ...]:
    """The parameters of some names, or all on which patients depend, with the range that the model takes of each.

    Raises
    ------
    AxisError
        When there is no such parameter, it cannot be multiplied, or the range is none.
    """
    if not 1.0 < within <= MOST:
        raise AxisError(
            f"a range of x{within:g} is none", f"give a factor above 1, up to {MOST:g}: x1.3 is from ÷ 1.3 to × 1.3"
        )
    return tuple(_with_range(preset.parameters[key], within) for key in _names_of(preset, names))


def not_varied(preset: Preset) -> tuple[str, ...]:
    """The parameters on which patients depend and that nothing between two of their values can be taken of."""
    return tuple(key for key in varied_parameters(preset) if not _can_be_multiplied(preset.parameters[key]))


def _names_of(preset: Preset, names: Sequence[str]) -> tuple[str, ...]:
    known = varied_parameters(preset)
    for name in names:
        if name not in known:
            near = next(iter(get_close_matches(name.lower(), known, 1, 0.6)), None)
            raise AxisError(
                f"the model has no parameter {name[:60]!r} on which virtual patients depend",
                f"{f'did you mean {near}? ' if near else ''}the parameters are {', '.join(known)}",
            )
        if not _can_be_multiplied(preset.parameters[name]):
            value = preset.parameters[name].value
            raise AxisError(
                f"{name} is {value:g}, and takes whole numbers above 0 only", f"sweep it: parameters.{name}"
            )
    several = next((name for name in names if names.count(name) > 1), None)
    if several is not None:
        raise AxisError(f"{several} is named twice", "name each parameter once")
    return tuple(names) or tuple(key for key in known if _can_be_multiplied(preset.parameters[key]))


def _can_be_multiplied(parameter: Parameter) -> bool:
    return not isinstance(parameter.value, int) and parameter.value > 0.0


def _with_range(parameter: Parameter, within: float) -> VariedParameter:
    low, high = max(parameter.value / within, parameter.low), min(parameter.value * within, parameter.high)
    return VariedParameter(parameter, low, high)
