"""Which files are put right or get waivers, who is asked for that, and what is said where nothing is."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import blinplan
from blinplan.refusal import Refusal
from blinplan.regimen import library
from tests.regimen_text import Script, cycle, outcome, regimen_text, script, waiver

LONG = regimen_text(cycle(free=21, repeat=2), called="long")
"""Its interval may be waived: S304."""
WAIVING: dict[str, Any] = {"add_waiver": "S304", "reason": "Amendment 3"}

check = partial(blinplan.check, isolated=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, bool]]:
    """How virtual patients were asked for: how many, of which seed, and from the cache; B401 finds something in all."""
    found = []

    def simulator_for(patients: int, seed: int, *, cache: bool, models: int = 0) -> Script:
        found.append((patients, seed, cache))
        return script(*[outcome(100, 1000, (0, 100))] * 9)

    for module in ("files", "settled"):
        monkeypatch.setattr(f"blinplan.api.checking.{module}.simulator_for", simulator_for)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.toml"


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return text


def test_a_waiver_is_fixed_by_the_virtual_patients_of_the_run(path: Path, asked: list[tuple[int, int, bool]]) -> None:
    """Where it holds only they can say: in the order of `fix`, then of what is judged."""
    write(path, regimen_text(cycle(repeat=2)) + waiver("B401"))
    check(path, fix=True, patients=7, seed=3, cache=False)
    assert asked == [(7, 3, False)] * 2
    assert 'rule = "B401"\nat = ' in path.read_text(encoding="utf-8")


def test_where_nobody_is_simulated_such_a_waiver_stays_as_it_is(path: Path, asked: list[tuple[int, int, bool]]) -> None:
    text = write(path, regimen_text(cycle(repeat=2)) + waiver("B401"))
    check(path, fix=True, simulate=False)
    assert (asked, path.read_text(encoding="utf-8")) == ([], text)


def test_a_finding_of_virtual_patients_is_waived_where_they_are_asked(
    path: Path, asked: list[tuple[int, int, bool]]
) -> None:
    write(path, regimen_text(cycle(repeat=2)))
    with pytest.raises(Refusal, match=r"no waiver of B401 was written: .*a\.toml: B401 was not evaluated"):
        check(path, add_waiver="B401", reason="Amendment 3", simulate=False)
    found = check(path, add_waiver="B401", reason="Amendment 3", patients=7, seed=3, cache=False)
    assert set(asked) == {(7, 3, False)}
    assert "B401" not in [finding.code for finding in found.findings]
    assert 'rule = "B401"' in path.read_text(encoding="utf-8")


def test_a_waiver_goes_into_each_file_that_needs_it_and_into_no_other(path: Path) -> None:
    sound = write(path.with_name("b.toml"), regimen_text(cycle(repeat=2), called="b"))
    write(path, LONG)
    found = check(path.parent, simulate=False, **WAIVING)
    assert not [finding for finding in found.findings if finding.code == "S304"]
    assert 'rule = "S304"' in path.read_text(encoding="utf-8")
    assert path.with_name("b.toml").read_text(encoding="utf-8") == sound


def test_where_there_is_nothing_to_waive_each_of_the_first_files_says_why(path: Path) -> None:
    for name in "abcd":
        write(path.with_name(f"{name}.toml"), regimen_text(cycle(repeat=2), called=name))
    with pytest.raises(Refusal) as refused:
        check(path.parent, simulate=False, **WAIVING)
    message, *reasons = refused.value.message.split("; ")
    first, _, reason = message.removeprefix("no waiver of S304 was written: ").partition(": ")
    assert first == f"{path}"
    assert reasons == [f"{path.with_name(name)}: {reason}" for name in ("b.toml", "c.toml")]
    assert refused.value.advice == "waive what `blinplan check` finds"


def test_nothing_is_waived_in_what_comes_with_the_program(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = write(path, LONG.replace('"long"', '"of-ours"'))
    monkeypatch.setattr(library, "paths", lambda: {"of-ours": path})
    assert [finding.code for finding in check("of-ours", simulate=False).findings] == ["S304"]
    with pytest.raises(Refusal, match=r"^no waiver of S304 was written: no file is yours$"):
        check("of-ours", simulate=False, **WAIVING)
    assert path.read_text(encoding="utf-8") == text


def test_a_policy_of_the_project_refuses_a_waiver_in_its_own_words(path: Path) -> None:
    text = write(path, LONG)
    write(path.with_name("blinplan.toml"), "[policies]\nexpiry = true\n")
    with pytest.raises(Refusal, match=r"a\.toml: no waiver was written: "):
        blinplan.check(path, simulate=False, **WAIVING)
    assert path.read_text(encoding="utf-8") == text


def test_two_regimens_of_one_name_are_not_taken_for_one() -> None:
    """Of two that were built in Python one would hide the other, and with it what is wrong with it."""
    sound = blinplan.load("rr-adult")
    wrong = blinplan.cycle(steps=[blinplan.step("280 mcg/day", days=28)], treatment_free_days=14, name="Cycle")
    other = replace(sound, cycles=(wrong,))
    assert check(sound, sound, simulate=False).status == 0
    for pair in ((sound, other), (other, sound)):
        with pytest.raises(Refusal, match=r"^two of what is to be checked are called rr-adult\.toml$"):
            check(*pair, simulate=False)
    assert check(other, "rr-adult", simulate=False).status == 1
