"""What the article expects when, on the calendar of a course."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from blinplan.course.calendar import Due
from blinplan.course.dated import Dated, date_course
from blinplan.course.events import expand
from blinplan.course.patient import Patient, patient
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.rules.limits import shipped_limits
from blinplan.simulation.expected import ExpectedAfter, ExpectedWindow, expected_windows


@pytest.fixture(scope="module")
def plan() -> Dated:
    regimen = library.regimen("rr-adult")
    course = expand(regimen, Patient(weight=Fraction(70)))
    return date_course(course, datetime(2026, 11, 2, 10, tzinfo=UTC), None, None)


@pytest.fixture(scope="module")
def doses(plan: Dated) -> tuple[ExpectedAfter, ...]:
    return expected_windows(plan, shipped_limits())


@pytest.mark.slow
def test_every_new_dose_opens_windows_and_nothing_else_does(plan: Dated, doses: tuple[ExpectedAfter, ...]) -> None:
    assert [dose.entry.due for dose in doses[:3]] == [Due.START, Due.STEP, Due.START]
    assert len(doses) == sum(entry.due in {Due.START, Due.STEP} for entry in plan.entries)
    assert all(window.start >= dose.entry.start for dose in doses for window in dose.windows)


def test_the_first_dose_opens_the_windows_of_depletion_and_of_returning_t_cells(
    doses: tuple[ExpectedAfter, ...],
) -> None:
    first, step, second = doses[:3]
    assert [window.what for window in first.windows] == [
        "T cells leave the blood",
        "cytokines are highest",
        "B cells ≤ 10 cells/µL",
        "T cells come back",
    ]
    back = first.windows[-1]
    # Claim TCL-2: within 7 to 14 days.
    assert (back.start, back.stop) == (7 * MINUTES_PER_DAY, 14 * MINUTES_PER_DAY)
    assert [window.what for window in step.windows] == ["T cells leave the blood"]
    assert [window.what for window in second.windows] == ["T cells leave the blood", "cytokines may rise, less"]


def test_t_cells_of_the_typical_patient_leave_within_the_window(doses: tuple[ExpectedAfter, ...]) -> None:
    lowest = doses[0].windows[0]
    assert lowest.simulated is not None
    assert 0 < lowest.simulated <= 2 * MINUTES_PER_DAY  # claim TCL-1: within 1 to 2 days
    assert lowest.outside is None


@pytest.mark.slow
def test_only_what_is_shown_of_a_plan_is_expected(plan: Dated) -> None:
    assert {dose.entry.cycle for dose in expected_windows(replace(plan, cycle=2), shipped_limits())} == {2}


@pytest.mark.parametrize(
    ("minute", "side"), [(None, None), (9, "earlier"), (10, None), (20, None), (21, "later")], ids=str
)
def test_a_minute_lies_in_a_window_or_on_one_side_of_it(minute: int | None, side: str | None) -> None:
    assert ExpectedWindow("it", 1, 10, 20, "source", minute).outside == side


def test_t_cells_that_hardly_move_neither_leave_nor_come_back() -> None:
    """At 0.5 mcg/m²/day they never fall below nine in ten: there is no day of coming back, and none of a fall."""
    course = expand(library.regimen("nhl-0.5"), patient(Fraction(70), Fraction(170)))
    dated = date_course(course, datetime(2026, 11, 30, 10, tzinfo=UTC), None, None)
    (first, *_) = expected_windows(dated, shipped_limits())
    simulated = {window.what: window.simulated for window in first.windows}
    assert simulated["T cells leave the blood"] is None
    assert simulated["T cells come back"] is None
