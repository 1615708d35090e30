"""The exported model in simulators of others: each course to its end, at any tolerance, with our engine's curves."""

from collections.abc import Sequence
from functools import cache
from itertools import product, starmap
from typing import NamedTuple

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from blinplan.course.events import periods
from blinplan.physiology import Dosing, Options, Population, simulate
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.model.sbml import to_sbml
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.simulation.admission import admitted_typical
from blinplan.simulation.dosing import dosing
from tests.collection.grid import at_night, in_turn
from tests.physiology.courses import CLEARED, cleared, course, extremes
from tests.physiology.sbml.simulators import DEFAULT, FINE, SIMULATORS, Tolerance
from tests.witness import SCALES, series_of

pytestmark = pytest.mark.outside

SERIES = tuple(SCALES)
TURN = ("COPASI", "libRoadRunner")
"""Who is tried first: libRoadRunner takes ten seconds for the first patient, most of what all of them take."""
EACH_THIRTY_SIXTH = [at_night(name) if number % 36 else name for number, name in enumerate(library.paths())]
"""Of the shipped regimens, beside those three that every run tries first."""
each_simulator = pytest.mark.parametrize("simulator", SIMULATORS)


def ours(given: Dosing, people: Population, patient: int, days: int, options: Options | None = None) -> FloatArray:
    """Our engine's series (series, days + 1) on each day."""
    person = people.select(slice(patient, patient + 1))
    found = simulate(
        given,
        person,
        options=options,
        output_days=np.arange(days + 1.0),
        endpoints=False,
    )
    assert found.trajectories is not None
    series = series_of((values[:, 0] for values in found.trajectories.states), person)
    return np.array([series[name] for name in SERIES])


def greatest_error(mine: FloatArray, theirs: FloatArray) -> float:
    """The greatest difference, over the value and the scale of its series."""
    scales = np.array(list(SCALES.values()))[:, np.newaxis]
    return float((np.abs(mine - theirs) / (np.abs(theirs) + scales)).max())


class Exported(NamedTuple):
    """A shipped regimen for its typical patient, as other simulators get it."""

    model: str
    days: int


@cache
def course_of(name: str) -> tuple[Dosing, Population]:
    """What a shipped regimen infuses into its typical patient."""
    regimen = library.regimen(name)
    patient = admitted_typical(regimen, regimen.virtual_population)
    return dosing(regimen, periods(regimen), patient), patient


@cache
def exported(name: str) -> Exported:
    given, patient = course_of(name)
    return Exported(to_sbml(given, patient), given.edges_minutes[-1] // MINUTES_PER_DAY)


def first_of_its_course(name: str) -> str:
    """The first of the shipped regimens that are one model, which need not be run again."""
    return next(other for other in library.paths() if exported(other) == exported(name))


@cache
def errors(name: str, tolerance: Tolerance) -> dict[str, float]:
    """How far each simulator is from our engine at most, over a whole course."""
    model, days = exported(name)
    mine = ours(*course_of(name), 0, days)
    return {key: greatest_error(mine, run(model, days, SERIES, tolerance)) for key, run in SIMULATORS.items()}


def agrees(name: str) -> None:
    """Run a shipped regimen to its end with every simulator at every tolerance, and hold the curves to ours."""
    one = first_of_its_course(name)
    assert max(errors(one, DEFAULT).values()) < 5e-3
    assert max(errors(one, FINE).values()) < 2e-4


@pytest.mark.parametrize("name", ["rr-adult", at_night("mrd-adult"), at_night("hyper-cvad")])
def test_a_course_runs_to_its_end_with_our_curves(name: str) -> None:
    agrees(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH_THIRTY_SIXTH)
def test_every_shipped_regimen_runs_to_its_end_with_our_curves(name: str) -> None:
    agrees(name)


def with_gaps(gaps: Sequence[float], rates: Sequence[float]) -> Dosing:
    """Infusions of a week, each with days without behind it."""
    return course(*(part for gap, rate in zip(gaps, rates, strict=True) for part in ((7.0, rate), (gap, 0.0))))


def drawn_gaps(generator: Generator) -> list[float]:
    """Three free intervals from an hour to 366 days, in whole hours, as many short ones as long ones."""
    hours = np.exp(generator.uniform(0.0, np.log(366 * 24), 3))
    return [float(round(each)) / 24 for each in hours]


def goes_through(gaps: Sequence[float], rates: Sequence[float], preset: str, patient: int, simulator: str) -> None:
    """Run a patient through a course with gaps at both tolerances, and hold the finer one to ours."""
    given, people = with_gaps(gaps, rates), extremes(preset)
    days, model = given.edges_minutes[-1] // MINUTES_PER_DAY, to_sbml(given, people, patient)
    SIMULATORS[simulator](model, days, SERIES, DEFAULT)
    theirs = SIMULATORS[simulator](model, days, SERIES, FINE)
    assert greatest_error(ours(given, people, patient, days), theirs) < 5e-4


@pytest.mark.parametrize(
    ("days", "simulator"), [*in_turn([1, 3, 14, 366], TURN), *starmap(at_night, product([4, 56], TURN))]
)
def test_an_infusion_begins_anew_after_any_number_of_days_without(days: int, simulator: str) -> None:
    goes_through([days, days], [9.0, 28.0], "adult-rr", 9, simulator)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("patient", "preset", "simulator"),
    [
        (0, "adult-rr", "COPASI"),
        (3, "child", "libRoadRunner"),
        *starmap(at_night, product(range(6), ("adult-rr", "adult-mrd", "child"), TURN)),
    ],
)
def test_no_free_interval_of_any_patient_stops_a_simulator(patient: int, preset: str, simulator: str) -> None:
    generator = default_rng([20261129, patient])
    rates = generator.choice([0.5, 5.0, 9.0, 28.0, 112.0], 3).tolist()
    goes_through(drawn_gaps(generator), rates, preset, patient, simulator)


@each_simulator
@pytest.mark.parametrize("patient", [at_night(0), at_night(5), 11])
def test_the_last_cell_grows_again_in_every_simulator(patient: int, simulator: str) -> None:
    people, row, days = cleared(), SERIES.index("log_blasts"), CLEARED.edges_minutes[-1] // MINUTES_PER_DAY
    model = to_sbml(CLEARED, people, patient)
    SIMULATORS[simulator](model, days, SERIES, DEFAULT)
    theirs = SIMULATORS[simulator](model, days, SERIES, FINE)
    assert greatest_error(ours(CLEARED, people, patient, days), theirs) < 5e-4
    assert theirs[row].min() == pytest.approx(-np.log(1e12), abs=1e-6)
    assert theirs[row, -1] > theirs[row].min() + 1.0
