"""Simulate a whole population in lockstep.

Patients of a regimen share its event times and advance together on one grid (`timetables`). Drug concentration and
its integral are exact. The other states advance by exponential collocation: on each step a loss rate is integrated
exactly and the remainder is interpolated at the start, middle and end of the step. The method is of order 4, keeps
every steady state exactly and damps fast states at any step (L-stable).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from blinplan.executors.executor import Executor, InTurn, in_order, places, shares_memory
from blinplan.physiology.checkpoints import Checkpoint, Checkpoints, names_of
from blinplan.physiology.endpoints import Endpoints, join
from blinplan.physiology.engine.choose import engine_called, engine_for, steps_for
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.integrate import EngineName, Integrator, Timetable
from blinplan.physiology.engine.searches import NOTHING
from blinplan.physiology.gathering import Gathering
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.mechanism import LOG_ONE_CELL
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.model.states import ROW, TABLE, States
from blinplan.physiology.timetables import Together, timetables
from blinplan.physiology.trajectories import Trajectories
from blinplan.physiology.watch import Seen, Watch, WatchingInStep, join_seen

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Solution:
    """What a simulation found: endpoints, trajectories, what was watched, as asked for."""

    dosing: Dosing
    population: Population
    options: Options
    engine: EngineName
    endpoints: Endpoints | None
    trajectories: Trajectories | None
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Patients that advance together, and all that is asked of them; it pickles.

    Attributes
    ----------
    timetable : the course of all of them.
    rates : (K, n) mcg/day. patients : n.
    days : times at which the states are wanted; None for none.
    engine, endpoints, checkpoints, watches : as of `simulate`.
    into : where the states (states, times, n) are written, where that is memory of this process.
    """

    timetable: Timetable
    rates: FloatArray
    patients: Population
    days: FloatArray | None
    engine: EngineName
    endpoints: bool
    checkpoints: Checkpoints | None = None
    watches: tuple[Watch, ...] = ()
    into: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What came of a chunk of so many: endpoints, states (states, times, n), and what was watched, as asked for."""

    size: int
    endpoints: Endpoints | None
    states: FloatArray | None
    seen: tuple[Seen, ...] = ()


def run_chunk(chunk: Chunk) -> Part:
    """Advance the patients of a chunk through the course; at the top of a file, so that any executor can run it."""
    patients, timetable = chunk.patients, chunk.timetable
    rates = chunk.rates if chunk.rates.shape[1] == patients.size else np.repeat(chunk.rates, patients.size, axis=1)
    gathered = Gathering(timetable, rates, patients) if chunk.endpoints else None
    days = _rising(chunk.days, () if gathered is None else gathered.windows.looks)
    as_asked = chunk.days is not None and np.array_equal(days, chunk.days)
    into = chunk.into if as_asked else None
    states = np.empty((len(TABLE), len(days), patients.size)) if into is None else into
    integrator = Integrator(
        patients,
        engine_called(chunk.engine),
        steps_for(chunk.engine, timetable, patients.constants, days),
        rates[[i.row for i in timetable.intervals]],
        NOTHING if gathered is None else gathered.searches,
        None if gathered is None else gathered.rows,
    )
    names = _names(chunk, rates) if gathered is not None else []
    watching = WatchingInStep(chunk.watches, patients, integrator.in_step) if chunk.watches else None
    if watching is not None or names:
        _by_intervals(chunk, integrator, gathered, watching, days, states, names)
    else:
        integrator.advance(states)
        _look(gathered, days, states, timetable.start, timetable.stop)
    np.maximum(states[ROW["log_blasts"]], LOG_ONE_CELL, out=states[ROW["log_blasts"]])
    return Part(
        patients.size,
        None if gathered is None else gathered.finish(),
        None if chunk.days is None or into is not None else _on(chunk.days, days, states),
        () if watching is None else watching.finish(),
    )


def _rising(days: FloatArray | None, looks: tuple[float, ...]) -> tuple[float, ...]:
    """All times at which states are wanted."""
    return tuple(sorted({*looks, *(() if days is None else days.tolist())}))


def _on(days: FloatArray, found: tuple[float, ...], states: FloatArray) -> FloatArray:
    """The states on the days that were asked for, among those that were found."""
    return states if np.array_equal(days, found) else states[:, np.searchsorted(found, days)]


def _by_intervals(
    chunk: Chunk,
    integrator: Integrator,
    gathered: Gathering | None,
    watching: WatchingInStep | None,
    days: tuple[float, ...],
    states: FloatArray,
    names: list[bytes],
) -> None:
    """Advance from interval to interval, watching on the way; on from the latest checkpoint, where there is one."""
    done, before = (0, None) if chunk.checkpoints is None else chunk.checkpoints.latest(names)
    if before is not None and gathered is not None:
        integrator.state[:] = before.state
        gathered.go_on_from(before.gathered)
    for k, interval in enumerate(chunk.timetable.intervals[done:], start=done):
        if watching is not None:
            watching.add(interval, integrator.watch(k, states))
        else:
            integrator.advance(states, k, k + 1)
        _look(gathered, days, states, interval.start, interval.stop)
        if chunk.checkpoints is not None and gathered is not None and names:
            kept = Checkpoint(integrator.state.copy(), gathered.gathered_so_far(interval))
            chunk.checkpoints.keep(names[k], kept)


def _look(gathered: Gathering | None, days: tuple[float, ...], states: FloatArray, start: float, stop: float) -> None:
    """Let endpoints look at the states of the days between two."""
    if gathered is None:
        return
    for day in gathered.windows.looks:
        if start < day <= stop:
            gathered.look(day, States(*states[:, days.index(day)]))


def _names(chunk: Chunk, rates: FloatArray) -> list[bytes]:
    """The names of the checkpoints after each interval; none where none are kept, or what is on the way is wanted."""
    if chunk.checkpoints is None or chunk.days is not None or chunk.watches:
        return []
    return names_of(chunk.timetable, rates, chunk.patients, chunk.engine)


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
    n = population.size
    chosen, by = options or Options(), engine_for(engine, n, population.constants.sets)
    size = _chunk_for(n, by.chunk, executor) if chunk is None else chunk
    if dosing.rates.shape[1] not in {1, n}:
        raise ValueError(f"rates are for {dosing.rates.shape[1]} patients, the population has {n}")
    if size < 1:
        raise ValueError("a chunk has at least 1 patient")
    groups = timetables(dosing, chosen, population, by_sets=by.name == "compiled")
    start, stop = groups[0].timetable.start, groups[0].timetable.stop
    days = None if output_days is None else np.array(output_days, dtype=np.float64, ndmin=1)
    if days is not None and days.size and not start <= days.min() <= days.max() <= stop:
        raise ValueError(f"output days must lie between {start} and {stop}")
    values = None if days is None else np.empty((len(TABLE), days.shape[0], n))
    here = shares_memory(executor)
    patients = np.concatenate([group.patients for group in groups])
    parts = [part for group in groups for part in _portions(group, size)]
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
            values[..., place] if here and values is not None and isinstance(place, slice) else None,
        )
        for place, timetable in parts
    )
    measured: list[Endpoints] = []
    seen: list[tuple[Seen, ...]] = []
    done = 0
    for (place, _), part in zip(parts, in_order(executor or InTurn(), run_chunk, chunks), strict=True):
        if part.endpoints is not None:
            measured.append(part.endpoints)
        seen.append(part.seen)
        if values is not None and part.states is not None:
            _put(part.states, values, place)
        done += part.size
        if progress is not None:
            progress(done, n)
    return Solution(
        dosing=dosing,
        population=population,
        options=chosen,
        engine=engine_called(engine).name,
        endpoints=join(measured, patients) if endpoints else None,
        trajectories=None if days is None or values is None else Trajectories(days, States(*values), population),
        seen=join_seen(seen, patients),
    )


def _chunk_for(patients: int, most: int, executor: Executor | None) -> int:
    """How many advance together: no more than suits the engine, and as many for each who computes, every time."""
    several = 1 if executor is None or isinstance(executor, InTurn) else places(executor)
    times = -(-patients // (several * most))
    return max(min(most, _WORTH_A_COPY), -(-patients // (several * max(1, times))))


_WORTH_A_COPY = 256
"""Patients who take as long as copying this process and handing over what came of them is worth."""


Place = slice | IntArray
"""Where patients stand among all: one after the other, or here and there."""


def _portions(group: Together, size: int) -> Iterator[tuple[Place, Timetable]]:
    """The patients of one timetable, so many at a time."""
    for first in range(0, group.patients.size, size):
        some = group.patients[first : first + size]
        behind_each_other = bool((np.diff(some) == 1).all())
        yield (slice(int(some[0]), int(some[-1]) + 1) if behind_each_other else some), group.timetable


def _put(states: FloatArray, values: FloatArray, place: Place) -> None:
    """Write the states of some patients where they stand among all.

    Where few of all are in other groups, those who stand behind each other go together: one by one they take half the
    time of computing them.
    """
    if isinstance(place, slice):
        values[..., place] = states
        return
    begins = np.concatenate([[0], np.flatnonzero(np.diff(place) != 1) + 1])
    if place.size < _BEHIND_EACH_OTHER * begins.size:
        values[..., place] = states
        return
    for first, until in pairwise([*begins.tolist(), place.size]):
        values[..., place[first] : place[first] + until - first] = states[..., first:until]


_BEHIND_EACH_OTHER = 8
"""So many have to stand behind each other, on average, for that to be worth it."""


def _columns(rates: FloatArray, place: Place) -> FloatArray:
    """The rates of some patients; of all where all get the same."""
    return rates if rates.shape[1] == 1 else np.ascontiguousarray(rates[:, place])
