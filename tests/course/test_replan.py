"""A course with interruptions: nothing is lost, nothing is given twice, and the label's answer comes out."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.calendar import Due, entries
from blinplan.course.events import Course, expand
from blinplan.course.interruption import Question
from blinplan.course.patient import patient
from blinplan.course.premedication import premedication_plan
from blinplan.course.replan import INTERRUPTED, RecordError, Replanned, replan
from blinplan.quantities import read_dose
from blinplan.regimen import library
from blinplan.regimen.record import Cause, CourseRecord, Interruption

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY, HOUR = 24 * 60, 60
CRS = "cytokine-release-syndrome"


def course(name: str = "rr-adult", area: Fraction | None = None) -> Course:
    regimen = library.load(name).regimen
    assert regimen is not None
    return expand(regimen, patient(Fraction(70) if area is None else Fraction(30), None, area))


def stop(at: int, lasts: int | None, cause: str = "technical", cycle: int = 1, **more: Any) -> dict[str, Any]:
    return {"at": at, "lasts": lasts, "cause": cause, "cycle": cycle, **more}


def record(*stops: dict[str, Any], regimen: str = "rr-adult") -> CourseRecord:
    """A record of stops, in minutes of the course."""
    made = []
    for number, one in enumerate(stops):
        stopped = START + timedelta(minutes=one["at"])
        dose = one.get("restart_dose")
        made.append(
            Interruption(
                stopped=stopped,
                restarted=None if one["lasts"] is None else stopped + timedelta(minutes=one["lasts"]),
                cause=Cause(one["cause"]),
                cycle=one["cycle"],
                grade=one.get("grade"),
                seizures=None,
                resolved=None,
                restart_dose=None if dose is None else read_dose(dose).rate,
                premedicated=None,
                new_cycle=one.get("new_cycle"),
                path=("interruption", number),
            )
        )
    return CourseRecord(regimen, START, None, None, None, tuple(made))


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


def test_without_an_interruption_nothing_changes() -> None:
    found = replanned()
    assert found.course == found.planned
    assert (found.ledger, found.ended) == ((), False)


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
    (entry,) = found.ledger
    assert (entry.stopped, entry.restarted) == (10 * DAY, 13 * DAY)
    assert {decision.question for decision in entry.decisions} >= {Question.DOSE, Question.ESCALATION, Question.CYCLE}
    assert entry.resumed == "the same cycle goes on, at 9 mcg/day for 7 days, then in full"


def test_after_more_than_seven_days_the_next_cycle_begins() -> None:
    found = replanned(stop(10 * DAY, 8 * DAY, CRS, grade=3))
    whole(found)
    assert shape(found, 1) == [(7 * DAY, 9), (3 * DAY, 28), (8 * DAY, 0)]
    assert shape(found, 2) == [(7 * DAY, 9), (21 * DAY, 28), (14 * DAY, 0)]
    assert "a new cycle begins" in found.ledger[0].resumed
    assert "the label does not say" in found.ledger[0].resumed
    assert "the label does not say" in replanned(stop(10 * DAY, 8 * DAY)).ledger[0].resumed  # no adverse event
    later = replanned(stop(10 * DAY, 8 * DAY, CRS, grade=2))
    assert shape(later, 2) == [(28 * DAY, 28), (14 * DAY, 0)]


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
    assert found.course.micrograms == 7 * 9 + 3 * 28
    assert found.ledger[0].decisions[0].stop


@pytest.mark.parametrize("grade", [4, 5])
def test_after_what_stops_the_drug_for_good_nothing_is_planned(grade: int) -> None:
    found = replanned(stop(10 * DAY, 2 * DAY, CRS, grade=grade), stop(20 * DAY, DAY))
    assert found.ended
    assert found.course.events[-1].period.stop == 10 * DAY
    assert found.ledger[-1].resumed == "nothing more is planned: the label stops the drug for good"


def test_two_interruptions_of_one_cycle_and_one_of_the_next() -> None:
    found = replanned(stop(2 * DAY, 5 * HOUR), stop(9 * DAY, DAY), stop(44 * DAY + 6 * HOUR + DAY, 2 * HOUR, cycle=2))
    whole(found)
    assert [infused(found.course, cycle) for cycle in range(1, 6)] == [28 * DAY] * 5
    assert found.course.micrograms == found.planned.micrograms
    assert len(found.ledger) == 3


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
    assert replan(course(), record(*made)) == found  # the ledger replays
