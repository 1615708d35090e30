"""Courses that the tests of this folder share."""

import numpy as np

from blinplan.physiology import Dosing, Population, Trajectories, draw, typical
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY

DAY = MINUTES_PER_DAY


def course(*intervals: tuple[float, float], cycles: tuple[int, ...] | None = None) -> Dosing:
    """A course of (days, mcg/day) for every patient alike."""
    edges = [0]
    for days, _ in intervals:
        edges.append(edges[-1] + round(days * DAY))
    rates = np.array([[rate] for _, rate in intervals])
    numbers = cycles or (1,) * len(intervals)
    return Dosing(tuple(edges), rates, numbers, tuple(range(1, len(intervals) + 1)))


def label(cycles: int = 2) -> Dosing:
    """9 mcg/day for 7 and 28 mcg/day for 21 days, 14 days off; later cycles 28 mcg/day for 28 days, 14 days off."""
    first = [(7.0, 9.0), (21.0, 28.0), (14.0, 0.0)]
    later = [(28.0, 28.0), (14.0, 0.0)] * (cycles - 1)
    numbers = (1, 1, 1, *(k for cycle in range(2, cycles + 1) for k in (cycle, cycle)))
    return course(*first, *later, cycles=numbers)


def two_cycles_of_days() -> Dosing:
    """Two cycles as those of the label, of days in place of weeks."""
    return course((2.0, 9.0), (3.0, 28.0), (2.0, 0.0), (5.0, 28.0), (2.0, 0.0), cycles=(1, 1, 1, 2, 2))


def with_values(population: Population, **values: FloatArray) -> Population:
    """The same patients, some of their parameters replaced."""
    from dataclasses import replace

    return replace(population, **values)  # type: ignore[arg-type]


def extremes(preset: str, patients: int = 24, seed: int = 5) -> Population:
    """Random patients, eight of them at the edges of clearance (± 3 SD), B cells (1, 2,000), T cells (10, 5,000)."""
    people, middle = draw(preset, patients, seed), typical(preset)
    clearance, b_cells, t_cells = people.clearance.copy(), people.b_cells.copy(), people.t_cells.copy()
    spread = np.exp(3.0 * 0.476)
    clearance[:8] = middle.clearance[0] * np.array([spread, 1.0 / spread] * 4)
    b_cells[:8] = [1.0, 1.0, 2000.0, 2000.0] * 2
    t_cells[:8] = [10.0] * 4 + [5000.0] * 4
    return with_values(people, clearance=clearance, b_cells=b_cells, t_cells=t_cells)


def values_of(found: Trajectories) -> dict[str, FloatArray]:
    """Everything in trajectories that is never below 0, by name."""
    derived = {name: getattr(found, name) for name in ("t_blood", "marrow", "blasts", "cytokines")}
    return {name: values for name, values in found.states._asdict().items() if name != "log_blasts"} | derived


def cleared(preset: str = "adult-rr", patients: int = 12) -> Population:
    """Patients of whom the drug leaves fewer than one blast, of each at another time."""
    people = draw(preset, patients, seed=5)
    return with_values(people, blast_sensitivity=people.blast_sensitivity * np.linspace(2.0, 60.0, patients))


CLEARED = course((28.0, 28.0), (14.0, 0.0), (28.0, 28.0), (14.0, 0.0), (28.0, 9.0), (84.0, 0.0))
"""Months of drug, and months without in which a last cell grows."""
