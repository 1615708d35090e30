"""Simulate a whole population in lockstep.

Every patient of a regimen shares its event times, so the patients advance together on one grid. Drug concentration and
its integral are exact. The other states advance by exponential collocation: on each step a loss rate is integrated
exactly and the remainder is interpolated at the start, middle and end of the step. The method is of order 4, keeps
every steady state exactly and damps fast states at any step (L-stable).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from blinplan.executor import Executor, InTurn, in_order
from blinplan.physiology import endpoints as measure
from blinplan.physiology.checkpoints import Checkpoint, Checkpoints, names_of
from blinplan.physiology.engine.choose import engine_called
from blinplan.physiology.engine.grid import lagrange
from blinplan.physiology.engine.integrate import (
    Engine,
    EngineName,
    History,
    Integrator,
    Interval,
    Timetable,
    schedules,
)
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import TABLE, States
from blinplan.physiology.trajectories import Trajectories
from blinplan.physiology.watch import Seen, Watch, Watching, join_seen
from blinplan.quantities import MINUTES_PER_DAY

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Solution:
    """What a simulation found: endpoints, trajectories, what was watched, as asked for."""

    dosing: Dosing
    population: Population
    options: Options
    engine: EngineName
    endpoints: measure.Endpoints | None
    trajectories: Trajectories | None
    seen: tuple[Seen, ...] = ()


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


def _timetable(dosing: Dosing, options: Options) -> Timetable:
    given = tuple(sorted(set(dosing.premedication_minutes))) if options.premedication else ()
    return Timetable(
        intervals=_intervals(dosing, given),
        desensitises=options.attenuation == "desensitisation",
        premedication_days=tuple(minute / MINUTES_PER_DAY for minute in given),
        coarseness=options.coarseness,
    )


@dataclass(frozen=True, slots=True)
class Chunk:
    """Patients that advance together, and all that is asked of them; it pickles.

    Attributes
    ----------
    timetable : the course, as of all patients of the population.
    rates : (K, n) mcg/day. patients : n.
    days : times at which the states are wanted; None for none.
    engine, endpoints, checkpoints, watches : as of `simulate`.
    """

    timetable: Timetable
    rates: FloatArray
    patients: Population
    days: FloatArray | None
    engine: EngineName
    endpoints: bool
    checkpoints: Checkpoints | None = None
    watches: tuple[Watch, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What came of a chunk: endpoints, states (states, times, n), and what was watched, each where it was asked for."""

    endpoints: measure.Endpoints | None
    states: FloatArray | None
    seen: tuple[Seen, ...] = ()


def run_chunk(chunk: Chunk) -> Part:
    """Advance the patients of a chunk through the course; at the top of a file, so that any executor can run it."""
    engine, patients, days = engine_called(chunk.engine), chunk.patients, chunk.days
    rates = np.ascontiguousarray(np.broadcast_to(chunk.rates, (chunk.rates.shape[0], patients.size)))
    gathered = measure.Gathering(chunk.timetable, rates, patients) if chunk.endpoints else None
    states = None if days is None else np.empty((len(TABLE), days.shape[0], patients.size))
    integrator = Integrator(patients, engine)
    watching = [Watching(watch, patients) for watch in chunk.watches]
    names = _names(chunk, rates)
    done = 0 if gathered is None else _go_on(chunk, names, integrator, gathered)
    stretches = zip(chunk.timetable.intervals, schedules(chunk.timetable, patients.constants), strict=True)
    for number, (interval, schedule) in enumerate(stretches):
        if number < done:
            continue
        history = integrator.advance(schedule, rates[interval.row])
        if gathered is not None:
            gathered.add(interval, history)
        if gathered is not None and chunk.checkpoints is not None and names:
            kept = Checkpoint(integrator.state.copy(), integrator.past.copy(), gathered.gathering_so_far(interval))
            chunk.checkpoints.keep(names[number], kept)
        if days is not None and states is not None:
            _sample(history, engine, days, states)
        for one in watching:
            one.add(interval, history)
    return Part(None if gathered is None else gathered.finish(), states, tuple(one.finish() for one in watching))


def _names(chunk: Chunk, rates: FloatArray) -> list[bytes]:
    """The names of the checkpoints after each interval; none where none are kept, or what is on the way is wanted."""
    if chunk.checkpoints is None or chunk.days is not None or chunk.watches:
        return []
    return names_of(chunk.timetable, rates, chunk.patients, chunk.engine)


def _go_on(chunk: Chunk, names: list[bytes], integrator: Integrator, gathered: measure.Gathering) -> int:
    """Go on from the latest checkpoint, and say after how many intervals that is."""
    done, checkpoint = (0, None) if chunk.checkpoints is None else chunk.checkpoints.latest(names)
    if checkpoint is not None:
        integrator.state, integrator.past[:] = checkpoint.state.copy(), checkpoint.past
        gathered.go_on_from(checkpoint.gathered)
    return done


def _sample(history: History, engine: Engine, days: FloatArray, out: FloatArray) -> None:
    """Write the states at the requested days that fall into one interval; the drug in closed form."""
    inside = np.flatnonzero((days >= history.days[0]) & (days <= history.days[-1]))
    engine.sample(history.values, *lagrange(history.days, days[inside]), out, inside, 0)
    for at in inside:
        out[0, at] = history.concentration(float(days[at]))


def simulate(  # noqa: PLR0913 - all but two by name, and each of its own
    dosing: Dosing,
    population: Population,
    *,
    options: Options | None = None,
    output_days: FloatArray | None = None,
    endpoints: bool = True,
    executor: Executor | None = None,
    chunk: int | None = None,
    engine: EngineName | None = None,
    progress: Progress | None = None,
    checkpoints: Checkpoints | None = None,
    watches: Sequence[Watch] = (),
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
    executor : what runs the chunks; one after the other when not given. The result is the same to the last bit
        whatever `executor` and `chunk` are.
    chunk : patients that advance together; what suits the engine when not given.
    engine : "compiled" or "numpy"; compiled where numba is installed when not given.
    progress : called with the number of patients done and in all, from the calling thread.
    checkpoints : where courses that begin alike are advanced together; each by itself when not given.
    watches : what is watched of the patients besides.

    Raises
    ------
    ValueError
        When rates and patients, or output days and course, do not fit, or a chunk is below 1.
    """
    chosen, by = options or Options(), engine_called(engine)
    n, size = population.size, by.chunk if chunk is None else chunk
    if dosing.rates.shape[1] not in {1, n}:
        raise ValueError(f"rates are for {dosing.rates.shape[1]} patients, the population has {n}")
    if size < 1:
        raise ValueError("a chunk has at least 1 patient")
    timetable = _timetable(dosing, chosen)
    days = None if output_days is None else np.array(output_days, dtype=np.float64, ndmin=1)
    if days is not None and days.size and not timetable.start <= days.min() <= days.max() <= timetable.stop:
        raise ValueError(f"output days must lie between {timetable.start} and {timetable.stop}")
    places = [slice(first, min(first + size, n)) for first in range(0, n, size)]
    chunks = (
        Chunk(
            timetable,
            _columns(dosing.rates, place),
            population.select(place),
            days,
            by.name,
            endpoints,
            checkpoints,
            tuple(watch.select(place) for watch in watches),
        )
        for place in places
    )
    schedules(timetable, population.constants)  # once, before several chunks would make them at the same time
    values = None if days is None else np.empty((len(TABLE), days.shape[0], n))
    measured: list[measure.Endpoints] = []
    seen: list[tuple[Seen, ...]] = []
    for place, part in zip(places, in_order(executor or InTurn(), run_chunk, chunks), strict=True):
        if part.endpoints is not None:
            measured.append(part.endpoints)
        seen.append(part.seen)
        if values is not None:
            values[..., place] = part.states
        if progress is not None:
            progress(place.stop, n)
    return Solution(
        dosing=dosing,
        population=population,
        options=chosen,
        engine=by.name,
        endpoints=measure.join(measured) if endpoints else None,
        trajectories=None if days is None or values is None else Trajectories(days, States(*values), population),
        seen=join_seen(seen),
    )


def _columns(rates: FloatArray, place: slice) -> FloatArray:
    """The rates of some patients; of all where all get the same."""
    return rates if rates.shape[1] == 1 else np.ascontiguousarray(rates[:, place])
