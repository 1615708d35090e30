"""Premedication: when it is due and how much, as the label says."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from blinplan.course.adulthood import EITHER, Adulthood, adult_from
from blinplan.course.events import PatientChange, expand
from blinplan.course.happened.replan import replan
from blinplan.course.patient import Patient, patient
from blinplan.course.premedication import PremedicationPlan, goes_by_age, planned_occasions, premedication_plan
from blinplan.quantities import Basis, Mass
from blinplan.regimen.age import completed_age, read_age
from blinplan.regimen.vocabulary import AgeGroup
from tests.course.records import record, stop
from tests.course.regimens import ADULT, DAY, course_of, cycle, regimen, shipped, site, with_area

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


ADULTS, CHILDREN = frozenset({AgeGroup.ADULTS}), frozenset({AgeGroup.CHILDREN})
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 2, 10, tzinfo=BERLIN)


def known(age: str | None, *, start: datetime | None = MONDAY, weight: int | None = None) -> Adulthood:
    told = None if age is None else read_age(age).told_on(MONDAY.date())
    return Adulthood(adult_from(shipped("rr-adult")), told, start, None if weight is None else Fraction(weight))


@pytest.mark.parametrize(
    ("age", "at_start", "after_half_a_year"),
    [
        ("18", ADULTS, ADULTS),
        ("17", CHILDREN, EITHER),
        ("16", CHILDREN, CHILDREN),
        (None, EITHER, EITHER),
        ("2008-11-02", ADULTS, ADULTS),
        ("2008-11-03", CHILDREN, ADULTS),
    ],
)
def test_a_patient_is_an_adult_from_the_label_s_birthday_on(
    age: str | None, at_start: frozenset[AgeGroup], after_half_a_year: frozenset[AgeGroup]
) -> None:
    found = known(age)
    assert (found.groups_at(0), found.groups_at(180 * DAY)) == (at_start, after_half_a_year)


def test_a_ward_or_a_project_may_say_from_when_on_a_patient_is_an_adult() -> None:
    limit = adult_from(shipped("rr-adult"))
    assert limit is not None
    assert limit.value == 18
    assert limit.unit == "years"
    own = adult_from(shipped("rr-adult"), site(24, adult_from_years=16))
    assert own is not None
    assert own.value == 16
    assert (own.unit, own.source) == ("years", "the site profile of Ward 7")
    assert adult_from(shipped("rr-adult"), site(24)) == limit
    assert adult_from(shipped("rr-adult"), None, {}) is None
    project = limit._replace(value=Fraction(21))
    assert adult_from(shipped("rr-adult"), None, {"adult_from": project}) == project


def test_a_ward_s_own_limit_is_told_as_its_own() -> None:
    own = adult_from(shipped("rr-adult"), site(24, adult_from_years=16))
    assert own is not None
    assert (own.name, own.unit, own.status, str(own)) == ("adult_from", "years", "seen", "16 years")


def test_the_day_of_an_age_is_the_local_one() -> None:
    """At 23:59 it is the day before the birthday, and a minute later it is the birthday."""
    found = known("2008-11-03", start=datetime(2026, 11, 2, 23, tzinfo=BERLIN))
    assert (found.groups_at(59), found.groups_at(60)) == (CHILDREN, ADULTS)
    without_dates = Adulthood(adult_from(shipped("rr-adult")), completed_age(17))
    assert without_dates.groups_at(0) == CHILDREN
    assert without_dates.groups_at(2 * DAY) == EITHER


def test_only_a_weight_tells_a_small_child_where_no_age_is_known() -> None:
    assert known(None, weight=19).groups_at(0) == CHILDREN
    assert known(None, weight=20).groups_at(0) == EITHER
    assert known("18", weight=19).groups_at(0) == ADULTS
    assert Adulthood(None, completed_age(40)).groups_at(0) == EITHER  # no label says from when on


def by_age(adults: str, children: str) -> str:
    return (
        f'[[premedication]]\ndrug = "a"\ndose = "20 mg"\nbefore = [{adults}]\npatients = "adults"\n'
        f'[[premedication]]\ndrug = "a"\ndose = "{children}"\nbefore = ["first-start"]\npatients = "children"\n'
    )


def test_where_adults_and_children_get_the_same_it_goes_by_no_age() -> None:
    same = regimen(by_age('"first-start"', "20 mg") + ESCALATING)
    assert not goes_by_age(same.premedication)
    for occasions, dose in (('"first-start"', "10 mg"), ('"first-start", "cycle-start"', "20 mg")):
        assert goes_by_age(regimen(by_age(occasions, dose) + ESCALATING).premedication)
    assert not goes_by_age(shipped("nhl-5").premedication)


def test_what_is_given_to_one_group_only_asks_for_the_age() -> None:
    """Adults on both starts, children on the first only: of the second start it is not known."""
    course = expand(regimen(by_age('"first-start", "cycle-start"', "20 mg") + ESCALATING), Patient())
    unknown = premedication_plan(course, known(None))
    assert unknown is not None
    assert [(due.infusion // DAY, due.only) for due in unknown.due] == [(0, None), (42, AgeGroup.ADULTS)]
    assert (unknown.goes_by_age, unknown.asks_for_age, unknown.groups) == (True, True, EITHER)
    adult = premedication_plan(course, known("40"))
    assert adult is not None
    assert [(due.infusion // DAY, due.only) for due in adult.due] == [(0, None), (42, None)]
    assert (adult.asks_for_age, adult.groups) == (False, ADULTS)
    child = premedication_plan(course, known("6"))
    assert child is not None
    assert [(due.infusion // DAY, due.only) for due in child.due] == [(0, None)]
    assert (child.asks_for_age, child.groups) == (False, CHILDREN)
    turning = premedication_plan(course, known("2008-11-20"))  # 18 between the two starts
    assert turning is not None
    assert turning.groups == EITHER
    assert [(due.infusion // DAY, due.only) for due in turning.due] == [(0, None), (42, None)]


def test_a_regimen_that_takes_the_place_of_another_brings_its_premedication() -> None:
    more = 'premedication = { drug = "x", dose = "20 mg", before = ["cycle-start"] }\n'
    first, second = regimen(ESCALATING), regimen(ESCALATING, more=more)
    course = expand(first, ADULT)
    assert premedication_plan(course) is None
    changed = replace(course, changes=(PatientChange(40 * DAY, ADULT, second),))
    plan = premedication_plan(changed)
    assert plan is not None
    assert [due.infusion // DAY for due in plan.due] == [42]


def test_a_premedication_with_a_window_is_given_from_one_time_to_another() -> None:
    window = "minutes_before = 60, latest_minutes_before = 30"
    more = f'premedication = {{ drug = "x", dose = "20 mg", {window}, before = ["first-start"] }}\n'
    plan = premedication_plan(expand(regimen(ESCALATING, more=more), ADULT))
    assert plan is not None
    (due,) = plan.due
    assert (due.start, due.stop, due.infusion) == (-60, -30, 0)
    assert plan.end == 70 * DAY - 1


def test_what_is_given_before_restarts_is_told_apart() -> None:
    plan = plan_of("rr-adult")
    ((given, only),) = plan.restarts
    assert (given.drug, only) == ("dexamethasone", None)
    assert [due.infusion for due in plan.before_restart(10 * DAY, 1)] == [10 * DAY]
    first_only = 'premedication = { drug = "x", dose = "20 mg", before = ["first-cycle-restart"] }\n'
    child = premedication_plan(expand(regimen(ESCALATING, more=first_only), ADULT))
    assert child is not None
    assert len(child.before_restart(10 * DAY, 1)) == 1
    assert child.before_restart(50 * DAY, 2) == ()


@pytest.mark.parametrize(
    ("age", "asks"),
    [
        ("16", False),  # a child to the end
        ("17", True),  # a child at the start, and who knows at the end
        ("2008-11-03", False),  # the birthday is known
        ("18", False),
        (None, True),
    ],
)
def test_the_age_is_asked_for_where_it_may_decide_what_a_restart_is_given(age: str | None, asks: bool) -> None:
    given = (
        '[[premedication]]\ndrug = "a"\ndose = "20 mg"\nbefore = ["first-start"]\n'
        '[[premedication]]\ndrug = "a"\ndose = "20 mg"\nbefore = ["restart"]\npatients = "adults"\n'
    )
    plan = premedication_plan(expand(regimen(given + ESCALATING), Patient()), known(age))
    assert plan is not None
    assert plan.asks_for_age is asks


@pytest.mark.parametrize(
    ("weeks_before", "asks"),
    [
        (0, True),  # a child on the first day, and who knows at the end
        (45, True),  # who knows on the first day, and an adult at the end
        (60, False),  # an adult from the first day on
    ],
)
def test_an_age_of_17_some_time_ago_is_asked_for_anew_where_it_may_decide(weeks_before: int, asks: bool) -> None:
    given = '[[premedication]]\ndrug = "a"\ndose = "20 mg"\nbefore = ["restart"]\npatients = "adults"\n'
    age = read_age("17").told_on(MONDAY.date() - timedelta(weeks=weeks_before))
    adulthood = Adulthood(adult_from(shipped("rr-adult")), age, MONDAY)
    plan = premedication_plan(expand(regimen(given + ESCALATING), Patient()), adulthood)
    assert plan is not None
    assert plan.asks_for_age is asks


def test_what_is_due_is_told_in_the_order_of_time() -> None:
    """Two before each start, of which the one that is declared last is given first; and steps after later cycles."""
    hour = '{ drug = "x", dose = "20 mg", minutes_before = 60, before = ["cycle-start", "escalation"] }'
    day = '{ drug = "y", dose = "20 mg", minutes_before = 1440, before = ["cycle-start", "escalation"] }'
    plan = premedication_plan(expand(regimen(ESCALATING, more=f"premedication = [{hour}, {day}]\n"), ADULT))
    assert plan is not None
    assert [due.start for due in plan.due] == sorted(due.start for due in plan.due)
    assert [due.premedication.drug for due in plan.due][:2] == ["y", "x"]
    occasions = planned_occasions([event.period for event in plan.course.events], [100 * DAY, 7 * DAY])
    assert list(occasions) == sorted(occasions)
    assert {7 * DAY, 100 * DAY} <= occasions.keys()


def test_a_cycle_that_was_stopped_in_its_first_minute_is_premedicated_before_it_goes_on() -> None:
    found = replan(course_of("rr-adult"), record(stop(0, 5 * HOUR))).course
    plan = premedication_plan(found)
    assert plan is not None
    assert plan.due[0].infusion == 5 * HOUR


def test_where_everybody_gets_the_same_before_a_restart_no_age_is_asked_for() -> None:
    alike = '[[premedication]]\ndrug = "a"\ndose = "20 mg"\nbefore = ["restart"]\n'
    adults = alike.replace('"a"', '"b"') + 'patients = "adults"\n'
    for given, asks in ((alike, False), (alike + adults, True)):
        plan = premedication_plan(expand(regimen(given + ESCALATING), Patient()), known(None))
        assert plan is not None
        assert plan.asks_for_age is asks
