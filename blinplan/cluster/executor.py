"""Who works on many machines: the workers of a Dask cluster that somebody named."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from blinplan.cluster.program import Call, this_program
from blinplan.files.inputs import input_bytes
from blinplan.files.json_document import NoJsonError, json_object_of
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.version import __version__

if TYPE_CHECKING:
    from concurrent.futures import Future

    from distributed import Client

PUBLIC = ("cluster_at",)

T = TypeVar("T")

SECONDS_TO_ANSWER = 5
"""How long a scheduler has to answer."""

SECONDS_WITHOUT_WORKERS = 60
"""How long a run waits for the first worker, and for one where all are lost: SLURM and Kubernetes start others."""

_LOOK_EVERY = 2.0
"""Seconds between two looks at which workers there are."""


@contextmanager
def cluster_at(address: str) -> Iterator[Cluster]:
    """Make an executor of the workers of the scheduler at an address, or of one that has written its file.

    Whoever leaves early waits for nothing.

    Raises
    ------
    Refusal
        When Dask is not installed; when the scheduler does not answer within `SECONDS_TO_ANSWER`, or has no worker
        within `SECONDS_WITHOUT_WORKERS`.
    """
    kind = _client_kind()
    where = _address_in(address) if _is_file(address) else address
    with _event_loop() as loop:

        def wait_for(what: Coroutine[Any, Any, T]) -> T:
            return asyncio.run_coroutine_threadsafe(what, loop).result()

        running = Cluster(wait_for(_client_at(kind, where)), where, loop)
        try:
            wait_for(running.begin())
            yield running
        finally:
            wait_for(running.end())


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Run an event loop beside whoever asks, who is free to wait, and to be interrupted."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="cluster", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _client_kind() -> Any:
    try:
        import dask

        if "logging" not in dask.config.config:  # what goes wrong is told by who asked
            dask.config.set({"logging": dict.fromkeys(_LOGGERS, "critical")})
        from distributed import Client
    except ImportError as error:
        raise Refusal("--scheduler needs the package distributed", "pip install 'blinplan[cluster]'") from error
    return Client


_LOGGERS = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application")


def _is_file(address: str) -> bool:
    return address.endswith(".json")


def _address_in(path: str) -> str:
    """The address in the file that a scheduler wrote."""
    try:
        return str(json_object_of(input_bytes(Path(path)))["address"])
    except (OSError, NoJsonError, KeyError) as error:
        raise Refusal(
            f"{path} is no file of a scheduler", f"start one with: dask scheduler --scheduler-file {path}"
        ) from error


async def _client_at(kind: Any, where: str) -> Client:
    client = kind(where, timeout=SECONDS_TO_ANSWER, asynchronous=True, set_as_default=False, name="blinplan")
    try:
        return await client
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        await client.close()
        raise Refusal(
            f"no scheduler answers at {where} within {SECONDS_TO_ANSWER} s",
            "give the address that dask scheduler says, such as tcp://head:8786, or its --scheduler-file",
        ) from error


class Cluster:
    """What runs functions on the workers of a cluster, as executors of `concurrent.futures` do.

    A worker that is lost costs the calls that it had, which others do again.

    Attributes
    ----------
    count
        How many calls run at once.
    load
        How many times as much each does as a call of a thread.
    """

    load = 4

    def __init__(self, client: Client, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self._client, self._address, self._loop = client, address, loop
        self._program = tuple(this_program())
        self._calls: set[asyncio.Task[Any]] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._has_waited = False
        self.count = 1

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Begin one call on a worker."""
        call = bytes(Call(self._program, function, arguments))
        return asyncio.run_coroutine_threadsafe(self._call(call), self._loop)

    def map(self, function: Callable[..., T], /, *iterables: Any) -> Iterator[T]:
        """Begin many calls; their results come in the order of the arguments."""
        futures = [self.submit(function, *arguments) for arguments in zip(*iterables, strict=True)]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()

    async def begin(self) -> None:
        """Wait for a worker, and see to it from now on that a run without workers ends."""
        try:
            await self._client.wait_for_workers(1, timeout=SECONDS_WITHOUT_WORKERS)
        except TimeoutError as error:
            raise self._nobody() from error
        await self._count()
        self._watcher = asyncio.create_task(self._watch())

    async def end(self) -> None:
        """Give up what has not come, and leave the scheduler."""
        if self._watcher is not None:
            self._watcher.cancel()
        for call in tuple(self._calls):
            call.cancel()
        with suppress(Exception):  # of a scheduler that is gone there is nothing to be left
            await asyncio.wait_for(self._client.close(), SECONDS_TO_ANSWER)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _call(self, call: bytes) -> Any:
        theirs = self._client.submit(pickle.loads, call, key=f"blinplan-{uuid4().hex}", pure=False)
        own = asyncio.current_task()
        assert own is not None  # noqa: S101 - this is one
        self._calls.add(own)
        try:
            return await theirs
        except (Exception, asyncio.CancelledError) as error:
            refusal = self._sentence(error, theirs.status)
            if refusal is None:
                raise
            raise refusal from error
        finally:
            self._calls.discard(own)
            theirs.release()

    async def _watch(self) -> None:
        """End a run that has been without workers for too long."""
        left: float = SECONDS_WITHOUT_WORKERS
        while left > 0:
            await asyncio.sleep(_LOOK_EVERY)
            with suppress(OSError):  # a scheduler that is gone gives its calls up
                left = SECONDS_WITHOUT_WORKERS if await self._count() else left - _LOOK_EVERY
        self._has_waited = True
        for call in tuple(self._calls):
            call.cancel()

    async def _count(self) -> int:
        threads: int = sum((await self._client.nthreads()).values())
        self.count = max(1, threads)
        return threads

    def _sentence(self, error: BaseException, status: str) -> Refusal | None:
        """What went wrong, in a sentence where it was the cluster; ``status`` is what Dask says of the call."""
        if status == "error":
            return self._sentence_of_worker(error)
        if not isinstance(error, asyncio.CancelledError) or status in {"cancelled", "lost"}:
            return Refusal(f"the scheduler at {self._address} is gone", "start it and its workers, and try again")
        if self._has_waited:
            return self._nobody()
        return None  # whoever asked has given the call up

    def _nobody(self) -> Refusal:
        waited = f"has had no worker for {SECONDS_WITHOUT_WORKERS} s"
        return Refusal(f"the scheduler at {self._address} {waited}", f"start one with: dask worker {self._address}")

    def _sentence_of_worker(self, error: BaseException) -> Refusal | None:
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            number, last = error.allowed_failures + 1, error.last_worker.address
            return Refusal(
                f"{number} {plural('worker', number)} in turn ended over the same piece of work, the last one {last}",
                "see what its log says: most often there was too little memory",
            )
        if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("blinplan"):
            return Refusal(
                f"a worker of the scheduler at {self._address} has no {error.name}",
                f"install blinplan {__version__} on all of them: pip install 'blinplan[cluster]'",
            )
        return None
