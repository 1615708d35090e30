"""From a regimen as ordered to what the engine takes: which virtual population, and each patient's dose rates."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import isfinite

import numpy as np

from blinplan.course.adulthood import EITHER, adult_from
from blinplan.course.events import Period, rate_in
from blinplan.course.patient import AREAS_M2
from blinplan.course.premedication import given_to, goes_by_age, goes_on, planned_occasions
from blinplan.outside_text import visible
from blinplan.physiology.engine.grid import IntArray
from blinplan.physiology.engine.locate import BoolArray
from blinplan.physiology.model.dosing import Dosing
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.physiology.timetables import escalation_days
from blinplan.quantities import MINUTES_PER_DAY, digits_text, plural
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import AgeGroup


class NotEligibleError(ValueError):
    """Virtual patients whose weight or age the regimen does not admit, or whom it does not treat alike."""


def dosing(
    regimen: Regimen,
    periods: Sequence[Period],
    population: Population,
    off_drug: FloatArray | None = None,
    *,
    premedicated: bool = True,
) -> Dosing:
    """Give every virtual patient the regimen: dose by body surface area and cap, patient by patient.

    ``off_drug`` (N) are minutes from which one gets nothing more; a period begins at each (`part_at`). When
    premedication is due is not found where they are not ``premedicated``.

    Raises
    ------
    NotEligibleError
        When the regimen does not admit the weight of one of the patients.
    """
    admit(regimen, population)
    course = _rates(periods, _ENDS)
    ages = age_groups(regimen, population.age_years)
    due = _premedication(regimen, periods, course, ages) if premedicated else ()
    return _course_of(periods, _rates(periods, population.bsa_m2, off_drug), course, due)


_ENDS = np.array(AREAS_M2, dtype=np.float64)
"""The least and the greatest area, m², of bodies that stand for everybody.

A rate rises with the area up to a cap, or not at all: one that is above another at neither is so in nobody.
"""


def followed_up(table: tuple[Period, ...], days: int) -> tuple[Period, ...]:
    """Add days without infusion at the end of a table of periods."""
    if not days:
        return table
    last = table[-1]
    end = last.stop + days * MINUTES_PER_DAY
    return (*table, replace(last, start=last.stop, stop=end, dose=None, cap=None, step=0))


def part_at(periods: Sequence[Period], minutes: Iterable[float]) -> tuple[Period, ...]:
    """The same periods, each parted at those of some minutes that lie within it."""
    cuts = sorted({int(minute) for minute in minutes if isfinite(minute)})
    return tuple(part for period in periods for part in _parts_of(period, cuts))


def _parts_of(period: Period, cuts: Sequence[int]) -> Iterator[Period]:
    within = cuts[bisect_right(cuts, period.start) : bisect_left(cuts, period.stop)]
    if not within:
        yield period
        return
    for start, stop in pairwise([period.start, *within, period.stop]):
        yield replace(period, start=start, stop=stop)


def escalations_of(periods: Sequence[Period]) -> tuple[float, ...]:
    """The days on which the infusion of a course rises in anybody who can get it."""
    rates = _rates(periods, _ENDS)
    return escalation_days(_course_of(periods, rates, rates))


def _course_of(
    periods: Sequence[Period], rates: FloatArray, course_rates: FloatArray, premedication_minutes: tuple[int, ...] = ()
) -> Dosing:
    return Dosing(
        edges_minutes=(0, *(period.stop for period in periods)),
        rates=rates,
        cycles=tuple(period.cycle for period in periods),
        steps=tuple(period.step for period in periods),
        premedication_minutes=premedication_minutes,
        course_rates=course_rates,
    )


def _rates(periods: Sequence[Period], areas: FloatArray, off_drug: FloatArray | None = None) -> FloatArray:
    """The rates (K, N) in mcg/day of bodies of some surface areas (N) in m²."""
    rates = np.empty((len(periods), areas.size))
    for row, period in zip(rates, periods, strict=True):
        row[:] = rate_in(period, areas, float, np.minimum)
        if off_drug is not None:
            row[off_drug <= period.start] = 0.0
    return rates


def age_groups(regimen: Regimen, ages: FloatArray) -> frozenset[AgeGroup]:
    """The age groups of virtual patients at their start: adults, children, or both."""
    found = adult_from(regimen)
    if found is None:
        return EITHER
    limit = float(found.value)
    return frozenset(AgeGroup.ADULTS if age >= limit else AgeGroup.CHILDREN for age in (ages.min(), ages.max()))


def require_one_age_group(regimen: Regimen, ages: FloatArray) -> None:
    """Refuse adults and children together where the effect of premedication is asked for, which goes by age.

    Raises
    ------
    NotEligibleError
        When there are both.
    """
    if goes_by_age(regimen.premedication) and age_groups(regimen, ages) == EITHER:
        raise NotEligibleError(
            f"premedication of {regimen.name} goes by age, and there are adults and children among the virtual"
            " patients: simulate them apart"
        )


def require_ages(
    regimen: Regimen, ages: FloatArray, ids: Sequence[str] = (), numbers: FloatArray | IntArray | None = None
) -> None:
    """Refuse patients of known ages whom the regimen is not for.

    ``ids`` are what they are called, and ``numbers`` which they are of all, from 0; the first ones where it is None.

    Raises
    ------
    NotEligibleError
        When there is one.
    """
    who = regimen.eligibility
    least, below = (None if bound is None else float(bound) for bound in (who.minimum_age, who.below_age))
    wrong = np.zeros(ages.shape, dtype=np.bool_)
    wrong |= False if least is None else ages < least
    wrong |= False if below is None else ages >= below
    others = ages[wrong]
    if others.size:
        raise NotEligibleError(
            f"{regimen.name} is for {who}; {len(others):,} of {len(ages):,} virtual patients are {_span(others)} years"
            " old"
            f"{_names_of(ids, np.arange(ages.size) if numbers is None else numbers, wrong)}"
        )


def _span(values: FloatArray) -> str:
    """From the least to the greatest, with all digits: 44.96 kg is not the 45 kg of a limit."""
    return " to ".join(dict.fromkeys(map(digits_text, (values.min(), values.max()))))


_MOST_NAMES = 5


def _names_of(ids: Sequence[str], numbers: FloatArray | IntArray, wrong: BoolArray) -> str:
    """What some of them are called, or which they are where they have no names."""
    places = np.flatnonzero(wrong).tolist()
    names = [visible(ids[k]) if ids else f"{numbers[k] + 1:.0f}" for k in places[:_MOST_NAMES]]
    others = len(places) - _MOST_NAMES
    shown = [*names, *([f"and {others:,} more"] if others > 0 else [])]
    return f" ({'id' if ids else plural('patient', len(places))} {', '.join(shown)})"


def _premedication(
    regimen: Regimen, periods: Sequence[Period], rates: FloatArray, groups: frozenset[AgeGroup]
) -> tuple[int, ...]:
    """When premedication is due; an escalation is one where the rate of somebody rises who can get the course."""
    if not regimen.premedication:
        return ()
    infused = [k for k, period in enumerate(periods) if period.dose is not None]
    escalations = [
        periods[k].start
        for before, k in pairwise(infused)
        if goes_on(periods[before], periods[k]) and bool((rates[k] > rates[before]).any())
    ]
    due = {
        infusion - given.minutes_before
        for infusion, occasions in planned_occasions(periods, escalations).items()
        for given, _ in given_to(regimen.premedication, groups, occasions)
    }
    return tuple(sorted(due))


def admit(regimen: Regimen, population: Population) -> None:
    """Refuse virtual patients of a weight that the regimen does not admit.

    Raises
    ------
    NotEligibleError
        When there is one.
    """
    weights = population.weight_kg
    refused = sum(not regimen.eligibility.admits(Fraction(float(weight))) for weight in (weights.min(), weights.max()))
    if refused:
        wrong = np.array([not regimen.eligibility.admits(Fraction(float(weight))) for weight in weights])
        others = weights[wrong]
        raise NotEligibleError(
            f"{regimen.name} is for {regimen.eligibility}; {len(others):,} of {population.size:,} virtual patients"
            f" weigh {_span(others)} kg{_names_of(population.ids, population.numbers, wrong)}"
        )
