"""Plausible sets are made again as they are: by one command, whatever runs beside them, and from where it was left."""

import hashlib
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from blinplan.evidence.plausible import making, slopes, walk
from blinplan.evidence.plausible.making import OtherStateError, keeps, made_sets, sets_text
from blinplan.evidence.plausible.ranges import WalkLaw, declared_walk, ranges
from blinplan.evidence.plausible.screen import quick_screen, screen
from blinplan.evidence.plausible.walk import next_set, values_of
from blinplan.physiology import load_parameters
from blinplan.simulation.models.plausible import OwnParameter, presets_with, shipped_sets
from tests.collection.grid import at_night

SMALL = WalkLaw(seed=5, walks=2, first=2, between=1, steps=20, shorter=0.5, tries=6, screened=50, patients=50)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Walks on few patients."""
    for module in (making, walk, slopes):
        monkeypatch.setattr(module, "declared_walk", lambda: SMALL)
    _forget()
    yield
    _forget()


def _forget() -> None:
    for remembered in (screen, quick_screen, slopes.slopes):
        remembered.cache_clear()


def test_shipped_sets_are_those_that_were_written_and_lie_in_their_ranges() -> None:
    found = shipped_sets()
    text = resources.files("blinplan.simulation.models").joinpath("sets.csv").read_text(encoding="utf-8")
    assert hashlib.sha256(text.encode()).hexdigest() == found.made["sets_sha256"]
    assert len(found.sets) == found.made["sets"] >= 5
    assert text == sets_text([values[line.of] for line in ranges()] for values in found.sets)
    assert len({tuple(values.values()) for values in found.sets}) == len(found.sets)
    for values in found.sets:
        assert all(line.low <= values[line.of] <= line.high for line in ranges())
    assert 0.0 < found.made["acceptance_on_few_patients"] < 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("number", "part"), [(-1, 10), at_night(0, 1), at_night(1, 1), at_night(-1, 1)])
def test_a_shipped_set_keeps_every_claim_and_every_number_that_the_shipped_parameters_meet(
    number: int, part: int
) -> None:
    """In every run one of them, on a tenth of the patients."""
    values = shipped_sets().sets[number]
    assert keeps([values[line.of] for line in ranges()], declared_walk().patients // part, 1)


@pytest.mark.slow
def test_a_set_that_breaks_a_claim_is_denied() -> None:
    kept = screen(100, 1)
    assert kept.keeps({})
    # Of a number that is a parameter by arithmetic a set keeps the interval that the source prints.
    assert kept.keeps({OwnParameter(None, "volume"): 6.1})
    assert kept.keeps({OwnParameter(None, "clearance"): 2.2})
    assert not kept.keeps({OwnParameter(None, "clearance"): 2.5})
    assert not quick_screen(50, 100, 1).keeps({OwnParameter(None, "volume"): 8.0})
    assert not kept.keeps({OwnParameter(None, "kill_rate"): 0.5})
    assert not kept.keeps({OwnParameter("adult-mrd", "kill_rate"): 5.0})
    assert not quick_screen(50, 100, 1).keeps({OwnParameter(None, "kill_rate"): 0.5})
    assert quick_screen(50, 100, 1).keeps({})


@pytest.mark.nightly
@pytest.mark.slow
def test_a_walk_is_the_same_again_and_goes_on_from_where_it_was_left(small: None, tmp_path: Path) -> None:
    at_once = made_sets(4, 1, None)
    state = tmp_path / "state.jsonl"
    assert [one.values for one in made_sets(3, 1, state)] == [one.values for one in at_once[:3]]
    state.write_text(state.read_text(encoding="utf-8") + '{"walk": 1, "numb', encoding="utf-8")  # it was stopped here
    assert [one.values for one in made_sets(4, 1, state)] == [one.values for one in at_once]
    assert next_set(1, at_once[1]).values == at_once[3].values
    assert len({one.values for one in at_once}) == 4
    for one in at_once:
        assert screen(SMALL.patients, 1).keeps(values_of(one.values))


def test_what_was_found_for_other_parameters_is_not_taken_up(small: None, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    state.write_text(json.dumps({"made_for": "of another model"}) + "\n", encoding="utf-8")
    with pytest.raises(OtherStateError, match="remove it"):
        made_sets(1, 1, state)


def test_a_shared_value_leaves_a_population_alone_that_has_its_own() -> None:
    shared, own = OwnParameter.of_name("kill_rate"), OwnParameter.of_name("adult-mrd.kill_rate")
    assert (str(shared), str(own)) == ("kill_rate", "adult-mrd.kill_rate")
    changed = presets_with({shared: 3.0})
    assert changed["adult-rr"].value("kill_rate") == changed["child"].value("kill_rate") == 3.0
    assert changed["adult-mrd"].value("kill_rate") == load_parameters().presets["adult-mrd"].value("kill_rate")
    assert presets_with({own: 7.0})["adult-mrd"].value("kill_rate") == 7.0
