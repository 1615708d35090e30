"""Results as data: read back by csv, pandas and pyarrow, they are the numbers in memory."""

import csv
import io
import json
import math
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.data_table import DataTable, csv_parts, write_parquet
from blinplan.executors.executor import threads
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED
from blinplan.physiology.model.states import SHOWN
from blinplan.physiology.solve import simulate
from blinplan.regimen import library
from blinplan.reports.simulation.data import column_name, curve_table, endpoint_table, simulation_manifest
from blinplan.reports.simulation.summary.document import simulation_json
from blinplan.simulation.crowd.kept import DonePortion
from blinplan.simulation.trajectories import RequestedCurves, curves, portions
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.simulation import Simulation

HASH = "0" * 16


def endpoints(simulation: Simulation) -> DataTable:
    return endpoint_table(simulation, simulation.portions(1000), HASH)


def document(simulation: Simulation) -> dict[str, Any]:
    return dict(json.loads(json.dumps(simulation_json(simulation, HASH), allow_nan=False)))


def rows_of(table: DataTable) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_parts(table)))))


def below_45_kg(every: int, patients: int | None = 7) -> RequestedCurves:
    regimen = library.regimen("rr-below-45-kg")
    return curves(regimen, every=every, patients=patients, seed=3)


def written(table: DataTable, path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        write_parquet(table, path)
        return pd.read_parquet(path)
    path.write_text("".join(csv_parts(table)), encoding="utf-8")
    return pd.read_csv(path)


def test_csv_has_a_line_for_each_patient_and_a_column_for_each_endpoint(simulation: Simulation) -> None:
    rows = rows_of(endpoints(simulation))
    assert [int(row["patient"]) for row in rows] == list(range(1, 61))
    units = {column_name(entry["key"], entry["unit"]) for entry in document(simulation)["endpoints"]}
    assert units <= set(rows[0])


def test_csv_and_json_agree(simulation: Simulation) -> None:
    rows = rows_of(endpoints(simulation))
    empty = 0
    for entry in document(simulation)["endpoints"]:
        cells = [row[column_name(entry["key"], entry["unit"])] for row in rows]
        values = [float(cell) for cell in cells if cell]
        empty += len(cells) - len(values)
        assert entry["count"] == len(values)
        if not values:
            assert (entry["median"], entry["p5"], entry["p95"]) == (None, None, None)
            continue
        if "never" in entry:  # a time, for which those who never get there come after all the others
            values += [np.inf] * entry["never"]
            low, median, high = np.percentile(values, [5, 50, 95], method="inverted_cdf").tolist()
            found = [np.inf if entry[of] is None else entry[of] for of in ("p5", "median", "p95")]
            assert found == [low, median, high]
            continue
        low, median, high = np.percentile(values, [5, 50, 95])
        assert (entry["p5"], entry["median"], entry["p95"]) == pytest.approx((low, median, high), rel=1e-12)
    assert empty > 0


def test_shares_are_counts_of_patients_in_the_csv(simulation: Simulation) -> None:
    rows = rows_of(endpoints(simulation))
    shares = {entry["key"]: entry for entry in document(simulation)["shares"]}
    depleted = [row for row in rows if row["b_depleted_day"]]
    assert (shares["b_depleted_cycle_1"]["count"], shares["b_depleted_cycle_1"]["total"]) == (len(depleted), 60)
    returned = [row for row in rows if row["t_return_day"]]
    assert shares["t_returned"]["count"] == len(returned)
    for share in shares.values():
        assert share["share"] is None or share["low"] <= share["share"] <= share["high"]
    for event in simulation.events:
        happened = [row[event.key] for row in rows if row[event.key]]
        assert (happened.count("true"), len(happened)) == (event.proportion.count, event.proportion.total)
        assert set(happened) <= {"true", "false"}


def test_every_patient_is_an_adult_of_the_regimen_and_gets_the_same_flat_dose(simulation: Simulation) -> None:
    for row in rows_of(endpoints(simulation)):
        assert float(row["weight_kg"]) >= 45
        assert float(row["dose_mcg"]) == pytest.approx(3787, rel=1e-12)
        area = math.sqrt(float(row["weight_kg"]) * float(row["height_cm"]) / 3600)
        assert float(row["bsa_m2"]) == pytest.approx(area, rel=1e-9)
        steady = 1000 * 28 / float(row["clearance_l_per_day"])
        assert float(row["steady_state_28_pg_per_ml"]) == pytest.approx(steady, rel=1e-9)
        assert float(row["auc_ng_day_per_ml"]) == pytest.approx(3787 / float(row["clearance_l_per_day"]), rel=1e-6)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_endpoints_read_back_are_those_in_memory(simulation: Simulation, tmp_path: Path, ending: str) -> None:
    found = written(endpoints(simulation), tmp_path / f"endpoints.{ending}")
    assert found["patient"].tolist() == list(range(1, 61))
    assert found["female"].tolist() == simulation.population.female.tolist()
    for name in ("age_years", "weight_kg", "height_cm", "bsa_m2"):
        assert found[name].tolist() == getattr(simulation.population, name).tolist()
    for quantity in simulation.quantities:
        np.testing.assert_array_equal(found[column_name(quantity.key, quantity.unit)], quantity.values)
    for event in simulation.events:
        expected = [bool(h) if at else None for h, at in zip(event.happens, event.at_risk, strict=True)]
        assert [None if pd.isna(value) else bool(value) for value in found[event.key]] == expected
    assert found["b_recovery_day"].isna().any()


def test_what_does_not_occur_is_missing_in_parquet_and_not_a_number_or_true(
    simulation: Simulation, tmp_path: Path
) -> None:
    event = simulation.events[0]
    unknown = replace(event, at_risk=np.arange(60) % 3 > 0)
    portions = (
        DonePortion.of(of.engine, of.numbers, of.body, of.quantities, (unknown, *of.events[1:]))
        for of in simulation.portions(1000)
    )
    write_parquet(endpoint_table(simulation, portions, HASH), tmp_path / "x.parquet")
    found = pq.read_table(tmp_path / "x.parquet")
    assert found[event.key].null_count == 20
    assert found["b_recovery_day"].null_count > 0
    for quantity in simulation.quantities:
        column = found[column_name(quantity.key, quantity.unit)]
        assert column.null_count == np.isnan(quantity.values).sum()


def test_a_time_belongs_to_the_interval_that_begins_then(tmp_path: Path) -> None:
    asked = below_45_kg(every=1440, patients=None)
    found = written(curve_table(asked, [portions(asked)], HASH), tmp_path / "curves.csv").set_index("day")
    expected = {
        0: (1, 1),
        6: (1, 1),
        7: (1, 2),
        27: (1, 2),
        28: (1, 0),
        41: (1, 0),
        42: (2, 1),
        209: (5, 0),
        210: (5, 0),
    }
    assert {day: (found["cycle"][day], found["step"][day]) for day in expected} == expected
    infused = found["infusion_mcg_per_day"]
    assert infused[7] == pytest.approx(3 * infused[6], rel=1e-12)  # from 5 to 15 mcg/m²/day
    assert (infused[28], infused[41], infused[210]) == (0, 0, 0)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_curves_read_back_are_those_in_memory(tmp_path: Path, ending: str) -> None:
    asked = below_45_kg(every=720)
    found = written(curve_table(asked, [portions(asked)], HASH), tmp_path / f"curves.{ending}")
    days = asked.minutes / 1440
    inside = simulate(asked.dosing, asked.population, output_days=days, endpoints=False).trajectories
    assert inside is not None
    assert found.shape == (7 * 421, 6 + len(SHOWN))
    for patient, mine in found.groupby("patient"):
        n = int(patient) - 1
        assert mine["minute"].tolist() == list(range(0, 210 * 1440 + 1, 720))
        assert mine["day"].tolist() == days.tolist()
        for name, values in (
            ("drug_pg_per_ml", inside.states.concentration),
            ("b_cells_per_ul", inside.states.b_blood),
            ("t_cells_per_ul", inside.t_blood),
            ("blasts_fraction", inside.blasts),
            *((f"{c.lower().replace('-', '')}_pg_per_ml", inside.cytokines[CYTOKINES.index(c)]) for c in ELEVATED),
        ):
            np.testing.assert_array_equal(mine[name], values[:, n])
        for shown in SHOWN:
            values = shown.values(inside.states, asked.population)
            np.testing.assert_array_equal(mine[shown.column], values[:, n], err_msg=shown.column)
        # Infused at rate R in the hours before, the drug is at R over clearance; without, it is gone.
        area, clearance = asked.population.bsa_m2[n], asked.population.clearance[n]
        doses = {0: 0.0, 1: min(5 * area, 9.0), 2: min(15 * area, 28.0)}
        ordered = [doses[step if cycle == 1 else 2 * min(step, 1)] for cycle, step in mine[["cycle", "step"]].values]
        np.testing.assert_allclose(mine["infusion_mcg_per_day"], ordered, rtol=1e-12)
        day_3 = mine[mine["day"] == 3.0].iloc[0]
        assert day_3["drug_pg_per_ml"] == pytest.approx(1000 * day_3["infusion_mcg_per_day"] / clearance, rel=1e-3)


def test_parquet_says_its_units_and_what_it_was_made_from(simulation: Simulation, tmp_path: Path) -> None:
    asked = below_45_kg(every=1440, patients=None)
    for table, manifest in (
        (endpoints(simulation), {**simulation_manifest(simulation, HASH), "unverified": False}),
        (
            curve_table(asked, [portions(asked)], HASH),
            {**simulation_manifest(asked, HASH), "unverified": False, "every_minutes": 1440},
        ),
    ):
        path = tmp_path / f"{table.name}.parquet"
        write_parquet(table, path)
        schema = pq.read_schema(path)
        assert json.loads(schema.metadata[b"blinplan"]) == {"table": table.name, **manifest}
        assert {"blinplan", "model", "seed", "patients", "regimen", "input"} <= set(manifest)
        for field, column in zip(schema, table.columns, strict=True):
            assert field.metadata[b"unit"].decode() == column.unit
            assert field.metadata[b"description"]
            assert field.type in (pa.int64(), pa.float64(), pa.bool_())


def test_names_of_columns_are_plain_and_tell_their_unit(simulation: Simulation) -> None:
    asked = below_45_kg(every=1440)
    for table in (endpoints(simulation), curve_table(asked, [()], HASH)):
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert all(name.isidentifier() and name.isascii() and name == name.lower() for name in names)
        for column in table.columns:
            words = {"pg/mL": "pg_per_ml", "cells/µL": "per_ul", "mcg": "mcg", "kg": "kg", "cm": "cm", "m²": "m2"}
            assert words.get(column.unit, "") in column.name


def test_a_portion_of_patients_is_a_row_group_and_never_all_of_a_large_population(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = below_45_kg(every=1440)
    whole = written(curve_table(asked, [portions(asked)], HASH), tmp_path / "whole.parquet")
    monkeypatch.setattr("blinplan.simulation.trajectories._POINTS", 2 * 211)
    parts = list(portions(asked))
    assert [(part.first, part.trajectories.states.b_blood.shape) for part in parts] == [
        (0, (211, 2)),
        (2, (211, 2)),
        (4, (211, 2)),
        (6, (211, 1)),
    ]
    with threads(2) as two:
        in_parts = written(curve_table(asked, [portions(asked, executor=two)], HASH), tmp_path / "parts.parquet")
    assert pq.read_metadata(tmp_path / "parts.parquet").num_row_groups == 4
    pd.testing.assert_frame_equal(in_parts, whole, check_exact=True)


SAID: dict[str, Any] = {"weight": 50, "height": 160, "area": 1.5, "age": 30}


KNOWN = [of for size in range(5) for of in combinations(SAID, size)]


@pytest.mark.parametrize("names", [of for of in KNOWN if "area" in of or ("weight" in of) == ("height" in of)])
def test_of_the_typical_patient_stands_in_data_what_was_said_of_his_body(names: tuple[str, ...]) -> None:
    """And his area, which is the model's or computed: no age, sex or weight that nobody said."""
    who = blinplan.patient(**{name: SAID[name] for name in names})
    bodies = {"weight_kg": 50.0, "height_cm": 160.0} if {"weight", "height"} <= set(names) else {}
    said = {"age_years": 30.0} if "age" in names else {}
    shown = run(library.regimen("nhl-5"), patients=None, patient=who)
    (row,) = rows_of(endpoints(shown))
    of_body = ("age_years", "female", "weight_kg", "height_cm")
    assert {name: float(row[name]) for name in of_body if name in row} == {**said, **bodies}
    assert float(row["bsa_m2"]) == shown.typical_area
    records = blinplan.curves("nhl-5", "7d", None, patient=who).records().table()
    asked = {"WT", "HT", "AGE", "FEMALE"} & {column.name for column in records.columns}
    assert asked == {{"weight_kg": "WT", "height_cm": "HT", "age_years": "AGE"}[name] for name in {**said, **bodies}}
