"""Checks from Python: everything that the command can do."""

import json
from datetime import date, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.api.checking.check import CheckFormat
from blinplan.api.checking.waive import wanted_waiver
from blinplan.exit_status import ExitStatus
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated.virtual import PatientSimulator
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

DAY = date(2026, 11, 28)
SLIP = regimen_text(cycle("28 µg/day for 28 days"))


def codes(found: "blinplan.CheckResult") -> list[str]:
    return [finding.code for finding in found.findings]


def test_what_the_rules_say_is_what_the_command_says(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SLIP, encoding="utf-8")
    (tmp_path / "b.toml").write_text(regimen_text(cycle("28 mcg/day for 27 days")), encoding="utf-8")
    shown = inside("check", ".", "--no-simulate", "-f", "json", "--today", str(DAY))
    found = blinplan.check(".", simulate=False, today=DAY)
    assert json.loads(found.text("json")) == shown.json
    assert found.status == shown.status
    assert f"exit {shown.status}: {found.reason}" in shown.err


def test_nothing_named_is_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert blinplan.check(simulate=False).status is ExitStatus.INCOMPLETE
    assert blinplan.check(simulate=False, allow_empty=True).status is ExitStatus.SUCCESS


def test_rules_are_chosen_and_weighed() -> None:
    assert codes(blinplan.check("nhl-5", simulate=False, select=["D202", "D205"], ignore=["D205"])) == ["D202"]
    (finding,) = blinplan.check("nhl-5", simulate=False, select=["D202"], severity=["D202=error"]).findings
    assert finding.severity == "error"
    assert blinplan.check("nhl-5", simulate=False, select=["D202"], fail_on="warning").status is ExitStatus.FINDINGS


@pytest.mark.parametrize("argument", ["select", "ignore", "extend_select"])
def test_a_rule_that_is_not_there_is_refused_by_the_name_of_the_argument(argument: str) -> None:
    with pytest.raises(Refusal, match=f"^{argument}: there is no rule 'D999'"):
        blinplan.check("nhl-5", simulate=False, **{argument: ["D999"]})  # type: ignore[arg-type]


def test_a_patient_and_a_site_are_checked_too(tmp_path: Path) -> None:
    child = blinplan.patient(weight=38, height=140)
    assert "D211" in codes(blinplan.check("rr-adult", simulate=False, patient=child))
    site = tmp_path / "ward.toml"
    site.write_text('site = 1\nname = "Ward"\nbag = [{ hours = 240, fill_ml = 276 }]\n', encoding="utf-8")
    with_site = blinplan.check("rr-adult", simulate=False, site=site)
    assert any(code.startswith("A") for code in codes(with_site))


def test_what_is_fixed_is_written_and_judged_as_it_then_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(SLIP, encoding="utf-8")
    assert "N101" in codes(blinplan.check(path, simulate=False))
    assert path.read_text(encoding="utf-8") == SLIP
    assert "N101" not in codes(blinplan.check(path, simulate=False, fix=True))
    assert "28 mcg/day" in path.read_text(encoding="utf-8")


def test_a_baseline_takes_away_what_it_lists_and_nothing_else(tmp_path: Path) -> None:
    path, baseline = tmp_path / "a.toml", tmp_path / "known.json"
    path.write_text(SLIP, encoding="utf-8")
    assert codes(blinplan.check(path, simulate=False, write_baseline=baseline)) == []
    path.write_text(SLIP.replace("days = 28", "days = 27"), encoding="utf-8")
    assert codes(blinplan.check(path, simulate=False, baseline=baseline)) == ["S301"]


def test_the_configuration_is_heard_unless_it_is_not_wanted(tmp_path: Path) -> None:
    (tmp_path / "blinplan.toml").write_text('ignore = ["N101"]\n', encoding="utf-8")
    (tmp_path / "a.toml").write_text(SLIP, encoding="utf-8")
    assert "N101" not in codes(blinplan.check(tmp_path, simulate=False))
    assert "N101" in codes(blinplan.check(tmp_path, simulate=False, isolated=True))


@pytest.mark.parametrize("output_format", list(CheckFormat))
def test_every_format_can_be_had_and_written(output_format: CheckFormat, tmp_path: Path) -> None:
    found = blinplan.check("nhl-5", simulate=False, today=DAY)
    found.write(tmp_path / "report", output_format)
    assert (tmp_path / "report").read_text(encoding="utf-8") == found.text(output_format.value)


def test_findings_are_columns_for_the_three_libraries() -> None:
    columns = blinplan.check("nhl-5", simulate=False).columns()
    assert list(pd.DataFrame(columns)["code"]) == columns["code"]
    assert pl.DataFrame(columns)["line"].to_list() == columns["line"]
    assert pa.table(columns).column("severity").to_pylist() == columns["severity"]


def test_a_notebook_shows_a_table_in_which_nothing_is_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "<b>x.toml"
    path.write_text(SLIP, encoding="utf-8")
    shown = blinplan.check(path, simulate=False)._repr_html_()
    assert "&lt;b&gt;x.toml" in shown
    assert "<b>" not in shown
    assert "N101" in shown


def test_it_is_short_where_it_is_printed() -> None:
    found = blinplan.check("nhl-5", simulate=False)
    assert repr(found) == "<CheckResult: 1 regimen, 1 warning, status 0>"


def test_what_cannot_be_is_said_in_the_names_of_the_arguments(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"^config and isolated contradict each other$"):
        blinplan.check("nhl-5", simulate=False, config=tmp_path / "x.toml", isolated=True)
    path = tmp_path / "{known}.json"  # a path is no name of an argument
    with pytest.raises(Refusal, match=r"\{known\}\.json: no such file") as refused:
        blinplan.check("nhl-5", simulate=False, baseline=path)
    assert refused.value.advice == "write one with write_baseline, or check the path"


def test_what_would_be_changed_is_shown_and_nothing_is_written(inside: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(SLIP, encoding="utf-8")
    shown = blinplan.check(path, simulate=False, diff=True)
    assert path.read_text(encoding="utf-8") == SLIP
    assert "N101" in codes(shown), "it is judged as it stands"
    assert shown.differences == inside("check", str(path), "--no-simulate", "--diff").out
    assert shown.differences
    assert blinplan.check(path, simulate=False).differences == ""
    fixed = blinplan.check(path, simulate=False, fix=True)
    assert fixed.differences == shown.differences
    taken = {line[1:] for line in shown.differences.splitlines() if line[0] == "-" and line[:3] != "---"}
    put = {line[1:] for line in shown.differences.splitlines() if line[0] == "+" and line[:3] != "+++"}
    assert set(path.read_text(encoding="utf-8").splitlines()) == (set(SLIP.splitlines()) - taken) | put
    with pytest.raises(Refusal, match=r"^fix and diff contradict each other$"):
        blinplan.check(path, simulate=False, fix=True, diff=True)


def test_a_waiver_that_would_be_written_is_shown(inside: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(SLIP, encoding="utf-8")
    shown = blinplan.check(path, simulate=False, add_waiver="N101", reason="as it was printed", diff=True)
    assert path.read_text(encoding="utf-8") == SLIP
    options = ("--add-waiver", "N101", "--reason", "as it was printed", "--diff")
    assert shown.differences == inside("check", str(path), "--no-simulate", *options).out
    assert '+rule = "N101"' in shown.differences
    assert "N101" in codes(shown), "it is judged as it stands"


def test_a_baseline_that_the_configuration_names_is_made_the_first_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.toml").write_text(SLIP, encoding="utf-8")
    Path("blinplan.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
    with pytest.raises(Refusal, match=r"known\.json: no such file"):
        blinplan.check(".", simulate=False)
    for _ in range(2):
        assert codes(blinplan.check(".", simulate=False, write_baseline="known.json")) == []
        assert "N101" in Path("known.json").read_text(encoding="utf-8")
    assert codes(blinplan.check(".", simulate=False)) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"patients": 0}, "patients is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"models": -1}, "models is -1"),
        ({"patients": 500}, "patients is for rules that need virtual patients"),
        ({"seed": 1}, "seed is for rules that need virtual patients"),
        ({"models": 3}, "models is for rules that need virtual patients"),
        ({"fail_on": "fatal"}, "fail_on is 'fatal'"),
    ],
)
def test_a_number_or_a_word_that_cannot_be_is_refused_by_its_name(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentRefusal, match=f"^{said}"):
        blinplan.check("nhl-5", simulate=False, **asked)


def test_how_many_are_simulated_is_told_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientSimulator, "_simulate", lambda *_: NotEvaluated("undecided", "nobody is admitted"))
    seen: list[tuple[int, int]] = []
    for told in (None, lambda done, total: seen.append((done, total))):
        blinplan.check("rr-adult", "nhl-5", isolated=True, cache=False, patients=100, progress=told)
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_standard_input_goes_before_the_file_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.toml"
    path.write_text("format = 1\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(SLIP.encode()), encoding="utf-8"))
    found = blinplan.check("-", simulate=False, stdin_filename=str(path))
    assert "N101" in codes(found)
    assert f"{path}:" in found.text("concise")
    with pytest.raises(Refusal, match=r"^stdin_filename stands without -$"):
        blinplan.check(path, simulate=False, stdin_filename="a.toml")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(SLIP.encode()), encoding="utf-8"))
    assert {one.reading.document.name for one in blinplan.check("-", simulate=False).judgements} == {"<stdin>"}


def test_python_is_told_of_arguments_and_the_command_line_of_options(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slip() -> TextIOWrapper:
        return TextIOWrapper(BytesIO(SLIP.encode()), encoding="utf-8")

    monkeypatch.setattr("sys.stdin", slip())
    with pytest.raises(Refusal, match=r"^fix cannot write to standard input$"):
        blinplan.check("-", simulate=False, fix=True)
    monkeypatch.setattr("sys.stdin", slip())
    said = inside("check", "-", "--no-simulate", "--fix").err
    assert "error: --fix cannot write to standard input\n  help: --diff shows what it would change" in said
    (tmp_path / "slip.toml").write_text(SLIP, encoding="utf-8")
    found = blinplan.check(tmp_path / "slip.toml", simulate=False)
    assert [finding.code for finding in found.fixable_findings] == ["N101"]
    assert not any("--" in line for line in found.remarks())


@pytest.mark.parametrize(
    ("code", "reason", "day", "said"),
    [
        ("S304", "agreed", DAY, None),  # the last day itself
        ("too-long-an-interval", "agreed", None, "there is no rule"),
        (" S304 ", " agreed ", None, None),
        ("S304", "agreed", DAY - timedelta(days=1), "expires is over: 2026-11-27"),
        ("S304", " ", None, "add_waiver needs reason"),
        ("S304", None, None, "add_waiver needs reason"),
        ("N106", "agreed", None, "add_waiver: N106 cannot be waived: A dose is a hundred times the labelled maximum"),
        ("S304", "x" * 10_001, None, "reason has 10,001 characters"),
    ],
)
def test_what_somebody_wants_to_waive_is_held_to_what_can_be(
    code: str, reason: str | None, day: date | None, said: str | None
) -> None:
    if said is None:
        wanted = wanted_waiver(code, reason, day, DAY)
        assert (wanted.rule.code, wanted.reason, wanted.expires) == ("S304", "agreed", day)
        return
    with pytest.raises(Refusal) as refused:
        wanted_waiver(code, reason, day, DAY)
    assert said in refused.value.message


@pytest.mark.parametrize("name", ["select", "extend_select", "ignore", "severity", "exclude"])
@pytest.mark.parametrize(
    ("one", "shown"), [("D202", "'D202'"), ("D202," * 99, f"'{'D202,' * 7}D202"), (b"D202", "b'D202'"), (202, "202")]
)
def test_of_one_thing_in_the_place_of_several_the_beginning_is_shown(name: str, one: Any, shown: str) -> None:
    with pytest.raises(ArgumentRefusal) as refused:
        blinplan.check(**{name: one})
    assert refused.value.message == f"{name} is {shown}"
    assert refused.value.advice == "give them in a list, one alone too"


def test_a_refusal_names_arguments_as_python_and_as_the_command_line_have_them() -> None:
    refusal = ArgumentRefusal("{short_quiet} beside {fail_on} is {value:,}", "leave {fail_on} out", value=1000)
    assert (refusal.message, refusal.advice) == ("quiet beside fail_on is 1,000", "leave fail_on out")
    assert refusal.texts(lambda name: f"<{name}>") == (
        "<short_quiet> beside <fail_on> is 1,000",
        "leave <fail_on> out",
    )
    assert refusal.others == ()
