"""Regimens built in Python are what their files are."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import blinplan

STEPS = [blinplan.step("9 mcg/day", days=7), blinplan.step("28 mcg/day", days=21)]
MINE = blinplan.regimen("mine", cycles=[blinplan.cycle(steps=STEPS, treatment_free_days=14, repeat=2)])


def test_a_regimen_is_judged_as_its_file_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(blinplan.toml(MINE), encoding="utf-8")
    built = blinplan.check(MINE, simulate=False, isolated=True)
    read = blinplan.check(path, simulate=False, isolated=True)
    assert built.judgements
    assert [finding.code for finding in built.findings] == [finding.code for finding in read.findings]
    assert built.columns()["line"] == read.columns()["line"]


def test_the_cycle_of_27_days_is_found_in_a_built_regimen_too() -> None:
    short = blinplan.cycle(steps=[blinplan.step("28 mcg/day", days=27)], treatment_free_days=14, repeat=2)
    found = blinplan.check(blinplan.regimen("short", cycles=[short]), simulate=False)
    assert "S301" in [finding.code for finding in found.findings]
    assert "S301" not in [finding.code for finding in blinplan.check(MINE, simulate=False).findings]


def test_a_regimen_that_was_read_is_judged_as_it_stands_in_memory() -> None:
    names = [
        judgement.reading.document.name
        for judgement in blinplan.check(blinplan.load("rr-adult"), simulate=False).judgements
    ]
    assert names == ["rr-adult.toml"]


def test_what_no_file_could_say_is_refused() -> None:
    with pytest.raises(blinplan.NotARegimenError):
        blinplan.regimen("Not a name", cycles=[])


@pytest.mark.parametrize("number", [7.5, 0.0, -1.5, float("nan"), Fraction(15, 2), Decimal("7.5"), -7])
def test_a_number_that_is_none_of_days_is_named(number: Any) -> None:
    """Of 7.5 days it said that it is something else."""
    with pytest.raises(ValueError, match=re.escape(f"`days` is the number {number}")):
        blinplan.step("9 mcg/day", days=number)
