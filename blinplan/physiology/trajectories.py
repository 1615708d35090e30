"""The states of patients over time, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blinplan.physiology.model.cytokines import CYTOKINES
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import States, cytokine, t_blood


@dataclass(frozen=True, slots=True)
class Trajectories:
    """States at requested times, and what follows from them, made anew each time it is asked for.

    Attributes
    ----------
    days : (times) from the start of the course.
    states : each (times, patients), in the unit of the table of states.
    population : the patients.
    """

    days: FloatArray
    states: States
    population: Population

    @property
    def t_blood(self) -> FloatArray:
        """T cells in blood (times, patients), cells/µL."""
        return t_blood(self.states)

    @property
    def marrow(self) -> FloatArray:
        """Marrow stages (3, times, patients), relative to baseline."""
        return np.stack([self.states.marrow_1, self.states.marrow_2, self.states.marrow_3])

    @property
    def blasts(self) -> FloatArray:
        """Blasts (times, patients), fraction of marrow capacity."""
        return np.asarray(np.exp(self.states.log_blasts))

    @property
    def cytokines(self) -> FloatArray:
        """Cytokines (8, times, patients) in pg/mL, in the order of `CYTOKINES`."""
        return np.stack([self.cytokine(name) for name in CYTOKINES])

    def cytokine(self, name: str) -> FloatArray:
        """One cytokine (times, patients), pg/mL."""
        return cytokine(name, self.states, self.population)
