"""What the model and the figures of patients rest on is listed as its files have it, with what hangs on it."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import blinplan.physiology.model
from blinplan.rules.values.of_model import (
    values_of_decisions,
    values_of_model,
    values_of_patients,
    values_of_thresholds,
)
from blinplan.rules.values.value import Value, ValueKind, ValueStatus


@pytest.fixture
def file() -> dict[str, Any]:
    """The file of parameters, read by nothing of ours."""
    path = Path(blinplan.physiology.model.__file__).with_name("parameters.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def values() -> dict[str, Value]:
    return {value.name: value for value in values_of_model()}


def text_of(number: float, unit: str, sd: float | None) -> str:
    spread = f"; sd of ln {sd:g}" if sd else ""
    return (f"{number:g}" if unit == "1" else f"{number:g} {unit}") + spread


def test_a_parameter_is_listed_as_its_file_has_it(file: dict[str, Any], values: dict[str, Value]) -> None:
    for key, told in file["parameters"].items():
        value = values[key]
        assert (value.kind, value.label, value.unit) == (ValueKind.PARAMETER, None, told["unit"])
        assert value.text == text_of(told["value"], told["unit"], told.get("sd"))
        assert value.number == Fraction(str(told["value"]))
        assert value.says == told["name"][0].upper() + told["name"][1:] + "."
        assert value.source == told["source"]
        assert value.status == told.get("verification", told["status"])
        decides = "simulation" if told.get("simulated", True) else "what is exported"
        assert value.decides == (decides,)


def test_a_parameter_of_one_population_has_its_name_and_the_unit_of_all(
    file: dict[str, Any], values: dict[str, Value]
) -> None:
    own = {
        f"{key}@{population}": (key, told)
        for population, of in file["populations"].items()
        for key, told in of.get("parameters", {}).items()
    }
    assert {name for name in values if "@" in name} == own.keys()
    for name, (key, told) in own.items():
        shared = file["parameters"][key]
        assert values[name].text == text_of(told["value"], shared["unit"], told.get("sd", shared.get("sd")))
        assert values[name].status == told.get("verification", told["status"])


def test_how_exactly_a_source_knew_a_parameter_is_in_per_cent(file: dict[str, Any], values: dict[str, Value]) -> None:
    known = {key: told["precision"] for key, told in file["parameters"].items() if "precision" in told}
    assert {f"{key}_precision" for key in known} == {name for name in values if name.endswith("_precision")}
    for key, told in known.items():
        value, error = values[f"{key}_precision"], Fraction(str(told["relative_standard_error"])) * 100
        assert (value.number, value.unit, value.kind) == (error, "%", ValueKind.PARAMETER)
        assert value.text == f"relative standard error {float(error):g} %"
        assert value.says == f"How exactly the source knew the {file['parameters'][key]['name']}."
        assert (value.source, value.status) == (told["source"], told["verification"])
        assert value.decides == ("simulation with uncertainty",)


def test_what_goes_together_across_patients_is_listed_once_a_pair(
    file: dict[str, Any], values: dict[str, Value]
) -> None:
    assert len(file["correlations"]) > 1
    for told in file["correlations"]:
        first, second = told["between"]
        value = values[f"correlation_of_{first}_and_{second}"]
        assert (value.number, value.unit, value.text) == (Fraction(str(told["value"])), "1", str(told["value"]))
        assert value.says == f"Correlation between the logarithms of {first} and {second} across patients."
        assert (value.source, value.status, value.decides) == (told["source"], told["status"], ("simulation",))


def test_a_population_is_written_by_who_is_drawn(file: dict[str, Any], values: dict[str, Value]) -> None:
    for name, told in file["populations"].items():
        value = values[name]
        assert (value.kind, value.label, value.number, value.unit) == (ValueKind.POPULATION, None, None, "")
        assert value.says == f"Virtual patients: {told['name']}."
        assert (value.source, value.status, value.decides) == (told["source"], told["status"], ("simulation",))
    assert values["adult-rr"].text == (
        "age mean 41, age sd 17, age low 18, age high 80, female share 0.42, height male 176, height female 163, "
        "height sd 7, index median 25.6, index sd 0.18, weight low 45, weight high 250"
    )
    assert "growth age 0.1/0.5/1/2/3/4/6/8/10/12/14/15, growth weight 4.4/7.6/" in values["child"].text


def test_a_threshold_decides_in_simulations_and_about_claims() -> None:
    found = {value.name: value for value in values_of_thresholds()}
    assert {value.decides for value in found.values()} == {("simulation", "evidence")}
    assert {(value.kind, value.label) for value in found.values()} == {(ValueKind.THRESHOLD, None)}
    assert found["b_cells_depleted"].text == "10 cells/µL"
    assert found["b_cells_depleted"].says.startswith("B cells decreased to 10 cells/µL or fewer")


REFUSED = {
    "weights": "1 to 300 kg",
    "heights": "30 to 250 cm",
    "areas": "0.2 to 3 m²",
    "areas_beside_a_weight": "0.09 to 4.6 m²",
    "body_mass_indices": "9 kg/m², and at most 25 below 100 cm, 32 below 150 cm, 45 above",
    "highest_body_mass_index": "70 kg/m²",
    "areas_differ": "10 %",
    "heaviest_by_age": "10 kg below 1 month, 25 kg below 1 year, 35 kg below 2 years, 70 kg below 5 years,"
    " 150 kg below 10 years",
    "lightest_by_age": "20 kg from 18 years, 12 kg from 10 years, 8 kg from 5 years, 5 kg from 2 years,"
    " 4 kg from 1 year",
    "tallest_by_age": "65 cm below 1 month, 95 cm below 1 year, 110 cm below 2 years, 140 cm below 5 years,"
    " 180 cm below 10 years",
    "shortest_by_age": "54 cm from 5 years, 45 cm from 1 year",
}
DECIDED = {
    "plainly_child_or_adult": ("12 and 25 years", ("D211",)),
    "gross_error": ("3 times the labelled dose", ("D203", "D205")),
    "severe": ("grade 3", ("plans of what happened",)),
    "infants": ("below 1 year, and below 15 kg", ("the list of regimens",)),
}
FORMULAS = {
    "area_mosteller": "square root of (weight × height / 3600)",
    "area_dubois": "0.007184 × weight^0.425 × height^0.725",
    "area_haycock": "0.024265 × weight^0.5378 × height^0.3964",
    "area_gehan_george": "0.0235 × weight^0.51456 × height^0.42246",
}


def test_the_figures_of_patients_are_written_with_their_units_and_are_conventions() -> None:
    found = {value.name: value for value in (*values_of_patients(), *values_of_decisions())}
    assert found.keys() == REFUSED.keys() | DECIDED.keys() | FORMULAS.keys()
    assert {name: found[name].text for name in REFUSED} == REFUSED
    assert {found[name].decides for name in REFUSED} == {("who is taken as a patient",)}
    assert {name: (found[name].text, found[name].decides) for name in DECIDED} == DECIDED
    for name in (*REFUSED, *DECIDED):
        value = found[name]
        assert (value.kind, value.label, value.number, value.unit) == (ValueKind.FIGURE, None, None, "")
        assert (value.source, value.status) == ("chosen here", ValueStatus.CONVENTION)


def test_a_formula_of_body_surface_area_is_written_with_its_coefficients_and_nobody_has_seen_its_source() -> None:
    found = {value.name: value for value in values_of_patients() if value.name in FORMULAS}
    assert {name: value.text for name, value in found.items()} == FORMULAS
    for name, value in found.items():
        called = name.removeprefix("area_").replace("_", "-")
        assert value.says == f"Body surface area in m² from weight in kg and height in cm, by {called}."
        assert (value.unit, value.status) == ("m²", ValueStatus.UNVERIFIED)
        assert value.decides == ("doses by body surface area",)
