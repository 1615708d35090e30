"""``blinplan sensitivity``: as a person types it, at every width, as data and figures, and what it refuses."""

import csv
import io
import json
import random
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

import blinplan
from blinplan.design.sensitivity.runs import SomeRuns, run_places
from blinplan.refusal import Refusal
from tests.cli.design.long_runs import ended_after, lines_in
from tests.collection.grid import at_night, in_turn
from tests.program import Run

MORRIS = ("sensitivity", "nhl-5", "--parameters", "clearance,kill_rate,baseline_il2", "--samples", "3")
SOBOL = (*MORRIS[:-1], "4", "--method", "sobol", "--endpoints", "il6_peak")
RANKS = ("sensitivity", "nhl-5", "--method", "correlation", "--patients", "30")


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "width"), in_turn([MORRIS, SOBOL, RANKS, (*MORRIS, "--range", "x3")], [60, 80, 120]))
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


@pytest.mark.slow
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


@pytest.mark.nightly
@pytest.mark.slow
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


OF_MANY = (*MORRIS, "--patients", "4")
DONE = "rows.csv.runs keeps {} of 12 runs: the same command goes on from there"


@pytest.mark.slow
def test_runs_that_are_ended_are_kept_shown_as_incomplete_and_gone_on_with(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = inside(*OF_MANY, "-o", "whole.csv")
    endings: list[BaseException] = [KeyboardInterrupt(), Refusal("the scheduler is gone", "start it"), SystemExit(9)]
    counts = [5, 5, 1]

    def ended(*given: Any) -> Iterator[SomeRuns]:
        for number, some in enumerate(run_places(*given)):
            if counts and number == counts[0]:
                counts.pop(0)
                raise endings.pop(0)
            yield some

    monkeypatch.setattr("blinplan.design.sensitivity.sensitivity.run_places", ended)
    ran = inside(*OF_MANY, "-o", "rows.csv")
    few = "Ended after 5 of 12 runs: nothing can be said of fewer than 2 whole trajectories, which are 8 runs."
    assert (ran.status, ran.out, " ".join(ran.err.split())) == (130, "", f"{few} {DONE.format(5)}")
    ran = inside(*OF_MANY, "-o", "rows.csv")
    assert ran.status == 2
    assert DONE.format(10) in ran.err
    assert "the scheduler is gone" in ran.err
    assert "Incomplete: the runs were ended when 2 of 3 trajectories were done" in " ".join(ran.out.split())
    assert inside(*OF_MANY, "-o", "rows.csv").status == 9
    assert not (tmp_path / "rows.csv").exists()
    other = inside(*OF_MANY, "-o", "rows.csv", "--range", "x1.4")
    assert (other.status, other.out) == (2, "")
    assert "rows.csv.runs has runs of another sensitivity" in " ".join(other.err.split())
    assert "within: 1.3 there, 1.4 here" in " ".join(other.err.split())
    assert "keeps" not in other.err  # those are of another one
    ran = inside(*OF_MANY, "-o", "rows.csv")
    assert (ran.status, ran.out) == (0, whole.out)
    assert (tmp_path / "rows.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv", "whole.csv"]


def test_runs_that_are_ended_without_a_file_are_shown_as_far_as_they_go(
    inside: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*given: Any) -> Iterator[SomeRuns]:
        yield from islice(run_places(*given), 14)
        raise KeyboardInterrupt

    monkeypatch.setattr("blinplan.design.sensitivity.sensitivity.run_places", ended)
    few = ("sensitivity", "nhl-5", "--parameters", "clearance", "--method", "sobol", "--patients", "3")
    ran = inside(*few, "--samples", "8", "-f", "json")
    assert ran.status == 130
    assert (ran.json["stopped"], ran.json["manifest"]["samples"], ran.json["runs"]) == (True, 4, 12)
    assert "nothing of it is kept: with -o FILE it is" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("sent", [at_night(signal.SIGKILL), at_night(signal.SIGINT)])
def test_a_run_that_is_ended_at_any_moment_goes_on_to_the_same_file(inside: Run, tmp_path: Path, sent: int) -> None:
    asked = (*OF_MANY, "--patients", "20", "--threads", "1")
    assert inside(*asked, "-o", "whole.csv").status == 0
    journal = tmp_path / "killed.csv.runs"
    told = ended_after((*asked, "-o", "killed.csv"), journal, random.Random().randrange(1, 9), sent)  # noqa: S311
    if sent == signal.SIGINT:
        assert f"killed.csv.runs keeps {lines_in(journal) - 1} of 12 runs" in told.err
    assert inside(*asked, "-o", "killed.csv").status == 0
    assert (tmp_path / "killed.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert not journal.exists()


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
        (("--method", "correlation", "--range", "x2"), "varies no parameter"),
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


def test_markdown_says_what_the_table_says(inside: Run) -> None:
    for asked in (MORRIS, SOBOL, RANKS):
        table = " ".join(inside(*asked, COLUMNS="200").out.split())
        markdown = inside(*asked, "-f", "markdown").out.replace("\\", "")
        rows = [line.strip("| ").split(" | ") for line in markdown.splitlines() if "|" in line]
        told = [row for row in rows if "---" not in row[0]]
        assert len(told) > 2
        for row in told:
            assert len(row) == 7
            assert " ".join(row) in table
        assert markdown.startswith("# nhl-5: ")
        said = table.rpartition("It is no cause" if asked == RANKS else "status tells")[2]
        assert said in " ".join(markdown.split())
        assert ("no effect at all: baseline_il2" in markdown) is (asked != RANKS)


def test_days_that_no_endpoint_takes_are_told(inside: Run) -> None:
    asked = ("sensitivity", "nhl-5", "--parameters", "clearance", "--samples", "2", "--patients", "3", "--by-day", "7")
    said = "No share by a day is shown"
    assert said in " ".join(inside(*asked, "--endpoints", "il6_peak").out.split())
    assert said not in " ".join(inside(*asked, "--endpoints", "b_depleted_day").out.split())
    assert said not in " ".join(inside(*asked[:-2], "--endpoints", "il6_peak").out.split())


def test_of_what_is_not_looked_at_yet_no_range_is_told(inside: Run) -> None:
    asked = ("sensitivity", "nhl-5", "--parameters", "clearance", "--samples", "2", "--patients", "3")
    said = inside(*asked, "--endpoints", "b_recovery_day", "--by-day", "7").out
    assert "by day 7\nIt does not occur in 4 of 4 runs: nothing is said of it." in said
    assert "nan" not in said


def test_a_correlation_that_is_ended_says_nothing_of_a_part(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: Any) -> Iterator[Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr("blinplan.design.sensitivity.sensitivity.outcomes_of", ended)
    ran = inside(*RANKS, "-o", "ranks.csv")
    told = "Ended before all patients were through: nothing is said of a part of them."
    assert (ran.status, ran.out, " ".join(ran.err.split())) == (130, "", told)
