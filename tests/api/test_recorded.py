"""A course as it came to be, simulated: the drug follows what was infused, and the rest of the plan after it."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

import blinplan
from blinplan.refusal import Refusal
from tests.program import Run

HEAD = (
    'record = 1\nregimen = "rr-adult"\nstart = 2026-11-30T10:00:00\ntime_zone = "Europe/Berlin"\nweight_kg = 82\n'
    "height_cm = 178\nage_years = 46\n"
)
STOP = (
    '[[interruption]]\nstopped = 2026-12-10T10:00:00\nrestarted = 2026-12-13T10:00:00\ncause = "technical"\ncycle = 1\n'
)
WRONG = (
    '[[bag]]\nnumber = 1\nhung = 2026-11-30T10:00:00\ntaken_down = 2026-12-01T10:00:00\ndose = "28 mcg/day"\n'
    "hours = 48\n"
    '[[bag]]\nnumber = 2\nhung = 2026-12-01T10:00:00\ndose = "9 mcg/day"\nhours = 48\n'
)
ENDED = '[end]\nat = 2026-12-20T10:00:00\nreason = "relapse"\n'
EARLY = "[[cycle_start]]\ncycle = 2\nstarted = 2027-01-20T10:00:00\n"
PLACE = '[[place]]\nsince = 2027-01-10T10:00:00\nsite = "home.toml"\n'
HOME = 'site = 1\nname = "Home"\ntime_zone = "America/New_York"\nbag = [{ hours = 24 }, { hours = 168 }]\n'
CLEARANCE = 24 * 2.22 * ((82 * 178 / 3600) ** 0.5 / 1.876) ** 0.62
RECORDS = {
    "nothing": "",
    "a stop": STOP,
    "a wrong bag": WRONG,
    "an end": ENDED,
    "an early cycle": EARLY,
    "another time zone": PLACE,
    "a stop and an end": STOP + ENDED,
}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "record.toml"


def written(record: Path, happened: str, head: str = HEAD) -> str:
    record.write_text(head + happened, encoding="utf-8")
    record.with_name("home.toml").write_text(HOME, encoding="utf-8")
    return str(record)


def typical(record: Path, happened: str) -> dict[str, float]:
    found = blinplan.simulate("rr-adult", None, record=written(record, happened))
    return {key: float(of.values[0]) for key, of in found.endpoints.items()}


@pytest.mark.parametrize("happened", RECORDS.values(), ids=RECORDS)
def test_dose_and_area_under_the_curve_are_those_of_what_was_infused(record: Path, happened: str) -> None:
    planned = blinplan.plan("rr-adult", record=written(record, happened))
    given = float(planned.course.micrograms)
    found = typical(record, happened)
    assert found["dose"] == pytest.approx(given, rel=1e-12)
    tail = 1e-6 if happened.endswith(ENDED) else 1e-9  # the course ends while the drug is there
    assert found["auc"] == pytest.approx(given / CLEARANCE, rel=0.05 if tail == 1e-6 else tail)


def test_what_is_simulated_is_not_the_same_for_any_two_of_them(record: Path) -> None:
    doses = {name: typical(record, happened)["dose"] for name, happened in RECORDS.items()}
    # What is missed in a stop is given after it, so that the sum is the same; an early cycle moves and drops nothing.
    assert doses["a wrong bag"] - doses["nothing"] == pytest.approx(28 - 9)
    assert doses["an end"] == pytest.approx(7 * 9 + 13 * 28)
    assert doses["a stop and an end"] == pytest.approx(7 * 9 + 10 * 28)


def curve(record: Path, happened: str) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    return blinplan.curves("rr-adult", "6h", None, record=written(record, happened)).columns()


def test_the_drug_is_gone_during_a_stop_and_comes_back_after_it(record: Path) -> None:
    found = curve(record, STOP)
    drug = dict(zip(found["day"].tolist(), found["drug_pg_per_ml"].tolist(), strict=True))
    before = 28_000 / CLEARANCE
    assert drug[10] == pytest.approx(before, rel=1e-6)
    assert drug[10.25] == pytest.approx(before * np.exp(-CLEARANCE / 5.98 / 4), rel=1e-6)
    assert drug[12.75] < 1e-6
    assert drug[14] == pytest.approx(before, rel=1e-3)
    assert found["infusion_mcg_per_day"][found["day"] == 11] == 0


def test_a_wrong_bag_doubles_and_trebles_the_drug_while_it_hangs(record: Path) -> None:
    found = curve(record, WRONG)
    assert found["infusion_mcg_per_day"][:5].tolist() == [28, 28, 28, 28, 9]
    assert found["drug_pg_per_ml"][4] == pytest.approx(28_000 / CLEARANCE, rel=0.02)


def test_nothing_is_infused_after_the_end(record: Path) -> None:
    found = curve(record, ENDED)
    assert found["day"].max() == 20


def test_the_patient_of_the_record_is_the_typical_one(record: Path) -> None:
    found = blinplan.simulate("rr-adult", None, record=written(record, STOP))
    people = found.population
    assert (people.weight_kg[0], people.height_cm[0], people.age_years[0]) == (82, 178, 46)
    with pytest.raises(Refusal, match="says otherwise"):
        blinplan.simulate("rr-adult", None, record=str(record), patient=blinplan.patient(weight=60, height=178))


def test_virtual_patients_have_what_the_view_of_what_was_delivered_has(record: Path) -> None:
    path = written(record, STOP + ENDED)
    compared = blinplan.delivered("rr-adult", record=path, patients=40, seed=3).document()["simulated"]
    found = blinplan.simulate("rr-adult", 40, seed=3, record=path)
    medians = {entry["key"]: entry["delivered"]["median"] for entry in compared["endpoints"]}
    assert np.median(found.endpoints["auc"].values) == pytest.approx(medians["auc"])
    assert np.median(found.endpoints["il6_peak"].values) == pytest.approx(medians["il6_peak"])


def test_what_was_not_recorded_and_what_changed_is_said(record: Path) -> None:
    grown = (
        'record = 1\nregimen = "mt103-205"\nstart = 2026-11-30T10:00:00\ntime_zone = "Europe/Berlin"\nweight_kg = 38\n'
        "height_cm = 150\nage_years = 12\n\n[[measured]]\non = 2027-01-08\nweight_kg = 41\nheight_cm = 152\n"
    )
    said = " ".join(blinplan.simulate("mt103-205", None, record=written(record, "", grown)).remarks)
    assert "the typical patient keeps those of the start" in said
    overdose = STOP.replace("technical", "overdose")
    said = " ".join(blinplan.simulate("rr-adult", None, record=written(record, overdose)).remarks)
    assert "What an overdose gave in excess is not simulated: it is not on record." in said
    said = " ".join(blinplan.simulate("rr-adult", None, record=written(record, WRONG)).remarks)
    assert "gave 19 mcg too much: it is simulated." in said


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace('time_zone = "Europe/Berlin"\n', ""),
        HEAD.replace("record = 1", "record = 9"),
        HEAD.replace("rr-adult", "nhl-15"),
        HEAD.replace("weight_kg = 82", "weight_kg = 182\nbsa_m2 = 1.2"),
        HEAD
        + '[[interruption]]\nstopped = 2026-12-13T10:00:00\nrestarted = 2026-12-10T10:00:00\ncause = "technical"\n',
    ],
    ids=["no time zone", "another format", "another regimen", "an area that does not fit", "backwards"],
)
def test_a_record_that_cannot_be_planned_is_refused_with_the_same_words(inside: Run, record: Path, head: str) -> None:
    written(record, "", head)
    planned, simulated, drawn = (
        inside(*command, "--record", record.name)
        for command in (
            ("plan", "rr-adult"),
            ("simulate", "rr-adult", "--patients", "5"),
            ("simulate", "rr-adult", "--patients", "5", "--every", "1d", "-f", "csv"),
        )
    )
    assert (planned.status, simulated.status, simulated.out) == (2, 2, "")
    assert simulated.err == drawn.err == planned.err


@pytest.mark.slow
def test_the_command_tells_of_the_record(inside: Run, record: Path) -> None:
    written(record, STOP)
    arguments = ("simulate", "rr-adult", "--record", record.name, "--patients", "5")
    words = "As record.toml says, and after it as it is planned now"
    assert words in " ".join(inside(*arguments).out.split())
    found = inside(*arguments, "-f", "json").json
    assert words in found["remarks"][0]
    assert len(found["manifest"]["record"]) == 16
    data = inside(*arguments, "--every", "1d", "-f", "csv")
    assert words in " ".join(data.err.split())
    rows = list(csv.DictReader(io.StringIO(data.out)))
    assert {row["infusion_mcg_per_day"] for row in rows if row["day"] in {"11.0", "12.0"}} == {"0.0"}
    assert inside("simulate", "rr-adult", "--site", "ward.toml").status == 2


def test_the_end_of_curves_is_that_of_the_course(inside: Run, record: Path) -> None:
    written(record, ENDED)
    ran = inside("simulate", "rr-adult", "--record", record.name, "--typical", "--to-day", "30")
    assert ran.status == 2
    assert "the simulation runs from day 0 to day 20" in " ".join(ran.err.split())


def test_a_part_of_a_run_is_of_a_regimen_and_not_of_a_record(inside: Run, record: Path, tmp_path: Path) -> None:
    written(record, STOP)
    ran = inside("simulate", "rr-adult", "--record", record.name, "--patients", "3", "-o", "part.npz")
    assert (ran.status, ran.out) == (2, "")
    assert "part.npz and --record contradict each other" in " ".join(ran.err.split())
    assert not (tmp_path / "part.npz").exists()


def test_a_record_with_offsets_alone_is_planned_on_in_the_zone_that_is_given(record: Path) -> None:
    """Its times are moments; what is planned after them goes by the clocks of a place, forward on 29 March."""
    offsets = HEAD.replace('time_zone = "Europe/Berlin"\n', "").replace(
        "2026-11-30T10:00:00", "2026-03-24T10:00:00+01:00"
    )
    path = written(record, "", offsets)
    with pytest.raises(Refusal, match=r"^the time zone of .* is not known$"):
        blinplan.simulate("rr-adult", None, record=path)
    lengths = {
        zone: blinplan.curves("rr-adult", "1h", None, record=path, time_zone=zone).columns()["day"].max()
        for zone in ("Europe/Berlin", "Africa/Lagos")
    }
    assert lengths == pytest.approx({"Europe/Berlin": 210 - 1 / 24, "Africa/Lagos": 210}, abs=1e-6)
    doses = [blinplan.simulate("rr-adult", None, record=path, time_zone=zone).simulation.days for zone in lengths]
    assert doses == pytest.approx(list(lengths.values()), abs=1e-6)


@pytest.mark.parametrize("what", [{"time_zone": "Europe/Berlin"}, {"site": "home.toml"}])
def test_a_zone_and_a_site_are_for_a_record(what: dict[str, str]) -> None:
    with pytest.raises(Refusal, match=r"^time_zone and site are for record$"):
        blinplan.simulate("rr-adult", None, **what)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match=r"^time_zone and site are for record$"):
        blinplan.curves("rr-adult", "7d", None, **what)  # type: ignore[arg-type]
