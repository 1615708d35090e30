"""Kept outcomes: what was put in comes out, and what an outcome follows from is what it is found by."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from blinplan.proportion import NORMAL_975, Proportion
from blinplan.quantities import read_dose
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import Occasion
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated import store
from blinplan.rules.simulated.outcome import Escalation, FirstCycle, Median, SimulatedOutcome
from tests.read_text import regimen_in
from tests.regimen_text import cycle, regimen_text

FOLDER = store.folder
STEPS = Escalation(7.0, Proportion(3, 10), 8.5)
WHOLE = SimulatedOutcome(
    population="adult-rr",
    seed=7,
    drawn=2000,
    depletion=Proportion(900, 1000),
    recoveries=(Proportion(1, 900), Proportion(2, 800)),
    escalation=STEPS,
    first_peak=Median(30.0, 29.0, 31.0, 1000),
    labelled_peak=("rr-adult", Median(20.0, 19.0, 21.0, 999)),
    later_elevation=(Proportion(5, 1000),),
    compared_returns=("rr-adult", Proportion(4, 10)),
    errors=3.0,
)


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store, "folder", lambda: tmp_path / "outcomes")
    return tmp_path / "outcomes"


@pytest.mark.parametrize(
    "outcome",
    [
        WHOLE,
        replace(WHOLE, escalation=None, labelled_peak=None, compared_returns=None, later_elevation=(), recoveries=()),
        replace(WHOLE, compared_returns=("rr-adult", None)),
        NotEvaluated("undecided", "nobody is admitted"),
    ],
    ids=["whole", "less", "no step under the label", "none"],
)
def test_what_is_kept_is_what_was_put_in(outcome: SimulatedOutcome | NotEvaluated) -> None:
    store.keep("ab12", outcome)
    assert store.look_up("ab12") == outcome
    assert store.look_up("ab13") is None


@pytest.mark.parametrize("escalation", [STEPS, None])
def test_a_first_cycle_is_kept_beside_an_outcome_of_its_name(escalation: Escalation | None) -> None:
    first = FirstCycle(Median(30.0, 29.0, 31.0, 1000), escalation)
    store.keep("ab12", WHOLE)
    store.keep_first_cycle("ab12", first)
    assert store.look_up_first_cycle("ab12") == first
    assert store.look_up("ab12") == WHOLE
    assert store.look_up_first_cycle("ab13") is None


def test_what_is_damaged_is_none(kept: Path) -> None:
    store.keep("ab12", WHOLE)
    (path,) = kept.rglob("*.json")
    assert path.relative_to(kept).as_posix() == "ab/ab12.json"
    sound = path.read_bytes()
    for damaged in (sound.replace(b"900", b"901"), sound[:-1], b"", sound + b" ", b"\xff", sound.replace(b"\n", b"")):
        path.write_bytes(damaged)
        assert store.look_up("ab12") is None
    path.write_bytes(sound)
    assert store.look_up("ab12") == WHOLE


def places(kept: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in what was kept."""
    yield path
    inner = kept.items() if isinstance(kept, dict) else enumerate(kept) if isinstance(kept, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


def test_what_is_whole_and_of_another_type_is_none(kept: Path) -> None:
    """Whoever wrote it, with a checksum: nothing that an outcome holds is true, or such a list or object."""
    store.keep("ab12", WHOLE)
    (path,) = kept.rglob("*.json")
    sound = path.read_bytes().partition(b"\n")[2]
    for place in places(json.loads(sound)):
        for other in (True, [[1]], {"x": 1}):
            changed = {"whole": json.loads(sound)}
            inner: Any = changed
            *above, last = "whole", *place
            for key in above:
                inner = inner[key]
            inner[last] = other
            text = json.dumps(changed["whole"])
            path.write_text(f"{sha256(text.encode()).hexdigest()}\n{text}", encoding="ascii")
            assert store.look_up("ab12") is None, (place, other)


def test_a_folder_that_cannot_be_made_costs_speed_only(kept: Path) -> None:
    kept.write_bytes(b"")
    store.keep("ab12", WHOLE)
    assert store.look_up("ab12") is None


HEAD = (
    'indication = "investigational"\n\n'
    '[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = ["cycle-start"]\n\n'
)


def ordered(lines: str = cycle("15 mcg/m2/day for 28 days"), title: str = "A") -> Regimen:
    return regimen_in(regimen_text(HEAD + lines, title=title))


def test_an_outcome_is_found_by_all_that_it_follows_from() -> None:
    """By the patients, the seed, how sure it is, the model, and whatever is ordered."""
    own = ordered()
    step = own.cycles[0].steps[0]
    (given,) = own.premedication

    def with_step(**changed: object) -> Regimen:
        return replace(own, cycles=(replace(own.cycles[0], steps=(replace(step, **changed),)),))  # type: ignore[arg-type]

    others = [
        with_step(dose=read_dose("14 mcg/m2/day").rate),
        with_step(cap=read_dose("27 mcg/day").rate),
        with_step(cap=None),
        with_step(minutes=step.minutes - 1),
        ordered(cycle("15 mcg/m2/day for 28 days", free=15)),
        ordered(cycle("15 mcg/m2/day for 28 days", repeat=2)),
        replace(own, eligibility=own.eligibility._replace(below_weight=Fraction(40))),
        replace(own, eligibility=own.eligibility._replace(minimum_weight=Fraction(5))),
        replace(own, eligibility=own.eligibility._replace(minimum_age=Fraction(1))),
        replace(own, eligibility=own.eligibility._replace(below_age=Fraction(18))),
        replace(own, eligibility=own.eligibility._replace(population="adult-rr")),
        replace(own, premedication=()),
        replace(own, premedication=(replace(given, minutes_before=30),)),
        replace(own, label="hk-2026"),
        replace(own, departs_from="rr-adult"),
    ]
    keys = [store.key(one, 1000, 1, NORMAL_975) for one in (own, *others)]
    keys += [store.key(own, 1001, 1, NORMAL_975), store.key(own, 1000, 2, NORMAL_975), store.key(own, 1000, 1, 3.0)]
    keys += [store.key(own, 1000, 1, NORMAL_975, model) for model in (0, 1)]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {32}


def test_names_and_titles_make_no_other_outcome() -> None:
    own = ordered()
    for same in (ordered(title="B"), replace(own, name="other"), replace(own, waivers=())):
        assert store.key(same, 1000, 1, NORMAL_975) == store.key(own, 1000, 1, NORMAL_975)


def test_with_compiled_code_and_without_it_outcomes_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their last digits may differ."""
    found = []
    for there in (True, False):
        spec = object() if there else None
        monkeypatch.setattr(store, "find_spec", lambda name, spec=spec: spec if name == "numba" else find_spec(name))
        store._program.cache_clear()
        found.append(store.key(ordered(), 100, 1, 3.0))
    store._program.cache_clear()
    assert len(set(found)) == 2


def test_what_is_ordered_is_written_in_one_order_in_every_process() -> None:
    """Sets are in another one in each."""
    own = ordered()
    given = replace(own.premedication[0], occasions=frozenset(Occasion))
    assert store._orders(replace(own, premedication=(given,)))[3][0][1] == sorted(Occasion)


def test_outcomes_have_a_folder_of_their_own() -> None:
    assert FOLDER().name == "outcomes"


def test_another_program_or_another_library_finds_nothing_that_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the program's rooms compute, and what is shipped, decides outcomes."""
    text = tmp_path / "a.toml"
    text.write_bytes(b"one")

    def key() -> str:
        store._program.cache_clear()
        return store.key(ordered(), 100, 1, 3.0)

    monkeypatch.setattr(library, "paths", lambda: {"a": text})
    keys = [key()]
    text.write_bytes(b"another")
    keys.append(key())
    monkeypatch.setattr(store, "fingerprint", lambda *rooms: "other rooms")
    keys.append(key())
    store._program.cache_clear()
    assert len(set(keys)) == 3
