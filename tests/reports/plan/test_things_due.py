"""What is due besides, optional cycles and the reasons of intervals are in every view and format that they concern."""

import csv
import re
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import icalendar
import pytest
from fhir.resources.R4B.bundle import Bundle

from blinplan.api.vocabulary import View
from tests.program import Run

PROTOCOL = """\
format = 1
name = "block-protocol"
title = "Two blocks, with what goes with them"
indication = "investigational"
sources = [{ citation = "none", status = "seen" }]
dosing = { basis = "flat" }
monitoring = { hospital_days = [3, 2] }

[[cycle]]
name = "Blinatumomab 1"
block = "induction"
steps = [{ dose = "28 mcg/day", days = 28 }]
treatment_free_days = 35
interval_reason = "high-dose methotrexate"

[[cycle]]
name = "Blinatumomab 2"
block = "consolidation"
optional = true
steps = [{ dose = "28 mcg/day", days = 28 }]
treatment_free_days = 14

[[cycle]]
name = "Blinatumomab 3"
block = "maintenance"
optional = true
steps = [{ dose = "28 mcg/day", days = 28 }]
treatment_free_days = 14

[[due]]
kind = "pre-phase"
what = "prednisone"
dose = "60 mg/m2 a day"
days = [-5]
for_days = 5
cycles = [1]

[[due]]
kind = "intrathecal"
what = "cytarabine"
days = [8, 29]
dose_by_age = [
  { below_age_years = 3, dose = "20 mg" },
  { min_age_years = 3, dose = "30 mg" },
]

[[due]]
kind = "other"
what = "dasatinib"
dose = "140 mg a day"
days = [1]
for_days = 28
cycles = [2]
"""
START = date(2026, 11, 2)
PLAN = ("plan", "p.toml", "--weight", "70", "--start", "2026-11-02T10:00", "--time-zone", "Europe/Berlin")
ID = ("--plan-id", "bed-1")
RECORD = """\
record = 1
regimen = "block-protocol"
start = 2026-11-02T10:00:00
time_zone = "Europe/Berlin"
weight_kg = 70
age_years = 40

[[cycle_start]]
cycle = 2
started = 2027-01-07T10:00:00
"""
DAYS_1 = ["2026-11-09", "2026-11-30"]
DAYS_2 = ["2027-01-11", "2027-02-01"]


@pytest.fixture(autouse=True)
def protocol(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(PROTOCOL, encoding="utf-8")
    (tmp_path / "record.toml").write_text(RECORD, encoding="utf-8")


def said(inside: Run, *command: str) -> str:
    ran = inside(*command)
    assert ran.status == 0, ran.err
    return " ".join(ran.out.split())


DATED_VIEWS = [View.AGENDA, View.DAYS, View.MONTH, View.OVERVIEW]


@pytest.mark.parametrize("view", [view for view in DATED_VIEWS if view is not View.MONTH])
def test_every_view_of_the_calendar_has_what_is_due(inside: Run, view: View) -> None:
    text = said(inside, *PLAN, "--age", "40", "--view", view)
    for words in ("cytarabine 30 mg", "prednisone 60 mg/m2 a day for 5 days", "dasatinib 140 mg a day for 28 days"):
        assert words in text
    for day in ("2026-10-28", *DAYS_1, *DAYS_2, "2027-01-04"):
        assert day in text
    assert "20 mg" not in text


def test_the_month_marks_every_day_of_what_is_due(inside: Run) -> None:
    text = said(inside, *PLAN, "--age", "40", "--view", "month")
    assert all(f"{day} F" in text for day in (28, 29, 30, 31, 1))
    assert "9 I" in text
    assert all(f" {day} A" in text for day in (5, 6, 31))
    assert "F pre-phase, I intrathecal, A also due." in text
    assert "I intrathecal" not in said(inside, "plan", "nhl-15", *PLAN[2:], "--height", "170", "--view", "month")


@pytest.mark.parametrize(
    ("what", "first", "days"),
    [("prednisone", date(2026, 10, 28), 5), ("dasatinib", date(2027, 1, 4), 28), ("cytarabine", date(2027, 1, 11), 1)],
)
def test_what_is_due_on_several_days_is_listed_on_each_and_on_no_other(
    inside: Run, tmp_path: Path, what: str, first: date, days: int
) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "bed-1.json").write_text(inside(*PLAN, "--age", "40", "-f", "json").out, encoding="utf-8")
    due = [(first + timedelta(number)).isoformat() for number in range(days)]
    listed = inside(*PLAN, "--age", "40", "--view", "days").out
    rows = [row for row in re.split(r"\n(?=[A-Z][a-z]{2} [0-9]{4}-)", listed) if what in row]
    near = [(first + timedelta(number)).isoformat() for number in range(-7, days + 7)]
    assert [row[4:14] for row in rows if row[4:14] in near] == due
    for number in sorted({-2, -1, 0, days - 2, days - 1, days}):
        shown = [(first + timedelta(number + later)).isoformat() for later in (0, 1)]
        cut = inside(*PLAN, "--age", "40", "--view", "days", "--from", shown[0], "--to", shown[1]).out
        assert [day for day in shown if re.search(rf"{day}.*\n?.*{what}", cut)] == [d for d in shown if d in due]
        agenda = inside("due", "--plans", "plans", "--today", shown[0], "-f", "json").json
        assert [item["day"] for item in agenda["due"] if what in item["what"]] == [d for d in shown if d in due]


@pytest.mark.parametrize("view", DATED_VIEWS)
def test_every_view_says_which_cycles_are_optional(inside: Run, view: View) -> None:
    assert "Cycles 2 and 3 are optional: not everybody is given them." in said(inside, *PLAN, "--view", view)


def test_where_cycles_and_intervals_stand_they_are_marked_and_reasoned(inside: Run) -> None:
    agenda = said(inside, *PLAN, "--view", "agenda")
    assert "start of Blinatumomab 2 (block consolidation, optional): 28 mcg/day" in agenda
    assert (
        "earliest start of cycle 2 (block consolidation, optional), after an interval for this reason: high-dose"
        " methotrexate" in agenda
    )
    assert "cycle 3 (block maintenance, optional); the block changes from consolidation to maintenance" in agenda
    assert "start of Blinatumomab 1 (block induction): 28 mcg/day" in agenda
    overview = " ".join(inside(*PLAN, COLUMNS="160").out.split())  # no cell is broken into lines
    assert "free of drug: high-dose methotrexate" in overview
    assert "free of drug: the block changes from consolidation to maintenance" in overview
    assert "Blinatumomab 2 (optional): 28 mcg/day" in overview


def test_a_plan_without_a_start_has_it_by_the_days_of_the_course(inside: Run) -> None:
    text = said(inside, "plan", "p.toml", "--weight", "70", "--age", "2")
    assert "Pre-phase: prednisone 60 mg/m2 a day for 5 days, from day -5" in text
    assert "days 8, 29, 71, 92, 113, 134" in text
    assert "Also due: dasatinib 140 mg a day for 28 days, from day 64" in text
    assert "free: high-dose methotrexate" in text
    assert "2 (block" in text


def test_where_the_age_is_not_known_both_doses_are_shown_and_what_to_ask(inside: Run) -> None:
    both = "cytarabine 20 mg (below 3 years) or 30 mg (from 3 years)"
    asks = "The dose of cytarabine goes by age, and the patient's is not given: ask for the date of birth."
    for command in (PLAN, PLAN[:4], (*PLAN, "--view", "agenda"), (*PLAN, "--view", "days")):
        text = said(inside, *command)
        assert both in text
        assert asks in text
    for kind in ("json", "html", "ics", "fhir"):
        text = inside(*PLAN, "-f", kind, *(ID if kind in {"ics", "fhir"} else ())).out
        unfolded = text.replace("\r\n ", "").replace("\\,", ",").replace("&#39;", "'")
        assert both in unfolded
        assert asks in unfolded
    assert both in inside(*PLAN, "-f", "csv").out
    assert asks in " ".join(inside(*PLAN, "-f", "csv").err.split())


@pytest.mark.parametrize(("age", "dose"), [("2024-02-01", "20 mg"), ("2 years", None), ("40", "30 mg")])
def test_the_age_on_the_day_gives_the_dose(inside: Run, age: str, dose: str | None) -> None:
    text = said(inside, *PLAN, "--age", age, "--view", "agenda", "--cycle", "1")
    asked = "the patient's does not decide it: ask for the date of birth" in text
    assert asked == (dose is None)
    assert dose is None or f"cytarabine {dose}" in text


def test_a_birthday_inside_the_course_changes_the_dose(inside: Run) -> None:
    entries = inside(*PLAN, "--age", "2023-12-24", "-f", "json").json["dated"]["entries"]
    doses = [
        entry["what"].removeprefix("intrathecal: cytarabine ") for entry in entries if "cytarabine" in entry["what"]
    ]
    assert doses == ["20 mg", "20 mg", "30 mg", "30 mg", "30 mg", "30 mg"]


def test_json_and_csv_have_it_as_data(inside: Run) -> None:
    document = inside(*PLAN, "--age", "40", "-f", "json").json
    pre_phase, intrathecal, other = document["due"]
    assert (pre_phase["kind"], pre_phase["days"], pre_phase["for_days"]) == ("pre-phase", [-5], 5)
    assert intrathecal["doses"] == [{"dose": "30 mg", "min_age_years": 3.0, "below_age_years": None}]
    assert (other["dose"], other["days"]) == ("140 mg a day", [64])
    assert [event["optional"] for event in document["events"]] == [False, False, True, True, True, True]
    assert [event["interval_reason"] for event in document["events"]] == [
        None, "high-dose methotrexate", None, None, None, None,
    ]  # fmt: skip
    entries = [entry for entry in document["dated"]["entries"] if entry["due"] == "intrathecal"]
    assert [entry["start"][:10] for entry in entries][:4] == DAYS_1 + DAYS_2
    assert [entry["optional"] for entry in entries] == [False] * 2 + [True] * 4
    rows = [line.split(",") for line in inside(*PLAN, "--age", "40", "-f", "csv").out.splitlines()]
    head = rows[0]
    assert head[-5:] == ["optional", "block", "remarks", "remarks_of_course", "rounded"]  # new columns come last
    due = [dict(zip(head, row, strict=False)) for row in rows[1:] if row[0] in {"pre-phase", "intrathecal", "other"}]
    assert [row["day"] for row in due] == ["-5", "8", "29", "64", "71", "92", "113", "134"]
    undated = inside("plan", "p.toml", "--weight", "70", "--age", "40", "-f", "csv").out.splitlines()
    assert undated[0].endswith(",line,optional,interval_reason,block,remarks,remarks_of_course,rounded")
    assert ",false,high-dose methotrexate,induction,," in undated[2]
    assert ",true,,consolidation,," in undated[3]


def test_the_printed_page_has_it_on_the_paper_of_its_cycle(inside: Run) -> None:
    pages = inside(*PLAN, "--age", "40", "-f", "html").out.split("<section")[1:]
    titles = [re.search(r"<h1>(.*)</h1>", page) for page in pages]
    assert [bool(title and title[1].endswith("optional)")) for title in titles] == [False, True, True]
    assert [page.count("cytarabine 30 mg") for page in pages] == [2, 2, 2]
    assert [page.count("prednisone") for page in pages] == [1, 0, 0]
    assert ">Wed 2026-10-28<" in pages[0]
    assert all("are optional" in page for page in pages)


def events(text: str) -> dict[str, Any]:
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(text).walk("VEVENT")}


def test_calendars_have_it_on_whole_days(inside: Run) -> None:
    found = events(inside(*PLAN, "--age", "40", *ID, "-f", "ics").out)
    pre_phase = found["bed-1-pre-phase-1-1@blinplan"]
    assert (pre_phase["dtstart"].dt, pre_phase["dtend"].dt) == (date(2026, 10, 28), START)
    intrathecal = [found[f"bed-1-intrathecal-{cycle}-{number}@blinplan"] for cycle, number in product((1, 2), (1, 2))]
    assert [str(event["dtstart"].dt) for event in intrathecal] == DAYS_1 + DAYS_2
    assert all(event["dtend"].dt - event["dtstart"].dt == timedelta(days=1) for event in intrathecal)
    said = str(intrathecal[2]["summary"])
    assert said == "bed-1, blinatumomab: intrathecal: cytarabine 30 mg (cycle 2, block consolidation, optional)"


def test_a_cycle_that_begins_later_moves_what_belongs_to_it_in_the_same_events(inside: Run) -> None:
    before = events(inside(*PLAN, "--age", "40", *ID, "-f", "ics").out)
    after = events(inside("plan", "p.toml", "--record", "record.toml", *ID, "-f", "ics").out)
    moved = [
        f"bed-1-{name}@blinplan" for name in ("intrathecal-2-1", "intrathecal-2-2", "other-2-1", "intrathecal-3-1")
    ]
    for uid in moved:
        assert after[uid]["dtstart"].dt - before[uid]["dtstart"].dt == timedelta(days=3)
        assert after[uid]["sequence"] > before[uid]["sequence"]
    for uid in ("bed-1-intrathecal-1-2@blinplan", "bed-1-pre-phase-1-1@blinplan"):
        assert after[uid]["dtstart"].dt == before[uid]["dtstart"].dt


def test_a_course_that_is_stopped_cancels_what_was_to_come(inside: Run, tmp_path: Path) -> None:
    stopped = RECORD.split("\n[[cycle_start]]", maxsplit=1)[0] + (
        '\n[[interruption]]\nstopped = 2026-11-12T10:00:00\ncause = "technical"\ncycle = 1\n'
    )
    (tmp_path / "record.toml").write_text(stopped, encoding="utf-8")
    found = events(inside("plan", "p.toml", "--record", "record.toml", *ID, "-f", "ics").out)
    status = {uid: str(event["status"]) for uid, event in found.items() if "intrathecal" in uid or "other" in uid}
    assert status.pop("bed-1-intrathecal-1-1@blinplan") == "CONFIRMED"  # it was due before the stop
    assert set(status.values()) == {"CANCELLED"}
    assert len(status) == 6
    agenda = said(inside, "plan", "p.toml", "--record", "record.toml", "--view", "agenda")
    assert agenda.count("cytarabine") == 1
    assert "dasatinib" not in agenda


def test_fhir_has_it_as_activities_of_the_plan(inside: Run) -> None:
    document = inside(*PLAN, "--age", "40", *ID, "-f", "fhir").json
    Bundle.model_validate(document)
    (plan,) = [entry["resource"] for entry in document["entry"] if entry["resource"]["resourceType"] == "CarePlan"]
    details = [activity["detail"] for activity in plan["activity"] if "detail" in activity]
    due = {detail["code"]["text"]: detail for detail in details if detail.get("kind") == "MedicationRequest"}
    assert set(due) == {"pre-phase, cycle 1", *(f"intrathecal, cycle {cycle}" for cycle in (1, 2, 3)), "other, cycle 2"}
    assert {detail["status"] for detail in due.values()} == {"not-started"}
    assert due["pre-phase, cycle 1"]["scheduledPeriod"]["start"].startswith("2026-10-28T00:00")
    free = [detail["description"] for detail in details if "free interval" in detail["code"]["text"]]
    assert free[0].startswith("35 d without infusion (high-dose methotrexate)")
    requests = [
        entry["resource"] for entry in document["entry"] if entry["resource"]["resourceType"] == "MedicationRequest"
    ]
    assert any("Cycle 2 (block consolidation, optional)" in str(request["text"]) for request in requests)


def test_fhir_does_not_know_whether_what_is_past_was_given(inside: Run) -> None:
    document = inside("plan", "p.toml", "--record", "record.toml", *ID, "-f", "fhir").json
    (plan,) = [entry["resource"] for entry in document["entry"] if entry["resource"]["resourceType"] == "CarePlan"]
    found = [a["detail"] for a in plan["activity"] if "cytarabine" in a.get("detail", {}).get("description", "")]
    assert [detail["status"] for detail in found] == ["unknown"] * 2 + ["not-started"] * 4


def test_optional_cycles_are_not_summed_as_if_given(inside: Run) -> None:
    told = "784 mcg over 28 days of infusion; up to 2,352 over 84 with the optional cycles"
    assert f"Whole course: {told}" in said(inside, *PLAN, "--view", "overview")
    assert f"Whole course: {told}" in said(inside, "plan", "p.toml", "--weight", "70")
    document = inside("plan", "p.toml", "--weight", "70", "-f", "json").json
    assert (document["total_mcg"]["value"], document["total_mcg_without_optional"]["value"]) == (2352, 784)
    order = str(inside(*PLAN, *ID, "-f", "fhir").json)
    assert "784 mcg in 28 days of infusion, up to 2,352 mcg in 84 with the optional cycles" in order
    nothing_optional = said(inside, "plan", "tower", "--weight", "70")
    assert "Whole course: 3,787 mcg over 140 days of infusion " in nothing_optional.replace("\n", " ")
    assert "optional" not in nothing_optional


def test_the_simulation_and_the_list_of_regimens_mark_optional_cycles(inside: Run, tmp_path: Path) -> None:
    said_once = "Cycles 2 and 3 are optional: not everybody is given them."
    simulated = said(inside, "simulate", "p.toml", "--typical")
    assert said_once in simulated
    assert "Whole course: 784 mcg over 28 days; up to 2,352 over 84 with the optional cycles" in simulated
    assert "optional" not in said(inside, "simulate", "nhl-15", "--typical")


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_the_report_has_what_is_due_and_what_is_optional(inside: Run, tmp_path: Path) -> None:
    ran = inside(
        "report", "p.toml", "--weight", "70", "--height", "170", "--age", "40", "--patients", "50", "-o", "out.html"
    )
    assert ran.status in {0, 1}, ran.err
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "Cycles 2 and 3 are optional" in page
    assert "Whole course: 784 mcg; up to 2,352 mcg with the optional cycles." in page
    assert "Intrathecal: cytarabine 30 mg, days 8, 29, 71, 92, 113, 134" in page


@pytest.mark.parametrize("hours", [9, 11, 35, 60, 190])
def test_each_calendar_day_has_one_number_and_none_is_0(inside: Run, tmp_path: Path, hours: int) -> None:
    """Of what is prepared before the first infusion as of a pre-phase; premedication counts as its infusion does."""
    head = 'site = 1\nname = "Ward 7"\nkept = "refrigerated"\nchange_time = "10:00"\n'
    site = f"{head}prepared_hours_before = {hours}\nbag = [{{ hours = 24, fill_ml = 276 }}]\n"
    (tmp_path / "ward.toml").write_text(site, encoding="utf-8")
    rows = list(csv.DictReader(inside(*PLAN, "--age", "40", "--site", "ward.toml", "-f", "csv").out.splitlines()))
    numbers: dict[date, set[int]] = {}
    for row in rows:
        if row["due"] != "premedication":
            numbers.setdefault(date.fromisoformat(row["start"][:10]), set()).add(int(row["day"]))
    for day, found in numbers.items():
        since = (day - START).days
        assert found == {since + 1 if since >= 0 else since}
    assert "preparation" in {row["due"] for row in rows}
