"""Patients of one's own in commands that vary what is given: who they are, and what they must not bring."""

from pathlib import Path

import pytest

from tests.program import Run

ASKED = {
    "sweep": ("sweep", "nhl-5", "--vary", "dose=5,60"),
    "sensitivity": ("sensitivity", "nhl-5"),
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
    assert "3 virtual patients of adult-rr, seed 1: the same in every run" in told
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
    assert "3 virtual patients" in ranks.out
    for words, said in (
        (("--people", "ward.csv", "--patients", "9"), "--patients and --people contradict each other"),
        (("--people", "ward.csv", "--first", "2"), "not drawn from a seed"),
        (("--people", "none.csv"), "no such file"),
    ):
        refused = inside("sensitivity", "nhl-5", *words)
        assert (refused.status, refused.out) == (2, "")
        assert said in " ".join(refused.err.split())
