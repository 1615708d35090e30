"""Judge many regimens at once: what has to be simulated is simulated side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from blinplan.course.patient import Patient
from blinplan.executor import Executor, InTurn, processes, workers
from blinplan.regimen.reading import Reading
from blinplan.regimen.regimen import Regimen
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.judge import Judgement, Simulator, judge
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated.outcome import SimulatedOutcome

if TYPE_CHECKING:
    from blinplan.regimen.site import Site
    from blinplan.rules.simulated.virtual import PatientSimulator

_WORTH_PROCESSES = 4
"""Regimens to simulate from which more processes save more time than they take to start."""


@dataclass(frozen=True, slots=True)
class Task:
    """A regimen file to judge, and by what: settings, the day that decides about waivers, patient, site."""

    reading: Reading
    settings: Settings
    today: date
    patient: Patient | None = None
    site: "Site | None" = None

    def judge(self, simulation: Simulator | None) -> Judgement:
        """Judge the file."""
        return judge(self.reading, self.today, simulation, self.settings, self.patient, self.site)


@dataclass(frozen=True, slots=True)
class ProgramFault:
    """A fault of the program itself while it judged a file; the other files are judged all the same."""

    reading: Reading
    error: Exception


JudgementOrFault = Judgement | ProgramFault
Progress = Callable[[int, int], None]


def judge_many(
    tasks: Sequence[Task],
    simulator: "PatientSimulator | None",
    progress: Progress = lambda done, total: None,
    executor: Executor | None = None,
) -> tuple[JudgementOrFault, ...]:
    """Judge files, each by its own settings; the judgements come in the order of the tasks.

    Parameters
    ----------
    tasks
        What to judge.
    simulator
        How to simulate; None leaves the rules that need it not evaluated.
    progress
        Told how many regimens are simulated, of how many that have to be.
    executor
        What simulates regimens side by side; where it is not given and there are several, processes, as many as there
        are processors.
    """
    judged = [_at_once(task, simulator) for task in tasks]
    waiting = [number for number, judgement in enumerate(judged) if judgement is None]
    if simulator is not None and waiting:
        progress(0, len(waiting))
        results = _simulate(tasks, waiting, simulator, executor)
        for done, (number, judgement) in enumerate(results, start=1):
            judged[number] = judgement
            progress(done, len(waiting))
    return tuple(judgement for judgement in judged if judgement is not None)


def _at_once(task: Task, simulator: "PatientSimulator | None") -> JudgementOrFault | None:
    """Judge a file by what is known already; None where it has to be simulated."""
    if simulator is None:
        return _judgement(task, None)
    from blinplan.rules.simulated.virtual import NotKeptError

    try:
        return _judgement(task, replace(simulator, only_kept=True), let=NotKeptError)
    except NotKeptError:
        return None


def _judgement(task: Task, simulation: Simulator | None, let: type[Exception] | tuple[()] = ()) -> JudgementOrFault:
    try:
        return task.judge(simulation)
    except let:
        raise
    except Exception as error:  # whatever it is, it must not hide the other files
        return ProgramFault(task.reading, error)


def _simulate(
    tasks: Sequence[Task], waiting: Sequence[int], simulator: "PatientSimulator", executor: Executor | None
) -> Iterator[tuple[int, JudgementOrFault]]:
    if executor is not None:
        yield from _side_by_side(tasks, waiting, simulator, executor)
    elif workers() == 1 or len(waiting) < _WORTH_PROCESSES:
        for number in waiting:
            yield number, _judgement(tasks[number], simulator)
    else:
        with processes() as several:
            yield from _side_by_side(tasks, waiting, simulator, several)


def _side_by_side(
    tasks: Sequence[Task], waiting: Sequence[int], simulator: "PatientSimulator", executor: Executor
) -> Iterator[tuple[int, JudgementOrFault]]:
    """Let others simulate, and judge here by what they found."""
    # Imported here, because a check without simulation would wait for it.
    from concurrent.futures import as_completed

    alone = replace(simulator, executor=InTurn())
    futures = {executor.submit(_outcomes, tasks[number], alone): number for number in waiting}
    try:
        for future in as_completed(futures):
            number = futures[future]
            error = future.exception()
            if error is None:
                yield number, _judgement(tasks[number], Replay(future.result()))
            elif isinstance(error, Exception):
                yield number, ProgramFault(tasks[number].reading, error)
            else:  # whoever stops the run gets no result from which files are missing
                raise error
    finally:
        for future in futures:
            future.cancel()


def _outcomes(task: Task, simulator: "PatientSimulator") -> tuple[SimulatedOutcome | NotEvaluated, ...]:
    recording = Recording(simulator)
    task.judge(recording)
    return tuple(recording.outcomes_so_far)


@dataclass(frozen=True, slots=True)
class Recording:
    """A simulation that remembers what it was asked for."""

    simulator: "PatientSimulator"
    outcomes_so_far: list[SimulatedOutcome | NotEvaluated] = field(default_factory=list)

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        """Simulate, and remember."""
        for outcome in self.simulator.outcomes(regimen):
            self.outcomes_so_far.append(outcome)
            yield outcome


@dataclass(frozen=True, slots=True)
class Replay:
    """A simulation that was run elsewhere."""

    answers: tuple[SimulatedOutcome | NotEvaluated, ...]

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        """Say what was said there."""
        yield from self.answers
