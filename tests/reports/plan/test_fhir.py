"""The plan in FHIR: accepted by the models, exact, whole, and an update when it is written again."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.dated import as_planned, date_course
from blinplan.course.eligibility import Choice
from blinplan.course.infusions import infusions
from blinplan.reports.plan.fhir.bundle import fhir
from blinplan.reports.shared.words import NOT_A_DEVICE
from tests.collection.examples import fewer_examples
from tests.collection.grid import in_turn
from tests.course.records import CRS, DAY, START, course, record, stop
from tests.plan_text import DATED, RECORD, WARD
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

ID = ("--plan-id", "patient-7", "-f", "fhir")
RECORDED = ("plan", "rr-adult", "--record", "record.toml")
BY_AREA = ("plan", "rr-below-45-kg", "--age", "10", "--start", "2026-10-19T10:00", "--time-zone", "Europe/Berlin")

# The value sets of FHIR 4.0.1 to which these elements are bound; the models do not check them.
CODES = {
    ("CarePlan", "status"): {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"},
    ("CarePlan", "intent"): {"proposal", "plan", "order", "option"},
    ("MedicationRequest", "status"): {
        "active",
        "on-hold",
        "cancelled",
        "completed",
        "entered-in-error",
        "stopped",
        "draft",
        "unknown",
    },
    ("MedicationRequest", "intent"): {"proposal", "plan", "order", "original-order", "filler-order", "instance-order"},
}
ACTIVITY_CODES = {"not-started", "scheduled", "in-progress", "on-hold", "completed", "cancelled", "unknown"}
UNITS = {"ug", "ug/d", "ug/m2/d", "mg", "mg/m2", "mL", "mL/h", "d"}  # each found valid by a library of UCUM

Resource = dict[str, Any]


@pytest.fixture
def ward(tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    (tmp_path / "record.toml").write_text(RECORD)


def of(document: Resource, kind: str) -> list[Resource]:
    return [one["resource"] for one in document["entry"] if one["resource"]["resourceType"] == kind]


def within(value: Any) -> Iterator[Resource]:
    """Every object of a document, however deep."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from within(part)
    elif isinstance(value, list):
        for part in value:
            yield from within(part)


def drug_of(document: Resource, request: Resource) -> str:
    urls = {one["fullUrl"]: one["resource"] for one in document["entry"]}
    return str(urls[request["medicationReference"]["reference"]]["code"]["text"])


def infusion_requests(document: Resource, *, standing: bool = True) -> list[Resource]:
    """The infusions; those that are part of the plan, or those that are not any more, or wait with no time."""
    out = [one for one in of(document, "MedicationRequest") if drug_of(document, one) == "blinatumomab"]
    gone = ("As it was planned before",)
    return [one for one in out if standing is not one.get("note", [{"text": ""}])[0]["text"].startswith(gone)]


class Stretch(NamedTuple):
    """A dosage: when, mcg, and mcg/day."""

    start: datetime
    end: datetime
    dose: float
    rate: float


def stretches(request: Resource) -> list[Stretch]:
    """The dosages of a request."""
    found = []
    for place, dosage in enumerate(request["dosageInstruction"], start=1):
        assert dosage["sequence"] == place
        repeat = dosage["timing"]["repeat"]
        start, end = (datetime.fromisoformat(repeat["boundsPeriod"][key]) for key in ("start", "end"))
        unit = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}[repeat["durationUnit"]]
        assert end.astimezone(UTC) - start.astimezone(UTC) == repeat["count"] * repeat["duration"] * unit
        (given,) = [one for one in dosage["doseAndRate"] if one.get("doseQuantity", {}).get("code") == "ug"]
        assert given["rateQuantity"]["code"] == "ug/d"
        found.append(Stretch(start, end, given["doseQuantity"]["value"], given["rateQuantity"]["value"]))
    return found


def minute(moment: datetime, begin: datetime) -> int:
    return int((moment - begin).total_seconds()) // 60


def exact(value: float) -> Fraction:
    """The decimal that is written in the document."""
    return Fraction(repr(value))


def sound(document: Resource) -> None:
    """What holds of every document: models, identities, references, codes, units, and one notice."""
    from fhir.resources.R4B.bundle import Bundle  # a third of a second for each process that collects

    Bundle.model_validate(document)
    urls = [one["fullUrl"] for one in document["entry"]]
    assert len(urls) == len(set(urls))
    assert urls == [f"urn:uuid:{one['resource']['id']}" for one in document["entry"]]
    kinds = {one["fullUrl"]: one["resource"]["resourceType"] for one in document["entry"]}
    for part in within(document):
        if isinstance(part.get("reference"), str):
            assert part["type"] == kinds[part["reference"]]
        if "system" in part and "unit" in part:
            assert part["system"] == "http://unitsofmeasure.org"
            assert part["code"] in UNITS
    for one in document["entry"]:
        resource = one["resource"]
        for (kind, key), allowed in CODES.items():
            assert resource["resourceType"] != kind or resource[key] in allowed
    (plan,) = of(document, "CarePlan")
    assert [note["text"] for note in plan["note"]].count(NOT_A_DEVICE) == 1
    assert repr(document).count(NOT_A_DEVICE) == 1
    for activity in plan["activity"]:
        assert len(activity) == 1  # a reference or a detail, not both
        assert "detail" not in activity or activity["detail"]["status"] in ACTIVITY_CODES
    planned = {one["reference"]["reference"] for one in plan["activity"] if "reference" in one}
    assert planned == {url for url, kind in kinds.items() if kind == "MedicationRequest"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "site"),
    in_turn(
        [RECORDED, (*BY_AREA, "--bsa", "1.1"), (*BY_AREA, "--weight", "38", "--height", "150"), DATED],
        [("--site", "ward.toml"), ()],
    ),
    ids=" ".join,
)
def test_every_minute_and_microgram_of_the_plan_is_in_one_request(
    inside: Run, ward: None, arguments: tuple[str, ...], site: tuple[str, ...]
) -> None:
    plan = inside(*arguments, *site, "-f", "json").json
    document = inside(*arguments, *site, *ID).json
    sound(document)
    begin = datetime.fromisoformat(plan["dated"]["start"])
    events = [event for event in plan["events"] if event["rate_mcg_per_day"]["value"]]
    found = infusion_requests(document)
    assert len(found) == len(events)
    for event, request in zip(events, found, strict=True):
        parts = stretches(request)
        assert (minute(parts[0].start, begin), minute(parts[-1].end, begin)) == (
            event["start_minute"],
            event["stop_minute"],
        )
        assert all(one.end == other.start for one, other in pairwise(parts))
        ordered = Fraction(event["mcg"]["exact"])
        given = sum((exact(part.dose) for part in parts), Fraction(0))
        rounded = sum("≈" in dosage["text"] for dosage in request["dosageInstruction"])
        assert abs(given - ordered) <= rounded * Fraction(1, 2_000_000)
        assert (given == ordered) or rounded
        assert ("note" in request and "rounded" in request["note"][-1]["text"]) is bool(rounded)
        for part in parts:
            assert abs(exact(part.rate) - Fraction(event["rate_mcg_per_day"]["exact"])) <= Fraction(1, 2_000_000)


def test_without_bags_the_amounts_of_the_label_are_exact(inside: Run) -> None:
    document = inside(*DATED, *ID).json
    parts = [part for request in infusion_requests(document) for part in stretches(request)]
    # On 25 October the clock is put back: the week at 9 mcg/day has an hour more.
    assert sum((exact(part.dose) for part in parts), Fraction(0)) == 3787 + Fraction(9, 24)
    assert [part.dose for part in parts] == [63.375, 588, 784, 784, 784, 784]
    assert {one["status"] for one in of(document, "MedicationRequest")} == {"draft"}
    assert (of(document, "CarePlan")[0]["status"], of(document, "CarePlan")[0]["intent"]) == ("draft", "plan")
    assert "≈" not in repr([request["dosageInstruction"] for request in infusion_requests(document)])


def test_bags_have_their_pump_rate_and_volume(inside: Run, ward: None) -> None:
    bags = inside(*DATED, "--site", "ward.toml", "-f", "json").json["dated"]["bags"]
    document = inside(*DATED, "--site", "ward.toml", *ID).json
    dosages = [dosage for request in infusion_requests(document) for dosage in request["dosageInstruction"]]
    assert len(dosages) == len(bags)
    for bag, dosage in zip(bags, dosages, strict=True):
        assert dosage["timing"]["repeat"]["boundsPeriod"]["start"] == bag["start"]
        (pump,) = [one for one in dosage["doseAndRate"] if one["rateQuantity"]["code"] == "mL/h"]
        assert exact(pump["rateQuantity"]["value"]) == Fraction(bag["ml_per_hour"]["exact"])
        assert exact(pump["doseQuantity"]["value"]) == Fraction(bag["ml_infused"]["exact"])
    whole = next(dosage["text"] for dosage in dosages if "for 1 d at" in dosage["text"])
    assert whole == (
        "Bag 5: 28 mcg/day for 1 d at 10 mL/h: 28 mcg in 240 mL; filled with ≈32.083333 mcg in 275 mL, of which"
        " ≈2.566667 mL are drawn up; vials to open: 1"
    )
    assert "not evaluated" in dosages[0]["text"]
    notes = " ".join(note["text"] for note in of(document, "CarePlan")[0]["note"])
    assert "What is drawn up and filled into bags for 2 d, 3 d is not evaluated" in notes


def test_a_bag_that_the_label_does_not_have_has_no_pump_rate(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text('site = 1\nname = "Ward"\nbag = [{ hours = 60 }]\n')
    document = inside(*DATED, "--site", "ward.toml", *ID).json
    sound(document)
    (dosage, *_) = infusion_requests(document)[0]["dosageInstruction"]
    assert "pump rate not evaluated" in dosage["text"]
    assert len(dosage["doseAndRate"]) == 1


@pytest.mark.parametrize(("area", "given", "capped"), [("1.2", 6, False), ("1.9", 9, True)])
def test_an_order_by_area_says_what_was_ordered_what_it_comes_to_and_its_cap(
    inside: Run, area: str, given: float, capped: bool
) -> None:
    document = inside(*BY_AREA, "--bsa", area, *ID).json
    sound(document)
    (dosage,) = infusion_requests(document)[0]["dosageInstruction"]
    ordered, calculated = dosage["doseAndRate"]
    kinds = [one["type"]["coding"][0]["code"] for one in (ordered, calculated)]
    assert kinds == ["ordered", "calculated"]
    assert (ordered["rateQuantity"]["value"], ordered["rateQuantity"]["code"]) == (5, "ug/m2/d")
    assert (calculated["rateQuantity"]["value"], calculated["doseQuantity"]["value"]) == (given, (7 + 1 / 24) * given)
    most = dosage["maxDosePerPeriod"]
    assert [(most[key]["value"], most[key]["code"]) for key in ("numerator", "denominator")] == [(9, "ug"), (1, "d")]
    assert ("(the cap)" in dosage["text"]) is capped
    premedication = next(one for one in of(document, "MedicationRequest") if drug_of(document, one) == "dexamethasone")
    (dose,) = premedication["dosageInstruction"]
    milligrams = [(one["doseQuantity"]["value"], one["doseQuantity"]["code"]) for one in dose["doseAndRate"]]
    assert milligrams == [(5, "mg/m2"), (float(Fraction(area)) * 5, "mg")]
    assert dose["maxDosePerAdministration"]["value"] == 20
    assert "(the cap)" not in dose["text"]  # it does not decide at this area
    assert dose["timing"]["event"] == ["2026-10-19T09:00:00+02:00"]


def test_a_flat_dose_has_no_cap(inside: Run) -> None:
    assert "maxDosePerPeriod" not in inside(*DATED, *ID).out


def test_hospital_and_free_intervals_are_activities(inside: Run) -> None:
    (plan,) = of(inside(*DATED, *ID).json, "CarePlan")
    details = {one["detail"]["code"]["text"]: one["detail"] for one in plan["activity"] if "detail" in one}
    hospital = details["in hospital, cycle 1"]
    assert (hospital["kind"], hospital["status"]) == ("ServiceRequest", "not-started")
    assert hospital["scheduledPeriod"] == {"start": "2026-10-19T10:00:00+02:00", "end": "2026-10-28T10:00:00+01:00"}
    free = details["treatment-free interval, cycle 1"]
    assert free["scheduledPeriod"] == {"start": "2026-11-16T10:00:00+01:00", "end": "2026-11-30T10:00:00+01:00"}
    assert "begins no earlier than Mon 2026-11-30 10:00" in free["description"]
    assert "never flush the line" in details["end of infusion, cycle 1"]["description"]
    times = [datetime.fromisoformat(plan["period"][key]) for key in ("start", "end")]
    assert times[1] - times[0] == timedelta(days=210)  # both times in summer


def test_a_plan_written_again_updates_what_was_imported(inside: Run, ward: None) -> None:
    (Path.cwd() / "before.toml").write_text(RECORD.split("\n[[interruption]]")[0])
    before = inside("plan", "rr-adult", "--record", "before.toml", *ID).json
    after = inside(*RECORDED, *ID).json
    sound(before)
    held = {one["fullUrl"]: one["resource"] for one in before["entry"]}
    updated = {one["fullUrl"]: one["resource"] for one in after["entry"]}
    assert set(held) <= set(updated)
    assert len(updated) == len(held) + 4  # the restart, the step after it, and premedication before each
    statuses = [one["status"] for one in infusion_requests(before)]
    assert statuses == ["active", "draft", "draft", "draft", "draft", "draft"]
    other = inside("plan", "rr-adult", "--record", "before.toml", "--plan-id", "patient-8", "-f", "fhir").json
    assert not set(held) & {one["fullUrl"] for one in other["entry"]}


def test_an_interruption_stops_one_request_and_another_goes_on(inside: Run, ward: None) -> None:
    document = inside(*RECORDED, *ID).json
    found = infusion_requests(document)
    assert [one["status"] for one in found[:4]] == ["completed", "stopped", "active", "draft"]
    assert found[1]["statusReason"]["text"] == "cytokine release syndrome, grade 3"
    assert found[2]["priorPrescription"]["reference"] == f"urn:uuid:{found[1]['id']}"
    assert [number for number, one in enumerate(found) if "priorPrescription" in one] == [2]  # a step replaces nothing
    assert "Thu 2026-03-26 14:00" in found[1]["note"][0]["text"]
    assert not infusion_requests(document, standing=False)
    (plan,) = of(document, "CarePlan")
    assert plan["status"] == "active"
    ledger = next(note["text"] for note in plan["note"] if note["text"].startswith("Infusion stopped"))
    assert "at which dose: 9 mcg/day (Blincyto (blinatumomab), US prescribing information, section 2)" in ledger
    assert "So the same cycle goes on" in ledger
    assert any("as of Sun 2026-03-29 14:00" in note["text"] for note in plan["note"])
    states = {one["detail"]["code"]["text"]: one["detail"]["status"] for one in plan["activity"] if "detail" in one}
    assert (states["in hospital, cycle 1"], states["in hospital, cycle 2"]) == ("unknown", "not-started")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "status"),
    [("", "unknown"), ("premedicated = true\n", "completed"), ("premedicated = false\n", "cancelled")],
)
def test_premedication_that_nobody_tells_of_is_unknown(inside: Run, tmp_path: Path, line: str, status: str) -> None:
    (tmp_path / "record.toml").write_text(RECORD + line)
    document = inside(*RECORDED, *ID).json
    sound(document)
    given = [one for one in of(document, "MedicationRequest") if drug_of(document, one) == "dexamethasone"]
    assert [one["status"] for one in given[:4]] == ["unknown", "unknown", status, "draft"]
    assert given[2]["dosageInstruction"][0]["timing"]["event"] == ["2026-03-29T13:00:00+02:00"]


@pytest.mark.parametrize(
    ("grade", "plan_status", "last", "later"),
    [(3, "on-hold", "on-hold", "on-hold"), (4, "revoked", "stopped", "cancelled")],
)
def test_what_is_not_restarted_waits_and_what_is_stopped_for_good_is_withdrawn(
    inside: Run, ward: None, tmp_path: Path, grade: int, plan_status: str, last: str, later: str
) -> None:
    text = RECORD.replace("restarted = 2026-03-29T14:00:00\n", "").replace("grade = 3", f"grade = {grade}")
    (tmp_path / "record.toml").write_text(text)
    document = inside(*RECORDED, "--site", "ward.toml", *ID).json
    sound(document)
    assert of(document, "CarePlan")[0]["status"] == plan_status
    standing, gone = infusion_requests(document), infusion_requests(document, standing=False)
    assert [one["status"] for one in standing] == ["completed", last]
    assert [one["status"] for one in gone] == [later] * 4
    assert {one["statusReason"]["text"] for one in gone} == {f"cytokine release syndrome, grade {grade}"}
    given = sum((exact(part.dose) for one in standing for part in stretches(one)), Fraction(0))
    assert given == pytest.approx(Fraction(63) + Fraction(28 * 76, 24), abs=1e-6)
    assert of(document, "CarePlan")[0]["period"]["end"] == "2026-03-26T14:00:00+01:00"


def test_an_infusion_that_ended_anyway_when_it_was_interrupted_is_completed(inside: Run, tmp_path: Path) -> None:
    for restarted in ("restarted = 2026-03-29T14:00:00\n", ""):
        text = RECORD.replace("2026-03-26T14", "2026-03-23T10").replace("restarted = 2026-03-29T14:00:00\n", restarted)
        (tmp_path / "record.toml").write_text(text)
        found = infusion_requests(inside(*RECORDED, *ID).json)
        assert found[0]["status"] == "completed"
        assert "statusReason" not in found[0]


@pytest.mark.slow
@fewer_examples(4)
@given(
    stops=st.lists(st.tuples(st.integers(1, 20 * DAY), st.integers(1, 12 * DAY)), max_size=3),
    cause=st.sampled_from([(CRS, 3), (CRS, 2), ("technical", None), ("neurological", 4)]),
    open_end=st.booleans(),
)
def test_whatever_happens_each_minute_of_infusion_is_in_one_request_and_nothing_imported_is_left_behind(
    stops: list[tuple[int, int]], cause: tuple[str, int | None], open_end: bool
) -> None:
    made: list[dict[str, Any]] = []
    at = 0
    for after, lasts in stops:
        at += after
        if at >= 28 * DAY:
            break
        made.append(stop(at, lasts, cause[0], grade=cause[1], new_cycle=False))
        at += lasts
    if made and open_end:
        made[-1].update(lasts=None, new_cycle=None)
    planned = course()
    happened = record(*made)
    after_ = date_course(planned, START, None, happened)
    before = list(as_planned(after_))
    choice = Choice(planned.regimen, "any weight", switched=False)
    document = fhir(after_, before, choice, "p")
    sound(document)
    spans = [
        (minute(part.start, START), minute(part.end, START), exact(part.rate))
        for request in infusion_requests(document)
        for part in stretches(request)
    ]
    assert spans == [(one.start, one.stop, one.rate) for one in infusions(after_.course)]
    for number, earlier in enumerate(before):
        imported = {one["fullUrl"] for one in fhir(earlier, before[:number], choice, "p")["entry"]}
        assert imported <= {one["fullUrl"] for one in document["entry"]}


def test_hostile_text_is_text(inside: Run, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> & ]]> \\u202E\\u0007 [x](javascript:1)"
    given = f'[premedication]\ndrug = "{evil}"\ndose = "20 mg"\nbefore = ["cycle-start"]\n\n'
    text = regimen_text(given + cycle().replace('"Cycle"', f'"{evil}"'), title=evil)
    text = text.replace('citation = "none"', f'citation = "{evil}"')
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    ran = inside("plan", "x.toml", "--weight", "70", "--start", "2026-10-19T10:00Z", *ID)
    assert ran.status == 0, ran.err
    document = ran.json
    sound(document)
    for part in within(document):
        if "div" in part:
            assert "<script" not in part["div"]
    for one in of(document, "CarePlan") + of(document, "MedicationRequest"):
        assert all("script" not in note["text"] for note in one.get("note", ()))  # notes are Markdown
    assert "\u202e" not in repr(document)
    assert any("<script>" in one["code"]["text"] for one in of(document, "Medication"))


@pytest.mark.slow
def test_the_same_plan_is_the_same_bytes(inside: Run, ward: None) -> None:
    arguments = (*RECORDED, "--site", "ward.toml", *ID)
    first = inside(*arguments).out
    assert first == inside(*arguments).out
    assert first.isascii()


def test_without_the_package_it_says_what_to_install(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.R4B.bundle", None)
    ran = inside(*DATED, *ID)
    assert (ran.status, ran.out) == (2, "")
    assert "pip install 'blinplan[fhir]'" in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*DATED, "-f", "fhir"), "--plan-id"),
        ((*DATED, "--plan-id", "a b", "-f", "fhir"), "--plan-id"),
        (("plan", "rr-adult", "--weight", "70", *ID), "--format fhir needs --start or --record"),
        ((*DATED, *ID, "--cycle", "2"), "writes the whole plan"),
        ((*DATED, *ID, "--to", "2026-11-01"), "writes the whole plan"),
    ],
)
def test_what_cannot_be_written_is_refused(inside: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = inside(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_what_the_models_do_not_accept_is_not_written(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "blinplan.reports.plan.fhir.bundle.bundle", lambda *_: {"resourceType": "Bundle", "entry": "none"}
    )
    ran = inside(*DATED, *ID)
    assert (ran.status, ran.out) == (2, "")
    assert "this plan cannot be written as FHIR" in " ".join(ran.err.split())
