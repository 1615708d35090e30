"""The typical patient of a regimen in a course: endpoints, and when counts are lowest or highest in a stretch of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from blinplan.course.events import Period
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.solve import simulate
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.admission import admitted_typical
from blinplan.simulation.dosing import dosing
from blinplan.thresholds.threshold import threshold

_EVERY = 30
"""Minutes between the times at which counts are looked at."""
_RETURNED = threshold("t_cells_returned")
RISE = threshold("cytokine_risen")
"""How many times its baseline IL-6 must reach to count as elevated: what claim CYT-1 asks of cytokines that are not."""


@dataclass(frozen=True, slots=True)
class TypicalCourse:
    """T cells in blood (cells/µL) and IL-6 (pg/mL) of the typical patient at ``minutes`` of a course."""

    minutes: FloatArray
    t_blood: FloatArray
    il6: FloatArray

    def fewest_t_cells(self, start: int, stop: int) -> int | None:
        """The minute at which there are fewest T cells in blood; None where there is no fall worth a word.

        That is one below what counts as a return, of those that were there at the first of the two minutes.
        """
        inside = self._inside(start, stop)
        if not self.minutes[inside].size:
            return None
        at = int(np.argmin(self.t_blood[inside]))
        counts = self.t_blood[inside]
        return int(self.minutes[inside][at]) if counts[at] < _RETURNED * counts[0] else None

    def highest_il6(self, start: int, stop: int) -> int | None:
        """The minute at which IL-6 is highest; None where it is not elevated between two minutes."""
        inside = self._inside(start, stop)
        if not self.minutes[inside].size:
            return None
        at = int(np.argmax(self.il6[inside]))
        return int(self.minutes[inside][at]) if self.il6[inside][at] >= RISE * self.il6[0] else None

    def _inside(self, start: int, stop: int) -> slice:
        return slice(int(np.searchsorted(self.minutes, start)), int(np.searchsorted(self.minutes, stop, "right")))


def typical_course(regimen: Regimen, periods: Sequence[Period]) -> TypicalCourse:
    """Send the typical patient of a regimen's population through a course."""
    patient = admitted_typical(regimen, regimen.virtual_population)
    minutes = np.arange(0, periods[-1].stop + 1, _EVERY, dtype=np.float64)
    trajectories = simulate(
        dosing(regimen, periods, patient), patient, output_days=minutes / MINUTES_PER_DAY, endpoints=False
    ).trajectories
    assert trajectories is not None  # noqa: S101 - they were asked for
    return TypicalCourse(minutes, trajectories.t_blood[:, 0], trajectories.cytokine("IL-6")[:, 0])
