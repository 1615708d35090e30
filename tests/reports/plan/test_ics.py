"""The calendar file opens in two parsers, and a second import updates the first."""

import re
import sys
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import icalendar
import pytest

from tests.plan_text import DATED, RECORD, WARD
from tests.program import Run

pytestmark = pytest.mark.slow  # calendars of whole courses are written

ID = ("--plan-id", "patient-7", "-f", "ics")


@pytest.fixture
def ward(tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    (tmp_path / "record.toml").write_text(RECORD)
    (tmp_path / "before.toml").write_text(RECORD.split("\n[[interruption]]")[0])


@cache  # of which several tests ask the same
def events(text: str) -> dict[str, Any]:
    found = icalendar.Calendar.from_ical(text).walk("VEVENT")
    by_uid = {str(event["uid"]): event for event in found}
    assert len(by_uid) == len(found)
    return by_uid


@pytest.mark.parametrize("twice", ["SEQUENCE:1", "UID:b"])
def test_a_calendar_that_says_twice_what_there_is_once_of_is_told(inside: Run, ward: None, twice: str) -> None:
    event = ("BEGIN:VEVENT", "UID:patient-7-step-1-1@blinplan", "SEQUENCE:0", twice, "END:VEVENT")
    Path("old.ics").write_text("\r\n".join(("BEGIN:VCALENDAR", *event, "END:VCALENDAR")), encoding="utf-8")
    found = inside(*DATED, *ID, "--replaces", "old.ics")
    assert (found.status, "old.ics is not a calendar" in found.err or "has no event" in found.err) == (2, True)


def test_a_strict_parser_opens_it(inside: Run, ward: None) -> None:
    from ical.calendar_stream import IcsCalendarStream  # it takes a quarter of a second, and nothing else here needs it

    text = inside(*DATED, "--site", "ward.toml", *ID).out
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    calendar = IcsCalendarStream.calendar_from_ics(text)
    assert len(calendar.events) == len(events(text)) > 60
    assert text == inside(*DATED, "--site", "ward.toml", *ID).out


def test_what_a_calendar_is_called_and_described_as_is_text(inside: Run, ward: None) -> None:
    """Its commas are escaped, as RFC 5545 has them in text; one that is not begins the next of several values."""
    calendar = inside(*DATED, "--site", "ward.toml", *ID).out.replace("\r\n ", "").split("\r\n")
    name, described = (
        next(line.partition(":")[2] for line in calendar if line.startswith(f"X-WR-CAL{what}:"))
        for what in ("NAME", "DESC")
    )
    assert name == "blinatumomab\\, rr-adult patient-7"
    assert described.startswith("blinplan is a planning and research tool\\, not a medical device. ")
    assert re.search(r"(?<!\\)[,;]", described) is None


def test_only_a_calendar_that_is_replaced_needs_the_package(
    inside: Run, ward: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = inside(*DATED, *ID).out
    Path("old.ics").write_text(written, encoding="utf-8", newline="")
    monkeypatch.setitem(sys.modules, "icalendar", None)
    assert inside(*DATED, *ID).out == written
    found = inside(*DATED, *ID, "--replaces", "old.ics")
    assert (found.status, found.out) == (2, "")
    assert "--replaces needs the package icalendar" in found.err
    assert "blinplan[calendar]" in found.err


def test_events_are_those_of_the_plan(inside: Run, ward: None) -> None:
    plan = inside(*DATED, "--site", "ward.toml", "-f", "json").json["dated"]
    found = events(inside(*DATED, "--site", "ward.toml", *ID).out)
    bags = [event for uid, event in found.items() if "-bag-" in uid]
    assert [event["dtstart"].dt.isoformat() for event in bags] == [_utc(bag["start"]) for bag in plan["bags"]]
    assert all(
        event.walk("VALARM") and event.walk("VALARM")[0]["trigger"].dt == -timedelta(minutes=30) for event in bags
    )
    assert all("dtend" not in event or event["dtend"].dt > event["dtstart"].dt for event in found.values())
    hospital = found["patient-7-hospital-1-1@blinplan"]
    assert (str(hospital["dtstart"].dt), str(hospital["dtend"].dt)) == ("2026-10-19", "2026-10-29")


def _utc(written: str) -> str:
    from datetime import UTC, datetime

    return datetime.fromisoformat(written).astimezone(UTC).isoformat()


def test_a_replanned_course_updates_and_cancels(inside: Run, ward: None) -> None:
    base = ("plan", "rr-adult", "--site", "ward.toml", *ID)
    before = events(inside(*base, "--record", "before.toml").out)
    after = events(inside(*base, "--record", "record.toml").out)
    calendar = {**before, **after}  # what a calendar holds after both
    assert set(before) <= set(after)  # nothing stays that nobody updates
    assert {event["sequence"] for event in before.values()} == {0}
    assert {event["sequence"] for event in after.values()} == {2}  # a stop and a restart
    standing = {uid: event for uid, event in calendar.items() if event["status"] == "CONFIRMED"}
    cancelled = {uid for uid, event in calendar.items() if event["status"] == "CANCELLED"}
    assert all(uid in before for uid in cancelled)
    start = "patient-7-start-2-1@blinplan"
    assert after[start]["dtstart"].dt - before[start]["dtstart"].dt == timedelta(days=3)
    plan = inside("plan", "rr-adult", "--site", "ward.toml", "--record", "record.toml", "-f", "json").json["dated"]
    due = [entry for entry in plan["entries"] if entry["due"] != "interruption"]
    assert len(standing) == len(due) + len(plan["bags"])


def test_a_course_that_was_stopped_cancels_all_that_was_to_come(inside: Run, ward: None, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD.replace("restarted = 2026-03-29T14:00:00\n", ""))
    after = events(inside("plan", "rr-adult", "--site", "ward.toml", "--record", "record.toml", *ID).out)
    assert after["patient-7-start-5-1@blinplan"]["status"] == "CANCELLED"
    assert after["patient-7-start-1-1@blinplan"]["status"] == "CONFIRMED"


SECOND = (
    "\n[[interruption]]\nstopped = 2026-04-07T14:00:00\nrestarted = 2026-04-10T14:00:00\n"
    'cause = "technical"\ncycle = 1\n'
)


def test_whoever_imported_every_plan_or_only_some_has_the_last_one(inside: Run, ward: None, tmp_path: Path) -> None:
    def imported(text: str) -> dict[str, Any]:
        (tmp_path / "record.toml").write_text(text)
        return events(inside("plan", "rr-adult", "--site", "ward.toml", "--record", "record.toml", *ID).out)

    stopped = RECORD.replace("restarted = 2026-03-29T14:00:00\n", "")
    second = RECORD + SECOND.replace("restarted = 2026-04-10T14:00:00\n", "")
    last = RECORD + SECOND + "\n[[cycle_start]]\ncycle = 2\nstarted = 2026-05-12T10:00:00\n"
    texts = [RECORD.split("\n[[interruption]]")[0], stopped, RECORD, second, RECORD + SECOND, last]
    plans = [imported(text) for text in texts]
    sequences = [next(iter(plan.values()))["sequence"] for plan in plans]
    assert sequences == [0, 1, 2, 3, 4, 5]
    standing = {uid for uid, event in plans[-1].items() if event["status"] == "CONFIRMED"}
    for kept in product((False, True), repeat=len(plans) - 1):
        calendar: dict[str, Any] = {}
        for plan in (*(plan for plan, keep in zip(plans, kept, strict=False) if keep), plans[-1]):
            calendar.update(plan)  # a higher sequence number replaces what has the same UID
        assert {uid for uid, event in calendar.items() if event["status"] == "CONFIRMED"} == standing
    start = plans[-1]["patient-7-start-2-1@blinplan"]
    assert start["dtstart"].dt.isoformat() == "2026-05-12T08:00:00+00:00"


def test_a_part_of_the_plan_has_the_names_of_the_whole(inside: Run, ward: None) -> None:
    whole = events(inside(*DATED, "--site", "ward.toml", *ID).out)
    part = events(inside(*DATED, "--site", "ward.toml", "--from", "2026-10-27", "--to", "2026-11-10", *ID).out)
    assert 5 < len(part) < len(whole)
    assert all(whole[uid]["dtstart"].dt == event["dtstart"].dt for uid, event in part.items())


def test_a_part_cancels_what_it_had_shown_and_nothing_else(inside: Run, ward: None, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD.replace("restarted = 2026-03-29T14:00:00\n", ""))
    base = ("plan", "rr-adult", "--site", "ward.toml", "--record")
    part = ("--from", "2026-05-01", "--to", "2026-06-30", *ID)
    before, after = (events(inside(*base, name, *part).out) for name in ("before.toml", "record.toml"))
    assert set(after) == set(before)
    assert {event["status"] for event in after.values()} == {"CANCELLED"}


def test_what_has_moved_out_of_the_part_that_is_shown_is_moved_in_the_calendar_too(inside: Run, ward: None) -> None:
    base, part = ("plan", "rr-adult", "--record"), ("--to", "2026-04-28", *ID)
    before, after = (events(inside(*base, name, *part).out) for name in ("before.toml", "record.toml"))
    start = "patient-7-start-2-1@blinplan"
    assert before[start]["dtstart"].dt.isoformat() == "2026-04-27T08:00:00+00:00"
    assert after[start]["dtstart"].dt.isoformat() == "2026-04-30T08:00:00+00:00"
    assert after[start]["status"] == "CONFIRMED"
    assert set(before) <= set(after)
    assert "patient-7-start-3-1@blinplan" not in after  # it was never shown


def test_what_only_the_replaced_calendar_has_is_cancelled(inside: Run, ward: None, tmp_path: Path) -> None:
    daily = WARD.replace(", { hours = 48 }, { hours = 72 }", "").replace('closed = ["saturday", "sunday"]\n', "")
    (tmp_path / "daily.toml").write_text(daily)
    old = inside(*DATED, "--site", "daily.toml", *ID, "--revision", "3").out
    (tmp_path / "old.ics").write_text(old, encoding="utf-8", newline="")
    new = events(inside(*DATED, "--site", "ward.toml", *ID, "--replaces", "old.ics").out)
    standing = {uid for uid, event in new.items() if event["status"] == "CONFIRMED"}
    assert standing == set(events(inside(*DATED, "--site", "ward.toml", *ID).out))
    assert set(events(old)) <= set(new)
    assert {event["sequence"] for event in new.values()} == {3001}
    corrected = RECORD.replace("grade = 3", "grade = 4")
    (tmp_path / "record.toml").write_text(RECORD)
    (tmp_path / "old.ics").write_text(
        inside("plan", "rr-adult", "--record", "record.toml", *ID).out, encoding="utf-8", newline=""
    )
    (tmp_path / "record.toml").write_text(corrected)
    last = events(inside("plan", "rr-adult", "--record", "record.toml", *ID, "--replaces", "old.ics").out)
    assert last["patient-7-restart-1-1@blinplan"]["status"] == "CANCELLED"
    assert last["patient-7-start-5-1@blinplan"]["status"] == "CANCELLED"


def test_bags_and_premedication_ring_and_what_is_cancelled_does_not(inside: Run, ward: None, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD.replace("restarted = 2026-03-29T14:00:00\n", ""))
    found = events(inside("plan", "rr-adult", "--site", "ward.toml", "--record", "record.toml", *ID).out)
    for uid, event in found.items():
        rung = any(kind in uid for kind in ("-bag-", "-preparation-", "-premedication-"))
        rings = event["status"] == "CONFIRMED" and rung
        assert bool(event.walk("VALARM")) is rings, uid
    assert {event["status"] for uid, event in found.items() if "-premedication-" in uid} == {"CONFIRMED", "CANCELLED"}


def test_a_bag_is_named_by_its_dose_a_day_however_long_it_lasts(inside: Run, ward: None) -> None:
    found = events(inside(*DATED, "--site", "ward.toml", *ID).out)
    first = found["patient-7-bag-1-1@blinplan"]  # over the first three days
    assert str(first["summary"]) == "patient-7, blinatumomab: hang bag 1: 9 mcg/day at 1.8 mL/h for 3 d (cycle 1)"


FILLED = WARD.replace("{ hours = 48 }, { hours = 72 }", "{ hours = 72, fill_ml = 140, in_use_hours = 120 }").replace(
    "bag =", "prepared_hours_before = 18\nbag ="
)


def test_every_event_says_whose_it_is_of_which_drug_and_what_a_plan_is_not(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(FILLED)
    text = inside(*DATED, "--site", "ward.toml", *ID).out
    for event in events(text).values():
        said = str(event["description"])
        assert str(event["summary"]).startswith("patient-7, blinatumomab: ")
        assert said.startswith("blinatumomab, plan patient-7, rr-adult: ")
        assert "US prescribing information" in said
        assert said.endswith("not a medical device. Check every dose against the label.")
    other = inside(*DATED, "--site", "ward.toml", "--plan-id", "patient-8", "-f", "ics").out
    assert not {str(one["summary"]) for one in events(text).values()} & {
        str(one["summary"]) for one in events(other).values()
    }


def test_a_bag_has_its_number_volume_rate_and_vials_and_is_prepared_before(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(FILLED)
    found = events(inside(*DATED, "--site", "ward.toml", *ID).out)
    bag, made = found["patient-7-bag-1-1@blinplan"], found["patient-7-preparation-1-1@blinplan"]
    # 72 h at 1.8 mL/h are 129.6 mL of the 140 mL, 27 of 29.167 mcg, of which a vial of 35 mcg has enough
    assert str(bag["summary"]).endswith("bag 1: 9 mcg/day at 1.8 mL/h for 3 d; 140 mL in the bag from 1 vial (cycle 1)")
    said = str(bag["description"]).split("\n")
    assert said[1] == "Bag 1: 129.6 mL, 27 mcg are infused until Thu 2026-10-22 10:00."
    assert said[2] == "In the bag: 140 mL with ≈29.167 mcg, ≈2.333 mL drawn up."
    assert said[3] == "Never flush the line."
    assert made["dtstart"].dt == bag["dtstart"].dt - timedelta(hours=18)
    assert "prepare bag 1 for Mon 2026-10-19 10:00, 9 mcg/day: draw up ≈2.333 mL" in str(made["summary"])
    assert (made["categories"].cats, bag["categories"].cats) == (["pharmacy"], ["ward"])
    bags, preparations = ([uid for uid in found if kind in uid] for kind in ("-bag-", "-preparation-"))
    assert len(bags) == len(preparations)


def test_an_event_says_what_concerns_it(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(
        FILLED.replace('"saturday"', '"monday", "saturday"')
        .replace("= 72", "= 96")
        .replace("= 140, in_use_hours = 120", "= 200")
    )
    found = events(inside(*DATED, "--site", "ward.toml", *ID).out)
    shut = {uid for uid, event in found.items() if "it is a Monday" in str(event["description"])}
    begun = {uid for uid in found if uid.split("-")[2] in {"start", "step"}}
    assert {uid for uid in begun if found[uid]["dtstart"].dt.weekday() == 0} == begun & shut
    assert any("-bag-" in uid for uid in shut)
    assert {found[uid]["dtstart"].dt.weekday() for uid in shut} == {0}


def test_a_plan_of_which_nothing_happened_is_the_first_though_the_ward_moves_its_cycles(
    inside: Run, tmp_path: Path
) -> None:
    (tmp_path / "ward.toml").write_text(WARD.replace("bag =", 'cycle_start = "next-open-day"\nbag ='))
    found = events(inside(*DATED, "--site", "ward.toml", *ID).out)
    assert found["patient-7-start-2-1@blinplan"]["dtstart"].dt.isoformat() == "2026-11-30T09:00:00+00:00"  # not at 8
    assert {event["sequence"] for event in found.values()} == {0}
    assert {event["dtstamp"].dt.isoformat() for event in found.values()} == {"2026-10-19T08:00:00+00:00"}


def test_what_is_no_calendar_is_refused(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "old.ics").write_text("BEGIN:NOTHING")
    for name in ("old.ics", "nowhere.ics"):
        ran = inside(*DATED, *ID, "--replaces", name)
        assert (ran.status, ran.out) == (2, "")
        assert name in ran.err


def test_another_revision_updates(inside: Run, ward: None) -> None:
    found = events(inside(*DATED, *ID, "--revision", "2").out)
    assert {event["sequence"] for event in found.values()} == {2000}


@pytest.mark.parametrize("arguments", [("-f", "ics"), ("--plan-id", "a b", "-f", "ics")])
def test_a_plan_without_a_name_is_refused(inside: Run, arguments: tuple[str, ...]) -> None:
    ran = inside(*DATED, *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "--plan-id" in ran.err


def test_each_site_prepares_its_bags_by_its_own_hours(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(FILLED)
    (tmp_path / "home.toml").write_text(FILLED.replace("= 18", "= 40").replace("Ward 7", "Home care"))
    moved = '\n[[place]]\nsince = 2026-03-23T10:00:00\nsite = "home.toml"\n'
    (tmp_path / "record.toml").write_text(RECORD.split("\n[[interruption]]")[0] + moved)
    asked = ("plan", "rr-adult", "--record", "record.toml", "--site", "ward.toml")
    found = events(inside(*asked, *ID).out)
    for cycle, number, hours in ((1, 1, 18), (1, 4, 40), (2, 1, 40)):
        hung = found[f"patient-7-bag-{cycle}-{number}@blinplan"]["dtstart"].dt
        assert hung - found[f"patient-7-preparation-{cycle}-{number}@blinplan"]["dtstart"].dt == timedelta(hours=hours)
    ran = inside(*asked, "-o", "home.toml")  # which the record names
    assert (ran.status, "home.toml is there already" in ran.err) == (2, True)


def test_what_was_planned_behind_the_end_of_a_course_is_cancelled(inside: Run, ward: None, tmp_path: Path) -> None:
    ended = RECORD.split("\n[[interruption]]")[0] + '\n[end]\nat = 2026-05-05T10:00:00\nreason = "transplant"\n'
    (tmp_path / "record.toml").write_text(ended)
    before, after = (
        events(inside("plan", "rr-adult", "--site", "ward.toml", "--record", name, *ID).out)
        for name in ("before.toml", "record.toml")
    )
    calendar = {**before, **after}
    standing = [event for event in calendar.values() if event["status"] == "CONFIRMED"]
    assert len(standing) < len(calendar)
    assert max(f"{event['dtstart'].dt}" for event in standing) <= "2026-05-05 08:00:00+00:00"
    assert {event["status"] for event in calendar.values() if f"{event['dtstart'].dt}" > "2026-05-06"} == {"CANCELLED"}
