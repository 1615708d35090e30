"""Virtual patients from Python: closed forms, populations as they are given, and the same as the command's."""

import csv
import inspect
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.physiology import Population, draw
from blinplan.refusal import Refusal
from tests.program import Run
from tests.regimen_text import cycle, regimen_text


def test_at_steady_state_what_goes_in_is_what_is_cleared() -> None:
    clearance = blinplan.model().parameters["clearance"]
    assert clearance.unit == "L/h"
    result = blinplan.simulate("rr-adult", patients=None)
    for dose in (9, 28):
        micrograms_per_litre = dose / (24 * clearance.value)
        (steady,) = result.endpoints[f"steady_state_{dose}"].values
        assert steady == pytest.approx(1000 * micrograms_per_litre, rel=1e-4)


def test_a_population_is_taken_as_it_was_drawn() -> None:
    people = draw("adult-rr", 50, seed=99)
    spared = replace(people, kill_rate=np.zeros_like(people.kill_rate))
    result = blinplan.simulate("rr-adult", spared)
    assert np.array_equal(result.population.kill_rate, spared.kill_rate)
    assert np.array_equal(result.population.weight_kg, spared.weight_kg)
    assert result.events["b_depleted_cycle_1"].proportion.count == 0
    assert blinplan.simulate("rr-adult", people).events["b_depleted_cycle_1"].proportion.count > 25


def test_a_drawn_population_is_the_one_of_its_seed() -> None:
    drawn = blinplan.simulate("rr-adult", draw("adult-rr", 20, seed=7)).columns()
    asked = blinplan.simulate("rr-adult", 20, seed=7, population="adult-rr").columns()
    assert all(np.array_equal(drawn[name], asked[name], equal_nan=True) for name in asked)


def test_endpoints_are_those_of_the_command(inside: Run) -> None:
    shown = inside("simulate", "rr-adult", "--patients", "30", "--seed", "3", "--follow-up", "10", "-f", "json")
    result = blinplan.simulate("rr-adult", 30, seed=3, follow_up=10)
    assert json.loads(result.text("json")) == shown.json


def test_own_patients_from_a_table(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("weight_kg,height_cm\n70,175\n82,180\n", encoding="utf-8")
    shown = inside("simulate", "rr-adult", "--people", "people.csv", "-f", "csv").out
    assert blinplan.simulate("rr-adult", "people.csv").text("csv") == shown
    assert blinplan.simulate("rr-adult", tmp_path / "people.csv").population.size == 2
    with pytest.raises(Refusal, match="no such file"):
        blinplan.simulate("rr-adult", "nobody.csv")


def test_what_runs_the_patients_changes_nothing() -> None:
    alone = blinplan.simulate("rr-adult", 40).columns()
    with ThreadPoolExecutor(3) as pool:
        together = blinplan.simulate("rr-adult", 40, executor=pool).columns()
    bits = [
        {name: values.tobytes() if isinstance(values, np.ndarray) else values for name, values in columns.items()}
        for columns in (alone, together)
    ]
    assert bits[0] == bits[1]


def test_columns_become_frames_with_every_patient() -> None:
    result = blinplan.simulate("rr-adult", 12)
    columns = result.columns()
    assert len(pd.DataFrame(columns)) == pl.DataFrame(columns).height == pa.table(columns).num_rows == 12
    written = list(csv.DictReader(io.StringIO(result.text("csv"))))
    assert [float(row["weight_kg"]) for row in written] == columns["weight_kg"].tolist()


def test_curves_at_steady_state_and_as_the_command_writes_them(inside: Run) -> None:
    shown = inside("simulate", "rr-adult", "--patients", "2", "--every", "1d", "-f", "csv").out
    curves = blinplan.curves("rr-adult", "1d", 2)
    assert curves.text() == shown
    columns = curves.columns()
    assert len(pd.DataFrame(columns)) == pl.DataFrame(columns).height == pa.table(columns).num_rows == 2 * 211
    rates = columns["infusion_mcg_per_day"]
    assert set(rates.tolist()) == {0.0, 9.0, 28.0}


def test_times_are_whole_minutes() -> None:
    with pytest.raises(Refusal, match=r"every is '1\.5h'"):
        blinplan.curves("rr-adult", "1.5h", None)
    with pytest.raises(Refusal, match="every is 0"):
        blinplan.curves("rr-adult", 0, None)


def test_bands_hold_the_median_between_their_edges_and_a_figure_is_drawn(tmp_path: Path) -> None:
    result = blinplan.simulate("rr-adult", 30)
    bands = result.bands(to_day=3, signals=["il-6", "drug"])
    assert [band.signal.key for band in bands.bands] == ["drug", "il-6"]
    assert bands.days[-1] == 3
    for band in bands.bands:
        low, median, high = band.values
        assert (low <= median).all()
        assert (median <= high).all()
    result.figure(tmp_path / "x.svg", bands)
    assert "<svg" in (tmp_path / "x.svg").read_text(encoding="utf-8")
    with pytest.raises(Refusal, match="to_day is 999"):
        result.bands(to_day=999)
    with pytest.raises(Refusal, match="signals has 'pulse'"):
        result.bands(signals=["pulse"])


def test_a_regimen_with_a_unit_slip_is_not_simulated(tmp_path: Path) -> None:
    path = tmp_path / "slip.toml"
    path.write_text(regimen_text(cycle("28000 mcg/day for 28 days")), encoding="utf-8")
    for slip in (path, blinplan.load(path)):
        with pytest.raises(Refusal, match="N106"):
            blinplan.simulate(slip, 5)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"attenuation": "desensitization"}, "attenuation is 'desensitization'"),
        ({"population": "adult"}, "population is 'adult'"),
        ({"sets": "plausibel"}, "sets is 'plausibel'"),
        ({"patients": 0}, "patients is 0"),
        ({"patients": 2.5}, "patients is 2.5"),
        ({"patients": True}, "patients is True"),
        ({"seed": -1}, "seed is -1"),
        ({"follow_up": -1}, "follow_up is -1"),
        ({"parameter_sets": -1}, "parameter_sets is -1"),
        ({"by_day": 7}, "by_day is 7"),
        ({"by_day": "2,7"}, "by_day is '2,7'"),
    ],
    ids=str,
)
def test_what_no_argument_means_is_refused_by_all_that_simulate(given: dict[str, Any], says: str) -> None:
    """An explanation that is misspelt as Americans spell it was taken for the other one."""
    asked: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
        "simulate": (blinplan.simulate, ("rr-adult",)),
        "curves": (partial(blinplan.curves, every="1d"), ("rr-adult",)),
        "compare": (blinplan.compare, ("rr-adult", "rr-2014")),
        "sweep": (partial(blinplan.sweep, vary={"dose": [5.0]}), ("nhl-5",)),
        "sensitivity": (blinplan.sensitivity, ("rr-adult",)),
        "search": (partial(blinplan.search, doses="5", minimise="il6_peak", cycle=1), ("rr-adult",)),
        "report": (blinplan.report, ("rr-adult",)),
    }
    checked = 0
    if "sets" in given:
        del asked["search"]  # to which it is a number
    for function, arguments in asked.values():
        if given.keys() <= inspect.signature(function).parameters.keys():
            with pytest.raises(Refusal) as refused:
                function(*arguments, **{"patients": 50, **given})
            assert says in str(refused.value)
            checked += 1
    assert checked >= 3


@pytest.mark.parametrize(
    ("given", "says"),
    [({"population": "adult"}, "population is 'adult'"), ({"attenuation": "x"}, "attenuation is 'x'")],
)
def test_a_model_of_nobody_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        blinplan.model(**given)


def test_evidence_on_nobody_is_refused() -> None:
    with pytest.raises(Refusal, match="patients is 0"):
        blinplan.evidence(["DEP-1"], patients=0)


def test_half_a_size_is_not_enough() -> None:
    with pytest.raises(Refusal, match="one of weight and height is missing"):
        blinplan.simulate("rr-adult", None, patient=blinplan.patient(weight=70))


def test_a_console_shows_a_line_and_a_notebook_a_table() -> None:
    result = blinplan.simulate("rr-adult", 10)
    assert repr(result) == "<SimulationResult of rr-adult: 10 virtual patients of adult-rr, seed 1, 210 days>"
    assert "<th>Median</th>" in result._repr_html_()
    assert "<th>Median</th>" not in blinplan.simulate("rr-adult", None)._repr_html_()


@pytest.mark.slow
def test_a_population_that_was_changed_is_not_said_to_come_from_its_seed() -> None:
    """Whoever reads a manifest with a population and a seed can make the same patients again."""
    drawn = draw("adult-rr", 20, seed=99)
    altered = replace(drawn, kill_rate=np.zeros(20))
    for patients, seed in ((drawn, 99), (altered, None), (drawn.select(slice(5, 15)), None)):
        found = blinplan.simulate("rr-adult", patients=patients)
        manifest = json.loads(found.text("json"))["manifest"]
        assert (manifest["seed"], manifest["patients"]) == (seed, patients.size)
        assert f"adult-rr, {'given as they are' if seed is None else 'seed 99'}, 210 days" in found.text()


@pytest.mark.parametrize(
    "asked",
    [
        lambda people: blinplan.simulate("nhl-5", people, parameter_sets=2),
        lambda people: blinplan.simulate("nhl-5", people, parameter_sets=2, sets="plausible"),
        lambda people: blinplan.curves("nhl-5", "1d", people, models=2),
        lambda people: blinplan.compare("nhl-5", "nhl-15", patients=people, parameter_sets=2),
        lambda people: blinplan.sweep("nhl-5", "dose=5,15", people, parameter_sets=2),
        lambda people: blinplan.sensitivity("nhl-5", patients=people, parameters=["clearance"], samples=2),
    ],
)
def test_a_population_as_it_is_has_no_other_parameters(asked: Callable[[Population], object]) -> None:
    with pytest.raises(Refusal, match="draw the patients again"):
        asked(draw("adult-rr", 3, seed=1))
