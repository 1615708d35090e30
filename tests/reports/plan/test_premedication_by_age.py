"""Premedication goes by age and not by weight: the label's table against every view and format of a plan."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import icalendar
import pytest

from blinplan.api.patient import Number, patient
from blinplan.api.planning.plan import plan
from blinplan.api.planning.planned import Plan
from blinplan.api.vocabulary import PlanFormat, View
from blinplan.terminal import Screen
from tests.collection.grid import in_turn, pairs_of

pytestmark = pytest.mark.slow  # ages, indications and views, each with each

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
WIDE = Screen(400, False, True)

# The label's table: what adults and children get; by indication the regimen and its starts, in days.
CHILDREN = "dexamethasone 5 mg/m², max 20 mg"
ADULTS = {
    "rr-adult": "dexamethasone 20 mg",
    "mrd-adult": "prednisone 100 mg",
    "consolidation-adult": "dexamethasone 20 mg",
}
CYCLES = {"rr-adult": (0, 42, 84, 126, 168), "mrd-adult": (0, 42, 84, 126), "consolidation-adult": (0, 42, 84, 126)}
WINDOWS = {"consolidation-adult": " (within 60 min before; until {end:%a %Y-%m-%d %H:%M})"}  # for adults, not children
STEPS = {"rr-adult": (7,), "mrd-adult": (), "consolidation-adult": ()}
RESTARTS = {
    ("rr-adult", True): "before a restart",
    ("rr-adult", False): "before a restart in cycle 1",
    ("mrd-adult", True): None,
    ("mrd-adult", False): "before a restart in cycle 1",
    ("consolidation-adult", True): None,
    ("consolidation-adult", False): "before a restart in cycle 1",
}

PEOPLE: dict[
    str, tuple[str, Number, int, Callable[[int], bool]]
] = {  # age or date of birth, kg, cm, and on which day of the course they are adults
    "an adult of 43 kg": ("43", 43, 155, lambda day: True),
    "an adolescent of 60 kg": ("15", 60, 165, lambda day: False),
    "a tall adult": ("30", 90, 185, lambda day: True),
    "a small child": ("6", 20, 115, lambda day: False),
    "an infant": ("8 months", 8, 70, lambda day: False),
    "18 today, below 45 kg": ("2008-11-02", Fraction("44.9"), 160, lambda day: True),
    "18 tomorrow, of 45 kg": ("2008-11-03", 45, 160, lambda day: day >= 1),
    "18 in the free interval": ("2008-12-10", 50, 165, lambda day: day >= 38),
    "16, a child for a year": ("16", 55, 170, lambda day: False),
}


def due(name: str, adult_on: Callable[[int], bool]) -> list[tuple[datetime, str]]:
    """What the label's table says is due, and when."""
    child = f"{CHILDREN} = "
    found = []
    for day in sorted((*CYCLES[name], *STEPS[name])):
        if adult_on(day):
            begin = START + timedelta(days=day)
            found.append((begin - HOUR, ADULTS[name] + WINDOWS.get(name, "").format(end=begin)))
        elif day in (0, *STEPS[name]):
            found.append((START + timedelta(days=day) - HOUR, child))
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def in_agenda(planned: Plan) -> list[tuple[datetime, str]]:
    lines = planned.text(view="agenda", screen=WIDE).splitlines()
    matches = (re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d) .* premedication: (.*?) *$", line) for line in lines)
    return [(at(match[1]), match[2]) for match in matches if match]


def in_days(planned: Plan) -> list[tuple[datetime, str]]:
    found = []
    for line in planned.text(view="days", screen=WIDE).splitlines():
        for match in re.finditer(r"(\d\d:\d\d) premedication: ((?:[^;(]|\([^)]*\))*)", line):
            day = re.search(r"\d{4}-\d\d-\d\d", line)
            assert day is not None
            found.append((at(f"{day[0]} {match[1]}"), match[2].strip()))
    return found


def in_json(planned: Plan) -> list[tuple[datetime, str]]:
    document = json.loads(planned.text("json"))
    entries = [entry for entry in document["dated"]["entries"] if entry["due"] == "premedication"]
    assert all(entry["only"] is None for entry in entries)
    minutes = sorted(minute for row in document["premedications"] for minute in row["minutes"])
    assert [START + timedelta(minutes=minute) for minute in minutes] == [at(entry["start"][:16]) for entry in entries]
    return [(at(entry["start"][:16]), entry["what"].removeprefix("premedication: ")) for entry in entries]


def in_csv(planned: Plan) -> list[tuple[datetime, str]]:
    text = "".join(line for line in planned.text("csv").splitlines(keepends=True) if not line.startswith("#"))
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["due"] == "premedication"]
    assert not any(row["only"] for row in rows)
    return [(at(row["start"][:16]), row["what"].removeprefix("premedication: ")) for row in rows]


def in_html(planned: Plan) -> list[tuple[datetime, str]]:
    found = re.findall(r"(\d{4}-\d\d-\d\d \d\d:\d\d)</td>\s*<td[^>]*>premedication: ([^<]*)<", planned.text("html"))
    return [(at(when), what.strip()) for when, what in found]


def in_ics(planned: Plan) -> list[tuple[datetime, str]]:
    events = icalendar.Calendar.from_ical(planned.text("ics", plan_id="x")).walk("VEVENT")
    given = [event for event in events if "-premedication-" in str(event["uid"])]
    return sorted(
        (
            event.decoded("dtstart"),
            re.sub(r"x, blinatumomab: premedication: (.*) \(cycle \d+\)", r"\1", str(event["summary"])),
        )
        for event in given
    )


def in_fhir(planned: Plan) -> list[tuple[datetime, str]]:
    document = json.loads(planned.text("fhir", plan_id="x"))
    resources = [entry["resource"] for entry in document["entry"]]
    drugs = {f"urn:uuid:{one['id']}": one["code"]["text"] for one in resources if one["resourceType"] == "Medication"}
    found = []
    for one in resources:
        if (
            one["resourceType"] != "MedicationRequest"
            or drugs[one["medicationReference"]["reference"]] == "blinatumomab"
        ):
            continue
        (dosage,) = one["dosageInstruction"]
        drug, by_area = drugs[one["medicationReference"]["reference"]], len(dosage["doseAndRate"]) == 2
        ordered, *calculated = (rate["doseQuantity"] for rate in dosage["doseAndRate"])
        unit = "mg/m²" if by_area else "mg"
        cap = f", max {dosage['maxDosePerAdministration']['value']:g} mg" if by_area else ""
        shown = f" = {calculated[0]['value']:g} mg" if calculated else ""
        what = f"{drug} {ordered['value']:g} {unit}{cap}{shown}"
        window = dosage["timing"].get("repeat", {}).get("boundsPeriod")
        if window is None:
            (moment,) = dosage["timing"]["event"]
            found.append((at(moment[:16]), what))
        else:
            opens, end = at(window["start"][:16]), at(window["end"][:16])
            minutes = (end - opens) // timedelta(minutes=1)
            found.append((opens, f"{what} (within {minutes} min before; until {end:%a %Y-%m-%d %H:%M})"))
    return sorted(found)


FORMATS: dict[str, Callable[[Plan], list[tuple[datetime, str]]]] = {
    "agenda": in_agenda,
    "days": in_days,
    "json": in_json,
    "csv": in_csv,
    "html": in_html,
    "ics": in_ics,
    "fhir": in_fhir,
}


def in_words(planned: Plan, form: str) -> str:
    """A view or format of a plan as running text."""
    if form in {"overview", "agenda", "days"}:
        written = planned.text(view=View(form), screen=WIDE)
    else:
        written = planned.text(PlanFormat(form), plan_id="x")
    return " ".join(written.replace("\r\n ", "").replace("\\,", ",").replace("\\u00b2", "²").split())


@cache  # for all of its views
def planned_for(name: str, who: str) -> Plan:
    age, weight, height, _ = PEOPLE[who]
    return plan(name, patient(weight, height, age=age), start=START, time_zone="UTC")


@pytest.mark.parametrize(("name", "who", "form"), pairs_of(list(ADULTS), list(PEOPLE), list(FORMATS)))
def test_every_view_gives_the_premedication_of_the_patient_s_age(name: str, who: str, form: str) -> None:
    planned, adult_on = planned_for(name, who), PEOPLE[who][3]
    area = planned.course.patient.area
    assert area is not None
    expected = due(name, adult_on)
    found = FORMATS[form](planned)
    assert [when for when, _ in found] == [when for when, _ in expected]
    for (_, what), (_, label) in zip(found, expected, strict=True):
        assert what.startswith(label) if label.endswith("= ") else what == label
        if label.endswith("= "):
            milligrams = float(what.removeprefix(label).removesuffix(" mg").lstrip("≈"))
            assert milligrams == pytest.approx(5 * float(area.square_metres), abs=5e-4)


@pytest.mark.parametrize(("who", "name"), in_turn(list(PEOPLE), list(ADULTS)))
def test_the_overview_and_the_month_show_the_same_days(name: str, who: str) -> None:
    planned, adult_on = planned_for(name, who), PEOPLE[who][3]
    text = " ".join(planned.text(screen=WIDE).split())
    days: dict[str, list[int]] = {CHILDREN: [], ADULTS[name]: []}
    for when, what in due(name, adult_on):
        days[what.partition(" (")[0].removesuffix(" = ")].append((when + HOUR - START).days + 1)
    for what, numbers in days.items():
        before = "within 60 min before" if what == ADULTS[name] and name in WINDOWS else "60 min before"
        told = re.search(rf"Premedication: {re.escape(what)}[^:]*?, {before} the infusion of day ([\d, ]*\d)", text)
        assert ([int(number) for number in told[1].split(",")] if told else []) == numbers
    months = planned.text(view="month", screen=WIDE)
    marks = re.findall(r"\b\d{1,2} ([A-Z]*P[A-Z]*)\b", months)
    assert len(marks) == len(due(name, adult_on))
    if len({adult_on(day) for day in (0, 200)}) == 1:
        words = RESTARTS[name, adult_on(0)]
        assert ("before a restart" in text) is (words is not None)
        assert words is None or f"; and {words} In hospital" in text


@pytest.mark.parametrize(("name", "form"), list(product(ADULTS, [*FORMATS, "overview"])))
def test_where_the_age_is_not_given_both_are_shown_and_it_is_asked_for(name: str, form: str) -> None:
    planned = plan(name, patient(38, 150), start=START, time_zone="UTC")
    text = in_words(planned, form)
    for group, what in (("an adult", ADULTS[name]), ("a child", CHILDREN)):
        assert re.search(rf"for {group}: {re.escape(what)}", text), group
        assert form != "fhir" or f"Only if the patient is {group}: " in text
    asked = "Ask for the date of birth"
    assert asked in text or form == "csv"
    assert any(asked in line for line in planned.warnings)
    assert any("unverified" in line for line in planned.warnings)


def test_an_age_in_years_with_a_possible_birthday_is_asked_for_exactly() -> None:
    """17 years at the start: a child on day 1, and who knows on day 8."""
    planned = plan("rr-adult", patient(60, 170, age=17), start=START, time_zone="UTC")
    shown = [(entry.start.date(), entry.only) for entry in planned.entries if entry.due == "premedication"]
    assert shown[0] == (date(2026, 11, 2), None)
    assert shown[1:3] == [(date(2026, 11, 9), "adults"), (date(2026, 11, 9), "children")]
    assert {only for day, only in shown if day > date(2026, 11, 9)} == {"adults"}
    (remark,) = [line for line in planned.warnings if "turns 18" in line]
    assert "is not known (from 2026-11-03 to 2027-11-02)" in remark
    assert "From Mon 2026-11-09 10:00 on" in remark
    assert "Ask for the date of birth" in remark


def test_a_birthday_in_the_course_is_told_with_the_start_from_which_it_counts() -> None:
    planned = planned_for("rr-adult", "18 in the free interval")
    (remark,) = [line for line in planned.warnings if "turns 18" in line]
    assert "The patient turns 18 on 2026-12-10, within the course: from Mon 2026-12-14 10:00 on" in remark
    assert "what is due before is that of children" in remark
    for form in ("overview", "agenda", "days", "html", "ics", "fhir", "json"):
        text = in_words(planned, form)
        assert "turns 18 on 2026-12-10" in text, form


def test_no_birthday_is_told_where_premedication_goes_by_no_age(tmp_path: Any) -> None:
    planned = plan("lupus-5-days", patient(60, 170, age="2008-12-10"), start=START, time_zone="UTC")
    assert not any("turns 18" in line for line in planned.warnings)


WARD = 'site = 1\nname = "Ward 7"\nbag = [{ hours = 24 }]\nadult_from_years = 16\n'


def test_a_site_says_itself_from_which_age_on_it_gives_the_premedication_of_adults(tmp_path: Any) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    for years, group in ((16, "adults"), (14, "children")):
        planned = plan(
            "mrd-adult", patient(60, 170, age=years), start=START, time_zone="UTC", site=tmp_path / "ward.toml"
        )
        (remark,) = [line for line in planned.warnings if line.startswith("Premedication is that of")]
        assert (
            remark
            == f"Premedication is that of {group}. Adults are those of 16 years or more: the site profile of Ward 7."
        )
        undated = plan("mrd-adult", patient(60, 170, age=years), site=tmp_path / "ward.toml")
        assert f"that of {group}" in " ".join(undated.warnings)


@pytest.mark.parametrize(
    ("weight", "age", "drug"), [(43, 43, "prednisone 100 mg, 4 times"), (60, 15, "dexamethasone 5 mg/m²")]
)
@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_the_report_has_the_premedication_of_the_patient_s_age(weight: int, age: int, drug: str) -> None:
    from blinplan.api.report import report

    page = report("mrd-adult", patient(weight, 165, age=age), patients=50, today=date(2026, 11, 28))
    assert drug in page.html
    assert f"--age &#39;{age} years&#39;" in page.html
    assert f"Premedication is that of {'adults' if age == 43 else 'children'}" in page.html


def test_a_window_is_a_window_in_every_format() -> None:
    """A text of the European kind: children get two doses before the first cycle, one of them 6 to 12 hours before."""
    planned = plan("hk-rr-below-45-kg", patient(38, 150, age=10), start=START, time_zone="UTC")
    window, close = at("2026-11-01 22:00"), at("2026-11-02 09:30")
    agenda = " ".join(planned.text(view="agenda", screen=WIDE).split())
    assert "(6 to 12 h before; until Mon 2026-11-02 04:00)" in agenda
    assert "(within 30 min before; until Mon 2026-11-02 10:00)" in agenda
    entries = [entry for entry in planned.entries if entry.due == "premedication"][:2]
    assert [(entry.start, entry.stop) for entry in entries] == [(window, window + 6 * HOUR), (close, START)]
    events = icalendar.Calendar.from_ical(planned.text("ics", plan_id="x")).walk("VEVENT")
    given = sorted((e for e in events if "-premedication-1-" in str(e["uid"])), key=lambda e: e.decoded("dtstart"))
    assert [(e.decoded("dtstart"), e.decoded("dtend")) for e in given[:2]] == [
        (window, window + 6 * HOUR),
        (close, START),
    ]
    document = json.loads(planned.text("fhir", plan_id="x"))
    timings = [
        entry["resource"]["dosageInstruction"][0]["timing"].get("repeat", {}).get("boundsPeriod")
        for entry in document["entry"]
        if entry["resource"]["resourceType"] == "MedicationRequest"
    ]
    assert {"start": "2026-11-01T22:00:00+00:00", "end": "2026-11-02T04:00:00+00:00"} in timings
