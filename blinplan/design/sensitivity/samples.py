"""Where runs are made, and what is taken of them: Morris' and Sobol's methods, by SALib, imported when they are used.

The places are parts of each parameter's range, from 0 to 1.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blinplan.design.comparison.student import student_975
from blinplan.design.sensitivity.method import SensitivityMethod
from blinplan.physiology.model.population import FloatArray
from blinplan.proportion import NORMAL_975

LEVELS = 4
"""Of each parameter in Morris' method: a step is two thirds of the range."""
STEP = LEVELS / (2 * (LEVELS - 1))
RESAMPLES = 100
"""How often effects are drawn again for a confidence interval."""


def runs_of(method: SensitivityMethod, parameters: int, samples: int) -> int:
    """How many runs a method takes."""
    return samples * (parameters + (1 if method is SensitivityMethod.MORRIS else 2))


def whole_samples(method: SensitivityMethod, parameters: int, runs: int) -> int:
    """How many samples so many runs make, from the first on: of Sobol's sequence, a power of 2."""
    number = runs // runs_of(method, parameters, 1)
    return number if method is SensitivityMethod.MORRIS or not number else 1 << (number.bit_length() - 1)


def places(method: SensitivityMethod, names: Sequence[str], samples: int, seed: int) -> FloatArray:
    """(R, D) where each run is, in parts of the ranges."""
    if method is SensitivityMethod.MORRIS:
        from SALib.sample import morris

        found = morris.sample(_problem(names), samples, num_levels=LEVELS, seed=seed)
    else:
        from SALib.sample import sobol

        found = sobol.sample(_problem(names), samples, calc_second_order=False, seed=seed)
    return np.asarray(found, dtype=np.float64)


def pairs(method: SensitivityMethod, at: FloatArray) -> list[NDArray[np.intp]]:
    """For each parameter (2, P): the runs, two and two, that differ in it alone."""
    count = at.shape[1]
    if method is SensitivityMethod.SOBOL:
        first = np.arange(0, at.shape[0], count + 2)
        return [np.stack([first, first + 1 + number]) for number in range(count)]
    before = np.arange(at.shape[0] - 1)
    before = before[(before + 1) % (count + 1) != 0]
    moved = np.argmax(at[before + 1] != at[before], axis=1)
    return [np.stack([before[moved == number], before[moved == number] + 1]) for number in range(count)]


def measures(
    method: SensitivityMethod, names: Sequence[str], at: FloatArray, found: FloatArray, seed: int
) -> FloatArray:
    """(D, 4) what is taken of an endpoint (R): of Morris μ*, its 95 % half width, μ and σ; of Sobol two indices so.

    NaN where the endpoint is the same in all runs.
    """
    if np.ptp(found) == 0.0:
        return np.full((len(names), 4), np.nan) if method is SensitivityMethod.SOBOL else np.zeros((len(names), 4))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        of = _morris(names, at, found, seed) if method is SensitivityMethod.MORRIS else _sobol(names, found, seed)
    columns = np.stack([np.asarray(column, dtype=np.float64) for column in of], axis=1)
    wider = _of_so_few(at.shape[0] // runs_of(method, len(names), 1))
    return columns * ([1.0, wider, 1.0, 1.0] if method is SensitivityMethod.MORRIS else [1.0, wider, 1.0, wider])


def _of_so_few(samples: int) -> float:
    """How much wider an interval is of so many samples than SALib's, which takes the normal distribution of many.

    What is drawn again from n varies by n - 1 parts of n of what they do, and of so few the percentile is Student's: of
    two trajectories the 95 % interval held what thousands give in half of the cases, and of ten in nine of ten.
    """
    return student_975(samples - 1) / NORMAL_975 * math.sqrt(samples / (samples - 1))


def _morris(names: Sequence[str], at: FloatArray, found: FloatArray, seed: int) -> Sequence[Any]:
    from SALib.analyze import morris

    of: Mapping[str, Any] = morris.analyze(
        _problem(names), at, found, num_resamples=RESAMPLES, num_levels=LEVELS, seed=seed
    )
    return [of[key] for key in ("mu_star", "mu_star_conf", "mu", "sigma")]


def _sobol(names: Sequence[str], found: FloatArray, seed: int) -> Sequence[Any]:
    from SALib.analyze import sobol

    # A seed of 0 is none to it.
    of: Mapping[str, Any] = sobol.analyze(
        _problem(names), found, calc_second_order=False, num_resamples=RESAMPLES, seed=seed + 1
    )
    return [of[key] for key in ("ST", "ST_conf", "S1", "S1_conf")]


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
