"""Simulate a whole population in lockstep.

Every patient of a regimen shares its event times, so the patients advance together on one grid. Drug concentration and
its integral are exact. The other states advance by exponential collocation: on each step a loss rate is integrated
exactly and the remainder is interpolated at the start, middle and end of the step. The method is of order 4, keeps
every steady state exactly and damps fast states at any step (L-stable).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from blinplan.physiology import endpoints as measure
from blinplan.physiology.engine.choose import engine_called
from blinplan.physiology.engine.grid import lagrange
from blinplan.physiology.engine.integrate import (
    STATES,
    Engine,
    EngineName,
    History,
    Integrator,
    Interval,
    Timetable,
    schedules,
)
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import CYTOKINES, ELEVATED, FloatArray, Population
from blinplan.quantities import MINUTES_PER_DAY

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Trajectories:
    """States at requested times, each (times, patients).

    Attributes
    ----------
    days : (times) from the start of the course.
    concentration : pg/mL. cytolytic, adhesion_memory, release_memory, proliferation : relative signals.
    t_blood, t_adherent : cells/µL. marrow : (3, times, patients) relative to baseline. b_blood : cells/µL.
    blasts : fraction of marrow capacity. cytokines : (8, times, patients) pg/mL in the order of `CYTOKINES`.
    """

    days: FloatArray
    concentration: FloatArray
    cytolytic: FloatArray
    adhesion_memory: FloatArray
    release_memory: FloatArray
    proliferation: FloatArray
    t_blood: FloatArray
    t_adherent: FloatArray
    marrow: FloatArray
    b_blood: FloatArray
    blasts: FloatArray
    cytokines: FloatArray


@dataclass(frozen=True, slots=True)
class Solution:
    """What a simulation found: endpoints, trajectories, or both, as asked for."""

    dosing: Dosing
    population: Population
    options: Options
    engine: EngineName
    endpoints: measure.Endpoints | None
    trajectories: Trajectories | None


def _intervals(dosing: Dosing, cuts: tuple[int, ...]) -> tuple[Interval, ...]:
    """Join neighbours that differ in nothing: an event that changes nothing must change nothing.

    Cut at `cuts` (minutes), where the states have a kink though the infusion runs on.
    """
    found: list[Interval] = []
    for k, (start, stop) in enumerate(pairwise(dosing.edges_minutes)):
        rate, cycle, step = dosing.rates[k], dosing.cycles[k], dosing.steps[k]
        for begin, end in pairwise([start, *(cut for cut in cuts if start < cut < stop), stop]):
            before = found[-1] if found else None
            rate_before = np.zeros_like(rate) if before is None else dosing.rates[before.row]
            same = bool(before and (before.cycle, before.step) == (cycle, step) and np.array_equal(rate_before, rate))
            if before and same and begin not in cuts:
                found[-1] = replace(before, stop=end / MINUTES_PER_DAY)
                continue
            found.append(
                Interval(
                    start=begin / MINUTES_PER_DAY,
                    stop=end / MINUTES_PER_DAY,
                    row=k,
                    cycle=cycle,
                    step=step,
                    infusing=bool((rate > 0.0).any()),
                    escalates=bool(((rate > rate_before) & (rate_before > 0.0)).any()),
                    continues=same,
                )
            )
    return tuple(found)


def _shape(dosing: Dosing, options: Options) -> Timetable:
    given = tuple(sorted(set(dosing.premedication_minutes))) if options.premedication else ()
    return Timetable(
        intervals=_intervals(dosing, given),
        desensitises=options.attenuation == "desensitisation",
        premedication_days=tuple(minute / MINUTES_PER_DAY for minute in given),
        coarseness=options.coarseness,
    )


def _sample(history: History, engine: Engine, days: FloatArray, out: FloatArray, where: slice) -> None:
    """Write the states at the requested days that fall into one interval; the drug in closed form."""
    inside = np.flatnonzero((days >= history.days[0]) & (days <= history.days[-1]))
    engine.sample(history.values, *lagrange(history.days, days[inside]), out, inside, where.start)
    for at in inside:
        out[0, at, where] = history.concentration(float(days[at]))


def _trajectories(days: FloatArray, values: FloatArray, population: Population) -> Trajectories:
    row = {name: values[i] for i, name in enumerate(STATES)}
    baseline = population.cytokine_baseline
    cytokines = np.empty((len(CYTOKINES), days.shape[0], population.size))
    cytokines[:] = baseline[:, None]
    for j, name in enumerate(ELEVATED):
        cytokines[CYTOKINES.index(name)] += population.cytokine_release[j] * row["release"]
    return Trajectories(
        days=days,
        concentration=row["concentration"],
        cytolytic=row["cytolytic"],
        adhesion_memory=row["adhesion_memory"],
        release_memory=row["release_memory"],
        proliferation=row["proliferation"],
        t_blood=row["t_total"] - row["t_adherent"],
        t_adherent=row["t_adherent"],
        marrow=np.stack([row["marrow_1"], row["marrow_2"], row["marrow_3"]]),
        b_blood=row["b_blood"],
        blasts=np.exp(row["log_blasts"]),
        cytokines=cytokines,
    )


def simulate(
    dosing: Dosing,
    population: Population,
    *,
    options: Options | None = None,
    output_days: FloatArray | None = None,
    endpoints: bool = True,
    threads: int = 1,
    chunk: int | None = None,
    engine: EngineName | None = None,
    progress: Progress | None = None,
) -> Solution:
    """Simulate a regimen on a population.

    Parameters
    ----------
    dosing : what is infused; its rates are (K, N) for N patients, or (K, 1) when all get the same.
    population : the patients.
    options : open questions of the mechanism.
    output_days : times at which the states are wanted, within the course; none by default.
    endpoints : whether endpoints are wanted. They are gathered while the patients advance: memory does not grow with
        the length of the course.
    threads : chunks simulated at once. The result is the same to the last bit whatever `threads` and `chunk` are.
    chunk : patients that advance together; what suits the engine when not given.
    engine : "compiled" or "numpy"; compiled where numba is installed when not given.
    progress : called with the number of patients done and in all, from the calling thread.
    """
    chosen, by = options or Options(), engine_called(engine)
    n, size = population.size, by.chunk if chunk is None else chunk
    if dosing.rates.shape[1] not in {1, n}:
        raise ValueError(f"rates are for {dosing.rates.shape[1]} patients, the population has {n}")
    if threads < 1 or size < 1:
        raise ValueError("threads and chunk must be at least 1")
    course = _shape(dosing, chosen)
    shared = schedules(course, population.constants)
    days = None if output_days is None else np.array(output_days, dtype=np.float64, ndmin=1)
    if days is not None and days.size and not course.start <= days.min() <= days.max() <= course.stop:
        raise ValueError(f"output days must lie between {course.start} and {course.stop}")
    values = None if days is None else np.empty((len(STATES), days.shape[0], n))

    def run(first: int) -> measure.Endpoints | None:
        where = slice(first, min(first + size, n))
        patients = population.select(where)
        rates = dosing.rates[:, where] if dosing.rates.shape[1] == n else dosing.rates
        rates = np.ascontiguousarray(np.broadcast_to(rates, (rates.shape[0], patients.size)))
        gathered = measure.Gathering(course, rates, patients) if endpoints else None
        integrator = Integrator(patients, by)
        for interval, schedule in zip(course.intervals, shared, strict=True):
            history = integrator.advance(schedule, rates[interval.row])
            if gathered is not None:
                gathered.add(interval, history)
            if days is not None and values is not None:
                _sample(history, by, days, values, where)
        return None if gathered is None else gathered.finish()

    parts: list[measure.Endpoints | None] = []
    for first, part in zip(range(0, n, size), _in_order(run, range(0, n, size), threads), strict=True):
        parts.append(part)
        if progress is not None:
            progress(min(first + size, n), n)
    return Solution(
        dosing=dosing,
        population=population,
        options=chosen,
        engine=by.name,
        endpoints=measure.join([part for part in parts if part is not None]) if endpoints else None,
        trajectories=None if days is None or values is None else _trajectories(days, values, population),
    )


def _in_order(
    run: Callable[[int], measure.Endpoints | None], starts: range, threads: int
) -> Iterator[measure.Endpoints | None]:
    """Run the chunks, at most `threads` at once, and yield what they found in their order.

    Whoever stops early, as by Ctrl-C, waits for the chunks that run, and not for those that have not begun.
    """
    if threads == 1 or len(starts) == 1:
        yield from map(run, starts)
        return
    executor = ThreadPoolExecutor(max_workers=threads)
    try:
        yield from executor.map(run, starts)
    finally:
        executor.shutdown(cancel_futures=True)
