"""The compiled engine and NumPy: the same lines, so the same patients."""

import gc
from dataclasses import replace
from threading import Thread

import numpy as np
import pytest

from blinplan.executors.executor import threads
from blinplan.physiology import Options, Solution, draw, simulate
from blinplan.physiology.engine import choose
from blinplan.physiology.engine.by_numpy.engine import NUMPY
from blinplan.physiology.engine.choose import engine_called
from tests.collection.grid import in_turn
from tests.physiology.courses import extremes, label, two_cycles_of_days


def states(result: Solution) -> dict[str, np.ndarray]:
    assert result.trajectories is not None
    return result.trajectories.states._asdict()


def endpoints(result: Solution) -> dict[str, np.ndarray]:
    found = result.endpoints
    assert found is not None
    return {n: getattr(found, n) for n in found.__slots__ if isinstance(getattr(found, n), np.ndarray)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "options"),
    in_turn(["adult-rr", "adult-mrd", "child"], [Options(), Options(attenuation="target-loss", premedication=True)]),
)
def test_compiled_gives_the_bytes_of_numpy(preset: str, options: Options) -> None:
    dosing = replace(two_cycles_of_days(), premedication_minutes=(-60, 2 * 1440 - 60, 7 * 1440 - 60))
    people, days = extremes(preset), np.linspace(0.0, 14.0, 57)
    one, other = (
        simulate(dosing, people, options=options, output_days=days, engine=engine) for engine in ("compiled", "numpy")
    )
    assert (one.engine, other.engine) == ("compiled", "numpy")
    for name, values in states(other).items():
        assert states(one)[name].tobytes() == values.tobytes(), name
    for name, values in endpoints(other).items():
        assert np.array_equal(endpoints(one)[name], values, equal_nan=True), name


@pytest.mark.slow
@pytest.mark.parametrize("hill", range(1, 9))
def test_compiled_gives_the_bytes_of_numpy_at_every_cooperativity(hill: int) -> None:
    people = draw("adult-rr", 5, seed=2)
    people = replace(people, constants=people.constants._replace(lysis_hill=hill, activation_hill=hill))
    given, days = two_cycles_of_days(), np.array([0.5, 7.0, 14.0])
    one, other = (
        simulate(given, people, output_days=days, endpoints=False, engine=engine) for engine in ("compiled", "numpy")
    )
    for name, values in states(other).items():
        assert states(one)[name].tobytes() == values.tobytes(), name


@pytest.mark.slow
@pytest.mark.parametrize("block", [1, 7, 8, 9, 16, 17, 25, 32, 33])
def test_a_patient_does_not_depend_on_the_neighbours_in_a_block(block: int) -> None:
    """However many eights of patients a block is filled up to; the last block of each is another."""
    patients = min(2 * block - 1, 40)
    many = simulate(label(1), draw("adult-rr", 40, seed=3), engine="compiled", chunk=40)
    with threads(2) as two:
        few = simulate(label(1), draw("adult-rr", patients, seed=3), engine="compiled", chunk=block, executor=two)
    for name, values in endpoints(few).items():
        assert np.array_equal(values, endpoints(many)[name][..., :patients], equal_nan=True), name


@pytest.mark.slow
@pytest.mark.parametrize("patients", [1, 3])
@pytest.mark.parametrize("days", [None, [3.0], [1.0, 3.0]])
def test_one_machine_code_fits_all(days: list[float] | None, patients: int) -> None:
    """However the arrays lie in memory: for one patient or one day, rows follow each other."""
    from blinplan.physiology.engine.compiled import _alike

    for endpoints in (True, False):
        wanted = None if days is None else np.array(days)
        simulate(
            label(1), draw("adult-rr", patients, seed=1), output_days=wanted, endpoints=endpoints, engine="compiled"
        )
    assert len(_alike.signatures) == 1


def test_numpy_takes_over_where_the_compiler_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine_called(None).name == "compiled"
    monkeypatch.setattr(choose, "_is_installed", lambda: False)
    assert engine_called(None).name == "numpy"
    assert simulate(label(1), draw("adult-rr", 3, seed=1)).engine == "numpy"


def test_few_patients_do_not_wait_for_a_compiler_and_many_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(choose, "is_kept", lambda _: False)
    monkeypatch.setattr(choose, "_without_code", choose._WithoutCode())
    assert choose.engine_for(None, 1000) is NUMPY
    assert choose.engine_for(None, 1000) is NUMPY
    assert choose.engine_for("compiled", 1).name == "compiled"
    # With those before, as many as are worth it.
    assert choose.engine_for(None, choose.WORTH_COMPILING - 2000).name == "compiled"
    monkeypatch.setattr(choose, "_without_code", choose._WithoutCode())
    found = simulate(label(1), draw("adult-rr", 3, seed=1))
    assert found.engine == "compiled"  # by what is installed: the bytes are the same


def test_who_does_not_wait_for_a_compiler_has_no_use_for_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "is_kept", lambda _: False)
    monkeypatch.setattr(choose, "_without_code", choose._WithoutCode())
    assert choose.takes_turns(None, 1000)
    assert not choose.takes_turns(None, choose.WORTH_COMPILING)
    assert not choose.takes_turns(None)
    assert choose.engine_for(None, choose.WORTH_COMPILING - 500) is NUMPY
    assert not choose.takes_turns(None, 1000)  # with those before, as many as are worth it
    assert choose.takes_turns("numpy")
    assert not choose.takes_turns("compiled", 1)


def test_patients_with_courses_of_their_own_are_worth_a_compiler_sooner_and_copies_after_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each goes alone, which takes NumPy as long as 60 of a crowd; then Python's own work is what takes time."""
    monkeypatch.setattr(choose, "_without_code", choose._WithoutCode())
    monkeypatch.setattr(choose, "is_kept", lambda _: False)
    choose.expect(400)
    assert choose.engine_for(None, 1) is NUMPY
    choose.expect(400, 400)
    assert choose.engine_for(None, 1).name == "compiled"
    assert not choose.takes_turns(None, 400, 400), "each copy would make machine code"
    monkeypatch.setattr(choose, "is_kept", lambda _: True)
    assert choose.takes_turns(None, 400, 400)
    assert not choose.takes_turns(None, 100_000, 400), "there are many of each course"
    assert not choose.takes_turns(None, 100, 100), "they are soon done"


def test_once_there_is_machine_code_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "is_kept", lambda _: True)
    monkeypatch.setattr(choose, "_without_code", choose._WithoutCode())
    assert choose.engine_for(None, 1).name == "compiled"


def test_while_it_compiles_garbage_is_looked_for_more_often_and_as_before_when_two_threads_are_through() -> None:
    from blinplan.physiology.engine import compiled

    before, inside = gc.get_threshold(), list[tuple[int, bool]]()

    def compile_too() -> None:
        with compiled._compiling():
            inside.append((gc.get_threshold()[0], compiled._ONE_THREAD.locked()))

    second = Thread(target=compile_too)
    with compiled._compiling():
        second.start()
        inside.append((gc.get_threshold()[0], compiled._ONE_THREAD.locked()))
    second.join()
    assert len(inside) == 2
    assert all(objects <= 10_000 and alone for objects, alone in inside)
    assert gc.get_threshold() == before
