"""Courses over a change of the clock, in records: what is planned for ten is at ten, and every microgram is counted."""

from fractions import Fraction
from pathlib import Path

import pytest

from blinplan.api.planning.planned import Plan
from blinplan.refusal import Refusal
from tests.stories.ward import ADULT, WARD, exact, planned

AUTUMN = ADULT.replace("2026-11-30", "2026-10-19")
SPRING = ADULT.replace("2026-11-30", "2027-03-22")
PUMP = """[[interruption]]
stopped = 2026-10-24T20:00:00
restarted = 2026-10-25T08:00:00
cause = "technical"
cycle = 1
restart_in = "same-cycle"
"""


def hours_of_changes(found: Plan) -> set[str]:
    """At which hours by the clock bags are hung."""
    dated = found.dated
    assert dated is not None
    return {f"{dated.clock.at(bag.start):%H:%M}" for bag in found.bags}


def steps_of(found: Plan) -> list[str]:
    return [f"{entry.start:%Y-%m-%d %H:%M}" for entry in found.entries if entry.due in {"start", "step"}]


def test_in_autumn_the_step_is_at_ten_and_its_week_has_an_hour_more(tmp_path: Path) -> None:
    found = planned(tmp_path, "", head=AUTUMN)
    assert steps_of(found)[:3] == ["2026-10-19 10:00", "2026-10-26 10:00", "2026-11-30 10:00"]
    assert found.course.micrograms == 3787 + Fraction(9, 24)
    assert hours_of_changes(found) == {"10:00"}
    assert min(bag.minutes for bag in found.bags) >= 4 * 60
    exact(found)
    told = " ".join(found.warnings)
    assert "from Sat 2026-10-24 10:00 to Sun 2026-10-25 10:00 are 25 h, in which 9.375 mcg are infused" in told
    assert "Because the clock is changed, the course has 0.375 mcg more than in days of 24 hours." in told


def test_in_spring_the_step_is_at_ten_and_its_day_has_an_hour_less(tmp_path: Path) -> None:
    found = planned(tmp_path, "", head=SPRING)
    assert steps_of(found)[:2] == ["2027-03-22 10:00", "2027-03-29 10:00"]
    assert found.course.micrograms == 3787 - Fraction(9, 24)
    assert hours_of_changes(found) == {"10:00"}
    exact(found)
    assert "are 23 h, in which 8.625 mcg are infused, 0.375 mcg less" in " ".join(found.warnings)


def test_a_pump_that_stood_over_the_night_of_the_change_leaves_the_dose_as_it_was_ordered(tmp_path: Path) -> None:
    """From 20:00 to 8:00 are 13 hours that night: nothing was infused in the hour that came twice."""
    found = planned(tmp_path, PUMP, head=AUTUMN)
    assert found.dated is not None
    (entry,) = found.dated.ledger.interruptions
    assert entry.interruption.minutes == 13 * 60
    assert found.course.micrograms == 3787
    assert steps_of(found)[1] == "2026-10-26 22:00"  # twelve hours later by the clock
    exact(found)


@pytest.mark.parametrize(
    ("key", "hours", "micrograms"),
    [
        ('long_day = "longer-bag"', {"10:00"}, 3787 + Fraction(9, 24)),
        ('long_day = "split"', {"10:00", "18:00"}, 3787 + Fraction(9, 24)),
        ('long_day = "move-clock"', {"10:00", "09:00"}, Fraction(3787)),
    ],
)
def test_a_ward_with_bags_for_a_day_does_what_it_says_on_the_day_of_25_hours(
    tmp_path: Path, key: str, hours: set[str], micrograms: Fraction
) -> None:
    bags = "bag = [{ hours = 24, fill_ml = 276 }, { hours = 36, fill_ml = 400, rate_ml_per_hour = 10 }]"
    ward = WARD[: WARD.index("\nbag =")] + f"\n{key}\n{bags}\n"
    found = planned(tmp_path, "", site=ward, head=AUTUMN)
    assert hours_of_changes(found) == hours
    assert found.course.micrograms == micrograms
    assert all(bag.minutes <= bag.size.minutes for bag in found.bags)
    assert min(bag.minutes for bag in found.bags) >= 4 * 60
    exact(found)


def test_a_record_that_says_when_the_second_hour_of_that_night_was_is_heard(tmp_path: Path) -> None:
    """02:30 comes twice; with its offset it is one moment."""
    second = PUMP.replace("2026-10-24T20:00:00", "2026-10-25T02:30:00+02:00")
    second = second.replace("2026-10-25T08:00:00", "2026-10-25T02:30:00+01:00")
    found = planned(tmp_path, second, head=AUTUMN)
    assert found.dated is not None
    (entry,) = found.dated.ledger.interruptions
    assert entry.interruption.minutes == 60
    assert found.course.micrograms == 3787  # what was lost is the hour that was too many
    assert steps_of(found)[1] == "2026-10-26 10:00"
    exact(found)


def test_the_hour_that_there_is_not_is_no_time_on_record(tmp_path: Path) -> None:
    missing = '[[interruption]]\nstopped = 2027-03-28T02:30:00\ncause = "technical"\ncycle = 1\n'
    with pytest.raises(Refusal):
        planned(tmp_path, missing, head=SPRING)
