"""How results look at a prompt and in a notebook, and what they are as columns."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.course.events import Course, course_of, periods
from blinplan.outside_text import text_html
from blinplan.regimen import library

PARTS = {"cycle", "step", "source", "waiver", "departure", "due", "dose_by_age", "premedication", "patient"}
"""What a regimen is built of, and for whom: values that their fields say whole."""
OTHERS = {"toml", "schema", "cluster_at"}
"""What gives text, data for JSON, or workers."""
RESULTS = sorted({name for name in blinplan.__all__ if inspect.isfunction(getattr(blinplan, name))} - PARTS - OTHERS)


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_says_itself_in_a_line_and_shows_itself_in_a_notebook(name: str) -> None:
    function = getattr(blinplan, name)
    named = inspect.signature(function).return_annotation
    result: Any = vars(sys.modules[function.__module__]).get(named, getattr(blinplan, str(named), named))
    assert not result.__dataclass_params__.repr, "the fields, one after the other, fill a screen"
    assert callable(result._repr_html_)


@pytest.mark.parametrize("name", library.paths())
def test_a_regimen_and_its_course_say_themselves_in_a_line(name: str) -> None:
    regimen = blinplan.load(name)
    laid_out = periods(regimen)
    words = [name, f"{len({period.cycle for period in laid_out})} cycle", f"{laid_out[-1].stop / 1440:g} days"]
    for shown in (regimen, course_of(regimen, blinplan.patient(area="1.9"), laid_out)):
        line = repr(shown)
        assert len(line) <= 100, line
        assert all(word in line for word in words), line


def test_the_words_of_a_regimen_are_those_of_the_label() -> None:
    """The US label: cycle 1 9 mcg/day for a week and 28 for three, then 28, 5 cycles of 42 days for those of 45 kg."""
    assert repr(blinplan.load("rr-adult")) == "<Regimen rr-adult: 5 cycles, 210 days, 9 to 28 mcg/day>"
    assert repr(blinplan.load("nhl-90")) == "<Regimen nhl-90: 1 cycle, 42 days, 90 mcg/m²/day>"
    assert repr(blinplan.load("d-alba")).startswith("<Regimen d-alba: 2 to 5 cycles, ")
    course = blinplan.expand("rr-adult", blinplan.patient(weight=70))
    assert repr(course) == "<Course of rr-adult: 5 cycles, 210 days, 9 to 28 mcg/day, 3787 mcg>"


@pytest.mark.parametrize("name", library.paths())
def test_the_rows_of_a_regimen_come_to_its_length_and_its_doses(name: str) -> None:
    regimen = blinplan.load(name)
    columns = regimen.columns()
    rows = list(zip(*columns.values(), strict=True))
    assert list(columns) == ["first_cycle", "last_cycle", "step", "dose", "unit", "cap_mcg_per_day", "days"]
    laid_out = periods(regimen)
    assert sum((last - first + 1) * days for first, last, *_, days in rows) * 1440 == laid_out[-1].stop
    doses = {(None if dose is None else (dose, unit)) for *_, dose, unit, _, _ in rows}
    assert doses == {(None if one.dose is None else (float(one.dose.amount), one.dose.unit)) for one in laid_out}
    assert all((step == 0) == (dose is None) for _, _, step, dose, *_ in rows)
    assert rows[-1][1] == laid_out[-1].cycle
    assert regimen._repr_html_().count("<tr>") == len(rows) + 1


@pytest.mark.parametrize(
    ("make", "counted"),
    [
        (lambda: blinplan.regimens(indication="mrd-positive", population="infant", status="seen"), "1 regimen>"),
        (lambda: blinplan.evidence(["DEP-1"], patients=50), "of 1 claim:"),
        (lambda: blinplan.simulate("nhl-5", 1), ": 1 virtual patient "),
        (lambda: blinplan.curves("nhl-5", "1d", 1), ": 1 patient at "),
        (lambda: blinplan.curves("nhl-5", "1d", 1).records(), ": 1 patient>"),
        (lambda: blinplan.sweep("nhl-5", {"dose": [5]}, 1), ", 1 cell over dose, 1 virtual patient>"),
        (lambda: blinplan.compare("nhl-5", "nhl-15", patients=1, findings=False), ", 1 virtual patient>"),
        (lambda: blinplan.diff("nhl-5", "nhl-15"), "1 difference>"),
    ],
)
def test_one_is_counted_as_one(make: Callable[[], object], counted: str) -> None:
    assert counted in repr(make())


@pytest.mark.parametrize("shown", [blinplan.load("rr-below-45-kg"), blinplan.expand("rr-adult")])
def test_columns_become_frames(shown: blinplan.Regimen | Course) -> None:
    columns = shown.columns()
    frames = pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns)
    assert len(frames[0]) == frames[1].height == frames[2].num_rows == 7 if isinstance(shown, blinplan.Regimen) else 11


def test_an_undated_plan_has_the_columns_of_its_course() -> None:
    planned = blinplan.plan("rr-adult", blinplan.patient(weight=70))
    assert planned.columns() == planned.course.columns()
    second = blinplan.plan("rr-adult", blinplan.patient(weight=70), cycle=2).columns()
    assert set(second["cycle"]) == {2}
    assert sum(second["mcg"]) == 28 * 28


def test_what_a_file_says_is_escaped_in_a_notebook(tmp_path: Path) -> None:
    steps = blinplan.step("9 mcg/day", days=7)
    mine = blinplan.regimen("mine", title="<b>\u202e", cycles=blinplan.cycle(steps=steps, treatment_free_days=0))
    (tmp_path / "other.toml").write_text(blinplan.toml(mine), encoding="utf-8")
    made = blinplan.new("again", tmp_path / "other.toml")
    site = blinplan.new_site("<b>\u202e", ["24=250"])
    for shown in (mine._repr_html_(), made._repr_html_(), site._repr_html_()):
        assert "&lt;b&gt;" in shown
        assert "<b>" not in shown
        assert "\u202e" not in shown
    assert "\u202e" not in text_html("first\n\u202e").partition("\n")[2]


def test_a_line_that_says_something_is_harmless(tmp_path: Path) -> None:
    steps = blinplan.step("9 mcg/day", days=7)
    cycle = blinplan.cycle(steps=steps, treatment_free_days=0, name="\u202eone")
    text = blinplan.toml(blinplan.regimen("mine", cycles=cycle))
    files = [tmp_path / name for name in ("\u202eone.toml", "two\x1b.toml")]
    for file in files:
        file.write_text(text, encoding="utf-8")
    compared = blinplan.compare(*files, patients=2, findings=False, ranges=False)
    for shown in (cycle, compared, blinplan.load(files[0]), blinplan.check(*files, simulate=False)):
        assert repr(shown).isprintable(), shown
