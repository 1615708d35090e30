"""Courses that begin alike are advanced together, and every endpoint stays the same to the last bit."""

import pickle
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blinplan.course.events import Period, periods
from blinplan.physiology.checkpoints import Checkpoints
from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.engine.integrate import Integrator
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.population import FloatArray
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen import library
from blinplan.regimen.regimen import Eligibility, Regimen
from blinplan.simulation.admission import admitted_patients
from blinplan.simulation.trials.trial import Trial
from tests.collection.examples import fewer_examples
from tests.collection.grid import at_night

pytestmark = pytest.mark.slow  # the engine runs each course twice

ADULT = replace(library.regimen("rr-adult"), eligibility=Eligibility())
PEOPLE = admitted_patients(ADULT, "adult-rr", 12, 5)  # who all take the same steps
DAY = 24 * 60


def same(one: Endpoints, other: Endpoints) -> None:
    for entry in fields(Endpoints):
        here, there = getattr(one, entry.name), getattr(other, entry.name)
        if isinstance(here, np.ndarray):
            np.testing.assert_array_equal(here, there, entry.name)
        else:
            assert here == there, entry.name


def table(*stretches: tuple[int, float | None, int]) -> tuple[Period, ...]:
    """Periods of days, mcg/day and cycle."""
    now, found, step = 0, [], 0
    for days, dose, cycle in stretches:
        step = step + 1 if dose is not None else 0
        order = None if dose is None else DoseRate(Fraction(dose), Basis.FLAT)
        found.append(
            replace(periods(ADULT)[0], start=now, stop=now + days * DAY, dose=order, cap=None, cycle=cycle, step=step)
        )
        now += days * DAY
    return tuple(found)


def run(laid_out: tuple[Period, ...], checkpoints: Checkpoints | None, regimen: Regimen = ADULT) -> Endpoints:
    return Trial(regimen, laid_out, PEOPLE, Options(coarseness=4.0), "numpy").run(checkpoints=checkpoints).endpoints


STRETCHES = st.lists(
    st.tuples(st.integers(2, 6), st.one_of(st.none(), st.sampled_from([9.0, 28.0, 60.0]))), min_size=2, max_size=6
).map(lambda drawn: [(days, dose, 1 + at // 2) for at, (days, dose) in enumerate(drawn)])


@fewer_examples(4)
@given(STRETCHES, STRETCHES, st.integers(1, 5))
@example([(2, 9.0, 1), (2, 28.0, 1)], [(2, None, 1), (2, None, 1), (2, 60.0, 2)], 2)  # 2 days after a step is a step
def test_a_course_that_begins_as_another_did_goes_on_from_there_to_the_same_endpoints(
    one: list[tuple[int, float | None, int]], other: list[tuple[int, float | None, int]], alike: int
) -> None:
    shared = Checkpoints()
    run(table(*one), shared)
    joined = [*one[:alike], *other[len(one[:alike]) :]] or other
    same(run(table(*joined), shared), run(table(*joined), None))
    same(run(table(*one[:alike]), shared), run(table(*one[:alike]), None))  # a shorter one, of which all is known


@pytest.mark.parametrize("name", [at_night("rr-adult"), "rr-adult-continued", at_night("mrd-adult"), at_night("tower")])
def test_shipped_regimens_one_after_the_other_are_as_each_alone(name: str) -> None:
    shared = Checkpoints()
    for regimen in map(library.regimen, ("rr-adult", "tower", name, name)):
        open_to_all = replace(regimen, eligibility=Eligibility())
        same(run(periods(regimen), shared, open_to_all), run(periods(regimen), None, open_to_all))


def test_what_is_in_common_is_not_advanced_again(monkeypatch: pytest.MonkeyPatch) -> None:
    advanced = []
    whole = Integrator.advance

    def counted(self: Integrator, states: FloatArray, first: int = 0, last: int | None = None) -> None:
        advanced.append((first, last))
        whole(self, states, first, last)

    monkeypatch.setattr(Integrator, "advance", counted)
    shared = Checkpoints()
    run(table((7, 9, 1), (21, 28, 1), (14, None, 1), (28, 28, 2)), shared)
    assert len(advanced) == 4
    run(table((7, 9, 1), (21, 28, 1), (14, None, 1), (28, 60, 2)), shared)
    assert len(advanced) == 5
    run(table((7, 5, 1), (21, 28, 1), (14, None, 1), (28, 60, 2)), shared)
    assert len(advanced) == 9
    run(table((2, 28, 1), (3, 9, 1), (2, 28, 1)), shared)
    assert len(advanced) == 12
    run(table((2, 28, 1), (4, 9, 1), (2, 28, 1)), shared)  # whose escalation comes on another day
    assert len(advanced) == 14


def test_other_patients_or_another_engine_share_nothing() -> None:
    shared, laid_out = Checkpoints(), table((7, 9, 1), (21, 28, 1))
    run(laid_out, shared)
    others = admitted_patients(ADULT, "adult-rr", 12, 4)
    trial = Trial(ADULT, laid_out, others, Options(coarseness=4.0), "numpy")
    same(trial.run(checkpoints=shared).endpoints, trial.run().endpoints)
    finer = Trial(ADULT, laid_out, PEOPLE, Options(), "numpy")
    same(finer.run(checkpoints=shared).endpoints, finer.run().endpoints)


def test_no_more_are_kept_than_there_is_room_for_and_a_copy_elsewhere_is_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = Checkpoints()
    run(table((7, 9, 1)), shared)
    ((name, kept),) = shared._kept.items()
    monkeypatch.setattr("blinplan.physiology.checkpoints.MOST", 3 * kept.size)
    for number in range(3):
        shared.keep(number.to_bytes(4), kept)
    assert shared.latest([name]) == (0, None)
    assert shared.latest([(0).to_bytes(4), (1).to_bytes(4)])[0] == 2
    assert pickle.loads(pickle.dumps(shared)).latest([(0).to_bytes(4)]) == (0, None)  # noqa: S301 - our own
