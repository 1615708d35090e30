"""Event records of a cohort, read by others: what is infused, of whom, and numbers wherever R expects numbers."""

import io
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from scipy.integrate import solve_ivp

import blinplan
from blinplan.refusal import Refusal
from tests.plan_text import RECORD
from tests.program import Run

VOLUME = 5.98
READ = ["ID", "TIME", "AMT", "RATE", "EVID", "CMT", "MDV", "DV", "BSA", "CYCLE", "STEP"]
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?|")


def frame(text: str) -> pd.DataFrame:
    """Read as R's read.csv does: an empty cell is NA, and a column with anything but numbers is none of numbers."""
    return pd.read_csv(io.StringIO(text), na_values=[""], keep_default_na=False)


def asked(inside: Run, *arguments: str) -> pd.DataFrame:
    ran = inside("simulate", *arguments, "-f", "nonmem")
    assert ran.status == 0, ran.err
    return frame(ran.out)


def concentrations(patient: pd.DataFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Integrate one compartment with SciPy from the records of one patient alone; pg/mL where samples are taken."""
    doses, sampled = patient[patient["EVID"] == 1], patient.loc[patient["EVID"] == 0, "TIME"]
    ends = doses["TIME"] + doses["AMT"] / doses["RATE"]
    loss, amount, found = patient["CLI"].iloc[0] / VOLUME, 0.0, {0.0: 0.0}
    for start, stop in pairwise(sorted({0.0, *sampled, *doses["TIME"], *ends})):
        middle = (start + stop) / 2
        rate = doses.loc[(doses["TIME"] <= middle) & (middle < ends), "RATE"].sum()
        solved = solve_ivp(
            lambda _, a, infused: infused - loss * a, (start, stop), [amount], args=(rate,), rtol=1e-9, atol=1e-12
        )
        amount = float(solved.y[0, -1])
        found[stop] = 1000 * amount / VOLUME
    return np.array([found[hour] for hour in sampled])


@pytest.mark.slow
def test_every_cell_but_a_name_is_a_number_or_empty(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.csv").write_text("id,weight_kg,height_cm\nA-1,70,175\nB-2,60,160\n", encoding="utf-8")
    for arguments in (("--people", "ward.csv"), ("--patients", "3", "--measured"), ("--typical",)):
        text = inside("simulate", "rr-adult", *arguments, "--every", "7h", "-f", "nonmem").out
        head, *lines = [line.split(",") for line in text.splitlines()]
        assert head[: len(READ)] == READ
        assert all(
            NUMBER.fullmatch(cell) for line in lines for name, cell in zip(head, line, strict=True) if name != "NAME"
        )
        found = frame(text)
        assert found["ID"].dtype == np.int64
        assert found["ID"].drop_duplicates().tolist() == list(range(1, found["ID"].nunique() + 1))


def test_the_control_stream_reads_the_first_columns(inside: Run) -> None:
    stream = inside("model", "--nonmem", "-", "--records", "cohort.csv").out
    head = inside("simulate", "rr-adult", "--patients", "2", "-f", "nonmem").out.splitlines()[0].split(",")
    assert f"$INPUT {' '.join(head[: len(READ)])}\n$DATA cohort.csv IGNORE=@\n" in stream
    assert inside("plan", "rr-adult", "--bsa", "1.9", "-f", "nonmem").out.splitlines()[0].split(",") == READ


@pytest.mark.parametrize("name", ["rr-adult", "rr-below-45-kg"])
def test_each_patient_is_infused_what_the_regimen_comes_to(inside: Run, name: str) -> None:
    found = asked(inside, name, "--patients", "6", "--seed", "4")
    endpoints = pd.read_csv(io.StringIO(inside("simulate", name, "--patients", "6", "--seed", "4", "-f", "csv").out))
    doses = found[found["EVID"] == 1]
    assert doses.groupby("ID")["AMT"].sum().to_numpy() == pytest.approx(endpoints["dose_mcg"].to_numpy(), rel=1e-12)
    first = doses.groupby("ID").first()
    by_area = np.minimum(5 * first["BSA"], 9) if name == "rr-below-45-kg" else 9 + 0 * first["BSA"]
    assert first["RATE"].to_numpy() * 24 == pytest.approx(by_area.to_numpy(), rel=1e-12)
    assert first["WT"].to_numpy() == pytest.approx(endpoints["weight_kg"].to_numpy())
    assert first["CLI"].to_numpy() * 24 == pytest.approx(endpoints["clearance_l_per_day"].to_numpy())
    for _, patient in found.groupby("ID"):
        assert patient["TIME"].is_monotonic_increasing
        given = patient[patient["EVID"] == 1]
        ends = (given["TIME"] + given["AMT"] / given["RATE"]).to_numpy()
        assert (given["TIME"].to_numpy()[1:] >= ends[:-1] - 1e-6).all()


@pytest.mark.slow
def test_records_integrated_by_scipy_give_the_curves_of_each_patient(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD, encoding="utf-8")
    for arguments in (("rr-below-45-kg",), ("rr-adult", "--record", "record.toml")):
        whom = (*arguments, "--patients", "2", "--seed", "2", "--every", "36h")
        found = asked(inside, *whom)
        curves = pd.read_csv(io.StringIO(inside("simulate", *whom, "-f", "csv").out))
        for number, patient in found.groupby("ID"):
            mine = curves.loc[curves["patient"] == number, "drug_pg_per_ml"].to_numpy()
            assert mine.max() > 100
            np.testing.assert_allclose(mine, concentrations(patient), rtol=1e-6, atol=1e-6)


HEAD = "id,weight_kg,height_cm,regimen,hold_from_day,hold_days,off_drug_day\n"
OWN = (
    "11,70,175,,,,",
    "12,80,180,,3,2.5,",
    "13,60,165,,,,7",
    "14,60,165,,30,20,",
    "15,60,165,,5,3,12.25",
    "16,75,170,nhl-15,8.3333,0.5,",
    "17,90,190,nhl-5,,,10",
    "18,55,160,,27,5,84",
    "19,55,160,mt103-206-5-15,0,1,",
    "20,60,165,,,,10.5",
)
"""Patients of their own courses: held, off the drug, both, before the first infusion, and under other regimens."""


def test_records_of_courses_of_their_own_integrate_to_the_curves_of_each(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.csv").write_text(HEAD + "\n".join(OWN) + "\n", encoding="utf-8")
    whom = ("rr-adult", "--people", "ward.csv", "--every", "31h")
    found = asked(inside, *whom)
    curves = pd.read_csv(io.StringIO(inside("simulate", *whom, "-f", "csv").out))
    assert found["ID"].drop_duplicates().tolist() == [int(row.partition(",")[0]) for row in OWN]
    for number, patient in found.groupby("ID"):
        mine = curves[curves["id"] == number]
        samples = patient[patient["EVID"] == 0]
        assert (samples["TIME"] * 60).round(6).tolist() == mine["minute"].tolist()
        assert samples[["CYCLE", "STEP"]].to_numpy().tolist() == mine[["cycle", "step"]].to_numpy().tolist()
        assert patient["TIME"].is_monotonic_increasing
        np.testing.assert_allclose(concentrations(patient), mine["drug_pg_per_ml"], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("rows", [OWN, [row for row in OWN if row.split(",")[3:6] == ["", "", ""]]], ids=["own", "off"])
def test_nobodys_records_depend_on_who_stands_beside_him(inside: Run, tmp_path: Path, rows: list[str]) -> None:
    """A day on which another goes off the drug, or is held, parted his infusions."""
    (tmp_path / "ward.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    together = asked(inside, "rr-adult", "--people", "ward.csv", "--every", "7d").drop(columns="CLI")
    for row in rows:
        (tmp_path / "alone.csv").write_text(f"{HEAD}{row}\n", encoding="utf-8")
        alone = asked(inside, "rr-adult", "--people", "alone.csv", "--every", "7d").drop(columns="CLI")
        mine = together[together["ID"] == alone["ID"].iloc[0]].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, alone)  # but for the clearance, which is that of the first of the seed


def test_an_interrupted_infusion_is_two(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD, encoding="utf-8")
    found = asked(inside, "rr-adult", "--record", "record.toml", "--typical")
    doses = found[(found["EVID"] == 1) & (found["CYCLE"] == 1)]
    assert (doses["RATE"] * 24).round(9).tolist() == [9, 28, 9, 28]
    assert doses["TIME"].tolist()[2] - (doses["TIME"] + doses["AMT"] / doses["RATE"]).tolist()[1] == pytest.approx(71)


def test_names_that_are_numbers_are_the_ids_and_others_stand_in_the_last_column(inside: Run, tmp_path: Path) -> None:
    rows = "id,weight_kg,height_cm\n{},70,175\n{},60,160\n"
    for names, ids in ((("1007", "12"), [1007, 12]), (("A-1", "12"), [1, 2]), (("007", "12"), [1, 2])):
        (tmp_path / "ward.csv").write_text(rows.format(*names), encoding="utf-8")
        text = inside("simulate", "rr-adult", "--people", "ward.csv", "-f", "nonmem").out
        found = pd.read_csv(io.StringIO(text), dtype={"NAME": str})
        assert found["ID"].drop_duplicates().tolist() == ids
        assert ("NAME" in found.columns) == (ids == [1, 2])
        if "NAME" in found.columns:
            assert found.columns[-1] == "NAME"
            assert found["NAME"].drop_duplicates().tolist() == list(names)


def test_a_name_of_two_lines_makes_no_record_of_its_own(inside: Run, tmp_path: Path) -> None:
    """To NONMEM a line is a record: the second half of a name was one, of a patient who is not there."""
    (tmp_path / "ward.csv").write_text('id,weight_kg,height_cm\n"A\n7",70,175\n"B\r\n8,9",60,160\n', encoding="utf-8")
    text = inside("simulate", "rr-adult", "--people", "ward.csv", "-f", "nonmem", "--every", "70d").out
    lines = text.splitlines()
    assert len(lines) == 1 + len(pd.read_csv(io.StringIO(text)))
    assert {line.partition(",")[0] for line in lines[1:]} == {"1", "2"}


def test_what_a_ward_would_measure_stands_where_it_is_observed(inside: Run) -> None:
    whom = ("rr-adult", "--patients", "12", "--seed", "5", "--every", "2d", "--measured")
    found = asked(inside, *whom)
    curves = pd.read_csv(io.StringIO(inside("simulate", *whom, "-f", "csv").out))
    samples = found[found["EVID"] == 0].reset_index(drop=True)
    numbers = curves["drug_measured_pg_per_ml"]
    np.testing.assert_allclose(samples["DV"], np.log(numbers), rtol=1e-12)
    assert (samples["MDV"] == numbers.isna()).all()
    beyond = curves["drug_measured_beyond"].map({"< 50": 1, "> 1000": -1}).fillna(0)
    assert (samples["CENS"] == beyond).all()
    assert {1, -1, 0} == set(samples["CENS"])
    limits = beyond.map({1: np.log(50), -1: np.log(1000)})
    np.testing.assert_allclose(samples["LOQ"], limits, rtol=1e-12)  # NaN where there is none
    assert found.loc[found["EVID"] == 1, "LOQ"].isna().all()
    # The likelihood of a censored sample takes the limit in place of what was not observed: no more is needed for it.
    ready = samples["DV"].fillna(samples["LOQ"])
    assert ready.notna().all()
    assert (ready[samples["CENS"] == 0].between(np.log(50), np.log(1000))).all()
    assert found.loc[found["EVID"] == 1, ["MDV", "CENS"]].drop_duplicates().to_numpy().tolist() == [[1, 0]]


def test_without_measuring_nothing_is_observed_and_everything_can_be_simulated(inside: Run) -> None:
    found = asked(inside, "rr-adult", "--patients", "2")
    assert found["DV"].isna().all()
    assert (found["MDV"] == found["EVID"]).all()
    samples = found.loc[(found["EVID"] == 0) & (found["ID"] == 1), "TIME"]
    assert samples.tolist() == [24.0 * day for day in range(211)]


def test_patients_are_the_same_in_a_larger_cohort_and_keep_their_numbers(inside: Run) -> None:
    few = inside("simulate", "nhl-15", "--patients", "3", "-f", "nonmem").out
    assert inside("simulate", "nhl-15", "--patients", "5", "-f", "nonmem").out.startswith(few)
    numbers = asked(inside, "interfant-21", "--patients", "3")["ID"].drop_duplicates().tolist()
    drawn = pd.read_csv(io.StringIO(inside("simulate", "interfant-21", "--patients", "3", "-f", "csv").out))
    assert numbers == drawn["patient"].tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "records.parquet"], "-f nonmem and -o records.parquet contradict each other"),
        (["--figure", "a.svg"], "-f nonmem writes data and draws no figure"),
        (
            ["--uncertainty", "2", "-o", "records.csv"],
            "sets within published standard errors are shown at the terminal and in JSON",
        ),
        (["--by-day", "2"], "-f nonmem writes no endpoints"),
    ],
    ids=str,
)
def test_what_event_records_do_not_hold_is_refused(inside: Run, arguments: list[str], message: str) -> None:
    ran = inside("simulate", "rr-adult", "--patients", "2", "-f", "nonmem", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())


def test_python_has_the_same_records(inside: Run, tmp_path: Path) -> None:
    shown = inside("simulate", "nhl-15", "--patients", "3", "--seed", "8", "-f", "nonmem", "-o", "records.csv")
    assert shown.status == 0
    found = blinplan.curves("nhl-15", "1d", 3, seed=8).records()
    assert found.text() == (tmp_path / "records.csv").read_text(encoding="utf-8")
    found.write(tmp_path / "records.parquet")
    assert pd.read_parquet(tmp_path / "records.parquet")["ID"].dtype == np.int64
    assert set(found.columns()["ID"].tolist()) == {1, 2, 3}
    with pytest.raises(Refusal, match="event records"):
        blinplan.simulate("nhl-15", 3).text("nonmem")  # type: ignore[arg-type]
