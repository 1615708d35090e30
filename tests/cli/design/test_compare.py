"""``blinplan compare``: as a person types it, at every width, as data, and what it refuses."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from rich.cells import cell_len

import blinplan
from tests.collection.grid import in_turn
from tests.program import Run

QUICK = ("--patients", "60", "--cycles", "1", "--no-findings")
TWO = ("compare", "mt103-206-15", "mt103-206-5-15", *QUICK)
THREE = ("compare", "mt103-206-15", "mt103-206-5-15", "rr-adult", *QUICK)
SITE = """
site = 1
name = "Ward 7"
time_zone = "Europe/Berlin"
change_time = "10:00"
bag = [{ hours = 24, fill_ml = 276 }, { hours = 48, fill_ml = 276 }]
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "asked"), in_turn([60, 80, 100, 120, 200], [TWO, THREE, (*TWO, "--uncertainty", "1")])
)
def test_it_fits_every_width(inside: Run, asked: tuple[str, ...], width: int) -> None:
    ran = inside(*asked, COLUMNS=f"{width}")
    assert ran.status == 0, ran.err
    assert max(map(cell_len, ran.out.splitlines())) <= width
    assert "..." not in ran.out
    assert "…" not in ran.out
    assert ("--uncertainty" in asked) is ("Over sets:" in " ".join(ran.out.split()))


@pytest.mark.parametrize("width", [60, 80, 99])
def test_of_how_many_each_regimen_is_is_said_where_there_is_no_column_for_it(inside: Run, width: int) -> None:
    """Of three regimens of which each had others at risk, a narrow table said of none how many: one was of 14 of 60."""
    keys = ("--endpoints", "t_return_day,b_recovery_day,b_nadir")
    asked = ("compare", "rr-adult", "nhl-1.5", "nhl-5", *QUICK, *keys)
    counts = {
        endpoint["key"]: [contrast["count"] for contrast in endpoint["paired"][1:]]
        for endpoint in inside(*asked, "-f", "json").json["endpoints"]
    }
    assert counts["b_nadir"] == [60, 60]
    narrow = inside(*asked, COLUMNS=f"{width}").out
    for number, name in enumerate(("nhl-1.5", "nhl-5")):
        told = [line.split("  ")[2] for line in narrow.splitlines() if line.startswith(f"    {name}")]
        assert told == [
            name if key == "b_nadir" else f"{name}, of {counts[key][number]}"
            for key in ("b_nadir", "b_recovery_day", "t_return_day")
        ]


def test_it_says_who_differs_and_on_top_in_words_why(inside: Run) -> None:
    out = inside(*TWO, "--by-day", "2", COLUMNS="120").out
    assert "60 virtual patients of adult-rr, seed 1, all admitted by each regimen" in out
    assert out.index("Cycle 1, days 1 to 7 (7 d), added: 5 mcg/m²/day") < out.index("Given at 1.876 m²")
    (depleted,) = (line for line in out.splitlines() if line.strip().startswith("≤ 10 /µL, cycle 1, by day 2"))
    assert " / " in depleted
    assert "of these virtual patients" in " ".join(out.split())
    assert "Tango" in out


def test_the_reference_is_the_first_or_the_one_that_is_named(inside: Run) -> None:
    out = inside(*THREE, "--against", "rr-adult").out
    assert out.startswith("rr-adult (the reference)  mt103-206-15, mt103-206-5-15\n")
    assert inside(*THREE, "--against", "rr").status == 2


@pytest.mark.slow
def test_a_stretch_of_the_seeds_patients_is_compared_and_said(inside: Run) -> None:
    asked = ("compare", "mt103-206-15", "mt103-206-5-15", "--cycles", "1", "--no-findings", "--endpoints", "b_nadir")
    all_of_them = inside(*asked, "--patients", "30", "-f", "csv").out.splitlines()
    some = inside(*asked, "--patients", "10", "--first", "21", "-f", "csv").out.splitlines()
    assert some == [all_of_them[0], *all_of_them[21:31], *all_of_them[51:61]]
    last = (*asked, "--patients", "10", "--first", "21")
    assert "seed 1, from patient 21 on, all admitted" in " ".join(inside(*last).out.split())
    assert inside(*last, "-f", "json").json["manifest"]["first"] == 21
    assert "first" not in inside(*TWO, "-f", "json").json["manifest"]


def test_what_a_ward_would_measure_stands_beside_what_is_under_each_regimen(inside: Run) -> None:
    asked = ("compare", "mt103-206-15", "mt103-206-5-15", "--cycles", "1", "--patients", "5", "--no-findings")
    rows = list(csv.DictReader(io.StringIO(inside(*asked, "--measured", "-f", "csv").out)))
    alone = inside("simulate", "mt103-206-5-15", "--patients", "5", "--measured", "-f", "csv").out
    key = "il6_peak_measured_pg_per_ml"
    simulated = [row[key] for row in csv.DictReader(io.StringIO(alone))]
    assert [row[key] for row in rows if row["regimen"] == "mt103-206-5-15"] == simulated
    assert len({row[key] for row in rows}) > 5
    assert inside(*asked, "--measured").status == 2


RECORD = """record = 1
regimen = "rr-adult"
start = 2026-11-30T10:00:00
time_zone = "Europe/Berlin"
weight_kg = 82
height_cm = 178

[end]
at = 2026-12-10T10:00:00
reason = "relapse"
"""


def test_the_regimen_of_a_record_is_compared_as_it_came_to_be_and_the_other_as_ordered(inside: Run) -> None:
    """Ended on day 10: seven days of 9 mcg and three of 28, against four weeks."""
    Path("p7.toml").write_text(RECORD, encoding="utf-8")
    asked = ("compare", "mt103-206-15", "rr-adult", "--record", "p7.toml", "--cycles", "1", "--patients", "5")
    found = inside(*asked, "--no-findings", "-f", "json").json
    (dose,) = (one for one in found["endpoints"] if one["key"] == "dose")
    assert dose["values"][1] == pytest.approx(7 * 9 + 3 * 28)
    assert [one["mcg"]["exact"] for one in found["regimens"]][1] == "147"
    assert len(found["manifest"]["record"]) == 16
    assert found["remarks"][0].startswith("rr-adult: As p7.toml says")
    (alone,) = (
        one
        for one in inside("simulate", "rr-adult", "--record", "p7.toml", "--typical", "-f", "json").json["endpoints"]
        if one["key"] == "dose"
    )
    assert alone["typical"] == dose["values"][1]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("nhl-1.5", "mt103-206-15"), "p7.toml is of rr-adult, which is none of those that are compared"),
        (("rr-adult", "mt103-206-15", "--start", "2026-11-30T10:00"), "--start and --record contradict each other"),
    ],
)
def test_a_record_of_another_course_is_refused(inside: Run, asked: tuple[str, ...], said: str) -> None:
    Path("p7.toml").write_text(RECORD, encoding="utf-8")
    ran = inside("compare", *asked, "--record", "p7.toml")
    assert ran.status == 2
    assert said in " ".join(ran.err.split())


def test_patients_of_a_table_are_not_counted_from_a_number(inside: Run, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("weight_kg,height_cm\n70,170\n")
    ran = inside("compare", "mt103-206-15", "rr-adult", "--people", str(table), "--first", "2")
    assert ran.status == 2
    assert "not drawn from a seed" in ran.err


def test_the_document_is_the_tables_and_more(inside: Run) -> None:
    found = inside(*TWO, "--by-day", "2", "-f", "json").json
    assert [one["name"] for one in found["regimens"]] == ["mt103-206-15", "mt103-206-5-15"]
    (peak,) = (one for one in found["endpoints"] if one["key"] == "il6_peak")
    assert peak["measure"] == "ratio"
    assert peak["paired"][0] is None
    assert peak["paired"][1]["low"] < peak["paired"][1]["estimate"] < peak["paired"][1]["high"] < 1.0
    assert found["manifest"]["cycles"] == 1
    text = inside(*TWO, "--by-day", "2", "-f", "markdown").out
    assert "| Cytokines: IL-6 peak, cycle 1 \\(pg/mL\\) |" in text
    assert text.startswith("# mt103-206-15 (the reference), mt103-206-5-15\n")
    assert "| Given at 1.876 m² | mcg | Infusion | Course | Cycles | In hospital |\n" in text


@pytest.mark.slow
def test_data_has_a_row_a_patient_and_regimen_in_every_format(inside: Run, tmp_path: Path) -> None:
    keys = ("--endpoints", "b_nadir,il6_peak,t_after_escalation_day_7")
    rows = list(csv.DictReader(io.StringIO(inside(*TWO, *keys, "-f", "csv").out)))
    assert len(rows) == 120
    assert {row["regimen"] for row in rows} == {"mt103-206-15", "mt103-206-5-15"}
    assert [row["patient"] for row in rows[:60]] == [row["patient"] for row in rows[60:]]
    assert {row["t_after_escalation_day_7_percent_of_step"] for row in rows[:60]} == {""}
    assert "" not in {row["t_after_escalation_day_7_percent_of_step"] for row in rows[60:]}
    for name in ("x.csv", "x.jsonl", "x.parquet"):
        assert inside(*TWO, *keys, "-o", name).out == ""
    assert list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8")))) == rows
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["b_nadir_per_ul"] for line in lines] == [float(row["b_nadir_per_ul"]) for row in rows]
    table = pq.read_table(tmp_path / "x.parquet")
    assert table.column_names == list(rows[0])
    assert table.column("regimen").to_pylist() == [row["regimen"] for row in rows]


@pytest.mark.slow
def test_data_has_the_same_columns_whatever_ones_own_endpoint_is_called(inside: Run) -> None:
    """Three more stood there beside one whose key is the beginning of that of the days that are always counted."""
    asked = (*TWO, "--endpoints", "auc", "-f", "csv")
    columns = [
        inside(*asked, "--endpoint", f"B cells {level}").out.splitlines()[0].replace("_11_per", "_10_per")
        for level in ("at most 10 cells/µL", "at most 11 cells/µL")
    ]
    assert columns[0] == columns[1]
    assert columns[0].split(",").count("b_cells_at_most_10_per_ul_by_day_28_days") == 1


def test_a_site_counts_bags_and_vials(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(SITE, encoding="utf-8")
    out = inside(*THREE, "--site", "ward.toml", "--start", "2026-03-02T10:00", COLUMNS="120").out
    (row,) = (line.split() for line in out.splitlines() if line.startswith("rr-adult  "))
    assert row[-2:] == ["15", "25"]
    assert "begins on 2026-03-02 10:00." in " ".join(out.split())
    assert "a Monday" in inside(*THREE, "--site", "ward.toml").out
    assert inside(*THREE, "--start", "2026-03-02T10:00").status == 2


def test_days_that_say_nothing_of_what_is_asked_are_told(inside: Run) -> None:
    asked = ("--by-day", "2", "--patients", "5", "--endpoints")
    compare, sweep = ("compare", "nhl-5", "nhl-15", "--no-findings"), ("sweep", "nhl-5", "--vary", "dose=5,15")
    for command in (compare, sweep, ("simulate", "nhl-5")):
        without = inside(*command, *asked, "il6_peak").out
        assert "No share by a day is shown" in without
        assert "There by" not in without
        assert "No share by a day is shown" not in inside(*command, *asked, "b_depleted_day").out
    out = inside(*compare, *asked, "b_recovery_day,b_depleted_day", "--by-day", "7,28").out
    assert "Not shown: 2 shares by a day before it is looked at under any." in out
    assert "No share by a day" not in out


def test_what_check_finds_in_one_of_them_is_told(inside: Run) -> None:
    asked = ("compare", "nhl-5", "nhl-15", "--patients", "20", "--endpoints", "b_nadir")
    out = inside(*asked).out
    assert "Findings of `blinplan check` that not all have:" in out
    assert "nhl-5: warning[D202] the target dose is 5 mcg/m²/day" in " ".join(out.split())
    assert "\nFindings of `blinplan check` that not all have:\n\n- nhl-5: " in inside(*asked, "-f", "markdown").out


@pytest.mark.slow
def test_a_figure_has_every_regimen_by_its_name(inside: Run, tmp_path: Path) -> None:
    assert inside(*THREE, "--figure", "x.svg", "--signals", "drug", "--to-day", "14").status == 0
    svg = (tmp_path / "x.svg").read_text(encoding="utf-8")
    for name in ("mt103-206-15", "mt103-206-5-15", "rr-adult"):
        assert name in svg
    assert svg.count("#D55E00".lower()) > 3
    first = svg
    inside(*THREE, "--figure", "x.svg", "--signals", "drug", "--to-day", "14")
    assert (tmp_path / "x.svg").read_text(encoding="utf-8") == first


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("rr-adult",), "two regimens or more"),
        (("rr-adult", "rr-below-45-kg"), "nobody fits"),
        (("rr-adult", "nowhere"), "nowhere"),
        (("rr-adult", "tower", "-o", "x.txt"), ".jsonl"),
        (("rr-adult", "tower", "--to-day", "3"), "--figure"),
        (("rr-adult", "tower", "--by-day", "400"), "day 400"),
        (("rr-adult", "tower", "--endpoints", "nothing"), "nothing"),
        (("rr-adult", "tower", "--premedication"), "premedication"),
        (("rr-adult", "tower", "--people", "x.csv", "--patients", "3"), "--patients"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_simulated(inside: Run, asked: tuple[str, ...], said: str) -> None:
    ran = inside("compare", *asked)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_one_regimen_as_it_was_and_as_it_is_has_two_names(inside: Run, tmp_path: Path) -> None:
    text = blinplan.toml(blinplan.load("rr-adult"))
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    (tmp_path / "b.toml").write_text(text.replace('"28 mcg/day"', '"27 mcg/day"'), encoding="utf-8")
    out = inside("compare", "a.toml", "b.toml", *QUICK).out
    assert out.startswith("a.toml (the reference)  b.toml\n")
    assert inside("compare", "a.toml", "a.toml", *QUICK).out.startswith("a.toml (the reference)  a.toml (2)\n")


def test_people_of_ones_own_are_compared_one_by_one(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,weight_kg,height_cm\nA,70,170\nB,90,180\n", encoding="utf-8")
    asked = ("compare", "rr-adult", "mrd-adult", "--people", "people.csv", "--no-findings")
    assert "The 2 patients of the table, all else drawn of adult-rr, seed 1" in inside(*asked).out
    rows = list(csv.DictReader(io.StringIO(inside(*asked, "-f", "csv").out)))
    assert [(row["regimen"], row["id"]) for row in rows][1:3] == [("rr-adult", "B"), ("mrd-adult", "A")]


@pytest.mark.slow
def test_from_python_it_is_a_value_with_tables_and_a_notebook(tmp_path: Path) -> None:
    found = blinplan.compare("mt103-206-15", "mt103-206-5-15", patients=40, cycles=1, findings=False, by_day=[7])
    assert repr(found) == "<ComparisonResult: mt103-206-5-15 against mt103-206-15, 40 virtual patients>"
    assert [of and of.count for of in found.endpoint("b_depleted_day@7").contrasts] == [None, 40]
    assert "<table>" in found._repr_html_()
    assert len(found.columns()["il6_peak_pg_per_ml"]) == 80
    assert found.differences["mt103-206-5-15"].for_patients[0].place == "Cycle 1, days 1 to 7 (7 d)"
    with pytest.raises(blinplan.Refusal, match="b_nadr"):
        found.endpoint("b_nadr")
    found.figure(tmp_path / "x.png", found.bands(0, 7, ["il-6"]))
    assert (tmp_path / "x.png").stat().st_size > 10_000
