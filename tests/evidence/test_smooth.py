"""The smooth forms of measures: near what is counted, and without a step."""

import numpy as np
import pytest

from blinplan.evidence.calibrate import Objective, Stage, load_stages, targets
from blinplan.evidence.measures import MEASURES
from blinplan.evidence.smooth import SMOOTH
from blinplan.evidence.study import Study
from blinplan.physiology import load_parameters

PRESETS = dict(load_parameters().presets)


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(PRESETS, patients=400, seed=3)


AIMS = {
    f"{each.measure} {' '.join(each.arm.scenarios)} {each.text}": each
    for stage in load_stages()
    for _, each in targets(stage)
}


@pytest.mark.parametrize("name", AIMS)
def test_it_is_what_is_counted_within_a_tolerance(name: str, study: Study) -> None:
    each = AIMS[name]
    counted = MEASURES[each.measure](study, each.arm)
    value = counted if isinstance(counted, float) else counted.value
    assert each.distance(SMOOTH[each.measure](study, each.arm)) == pytest.approx(each.distance(value), abs=0.8)


@pytest.mark.parametrize("stage", load_stages(), ids=lambda stage: stage.name)
def test_half_a_step_moves_every_distance_by_half(stage: Stage) -> None:
    objective = Objective(PRESETS, stage, 60, 3)
    x = objective.at(stage.shipped_values())
    step = np.full(x.size, 0.004)
    here, half, whole = (objective.distances(x + part * step) for part in (0.0, 0.5, 1.0))
    assert np.abs(half - here).max() > 1e-4
    assert half - here == pytest.approx((whole - here) / 2, abs=2e-3)
