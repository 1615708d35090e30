"""What was delivered of what was planned."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from blinplan.course.dated import Dated, date_course
from blinplan.course.events import Course, expand
from blinplan.course.patient import AreaFormula, Patient
from blinplan.physiology import draw
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.reports.plan.simulated.delivered import delivered_json, delivered_report
from blinplan.reports.plan.simulated.pairs import pairs_json
from blinplan.simulation.delivered import Delivered, Delivery, compare_delivery, delivered_cycles, delivery
from blinplan.simulation.paired import Paired, PairedQuantity, PairedShare
from blinplan.simulation.people.read import read_people
from blinplan.terminal import PLAIN


@pytest.fixture(scope="module")
def planned() -> Course:
    regimen = library.regimen("rr-adult")
    return expand(regimen, Patient(weight=Fraction(70)))


def short(course: Course, cycles: int) -> Course:
    """The first cycles of a course."""
    return replace(course, events=tuple(event for event in course.events if event.period.cycle <= cycles))


def test_a_cycle_delivers_what_its_days_add_up_to(planned: Course) -> None:
    first = delivery(planned, 1)
    # 7 days of 9 mcg and 21 of 28, then 14 days without.
    assert first == Delivery(28 * MINUTES_PER_DAY, 42 * MINUTES_PER_DAY, Fraction(7 * 9 + 21 * 28))
    assert first.intensity() == Fraction(7 * 9 + 21 * 28) * 7 / 42


def test_the_whole_course_is_the_sum_of_its_cycles(planned: Course) -> None:
    *cycles, whole = delivered_cycles(planned, planned)
    assert whole.cycle is None
    assert sum(cycle.delivered.micrograms for cycle in cycles) == whole.delivered.micrograms
    assert whole.relative_intensity == 1


def test_a_cycle_that_never_came_delivers_nothing(planned: Course) -> None:
    cycles = {cycle.cycle: cycle for cycle in delivered_cycles(short(planned, 1), planned)}
    assert cycles[1].relative_intensity == 1
    assert cycles[2].delivered == Delivery(0, 0, Fraction(0))
    assert cycles[2].relative_intensity == 0


def test_a_course_that_was_cut_short_is_no_more_intense_for_it(planned: Course) -> None:
    whole = delivered_cycles(short(planned, 1), planned)[-1]
    # The time that was planned counts, or a single cycle would seem as intense as five.
    assert whole.relative_intensity == whole.delivered.micrograms / whole.planned.micrograms


def test_nothing_planned_has_no_relative_intensity(planned: Course) -> None:
    nothing = replace(planned, events=())
    assert delivered_cycles(planned, nothing)[0].relative_intensity is None


@pytest.fixture(scope="module")
def on_calendar(planned: Course) -> Dated:
    return date_course(planned, datetime(2026, 11, 2, 10, tzinfo=UTC), None, None)


@pytest.fixture(scope="module")
def found(on_calendar: Dated) -> Delivered:
    return compare_delivery(on_calendar, patients=20, seed=5)


def test_a_course_that_went_as_planned_is_the_plan_in_every_patient(found: Delivered) -> None:
    assert found.outcome.trial.population.size == 20
    assert found.outcome.trial.seed == found.planned.trial.seed == 5
    assert not found.overdosed
    assert {quantity.key for quantity in found.pairs.quantities} >= {"auc", "b_nadir", "il6_peak"}
    for quantity in found.pairs.quantities:
        np.testing.assert_array_equal(quantity.first, quantity.second)
    assert all(share.discordant == 0 for share in found.pairs.shares)


def test_a_shorter_course_is_compared_in_the_same_patients(on_calendar: Dated) -> None:
    cut = compare_delivery(replace(on_calendar, course=short(on_calendar.course, 1)), patients=20, seed=5)
    exposure = next(quantity.ratio for quantity in cut.pairs.quantities if quantity.key == "auc")
    # Exposure is dose over clearance, so that each patient's own ratio is that of the doses.
    whole = cut.cycles[-1]
    assert whole.relative_intensity is not None
    np.testing.assert_allclose(exposure, float(whole.relative_intensity), rtol=0.01)


def test_under_plausible_models_the_same_patients_go_through_both_courses_again(on_calendar: Dated) -> None:
    shorter = replace(on_calendar, course=short(on_calendar.course, 1))
    done: list[int] = []
    both = compare_delivery(shorter, patients=10, seed=5, models=2, progress=done.append)
    assert done == sorted(done)
    assert done[-1] == 3 * 2 * 10
    assert len(both.models) == 2
    pairs = [{one.key: one for one in each.quantities} for each in (both.pairs, *both.models)]
    for one in pairs:  # how much of the dose came is no matter of the model, and how few B cells are left is
        np.testing.assert_allclose(one["auc"].ratio, pairs[0]["auc"].ratio)
    assert len({float(np.median(one["b_nadir"].second)) for one in pairs}) == 3
    told = " ".join(PLAIN.render(*delivered_report(both, PLAIN)).split())
    assert "from the least to the greatest median, half, share or count of the shipped model and 2 plausible" in told
    with pytest.raises(ValueError, match="draw the patients again"):
        compare_delivery(shorter, patients=draw("adult-rr", 2, seed=1), models=2)


def test_a_time_a_share_and_a_number_have_each_their_range_over_models(found: Delivered) -> None:
    """Under one model 8 of 20 are depleted after a day and 12 never, and as planned all after 2; under one all soon."""
    day, nadir = (
        next(one for one in found.pairs.quantities if one.key == key) for key in ("b_depleted_day", "b_nadir")
    )
    share = next(one for one in found.pairs.shares if one.key == "b_depleted_cycle_1")
    assert share.both == share.total == 20  # all are, under the shipped model, and no sooner and no later
    slow = replace(day, first=np.where(np.arange(20) < 8, 1.0, np.nan), second=np.full(20, 2.0))
    quick = replace(day, first=np.full(20, 0.25), second=np.full(20, 0.5))
    deep = replace(nadir, first=np.full(20, 1e-12), second=np.full(20, 4e-12))
    slow_share = replace(share, both=8, second_only=12)
    models = under(found.pairs, slow, share=slow_share), under(found.pairs, quick, deep, share=share)
    over = replace(found, models=models)
    written = {one["key"]: one for kind in ("endpoints", "shares") for one in pairs_json(over)[kind]}
    assert range_of(written["b_depleted_day"]["delivered"], "median") == (0.25, None)  # by half of them never
    assert range_of(written["b_depleted_day"]["planned"], "median") == (0.5, 2.0)
    assert range_of(written["b_depleted_day"], "sooner") == (0, 20)
    assert range_of(written["b_depleted_day"], "later") == (0, 12)
    assert range_of(written["b_nadir"]["delivered"], "median") == (1e-12, np.median(nadir.first))
    assert range_of(written["b_nadir"], "ratio") == (0.25, 1.0)
    assert range_of(written["b_depleted_cycle_1"]["delivered"], "share") == (0.4, 1.0)
    assert range_of(written["b_depleted_cycle_1"]["planned"], "share") == (1.0, 1.0)
    assert range_of(written["b_depleted_cycle_1"], "difference") == (-0.6, 0.0)
    told = " ".join(PLAIN.render(*delivered_report(over, PLAIN)).split())
    for cell in ("half [0.500 to 2.00]", "sooner [0 to 20]", "later [0 to 12]", "[40.0 to 100.0 %]", "[-60.0 to +0.0]"):
        assert cell in told
    assert not any("over_models" in key for one in pairs_json(found)["endpoints"] for key in one)  # nobody asked


def under(pairs: Paired, *quantities: PairedQuantity, share: PairedShare) -> Paired:
    """The same patients under another model, by which some endpoints are others."""
    others = {one.key: one for one in quantities}
    shares = tuple(share if one.key == share.key else one for one in pairs.shares)
    return Paired(tuple(others.get(one.key, one) for one in pairs.quantities), shares)


def range_of(entry: dict[str, Any], what: str) -> tuple[Any, Any]:
    return entry[f"{what}_over_models_least"], entry[f"{what}_over_models_greatest"]


def test_a_population_that_was_drawn_goes_through_both_courses_as_it_is(on_calendar: Dated) -> None:
    people = draw("adult-rr", 5, seed=99)
    idle = replace(people, kill_rate=np.zeros(5))
    both = compare_delivery(on_calendar, patients=idle)
    assert both.outcome.trial.population is both.planned.trial.population
    assert both.outcome.trial.seed is None  # nobody can draw them again
    np.testing.assert_array_equal(both.outcome.trial.population.clearance, idle.clearance)
    nadir = next(quantity for quantity in both.pairs.quantities if quantity.key == "b_nadir")
    np.testing.assert_allclose(nadir.first, idle.b_cells)


def test_progress_counts_on_through_both_courses(on_calendar: Dated) -> None:
    done: list[int] = []
    compare_delivery(on_calendar, patients=5, progress=done.append)
    assert done == sorted(done)
    assert done[-1] == 10


def test_a_patient_off_the_drug_has_a_course_of_their_own_in_both(on_calendar: Dated) -> None:
    """Three adults of one body, of whom the second goes off the drug on day 7: nothing of 28 mcg/day comes to them."""
    text = "id,weight_kg,height_cm,age_years,off_drug_day\na,70,175,40,\nb,70,175,40,7\nc,70,175,40,\n"
    table = read_people(text, "people.csv", AreaFormula.MOSTELLER, library.regimen)
    held = compare_delivery(replace(on_calendar, course=short(on_calendar.course, 2)), patients=table, seed=5)
    exposure = next(pair for pair in held.pairs.quantities if pair.key == "auc")
    cycles = [float(held.cycles[-1].delivered.micrograms), float(held.cycles[-1].planned.micrograms)]
    for values, micrograms in zip((exposure.first, exposure.second), cycles, strict=True):
        clearance = held.outcome.trial.population.clearance
        given = values * clearance / (values * clearance)[0] * micrograms
        np.testing.assert_allclose(given, [micrograms, 7 * 9, micrograms], rtol=0.01)
    assert exposure.ratio[1] == pytest.approx(1.0)  # of what came before day 7 nothing was left out
    assert exposure.ratio[0] < 0.5
    assert held.off_drug == (1, 0)
    assert "1 of 3 patients goes off the drug" in " ".join(PLAIN.render(*delivered_report(held, PLAIN)).split())
    assert delivered_json(held)["simulated"]["off_drug"] == 1
    under = compare_delivery(on_calendar, patients=table, seed=5, models=1).models[0]
    peak = next(pair for pair in under.quantities if pair.key == "auc")
    assert (peak.first < 0.1 * peak.first.max()).tolist() == [False, True, False]
