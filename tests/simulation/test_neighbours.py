"""Nobody's result depends on who is simulated beside them: not the steps, not what is an escalation, not a byte."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.events import Period, periods
from blinplan.executors.executor import InTurn
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.draw import from_covariates
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.solve import simulate
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate
from blinplan.regimen.library import regimen as shipped
from blinplan.simulation.trials.trial import Outcome, Trial
from tests.collection.examples import fewer_examples

ORDERED = replace(shipped("rr-adult"), eligibility=shipped("nhl-15").eligibility)
WHOLE = periods(ORDERED)[0]
AMOUNTS = st.sampled_from([5, 9, 15, 28])
CAPS = st.sampled_from([None, 9, 28])
STEPS = st.lists(
    st.tuples(st.integers(1, 5 * MINUTES_PER_DAY), st.one_of(st.none(), st.tuples(AMOUNTS, st.booleans(), CAPS))),
    min_size=1,
    max_size=5,
)
AREAS = st.lists(st.sampled_from([0.6, 1.0, 1.5, 1.8, 1.9, 2.2]), min_size=2, max_size=5)


def course(steps: list[tuple[int, tuple[int, bool, int | None] | None]]) -> tuple[Period, ...]:
    """A course of doses, flat or by body surface area with or without a cap, in two cycles."""
    found: list[Period] = []
    for number, (minutes, order) in enumerate(steps, start=1):
        start = found[-1].stop if found else 0
        dose, cap = None, None
        if order is not None:
            amount, by_area, most = order
            dose = DoseRate(Fraction(amount), Basis.BSA if by_area else Basis.FLAT)
            cap = DoseRate(Fraction(most), Basis.FLAT) if by_area and most is not None else None
        step = 0 if dose is None else number
        cycle = 1 if number < 4 else 2
        found.append(replace(WHOLE, start=start, stop=start + minutes, dose=dose, cap=cap, cycle=cycle, step=step))
    return tuple(found)


def people(areas: list[float]) -> Population:
    weight, height = np.full(len(areas), 70.0), np.full(len(areas), 170.0)
    return from_covariates("adult-rr", weight_kg=weight, height_cm=height, bsa_m2=np.array(areas), seed=3)


def values(outcome: Outcome) -> dict[str, FloatArray]:
    found = {quantity.key: quantity.values for quantity in outcome.quantities}
    return found | {event.key: np.array([event.happens, event.at_risk]) for event in outcome.events}


@pytest.mark.slow
@fewer_examples(4)
@given(STEPS, AREAS, st.booleans(), st.data())
def test_any_stretch_of_patients_has_the_bytes_of_the_whole(
    steps: list[tuple[int, tuple[int, bool, int | None] | None]],
    areas: list[float],
    premedicated: bool,
    data: st.DataObject,
) -> None:
    everybody = people(areas)
    trial = Trial(ORDERED, course(steps), everybody, Options(premedication=premedicated), "numpy")
    whole = values(trial.run(InTurn()))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(areas) - 1))))
    ends = [0, *cuts, len(areas)]
    for first, stop in [*pairwise(ends), *((k, k + 1) for k in range(len(areas)))]:
        some = replace(trial, population=everybody.select(slice(first, stop)))
        part = values(some.run(InTurn()))
        assert part.keys() == whole.keys()
        for key, expected in whole.items():
            assert part[key].tobytes() == np.ascontiguousarray(expected[..., first:stop]).tobytes(), key


@pytest.mark.slow
@fewer_examples(4)
@given(st.integers(1, 5), st.data())
def test_patients_of_any_rates_are_as_they_are_alone(intervals: int, data: st.DataObject) -> None:
    """Whoever is stopped, held or given another dose: the others do not notice, nor does he notice them."""
    everybody = people([1.0, 2.2, 1.7])
    rates = np.array(
        [[data.draw(st.sampled_from([0.0, 9.0, 28.0])) for _ in range(everybody.size)] for _ in range(intervals)]
    )
    edges = tuple(np.cumsum([0, *(data.draw(st.integers(1, 4 * MINUTES_PER_DAY)) for _ in range(intervals))]).tolist())
    given_to_all = Dosing(edges, rates, (1,) * intervals, tuple(range(1, intervals + 1)))
    days = np.linspace(0.0, edges[-1] / MINUTES_PER_DAY, 9)
    together = simulate(given_to_all, everybody, output_days=days, chunk=2, engine="numpy")
    assert together.trajectories is not None
    assert together.endpoints is not None
    for k in range(everybody.size):
        own = replace(given_to_all, rates=rates[:, k : k + 1], course_rates=rates)
        alone = simulate(own, everybody.select(slice(k, k + 1)), output_days=days, engine="numpy")
        assert alone.trajectories is not None
        assert alone.endpoints is not None
        for mine, ours in zip(alone.trajectories.states, together.trajectories.states, strict=True):
            assert mine[:, 0].tobytes() == ours[:, k].tobytes()
        for name in (
            "b_at_infusion_end",
            "own_infusion_end_days",
            "t_after_escalation",
            "steady_state",
        ):
            assert getattr(alone.endpoints, name)[:, 0].tobytes() == getattr(together.endpoints, name)[:, k].tobytes()
        for name in ("auc", "b_nadir", "b_nadir_day", "b_recovery_day", "t_return_day"):
            assert getattr(alone.endpoints, name)[0].tobytes() == getattr(together.endpoints, name)[k].tobytes()


def test_a_patient_off_the_drug_from_day_7_has_his_value_at_his_infusion_end() -> None:
    two = people([1.8, 1.8])
    week = 7 * MINUTES_PER_DAY
    rates = np.array([[9.0, 9.0], [28.0, 0.0], [0.0, 0.0]])
    given_to_both = Dosing((0, week, 4 * week, 6 * week), rates, (1, 1, 1), (1, 2, 3))
    days = np.array([7.0, 9.0, 28.0])
    found = simulate(given_to_both, two, output_days=days)
    assert found.endpoints is not None
    assert found.trajectories is not None
    states = found.trajectories.states
    assert found.endpoints.own_infusion_end_days.tolist() == [[28.0, 7.0]]
    assert found.endpoints.infusion_end_days == (28.0,)
    assert found.endpoints.b_at_infusion_end[0] == pytest.approx([states.b_blood[2, 0], states.b_blood[0, 1]])
    change = np.log10(np.exp(states.log_blasts) / two.blasts)
    assert found.endpoints.blasts_log10_change[0] == pytest.approx([change[2, 0], change[0, 1]])
    # What is left of the drug decays from his last hour on, in closed form.
    rate = two.clearance[1] / two.volume
    plateau = 9000.0 / two.clearance[1]
    at_end = plateau * -np.expm1(-7.0 * rate)
    assert states.concentration[:2, 1] == pytest.approx([at_end, at_end * np.exp(-2.0 * rate)], rel=1e-9)
    assert np.isnan(found.endpoints.t_after_escalation[0, 1])
    assert not np.isnan(found.endpoints.t_after_escalation[0, 0])
    assert np.isnan(found.endpoints.steady_state[1, 1])
