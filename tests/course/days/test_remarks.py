"""A remark is shown with what it concerns, and with nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from blinplan.course.dated import date_course
from blinplan.course.remarks import Remark, shown_remarks
from tests.course.regimens import course_of

DAY = 24 * 60


@pytest.mark.parametrize(
    ("remark", "of_course"),
    [
        (Remark("x"), True),
        (Remark("x", cycle=2), False),
        (Remark("x", bags=(3,)), False),
        (Remark("x", start=DAY, stop=DAY), False),
    ],
)
def test_a_remark_concerns_the_whole_course_unless_it_says_what(remark: Remark, of_course: bool) -> None:
    assert remark.is_of_course is of_course
    assert not (of_course and remark.concerns(1, 0, 28 * DAY))


@pytest.mark.parametrize(
    ("remark", "concerned"),
    [
        (Remark("x", cycle=1), True),
        (Remark("x", cycle=2), False),
        # At one moment: that of what begins then.
        (Remark("x", start=7 * DAY, stop=7 * DAY), True),
        (Remark("x", start=8 * DAY, stop=8 * DAY), False),
        (Remark("x", cycle=1, start=7 * DAY, stop=7 * DAY), True),
        (Remark("x", cycle=2, start=7 * DAY, stop=7 * DAY), False),
        # A stretch: that in which something begins, or which begins within it.
        (Remark("x", start=6 * DAY, stop=8 * DAY), True),
        (Remark("x", start=7 * DAY, stop=8 * DAY), True),
        (Remark("x", start=6 * DAY, stop=7 * DAY), False),
        (Remark("x", start=6 * DAY, stop=7 * DAY + 1), True),
        (Remark("x", start=9 * DAY, stop=12 * DAY), True),
        (Remark("x", start=10 * DAY, stop=12 * DAY), False),
        (Remark("x", start=10 * DAY - 1, stop=12 * DAY), True),
        # A stretch of which an end is not known.
        (Remark("x", start=50 * DAY), True),
        # A bag: its own.
        (Remark("x", bags=(4, 5)), True),
        (Remark("x", bags=(3,)), False),
        (Remark("x", cycle=2, bags=(4,)), False),
        (Remark("x", bags=(4,), start=50 * DAY, stop=51 * DAY), True),
    ],
)
def test_a_bag_of_three_days_is_told_what_concerns_it(remark: Remark, concerned: bool) -> None:
    """Bag 4, from day 8 to day 11 of the course, in cycle 1."""
    assert remark.concerns(1, 7 * DAY, 10 * DAY, bag=4) is concerned


def test_what_is_no_bag_is_told_nothing_of_bags() -> None:
    assert not Remark("x", bags=(4,)).concerns(1, 7 * DAY, 10 * DAY)


def test_a_stretch_of_which_the_start_is_not_known_may_be_any() -> None:
    assert Remark("x", cycle=1, stop=DAY).concerns(1, 7 * DAY, 10 * DAY)


def test_remarks_are_shown_that_are_of_what_is_shown() -> None:
    begins = datetime(2026, 3, 2, 10, tzinfo=UTC)
    plan = replace(date_course(course_of("rr-adult"), begins, None, None), cycle=2, first=date(2026, 4, 20))
    whole, first, second = Remark("a"), Remark("b", cycle=1), Remark("c", cycle=2)
    early, late = (Remark("d", cycle=2, start=day * DAY, stop=day * DAY) for day in (43, 60))
    assert shown_remarks([whole, first, second, early, late], plan) == (whole, second, late)
