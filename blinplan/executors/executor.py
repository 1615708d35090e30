"""Who does the work: threads by default, and processes or other machines where somebody gives them.

What is handed over is a function at the top of a file with arguments that pickle, so that every executor of
`concurrent.futures` fits as it is: threads, processes, or the one that a cluster's client gives.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from blinplan.executors.copies import Ask, copies
from blinplan.refusal import ArgumentRefusal

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

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
    running = InThreads(number)
    try:
        yield running
    finally:
        running.end()


class InThreads:
    """Runs so many calls at once in threads of this process, which begin with the first call.

    Until then the process can be copied, and who finds that threads would wait for each other takes copies instead.
    Where the system gives fewer, it makes do with them; where it gives none, it calls here.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ThreadPoolExecutor | InTurn | None = None

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Begin one call."""
        return self._threads().submit(function, *arguments)

    def map(self, function: Callable[..., T], /, *iterables: Iterable[Any]) -> Iterator[T]:
        """Begin many calls; their results come in the order of the arguments."""
        return self._threads().map(function, *iterables)

    def _threads(self) -> ThreadPoolExecutor | InTurn:
        self._pool = self._pool or _thread_pool_of(self.count)
        return self._pool

    def end(self) -> None:
        """Wait for the calls that run; the others do not begin."""
        if self._pool is not None and not isinstance(self._pool, InTurn):
            self._pool.shutdown(cancel_futures=True)


def _thread_pool_of(count: int) -> ThreadPoolExecutor | InTurn:
    """So many threads, of which one has begun, or as many as the system gives; without one, who calls here."""
    from concurrent.futures import ThreadPoolExecutor

    class AsManyAsThereAre(ThreadPoolExecutor):
        def _adjust_thread_count(self) -> None:
            try:
                super()._adjust_thread_count()
            except RuntimeError:  # no thread to be had
                if not self._threads:
                    raise

    pool = AsManyAsThereAre(count)
    try:
        pool.submit(int)
    except RuntimeError:
        return InTurn()
    return pool


def executor_of(count: int | None, scheduler: str | None) -> AbstractContextManager[Executor]:
    """Who works where a person said it: so many threads, or the workers of a scheduler.

    Raises
    ------
    Refusal
        When both are given; when the scheduler cannot be had.
    """
    if scheduler is None:
        return threads(count)
    # Imported here, because most runs are on one machine.
    from blinplan.cluster.executor import cluster_at
    from blinplan.refusal import Refusal

    if count is not None:
        raise Refusal("--threads and --scheduler contradict each other", "leave one of the two out")
    return cluster_at(scheduler)


@dataclass(frozen=True, slots=True)
class InCopies:
    """Runs some calls here and others in copies of this process: for what threads would do one after the other.

    A copy has all that was read, so that nothing but a result is handed over. Where this process cannot be copied, all
    run here.
    """

    count: int

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Call the function here."""
        return InTurn().submit(function, *arguments)

    def map(self, function: Callable[..., T], /, *iterables: Iterable[Any]) -> Iterator[T]:
        """Call the function for each result that is taken; the copies are one call ahead."""
        from pickle import loads

        calls = list(zip(*iterables, strict=True))
        number = max(1, min(self.count, len(calls))) if _can_be_copied() else 1
        elsewhere = [(function, calls[share::number]) for share in range(1, number)]
        with copies(_tell_each, elsewhere) as running:
            for at, arguments in enumerate(calls):
                found = running[at % number - 1].question() if at % number else None
                if found is None:  # what failed there fails here, and says why
                    yield function(*arguments)
                    continue
                running[at % number - 1].tell(b"")
                yield loads(found)  # noqa: S301 - of a copy of this process


def _tell_each(share: tuple[Callable[..., Any], Sequence[Sequence[Any]]], ask: Ask) -> bytes:
    """Hand over the result of each call of a share, and go on to the next when it was taken."""
    from pickle import HIGHEST_PROTOCOL, dumps

    function, calls = share
    for arguments in calls:
        ask(dumps(function(*arguments), protocol=HIGHEST_PROTOCOL))
    return b""


def executor_or_threads(executor: Executor | None, *, in_turns: bool = False) -> AbstractContextManager[Executor]:
    """Use the executor that was given, and leave it open; without one, threads of our own.

    Copies of this process instead for what threads of ours would do `in_turns`, as many short calls of NumPy.
    """
    if executor is not None:
        require_executor(executor)
    if in_turns and (executor is None or isinstance(executor, InThreads)) and _can_be_copied():
        return nullcontext(InCopies(places(executor)))
    return threads() if executor is None else nullcontext(executor)


def require_executor(executor: object) -> None:
    """Refuse what runs nothing.

    Raises
    ------
    ArgumentRefusal
        When it has no `submit`.
    """
    if not hasattr(executor, "submit"):
        advice = "give what has submit, as those of concurrent.futures, or leave it out"
        raise ArgumentRefusal("{executor} is {value}", advice, value=repr(executor)[:40])


def shares_memory(executor: Executor | None) -> bool:
    """Whether what it calls can write into memory of this process: where it calls here, or in threads."""
    if executor is None or isinstance(executor, InTurn | InThreads):
        return True
    from concurrent.futures import ThreadPoolExecutor

    return isinstance(executor, ThreadPoolExecutor)


def in_order(executor: Executor, function: Callable[[A], T], arguments: Iterable[A]) -> Iterator[T]:
    """Call a function for each argument; results come in the order of the arguments, however many run at once."""
    if isinstance(executor, InTurn | InCopies):
        waiting = iter(arguments)
        while some := list(islice(waiting, 1 if isinstance(executor, InTurn) else _AT_ONCE)):
            yield from executor.map(function, some)
        return
    waiting = iter(arguments)
    first, more = list(islice(waiting, 1)), list(islice(waiting, 1))
    if not more and isinstance(executor, InThreads):  # nothing runs beside it: a thread takes longer than one patient
        yield from map(function, first)
        return
    yield from _sliding(executor, function, chain(first, more, waiting))


def _sliding(executor: Executor, function: Callable[[A], T], arguments: Iterable[A]) -> Iterator[T]:
    """Have so many calls with an executor all the time: the next is handed over when the first has come."""
    begun: deque[Future[T]] = deque()
    try:
        for argument in arguments:
            begun.append(executor.submit(function, argument))
            if len(begun) >= _most(executor):
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for future in begun:
            future.cancel()


def as_they_end(
    executor: Executor, function: Callable[[A], T], arguments: Iterable[A]
) -> Iterator[tuple[int, Future[T]]]:
    """Call a function for each argument; the numbers of the calls, and what became of them, as they end."""
    # Imported here, because most runs know the order.
    from concurrent.futures import FIRST_COMPLETED, wait

    begun: dict[Future[T], int] = {}
    try:
        for number, argument in enumerate(arguments):
            begun[executor.submit(function, argument)] = number
            if len(begun) >= _most(executor):
                yield from ((begun.pop(one), one) for one in wait(begun, return_when=FIRST_COMPLETED).done)
        while begun:
            yield from ((begun.pop(one), one) for one in wait(begun, return_when=FIRST_COMPLETED).done)
    finally:
        for future in begun:
            future.cancel()


def _most(executor: Executor) -> int:
    """How many calls an executor has at once: one, where each is called at once."""
    return 1 if isinstance(executor, InTurn | InCopies) else max(_AT_ONCE, 2 * places(executor))


def places(executor: Executor | None) -> int:
    """How many calls run at once: as many as an executor says, or as there are processors."""
    return int(getattr(executor, "count", 0)) or workers()


def load(executor: Executor) -> int:
    """How many times as much a call does as where it costs next to nothing: messages between machines take a while."""
    return int(getattr(executor, "load", 1))


def shares(items: Sequence[T], least: int) -> list[Sequence[T]]:
    """Part what is to be done: one share for this process, and one for each copy of it that saves time.

    Share k of n has every n-th item from k on, and no fewer than the ``least`` that are worth a copy. There is one
    share where this process cannot be copied: elsewhere than on Linux, and while it runs threads, which would be lost.
    """
    number = max(1, min(workers(), len(items) // least)) if _can_be_copied() else 1
    return [items[share::number] for share in range(number)]


def _can_be_copied() -> bool:
    import sys
    import threading

    return sys.platform == "linux" and threading.active_count() == 1
