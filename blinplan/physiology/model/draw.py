"""Virtual patients who are drawn, or made of people who are given: how they respond, and the same in every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from blinplan.frozen import FrozenMapping
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED, parameter_name
from blinplan.physiology.model.normal import normal_quantile
from blinplan.physiology.model.parameters import AdultCovariates, Correlation, Covariates, Preset, preset_called
from blinplan.physiology.model.people import (
    SeedStretch,
    Wanted,
    covariates_of,
    mosteller,
    uniforms,
    wanted_people,
)
from blinplan.physiology.model.population import INDIVIDUAL, RANDOM_EFFECTS, Constants, FloatArray, Population
from blinplan.quantities import MOSTELLER

_BASELINE_KEYS = tuple(f"baseline_{parameter_name(cytokine)}" for cytokine in CYTOKINES)
_RELEASE_KEYS = tuple(f"release_{parameter_name(cytokine)}" for cytokine in ELEVATED)

_BY_LAWS_OF_THEIR_OWN = {"clearance", "blasts"}
"""What follows body size, and what cannot be more than all."""

_COVARIATE_DRAWS = 8
_GREATEST_BLASTS = 0.95


def draw(
    preset: str | Preset,
    patients: int,
    seed: int,
    first: int = 0,
    wanted: Wanted | None = None,
) -> Population:
    """Draw virtual patients.

    Person number k of a seed is the same whatever the number of patients, and whoever is wanted of them.

    Parameters
    ----------
    preset : name of a population in the parameter file, or a `Preset`.
    patients : how many; at least 1.
    seed : 0 or more.
    first : number of the first person.
    wanted : says of people who are to be patients; the others are passed over, and the next ones are drawn.

    Raises
    ------
    TooFewError
        When fewer than one in `MOST_DRAWN` people are wanted.
    """
    if patients < 1 or seed < 0 or first < 0:
        raise ValueError("patients must be at least 1, seed and first not negative")
    chosen = preset_called(preset)
    return _population_of(chosen, seed, first, patients, wanted)


def draw_stretch(preset: str | Preset, seed: int, stretch: SeedStretch, wanted: Wanted | None = None) -> Population:
    """Draw the patients of a stretch: the same people as among all."""
    chosen, first = preset_called(preset), stretch.first
    return _population_of(chosen, seed, first, stretch.patients, wanted, stretch.end)


def _population_of(
    preset: Preset, seed: int, first: int, patients: int, wanted: Wanted | None, end: int | None = None
) -> Population:
    drawn = _draw_or_recall if patients <= _KEPT else _draw_people
    people = drawn(preset.covariates, preset.correlations, seed, first, patients, wanted, end)
    return _assemble(preset, people.covariates, people.effects, seed, first, people.numbers)


class _Drawn(NamedTuple):
    """People as they are drawn, whatever the parameters of their population are: nobody writes to their arrays."""

    covariates: Mapping[str, FloatArray]
    effects: Mapping[str, FloatArray]
    numbers: FloatArray


def _draw_people(
    law: Covariates,
    correlations: tuple[Correlation, ...],
    seed: int,
    first: int,
    patients: int,
    wanted: Wanted | None,
    end: int | None,
) -> _Drawn:
    u, numbers = wanted_people(law, patients, seed, first, wanted, end)
    found = _Drawn(covariates_of(law, u), _random_effects(correlations, u), numbers)
    for values in (*found.covariates.values(), *found.effects.values(), numbers):
        values.flags.writeable = False
    return found


_draw_or_recall = lru_cache(maxsize=8)(_draw_people)
"""The same, once for all parameter sets under which these people are asked for."""
_KEPT = 4096
"""People who are kept at most: they take a megabyte."""


def _random_effects(correlations: tuple[Correlation, ...], u: FloatArray) -> dict[str, FloatArray]:
    """Random effects in units of the standard deviation of ln, correlated as declared."""
    row = {key: i for i, key in enumerate(RANDOM_EFFECTS)}
    correlation = np.eye(len(row))
    for pair in correlations:
        i, j = row[pair.first], row[pair.second]
        correlation[i, j] = correlation[j, i] = pair.value
    factor = np.linalg.cholesky(correlation)
    z = normal_quantile(u[_COVARIATE_DRAWS : _COVARIATE_DRAWS + len(row)])
    # Explicit sums and not a matrix product: the result of BLAS may depend on the number of columns.
    effects = {}
    for key, i in row.items():
        total = factor[i, i] * z[i]
        for j in np.flatnonzero(factor[i, :i]).tolist():
            total = total + factor[i, j] * z[j]
        effects[key] = np.asarray(total, dtype=np.float64)
    return effects


def _assemble(
    preset: Preset,
    covariates: Mapping[str, FloatArray],
    effects: Mapping[str, FloatArray],
    seed: int | None,
    first: int,
    numbers: FloatArray,
    given: Mapping[str, FloatArray] = FrozenMapping({}),
    values: Mapping[str, FloatArray] = FrozenMapping({}),
) -> Population:
    zero = np.zeros(numbers.shape[0])

    def typical_value(key: str) -> FloatArray | float:
        return values[key] if key in values else preset.value(key)

    def individual(key: str) -> FloatArray:
        spread = preset.parameters[key].sd
        drawn = np.asarray(typical_value(key) * np.exp(spread * effects.get(key, zero)), dtype=np.float64)
        return drawn if key not in given else np.where(np.isnan(given[key]), drawn, given[key])

    size_factor = (covariates["bsa_m2"] / typical_value("reference_bsa")) ** typical_value("clearance_exponent")
    own: dict[str, Any] = {
        **covariates,
        **{key: individual(key) for key in INDIVIDUAL if key not in _BY_LAWS_OF_THEIR_OWN},
    }
    baseline = np.stack([individual(key) for key in _BASELINE_KEYS])
    elevated = baseline[[CYTOKINES.index(name) for name in ELEVATED]]
    return Population(
        preset=preset.key,
        seed=seed,
        first=first,
        constants=Constants.of(preset).with_own(values),
        numbers=numbers,
        clearance=24.0 * individual("clearance") * size_factor,
        blasts=np.minimum(individual("blasts"), _GREATEST_BLASTS),
        cytokine_release=np.stack([individual(key) for key in _RELEASE_KEYS]) * elevated,
        cytokine_baseline=baseline,
        given=tuple(given),
        **own,
    )


def is_as_drawn(patients: Population) -> bool:
    """Whether patients are those that their population and seed give, with nothing changed since they were drawn."""
    if patients.seed is None:
        return False
    drawn = draw(patients.preset, patients.size, patients.seed, patients.first)
    pairs = ((getattr(patients, entry.name), getattr(drawn, entry.name)) for entry in fields(Population))
    return all(np.array_equal(mine, theirs) for mine, theirs in pairs)


def from_covariates(
    preset: str | Preset,
    *,
    weight_kg: FloatArray,
    height_cm: FloatArray,
    age_years: FloatArray | None = None,
    female: FloatArray | None = None,
    bsa_m2: FloatArray | None = None,
    seed: int | None = None,
    ids: tuple[str, ...] = (),
    baselines: Mapping[str, FloatArray] = FrozenMapping({}),
    values: Mapping[str, FloatArray] = FrozenMapping({}),
) -> Population:
    """Build a population from given people.

    Without a seed they respond as the typical patient of their size does; with a seed, patient i carries the random
    effects of patient i of that seed. An age that is not given is the mean one of adults, or that at which half of the
    children are as tall. `baselines`, by the names of parameters, stand in the place of what is drawn; NaN where they
    do not. `values`, by these names too, are typical values that differ from person to person: each is of a parameter
    set of its own.
    """
    chosen = preset_called(preset)
    weight, height = (np.array(v, dtype=np.float64, ndmin=1) for v in (weight_kg, height_cm))
    law = chosen.covariates
    covariates = {
        "age_years": _usual_ages(law, height) if age_years is None else np.array(age_years, float, ndmin=1),
        "female": np.zeros(weight.shape) if female is None else np.array(female, float, ndmin=1),
        "weight_kg": weight,
        "height_cm": height,
        "bsa_m2": mosteller(weight, height) if bsa_m2 is None else np.array(bsa_m2, float, ndmin=1),
    }
    effects = {} if seed is None else _random_effects(chosen.correlations, uniforms(seed, weight.shape[0]))
    numbers = np.arange(weight.shape[0], dtype=np.float64)
    return replace(_assemble(chosen, covariates, effects, seed, 0, numbers, baselines, values), ids=ids)


def _usual_ages(law: Covariates, height_cm: FloatArray) -> FloatArray:
    """Ages in years of people of whom only the size is known."""
    if isinstance(law, AdultCovariates):
        return np.full(height_cm.shape, law.age_mean)
    return np.asarray(np.interp(height_cm, law.growth_height, law.growth_age), dtype=np.float64)


def typical(preset: str | Preset, bsa_m2: float | None = None) -> Population:
    """One patient without random effects; body surface area as given, or the 1.876 m² of the clearance model.

    Weight and height are set to agree with the body surface area at a height of 176 cm (adults) or 115 cm (children).
    """
    chosen = preset_called(preset)
    adult = isinstance(chosen.covariates, AdultCovariates)
    area = bsa_m2 if bsa_m2 is not None else (chosen.value("reference_bsa") if adult else 0.8)
    height = 176.0 if adult else 115.0
    return from_covariates(
        chosen,
        weight_kg=np.array([MOSTELLER * area**2 / height]),
        height_cm=np.array([height]),
        bsa_m2=np.array([area]),
    )
