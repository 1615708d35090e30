"""What one more parameter set costs beside what its patients cost in a crowd, and that both engines agree on it."""

from collections.abc import Iterator
from dataclasses import fields
from typing import NamedTuple

import numpy as np
from rich.table import Table

from blinplan.course.events import periods
from blinplan.physiology import Endpoints, Population, draw, load_parameters, simulate
from blinplan.physiology.engine.choose import WORTH_COMPILING, expect_sets
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.batch import batch
from blinplan.regimen import library
from blinplan.simulation.dosing import dosing
from tests.benchmarks.speed import POPULATION, REGIMEN, SEED, typical_time

PATIENTS_OF_A_SET = (1, 8, 64)
MOST = 3.0
"""Times what a patient costs in a crowd that one of a set of few may cost; 1.4 were reached."""
_SPREAD = 0.1
_COMPARED = 64


class OfSets(NamedTuple):
    """Milliseconds a patient in a crowd, and in sets of so many patients each."""

    engine: EngineName
    crowd: float
    sets: tuple[float, ...]

    @property
    def greatest_ratio(self) -> float:
        """What a patient of a set costs at most, in patients of a crowd."""
        return max(self.sets) / self.crowd


def parameter_sets(number: int, patients: int) -> Population:
    """Patients of parameter sets in which all that is no exponent differs."""
    preset, chance = load_parameters().presets[POPULATION], np.random.default_rng(SEED)
    keys = [key for key, one in preset.parameters.items() if one.simulated and isinstance(one.value, float)]
    factors = np.exp(_SPREAD * chance.standard_normal((number, len(keys))))
    return batch(
        [
            draw(preset.with_values(dict(zip(keys, map(float, values * of_one), strict=True))), patients, SEED)
            for values in [np.array([preset.value(key) for key in keys])]
            for of_one in factors
        ]
    )


def endpoints_of(people: Population, engine: EngineName) -> Endpoints:
    """What comes of them, on one thread."""
    regimen = library.regimen(REGIMEN)
    found = simulate(dosing(regimen, periods(regimen), people), people, engine=engine).endpoints
    assert found is not None
    return found


def costs(patients: int) -> Iterator[OfSets]:
    """What each engine takes for so many patients: of one population, and of sets."""
    expect_sets(WORTH_COMPILING)
    everybody = [draw(POPULATION, patients, SEED)]
    everybody += [parameter_sets(-(-patients // each), each) for each in PATIENTS_OF_A_SET]
    engines: tuple[EngineName, ...] = ("compiled", "numpy")
    for engine in engines:
        for people in everybody:
            endpoints_of(people.select(slice(0, 100)), engine)  # which compiles
        crowd, *sets = (
            1000.0 * typical_time(1, lambda: endpoints_of(people, engine)) / people.size  # noqa: B023 - called at once
            for people in everybody
        )
        yield OfSets(engine, crowd, tuple(sets))


def sets_table(found: list[OfSets]) -> Table:
    """What a patient takes in a crowd and in sets."""
    table = Table(title="milliseconds a patient, endpoints alone, on one thread")
    for head in ("engine", "of one population", *(f"of sets of {each}" for each in PATIENTS_OF_A_SET), "at most"):
        table.add_column(head, justify="left" if head == "engine" else "right")
    for one in found:
        table.add_row(
            one.engine, f"{one.crowd:.3g}", *(f"{each:.3g}" for each in one.sets), f"{one.greatest_ratio:.1f} x"
        )
    return table


def engines_agree() -> bool:
    """Whether both engines give the same bytes for sets of one patient, of which most go side by side."""
    people = parameter_sets(_COMPARED, 1)
    one, other = (endpoints_of(people, engine) for engine in ("compiled", "numpy"))
    arrays = [(getattr(one, of.name), getattr(other, of.name)) for of in fields(one)]
    return all(mine.tobytes() == its.tobytes() for mine, its in arrays if isinstance(mine, np.ndarray))
