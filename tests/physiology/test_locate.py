"""Crossings and extremes between the nodes of the grid."""

import numpy as np
import pytest

from blinplan.physiology.engine.locate import beating, crossing, first_true, greatest

NODES = np.array([0.0, 0.1, 0.3, 0.6, 1.0])


def test_the_greatest_of_a_parabola_is_its_vertex() -> None:
    vertex = np.array([0.2, 0.45, 0.7])
    values = 5.0 - 3.0 * (NODES[:, None] - vertex) ** 2
    peak, day, index = greatest(NODES, values)
    np.testing.assert_allclose(peak, 5.0)
    np.testing.assert_allclose(day, vertex)
    assert index.tolist() == np.argmax(values, axis=0).tolist()


def test_a_greatest_value_at_an_end_stays_there() -> None:
    values = np.stack([NODES, -NODES, np.ones(NODES.size)], axis=1)
    peak, day, _ = greatest(NODES, values)
    assert peak.tolist() == [1.0, 0.0, 1.0]
    assert day.tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("root", [0.11, 0.2, 0.29])
def test_a_crossing_of_a_cubic_is_the_root_between_its_two_nodes(root: float) -> None:
    # Its other two roots lie within the four nodes too: an unbracketed search would end at one of them.
    values = ((NODES - root) * (NODES - 0.35) * (NODES - 0.55))[:, None]
    assert np.sign(values[1]) != np.sign(values[2])
    assert crossing(NODES, values, np.array([2]), 0.0)[0] == pytest.approx(root, abs=1e-6)


def test_a_crossing_at_the_first_node_is_the_first_node() -> None:
    assert crossing(NODES, NODES[:, None] + 1.0, np.array([0]), 0.5).tolist() == [0.0]


def test_a_patient_s_crossing_does_not_depend_on_the_others() -> None:
    values = np.cos(3.0 * NODES)[:, None] * np.linspace(0.5, 2.0, 7)
    together = crossing(NODES, values, np.full(7, 3), 0.4 * np.linspace(0.5, 1.5, 7))
    alone = [crossing(NODES, values[:, [k]], np.array([3]), 0.4 * np.linspace(0.5, 1.5, 7)[[k]])[0] for k in range(7)]
    assert together.tolist() == alone


def test_the_first_node_that_is_true_is_found_and_whether_there_is_one() -> None:
    index, found = first_true(np.array([[False, False], [True, False], [True, False]]))
    assert found.tolist() == [True, False]
    assert index[0] == 1


def test_only_who_beats_the_best_so_far_is_looked_at() -> None:
    assert beating(np.array([[1.0, 2.0, 3.0]]), np.array([1.0, 1.0, 4.0])).tolist() == [1]
