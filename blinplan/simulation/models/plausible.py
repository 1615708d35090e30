"""Plausible parameter sets: each keeps every claim of the article, and every published number that the model meets.

They say how far an answer moves among models that the evidence cannot tell apart. That is a range: they are no sample
of a distribution, and no share of them is a probability.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import tomli

from blinplan.frozen import FrozenMapping
from blinplan.physiology.model.parameters import ParameterSet, Preset, load_parameters

MAKE_AGAIN = "python -m blinplan.evidence.plausible --write"
"""The command that makes the sets."""


class StaleSetsError(ValueError):
    """Sets that were made for other parameters than those that are shipped now."""

    def __init__(self, made_for: str, parameters: str) -> None:
        super().__init__(
            f"the plausible parameter sets were made for other parameters: {made_for}, and these are {parameters}"
        )


class TooFewSetsError(ValueError):
    """More plausible sets than there are."""

    def __init__(self, asked: int, there: int) -> None:
        super().__init__(f"{asked:,} plausible parameter sets are more than the {there:,} that there are")


class OwnParameter(NamedTuple):
    """A parameter: of one population where it has a value of its own, of all others where ``population`` is None."""

    population: str | None
    key: str

    def __str__(self) -> str:
        return self.key if self.population is None else f"{self.population}.{self.key}"

    @classmethod
    def of_name(cls, text: str) -> OwnParameter:
        """The parameter of a name such as ``kill_rate`` or ``adult-mrd.kill_rate``."""
        population, dot, key = text.rpartition(".")
        return cls(population if dot else None, key)


Values = Mapping[OwnParameter, float]
"""Typical values by parameter; what is not named stays as it is shipped."""


def presets_with(values: Values, found: ParameterSet | None = None) -> dict[str, Preset]:
    """The populations with other typical values; a shared one leaves a population alone that has its own."""
    known = found or load_parameters()
    return {name: preset_with(values, name, known) for name in known.presets}


def preset_with(values: Values, preset: str, found: ParameterSet | None = None) -> Preset:
    """One of the populations with other typical values."""
    known = found or load_parameters()
    own = known.presets[preset]
    return own.with_values(_values_of(values, own, known))


def _values_of(values: Values, preset: Preset, known: ParameterSet) -> dict[str, float]:
    shared = {of.key: value for of, value in values.items() if of.population is None}
    own = {of.key: value for of, value in values.items() if of.population == preset.key}
    return {key: value for key, value in shared.items() if not has_its_own(preset, key, known)} | own


def has_its_own(preset: Preset, key: str, known: ParameterSet) -> bool:
    """Whether a population sets a parameter for itself."""
    return preset.parameters[key].source != known.parameters[key].source


def parameters_fingerprint(found: ParameterSet | None = None) -> str:
    """SHA-256, 16 digits, over all that a simulated patient depends on: values, spreads, correlations, bodies."""
    known, digest = found or load_parameters(), hashlib.sha256()
    for name, preset in sorted(known.presets.items()):
        digest.update(f"{name} {preset.covariates!r}\n".encode())
        for key, parameter in sorted(preset.parameters.items()):
            if parameter.simulated:
                digest.update(f"{key} {parameter.value!r} {parameter.sd!r}\n".encode())
    for pair in known.correlations:
        digest.update(f"{pair.first} {pair.second} {pair.value!r}\n".encode())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class PlausibleSets:
    """The sets that are shipped, in the order in which they were made.

    Attributes
    ----------
    sets
        The values of each.
    made
        How they were made: for which parameters, with which settings, how many tries were accepted, and how long it
        took.
    """

    sets: tuple[Values, ...]
    made: Mapping[str, Any]

    def first(self, count: int) -> tuple[Values, ...]:
        """The first sets.

        Raises
        ------
        TooFewSetsError
            When there are not so many.
        """
        if count > len(self.sets):
            raise TooFewSetsError(count, len(self.sets))
        return self.sets[:count]


def plausible_presets(preset: str, count: int) -> Iterator[Preset]:
    """A population under each of the first plausible sets.

    Raises
    ------
    StaleSetsError, TooFewSetsError
        When they were made for other parameters, or there are not so many.
    """
    for values in plausible_sets().first(count) if count else ():
        yield preset_with(values, preset)


@cache
def plausible_sets() -> PlausibleSets:
    """Read the sets that are installed with the package.

    Raises
    ------
    StaleSetsError
        When they were made for other parameters.
    """
    found, now = shipped_sets(), parameters_fingerprint()
    if found.made["made_for"] != now:
        raise StaleSetsError(found.made["made_for"], now)
    return found


def shipped_sets() -> PlausibleSets:
    """The same, whatever they were made for."""
    folder = resources.files(__package__)
    rows = csv.reader(folder.joinpath("sets.csv").read_text(encoding="utf-8").splitlines())
    names = [OwnParameter.of_name(name) for name in next(rows)]
    sets = tuple(FrozenMapping(dict(zip(names, map(float, row), strict=True))) for row in rows)
    return PlausibleSets(sets, FrozenMapping(tomli.loads(folder.joinpath("made.toml").read_text(encoding="utf-8"))))
