"""Who simulates the files that wait for it: this process, processes of its own, or whoever is given; none is lost.

What stands for the virtual patients says at once what they do, and remembers who asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from blinplan.executors.executor import Executor, InTurn
from blinplan.refusal import Refusal
from blinplan.regimen.reading import read
from blinplan.regimen.regimen import Regimen
from blinplan.rules import judge_many as many
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated.outcome import SimulatedOutcome
from blinplan.rules.simulated.virtual import NotKeptError, PatientSimulator
from blinplan.rules.task import JudgementOrFault, ProgramFault, Task
from tests.collection.grid import pairs_of
from tests.regimen_text import TODAY, cycle, outcome, regimen_text


class WardsError(ValueError):
    """What a simulation may fail on."""


@dataclass(frozen=True, slots=True)
class Told(PatientSimulator):
    """Says what it was told to say of each regimen, where that is kept or may be simulated."""

    patients: int = 1000
    seed: int = 1
    known: frozenset[str] = frozenset()
    fails: Mapping[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    """Which regimen was simulated, and whether by an executor that it was given."""

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        if regimen.name not in self.known:
            if self.only_kept:
                raise NotKeptError
            self.asked.append((regimen.name, isinstance(self.executor, InTurn)))
        if regimen.name in self.fails:
            raise self.fails[regimen.name]
        yield outcome(500, 1000)  # undecided, so that more patients are asked for
        yield outcome(700 + int(regimen.name[-1]), 1000)


def task(number: int) -> Task:
    """A regimen; the last has a dose that nobody can give, and is not simulated."""
    dose = "15 mcg/m2/day for 28 days"
    return Task(read(regimen_text(cycle(dose), called=f"no-{number}").encode(), f"no-{number}.toml"), DEFAULTS, TODAY)


SITE = Task(read(b'site = 1\nname = "W"\nbag = [{ hours = 48 }]\n', "ward.toml"), DEFAULTS, TODAY)


@dataclass
class Ran:
    """What a run gave, what was told of how far it is, and how often processes were begun."""

    answers: tuple[JudgementOrFault, ...]
    progress: list[tuple[int, int]]
    begun: int


def run(
    monkeypatch: pytest.MonkeyPatch,
    tasks: Sequence[Task],
    simulator: Told,
    executor: Executor | None = None,
    workers: int = 2,
) -> Ran:
    begun, progress = list[int](), list[tuple[int, int]]()

    @contextmanager
    def processes() -> Iterator[Executor]:
        begun.append(1)
        yield InTurn()

    monkeypatch.setattr("blinplan.executors.processes.processes", processes)
    monkeypatch.setattr("blinplan.executors.executor.workers", lambda: workers)
    answers = many.judge_many(tasks, simulator, lambda done, total: progress.append((done, total)), executor)
    return Ran(answers, progress, len(begun))


def said(answers: Sequence[JudgementOrFault]) -> list[object]:
    return [(one.verdicts, one.outcome) if isinstance(one, Judgement) else one for one in answers]


@pytest.mark.slow
@pytest.mark.parametrize(("waiting", "kept", "workers"), pairs_of([0, 1, 3, 4, 5], [0, 1, 4], [1, 2, 3]))
def test_files_that_wait_are_simulated_once_and_by_processes_where_there_are_four(
    monkeypatch: pytest.MonkeyPatch, waiting: int, kept: int, workers: int
) -> None:
    names = [f"no-{number}" for number in range(kept + waiting)]
    known = frozenset(names[1::2][:kept]) | frozenset(names[::2][: max(0, kept - len(names[1::2]))])
    open_ones = [name for name in names if name not in known]
    tasks = [*map(task, range(len(names))), SITE]
    simulator = Told(known=known)
    ran = run(monkeypatch, tasks, simulator, workers=workers)
    many_wait = workers > 1 and len(open_ones) >= 4
    assert ran.begun == int(many_wait)
    assert simulator.asked == [(name, many_wait) for name in open_ones]
    assert ran.progress == [(done, len(open_ones)) for done in range(len(open_ones) + 1) if open_ones]
    assert [one.reading.document.name for one in ran.answers] == [*(f"{name}.toml" for name in names), "ward.toml"]
    assert said(ran.answers) == said([each.judge(Told()) for each in tasks])
    shares = [one.outcome.depletion.count for one in ran.answers if isinstance(one, Judgement) and one.outcome]
    assert shares == [700 + number for number in range(len(names))]


@pytest.mark.parametrize("given", [None, InTurn()])
def test_a_simulation_that_fails_is_a_fault_of_the_program_and_hides_no_other_file(
    monkeypatch: pytest.MonkeyPatch, given: Executor | None
) -> None:
    fault = WardsError("no wards")
    ran = run(monkeypatch, [task(number) for number in range(3)], Told(fails={"no-1": fault}), given)
    first, second, third = ran.answers
    assert isinstance(second, ProgramFault)
    assert (second.error, second.reading.document.name) == (fault, "no-1.toml")
    assert isinstance(first, Judgement)
    assert isinstance(third, Judgement)
    assert ran.progress == [(done, 3) for done in range(4)]


def test_without_workers_no_result_is_handed_over_from_which_files_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    simulator = Told(fails={"no-1": Refusal("no workers", "begin some")})
    with pytest.raises(Refusal, match="no workers"):
        run(monkeypatch, [task(number) for number in range(3)], simulator, InTurn())


def test_what_was_simulated_elsewhere_is_all_that_was_asked_for_in_its_order() -> None:
    recording = many.Recording(Told())
    regimen = task(3).reading.regimen  # type: ignore[union-attr]
    told = list(recording.outcomes(regimen))
    assert told == [outcome(500, 1000), outcome(703, 1000)] == recording.outcomes_so_far
    assert list(many.Replay(tuple(told)).outcomes(regimen)) == told
