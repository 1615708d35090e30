"""Event records and control stream for NONMEM: what others read in them is what was planned and simulated."""

import csv
import io
import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from scipy.integrate import solve_ivp

from tests.plan_text import RECORD
from tests.program import NEVER, Run
from tests.public_files import public
from tests.regimen_text import cycle, regimen_text

NUMBERS = re.compile(r"^\$(THETA|OMEGA) (?:\([^,]+, ([^,]+), [^)]+\)|(\S+)) ; (\w+):", re.MULTILINE)


def records(text: str) -> list[dict[str, float]]:
    """The records as numbers; an empty value is NaN, and a dot, which R does not read as a number, is none."""
    rows = csv.DictReader(io.StringIO(text))
    return [{key: float(value or "nan") for key, value in row.items()} for row in rows]


def numbers(stream: str) -> dict[str, float]:
    """The values in a control stream, by the names in their comments."""
    return {name: float(theta or omega) for _, theta, omega, name in NUMBERS.findall(stream)}


def concentrations(rows: list[dict[str, float]], values: dict[str, float]) -> dict[float, float]:
    """Integrate ADVAN1 TRANS2 with SciPy from the records alone; pg/mL at the hours of the observation records."""
    clearance = values["CL_REF"] * (rows[0]["BSA"] / 1.876) ** values["BSA_ON_CL"]
    doses = [(row["TIME"], row["TIME"] + row["AMT"] / row["RATE"], row["RATE"]) for row in rows if row["EVID"] == 1]
    asked = [row["TIME"] for row in rows if row["EVID"] == 0]
    stops = sorted({0.0, *asked, *(start for start, _, _ in doses), *(stop for _, stop, _ in doses)})
    amount, found = 0.0, {0.0: 0.0}
    for start, stop in pairwise(stops):
        rate = sum(r for begin, end, r in doses if begin <= 0.5 * (start + stop) < end)
        solved = solve_ivp(
            lambda _, a, infused, elimination: infused - elimination * a,
            (start, stop),
            [amount],
            args=(rate, clearance / values["VC"]),
            method="LSODA",
            rtol=1e-9,
            atol=1e-12,
        )
        amount = float(solved.y[0, -1])
        found[stop] = 1000.0 * amount / values["VC"]
    return {hour: found[hour] for hour in asked}


def test_records_hold_every_infusion_with_its_rate(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    for arguments, total in (((), 3787), (("--record", "record.toml"), 3654)):
        size = ("--weight", "70", "--height", "175")
        rows = records(inside("plan", "rr-adult", *size, *arguments, "-f", "nonmem").out)
        doses = [row for row in rows if row["EVID"] == 1]
        assert sum(row["AMT"] for row in doses) == pytest.approx(total, rel=1e-12)
        hours = [row["AMT"] / row["RATE"] for row in doses]
        assert sum(hours) == pytest.approx(140 * 24, rel=1e-12)
        ends = [row["TIME"] + lasts for row, lasts in zip(doses, hours, strict=True)]
        assert all(row["TIME"] >= end - 1e-6 for row, end in zip(doses[1:], ends, strict=False))
        assert {(row["ID"], row["CMT"]) for row in rows} == {(1, 1)}
        assert all(row["BSA"] == pytest.approx((70 * 175 / 3600) ** 0.5, rel=1e-6) for row in rows)


def test_records_ask_for_each_day_and_hold_no_observed_value(inside: Run) -> None:
    rows = records(inside("plan", "rr-adult", "--bsa", "1.9", "-f", "nonmem").out)
    assert [row["TIME"] for row in rows] == sorted(row["TIME"] for row in rows)
    asked = [row for row in rows if row["EVID"] == 0]
    assert [row["TIME"] for row in asked] == [24.0 * day for day in range(211)]
    assert all((row["AMT"], row["RATE"], row["MDV"]) == (0, 0, 0) for row in asked)
    assert all(row["MDV"] == 1 for row in rows if row["EVID"] == 1)
    assert all(np.isnan(row["DV"]) for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "area"), [("rr-below-45-kg", "1.1"), ("rr-adult", "1.876"), ("odd.toml", "2.2")])
def test_records_integrated_by_scipy_give_the_concentrations_of_the_closed_form(
    inside: Run, tmp_path: Path, name: str, area: str
) -> None:
    lines = cycle("9 mcg/day for 61 hours", "28 mcg/day for 611 hours")
    (tmp_path / "odd.toml").write_text(regimen_text(lines), encoding="utf-8")
    stream = inside("model", "--nonmem", "-", "--population", "child" if area == "1.1" else "adult-rr").out
    rows = records(inside("plan", name, "--bsa", area, "-f", "nonmem").out)
    assert inside("simulate", name, "--bsa", area, "--typical", "--every", "1d", "-o", "curves.csv").status == 0
    mine = pd.read_csv("curves.csv")["drug_pg_per_ml"].to_numpy()
    theirs = np.array(list(concentrations(rows, numbers(stream)).values()))
    assert mine.max() > 100
    np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-6)


def test_the_control_stream_holds_the_published_numbers_and_reads_the_records(inside: Run) -> None:
    stream = inside("model", "--nonmem", "-").out
    assert numbers(stream) == {
        "CL_REF": 2.22,
        "BSA_ON_CL": 0.62,
        "VC": 5.98,
        "RUV": 0.559,
        "IIV_CL": 0.2266,
        "IIV_RUV": 0.4134,
    }
    header = inside("plan", "rr-adult", "--bsa", "1.9", "-f", "nonmem").out.splitlines()[0]
    assert f"$INPUT {header.replace(',', ' ')}\n$DATA records.csv IGNORE=@\n" in stream
    assert "$SUBROUTINES ADVAN1 TRANS2\n$PK\nTVCL = THETA(1)*(BSA/1.876)**THETA(2)\n" in stream
    assert "\nV = THETA(3)\n" in stream  # people differ in clearance, and in the size of the residual error
    assert "S1 = V/1000\n" in stream  # mcg over L is 1000 pg/mL
    assert "W = THETA(4)*EXP(ETA(2))\nY = LOGPRED + W*EPS(1)\n" in stream
    assert stream.isascii()
    assert max(map(len, stream.splitlines())) <= 160


@pytest.mark.slow
def test_a_control_stream_and_a_model_are_written_beside_each_other(inside: Run, tmp_path: Path) -> None:
    ran = inside("model", "--nonmem", "run.ctl", "--records", "data/rr-adult.csv", "--sbml", "model.xml")
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert "$DATA data/rr-adult.csv IGNORE=@" in (tmp_path / "run.ctl").read_text(encoding="utf-8")
    assert (tmp_path / "model.xml").read_text(encoding="utf-8").startswith("<?xml")


def test_what_nonmem_would_misread_is_refused(inside: Run, tmp_path: Path) -> None:
    for arguments, words in (
        (("plan", "rr-adult", "--weight", "70", "-f", "nonmem"), ("body surface area", "--height")),
        (("model", "--nonmem", "run.ctl", "--records", "my records.csv"), ("my records.csv", "without spaces")),
        (("model", "--nonmem", "run.ctl", "--records", "x.csv;$PK"), ("letters, digits",)),
    ):
        ran = inside(*arguments)
        assert (ran.status, ran.out) == (2, "")
        assert all(word in " ".join(ran.err.split()) for word in words)
    assert not (tmp_path / "run.ctl").exists()


@pytest.mark.nightly
@pytest.mark.outside
def test_pharmpy_opens_the_control_stream_with_its_records(inside: Run, tmp_path: Path) -> None:
    python = public("BLINPLAN_PHARMPY")
    text = inside("plan", "rr-below-45-kg", "--bsa", "1.1", "-f", "nonmem").out
    (tmp_path / "records.csv").write_text(text, encoding="utf-8")
    assert inside("model", "--nonmem", "run.ctl", "--population", "child").status == 0
    script = Path(__file__).with_name("pharmpy_reads.py")
    ended = subprocess.run(  # noqa: S603 - our own script
        [str(python), str(script), "run.ctl"], cwd=tmp_path, capture_output=True, check=True, timeout=NEVER
    )
    found = json.loads(ended.stdout)
    stream = (tmp_path / "run.ctl").read_text(encoding="utf-8")
    assert found["parameters"] == {**numbers(stream), "SIGMA_1_1": 1.0}
    assert found["variances"] == ["IIV_CL", "IIV_RUV", "SIGMA_1_1"]
    assert found["items"] == text.splitlines()[0].split(",")
    assert found["amount"] == pytest.approx(7 * 5 * 1.1 + 133 * 15 * 1.1, rel=1e-9)
    assert (found["elimination"], found["doses"], found["observations"]) == ("CL/V", ["Infusion"], 211)
    assert found["clearance"] == [pytest.approx(2.22 * (1.1 / 1.876) ** 0.62, rel=1e-8)]
    assert found["violations"] == 0
