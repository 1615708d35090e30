"""Many machines: the bytes of one, whatever becomes of the others, and a sentence where they cannot be had."""

import json
import os
import pickle
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import as_completed
from functools import partial
from itertools import repeat
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import numpy as np
import pytest

from blinplan.cluster import executor as many_machines
from blinplan.cluster import program
from blinplan.cluster.executor import cluster_at
from blinplan.cluster.program import Call, OtherProgram, Program, this_program
from blinplan.course.events import periods
from blinplan.executors.executor import Executor, InTurn, in_order, places
from blinplan.refusal import Refusal
from blinplan.regimen.library import regimen
from blinplan.simulation.dosing import NotEligibleError
from blinplan.simulation.percentiles import bands_of
from blinplan.simulation.trajectories import curves, portions
from blinplan.simulation.trials.cohort_trial import CohortTrial
from blinplan.simulation.trials.patients import cohort_of
from blinplan.simulation.trials.run import run
from tests.cluster.dask_programs import (
    SECONDS,
    Scheduler,
    Workers,
    bare_package,
    client_of,
    kill,
    other_package,
    scheduler,
    started,
    wait_until,
    workers_of,
)
from tests.collection.grid import at_night
from tests.program import PROGRAM, Run

pytestmark = pytest.mark.slow


LOCAL = """
import os, signal
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as local:
        with open("address", "w") as file:
            file.write(local.scheduler_address)
        signal.pause()
"""


@pytest.fixture(scope="module")
def with_a_nanny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a LocalCluster of one worker, in a process of its own that a nanny starts again."""
    folder = tmp_path_factory.mktemp("local")
    (folder / "local.py").write_text(LOCAL, encoding="utf-8")
    with started(sys.executable, "local.py", folder=folder):
        wait_until(lambda: (folder / "address").exists() and bool((folder / "address").read_text()))
        yield (folder / "address").read_text()


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduler]:
    """A scheduler that gives a piece of work up when a second worker ends over it."""
    folder = tmp_path_factory.mktemp("by-hand")
    with scheduler(folder, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1") as running:
        yield running


@pytest.fixture(scope="module")
def workers(by_hand: Scheduler) -> Iterator[Workers]:
    """Workers for it. A test begins with `one`, or with `end` where it wants none."""
    with workers_of(by_hand.file) as running:
        yield running


@pytest.fixture
def address(by_hand: Scheduler, workers: Workers) -> str:
    """Where one worker is."""
    workers.one()
    return by_hand.address


def none_there(address: str) -> None:
    """Wait until a scheduler knows of no worker."""
    with client_of(address) as client:
        wait_until(lambda: not client.nthreads())


def trial_of(patients: int) -> CohortTrial:
    chosen = regimen("nhl-5")
    return CohortTrial(chosen, periods(chosen)[:1], cohort_of(chosen, chosen.virtual_population, patients, 7))


def bytes_of(trial: CohortTrial, executor: Executor, progress: Callable[[int], None] | None = None) -> list[bytes]:
    """All numbers that came of the patients, whatever the portions were."""
    done = list(trial.portions(executor, progress))
    columns = [[one.numbers, *one.body, *(quantity.values for quantity in one.quantities)] for one in done]
    return [np.concatenate(parts).tobytes() for parts in zip(*columns, strict=True)]


@pytest.fixture(scope="module")
def expected() -> list[bytes]:
    """What comes of a thousand patients and some more, one portion after the other."""
    return bytes_of(trial_of(600), InTurn())


def test_results_come_in_order_and_faults_as_they_are(address: str) -> None:
    with cluster_at(address) as running:
        assert list(in_order(running, str, range(200))) == [str(number) for number in range(200)]
        assert list(running.map(divmod, [7, 9], [2, 4])) == [(3, 1), (2, 1)]
        fault = running.submit(divmod, 1, 0)
        good = running.submit(divmod, 7, 2)
        assert set(as_completed([fault, good])) == {fault, good}
        assert isinstance(fault.exception(), ZeroDivisionError)
        assert good.result() == (3, 1)
        with pytest.raises(NotEligibleError, match="child of 11 kg"):
            running.submit(refuse_a_child).result()


def refuse_a_child() -> None:
    raise NotEligibleError("a child of 11 kg")


@pytest.mark.parametrize("most", [2, at_night(3)])
def test_any_number_of_workers_gives_the_bytes_of_one_process(
    by_hand: Scheduler, workers: Workers, expected: list[bytes], cells: list[list[bytes]], most: int
) -> None:
    """And what a killed one had is done by those that are left."""
    first = workers.one()
    with cluster_at(str(by_hand.file)) as running:
        for number in range(1, most + 1):
            wait_until(partial(has, running, number))
            assert bytes_of(trial_of(600), running) == expected
            assert list(in_order(running, str, range(20))) == [str(one) for one in range(20)]
            if number < most:
                workers.start()
        assert cells_of(running, lambda: workers.kill(first)) == cells


def has(executor: Executor, workers: int) -> bool:
    return places(executor) == workers


def test_the_executor_of_a_client_is_taken_as_it_is(expected: list[bytes]) -> None:
    """Its scheduler has blinplan: it reads what is handed over."""
    from distributed import LocalCluster

    local = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0")
    with local, client_of(local) as client:
        assert bytes_of(trial_of(600), client.get_executor()) == expected


@pytest.mark.nightly
def test_so_it_is_where_its_workers_are_processes(with_a_nanny: str, expected: list[bytes]) -> None:
    with client_of(with_a_nanny) as client:
        assert bytes_of(trial_of(600), client.get_executor()) == expected


def test_a_portion_says_who_is_in_it_and_nothing_of_the_others(address: str) -> None:
    """A hundred machines that are told of a million patients each would wait for nothing else."""
    sizes = {}
    for patients in (600, 60_000):
        task = next(trial_of(patients)._tasks(InTurn()))
        sizes[patients] = len(pickle.dumps(task))
    assert sizes[60_000] < 1.2 * sizes[600] < 10_000


def test_curves_and_percentiles_are_the_same(address: str) -> None:
    asked = curves(regimen("nhl-5"), every=1440, patients=60, seed=2)
    simulation = run(regimen("nhl-5"), patients=60, seed=2, executor=InTurn())
    days = np.array([0.5, 1.0, 4.0])
    here = [np.array(portion.trajectories.states).tobytes() for portion in portions(asked, executor=InTurn())]
    with cluster_at(address) as running:
        there = [np.array(portion.trajectories.states).tobytes() for portion in portions(asked, executor=running)]
        bands = bands_of(simulation, days, executor=running)
    assert here == there
    for mine, theirs in zip(bands_of(simulation, days, executor=InTurn()).bands, bands.bands, strict=True):
        assert mine.values.tobytes() == theirs.values.tobytes()


COMMANDS = (
    "simulate nhl-5 --patients 600 -f json",
    "compare nhl-5 nhl-15 --cycles 1 --patients 100 --no-findings -f json",
    "sweep nhl-5 --vary dose=1.5,5,15 --patients 100 -f json",
    "search rr-adult --cycle 1 --steps 1 --doses 9,28 --minimise il6_peak --search-patients 40 --patients 100 --sets 0",
    "check nhl-5 nhl-15 --patients 20 --no-cache -f json",
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.split()[0])
def test_commands_say_the_same(inside: Run, address: str, command: str) -> None:
    assert inside(*command.split(), "--scheduler", address) == inside(*command.split())


def test_data_are_the_same(inside: Run, address: str) -> None:
    command = ("simulate", "nhl-5", "--patients", "600", "--every", "1d", "-o")
    for name, how in {"here.csv": ("--threads", "2"), "there.csv": ("--scheduler", address)}.items():
        assert inside(*command, name, *how).status == 0
    assert Path("here.csv").read_bytes() == Path("there.csv").read_bytes()


@pytest.mark.nightly
def test_a_worker_that_is_killed_half_way_and_started_again_costs_its_cells_only(
    with_a_nanny: str, cells: list[list[bytes]]
) -> None:
    with client_of(with_a_nanny) as client:
        process = next(iter(client.run(os.getpid).values()))
    with cluster_at(with_a_nanny) as running:
        assert cells_of(running, lambda: kill(process)) == cells


def cells_of(executor: Executor, half_way: Callable[[], None] = lambda: None) -> list[list[bytes]]:
    """Cells of a sweep, as it were, and what happens when half of them have come."""
    found = []
    for number, cell in enumerate(in_order(executor, bytes_in_turn, range(5, 29))):
        found.append(cell)
        if number == 11:
            half_way()
    return found


def bytes_in_turn(patients: int) -> list[bytes]:
    return bytes_of(trial_of(patients), InTurn())


@pytest.fixture(scope="module")
def cells() -> list[list[bytes]]:
    """The cells, one after the other."""
    return cells_of(InTurn())


@pytest.mark.nightly
def test_workers_that_nobody_starts_again_may_be_lost_but_for_one(
    by_hand: Scheduler, workers: Workers, cells: list[list[bytes]]
) -> None:
    first = workers.one()
    workers.start()
    with cluster_at(str(by_hand.file)) as running:
        wait_until(partial(has, running, 2))
        assert cells_of(running, lambda: workers.kill(first)) == cells
        # Only a worker was lost. What takes both of the others with it is given up.
        workers.start()
        with pytest.raises(Refusal, match="2 workers in turn ended over the same piece of work, the last one tcp"):
            running.submit(os._exit, 1).result()


@pytest.mark.nightly
def test_a_scheduler_that_is_killed_half_way_is_a_sentence(tmp_path: Path) -> None:
    with scheduler(tmp_path) as lost, workers_of(lost.file) as workers:
        workers.start()
        with cluster_at(lost.address) as running, pytest.raises(Refusal, match=f"{lost.address} is gone"):
            cells_of(running, lambda: kill(lost.process.pid))


@pytest.mark.nightly
def test_a_sweep_without_its_scheduler_keeps_what_was_done_and_goes_on(inside: Run, tmp_path: Path) -> None:
    sweep = ("sweep", "nhl-5", "--vary", "dose=1:60:1", "--patients", "200", "-o")
    with scheduler(tmp_path) as lost, workers_of(lost.file) as workers:
        workers.start()
        killing = Thread(target=kill_when_there, args=(Path("swept.csv.cells").absolute(), lost.process.pid))
        killing.start()
        ran = inside(*sweep, "swept.csv", "--scheduler", lost.address)
        killing.join()
    assert ran.status == 2
    told, sentence = ran.err.split("error: ")
    kept = re.fullmatch(r"swept.csv.cells keeps (\d+) of 60 cells: the same command goes on from there\n", told)
    assert kept is not None
    assert f"the sweep was ended when {kept[1]} of 60 cells were done, and this is of these" in " ".join(
        ran.out.split()
    )
    assert sentence.startswith(f"the scheduler at {lost.address} is gone\n")
    assert not Path("swept.csv").exists()
    assert inside(*sweep, "swept.csv").status == inside(*sweep, "whole.csv").status == 0
    assert Path("swept.csv").read_bytes() == Path("whole.csv").read_bytes()


ENDED = {
    "search": "search rr-adult --cycle 1 --steps 1-2 --doses 5,9,15,28 --lengths 5-8 --minimise il6_peak --show 1"
    " --search-patients 120 --patients 300 --sets 0 -o",
    "sensitivity": "sensitivity nhl-5 --parameters clearance,kill_rate,volume --samples 12 --patients 200 -o",
}


@pytest.mark.nightly
@pytest.mark.parametrize("command", ["search", at_night("sensitivity")])
def test_other_long_runs_without_their_scheduler_go_on_too(inside: Run, tmp_path: Path, command: str) -> None:
    asked = ENDED[command].split()
    output, journal = {"search": ("lost", "lost.tried"), "sensitivity": ("lost.csv", "lost.csv.runs")}[command]
    with scheduler(tmp_path) as lost, workers_of(lost.file) as workers:
        workers.start()
        killing = Thread(target=kill_when_there, args=(Path(journal).absolute(), lost.process.pid))
        killing.start()
        ran = inside(*asked, output, "--scheduler", lost.address)
        killing.join()
    assert ran.status == 2
    assert f"{journal} keeps " in ran.err
    assert f"the scheduler at {lost.address} is gone" in ran.err
    done = Path(journal).read_bytes()
    assert inside(*asked, output).out == inside(*asked, output.replace("lost", "whole")).out
    assert done.count(b"\n") > 3
    assert not Path(journal).exists()
    whole = Path(output.replace("lost", "whole"))
    for path in whole.iterdir() if whole.is_dir() else [whole]:
        mine = Path(output) / path.name if whole.is_dir() else Path(output)
        assert mine.read_bytes() == path.read_bytes()


def kill_when_there(journal: Path, process: int) -> None:
    """Kill when some cells are done."""
    wait_until(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 3)
    kill(process)


@pytest.mark.nightly
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_is_ended_does_not_wait_for_the_workers(
    by_hand: Scheduler, workers: Workers, tmp_path: Path, number: signal.Signals
) -> None:
    workers.one()
    with cluster_at(by_hand.address):
        """It is there now."""
    (tmp_path / "out.csv").write_bytes(b"old")
    asked = ("simulate", "rr-adult", "--patients", "1000000", "-o", "out.csv")
    command = (*PROGRAM, *asked, "--scheduler", by_hand.address)
    with started(*command, folder=tmp_path) as running, client_of(by_hand.address) as client:
        wait_until(lambda: any(client.processing().values()))
        running.send_signal(number)
        assert running.wait(SECONDS) == (130 if number is signal.SIGINT else -number)
        wait_until(lambda: not any(client.processing().values()))
    assert (tmp_path / "out.csv").read_bytes() == b"old"
    assert list(tmp_path.glob(".blinplan-*")) == []


@pytest.mark.nightly
def test_workers_that_are_all_lost_are_waited_for(by_hand: Scheduler, workers: Workers, expected: list[bytes]) -> None:
    first = workers.one()
    with cluster_at(by_hand.address) as running:
        before, after = running.submit(time.sleep, 1.0), running.submit(bytes_in_turn, 600)
        workers.kill(first)
        workers.start()
        assert (before.result(), after.result()) == (None, expected)


def test_nobody_waits_for_ever_without_workers(
    by_hand: Scheduler, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = workers.one()
    with cluster_at(by_hand.address):
        """It is there now."""
    monkeypatch.setattr(many_machines, "SECONDS_WITHOUT_WORKERS", 0.2)
    monkeypatch.setattr(many_machines, "_LOOK_EVERY", 0.1)
    with cluster_at(by_hand.address) as running:
        waiting = running.submit(time.sleep, 600)
        assert running.submit(abs, -1).cancel()
        workers.kill(only)
        with pytest.raises(Refusal, match=rf"{by_hand.address} has had no worker for 0\.2 s"):
            waiting.result()


def test_a_worker_of_another_version_is_refused_by_name_when_it_joins(
    by_hand: Scheduler, workers: Workers, tmp_path: Path
) -> None:
    ours = this_program()
    theirs = other_package(tmp_path / "other", "version.py", f'"{ours.blinplan}"', '"9.9.9"')
    first = workers.one()
    with cluster_at(by_hand.address) as running:
        assert running.submit(abs, -1).result() == 1
        workers.start(theirs)
        with pytest.raises(OtherProgram) as refused:
            list(in_order(running, time.sleep, repeat(0.05)))
        workers.kill(first)
        with pytest.raises(OtherProgram):  # what it is asked for is not even read there
            running.submit(json.loads, "no JSON").result()
    with client_of(by_hand.address) as client:
        name = next(iter(client.nthreads()))
    said = f"the worker {name} would compute otherwise: blinplan 9.9.9 there, {ours.blinplan} here"
    assert refused.value.message == said
    assert "install on every worker what is installed here" in refused.value.advice


def test_a_worker_without_blinplan_is_a_sentence_and_so_is_none(
    by_hand: Scheduler, workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.end()
    none_there(by_hand.address)
    with monkeypatch.context() as patch:
        patch.setattr(many_machines, "SECONDS_WITHOUT_WORKERS", 0.2)
        with pytest.raises(Refusal, match=r"has had no worker for 0\.2 s") as refused, cluster_at(by_hand.address):
            pass
    assert f"dask worker {by_hand.address}" in refused.value.advice
    workers.start(bare_package(tmp_path))
    with cluster_at(by_hand.address) as running, pytest.raises(Refusal, match=f"{by_hand.address} has no blinplan"):
        running.submit(abs, -1).result()


@pytest.mark.parametrize("entry", Program._fields)
def test_whatever_the_bytes_follow_from_is_compared(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = this_program()
    other = ours._replace(**{entry: "else"})
    monkeypatch.setattr(program, "this_program", lambda: other)
    monkeypatch.setattr("distributed.get_worker", lambda: SimpleNamespace(address="tcp://10.0.0.7:1"))
    with pytest.raises(OtherProgram) as refused:
        pickle.loads(bytes(Call(ours, abs, (-1,))))  # noqa: S301 - our own bytes
    again = pickle.loads(pickle.dumps(refused.value))  # noqa: S301 - our own bytes
    assert again.message == refused.value.message
    assert f"else there, {getattr(ours, entry)} here" in again.message
    assert ("NPY_DISABLE_CPU_FEATURES" in again.advice) is (entry == "mathematics")
    assert pickle.loads(bytes(Call(other, abs, (-1,)))) == 1  # noqa: S301


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "no address", "none://127.0.0.1:1"])
def test_a_scheduler_that_is_not_there_is_a_sentence_after_some_seconds(
    inside: Run, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert many_machines.SECONDS_TO_ANSWER == 5
    monkeypatch.setattr(many_machines, "SECONDS_TO_ANSWER", 0.1)
    ran = inside("simulate", "nhl-5", "--patients", "10", "--scheduler", address)
    assert (ran.status, ran.out) == (2, "")
    assert f"no scheduler answers at {address} within 0.1 s" in ran.err
    assert "dask scheduler" in ran.err


def test_a_file_that_no_scheduler_wrote(inside: Run) -> None:
    Path("scheduler.json").write_text("{}", encoding="utf-8")
    ran = inside("simulate", "nhl-5", "--patients", "10", "--scheduler", "scheduler.json")
    assert (ran.status, ran.out) == (2, "")
    assert "scheduler.json is no file of a scheduler" in ran.err


def test_without_the_extra_it_says_what_to_install(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = inside("compare", "nhl-5", "nhl-15", "--patients", "10", "--scheduler", "tcp://127.0.0.1:1")
    assert (ran.status, ran.out) == (2, "")
    assert "pip install 'blinplan[cluster]'" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("simulate", "nhl-5", "--threads", "2"), "--threads and --scheduler contradict each other"),
        (("check", "nhl-5", "--no-simulate"), "--scheduler is for rules that need virtual patients"),
    ],
)
def test_what_goes_not_together(inside: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = inside(*arguments, "--scheduler", "tcp://127.0.0.1:1")
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
