"""Patients of several parameter sets side by side: what each has of the parameters, and who takes the same steps."""

import numpy as np

from blinplan.physiology.engine.collocation import weights
from blinplan.physiology.engine.own.constants import (
    OwnConstants,
    constants_in,
    own_constants,
    with_own_weights,
)
from blinplan.physiology.engine.own.plan import SetPlans
from blinplan.physiology.engine.plans import course_of, plans_of_sets
from blinplan.physiology.engine.step.moment import SHARED_LOSS_RATES
from blinplan.physiology.engine.step.plan import StepPlan, step_of
from blinplan.physiology.model.batch import batch
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.draw import draw, typical
from blinplan.physiology.model.parameters import load_parameters
from blinplan.physiology.model.population import Population
from blinplan.physiology.timetables import timetables
from tests.physiology.courses import label

BASE = load_parameters().presets["adult-rr"]
SETS = [
    typical(BASE.with_values(values))
    for values in (
        {"volume": 3.0, "cytolytic_rate": 4.0},
        {"volume": 5.0, "cytolytic_rate": 4.2, "homeostasis": 0.2},
        {"volume": 6.0, "cytolytic_rate": 4.3, "cytokine_loss": 3.0},
        {"volume": 7.0, "cytolytic_rate": 2.0, "proliferation_loss": 0.4},
        {"volume": 8.0, "cytolytic_rate": 1.0},
        {"volume": 9.0, "cytolytic_rate": 1.0, "lysis_hill": 3},
    )
]


def plans(patients: Population, *, side_by_side: bool) -> StepPlan | SetPlans:
    (together,) = timetables(label(1), Options(), patients, by_sets=True)
    constants = patients.select(together.patients).constants
    return plans_of_sets(together.timetable, constants, (0.5, 7.0), side_by_side=side_by_side)


def test_each_has_the_parameters_of_his_set() -> None:
    together = batch([*SETS[:5]])
    own = own_constants(together.constants, together.size)
    assert isinstance(own, OwnConstants)
    for lane, one in enumerate(SETS[:5]):
        assert constants_in(own, own.rows, lane) == one.constants


def test_what_all_share_stays_as_it_is() -> None:
    people = draw(BASE, 3, seed=1)
    assert own_constants(people.constants, 3) is people.constants


def test_a_step_under_his_parameters_has_the_weights_of_his_set_to_the_bit() -> None:
    (together,) = timetables(label(1), Options(), SETS[0])
    course = course_of(together.timetable, SETS[0].constants, ())
    for one in SETS:
        step = with_own_weights(step_of(course, 0, 5), one.constants)
        for field, rate in SHARED_LOSS_RATES.items():
            table = weights(np.array([getattr(one.constants, rate)]), np.array([step.length]))
            assert np.array(getattr(step, field)).tobytes() == np.array(table)[..., 0].tobytes(), field
        assert (step.length, step.before) == (course.lengths[0, 5], course.lengths[0, 4])


def test_steps_lie_in_memory_alike_however_many_sets_there_are() -> None:
    """Machine code is made for one layout: for another it would be made once more, which takes some 16 s."""
    for patients in (SETS[0], batch(SETS)):
        for side_by_side in (False, True):
            found = plans(patients, side_by_side=side_by_side)
            for plan in found.plans if isinstance(found, SetPlans) else (found,):
                for name, values in plan._asdict().items():
                    if isinstance(values, np.ndarray):
                        assert values.flags.c_contiguous, name
                        assert values.flags.writeable, name
                        assert values.dtype in {np.dtype(np.float64), np.dtype(np.int64)}, name


def test_sets_of_the_same_steps_and_exponents_go_side_by_side() -> None:
    """Rates of 4.2 and 4.3 a day have the steps of one rung; 4.0 is another; 2.0 and 1.0 have those of any slower."""
    found = plans(batch(SETS), side_by_side=True)
    assert isinstance(found, SetPlans)
    sizes = sorted(place.stop - place.start for place, _ in found.stretches())
    assert sizes == [1, 1, 2, 2]


def test_by_themselves_they_go_one_by_one() -> None:
    found = plans(batch(SETS), side_by_side=False)
    assert isinstance(found, SetPlans)
    assert [place.stop - place.start for place, _ in found.stretches()] == [1] * len(SETS)


def test_sets_that_differ_in_nothing_that_steps_hang_on_are_one_stretch() -> None:
    sets = [typical(BASE.with_values({"volume": volume})) for volume in (3.0, 4.0, 5.0, 3.0)]
    found = plans(batch(sets), side_by_side=True)
    assert isinstance(found, SetPlans)
    assert [place for place, _ in found.stretches()] == [slice(0, 4)]


def test_sets_are_counted_where_they_change() -> None:
    assert draw(BASE, 5, seed=1).constants.sets == 1
    assert batch([draw(BASE, 2, seed=1), SETS[0], SETS[0], SETS[1]]).constants.sets == 3
