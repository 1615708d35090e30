"""Time blinplan beside what others would take, with the error beside each, in one run and on the same patients.

``python -m tests.benchmarks`` times, and with ``small`` on fewer patients; ``readme`` writes the table of speeds into
the README. ``python -m tests.benchmarks accuracy`` measures the greatest error over every shipped regimen and 64 random
patients each, eight of them extreme; it takes about a quarter of an hour. ``bound`` holds 20,000 patients of three
seeds to it, or as many as stand behind it; what it printed is kept in `man/make/measured`. ``start`` times checks from
start to end, ``million`` runs a million patients and prints time and memory, ``sets`` says what one more parameter set
costs, and ``stopping`` holds the answers that few virtual patients give to those of all, over every shipped regimen and
300 generated ones.
"""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rich.console import Console

from blinplan.course.events import periods
from blinplan.physiology import Dosing, Population
from blinplan.regimen import library
from blinplan.simulation.dosing import dosing
from tests.benchmarks.bound import bound
from tests.benchmarks.engines import by_blinplan, by_scipy, greatest_error, series
from tests.benchmarks.sets import MOST, costs, engines_agree, sets_table
from tests.benchmarks.speed import GREATEST_ERROR, race
from tests.benchmarks.start import start
from tests.benchmarks.stopping import stopping
from tests.physiology.courses import extremes

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- python -m tests.benchmarks readme -->\n```text\n", "```\n<!-- end -->\n"
_SETS = 1024
MOST_MEMORY = 10**9
"""Bytes that a million patients may take."""


def main() -> None:
    """Run what the command line asks for."""
    console = Console(width=108)
    match sys.argv[1:]:
        case ["accuracy"]:
            worst = accuracy()
        case ["bound", *number]:
            worst = bound(*map(int, number))
        case [asked] if asked in _HELD:
            is_held, otherwise = _HELD[asked]
            sys.exit(0 if is_held() else otherwise)
        case ["small"]:
            worst = race(console, patients=512, peer_patients=2, witnessed=2)
        case ["readme"]:
            worst = write_readme()
        case []:
            worst = race(console, patients=10_000, peer_patients=50, witnessed=8)
        case _:
            sys.exit(
                "usage: python -m tests.benchmarks"
                " [small | readme | accuracy | bound [N] | start | stopping | million | sets]"
            )
    if worst > GREATEST_ERROR:
        sys.exit(f"the engine's greatest error is {worst:.1e}, above {GREATEST_ERROR:.0e}")


def write_readme() -> float:
    """Put the table of speeds where the README shows it."""
    console = Console(width=108, record=True)
    worst = race(console, patients=10_000, peer_patients=50, witnessed=8)
    show_in_readme(console.export_text())
    return worst


def show_in_readme(printed: str) -> None:
    """Show of what was printed the machine and the table of speeds."""
    lines = [line.rstrip() for line in printed.splitlines()]
    last = next(number for number, line in enumerate(lines) if line.startswith("└"))
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    shown = "\n".join(lines[: last + 1])
    README.write_text(f"{before}{BEGIN}{shown}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


def million() -> bool:
    """Run a million patients; print time and memory, and return whether that is within bounds."""
    command = [sys.executable, "-m", "blinplan", "simulate", "rr-adult", "--patients", "1000000", "-f", "json"]
    began = time.perf_counter()
    nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=nowhere)
    _, status, used = os.wait4(process, 0)
    memory, processor = 1024 * used.ru_maxrss, used.ru_utime + used.ru_stime
    print(f"{time.perf_counter() - began:.0f} s, {processor:.0f} s of processors, {memory / 1e6:.0f} MB")  # noqa: T201
    return status == 0 and memory < MOST_MEMORY


def accuracy() -> float:
    """Print the greatest error of each shipped regimen against SciPy at rtol 1e-10; return the greatest of all."""
    worst = 0.0
    with ProcessPoolExecutor() as pool:
        for name, error in zip(library.paths(), pool.map(_greatest_error_of, library.paths()), strict=True):
            worst = max(worst, error)
            print(f"{name:28} {error:.1e}", flush=True)  # noqa: T201
    print(f"{'greatest':28} {worst:.1e}")  # noqa: T201
    return worst


def sets() -> bool:
    """Print what one more parameter set costs; return whether that is close to its patients in a crowd, and right."""
    found = list(costs(_SETS))
    Console(width=108).print(sets_table(found))
    return engines_agree() and all(one.greatest_ratio <= MOST for one in found if one.engine == "compiled")


_HELD: dict[str, tuple[Callable[[], bool], str]] = {
    "start": (start, "a check takes longer than it should"),
    "stopping": (stopping, "few patients decide otherwise than all would"),
    "million": (million, "a million patients take more memory than they should"),
    "sets": (sets, "one more parameter set costs more than it should, or engines differ on it"),
}
"""What is held or not, and what is said where it is not."""


def _greatest_error_of(name: str) -> float:
    regimen = library.regimen(name)
    people = extremes(regimen.virtual_population, 64)
    course = _course(name, people)
    days = np.arange(course.edges_minutes[-1] / 1440 + 1.0)
    mine = series(by_blinplan(course, people, days).states, people)
    return greatest_error(mine, by_scipy(course, people, days, 1e-10))


def _course(name: str, people: Population) -> Dosing:
    regimen = library.regimen(name)
    return dosing(regimen, periods(regimen), people)


if __name__ == "__main__":
    main()
