"""Crossings and extremes within the steps of one interval."""

from collections.abc import Callable

import numpy as np
import pytest

from blinplan.physiology.engine.locate import SmoothCurve, at_once, first_true
from blinplan.physiology.model.population import FloatArray

NODES = np.array([0.0, 0.1, 0.2, 0.5, 0.8, 1.4, 2.0])
"""Three steps: a start, and the middle and the end of each."""


def curve(value: Callable[[FloatArray], FloatArray], slope: Callable[[FloatArray], FloatArray]) -> SmoothCurve:
    return SmoothCurve(NODES, value(NODES[:, None]), slope(NODES[:, None]))


def parabolas(vertex: FloatArray) -> SmoothCurve:
    return curve(lambda t: 5.0 - 3.0 * (t - vertex) ** 2, lambda t: -6.0 * (t - vertex))


def test_the_greatest_of_a_parabola_is_its_vertex() -> None:
    vertex = np.array([0.15, 0.45, 0.7, 1.9])
    peak, day = parabolas(vertex).greatest(0.0, 2.0)
    np.testing.assert_allclose(peak, 5.0)
    np.testing.assert_allclose(day, vertex, atol=1e-9)


def test_no_greatest_value_lies_beyond_the_end() -> None:
    vertex = np.array([0.45, 0.7, 1.3])
    peak, day = parabolas(vertex).greatest(0.0, 0.6)
    np.testing.assert_allclose(day, [0.45, 0.6, 0.6], atol=1e-9)
    np.testing.assert_allclose(peak, 5.0 - 3.0 * (vertex - day) ** 2)


def test_nor_before_the_start() -> None:
    peak, day = parabolas(np.array([0.45, 0.7])).greatest(0.6, 0.75)
    np.testing.assert_allclose(day, [0.6, 0.7], atol=1e-9)
    assert peak[0] == pytest.approx(5.0 - 3.0 * 0.15**2)


@pytest.mark.parametrize("root", [0.21, 0.35, 0.49])
def test_a_crossing_is_the_root_between_its_two_nodes(root: float) -> None:
    # Another root lies in the same step: an unbracketed search could end there.
    found = curve(lambda t: -(t - root) * (t - 0.7), lambda t: -(2.0 * t - root - 0.7)).first_at_least(0.0, 0.0, 2.0)
    assert found[0] == pytest.approx(root, abs=1e-7)


def test_a_crossing_at_once_is_the_start() -> None:
    assert parabolas(np.array([0.5])).first_at_most(5.0, 0.0, 2.0).tolist() == [0.0]
    assert parabolas(np.array([0.5])).first_at_most(5.0, 0.3, 2.0).tolist() == [0.3]


def test_a_crossing_after_the_end_is_none() -> None:
    falling = curve(lambda t: 1.0 - t, lambda t: -np.ones_like(t))
    assert falling.first_at_most(0.3, 0.0, 0.75)[0] == pytest.approx(0.7)
    assert np.isnan(falling.first_at_most(0.3, 0.0, 0.65)[0])


def test_days_at_a_level_or_below_are_those_between_its_crossings() -> None:
    days = parabolas(np.array([0.5, 1.0])).days_at_most(5.0 - 3.0 * 0.3**2, 0.0, 2.0)
    np.testing.assert_allclose(days, [0.2 + 1.2, 0.7 + 0.7], atol=1e-7)
    days = parabolas(np.array([0.5, 1.0])).days_at_most(5.0 - 3.0 * 0.3**2, 0.1, 0.75)
    np.testing.assert_allclose(days, [0.1, 0.6], atol=1e-7)


def test_a_patient_s_crossing_does_not_depend_on_the_others() -> None:
    def wave(of: FloatArray) -> SmoothCurve:
        return curve(lambda t: np.cos(3.0 * t) * of, lambda t: -3.0 * np.sin(3.0 * t) * of)

    scale, level = np.linspace(0.5, 2.0, 7), 0.4 * np.linspace(0.5, 1.5, 7)
    together = wave(scale).first_at_most(level, 0.0, 2.0)
    alone = [wave(scale[[k]]).first_at_most(level[[k]], 0.0, 2.0)[0] for k in range(7)]
    assert together.tolist() == alone


def test_what_comes_later_changes_nothing_that_was_found() -> None:
    """The nodes up to the end of a step are all that a crossing or an extreme in it follows from."""
    whole = parabolas(np.array([0.45, 0.62]))
    short = SmoothCurve(NODES[:5], whole.values[:5], whole.slopes[:5])
    for end in (0.5, 0.63, 0.8):
        for one, other in zip(whole.greatest(0.0, end), short.greatest(0.0, end), strict=True):
            assert one.tobytes() == other.tobytes()
        one, other = (c.first_at_most(4.95, 0.5, end) for c in (whole, short))
        assert one.tobytes() == other.tobytes()


def test_the_first_node_that_is_true_is_found_and_whether_there_is_one() -> None:
    index, found = first_true(np.array([[False, False], [True, False], [True, False]]))
    assert found.tolist() == [True, False]
    assert index[0] == 1


def test_only_who_beats_the_best_so_far_is_looked_at() -> None:
    values = curve(lambda t: t * np.array([1.0, 2.0, 3.0]), lambda t: np.ones_like(t) * np.array([1.0, 2.0, 3.0]))

    def who_beats(best: list[float], high: float) -> list[int]:
        patients, peak, day = at_once([values.find_greater(np.array(best), 0.0, high)])[0]
        assert np.array_equal(peak, (1.0 + patients) * high)
        assert np.array_equal(day, np.full(patients.shape, high))
        found: list[int] = patients.tolist()
        return found

    assert who_beats([1.5, 3.0, 6.5], 2.0) == [0, 1]
    assert who_beats([1.5, 3.0, 4.0], 1.45) == [2]
    assert who_beats([3.0, 5.0, 7.0], 2.0) == []


def test_waves_of_many_nodes_are_greatest_and_pass_a_level_where_a_sine_does() -> None:
    nodes, since = np.linspace(0.0, 6.0, 301), np.linspace(0.05, 3.6, 40)
    waves = SmoothCurve(nodes, np.sin(nodes[:, None] - since), np.cos(nodes[:, None] - since))
    peak, day = waves.greatest(0.0, 6.0)
    assert peak == pytest.approx(1.0, abs=1e-9)
    assert day == pytest.approx(since + np.pi / 2, abs=1e-6)
    assert waves.first_at_least(0.5, 0.0, 6.0) == pytest.approx(since + np.pi / 6, abs=1e-9)
    lowest = -np.sin(np.clip(np.pi / 2, since - 1.5, since))
    assert -waves.mirror_image().greatest(0.0, 1.5)[0] == pytest.approx(lowest, abs=1e-9)
