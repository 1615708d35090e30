"""Many files at once: what simulates them does not matter, and what comes back can be sent on."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import pytest

from blinplan.executors.executor import Executor, InTurn
from blinplan.physiology import solve
from blinplan.physiology.engine import choose
from blinplan.regimen import library
from blinplan.rules import judge_many as many
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judge_many import judge_many
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated.outcome import SimulatedOutcome
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.rules.task import ProgramFault, Task
from tests.collection.grid import at_night
from tests.program import PLAIN, ROOT

NAMES = ("nhl-0.5", "nhl-5", "nhl-15")


def judged(executor: Executor | None) -> tuple[Judgement | ProgramFault, ...]:
    tasks = [Task(library.load(name), DEFAULTS, date(2026, 11, 28)) for name in NAMES]
    return judge_many(tasks, PatientSimulator(40, 1), executor=executor)


@pytest.fixture(scope="module")
def expected() -> tuple[Judgement | ProgramFault, ...]:
    """The judgements, one after the other."""
    return judged(InTurn())


@pytest.mark.slow
def test_any_executor_gives_the_same_judgements(expected: tuple[Judgement | ProgramFault, ...]) -> None:
    assert all(isinstance(answer, Judgement) and answer.outcome is not None for answer in expected)
    with ThreadPoolExecutor(2) as pool:
        assert judged(pool) == expected
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as forked:
        assert judged(forked) == expected
    assert judged(None) == expected


def test_many_files_are_given_to_processes_and_few_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the processes are this one, and what is simulated is none: it is asked who simulates."""
    begun: list[int] = []

    @contextmanager
    def counted() -> Iterator[Executor]:
        begun.append(1)
        yield InTurn()

    simulated = PatientSimulator(10, 1)
    monkeypatch.setattr("blinplan.executors.processes.processes", counted)
    monkeypatch.setattr("blinplan.executors.executor.workers", lambda: 2)
    monkeypatch.setattr(PatientSimulator, "_simulate", lambda *_: NotEvaluated("undecided", "nobody is admitted"))
    tasks = [Task(library.load("rr-adult"), DEFAULTS, date(2026, 11, 28))] * many._WORTH_PROCESSES
    few, all_of_them = judge_many(tasks[:-1], simulated), judge_many(tasks, simulated)
    assert begun == [1]
    assert [*few, few[0]] == list(all_of_them)
    monkeypatch.setattr("blinplan.executors.executor.workers", lambda: 1)
    assert judge_many(tasks, simulated) == all_of_them
    assert begun == [1], "of one processor there are no two"


class Interrupted(InTurn):
    """An executor that somebody stops."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(KeyboardInterrupt())
        return future


class Killed(InTurn):
    """An executor of which a worker is killed when two calls have begun, as where memory runs out."""

    begun = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        Killed.begun += 1
        future: Future[Any] = super().submit(fn, *args) if Killed.begun < 3 else Future()
        if not future.done():
            future.set_exception(BrokenProcessPool())
        return future


@pytest.mark.slow
def test_what_a_worker_had_that_was_killed_is_done_here(expected: tuple[Judgement | ProgramFault, ...]) -> None:
    assert judged(Killed()) == expected


@pytest.mark.nightly
@pytest.mark.slow
def test_one_file_does_not_part_patients_among_threads_that_would_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = list[int]()

    def run_here(chunk: solve.Chunk) -> solve.Part:
        assert current_thread() is main_thread()
        sizes.append(chunk.patients.size)
        return run_chunk(chunk)

    run_chunk = solve.run_chunk
    monkeypatch.setattr(solve, "run_chunk", run_here)
    monkeypatch.setattr(choose, "_is_installed", lambda: False)
    regimen = library.regimen("mrd-adult")
    assert isinstance(PatientSimulator(520, 1).outcome_of(regimen, 520, 1.96), SimulatedOutcome)
    assert set(sizes) == {520}


def test_who_stops_a_run_gets_no_result_from_which_files_are_missing() -> None:
    with pytest.raises(KeyboardInterrupt):
        judged(Interrupted())


@pytest.mark.slow
def test_judgements_pickle(expected: tuple[Judgement | ProgramFault, ...]) -> None:
    for answer in expected:
        assert isinstance(answer, Judgement)
        again: Judgement = pickle.loads(pickle.dumps(answer))  # noqa: S301 - our own bytes
        assert again.findings == answer.findings
        assert again.outcome == answer.outcome
        assert dict(again.limits) == dict(answer.limits)
        assert [verdict.rule.code for verdict in again.verdicts] == [verdict.rule.code for verdict in answer.verdicts]


_OF_PROCESSES = """
from blinplan.executors.processes import processes
with processes() as several:
    print([called.result() for called in [several.submit(abs, -number) for number in (1, 2)]])
"""
_OF_MANY_FILES = """
import blinplan
print(blinplan.check("nhl-3", "nhl-5", "nhl-15", "nhl-30", cache=False, patients=20))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "expected"),
    [(_OF_PROCESSES, "[1, 2]"), at_night(_OF_MANY_FILES, "<CheckResult: 4 regimens")],
    ids=["calls", "files"],
)
def test_processes_do_not_run_the_script_that_asks_for_them(tmp_path: Path, asked: str, expected: str) -> None:
    """Which has nothing under `if __name__ == "__main__"`, as whoever tries something writes it."""
    script = tmp_path / "mine.py"
    script.write_text(f'print("begun")\n{asked}', encoding="utf-8")
    environment = {**PLAIN, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(  # noqa: S603 - ours
        [sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path, env=environment, check=True
    )
    begun, said = ran.stdout.splitlines()
    assert (begun, ran.stderr) == ("begun", "")
    assert said.startswith(expected)
