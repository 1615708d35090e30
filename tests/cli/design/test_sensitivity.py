"""``blinplan sensitivity``: as a person types it, at every width, as data and figures, and what it refuses."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

import blinplan
from tests.program import Run

MORRIS = ("sensitivity", "nhl-5", "--parameters", "clearance,kill_rate,baseline_il2", "--samples", "3")
SOBOL = (*MORRIS[:-1], "4", "--method", "sobol", "--endpoints", "il6_peak")
RANKS = ("sensitivity", "nhl-5", "--method", "correlation", "--patients", "30")


@pytest.mark.parametrize("asked", [MORRIS, SOBOL, RANKS, (*MORRIS, "--range", "x3")])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_every_width(inside: Run, asked: tuple[str, ...], width: int) -> None:
    ran = inside(*asked, COLUMNS=f"{width}")
    assert ran.status == 0, ran.err
    assert max(map(cell_len, ran.out.splitlines())) <= width
    assert "…" not in ran.out


def test_it_says_what_was_run_what_shows_and_what_it_covers(inside: Run) -> None:
    out = " ".join(inside(*MORRIS, COLUMNS="120").out.split())
    assert "nhl-5 Morris: 3 parameters from ÷ 1.3 to × 1.3, 12 runs" in out
    assert "The typical patient of adult-rr (1.876 m²) in every run" in out
    assert "parameter μ* (ln) ± μ σ value status" in out
    assert "2.22 L/h published" in out
    assert "no effect at all: baseline_il2" in out
    assert "The range is ours" in out
    assert "no probability" in out
    wide = " ".join(inside(*MORRIS, "--range", "x3", COLUMNS="120").out.split())
    assert "Not reached within 28" in wide
    assert "it is looked at up to then" in wide


def test_ranks_say_what_chance_does(inside: Run) -> None:
    out = " ".join(inside(*RANKS, COLUMNS="120").out.split())
    assert "Rank correlation between patients" in out
    assert "30 virtual patients of adult-rr, seed 1" in out
    assert "not told apart from none:" in out
    assert "one in twenty apart by chance" in out


@pytest.mark.parametrize("asked", [MORRIS, SOBOL, RANKS])
def test_python_and_the_command_give_the_same_in_every_form(
    inside: Run, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    ran = inside(*asked, "-f", "csv", "-o", "rows.csv")
    assert ran.status == 0, ran.err
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8") == ran.out
    method = asked[asked.index("--method") + 1] if "--method" in asked else "morris"
    found = blinplan.sensitivity(
        "nhl-5",
        ["il6_peak"] if method == "sobol" else [],
        method,  # type: ignore[arg-type]
        parameters=() if method == "correlation" else ("clearance", "kill_rate", "baseline_il2"),
        samples={"morris": 3, "sobol": 4}.get(method),
        patients=30 if method == "correlation" else None,
    )
    assert "".join(found.csv_texts()) == ran.out
    assert json.loads(found.text("json")) == inside(*asked, "-f", "json").json
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["status"] for row in rows} <= {"published", "derived", "calibrated", "assumed"}
    assert "<table>" in found._repr_html_()
    assert "nhl-5" in repr(found)
    assert len(found.columns()["parameter"]) == len(rows)
    assert {row["endpoint"] for row in rows} == set(found.endpoints)


def test_figures_are_the_same_bytes_every_time(inside: Run, tmp_path: Path) -> None:
    for asked in (MORRIS, SOBOL, RANKS):
        for name in ("one.svg", "other.svg"):
            ran = inside(*asked, "--figure", name)
            assert ran.status == 0, ran.err
        one = (tmp_path / "one.svg").read_text(encoding="utf-8")
        assert one == (tmp_path / "other.svg").read_text(encoding="utf-8")
        assert "clearance" in one
        assert "published" in one


def test_threads_do_not_change_a_byte(inside: Run) -> None:
    asked = (*MORRIS, "--patients", "3", "-f", "csv")
    assert inside(*asked, "--threads", "1").out == inside(*asked, "--threads", "3").out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--parameters", "clearence"), "did you mean clearance"),
        (("--parameters", "clearance,"), "empty name"),
        (("--range", "x0.9"), "x0.9 is none"),
        (("--range", "x1"), "x1 is none"),
        (("--range", "x11"), "x11 is none"),
        (("--range", "30%"), "write it as x1.3"),
        (("--endpoints", "il6_paek"), "did you mean il6_peak"),
        (("--endpoints", "b_depleted_cycle_1"), "the typical patient is one"),
        (("--by-day", "7"), "give a number of patients"),
        (("--method", "sobol", "--samples", "12"), "ask for 8 or 16"),
        (("--method", "correlation", "--samples", "12"), "varies no parameter"),
        (("--method", "correlation", "--patients", "9", "--by-day", "2"), "leave the days out"),
        (("-o", "rows.txt"), "does not end in"),
    ],
)
def test_what_cannot_be_is_refused_before_anybody_is_simulated(
    inside: Run, options: tuple[str, ...], says: str
) -> None:
    ran = inside("sensitivity", "nhl-5", *options)
    assert ran.status == 2
    assert ran.out == ""
    assert says in " ".join(ran.err.split())


def test_without_salib_a_sentence_says_what_to_install(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setattr("blinplan.api.designing.sensitivity.find_spec", lambda name: None)
    ran = inside(*MORRIS)
    assert ran.status == 2
    assert "pip install 'blinplan[sensitivity]'" in " ".join(ran.err.split())
    assert inside(*RANKS).status == 0
