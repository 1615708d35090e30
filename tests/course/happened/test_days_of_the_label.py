"""Days of the label are those of the ward's clock, also where one of them has 23 or 25 hours; its hours are hours."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from blinplan.course.happened.interruption import Circumstances, Decision, Topic, decisions
from blinplan.course.wall_clock import NO_DATES, WallClock
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate
from blinplan.regimen import library
from blinplan.regimen.record.record import Cause, Interruption

BERLIN = ZoneInfo("Europe/Berlin")
BEFORE = {"autumn": datetime(2026, 10, 22, 10, tzinfo=BERLIN), "spring": datetime(2027, 3, 25, 10, tzinfo=BERLIN)}
MORE = {"autumn": 60, "spring": -60}
FULL = DoseRate(Fraction(28), Basis.FLAT)


def asked(
    cause: str, stopped: datetime, restarted: datetime, resolved: datetime | None = None, *, dated: bool = True
) -> dict[Topic, Decision]:
    one = Interruption(
        stopped.astimezone(UTC),
        restarted.astimezone(UTC),
        Cause(cause),
        1,
        3,
        0,
        None if resolved is None else resolved.astimezone(UTC),
        None,
        None,
        None,
        ("interruption", 0),
    )
    clock = WallClock(stopped - timedelta(days=5)) if dated else NO_DATES
    known = Circumstances(FULL, clock=clock, stopped=5 * MINUTES_PER_DAY)
    return {decision.question: decision for decision in decisions(one, library.regimen("rr-adult"), known)}


def later(stopped: datetime, days: int, minutes: int = 0) -> datetime:
    """So many days later by the ward's clock, and then so many minutes."""
    return (stopped + timedelta(days=days)).astimezone(UTC) + timedelta(minutes=minutes)


@pytest.mark.parametrize("season", BEFORE)
@pytest.mark.parametrize("over", [0, 1])
def test_a_stop_of_seven_days_by_the_ward_s_clock_goes_on_in_the_same_cycle(season: str, over: int) -> None:
    stopped = BEFORE[season]
    cycle = asked("cytokine-release-syndrome", stopped, later(stopped, 7, over))[Topic.CYCLE]
    assert cycle.yes is bool(over)
    assert cycle.answer.endswith(f", 7 d{' 1 min' if over else ''} by the ward's clock")
    technical = asked("technical", stopped, later(stopped, 7, over))
    assert (Topic.CYCLE in technical) is bool(over)


@pytest.mark.parametrize("season", BEFORE)
@pytest.mark.parametrize(("cause", "days"), [("neurological", 7), ("icans", 7), ("other-adverse-event", 14)])
@pytest.mark.parametrize("over", [0, 1])
def test_an_event_stops_the_drug_for_good_after_so_many_days_of_the_ward_s_clock(
    season: str, cause: str, days: int, over: int
) -> None:
    stopped = BEFORE[season]
    gone = later(stopped, days, over)
    decision = asked(cause, stopped, gone, gone).get(Topic.CONTINUE)
    assert (decision is not None and decision.stop) is bool(over)
    unsaid = asked(cause, stopped, gone)[Topic.CONTINUE] if over else asked(cause, stopped, gone).get(Topic.CONTINUE)
    assert (unsaid is not None and unsaid.missing == "resolved") is bool(over)


@pytest.mark.parametrize("season", BEFORE)
@pytest.mark.parametrize("cause", ["neurological", "icans", "other-adverse-event", "liver-values"])
def test_a_hold_of_three_days_ends_at_the_hour_of_the_ward_s_clock(season: str, cause: str) -> None:
    stopped = BEFORE[season]
    wait = asked(cause, stopped, later(stopped, 3), later(stopped, 1))[Topic.WAIT].wait
    assert wait == 3 * MINUTES_PER_DAY + MORE[season]


@pytest.mark.parametrize("season", BEFORE)
def test_hours_of_the_label_are_hours(season: str) -> None:
    stopped = BEFORE[season].replace(hour=0) + timedelta(days=3)  # the night in which the clock is changed
    for minutes, again in ((239, False), (240, True)):
        found = asked("cytokine-release-syndrome", stopped, stopped.astimezone(UTC) + timedelta(minutes=minutes))
        assert found[Topic.PREMEDICATION].yes is again
        assert (Topic.SUPERVISION in found) is again


@pytest.mark.parametrize("season", BEFORE)
def test_without_dates_a_day_has_24_hours(season: str) -> None:
    stopped = BEFORE[season]
    for minutes, new in ((7 * MINUTES_PER_DAY, False), (7 * MINUTES_PER_DAY + 1, True)):
        restarted = stopped.astimezone(UTC) + timedelta(minutes=minutes)
        cycle = asked("cytokine-release-syndrome", stopped, restarted, dated=False)[Topic.CYCLE]
        assert cycle.yes is new
        assert "clock" not in cycle.answer
