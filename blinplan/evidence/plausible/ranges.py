"""How far each parameter may go in a plausible set, as declared."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import tomli

from blinplan.evidence.calibrate import load_stages
from blinplan.physiology.model.parameters import Parameter, ParameterSet, load_parameters
from blinplan.simulation.models.plausible import OwnParameter, has_its_own

SIGNIFICANT_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Range:
    """Between what a typical value may lie, and the line on which it is walked.

    Attributes
    ----------
    of
        The parameter.
    base
        The value that is shipped.
    low, high
        Between what it may lie.
    share
        Between what it is a share of the odds; None where its logarithm is walked.
    """

    of: OwnParameter
    base: float
    low: float
    high: float
    share: tuple[float, float] | None = None

    def position(self, value: float) -> float:
        """Where a value lies on its line."""
        if self.share is None:
            return math.log(value)
        least, greatest = self.share
        return math.log((value - least) / (greatest - value))

    def exact(self, position: float) -> float:
        """The value at a place of its line."""
        found = math.exp(position)
        if self.share is None:
            return found
        least, greatest = self.share
        return (least + greatest * found) / (1.0 + found)

    def value(self, position: float) -> float:
        """The same as it is written, and never beyond the range."""
        return min(max(float(f"{self.exact(position):.{SIGNIFICANT_DIGITS}g}"), self.low), self.high)

    @property
    def half(self) -> float:
        """Half of the line."""
        return 0.5 * (self.position(self.high) - self.position(self.low))


class WalkLaw(NamedTuple):
    """How the walks go, as declared."""

    seed: int
    walks: int
    first: int
    between: int
    steps: int
    shorter: float
    tries: int
    screened: int
    patients: int


def declaration() -> dict[str, Any]:
    """What is declared, as data."""
    return tomli.loads(Path(__file__).with_name("ranges.toml").read_text(encoding="utf-8"))


@cache
def declared_walk() -> WalkLaw:
    """How the walks go."""
    return WalkLaw(**declaration()["walk"])


@cache
def ranges() -> tuple[Range, ...]:
    """Every parameter that is walked, and how far."""
    return tuple(_ranges(load_parameters()))


def _ranges(known: ParameterSet) -> Iterator[Range]:
    found, fixed = declaration(), declaration()["fixed"]
    for of, parameter in _parameters(known):
        if str(of) not in fixed:
            yield _range(of, parameter, found["ranges"])


def _parameters(known: ParameterSet) -> Iterator[tuple[OwnParameter, Parameter]]:
    """Those that a simulated patient depends on: shared ones, and those that a population has of its own."""
    for key, parameter in known.parameters.items():
        if parameter.simulated:
            yield OwnParameter(None, key), parameter
    for name, preset in known.presets.items():
        for key, parameter in preset.parameters.items():
            if parameter.simulated and has_its_own(preset, key, known):
                yield OwnParameter(name, key), parameter


def _range(of: OwnParameter, parameter: Parameter, law: dict[str, Any]) -> Range:
    base, factor = parameter.value, _factor(of, parameter, law)
    if of.key in law["shares"]:
        least, greatest = parameter.low, parameter.high
        low, high = (
            (least + greatest * odds) / (1.0 + odds)
            for odds in ((base - least) / (greatest - base) * by for by in (1.0 / factor, factor))
        )
        return Range(of, base, low, high, (least, greatest))
    known = parameter.precision
    if known is not None and known.interval is not None:
        return Range(of, base, *known.interval)
    return Range(of, base, max(base / factor, parameter.low), min(base * factor, parameter.high))


def _factor(of: OwnParameter, parameter: Parameter, law: dict[str, Any]) -> float:
    """How many times the shipped value, and what part of it."""
    if parameter.precision is not None:
        return math.exp(law["errors"] * parameter.precision.relative_standard_error)
    factors: dict[str, float] = law["factors"]
    return factors["assumed" if of in _left_open() else parameter.status]


@cache
def _left_open() -> frozenset[OwnParameter]:
    """The calibrated parameters that the targets of the fit do not decide alone."""
    stages = {stage.name: stage.population for stage in load_stages()}
    with resources.files("blinplan.evidence").joinpath("identifiability.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return frozenset(
        OwnParameter(stages[row["stage"]], row["parameter"]) for row in rows if row["decided_by"] != "targets"
    )
