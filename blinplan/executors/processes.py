"""Processes that are begun anew, and end without a word when this one is ended."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from blinplan.executors.executor import Executor, workers

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor


@contextmanager
def processes(count: int | None = None) -> Iterator[Executor]:
    """Make an executor of so many processes, each begun anew; of `workers()` when not given.

    Whoever leaves early waits for nothing.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    class Processes(ProcessPoolExecutor):
        def _spawn_process(self) -> None:
            with _script_left_out():
                super()._spawn_process()  # type: ignore[misc]

    _hear_no_given_up_calls()
    size = count or workers()
    pool = Processes(size, mp_context=get_context("spawn"), initializer=_die_quietly)
    try:
        with _interrupts_held():
            for _ in range(size):
                pool.submit(int)  # which is when a process begins
        yield pool
    except BaseException:
        _kill_processes(pool)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


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


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back, from processes that begin too until they hear it: Python's own start is not silent."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@cache
def _hear_no_given_up_calls() -> None:
    """Say nothing where a pool whose processes were ended tells so to calls that nobody waits for: Ctrl-C ends both."""
    import threading
    from concurrent.futures import InvalidStateError

    say = threading.excepthook
    threading.excepthook = lambda told: None if told.exc_type is InvalidStateError else say(told)


def _die_quietly() -> None:
    """Let Ctrl-C end a process without a word; the one that was asked speaks."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
