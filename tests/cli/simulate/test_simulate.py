"""``blinplan simulate``: numbers that can be worked out by hand, and the same bytes twice."""

import csv
import io
import re
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from blinplan.reports.simulation.data import column_name
from tests.program import Run, process
from tests.regimen_text import cycle, regimen_text

CLEARANCE = 2.22 * 24  # L/day at 1.876 m²
ENDINGS = ("svg", "png", "pdf")


def typical(inside: Run, name: str, *arguments: str) -> dict[str, Any]:
    ran = inside("simulate", name, "--typical", "-f", "json", *arguments)
    assert ran.status == 0
    return {entry["key"]: entry["typical"] for entry in ran.json["endpoints"]}


@pytest.mark.parametrize("area", [[], ["--bsa", "1.876"]])
def test_steady_state_is_dose_over_clearance(inside: Run, area: list[str]) -> None:
    found = typical(inside, "rr-adult", *area)
    assert f"{found['steady_state_9']:.2f}" == "168.92"
    assert f"{found['steady_state_28']:.2f}" == "525.53"
    assert found["steady_state_9"] == pytest.approx(1000 * 9 / CLEARANCE, rel=1e-12)


def test_the_area_under_the_curve_is_dose_over_clearance(inside: Run) -> None:
    lines = cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")
    Path("one.toml").write_text(regimen_text(lines), encoding="utf-8")
    found = typical(inside, "one.toml", "--bsa", "1.876")
    assert found["dose"] == pytest.approx(651, rel=1e-12)
    # mcg over L is ng over mL
    assert found["auc"] == pytest.approx(651 / CLEARANCE, rel=1e-9)


def test_clearance_grows_with_body_surface_area(inside: Run) -> None:
    small = typical(inside, "rr-adult", "--bsa", "1.5")
    clearance = CLEARANCE * (1.5 / 1.876) ** 0.62
    assert small["steady_state_28"] == pytest.approx(28_000 / clearance, rel=1e-9)


def test_doses_by_area_are_multiplied_by_it_up_to_their_cap(inside: Run) -> None:
    lines = cycle("5 mcg/m2/day for 28 days")
    Path("capped.toml").write_text(
        regimen_text(lines, top='[eligibility]\npopulation = "adult-rr"\n'), encoding="utf-8"
    )
    assert typical(inside, "capped.toml", "--bsa", "1.5")["dose"] == pytest.approx(7.5 * 28, rel=1e-12)
    assert typical(inside, "capped.toml", "--bsa", "2.0")["dose"] == pytest.approx(9 * 28, rel=1e-12)


def test_weight_and_height_make_the_area_of_the_typical_patient(inside: Run) -> None:
    by_size = typical(inside, "nhl-15", "--weight", "80", "--height", "180")
    assert by_size["dose"] == pytest.approx(15 * 2.0 * 28, rel=1e-12)  # Mosteller: sqrt(80 · 180 / 3600)


@pytest.mark.nightly
@pytest.mark.slow
def test_the_same_bytes_twice_and_with_any_number_of_threads(inside: Run) -> None:
    arguments = ("simulate", "rr-adult", "--patients", "200", "--seed", "1", "-f", "csv")
    once = process(*arguments, "--threads", "1")
    assert once.status == 0
    assert once.err == ""
    assert once.out == inside(*arguments, "--threads", "2").out
    assert len(once.out.splitlines()) == 201


@pytest.mark.parametrize("form", ["table", "json"])
def test_the_same_bytes_twice_and_others_for_another_seed(inside: Run, form: str) -> None:
    arguments = ("simulate", "nhl-15", "--patients", "20", "-f", form)
    once = inside(*arguments, "--seed", "1")
    assert once == inside(*arguments, "--seed", "1")
    assert once.out != inside(*arguments, "--seed", "2").out


def test_patients_are_the_same_people_in_a_larger_population(inside: Run) -> None:
    few = inside("simulate", "nhl-15", "--patients", "5", "-f", "csv").out.splitlines()
    many = inside("simulate", "nhl-15", "--patients", "8", "-f", "csv").out.splitlines()
    assert many[:6] == few


def test_csv_and_json_agree(inside: Run) -> None:
    arguments = ("simulate", "mrd-below-45-kg", "--patients", "11", "--seed", "5")
    found = inside(*arguments, "-f", "json").json
    rows = list(csv.DictReader(io.StringIO(inside(*arguments, "-f", "csv").out)))
    assert len(rows) == found["manifest"]["patients"] == 11
    assert found["manifest"]["population"] == "child"
    for entry in found["endpoints"]:
        column = column_name(entry["key"], entry["unit"])
        values = sorted(float(row[column]) for row in rows if row[column])
        assert entry["count"] == len(values)
        if "never" in entry:
            assert entry["never"] == entry["total"] - len(values)
        elif len(values) % 2:
            assert entry["median"] == pytest.approx(values[len(values) // 2], rel=1e-12)
    assert all(float(row["weight_kg"]) < 45 for row in rows)


def test_follow_up_adds_days_without_infusion(inside: Run) -> None:
    plain = inside("simulate", "nhl-15", "--typical", "-f", "json").json
    longer = inside("simulate", "nhl-15", "--typical", "-f", "json", "--follow-up", "30").json
    assert (plain["days"], longer["days"]) == (42.0, 72.0)
    doses = [[e["typical"] for e in found["endpoints"] if e["key"] == "dose"] for found in (plain, longer)]
    assert doses[0] == doses[1]


@pytest.mark.slow
@pytest.mark.parametrize("columns", ["60", "80", "120", "200"])
def test_the_table_fits(inside: Run, columns: str) -> None:
    ran = inside("simulate", "rr-adult", "--patients", "10", COLUMNS=columns)
    assert max(cell_len(line) for line in ran.out.splitlines()) <= int(columns)
    assert "…" not in ran.out
    assert "168.9" in ran.out
    assert "525.5" in ran.out
    assert ran.err == ""


BRAILLE = range(0x2801, 0x2900)


def curves(text: str) -> bool:
    return any(ord(character) in BRAILLE for character in text)


@pytest.mark.slow
def test_a_pipe_gets_the_table_alone_and_curves_where_they_are_asked_for(inside: Run) -> None:
    arguments = ("simulate", "nhl-15", "--patients", "10")
    plain = inside(*arguments)
    assert not curves(plain.out)
    assert plain == inside(*arguments, "--no-curves")
    drawn = inside(*arguments, "--curves")
    assert curves(drawn.out)
    assert drawn.out.startswith(plain.out)
    assert curves(inside(*arguments, "--to-day", "3").out)
    chosen = inside(*arguments, "--signals", "IL-10,drug").out
    assert chosen.index("Drug concentration, pg/mL") < chosen.index("IL-10, pg/mL")
    assert "T cells, % of baseline" not in chosen


@pytest.mark.slow
def test_curves_are_the_same_bytes_with_any_number_of_threads(inside: Run) -> None:
    arguments = ("simulate", "rr-adult", "--patients", "50", "--curves")
    assert inside(*arguments, "--threads", "1").out == inside(*arguments, "--threads", "2").out


def test_nothing_is_simulated_again_where_nothing_is_drawn(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("bands were computed and not drawn")

    monkeypatch.setattr("blinplan.simulation.percentiles.bands_of", never)
    assert inside("simulate", "nhl-15", "--patients", "5").status == 0
    assert inside("simulate", "nhl-15", "--patients", "5", "--curves").status == 3  # the probe sees it


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to-day", "300"], "--to-day is 300, and the simulation runs from day 0 to day 42"),
        (["--to-day", "nan"], "--to-day is nan"),
        (["--from-day", "-1"], "--from-day is -1"),
        (["--from-day", "5", "--to-day", "5"], "from day 5 to day 5 there is nothing to draw"),
        (["--from-day", "5", "--to-day", "5.04"], "let --to-day be at least an hour after --from-day"),
        (["--signals", "bananas"], "--signals has 'bananas'"),
        (["--signals", ","], "--signals names nothing"),
        (["--curves", "-f", "csv"], "curves are drawn under the table only"),
        (["--to-day", "3", "-f", "json"], "curves are drawn under the table only"),
        (["--to-day", "3", "--no-curves"], "--no-curves that nothing is"),
    ],
    ids=str,
)
def test_what_cannot_be_drawn_is_refused(inside: Run, arguments: list[str], message: str) -> None:
    ran = inside("simulate", "nhl-15", "--typical", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())


def test_days_of_the_follow_up_can_be_drawn(inside: Run) -> None:
    ran = inside("simulate", "nhl-15", "--typical", "--follow-up", "60", "--from-day", "50", "--to-day", "100")
    assert ran.status == 0
    assert curves(ran.out)


@pytest.mark.nightly
@pytest.mark.slow
def test_a_figure_is_the_same_file_from_process_to_process(inside: Run, tmp_path: Path) -> None:
    for name, run in (("one", partial(process, folder=tmp_path)), ("two", inside)):
        figures = [word for ending in ENDINGS for word in ("--figure", f"{name}.{ending}")]
        ran = run("simulate", "nhl-15", "--patients", "20", *figures)
        assert (ran.status, ran.err) == (0, "")
        assert not curves(ran.out)
    for ending in ENDINGS:
        assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes(), ending


@pytest.mark.slow
def test_figures_go_with_every_format_and_show_the_window(inside: Run, tmp_path: Path) -> None:
    arguments = ("simulate", "nhl-15", "--patients", "5", "-f", "csv")
    plain = inside(*arguments)
    drawn = inside(*arguments, "--figure", "a.svg", "--figure", "b.SVG", "--to-day", "3", "--signals", "il-6")
    assert drawn == plain
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert svg == (tmp_path / "b.SVG").read_text(encoding="utf-8")
    assert "IL-6" in svg
    assert "B cells" not in svg
    ran = inside(*arguments[:-2], "--no-curves", "--figure", "a.svg", "--to-day", "3", "--signals", "il-6")
    assert ran.status == 0  # the figure alone shows these days
    assert not curves(ran.out)
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == svg
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.svg", "b.SVG"]


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        (["a.gif"], "--figure is 'a.gif'"),
        (["nowhere/a.svg"], "nowhere/a.svg cannot be written"),
        (["a.svg", "./a.svg"], "two outputs would be written to a.svg"),
        (["a.svg", "../{}/a.svg"], "two outputs would be written to ../"),
    ],
    ids=str,
)
def test_a_figure_that_cannot_be_written_is_refused_before_any_work(
    inside: Run, tmp_path: Path, figure: list[str], message: str
) -> None:
    names = [name.format(tmp_path.name) for name in figure]
    ran = inside("simulate", "nhl-15", "--typical", *(part for name in names for part in ("--figure", name)))
    assert (ran.status, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())
    assert not list(tmp_path.iterdir())


def test_a_figure_without_matplotlib_says_what_to_install(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ran = inside("simulate", "nhl-15", "--typical", "--figure", "a.svg")
    assert (ran.status, ran.out) == (2, "")
    assert "--figure needs the package matplotlib" in ran.err
    assert "pip install 'blinplan[plot]'" in ran.err


def test_where_nobody_of_a_population_fits_another_one_is_the_answer_beside_a_table_too(
    inside: Run, tmp_path: Path
) -> None:
    """The typical patient comes from it. "Leave them out" was said of a table whose patients all fit."""
    (tmp_path / "own.csv").write_text("weight_kg,height_cm\n70,176\n", encoding="utf-8")
    for whom in (("--people", "own.csv"), ("--patients", "2")):
        ran = inside("simulate", "rr-adult", *whom, "--population", "child")
        assert (ran.status, ran.out) == (2, "")
        said = " ".join(ran.err.split())
        assert "people drawn of child nobody fits help: choose another --population, or" in said


def test_patients_of_another_weight_are_told_by_theirs(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("weight_kg,height_cm,female\n70,176,0\n38,150,1\n", encoding="utf-8")
    ran = inside("simulate", "rr-adult", "--people", "own.csv")
    assert (ran.status, ran.out) == (2, "")
    said = " ".join(ran.err.split())
    assert "rr-adult is for 45 kg and over; 1 of 2 virtual patients weigh 38 kg" in said
    assert "leave them out, or take a regimen for these patients" in said


@pytest.mark.parametrize("command", ["simulate", "report"])
@pytest.mark.parametrize(
    ("size", "area"),
    [("--weight 50 --height 160", "1.491"), ("--bsa 1.7", "1.700"), ("--bsa 1.876", ""), ("", "")],
)
def test_the_size_of_the_typical_patient_beside_many_is_told_where_it_was_given(
    command: str, size: str, area: str, inside: Run
) -> None:
    """The column Typical was of another body than the patients beside it, and nothing said so."""
    found = inside(command, "rr-adult", "--patients", "50", "--endpoints", "auc", *size.split())
    said = " ".join(re.sub("<[^>]*>", " ", found.out).split())
    if area:
        assert f"Typical: no random effects, and the body surface area that was given, {area} m²." in said
    else:
        assert "Typical: no random effects." in said


@pytest.mark.parametrize("command", ["simulate rr-adult --typical", "simulate rr-adult --patients 5"])
def test_a_weight_that_is_given_with_an_area_is_the_patients(command: str, inside: Run) -> None:
    """One of 50 kg was refused for the 29.454545454545453 kg that went with his area, as if somebody weighed that."""
    asked = (*command.split(), "--bsa", "1.2", "--endpoints", "dose")
    given = inside(*asked, "--weight", "50")
    assert (given.status, given.err) == (0, "")
    assert "3,787" in given.out
    alone = inside(*asked)
    assert alone.status == 2
    assert (
        "rr-adult is for 45 kg and over; no weight is given, and of a body surface area of 1.2 m² the typical patient"
        " weighs 29.5 kg: give the weight as well"
    ) in " ".join(alone.err.split())
