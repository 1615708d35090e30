"""Any number of trials, some at a time: the bytes of each trial alone, and memory that does not grow."""

import pickle
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.executors.executor import InTurn, threads
from blinplan.executors.processes import processes
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.draw import typical
from blinplan.simulation.admission import admitted_cohort
from blinplan.simulation.crowd.cohort import GivenCohort
from blinplan.simulation.crowd.kept import DonePortion, KeptOutcome
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.trials import batch
from blinplan.simulation.trials.batch import outcomes_of
from blinplan.simulation.trials.cohort_trial import CohortOutcome, CohortTrial, portions_of
from blinplan.simulation.trials.together import joined_trials
from blinplan.simulation.uncertainty import parameter_sets
from tests.simulation.courses import course_of_days

REGIMEN = course_of_days()
PERIODS = periods(REGIMEN)[:3]
ASKED = AskedEndpoints(keys=("b_nadir", "il6_peak"))


def trial_of(patients: int, seed: int = 1, **others: Any) -> CohortTrial:
    cohort = admitted_cohort(REGIMEN, "adult-rr", patients, seed, piece=4)
    return replace(CohortTrial(REGIMEN, PERIODS, cohort, engine="numpy"), **others)


def bytes_of(outcome: CohortOutcome) -> list[bytes]:
    return [outcome.kept.columns.column(number).tobytes() for number in range(len(outcome.kept.columns))]


@pytest.fixture
def small_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load is full with eight patients, and a trial is parted by four."""
    monkeypatch.setattr(batch, "PORTION", 8)
    monkeypatch.setattr(batch, "PIECE", 4)


@pytest.mark.slow
@pytest.mark.usefixtures("small_loads")
def test_trials_of_every_size_and_course_have_the_bytes_of_each_alone() -> None:
    short = replace(PERIODS[0], stop=PERIODS[0].stop), replace(PERIODS[-1], start=PERIODS[0].stop)
    trials = [trial_of(1), trial_of(19), trial_of(3, seed=2, periods=short), trial_of(8), trial_of(2, asked=ASKED)]
    told: list[int] = []
    with threads(2) as running:
        outcomes = list(outcomes_of(trials, running, told.append))
    assert [outcome.trial for outcome in outcomes] == trials
    for trial, outcome in zip(trials, outcomes, strict=True):
        assert bytes_of(outcome) == bytes_of(trial.run(InTurn()))
    assert told == sorted(told)
    assert told[-1] == 33


@pytest.mark.usefixtures("small_loads")
def test_outcomes_come_while_trials_are_still_being_made() -> None:
    """A sweep of a million patients holds those that are on their way, and no more."""
    made = 0

    def trials() -> Iterator[CohortTrial]:
        nonlocal made
        for seed in range(1, 200):
            made += 1
            yield trial_of(4, seed)

    outcomes = outcomes_of(trials(), InTurn())
    first = next(outcomes)
    assert first.trial.seed == 1
    assert made < 20
    assert [next(outcomes).trial.seed for _ in range(3)] == [2, 3, 4]
    assert made < 20


@pytest.mark.slow
def test_a_set_of_parameters_for_each_patient_is_one_load_and_has_the_bytes_of_each_set_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As of a sensitivity run: the typical patient under many parameter sets."""
    trials = [
        CohortTrial(REGIMEN, PERIODS, GivenCohort(typical(preset)), engine="numpy")
        for preset in parameter_sets("adult-rr", 12, 1)
    ]
    alone = [bytes_of(trial.run(InTurn())) for trial in trials]
    loads: list[int] = []
    whole = batch._portions

    def counted(load: list[batch._Share]) -> list[DonePortion]:
        loads.append(len(load))
        return whole(load)

    monkeypatch.setattr(batch, "_portions", counted)
    assert [bytes_of(outcome) for outcome in outcomes_of(trials, InTurn())] == alone
    assert loads == [12]
    assert len({found[-1] for found in zip(*alone, strict=True)}) > 1


@pytest.mark.slow
def test_trials_that_differ_in_their_patients_alone_are_one_trial_whose_parts_are_theirs() -> None:
    """Parameter sets are; other courses, endpoints, populations and questions are not."""
    sets = [trial_of(2, cohort=admitted_cohort(REGIMEN, preset, 2, 1)) for preset in parameter_sets("adult-rr", 3, 1)]
    others = [
        trial_of(2, periods=PERIODS[:1]),
        trial_of(2, asked=ASKED),
        trial_of(2, options=Options(premedication=True)),
        trial_of(2, cohort=GivenCohort(typical("adult-mrd"))),
        trial_of(2, off_drug=np.full(2, np.inf)),
    ]
    mixed = [sets[0], *others[:2], sets[1], *others[2:], sets[2]]
    joined = joined_trials([trial.trial_of(trial.population) for trial in mixed])
    assert [[number for number, _ in one.members] for one in joined] == [[0, 3, 7], [1], [2], [4], [5], [6]]
    portions = portions_of([(trial, trial.population) for trial in mixed])
    for trial, portion in zip(mixed, portions, strict=True):
        kept = KeptOutcome()
        kept.add(portion)
        assert bytes_of(CohortOutcome(trial, kept)) == bytes_of(trial.run(InTurn()))


def test_what_is_handed_over_pickles_and_is_small() -> None:
    """For processes and other machines: patients of a seed are drawn where they are sent through."""
    (load,) = batch._loads([trial_of(100)], deque(), 2, 1024)
    text = pickle.dumps(load)
    assert len(text) < 20_000
    (portion,) = batch._portions(pickle.loads(text))  # noqa: S301 - of this test
    kept = KeptOutcome()
    kept.add(portion)
    assert bytes_of(CohortOutcome(trial_of(100), kept)) == bytes_of(trial_of(100).run(InTurn()))


@pytest.mark.nightly
@pytest.mark.slow
def test_processes_give_the_same_bytes() -> None:
    trials = [trial_of(5), trial_of(6, seed=3)]
    with processes(2) as running:
        found = [bytes_of(outcome) for outcome in outcomes_of(trials, running)]
    assert found == [bytes_of(trial.run(InTurn())) for trial in trials]


def test_no_trials_have_no_outcomes() -> None:
    assert list(outcomes_of([])) == []


def test_what_a_trial_cannot_have_is_refused() -> None:
    asked = AskedEndpoints(keys=("no_such_endpoint",))
    with pytest.raises(ValueError, match="no_such_endpoint"):
        list(outcomes_of([trial_of(2), trial_of(2, asked=asked)], InTurn()))
    assert np.isfinite(trial_of(2, asked=ASKED).run(InTurn()).quantities[0].values).all()


@pytest.mark.parametrize(("several", "most", "sizes"), [(2, 1024, [1200, 1200, 600]), (2, 4096, [1800, 1200])])
def test_who_works_far_away_is_handed_more_at_once(several: int, most: int, sizes: list[int]) -> None:
    """All patients are handed over once, however much goes with a call."""
    loads = list(batch._loads([trial_of(600) for _ in range(5)], deque(), several, most))
    assert [sum(share.part.size for share in load) for load in loads] == sizes
    assert sum(sizes) == 5 * 600
