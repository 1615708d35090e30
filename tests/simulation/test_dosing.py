"""What virtual patients get: the order that one patient gets, in floating point and of all at once."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from blinplan.course.events import Period, given_rate, periods
from blinplan.physiology.model.draw import from_covariates
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen.library import regimen as shipped
from blinplan.simulation.dosing import dosing

GENERATOR = np.random.default_rng(7)
AREAS = np.sort(GENERATOR.uniform(0.2, 3.0, 40))


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


def test_what_many_patients_get_is_what_each_of_them_is_ordered() -> None:
    ordered = replace(shipped("rr-adult"), eligibility=shipped("nhl-15").eligibility)
    people = from_covariates(
        "adult-rr",
        weight_kg=np.full(AREAS.shape, 70.0),
        height_cm=np.full(AREAS.shape, 170.0),
        bsa_m2=AREAS,
    )
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
