"""Who is drawn: people of a seed one after the other, with age, sex and size, and who of them is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.executors.preparation import preparation
from blinplan.physiology.model.normal import normal_quantile, normal_share_below
from blinplan.physiology.model.parameters import AdultCovariates, ChildCovariates, Covariates, Preset, preset_called
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MOSTELLER

_UNIFORMS = 64  # a patient owns this many uniforms, used or not, so that a new random effect moves nobody
_COUNTER_BLOCK = 4  # Philox yields four 64-bit words per counter value


def mosteller(weight_kg: FloatArray, height_cm: FloatArray) -> FloatArray:
    """Body surface area in m² from weight in kg and height in cm (Mosteller, N Engl J Med 1987;317:1098)."""
    return np.asarray(np.sqrt(weight_kg * height_cm / MOSTELLER), dtype=np.float64)


def uniforms(seed: int, patients: int, first: int = 0) -> FloatArray:
    """Uniform numbers in the open interval (0, 1), shape (64, N); column i belongs to patient `first` + i for ever."""
    generator = np.random.Philox(key=seed)
    generator.advance(first * (_UNIFORMS // _COUNTER_BLOCK))
    words = generator.random_raw(patients * _UNIFORMS).reshape(patients, _UNIFORMS)
    return np.ascontiguousarray(((words >> np.uint64(11)).astype(np.float64) + 0.5).T * 2.0**-53)


def _truncated_normal(u: FloatArray, low: FloatArray | float, high: FloatArray | float) -> FloatArray:
    """Turn uniforms into standard normal values between two bounds."""
    below, above = normal_share_below(low), normal_share_below(high)
    return normal_quantile(below + u * (above - below))


def _adults(law: AdultCovariates, u: FloatArray) -> dict[str, FloatArray]:
    low, high = ((bound - law.age_mean) / law.age_sd for bound in (law.age_low, law.age_high))
    age = law.age_mean + law.age_sd * _truncated_normal(u[0], low, high)
    female = (u[1] < law.female_share).astype(np.float64)
    height = law.height_male + female * (law.height_female - law.height_male) + law.height_sd * normal_quantile(u[2])
    of_index = 1e4 / height**2
    z_low = np.log(law.weight_low * of_index / law.index_median) / law.index_sd
    z_high = np.log(law.weight_high * of_index / law.index_median) / law.index_sd
    index = law.index_median * np.exp(law.index_sd * _truncated_normal(u[3], z_low, z_high))
    weight = np.clip(index / of_index, law.weight_low, law.weight_high)
    return {"age_years": age, "female": female, "weight_kg": weight, "height_cm": height}


def _children(law: ChildCovariates, u: FloatArray) -> dict[str, FloatArray]:
    age = law.age_low + u[0] * (law.age_high - law.age_low)
    female = (u[1] < law.female_share).astype(np.float64)
    tall = normal_quantile(u[2])
    height = np.interp(age, law.growth_age, law.growth_height) * np.exp(law.height_sd * tall)
    shift = law.correlation * tall
    spread = (1.0 - law.correlation**2) ** 0.5
    median = np.interp(age, law.growth_age, law.growth_weight)
    z_low = (np.log(law.weight_low / median) / law.weight_sd - shift) / spread
    z_high = (np.log(law.weight_high / median) / law.weight_sd - shift) / spread
    weight = median * np.exp(law.weight_sd * (shift + spread * _truncated_normal(u[3], z_low, z_high)))
    weight = np.clip(weight, law.weight_low, np.nextafter(law.weight_high, 0.0))
    return {"age_years": age, "female": female, "weight_kg": weight, "height_cm": height}


def covariates_of(law: Covariates, u: FloatArray) -> dict[str, FloatArray]:
    """What can be seen of people, from their uniforms: years, 1.0 for a woman, kg, cm and m², each (N,)."""
    found = _adults(law, u) if isinstance(law, AdultCovariates) else _children(law, u)
    found["bsa_m2"] = mosteller(found["weight_kg"], found["height_cm"])
    return found


class TooFewError(ValueError):
    """Of all the people drawn, fewer fit than were wanted."""

    def __init__(self, found: int, drawn: int) -> None:
        super().__init__(f"{found:,} of {drawn:,} people fit")
        self.found = found
        self.drawn = drawn


class Bodies(NamedTuple):
    """What is looked at to tell who is wanted, each (N,): years and kg."""

    age_years: FloatArray
    weight_kg: FloatArray


Wanted = Callable[[Bodies], NDArray[np.bool_]]
"""Says of people who are to be patients."""


MOST_DRAWN = 200
"""People who are drawn for each patient at most. Of the infants in the population of children, 17 are."""
_AT_ONCE = 16384


def wanted_people(
    law: Covariates, patients: int, seed: int, first: int, wanted: Wanted | None, end: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """The uniforms (64, N) and the numbers (N) of the first people who are wanted."""
    if wanted is None:
        return uniforms(seed, patients, first), np.arange(first, first + patients, dtype=np.float64)
    found: list[FloatArray] = []
    numbers: list[FloatArray] = []
    for u, fitting in _fitting_people(law, patients, seed, first, wanted, end):
        found.append(np.ascontiguousarray(u[:, fitting.places]))
        numbers.append(fitting.numbers)
    return np.concatenate(found, axis=1), np.concatenate(numbers)


class _FittingPeople(NamedTuple):
    """People who are wanted: their places among those who were drawn together, and their numbers in the seed."""

    places: NDArray[np.intp]
    numbers: FloatArray


def _fitting_people(
    law: Covariates, patients: int, seed: int, first: int, wanted: Wanted, stop: int | None = None
) -> Iterator[tuple[FloatArray, _FittingPeople]]:
    """The people who are wanted, up to so many, with the uniforms of those who were drawn together.

    Raises
    ------
    TooFewError
        When there are fewer before number ``stop``; where that is not given, when fewer than one in `MOST_DRAWN` are.
    """
    count, start, end = 0, first, first + MOST_DRAWN * patients if stop is None else stop
    while count < patients:
        if start >= end:
            raise TooFewError(count, end - first)
        size = min(max(patients - count, 1024), _AT_ONCE, end - start)
        u = uniforms(seed, size, start)
        people = covariates_of(law, u)
        fit = np.flatnonzero(wanted(Bodies(people["age_years"], people["weight_kg"])))[: patients - count]
        yield u, _FittingPeople(fit, (start + fit).astype(np.float64))
        count, start = count + fit.shape[0], start + size


class SeedStretch(NamedTuple):
    """Patients who follow each other within a seed: the number of the first person who is drawn for them, and how many.

    ``end`` is the number after that of the last person.
    """

    first: int
    patients: int
    end: int


def stretches(
    preset: str | Preset, patients: int, seed: int, size: int, skip: int = 0, wanted: Wanted | None = None
) -> list[SeedStretch]:
    """Part so many patients of a seed, after the first ``skip`` of them, into stretches of ``size``.

    `draw` then draws each stretch by itself, and they are the same people as in one. Nobody's parameters are computed
    here, but where some are passed over the bodies of all are.

    Raises
    ------
    TooFewError
        When fewer than one in `MOST_DRAWN` people are wanted.
    """
    if patients < 1 or seed < 0 or skip < 0:
        raise ValueError("patients must be at least 1, seed and those before them not negative")
    return list(_stretches(preset_called(preset).covariates, patients, seed, size, skip, wanted))


LONG_WAY = 1_000_000
"""Patients before the first of a stretch from which on it takes a while to find that one, and is told of."""


def _passing(passed: int, skip: int) -> str:
    return f"passing over the patients before: {passed:,} of {skip:,}"


@lru_cache(maxsize=16)
def _stretches(
    law: Covariates, patients: int, seed: int, size: int, skip: int, wanted: Wanted | None
) -> tuple[SeedStretch, ...]:
    """The same of people of a law: the populations of many parameter sets have one, and the same people in it."""
    sizes = [min(size, patients - done) for done in range(0, patients, size)]
    if wanted is None:
        return tuple(SeedStretch(skip + k * size, count, skip + k * size + count) for k, count in enumerate(sizes))
    lasts = list(accumulate(sizes, initial=skip))
    ends: list[int] = [0] if skip == 0 else []
    passed = 0
    with preparation(_passing(0, skip)) if skip >= LONG_WAY else nullcontext() as tell:
        for _, fitting in _fitting_people(law, skip + patients, seed, 0, wanted):
            found = fitting.numbers.shape[0]
            ends += [int(fitting.numbers[last - passed - 1]) + 1 for last in lasts if passed < last <= passed + found]
            passed += found
            if tell is not None:
                tell(_passing(min(passed, skip), skip))
    return tuple(SeedStretch(begin, count, end) for (begin, end), count in zip(pairwise(ends), sizes, strict=True))
