"""Bags on record: what they gave is counted exactly, and the past is the same whatever site prepares later ones."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.calendar import Due
from blinplan.course.dated import Dated, date_course
from blinplan.course.events import as_ordered, expand
from blinplan.course.happened.hung import wrong_doses
from blinplan.course.happened.ledger_document import ledger_data, ledger_of
from blinplan.course.happened.replan import replan
from blinplan.course.premedication import premedication_plan
from blinplan.course.remarks import RemarkKind
from blinplan.quantities import read_dose
from blinplan.regimen.record.record import (
    BagOnRecord,
    Closure,
    CourseRecord,
    CycleStart,
    Ending,
    EndOfCourse,
    PlannedStart,
)
from blinplan.regimen.site.site import Site
from blinplan.reports.plan.bags.changes import changes_on_closed_days, closed_days
from blinplan.reports.plan.bags.hung import happened_remarks, running_remarks
from blinplan.reports.plan.dated_remarks import remarks_of_days
from tests.collection.examples import fewer_examples
from tests.course.records import CRS, DAY, HOUR, START, course, record, stop
from tests.course.regimens import ADULT, course_of, cycle, regimen, site, with_area

WARD = site(24, 48, 72, 96, closed=frozenset({5, 6}), disconnected_bag=True)
OTHER = site(24, 168, at=8 * HOUR)


def bag(hung: int, lasts: int | None, dose: str = "9 mcg/day", hours: int = 48, **more: Any) -> BagOnRecord:
    at = START + timedelta(minutes=hung)
    down = None if lasts is None else at + timedelta(minutes=lasts)
    made, fill = read_dose(dose).rate, more.get("fill")
    volume = None if fill is None else Fraction(fill)
    return BagOnRecord(
        at, down, made, hours * HOUR, more.get("rate"), more.get("number"), ("bag", 0), millilitres=volume
    )


def with_bags(*bags: BagOnRecord, stops: tuple[dict[str, Any], ...] = ()) -> CourseRecord:
    return replace(record(*stops), bags=bags)


def dated(happened: CourseRecord, ward: Site = WARD) -> Dated:
    return date_course(course(), START, ward, happened)


@pytest.mark.parametrize(
    ("at", "dose", "off"),
    [(2 * DAY, "28 mcg/day", Fraction(19, 4)), (9 * DAY, "9 mcg/day", -Fraction(19, 4)), (2 * DAY, "9 mcg/day", 0)],
)
def test_a_wrong_bag_of_six_hours_is_counted_exactly(at: int, dose: str, off: Fraction) -> None:
    found = replan(course(), with_bags(bag(at, 6 * HOUR, dose)))
    assert found.course.micrograms - found.planned.micrograms == off
    assert sum(wrong.micrograms for wrong in wrong_doses(found.course)) == off
    assert as_ordered(found.course).events == found.planned.events
    assert found.course.infusion_minutes == found.planned.infusion_minutes


def test_a_wrong_bag_is_no_step_up_that_is_premedicated() -> None:
    found = replan(course(), with_bags(bag(2 * DAY, 6 * HOUR, "28 mcg/day")))
    (given, planned) = (premedication_plan(one) for one in (found.course, found.planned))
    assert given is not None
    assert planned is not None
    assert given.minutes == planned.minutes


def test_a_pump_at_another_rate_gives_another_dose() -> None:
    """A bag for 48 hours runs at 5 mL/h; at 10 mL/h it gives twice its dose."""
    found = replan(course(), with_bags(bag(DAY, 12 * HOUR, rate=Fraction(10))))
    assert found.course.micrograms - found.planned.micrograms == Fraction(9, 2)


def test_a_dose_that_is_written_to_so_many_digits_is_the_ordered_one() -> None:
    child = course("rr-below-45-kg", Fraction("1.141"))  # 5 mcg/m²/day come to 5.705 mcg/day
    for dose, wrong in (
        ("5.7 mcg/day", False),
        ("5.71 mcg/day", False),
        ("5.8 mcg/day", True),
        ("5 mcg/m2/day", False),
    ):
        happened = replace(with_bags(bag(DAY, 6 * HOUR, dose)), regimen="rr-below-45-kg")
        assert bool(list(wrong_doses(replan(child, happened).course))) is wrong


@pytest.mark.parametrize(
    ("area", "at", "dose", "pump", "rate"),
    [
        ("1.2", DAY, "5 mcg/m2/day", None, "6"),
        ("1.2", DAY, "15 mcg/m2/day", None, "18"),  # the step that it was made for is capped at 28 mcg/day
        ("1.2", DAY, "5 mcg/m2/day", 10, "12"),  # at 10 mL/h in place of 5
        ("1.2", DAY, "7 mcg/m2/day", None, "8.4"),
        ("1.2", DAY, "10 mcg/m2/day", None, "12"),  # of no step, which has no cap
        ("1.2", 9 * DAY, "5 mcg/m2/day", None, "6"),
        ("2", DAY, "5 mcg/m2/day", None, "9"),
        ("2", DAY, "15 mcg/m2/day", None, "28"),
        ("2", DAY, "5 mcg/m2/day", 10, "18"),  # the bag was made for the cap, and gives it in half its time
        ("2", 9 * DAY, "5 mcg/m2/day", None, "9"),
        ("2", 9 * DAY, "28 mcg/day", None, "28"),
        ("2", 9 * DAY, "14 mcg/day", 10, "28"),
    ],
)
def test_what_a_bag_gave_by_area_is_what_it_was_made_for(
    area: str, at: int, dose: str, pump: int | None, rate: str
) -> None:
    """5 mcg/m²/day and no more than 9 mcg/day for a week, then 15 and no more than 28."""
    planned = course_of("rr-below-45-kg", with_area(Fraction(area)))
    by_area, cap = (5, Fraction(9)) if at < 7 * DAY else (15, Fraction(28))
    ordered = min(Fraction(area) * by_area, cap)
    one = bag(at, 6 * HOUR, dose, rate=None if pump is None else Fraction(pump))
    found = replan(planned, replace(with_bags(one), regimen="rr-below-45-kg"))
    assert [wrong.micrograms for wrong in wrong_doses(found.course)] == (
        [] if Fraction(rate) == ordered else [(Fraction(rate) - ordered) / 4]
    )
    event = next(one for one in found.course.events if one.period.start <= at < one.period.stop)
    assert (event.rate, event.period.cycle_name) == (Fraction(rate), planned.events[0].period.cycle_name)


def test_where_a_bag_on_record_was_hung_at_a_restart_no_other_one_goes_on() -> None:
    """The record says that the same bag went on, and names the one that hung from then on: two at once are none."""
    found = dated(with_bags(bag(DAY + HOUR, None), stops=(stop(DAY, HOUR, same_bag=True),)))
    assert all(one.stop <= other.start for one, other in pairwise(found.bags))
    assert sum(one.micrograms for one in found.bags) == found.course.micrograms


def test_a_bag_that_was_hung_where_nothing_was_ordered_is_counted() -> None:
    """In the interval, while the infusion was stopped, and after the end of the last cycle: it is a fact."""
    for at, lasts, stops, why in (
        (30 * DAY, DAY, (), "the infusion of the cycle had ended"),
        (3 * DAY + HOUR, 6 * HOUR, (stop(3 * DAY, DAY),), "the infusion was stopped"),
        (3 * DAY + HOUR, 6 * HOUR, (stop(3 * DAY, None),), "the infusion was stopped"),
        (400 * DAY, 6 * HOUR, (), "the course had ended"),
    ):
        without = replan(course(), with_bags(stops=stops)).course
        found = replan(course(), with_bags(bag(at, lasts, "28 mcg/day"), stops=stops)).course
        (wrong,) = wrong_doses(found)
        assert wrong.micrograms == Fraction(28 * lasts, DAY) == found.micrograms - without.micrograms
        assert (wrong.event.period.start, wrong.why_none_ordered) == (at, why)
        assert all(one.period.stop == other.period.start for one, other in pairwise(found.events))
        assert as_ordered(found).micrograms == without.micrograms


def test_the_past_is_the_same_whatever_site_comes_later() -> None:
    happened = with_bags(bag(0, 2 * DAY, number=1), bag(2 * DAY, 2 * DAY, number=2), bag(4 * DAY, None, number=3))
    first, second = dated(happened), dated(happened, OTHER)
    assert [one for one in first.bags if one.stop <= 4 * DAY] == [one for one in second.bags if one.stop <= 4 * DAY]
    assert first.course == second.course
    assert {one.size.minutes for one in second.bags if one.start > 4 * DAY} <= {24 * HOUR, 168 * HOUR}
    assert [one.start for one in second.bags][:3] == [0, 2 * DAY, 4 * DAY]


def test_a_bag_that_hangs_is_taken_down_when_the_ward_changes_bags_and_before_it_is_empty() -> None:
    hanging = dated(with_bags(bag(3 * DAY, None)))  # a Thursday; the ward is closed on Saturday and Sunday
    found = next(one for one in hanging.bags if one.start == 3 * DAY)
    assert (found.stop, found.on_record) == (4 * DAY, True)
    empty = dated(with_bags(bag(4 * DAY, None, hours=24)))  # on the closed Saturday, which the plan tells
    assert next(one for one in empty.bags if one.start == 4 * DAY).stop == 5 * DAY
    said = "the bag before is empty on Sat 2026-03-07 10:00: it is a Saturday, on which Ward 7 changes no bags"
    assert any(said in remark.text for remark in changes_on_closed_days(empty))


def test_a_bag_that_hangs_before_a_long_closure_is_changed_when_the_fewest_come_on_closed_days() -> None:
    """Closed from Thursday to Sunday: changed on Wednesday, the next one lasts over all of it."""
    shut = frozenset(date(2026, 3, day) for day in range(12, 16))
    ward = site(24, 48, 96, 120, closed=frozenset({5, 6}), holidays=shut)
    begun = dated(with_bags(bag(8 * DAY, None, "28 mcg/day", hours=96)), ward)  # since Tuesday, empty on Saturday
    assert [one.stop for one in begun.bags if one.start == 8 * DAY] == [9 * DAY]
    assert not list(changes_on_closed_days(begun))
    late = dated(with_bags(bag(10 * DAY, None, "28 mcg/day", hours=48)), ward)  # since Thursday
    found = next(one for one in late.bags if one.start == 10 * DAY)
    assert (found.stop, len(list(changes_on_closed_days(late)))) == (12 * DAY, 1)


def test_a_bag_is_needed_for_the_reason_for_which_it_is_needed() -> None:
    """Empty, out of its time, or at another dose: what a ward is told is what it is for."""
    ward = replace(WARD, closed=frozenset())
    prepared = START + timedelta(days=2, hours=-4)
    old = replace(bag(2 * DAY, None, hours=48), prepared=prepared)
    stopped = stop(2 * DAY + 17 * HOUR, 18 * HOUR, same_bag=True)
    expired = dated(with_bags(old, stops=(stopped,)), ward)
    told = [remark.text for remark in changes_on_closed_days(expired)]
    assert any("is needed when the in-use time of the bag before ends on" in text for text in told), told
    assert not any("empty" in text for text in told)
    late = stop(5 * DAY, 6 * HOUR, same_bag=True)  # the step comes six hours later, off the hour of the ward
    stepped = dated(with_bags(bag(4 * DAY, None, hours=96), stops=(late,)), ward)
    assert not any("is needed when" in remark.text for remark in changes_on_closed_days(stepped))
    off = [remark.text for remark in closed_days(stepped)]
    assert sum("The step of" in text and "needs a new bag: it is 16:00" in text for text in off) == 1


def test_a_pump_failure_of_five_hours_lets_the_same_bag_go_on() -> None:
    failed = stop(9 * DAY + 2 * HOUR, 5 * HOUR, same_bag=True)
    found = dated(record(failed))
    before = next(one for one in found.bags if one.stop == 9 * DAY + 2 * HOUR)
    again = next(one for one in found.bags if one.start == 9 * DAY + 7 * HOUR)
    assert (again.again, again.size) == (True, before.size)
    assert before.minutes + again.minutes <= before.size.minutes
    assert found.bag_numbers[again.start] == found.bag_numbers[before.start]
    assert sum(one.micrograms for one in found.bags) == found.course.micrograms == found.replanned.planned.micrograms


@pytest.mark.parametrize("allowed", [None, False])
def test_without_the_site_s_word_no_bag_is_hung_again(allowed: bool | None) -> None:
    found = dated(record(stop(9 * DAY + 2 * HOUR, 5 * HOUR, same_bag=True)), replace(WARD, disconnected_bag=allowed))
    assert not any(one.again for one in found.bags)
    assert any(one.start == 9 * DAY + 7 * HOUR for one in found.bags)


def test_a_bag_goes_on_only_inside_its_in_use_time() -> None:
    """Bags for 96 hours keep for 100 here: a stop of two days leaves too little of the time, and one of five none."""
    sizes = tuple(replace(one, in_use=100 * HOUR) for one in WARD.bags)
    ward = replace(WARD, bags=sizes)
    for lasts, goes_on in ((5 * HOUR, True), (2 * DAY, True), (5 * DAY, False)):
        found = dated(record(stop(9 * DAY + 2 * HOUR, lasts, same_bag=True)), ward)
        again = [one for one in found.bags if one.again]
        assert bool(again) is goes_on
        assert all(one.good_until is not None and one.stop <= one.good_until for one in again)


def test_how_long_a_bag_keeps_that_nobody_says_is_not_computed() -> None:
    sizes = tuple(replace(one, in_use=None) for one in WARD.bags)
    found = dated(record(stop(9 * DAY + 2 * HOUR, 5 * HOUR, same_bag=True)), replace(WARD, bags=sizes))
    assert [one.good_until for one in found.bags if one.again] == [None]


def holds_together(found: Dated) -> None:
    """The bags cover what is infused, each once, and give it."""
    assert sum(one.micrograms for one in found.bags) == found.course.micrograms
    infused = sum(event.period.minutes for event in found.course.events if event.period.dose is not None)
    assert sum(one.minutes for one in found.bags) == infused
    assert all(one.stop <= other.start for one, other in pairwise(found.bags))
    again = ledger_of(ledger_data(found.ledger))
    assert date_course(course(), START, found.site, again).bags == found.bags


HOURS = st.integers(1, 48)


@pytest.mark.slow
@fewer_examples(2)
@given(
    lengths=st.lists(st.tuples(HOURS, st.sampled_from(["9 mcg/day", "28 mcg/day", "14 mcg/day"])), max_size=6),
    hangs=st.booleans(),
    pump=st.none() | st.tuples(st.integers(1, 6 * DAY), st.integers(1, 6 * DAY), st.booleans()),
)
def test_whatever_hung_nothing_is_lost_and_the_past_stays(
    lengths: list[tuple[int, str]], hangs: bool, pump: tuple[int, int, bool] | None
) -> None:
    now, bags = 0, list[BagOnRecord]()
    for number, (hours, dose) in enumerate(lengths, start=1):
        bags.append(bag(now, hours * HOUR, dose, number=number))
        now += hours * HOUR
    if hangs:
        bags.append(bag(now, None, number=99))
    stops = () if pump is None else (stop(now + pump[0], pump[1], CRS, grade=2, same_bag=pump[2]),)
    happened = with_bags(*bags, stops=stops)
    everywhere = replace(WARD, closed=frozenset())
    first, second = dated(happened, everywhere), dated(happened, replace(OTHER, closed=frozenset()))
    holds_together(first)
    holds_together(second)
    assert first.course == second.course
    assert [one for one in first.bags if one.stop <= now] == [one for one in second.bags if one.stop <= now]
    ordered = as_ordered(first.course).micrograms
    assert first.course.micrograms == ordered + sum(wrong.micrograms for wrong in wrong_doses(first.course))


def minutes_without(found: Dated) -> list[tuple[int, int, str | None]]:
    periods = (event.period for event in found.course.events)
    return [(period.start, period.stop, period.lack) for period in periods if period.lack is not None]


def test_a_wrong_bag_that_hangs_counts_to_the_end_of_its_hours_and_no_longer() -> None:
    """A bag of 28 in place of 9 mcg/day for four days gives 76 mcg too much, and the plan goes on from there."""
    found = dated(with_bags(bag(0, None, "28 mcg/day", hours=96, number=1)))
    (wrong,) = wrong_doses(found.course)
    assert (wrong.event.period.start, wrong.event.period.stop) == (0, 4 * DAY)
    assert wrong.micrograms == 76
    assert next((one.start, one.stop, one.on_record) for one in found.bags) == (0, 4 * DAY, True)
    holds_together(found)
    assert any("A WRONG BAG HANGS" in remark.text and remark.is_of_course for remark in running_remarks(found))
    # In the last day of the step it is the right dose from the next step on.
    late = dated(with_bags(bag(6 * DAY, None, "28 mcg/day", hours=96)))
    assert [(one.event.period.stop, int(one.micrograms)) for one in wrong_doses(late.course)] == [(7 * DAY, 19)]
    holds_together(late)


def test_a_right_bag_that_hangs_is_no_wrong_one() -> None:
    assert not list(running_remarks(dated(with_bags(bag(0, None, hours=96, number=1)))))


def test_between_two_bags_that_follow_by_their_numbers_nothing_hung() -> None:
    """Bag 1 came down at 10:00 and bag 2 hung at 13:25: 9 mcg/day for 205 minutes are in no sum."""
    found = dated(with_bags(bag(0, 4 * DAY, hours=96, number=1), bag(4 * DAY + 205, 2 * DAY, hours=72, number=2)))
    assert minutes_without(found) == [(4 * DAY, 4 * DAY + 205, "no bag hung")]
    lacking = -Fraction(9 * 205, 1440)
    assert found.course.micrograms - found.replanned.planned.micrograms == lacking
    assert [wrong.micrograms for wrong in wrong_doses(found.course)] == [lacking]
    assert not any(one.start < 4 * DAY + 205 and one.stop > 4 * DAY for one in found.bags)
    assert all(one.on_record for one in found.bags if one.start < 6 * DAY)
    holds_together(found)


@pytest.mark.parametrize("numbers", [(None, None), (1, 3), (1, None), (2, 1)])
def test_where_it_is_not_certain_what_hung_it_is_counted_as_ordered_and_said(
    numbers: tuple[int | None, int | None],
) -> None:
    first, second = numbers
    found = dated(with_bags(bag(0, 2 * DAY, number=first), bag(3 * DAY, 2 * DAY, number=second)))
    assert minutes_without(found) == []
    assert found.course.micrograms == found.replanned.planned.micrograms
    said = "Which bags hung from Wed 2026-03-04 10:00 to Thu 2026-03-05 10:00 is not on record"
    assert any(remark.text.startswith(said) for remark in happened_remarks(found))


def test_a_bag_gives_no_more_than_is_in_it() -> None:
    """276 mL at 10 mL/h last 27 h 36 min; 200 mL at 10 in place of 1.8 mL/h are 41.667 mcg, and then nothing."""
    last = bag(31 * HOUR, DAY, number=2)
    known = dated(with_bags(bag(0, 31 * HOUR, hours=24, number=1, fill=276), last))
    assert minutes_without(known) == [(1656, 31 * HOUR, "the bag was empty")]
    fast = dated(with_bags(bag(0, 31 * HOUR, hours=96, number=1, fill=200, rate=Fraction(10)), last))
    assert minutes_without(fast) == [(20 * HOUR, 31 * HOUR, "the bag was empty")]
    assert next(one.micrograms for one in fast.bags) == Fraction(36 * 200) / Fraction("172.8")
    unknown = dated(with_bags(bag(0, 31 * HOUR, hours=24, number=1), last))
    assert minutes_without(unknown) == [(DAY, 31 * HOUR, "the bag was past its hours")]
    for found in (known, fast, unknown):
        holds_together(found)


def test_a_bag_that_was_hung_again_has_what_was_left_in_it() -> None:
    """Of 48 hours 36 were used: twelve are left, whether it was taken down again or hangs."""
    first = bag(0, 36 * HOUR, number=1)
    again = dated(with_bags(first, bag(40 * HOUR, 20 * HOUR, number=1)))
    assert minutes_without(again)[1:] == [(52 * HOUR, 60 * HOUR, "the bag was past its hours")]
    hangs = dated(with_bags(first, bag(36 * HOUR, None, number=1)), replace(WARD, change_minute=None))
    assert max(one.stop for one in hangs.bags if one.on_record) <= 48 * HOUR
    holds_together(again)
    holds_together(hangs)


def test_a_bag_that_ran_on_after_its_cycle_is_in_the_sums() -> None:
    """Taken down a day after the end of 28 days, it gave 28 mcg more; what it could not give is no lack."""
    found = dated(with_bags(bag(25 * DAY, 4 * DAY, "28 mcg/day", hours=96)))
    assert found.course.micrograms - found.replanned.planned.micrograms == 28
    said = "28 mcg/day where none is ordered, as the infusion of the cycle had ended: 28 mcg too much"
    assert any(said in one.text for one in happened_remarks(found))
    holds_together(found)
    empty = dated(with_bags(bag(25 * DAY, 4 * DAY, "28 mcg/day", hours=72)))
    assert empty.course.micrograms == empty.replanned.planned.micrograms


@pytest.mark.parametrize(("grade", "is_too_much"), [(4, True), (None, False)])
def test_a_bag_after_a_stop_for_good_gave_what_nobody_ordered(grade: int | None, is_too_much: bool) -> None:
    """After grade 4 the label stops the drug for good; of a grade that nobody says it is open whether it does."""
    severe = stop(10 * DAY, DAY, CRS, grade=grade, same_bag=False)
    found = dated(with_bags(bag(11 * DAY, DAY, "28 mcg/day", hours=24), stops=(severe,)))
    assert [event.period.stop // DAY for event in found.course.events][-1] == 12
    said = [one.text for one in happened_remarks(found) if "28 mcg/day where none is ordered" in one.text]
    assert bool(said) is is_too_much


@pytest.mark.parametrize("days", [0, 6, 7])
def test_the_next_cycle_is_due_when_the_interval_ends_however_long_a_bag_ran_on(days: int) -> None:
    planned = expand(regimen(cycle('dose = "28 mcg/day", days = 28', free=7, repeat=2)), ADULT)
    bags = (bag(28 * DAY, days * DAY, "28 mcg/day", hours=168),) if days else ()
    found = date_course(planned, START, WARD, replace(record(regimen="example"), bags=bags))
    due = {kind: [entry.start // DAY for entry in found.entries if entry.due is kind] for kind in Due}
    assert due[Due.NEXT_CYCLE] == [35]
    assert (due[Due.START], due[Due.STOP]) == ([0, 35], [28 + days, 63])


@pytest.mark.parametrize("number", [3, None])
def test_the_same_bag_went_on_at_another_dose_than_the_label_asks_for(number: int | None) -> None:
    """After grade 3 the label restarts at 9 mcg/day: the bag of 28 gives 19 a day too much for what is left of it."""
    severe = stop(8 * DAY + 12 * HOUR, 15 * HOUR, CRS, grade=3, same_bag=True)
    found = dated(with_bags(bag(7 * DAY, None, "28 mcg/day", hours=96, number=number), stops=(severe,)))
    (wrong,) = wrong_doses(found.course)
    again = 8 * DAY + 27 * HOUR
    assert (wrong.event.period.start, wrong.event.period.stop) == (again, again + 60 * HOUR)
    assert [one.again for one in found.bags if one.start == again] == [True]
    assert any("A WRONG BAG HANGS since Wed 2026-03-11 13:00" in one.text for one in running_remarks(found))
    holds_together(found)


def cut(at: int, how: str) -> CourseRecord:
    """A record in which the infusion was cut short at a minute."""
    if how == "stop":
        return record(stop(at, None, CRS, grade=3))
    if how == "end":
        end = EndOfCourse(START + timedelta(minutes=at), Ending.RELAPSE, None)
        return replace(record(), end=end)
    begun = CycleStart(2, START + timedelta(minutes=at), ("cycle_start", 0))
    return replace(record(), cycle_starts=(begun,))


@pytest.mark.slow
@fewer_examples(2)
@given(at=st.integers(1, 28 * DAY - 1), how=st.sampled_from(["stop", "end", "early start"]))
def test_what_cuts_an_infusion_short_changes_no_bag_that_hung_before(at: int, how: str) -> None:
    ward = replace(WARD, closed=frozenset())
    before, after = dated(record(), ward), dated(cut(at, how), ward)
    cut_short = [replace(one, stop=min(one.stop, at)) for one in before.bags if one.start < at]
    assert [one for one in after.bags if one.start < at] == cut_short
    holds_together(after)


SPANS = st.lists(st.tuples(st.integers(1, 72 * HOUR), st.integers(0, 12 * HOUR)), min_size=1, max_size=6)


@pytest.mark.slow
@fewer_examples(2)
@given(
    spans=SPANS,
    doses=st.lists(st.sampled_from(["9 mcg/day", "28 mcg/day"]), min_size=6, max_size=6),
    fill=st.none() | st.integers(50, 300),
    rate=st.none() | st.sampled_from([Fraction(5), Fraction(20)]),
    hangs=st.booleans(),
)
def test_whatever_was_late_or_empty_the_sums_are_exact(
    spans: list[tuple[int, int]], doses: list[str], fill: int | None, rate: Fraction | None, hangs: bool
) -> None:
    """No bag gives more than its volume, nothing is planned into a gap, and the sum is what was ordered and is off."""
    now, bags, gaps = 0, list[BagOnRecord](), list[tuple[int, int]]()
    for number, ((lasts, late), dose) in enumerate(zip(spans, doses, strict=False), start=1):
        bags.append(bag(now, lasts, dose, number=number, fill=fill, rate=rate))
        gaps.append((now + lasts, now + lasts + late))
        now += lasts + late
    if hangs:
        bags.append(bag(now, None, doses[-1], number=len(bags) + 1, fill=fill, rate=rate))
    everywhere = replace(WARD, closed=frozenset())
    found, other = dated(with_bags(*bags), everywhere), dated(with_bags(*bags), replace(OTHER, closed=frozenset()))
    holds_together(found)
    assert found.course == other.course
    off = sum(wrong.micrograms for wrong in wrong_doses(found.course))
    assert found.course.micrograms == found.replanned.planned.micrograms + off
    for start, stop_ in gaps if hangs else gaps[:-1]:
        assert not any(one.start < stop_ and one.stop > start for one in found.bags)
    for one in found.bags:
        if one.on_record and fill is not None:
            assert one.millilitres is not None
            assert one.millilitres <= fill


@pytest.mark.parametrize(("cold", "prepared", "until"), [(True, 6, 120), (False, 6, 114), (True, None, 120)])
def test_until_when_a_bag_that_hangs_is_good_is_by_the_rule_of_the_site(
    cold: bool, prepared: int | None, until: int
) -> None:
    """120 hours from hanging where it was cold, and else from preparation, six hours before; then a new bag is hung."""
    sizes = tuple(replace(one, in_use=120 * HOUR if one.minutes == 96 * HOUR else None) for one in WARD.bags)
    ward = replace(WARD, bags=sizes, kept_cold=cold)
    hangs = bag(7 * DAY, None, "28 mcg/day", hours=96, number=3)
    hangs = hangs if prepared is None else replace(hangs, prepared=hangs.hung - timedelta(hours=prepared))
    for restarted, goes_on in ((until * HOUR - 1, True), (until * HOUR, False)):
        lasts = restarted - 3 * DAY
        found = dated(with_bags(hangs, stops=(stop(10 * DAY, lasts, same_bag=True),)), ward)
        again = [one for one in found.bags if one.start == 7 * DAY + restarted]
        assert [(one.again, one.good_until) for one in again] == [
            (goes_on, 7 * DAY + until * HOUR if goes_on else None)
        ]
        said = [one.text for one in happened_remarks(found) if "its in-use time was over. If it hangs" in one.text]
        assert bool(said) is not goes_on
        holds_together(found)


@pytest.mark.parametrize("said", [1, 2])
def test_a_bag_that_was_hung_again_after_its_time_is_counted_to_the_next_change(said: int) -> None:
    """48 hours from preparation, said once or twice of the same bag, are over at 8:00; it was hung at 12:30."""
    first, again = bag(0, 22 * HOUR, number=1), bag(50 * HOUR + 30, None, number=1)
    prepared = [replace(one, prepared=START - timedelta(hours=2)) for one in (first, again)][:said]
    happened = with_bags(*prepared, *(first, again)[said:], stops=(stop(22 * HOUR, 28 * HOUR + 30, same_bag=True),))
    found = dated(happened)
    (hangs,) = (one for one in found.bags if one.start == 50 * HOUR + 30)
    assert hangs.good_until == 46 * HOUR
    assert hangs.stop == 3 * DAY
    (told,) = (one for one in happened_remarks(found) if "hung again" in one.text)
    assert told.text.endswith("and its in-use time was over. If it hangs, take it down.")
    assert told.kind is RemarkKind.ERROR
    holds_together(found)


@pytest.mark.parametrize(("allowed", "kind"), [(True, None), (False, RemarkKind.ERROR), (None, RemarkKind.WARNING)])
def test_a_bag_on_record_that_was_hung_again_where_its_site_hangs_none_is_told(
    allowed: bool | None, kind: RemarkKind | None
) -> None:
    """The bags of the record stay as they are, whatever the site says; that it says so is told."""
    bags = bag(0, 22 * HOUR, number=1), bag(25 * HOUR, None, number=1)
    found = dated(
        with_bags(*bags, stops=(stop(22 * HOUR, 3 * HOUR, same_bag=True),)), replace(WARD, disconnected_bag=allowed)
    )
    assert [one.again for one in found.bags if one.on_record] == [False, True]
    told = [one for one in happened_remarks(found) if "hung again" in one.text]
    assert [one.kind for one in told] == ([] if kind is None else [kind])


def test_an_infusion_that_is_stopped_is_told_wherever_one_looks() -> None:
    """Until it goes on; where the label stops the drug for good, what was given after a restart is in no sum."""
    running = dated(record(stop(8 * DAY, 5 * HOUR, cause=CRS, grade=2)))
    assert not list(running_remarks(running))
    (waits,) = running_remarks(dated(record(stop(8 * DAY, None, cause=CRS, grade=3))))
    assert waits.is_of_course
    assert "Tue 2026-03-10 10:00: the infusion was stopped (cytokine release syndrome, grade 3), cycle 1" in waits.text
    assert "in no sum" not in waits.text
    (forbidden,) = running_remarks(dated(record(stop(8 * DAY, 3 * DAY, cause=CRS, grade=4))))
    assert forbidden.text.endswith("What was given since Fri 2026-03-13 10:00 is in no sum.")


@pytest.mark.parametrize(("down", "is_in"), [(5, "is in the sums as far as bags are on record"), (2, "is in no sum")])
def test_what_a_bag_gave_that_went_on_where_nobody_decided_is_said_to_be_in_the_sums(down: int, is_in: str) -> None:
    """Hung for four days at the start, stopped after one for two days: of a grade that nobody says."""
    severe = stop(DAY, 2 * DAY, CRS, grade=None)
    found = dated(with_bags(bag(0, down * DAY, hours=96), stops=(severe,)))
    assert found.course.micrograms == 9 * (1 + max(0, down - 3))
    assert any(f"What was given since Thu 2026-03-05 10:00 {is_in}" in one.text for one in running_remarks(found))


def test_what_is_planned_and_moves_something_is_told_of_its_days() -> None:
    closed = Closure((START + timedelta(days=50)).date(), (START + timedelta(days=52)).date(), "isolator service")
    early = PlannedStart(2, START + timedelta(days=39), "holiday", ("planned_start", 0))
    found = dated(replace(record(), closures=(closed,), planned_starts=(early,)), replace(WARD, closed=frozenset()))
    said = [one.text for one in remarks_of_days(found)]
    assert "Closed from Tue 2026-04-21 to Thu 2026-04-23: isolator service." in said
    assert any("it was planned 3 d before it can, which is left out" in text for text in said)


def numbers(happened: CourseRecord) -> list[int]:
    return list(dated(happened).bag_numbers.values())


def test_a_number_on_record_is_that_of_its_bag_and_later_ones_go_on_from_there() -> None:
    planned = numbers(with_bags())
    assert planned == list(range(1, len(planned) + 1))
    found = dated(with_bags(bag(7 * DAY, None, "28 mcg/day", 96, number=17)))
    at = [one.start for one in found.bags].index(7 * DAY)
    assert list(found.bag_numbers.values()) == [
        *range(1, at + 1),
        *range(17, 17 + len(found.bags) - at),
    ]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True))
def test_no_two_bags_have_one_number(told: list[int]) -> None:
    hung = [bag(place * 2 * DAY, 2 * DAY, number=number) for place, number in enumerate(told, start=1) if place < 3]
    found = numbers(with_bags(*hung))
    assert len(set(found)) == len(found)
    assert set(told[:2]) <= set(found)


def test_a_bag_that_was_not_taken_down_hangs_unless_the_infusion_is_stopped() -> None:
    hanging = bag(DAY, None, number=2)
    found = dated(with_bags(bag(0, DAY, number=1), hanging))
    assert [found.bag_numbers[one.start] for one in found.bags if found.hangs(one)] == [2]
    down = dated(with_bags(bag(0, DAY), bag(DAY, DAY)))
    assert not any(map(down.hangs, down.bags))
    stopped = dated(with_bags(hanging, stops=(stop(DAY + HOUR, None, CRS, grade=3),)))
    assert not any(map(stopped.hangs, stopped.bags))
    planned = dated(with_bags())
    assert not any(map(planned.hangs, planned.bags))
    paused = dated(with_bags(bag(DAY, None), stops=(stop(DAY + HOUR, HOUR, same_bag=True),)))
    assert [one.start for one in paused.bags if paused.hangs(one)] == [DAY + 2 * HOUR]  # it was hung again
    after = dated(with_bags(bag(2 * DAY, None), stops=(stop(DAY, None, CRS, grade=3),)))  # though nothing is ordered
    assert [one.start for one in after.bags if after.hangs(one)] == [2 * DAY]


def test_to_the_end_of_a_course_nobody_says_which_bags_hung() -> None:
    """The first bag is on record for four days, and the course ended on the ninth."""
    ended = replace(
        with_bags(bag(0, 4 * DAY, hours=96)), end=EndOfCourse(START + timedelta(days=9), Ending.TRANSPLANT, None)
    )
    found = dated(ended, site(24, 96))
    assert [one.start // DAY for one in found.bags if one.uncertain] == [4, 7]
    assert [one.start for one in found.bags if one.on_record] == [0]
    assert max(one.stop for one in found.bags) == 9 * DAY
    going_on = dated(with_bags(bag(0, 4 * DAY, hours=96)), site(24, 96))
    assert not any(one.uncertain for one in going_on.bags)


def test_the_time_of_a_bag_that_was_cold_runs_from_when_it_was_first_hung() -> None:
    """Of bags without numbers each is another one: its time is not over when that of the first would be."""
    cold = replace(site(24, 48, kept_cold=True), disconnected_bag=True)
    for number, until in ((1, 2 * DAY), (2, 3 * DAY)):
        happened = with_bags(bag(0, 12 * HOUR, number=1), bag(DAY, None, number=number))
        hanging = next(one for one in dated(happened, cold).bags if one.start == DAY)
        assert hanging.good_until == until
    unnumbered = dated(with_bags(bag(0, 12 * HOUR), bag(DAY, None)), cold)
    assert [one.good_until for one in unnumbered.bags if one.start == DAY] == [3 * DAY]


@pytest.mark.parametrize(("hours", "rate"), [(24, 10), (48, 5)])
def test_a_bag_on_record_held_its_dose_in_the_volume_that_it_was_filled_with(hours: int, rate: int) -> None:
    """At 9.5 mcg/day in 10 mL/h there are 9.5 mcg in each 240 mL."""
    found = dated(with_bags(bag(0, 10 * HOUR, "9.5 mcg/day", hours=hours, fill="276.5")))
    first = found.bags[0]
    assert first.held == Fraction("9.5") * Fraction("276.5") / (rate * 24)
    silent = dated(with_bags(bag(0, 10 * HOUR, "9.5 mcg/day", hours=hours)))
    assert silent.bags[0].held is None
    unknown = dated(with_bags(bag(0, 10 * HOUR, "9.5 mcg/day", hours=36, fill="276.5")))
    assert unknown.bags[0].held is None
