"""Bands over time: percentiles of the very trajectories, on days that miss no step."""

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.executors.executor import InTurn, threads
from blinplan.physiology import Dosing, Population, Trajectories, draw, simulate
from blinplan.physiology.model.cytokines import CYTOKINES
from blinplan.physiology.model.population import FloatArray
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.simulation import percentiles
from blinplan.simulation.percentiles import LEVELS, SIGNALS, Bands, bands, bands_of, sampling_days
from blinplan.simulation.trials.run import run
from tests.physiology.courses import course, label

PEOPLE = draw("adult-rr", 60, seed=4)
DAYS = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 7.0, 7.125, 9.0, 20.0, 28.0, 28.5, 41.0, 42.0, 43.0, 84.0])


def regimen_called(name: str) -> Regimen:
    return library.regimen(name)


def trajectories(dosing: Dosing, people: Population, days: FloatArray) -> Trajectories:
    found = simulate(dosing, people, output_days=days, endpoints=False).trajectories
    assert found is not None
    return found


def by_key(found: Bands) -> dict[str, FloatArray]:
    return {band.signal.key: band.values for band in found.bands}


def test_a_band_is_the_percentiles_of_all_trajectories() -> None:
    found, whole = by_key(bands(label(2), PEOPLE, DAYS)), trajectories(label(2), PEOPLE, DAYS)
    expected = {
        "drug": whole.states.concentration,
        "b-cells": whole.states.b_blood,
        "t-cells": 100.0 * whole.t_blood / PEOPLE.t_cells,
        "il-6": whole.cytokines[CYTOKINES.index("IL-6")],
        "il-10": whole.cytokines[CYTOKINES.index("IL-10")],
        "ifn": whole.cytokines[CYTOKINES.index("IFN-gamma")],
    }
    assert list(found) == list(SIGNALS)
    assert set(expected) <= set(found)
    for key, values in expected.items():
        assert np.array_equal(found[key], np.percentile(values, LEVELS, axis=1)), key


@pytest.mark.parametrize("at_once", [1, 60, 100_000])
def test_percentiles_are_the_same_however_many_are_taken_at_once(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    expected = by_key(bands(label(2), PEOPLE, DAYS))
    monkeypatch.setattr(percentiles, "_AT_ONCE", at_once)
    found = by_key(bands(label(2), PEOPLE, DAYS))
    assert {key: values.tobytes() for key, values in found.items()} == {
        key: values.tobytes() for key, values in expected.items()
    }


def test_each_patient_keeps_the_own_rate_in_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Dosing((0, 1440 * 28), np.linspace(5.0, 60.0, PEOPLE.size)[None, :], (1,), (1,))
    days = np.array([0.5, 10.0, 28.0])
    whole = trajectories(own, PEOPLE, days)
    monkeypatch.setattr("blinplan.simulation.percentiles._BLOCK", 7)
    found = by_key(bands(own, PEOPLE, days))
    assert np.array_equal(found["drug"], np.percentile(whole.states.concentration, LEVELS, axis=1))
    assert np.array_equal(found["b-cells"], np.percentile(whole.states.b_blood, LEVELS, axis=1))


def test_the_same_bytes_whatever_the_threads() -> None:
    with threads(3) as several:
        one, three = (by_key(bands(label(1), PEOPLE, DAYS[:12], executor=of)) for of in (InTurn(), several))
    assert all(one[key].tobytes() == three[key].tobytes() for key in SIGNALS)


def test_a_band_of_one_patient_is_the_patients_curve() -> None:
    one = PEOPLE.select(slice(3, 4))
    found, own = by_key(bands(label(2), one, DAYS)), trajectories(label(2), one, DAYS)
    for level in range(3):
        assert np.array_equal(found["drug"][level], own.states.concentration[:, 0])
        assert np.array_equal(found["b-cells"][level], own.states.b_blood[:, 0])


def test_without_drug_nothing_changes() -> None:
    found = by_key(bands(course((84.0, 0.0)), PEOPLE, DAYS))
    assert np.all(found["drug"] == 0.0)
    assert found["t-cells"] == pytest.approx(np.full((3, DAYS.size), 100.0), rel=1e-9)
    for key in ("b-cells", "il-6", "il-10", "ifn"):
        assert found[key] == pytest.approx(np.repeat(found[key][:, :1], DAYS.size, axis=1), rel=1e-9)


def test_bands_are_ordered_and_as_wide_as_the_population() -> None:
    for key, values in by_key(bands(label(2), PEOPLE, DAYS)).items():
        assert np.all(np.diff(values, axis=0) >= 0.0), key
        assert values[2, 9] > values[0, 9], key


def test_where_all_patients_would_be_too_much_every_kth_is_taken_and_told() -> None:
    some = bands(label(1), PEOPLE, DAYS[:9], ["b-cells", "drug"], most_values=2 * 9 * 25)
    assert (some.patients, some.population) == (20, 60)
    third = by_key(bands(label(1), PEOPLE.select(slice(0, 60, 3)), DAYS[:9]))
    assert [band.signal.key for band in some.bands] == ["b-cells", "drug"]
    assert np.array_equal(by_key(some)["b-cells"], third["b-cells"])
    assert bands(label(1), PEOPLE, DAYS[:9], ["drug"], most_values=9 * 60).patients == 60
    own = Dosing((0, 1440 * 28), np.linspace(5.0, 60.0, PEOPLE.size)[None, :], (1,), (1,))
    thinned = by_key(bands(own, PEOPLE, DAYS[:9], ["drug"], most_values=9 * 20))
    whole = trajectories(own, PEOPLE, DAYS[:9]).states.concentration
    assert np.array_equal(thinned["drug"], np.percentile(whole[:, ::3], LEVELS, axis=1))


def test_nothing_is_simulated_after_the_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Dosing] = []

    def watched(dosing: Dosing, *arguments: object, **how: object) -> object:
        seen.append(dosing)
        return simulate(dosing, *arguments, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("blinplan.simulation.percentiles.simulate", watched)
    early = by_key(bands(label(2), PEOPLE, DAYS[:6]))  # to day 7, the edge itself
    assert [dosing.edges_minutes[-1] for dosing in seen] == [7 * 1440]
    late = by_key(bands(label(2), PEOPLE, DAYS))
    assert all(np.array_equal(early[key], late[key][:, :6]) for key in SIGNALS)


def test_every_change_of_the_infusion_is_a_sampling_day() -> None:
    table = periods(regimen_called("rr-adult"))
    days = sampling_days(table, 0.0, 210.0)
    assert np.all(np.diff(days) > 0.0)
    assert {0.0, 7.0, 28.0, 42.0, 70.0, 168.0, 210.0} <= set(days.tolist())
    # The IL-6 peak lies near hour 13: some day is within two hours of it.
    assert np.min(np.abs(days - 13.0 / 24.0)) < 2.0 / 24.0
    zoomed = sampling_days(table, 6.5, 8.0)
    assert zoomed[0] == 6.5
    assert zoomed[-1] == 8.0
    assert 7.0 in zoomed.tolist()
    assert np.max(np.diff(zoomed)) < 0.02


def test_the_bands_of_a_simulation_are_those_of_its_patients() -> None:
    simulation = run(regimen_called("nhl-15"), patients=30, seed=2, follow_up_days=10)
    days = sampling_days(simulation.periods, 0.0, simulation.days)
    assert days[-1] == simulation.days == 52.0
    found = bands_of(simulation, days)
    assert (found.patients, found.population) == (30, 30)
    lowest = np.percentile(next(q.values for q in simulation.quantities if q.key == "b_nadir"), LEVELS)
    # Percentiles of each patient's nadir are not above the lowest point of the percentile curves.
    assert np.all(lowest <= by_key(found)["b-cells"].min(axis=1) * (1 + 1e-6))


def test_the_typical_patients_curve_meets_the_endpoints() -> None:
    simulation = run(regimen_called("rr-adult"), patients=None)
    ends = {q.key: float(q.values[0]) for q in simulation.quantities}
    days = sampling_days(simulation.periods, 0.0, 42.0)
    found = by_key(bands_of(simulation, days))
    assert found["drug"][1].max() == pytest.approx(ends["steady_state_28"], rel=1e-6)
    assert found["t-cells"][1, days <= 7.0].min() == pytest.approx(ends["t_nadir"], rel=2e-3)
    assert found["il-6"][1].max() == pytest.approx(ends["il6_peak"], rel=2e-3)


@pytest.mark.slow
def test_bands_of_a_crowd_are_of_all_its_patients_and_kept_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = run(regimen_called("nhl-5"), patients=1500, seed=2)
    whole = by_key(bands_of(crowd, DAYS[:8], ["drug", "il-6"]))
    monkeypatch.setattr("blinplan.simulation.crowd.columns.IN_MEMORY", 1000)
    monkeypatch.setattr("blinplan.simulation.percentiles._BLOCK", 256)
    found = bands_of(crowd, DAYS[:8], ["drug", "il-6"])
    assert (found.patients, found.population) == (1500, 1500)
    everybody = trajectories(crowd.outcome.trial.dosing, crowd.population, DAYS[:8])
    expected = np.percentile(everybody.states.concentration, LEVELS, axis=1)
    assert by_key(found)["drug"].tobytes() == whole["drug"].tobytes() == np.ascontiguousarray(expected).tobytes()
    assert by_key(found)["il-6"].tobytes() == whole["il-6"].tobytes()
