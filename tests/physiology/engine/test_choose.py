"""Which engine computes: nobody waits for a compiler, and a numba that cannot be imported stops nobody."""

from collections.abc import Iterator

import pytest

from blinplan import load
from blinplan.evidence.scenarios import scenario
from blinplan.executors.executor import InTurn
from blinplan.physiology import draw, simulate
from blinplan.physiology.engine import choose
from blinplan.physiology.engine.by_numpy.engine import NUMPY
from blinplan.physiology.engine.integrate import Advancing
from blinplan.physiology.engine.machine_code import ALIKE, SETS
from blinplan.physiology.engine.own.plan import SetPlans
from blinplan.physiology.model.batch import batch
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.draw import typical
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.physiology.model.population import Population
from blinplan.physiology.timetables import timetables
from blinplan.simulation.trajectories import curves, portions
from tests.physiology.courses import label


def with_values(**values: float) -> Preset:
    return load_parameters().presets["adult-rr"].with_values(values)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A machine with numba, and no machine code yet."""
    choose._can_be_imported.cache_clear()
    monkeypatch.setattr(choose, "_is_installed", lambda: True)
    monkeypatch.setattr(choose, "_without_code", choose._WithoutCode())
    monkeypatch.setattr(choose, "is_kept", lambda _: False)
    monkeypatch.setattr(choose, "_kernel", lambda: NUMPY.advancing)
    yield monkeypatch
    choose._can_be_imported.cache_clear()


def test_few_patients_do_not_wait_for_a_compiler_and_a_crowd_does(installed: pytest.MonkeyPatch) -> None:
    assert choose.engine_for(None, 1) is NUMPY
    assert choose.engine_for(None, choose.WORTH_COMPILING).name == "compiled"


@pytest.mark.slow
def test_curves_of_few_patients_do_not_wait_either(installed: pytest.MonkeyPatch) -> None:
    """They waited for fifteen seconds of compiling, for what takes NumPy a fraction of one."""
    asked: list[str] = []

    def kernel() -> Advancing:
        asked.append("to compile")
        return NUMPY.advancing

    installed.setattr(choose, "_kernel", kernel)
    request = curves(load("nhl-5"), patients=2, seed=1, every=1440)
    (found,) = portions(request, executor=InTurn())
    assert request.engine == "compiled"
    assert found.trajectories.population.size == 2
    assert not asked


def test_many_who_come_some_at_a_time_are_a_crowd_from_the_first_on(installed: pytest.MonkeyPatch) -> None:
    choose.expect(choose.WORTH_COMPILING - 1)
    assert choose.engine_for(None, 1000) is NUMPY
    choose.expect(choose.WORTH_COMPILING)
    assert choose.engine_for(None, 1000).name == "compiled"


def test_sets_of_few_patients_wait_for_machine_code_of_their_own_and_of_many_do_not(
    installed: pytest.MonkeyPatch,
) -> None:
    """A thousand sets of one patient take NumPy less than a second, and compiling fifteen."""
    installed.setattr(choose, "_without_code_of_sets", choose._WithoutCode(SETS))
    assert choose.engine_for(None, 1000, sets=1000) is NUMPY
    assert choose.engine_for(None, choose.WORTH_COMPILING, sets=100).name == "compiled"
    assert choose.engine_for(None, 1000, sets=1000) is NUMPY
    choose.expect_sets(choose.WORTH_COMPILING)
    assert choose.engine_for(None, 1000, sets=1000).name == "compiled"


def test_sets_go_side_by_side_where_there_is_machine_code_for_it_and_one_by_one_where_there_is_another(
    installed: pytest.MonkeyPatch,
) -> None:
    few = batch([typical(with_values(volume=volume)) for volume in (3.0, 4.0, 5.0)])
    many = batch([draw(with_values(volume=volume), 40, seed=1) for volume in (3.0, 4.0)])
    (together,) = timetables(label(1), Options(), few, by_sets=True)

    def stretches(of: Population) -> int:
        steps = choose.steps_for("compiled", together.timetable, of.constants, ())
        assert isinstance(steps, SetPlans)
        return len(list(steps.stretches()))

    for kept, expected in (((ALIKE,), 3), ((ALIKE, SETS), 1)):
        installed.setattr(choose, "is_kept", lambda compiled, kept=kept: compiled in kept)
        installed.setattr(choose, "_is_loaded", lambda: True)
        installed.setattr(choose, "_without_code", choose._WithoutCode())
        installed.setattr(choose, "_without_code_of_sets", choose._WithoutCode(SETS))
        assert choose.engine_for(None, 3, sets=3).name == "compiled"
        assert stretches(few) == expected
        assert stretches(many) == 2


def test_machine_code_that_is_loaded_is_used_for_one(installed: pytest.MonkeyPatch) -> None:
    installed.setattr(choose, "is_kept", lambda _: True)
    installed.setattr(choose, "_is_loaded", lambda: True)
    assert choose.engine_for(None, 1).name == "compiled"


def test_machine_code_that_is_there_is_loaded_for_a_crowd_and_for_one_alone_again_and_again(
    installed: pytest.MonkeyPatch,
) -> None:
    """To load it takes 0.2 s, and one patient by NumPy 0.03."""
    installed.setattr(choose, "is_kept", lambda _: True)
    installed.setattr(choose, "_is_loaded", lambda: False)
    assert choose.engine_for(None, choose.WORTH_LOADING - 1) is NUMPY
    assert choose.engine_for(None, 1).name == "compiled"
    installed.setattr(choose, "_without_code", choose._WithoutCode())
    assert [choose.engine_for(None, 1) is NUMPY for _ in range(6)] == [True] * 5 + [False]
    installed.setattr(choose, "_without_code", choose._WithoutCode())
    assert choose.engine_for(None, choose.WORTH_LOADING).name == "compiled"


def test_who_simulates_one_patient_again_and_again_has_machine_code_made(installed: pytest.MonkeyPatch) -> None:
    """They waited as if each took as long as one in a crowd: for ten minutes of NumPy, where compiling takes 15 s."""
    engines = [choose.engine_for(None, 1) for _ in range(400)]
    assert engines[-1].name == "compiled"
    assert engines.count(NUMPY) == choose.WORTH_COMPILING // choose._ALONE + 1


def test_a_numba_that_cannot_be_imported_is_none(installed: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ImportError("Numba needs another NumPy")

    installed.setattr(choose, "_kernel", broken)
    installed.setattr(choose, "is_kept", lambda _: True)
    assert choose.engine_for(None, 10 * choose.WORTH_COMPILING) is NUMPY
    people = draw("adult-rr", 3, seed=1)
    given = scenario("label", people.bsa_m2)
    found, alone = (simulate(given, people, engine=engine).endpoints for engine in ("compiled", "numpy"))
    assert found is not None
    assert alone is not None
    assert found.b_nadir.tobytes() == alone.b_nadir.tobytes()


def test_the_compiled_engine_is_refused_where_numba_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "_is_installed", lambda: False)
    assert choose.engine_called(None) is NUMPY
    with pytest.raises(ImportError, match="not installed"):
        choose.engine_called("compiled")
