"""What the system does not give is done without: the results are the same, where they are computed is not."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from errno import EAGAIN, EMFILE
from itertools import islice
from threading import Thread, active_count
from typing import Any

import pytest

from blinplan.executors import executor
from blinplan.executors.executor import InCopies, InThreads, InTurn, threads
from blinplan.executors.processes import processes

NUMBERS = list(range(6))


def negative(number: int) -> int:
    return -number


def where(_: int) -> int:
    return os.getpid()


def refuse(error: Exception) -> Callable[..., Any]:
    def refusing(*_: object, **__: object) -> Any:
        raise error

    return refusing


def refuse_after(some: int, function: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """A function that is there so many times."""
    left = iter(range(some))

    def refusing(*arguments: Any, **named: Any) -> Any:
        if next(left, None) is None:
            raise error
        return function(*arguments, **named)

    return refusing


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Copies are taken, whatever threads tests run in; none of their files is left open."""
    monkeypatch.setattr(executor, "_can_be_copied", lambda: True)
    before = set(os.listdir("/dev/fd"))  # noqa: PTH208 - what is open, by its number
    yield monkeypatch
    assert set(os.listdir("/dev/fd")) == before  # noqa: PTH208


@pytest.mark.parametrize("some", [0, 1, 2])
def test_as_many_copies_as_the_system_gives_do_the_same(copied: pytest.MonkeyPatch, some: int) -> None:
    copied.setattr(os, "fork", refuse_after(some, os.fork, BlockingIOError(EAGAIN, "no more")))
    assert list(InCopies(4).map(negative, NUMBERS)) == [-number for number in NUMBERS]
    assert len(set(InCopies(4).map(where, NUMBERS))) == 1  # by then there is none


@pytest.mark.parametrize("some", [0, 1, 2, 3])
def test_so_they_do_with_as_many_pipes_as_there_are(copied: pytest.MonkeyPatch, some: int) -> None:
    copied.setattr(os, "pipe", refuse_after(some, os.pipe, OSError(EMFILE, "too many")))
    assert list(InCopies(3).map(negative, NUMBERS)) == [-number for number in NUMBERS]


def test_copies_end_also_where_nobody_hears_of_children(copied: pytest.MonkeyPatch) -> None:
    """As in a program that was begun so: each would be gone before it is waited for."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert list(InCopies(3).map(negative, NUMBERS)) == [-number for number in NUMBERS]
    finally:
        signal.signal(signal.SIGCHLD, before)


@pytest.mark.parametrize("some", [0, 1, 2])
def test_as_many_threads_as_the_system_gives_do_the_same(monkeypatch: pytest.MonkeyPatch, some: int) -> None:
    monkeypatch.setattr(Thread, "start", refuse_after(some, Thread.start, RuntimeError("can't start new thread")))
    before = active_count()
    with threads(4) as running:
        assert isinstance(running, InThreads)
        futures = [running.submit(negative, number) for number in NUMBERS]
        assert [future.result() for future in futures] == [-number for number in NUMBERS]
        assert list(running.map(negative, NUMBERS)) == [-number for number in NUMBERS]
        assert active_count() <= before + some
    assert active_count() == before


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("_spawn_process", BlockingIOError(EAGAIN, "no more")),
        ("_spawn_process", OSError(EMFILE, "too many")),
        ("__init__", OSError("no semaphores")),
        ("__init__", ImportError("no semaphores")),
    ],
)
def test_without_processes_all_is_done_here(monkeypatch: pytest.MonkeyPatch, part: str, error: Exception) -> None:
    monkeypatch.setattr(ProcessPoolExecutor, part, refuse(error))
    with processes(2) as running:
        assert isinstance(running, InTurn)
        assert set(running.map(where, NUMBERS)) == {os.getpid()}


@pytest.mark.slow
def test_when_a_process_was_killed_the_rest_is_done_here() -> None:
    """As the system kills one where memory runs out."""
    with processes(2) as running:
        found = running.map(where, NUMBERS)
        for process in set(islice(found, len(NUMBERS))):
            os.kill(process, signal.SIGKILL)
        while not (answer := running.submit(where, 0)).exception() and answer.result() != os.getpid():
            pass  # a process takes a moment to end
        assert running.submit(where, 0).result() == os.getpid()
