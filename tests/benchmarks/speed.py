"""How fast each engine is at the error that is promised, on the same patients; how that grows with them; and from cold.

Every peer runs at the loosest of some tolerances at which its greatest error is within what blinplan promises. On one
thread it is the processor's time, since a machine is seldom alone; on all threads it is the wall's.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from blinplan.course.events import periods
from blinplan.executors.executor import workers
from blinplan.physiology import Dosing, Population, draw
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.population import FloatArray
from blinplan.regimen import library
from blinplan.simulation.dosing import dosing
from tests.benchmarks.engines import by_blinplan, by_scipy, greatest_error, series
from tests.benchmarks.peers import Peer, Run, copasi, libroadrunner, plain, scipy, sundials

REGIMEN, POPULATION, SEED, DAYS = "rr-adult", "adult-rr", 1, 210
GREATEST_ERROR = 1e-4
TOLERANCES = (1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 1e-7)
GROWTH = (1, 10, 100, 1_000, 10_000)
REPEATS = 3
_LONG, _MOST_SECONDS = 3.0, 30.0
"""What is measured once only, and what is not measured at all, in seconds."""
PLAIN, ALL = "plain Dormand-Prince 5(4)", workers()


@dataclass(frozen=True, slots=True)
class Competitor:
    """Something that simulates: its name, what has to be installed for it, on how many threads, and how it is made.

    A competitor without tolerances keeps its promise by itself.
    """

    name: str
    packages: tuple[str, ...]
    threads: int
    peer: Peer
    tolerances: tuple[float, ...] = TOLERANCES
    slow: bool = True

    @property
    def missing(self) -> list[str]:
        """What of it is not installed."""
        return [package for package in self.packages if find_spec(package) is None]


def blinplan(engine: EngineName, threads: int) -> Peer:
    """The engine of blinplan."""

    def ready(course: Dosing, people: Population, days: FloatArray, _: float) -> Run:
        def run(count: int) -> FloatArray:
            from dataclasses import replace

            rates = course.rates if course.rates.shape[1] == 1 else course.rates[:, :count]
            some = people.select(slice(0, count))
            return series(by_blinplan(replace(course, rates=rates), some, days, threads, engine).states, some)

        return run

    return ready


def competitors() -> list[Competitor]:
    """All of them, those that are not installed too."""
    own: dict[str, EngineName] = {"blinplan, compiled": "compiled", "blinplan, NumPy": "numpy"}
    found = [
        Competitor("SciPy odeint (LSODA)", ("scipy", "numba"), 1, scipy),
        Competitor("SUNDIALS CVODE (scikit-sundae)", ("sksundae", "numba"), 1, sundials),
        Competitor("libRoadRunner (CVODE)", ("roadrunner", "libsbml"), 1, libroadrunner),
        Competitor("COPASI (LSODA)", ("COPASI", "libsbml"), 1, copasi),
    ]
    for threads in dict.fromkeys((1, ALL) if is_quiet() else (1,)):
        found.append(Competitor(PLAIN, ("numba",), threads, plain(threads), slow=False))
        for name, engine in own.items():
            packages = ("numba",) if engine == "compiled" else ()
            found.append(Competitor(name, packages, threads, blinplan(engine, threads), (), slow=False))
    return found


def is_quiet() -> bool:
    """Whether the machine is left alone enough to time all of its threads, by the wall."""
    return os.getloadavg()[0] < ALL


@dataclass(frozen=True, slots=True)
class Measured:
    """How a competitor did: at which tolerance, with which error, how long at first and how many patients a second."""

    competitor: Competitor
    tolerance: float | None
    error: float
    first: float
    rate: float
    patients: int
    run: Run


def elapsed(threads: int, call: Callable[[], object]) -> float:
    """Seconds that something takes: of the processor on one thread, of the wall on more."""
    clock = time.process_time if threads == 1 else time.perf_counter
    start = clock()
    call()
    return clock() - start


def typical_time(threads: int, call: Callable[[], object]) -> float:
    """The median of some times that something takes; of one, where it takes long."""
    first = elapsed(threads, call)
    return first if first > _LONG else median([first, *(elapsed(threads, call) for _ in range(REPEATS - 1))])


class Race:
    """The same patients for all, and a witness of some of them."""

    def __init__(self, patients: int, peer_patients: int, witnessed: int) -> None:
        self.people, self.days = draw(POPULATION, patients, SEED), np.arange(DAYS + 1.0)
        self.peer_patients, self.witnessed = peer_patients, witnessed
        regimen = library.regimen(REGIMEN)
        self.course = dosing(regimen, periods(regimen), self.people)
        few = self.people.select(slice(0, witnessed))
        self.witness = by_scipy(dosing(regimen, periods(regimen), few), few, self.days, 1e-10)

    def measure(self, competitor: Competitor) -> Measured:
        """Let one run: at the loosest tolerance at which it keeps the promise, or else the tightest."""
        first, tolerance, error, run = 0.0, None, np.inf, None
        for relative in competitor.tolerances or (None,):
            tolerance = relative
            run = competitor.peer(self.course, self.people, self.days, relative or 0.0)
            found: list[FloatArray] = []
            took = elapsed(competitor.threads, lambda: found.append(run(1)))  # noqa: B023 - it is called at once
            first = first or took
            error = greatest_error(run(self.witnessed), self.witness)
            if error <= GREATEST_ERROR:
                break
        assert run is not None
        patients = min(self.people.size, self.peer_patients) if competitor.slow else self.people.size
        taken = typical_time(competitor.threads, lambda: run(patients))
        return Measured(competitor, tolerance, error, first, patients / taken, patients, run)

    def growth(self, measured: Measured) -> Iterator[float]:
        """Milliseconds that each patient takes where there are so many; not a number where that would take too long."""
        run, threads = measured.run, measured.competitor.threads
        most = 20 * self.peer_patients if measured.competitor.slow else self.people.size
        for count in GROWTH:
            if count > min(most, self.people.size, _MOST_SECONDS * measured.rate):
                yield float("nan")
            else:
                yield 1000.0 * typical_time(threads, lambda: run(count)) / count  # noqa: B023 - called at once


def race(console: Console, patients: int, peer_patients: int, witnessed: int) -> float:
    """Print how all did; return the greatest error of blinplan."""
    console.print(machine_line())
    course = Race(patients, peer_patients, witnessed)
    entered = competitors()
    done = [course.measure(competitor) for competitor in entered if not competitor.missing]
    base = next((one.rate for one in done if (one.competitor.name, one.competitor.threads) == (PLAIN, 1)), None)
    console.print(speed_table(done, [one for one in entered if one.missing], base))
    console.print(growth_table([(one, list(course.growth(one))) for one in done if one.competitor.threads == 1]))
    console.print(
        f"Median of {REPEATS}, of what takes more than {_LONG:.0f} s once; every state on every day; error against"
        f" SciPy at rtol 1e-10 in {witnessed} patients. One thread: processor time; more: wall time."
        " First: one patient, compiling included."
    )
    if not is_quiet():
        console.print("All threads: not measured, since the machine is busy with something else.")
    for line in first_results():
        console.print(line)
    return max(one.error for one in done if one.competitor.name.startswith("blinplan"))


def machine_line() -> str:
    """Which machine it is, and when."""
    model = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        names = [
            line.partition(":")[2].strip()
            for line in cpus.read_text(encoding="utf-8").splitlines()
            if "model name" in line
        ]
        model = names[0] if names else model
    load = os.getloadavg()[0]
    return (
        f"{model}, {ALL} processors, Python {platform.python_version()}, load {load:.1f}, {datetime.now(UTC):%Y-%m-%d}"
    )


def speed_table(done: Sequence[Measured], missing: Sequence[Competitor], base: float | None) -> Table:
    """Every engine's patients a second at its error; what is not installed is said to be."""
    table = Table(title=f"{REGIMEN}, {DAYS} days, error at most {GREATEST_ERROR:.0e}")
    for head in ("engine", "threads", "rtol", "patients/s", "over plain", "greatest error", "first"):
        table.add_column(head, justify="left" if head == "engine" else "right", no_wrap=True)
    for one in sorted(done, key=lambda one: (one.competitor.threads, one.rate)):
        over = "-" if base is None else f"{one.rate / base:.2f} x"
        tolerance = "-" if one.tolerance is None else f"{one.tolerance:.0e}"
        first = f"{one.first:.2f} s"
        threads = str(one.competitor.threads)
        table.add_row(one.competitor.name, threads, tolerance, f"{one.rate:,.0f}", over, f"{one.error:.1e}", first)
    for other in missing:
        table.add_row(other.name, str(other.threads), "-", "not installed", "-", "-", ", ".join(other.missing))
    return table


def growth_table(rows: Sequence[tuple[Measured, Sequence[float]]]) -> Table:
    """What a patient takes where there are so many."""
    table = Table(title="milliseconds a patient, of so many, on one thread")
    table.add_column("engine", no_wrap=True)
    for count in GROWTH:
        table.add_column(f"{count:,}", justify="right")
    for one, times in rows:
        table.add_row(one.competitor.name, *("-" if np.isnan(each) else f"{each:.3g}" for each in times))
    return table


def first_results() -> Iterator[str]:
    """What processor time the command takes to its first result, from an empty cache and again."""
    with tempfile.TemporaryDirectory() as folder:
        for what, options in {"one patient": ["--typical"], "1,000 patients": ["--patients", "1000"]}.items():
            environment = {**os.environ, "XDG_CACHE_HOME": f"{folder}/{options[-1]}"}
            command = [sys.executable, "-m", "blinplan", "simulate", REGIMEN, *options]
            cold, warm = (_processor_time(command, environment) for _ in range(2))
            yield f"First result of the command, {what}: {cold:.2f} s from an empty cache, {warm:.2f} s again."


def _processor_time(command: list[str], environment: dict[str, str]) -> float:
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    _, status, used = os.wait4(os.posix_spawn(command[0], command, environment, file_actions=nowhere), 0)
    if status:
        raise SystemExit(f"{command} ended with status {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime
