"""Schedulers and workers as anybody starts them: by Dask's own commands, each a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.program import NEVER, PLAIN, ROOT

if TYPE_CHECKING:
    from distributed import Client

DASK = (sys.executable, "-P", "-m", "dask")
_WITHOUT_LOOKING = {
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "10s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}
"""Dask looks at itself a hundred times a second, whether it has work or not, for pages that nobody opens here."""
SECONDS = float(NEVER)
"""How long something may take to start, on a machine that is busy."""


@contextmanager
def started(*command: str, folder: Path, package: Path = ROOT, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program beside the tests, and end it."""
    with (folder / "programs.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            cwd=folder,
            env={**PLAIN, **_WITHOUT_LOOKING, "PYTHONPATH": str(package), **environment},
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(what: Callable[[], bool]) -> None:
    """Wait for something that will be."""
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


class Scheduler(NamedTuple):
    """A scheduler that runs: its process, and the file in which it says where it is."""

    process: subprocess.Popen[bytes]
    file: Path

    @property
    def address(self) -> str:
        """Where it is."""
        return str(json.loads(self.file.read_bytes())["address"])


def client_of(address: Any) -> "Client":
    """Ask a scheduler. Dask is imported here: every worker of pytest-xdist collects this room, and few run it."""
    from distributed import Client

    return Client(address, set_as_default=False)


@contextmanager
def scheduler(folder: Path, protocol: str = "tcp", **environment: str) -> Iterator[Scheduler]:
    """Start a scheduler, without blinplan, which it need not have."""
    file = folder / "scheduler.json"
    options = (
        "--protocol",
        protocol,
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    )
    with started(*DASK, "scheduler", *options, folder=folder, package=bare_package(folder), **environment) as process:
        wait_until(lambda: file.exists() and file.read_bytes().rstrip().endswith(b"}"))
        yield Scheduler(process, file)


class Workers:
    """Workers of a scheduler, each a process of one thread that nobody starts again."""

    def __init__(self, file: Path, stack: ExitStack) -> None:
        self._file, self._stack = file, stack
        self._running: dict[subprocess.Popen[bytes], Path] = {}

    def start(self, package: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start one more; it may be there a little later."""
        options = ("--no-nanny", "--no-dashboard", "--nthreads", "1", "--scheduler-file", str(self._file))
        command = (*DASK, "worker", *options)
        running = started(*command, folder=self._file.parent, package=package)
        process = self._stack.enter_context(running)
        self._running[process] = package
        return process

    def one(self) -> subprocess.Popen[bytes]:
        """One that is there from before, or else a new one, and no other: a start takes a second."""
        sound = [process for process, package in self._running.items() if package == ROOT and process.poll() is None]
        self.end(sound[:1])
        return sound[0] if sound else self.start()

    def end(self, kept: Sequence[subprocess.Popen[bytes]] = ()) -> None:
        """End all, but for some."""
        for process in self._running.keys() - set(kept):
            self.kill(process)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End one as a machine does that loses its power."""
        process.kill()
        process.wait()
        del self._running[process]


@contextmanager
def workers_of(file: Path) -> Iterator[Workers]:
    """Start workers, and end them."""
    with ExitStack() as stack:
        yield Workers(file, stack)


def bare_package(folder: Path) -> Path:
    """Where Python finds a package of our name in which nothing is."""
    package = folder / "bare"
    (package / "blinplan").mkdir(parents=True, exist_ok=True)
    (package / "blinplan" / "__init__.py").touch()
    return package


def kill(process: int) -> None:
    """End a process as a machine does that loses its power."""
    os.kill(process, signal.SIGKILL)


def other_package(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the package in which one file says something else."""
    shutil.copytree(ROOT / "blinplan", folder / "blinplan")  # with what is compiled of it
    shutil.copytree(ROOT / "regimens", folder / "regimens")
    file = folder / "blinplan" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return folder
