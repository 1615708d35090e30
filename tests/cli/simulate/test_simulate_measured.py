"""``simulate --measured``: beside what is, what a ward would have in its files."""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.refusal import Refusal
from tests.program import Run

CURVES = ("drug", "b_cells", "t_cells", "il6")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_curves_have_what_is_measured_beside_what_is(inside: Run) -> None:
    arguments = ("simulate", "rr-adult", "--patients", "20", "--every", "7d", "-f", "csv")
    ran = inside(*arguments, "--measured")
    assert ran.status == 0
    plain = rows(inside(*arguments).out)
    for row, before in zip(rows(ran.out), plain, strict=True):
        assert before.items() <= row.items()
        for name in CURVES:
            unit = "_per_ul" if "cells" in name else "_pg_per_ml"
            number, beyond = row[f"{name}_measured{unit}"], row[f"{name}_measured_beyond"]
            assert bool(number) != bool(beyond)  # a number, or the limit that it is beyond
            assert not beyond or beyond[:2] in {"< ", "> "}
    drug = pd.read_csv(io.StringIO(ran.out))
    numbers = drug["drug_measured_pg_per_ml"].dropna()
    assert numbers.between(50, 1000).all()
    assert (drug["drug_measured_beyond"] == "< 50")[drug["drug_pg_per_ml"] == 0].all()


def test_where_the_errors_come_from_is_said(inside: Run) -> None:
    asked = ("simulate", "rr-adult", "--patients", "5", "--measured", "-f", "csv")
    said = " ".join(inside(*asked, "--every", "7d").err.split())
    assert (
        "published residual error of the clearance model, which is misfit, timing of the sample and assay together"
        in said
    )
    assert "Measured B cells, T cells and IL-6: their errors and limits are assumed: unverified." in said


@pytest.mark.parametrize(
    ("keys", "drug", "others"),
    [
        ("", True, "Measured B cells and IL-6: their"),
        ("b_nadir,t_nadir", False, "Measured B cells: their"),
        ("il6_peak,auc", False, "Measured IL-6: their"),
        ("steady_state_9", True, ""),
        ("auc,t_nadir,b_depleted_day", False, "Nothing is measured: none of these endpoints"),
    ],
)
def test_of_endpoints_the_errors_are_told_of_what_is_measured(keys: str, drug: bool, others: str, inside: Run) -> None:
    """It told of errors of cells and IL-6 beside a table of exposures, in which nothing is measured."""
    asked = ("simulate", "rr-adult", "--patients", "5", "--measured", "-f", "csv")
    ran = inside(*asked, *(("--endpoints", keys) if keys else ()))
    said = " ".join(ran.err.split())
    assert ("Measured drug: with the published residual error" in said) == drug
    assert others in said
    assert ("Measured B" in said, "Measured IL" in said) == ("ed B" in others, "ed IL" in others)
    assert ("Nothing is measured" in said) == ("_measured" not in ran.out)


def test_endpoints_that_are_levels_are_measured_and_others_are_not(inside: Run) -> None:
    (row, *_) = rows(inside("simulate", "rr-adult", "--patients", "5", "--measured", "-f", "csv").out)
    measured = {name for name in row if name.endswith("_measured_beyond")}
    assert {"steady_state_9_measured_beyond", "b_nadir_measured_beyond", "il6_peak_measured_beyond"} <= measured
    assert not {name for name in measured if "day" in name or "auc" in name or "t_nadir" in name}
    assert row["b_nadir_measured_beyond"] == "< 1"  # B cells are gone under the infusion
    assert row["b_nadir_measured_per_ul"] == ""


def test_errors_stay_a_patients_own(inside: Run) -> None:
    few = rows(inside("simulate", "nhl-15", "--patients", "3", "--measured", "--every", "7d", "-f", "csv").out)
    many = rows(inside("simulate", "nhl-15", "--patients", "9", "--measured", "--every", "1d", "-f", "csv").out)
    kept = [row for row in many if int(row["patient"]) <= 3 and int(row["minute"]) % (7 * 1440) == 0]
    assert kept == few
    # The same patient at the same minute has the same error under another dose.
    other = rows(inside("simulate", "nhl-30", "--patients", "3", "--measured", "--every", "7d", "-f", "csv").out)
    ratios = [
        float(row["drug_measured_pg_per_ml"]) / float(row["drug_pg_per_ml"])
        for row in (few[2], other[2])
        if row["drug_measured_pg_per_ml"]
    ]
    assert len(ratios) < 2 or ratios[0] == pytest.approx(ratios[1], rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--measured is of each patient"),
        (["-f", "json"], "--measured is of each patient"),
        (["--typical", "-f", "csv"], "--typical and --measured contradict each other"),
        (["2026-11-02"], "2026-11-02"),
    ],
    ids=str,
)
def test_what_is_of_nobody_is_refused(inside: Run, arguments: list[str], message: str) -> None:
    ran = inside("simulate", "rr-adult", "--measured", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())


def test_python_measures_the_same(inside: Run, tmp_path: Path) -> None:
    shown = inside(
        "simulate", "nhl-15", "--patients", "4", "--seed", "6", "--measured", "--every", "7d", "-f", "csv"
    ).out
    found = blinplan.curves("nhl-15", "7d", 4, seed=6, measured=True)
    assert found.text() == shown
    found.write(tmp_path / "curves.parquet")
    frame = pd.read_parquet(tmp_path / "curves.parquet")
    assert np.isnan(frame.loc[frame["drug_measured_beyond"].notna(), "drug_measured_pg_per_ml"]).all()
    with pytest.raises(Refusal, match="virtual patients"):
        blinplan.curves("nhl-15", "7d", None, measured=True)
