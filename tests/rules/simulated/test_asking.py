"""How many patients are asked for, how sure they have to be, and when what is kept answers for them."""

from pathlib import Path

import pytest

from blinplan.course.events import periods
from blinplan.proportion import NORMAL_975
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated import store, virtual
from blinplan.rules.simulated.outcome import FirstCycle, Median, SimulatedOutcome
from blinplan.rules.simulated.virtual import EARLY, NotKeptError, PatientSimulator
from blinplan.simulation.admission import admitted_patients
from tests.regimen_text import outcome

REGIMEN = library.regimen("rr-adult")
NOBODY = NotEvaluated("undecided", "nobody is admitted")

Asked = tuple[int, float, int | None]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Asked]:
    """What is simulated, in place of simulating it: half of all are depleted."""
    calls: list[Asked] = []

    def simulate(_: PatientSimulator, __: Regimen, patients: int, errors: float, model: int | None) -> SimulatedOutcome:
        calls.append((patients, errors, model))
        return outcome(patients // 2, patients)

    monkeypatch.setattr(PatientSimulator, "_simulate", simulate)
    monkeypatch.setattr(store, "folder", lambda: tmp_path)
    return calls


def test_four_and_sixteen_times_as_many_are_asked_and_only_the_last_have_to_be_less_sure(asked: list[Asked]) -> None:
    found = list(PatientSimulator(100, 1).outcomes(REGIMEN))
    assert asked == [(100, EARLY, None), (400, EARLY, None), (1600, NORMAL_975, None)]
    assert [one.patients for one in found if isinstance(one, SimulatedOutcome)] == [100, 400, 1600]
    assert all(one.models == () for one in found if isinstance(one, SimulatedOutcome))


def test_who_is_content_with_the_first_asks_for_no_more(asked: list[Asked]) -> None:
    next(PatientSimulator(100, 1).outcomes(REGIMEN))
    assert len(asked) == 1


def test_the_first_patients_are_simulated_once_under_each_plausible_set(asked: list[Asked]) -> None:
    found = list(PatientSimulator(100, 1, models=2).outcomes(REGIMEN))
    assert asked == [
        (100, EARLY, None),
        (100, 0.0, 0),
        (100, 0.0, 1),
        (400, EARLY, None),
        (1600, NORMAL_975, None),
    ]
    for one in found:
        assert isinstance(one, SimulatedOutcome)
        assert [other.patients for other in one.models] == [100, 100]


def test_where_nobody_may_be_given_it_that_is_the_only_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientSimulator, "_simulate", lambda *_: NOBODY)
    assert list(PatientSimulator(100, 1, models=2).outcomes(REGIMEN)) == [NOBODY]


def test_what_is_kept_is_not_simulated_again(asked: list[Asked]) -> None:
    first = PatientSimulator(100, 1, kept=True).outcome_of(REGIMEN, 100, EARLY)
    again = PatientSimulator(100, 1, kept=True).outcome_of(REGIMEN, 100, EARLY)
    assert first == again
    assert len(asked) == 1
    for other in (PatientSimulator(100, 2, kept=True), PatientSimulator(100, 1)):  # other patients, and no cache
        other.outcome_of(REGIMEN, 100, EARLY)
    PatientSimulator(100, 1, kept=True).outcome_of(REGIMEN, 100, NORMAL_975)
    PatientSimulator(100, 1, kept=True).outcome_of(REGIMEN, 100, EARLY, 0)
    assert len(asked) == 5


def test_without_a_cache_nothing_is_kept(asked: list[Asked], tmp_path: Path) -> None:
    PatientSimulator(100, 1).outcome_of(REGIMEN, 100, EARLY)
    assert list(tmp_path.iterdir()) == []
    PatientSimulator(100, 1, kept=True).outcome_of(REGIMEN, 100, EARLY)
    assert len(list(tmp_path.rglob("*.json"))) == 1


def test_who_wants_what_is_kept_only_is_told_that_it_is_not(asked: list[Asked]) -> None:
    only = PatientSimulator(100, 1, kept=True, only_kept=True)
    with pytest.raises(NotKeptError):
        only.outcome_of(REGIMEN, 100, EARLY)
    assert asked == []
    PatientSimulator(100, 1, kept=True).outcome_of(REGIMEN, 100, EARLY)
    assert only.outcome_of(REGIMEN, 100, EARLY) == outcome(50, 100)


def test_the_first_cycle_of_the_label_is_simulated_once_and_then_kept_for_later_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = FirstCycle(Median(30.0, 29.0, 31.0, 100), None)
    simulated: list[str] = []

    def simulate(other: Regimen, *_: object) -> FirstCycle:
        simulated.append(other.name)
        return known

    monkeypatch.setattr(virtual, "_simulated_first_cycle", simulate)
    monkeypatch.setattr(virtual, "_FIRST_CYCLES", {})
    monkeypatch.setattr(store, "folder", lambda: tmp_path)
    own = FirstCycle(Median(60.0, 59.0, 61.0, 100), None)
    mrd = library.regimen("mrd-adult")
    people = admitted_patients(mrd, "adult-mrd", 10, 1)

    def first_cycle(*, kept: bool) -> FirstCycle:
        virtual._FIRST_CYCLES.clear()  # as a new process begins
        return PatientSimulator(10, 1, kept=kept)._first_cycle(REGIMEN, mrd, periods(mrd), own, people, EARLY, None)

    assert [first_cycle(kept=True) for _ in range(2)] == [known, known]
    assert simulated == ["rr-adult"]
    assert first_cycle(kept=False) == known
    assert simulated == ["rr-adult", "rr-adult"], "who keeps nothing looks nothing up"


@pytest.mark.parametrize(
    ("name", "preset", "beside"),
    [
        ("rr-adult", "adult-rr", "rr-adult"),
        ("rr-below-45-kg", "child", "rr-below-45-kg"),
        ("mrd-adult", "adult-mrd", "mrd-adult"),
        ("consolidation-below-45-kg", "child", None),  # nobody has seen its doses
    ],
)
def test_a_regimen_is_laid_beside_the_label_of_the_same_patients(name: str, preset: str, beside: str | None) -> None:
    found = virtual._label_for(library.regimen(name), preset)
    assert (found and found.name) == beside
