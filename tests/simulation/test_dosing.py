"""What virtual patients get: the order that one patient gets, in floating point and of all at once."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from blinplan.course.events import Period, given_rate, periods
from blinplan.course.patient import AREAS_M2
from blinplan.physiology.model.draw import from_covariates
from blinplan.physiology.model.population import Population
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate
from blinplan.regimen.library import regimen as shipped
from blinplan.simulation.dosing import dosing, followed_up

GENERATOR = np.random.default_rng(7)
AREAS = np.sort([*map(float, AREAS_M2), *GENERATOR.uniform(0.2, 3.0, 38)])


FOR_ALL = replace(shipped("rr-adult"), eligibility=shipped("nhl-15").eligibility)


def orders() -> list[Period]:
    """Orders of all kinds, some of whose caps hold for few patients, for most, or exactly meet the dose of one."""
    whole = periods(shipped("rr-adult"))[0]
    amounts = [Fraction(int(number), 7) for number in GENERATOR.integers(1, 400, 30)]
    by_area = [
        replace(whole, dose=DoseRate(amount, Basis.BSA), cap=None if cap is None else DoseRate(cap, Basis.FLAT))
        for amount in amounts
        for cap in (None, Fraction(9), amount * Fraction(AREAS[20]), amount)
    ]
    flat = [replace(whole, dose=DoseRate(amount, Basis.FLAT), cap=None) for amount in amounts]
    return [*by_area, *flat, replace(whole, dose=None, cap=None, step=0)]


def people_of_all_areas() -> Population:
    size = AREAS.shape
    return from_covariates("adult-rr", weight_kg=np.full(size, 70.0), height_cm=np.full(size, 170.0), bsa_m2=AREAS)


def test_what_many_patients_get_is_what_each_of_them_is_ordered() -> None:
    ordered, people = FOR_ALL, people_of_all_areas()
    capped = 0
    for period in orders():
        (row,) = dosing(ordered, [period], people).rates
        exact = [given_rate(period, Fraction(area)) for area in AREAS]
        assert row == pytest.approx([float(rate) for rate in exact], rel=3e-16)
        if period.cap is not None:
            cap = float(period.cap.amount)
            assert (row <= cap).all()
            capped += int((row == cap).sum())
    assert capped > 500


def test_a_rate_rises_in_somebody_where_it_does_in_the_least_or_the_greatest() -> None:
    """Premedication and escalations are those of the course, whoever is simulated."""
    given = [dosing(FOR_ALL, [period], people_of_all_areas()) for period in orders()]
    everybody, ends = np.vstack([of.rates for of in given]), np.vstack([of.of_the_course for of in given])
    rises = (everybody[:, None] > everybody).any(axis=2)
    assert np.array_equal(rises, (ends[:, None] > ends).any(axis=2))
    assert 0.5 < rises.mean() < 1.0


def test_a_step_up_is_premedicated_and_a_step_down_is_not() -> None:
    """Label of relapsed or refractory disease: an hour before the start, and before an escalation."""
    regimen = shipped("rr-adult")
    low, high = periods(regimen)[:2]
    down = [replace(low, dose=high.dose), replace(high, dose=low.dose)]
    people = from_covariates("adult-rr", weight_kg=np.array([70.0]), height_cm=np.array([170.0]))
    assert dosing(regimen, [low, high], people).premedication_minutes == (-60, 7 * MINUTES_PER_DAY - 60)
    assert dosing(regimen, down, people).premedication_minutes == (-60,)


def test_days_that_follow_the_last_infusion_are_a_free_interval() -> None:
    whole = periods(shipped("rr-adult"))
    *given, free = whole
    *before, added = followed_up(tuple(given), 14)
    assert (before, replace(added, path=free.path)) == (given, free)
    assert followed_up(whole, 0) == whole
