"""Whatever happens, as far as it can be on record: no gap, no overlap, the sums exact, and the past as it was."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.calendar import changed_days
from blinplan.course.dated import Dated, date_course
from blinplan.course.events import Event, as_ordered
from blinplan.course.happened.hung import wrong_doses
from blinplan.course.happened.ledger_document import ledger_data, ledger_of
from blinplan.quantities import read_dose
from blinplan.regimen.record.record import (
    BagOnRecord,
    Cause,
    Closure,
    CourseRecord,
    CycleStart,
    Ending,
    EndOfCourse,
    Interruption,
)
from blinplan.regimen.site.site import LaterPlace, Site
from tests.collection.examples import fewer_examples
from tests.course.records import course
from tests.course.regimens import site

DAY, HOUR = 24 * 60, 60
BEGINS = datetime(2026, 10, 12, 10, tzinfo=ZoneInfo("Europe/Berlin"))  # the clock is put back in cycle 1
WARD = site(24, 48, 72, 96, 168, disconnected_bag=True)
HOMES = [
    site(24, 48, 168, at=9 * HOUR, time_zone=zone)
    for zone in ("Europe/London", "America/New_York", "Asia/Tokyo", "Pacific/Auckland")
]
PLANNED = course()


def at(minute: int) -> datetime:
    return BEGINS.astimezone(UTC) + timedelta(minutes=minute)


@st.composite
def records(draw: st.DrawFn) -> tuple[CourseRecord, int]:
    """A record of bags, a stop of cycle 1, an early or late cycle 2 and an end; and how far bags are on it."""
    now, bags = 0, list[BagOnRecord]()
    for number, hours in enumerate(draw(st.lists(st.integers(6, 48), max_size=4)), start=1):
        dose = read_dose(draw(st.sampled_from(["9 mcg/day", "28 mcg/day", "14 mcg/day"]))).rate
        bags.append(BagOnRecord(at(now), at(now + hours * HOUR), dose, 48 * HOUR, None, number, ("bag", number)))
        now += hours * HOUR
    if draw(st.booleans()):  # one more, wherever it was hung: in an infusion, an interval or a stop, or after the end
        hung, hours = now + draw(st.integers(0, 260 * DAY)), draw(st.integers(1, 60))
        down = at(hung + hours * HOUR) if draw(st.booleans()) else None
        dose = read_dose(draw(st.sampled_from(["9 mcg/day", "28 mcg/day"]))).rate
        bags.append(BagOnRecord(at(hung), down, dose, 48 * HOUR, None, None, ("bag", len(bags))))
    stops = []
    if draw(st.booleans()):
        stopped, lasts = now + draw(st.integers(1, 10 * DAY)), draw(st.integers(1, 12 * DAY))
        decided = draw(st.booleans())
        stops.append(
            Interruption(
                at(stopped),
                at(stopped + lasts),
                draw(st.sampled_from([Cause.TECHNICAL, Cause.SURGERY, Cause.PATIENT_WISH, Cause.LOGISTICS])),
                1,
                None,
                None,
                None,
                read_dose("9 mcg/day").rate if decided else None,
                None,
                False if decided else None,
                ("interruption", 0),
                full_dose_after=draw(st.none() | st.just(7 * DAY)) if decided else None,
                same_bag=draw(st.booleans()),
            )
        )
    begun = [] if stops or not draw(st.booleans()) else [CycleStart(2, at(draw(st.integers(30, 70)) * DAY), ("c", 0))]
    ends = EndOfCourse(at(draw(st.integers(75, 250)) * DAY + 61), Ending.RELAPSE, None) if draw(st.booleans()) else None
    first = date(2026, 11, 1) + timedelta(days=draw(st.integers(0, 60)))
    closures = (Closure(first, first + timedelta(days=1), "closed"),) if draw(st.booleans()) else ()
    happened = CourseRecord(
        "rr-adult",
        at(0),
        "Europe/Berlin",
        None,
        None,
        None,
        tuple(stops),
        tuple(begun),
        end=ends,
        closures=closures,
        bags=tuple(bags),
    )
    return happened, now


def site_with(later: tuple[tuple[int, Site], ...]) -> Site:
    return replace(WARD, later=tuple(LaterPlace(*place) for place in later))


journeys = st.lists(
    st.tuples(st.integers(9 * DAY, 60 * DAY), st.sampled_from([*HOMES, WARD])),
    max_size=2,
    unique_by=lambda place: place[0],
).map(lambda places: tuple(sorted(places, key=lambda place: place[0])))
"""To which places the patient goes, and when: to one at a time."""


def holds_together(found: Dated) -> None:
    """Events without a gap from the first minute on, bags that cover what is infused once, and equal sums."""
    events = [event.period for event in found.course.events]
    assert events[0].start == 0
    assert all(one.stop == other.start for one, other in pairwise(events))
    assert all(one.stop <= other.start for one, other in pairwise(found.bags))
    assert sum(bag.minutes for bag in found.bags) == found.course.infusion_minutes
    assert sum(bag.micrograms for bag in found.bags) == found.course.micrograms
    off = sum(wrong.micrograms for wrong in wrong_doses(found.course))
    assert found.course.micrograms == as_ordered(found.course).micrograms + off
    if found.ledger.end is not None:
        ordered = [event.period for event in as_ordered(found.course).events if event.period.step]
        assert ordered[-1].stop <= found.ledger.end.minute
    for bag in found.ledger.bags:  # what hung is in the sums, where something could be in it
        given = sum(one.micrograms for one in found.bags if one.on_record and one.start >= bag.start)
        assert given > 0


def events_until(found: Dated, minute: int) -> list[Event]:
    return [event for event in found.course.events if event.period.stop <= minute]


@pytest.mark.slow
@fewer_examples(2)
@given(told=records(), later=journeys)
def test_whatever_happens_the_plan_holds_together_and_the_past_stays(
    told: tuple[CourseRecord, int], later: tuple[tuple[int, Site], ...]
) -> None:
    happened, known = told
    found = date_course(PLANNED, BEGINS, site_with(later), happened)  # also where a closure outlasts its bags
    holds_together(found)
    if not (happened.interruptions or happened.cycle_starts or happened.end):
        # All of it is given: what is more or less than was planned in days of 24 hours is told, day by day.
        ordered = as_ordered(found.course)
        told_more = sum(day.micrograms_more for day in changed_days(ordered, found.days))
        assert ordered.micrograms == PLANNED.micrograms + told_more
    again = date_course(PLANNED, BEGINS, found.site, ledger_of(ledger_data(found.ledger)))
    assert (again.course, again.bags) == (found.course, found.bags)
    other = date_course(PLANNED, BEGINS, site(24, 168, at=8 * HOUR), happened)
    if not later:
        assert other.course == found.course
    past = min([10**9, *(since for since, _ in later)])  # from then on doses change by the clock of the place
    assert events_until(other, past) == events_until(found, past)
    assert [bag for bag in other.bags if bag.stop <= known] == [bag for bag in found.bags if bag.stop <= known]
