"""``--people``: a ward's own table, in every command that sends virtual patients somewhere."""

import csv
import io
import json
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.refusal import Refusal
from tests.plan_text import RECORD
from tests.program import Run

TABLE = (
    "id,weight_kg,height_cm,sex,age_years,b_cells_per_ul,il6_pg_per_ml\n"
    "ALL-007,70,175,m,41,15,\nALL-012,60,160,f,33,,12\n"
)


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    path = tmp_path / "ward.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("words", [("154", "69"), ("154", "175"), ("70", "69"), ("175", "70")], ids=str)
def test_a_row_in_pounds_is_refused_as_the_options_are(inside: Run, tmp_path: Path, words: tuple[str, str]) -> None:
    (tmp_path / "pounds.csv").write_text(f"id,weight_kg,height_cm\nA-1,{','.join(words)}\n", encoding="utf-8")
    table = inside("simulate", "rr-adult", "--people", "pounds.csv")
    options = inside("simulate", "rr-adult", "--typical", "--weight", words[0], "--height", words[1])
    assert (table.status, table.out) == (options.status, options.out) == (2, "")
    said, told = (" ".join(ran.err.split()) for ran in (table, options))
    assert said == told.replace("error: ", "error: pounds.csv:2 (id A-1): ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--patients", "2"], "--patients and --people contradict each other"),
        (["--patients", "1000"], "--patients and --people contradict each other"),
        (["--typical"], "--typical and --people contradict each other"),
    ],
    ids=str,
)
def test_a_table_stands_alone(inside: Run, ward: Path, arguments: list[str], message: str) -> None:
    ran = inside("simulate", "rr-adult", "--people", ward.name, *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())


def test_every_row_of_every_table_has_the_name_of_its_patient(inside: Run, ward: Path, tmp_path: Path) -> None:
    for arguments, count in ((("-f", "csv"), 1), (("--every", "35d", "-f", "csv"), 7)):
        found = rows(inside("simulate", "rr-adult", "--people", ward.name, *arguments).out)
        assert [row["id"] for row in found] == ["ALL-007"] * count + ["ALL-012"] * count
        assert [row["patient"] for row in found] == ["1"] * count + ["2"] * count
    for name, times in (("endpoints.parquet", []), ("curves.parquet", ["--every", "35d"])):
        assert inside("simulate", "rr-adult", "--people", ward.name, *times, "-o", name).status == 0
        assert set(pd.read_parquet(tmp_path / name)["id"]) == {"ALL-007", "ALL-012"}
    drawn = rows(inside("simulate", "rr-adult", "--patients", "2", "-f", "csv").out)
    assert "id" not in drawn[0]


def test_that_baselines_were_given_is_said(inside: Run, ward: Path) -> None:
    words = "Before treatment as the table of patients says, and drawn where a cell is empty: B cells, IL-6."
    assert words in " ".join(inside("simulate", "rr-adult", "--people", ward.name).out.split())
    document = inside("simulate", "rr-adult", "--people", ward.name, "-f", "json").json
    assert document["manifest"]["given_baselines"] == ["b_cells", "baseline_il6"]
    assert "given_baselines" not in inside("simulate", "rr-adult", "--patients", "2", "-f", "json").json["manifest"]


def test_given_cells_are_what_the_curves_begin_at(inside: Run, ward: Path) -> None:
    found = rows(inside("simulate", "rr-adult", "--people", ward.name, "--every", "210d", "-f", "csv").out)
    first = {row["id"]: row for row in found if row["minute"] == "0"}
    assert float(first["ALL-007"]["b_cells_per_ul"]) == pytest.approx(15)
    assert float(first["ALL-012"]["il6_pg_per_ml"]) == pytest.approx(12)


def test_areas_are_by_the_formula_that_is_asked_for(inside: Run, ward: Path) -> None:
    found = rows(inside("simulate", "rr-adult", "--people", ward.name, "--bsa-formula", "dubois", "-f", "csv").out)
    assert float(found[0]["bsa_m2"]) == pytest.approx(0.007184 * 70**0.425 * 175**0.725)


def test_what_was_delivered_is_compared_on_the_table(inside: Run, ward: Path, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD, encoding="utf-8")
    arguments = ("plan", "rr-adult", "--record", "record.toml", "--people", ward.name)
    ran = inside(*arguments, "--view", "delivered", "-f", "json")
    simulated = ran.json["dated"]["delivered"]["simulated"]
    assert (simulated["patients"], simulated["given_baselines"]) == (2, ["b_cells", "baseline_il6"])
    told = " ".join(inside(*arguments, "--view", "delivered").out.split())
    assert "he 2 patients of the table" in told
    assert "drawn where a cell is empty: B cells, IL-6." in told
    assert json.loads(blinplan.delivered("rr-adult", record="record.toml", patients=str(ward)).json())["simulated"] == (
        simulated
    )
    for others in ((), ("--view", "delivered", "--patients", "50"), ("--view", "delivered", "-o", ward.name)):
        assert inside(*arguments, *others).status == 2


def test_python_refuses_a_table_with_the_same_words(tmp_path: Path) -> None:
    (tmp_path / "pounds.csv").write_text("id,weight_kg,height_cm\nA-1,154,69\n", encoding="utf-8")
    for asked in (blinplan.simulate, lambda *of: blinplan.curves(of[0], "1d", of[1])):
        with pytest.raises(Refusal, match=r"pounds\.csv:2 \(id A-1\): 154 kg at 69 cm is a body mass index of 323\.5"):
            asked("rr-adult", tmp_path / "pounds.csv")


def test_the_table_is_not_written_over(inside: Run, ward: Path) -> None:
    for more in ((), ("--every", "1d"), ("-f", "nonmem")):
        assert inside("simulate", "rr-adult", "--people", ward.name, "-o", ward.name, *more).status == 2
    assert ward.read_text(encoding="utf-8") == TABLE


def test_patients_whom_a_regimen_is_not_for_are_named(inside: Run, tmp_path: Path) -> None:
    rows = "".join(f"P-{kg},{kg},150\n" for kg in (38, 50, 39, 40, 41, 42, 43))
    (tmp_path / "small.csv").write_text(f"id,weight_kg,height_cm\n{rows}", encoding="utf-8")
    ran = inside("simulate", "rr-adult", "--people", "small.csv")
    assert ran.status == 2
    words = "6 of 7 virtual patients weigh 38.0 to 43.0 kg (id P-38, P-39, P-40, P-41, P-42, and 1 more)"
    assert words in " ".join(ran.err.split())
