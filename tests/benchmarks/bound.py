"""The promised bound, held for many patients: each against the same engine at a quarter of its steps.

It is looked at at each noon and midnight and, as most happens then, often in the hours after a change of the infusion.
SciPy at rtol 1e-10 is the witness of a few patients (`tests.physiology.test_reference`); it would take days for all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from blinplan.course.events import periods
from blinplan.executors.executor import threads
from blinplan.physiology import Options, Population, draw, from_covariates, simulate
from blinplan.physiology.model.dosing import WhyReleaseWanes
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.simulation.dosing import dosing
from blinplan.simulation.models.plausible import plausible_presets, plausible_sets
from blinplan.simulation.people.columns import BASELINES
from tests.witness import SCALES, errors, series_of

SEEDS = (1, 2, 777)
PATIENTS = 20_000
GREATEST_ERROR = 1e-4
MINUTES_LATER = (
    *(1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 65, 90, 120, 150, 180, 240, 300, 360, 450, 540, 660, 780, 900, 1080, 1260),
    *(1560, 1920, 2520),
)
"""Times after a change of the infusion at which errors are taken: as close as steps are."""
_AT_ONCE = 1000
_FEW = 500
"""Patients for whom nobody waits for a compiler."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The greatest error of a seed, and of which series, when and in which patient."""

    error: float
    series: str
    when: str
    patient: int


@dataclass(frozen=True, slots=True)
class Times:
    """Times of a course, days from its start, and what each is called."""

    days: FloatArray
    names: tuple[str, ...]


def bound(patients: int = PATIENTS) -> float:
    """Print the greatest error of every shipped regimen in so many patients of each seed; return the greatest.

    What it printed is kept in man/make/measured/bound.txt, for the manual.
    """
    scales = ", ".join(f"{series.replace('_', ' ')} {scale:g}" for series, scale in SCALES.items())
    print(f"promised {GREATEST_ERROR:.0e}; scales {scales}")  # noqa: T201
    print(f"minutes after a change {', '.join(map(str, MINUTES_LATER))}")  # noqa: T201
    print(f"{patients:,} patients of each of the seeds {', '.join(map(str, SEEDS))}; {_AND_OTHERS}")  # noqa: T201
    greatest = 0.0
    for case in _cases():
        for seed in SEEDS:
            worst = case.worst(patients, seed)
            greatest = max(greatest, worst.error)
            where = f"{worst.series}, {worst.when}, patient {worst.patient}"
            print(f"{case.called:28} seed {seed:<4} {worst.error:.1e}  {where}", flush=True)  # noqa: T201
    print(f"{'greatest':38} {greatest:.1e}")  # noqa: T201
    print(_under_plausible_sets(max(1, patients // 20)))  # noqa: T201
    return greatest


_OF_EACH_POPULATION = ("rr-adult", "mrd-adult", "rr-below-45-kg", "nhl-90")
_AND_OTHERS = (
    "as many of tables in which cells and IL-6 are anything that a table may say (any cells), and as many in whom"
    " release wanes by the loss of targets alone (target loss)"
)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is called how: patients under a shipped regimen, how they are found, and why their release wanes."""

    called: str
    name: str
    people: Callable[[str, int, int, int], Population]
    attenuation: WhyReleaseWanes = "desensitisation"

    def worst(self, patients: int, seed: int) -> Worst:
        """The greatest error of so many patients of a seed."""
        parts = ((self.people(self.name, count, seed, first), first) for first, count in _parts(patients))
        return max((worst_of(self.name, *part, self.attenuation) for part in parts), key=lambda w: w.error)


def _cases() -> Iterator[_Case]:
    yield from (_Case(name, name, drawn) for name in library.paths())
    yield from (_Case(f"{name}, any cells", name, in_a_table) for name in _OF_EACH_POPULATION)
    yield from (_Case(f"{name}, target loss", name, drawn, "target-loss") for name in _OF_EACH_POPULATION)


def _under_plausible_sets(patients: int) -> str:
    """The greatest error of so many patients under each plausible set of parameters, of which nothing is promised."""
    sets = len(plausible_sets().sets)
    found = []
    for name in _OF_EACH_POPULATION:
        presets = plausible_presets(library.regimen(name).virtual_population, sets)
        each = [worst_of(name, draw(preset, patients, seed)).error for seed, preset in enumerate(presets, 1)]
        found.append(f"{name} {max(each):.1e}, above it in {sum(error > GREATEST_ERROR for error in each)} sets")
    return f"under {sets} plausible sets, {patients:,} patients of each: {'; '.join(found)}"


def drawn(name: str, count: int, seed: int, first: int = 0) -> Population:
    """Patients of the population of a shipped regimen."""
    return draw(library.regimen(name).virtual_population, count, seed, first)


def in_a_table(name: str, count: int, seed: int, first: int = 0) -> Population:
    """The same in a table, in which each count and level is anywhere between the least and the most it may say."""
    people, chance = drawn(name, count, seed, first), np.random.default_rng((seed, first))
    ends = {column.parameter: np.log(np.array(column.bounds, dtype=np.float64)) for column in BASELINES.values()}
    return from_covariates(
        people.preset,
        weight_kg=people.weight_kg,
        height_cm=people.height_cm,
        age_years=people.age_years,
        female=people.female,
        seed=seed + first,
        baselines={parameter: np.exp(chance.uniform(low, high, count)) for parameter, (low, high) in ends.items()},
    )


def _parts(patients: int) -> Iterator[tuple[int, int]]:
    return ((first, min(_AT_ONCE, patients - first)) for first in range(0, patients, _AT_ONCE))


def times(name: str) -> Times:
    """When errors of a shipped regimen are taken: at each noon and midnight, and soon after changes of the infusion."""
    course = periods(library.regimen(name))
    last = course[-1].stop
    found = {minute: f"day {minute / MINUTES_PER_DAY:g}" for minute in range(0, last + 1, MINUTES_PER_DAY // 2)}
    for change in sorted({period.start for period in course}):
        found |= {
            change + later: f"day {change / MINUTES_PER_DAY:g} + {later} min"
            for later in MINUTES_LATER
            if change + later <= last and change + later not in found
        }
    minutes = sorted(found)
    return Times(np.array(minutes) / MINUTES_PER_DAY, tuple(found[minute] for minute in minutes))


def worst_of(name: str, people: Population, first: int = 0, attenuation: WhyReleaseWanes = "desensitisation") -> Worst:
    """The greatest error of patients under a shipped regimen."""
    when = times(name)
    mine, reference = (
        _series(name, people, when.days, Options(attenuation, coarseness=coarseness)) for coarseness in (1.0, 0.25)
    )
    found = []
    for series, error in errors(mine, reference).items():
        at, patient = np.unravel_index(int(np.argmax(error)), error.shape)
        found.append(Worst(float(error.max()), series, when.names[at], first + int(patient)))
    return max(found, key=lambda worst: worst.error)


def _series(name: str, people: Population, days: FloatArray, options: Options) -> dict[str, FloatArray]:
    regimen = library.regimen(name)
    course = dosing(regimen, periods(regimen), people)
    with threads() as running:
        found = simulate(
            course,
            people,
            options=options,
            output_days=days,
            endpoints=False,
            executor=running,
            engine="compiled" if people.size > _FEW else None,
        ).trajectories
    assert found is not None
    return series_of(found.states, people)
