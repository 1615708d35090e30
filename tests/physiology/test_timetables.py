"""Who takes which steps: by what each patient gets and is, and by nobody beside him."""

from collections.abc import Callable, Sequence
from dataclasses import replace

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
    SEEN,
    WHERE_TARGETS_ARE_LOST,
    Growth,
    refinement,
)
from blinplan.physiology.engine.integrate import CyclePart
from blinplan.physiology.model.batch import batch
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.timetables import timetables
from tests.physiology.courses import DAY, course, with_values

COURSE = course((7.0, 9.0), (21.0, 28.0), (14.0, 0.0), (28.0, 28.0), (14.0, 0.0))


def test_what_is_laid_out_grows_with_the_patients_and_not_with_their_square(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each goes off the drug on a day of his own, which parts the course of all; nobody is made parts of for others."""
    made = list[int]()

    def counted(*given: float) -> CyclePart:
        made.append(1)
        return CyclePart(int(given[0]), *given[1:])

    for number in (40, 160):
        days = np.arange(1, number + 1) * (60.0 / number)
        rates = np.where(np.arange(number)[:, None] < np.arange(number), 28.0, 0.0)
        off = Dosing(
            (0, *(1440 * days).astype(int).tolist()), rates, (1,) * number, (1,) * number, course_rates=rates[:, -1:]
        )
        with monkeypatch.context() as patched:
            patched.setattr("blinplan.physiology.timetables.CyclePart", counted)
            found = timetables(off, Options(), draw("adult-rr", number, seed=5))
        assert len(found) == number
        assert len(made) <= 2 * number
        made.clear()


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


def _with_release(p: Population, cytokine: str) -> FloatArray:
    """The releases of all patients, of whom every second releases a tenth more of a cytokine than the limit."""
    found, row = p.cytokine_release.copy(), ELEVATED.index(cytokine)
    fold = found[row] / (p.cytokine_baseline[CYTOKINES.index(cytokine)] + SEEN)
    found[row] *= _beyond(fold, REACH.release)
    return found


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
            lambda p: {"adhesion_rate": _times(p.adhesion_rate, _beyond(p.adhesion_rate, REACH.fast_adhesion / SIZE))},
            FINER_INFUSING,
            FREE,
            id="T cells adhere at once",
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
            lambda p: {"b_cells": _times(p.b_cells, _beyond(p.kill_rate * p.b_cells, REACH.blood_lysis / SIZE))},
            FINER_INFUSING,
            FREE,
            id="many B cells are lysed",
        ),
        pytest.param(
            lambda p: {
                "proliferation_rate": _times(
                    p.proliferation_rate, _beyond(p.proliferation_rate, REACH.proliferation / SIZE)
                )
            },
            FINER_INFUSING,
            FREE,
            id="T cells multiply fast",
        ),
        *(
            pytest.param(
                lambda p, cytokine=cytokine: {"cytokine_release": _with_release(p, cytokine)},
                FINER_INFUSING,
                FREE,
                id=f"much {cytokine} is released",
            )
            for cytokine in ELEVATED
        ),
        pytest.param(
            lambda p: {"t_cells": _times(p.t_cells, _beyond(p.t_cells, REACH.t_cells[1]))},
            FINER_INFUSING,
            FINER_FREE,
            id="T cells are many",
        ),
        pytest.param(
            lambda p: {"t_cells": _times(p.t_cells, 1.0 / _beyond(1.0 / p.t_cells, 1.0 / REACH.t_cells[0]))},
            FINER_INFUSING,
            FREE,
            id="T cells are few",
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


@pytest.mark.parametrize(("cytolytic_rate", "slack"), [(2.0, 0.0), (12.0, 1e-9)])
@pytest.mark.parametrize(
    ("dose", "change", "infusing", "free"),
    [
        pytest.param(9.0, lambda at: {"adhesion_rate": REACH.adhesion * at}, ADHERING, FREE, id="adhesion"),
        pytest.param(
            9.0, lambda at: {"kill_rate": REACH.marrow_lysis * at}, FINER_INFUSING, FREE, id="lysis in marrow"
        ),
        pytest.param(
            9.0, lambda at: {"b_cells": REACH.blood_lysis / 5.0 * at}, FINER_INFUSING, FREE, id="lysis in blood"
        ),
        pytest.param(
            9.0, lambda at: {"proliferation_rate": REACH.proliferation * at}, FINER_INFUSING, FREE, id="proliferation"
        ),
        pytest.param(REACH.rise, lambda at: {"lysis_ec50": 1.0 / at}, FINER_INFUSING, FREE, id="rise"),
    ],
)
def test_at_a_limit_the_usual_steps_are_taken_and_beyond_it_finer_ones(
    cytolytic_rate: float,
    slack: float,
    dose: float,
    change: Callable[[FloatArray], dict[str, FloatArray]],
    infusing: Growth,
    free: Growth,
) -> None:
    """What acts within a step may be as much faster as the steps of a population are shorter."""
    people = of_round_figures(cytolytic_rate)
    at_and_beyond = np.array([1.0 - slack, 1.0 + 1e-9]) / refinement(cytolytic_rate)
    found = growths(course((7.0, dose), (7.0, 0.0)), with_values(people, **change(at_and_beyond)))
    assert found == [(INFUSING, FREE), (infusing, free)]


def of_round_figures(cytolytic_rate: float = 2.0) -> Population:
    """Two patients within reach: a litre in mL, which is left 44 times a day; 5/day are lysed, in blood and marrow."""
    people, ones = usual(2), np.ones(2)
    constants = people.constants._replace(cytolytic_rate=cytolytic_rate, volume=1000.0)
    figures = {"clearance": 44_000.0 * ones, "marrow_sensitivity": ones, "lysis_ec50": 9.0 * ones}
    figures |= {"kill_rate": 5.0 * ones, "b_cells": 100.0 * ones}
    return with_values(replace(people, constants=constants), **figures)


def test_at_the_limits_of_elimination_and_of_an_ended_infusion_the_usual_steps_are_taken() -> None:
    dosing, beyond = course((7.0, 50.0), (7.0, 0.0)), np.array([1.0, 1.0 + 1e-9])
    slow = with_values(of_round_figures(), clearance=1000.0 * REACH.elimination / beyond)
    assert growths(dosing, slow) == [(INFUSING, FREE), (FINER_INFUSING, FINER_FREE)]
    high = with_values(of_round_figures(), clearance=np.full(2, 2000.0), lysis_ec50=25.0 / REACH.concentration / beyond)
    assert growths(dosing, high) == [(INFUSING, FREE), (INFUSING, FINER_FREE)]


@pytest.mark.parametrize(("limit", "beyond", "free"), [(100.0, 99.9, FREE), (5000.0, 5000.1, FINER_FREE)])
def test_at_the_limits_of_t_cells_the_usual_steps_are_taken(limit: float, beyond: float, free: Growth) -> None:
    assert limit in REACH.t_cells
    found = growths(course((7.0, 9.0), (7.0, 0.0)), with_values(of_round_figures(), t_cells=np.array([limit, beyond])))
    assert found == [(INFUSING, FREE), (FINER_INFUSING, free)]


@pytest.mark.parametrize("cytokine", ELEVATED)
def test_at_the_limit_of_release_the_usual_steps_are_taken(cytokine: str) -> None:
    people = of_round_figures()
    baseline, release = people.cytokine_baseline.copy(), people.cytokine_release.copy()
    baseline[CYTOKINES.index(cytokine)] = 2.0
    release[ELEVATED.index(cytokine)] = (2.0 + SEEN) * np.array([REACH.release, REACH.release + 1e-6])
    releasing = replace(people, cytokine_baseline=baseline, cytokine_release=release)
    assert growths(course((7.0, 9.0), (7.0, 0.0)), releasing) == [(INFUSING, FREE), (FINER_INFUSING, FREE)]


def test_less_than_a_microgram_a_day_is_an_infusion() -> None:
    """A free interval is judged by the one that ran last, however little it was."""
    people = usual(2)
    high = with_values(people, lysis_ec50=1000.0 * 28.0 / people.clearance / (1.5 * REACH.concentration))
    assert growths(course((28.0, 28.0), (14.0, 0.0)), high)[0][-1] == FINER_FREE
    found = growths(course((28.0, 28.0), (7.0, 0.9), (14.0, 0.0)), high)
    assert [each[1:] for each in found] == [(INFUSING, FREE)] * 2
    ((_, timetable),) = timetables(course((7.0, 0.5), (7.0, 0.9), (7.0, 0.0)), Options(), people)
    assert [step.start for step in timetable.dose_steps] == [0.0, 7.0]
    assert [(rise.day, rise.own) for rise in timetable.escalations] == [(7.0, True)]


def of_sets(**values: Sequence[float]) -> Population:
    """Patients who are alike but for parameters that else all share."""
    alone = usual(1)
    sets = [dict(zip(values, each, strict=True)) for each in zip(*values.values(), strict=True)]
    return batch([replace(alone, constants=alone.constants._replace(**each)) for each in sets])


def test_who_has_premedication_that_acts_begins_anew_where_it_is_given_and_others_do_not() -> None:
    """It is cut where it is given, in the order of time; where the dose changes anyway, no more than once."""
    people, given = of_sets(premedication_reduction=(0.0, 0.3, 0.4)), (7 * DAY, 6 * DAY + 60, 7 * DAY)
    dosing = replace(COURSE, premedication_minutes=given)
    without, acts = timetables(dosing, Options(premedication=True), people)
    assert [some.patients.tolist() for some in (without, acts)] == [[0], [1, 2]]
    assert [i.start for i in without.timetable.intervals] == [0.0, 7.0, 28.0, 42.0, 70.0]
    assert [i.start for i in acts.timetable.intervals] == [0.0, 6.0 + 1.0 / 24.0, 7.0, 28.0, 42.0, 70.0]
    assert acts.timetable.premedication_days == (6.0 + 1.0 / 24.0, 7.0)
    assert [some.patients.tolist() for some in timetables(dosing, Options(), people)] == [[0, 1, 2]]


def test_those_who_take_steps_of_one_size_stand_behind_each_other() -> None:
    sets = of_sets(cytolytic_rate=(12.0, 4.0, 12.0, 12.0), volume=(5.0, 6.0, 6.0, 5.0))
    (by_sizes,), (by_sets,) = (timetables(COURSE, Options(), sets, by_sets=by) for by in (False, True))
    assert by_sizes.patients.tolist() == [0, 2, 3, 1]
    assert by_sets.patients.tolist() == [0, 3, 2, 1]


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


def test_at_the_limit_of_fast_adhesion_steps_are_those_of_adhering_and_beyond_it_finer() -> None:
    fast = with_values(of_round_figures(), adhesion_rate=REACH.fast_adhesion * np.array([1.0, 1.0 + 1e-9]))
    assert growths(course((7.0, 9.0), (7.0, 0.0)), fast) == [(ADHERING, FREE), (FINER_INFUSING, FREE)]


def test_where_targets_are_lost_all_steps_are_smaller() -> None:
    people = usual(2)
    usually, lost = (
        timetables(COURSE, Options(why), people)[0].timetable for why in ("desensitisation", "target-loss")
    )
    assert lost.coarseness == WHERE_TARGETS_ARE_LOST < usually.coarseness == 1.0
    assert timetables(COURSE, Options("target-loss", coarseness=0.5), people)[0].timetable.coarseness == (
        0.5 * WHERE_TARGETS_ARE_LOST
    )


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
