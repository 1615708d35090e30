"""Parameters that all patients of a population share, where patients of several parameter sets go side by side."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blinplan.physiology.engine.collocation import weights
from blinplan.physiology.engine.step.moment import SHARED_LOSS_RATES, GridStep
from blinplan.physiology.engine.written_out import written_out
from blinplan.physiology.model.population import Constants, FloatArray


class OwnConstants(NamedTuple):
    """Parameters one a patient, as rows (parameters, N) in the order of `Constants`, and exponents that all share."""

    rows: FloatArray
    lysis_hill: int
    activation_hill: int


def own_constants(c: Constants, patients: int) -> Constants | OwnConstants:
    """What each of so many patients has of the parameters; as they are where all share all of them."""
    if not c.differing:
        return c
    rows = np.stack([np.broadcast_to(np.asarray(value, dtype=np.float64), patients) for value in c])
    return OwnConstants(rows, c.lysis_hill, c.activation_hill)


constants_in = written_out(
    Constants,
    "c, rows, j",
    "rows[{i}, j]",
    __name__,
    lysis_hill="c.lysis_hill",
    activation_hill="c.activation_hill",
)
"""The parameters of one patient, in column j of rows."""


with_own_weights = written_out(
    GridStep,
    "step, own",
    "",
    __name__,
    weights,
    **{name: f"step.{name}" for name in GridStep._fields}
    | {name: f"weights(own.{rate}, step.length)" for name, rate in SHARED_LOSS_RATES.items()},
)
"""A step with the weights for a patient's own loss rates, which otherwise all share."""
