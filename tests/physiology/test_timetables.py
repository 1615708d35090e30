"""Who takes which steps: by what each patient gets and is, and by nobody beside him."""

from collections.abc import Callable

import numpy as np
import pytest

from blinplan.physiology import Dosing, Options, Population, draw
from blinplan.physiology.engine.grid import (
    ADHERING,
    FINER_FREE,
    FINER_INFUSING,
    FREE,
    INFUSING,
    REACH,
    Growth,
    refinement,
)
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.timetables import timetables
from tests.physiology.courses import course, with_values

COURSE = course((7.0, 9.0), (21.0, 28.0), (14.0, 0.0), (28.0, 28.0), (14.0, 0.0))


def growths(dosing: Dosing, people: Population) -> list[tuple[Growth, ...]]:
    """How the steps of each patient grow, in each interval."""
    found: dict[int, tuple[Growth, ...]] = {}
    for some in timetables(dosing, Options(), people):
        found |= dict.fromkeys(some.patients.tolist(), tuple(each.growth for each in some.timetable.intervals))
    return [found[patient] for patient in range(people.size)]


def usual(patients: int) -> Population:
    """Patients of whom each is within reach of the usual steps, and half of whom are made others."""
    people = draw("adult-rr", patients, seed=5)
    assert set(growths(COURSE, people)) == {(INFUSING, INFUSING, FREE, INFUSING, FREE)}
    return people


def _times(values: FloatArray, factor: FloatArray) -> FloatArray:
    return np.asarray(values * factor)


def _beyond(value: FloatArray, limit: float) -> FloatArray:
    """Factors that take every second patient to a tenth above a limit, and leave the others."""
    return np.where(np.arange(value.shape[0]) % 2, 1.1 * limit / value, 1.0)


SIZE = refinement(4.0)
"""How large the steps of adult-rr are: for what acts within a step, the limits are as much higher."""


@pytest.mark.parametrize(
    ("change", "infusing", "free"),
    [
        pytest.param(
            lambda p: {"adhesion_rate": _times(p.adhesion_rate, _beyond(p.adhesion_rate, REACH.adhesion / SIZE))},
            ADHERING,
            FREE,
            id="T cells adhere fast",
        ),
        pytest.param(
            lambda p: {
                "kill_rate": _times(p.kill_rate, _beyond(p.kill_rate * p.marrow_sensitivity, REACH.marrow_lysis / SIZE))
            },
            FINER_INFUSING,
            FREE,
            id="marrow is lysed fast",
        ),
        pytest.param(
            lambda p: {
                "clearance": _times(p.clearance, 1.0 / _beyond(p.volume / p.clearance, 1.0 / REACH.elimination)),
            },
            FINER_INFUSING,
            FINER_FREE,
            id="drug is eliminated slowly",
        ),
    ],
)
def test_a_patient_beyond_the_reach_of_the_usual_steps_takes_finer_ones_and_his_neighbours_do_not(
    change: Callable[[Population], dict[str, FloatArray]], infusing: Growth, free: Growth
) -> None:
    people = usual(20)
    others = with_values(people, **change(people))
    found = growths(COURSE, others)
    assert set(found[::2]) == {(INFUSING, INFUSING, FREE, INFUSING, FREE)}
    assert set(found[1::2]) == {(infusing, infusing, free, infusing, free)}
    alone = [growths(COURSE, others.select(np.array([patient])))[0] for patient in range(4)]
    assert alone == found[:4]


def test_a_dose_at_which_the_drug_rises_fast_has_finer_steps_from_its_own_start_on() -> None:
    people = usual(20)
    rise = 1000.0 * 28.0 / people.volume / people.lysis_ec50
    high = with_values(people, lysis_ec50=_times(people.lysis_ec50, 1.0 / _beyond(rise, REACH.rise / SIZE)))
    ended_at = 1000.0 * 28.0 / high.clearance / high.lysis_ec50
    for patient, found in enumerate(growths(COURSE, high)):
        is_high = bool(patient % 2)
        free = FINER_FREE if ended_at[patient] > REACH.concentration else FREE
        start = FINER_INFUSING if is_high else INFUSING
        assert found == (INFUSING, start, free, start, free)


def test_a_free_interval_is_judged_by_the_infusion_that_ended_however_it_is_written() -> None:
    """In one cycle or in two: the drug that is left is the same."""
    people = usual(4)
    ended_at = 1000.0 * 28.0 / people.clearance / people.lysis_ec50
    high = with_values(people, lysis_ec50=_times(people.lysis_ec50, ended_at / (1.5 * REACH.concentration)))
    once, parted = course((28.0, 28.0), (14.0, 0.0)), course((28.0, 28.0), (4.0, 0.0), (10.0, 0.0), cycles=(1, 1, 2))
    assert [found[-1] for found in growths(once, high)] == [FINER_FREE] * 4
    assert growths(parted, high) == growths(once, high)


def test_who_is_beyond_two_limits_takes_the_finer_steps_of_both() -> None:
    people = usual(4)
    both = with_values(
        people,
        adhesion_rate=_times(people.adhesion_rate, 1.1 * REACH.adhesion / SIZE / people.adhesion_rate),
        clearance=_times(people.clearance, REACH.elimination / 1.1 * people.volume / people.clearance),
    )
    assert set(growths(COURSE, both)) == {(FINER_INFUSING, FINER_INFUSING, FINER_FREE, FINER_INFUSING, FINER_FREE)}


@pytest.mark.parametrize(
    ("finer", "than"),
    [(FINER_INFUSING, INFUSING), (FINER_INFUSING, ADHERING), (ADHERING, INFUSING), (FINER_FREE, FREE)],
)
def test_finer_steps_are_longer_at_no_time(finer: Growth, than: Growth) -> None:
    days = np.linspace(0.0, 30.0, 30_001)
    assert (np.interp(days, finer.days, finer.steps) <= np.interp(days, than.days, than.steps)).all()
    assert finer != than
