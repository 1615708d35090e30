"""Findings at their places: by file and line, known again by a fingerprint, and counted by rule."""

import subprocess
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from blinplan.exit_status import FailOn
from blinplan.regimen import library
from blinplan.regimen.reading import read
from blinplan.rules.acceptance.baseline import baseline_of
from blinplan.rules.configuration.settings import DEFAULTS, Pattern, Settings
from blinplan.rules.counts import counts
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.located import LocatedFinding, report_paths, report_root, run_findings, shown_path
from blinplan.rules.run_result import Result
from tests.regimen_text import TODAY, cycle, regimen_text, waiver

LONG = regimen_text(cycle("28 µg/day for 27 days", free=21) + cycle("28 µg/day for 28 days", free=20) + cycle())
"""Two slips of notation (N101), one short infusion (S301), and two long intervals (S304); L010 is waived."""
AT = "cycle 'Cycle' treatment_free_days"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S603, S607
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")


def judged(name: str, text: str = LONG, settings: Settings = DEFAULTS) -> Judgement:
    return judge(read(text.encode(), name), TODAY, None, settings)


def result(*judgements: Judgement) -> Result:
    return Result(judgements, (), (), FailOn.ERROR, TODAY, None)


def located(*judgements: Judgement) -> list[LocatedFinding]:
    return run_findings(result(*judgements))


def test_findings_come_in_the_order_of_the_file_each_with_its_lines_and_columns() -> None:
    found = located(judged("x.toml"))
    assert [one.finding.code for one in found] == ["L010", "S301", "N101", "S304", "N101", "S304"]
    assert [one.rule.code for one in found] == [one.finding.code for one in found]
    lines = LONG.split("\n")
    for one in found:
        (line, column), (last, end) = one.start, one.end
        span = one.finding.span
        assert "\n".join(lines[line - 1 : last])[column - 1 :].startswith(LONG[span.start : span.end].split("\n")[0])
        assert lines[last - 1][: end - 1].endswith(LONG[span.start : span.end].rpartition("\n")[2])
    assert [one.start for one in found] == sorted(one.start for one in found)
    of_both = located(judged("y.toml"), judged("x.toml"))
    assert [one.path for one in of_both] == ["a/y.toml"] * 6 + ["a/x.toml"] * 6


def test_a_finding_stands_is_waived_or_is_in_the_baseline() -> None:
    waived = LONG + waiver("S304", at=AT, value=21)
    own = judged("x.toml", waived)
    found = {(one.finding.code, one.start): (one.standing, one.waiver) for one in located(own)}
    assert sorted({standing for standing, _ in found.values()}) == ["counted", "waived"]
    held_of = [(code, held and held.rule) for (code, _), (standing, held) in found.items() if standing == "waived"]
    assert held_of == [("L010", "L010"), ("S304", "S304")]
    assert all(held is None for standing, held in found.values() if standing != "waived")
    Path("x.toml").write_text(waived, encoding="utf-8")
    (known,), _ = baseline_of([own], Path.cwd()).accept([own])
    assert sorted(one.standing for one in located(known)) == ["in baseline"] * 4 + ["waived"] * 2


def test_a_fingerprint_is_that_of_the_file_the_rule_and_the_place_and_each_has_its_own() -> None:
    one, other = judged("x.toml"), judged("y.toml")
    marks = [found.fingerprint for found in located(one, other)]
    assert len(set(marks)) == len(marks) == 12
    assert {len(mark) for mark in marks} == {32}
    moved = judged("x.toml", f"# above\n\n{LONG}")
    assert [found.fingerprint for found in located(moved)] == marks[:6]
    twice = one._replace(verdicts=tuple(verdict._replace(findings=verdict.findings * 2) for verdict in one.verdicts))
    doubled = [found.fingerprint for found in located(twice)]
    assert len(set(doubled)) == 11  # what is waived stays one
    assert set(marks[:6]) < set(doubled)


def test_paths_are_from_the_root_of_the_repository_and_shown_from_the_current_folder(tmp_path: Path) -> None:
    own, other = judged("x.toml"), judged(str(tmp_path / "b" / "y.toml"))
    root = report_root([own, other])
    assert root == tmp_path
    assert [*report_paths([own, other]).values()] == ["a/x.toml", "b/y.toml"]
    within = judged(str(tmp_path / "a" / "b" / "x.toml"))
    assert [shown_path(one) for one in (own, within, other)] == ["x.toml", "b/x.toml", f"{tmp_path}/b/y.toml"]
    elsewhere = judged("/nowhere/z.toml")
    assert report_paths([own, elsewhere])["/nowhere/z.toml"] == "/nowhere/z.toml"
    shipped = judge(library.load("rr-adult"), TODAY, None)
    assert report_root([shipped, own]) == tmp_path
    assert report_paths([shipped, own])["rr-adult"] == library.paths()["rr-adult"].as_posix()
    assert report_paths([judged("-")]) == {"-": "-"}
    assert report_paths([judged("9" * 5000)]) == {"9" * 5000: "9" * 5000}


def linked(folder: Path, *links: str) -> list[str]:
    """A file of the repository, and links to it."""
    (folder / "x.toml").write_text(LONG, encoding="utf-8")
    for link in links:
        (folder / link).symlink_to(folder / "x.toml")
    return [str(folder / name) for name in ("x.toml", *links)]


def test_a_link_is_told_by_what_it_leads_to_unless_that_is_told_of_itself(tmp_path: Path) -> None:
    names = linked(tmp_path, "a.toml", "b.toml")
    alone = [report_paths([judged(name)])[name] for name in names]
    assert alone == ["x.toml"] * 3
    for told in (names, names[:2], names[1:]):
        assert [*report_paths([*map(judged, told)]).values()] == [Path(name).name for name in told]
        marks = [found.fingerprint for found in located(*map(judged, told))]
        assert len(set(marks)) == len(marks) == 6 * len(told)
    assert [shown_path(judged(name)) for name in names] == names


def test_what_is_a_file_is_told_from_what_is_none() -> None:
    Path("bare").write_text("", encoding="utf-8")
    names = {"x.toml": True, "bare": True, "-": False, "9" * 5000: False, "rr-adult": True}
    for name, is_file in names.items():
        assert {one.is_file for one in located(judged(name))} == {is_file}, name


def test_the_body_says_why_what_to_do_and_who_says_so() -> None:
    (found,) = [one for one in located(judged("x.toml")) if one.finding.code == "S301"]
    why, advice, source = found.body.split("\n")
    assert why == f"Why: {found.finding.why}"
    assert advice == f"Help: {found.finding.help}"
    assert source.startswith("Source: Blinatumomab (Mechanism of Action)")
    for line, beginning in ((why, "Why: "), (advice, "Help: ")):
        assert len(line) > len(beginning)
    assert all("Source: " not in one.body or "Source: \n" not in one.body for one in located(judged("x.toml")))


def test_findings_are_counted_by_rule_the_most_frequent_first() -> None:
    waived = judged("z.toml", LONG + waiver("S304", at=AT, value=21))
    short = judged("y.toml", regimen_text(cycle("28 mcg/day for 27 days")))
    found = counts(result(judged("x.toml"), waived, short))
    told = [(one.rule.code, one.findings, one.files, one.acceptances, one.fixable) for one in found]
    assert told == [("N101", 4, 2, 0, 4), ("S301", 3, 3, 0, 0), ("S304", 3, 2, 1, 0), ("L010", 0, 0, 3, 0)]
    assert counts(result()) == ()
    known, _ = baseline_of([short], Path.cwd()).accept([short])
    told = [(one.rule.code, one.findings, one.files, one.acceptances, one.fixable) for one in counts(result(*known))]
    assert told == [("L010", 0, 0, 1, 0), ("S301", 0, 0, 1, 0)]


def test_of_rules_as_frequent_the_code_decides() -> None:
    both = judged("x.toml", regimen_text(cycle("28 mcg/day for 27 days", free=21) + cycle()))
    assert [one.rule.code for one in counts(result(both))] == ["S301", "S304", "L010"]
    only = judged("x.toml", settings=Settings(select=(Pattern("S304"),)))
    assert [one.rule.code for one in counts(result(only))] == ["S304"]


@pytest.mark.parametrize("name", ["x.toml", "\udcff.toml"])
def test_a_fingerprint_stays_what_it_was_for_whoever_has_kept_it(name: str) -> None:
    """Of the path, the rule, the place and the number of findings there so far, in bytes that any name has."""
    number, found = Counter[str](), located(judged(name))
    for one in found:
        place = "".join(f"/{part}" for part in one.finding.path)
        what = f"a/{name}\n{one.finding.code}\n{place}"
        number[what] += 1
        assert one.fingerprint == sha256(f"{what}\n{number[what]}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
