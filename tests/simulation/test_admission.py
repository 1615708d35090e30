"""Virtual patients are those whom a regimen admits, and the same person of a seed is the same person under all."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from blinplan.physiology import draw, load_parameters
from blinplan.physiology.model.people import MOST_DRAWN, TooFewError
from blinplan.physiology.model.population import Population
from blinplan.regimen import library
from blinplan.regimen.regimen import Eligibility, Regimen
from blinplan.simulation.admission import admitted_patients, admitted_typical, limits_of
from blinplan.simulation.dosing import NotEligibleError
from blinplan.simulation.trials.run import run


def regimen_for(who: Eligibility, name: str = "rr-adult") -> Regimen:
    return replace(library.regimen(name), eligibility=who)


FROM_50 = Eligibility(minimum_weight=Fraction(50))
FROM_20_TO_40 = Eligibility(minimum_weight=Fraction(20), below_weight=Fraction(40))
INFANTS = Eligibility(below_age=Fraction(1), population="child")
FROM_60_YEARS = Eligibility(minimum_weight=Fraction(45), minimum_age=Fraction(60))


@pytest.mark.parametrize("who", [FROM_50, FROM_20_TO_40, INFANTS, FROM_60_YEARS], ids=str)
def test_everybody_is_admitted_and_is_who_that_number_is(who: Eligibility) -> None:
    regimen = regimen_for(who)
    people = admitted_patients(regimen, regimen.virtual_population, 300, 7)
    assert people.size == 300
    for weight, age in zip(people.weight_kg, people.age_years, strict=True):
        assert who.admits(Fraction(float(weight)))
        assert who.minimum_age is None or age >= who.minimum_age
        assert who.below_age is None or age < who.below_age
    numbers = people.numbers.astype(int)
    assert people.draws == numbers[-1] + 1 > 300
    everybody = draw(regimen.virtual_population, people.draws, 7)
    for of in ("weight_kg", "age_years", "bsa_m2", "clearance", "b_cells", "kill_rate", "cytokine_release"):
        assert np.array_equal(getattr(everybody, of)[..., numbers], getattr(people, of)), of


def test_nobody_who_is_admitted_is_passed_over() -> None:
    people = admitted_patients(regimen_for(FROM_50), "adult-rr", 300, 7)
    everybody = draw("adult-rr", people.draws, 7)
    assert np.flatnonzero(everybody.weight_kg >= 50.0).tolist() == people.numbers.astype(int).tolist()


def test_more_patients_begin_with_the_same() -> None:
    few, many = (admitted_patients(regimen_for(FROM_20_TO_40), "child", count, 3) for count in (100, 2000))
    assert np.array_equal(many.numbers[:100], few.numbers)
    assert np.array_equal(many.clearance[:100], few.clearance)


@pytest.mark.parametrize("name", ["rr-adult", "rr-below-45-kg", "mrd-adult", "hk-first-relapse"])
def test_a_regimen_that_admits_all_gets_those_that_were_drawn(name: str) -> None:
    """For adolescents of 45 kg and over, of whom no population has any, it is adults."""
    regimen = library.regimen(name)
    assert same(
        admitted_patients(regimen, regimen.virtual_population, 1000, 1), draw(regimen.virtual_population, 1000, 1)
    )


def same(one: Population, other: Population) -> bool:
    return np.array_equal(one.numbers, other.numbers) and np.array_equal(one.clearance, other.clearance)


@pytest.mark.parametrize(
    ("who", "population"),
    [
        (Eligibility(), "adult-rr"),
        (FROM_50, "adult-rr"),
        (FROM_20_TO_40, "child"),
        (Eligibility(below_weight=Fraction(60)), "child"),
        (Eligibility(minimum_weight=Fraction(45), below_weight=Fraction(60)), "adult-rr"),
        (Eligibility(below_age=Fraction(18)), "child"),
        (Eligibility(minimum_age=Fraction(1), below_age=Fraction(10)), "child"),
        (Eligibility(minimum_age=Fraction(18), below_age=Fraction(31)), "adult-rr"),
        (Eligibility(minimum_weight=Fraction(45), below_age=Fraction(18)), "adult-rr"),
        (INFANTS, "child"),
    ],
    ids=str,
)
def test_which_population_stands_for_them(who: Eligibility, population: str) -> None:
    regimen = regimen_for(who)
    assert regimen.virtual_population == population
    assert admitted_patients(regimen, population, 50, 1).size == 50


@pytest.mark.parametrize(
    "who",
    [
        Eligibility(minimum_weight=Fraction(200)),
        Eligibility(minimum_weight=Fraction(45), minimum_age=Fraction(90)),
        Eligibility(minimum_age=Fraction(16), below_weight=Fraction(45)),
        Eligibility(minimum_weight=Fraction(50), below_weight=Fraction(5001, 100)),
    ],
    ids=str,
)
def test_a_range_that_hardly_anybody_fits_ends_with_what_was_drawn(who: Eligibility) -> None:
    regimen = regimen_for(who)
    with pytest.raises(NotEligibleError, match=f"of {20 * MOST_DRAWN:,} people drawn of"):
        admitted_patients(regimen, regimen.virtual_population, 20, 1)


def test_where_too_few_fit_they_are_counted() -> None:
    with pytest.raises(TooFewError) as error:
        draw("adult-rr", 10, 1, wanted=lambda bodies: bodies.weight_kg > 125.0)
    assert (error.value.drawn, 0 < error.value.found < 10) == (10 * MOST_DRAWN, True)


def test_the_typical_patient_is_one_who_is_admitted() -> None:
    heavy = regimen_for(Eligibility(minimum_weight=Fraction(90)))
    assert 90.0 <= admitted_typical(heavy, "adult-rr").weight_kg[0] < 130.0
    assert same(
        admitted_typical(regimen_for(FROM_50), "adult-rr"), admitted_typical(library.regimen("rr-adult"), "adult-rr")
    )
    assert run(heavy, patients=20).population.size == 20


def test_age_chooses_only_where_the_population_has_people_of_both_sides() -> None:
    presets = load_parameters().presets
    adolescents = Eligibility(minimum_weight=Fraction(45), below_age=Fraction(18))
    assert limits_of(adolescents, presets["adult-rr"]).below_age is None
    assert limits_of(adolescents, presets["child"]).below_age == 18
