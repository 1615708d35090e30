"""Time blinplan beside libRoadRunner and SciPy, with the error beside each, in one run and on the same patients.

``python -m tests.benchmarks`` times, and with ``small`` on fewer patients. ``python -m tests.benchmarks accuracy``
measures the greatest error over every shipped regimen and 64 random patients each, eight of them extreme; it takes
about a quarter of an hour. ``python -m tests.benchmarks bound`` holds 20,000 patients of three seeds to it. ``python
-m tests.benchmarks start`` times checks from start to end, and ``stopping`` holds the answers that few virtual
patients give to those of all, over every shipped regimen and 300 generated ones.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from rich.console import Console
from rich.table import Table

from blinplan.course.events import periods
from blinplan.executor import workers
from blinplan.physiology import Dosing, Population, Trajectories, draw
from blinplan.physiology.model.population import FloatArray
from blinplan.regimen import library
from blinplan.simulation.dosing import dosing
from tests.benchmarks.bound import bound
from tests.benchmarks.engines import RoadRunner, by_blinplan, by_scipy, greatest_error, series_of
from tests.benchmarks.start import start
from tests.benchmarks.stopping import stopping
from tests.physiology.courses import extremes

DAYS = 210
SEED = 1
WITNESSED = 8
GREATEST_ERROR = 1e-4


def main() -> None:
    """Run what the command line asks for."""
    match sys.argv[1:]:
        case ["accuracy"]:
            worst = accuracy()
        case ["bound"]:
            worst = bound()
        case ["start"]:
            sys.exit(0 if start() else "a check takes longer than it should")
        case ["stopping"]:
            sys.exit(0 if stopping() else "few patients decide otherwise than all would")
        case ["small"]:
            worst = speed(patients=512, peer_patients=10)
        case []:
            worst = speed(patients=4096, peer_patients=60)
        case _:
            sys.exit("usage: python -m tests.benchmarks [small | accuracy | bound | start | stopping]")
    if worst > GREATEST_ERROR:
        sys.exit(f"the engine's greatest error is {worst:.1e}, above {GREATEST_ERROR:.0e}")


def speed(patients: int, peer_patients: int) -> float:
    """Print each engine's patients per second, ratio and error; return the greatest error of blinplan."""
    people = draw("adult-rr", patients, SEED)
    course, days = _course("rr-adult", people), np.arange(DAYS + 1.0)
    few = people.select(slice(0, WITNESSED))
    witness = by_scipy(_course("rr-adult", few), few, days, 1e-10)
    peer = RoadRunner(course, people, 1e-6, 1e-9)
    peer.run(people, [0], DAYS)
    scipy_course = _course("rr-adult", few)
    threads = workers()
    runs: list[tuple[str, int, Callable[[], FloatArray | Trajectories]]] = [
        ("libRoadRunner, rtol 1e-6", peer_patients, lambda: peer.run(people, range(peer_patients), DAYS)),
        ("SciPy LSODA, rtol 1e-6", WITNESSED, lambda: by_scipy(scipy_course, few, days, 1e-6)),
        ("blinplan, NumPy, 1 thread", patients, lambda: by_blinplan(course, people, days, 1, "numpy")),
        ("blinplan, compiled, 1 thread", patients, lambda: by_blinplan(course, people, days, 1, "compiled")),
        (
            f"blinplan, compiled, {threads} threads",
            patients,
            lambda: by_blinplan(course, people, days, threads, "compiled"),
        ),
    ]
    table = Table(
        "engine", "patients", "patients/s", "over libRoadRunner", "greatest error", title="rr-adult, 210 days"
    )
    base = worst = 0.0
    for name, count, run in runs:
        found, rates = run(), []
        for _ in range(3):
            start = time.perf_counter()
            found = run()
            rates.append(count / (time.perf_counter() - start))
        rate = sorted(rates)[1]
        base = base or rate
        series = found if isinstance(found, np.ndarray) else series_of(found)
        error = greatest_error(series[:, :, :WITNESSED], witness)
        worst = max(worst, error) if name.startswith("blinplan") else worst
        table.add_row(name, f"{count}", f"{rate:,.0f}", f"{rate / base:.1f} x", f"{error:.1e}")
    console = Console(width=100)
    console.print(table)
    console.print("Median of three runs; daily output of every state; error against SciPy at rtol 1e-10 in 8 patients.")
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "blinplan", "simulate", "rr-adult", "--typical"], check=True, capture_output=True
    )
    console.print(f"Time to the first result of the command: {time.perf_counter() - start:.2f} s")
    return worst


def accuracy() -> float:
    """Print the greatest error of each shipped regimen against SciPy at rtol 1e-10; return the greatest of all."""
    worst = 0.0
    with ProcessPoolExecutor() as pool:
        for name, error in zip(library.paths(), pool.map(_greatest_error_of, library.paths()), strict=True):
            worst = max(worst, error)
            print(f"{name:28} {error:.1e}", flush=True)  # noqa: T201
    print(f"{'greatest':28} {worst:.1e}")  # noqa: T201
    return worst


def _greatest_error_of(name: str) -> float:
    regimen = library.regimen(name)
    people = extremes(regimen.virtual_population, 64)
    course = _course(name, people)
    days = np.arange(course.edges_minutes[-1] / 1440 + 1.0)
    return greatest_error(series_of(by_blinplan(course, people, days)), by_scipy(course, people, days, 1e-10))


def _course(name: str, people: Population) -> Dosing:
    regimen = library.regimen(name)
    return dosing(regimen, periods(regimen), people)


if __name__ == "__main__":
    main()
