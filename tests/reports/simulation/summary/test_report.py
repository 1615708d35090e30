"""The endpoints of a simulation: the same numbers as table and as JSON."""

import json
import math
from typing import Any

import pytest
from rich.cells import cell_len

from blinplan.reports.shared.number import number
from blinplan.reports.simulation.summary.document import simulation_json
from blinplan.reports.simulation.summary.report import simulation_report
from blinplan.simulation.outcome import typical_value
from blinplan.simulation.trials.simulation import Simulation
from blinplan.terminal import Screen


def document(simulation: Simulation) -> dict[str, Any]:
    return dict(json.loads(json.dumps(simulation_json(simulation, "0" * 16), allow_nan=False)))


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


def test_the_typical_patient_alone_has_no_population(typical: Simulation) -> None:
    found = document(typical)
    assert (found["manifest"]["seed"], found["manifest"]["patients"]) == (None, None)
    said = {"key", "label", "window", "measured", "typical"}
    assert all(set(entry) == {"unit", *said} for entry in found["endpoints"])
    assert all(set(entry) == said for entry in found["shares"])
    assert typical.population.size == 1


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
        assert number(typical_value(average)).split()[0] in text
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
