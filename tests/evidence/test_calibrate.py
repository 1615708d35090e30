"""What calibration fits, where it ends, and what it writes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from blinplan.evidence import calibrate
from blinplan.evidence.calibrate import (
    Fitted,
    Objective,
    Stage,
    Stationarity,
    apply,
    as_written,
    fit,
    load_stages,
    stationarity,
    targets,
    write,
)
from blinplan.evidence.evaluate import Bounds, Claim, Expectation, load_claims
from blinplan.evidence.smooth import SMOOTH
from blinplan.evidence.study import Arm, Study
from blinplan.physiology import load_parameters
from blinplan.physiology.model.parameters import read_parameters

TEXT = resources.files("blinplan.physiology.model").joinpath("parameters.toml").read_text(encoding="utf-8")
RESIDUAL = load_stages()[-1]


@pytest.mark.parametrize("stage", load_stages(), ids=lambda stage: stage.name)
def test_calibrated_values_are_those_the_calibration_may_reach(stage: Stage) -> None:
    found = load_parameters()
    held = found.presets[stage.population].parameters if stage.population else found.parameters
    for fitted in stage.parameters:
        assert held[fitted.key].status == "calibrated", fitted.key
        assert fitted.low < held[fitted.key].value < fitted.high


def test_every_calibrated_parameter_is_fitted_in_some_stage() -> None:
    fitted = {(stage.population, each.key) for stage in load_stages() for each in stage.parameters}
    shared = {(None, key) for key, each in load_parameters().parameters.items() if each.status == "calibrated"}
    assert shared <= fitted


@pytest.mark.parametrize("stage", load_stages(), ids=lambda stage: stage.name)
def test_what_a_stage_aims_at_has_a_smooth_form_and_a_weight_stands_for_a_claim_of_it(stage: Stage) -> None:
    aims = list(targets(stage))
    assert {claim.id for claim, _ in aims} == set(stage.claims)
    assert {each.measure for _, each in aims} <= set(SMOOTH)
    assert set(stage.weights) <= set(stage.claims)


def test_writing_what_is_there_changes_nothing() -> None:
    assert write(TEXT, {stage: stage.shipped_values() for stage in load_stages()}) == TEXT


def test_writing_a_fit_changes_its_values_and_nothing_else() -> None:
    shared = load_stages()[0]
    assert RESIDUAL.population == "adult-mrd"
    changed = write(TEXT, {shared: {"kill_rate": 3.5}, RESIDUAL: {"kill_rate": 77.0}})
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


@pytest.mark.parametrize(("least", "status"), [(58.6, 0), (58.7, 1)])
def test_the_check_fails_where_a_written_digit_is_not_where_the_fit_ends(
    least: float, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def found(**_: object) -> Iterator[Stationarity]:
        yield Stationarity("kill_rate", "adult-mrd", 58.4, least)

    monkeypatch.setattr(calibrate, "stationarity", found)
    assert calibrate.main(["--check"]) == status
    assert ("is not where the fit ends" in capsys.readouterr().out) is bool(status)


def test_a_shared_value_leaves_a_population_s_own_alone() -> None:
    changed = apply(load_parameters().presets, load_stages()[0], {"kill_rate": 9.0, "b_turnover": 0.05})
    assert changed["adult-rr"].value("kill_rate") == 9.0
    assert changed["adult-mrd"].value("kill_rate") != 9.0
    assert changed["adult-mrd"].value("b_turnover") == 0.05


def test_a_population_s_value_is_its_own_alone() -> None:
    changed = apply(load_parameters().presets, RESIDUAL, {"kill_rate": 9.0})
    assert changed["adult-mrd"].value("kill_rate") == 9.0
    assert changed["adult-rr"] == load_parameters().presets["adult-rr"]


def answering(response: Callable[[float], float], monkeypatch: pytest.MonkeyPatch, **more: object) -> list[Claim]:
    """Claims whose one measure answers to the killing rate of adults; the target is 0.5."""
    aim = {"target": 0.5, "tolerance": 0.1, **more}
    expectation = Expectation("it", "depleted", Arm("adult-rr", ("label",)), "1", Bounds(), **aim)  # type: ignore[arg-type]

    def measured(study: Study, arm: Arm) -> float:
        return response(study.presets[arm.population].value("kill_rate"))

    monkeypatch.setitem(SMOOTH, "depleted", measured)
    return [Claim("X-1", "claim", "it is so", "somewhere", (expectation,))]


def one(low: float = 1.0, high: float = 100.0, prior: float = 10.0, weight: float = 1.0) -> Stage:
    return Stage("one", ("X-1",), (Fitted("kill_rate", 10.0, low, high, prior),), None, {"X-1": weight})


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        pytest.param(one(), 20.0, id="the target, where nothing holds it back"),
        pytest.param(one(prior=1e-4), 10.0, id="the start, where the prior is certain"),
        pytest.param(one(prior=1e-4, weight=1e6), 20.0, id="the target, where it weighs more than the prior"),
        pytest.param(one(high=15.0), 15.0, id="the bound, where the target lies beyond"),
    ],
)
def test_a_fit_ends_at(stage: Stage, expected: float, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = answering(lambda rate: rate / (rate + 20.0), monkeypatch)
    found = fit(Objective(load_parameters().presets, stage, 10, 1, claims))
    assert found == {"kill_rate": pytest.approx(expected, rel=0.02)}


def test_a_fit_has_three_significant_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = answering(lambda rate: rate / (rate + 12.3456), monkeypatch)
    assert as_written(fit(Objective(load_parameters().presets, one(), 10, 1, claims))) == {"kill_rate": 12.3}


def test_a_tolerance_of_the_logarithm_counts_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    (claim,) = answering(lambda rate: rate, monkeypatch, target=20.0, of_ln=True)
    (aim,) = claim.expectations
    assert aim.distance(40.0) == pytest.approx(-aim.distance(10.0))
    assert fit(Objective(load_parameters().presets, one(), 10, 1, [claim])) == {
        "kill_rate": pytest.approx(20.0, rel=1e-3)
    }


@pytest.mark.parametrize(
    ("written", "scale", "target", "holds"),
    [
        pytest.param(20.0, 1.0, 0.5, True, id="where the fit ends"),
        pytest.param(20.0, 1.0, 0.5006, True, id="rounded"),
        pytest.param(20.0, 1.0 + 1e-5, 0.5, True, id="another engine"),
        pytest.param(20.2, 1.0, 0.5, False, id="another parameter"),
        pytest.param(20.0, 1.0, 0.503, False, id="another target"),
    ],
)
def test_what_is_written_is_where_the_fit_ends(
    written: float, scale: float, target: float, holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = answering(lambda rate: scale * rate / (rate + 20.0), monkeypatch, target=target)
    (found,) = stationarity({one(): {"kill_rate": written}}, 10, 1, claims)
    assert found.holds is holds


@pytest.mark.slow
def test_the_engine_may_change_by_its_error_and_a_target_and_a_parameter_may_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def all_hold(values: dict[str, float], claims: list[Claim] | None = None) -> bool:
        return all(found.holds for found in stationarity({RESIDUAL: values}, claims=claims))

    shipped = RESIDUAL.shipped_values()
    assert all_hold(shipped)
    assert not all_hold({**shipped, "kill_rate": 1.02 * shipped["kill_rate"]})
    moved = [replace(claim, expectations=tuple(_moved(each) for each in claim.expectations)) for claim in load_claims()]
    assert not all_hold(shipped, moved)
    for k, (name, measure) in enumerate(SMOOTH.items()):
        monkeypatch.setitem(SMOOTH, name, _off(measure, 1.0 + 1e-5 * (-1) ** k))
    assert all_hold(shipped)


def _moved(each: Expectation) -> Expectation:
    return replace(each, target=1.05 * each.target) if each.measure == "t_peak" and each.target else each


def _off(measure: Callable[[Study, Arm], float], by: float) -> Callable[[Study, Arm], float]:
    return lambda study, arm: by * measure(study, arm)
