"""``blinplan.sweep``: values as Python has them, results as tables, columns and figures."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.api.designing.sweep import Varied, axis_texts
from blinplan.executors.executor import Executor, InTurn, threads
from blinplan.executors.processes import processes
from blinplan.physiology import draw
from blinplan.refusal import Refusal
from blinplan.regimen.build import cycle, regimen, step
from tests.collection.grid import at_night

FLAT = regimen("mine", cycles=cycle(steps=[step("5 mcg/m2/day", days=7)], treatment_free_days=7))


@pytest.mark.parametrize(
    ("vary", "texts"),
    [
        ("dose=5,15", ("dose=5,15",)),
        (["dose=5", "days=7,14"], ("dose=5", "days=7,14")),
        ({"dose": 5}, ("dose=5",)),
        ({"dose": [0.5, 5, "x2"], "days": (7,)}, ("dose=0.5,5,x2", "days=7")),
        ({"dose": np.array([0.5, 1.5])}, ("dose=0.5,1.5",)),
        ({"dose": [Fraction(1, 8), Decimal("1.50")]}, ("dose=0.125,1.5",)),
        ({"dose": [1e-05, 2e20]}, ("dose=0.00001,200000000000000000000",)),
        ({"dose": "5:60:5"}, ("dose=5:60:5",)),
    ],
)
def test_values_are_written_as_the_command_line_has_them(vary: Varied, texts: tuple[str, ...]) -> None:
    assert axis_texts(vary) == texts


@pytest.mark.parametrize("value", [math.nan, math.inf, None, True, [5], {5}, b"5", 1j, np.float64("nan")])
@pytest.mark.parametrize("path", ["dose", "weight", "parameters.kill_rate"])
def test_a_value_that_is_no_number_is_refused_in_words(path: str, value: Any) -> None:
    """It ended with Python's `Invalid literal for Fraction`."""
    for values in ([value], [5, value]) if isinstance(value, list) else (value, [5, value]):
        with pytest.raises(Refusal, match=f"vary has {path}: .*which is no number"):
            blinplan.sweep("nhl-5", {path: values}, patients=2)


def test_columns_make_a_table_of_any_library() -> None:
    found = blinplan.sweep(FLAT, {"dose": [5, 15]}, 20, endpoints=["il6_peak"])
    table = pa.table(dict(found.columns()))
    assert table.column("dose").to_pylist() == [5.0, 15.0]
    first, second = table.column("value").to_pylist()
    assert first < second
    assert [cell["il6_peak"].value for cell in found.cells] == [first, second]


@pytest.mark.parametrize("making", [threads, at_night(processes)])
def test_what_runs_it_does_not_matter(making: Callable[[int], AbstractContextManager[Executor]]) -> None:
    vary = {"weight": [50, 80], "parameters.kill_rate": "x1,x2"}
    alone = blinplan.sweep(FLAT, vary, 20, executor=InTurn()).text("csv")
    with making(2) as running:
        assert blinplan.sweep(FLAT, vary, 20, executor=running).text("csv") == alone


@pytest.mark.slow
def test_patients_who_are_given_are_the_same_in_every_cell() -> None:
    people = draw("adult-rr", 20, seed=5)
    given = blinplan.sweep(FLAT, {"dose": [5, 15]}, people)
    drawn = blinplan.sweep(FLAT, {"dose": [5, 15]}, 20, seed=5)
    assert given.text("csv") == drawn.text("csv")


def test_a_file_goes_on_from_python_too(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    moved: list[int] = []
    blinplan.sweep(FLAT, "dose=5,15", 20, output=path, progress=moved.append)
    assert moved[-1] == 40
    content = path.read_bytes()
    assert "".join(blinplan.sweep(FLAT, "dose=5,15", 20).csv_texts()).encode() == content


def test_nobody_is_swept_without_patients() -> None:
    with pytest.raises(blinplan.Refusal, match="virtual patients"):
        blinplan.sweep(FLAT, "dose=5", None)


@pytest.mark.nightly
@pytest.mark.slow
def test_a_figure_of_one_axis_and_of_two_is_drawn(tmp_path: Path) -> None:
    for name, vary in (("one.png", "dose=5,15"), ("two.pdf", ["dose=5,15", "days=7,14"])):
        blinplan.sweep(FLAT, vary, 20).figure(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 5_000
    with pytest.raises(blinplan.Refusal, match="3 axes"):
        blinplan.sweep(FLAT, ["dose=5", "days=7", "weight=70"], 5).figure(tmp_path / "three.svg")
