"""Run the program of this checkout as a process of its own, whatever is installed and in whichever folder."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTHONIOENCODING", "BLINPLAN_DEBUG"}
    and name != "PYTHONDONTWRITEBYTECODE"  # a hundred starts need not compile the package a hundred times
}
NO_CACHE = f"{os.devnull}/none"
"""A folder that cannot be: who simulates few has them by NumPy before the machine code of a cache is read."""
WITHOUT_CODE = {**PLAIN, "XDG_CACHE_HOME": NO_CACHE}
NEVER = 600
"""Seconds after which what is waited for is taken never to come. No test that passes comes near it, on any machine."""
HEAVY = ("numpy", "scipy", "matplotlib", "pandas", "pydantic", "jinja2")


_HEARING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    "; hasattr(signal, 'SIGHUP') and signal.signal(signal.SIGHUP, signal.SIG_DFL)"
)
"""A process hears Ctrl-C and that its terminal is gone, though tests run in the background, in a worker or under nohup:
who does not hear it starts deaf ones."""


def python(script: str) -> list[str]:
    """The command that runs a script with this checkout before all that is installed and without the working folder."""
    return [sys.executable, "-P", "-c", f"{_HEARING}; import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"]


PROGRAM = python("from blinplan.cli.app.program import run; run()")


def probe(names: Iterable[str], asked: Sequence[tuple[Sequence[str], Mapping[str, str]]], folder: Path) -> list[Any]:
    """Run the program in one process with some arguments and variables of the environment, one time after the other.

    Returns for each time its status, and which of some modules are imported by then.
    """
    script = f"""
import json, os
from blinplan.cli.app.program import run
found, before = [], dict(os.environ)
for arguments, environment in {[(list(arguments), dict(environment)) for arguments, environment in asked]!r}:
    sys.argv = ["blinplan", *arguments]
    os.environ.clear()
    os.environ.update(before | environment)
    try:
        run()
    except SystemExit as ended:
        status = int(ended.code or 0)
    found.append([status, [name for name in {tuple(names)} if name in sys.modules]])
sys.stderr.write("\\n" + json.dumps(found))
"""
    ended = subprocess.run(python(script), capture_output=True, cwd=folder, env=WITHOUT_CODE, check=True)  # noqa: S603 - ours
    return list(json.loads(ended.stderr.splitlines()[-1]))


@dataclass(frozen=True, slots=True)
class Ran:
    """How the program ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as one JSON document."""
        return dict(json.loads(self.out))


Run = Callable[..., Ran]


def process(*arguments: str, given: bytes = b"", folder: Path | None = None, **environment: str) -> Ran:
    """Run the program as a process of its own."""
    ended = subprocess.run(  # noqa: S603 - our own program
        [*PROGRAM, *arguments],
        input=given,
        capture_output=True,
        cwd=folder,
        env={**PLAIN, "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error", **environment},
        timeout=NEVER,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def wait_until(what: Callable[[], bool], running: "subprocess.Popen[bytes]") -> None:
    """Wait for what a process is to do, as long as it is there, by no clock."""
    while not what():
        assert running.poll() is None, f"it ended with {running.returncode} before"
        time.sleep(0.01)


def members(group: int) -> set[int]:
    """The processes of a group that live; one that has ended and that nobody has asked about yet is none."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of, *_ = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(of) == group and state not in "ZX":
            found.add(int(path.parent.name))
    return found
