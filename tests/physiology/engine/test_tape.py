"""The tape of some lines: their operations, each once, and by how often their values change."""

import numpy as np
import pytest

from blinplan.physiology.engine.exponential import exponential
from blinplan.physiology.engine.tape.memory import RowMemory
from blinplan.physiology.engine.tape.symbol import RUN, STATE, STEP, Symbol
from blinplan.physiology.engine.tape.tape import RowsInMemory, Tape, compute, lines_for_numbers, tape_of
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
    known: dict[int, FloatArray] = tape().values(p=P, step=np.array(STEP_LENGTH), now=(NOW,))
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


def test_nothing_is_done_to_multiply_by_one() -> None:
    def lines(now: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, ...]:
        return 1.0 * now[0] / (now[1] * 1.0), now[0]

    found = tape_of(lines, now=((ROW, ROW), STATE))
    assert [each.function for each in found.states] == [np.divide, np.multiply]  # what is given is written as a result


def test_what_is_to_lie_side_by_side_comes_first_in_its_order() -> None:
    found = tape_of(decay, together=(2, 0), p=(ROW, RUN), step=(0.0, STEP), now=((ROW,), STATE), infusion=((), STATE))
    assert found.places == (1, 2, 0)


def by_calls(known: Tape, given: dict[int, FloatArray]) -> FloatArray:
    """The results of calls, in rows."""
    room = RowMemory(P.shape[0])
    written = room.rows(known.homes.results)
    places = RowsInMemory(known, given, room, room.rows(known.homes.number), written)
    for function, one, other, result in [places.call_of(call) for call in known.plan.calls]:
        function(one, other, result)
    return written


def test_the_calls_write_what_the_lines_return() -> None:
    for row, expected in zip(by_calls(tape(), values()), decay((NOW,), (), P, STEP_LENGTH), strict=True):
        assert row.tobytes() == expected.tobytes()


def middle_and_end(now: tuple[FloatArray, FloatArray], p: FloatArray, c: float) -> tuple[FloatArray, ...]:
    """Two that are computed alike, one that hangs on both, and one that reads them the other way about."""
    middle, end = np.maximum(p * (now[0] - c), 0.5), np.maximum(p * (now[1] - c), 0.5)
    return middle / (9.0 + now[0]), end / (9.0 + now[1]), middle * end, end - middle, exponential(end - middle)


def test_two_that_are_alike_are_one_call_with_the_bytes_of_two() -> None:
    found = tape_of(middle_and_end, now=((ROW, ROW), STATE), p=(ROW, RUN), c=(0.0, RUN))
    together = [call.function for call in found.plan.calls if len(call.results) > 1]
    assert together.count(np.divide) == together.count(np.maximum) == 1
    assert len(found.plan.calls) < len(found.states)
    now, p = (NOW, np.array([1.0, 3.0, -2.0])), np.array([0.1, 2.0, 0.3])
    rows = by_calls(found, found.values(now=now, p=p, c=np.array(0.25)))
    for row, expected in zip(rows, middle_and_end(now, p, 0.25), strict=True):
        assert row.tobytes() == expected.tobytes()


def five_exponentials(now: tuple[FloatArray, ...], c: float) -> tuple[FloatArray, ...]:
    """Five, of which one hangs on others, so that it waits."""
    one, two, three, four = (exponential(c * each) for each in now)
    return one, two, three, four, exponential(one - four)


def test_what_stands_at_one_place_of_the_lines_is_one_call_however_often_they_were_called() -> None:
    found = tape_of(five_exponentials, now=((ROW,) * 4, STATE), c=(0.0, RUN))
    together = [len(call.results) for call in found.plan.calls]
    assert together.count(4) > 15
    assert len(together) < 2.3 * len(found.states) / 5
    now = (NOW, 0.5 * NOW, -3.0 * NOW, 1.5 - NOW)
    rows = by_calls(found, found.values(now=now, c=np.array(0.3)))
    for row, expected in zip(rows, five_exponentials(now, 0.3), strict=True):
        assert row.tobytes() == expected.tobytes()


def test_every_call_comes_after_those_that_it_reads() -> None:
    done: set[int] = set()
    found = tape_of(middle_and_end, now=((ROW, ROW), STATE), p=(ROW, RUN), c=(0.0, RUN))
    made = {each.number for each in found.states}
    for call in found.plan.calls:
        assert {one.number for each in call.results for one in each.operands if isinstance(one, Symbol)} & made <= done
        done |= {one.number for one in call.results}
    assert done == made


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


def fall(now: tuple[FloatArray, FloatArray], p: FloatArray, step: float) -> tuple[FloatArray, ...]:
    """A state that falls by its square, the last difference, and what was before."""
    before = p * (now[0] * now[0])
    later = now[0] - step * before
    return later, before + p * (later * later), now[0]


def test_what_the_step_before_has_computed_is_not_computed_again() -> None:
    found = tape_of(fall, (0, 1), now=((ROW, ROW), STATE), p=(ROW, RUN), step=(0.0, STEP))
    assert [each.function for each in found.begun] == [np.multiply, np.multiply]
    without = tape_of(fall, now=((ROW, ROW), STATE), p=(ROW, RUN), step=(0.0, STEP))
    assert len(found.states) == len(without.states) - 2
    now, row = (NOW, NOW), P * (NOW * NOW)
    for _ in range(3):
        given = {**found.values(now=now, p=P, step=np.array(0.25)), next(iter(found.carried)).number: row}
        room = RowMemory(P.shape[0])
        written = room.rows(found.homes.results)
        places = RowsInMemory(found, given, room, room.rows(found.homes.number), written)
        for function, one, other, result in [places.call_of(call) for call in found.plan.calls]:
            function(one, other, result)
        expected = fall(now, P, 0.25)
        for at, value in zip(found.places, (*expected, P * (expected[0] * expected[0])), strict=True):
            assert written[at].tobytes() == value.tobytes()
        now, row = (expected[0], expected[1]), written[found.places[-1]]


def test_rows_begin_with_lines_of_the_cache() -> None:
    room = RowMemory(16)
    taken = [room.rows(number) for number in (3, 1, 40_000, 2)]
    assert all(rows.ctypes.data % 64 == 0 and rows.shape[1] == 16 for rows in taken)
    for at, rows in enumerate(taken):
        rows[:] = at
    assert all((rows == at).all() for at, rows in enumerate(taken))
