"""A user's own patients."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from blinplan.course.patient import patient
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.draw import draw
from blinplan.regimen import library
from blinplan.regimen.age import read_age
from blinplan.regimen.regimen import Regimen
from blinplan.simulation.dosing import NotEligibleError, require_one_age_group
from blinplan.simulation.people.people import People, PeopleError
from blinplan.simulation.people.read import read_people
from blinplan.simulation.trials.run import run

TABLE = "weight_kg,height_cm,female\n70,176,0\n52.5,160,1\n"


def adult() -> Regimen:
    return library.regimen("rr-adult")


def test_a_table_becomes_patients_in_its_order() -> None:
    people = read_people(TABLE, "mine.csv")
    assert people.weight_kg.tolist() == [70.0, 52.5]
    assert people.height_cm.tolist() == [176.0, 160.0]
    assert people.female is not None
    assert people.female.tolist() == [0.0, 1.0]
    assert people.age_years is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "mine.csv:1"),
        ("weight_kg,height_cm\n", "no patients"),
        ("weight_kg\n70\n", "height_cm"),
        ("weight_kg,height_cm,colour\n70,170,red\n", "colour"),
        ("weight_kg,weight_kg,height_cm\n70,70,170\n", "once"),
        ("weight_kg,height_cm\n70,170\nabc,170\n", "mine.csv:3: weight_kg is 'abc'"),
        ("weight_kg,height_cm\n70,1.70\n", "mine.csv:2: height is 1.7 cm; a patient here has 30 to 250 cm"),
        ("weight_kg,height_cm\n70,nan\n", "mine.csv:2"),
        ("weight_kg,height_cm\n7_0,170\n", "mine.csv:2: weight_kg is '7_0'"),
        ("weight_kg,height_cm\n70,\u0661\u0667\u0660\n", "mine.csv:2: height_cm is '\u0661\u0667\u0660'"),
        ("weight_kg,height_cm\n70\n", "1 cells"),
        ("weight_kg,height_cm,female\n70,170,0.5\n", "female is '0.5'"),
        ('weight_kg,height_cm\n"70,170\n', "mine.csv"),
    ],
)
def test_a_bad_table_says_where_and_why(table: str, said: str) -> None:
    with pytest.raises(PeopleError, match=r"mine\.csv") as caught:
        read_people(table, "mine.csv")
    assert said in str(caught.value)


def test_own_patients_carry_the_random_effects_of_the_seed() -> None:
    drawn = draw("adult-rr", 2, seed=5)
    rows = zip(drawn.weight_kg.tolist(), drawn.height_cm.tolist(), drawn.bsa_m2.tolist(), strict=True)
    table = "weight_kg,height_cm,bsa_m2\n" + "".join(f"{w!r},{h!r},{b!r}\n" for w, h, b in rows)
    given = run(adult(), patients=read_people(table, "mine.csv"), seed=5)
    same = run(adult(), patients=2, seed=5)
    np.testing.assert_array_equal(given.population.clearance, same.population.clearance)
    for mine, theirs in zip(given.quantities, same.quantities, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values)


def of_ages(*years: float) -> People:
    sizes = {age: "70,170" if age >= 15 else "12,85" for age in years}
    rows = "".join(f"{sizes[age]},{age}\n" for age in years)
    return read_people(f"weight_kg,height_cm,age_years\n{rows}", "mine.csv")


def test_own_patients_are_of_ages_that_the_regimen_is_for() -> None:
    old = replace(adult(), eligibility=adult().eligibility._replace(minimum_age=Fraction(65)))
    assert run(old, patients=of_ages(65, 80)).outcome.trial.population.age_years.tolist() == [65, 80]
    with pytest.raises(NotEligibleError, match="65 years and over; 1 of 2 virtual patients are 64 years old"):
        run(old, patients=of_ages(64, 80))
    assert run(old, patients=read_people(TABLE, "mine.csv")).population.size == 2  # of unknown ages
    infants = replace(adult(), eligibility=adult().eligibility._replace(minimum_weight=None, below_age=Fraction(1)))
    with pytest.raises(NotEligibleError, match="2 of 2 virtual patients are 1 to 2 years old"):
        run(infants, patients=of_ages(1, 2))


@pytest.mark.parametrize(
    ("head", "rows", "who"),
    [
        ("", ["80", "40.5", "70", "44"], "2 of 4 virtual patients weigh 40.5 to 44 kg (patients 2, 4)"),
        ("", ["80", "40"], "1 of 2 virtual patients weigh 40 kg (patient 2)"),
        ("id,", ["A,80", "B,40", "C,45"], "1 of 3 virtual patients weigh 40 kg (id B)"),
        ("id,", [f"{name},40" for name in "ABCDE"], "5 of 5 virtual patients weigh 40 kg (id A, B, C, D, E)"),
        ("id,", [f"{name},40" for name in "ABCDEF"], "weigh 40 kg (id A, B, C, D, E, and 1 more)"),
    ],
)
def test_who_is_not_admitted_is_named(head: str, rows: list[str], who: str) -> None:
    table = "\n".join([f"{head}weight_kg,height_cm", *(f"{row},160" for row in rows)])
    with pytest.raises(NotEligibleError) as refused:
        run(adult(), patients=read_people(table, "mine.csv"))
    assert str(refused.value).endswith(who)


DAY = 24 * 60


@pytest.mark.parametrize(
    ("name", "years", "days"),
    [("rr-adult", 40, [0, 7, 42, 84, 126, 168]), ("rr-adult", 15, [0, 7]), ("mrd-adult", 40, [0, 42, 84, 126])],
)
def test_virtual_patients_have_the_premedication_of_their_age(name: str, years: float, days: list[int]) -> None:
    ran = run(library.regimen(name), patients=of_ages(years), options=Options(premedication=True))
    assert list(ran.outcome.trial.dosing.premedication_minutes) == [day * DAY - 60 for day in days]


def test_adults_and_children_are_not_premedicated_in_one_simulation() -> None:
    with pytest.raises(NotEligibleError, match="simulate them apart"):
        run(adult(), patients=of_ages(15, 40), options=Options(premedication=True))
    assert run(adult(), patients=of_ages(15, 40)).population.size == 2


def test_what_is_given_to_all_alike_is_given_to_adults_and_children_in_one_simulation() -> None:
    ages = np.array([15.0, 40.0])
    require_one_age_group(library.regimen("rr-2014"), ages)
    with pytest.raises(NotEligibleError):
        require_one_age_group(adult(), ages)


def test_the_typical_patient_is_of_the_age_that_is_given() -> None:
    whom = patient(Fraction(60), Fraction(165), age=read_age("15"))
    ran = run(adult(), patients=None, patient=whom, options=Options(premedication=True))
    assert ran.population.age_years.tolist() == [15]
    assert len(ran.outcome.trial.dosing.premedication_minutes) == 2
