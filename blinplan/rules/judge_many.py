"""Judge many regimens at once: what has to be simulated is simulated side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from blinplan.refusal import Refusal
from blinplan.regimen.regimen import Regimen
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated.outcome import SimulatedOutcome
from blinplan.rules.simulated.virtual import NotKeptError, PatientSimulator
from blinplan.rules.task import JudgementOrFault, ProgramFault, Task

if TYPE_CHECKING:
    from blinplan.executors.executor import Executor

_WORTH_PROCESSES = 4
"""Regimens to simulate from which more processes save more time than they take to start."""


Progress = Callable[[int, int], None]


def judge_many(
    tasks: Sequence[Task],
    simulator: PatientSimulator,
    progress: Progress = lambda done, total: None,
    executor: "Executor | None" = None,
) -> tuple[JudgementOrFault, ...]:
    """Judge files, each by its own settings; the judgements come in the order of the tasks.

    Parameters
    ----------
    tasks
        What to judge.
    simulator
        How to simulate.
    progress
        Told how many regimens are simulated, of how many that have to be.
    executor
        What simulates regimens side by side; where it is not given and there are several, processes, as many as there
        are processors.
    """
    if executor is not None:
        from blinplan.executors.executor import require_executor

        require_executor(executor)
    judged = [_at_once(task, simulator) for task in tasks]
    waiting = [number for number, judgement in enumerate(judged) if judgement is None]
    if waiting:
        progress(0, len(waiting))
        results = _simulate(tasks, waiting, simulator, executor)
        for done, (number, judgement) in enumerate(results, start=1):
            judged[number] = judgement
            progress(done, len(waiting))
    return tuple(judgement for judgement in judged if judgement is not None)


def _at_once(task: Task, simulator: PatientSimulator) -> JudgementOrFault | None:
    """Judge a file by what is known already; None where it has to be simulated."""
    try:
        return task.judge_or_fail(replace(simulator, only_kept=True), let=NotKeptError)
    except NotKeptError:
        return None


def _simulate(
    tasks: Sequence[Task], waiting: Sequence[int], simulator: PatientSimulator, executor: "Executor | None"
) -> Iterator[tuple[int, JudgementOrFault]]:
    from blinplan.executors.executor import workers
    from blinplan.executors.processes import processes

    if executor is not None:
        yield from _side_by_side(tasks, waiting, simulator, executor)
    elif workers() == 1 or len(waiting) < _WORTH_PROCESSES:
        for number in waiting:
            yield number, tasks[number].judge_or_fail(simulator)
    else:
        with processes() as several:
            yield from _side_by_side(tasks, waiting, simulator, several)


def _side_by_side(
    tasks: Sequence[Task], waiting: Sequence[int], simulator: PatientSimulator, executor: "Executor"
) -> Iterator[tuple[int, JudgementOrFault]]:
    """Let others simulate, and judge here by what they found."""
    from concurrent.futures import BrokenExecutor

    from blinplan.executors.executor import InTurn, as_they_end

    alone = replace(simulator, executor=InTurn())
    asked = (_SimulationTask(tasks[number].alone, alone) for number in waiting)
    for at, future in as_they_end(executor, _outcomes, asked):
        number, error = waiting[at], future.exception()
        if error is None:
            yield number, tasks[number].judge_or_fail(Replay(future.result()))
        elif isinstance(error, BrokenExecutor):  # a process was killed, as for want of memory
            yield number, tasks[number].judge_or_fail(simulator)
        elif isinstance(error, Exception) and not isinstance(error, Refusal):
            yield number, ProgramFault(tasks[number].reading, error)
        else:  # whoever stops the run, or has no workers, gets no result from which files are missing
            raise error


class _SimulationTask(NamedTuple):
    """A file whose regimen is to be simulated, and how; it pickles."""

    task: Task
    simulator: PatientSimulator


def _outcomes(asked: _SimulationTask) -> tuple[SimulatedOutcome | NotEvaluated, ...]:
    task, simulator = asked
    recording = Recording(simulator)
    task.judge(recording)
    return tuple(recording.outcomes_so_far)


class Recording:
    """A simulation that remembers what it was asked for."""

    def __init__(self, simulator: PatientSimulator) -> None:
        self.simulator = simulator
        self.outcomes_so_far: list[SimulatedOutcome | NotEvaluated] = []

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        """Simulate, and remember."""
        for outcome in self.simulator.outcomes(regimen):
            self.outcomes_so_far.append(outcome)
            yield outcome


class Replay(NamedTuple):
    """A simulation that was run elsewhere."""

    answers: tuple[SimulatedOutcome | NotEvaluated, ...]

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        """Say what was said there."""
        yield from self.answers
