"""What is done to write a plan grows with its bags, and a long course of hourly bags is written in seconds."""

from datetime import datetime
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blinplan import patient, plan
from blinplan.api.planning.planned import Plan
from blinplan.api.vocabulary import PlanFormat
from blinplan.course.remarks import Remark
from blinplan.reports.plan.ical.lines import escape, fold
from tests.benchmarks.calls import counted
from tests.read_text import regimen_in, site_in
from tests.regimen_text import regimen_text

START = datetime(2026, 10, 24, 10, tzinfo=ZoneInfo("Europe/Berlin"))
HOURLY = site_in('site = 1\nname = "Ward"\nbag = [{ hours = 1 }]')


class Counted(int):
    """A number that counts how often it is looked at."""

    looks = 0

    def __eq__(self, other: object) -> bool:
        Counted.looks += 1
        return int(self) == other

    def __hash__(self) -> int:
        Counted.looks += 1
        return int(self)

    @classmethod
    def several(cls, count: int) -> tuple[Self, ...]:
        return tuple(map(cls, range(1, count + 1)))


def test_a_remark_of_thousands_of_bags_is_not_gone_through_for_each_of_them() -> None:
    remark = Remark("How long they may be used is not evaluated.", bags=Counted.several(1000))
    Counted.looks = 0
    assert [remark.concerns(1, 0, 60, bag) for bag in (1, 999, 1000, 1001)] == [True, True, True, False]
    assert remark in {remark}
    assert Counted.looks < 10


class Written(NamedTuple):
    calls: int
    text: str


def hourly(days: int) -> Plan:
    """A plan of some days of hourly bags."""
    text = f'[[cycle]]\nname = "A"\nsteps = [{{ dose = "9 mcg/day", days = {days} }}]\ntreatment_free_days = 14\n'
    return plan(regimen_in(regimen_text(text)), patient(weight=70, age=40), start=START, site=HOURLY, isolated=True)


def written(days: int, form: PlanFormat) -> Written:
    """What a format writes, and how many functions are called for it."""
    planned = hourly(days)
    return Written(*counted(lambda: planned.text(form, plan_id="p")))


@pytest.mark.slow
@pytest.mark.parametrize("form", [PlanFormat.ICS, PlanFormat.CSV])
def test_a_bag_more_takes_few_calls_to_write(form: PlanFormat) -> None:
    written(5, form)  # which imports what is imported on the way
    few, more = written(5, form), written(9, form)
    assert (more.calls - few.calls) / (4 * 24) < 1500


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=";,\\^\n\r"), max_size=400))
@example("a" * 300)
@example("≈" * 90)
def test_a_line_is_written_as_the_library_writes_it(text: str) -> None:
    event = icalendar.Event()
    event.add("summary", text)
    assert fold(["BEGIN:VEVENT", f"SUMMARY:{escape(text)}", "END:VEVENT"]).encode() == event.to_ical()


def test_signs_of_the_calendar_are_escaped_and_stay_with_what_they_escape() -> None:
    assert escape("a\\b; c, d\ne\r\nf\rg") == "a\\\\b\\; c\\, d\\ne\\nf\\ng"
    assert fold(["a" * 73 + "\\,b"]) == "a" * 73 + "\r\n \\,b\r\n"
    assert fold(["a" * 72 + "\\,b"]) == "a" * 72 + "\\,\r\n b\r\n"
