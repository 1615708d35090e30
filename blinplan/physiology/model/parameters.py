"""The parameters of the model, read from data into values that cannot change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import tomli

from blinplan.frozen import FrozenMapping
from blinplan.thresholds.threshold import threshold

Status = Literal["published", "derived", "calibrated", "assumed"]
Verification = Literal["seen", "transcribed", "unverified"]
STATUSES: tuple[Status, ...] = ("published", "derived", "calibrated", "assumed")
VERIFICATIONS: tuple[Verification, ...] = ("seen", "transcribed", "unverified")


class ParameterError(ValueError):
    """A parameter file that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How exactly a source knew a parameter, as it prints it: apart from how patients differ.

    Attributes
    ----------
    relative_standard_error : of the typical value.
    source, verification : where it is printed, and how far that was checked.
    interval : 95 % confidence interval of the typical value, in the parameter's unit.
    variability_standard_error : relative, of the variability between patients; the source does not say whether of the
        variance or of the standard deviation, so nothing is drawn by it.
    """

    relative_standard_error: float
    source: str
    verification: Verification
    interval: tuple[float, float] | None = None
    variability_standard_error: float | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One quantity of the model.

    Attributes
    ----------
    key : name in the file and in `Population`.
    name : what it is, in words.
    value : typical value, in `unit`.
    sd : standard deviation of the natural logarithm between patients; 0 when patients share the value.
    omega2 : variance as printed by the source, when it printed one; `convention` says of what.
    precision : how exactly the source knew it, when published.
    simulated : whether patients of a simulation depend on it; what is exported, or of how they are measured, is not.
    source, status, verification : where the value comes from and how far that was checked.
    low, high : values outside are refused.
    """

    key: str
    name: str
    value: float
    unit: str
    source: str
    status: Status
    low: float
    high: float
    sd: float = 0.0
    omega2: float | None = None
    convention: str = "log-normal; sd of ln"
    precision: Precision | None = None
    simulated: bool = True
    verification: Verification | None = None

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ParameterError(f"{self.key}: {self.value} {self.unit} is outside {self.low} to {self.high}")
        if not 0.0 <= self.sd < 5.0:
            raise ParameterError(f"{self.key}: standard deviation {self.sd} is outside 0 to 5")
        if self.omega2 is not None and not math.isclose(self.sd**2, self.omega2, rel_tol=1e-4):
            raise ParameterError(f"{self.key}: sd {self.sd} and omega² {self.omega2} disagree")
        if self.status not in STATUSES:
            raise ParameterError(f"{self.key}: status {self.status!r} is none of {', '.join(STATUSES)}")
        if self.verification is not None and self.verification not in VERIFICATIONS:
            raise ParameterError(f"{self.key}: verification {self.verification!r} is unknown")
        if self.status == "published" and self.verification is None:
            raise ParameterError(f"{self.key}: a published number says how far it was verified")

    def with_value(self, value: float) -> Parameter:
        """The same of another typical value: as `dataclasses.replace`, which takes twice as long."""
        fields: list[Any] = [value if name == "value" else getattr(self, name) for name in self.__slots__]
        return Parameter(*fields)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Correlation between the logarithms of two parameters across patients."""

    first: str
    second: str
    value: float
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class AdultCovariates:
    """How adults are drawn: height by sex, weight through the body mass index, so that the two are correlated.

    Ages in years (truncated normal), heights in cm (normal), body mass index in kg/m² (log-normal, `index_sd` of ln),
    truncated so that weight lies between `weight_low` and `weight_high` kg.
    """

    age_mean: float
    age_sd: float
    age_low: float
    age_high: float
    female_share: float
    height_male: float
    height_female: float
    height_sd: float
    index_median: float
    index_sd: float
    weight_low: float
    weight_high: float


@dataclass(frozen=True, slots=True)
class ChildCovariates:
    """How children are drawn: age uniform, weight and height log-normal and correlated around the curve of growth.

    Ages in years, weights in kg, heights in cm; weight truncated to `weight_low`-`weight_high`.
    """

    age_low: float
    age_high: float
    female_share: float
    growth_age: tuple[float, ...]
    growth_weight: tuple[float, ...]
    growth_height: tuple[float, ...]
    weight_sd: float
    height_sd: float
    correlation: float
    weight_low: float
    weight_high: float


Covariates = AdultCovariates | ChildCovariates
"""How people are drawn."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A population: the parameters that hold for it and how its people are drawn."""

    key: str
    name: str
    source: str
    status: Status
    covariates: Covariates
    parameters: Mapping[str, Parameter]
    correlations: tuple[Correlation, ...]

    def value(self, key: str) -> float:
        """Typical value of one parameter, in its unit."""
        return self.parameters[key].value

    def with_values(self, values: Mapping[str, float]) -> Preset:
        """Return the same preset with other typical values (for calibration and sensitivity)."""
        changed = {key: self.parameters[key].with_value(value) for key, value in values.items()}
        return replace(self, parameters=FrozenMapping({**self.parameters, **changed}))


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """Everything in the parameter file."""

    parameters: Mapping[str, Parameter]
    correlations: tuple[Correlation, ...]
    presets: Mapping[str, Preset]


def _parameter(key: str, table: Mapping[str, Any]) -> Parameter:
    fields = dict(table)
    low, high = fields.pop("range")
    precision = _precision(key, table["value"], fields.pop("precision")) if "precision" in fields else None
    return Parameter(key=key, low=float(low), high=float(high), precision=precision, **fields)


def _precision(key: str, value: float, table: Mapping[str, Any]) -> Precision:
    if "interval" not in table:
        return Precision(**table)
    low, high = table["interval"]
    if not low < value < high:
        raise ParameterError(f"{key}: {value} is outside the interval that is printed with it, {low} to {high}")
    return Precision(**{**table, "interval": (low, high)})


def _limit(value: float | str) -> float:
    """The bound of an age or a weight; one in words is that of a threshold."""
    return threshold(value) if isinstance(value, str) else value


def _adult(table: Mapping[str, Any]) -> AdultCovariates:
    age, height, index, weight = (table[k] for k in ("age_years", "height_cm", "body_mass_index", "weight_kg"))
    return AdultCovariates(
        age_mean=age["mean"],
        age_sd=age["sd"],
        age_low=_limit(age["low"]),
        age_high=_limit(age["high"]),
        female_share=table["female_share"],
        height_male=height["male"],
        height_female=height["female"],
        height_sd=height["sd"],
        index_median=index["median"],
        index_sd=index["sd"],
        weight_low=_limit(weight["low"]),
        weight_high=_limit(weight["high"]),
    )


def _child(table: Mapping[str, Any]) -> ChildCovariates:
    age, weight = table["age_years"], table["weight_kg"]
    return ChildCovariates(
        age_low=_limit(age["low"]),
        age_high=_limit(age["high"]),
        female_share=table["female_share"],
        growth_age=tuple(table["growth_age_years"]),
        growth_weight=tuple(table["growth_weight_kg"]),
        growth_height=tuple(table["growth_height_cm"]),
        weight_sd=table["weight_sd"],
        height_sd=table["height_sd"],
        correlation=table["correlation"],
        weight_low=_limit(weight["low"]),
        weight_high=_limit(weight["high"]),
    )


def _preset(
    key: str,
    table: Mapping[str, Any],
    shared: Mapping[str, Mapping[str, Any]],
    correlations: tuple[Correlation, ...],
) -> Preset:
    overrides: Mapping[str, Mapping[str, Any]] = table.get("parameters", {})
    unknown = sorted(set(overrides) - set(shared))
    if unknown:
        raise ParameterError(f"population {key} changes unknown parameters: {', '.join(unknown)}")
    parameters = {name: _parameter(name, {**entry, **overrides.get(name, {})}) for name, entry in shared.items()}
    covariates = table["covariates"]
    return Preset(
        key=key,
        name=table["name"],
        source=table["source"],
        status=table["status"],
        covariates=_adult(covariates) if covariates["kind"] == "adult" else _child(covariates),
        parameters=FrozenMapping(parameters),
        correlations=correlations,
    )


def read_parameters(text: str) -> ParameterSet:
    """Read and validate the text of a parameter file."""
    document = tomli.loads(text)
    shared: Mapping[str, Mapping[str, Any]] = document["parameters"]
    correlations = tuple(
        Correlation(entry["between"][0], entry["between"][1], entry["value"], entry["source"], entry["status"])
        for entry in document.get("correlations", ())
    )
    for pair in correlations:
        missing = {pair.first, pair.second} - set(shared)
        if missing or not -1.0 < pair.value < 1.0:
            raise ParameterError(f"correlation between {pair.first} and {pair.second} is not possible")
    presets = {key: _preset(key, table, shared, correlations) for key, table in document["populations"].items()}
    return ParameterSet(
        parameters=FrozenMapping({key: _parameter(key, entry) for key, entry in shared.items()}),
        correlations=correlations,
        presets=FrozenMapping(presets),
    )


@cache
def load_parameters() -> ParameterSet:
    """Read the parameter file that is installed with the package."""
    text = Path(__file__).with_name("parameters.toml").read_text(encoding="utf-8")
    return read_parameters(text)


def preset_called(preset: str | Preset) -> Preset:
    """The preset of a name, or itself.

    Raises
    ------
    ValueError
        When the parameter file has none of that name; the message says which it has.
    """
    if isinstance(preset, Preset):
        return preset
    presets = load_parameters().presets
    if preset not in presets:
        raise ValueError(f"unknown population {preset!r}: one of {', '.join(presets)}")
    return presets[preset]
