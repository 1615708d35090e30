"""The same patients through the same course, by blinplan and by the witness, and how far they are apart."""

import numpy as np

from blinplan.executor import executor_or_threads, threads
from blinplan.physiology import Dosing, Population, Trajectories, simulate
from blinplan.physiology.engine.choose import takes_turns
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.cytokines import CYTOKINES
from blinplan.physiology.model.population import FloatArray
from tests.witness import solve_reference

IL6 = CYTOKINES.index("IL-6")
# Scales of error: 10 pg/mL of drug (a fifth of the assay's limit), 1 % of a signal and of marrow, 10 T cells/µL,
# 1 B cell/µL, 1 of ln blasts, 3 pg/mL of IL-6 (its baseline).
SCALES = {
    "concentration": 10.0,
    "cytolytic": 0.01,
    "adhesion_memory": 0.01,
    "release_memory": 0.01,
    "proliferation": 0.01,
    "t_blood": 10.0,
    "t_adherent": 10.0,
    "marrow_1": 0.01,
    "marrow_2": 0.01,
    "marrow_3": 0.01,
    "b_blood": 1.0,
    "log_blasts": 1.0,
    "il_6": 3.0,
}


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


def series_of(found: Trajectories) -> FloatArray:
    """The series that errors are taken of, (series, times, patients)."""
    return np.stack(
        [
            found.states.concentration,
            found.states.cytolytic,
            found.states.adhesion_memory,
            found.states.release_memory,
            found.states.proliferation,
            found.t_blood,
            found.states.t_adherent,
            *found.marrow,
            found.states.b_blood,
            found.states.log_blasts,
            found.cytokines[IL6],
        ]
    )


def by_scipy(dosing: Dosing, people: Population, days: FloatArray, relative: float) -> FloatArray:
    """The same by SciPy's LSODA, patient by patient."""
    series = []
    for patient in range(people.size):
        y = solve_reference(dosing, people, patient, days, relative=relative)
        il6 = people.cytokine_baseline[IL6, patient] + people.cytokine_release[0, patient] * y[12]
        series.append(np.stack([y[0], y[1], y[2], y[3], y[4], y[5] - y[6], y[6], *y[7:10], y[10], y[11], il6]))
    return np.stack(series, axis=-1)
