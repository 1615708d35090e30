"""Curves whose nodes lie at times of each patient's own: what is found of each is what is found of him alone."""

from typing import NamedTuple

import numpy as np
import pytest

from blinplan.physiology.engine.locate import SmoothCurve, at_once
from blinplan.physiology.engine.own.curves import OwnCurve
from blinplan.physiology.model.population import FloatArray

END = 3.0
"""Days until which is looked for anything; a last step may end beyond it."""


class _Own(NamedTuple):
    """A patient's nodes, with a value and a slope at each."""

    nodes: FloatArray
    values: FloatArray
    slopes: FloatArray


def own(seed: int) -> _Own:
    """Somebody of 2 to 9 steps, some of whom end at the end and some beyond it, on a curve that goes up and down."""
    chance = np.random.default_rng(seed)
    ends = np.sort(chance.uniform(0.1, END, chance.integers(1, 9))).tolist()
    ends = np.array([0.0, *ends, END + chance.choice([0.0, 0.4])])
    nodes = np.empty(2 * ends.shape[0] - 1)
    nodes[::2], nodes[1::2] = ends, 0.5 * (ends[:-1] + ends[1:])
    height, speed, since = chance.uniform(0.5, 2.0), chance.uniform(1.0, 9.0), chance.uniform(0.0, 6.0)
    return _Own(nodes, height * np.sin(speed * nodes + since), height * speed * np.cos(speed * nodes + since))


EVERYBODY = [own(seed) for seed in range(16)]
SINCE = np.array([0.0, 0.3, 1.7, 2.9])


def beside(sign: float) -> OwnCurve:
    """All of them, who is through the sooner going on beyond the end."""
    most = max(one.nodes.shape[0] for one in EVERYBODY)

    def filled(values: FloatArray, by: FloatArray) -> FloatArray:
        return np.concatenate([values, by[: most - values.shape[0]]])

    more = np.arange(1.0, most)
    columns = [
        (filled(one.nodes, one.nodes[-1] + more), filled(one.values, (-1.0) ** more), filled(one.slopes, 5.0 * more))
        for one in EVERYBODY
    ]
    nodes, values, slopes = (np.stack(of, axis=1) for of in zip(*columns, strict=True))
    return OwnCurve(nodes, values, slopes, sign)


def who_beats(curve: SmoothCurve, best: FloatArray, low: float, high: float) -> list[int]:
    """Patients who have more than the best so far."""
    found: list[int] = at_once([curve.find_greater(best, low, high)])[0][0].tolist()
    return found


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_is_found_of_each_is_what_is_found_of_him_alone(sign: float) -> None:
    curve = beside(sign)
    level, best = 0.4, np.full(len(EVERYBODY), 0.8)
    since, everybody = np.resize(SINCE, len(EVERYBODY)), np.arange(len(EVERYBODY))
    for low, high in ((0.0, END), (0.5, END), (0.25, 1.75)):
        peak, day = curve.greatest(low, high)
        (crossed,) = at_once([curve.find_first_at_most(np.full(since.shape, level), since, high, everybody)])
        days = (
            curve.mirror_image().days_at_most(level, low, high) if sign < 0.0 else curve.days_at_most(level, low, high)
        )
        read, beats = curve.at(high), who_beats(curve, best, low, high)
        for at, one in enumerate(EVERYBODY):
            alone = SmoothCurve(one.nodes, one.values[:, None], one.slopes[:, None], sign)
            upright = alone if sign > 0.0 else alone.mirror_image()
            found = [
                *(of[0] for of in alone.greatest(low, high)),
                alone.first_at_most(level, since[at], high)[0],
                upright.days_at_most(level, low, high)[0],
                alone.at(high)[0],
            ]
            theirs = [peak[at], day[at], crossed[at], days[at], read[at]]
            assert np.array(theirs).tobytes() == np.array(found).tobytes(), (at, low, high)
            assert (at in beats) == bool(who_beats(alone, best[:1], low, high))


def test_some_of_them_are_found_as_all_are() -> None:
    curve, some = beside(1.0), np.array([13, 2, 7])
    best = np.full(len(EVERYBODY), np.inf)
    best[some] = -np.inf
    (patients, peak, day), (greatest, when) = at_once([curve.find_greater(best, 0.0, END)])[0], curve.greatest(0.0, END)
    assert patients.tolist() == sorted(some.tolist())
    assert np.array_equal(peak, greatest[patients])
    assert np.array_equal(day, when[patients])
