"""Which label a plan follows, what it takes from it and from no other, and what it says nobody has seen."""

import json
import re
from pathlib import Path

import pytest
import tomli

from blinplan.api.vocabulary import CheckFormat
from blinplan.label import read
from blinplan.label.read import label_named, label_names
from tests.collection.grid import at_night
from tests.program import Run

VIEWS = ("overview", "agenda", "days", "month", "bags", "expected")
FORMATS = ("json", "csv", "ics", "fhir", "html")
START = ("--start", "2026-11-02T10:00", "--time-zone", "Asia/Hong_Kong", "--plan-id", "p")
WARD = """
site = 1
name = "Ward 7"
time_zone = "Asia/Hong_Kong"
change_time = "10:00"
bag = [{ hours = 24 }, { hours = 48 }, { hours = 72 }]
"""
FULL_WARD = """
site = 1
name = "Ward 7"
time_zone = "Asia/Hong_Kong"
change_time = "10:00"
hospital_days = [10, 3]
adult_from_years = 18
preservative_from_kg = 22
vial = { micrograms = 38.5, mcg_per_ml = 12.5 }
bag = [
  { hours = 24, rate_ml_per_hour = 10, preservative = false, in_use_hours = 48 },
  { hours = 48, rate_ml_per_hour = 5, preservative = false, in_use_hours = 48 },
]
"""
STOPPED = """
record = 1
regimen = "hk-rr-adult"
start = 2026-11-02T10:00:00
time_zone = "Asia/Hong_Kong"
weight_kg = 70
age_years = 40
[[interruption]]
stopped = 2026-11-12T14:00:00
restarted = 2026-11-15T14:00:00
cause = "cytokine-release-syndrome"
grade = 3
cycle = 1
"""


def words(text: str) -> str:
    return " ".join(text.replace("\r\n ", "").replace("\\n", "\n").replace("\\,", ",").split())


def shown(inside: Run, *arguments: str, bags: bool = True) -> dict[str, str]:
    """What a plan shows and says in every view and format."""
    ran = {view: inside("plan", *arguments, "--view", view) for view in VIEWS if bags or view != "bags"}
    ran |= {form: inside("plan", *arguments, "-f", form) for form in FORMATS}
    assert {name: one.status for name, one in ran.items()} == dict.fromkeys(ran, 0)
    plain = {form: json.dumps(ran[form].json, ensure_ascii=False) for form in ("json", "fhir")}
    return {name: words(f"{plain.get(name, one.out)}\n{one.err}") for name, one in ran.items()}


def sources(name: str) -> set[str]:
    text = read._LABELS.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return set(tomli.loads(text)["sources"].values())


HONG_KONG = [
    at_night(("hk-rr-adult", "--weight", "70", "--age", "40")),
    at_night(("hk-rr-adult", "--weight", "60")),
    ("hk-rr-below-45-kg", "--weight", "30", "--height", "130", "--age", "9"),
    at_night(("hk-first-relapse", "--weight", "50", "--age", "14")),
    at_night(("hk-first-relapse-below-45-kg", "--weight", "30", "--height", "130", "--age", "9")),
]


@pytest.mark.slow
@pytest.mark.parametrize("patient", HONG_KONG, ids=" ".join)
def test_a_plan_takes_no_word_and_no_value_from_a_label_that_it_does_not_follow(
    inside: Run, tmp_path: Path, patient: tuple[str, ...]
) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    us, hong_kong = label_named("us-2025"), label_named("hk-2026")
    foreign = sources("us-2025") - sources("hk-2026")
    foreign |= {us.title, us.country} | {
        limit.says for name, limit in us.numbers.items() if name not in hong_kong.numbers
    }
    for name, text in shown(inside, *patient, *START, "--site", "ward.toml").items():
        assert hong_kong.title in text or name == "csv", name
        assert not [one for one in foreign if one in text], name
        assert not re.search(r"\b(10|5|1\.8|0\.6) mL/h|5\.4 kg|12\.5 mcg/mL|first 9 days", text), name


@pytest.mark.slow
def test_nor_does_one_with_a_stop_on_record(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    (tmp_path / "record.toml").write_text(STOPPED)
    arguments = ("hk-rr-adult", "--record", "record.toml", "--site", "ward.toml", "--plan-id", "p")
    for name, text in shown(inside, *arguments).items():
        assert "US prescribing" not in text, name
        assert "United States" not in text, name
        assert name not in {"overview", "json", "html", "fhir"} or "ask the site" in text


def asked_of_the_site(inside: Run, *arguments: str) -> str:
    (line,) = re.findall(r"Not stated by the label [^.]*\.", words(inside("plan", *arguments).out))
    return str(line)


@pytest.mark.slow
def test_what_the_label_does_not_state_is_asked_of_the_site_in_one_place(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    given = ("hk-rr-adult", "--weight", "70", *START)
    assert asked_of_the_site(inside, *given, "--site", "ward.toml") == (
        "Not stated by the label as far as it was seen, so asked of the site: premedication on a restart; whether"
        " the line may be flushed; supervision of a restart; days in hospital; pump rates of bags for 1 d, 2 d, 3 d"
        " (`rate_ml_per_hour`); whether bags for"
        " 1 d, 2 d, 3 d hold a preservative (`preservative`); how long bags for 1 d, 2 d, 3 d may be used"
        " (`in_use_hours`); the weight from which bags with preservative are given"
        " (`preservative_from_kg`); what a vial holds (`vial`)."
    )
    for name, text in shown(inside, *given, "--site", "ward.toml").items():
        assert text.count("so asked of the site") >= 1, name
    (tmp_path / "ward.toml").write_text(FULL_WARD)
    assert asked_of_the_site(inside, *given, "--site", "ward.toml") == (
        "Not stated by the label as far as it was seen, so asked of the site: premedication on a restart; whether the"
        " line may be flushed; supervision of a restart."
    )
    assert "asked of the site" not in inside("plan", "rr-adult", "--weight", "70", *START, "--site", "ward.toml").out


def followed(inside: Run, *arguments: str) -> tuple[str, str, str]:
    document = inside("plan", *arguments, "-f", "json").json
    return document["label"]["name"], document["label"]["origin"], document["manifest"]["label"]


OWN = """format = 1
name = "own"
title = "Own"
indication = "relapsed-refractory"
{label}
[[sources]]
citation = "Protocol 1"
status = "seen"
[dosing]
basis = "flat"
[[cycle]]
name = "Cycle 1"
steps = [{{ dose = "9 mcg/day", days = 7 }}, {{ dose = "28 mcg/day", days = 21 }}]
treatment_free_days = 14
"""


def test_the_closest_word_says_which_label_is_followed(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN.format(label=""))
    (tmp_path / "named.toml").write_text(OWN.format(label='label = "us-2025"'))
    (tmp_path / "other.toml").write_text('label = "us-2025"\n')
    assert followed(inside, "own.toml") == ("us-2025", "by default", "us-2025")
    assert followed(inside, "own.toml", "--label", "hk-2026") == ("hk-2026", "as asked", "hk-2026")
    (tmp_path / "blinplan.toml").write_text('label = "hk-2026"\n')
    assert followed(inside, "own.toml") == ("hk-2026", "by blinplan.toml:1", "hk-2026")
    assert followed(inside, "own.toml", "--isolated") == ("us-2025", "by default", "us-2025")
    assert followed(inside, "own.toml", "--config", "other.toml") == ("us-2025", "by other.toml:1", "us-2025")
    assert followed(inside, "named.toml") == ("us-2025", "by the regimen", "us-2025")
    assert followed(inside, "rr-adult") == ("us-2025", "by the regimen", "us-2025")
    assert "(Hong Kong, as indexed in 2026), by blinplan.toml:1" in words(inside("plan", "own.toml").out)
    checked = inside("check", "own.toml", "rr-adult", "--no-simulate", "-f", "json").json["files"]
    assert {file["path"]: file["label"] for file in checked} == {"own.toml": "hk-2026", "rr-adult": "us-2025"}


def test_a_label_that_is_not_there_or_contradicts_the_regimen_is_refused(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN.format(label='label = "eu-2026"'))
    for refused in (
        inside("plan", "own.toml"),
        inside("check", "own.toml", "--no-simulate"),
        inside("plan", "rr-adult", "--label", "eu-2026"),
    ):
        assert refused.status in {1, 2}
        assert all(name in f"{refused.out}{refused.err}" for name in label_names())
    contradiction = inside("plan", "rr-adult", "--label", "hk-2026")
    assert contradiction.status == 2
    assert "--label is hk-2026, and rr-adult follows us-2025" in words(contradiction.err)


def test_a_ledger_is_of_no_use_with_another_label(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN.format(label=""))
    (tmp_path / "plan.json").write_text(inside("plan", "own.toml", *START, "-f", "json").out)
    assert inside("plan", "own.toml", "--ledger", "plan.json").status == 0
    refused = inside("plan", "own.toml", "--ledger", "plan.json", "--label", "hk-2026")
    assert refused.status == 2
    assert "follows the label us-2025, and the regimen hk-2026" in words(refused.err)
    old = json.loads((tmp_path / "plan.json").read_text())
    del old["label"], old["manifest"]["label"]  # as an earlier version wrote it
    (tmp_path / "plan.json").write_text(json.dumps(old))
    assert inside("plan", "own.toml", "--ledger", "plan.json").status == 0


EVENT = """
record = 1
regimen = "rr-below-45-kg"
start = 2026-11-02T10:00:00
time_zone = "Asia/Hong_Kong"
weight_kg = 30
height_cm = 130
age_years = 9
[[interruption]]
stopped = 2026-11-05T14:00:00
cause = "neurological"
grade = {grade}
seizures = 0
cycle = 1
"""
RESTED = {
    ("us-2025", "adult_from"): ("rr-adult", "--weight", "60", "--age", "17", *START),
    ("hk-2026", "adult_from"): ("hk-rr-adult", "--weight", "60", "--age", "17", *START),
    ("us-2025", "consolidation_interval"): ("consolidation-adult", "--weight", "60", "--age", "40", *START),
    ("us-2025", "neurological_low_dose_by_area"): ("rr-below-45-kg", "--record", "3.toml", "--plan-id", "p"),
    ("us-2025", "death"): ("rr-below-45-kg", "--record", "5.toml", "--plan-id", "p"),
}
"""A plan that rests on each number that nobody has seen in its source."""


def test_every_unverified_number_of_a_label_has_a_plan_that_rests_on_it() -> None:
    unseen = {
        (label, limit.name)
        for label in label_names()
        for limit in label_named(label).numbers.values()
        if limit.unverified
    }
    assert set(RESTED) == unseen


@pytest.mark.slow
@pytest.mark.parametrize(("label", "name"), [of if of[0] == "us-2025" else at_night(*of) for of in RESTED], ids=str)
def test_what_rests_on_an_unverified_number_says_so_in_every_view_and_format(
    inside: Run, tmp_path: Path, label: str, name: str
) -> None:
    for grade in (3, 5):
        (tmp_path / f"{grade}.toml").write_text(EVENT.format(grade=grade))
    said = label_named(label).numbers[name]
    for form, text in shown(inside, *RESTED[label, name], bags=False).items():
        assert "unverified" in text, form
        assert said.says.rstrip(".") in text or f"{said.number.split()[0]} years or more" in text, form


def test_an_unverified_number_is_marked_on_the_page_of_a_rule_and_in_a_report_of_findings(
    inside: Run, tmp_path: Path
) -> None:
    (tmp_path / "high.toml").write_text(
        OWN.format(label="")
        .replace("relapsed-refractory", "consolidation")
        .replace('basis = "flat"', 'basis = "bsa"')
        .replace("9 mcg/day", "5 mcg/m2/day")
        .replace("28 mcg/day", "60 mcg/m2/day")
    )
    for form in CheckFormat:
        ran = inside("check", "high.toml", "--no-simulate", "-f", form)
        assert "is unverified" in words(f"{ran.out}{ran.err}"), form
    for limit in label_named("us-2025").numbers.values():
        codes = inside("values", limit.name, "-f", "json").json["values"][0]["decides"] if limit.unverified else []
        for code in (code for code in codes if re.fullmatch(r"[A-Z]\d{3}", code)):
            assert "(unverified)" in words(inside("rule", code).out)
