"""Virtual patients as values: what each has of his own, and what all share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.frozen import remade
from blinplan.physiology.model.cytokines import ELEVATED, parameter_name
from blinplan.physiology.model.parameters import Preset

FloatArray = NDArray[np.float64]


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

    def with_own(self, values: Mapping[str, FloatArray]) -> Constants:
        """With those of each patient, by their names among others; what these share is one number."""
        own: dict[str, Any] = {name: values[name] for name in self._fields if name in values}
        return self._replace(**own).select(slice(None)) if own else self

    @property
    def differing(self) -> dict[str, FloatArray]:
        """Those that differ between patients, by their names."""
        values: tuple[Any, ...] = self
        return {name: value for name, value in zip(self._fields, values, strict=True) if isinstance(value, np.ndarray)}

    @property
    def sets(self) -> int:
        """How many parameter sets follow each other, from patient to patient."""
        changes = [value[1:] != value[:-1] for value in self.differing.values()]
        return 1 + int(np.count_nonzero(np.any(changes, axis=0))) if changes else 1

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


_ABOVE_ZERO = {"clearance", "lysis_ec50", "activation_ec50", "t_cells", "blasts", "cytokine_baseline"}
"""What something is divided by, or of which the logarithm is taken."""


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
            if array.size and not (array.min() >= 0.0 and array.max() < np.inf):
                raise ValueError(f"{entry.name} must be finite and not negative")
            if entry.name in _ABOVE_ZERO and not array.all():
                raise ValueError(f"{entry.name} must be above 0")
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
        if isinstance(patients, slice) and patients.indices(self.size) == (0, self.size, 1):
            constants = self.constants.select(patients)
            return self if constants is self.constants else replace(self, constants=constants)
        some = object.__new__(Population)  # they were looked at among all, and need not be again
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, np.ndarray):
                value = np.ascontiguousarray(value[..., patients])
                value.flags.writeable = False
            object.__setattr__(some, entry.name, value)
        ids = tuple(np.array(self.ids, dtype=object)[patients]) if self.ids else ()
        others = {"ids": ids, "constants": self.constants.select(patients), "size": some.numbers.shape[0]}
        for name, value in others.items():
            object.__setattr__(some, name, value)
        return some


INDIVIDUAL = tuple(
    entry.name
    for entry in fields(Population)
    if entry.type == "FloatArray"
    and entry.name not in {"numbers", "age_years", "female", "weight_kg", "height_cm", "bsa_m2"}
    and not entry.name.startswith("cytokine")
)
"""Names of the parameters of which each patient has one."""

RANDOM_EFFECTS = (
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
"""What differs by chance. The order is part of the identity of a patient: add at the end, never in between."""
