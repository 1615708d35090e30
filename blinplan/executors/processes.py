"""Processes that are begun anew, and end without a word when this one is ended."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from blinplan.executors.executor import Executor, InTurn, workers
from blinplan.termination import signals_held

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

T = TypeVar("T")


@contextmanager
def processes(count: int | None = None) -> Iterator[Executor]:
    """Make an executor of so many processes, each begun anew; of `workers()` when not given.

    Where the system gives none, it calls here, and also what is asked for after one has been killed. Whoever leaves
    early waits for nothing.
    """
    pool = _pool_of(count or workers())
    if pool is None:
        yield InTurn()
        return
    try:
        yield InProcesses(pool)
        pool.shutdown(cancel_futures=True)  # here, since whoever ends the program as it ends would hear of semaphores
    except BaseException:
        _kill_processes(pool)
        pool.shutdown(wait=False, cancel_futures=True)
        raise


class InProcesses:
    """Runs calls in processes; when one of them has been killed, which ends all, in this one."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Begin one call."""
        from concurrent.futures import BrokenExecutor

        try:
            return self._pool.submit(function, *arguments)
        except BrokenExecutor:
            return InTurn().submit(function, *arguments)

    def map(self, function: Callable[..., T], /, *iterables: Iterable[Any]) -> Iterator[T]:
        """Begin many calls; their results come in the order of the arguments."""
        return self._pool.map(function, *iterables)


def _pool_of(count: int) -> ProcessPoolExecutor | None:
    """A pool whose processes have begun; None where the system gives no process, no pipe or no semaphore."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    class Processes(ProcessPoolExecutor):
        def _spawn_process(self) -> None:
            with _script_left_out():
                super()._spawn_process()  # type: ignore[misc]

    _hear_no_given_up_calls()
    with suppress(OSError, ImportError):
        with signals_held():  # Python tracks semaphores in a process that does not hear then of a closed terminal
            pool = Processes(count, mp_context=get_context("spawn"), initializer=_die_quietly)
        try:
            with signals_held():  # Python's own start is not silent
                for _ in range(count):
                    pool.submit(int)  # which is when a process begins
        except BaseException:
            _kill_processes(pool)
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return pool
    return None


@contextmanager
def _script_left_out() -> Iterator[None]:
    """Let the main module have no name and no file, by which a process that begins would run it once more.

    Python would run a script of the user's again in each, but for what stands under ``if __name__ == "__main__"``.
    """
    main = sys.modules["__main__"].__dict__
    kept: dict[str, Any] = {name: main.pop(name) for name in ("__spec__", "__file__") if name in main}
    main["__spec__"] = None
    try:
        yield
    finally:
        main.update(kept)


def _kill_processes(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool that is left early: one that still begins when it is gone says so at length."""
    for process in tuple((pool._processes or {}).values()):
        process.kill()


@cache
def _hear_no_given_up_calls() -> None:
    """Say nothing where a pool whose processes were ended tells so to calls that nobody waits for: Ctrl-C ends both."""
    import threading
    from concurrent.futures import InvalidStateError

    say = threading.excepthook
    threading.excepthook = lambda told: None if told.exc_type is InvalidStateError else say(told)


def _die_quietly() -> None:
    """Let Ctrl-C end a process without a word, and the end of its parent: the one that was asked speaks."""
    import signal
    from threading import Thread

    from blinplan.termination import hear_what_ends

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    hear_what_ends()
    with suppress(RuntimeError):  # no thread to be had
        Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the parent has ended, whatever ended it: a pool whose parent was killed waits for calls for ever."""
    import os
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
