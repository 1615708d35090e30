"""``blinplan sweep``: as a person types it, at every width, ended and gone on with, as data, and what it refuses."""

import csv
import io
import json
import random
import signal
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from rich.cells import cell_len

import blinplan
from blinplan.design.sweep.cell import Cell
from blinplan.design.sweep.run import run_cells
from blinplan.refusal import Refusal
from tests.cli.design.long_runs import ended_after, lines_in
from tests.collection.grid import at_night, in_turn
from tests.program import Run

QUICK = ("--patients", "30")
DOSES = ("sweep", "nhl-5", "--vary", "dose=0.5,5,60", "--by-day", "2,28", *QUICK)
TWO = ("sweep", "rr-adult", "--vary", "cycle.1.step.1.dose=4.5,9", "--vary", "cycle.1.step.1.days=4,7", *QUICK)
THREE = (*TWO, "--vary", "parameters.kill_rate=x1,x2", "--patients", "5")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "width"), in_turn([DOSES, TWO, THREE, (*DOSES, "--uncertainty", "1")], [60, 80, 120, 200])
)
def test_it_fits_every_width(inside: Run, asked: tuple[str, ...], width: int) -> None:
    ran = inside(*asked, COLUMNS=f"{width}")
    assert ran.status == 0, ran.err
    assert max(map(cell_len, ran.out.splitlines())) <= width
    assert "..." not in ran.out
    assert "…" not in ran.out
    assert ("--uncertainty" in asked) is ("In square brackets:" in " ".join(ran.out.split()))


def test_doses_stand_with_shares_numbers_the_article_and_where_half_are(inside: Run) -> None:
    out = " ".join(inside(*DOSES, COLUMNS="120").out.split())
    assert "30 virtual patients of adult-rr, seed 1: the same in every cell" in out
    assert "Dose B cells: ≤ 10 /µL, B cells: ≤ 10 /µL, (mcg/m²/day)" in out
    assert "by day 2" in out
    assert "IL-6 peak" in out
    assert "half of all depleted by day 2: at " in out
    assert "in the majority above 5 mcg/m²/day (DEP-1); incompletely at 0.5 and 1.5 mcg/m²/day (DEP-3)" in out
    assert "95 % interval (Wilson) of these virtual patients" in out
    assert "Investigational: no source of nhl-5 gives the cells that differ from it." in out


@pytest.mark.slow
def test_the_article_is_quoted_of_doses_of_the_first_cycle_in_its_unit(inside: Run) -> None:
    of_one_step = (
        "Article, of one dose throughout and not of steps: B cells fell to depletion in the majority above 9 mcg/day"
    )
    assert of_one_step in " ".join(inside(*TWO).out.split())
    later = inside("sweep", "rr-adult", "--vary", "cycle.2.step.1.dose=9,28", *QUICK).out
    factors = inside("sweep", "rr-adult", "--vary", "dose=x1,x2", *QUICK).out
    assert "DEP-" not in later + factors
    assert "above 9 mcg/day (DEP-2)" in " ".join(
        inside("sweep", "mrd-adult", "--vary", "dose=5,28", "--population", "adult-rr", "--patients", "3").out.split()
    )


@pytest.mark.parametrize("key", ["t_returned", "t_return_day", "b_recovery_day", "b_depleted_cycle_1", "il6_peak"])
def test_it_is_said_of_how_many_patients_a_cell_is_where_that_is_not_all(inside: Run, key: str) -> None:
    """Under the least dose hardly anybody has what can come back: 100 % of 4 stood beside 100 % of 60."""
    asked = (*DOSES[:4], "--patients", "60", "--endpoints", key)
    rows = list(csv.DictReader(io.StringIO(inside(*asked, "-f", "csv").out)))
    lines = [line.split(" | ") for line in inside(*asked, "-f", "markdown").out.splitlines() if line.startswith("| ")]
    told = [line[1].removesuffix(" |") for line in lines[1:]]
    assert len(told) == len(rows) == 3
    for text, row in zip(told, rows, strict=True):
        count = int(row["of"])
        assert ", of " not in text if count in {0, 60} else text.endswith(f", of {count}")
        assert text == "-" or count
    said = inside(*asked).out
    assert ("half of those at risk, " in said) == (key == "t_returned")
    assert ("half of all " in said) == (key == "b_depleted_cycle_1")


def test_two_axes_stand_against_each_other(inside: Run) -> None:
    out = inside(*TWO, COLUMNS="120").out
    assert "B cells: ≤ 10 /µL in cycle 1, across: Cycle 1 step 1 length (days)" in out
    lines = [line.split() for line in out.splitlines()]
    assert [line[0] for line in lines if line[:1] in (["4.5"], ["9"])] == ["4.5", "9"] * 4


def test_python_and_the_command_give_the_same(inside: Run) -> None:
    found = blinplan.sweep("nhl-5", {"dose": [0.5, 5, 60]}, 30, by_day=[2, 28])
    assert "".join(found.csv_texts()) == inside(*DOSES, "-f", "csv").out
    assert found.text("markdown") == inside(*DOSES, "-f", "markdown").out
    assert json.loads(found.text("json")) == inside(*DOSES, "-f", "json").json
    assert [cell.point for cell in found.cells] == [{"dose": 0.5}, {"dose": 5.0}, {"dose": 60.0}]
    assert "<table>" in found._repr_html_()
    assert "9 cells" not in repr(found)
    assert "3 cells over dose" in repr(found)


def test_data_has_a_row_a_cell_and_endpoint_in_every_form(inside: Run, tmp_path: Path) -> None:
    for ending in ("csv", "parquet", "jsonl"):
        ran = inside(*DOSES, "-o", f"sweep.{ending}", "--endpoints", "b_depleted_day,il6_peak")
        assert ran.status == 0, ran.err
        assert f"sweep.{ending}: 3 cells of 30 patients" in ran.err
    rows = list(csv.DictReader(io.StringIO((tmp_path / "sweep.csv").read_text(encoding="utf-8"))))
    assert [(row["dose"], row["endpoint"], row["by_day"]) for row in rows[:4]] == [
        ("0.5", "b_depleted_day", ""),
        ("0.5", "b_depleted_day", "2.0"),
        ("0.5", "b_depleted_day", "28.0"),
        ("0.5", "il6_peak", ""),
    ]
    assert len(rows) == 12
    table = pq.read_table(tmp_path / "sweep.parquet")
    assert table.column("endpoint").to_pylist() == [row["endpoint"] for row in rows]
    assert table.schema.field("dose").metadata[b"unit"] == "mcg/m²/day".encode()
    assert json.loads(table.schema.metadata[b"blinplan"])["vary"] == ["dose=0.5,5,60"]
    lines = [json.loads(line) for line in (tmp_path / "sweep.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["value"] for line in lines] == table.column("value").to_pylist()
    names = [f"sweep.{ending}{cells}" for ending in ("csv", "jsonl", "parquet") for cells in ("", ".cells")]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


MANY = ("sweep", "nhl-5", "--vary", "dose=1:16:1", "--by-day", "2", "--patients", "40", "--threads", "1")


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, at_night(3)])
def test_a_sweep_that_is_killed_at_any_moment_goes_on_to_the_same_file(inside: Run, tmp_path: Path, times: int) -> None:
    assert inside(*MANY, "-o", "whole.csv").status == 0
    chance, kept = random.Random(), []  # noqa: S311 - moments, and no secrets
    for attempt in range(times):
        more = chance.randrange(1, 5) if attempt or times == 1 else 0
        ended_after((*MANY, "-o", "killed.csv"), tmp_path / "killed.csv.cells", more)
        kept.append((tmp_path / "killed.csv.cells").read_bytes().count(b"\n"))
        assert not (tmp_path / "killed.csv").exists()
    assert kept == sorted(kept)
    assert kept[-1] > 1
    assert inside(*MANY, "-o", "killed.csv").status == 0
    assert (tmp_path / "killed.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert (tmp_path / "killed.csv.cells").read_bytes() == (tmp_path / "whole.csv.cells").read_bytes()


def test_a_finished_sweep_is_shown_and_not_run_again(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = inside(*DOSES, "-o", "sweep.csv")
    content = (tmp_path / "sweep.csv").read_bytes()
    (tmp_path / "sweep.csv").unlink()
    with monkeypatch.context() as changed:
        changed.setattr("blinplan.design.sweep.run.outcomes_of", lambda trials, *_: (1 / 0 for _ in trials))
        again = inside(*DOSES, "-o", "sweep.csv", "--scheduler", "tcp://127.0.0.1:1")
        other = inside(*DOSES, "-o", "sweep.csv", "--seed", "2")
    assert (again.status, again.out) == (0, first.out)
    assert (tmp_path / "sweep.csv").read_bytes() == content
    told = "sweep.csv: 3 cells of 30 patients, all done before with the same inputs (remove sweep.csv.cells to simulate"
    assert told in " ".join(again.err.split())
    assert other.status == 2
    assert "seed: 1 there, 2 here" in " ".join(other.err.split())
    (tmp_path / "sweep.csv.cells").unlink()
    assert "done before" not in inside(*DOSES, "-o", "sweep.csv").err


@pytest.mark.slow
@pytest.mark.parametrize("sent", [at_night(signal.SIGINT), at_night(signal.SIGTERM)])
def test_a_sweep_that_is_ended_shows_what_is_done_and_says_how_to_go_on(tmp_path: Path, sent: int) -> None:
    journal = tmp_path / "killed.csv.cells"
    told = ended_after((*MANY, "-o", "killed.csv"), journal, 2, sent)
    kept = lines_in(journal) - 1
    assert told.err == f"killed.csv.cells keeps {kept} of 16 cells: the same command goes on from there\n"
    assert f"the sweep was ended when {kept} of 16 cells were done" in told.out


def ended_at(count: int, how: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """End every sweep when so many cells of it are done."""

    def ended(*given: Any) -> Iterator[Cell]:
        yield from islice(run_cells(*given), count)
        raise how

    monkeypatch.setattr("blinplan.design.sweep.sweep.run_cells", ended)


@pytest.mark.slow
@pytest.mark.parametrize(("how", "status"), [(KeyboardInterrupt(), 130), (Refusal("no workers", "start some"), 2)])
def test_what_is_done_of_a_sweep_that_is_ended_is_shown_and_nothing_else(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: BaseException, status: int
) -> None:
    whole = inside(*DOSES, "-f", "json").json
    table = inside(*DOSES).out
    ended_at(2, how, monkeypatch)
    ran = inside(*DOSES, "--figure", "sweep.svg")
    told = " ".join(ran.out.split())
    assert ran.status == status
    assert "Incomplete: the sweep was ended when 2 of 3 cells were done, and this is of these." in told
    all_rows, rows = (
        [line.split() for line in text.splitlines() if line.split()[:1] in (["0.5"], ["5"], ["60"])]
        for text in (table, ran.out)
    )
    assert len(rows) == 4
    assert rows == [row for row in all_rows if row[0] != "60"]
    assert "no figure is drawn of a part nothing of it is kept: with -o FILE it is" in " ".join(ran.err.split())
    assert ("no workers" in ran.err) is (status == 2)
    assert list(tmp_path.iterdir()) == []
    part = inside(*DOSES, "-f", "json").json
    assert (part["stopped"], whole["stopped"]) == (True, False)
    assert part["cells"] == whole["cells"][:2]
    assert "were done, and this is of these" in inside(*DOSES, "-f", "markdown").out
    lines = inside(*DOSES, "-f", "csv").out.splitlines()
    assert {line.split(",")[0] for line in lines} == {"dose", "0.5", "5.0"}


def test_cells_that_are_not_done_are_told_in_a_grid_of_two_axes(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ended_at(3, KeyboardInterrupt(), monkeypatch)
    ran = inside(*TWO, "--endpoints", "il6_peak", COLUMNS="120")
    rows = {line.split()[0]: line for line in ran.out.splitlines() if line.split()[:1] in (["4.5"], ["9"])}
    assert "not done" not in rows["4.5"]
    assert rows["9"].rstrip().endswith("not done")
    found = blinplan.sweep("nhl-5", {"dose": [0.5, 5, 15, 60]}, 30)
    assert found.is_stopped
    assert len(found.cells) == 3
    with pytest.raises(blinplan.Refusal, match="cells are missing"):
        found.figure("sweep.svg")


def test_a_sweep_that_is_ended_before_a_cell_is_done_says_so(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ended_at(0, KeyboardInterrupt(), monkeypatch)
    ran = inside(*DOSES)
    assert (ran.status, ran.out) == (130, "")
    assert " ".join(ran.err.split()) == (
        "ended before anything could be shown nothing of it is kept: with -o FILE it is, and the same command goes on"
        " from there"
    )


CHANGES = {
    "another dose": ("sweep", "nhl-5", "--vary", "dose=0.5,5,30", "--by-day", "2,28", *QUICK),
    "seed: 1 there, 2 here": (*DOSES, "--seed", "2"),
    "cycles: nothing there, 1 here": (*DOSES, "--cycles", "1"),
    "patients: 30 there, 31 here": (*DOSES, "--patients", "31"),
    "text of the regimen: ": ("sweep", "mine.toml", *DOSES[2:]),
    "first: 1 there, 3 here": (*DOSES, "--first", "3"),
    "follow_up_days: 0 there, 7 here": (*DOSES, "--follow-up", "7"),
    "attenuation: desensitisation there": (*DOSES, "--attenuation", "target-loss"),
    "by_day: [2.0, 28.0] there, [2.0, 7.0, 28.0] here": (*DOSES, "--by-day", "7"),
    "endpoints: nothing there, ['il6_peak'] here": (*DOSES, "--endpoints", "il6_peak"),
    "own_endpoints: nothing there": (*DOSES, "--endpoint", "IL-6 above 100 pg/mL in cycle 1"),
    "parameter_sets: 0 there, 2 here": (*DOSES, "--uncertainty", "2"),
    "population: adult-rr there, adult-mrd here": (*DOSES, "--population", "adult-mrd"),
    "30 given, ": (*DOSES[:-2], "--people", "ward.csv"),
}


@pytest.fixture
def begun(inside: Run, tmp_path: Path) -> Path:
    """The cells of a sweep of which one is done."""
    whole = blinplan.api.designing.sweep.planned_sweep(  # type: ignore[attr-defined]
        "nhl-5", "dose=0.5,5,60", 30, by_day=[2, 28], output=tmp_path / "sweep.csv"
    )
    from blinplan.design.journal import open_journal
    from blinplan.design.sweep.kept import KeptCells

    with open_journal(whole.journal, whole._inputs, KeptCells) as journal:
        journal.add(next(iter(run_cells(whole.plan))))
    text = (Path(blinplan.__file__).parents[1] / "regimens/trials/lymphoma/nhl-5.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(f"{text}\n# seen by me\n", encoding="utf-8")
    rows = "".join(f"{60 + number},170\n" for number in range(30))
    (tmp_path / "ward.csv").write_text(f"weight_kg,height_cm\n{rows}", encoding="utf-8")
    return tmp_path / "sweep.csv.cells"


@pytest.mark.slow
def test_every_change_of_what_is_swept_is_refused_with_what_differs(inside: Run, begun: Path) -> None:
    content = begun.read_bytes()
    for words, asked in CHANGES.items():
        ran = inside(*asked, "-o", "sweep.csv")
        told = " ".join(ran.err.split())
        assert ran.status == 2, words
        assert "sweep.csv.cells has cells of another sweep" in told
        assert words in told or words == "another dose"
        assert "to begin anew" in told
        assert begun.read_bytes() == content
    assert inside(*DOSES, "-o", "sweep.csv").status == 0
    assert begun.read_bytes().count(b"\n") == 4


@pytest.mark.usefixtures("begun")
def test_cells_of_another_version_or_model_are_refused(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("__version__", "9.9"), ("model_hash", lambda: "0" * 16)):
        with monkeypatch.context() as changed:
            changed.setattr(f"blinplan.reports.design.sweep.data.{name}", value)
            ran = inside(*DOSES, "-o", "sweep.csv")
            assert ran.status == 2
            assert ("blinplan: " if name == "__version__" else "model: ") in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing option '--vary'"),
        (("--vary", "dose"), "says no values"),
        (("--vary", "dose=0"), "a dose is more than 0"),
        (("--vary", "dos=5"), "did you mean dose?"),
        (("--vary", "dose=5", "--vary", "cycle.1.step.1.dose=6"), "are of one thing"),
        (("--vary", "dose=5,6", "-o", "sweep.txt"), "does not end in .csv, .parquet or .jsonl"),
        (("--vary", "dose=5,6", "-o", "there/sweep.csv"), "cannot be written"),
        (("--vary", "dose=5,6", "--figure", "sweep.gif"), "name a file that ends in .svg, .png or .pdf"),
        (
            ("--vary", "dose=5", "--vary", "days=7", "--vary", "weight=60", "--figure", "x.svg"),
            "3 axes cannot be drawn",
        ),
        (("--vary", "dose=5,6", "--endpoints", "nadir"), "did you mean t_nadir?"),
        (("--vary", "dose=5,6", "--by-day", "100"), "day 100 is not of the course"),
        (("--vary", "dose=5,6", "--premedication"), "declares no premedication"),
        (("--vary", "dose=5,6", "--uncertainty", "much"), "--uncertainty 'much' is not known"),
        (("--vary", "dose=5,6", "--people", "none.csv"), "no such file"),
        (("--vary", "age=12"), "age=12: "),
    ],
)
def test_what_cannot_be_is_refused(inside: Run, arguments: tuple[str, ...], words: str) -> None:
    ran = inside("sweep", "nhl-5", *arguments, *(() if "--people" in arguments else QUICK))
    assert ran.status == 2
    assert words.lower() in " ".join(ran.err.split()).lower()
    assert ran.out == ""


def test_a_file_beside_that_holds_something_else_is_left_alone(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "sweep.csv.cells").write_text("my notes\n", encoding="utf-8")
    ran = inside(*DOSES, "-o", "sweep.csv")
    assert ran.status == 2
    assert "holds no cells of a sweep" in ran.err
    assert (tmp_path / "sweep.csv.cells").read_text(encoding="utf-8") == "my notes\n"


@pytest.mark.slow
@pytest.mark.parametrize("asked", [DOSES, at_night((*DOSES, "--uncertainty", "2")), TWO])
def test_figures_are_the_same_bytes_and_say_what_they_show(inside: Run, tmp_path: Path, asked: tuple[str, ...]) -> None:
    for name in ("a.svg", "b.svg") if asked == DOSES else ("a.svg",):
        assert inside(*asked, "--figure", name).status == 0
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert asked != DOSES or text == (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert "of these virtual patients" in text
    assert ("DEP-1" in text) is (asked != TWO)
    assert ("DEP-2" in text) is (asked == TWO)
    assert asked != TWO or ">100.0</text>" in text  # numbers in cells are texts that a journal can set anew


def test_own_endpoints_are_swept_too(inside: Run) -> None:
    out = inside(*DOSES, "--endpoint", "IL-6 above 100 pg/mL in cycle 1").out
    assert "IL-6 above 100 pg/mL" in " ".join(out.split())


def test_a_cap_that_limits_the_doses_is_told(inside: Run) -> None:
    out = inside("sweep", "rr-below-45-kg", "--vary", "dose=x1,x4", *QUICK).out
    assert "Caps stay as they are" in out
    assert "Caps stay" not in inside(*DOSES).out


def test_the_regimen_that_a_weight_calls_for_is_swept_and_told(inside: Run) -> None:
    asked = ("sweep", "rr-adult", "--vary", "dose=x1,x2", "--weight", "38", "--height", "150", "--cycles", "1", *QUICK)
    told = "rr-adult is for 45 kg and over; the patient weighs 38 kg: switched to rr-below-45-kg"
    for form in ("table", "markdown", "json"):
        assert told in " ".join(inside(*asked, "-f", form).out.replace("\\", "").split())
    assert "switched" not in inside(*DOSES).out
