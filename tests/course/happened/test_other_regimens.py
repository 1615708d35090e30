"""A course that goes on with another cycle, or with another regimen, than the one that was planned."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from blinplan.course.events import Course, expand
from blinplan.course.happened.replan import Replanned, replan
from blinplan.course.patient import patient
from blinplan.regimen.record.record import BodyMeasurement
from blinplan.regimen.regimen import Eligibility
from tests.course.records import CRS, DAY, START, record, stop
from tests.course.regimens import ADULT, cycle, infused, regimen


def days(course: Course) -> list[tuple[int, int, int]]:
    return [(start // DAY, stop // DAY, int(rate)) for start, stop, rate in infused(course)]


@pytest.mark.parametrize("repeat", [2, 3])
def test_a_cycle_that_is_broken_off_is_followed_by_the_next_one(repeat: int) -> None:
    """Of cycles of one step without an interval, the first is stopped on day 10 for nine days."""
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 28', free=0, repeat=repeat)), ADULT)
    found = replan(planned, record(stop(10 * DAY, 9 * DAY, CRS, grade=2), regimen="example"))
    assert days(found.course) == [(0, 10, 28), (10, 19, 0), (19, 19 + 28 * (repeat - 1), 28)]
    assert [event.period.cycle for event in found.course.events] == [1, 1, *range(2, repeat + 1)]


def test_a_cycle_whose_full_dose_was_not_reached_is_begun_again_in_the_place_of_the_next() -> None:
    steps = cycle('dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21', free=0)
    planned = expand(regimen(steps + cycle('dose = "28 mcg/day", days = 28', free=0)), ADULT)
    found = replan(planned, record(stop(7 * DAY, 9 * DAY, CRS, grade=2), regimen="example"))
    assert days(found.course) == [(0, 7, 9), (7, 16, 0), (16, 23, 9), (23, 44, 28)]
    assert [event.period.cycle for event in found.course.events] == [1, 1, 2, 2]
    reached = replan(planned, record(stop(7 * DAY + 1, 9 * DAY, CRS, grade=2), regimen="example")).course
    assert [event.rate for event in reached.events] == [9, 28, 0, 28]


def grown(cycles: int, weight: str = "46") -> Replanned:
    """A child's course of three cycles, who on day 20 has grown out of it, and the one for others has some cycles."""
    small = replace(
        regimen(cycle('dose = "9 mcg/day", days = 28', repeat=3), name="small"),
        eligibility=Eligibility(below_weight=Fraction(45), otherwise="big"),
    )
    big = regimen(cycle('dose = "28 mcg/day", days = 28', repeat=cycles), name="big")
    planned = replace(expand(small, patient(Fraction(40))), others=(big,))
    measured = BodyMeasurement((START + timedelta(days=20)).date(), Fraction(weight), None, None, ("measured", 0))
    return replan(planned, replace(record(regimen="small"), measurements=(measured,)))


@pytest.mark.parametrize("cycles", [1, 2, 3, 5])
def test_who_has_grown_gets_the_cycles_of_the_other_regimen_that_are_left(cycles: int) -> None:
    found = grown(cycles)
    assert [(begin, rate) for begin, _, rate in days(found.course) if rate] == [
        (0, 9),
        *((42 * number, 28) for number in range(1, cycles)),
    ]
    assert [figures.regimen for figures in found.ledger.figures] == ["big"]
    assert [(change.minute, change.regimen.name) for change in found.course.changes] == [(42 * DAY, "big")]
    assert not found.ended


def test_who_has_grown_a_little_keeps_the_regimen() -> None:
    found = grown(2, "44")
    assert [(begin, rate) for begin, _, rate in days(found.course) if rate] == [(0, 9), (42, 9), (84, 9)]
    assert [figures.regimen for figures in found.ledger.figures] == ["small"]


WEEK_AND_THREE = 'dose = "{} mcg/day", days = 7; dose = "{} mcg/day", days = 21'


@pytest.mark.parametrize(
    ("others", "cycles", "at"),
    [
        (WEEK_AND_THREE, 3, 49),
        (WEEK_AND_THREE, 2, 49),
        (WEEK_AND_THREE, 1, None),
        ('dose = "{} mcg/day", days = 8; dose = "{} mcg/day", days = 20', 3, None),  # which has no step on day 49
    ],
)
def test_new_figures_count_from_a_step_on_where_the_other_regimen_has_that_step(
    others: str, cycles: int, at: int | None
) -> None:
    """Measured in the first week of cycle 2; the step comes on day 49, and where there is none, no cycle either."""
    small = replace(
        regimen(cycle(WEEK_AND_THREE.format(4, 9), repeat=3), name="small"),
        eligibility=Eligibility(below_weight=Fraction(45), otherwise="big"),
    )
    big = regimen(cycle(others.format(14, 28), repeat=cycles), name="big")
    planned = replace(expand(small, patient(Fraction(40))), others=(big,))
    measured = BodyMeasurement((START + timedelta(days=44)).date(), Fraction(46), None, None, ("measured", 0))
    found = replan(planned, replace(record(regimen="small"), measurements=(measured,)), by_step=True)
    changed = [change.minute // DAY for change in found.course.changes]
    assert changed == [84 if at is None else at]
    given = [rate for begin, _, rate in days(found.course) if rate and begin < 70]
    assert given == [4, 9, 4, 9 if at is None else 28]
