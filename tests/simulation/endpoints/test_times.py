"""Times over a population: who never gets there is counted, and comes after everybody who does."""

from dataclasses import replace
from math import inf, isinf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.physiology import draw
from blinplan.physiology.model.population import FloatArray
from blinplan.proportion import Proportion
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.endpoints.wording import read_endpoint
from blinplan.simulation.outcome import (
    Arrival,
    Distribution,
    Quantity,
    arrival,
    over_patients,
    over_sets_of,
    share_by,
    there_by,
    typical_value,
)
from blinplan.simulation.paired import paired_quantities
from blinplan.simulation.trials.cohort_trial import CohortOutcome
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.trial import Outcome

PATIENTS = 300
Pair = tuple[Outcome | CohortOutcome, Outcome | CohortOutcome]
FIRST_WEEK = (
    "IL-6 above 20 pg/mL by day 7",
    "T cells above 70 % of baseline from day 6 to day 7",
    "B cells at most 10 /µL by day 7",
    "blasts below 50 % of baseline by day 7",
    "drug above 170 pg/mL by day 7",
)
days = st.lists(st.one_of(st.just(nan), st.floats(0.0, 60.0)), min_size=1, max_size=40)


def time(values: list[float], at_risk: list[bool] | None = None, unit: str = "day") -> Quantity:
    risk = None if at_risk is None else np.array(at_risk)
    return Quantity("day", "B cells", "Day", unit, np.array(values), is_time=True, at_risk=risk)


def kaplan_meier(values: list[float], share: float, end: float = 1e9) -> float:
    """By when a share have got there, by the product-limit estimate: who has not is censored at the end of all."""
    observed = sorted({value for value in values if not np.isnan(value)})
    surviving = 1.0
    for day in observed:
        at_risk = sum((end if np.isnan(value) else value) >= day for value in values)
        surviving *= 1.0 - sum(value == day for value in values) / at_risk
        if 1.0 - surviving >= share - 1e-12:
            return day
    return inf


@given(days)
def test_half_and_nine_in_ten_are_those_of_kaplan_and_meier(values: list[float]) -> None:
    over = arrival(time(values))
    assert over.half == kaplan_meier(values, 0.5)
    assert over.nine_in_ten == kaplan_meier(values, 0.9)
    assert (over.never, over.total) == (int(np.isnan(values).sum()), len(values))


@given(days)
def test_the_median_of_all_is_never_before_that_of_those_who_get_there(values: list[float]) -> None:
    there = sorted(value for value in values if not np.isnan(value))
    assert arrival(time(values)).half >= (there[(len(there) - 1) // 2] if there else inf)


@given(days, st.lists(st.floats(0.0, 70.0), min_size=1, max_size=6))
def test_a_share_by_day_never_falls_and_is_what_a_count_says(values: list[float], by: list[float]) -> None:
    shares = [share_by(time(values), day).count for day in sorted(by)]
    assert shares == sorted(shares)
    assert shares == [sum(value <= day for value in values) for day in sorted(by)]


@given(days, st.floats(0.0, 70.0), st.floats(0.0, 70.0))
def test_before_it_is_looked_at_nobody_can_be_there(values: list[float], from_day: float, by: float) -> None:
    looked_at = replace(time(values), from_day=from_day)
    for found in (share_by(looked_at, by), there_by(looked_at, by).proportion):
        assert found == (Proportion(0, 0) if by < from_day else share_by(time(values), by))


@pytest.mark.parametrize("name", ["nhl-5", "rr-adult", "mt103-206-5-15"])
def test_a_time_is_looked_at_from_no_later_day_than_the_first_who_is_there(name: str) -> None:
    """Of what runs from the end of infusion, from that day; of one's own, from the beginning of the window."""
    wide = ["B cells above 10 /µL from day 29 to day 42", "drug above 1 pg/mL from day 3 to day 9"]
    asked = [read_endpoint(text) for text in (*wide, "IL-6 above 5 pg/mL", "T cells above 5 /µL in cycle 1")]
    regimen = library.regimen(name)
    found = run(regimen, patients=PATIENTS, asked=AskedEndpoints((), tuple(asked)))
    times = {quantity.key: quantity for quantity in found.quantities if quantity.is_time}
    for quantity in times.values():
        there = quantity.values[~np.isnan(quantity.values)]
        assert not there.size or there.min() * quantity.per_day >= quantity.from_day, quantity.key
    later = {key: quantity.from_day for key, quantity in times.items() if quantity.from_day > 0.0}
    last = max(period.stop for period in found.periods if period.dose is not None) / MINUTES_PER_DAY
    own = {f"{one.key}_day": one.days[0] for one in asked if one.days is not None}
    assert later == {"b_recovery_day": last, **own}
    typical = {quantity.key: quantity.from_day for quantity in found.typical_quantities if quantity.is_time}
    assert typical == {key: quantity.from_day for key, quantity in times.items()}


@given(days)
def test_by_the_day_of_half_half_are_there_and_not_before(values: list[float]) -> None:
    for percent, day in ((50, arrival(time(values)).half), (90, arrival(time(values)).nine_in_ten)):
        if isinf(day):
            assert 100 * sum(not np.isnan(value) for value in values) < percent * len(values)
            continue
        assert 100 * share_by(time(values), day).count >= percent * len(values)
        assert 100 * share_by(time(values), float(np.nextafter(day, -1.0))).count < percent * len(values)


def test_at_the_edge_of_half() -> None:
    assert arrival(time([1.0, 2.0, nan, nan])).half == 2.0  # two of four are half
    assert isinf(arrival(time([1.0, 2.0, nan, nan, nan])).half)  # two of five are not
    assert arrival(time([float(day) for day in range(1, 10)] + [nan])).nine_in_ten == 9.0
    assert isinf(arrival(time([float(day) for day in range(1, 9)] + [nan, nan])).nine_in_ten)


def test_who_is_not_at_risk_is_not_counted() -> None:
    over = arrival(time([1.0, nan, nan, 3.0], [True, True, False, True]))
    assert over == Arrival(half=3.0, nine_in_ten=inf, low=1.0, high=inf, reached=2, total=3)
    assert share_by(time([1.0, nan, nan, 3.0], [True, True, False, True]), 2.0) == Proportion(1, 3)


def test_nobody_at_risk_is_nobody_early_and_nobody_late() -> None:
    over = arrival(time([1.0, nan], [False, False]))
    assert np.isnan([over.half, over.nine_in_ten]).all()
    assert (over.never, over.total) == (0, 0)


def test_hours_are_counted_in_days_where_a_share_is_by_a_day() -> None:
    assert share_by(time([47.0, 48.0, 49.0, nan], unit="h"), 2.0) == Proportion(2, 4)


def test_a_typical_patient_who_never_gets_there_is_said_to_be_never_there() -> None:
    assert isinf(typical_value(time([nan])))
    assert np.isnan(typical_value(time([nan], [False])))
    assert typical_value(time([3.5])) == 3.5


def test_what_is_no_time_is_over_those_in_whom_it_occurs() -> None:
    plain = Quantity("n", "B cells", "N", "cells/µL", np.array([1.0, nan, 3.0]))
    found = over_patients(plain)
    assert (found.low, found.median, found.high) == pytest.approx((1.1, 2.0, 2.9))
    assert found.count == 2


def test_over_parameter_sets_a_median_that_is_not_reached_is_last() -> None:
    assert over_sets_of(np.array([3.0, inf, 1.0, inf, 2.0])) == Distribution(3.0, 1.0, inf, 5)
    assert over_sets_of(np.array([nan, 4.0])).count == 1


# --- two regimens on the same people --------------------------------------------------------------------------------


def test_who_never_gets_there_is_later_than_who_does() -> None:
    (pair,) = paired_quantities([time([1.0, nan, 3.0, nan, 5.0])], [time([2.0, 2.0, nan, nan, 5.0])])
    assert (pair.sooner, pair.later, pair.total) == (2, 1, 5)
    (risky,) = paired_quantities(
        [time([1.0, 1.0, nan], [True, False, True])], [time([2.0, 2.0, 2.0], [True, True, True])]
    )
    assert (risky.sooner, risky.later, risky.total) == (1, 1, 2)


def test_within_a_minute_is_the_same_time() -> None:
    minute = 1.0 / 1440.0
    (pair,) = paired_quantities(
        [time([1.0, 1.0, 1.0])], [time([1.0 + 1.01 * minute, 1.0 + 0.9 * minute, 1.0 - minute / 2])]
    )
    assert (pair.sooner, pair.later) == (1, 0)
    (hours,) = paired_quantities([time([1.0, 1.0], unit="h")], [time([1.0 + 1 / 59, 1.0 + 1 / 61], unit="h")])
    assert (hours.sooner, hours.later) == (1, 0)


@pytest.fixture(scope="module")
def flat_and_stepped() -> Pair:
    people = draw("adult-rr", PATIENTS, seed=1)
    asked = AskedEndpoints(own=tuple(map(read_endpoint, FIRST_WEEK)))
    flat, stepped = (run(library.regimen(name), patients=people, asked=asked) for name in ("nhl-5", "mt103-206-5-15"))
    return flat.outcome, stepped.outcome


@pytest.mark.slow
def test_ones_own_in_a_week_that_two_regimens_share_are_the_same_to_the_last_bit(
    flat_and_stepped: Pair,
) -> None:
    flat, stepped = flat_and_stepped
    values = {quantity.key: quantity.values for quantity in stepped.quantities}
    own = [quantity for quantity in flat.quantities if "day_7" in quantity.key]
    assert len(own) == 2 * len(FIRST_WEEK)
    for quantity in own:
        assert np.array_equal(quantity.values, values[quantity.key], equal_nan=True), quantity.key
        assert np.nanmax(quantity.values) > 0.0


def depletion(outcome: Outcome | CohortOutcome) -> Quantity:
    return next(quantity for quantity in outcome.quantities if quantity.key == "b_depleted_day")


def test_a_dose_that_fewer_reach_depletion_under_does_not_look_faster(
    flat_and_stepped: Pair,
) -> None:
    """Of those who are depleted alone, 5 mcg/m²/day has the smaller median: who needs the step up has dropped out."""
    flat, stepped = flat_and_stepped
    flat_days, stepped_days = depletion(flat).values, depletion(stepped).values
    assert np.nanmedian(flat_days) < np.nanmedian(stepped_days) - 0.1
    over = [arrival(depletion(outcome)) for outcome in flat_and_stepped]
    assert over[0].half == over[1].half  # which comes in the first week, that both have
    assert isinf(over[0].nine_in_ten)
    assert over[1].nine_in_ten < 28.0
    assert over[0].never > over[1].never
    pair = next(pair for pair in flat.paired(stepped).quantities if pair.key == "b_depleted_day")
    depleted = next(share for share in flat.paired(stepped).shares if share.key == "b_depleted_cycle_1")
    assert pair.later >= depleted.second_only > 20  # those whom the step up alone depletes
    assert pair.sooner == 0


def test_days_depleted_are_the_time_below_the_level(flat_and_stepped: Pair) -> None:
    flat, _ = flat_and_stepped
    found = next(q for q in flat.quantities if q.key == "b_days_depleted_cycle_1").values
    first, end = depletion(flat).values, flat.trial.periods[-1].stop / 1440
    assert (found[np.isnan(first)] <= end - 28.0).all()
    recovery: FloatArray = next(q for q in flat.quantities if q.key == "b_recovery_day").values
    once = ~np.isnan(first) & (flat.endpoints.b_at_infusion_end[0] <= 10.0)
    expected = np.where(np.isnan(recovery), end, recovery) - first
    # Who rises above the level in between has fewer days; nearly nobody does under a constant dose.
    assert (found[once] <= expected[once] + 1e-6).all()
    assert np.mean(np.abs(found[once] - expected[once]) < 1e-6) > 0.9
