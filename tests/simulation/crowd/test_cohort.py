"""Patients who are drawn some at a time are the same people as those who are drawn at once."""

import pickle
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest

from blinplan.physiology import Population, draw
from blinplan.physiology.model.people import TooFewError, stretches
from blinplan.regimen import library
from blinplan.regimen.regimen import Eligibility
from blinplan.simulation.admission import admitted_cohort, admitted_patients
from blinplan.simulation.crowd.cohort import Cohort, GivenCohort, drawn_cohort

INFANTS = replace(library.regimen("rr-adult"), eligibility=Eligibility(below_age=Fraction(1), population="child"))


def drawn_in_parts(cohort: Cohort, size: int) -> list[Population]:
    return [part.population() for part in cohort.parts(size)]


def are_the_same(parts: list[Population], whole: Population) -> bool:
    arrays = [entry.name for entry in fields(Population) if isinstance(getattr(whole, entry.name), np.ndarray)]
    assert len(arrays) > 20
    return all(
        np.concatenate([getattr(part, name) for part in parts], axis=-1).tobytes() == getattr(whole, name).tobytes()
        for name in arrays
    )


@pytest.mark.parametrize("size", [256, 300, 1024, 5000])
def test_the_size_of_parts_does_not_change_anybody(size: int) -> None:
    cohort = drawn_cohort("adult-rr", 2050, 7)
    parts = drawn_in_parts(cohort, size)
    assert are_the_same(parts, draw("adult-rr", 2050, 7))
    assert max(part.size for part in parts) <= size
    assert (cohort.size, cohort.draws, cohort.before) == (2050, 2050, 0)


@pytest.mark.parametrize("size", [256, 1024])
def test_those_whom_a_regimen_admits_are_the_same_in_parts(size: int) -> None:
    cohort, whole = admitted_cohort(INFANTS, "child", 700, 3), admitted_patients(INFANTS, "child", 700, 3)
    assert are_the_same(drawn_in_parts(cohort, size), whole)
    assert whole.draws == cohort.draws > 5 * 700
    assert (whole.age_years < 1.0).all()


@pytest.mark.parametrize("before", [0, 1, 255, 256, 300, 699])
def test_patients_after_some_of_a_seed_are_those_who_follow_there(before: int) -> None:
    whole = admitted_patients(INFANTS, "child", 700, 3)
    cohort = admitted_cohort(INFANTS, "child", 700 - before, 3, before)
    assert are_the_same(drawn_in_parts(cohort, 256), whole.select(slice(before, 700)))
    of_those_before = admitted_cohort(INFANTS, "child", before, 3).draws if before else 0
    assert cohort.draws == whole.draws - of_those_before  # stretches add up to all people who are drawn


def test_parts_are_the_same_people_where_they_were_sent() -> None:
    (part,) = admitted_cohort(INFANTS, "child", 20, 3).parts(256)
    assert are_the_same([pickle.loads(pickle.dumps(part)).population()], part.population())  # noqa: S301 - our own


def test_patients_who_are_given_are_parted_as_they_are() -> None:
    people = draw("adult-rr", 30, 2)
    cohort = GivenCohort(replace(people, clearance=2.0 * people.clearance))
    assert are_the_same(drawn_in_parts(cohort, 7), cohort.people)
    assert [part.size for part in drawn_in_parts(cohort, 7)] == [6, 6, 6, 6, 6]
    assert [part.size for part in cohort.parts(7, 2)] == [6, 6, 6, 6, 6]  # so few are not worth a second worker


@pytest.mark.parametrize("several", [2, 3, 8])
@pytest.mark.parametrize("patients", [1000, 5000, 20_000])
def test_whoever_works_beside_others_has_as_many_patients_as_they_have(patients: int, several: int) -> None:
    drawn = drawn_cohort("adult-rr", patients, 7)
    for cohort in (drawn, GivenCohort(drawn.population())):
        sizes = [part.size for part in cohort.parts(1024, several)]
        assert sum(sizes) == patients
        assert max(sizes) <= 1024
        each = [sum(sizes[first::several]) for first in range(several)]
        assert max(each) - min(each) <= 2 * 256


def test_hardly_anybody_is_told_before_anybody_is_simulated() -> None:
    with pytest.raises(TooFewError):
        stretches("adult-rr", 10, 1, 256, 0, lambda bodies: bodies.weight_kg < 0.0)
    for patients, seed, before in ((0, 1, 0), (1, -1, 0), (1, 1, -1)):
        with pytest.raises(ValueError, match="at least 1"):
            stretches("adult-rr", patients, seed, 256, before)
