"""What calibration fits, and what it writes."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from blinplan.evidence import calibrate
from blinplan.evidence.calibrate import Fitted, Stage, apply, fit, load_stages, write
from blinplan.evidence.evaluate import Bounds, Claim, ClaimResult, Evidence, Expectation, Measurement
from blinplan.evidence.study import Arm
from blinplan.physiology import Options, load_parameters
from blinplan.physiology.model.parameters import Preset, read_parameters

TEXT = resources.files("blinplan.physiology.model").joinpath("parameters.toml").read_text(encoding="utf-8")


def shipped(stage: Stage) -> dict[str, float]:
    """The values of a stage's parameters in the file that is shipped."""
    found = load_parameters()
    held = found.presets[stage.population].parameters if stage.population else found.parameters
    return {fitted.key: held[fitted.key].value for fitted in stage.parameters}


@pytest.mark.parametrize("stage", load_stages(), ids=lambda stage: stage.name)
def test_calibrated_values_are_those_the_calibration_may_reach(stage: Stage) -> None:
    found = load_parameters()
    held = found.presets[stage.population].parameters if stage.population else found.parameters
    for fitted in stage.parameters:
        assert held[fitted.key].status == "calibrated", fitted.key
        assert fitted.low <= held[fitted.key].value <= fitted.high


def test_every_calibrated_parameter_is_fitted_in_some_stage() -> None:
    fitted = {(stage.population, each.key) for stage in load_stages() for each in stage.parameters}
    shared = {(None, key) for key, each in load_parameters().parameters.items() if each.status == "calibrated"}
    assert shared <= fitted


def test_writing_what_is_there_changes_nothing() -> None:
    assert write(TEXT, {stage: shipped(stage) for stage in load_stages()}) == TEXT


def test_writing_a_fit_changes_its_values_and_nothing_else() -> None:
    shared, residual = load_stages()[0], load_stages()[-1]
    assert residual.population == "adult-mrd"
    changed = write(TEXT, {shared: {"kill_rate": 3.5}, residual: {"kill_rate": 77.0}})
    lines = [(old, new) for old, new in zip(TEXT.split("\n"), changed.split("\n"), strict=True) if old != new]
    assert [new for _, new in lines] == ["value = 3.5", "value = 77.0"]
    presets = read_parameters(changed).presets
    assert presets["adult-rr"].value("kill_rate") == presets["child"].value("kill_rate") == 3.5
    assert presets["adult-mrd"].value("kill_rate") == 77.0


def test_a_parameter_that_the_file_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no single value of courage"):
        write(TEXT, {load_stages()[0]: {"courage": 1.0}})


def test_the_command_prints_each_stage_and_writes_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = load_stages()[0]
    monkeypatch.setattr(calibrate, "calibrate", lambda patients, seed: {stage: {"kill_rate": patients + seed / 10}})
    file = tmp_path / "parameters.toml"
    file.write_text(TEXT, encoding="utf-8")
    assert calibrate.main(["--patients", "7", "--seed", "5"]) == 0
    assert capsys.readouterr().out == "# lysis and regeneration\nkill_rate = 7.5\n"
    assert file.read_text(encoding="utf-8") == TEXT
    assert calibrate.main(["--patients", "7", "--seed", "5", "--write", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == write(TEXT, {stage: {"kill_rate": 7.5}})


def test_a_shared_value_leaves_a_population_s_own_alone() -> None:
    changed = apply(load_parameters().presets, load_stages()[0], {"kill_rate": 9.0, "b_turnover": 0.05})
    assert changed["adult-rr"].value("kill_rate") == 9.0
    assert changed["adult-mrd"].value("kill_rate") != 9.0
    assert changed["adult-mrd"].value("b_turnover") == 0.05


def test_a_population_s_value_is_its_own_alone() -> None:
    changed = apply(load_parameters().presets, load_stages()[-1], {"kill_rate": 9.0})
    assert changed["adult-mrd"].value("kill_rate") == 9.0
    assert changed["adult-rr"] == load_parameters().presets["adult-rr"]


def measured(response: Callable[[float], float], target: float) -> Callable[..., Evidence]:
    """Evidence whose one measure answers to the killing rate of adults."""
    expectation = Expectation("it", "depleted", Arm("adult-rr", ("label",)), "1", Bounds(), target, tolerance=0.1)
    claim = Claim("X-1", "claim", "it is so", "somewhere", (expectation,))

    def evaluate(patients: int, seed: int, *, presets: dict[str, Preset], **_: object) -> Evidence:
        measurement = Measurement(expectation, response(presets["adult-rr"].value("kill_rate")), patients)
        return Evidence(patients, seed, Options(), (ClaimResult(claim, (measurement,)),))

    return evaluate


@pytest.mark.parametrize(
    ("low", "high", "prior", "expected"),
    [
        pytest.param(1.0, 100.0, 10.0, 20.0, id="the target, where nothing holds it back"),
        pytest.param(1.0, 100.0, 1e-4, 10.0, id="the start, where the prior is certain"),
        pytest.param(1.0, 15.0, 10.0, 15.0, id="the bound, where the target lies beyond"),
    ],
)
def test_a_fit_ends_at(low: float, high: float, prior: float, expected: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "evaluate", measured(lambda rate: rate / (rate + 20.0), target=0.5))
    stage = Stage("one", ("X-1",), (Fitted("kill_rate", 10.0, low, high, prior),), None)
    assert fit(load_parameters().presets, stage, 10, 1) == {"kill_rate": pytest.approx(expected, rel=0.02)}


def test_a_fit_has_three_significant_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "evaluate", measured(lambda rate: rate / (rate + 12.3456), target=0.5))
    stage = Stage("one", ("X-1",), (Fitted("kill_rate", 10.0, 1.0, 100.0, 10.0),), None)
    assert fit(load_parameters().presets, stage, 10, 1) == {"kill_rate": 12.3}
