"""Bags on record: what they gave is counted exactly, and the past is the same whatever site prepares later ones."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.dated import Dated, date_course
from blinplan.course.events import as_ordered
from blinplan.course.happened.hung import wrong_doses
from blinplan.course.happened.ledger import ledger_data, ledger_of
from blinplan.course.happened.replan import replan
from blinplan.course.happened.resumption import RecordError
from blinplan.course.premedication import premedication_plan
from blinplan.quantities import read_dose
from blinplan.regimen.record.record import BagOnRecord, CourseRecord
from blinplan.regimen.site import Site
from blinplan.reports.plan.bags.hung import happened_remarks
from tests.course.records import CRS, DAY, HOUR, START, course, record, stop
from tests.course.regimens import site

WARD = site(24, 48, 72, 96, closed=frozenset({5, 6}), disconnected_bag=True)
OTHER = site(24, 168, at=8 * HOUR)


def bag(hung: int, lasts: int | None, dose: str = "9 mcg/day", hours: int = 48, **more: Any) -> BagOnRecord:
    at = START + timedelta(minutes=hung)
    down = None if lasts is None else at + timedelta(minutes=lasts)
    return BagOnRecord(at, down, read_dose(dose).rate, hours * HOUR, more.get("rate"), more.get("number"), ("bag", 0))


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


def test_a_bag_that_was_hung_where_nothing_was_infused_is_refused() -> None:
    with pytest.raises(RecordError, match="nothing was infused when this bag was hung") as refused:
        replan(course(), with_bags(bag(30 * DAY, DAY, "28 mcg/day")))
    assert refused.value.path == ("bag", 0, "hung")


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
    assert any(said in remark.text for remark in happened_remarks(empty))


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
