"""The tape of some lines: their operations, each once, and by how often their values change."""

import numpy as np
import pytest

from blinplan.physiology.engine.exponential import exponential
from blinplan.physiology.engine.tape import RUN, STATE, STEP, Tape, call_of, compute, lines_for_numbers, tape_of
from blinplan.physiology.model.population import FloatArray

ROW = np.zeros(1)


def decay(now: tuple[FloatArray], infusion: tuple[()], p: FloatArray, step: float) -> tuple[FloatArray, ...]:
    """A state that decays, and how fast it did at first."""
    share = exponential(-np.maximum(p * step, 1e-3))
    return now[0] * share, -(p * now[0]), now[0]


def tape() -> Tape:
    return tape_of(decay, p=(ROW, RUN), step=(0.0, STEP), now=((ROW,), STATE), infusion=((), STATE))


P, STEP_LENGTH, NOW = np.array([0.3, 2.0, 0.0]), 0.25, np.array([5.0, -1.0, 7.0])


def values() -> dict[int, FloatArray]:
    known = tape().values(p=P, step=np.array(STEP_LENGTH), now=(NOW,))
    compute((*tape().run, *tape().numbers, *tape().rows), known)
    return known


def test_what_does_not_hang_on_the_states_is_not_done_with_them() -> None:
    assert len(tape().rows) > 15
    assert [each.function for each in tape().states] == [np.multiply] * 4  # the share; p, its sign; what is given, by 1


def test_an_operation_stands_once_whatever_the_order_of_what_is_added() -> None:
    def lines(now: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, ...]:
        one, other = now
        return (one + other) * (other + one), (one - other) * (other - one)

    found = tape_of(lines, now=((ROW, ROW), STATE))
    assert [each.function for each in found.states].count(np.add) == 1
    assert [each.function for each in found.states].count(np.subtract) == 2


def test_the_calls_write_what_the_lines_return() -> None:
    known, written = tape(), np.empty((len(tape().outputs), P.shape[0]))
    memory = np.empty((known.memory, P.shape[0]))
    rows = [*memory, *written]
    places = values() | {number: rows[home] for number, home in known.homes.items()}
    for function, one, other, result in [call_of(each, places) for each in known.states]:
        function(one, other, result)
    for row, expected in zip(written, decay((NOW,), (), P, STEP_LENGTH), strict=True):
        assert row.tobytes() == expected.tobytes()


@pytest.mark.parametrize("patient", range(3))
def test_the_lines_for_numbers_return_the_same_of_each(patient: int) -> None:
    known = values()
    read = [
        float(np.ravel(known[one.number])[-1 if np.ndim(known[one.number]) == 0 else patient]) for one in tape().read
    ]
    found = lines_for_numbers(tape())(read)
    expected = [float(row[patient]) for row in decay((NOW,), (), P, STEP_LENGTH)]
    assert np.array(found).tobytes() == np.array(expected).tobytes()


def test_the_greater_of_two_is_as_numpy_has_it_also_of_zeros_and_of_what_is_no_number() -> None:
    def lines(now: tuple[FloatArray, FloatArray], infusion: tuple[()]) -> tuple[FloatArray]:
        return (np.maximum(now[0], now[1]),)

    found = lines_for_numbers(tape_of(lines, now=((ROW, ROW), STATE), infusion=((), STATE)))
    for one in (0.0, -0.0, 1.0, np.nan):
        for other in (0.0, -0.0, 2.0):
            assert np.array(found([one, other])).tobytes() == np.maximum([one], [other]).tobytes()
