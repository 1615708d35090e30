"""What can be varied: a value at a path of the regimen's file, of the model or of the patients, exact and no other."""

import pickle
from fractions import Fraction

import numpy as np
import pytest

from blinplan.design.variation.axis import AxisError, Point, points
from blinplan.design.variation.bodies import with_bodies
from blinplan.design.variation.reading import read_axis, varied_parameters
from blinplan.design.variation.variant import preset_at, vary
from blinplan.physiology.model.draw import draw, from_covariates
from blinplan.physiology.model.parameters import load_parameters
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from tests.read_text import regimen_in

ADULTS = load_parameters().presets["adult-rr"]
CHILDREN = load_parameters().presets["child"]


def shipped(name: str) -> Regimen:
    return regimen_in(library.paths()[name].read_text(encoding="utf-8"))


LABEL, FLAT, CAPPED = shipped("rr-adult"), shipped("nhl-5"), shipped("rr-below-45-kg")


def all_points(regimen: Regimen, *axes: str) -> list[Point]:
    return list(points([read_axis(axis, regimen, ADULTS) for axis in axes]))


def varied(regimen: Regimen, *axes: str) -> list[Regimen]:
    return [vary(regimen, point) for point in all_points(regimen, *axes)]


def doses(regimen: Regimen) -> list[Fraction]:
    return [step.dose.amount for step in regimen.steps]


def lengths(regimen: Regimen) -> list[Fraction]:
    return [Fraction(step.minutes, MINUTES_PER_DAY) for step in regimen.steps]


def told(regimen: Regimen, *axes: str) -> str:
    with pytest.raises(AxisError) as caught:
        varied(regimen, *axes)
    return f"{caught.value.message}; {caught.value.advice}"


def test_one_dose_is_varied_and_nothing_else() -> None:
    low, same, high = varied(LABEL, "cycle.1.step.1.dose=4.5,9,14")
    assert [doses(one) for one in (low, same, high)] == [[Fraction(first), 28, 28, 28] for first in ("4.5", "9", "14")]
    assert same == LABEL
    assert lengths(low) == lengths(LABEL)


def test_lengths_hours_intervals_caps_and_repeats() -> None:
    assert lengths(varied(LABEL, "cycle.1.step.1.days=4")[0]) == [4, 21, 28, 28]
    assert lengths(varied(LABEL, "cycle.1.step.1.hours=36")[0])[0] == Fraction(3, 2)
    free = varied(LABEL, "cycle.2.treatment_free_days=7")[0]
    assert [cycle.treatment_free // MINUTES_PER_DAY for cycle in free.cycles] == [14, 7, 14]
    assert [cycle.repeat for cycle in varied(LABEL, "cycle.3.repeat=1")[0].cycles] == [1, 1, 1]
    cap = varied(CAPPED, "cycle.1.step.1.max=12.5")[0].steps[0].cap
    assert cap is not None
    assert cap.amount == Fraction("12.5")


def test_all_steps_of_one_dose_take_another() -> None:
    assert [doses(one) for one in varied(FLAT, "dose=0.5,1.5,60 mcg/m2/day")] == [
        [Fraction("0.5")],
        [Fraction("1.5")],
        [60],
    ]


def test_factors_are_exact_and_of_every_step_its_own() -> None:
    third = varied(LABEL, "dose=x0.3")[0]
    assert doses(third) == [Fraction("2.7"), Fraction("8.4"), Fraction("8.4"), Fraction("8.4")]
    assert [varied(LABEL, f"dose={mark}1")[0] for mark in ("x", "×", "*")] == [LABEL] * 3


def test_a_cycle_alone_stands_for_its_steps_and_a_step_for_that_of_all_cycles() -> None:
    assert doses(varied(LABEL, "cycle.1.dose=x2")[0]) == [18, 56, 28, 28]
    assert doses(varied(LABEL, "step.1.dose=x2")[0]) == [18, 28, 56, 56]


def test_a_range_has_both_ends_and_no_rounding() -> None:
    amounts = [doses(one)[0] for one in varied(FLAT, "dose=0.1:0.7:0.1")]
    assert amounts == [Fraction(tenth, 10) for tenth in range(1, 8)]
    assert [doses(one)[0] for one in varied(FLAT, "dose=1,5:10:2")] == [1, 5, 7, 9]


def test_the_last_axis_moves_first() -> None:
    found = [
        (doses(one)[0], lengths(one)[0]) for one in varied(LABEL, "cycle.1.step.1.dose=9,14", "cycle.1.step.1.days=4,7")
    ]
    assert [tuple(map(float, pair)) for pair in found] == [(9, 4), (9, 7), (14, 4), (14, 7)]


def test_parameters_are_of_the_population_and_in_their_unit() -> None:
    points_of = all_points(LABEL, "parameters.lysis_ec50=x0.5,x1,20,30 pg/mL")
    now = ADULTS.value("lysis_ec50")
    assert [preset_at(ADULTS, point).value("lysis_ec50") for point in points_of] == [0.5 * now, now, 20.0, 30.0]
    assert preset_at(ADULTS, points_of[1]).parameters == ADULTS.parameters
    assert vary(LABEL, points_of[0]) is LABEL
    others = [key for key in ADULTS.parameters if key != "lysis_ec50"]
    assert all(preset_at(ADULTS, points_of[0]).value(key) == ADULTS.value(key) for key in others)


def test_heavier_patients_are_the_same_people_otherwise() -> None:
    people = draw(ADULTS, 40, 3)
    (same,), (heavy,) = (all_points(LABEL, axis) for axis in ("weight=x1", "weight=100"))
    unchanged = with_bodies(people, ADULTS, same)
    assert np.array_equal(unchanged.clearance, people.clearance)
    assert np.array_equal(unchanged.bsa_m2, people.bsa_m2)
    found = with_bodies(people, ADULTS, heavy)
    given = from_covariates(ADULTS, weight_kg=np.full(40, 100.0), height_cm=people.height_cm, seed=3)
    np.testing.assert_allclose(found.bsa_m2, given.bsa_m2, rtol=1e-12)
    np.testing.assert_allclose(found.clearance, given.clearance, rtol=1e-12)
    assert np.array_equal(found.lysis_ec50, people.lysis_ec50)
    assert found.seed is None


def test_an_area_that_is_varied_does_not_follow_the_weight() -> None:
    people = draw(ADULTS, 10, 1)
    (point,) = all_points(LABEL, "weight=x1.5", "bsa=2")
    assert (with_bodies(people, ADULTS, point).bsa_m2 == 2.0).all()


def test_what_is_varied_can_be_sent_to_another_process() -> None:
    for point in all_points(LABEL, "cycle.1.step.1.dose=x0.5", "parameters.kill_rate=x2", "weight=70"):
        assert pickle.loads(pickle.dumps(point)) == point  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        ("cycle.1.step.1.days=3.5", "`days` is the number 3.5; `days` is a whole number of days, 1 to 366"),
        ("cycle.1.step.1.days=x0.5", "cycle.1.step.1.days=x0.5: `days` is the number 3.5"),
        ("cycle.1.step.1.dose=5 mg/day", "doses are in micrograms (1 mg = 1,000 mcg)"),
        ("cycle.1.step.1.dose=5 mcg/m2/day", "are not mixed in one regimen"),
        ("cycle.1.step.1.dose=0", "a dose is more than 0"),
        ("cycle.1.step.1.dose=-3", "a dose is more than 0"),
        ("cycle.3.repeat=40", "`repeat` is the number 40"),
        ("max=9", "a flat dose has a cap"),
    ],
)
def test_a_bad_value_has_the_problem_that_it_has_in_a_file(axis: str, words: str) -> None:
    found = told(LABEL, axis)
    assert found.startswith(axis)
    assert words in found


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        ("dose=5,9", "9 mcg/day (cycle.1.step.1.dose); 28 mcg/day (cycle.1.step.2.dose, cycle.2.step.1.dose"),
        ("dose=5,9", "vary all by factors: dose=x0.5,x1,x2"),
        ("cycle.5.treatment_free_days=7", "cycle.3 (Cycles 3 to 5)"),
        ("cycle.1.step.3.dose=7", "the steps there are cycle.1.step.1.dose, cycle.1.step.2.dose"),
        ("cycle.0.repeat=7", "there is no cycle.0"),
        ("cycle.1.stp.1.dose=7", "did you mean cycle.1.step.1.dose?"),
        ("cycle.1.step.1.repeat=2", "write cycle.1.repeat"),
        ("lysis_ec50=x2", "did you mean parameters.lysis_ec50?"),
        ("parameters.lysis_ec5=x2", "did you mean parameters.lysis_ec50?"),
        ("parameters.residual_error=x2", "on which virtual patients depend"),
        ("parameters.lysis_ec50=much", "that is no number"),
        ("parameters.lysis_ec50=x100000", "is outside of what the model takes"),
        ("parameters.lysis_hill=x1.3", "5.2 is not whole"),
        ("title=x", "cycle.1.step.1, cycle.1.step.2"),
        ("weight=700", "no patient has that"),
        ("weight=x0", "no patient has that"),
        ("age=old", "that is no number"),
        ("dose", "says no values"),
        ("=5", "says no values"),
        ("cycle.1.step.1.dose=", "has no value"),
        ("cycle.1.step.1.dose=5,,9", "has no value between two commas"),
        ("cycle.1.step.1.dose=9,9.0", "has 9.0 twice"),
        ("cycle.1.step.1.dose=60:5:5", "a range goes up"),
        ("cycle.1.step.1.dose=5:60:0", "a range goes up"),
        ("cycle.1.step.1.dose=1:9:0.001", "more than 1,000 values"),
        ("cycle.1.step.1.max=x2", "has none there to be multiplied"),
    ],
)
def test_an_axis_that_cannot_be_says_what_there_is(axis: str, words: str) -> None:
    assert words in told(LABEL, axis)


def test_the_parameters_are_those_on_which_patients_depend() -> None:
    assert "residual_error" not in varied_parameters(ADULTS)
    assert set(varied_parameters(CHILDREN)) == set(varied_parameters(ADULTS))


def test_what_an_axis_is_called() -> None:
    def head(axis: str, regimen: Regimen = LABEL) -> str:
        return read_axis(axis, regimen, ADULTS).head

    assert head("dose=5", FLAT) == "Dose (mcg/m²/day)"
    assert head("dose=x2", FLAT) == "Dose, × 5 mcg/m²/day"
    assert head("dose=x2") == "Dose, ×"
    assert head("cycle.3.treatment_free_days=7") == "Cycles 3 to 5 treatment-free (days)"
    assert head("parameters.lysis_ec50=x2") == f"lysis_ec50, × {ADULTS.value('lysis_ec50'):g} pg/mL"
    assert head("cycle.1.repeat=2") == "Cycle 1 times given"
