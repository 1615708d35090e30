"""The plan: exact amounts, without a gap, the same in every format."""

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from rich.cells import cell_len

from blinplan.api.regimens.label import BY_DEFAULT
from blinplan.course.eligibility import choose
from blinplan.course.events import Course, expand
from blinplan.course.patient import patient
from blinplan.course.premedication import premedication_plan
from blinplan.data_table import csv_text
from blinplan.quantities import time_in_course
from blinplan.regimen import library
from blinplan.regimen.age import completed_age
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import AgeGroup, Occasion
from blinplan.reports.plan.plan import plan_json, plan_report, plan_table
from blinplan.reports.shared.words import amount_text
from blinplan.terminal import Screen
from tests.read_text import regimen_in
from tests.regimen_text import cycle, regimen_text


def shipped(name: str) -> Regimen:
    return library.regimen(name)


def document(course: Course, asked: Regimen | None = None) -> dict[str, Any]:
    choice = choose(asked or course.regimen, course.patient, library.load)
    found = plan_json(course, choice, BY_DEFAULT, premedication_plan(course), "0123456789abcdef")
    return dict(json.loads(json.dumps(found, allow_nan=False)))


def drawn(course: Course, width: int = 100, *, unicode: bool = True) -> str:
    screen = Screen(width, False, unicode)
    choice = choose(course.regimen, course.patient, library.load)
    return screen.render(*plan_report(course, choice, BY_DEFAULT, premedication_plan(course), screen))


ADULT = expand(shipped("rr-adult"), patient(Fraction(70), Fraction(175), age=completed_age(40)))
CHILD = expand(shipped("rr-below-45-kg"), patient(area=Fraction("0.7"), age=completed_age(6)))


@pytest.mark.parametrize("course", [ADULT, CHILD], ids=["adult", "child"])
def test_amounts_are_exact_fractions_that_add_up(course: Course) -> None:
    found = document(course)
    total = Fraction(0)
    for event in found["events"]:
        rate, amount = Fraction(event["rate_mcg_per_day"]["exact"]), Fraction(event["mcg"]["exact"])
        assert amount == rate * (event["stop_minute"] - event["start_minute"]) / 1440
        assert event["mcg"]["value"] == float(amount)
        assert event["rate_mcg_per_day"]["value"] == float(rate)
        total += amount
    assert Fraction(found["total_mcg"]["exact"]) == total


def test_the_labelled_adult_course_is_what_the_label_says() -> None:
    found = document(ADULT)
    assert found["total_mcg"] == {"value": 3787.0, "exact": "3787"}  # 651 mcg, then 4 cycles of 784
    first, second, free = found["events"][:3]
    assert (first["rate_mcg_per_day"]["exact"], first["start_minute"], first["stop_minute"]) == ("9", 0, 7 * 1440)
    assert (second["rate_mcg_per_day"]["exact"], second["stop_minute"]) == ("28", 28 * 1440)
    assert (free["rate_mcg_per_day"]["exact"], free["ordered"], free["stop_minute"]) == ("0", None, 42 * 1440)
    assert found["events"][-1]["stop_minute"] == 5 * 42 * 1440


@pytest.mark.parametrize("name", list(library.paths()))
def test_events_follow_each_other_without_a_gap(name: str) -> None:
    course = expand(shipped(name), patient(area=Fraction("1.876")))
    events = document(course)["events"]
    assert events[0]["start_minute"] == 0
    assert all(a["stop_minute"] == b["start_minute"] for a, b in pairwise(events))
    assert all(event["stop_minute"] > event["start_minute"] for event in events)
    text = library.paths()[name].read_text(encoding="utf-8").split("\n")
    for event in events:
        assert ("dose" if event["ordered"] else "treatment_free_days") in text[event["line"] - 1]


def test_an_exact_dose_is_not_rounded() -> None:
    third = expand(regimen_in(regimen_text(cycle("5 mcg/m2/day for 7 hours"))), patient(area=Fraction("1.1")))
    event = document(third)["events"][0]
    assert event["rate_mcg_per_day"]["exact"] == "11/2"
    assert event["mcg"]["exact"] == "77/48"


@pytest.mark.parametrize(
    ("area", "rate", "capped"), [("0.5", "5/2", False), ("1.8", "9", False), ("1.81", "9", True), ("3", "9", True)]
)
def test_a_cap_decides_above_it_only_and_says_so(area: str, rate: str, capped: bool) -> None:
    lines = cycle("5 mcg/m2/day for 28 days")
    course = expand(regimen_in(regimen_text(lines)), patient(area=Fraction(area)))
    event = document(course)["events"][0]
    assert (event["rate_mcg_per_day"]["exact"], event["capped"]) == (rate, capped)
    assert event["max"] == "9 mcg/day"
    assert ("(cap)" in drawn(course)) is capped


@pytest.mark.parametrize("course", [ADULT, CHILD], ids=["adult", "child"])
def test_csv_and_json_agree(course: Course) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(plan_table(course)))))
    events = document(course)["events"]
    assert len(rows) == len(events)
    for row, event in zip(rows, events, strict=True):
        for key in ("start_minute", "stop_minute", "cycle", "step", "line"):
            assert int(row[key]) == event[key]
        assert float(row["rate_mcg_per_day"]) == event["rate_mcg_per_day"]["value"]
        assert float(row["mcg"]) == event["mcg"]["value"]
        assert row["ordered"] == (event["ordered"] or "")
        assert row["capped"] == str(event["capped"]).lower()


def test_the_switch_of_regimen_is_told() -> None:
    adult = shipped("rr-adult")
    for kilograms, switched in ((Fraction("44.999"), True), (Fraction(45), False)):
        person = patient(kilograms, Fraction(150))
        choice = choose(adult, person, library.load)
        found = document(expand(choice.regimen, person), adult)
        assert found["switched"] is switched
        assert found["manifest"]["regimen"] == ("rr-below-45-kg" if switched else "rr-adult")
        assert ("switched to rr-below-45-kg" in found["weight_limit"]) is switched


def test_premedication_is_planned_for_the_patient() -> None:
    given = document(ADULT)["premedication"]
    assert given["drug"] == "dexamethasone"
    assert given["mg"] == {"value": 20.0, "exact": "20"}
    assert given["minutes"][0] == -60
    assert given["minutes"] == sorted(given["minutes"])
    assert len(given["minutes"]) == 6  # five cycles and one escalation
    assert document(expand(shipped("nhl-15"), patient(area=Fraction(1))))["premedication"] is None


def test_the_restarts_that_are_premedicated_are_those_of_the_regimen() -> None:
    # The label: adults on every restart after 4 h or more, children only in cycle 1.
    said = {name: " ".join(drawn(course, 200).split()) for name, course in (("adult", ADULT), ("child", CHILD))}
    assert "of day 1, 8, 43, 85, 127, 169; and before a restart In hospital" in said["adult"]
    assert "of day 1, 8; and before a restart in cycle 1 In hospital" in said["child"]
    declared = next(given for given in CHILD.regimen.premedication if given.is_for(AgeGroup.CHILDREN))
    once = replace(declared, occasions=frozenset({Occasion.FIRST_CYCLE_RESTART}))
    only = expand(replace(CHILD.regimen, premedication=(once,)), CHILD.patient)
    assert "60 min before a restart in cycle 1" in " ".join(drawn(only, 200).split())


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("course", [ADULT, CHILD], ids=["adult", "child"])
def test_the_table_fits_and_holds_every_event(course: Course, unicode: bool, width: int) -> None:
    text = drawn(course, width, unicode=unicode)
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert "…" not in text
    assert unicode or text.isascii()
    for event in course.events:
        assert any(line.rstrip().endswith(f" {event.period.line}") for line in text.split("\n"))
    assert "not a medical device" in " ".join(text.split())


def test_a_title_from_a_file_is_harmless() -> None:
    hostile = "漢字 [bold]x[/bold] \\u001b[31m \\u202e"
    regimen = regimen_in(regimen_text(cycle(), title=hostile))
    text = drawn(expand(regimen, patient()), 60)
    assert not {"\x1b", "\u202e"} & set(text)
    assert "[bold]x[/bold]" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(9), "9"), (Fraction(9, 2), "4.5"), (Fraction(1, 3), "≈0.333"), (Fraction(3787), "3,787")],
)
def test_what_is_rounded_says_so(value: Fraction, text: str) -> None:
    assert amount_text(value) == text


def test_times_are_days_counted_from_one() -> None:
    assert time_in_course(0) == "day 1"
    assert time_in_course(7 * 1440) == "day 8"
    assert time_in_course(7 * 1440 + 90) != time_in_course(7 * 1440)
    assert "1:30" in time_in_course(7 * 1440 + 90)
