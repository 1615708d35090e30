"""Rank correlation between patients: what differs between them against an endpoint (Spearman)."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED, parameter_name
from blinplan.physiology.model.parameters import Parameter, Preset
from blinplan.physiology.model.population import INDIVIDUAL, FloatArray, Population
from blinplan.proportion import NORMAL_975
from blinplan.simulation.outcome import Occurrence, Quantity

LEAST = 4
"""Patients of whom a correlation has an interval at least."""
_BODIES = {
    "age_years": ("age", "age", "years"),
    "female": ("female", "sex: 1 female, 0 male", ""),
    "weight_kg": ("weight", "body weight", "kg"),
    "height_cm": ("height", "height", "cm"),
    "bsa_m2": ("bsa", "body surface area", "m²"),
}


class Trait(NamedTuple):
    """Something in which patients differ: what it is, as a parameter, and what each patient has of it (N)."""

    parameter: Parameter
    values: FloatArray


def traits(people: Population, preset: Preset) -> tuple[Trait, ...]:
    """All in which some patients differ: their own parameters, and their bodies."""
    return tuple(trait for trait in _traits(people, preset) if np.ptp(trait.values) > 0.0)


def _traits(people: Population, preset: Preset) -> Iterator[Trait]:
    for key in INDIVIDUAL:
        yield Trait(preset.parameters[key], getattr(people, key))
    baselines = dict(zip(CYTOKINES, people.cytokine_baseline, strict=True))
    for name, values in baselines.items():
        yield Trait(preset.parameters[f"baseline_{parameter_name(name)}"], values)
    for name, values in zip(ELEVATED, people.cytokine_release, strict=True):
        yield Trait(preset.parameters[f"release_{parameter_name(name)}"], values / baselines[name])
    for field, (key, words, unit) in _BODIES.items():
        values = getattr(people, field)
        middle = float(np.median(values))
        head = replace(preset.parameters["reference_bsa"], key=key, name=words, unit=unit, low=-math.inf, high=math.inf)
        yield Trait(replace(head, value=middle, source=preset.source, status=preset.status, precision=None), values)


class RankCorrelation(NamedTuple):
    """Spearman's coefficient with its 95 % interval, and of how many patients."""

    rho: float
    low: float
    high: float
    patients: int


def values_of(endpoint: Quantity | Occurrence) -> FloatArray:
    """What each patient has (N): 1 to whom it happens; of a time, who never gets there is after everybody else.

    NaN of whom nothing can be said.
    """
    if isinstance(endpoint, Occurrence):
        return np.where(endpoint.at_risk, endpoint.happens.astype(np.float64), np.nan)
    if not endpoint.is_time:
        return endpoint.values
    reached = np.where(np.isnan(endpoint.values), np.inf, endpoint.values)
    return reached if endpoint.at_risk is None else np.where(endpoint.at_risk, reached, np.nan)


def rank_correlation(trait: FloatArray, values: FloatArray) -> RankCorrelation:
    """Correlate ranks; the interval is that of Bonett and Wright (Psychometrika 2000;65:23).

    It has no width where all ranks agree, so that there it goes from 1 to where that of what lies halfway to the next
    coefficient does. NaN where one of the two is the same in all patients.
    """
    known = ~np.isnan(values)
    first, second = trait[known], values[known]
    count = int(known.sum())
    if count < LEAST or (first == first[0]).all() or (second == second[0]).all():
        return RankCorrelation(math.nan, math.nan, math.nan, count)
    ones, others = (ranks - ranks.mean() for ranks in (average_ranks(first), average_ranks(second)))
    squares = float(np.sum(ones * ones))
    rho = float(np.sum(ones * others) / math.sqrt(squares * float(np.sum(others * others))))
    rho = max(-1.0, min(1.0, rho))
    # Two neighbours in exchange are the least by which ranks can disagree: nothing lies between that and 1.
    halfway = 1.0 - 0.5 * float(np.diff(np.unique(ones)).min()) ** 2 / squares
    if abs(rho) < halfway:
        return RankCorrelation(rho, *_interval(rho, count), count)
    low, high = _interval(math.copysign(halfway, rho), count)
    return RankCorrelation(rho, low, 1.0, count) if rho > 0.0 else RankCorrelation(rho, -1.0, high, count)


def _interval(rho: float, count: int) -> tuple[float, float]:
    half = NORMAL_975 * math.sqrt((1.0 + 0.5 * rho**2) / (count - 3))
    return _move(rho, -half), _move(rho, half)


def average_ranks(values: FloatArray) -> FloatArray:
    """The ranks of values, from 1; those that are equal share the middle of theirs.

    As those of scipy.stats, which takes as long to import as all that ranks some hundred patients.
    """
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - 0.5 * (counts - 1))[places])


def _move(rho: float, by: float) -> float:
    """tanh(atanh(rho) + by), Fisher's transformation and back: libraries differ less in exp than in tanh and atanh."""
    odds = (1.0 + rho) / (1.0 - rho) * math.exp(2.0 * by)
    return (odds - 1.0) / (odds + 1.0)
