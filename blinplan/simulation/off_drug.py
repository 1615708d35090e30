"""Of how many patients a day to go off the drug takes something away, and of how many it takes nothing."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blinplan.course.events import Period
from blinplan.physiology.model.population import FloatArray


class OffDrugCount(NamedTuple):
    """How many patients have a day to go off the drug.

    Attributes
    ----------
    early
        Who go off it before their last infusion ends.
    late
        Whose day is at the end of their last infusion or later, so that they get all of it.
    """

    early: int = 0
    late: int = 0


def end_of_infusion(periods: Sequence[Period]) -> float:
    """The minute at which the last infusion of a course ends; 0 where there is none."""
    return float(max((period.stop for period in periods if period.dose is not None), default=0))


def off_drug_count(minutes: FloatArray | None, *ends: float | FloatArray) -> OffDrugCount:
    """How many there are of minutes (N) at which patients go off the drug.

    The last infusion ends for all at one minute or for each at an own (N), in each of the courses that they go through;
    a day that takes something from one of these is early.
    """
    if minutes is None:
        return OffDrugCount()
    early = np.any([minutes < end for end in ends], axis=0)
    return OffDrugCount(int(early.sum()), int((np.isfinite(minutes) & ~early).sum()))
