"""Patients of one's own in commands that vary what is given: who they are, and what they must not bring."""

import csv
import io
import re
import statistics
from pathlib import Path

import pytest

from tests.collection.grid import at_night
from tests.program import Run

ASKED = {
    "sweep": ("sweep", "nhl-5", "--vary", "dose=5,60"),
    "sensitivity": ("sensitivity", "nhl-5"),
    "search": ("search", "rr-adult", "--doses", "9,28", "--steps", "1", "--minimise", "il6_peak"),
}


@pytest.mark.parametrize("command", ASKED)
def test_courses_of_their_own_are_refused_where_the_command_gives_every_patient_one(
    inside: Run, tmp_path: Path, command: str
) -> None:
    table = "id,weight_kg,height_cm,hold_from_day,hold_days\nA,70,170,3,4\nB,90,180,,\n"
    (tmp_path / "ward.csv").write_text(table, encoding="utf-8")
    ran = inside(*ASKED[command], "--people", "ward.csv")
    assert (ran.status, ran.out) == (2, "")
    assert "the table gives patients their own" in " ".join(ran.err.split())


def test_sensitivities_are_of_the_patients_of_a_table_as_they_are(inside: Run, tmp_path: Path) -> None:
    table = "id,weight_kg,height_cm,b_cells_per_ul,off_drug_day\nA,70,170,300,\nB,90,180,200,1\nC,60,165,100,\n"
    (tmp_path / "ward.csv").write_text(table, encoding="utf-8")
    asked = ("sensitivity", "nhl-5", "--people", "ward.csv", "--parameters", "clearance,b_cells", "--samples", "2")
    ran = inside(*asked, "--endpoints", "dose,b_depleted_day", COLUMNS="120")
    assert ran.status == 0, ran.err
    told = " ".join(ran.out.split())
    assert "The 3 patients of the table, all else drawn of adult-rr, seed 1: the same in every run" in told
    assert "Before treatment as the table of patients says" in told
    assert "1 of 3 patients goes off the drug" in told
    # Everybody has the B cells that the table says: what is typical of others has no part in it.
    assert "no effect at all: b_cells" in told
    alone = inside("simulate", "nhl-5", "--people", "ward.csv", "-f", "json").json
    median = next(one for one in alone["endpoints"] if one["key"] == "dose")["median"]
    found = inside(*asked, "--endpoints", "dose", "-f", "json").json
    assert found["endpoints"][0]["low"] == found["endpoints"][0]["high"] == median
    assert found["manifest"]["patients"] == 3
    ranks = inside("sensitivity", "nhl-5", "--people", "ward.csv", "--method", "correlation")
    assert ranks.status == 0
    assert "The 3 patients of the table, all else drawn of adult-rr, seed 1" in ranks.out
    for words, said in (
        (("--people", "ward.csv", "--patients", "9"), "--patients and --people contradict each other"),
        (("--people", "ward.csv", "--first", "2"), "not drawn from a seed"),
        (("--people", "none.csv"), "no such file"),
    ):
        refused = inside("sensitivity", "nhl-5", *words)
        assert (refused.status, refused.out) == (2, "")
        assert said in " ".join(refused.err.split())


@pytest.mark.slow
def test_a_search_takes_the_patients_of_a_table_again_and_again_and_shows_it_on_those_after(
    inside: Run, tmp_path: Path
) -> None:
    rows = ["70,170,300,", "90,180,200,10", "60,165,100,"]
    head = "weight_kg,height_cm,b_cells_per_ul,off_drug_day"
    (tmp_path / "ward.csv").write_text("\n".join((head, *rows)), encoding="utf-8")
    asked = ("search", "rr-adult", "--cycle", "1", "--steps", "1", "--doses", "9", "--minimise", "il6_peak")
    few = ("--people", "ward.csv", "--search-patients", "5", "--patients", "9", "--sets", "1", "--endpoints", "dose")
    ran = inside(*asked, *few, "-f", "json")
    assert ran.status == 0, ran.err
    found = ran.json
    assert (found["manifest"]["search_patients"], found["manifest"]["patients"]) == (6, 9)
    assert found["manifest"]["people"] == 3
    # The same as of a table that says everybody five times, of whom the first six are those of the search.
    (tmp_path / "long.csv").write_text("\n".join((head, *rows * 5)), encoding="utf-8")
    for row in found["schedules"]:
        name = "rr-adult"
        if not row["searched_from"]:
            assert inside(*asked, *few, "-o", "found").status == 0
            name = f"found/{row['name']}.toml"
        assert inside("simulate", name, "--people", "long.csv", "-o", "long.csv.out.csv").status == 0
        table = list(csv.DictReader(io.StringIO((tmp_path / "long.csv.out.csv").read_text(encoding="utf-8"))))
        for endpoint in row["endpoints"]:
            column = {"il6_peak": "il6_peak_pg_per_ml", "dose": "dose_mcg"}[endpoint["key"]]
            values = [float(one[column]) for one in table[6:]]
            assert endpoint["value"] == pytest.approx(statistics.median(values), rel=1e-9), endpoint["key"]
    told = " ".join(inside(*asked, *few, COLUMNS="200").out.split())
    assert "Before treatment as the table of patients says" in told
    assert "the 3 patients of the table, 2 and 3 times, each time with other draws of what it does not say" in told
    assert "1 of 3 patients goes off the drug" in told


def test_a_search_refuses_patients_whom_the_regimen_is_not_for_as_simulate_does(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.csv").write_text("id,weight_kg,height_cm\nA,70,170\nB,30,135\n", encoding="utf-8")
    told = inside("simulate", "rr-adult", "--people", "ward.csv")
    ran = inside(*ASKED["search"], "--people", "ward.csv")
    assert (ran.status, ran.out) == (told.status, "") == (2, "")
    assert "B" in told.err
    assert ran.err == told.err


OF_PEOPLE = {
    "simulate": ("simulate", "nhl-5"),
    "compare": ("compare", "nhl-5", "rr-adult", "--cycles", "1", "--no-findings"),
    "sweep": ("sweep", "nhl-5", "--vary", "dose=5,60"),
    "maps": ("sweep", "nhl-5", "--vary", "dose=5,60", "--vary", "parameters.kill_rate=x1,x2"),
    "morris": ("sensitivity", "nhl-5", "--parameters", "clearance", "--samples", "2"),
    "correlation": ("sensitivity", "nhl-5", "-m", "correlation"),
    "search": (
        *("search", "rr-adult", "--cycle", "1", "--doses", "9,28", "--steps", "1", "--minimise", "il6_peak"),
        *("--require", "b_depleted_by_14 >= 1%", "--patients", "9", "--search-patients", "9", "--sets", "0"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("command", [at_night(name) if name in {"maps", "correlation"} else name for name in OF_PEOPLE])
def test_tables_figures_and_documents_speak_of_the_people_of_the_table(
    inside: Run, tmp_path: Path, command: str
) -> None:
    rows = "".join(f"{60 + 5 * number},{160 + 3 * number}\n" for number in range(9))
    (tmp_path / "ward.csv").write_text(f"weight_kg,height_cm\n{rows}", encoding="utf-8")
    asked = (*OF_PEOPLE[command], "--people", "ward.csv")
    ran = inside(*asked, "--figure", "drawn.svg", COLUMNS="120")
    assert ran.status == 0, ran.err
    drawn = " ".join(re.sub("<[^>]+>", " ", (tmp_path / "drawn.svg").read_text(encoding="utf-8")).split())
    document = inside(*asked, "-f", "json").json
    assert (
        "of these patients of the table"
        in document.get("intervals", {"cover": "of these patients of the table"})["cover"]
    )
    for text in (" ".join(ran.out.split()), drawn):
        assert "virtual patient" not in text
        assert "patients of the table" in text
        assert "all else drawn of adult-rr, seed 1" in text
    alone = inside(*OF_PEOPLE[command], "--patients", "9") if command != "search" else inside(*OF_PEOPLE[command])
    assert "virtual patients of adult-rr, seed 1" in " ".join(alone.out.split()).replace("Virtual", "virtual")
    assert "the table" not in alone.out
