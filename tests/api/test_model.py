"""The model, its evidence and the report from Python: numbers with sources, and the same as the command's."""

import json
from datetime import date
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.physiology.model.sbml import to_sbml
from blinplan.refusal import Refusal
from tests.program import Run


def test_every_parameter_has_a_status_and_a_source(inside: Run) -> None:
    model = blinplan.model("child")
    assert all(parameter.status and parameter.source for parameter in model.parameters.values())
    assert model.text() == inside("model", "--population", "child").out
    assert json.loads(model.text("json")) == inside("model", "-f", "json").json


def test_the_model_for_other_programs_is_the_commands(inside: Run) -> None:
    model = blinplan.model(attenuation="target-loss")
    assert model.equations() == inside("model", "--equations", "--attenuation", "target-loss").out
    assert model.nonmem("x.csv") == inside("model", "--nonmem", "-", "--records", "x.csv").out
    assert model.sbml() == inside("model", "--sbml", "-", "--attenuation", "target-loss").out
    with pytest.raises(Refusal, match=r"records is 'a b\.csv'"):
        model.nonmem("a b.csv")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "population", "typical"),
    [("rr-below-45-kg", None, "child"), ("mrd-adult", None, "adult-mrd"), ("mrd-adult", "adult-rr", "adult-rr")],
)
def test_sbml_is_of_the_typical_patient_of_a_simulation(name: str, population: Any, typical: str) -> None:
    """In whom it is compared: of the regimen's population, where no other is asked for, and of a weight it admits."""
    simulated = blinplan.simulate(name, None, population=population, endpoints=["dose"]).simulation
    trial = simulated.typical.trial
    assert trial.population.preset == typical
    model = blinplan.model() if population is None else blinplan.model(population)
    assert model.sbml(name) == to_sbml(trial.dosing, trial.population)


@pytest.mark.slow
def test_evidence_says_what_the_command_says(inside: Run) -> None:
    shown = inside("evidence", "DEP-1", "--patients", "100", "-f", "json")
    found = blinplan.evidence(["DEP-1"], patients=100)
    assert json.loads(found.text("json")) == shown.json
    assert found.holds is (shown.status == 0)
    with pytest.raises(Refusal, match="there is no claim 'DEP-99'"):
        blinplan.evidence(["DEP-99"])


def test_columns_become_frames() -> None:
    for columns in (blinplan.model().columns(), blinplan.evidence(["DEP-1"], patients=60).columns()):
        rows = len(next(iter(columns.values())))
        assert len(pd.DataFrame(columns)) == pl.DataFrame(columns).height == pa.table(columns).num_rows == rows > 0


@pytest.mark.nightly
@pytest.mark.slow
def test_the_report_is_the_page_of_the_command(inside: Run) -> None:
    given = ("--patients", "60", "--today", "2026-11-28", "--weight", "70", "--height", "175")
    shown = inside("report", "rr-adult", *given)
    page = blinplan.report(
        "rr-adult", blinplan.Figures("70", "175"), patients=60, today=date(2026, 11, 28), output="report.html"
    )
    assert page.html == shown.out
    assert page.status == shown.status
    assert page._repr_html_() == page.html
