"""``blinplan due``: today and tomorrow over several patients, from their plans and records."""

import json
import re
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blinplan import Refusal, agenda, load, patient, plan, toml
from blinplan.reports.agenda.agenda import patient_days
from tests.collection.examples import fewer_examples
from tests.files.no_files import put_no_file
from tests.program import Run

pytestmark = pytest.mark.slow  # plans of several patients are made

WARD = """
site = 1
name = "Ward 7"
time_zone = "Europe/Berlin"
bag = [{ hours = 24, fill_ml = 270 }, { hours = 96, fill_ml = 250 }]
"""
COURSE = """
record = 1
regimen = "rr-adult"
start = 2026-11-02T10:00:00
time_zone = "Europe/Berlin"
weight_kg = 70
age_years = 40
"""
STOPPED = """
[[interruption]]
stopped = 2026-11-05T14:00:00
cause = "cytokine-release-syndrome"
cycle = 1
grade = 3
"""
ENDED = '\n[end]\nat = 2026-11-06T10:00:00\nreason = "transplant"\n'


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A folder for the plans of patients, and the profile of their ward beside it."""
    (tmp_path / "ward.toml").write_text(WARD, encoding="utf-8")
    folder = tmp_path / "plans"
    folder.mkdir()
    return folder


def _record(plans: Path, name: str, text: str) -> None:
    (plans / f"{name}.toml").write_text(text, encoding="utf-8")


def _plan(
    plans: Path, name: str, start: str, zone: str = "Europe/Berlin", site: Path | None = None, **shown: Any
) -> dict[str, Any]:
    made = plan("rr-adult", patient(weight=70, age=40), start=start, time_zone=zone, site=site, **shown)
    text = made.text("json")
    (plans / f"{name}.json").write_text(text, encoding="utf-8")
    return dict(json.loads(text))


def test_a_pharmacist_sees_today_and_tomorrow_of_all(inside: Run, plans: Path) -> None:
    _plan(plans, "anna", "2026-10-31T10:00", site=plans.parent / "ward.toml")
    _record(plans, "bert", COURSE.replace("2026-11-02T10", "2026-11-06T08"))
    ran = inside("due", "--plans", "plans", "--today", "2026-11-06", "--site", "ward.toml", "-f", "json")
    assert ran.status == 0
    told = {(one["day"], one["start"][11:16], one["file"], one["due"]): one for one in ran.json["due"]}
    assert ("2026-11-06", "07:00", "bert.toml", "premedication") in told
    assert told["2026-11-06", "08:00", "bert.toml", "start"]["what"].endswith("9 mcg/day for 7 d")
    assert ("2026-11-07", "09:00", "anna.json", "premedication") in told  # before the step on day 8
    assert told["2026-11-07", "10:00", "anna.json", "step"]["what"] == "step: 28 mcg/day for 21 d"
    assert told["2026-11-06", "10:00", "anna.json", "hospital"]["going_on"]
    first = told["2026-11-06", "08:00", "bert.toml", "bag"]["bag"]
    assert (first["number"], first["mcg_per_day"]["exact"], first["vials"]) == (1, "9", 2)
    raised = told["2026-11-07", "10:00", "anna.json", "bag"]["bag"]
    assert (raised["mcg_per_day"]["exact"], raised["ml_filled"]["exact"]) == ("28", "250")
    assert raised["ml_per_hour"]["exact"] == "9/5"
    assert {one["day"] for one in ran.json["due"]} == {"2026-11-06", "2026-11-07"}


def test_of_a_plan_that_was_cut_what_is_beyond_is_not_known(inside: Run, plans: Path) -> None:
    ward = plans.parent / "ward.toml"
    _plan(plans, "anna", "2026-11-02T10:00", site=ward, cycle=1)
    ran = inside("due", "--plans", "plans", "--today", "2026-12-20")  # in cycle 2
    shown = _words(ran.out)
    assert (
        "Only a part is known anna.json the file has a part of the plan (cycle 1): what is due beyond it is not"
        in shown
    )
    assert "0 things are due in 1 plan; of 1 only a part is known" in shown
    assert "Nothing is due in what is known of the plans." in shown
    assert "Nothing is due. " not in shown
    assert "Ended" not in shown
    (found,) = agenda(plans, today="2026-12-20").patients
    assert (found.items, found.ended) == ((), None)
    _plan(plans, "anna", "2026-11-02T10:00", site=ward, first="2026-11-05", last="2026-11-09")
    (found,) = inside("due", "--plans", "plans", "--today", "2026-11-06", "-f", "json").json["patients"]
    assert found["part"].startswith("the file has a part of the plan (from Thu 2026-11-05, to Mon 2026-11-09):")
    _plan(plans, "anna", "2026-11-02T10:00", site=ward)
    assert inside("due", "--plans", "plans", "--today", "2026-12-20", "-f", "json").json["patients"][0]["part"] is None
    assert "Nothing is due." in inside("due", "--plans", "plans", "--today", "2026-12-08").out


def test_each_bag_says_until_when_it_is_to_be_hung(inside: Run, plans: Path) -> None:
    ward = plans.parent / "ward.toml"
    ward.write_text(WARD.replace("bag =", "prepared_hours_before = 6\nbag ="), encoding="utf-8")
    _plan(plans, "anna", "2026-11-02T10:00", site=ward)
    ran = inside("due", "--plans", "plans", "--today", "2026-11-08", "-f", "json").json
    document = json.loads((plans / "anna.json").read_text())["dated"]["bags"]
    by = {bag["number"]: bag["hang_by"] for bag in document}
    bags = [one["bag"] for one in ran["due"] if one["due"] == "bag"]
    assert bags
    assert all(bag["hang_by"] == by[bag["number"]] for bag in bags)
    days = inside("due", "--plans", "plans", "--today", "2026-11-02", "--days", "20").out
    assert "the latest time is not known" in _words(days)  # of bags for 96 hours nobody has said how long they keep
    known = WARD.replace("hours = 96", "hours = 96, in_use_hours = 120").replace(
        "bag =", "prepared_hours_before = 6\nbag ="
    )
    ward.write_text(known, encoding="utf-8")
    _plan(plans, "anna", "2026-11-02T10:00", site=ward)
    days = inside("due", "--plans", "plans", "--today", "2026-11-02", "--days", "1").out
    assert "hang by Tue 2026-11-03 04:00" in _words(days)  # 120 hours from 04:00, less the 96 that it runs


def test_a_record_is_planned_by_the_label_that_is_asked_for(inside: Run, plans: Path) -> None:
    _record(plans, "bert", COURSE.replace('"rr-adult"', '"ours"'))
    ours = toml(load("rr-adult")).replace('name = "rr-adult"', 'name = "ours"')
    (plans / "ours.toml").write_text(re.sub(r"^label = .*\n", "", ours, flags=re.MULTILINE), encoding="utf-8")
    ends = [agenda(plans, today="2026-11-30", days=1, label=label).due for label in (None, "hk-2026")]
    told = [[item.what for item in due if item.due == "stop"] for due in ends]
    assert told == [["end of infusion; never flush the line"], ["end of infusion"]]  # of which the other says nothing
    (plans / "blinplan.toml").write_text('label = "hk-2026"\n', encoding="utf-8")
    asked = ("due", "--plans", "plans", "--today", "2026-11-30", "--days", "1")
    assert "never flush the line" not in _words(inside(*asked).out)
    assert "never flush the line" in _words(inside(*asked, "--isolated").out)
    assert inside("due", "--plans", "plans", "--label", "nobodys").status == 2


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_goes_by_day_and_hour(inside: Run, plans: Path, columns: int) -> None:
    _record(plans, "bert", COURSE)
    ran = inside("due", "--plans", "plans", "--today", "2026-11-02", "--site", "ward.toml", COLUMNS=str(columns))
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= columns
    shown = _words(ran.out)
    assert "Mon 2026-11-02, today" in shown
    assert "Tue 2026-11-03, tomorrow" in shown
    assert "09:00 bert.toml 1 premedication: dexamethasone 20 mg" in shown
    assert "10:00 bert.toml 1 start of Induction 1: 9 mcg/day for 7 d" in shown
    assert "hang bag 1: 9 mcg/day at" in shown
    assert shown.index("09:00") < shown.index("10:00")


def test_a_restart_that_nobody_has_decided_waits(inside: Run, plans: Path) -> None:
    _record(plans, "bert", COURSE + STOPPED)
    ran = inside("due", "--plans", "plans", "--today", "2026-11-06")
    assert ran.status == 0
    shown = _words(ran.out)
    assert "Waits for a decision bert.toml stopped Thu 2026-11-05 14:00 (cytokine release syndrome, grade 3)" in shown
    assert "at which dose: 9 mcg/day" in shown
    assert "Ended" not in shown
    before = inside("due", "--plans", "plans", "--today", "2026-11-03", "--days", "1", "-f", "json").json
    assert before["patients"][0]["waiting"] == []


def test_a_restart_that_was_made_waits_for_nobody(plans: Path) -> None:
    restarted = 'restarted = 2026-11-08T10:00:00\nresolved = 2026-11-07T08:00:00\nrestart_dose = "9 mcg/day"\n'
    _record(plans, "bert", COURSE + STOPPED + restarted)
    found = agenda(plans, today="2026-11-08")
    assert found.patients[0].waiting == ()
    assert "restart" in {item.due for item in found.due}


def test_a_long_stop_that_the_label_says_nothing_of_waits_though_it_was_restarted(plans: Path) -> None:
    surgery = "\n[[interruption]]\nstopped = 2026-11-05T14:00:00\nrestarted = 2026-11-17T14:00:00\ncycle = 1\n"
    _record(plans, "bert", f'{COURSE}{surgery}cause = "surgery"\n')
    found = agenda(plans, today="2026-11-17").patients[0]
    assert found.waiting[0].startswith("stopped Thu 2026-11-05 14:00 (surgery)")
    assert found.ended is None
    decided = 'restart_dose = "28 mcg/day"\nrestart_in = "same-cycle"\n'
    _record(plans, "bert", f'{COURSE}{surgery}cause = "surgery"\n{decided}')
    assert agenda(plans, today="2026-11-17").patients[0].waiting == ()


def test_a_patient_who_goes_home_has_the_bags_of_the_other_site_by_its_clock(plans: Path) -> None:
    home = WARD.replace("Ward 7", "Home").replace("Berlin", "London").replace("bag =", 'change_time = "09:00"\nbag =')
    (plans / "home.toml").write_text(home, encoding="utf-8")
    _record(plans, "bert", f'{COURSE}\n[[place]]\nsince = 2026-11-10T10:00:00\nsite = "home.toml"\n')
    found = agenda(plans, today="2026-11-10", days=8, site=plans.parent / "ward.toml")
    assert (found.unread, [what for _, what in found.agenda.others]) == ((), ["a site profile"])
    bags = {(item.start.day > 9, f"{item.start:%H:%M}", item.time_zone) for item in found.due if item.bag}
    assert bags == {(True, "09:00", "Europe/London")}
    before = agenda(plans, today="2026-11-06", days=8, site=plans.parent / "ward.toml")
    assert {item.time_zone for item in before.due} == {"Europe/Berlin", "Europe/London"}
    assert "09:00 bert.toml (Europe/London)" in _words(before.text())
    assert "Times are local in Europe/Berlin, Europe/London, each patient's own." in _words(before.text())


def test_a_plan_whose_zone_has_no_name_has_its_own_day_too(plans: Path) -> None:
    made = plan("rr-adult", patient(weight=70, age=40), start="2026-11-02T10:00+13:00")
    (plans / "anna.json").write_text(made.text("json"), encoding="utf-8")
    assert agenda(plans).patients[0].time_zone == "UTC+13:00"
    assert [item.due for item in agenda(plans, today="2026-11-02").due][:2] == ["premedication", "start"]


def test_a_stop_for_good_is_an_end_and_waits_for_nobody(plans: Path) -> None:
    _record(plans, "bert", COURSE + STOPPED.replace("grade = 3", "grade = 4"))
    found = agenda(plans, today="2026-11-07").patients[0]
    assert found.waiting == ()
    assert found.ended is not None
    assert "stopped Thu 2026-11-05 14:00" in found.ended


def test_a_course_that_has_ended_says_why(inside: Run, plans: Path) -> None:
    _record(plans, "bert", COURSE + ENDED)
    ran = inside("due", "--plans", "plans", "--today", "2026-11-20")
    assert ran.status == 0
    assert "Ended bert.toml the course ended Fri 2026-11-06 10:00: transplant" in _words(ran.out)
    _plan(plans, "carl", "2024-01-01T10:00")
    found = agenda(plans, today="2026-11-20").patients
    assert found[1].file == "carl.json"
    assert (found[1].ended or "").startswith("the plan has nothing after ")


def test_an_error_in_a_record_is_told_and_counts(inside: Run, plans: Path) -> None:
    wrong = STOPPED + "restarted = 2026-11-06T10:00:00\nresolved = 2026-11-07T08:00:00\n"
    _record(plans, "bert", COURSE + wrong)
    ran = inside("due", "--plans", "plans", "--today", "2026-11-06")
    assert ran.status == 1
    assert "Errors bert.toml" in _words(ran.out)


def test_a_warning_of_a_record_is_no_error_of_the_day(inside: Run, plans: Path) -> None:
    early = "\n[[cycle_start]]\ncycle = 2\nstarted = 2026-12-12T10:00:00\n"
    _record(plans, "bert", COURSE + early)
    ran = inside("due", "--plans", "plans", "--today", "2026-12-13")
    assert ran.status == 0
    assert "Errors" not in ran.out
    assert agenda(plans, today="2026-12-13").patients[0].errors == ()


def test_what_cannot_be_read_is_told_and_the_others_are_shown(inside: Run, plans: Path) -> None:
    _record(plans, "bert", COURSE)
    _record(plans, "carl", COURSE.replace("weight_kg", "wait_kg"))
    (plans / "dora.json").write_text("{", encoding="utf-8")
    (plans / "emil.json").write_text('{"format": "blinplan-check", "version": 1}', encoding="utf-8")
    (plans / "fred.json").write_text(plan("rr-adult", patient(weight=70)).text("json"), encoding="utf-8")
    (plans / "ward.toml").write_text(WARD, encoding="utf-8")
    (plans / "notes.txt").write_text("", encoding="utf-8")
    (plans / ".hidden.json").write_text("", encoding="utf-8")
    ran = inside("due", "--plans", "plans", "--today", "2026-11-02", "-f", "json")
    assert ran.status == 2
    assert [one["file"] for one in ran.json["unread"]] == ["carl.toml", "dora.json", "emil.json", "fred.json"]
    assert "without dates" in ran.json["unread"][3]["why"]
    assert {one["file"] for one in ran.json["due"]} == {"bert.toml"}
    assert [one["what"] for one in ran.json["not_plans"]] == ["neither .json nor .toml", "a site profile"]
    table = inside("due", "--plans", "plans", "--today", "2026-11-02")
    assert table.status == 2
    assert "Could not be read carl.toml" in _words(table.out)
    assert "start of Induction 1" in table.out


def test_a_plan_that_is_no_file_is_told_and_not_passed_over(inside: Run, plans: Path) -> None:
    """Who is behind it would have nothing due."""
    put_no_file("a pipe", plans / "anna.json")
    put_no_file("a device", plans / "carl.toml")
    (plans / "dora.json").symlink_to("nowhere.json")
    (plans / "emil.json").symlink_to("emil.json")
    (plans / "below").mkdir()
    ran = inside("due", "--plans", "plans", "--today", "2026-11-02", "-f", "json")
    assert ran.status == 2
    told = {one["file"]: one["why"] for one in ran.json["unread"]}
    assert told.keys() == {"anna.json", "carl.toml", "dora.json", "emil.json"}
    assert "a pipe with a name" in told["anna.json"]


def test_without_a_site_it_says_that_no_bags_are_shown(plans: Path) -> None:
    _record(plans, "bert", COURSE)
    assert "No bags are shown" in agenda(plans, today="2026-11-02").text()
    assert "No bags are shown" not in agenda(plans, today="2026-11-02", site=plans.parent / "ward.toml").text()


def test_a_remark_is_told_once_and_of_the_days_that_it_concerns(inside: Run, plans: Path) -> None:
    for name in ("anna", "bert"):
        _record(plans, name, COURSE)
    shown = _words(inside("due", "--plans", "plans", "--today", "2026-11-06", "--site", "ward.toml").out)
    assert "To know anna.toml, bert.toml Premedication is that of adults." in shown
    assert shown.count("Premedication is that of adults.") == 1
    assert shown.count("How long bags for 4 d may be used is not evaluated") == 1
    assert "fewest-vials" not in shown


def test_nothing_is_kept(inside: Run, plans: Path) -> None:
    _record(plans, "bert", COURSE)
    before = {path: path.read_bytes() for path in plans.parent.rglob("*") if path.is_file()}
    inside("due", "--plans", "plans", "--site", "ward.toml")
    assert {path: path.read_bytes() for path in plans.parent.rglob("*") if path.is_file()} == before


def test_today_is_that_of_each_plans_own_zone(plans: Path) -> None:
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
    for zone in zones:
        _plan(plans, zone.rpartition("/")[2], "2026-11-02T10:00", zone)
    before = [datetime.now(ZoneInfo(zone)).date() for zone in zones]
    found = [one.today for one in agenda(plans).patients]
    after = [datetime.now(ZoneInfo(zone)).date() for zone in zones]
    assert before <= found <= after
    assert found[0] > found[1]  # one is a day ahead of the other at any hour


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--plans", "nowhere"), "no such folder"),
        (("--plans", "plans", "--today", "6.11.2026"), "give a date as 2026-11-02"),
        (("--plans", "plans", "--today", "0001-01-01"), "give a year"),
        (("--plans", "plans", "--days", "0"), "--days"),
        (("--plans", "plans", "--site", "plans"), "plans"),
        ((), "--plans"),
    ],
)
def test_what_cannot_be_asked_is_refused(inside: Run, plans: Path, asked: tuple[str, ...], says: str) -> None:
    ran = inside("due", *asked)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err


def test_no_more_days_than_a_year(plans: Path) -> None:
    with pytest.raises(Refusal):
        agenda(plans, days=367)


@given(later=st.integers(0, 80), days=st.integers(1, 5))
@settings(fewer_examples(4), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_thing_is_due_on_one_day_and_all_on_some(plans: Path, later: int, days: int) -> None:
    """Day by day, the agenda has what the plan has, each once; what goes on is told again and said to go on."""
    document = _DOCUMENTS.setdefault("one", _plan(plans, "one", "2026-10-20T10:00", site=plans.parent / "ward.toml"))
    first = datetime.fromisoformat("2026-10-20").toordinal() + later
    span = [datetime.fromordinal(first + day).date() for day in range(days)]
    together = patient_days("one.json", document, span[0], days).items
    begun = [one for one in together if not one.going_on]
    single = [one for day in span for one in patient_days("one.json", document, day, 1).items if not one.going_on]
    assert begun == single
    planned = document["dated"]["entries"] + document["dated"]["bags"]
    assert len(begun) == sum(datetime.fromisoformat(one["start"]).date() in span for one in planned)
    assert [one.start for one in begun] == sorted(one.start for one in begun)


_DOCUMENTS: dict[str, dict[str, Any]] = {}
_KEYS = (
    "manifest",
    "remarks",
    "dated",
    "time_zone",
    "start",
    "stop",
    "entries",
    "bags",
    "ledger",
    "due",
    "mcg",
    "exact",
)
_MORE_KEYS = ("interruptions", "decisions", "resumption", "cycle", "what", "number", "ml_per_hour", "vials", "kind")


@given(data=st.data())
@settings(fewer_examples(2), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_document_is_told_and_never_a_fault(plans: Path, data: st.DataObject) -> None:
    whole = _DOCUMENTS.setdefault("two", _plan(plans, "two", "2026-11-02T10:00", site=plans.parent / "ward.toml"))
    broken, key = deepcopy(whole), data.draw(st.sampled_from(_KEYS + _MORE_KEYS))
    value: Any = data.draw(
        st.none() | st.just("..") | st.just(-1) | st.just([1]) | st.just({}) | st.just("1/0") | st.just(1e300)
    )
    _put(broken, key, value)
    (plans / "two.json").write_text(json.dumps(broken), encoding="utf-8")
    found = agenda(plans, today="2026-11-02")
    assert len(found.patients) + len(found.unread) == 1
    assert found.text()
    assert json.loads(found.json())["format"] == "blinplan-agenda"


def _put(value: Any, key: str, other: Any) -> None:
    """Put another value in place of every value of a key."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _put(inner, key, other)
    if isinstance(value, dict) and key in value:
        value[key] = other
