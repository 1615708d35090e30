"""Curves of virtual patients at regular times, in portions of patients, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from blinplan.course.events import periods
from blinplan.course.patient import Patient
from blinplan.executor import Executor, executor_or_threads, workers
from blinplan.physiology.engine.choose import engine_called
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import Population
from blinplan.physiology.solve import simulate
from blinplan.physiology.trajectories import Trajectories
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.dosing import dosing
from blinplan.simulation.trial import Patients, followed_up, preset_of, typical_patient, virtual_patients

MOST_TIMES = 1_000_000
"""Times of one patient that are kept at once."""
_POINTS = 200_000  # of all patients of a portion


class TooManyTimesError(ValueError):
    """More times of one patient than are kept at once."""


@dataclass(frozen=True, slots=True)
class RequestedCurves:
    """Curves that are asked for: of whom, under what, and when; `portions` computes them.

    Attributes
    ----------
    regimen, preset, seed, population, typical_area, follow_up_days, options, engine
        As of a `Simulation`.
    alone
        Whether they are of the typical patient alone.
    dosing
        What is infused.
    every
        Whole minutes between two times.
    minutes : (times) from the start of the course: every multiple of `every` up to its end.
    """

    regimen: Regimen
    preset: str
    alone: bool
    seed: int | None
    population: Population
    typical_area: float
    follow_up_days: int
    options: Options
    engine: EngineName
    dosing: Dosing
    every: int
    minutes: IntArray

    @property
    def row_of_times(self) -> IntArray:
        """Row of `dosing` that holds from each time on; at the end of the course, the last."""
        edges = np.array(self.dosing.edges_minutes[1:-1])
        return np.asarray(np.searchsorted(edges, self.minutes, side="right"))

    @property
    def changes_between_times(self) -> tuple[int, ...]:
        """Minutes at which the infusion changes, or the course ends, between two times."""
        return tuple(minute for minute in self.dosing.edges_minutes if minute % self.every)

    @property
    def greatest_every(self) -> int:
        """The most minutes between two times that leave no change of the infusion between them."""
        return gcd(*self.dosing.edges_minutes)


@dataclass(frozen=True, slots=True)
class Portion:
    """The curves of some patients: those from number `first` on, counted from 0. `rates` (K, n) are what they get."""

    first: int
    rates: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    trajectories: Trajectories


def curves(
    regimen: Regimen,
    *,
    every: int,
    preset: str | None = None,
    patients: Patients | None = 1000,
    seed: int = 1,
    patient: Patient | None = None,
    follow_up_days: int = 0,
    options: Options | None = None,
) -> RequestedCurves:
    """Ask for the curves of a regimen. Patients, seed and options mean what they mean in `trial.run`.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of a virtual patient.
    TooManyTimesError
        When there are more than a million times of one patient.
    """
    if every < 1:
        raise ValueError("times are at least a minute apart")
    chosen = preset_of(regimen, preset, patients)
    table = followed_up(periods(regimen), follow_up_days)
    times = table[-1].stop // every + 1
    if times > MOST_TIMES:
        raise TooManyTimesError(f"{times:,} times of each patient are more than {MOST_TIMES:,}")
    reference = typical_patient(regimen, chosen, patient)
    people = reference if patients is None else virtual_patients(regimen, chosen, patients, seed)
    return RequestedCurves(
        regimen=regimen,
        preset=chosen,
        alone=patients is None,
        seed=people.seed,
        population=people,
        typical_area=float(reference.bsa_m2[0]),
        follow_up_days=follow_up_days,
        options=options or Options(),
        engine=engine_called(None).name,
        # Of all patients together: an escalation is one for all where the rate of any of them rises.
        dosing=dosing(regimen, table, people),
        every=every,
        minutes=np.arange(times) * every,
    )


def portions(
    request: RequestedCurves, *, executor: Executor | None = None, progress: Callable[[int], None] | None = None
) -> Iterator[Portion]:
    """Compute the curves, patient by patient in their order, as many patients at once as fit into a portion.

    The result is the same to the last bit whatever runs them: threads, as many as there are processors, when no
    executor is given. `progress` is called with the patients done.
    """
    size = max(1, _POINTS // request.minutes.shape[0])
    chunk = max(1, min(engine_called(request.engine).chunk, -(-size // workers())))
    with executor_or_threads(executor) as running:
        for first in range(0, request.population.size, size):
            where = slice(first, min(first + size, request.population.size))
            rates = request.dosing.rates[:, where]
            trajectories = simulate(
                replace(request.dosing, rates=rates),
                request.population.select(where),
                options=request.options,
                output_days=request.minutes / MINUTES_PER_DAY,
                endpoints=False,
                executor=running,
                chunk=chunk,
                engine=request.engine,
            ).trajectories
            assert trajectories is not None  # noqa: S101 - they were asked for
            yield Portion(first, rates, trajectories)
            if progress is not None:
                progress(where.stop)
