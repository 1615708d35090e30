"""The promised bound, held for many patients: each against the same engine at a quarter of its steps.

It is promised at each noon and midnight. Soon after a change of the infusion, in the hours before the first of them, it
is not, and `soon` measures what is true there.

SciPy at rtol 1e-10 is the witness of a few patients (`tests.physiology.test_reference`); it would take days for all.
"""

from collections.abc import Callable, Iterator
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
PATIENTS, PATIENTS_SOON = 20_000, 1000
GREATEST_ERROR = 1e-4
_AT_ONCE = 1000
_FEW = 500
"""Patients for whom nobody waits for a compiler."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The greatest error of a seed, and of which series, when and in which patient."""

    error: float
    series: str
    when: str
    patient: int


@dataclass(frozen=True, slots=True)
class Times:
    """Times of a course at which errors are taken, days from its start, and what each is called."""

    days: FloatArray
    names: tuple[str, ...]


def bound(patients: int = PATIENTS) -> float:
    """Print the greatest error of every shipped regimen in so many patients of each seed; return the greatest.

    What it printed is kept in man/make/measured/bound.txt, for the manual.
    """
    return _print_greatest(f"promised {GREATEST_ERROR:.0e}", patients, noons)


def soon(patients: int = PATIENTS_SOON) -> float:
    """The same soon after each change of the infusion; what it printed is kept in man/make/measured/soon.txt."""
    return _print_greatest("not promised", patients, moments_after_changes)


def _print_greatest(promise: str, patients: int, times_of: Callable[[str], Times]) -> float:
    scales = ", ".join(f"{series.replace('_', ' ')} {scale:g}" for series, scale in SCALES.items())
    print(f"{promise}; scales {scales}")  # noqa: T201
    print(f"{patients:,} patients of each of the seeds {', '.join(map(str, SEEDS))}")  # noqa: T201
    greatest = 0.0
    for name in library.paths():
        times = times_of(name)
        for seed in SEEDS:
            parts = (_worst_of(name, seed, first, count, times) for first, count in _parts(patients))
            worst = max(parts, key=lambda w: w.error)
            greatest = max(greatest, worst.error)
            where = f"{worst.series}, {worst.when}, patient {worst.patient}"
            print(f"{name:28} seed {seed:<4} {worst.error:.1e}  {where}", flush=True)  # noqa: T201
    print(f"{'greatest':38} {greatest:.1e}")  # noqa: T201
    return greatest


def _parts(patients: int) -> Iterator[tuple[int, int]]:
    return ((first, min(_AT_ONCE, patients - first)) for first in range(0, patients, _AT_ONCE))


def noons(name: str) -> Times:
    """Each noon and midnight of a shipped regimen."""
    last = periods(library.regimen(name))[-1].stop / 1440
    days = np.arange(0.0, last + 0.25, 0.5)
    days = days[days <= last]
    return Times(days, tuple(f"day {day:g}" for day in days))


def moments_after_changes(name: str) -> Times:
    """Some minutes after each start, change and end of the infusion of a shipped regimen, as far as its course goes."""
    course = periods(library.regimen(name))
    changes = sorted({period.start for period in course})
    found = sorted({(change + later, change, later) for change in changes for later in _LATER})
    found = [each for each in found if each[0] <= course[-1].stop]
    return Times(
        np.array([minute / 1440 for minute, _, _ in found]),
        tuple(f"day {change / 1440:g} + {later} min" for _, change, later in found),
    )


_LATER = (5, 10, 20, 40, 60, 90, 120, 180, 240, 360, 480, 540, 900, 1080, 1260)


def _worst_of(name: str, seed: int, first: int, count: int, times: Times) -> Worst:
    people = draw(library.regimen(name).virtual_population, count, seed, first)
    return worst_of(name, people, times, first)


def worst_of(name: str, people: Population, times: Times, first: int = 0) -> Worst:
    """The greatest error of patients under a shipped regimen, at some times of it."""
    mine, reference = (_series(name, people, times.days, coarseness) for coarseness in (1.0, 0.25))
    found = []
    for series, error in errors(mine, reference).items():
        at, patient = np.unravel_index(int(np.argmax(error)), error.shape)
        found.append(Worst(float(error.max()), series, times.names[at], first + int(patient)))
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
            engine="compiled" if people.size > _FEW else None,
        ).trajectories
    assert found is not None
    return series_of(found.states, people)
