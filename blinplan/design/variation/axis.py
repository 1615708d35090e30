"""Axes: what is varied, and the exact values that it takes. They are values themselves, and pickle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal

from blinplan.quantities import decimal_text
from blinplan.refusal import Refusal

TIMES = "x"
"""What stands before a factor."""

RegimenKey = Literal["dose", "max", "days", "hours", "treatment_free_days", "repeat"]
BodyKey = Literal["weight", "height", "bsa", "age"]


class AxisError(Refusal):
    """An axis that cannot be, or one of its values that cannot be taken; the message names it."""


@dataclass(frozen=True, slots=True)
class AxisValue:
    """One value of an axis.

    Attributes
    ----------
    text
        As it was written.
    number
        The number in it; None where it is a text that is none, which the schema of the file refuses.
    is_factor
        Whether it is that many times what is there.
    """

    text: str
    number: Fraction | None
    is_factor: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class RegimenPlace:
    """A key of steps or cycles of a regimen's file: of one of them by its index, or of all where that is None."""

    key: RegimenKey
    cycle: int | None = None
    step: int | None = None

    @property
    def path(self) -> str:
        """The place as it is written, counted from 1."""
        cycle = "" if self.cycle is None else f"cycle.{self.cycle + 1}."
        step = "" if self.step is None else f"step.{self.step + 1}."
        return f"{cycle}{step}{self.key}"


@dataclass(frozen=True, slots=True)
class ParameterPlace:
    """A parameter of the model."""

    key: str

    @property
    def path(self) -> str:
        """The place as it is written."""
        return f"{PARAMETERS}.{self.key}"


@dataclass(frozen=True, slots=True)
class BodyPlace:
    """Something of the bodies of all patients, who stay the same people otherwise."""

    key: BodyKey

    @property
    def path(self) -> str:
        """The place as it is written."""
        return self.key


PARAMETERS = "parameters"
"""What the path of a parameter begins with."""

Place = RegimenPlace | ParameterPlace | BodyPlace


@dataclass(frozen=True, slots=True)
class VariedAxis:
    """What is varied, and the values that it takes, in the order in which they were given.

    Attributes
    ----------
    place
        What it is.
    label
        What it is called in tables.
    unit
        What its numbers are in, as it is shown; "" for what is counted, or is a factor of several different values.
    values
        The values.
    base
        What is there now, where that is one number.
    """

    place: Place
    label: str
    unit: str
    values: tuple[AxisValue, ...]
    base: Fraction | None = None

    @property
    def path(self) -> str:
        """The path as it is written."""
        return self.place.path

    @property
    def is_dose(self) -> bool:
        """Whether doses are varied."""
        return isinstance(self.place, RegimenPlace) and self.place.key == "dose"

    @property
    def head(self) -> str:
        """What stands above its values: what it is, in which unit, or times what."""
        if all(value.is_factor for value in self.values):
            return (
                f"{self.label}, × {decimal_text(self.base)} {self.unit}".rstrip() if self.base else f"{self.label}, ×"
            )
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def amount(self, value: AxisValue) -> Fraction | None:
        """What a value comes to, in the unit of the axis; the factor itself where it is of several different values."""
        if value.number is None or not value.is_factor or self.base is None:
            return value.number
        return value.number * self.base

    def value_text(self, value: AxisValue) -> str:
        """A value as tables show it."""
        if value.number is None:
            return value.text
        number = decimal_text(value.number)
        return f"× {number}" if value.is_factor else number

    def refusal(self, value: AxisValue, why: str, advice: str) -> AxisError:
        """What to say where a value cannot be taken."""
        return AxisError(f"{self.path}={value.text}: {why}", advice)


Point = tuple[tuple[VariedAxis, AxisValue], ...]
"""A value of each axis."""


def points(axes: Sequence[VariedAxis]) -> Iterator[Point]:
    """Each value of each axis with each of the others; the last axis moves first."""
    for values in product(*(axis.values for axis in axes)):
        yield tuple(zip(axes, values, strict=True))
