"""Premedication: when it is due and how much, as the label says."""

from fractions import Fraction

import pytest

from blinplan.course.events import expand
from blinplan.course.patient import Patient, patient
from blinplan.course.premedication import PremedicationPlan, premedication_plan
from blinplan.quantities import Basis, Mass
from blinplan.regimen.age import completed_age
from tests.course.regimens import ADULT, DAY, course_of, cycle, regimen, with_area

HOUR = 60
CHILD = patient(weight=Fraction(20), height=Fraction(110), area=Fraction("0.8"), age=completed_age(6))
ESCALATING = cycle('dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21', repeat=2)


def plan_of(name: str, person: Patient = ADULT) -> PremedicationPlan:
    plan = premedication_plan(course_of(name, person))
    assert plan is not None
    return plan


def days(
    *occasions: str, cycles: str = ESCALATING, basis: str = "flat", area: Fraction | None = None
) -> list[Fraction]:
    """Return when premedication is due, in days from the start, if it is given with the infusion."""
    before = ", ".join(f'"{occasion}"' for occasion in occasions)
    more = f'premedication = {{ drug = "x", dose = "20 mg", minutes_before = 0, before = [{before}] }}\n'
    plan = premedication_plan(expand(regimen(cycles, basis, more), patient(area=area)))
    assert plan is not None
    return [Fraction(minute, DAY) for minute in plan.minutes]


@pytest.mark.parametrize(
    ("name", "drug", "milligrams", "due"),
    [
        ("rr-adult", "dexamethasone", 20, [0, 7, 42, 84, 126, 168]),
        ("rr-2014", "dexamethasone", 20, [0, 7, 42, 84, 126, 168]),
        ("rr-adult-continued", "dexamethasone", 20, [0, 7, 42, 84, 126, 168, 210, 294, 378, 462]),
        ("mrd-adult", "prednisone", 100, [0, 42, 84, 126]),
        ("consolidation-adult", "dexamethasone", 20, [0, 42, 84, 126]),
    ],
)
def test_adults_get_a_flat_dose_an_hour_before_each_cycle_and_step(
    name: str, drug: str, milligrams: int, due: list[int]
) -> None:
    plan = plan_of(name)
    assert {due.premedication.drug for due in plan.due} == {drug}
    assert {(due.dose, due.capped) for due in plan.due} == {(Mass(Fraction(milligrams), Basis.FLAT), False)}
    assert plan.minutes == tuple(day * DAY - HOUR for day in due)


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("rr-below-45-kg", [0, 7]),
        ("rr-below-45-kg-continued", [0, 7]),
        ("mrd-below-45-kg", [0]),
        ("consolidation-below-45-kg", [0]),
    ],
)
def test_children_get_5_mg_per_square_metre_before_the_first_dose_and_a_step(name: str, due: list[int]) -> None:
    plan = plan_of(name, CHILD)
    assert {due.premedication.drug for due in plan.due} == {"dexamethasone"}
    assert {(due.dose, due.capped) for due in plan.due} == {(Mass(Fraction(4), Basis.FLAT), False)}
    assert plan.minutes == tuple(day * DAY - HOUR for day in due)


@pytest.mark.parametrize(
    ("dose", "area", "milligrams", "capped"),
    [
        ("10 mg/m2", Fraction(2), Fraction(20), False),  # the cap itself
        ("10 mg/m2", Fraction(2) + Fraction(1, 10**9), Fraction(20), True),
        ("10 mg/m2", Fraction(2) - Fraction(1, 10**9), Fraction(20) - Fraction(1, 10**8), False),
        ("5 mg/m2", Fraction("0.613"), Fraction("3.065"), False),
    ],
)
def test_the_cap_of_premedication_at_its_edge(dose: str, area: Fraction, milligrams: Fraction, capped: bool) -> None:
    more = f'premedication = {{ drug = "x", dose = "{dose}", max = "20 mg", before = ["first-start"] }}\n'
    plan = premedication_plan(expand(regimen(ESCALATING, more=more), with_area(area)))
    assert plan is not None
    (due,) = plan.due
    assert (due.dose, due.capped) == (Mass(milligrams, Basis.FLAT), capped)


def test_a_dose_by_area_of_a_patient_without_area_is_not_known() -> None:
    more = 'premedication = { drug = "x", dose = "5 mg/m2", before = ["first-start"] }\n'
    plan = premedication_plan(expand(regimen(ESCALATING, more=more), Patient()))
    assert plan is not None
    assert [(due.dose, due.capped, due.start) for due in plan.due] == [(None, False, -HOUR)]


def test_an_area_dose_without_a_cap_is_not_capped() -> None:
    more = 'premedication = { drug = "x", dose = "5 mg/m2", before = ["first-start"] }\n'
    plan = premedication_plan(expand(regimen(ESCALATING, more=more), with_area(Fraction("2.9"))))
    assert plan is not None
    assert [(due.dose, due.capped) for due in plan.due] == [(Mass(Fraction("14.5"), Basis.FLAT), False)]


def test_each_occasion_has_its_days() -> None:
    assert days("first-start") == [0]
    assert days("cycle-start") == [0, 42]
    assert days("escalation") == [7, 49]
    assert days("cycle-start", "escalation", "first-start") == [0, 7, 42, 49]


def test_a_restart_cannot_be_planned() -> None:
    assert days("restart", "first-cycle-restart") == []


def test_only_a_rise_is_an_escalation() -> None:
    steps = 'dose = "28 mcg/day", days = 7; dose = "28 mcg/day", days = 7; dose = "9 mcg/day", days = 7'
    assert days("escalation", cycles=cycle(f'{steps}; dose = "15 mcg/day", days = 7')) == [21]


def test_a_rise_after_a_treatment_free_interval_is_a_cycle_start() -> None:
    cycles = cycle('dose = "9 mcg/day", days = 7') + cycle('dose = "28 mcg/day", days = 7')
    assert days("escalation", cycles=cycles) == []


def test_a_rise_from_one_cycle_into_the_next_without_a_rest_is_an_escalation() -> None:
    cycles = cycle('dose = "9 mcg/day", days = 7', free=0) + cycle('dose = "28 mcg/day", days = 7', free=0)
    assert days("escalation", cycles=cycles) == [7]
    assert days("escalation", "cycle-start", cycles=cycles) == [0, 7]


def test_two_steps_at_one_cap_are_no_escalation() -> None:
    steps = 'dose = "5 mcg/m2/day", max = "9 mcg/day", days = 7; dose = "6 mcg/m2/day", max = "9 mcg/day", days = 7'
    assert days("escalation", cycles=cycle(steps), basis="bsa", area=Fraction(2)) == []
    assert days("escalation", cycles=cycle(steps), basis="bsa", area=Fraction(1)) == [7]


@pytest.mark.parametrize("minutes", [0, 30, 60, 1440])
def test_it_is_given_its_minutes_before(minutes: int) -> None:
    more = f'premedication = {{ drug = "x", dose = "20 mg", minutes_before = {minutes}, before = ["escalation"] }}\n'
    plan = premedication_plan(expand(regimen(ESCALATING, more=more), ADULT))
    assert plan is not None
    assert plan.minutes == (7 * DAY - minutes, 49 * DAY - minutes)


def test_a_regimen_without_premedication_has_no_plan() -> None:
    assert premedication_plan(course_of("nhl-5")) is None
