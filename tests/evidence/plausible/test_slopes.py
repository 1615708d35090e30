"""What slopes allow is a guess: right where a measure is straight, and never more than the bands have room for."""

import math

import numpy as np
import pytest

from blinplan.evidence.evaluate import Bounds, Expectation, Measurement
from blinplan.evidence.plausible.ranges import ranges
from blinplan.evidence.plausible.screen import quick_screen
from blinplan.evidence.plausible.slopes import measurements, room, scales
from blinplan.evidence.study import Arm
from blinplan.simulation.models.plausible import OwnParameter

RELEASE = OwnParameter(None, "release_il6")


def found(
    value: float, band: Bounds, interval: tuple[float, float] | None = None, *, counted: bool = False
) -> Measurement:
    each = Expectation("it", "depleted", Arm("adult-rr", ("label",)), "1", band, counted=counted)
    return Measurement(each, value, 100, interval)


def test_levels_are_taken_by_their_logarithm_and_shares_by_their_odds() -> None:
    level, share = found(20.0, Bounds(10.0, 40.0)), found(0.5, Bounds(low=0.25), (0.4, 0.6))
    assert scales([level, share]) == pytest.approx([math.log(20.0), 0.0])
    free = room([level, share])
    assert free.low == pytest.approx([math.log(0.5), -math.log(3.0)])
    assert free.high[0] == pytest.approx(math.log(2.0))
    assert free.high[1] > 6.0


def test_a_share_beside_a_published_count_may_leave_it_by_as_much_as_its_own_interval_reaches() -> None:
    alone, counted = (found(0.5, Bounds(0.45, 0.9), (0.4, 0.6), counted=counted) for counted in (False, True))
    free = room([alone, counted])
    assert free.low[1] == pytest.approx(math.log(0.35 / 0.65))
    assert free.low[1] < free.low[0] < 0.0 < free.high[0] < free.high[1]


def test_what_is_at_its_limit_has_no_room_there() -> None:
    free = room([found(10.0, Bounds(10.0, 40.0)), found(9.0, Bounds(10.0, 40.0))])
    assert list(free.low) == [0.0, 0.0]


@pytest.mark.slow
def test_a_level_far_above_its_baseline_rises_as_its_release_does() -> None:
    sieve = quick_screen(50, 50, 1)
    line = next(line for line in ranges() if line.of == RELEASE)
    of = next(i for i, each in enumerate(sieve.kept) if each.measure == "cytokine_read" and each.arm.days == (0.2, 0.3))
    here, there = (measurements(sieve, {RELEASE: line.base * by})[of] for by in (1.0, 1.2))
    assert np.diff(scales([here, there]))[0] == pytest.approx(math.log(1.2), rel=0.1)
