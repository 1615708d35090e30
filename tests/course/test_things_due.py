"""What is due besides blinatumomab: on the days that the file counts from the starts, wherever a record moves them."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated, date_course
from blinplan.course.events import expand
from blinplan.course.happened.replan import replan
from blinplan.course.patient import patient
from blinplan.course.things_due import due_days, planned_numbers, possible_doses
from blinplan.regimen.age import Age, read_age
from blinplan.regimen.build import cycle, dose_by_age, due, regimen, step
from blinplan.regimen.regimen import Regimen, ThingDue
from tests.course.records import CRS, DAY, HOUR, START, record, stop

BY_AGE = due(
    "methotrexate",
    kind="intrathecal",
    days=[8, 29],
    doses=[
        dose_by_age("8 mg", below_age_years=2),
        dose_by_age("10 mg", min_age_years=2, below_age_years=3),
        dose_by_age("12 mg", min_age_years=3),
    ],
)
PRE_PHASE = due("prednisone", kind="pre-phase", days=[-5], for_days=5, cycles=[1], dose="60 mg/m2 a day")
STEPS = [step("9 mcg/day", days=7), step("28 mcg/day", days=21)]


def protocol(*things: ThingDue, cycles: int = 2) -> Regimen:
    later = [cycle(steps=[step("28 mcg/day", days=28)], treatment_free_days=14) for _ in range(cycles - 1)]
    first = cycle(steps=STEPS, treatment_free_days=14)
    return regimen("rr-adult", cycles=[first, *(later if cycles > 1 else [])], due=things)


def dated(of: Regimen, *stops: dict[str, Any], begins: datetime = START, age: Age | None = None, **more: Any) -> Dated:
    course = expand(of, patient(Fraction(70), age=age))
    return date_course(course, begins, None, record(*stops, **more) if stops or more else None)


def things(found: Dated) -> list[Entry]:
    return [entry for entry in found.entries if entry.thing is not None]


def days(found: Dated, cycle: int | None = None) -> list[str]:
    """The first days of what is due besides."""
    own = [entry for entry in things(found) if cycle in {None, entry.cycle}]
    return [found.clock.at(entry.start).date().isoformat() for entry in own]


def day_after_start(number: int) -> str:
    return (START.date() + timedelta(days=number)).isoformat()


def test_day_1_is_that_of_the_start_and_there_is_no_day_0() -> None:
    found = dated(protocol(due("x", days=[-1, 1, 2, 42]), cycles=1))
    assert days(found) == [day_after_start(number) for number in (-1, 0, 1, 41)]


def test_a_pre_phase_lies_before_the_first_infusion_and_ends_with_it() -> None:
    (entry,) = things(dated(protocol(PRE_PHASE)))
    found = dated(protocol(PRE_PHASE))
    assert (entry.due, entry.cycle) == (Due.PRE_PHASE, 1)
    assert found.clock.at(entry.start).date().isoformat() == day_after_start(-5)
    assert found.clock.at(entry.stop).date() == START.date()
    assert found.clock.at(entry.start).hour == 0


def test_it_is_counted_from_the_start_of_every_cycle_or_of_those_that_are_named() -> None:
    assert days(dated(protocol(BY_AGE))) == [day_after_start(number) for number in (7, 28, 49, 70)]
    second = due("x", days=[8], cycles=[2])
    assert days(dated(protocol(second))) == [day_after_start(49)]


def test_in_a_night_in_which_the_clocks_change_the_day_stays_the_day() -> None:
    """Half past midnight on the day after, and a day that has 25 hours between."""
    begins = datetime(2026, 10, 24, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    found = dated(protocol(due("x", days=[2, 3, 4])), begins=begins)
    assert days(found, 1) == ["2026-10-25", "2026-10-26", "2026-10-27"]


def test_a_cycle_that_begins_later_takes_what_is_due_with_it() -> None:
    late = dated(protocol(PRE_PHASE, BY_AGE), starts={2: 45 * DAY})
    assert days(late, 1) == days(dated(protocol(PRE_PHASE, BY_AGE)), 1)
    assert days(late, 2) == [day_after_start(45 + number) for number in (7, 28)]


def test_after_a_pause_in_the_same_cycle_the_days_are_those_of_its_start() -> None:
    assert days(dated(protocol(BY_AGE), stop(3 * DAY, 2 * DAY)), 1) == [day_after_start(7), day_after_start(28)]


def test_what_a_broken_cycle_still_had_to_come_is_cancelled_and_due_with_the_cycle_that_takes_its_place() -> None:
    """Day 8 of cycle 1 was given; day 29 lies after the restart, which is day 1 of a new cycle."""
    found = dated(protocol(BY_AGE), stop(10 * DAY, 9 * DAY, CRS, grade=3))
    assert days(found, 1) == [day_after_start(7)]
    assert days(found, 2) == [day_after_start(19 + number) for number in (7, 28)]


def test_what_runs_on_for_days_is_not_due_twice_where_a_new_cycle_takes_over() -> None:
    daily = due("dasatinib", days=[1], for_days=28, dose="140 mg")
    found = dated(protocol(daily), stop(10 * DAY, 9 * DAY, CRS, grade=3))
    spans = [(found.clock.at(e.start).date(), found.clock.at(e.stop).date(), e.cycle) for e in things(found)]
    first, again = (START.date() + timedelta(days=number) for number in (0, 19))
    assert spans[:2] == [(first, again, 1), (again, again + timedelta(days=28), 2)]
    same_day = dated(protocol(due("x", days=[11])), stop(10 * DAY, 2 * HOUR, new_cycle=True))
    assert next(e.stop - e.start for e in things(same_day)) == DAY
    whole = dated(protocol(daily), stop(10 * DAY, 2 * DAY))  # the same cycle goes on
    assert [e.stop - e.start for e in things(whole)] == [28 * DAY, 28 * DAY]


def test_what_runs_on_for_days_runs_on_where_the_next_cycle_began_early() -> None:
    """From day 35 on for seven days, and the next cycle began on day 38: no cycle was broken off."""
    found = dated(protocol(due("x", days=[35], for_days=7)), starts={2: 37 * DAY})
    assert [(entry.cycle, (entry.stop - entry.start) // DAY) for entry in things(found)] == [(1, 7), (2, 7)]


def test_a_cycle_that_began_early_takes_nothing_from_the_one_before() -> None:
    found = dated(protocol(due("x", days=[41])), starts={2: 37 * DAY})
    assert days(found, 1) == [day_after_start(40)]


def test_a_course_that_is_stopped_has_nothing_to_come() -> None:
    found = dated(protocol(PRE_PHASE, BY_AGE, due("x", days=[11])), stop(10 * DAY, None))
    assert found.replanned.ended
    assert days(found) == [day_after_start(number) for number in (-5, 7, 10)]  # that of the very day of the stop stays
    at_once = dated(protocol(PRE_PHASE, BY_AGE), stop(HOUR, None))
    assert days(at_once) == [day_after_start(-5)]


def test_what_is_due_of_a_cycle_that_is_repeated_for_another_is_that_of_the_one_it_repeats() -> None:
    """A broken cycle 1 whose full dose was not reached is given again, as cycle 2, with what belongs to its steps."""
    only_first = due("x", days=[4], cycles=[1])
    found = dated(protocol(only_first), stop(2 * DAY, 8 * DAY, CRS, grade=3))
    assert days(found) == [day_after_start(10 + 3)]


def test_in_minutes_the_days_are_those_of_the_course() -> None:
    course = expand(protocol(BY_AGE), patient(Fraction(70)))
    found = [(one.cycle, one.begins // DAY + one.days_later) for one in due_days(course)]
    assert found == [(1, 7), (1, 28), (2, 49), (2, 70)]
    assert list(due_days(replan(course, None).course)) == list(due_days(course))


@pytest.mark.parametrize(
    ("age", "doses"),
    [
        (None, ["8 mg", "10 mg", "12 mg"]),
        ("8 months", ["8 mg"]),
        ("1 year", ["8 mg", "10 mg"]),  # told on the first day: 2 may be completed by day 8
        ("2 years", ["10 mg", "12 mg"]),
        ("3 years", ["12 mg"]),
        ("2024-03-09", ["10 mg"]),  # the second birthday is that very day
        ("2024-03-10", ["8 mg"]),
        ("17 years", ["12 mg"]),
    ],
)
def test_the_dose_is_that_of_the_age_on_the_day(age: str | None, doses: list[str]) -> None:
    told = None if age is None else read_age(age).told_on(START.date())
    found = possible_doses(BY_AGE, told, date(2026, 3, 9))
    assert [dose.dose for dose in found] == doses


def test_an_age_without_a_dose_has_none() -> None:
    thing = due("x", days=[1], doses=[dose_by_age("8 mg", min_age_years=1, below_age_years=18)])
    assert possible_doses(thing, read_age("40").told_on(START.date()), START.date()) == []


def test_each_cycle_is_the_planned_one_that_it_is_or_repeats() -> None:
    """Three cycles of their own steps; one that was broken off before its full dose has its steps again."""
    steps = [[step(f"{low} mcg/day", days=2), step("28 mcg/day", days=5)] for low in (9, 14, 20)]
    own = regimen("rr-adult", cycles=[cycle(steps=each, treatment_free_days=1) for each in steps])
    for stops, numbers in (
        ([], {1: 1, 2: 2, 3: 3}),
        ([stop(DAY, 8 * DAY, CRS, grade=2)], {1: 1, 2: 1, 3: 3}),
        ([stop(9 * DAY, 8 * DAY, CRS, cycle=2, grade=2)], {1: 1, 2: 2, 3: 2}),
        ([stop(5 * DAY, 8 * DAY, CRS, grade=2)], {1: 1, 2: 2, 3: 3}),  # its full dose was given
    ):
        found = replan(expand(own, patient(Fraction(70))), record(*stops))
        assert planned_numbers(found.course) == numbers
    repeated = regimen("rr-adult", cycles=[cycle(steps=steps[0], treatment_free_days=1, repeat=3)])
    assert planned_numbers(expand(repeated, patient(Fraction(70)))) == {1: 1, 2: 2, 3: 3}


def test_what_a_cycle_still_had_to_come_when_the_next_began_early_stays_though_that_one_was_stopped() -> None:
    """On day 41 of the first; the second began on day 38, and was stopped for good on day 60."""
    found = dated(protocol(due("x", days=[41])), stop(59 * DAY, None, cycle=2), starts={2: 37 * DAY})
    assert days(found) == [day_after_start(40)]


def test_at_an_age_that_may_be_reached_in_the_course_both_doses_are_possible() -> None:
    """Told as one year: on the first day it is less than two, a year later it is not."""
    age = read_age("1 year").told_on(START.date())
    thing = due("x", days=[1], doses=[dose_by_age("8 mg", below_age_years=2), dose_by_age("10 mg", min_age_years=2)])
    for later, doses in ((0, ["8 mg"]), (300, ["8 mg", "10 mg"]), (800, ["10 mg"])):
        assert [dose.dose for dose in possible_doses(thing, age, days_later=later)] == doses
