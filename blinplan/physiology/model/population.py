"""Virtual patients: who they are and how they respond, the same person in every run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from blinplan.frozen import FrozenMapping, remade
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED, parameter_name
from blinplan.physiology.model.parameters import AdultCovariates, ChildCovariates, Preset, load_parameters
from blinplan.quantities import MOSTELLER

FloatArray = NDArray[np.float64]

_BASELINE_KEYS = tuple(f"baseline_{parameter_name(cytokine)}" for cytokine in CYTOKINES)
_RELEASE_KEYS = tuple(f"release_{parameter_name(cytokine)}" for cytokine in ELEVATED)

# The order is part of the identity of a patient: add at the end, never in between.
_RANDOM_EFFECTS = (
    "clearance",
    "lysis_ec50",
    "activation_ec50",
    "kill_rate",
    "marrow_sensitivity",
    "regeneration_rate",
    "blast_sensitivity",
    "b_cells",
    "t_cells",
    "blasts",
    "adhesion_rate",
    "adhesion_adaptation",
    "proliferation_rate",
    *(f"release_{parameter_name(cytokine)}" for cytokine in ELEVATED),
    *(f"baseline_{parameter_name(cytokine)}" for cytokine in ELEVATED),
)
_INDIVIDUAL_KEYS = (
    "lysis_ec50",
    "activation_ec50",
    "kill_rate",
    "marrow_sensitivity",
    "regeneration_rate",
    "blast_sensitivity",
    "b_cells",
    "t_cells",
    "adhesion_rate",
    "adhesion_adaptation",
    "proliferation_rate",
)
_COVARIATE_DRAWS = 8
_UNIFORMS = 64  # a patient owns this many uniforms, used or not, so that a new random effect moves nobody
_COUNTER_BLOCK = 4  # Philox yields four 64-bit words per counter value
_GREATEST_BLASTS = 0.95


class Constants(NamedTuple):
    """Parameters that all patients of a population share; units as in the parameter file.

    In a batch of several parameter sets (`batch`), those that differ between them are (N,), one a patient.
    """

    volume: float
    lysis_hill: int
    activation_hill: int
    cytolytic_rate: float
    effector_reference: float
    effector_half: float
    b_reference: float
    b_turnover: float
    blast_reference: float
    blast_growth: float
    blood_burden_share: float
    return_rate: float
    adhesion_recovery: float
    desensitisation: float
    resensitisation: float
    sensing_threshold: float
    proliferation_loss: float
    homeostasis: float
    cytokine_loss: float
    premedication_reduction: float
    premedication_half_life: float

    @classmethod
    def of(cls, preset: Preset) -> Constants:
        """Take the shared parameters of a preset."""
        given: dict[str, Any] = {name: preset.value(name) for name in cls._fields}
        for hill in ("lysis_hill", "activation_hill"):
            given[hill] = int(given[hill])
        return cls(**given)

    @property
    def differing(self) -> dict[str, FloatArray]:
        """Those that differ between patients, by their names."""
        return {name: value for name, value in self._asdict().items() if isinstance(value, np.ndarray)}

    def select(self, patients: slice | NDArray[np.intp]) -> Constants:
        """Those of some patients; what these share is one number again."""
        if not self.differing:
            return self
        chosen: dict[str, Any] = {name: _shared_value(value[patients]) for name, value in self.differing.items()}
        return self._replace(**chosen)

    @property
    def of_the_first(self) -> Constants:
        """Those of the first patient."""
        return self.select(slice(0, 1))


def _shared_value(values: NDArray[Any]) -> Any:
    """One number where all are the same."""
    return values[0].item() if (values == values[0]).all() else np.ascontiguousarray(values)


@dataclass(frozen=True, slots=True)
class Population:
    """Patients as arrays: entry i of every array is patient i.

    Attributes
    ----------
    preset : name of the preset the patients came from.
    seed : what their random effects were drawn from; None for patients without.
    first : number of the first person who was drawn, within its seed.
    numbers : (N,) number of each patient within the seed, from 0; some are left out where not everybody was wanted.
    constants : parameters that the patients share; in a batch, some are one a patient.
    age_years, female, weight_kg, height_cm, bsa_m2 : (N,) covariates; `female` is 1.0 or 0.0.
    clearance : (N,) L/day.
    lysis_ec50, activation_ec50 : (N,) pg/mL.
    kill_rate, regeneration_rate, adhesion_rate, adhesion_adaptation, proliferation_rate : (N,) 1/day.
    marrow_sensitivity, blast_sensitivity : (N,) lysis relative to blood B cells.
    b_cells, t_cells : (N,) baseline, cells/µL.
    blasts : (N,) baseline, fraction of marrow capacity.
    cytokine_release : (3, N) pg/mL/day for IL-6, IL-10 and interferon gamma.
    cytokine_baseline : (8, N) pg/mL in the order of `CYTOKINES`.
    ids : what each patient is called; empty where they have no names.
    given : parameters whose values were given of some patients, and not drawn.
    """

    preset: str
    seed: int | None
    first: int
    constants: Constants
    numbers: FloatArray
    age_years: FloatArray
    female: FloatArray
    weight_kg: FloatArray
    height_cm: FloatArray
    bsa_m2: FloatArray
    clearance: FloatArray
    lysis_ec50: FloatArray
    activation_ec50: FloatArray
    kill_rate: FloatArray
    marrow_sensitivity: FloatArray
    regeneration_rate: FloatArray
    blast_sensitivity: FloatArray
    b_cells: FloatArray
    t_cells: FloatArray
    blasts: FloatArray
    adhesion_rate: FloatArray
    adhesion_adaptation: FloatArray
    proliferation_rate: FloatArray
    cytokine_release: FloatArray
    cytokine_baseline: FloatArray
    ids: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    size: int = field(init=False)

    def __post_init__(self) -> None:
        n = self.clearance.shape[0]
        object.__setattr__(self, "size", n)
        if self.ids and len(self.ids) != n:
            raise ValueError(f"ids must be {n}, one a patient")
        for entry in fields(self):
            array = getattr(self, entry.name)
            if not isinstance(array, np.ndarray):
                continue
            if array.dtype != np.float64 or array.shape[-1] != n:
                raise ValueError(f"{entry.name} must hold {n} float64 values, one a patient")
            if not np.isfinite(array).all() or (array < 0.0).any():
                raise ValueError(f"{entry.name} must be finite and not negative")
            array.flags.writeable = False

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return remade(self)

    @property
    def volume(self) -> float:
        """Central volume, L."""
        return self.constants.volume

    @property
    def draws(self) -> int:
        """How many people were drawn to get these, those who were passed over included."""
        return int(self.numbers[-1]) + 1 - self.first

    def select(self, patients: slice | NDArray[np.intp]) -> Population:
        """Return some of the patients, by slice or by index."""
        chosen: dict[str, Any] = {
            entry.name: np.ascontiguousarray(getattr(self, entry.name)[..., patients])
            for entry in fields(self)
            if isinstance(getattr(self, entry.name), np.ndarray)
        }
        ids = tuple(np.array(self.ids, dtype=object)[patients]) if self.ids else ()
        return replace(self, **chosen, ids=ids, constants=self.constants.select(patients))


INDIVIDUAL = tuple(
    entry.name
    for entry in fields(Population)
    if entry.type == "FloatArray"
    and entry.name not in {"numbers", "age_years", "female", "weight_kg", "height_cm", "bsa_m2"}
    and not entry.name.startswith("cytokine")
)
"""Names of the parameters of which each patient has one."""


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
    below, above = ndtr(low), ndtr(high)
    return np.asarray(ndtri(below + u * (above - below)), dtype=np.float64)


def _adults(law: AdultCovariates, u: FloatArray) -> dict[str, FloatArray]:
    low, high = ((bound - law.age_mean) / law.age_sd for bound in (law.age_low, law.age_high))
    age = law.age_mean + law.age_sd * _truncated_normal(u[0], low, high)
    female = (u[1] < law.female_share).astype(np.float64)
    height = law.height_male + female * (law.height_female - law.height_male) + law.height_sd * ndtri(u[2])
    of_index = 1e4 / height**2
    z_low = np.log(law.weight_low * of_index / law.index_median) / law.index_sd
    z_high = np.log(law.weight_high * of_index / law.index_median) / law.index_sd
    index = law.index_median * np.exp(law.index_sd * _truncated_normal(u[3], z_low, z_high))
    weight = np.clip(index / of_index, law.weight_low, law.weight_high)
    return {"age_years": age, "female": female, "weight_kg": weight, "height_cm": height}


def _children(law: ChildCovariates, u: FloatArray) -> dict[str, FloatArray]:
    age = law.age_low + u[0] * (law.age_high - law.age_low)
    female = (u[1] < law.female_share).astype(np.float64)
    tall = ndtri(u[2])
    height = np.interp(age, law.growth_age, law.growth_height) * np.exp(law.height_sd * tall)
    shift = law.correlation * tall
    spread = (1.0 - law.correlation**2) ** 0.5
    median = np.interp(age, law.growth_age, law.growth_weight)
    z_low = (np.log(law.weight_low / median) / law.weight_sd - shift) / spread
    z_high = (np.log(law.weight_high / median) / law.weight_sd - shift) / spread
    weight = median * np.exp(law.weight_sd * (shift + spread * _truncated_normal(u[3], z_low, z_high)))
    weight = np.clip(weight, law.weight_low, np.nextafter(law.weight_high, 0.0))
    return {"age_years": age, "female": female, "weight_kg": weight, "height_cm": height}


def _random_effects(preset: Preset, u: FloatArray) -> dict[str, FloatArray]:
    """Random effects in units of the standard deviation of ln, correlated as declared."""
    row = {key: i for i, key in enumerate(_RANDOM_EFFECTS)}
    correlation = np.eye(len(row))
    for pair in preset.correlations:
        i, j = row[pair.first], row[pair.second]
        correlation[i, j] = correlation[j, i] = pair.value
    factor = np.linalg.cholesky(correlation)
    z = ndtri(u[_COVARIATE_DRAWS : _COVARIATE_DRAWS + len(row)])
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
) -> Population:
    zero = np.zeros(numbers.shape[0])

    def individual(key: str) -> FloatArray:
        parameter = preset.parameters[key]
        drawn = np.asarray(parameter.value * np.exp(parameter.sd * effects.get(key, zero)), dtype=np.float64)
        return drawn if key not in given else np.where(np.isnan(given[key]), drawn, given[key])

    size_factor = (covariates["bsa_m2"] / preset.value("reference_bsa")) ** preset.value("clearance_exponent")
    own: dict[str, Any] = {**covariates, **{key: individual(key) for key in _INDIVIDUAL_KEYS}}
    baseline = np.stack([individual(key) for key in _BASELINE_KEYS])
    elevated = baseline[[CYTOKINES.index(name) for name in ELEVATED]]
    return Population(
        preset=preset.key,
        seed=seed,
        first=first,
        constants=Constants.of(preset),
        numbers=numbers,
        clearance=24.0 * individual("clearance") * size_factor,
        blasts=np.minimum(individual("blasts"), _GREATEST_BLASTS),
        cytokine_release=np.stack([individual(key) for key in _RELEASE_KEYS]) * elevated,
        cytokine_baseline=baseline,
        given=tuple(given),
        **own,
    )


def _preset(preset: str | Preset) -> Preset:
    if isinstance(preset, Preset):
        return preset
    presets = load_parameters().presets
    if preset not in presets:
        raise ValueError(f"unknown population {preset!r}: one of {', '.join(presets)}")
    return presets[preset]


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
    chosen = _preset(preset)
    return _population_of(chosen, seed, first, _wanted_people(chosen, patients, seed, first, wanted))


def draw_stretch(preset: str | Preset, seed: int, stretch: SeedStretch, wanted: Wanted | None = None) -> Population:
    """Draw the patients of a stretch: the same people as among all."""
    chosen, first = _preset(preset), stretch.first
    return _population_of(
        chosen, seed, first, _wanted_people(chosen, stretch.patients, seed, first, wanted, stretch.end)
    )


def _population_of(preset: Preset, seed: int, first: int, people: tuple[FloatArray, FloatArray]) -> Population:
    u, numbers = people
    return _assemble(preset, _covariates(preset, u), _random_effects(preset, u), seed, first, numbers)


MOST_DRAWN = 200
"""People who are drawn for each patient at most. Of the infants in the population of children, 17 are."""
_AT_ONCE = 16384


def _wanted_people(
    preset: Preset, patients: int, seed: int, first: int, wanted: Wanted | None, end: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """The uniforms (64, N) and the numbers (N) of the first people who are wanted."""
    if wanted is None:
        return uniforms(seed, patients, first), np.arange(first, first + patients, dtype=np.float64)
    found: list[FloatArray] = []
    numbers: list[FloatArray] = []
    for u, fitting in _fitting_people(preset, patients, seed, first, wanted, end):
        found.append(np.ascontiguousarray(u[:, fitting.places]))
        numbers.append(fitting.numbers)
    return np.concatenate(found, axis=1), np.concatenate(numbers)


class _Fitting(NamedTuple):
    """People who are wanted: their places among those who were drawn together, and their numbers in the seed."""

    places: NDArray[np.intp]
    numbers: FloatArray


def _fitting_people(
    preset: Preset, patients: int, seed: int, first: int, wanted: Wanted, stop: int | None = None
) -> Iterator[tuple[FloatArray, _Fitting]]:
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
        people = _covariates(preset, u)
        fit = np.flatnonzero(wanted(Bodies(people["age_years"], people["weight_kg"])))[: patients - count]
        yield u, _Fitting(fit, (start + fit).astype(np.float64))
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
    sizes = [min(size, patients - done) for done in range(0, patients, size)]
    if wanted is None:
        return [SeedStretch(skip + k * size, count, skip + k * size + count) for k, count in enumerate(sizes)]
    lasts = list(accumulate(sizes, initial=skip))
    ends: list[int] = [0] if skip == 0 else []
    passed = 0
    for _, fitting in _fitting_people(_preset(preset), skip + patients, seed, 0, wanted):
        found = fitting.numbers.shape[0]
        ends += [int(fitting.numbers[last - passed - 1]) + 1 for last in lasts if passed < last <= passed + found]
        passed += found
    return [SeedStretch(begin, count, end) for (begin, end), count in zip(pairwise(ends), sizes, strict=True)]


def _covariates(preset: Preset, u: FloatArray) -> dict[str, FloatArray]:
    """What can be seen of people."""
    law = preset.covariates
    found = _adults(law, u) if isinstance(law, AdultCovariates) else _children(law, u)
    found["bsa_m2"] = mosteller(found["weight_kg"], found["height_cm"])
    return found


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
) -> Population:
    """Build a population from given people.

    Without a seed they respond as the typical patient of their size does; with a seed, patient i carries the random
    effects of patient i of that seed. An age that is not given is the mean one of adults, or that at which half of the
    children are as tall. `baselines`, by the names of parameters, stand in the place of what is drawn; NaN where they
    do not.
    """
    chosen = _preset(preset)
    weight, height = (np.array(v, dtype=np.float64, ndmin=1) for v in (weight_kg, height_cm))
    law = chosen.covariates
    covariates = {
        "age_years": _usual_ages(law, height) if age_years is None else np.array(age_years, float, ndmin=1),
        "female": np.zeros(weight.shape) if female is None else np.array(female, float, ndmin=1),
        "weight_kg": weight,
        "height_cm": height,
        "bsa_m2": mosteller(weight, height) if bsa_m2 is None else np.array(bsa_m2, float, ndmin=1),
    }
    effects = {} if seed is None else _random_effects(chosen, uniforms(seed, weight.shape[0]))
    numbers = np.arange(weight.shape[0], dtype=np.float64)
    return replace(_assemble(chosen, covariates, effects, seed, 0, numbers, baselines), ids=ids)


def _usual_ages(law: AdultCovariates | ChildCovariates, height_cm: FloatArray) -> FloatArray:
    """Ages in years of people of whom only the size is known."""
    if isinstance(law, AdultCovariates):
        return np.full(height_cm.shape, law.age_mean)
    return np.asarray(np.interp(height_cm, law.growth_height, law.growth_age), dtype=np.float64)


def typical(preset: str | Preset, bsa_m2: float | None = None) -> Population:
    """One patient without random effects; body surface area as given, or the 1.876 m² of the clearance model.

    Weight and height are set to agree with the body surface area at a height of 176 cm (adults) or 115 cm (children).
    """
    chosen = _preset(preset)
    adult = isinstance(chosen.covariates, AdultCovariates)
    area = bsa_m2 if bsa_m2 is not None else (chosen.value("reference_bsa") if adult else 0.8)
    height = 176.0 if adult else 115.0
    return from_covariates(
        chosen,
        weight_kg=np.array([MOSTELLER * area**2 / height]),
        height_cm=np.array([height]),
        bsa_m2=np.array([area]),
    )
