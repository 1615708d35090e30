"""The benchmark is fair: peers solve the same equations, keep the same promise, and none is dropped in silence."""

import re
from typing import Any

import numpy as np
import pytest

from blinplan.physiology import draw
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.states import TABLE, initial_state
from tests.benchmarks import plain
from tests.benchmarks.__main__ import BEGIN, END, README
from tests.benchmarks.plain import derivative, parameters_of
from tests.benchmarks.speed import GREATEST_ERROR, Competitor, Race, competitors, elapsed, speed_table
from tests.collection.grid import at_night
from tests.witness import rates_of_change, right_hand_side

NAMES = {one.name for one in competitors()}


@pytest.mark.slow
@pytest.mark.parametrize("is_compiled", [False, at_night(True)])
def test_the_plain_right_hand_side_is_that_of_the_witness(is_compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    people = draw("adult-rr", 6, 4)
    asked: Any = derivative
    chance, parameters = np.random.default_rng(1), parameters_of(people)
    if not is_compiled:  # which takes half a second
        monkeypatch.setattr(plain, "_rates_of_change", rates_of_change)
        asked, parameters = derivative.py_func, parameters.view(np.recarray)
    for patient in range(people.size):
        y = initial_state(people)[:, patient] + chance.random(len(TABLE))
        y[0], found = 400.0 * chance.random(), np.empty(len(TABLE))
        asked(y, 28.0, parameters[patient], found)
        expected = right_hand_side(people, patient, 28.0, Options(), ())(0.0, y)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.fixture(scope="module")
def race() -> Race:
    return Race(patients=2, peer_patients=2, witnessed=2)


def by_day_or_night(one: Competitor) -> Any:
    """Ours in every run, others at night: the gate has their errors beside their speed."""
    return one.name if one.name.startswith("blinplan") else at_night(one.name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [by_day_or_night(one) for one in competitors() if one.threads == 1 and not one.missing]
)
def test_each_keeps_the_promise_on_the_same_patients(race: Race, name: str) -> None:
    (competitor,) = [one for one in competitors() if (one.name, one.threads) == (name, 1)]
    measured = race.measure(competitor)
    assert 0.0 < measured.error <= GREATEST_ERROR
    assert measured.run(2).shape == (len(TABLE), 211, 2)
    assert measured.rate > 0.0


def test_what_is_not_installed_is_said_to_be() -> None:
    missing = Competitor("somebody's solver", ("no_such_package_of_anybody",), 1, competitors()[0].peer)
    assert missing.missing == ["no_such_package_of_anybody"]
    table = speed_table([], [missing], None)
    cells = [list(column.cells) for column in table.columns]
    assert [column[0] for column in cells[:4]] == ["somebody's solver", "1", "-", "not installed"]
    assert cells[-1] == ["no_such_package_of_anybody"]


def test_time_is_the_processors_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.process_time", iter([1.0, 3.0]).__next__)
    monkeypatch.setattr("time.perf_counter", iter([10.0, 15.0]).__next__)
    assert elapsed(1, lambda: None) == 2.0
    assert elapsed(2, lambda: None) == 5.0


def test_the_figures_of_the_readme_are_what_the_benchmark_prints() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count(BEGIN) == 1
    printed = text.split(BEGIN)[1].split(END)[0]
    machine, *_ = printed.splitlines()
    assert re.search(r", \d+ processors, Python 3\.\d+\.\d+, load \d+\.\d, 20\d\d-\d\d-\d\d$", machine)
    for name in NAMES:
        rows = [line for line in printed.splitlines() if f" {name} " in line]
        assert rows, name
        assert all(re.search(r"[\d,]+ .* x .*e-0\d|not installed|\d", row) for row in rows)
