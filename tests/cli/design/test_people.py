"""Patients of one's own in commands that vary what is given: who they are, and what they must not bring."""

from pathlib import Path

import pytest

from tests.program import Run

ASKED = {
    "sweep": ("sweep", "nhl-5", "--vary", "dose=5,60"),
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
