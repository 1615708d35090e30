"""Holidays from a file: every one of them, or none and the reason."""

from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.regimen.holidays.calendar_file import days_in_calendar
from blinplan.regimen.holidays.day_list import days_in_list
from blinplan.regimen.holidays.holidays import HolidaysError, holidays_in
from blinplan.regimen.reading import FaultyFile, SiteFile, read
from tests.program import Run

DAYS = st.dates(date(1990, 1, 1), date(2180, 12, 31))


def calendar(*events: str) -> str:
    """Return a calendar with these events; lines of each between ``;``."""
    parts = [
        f"BEGIN:VEVENT\r\nUID:{number}\r\n" + event.replace(" | ", "\r\n") + "\r\nEND:VEVENT\r\n"
        for number, event in enumerate(events)
    ]
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//b\r\n{''.join(parts)}END:VCALENDAR\r\n"


def days(text: str, year: int) -> list[str]:
    """Return the days of a calendar in a year, as month and day."""
    return [f"{day:%m-%d}" for day in sorted(days_in_calendar(text)[0]) if day.year == year]


@pytest.mark.parametrize(
    ("event", "year", "expected"),
    [
        ("DTSTART;VALUE=DATE:20261225", 2026, ["12-25"]),
        ("DTSTART;VALUE=DATE:20261225 | DTEND;VALUE=DATE:20261227", 2026, ["12-25", "12-26"]),
        ("DTSTART;VALUE=DATE:20261225 | DURATION:P2D", 2026, ["12-25", "12-26"]),
        ("DTSTART;VALUE=DATE:20261225 | DTEND;VALUE=DATE:20261225", 2026, ["12-25"]),
        ("DTSTART:20261225T000000Z | DTEND:20261226T000000Z", 2026, ["12-25"]),
        ("DTSTART;TZID=Europe/Berlin:20261225T000000", 2026, ["12-25"]),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY", 2031, ["12-25"]),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;INTERVAL=2", 2031, []),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;COUNT=3", 2022, ["12-25"]),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;COUNT=3", 2023, []),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;UNTIL=20221225", 2022, ["12-25"]),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;UNTIL=20221225T000000Z", 2023, []),
        ("DTSTART;VALUE=DATE:20240229 | RRULE:FREQ=YEARLY", 2027, []),  # a day that most years have not
        ("DTSTART;VALUE=DATE:20240229 | RRULE:FREQ=YEARLY", 2028, ["02-29"]),
        ("DTSTART;VALUE=DATE:20221124 | RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", 2026, ["11-26"]),  # Thanksgiving
        ("DTSTART;VALUE=DATE:20220530 | RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", 2026, ["05-25"]),  # Memorial Day
        ("DTSTART;VALUE=DATE:20201231 | DTEND;VALUE=DATE:20210102 | RRULE:FREQ=YEARLY", 2026, ["01-01", "12-31"]),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY | EXDATE;VALUE=DATE:20261225", 2026, []),
        ("DTSTART;VALUE=DATE:20201225 | RDATE;VALUE=DATE:20260106,20260501", 2026, ["01-06", "05-01"]),
        ("dtstart;value=date:20261225 | SUMMARY:Christmas\\, in\r\n  two lines", 2026, ["12-25"]),
    ],
)
def test_each_day_of_an_event_is_read(event: str, year: int, expected: list[str]) -> None:
    assert days(calendar(event), year) == expected


def test_an_event_of_a_series_that_was_moved_is_where_it_was_moved_to() -> None:
    series = "DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY"
    moved = "DTSTART;VALUE=DATE:20261228 | RECURRENCE-ID;VALUE=DATE:20261225"
    text = calendar(series, moved).replace("UID:1", "UID:0")
    assert (days(text, 2025), days(text, 2026)) == (["12-25"], ["12-28"])


def test_a_cancelled_event_is_no_holiday() -> None:
    text = calendar("DTSTART;VALUE=DATE:20261225", "DTSTART;VALUE=DATE:20261226 | STATUS:CANCELLED")
    assert days(text, 2026) == ["12-25"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("BEGIN:VCALENDAR\nEND:VCALENDAR", "no event"),
        ("hello", "not a calendar"),
        (calendar("SUMMARY:Easter"), "without a day: 'Easter'"),
        (calendar("DTSTART;VALUE=DATE:2026122"), "cannot be read|a day that is none"),  # as icalendar takes it
        (calendar("DTSTART;VALUE=DATE:20261325"), "cannot be read"),
        (calendar("DTSTART:20261224T120000 | SUMMARY:Half a day"), "no whole day (2026-12-24 12:00): 'Half a day'"),
        (calendar("DTSTART;VALUE=DATE:20261225 | DURATION:PT12H"), "whole days"),
        (calendar("DTSTART;VALUE=DATE:20261225 | DTEND;VALUE=DATE:20261220"), "ends before it begins"),
        (calendar("DTSTART;VALUE=DATE:20261225 | RRULE:FREQ=WEEKLY"), "comes again weekly"),
        (calendar("DTSTART;VALUE=DATE:20261225 | RRULE:FREQ=MONTHLY"), "comes again monthly"),
        (calendar("DTSTART;VALUE=DATE:20261225 | RRULE:FREQ=YEARLY;BYDAY=4XX"), "cannot be read"),
        (calendar("DTSTART;VALUE=DATE:20261225 | STATUS:CANCELLED"), "no day"),
    ],
)
def test_what_is_not_understood_is_refused_and_never_left_out(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "h.ics").write_text(text)
    with pytest.raises(HolidaysError) as refused:
        holidays_in(tmp_path / "h.ics")
    assert any(words in str(refused.value) for words in why.split("|"))
    assert refused.value.advice


def test_each_day_has_the_name_of_its_event_or_of_its_line(tmp_path: Path) -> None:
    text = calendar(
        "DTSTART;VALUE=DATE:20260405 | DTEND;VALUE=DATE:20260407 | SUMMARY;LANGUAGE=en:Easter\\, both\\ndays",
        "DTSTART;VALUE=DATE:20260406 | SUMMARY:Annual cleaning",
        "DTSTART;VALUE=DATE:20260501",
        f"DTSTART;VALUE=DATE:20261225 | SUMMARY:{'Christmas ' * 40}",
    )
    (tmp_path / "h.ics").write_text(text)
    names = holidays_in(tmp_path / "h.ics").names
    assert names[date(2026, 4, 5)] == "Easter, both days"
    assert names[date(2026, 4, 6)] == "Annual cleaning, Easter, both days"
    assert names[date(2026, 5, 1)] == ""
    assert names[date(2026, 12, 25)].startswith("Christmas Christmas")
    assert (len(names[date(2026, 12, 25)]), names[date(2026, 12, 25)][-1]) == (61, "…")
    (tmp_path / "h.txt").write_text("2026-12-25, Christmas Day\n2026-12-26\t# Boxing Day\n2027-01-01;\n")
    assert list(holidays_in(tmp_path / "h.txt").names.values()) == ["Christmas Day", "Boxing Day", ""]


HOSTILE = "<b>Feast</b>\x1b[31m | 2026 \u202e=1+1"
VIEWS = ("overview", "agenda", "days", "month", "bags")


@pytest.mark.slow
def test_the_name_of_a_holiday_is_in_every_view_and_nothing_in_it_is_obeyed(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(
        'site = 1\nname = "Ward"\ntime_zone = "UTC"\nholidays_from = "h.txt"\nbag = [{ hours = 24 }]\n'
    )
    asked = ("plan", "rr-adult", "--weight", "70", "--start", "2026-11-02T10:00", "--site", "ward.toml")
    (tmp_path / "h.txt").write_text("2026-11-05 Founder's Day\n")
    cut = ("--cycle", "1")
    for view in VIEWS:
        assert "Founder's Day" in " ".join(inside(*asked, *cut, "--view", view).out.split()), view
    for form in ("json", "csv", "ics", "fhir"):
        told = inside(*asked, "-f", form, "--plan-id", "a", *(() if form == "fhir" else cut)).out.replace("\r\n ", "")
        assert "a holiday (Founder's Day)" in told, form
    assert "a holiday (Founder&#39;s Day)" in inside(*asked, *cut, "-f", "html").out
    checked = inside("check", "rr-adult", "--no-simulate", "--site", "ward.toml", "--start", "2026-11-02T10:00")
    assert "a holiday (Founder's Day)" in " ".join(checked.out.split())
    (tmp_path / "h.txt").write_text(f"2026-11-05 {HOSTILE}\n", encoding="utf-8")
    for form in ("table", "json", "csv", "ics", "fhir", "html"):
        out = inside(*asked, "-f", form, "--plan-id", "a", *(() if form == "fhir" else cut)).out
        assert "Feast" in out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "<b>Feast" not in out or form != "html"


@pytest.mark.slow
@given(st.lists(DAYS, min_size=1, max_size=20), st.lists(DAYS, max_size=3))
def test_a_calendar_as_programs_write_it_has_just_its_days(single: list[date], yearly: list[date]) -> None:
    made = icalendar.Calendar()
    for number, day in enumerate([*single, *yearly]):
        event = icalendar.Event()
        event.add("uid", str(number))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        if number >= len(single):
            event.add("rrule", {"freq": "yearly"})
        made.add_component(event)
    found, until = days_in_calendar(made.to_ical().decode())
    again = {(day.month, day.day) for day in yearly}
    for day in found:
        assert day in single or (day.month, day.day) in again
    assert {*single, *yearly} <= found.keys()
    assert until == (None if yearly else max(single))


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("DTSTART;VALUE=DATE:20261225 | DTSTART;VALUE=DATE:20261224", "more than one DTSTART"),
        ("DTSTART;VALUE=DATE:20261225 | DTEND;VALUE=DATE:20261226 | DTEND;VALUE=DATE:20261227", "more than one DTEND"),
        ("DTSTART;VALUE=DATE:20261225 | DURATION:P1D | DURATION:P2D", "more than one DURATION"),
        ("DTSTART;VALUE=DATE:20261225 | STATUS:CANCELLED | STATUS:CONFIRMED", "more than one STATUS"),
        (
            "DTSTART;VALUE=DATE:20261225 | RECURRENCE-ID:20261225 | RECURRENCE-ID:20261226",
            "more than one RECURRENCE-ID",
        ),
        ("DTSTART;VALUE=DATE:20261225 | DURATION:P367D", "an event of 367 days"),
        ("DTSTART;VALUE=DATE:22010101", "in 2201, after 2200"),
        ("DTSTART;VALUE=DATE:99991231 | DURATION:P2D", "in 9999, after 2200"),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;INTERVAL=0", "rule cannot be read"),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;COUNT=0", "rule cannot be read"),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;BYDAY=99MO", "rule cannot be read"),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;BYHOUR=1;BYMINUTE=2", "rule cannot be read"),
        ("DTSTART;VALUE=DATE:19000101 | DURATION:P366D | RRULE:FREQ=YEARLY;BYDAY=MO", "more than 100,000 days"),
    ],
)
def test_an_event_that_is_said_twice_or_is_no_holiday_is_refused(event: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        days_in_calendar(calendar(event))
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("event", "count"),
    [
        ("DTSTART;VALUE=DATE:20240101 | DURATION:P366D", 366),
        ("DTSTART;VALUE=DATE:22001231", 1),
        ("DTSTART;VALUE=DATE:20201225 | RRULE:FREQ=YEARLY;INTERVAL=1;COUNT=1", 1),
    ],
)
def test_the_longest_the_last_and_the_fewest_are_read(event: str, count: int) -> None:
    assert len(days_in_calendar(calendar(event))[0]) == count


@given(st.lists(DAYS, min_size=1))
def test_a_list_has_just_the_days_that_stand_in_it(written: list[date]) -> None:
    endings = ("", " Christmas", ",Christmas", ";25.12.", "\t# closed")
    lines = [f"{day}{endings[number % len(endings)]}" for number, day in enumerate(written)]
    assert days_in_list("# our holidays\n\n" + "\r\n".join(lines)).keys() == set(written)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-12-25\n25.12.2027\n", "no date in line 2: '25.12.2027'"),
        ("2026-02-29", "in line 1 that there is not"),
        ("2026-12-25th", "no date in line 1"),
        ("Christmas 2026-12-25", "no date in line 1"),
        ("# none\n", "has no date"),
    ],
)
def test_a_line_without_a_date_is_refused_by_its_number(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        days_in_list(text)
    assert why in str(refused.value)


SITE = 'site = 1\nname = "Ward"\nholidays = [2026-01-06]\nholidays_from = "days.txt"\nbag = [{ hours = 24 }]\n'


def test_a_site_takes_them_from_beside_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "days.txt").write_text("2026-12-25\n2026-12-26 Boxing Day\n")
    found = read(SITE.encode(), str(tmp_path / "ward.toml"))
    assert isinstance(found, SiteFile)
    assert found.site.holidays == {date(2026, 1, 6), date(2026, 12, 25), date(2026, 12, 26)}
    assert found.site.holidays_until == date(2026, 12, 26)


@pytest.mark.parametrize("text", [None, b"\xff\xfe", b"25.12.2026", b"#" * 2_000_000])
def test_a_file_that_cannot_be_relied_on_is_a_fault_at_its_key(tmp_path: Path, text: bytes | None) -> None:
    if text is not None:
        (tmp_path / "days.txt").write_bytes(text)
    found = read(SITE.encode(), str(tmp_path / "ward.toml"))
    assert isinstance(found, FaultyFile)
    (problem,) = found.problems
    assert (problem.code, problem.path) == ("F004", ("holidays_from",))
    assert found.document.text[problem.span.start : problem.span.end] == '"days.txt"'


def test_without_the_package_a_calendar_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "icalendar", None)
    (tmp_path / "h.ics").write_text(calendar("DTSTART;VALUE=DATE:20261225"))
    with pytest.raises(HolidaysError) as refused:
        holidays_in(tmp_path / "h.ics")
    assert "blinplan[calendar]" in refused.value.advice


def test_a_plan_changes_no_bag_on_them_and_says_where_they_end(inside: Run, tmp_path: Path) -> None:
    asked = ("plan", "rr-adult", "--weight", "70", "--age", "40", "--start", "2026-11-02T10:00", "--site", "ward.toml")
    (tmp_path / "ward.toml").write_text(
        'site = 1\nname = "Ward"\ntime_zone = "Europe/Berlin"\nchange_time = "10:00"\nholidays_from = "h.ics"\n'
        "bag = [{ hours = 24 }, { hours = 48 }]\n"
    )
    (tmp_path / "h.ics").write_text(calendar("DTSTART;VALUE=DATE:20261105"))
    planned = inside(*asked, "-f", "json").json
    starts = {bag["start"][:10] for bag in planned["dated"]["bags"]}
    assert "2026-11-05" not in starts
    assert {"2026-11-04", "2026-11-06"} <= starts
    assert any("h.ics has no holiday after Thu 2026-11-05" in remark["text"] for remark in planned["remarks"])
    (tmp_path / "h.ics").write_text(calendar("DTSTART;VALUE=DATE:20201105 | RRULE:FREQ=YEARLY"))
    endless = inside(*asked, "-f", "json").json
    assert not any("no holiday after" in remark["text"] for remark in endless["remarks"])
    (tmp_path / "h.ics").write_text(calendar("DTSTART;VALUE=DATE:20261105 | RRULE:FREQ=DAILY"))
    refused = inside(*asked)
    assert refused.status == 2
    assert "comes again daily" in " ".join(refused.err.split())


def test_nothing_is_written_over_them(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text('site = 1\nname = "Ward"\nholidays_from = "h.ics"\nbag = [{ hours = 24 }]\n')
    text = calendar("DTSTART;VALUE=DATE:20261105")
    (tmp_path / "h.ics").write_text(text, newline="")
    size = ("--weight", "70", "--start", "2026-11-02T10:00", "--time-zone", "UTC")
    written = inside("plan", "rr-adult", *size, "--site", "ward.toml", "--plan-id", "a", "-o", "h.ics")
    checked = inside("check", "rr-adult", "--no-simulate", "--site", "ward.toml", "--report", "json=h.ics")
    assert (written.status, checked.status) == (2, 2)
    assert (tmp_path / "h.ics").read_bytes().decode() == text
