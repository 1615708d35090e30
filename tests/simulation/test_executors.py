"""Whatever runs the patients, and in whatever portions: the same bytes."""

import copy
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from multiprocessing import get_context

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.evidence.evaluate import evaluate
from blinplan.executors.executor import Executor, InCopies, InTurn, executor_or_threads, in_order, threads, workers
from blinplan.executors.processes import processes
from blinplan.physiology import Endpoints, draw, load_parameters, simulate
from blinplan.physiology.engine.integrate import EngineName
from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.percentiles import bands_of, sampling_days
from blinplan.simulation.trajectories import curves, portions
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.trial import Outcome, Trial
from tests.collection.grid import at_night
from tests.regimen_text import cycle, regimen_text

pytestmark = pytest.mark.slow

Making = Callable[[], AbstractContextManager[Executor]]


@contextmanager
def _processes(method: str) -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context(method)) as pool:
        yield pool


@contextmanager
def _copies(count: int) -> Iterator[Executor]:
    """Copies also where the runner of the tests has threads of its own, which no copy needs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("blinplan.executors.executor._can_be_copied", lambda: True)
        yield InCopies(count)


MAKING: dict[str, Making] = {
    "three threads": lambda: threads(3),
    "forked processes": lambda: _processes("fork"),
    "spawned processes": lambda: _processes("spawn"),
    "a process of our own": lambda: processes(1),
    "our own processes": lambda: processes(2),
    "copies of this process": lambda: _copies(2),
}


@pytest.fixture(scope="module")
def regimen() -> Regimen:
    """Two cycles of days: a first step, a second, a free interval, and a start anew; longer ones bring nothing else."""
    lines = cycle("9 mcg/day for 2 days", "28 mcg/day for 3 days", free=2) + cycle("28 mcg/day for 5 days", free=2)
    reading = read(regimen_text(lines).encode(), "probe.toml")
    assert isinstance(reading, RegimenFile)
    return reading.regimen


OF_THE_NIGHT = ("spawned processes", "our own processes")
"""What begins two processes anew: each reads the package and the machine code."""


@pytest.fixture(params=[at_night(how) if how in OF_THE_NIGHT else how for how in MAKING])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with MAKING[request.param]() as running:
        yield running


def trial_of(regimen: Regimen, patients: int, engine: EngineName | None = None) -> Trial:
    return Trial(regimen, periods(regimen), draw("adult-rr", patients, seed=5), engine=engine)


def bytes_of(endpoints: Endpoints) -> dict[str, bytes]:
    return {entry.name: np.asarray(getattr(endpoints, entry.name)).tobytes() for entry in fields(Endpoints)}


def _who(number: int) -> tuple[int, int]:
    if number < 0:
        raise ValueError(f"{number} is below 0")
    return number, os.getpid()


def test_copies_of_this_process_take_every_other_call_and_this_one_the_first() -> None:
    with _copies(3) as running:
        found = list(running.map(_who, range(8)))
    assert [number for number, _ in found] == list(range(8))
    hosts = [process for _, process in found]
    assert hosts[0] == os.getpid()
    assert len(set(hosts)) == 3
    assert hosts[:5] == hosts[3:]


def test_what_fails_in_a_copy_fails_here() -> None:
    with _copies(2) as running, pytest.raises(ValueError, match="-1 is below 0"):
        list(running.map(_who, [0, -1, 2, 3]))


def test_a_process_that_runs_threads_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blinplan.executors.executor._can_be_copied", lambda: False)
    assert {process for _, process in InCopies(2).map(_who, range(4))} == {os.getpid()}
    with executor_or_threads(None, in_turns=True) as running:
        assert not isinstance(running, InCopies)


def test_threads_that_would_wait_for_each_other_are_copies_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blinplan.executors.executor._can_be_copied", lambda: True)
    with threads(3) as three:
        with executor_or_threads(three, in_turns=True) as running:
            assert running == InCopies(3)
        with executor_or_threads(three) as running:
            assert running is three
    with _processes("spawn") as own, executor_or_threads(own, in_turns=True) as running:
        assert running is own  # what somebody gave is what runs


def test_threads_begin_with_the_first_call() -> None:
    before = threading.active_count()
    with threads(2) as two:
        assert threading.active_count() == before
        assert two.submit(_who, 4).result() == (4, os.getpid())
        assert threading.active_count() > before
    assert threading.active_count() == before


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_a_thread_is_taken_where_a_call_runs_beside_another(calls: int) -> None:
    here = threading.get_ident()
    with threads(2) as running:
        found = list(in_order(running, lambda _: threading.get_ident(), range(calls)))
    assert len(found) == calls
    assert all((where == here) == (calls == 1) for where in found)


@pytest.fixture(scope="module")
def in_turn(regimen: Regimen) -> dict[str, bytes]:
    """What comes of some hundred patients, one portion after the other."""
    return bytes_of(trial_of(regimen, 300).run(InTurn()).endpoints)


def test_hundreds_of_patients_in_processes_are_those_of_one_thread(
    regimen: Regimen, executor: Executor, in_turn: dict[str, bytes]
) -> None:
    assert bytes_of(trial_of(regimen, 300).run(executor).endpoints) == in_turn


@pytest.mark.parametrize(
    ("chunk", "engine"),
    [at_night(1, "compiled"), at_night(7, "numpy"), (7, "compiled"), at_night(1, "numpy"), (1000, "numpy")],
)
def test_the_size_of_chunks_does_not_matter_in_processes(regimen: Regimen, engine: EngineName, chunk: int) -> None:
    trial = trial_of(regimen, 40 if engine == "compiled" else 8, engine)
    days = np.array([0.3, 2.0, 5.5, 14.0])
    alone = simulate(trial.dosing, trial.population, output_days=days, engine=engine)
    with _processes("fork") as pool:
        spread = simulate(trial.dosing, trial.population, output_days=days, engine=engine, executor=pool, chunk=chunk)
    assert alone.endpoints is not None
    assert spread.endpoints is not None
    assert bytes_of(alone.endpoints) == bytes_of(spread.endpoints)
    assert alone.trajectories is not None
    assert spread.trajectories is not None
    for mine, theirs in zip(alone.trajectories.states, spread.trajectories.states, strict=True):
        assert mine.tobytes() == theirs.tobytes()


def test_curves_and_bands_are_the_same_in_processes(regimen: Regimen) -> None:
    asked = curves(regimen, every=1440, patients=30, seed=2)
    simulation = run(regimen, patients=30, seed=2, executor=InTurn())
    days = sampling_days(simulation.periods, 0.0, 10.0)
    with _processes("fork") as pool:
        there = [np.array(portion.trajectories.states).tobytes() for portion in portions(asked, executor=pool)]
        bands = bands_of(simulation, days, executor=pool)
    here = [np.array(portion.trajectories.states).tobytes() for portion in portions(asked, executor=InTurn())]
    assert here == there
    for mine, theirs in zip(bands_of(simulation, days, executor=InTurn()).bands, bands.bands, strict=True):
        assert mine.values.tobytes() == theirs.values.tobytes()


def test_evidence_is_the_same_in_processes() -> None:
    claims = ("DEP-1", "TCL-1", "MOA-5")
    with _processes("fork") as pool:
        there = evaluate(60, 3, only=claims, executor=pool)
    assert there == evaluate(60, 3, only=claims, executor=InTurn())


def test_what_is_run_and_what_comes_of_it_pickle(regimen: Regimen) -> None:
    trial = trial_of(regimen, 20)
    outcome = trial.run()
    again: Trial = pickle.loads(pickle.dumps(trial))  # noqa: S301 - our own bytes
    found: Outcome = pickle.loads(pickle.dumps(outcome))  # noqa: S301
    assert bytes_of(again.run().endpoints) == bytes_of(outcome.endpoints) == bytes_of(found.endpoints)
    assert [quantity.key for quantity in found.quantities] == [quantity.key for quantity in outcome.quantities]


def test_patients_and_doses_cannot_be_changed_where_they_were_sent(regimen: Regimen) -> None:
    """An array that is unpickled can be written to, unless somebody sees to it."""
    trial = trial_of(regimen, 3)
    for value in (trial.population, trial.population.select(slice(0, 2)), trial.dosing):
        for again in (value, pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):  # noqa: S301
            arrays = [array for name in again.__slots__ if isinstance(array := getattr(again, name), np.ndarray)]
            assert len(arrays) >= 1
            assert not any(array.flags.writeable for array in arrays)
            with pytest.raises(ValueError, match="read-only"):
                arrays[0][0] = 1.0


@pytest.mark.parametrize("preset", list(load_parameters().presets))
def test_populations_as_data_pickle_and_draw_the_same_people(preset: str) -> None:
    whole = load_parameters()
    again = pickle.loads(pickle.dumps(whole))  # noqa: S301
    assert again == whole
    mine, theirs = draw(whole.presets[preset], 5, 1), draw(again.presets[preset], 5, 1)
    assert mine.clearance.tobytes() == theirs.clearance.tobytes()


def test_parameters_cannot_be_changed() -> None:
    parameters = load_parameters().parameters
    with pytest.raises(TypeError):
        parameters["kill_rate"] = parameters["volume"]  # type: ignore[index]


def test_threads_are_as_many_as_processors_and_at_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert workers() == 1
    with threads() as running:
        assert isinstance(running, InTurn)
    with pytest.raises(ValueError, match="at least 1"), threads(0):
        pass


def test_in_turn_hands_over_faults_as_pools_do() -> None:
    assert InTurn().submit(divmod, 7, 2).result() == (3, 1)
    assert isinstance(InTurn().submit(divmod, 7, 0).exception(), ZeroDivisionError)
