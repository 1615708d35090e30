"""The same patients through the same course, by blinplan and by the witness, and how far they are apart."""

from collections.abc import Iterable

import numpy as np

from blinplan.executors.executor import executor_or_threads, threads
from blinplan.physiology import Dosing, Population, Trajectories, simulate
from blinplan.physiology.engine.choose import takes_turns
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.population import FloatArray
from tests.witness import SCALES, series_of, solve_reference


def greatest_error(mine: FloatArray, reference: FloatArray) -> float:
    """The greatest |y - reference| / (|reference| + scale) over all (series, times, patients)."""
    scale = np.array(list(SCALES.values()))[:, None, None]
    return float((np.abs(mine - reference) / (np.abs(reference) + scale)).max())


def by_blinplan(
    dosing: Dosing, people: Population, days: FloatArray, count: int = 1, engine: EngineName | None = None
) -> Trajectories:
    """Every state of all patients."""
    with threads(count) as several, executor_or_threads(several, in_turns=takes_turns(engine, people.size)) as running:
        found = simulate(
            dosing, people, output_days=days, endpoints=False, executor=running, engine=engine
        ).trajectories
    assert found is not None
    return found


def series(states: Iterable[FloatArray], people: Population) -> FloatArray:
    """The series that errors are taken of, in the order of their scales, from all states."""
    found = series_of(states, people)
    return np.stack([found[name] for name in SCALES])


def by_scipy(dosing: Dosing, people: Population, days: FloatArray, relative: float) -> FloatArray:
    """The same by SciPy's LSODA, patient by patient."""
    found = []
    for patient in range(people.size):
        person = people.select(slice(patient, patient + 1))
        found.append(series(solve_reference(dosing, people, patient, days, relative=relative), person))
    return np.stack(found, axis=-1)
