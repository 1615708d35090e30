"""The settings of each file's own folder decide about that file, what counts included."""

import json
from pathlib import Path

import pytest

from tests.collection.grid import pairs_of
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

QUICK = "--no-simulate"
SOUND = regimen_text(cycle())
TEXTS = {
    "note": regimen_text(cycle("28 mcg/d for 28 days")),
    "warning": regimen_text(cycle("28 mcg/day for 27 days")),
    "error": regimen_text(cycle("9 mcg/day for 24 hours", "28 mcg/day for 648 hours")),
}
RANK = {"note": 0, "warning": 1, "error": 2, "never": 3}
OTHER = "[project]\nx = 1\n"
UNKNOWN = SOUND.replace("title =", 'titel = "x"\ntitle =')


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace('"probe"', f'"{path.stem}"'), encoding="utf-8")


def fail_on(level: str | None) -> str:
    return "" if level is None else f'fail-on = "{level}"\n'


# --- fail-on --------------------------------------------------------------------------------------------------------

LEVELS = (None, "error", "warning", "never")


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "found"), pairs_of(LEVELS, LEVELS, ["warning", "error"]))
def test_what_counts_in_a_folder_is_what_its_own_configuration_says(
    inside: Run, tmp_path: Path, first: str | None, second: str | None, found: str
) -> None:
    for folder, level in (("a", first), ("b", second)):
        write(tmp_path, {f"{folder}/blinplan.toml": fail_on(level), f"{folder}/x.toml": TEXTS[found]})
    ran = inside("check", "a/", "b/", QUICK, "-f", "json")
    counts = [RANK[found] >= RANK[level or "error"] for level in (first, second)]
    assert ran.status == int(any(counts))
    for file, level, expected in zip(ran.json["files"], (first, second), counts, strict=True):
        verdicts = [verdict for verdict in file["verdicts"] if verdict["outcome"] == "finding"]
        findings = [finding for verdict in verdicts for finding in verdict["findings"]]
        assert [finding["counts"] for finding in findings if finding["severity"] == found] == [expected]
        folder = file["path"].split("/")[0]
        assert file["fail_on"] == {
            "level": level or "error",
            "set_by": "default" if level is None else f"{folder}/blinplan.toml:1",
        }
        assert file["configuration"].endswith(f"{folder}/blinplan.toml")


def test_the_command_line_decides_over_every_folder(inside: Run, tmp_path: Path) -> None:
    write(tmp_path, {"a/blinplan.toml": fail_on("warning"), "a/x.toml": TEXTS["warning"], "b/x.toml": SOUND})
    assert inside("check", "a", "b", QUICK).status == 1
    ran = inside("check", "a", "b", QUICK, "--fail-on", "error", "-f", "json")
    assert ran.status == 0
    assert {file["fail_on"]["set_by"] for file in ran.json["files"]} == {"--fail-on"}


@pytest.mark.parametrize(("found", "of_run", "status"), [("warning", "warning", 1), ("error", "never", 1)])
def test_a_folder_that_is_silent_is_never_judged_more_laxly_for_another_folder(
    inside: Run, tmp_path: Path, found: str, of_run: str, status: int
) -> None:
    write(tmp_path, {"blinplan.toml": fail_on(of_run), "b/blinplan.toml": "seed = 3\n", "b/x.toml": TEXTS[found]})
    assert inside("check", "b", QUICK).status == status


def test_the_reason_says_what_counts_where(inside: Run, tmp_path: Path) -> None:
    write(tmp_path, {"a/blinplan.toml": fail_on("warning"), "a/x.toml": TEXTS["warning"], "b/x.toml": SOUND})
    said = inside("check", "a", "b", QUICK).err
    assert "exit 1: 1 warning (--fail-on error in 1 file, warning in 1 file)" in said
    assert "exit 1: 1 warning (--fail-on warning)" in inside("check", "a", QUICK).err


def test_junit_fails_where_the_folder_of_the_file_says_so(inside: Run, tmp_path: Path) -> None:
    write(tmp_path, {"a/blinplan.toml": fail_on("warning")} | {f"{name}/x.toml": TEXTS["warning"] for name in "ab"})
    assert inside("check", "a", "b", QUICK, "-f", "junit").out.count("<failure") == 1


def test_lines_say_what_counts(inside: Run, tmp_path: Path) -> None:
    write(tmp_path, {"a/blinplan.toml": fail_on("warning")} | {f"{name}/x.toml": TEXTS["warning"] for name in "ab"})
    lines = [json.loads(line) for line in inside("check", "a", "b", QUICK, "-f", "jsonl").out.splitlines()]
    assert [line["counts"] for line in lines if line.get("severity") == "warning" and line["rule"] == "S301"] == [
        True,
        False,
    ]


# --- the other settings of a run ------------------------------------------------------------------------------------


def test_each_folder_has_its_own_baseline(inside: Run, tmp_path: Path) -> None:
    for folder, code in (("a", "warning"), ("b", "error")):
        write(tmp_path, {f"{folder}/x.toml": TEXTS[code], f"{folder}/blinplan.toml": 'baseline = "known.json"\n'})
        inside("check", folder, QUICK, "--write-baseline", f"{folder}/known.json")
    assert inside("check", "a", "b", QUICK, "--fail-on", "warning").status == 0
    (tmp_path / "b" / "blinplan.toml").write_text("")
    ran = inside("check", "a", "b", QUICK, "--fail-on", "warning", "-f", "concise")
    assert ran.status == 1
    assert {line.split(":")[0] for line in ran.out.splitlines()} == {"b/x.toml"}


def test_what_a_folder_s_baseline_lists_counts_in_another_folder(inside: Run, tmp_path: Path) -> None:
    """A file that has gone there is not taken for one that has another name: its folder has accepted nothing."""
    write(tmp_path, {"a/x.toml": TEXTS["warning"], "a/blinplan.toml": 'baseline = "known.json"\n', "b/y.toml": ""})
    inside("check", "a", QUICK, "--write-baseline", "a/known.json")
    (tmp_path / "a/x.toml").rename(tmp_path / "b/x.toml")
    write(tmp_path, {"a/z.toml": regimen_text(cycle(repeat=2), called="z")})
    ran = inside("check", "a", "b/x.toml", QUICK, "--fail-on", "warning", "-f", "concise")
    assert (ran.status, [line.split(":")[0] for line in ran.out.splitlines()]) == (1, ["b/x.toml"])


def test_each_folder_says_whether_it_is_simulated(inside: Run, tmp_path: Path) -> None:
    for folder, simulate in (("a", "true"), ("b", "false")):
        text = f"simulate = {simulate}\npatients = 20\n"
        write(tmp_path, {f"{folder}/x.toml": SOUND, f"{folder}/blinplan.toml": text})
    files = inside("check", "a", "b", "--no-cache", "-f", "json").json["files"]
    assert [file["simulated"] is not None for file in files] == [True, False]


@pytest.mark.parametrize("key", ["site", "baseline"])
def test_a_file_that_a_configuration_names_and_no_system_has_is_refused(inside: Run, tmp_path: Path, key: str) -> None:
    """A site of such a name ended in a fault of the program."""
    (tmp_path / "blinplan.toml").write_text(f'{key} = "a\\u0000b"\n', encoding="utf-8")
    (tmp_path / "a.toml").write_text(regimen_text(cycle("28 mcg/day for 28 days")), encoding="utf-8")
    ran = inside("check", ".", "--no-simulate")
    assert ran.status == 2
    assert "a\\x00b" in ran.err
    assert "fault" not in ran.err


def test_each_folder_has_its_own_site(inside: Run, tmp_path: Path) -> None:
    site = 'site = 1\nname = "Ward 5"\n[[bag]]\nhours = 24\nfill_ml = 270\n'
    write(
        tmp_path,
        {
            "a/x.toml": SOUND,
            "b/x.toml": SOUND,
            "ward/ward.toml": site,
            "a/blinplan.toml": 'site = "../ward/ward.toml"\n',
        },
    )
    files = inside("check", "a", "b", QUICK, "-f", "json").json["files"]
    asked = [{v["rule"] for v in file["verdicts"] if v["outcome"] != "not evaluated"} for file in files]
    assert {code[0] for code in asked[0] - asked[1]} == {"A"}


def test_settings_are_shown_for_each_folder_with_its_configuration(inside: Run, tmp_path: Path) -> None:
    write(tmp_path, {"blinplan.toml": "seed = 5\n", "a/x.toml": SOUND, "b/x.toml": SOUND})
    write(tmp_path, {"b/blinplan.toml": fail_on("warning")})
    said = inside("check", ".", "--show-settings", COLUMNS="200").out
    assert "fail-on: warning (by b/blinplan.toml:1)" in said
    files = inside("check", ".", "--show-settings", "-f", "json").json["files"]
    assert files["a/x.toml"]["run"]["fail-on"] == {"value": "error", "set_by": "default"}
    assert files["b/x.toml"]["run"]["fail-on"] == {"value": "warning", "set_by": "b/blinplan.toml:1"}
    assert files["b/x.toml"]["configuration"].endswith("b/blinplan.toml")


# --- for some files -------------------------------------------------------------------------------------------------


def test_one_table_holds_all_that_is_set_for_some_files(inside: Run, tmp_path: Path) -> None:
    text = """
[per-file."trials/**"]
fail-on = "warning"
ignore = ["D205"]
severity = { S301 = "note" }
limits = { step_length = { value = 3, reason = "Protocol 9" } }
"""
    short = regimen_text(cycle("9 mcg/day for 4 days", "28 mcg/day for 24 days"))
    write(tmp_path, {"blinplan.toml": text})
    write(
        tmp_path, {f"{folder}/{name}.toml": text for folder in ("trials/deep", "ward") for name, text in TEXTS.items()}
    )
    write(tmp_path, {"trials/short.toml": short, "ward/short.toml": short})
    files = {file["path"]: file for file in inside("check", ".", QUICK, "-f", "json").json["files"]}
    found = {
        path: {f"{v['rule']} {finding['severity']}" for v in file["verdicts"] for finding in v["findings"]}
        for path, file in files.items()
    }
    assert "S301 note" in found["trials/deep/warning.toml"]
    assert "S301 warning" in found["ward/warning.toml"]
    assert not any(code.startswith("S306") for code in found["trials/short.toml"])
    assert any(code.startswith("S306") for code in found["ward/short.toml"])
    assert files["trials/deep/error.toml"]["fail_on"] == {"level": "warning", "set_by": "blinplan.toml:3"}
    assert files["ward/error.toml"]["fail_on"]["level"] == "error"
    left_out = {v["rule"]: v["not_evaluated"] for v in files["trials/deep/note.toml"]["verdicts"] if v["not_evaluated"]}
    assert "blinplan.toml:4 (ignore D205)" in left_out["D205"]["reason"]


# --- files that are no regimens -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("form", ["per-file-ignores", "per-file"])
@pytest.mark.parametrize("codes", ['["F"]', '["F001", "F002", "F003", "F004"]', '["unknown-key", "missing-key"]'])
def test_a_file_that_is_no_regimen_can_be_told_apart_and_never_passes(
    inside: Run, tmp_path: Path, form: str, codes: str
) -> None:
    setting = {
        "per-file-ignores": f'[per-file-ignores]\n"tools/" = {codes}\n',
        "per-file": f'[per-file."tools/*.toml"]\nignore = {codes}\n',
    }[form]
    write(tmp_path, {"blinplan.toml": setting, "tools/x.toml": OTHER, "y.toml": SOUND})
    ran = inside("check", ".", QUICK, "-f", "json")
    assert ran.status == 0
    outcomes = {file["path"]: {v["outcome"] for v in file["verdicts"]} for file in ran.json["files"]}
    assert outcomes["tools/x.toml"] == {"not evaluated"}
    assert "pass" in outcomes["y.toml"]
    assert "1 regimen and 1 file not judged" in ran.err
    each = {
        '["F"]': "F002, F003 left out by blinplan.toml:2 (ignore F)",
        '["F001", "F002", "F003", "F004"]': "F002 left out by blinplan.toml:2 (ignore F002); F003 left out by"
        " blinplan.toml:2 (ignore F003)",
        '["unknown-key", "missing-key"]': "F002 left out by blinplan.toml:2 (ignore unknown-key); F003 left out by"
        " blinplan.toml:2 (ignore missing-key)",
    }[codes]
    assert f"the file is not read as a regimen: {each}" in " ".join(ran.err.split())
    (tmp_path / "y.toml").write_text(OTHER)
    assert inside("check", ".", QUICK).status == 1
    alone = inside("check", "tools", QUICK)
    assert (alone.status, "no file was judged, as the configuration says" in alone.err) == (2, True)


def test_a_problem_that_is_not_left_out_still_counts(inside: Run, tmp_path: Path) -> None:
    write(tmp_path, {"blinplan.toml": '[per-file-ignores]\n"x.toml" = ["F003"]\n', "x.toml": OTHER})
    ran = inside("check", "x.toml", QUICK, "-f", "concise")
    assert ran.status == 1
    assert [line.split()[1] for line in ran.out.splitlines()] == ["F002"]


def test_an_unknown_key_is_a_warning_in_a_folder_of_drafts(inside: Run, tmp_path: Path) -> None:
    text = '[per-file."drafts/**"]\nseverity = { F002 = "warning" }\n'
    write(tmp_path, {"blinplan.toml": text, "drafts/x.toml": UNKNOWN, "x.toml": UNKNOWN})
    assert inside("check", "x.toml", QUICK).status == 1
    draft = inside("check", "drafts", QUICK, "-f", "concise")
    assert draft.status == 0
    assert "F002 warning" in draft.out
    assert "everything was checked" not in draft.err
    assert inside("check", "drafts", QUICK, "--fail-on", "warning").status == 1


@pytest.mark.parametrize(
    "text",
    [
        'ignore = ["F002"]',
        '[severity]\nF002 = "warning"',
        '[per-file-ignores]\n"*" = ["F007"]',
        '[per-file-ignores]\n"*" = ["F008"]',
        '[per-file."*"]\nignore = ["N106"]',
        '[per-file."*"]\nseverity = { F008 = "note" }',
        '[per-file."*"]\nseverity = { D211 = "warning" }',
    ],
)
def test_what_binds_cannot_be_left_out_or_lowered(inside: Run, tmp_path: Path, text: str) -> None:
    write(tmp_path, {"blinplan.toml": text, "x.toml": SOUND})
    ran = inside("check", "x.toml", QUICK)
    assert ran.status == 2
    assert "cannot be left out" in ran.err or "cannot be lowered" in ran.err


def test_leaving_all_codes_of_reading_out_leaves_those_that_bind(inside: Run, tmp_path: Path) -> None:
    subcutaneous = SOUND.replace("28 mcg/day", "250 mcg SC")
    write(tmp_path, {"blinplan.toml": '[per-file-ignores]\n"*" = ["F", "ALL"]\n', "x.toml": subcutaneous})
    ran = inside("check", "x.toml", QUICK, "-f", "concise")
    assert (ran.status, "F008 error" in ran.out) == (1, True)


def test_leaving_an_unknown_key_out_hides_nothing_that_is_certain(inside: Run, tmp_path: Path) -> None:
    text = UNKNOWN.replace("28 mcg/day", "9000 mcg/day")
    write(tmp_path, {"blinplan.toml": '[per-file-ignores]\n"*" = ["F"]\n', "x.toml": text})
    ran = inside("check", "x.toml", QUICK, "-f", "concise")
    assert (ran.status, "N106 error" in ran.out, "F002" in ran.out) == (1, True, False)


@pytest.mark.parametrize("kind", ["dead link", "folder"])
def test_a_configuration_that_cannot_be_read_is_not_taken_for_none(inside: Run, tmp_path: Path, kind: str) -> None:
    write(tmp_path, {"ward/x.toml": OTHER})
    here = tmp_path / "blinplan.toml"
    here.mkdir() if kind == "folder" else here.symlink_to("../hospital/blinplan.toml")
    ran = inside("check", "ward", "--no-simulate")
    assert ran.status == 2
    assert "blinplan.toml: " in ran.err


@pytest.mark.parametrize("pattern", ["*", "**", "*.toml", "ward/"])
def test_a_run_that_judges_nothing_is_not_green(inside: Run, tmp_path: Path, pattern: str) -> None:
    broken = {f"ward/{name}.toml": "dose = [\n" for name in "ab"}
    write(tmp_path, {"blinplan.toml": f'[per-file-ignores]\n"{pattern}" = ["F"]\n', **broken})
    for fail_on in ("error", "never"):
        ran = inside("check", "ward", QUICK, "--fail-on", fail_on)
        assert ran.status == 2
        assert "exit 2: no file was judged, as the configuration says" in ran.err
