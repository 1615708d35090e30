"""Who does the work: threads by default, and processes or other machines where somebody gives them.

What is handed over is a function at the top of a file with arguments that pickle, so that every executor of
`concurrent.futures` fits as it is: threads, processes, or the one that a cluster's client gives.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
A = TypeVar("A")

_AT_ONCE = 64
"""Tasks that wait with an executor at most, so that memory does not grow with the number of patients."""


class Executor(Protocol):
    """What runs functions elsewhere; every `concurrent.futures.Executor` fulfils it."""

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Begin one call."""
        ...

    def map(self, function: Callable[..., T], /, *iterables: Iterable[Any]) -> Iterator[T]:
        """Begin many calls; their results come in the order of the arguments."""
        ...


@dataclass(frozen=True, slots=True)
class InTurn:
    """Runs one call after the other, where and when it is asked for."""

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Call the function, and hand over a result that is there."""
        from concurrent.futures import Future

        future: Future[T] = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def map(self, function: Callable[..., T], /, *iterables: Iterable[Any]) -> Iterator[T]:
        """Call the function for each result that is taken."""
        return map(function, *iterables)


def workers() -> int:
    """How many run at once where nobody says it: as many as there are processors."""
    return os.cpu_count() or 1


@contextmanager
def threads(count: int | None = None) -> Iterator[Executor]:
    """Make an executor of so many threads; of `workers()` when not given.

    Whoever leaves early, as by Ctrl-C, waits for the calls that run, and not for those that have not begun.

    Raises
    ------
    ValueError
        When the count is below 1.
    """
    number = workers() if count is None else count
    if number < 1:
        raise ValueError("threads must be at least 1")
    if number == 1:
        yield InTurn()
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(number)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def processes(count: int | None = None) -> Iterator[Executor]:
    """Make an executor of so many processes, each begun anew; of `workers()` when not given.

    Whoever leaves early waits for nothing.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(count or workers(), mp_context=get_context("spawn"), initializer=_die_quietly)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _die_quietly() -> None:
    """Let Ctrl-C end a process without a word; the one that was asked speaks."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)


def executor_or_threads(executor: Executor | None) -> AbstractContextManager[Executor]:
    """Use the executor that was given, and leave it open; without one, threads of our own."""
    return threads() if executor is None else nullcontext(executor)


def in_order(executor: Executor, function: Callable[[A], T], arguments: Iterable[A]) -> Iterator[T]:
    """Call a function for each argument; results come in the order of the arguments, however many run at once."""
    waiting = iter(arguments)
    while some := list(islice(waiting, 1 if isinstance(executor, InTurn) else _AT_ONCE)):
        yield from executor.map(function, some)
