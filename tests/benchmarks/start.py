"""How long a check takes from start to end beside a bare typer app: of one file, of 1,000, and of 40 with simulation.

It is processor time, in pairs of runs in turn: the machine is never alone, and what else runs on it lengthens both of a
pair. Simulation is timed without the extra `fast`, as most have it.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from statistics import median
from typing import NamedTuple

import blinplan
from blinplan.regimen import library

INSTALLED, FROM_SOURCE = 1.5, 2.5
"""How many times that of a bare typer app it may take: as pip installs it, and compiled anew at every start.

The first is what people have; 1.05 is reached. The second grows with the lines that a check imports, and is told so
that it is seen; 1.7 is reached.
"""
SIMULATED = 8.0
"""The same of one file with simulation and nothing kept; 4.4 to 5.9 are reached, 0.75 seconds; the aim is 1.0 second.

It was 6 before NumPy gave the bytes of the compiled engine: its exponential function is twenty calls in place of one.
"""
THOUSAND = {"concise": 5.0, "full": 6.0}
"""The same of 1,000 files without simulation, by format: of the process that is started, not of the copy beside it.

Both have half of the files, and so it is what somebody waits for who has two processors and nothing else to do with
them, however busy the machine is. With 1,300 findings 3.5 to 4.0 and 4.5 to 4.8 are reached; of a thousand labelled
regimens, of which nothing is found, 2.7 and 3.1. The aim is 4 for all of them; the machine swings by a fourth.
"""
COLD, KEPT = 240.0, 12.0
"""The same of 40 files with simulation: nothing kept, and all of it; 135 to 190 and 1.5 to 1.9 are reached.

It keeps both processors busy, and takes the longer of them the more else they have to do.
"""
FILES = 40
PAIRS = 7

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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bare.py").write_text(_BARE, encoding="utf-8")
        return all((_one_file(folder), _one_simulated(folder), _thousand_files(folder), _many_files(folder)))


def _bare(folder: Path) -> list[str]:
    return [sys.executable, str(folder / "bare.py"), "one"]


def _installed(folder: Path) -> Environment:
    """As pip installs it: with bytecode."""
    return {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}


def _without_numba(folder: Path, environment: Environment) -> Environment:
    """As it is without the extra `fast`: numba is not found, rather than found and broken."""
    (folder / "sitecustomize.py").write_text('import sys\nsys.modules["numba"] = None\n', encoding="utf-8")
    paths = [str(folder), *environment.get("PYTHONPATH", "").split(os.pathsep)]
    return {**environment, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _one_file(folder: Path) -> bool:
    bare, kept = _bare(folder), _installed(folder)
    check = [*_PROGRAM, "check", str(library.paths()["rr-adult"]), "--no-simulate"]
    fast = _is_within("one file, as installed", bare, check, kept, INSTALLED)
    shutil.rmtree(_bytecode_of_the_package(folder / "bytecode"))
    slow = _is_within("one file, from source", bare, check, {**kept, "PYTHONDONTWRITEBYTECODE": "1"}, FROM_SOURCE)
    return fast and slow


def _one_simulated(folder: Path) -> bool:
    check = [*_PROGRAM, "check", str(library.paths()["rr-adult"]), "--no-cache"]
    environment = _without_numba(folder, _installed(folder))
    return _is_within("one file with simulation", _bare(folder), check, environment, SIMULATED, pairs=3)


def _thousand_files(folder: Path) -> bool:
    sets = {"with findings": _written(folder / "thousand", 1000), "sound": _labelled(folder / "sound", 1000)}
    within = True
    for (what, regimens), (form, most) in product(sets.items(), THOUSAND.items()):
        told = folder / "own-time"
        check = [sys.executable, "-c", _TELLING_ITS_OWN_TIME, str(told)]
        check += ["check", str(regimens), "--no-simulate", "-f", form, "--fail-on", "never"]
        name = f"1,000 files {what}, {form}"
        within &= _is_within(name, _bare(folder), check, _installed(folder), most, pairs=3, told=told)
    return within


_TELLING_ITS_OWN_TIME = """
import atexit, os, sys, time
def tell(path=sys.argv.pop(1), own=os.getpid()):
    if os.getpid() == own:
        with open(path, "w") as file:
            file.write(str(time.process_time()))
atexit.register(tell)
from blinplan.cli.app.start import program
program()
"""
"""The program, which writes down how long it took of a processor, without the copies that it makes of itself."""


def _bytecode_of_the_package(folder: Path) -> Path:
    """Where Python keeps it, below the folder for all bytecode."""
    package = Path(blinplan.__file__).parent
    return folder / package.relative_to(package.anchor)


def _is_within(
    what: str,
    one: Sequence[str],
    other: Sequence[str],
    environment: Environment,
    most: float,
    pairs: int = PAIRS,
    told: Path | None = None,
) -> bool:
    """Whether one command takes at most so many times what the other does: the median of pairs.

    ``told`` is where the other one tells its own time.
    """
    for command in (one, other):
        _elapsed(command, environment)  # the first run writes bytecode
    times = [(_elapsed(one, environment), _elapsed(other, environment, told)) for _ in range(pairs)]
    ratio = median(second.processor / first.processor for first, second in times)
    walls = [1000 * median(run.wall for run in runs) for runs in zip(*times, strict=True)]
    print(f"{what}: {ratio:.2f} times a bare typer app (at most {most})", end=", ")  # noqa: T201
    print("{1:.0f} ms beside {0:.0f} ms".format(*walls))  # noqa: T201
    return ratio <= most


def _many_files(folder: Path) -> bool:
    regimens = _written(folder / "regimens", FILES)
    environment = _without_numba(folder, {**_installed(folder), "XDG_CACHE_HOME": str(folder / "cache")})
    check = [*_PROGRAM, "check", str(regimens), "-f", "concise", "--fail-on", "never"]
    bare = [_elapsed(_bare(folder), environment).processor for _ in range(PAIRS)]
    cold, kept = (_elapsed(check, environment) for _ in range(2))
    bare += [_elapsed(_bare(folder), environment).processor for _ in range(PAIRS)]
    ratios = [run.processor / median(bare) for run in (cold, kept)]
    print(f"{FILES} files with simulation: {ratios[0]:.0f} times a bare typer app (at most {COLD:.0f}),", end=" ")  # noqa: T201
    print(f"{cold.wall:.1f} s; from the cache {ratios[1]:.1f} times (at most {KEPT:.0f})")  # noqa: T201
    return ratios[0] <= COLD and ratios[1] <= KEPT


def _labelled(folder: Path, count: int) -> Path:
    """Write regimens for adults in remission into a folder, in which nothing is found, each in the file of its name."""
    folder.mkdir()
    text = library.paths()["mrd-adult"].read_text(encoding="utf-8")
    for number in range(count):
        name = f"mrd-adult-w{number:03}"
        named = text.replace('name = "mrd-adult"', f'name = "{name}"')
        (folder / f"{name}.toml").write_text(named, encoding="utf-8")
    return folder


def _written(folder: Path, count: int) -> Path:
    """Write regimens into a folder, no two of which order the same, each in the file of its name."""
    folder.mkdir()
    shipped = list(library.paths().values())
    for number in range(count):
        path = shipped[number % len(shipped)]
        interval = f"treatment_free_days = {14 + number // len(shipped)}"
        text = re.sub("treatment_free_days = 14", interval, path.read_text(encoding="utf-8"))
        named = text.replace(f'name = "{path.stem}"', f'name = "r{number:04}"')
        (folder / f"r{number:04}.toml").write_text(named, encoding="utf-8")
    return folder


def _elapsed(command: Sequence[str], environment: Environment, told: Path | None = None) -> Elapsed:
    began = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        silent = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), number) for number in (1, 2)]
        process = os.posix_spawn(command[0], list(command), environment, file_actions=silent)
        _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{command} ended with status {os.waitstatus_to_exitcode(status)}")
    processor = used.ru_utime + used.ru_stime if told is None else float(told.read_text(encoding="utf-8"))
    return Elapsed(time.perf_counter() - began, processor)
