"""The table of states: whole, in order, and what everything else takes from it."""

from typing import get_args

import numpy as np
import pytest

from blinplan.api.vocabulary import SignalName
from blinplan.physiology import Options, draw, simulate
from blinplan.physiology.engine.integrate import EngineName, individual_of
from blinplan.physiology.engine.step.moment import Inflow, Instant
from blinplan.physiology.engine.step.rates import rates
from blinplan.physiology.engine.step.signals import bridges, signals_of
from blinplan.physiology.model import mechanism as m
from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED
from blinplan.physiology.model.equations import signals
from blinplan.physiology.model.sbml import constants_of, initial_states
from blinplan.physiology.model.states import SHOWN, TABLE, States, cytokine, initial_state
from blinplan.simulation.percentiles import SIGNALS
from tests.physiology.courses import course, label
from tests.witness import right_hand_side

PEOPLE = draw("adult-rr", 5, seed=8)
WORDS = {"exp": np.exp, "sqrt": np.sqrt}


def test_the_table_is_in_the_order_of_the_states() -> None:
    assert tuple(state.name for state in TABLE) == States._fields
    assert all(state.meaning and state.unit and state.rate for state in TABLE)


def test_before_the_infusion_blood_is_at_baseline_and_signals_rest() -> None:
    start = States(*initial_state(PEOPLE))
    assert (start.b_blood == PEOPLE.b_cells).all()
    assert (start.t_total == PEOPLE.t_cells).all()
    assert np.exp(start.log_blasts) == pytest.approx(PEOPLE.blasts, rel=1e-12)
    assert (np.array([start.marrow_1, start.marrow_2, start.marrow_3]) == 1.0).all()
    assert not np.any([start.concentration, start.cytolytic, start.proliferation, start.t_adherent, start.release])
    assert initial_states(PEOPLE, 3) == {name: float(row[3]) for name, row in start._asdict().items()}


@pytest.mark.parametrize("attenuation", ["desensitisation", "target-loss"])
def test_the_rates_as_text_are_those_of_the_witness(attenuation: str) -> None:
    options = Options(attenuation=attenuation)  # type: ignore[arg-type]
    found = simulate(label(1), PEOPLE, output_days=np.array([1.5, 9.0]), endpoints=False, options=options).trajectories
    assert found is not None
    for patient in range(PEOPLE.size):
        for at in range(2):
            y = np.array([values[at, patient] for values in found.states])
            known = {**WORDS, **constants_of(PEOPLE, patient), **dict(zip(States._fields, y.tolist(), strict=True))}
            known |= {"rate": 9.0, "below_one_cell": 0.0}
            for name, formula in signals(options):
                known[name] = _value(formula, known)
            told = [_value(state.rate, known) for state in TABLE]
            expected = right_hand_side(PEOPLE, patient, 9.0, options, ())(0.0, y)
            assert told == pytest.approx(expected.tolist(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("desensitises", [True, False])
def test_the_rates_of_the_engine_are_those_of_the_witness(desensitises: bool) -> None:
    """At states drawn at random: one that is a little off bends curves between nodes, and little else shows it."""
    options = Options(attenuation="desensitisation" if desensitises else "target-loss")
    spread = np.random.default_rng(6).uniform(0.2, 1.8, (len(TABLE), PEOPLE.size))
    y = np.where(initial_state(PEOPLE) == 0.0, 1.0, initial_state(PEOPLE)) * spread
    states, c, p = States(*y), PEOPLE.constants, individual_of(PEOPLE)
    plateau = m.steady_state(np.asarray(9.0), PEOPLE.clearance)
    signals = signals_of(
        bridges(states.concentration, p, c),
        (states.adhesion_memory, states.release_memory),
        m.effector_availability(states.t_total, c),
        states.b_blood,
        states.log_blasts,
        p,
        c,
        1.0,
        desensitises,
    )
    found = rates(Instant(states, signals), Inflow(plateau, states.concentration - plateau), p, c)
    for patient in range(PEOPLE.size):
        expected = right_hand_side(PEOPLE, patient, 9.0, options, ())(0.0, y[:, patient])
        for name, values, its in zip(States._fields, found, expected.tolist(), strict=True):
            assert values[patient] == pytest.approx(its, rel=1e-11, abs=1e-13), name


def _value(formula: str, known: dict[str, object]) -> float:
    return float(eval(formula.replace("^", "**"), {"__builtins__": {}}, known))  # noqa: S307 - our own formulas


@pytest.mark.parametrize("engine", [pytest.param("compiled", marks=pytest.mark.slow), "numpy"])
def test_what_rests_without_drug_stays_where_the_table_starts_it(engine: EngineName) -> None:
    found = simulate(
        course((84.0, 0.0)), PEOPLE, output_days=np.array([1.0, 84.0]), endpoints=False, engine=engine
    ).trajectories
    assert found is not None
    for state, values, start in zip(TABLE, found.states, initial_state(PEOPLE), strict=True):
        if state.rests:
            assert values == pytest.approx(np.broadcast_to(start, values.shape), rel=1e-12), state.name
    assert [state.name for state in TABLE if not state.rests] == ["log_blasts"]
    assert (found.blasts[-1] > found.blasts[0]).all()  # untreated leukaemia grows


def test_what_is_shown_has_a_name_and_a_column_of_its_own() -> None:
    assert len({shown.key for shown in SHOWN}) == len({shown.column for shown in SHOWN}) == len(SHOWN)
    drawn = [shown.key for shown in SHOWN if shown.drawn]
    assert drawn == list(get_args(SignalName)), "SignalName of blinplan/api/vocabulary.py has what can be asked for"
    plain = [name for name, signal in SIGNALS.items() if signal.unit == "1"]
    assert not plain, "a unit heads the curve: give a baseline in SHOWN, in percent of which it is drawn"


@pytest.mark.parametrize("name", CYTOKINES)
def test_cytokines_that_do_not_rise_stay_at_baseline(name: str) -> None:
    found = simulate(label(1), PEOPLE, output_days=np.array([0.0, 0.5]), endpoints=False).trajectories
    assert found is not None
    before, after = cytokine(name, found.states, PEOPLE)
    assert before == pytest.approx(PEOPLE.cytokine_baseline[CYTOKINES.index(name)])
    assert (after > before).all() if name in ELEVATED else (after == before).all()
