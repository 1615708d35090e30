"""Parameter sets of which each has steps of its own size, in one batch: the bytes of each set run alone."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.executors.executor import InTurn, threads
from blinplan.executors.processes import processes
from blinplan.physiology import simulate, solve
from blinplan.physiology.engine.grid import refinement
from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.batch import batch
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.draw import draw, typical
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.solve import run_chunk
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.library import regimen as shipped
from blinplan.simulation.dosing import part_at
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.endpoints.wording import read_endpoint
from blinplan.simulation.trials.together import run_together
from blinplan.simulation.trials.trial import Outcome, Trial
from tests.collection.grid import at_night
from tests.physiology.courses import course
from tests.simulation.courses import course_of_days

BASE = load_parameters().presets["adult-rr"]
REGIMEN = course_of_days()
RATES = (2.0, 3.3, 4.6, 6.4, 7.7, 11.0)
"""Of cytolytic proteins, 1/day: all but the first ask for shorter steps than all others."""


def set_of(rate: float, **values: float) -> Preset:
    return BASE.with_values({"cytolytic_rate": rate, **values})


SETS = [
    *(set_of(rate) for rate in RATES),
    set_of(4.6, lysis_hill=3, volume=3.0, homeostasis=0.2),
    set_of(7.7, activation_hill=2, cytokine_loss=3.0, blast_growth=0.05),
]


def assert_same_bytes(together: Outcome, alone: Outcome) -> None:
    for entry in fields(alone.endpoints):
        one, other = getattr(together.endpoints, entry.name), getattr(alone.endpoints, entry.name)
        same = one.tobytes() == other.tobytes() if isinstance(other, np.ndarray) else one == other
        assert same, entry.name
    for mine, theirs in zip(together.quantities, alone.quantities, strict=True):
        assert mine.values.tobytes() == theirs.values.tobytes(), mine.key


def assert_as_alone(trials: Sequence[Trial]) -> None:
    for trial, outcome in zip(trials, run_together(trials, InTurn()), strict=True):
        assert outcome.trial is trial
        assert_same_bytes(outcome, trial.run(InTurn()))


def test_each_rate_of_cytolytic_proteins_above_the_usual_has_steps_of_its_own_size() -> None:
    assert len({refinement(rate) for rate in RATES}) == len(RATES)


@pytest.mark.slow
@pytest.mark.parametrize("patients", [1, 3])
def test_sets_go_through_together_with_the_bytes_of_each_alone(patients: int) -> None:
    """Of one patient each, some of them one by one; and of several."""
    assert_as_alone([Trial(REGIMEN, periods(REGIMEN)[:3], draw(of, patients, seed=4), engine="numpy") for of in SETS])


def test_it_is_the_same_in_whatever_order_the_sets_come() -> None:
    """Those of short steps first, last, and the first and the last where they would stand by themselves."""
    rates = (11.0, 3.3, 7.7, 2.0)
    assert_as_alone([Trial(REGIMEN, periods(REGIMEN)[:1], draw(set_of(of), 2, seed=4), engine="numpy") for of in rates])


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [at_night(Options(premedication=True)), Options(coarseness=5.0), Options(attenuation="target-loss")],
    ids=["premedication", "coarse", "target loss"],
)
def test_open_questions_change_nothing_in_it(options: Options) -> None:
    sets = [*SETS[1:6], set_of(3.3, premedication_half_life=2.0), set_of(2.0, premedication_reduction=0.0)]
    table = periods(REGIMEN)[:2]
    assert_as_alone([Trial(REGIMEN, table, draw(of, 2, seed=6), options, engine="numpy") for of in sets])


@pytest.mark.nightly
@pytest.mark.slow
def test_patients_who_go_off_the_drug_have_their_own_course_in_a_set_too() -> None:
    table = periods(REGIMEN)[:2]
    off = np.array([table[-1].stop, 4.3 * MINUTES_PER_DAY, 1.5 * MINUTES_PER_DAY])
    parted = part_at(table, off.tolist())
    assert_as_alone(
        [Trial(REGIMEN, parted, draw(of, 3, seed=8), engine="numpy", off_drug=off) for of in (*SETS[:3], *SETS[5:])]
    )


WORDS = (
    "IL-6 above 20 pg/mL in cycle 1",
    "drug above 200 pg/mL",
    "blasts below 1 % of capacity",
    "B cells at most 10 /µL",
)
OWN = AskedEndpoints(own=tuple(map(read_endpoint, WORDS)))
"""Endpoints of one's own, of which each is found in a way of its own."""


@pytest.mark.slow
def test_endpoints_of_ones_own_are_those_of_each_set_alone_and_all_sets_are_one_chunk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trials = [Trial(REGIMEN, periods(REGIMEN)[:1], typical(of), engine="numpy", asked=OWN) for of in SETS[:6]]
    assert_as_alone(trials)
    chunks: list[int] = []

    def counted(chunk: solve.Chunk) -> solve.Part:
        chunks.append(chunk.patients.size)
        return run_chunk(chunk)

    monkeypatch.setattr(solve, "run_chunk", counted)
    run_together(trials, InTurn())
    assert chunks == [6]


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numpy", "compiled", at_night("side by side")], indirect=True)
def test_they_are_in_a_course_that_some_leave_early_too(engine: EngineName) -> None:
    """Of several patients a set, who stand here and there among those of the same steps, by both engines."""
    table = periods(REGIMEN)[:2]
    off = np.array([table[-1].stop, 4.3 * MINUTES_PER_DAY, 1.5 * MINUTES_PER_DAY])
    parted = part_at(table, off.tolist())
    trials = [
        Trial(REGIMEN, parted, draw(of, 3, seed=8), engine=engine, asked=OWN, off_drug=off) for of in (*SETS, SETS[1])
    ]
    for trial, outcome in zip(trials, run_together(trials, InTurn()), strict=True):
        assert_same_bytes(outcome, replace(trial, engine="numpy").run(InTurn()))


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numpy", "compiled", at_night("side by side")], indirect=True)
def test_the_states_at_any_time_are_those_of_each_set_alone_whatever_the_chunk(engine: EngineName) -> None:
    """An interval that ends inside a step, holds, and times at middles, at ends and between them."""
    given = course((0.37, 9.0), (3.03, 28.0), (0.5, 0.0), (5.23, 28.0), (4.87, 0.0))
    end = given.edges_minutes[-1] / MINUTES_PER_DAY
    days = np.unique(np.concatenate([np.arange(14.0), np.linspace(0.0, end, 41)]))
    people = [draw(of, 2, seed=5) for of in SETS]
    alone = [simulate(given, one, output_days=days, endpoints=False, engine="numpy").trajectories for one in people]
    for chunk, making in ((None, nullcontext(InTurn())), (7, threads(2)), (5, processes(2))):
        with making as executor:
            found = simulate(
                given, batch(people), output_days=days, endpoints=False, engine=engine, chunk=chunk, executor=executor
            )
        assert found.trajectories is not None
        for name, values in found.trajectories.states._asdict().items():
            theirs = [getattr(one.states, name) for one in alone if one is not None]
            assert np.concatenate(theirs, axis=1).tobytes() == values.tobytes(), (name, chunk)


@pytest.mark.slow
def test_premedication_given_again_acts_in_each_set_by_its_own_half_life() -> None:
    """Of one rate of cytolytic proteins too, where nothing but premedication tells the steps of patients apart."""
    given = replace(course((2.0, 9.0), (2.0, 28.0)), premedication_minutes=(0, 2 * MINUTES_PER_DAY - 60))
    days, options = np.linspace(0.0, 4.0, 9), Options(premedication=True)
    for rates in ((4.6, 7.7, 2.0), (2.0, 2.0, 2.0)):
        sets = [set_of(rate, premedication_half_life=0.5 + at) for at, rate in enumerate(rates)]
        people = [draw(of, 3, seed=5) for of in sets]

        def releases(of: Population) -> FloatArray:
            found = simulate(given, of, options=options, output_days=days, endpoints=False, engine="numpy").trajectories
            assert found is not None
            return found.states.release

        alone = np.concatenate([releases(one) for one in people], axis=1)
        assert releases(batch(people)).tobytes() == alone.tobytes()


@cache
def all_of_it() -> tuple[Trial, ...]:
    """Trials of sets that differ in all there is, by NumPy."""
    table = periods(REGIMEN)[:2]
    off = np.array([table[-1].stop, 4.3 * MINUTES_PER_DAY])
    parted = part_at(table, off.tolist())
    sets = [*SETS, set_of(3.3, premedication_half_life=2.0), set_of(2.0, premedication_reduction=0.0), SETS[2]]
    return tuple(
        Trial(REGIMEN, parted, draw(of, 2, seed=at), Options(premedication=True), engine="numpy", off_drug=off)
        for at, of in enumerate(sets)
    )


@cache
def each_alone() -> tuple[Outcome, ...]:
    """What comes of each by itself, which every engine is held to."""
    return tuple(trial.run(InTurn()) for trial in all_of_it())


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numpy", "compiled", at_night("side by side")], indirect=True)
def test_all_of_it_at_once_changes_nothing(engine: EngineName) -> None:
    """Premedication as each set has it, a course that some leave early, and patients of one set here and there.

    At night each of them by itself too.
    """
    trials = [replace(trial, engine=engine) for trial in all_of_it()]
    for alone, outcome in zip(each_alone(), run_together(trials, InTurn()), strict=True):
        assert_same_bytes(outcome, alone)


@pytest.mark.slow
@pytest.mark.parametrize("engine", [at_night("numpy"), "compiled", at_night("side by side")], indirect=True)
def test_a_whole_course_of_plausible_sizes_has_the_same_bytes_by_both_engines(engine: EngineName) -> None:
    regimen = shipped("rr-adult")
    trials = [
        Trial(regimen, periods(regimen), draw(set_of(rate), 1 + at % 3, seed=2), engine=engine)
        for at, rate in enumerate(np.geomspace(1.5, 11.0, 40).tolist())
    ]
    outcomes = run_together(trials, InTurn())
    for trial, outcome in list(zip(trials, outcomes, strict=True))[::10]:
        assert_same_bytes(outcome, replace(trial, engine="numpy").run(InTurn()))
