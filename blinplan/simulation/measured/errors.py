"""What is measured instead of what is: an error on ln scale, and limits beyond which an assay gives no number.

That of the drug is the residual error of the clearance model: misfit of the model, timing of the sample and assay
together, with its published spread between patients. Those of cells and IL-6 are declared assumptions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blinplan.physiology.model.parameters import Parameter, load_parameters
from blinplan.physiology.model.population import FloatArray
from blinplan.simulation.measured.random_numbers import Words, normals

_OF_PATIENT, _AT_MINUTE, _OF_ENDPOINT = (np.uint64(kind) for kind in range(3))
"""What a random number is for: the last word of its counter."""


class Assay(NamedTuple):
    """How something is measured.

    ``error``, ``low`` and ``high`` are names of parameters: the standard deviation on ln scale, and the limits; what
    has no upper limit has none. ``code`` is part of what random numbers are counted by, and never another's.
    """

    signal: str
    code: int
    error: str
    low: str
    high: str | None = None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters."""
        names = (self.error, self.low, *([] if self.high is None else [self.high]))
        return tuple(load_parameters().parameters[name] for name in names)


ASSAYS = (
    Assay("drug", 0, "residual_error", "assay_low", "assay_high"),
    Assay("b-cells", 1, "b_cells_error", "b_cells_low"),
    Assay("t-cells", 2, "t_cells_error", "t_cells_low"),
    Assay("il-6", 3, "il6_error", "il6_low", "il6_high"),
)
"""What is measured, by the names that signals have."""


class Measured(NamedTuple):
    """What an assay gives: ``values``, NaN beyond its limits, where ``beyond`` says which it is: < 50, > 1000."""

    values: FloatArray
    beyond: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of measuring: those of a patient follow from the seed, their number, and what is measured when."""

    seed: int

    def at_minutes(
        self, assay: Assay, values: FloatArray, patients: FloatArray, minutes: NDArray[np.int64]
    ) -> Measured:
        """Measure values (times, patients) of patients of these numbers at minutes (times) of the course."""
        when = minutes.astype(np.uint64)[:, np.newaxis]
        return self._measure(assay, values, patients, lambda who: (when, who, _AT_MINUTE))

    def of_endpoint(self, assay: Assay, key: str, values: FloatArray, patients: FloatArray) -> Measured:
        """Measure an endpoint (patients) of patients of these numbers, on a sample of its own."""
        name = np.uint64(int.from_bytes(blake2b(key.encode(), digest_size=4).digest(), "little"))
        return self._measure(assay, values, patients, lambda who: (name, who, _OF_ENDPOINT))

    def _measure(
        self,
        assay: Assay,
        values: FloatArray,
        patients: FloatArray,
        counted: Callable[[Words], tuple[Words | np.uint64, Words, np.uint64]],
    ) -> Measured:
        who, code = patients.astype(np.uint64), np.uint64(assay.code)
        first, patient, kind = counted(who)
        error = normals(self.seed, np.asarray(first), patient, np.asarray(code), np.asarray(kind))
        with np.errstate(under="ignore"):
            found = values * np.exp(self._spread(assay, who) * error)
        return _within(assay, found)

    def _spread(self, assay: Assay, who: Words) -> FloatArray:
        """The standard deviation on ln scale of each patient."""
        parameter, nobody = assay.parameters[0], np.zeros(1, dtype=np.uint64)
        own = normals(self.seed, nobody, who, np.asarray(np.uint64(assay.code)), np.asarray(_OF_PATIENT))
        return np.asarray(parameter.value * np.exp(parameter.sd * own))


def _within(assay: Assay, found: FloatArray) -> Measured:
    low, *above = (parameter.value for parameter in assay.parameters[1:])
    high = above[0] if above else inf
    beyond = np.full(found.shape, None, dtype=np.object_)
    beyond[found < low] = f"< {low:g}"
    beyond[found > high] = f"> {high:g}"
    return Measured(np.where((found < low) | (found > high), np.nan, found), beyond)
