"""``blinplan simulate -o``: data in files, the same bytes twice, and errors before anything is simulated."""

import importlib.util
import json
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from tests.collection.grid import in_turn
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

CURVES = ("simulate", "nhl-15", "--patients", "9", "--every", "6h")


@pytest.mark.slow
@pytest.mark.parametrize(("every", "ending"), in_turn([(), ("--every", "2d")], ["csv", "parquet"]))
def test_the_same_bytes_with_any_number_of_threads(
    inside: Run, tmp_path: Path, every: tuple[str, ...], ending: str
) -> None:
    made = []
    for threads in ("1", "2"):
        target = tmp_path / f"{threads}.{ending}"
        ran = inside("simulate", "nhl-15", "--patients", "700", *every, "--threads", threads, "-o", str(target))
        assert (ran.status, ran.out) == (0, "")
        assert "700 patients" in " ".join(ran.err.split())
        made.append(target.read_bytes())
    assert made[0] == made[1]


def test_curves_on_standard_output_are_those_of_the_file(inside: Run, tmp_path: Path) -> None:
    inside(*CURVES, "-o", "curves.csv")
    shown = inside(*CURVES, "-f", "csv")
    assert shown.err == ""
    assert shown.out == (tmp_path / "curves.csv").read_text(encoding="utf-8")
    assert len(shown.out.splitlines()) == 1 + 9 * (42 * 4 + 1)


def test_endpoints_on_standard_output_are_those_of_the_file(inside: Run, tmp_path: Path) -> None:
    arguments = ("simulate", "nhl-15", "--patients", "9")
    inside(*arguments, "-o", "endpoints.csv")
    assert inside(*arguments, "-f", "csv").out == (tmp_path / "endpoints.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "minutes"), [("6h", 360), ("90min", 90), ("1d", 1440), ("1 d", 1440), ("24h", 1440), ("1440min", 1440)]
)
def test_times_are_exact_minutes(inside: Run, text: str, minutes: int) -> None:
    assert inside("simulate", "nhl-15", "--typical", "--every", text, "-o", "x.parquet").status == 0
    found = pd.read_parquet("x.parquet")
    assert found["minute"].tolist() == list(range(0, 42 * 1440 + 1, minutes))
    assert found["patient"].unique().tolist() == [1]
    about = json.loads(pq.read_schema("x.parquet").metadata[b"blinplan"])
    assert (about["every_minutes"], about["seed"], about["patients"]) == (minutes, None, None)


def test_changes_that_fall_between_times_are_told(inside: Run) -> None:
    lines = cycle("9 mcg/day for 60 hours", "28 mcg/day for 612 hours")
    Path("x.toml").write_text(regimen_text(lines), encoding="utf-8")
    ran = inside("simulate", "x.toml", "--typical", "--every", "1d", "-o", "x.csv")
    told = " ".join(ran.err.split())
    assert "1 change of the infusion, or the end of the course, falls between these times" in told
    assert "times that divide 12 h have them all" in told
    every_5_days = inside(
        "simulate", "nhl-15", "--typical", "--every", "5d", "-o", "x.csv"
    ).err  # to day 28, free to 42
    assert "2 changes of the infusion, or the end of the course, fall between" in " ".join(every_5_days.split())
    assert "between" not in inside("simulate", "x.toml", "--typical", "--every", "12h", "-o", "x.csv").err


def test_what_is_unverified_is_said_and_kept_with_the_data(inside: Run) -> None:
    text = regimen_text(cycle("28 mcg/day for 28 days"), top='[[sources]]\ncitation = "X"\nstatus = "unverified"\n')
    Path("x.toml").write_text(text, encoding="utf-8")
    for more in ((), ("--every", "1d")):
        ran = inside("simulate", "x.toml", "--typical", *more, "-o", "x.parquet")
        assert "Doses of this regimen are unverified" in " ".join(ran.err.split())
        assert json.loads(pq.read_schema("x.parquet").metadata[b"blinplan"])["unverified"] is True
    ran = inside("simulate", "rr-adult", "--typical", "--premedication", "-f", "csv")
    assert "premedication lowers cytokine release" in " ".join(ran.err.split())
    assert "unverified" not in inside("simulate", "rr-adult", "--typical", "-o", "x.parquet").err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--every", "6h"), ("--every", "-o curves.csv")),
        (("--every", "6h", "-f", "json"), ("--every", "-o curves.csv")),
        (("--every", "0h", "-o", "x.csv"), ("0h", "30min")),
        (("--every", "1.5h", "-o", "x.csv"), ("1.5h", "exact minutes")),
        (("--every", "6", "-o", "x.csv"), ("6h", "whole minutes")),
        (("--every", "9999999d", "-f", "csv", "--follow-up", "1"), ()),
        (("--every", "1min", "-f", "csv", "--follow-up", "3660"), ("1,000,000", "longer --every")),
        (("-o", "x.txt"), ("x.txt", ".parquet")),
        (("-o", "x.parquet", "-f", "csv"), ("contradict", "ending decides")),
        (("-o", "x.csv", "-f", "json"), ("contradict", "ending decides")),
        (("-o", "nowhere/x.csv"), ("nowhere/x.csv", "folder")),
        (("-o", "folder.csv"), ("folder.csv", "folder")),
        (("-o", "people.csv", "--people", "people.csv"), ("people.csv", "is what is read")),
        (("--every", "6h", "-f", "csv", "--uncertainty", "3"), ("published standard errors", "plausible")),
        (("-o", "x.csv", "--uncertainty", "3"), ("published standard errors", "plausible")),
    ],
    ids=" ".join,
)
def test_what_cannot_be_written_is_said_first(
    inside: Run, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    (tmp_path / "folder.csv").mkdir()
    table = "weight_kg,height_cm\n70,175\n"
    (tmp_path / "people.csv").write_text(table, encoding="utf-8")
    drawn = () if "--people" in arguments else ("--patients", "3")
    ran = inside("simulate", "nhl-15", *drawn, *arguments)
    told = " ".join(ran.err.split())
    if words:
        assert (ran.status, ran.out) == (2, "")
        assert all(word in told for word in words), told
    else:
        # Longer than the course: each patient's first time alone, and the rest is told.
        assert ran.status == 0
        assert len(ran.out.splitlines()) == 4
        assert "between these times" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.csv", "people.csv"]
    assert (tmp_path / "people.csv").read_text(encoding="utf-8") == table


def test_without_pyarrow_parquet_says_what_to_install(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "blinplan.api.simulating.data_file.find_spec", lambda name: None if name == "pyarrow" else found(name)
    )
    ran = inside("simulate", "nhl-15", "--typical", "-o", "x.parquet")
    assert (ran.status, ran.out) == (2, "")
    assert "pip install 'blinplan[parquet]'" in " ".join(ran.err.split())
    assert inside("simulate", "nhl-15", "--typical", "-o", "x.csv").status == 0


def test_a_failure_on_the_way_leaves_what_was_there(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for ending in ("csv", "parquet"):
        (tmp_path / f"x.{ending}").write_text("kept", encoding="utf-8")
    monkeypatch.setattr("blinplan.data_table._csv_lines", fails)
    monkeypatch.setattr("blinplan.data_table._arrow", fails)
    for ending in ("csv", "parquet"):
        ran = inside(*CURVES, "-o", f"x.{ending}")
        assert ran.status == 2
        assert "no space left on device" in ran.err
        assert (tmp_path / f"x.{ending}").read_text(encoding="utf-8") == "kept"
    assert len(list(tmp_path.iterdir())) == 2
