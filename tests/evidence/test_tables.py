"""The tables of the fit that are shipped: made on the parameters that are, and read as they say."""

import csv
from pathlib import Path

import numpy as np
import pytest

from blinplan.evidence import front, identifiability
from blinplan.evidence.calibrate import load_stages
from blinplan.evidence.front import FRONT, LEVELS
from blinplan.evidence.identifiability import IDENTIFIABILITY, decided_by, left_of_priors
from blinplan.physiology import load_parameters


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_the_front_has_the_fit_that_is_shipped_and_those_that_cost_less_and_more() -> None:
    (weight,) = {stage.weights[LEVELS] for stage in load_stages() if LEVELS in stage.weights}
    found = {float(row["weight"]): row for row in rows(FRONT)}
    assert min(found) < weight < max(found)
    for key in ("activation_ec50", "sensing_threshold", "release_il6"):
        shipped = load_parameters().parameters[key].value
        assert float(found[weight][key]) == pytest.approx(shipped, rel=0.01), f"make {FRONT.name} again"
    assert found[weight]["failing"] == ""
    slopes = [float(found[each]["slope"]) for each in sorted(found)]
    assert slopes == sorted(slopes)


def test_every_fitted_parameter_is_decided_by_its_targets_or_its_prior_at_its_shipped_value() -> None:
    shipped = {(stage.name, key): value for stage in load_stages() for key, value in stage.shipped_values().items()}
    found = {(row["stage"], row["parameter"]): row for row in rows(IDENTIFIABILITY)}
    assert {key: float(row["value"]) for key, row in found.items()} == shipped, f"make {IDENTIFIABILITY.name} again"
    for row in found.values():
        assert decided_by(float(row["left"])) == row["decided_by"] or float(row["left"]) in {0.5, 0.9}


def test_a_target_that_says_all_leaves_nothing_of_a_prior_and_one_that_says_nothing_all_of_it() -> None:
    left = left_of_priors(np.array([[100.0, 0.0], [0.0, 0.0], [0.0, 1.0]]))
    assert left == pytest.approx([0.01, np.sqrt(0.5)], rel=1e-3)
    assert [decided_by(each) for each in (0.01, 0.7, 0.99)] == ["targets", "both", "prior"]


def test_two_parameters_of_one_target_are_known_together_and_not_apart() -> None:
    left = left_of_priors(np.array([[100.0, 100.0]]))
    assert left == pytest.approx([np.sqrt(0.5)] * 2, rel=1e-3)


@pytest.mark.parametrize(("module", "made"), [(front, "front"), (identifiability, "identifiability")])
def test_the_command_prints_its_table_and_writes_nothing_unasked(
    module: object, made: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = module.COLUMNS  # type: ignore[attr-defined]
    monkeypatch.setattr(module, made, lambda: iter([dict.fromkeys(columns, "1")]))
    assert module.main([]) == 0  # type: ignore[attr-defined]
    assert capsys.readouterr().out.splitlines() == [",".join(columns), ",".join("1" for _ in columns)]
