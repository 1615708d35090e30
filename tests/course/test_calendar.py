"""A course on the calendar: every minute passes once, whatever the clock on the wall does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.sequence import bag_sequence
from blinplan.course.calendar import Clock, Due, Entry, changed_days, entries, micrograms
from blinplan.course.events import Course, expand
from blinplan.course.happened.replan import on_calendar, replan
from blinplan.course.infusions import infusions
from blinplan.course.patient import patient
from blinplan.course.premedication import premedication_plan
from blinplan.course.wall_clock import WallClock
from blinplan.quantities import read_dose
from blinplan.regimen import library
from blinplan.regimen.age import completed_age
from blinplan.regimen.record.record import BagOnRecord
from blinplan.regimen.vocabulary import AgeGroup
from tests.course.records import CRS, record, stop
from tests.course.records import START as RECORD_START
from tests.course.regimens import cycle, regimen, site

DAY = 24 * 60
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 19, 10, tzinfo=BERLIN)


def course(name: str = "rr-adult") -> Course:
    regimen = library.regimen(name)
    return expand(regimen, patient(Fraction(70), age=completed_age(40)))


def of(found: tuple[Entry, ...], due: Due) -> list[Entry]:
    return [entry for entry in found if entry.due is due]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
@given(start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), minute=st.integers(-DAY, 400 * DAY))  # noqa: DTZ001
def test_a_minute_comes_back_from_the_calendar(zone: str, start: datetime, minute: int) -> None:
    moment = start.replace(second=0, microsecond=0, tzinfo=UTC).astimezone(ZoneInfo(zone))
    clock = Clock(moment)
    assert clock.minute(clock.at(minute)) == minute
    assert clock.at(minute).tzinfo == ZoneInfo(zone)
    assert clock.at(0) == moment


def test_local_days_are_23_24_or_25_hours() -> None:
    clock = Clock(START)
    days = [date(2026, 10, 19) + timedelta(days=number) for number in range(200)]
    lengths = [clock.midnight(other) - clock.midnight(one) for one, other in pairwise(days)]
    assert set(lengths) == {23 * 60, 24 * 60, 25 * 60}
    assert lengths[date(2026, 10, 25).toordinal() - days[0].toordinal()] == 25 * 60


def test_the_labelled_plan_has_140_infusion_days_in_five_cycles() -> None:
    found = course()
    given = infusions(found)
    assert sum(one.stop - one.start for one in given) == 140 * DAY
    starts = of(entries(found), Due.START)
    stops = of(entries(found), Due.STOP)
    assert [(stop.start - start.start) // DAY for start, stop in zip(starts, stops, strict=True)] == [28] * 5
    assert [entry.cycle for entry in of(entries(found), Due.NEXT_CYCLE)] == [2, 3, 4, 5]


def test_what_is_due_when() -> None:
    found = course()
    due = entries(found, premedication_plan(found))
    assert [entry.start for entry in of(due, Due.PREMEDICATION)] == [day * DAY - 60 for day in (0, 7, 42, 84, 126, 168)]
    assert [entry.cycle for entry in of(due, Due.PREMEDICATION)] == [1, 1, 2, 3, 4, 5]
    assert [(entry.start, entry.stop) for entry in of(due, Due.HOSPITAL)] == [(0, 9 * DAY), (42 * DAY, 44 * DAY)]
    assert [entry.start for entry in of(due, Due.STEP)] == [7 * DAY]
    assert [entry.start for entry in due] == sorted(entry.start for entry in due)


def test_days_add_up_to_the_course() -> None:
    found, clock = course(), Clock(START)
    days = [START.date() + timedelta(days=number) for number in range(230)]
    amounts = [micrograms(found, clock.midnight(one), clock.midnight(other)) for one, other in pairwise(days)]
    assert sum(amounts) == found.micrograms
    assert micrograms(found, 0, DAY) == 9
    assert amounts[date(2026, 10, 25).toordinal() - days[0].toordinal()] == 9 * Fraction(25, 24)


def test_bags_stand_in_the_calendar_and_give_what_is_ordered() -> None:
    found = course()
    bags = bag_sequence(infusions(found), site(24, 48, 72, closed=frozenset({5, 6})), START)
    due = entries(found, bags=bags)
    assert [entry.bag for entry in of(due, Due.BAG)] == list(bags)
    assert sum(bag.micrograms for bag in bags) == found.micrograms
    assert {entry.cycle for entry in of(due, Due.BAG)} == {1, 2, 3, 4, 5}


def test_the_label_asks_for_no_supervision_of_what_it_does_not_know() -> None:
    assert of(entries(course("dlbcl-3-step")), Due.SUPERVISION) == []
    assert [entry.cycle for entry in of(entries(course()), Due.SUPERVISION)] == [3, 4, 5]


def test_an_infusion_without_a_free_interval_ends_when_its_last_step_does() -> None:
    steps = 'dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21'
    found = expand(regimen(cycle(steps, free=0)), patient(Fraction(70)))
    assert [entry.start for entry in of(entries(found), Due.STOP)] == [28 * DAY]


def test_after_the_interval_of_the_last_cycle_no_other_can_begin() -> None:
    """Nor after a cycle without an interval, which the next one follows at once."""
    steps = 'dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21'
    for cycles, later in (
        (cycle(steps), []),
        (cycle(steps, repeat=2), [(2, 42)]),
        (cycle(steps, free=0) + cycle(steps), []),
        (cycle(steps) + cycle(steps, free=0), [(2, 42)]),
    ):
        due = entries(expand(regimen(cycles), patient(Fraction(70))))
        assert [(entry.cycle, entry.start // DAY) for entry in of(due, Due.NEXT_CYCLE)] == later


def test_bags_are_prepared_so_long_before_they_hang() -> None:
    found = course()
    ward = site(24, 48, prepared_before=6 * 60)
    bags = bag_sequence(infusions(found), ward, START)
    due = entries(found, bags=bags, site=ward)
    assert [entry.start for entry in of(due, Due.PREPARATION)] == [bag.start - 6 * 60 for bag in bags]
    assert {entry.bag for entry in of(due, Due.PREPARATION)} == set(bags)
    past = tuple(replace(bag, on_record=bag.start < DAY) for bag in bags)
    assert len(of(entries(found, bags=past, site=ward), Due.PREPARATION)) == len(bags) - 1
    assert of(entries(found, bags=bags), Due.PREPARATION) == []


@pytest.mark.parametrize(("at", "told", "begins"), [(44, 42, 44), (42, 42, 42), (40, 40, 40)])
def test_the_next_cycle_is_due_when_it_can_begin_and_at_the_latest_when_it_did(at: int, told: int, begins: int) -> None:
    found = replan(course(), record(starts={2: at * DAY}))
    due = entries(found.course, ledger=found.ledger)
    assert next((one.cycle, one.start // DAY) for one in of(due, Due.NEXT_CYCLE)) == (2, told)
    assert [one.start // DAY for one in of(due, Due.START)][:2] == [0, begins]


@pytest.mark.parametrize(("lasts", "asked"), [(4 * 60 - 1, False), (4 * 60, True)])
@pytest.mark.parametrize("grade", [None, 3])
def test_a_restart_is_premedicated_and_supervised_from_four_hours_on_whatever_else_is_open(
    lasts: int, asked: bool, grade: int | None
) -> None:
    """Where nobody says how bad the event was, it is open at which dose it goes on: that is another question."""
    found = replan(course(), record(stop(10 * DAY, lasts, CRS, grade=grade, restart_dose="28 mcg/day")))
    due = entries(found.course, premedication_plan(found.course), ledger=found.ledger)
    restart = 10 * DAY + lasts
    assert [entry.start for entry in of(due, Due.SUPERVISION) if entry.cycle == 1] == [restart] * asked
    given = [entry.premedication for entry in of(due, Due.PREMEDICATION) if entry.premedication is not None]
    assert [one.infusion for one in given if 8 * DAY < one.infusion < 20 * DAY] == [restart] * asked


def test_a_restart_of_which_the_age_decides_is_in_the_calendar_with_those_whom_it_is_for() -> None:
    """In cycle 2 the label premedicates the restarts of adults; how old the patient is, nobody says."""
    planned = expand(library.regimen("rr-adult"), patient(Fraction(70)))
    for lasts, is_given in ((5 * 60, True), (3 * 60, False)):
        found = replan(planned, record(stop(50 * DAY, lasts, cycle=2)))
        due = entries(found.course, premedication_plan(found.course), ledger=found.ledger)
        told = [one.premedication for one in of(due, Due.PREMEDICATION) if one.start == 50 * DAY + lasts - 60]
        assert [one.only for one in told if one is not None] == ([AgeGroup.ADULTS] if is_given else [])
        known = replan(course(), record(stop(50 * DAY, lasts, cycle=2)))
        due = entries(known.course, premedication_plan(known.course), ledger=known.ledger)
        told = [one.premedication for one in of(due, Due.PREMEDICATION) if one.start == 50 * DAY + lasts - 60]
        assert [one.only for one in told if one is not None] == ([None] if is_given else [])


@pytest.mark.parametrize(("first", "rate"), [(159, 28), (160, 28), (161, 9), (165, 9)])
def test_the_hour_that_a_day_has_more_is_given_at_the_dose_that_runs_then(first: int, rate: int) -> None:
    """On 25 October it is 2:00 twice, of which the first is meant: 160 hours by the clock after 10:00 on the 18th."""
    steps = f'dose = "9 mcg/day", hours = {first}; dose = "28 mcg/day", hours = {20 * 24 - first}'
    planned = expand(regimen(cycle(steps)), patient(Fraction(70)))
    clock = WallClock(datetime(2026, 10, 18, 10, tzinfo=BERLIN))
    on_calendar_now = on_calendar(planned, clock)
    (day,) = changed_days(on_calendar_now, clock)
    assert (day.start, day.stop, day.more, day.cycle) == (6 * DAY, 7 * DAY + 60, 60, 1)
    assert day.micrograms == micrograms(on_calendar_now, 6 * DAY, 7 * DAY + 60)
    assert day.micrograms_more == Fraction(rate, 24)


def test_a_day_of_one_dose_gives_an_hour_more_of_it() -> None:
    """Until 22 October 9 mcg/day, and then 28: the day of 25 hours has 28 alone; in spring it is an hour less."""
    planned = expand(
        regimen(cycle('dose = "9 mcg/day", days = 3; dose = "28 mcg/day", days = 11')), patient(Fraction(70))
    )
    for begins, more in ((START, 1), (datetime(2027, 3, 22, 10, tzinfo=BERLIN), -1)):
        clock = WallClock(begins)
        (day,) = changed_days(on_calendar(planned, clock), clock)
        assert (day.more, day.micrograms_more) == (60 * more, Fraction(28 * more, 24))
        assert day.micrograms == 28 + Fraction(28 * more, 24)


def test_a_day_of_another_length_is_of_the_cycle_in_which_it_begins() -> None:
    steps = cycle('dose = "28 mcg/day", days = 3', free=0) + cycle('dose = "28 mcg/day", days = 11')
    clock = WallClock(START)
    (day,) = changed_days(on_calendar(expand(regimen(steps), patient(Fraction(70))), clock), clock)
    assert (day.cycle, day.micrograms, day.micrograms_more) == (2, 28 + Fraction(28, 24), Fraction(28, 24))


def test_a_bag_after_the_end_of_a_course_takes_away_no_end_of_a_cycle() -> None:
    at = RECORD_START + timedelta(days=400)
    late = BagOnRecord(at, at + timedelta(hours=6), read_dose("28 mcg/day").rate, DAY, None, None, ("bag", 0))
    found = replan(course(), replace(record(), bags=(late,)))
    stops = of(entries(found.course, ledger=found.ledger), Due.STOP)
    assert [(one.cycle, one.start // DAY) for one in stops] == [(number, 42 * number - 14) for number in range(1, 6)]


def test_the_days_of_a_course_are_counted_by_the_calendar() -> None:
    """From 10:00 on: fourteen hours later is day 2."""
    minutes = (-11 * 60, 0, 14 * 60 - 1, 14 * 60, DAY, 7 * DAY)
    assert [Clock(START).day(minute) for minute in minutes] == [0, 1, 1, 2, 2, 8]


def test_each_minute_gives_its_part_of_a_day_s_dose() -> None:
    found = course()
    assert micrograms(found, 0, 1) == micrograms(found, 7 * DAY - 1, 7 * DAY) == Fraction(9, DAY)
    assert micrograms(found, 7 * DAY - 1, 7 * DAY + 1) == Fraction(9 + 28, DAY)
    assert micrograms(found, 5, 5) == 0


def test_a_label_that_says_nothing_of_supervision_asks_for_none() -> None:
    assert of(entries(course("hk-rr-adult")), Due.SUPERVISION) == []


def test_a_restart_that_was_stopped_in_the_same_minute_is_supervised_when_it_goes_on() -> None:
    found = replan(course(), record(stop(10 * DAY, 5 * 60), stop(10 * DAY + 5 * 60, 6 * 60)))
    supervised = [entry.start for entry in of(entries(found.course, ledger=found.ledger), Due.SUPERVISION)]
    assert supervised[0] == 10 * DAY + 11 * 60


@pytest.mark.parametrize(("moved", "days"), [(3 * DAY - 4 * 60, 3), (4 * DAY - 4 * 60, 4)])
def test_a_day_that_a_journey_shortens_gives_less_of_the_dose_that_runs_in_it(moved: int, days: int) -> None:
    """Flown to Tokyo four hours before ten, so that this ten is left out: the day after it has sixteen hours.

    The dose rises where that day begins, or where it ends.
    """
    planned = expand(
        regimen(cycle('dose = "9 mcg/day", days = 4; dose = "28 mcg/day", days = 11')), patient(Fraction(70))
    )
    clock = WallClock(datetime(2027, 1, 4, 10, tzinfo=BERLIN), moves=((moved, ZoneInfo("Asia/Tokyo")),))
    (day,) = changed_days(on_calendar(planned, clock), clock)
    assert (day.start, day.stop, day.more) == (days * DAY, (days + 1) * DAY - 8 * 60, -8 * 60)
    assert day.micrograms_more == Fraction(-8 * (9 if days == 3 else 28), 24)


def test_a_journey_back_in_a_later_step_takes_nothing_from_the_day_of_the_first() -> None:
    steps = 'dose = "9 mcg/day", days = 5; dose = "14 mcg/day", days = 5; dose = "28 mcg/day", days = 11'
    planned = expand(regimen(cycle(steps)), patient(Fraction(70)))
    moves = ((2 * DAY + 60, ZoneInfo("America/New_York")), (7 * DAY + 60, BERLIN))
    clock = WallClock(datetime(2027, 1, 4, 10, tzinfo=BERLIN), moves=moves)
    found = [(day.more // 60, day.micrograms_more) for day in changed_days(on_calendar(planned, clock), clock)]
    assert found == [(6, Fraction(9 * 6, 24)), (-6, Fraction(-14 * 6, 24))]
