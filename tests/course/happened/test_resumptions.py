"""How an infusion goes on after a stop: in which cycle, at which dose, for how long, and in which words."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blinplan.course.adulthood import Adulthood, adult_from
from blinplan.course.events import ENDED, NOT_DECIDED, NOT_RESTARTED
from blinplan.course.happened.decided import RecordError
from blinplan.course.happened.figures import NewFigures
from blinplan.course.happened.interruption import Topic
from blinplan.course.happened.ledger import CourseEnd, Ledger, Resumption, StartOfCycle
from blinplan.course.happened.replan import as_it_stood, decide_at, replan, replay
from blinplan.course.patient import Patient, patient
from blinplan.quantities import read_dose
from blinplan.regimen.age import read_age
from blinplan.regimen.record.record import (
    BagOnRecord,
    BodyMeasurement,
    Ending,
    EndOfCourse,
    PlaceOnRecord,
    PlannedStart,
)
from tests.course.records import CRS, DAY, HOUR, START, course, record, stop
from tests.course.regimens import shipped

LOW, MIDDLE, FULL = (read_dose(f"{dose} mcg/day").rate for dose in (9, 14, 28))
SAME = "the same cycle goes on"
SILENT = f"{SAME} (of such an interruption the label does not say)"
BACK = "the full dose comes back after 7 d, by the steps of the cycle"
OPEN = "(when it is to change, nobody says)"
NOT_SAID = "(the label's; which dose was given is not on record)"
NEW = "a new cycle begins, the next of the regimen (whether the broken one counts, the label does not say)"
AGAIN = (
    "a new cycle begins, with the steps of the broken one, whose full dose was not reached (which cycle it is, the"
    " label does not say)"
)
WEEK = 7 * DAY


def going_on(*, new: bool = False, again: bool = False, dose: Any = None, minutes: int | None = None) -> Resumption:
    return Resumption(new, again, dose, minutes)


@pytest.mark.parametrize(
    ("one", "resumption", "words"),
    [
        (stop(10 * DAY, 2 * DAY), going_on(), SILENT),
        (stop(10 * DAY, DAY, "overdose"), going_on(), SILENT),
        (stop(10 * DAY, DAY, new_cycle=False), going_on(), SAME),
        (stop(10 * DAY, DAY, CRS, grade=2), going_on(), SAME),
        (stop(10 * DAY, DAY, CRS, grade=2, new_cycle=False), going_on(), SAME),
        (
            stop(10 * DAY, DAY, CRS, grade=3),
            going_on(dose=LOW, minutes=WEEK),
            f"{SAME}, at 9 mcg/day {NOT_SAID}; {BACK}",
        ),
        (
            stop(10 * DAY, DAY, CRS, grade=3, restart_dose="9 mcg/day"),
            going_on(dose=LOW, minutes=WEEK),
            f"{SAME}, at 9 mcg/day; {BACK}",
        ),
        (
            stop(10 * DAY, DAY, CRS, grade=3, restart_dose="14 mcg/day"),
            going_on(dose=MIDDLE, minutes=WEEK),
            f"{SAME}, at 14 mcg/day; {BACK}",
        ),
        (
            stop(10 * DAY, DAY, CRS, grade=3, restart_dose="28 mcg/day"),
            going_on(dose=FULL),
            f"{SAME}, at 28 mcg/day, the full dose",
        ),
        (
            stop(10 * DAY, DAY, restart_dose="14 mcg/day"),
            going_on(dose=MIDDLE),
            f"{SILENT}, at 14 mcg/day in place of the step that was stopped {OPEN}",
        ),
        (stop(10 * DAY, DAY, restart_dose="28 mcg/day"), going_on(), SILENT),
        (
            stop(10 * DAY, 9 * DAY, new_cycle=False, restart_dose="9 mcg/day", full_dose_after=WEEK),
            going_on(dose=LOW, minutes=WEEK),
            f"{SAME}, at 9 mcg/day; the full dose comes back after 7 d, as the record says",
        ),
        (
            stop(10 * DAY, 9 * DAY, new_cycle=True, restart_dose="28 mcg/day"),
            going_on(new=True, dose=FULL),
            f"{NEW}, at 28 mcg/day in place of the step that was stopped {OPEN}",
        ),
        (stop(10 * DAY, 9 * DAY, new_cycle=False, restart_dose="28 mcg/day"), going_on(), SAME),
        (
            stop(4 * DAY, 9 * DAY, new_cycle=False, restart_dose="28 mcg/day"),
            going_on(dose=FULL),
            f"{SAME}, at 28 mcg/day in place of the step that was stopped {OPEN}",
        ),
        (stop(10 * DAY, 9 * DAY, CRS, grade=2), going_on(new=True), NEW),
        (stop(3 * DAY, 9 * DAY, CRS, grade=2), going_on(new=True, again=True), AGAIN),
        (
            stop(10 * DAY, 9 * DAY, CRS, grade=3, new_cycle=False),
            going_on(dose=LOW, minutes=WEEK),
            f"{SAME}, at 9 mcg/day {NOT_SAID}; {BACK}",
        ),
    ],
)
def test_how_it_goes_on_is_told(one: dict[str, Any], resumption: Resumption, words: str) -> None:
    found = replan(course(), record(one))
    (entry,) = found.ledger.interruptions
    assert (entry.resumption, entry.resumed, found.ended) == (resumption, words, False)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (stop(10 * DAY, None), " until the infusion is restarted"),
        (stop(10 * DAY, DAY, CRS, grade=4), ": the label stops the drug for good"),
        (stop(10 * DAY, 9 * DAY, CRS), " until it is known: `grade` is not on record"),
        (
            stop(10 * DAY, 9 * DAY),
            " until it is decided how the infusion goes on after so long a stop, of which the label says nothing: add"
            " `restart_dose` and `restart_in` to the record",
        ),
        (
            stop(10 * DAY, 9 * DAY, restart_dose="9 mcg/day"),
            " until it is decided how the infusion goes on after so long a stop, of which the label says nothing: add"
            " `restart_in` to the record",
        ),
        (
            stop(10 * DAY, 9 * DAY, new_cycle=True),
            " until it is decided how the infusion goes on after so long a stop, of which the label says nothing: add"
            " `restart_dose` to the record",
        ),
        (
            stop(10 * DAY, DAY, restart_dose="29 mcg/day"),
            ": 29 mcg/day, the dose of the restart on record, is above every dose that was planned",
        ),
        (
            stop(178 * DAY, 9 * DAY, CRS, grade=2, cycle=5),
            ": a new cycle would begin, and the regimen has none left",
        ),
    ],
)
def test_why_it_does_not_go_on_is_told(one: dict[str, Any], why: str) -> None:
    found = replan(course(), record(one))
    (entry,) = found.ledger.interruptions
    assert (entry.resumption, entry.resumed, found.ended) == (None, f"nothing more is planned{why}", True)
    assert found.course.events[-1].period.stop == one["at"]


def test_of_a_label_that_does_not_say_what_is_to_be_done_what_was_done_is_asked_for() -> None:
    planned = course()
    planned = replace(planned, regimen=replace(planned.regimen, label="hk-2026"))
    asked = "nothing more is planned until it is known what was done, because the label, as far as it was seen, does"
    for more, keys in (
        ({}, "`restart_dose` and `restart_in`"),
        ({"restart_dose": "9 mcg/day"}, "`restart_in`"),
        ({"new_cycle": False}, "`restart_dose`"),
    ):
        one = record(stop(10 * DAY, DAY, CRS, grade=3, **more))
        (entry,) = replan(planned, one).ledger.interruptions
        assert entry.resumed == f"{asked} not say what is to be done: add {keys} to the record"


def test_a_course_that_ended_while_it_was_stopped_says_why() -> None:
    ended = replace(
        record(stop(10 * DAY, None)), end=EndOfCourse(START + timedelta(days=12), Ending.RELAPSE, "in the marrow")
    )
    (entry,) = replan(course(), ended).ledger.interruptions
    assert entry.resumed == "nothing more is planned: the course has ended: relapse (in the marrow)"


def test_why_it_does_not_go_on_is_told_of_the_stop_that_lasts_and_of_no_other() -> None:
    """The course ended on day 30; after the stop on day 10 it had gone on."""
    ended = EndOfCourse(START + timedelta(days=30), Ending.RELAPSE, None)
    (entry,) = replan(course(), replace(record(stop(10 * DAY, DAY)), end=ended)).ledger.interruptions
    assert entry.resumed == SILENT


@pytest.mark.parametrize("hangs", [True, False])
def test_which_dose_was_given_says_the_bag_that_hung_at_the_restart(hangs: bool) -> None:
    severe = record(stop(10 * DAY, DAY, CRS, grade=3))
    low = replace(bag(11 * DAY, 12 * DAY), dose=LOW)
    (entry,) = replan(course(), replace(severe, bags=(low,) if hangs else ())).ledger.interruptions
    said = "what was given, the bag on record says" if hangs else "which dose was given is not on record"
    assert entry.resumed == f"{SAME}, at 9 mcg/day (the label's; {said}); {BACK}"


def questions(*stops: dict[str, Any]) -> set[Topic]:
    """What is asked after the last of some stops."""
    return {one.question for one in replan(course(), record(*stops)).ledger.interruptions[-1].decisions}


def test_an_event_comes_back_at_the_low_dose_of_its_restart_and_at_no_other() -> None:
    """The full dose is then put off: after an event, in the cycle in which the low dose is given, and at that dose."""
    severe: dict[str, Any] = {"cause": CRS, "grade": 3}
    mild: dict[str, Any] = {"cause": CRS, "grade": 2}
    new_cycle = stop(10 * DAY, 8 * DAY, **severe)  # the low dose is given in the next one
    assert Topic.ESCALATION in questions(new_cycle, stop(20 * DAY, DAY, cycle=2, **mild))
    at_full = stop(10 * DAY, DAY, restart_dose="28 mcg/day", **severe)
    assert Topic.ESCALATION not in questions(at_full, stop(12 * DAY, DAY, **mild))
    low = stop(10 * DAY, DAY, restart_dose="9 mcg/day", full_dose_after=WEEK)
    assert Topic.ESCALATION not in questions(low, stop(13 * DAY, DAY))  # a pump that fails twice is no event


def test_a_pump_that_fails_twice_at_a_low_dose_puts_the_full_one_off_no_longer() -> None:
    low = stop(10 * DAY, DAY, restart_dose="9 mcg/day", full_dose_after=WEEK)
    found = replan(course(), record(low, stop(13 * DAY, DAY))).course
    after = [(event.period.minutes // DAY, int(event.rate)) for event in found.events if event.period.start >= 11 * DAY]
    assert after[:4] == [(2, 9), (1, 0), (5, 9), (11, 28)]


@pytest.mark.parametrize(("before", "for_good"), [(None, False), (0, False), (1, True)])
@pytest.mark.parametrize("cause", ["technical", "neurological"])
def test_seizures_that_nobody_counted_are_not_added_to_later_ones(
    cause: str, before: int | None, for_good: bool
) -> None:
    """More than one in all stops the drug for good."""
    first = stop(8 * DAY, HOUR, cause, seizures=before, grade=2 if cause == "neurological" else None)
    later = stop(12 * DAY, DAY, "neurological", grade=2, seizures=1)
    (_, entry) = replan(course(), record(first, later)).ledger.interruptions
    assert (entry.resumed == "nothing more is planned: the label stops the drug for good") is for_good


def test_the_places_of_a_record_are_those_of_its_ledger() -> None:
    there = PlaceOnRecord(START + timedelta(days=9), "elsewhere.toml", ("place", 0))
    assert replan(course(), replace(record(), places=(there,))).ledger.places == (there,)


def test_a_ledger_of_a_course_that_ended_keeps_no_later_start_and_no_figures_of_another_course() -> None:
    """A start that was planned before the course ended is no fault of its ledger; figures without a place are one."""
    ended = CourseEnd(20 * DAY, EndOfCourse(START + timedelta(days=20), Ending.RELAPSE, None))
    late = StartOfCycle(2, 42 * DAY, 45 * DAY, "it is planned so", recorded=False)
    again = replay(course(), Ledger(starts=(late,), end=ended))
    assert (again.ended, again.course.events[-1].period.stop) == (True, 20 * DAY)
    figures = NewFigures(43 * DAY, START.date(), Patient(), None, "")
    with pytest.raises(RecordError, match="entries that do not fit"):
        replay(course(), Ledger(figures=(figures,)))


def bag(hung: int, down: int | None) -> BagOnRecord:
    taken = None if down is None else START + timedelta(minutes=down)
    return BagOnRecord(START + timedelta(minutes=hung), taken, FULL, 2 * DAY, None, None, ("bag", 0))


def test_a_record_as_it_stood_knows_nothing_of_later() -> None:
    """A bag hung on day 1, another on day 3, a stop on day 4 that lasted a day, and the end on day 20."""
    whole = replace(
        record(stop(3 * DAY, DAY, CRS, grade=3, restart_dose="9 mcg/day")),
        bags=(bag(0, 2 * DAY), bag(2 * DAY, 3 * DAY), bag(4 * DAY, 6 * DAY)),
        end=EndOfCourse(START + timedelta(days=20), Ending.RELAPSE, None),
    )
    begun, stopped, restarted = as_it_stood(whole)
    assert [one.interruptions for one in (begun,)] == [()]
    assert [(one.hung, one.taken_down) for one in begun.bags] == [(START, None)]
    assert [one.taken_down is None for one in stopped.bags] == [False, False]
    assert (stopped.interruptions[0].restarted, stopped.interruptions[0].restart_dose) == (None, None)
    assert [one.taken_down is None for one in restarted.bags] == [False, False, True]
    assert restarted.interruptions == whole.interruptions
    assert begun.end is stopped.end is restarted.end is None
    later = BodyMeasurement((START + timedelta(days=25)).date(), Fraction(70), None, None, ("measured", 0))
    *_, ended = as_it_stood(replace(whole, measurements=(later,)))
    assert (ended.end, ended.measurements) == (whole.end, ())


def test_a_bag_that_hangs_hung_then_too() -> None:
    hanging = replace(record(stop(3 * DAY, DAY), stop(10 * DAY, DAY)), bags=(bag(4 * DAY, None),))
    assert [len(one.bags) for one in as_it_stood(hanging)] == [0, 0, 1, 1]
    assert all(one.taken_down is None for stood in as_it_stood(hanging) for one in stood.bags)


@pytest.mark.parametrize(("born", "given"), [("2008-04-23", True), ("2008-04-28", False)])
def test_who_is_an_adult_at_the_restart_is_premedicated_as_one(born: str, given: bool) -> None:
    """Stopped on 21 April, restarted on the 26th, in cycle 2: of adults the label premedicates every restart."""
    planned = course()
    known = Adulthood(adult_from(planned.regimen), read_age(born), START)
    found = replan(planned, record(stop(50 * DAY, 5 * DAY, cycle=2)), adulthood=known)
    (entry,) = found.ledger.interruptions
    asked = [one.yes for one in entry.decisions if one.question is Topic.PREMEDICATION]
    assert asked == ([True] if given else [])


def test_what_is_decided_is_the_ledger_and_the_doses_that_were_stopped() -> None:
    one = record(stop(3 * DAY, DAY), stop(10 * DAY, HOUR), starts={2: 44 * DAY})
    ledger, stopped = decide_at(shipped("rr-adult"), one, Patient())
    assert [(entry.stopped, entry.restarted) for entry in ledger.interruptions] == [
        (3 * DAY, 4 * DAY),
        (10 * DAY, 10 * DAY + HOUR),
    ]
    assert stopped == (LOW, FULL)
    (begun,) = ledger.starts
    assert (begun.cycle, begun.earliest, begun.start) == (2, 43 * DAY + HOUR, 44 * DAY)
    assert begun.why == "it is on record, 23 h later than it could"


def test_starts_after_the_end_of_a_course_are_no_part_of_its_ledger() -> None:
    ended = replace(record(starts={2: 43 * DAY}), end=EndOfCourse(START + timedelta(days=50), Ending.TRANSPLANT, None))
    found = replan(course(), ended)
    late = "it is on record, 1 d later than it could"
    assert found.ledger.starts == (StartOfCycle(2, 42 * DAY, 43 * DAY, late, recorded=True),)
    planned = PlannedStart(2, START + timedelta(days=45), None, ("planned_start", 0))
    for days in (43, 45):  # also where it ended as the cycle was to begin
        late_end = EndOfCourse(START + timedelta(days=days), Ending.TRANSPLANT, None)
        assert replan(course(), replace(record(), planned_starts=(planned,), end=late_end)).ledger.starts == ()
    before = replace(record(), end=EndOfCourse(START + timedelta(days=40), Ending.TRANSPLANT, None))
    assert replan(course(), before).ledger.starts == ()


def test_a_bag_after_the_last_that_is_planned_was_hung_where_nothing_is() -> None:
    """While the infusion stood, after a restart of which nobody decided, and after the end."""
    silent = record(stop(10 * DAY, 9 * DAY))
    lacks: dict[int, str | None] = {}
    for hung, happened in (
        (12 * DAY, record(stop(10 * DAY, None))),
        (20 * DAY, silent),
        (40 * DAY, replace(silent, end=EndOfCourse(START + timedelta(days=30), Ending.OTHER, None))),
        (
            50 * DAY,
            replace(record(stop(10 * DAY, DAY)), end=EndOfCourse(START + timedelta(days=30), Ending.OTHER, None)),
        ),
        (60 * DAY, replace(record(), end=EndOfCourse(START + timedelta(days=30), Ending.OTHER, None))),
        (400 * DAY, record()),
    ):
        found = replan(course(), replace(happened, bags=(bag(hung, hung + HOUR),)))
        event = next(one for one in found.course.events if one.period.start == hung)
        before = next(one for one in found.course.events if one.period.stop == hung)
        assert all(one.period.stop == other.period.start for one, other in pairwise(found.course.events))
        assert event.rate == 28
        lacks[hung // DAY] = before.period.lack
    assert lacks == {12: NOT_RESTARTED, 20: NOT_DECIDED, 40: ENDED, 50: ENDED, 60: ENDED, 400: ENDED}


def test_an_event_that_was_over_in_the_minute_of_a_measurement_was_known_to_be() -> None:
    """Of a stop that still lasted then."""
    midnight = datetime.combine((START + timedelta(days=12)).date(), time.min, UTC)
    one = replace(record(stop(10 * DAY, 5 * DAY, CRS, grade=3)).interruptions[0], resolved=midnight)
    measured = BodyMeasurement(midnight.date(), Fraction(70), None, None, ("measured", 0))
    stood = list(as_it_stood(replace(record(), interruptions=(one,), measurements=(measured,))))
    assert [[known.resolved for known in each.interruptions] for each in stood] == [[], [None], [midnight]]
    assert [each.measurements for each in stood] == [(), (), (measured,)]  # which is known from its day on


def test_what_is_decided_goes_by_the_age_that_is_handed_over_and_by_the_clock_of_the_record() -> None:
    """Of adults the label premedicates restarts in cycle 2; summer time begins on 29 March in Berlin."""
    one = record(stop(50 * DAY, 5 * DAY, cycle=2), starts={2: 45 * DAY})
    planned = course()
    for age, asks in (("40 years", True), ("10 years", False)):
        known = Adulthood(adult_from(planned.regimen), read_age(age).told_on(START.date()), START)
        (entry,) = decide_at(shipped("rr-adult"), one, Patient(), known)[0].interruptions
        assert any(asked.question is Topic.PREMEDICATION and asked.yes for asked in entry.decisions) is asks
    for zone, earliest in ((None, 42 * DAY), ("UTC", 42 * DAY), ("Europe/Berlin", 42 * DAY - HOUR)):
        (begun,) = decide_at(shipped("rr-adult"), replace(one, time_zone=zone), Patient())[0].starts
        assert begun.earliest == earliest
    moves = ((10 * DAY, ZoneInfo("Europe/Berlin")),)
    (begun,) = decide_at(shipped("rr-adult"), one, Patient(), moves=moves)[0].starts
    assert begun.earliest == 42 * DAY  # without a zone of its own a record knows of no other


def test_what_is_decided_takes_new_figures_from_the_next_cycle_on() -> None:
    measured = BodyMeasurement((START + timedelta(days=5)).date(), Fraction(36), None, None, ("measured", 0))
    child = patient(Fraction(40), Fraction(150))
    told = replace(record(regimen="rr-below-45-kg"), measurements=(measured,))
    assert [figures.minute for figures in decide_at(shipped("rr-below-45-kg"), told, child)[0].figures] == [42 * DAY]


def test_where_it_is_written_that_a_cycle_began_too_early_is_told() -> None:
    with pytest.raises(RecordError, match="cycle 2 began while") as refused:
        replan(course(), record(stop(10 * DAY, 6 * DAY), starts={2: 12 * DAY}))
    assert refused.value.path == ("cycle_start", 0, "started")


def test_a_start_that_is_planned_for_the_minute_in_which_it_can_be_is_as_planned() -> None:
    planned = PlannedStart(2, START + timedelta(days=42), None, ("planned_start", 0))
    (begun,) = replan(course(), replace(record(), planned_starts=(planned,))).ledger.starts
    assert (begun.start, begun.why, begun.recorded) == (42 * DAY, "it is planned so", False)
    (late, *_) = replan(course(), None, lambda minute: (minute + DAY, "the ward is closed")).ledger.starts
    assert (late.why, late.recorded) == ("the ward is closed", False)
