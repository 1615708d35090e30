"""``--people``: a ward's own table, in every command that sends virtual patients somewhere."""

import csv
import io
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
    assert blinplan.delivered("rr-adult", record="record.toml", patients=str(ward)).document()["simulated"] == simulated
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
    words = "6 of 7 virtual patients weigh 38 to 43 kg (id P-38, P-39, P-40, P-41, P-42, and 1 more)"
    assert words in " ".join(ran.err.split())


def test_who_has_no_name_is_refused_by_number_and_with_the_figure_that_decides(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "small.csv").write_text("weight_kg,height_cm\n70,175\n44.96,150\n", encoding="utf-8")
    said = " ".join(inside("simulate", "rr-adult", "--people", "small.csv").err.split())
    assert "1 of 2 virtual patients weigh 44.96 kg (patient 2)" in said
    own = "weight_kg,height_cm,age_years,regimen\n70,175,41,\n70,175,17.999,mt103-206-15\n"
    (tmp_path / "own.csv").write_text(own, encoding="utf-8")
    said = " ".join(inside("simulate", "rr-adult", "--people", "own.csv").err.split())
    assert "are 17.999 years old (patient 2)" in said


def test_a_regimen_of_a_row_is_a_file_as_seen_from_the_table(inside: Run, tmp_path: Path) -> None:
    """As a record's site is, and a calendar of holidays: whoever stands elsewhere gets the same."""
    ours = tmp_path / "ours"
    (ours / "regimens").mkdir(parents=True)
    assert inside("new", "own", "--from", "nhl-5", "-o", "ours/regimens/own.toml").status == 0
    rows = "70,175,regimens/own.toml\n80,180,nhl-5\n75,170,\n"
    (ours / "ward.csv").write_text(f"weight_kg,height_cm,regimen\n{rows}", encoding="utf-8")
    named = ("ours/ward.csv", str(ours / "ward.csv"))
    first, second = (inside("simulate", "rr-adult", "--people", name, "-f", "csv") for name in named)
    assert first.status == second.status == 0
    assert len(first.out.splitlines()) == 4
    (ours / "ward.csv").write_text("weight_kg,height_cm,regimen\n70,175,ours/regimens/own.toml\n", encoding="utf-8")
    refused = inside("simulate", "rr-adult", "--people", "ours/ward.csv")
    assert refused.status == 2
    assert "ours/regimens/own.toml" in " ".join(refused.err.split())


BODIES = {
    "neither": ("", "", set()),
    "age": (",age_years", ",41", {"age_years", "AGE"}),
    "sex": (",sex", ",f", {"female", "FEMALE"}),
    "both": (",age_years,sex", ",41,f", {"age_years", "AGE", "female", "FEMALE"}),
}
VIEWS = {
    "endpoints": ("simulate", "nhl-5", "-f", "csv", "--endpoints", "dose"),
    "event records": ("simulate", "nhl-5", "-f", "nonmem", "--every", "14d"),
    "measured event records": ("simulate", "nhl-5", "-f", "nonmem", "--every", "14d", "--measured"),
    "compared": ("compare", "nhl-5", "nhl-15", "-f", "csv", "--endpoints", "dose", "--no-findings"),
}


@pytest.mark.parametrize("view", VIEWS)
def test_nobody_has_an_age_or_a_sex_that_the_table_does_not_say(inside: Run, tmp_path: Path, view: str) -> None:
    names = {"age_years", "female", "AGE", "FEMALE"}
    for said, cells, columns in BODIES.values():
        text = f"weight_kg,height_cm{said}\n70,175{cells}\n80,180{cells}\n"
        (tmp_path / "ward.csv").write_text(text, encoding="utf-8")
        ran = inside(*VIEWS[view], "--people", "ward.csv")
        assert ran.status == 0, ran.err
        found = rows(ran.out)
        shown = names & found[0].keys()
        assert shown <= columns
        assert len(shown) == len(columns) // 2
        for row in found:
            assert {row[name] for name in ("age_years", "AGE") if name in row} <= {"41.0"}
            assert {row[name] for name in ("female", "FEMALE") if name in row} <= {"1"}


def test_drawn_patients_have_an_age_and_a_sex(inside: Run) -> None:
    for view in ("endpoints", "compared"):
        assert {"age_years", "female"} <= rows(inside(*VIEWS[view], "--patients", "2").out)[0].keys()
    assert {"AGE", "FEMALE"} <= rows(inside(*VIEWS["event records"], "--patients", "2").out)[0].keys()


PEOPLE_COMMANDS = {
    "endpoints": ("simulate", "rr-adult"),
    "curves": ("simulate", "rr-adult", "--every", "7d", "-f", "csv"),
    "event records": ("simulate", "rr-adult", "-f", "nonmem"),
    "data": ("simulate", "rr-adult", "-f", "csv"),
}


@pytest.mark.parametrize("command", PEOPLE_COMMANDS)
def test_a_hold_after_the_end_of_the_course_is_refused_wherever_it_is_asked(
    inside: Run, tmp_path: Path, command: str
) -> None:
    text = "id,weight_kg,height_cm,hold_from_day,hold_days\nA-1,70,175,300,2\n"
    (tmp_path / "late.csv").write_text(text, encoding="utf-8")
    ran = inside(*PEOPLE_COMMANDS[command], "--people", "late.csv")
    assert (ran.status, ran.out) == (2, "")
    assert "id A-1: hold_from_day is 300, and the course of rr-adult ends on day 210" in " ".join(ran.err.split())


AGE_DECIDES = {
    **PEOPLE_COMMANDS,
    "comparison": ("compare", "rr-adult", "rr-2014"),
    "sweep": ("sweep", "rr-adult", "--vary", "weight=60,70"),
    "search": ("search", "rr-adult", "--doses", "9,28", "--lengths", "7", "--minimise", "il6_peak"),
}


@pytest.mark.parametrize("command", AGE_DECIDES)
def test_premedication_that_goes_by_age_is_of_nobody_whose_age_is_not_said(
    inside: Run, tmp_path: Path, command: str
) -> None:
    (tmp_path / "ageless.csv").write_text("weight_kg,height_cm\n70,175\n", encoding="utf-8")
    ran = inside(*AGE_DECIDES[command], "--premedication", "--people", "ageless.csv")
    assert (ran.status, ran.out) == (2, "")
    assert "goes by age, and the table does not say how old the patients are" in " ".join(ran.err.split())


def test_an_age_that_is_varied_is_said(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ageless.csv").write_text("weight_kg,height_cm\n70,175\n", encoding="utf-8")
    asked = ("sweep", "rr-adult", "--endpoints", "il6_peak", "--premedication", "--people", "ageless.csv")
    assert inside(*asked, "--vary", "age=20,40").status == 0
    assert inside(*asked, "--vary", "age=x0.9,x1.1").status == 2


def test_what_is_of_a_table_says_of_which(inside: Run, ward: Path, tmp_path: Path) -> None:
    asked = ("simulate", "rr-adult", "--endpoints", "dose", "-f", "json", "--people")
    manifest = inside(*asked, ward.name).json["manifest"]
    (tmp_path / "same.csv").write_text(TABLE.replace(",", ";"), encoding="utf-8")
    assert inside(*asked, "same.csv").json["manifest"] == manifest
    (tmp_path / "other.csv").write_text(TABLE.replace("160", "161"), encoding="utf-8")
    assert inside(*asked, "other.csv").json["manifest"]["people_table"] != manifest["people_table"]
    for command in (("compare", "rr-adult", "rr-2014", "--no-findings"), ("sweep", "rr-adult", "--vary", "weight=70")):
        found = inside(*command, "--endpoints", "dose", "-f", "json", "--people", ward.name).json["manifest"]
        assert found["people_table"] == manifest["people_table"]
    assert "people_table" not in inside(*asked[:-1], "--patients", "2").json["manifest"]


TRIED = ("--patients", "4", "--search-patients", "4")
ADULTS_ONLY = {
    "simulation": ("simulate", "nhl-5", "--endpoints", "dose"),
    "comparison": ("compare", "nhl-5", "nhl-15", "--endpoints", "dose", "--no-findings"),
    "sweep": ("sweep", "nhl-5", "--vary", "dose=3,5", "--endpoints", "dose"),
    "sensitivity": ("sensitivity", "nhl-5", "--method", "correlation", "--endpoints", "dose"),
    "search": ("search", "nhl-5", "--steps", "1", "--doses", "3,5", "--minimise", "il6_peak", "--sets", "0", *TRIED),
}
NOT_EVALUATED = "is for 18 years and over; the table does not say how old the patients are, so age is not evaluated."


@pytest.mark.parametrize("command", ADULTS_ONLY)
def test_an_age_that_the_table_does_not_say_is_not_evaluated(inside: Run, tmp_path: Path, command: str) -> None:
    for said, cells in (("", ""), (",age_years", ",41")):
        text = f"weight_kg,height_cm{said}\n70,175{cells}\n80,180{cells}\n60,165{cells}\n65,170{cells}\n"
        (tmp_path / "ward.csv").write_text(text, encoding="utf-8")
        words = " ".join(inside(*ADULTS_ONLY[command], "--people", "ward.csv").out.split())
        assert "patients of the table" in words
        assert (f"nhl-5 {NOT_EVALUATED}" in words) is (not said)
        assert ("all admitted" in words) is (command == "comparison" and bool(said))


def test_ages_that_decide_nothing_are_not_missed(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.csv").write_text("weight_kg,height_cm\n70,175\n", encoding="utf-8")
    asked = ("--endpoints", "dose", "--people", "ward.csv")
    assert "age" not in inside("simulate", "rr-adult", *asked).out
    assert "all admitted" in inside("compare", "rr-adult", "rr-2014", "--no-findings", *asked).out
    assert "age is not" not in inside("sweep", "nhl-5", "--vary", "age=20,30", *asked).out
    ran = inside("sweep", "nhl-5", "--vary", "age=x0.9,x1.1", *asked)
    assert ran.status == 2
    assert "age is varied by factors, and the table does not say it" in ran.err


def test_the_age_of_who_gets_another_regimen_is_not_evaluated_either(inside: Run, tmp_path: Path) -> None:
    text = "weight_kg,height_cm,regimen\n70,175,\n80,180,nhl-5\n"
    (tmp_path / "ward.csv").write_text(text, encoding="utf-8")
    ran = inside("simulate", "rr-adult", "--endpoints", "dose", "--people", "ward.csv")
    assert f"nhl-5 {NOT_EVALUATED}" in " ".join(ran.out.split())
    manifest = inside("simulate", "rr-adult", "--people", "ward.csv", "-f", "json").json["manifest"]
    assert manifest["not_said"] == ["age_years", "female"]


@pytest.mark.parametrize("option", ["--patients", "--seed"])
def test_nobody_is_drawn_where_the_typical_patient_is_alone(inside: Run, option: str) -> None:
    ran = inside("simulate", "nhl-5", "--typical", option, "5")
    assert (ran.status, ran.out) == (2, "")
    assert f"{option} and --typical contradict each other" in ran.err


@pytest.mark.parametrize(
    "asked",
    [
        ("simulate", "nhl-5"),
        ("compare", "nhl-5", "nhl-15"),
        ("sweep", "nhl-5", "--vary", "dose=5,15"),
        ("search", "rr-adult", "--doses", "9,28", "--minimise", "il6_peak"),
        ("sensitivity", "nhl-5"),
    ],
    ids=lambda asked: str(asked[0]),
)
def test_no_figure_has_no_width(inside: Run, asked: tuple[str, ...]) -> None:
    ran = inside(*asked, "--figure-width", "89")
    assert (ran.status, ran.out) == (2, "")
    assert "--figure-width is how wide figures are, and none is drawn" in " ".join(ran.err.split())
