"""Results over plausible models: those of the models themselves, apart from what lies between patients."""

import json
from pathlib import Path

import numpy as np
import pytest

from blinplan.physiology import load_parameters
from blinplan.physiology.model.parameters import read_parameters
from blinplan.regimen import library
from blinplan.reports.simulation.summary.document import simulation_json
from blinplan.reports.simulation.summary.report import simulation_report
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.simulation.models import plausible
from blinplan.simulation.models.plausible import (
    StaleSetsError,
    TooFewSetsError,
    parameters_fingerprint,
    plausible_presets,
    plausible_sets,
    shipped_sets,
)
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import over_patients
from blinplan.simulation.percentiles import bands_of
from blinplan.simulation.trials.run import run
from blinplan.simulation.trials.simulation import Simulation
from blinplan.simulation.trials.trial import Trial
from blinplan.terminal import PLAIN

MODELS = 3


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return run(library.regimen("nhl-15"), patients=60, seed=3, parameter_sets=MODELS, sets=SetsOf.PLAUSIBLE)


def test_set_by_set_they_are_a_run_with_those_parameters(simulation: Simulation) -> None:
    over = simulation.uncertainty
    assert over is not None
    assert (over.of, over.sets) == (SetsOf.PLAUSIBLE, MODELS)
    alone = [
        Trial(simulation.regimen, simulation.periods, model.cohort.population()).run() for model in simulation.models
    ]
    presets = plausible_presets(simulation.preset, MODELS)
    for model, preset in zip(simulation.models, presets, strict=True):
        people = model.cohort.population()
        assert np.array_equal(people.weight_kg, simulation.population.weight_kg)
        assert people.constants.return_rate == preset.value("return_rate")
    for place, quantity in enumerate(simulation.quantities):
        medians = [over_patients(one).median for one in (quantity, *(ran.quantities[place] for ran in alone))]
        known = [median for median in medians if not np.isnan(median)]
        found = over.medians[quantity.key]
        assert (found.low, found.high) == (min(known), max(known)) if known else np.isnan(found.low)
    for place, event in enumerate(simulation.events):
        shares = [one.proportion.value for one in (event, *(ran.events[place] for ran in alone))]
        known = [share for share in shares if not np.isnan(share)]
        if known:
            assert (over.shares[event.key].low, over.shares[event.key].high) == (min(known), max(known))


def test_they_move_what_no_published_error_moves(simulation: Simulation) -> None:
    over = simulation.uncertainty
    assert over is not None
    for key in ("il6_peak", "b_nadir", "t_nadir"):
        assert over.medians[key].low < over.medians[key].high
    assert over.medians["dose"].low == over.medians["dose"].high


def test_the_patients_themselves_stay_as_they_are(simulation: Simulation) -> None:
    alone = run(simulation.regimen, patients=60, seed=3)
    for mine, theirs in zip(simulation.quantities, alone.quantities, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values)
    assert alone.models == ()


def test_curves_have_the_range_of_their_medians(simulation: Simulation) -> None:
    days = np.array([0.0, 1.0, 7.0, 28.0])
    bands = bands_of(simulation, days, ("il-6", "b-cells"))
    assert bands.models == MODELS
    for band in bands.bands:
        assert band.models is not None
        assert (band.models[0] <= band.median).all()
        assert (band.median <= band.models[1]).all()
        assert (band.models[0] < band.models[1]).any()


def test_tables_and_json_name_the_two_spreads_apart(simulation: Simulation) -> None:
    text = " ".join(PLAIN.render(*simulation_report(simulation, PLAIN)).split())
    assert "Median over models" in text
    assert "Share over models" in text
    assert "5-95 % is between patients; over models is from the least to the greatest" in text
    assert "no confidence, and no probability" in text
    document = json.loads(json.dumps(simulation_json(simulation, "0" * 16)))
    assert document["manifest"]["sets_of"] == "plausible"
    entry = next(one for one in document["endpoints"] if one["key"] == "il6_peak")
    assert entry["median_over_models_least"] <= entry["median"] <= entry["median_over_models_greatest"]
    assert not any("over_sets" in name for name in entry)


def test_sets_of_other_parameters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plausible, "parameters_fingerprint", lambda: "of another model")
    plausible_sets.cache_clear()
    with pytest.raises(StaleSetsError, match="made for other parameters"):
        plausible_sets()
    assert list(plausible_presets("adult-rr", 0)) == []  # whoever asks for none does not hear of it
    plausible_sets.cache_clear()


def test_a_fingerprint_is_of_what_patients_depend_on() -> None:
    path = Path(plausible.__file__).parents[2] / "physiology/model/parameters.toml"
    text = path.read_text(encoding="utf-8")
    assert parameters_fingerprint(read_parameters(text)) == parameters_fingerprint() == shipped_sets().made["made_for"]
    value = load_parameters().parameters["volume"].value
    assert f"value = {value!r}" in text
    moved = text.replace(f"value = {value!r}", "value = 5.9", 1)
    assert parameters_fingerprint(read_parameters(moved)) != parameters_fingerprint()
    told = text.replace("central volume of distribution", "volume", 1)
    assert parameters_fingerprint(read_parameters(told)) == parameters_fingerprint()


def test_more_sets_than_there_are_are_refused() -> None:
    with pytest.raises(TooFewSetsError, match="more than the"):
        run(library.regimen("nhl-15"), patients=5, parameter_sets=10_000, sets=SetsOf.PLAUSIBLE)


def test_rules_are_asked_under_each_model() -> None:
    simulator = PatientSimulator(40, 1, models=MODELS)
    first = next(iter(simulator.outcomes(library.regimen("nhl-5"))))
    assert len(first.models) == MODELS  # type: ignore[union-attr]
    peaks = {model.first_peak.value for model in first.models}  # type: ignore[union-attr]
    assert len(peaks) == MODELS
    for model in first.models:  # type: ignore[union-attr]
        assert model.bounds(model.depletion) == (model.depletion.value, model.depletion.value)
        assert model.first_peak.bounds == (model.first_peak.value, model.first_peak.value)
