"""A crowd is what its patients are one by one, and memory does not grow with it."""

import os
import pickle
import signal
import subprocess
from pathlib import Path

import pytest

from blinplan.course.events import periods
from blinplan.executors.executor import InTurn, threads
from blinplan.executors.processes import processes
from blinplan.physiology import draw
from blinplan.physiology.engine.choose import WORTH_COMPILING
from blinplan.physiology.engine.machine_code import is_kept
from blinplan.regimen import library
from blinplan.simulation.outcome import distribution
from blinplan.simulation.trials.cohort_trial import CohortOutcome
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.trials.trial import Trial
from tests.collection.grid import at_night
from tests.program import NEVER, python, wait_until
from tests.regimen_text import cycle, regimen_text

PATIENTS = 1100


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return run(library.regimen("rr-adult"), patients=PATIENTS, seed=5)


def bytes_of(simulation: Simulation) -> dict[str, bytes]:
    quantities = {of.key: of.values.tobytes() for of in simulation.quantities}
    return quantities | {of.key: of.happens.tobytes() + of.at_risk.tobytes() for of in simulation.events}


@pytest.mark.slow
def test_a_crowd_is_what_one_trial_of_all_its_patients_is(simulation: Simulation) -> None:
    regimen = library.regimen("rr-adult")
    outcome = Trial(regimen, periods(regimen), draw("adult-rr", PATIENTS, 5)).run(InTurn())
    assert len(outcome.quantities) == len(simulation.quantities) > 20
    for mine, theirs in zip(simulation.quantities, outcome.quantities, strict=True):
        assert (mine.key, mine.group, mine.label, mine.unit) == (theirs.key, theirs.group, theirs.label, theirs.unit)
        assert mine.values.tobytes() == theirs.values.tobytes()
        assert repr(distribution(mine.values)) == repr(distribution(theirs.values))
    assert len(outcome.events) == len(simulation.events) > 5
    for event, other in zip(simulation.events, outcome.events, strict=True):
        assert event.proportion == other.proportion
        assert event.happens.tobytes() == other.happens.tobytes()


@pytest.mark.slow
def test_the_portions_and_who_runs_them_do_not_matter(simulation: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    regimen, expected = simulation.regimen, bytes_of(simulation)
    with threads(3) as running:
        assert bytes_of(run(regimen, patients=PATIENTS, seed=5, executor=running)) == expected
    monkeypatch.setattr("blinplan.simulation.trials.cohort_trial.PORTION", 256)
    monkeypatch.setattr("blinplan.simulation.trials.cohort_trial.places", lambda _: 64)
    assert bytes_of(run(regimen, patients=PATIENTS, seed=5, executor=InTurn())) == expected


@pytest.mark.nightly
@pytest.mark.slow
def test_nor_do_processes(simulation: Simulation) -> None:
    with processes(2) as running:
        found = run(simulation.regimen, patients=PATIENTS, seed=5, executor=running)
    assert bytes_of(found) == bytes_of(simulation)


@pytest.mark.slow
def test_patients_after_some_of_a_seed_are_those_of_the_whole_run(simulation: Simulation) -> None:
    later = run(simulation.regimen, patients=100, seed=5, before=937)
    for mine, whole in zip(later.quantities, simulation.quantities, strict=True):
        assert mine.values.tobytes() == whole.values[937:1037].tobytes()
    for event, other in zip(later.events, simulation.events, strict=True):
        assert event.happens.tobytes() == other.happens[937:1037].tobytes()


def test_progress_counts_patients_up_to_all_of_them() -> None:
    told: list[int] = []
    run(library.regimen("nhl-5"), patients=700, seed=5, executor=InTurn(), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 700


@pytest.mark.slow
def test_what_came_of_a_crowd_pickles(simulation: Simulation) -> None:
    assert isinstance(simulation.outcome, CohortOutcome)
    again = pickle.loads(pickle.dumps(simulation))  # noqa: S301 - our own bytes
    assert bytes_of(again) == bytes_of(simulation)
    assert again.population.clearance.tobytes() == simulation.population.clearance.tobytes()


def test_patients_who_are_given_are_not_passed_over() -> None:
    with pytest.raises(ValueError, match="given"):
        run(library.regimen("nhl-5"), patients=draw("adult-rr", 4, 1), before=2)


SHORT = cycle("9 mcg/day for 2 days", "28 mcg/day for 3 days", free=2)
"""A course of days, since it is the crowd that is asked about."""
_PROGRAM = python("from blinplan.cli.app.start import program; program()")


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(regimen_text(SHORT), encoding="utf-8")
    return path


_MEASURED = """
import gc, sys
from pathlib import Path
from types import SimpleNamespace
from blinplan.cli.app.program import run
from blinplan.simulation.trials import cohort_trial
gc.set_threshold(2_000_000)  # as the program has it
# Small portions, so that few patients are many of them.
cohort_trial.PORTION = 256
cohort_trial.engine_called = lambda _: SimpleNamespace(chunk=256)
try:
    run()
finally:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    sys.stderr.write(status["VmHWM"])
"""


def greatest_memory(course: Path, patients: int, *options: str, **environment: str) -> int:
    """The most memory in bytes that a simulation of so many patients ever had.

    It says so itself: of a process that another one starts, the system counts what that one has, too.
    """
    arguments = ["simulate", str(course), "--patients", str(patients), "--threads", "1", *options]
    ended = subprocess.run(  # noqa: S603
        [*python(_MEASURED), *arguments], capture_output=True, check=True, text=True, env={**os.environ, **environment}
    )
    return 1024 * int(ended.stderr.split()[-2])


@pytest.mark.slow
@pytest.mark.parametrize("options", [at_night(["-f", "table"]), at_night(["-f", "json"]), ["-f", "csv"]], ids=str)
def test_memory_does_not_grow_with_patients(short: Path, options: list[str]) -> None:
    """A patient whose endpoints were held would be some 300 bytes, and one who was drawn some 250 more."""
    if not is_kept():
        run(library.regimen("nhl-5"), patients=WORTH_COMPILING, seed=5)  # which has its machine code kept
    # Of seed 3 the first 2,000 have the portion with most patients of finer steps, which takes the most memory.
    few, many = (greatest_memory(short, patients, "--seed", "3", *options) for patients in (2_000, 8_000))
    assert (many - few) / 6_000 < 200


@pytest.mark.nightly
@pytest.mark.slow
def test_compiling_takes_no_more_memory_than_a_crowd_may(short: Path, tmp_path: Path) -> None:
    """What the compiler leaves is collected while it runs: 100,000 patients took 547 MB, and take 403."""
    cold = greatest_memory(short, WORTH_COMPILING, XDG_CACHE_HOME=str(tmp_path))
    assert (tmp_path / "blinplan").is_dir()
    assert cold < 480e6


@pytest.mark.slow
@pytest.mark.parametrize(
    "by", [at_night(signal.SIGINT), signal.SIGTERM, at_night(signal.SIGKILL)], ids=lambda by: by.name
)
def test_nothing_is_left_behind_whatever_ends_it(short: Path, by: signal.Signals, tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    command = [*_PROGRAM, "simulate", str(short), "--patients", "1000000", "--threads", "1"]
    environment = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
        wait_until(lambda: _open_in(process.pid, folder), process)
        process.send_signal(by)
        process.communicate(timeout=NEVER)
    assert process.returncode != 0
    assert list(folder.iterdir()) == []


def _open_in(process: int, folder: Path) -> bool:
    """Whether a process holds a file of a folder that has no name there, and has written to it."""
    for entry in Path(f"/proc/{process}/fd").iterdir():
        try:
            # One that has a name there is what `tempfile` tries the folder by.
            if entry.readlink().is_relative_to(folder) and entry.stat().st_size > 0 == entry.stat().st_nlink:
                return True
        except OSError:
            continue
    return False
