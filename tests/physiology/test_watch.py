"""What is watched of patients: against closed forms, fine trajectories, and endpoints that measure the same."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.physiology import Dosing, Options, Population, draw, simulate
from blinplan.physiology.engine.grid import INFUSING
from blinplan.physiology.engine.integrate import Interval
from blinplan.physiology.engine.locate import SmoothCurve
from blinplan.physiology.engine.searches import History
from blinplan.physiology.model.population import FloatArray
from blinplan.physiology.model.states import SHOWN
from blinplan.physiology.watch import Seen, Watch, Watching
from tests.collection.examples import fewer_examples
from tests.physiology.courses import cleared, course, label, with_values

PEOPLE = draw("adult-rr", 24, seed=12)
DAYS = np.unique(np.concatenate([np.linspace(0.0, 84.0, 84 * 96 + 1), np.linspace(0.0, 4.0, 4 * 960 + 1)]))
END = 84.0


def watched(watch: Watch, dosing: Dosing | None = None, people: Population = PEOPLE, chunk: int | None = None) -> Seen:
    found = simulate(label(2) if dosing is None else dosing, people, watches=[watch], endpoints=False, chunk=chunk)
    (seen,) = found.seen
    return seen


def above(
    signal: str, level: float, start: float | FloatArray = 0.0, stop: float | FloatArray = END, *, share: bool = False
) -> Watch:
    return Watch(signal, level, of_baseline=share, above=True, touching=False, start=start, stop=stop)


@pytest.fixture(scope="module")
def fine() -> dict[str, FloatArray]:
    trajectories = simulate(label(2), PEOPLE, output_days=DAYS, endpoints=False).trajectories
    assert trajectories is not None
    return {shown.key: shown.values(trajectories.states, PEOPLE) for shown in SHOWN}


# --- closed forms ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@fewer_examples(2)
@given(part=st.floats(0.01, 0.99), rate=st.floats(1.0, 100.0))
def test_the_drug_passes_a_level_when_the_exponential_does(part: float, rate: float) -> None:
    """Up to a level during an infusion, C = P (1 - exp(-k t)); down to it afterwards, C = C(end) exp(-k t)."""
    dosing, k = course((4.0, rate), (4.0, 0.0)), PEOPLE.clearance / PEOPLE.volume
    plateau = 1000.0 * rate / PEOPLE.clearance
    level = part * float(plateau.min())
    up = -np.log1p(-level / plateau) / k
    at_stop = plateau * -np.expm1(-4.0 * k)
    down = 4.0 + np.log(at_stop / level) / k
    reached = np.minimum(down, 8.0)
    seen = watched(above("drug", level, stop=8.0), dosing)
    assert seen.first_day == pytest.approx(up, rel=1e-9)
    assert seen.days == pytest.approx(reached - up, rel=1e-9)


def test_a_level_of_one_in_its_unit_is_not_the_baseline() -> None:
    """Beside a baseline a part of the solver's accuracy is nothing; beside 1 pg/mL of the drug it is."""
    plateau = 1000.0 * 28.0 / PEOPLE.clearance
    up = -np.log1p(-1.0 / plateau) * PEOPLE.volume / PEOPLE.clearance
    assert watched(above("drug", 1.0, stop=4.0), course((4.0, 28.0))).first_day == pytest.approx(up, rel=1e-10, abs=0.0)


def test_a_level_that_the_drug_never_reaches_is_never_reached() -> None:
    plateau = 1000.0 * 28.0 / PEOPLE.clearance
    seen = watched(above("drug", float(np.median(plateau))))
    reached = ~np.isnan(seen.first_day)
    assert np.array_equal(reached, plateau > float(np.median(plateau)))
    assert (seen.days[~reached] == 0.0).all()


@pytest.mark.parametrize("begun", [0.0, 1.0])
def test_a_level_is_passed_where_the_polynomial_of_its_step_passes_it(begun: float) -> None:
    """A count stays at 10 and from some day on is more by a square, for which a step is exact."""
    nodes = np.arange(0.0, 2.5, 0.5)
    since = np.maximum(nodes - begun, 0.0)[:, None]
    curve = SmoothCurve(nodes, 10.0 + since**2, 2.0 * since)
    watching = Watching(above("b-cells", 10.0 + 0.05**2, stop=2.0), PEOPLE.select(slice(0, 1)))
    watching.add(Interval(0.0, 2.0, 0, True, INFUSING, ()), cast("History", SimpleNamespace(b_blood=curve)))
    seen = watching.finish()
    assert seen.first_day == pytest.approx(begun + 0.05, rel=1e-8)
    assert seen.days == pytest.approx(2.0 - begun - 0.05, rel=1e-8)


def test_a_moment_at_a_level_is_at_it_and_not_beyond_it() -> None:
    """There is no drug at the first moment alone; and whoever has come down to a level is above it no more."""
    dosing = course((4.0, 28.0), (4.0, 0.0))
    none = Watch("drug", 0.0, of_baseline=False, above=False, touching=True, start=0.0, stop=8.0)
    seen = watched(none, dosing)
    assert (seen.first_day == 0.0).all()
    assert (seen.days == 0.0).all()
    assert np.isnan(watched(replace(none, touching=False), dosing).first_day).all()
    down = 4.0 + watched(above("drug", 50.0, 4.0, 8.0), dosing).days
    assert ((down > 4.0) & (down < 8.0)).all()
    assert np.isnan(watched(above("drug", 50.0, down, 8.0), dosing).first_day).all()


def test_one_blast_is_the_least_that_is_left() -> None:
    """Fewer than one cell, a 1e12th of a full marrow, are no fewer than half of one: nobody is below that."""
    people, dosing = cleared(patients=4), course((28.0, 28.0))
    one = Watch("blasts", 1e-12, of_baseline=False, above=False, touching=True, start=0.0, stop=28.0)
    assert (watched(one, dosing, people).days > 1.0).all()
    assert np.isnan(watched(replace(one, level=0.5e-12), dosing, people).first_day).all()
    assert (watched(replace(one, level=0.5e-12, above=True), dosing, people).days == 28.0).all()


def test_what_nobody_has_without_drug_is_nobodys() -> None:
    seen = watched(above("il-6", 1.0001, share=True), course((END, 0.0)))
    assert np.isnan(seen.first_day).all()
    at = replace(above("t-cells", 1.0, share=True), touching=True)
    assert watched(at, course((END, 0.0))).days == pytest.approx(np.full(PEOPLE.size, END), rel=0.0, abs=0.0)


@pytest.mark.parametrize("name", ["il-6", "il-10", "ifn"])
def test_no_cytokine_falls_below_its_baseline(name: str) -> None:
    """All patients were below it within a minute, by less than the solver's accuracy, and the days had gaps."""
    for level in (1.0, 0.999999, 0.5):
        below = Watch(name, level, of_baseline=True, above=False, touching=False, start=0.0, stop=END)
        assert np.isnan(watched(below).first_day).all(), level
        at_least = watched(replace(below, above=True, touching=True))
        assert (at_least.first_day == 0.0).all()
        assert at_least.days == pytest.approx(np.full(PEOPLE.size, END), rel=1e-14)


def test_t_cells_are_not_above_baseline_before_they_fall() -> None:
    """They leave the blood with the first drug: one in ten patients had more of them at first, by rounding."""
    seen = watched(above("t-cells", 1.0, stop=0.5, share=True), people=draw("adult-rr", 200, seed=1))
    assert np.isnan(seen.first_day).all()
    assert not seen.days.any()


# --- fine trajectories ----------------------------------------------------------------------------------------------

signals = st.sampled_from([shown.key for shown in SHOWN if shown.quantity is not None])


@pytest.mark.slow
@fewer_examples(2)
@given(signals, st.floats(0.03, 0.97), st.booleans(), st.floats(0.5, 60.0), st.floats(2.0, 60.0))
def test_any_level_in_any_window_is_seen_as_on_a_fine_trajectory(
    fine: dict[str, FloatArray], signal: str, part: float, is_above: bool, start: float, length: float
) -> None:
    """A level is put between the least and the greatest value of the median patient, on a logarithm."""
    values, stop = fine[signal], min(start + length, END)
    middle = np.maximum(np.median(values, axis=1), 1e-6)
    level = float(np.exp(np.log(middle.min()) + part * (np.log(middle.max()) - np.log(middle.min()))))
    seen = watched(replace(above(signal, level, start, stop), above=is_above))
    beyond = values > level if is_above else values < level
    steps = np.clip(DAYS[1:], start, stop) - np.clip(DAYS[:-1], start, stop)
    both, one = beyond[:-1] & beyond[1:], beyond[:-1] ^ beyond[1:]
    least = (steps[:, None] * both).sum(axis=0)
    slack = 1e-9 + (steps[:, None] * one).sum(axis=0)
    assert (seen.days >= least - 2e-4).all()
    assert (seen.days <= least + slack + 2e-4).all()
    inside = (start <= DAYS) & (stop >= DAYS)
    index = np.argmax(beyond[inside], axis=0)
    expected = np.where(beyond[inside].any(axis=0), DAYS[inside][index], np.nan)
    clear = ~np.isnan(expected) & (seen.days > 2e-3)
    assert (seen.first_day[clear] <= expected[clear] + 2e-4).all()
    at_start = seen.first_day[clear] < start + 0.0105  # before the first time of the fine trajectory in the window
    assert (at_start | (seen.first_day[clear] >= expected[clear] - 0.0125)).all()
    assert not np.isnan(seen.first_day[~np.isnan(expected)]).any()


@pytest.mark.slow
@fewer_examples(2)
@given(st.floats(0.0, 50.0), st.floats(0.1, 15.0), st.floats(0.1, 15.0), signals)
def test_days_of_two_windows_are_those_of_both_together(start: float, one: float, other: float, signal: str) -> None:
    levels = {"drug": 150.0, "b-cells": 10.0, "t-cells": 700.0, "blasts": 0.3}
    first, second, both = (
        watched(above(signal, levels.get(signal, 8.0), low, high))
        for low, high in ((start, start + one), (start + one, start + one + other), (start, start + one + other))
    )
    assert first.days + second.days == pytest.approx(both.days, abs=1e-9)
    assert np.array_equal(np.fmin(first.first_day, second.first_day), both.first_day, equal_nan=True)


def test_above_and_at_most_are_all_the_time_there_is() -> None:
    for signal, level in (("drug", 150.0), ("b-cells", 10.0), ("il-6", 8.0)):
        over = above(signal, level)
        under = replace(over, above=False, touching=True)
        assert watched(over).days + watched(under).days == pytest.approx(np.full(PEOPLE.size, END), abs=1e-9)


# --- endpoints that measure the same --------------------------------------------------------------------------------


def test_depletion_by_a_level_of_ones_own_is_depletion() -> None:
    low = Watch("b-cells", 10.0, of_baseline=False, above=False, touching=True, start=0.0, stop=28.0)
    whole = replace(low, stop=42.0)
    found = simulate(label(2), PEOPLE, watches=[low, whole])
    assert found.endpoints is not None
    infused, cycle = found.seen
    assert infused.first_day == pytest.approx(found.endpoints.b_depleted_day[0], abs=2e-4, nan_ok=True)
    assert cycle.days == pytest.approx(found.endpoints.b_depleted_days[0], abs=5e-4)


@given(st.floats(2.0, 300.0))
def test_who_has_a_peak_above_a_level_is_once_above_it(level: float) -> None:
    found = simulate(label(1), PEOPLE, watches=[above("il-6", level, stop=42.0)])
    assert found.endpoints is not None
    peak = found.endpoints.peak("IL-6")[0]
    clear = np.abs(peak / level - 1.0) > 1e-3
    assert np.array_equal(~np.isnan(found.seen[0].first_day)[clear], (peak > level)[clear])


def test_a_level_of_baseline_is_each_patients_own() -> None:
    absolute = [above("il-6", 5.0 * float(base), stop=42.0) for base in PEOPLE.cytokine_baseline[2]]
    shared = watched(above("il-6", 5.0, stop=42.0, share=True), label(1))
    for patient, watch in enumerate(absolute):
        own = watched(watch, label(1))
        assert own.days[patient] == pytest.approx(shared.days[patient], abs=1e-12)


# --- windows of their own -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [None, 1, 5])
def test_windows_may_be_each_patients_own_whatever_they_advance_with(chunk: int | None) -> None:
    starts, stops = np.linspace(0.0, 30.0, PEOPLE.size), np.linspace(20.0, 70.0, PEOPLE.size)
    together = watched(above("t-cells", 0.8, starts, stops, share=True), chunk=chunk)
    for patient in (0, 7, PEOPLE.size - 1):
        alone = watched(above("t-cells", 0.8, float(starts[patient]), float(stops[patient]), share=True))
        assert (together.days[patient], together.first_day[patient]) == (alone.days[patient], alone.first_day[patient])


def test_what_is_watched_changes_no_endpoint() -> None:
    plain, watching = simulate(label(2), PEOPLE), simulate(label(2), PEOPLE, watches=[above("drug", 100.0)])
    assert plain.endpoints is not None
    assert watching.endpoints is not None
    assert np.array_equal(plain.endpoints.b_nadir, watching.endpoints.b_nadir)
    assert plain.seen == ()


def test_who_begins_beyond_a_level_is_beyond_it_from_the_first_moment() -> None:
    few = with_values(PEOPLE, b_cells=np.full(PEOPLE.size, 10.0))
    low = Watch("b-cells", 10.0, of_baseline=False, above=False, touching=True, start=0.0, stop=END)
    assert (watched(low, people=few).first_day == 0.0).all()
    strictly = watched(replace(low, touching=False), people=few)
    assert (strictly.first_day >= 0.0).all()


def test_a_coarser_grid_sees_the_same_to_some_minutes() -> None:
    watch = above("il-6", 10.0)
    coarse = simulate(label(2), PEOPLE, watches=[watch], endpoints=False, options=Options(coarseness=2.0)).seen[0]
    assert coarse.days == pytest.approx(watched(watch).days, abs=0.01)
