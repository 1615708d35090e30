"""The same patients under several regimens: closed forms, both sides, and what is the same."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.design.comparison.compare import NamedRegimen, PairedComparison, compare
from blinplan.design.comparison.contrast import ACCURACY, Agreement, Contrast, Measure
from blinplan.design.comparison.endpoints import STEADY_STATE
from blinplan.physiology.model.draw import draw
from blinplan.physiology.model.parameters import load_parameters
from blinplan.physiology.model.people import Bodies
from blinplan.regimen import library
from blinplan.regimen.build import cycle, regimen, step
from blinplan.regimen.regimen import Regimen
from blinplan.reports.design.comparison.lines import reading_lines, who_lines
from blinplan.simulation.admission import fits, limits_of
from blinplan.simulation.dosing import NotEligibleError
from blinplan.simulation.endpoints.asked import AskedEndpoints, UnknownEndpointError
from blinplan.simulation.endpoints.own import WindowError
from blinplan.simulation.endpoints.wording import read_endpoint
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.people.people import People
from tests.benchmarks.bound import GREATEST_ERROR

ESCALATED, FLAT = library.regimen("mt103-206-5-15"), library.regimen("mt103-206-15")


def flat(dose: str, days: int = 28, called: str = "flat", repeat: int = 1) -> Regimen:
    return regimen(called, cycles=[cycle(steps=[step(dose, days=days)], treatment_free_days=14, repeat=repeat)])


def compared(*orders: Regimen, patients: Any = 200, **how: Any) -> PairedComparison:
    named = [NamedRegimen(f"{number}", order) for number, order in enumerate(orders)]
    return compare(named, patients=patients, **how)


def contrast(found: PairedComparison, key: str, place: int = 1, by_day: float | None = None) -> Contrast:
    (of,) = (one.contrasts[place] for one in found.endpoints if (one.key, one.by_day) == (key, by_day))
    assert of is not None
    return of


def all_contrasts(found: PairedComparison, place: int = 1) -> dict[tuple[str, float | None], Contrast]:
    known = ((one.key, one.by_day, one.contrasts[place]) for one in found.endpoints)
    return {(key, by_day): of for key, by_day, of in known if of is not None}


def test_exposure_goes_as_the_dose_in_every_patient() -> None:
    """Of a linear drug, steady states and areas under the curve are as the doses, and doses are what was ordered."""
    found = compared(flat("9 mcg/day"), flat("28 mcg/day"))
    for key in ("steady_state_highest", "auc"):
        ratio = contrast(found, key).estimate
        assert (ratio.value, ratio.low, ratio.high) == pytest.approx((28 / 9,) * 3, rel=1e-12)
    dose = contrast(found, "dose").estimate
    assert (dose.value, dose.low, dose.high) == pytest.approx((28 * 19.0,) * 3)


def test_a_regimen_against_itself_is_equal_to_the_last_bit_in_everything() -> None:
    found = compared(ESCALATED, ESCALATED, asked=AskedEndpoints(by_day=(2.0, 7.0)), cycles=2)
    each = all_contrasts(found)
    assert len(each) > 40
    assert {of.agreement for of in each.values()} == {Agreement.EQUAL}
    ratios = {one.key for one in found.endpoints if one.measure is Measure.RATIO}
    assert {of.estimate.value for (key, _), of in each.items() if key in ratios} == {1.0}
    assert {of.estimate.value for (key, _), of in each.items() if key not in ratios} == {0.0}


def test_a_share_by_a_day_is_of_regimens_under_which_it_is_looked_at_by_then() -> None:
    """After the last dose: of one cycle from day 28 on, and of two from day 70 on. Nobody is compared by day 2."""
    found = compared(
        ESCALATED, replace(ESCALATED, cycles=ESCALATED.cycles[:1]), asked=AskedEndpoints(by_day=(2.0, 30.0))
    )
    each = {of.by_day: of for of in found.endpoints if of.key == "b_recovery_day" and of.by_day is not None}
    assert list(each) == [30.0]
    one = each[30.0].contrasts[1]
    assert one is not None
    assert (one.count, one.other_only, one.reference_only) == (0, 0, 0)
    assert math.isnan(each[30.0].values[0])
    assert 0.0 <= each[30.0].values[1] < 1.0


@pytest.mark.slow
def test_the_first_week_is_the_same_where_regimens_begin_alike() -> None:
    """5 mcg/m² a day throughout against 5, then 15 from day 8: nobody can tell them apart before."""
    five = replace(ESCALATED, cycles=flat("5 mcg/m2/day", repeat=2).cycles)
    found = compared(five, ESCALATED, patients=500, cycles=2, asked=AskedEndpoints(by_day=(2.0, 7.0, 28.0)))
    for key in ("t_nadir", "t_nadir_day"):
        assert contrast(found, key).agreement is Agreement.EQUAL
    assert contrast(found, "b_depleted_day", by_day=7.0).agreement is Agreement.EQUAL
    depleted = contrast(found, "b_depleted_cycle_1")
    assert depleted.other_only > 30
    assert depleted.reference_only == 0
    assert depleted.estimate.low > 0.0
    days = contrast(found, "b_days_depleted_of_28")
    assert days.count == 500
    assert days.estimate.low > 1.0


def test_a_low_first_step_lowers_the_first_peak_of_il6() -> None:
    """15 mcg/m²/day from the first day against 5, then 15: a ratio below 1 that its interval excludes."""
    peak = contrast(compared(FLAT, ESCALATED, patients=500, cycles=1), "il6_peak").estimate
    assert peak.value < peak.high < 1.0


def test_the_other_way_round_is_the_same_with_the_sign_turned() -> None:
    there, back = compared(FLAT, ESCALATED, cycles=1), compared(ESCALATED, FLAT, cycles=1)
    turned = all_contrasts(back)
    for endpoint in there.endpoints:
        one, other = endpoint.contrasts[1], turned[endpoint.key, endpoint.by_day]
        assert one is not None
        here, mirrored = one.estimate, other.estimate
        if endpoint.measure is Measure.RATIO:
            expected = (1 / mirrored.value, 1 / mirrored.high, 1 / mirrored.low)
        else:
            expected = (-mirrored.value, -mirrored.high, -mirrored.low)
        assert (here.value, here.low, here.high) == pytest.approx(expected, rel=1e-12, nan_ok=True)
        assert (one.other_only, one.reference_only) == (other.reference_only, other.other_only)
        assert (one.reference, one.other) == pytest.approx((other.other, other.reference), nan_ok=True)
        assert (one.count, one.agreement) == (other.count, other.agreement)


def test_what_differs_within_the_solvers_accuracy_is_the_same_and_not_equal() -> None:
    """A dose that is off by a millionth: each concentration is another number, which the solver cannot vouch for."""
    nearly = flat("28.00001 mcg/day")
    found = compared(flat("28 mcg/day"), nearly)
    assert contrast(found, "auc").agreement is Agreement.SAME
    assert contrast(found, "il6_peak").agreement in {Agreement.SAME, Agreement.EQUAL}
    assert contrast(compared(flat("28 mcg/day"), flat("28.1 mcg/day")), "auc").agreement is Agreement.DIFFERENT


def test_the_accuracy_is_that_to_which_the_solver_is_held() -> None:
    assert ACCURACY == GREATEST_ERROR


def test_patients_are_those_whom_all_admit_and_it_is_counted_whom_each_refuses() -> None:
    light = replace(FLAT, eligibility=FLAT.eligibility._replace(below_weight=Fraction(80)))
    large = replace(FLAT, eligibility=FLAT.eligibility._replace(minimum_weight=Fraction(60)))
    found = compared(light, large, patients=100, preset="adult-rr")
    people = found.cohort.population()
    assert people.size == 100
    assert ((people.weight_kg >= 60) & (people.weight_kg < 80)).all()
    everybody = draw("adult-rr", found.cohort.draws, 1)
    preset = load_parameters().presets["adult-rr"]
    bodies = Bodies(everybody.age_years, everybody.weight_kg)
    refused = tuple(int((~fits(limits_of(one.eligibility, preset), bodies)).sum()) for one in (light, large))
    assert found.refusals == refused
    assert min(refused) > 0


def test_a_stretch_of_the_patients_is_the_same_people_and_those_refused_are_counted_in_it_alone() -> None:
    light = replace(FLAT, eligibility=FLAT.eligibility._replace(below_weight=Fraction(80)))
    large = replace(FLAT, eligibility=FLAT.eligibility._replace(minimum_weight=Fraction(60)))
    every, first, then = (
        compared(light, large, patients=patients, before=before, preset="adult-rr")
        for patients, before in ((40, 0), (15, 0), (25, 15))
    )
    numbers = [one.cohort.population().numbers.tolist() for one in (every, first, then)]
    assert numbers[0] == numbers[1] + numbers[2]
    assert every.refusals is not None
    assert first.refusals is not None
    assert then.refusals is not None
    assert every.refusals == tuple(map(sum, zip(first.refusals, then.refusals, strict=True)))
    assert min(then.refusals) > 0


def test_where_nobody_is_admitted_by_all_it_says_for_whom_each_is() -> None:
    with pytest.raises(NotEligibleError, match="45 kg and over and rr-below-45-kg is for below 45 kg"):
        compared(library.regimen("rr-adult"), library.regimen("rr-below-45-kg"), patients=10)


def test_a_patient_of_ones_own_whom_one_refuses_is_named_with_the_regimen() -> None:
    people = People(np.array([70.0, 40.0]), np.array([170.0, 150.0]), None, None, None, ("a", "b"), {})
    with pytest.raises(NotEligibleError, match="1"):
        compared(library.regimen("mt103-206-15"), library.regimen("rr-adult"), patients=people)


def test_courses_are_cut_after_the_cycles_that_are_asked_for() -> None:
    found = compared(ESCALATED, library.regimen("rr-adult"), patients=20, cycles=2)
    assert [max(period.cycle for period in arm.periods) for arm in found.arms] == [2, 2]
    assert found.reference.periods == periods(found.reference.regimen)
    assert "b_days_depleted_cycle_3" not in {one.key for one in found.endpoints}


def test_days_depleted_are_compared_in_windows_that_all_courses_have() -> None:
    short = replace(FLAT, cycles=(replace(FLAT.cycles[0], treatment_free=7 * 1440, repeat=2),))
    found = compared(FLAT, short, patients=20, cycles=2)
    keys = [one.key for one in found.endpoints if one.key.startswith("b_days_depleted")]
    assert keys == ["b_days_depleted_of_28", "b_days_depleted_of_70"]
    assert found.left_out == ("b_days_depleted_cycle_1", "b_days_depleted_cycle_2")
    for asked, left_out in (("b_nadir", ()), ("b_days_depleted_cycle_2", ("b_days_depleted_cycle_2",))):
        some = compared(FLAT, short, patients=5, cycles=2, asked=AskedEndpoints((asked,)))
        assert some.left_out == left_out, "what nobody asked for is not told as left out"


def test_who_never_gets_there_counts_with_the_whole_window() -> None:
    """The mean of a time is over all patients: of the four in a hundred whom a median leaves out, it has all days."""
    found = compared(flat("1.5 mcg/m2/day"), flat("15 mcg/m2/day"), patients=300)
    (time,) = (one for one in found.endpoints if one.key == "b_depleted_day")
    of = time.contrasts[1]
    assert of is not None
    assert (time.within, of.count) == (28.0, 300)
    outcome = found.arms[0].outcome
    days = next(quantity.values for quantity in outcome.quantities if quantity.key == "b_depleted_day")
    assert of.reference == pytest.approx(float(np.where(np.isnan(days), 28.0, days).mean()))
    assert of.reference > 15.0


def test_own_endpoints_and_keys_are_asked_for_as_of_a_simulation() -> None:
    own = read_endpoint("IL-6 above 100 pg/mL in cycle 1")
    found = compared(FLAT, ESCALATED, patients=50, asked=AskedEndpoints(("b_nadir",), (own,)))
    assert {one.key for one in found.endpoints} == {"b_nadir", own.key, f"{own.key}_day", f"{own.key}_days"}
    with pytest.raises(UnknownEndpointError, match="b_nadr"):
        compared(FLAT, ESCALATED, patients=5, asked=AskedEndpoints(("b_nadr",)))
    with pytest.raises(WindowError, match="1: day 43"):
        compared(FLAT, flat("15 mcg/m2/day"), patients=5, asked=AskedEndpoints(by_day=(43.0,)))


@pytest.mark.parametrize(
    ("window", "is_compared"),
    [("", False), (" in cycle 1", False), (" by day 20", True), (" from day 3 to day 7", True)],
)
def test_days_of_ones_own_are_compared_where_they_are_counted_out_of_as_many(window: str, is_compared: bool) -> None:
    """Of a course of 20 days and one of 42 the longer had more days with B cells, since it has more days."""
    own = read_endpoint(f"B cells above 10 cells/µL{window}")
    short = regimen("short", cycles=[cycle(steps=[step("28 mcg/day", days=14)], treatment_free_days=6)])
    found = compared(short, flat("28 mcg/day"), patients=20, asked=AskedEndpoints(("dose",), (own,)))
    assert (own.days_key in {one.key for one in found.endpoints}) == is_compared
    assert (own.days_key not in found.left_out) == is_compared
    said = " ".join(reading_lines(found))
    assert (f"under another: days {own.label}." in said) == (not is_compared)
    alike = compared(flat("9 mcg/day"), flat("28 mcg/day"), patients=5, asked=AskedEndpoints(("dose",), (own,)))
    assert own.days_key in {one.key for one in alike.endpoints}
    assert not alike.left_out


def test_it_is_said_where_one_course_is_looked_at_for_longer() -> None:
    """T cells had 210 days to come back in, or 42, and fewer came back under the shorter course."""
    said = " ".join(who_lines(compared(flat("28 mcg/day"), flat("28 mcg/day", repeat=5), patients=5)))
    assert "The courses last from 42 to 210 days: what is of a whole course" in said
    alike = compared(flat("9 mcg/day", repeat=5), flat("28 mcg/day", repeat=5), patients=5, cycles=2)
    assert "The courses last" not in " ".join(who_lines(alike))


def test_three_regimens_are_each_held_against_the_first() -> None:
    found = compared(FLAT, ESCALATED, library.regimen("mt103-206-5-15-30"), patients=50, cycles=1)
    for place in (1, 2):
        alone = compared(FLAT, found.arms[place].regimen, patients=50, cycles=1)
        assert contrast(found, "il6_peak", place) == contrast(alone, "il6_peak")


def test_over_parameter_sets_the_estimate_moves_and_the_patients_stay() -> None:
    found = compared(flat("9 mcg/day"), flat("28 mcg/day"), patients=30, parameter_sets=3)
    assert found.over_sets is not None
    assert found.over_sets.ranges["steady_state_highest", None, 1] == pytest.approx((28 / 9, 28 / 9))
    low, high = found.over_sets.ranges["il6_peak", None, 1]
    assert low <= high


def test_who_goes_off_the_drug_on_a_day_of_their_own_does_so_under_each() -> None:
    """Off after seven days of 9 mcg a day, both regimens have given the same, and all that follows is equal."""
    people = People(np.array([70.0, 82.0]), np.array([170.0, 181.0]), off_drug_minutes=np.array([7.0, 7.0]) * 1440)
    two_steps = regimen(
        "two", cycles=[cycle(steps=[step("9 mcg/day", days=7), step("28 mcg/day", days=21)], treatment_free_days=14)]
    )
    found = compared(flat("9 mcg/day"), two_steps, patients=people)
    assert contrast(found, "dose").other == pytest.approx(63.0)
    assert {of.agreement for (key, _), of in all_contrasts(found).items() if not key.startswith("steady")} <= {
        Agreement.EQUAL,
        Agreement.SAME,
    }


@pytest.mark.parametrize("day", [0.5, 7.0, 7.5, 28.0, 60.0])
def test_the_highest_dose_is_that_which_each_patient_gets(day: float) -> None:
    """Who goes off the drug before the second step gets the first alone: he was left out of the mean."""
    weights = np.array([70.0, 60.0])
    people = People(weights, np.full(2, 175.0), off_drug_minutes=np.array([np.inf, day * 1440]))
    orders = (library.regimen("rr-adult"), flat("9 mcg/day"))
    steady = contrast(compared(*orders, patients=people, asked=AskedEndpoints(("steady_state_highest",))), STEADY_STATE)
    assert steady.count == 2
    (first, second) = (9 / 28, 9 / 28 if day > 7.0 else 1.0)
    assert steady.estimate.value == pytest.approx((first * second) ** 0.5, rel=1e-12)


def test_over_plausible_models_the_shipped_one_is_among_them() -> None:
    found = compared(FLAT, ESCALATED, patients=30, cycles=1, parameter_sets=3, sets=SetsOf.PLAUSIBLE)
    over = found.over_sets
    assert over is not None
    for endpoint in found.endpoints:
        of = endpoint.contrasts[1]
        low, high = over.ranges[endpoint.key, endpoint.by_day, 1]
        assert of is None or np.isnan(of.estimate.value) or low <= of.estimate.value <= high
    assert over.ranges["il6_peak", None, 1][1] < 1.0
    assert over.parameters == ()
