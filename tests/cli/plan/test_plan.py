"""``blinplan plan``: who gets what, in exact amounts."""

import csv
import io
import json
from datetime import datetime, timedelta
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest
from rich.cells import cell_len

from blinplan.reports.plan.paper.plain_words import plain_words
from blinplan.reports.shared.number import number
from tests.collection.grid import at_night
from tests.plan_text import DATED, RECORD, WARD
from tests.program import Run
from tests.regimen_text import cycle, regimen_text


def test_json_holds_exact_fractions(inside: Run) -> None:
    found = inside("plan", "rr-adult", "--weight", "70", "-f", "json").json
    assert (found["format"], found["version"], found["switched"]) == ("blinplan-plan", 1, False)
    assert found["total_mcg"] == {"exact": "3787", "value": 3787.0}
    assert sum(Fraction(event["mcg"]["exact"]) for event in found["events"]) == 3787
    assert "blinplan" in found["manifest"]


@pytest.mark.parametrize(
    ("weight", "area", "switched"),
    [
        ("44.999999", "1.4", True),
        ("45", "1.4", False),
        ("45.0", "1.4", False),
        ("20", "0.8", True),
        ("120", "2.4", False),
    ],
)
def test_at_45_kg_the_regimen_is_another(inside: Run, weight: str, area: str, switched: bool) -> None:
    found = inside("plan", "rr-adult", "--weight", weight, "--bsa", area, "-f", "json").json
    assert found["switched"] is switched
    first = found["events"][0]
    assert first["ordered"] == ("5 mcg/m2/day" if switched else "9 mcg/day")


def test_the_switch_goes_both_ways(inside: Run) -> None:
    found = inside("plan", "rr-below-45-kg", "--weight", "45", "--height", "150", "-f", "json").json
    assert found["switched"] is True
    assert found["manifest"]["regimen"] == "rr-adult"


def test_the_switch_is_shown_with_the_weight_that_decided(inside: Run) -> None:
    text = " ".join(inside("plan", "rr-adult", "--weight", "38", "--height", "150").out.split())
    assert "38 kg" in text
    assert "switched to rr-below-45-kg" in text
    assert "Mosteller" in text


@pytest.mark.parametrize(
    ("area", "rate", "capped"), [("1.79", "179/20", False), ("1.8", "9", False), ("1.81", "9", True)]
)
def test_the_cap_is_applied_and_shown(inside: Run, area: str, rate: str, capped: bool) -> None:
    found = inside("plan", "rr-below-45-kg", "--bsa", area, "-f", "json").json
    first = found["events"][0]
    assert (first["rate_mcg_per_day"]["exact"], first["capped"], first["max"]) == (rate, capped, "9 mcg/day")
    shown = inside("plan", "rr-below-45-kg", "--bsa", area).out
    assert ("(cap)" in shown) is capped


def test_csv_and_json_agree(inside: Run) -> None:
    arguments = ("plan", "mrd-below-45-kg", "--bsa", "0.93")
    rows = list(csv.DictReader(io.StringIO(inside(*arguments, "-f", "csv").out)))
    events = inside(*arguments, "-f", "json").json["events"]
    pairs = [(float(row["rate_mcg_per_day"]), float(row["mcg"])) for row in rows]
    assert pairs == [(event["rate_mcg_per_day"]["value"], event["mcg"]["value"]) for event in events]
    assert pairs[0][0] == 13.95


@pytest.mark.parametrize(
    "arguments", [["rr-below-45-kg"], ["nhl-5"], ["rr-adult", "--weight", "30"], ["nhl-5", "--height", "170"]]
)
def test_a_dose_by_area_without_an_area_is_refused(inside: Run, arguments: list[str]) -> None:
    ran = inside("plan", *arguments)
    assert ran.status == 2
    assert ran.out == ""
    text = " ".join(ran.err.split())
    assert "body surface area" in text
    assert "help:" in text


def test_a_weight_that_nobody_planned_for_is_refused(inside: Run) -> None:
    text = regimen_text(cycle(), top="[eligibility]\nmin_weight_kg = 45\n")
    Path("adults.toml").write_text(text, encoding="utf-8")
    ran = inside("plan", "adults.toml", "--weight", "44.9")
    assert ran.status == 2
    assert "44.9 kg" in ran.err
    assert inside("plan", "adults.toml", "--weight", "45").status == 0


def test_a_weight_that_is_not_known_is_said_to_decide_nothing(inside: Run) -> None:
    assert "not evaluated" in " ".join(inside("plan", "rr-adult").out.split())


def test_the_regimen_for_other_weights_is_looked_for_beside_the_file(inside: Run) -> None:
    limits = '[eligibility]\nmin_weight_kg = 45\notherwise = "small"\n'
    Path("big.toml").write_text(regimen_text(cycle(), top=limits), encoding="utf-8")
    assert inside("plan", "big.toml", "--weight", "30").status == 2
    small = regimen_text(cycle("9 mcg/day for 28 days"), top="[eligibility]\nbelow_weight_kg = 45\n")
    small = small.replace('"probe"', '"small"')
    Path("small.toml").write_text(small, encoding="utf-8")
    found = inside("plan", "big.toml", "--weight", "30", "-f", "json").json
    assert found["manifest"]["regimen"] == "small"
    assert found["events"][0]["rate_mcg_per_day"]["exact"] == "9"


@pytest.mark.parametrize("formula", ["mosteller", "dubois", "haycock", "gehan-george"])
def test_the_formula_of_the_area_is_named_and_used(inside: Run, formula: str) -> None:
    arguments = ("plan", "nhl-15", "--weight", "80", "--height", "180", "--bsa-formula", formula, "-f", "json")
    found = inside(*arguments).json
    area = found["patient"]["bsa_m2"]
    assert 1.9 < area < 2.1
    assert (area == 2.0) is (formula == "mosteller")
    assert found["patient"]["bsa_origin"].lower().replace("-", "").startswith(formula.replace("-", ""))
    assert found["events"][0]["rate_mcg_per_day"]["value"] == pytest.approx(15 * area, rel=1e-15)


@pytest.mark.parametrize("columns", ["60", "80", "120", "200"])
@pytest.mark.parametrize("name", ["rr-adult", "rr-below-45-kg-continued"])
def test_the_table_fits(inside: Run, name: str, columns: str) -> None:
    ran = inside("plan", name, "--bsa", "1.2", COLUMNS=columns)
    assert ran.status == 0
    assert max(cell_len(line) for line in ran.out.splitlines()) <= int(columns)
    assert "…" not in ran.out
    assert "not a medical device" in " ".join(ran.out.split())


def test_a_dated_plan_says_what_is_due_in_local_time(inside: Run) -> None:
    ran = inside(*DATED, "--view", "agenda", COLUMNS="120")
    assert ran.status == 0
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    for line in (
        "Mon 2026-10-19 09:00 1 1 premedication: dexamethasone 20 mg",
        "Mon 2026-10-19 10:00 1 1 start of Induction 1: 9 mcg/day for 7 d 1 h",  # the clock is put back on the 25th
        "Mon 2026-10-26 10:00 8 1 step: 28 mcg/day for 21 d",
        "Mon 2026-11-16 10:00 29 1 end of infusion; never flush the line",
        "Mon 2027-04-05 10:00 169 5 start of Consolidation: 28 mcg/day for 28 d",
    ):
        assert line in lines
    assert sum("not a medical device" in line for line in lines) == 1
    second = inside(*DATED, "--view", "agenda", "--cycle", "2").out
    assert "Induction 2" in second
    assert "Induction 1" not in second
    window = inside(*DATED, "--view", "agenda", "--from", "2026-10-27", "--to", "2026-11-01").out
    assert "step: 28" in window
    assert "start of" not in window


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "zone", "told"),
    [
        (
            "2026-10-20T10:00",
            "Europe/Berlin",
            "The clock is put back in cycle 1: from Sat 2026-10-24 10:00 to Sun 2026-10-25 10:00 are 25 h, in which"
            " 9.375 mcg are infused, 0.375 mcg more than without the change.",
        ),
        (
            "2027-03-10T10:00",
            "Europe/Berlin",
            "The clock is put forward in cycle 1: from Sat 2027-03-27 10:00 to Sun 2027-03-28 10:00 are 23 h, in which"
            " ≈26.833 mcg are infused, ≈1.167 mcg less than without the change.",
        ),
        (
            "2026-09-30T10:00",
            "Australia/Lord_Howe",
            "from Sat 2026-10-03 10:00 to Sun 2026-10-04 10:00 are 23 h 30 min, in which ≈8.812",
        ),
        ("2026-10-20T10:00", "Asia/Tokyo", ""),
        ("2026-10-08T10:00", "Europe/Berlin", "the course has as much as in days of 24 hours."),
    ],
)
def test_a_day_of_23_or_25_hours_is_told_in_every_view(inside: Run, start: str, zone: str, told: str) -> None:
    plan = ("plan", "rr-adult", "--weight", "70", "--start", start, "--time-zone", zone)
    for view in ("overview", "agenda", "days", "month"):
        shown = " ".join(inside(*plan, "--view", view).out.split())
        assert told in shown
        assert ("The clock is put" in shown) is bool(told)
    assert told in " ".join(inside(*plan, "-f", "json").json["told"])


@pytest.mark.slow
def test_starts_on_the_next_days_are_compared(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD.replace("{ hours = 72 }", "{ hours = 72 }, { hours = 96 }"))
    view = ("--site", "ward.toml", "--view", "starts")
    days = inside(*DATED, *view, "-f", "json").json["dated"]["starts"]
    assert [day["start"][:16] for day in days] == [
        f"2026-{'10' if day < 32 else '11'}-{day if day < 32 else day - 31:02}T10:00" for day in range(19, 33)
    ]
    (best,) = [day for day in days if day["best"]]
    assert best["bags_on_closed_days"] == 0
    shown = " ".join(inside(*DATED, *view, COLUMNS="120").out.split())
    start = f"{datetime.fromisoformat(best['start']):%a %Y-%m-%d %H:%M}"
    assert f"Best: {start}, by the fewest bags hung on closed days, then the fewest bags." in shown
    assert "How many vials a start takes is not evaluated" in shown
    assert shown.count("best") == 1
    (tmp_path / "record.toml").write_text(RECORD)
    begun = inside("plan", "rr-adult", "--record", "record.toml", *view)
    assert begun.status == 2
    assert "this one has begun" in " ".join(begun.err.split())


@pytest.mark.slow
def test_the_site_says_which_bags_are_preferred_and_what_is_done_on_the_day_of_25_hours(
    inside: Run, tmp_path: Path
) -> None:
    profile = WARD.replace("{ hours = 72 }", "{ hours = 72, fill_ml = 140 }, { hours = 168, fill_ml = 130 }")
    profile = profile.replace("{ hours = 48 }", "{ hours = 48, fill_ml = 275 }")
    profile = profile.replace('closed = ["saturday", "sunday"]\n', "")
    found = {}
    for keys in ("", 'prefer = "fewest-vials"\n', 'long_day = "split"\n', 'long_day = "move-clock"\n'):
        (tmp_path / "ward.toml").write_text(profile.replace("bag =", f"{keys}bag ="))
        found[keys] = inside(*DATED, "--site", "ward.toml", "-f", "json").json
    bags = {keys: plan["dated"]["bags"] for keys, plan in found.items()}
    vials = {keys: sum(bag["vials"] for bag in each) for keys, each in bags.items()}
    assert vials['prefer = "fewest-vials"\n'] < vials[""]
    (tmp_path / "ward.toml").write_text(profile)
    asked = inside(*DATED, "--site", "ward.toml", "--prefer", "fewest-vials", "-f", "json").json["dated"]["bags"]
    assert asked == bags['prefer = "fewest-vials"\n']
    assert "--prefer needs --site" in " ".join(inside(*DATED, "--prefer", "fewest-vials").err.split())
    assert len(bags['prefer = "fewest-vials"\n']) > len(bags[""])
    assert "fewest-vials" in " ".join(found[""]["told"])
    moved = found['long_day = "move-clock"\n']
    assert sum(Fraction(bag["mcg"]["exact"]) for bag in moved["dated"]["bags"]) == 3787
    assert moved["dated"]["ledger"]["days"] == "infusion-of-24-hours"
    assert "Ward 7 keeps days of 24 hours" in " ".join(moved["told"])
    (tmp_path / "plan.json").write_text(json.dumps(moved))
    again = inside("plan", "rr-adult", "--ledger", "plan.json", "--site", "ward.toml", "-f", "json").json
    assert again["dated"]["entries"] == moved["dated"]["entries"]
    (tmp_path / "ward.toml").write_text(profile.replace("bag =", 'prefer = "cheapest"\nbag ='))
    assert inside(*DATED, "--site", "ward.toml").status == 2


@pytest.mark.slow
def test_bags_are_listed_with_rates_and_amounts(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    found = inside(*DATED, "--site", "ward.toml", "-f", "json").json["dated"]
    bags = found["bags"]
    assert sum(Fraction(bag["mcg"]["exact"]) for bag in bags) == 3787 + Fraction(9, 24)
    assert (bags[0]["start"], bags[0]["stop"]) == ("2026-10-19T10:00:00+02:00", "2026-10-22T10:00:00+02:00")
    assert bags[0]["ml_per_hour"]["exact"] == "9/5"
    assert (bags[0]["mcg_filled"], bags[0]["vials"]) == (None, None)
    day = next(bag for bag in bags if bag["size_minutes"] == 1440)
    assert (day["ml_infused"]["exact"], day["mcg_filled"]["exact"], day["vials"]) == ("240", "385/12", 1)
    assert day["ml_drawn"]["exact"] == "77/30"
    assert day["in_use_minutes_left"] == 24 * 60
    assert [bag["number"] for bag in bags] == list(range(1, len(bags) + 1))
    second = " ".join(
        inside(*DATED, "--site", "ward.toml", "--view", "bags", "--cycle", "2", COLUMNS="200").out.split()
    )
    assert "All bags of the course give 3,787.375 mcg; ordered are 3,787.375 mcg. Difference: none." in second
    narrow = " ".join(inside(*DATED, "--site", "ward.toml", "--view", "bags", COLUMNS="80").out.split())
    assert "1 d at 10 mL/h: 240 mL, 28 mcg; in-use time left 1 d" in narrow
    wide = " ".join(inside(*DATED, "--site", "ward.toml", "--view", "bags", COLUMNS="200").out.split())
    assert "Thu 2026-10-29 10:00 Fri 2026-10-30 10:00 1 d 10 240 28 275 ≈32.083 ≈2.567 1 1 d" in wide
    # Friday to Monday are 73 hours: the bag for three days is hung at 18:00, and until then one for two days lasts.
    assert "Thu 2026-10-22 10:00 Fri 2026-10-23 18:00 1 d 8 h of 2 d" in wide
    assert "one is changed besides at Fri 2026-10-23 18:00, and bag 3 lasts 65 h." in wide
    for width in (60, 80, 120, 200):
        shown = inside(*DATED, "--site", "ward.toml", "--view", "bags", COLUMNS=str(width)).out
        assert max(map(cell_len, shown.splitlines())) <= width
        words = " ".join(shown.split())
        assert "All bags of the course give 3,787.375 mcg; ordered are 3,787.375 mcg. Difference: none." in words
        assert "Vials of 35 mcg, 12.5 mcg/mL when reconstituted: Blincyto (blinatumomab), US prescribing" in words
        assert "not evaluated" in shown
        assert "…" not in shown


def test_days_show_what_flows_from_midnight_to_midnight(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    lines = inside(
        *DATED, "--site", "ward.toml", "--view", "days", "--to", "2026-10-26", COLUMNS="120"
    ).out.splitlines()
    amounts = {line.split()[1]: line.split()[2] for line in lines if line.startswith(("Mon", "Tue", "Sun"))}
    assert amounts["2026-10-19"] == "5.25"
    assert amounts["2026-10-20"] == "9"
    assert amounts["2026-10-25"] == "9.375"  # 25 hours
    assert "2026-10-27" not in amounts


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--start", "soon", "--time-zone", "Europe/Berlin"], "--start is 'soon'"),
        (["--start", "2026-10-19T10:00"], "the time zone of --start is not known"),
        (["--start", "2026-10-19T10:00:30", "--time-zone", "UTC"], "whole minutes"),
        (["--start", "2026-03-29T02:30", "--time-zone", "Europe/Berlin"], "does not exist in Europe/Berlin"),
        (["--start", "2026-10-19T10:00", "--time-zone", "Mars"], "there is no time zone 'Mars'"),
        (["--start", "9999-12-30T10:00", "--time-zone", "UTC"], "give a year from 1900 to 2200"),
        (["--start", "2026-10-19T10:00Z", "--from", "0001-01-01"], "give a year from 1900 to 2200"),
        (["--start", "2026-10-19T10:00Z", "--from", "2026-12-01", "--to", "2026-11-01"], "before --from 2026-12-01"),
        (["--start", "2026-10-19T10:00Z", "--view", "days", "-f", "html"], "contradict each other"),
        (["--from", "2026-12-01"], "needs --start"),
        (["--start", "2026-10-19T10:00Z", "--cycle", "6"], "--cycle is 6"),
        (["--start", "2026-10-19T10:00Z", "--from", "x"], "--from is 'x'"),
        (["--start", "2026-10-19T10:00Z", "--view", "bags"], "--view bags needs --site"),
        (["--start", "2026-10-19T10:00Z", "--view", "starts"], "--view starts needs --site"),
        (["--view", "days"], "--view days needs --start"),
        (["--start", "2026-10-19T10:00Z", "--site", "nowhere"], "no such file"),
    ],
)
def test_a_start_that_makes_no_sense_is_refused(inside: Run, arguments: list[str], said: str) -> None:
    ran = inside("plan", "rr-adult", "--weight", "70", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_a_site_without_a_way_is_refused_with_the_day(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD.replace(", { hours = 72 }", ""))
    ran = inside(*DATED, "--site", "ward.toml")
    assert (ran.status, ran.out) == (2, "")
    assert "from Fri 2026-10-23 10:00" in " ".join(ran.err.split())


def test_a_record_is_replanned_with_a_ledger_that_cites(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    shown = inside("plan", "rr-adult", "--record", "record.toml", "--view", "agenda", COLUMNS="120")
    ran = inside("plan", "rr-adult", "--record", "record.toml", COLUMNS="120")
    assert (shown.status, ran.status) == (0, 0)
    lines = [" ".join(line.split()) for line in (shown.out + ran.out).splitlines()]
    for line in (
        "Thu 2026-03-26 14:00 11 1 infusion stopped for 2 d 23 h",  # the clock was put forward
        "Sun 2026-03-29 13:00 14 1 premedication: dexamethasone 20 mg",
        "Sun 2026-03-29 14:00 14 1 restart: 9 mcg/day for 7 d",
        "Sun 2026-03-29 14:00 14 1 supervised by a health professional, or in hospital",
        "Sun 2026-04-05 14:00 21 1 step: 28 mcg/day for 10 d 20 h",
        "Thu 2026-04-30 10:00 46 2 start of Induction 2: 28 mcg/day for 28 d",
        "at which dose: 9 mcg/day",
        "when is the full dose given again: after 7 days without recurrence (Sun 2026-04-05 14:00)",
        "Blincyto (blinatumomab), US prescribing information, section 2",
        "Whole course: 3,654 mcg over 140 days of infusion",
    ):
        assert line in lines, line
    found = inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").json
    (entry,) = found["dated"]["ledger"]["interruptions"]
    assert entry["restarted"] == "2026-03-29T14:00:00+02:00"
    assert all(decision["sources"] for decision in entry["decisions"])
    assert found["total_mcg"]["exact"] == "3654"
    assert found["patient"]["weight_kg"] == 70


def test_a_restart_that_was_not_the_label_s_is_shown_with_the_plan(inside: Run, tmp_path: Path) -> None:
    right = RECORD + 'restart_dose = "9 mcg/day"\nresolved = 2026-03-28T10:00:00\npremedicated = true\n'
    for text, found in ((right, []), (right.replace('"9 mcg', '"28 mcg'), ["I801"])):
        (tmp_path / "record.toml").write_text(text)
        ran = inside("plan", "rr-adult", "--record", "record.toml", COLUMNS="100")
        assert ran.status == 0
        assert ("I801" in ran.out) is bool(found)
        listed = inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").json["dated"]["findings"]
        assert [one["code"] for one in listed] == found


def test_a_ledger_makes_the_same_plan_again(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD + "\n[[cycle_start]]\ncycle = 2\nstarted = 2026-05-04T10:00:00\n")
    (tmp_path / "ward.toml").write_text(WARD.replace('closed = ["saturday", "sunday"]\n', ""))
    given = ("--site", "ward.toml", "-f", "json")
    first = inside("plan", "rr-adult", "--record", "record.toml", *given)
    (tmp_path / "plan.json").write_text(first.out)
    again = inside("plan", "rr-adult", "--ledger", "plan.json", *given)
    assert again.status == 0
    one, other = first.json, again.json
    findings = one["dated"].pop("findings")
    assert findings == other["dated"].pop("findings")
    assert [finding["code"] for finding in findings] == ["I807"]  # cycle 2 began four days late
    assert one == other
    assert inside("plan", "rr-adult", "--ledger", "plan.json", "--weight", "70", *given).json == again.json


def test_a_ledger_holds_the_patient_of_a_dose_by_area(inside: Run, tmp_path: Path) -> None:
    start = ("--start", "2026-03-16T10:00", "--time-zone", "Europe/Berlin", "-f", "json")
    for given in (("--weight", "20.35", "--height", "112.7", "--bsa-formula", "haycock"), ("--bsa", "0.937")):
        first = inside("plan", "rr-below-45-kg", *given, *start)
        (tmp_path / "plan.json").write_text(first.out)
        assert inside("plan", "rr-below-45-kg", "--ledger", "plan.json", "-f", "json").json == first.json


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (None, [], "no such file"),
        ("{", [], "is not a JSON document"),
        ("[" * 100_000, [], "is not a JSON document"),
        ("{}", [], "is not a dated plan"),
        ("old", [], "is not a dated plan"),
        ("changed", [], "another text of the regimen"),
        ("broken", [], "something is missing in its ledger"),
        ("plan", ["--start", "2026-03-16T10:00Z"], "--start and --ledger contradict each other"),
        ("plan", ["--weight", "71"], "--weight is 71, and plan.json says otherwise"),
        ("plan", ["--record", "record.toml"], "--record and --ledger contradict each other"),
    ],
)
def test_what_is_no_ledger_is_refused(
    inside: Run, tmp_path: Path, text: str | None, arguments: list[str], said: str
) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    plan = inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").json
    undated = {**plan, "dated": None}
    changed = {**plan, "manifest": {**plan["manifest"], "input": "0"}}
    broken = {**plan, "dated": {**plan["dated"], "ledger": {"version": 1}}}
    documents = {"plan": plan, "old": undated, "changed": changed, "broken": broken}
    if text is not None:
        (tmp_path / "plan.json").write_text(json.dumps(documents[text]) if text in documents else text)
    ran = inside("plan", "rr-adult", "--ledger", "plan.json", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())
    assert "help:" in ran.err


def test_premedication_that_was_not_given_is_said_to_be_so(inside: Run, tmp_path: Path) -> None:
    for given, said in (("true", False), ("false", True)):
        (tmp_path / "record.toml").write_text(RECORD + f"premedicated = {given}\n")
        shown = inside("plan", "rr-adult", "--record", "record.toml", "--view", "agenda", COLUMNS="140").out
        assert "13:00" in shown
        assert ("not given, the record says" in shown) is said


def test_later_cycles_begin_when_the_record_says(inside: Run, tmp_path: Path) -> None:
    start = "\n[[cycle_start]]\ncycle = 2\nstarted = {}\n"
    (tmp_path / "record.toml").write_text(RECORD + start.format("2026-05-04T10:00:00"))
    ran = inside("plan", "rr-adult", "--record", "record.toml", "--view", "agenda", COLUMNS="140")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    late = "earliest start of cycle 2; it starts Mon 2026-05-04 10:00: it is on record, 4 d later than it could"
    assert f"Thu 2026-04-30 10:00 46 2 {late}" in lines
    assert "Mon 2026-05-04 10:00 50 2 start of Induction 2: 28 mcg/day for 28 d" in lines
    (tmp_path / "record.toml").write_text(RECORD + start.format("2026-04-30T08:59:00"))
    early = inside("plan", "rr-adult", "--record", "record.toml")
    assert early.status == 0
    assert "I807" in early.out
    assert "1 h 1 min before the cycle and the interval before it had ended" in " ".join(early.out.split())


def test_cycles_wait_for_the_ward_where_its_profile_says_so(inside: Run, tmp_path: Path) -> None:
    feast = "holidays = [2026-11-30]\n"
    (tmp_path / "ward.toml").write_text(WARD.replace("bag =", f'{feast}cycle_start = "next-open-day"\nbag ='))
    shown = " ".join(inside(*DATED, "--site", "ward.toml", COLUMNS="140").out.split())
    assert "Tue 2026-12-01 10:00 28 d 2 Induction 2" in shown
    assert (
        "Cycle 2 starts Tue 2026-12-01 10:00; the earliest was Mon 2026-11-30 10:00: Ward 7 starts cycles on" in shown
    )
    (tmp_path / "ward.toml").write_text(WARD.replace("bag =", f"{feast}bag ="))
    noted = " ".join(inside(*DATED, "--site", "ward.toml", COLUMNS="140").out.split())
    assert (
        "The start of Mon 2026-11-30 10:00 needs a new bag: it is a holiday, on which Ward 7 changes no bags." in noted
    )


def test_what_the_site_says_of_vials_and_shortages_is_used_and_told(inside: Run, tmp_path: Path) -> None:
    more = (
        "vial = { micrograms = 10, mcg_per_ml = 5 }\n[[cannot_be_had]]\nbag_hours = [24]\nwhy = 'short'\n"
        "last_day = 2026-10-31\n"
    )
    (tmp_path / "ward.toml").write_text(WARD + more)
    bags = inside(*DATED, "--site", "ward.toml", "-f", "json").json["dated"]["bags"]
    day = next(bag for bag in bags if bag["size_minutes"] == 1440)
    assert day["start"] > "2026-11-01"
    assert day["vials"] == 4  # 28 mcg a day and 275 of 240 mL: 32.08 mcg
    assert Fraction(day["ml_drawn"]["exact"]) * 5 == Fraction(day["mcg_filled"]["exact"])
    shown = " ".join(inside(*DATED, "--site", "ward.toml", "--view", "bags").out.split())
    assert "Bags for 1 d cannot be had to Sat 2026-10-31: short." in shown
    assert "Vials of 10 mcg, 5 mcg/mL when reconstituted: the site profile." in shown


def test_csv_of_a_dated_plan_has_all_that_is_due_and_every_bag(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    given = (*DATED, "--site", "ward.toml")
    rows = list(csv.DictReader(io.StringIO(inside(*given, "-f", "csv").out)))
    plan = inside(*given, "-f", "json").json["dated"]
    bags = [row for row in rows if row["due"] == "bag"]
    assert [row["start"] for row in bags] == [bag["start"] for bag in plan["bags"]]
    assert sum(Fraction(row["mcg"]) for row in bags) == Fraction("3787.375")
    doses = [row for row in rows if row["due"] in {"start", "step"}]
    assert [float(row["rate_mcg_per_day"]) for row in doses] == [9, 28, 28, 28, 28, 28]
    assert {row["in_use_left_hours"] for row in bags if row["bag_size_hours"] == "24"} == {"24"}
    assert [float(row["bag_size_hours"]) for row in bags] == [bag["size_minutes"] / 60 for bag in plan["bags"]]
    columns = {
        "pump_ml_per_hour": "ml_per_hour",
        "infused_ml": "ml_infused",
        "filled_ml": "ml_filled",
        "filled_mcg": "mcg_filled",
        "drawn_ml": "ml_drawn",
        "mcg": "mcg",
    }
    for row, bag in zip(bags, plan["bags"], strict=True):
        for column, key in columns.items():
            if bag[key] is None:
                assert row[column] == "", column
                continue
            apart = abs(Fraction(row[column]) - Fraction(bag[key]["exact"]))
            assert apart <= Fraction(1, 2_000_000), column
            assert (column in row["rounded"].split()) == (apart > 0), column
    assert {float(row["rate_mcg_per_day"]) for row in bags} == {9, 28}
    assert [row["what"] for row in rows if row["due"] != "bag"] == [entry["what"] for entry in plan["entries"]]


def test_an_infusion_that_is_stopped_has_no_plan_beyond(inside: Run, tmp_path: Path) -> None:
    text = RECORD.replace("restarted = 2026-03-29T14:00:00\n", "").replace("grade = 3", "grade = 4")
    (tmp_path / "record.toml").write_text(text)
    ran = inside("plan", "rr-adult", "--record", "record.toml", COLUMNS="120")
    assert ran.status == 0
    assert "not restarted" in ran.out
    assert "the drug is stopped for good" in ran.out
    assert "Induction 2" not in ran.out
    assert inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").json["dated"]["ended"] is True


@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        (("rr-adult", "mrd-adult"), [], "the record is of mrd-adult"),
        (("weight_kg = 70", "weight_kg = 44\nheight_cm = 150"), [], "weighs 44 kg: switched to rr-below-45-kg"),
        (("cycle = 1", "cycle = 2"), [], "interruption.1.cycle: this interruption lies in cycle 1"),
        (("03-26T14", "03-14T14"), [], "F007"),
        (("grade = 3", "grade = 9"), [], "record.toml is not a course record"),
        (("", ""), ["--weight", "80"], "--weight is 80, and record.toml says otherwise"),
        (("", ""), ["--start", "2026-03-16T10:00Z"], "--start and --record contradict each other"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(
    inside: Run, tmp_path: Path, change: tuple[str, str], arguments: list[str], said: str
) -> None:
    (tmp_path / "record.toml").write_text(RECORD.replace(*change))
    ran = inside("plan", "rr-adult", "--record", "record.toml", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


@pytest.mark.slow
def test_what_the_article_expects_stands_beside_what_is_simulated(inside: Run) -> None:
    found = inside(*DATED, "--view", "expected", "-f", "json").json["dated"]["expected"]
    first = {window["what"]: window for window in found[:4]}
    assert set(first) == {
        "T cells leave the blood",
        "cytokines are highest",
        "B cells ≤ 10 cells/µL",
        "T cells come back",
    }
    for window in first.values():
        start, simulated, stop = (datetime.fromisoformat(window[key]) for key in ("start", "simulated", "stop"))
        # The typical patient's T cells are back an hour late; those of most patients are in time (TCL-2).
        late = timedelta(hours=1) if window["what"] == "T cells come back" else timedelta(0)
        assert start <= simulated <= stop + late, window["what"]
        assert "Mechanism of Action" in window["source"]
    back = first["T cells come back"]
    assert (back["start"][:10], back["stop"][:10]) == ("2026-10-26", "2026-11-02")
    step = found[4]
    assert (step["what"], step["start"][:10]) == ("T cells leave the blood", "2026-10-26")
    assert step["start"] < step["simulated"] < step["stop"]
    assert [window["cycle"] for window in found] == [1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    later = [window["simulated"] for window in found if window["what"].startswith("cytokines may rise")]
    assert later == [None] * 4  # IL-6 of the typical patient is not elevated again
    for width in (60, 120):
        shown = inside(*DATED, "--view", "expected", COLUMNS=str(width)).out
        assert max(map(cell_len, shown.splitlines())) <= width
        assert width < 80 or "T cells come back" in shown
        assert width < 80 or any(line.split()[:2] == ["Step,", "2026-10-26"] for line in shown.splitlines())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("regimen", "what", "mark"),
    [
        ("nhl-1.5", "T cells leave the blood", "later"),  # at less than the lowest dose that depletes most
        ("mrd-adult", "T cells come back", "earlier"),  # of few blasts, there is little to adhere for
    ],
)
def test_what_is_simulated_outside_the_window_is_marked(inside: Run, regimen: str, what: str, mark: str) -> None:
    asked = ("plan", regimen, "--weight", "80", "--height", "175", *DATED[4:], "--view", "expected")
    found = inside(*asked, "-f", "json").json["dated"]["expected"]
    marks = {window["what"]: window["outside"] for window in found[:4]}
    assert marks == {
        **dict.fromkeys(
            ("T cells leave the blood", "cytokines are highest", "B cells ≤ 10 cells/µL", "T cells come back")
        ),
        what: mark,
    }
    lines = inside(*asked).out.splitlines()
    assert next(line for line in lines if what in line).endswith(mark)
    assert sum(line.endswith(("later", "earlier")) for line in lines) == 1


@pytest.mark.slow
def test_what_was_delivered_stands_beside_what_was_planned(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    arguments = ("plan", "rr-adult", "--record", "record.toml", "--view", "delivered", "--patients", "50")
    found = inside(*arguments, "-f", "json").json["dated"]["delivered"]
    whole = found["cycles"][-1]
    assert whole["cycle"] is None
    # The clock is put forward on 29 March: on a day of infusion of the planned course, and while it is stopped.
    planned, an_hour = 3787 - Fraction(28, 24), Fraction(1, 24)
    assert (whole["delivered"]["mcg"]["exact"], whole["planned"]["mcg"]["exact"]) == ("3654", str(planned))
    assert whole["delivered"]["infusion_days"]["value"] == 140
    assert whole["planned"]["infusion_days"]["exact"] == str(140 - an_hour)
    assert whole["planned"]["mcg_per_week"]["exact"] == str(planned * 7 / (210 - an_hour))
    days = 210 + 2 + Fraction(23, 24)
    assert whole["delivered"]["mcg_per_week"]["exact"] == str(Fraction(3654 * 7) / days)
    simulated = found["simulated"]
    assert (simulated["patients"], simulated["seed"], simulated["population"]) == (50, 1, "adult-rr")
    by_key = {endpoint["key"]: endpoint for endpoint in simulated["endpoints"]}
    exposure = by_key["auc"]["ratio"]
    # AUC × clearance = dose in every patient, but for what is left of the drug at the end of the course.
    for level in ("p5", "median", "p95"):
        assert exposure[level] == pytest.approx(float(3654 / planned), rel=1e-9)
    assert by_key["il6_peak"]["ratio"]["median"] == pytest.approx(1, rel=1e-9)  # the interruption came later
    assert by_key["b_depleted_day"]["delivered"]["count"] >= 45
    for width in (60, 80, 120):
        shown = inside(*arguments, COLUMNS=str(width)).out
        assert max(map(cell_len, shown.splitlines())) <= width
        assert "They are not this patient" in " ".join(shown.split())
    early = RECORD.replace("2026-03-26T14", "2026-03-16T20").replace("2026-03-29T14", "2026-03-18T20")
    (tmp_path / "record.toml").write_text(early)
    late = inside(*arguments, "-f", "json").json["dated"]["delivered"]["simulated"]["endpoints"]
    depleted = next(endpoint for endpoint in late if endpoint["key"] == "b_depleted_day")
    assert depleted["ratio"]["median"] > 1
    peak = next(endpoint for endpoint in late if endpoint["key"] == "il6_peak")
    assert all(peak[of]["p5"] < peak[of]["median"] < peak[of]["p95"] for of in ("delivered", "planned", "ratio"))
    shown = " ".join(inside(*arguments, COLUMNS="120").out.split())
    spans = [f"{number(peak[of]['p5'])} to {number(peak[of]['p95'])}" for of in ("delivered", "planned", "ratio")]
    assert " ".join(spans) in shown


@pytest.mark.slow
def test_the_overview_draws_the_course(inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    for width in (60, 80, 120, 200):
        shown = inside("plan", "rr-adult", "--record", "record.toml", COLUMNS=str(width)).out
        lines = shown.splitlines()
        assert max(map(cell_len, lines)) <= width
        line = next(line for line in lines if "█" in line)
        assert len(line) == min(width, 120)
        assert "x" in line
        free, full = line.count("·"), line.count("█")
        assert pytest.approx(free / len(line), abs=0.05) == 5 * 14 / 213
        assert pytest.approx(full / len(line), abs=0.05) == 126 / 213
        assert "…" not in shown
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert inside(*DATED).status == 0
    plain = written.getvalue().decode("ascii")
    assert "#####" in plain
    assert "\\u" not in plain


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--weight", "154", "--height", "170"], "154 lb would be about 69.9 kg"),
        (["--weight", "154lb"], "--weight 69.853"),
        (["--weight", "70,5"], "write a point, as in 70.5"),
        (["--weight", "70.4999999999"], "with at most 9 digits before the point and 9 behind it"),
        (["--bsa", "1.84444444444444"], "with at most 9 digits before the point and 9 behind it"),
        (["--height", "1750000000"], "with at most 9 digits before the point and 9 behind it"),
        (["--weight", "70 kg"], "give --weight without a unit, in kg: --weight 70"),
        (["--height", "67in"], "--height 170.18"),
        (["--height", "1.7m"], "--height 170"),
        (["--start", "2026-10-25T02:30", "--time-zone", "Europe/Berlin"], "comes twice in Europe/Berlin"),
    ],
)
def test_slips_are_named(inside: Run, arguments: list[str], said: str) -> None:
    ran = inside("plan", "rr-adult", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_a_month_shows_what_flows_and_what_is_due_on_each_day(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    for width in (60, 80, 120):
        shown = inside(*DATED, "--site", "ward.toml", "--view", "month", "--cycle", "1", COLUMNS=str(width)).out
        lines = shown.splitlines()
        assert max(map(cell_len, lines)) <= width
        assert [line.strip() for line in lines if "2026" in line and "-" not in line] == [
            "October 2026",
            "November 2026",
        ]
        assert "…" not in shown
        first = next(line for line in lines if line.startswith("19 "))
        assert first.split()[:2] == ["19", "PSB"]
        week = lines[lines.index(first) + 1].split()
        assert week == ["5.25", "9", "9", "9", "9", "9", "9.375"]


def test_what_cannot_be_given_is_not_planned(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(regimen_text(cycle("28000 mcg/day for 28 days")), encoding="utf-8")
    ran = inside("plan", "x.toml", "--weight", "70")
    assert (ran.status, ran.out) == (2, "")
    assert "N106" in ran.err


def test_a_small_child_gets_bags_without_preservative(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    start = ("--start", "2026-10-19T10:00", "--time-zone", "Europe/Berlin", "--site", "ward.toml", "-f", "json")
    for weight, longest in (("4", 48), ("6", 72)):
        child = ("plan", "rr-below-45-kg", "--weight", weight, "--height", "60")
        if longest == 48:  # no bag without preservative lasts over a weekend
            assert "no sequence of bags" in " ".join(inside(*child, *start).err.split())
            (tmp_path / "ward.toml").write_text(WARD.replace('closed = ["saturday", "sunday"]\n', ""))
        bags = inside(*child, *start).json["dated"]["bags"]
        assert max(bag["size_minutes"] for bag in bags) == longest * 60


def test_a_bag_that_is_filled_too_little_is_refused(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD.replace("275", "100"))
    ran = inside(*DATED, "--site", "ward.toml")
    assert (ran.status, ran.out) == (2, "")
    assert "filled with less" in ran.err


def test_what_nobody_said_about_bags_is_not_evaluated(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    view = ("--start", "2026-10-19T10:00", "--site", "ward.toml", "--view", "bags")
    unknown = " ".join(inside("plan", "rr-below-45-kg", "--bsa", "1", *view).out.split())
    assert "What is drawn up and filled into bags for 2 d, 3 d is not evaluated" in unknown
    assert "How long bags for 3 d may be used is not evaluated" in unknown
    assert "Bags for 3 d hold a preservative, not for patients below 5.4 kg: the weight is not given." in unknown
    known = " ".join(inside("plan", "rr-below-45-kg", "--bsa", "1", "--weight", "30", *view).out.split())
    assert "hold a preservative" not in known
    assert "hold a preservative" not in inside("plan", "rr-adult", *view).out  # it is for 45 kg and over
    (tmp_path / "ward.toml").write_text(WARD.replace("{ hours = 72 }", "{ hours = 72, in_use_hours = 96 }"))
    assert "may be used" not in " ".join(inside("plan", "rr-below-45-kg", "--bsa", "1", *view).out.split())


def test_the_clock_of_the_site_is_that_of_the_plan(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    abroad = ("--start", "2026-10-19T10:00", "--time-zone", "America/New_York", "--site", "ward.toml")
    ran = inside("plan", "rr-adult", "--weight", "70", *abroad)
    assert (ran.status, ran.out) == (2, "")
    assert "that of the site Europe/Berlin" in " ".join(ran.err.split())
    elsewhere = RECORD.replace('time_zone = "Europe/Berlin"\n', "").replace(":00:00\n", ":00:00+01:00\n")
    (tmp_path / "record.toml").write_text(elsewhere)
    unknown = inside("plan", "rr-adult", "--record", "record.toml")
    assert "the time zone of record.toml is not known" in " ".join(unknown.err.split())
    assert inside("plan", "rr-adult", "--record", "record.toml", "--time-zone", "Europe/Berlin").status == 0


@pytest.mark.slow
def test_what_a_plan_must_not_hide_is_said_in_every_format(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD + 'restart_dose = "28 mcg/day"\n')
    (tmp_path / "high.toml").write_text(regimen_text(cycle("900 mcg/day for 28 days")), encoding="utf-8")
    given = ("plan", "rr-adult", "--record", "record.toml", "--plan-id", "p")
    high = ("plan", "high.toml", "--weight", "70", "--bsa", "1.8", "--start", "2026-10-19T10:00Z", "--plan-id", "p")
    unverified = ("plan", "consolidation-adult", "--weight", "70", "--start", "2026-10-19T10:00Z", "--plan-id", "p")
    for arguments, words in ((given, "I801"), (high, "D204"), (unverified, "unverified")):
        (told, *_) = [line for line in inside(*arguments, "-f", "json").json["told"] if words in line]
        assert plain_words(told) in unescape(inside(*arguments, "-f", "html").out)  # paper says it in words
        for form in ("ics", "fhir", "csv", "table", "json"):
            ran = inside(*arguments, "-f", form)
            assert ran.status == 0
            text = ran.out.replace("\r\n ", "")
            assert (words in ran.err) or form in {"table", "json"}
            assert form != "json" or any(words in line for line in ran.json["told"])
            assert words in text, (arguments, form)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        ("", ""),
        at_night(("grade = 3", "grade = 4")),
        at_night(("cycle = 1", 'restart_dose = "28 mcg/day"\ncycle = 1')),
    ],
)
def test_a_plan_made_again_from_its_ledger_is_the_same_in_every_format(
    inside: Run, tmp_path: Path, change: tuple[str, str]
) -> None:
    (tmp_path / "record.toml").write_text(RECORD.replace(*change))
    (tmp_path / "ward.toml").write_text(WARD)
    given = ("plan", "rr-adult", "--site", "ward.toml", "--plan-id", "p", "-f")
    made = inside(*given, "json", "--record", "record.toml")
    (tmp_path / "plan.json").write_text(made.out)
    for form in ("json", "ics", "csv", "fhir", "html"):
        from_record, from_ledger = (
            inside(*given, form, *source) for source in (("--record", "record.toml"), ("--ledger", "plan.json"))
        )
        assert from_record.status == from_ledger.status == 0
        assert from_ledger.out == from_record.out, form
    shown = inside("plan", "rr-adult", "--ledger", "plan.json").out
    found = made.json["dated"]
    assert found["findings"] or found["not_evaluated"]
    assert all(one["code"] in shown for one in found["findings"])


@pytest.mark.slow
def test_a_start_as_early_as_it_could_be_is_in_the_ledger_too(inside: Run, tmp_path: Path) -> None:
    """The ward was closed that day and would have begun later; that it did not, is on record."""
    feast = 'holidays = [2026-04-30]\ncycle_start = "next-open-day"\n'
    (tmp_path / "ward.toml").write_text(WARD.replace("bag =", f"{feast}bag ="))
    start = "\n[[cycle_start]]\ncycle = 2\nstarted = 2026-04-30T10:00:00\n"
    (tmp_path / "record.toml").write_text(RECORD + start)
    given = ("plan", "rr-adult", "--site", "ward.toml", "--plan-id", "p", "-f")
    (tmp_path / "plan.json").write_text(inside(*given, "json", "--record", "record.toml").out)
    for form in ("json", "ics"):
        from_record = inside(*given, form, "--record", "record.toml")
        assert inside(*given, form, "--ledger", "plan.json").out == from_record.out
    shown = " ".join(inside("plan", "rr-adult", "--record", "record.toml").out.split())
    assert "Cycle 2 starts Thu 2026-04-30 10:00: it is on record." in shown


def test_a_calendar_of_another_plan_is_left_alone(inside: Run, tmp_path: Path) -> None:
    one, other = (
        inside(*DATED, "-f", "ics", "--plan-id", "bed-1").out,
        inside(*DATED, "-f", "ics", "--plan-id", "bed").out,
    )
    (tmp_path / "one.ics").write_text(one)
    ran = inside(*DATED, "-f", "ics", "--plan-id", "bed", "--replaces", "one.ics")
    assert (ran.status, ran.out) == (2, "")
    assert "one.ics has no event of the plan bed" in ran.err
    events = one[one.index("BEGIN:VEVENT") : one.index("END:VCALENDAR")]
    (tmp_path / "both.ics").write_text(other.replace("END:VCALENDAR", events + "END:VCALENDAR"))
    both = inside(*DATED, "-f", "ics", "--plan-id", "bed", "--replaces", "both.ics").out
    assert "UID:bed-start-1-1@blinplan" in both
    assert "bed-1-" not in both
    assert "CANCELLED" not in both


@pytest.mark.slow
def test_what_is_not_known_of_bags_is_told_in_every_format(inside: Run, tmp_path: Path) -> None:
    bags = "bag = [{ hours = 24, fill_ml = 250 }, { hours = 168 }]\n"
    (tmp_path / "ward.toml").write_text(f'site = 1\nname = "Ward"\nchange_time = "10:00"\n{bags}')
    child = ("plan", "rr-below-45-kg", "--bsa", "0.28", *DATED[4:], "--site", "ward.toml")
    for words in ("hold a preservative, not for patients below 5.4 kg", "no `fill_ml` is given"):
        assert words in " ".join(inside(*child).out.split())
        for form in ("json", "csv", "nonmem"):
            ran = inside(*child, "-f", form)
            assert words in " ".join((ran.err + ran.out).split()), form
    adult = inside(*DATED, "--site", "ward.toml", "-f", "json").json["told"]
    assert not any("preservative" in line for line in adult)


@pytest.mark.parametrize(("strength", "made"), [("0.117", True), ("0.116", False), ("0.0125", False)])
def test_a_bag_that_cannot_be_made_is_refused(inside: Run, tmp_path: Path, strength: str, made: bool) -> None:
    """28 mcg a day in 250 mL at 10 mL/h are 29.2 mcg: at 0.117 mcg/mL they fill 249.3 mL, at 0.116 mcg/mL 251.4 mL."""
    weak = f"vial = {{ micrograms = 35, mcg_per_ml = {strength} }}\n"
    (tmp_path / "ward.toml").write_text(f'site = 1\nname = "Ward"\n{weak}bag = [{{ hours = 24, fill_ml = 250 }}]\n')
    ran = inside(*DATED, "--site", "ward.toml")
    assert (ran.status == 0) is made
    refused = "a bag for 1 d with 28 mcg/day cannot be made: more drug is drawn up for it than it is filled with"
    assert (refused in " ".join(ran.err.split())) is (strength == "0.116")
    assert bool(ran.out) is made


def test_what_an_overdose_gave_is_not_claimed(inside: Run, tmp_path: Path) -> None:
    text = RECORD.replace("cytokine-release-syndrome", "overdose").replace("grade = 3\n", "")
    (tmp_path / "record.toml").write_text(text)
    view = ("plan", "rr-adult", "--record", "record.toml", "--view", "delivered", "--patients", "5")
    assert "What an overdose gave in excess is not evaluated" in " ".join(inside(*view).out.split())
    assert inside(*view, "-f", "json").json["dated"]["delivered"]["not_evaluated"]
    (tmp_path / "record.toml").write_text(RECORD)
    assert inside(*view, "-f", "json").json["dated"]["delivered"]["not_evaluated"] == []


def test_no_days_in_hospital_are_told_of_cycles_that_will_not_be(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD.replace("grade = 3", "grade = 4"))
    stopped = inside("plan", "rr-adult", "--record", "record.toml").out
    assert "In hospital: first 9 days of cycle 1\n" in stopped
    assert "In hospital: first 9 days of cycle 1, first 2 days of cycle 2\n" in inside(*DATED).out


def test_an_undecided_restart_is_said_to_be_so(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD.replace("grade = 3\n", ""))
    shown = " ".join(inside("plan", "rr-adult", "--record", "record.toml").out.split())
    assert (
        "Whether the infusion was restarted as the label asks is not evaluated: the grade of the event is not on"
        " record, interruption 1 (`grade`, I801)." in shown
    )
    assert "nothing more is planned until it is known: `grade` is not on record" in shown
    assert "Induction 2" not in shown


def test_a_course_that_was_stopped_for_good_has_no_high_intensity(inside: Run, tmp_path: Path) -> None:
    text = RECORD.replace("grade = 3", "grade = 4")
    (tmp_path / "record.toml").write_text(text)
    view = ("plan", "rr-adult", "--record", "record.toml", "--view", "delivered", "--patients", "20", "-f", "json")
    cycles = inside(*view).json["dated"]["delivered"]["cycles"]
    assert [one["cycle"] for one in cycles] == [1, 2, 3, 4, 5, None]
    assert cycles[1]["delivered"]["mcg"]["value"] == 0
    whole = cycles[-1]
    given = Fraction(whole["delivered"]["mcg"]["exact"])
    assert Fraction(whole["delivered"]["mcg_per_week"]["exact"]) == given * 7 / (210 - Fraction(1, 24))
    assert whole["delivered"]["mcg_per_week"]["value"] < 0.05 * whole["planned"]["mcg_per_week"]["value"]
    (tmp_path / "record.toml").write_text(text.replace("2026-03-26T14", "2026-03-16T11"))  # after an hour
    shown = " ".join(inside(*view[:-2], COLUMNS="120").out.split())
    assert "≤ 10 /µL in cycle 1 0.0 % 100.0 %" in shown  # delivered, and planned


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("grade", "x"),
        ("premedicated", "x"),
        ("restarted_minute", None),
        ("stopped_minute", True),
        ("decisions", "none"),
        ("resumption", {"new_cycle": 1, "again": False, "dose": None, "minutes": None}),
    ],
)
def test_a_ledger_with_another_kind_of_value_is_refused(inside: Run, tmp_path: Path, place: str, value: object) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    plan = inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").json
    plan["dated"]["ledger"]["interruptions"][0][place] = value
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    ran = inside("plan", "rr-adult", "--ledger", "plan.json")
    assert (ran.status, ran.out) == (2, "")
    assert "not of its kind" in " ".join(ran.err.split())


@pytest.mark.parametrize(("key", "value"), [("time_zone", 5), ("start", "soon"), ("start", "2026-10-19T10:00")])
def test_a_plan_with_another_kind_of_value_is_refused(inside: Run, tmp_path: Path, key: str, value: object) -> None:
    plan = inside(*DATED, "-f", "json").json
    plan["dated"][key] = value
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    ran = inside("plan", "rr-adult", "--ledger", "plan.json")
    assert (ran.status, ran.out) == (2, "")
    assert "not a plan that can be made again" in " ".join(ran.err.split())


def test_a_plan_with_an_offset_is_made_again(inside: Run, tmp_path: Path) -> None:
    first = inside("plan", "rr-adult", "--weight", "70", "--start", "2026-10-19T10:00+02:00", "-f", "json")
    (tmp_path / "plan.json").write_text(first.out)
    assert inside("plan", "rr-adult", "--ledger", "plan.json", "-f", "json").json == first.json


def test_signs_in_a_ledger_cannot_move_the_cursor(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    plan = inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").json
    entry = plan["dated"]["ledger"]["interruptions"][0]
    entry["resumed"] = entry["decisions"][0]["answer"] = "\x1b[2Jgone"
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert "\x1b" not in inside("plan", "rr-adult", "--ledger", "plan.json").out


def test_a_stop_in_the_hour_that_comes_twice_is_told_with_its_offset(inside: Run, tmp_path: Path) -> None:
    text = RECORD.replace("2026-03-16T10", "2026-10-19T10").replace("2026-03-26T14:00:00", "2026-10-25T02:30:00+02:00")
    (tmp_path / "record.toml").write_text(text.replace("2026-03-29T14:00:00", "2026-10-25T02:30:00+01:00"))
    shown = inside("plan", "rr-adult", "--record", "record.toml", COLUMNS="140").out
    assert "Sun 2026-10-25 02:30 +0200 until Sun 2026-10-25 02:30 +0100 (1 h)" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("plan", "record.toml"),
            "is a course record, not a regimen help: plan it with: blinplan plan rr-adult --record",
        ),
        (("simulate", "record.toml"), "is a course record, not a regimen"),
        (("plan", "ward.toml"), "is a site profile, not a regimen help: name a regimen, and give the profile to it"),
        ((*DATED, "--revision", "2"), "--revision and -f table contradict each other"),
        ((*DATED, "--replaces", "old.ics", "-f", "csv"), "--replaces and -f csv contradict each other"),
        (
            ("check", "rr-adult", "--patient", "weight=70kg"),
            "give --patient weight without a unit, in kg: --patient weight=70",
        ),
    ],
)
def test_what_is_given_in_the_wrong_place_is_told_where_it_goes(
    inside: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    (tmp_path / "ward.toml").write_text(WARD)
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_a_printed_page_says_whose_plan_it_is(inside: Run) -> None:
    page = inside(*DATED, "-f", "html", "--plan-id", "PT-0042").out
    assert page.count(", plan PT-0042, cycle ") == 5
    assert "cycle 2 of 5</h1>" in page


@pytest.mark.parametrize(("weight", "key", "least"), [("5", "", "5.4"), ("10", "preservative_from_kg = 22\n", "22")])
def test_plan_and_check_alike_refuse_a_bag_with_preservative_to_whom_it_is_not_given(
    inside: Run, tmp_path: Path, weight: str, key: str, least: str
) -> None:
    (tmp_path / "ward.toml").write_text(
        f'site = 1\nname = "Ward 7"\n{key}bag = [{{ hours = 168, in_use_hours = 200 }}]\n'
    )
    height = "60" if weight == "5" else "75"
    size, ward = ("--weight", weight, "--height", height), ("--site", "ward.toml")
    planned = inside("plan", "rr-below-45-kg", *size, "--start", "2026-10-19T10:00", "--time-zone", "UTC", *ward)
    assert planned.status == 2
    assert f"gives bags with preservative from {least} kg" in " ".join(planned.err.split())
    checked = inside(
        "check",
        "rr-below-45-kg",
        "--patient",
        f"weight={weight},height={height}",
        *ward,
        "--no-simulate",
        "-f",
        "concise",
    )
    assert (checked.status, "A702" in checked.out) == (1, True)


VIEWS = ("overview", "agenda", "days", "month", "expected")
FORMATS = ("html", "ics", "fhir", "json", "csv")


@pytest.mark.slow
@pytest.mark.parametrize("form", [*[("--view", view) for view in VIEWS], *[("-f", name) for name in FORMATS], ()])
def test_a_dose_by_an_area_that_nobody_gave_is_asked_for_wherever_a_plan_is_shown(
    inside: Run, form: tuple[str, ...]
) -> None:
    start = ("--start", "2026-10-19T10:00", "--time-zone", "Europe/Berlin") if form else ()
    name = ("--plan-id", "bed-1") if {"ics", "fhir"} & {*form} else ()
    child = ("plan", "rr-adult", "--weight", "60", "--age", "12", *start, *form, *name)
    ran = inside(*child)
    assert ran.status == 0, ran.err
    shown = ran.err if "csv" in form else ran.out  # a table has columns for doses and no place for words
    told = " ".join(shown.replace("\r\n ", "").replace("\\n", " ").split())
    assert "its dose in mg is not evaluated. Ask for weight and height, or the area" in told.replace("\\,", ",")
    known = inside(*child, "--height", "165")
    assert "its dose in mg is not evaluated" not in " ".join(f"{known.out} {known.err}".split())


@pytest.mark.parametrize(
    ("weight", "height", "either"), [("3", "50", False), ("19.9", "115", False), ("20", "115", True)]
)
def test_who_weighs_less_than_any_adult_gets_what_children_get(
    inside: Run, weight: str, height: str, either: bool
) -> None:
    text = " ".join(inside("plan", "rr-below-45-kg", "--weight", weight, "--height", height).out.split())
    assert ("Premedication for an adult" in text) is either
    assert ("because no adult weighs less than 20 kg (a convention)" in text) is not either


def test_a_plan_goes_by_what_a_project_makes_stricter_or_says_that_it_does_not(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    changes = {"preservative_from_weight": 22, "hospital_cycle_1_relapsed_refractory": 12, "adult_from": 16}
    lines = (f'{name} = {{ value = {value}, reason = "Ward 7" }}\n' for name, value in changes.items())
    (tmp_path / "blinplan.toml").write_text("[limits]\n" + "".join(lines))
    size = ("--weight", "10", "--height", "75", "--age", "1")
    start = ("--start", "2026-10-19T10:00", "--time-zone", "Europe/Berlin", "--site", "ward.toml")
    ran = inside("plan", "rr-below-45-kg", *size, *start)
    assert ran.status == 2
    assert "gives bags with preservative from 22 kg" in " ".join(ran.err.split())
    told = " ".join(inside("plan", "rr-below-45-kg", *size).out.split())
    assert "In hospital: first 12 days of cycle 1, first 2 days of cycle 2" in told
    assert "the project changes adult_from for checks, and a plan goes by the label and the site" in told
    assert "the project changes" not in inside("plan", "rr-below-45-kg", *size, "--isolated").out


@pytest.mark.parametrize("made", ["rr-adult", "rr-2014", "mrd-adult", "consolidation-adult"])
@pytest.mark.parametrize("asked", ["rr-adult", "mrd-adult", "rr-adult-continued"])
def test_the_ledger_of_another_regimen_is_called_by_its_name(
    inside: Run, tmp_path: Path, made: str, asked: str
) -> None:
    first = inside("plan", made, *DATED[2:], "-f", "json")
    (tmp_path / "plan.json").write_text(first.out)
    ran = inside("plan", asked, "--ledger", "plan.json")
    assert ran.status == (0 if made == asked else 2)
    assert (f"another text of the regimen: it is of {made}" in " ".join(ran.err.split())) == (made != asked)


@pytest.mark.parametrize("asked", [(), ("--cycle", "2"), ("--prefer", "fewest-vials"), ("-f", "csv"), ("-f", "json")])
@pytest.mark.parametrize("start", [(), ("--start", "2026-11-02T10:00", "--time-zone", "Europe/Berlin")])
@pytest.mark.parametrize("site", [(), ("--site", "ward.toml")])
def test_a_site_without_a_start_is_said_to_plan_no_bags(
    inside: Run, tmp_path: Path, asked: tuple[str, ...], start: tuple[str, ...], site: tuple[str, ...]
) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    if "--prefer" in asked and not site:
        return
    ran = inside("plan", "rr-adult", "--weight", "70", "--age", "40", *start, *site, *asked)
    assert ran.status == 0
    assert ("No bags are planned: no start is given." in ran.out) == (bool(site) and not start)
