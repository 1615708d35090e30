"""Who travels in a course: what is planned for ten is at ten where the patient is, and all micrograms are counted."""

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan import plan
from blinplan.api.planning.planned import Plan
from blinplan.course.calendar import Due, changed_days
from blinplan.course.dated import Dated
from blinplan.course.wall_clock import Moment, WallClock
from blinplan.regimen.reading import RecordFile, read
from blinplan.rules.judge import judge
from tests.collection.grid import at_night
from tests.regimen_text import TODAY, codes
from tests.stories.ward import ADULT, exact, on_calendar, planned

BERLIN = ZoneInfo("Europe/Berlin")
ORDERED = 3787
"""What rr-adult comes to in days of 24 hours, in mcg."""
DAY, HOUR = 1440, 60


def travelling(folder: Path, since: str, zone: str, *, head: str = ADULT, besides: str = "", hour: str = "") -> Plan:
    home = f'site = 1\nname = "Home"\ntime_zone = "{zone}"\n{hour}bag = [{{ hours = 24, fill_ml = 276 }}, '
    (folder / "home.toml").write_text(f"{home}{{ hours = 48, fill_ml = 276 }}]\n", encoding="utf-8")
    return planned(folder, f'{besides}[[place]]\nsince = {since}\nsite = "home.toml"\n', head=head)


def hours_of_doses(dated: Dated, since: int = 0) -> set[str]:
    """At which hour by the clock of the place cycles and steps begin."""
    doses = (entry for entry in dated.entries if entry.due in {Due.START, Due.STEP} and entry.start >= since)
    return {f"{dated.clock.at(entry.start):%H:%M}" for entry in doses}


def told_difference(dated: Dated) -> Fraction:
    return sum((day.micrograms_more for day in changed_days(dated.course, dated.days)), Fraction(0))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("since", "zone", "more"),
    [
        ("2026-12-09T12:00:00", "America/New_York", Fraction(28 * 6, 24)),  # within a step, to the west
        at_night("2026-12-09T12:00:00", "Asia/Tokyo", -Fraction(28 * 8, 24)),  # and to the east
        ("2026-12-09T12:00:00", "Asia/Kathmandu", -Fraction(28 * 19, 24 * 4)),  # 4 h 45 min
        ("2026-12-05T23:30:00", "America/New_York", Fraction(9 * 6, 24)),  # within the first step
        at_night("2026-12-07T08:00:00", "America/New_York", Fraction(9 * 6, 24)),  # on the day of the step, before it
        ("2026-12-07T12:00:00", "America/New_York", Fraction(28 * 6, 24)),  # and after it
        ("2027-01-03T12:00:00", "America/New_York", Fraction(0)),  # in the interval
        at_night("2027-01-03T12:00:00", "Asia/Tokyo", Fraction(0)),
        ("2026-12-09T12:00:00", "Europe/Paris", Fraction(0)),  # of the same hour
    ],
)
def test_doses_change_at_ten_where_the_patient_is_and_the_days_around_a_journey_are_counted(
    tmp_path: Path, since: str, zone: str, more: Fraction
) -> None:
    found = travelling(tmp_path, since, zone)
    dated = on_calendar(found)
    assert hours_of_doses(dated) == {"10:00"}
    assert dated.course.micrograms == ORDERED + more + told_difference_of_clock(dated)
    assert told_difference(dated) == dated.course.micrograms - ORDERED
    free = [event.period.minutes for event in dated.course.events if event.period.dose is None]
    assert all(minutes >= 14 * DAY - HOUR for minutes in free)  # a journey shortens no interval
    exact(found)
    again = plan("rr-adult", ledger=written(tmp_path, found), site=tmp_path / "ward.toml")
    assert on_calendar(again).course == dated.course
    assert codes(judge(record_beside(tmp_path), TODAY, None)) == []


def told_difference_of_clock(dated: Dated) -> Fraction:
    """What changes of the clock and no journey come to."""
    changed = changed_days(dated.course, dated.days)
    return sum((day.micrograms_more for day in changed if not dated.travels(day.start, day.stop)), Fraction(0))


def written(folder: Path, found: Plan) -> Path:
    (folder / "plan.json").write_text(found.text("json"), encoding="utf-8")
    return folder / "plan.json"


def record_beside(folder: Path) -> RecordFile:
    reading = read((folder / "record.toml").read_bytes(), str(folder / "record.toml"))
    assert isinstance(reading, RecordFile)
    return reading


@pytest.mark.slow
def test_a_journey_is_told_in_every_view_with_its_micrograms(tmp_path: Path) -> None:
    found = travelling(tmp_path, "2026-12-09T12:00:00", "America/New_York")
    said = (
        "The patient travels in cycle 1: from Wed 2026-12-09 10:00 CET to Thu 2026-12-10 10:00 EST are 30 h, in which"
        " 35 mcg are infused, 7 mcg more than without the journey."
    )
    in_all = "Because the patient travels"
    for view in ("agenda", "days", "month", "bags", "overview"):
        text = " ".join(found.text(view=view).split())
        assert in_all in text, view
        assert said in text, view
    assert "Doses change at the same hour by the clock of each place." in " ".join(found.text(view="agenda").split())


def test_a_journey_on_the_day_on_which_the_clock_is_changed(tmp_path: Path) -> None:
    """Berlin put its clock back at 3:00, which makes 25 hours; New York is then five hours behind it."""
    head = ADULT.replace("2026-11-30", "2026-10-19")
    found = travelling(tmp_path, "2026-10-25T06:00:00", "America/New_York", head=head)
    dated = on_calendar(found)
    assert hours_of_doses(dated) == {"10:00"}
    (day, *others) = list(changed_days(dated.course, dated.days))
    assert (day.stop - day.start, day.micrograms_more) == (30 * HOUR, Fraction(9 * 6, 24))
    assert [other.more for other in others] == [HOUR, -HOUR]  # New York puts it back a week later
    assert dated.course.micrograms == ORDERED + Fraction(9 * 6, 24)
    exact(found)


def test_where_no_site_prepares_bags_before_it_a_journey_is_counted_all_the_same(tmp_path: Path) -> None:
    with_bags = on_calendar(travelling(tmp_path, "2026-12-09T12:00:00", "America/New_York"))
    found = plan("rr-adult", record=tmp_path / "record.toml")
    dated = on_calendar(found)
    assert dated.course == with_bags.course
    assert hours_of_doses(dated) == {"10:00"}
    said = "Times are local in Europe/Berlin, and from Wed 2026-12-09 06:00 in America/New_York."
    assert said in " ".join(found.text(view="agenda").split())
    again = plan("rr-adult", ledger=written(tmp_path, found))
    assert on_calendar(again).course == dated.course
    assert hours_of_doses(on_calendar(again)) == {"10:00"}


def test_who_comes_back_begins_the_next_cycle_at_ten_in_the_hospital(tmp_path: Path) -> None:
    back = '[[place]]\nsince = 2027-01-05T09:00:00\nsite = "ward.toml"\n'
    home = '[[place]]\nsince = 2026-12-09T12:00:00\nsite = "home.toml"\n'
    travelling(tmp_path, "2026-12-09T12:00:00", "America/New_York")
    dated = on_calendar(planned(tmp_path, home + back))
    assert hours_of_doses(dated) == {"10:00"}
    begun = [entry.start for entry in dated.entries if entry.due is Due.START]
    assert dated.clock.at(begun[1]) == datetime(2027, 1, 12, 10, tzinfo=BERLIN)  # 14 days and what is left of a day


def test_after_a_pump_that_stood_over_a_journey_the_dose_is_as_it_was_ordered(tmp_path: Path) -> None:
    stopped = (
        "[[interruption]]\nstopped = 2026-12-09T11:00:00\nrestarted = 2026-12-09T19:00:00\n"
        'cause = "logistics"\ncycle = 1\n'
    )
    found = travelling(tmp_path, "2026-12-09T12:00:00", "America/New_York", besides=stopped)
    dated = on_calendar(found)
    assert dated.course.micrograms == ORDERED + told_difference_of_clock(dated)
    exact(found)


ZONES = ["America/New_York", "Asia/Tokyo", "Pacific/Auckland", "Pacific/Honolulu", "Australia/Lord_Howe", "UTC"]


@given(
    first=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    journeys=st.lists(st.tuples(st.integers(0, 50 * DAY), st.sampled_from(ZONES)), max_size=3),
    days=st.integers(1, 60),
)
def test_a_time_is_shown_where_the_patient_is_then_unless_the_journey_leaves_it_out(
    first: datetime, journeys: list[tuple[int, str]], days: int
) -> None:
    start = first.replace(second=0, microsecond=0, tzinfo=BERLIN)
    moves = tuple((since, ZoneInfo(zone)) for since, zone in sorted(journeys))
    clock = WallClock(start, moves=moves)
    reached = [Moment(0, 0)]
    for _ in range(days):
        reached.append(clock.after(reached[-1], DAY))
    assert all(one.minute <= other.minute for one, other in pairwise(reached))
    assert [one.shown for one in reached] == [number * DAY for number in range(days + 1)]
    for moment in reached:
        here = clock.at(moment.minute)
        assert here.shown == moment.shown or _is_left_out(clock, moment)
    more = sum(more for _, _, more in clock.changed_days(0, reached[-1].minute))
    assert more == clock.surplus(0, reached[-1].minute) or _is_left_out(clock, reached[-1])


def _is_left_out(clock: WallClock, moment: Moment) -> bool:
    """Whether no clock shows a time where the patient is then, in the day around it."""
    return all(clock.at(moment.minute + off).shown != moment.shown for off in range(-2 * DAY, 2 * DAY, 5))


@pytest.mark.parametrize(
    ("zone", "hour", "more"),
    [("America/New_York", "10:00", Fraction(9 * 6, 24)), ("Asia/Tokyo", "18:00", -Fraction(28 * 8, 24))],
)
def test_who_leaves_at_the_hour_of_a_step(tmp_path: Path, zone: str, hour: str, more: Fraction) -> None:
    """To the west ten o'clock comes again, and that is when it is; to the east it is gone, and the step is at once."""
    found = travelling(tmp_path, "2026-12-07T10:00:00", zone)
    dated = on_calendar(found)
    step = next(entry.start for entry in dated.entries if entry.due is Due.STEP)
    assert f"{dated.clock.at(step):%H:%M}" == hour
    assert hours_of_doses(dated, step + 1) == {"10:00"}
    (day,) = (day for day in changed_days(dated.course, dated.days) if dated.travels(day.start, day.stop))
    assert day.micrograms_more == more
    assert any(line.startswith("The patient travels in cycle 1") for line in found.warnings)
    exact(found)


def test_who_leaves_before_the_hour_of_change_to_where_it_has_passed(tmp_path: Path) -> None:
    """From 08:00 in Berlin it is 16:00 in Tokyo: that day ends at 18:00, and the next, after the journey, is short."""
    found = travelling(tmp_path, "2026-12-09T08:00:00", "Asia/Tokyo")
    (told,) = (line for line in found.warnings if " in cycle 1: from " in line)
    assert told.startswith("The patient travels in cycle 1: from Wed 2026-12-09 18:00 to Thu 2026-12-10 10:00 are 16 h")
    assert told.endswith(" less than without the journey.")
    (total,) = (line for line in found.warnings if line.startswith("Because "))
    assert "the patient travels" in total
    exact(found)


def test_an_hour_that_the_clock_leaves_out_is_no_journey(tmp_path: Path) -> None:
    """At 02:30 of 28 March no clock in Berlin shows the hour, and nobody travels."""
    found = planned(tmp_path, "", head=ADULT.replace("2026-11-30T10:00", "2027-03-25T02:30"))
    (told,) = (line for line in found.warnings if " in cycle 1: from " in line)
    assert told.startswith("The clock is put forward in cycle 1: from Sun 2027-03-28 03:30 to Mon 2027-03-29 02:30")
    (total,) = (line for line in found.warnings if line.startswith("Because "))
    assert "travels" not in total


def test_a_time_that_a_journey_leaves_out_is_later_on_that_day_only() -> None:
    """From 12:00 in Berlin the clock shows 20:00 in Tokyo: what was to come at 13:00 comes an hour later."""
    start = datetime(2026, 12, 7, 13, tzinfo=BERLIN)
    clock = WallClock(start, moves=((2 * DAY - HOUR, ZoneInfo("Asia/Tokyo")),))
    now, found = Moment(0, 0), []
    for _ in range(3):
        now = clock.after(now, DAY)
        found.append(f"{start.astimezone(ZoneInfo('Asia/Tokyo')) + timedelta(minutes=now.minute):%d %H:%M}")
    assert found == ["08 21:00", "09 21:00", "10 13:00"]
