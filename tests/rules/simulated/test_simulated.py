"""A small population under two regimens: what a rule is told is what one counts in the engine's own answers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from blinplan.course.events import periods
from blinplan.executors.executor import InTurn
from blinplan.label.read import DEFAULT, label_named
from blinplan.physiology import Options
from blinplan.physiology.model.parameters import Preset
from blinplan.proportion import NORMAL_975, Proportion
from blinplan.regimen import library
from blinplan.regimen.regimen import Eligibility, Regimen
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated import store, virtual
from blinplan.rules.simulated.outcome import FirstCycle, Median, SimulatedOutcome
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.simulation.admission import admitted_patients
from blinplan.simulation.trials.trial import Trial
from tests.read_text import regimen_in
from tests.regimen_text import cycle, outcome, regimen_text

PEOPLE = 30
HEAD = 'indication = "relapsed-refractory"\n\n'
STEPS, AT_ONCE = ("9 mcg/day for 7 days", "28 mcg/day for 7 days"), ("28 mcg/day for 14 days",)


def regimen(*first: str) -> Regimen:
    """Two short cycles for relapsed disease, the first of these steps."""
    return regimen_in(regimen_text(HEAD + cycle(*first) + cycle("28 mcg/day for 7 days")))


def run(own: Regimen, of: Regimen, cycles: int) -> Any:
    """The engine's answers about some cycles of a regimen in the patients of another one, at the steps of the rules."""
    people = admitted_patients(of, "adult-rr", PEOPLE, 1)
    table = tuple(period for period in periods(own) if period.cycle <= cycles)
    options = Options(coarseness=2.0)
    return Trial(replace(own, eligibility=Eligibility()), table, people, options).run(InTurn()).endpoints


@pytest.mark.parametrize("first", [STEPS, AT_ONCE], ids=["steps", "at once"])
def test_an_outcome_is_what_one_counts_in_the_patients(first: tuple[str, ...]) -> None:
    own, label = regimen(*first), library.regimen("rr-adult")
    found = PatientSimulator(PEOPLE, 1).outcome_of(own, PEOPLE, NORMAL_975)
    assert isinstance(found, SimulatedOutcome)
    answers, labelled = run(own, own, 2), run(label, own, 1)
    low, recovered = answers.b_low_at_infusion_end[0], answers.b_recovered[0]
    raised = answers.elevated("IL-6")
    assert (found.population, found.seed, found.drawn, found.errors) == ("adult-rr", 1, PEOPLE, NORMAL_975)
    assert found.depletion == Proportion(int(answers.b_depleted[0].sum()), PEOPLE)
    assert found.recoveries == (Proportion(int((low & recovered).sum()), int(low.sum())),)
    differ = raised[0] != raised[1]
    assert found.later_elevation == (Proportion(int((raised[1] & differ).sum()), int(differ.sum())),)
    assert found.first_peak.value == pytest.approx(float(np.median(answers.peak("IL-6")[0])))
    assert found.labelled_peak is not None
    assert found.labelled_peak[0] == "rr-adult"
    assert found.labelled_peak[1].value == pytest.approx(float(np.median(labelled.peak("IL-6")[0])))
    back = Proportion(int((labelled.t_return_day < 7).sum()), PEOPLE)
    assert found.compared_returns == ("rr-adult", back)
    if first is STEPS:
        assert found.escalation is not None
        assert (found.escalation.day, found.escalation.returns) == (7, back)  # the label's first week
    else:
        assert found.escalation is None
        assert found.labelled_peak[1].value < found.first_peak.value


def test_beside_nothing_the_first_cycle_is_compared_with_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual, "label_of", lambda _: label_named(DEFAULT)._replace(schedules=(), regimens=()))
    found = PatientSimulator(PEOPLE, 1).outcome_of(regimen(*STEPS), PEOPLE, NORMAL_975)
    assert isinstance(found, SimulatedOutcome)
    assert (found.labelled_peak, found.compared_returns) == (None, None)


class Counting:
    """Runs one call after the other, and counts them."""

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, function: Any, /, *arguments: Any) -> Any:
        self.calls += 1
        return InTurn().submit(function, *arguments)

    def map(self, function: Any, /, *iterables: Any) -> Any:
        self.calls += 1
        return InTurn().map(function, *iterables)


def test_the_executor_that_is_given_simulates_however_few_there_are() -> None:
    executor = Counting()
    PatientSimulator(PEOPLE, 1, executor=executor).outcome_of(regimen(*STEPS), PEOPLE, NORMAL_975)
    assert executor.calls


def test_where_no_virtual_patient_is_admitted_it_is_undecided() -> None:
    own = regimen(*STEPS)
    nobody = replace(
        own,
        eligibility=own.eligibility._replace(
            population="child", minimum_weight=library.regimen("rr-adult").eligibility.minimum_weight
        ),
    )
    found = PatientSimulator(PEOPLE, 1).outcome_of(nobody, PEOPLE, NORMAL_975)
    assert isinstance(found, NotEvaluated)
    assert found.kind == "undecided"
    assert found.reason.startswith("no virtual patients to simulate with: ")


def test_models_that_admit_nobody_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = NotEvaluated("undecided", "nobody")

    def answer(_: PatientSimulator, __: Regimen, patients: int, ___: float, model: int | None = None) -> object:
        return nobody if model == 1 else outcome(patients // 2, patients)

    monkeypatch.setattr(PatientSimulator, "outcome_of", answer)
    found = next(PatientSimulator(100, 1, models=3).outcomes(regimen(*STEPS)))
    assert isinstance(found, SimulatedOutcome)
    assert len(found.models) == 2


@pytest.fixture
def first_cycle(monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], Callable[..., FirstCycle]]:
    """Of another regimen, with the cycles that are simulated of it and what is kept, each as a number."""
    done: list[int] = []
    kept: dict[str, FirstCycle] = {}

    def simulate(_: Regimen, first: tuple[Any, ...], *__: object) -> FirstCycle:
        done.extend({period.cycle for period in first})
        return FirstCycle(Median(30.0, 29.0, 31.0, 10), None)

    def keep(name: str, first: FirstCycle) -> None:
        done.append(0)
        kept[name] = first

    monkeypatch.setattr(virtual, "_simulated_first_cycle", simulate)
    monkeypatch.setattr(store, "keep_first_cycle", keep)
    monkeypatch.setattr(store, "look_up_first_cycle", kept.get)
    own = regimen(*STEPS)
    people = admitted_patients(own, "adult-rr", 10, 1)

    def ask(other: Regimen, mine: FirstCycle, *, kept: bool) -> FirstCycle:
        virtual._FIRST_CYCLES.clear()  # as a new process begins
        simulator = PatientSimulator(10, 1, kept=kept)
        return simulator._first_cycle(other, own, periods(own), mine, people, NORMAL_975, None)

    return done, ask


def test_only_another_first_cycle_is_simulated_and_kept_once(
    first_cycle: tuple[list[int], Callable[..., FirstCycle]],
) -> None:
    done, ask = first_cycle
    mine = FirstCycle(Median(60.0, 59.0, 61.0, 10), None)
    same = regimen_in(regimen_text(HEAD + cycle(*STEPS) + cycle("9 mcg/day for 28 days")))
    assert ask(same, mine, kept=True) is mine  # only later cycles are others
    assert done == []
    other = regimen(*AT_ONCE)
    assert ask(other, mine, kept=False) != mine
    assert done == [1]
    assert ask(other, mine, kept=True) != mine
    assert done == [1, 1, 0]
    assert ask(other, mine, kept=True) != mine
    assert done == [1, 1, 0], "what is kept is not kept again"


def test_a_plausible_set_makes_another_population_of_the_same_name() -> None:
    assert virtual._under(None, "adult-rr") == "adult-rr"
    found = virtual._under(0, "adult-rr")
    assert isinstance(found, Preset)
    assert found.key == "adult-rr"
    assert virtual._under(1, "adult-rr") != found
