"""What a user may choose in ``blinplan check``, and what follows."""

import json
import os
import re
import stat
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
import tomli
from jsonschema_rs import Draft202012Validator, meta

from blinplan.physiology.engine.machine_code import cache_folder
from blinplan.regimen import library
from blinplan.reports.check.formats import CheckFormat
from blinplan.rules.catalogue import CATALOGUE
from blinplan.version import __version__
from tests.program import Ran, Run, process
from tests.regimen_text import cycle, regimen_text, waiver

QUICK = "--no-simulate"
FREE = waiver("S304", at="cycle 'Cycle' treatment_free_days", value=21)
SLIPS = regimen_text(cycle("9.0 µg/d for 7 days", "28mcg/day for 21 days"))
SOUND = regimen_text(cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days"))


@pytest.fixture
def lines(inside: Run, files: dict[str, str]) -> Run:
    """Check all files of the test, one line a finding."""

    def run(*arguments: str) -> Ran:
        return inside("check", ".", QUICK, "-f", "concise", *arguments)

    return run


def found(ran: Ran) -> list[tuple[str, str, str]]:
    """File, code and severity of every line."""
    parts = [line.split(" ") for line in ran.out.splitlines()]
    return [(part[0].split(":")[0], part[1], part[2]) for part in parts]


# --- which rules, and how bad ---------------------------------------------------------------------------------------


def test_only_selected_rules_answer(lines: Run) -> None:
    everything = {code for _, code, _ in found(lines())}
    assert everything == {"N105", "S301", "S305", "F004"}
    assert {code for _, code, _ in found(lines("--select", "S"))} == {"S301", "S305", "F004"}
    assert {code for _, code, _ in found(lines("--select", "S301,n105"))} == {"N105", "S301", "F004"}
    assert {code for _, code, _ in found(lines("--select", "short-infusion"))} == {"S301", "F004"}
    assert {code for _, code, _ in found(lines("--ignore", "S3", "--ignore", "N105"))} == {"F004"}
    assert {code for _, code, _ in found(lines("--select", "ALL", "--ignore", "ALL"))} == {"F004"}


def test_a_rule_that_is_off_answers_when_it_is_asked(inside: Run, files: dict[str, str]) -> None:
    assert "T502" not in inside("check", "error.toml", QUICK).out
    assert "T502" in inside("check", "error.toml", QUICK, "--extend-select", "T502").out


def test_what_was_left_out_is_said(lines: Run) -> None:
    assert "not requested: S301 (5 files): left out by --ignore (ignore S301)" in " ".join(
        lines("--ignore", "S301").err.split()
    ).replace("(4 files)", "(5 files)")
    assert "not among the rules selected" in " ".join(lines("--select", "S301").err.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--select", "Z9"], "--select: there is no rule 'Z9'"),
        (["--select", ","], "--select names no rule"),
        (["--ignore", "D211"], "--ignore: D211 cannot be left out"),
        (["--ignore", "F001"], "--ignore: F001 cannot be left out"),
        (["--extend-select", "nothing"], "there is no rule 'nothing'"),
        (["--severity", "D202"], "--severity is 'D202'"),
        (["--severity", "D202=fatal"], "--severity is 'D202=fatal'"),
        (["--severity", "N106=note"], "N106 cannot be lowered"),
        (["--severity", "Q=note"], "there is no rule 'Q'"),
        (["--report", "sarif"], "--report is 'sarif'"),
        (["--report", "pdf=x"], "--report is 'pdf=x'"),
        (["--report", "json=a", "--report", "sarif=./a"], "two outputs would be written to a"),
        (["--report", "json=nowhere/a"], "nowhere/a cannot be written"),
        (["--report", "json=."], ". cannot be written"),
        (["--fix", "--diff"], "--fix and --diff contradict each other"),
        (["--config", "x.toml", "--isolated"], "--config and --isolated contradict each other"),
        (["--config", "x.toml"], "x.toml: no such file or directory"),
        (["--baseline", "x.json"], "the baseline x.json: no such file or directory"),
        (["--baseline", "sound.toml"], "the baseline sound.toml"),
        (["--statistics", "-f", "sarif"], "--statistics has no format sarif"),
        (["--exclude", ""], "--exclude is '', which means no path"),
        (["--exclude", "../drafts/"], "--exclude is '../drafts/', which means no path"),
        (["--stdin-filename", "x.toml"], "--stdin-filename stands without -"),
        (["--patient", "weight=heavy"], "--patient weight is 'heavy'"),
        (["--patient", "mass=70"], "--patient has 'mass=70'"),
        (["--patient", "weight"], "--patient has 'weight'"),
        (["--patient", f"weight={'7' * 50}="], f"--patient weight is '{'7' * 40}'"),
        (["--patient", f"{'w' * 50}=1"], f"--patient has '{'w' * 40}'"),
        (["--patient", "weight=70,weight=71"], "--patient has 'weight=71'"),
        (["--patient", ""], "--patient says nothing"),
        (["--patient", "weight=700"], "weight is 700 kg"),
        (["--today", "tomorrow"], "--today is 'tomorrow'"),
        (["--today", "t" * 50], f"--today is '{'t' * 40}'"),
        (["--report", "x" * 70], f"--report is '{'x' * 60}'"),
        (["--scheduler", "tcp://head:8786"], "--scheduler is for rules that need virtual patients"),
        (["--patients", "500"], "--patients is for rules that need virtual patients"),
        (["--seed", "1"], "--seed is for rules that need virtual patients"),
        (["--uncertainty", "plausible"], "--uncertainty plausible is for rules that need virtual patients"),
        (["--since", "main", "--write-baseline", "k.json"], "--since and --write-baseline contradict each other"),
        (["--time-zone", "UTC"], "--time-zone stands without --start"),
        (["--start", "2026-11-02T10:00"], "--start needs --site"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    inside: Run, files: dict[str, str], arguments: list[str], said: str
) -> None:
    ran = inside("check", "sound.toml", QUICK, *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert re.search(rf"(?<![\w-]){re.escape(said)}", " ".join(ran.err.split()))
    assert "help:" in ran.err


def test_severities_count(lines: Run) -> None:
    assert ("warning.toml", "S301", "warning") in found(lines())
    ran = lines("--severity", "S301=error", "--severity", "S3=note")
    assert ("warning.toml", "S301", "error") in found(ran)
    assert ("error.toml", "S305", "note") in found(ran)
    assert lines("--severity", "ALL=note", "--ignore", "S").status == 1  # F004 is not lowered


# --- configuration --------------------------------------------------------------------------------------------------


def test_a_configuration_is_found_and_flags_win(lines: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.blinplan]\nignore = ["S305"]\nfail-on = "never"\nsimulate = false\n'
        '[tool.blinplan.per-file-ignores]\n"warn*.toml" = ["S301"]\n'
    )
    ran = lines()
    assert [code for _, code, _ in found(ran)] == ["F004", "N105"]
    assert (ran.status, "--fail-on never" in " ".join(ran.err.split())) == (0, True)
    assert lines("--fail-on", "error").status == 1
    assert ("error.toml", "S305", "error") in found(lines("--isolated"))
    assert ("error.toml", "S305", "error") in found(lines("--select", "S3"))  # a selection replaces
    (tmp_path / ".other.toml").write_text('select = ["S301"]\n')
    config = lines("--config", ".other.toml")
    assert {code for _, code, _ in found(config)} == {"S301", "F004"}


def test_a_broken_configuration_is_refused_with_all_its_faults(lines: Run, tmp_path: Path) -> None:
    (tmp_path / "blinplan.toml").write_text('selct = []\nignore = ["N106"]\npatients = "many"\n')
    ran = lines()
    assert (ran.status, ran.out) == (2, "")
    for said in ("blinplan.toml:1:1: there is no setting `selct`", "blinplan.toml:3:12: `patients` is the text"):
        assert said in " ".join(ran.err.split())


def test_a_changed_limit_is_shown_wherever_it_decides(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "blinplan.toml").write_text('[limits]\nstep_length = { value = 10, reason = "Protocol 7" }\n')
    (tmp_path / "a.toml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "b.toml").write_text(regimen_text(cycle()), encoding="utf-8")
    for form in CheckFormat:
        out = " ".join(inside("check", "a.toml", QUICK, "-f", form).out.replace("\\", "").split())
        assert "10 days (changed from 7)" in out, form
    passing = inside("check", "b.toml", QUICK)
    assert "changed to 10 days by blinplan.toml:2 (Protocol 7)" in " ".join(passing.err.split())


def test_settings_are_shown_with_who_set_them(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "blinplan.toml").write_text(
        'ignore = ["D205"]\npatients = 80\n[severity]\nD202 = "note"\n'
        '[limits]\nstep_length = { value = 5, reason = "Protocol 7" }\n[per-file-ignores]\n"err*" = ["S"]\n'
    )
    ran = inside("check", ".", "--show-settings", "--seed", "9", COLUMNS="200")
    assert ran.status == 0
    for said in ("blinplan.toml:2", "--seed", "default", "D205 (by blinplan.toml:1)", "D202 note", "Protocol 7"):
        assert said in ran.out
    document = inside("check", ".", "--show-settings", "-f", "json").json
    assert document["run"]["patients"] == {"value": 80, "set_by": "blinplan.toml:2"}
    assert document["run"]["seed"]["set_by"] == "default"
    assert set(document["files"]) == set(files)
    asked = document["files"]["sound.toml"]["asked"]
    assert "D205" not in asked
    assert "S301" in asked
    assert "S301" not in document["files"]["error.toml"]["asked"]
    assert document["files"]["sound.toml"]["severities"] == {"D202": "note"}


# --- fixing ---------------------------------------------------------------------------------------------------------


def test_fix_touches_only_what_it_names_and_twice_changes_nothing(inside: Run, tmp_path: Path) -> None:
    for name, text in (("slips.toml", SLIPS), ("sound.toml", SOUND), ("crlf.toml", SLIPS.replace("\n", "\r\n"))):
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "slips.toml").chmod(0o640)
    before = (tmp_path / "sound.toml").stat().st_mtime_ns
    first = inside("check", ".", QUICK, "--fix", "--ignore", "X")
    assert first.status == 0
    assert "fixed: N101 (2), N102 (2), N105 (2), N107 (2) in 2 files" in first.err
    assert (tmp_path / "slips.toml").read_bytes() == SOUND.encode()
    assert (tmp_path / "crlf.toml").read_bytes() == SOUND.replace("\n", "\r\n").encode()
    assert stat.S_IMODE((tmp_path / "slips.toml").stat().st_mode) == 0o640
    assert (tmp_path / "sound.toml").stat().st_mtime_ns == before
    times = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    second = inside("check", ".", QUICK, "--fix")
    assert "fixed: nothing" in second.err
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == times
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crlf.toml", "slips.toml", "sound.toml"]


def test_fix_follows_a_link_and_keeps_it(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text(SLIPS, encoding="utf-8")
    (tmp_path / "link.toml").symlink_to("real.toml")
    assert inside("check", "link.toml", QUICK, "--fix").status == 0
    assert (tmp_path / "link.toml").is_symlink()
    assert (tmp_path / "real.toml").read_text(encoding="utf-8") == SOUND


@pytest.mark.slow
def test_diff_shows_what_fix_would_do_and_does_nothing(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slips.toml").write_text(SLIPS, encoding="utf-8")
    ran = inside("check", "slips.toml", QUICK, "--diff")
    assert ran.status == 1
    assert ran.out.startswith("--- a/slips.toml\n+++ b/slips.toml\n@@")
    assert '-  { dose = "9.0 µg/d", days = 7 },\n' in ran.out
    assert '+  { dose = "9 mcg/day", days = 7 },\n' in ran.out
    assert (tmp_path / "slips.toml").read_text(encoding="utf-8") == SLIPS
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(SLIPS.encode())))
    assert inside("check", "-", QUICK, "--diff").status == 1
    inside("check", ".", QUICK, "--fix")
    again = inside("check", ".", QUICK, "--diff")
    assert (again.status, again.out) == (0, "")


def test_the_diff_is_one_that_patch_takes(inside: Run, tmp_path: Path) -> None:
    text = SLIPS.rstrip() + '\n# form feed \x0c and \u2028 are no line ends: "9.0 µg/d"'
    (tmp_path / "slips.toml").write_text(text.replace("\x0c", " "), encoding="utf-8")
    ran = inside("check", "slips.toml", QUICK, "--diff")
    (tmp_path / "a.diff").write_text(ran.out, encoding="utf-8")
    assert os.system(f"cd {tmp_path} && git apply a.diff") == 0  # noqa: S605
    assert "fixed: nothing" in inside("check", "slips.toml", QUICK, "--fix").err


def test_the_diff_of_a_file_without_a_last_line_end_is_one_that_patch_takes(inside: Run, tmp_path: Path) -> None:
    path = tmp_path / "probe.toml"
    for end in ("", "\n", "\n\n"):
        text = regimen_text(cycle(free=21, repeat=2)).rstrip() + end
        path.write_text(text, encoding="utf-8")
        waive = ("check", "probe.toml", QUICK, "--add-waiver", "S304", *WHY)
        (tmp_path / "a.diff").write_text(inside(*waive, "--diff").out, encoding="utf-8")
        assert inside(*waive).status == 0
        waived = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        assert os.system(f"cd {tmp_path} && git apply a.diff") == 0  # noqa: S605
        assert path.read_text(encoding="utf-8") == waived


@pytest.mark.slow
def test_fix_refuses_standard_input_and_leaves_shipped_regimens(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(SLIPS.encode())))
    ran = inside("check", "-", QUICK, "--fix")
    assert (ran.status, ran.out) == (2, "")
    assert "cannot write to standard input" in ran.err
    assert "fixed: nothing" in inside("check", "rr-adult", QUICK, "--fix").err


def test_a_shipped_regimen_is_not_written_to(inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / ".mine.toml"
    shipped.write_text(SLIPS, encoding="utf-8")
    monkeypatch.setattr(library, "paths", lambda: {"mine": shipped})
    assert "fixed: nothing" in inside("check", "mine", QUICK, "--fix").err
    assert shipped.read_text(encoding="utf-8") == SLIPS


def test_a_file_that_cannot_be_written_stays(inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slips.toml").write_text(SLIPS, encoding="utf-8")

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    ran = inside("check", "slips.toml", QUICK, "--fix")
    assert ran.status == 2
    assert "permission denied" in " ".join(ran.err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["slips.toml"]
    assert (tmp_path / "slips.toml").read_text(encoding="utf-8") == SLIPS


# --- baseline -------------------------------------------------------------------------------------------------------


def test_a_baseline_covers_what_was_there_and_nothing_new(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "faulty.toml").unlink()
    first = inside("check", ".", QUICK, "--write-baseline", "known.json")
    assert first.status == 0
    assert "known.json: 3 findings listed" in first.err
    listed = json.loads((tmp_path / "known.json").read_text())["findings"]
    assert [(entry["path"], entry["rule"]) for entry in listed] == [
        ("error.toml", "S305"),
        ("note.toml", "N105"),
        ("warning.toml", "S301"),
    ]
    ran = inside("check", ".", QUICK, "--baseline", "known.json", "--fail-on", "warning")
    assert ran.status == 0
    assert "3 findings in the baseline" in ran.err
    assert "in baseline[S305]" in ran.out
    worse = files["error.toml"].replace("hours = 24", "hours = 23")
    (tmp_path / "error.toml").write_text("# moved down\n\n" + worse, encoding="utf-8")
    changed = inside("check", ".", QUICK, "--baseline", "known.json")
    assert changed.status == 1
    assert "error[S305]" in changed.out
    assert "in the baseline, and found no more: 1 (S305)" in " ".join(changed.err.split())


@pytest.mark.parametrize("option", ["--write-baseline={}", "--report=json={}"])
@pytest.mark.parametrize("read", ["a.toml", "drafts/b.toml", "blinplan.toml", "link.json"])
def test_nothing_that_is_read_is_written_over(inside: Run, tmp_path: Path, option: str, read: str) -> None:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "blinplan.toml").write_text('exclude = ["drafts/"]\n')
    for name in ("a.toml", "drafts/b.toml"):
        (tmp_path / name).write_text(regimen_text(cycle(free=21)))
    (tmp_path / "link.json").symlink_to("a.toml")
    before = (tmp_path / read).read_text()
    ran = inside("check", ".", "--no-simulate", "--fix", option.format(read))
    assert (ran.status, (tmp_path / read).read_text()) == (2, before)
    assert read in ran.err


@pytest.mark.parametrize("name", ["", "."])
def test_a_baseline_without_a_name_is_refused(inside: Run, files: dict[str, str], name: str) -> None:
    assert inside("check", "sound.toml", "--no-simulate", f"--write-baseline={name}").status == 2


def test_a_baseline_takes_the_place_of_a_baseline_only(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(regimen_text(cycle(free=21)))
    (tmp_path / "k.json").write_text('{"mine": 1}')
    listing = ("check", "a.toml", "--no-simulate", "--write-baseline=k.json")
    assert inside(*listing).status == 2
    assert (tmp_path / "k.json").read_text() == '{"mine": 1}'
    (tmp_path / "k.json").unlink()
    assert [inside(*listing).status, inside(*listing, "--baseline=k.json").status] == [0, 0]


def test_a_baseline_of_the_first_version_says_how_to_write_it_anew(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "probe.toml").write_text(regimen_text(cycle(free=21, repeat=2)), encoding="utf-8")
    inside("check", "probe.toml", QUICK, "--write-baseline", "known.json")
    (entry,) = json.loads((tmp_path / "known.json").read_text())["findings"]
    old = {key: entry[key] for key in ("path", "rule", "message")}
    old |= {"pointer": "/cycle/0/treatment_free_days", "text": "21"}
    document = {"format": "blinplan-baseline", "version": 1, "findings": [old]}
    (tmp_path / "known.json").write_text(json.dumps(document))
    ran = inside("check", "probe.toml", QUICK, "--baseline", "known.json", "--fail-on", "warning")
    assert ran.status == 0
    assert "known.json is of the first version" in " ".join(ran.err.split())
    (tmp_path / "probe.toml").rename(tmp_path / "b.toml")
    assert inside("check", "b.toml", QUICK, "--baseline", "known.json", "--fail-on", "warning").status == 1


def test_a_baseline_that_does_not_say_what_it_was_made_with_holds_as_well(
    inside: Run, files: dict[str, str], tmp_path: Path
) -> None:
    inside("check", "error.toml", QUICK, "--write-baseline", "known.json")
    written = json.loads((tmp_path / "known.json").read_text())
    assert written.pop("manifest")["blinplan"] == __version__
    assert inside("check", "error.toml", QUICK).status == 1
    assert inside("check", "error.toml", QUICK, "--baseline", "known.json").status == 0
    (tmp_path / "known.json").write_text(json.dumps(written))
    assert inside("check", "error.toml", QUICK, "--baseline", "known.json").status == 0


def test_a_baseline_holds_from_anywhere_and_from_the_configuration(
    inside: Run, files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside("check", "error.toml", QUICK, "--write-baseline", "known.json")
    (tmp_path / "blinplan.toml").write_text('baseline = "known.json"\n')
    assert inside("check", "error.toml", QUICK).status == 0
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert inside("check", "../error.toml", QUICK).status == 0


def test_a_binding_rule_has_no_place_in_a_baseline(inside: Run, tmp_path: Path) -> None:
    text = regimen_text(cycle("9000 mcg/day for 28 days"), called="a")
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    (tmp_path / "b.toml").write_text("= 1", encoding="utf-8")
    ran = inside("check", ".", QUICK, "--write-baseline", "known.json")
    assert ran.status == 1
    assert "0 findings listed" in ran.err
    entry = {"path": "a.toml", "rule": "N106", "pointer": "/cycle/0/steps/0/dose", "text": '"9000 mcg/day"'}
    document = {"format": "blinplan-baseline", "version": 1, "findings": [{**entry, "message": ""}]}
    (tmp_path / "known.json").write_text(json.dumps(document))
    assert inside("check", "a.toml", QUICK, "--baseline", "known.json").status == 1


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"format": "blinplan-baseline", "version": 3, "findings": []}', "[" * 100_000, "\udcff"],
)
def test_a_file_that_is_no_baseline_is_refused(inside: Run, files: dict[str, str], tmp_path: Path, text: str) -> None:
    (tmp_path / "known.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    ran = inside("check", "sound.toml", QUICK, "--baseline", "known.json")
    assert (ran.status, ran.out) == (2, "")
    assert "the baseline known.json" in ran.err


def test_a_baseline_of_a_later_version_is_called_so(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "known.json").write_text('{"format": "blinplan-baseline", "version": 3, "findings": []}')
    said = " ".join(inside("check", "sound.toml", QUICK, "--baseline", "known.json").err.split())
    assert "it is of version 3, which a later blinplan wrote; this one reads 1 to 2" in said


@pytest.mark.parametrize("key", ["baseline", "site"])
@pytest.mark.parametrize("text", [None, "= 1"])
def test_a_file_that_a_configuration_names_is_refused_with_the_line_that_names_it(
    inside: Run, tmp_path: Path, key: str, text: str | None
) -> None:
    (tmp_path / "a.toml").write_text(regimen_text(cycle()), encoding="utf-8")
    (tmp_path / "blinplan.toml").write_text(f'seed = 1\n{key} = "{{x}}.y"\n', encoding="utf-8")
    if text is not None:
        (tmp_path / "{x}.y").write_text(text, encoding="utf-8")
    ran = inside("check", "a.toml", QUICK)
    assert (ran.status, ran.out) == (2, "")
    said = " ".join(ran.err.split())
    assert "error: blinplan.toml:2: " in said
    assert "{x}.y" in said
    named = " ".join(inside("check", "a.toml", QUICK, f"--{key}", "{x}.y").err.split())
    assert "blinplan.toml" not in named
    assert "--" not in named.partition(" help: ")[0], "who typed the option knows it"


# --- waivers --------------------------------------------------------------------------------------------------------

WHY = ("--reason", "Amendment 3 allows 21 days")


def test_a_waiver_is_written_shown_and_refused(inside: Run, tmp_path: Path) -> None:
    path = tmp_path / "probe.toml"
    path.write_text(regimen_text(cycle(free=21, repeat=2)), encoding="utf-8")
    before = path.read_text()
    shown = inside("check", "probe.toml", QUICK, "--add-waiver", "S304", *WHY, "--diff")
    assert shown.status == 1
    assert "+value = 21" in shown.out
    assert path.read_text() == before
    ran = inside(
        "check", "probe.toml", QUICK, "--add-waiver", "S304", *WHY, "--expires", "2099-01-01", "--fail-on", "warning"
    )
    assert ran.status == 0
    assert 'probe.toml: S304 at cycle "Cycle" treatment_free_days, for 21' in ran.err
    assert "expires = 2099-01-01" in path.read_text()
    path.write_text(path.read_text().replace("free_days = 21", "free_days = 30"))
    voided = inside("check", "probe.toml", QUICK, "-f", "concise", "--fail-on", "warning")
    assert voided.status == 1
    assert [line.split()[1] for line in voided.out.splitlines()] == ["S304", "W907"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--add-waiver", "S304"], "--add-waiver needs --reason"),
        (["--add-waiver", "S304", "--reason", " "], "--add-waiver needs --reason"),
        (["--add-waiver", "S304", "--reason", "\u200b \u00ad"], "--add-waiver needs --reason"),
        (["--add-waiver", "S304", "--reason", "as agreed\udcff"], "--reason is not UTF-8 text"),
        (["--add-waiver", "N106", *WHY], "N106 cannot be waived"),
        (["--add-waiver", "W902", *WHY], "W902 cannot be waived"),
        (["--add-waiver", "S999", *WHY], "there is no rule 'S999'"),
        (["--add-waiver", "S303", *WHY], "no waiver of S303 was written"),
        (["--add-waiver", "S304", *WHY, "--expires", "2020-01-01"], "--expires is over"),
        (["--add-waiver", "S304", *WHY, "--expires", "soon"], "--expires is 'soon'"),
        (["--add-waiver", "S304", *WHY, "--fix"], "two changes"),
        ([*WHY], "--reason stands without --add-waiver"),
        (["--expires", "2099-01-01"], "--expires stands without --add-waiver"),
        ([*WHY, "--expires", "2099-01-01"], "--reason stands without --add-waiver"),
    ],
)
def test_what_cannot_be_waived_is_refused(inside: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    path = tmp_path / "probe.toml"
    path.write_text(regimen_text(cycle(free=21, repeat=2)), encoding="utf-8")
    before = path.read_text()
    ran = inside("check", "probe.toml", QUICK, *arguments)
    assert ran.status == 2
    assert re.search(rf"(?<![\w-]){re.escape(said)}", " ".join(ran.err.split()))
    assert path.read_text() == before


# --- output ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_report_files_are_written_beside_what_is_shown(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    arguments = [part for form in CheckFormat for part in ("--report", f"{form}=out.{form}")]
    shown = inside("check", ".", QUICK, "-f", "concise", "--today", "2026-03-01", *arguments).out
    for form in CheckFormat:
        alone = inside("check", ".", QUICK, "-f", form, "--today", "2026-03-01", "--color", "never", COLUMNS="100")
        assert (tmp_path / f"out.{form}").read_text(encoding="utf-8") == alone.out, form
    assert shown == (tmp_path / "out.concise").read_text(encoding="utf-8")


def test_github_gets_a_summary_of_the_step(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    inside("check", ".", QUICK, "-f", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text(encoding="utf-8").startswith("before\n# Regimens checked by blinplan\n")


def test_statistics_count_by_rule(inside: Run, files: dict[str, str]) -> None:
    ran = inside("check", ".", QUICK, "--statistics")
    assert ran.status == 1
    assert "S301" in ran.out
    assert "^" not in ran.out
    document = inside("check", ".", QUICK, "--statistics", "-f", "json").json
    assert [(rule["rule"], rule["findings"], rule["fixable"]) for rule in document["rules"]] == [
        ("F004", 1, 0),
        ("N105", 1, 1),
        ("S301", 1, 0),
        ("S305", 1, 0),
        ("L010", 0, 0),
    ]


def test_a_patient_is_checked_with_the_own_figures(inside: Run) -> None:
    ran = inside("check", "rr-adult", QUICK, "--patient", "weight=38,height=140")
    assert ran.status == 1
    assert "error[D211] the patient weighs 38 kg, and the regimen is for 45 kg and over" in " ".join(ran.out.split())
    assert "rr-below-45-kg" in ran.out
    assert inside("check", "rr-below-45-kg", QUICK, "--patient", "weight=38,height=140").status == 0
    figure = inside("check", "nhl-5", QUICK, "--patient", "weight=70,bsa=1.8", "--select", "D202", COLUMNS="120")
    assert "5 mcg/m²/day is 9 mcg/day at 1.800 m² (given)" in figure.out
    unknown = inside("check", "rr-below-45-kg", QUICK, "--patient", "height=140")
    assert unknown.status == 2
    assert "undecided" in unknown.err


WARD = 'site = 1\nname = "Ward 7"\nchange_time = "10:00"\nbag = [{ hours = 48 }]\n'
RECORD = (
    'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n\n[[interruption]]\n'
    'stopped = 2026-03-05T10:00:00Z\ncause = "cytokine-release-syndrome"\ngrade = 3\ncycle = 1\n'
    'restarted = 2026-03-07T10:00:00Z\nrestart_dose = "28 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"\n'
)


def test_a_site_is_checked_by_the_option_or_the_configuration(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(regimen_text(cycle("28 mcg/day for 27 days")), encoding="utf-8")
    (tmp_path / ".ward.toml").write_text(WARD)
    assert "A701" not in inside("check", "r.toml", QUICK).out
    ran = inside("check", "r.toml", QUICK, "--site", ".ward.toml")
    assert "warning[A701] this step lasts 27 d" in ran.out
    (tmp_path / "blinplan.toml").write_text('site = ".ward.toml"\n')
    assert "A701" in inside("check", "r.toml", QUICK).out
    for path, said in (("nowhere", "no such file"), ("r.toml", "r.toml is not a site profile")):
        refused = inside("check", "r.toml", QUICK, "--site", path)
        assert (refused.status, refused.out) == (2, "")
        assert said in refused.err
    (tmp_path / ".ward.toml").write_text(WARD.replace("hours", "hour"))
    broken = inside("check", "r.toml", QUICK)
    assert (broken.status, "F002" in broken.err) == (2, True)


def test_records_and_sites_are_checked_as_files(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "patient-1.toml").write_text(RECORD)
    (tmp_path / "ward.toml").write_text(WARD.replace("hours = 48", "hours = 0"))
    ran = inside("check", ".", "-f", "concise")
    assert ran.status == 1
    assert [line.split(" ")[1] for line in ran.out.splitlines()] == ["I801", "F004"]
    assert "patient-1.toml:11:16: I801 error the infusion was restarted at 28 mcg/day" in ran.out
    (tmp_path / "rr-adult.toml").write_text(regimen_text(cycle()), encoding="utf-8")  # the one beside goes first
    assert "I801" in inside("check", "patient-1.toml", "-f", "concise").out


@pytest.mark.parametrize("of", ["regimen", "record", "site", "report"])
def test_a_schema_is_printed_for_every_kind_of_file(inside: Run, of: str) -> None:
    schema = inside("schema", of).json
    meta.validate(schema)
    example = {"record": RECORD, "site": WARD}.get(of)
    if example:
        values = tomli.loads(example)
        text = json.loads(json.dumps(values, default=lambda value: value.isoformat()))
        Draft202012Validator(schema).validate(text)
        assert not Draft202012Validator(schema).is_valid({**text, "other": 1})


def test_an_empty_folder_is_an_error_unless_it_is_allowed(inside: Run, tmp_path: Path) -> None:
    assert inside("check", ".").status == 2
    ran = inside("check", ".", "--allow-empty")
    assert (ran.status, "0 regimens" in ran.err) == (0, True)
    assert inside("check", "nowhere", "--allow-empty").status == 2


def test_files_come_in_the_order_of_their_paths(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "z.toml").write_text(files["sound.toml"], encoding="utf-8")
    named = ["warning.toml", "rr-adult", "deep", "error.toml", "mrd-adult"]
    document = inside("check", *named, QUICK, "-f", "json").json
    paths = [file["path"] for file in document["files"]]
    assert paths == ["deep/z.toml", "error.toml", "warning.toml", "mrd-adult", "rr-adult"]


def test_every_rule_is_reached_from_the_command_line(inside: Run) -> None:
    codes = [rule["code"] for rule in inside("rules", "-f", "json").json["rules"]]
    assert codes == list(CATALOGUE)


# --- simulation, kept and side by side -------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache of the platform without an outcome in it; the engine is not compiled again for it."""
    folder = tmp_path / ".cache"
    (folder / "blinplan").mkdir(parents=True)
    (folder / "blinplan" / "compiled").symlink_to(cache_folder().parent)
    return folder


@pytest.mark.slow
def test_an_unchanged_regimen_is_not_simulated_again(inside: Run, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND, encoding="utf-8")
    arguments = ("check", "a.toml", "-f", "json", "--patients", "60", "--today", "2026-03-01")

    def checked(*more: str) -> Ran:
        return inside(*arguments, *more, XDG_CACHE_HOME=str(cache))

    first = checked()
    kept = {path: path.stat().st_mtime_ns for path in (cache / "blinplan" / "outcomes").rglob("*.json")}
    assert kept
    (tmp_path / "a.toml").write_text(f"# a comment\n{SOUND}".replace("title = ", "title   =  "), encoding="utf-8")
    second = process(*arguments, folder=tmp_path, XDG_CACHE_HOME=str(cache))
    assert {path: path.stat().st_mtime_ns for path in (cache / "blinplan" / "outcomes").rglob("*.json")} == kept
    simulated = [run.json["files"][0]["simulated"] for run in (first, second, checked("--no-cache"))]
    assert simulated[0] == simulated[1] == simulated[2]
    checked("--seed", "2")
    more = list((cache / "blinplan" / "outcomes").rglob("*.json"))
    assert len(more) > len(kept)
    (tmp_path / "a.toml").write_text(SOUND.replace("days = 21", "days = 22"), encoding="utf-8")
    checked()
    assert len(list((cache / "blinplan" / "outcomes").rglob("*.json"))) > len(more)


@pytest.mark.slow
def test_without_a_cache_nothing_is_kept_and_a_broken_one_does_no_harm(
    inside: Run, tmp_path: Path, cache: Path
) -> None:
    (tmp_path / "a.toml").write_text(SOUND, encoding="utf-8")
    arguments = ("check", "a.toml", "-f", "json", "--patients", "60", "--today", "2026-03-01")
    first = inside(*arguments, "--no-cache", XDG_CACHE_HOME=str(cache))
    assert not (cache / "blinplan" / "outcomes").exists()
    assert inside(*arguments, XDG_CACHE_HOME=str(cache)).out == first.out
    for path in (cache / "blinplan" / "outcomes").rglob("*.json"):
        path.write_text('{"population": 1}')
    assert inside(*arguments, XDG_CACHE_HOME=str(cache)).out == first.out
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    assert inside(*arguments, XDG_CACHE_HOME=str(blocked)).out == first.out


@pytest.mark.nightly
@pytest.mark.slow
def test_a_folder_is_simulated_side_by_side_with_the_same_result(inside: Run, tmp_path: Path, cache: Path) -> None:
    import resource

    for number in range(3):
        text = regimen_text(cycle(free=14 + number, repeat=2), called=f"r{number}")
        (tmp_path / f"r{number}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "faulty.toml").write_text("= 1", encoding="utf-8")
    folder = process("check", ".", "-f", "json", "--patients", "60", folder=tmp_path, XDG_CACHE_HOME=str(cache))
    assert folder.status == 1
    assert "Traceback" not in folder.err
    files = folder.json["files"]
    assert [file["path"] for file in files] == ["faulty.toml", *(f"r{number}.toml" for number in range(3))]
    for file in files:
        one = ("check", file["path"], "-f", "json", "--patients", "60", "--no-cache")
        (alone,) = inside(*one).json["files"]
        for judged in (alone, file):  # what looks at other files has none to look at
            judged["verdicts"] = [verdict for verdict in judged["verdicts"] if verdict["rule"][0] != "X"]
        assert alone == file
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    again = process("check", ".", "-f", "json", "--patients", "60", folder=tmp_path, XDG_CACHE_HOME=str(cache))
    assert again.out == folder.out
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 3


def test_waivers_are_heard_in_a_folder_too(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(regimen_text(cycle(free=21, repeat=2), called="a") + FREE, encoding="utf-8")
    ran = inside("check", ".", QUICK, "--fail-on", "warning")
    assert (ran.status, "2 waived" in ran.err) == (0, True)


def test_the_configuration_that_all_files_share_decides_the_run(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "blinplan.toml").write_text('fail-on = "warning"\n')
    (tmp_path / "team" / "a.toml").write_text(regimen_text(cycle("28 mcg/day for 27 days")), encoding="utf-8")
    assert inside("check", "team", QUICK).status == 1
    (tmp_path / "blinplan.toml").write_text("")
    assert inside("check", "team", QUICK).status == 1  # the folder it runs in has one of its own, and no say in this


def test_a_baseline_does_not_hide_what_got_worse_elsewhere(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        regimen_text(cycle("6 mcg/day for 7 days", "28 mcg/day for 21 days")), encoding="utf-8"
    )
    inside("check", ".", QUICK, "--write-baseline", "known.json")
    assert inside("check", ".", QUICK, "--baseline", "known.json", "--fail-on", "warning").status == 0
    (tmp_path / "a.toml").write_text(
        regimen_text(cycle("3 mcg/day for 7 days", "28 mcg/day for 21 days")), encoding="utf-8"
    )
    assert inside("check", ".", QUICK, "--baseline", "known.json", "--fail-on", "warning").status == 1


def test_what_could_not_be_read_is_not_called_checked(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("= 1", encoding="utf-8")
    ran = inside("check", ".", QUICK, "--fail-on", "never")
    assert (ran.status, "exit 0: what could be read was checked, and nothing counts" in ran.err) == (0, True)
    (tmp_path / "a.toml").write_text(SOUND, encoding="utf-8")
    assert "exit 0: everything that was asked was checked" in inside("check", ".", QUICK).err
    whole = inside("check", ".", "--patients", "60")
    assert "everything was checked" in whole.err or whole.status == 2
