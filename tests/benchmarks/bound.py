"""The promised bound, held for many patients: each against the same engine at a quarter of its steps.

SciPy at rtol 1e-10 is the witness of a few patients (`tests.physiology.test_reference`); it would take days for all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from blinplan.course.events import periods
from blinplan.executors.executor import threads
from blinplan.physiology import Options, Population, draw, simulate
from blinplan.physiology.model.population import FloatArray
from blinplan.regimen import library
from blinplan.simulation.dosing import dosing
from tests.witness import SCALES, errors, series_of

SEEDS = (1, 2, 777)
PATIENTS = 20_000
GREATEST_ERROR = 1e-4
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Worst:
    """The greatest error of a seed, and of which series, on which day and in which patient."""

    error: float
    series: str
    day: float
    patient: int


def bound(patients: int = PATIENTS) -> float:
    """Print the greatest error of every shipped regimen in so many patients of each seed; return the greatest.

    What it printed is kept in man/make/bound.txt, for the manual.
    """
    scales = ", ".join(f"{series.replace('_', ' ')} {scale:g}" for series, scale in SCALES.items())
    print(f"promised {GREATEST_ERROR:.0e}; scales {scales}")  # noqa: T201
    print(f"{patients:,} patients of each of the seeds {', '.join(map(str, SEEDS))}")  # noqa: T201
    greatest = 0.0
    for name in library.paths():
        for seed in SEEDS:
            worst = max(
                (_worst_of(name, seed, first, count) for first, count in _parts(patients)), key=lambda w: w.error
            )
            greatest = max(greatest, worst.error)
            where = f"{worst.series}, day {worst.day:g}, patient {worst.patient}"
            print(f"{name:28} seed {seed:<4} {worst.error:.1e}  {where}", flush=True)  # noqa: T201
    print(f"{'greatest':38} {greatest:.1e}")  # noqa: T201
    return greatest


def _parts(patients: int) -> Iterator[tuple[int, int]]:
    return ((first, min(_AT_ONCE, patients - first)) for first in range(0, patients, _AT_ONCE))


def _worst_of(name: str, seed: int, first: int, count: int) -> Worst:
    people = draw(library.regimen(name).virtual_population, count, seed, first)
    return worst_of(name, people, first)


def worst_of(name: str, people: Population, first: int = 0) -> Worst:
    """The greatest error of patients under a shipped regimen, at each noon and midnight."""
    last = periods(library.regimen(name))[-1].stop / 1440
    days = np.arange(0.0, last + 0.25, 0.5)
    days = days[days <= last]
    mine, reference = (_series(name, people, days, coarseness) for coarseness in (1.0, 0.25))
    found = []
    for series, error in errors(mine, reference).items():
        day, patient = np.unravel_index(int(np.argmax(error)), error.shape)
        found.append(Worst(float(error.max()), series, float(days[day]), first + int(patient)))
    return max(found, key=lambda worst: worst.error)


def _series(name: str, people: Population, days: FloatArray, coarseness: float) -> dict[str, FloatArray]:
    regimen = library.regimen(name)
    course = dosing(regimen, periods(regimen), people)
    with threads() as running:
        found = simulate(
            course,
            people,
            options=Options(coarseness=coarseness),
            output_days=days,
            endpoints=False,
            executor=running,
        ).trajectories
    assert found is not None
    return series_of(found.states, people)
