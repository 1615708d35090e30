"""What a check says beside its report: whole lines, and the status that goes with them."""

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from blinplan.refusal import Refusal
from blinplan.rules import fix
from blinplan.rules.task import Task
from tests.program import Ran, Run
from tests.regimen_text import cycle, regimen_text

QUICK = "--no-simulate"
SLIP = regimen_text(cycle("28 µg/day for 28 days", free=21, repeat=2), called="slip")
"""A notation that --fix mends, and an interval that may be waived."""
SOUND = regimen_text(cycle(repeat=2), called="sound")
WAIVED = ("--add-waiver", "S304", "--reason", "Amendment 3")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "slip.toml").write_text(SLIP, encoding="utf-8")
    (tmp_path / "sound.toml").write_text(SOUND, encoding="utf-8")


def lines(ran: Ran) -> list[str]:
    return ran.err.splitlines()


def test_what_was_fixed_comes_first_and_the_status_last(inside: Run) -> None:
    ran = inside("check", "slip.toml", QUICK, "--fix")
    assert lines(ran)[0] == "fixed: N101 (1) in 1 file"
    assert lines(ran)[-1] == "exit 0: everything that was asked was checked, and nothing counts (--fail-on error)"
    assert lines(inside("check", "slip.toml", QUICK, "--fix"))[0] == "fixed: nothing"
    assert "fixed" not in inside("check", "slip.toml", QUICK).err


def test_standard_input_that_needs_no_fix_is_judged(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = (2, "error: --fix cannot write to standard input")
    for text, said in ((SOUND, (0, "fixed: N101 (1) in 1 file")), (SLIP, refused)):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode()), encoding="utf-8"))
        ran = inside("check", "-", "slip.toml", QUICK, "--fix", "--ignore", "X")
        assert (ran.status, lines(ran)[0]) == said
        Path("slip.toml").write_text(SLIP, encoding="utf-8")


def test_nothing_is_written_unless_all_can_be(inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(SLIP.encode()), encoding="utf-8"))
    assert inside("check", "slip.toml", "-", QUICK, "--fix").status == 2
    assert (tmp_path / "slip.toml").read_text(encoding="utf-8") == SLIP


def test_what_was_waived_is_told_with_each_place(inside: Run) -> None:
    ran = inside("check", "slip.toml", QUICK, *WAIVED)
    assert lines(ran)[:2] == [
        "waived: S304 (1) in 1 file",
        '  slip.toml: S304 at cycle "Cycle" treatment_free_days, for 21',
    ]


def test_how_many_findings_fix_would_put_right_is_told(inside: Run) -> None:
    assert "  --fix puts 1 of the findings right" in lines(inside("check", ".", QUICK))
    assert "--fix" not in inside("check", "sound.toml", QUICK).err


@pytest.mark.parametrize("arguments", [("--fix",), WAIVED])
def test_only_what_changed_something_is_shown_as_a_success(inside: Run, arguments: tuple[str, ...]) -> None:
    green = "\x1b[32m"
    ran = inside("check", "slip.toml", QUICK, "--color", "always", *arguments)
    assert lines(ran)[0].startswith(green)
    nothing = inside("check", "sound.toml", QUICK, "--color", "always", "--fix")
    assert lines(nothing)[0] == "fixed: nothing"


@pytest.mark.parametrize(
    ("arguments", "status", "last"),
    [
        (("slip.toml",), 1, "exit 1: would fix: N101 (1) in 1 file"),
        (("slip.toml", *WAIVED), 1, "exit 1: would waive: S304 (1) in 1 file"),
        (("sound.toml",), 0, "exit 0: would fix: nothing"),
        (("slip.toml", "nowhere.toml"), 2, "exit 2: would fix: N101 (1) in 1 file"),
        (("sound.toml", "nowhere.toml"), 2, "exit 2: would fix: nothing"),
    ],
)
def test_a_diff_ends_with_what_would_be_done(
    inside: Run, tmp_path: Path, arguments: tuple[str, ...], status: int, last: str
) -> None:
    ran = inside("check", *arguments, QUICK, "--diff")
    assert (ran.status, lines(ran)[-1]) == (status, last)
    assert ("nowhere.toml: no such file" in ran.err) is ("nowhere.toml" in arguments)
    assert (tmp_path / "slip.toml").read_text(encoding="utf-8") == SLIP


def test_a_diff_is_for_programs_and_in_utf8_whatever_the_terminal_takes(inside: Run) -> None:
    ran = inside("check", "slip.toml", QUICK, "--diff", PYTHONIOENCODING="ascii")
    assert '-  { dose = "28 µg/day", days = 28 },' in ran.out.splitlines()


@pytest.mark.parametrize(
    ("option", "last"),
    [
        ("--fix", "exit 2: not everything could be done: 1 file could not be put right"),
        ("--diff", "exit 2: would fix: nothing"),
    ],
)
def test_a_file_that_could_not_be_fixed_is_left_told_and_no_success(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, last: str
) -> None:
    """A change that would be more than one of notation is not made: then not all that was asked is done."""

    def refuse(task: Task, *_: object) -> fix.Repair:
        raise fix.UnsafeFixError(f"{task.reading.document.name}: it would say another dose")

    monkeypatch.setattr(fix, "fix", refuse)
    ran = inside("check", "slip.toml", QUICK, option)
    assert "error: not fixed: slip.toml: it would say another dose" in lines(ran)
    assert "  help: correct the file by hand, and please report it" in lines(ran)
    assert (ran.status, lines(ran)[-1]) == (2, last)
    assert (tmp_path / "slip.toml").read_text(encoding="utf-8") == SLIP


def test_how_many_findings_a_baseline_lists_is_told(inside: Run) -> None:
    assert lines(inside("check", ".", QUICK, "--write-baseline", "k.json"))[0] == "k.json: 2 findings listed"
    only = inside("check", "slip.toml", QUICK, "--ignore", "S304", "--write-baseline", "one.json")
    assert lines(only)[0] == "one.json: 1 finding listed"


def test_what_is_accepted_is_not_counted_as_found_or_as_to_be_fixed(inside: Run) -> None:
    counted = ("check", ".", QUICK, "--statistics", "-f", "json")

    def of(code: str, *arguments: str) -> tuple[int, int, int, int]:
        (rule,) = [rule for rule in inside(*counted, *arguments).json["rules"] if rule["rule"] == code]
        return rule["findings"], rule["files"], rule["accepted"], rule["fixable"]

    assert (of("N101"), of("S304")) == ((1, 1, 0, 1), (1, 1, 0, 0))
    inside("check", ".", QUICK, "--write-baseline", "k.json")
    assert of("N101", "--baseline", "k.json") == of("S304", "--baseline", "k.json") == (0, 0, 1, 0)


def test_settings_are_shown_and_a_name_that_leads_nowhere_too(inside: Run) -> None:
    ran = inside("check", "slip.toml", "nowhere", "--show-settings")
    assert (ran.status, lines(ran)[0]) == (2, "error: nowhere: no such file, folder or shipped regimen")
    assert "slip.toml" in ran.out
    assert (inside("check", "slip.toml", "--show-settings").status, inside("check", "--show-settings").err) == (0, "")
    ran = inside("check", "slip.toml", "nowhere", "--show-settings", "-f", "json")
    assert (ran.status, list(json.loads(ran.out)["files"])) == (2, ["slip.toml"])


def test_a_summary_of_the_step_is_for_github_alone(inside: Run, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    inside("check", ".", QUICK, GITHUB_STEP_SUMMARY=str(summary))
    assert not summary.exists()
    inside("check", ".", QUICK, "-f", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.exists()


def test_the_exit_line_is_green_where_the_status_is_0_and_red_elsewhere(inside: Run) -> None:
    passed = lines(inside("check", "slip.toml", QUICK, "--color", "always"))[-1]
    failed = lines(inside("check", "slip.toml", QUICK, "--color", "always", "--fail-on", "warning"))[-1]
    assert passed.startswith("\x1b[32mexit 0")
    assert failed.startswith("\x1b[1;31mexit 1")


@pytest.mark.parametrize("scheduler", [None, "tcp://head:8786"])
def test_who_simulates_is_the_scheduler_that_is_named(
    inside: Run, monkeypatch: pytest.MonkeyPatch, scheduler: str | None
) -> None:
    asked = []

    def executor_of(count: int | None, of: str | None) -> None:
        asked.append((count, of))
        raise Refusal("nobody answers", "start it")

    monkeypatch.setattr("blinplan.executors.executor.executor_of", executor_of)
    ran = inside("check", "sound.toml", "--patients", "2", *(() if scheduler is None else ("--scheduler", scheduler)))
    assert asked == ([] if scheduler is None else [(None, scheduler)])
    assert ("error: nobody answers" in lines(ran)) is (scheduler is not None)


def test_without_a_cache_nothing_is_kept(inside: Run, tmp_path: Path) -> None:
    cache = tmp_path / ".cache"
    kept = [
        list(cache.rglob("outcomes/**/*.json"))
        for arguments in (("--no-cache",), ())
        if inside("check", "sound.toml", "--patients", "2", *arguments, XDG_CACHE_HOME=str(cache)).status < 3
    ]
    assert [bool(files) for files in kept] == [False, True]


def test_contradictions_are_refused_before_anything_is_changed(inside: Run, tmp_path: Path) -> None:
    ran = inside("check", "slip.toml", QUICK, "--fix", "--since", "main", "--write-baseline", "k.json")
    assert (ran.status, ran.out) == (2, "")
    assert lines(ran)[0] == "error: --since and --write-baseline contradict each other"
    assert (tmp_path / "slip.toml").read_text(encoding="utf-8") == SLIP
