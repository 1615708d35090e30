"""What a check leaves out it tells, and nothing that was left out is taken for checked."""

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from blinplan.regimen import find
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

QUICK = "--no-simulate"
SOUND = regimen_text(cycle())
BAD = regimen_text(cycle("9000 mcg/day for 28 days"))
OTHER = "[project]\nx = 1\n"


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    write(tmp_path, {"blinplan.toml": '\nexclude = ["drafts/", "tools/*.toml"]\n', ".gitignore": "# x\nbuild/\n"})
    write(tmp_path, {"drafts/a.toml": BAD, "drafts/deep/b.toml": BAD, "tools/c.toml": OTHER, "build/d.toml": BAD})
    write(tmp_path, {"ward/probe.toml": SOUND, ".old/f.toml": BAD})
    return tmp_path


@pytest.mark.usefixtures("library")
def test_the_summary_says_how_many_and_by_what(inside: Run) -> None:
    ran = inside("check", ".", QUICK)
    assert ran.status == 0
    said = " ".join(ran.err.split())
    assert "1 regimen: no findings" in said
    assert (
        'left out: 5 files, 2 by exclude "drafts/" (blinplan.toml:2), 1 by a hidden name, 1 by .gitignore:2,'
        ' 1 by exclude "tools/*.toml" (blinplan.toml:2)' in said
    )
    assert "other patterns" not in said, "all are told"
    every = " ".join(inside("check", ".", QUICK, "--verbose").err.split())
    assert 'left out: drafts/deep/b.toml, by exclude "drafts/" (blinplan.toml:2)' in every


def test_of_many_patterns_those_that_leave_out_most_are_told(inside: Run, tmp_path: Path) -> None:
    patterns = [f"{letter}/" for letter in "abcdefgh"]
    write(tmp_path, {"blinplan.toml": f"exclude = {json.dumps(patterns)}\n", "probe.toml": SOUND})
    for number, letter in enumerate("abcdefgh", start=1):
        write(tmp_path, {f"{letter}/{count}.toml": BAD for count in range(number)})
    said = " ".join(inside("check", ".", QUICK).err.split())
    told = said.partition("left out: ")[2].partition(" other patterns")[0]
    total, *shown, rest = told.split(", ")
    assert total == "36 files"
    counts = [int(one.split(" ")[0]) for one in shown]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 8
    assert int(rest.split(" ")[0]) == 36 - sum(counts)


@pytest.mark.usefixtures("library")
def test_documents_list_what_was_left_out(inside: Run) -> None:
    left_out = inside("check", ".", QUICK, "-f", "json").json["left_out"]
    assert [one["path"] for one in left_out] == [
        ".old/f.toml",
        "build/d.toml",
        "drafts/a.toml",
        "drafts/deep/b.toml",
        "tools/c.toml",
    ]
    lines = [json.loads(line) for line in inside("check", ".", QUICK, "-f", "jsonl").out.splitlines()]
    told = [line for line in lines if line["record"] == "left out"]
    assert [(line["file"], line["by"]) for line in told] == [(one["path"], one["by"]) for one in left_out]


@pytest.mark.usefixtures("library")
def test_a_folder_of_which_all_is_left_out_is_no_pass(inside: Run) -> None:
    ran = inside("check", ".", QUICK, "--exclude", "ward")
    assert ran.status == 2
    assert "every .toml file in this folder and below is left out" in ran.err
    assert inside("check", ".", QUICK, "--exclude", "ward", "--allow-empty").status == 0


@pytest.mark.usefixtures("library")
def test_a_file_that_is_named_is_checked_unless_it_is_forced_out(inside: Run) -> None:
    assert inside("check", "drafts/a.toml", QUICK).status == 1
    assert inside("check", "drafts", QUICK).status == 1
    forced = inside("check", "drafts/a.toml", "build/d.toml", QUICK, "--force-exclude")
    assert forced.status == 0
    assert "exit 0: nothing was checked: the files that were named are left out" in forced.err
    assert "everything" not in forced.err
    some = inside("check", "drafts/a.toml", "ward/probe.toml", QUICK, "--force-exclude", "-f", "json")
    assert [file["path"] for file in some.json["files"]] == ["ward/probe.toml"]


@pytest.mark.usefixtures("library")
def test_a_file_that_is_named_is_not_told_as_left_out_of_its_folder(inside: Run) -> None:
    found = inside("check", ".", "drafts/a.toml", QUICK, "-f", "json").json
    assert [file["path"] for file in found["files"]] == ["drafts/a.toml", "ward/probe.toml"]
    assert "drafts/a.toml" not in [one["path"] for one in found["left_out"]]


@pytest.mark.slow
@pytest.mark.usefixtures("library")
def test_nothing_is_left_out_where_nobody_says_so(inside: Run) -> None:
    ran = inside("check", ".", QUICK, "--isolated", "--no-respect-gitignore", "-f", "json")
    assert {one["by"] for one in ran.json["left_out"]} == {"a hidden name"}
    assert len(ran.json["files"]) == 5


@pytest.mark.parametrize("pattern", ["!", "/", "[", "a\\"])
def test_a_pattern_that_means_no_path_is_refused_where_it_is_written(inside: Run, tmp_path: Path, pattern: str) -> None:
    write(tmp_path, {"x.toml": SOUND})
    ran = inside("check", ".", QUICK, "--exclude", pattern)
    assert (ran.status, "--exclude is" in ran.err) == (2, True)
    write(tmp_path, {"blinplan.toml": f"\nexclude = ['x', '{pattern}']\n"})
    ran = inside("check", ".", QUICK)
    assert (ran.status, "blinplan.toml:2:17: " in ran.err) == (2, True)
    assert "means no path" in ran.err


def test_a_pattern_that_means_no_file_is_told_where_all_files_were_looked_at(inside: Run, tmp_path: Path) -> None:
    text = '[per-file."trails/**"]\nfail-on = "warning"\n[per-file-ignores]\n"old/" = ["D2"]\n"ward/" = ["D2"]\n'
    write(tmp_path, {"blinplan.toml": text, "ward/x.toml": SOUND, "trials/y.toml": SOUND})
    ran = inside("check", ".", QUICK)
    assert 'no file matches "trails/**" (blinplan.toml:1)' in ran.err
    assert 'no file matches "old/" (blinplan.toml:4)' in ran.err
    assert '"ward/"' not in ran.err
    told = inside("check", ".", QUICK, "-f", "json").json["unmatched_patterns"]
    assert {"pattern": "trails/**", "set_by": "blinplan.toml:1"} in told
    assert "no file matches" not in inside("check", "ward", QUICK).err
    write(tmp_path, {"ward/blinplan.toml": '[per-file."y*"]\nfail-on = "warning"\n'})
    ran = inside("check", "trials", "ward", QUICK)
    assert 'no file matches "y*" (ward/blinplan.toml:1)' in ran.err
    assert '"trails/**"' not in ran.err, "nobody looked at all files above"


def test_standard_input_is_no_file_that_a_pattern_could_mean(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"blinplan.toml": '[per-file."y*"]\nfail-on = "warning"\n', "x.toml": SOUND})
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(BAD.encode()), encoding="utf-8"))
    ran = inside("check", ".", "-", QUICK, "--stdin-filename", "y.toml")
    assert (ran.status, 'no file matches "y*" (blinplan.toml:1)' in ran.err) == (1, True)


def test_a_file_that_cannot_be_read_is_told_and_hides_no_other(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"x.toml": SOUND, "y.toml": BAD})

    def refuse(path: Path, most: int) -> bytes:
        if path.name == "x.toml":
            raise PermissionError(13, "Permission denied")
        return path.read_bytes()

    monkeypatch.setattr(find, "first_bytes", refuse)
    for names in (("x.toml", "y.toml"), (".",)):
        ran = inside("check", *names, QUICK, "-f", "json")
        assert ran.status == 2
        assert [file["path"] for file in ran.json["files"]] == ["y.toml"]
        assert [one["name"] for one in ran.json["not_found"]] == ["x.toml"]
        assert "error: x.toml: permission denied" in ran.err.splitlines()


def test_a_team_extends_the_settings_of_its_hospital(inside: Run, tmp_path: Path) -> None:
    write(tmp_path, {"hospital.toml": 'fail-on = "warning"\nexclude = ["*.old.toml"]\n'})
    write(tmp_path, {"team/blinplan.toml": 'extend = "../hospital.toml"\nseed = 4\n'})
    write(tmp_path, {"team/x.toml": regimen_text(cycle("28 mcg/day for 27 days")), "team/y.old.toml": BAD})
    ran = inside("check", "team", QUICK)
    assert ran.status == 1
    assert 'exclude "*.old.toml" (hospital.toml:2)' in ran.err
    shown = inside("check", "team", "--show-settings", COLUMNS="200").out
    assert "extends hospital.toml" in shown
    run = inside("check", "team", "--show-settings", "-f", "json").json["run"]
    assert run["fail-on"] == {"value": "warning", "set_by": "hospital.toml:1"}
    assert run["seed"] == {"value": 4, "set_by": "team/blinplan.toml:2"}
    (tmp_path / "hospital.toml").unlink()
    ran = inside("check", "team", QUICK)
    assert (ran.status, "`extend` leads to no file" in ran.err, "Traceback" in ran.err) == (2, True, False)


def test_verbose_says_by_which_configurations_files_are_judged(inside: Run, tmp_path: Path) -> None:
    write(tmp_path, {"blinplan.toml": "", "a/x.toml": SOUND, "b/x.toml": SOUND, "b/blinplan.toml": "seed = 2\n"})
    said = inside("check", ".", QUICK, "--verbose").err
    assert "by blinplan.toml: 1 file" in said
    assert "by b/blinplan.toml: 1 file" in said
