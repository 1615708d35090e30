"""What a run of checks says besides its findings, and what it counts."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import blinplan
from blinplan.executors.executor import threads
from blinplan.label.read import label_named
from tests.regimen_text import Script, cycle, outcome, regimen_text, script, waiver

ALL = outcome(1000, 1000, (1000, 1000))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(regimen_text(cycle(repeat=2), called=name), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (1000, []),
        (2500, ["on virtual patients of adult-rr, 1,000 of 2,500 drawn admitted: 2 files"]),
        (999_999, ["on virtual patients of adult-rr, 1,000 of 999,999 drawn admitted: 2 files"]),
    ],
)
def test_of_whom_not_all_were_admitted_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, drawn: int, said: list[str]
) -> None:
    def simulator_for(*_: int, **__: object) -> Script:
        return script(*[replace(ALL, drawn=drawn)] * 99)

    monkeypatch.setattr("blinplan.api.checking.settled.simulator_for", simulator_for)
    found = blinplan.check(folder, isolated=True)
    assert [line for line in found.remarks() if "virtual" in line] == said


@pytest.mark.slow
def test_how_far_a_run_is_is_told_to_whoever_asks(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    with threads(1) as executor:
        asked = partial(blinplan.check, folder / "a.toml", isolated=True, patients=2, cache=False, executor=executor)
        found = asked(progress=lambda done, total: seen.append((done, total)))
        assert asked().text("json") == found.text("json")
    assert seen == [(0, 1), (1, 1)]


def test_what_may_be_put_right_and_what_counts(folder: Path) -> None:
    (folder / "c.toml").write_text(regimen_text(cycle("28 µg/day for 27 days"), called="c"), encoding="utf-8")
    found = blinplan.check(folder, simulate=False, isolated=True)
    assert [finding.code for finding in found.findings] == ["S301", "N101"]
    assert [finding.code for finding in found.fixable_findings] == ["N101"]
    assert repr(found) == "<CheckResult: 3 regimens, 2 warnings, status 0>"
    assert repr(blinplan.check(folder / "a.toml", simulate=False, isolated=True)) == (
        "<CheckResult: 1 regimen, no findings, status 0>"
    )


def test_columns_say_where_each_finding_stands_and_what_became_of_it(folder: Path) -> None:
    text = regimen_text(cycle("28 mcg/day for 27 days"), called="c")
    (folder / "c.toml").write_text(text, encoding="utf-8")
    columns = blinplan.check(folder, simulate=False, isolated=True).columns()
    (row,) = [row for row in zip(*columns.values(), strict=True) if row[3] == "S301"]
    number = next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith("steps"))
    path, line, column, _, severity, standing, message, advice = row
    assert (path, line, column) == ((folder / "c.toml").as_posix(), number, len("steps = ") + 1)
    assert (severity, standing) == ("warning", "counted")
    assert message == '"Cycle" infuses 27 d; a cycle infuses 28 days'
    assert advice
    assert set(columns["standing"]) == {"counted", "waived"}
    assert list(columns) == ["path", "line", "column", "code", "severity", "standing", "message", "help"]


def test_the_label_that_a_regimen_follows_is_told_where_it_is_not_the_first() -> None:
    remarks = blinplan.check("hk-first-relapse", "rr-adult", simulate=False, isolated=True).remarks()
    assert remarks == (f"by the label hk-2026, {label_named('hk-2026')}: 1 file",)
    assert blinplan.check("rr-adult", simulate=False, isolated=True).remarks() == ()


def test_a_waiver_is_over_today_where_no_other_day_is_said(folder: Path) -> None:
    waived = waiver("S304", "2020-01-01", at="cycle 'Cycle' treatment_free_days", value=21)
    (folder / "a.toml").write_text(regimen_text(cycle(free=21, repeat=2), called="a") + waived, encoding="utf-8")
    asked: dict[str, Any] = {"simulate": False, "isolated": True}
    assert [one.code for one in blinplan.check(folder, **asked).findings] == ["S304", "W901"]
    assert blinplan.check(folder, today=date(2019, 1, 1), **asked).findings == ()


def test_a_baseline_can_be_taken_from_a_run_that_was_made(folder: Path) -> None:
    (folder / "a.toml").write_text(regimen_text(cycle("28 mcg/d for 28 days"), called="a"), encoding="utf-8")
    found = blinplan.check(folder, simulate=False, isolated=True)
    assert [one.code for one in found.findings] == ["N105"]
    without, count = found.write_baseline(folder / "known.json")
    assert (without.findings, count) == ((), 1)
    assert found.without_those_in(folder / "known.json").findings == ()
    assert found.without_those_in(folder / "known.json", {"elsewhere.toml"}).findings == found.findings


def test_limits_that_somebody_changed_are_told_once_with_who_changed_them(folder: Path) -> None:
    (folder / "blinplan.toml").write_text('[limits]\nstep_length = { value = 10, reason = "Protocol 7" }\n')
    changed = blinplan.check(folder, simulate=False).changed_limits
    assert len(changed) == 1
    assert changed[0].startswith("limit step_length: ")
    assert "Protocol 7" in changed[0]
    assert blinplan.check(folder, simulate=False, isolated=True).changed_limits == ()


def test_by_which_configurations_files_are_judged_is_told_where_there_are_several(folder: Path) -> None:
    own = folder / "own"
    own.mkdir()
    (own / "blinplan.toml").write_text("seed = 3\n", encoding="utf-8")
    (own / "c.toml").write_text(regimen_text(cycle(repeat=2), called="c"), encoding="utf-8")
    found = blinplan.check(folder, simulate=False)
    assert found.configurations() == (
        "by no configuration: 2 files",
        f"by {(own / 'blinplan.toml').as_posix()}: 1 file",
    )
    assert blinplan.check(own, simulate=False).configurations() == ()


def test_a_baseline_that_covers_what_is_no_more_is_told_with_its_rules(folder: Path) -> None:
    wrong = regimen_text(cycle("9.0 µg/d for 7 days", "28mcg/day for 20 days", free=21, repeat=2), called="a")
    (folder / "a.toml").write_text(wrong, encoding="utf-8")
    blinplan.check(folder, simulate=False, isolated=True, write_baseline=folder / "known.json")
    known: dict[str, Any] = {"simulate": False, "isolated": True, "baseline": folder / "known.json"}
    assert blinplan.check(folder, **known).remarks() == ()
    (folder / "a.toml").write_text(regimen_text(cycle("28 mcg/d for 28 days", repeat=2), called="a"), encoding="utf-8")
    (remark,) = blinplan.check(folder, **known).remarks()
    assert remark.startswith("in the baseline, and found no more: ")
    assert remark.endswith("6 (N101, N102, N105, N107, S301, S304); write it anew")


@pytest.mark.parametrize(("models", "simulate", "sets"), [(3, True, [3]), (0, True, []), (0, False, [])])
def test_plausible_sets_are_held_to_those_that_are_there_where_they_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: int, simulate: bool, sets: list[int]
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("blinplan.api.checking.settled.require_sets", asked.append)
    assert blinplan.check(tmp_path, allow_empty=True, models=models, simulate=simulate).status == 0
    assert asked == sets
