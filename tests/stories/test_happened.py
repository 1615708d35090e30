"""What really happened, told in records: the plan goes on from it as a pharmacist would."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from blinplan import plan
from blinplan.course.calendar import Due
from blinplan.reports.plan.bags.vials import usage_of_cycles
from blinplan.reports.plan.dated_plan import entry_text
from tests.collection.grid import at_night, pairs_of
from tests.stories.ward import ADULT, exact, found, on_calendar, planned, steps

BERLIN = ZoneInfo("Europe/Berlin")
LATER_CYCLES = 4 * 28 * 28
"""What the four cycles after the first come to, in mcg."""


def hours(days: int, more: int = 0) -> Fraction:
    """Days and hours, in days."""
    return days + Fraction(more, 24)


def interruption(stopped: str, restarted: str, cause: str, *lines: str, cycle: int = 1) -> str:
    more = "\n".join(lines)
    return (
        f'[[interruption]]\nstopped = {stopped}\nrestarted = {restarted}\ncause = "{cause}"\ncycle = {cycle}\n{more}\n'
    )


def test_cytokine_release_of_grade_3_on_day_4(tmp_path: Path) -> None:
    """It is held until it is resolved, restarted at 9 mcg/day, and 28 come back after 7 days; 28 days in all."""
    happened = interruption(
        "2026-12-03T14:00:00",
        "2026-12-05T10:00:00",
        "cytokine-release-syndrome",
        "grade = 3",
        "resolved = 2026-12-05T08:00:00",
        "premedicated = true",
        'restart_dose = "9 mcg/day"',
        'restart_in = "same-cycle"',
    )
    found_plan = planned(tmp_path, happened)
    day = [float(days) for days, _ in steps(found_plan, 1)]
    assert [float(rate) for _, rate in steps(found_plan, 1)] == [9, 0, 9, 28, 0]
    assert (round(day[0] + day[2] + day[3], 6), day[2]) == (28, 7)
    given = 9 * hours(3, 4) + 9 * 7 + 28 * (28 - 7 - hours(3, 4))
    assert on_calendar(found_plan).course.micrograms == given + LATER_CYCLES
    exact(found_plan)
    assert found(happened) == []


def test_a_neurological_event_of_grade_3_on_day_15(tmp_path: Path) -> None:
    happened = interruption(
        "2026-12-14T10:00:00",
        "2026-12-18T10:00:00",
        "neurological",
        "grade = 3",
        "seizures = 0",
        "resolved = 2026-12-16T10:00:00",
        "premedicated = true",
        'restart_dose = "9 mcg/day"',
        'restart_in = "same-cycle"',
    )
    found_plan = planned(tmp_path, happened)
    assert [tuple(map(float, step)) for step in steps(found_plan, 1)] == [
        (7, 9),
        (7, 28),
        (4, 0),
        (7, 9),
        (7, 28),
        (14, 0),
    ]
    assert on_calendar(found_plan).course.micrograms == 2 * (7 * 9 + 7 * 28) + LATER_CYCLES
    exact(found_plan)
    assert found(happened) == []


def test_a_second_seizure_ends_the_drug(tmp_path: Path) -> None:
    first = interruption(
        "2026-12-14T10:00:00",
        "2026-12-18T10:00:00",
        "neurological",
        "grade = 2",
        "seizures = 1",
        "premedicated = true",
    )
    second = (
        '[[interruption]]\nstopped = 2026-12-22T10:00:00\ncause = "neurological"\ngrade = 2\nseizures = 1\ncycle = 1\n'
    )
    found_plan = planned(tmp_path, first + second)
    dated = on_calendar(found_plan)
    assert dated.replanned.ended
    assert dated.course.micrograms == 7 * 9 + 7 * 28 + 4 * 28
    assert "stops the drug for good" in dated.ledger.interruptions[-1].resumed
    assert dated.clock.at(dated.course.events[-1].period.stop) == datetime(2026, 12, 22, 10, tzinfo=BERLIN)
    exact(found_plan)


def test_a_pump_failure_of_five_hours_with_the_same_bag(tmp_path: Path) -> None:
    happened = interruption(
        "2026-12-09T12:00:00", "2026-12-09T17:00:00", "technical", "premedicated = true", "same_bag = true"
    )
    found_plan = planned(tmp_path, happened)
    dated = on_calendar(found_plan)
    again = next(bag for bag in dated.bags if bag.again)
    before = next(bag for bag in dated.bags if bag.stop == again.start - 5 * 60)
    assert before.minutes + again.minutes <= before.size.minutes
    assert dated.course.micrograms == dated.replanned.planned.micrograms
    assert any("goes on from Wed 2026-12-09 17:00, and is good until" in line for line in found_plan.warnings)
    exact(found_plan)
    assert found(happened) == []


def test_twelve_days_for_surgery(tmp_path: Path) -> None:
    """The label is silent: nothing is resumed until somebody has decided, and the record says it."""
    silent = ("2026-12-12T08:00:00", "2026-12-24T08:00:00", "surgery", "premedicated = true")
    waiting = planned(tmp_path, interruption(*silent))
    dated = on_calendar(waiting)
    assert dated.clock.at(dated.course.events[-1].period.stop) == datetime(2026, 12, 12, 8, tzinfo=BERLIN)
    assert dated.ledger.interruptions[0].resumed.endswith("add `restart_dose` and `restart_in` to the record")
    assert found(interruption(*silent)) == ["I806"]
    assert dated.course.micrograms == 7 * 9 + 28 * hours(4, 22)
    exact(waiting)
    decided = ('restart_dose = "9 mcg/day"', 'restart_in = "same-cycle"', "full_dose_after_days = 7")
    going_on = planned(tmp_path, interruption(*silent, *decided))
    assert [float(rate) for _, rate in steps(going_on, 1)] == [9, 28, 0, 9, 28, 0]
    assert on_calendar(going_on).course.micrograms == 14 * 9 + 14 * 28 + LATER_CYCLES - Fraction(28, 24)  # in spring
    exact(going_on)
    assert found(interruption(*silent, *decided)) == []


def bag(number: int, hung: str, taken_down: str | None, dose: str) -> str:
    down = "" if taken_down is None else f"taken_down = {taken_down}\n"
    return f'[[bag]]\nnumber = {number}\nhung = {hung}\n{down}dose = "{dose}"\nhours = 48\n'


def test_a_wrong_bag_of_six_hours(tmp_path: Path) -> None:
    """28 in place of 9 mcg/day for six hours are 4.75 mcg too much; 9 in place of 28 as much too little."""
    for first, wrong, sign in (("2026-12-0", "28 mcg/day", 1), ("2026-12-1", "9 mcg/day", -1)):
        right = "9 mcg/day" if sign > 0 else "28 mcg/day"
        happened = (
            bag(1, f"{first}0T10:00:00".replace("-12-00", "-11-30"), f"{first}2T10:00:00", right)
            + bag(2, f"{first}2T10:00:00", f"{first}2T16:00:00", wrong)
            + bag(3, f"{first}2T16:00:00", None, right)
        )
        found_plan = planned(tmp_path, happened)
        course = on_calendar(found_plan).course
        assert course.micrograms - on_calendar(found_plan).replanned.planned.micrograms == sign * 19 / 4
        much = "much" if sign > 0 else "little"
        assert any(f"4.75 mcg too {much}" in line for line in found_plan.warnings)
        assert found(happened) == ["I808"]
        exact(found_plan)


def test_what_a_wrong_bag_gave_is_told_once(tmp_path: Path) -> None:
    """As a sentence with its times, what it comes to and what the label asks; a cut plan has what the check found."""
    happened = bag(1, "2026-11-30T10:00:00", "2026-12-02T10:00:00", "9 mcg/day")
    happened += bag(2, "2026-12-02T10:00:00", "2026-12-02T16:00:00", "28 mcg/day")
    happened += bag(3, "2026-12-02T16:00:00", None, "9 mcg/day")
    found_plan = planned(tmp_path, happened)
    for view in ("overview", "agenda", "bags"):
        text = " ".join(found_plan.text(view=view).split())
        assert text.count("4.75 mcg too much") == 1, view
        assert "after an overdose the label restarts at the right dose after 12 hours" in text
    assert sum("4.75 mcg too much" in line for line in found_plan.warnings) == 1
    assert [one["code"] for one in found_plan.findings] == ["I808"]
    cut = replace(found_plan, dated=replace(on_calendar(found_plan), cycle=3), cycle=3)
    assert sum("4.75 mcg too much" in line for line in cut.warnings) == 1


def test_vials_are_counted_of_bags_of_which_it_is_known_what_was_in_them(tmp_path: Path) -> None:
    """A bag of 276 mL for 48 hours at 5 mL/h holds 20.7 mcg of 9 mcg/day, and took one vial of 35 mcg."""
    filled = bag(1, "2026-11-30T10:00:00", "2026-12-02T10:00:00", "9 mcg/day") + "fill_ml = 276\n"
    unknown = bag(2, "2026-12-02T10:00:00", "2026-12-04T10:00:00", "9 mcg/day")
    much_later = bag(9, "2026-12-10T10:00:00", "2026-12-12T10:00:00", "28 mcg/day") + "fill_ml = 276\n"
    found_plan = planned(tmp_path, filled + unknown + much_later)
    dated = on_calendar(found_plan)
    assert [one.held for one in dated.bags if one.on_record] == [Fraction(207, 10), None, Fraction(644, 10)]
    cycle = usage_of_cycles(dated)[0].used
    assert cycle is not None
    assert cycle.on_record == 1 + 2
    numbers = [dated.bag_numbers[start] for start in cycle.not_counted]
    assert numbers == [2, 3, 4]
    in_doubt = [one for one in dated.bags if one.uncertain]
    assert {dated.bag_numbers[one.start] for one in in_doubt} == {3, 4}
    assert not any(one.is_to_prepare for one in in_doubt)
    text = " ".join(found_plan.text(view="bags").split())
    assert "3 of them for bags on record, by what was in them" in text
    assert "Not counted: bag 2, as the record does not say what was in it (`fill_ml`); bags 3 to 4, as" in text
    assert "it is counted as it was ordered, and its vials are in no sum" in text
    prepared = [entry for entry in dated.entries if entry.due is Due.PREPARATION]
    assert not {entry.bag for entry in prepared} & {*in_doubt}


def test_a_wrong_bag_that_hangs_is_told_before_anything_else(tmp_path: Path) -> None:
    happened = bag(1, "2026-11-30T10:00:00", "2026-12-02T10:00:00", "9 mcg/day")
    happened += bag(2, "2026-12-02T10:00:00", None, "28 mcg/day")
    found_plan = planned(tmp_path, happened)
    said = (
        "A WRONG BAG HANGS since Wed 2026-12-02 10:00: 28 mcg/day in place of 9. Take it down now, and write when"
        " (`taken_down`). Here it is counted to the end of its hours, Fri 2026-12-04 10:00: 38 mcg too much."
    )
    assert said in found_plan.warnings
    course = on_calendar(found_plan).course
    assert course.micrograms - on_calendar(found_plan).replanned.planned.micrograms == 2 * (28 - 9)
    assert found(happened) == ["I808"]
    exact(found_plan)


def test_a_transplant_after_cycle_2(tmp_path: Path) -> None:
    happened = '[end]\nat = 2027-02-15T09:00:00\nreason = "transplant"\n'
    found_plan = planned(tmp_path, happened)
    dated = on_calendar(found_plan)
    assert {event.period.cycle for event in dated.course.events} == {1, 2}
    assert dated.course.micrograms == 7 * 9 + 21 * 28 + 28 * 28
    calendar = found_plan.text("ics", plan_id="p1")
    assert "STATUS:CANCELLED" in calendar
    assert calendar.count("STATUS:CANCELLED") >= 3 * 4  # start, end and bags of three cycles
    assert any("the course has ended: transplant. Nothing more is planned." in line for line in found_plan.warnings)
    exact(found_plan)
    assert found(happened) == []


def test_cycle_3_two_days_early_and_three_weeks_late(tmp_path: Path) -> None:
    spring = Fraction(-28, 24)  # three weeks later the clock is put forward in cycle 3, and an hour is not infused
    for started, said, off in (("2027-02-20", "2 d before", 0), ("2027-03-15", "21 d later than it could", spring)):
        happened = f"[[cycle_start]]\ncycle = 3\nstarted = {started}T10:00:00\n"
        found_plan = planned(tmp_path, happened)
        dated = on_calendar(found_plan)
        begins = next(event.period.start for event in dated.course.events if event.period.cycle == 3)
        assert dated.clock.at(begins) == datetime.fromisoformat(f"{started}T10:00").replace(tzinfo=BERLIN)
        assert said in dated.ledger.starts[0].why
        assert dated.course.micrograms - dated.replanned.planned.micrograms == off
        assert found(happened) == ["I807"]
        exact(found_plan)


@pytest.mark.parametrize(("first", "second"), [("2026-09-21", "2026-10-31"), ("2027-03-01", "2027-04-10")])
def test_two_days_early_are_two_days_by_the_ward_s_clock_over_a_clock_change(
    tmp_path: Path, first: str, second: str
) -> None:
    head = ADULT.replace("2026-11-30", first)
    happened = f"[[cycle_start]]\ncycle = 2\nstarted = {second}T10:00:00\n"
    dated = on_calendar(planned(tmp_path, happened, head=head))
    assert "it is on record, 2 d before the cycle" in dated.ledger.starts[0].why


STRAY = bag(20, "2027-01-02T10:00:00", "2027-01-02T16:00:00", "28 mcg/day")
OPEN = '[[interruption]]\nstopped = 2026-12-09T12:00:00\ncause = "technical"\ncycle = 1\n'
LONG = OPEN.replace("technical", "surgery").replace(
    "cause", "restarted = 2026-12-24T12:00:00\npremedicated = true\ncause"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("happened", "given", "said"),
    [
        (STRAY, 3787 + 7, "where none is ordered, as the infusion of the cycle had ended: 7 mcg too much"),
        (
            OPEN + bag(5, "2026-12-09T20:00:00", "2026-12-10T02:00:00", "28 mcg/day"),
            7 * 9 + Fraction(28 * 50, 24) + 7,
            "where none is ordered, as the infusion was stopped: 7 mcg too much",
        ),
        at_night(
            interruption("2026-12-09T12:00:00", "2026-12-10T12:00:00", "technical", "premedicated = true")
            + bag(5, "2026-12-09T20:00:00", "2026-12-10T02:00:00", "28 mcg/day"),
            3787 + 7,
            "where none is ordered, as the infusion was stopped: 7 mcg too much",
        ),
        (
            '[end]\nat = 2026-12-20T10:00:00\nreason = "relapse"\n'
            + bag(5, "2026-12-20T20:00:00", "2026-12-21T02:00:00", "28 mcg/day"),
            7 * 9 + 13 * 28 + 7,
            "where none is ordered, as the course had ended: 7 mcg too much",
        ),
    ],
)
def test_a_bag_on_a_patient_whose_plan_says_no_infusion(
    tmp_path: Path, happened: str, given: Fraction, said: str
) -> None:
    """It hung, and so it is read, counted in what was given, and found."""
    found_plan = planned(tmp_path, happened)
    course = on_calendar(found_plan).course
    assert course.micrograms == given
    assert sum(one.micrograms for one in found_plan.bags) == given
    for view in ("overview", "agenda", "days", "month", "bags"):
        assert said in " ".join(found_plan.text(view=view).split()), view
    assert found(happened) == ["I808"]
    for name in ("csv", "json", "html", "ics", "fhir"):
        assert found_plan.text(name, plan_id="p1" if name in {"ics", "fhir"} else None)
    (tmp_path / "plan.json").write_text(found_plan.text("json"), encoding="utf-8")
    again = plan("rr-adult", ledger=tmp_path / "plan.json", site=tmp_path / "ward.toml")
    assert on_calendar(again).course == course


def test_a_bag_that_hung_after_a_restart_on_which_nothing_is_decided_is_counted(tmp_path: Path) -> None:
    """What is planned waits for the decision; what was given does not."""
    hung = bag(9, "2026-12-24T12:00:00", "2026-12-26T02:00:00", "9 mcg/day")
    found_plan = planned(tmp_path, LONG + hung)
    assert on_calendar(found_plan).course.micrograms == 7 * 9 + Fraction(28 * 50, 24) + Fraction(9 * 38, 24)
    said = "What was given since Thu 2026-12-24 12:00 is in the sums as far as bags are on record, and else in none."
    assert any(said in line for line in found_plan.warnings)
    assert found(LONG + hung) == ["I806"]
    exact(found_plan)


def test_a_planned_closure_moves_a_start_and_no_bag_is_changed_in_it(tmp_path: Path) -> None:
    happened = '[[closure]]\nfirst_day = 2027-01-10\nlast_day = 2027-01-12\nwhy = "the ward moves"\n'
    found_plan = planned(tmp_path, happened)
    dated = on_calendar(found_plan)
    begins = next(event.period.start for event in dated.course.events if event.period.cycle == 2)
    assert dated.clock.at(begins) == datetime(2027, 1, 13, 10, tzinfo=BERLIN)
    closed = {date(2027, 1, day) for day in (10, 11, 12)}
    assert not closed & {dated.clock.at(bag.start).date() for bag in dated.bags}
    exact(found_plan)


def test_where_the_clock_is_put_forward_the_stories_hold(tmp_path: Path) -> None:
    spring = ADULT.replace("2026-11-30", "2027-03-15")
    happened = bag(1, "2027-03-15T10:00:00", "2027-03-17T10:00:00", "9 mcg/day") + interruption(
        "2027-03-27T12:00:00", "2027-03-28T17:00:00", "technical", "premedicated = true", "same_bag = true"
    )
    exact(planned(tmp_path, happened, head=spring))


AT_HOME = (
    'site = 1\nname = "Home"\ntime_zone = "{}"\n{}'
    "bag = [{{ hours = 24, fill_ml = 276 }}, {{ hours = 168, fill_ml = 110 }}]\n"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "hour", "first"),
    pairs_of(
        ["America/New_York", "Asia/Tokyo", "Australia/Sydney", "Europe/London"],
        ["18:00", "09:00", None],
        ["2026-11-30", "2026-09-07", "2027-03-01", "2027-02-08"],
    ),
)
def test_who_goes_home_to_another_zone_begins_each_cycle_at_the_hour_there(
    tmp_path: Path, zone: str, hour: str | None, first: str
) -> None:
    """No cycle begins at 4:00 because it is 10:00 in the hospital; the interval is never cut for it."""
    there = AT_HOME.format(zone, f'change_time = "{hour}"\n' if hour else "")
    (tmp_path / "home.toml").write_text(there, encoding="utf-8")
    since = date.fromisoformat(first) + timedelta(days=9)
    head = ADULT.replace("2026-11-30", first)
    dated = on_calendar(planned(tmp_path, f'[[place]]\nsince = {since}T10:00:00\nsite = "home.toml"\n', head=head))
    begun = [entry.start for entry in dated.entries if entry.due is Due.START][1:]
    assert len(begun) == 4
    assert {f"{dated.clock.at(start):%H:%M}" for start in begun} == {hour or "10:00"}
    if zone != "Europe/London":
        said = next(entry_text(dated, entry) for entry in dated.entries if entry.due is Due.HOSPITAL)
        assert said.startswith(f"in hospital until {dated.clock.at(9 * 1440):%a %Y-%m-%d %H:%M %Z}")
    free = [event.period for event in dated.course.events if event.period.dose is None]
    assert all(14 * 1440 - 60 <= period.minutes <= 15 * 1440 + 60 for period in free)
    assert dated.course.micrograms == dated.replanned.planned.micrograms


def test_nine_days_in_hospital_and_then_home_in_another_zone(tmp_path: Path) -> None:
    """The ward changes bags at 10:00 in Berlin, and the service at home at 9:00 in London, in longer bags."""
    home = (
        'site = 1\nname = "Home"\ntime_zone = "Europe/London"\nchange_time = "09:00"\n'
        "bag = [{ hours = 24, fill_ml = 276 }, { hours = 168, fill_ml = 110 }]\n"
    )
    (tmp_path / "home.toml").write_text(home, encoding="utf-8")
    happened = '[[place]]\nsince = 2026-12-09T10:00:00\nsite = "home.toml"\n'
    found_plan = planned(tmp_path, happened)
    dated = on_calendar(found_plan)
    move = dated.clock.minute(datetime(2026, 12, 9, 10, tzinfo=BERLIN))
    before, after = ([bag for bag in dated.bags if (bag.start >= move) is at_home] for at_home in (False, True))
    assert {bag.size.minutes for bag in before} <= {24 * 60, 48 * 60, 96 * 60}
    assert {bag.size.minutes for bag in after} == {168 * 60}
    assert {f"{dated.clock.at(bag.start):%H:%M %Z}" for bag in before} == {"10:00 CET"}
    assert {f"{dated.clock.at(bag.start):%H:%M %Z}" for bag in after if bag.start < 28 * 1440} == {"09:00 GMT"}
    assert any(bag.stop == move for bag in before)
    said = " ".join(found_plan.text(view="bags").split())
    assert "Times are local in Europe/Berlin, and from Wed 2026-12-09 09:00 in Europe/London (Home)." in said
    assert "Doses change at the same hour by the clock of each place." in said
    # The day of the journey has an hour more, and nothing else is another dose.
    assert dated.course.micrograms == dated.replanned.planned.micrograms == 3787 + Fraction(28, 24)
    exact(found_plan)
    assert found(happened) == []
    document = found_plan.text("json")
    (tmp_path / "plan.json").write_text(document, encoding="utf-8")
    again = plan("rr-adult", ledger=tmp_path / "plan.json", site=tmp_path / "ward.toml")
    assert on_calendar(again).bags == dated.bags
