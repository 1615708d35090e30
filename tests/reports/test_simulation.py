"""The endpoints of a simulation: the same numbers as table, JSON and CSV."""

import csv
import io
import json
import math
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

from blinplan.physiology.run import Simulation
from blinplan.reports.screen import Screen
from blinplan.reports.simulation import number, simulation_csv, simulation_json, simulation_report


def document(simulation: Simulation) -> dict[str, Any]:
    return dict(json.loads(json.dumps(simulation_json(simulation, "0" * 16), allow_nan=False)))


def table(simulation: Simulation) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(simulation_csv(simulation))))


def test_a_document_says_what_it_was_made_from(simulation: Simulation) -> None:
    found = document(simulation)
    assert (found["format"], found["version"], found["days"]) == ("blinplan-simulation", 1, 210.0)
    manifest = found["manifest"]
    assert (manifest["regimen"], manifest["population"]) == ("rr-adult", "adult-rr")
    assert (manifest["seed"], manifest["patients"], manifest["input"]) == (3, 60, "0" * 16)
    assert set(manifest) >= {"blinplan", "model"}


def test_keys_are_unique_and_every_endpoint_has_a_unit(simulation: Simulation) -> None:
    found = document(simulation)
    keys = [entry["key"] for entry in found["endpoints"]]
    assert len(set(keys)) == len(keys) > 15
    assert all(entry["unit"] and entry["label"] for entry in found["endpoints"])
    shares = [entry["key"] for entry in found["shares"]]
    assert len(set(shares)) == len(shares)


def test_csv_has_a_line_for_each_patient_and_a_column_for_each_endpoint(simulation: Simulation) -> None:
    rows = table(simulation)
    assert [int(row["patient"]) for row in rows] == list(range(1, 61))
    units = {f"{entry['key']} [{entry['unit']}]" for entry in document(simulation)["endpoints"]}
    assert units <= set(rows[0])


def test_csv_and_json_agree(simulation: Simulation) -> None:
    rows = table(simulation)
    empty = 0
    for entry in document(simulation)["endpoints"]:
        cells = [row[f"{entry['key']} [{entry['unit']}]"] for row in rows]
        values = [float(cell) for cell in cells if cell]
        empty += len(cells) - len(values)
        assert entry["count"] == len(values)
        if not values:
            assert (entry["median"], entry["p5"], entry["p95"]) == (None, None, None)
            continue
        low, median, high = np.percentile(values, [5, 50, 95])
        assert (entry["p5"], entry["median"], entry["p95"]) == pytest.approx((low, median, high), rel=1e-12)
    assert empty > 0


def test_shares_are_counts_of_patients_in_the_csv(simulation: Simulation) -> None:
    rows = table(simulation)
    shares = {entry["key"]: entry for entry in document(simulation)["shares"]}
    depleted = [row for row in rows if row["b_depleted_day [day]"]]
    assert (shares["b_depleted_cycle_1"]["count"], shares["b_depleted_cycle_1"]["total"]) == (len(depleted), 60)
    returned = [row for row in rows if row["t_return_day [day]"]]
    assert shares["t_returned"]["count"] == len(returned)
    for share in shares.values():
        assert share["share"] is None or share["low"] <= share["share"] <= share["high"]


def test_every_patient_is_an_adult_of_the_regimen_and_gets_the_same_flat_dose(simulation: Simulation) -> None:
    for row in table(simulation):
        assert float(row["weight_kg"]) >= 45
        assert float(row["dose [mcg]"]) == pytest.approx(3787, rel=1e-12)
        area = math.sqrt(float(row["weight_kg"]) * float(row["height_cm"]) / 3600)
        assert float(row["bsa_m2"]) == pytest.approx(area, rel=1e-9)
        steady = 1000 * 28 / float(row["clearance"])
        assert float(row["steady_state_28 [pg/mL]"]) == pytest.approx(steady, rel=1e-9)
        assert float(row["auc [ng·day/mL]"]) == pytest.approx(3787 / float(row["clearance"]), rel=1e-6)


def test_the_typical_patient_alone_has_no_population(typical: Simulation) -> None:
    found = document(typical)
    assert (found["manifest"]["seed"], found["manifest"]["patients"]) == (None, None)
    assert all(set(entry) == {"key", "label", "unit", "typical"} for entry in found["endpoints"])
    assert all(set(entry) == {"key", "label", "typical"} for entry in found["shares"])
    assert len(table(typical)) == 1


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("alone", [True, False])
def test_the_table_fits_and_names_every_endpoint(
    simulation: Simulation, typical: Simulation, alone: bool, width: int
) -> None:
    shown = typical if alone else simulation
    screen = Screen(width, False, True)
    text = screen.render(*simulation_report(shown, screen))
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert "…" not in text
    for quantity, average in zip(shown.quantities, shown.typical_quantities, strict=True):
        assert quantity.label.split(",")[0].split(" (")[0].split()[0] in text
        assert number(float(average.values[0])) in text
    for event in shown.events if not alone else ():
        if event.proportion.total:
            assert f"{100 * event.proportion.value:.1f} %" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (168.91891, "168.9"),
        (525.5255, "525.5"),
        (71.077, "71.08"),
        (6.0043, "6.004"),
        (0.48151, "0.4815"),
        (0.0224218, "0.02242"),
        (3787.0, "3,787"),
        (12345.6, "12,346"),
        (9999.5, "10,000"),
        (-1.23456, "-1.235"),
        (0.0, "0"),
        (0.001, "0.001000"),
        (0.00099, "< 0.001"),
        (math.nan, "-"),
    ],
)
def test_numbers_have_four_digits_and_nothing_is_said_below_the_smallest(value: float, text: str) -> None:
    assert number(value) == text
