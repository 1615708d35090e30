"""Endpoints: streamed values against the same ones read off a fine trajectory."""

from dataclasses import fields, replace

import numpy as np
import pytest

from blinplan.physiology import Endpoints, Options, Trajectories, draw, simulate
from blinplan.physiology.endpoints import of_some
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.gathering import Windows
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.solve import Solution
from blinplan.physiology.timetables import timetables
from tests.physiology.courses import course, label, two_cycles_of_days, with_values

PEOPLE = draw("adult-rr", 30, seed=12)
DAYS = np.unique(np.concatenate([np.linspace(0.0, 84.0, 84 * 96 + 1), np.linspace(0.0, 4.0, 4 * 960 + 1)]))


@pytest.fixture(scope="module")
def result() -> Solution:
    """Two cycles of the label's course."""
    return simulate(label(2), PEOPLE, output_days=DAYS)


@pytest.fixture(scope="module")
def endpoints(result: Solution) -> Endpoints:
    assert result.endpoints is not None
    return result.endpoints


@pytest.fixture(scope="module")
def fine(result: Solution) -> Trajectories:
    assert result.trajectories is not None
    return result.trajectories


def window(low: float, high: float) -> BoolArray:
    return np.asarray((low <= DAYS) & (high >= DAYS))


def first_day(condition: BoolArray) -> FloatArray:
    index = np.argmax(condition, axis=0)
    return np.where(condition.any(axis=0), DAYS[index], np.nan)


def test_b_cells_are_depleted_on_the_day_they_cross_ten(endpoints: Endpoints, fine: Trajectories) -> None:
    for cycle, (start, stop) in enumerate(((0.0, 28.0), (42.0, 70.0))):
        inside = window(start, stop)[:, None]
        expected = first_day((fine.states.b_blood <= 10.0) & inside)
        assert endpoints.b_depleted_day[cycle] == pytest.approx(expected, abs=0.011, nan_ok=True)


def test_crossings_are_placed_within_a_minute(endpoints: Endpoints, fine: Trajectories) -> None:
    crossed = np.flatnonzero((endpoints.b_depleted_day[0] > 0.0) & (endpoints.b_depleted_day[0] < 4.0))
    assert crossed.size >= 5
    for patient in crossed:
        log_b = np.log(fine.states.b_blood[:, patient])
        k = int(np.argmax(log_b <= np.log(10.0)))
        share = (log_b[k - 1] - np.log(10.0)) / (log_b[k - 1] - log_b[k])
        exact = DAYS[k - 1] + share * (DAYS[k] - DAYS[k - 1])
        assert endpoints.b_depleted_day[0, patient] == pytest.approx(exact, abs=1.0 / 1440.0)


def test_b_nadir_and_highest_free_count(endpoints: Endpoints, fine: Trajectories) -> None:
    assert pytest.approx(fine.states.b_blood.min(axis=0), rel=1e-3, abs=1e-4) == endpoints.b_nadir
    for cycle, (start, stop) in enumerate(((28.0, 42.0), (70.0, 84.0))):
        free = fine.states.b_blood[window(start, stop)].max(axis=0)
        assert endpoints.b_highest_free[cycle] == pytest.approx(free, rel=1e-3, abs=1e-4)
    at_end = fine.states.b_blood[[int(np.searchsorted(DAYS, 28.0)), int(np.searchsorted(DAYS, 70.0))]]
    assert endpoints.b_at_infusion_end == pytest.approx(at_end, rel=1e-9)
    recovered = (at_end <= 10.0) & (endpoints.b_highest_free > 10.0)
    assert np.array_equal(endpoints.b_recovered, recovered)


def test_t_cells_fall_and_return(endpoints: Endpoints, fine: Trajectories) -> None:
    share = fine.t_blood / PEOPLE.t_cells
    week = window(0.0, 7.0)
    assert pytest.approx(share[week].min(axis=0), abs=2e-4) == endpoints.t_minimum
    assert pytest.approx(DAYS[week][np.argmin(share[week], axis=0)], abs=0.05) == endpoints.t_minimum_day
    after = (share >= 0.9) & (DAYS[:, None] >= endpoints.t_minimum_day)
    assert pytest.approx(first_day(after), abs=0.02, nan_ok=True) == endpoints.t_return_day
    assert pytest.approx(share[window(0.0, 42.0)].max(axis=0), rel=1e-3) == endpoints.t_peak[0]
    for when, found in ((7.0, endpoints.t_at_escalation), (9.0, endpoints.t_after_escalation)):
        assert found[0] == pytest.approx(fine.t_blood[int(np.searchsorted(DAYS, when))], rel=1e-4)
    total = (fine.t_blood + fine.states.t_adherent) / PEOPLE.t_cells
    assert endpoints.t_total_day_1 == pytest.approx(total[int(np.searchsorted(DAYS, 1.0))], rel=1e-5)
    assert endpoints.t_total_day_14 == pytest.approx(total[int(np.searchsorted(DAYS, 14.0))], rel=1e-5)


def test_cytokines_peak_and_settle(endpoints: Endpoints, fine: Trajectories) -> None:
    for cytokine in (2, 4, 7):
        for cycle, (start, stop) in enumerate(((0.0, 42.0), (42.0, 84.0))):
            inside = window(start, stop)
            values = fine.cytokines[cytokine][inside]
            assert endpoints.cytokine_peak[cytokine, cycle] == pytest.approx(values.max(axis=0), rel=2e-4)
            day = DAYS[inside][np.argmax(values, axis=0)]
            assert endpoints.cytokine_peak_day[cytokine, cycle] == pytest.approx(day, abs=0.02)
            base = PEOPLE.cytokine_baseline[cytokine]
            gone = values - base <= 0.1 * (values.max(axis=0) - base)
            late = DAYS[inside][:, None] >= day
            index = np.argmax(gone & late, axis=0)
            settled = DAYS[inside][index] - day
            assert endpoints.cytokine_settled[cytokine, cycle] == pytest.approx(settled, abs=0.03)
    for cytokine in (0, 1, 3, 5, 6):
        assert (endpoints.cytokine_fold[cytokine] == 1.0).all()
        assert np.isnan(endpoints.cytokine_peak_day[cytokine]).all()


def test_blasts_change_from_baseline(endpoints: Endpoints, fine: Trajectories) -> None:
    change = np.log10(fine.blasts / PEOPLE.blasts)
    for cycle, day in enumerate((28.0, 70.0)):
        expected = change[int(np.searchsorted(DAYS, day))]
        assert endpoints.blasts_log10_change[cycle] == pytest.approx(expected, abs=1e-6)
    assert endpoints.blasts_log10_change_day_28 == pytest.approx(endpoints.blasts_log10_change[0], abs=1e-9)


def test_a_response_is_what_a_marrow_shows_at_the_end_of_an_infusion(endpoints: Endpoints, fine: Trajectories) -> None:
    for cycle, day in enumerate((28.0, 70.0)):
        blasts = fine.blasts[int(np.flatnonzero(day == DAYS)[0])]
        assert np.array_equal(endpoints.marrow_response[cycle], blasts <= 0.05)
        assert np.array_equal(endpoints.mrd_response[cycle], blasts < 1e-4)
    assert 0 < int(endpoints.mrd_response.sum()) < int(endpoints.marrow_response.sum()) < endpoints.marrow_response.size


def test_a_marrow_at_a_limit_has_responded_and_one_at_the_other_has_not(endpoints: Endpoints) -> None:
    """A response is at most 5 % blasts, and of residual disease fewer than one in ten thousand."""
    blasts = np.array([0.05, np.nextafter(0.05, 1.0), 1e-4, np.nextafter(1e-4, 0.0)])
    found = replace(endpoints, blasts_before=blasts, blasts_log10_change=np.zeros((1, 4)))
    assert found.marrow_response.tolist() == [[True, False, True, True]]
    assert found.mrd_response.tolist() == [[False, False, False, True]]


def test_counts_at_a_limit_are_depleted_and_neither_recovered_nor_expanded(endpoints: Endpoints) -> None:
    """Depletion is at most 10 cells/µL, expansion more than 125 %, an elevation five times baseline or more."""
    ten, more = [10.0, 10.0, np.nextafter(10.0, 11.0)], [10.0, np.nextafter(10.0, 11.0), 11.0]
    found = replace(
        endpoints,
        b_at_infusion_end=np.array([ten]),
        b_highest_free=np.array([more]),
        t_peak=np.array([[1.25, np.nextafter(1.25, 2.0)]]),
        cytokine_fold=np.tile([5.0, np.nextafter(5.0, 0.0)], (8, 1, 1)),
    )
    assert found.b_low_at_infusion_end.tolist() == [[True, True, False]]
    assert found.b_recovered.tolist() == [[False, True, False]]
    assert found.t_expanded.tolist() == [[False, True]]
    assert found.elevated("IL-6").tolist() == [[True, False]]


def test_days_on_which_states_are_looked_at_are_in_their_order() -> None:
    """A day, two weeks and four after the first infusion; at the escalation, and two days later."""
    ((_, timetable),) = timetables(course((40.0, 0.0), (7.0, 9.0), (21.0, 28.0)), Options(), PEOPLE)
    assert Windows.of(timetable).looks == (41.0, 47.0, 49.0, 54.0, 68.0)


def test_who_does_not_get_a_step_has_no_steady_state_of_it() -> None:
    """It is rate over clearance, and of no rate it is none and not 0."""
    people = PEOPLE.select(slice(0, 2))
    dosing = replace(course((2.0, 9.0), (2.0, 28.0)), rates=np.array([[9.0, 0.5], [28.0, 0.0]]))
    found = simulate(dosing, people).endpoints
    assert found is not None
    assert found.dose_step_days == (0.0, 2.0)
    expected = 1000.0 * np.array([[9.0, 0.5], [28.0, np.nan]]) / people.clearance
    assert found.steady_state == pytest.approx(expected, rel=1e-12, nan_ok=True)
    assert found.escalation_days == (2.0,)
    assert np.isnan([found.t_at_escalation, found.t_after_escalation]).tolist() == 2 * [[[False, True]]]


def test_endpoints_of_some_are_those_of_a_course_for_these_alone() -> None:
    """One goes off the drug in the first cycle, after which it ends sooner for those who go with him."""
    rates = np.tile([[9.0], [28.0], [0.0], [28.0], [0.0]], 6)
    rates[1:, 3] = rates[3, 4] = 0.0
    whole = replace(two_cycles_of_days(), rates=rates)
    together, some = simulate(whole, PEOPLE.select(slice(0, 6))).endpoints, slice(3, 5)
    alone = simulate(replace(whole, rates=rates[:, some], course_rates=rates), PEOPLE.select(some)).endpoints
    assert together is not None
    assert alone is not None
    chosen = of_some(together, some)
    assert chosen.infusion_end_days == (5.0, 7.0)
    for entry in fields(Endpoints):
        np.testing.assert_array_equal(getattr(chosen, entry.name), getattr(alone, entry.name), entry.name)


def test_t_cells_return_on_the_same_day_where_each_day_has_a_dose_of_its_own() -> None:
    """One that is larger by a millionth is begun anew, and what is looked for goes on."""
    once, daily = (
        simulate(course(*parts), PEOPLE).endpoints
        for parts in (((16.0, 28.0),), [(1.0, 28.0 * (1.0 + 1e-6 * day)) for day in range(16)])
    )
    assert once is not None
    assert daily is not None
    assert np.isfinite(once.t_return_day).sum() > 20
    assert daily.t_return_day == pytest.approx(once.t_return_day, abs=1e-3, nan_ok=True)


def test_the_first_week_begins_with_the_first_infusion() -> None:
    """T cells that do not adhere to vessels only expand: they are fewest when it begins, and not days before."""
    people = with_values(PEOPLE, adhesion_rate=np.zeros(PEOPLE.size))
    found = simulate(course((3.0, 0.0), (14.0, 28.0)), people).endpoints
    assert found is not None
    assert (found.t_minimum_day == 3.0).all()
    assert found.t_minimum == pytest.approx(np.ones(PEOPLE.size))


def test_patients_who_start_at_ten_or_less_are_depleted_at_once() -> None:
    few = with_values(PEOPLE, b_cells=np.full(PEOPLE.size, 4.0))
    found = simulate(label(1), few).endpoints
    assert found is not None
    assert (found.b_depleted_day[0] == 0.0).all()


def test_patients_who_are_never_depleted_have_no_day() -> None:
    found = simulate(course((28, 0.001), (14, 0.0)), PEOPLE).endpoints
    assert found is not None
    many = PEOPLE.b_cells > 11.0
    assert np.isnan(found.b_depleted_day[0, many]).all()
    assert not found.b_recovered[0, many].any()
    assert np.isnan(found.b_recovery_day[many]).all()


@pytest.mark.slow
def test_recovery_after_the_last_infusion_is_found_within_the_horizon() -> None:
    days = np.linspace(28.0, 140.0, 11_201)  # of 200 days without drug those in which all of them recover
    result = simulate(course((28, 28.0), (200, 0.0)), PEOPLE, output_days=days)
    assert result.endpoints is not None
    assert result.trajectories is not None
    above = result.trajectories.states.b_blood > 10.0
    expected = np.where(above.any(axis=0), days[np.argmax(above, axis=0)], np.nan)
    expected[result.endpoints.b_at_infusion_end[0] > 10.0] = np.nan
    assert np.isfinite(expected).all()
    assert result.endpoints.b_recovery_day == pytest.approx(expected, abs=0.02, nan_ok=True)


def test_a_course_without_drug_has_endpoints_that_say_so() -> None:
    found = simulate(course((28, 0.0)), PEOPLE).endpoints
    assert found is not None
    assert (found.cmax == 0.0).all()
    assert (found.auc == 0.0).all()
    assert (found.infused == 0.0).all()
    assert found.steady_state.shape == (0, PEOPLE.size)
    assert (found.cytokine_fold == 1.0).all()
    assert np.isnan(found.cytokine_peak_day).all()
    assert found.b_nadir == pytest.approx(PEOPLE.b_cells, rel=1e-12)


def test_days_depleted_are_those_of_the_fine_trajectory(endpoints: Endpoints, fine: Trajectories) -> None:
    """The fine trajectory knows each crossing to its distance of two times; a patient has few of them."""
    for cycle, (start, stop) in enumerate(((0.0, 42.0), (42.0, 84.0))):
        inside = window(start, stop)
        low = fine.states.b_blood[inside] <= 10.0
        steps = np.diff(DAYS[inside])[:, None]
        expected = (0.5 * steps * (low[:-1].astype(float) + low[1:])).sum(axis=0)
        assert endpoints.b_depleted_days[cycle] == pytest.approx(expected, abs=0.03)
    assert (endpoints.b_depleted_days[1] == 42.0).any()
    assert (endpoints.b_depleted_days[0] < 42.0).all()


def test_nobody_without_drug_has_days_of_depletion_but_who_begins_depleted() -> None:
    few = with_values(PEOPLE, b_cells=np.where(np.arange(PEOPLE.size) % 2 == 0, 4.0, 40.0))
    found = simulate(course((28, 0.0)), few).endpoints
    assert found is not None
    assert found.b_depleted_days[0] == pytest.approx(np.where(np.arange(PEOPLE.size) % 2 == 0, 28.0, 0.0), abs=0.0)
