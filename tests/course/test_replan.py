"""A course with interruptions: nothing is lost, nothing is given twice, and the label's answer comes out."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.bags.sequence import bag_sequence
from blinplan.course.calendar import Due, entries, with_restarts
from blinplan.course.dated import as_planned, date_course
from blinplan.course.events import INTERRUPTED, Course, expand
from blinplan.course.happened.decided import RecordError
from blinplan.course.happened.interruption import Topic
from blinplan.course.happened.ledger import Ledger, StartOfCycle, record_of
from blinplan.course.happened.ledger_document import LedgerError, ledger_data, ledger_of
from blinplan.course.happened.replan import Replanned, as_it_stood, decide_at, replan, replay
from blinplan.course.infusions import infusions
from blinplan.course.patient import PatientError, patient
from blinplan.course.premedication import premedication_plan
from blinplan.course.wall_clock import WallClock
from blinplan.quantities import Basis, DoseRate, read_dose
from blinplan.regimen import library
from blinplan.regimen.record.record import Cause, Closure, Ending, EndOfCourse, PlannedStart
from tests.course import regimens
from tests.course.records import CRS, DAY, HOUR, START, course, record, stop
from tests.course.regimens import regimen, site


def replanned(*stops: dict[str, Any]) -> Replanned:
    return replan(course(), record(*stops))


def shape(found: Replanned, cycle: int) -> list[tuple[int, int]]:
    """Minutes and rates of a cycle, a gap as 0."""
    return [(e.period.minutes, int(e.rate)) for e in found.course.events if e.period.cycle == cycle]


def infused(found: Course, cycle: int) -> int:
    return sum(e.period.minutes for e in found.events if e.period.cycle == cycle and e.period.dose is not None)


def whole(found: Replanned) -> None:
    """The course is one without a gap, from the first minute on."""
    events = found.course.events
    assert events[0].period.start == 0
    assert all(one.period.stop == other.period.start for one, other in pairwise(events))
    assert all(event.period.minutes > 0 for event in events)
    assert all((event.period.step == 0) is (event.period.dose is None) for event in events)


def test_a_stop_of_no_length_leaves_no_gap() -> None:
    found = replanned(stop(10 * DAY, 0))
    whole(found)
    assert [(minutes, rate) for minutes, rate in shape(found, 1) if rate] == [
        (7 * DAY, 9),
        (3 * DAY, 28),
        (18 * DAY, 28),
    ]


def test_without_an_interruption_nothing_changes() -> None:
    found = replanned()
    assert found.course == found.planned
    assert (found.ledger, found.ended) == (Ledger(), False)


def test_after_a_short_pause_the_cycle_goes_on_to_28_infusion_days() -> None:
    found = replanned(stop(3 * DAY, 2 * DAY))
    whole(found)
    assert shape(found, 1) == [(3 * DAY, 9), (2 * DAY, 0), (4 * DAY, 9), (21 * DAY, 28), (14 * DAY, 0)]
    assert infused(found.course, 1) == 28 * DAY
    assert found.course.micrograms == found.planned.micrograms
    assert found.course.events[1].period.cycle_name == INTERRUPTED
    assert found.course.events[-1].period.stop == found.planned.events[-1].period.stop + 2 * DAY


def test_after_grade_3_the_restart_is_low_for_seven_days() -> None:
    found = replanned(stop(10 * DAY, 3 * DAY, CRS, grade=3))
    whole(found)
    assert shape(found, 1) == [
        (7 * DAY, 9),
        (3 * DAY, 28),
        (3 * DAY, 0),
        (7 * DAY, 9),
        (11 * DAY, 28),
        (14 * DAY, 0),
    ]
    assert infused(found.course, 1) == 28 * DAY
    assert found.planned.micrograms - found.course.micrograms == 7 * (28 - 9)
    (entry,) = found.ledger.interruptions
    assert (entry.stopped, entry.restarted) == (10 * DAY, 13 * DAY)
    assert {decision.question for decision in entry.decisions} >= {
        Topic.DOSE,
        Topic.ESCALATION,
        Topic.CYCLE,
    }
    assert entry.resumed == (
        "the same cycle goes on, at 9 mcg/day (the label's; which dose was given is not on record); the full dose comes"
        " back after 7 d, by the steps of the cycle"
    )


def test_after_more_than_seven_days_the_next_cycle_begins() -> None:
    found = replanned(stop(10 * DAY, 8 * DAY, CRS, grade=3))
    whole(found)
    assert shape(found, 1) == [(7 * DAY, 9), (3 * DAY, 28), (8 * DAY, 0)]
    assert shape(found, 2) == [(7 * DAY, 9), (21 * DAY, 28), (14 * DAY, 0)]
    assert "a new cycle begins" in found.ledger.interruptions[0].resumed
    assert "the label does not say" in found.ledger.interruptions[0].resumed
    later = replanned(stop(10 * DAY, 8 * DAY, CRS, grade=2))
    assert shape(later, 2) == [(28 * DAY, 28), (14 * DAY, 0)]


@pytest.mark.parametrize("cause", ["technical", "surgery", "patient-wish", "logistics", "overdose"])
def test_after_a_long_stop_of_which_the_label_says_nothing_nothing_is_resumed_unasked(cause: str) -> None:
    short = replanned(stop(10 * DAY, 7 * DAY, cause))
    assert not short.ended
    long = replanned(stop(10 * DAY, 7 * DAY + 1, cause))
    assert long.ended
    assert long.course.events[-1].period.stop == 10 * DAY
    assert "add `restart_dose` and `restart_in` to the record" in long.ledger.interruptions[0].resumed
    half = replanned(stop(10 * DAY, 12 * DAY, cause, restart_dose="28 mcg/day"))
    assert half.ended
    assert half.ledger.interruptions[0].resumed.endswith("add `restart_in` to the record")


def test_a_decision_on_record_is_what_is_planned_after_a_long_stop() -> None:
    twelve = {"at": 10 * DAY, "lasts": 12 * DAY, "cause": "surgery", "cycle": 1}
    for decided, expected in (
        ({"restart_dose": "28 mcg/day", "new_cycle": False}, [(18, 28), (14, 0)]),
        ({"restart_dose": "9 mcg/day", "new_cycle": False}, [(18, 9), (14, 0)]),  # when it rises, nobody decided
        ({"restart_dose": "9 mcg/day", "new_cycle": False, "full_dose_after": 7 * DAY}, [(7, 9), (11, 28), (14, 0)]),
    ):
        found = replanned({**twelve, **decided})
        whole(found)
        assert shape(found, 1)[2:] == [(12 * DAY, 0), *((days * DAY, rate) for days, rate in expected)]
        assert infused(found.course, 1) == 28 * DAY
        assert again(found) == found
    found = replanned({**twelve, "restart_dose": "9 mcg/day", "new_cycle": True, "full_dose_after": 7 * DAY})
    assert shape(found, 2) == [(7 * DAY, 9), (21 * DAY, 28), (14 * DAY, 0)]
    assert shape(found, 3) == [(28 * DAY, 28), (14 * DAY, 0)]


def test_a_stop_at_the_low_dose_does_not_rise_to_the_full_one_unasked() -> None:
    found = replanned(stop(4 * DAY, 12 * DAY, "logistics", restart_dose="9 mcg/day", new_cycle=False))
    assert shape(found, 1)[2:4] == [(24 * DAY, 9), (14 * DAY, 0)]
    assert "when the full dose is given again" in found.ledger.interruptions[0].resumed


def test_what_was_done_goes_before_what_the_label_asks() -> None:
    found = replanned(stop(10 * DAY, 8 * DAY, CRS, grade=3, new_cycle=False, restart_dose="14 mcg/day"))
    assert shape(found, 1)[2:5] == [(8 * DAY, 0), (7 * DAY, 14), (11 * DAY, 28)]


def test_a_restart_at_the_full_dose_is_no_step_and_a_late_one_is_low_to_the_end() -> None:
    full = replanned(stop(10 * DAY, DAY, CRS, grade=3, restart_dose="28 mcg/day"))
    assert shape(full, 1)[2:4] == [(DAY, 0), (18 * DAY, 28)]
    late = replanned(stop(25 * DAY, DAY, CRS, grade=3))
    assert shape(late, 1)[2:4] == [(DAY, 0), (3 * DAY, 9)]
    assert infused(late.course, 1) == 28 * DAY


def test_premedication_before_a_restart_is_given_once() -> None:
    for stops, minutes in (
        (stop(10 * DAY, 8 * DAY, CRS, grade=2), [0, 7, 18]),  # a new cycle, which is premedicated anyway
        (stop(10 * DAY, 2 * DAY, CRS, grade=2), [0, 7, 12, 44]),
    ):
        found = replanned(stops)
        due = entries(found.course, premedication_plan(found.course), (), found.ledger)
        given = [entry.start + HOUR for entry in due if entry.due is Due.PREMEDICATION]
        assert given[: len(minutes)] == [day * DAY for day in minutes]
        assert len(given) == len(set(given))


def test_while_the_infusion_is_stopped_nothing_more_is_planned() -> None:
    found = replanned(stop(10 * DAY, None, CRS, grade=4))
    whole(found)
    assert found.ended
    assert found.course.events[-1].period.stop == 10 * DAY
    due = entries(found.course, premedication_plan(found.course), (), found.ledger)
    assert [entry.start for entry in due if entry.due is Due.STOP] == [10 * DAY]
    assert found.course.micrograms == 7 * 9 + 3 * 28
    assert found.ledger.interruptions[0].decisions[0].stop


@pytest.mark.parametrize("grade", [4, 5])
def test_after_what_stops_the_drug_for_good_nothing_is_planned(grade: int) -> None:
    found = replanned(stop(10 * DAY, 2 * DAY, CRS, grade=grade), stop(20 * DAY, DAY))
    assert found.ended
    assert found.course.events[-1].period.stop == 10 * DAY
    assert found.ledger.interruptions[-1].resumed == "nothing more is planned: the label stops the drug for good"


def test_two_interruptions_of_one_cycle_and_one_of_the_next() -> None:
    found = replanned(stop(2 * DAY, 5 * HOUR), stop(9 * DAY, DAY), stop(44 * DAY + 6 * HOUR + DAY, 2 * HOUR, cycle=2))
    whole(found)
    assert [infused(found.course, cycle) for cycle in range(1, 6)] == [28 * DAY] * 5
    assert found.course.micrograms == found.planned.micrograms
    assert len(found.ledger.interruptions) == 3


def test_a_child_s_restart_is_by_area_and_capped() -> None:
    planned = course("rr-below-45-kg", Fraction("1.1"))
    found = replan(planned, record(stop(10 * DAY, 2 * DAY, CRS, grade=3), regimen="rr-below-45-kg"))
    rates = [event.rate for event in found.course.events if event.period.cycle == 1]
    assert rates[:5] == [Fraction("5.5"), Fraction("16.5"), 0, Fraction("5.5"), Fraction("16.5")]


@pytest.mark.parametrize(
    ("stops", "said"),
    [
        ((stop(30 * DAY, DAY),), "nothing was infused"),  # in the free interval
        ((stop(400 * DAY, DAY, cycle=5),), "nothing was infused"),
        ((stop(3 * DAY, DAY, cycle=2),), "lies in cycle 1, and the record says 2"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(stops: tuple[dict[str, Any], ...], said: str) -> None:
    with pytest.raises(RecordError, match=said) as refused:
        replanned(*stops)
    assert refused.value.path[0] == "interruption"


def test_a_record_of_another_regimen_is_refused() -> None:
    with pytest.raises(RecordError, match="the record is of mrd-adult"):
        replan(course(), record(regimen="mrd-adult"))


@given(
    stops=st.lists(st.tuples(st.integers(1, 27 * DAY), st.integers(1, 7 * DAY)), max_size=4),
    cycle=st.integers(1, 5),
)
def test_whatever_happens_every_cycle_gets_its_28_days(stops: list[tuple[int, int]], cycle: int) -> None:
    at = (cycle - 1) * 42 * DAY
    made: list[dict[str, Any]] = []
    for after, lasts in stops:
        at += after
        if at >= (cycle - 1) * 42 * DAY + 28 * DAY + sum(one["lasts"] for one in made):
            break
        made.append(stop(at, lasts, cycle=cycle))
        at += lasts
    found = replanned(*made)
    whole(found)
    assert [infused(found.course, number) for number in range(1, 6)] == [28 * DAY] * 5
    assert found.course.micrograms == found.planned.micrograms
    delay = sum(one["lasts"] for one in made)
    assert found.course.events[-1].period.stop == found.planned.events[-1].period.stop + delay
    assert replay(course(), found.ledger) == found


def again(found: Replanned) -> Replanned:
    """The course made from its ledger, written down and read back."""
    return replay(found.planned, ledger_of(json.loads(json.dumps(ledger_data(found.ledger)))))


severe = st.sampled_from([None, 1, 2, 3, 4])


@given(
    stops=st.lists(
        st.tuples(st.integers(1, 30 * DAY), st.integers(1, 20 * DAY), st.sampled_from(list(Cause)), severe),
        max_size=5,
    ),
    late=st.dictionaries(st.integers(2, 5), st.integers(0, 40 * DAY), max_size=4),
    still=st.booleans(),
)
def test_a_course_can_be_made_again_from_its_ledger(
    stops: list[tuple[int, int, Cause, int | None]], late: dict[int, int], still: bool
) -> None:
    at, made, found = 0, list[dict[str, Any]](), replanned()
    starts: dict[int, int] = {}
    for after, lasts, cause, grade in stops:
        events = [e for e in found.course.events if e.period.dose and e.period.start < at + after <= e.period.stop]
        if not events or found.ended:
            break
        at += after
        made.append(stop(at, lasts, cause, events[0].period.cycle, grade=grade))
        at += lasts
        found = replan(course(), record(*made))
    begins = {e.period.cycle: e.period.start for e in reversed(found.course.events)}
    for cycle, delay in sorted(late.items()):
        if begins.get(cycle, 0) > at and not found.ended and not starts:
            starts[cycle] = begins[cycle] + delay
    if still and made:
        made[-1]["lasts"], starts = None, {}
    found = replan(course(), record(*made, starts=starts))
    whole(found)
    assert again(found) == found
    last = found.ledger.interruptions[-1] if found.ledger.interruptions else None
    stopped = last is not None and any(
        decision.stop or decision.missing or (decision.unstated and last.restarted is not None)
        for decision in last.decisions
    )
    broken = last is not None and "the regimen has none left" in last.resumed
    assert found.ended is (stopped or broken or (still and bool(made)))


def test_a_cycle_begins_when_it_did() -> None:
    found = replan(course(), record(starts={2: 45 * DAY}))
    whole(found)
    assert shape(found, 1)[-1] == (17 * DAY, 0)
    assert [e.period.start // DAY for e in found.course.events if e.period.step == 1] == [0, 45, 87, 129, 171]
    (later,) = found.ledger.starts
    assert (later.cycle, later.earliest, later.start) == (2, 42 * DAY, 45 * DAY)
    assert found.course.micrograms == found.planned.micrograms
    assert again(found) == found
    on_time = replan(course(), record(starts={2: 42 * DAY, 3: 84 * DAY}))
    assert on_time.course == on_time.planned
    with pytest.raises(RecordError, match="no start of a cycle 6"):
        replan(course(), record(starts={6: 300 * DAY}))


@pytest.mark.parametrize("early", [1, 2 * DAY, 14 * DAY])
def test_a_cycle_that_began_in_the_interval_is_planned_on(early: int) -> None:
    found = replan(course(), record(starts={2: 42 * DAY - early}))
    whole(found)
    assert (found.ended, infused(found.course, 1)) == (False, 28 * DAY)
    assert found.course.micrograms == found.planned.micrograms
    assert [e.period.start for e in found.course.events if e.period.step == 1][1:3] == [
        42 * DAY - early,
        84 * DAY - early,
    ]
    (start,) = found.ledger.starts
    assert "before the cycle and the interval before it had ended" in start.why
    assert again(found) == found


def test_a_cycle_that_began_with_infusion_left_leaves_that_out() -> None:
    found = replan(course(), record(starts={2: 20 * DAY}))
    whole(found)
    assert shape(found, 1) == [(7 * DAY, 9), (13 * DAY, 28)]
    assert shape(found, 2) == [(28 * DAY, 28), (14 * DAY, 0)]
    assert found.planned.micrograms - found.course.micrograms == 8 * 28
    assert found.ledger.starts[0].earliest == 42 * DAY
    assert again(found) == found
    with pytest.raises(RecordError, match="cycle 2 began while the infusion of cycle 1 was stopped"):
        replan(course(), record(stop(10 * DAY, 6 * DAY), starts={2: 12 * DAY}))
    at_the_low_dose = replan(course(), record(starts={2: 3 * DAY}))
    assert [(start.earliest, start.early) for start in at_the_low_dose.ledger.starts] == [(42 * DAY, 39 * DAY)]


@pytest.mark.parametrize("began", [1, 20 * DAY, 28 * DAY, 42 * DAY - 1])
def test_a_cycle_that_began_before_the_one_in_front_of_it_could_asks_for_that_one(began: int) -> None:
    with pytest.raises(RecordError, match="cycle 3 began before cycle 2 could, of which no start is on record"):
        replan(course(), record(starts={3: began}))


@pytest.mark.parametrize("delay", [1, 10, 28, 70])
@pytest.mark.parametrize("began", [42 * DAY, 50 * DAY, 70 * DAY, 80 * DAY, 84 * DAY, 100 * DAY])
def test_no_site_delays_a_cycle_beyond_one_that_followed_it(delay: int, began: int) -> None:
    found = replan(course(), record(starts={3: began}), opens=lambda minute: (minute + delay * DAY, "closed"))
    whole(found)
    begins = (42 + delay) * DAY if (42 + delay) * DAY <= began else 42 * DAY
    second = [event.period.start for event in found.course.events if event.period.cycle == 2]
    assert second[:1] == ([begins] if begins < began else [])
    assert next(event.period.start for event in found.course.events if event.period.cycle == 3) == began
    assert again(found) == found


def test_no_plan_delays_a_cycle_beyond_one_that_followed_it() -> None:
    told = record(starts={3: 60 * DAY})
    planned = PlannedStart(2, START + timedelta(days=61), None, ("planned_start", 0))
    found = replan(course(), replace(told, planned_starts=(planned,)))
    assert (found.ledger.starts[0].cycle, found.ledger.starts[0].start) == (3, 60 * DAY)
    assert infused(found.course, 2) == 18 * DAY


@pytest.mark.parametrize("after", [1, 3 * DAY, 28 * DAY, 30 * DAY, 42 * DAY, 50 * DAY])
def test_after_its_end_nothing_more_of_a_course_is_planned(after: int) -> None:
    ends = EndOfCourse(START + timedelta(minutes=after), Ending.TRANSPLANT, None)
    found = replan(course(), replace(record(starts={2: 43 * DAY} if after > 43 * DAY else {}), end=ends))
    whole(found)
    assert found.ended
    assert found.course.events[-1].period.stop == after
    assert found.ledger.end is not None
    assert found.ledger.end.words == "the course has ended: transplant"
    assert again(found) == found
    assert [start.start for start in found.ledger.starts] == ([43 * DAY] if after > 43 * DAY else [])


def test_the_end_of_a_course_that_was_given_whole_takes_nothing_away() -> None:
    ends = EndOfCourse(START + timedelta(days=300), Ending.OTHER, "moved away")
    found = replan(course(), replace(record(), end=ends))
    assert (found.course.events, found.ended) == (found.planned.events, False)


def test_an_infusion_that_was_not_restarted_waits_no_more_after_the_end() -> None:
    ends = EndOfCourse(START + timedelta(days=12), Ending.RELAPSE, "in the marrow")
    found = replan(course(), replace(record(stop(10 * DAY, None, CRS, grade=2)), end=ends))
    assert found.ended
    said = "nothing more is planned: the course has ended: relapse (in the marrow)"
    assert found.ledger.interruptions[0].resumed == said
    assert again(found) == found


@pytest.mark.parametrize("why", [None, "a family wedding"])
def test_a_plan_before_a_stop_knows_of_the_start_that_was_planned(why: str | None) -> None:
    """Of a stop in cycle 2, eight days after the cycle would have ended had it begun when it could."""
    planned = PlannedStart(2, START + timedelta(days=63), why, ("starts", 0))
    happened = replace(record(stop(78 * DAY, 6 * HOUR, cycle=2)), planned_starts=(planned,))
    now = date_course(course(), START, None, happened)
    assert record_of(now.ledger, "rr-adult", START).planned_starts == (planned,)
    begun = [[one.period.start for one in each.course.events if one.period.cycle == 2] for each in as_planned(now)]
    assert [min(starts) for starts in begun] == [63 * DAY, 63 * DAY]


def test_a_start_that_waits_until_a_closure_is_over_was_not_planned() -> None:
    shut = Closure((START + timedelta(days=40)).date(), (START + timedelta(days=43)).date(), "inventory")
    ledger = replan(course(), replace(record(), closures=(shut,))).ledger
    assert [start.start for start in ledger.starts] == [44 * DAY]
    assert record_of(ledger, "rr-adult", START).planned_starts == ()


def test_planned_starts_and_closures_decide_of_what_is_not_on_record_yet() -> None:
    at = START + timedelta(days=50)
    planned = PlannedStart(2, at, "a family wedding", ("planned_start", 0))
    found = replan(course(), replace(record(), planned_starts=(planned,)))
    assert [e.period.start for e in found.course.events if e.period.step == 1][:3] == [0, 50 * DAY, 92 * DAY]
    assert (found.ledger.starts[0].why, found.ledger.starts[0].recorded) == (
        "it is planned so: a family wedding",
        False,
    )
    begun = replan(course(), replace(record(starts={2: 45 * DAY}), planned_starts=(planned,)))
    assert begun.ledger.starts[0].start == 45 * DAY  # a fact goes before a plan
    soon = replan(course(), replace(record(), planned_starts=(replace(planned, starts=START + timedelta(days=40)),)))
    assert soon.ledger.starts[0].start == 42 * DAY
    assert "2 d before it can" in soon.ledger.starts[0].why
    day = (START + timedelta(days=42)).date()
    closed = Closure(day - timedelta(days=3), day + timedelta(days=1), "inventory")
    shut = replan(course(), replace(record(), closures=(closed,)))
    assert shut.ledger.starts[0].start == 44 * DAY
    assert "inventory" in shut.ledger.starts[0].why
    assert again(shut) == shut


def test_a_site_that_is_closed_delays_the_cycle() -> None:
    found = replan(course(), None, lambda minute: (minute + DAY, "the ward is closed"))
    assert [e.period.start // DAY for e in found.course.events if e.period.step == 1] == [0, 43, 86, 129, 172]
    assert {one.why for one in found.ledger.starts} == {"the ward is closed"}
    begun = replan(course(), record(starts={2: 42 * DAY}), lambda minute: (minute + DAY, "the ward is closed"))
    assert begun.course.events[3].period.start == 42 * DAY  # what happened is not moved


def test_a_neurological_event_in_the_week_after_a_restart_stops_the_drug() -> None:
    neuro = "neurological"
    first = stop(10 * DAY, 4 * DAY, neuro, grade=3)
    assert replanned(first, stop(20 * DAY, DAY, neuro, grade=3)).ended  # the sixth day at 9 mcg/day
    assert not replanned(first, stop(22 * DAY, DAY, neuro, grade=3)).ended
    assert replanned(stop(3 * DAY, DAY, neuro, grade=3)).ended  # in the first week of the course


def test_the_cap_of_a_restart_is_the_label_s_for_its_own_dose_only() -> None:
    planned = course("rr-below-45-kg", Fraction("1.3"))
    for dose, rate in ((None, Fraction("6.5")), ("10 mcg/m2/day", Fraction(13))):
        one = stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose=dose)
        found = replan(planned, record(one, regimen="rr-below-45-kg"))
        assert found.course.events[3].rate == rate


@pytest.mark.parametrize(
    ("dose", "rate"),
    [
        ("5 mcg/m2/day", "9"),  # it would be 9.5, and the label's cap of this dose is 9
        ("4.9 mcg/m2/day", "9.31"),  # another dose has the cap of the full one, which is 28
        ("14.9 mcg/m2/day", "28"),
        ("9 mcg/day", "9"),
        ("20 mcg/day", "20"),  # a flat dose has none
    ],
)
def test_a_restart_dose_on_record_is_capped_as_such_a_dose_is(dose: str, rate: str) -> None:
    """A patient of 1.9 m², after a severe release."""
    planned = expand(library.regimen("rr-below-45-kg"), patient(area=Fraction("1.9")))
    one = stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose=dose)
    found = replan(planned, record(one, regimen="rr-below-45-kg"))
    assert [event.rate for event in found.course.events[:4]] == [9, 28, 0, Fraction(rate)]
    assert (found.course.events[3].period.cap is None) is ("m2" not in dose)


def test_a_label_that_states_no_restart_dose_caps_one_on_record_as_the_full_dose_is() -> None:
    """At 1.9 m² 5 mcg/m²/day are 9.5: the cap of 9 is that of the US label, and this one has none for restarts."""
    planned = expand(library.regimen("hk-rr-below-45-kg"), patient(area=Fraction("1.9")))
    one = stop(10 * DAY, 2 * DAY, restart_dose="5 mcg/m2/day", full_dose_after=7 * DAY, new_cycle=False)
    found = replan(planned, record(one, regimen="hk-rr-below-45-kg"))
    assert [event.rate for event in found.course.events[:5]] == [9, 28, 0, Fraction("9.5"), 28]


def test_a_restart_by_area_of_a_regimen_without_caps_has_none() -> None:
    steps = 'dose = "5 mcg/m2/day", days = 7; dose = "15 mcg/m2/day", days = 21'
    planned = expand(regimen(regimens.cycle(steps), "bsa"), patient(area=Fraction("2.5")))
    one = stop(10 * DAY, 2 * DAY, restart_dose="5 mcg/m2/day", new_cycle=False)
    found = replan(planned, record(one, regimen="example"))
    assert [event.rate for event in found.course.events[:4]] == [
        Fraction("12.5"),
        Fraction("37.5"),
        0,
        Fraction("12.5"),
    ]


def test_a_cycle_without_a_free_interval_is_followed_at_once_by_the_next() -> None:
    """28 days of infusion and 2 of interruption: the second cycle begins on day 31, its own interval is 14 days."""
    steps = 'dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21'
    planned = expand(
        regimen(regimens.cycle(steps, free=0) + regimens.cycle(steps, free=14) + regimens.cycle(steps, free=0)),
        patient(Fraction(70)),
    )
    for stops, begins in (((), [0, 28, 70]), ((stop(10 * DAY, 2 * DAY),), [0, 30, 72])):
        found = replan(planned, record(*stops, regimen="example"))
        whole(found)
        first: dict[int, int] = {}
        for event in found.course.events:
            first.setdefault(event.period.cycle, event.period.start)
        assert [minute // DAY for minute in first.values()] == begins
        assert found.course.events[-1].period.stop == (begins[-1] + 28) * DAY
        assert [infused(found.course, cycle) for cycle in (1, 2, 3)] == [28 * DAY] * 3
        assert found.ledger.starts == ()


@pytest.mark.parametrize(("at", "why"), [(28, "it is on record"), (31, "it is on record, 3 d later than it could")])
def test_after_a_cycle_without_a_free_interval_the_next_begins_when_it_did(at: int, why: str) -> None:
    steps = 'dose = "28 mcg/day", days = 28'
    planned = expand(regimen(regimens.cycle(steps, free=0, repeat=2)), patient(Fraction(70)))
    found = replan(planned, record(regimen="example", starts={2: at * DAY}))
    whole(found)
    assert found.ledger.starts == (StartOfCycle(2, 28 * DAY, at * DAY, why, recorded=True),)
    assert [(event.period.start // DAY, int(event.rate)) for event in found.course.events] == (
        [(0, 28), (28, 28)] if at == 28 else [(0, 28), (28, 0), (31, 28)]
    )


def _around_restart(minutes: int, at: int = 10 * DAY, cycle: int = 1) -> list[tuple[Due, int]]:
    """What is due for a technical stop, with minutes from the restart."""
    found = replan(course(), record(stop(at, minutes, cycle=cycle)))
    due = entries(found.course, premedication_plan(found.course), (), found.ledger)
    asked = (Due.PREMEDICATION, Due.SUPERVISION, Due.INTERRUPTION, Due.RESTART)
    return [(one.due, one.start - at - minutes) for one in due if one.due in asked and abs(one.start - at) < DAY]


def test_after_a_stop_of_less_than_four_hours_nothing_is_given_before_the_restart() -> None:
    """The label gives dexamethasone an hour before a restart after four hours or more, and supervises it."""
    assert _around_restart(4 * HOUR - 1) == [(Due.INTERRUPTION, 1 - 4 * HOUR), (Due.RESTART, 0)]
    assert sorted(_around_restart(4 * HOUR)) == sorted(
        [(Due.INTERRUPTION, -4 * HOUR), (Due.PREMEDICATION, -HOUR), (Due.RESTART, 0), (Due.SUPERVISION, 0)]
    )


@pytest.mark.parametrize(("minutes", "again"), [(4 * HOUR - 1, False), (4 * HOUR, True)])
def test_premedication_before_a_restart_is_counted_from_four_hours_on(minutes: int, again: bool) -> None:
    found = replan(course(), record(stop(10 * DAY, minutes)))
    planned = premedication_plan(found.course)
    plan = with_restarts(planned, found.course, found.ledger.interruptions)
    assert planned is not None
    assert plan is not None
    assert set(plan.minutes) - set(planned.minutes) == ({10 * DAY + minutes - HOUR} if again else set())
    assert [due.start for due in plan.due] == sorted(due.start for due in plan.due)
    assert with_restarts(None, found.course, found.ledger.interruptions) is None


def test_a_dose_by_area_can_be_compared_with_a_flat_one_where_the_area_is_known() -> None:
    one = record(stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose="9 mcg/m2/day"))
    adult = library.regimen("rr-adult")
    found = replan(expand(adult, patient(Fraction(70), None, Fraction("1.8"))), one)
    assert found.course.events[3].rate == Fraction("16.2")
    with pytest.raises(PatientError, match="depends on the body surface area"):
        decide_at(adult, one, patient())


def test_a_record_as_it_stood_ends_with_what_it_was_before_the_last_thing() -> None:
    full = record(stop(10 * DAY, DAY, CRS, grade=3), stop(20 * DAY, None), starts=None)
    stood = list(as_it_stood(full))
    assert [[one.restarted is None for one in old.interruptions] for old in stood] == [[], [True], [False]]
    assert list(as_it_stood(record())) == [record()]
    resolved = replace(
        full,
        interruptions=tuple(replace(one, resolved=START + timedelta(days=12)) for one in full.interruptions),
        cycle_starts=record(starts={2: 45 * DAY, 3: 90 * DAY}).cycle_starts,
    )
    known = [
        ([one.resolved is not None for one in old.interruptions], len(old.cycle_starts))
        for old in as_it_stood(resolved)
    ]
    assert known == [([], 0), ([False], 0), ([True], 0), ([True, True], 0), ([True, True], 1)]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"version": 2},
        {"version": 1},
        {"version": 1, "interruptions": [], "starts": [{}]},
        {"version": 1, "interruptions": [{"stopped_minute": 1}], "starts": []},
    ],
)
def test_what_is_no_ledger_is_refused(data: Any) -> None:
    with pytest.raises(LedgerError):
        ledger_of(data)


def test_a_ledger_whose_minutes_are_not_those_of_its_times_is_refused() -> None:
    data = ledger_data(replanned(stop(10 * DAY, DAY)).ledger)
    data["interruptions"][0]["restarted_minute"] += HOUR
    with pytest.raises(LedgerError):
        ledger_of(data)


def test_a_ledger_of_another_course_is_refused() -> None:
    found = replanned(stop(10 * DAY, DAY))
    short = course("mrd-adult")
    late = replan(course(), record(starts={5: 200 * DAY}))
    with pytest.raises(RecordError, match="do not fit"):
        replay(short, late.ledger)
    with pytest.raises(RecordError, match="start of cycle 2 does not fit"):  # its interval ended on another day
        replay(course(), Ledger(starts=(StartOfCycle(2, 41 * DAY, 45 * DAY, "it is on record", recorded=True),)))
    moved = Ledger((*found.ledger.interruptions, *found.ledger.interruptions))
    with pytest.raises(RecordError):
        replay(course(), moved)


# --- what was found wrong once ---------------------------------------------------------------------------------------


def three_steps() -> Course:
    regimen = library.regimen("dlbcl-3-step")  # 9, 28 and 112 mcg/day
    assert regimen is not None
    return expand(regimen, patient(Fraction(70)))


def rates(found: Replanned) -> list[tuple[int, int]]:
    return [(e.period.minutes // DAY, int(e.rate)) for e in found.course.events]


def test_a_restart_at_the_dose_that_ran_changes_nothing() -> None:
    """A technical stop of an hour on day 4, restarted at the 9 mcg/day that ran, leaves 7 and 21 days."""
    found = replanned(stop(4 * DAY, HOUR, restart_dose="9 mcg/day"))
    assert shape(found, 1)[:4] == [(4 * DAY, 9), (HOUR, 0), (3 * DAY, 9), (21 * DAY, 28)]
    assert "at 9 mcg/day" not in found.ledger.interruptions[0].resumed


@pytest.mark.parametrize("dose", [5, 14, 28])
def test_a_dose_on_record_is_the_one_that_was_given(dose: int) -> None:
    found = replanned(stop(4 * DAY, HOUR, restart_dose=f"{dose} mcg/day"))
    assert shape(found, 1)[:4] == [(4 * DAY, 9), (HOUR, 0), (3 * DAY, dose), (21 * DAY, 28)]
    severe = replanned(stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose=f"{max(dose, 28)} mcg/day"))
    assert shape(severe, 1)[3] == (18 * DAY, max(dose, 28))


@pytest.mark.parametrize("dose", ["280 mcg/day", "28.1 mcg/day", "28000 mcg/day"])
def test_a_restart_above_every_planned_dose_is_not_planned_forward(dose: str) -> None:
    for one in (
        stop(4 * DAY, HOUR, restart_dose=dose),
        stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose=dose),
        stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose=dose, new_cycle=True),
    ):
        found = replanned(one)
        assert found.ended
        assert max(event.rate for event in found.course.events) <= 28
        assert "is above every dose that was planned" in found.ledger.interruptions[0].resumed


def test_a_severe_event_restarted_at_the_full_dose_says_so() -> None:
    found = replanned(stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose="28 mcg/day"))
    assert found.ledger.interruptions[0].resumed.endswith("at 28 mcg/day, the full dose")
    low = replanned(stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose="9 mcg/day"))
    assert "the full dose comes back after 7 d" in low.ledger.interruptions[0].resumed


def test_seizures_are_counted_over_the_course() -> None:
    """More than one seizure stops the drug for good, whichever interruptions they fell into."""
    first = stop(10 * DAY, DAY, "neurological", grade=2, seizures=1)
    again = stop(14 * DAY, DAY, "neurological", grade=2, seizures=1)
    assert replanned(first, again).ended
    assert not replanned(first, {**again, "seizures": 0}).ended
    assert not replanned(first).ended


def test_an_event_that_comes_back_at_the_low_dose_puts_the_full_dose_off() -> None:
    """The label gives the full dose after 7 days at the restart dose without recurrence."""
    severe = stop(10 * DAY, 2 * DAY, CRS, grade=3)
    back = stop(14 * DAY, 2 * DAY, CRS, grade=2)
    found = replanned(severe, back)
    shown = shape(found, 1)[2:7]
    assert shown == [(2 * DAY, 0), (2 * DAY, 9), (2 * DAY, 0), (7 * DAY, 9), (9 * DAY, 28)]
    asked = {one.question: one for one in found.ledger.interruptions[1].decisions}
    assert asked[Topic.DOSE].dose == read_dose("9 mcg/day").rate
    assert "counted again" in asked[Topic.ESCALATION].answer
    for other in ({**back, "cause": "technical"}, stop(20 * DAY, 2 * DAY, CRS, grade=2)):
        questions = {one.question for one in replanned(severe, other).ledger.interruptions[1].decisions}
        assert Topic.ESCALATION not in questions
    between = replanned(severe, stop(13 * DAY, HOUR), {**back, "at": 15 * DAY})
    assert Topic.ESCALATION in {one.question for one in between.ledger.interruptions[2].decisions}


def test_a_cycle_that_began_after_a_stop_without_a_restart_is_not_left_out() -> None:
    with pytest.raises(RecordError, match="cycle 2 began"):
        replan(course(), record(stop(26 * DAY, None), starts={2: 42 * DAY}))
    done = stop(26 * DAY, 16 * DAY, new_cycle=True, restart_dose="28 mcg/day")
    assert not replan(course(), record(done, starts={2: 42 * DAY})).ended


@pytest.mark.parametrize("one", [stop(10 * DAY, 2 * DAY, CRS, grade=4), stop(10 * DAY, DAY, restart_dose="29 mcg/day")])
def test_what_was_given_after_the_drug_was_to_be_stopped_for_good_makes_no_record_wrong(one: dict[str, Any]) -> None:
    """Cycle 2 was begun all the same: there is no plan for it, and nothing that could be added to the record."""
    found = replan(course(), record(one, starts={2: 42 * DAY}))
    assert (found.ended, found.course.events[-1].period.stop) == (True, 10 * DAY)


def test_a_restart_at_the_full_dose_is_no_low_one_whenever_the_full_dose_was_to_come_back() -> None:
    """A second neurological event in the week after it is none at the low dose, which would stop the drug for good."""
    neuro: dict[str, Any] = {"cause": "neurological", "grade": 3}
    for dose, stops_for_good in (("9 mcg/day", True), ("28 mcg/day", False)):
        first = stop(10 * DAY, 4 * DAY, restart_dose=dose, full_dose_after=7 * DAY, **neuro)
        found = replanned(first, stop(17 * DAY, DAY, **neuro))
        assert found.ended is stops_for_good
        assert found.ledger.interruptions[0].resumed.endswith(", the full dose") is not stops_for_good


def test_a_child_s_neurological_event_at_the_low_dose_plans_nothing_more() -> None:
    """Whether it stops the drug for good at 5 mcg/m² a day is not verified: nobody is to give the full dose on it."""
    child = course("rr-below-45-kg", Fraction(1))
    severe = stop(4 * DAY, 4 * DAY, "neurological", grade=3, seizures=0, restart_dose="5 mcg/m2/day")
    found = replan(child, record(severe, regimen="rr-below-45-kg"))
    assert found.ended
    at_full = replan(child, record({**severe, "at": 10 * DAY}, regimen="rr-below-45-kg"))
    assert "whether the label stops" not in at_full.ledger.interruptions[0].resumed


def test_a_regimen_of_three_doses_climbs_by_all_of_them() -> None:
    for at, expected in (
        (3, [(3, 9), (2, 0), (7, 9), (7, 28), (39, 112)]),
        (20, [(7, 9), (7, 28), (6, 112), (2, 0), (7, 9), (7, 28), (22, 112)]),
    ):
        planned = three_steps()
        found = replan(planned, record(stop(at * DAY, 2 * DAY, CRS, grade=3), regimen="dlbcl-3-step"))
        assert rates(found)[: len(expected)] == expected
        assert infused(found.course, 1) == infused(planned, 1)
    for at, dose, expected in (
        (10, None, [(7, 9), (3, 28), (2, 0), (7, 9), (4, 28), (35, 112)]),  # 4 days at 28 mcg/day were left
        (3, "112 mcg/day", [(3, 9), (2, 0), (4, 112), (7, 28), (42, 112)]),  # in place of the step that was stopped
    ):
        one = stop(at * DAY, 2 * DAY, CRS, grade=3, restart_dose=dose)
        assert rates(replan(three_steps(), record(one, regimen="dlbcl-3-step")))[: len(expected)] == expected
    same = replan(three_steps(), record(stop(3 * DAY, DAY, restart_dose="9 mcg/day"), regimen="dlbcl-3-step"))
    assert rates(same)[:5] == [(3, 9), (1, 0), (4, 9), (7, 28), (42, 112)]


def test_a_cycle_whose_full_dose_was_not_reached_begins_again() -> None:
    found = replanned(stop(3 * DAY, 9 * DAY, CRS, grade=2, new_cycle=True))
    assert shape(found, 2) == [(7 * DAY, 9), (21 * DAY, 28), (14 * DAY, 0)]
    assert "whose full dose was not reached" in found.ledger.interruptions[0].resumed
    due = entries(found.course, premedication_plan(found.course), (), found.ledger)
    hospital = [(e.cycle, (e.stop - e.start) // DAY) for e in due if e.due is Due.HOSPITAL]
    assert hospital == [(1, 9), (2, 9)]  # the second cycle has the step of the first
    reached = replanned(stop(8 * DAY, 9 * DAY, CRS, grade=2, new_cycle=True))
    assert shape(reached, 2) == [(28 * DAY, 28), (14 * DAY, 0)]


def test_a_rise_after_an_interruption_is_premedicated() -> None:
    found = replanned(stop(7 * DAY, HOUR))  # stopped as the dose was to rise
    due = entries(found.course, premedication_plan(found.course), (), found.ledger)
    assert 7 * DAY + HOUR - HOUR in [entry.start for entry in due if entry.due is Due.PREMEDICATION]
    assert shape(found, 1)[:3] == [(7 * DAY, 9), (HOUR, 0), (21 * DAY, 28)]


def test_a_full_dose_that_was_reached_before_the_low_restart_counts() -> None:
    """28 mcg/day ran for 3 days, then 9 again after grade 3; the pump fails at 9, and a new cycle is begun."""
    first = stop(10 * DAY, 2 * DAY, CRS, grade=3)
    found = replanned(first, stop(14 * DAY, 7 * DAY, new_cycle=True))
    assert shape(found, 2) == [(28 * DAY, 28), (14 * DAY, 0)]
    assert "the next of the regimen" in found.ledger.interruptions[1].resumed


def test_a_new_cycle_that_was_begun_at_the_dose_that_ran_has_it() -> None:
    first = stop(10 * DAY, 2 * DAY, CRS, grade=3)
    found = replanned(first, stop(14 * DAY, DAY, restart_dose="9 mcg/day", new_cycle=True))
    assert shape(found, 2) == [(28 * DAY, 9), (14 * DAY, 0)]  # when it is to rise, nobody says


def test_a_cycle_that_was_broken_off_has_no_end_and_no_earliest_start_of_the_next() -> None:
    found = replanned(stop(10 * DAY, 8 * DAY, CRS, grade=2))
    due = [(e.due, e.cycle) for e in entries(found.course, premedication_plan(found.course), (), found.ledger)]
    assert (Due.STOP, 1) not in due
    assert (Due.NEXT_CYCLE, 2) not in due
    assert (Due.STOP, 2) in due


def test_after_the_last_cycle_there_is_none() -> None:
    found = replanned(stop(173 * DAY, 10 * DAY, CRS, grade=2, new_cycle=True, cycle=5))
    assert found.ended
    assert "the regimen has none left" in found.ledger.interruptions[0].resumed
    assert found.course.events[-1].period.stop == 173 * DAY
    whole(found)
    entries(found.course, premedication_plan(found.course), (), found.ledger)


@pytest.mark.parametrize(
    ("one", "ended"),
    [
        (stop(10 * DAY, DAY, CRS), True),
        (stop(10 * DAY, DAY, CRS, restart_dose="28 mcg/day"), False),
        (stop(10 * DAY, 9 * DAY, "neurological", grade=3), True),  # whether it resolved within 7 days, nobody says
        (stop(10 * DAY, 9 * DAY, "neurological", grade=3, restart_dose="9 mcg/day"), True),  # nor does the dose say so
        (stop(10 * DAY, 7 * DAY, "neurological", grade=3), False),
        (stop(10 * DAY, DAY), False),
    ],
)
def test_without_what_the_label_s_answer_depends_on_nothing_more_is_planned(one: dict[str, Any], ended: bool) -> None:
    found = replanned(one)
    assert found.ended is ended
    assert ("is not on record" in found.ledger.interruptions[0].resumed) is (ended or "grade" in one)


@pytest.mark.parametrize(("dose", "ended"), [(None, True), ("5 mcg/m2/day", False)])
def test_a_restart_dose_on_record_needs_no_weight(dose: str | None, ended: bool) -> None:
    """The trial doses by area at every weight, and the label's restart is by weight, which is not known here."""
    trial = library.regimen("mt103-203")
    one = record(stop(10 * DAY, DAY, CRS, grade=3, restart_dose=dose), regimen="mt103-203")
    found = replan(expand(trial, patient(area=Fraction("1.8"))), one)
    assert found.ended is ended
    assert ("`weight_kg` is not on record" in found.ledger.interruptions[0].resumed) is ended


def test_the_end_of_an_infusion_is_no_interruption() -> None:
    with pytest.raises(RecordError, match="the infusion of cycle 1 had ended"):
        replanned(stop(28 * DAY, DAY))
    with pytest.raises(RecordError, match="the infusion of cycle 1 had ended"):  # since cycle 2 began
        replan(course(), record(stop(3 * DAY, DAY), starts={2: 3 * DAY}))


@pytest.mark.parametrize("free", [0, 14])
def test_a_cycle_may_be_interrupted_in_the_minute_in_which_it_begins(free: int) -> None:
    """Also where that is the minute in which the infusion of the one before it ends."""
    steps = 'dose = "9 mcg/day", days = 7; dose = "28 mcg/day", days = 21'
    planned = expand(regimen(regimens.cycle(steps, free=free, repeat=2)), patient(Fraction(70)))
    begins = (28 + free) * DAY
    found = replan(planned, record(stop(0, DAY), stop(begins + DAY, DAY, cycle=2), regimen="example"))
    whole(found)
    assert [infused(found.course, cycle) for cycle in (1, 2)] == [28 * DAY] * 2
    assert [entry.start for entry in entries(found.course) if entry.due is Due.RESTART] == [DAY, begins + 2 * DAY]


def test_a_new_cycle_on_record_may_be_the_restart() -> None:
    one = stop(10 * DAY, 9 * DAY, CRS, grade=2)
    found = replan(course(), record(one, starts={2: 19 * DAY}))
    assert found.course == replanned(one).course
    for at in (18, 20):
        with pytest.raises(RecordError, match="began cycle 2, at another time"):
            replan(course(), record(one, starts={2: at * DAY}))


some_doses = st.none() | st.sampled_from(["5 mcg/day", "9 mcg/day", "14 mcg/day", "28 mcg/day", "112 mcg/day"])


@pytest.mark.slow
@given(
    name=st.sampled_from(["rr-adult", "dlbcl-3-step", "mrd-adult", "rr-adult-continued"]),
    stops=st.lists(
        st.tuples(
            st.integers(1, 40 * DAY),
            st.integers(1, 20 * DAY),
            st.sampled_from(list(Cause)),
            severe,
            some_doses,
            st.sampled_from([None, None, False, True]),
        ),
        max_size=5,
    ),
    late=st.booleans(),
)
def test_whatever_is_on_record_the_course_is_whole_and_no_longer_than_it_was_planned(
    name: str, stops: list[tuple[int, int, Cause, int | None, str | None, bool | None]], late: bool
) -> None:
    planned = course(name)
    made, found = list[dict[str, Any]](), replan(planned, record(regimen=name))
    at = max(e.period.start for e in planned.events if e.period.dose) if late else 0
    for after, lasts, cause, grade, dose, new in stops:
        running = [e for e in found.course.events if e.period.dose and e.period.start < at + after < e.period.stop]
        if not running or found.ended:
            break
        at += after
        cycle = running[0].period.cycle
        made.append(stop(at, lasts, cause, cycle, grade=grade, restart_dose=dose, new_cycle=new))
        at += lasts
        found = replan(planned, record(*made, regimen=name))
    whole(found)
    for number in {event.period.cycle for event in found.course.events}:
        assert infused(found.course, number) <= max(infused(planned, one) for one in range(1, 10))
    highest = max(event.rate for event in planned.events)
    recorded = [read_dose(one["restart_dose"]).rate.amount for one in made if one["restart_dose"]]
    assert max(event.rate for event in found.course.events) <= max([highest, *recorded])
    assert again(found) == found
    due = entries(found.course, premedication_plan(found.course), (), found.ledger)
    assert all(entry.stop >= entry.start for entry in due)
    bags = bag_sequence(infusions(found.course), site(24, at=None), START)
    assert sum(bag.micrograms for bag in bags) == found.course.micrograms


def silent(**more: Any) -> Replanned:
    """Return a course by a label that does not state its answers, stopped on day 4 for 2 days by a grade 3 event."""
    stopped = record(stop(3 * DAY, 2 * DAY, CRS, grade=3, **more), regimen="hk-rr-adult")
    return replan(course("hk-rr-adult"), stopped)


def test_what_a_label_does_not_state_is_taken_from_what_was_done_and_the_full_dose_is_not_given_again_unasked() -> None:
    assert silent().ended
    assert "add `restart_dose` and `restart_in` to the record" in silent().ledger.interruptions[0].resumed
    low = DoseRate(Fraction(9), Basis.FLAT)
    known = silent(restart_dose="9 mcg/day", new_cycle=False)
    assert not known.ended
    first = [event.period.dose for event in known.course.events if event.period.cycle == 1 and event.period.dose]
    assert set(first) == {low}
    second = [event.rate for event in known.course.events if event.period.cycle == 2 and event.period.dose]
    assert second == [28]


def test_a_cycle_on_record_is_not_dropped_where_what_was_done_before_it_is_not_known() -> None:
    stopped = record(stop(3 * DAY, 2 * DAY, CRS, grade=3), regimen="hk-rr-adult", starts={2: 44 * DAY})
    with pytest.raises(RecordError, match="cycle 2 began, and how the infusion went on before it is not on record"):
        replan(course("hk-rr-adult"), stopped)


@pytest.mark.parametrize(
    ("dose", "rates_then"),
    [(20, [(3, 20), (21, 14)]), (14, [(3, 14), (21, 14)]), (5, [(7, 5), (3, 9), (14, 14)])],
)
def test_a_restart_above_the_doses_of_its_cycle_takes_the_place_of_the_step_that_was_stopped(
    dose: int, rates_then: list[tuple[int, int]]
) -> None:
    """The second cycle has 9 and 14 mcg/day; the full dose, of the first, is 28, and is to come back after a week."""
    low = regimens.cycle('dose = "9 mcg/day", days = 7; dose = "14 mcg/day", days = 21')
    planned = expand(regimen(regimens.cycle('dose = "28 mcg/day", days = 28') + low), patient(Fraction(70)))
    one = stop(46 * DAY, DAY, cycle=2, restart_dose=f"{dose} mcg/day", full_dose_after=7 * DAY)
    found = replan(planned, record(one, regimen="example"))
    assert rates(found)[4:-1] == rates_then


def test_what_is_left_after_a_low_restart_lasts_as_long_as_was_left() -> None:
    """Of 5, 9, 14 and 28 mcg/day for 4, 3, 5 and 16 days; stopped on day 3 and restarted at 10 for two days."""
    steps = ((5, 4), (9, 3), (14, 5), (28, 16))
    text = ";".join(f'dose = "{dose} mcg/day", days = {count}' for dose, count in steps)
    planned = expand(regimen(regimens.cycle(text)), patient(Fraction(70)))
    one = stop(2 * DAY, DAY, restart_dose="10 mcg/day", full_dose_after=2 * DAY)
    found = replan(planned, record(one, regimen="example"))
    assert rates(found)[:6] == [(2, 5), (1, 0), (2, 10), (5, 14), (19, 28), (14, 0)]


def test_a_flat_dose_that_is_the_capped_one_by_area_is_the_full_dose() -> None:
    """15 mcg/m²/day are no more than 28 mcg/day, in a patient of 1.9 m²."""
    planned = expand(library.regimen("rr-below-45-kg"), patient(area=Fraction("1.9")))
    for dose, is_full in (("28 mcg/day", True), ("27.9 mcg/day", False)):
        one = stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose=dose)
        (entry,) = replan(planned, record(one, regimen="rr-below-45-kg")).ledger.interruptions
        assert entry.resumed.endswith("the full dose") is is_full


def test_after_a_journey_in_the_interval_a_cycle_has_its_days_by_the_clock_of_the_place() -> None:
    """In New York, six hours behind Berlin: 28 days of infusion from the hour on at which it begins."""
    start = datetime(2027, 1, 4, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    moves = ((35 * DAY, ZoneInfo("America/New_York")),)
    found = replan(course(), None, clock=WallClock(start, moves=moves)).course
    second = [event.period for event in found.events if event.period.cycle == 2 and event.period.dose is not None]
    assert (second[0].start, second[-1].stop) == (42 * DAY, 70 * DAY - HOUR)  # summer time begins on 14 March


def test_a_restart_at_the_dose_of_the_first_step_does_not_go_through_that_step_again() -> None:
    """9 mcg/day is what 5 mcg/m²/day are limited to, in a patient of 1.9 m²: after its week the full dose follows."""
    planned = expand(library.regimen("rr-below-45-kg"), patient(area=Fraction("1.9")))
    one = stop(10 * DAY, 2 * DAY, CRS, grade=3, restart_dose="9 mcg/day")
    assert rates(replan(planned, record(one, regimen="rr-below-45-kg")))[3:6] == [(7, 9), (11, 28), (14, 0)]
