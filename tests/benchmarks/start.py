"""How long a check takes from start to end: one file beside a bare typer app, and a folder of 200 files.

Beside the typer app it is processor time, in pairs of runs in turn: the machine is never alone, and what else runs on
it lengthens both of a pair.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import blinplan
from blinplan.regimen import library

INSTALLED, FROM_SOURCE = 1.2, 1.5
"""How many times that of a bare typer app it may take: as pip installs it, and compiled anew at every start."""
COLD, KEPT = 60.0, 3.0
FILES = 200
PAIRS = 25

_BARE = """
import typer
app = typer.Typer()
@app.command()
def one() -> None:
    print("one line")
@app.command()
def two() -> None:
    print("another")
app()
"""
_PROGRAM = (sys.executable, "-c", "from blinplan.cli.app.start import program; program()")

Environment = Mapping[str, str]


class Elapsed(NamedTuple):
    """How long a process took: as a person waits, and of the processors."""

    wall: float
    processor: float


def start() -> bool:
    """Print the times; return whether they are what they should be."""
    print("load {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        return all((_one_file(Path(folder)), _many_files(Path(folder))))


def _one_file(folder: Path) -> bool:
    (folder / "bare.py").write_text(_BARE, encoding="utf-8")
    bare = [sys.executable, str(folder / "bare.py"), "one"]
    check = [*_PROGRAM, "check", str(library.paths()["rr-adult"]), "--no-simulate"]
    kept = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    fast = _is_within("one file, as installed", bare, check, kept, INSTALLED)
    shutil.rmtree(_bytecode_of_the_package(folder / "bytecode"))
    slow = _is_within("one file, from source", bare, check, {**kept, "PYTHONDONTWRITEBYTECODE": "1"}, FROM_SOURCE)
    return fast and slow


def _bytecode_of_the_package(folder: Path) -> Path:
    """Where Python keeps it, below the folder for all bytecode."""
    package = Path(blinplan.__file__).parent
    return folder / package.relative_to(package.anchor)


def _is_within(what: str, one: Sequence[str], other: Sequence[str], environment: Environment, most: float) -> bool:
    """Whether one command takes at most so many times what the other does: the median of pairs."""
    for command in (one, other):
        _elapsed(command, environment)  # the first run writes bytecode
    pairs = [(_elapsed(one, environment), _elapsed(other, environment)) for _ in range(PAIRS)]
    ratio = median(second.processor / first.processor for first, second in pairs)
    walls = [1000 * median(run.wall for run in runs) for runs in zip(*pairs, strict=True)]
    print(f"{what}: {ratio:.2f} times a bare typer app (at most {most})", end=", ")  # noqa: T201
    print("{1:.0f} ms beside {0:.0f} ms".format(*walls))  # noqa: T201
    return ratio <= most


def _many_files(folder: Path) -> bool:
    regimens = folder / "regimens"
    regimens.mkdir()
    shipped = list(library.paths().values())
    for number in range(FILES):
        path = shipped[number % len(shipped)]
        interval = f"treatment_free_days = {14 + number // len(shipped)}"  # no two files order the same
        text = re.sub("treatment_free_days = 14", interval, path.read_text(encoding="utf-8"))
        (regimens / f"{number:03}.toml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    check = [*_PROGRAM, "check", str(regimens), "-f", "concise", "--fail-on", "never"]
    cold, kept = (_elapsed(check, environment).wall for _ in range(2))
    print(f"{FILES} files with simulation: {cold:.1f} s (at most {COLD:.0f}),", end=" ")  # noqa: T201
    print(f"from the cache {kept:.2f} s (at most {KEPT:.0f})")  # noqa: T201
    return cold <= COLD and kept <= KEPT


def _elapsed(command: Sequence[str], environment: Environment) -> Elapsed:
    began = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        silent = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), number) for number in (1, 2)]
        process = os.posix_spawn(command[0], list(command), environment, file_actions=silent)
        _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{command} ended with status {os.waitstatus_to_exitcode(status)}")
    return Elapsed(time.perf_counter() - began, used.ru_utime + used.ru_stime)
